"""Manifests that cannot be read to their end: judged as far as they can be, and said."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import Analysis, analyse
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(BOOK.of_profile("strict"))
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostPID: true
  containers:
    - name: web
      image: acme/web:1
"""


def analysed(text: str) -> Analysis:
    kind = kind_named("kubernetes")
    assert kind is not None
    analysis = analyse(Source("pod.yaml", text), kind, BOOK, Context())
    assert not analysis.broken
    return analysis


@pytest.mark.parametrize(
    "rest",
    ["      securityContext: {privileged: tr", "      command: ['sh, -c]\n", "     env: []\n", "\t  env: []\n", "      env: *nobody x\n"],
)
def test_the_lines_above_a_problem_are_judged(rest: str) -> None:
    analysis = analysed(POD + rest)
    assert analysis.outcome == "partly"
    assert [analysis.source.position(gap.span.start).line for gap in analysis.gaps] == [9]
    assert {finding.rule for finding in analysis.findings} == {"host-pid", "image-without-digest"}
    assert all(finding.fix is None or not finding.fix.edits for finding in analysis.findings)


def test_nothing_follows_from_what_a_broken_document_lacks() -> None:
    whole, half = analysed(POD), analysed(f"{POD}      env: [")
    assert {finding.rule for finding in half.findings} < {finding.rule for finding in whole.findings}


@pytest.mark.parametrize("text", ["", "\n", "kind: [", "\tkind: Pod\n", "a: 1\nb: {\n"])
def test_what_tells_nothing_is_no_finding(text: str) -> None:
    assert analysed(text).findings == []


def test_thousands_of_documents_are_read_to_the_last() -> None:
    text = "---\n".join([*["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"] * 3_000, POD])
    assert "host-pid" in {finding.rule for finding in analysed(text).findings}


def test_an_anchor_of_another_document_is_unknown() -> None:
    containers = "[{name: a, image: 'a/b:1', securityContext: {privileged: true}}]"
    first = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: &spec\n  containers: {containers}\n"
    analysis = analysed(f"{first}---\napiVersion: v1\nkind: Pod\nmetadata: {{name: b}}\nspec: *spec\n---\n{POD}")
    assert analysis.outcome == "partly"
    assert [gap.reason for gap in analysis.gaps] == ["no &spec stands before this alias"]
    assert [finding.subject for finding in analysis.findings if finding.rule == "privileged-container"] == ["Pod/a containers.a"]
    assert "host-pid" in {finding.rule for finding in analysis.findings}
