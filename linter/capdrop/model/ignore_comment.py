"""A comment that silences rules, judged like everything else."""

from __future__ import annotations

from ..finding import Edit
from ..source import Source, Span
from .subject import Subject


class IgnoreComment(Subject):
    """A `# capdrop: ignore[rule] -- reason`, after it was applied.

    `problem` says what is malformed, or is empty. `unknown` holds the names that no rule has, each with a suggestion or "";
    `unused` the rules that were in force and said nothing where the comment stands. `without(names)` is the edit that takes
    names out of it, or the whole comment.
    """

    __slots__ = ("problem", "reason", "rules", "unknown", "unused")

    def __init__(self, source: Source, span: Span, address: str, *, problem: str, rules: tuple[str, ...], reason: str) -> None:
        super().__init__(source, span, address)
        self.problem = problem
        self.rules = rules
        self.reason = reason
        self.unknown: tuple[tuple[str, str], ...] = ()
        self.unused: tuple[str, ...] = ()

    def without(self, names: tuple[str, ...]) -> Edit:
        """The edit that takes names out, or the whole comment where none is left."""
        left = [rule for rule in self.rules if rule not in names]
        text = self.source[self.span]
        if left:
            start, end = text.index("[") + 1, text.index("]")
            return Edit(Span(self.span.start + start, self.span.start + end), ", ".join(left))
        line = self.source.line(self.source.position(self.span.start).line)
        before = self.source.text[line.start : self.span.start]
        if before.strip():
            return Edit(Span(line.start + len(before.rstrip(" \t")), self.span.end), "")
        end = line.end
        if self.source.text.startswith("\r\n", end):
            end += 2
        elif end < len(self.source.text):
            end += 1
        return Edit(Span(line.start, end), "")
