"""The annotation that silences rules: `capdrop.dev/ignore`."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.finding import Finding, Safety
from capdrop.fixer import Workbench, fix
from capdrop.source import Source

KIND = kind_named("kubernetes")
BOOK = rulebook.load()
BOOK.select(BOOK.of_profile("default"))


def findings(text: str) -> list[Finding]:
    analysis = analyse(Source("pod.yaml", text), KIND, BOOK, Context())
    assert analysis.broken == []
    return analysis.findings


def silenced(found: Iterable[Finding]) -> list[tuple[str, str, str]]:
    return [(f.rule, f.suppressed.how, f.suppressed.reason) for f in found if f.suppressed is not None]


def left(found: Iterable[Finding]) -> list[str]:
    return [f.rule for f in found if f.suppressed is None]


def deployment(on_object: str = "", on_pod: str = "", name: str = "web") -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  annotations: {{{on_object}}}
spec:
  template:
    metadata:
      annotations: {{{on_pod}}}
    spec:
      hostNetwork: true
      securityContext: {{runAsNonRoot: true}}
      containers: [{{name: web, image: 'acme/web:1'}}]
"""


@pytest.mark.parametrize("value", ["host-network -- it routes", "[host-network] -- it routes", "CKV_K8S_19 -- it routes"])
def test_it_silences_a_rule_and_keeps_the_reason(value: str) -> None:
    for text in (deployment(on_object=f'capdrop.dev/ignore: "{value}"'), deployment(on_pod=f'capdrop.dev/ignore: "{value}"')):
        found = findings(text)
        assert silenced(found) == [("host-network", "annotation", "it routes")]
        assert left(found) == []


def test_the_jobs_of_a_cron_job_say_it_too() -> None:
    pod = "template: {spec: {hostNetwork: true, securityContext: {runAsNonRoot: true}, containers: [{name: c, image: 'acme/c:1'}]}}"
    job = f"{{metadata: {{annotations: {{capdrop.dev/ignore: host-network -- it routes}}}}, spec: {{{pod}}}}}"
    found = findings(f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: c}}\nspec: {{jobTemplate: {job}}}\n")
    assert silenced(found) == [("host-network", "annotation", "it routes")]
    assert left(found) == []


def test_it_speaks_for_its_own_object_only() -> None:
    found = findings(deployment(on_object="capdrop.dev/ignore: host-network") + "---" + deployment())
    assert silenced(found) == [("host-network", "annotation", "")]
    assert left(found) == ["host-network"]


def test_a_template_speaks_for_its_own_pod_only() -> None:
    kept = "apiVersion: v1\nkind: List\nitems:\n"
    first, second = (
        "  - " + text.strip().replace("\n", "\n    ") + "\n"
        for text in (deployment(on_pod="capdrop.dev/ignore: host-network"), deployment())
    )
    assert left(findings(kept + first + second)) == ["host-network"]


@pytest.mark.parametrize(
    ("annotation", "rule", "message"),
    [
        ("capdrop.dev/ingore: host-network", "malformed-suppression", "it is called `capdrop.dev/ignore`"),
        ("capdrop.dev/ignore: host-network (it routes)", "malformed-suppression", "rule, rule -- reason"),
        ("capdrop.dev/ignore: ''", "malformed-suppression", "it names no rule"),
        ("capdrop.dev/ignore: ' -- it routes'", "malformed-suppression", "it names no rule"),
        ("capdrop.dev/ignore: [host-network]", "malformed-suppression", "one text"),
        ("capdrop.dev/ignore: {host-network: it routes}", "malformed-suppression", "one text"),
        ("capdrop.dev/ignore: host-net", "unknown-rule-in-suppression", "did you mean `host-"),
    ],
)
def test_what_cannot_be_understood_is_a_finding_and_silences_nothing(annotation: str, rule: str, message: str) -> None:
    found = findings(deployment(on_object=annotation))
    assert silenced(found) == []
    assert sorted(left(found)) == sorted(["host-network", rule])
    assert message in next(f.message for f in found if f.rule == rule)


def test_a_rule_that_has_nothing_to_say_is_told_and_taken_out() -> None:
    text = deployment(on_object="team: web, capdrop.dev/ignore: root-user")
    assert left(findings(text)) == ["unused-suppression", "host-network"]
    after = fix(Source("pod.yaml", text), Workbench(KIND, BOOK, Context()), Safety.SAFE)
    assert "annotations: {team: web}" in after.source.text


def test_a_value_that_a_template_makes_says_nothing() -> None:
    text = deployment(on_object="capdrop.dev/ignore: '{{ .Values.ignored }}'", name="{{ .Release.Name }}")
    assert "host-network" in left(findings(text))
    assert not any("suppression" in rule for rule in left(findings(text)))
