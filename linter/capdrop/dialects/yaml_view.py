"""YAML mappings as they take effect: through aliases and merge keys, with the places that each entry came through."""

from __future__ import annotations

from ..finding import Note
from ..source import Source, Span
from ..syntax.yaml import Alias, Entry, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 40
"""Merges within merges, and paths within paths, that are followed."""


class Field:
    """An entry in effect.

    `value` is resolved through aliases; `trail` holds the aliases and merges that it came through. `shared` says that the
    text belongs to others too (an anchor, an alias, a merge), so that an edit would reach further. `rivals` are other entries
    of the same mapping with the same key.
    """

    __slots__ = ("entry", "owner", "rivals", "shared", "source", "trail", "value")

    def __init__(self, source: Source, owner: Mapping, entry: Entry, value: Node, trail: tuple[Note, ...], shared: bool) -> None:
        self.source = source
        self.owner = owner
        self.entry = entry
        self.value = value
        self.trail = trail
        self.shared = shared
        self.rivals: list[Field] = []

    @property
    def span(self) -> Span:
        return self.value.span

    def section(self) -> Section:
        """The value as a mapping (an empty one where it is none)."""
        return Section(self.source, self.value, self.trail, self.shared)


class Section:
    """A mapping as it takes effect."""

    __slots__ = ("_fields", "_merged", "mapping", "shared", "source", "trail", "value")

    def __init__(self, source: Source, node: Node | None, trail: tuple[Note, ...] = (), shared: bool = False) -> None:
        node, trail, shared = followed(source, node, trail, shared)
        self.source = source
        self.value = node
        self.mapping = node if isinstance(node, Mapping) else None
        self.trail = trail
        self.shared = shared
        self._fields: dict[str, Field] | None = None
        self._merged: set[int] | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """The entries in effect by key, own ones first."""
        if self._fields is None:
            self._fields = {}
            if self.mapping is not None:
                self._take(self.mapping, self.trail, self.shared, 0)
        return self._fields

    def get(self, name: str) -> Field | None:
        """An entry in effect by its key."""
        return self.fields.get(name)

    def find(self, path: str) -> Field | None:
        """An entry by a dotted path of keys."""
        section = self
        field: Field | None = None
        for name in path.split("."):
            field = section.get(name)
            if field is None:
                return None
            section = field.section()
        return field

    def section(self, path: str) -> Section:
        """The mapping at a dotted path; an empty one where there is none."""
        field = self.find(path)
        return field.section() if field is not None else Section(self.source, None)

    def items(self, path: str) -> Iterator[tuple[Node, tuple[Note, ...], bool]]:
        """The items of the list at a path, resolved, each with its trail and whether it is shared."""
        field = self.find(path)
        if field is not None:
            yield from items_of(field)

    def text(self, path: str) -> str:
        """The scalar at a path as it is written, else the empty string."""
        field = self.find(path)
        return field.value.value if field is not None and isinstance(field.value, Scalar) else ""

    def _take(self, mapping: Mapping, trail: tuple[Note, ...], shared: bool, depth: int) -> None:
        assert self._fields is not None
        merges: list[Node] = []
        own: dict[str, Field] = {}
        for entry in mapping.entries:
            key = entry.key
            if not isinstance(key, Scalar):
                continue
            if key.value == "<<" and not key.style:
                merges.append(entry.value)
                continue
            value, entry_trail, entry_shared = followed(self.source, entry.value, trail, shared)
            field = Field(self.source, mapping, entry, value or entry.value, entry_trail, entry_shared)
            if key.value in own:
                field.rivals = [own[key.value], *own[key.value].rivals]
            own[key.value] = field
        for name, field in own.items():
            self._fields.setdefault(name, field)
        if depth < DEEPEST:
            for merge in merges:
                self._merge(merge, trail, depth)

    def _merge(self, node: Node, trail: tuple[Note, ...], depth: int) -> None:
        """Take in what is merged; a mapping that was merged before has nothing to add, however often it is named."""
        for one in node.items if isinstance(node, Sequence) else [node]:
            target, merged_trail, _ = followed(self.source, one, trail, True, "merged in here")
            if self._merged is None:
                self._merged = set()
            if isinstance(target, Mapping) and id(target) not in self._merged:
                self._merged.add(id(target))
                self._take(target, merged_trail, True, depth + 1)


def followed(
    source: Source, node: Node | None, trail: tuple[Note, ...], shared: bool, words: str = "used here"
) -> tuple[Node | None, tuple[Note, ...], bool]:
    """A node behind its aliases, with the trail that leads to it, and whether its text is shared with others."""
    for _ in range(DEEPEST):
        if not isinstance(node, Alias):
            break
        trail = (*trail, Note(source, node.span, words))
        shared = True
        node = node.target
    return node, trail, shared or (node is not None and node.anchor is not None)


def items_of(field: Field) -> Iterator[tuple[Node, tuple[Note, ...], bool]]:
    """The items of a field that is a list, resolved."""
    if isinstance(field.value, Sequence):
        for item in field.value.items:
            node, trail, shared = followed(field.source, item, field.trail, field.shared)
            if node is not None:
                yield node, trail, shared
