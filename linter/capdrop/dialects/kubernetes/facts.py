"""The facts of a container in Kubernetes' words (API reference v1.37: PodSpec, Container, SecurityContext)."""

from __future__ import annotations

from ...finding import Edit
from ...model.subject import Change, Refused
from ...model.value import Value
from ...source import Source, Span
from ...syntax.yaml import Scalar
from ..yaml_facts import Cell, Choice, Flag, Items, Site
from ..yaml_view import Field, Section

_PROFILES = {"RuntimeDefault": "default", "Unconfined": "unconfined", "Localhost": "localhost"}
_APPARMOR_WORDS = {"runtime/default": "default", "docker/default": "default"}
_APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_SELINUX = {"spc_t": "disable", "unconfined_t": "disable"}
_OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")


class PodSite(Site):
    """A container, the pod it is in, and the annotations of that pod."""

    __slots__ = ("annotations",)

    def __init__(
        self, source: Source, span: Span, own: Section, pod: Section, annotations: Section, *, silence: str, fixable: bool
    ) -> None:
        super().__init__(source, span, own, pod, silence=silence, fixable=fixable)
        self.annotations = annotations


class AppArmor(Choice):
    """`appArmorProfile`, or else the annotation that came before it."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        value = super().read(site)
        field = self._annotation(site)
        if field is None or not (value.is_absent or value.is_unknown):
            return value
        value = site.scalar(field)
        return value.replaced(_APPARMOR_WORDS.get(value.text, value.text)) if value.is_known else value

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if not super().read(site).is_known and self._annotation(site) is not None:
            raise Refused("an annotation says it; write `appArmorProfile` in its place")
        return super().write(site, change)

    def _annotation(self, site: Site) -> Field | None:
        return site.annotations.get(_APPARMOR_ANNOTATION + site.own.text("name")) if isinstance(site, PodSite) else None


class User(Cell):
    """`runAsUser`, of the container or else of its pod. With `hostUsers: false` root is nobody on the host."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        return _in_user_namespace(site) or super().read(site)


class NonRoot(Flag):
    """`runAsNonRoot`, of the container or else of its pod."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        return _in_user_namespace(site) or super().read(site)


def is_windows(pod: Section) -> bool:
    """Whether a pod says that it runs on Windows, where most settings do not exist."""
    labels = pod.section("nodeSelector").fields
    chosen = [labels[label].value for label in _OS_LABELS if label in labels]
    return pod.text("os.name") == "windows" or any(isinstance(node, Scalar) and node.value == "windows" for node in chosen)


def _in_user_namespace(site: Site) -> Value | None:
    field: Field | None = site.outer.get("hostUsers") if site.outer is not None else None
    if field is not None and site.scalar(field).text == "false":
        return Value.unknown("the pod has a user namespace of its own", site.source, field.span)
    return None


TABLE: dict[str, Cell] = {
    "privileged": Flag("securityContext.privileged"),
    "user": User("securityContext.runAsUser", "either"),
    "non_root_enforced": NonRoot("securityContext.runAsNonRoot", "either", harmful=False),
    "capabilities_added": Items("securityContext.capabilities.add"),
    "capabilities_dropped": Items("securityContext.capabilities.drop"),
    "no_new_privileges": Flag("securityContext.allowPrivilegeEscalation", harmful=False, negated=True),
    "seccomp": Choice("securityContext.seccompProfile.type", _PROFILES, "either"),
    "apparmor": AppArmor("securityContext.appArmorProfile.type", _PROFILES, "either"),
    "selinux": Choice("securityContext.seLinuxOptions.type", _SELINUX, "either"),
    "host_network": Flag("hostNetwork", "outer"),
    "host_pid": Flag("hostPID", "outer"),
    "host_ipc": Flag("hostIPC", "outer"),
    "read_only_root": Flag("securityContext.readOnlyRootFilesystem", harmful=False),
}
