"""The facts of a container in Kubernetes' words (API reference v1.37: PodSpec, Container, SecurityContext)."""

from __future__ import annotations

from ...model.value import Value
from ..yaml_facts import Cell, Choice, Flag, Items, Site
from ..yaml_view import Field

_SECCOMP = {"Unconfined": "unconfined", "RuntimeDefault": "default", "Localhost": "localhost"}


class OnLinux(Flag):
    """A flag that Windows containers do not have."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        return _not_on_windows(site) or super().read(site)


class LinuxItems(Items):
    """A list that Windows containers do not have."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        return _not_on_windows(site) or super().read(site)


class User(Cell):
    """`runAsUser`, of the container or else of its pod. With `hostUsers: false` root is nobody on the host."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        return _not_on_windows(site) or _in_user_namespace(site) or super().read(site)


class NonRoot(Flag):
    """`runAsNonRoot`, of the container or else of its pod."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        return _not_on_windows(site) or _in_user_namespace(site) or super().read(site)


def _not_on_windows(site: Site) -> Value | None:
    if site.outer is not None and site.outer.text("os.name") == "windows":
        return Value.unknown("Windows containers have no such setting", site.source, site.span)
    return None


def _in_user_namespace(site: Site) -> Value | None:
    field: Field | None = site.outer.get("hostUsers") if site.outer is not None else None
    if field is not None and site.scalar(field).text == "false":
        return Value.unknown("the pod has a user namespace of its own", site.source, field.span)
    return None


TABLE: dict[str, Cell] = {
    "privileged": Flag("securityContext.privileged"),
    "user": User("securityContext.runAsUser", "either"),
    "non_root_enforced": NonRoot("securityContext.runAsNonRoot", "either", harmful=False),
    "capabilities_added": LinuxItems("securityContext.capabilities.add"),
    "capabilities_dropped": LinuxItems("securityContext.capabilities.drop"),
    "no_new_privileges": OnLinux("securityContext.allowPrivilegeEscalation", harmful=False, negated=True),
    "seccomp": Choice("securityContext.seccompProfile.type", _SECCOMP, "either"),
    "apparmor": Choice("securityContext.appArmorProfile.type", _SECCOMP, "either"),
    "host_network": Flag("hostNetwork", "outer"),
    "host_pid": Flag("hostPID", "outer"),
    "host_ipc": Flag("hostIPC", "outer"),
    "read_only_root": OnLinux("securityContext.readOnlyRootFilesystem", harmful=False),
}
