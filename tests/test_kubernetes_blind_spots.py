"""What other tools are known to miss or to say wrongly of manifests (rule-catalogue, section 1.5)."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(BOOK.of_profile("strict"))
LISTS = ("containers", "initContainers", "ephemeralContainers")


def found(text: str) -> set[str]:
    """The rules that speak about a manifest."""
    kind = kind_of("manifest.yaml", text)
    assert kind is not None
    analysis = analyse(Source("manifest.yaml", text), kind, BOOK, Context())
    assert analysis.broken == []
    assert analysis.outcome == "analysed"
    return {finding.rule for finding in analysis.findings}


def pod(own: str = "", outer: str = "", image: str = "acme/a:1", at: str = "containers") -> str:
    """A pod with one container, from what stands in the braces of its own and of its pod's mapping."""
    others = "" if at == "containers" else "containers: [{name: b, image: 'acme/b:1'}], "
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        f"spec: {{{outer}{', ' if outer else ''}{others}{at}: [{{name: a, image: '{image}', {own}}}]}}\n"
    )


def mounting(path: str, *, read_only: bool = False) -> str:
    return pod(
        f"volumeMounts: [{{name: v, mountPath: /in, readOnly: {str(read_only).lower()}}}]",
        f"volumes: [{{name: v, hostPath: {{path: '{path}'}}}}]",
    )


def role(*rules: str) -> str:
    head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules:\n"
    return head + "".join(f"  - {{{rule}}}\n" for rule in rules)


@pytest.mark.parametrize("path", ["/devices", "/homework", "/variables", "/etcetera", "/var/log/app", "/data", "/srv/etc", "/opt/proc"])
def test_a_path_that_only_begins_like_a_sensitive_one_is_none(path: str) -> None:
    for read_only in (True, False):
        assert found(mounting(path, read_only=read_only)).isdisjoint({"sensitive-host-path", "writable-host-path", "runtime-socket-mount"})


@pytest.mark.parametrize(
    "path", ["/etc", "/proc", "/sys", "/dev", "/boot", "/usr", "/lib", "/root", "/home", "/var/lib/docker", "//etc/../etc/"]
)
def test_where_a_path_is_mounted_does_not_matter(path: str) -> None:
    assert "sensitive-host-path" in found(mounting(path, read_only=True))
    inside = pod(f"volumeMounts: [{{name: v, mountPath: {path}}}]", "volumes: [{name: v, emptyDir: {}}]")
    assert found(inside).isdisjoint({"sensitive-host-path", "writable-host-path", "host-path-mount"})


@pytest.mark.parametrize(
    "path",
    [
        *("/var/run/docker.sock", "/run/docker.sock", "/var/run", "/run", "/", "/run/containerd", "/run/containerd/containerd.sock"),
        *("/var/run/crio/crio.sock", "/run/podman/podman.sock", "/run/k3s/containerd/containerd.sock", "/run/user/1000/podman/podman.sock"),
    ],
)
def test_sockets_are_known_at_all_their_places_and_by_the_folders_that_hold_them(path: str) -> None:
    assert "runtime-socket-mount" in found(mounting(path, read_only=True))


def test_apparmor_is_read_from_the_field_and_from_the_annotation() -> None:
    annotated = pod().replace("{name: p}", "{name: p, annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined}}")
    assert "apparmor-unconfined" in found(annotated)
    assert "apparmor-unconfined" in found(pod("securityContext: {appArmorProfile: {type: Unconfined}}"))
    assert "apparmor-unconfined" in found(pod(outer="securityContext: {appArmorProfile: {type: Unconfined}}"))
    assert "apparmor-unconfined" not in found(annotated.replace("unconfined", "runtime/default"))


def test_every_rule_of_a_role_counts_in_any_order_and_with_its_own_group() -> None:
    harmless = "apiGroups: [''], resources: [pods], verbs: [get]"
    for rules in (
        (harmless, "apiGroups: ['*'], resources: ['*'], verbs: ['*']"),
        ("apiGroups: ['*'], resources: ['*'], verbs: ['*']", harmless),
    ):
        assert "unlimited-role" in found(role(*rules))
    for group in ("", "*"):
        assert "role-impersonates" in found(role(harmless, f"apiGroups: ['{group}'], resources: [groups], verbs: [impersonate]"))
        assert "role-enters-pods" in found(role(harmless, f"apiGroups: ['{group}'], resources: [pods/attach], verbs: [create]"))
    assert "role-escalates" in found(role("apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind]", harmless))


def test_seccomp_is_read_in_the_shape_that_kubernetes_accepts() -> None:
    assert "seccomp-unconfined" in found(pod("securityContext: {seccompProfile: {type: Unconfined}}"))
    assert "seccomp-unconfined" in found(pod(outer="securityContext: {seccompProfile: {type: Unconfined}}"))


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        ("acme/latest:1", ""),
        ("latest.example.com/acme/a:1", ""),
        ("acme/a:latest-ish", ""),
        ("localhost:5000/a", "image-without-tag"),
        ("acme/a:latest", "image-with-moving-tag"),
        ("acme/a:latest@sha256:" + "a" * 64, ""),
    ],
)
def test_a_tag_is_the_tag(image: str, rule: str) -> None:
    both = {"image-with-moving-tag", "image-without-tag"}
    assert found(pod(image=image)) & both == ({rule} if rule else set())


def test_what_is_missing_altogether_is_missing() -> None:
    assert {"capabilities-not-dropped", "no-new-privileges-missing", "missing-user", "seccomp-missing"} <= found(pod())


@pytest.mark.parametrize("at", LISTS)
@pytest.mark.parametrize(
    ("own", "rule"),
    [
        ("securityContext: {privileged: true}", "privileged-container"),
        ("securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}}", "dangerous-capability"),
        ("securityContext: {runAsUser: 0}", "root-user"),
        ("securityContext: {seccompProfile: {type: Unconfined}}", "seccomp-unconfined"),
        ("securityContext: {procMount: Unmasked}", "kernel-paths-unmasked"),
        ("securityContext: {windowsOptions: {hostProcess: true}}", "windows-host-process"),
        ("ports: [{containerPort: 80, hostPort: 80}]", "host-port"),
        ("command: [nsenter, -t, '1', -m, sh]", "host-entered"),
        ("env: [{name: DB_PASSWORD, value: Vv6-bb13-Ke}]", "hard-coded-credential"),
    ],
)
def test_containers_of_all_kinds_are_read(at: str, own: str, rule: str) -> None:
    assert rule in found(pod(own, at=at))


@pytest.mark.parametrize(
    ("version", "kind", "spec"),
    [
        ("argoproj.io/v1alpha1", "Rollout", "{template: {spec: POD}}"),
        ("serving.knative.dev/v1", "Service", "{template: {spec: POD}}"),
        ("serving.kserve.io/v1beta1", "InferenceService", "{predictor: POD}"),
        ("ray.io/v1", "RayCluster", "{headGroupSpec: {template: {spec: POD}}}"),
        ("ray.io/v1", "RayCluster", "{workerGroupSpecs: [{template: {spec: POD}}]}"),
        ("kubeflow.org/v1", "PyTorchJob", "{pytorchReplicaSpecs: {Worker: {template: {spec: POD}}}}"),
        ("tekton.dev/v1", "TaskRun", "{taskSpec: {steps: [{name: a, image: 'a/b:1', securityContext: {privileged: true}}]}}"),
        ("kafka.strimzi.io/v1beta2", "Kafka", "{kafka: {template: {kafkaContainer: {securityContext: {privileged: true}}}}}"),
        ("apps.kruise.io/v1alpha1", "CloneSet", "{template: {spec: POD}}"),
        ("batch/v1beta1", "CronJob", "{jobTemplate: {spec: {template: {spec: POD}}}}"),
        ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", "{nodeSets: [{podTemplate: {spec: POD}}]}"),
    ],
)
def test_pods_in_custom_resources_are_read(version: str, kind: str, spec: str) -> None:
    spec = spec.replace("POD", "{containers: [{name: a, image: 'a/b:1', securityContext: {privileged: true}}]}")
    assert "privileged-container" in found(f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n")
