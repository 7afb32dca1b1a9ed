"""What functions of templates are given, as far as it is known."""

from __future__ import annotations

from ...syntax.yaml import Mapping
from .helm_values import UNWRITTEN, Bundle, Given, items_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Row

LONGEST = 1 << 16
"""Characters of a text that a template makes."""
MOST_ITEMS = 1_000
"""Items of a list that a template makes."""
MOST_PARTS = 10_000
"""Parts of a value that are gone through."""


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


def put_together(pieces: Row[str], between: str = "") -> str:
    """A text of several, unless it gets too long."""
    if sum(map(len, pieces)) + len(between) * len(pieces) > LONGEST:
        raise Unsure
    return between.join(pieces)


def parts_in(given: Given) -> Iterator[Given]:
    """A value with all that is in it, as far as a template made it."""
    stack = [given]
    for _ in range(MOST_PARTS):
        if not stack:
            return
        one = stack.pop()
        yield one
        if isinstance(one.content, Bundle | tuple):
            items = items_given(one)
            if items is None:
                raise Unsure
            stack += [part for item in items for part in item]
    raise Unsure
