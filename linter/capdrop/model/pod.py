"""A pod: what its containers share, and what it asks of the cluster for itself."""

from __future__ import annotations

from ..source import Source, Span
from .container import FACTS as CONTAINER_FACTS
from .container import Container, WithFacts, plain
from .subject import Origin
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = {
    "automount_token": "yes: a token of its service account is mounted",
    "service_account": "the service account that it runs as",
    "os": "the operating system that it says it is for",
    "host_users": "no: it has a user namespace of its own",
    "share_process_namespace": "yes: its containers see each other's processes",
    "priority_class": "how important it is to the cluster",
    "runtime_class": "the runtime that its containers are started by",
    "node_name": "the node that it is bound to, past the scheduler",
    "node_selector": "labels of the nodes that it may run on: a dictionary of values",
    "service_links": "yes: its environment names every service of the namespace",
    "host_aliases": "a list of entries for its file of hosts",
    "tolerations": "a list of what it tolerates of nodes: dictionaries of values",
    "volumes": "a list of its volumes as they are written: dictionaries of values",
    "projections": "a list of what its projected volumes hold: dictionaries of values",
    "apparmor_annotations": "a list of the AppArmor profiles that its annotations name, as written",
    "seccomp_annotations": "a list of the seccomp profiles that its annotations name, which nothing reads any more",
    "groups": "a list of groups, by number, that its processes are in besides their own",
    "file_system_group": "the group that its volumes are given to",
    "sysctls": "a list of kernel parameters, `name=value`",
    "user": "the user of its containers that set none",
    "non_root_enforced": "yes: none of its containers that does not say otherwise is started as root",
    "seccomp": "the seccomp profile of its containers that set none, as a container's",
    "apparmor": "the AppArmor profile of its containers that set none, as a container's",
    "selinux": "the SELinux type of its containers that set none, as a container's",
    "selinux_user": "the SELinux user of its containers that set none",
    "selinux_role": "the SELinux role of its containers that set none",
    "host_process": "yes: its containers are processes of a Windows host",
}
"""Every fact of a pod as it stands in the pod itself, with what its value means."""

NOT_ON_WINDOWS = "Windows containers have no such setting"
"""Why it cannot be told what a setting is that is not written."""


class Pod(WithFacts):
    """A pod and its facts, those of `FACTS`.

    `kind` and `api_group` are those of the object that it stands in. `is_whole` is set where the file says all of it: it is neither a
    patch nor a template nor part of a larger object that an operator completes.
    """

    __slots__ = ("api_group", "containers", "is_whole", "kind", "name", "namespace")

    names = FACTS

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin,
        *,
        kind: str,
        api_group: str,
        name: str,
        namespace: str,
        containers: tuple[Container, ...],
        is_whole: bool,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.kind = kind
        self.api_group = api_group
        self.name = name
        """What users call it: the name of its object, else its kind."""
        self.namespace = namespace
        self.containers = containers
        self.is_whole = is_whole

    def volumes(self) -> list[tuple[Value, str, Value]]:
        """Its volumes: the name, the type ("" where none is written), and what the type is told."""
        found = []
        for volume in self.fact("volumes"):
            fields = volume.content if volume.is_known and isinstance(volume.content, dict) else {}
            kind = next((key for key in fields if key != "name" and key != "<<"), "")
            found.append((fields.get("name", volume), kind, fields.get(kind, volume)))
        return found

    def lacks(self, value: Value, *, exempt_on_windows: bool = True) -> bool:
        """Whether a fact of one of its containers is written nowhere, as the cluster sees it: what runs on Windows is exempt only
        where `os.name` says so, and only from settings that do not exist there."""
        if value.is_absent:
            return True
        exempt = exempt_on_windows and self.fact("os").text == "windows"
        return value.is_unknown and value.reason == NOT_ON_WINDOWS and not exempt

    def state(self) -> Mapping[str, object]:
        """Its own facts; what it gives to its containers is among theirs, and volumes come and go with their mounts."""
        left_out = (*CONTAINER_FACTS, "volumes", "projections")
        return {name: plain(self.fact(name)) for name in FACTS if name not in left_out}
