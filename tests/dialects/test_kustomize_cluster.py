"""Services, roles, bindings, policies and pods as parts of a cluster, with what kustomizations lay over them."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.finding import Finding, Severity
from capdrop.overlays import Overlays
from capdrop.reading import Overlay
from capdrop.run import check

from tests.growth import assert_grows_linearly

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  type: ClusterIP
"""
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: web}
rules:
  - {apiGroups: [''], resources: [pods], verbs: [get]}
"""
BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: web}
subjects:
  - {kind: ServiceAccount, name: web, namespace: shop}
"""
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {}
  ingress: []
"""
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      securityContext: {runAsNonRoot: true}
      containers: [{name: app, image: 'acme/app:1.2'}]
"""
BASE = {"base/kustomization.yaml": "resources: [all.yaml]\n"}
OVER = "resources: [../base]\npatches:\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def findings(files: dict[str, str], *paths: str, profile: str = "strict", only: str = "") -> list[Finding]:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    config = Config(".")
    config.profile = profile
    ran = check(list(paths) or ["."], config, rules_in_force(config))
    return [one for result in ran.results for one in result.findings if only in ("", one.rule)]


def place(finding: Finding) -> str:
    return f"{finding.source.path}:{finding.source.position(finding.span.start).line} {finding.rule}"


def found(files: dict[str, str], *paths: str, profile: str = "strict") -> set[str]:
    return set(map(place, findings(files, *paths, profile=profile)))


def base(*texts: str) -> dict[str, str]:
    return BASE | {"base/all.yaml": "---\n".join(texts)}


def held(text: str, target: str = "") -> str:
    """A patch that stands in the kustomization, as an entry of `patches`; its first line is the second of these."""
    return "  - patch: |-\n" + "".join(f"      {line}\n" for line in text.splitlines()) + (f"    target: {target}\n" if target else "")


def merge(text: str, body: str) -> str:
    """A strategic merge patch of an object, whose own lines begin with the fourth."""
    return "".join(text.splitlines(keepends=True)[:3]) + body


def operation(path: str, value: str, what: str = "replace") -> str:
    return f"- op: {what}\n  path: {path}\n  value: {value}\n"


WORSE = [
    (SERVICE, "spec: {type: LoadBalancer}", "/spec/type", "LoadBalancer", "load-balancer-open-to-all"),
    (SERVICE, "spec: {type: NodePort}", "/spec/type", "NodePort", "node-port-service"),
    (ROLE, "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]", "/rules/0/resources", "['*']", "unlimited-role"),
    (BINDING, "roleRef: {name: cluster-admin}", "/roleRef/name", "cluster-admin", "cluster-admin-bound"),
    (
        BINDING,
        "subjects: [{kind: Group, name: 'system:authenticated'}]",
        "/subjects/0/name",
        "system:unauthenticated",
        "role-bound-to-everyone",
    ),
    (POLICY, "spec: {ingress: [{}]}", "/spec/ingress", "[{}]", "open-network-policy"),
]


@pytest.mark.parametrize(("text", "body", "path", "value", "rule"), WORSE, ids=[one[-1] for one in WORSE])
def test_what_a_patch_makes_of_an_object_is_told_at_the_line_to_change(text: str, body: str, path: str, value: str, rule: str) -> None:
    if rule == "unlimited-role":
        text = text.replace("apiGroups: [''], resources: [pods], verbs: [get]", "apiGroups: ['*'], resources: [pods], verbs: ['*']")
    kind = text.splitlines()[1]
    patch, change = merge(text, body), operation(path, value)
    ways = {
        "held": ({"over/kustomization.yaml": OVER + held(patch)}, "over/kustomization.yaml:7"),
        "a file": ({"over/kustomization.yaml": OVER + "  - path: p.yaml\n", "over/p.yaml": patch}, "over/p.yaml:4"),
        "held operation": ({"over/kustomization.yaml": OVER + held(change, f"{{{kind}, name: web}}")}, "over/kustomization.yaml:6"),
        "operation": (
            {"over/kustomization.yaml": OVER + f"  - {{path: p.yaml, target: {{{kind}, name: web}}}}\n", "over/p.yaml": change},
            "over/p.yaml:3",
        ),
    }
    for way, (files, at) in ways.items():
        assert f"{at} {rule}" in found(base(text) | files), way
        assert f"{at} {rule}" in found(base(text) | files, "over/kustomization.yaml"), way


BETTER = [
    (SERVICE.replace("ClusterIP", "LoadBalancer"), "spec: {type: ClusterIP}", "load-balancer-open-to-all"),
    (SERVICE.replace("ClusterIP", "LoadBalancer"), "spec: {loadBalancerSourceRanges: [10.0.0.0/8]}", "load-balancer-open-to-all"),
    (SERVICE.replace("ClusterIP", "NodePort"), "spec: {type: null}", "node-port-service"),
    (ROLE.replace("pods", "nodes/proxy"), "rules: []", "role-reaches-kubelet"),
    (BINDING.replace("name: web, namespace: shop", "name: default, namespace: shop"), "subjects: []", "role-bound-to-default-account"),
    (
        BINDING.replace("ServiceAccount, name: web, namespace: shop", "Group, name: 'system:authenticated'"),
        "subjects: [{kind: User, name: ann}]",
        "role-bound-to-everyone",
    ),
    (POLICY.replace("[]", "[{}]"), "spec: {ingress: []}", "open-network-policy"),
    (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\n",
        "automountServiceAccountToken: false",
        "default-service-account",
    ),
    (
        POD.replace("serviceAccountName: web", "enableServiceLinks: false"),
        "spec: {template: {spec: {serviceAccountName: web}}}",
        "default-service-account",
    ),
]


@pytest.mark.parametrize(("text", "body", "rule"), BETTER)
def test_what_every_overlay_mends_is_not_held_against_the_base(text: str, body: str, rule: str) -> None:
    mended = {"one/kustomization.yaml": OVER + held(merge(text, body))}
    away = {"one/kustomization.yaml": OVER + held(merge(text, "$patch: delete"))}
    other = {"two/kustomization.yaml": "resources: [../base]\n"}
    assert rule in {one.rule for one in findings(base(text))}
    assert rule not in {one.rule for one in findings(base(text) | mended)}
    assert rule not in {one.rule for one in findings(base(text) | away)}
    assert rule in {one.rule for one in findings(base(text) | mended | other)}


def test_what_an_overlay_leaves_is_told() -> None:
    """It is found again with all that stands around the object, or it would count as mended."""
    power = ROLE.replace("pods", "nodes/proxy")
    files = base(SERVICE.replace("ClusterIP", "LoadBalancer"), power, BINDING, POD)
    plain = found(files)
    assert {"base/all.yaml:23 workload-with-powerful-role", "base/all.yaml:23 workload-reachable-from-outside"} <= plain
    assert "base/all.yaml:3 exposed-workload-with-powerful-role" in plain
    labels = [merge(text, "metadata: {labels: {a: b}, name: web}").replace("metadata: {name: web}\n", "") for text in files_of(files)]
    for some in ([one] for one in labels):
        assert found(files | {"over/kustomization.yaml": OVER + "".join(map(held, some))}) == plain
    assert found(files | {"over/kustomization.yaml": OVER + "".join(map(held, labels))}) == plain


def test_an_object_that_a_patch_calls_otherwise_is_the_same() -> None:
    text = POD.replace("serviceAccountName: web", "enableServiceLinks: false")
    named = held(operation("/metadata/name", "shop"), "{kind: Deployment}")
    (one,) = findings(base(text) | {"over/kustomization.yaml": OVER + named}, only="default-service-account")
    assert (place(one), one.subject) == ("over/kustomization.yaml:6 default-service-account", "Deployment/shop")
    mended = OVER + held(merge(POD, "spec: {template: {spec: {serviceAccountName: web}}}")) + named
    assert findings(base(text) | {"over/kustomization.yaml": mended}, only="default-service-account") == []


def test_the_same_fault_in_other_words_is_told_where_it_can_be_changed() -> None:
    text = POD.replace("'acme/app:1.2'", "'acme/app:1.2', imagePullPolicy: IfNotPresent")
    over = "resources: [../base]\nimages: [{name: acme/app, newTag: '1.3'}]\n"
    (one,) = findings(base(text) | {"over/kustomization.yaml": over}, only="stale-image-allowed")
    assert one.message.startswith("`acme/app:1.2`")
    assert one.fix is not None
    assert one.fix.edits
    text = BINDING.replace("kind: ClusterRole, name: web", "kind: ClusterRole, name: cluster-admin")
    other = held(merge(BINDING, "subjects: [{kind: User, name: ann}]"))
    (one,) = findings(base(text) | {"over/kustomization.yaml": OVER + other}, only="cluster-admin-bound")
    assert (place(one), one.message) == ("base/all.yaml:4 cluster-admin-bound", "`ann` may do everything (cluster-admin)")


def files_of(files: dict[str, str]) -> list[str]:
    return files["base/all.yaml"].split("---\n")


def test_what_is_joined_belongs_to_what_stands_around_it() -> None:
    patch = held(merge(ROLE, "rules: [{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}]"))
    (one,) = findings(base(ROLE, BINDING, POD) | {"over/kustomization.yaml": OVER + patch}, only="role-reaches-kubelet")
    assert (place(one), one.severity) == ("over/kustomization.yaml:7 role-reaches-kubelet", Severity.CRITICAL)
    assert [note.message for note in one.notes] == ["`Deployment/web` runs with this role"]
    assert one.notes[0].source.path == "base/all.yaml"
    patch = held(merge(BINDING, "roleRef: {name: cluster-admin}"))
    (one,) = findings(base(ROLE, BINDING, POD) | {"over/kustomization.yaml": OVER + patch}, only="cluster-admin-bound")
    assert one.severity is Severity.CRITICAL
    patch = held(merge(SERVICE, "spec: {type: LoadBalancer}"))
    console = POD.replace("acme/app:1.2", "ollama/ollama:0.12.0")
    (one,) = findings(base(SERVICE, console) | {"over/kustomization.yaml": OVER + patch}, only="exposed-admin-interface")
    assert place(one) == "over/kustomization.yaml:7 exposed-admin-interface"


def test_an_overlay_gives_pods_another_account() -> None:
    power = (ROLE.replace("pods", "nodes/proxy"), BINDING, POD.replace("serviceAccountName: web", "serviceAccountName: other"))
    patch = held(merge(POD, "spec: {template: {spec: {serviceAccountName: web}}}"))
    assert "workload-with-powerful-role" not in {one.rule for one in findings(base(*power))}
    (one,) = findings(base(*power) | {"over/kustomization.yaml": OVER + patch}, only="workload-with-powerful-role")
    assert place(one) == "base/all.yaml:16 workload-with-powerful-role"
    assert [note.message for note in one.notes][:2] == ["by this binding", "of this role"]


def test_what_one_overlay_says_is_held_against_no_other() -> None:
    """Nor against the base: the role of one gives the pods of the other nothing."""
    worse = held(merge(ROLE, "rules: [{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}]"))
    files = base(ROLE, BINDING, POD) | {
        "one/kustomization.yaml": OVER + worse,
        "two/kustomization.yaml": OVER + held(merge(POD, "spec: {replicas: 3}")),
    }
    assert "workload-with-powerful-role" not in {one.rule for one in findings(files)}


def test_a_rule_on_the_cluster_sees_each_object_once() -> None:
    rule = (
        "from capdrop import Cluster, Severity, rule\n\n\n@rule('counted', severity=Severity.LOW)\ndef counted(cluster: Cluster):\n"
        '    """How many there are."""\n    part = cluster.parts[0]\n'
        "    yield part.finding(part.name_span, f'{len(cluster.parts)} parts, {len(cluster.joined)} joined')\n"
    )
    files = base(SERVICE, ROLE) | {"over/kustomization.yaml": OVER + held(merge(SERVICE, "spec: {type: NodePort}"))}
    findings(files | {"ours/counted.py": rule})
    config = Config(".")
    config.rule_folders = ["ours"]
    ran = check(["."], config, rules_in_force(config))
    assert [one.message for result in ran.results for one in result.findings if one.rule == "counted"] == ["2 parts, 1 joined"]


def test_a_patch_alone_is_judged_by_what_it_says() -> None:
    everyone = "subjects: [{kind: Group, name: 'system:authenticated'}]"
    away = "resources: ['https://example.org/base?ref=v1']\npatches:\n"
    assert found({"kustomization.yaml": away + held(merge(SERVICE, "spec: {type: NodePort}"))}) == {
        "kustomization.yaml:7 node-port-service"
    }
    power = operation("/rules", "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]")
    group = "group: rbac.authorization.k8s.io, kind: ClusterRole"
    (one,) = findings({"kustomization.yaml": away + held(power, f"{{{group}, name: web}}")})
    assert (place(one), one.message) == ("kustomization.yaml:6 unlimited-role", "ClusterRole `web` allows every verb on every resource")
    assert found({"kustomization.yaml": away + held(power, f"{{{group}}}")}) == set(), "nobody knows which role it is"
    assert found({"kustomization.yaml": away + held(merge(BINDING, everyone))}) == set(), "nobody knows what they are given"
    path = base(BINDING) | {"over/kustomization.yaml": OVER + "  - path: p.yaml\n", "over/p.yaml": merge(BINDING, everyone)}
    (one,) = findings(path | {"kustomization.yaml": "resources: [over]\n"}, only="role-bound-to-everyone")
    assert (place(one), one.message) == (
        "over/p.yaml:4 role-bound-to-everyone",
        "everyone in `system:authenticated` is given `web`",
    )


def test_a_comment_beside_the_patch_silences() -> None:
    patch = held(merge(SERVICE, "spec:\n  type: NodePort # capdrop: ignore[node-port-service] -- no load balancer here"))
    for paths in ((), ("over/kustomization.yaml",)):
        files = base(SERVICE) | {"over/kustomization.yaml": OVER + "  # capdrop: ignore[node-port-service] -- known\n" + patch}
        assert [one.suppressed is not None for one in findings(files, *paths, only="node-port-service")] == [True]
    files = base(SERVICE) | {
        "over/kustomization.yaml": OVER + "  - path: p.yaml\n",
        "over/p.yaml": merge(SERVICE, "spec:\n  type: NodePort # capdrop: ignore[node-port-service] -- known\n"),
    }
    assert {one.suppressed is not None for one in findings(files, only="node-port-service")} == {True}


def test_thousands_of_overlays_of_one_base_take_no_longer_each() -> None:
    def ask(size: int) -> None:
        overlays = [Overlay(f"/{number}") for number in range(size)]
        for one in overlays:
            one.files = frozenset({"/base"})
            one.changes.add(("/base", "Service/web"))
        known = Overlays(overlays)
        for _ in range(size):
            assert len(known.last(("/base", "Service/web"))) == size

    assert_grows_linearly(ask, 500, 5000)
