"""The facts of a container in Compose's words (Compose specification, service attributes)."""

from __future__ import annotations

from ...finding import Edit
from ...model.subject import Change, Refused
from ...model.value import Value
from ...syntax.yaml import Node
from ..yaml_facts import Cell, Flag, Is, Items, Site, append, remove
from ..yaml_view import Field, items_of


class Namespace(Is):
    """`host`, or the container's own: written by naming another or dropped."""

    __slots__ = ()

    def __init__(self, path: str) -> None:
        super().__init__(path, "host")


class SecurityOption(Cell):
    """An item of `security_opt`: `name:value`, `name=value` or `name` alone; the last one counts."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__("security_opt")
        self.name = name

    def read(self, site: Site) -> Value:
        field = site.field(self.path, "own")
        found = site.nothing()
        if field is None:
            return found
        for node, trail, shared in items_of(field):
            value = site.text_of(node, Field(field.source, field.owner, field.entry, node, trail, shared))
            if value.is_unknown:
                found = value
            elif value.text.replace("=", ":").partition(":")[0] == self.name:
                found = value.replaced(self.content(value.text.replace("=", ":", 1).partition(":")[2]))
        return found

    def content(self, written: str) -> object:
        """The fact that the part behind the name states."""
        return written

    def item(self, content: object) -> str:
        """The whole item for a content."""
        return f"{self.name}:{content}"

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        value = self.read(site)
        if change.action == "drop" and isinstance(value.node, Node):
            return f"Remove `{site.source[value.node.span]}` from `security_opt`", remove(site, self.path, "own", value.node)
        if change.action == "set" and value.is_absent:
            item = self.item(change.content)
            return f"Add `{item}` to `security_opt`", append(site, self.path, "own", item)
        raise Refused("there is no writer for this")


class NoNewPrivileges(SecurityOption):
    """`no-new-privileges`, `no-new-privileges:true` or `no-new-privileges=true`."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("no-new-privileges")

    def content(self, written: str) -> object:
        return written.lower() != "false"

    def item(self, content: object) -> str:
        return f"{self.name}:{'true' if content else 'false'}"


class User(Cell):
    """The service's user; where none is written, the image decides."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        value = super().read(site)
        return Value.unknown("the image decides", value.source, value.span) if value.is_absent else value


TABLE: dict[str, Cell] = {
    "privileged": Flag("privileged"),
    "user": User("user"),
    "capabilities_added": Items("cap_add"),
    "capabilities_dropped": Items("cap_drop"),
    "no_new_privileges": NoNewPrivileges(),
    "seccomp": SecurityOption("seccomp"),
    "apparmor": SecurityOption("apparmor"),
    "selinux": SecurityOption("label"),
    "host_network": Namespace("network_mode"),
    "host_pid": Namespace("pid"),
    "host_ipc": Namespace("ipc"),
    "read_only_root": Flag("read_only", harmful=False),
    "devices": Items("devices"),
}
