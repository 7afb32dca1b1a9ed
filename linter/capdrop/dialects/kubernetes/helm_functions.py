"""The functions that a chart's templates call, as far as they are understood."""

from __future__ import annotations

import re

from ...source import Source
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence, resolve
from ..yaml_placed import PlacedMapping
from .helm_values import CLUSTER, SOMETHING, UNWRITTEN, Bundle, Given, Number, below, content_of, items_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ALL_HAVE = (1, 26)
"""A version that all supported clusters reach."""
_DEEPEST = 40
"""Mappings in mappings that are merged."""
_NO_ENTRIES = PlacedMapping(0, 0, True)
_NO_ENTRIES.source = Source("", "")


class Unsure(Exception):
    """Something that must be known for a function to say anything."""


def _known(given: Given | None) -> Given:
    if given is None or given in UNWRITTEN:
        raise Unsure
    return given


def _text(given: Given | None) -> str:
    text = _known(given).text
    if text is None:
        raise Unsure
    return text


def _default(arguments: list[Given | None]) -> Given | None:
    fallback, value = arguments[0], _known(arguments[-1])
    return value if value.truth or len(arguments) < 2 else fallback


def _and(arguments: list[Given | None]) -> Given | None:
    """The first that is false; unknown only if none is known to be."""
    for one in arguments:
        if one is not None and not one.truth:
            return one
    return None if None in arguments else arguments[-1]


def _or(arguments: list[Given | None]) -> Given | None:
    """The first that is true; where one before is unknown, only that it is."""
    before_is_known = True
    for one in arguments:
        if one is not None and one.truth:
            return one if before_is_known else SOMETHING
        before_is_known &= one is not None
    return arguments[-1] if before_is_known else None


def _coalesce(arguments: list[Given | None]) -> Given | None:
    return next((one for one in map(_known, arguments) if one.truth), Given(None))


def _equal(arguments: list[Given | None]) -> Given:
    first, *others = [_known(one).content for one in arguments]
    if isinstance(first, Node) or any(isinstance(one, Node) for one in others):
        raise Unsure
    return Given(any(first == one and isinstance(first, bool) is isinstance(one, bool) for one in others))


def _not_equal(arguments: list[Given | None]) -> Given:
    return Given(not _equal(arguments).content)


def _written(arguments: list[Given | None], *, is_quoted: bool = False) -> Given:
    """A text, or nothing, as text."""
    value = _known(arguments[-1])
    if value.is_collection:
        raise Unsure
    return Given(value.text or "", value.notes, value.field if value.text else None, is_quoted=is_quoted)


def _quoted(arguments: list[Given | None]) -> Given:
    return _written(arguments, is_quoted=True)


def _number(arguments: list[Given | None]) -> Given:
    value = _known(arguments[-1])
    if isinstance(value.content, Number):
        return value
    text = value.text or ""
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise Unsure
    return Given(Number(int(text)), value.notes, value.field)


def _as_yaml(arguments: list[Given | None]) -> Given:
    value = _known(arguments[-1])
    return Given(value.content, value.notes, value.field, is_quoted=value.is_quoted, is_yaml=True)


def _same(arguments: list[Given | None]) -> Given:
    """The value itself: what is done to it is about blanks and lines."""
    return _known(arguments[-1])


def _trimmed(arguments: list[Given | None]) -> Given:
    value = _known(arguments[-1])
    return value if value.is_yaml else value.as_text(_text(value).strip())


def _ternary(arguments: list[Given | None]) -> Given | None:
    return arguments[0] if _known(arguments[2]).truth else arguments[1]


def _dictionary(arguments: list[Given | None]) -> Given:
    return Given(Bundle(zip(map(_text, arguments[::2]), arguments[1::2], strict=True)))


def _changed_bundle(arguments: list[Given | None]) -> None:
    """`set`, `unset` and the like change what they are given."""
    first = arguments[0]
    if first is not None and isinstance(first.content, Bundle):
        first.content.changed = True


def _merged(arguments: list[Given | None]) -> Given:
    """Mappings laid under the first: what is empty there comes from the next."""
    _changed_bundle(arguments)
    filled = [one for one in map(_known, arguments) if one.truth]
    if len(filled) == 1:
        return filled[0]
    whole: Node = _NO_ENTRIES
    for one in reversed(filled):
        whole = _laid_over(one.content, whole, 0)
    return Given(whole)


def _merged_over(arguments: list[Given | None]) -> Given:
    """Mappings laid over the first: what is not empty in the last counts."""
    _changed_bundle(arguments)
    return _merged(arguments[::-1])


def _laid_over(above: object, below: Node, depth: int) -> Mapping:
    if not isinstance(above, Mapping) or not isinstance(below, Mapping) or depth > _DEEPEST:
        raise Unsure
    whole = PlacedMapping(above.start, above.end, False)
    whole.source = above.source
    under = {entry.key.value: entry for entry in below.entries if isinstance(entry.key, Scalar)}
    for entry in above.entries:
        other = under.pop(entry.key.value, None) if isinstance(entry.key, Scalar) else None
        value, under_it = resolve(entry.value), resolve(other.value) if other is not None else None
        if isinstance(value, Mapping) and isinstance(under_it, Mapping):
            whole.entries.append(Entry(entry.key, _laid_over(value, under_it, depth + 1)))
        elif other is not None and not Given(content_of(value) if isinstance(value, Scalar) else value).truth:
            whole.entries.append(other)
        else:
            whole.entries.append(entry)
    whole.entries += under.values()
    return whole


def _has(arguments: list[Given | None]) -> Given:
    """Whether a list holds something."""
    wanted = _text(arguments[0])
    items = items_given(_known(arguments[1]))
    if items is None:
        raise Unsure
    return Given(any(item.text == wanted for _, item in items))


def _has_key(arguments: list[Given | None]) -> Given:
    field = below(_known(arguments[0]), [_text(arguments[1])])
    holder = _known(arguments[0]).content
    if not isinstance(holder, Mapping):
        raise Unsure
    return Given(field is not None and (field.content is not None or field.field is not None))


def _list(arguments: list[Given | None]) -> Given:
    return Given(tuple(arguments))


def _index(arguments: list[Given | None]) -> Given | None:
    content = _known(arguments[0]).content
    if isinstance(content, tuple):
        item: Given | None = content[int(_text(arguments[1]))]
        return item if len(arguments) == 2 else None
    return below(_known(arguments[0]), [_text(one) for one in arguments[1:]])


def _get(arguments: list[Given | None]) -> Given | None:
    return below(_known(arguments[0]), [_text(arguments[1])])


def _formatted(arguments: list[Given | None]) -> Given:
    """`printf` with texts and whole numbers only."""
    pieces = _text(arguments[0]).replace("%v", "%s").replace("%d", "%s").split("%s")
    values = [_text(one) for one in arguments[1:]]
    if len(pieces) != len(values) + 1 or any("%" in piece for piece in pieces):
        raise Unsure
    text = pieces[0] + "".join(value + piece for value, piece in zip(values, pieces[1:], strict=True))
    return Given(text, tuple(note for one in arguments if one is not None for note in one.notes))


def _changed(change: Callable[[str, str], str]) -> Callable[[list[Given | None]], Given]:
    """A function that makes another text of its last argument, by its first."""
    return lambda arguments: _known(arguments[-1]).as_text(change(_text(arguments[-1]), _text(arguments[0])))


def _length(given: Given | None) -> int:
    if not _text(given).isdigit():
        raise Unsure
    return int(_text(given))


def _count(arguments: list[Given | None]) -> Given:
    value = _known(arguments[0])
    if isinstance(value.content, tuple):
        return Given(Number(len(value.content)))
    items = items_given(value) if value.is_collection else None
    return Given(Number(len(_text(value) if items is None else items)))


def _compared(compare: Callable[[int, int], bool]) -> Callable[[list[Given | None]], Given]:
    return lambda arguments: Given(compare(int(_text(arguments[0])), int(_text(arguments[1]))))


def _version_fits(arguments: list[Given | None]) -> Given | None:
    """Whether a cluster is at least, or older than, a version that all supported ones reach."""
    wanted = re.fullmatch(r"\s*(>=?|<)\s*v?1\.(\d{1,3})(?:\.[0x])?(?:-0|-r0)?\s*", _text(arguments[0]))
    if wanted is None or arguments[1] is not CLUSTER or (1, int(wanted[2])) >= _ALL_HAVE:
        return None
    return Given(wanted[1] != "<")


def _is_of_kind(arguments: list[Given | None]) -> Given:
    content = _known(arguments[1]).content
    if isinstance(content, Number):
        raise Unsure
    kinds = {bool: "bool", str: "string"}
    kind = "map" if isinstance(content, Mapping) else "slice" if isinstance(content, Sequence) else kinds.get(type(content), "invalid")
    return Given(_text(arguments[0]) == kind)


FUNCTIONS: dict[str, Callable[[list[Given | None]], Given | None]] = {
    "default": _default,
    "and": _and,
    "or": _or,
    "not": lambda arguments: Given(not _known(arguments[0]).truth),
    "empty": lambda arguments: Given(not _known(arguments[0]).truth),
    "coalesce": _coalesce,
    "eq": _equal,
    "ne": _not_equal,
    "gt": _compared(lambda a, b: a > b),
    "ge": _compared(lambda a, b: a >= b),
    "lt": _compared(lambda a, b: a < b),
    "le": _compared(lambda a, b: a <= b),
    "len": _count,
    "quote": _quoted,
    "squote": _quoted,
    "toString": _written,
    "int": _number,
    "int64": _number,
    "toYaml": _as_yaml,
    "toJson": _as_yaml,
    "tpl": _same,
    "indent": _same,
    "nindent": _same,
    "trim": _trimmed,
    "required": _same,
    "ternary": _ternary,
    "dict": _dictionary,
    "list": _list,
    "tuple": _list,
    "set": _changed_bundle,
    "unset": _changed_bundle,
    "merge": _merged,
    "mergeOverwrite": _merged_over,
    "mustMerge": _merged,
    "mustMergeOverwrite": _merged_over,
    "deepCopy": _same,
    "has": _has,
    "hasKey": _has_key,
    "index": _index,
    "get": _get,
    "kindIs": _is_of_kind,
    "printf": _formatted,
    "semverCompare": _version_fits,
    "lower": _changed(lambda text, _: text.lower()),
    "upper": _changed(lambda text, _: text.upper()),
    "print": lambda arguments: _written(arguments) if len(arguments) == 1 else None,
    "replace": lambda arguments: _known(arguments[2]).as_text(_text(arguments[2]).replace(_text(arguments[0]), _text(arguments[1]))),
    "trunc": lambda arguments: _known(arguments[1]).as_text(_text(arguments[1])[: _length(arguments[0])]),
    "contains": lambda arguments: Given(_text(arguments[0]) in _text(arguments[1])),
    "trimSuffix": _changed(lambda text, part: text.removesuffix(part)),
    "trimPrefix": _changed(lambda text, part: text.removeprefix(part)),
}
"""The functions of Helm's templates (https://helm.sh/docs/chart_template_guide/function_list/) that are understood; of all others
nothing is known."""
