"""Edits of YAML that stands inside another file: a patch in a kustomization. Their places are those of the inner file."""

from __future__ import annotations

from ..finding import Edit
from ..model.subject import Refused
from ..source import Inset
from ..syntax import yaml
from ..syntax.yaml import Entry, Mapping, Node, Sequence
from .yaml_writer import remove_entry, remove_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .yaml_view import Field

_ALL_OF_IT = "nothing else would be left of the patch"


def dropped(field: Field) -> Edit:
    """Remove an entry of the inner file, and the mappings above it that would be left empty, or the operation of which nothing else
    would be left. Raises `Refused`."""
    inner = field.source
    assert isinstance(inner, Inset)
    if field.entry.key.source is not inner:
        raise Refused("the patch gives a part of it only")
    around = _around(inner, field.entry.key.start)
    for step, holder in zip(around[::-1], around[-2::-1], strict=False):
        if isinstance(step, Entry):
            if not isinstance(holder, Mapping):
                break
            if isinstance(around[0], Sequence) and holder is around[1]:
                return _without(inner, around[0], holder)
            if len(holder.entries) > 1:
                return remove_entry(inner, holder, step)
        elif not isinstance(step, Mapping) and step is not around[-1]:
            break
    raise Refused(_ALL_OF_IT)


def without_operation(inner: Inset, value: Node) -> Edit:
    """Remove the operation of a patch that puts a value where it is. Raises `Refused`."""
    around = _around(inner, value.start)
    operation = around[1] if isinstance(around[0], Sequence) and len(around) > 1 else None
    put = operation.get("value") if isinstance(operation, Mapping) else None
    if put is None or put.start != value.start or not isinstance(around[0], Sequence) or not isinstance(operation, Mapping):
        raise Refused("the patch gives more than this")
    return _without(inner, around[0], operation)


def _without(inner: Inset, operations: Sequence, operation: Mapping) -> Edit:
    if len(operations.items) == 1:
        raise Refused(_ALL_OF_IT)
    return remove_item(inner, operations, operations.items.index(operation))


def _around(inner: Inset, at: int) -> list[Node | Entry]:
    """What is around a place of the inner file, from the root of its document."""
    document = next((one for one in yaml.parse(inner.text).documents if one.root is not None and one.start <= at < one.end), None)
    around = yaml.path_at(document, at) if document is not None else []
    if not around:
        raise Refused(_ALL_OF_IT)
    return around
