"""The texts of Argo Workflows that are Kubernetes themselves: patches of pods, and objects that are made."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.dialects.kubernetes import read
from capdrop.discover import kind_named
from capdrop.engine import Analysis, analyse
from capdrop.model.container import Container
from capdrop.source import Source

PATCHES = {
    '\'{"containers":[{"name":"main","securityContext":{"privileged":true}}]}\'': [("privileged-container", "true")],
    '"{\\"containers\\":[{\\"name\\":\\"main\\",\\"securityContext\\":{\\"privileged\\":true}}]}"': [("privileged-container", "true")],
    "|\n        hostPID: true\n        containers:\n        - name: main\n          securityContext: {runAsUser: 0}": [
        ("host-pid", "true"),
        ("root-user", "0"),
    ],
    "|\n        volumes: [{name: root, hostPath: {path: /var/run/docker.sock}}]": [("runtime-socket-mount", "/var/run/docker.sock")],
    "|\n        containers:\n        - name: main\n          resources: {limits: {memory: {{inputs.parameters.m}}}}\n"
    "          securityContext: {privileged: {{inputs.parameters.p}}, capabilities: {add: [SYS_ADMIN]}}": [
        ("dangerous-capability", "SYS_ADMIN")
    ],
    '\'{"containers":[{"name":"main","securityContext":{"runAsUser":"{{inputs.parameters.u}}"}}]}\'': [],
    '\'{"containers":[{"name":"main","resources":{"limits":{"memory":"{{workflow.parameters.m}}"}}}]}\'': [],
    "'{{=toJson(1)}}'": [],
    "''": [],
    "[a]": [],
}


def workflow(patch: str, *, of_template: bool, kind: str = "Workflow") -> str:
    template = f"      podSpecPatch: {patch}\n" if of_template else ""
    whole = "" if of_template else f"  podSpecPatch: {patch}\n"
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: w}}\nspec:\n{whole}  templates:\n"
        f"    - name: main\n{template}      container: {{image: 'acme/a:1'}}\n"
    )


RULES = ("dangerous-capability", "host-pid", "missing-user", "privileged-container", "root-user", "runtime-socket-mount")


def judged(text: str, *rules: str) -> Analysis:
    book = rulebook.load()
    book.select(rules or RULES)
    analysis = analyse(Source("w.yaml", text), kind_named("kubernetes"), book, Context())
    assert analysis.broken == []
    return analysis


@pytest.mark.parametrize("of_template", [True, False])
@pytest.mark.parametrize("patch", PATCHES)
def test_it_is_judged_by_what_it_says_at_its_place_in_the_text(patch: str, of_template: bool) -> None:
    text = workflow(patch, of_template=of_template)
    path = "spec.templates.podSpecPatch" if of_template else "spec.podSpecPatch"
    analysis = judged(text)
    assert [(finding.rule, text[finding.span.start : finding.span.end]) for finding in analysis.findings] == PATCHES[patch]
    assert all(finding.subject.startswith(f"Workflow/w {path} ") for finding in analysis.findings)
    assert analysis.outcome == "analysed"


def test_a_workflow_that_something_makes_has_patches_too() -> None:
    held = workflow("'{\"hostPID\": true}'", of_template=True).replace("\n", "\n        ")
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {{name: s}}\nspec:\n  triggers:\n    - resource:\n        {held}\n"
    assert [finding.rule for finding in judged(text).findings] == ["host-pid"]


def test_nothing_is_missed_in_a_pod_that_is_patched() -> None:
    text = workflow("'{}'", of_template=True)
    own = [subject for subject in read(Source("w.yaml", text), Context()).subjects if isinstance(subject, Container)]
    assert [container.fact("non_root_enforced").is_unknown for container in own] == [True]


def test_a_secret_in_a_patch_is_told_once() -> None:
    patch = "|\n        containers:\n        - name: main\n          env: [{name: DB_PASSWORD, value: Zt4-kk20-PP}]"
    findings = judged(workflow(patch, of_template=False), "hard-coded-credential").findings
    assert [(finding.rule, finding.subject) for finding in findings] == [
        ("hard-coded-credential", "Workflow/w spec.podSpecPatch containers.main.env.DB_PASSWORD")
    ]


def test_a_fix_is_written_into_the_text() -> None:
    text = workflow('\'{"hostPID": true, "containers": [{"name": "main", "securityContext": {"privileged": true}}]}\'', of_template=True)
    fixes = [finding.fix for finding in judged(text).findings]
    assert [text[edit.span.start : edit.span.end] for fix in fixes if fix is not None for edit in fix.edits] == [
        '"hostPID": true, ',
        ', "securityContext": {"privileged": true}',
    ]


def test_a_patch_that_cannot_be_read_is_told() -> None:
    text = workflow("'{\"containers\":[{'", of_template=True)
    analysis = judged(text)
    (gap,) = analysis.gaps
    assert analysis.outcome == "partly"
    assert gap.reason.startswith("`podSpecPatch`: ")
    assert text.find("'{") <= gap.span.start <= text.find("\n", text.find("'{"))


def made(manifest: str, action: str = "create") -> str:
    text = "\n".join(f"          {line}" for line in manifest.splitlines())
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  templates:\n    - name: t\n      resource:\n"
        f"        action: {action}\n        manifest: |\n{text}\n"
    )


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{n}}'}\nspec:\n  hostPID: true\n  containers: [{name: c, image: 'acme/c:1'}]\n"


def test_an_object_that_a_workflow_makes_is_judged_at_its_place_in_the_text() -> None:
    text = made(POD)
    findings = judged(text).findings
    address = "Workflow/w spec.templates.resource.manifest Pod containers.c"
    assert [(f.rule, text[f.span.start : f.span.end], f.subject) for f in findings] == [
        ("host-pid", "true", address),
        ("missing-user", "name: c", address),
    ]
    fix = findings[0].fix
    assert fix is not None
    assert [text[edit.span.start : edit.span.end] for edit in fix.edits] == ["            hostPID: true\n"]


@pytest.mark.parametrize("action", ["patch", "delete", "'{{inputs.parameters.action}}'"])
def test_nothing_is_missed_in_an_object_that_is_only_patched(action: str) -> None:
    assert [finding.rule for finding in judged(made(POD, action)).findings] == ["host-pid"]


def test_a_workflow_that_a_workflow_makes_makes_objects_too() -> None:
    pod = POD.replace("'{{n}}'", "p")
    text = made(made(pod))
    assert [(f.rule, text[f.span.start : f.span.end]) for f in judged(text).findings] == [("host-pid", "true"), ("missing-user", "name: c")]
    assert judged(made(made(made(pod)))).findings == []


def test_what_cannot_be_read_of_an_object_that_a_workflow_makes_is_told() -> None:
    (gap,) = judged(made("kind: [")).gaps
    assert gap.reason.startswith("`manifest`: ")
