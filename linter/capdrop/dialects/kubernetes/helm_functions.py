"""The functions that a chart's templates call, as far as they are understood."""

from __future__ import annotations

import posixpath
import re
from base64 import b64encode

from ...syntax import yaml
from ...syntax.yaml import Alias, Mapping, Node, Scalar, Sequence
from .helm_arguments import Unsure, collection_in, known, parts_in, put_together, text_in
from .helm_collections import COLLECTIONS
from .helm_values import CLUSTER, NO_ENTRIES, SOMETHING, Bundle, Given, Number, items_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ALL_HAVE = (1, 26)
"""A version that all supported clusters reach."""


def _default(arguments: list[Given | None]) -> Given | None:
    fallback, value = arguments[0], known(arguments[-1])
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
    return next((one for one in map(known, arguments) if one.truth), Given(None))


def _equal(arguments: list[Given | None]) -> Given:
    first, *others = [known(one).content for one in arguments]
    if any(isinstance(one, Node | Bundle | tuple) for one in (first, *others)):
        raise Unsure
    return Given(any(first == one and isinstance(first, bool) is isinstance(one, bool) for one in others))


def _not_equal(arguments: list[Given | None]) -> Given:
    return Given(not _equal(arguments).content)


def _written(arguments: list[Given | None], *, is_quoted: bool = False) -> Given:
    """A text, or nothing, as text."""
    value = known(arguments[-1])
    if value.is_collection:
        raise Unsure
    return Given(value.text or "", value.notes, value.field if value.text else None, is_quoted=is_quoted)


def _quoted(arguments: list[Given | None]) -> Given:
    return _written(arguments, is_quoted=True)


def _number(arguments: list[Given | None]) -> Given:
    value = known(arguments[-1])
    if isinstance(value.content, Number):
        return value
    text = value.text or ""
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise Unsure
    return Given(Number(int(text)), value.notes, value.field)


def _as_yaml(arguments: list[Given | None]) -> Given:
    value = known(arguments[-1])
    if value.is_yaml:
        raise Unsure
    return Given(value.content, value.notes, value.field, is_quoted=value.is_quoted, is_yaml=True)


def _contains(arguments: list[Given | None]) -> Given:
    needle, value = text_in(arguments[0]), known(arguments[1])
    if not value.is_yaml:
        return Given(needle in text_in(value))
    if needle != "{{":
        raise Unsure
    return Given(_has_actions(value))


def _has_actions(value: Given) -> bool:
    """Whether there are actions in a value that is written as YAML or JSON."""
    return any(_node_has_actions(one) if isinstance(one.content, Node) else "{{" in (one.text or "") for one in parts_in(value))


def _node_has_actions(value: Given) -> bool:
    assert isinstance(value.content, Node)
    nodes = list(yaml.walk(value.content))
    if not value.is_whole or any(isinstance(node, Alias) for node in nodes):
        raise Unsure
    return any("{{" in node.value for node in nodes if isinstance(node, Scalar))


def _from_yaml(arguments: list[Given | None]) -> Given:
    """What a text of YAML says, where an action before wrote it."""
    value = known(arguments[-1])
    if value.text == "":
        return NO_ENTRIES
    if not value.is_yaml or not value.is_whole or not value.is_collection:
        raise Unsure
    return Given(value.content, value.notes, value.field)


def _same(arguments: list[Given | None]) -> Given:
    """The value itself: what is done to it is about blanks and lines."""
    return known(arguments[-1])


def _trimmed(arguments: list[Given | None]) -> Given:
    value = known(arguments[-1])
    return value if value.is_yaml else value.as_text(text_in(value).strip())


def _ternary(arguments: list[Given | None]) -> Given | None:
    return arguments[0] if known(arguments[2]).truth else arguments[1]


def _in_base64(arguments: list[Given | None]) -> Given:
    value = known(arguments[0])
    return Given(put_together([b64encode(text_in(value).encode()).decode()]), value.notes, value.field)


def _calculated(calculate: Callable[[int, int], int]) -> Callable[[list[Given | None]], Given]:
    def calculated(arguments: list[Given | None]) -> Given:
        first, second = arguments
        return Given(Number(calculate(int(text_in(first)), int(text_in(second)))))

    return calculated


def _formatted(arguments: list[Given | None]) -> Given:
    """`printf` with texts and whole numbers only."""
    pieces = text_in(arguments[0]).replace("%v", "%s").replace("%d", "%s").split("%s")
    values = [text_in(one) for one in arguments[1:]]
    if len(pieces) != len(values) + 1 or any("%" in piece for piece in pieces):
        raise Unsure
    text = put_together([part for both in zip(pieces, [*values, ""], strict=True) for part in both])
    return Given(text, tuple(note for one in arguments if one is not None for note in one.notes))


def _changed(change: Callable[[str, str], str]) -> Callable[[list[Given | None]], Given]:
    """A function that makes another text of its last argument, by its first."""
    return lambda arguments: known(arguments[-1]).as_text(change(text_in(arguments[-1]), text_in(arguments[0])))


def _replaced(arguments: list[Given | None]) -> Given:
    old, new, text = map(text_in, arguments)
    return known(arguments[2]).as_text(put_together(text.split(old), new))


def _length(given: Given | None) -> int:
    if not text_in(given).isdigit():
        raise Unsure
    return int(text_in(given))


def _count(arguments: list[Given | None]) -> Given:
    value = known(arguments[0])
    if not value.is_collection:
        return Given(Number(len(text_in(value))))
    items = items_given(collection_in(value))
    if items is None:
        raise Unsure
    return Given(Number(len(items)))


def _compared(compare: Callable[[int, int], bool]) -> Callable[[list[Given | None]], Given]:
    return lambda arguments: Given(compare(int(text_in(arguments[0])), int(text_in(arguments[1]))))


def _version_fits(arguments: list[Given | None]) -> Given | None:
    """Whether a cluster is at least, or older than, a version that all supported ones reach."""
    wanted = re.fullmatch(r"\s*(>=?|<)\s*v?1\.(\d{1,3})(?:\.[0x])?(?:-0|-r0)?\s*", text_in(arguments[0]))
    if wanted is None or arguments[1] is not CLUSTER or (1, int(wanted[2])) >= _ALL_HAVE:
        return None
    return Given(wanted[1] != "<")


_KINDS = {"string": str, "bool": bool, "map": Mapping | Bundle, "slice": Sequence | tuple, "invalid": type(None)}


def _is_of_kind(arguments: list[Given | None]) -> Given:
    value, wanted = known(arguments[1]), text_in(arguments[0])
    if wanted not in _KINDS:
        if isinstance(value.content, Number):
            raise Unsure
        return Given(False)
    if value.is_yaml:
        return Given(wanted == "string")
    return Given(isinstance(value.content, _KINDS[wanted]) and not isinstance(value.content, Number))


def _is_of_type(arguments: list[Given | None]) -> Given:
    wanted = text_in(arguments[0])
    names = {"string": "string", "bool": "bool", "map[string]interface {}": "map", "[]interface {}": "slice"}
    return _is_of_kind([Given(names.get(wanted, wanted)), arguments[1]])


GOING_THROUGH = frozenset({*COLLECTIONS, "len"} - {"dict", "list", "tuple", "set", "unset", "splitList"})
"""Functions that go through the entries or items that they are given."""
FUNCTIONS: dict[str, Callable[[list[Given | None]], Given | None]] = {
    **COLLECTIONS,
    "default": _default,
    "and": _and,
    "or": _or,
    "not": lambda arguments: Given(not known(arguments[0]).truth),
    "empty": lambda arguments: Given(not known(arguments[0]).truth),
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
    "indent": _same,
    "nindent": _same,
    "trim": _trimmed,
    "required": _same,
    "ternary": _ternary,
    "fromYaml": _from_yaml,
    "add": _calculated(lambda a, b: a + b),
    "sub": _calculated(lambda a, b: a - b),
    "mul": _calculated(lambda a, b: a * b),
    "b64enc": _in_base64,
    "kindIs": _is_of_kind,
    "typeIs": _is_of_type,
    "printf": _formatted,
    "semverCompare": _version_fits,
    "dir": lambda arguments: known(arguments[0]).as_text(posixpath.normpath(posixpath.dirname(text_in(arguments[0])))),
    "base": lambda arguments: known(arguments[0]).as_text(posixpath.basename(text_in(arguments[0]))),
    "lower": _changed(lambda text, _: text.lower()),
    "upper": _changed(lambda text, _: text.upper()),
    "print": lambda arguments: _written(arguments) if len(arguments) == 1 else None,
    "replace": _replaced,
    "trunc": lambda arguments: known(arguments[1]).as_text(text_in(arguments[1])[: _length(arguments[0])]),
    "hasPrefix": lambda arguments: Given(text_in(arguments[1]).startswith(text_in(arguments[0]))),
    "hasSuffix": lambda arguments: Given(text_in(arguments[1]).endswith(text_in(arguments[0]))),
    "contains": _contains,
    "trimSuffix": _changed(lambda text, part: text.removesuffix(part)),
    "trimPrefix": _changed(lambda text, part: text.removeprefix(part)),
}
"""The functions of Helm's templates (https://helm.sh/docs/chart_template_guide/function_list/) that are understood; of all others
nothing is known."""
