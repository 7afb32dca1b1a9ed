"""A comment that silences rules, judged like everything else."""

from __future__ import annotations

from ..finding import Edit
from ..source import Fragment, Source, Span
from .subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


class IgnoreComment(Subject):
    """A `# capdrop: ignore[rule] -- reason`, after it was applied.

    `problem` says what is malformed, or is empty. `names` are the rules as it names them, each with its place. Of these,
    `unknown` are the names that no rule has, each with the name that may have been meant or "", and `unused` those of rules that
    were in force and said nothing where the comment stands. `waits` is set where that cannot be told before other files are read.
    `annotation` is set where it is an annotation of an object, that says the same without the comment's words around it.
    """

    __slots__ = ("annotation", "names", "problem", "reason", "unknown", "unused", "waits", "whole_file")

    def __init__(
        self,
        source: Source,
        span: Span,
        *,
        problem: str = "",
        names: tuple[tuple[str, Span], ...] = (),
        reason: str = "",
        whole_file: bool = False,
        annotation: IgnoreAnnotation | None = None,
    ) -> None:
        super().__init__(source, span, "comment")
        self.annotation = annotation
        self.problem = problem
        self.names = names
        self.reason = reason
        self.whole_file = whole_file
        self.unknown: tuple[tuple[str, Span, str], ...] = ()
        self.unused: tuple[tuple[str, Span], ...] = ()
        self.waits = False

    @property
    def alone(self) -> bool:
        """Whether nothing else stands on its line."""
        return not self.source.text[self._line().start : self.span.start].strip()

    def without(self, names: Collection[str]) -> tuple[Edit, ...]:
        """The edit that takes names out, or the whole comment where none is left; none where that cannot be done."""
        left = [name for name, _ in self.names if name not in names]
        if left:
            return (Edit(Span(self.names[0][1].start, self.names[-1][1].end), ", ".join(left)),)
        if self.annotation is not None:
            return self.annotation.removal
        line = self._line()
        if self.alone:
            return (Edit(Span(line.start, self._next_line(line.end)), ""),)
        before = self.source.text[line.start : self.span.start]
        return (Edit(Span(line.start + len(before.rstrip(" \t")), self.span.end), ""),)

    def _line(self) -> Span:
        return self.source.line(self.source.position(self.span.start).line)

    def _next_line(self, end: int) -> int:
        return end + (2 if self.source.text.startswith("\r\n", end) else 1 if end < len(self.source.text) else 0)


class IgnoreAnnotation(Subject):
    """An annotation that silences rules, as it was read: its value, in which part of the file it silences them (only there, and at and
    below its address), and the edit that takes it away, if there is one. `problem` says what is wrong with its name."""

    __slots__ = ("fragment", "problem", "removal", "scope")

    def __init__(
        self, source: Source, span: Span, address: str, *, fragment: Fragment, scope: Span, removal: tuple[Edit, ...], problem: str
    ) -> None:
        super().__init__(source, span, address)
        self.fragment = fragment
        self.scope = scope
        self.removal = removal
        self.problem = problem


class OtherToolsAnnotation(Subject):
    """An annotation of an object that may silence another tool, written `name: value`; `scope` is the object's part of the file."""

    __slots__ = ("scope", "written")

    def __init__(self, source: Source, span: Span, address: str, *, written: str, scope: Span) -> None:
        super().__init__(source, span, address)
        self.written = written
        self.scope = scope
