"""YAML that is written as a template: Helm and other Go templates, Jinja, ERB.

A template is no YAML until it is rendered, and only its owner can do that. `mask` replaces what the template language will
fill in, so that the rest reads as YAML, every offset stays true, and what is not known can be told from what is.

Use it so: if `looks_templated(text)`, parse `mask(text).text` instead of `text`. Do not take a parse without problems for
a proof that a text is no template: `name: {{ .X }}` is a mapping with a mapping for its key.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from capdrop.source import Record, Span
from capdrop.syntax import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "\ue000"
"""Stands for each character of an action inside a value; a private-use character, which YAML takes for a letter."""

_BREAKS = "\n\r\x85\u2028\u2029"
_OPENING = re.compile(r"\{\{|\{%[-+]?\s*[a-z]|\{#|<%")
_GO_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|\'(?:[^\'\\\n]|\\.)*\'|\}\}|\{\{')
_GO_COMMENT = re.compile(r"\{\{-?\s*/\*")
_GO_COMMENT_END = re.compile(r"\*/\s*-?\}\}")
_CONTROL = re.compile(
    r"\{\{-?\s*(?:/\*|(?:if|else|end|range|with|define|break|continue)\b|\$[\w$]*(?:\s*,\s*\$\w+)*\s*:?=[^=])|\{[%#]|<%(?!=)"
)
_INDENT = re.compile(r"n?indent\s+(\d+)\b[^|]*$")
_CLOSINGS = {"{%": "%}", "{#": "#}", "<%": "%>"}


class Insert(Span):
    """An action that stands for an unknown number of lines; `column` (from 0) is how deep they are indented."""

    __slots__ = ("column",)

    def __init__(self, start: int, end: int, column: int) -> None:
        super().__init__(start, end)
        self.column = column

    def _fields(self) -> tuple[object, ...]:
        return (self.start, self.end, self.column)


class Masked(Record):
    """A text of equal length and equal lines without the markup of a template.

    `actions` are all the places that were masked. Of them, `inserts` stand for further entries or items: the collection
    around such a place, at its column, is incomplete, and what it lacks is not known to be absent.
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
    """Whether a scalar holds something that the template would fill in, so that its value is unknown."""
    return UNKNOWN in value


def actions(text: str) -> Iterator[Span]:
    """Every action, statement and comment of a template language, from its opening to its closing braces."""
    unclosed: set[str] = set()
    found = _OPENING.search(text)
    while found:
        at, opening = found.start(), found.group()[:2]
        end = -1 if opening in unclosed else _closing(text, at, opening)
        if end < 0 and opening != "{{":
            unclosed.add(opening)  # nor is any that follows
        if end > 0:
            yield Span(at, end)
        found = _OPENING.search(text, end if end > 0 else at + 2)


def _closing(text: str, at: int, opening: str) -> int:
    """Where the markup that opens at `at` ends; -1 if it does not, or is none after all."""
    if opening != "{{":
        closing = text.find(_CLOSINGS[opening], at + 2)
        return closing + 2 if closing > 0 else -1
    if _GO_COMMENT.match(text, at):
        comment_end = _GO_COMMENT_END.search(text, at)
        return comment_end.end() if comment_end else -1
    for token in _GO_TOKEN.finditer(text, at + 2):
        if token.group() == "}}":
            return token.end()
        if token.group() == "{{":
            break
    return -1


def looks_templated(text: str) -> bool:
    """Whether a text has template markup where YAML would have to read it as syntax, not as part of some text.

    `{{` in quotes, in a block scalar, in a comment or amid a word does not count: that is how YAML carries text for others.
    """
    if "{{" not in text and "{%" not in text:
        return False
    ...
