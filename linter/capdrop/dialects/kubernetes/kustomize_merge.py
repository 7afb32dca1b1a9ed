"""What becomes of an object that a patch is laid over: strategic merge (kubernetes.io, "Update API objects in place using kubectl
patch"; kustomize prepends the items that are new) and JSON patches (RFC 6902).

Trees are never changed: what is on the way to a change is copied, the rest is shared. What a patch says only again stays where it was
said first.
"""

from __future__ import annotations

from ...source import Source
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence, resolve
from ..yaml_placed import PlacedMapping, PlacedScalar, PlacedSequence
from ..yaml_view import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Key = tuple[str, ...]

DEEPEST = 100
"""Mappings and lists within each other that are merged."""
MOST_OPERATIONS = 500
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BY_NAME = ("name",)
LIST_KEYS: dict[str, Key] = {
    "containers": _BY_NAME,
    "initContainers": _BY_NAME,
    "ephemeralContainers": _BY_NAME,
    "env": _BY_NAME,
    "volumes": _BY_NAME,
    "imagePullSecrets": _BY_NAME,
    "secrets": _BY_NAME,
    "resourceClaims": _BY_NAME,
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "ownerReferences": ("uid",),
    "ports": ("containerPort", "port", "protocol"),
}
"""What tells the items of a list apart, by the key that the list stands at (`x-kubernetes-patch-merge-key` and `-list-map-keys` of the
API's OpenAPI description, v1.37); every other list is replaced as a whole."""
_DEFAULTS = {"protocol": "TCP"}


class UnfollowedError(Exception):
    """A JSON patch does something that is not followed here."""


def merged(base: Node, over: Node, *, known: bool, name: str = "", depth: int = 0) -> Node | None:
    """A value with a patch over it; None where the patch takes it away. Of a kind that is not `known` all lists are replaced. `name` is
    the key that the value stands at."""
    base, over = resolve(base), resolve(over)
    if isinstance(base, Mapping) and isinstance(over, Mapping) and depth < DEEPEST:
        return _mapping(base, over, known=known, depth=depth)
    if isinstance(base, Sequence) and isinstance(over, Sequence) and known and name in LIST_KEYS and depth < DEEPEST:
        return _sequence(base, over, LIST_KEYS[name], depth)
    if isinstance(base, Scalar) and isinstance(over, Scalar) and (base.value, base.style) == (over.value, over.style):
        return base
    return None if _is_null(over) else over


def _mapping(base: Mapping, over: Mapping, *, known: bool, depth: int) -> Node | None:
    directive = over.get("$patch")
    how = directive.value if isinstance(directive, Scalar) else ""
    if how == "delete":
        return None
    if how == "replace":
        return with_entries(over, [entry for entry in over.entries if _name(entry) != "$patch"])
    entries: dict[object, Entry] = {(_name(entry) or id(entry)): entry for entry in base.entries}
    for entry in over.entries:
        key = _name(entry)
        below = entries.get(key)
        if not key or key.startswith("$"):
            continue
        if below is None:
            if not _is_null(entry.value):
                entries[key] = entry
            continue
        value = merged(below.value, entry.value, known=known, name=key, depth=depth + 1)
        if value is None:
            del entries[key]
        elif value is not resolve(below.value):
            entries[key] = entry if value is resolve(entry.value) else Entry(below.key, value)
    return with_entries(base, list(entries.values()))


def _sequence(base: Sequence, over: Sequence, key: Key, depth: int) -> Node:
    items = [resolve(item) for item in over.items]
    if any(isinstance(item, Mapping) and _said(item, "$patch") == "replace" for item in items):
        return with_items(over, [item for item in items if isinstance(item, Mapping) and _said(item, "$patch") != "replace"])
    found: dict[object, Node] = {(_identity(item, key) or id(item)): item for item in map(resolve, base.items)}
    new: list[Node] = []
    for item in items:
        identity = _identity(item, key)
        below = found.get(identity)
        if below is None or not identity:
            if not (isinstance(item, Mapping) and _said(item, "$patch") == "delete"):
                new.append(item)
            continue
        whole = isinstance(item, Mapping) and item.get("value") is not None
        value = item if whole else merged(below, item, known=True, depth=depth + 1)
        if value is None:
            del found[identity]
        else:
            found[identity] = value
    return with_items(base, [*new, *found.values()])


def _identity(item: Node, key: Key) -> Key | None:
    """The values of the keys that tell an item apart; None where it has none."""
    if not isinstance(item, Mapping) or not any(_said(item, name) for name in key if name != "protocol"):
        return None
    return tuple(_said(item, name) or _DEFAULTS.get(name, "") for name in key)


def _said(mapping: Mapping, name: str) -> str:
    node = mapping.get(name)
    node = resolve(node) if node is not None else None
    return node.value if isinstance(node, Scalar) else ""


def _name(entry: Entry) -> str:
    return entry.key.value if isinstance(entry.key, Scalar) else ""


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.style and node.value in _NULL


def with_entries(like: Mapping, entries: list[Entry]) -> Mapping:
    """A mapping with other entries, in the place of one."""
    copy = PlacedMapping(like.start, like.end, like.flow, like.tag)
    copy.outer, copy.source = like.outer, like.source
    copy.entries = entries
    return copy


def with_items(like: Sequence, items: list[Node]) -> Sequence:
    """A list of other items, in the place of one."""
    copy = PlacedSequence(like.start, like.end, like.flow, like.tag)
    copy.outer, copy.source = like.outer, like.source
    copy.items = items
    return copy


# -- JSON patches


class _Operation:
    """One operation: what it does, the keys that lead to its place, and what it puts there."""

    __slots__ = ("key", "tokens", "value", "what")

    def __init__(self, what: str, tokens: list[str], key: Node | None, value: Node | None) -> None:
        self.what = what
        self.tokens = tokens
        self.key = key
        self.value = value


def patched(root: Node, operations: Sequence, source: Source) -> Node:
    """A tree after the operations of a JSON patch, which knows its source. Raises `UnfollowedError`."""
    if len(operations.items) > MOST_OPERATIONS:
        raise UnfollowedError
    for item in operations.items:
        section = Section(source, item)
        if section.text("op") != "test":
            operation = _operation(section)
            root = _changed(root, operation.tokens, operation)
    return root


def said(operations: Sequence, source: Source, identity: dict[str, str], name: str) -> Iterator[Node]:
    """What a JSON patch says, as parts of the object that it is for, one for each operation; `name` is that of the object where it is
    known."""
    for item in operations.items[:MOST_OPERATIONS]:
        try:
            operation = _operation(Section(source, item))
        except UnfollowedError:
            continue
        node, key = operation.value, operation.key
        for token in reversed(operation.tokens):
            if node is None or key is None:
                break
            node = _around(token, key, node)
        if isinstance(node, Mapping) and key is not None:
            named = _around("metadata", key, _around("name", key, _text(key, name)))
            whole = merged(named, node, known=True) if name else node
            entries = [Entry(_text(key, name), _text(key, text)) for name, text in identity.items()]
            yield with_entries(node, [*entries, *(whole.entries if isinstance(whole, Mapping) else ())])


def _around(token: str, key: Node, node: Node) -> Node:
    """A list or a mapping of one value."""
    if token == "-" or token.isdigit():
        items = PlacedSequence(node.start, node.end, False)
        items.source, items.items = node.source, [node]
        return items
    mapping = PlacedMapping(node.start, node.end, False)
    mapping.source, mapping.entries = node.source, [Entry(_text(key, token), node)]
    return mapping


def _text(place: Node, text: str) -> Scalar:
    scalar = PlacedScalar(place.start, place.end, text)
    scalar.source = place.source
    return scalar


def _operation(section: Section) -> _Operation:
    what, path, written = section.text("op"), section.text("path"), section.get("value")
    if what not in ("add", "replace", "remove") or not path.startswith("/") or path.count("/") > DEEPEST:
        raise UnfollowedError
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in path.split("/")[1:]]
    if what == "remove":
        return _Operation(what, tokens, None, None)
    if written is None:
        raise UnfollowedError
    return _Operation(what, tokens, _text(written.entry.key, tokens[-1]), written.value)


def _changed(node: Node, tokens: list[str], operation: _Operation) -> Node:
    """A tree after an operation at a path."""
    node = resolve(node)
    if isinstance(node, Sequence):
        return _changed_list(node, tokens, operation)
    if not isinstance(node, Mapping):
        raise UnfollowedError
    entries = list(node.entries)
    at = next((index for index, entry in enumerate(entries) if _name(entry) == tokens[0]), -1)
    if at < 0 and (len(tokens) > 1 or operation.what != "add"):
        raise UnfollowedError
    if len(tokens) > 1:
        entries[at] = Entry(entries[at].key, _changed(entries[at].value, tokens[1:], operation))
    elif operation.key is None or operation.value is None:
        del entries[at]
    else:
        at = at if at >= 0 else len(entries)
        entries[at : at + 1] = [Entry(operation.key, operation.value)]
    return with_entries(node, entries)


def _changed_list(node: Sequence, tokens: list[str], operation: _Operation) -> Node:
    items, token = list(node.items), tokens[0]
    at = len(items) if token == "-" else int(token) if token.isascii() and token.isdigit() and len(token) < 6 else -1
    adds = operation.what == "add" and len(tokens) == 1
    if not 0 <= at < len(items) + adds:
        raise UnfollowedError
    if len(tokens) > 1:
        items[at] = _changed(items[at], tokens[1:], operation)
    elif operation.value is None:
        del items[at]
    elif adds:
        items.insert(at, operation.value)
    else:
        items[at] = operation.value
    return with_items(node, items)
