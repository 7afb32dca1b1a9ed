"""Secrets of command lines in scripts and Makefiles, taken from the environment of whoever runs them."""

from __future__ import annotations

import re

from ...finding import Edit, Safety
from ...model.subject import Refused
from ...source import Span
from ..way_out import Way, WayOut, in_shell, program_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...finding import Finding
    from ...model.subject import Subject
    from ...source import Source

_GIVEN = re.compile(r"(?:^|\s)(?:-e|--env)[ \t=]{1,9}[\"']?([A-Za-z_]\w{0,120})(=[\"']?)$")
_LONGEST = 300


class ScriptWayOut(WayOut):
    """The changes for one script or Makefile, whose comments are known."""

    __slots__ = ("_comments", "_recipes")

    def __init__(self, source: Source, comments: list[Span], recipes: bool, again: Callable[[], Iterable[Subject]]) -> None:
        super().__init__(source, again)
        self._comments = comments
        self._recipes = recipes

    def write(self, finding: Finding) -> Way:
        span, text = finding.hidden[0], self.source.text
        if any(comment.covers(span) for comment in self._comments):
            return self.out_of_comment(span)
        if "\n" in re.sub(r"\\\r?\n", "", self.source[span]):
            raise Refused("it is written over several lines")
        given = _GIVEN.search(text[max(0, span.start - _LONGEST) : span.start])
        after = text[span.end : span.end + 2]
        if given is not None and (not after.strip("\"'")[:1].strip() or after[:1].isspace()):
            quote = given[2][1:]
            end = span.end + len(quote) if after.startswith(quote) else span.end
            edit = Edit(Span(span.start - len(given[2]), end), "")
            return Way(
                f"Pass it on from outside: `-e {given[1]}`", (edit,), "it must then be exported before the next start", Safety.UNSAFE
            )
        start = self._line(span.start)
        name = self.name(finding, text[start : span.start], owner=program_of(text[start : span.start]))
        edit = in_shell(self.source, start, span, f"{name}:?")
        edit = Edit(edit.span, edit.text.replace("$", "$$")) if self._recipes else edit
        return Way(f"Take it from the environment: `${{{name}:?}}`", (edit,), "it must then be set before the next run")

    def _line(self, offset: int) -> int:
        """Where the line at an offset begins, with those that it continues."""
        number = self.source.position(offset).line
        while number > 1 and self.source[self.source.line(number - 1)].endswith("\\"):
            number -= 1
        return self.source.starts[number - 1]
