"""YAML that is written as a template: Helm and other Go templates, Jinja, ERB.

A template is no YAML until it is rendered, which only its owner can do. `mask` takes the markup away, so that the rest reads
as YAML, every offset stays true, and what the template would fill in can be told from what is known.

Use it so: if `looks_templated(text)`, parse `mask(text).text` in place of `text`. A parse without problems does not prove
that a text is no template: `name: {{ .X }}` is a mapping whose key is a mapping.
"""

from __future__ import annotations

from capdrop.source import Record, Span

from . import UNKNOWN


class Insert(Span):
    """An action that stands for an unknown number of lines; `column`, from 0, is how deep they are indented."""

    __slots__ = ("column",)

    def __init__(self, start: int, end: int, column: int) -> None:
        super().__init__(start, end)
        self.column = column

    def _fields(self) -> tuple[object, ...]:
        return (self.start, self.end, self.column)


class Masked(Record):
    """A text of equal length, with equal lines, without the markup of a template.

    `actions` are the places that were masked. Of them, `inserts` stand for further entries or items: the collection around
    such a place, at its column, is incomplete, and nothing that it lacks is known to be absent.
    """

    __slots__ = ("actions", "inserts", "text")

    def __init__(self, text: str, actions: list[Span], inserts: list[Insert]) -> None:
        self.text = text
        self.actions = actions
        self.inserts = inserts

    @property
    def templated(self) -> bool:
        """Whether there is any markup of a template."""
        return bool(self.actions)


def is_masked(value: str) -> bool:
    """Whether the template would fill in a scalar, or a part of it, so that its value is unknown."""
    return UNKNOWN in value


def looks_templated(text: str) -> bool:
    """Whether a text has template markup where YAML would have to read it as syntax, not as part of some text.

    `{{` in quotes, in a block scalar, in a comment or amid a word does not count: so YAML carries text for others.
    """
    if "{{" not in text and "{%" not in text and "<%" not in text:
        return False
    from capdrop.syntax.template_mask import has_markup_as_syntax  # templates are rare, and its patterns cost 3 ms

    return has_markup_as_syntax(text)


def mask(text: str) -> Masked:
    """Replace the markup of a template: by blanks where it stands alone on its lines, by `UNKNOWN` amid a value."""
    from capdrop.syntax.template_mask import actions, without_markup

    found = list(actions(text))
    return without_markup(text, found) if found else Masked(text, [], [])
