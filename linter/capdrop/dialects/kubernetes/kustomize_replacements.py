"""What a kustomization copies from one object into others: which of their values are known no more (kustomize,
`api/filters/replacement`). What comes in their place is not followed."""

from __future__ import annotations

import re

from ...syntax import UNKNOWN
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence, resolve
from ..yaml_placed import PlacedScalar
from ..yaml_view import Section, fields_of
from .kustomize_file import Target
from .kustomize_merge import with_entries, with_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DEEPEST = 60
MOST = 500
_NAMES = ("metadata.name", "metadata.namespace")
_PIECE = r"\[[^\]]*\]|(?:\\.|[^.\[\]\\])+"


class Replacement:
    """Places in some objects that are written anew."""

    __slots__ = ("paths", "rejected", "target")

    def __init__(self, target: Target, rejected: list[Target], paths: list[str]) -> None:
        self.target = target
        self.rejected = rejected
        self.paths = paths

    def in_place(self, root: Node) -> Node:
        """A tree in which nothing is known of these places; the same one where it has none of them."""
        for path in self.paths[:MOST]:
            if path in _NAMES:  # it is still called by what it is called here
                continue
            root = _without(root, [piece.replace("\\", "") for piece in re.findall(_PIECE, path)])
        return root


def replacements_in(section: Section) -> Iterator[Replacement]:
    """The places that one entry of `replacements` is about."""
    for field in fields_of(section.get("targets")):
        target = field.section()
        paths = [path.value.value for path in fields_of(target.get("fieldPaths")) if isinstance(path.value, Scalar)]
        rejected = [Target(each.section()) for each in fields_of(target.get("reject"))]
        yield Replacement(Target(target.section("select")), rejected, paths)


def _without(node: Node, path: list[str]) -> Node:
    """A tree in which the value at a path is not known."""
    node = resolve(node)
    if not path:
        unknown = PlacedScalar(node.start, node.end, UNKNOWN)
        unknown.source = node.source
        return unknown
    step, rest = path[0], path[1:]
    if isinstance(node, Sequence) and len(path) <= DEEPEST:
        items = [_without(item, rest) if _is_meant(item, at, step) else item for at, item in enumerate(node.items)]
        return with_items(node, items) if _differ(items, node.items) else node
    if isinstance(node, Mapping) and len(path) <= DEEPEST:
        entries = [_entry(entry, rest) if step in ("*", getattr(entry.key, "value", "")) else entry for entry in node.entries]
        return with_entries(node, entries) if _differ(entries, node.entries) else node
    return node


def _entry(entry: Entry, rest: list[str]) -> Entry:
    value = _without(entry.value, rest)
    return entry if value is resolve(entry.value) else Entry(entry.key, value)


def _is_meant(item: Node, at: int, step: str) -> bool:
    """Whether a step of a path leads to an item: its number, `*`, or `[key=value]`."""
    if not step.startswith("["):
        return step in ("*", str(at))
    key, _, value = step[1:-1].partition("=")
    item = resolve(item)
    found = item.get(key) if isinstance(item, Mapping) else item if not key else None
    return found is not None and getattr(resolve(found), "value", None) == value


def _differ(new: Iterable[object], old: Iterable[object]) -> bool:
    return any(one is not other for one, other in zip(new, old, strict=True))
