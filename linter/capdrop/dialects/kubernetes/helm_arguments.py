"""What functions of templates are given, as far as it is known."""

from __future__ import annotations

from ...syntax.yaml import Mapping
from .helm_values import UNWRITTEN, Bundle, Given, items_given


class Unsure(Exception):
    """Something that must be known for a function to say anything."""


def known(given: Given | None) -> Given:
    if given is None or given in UNWRITTEN:
        raise Unsure
    return given


def collection_in(given: Given | None) -> Given:
    """What is a mapping or a list, and no text of one."""
    if not known(given).is_collection or known(given).is_yaml:
        raise Unsure
    return known(given)


def items_in(given: Given | None) -> list[Given]:
    """The items of a list, of which nothing is an empty one."""
    if known(given).content is None:
        return []
    items = items_given(collection_in(given)) if not isinstance(known(given).content, Mapping | Bundle) else None
    if items is None:
        raise Unsure
    return [item for _, item in items]


def entries_in(given: Given | None) -> dict[str, Given]:
    """The entries of a mapping, of which nothing is an empty one."""
    if known(given).content is None:
        return {}
    items = items_given(collection_in(given)) if isinstance(known(given).content, Mapping | Bundle) else None
    if items is None:
        raise Unsure
    return {name.text or "": item for name, item in items}


def text_in(given: Given | None) -> str:
    text = known(given).text
    if text is None:
        raise Unsure
    return text
