"""Env files as Compose reads them: `.env`, and what `env_file` names (compose-go, `dotenv/parser.go`, e70e961, 2026-07-21).

A line that Compose would refuse is left out here, and the others are read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice

from ...finding import Edit, Note
from ...model.subject import Change, Origin, Refused
from ...source import Fragment, Source, Span
from .interpolation import interpolate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_START = r"(?:[ \t\f\v]*+(?:#[^\n]*+)?\r?\n)*+[ \t\f\v]*+(?:export[ \t]++)?"
_NAME = r"([\w.\[\]-]++)[ \t]*+"
_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "c": "\\c",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "$": "$$",
}
LONGEST = 4096
"""Characters; a longer value is as good as unknown."""
MOST = 5000
"""Assignments of a file that are read."""


class Assignment:
    """`NAME=value`: the text behind its quotes and escapes, and whether variables in it are replaced. `written` is None for a bare `NAME`,
    which takes its value from outside."""

    __slots__ = ("expands", "name", "name_span", "written")

    def __init__(self, name: str, name_span: Span, written: Fragment | None, expands: bool) -> None:
        self.name = name
        self.name_span = name_span
        self.written = written
        self.expands = expands

    @property
    def address(self) -> str:
        """The same whichever service gets it."""
        return f"variables.{self.name}"

    @property
    def span(self) -> Span:
        """From the name to the end of the value."""
        return self.name_span if self.written is None else Span(self.name_span.start, max(self.name_span.end, self.written.span().end))

    def value(self, values: Mapping[str, str | None]) -> str | None:
        """The text with variables replaced; None where it is not known."""
        if self.written is None:
            return values.get(self.name)
        if not self.expands or "$" not in self.written.text:
            return self.written.text
        replaced = interpolate(self.written, values).fragment
        return replaced.text if replaced is not None else None


class LineOrigin(Origin):
    """Takes an assignment out of a file, with its line."""

    __slots__ = ("assignment", "beside", "file")

    def __init__(self, file: EnvFile, assignment: Assignment, beside: Callable[[], Iterable[str]]) -> None:
        self.file = file
        self.assignment = assignment
        self.beside = beside

    def neighbours(self) -> Iterable[str]:
        return {*self.file.known, *self.beside()}

    def written_facts(self) -> frozenset[str]:
        return frozenset({"variable"})

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "drop" or change.fact != "variable":
            raise Refused("there is no writer for this")
        source, own = self.file.source, self.assignment.span
        start = source.starts[source.position(own.start).line - 1]
        end = source.line(source.position(own.end).line).end
        if source.text[start : own.start].strip() not in ("", "export") or source.text[own.end : end].strip() not in ("", "'", '"'):
            raise Refused("something else stands on its line")
        end += 2 if source.text.startswith("\r\n", end) else 1
        return f"Remove `{self.assignment.name}`", (Edit(Span(start, min(end, len(source.text))), ""),)


class EnvFile:
    """An env file, read once. `known` is what each name is set to by the file alone, `expands` says that a line holds variables,
    and `swells` that variables make a value too long to be known."""

    __slots__ = ("assignments", "expands", "known", "raw", "source", "swells")

    def __init__(self, source: Source, raw: bool = False) -> None:
        self.source = source
        self.raw = raw
        self.assignments = list(islice(_raw(source.text) if raw else _assignments(source.text), MOST))
        self.swells = False
        self.known = self.values({})
        self.expands = any(one.expands and one.written is not None and "$" in one.written.text for one in self.assignments)

    def values(self, outside: Mapping[str, str | None]) -> dict[str, str | None]:
        """What each name is set to, by what is set outside and in earlier lines; None where that is not known."""
        known: dict[str, str | None] = {}
        before = dict(outside)
        for one in self.assignments:
            value = one.value(before)
            known[one.name] = value
            if value is not None and len(value) > LONGEST:
                known[one.name] = None
                self.swells = self.swells or one.written is None or len(one.written.text) <= LONGEST
            if one.name not in outside:
                before[one.name] = known[one.name]
        return known

    def places(self) -> dict[str, Note]:
        """Where each name is set."""
        return {one.name: Note(self.source, one.name_span, f"`{one.name}` is set here") for one in self.assignments}

    def address_at(self, offset: int) -> str:
        """The address of the variable that is set at a place; "" where none is."""
        at = bisect_right(self.assignments, offset, key=lambda one: one.span.start)
        one = self.assignments[at - 1] if at else None
        return one.address if one is not None and offset < one.span.end else ""

    def comments(self) -> list[Span]:
        """The lines that are comments, and what stands behind values."""
        text, behind = self.source.text, re.compile(r"[\"']?[ \t]++(#[^\r\n]*+)")
        alone = re.finditer(r"(?m)^[ \t]*+(#[^\r\n]*+)", text)
        after = (behind.match(text, one.span.end) for one in self.assignments)
        return sorted(Span(*match.span(1)) for match in (*alone, *after) if match)


def _assignments(text: str) -> Iterator[Assignment]:
    start, name = re.compile(_START), re.compile(_NAME)
    at = 0
    while True:
        found = start.match(text, at)
        at = found.end() if found else at
        key = name.match(text, at)
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if at >= len(text):
            return
        if key is None or text[key.end() : key.end() + 1] not in ("=", ":", "\n", "\r", ""):
            at = end + 1
            continue
        span = Span(*key.span(1))
        if text[key.end() : key.end() + 1] not in ("=", ":"):
            yield Assignment(key[1], span, None, False)
            at = end + 1
            continue
        written, expands, at = _value(text, key.end() + 1, end)
        yield Assignment(key[1], span, written, expands)


def _value(text: str, at: int, end: int) -> tuple[Fragment, bool, int]:
    """The value that begins here, whether variables in it are replaced, and where the next line begins."""
    while at < end and text[at] in " \t\v\f\r":
        at += 1
    quote = text[at : at + 1]
    close = _closing(text, at + 1, quote) if quote in ("'", '"') and at < end else -1
    if close >= 0:
        return _unescaped(text, at + 1, close, quote), quote == '"', close + 1
    comment = text.find(" #", at, end)
    stop = end if comment < 0 else comment
    return Fragment.at(text[at:stop].rstrip(), at), True, end + 1


def _closing(text: str, at: int, quote: str) -> int:
    while True:
        at = text.find(quote, at)
        if at < 0:
            return -1
        before = at
        while text[before - 1] == "\\":
            before -= 1
        if not (at - before) % 2:
            return at
        at += 1


def _unescaped(text: str, start: int, end: int, quote: str) -> Fragment:
    """The text between quotes without its escapes."""
    if "\\" not in text[start:end]:
        return Fragment.at(text[start:end], start)
    pieces, starts, places = [], [0], [start]
    length, at = 0, start
    while True:
        escape = text.find("\\", at, end)
        stop = end if escape < 0 else escape
        pieces.append(text[at:stop])
        length += stop - at
        if escape < 0:
            return Fragment("".join(pieces), starts, places)
        following, after = text[escape + 1 : escape + 2], escape + 2
        known = _ESCAPES.get(following) if quote == '"' else ("'" if following == "'" else None)
        if following == "0" and quote == '"':
            while after < min(escape + 5, end) and text[after].isdecimal():
                after += 1
            known = _octal(text[escape + 2 : after])
        pieces.append(f"\\{following}" if known is None else known)
        for place, piece in ((escape, pieces[-1]), (after, "")):
            if starts[-1] == length:
                places[-1] = place
            else:
                starts.append(length)
                places.append(place)
            length += len(piece)
        at = after


def _octal(digits: str) -> str:
    """What `\\0NNN` stands for; three digits make a character, and what is none loses its zero."""
    whole = len(digits) == 3 and digits.isascii() and digits.strip("01234567") == "" and digits < "400"
    return chr(int(digits, 8)) if whole else f"\\{digits}"


def _raw(text: str) -> Iterator[Assignment]:
    """The lines of a file whose format is `raw`: as they stand."""
    for match in re.finditer(r"(?m)^[ \t]*+([^#=\s][^=\r\n]*+)(=?)([^\r\n]*+)", text):
        written = Fragment.at(match[3], match.start(3)) if match[2] else None
        yield Assignment(match[1].strip(), Span(*match.span(1)), written, False)
