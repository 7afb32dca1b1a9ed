"""The Pod Security Standards of v1.37: every control, by pods that violate it and nothing else, and by pods that just do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.cli import main
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import Analysis, analyse
from capdrop.options import PSS
from capdrop.source import Source

SAFE = "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}"
SAFE_POD = "runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}"


def pod(context: str = SAFE, outer: str = SAFE_POD, *, container: str = "", spec: str = "", annotations: str = "") -> str:
    """A pod at the level restricted, from what stands in the braces of each part of it."""
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p, annotations: {{{annotations}}}}}\n"
        f"spec: {{securityContext: {{{outer}}}, {spec}{', ' if spec else ''}"
        f"containers: [{{name: c, image: a, securityContext: {{{context}}}{', ' if container else ''}{container}}}]}}\n"
    )


def judged(text: str, level: str) -> Analysis:
    book = rulebook.load()
    book.select(PSS[level])
    analysis = analyse(Source("pod.yaml", text), kind_named("kubernetes"), book, Context())
    assert analysis.outcome == "analysed"
    assert analysis.broken == []
    return analysis


def violated(text: str, level: str = "restricted") -> set[str]:
    found = judged(text, level).findings
    return {finding.message.partition(":")[0] for finding in found if finding.rule != "pod-security-level"}


def reached(text: str) -> list[str]:
    """The level of every workload, as it is told."""
    found = [finding for finding in judged(text, "restricted").findings if finding.rule == "pod-security-level"]
    return [finding.message.partition(" reaches ")[2].partition(":")[0] for finding in found]


def added(*names: str) -> str:
    return f"allowPrivilegeEscalation: false, capabilities: {{drop: [ALL], add: [{', '.join(names)}]}}"


APPARMOR = "container.apparmor.security.beta.kubernetes.io"
NONE: set[str] = set()
CASES: list[tuple[str, set[str], set[str]]] = [
    (pod(), NONE, NONE),
    (pod(spec="hostPID: true"), {"hostNamespaces"}, {"hostNamespaces"}),
    (pod(spec="hostIPC: on"), {"hostNamespaces"}, {"hostNamespaces"}),
    (pod(f"{SAFE}, windowsOptions: {{hostProcess: true}}"), {"windowsHostProcess"}, {"windowsHostProcess"}),
    (pod(outer=f"{SAFE_POD}, windowsOptions: {{hostProcess: true}}"), {"windowsHostProcess"}, {"windowsHostProcess"}),
    (pod("privileged: true, capabilities: {drop: [ALL]}"), {"privileged"}, {"privileged", "allowPrivilegeEscalation"}),
    (pod(f"{SAFE}, privileged: false"), NONE, NONE),
    (pod(added("NET_BIND_SERVICE")), NONE, NONE),
    (pod(added("KILL")), NONE, {"capabilities"}),
    (pod(added("NET_RAW")), {"capabilities"}, {"capabilities"}),
    (pod(added("CAP_KILL")), {"capabilities"}, {"capabilities"}),
    (pod(added("kill")), {"capabilities"}, {"capabilities"}),
    (pod("allowPrivilegeEscalation: false, capabilities: {drop: [all]}"), NONE, {"capabilities"}),
    (pod("allowPrivilegeEscalation: false, capabilities: {drop: [KILL, ALL]}"), NONE, NONE),
    (pod("allowPrivilegeEscalation: false"), NONE, {"capabilities"}),
    (pod(spec="volumes: [{name: v, hostPath: {path: /srv}}]"), {"hostPathVolumes"}, {"hostPathVolumes"}),
    (pod(spec="volumes: [{name: v, nfs: {server: s, path: /}}]"), NONE, {"restrictedVolumes"}),
    (pod(spec="volumes: [{name: v, image: {reference: a}}, {name: w, ephemeral: {}}, {name: x}, {name: y, emptyDir: }]"), NONE, NONE),
    (pod(container="ports: [{containerPort: 1, hostPort: 0}]"), NONE, NONE),
    (pod(container="ports: [{containerPort: 1, hostPort: 2}]"), {"hostPorts"}, {"hostPorts"}),
    (pod(annotations=f"{APPARMOR}/gone: unconfined"), {"appArmorProfile"}, {"appArmorProfile"}),
    (pod(annotations=f"{APPARMOR}/c: localhost/mine"), NONE, NONE),
    (pod(annotations=f"{APPARMOR}/c: ''"), NONE, NONE),
    (pod(f"{SAFE}, appArmorProfile: {{type: Unconfined}}"), {"appArmorProfile"}, {"appArmorProfile"}),
    (pod(f"{SAFE}, appArmorProfile: {{type: Localhost}}"), NONE, NONE),
    (pod(f"{SAFE}, seLinuxOptions: {{type: container_engine_t, level: s0}}"), NONE, NONE),
    (pod(f"{SAFE}, seLinuxOptions: {{type: spc_t}}"), {"seLinuxOptions"}, {"seLinuxOptions"}),
    (pod(outer=f"{SAFE_POD}, seLinuxOptions: {{role: r}}"), {"seLinuxOptions"}, {"seLinuxOptions"}),
    (pod(f"{SAFE}, seLinuxOptions: {{user: u}}"), {"seLinuxOptions"}, {"seLinuxOptions"}),
    (pod(f"{SAFE}, procMount: Unmasked"), {"procMount"}, {"procMount"}),
    (pod(f"{SAFE}, procMount: Unmasked", spec="hostUsers: false"), NONE, {"procMount"}),
    (pod(f"{SAFE}, procMount: Default"), NONE, NONE),
    (pod(f"{SAFE}, seccompProfile: {{type: Unconfined}}"), {"seccompProfile"}, {"seccompProfile"}),
    (pod(f"{SAFE}, seccompProfile: {{type: Localhost}}", "runAsNonRoot: true"), NONE, NONE),
    (pod(outer="runAsNonRoot: true"), NONE, {"seccompProfile"}),
    (
        pod(f"{SAFE}, seccompProfile: {{type: RuntimeDefault}}", "runAsNonRoot: true, seccompProfile: {type: Unconfined}"),
        {"seccompProfile"},
        {"seccompProfile"},
    ),
    (pod(outer="runAsNonRoot: true", annotations="seccomp.security.alpha.kubernetes.io/pod: runtime/default"), NONE, {"seccompProfile"}),
    (pod(outer=f"{SAFE_POD}, sysctls: [{{name: net.ipv4.tcp_notsent_lowat, value: '1'}}]"), NONE, NONE),
    (pod(outer=f"{SAFE_POD}, sysctls: [{{name: kernel.sem, value: '1'}}]"), {"sysctls"}, {"sysctls"}),
    (pod(container="livenessProbe: {tcpSocket: {port: 1, host: ''}}"), NONE, NONE),
    (
        pod(container="startupProbe: {tcpSocket: {port: 1, host: h}}"),
        {"hostProbesAndHostLifecycle"},
        {"hostProbesAndHostLifecycle"},
    ),
    (
        pod(container="lifecycle: {preStop: {httpGet: {port: 1, host: h}}}"),
        {"hostProbesAndHostLifecycle"},
        {"hostProbesAndHostLifecycle"},
    ),
    (pod("capabilities: {drop: [ALL]}"), NONE, {"allowPrivilegeEscalation"}),
    (pod("allowPrivilegeEscalation: true, capabilities: {drop: [ALL]}"), NONE, {"allowPrivilegeEscalation"}),
    (pod(outer="seccompProfile: {type: RuntimeDefault}"), NONE, {"runAsNonRoot"}),
    (pod(outer="seccompProfile: {type: RuntimeDefault}", spec="hostUsers: false"), NONE, NONE),
    (pod(f"{SAFE}, runAsNonRoot: false"), NONE, {"runAsNonRoot"}),
    (pod(f"{SAFE}, runAsNonRoot: true", "runAsNonRoot: false, seccompProfile: {type: RuntimeDefault}"), NONE, {"runAsNonRoot"}),
    (pod(f"{SAFE}, runAsNonRoot: true", "seccompProfile: {type: RuntimeDefault}"), NONE, NONE),
    (pod(f"{SAFE}, runAsUser: 0"), NONE, {"runAsUser"}),
    (pod(f"{SAFE}, runAsUser: 1000", f"{SAFE_POD}, runAsUser: 0"), NONE, {"runAsUser"}),
    (pod(f"{SAFE}, runAsUser: 0", spec="hostUsers: false"), NONE, NONE),
    (pod("", "runAsNonRoot: true", spec="os: {name: windows}"), NONE, NONE),
    (pod("", "", spec="os: {name: windows}"), NONE, {"runAsNonRoot"}),
    (
        pod("", "runAsNonRoot: true", spec="nodeSelector: {kubernetes.io/os: windows}"),
        NONE,
        {"allowPrivilegeEscalation", "capabilities", "seccompProfile"},
    ),
]


@pytest.mark.parametrize(("text", "baseline", "restricted"), CASES)
def test_exactly_the_violated_controls_are_told(text: str, baseline: set[str], restricted: set[str]) -> None:
    assert violated(text, "baseline") == baseline
    assert violated(text) == restricted


@pytest.mark.parametrize("key", ["initContainers", "ephemeralContainers"])
def test_every_sort_of_container_counts(key: str) -> None:
    spec = f"{key}: [{{name: i, image: a, securityContext: {{privileged: true, capabilities: {{drop: [ALL]}}}}}}]"
    assert violated(pod(spec=spec), "baseline") == {"privileged"}


def test_the_level_of_every_workload_is_told() -> None:
    deployment = pod("").replace("v1\nkind: Pod", "apps/v1\nkind: Deployment").replace("spec: {", "spec: {template: {spec: {", 1)
    text = "---\n".join([pod(), deployment.rstrip("\n") + "}}\n", pod(spec="hostNetwork: true")])
    assert reached(text) == ["restricted", "baseline", "privileged"]


def test_no_level_is_told_of_what_is_not_whole() -> None:
    assert reached(pod().replace("image: a, ", "")) == []


def test_several_violations_at_one_place_are_told_apart() -> None:
    found = [finding for finding in judged(pod("", ""), "restricted").findings if finding.rule == "pod-security-restricted"]
    assert len({finding.span for finding in found}) == 1
    assert len({finding.message for finding in found}) == len(found) == 4


def test_a_control_can_be_exempted() -> None:
    book = rulebook.load()
    book.select(PSS["baseline"])
    book.configure("pod-security-baseline", {"exempt": ["hostNamespaces"]})
    found = analyse(Source("pod.yaml", pod(spec="hostPID: true")), kind_named("kubernetes"), book, Context()).findings
    assert [finding.rule for finding in found] == ["pod-security-level"]


def test_the_option_selects_the_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(pod(added("KILL")), encoding="utf-8")
    assert main(["check", "--isolated", "--pss", "baseline", str(path)]) == 0
    assert "`Pod/p` reaches baseline: 1 change from restricted" in capsys.readouterr().out
    assert main(["check", "--isolated", "--pss", "restricted", "--format", "json", str(path)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in report["findings"]] == ["pod-security-level", "pod-security-restricted"]


def test_fixes_lead_to_the_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  hostPID: true\n  containers:\n    - name: c\n      image: a:1\n"
        "      ports:\n        - containerPort: 1\n          hostPort: 1\n",
        encoding="utf-8",
    )
    main(["fix", "--isolated", "--pss", "restricted", "--apply", "--unsafe", str(path)])
    assert main(["check", "--isolated", "--pss", "restricted", str(path)]) == 0
    assert "reaches restricted" in capsys.readouterr().out


OVER = "resources: [../base]\npatches:\n  - patch: |-\n      {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {%s}}\n"
BETTER = f"hostPID: false, securityContext: {{{SAFE_POD}}}, containers: [{{name: c, securityContext: {{{SAFE}}}}}]"


@pytest.mark.parametrize(
    ("base", "overlays", "levels"),
    [
        (pod(), ["hostPID: true"], ["privileged: 1 change from baseline, 1 change from restricted"]),
        (pod("", "", spec="hostPID: true"), [BETTER], ["restricted"]),
        (pod(), ["hostPID: true", "hostname: a"], ["privileged: 1 change from baseline, 1 change from restricted", "restricted"]),
        (pod(), ["hostPID: true", ""], ["privileged: 1 change from baseline, 1 change from restricted", "restricted"]),
        (pod(), ["hostname: a", "hostname: b"], ["restricted"]),
    ],
)
def test_the_level_is_that_of_the_joined_pod(
    base: str, overlays: list[str], levels: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"base/pod.yaml": base, "base/kustomization.yaml": "resources: [pod.yaml]\n"}
    for number, body in enumerate(overlays):
        files[f"{number}/kustomization.yaml"] = OVER % body if body else "resources: [../base]\n"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    main(["check", "--isolated", "--pss", "restricted", "--format", "json", str(tmp_path)])
    said = [finding["message"] for finding in json.loads(capsys.readouterr().out)["findings"] if finding["rule"] == "pod-security-level"]
    assert sorted(said) == [f"`Pod/p` reaches {level}" for level in levels]
