"""Edits of YAML that stands inside another file: a patch in a kustomization. Their places are those of the inner file."""

from __future__ import annotations

from ..finding import Edit
from ..model.subject import Refused
from ..source import Inset
from ..syntax import yaml
from ..syntax.yaml import Entry, Mapping
from .yaml_writer import remove_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .yaml_view import Field


def dropped(field: Field) -> Edit:
    """Remove an entry of the inner file, and the mappings above it that would be left empty. Raises `Refused`."""
    inner = field.source
    assert isinstance(inner, Inset)
    at = field.entry.key.start
    if field.entry.key.source is not inner:
        raise Refused("the patch gives a part of it only")
    document = next((one for one in yaml.parse(inner.text).documents if one.root is not None and one.start <= at < one.end), None)
    around = yaml.path_at(document, at) if document is not None else []
    if not around or not isinstance(around[0], Mapping):
        raise Refused("an operation of a patch says it")
    for step, holder in zip(around[::-1], around[-2::-1], strict=False):
        if isinstance(step, Entry):
            if not isinstance(holder, Mapping):
                break
            if len(holder.entries) > 1:
                return remove_entry(inner, holder, step)
        elif not isinstance(step, Mapping) and step is not around[-1]:
            break
    raise Refused("nothing else would be left of the patch")
