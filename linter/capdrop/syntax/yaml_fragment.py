"""From a scalar's value back to its characters in the file: what folding, escapes and indentation did to each of them."""

from __future__ import annotations

import re

from capdrop.source import Fragment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BREAKS = "\n\r\x85\u2028\u2029"
_LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_FOLD = r"(?P<fold>[ \t]*(?:\r\n|[\n\r\x85\u2028\u2029])[ \t\n\r\x85\u2028\u2029]*)"
_ESCAPE = r"(?P<escape>\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|(?:\r\n|[\n\r\x85\u2028\u2029])[ \t\n\r\x85\u2028\u2029]*|.))"
_PARTS = {  # compiled when first used
    "": rf"{_FOLD}|[ \t]+|[^ \t\n\r\x85\u2028\u2029]+",
    "'": rf"{_FOLD}|(?P<escape>'')|[ \t]+|[^ \t\n\r\x85\u2028\u2029']+",
    '"': rf"{_FOLD}|{_ESCAPE}|[ \t]+|[^ \t\n\r\x85\u2028\u2029\\]+",
}


class _Builder:
    """Collects a value piece by piece; each piece stands in the source as it is, or is one character made from several."""

    __slots__ = ("parts", "places", "size", "starts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.places: list[int] = []
        self.size = 0

    def add(self, piece: str, place: int) -> None:
        """Append characters whose first stands at `place`."""
        if piece:
            self.parts.append(piece)
            if not self.starts or place - self.places[-1] != self.size - self.starts[-1]:
                self.starts.append(self.size)
                self.places.append(place)
            self.size += len(piece)

    def fragment(self, value: str, start: int) -> Fragment:
        """The fragment, if it came out as `value` and perhaps line breaks that were chomped; else all of `value` at `start`."""
        text = "".join(self.parts)
        if not text or text[: len(value)] != value:
            return Fragment(value, list(range(len(value))) or [0], [start] * (len(value) or 1))
        return Fragment(value, self.starts, self.places)


def quoted_or_plain(text: str, start: int, end: int, value: str, style: str) -> Fragment:
    """The fragment of a plain, single-quoted or double-quoted scalar that stands from `start` to `end`."""
    edge = 1 if style else 0
    if text[start + edge : end - edge] == value:
        return Fragment.at(value, start + edge)
    builder = _Builder()
    first = start + edge
    for part in re.finditer(_PARTS[style], text[first : end - edge]):
        kind, piece, at = part.lastgroup, part.group(), first + part.start()
        if kind == "fold":
            _fold(builder, piece, at)
        elif kind == "escape":
            _unescape(builder, piece, at)
        else:
            builder.add(piece, at)
    return builder.fragment(value, start)


def _fold(builder: _Builder, piece: str, at: int) -> None:
    """One line break is a space; of several the first is nothing. U+2028 and U+2029 stay what they are."""
    breaks = list(_LINE_BREAK.finditer(piece))
    first = _as_read(breaks[0].group())
    if first != "\n":
        builder.add(first, at + breaks[0].start())
    elif len(breaks) == 1:
        builder.add(" ", at + breaks[0].start())
    for more in breaks[1:]:
        builder.add(_as_read(more.group()), at + more.start())


def _unescape(builder: _Builder, piece: str, at: int) -> None:
    """One character for several; nothing for an escaped line break, though line breaks behind it stay."""
    letter = piece[1]
    if letter == "'":
        builder.add(letter, at)
    elif letter in BREAKS:
        for more in list(_LINE_BREAK.finditer(piece))[1:]:
            builder.add(_as_read(more.group()), at + more.start())
    elif len(piece) > 2:
        builder.add(chr(int(piece[2:], 16)), at)
    else:
        builder.add(_ESCAPES.get(letter, letter), at)


def _as_read(line_break: str) -> str:
    return line_break if line_break in "\u2028\u2029" else "\n"


def block(text: str, start: int, end: int, value: str, style: str) -> Fragment:
    """The fragment of a literal or folded block scalar whose header stands at `start`; `end` may be anywhere behind its last word."""
    builder = _Builder()
    pending: list[tuple[str, int]] = []
    was_blank = False
    indent = _indentation(text, start, value)
    for line, at, line_break in _lines(text, start):
        if line[:indent].strip(" ") or builder.size >= len(value):
            break
        content = line[indent:]
        if content:
            is_blank = content[0] in " \t"
            _join(builder, pending, style == ">" and not was_blank and not is_blank)
            builder.add(content, at + indent)
            was_blank = is_blank
            pending = []
        pending.append((line_break, at + len(line)))
    _join(builder, pending, False)
    return builder.fragment(value, start)


def _lines(text: str, header: int) -> Iterator[tuple[str, int, str]]:
    """The lines below the header, each with its offset and its line break as YAML reads it."""
    found = _LINE_BREAK.search(text, header)
    while found:
        at = found.end()
        found = _LINE_BREAK.search(text, at)
        if found:
            yield text[at : found.start()], at, _as_read(found.group())
        elif at < len(text):
            yield text[at:], at, ""


def _indentation(text: str, header: int, value: str) -> int:
    """How deep the block is indented: the spaces before its first word, less those that its value kept."""
    written = next((line for line, _, _ in _lines(text, header) if line.strip(" ")), "")
    kept = next((line for line in _LINE_BREAK.split(value) if line.strip(" ")), "")
    if not kept:
        return len(text)
    return max(0, len(written) - len(written.lstrip(" ")) - len(kept) + len(kept.lstrip(" ")))


def _join(builder: _Builder, breaks: list[tuple[str, int]], folded: bool) -> None:
    """Append the line breaks between two lines, folded if neither line begins with a blank."""
    if folded and breaks and builder.size and breaks[0][0] == "\n":
        if len(breaks) == 1:
            builder.add(" ", breaks[0][1])
        breaks = breaks[1:]
    for line_break, at in breaks:
        builder.add(line_break, at)
