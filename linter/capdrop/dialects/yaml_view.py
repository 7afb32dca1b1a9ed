"""YAML mappings as they take effect: through aliases and merge keys, with the places that each entry came through.

A tree may be put together from several files. A node of another file says so itself (`Node.source`), a `Link` leads to a node with
the places that it came through, and a `Joined` mapping holds entries from several places.
"""

from __future__ import annotations

from ..finding import Note
from ..source import Source, Span
from ..syntax.yaml import Alias, Entry, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 40
"""Merges within merges, and paths within paths, that are followed."""


class Link(Alias):
    """Leads to a node that was written elsewhere, with the places that it came through."""

    __slots__ = ("shared", "trail")

    def __init__(self, target: Node, trail: tuple[Note, ...], shared: bool) -> None:
        super().__init__(target.start, target.end, "")
        self.target = target
        self.trail = trail
        self.shared = shared


class Joined(Mapping):
    """A mapping whose entries come from several places.

    `own` is the one that stands in the file that is read, which alone is ever edited. `items` are what else belongs to it where
    a part was written as a list (`NAME=value`).
    """

    __slots__ = ("items", "own", "source")

    def __init__(self, like: Node, source: Source | None, own: Mapping | None) -> None:
        super().__init__(like.start, like.end, False)
        self.source = source
        self.own = own
        self.items: list[Node] = []


_LISTS = (Sequence, Joined)


class Field:
    """An entry in effect.

    `value` is resolved through aliases; `trail` holds the aliases and merges that it came through. `shared` says that the
    text belongs to others too (an anchor, an alias, a merge), so that an edit would reach further. `rivals` are other entries
    of the same mapping with the same key.
    """

    __slots__ = ("_section", "entry", "owner", "rivals", "shared", "source", "trail", "value")

    def __init__(self, source: Source, owner: Mapping, entry: Entry, value: Node, trail: tuple[Note, ...], shared: bool) -> None:
        self.source = value.source or source
        self.owner = owner
        self.entry = entry
        self.value = value
        self.trail = trail
        self.shared = shared
        self.rivals: list[Field] | tuple[()] = ()
        self._section: Section | None = None

    @property
    def span(self) -> Span:
        return self.value.span

    def section(self) -> Section:
        """The value as a mapping (an empty one where it is none)."""
        if self._section is None:
            self._section = Section(self.source, self.value, self.trail, self.shared)
        return self._section


class Section:
    """A mapping as it takes effect."""

    __slots__ = ("_fields", "_merged", "mapping", "shared", "source", "trail", "value")

    def __init__(self, source: Source, node: Node | None, trail: tuple[Note, ...] = (), shared: bool = False) -> None:
        node, trail, shared = followed(source, node, trail, shared)
        self.source = source if node is None else node.source or source
        self.value = node
        self.mapping = node if isinstance(node, Mapping) else None
        self.trail = trail
        self.shared = shared
        self._fields: dict[str, Field] | None = None
        self._merged: set[int] | None = None

    @property
    def here(self) -> Mapping | None:
        """The mapping that stands in the file that is read, where others are laid over it or it lies over them."""
        return self.mapping.own if isinstance(self.mapping, Joined) else self.mapping

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
        if "." not in path:
            return self.fields.get(path)
        section = self
        field: Field | None = None
        for name in path.split("."):
            field = section.fields.get(name)
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
        owner = mapping.own if isinstance(mapping, Joined) and mapping.own is not None else mapping
        for entry in mapping.entries:
            key = entry.key
            if not isinstance(key, Scalar):
                continue
            if key.value == "<<" and not key.style:
                merges.append(entry.value)
                continue
            node = entry.value
            if isinstance(node, Alias):
                value, entry_trail, entry_shared = followed(self.source, node, trail, shared)
                field = Field(self.source, owner, entry, value or node, entry_trail, entry_shared)
            else:
                field = Field(self.source, owner, entry, node, trail, shared or node.anchor is not None)
            earlier = own.get(key.value)
            if earlier is not None:
                field.rivals, earlier.rivals = earlier.rivals or [], ()  # one list is handed on: there may be very many
                field.rivals.append(earlier)
            own[key.value] = field
        for name, field in own.items():
            self._fields.setdefault(name, field)
        if depth < DEEPEST:
            for merge in merges:
                self._merge(merge, trail, depth)

    def _merge(self, node: Node, trail: tuple[Note, ...], depth: int) -> None:
        """Take in what is merged; a mapping that was merged before has nothing to add, however often it is named."""
        of: list[Node] = [node]
        if isinstance(node, Sequence):
            of = node.items
        elif isinstance(node, Alias) and isinstance(node.target, Sequence):
            of, trail = node.target.items, (*trail, Note(node.source or self.source, node.span, "merged in here"))
        for one in of:
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
        if isinstance(node, Link):
            trail, shared = (*trail, *node.trail), shared or node.shared
        else:
            trail, shared = (*trail, Note(node.source or source, node.span, words)), True
        node = node.target
    return node, trail, shared or (node is not None and node.anchor is not None)


def items_of(field: Field) -> Iterator[tuple[Node, tuple[Note, ...], bool]]:
    """The items of a field that is a list, resolved."""
    if isinstance(field.value, _LISTS):
        for item in field.value.items:
            node, trail, shared = followed(field.source, item, field.trail, field.shared)
            if node is not None:
                yield node, trail, shared


def fields_of(field: Field | None) -> Iterator[Field]:
    """The same items as fields, of which a list that is not there has none."""
    for node, trail, shared in items_of(field) if field is not None else ():
        assert field is not None
        yield Field(field.source, field.owner, field.entry, node, trail, shared)
