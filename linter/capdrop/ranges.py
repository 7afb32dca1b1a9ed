"""Many ranges of a text, and whether a span touches one of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .source import Span


class Ranges:
    """Ranges of one text. Those that touch are one, so that all of them lie apart and in order."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for span in sorted(spans):
            self.add(span)

    def add(self, span: Span) -> None:
        """Take in one more."""
        first, last = bisect_left(self._ends, span.start), bisect_right(self._starts, span.end)
        start, end = min([span.start, *self._starts[first:last]]), max([span.end, *self._ends[first:last]])
        self._starts[first:last], self._ends[first:last] = [start], [end]

    def touch(self, span: Span) -> bool:
        """Whether one of them holds a part of a span, or ends or begins where it does."""
        return bisect_left(self._ends, span.start) < bisect_right(self._starts, span.end)
