"""Whole commands and variables taken out of shell text."""

from __future__ import annotations

import re
from bisect import bisect_left

from capdrop.finding import Edit
from capdrop.model.subject import Refused
from capdrop.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from capdrop.model.command import Command
    from capdrop.model.words import Word
    from capdrop.source import Source

_GAP = r"(?:[ \t]|[\\`]\r?\n|\r?\n)*"
_JOINT = rf"{_GAP}(?:&&|;|\n){_GAP}"
_FARTHEST = 2000
"""Characters between two commands."""


def without_command(command: Command) -> Edit:
    """Take a command, and what joins it to its neighbour, out of a script of which all commands run one after another."""
    if command.conditional or command.feeders or command.writes_to is not None or command.wrappers:
        raise Refused("other commands depend on it")
    if any(word is None or operator.startswith("<") for operator, word in command.redirects):
        raise Refused("something is redirected to it")
    ends = [word.span.end for _, word in command.redirects if word is not None]
    row, source, span = command.siblings, command.source, Span(command.span.start, max([command.span.end, *ends]))
    at = bisect_left(row, span.start, key=lambda one: one.span.start)
    if at < len(row) and row[at] is command:
        after = row[at + 1] if at + 1 < len(row) else None
        before = row[at - 1] if at else None
        if after is not None and after.within is command.within and _joined(source, span.end, after.span.start):
            return Edit(Span(span.start, after.span.start), "")
        joined = before is not None and before.within is command.within and _joined(source, before.span.end, span.start)
        if before is not None and joined and not _goes_on(source, span.end):
            return Edit(Span(before.span.end, span.end), "")
    raise Refused("it does not stand in a plain row of commands")


def without_assignment(source: Source, name: str, value: Word, words: Sequence[Word]) -> Edit:
    """Take `NAME=value ` out from before the command that it is for."""
    start = value.fragment.place(0) - len(name) - 1
    end = value.span.end
    after = min((word.span.start for word in words if word.span.start >= end), default=-1)
    written = source.text[start : start + len(name) + 1]
    if after < 0 or written != f"{name}=" or source.text[end:after].strip(" \t"):
        raise Refused("it is not written right before a command")
    return Edit(Span(start, after), "")


def _joined(source: Source, start: int, end: int) -> bool:
    """Whether nothing but an `&&`, a `;` or the end of a line stands between two commands."""
    return end - start < _FARTHEST and re.fullmatch(_JOINT, source.text[start:end]) is not None


def _goes_on(source: Source, end: int) -> bool:
    """Whether something comes behind a command on its line: an `||`, a redirection, another line."""
    return source.text[end : source.line(source.position(end).line).end].strip() != ""
