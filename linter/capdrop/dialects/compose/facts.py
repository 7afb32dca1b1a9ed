"""The facts of a container in Compose's words (Compose specification, service attributes)."""

from __future__ import annotations

from ...finding import Edit
from ...model.subject import Change, Refused
from ...model.value import Value
from ...syntax.yaml import Scalar
from ..yaml_facts import Cell, Flag, Is, Items, Site, append, remove
from ..yaml_view import Field, Section, items_of
from ..yaml_writer import replace_scalar


class Namespace(Is):
    """`host`, or the container's own: written by naming another or dropped."""

    __slots__ = ()

    def __init__(self, path: str) -> None:
        super().__init__(path, "host")


class SecurityOption(Cell):
    """The items of `security_opt` of one name, `name=value` or `name:value`; the last one counts.

    `unwritten` is what is in force where there is none.
    """

    __slots__ = ("name", "unwritten")

    def __init__(self, name: str, unwritten: str = "") -> None:
        super().__init__("security_opt")
        self.name = name
        self.unwritten = unwritten

    def read(self, site: Site) -> Value:
        found = site.nothing()
        if self.unwritten and found.is_absent:
            found = Value.known(self.unwritten, site.source, site.span)
        for value in self.options(site):
            if value.is_unknown:
                found = value
            else:
                name, content = _cut(value.text)
                if name == self.name:
                    found = self.newer(found, value.replaced(self.content(content)))
        return found

    def options(self, site: Site) -> list[Value]:
        """All items of `security_opt`."""
        field = site.field(self.path, "own")
        return [] if field is None else [
            site.text_of(node, Field(field.source, field.owner, field.entry, node, trail, shared))
            for node, trail, shared in items_of(field)
        ]  # fmt: skip

    def newer(self, before: Value, value: Value) -> Value:
        """Which of two items counts."""
        return value

    def content(self, written: str) -> object:
        """The fact that the part behind the name states."""
        return written

    def item(self, content: object) -> str:
        """The whole item for a content."""
        return f"{self.name}:{content}"

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        value = self.read(site)
        back = change.action == "drop" or (change.action == "set" and change.content == self.unwritten)
        if back and isinstance(value.node, Scalar):
            return f"Remove `{value.node.value}` from `security_opt`", remove(site, self.path, "own", value.node)
        if change.action != "set":
            raise Refused("it is not written here")
        item = self.item(change.content)
        if value.node is None:
            return f"Add `{item}` to `security_opt`", append(site, self.path, "own", item)
        site.editable(site.field(self.path, "own"))
        return f"Change it to `{item}`", (replace_scalar(value.node, item),)


class NoNewPrivileges(SecurityOption):
    """`no-new-privileges`, `no-new-privileges:true` or `no-new-privileges=true`."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("no-new-privileges")

    def content(self, written: str) -> object:
        return written.lower() != "false"

    def item(self, content: object) -> str:
        return f"{self.name}:{'true' if content else 'false'}"


class Label(SecurityOption):
    """SELinux labels; they add up, and one that switches the separation off is not taken back by another."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("label")

    def newer(self, before: Value, value: Value) -> Value:
        return before if before.text == "disable" else value

    def content(self, written: str) -> object:
        return "disable" if written in ("disable", "type:spc_t", "type:unconfined_t") else written


class Devices(Items):
    """`HOST:CONTAINER:ACCESS`, or a mapping with the host's path as `source`; a CDI name (`vendor/class=name`) is no path."""

    __slots__ = ()

    def text(self, site: Site, field: Field) -> Value:
        source = Section(field.source, field.value, field.trail).get("source")
        value = site.scalar(source or field)
        if not value.is_known:
            return value
        path = value.replaced(value.text.partition(":")[0] if source is None else value.text)
        path.node = field.value
        return path


class User(Cell):
    """The service's user; where none is written, the image decides."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        value = super().read(site)
        return Value.unknown("the image decides", value.source, value.span) if value.is_absent else value


def _cut(option: str) -> tuple[str, str]:
    name, equals, content = option.partition("=")
    if not equals:
        name, _, content = option.partition(":")
    return name, content


TABLE: dict[str, Cell] = {
    "privileged": Flag("privileged"),
    "user": User("user"),
    "capabilities_added": Items("cap_add"),
    "capabilities_dropped": Items("cap_drop"),
    "no_new_privileges": NoNewPrivileges(),
    "seccomp": SecurityOption("seccomp", unwritten="default"),
    "apparmor": SecurityOption("apparmor", unwritten="default"),
    "selinux": Label(),
    "host_network": Namespace("network_mode"),
    "host_pid": Namespace("pid"),
    "host_ipc": Namespace("ipc"),
    "read_only_root": Flag("read_only", harmful=False),
    "devices": Devices("devices"),
    "device_rules": Items("device_cgroup_rules"),
}
