"""A container as it will be started, whoever starts it."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = {
    "privileged": "yes: every capability and device, no seccomp, no AppArmor",
    "user": "the user it starts as: a name or number, with or without a group",
    "non_root_enforced": "yes: the platform refuses to start it as root",
    "capabilities_added": "a list of capability names, as written",
    "capabilities_dropped": "a list of capability names, as written",
    "no_new_privileges": "yes: a process cannot gain privileges by executing a setuid file",
    "seccomp": "the seccomp profile: `default`, `unconfined`, or another name; absent where none is in force",
    "apparmor": "the AppArmor profile: `default`, `unconfined`, or another name",
    "selinux": "the SELinux setting: `disable` where it does not confine, or label options",
    "host_network": "yes: it shares the host's network",
    "host_pid": "yes: it sees the host's processes",
    "host_ipc": "yes: it shares the host's System V IPC and POSIX shared memory",
    "read_only_root": "yes: its root file system cannot be written",
    "devices": "a list of device paths on the host",
    "device_rules": "a list of cgroup device rules: type, major:minor, access",
}
"""Every fact of a container, with what its value means. "yes" facts are known true or false; lists are known tuples of values."""


class Container(Subject):
    """A container and its facts.

    It is a Compose service, a container of a pod, or a command line that starts one.
    """

    __slots__ = ("_facts", "dialect", "kind", "name", "platform")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin,
        *,
        name: str,
        dialect: str,
        kind: str = "container",
        platform: str = "linux",
    ) -> None:
        super().__init__(source, span, address, origin)
        self.name = name
        self.dialect = dialect
        self.kind = kind
        """What users call it: "service", "container", "init container", "stage"."""
        self.platform = platform
        """"linux" or "windows"."""
        self._facts: dict[str, Value] = {}

    def fact(self, name: str) -> Value:
        """The effective value of a fact of `FACTS`."""
        value = self._facts.get(name)
        if value is None:
            if name not in FACTS:
                raise KeyError(f"a container has no fact {name!r}")
            assert self.origin is not None
            value = self._facts[name] = self.origin.read(name)
        return value

    def state(self) -> Mapping[str, object]:
        return {name: plain(self.fact(name)) for name in FACTS}


class DefaultContainer(Container):
    """The container that an image starts when nobody says otherwise: what a Dockerfile's shipped stage tells of one, which is its
    user and nothing else. Only rules that name this type see it."""

    __slots__ = ()


def plain(value: Value) -> object:
    """A value without its places, for comparing."""
    if value.is_known:
        return tuple(plain(item) for item in value) if isinstance(value.content, tuple) else value.content
    return value.state
