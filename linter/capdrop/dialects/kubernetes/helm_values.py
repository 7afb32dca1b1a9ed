"""What the pipelines of a chart's templates give, as far as its values tell."""

from __future__ import annotations

import re

from ...finding import Note
from ...syntax.template_actions import Call, Literal, Path, Pipeline
from ...syntax.yaml import Mapping, Node, Scalar, Sequence, boolean
from ..yaml_view import Section, items_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as Row

    from ..yaml_view import Field
    from .helm_chart import Chart

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_DIGITS = frozenset("0123456789")
_REMOVED = ("extensions/v1beta1", "policy/v1beta1", "networking.k8s.io/v1beta1", "apps/v1beta", "batch/v1beta1", "autoscaling/v2beta")
"""Interfaces that no supported Kubernetes has (https://kubernetes.io/docs/reference/using-api/deprecation-guide/, read 2026-11)."""
_ALL_HAVE = (1, 26)
"""A version that all supported ones reach."""
_FIELDS = {"Name": "name", "Version": "version", "AppVersion": "appVersion", "Type": "type", "Description": "description"}


class Number(str):
    """A number in the digits that it is written with."""

    __slots__ = ()


class Given:
    """What is known of a value: `content` is nothing, yes or no, a `Number`, a text, or a collection as it stands in the values.

    `field` is where it is written, while it is just what stands there; `notes` are the places that it comes from. `is_quoted` and
    `is_yaml` say how it is written out.
    """

    __slots__ = ("content", "field", "is_quoted", "is_yaml", "notes")

    def __init__(
        self, content: object, notes: tuple[Note, ...] = (), field: Field | None = None, *, is_quoted: bool = False, is_yaml: bool = False
    ) -> None:
        self.content = content
        self.field = field
        self.notes = notes
        self.is_quoted = is_quoted
        self.is_yaml = is_yaml

    def as_text(self, content: str) -> Given:
        """Another text that was made of this value."""
        return Given(content, self.notes, self.field if content == self.text else None)

    @property
    def text(self) -> str | None:
        """What a template writes for it; None for nothing and for collections."""
        if isinstance(self.content, bool):
            return "true" if self.content else "false"
        return str(self.content) if isinstance(self.content, str) else None

    @property
    def is_collection(self) -> bool:
        return isinstance(self.content, Mapping | Sequence)

    @property
    def truth(self) -> bool:
        """Whether a condition takes it for a yes."""
        content = self.content
        if isinstance(content, Number):
            return content.strip("+-0.") != ""
        if isinstance(content, Mapping):
            return bool(content.entries)
        return bool(content.items) if isinstance(content, Sequence) else bool(content)


_VERSION = (("KubeVersion", "Version"), ("KubeVersion", "GitVersion"), ("KubeVersion",))


class Scope:
    """What names mean at a place. `dot` and `root` are None where that is not known, and `TOP` for what a chart's templates start with.
    `unsettled` are variables that are set more than once."""

    __slots__ = ("chart", "dot", "root", "unsettled", "variables")

    def __init__(self, chart: Chart, unsettled: frozenset[str]) -> None:
        self.chart = chart
        self.dot: Given | None = TOP
        self.root: Given | None = TOP
        self.variables: dict[str, Given | None] = {}
        self.unsettled = unsettled

    def result(self, pipeline: Pipeline | None) -> Given | None:
        """What a pipeline gives; None where that is not known."""
        if pipeline is None:
            return None
        given: Given | None = None
        for number, call in enumerate(pipeline.calls):
            given = self._call(call, (given,) if number else ())
        return given

    def _call(self, call: Call, piped: tuple[Given | None, ...]) -> Given | None:
        if not call.name:
            return self._operand(call.arguments[0]) if not piped else None
        if call.name == ".":
            return self._method(*call.arguments[:2])
        function = FUNCTIONS.get(call.name)
        if function is None:
            return None
        arguments = [*(self._operand(one) for one in call.arguments), *piped]
        if call.name == "tpl":
            arguments = self._without_actions(arguments)
        try:
            return function(arguments)
        except (IndexError, ValueError, _UnknownError):
            return None

    def _operand(self, operand: Literal | Path | Call) -> Given | None:
        if isinstance(operand, Literal):
            return Given(Number(operand.content) if operand.is_number else operand.content)
        if isinstance(operand, Call):
            return self._call(operand, ())
        if isinstance(operand.base, Pipeline):
            base = self.result(operand.base)
        elif operand.base == "$":
            base = self.root
        else:
            base = self.variables.get(operand.base) if operand.base else self.dot
        return self._below(base, operand.names)

    def _below(self, base: Given | None, names: Row[str]) -> Given | None:
        if base is not TOP or not names:
            return below(base, names)
        if names[0] == "Capabilities":
            return CLUSTER if names[1:] in _VERSION else None
        if names[0] == "Chart" and len(names) == 2:
            field = self.chart.about.get(_FIELDS.get(names[1], ""))
            return given_by(field) if field is not None else None
        values = self.chart.values
        if names[0] != "Values" or values is None:
            return None
        if len(names) == 1:
            return Given(values.value)
        field = values.get(names[1])
        if field is None:
            return Given(None) if len(names) == 2 and names[1] not in self.chart.foreign else None
        found = below(given_by(field), names[2:])
        return None if found is not None and found.content is None and names[1] in self.chart.foreign else found

    def _method(self, method: Literal | Path | Call, argument: Literal | Path | Call) -> Given | None:
        """Whether a cluster has an interface, where none has it any more."""
        is_api = isinstance(method, Path) and method.names == ("Capabilities", "APIVersions", "Has")
        name = str(argument.content) if isinstance(argument, Literal) else ""
        return Given(False) if is_api and name.startswith(_REMOVED) else None

    def _without_actions(self, arguments: list[Given | None]) -> list[Given | None]:
        """The arguments of `tpl`, where there is nothing for it to run."""
        first = arguments[0] if arguments else None
        if first is None:
            return [None]
        if isinstance(first.content, Node):
            return [None if self.chart.has_actions(first.content) else first]
        return [None if "{{" in (first.text or "") else first]


TOP = Given(object())
"""What a template starts with: the values, the chart, the release and so on."""
SOMETHING = Given(object())
"""Something that a condition takes for a yes."""
CLUSTER = Given(object())
"""The version of a cluster, any that is supported."""
_UNWRITTEN = (TOP, SOMETHING, CLUSTER)


def below(base: Given | None, names: Row[str]) -> Given | None:
    """What stands at a path of keys."""
    if base is None or base is TOP:
        return None if names else base
    for number, name in enumerate(names):
        if not isinstance(base.content, Mapping):
            return None
        section = base.field.section() if base.field is not None else Section(_source(base), base.content)
        field = section.get(name)
        if field is None:
            return Given(None) if number == len(names) - 1 else None
        base = given_by(field)
    return base


def _source(given: Given) -> object:
    assert isinstance(given.content, Node)
    return given.content.source


def given_by(field: Field) -> Given:
    """A value as it is written."""
    node = field.value
    notes = (*field.trail, Note(field.source, node.span if node.end > node.start else field.entry.key.span, "this value is used"))
    if not isinstance(node, Scalar):
        return Given(node, notes, field)
    return Given(content_of(node), notes, field)


def content_of(node: Scalar) -> object:
    """What a scalar of the values says (YAML 1.1, as Helm reads it)."""
    if node.style or node.tag:
        return node.value
    if node.value in _NOTHING:
        return None
    answer = boolean(node)
    if answer is not None:
        return answer
    digits = node.value.removeprefix("-")
    whole = not set(digits) - _DIGITS and (digits[:1] != "0" or digits == "0")
    return Number(node.value) if digits and whole else node.value


def items_given(given: Given) -> list[tuple[Given, Given]] | None:
    """The keys, or numbers, and the values of a collection."""
    content, field = given.content, given.field
    if isinstance(content, Mapping):
        section = field.section() if field is not None else Section(_source(given), content)
        return [(Given(name), given_by(one)) for name, one in section.fields.items()]
    if not isinstance(content, Sequence) or field is None:
        return None
    found = []
    for number, (node, trail, shared) in enumerate(items_of(field)):
        item = type(field)(field.source, field.owner, field.entry, node, trail, shared)
        found.append((Given(Number(number)), given_by(item)))
    return found


class _UnknownError(Exception):
    """Something that must be known for a function to say anything."""


def _known(given: Given | None) -> Given:
    if given is None or given in _UNWRITTEN:
        raise _UnknownError
    return given


def _text(given: Given | None) -> str:
    text = _known(given).text
    if text is None:
        raise _UnknownError
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
        raise _UnknownError
    return Given(any(first == one and isinstance(first, bool) is isinstance(one, bool) for one in others))


def _not_equal(arguments: list[Given | None]) -> Given:
    return Given(not _equal(arguments).content)


def _written(arguments: list[Given | None], *, is_quoted: bool = False) -> Given:
    """A text, or nothing, as text."""
    value = _known(arguments[-1])
    if value.is_collection:
        raise _UnknownError
    return Given(value.text or "", value.notes, value.field if value.text else None, is_quoted=is_quoted)


def _quoted(arguments: list[Given | None]) -> Given:
    return _written(arguments, is_quoted=True)


def _number(arguments: list[Given | None]) -> Given:
    value = _known(arguments[-1])
    if isinstance(value.content, Number):
        return value
    text = value.text or ""
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise _UnknownError
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


def _has_key(arguments: list[Given | None]) -> Given:
    field = below(_known(arguments[0]), [_text(arguments[1])])
    holder = _known(arguments[0]).content
    if not isinstance(holder, Mapping):
        raise _UnknownError
    return Given(field is not None and (field.content is not None or field.field is not None))


def _index(arguments: list[Given | None]) -> Given | None:
    return below(_known(arguments[0]), [_text(one) for one in arguments[1:]])


def _get(arguments: list[Given | None]) -> Given | None:
    return below(_known(arguments[0]), [_text(arguments[1])])


def _formatted(arguments: list[Given | None]) -> Given:
    """`printf` with texts and whole numbers only."""
    pieces = _text(arguments[0]).replace("%v", "%s").replace("%d", "%s").split("%s")
    values = [_text(one) for one in arguments[1:]]
    if len(pieces) != len(values) + 1 or any("%" in piece for piece in pieces):
        raise _UnknownError
    text = pieces[0] + "".join(value + piece for value, piece in zip(values, pieces[1:], strict=True))
    return Given(text, tuple(note for one in arguments if one is not None for note in one.notes))


def _changed(change: Callable[[str, str], str]) -> Callable[[list[Given | None]], Given]:
    """A function that makes another text of its last argument, by its first."""
    return lambda arguments: _known(arguments[-1]).as_text(change(_text(arguments[-1]), _text(arguments[0])))


def _count(arguments: list[Given | None]) -> Given:
    value = _known(arguments[0])
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
        raise _UnknownError
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
    "hasKey": _has_key,
    "index": _index,
    "get": _get,
    "kindIs": _is_of_kind,
    "printf": _formatted,
    "semverCompare": _version_fits,
    "lower": _changed(lambda text, _: text.lower()),
    "upper": _changed(lambda text, _: text.upper()),
    "trimSuffix": _changed(lambda text, part: text.removesuffix(part)),
    "trimPrefix": _changed(lambda text, part: text.removeprefix(part)),
}
"""The functions of Helm's templates (https://helm.sh/docs/chart_template_guide/function_list/) that are understood; of all others
nothing is known."""
