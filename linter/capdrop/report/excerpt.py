"""The line that a finding stands on, with a marker under the place."""

from __future__ import annotations

from capdrop.source import Record

from .masks import MASK
from .safe import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.source import Source, Span

    from .masks import Masks

_TAB = " " * 4
_CUT = "..."
_LONG = 4000
"""Characters; of a longer line only the part around the span is looked at."""

_WIDE = (
    (0x1100, 0x115F),
    (0x2E80, 0xA4CF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x1F300, 0x1FAFF),
    (0x20000, 0x3FFFD),
)
_NARROW = ((0x0300, 0x036F), (0x200C, 0x200D), (0xFE00, 0xFE0F))


class Excerpt(Record):
    """A line's number, the line as shown, and the marker's indentation and length in terminal cells."""

    __slots__ = ("indent", "length", "line", "shown")

    def __init__(self, line: int, shown: str, indent: int, length: int) -> None:
        self.line = line
        self.shown = shown
        self.indent = indent
        self.length = length


def excerpt(source: Source, span: Span, masks: Masks, width: int) -> Excerpt | None:
    """The first line of a span, at most `width` characters around it, secrets masked; nothing for a blank line."""
    start = max(0, min(span.start, len(source.text)))
    number = source.position(start).line
    line = source.line(number)
    start = min(start, line.end)
    stop = max(start, min(span.end, line.end))
    first, last = line.start, line.end
    if last - first > _LONG:
        first = max(first, start - width)
        stop = min(stop, start + width)
        last = min(last, stop + width)
    before, marked, after = _parts(source, masks, (first, start, stop, last))
    if not (before + marked + after).strip():
        return None
    before, marked, after = _fitted(before, marked, after, width, (first > line.start, last < line.end))
    return Excerpt(number, (before + marked + after).rstrip(), cells(before), max(1, cells(marked)))


def _parts(source: Source, masks: Masks, cuts: tuple[int, int, int, int]) -> tuple[str, str, str]:
    """What is shown before, in and after the span; a secret that the span touches belongs to the span."""
    first, start, stop, last = cuts
    parts = ["", "", ""]

    def share_out(begin: int, end: int) -> None:
        for index in range(3):
            piece = source.text[max(cuts[index], begin) : min(cuts[index + 1], end)]
            parts[index] += visible(masks.text(piece).replace("\t", _TAB))

    at = first
    for hidden in masks.within(source.path, first, last):
        share_out(at, hidden.start)
        touched = hidden.start < stop and hidden.end > start
        parts[1 if touched else 0 if hidden.end <= start else 2] += MASK
        at = hidden.end
    share_out(at, last)
    return parts[0], parts[1], parts[2]


def _fitted(before: str, marked: str, after: str, width: int, cut: tuple[bool, bool]) -> tuple[str, str, str]:
    """The parts cut to the width: the marked one is kept as far as it goes, and its surroundings share the rest.

    `cut` says whether the line went on at either end.
    """
    if not any(cut) and len(before) + len(marked) + len(after) <= width:
        return before, marked, after
    width -= 2 * len(_CUT)
    longest = width - min(len(before), width // 4)
    if len(marked) > longest:
        marked, after, cut = marked[:longest] + _CUT, "", (cut[0], False)
    rest = max(0, width - len(marked))
    room_before = min(len(before), max(rest // 2, rest - len(after)))
    room_after = min(len(after), rest - room_before)
    if cut[0] or room_before < len(before):
        before = _CUT + before[len(before) - room_before :]
    if cut[1] or room_after < len(after):
        after = after[:room_after] + _CUT
    return before, marked, after


def cells(text: str) -> int:
    """How many terminal cells a text takes, nearly: two for a CJK character or an emoji, none for a combining mark."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(ord(character)) for character in text)


def _cells_of(code: int) -> int:
    if code < 0x300:
        return 1
    if any(low <= code <= high for low, high in _NARROW):
        return 0
    return 2 if any(low <= code <= high for low, high in _WIDE) else 1
