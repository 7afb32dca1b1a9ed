"""Kubernetes manifests as containers and mounts."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.dialects.kubernetes import read
from capdrop.finding import Fix
from capdrop.fixer import splice
from capdrop.model.container import Container, plain
from capdrop.model.kubernetes_object import KubernetesObject
from capdrop.model.mount import Mount
from capdrop.source import Source


def containers(text: str) -> list[Container]:
    return [subject for subject in read(Source("pod.yaml", text), Context()).subjects if isinstance(subject, Container)]


def pod(own: str = "", outer: str = "", metadata: str = "") -> str:
    """A pod with one container, from what stands in the braces of its own, its pod's and its metadata's mapping."""
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p, {metadata}}}\n"
        f"spec: {{{outer}{', ' if outer else ''}containers: [{{name: c, image: a, {own}}}]}}\n"
    )


def context(body: str) -> str:
    return f"securityContext: {{{body}}}"


APPARMOR = "annotations: {container.apparmor.security.beta.kubernetes.io/"
FACTS = [
    (context("privileged: true"), "", "", "privileged", True),
    (context("privileged: yes"), "", "", "privileged", True),
    ("", context("privileged: true"), "", "privileged", "absent"),
    (context("runAsUser: 0"), context("runAsUser: 1"), "", "user", "0"),
    ("", context("runAsUser: 1"), "", "user", "1"),
    ("", context("runAsUser: 0") + ", hostUsers: false", "", "user", "unknown"),
    (context("runAsNonRoot: false"), context("runAsNonRoot: true"), "", "non_root_enforced", False),
    ("", context("runAsNonRoot: true"), "", "non_root_enforced", True),
    (context("allowPrivilegeEscalation: false"), "", "", "no_new_privileges", True),
    (context("allowPrivilegeEscalation: true"), "", "", "no_new_privileges", False),
    ("", "", "", "no_new_privileges", "absent"),
    (context("capabilities: {add: [A], drop: [ALL]}"), "", "", "capabilities_added", ("A",)),
    (context("capabilities: {add: [A], drop: [ALL]}"), "", "", "capabilities_dropped", ("ALL",)),
    (context("seccompProfile: {type: Unconfined}"), "", "", "seccomp", "unconfined"),
    ("", context("seccompProfile: {type: RuntimeDefault}"), "", "seccomp", "default"),
    ("", "", "", "seccomp", "absent"),
    (context("appArmorProfile: {type: Unconfined}"), "", "", "apparmor", "unconfined"),
    ("", "", APPARMOR + "c: unconfined}", "apparmor", "unconfined"),
    ("", "", APPARMOR + "c: runtime/default}", "apparmor", "default"),
    ("", "", APPARMOR + "other: unconfined}", "apparmor", "absent"),
    (context("appArmorProfile: {type: RuntimeDefault}"), "", APPARMOR + "c: unconfined}", "apparmor", "default"),
    (context("seLinuxOptions: {type: spc_t}"), "", "", "selinux", "disable"),
    ("", "hostNetwork: true", "", "host_network", True),
    ("", "hostPID: on", "", "host_pid", True),
    ("", "hostIPC: false", "", "host_ipc", False),
    (context("readOnlyRootFilesystem: true"), "", "", "read_only_root", True),
    ("", "", "", "devices", "unknown"),
    ("", "os: {name: windows}", "", "read_only_root", "unknown"),
    ("", "nodeSelector: {kubernetes.io/os: windows}", "", "capabilities_dropped", "unknown"),
    ("", "nodeSelector: {kubernetes.io/os: linux}", "", "capabilities_dropped", "absent"),
]


@pytest.mark.parametrize(("own", "outer", "metadata", "name", "expected"), FACTS)
def test_facts_are_read(own: str, outer: str, metadata: str, name: str, expected: object) -> None:
    (container,) = containers(pod(own, outer, metadata))
    assert plain(container.fact(name)) == expected


def test_containers_of_every_kind_are_found_by_shape() -> None:
    text = """
apiVersion: example.com/v1
kind: Rollout
metadata: {name: web}
spec:
  template:
    spec:
      initContainers: [{name: a, image: a}]
      containers: [{name: b, image: b}, {image: c}]
      ephemeralContainers: [{name: d, image: d}]
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: e, image: e}]}}
  - {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80}]}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec: {containers: [{name: no, image: no}]}
"""
    assert [(container.address, container.kind) for container in containers(text)] == [
        ("Rollout/web containers.b", "container"),
        ("Rollout/web containers", "container"),
        ("Rollout/web initContainers.a", "init container"),
        ("Rollout/web ephemeralContainers.d", "ephemeral container"),
        ("Pod/p containers.e", "container"),
    ]


def test_a_schema_holds_annotations_and_no_pods() -> None:
    head = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    text = f"{head}metadata: {{annotations: {{a: b}}}}\nspec: {{containers: [{{image: a}}]}}\n"
    subjects = list(read(Source("crd.yaml", text), Context()).subjects)
    assert [(type(subject).__name__, subject.address) for subject in subjects] == [
        ("Text", ""),
        ("Variable", "CustomResourceDefinition annotations.a"),
    ]


def test_nothing_follows_from_what_a_patch_leaves_out() -> None:
    text = "kind: Deployment\nspec: {template: {spec: {containers: [{name: c, securityContext: {privileged: true}}]}}}\n"
    (container,) = containers(text)
    assert container.fact("read_only_root").is_unknown
    assert container.fact("privileged").is_true


def test_a_template_leaves_open_what_it_does_not_say() -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  hostNetwork: true\n  containers:\n"
        "    - name: {{ .Chart.Name }}\n      image: a\n      securityContext:\n        privileged: {{ .Values.privileged }}\n"
    )
    (container,) = containers(text)
    assert container.name == "the container"
    assert container.fact("privileged").is_unknown
    assert container.fact("read_only_root").is_unknown
    assert container.fact("host_network").is_true
    assert container.drop("host_network").edits == ()


def test_the_items_of_a_list_of_one_kind_are_of_that_kind() -> None:
    pod = "metadata: {name: p}, spec: {containers: [{name: c, image: a, securityContext: {privileged: true}}]}"
    items = f"items: [{{{pod}}}, {{kind: Any, {pod}}}, a]"
    for text in (f"apiVersion: v1\nkind: PodList\n{items}\n", f"kind: List\nitems: [{{kind: PodList, apiVersion: v1, {items}}}]\n"):
        subjects = list(read(Source("pod.yaml", text), Context()).subjects)
        found = [subject for subject in subjects if isinstance(subject, Container)]
        assert [container.address for container in found] == ["Pod/p containers.c", "Any/p containers.c"]
        assert found[0].drop("privileged").edits
        (thing,) = [subject for subject in subjects if isinstance(subject, KubernetesObject) and subject.kind == "Pod"]
        assert (thing.api_version, thing.name) == ("v1", "p")


def test_json_is_read() -> None:
    text = '{"kind": "Pod", "spec": {"hostPID": true, "containers": [{"name": "c", "image": "a"}]}}'
    assert containers(text)[0].fact("host_pid").is_true


def test_a_pod_below_an_anchor_is_not_edited() -> None:
    text = "kind: Pod\nx: &t\n  spec: {hostPID: true, containers: [{name: c, image: a}]}\n"
    (container,) = containers(text)
    assert container.fact("host_pid").is_true
    assert "shared" in container.drop("host_pid").caveat


HOST_PATH = """kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: a
      image: a
      volumeMounts:
        - {name: v, mountPath: /a%s}
        - {name: w, mountPath: /w}
    - name: b
      image: b
      volumeMounts:
        - name: v
          mountPath: /b
          readOnly: true
  volumes:
    - name: v
      hostPath:
        path: /x/
    - {name: w, emptyDir: {}}
"""


def mount_in(text: str) -> Mount:
    return next(subject for subject in read(Source("pod.yaml", text), Context()).subjects if isinstance(subject, Mount))


@pytest.mark.parametrize(
    ("more", "read_only", "propagation"),
    [
        ("", False, "absent"),
        (", readOnly: false", False, "absent"),
        (", readOnly: true", True, "absent"),
        (", mountPropagation: Bidirectional", False, "rshared"),
        (", mountPropagation: HostToContainer", False, "rslave"),
    ],
)
def test_host_paths_are_mounts(more: str, read_only: object, propagation: object) -> None:
    mount = mount_in(HOST_PATH % more)
    assert (mount.owner, mount.host_path.text, mount.target.text) == ("a", "/x", "/a")
    assert (plain(mount.read_only), plain(mount.propagation)) == (read_only, propagation)


def test_a_host_path_that_nothing_mounts_is_neither() -> None:
    text = "kind: Pod\nspec:\n  containers: [{name: c, image: a}]\n  volumes: [{name: v, hostPath: {path: /x}}]\n"
    assert mount_in(text).read_only.is_unknown


def test_a_host_path_in_an_operators_object_is_a_mount() -> None:
    text = "kind: Collector\nspec:\n  volumeMounts: [{name: v, mountPath: /a}]\n  volumes: [{name: v, hostPath: {path: /x}}]\n"
    assert mount_in(text).read_only.is_false


def changed(text: str, fix: Fix) -> str:
    assert fix.edits, fix.caveat
    return splice(text, fix.edits)


def test_a_host_path_is_made_read_only_wherever_it_is_mounted() -> None:
    text = HOST_PATH % ""
    assert changed(text, mount_in(text).set("read_only", True)) == HOST_PATH % ", readOnly: true"
    text = HOST_PATH % ", readOnly: false"
    assert changed(text, mount_in(text).set("read_only", True)) == HOST_PATH % ", readOnly: true"


def test_a_host_path_goes_with_its_mounts() -> None:
    text = HOST_PATH % ""
    after = HOST_PATH.replace("        - {name: v, mountPath: /a%s}\n", "").replace(
        "      volumeMounts:\n        - name: v\n          mountPath: /b\n          readOnly: true\n", ""
    )
    after = after.replace("    - name: v\n      hostPath:\n        path: /x/\n", "")
    assert changed(text, mount_in(text).drop("mount")) == after


def test_propagation_goes() -> None:
    text = HOST_PATH % ", mountPropagation: Bidirectional"
    assert changed(text, mount_in(text).drop("propagation")) == HOST_PATH % ""
