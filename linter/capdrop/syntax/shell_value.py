"""The value of a shell word while it is read: text with the place of every character."""

from __future__ import annotations

from capdrop.source import Fragment
from capdrop.syntax.shell_tree import Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

ANSI_ESCAPE = r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.)|(.))"
_ANSI_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Builder:
    """A value on the way: its text, the place of each run of it, and the parts that the shell replaces."""

    __slots__ = ("chunks", "length", "next_place", "parts", "pattern", "places", "quoted", "starts")

    def __init__(self) -> None:
        self.chunks: list[str] = []
        self.starts: list[int] = []
        self.places: list[int] = []
        self.parts: list[Part] = []
        self.length = 0
        self.next_place = -1
        self.quoted = False
        self.pattern = False

    def add(self, text: str, place: int) -> None:
        """Text that stands at `place` as it is."""
        if not text:
            return
        if place != self.next_place:
            self.starts.append(self.length)
            self.places.append(place)
        self.chunks.append(text)
        self.length += len(text)
        self.next_place = place + len(text)

    def add_escaped(self, text: str, place: int) -> None:
        """Text that is written otherwise, as an escape that begins at `place`."""
        self.next_place = -1
        self.add(text, place)
        self.next_place = -1

    def add_part(self, part: Part) -> None:
        """A part that appears as its source."""
        part.offset = self.length
        self.parts.append(part)
        self.add(part.text, part.start)

    def fragment(self, start: int) -> Fragment:
        """What was added; `start` is the place of an empty value."""
        if not self.starts:
            return Fragment("", [0], [start])
        return Fragment("".join(self.chunks), self.starts, self.places)


class TablessBuilder(Builder):
    """Drops the tabs that lines begin with, as `<<-` does."""

    __slots__ = ("in_line",)

    def __init__(self) -> None:
        super().__init__()
        self.in_line = False

    def add(self, text: str, place: int) -> None:
        for index, line in enumerate(text.split("\n")):
            if index:
                super().add("\n", place)
                self.in_line = False
                place += 1
            kept = line if self.in_line else line.lstrip("\t")
            super().add(kept, place + len(line) - len(kept))
            self.in_line = self.in_line or bool(kept)
            place += len(line)

    def add_part(self, part: Part) -> None:
        part.offset = self.length
        self.parts.append(part)
        super().add(part.text, part.start)
        self.in_line = True


def ansi_character(escape: re.Match[str]) -> str:
    """The character that a match of `ANSI_ESCAPE` stands for."""
    octal, hexadecimal, short, long, control, letter = escape.groups()
    if letter:
        return _ANSI_LETTERS.get(letter, letter if letter in "\\'\"?" else "\\" + letter)
    if control:
        return chr(ord(control.upper()) & 0x1F ^ 0x40 if control == "?" else ord(control) & 0x1F)
    number = int(octal, 8) & 0xFF if octal else int(hexadecimal or short or long, 16)
    return chr(number) if number <= 0x10FFFF else escape[0]
