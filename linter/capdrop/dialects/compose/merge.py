"""What becomes of two services, or of two files, that are laid over each other (Compose specification, "Merge", and compose-go's
`override/merge.go` and `override/uncity.go`, e70e961, 2026-07-21)."""

from __future__ import annotations

import posixpath

from ...finding import Note
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence
from ..yaml_placed import PlacedSequence
from ..yaml_view import Field, Joined, Link, Section, items_of
from .volumes import split_volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Part = tuple[str, Entry | None, Node]

REPLACED = frozenset({"command", "entrypoint", "healthcheck.test"})
"""Keys of a service whose value is replaced as a whole."""

NAMED_VALUES = frozenset(
    {
        "annotations", "build.additional_contexts", "build.args", "build.labels", "deploy.labels", "environment", "labels", "sysctls",
    }
)  # fmt: skip
"""Keys whose value is a mapping or a list of `NAME=value`."""

LISTS = frozenset({"dns", "dns_opt", "dns_search", "env_file", "label_file", "tmpfs", "build.extra_hosts", "extra_hosts"})
"""Keys whose value is a list or one text."""

NAMES = frozenset({"depends_on", "models", "networks"})
"""Keys whose value is a mapping or a list of its keys."""


def overlaid(base: Section, over: Section, path: str = "") -> Joined:
    """Two mappings as one, `over` above `base`; `path` is where they stand in a service ("" for the service itself)."""
    joined = _joined(base, over)
    entries = {name: _entry(field) for name, field in base.fields.items()}
    for name, field in over.fields.items():
        below = base.fields.get(name)
        if field.value.tag == "!reset":
            entries.pop(name, None)
        elif below is None or below.value.tag == "!reset":
            entries[name] = _entry(field)
        else:
            entries[name] = _overlaid_entry(below, field, f"{path}.{name}" if path else name)
    joined.entries = list(entries.values())
    return joined


def linked(field: Field) -> Node:
    """The value of a field as a node that keeps its trail."""
    return Link(field.value, field.trail, field.shared) if field.trail or field.shared else field.value


def is_here(node: Node | None) -> bool:
    """Whether a node stands in the file that is read, and in no other one."""
    return node is not None and node.source is None


def _own(section: Section) -> Mapping | None:
    """The mapping of a section, where it stands in the file that is read and is nobody else's."""
    if isinstance(section.mapping, Joined):
        return section.mapping.own
    return section.mapping if is_here(section.mapping) and not section.shared else None


def _joined(base: Section | Field, over: Section | Field) -> Joined:
    """A mapping for the entries of both, in the place of the one that stands in the file that is read, or else of the upper one."""
    lower, upper = base.section() if isinstance(base, Field) else base, over.section() if isinstance(over, Field) else over
    like = base.value if is_here(base.value) and not is_here(over.value) else over.value
    assert like is not None
    return Joined(like, like.source, _own(upper) or _own(lower))


def _entry(field: Field) -> Entry:
    return Entry(field.entry.key, linked(field)) if field.trail or field.shared else field.entry


def _overlaid_entry(base: Field, over: Field, path: str) -> Entry:
    if over.value.tag == "!override" or path in REPLACED:
        return _entry(over)
    if is_empty(over.value):
        return _entry(base)
    if is_empty(base.value):
        return _entry(over)
    value = _overlaid_value(base, over, path)
    if value is None:
        return _entry(over)
    return Entry(base.entry.key if is_here(base.value) and not is_here(over.value) else over.entry.key, value)


def _overlaid_value(base: Field, over: Field, path: str) -> Node | None:
    """Both values as one; None where the upper one replaces the lower."""
    if path in NAMES and isinstance(base.value, Mapping) and isinstance(over.value, Mapping):
        return overlaid(base.section(), over.section(), path)
    if path in NAMED_VALUES or path in LISTS or path in NAMES:
        return _overlaid_names(base, over, path)
    if path == "build":
        return overlaid(_build(base), _build(over), path)
    if isinstance(base.value, Mapping) and isinstance(over.value, Mapping):
        if path == "logging" and _other_driver(base.section(), over.section()):
            return None
        if path.startswith("ulimits."):
            return None
        return overlaid(base.section(), over.section(), path)
    if isinstance(base.value, Sequence) and isinstance(over.value, Sequence):
        return _sequence(base, over, _unique([*_items(base), *_items(over)], KEYS.get(path)))
    return None


def _build(field: Field) -> Section:
    """`build: CONTEXT` as a mapping."""
    if not isinstance(field.value, Scalar):
        return field.section()
    key = Scalar(field.value.start, field.value.start, "context")
    mapping = Joined(field.value, field.value.source, None)
    mapping.entries = [Entry(key, field.value)]
    return Section(field.source, mapping, field.trail, field.shared)


def _other_driver(base: Section, over: Section) -> bool:
    drivers = base.text("driver"), over.text("driver")
    return all(drivers) and drivers[0] != drivers[1]


def _overlaid_names(base: Field, over: Field, path: str) -> Node:
    """Values by their names: a mapping for what was written as one, and items for what was written as a list."""
    whole = path in LISTS or path in NAMES
    parts: dict[str, Part] = {}
    for name, entry, node in (*_parts(base, whole), *_parts(over, whole)):
        if node.tag == "!reset":
            parts.pop(name, None)
        else:
            parts[name] = (name, entry, node)
    if not any(entry for _, entry, _ in parts.values()):
        return _sequence(base, over, [node for _, _, node in parts.values()])
    joined = _joined(base, over)
    joined.entries = [entry for _, entry, _ in parts.values() if entry is not None]
    joined.items = [node for _, entry, node in parts.values() if entry is None]
    return joined


def _parts(field: Field, whole: bool) -> Iterator[Part]:
    """The values of a field with their names; `whole` says that an item is its own name."""
    if isinstance(field.value, Mapping):
        for name, each in field.section().fields.items():
            yield name, _entry(each), each.value
    for item in _items(field):
        node = item.target if isinstance(item, Link) else item
        text = node.value if isinstance(node, Scalar) else Section(field.source, node).text("path")
        yield (text if whole else text.partition("=")[0]) or f"{id(node)}", None, item


def _items(field: Field) -> list[Node]:
    """The items of a list, or a single text as the only one, as nodes that keep their trails."""
    if isinstance(field.value, Scalar):
        return [linked(field)]
    return [Link(node, trail, shared) if trail or shared else node for node, trail, shared in items_of(field)]


def in_effect(section: Section) -> Section:
    """A service without what is reset in it, and of its lists the items that count: of two volumes at one place Compose keeps the last,
    in one file too."""
    written = section.mapping.entries if section.mapping is not None else []
    if any(entry.value.tag == "!reset" for entry in written):  # what is merged in has its place then
        section = _with(section, [entry for entry in written if entry.value.tag != "!reset"])
    lists: dict[str, Entry] = {}
    for name, field in section.fields.items():
        if name in KEYS and isinstance(field.value, Sequence) and len(field.value.items) > 1:
            items = _items(field)
            kept = _unique(items, KEYS[name])
            if len(kept) < len(items):
                lists[name] = Entry(field.entry.key, _sequence(field, field, kept))
    if lists:
        section = _with(section, [lists.get(name) or _entry(field) for name, field in section.fields.items()])
    return section


def _with(section: Section, entries: list[Entry]) -> Section:
    """A mapping with other entries."""
    joined = _joined(section, section)
    joined.entries = entries
    return Section(section.source, joined, section.trail, section.shared)


def _unique(items: list[Node], key: Callable[[Node], str] | None) -> list[Node]:
    """The items with those that a later one takes the place of replaced by it."""
    if key is None:
        return items
    found: dict[str, Node] = {}
    for item in items:
        found[key(item.target if isinstance(item, Link) else item) or f"{id(item)}"] = item
    return list(found.values())


def _sequence(base: Field, over: Field, items: list[Node]) -> Node:
    """A list from several places. It is nobody's to edit."""
    like = base if is_here(base.value) and not is_here(over.value) else over
    sequence = PlacedSequence(like.value.start, like.value.end, False)
    sequence.source = like.source
    sequence.items = items
    return Link(sequence, (), True)


def is_empty(node: Node) -> bool:
    """Whether a value is left out, or null."""
    return isinstance(node, Scalar) and not node.style and node.value in ("", "~", "null", "Null", "NULL")


def extended(base: Section, note: Note) -> Section:
    """A service as the base of another one that extends it at the place of the note."""
    return Section(base.source, base.value, (note, *base.trail), True)


def _whole(node: Node) -> str:
    return node.value if isinstance(node, Scalar) else ""


def _name(node: Node) -> str:
    return _whole(node).partition("=")[0]


def _text(node: Node, name: str) -> str:
    found = node.get(name) if isinstance(node, Mapping) else None
    return found.value if isinstance(found, Scalar) else ""


def _volume(node: Node) -> str:
    if not isinstance(node, Scalar):
        target = _text(node, "target")
    else:
        parts = split_volume(node.value)
        target = parts[min(1, len(parts) - 1)][0]
    return posixpath.normpath(target) if target else ""


def _device(node: Node) -> str:
    return node.value.split(":")[min(1, node.value.count(":"))] if isinstance(node, Scalar) else _text(node, "target")


def _port(node: Node) -> str:
    if not isinstance(node, Scalar):
        return (
            f"{_text(node, 'host_ip') or '0.0.0.0'}:{_text(node, 'published')}:{_text(node, 'target')}/{_text(node, 'protocol') or 'tcp'}"
        )
    text, _, protocol = node.value.partition("/")
    published, _, target = text.rpartition(":")
    address, colon, published = published.rpartition(":")
    return f"{address if colon else '0.0.0.0'}:{published}:{target}/{protocol or 'tcp'}"


def _granted(node: Node) -> str:
    """A config or secret by where it appears."""
    return node.value if isinstance(node, Scalar) else _text(node, "target").removeprefix("/run/secrets/") or _text(node, "source")


KEYS: dict[str, Callable[[Node], str]] = {
    "build.platform": _whole,
    "build.tags": _whole,
    "cap_add": _whole,
    "cap_drop": _whole,
    "configs": _granted,
    "devices": _device,
    "expose": _whole,
    "links": _name,
    "ports": _port,
    "profiles": _whole,
    "secrets": _granted,
    "tmpfs": _name,
    "volumes": _volume,
}
"""Lists in which an item takes the place of an earlier one with the same key."""
