"""Trees that are put into the tree of another file: copies whose nodes know the file that they are written in."""

from __future__ import annotations

from ..source import Source
from ..syntax.yaml import Alias, Entry, Mapping, Node, Scalar, Sequence


class PlacedScalar(Scalar):
    """A text of another file."""

    __slots__ = ("source",)


class PlacedMapping(Mapping):
    """A mapping of another file."""

    __slots__ = ("source",)


class PlacedSequence(Sequence):
    """A list of another file, or one whose items come from several places."""

    __slots__ = ("source",)


class PlacedAlias(Alias):
    """An alias of another file."""

    __slots__ = ("source",)


def placed(root: Node, source: Source) -> Node:
    """A tree as a part of another file's."""
    return _placed(root, source, {})


def _placed(node: Node, source: Source, made: dict[int, Node]) -> Node:
    known = made.get(id(node))
    if known is not None:
        return known
    copy: PlacedScalar | PlacedMapping | PlacedSequence | PlacedAlias
    if isinstance(node, Scalar):
        copy = PlacedScalar(node.start, node.end, node.value, node.style, node.tag, node.anchor)
    elif isinstance(node, Mapping):
        copy = PlacedMapping(node.start, node.end, node.flow, node.tag, node.anchor)
        copy.entries = [Entry(_placed(entry.key, source, made), _placed(entry.value, source, made)) for entry in node.entries]
    elif isinstance(node, Sequence):
        copy = PlacedSequence(node.start, node.end, node.flow, node.tag, node.anchor)
        copy.items = [_placed(item, source, made) for item in node.items]
    else:
        assert isinstance(node, Alias)
        copy = PlacedAlias(node.start, node.end, node.name)
        copy.target = _placed(node.target, source, made)
    copy.outer = node.outer
    copy.source = source
    made[id(node)] = copy
    return copy
