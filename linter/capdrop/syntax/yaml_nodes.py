"""The nodes of a YAML tree: as written, with exact places, nothing merged, resolved or converted."""

from __future__ import annotations

from capdrop.source import Record, Span
from capdrop.syntax.yaml_fragment import block, quoted_or_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from capdrop.source import Fragment, Source

_TRUE = frozenset(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"))
_BOOLEAN_TAG = "tag:yaml.org,2002:bool"


class Node:
    """A value and its place: `start` to `end` is the value itself, `outer` to `end` also holds its anchor and tag.

    `tag` and `anchor` are what the file says, None where it says nothing; a tag's handle is resolved (`!!str` reads
    `tag:yaml.org,2002:str`, `!reset` stays `!reset`).
    """

    __slots__ = ("anchor", "end", "outer", "start", "tag")

    source: Source | None = None
    """The file that the node is written in, where it was put into a tree of another file."""

    def __init__(self, start: int, end: int, tag: str | None = None, anchor: str | None = None) -> None:
        self.outer = self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor

    @property
    def span(self) -> Span:
        """The place of the value, without anchor and tag."""
        return Span(self.start, self.end)


class Scalar(Node):
    """A text. `style` is its quote (`'` or `"`), its block indicator (`|` or `>`), or nothing for a plain one.

    A value that is left out (`key:`) is an empty plain scalar whose start and end are right behind the indicator.
    """

    __slots__ = ("style", "value")

    def __init__(self, start: int, end: int, value: str, style: str = "", tag: str | None = None, anchor: str | None = None) -> None:
        self.outer = self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.value = value
        self.style = style

    def __repr__(self) -> str:
        return f"Scalar({self.value!r} at {self.start})"

    def fragment(self, text: str) -> Fragment:
        """The value with the place in `text`, which this node was parsed from, of every character."""
        read = block if self.style in ("|", ">") else quoted_or_plain
        return read(text, self.start, self.end, self.value, self.style)


class Entry(Record):
    """One key and its value in a mapping."""

    __slots__ = ("key", "value")

    def __init__(self, key: Node, value: Node) -> None:
        self.key = key
        self.value = value

    @property
    def start(self) -> int:
        """Where the key begins, its anchor and tag included."""
        return self.key.outer

    @property
    def end(self) -> int:
        """Where the value ends."""
        return self.value.end

    @property
    def span(self) -> Span:
        """From the key to the end of the value."""
        return Span(self.key.outer, self.value.end)


class Mapping(Node):
    """Entries in the order of the file; a key that stands twice has two entries."""

    __slots__ = ("entries", "flow")

    def __init__(self, start: int, end: int, flow: bool, tag: str | None = None, anchor: str | None = None) -> None:
        self.outer = self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.flow = flow
        self.entries: list[Entry] = []

    def __repr__(self) -> str:
        return f"Mapping({len(self.entries)} entries at {self.start})"

    def get(self, name: str) -> Node | None:
        """The value of the last entry of that name; merge keys are not followed, a value may be an alias."""
        for entry in reversed(self.entries):
            key = resolve(entry.key)
            if isinstance(key, Scalar) and key.value == name:
                return entry.value
        return None


class Sequence(Node):
    """Items in the order of the file."""

    __slots__ = ("flow", "items")

    def __init__(self, start: int, end: int, flow: bool, tag: str | None = None, anchor: str | None = None) -> None:
        self.outer = self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.flow = flow
        self.items: list[Node] = []

    def __repr__(self) -> str:
        return f"Sequence({len(self.items)} items at {self.start})"


class Alias(Node):
    """A use of an anchored node: `*name`. Its target stands before it and never contains it.

    The target of an alias that is not defined is an empty scalar; the document then has a problem.
    """

    __slots__ = ("name", "target")

    def __init__(self, start: int, end: int, name: str) -> None:
        super().__init__(start, end)
        self.name = name
        self.target: Node = Scalar(end, end, "")

    def __repr__(self) -> str:
        return f"Alias({self.name!r} at {self.start})"


def resolve(node: Node) -> Node:
    """The node itself, or the target of an alias."""
    return node.target if isinstance(node, Alias) else node


def boolean(node: Node) -> bool | None:
    """What a plain scalar, or an alias of one, says as a YAML 1.1 boolean, without `y` and `n`: so reads Kubernetes.

    None for anything else, also for a quoted `"true"`.
    """
    node = resolve(node)
    if not isinstance(node, Scalar) or node.style or node.tag not in (None, _BOOLEAN_TAG):
        return None
    if node.value in _TRUE:
        return True
    return False if node.value in _FALSE else None


def walk(root: Node) -> Iterator[Node]:
    """Every node of a tree once, in the order of the file. Aliases are not followed: their targets are met anyway."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Mapping):
            for entry in reversed(node.entries):
                waiting += (entry.value, entry.key)
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)
