"""Values as the actions of a chart's templates get them."""

from __future__ import annotations

from ...finding import Note
from ...source import Source
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence, boolean
from ..yaml_placed import PlacedMapping
from ..yaml_view import Field, Section, fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Row

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_DIGITS = frozenset("0123456789")


class Number(str):
    """A number in the digits that it is written with."""

    __slots__ = ()


class Bundle(dict[str, "Given | None"]):
    """What `dict` makes: values by their names. Once it is `changed` by the template, nothing is known of it any more; where it is not
    `whole`, nothing is known of names that are not there."""

    __slots__ = ("changed", "whole")

    def __init__(self, values: Iterable[tuple[str, Given | None]], *, whole: bool = True) -> None:
        super().__init__(values)
        self.changed = False
        self.whole = whole


class Given:
    """What is known of a value: `content` is nothing, yes or no, a `Number`, a text, a `Bundle`, a tuple (what `list` makes), or a
    collection as it stands in the values.

    `field` is where it is written, while it is just what stands there; `notes` are the places that it comes from. `is_quoted` and
    `is_yaml` say how it is written out, and `is_whole` that there is nothing in it that is not known.
    """

    __slots__ = ("content", "field", "is_quoted", "is_whole", "is_yaml", "notes")

    def __init__(
        self,
        content: object,
        notes: tuple[Note, ...] = (),
        field: Field | None = None,
        *,
        is_quoted: bool = False,
        is_yaml: bool = False,
        is_whole: bool = True,
    ) -> None:
        self.content = content
        self.field = field
        self.notes = notes
        self.is_quoted = is_quoted
        self.is_yaml = is_yaml
        self.is_whole = is_whole

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
        return isinstance(self.content, Mapping | Sequence | Bundle | tuple)

    @property
    def size(self) -> int:
        """How many entries or items it has."""
        content = self.content
        if isinstance(content, Bundle | tuple):
            return len(content)
        return len(content.entries) if isinstance(content, Mapping) else len(content.items) if isinstance(content, Sequence) else 0

    @property
    def truth(self) -> bool:
        """Whether a condition takes it for a yes."""
        content = self.content
        if isinstance(content, Number):
            return content.strip("+-0.") != ""
        if isinstance(content, Mapping):
            return bool(content.entries)
        return bool(content.items) if isinstance(content, Sequence) else bool(content)


TOP = Given(object())
"""What a template starts with: the values, the chart, the release and so on."""
SOMETHING = Given(object())
"""Something that a condition takes for a yes."""
CLUSTER = Given(object())
"""The version of a cluster, any that is supported."""
UNWRITTEN = (TOP, SOMETHING, CLUSTER)
"""What no action writes out."""
_EMPTY = PlacedMapping(0, 0, True)
_EMPTY.source = Source("", "")
NO_ENTRIES = Given(_EMPTY)
"""A mapping without entries."""


def below(base: Given | None, names: Row[str]) -> Given | None:
    """What stands at a path of keys."""
    if base is None or base is TOP:
        return None if names else base
    for number, name in enumerate(names):
        if base.content is None:
            return base  # a path that leads on from nothing, where it stops no rendering
        if isinstance(base.content, Mapping) and not base.is_yaml:
            section = base.field.section() if base.field is not None else Section(_source(base), base.content)
            field = section.get(name)
            if field is None:
                return Given(None) if number == len(names) - 1 else None
            base = given_by(field)
        elif isinstance(base.content, Bundle):
            found = None if base.content.changed else base.content.get(name, Given(None) if base.content.whole else None)
            if found is None:
                return None
            base = found
        else:
            return None
    return base


def item_of(base: Given, number: int) -> Given | None:
    """An item of a list."""
    items = items_given(base) if isinstance(base.content, Sequence | tuple) and not base.is_yaml else None
    return items[number][1] if items is not None and 0 <= number < len(items) else None


def _source(given: Given) -> Source:
    assert isinstance(given.content, Node)
    assert given.content.source is not None
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
    """The keys, or numbers, and the values of a collection; None where they are not known."""
    content, field = given.content, given.field
    if isinstance(content, Mapping):
        section = field.section() if field is not None else Section(_source(given), content)
        return [(Given(name), given_by(one)) for name, one in sorted(section.fields.items())]
    if isinstance(content, Bundle):
        known = [(Given(name), content[name]) for name in sorted(content)]
        entries = [(name, one) for name, one in known if one is not None]
        return entries if len(entries) == len(content) and not content.changed and content.whole else None
    if isinstance(content, tuple):
        whole = [(Given(Number(number)), one) for number, one in enumerate(content) if one is not None]
        return whole if len(whole) == len(content) else None
    if not isinstance(content, Sequence):
        return None
    if field is None:
        source = _source(given)
        owner = Mapping(content.start, content.end, True)
        field = Field(source, owner, Entry(content, content), content, (), True)
    return [(Given(Number(number)), given_by(one)) for number, one in enumerate(fields_of(field))]
