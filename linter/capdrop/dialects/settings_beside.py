"""Edits of settings that stand in a file beside the one that takes them: the values of a chart."""

from __future__ import annotations

from ..finding import Edit
from ..model.subject import Refused
from ..syntax.yaml import Node, Scalar, Sequence
from .yaml_writer import place_among, remove_entry, remove_item, replace_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source import Source
    from .yaml_view import Field


def dropped(field: Field) -> Edit:
    """Remove an entry that is written there. Raises `Refused`."""
    owner, source = field.owner, field.source
    if any(entry.key.source is not source for entry in owner.entries):
        raise Refused("only its value stands in another file")
    return _beside(remove_entry(source, owner, field.entry), source)


def replaced(field: Field, text: str) -> Edit:
    """Another value for what is written there. Raises `Refused`."""
    value = field.value
    if not isinstance(value, Scalar) or value.anchor is not None:
        raise Refused("the value is not a simple one")
    return _beside(replace_scalar(Scalar(value.start, value.end, value.value, _quote(value, field.source)), text), field.source)


def removed(field: Field | None, node: Node) -> Edit:
    """Take an item out of a list that is written there. Raises `Refused`."""
    holder = field.value if field is not None else None
    index = place_among(holder.items, node) if isinstance(holder, Sequence) else None
    if node.source is None or not isinstance(holder, Sequence) or holder.source is not node.source or index is None:
        raise Refused("only a part of the list stands in another file")
    return _beside(remove_item(node.source, holder, index), node.source)


def _quote(value: Scalar, source: Source) -> str:
    """The quotes in which a value is written, in whichever it is rendered."""
    first = source.text[value.start : value.start + 1]
    return first if first in ("'", '"') else ""


def _beside(edit: Edit, source: Source) -> Edit:
    return Edit(edit.span, edit.text, source)
