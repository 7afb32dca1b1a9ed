"""The mounts of a Compose service, in the short and the long syntax."""

from __future__ import annotations

from ...finding import Edit
from ...model.mount import Mount, normal_path
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...source import Span
from ...syntax.yaml import Mapping, Node, Scalar
from .. import yaml_writer as writer
from ..yaml_facts import Site, remove
from ..yaml_view import Field, Section, items_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PROPAGATIONS = frozenset({"shared", "rshared", "slave", "rslave", "private", "rprivate"})


class VolumeOrigin(Origin):
    """One item of `volumes`."""

    __slots__ = ("field", "node", "options", "site")

    def __init__(self, site: Site, field: Field, node: Node, options: Value | None) -> None:
        self.site = site
        self.field = field
        self.node = node
        self.options = options
        """The options of the short syntax, where it has any."""

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        self.site.editable(self.field)
        if change.action == "drop":
            return "Remove this mount", remove(self.site, "volumes", "own", self.node)
        if change.action == "set" and change.fact == "read_only" and change.content is True:
            return "Mount it read-only", (self._read_only(),)
        raise Refused("there is no writer for this")

    def _read_only(self) -> Edit:
        source = self.site.source
        if isinstance(self.node, Mapping):
            existing = Section(source, self.node).get("read_only")
            if existing is not None:
                return writer.replace_scalar(existing.value, "true")
            return writer.add_entry(source, self.node, "read_only", "true")
        assert isinstance(self.node, Scalar)
        end = self.node.end - len(self.node.style)
        if self.options is None:
            return Edit(Span(end, end), ":ro")
        if self.options.text == "rw":
            return Edit(self.options.span, "ro")
        return Edit(Span(end, end), ",ro")


def mounts_of(site: Site, address: str, name: str) -> Iterator[Mount]:
    """The bind mounts of a service; named volumes and tmpfs are none."""
    field = site.field("volumes", "own")
    if field is None:
        return
    for node, trail, shared in items_of(field):
        item = Field(field.source, field.owner, field.entry, node, trail, shared)
        mount = _short(site, item, address, name) if isinstance(node, Scalar) else _long(site, item, address, name)
        if mount is not None:
            yield mount


def _short(site: Site, field: Field, address: str, name: str) -> Mount | None:
    node = field.value
    assert isinstance(node, Scalar)
    value = site.text_of(node, field)
    if not value.is_known:
        return None
    replaced = site.interpolate(node.fragment(field.source.text)).fragment if site.interpolate and "$" in node.value else None
    fragment = replaced or node.fragment(field.source.text)
    parts = _split(value.text)
    if len(parts) < 2 or not is_path(parts[0][0]):
        return None
    spans = [fragment.span(start, start + len(text)) for text, start in parts]
    values = [Value.known(text, field.source, span, field.trail) for (text, _), span in zip(parts, spans, strict=True)]
    options = values[2].text.split(",") if len(values) > 2 else []
    moves = next((option for option in options if option in PROPAGATIONS), None)
    nothing = site.nothing()
    return Mount(
        field.source,
        node.span,
        f"{address}.volumes.{normal_path(values[1].text)}",
        VolumeOrigin(site, field, node, values[2] if len(values) > 2 else None),
        owner=name,
        host_path=values[0].replaced(normal_path(values[0].text)),
        target=values[1],
        read_only=(values[2] if len(values) > 2 else values[0]).replaced("ro" in options),
        propagation=values[2].replaced(moves) if moves else nothing,
    )


def _long(site: Site, field: Field, address: str, name: str) -> Mount | None:
    section = Section(field.source, field.value, field.trail, field.shared)
    path, target = section.get("source"), section.get("target")
    if section.text("type") != "bind" or path is None or target is None:
        return None
    host_path, inside = site.scalar(path), site.scalar(target)
    if host_path.is_known:
        host_path = host_path.replaced(normal_path(host_path.text))
    flag = section.get("read_only")
    answer = site.scalar(flag) if flag is not None else host_path
    moves = section.find("bind.propagation")
    return Mount(
        field.source,
        field.value.span,
        f"{address}.volumes.{normal_path(inside.text)}",
        VolumeOrigin(site, field, field.value, None),
        owner=name,
        host_path=host_path,
        target=inside,
        read_only=answer.replaced(flag is not None and answer.text.lower() == "true") if answer.is_known else answer,
        propagation=site.scalar(moves) if moves is not None else site.nothing(),
    )


def is_path(text: str) -> bool:
    """Whether the first part of a short volume is a path of the host and not the name of a volume."""
    return text.startswith(("/", ".", "~")) or (len(text) > 2 and text[1] == ":" and text[2] in "\\/")


def _split(text: str) -> list[tuple[str, int]]:
    """The parts of `HOST:TARGET:OPTIONS` with their offsets; a Windows drive letter keeps its colon."""
    parts: list[tuple[str, int]] = []
    start = 0
    for at, character in enumerate(text):
        drive = at == start + 1 and text[start].isalpha() and text[at + 1 : at + 2] in ("\\", "/") and len(text) > at + 1
        if character == ":" and not (drive and (start == 0 or text[at + 1] == "\\")):
            parts.append((text[start:at], start))
            start = at + 1
    parts.append((text[start:], start))
    return parts
