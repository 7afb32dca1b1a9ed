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


PRIVILEGED = "- op: add\n  path: /spec/template/spec/containers/0/securityContext/privileged\n  value: true\n"
NODE = "- op: add\n  path: /spec/template/spec/nodeName\n  value: a # stays\n"


def operations(text: str, newline: str = "\n", head: str = "|-") -> str:
    return (f"  - target: {{kind: Deployment, name: web}}\n    patch: {head}\n" + textwrap.indent(text, "      ")).replace("\n", newline)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("head", ["|", "|-"])
@pytest.mark.parametrize("texts", [(PRIVILEGED, NODE), (NODE, PRIVILEGED)])
def test_an_operation_leaves_a_patch(texts: tuple[str, str], head: str, newline: str) -> None:
    after = fixed(operations("".join(texts), newline, head), "privileged-container")
    assert [finding.rule for finding in after.applied] == ["privileged-container"], after.left
    assert after.source.text == (HEAD + operations(NODE, head=head)).replace("\n", newline)


def test_an_operation_that_is_all_of_a_patch_says_the_opposite() -> None:
    after = fixed(operations(PRIVILEGED), "privileged-container")
    assert after.source.text == HEAD + operations(PRIVILEGED.replace("true", "false"))
    (finding,) = after.applied
    assert finding.fix is not None
    assert finding.fix.title == "Set `securityContext.privileged: false`"


def test_what_an_operation_says_beside_other_things_leaves_it() -> None:
    context = "- op: add\n  path: /spec/template/spec/containers/0/securityContext\n  value: {privileged: true, runAsNonRoot: true}\n"
    after = fixed(operations(context), "privileged-container")
    assert after.source.text == HEAD + operations(context.replace("privileged: true, ", ""))


def test_an_operation_that_adds_an_item_leaves_a_patch() -> None:
    added = "- op: add\n  path: /spec/template/spec/containers/0/securityContext/capabilities\n  value: {add: [NET_RAW]}\n"
    item = "- {op: add, path: /spec/template/spec/containers/0/securityContext/capabilities/add/-, value: SYS_ADMIN}\n"
    after = fixed(operations(NODE + added + item), "dangerous-capability")
    assert after.source.text == HEAD + operations(NODE + added), after.left


def test_an_operation_on_one_line_leaves_a_patch() -> None:
    rest = '{"op": "add", "path": "/spec/template/spec/nodeName", "value": "a"}]\'\n'
    whole = "  - target: {kind: Deployment, name: web}\n    patch: '["
    operation = '{"op": "add", "path": "/spec/template/spec/hostPID", "value": true}, '
    assert fixed(whole + operation + rest, "host-pid").source.text == HEAD + whole + rest


def test_an_operation_that_says_something_else_is_left_to_the_reader() -> None:
    operation = "- op: add\n  path: /spec/template/spec/containers/0/securityContext/capabilities\n  value: {add: [SYS_ADMIN]}\n"
    after = fixed(operations(operation), "dangerous-capability")
    assert not after.applied
    (finding,) = after.bench.analyse(after.source).findings
    assert finding.fix is not None
    assert "nothing else would be left" in finding.fix.caveat


def test_a_comment_in_a_patch_stays() -> None:
    spec = "securityContext:\n  # of the debugger\n  runAsUser: 0\nnodeName: a\n"
    after = fixed(patch(spec), "root-user")
    assert "# of the debugger" in after.source.text
