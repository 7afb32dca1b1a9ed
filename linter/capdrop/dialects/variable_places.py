"""Which variable of a file is written at a place."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from ..model.variable import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..model.subject import Subject
    from ..source import Source


class VariablePlaces:
    """The variables of a file by their places. `again` reads the subjects of the file once more, when this is first asked for: few files
    have what asks."""

    __slots__ = ("_again", "_placed", "_source")

    def __init__(self, source: Source, again: Callable[[], Iterable[Subject]]) -> None:
        self._source = source
        self._again = again
        self._placed: list[tuple[int, int, Variable]] | None = None

    def at(self, offset: int) -> Variable | None:
        """The variable that is written at an offset."""
        if self._placed is None:
            own = (one for one in self._again() if isinstance(one, Variable) and one.source is self._source)
            self._placed = sorted(((one.span.start, one.span.end, one) for one in own), key=itemgetter(0, 1))
        at = bisect_right(self._placed, offset, key=itemgetter(0)) - 1
        return self._placed[at][2] if at >= 0 and offset < self._placed[at][1] else None
