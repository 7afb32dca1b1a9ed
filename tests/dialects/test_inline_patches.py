"""Fixes of what a patch says that stands in a kustomization."""

from __future__ import annotations

import textwrap

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.files import FilesWritten
from capdrop.finding import Safety
from capdrop.fixer import Fixed, Workbench, fix
from capdrop.rulebook import load
from capdrop.source import Source

BOOK = load()
BASE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
        - {name: web, image: 'acme/web:1@sha256:0', securityContext: {runAsNonRoot: true}}
"""
HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [base.yaml]\npatches:\n"


def fixed(patches: str, *rules: str) -> Fixed:
    text = HEAD.replace("\n", "\r\n") + patches if "\r" in patches else HEAD + patches
    kind = kind_of("kustomization.yaml", text)
    assert kind is not None
    BOOK.select(rules)
    files = FilesWritten({"base.yaml": BASE, "kustomization.yaml": text})
    return fix(Source("kustomization.yaml", text), Workbench(kind, BOOK, Context(files=files)), Safety.UNSAFE)


def patch(spec: str, newline: str = "\n") -> str:
    inner = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n" + textwrap.indent(
        spec, "      "
    )
    return ("  - patch: |-\n" + textwrap.indent(inner, "      ")).replace("\n", newline)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_line_leaves_a_patch(newline: str) -> None:
    spec = "hostPID: true\nnodeName: a # stays\n"
    after = fixed(patch(spec, newline), "host-pid")
    assert [finding.rule for finding in after.applied] == ["host-pid"], after.left
    assert after.source.text.replace("\r\n", "\n") == HEAD + patch("nodeName: a # stays\n")
    assert after.source.text.count("\r") == (after.source.text.count("\n") if newline == "\r\n" else 0)


def test_what_would_be_left_empty_goes_as_well() -> None:
    spec = "containers:\n  - name: web\n    securityContext:\n      privileged: true\n    tty: true\n"
    after = fixed(patch(spec), "privileged-container")
    assert after.source.text == HEAD + patch("containers:\n  - name: web\n    tty: true\n")


def test_a_value_is_replaced_in_a_patch() -> None:
    spec = "containers:\n  - name: web\n    securityContext:\n      readOnlyRootFilesystem: false\n"
    after = fixed(patch(spec), "writable-root-filesystem")
    assert after.source.text == HEAD + patch(spec.replace("false", "true"))


def test_an_item_leaves_a_patch() -> None:
    spec = "containers:\n  - name: web\n    securityContext:\n      capabilities:\n        add: [SYS_ADMIN, NET_RAW]\n"
    after = fixed(patch(spec), "dangerous-capability")
    assert "add: [NET_RAW]" in after.source.text


def test_a_patch_on_one_line_is_mended() -> None:
    whole = (
        "  - patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, "
        "spec: {template: {spec: {hostPID: true, nodeName: a}}}}'\n"
    )
    assert fixed(whole, "host-pid").source.text == HEAD + whole.replace("hostPID: true, ", "")


def test_what_an_operation_says_is_left_to_the_reader() -> None:
    operation = "      - op: add\n        path: /spec/template/spec/hostPID\n        value: true\n"
    after = fixed(f"  - target: {{kind: Deployment, name: web}}\n    patch: |-\n{operation}", "host-pid")
    assert not after.applied
    (finding,) = after.bench.analyse(after.source).findings
    assert finding.fix is not None
    assert "an operation of a patch" in finding.fix.caveat


def test_a_comment_in_a_patch_stays() -> None:
    spec = "securityContext:\n  # of the debugger\n  runAsUser: 0\nnodeName: a\n"
    after = fixed(patch(spec), "root-user")
    assert "# of the debugger" in after.source.text
