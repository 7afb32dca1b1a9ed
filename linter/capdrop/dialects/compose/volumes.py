"""The mounts of a Compose service, in the short and the long syntax."""

from __future__ import annotations

from ...finding import Edit, Note
from ...model.host_paths import is_socket
from ...model.mount import Mount, normal_path
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...source import Fragment, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Scalar
from ..yaml_facts import TRUE, Interpolated, Site, drop, put, remove
from ..yaml_view import Field, Section, fields_of, items_of
from .service import ServiceSite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...syntax.yaml import Node

PROPAGATIONS = frozenset({"shared", "rshared", "slave", "rslave", "private", "rprivate"})
_BINDS = frozenset({"bind", "rbind"})
_API_SOCKET = "/var/run/docker.sock"


class ShortOrigin(Origin):
    """One item of `volumes` in the short syntax: its parts with their offsets in its text."""

    __slots__ = ("field", "parts", "site", "whole")

    def __init__(self, site: Site, field: Field, whole: Fragment, parts: list[tuple[str, int]]) -> None:
        self.site = site
        self.field = field
        self.whole = whole
        self.parts = parts

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action == "drop" and change.fact == "mount":
            return "Remove this mount", remove(self.site, "volumes", "own", self.field.value)
        self.site.editable(self.field)
        if change.action == "set" and change.fact == "read_only" and change.content is True:
            return "Mount it read-only", (self._read_only(),)
        if change.action == "drop" and change.fact == "propagation":
            return "Remove the propagation mode", (self._without(PROPAGATIONS),)
        raise Refused("there is no writer for this")

    def options(self) -> list[tuple[str, int]]:
        """The options with their offsets."""
        if len(self.parts) < 3:
            return []
        text, at = self.parts[2]
        words = text.split(",")
        return [(word, at + sum(len(before) + 1 for before in words[:index])) for index, word in enumerate(words)]

    def _read_only(self) -> Edit:
        for word, at in self.options():
            if word == "rw":
                return Edit(self.whole.span(at, at + 2), "ro")
        end = self.whole.span().end
        return Edit(Span(end, end), ",ro" if self.options() else ":ro")

    def _without(self, words: frozenset[str]) -> Edit:
        """Remove an option and the comma or colon before it; of several the first goes with the comma behind it."""
        options = self.options()
        index, (word, at) = next((index, option) for index, option in enumerate(options) if option[0] in words)
        first_of_many = index == 0 and len(options) > 1
        return Edit(self.whole.span(at, at + len(word) + 1) if first_of_many else self.whole.span(at - 1, at + len(word)), "")


class LongOrigin(Origin):
    """One item of `volumes` in the long syntax; `item` is the item as a mapping of its own."""

    __slots__ = ("item", "node", "site")

    def __init__(self, site: Site, node: Node, item: Site) -> None:
        self.site = site
        self.node = node
        self.item = item

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action == "drop" and change.fact == "mount":
            return "Remove this mount", remove(self.site, "volumes", "own", self.node)
        if change.action == "set" and change.fact == "read_only" and change.content is True:
            return "Mount it read-only", put(self.item, "read_only", "own", "true")
        if change.action == "drop" and change.fact == "propagation":
            return "Remove the propagation mode", drop(self.item, "bind.propagation", "own")
        raise Refused("there is no writer for this")


class ApiSocketOrigin(Origin):
    """`use_api_socket`, which mounts the engine's socket without a mount."""

    __slots__ = ("site",)

    def __init__(self, site: Site) -> None:
        self.site = site

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action == "drop" and change.fact == "mount":
            return "Remove `use_api_socket`", drop(self.site, "use_api_socket", "own")
        raise Refused("there is no writer for this")


def mounts_of(site: ServiceSite, sections: Mapping[str, Section], address: str, name: str) -> Iterator[Mount]:
    """The bind mounts of a service, the named volumes (declared beside the services) that are one underneath, and the sockets that it
    is given as a config or secret: other files are meant to be given so."""
    for key in ("configs", "secrets"):
        if sections[key].mapping is not None:
            yield from _given_sockets(site, key, sections[key], address, name)
    volumes = sections["volumes"]
    for item in fields_of(site.field("volumes", "own")):
        mount = (_short if isinstance(item.value, Scalar) else _long)(site, item, volumes, address, name)
        if mount is not None:
            yield mount
    socket = site.field("use_api_socket", "own")
    if socket is not None and site.scalar(socket).text.lower() in TRUE:
        value = site.scalar(socket)
        path, no = value.replaced(_API_SOCKET), value.replaced(False)
        yield _mount(socket, socket.span, address, name, ApiSocketOrigin(site), path, path, no, site.nothing())


def _given_sockets(site: ServiceSite, key: str, declared: Section, address: str, name: str) -> Iterator[Mount]:
    given = site.field(key, "own")
    for node, trail, shared in items_of(given) if given is not None else ():
        assert given is not None
        item = Field(given.source, given.owner, given.entry, node, trail, shared)
        called = node.value if isinstance(node, Scalar) else item.section().text("source")
        file = declared.find(f"{called}.file") if "." not in called else None
        path = _text(site, file) if file is not None else None
        if path is not None and path.is_known and is_socket(path.text):
            path.trail = (*path.trail, Note(item.source, item.span, f"`{name}` is given it here"))
            read_only, target = path.replaced(True), path.replaced(f"/run/{key}/{called}")
            yield _mount(item, item.span, address, name, Origin(), path, target, read_only, site.nothing())


def _short(site: ServiceSite, field: Field, volumes: Section, address: str, name: str) -> Mount | None:
    assert isinstance(field.value, Scalar)
    whole = field.value.fragment(field.source.text)
    parts = split_volume(whole.text)
    if len(parts) == 1 and "$" in whole.text:
        whole = site.names.replace_in_path(whole).fragment or whole
        parts = split_volume(whole.text)
    if len(parts) < 2:
        return None
    values = [_part(site, field, whole.part(start, start + len(text))) for text, start in parts]
    named = not is_path(values[0].text) and not values[0].is_unknown
    host_path = _device(site, volumes, field, values[0].text) if named else values[0]
    if host_path is None:
        return None
    origin = ShortOrigin(site, field, whole, parts)
    moves = next(((word, at) for word, at in origin.options() if word in PROPAGATIONS), None)
    read_only = values[2] if len(values) > 2 else values[0].replaced("ro" if named and _is_read_only(volumes, values[0].text) else "")
    return _mount(
        field,
        field.span,
        address,
        name,
        origin,
        _normal(host_path),
        values[1],
        read_only.replaced("ro" in read_only.text.split(",")) if read_only.is_known else read_only,
        Value.known(moves[0], field.source, whole.span(moves[1], moves[1] + len(moves[0])), field.trail) if moves else site.nothing(),
    )


def _long(site: ServiceSite, field: Field, volumes: Section, address: str, name: str) -> Mount | None:
    section = Section(field.source, field.value, field.trail, field.shared)
    path, target = section.get("source"), section.get("target")
    if path is None or target is None:
        return None
    host_path: Value | None = _text(site, path)
    if section.text("type") not in ("bind", "npipe"):
        host_path = _device(site, volumes, path, section.text("source"))
    if host_path is None:
        return None
    flag, moves = section.get("read_only"), section.find("bind.propagation")
    if flag is not None:
        answer = site.scalar(flag)
    else:
        answer = Value.known(str(_is_read_only(volumes, section.text("source"))), field.source, path.span, field.trail)
    item = Site(field.source, field.span, section, fixable=site.fixable)
    return _mount(
        field,
        field.span,
        address,
        name,
        LongOrigin(site, field.value, item),
        _normal(host_path),
        site.scalar(target),
        answer.replaced(answer.text.lower() in TRUE) if answer.is_known else answer,
        site.scalar(moves) if moves is not None else site.nothing(),
    )


def _mount(
    field: Field, span: Span, address: str, name: str, origin: Origin, host_path: Value, target: Value, read_only: Value, moves: Value
) -> Mount:
    return Mount(
        field.source,
        span,
        f"{address}.volumes.{normal_path(target.text)}",
        origin,
        owner=name,
        host_path=host_path,
        target=target,
        read_only=read_only,
        propagation=moves,
        dialect="compose",
    )


def _device(site: ServiceSite, volumes: Section, field: Field, name: str) -> Value | None:
    """The path behind a named volume that binds one."""
    device = volumes.find(f"{name}.driver_opts.device") if "." not in name else None
    if device is None or _BINDS.isdisjoint(_options(volumes, name)):
        return None
    value = _text(site, device)
    value.trail = (*value.trail, Note(field.source, field.span, "mounted here"))
    return value


def _options(volumes: Section, name: str) -> list[str]:
    """How a named volume is mounted."""
    return volumes.text(f"{name}.driver_opts.o").split(",")


def _is_read_only(volumes: Section, name: str) -> bool:
    return "." not in name and "ro" in _options(volumes, name)


def _text(site: ServiceSite, field: Field) -> Value:
    return _part(site, field, field.value.fragment(field.source.text)) if isinstance(field.value, Scalar) else site.scalar(field)


def _part(site: ServiceSite, field: Field, fragment: Fragment) -> Value:
    """A part of a scalar, with variables replaced."""
    if is_masked(fragment.text):
        return Value.unknown("a template action decides it", field.source, fragment.span(), field.trail)
    replaced = site.names.replace_in_path(fragment) if "$" in fragment.text else Interpolated(fragment)
    if replaced.fragment is None:
        return Value.unknown(replaced.reason, field.source, fragment.span(), field.trail)
    trail = (*field.trail, *replaced.notes)
    return Value.known(replaced.fragment.text, field.source, fragment.span(), trail, defaulted=replaced.defaulted)


def _normal(value: Value) -> Value:
    return value.replaced(normal_path(value.text)) if value.is_known else value


def is_path(text: str) -> bool:
    """Whether the first part of a short volume is a path of the host and not the name of a volume."""
    return text.startswith(("/", ".", "~", "\\\\")) or (len(text) > 2 and text[1] == ":" and text[2] in "\\/")


def split_volume(text: str) -> list[tuple[str, int]]:
    """The parts of `HOST:TARGET:OPTIONS` with their offsets; a Windows drive letter and a `${...}` keep their colons."""
    parts: list[tuple[str, int]] = []
    start = depth = 0
    for at, character in enumerate(text):
        if character == "{" and text[at - 1 : at] == "$":
            depth += 1
        elif character == "}" and depth:
            depth -= 1
        drive = at == start + 1 and text[start].isalpha() and text[at + 1 : at + 2] in ("\\", "/") and len(text) > at + 1
        if character == ":" and not depth and not drive:
            parts.append((text[start:at], start))
            start = at + 1
    parts.append((text[start:], start))
    return parts
