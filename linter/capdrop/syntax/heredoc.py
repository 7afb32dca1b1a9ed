"""Here-documents of a Dockerfile: which openers a logical line holds, and the bodies below it.

BuildKit looks for openers with a lexer of its own, not with the shell's: `cat <<EOF` opens one and `cat<<EOF` does not, and one unsupported
`${...}` in the line means that it finds none at all. What it finds decides where the instruction ends, so that is what we find.
"""

from __future__ import annotations

import re

from capdrop.source import Fragment, Span

from .dockerfile_words import SPACE, unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 64
_NAME = re.compile(r"\d+|[@*#?$!-]|\w*")
_OPENER = re.compile(r"(\d*)<<(-?)[\t\n\f\r ]*([^<]*)")
_PLAIN = re.compile(r"[^\s'\"$<\\]++")
_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)


class Heredoc:
    """One here-document."""

    __slots__ = ("body", "body_span", "chomp", "descriptor", "expand", "name", "span", "terminator_span")

    def __init__(self, name: str, span: Span, expand: bool, chomp: bool, descriptor: int) -> None:
        self.name = name
        self.span = span
        """The opener, as in `<<-"EOF"`."""
        self.expand = expand
        """Whether variables in the body are expanded: the name is not quoted."""
        self.chomp = chomp
        """Whether it is a `<<-`, so that the body loses its leading tabs."""
        self.descriptor = descriptor
        self.body_span = Span(span.end, span.end)
        """The lines of the body, with their line ends."""
        self.body = Fragment("", [0], [span.end])
        self.terminator_span: Span | None = None
        """The last line's name; None if the file ends before it."""

    def __repr__(self) -> str:
        return f"Heredoc({self.name!r}, {self.span!r})"

    def ends_at(self, line: str) -> bool:
        """Whether this line (without its line end) is the terminator."""
        return (line.lstrip("\t") if self.chomp else line) == self.name

    def fill(self, text: str, start: int, end: int) -> None:
        """Set the body to a range of the file."""
        self.body_span = Span(start, end)
        body = text[start:end]
        self.body = _without_tabs(body, start) if self.chomp and "\t" in body else Fragment.at(body, start)


def openers(logical: Fragment, shell: bool) -> list[Heredoc]:
    """The here-documents that a logical line opens; `shell` if a shell, which knows `<<\\EOF`, reads the line after BuildKit."""
    text = logical.text
    found: list[Heredoc] = []
    try:
        for start, end in _words(text):
            opener = _OPENER.fullmatch(text, start, end)
            if opener and opener[3]:
                bare = unquote(opener[3], "\\")
                name = bare.apply(opener[3])
                expand = not bare.quoted and not (shell and "\\" in opener[3])
                if name:
                    found.append(Heredoc(name, logical.span(start, end), expand, bool(opener[2]), int(opener[1][:9] or 0)))
    except _UnreadableError:
        return []
    return found


def _without_tabs(body: str, place: int) -> Fragment:
    starts: list[int] = []
    places: list[int] = []
    parts: list[str] = []
    at = size = 0
    for tabs in (*_LEADING_TABS.finditer(body), None):
        stop = tabs.start() if tabs else len(body)
        if stop > at:
            starts.append(size)
            places.append(place + at)
            parts.append(body[at:stop])
            size += stop - at
        if tabs:
            at = tabs.end()
    return Fragment("".join(parts), starts or [0], places or [place])


class _UnreadableError(Exception):
    """BuildKit's lexer gives up on the whole line."""


def _words(text: str) -> Iterator[tuple[int, int]]:
    at, size, start = 0, len(text), -1
    while at < size:
        char = text[at]
        if char in SPACE:
            if start >= 0:
                yield start, at
            start = -1
            at += 1
            continue
        if start < 0:
            start = at
        stop = _element(text, at, 0)
        if char == "$" and stop - at > 2 and text[at + 1] == "{" and not text[at + 2 : stop - 1].isidentifier():
            start = at  # here BuildKit loses what stood before in the word
        at = stop
    if start >= 0:
        yield start, size


def _element(text: str, at: int, depth: int) -> int:
    """Where the quoted, escaped, expanded or plain piece ends that starts here; it is not a space."""
    char = text[at]
    if char == "'":
        return _found(text.find("'", at + 1))
    if char == '"':
        return _double_quoted(text, at + 1, depth)
    if char == "$":
        return _dollar(text, at + 1, depth)
    if char == "\\":
        return at + 2
    if char == "<":
        at += 1
        if text[at : at + 1] == "<":
            at += 1
            while text[at : at + 1] in ("\t", "\r", " "):
                at += 1
        return at
    plain = _PLAIN.match(text, at)
    return plain.end() if plain else at + 1


def _found(at: int) -> int:
    if at < 0:
        raise _UnreadableError
    return at + 1


def _double_quoted(text: str, at: int, depth: int) -> int:
    while at < len(text):
        char = text[at]
        if char == '"':
            return at + 1
        if char == "$":
            at = _dollar(text, at + 1, depth)
        elif char == "\\":
            at += 2 if text[at + 1 : at + 2] in ('"', "$", "\\") else 1
        else:
            at += 1
    raise _UnreadableError


def _dollar(text: str, at: int, depth: int) -> int:
    if text[at : at + 1] != "{":
        return _name_end(text, at)
    if depth > _DEEPEST or text[at + 1 : at + 2] in ("", "{", "}", ":"):
        raise _UnreadableError
    at = _name_end(text, at + 1)
    modifier = text[at : at + 1]
    if modifier == "}":
        return at + 1
    if modifier == "/":
        at += 2 if text[at + 1 : at + 2] == "/" else 1
        return _until(text, _until(text, at, "/", depth), "}", depth)
    if modifier == ":" and text[at + 1 : at + 2] not in ("#", "%"):
        return _until(text, at + 2, "}", depth)
    if modifier and modifier in "+-?#%":
        return _until(text, at + 1, "}", depth)
    raise _UnreadableError


def _name_end(text: str, at: int) -> int:
    name = _NAME.match(text, at)
    return name.end() if name else at


def _until(text: str, at: int, stop: str, depth: int) -> int:
    while at < len(text):
        if text[at] == stop:
            return at + 1
        if text[at] in "'\"$<\\":
            at = _element(text, at, depth + 1)
        else:
            at += 1
    raise _UnreadableError
