"""The facts of a container in Compose's words (Compose specification, service attributes)."""

from __future__ import annotations

from ...finding import Edit
from ...model.container import is_root
from ...model.mount import normal_path
from ...model.subject import Change, Refused
from ...model.value import Value
from ...syntax.yaml import Mapping, Scalar
from ..yaml_facts import Cell, FactTable, Flag, Is, Items, Site, append, drop, remove
from ..yaml_view import Field, Section, fields_of, items_of
from ..yaml_writer import quoted, remove_entry, replace_scalar
from .service import ServiceSite

HOOKS = ("post_start", "pre_stop", "pre_start")
"""The keys of commands that Compose runs in the container beside its own."""


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
        return [site.scalar(item) for item in fields_of(site.field(self.path, "own"))]

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
        path = value.replaced(normal_path(value.text.partition(":")[0] if source is None else value.text))
        path.node = field.value
        return path


class User(Cell):
    """The service's user; where none is written, the image decides."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return ()

    def read(self, site: Site) -> Value:
        value = super().read(site)
        if value.is_absent:
            return Value.unknown("the image decides", value.source, value.span)
        if not value.is_known or not is_root(value.text):
            return value
        from ..leaving_root import told

        return told(value, site, "entrypoint", "command")


class Joined(Cell):
    """`service:NAME` or `container:NAME`: the namespace of another container."""

    __slots__ = ()

    def meaning(self, site: Site, field: Field) -> Value:
        value = site.scalar(field)
        return value if value.is_unknown or value.text.startswith(("service:", "container:")) else site.nothing()


class Either(Cell):
    """The same setting under a newer key and an older one."""

    __slots__ = ("older",)

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.older)

    def __init__(self, path: str, *older: str) -> None:
        super().__init__(path)
        self.older = older

    def read(self, site: Site) -> Value:
        field = site.field(self.written(site), "own")
        return site.nothing() if field is None else self.meaning(site, field)

    def written(self, site: Site) -> str:
        """The path that is used; where none is, the one that goes on from what is there, else the one of a single key."""
        used = next((path for path in (self.path, *self.older) if site.field(path, "own") is not None), None)
        holder = self.path.partition(".")[0]
        return used or (self.path if holder == self.path or site.field(holder, "own") is not None else self.older[0])

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        return Cell(self.written(site)).write(site, change)


class HostNetwork(Either):
    """`host` under either key, or the engine's network of that name under any."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return (*super().paths, "networks")

    def read(self, site: Site) -> Value:
        value = super().read(site)
        if value.is_absent and isinstance(site, ServiceSite):
            called = next((name for name in site.networks() if site.is_of_host(name)), None)
            field = site.field("networks", "own") if called is not None else None
            if field is not None:
                return Value.known(True, field.source, field.span, field.trail)
        return value

    def meaning(self, site: Site, field: Field) -> Value:
        return Namespace(self.path).meaning(site, field)


class Listed(Items):
    """A list of words; one word alone counts as a list of one, and a mapping as a list of `key=value`."""

    __slots__ = ()

    def meaning(self, site: Site, field: Field) -> Value:
        if isinstance(field.value, Mapping):
            pairs = tuple(self.pair(site, key, entry) for key, entry in field.section().fields.items())
            items = (*pairs, *(self.text(site, item) for item in fields_of(field)))
        elif isinstance(field.value, Scalar):
            items = (self.text(site, field),)
        else:
            return super().meaning(site, field)
        return Value.known(items, field.source, field.span, field.trail)

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        field = site.field(self.path, self.scope)
        if change.action != "remove" or change.item is None or field is None or type(field.value) is not Mapping:
            return super().write(site, change)
        site.editable(field)
        entry = next((one for one in field.value.entries if one.span == change.item.span), None)
        if entry is None:
            raise Refused("the text is shared through an anchor, so an edit would reach further")
        title = f"Remove `{change.item.text}` from `{self.path}`"
        if len(field.value.entries) == 1:
            return title, drop(site, self.path, self.scope)
        return title, (remove_entry(site.source, field.value, entry),)

    def pair(self, site: Site, key: str, entry: Field) -> Value:
        """An entry of a mapping as one word."""
        value = site.scalar(entry)
        return Value.known(f"{key}={value.text}", entry.source, entry.entry.span, entry.trail) if value.is_known else value


class Tmpfs(Listed):
    """Memory at paths; several are set beside those that are there."""

    __slots__ = ()

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "set" or not isinstance(change.content, tuple):
            return super().write(site, change)
        paths = [quoted(path) for path in change.content]
        edits = append(site, self.path, self.scope, *paths)
        return f"Mount memory at {' and '.join(change.content)}", edits


class Gpus(Cell):
    """`gpus: all`, a list of devices, the devices that `deploy` reserves, or one of CDI (`nvidia.com/gpu=all`): `all`, or how many."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return ("gpus", "deploy.resources", "devices")

    def read(self, site: Site) -> Value:
        for path in ("gpus", "deploy.resources.reservations.devices"):
            field = site.field(path, "own")
            if field is not None:
                return self.of(site, field, path == "gpus")
        every = [
            one for one in fields_of(site.field("devices", "own")) if isinstance(one.value, Scalar) and one.value.value.endswith("/gpu=all")
        ]
        return Value.known("all", every[0].source, every[0].span, every[0].trail) if every else site.nothing()

    def of(self, site: Site, field: Field, are_gpus: bool) -> Value:
        """What a list of devices asks for."""
        if isinstance(field.value, Scalar):
            return site.scalar(field)
        for node, trail, shared in items_of(field):
            device = Section(field.source, node, trail, shared)
            if not are_gpus and not any(isinstance(one, Scalar) and one.value == "gpu" for one, *_ in device.items("capabilities")):
                continue
            count = device.get("count")
            if count is not None:
                value = site.scalar(count)
                return value.replaced("all") if value.text == "-1" else value
            if device.get("device_ids") is None:
                return Value.known("all", field.source, node.span, trail)
        return site.nothing()


class Hooks(Cell):
    """One key of the commands that Compose runs in the container when it has started and before it stops."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return HOOKS

    def read(self, site: Site) -> Value:
        found = [
            value
            for hook in HOOKS
            if (field := site.field(hook, "own")) is not None
            for node, trail, shared in items_of(field)
            if (entry := Section(field.source, node, trail, shared).get(self.path)) is not None
            for value in (self.meaning(site, entry),)
        ]
        return Value.known(tuple(found), found[0].source, found[0].span) if found else site.nothing()

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        """Take the key out of one of the commands."""
        for node, trail, shared in (item for hook in HOOKS for item in site.own.items(hook)):
            field = Section(site.source, node, trail, shared).get(self.path)
            if change.action == "remove" and change.item is not None and field is not None and field.span == change.item.span:
                site.editable(field)
                return f"Remove `{self.path}`", (remove_entry(site.source, field.owner, field.entry),)
        raise Refused("there is no writer for this")


class HookFlag(Hooks):
    """Yes or no, of each of those commands."""

    __slots__ = ()

    def meaning(self, site: Site, field: Field) -> Value:
        return Flag(self.path).meaning(site, field)


class Switch(SecurityOption):
    """A security option that is on where it is given without a value, or with `true`."""

    __slots__ = ()

    def content(self, written: str) -> object:
        return written.lower() in ("", "true")


def _cut(option: str) -> tuple[str, str]:
    name, equals, content = option.partition("=")
    if not equals:
        name, _, content = option.partition(":")
    return name, content


TABLE = FactTable(
    {
        "privileged": Flag("privileged"),
        "user": User("user"),
        "capabilities_added": Items("cap_add"),
        "capabilities_dropped": Items("cap_drop"),
        "no_new_privileges": NoNewPrivileges(),
        "seccomp": SecurityOption("seccomp", unwritten="default"),
        "apparmor": SecurityOption("apparmor", unwritten="default"),
        "selinux": Label(),
        "host_network": HostNetwork("network_mode", "net"),
        "host_pid": Namespace("pid"),
        "host_ipc": Namespace("ipc"),
        "read_only_root": Flag("read_only", harmful=False),
        "devices": Devices("devices"),
        "device_rules": Items("device_cgroup_rules"),
        "image": Cell("image"),
        "host_uts": Namespace("uts"),
        "host_users": Namespace("userns_mode"),
        "host_cgroup": Namespace("cgroup"),
        "writable_cgroups": Switch("writable-cgroups"),
        "cgroup_parent": Cell("cgroup_parent"),
        "joined_network": Joined("network_mode"),
        "joined_pid": Joined("pid"),
        "joined_ipc": Joined("ipc"),
        "kernel_paths": SecurityOption("systempaths"),
        "groups": Listed("group_add"),
        "sysctls": Listed("sysctls"),
        "oom_killer_disabled": Flag("oom_kill_disable"),
        "oom_score": Cell("oom_score_adj"),
        "memory_limit": Either("deploy.resources.limits.memory", "mem_limit"),
        "cpu_limit": Either("deploy.resources.limits.cpus", "cpus", "cpu_quota"),
        "process_limit": Either("deploy.resources.limits.pids", "pids_limit"),
        "tmpfs": Tmpfs("tmpfs"),
        "log_driver": Either("logging.driver", "log_driver"),
        "gpus": Gpus("gpus"),
        "mounts_from": Listed("volumes_from"),
        "hosts": Listed("extra_hosts"),
        "domain_account": Either("credential_spec.file", "credential_spec.registry", "credential_spec.config"),
        "privileged_hooks": HookFlag("privileged"),
        "hook_users": Hooks("user"),
        "host_program": Cell("provider.type"),
        "build_privileged": Flag("build.privileged"),
        "build_network": Cell("build.network"),
        "build_entitlements": Listed("build.entitlements"),
    }
)
