"""Bytes to text, and offsets to lines.

Everything else in capdrop holds half-open spans of code points; only a `Source` knows lines and columns.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from .purpose import Purpose, says_whom_for

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes; a larger file is not analysed."""

MOST_LINES = 1_000_000
"""A file with more is not analysed, as the place of each takes 40 bytes."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set

_LINES_ABOVE = 6
"""So far above a line comments are looked for that say whom it is for."""
_LINE_END = r"\r\n|\r|\n"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


LONGEST_KEPT = 1 << 20
"""Characters of a text whose small letters are kept."""


def lowered(text: str) -> str:
    """The text of a file in small letters, which several ask for."""
    return _lowered(text) if len(text) <= LONGEST_KEPT else text.lower()


@lru_cache(maxsize=1)
def _lowered(text: str) -> str:
    return text.lower()


class Record:
    """A plain value: equal, hashable and printable by its slots.

    It stands in for `typing.NamedTuple`, whose import and class creation would be a third of our start-up.
    """

    __slots__: tuple[str, ...] = ()

    def _fields(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._fields() == self._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._fields()))})"


class Span(Record):
    """A half-open range of code points."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def _fields(self) -> tuple[object, ...]:
        return (self.start, self.end)

    def __lt__(self, other: Span) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def __len__(self) -> int:
        return self.end - self.start

    def __bool__(self) -> bool:
        return True

    def covers(self, other: Span) -> bool:
        """Whether `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end


class Position(Record):
    """A line and a column, both counted from 1; columns in code points."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class Unreadable(Exception):
    """A file that cannot be turned into text; the message says why, in one line."""


class Source(Purpose):
    """The text of one file, without its byte-order mark, with its line ends as they stand. `settled` are the beginnings of lines with
    conditions of a template that are known to hold."""

    __slots__ = ("_starts", "bom", "encoding", "settled")

    def __init__(self, path: str, text: str, encoding: str = "utf-8", bom: bytes = b"") -> None:
        self.path = path
        self.from_top = path.rpartition("/")[2] if path.startswith("/") else path
        self.text = text
        self.encoding = encoding
        self.bom = bom
        self._opening: bool | None = None
        self._starts: list[int] | None = None
        self.settled: Set[int] = frozenset()

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"

    def is_said_to_be_for_work(self, offset: int) -> bool:
        """Whether a comment on the line of an offset, or right above it, says that what stands there is for developers or tests."""
        number = self.position(offset).line
        above = range(number - 1, max(number - _LINES_ABOVE, 1) - 1, -1)
        comments = [self[self.line(number)].partition(" #")[2]]
        for line in map(self.line, above):
            text = self[line].lstrip()
            if not text.startswith("#"):
                break
            comments.append(text)
        return any(map(says_whom_for, comments))

    @property
    def starts(self) -> list[int]:
        """The offset at which each line begins."""
        if self._starts is None:
            text = self.text
            if "\r" in text:
                self._starts = [0, *(end.end() for end in re.finditer(_LINE_END, text))]
            else:
                self._starts = [0]
                at = text.find("\n")
                while at >= 0:
                    self._starts.append(at + 1)
                    at = text.find("\n", at + 1)
        return self._starts

    @property
    def newline(self) -> str:
        """The line end this file uses, judged by its first line."""
        first = re.search(_LINE_END, self.text)
        return first.group() if first else "\n"

    def position(self, offset: int) -> Position:
        """The line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1, kept inside the text."""
        starts = self.starts
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        return min(starts[line - 1] + max(column, 1) - 1, self.line(line).end)

    def line(self, number: int) -> Span:
        """The span of a line (from 1), without its line end."""
        starts = self.starts
        start = starts[number - 1]
        if number == len(starts):
            return Span(start, len(self.text))
        end = starts[number] - 1
        if end > start and self.text[end] == "\n" and self.text[end - 1] == "\r":
            end -= 1
        return Span(start, end)

    def encode(self, text: str | None = None) -> bytes:
        """The bytes that a text of this file, or its present one, is written as."""
        return self.bom + (self.text if text is None else text).encode(self.encoding)

    def with_text(self, text: str) -> Source:
        """The same file holding another text."""
        source = Source(self.path, text, self.encoding, self.bom)
        source.from_top = self.from_top
        return source


def decode(path: str, data: bytes) -> Source:
    """The text of `data`, by its byte-order mark, else as UTF-8. Raises `Unreadable`."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"larger than {LARGEST_FILE // 1024 // 1024} MiB")
    encoding, bom = "utf-8", b""
    for mark, name in _BOMS:
        if data.startswith(mark):
            encoding, bom = name, mark
            break
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {encoding.upper()} text (byte {error.start + len(bom)})") from None
    if "\0" in text:
        raise Unreadable("holds NUL characters, so it is not text (UTF-16 needs a byte-order mark)")
    if max(text.count("\n"), text.count("\r")) > MOST_LINES:
        raise Unreadable(f"more than {MOST_LINES:,} lines")
    return Source(path, text, encoding, bom)


class Fragment:
    """Text taken out of a source (unquoted, unescaped, joined, decoded) whose every character still knows its place.

    `starts` are the offsets in `text` at which a run of characters begins that also stand together in the source, and
    `places` the source offsets of those runs. Both ascend.
    """

    __slots__ = ("places", "starts", "text")

    decoded: tuple[str, int] | None = None
    """Of what stands in no source as it is: the whole text that was decoded, and where this fragment begins in it."""

    def __init__(self, text: str, starts: list[int], places: list[int]) -> None:
        self.text = text
        self.starts = starts
        self.places = places

    def __repr__(self) -> str:
        return f"Fragment({self.text!r} at {self.places[0]})"

    @classmethod
    def at(cls, text: str, place: int) -> Fragment:
        """Text that stands in the source exactly as it is, from `place` on."""
        return cls(text, [0], [place])

    def place(self, offset: int) -> int:
        """The source offset of a character."""
        run = bisect_right(self.starts, offset) - 1
        return self.places[run] + offset - self.starts[run]

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The source span that a range of the text came from, from its first character to its last."""
        end = len(self.text) if end is None else end
        if len(self.starts) == 1:
            shift = self.places[0]
            return Span(start + shift, max(start, end) + shift)
        first = self.place(start)
        return Span(first, self.place(end - 1) + 1 if end > start else first)

    def part(self, start: int, end: int) -> Fragment:
        """A range of this fragment as a fragment of its own."""
        if len(self.starts) == 1:
            return Fragment(self.text[start:end], [0], [self.places[0] + start])
        first = bisect_right(self.starts, start) - 1
        last = max(first, bisect_right(self.starts, end - 1) - 1)
        starts = [0, *(s - start for s in self.starts[first + 1 : last + 1])]
        places = [self.place(start), *self.places[first + 1 : last + 1]]
        return Fragment(self.text[start:end], starts, places)

    def within(self, outer: Fragment) -> Fragment:
        """This fragment of `outer.text`, with its places taken on to the source of `outer`."""
        if len(outer.starts) == 1:
            shift = outer.places[0]
            return Fragment(self.text, self.starts, [place + shift for place in self.places]) if shift else self
        starts: list[int] = []
        places: list[int] = []
        for index, start in enumerate(self.starts):
            stop = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
            inner = self.places[index]
            starts.append(start)
            places.append(outer.place(inner))
            run = bisect_right(outer.starts, inner)
            while run < len(outer.starts) and outer.starts[run] < inner + stop - start:
                starts.append(start + outer.starts[run] - inner)
                places.append(outer.places[run])
                run += 1
        return Fragment(self.text, starts, places)


class SettingsBeside(Source):
    """A file that others take settings from, which can be changed there."""

    __slots__ = ()


class Inset(Source):
    """A file that stands inside another one as a fragment of it. What is found in it is told of the outer one, below `address`."""

    __slots__ = ("address", "fragment", "outer")

    def __init__(self, outer: Source, fragment: Fragment, address: str) -> None:
        super().__init__(outer.path, fragment.text)
        self.from_top = outer.from_top
        self.outer = outer
        self.fragment = fragment
        self.address = address

    def place(self, span: Span) -> Span:
        """A span of it in the outer file."""
        return self.fragment.span(span.start, span.end)
