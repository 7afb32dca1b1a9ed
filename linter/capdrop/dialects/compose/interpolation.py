"""Compose's variables: `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?error}`, `${VAR?error}`, `${VAR:+other}`,
`${VAR+other}`, nested, and `$$` for a dollar sign (Compose specification, "Interpolation").

What nothing in the project sets may come from outside: it is unknown, not empty. The environment of our own process has no say.
"""

from __future__ import annotations

from ...source import Fragment
from ..yaml_facts import Interpolated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...finding import Note

_DEEPEST = 20
_LONGEST = 8192
"""Characters that variables may add to a text; values that hold one another would fill the memory."""
_PLACEHOLDER = "$$cap_"
"""What a CapRover template fills in (caprover/one-click-apps, "cap_" variables); Compose itself never sees it."""
_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


class _Unset(Exception):
    """A variable without a value; the message is the reason."""


class _Pieces:
    """Text gathered from several places of a fragment."""

    __slots__ = ("added", "defaulted", "keeps", "length", "outer", "places", "starts", "texts", "used")

    def __init__(self, outer: Fragment, keeps: bool = False) -> None:
        self.outer = outer
        self.keeps = keeps
        self.used: list[str] = []
        self.added = 0
        self.texts: list[str] = []
        self.length = 0
        self.starts: list[int] = []
        self.places: list[int] = []
        self.defaulted = False

    def take(self, start: int, end: int) -> None:
        """Add a range of the fragment."""
        if end > start:
            part = self.outer.part(start, end)
            self.starts.extend(self.length + at for at in part.starts)
            self.places.extend(part.places)
            self._add(part.text)

    def put(self, name: str, text: str | None, at: int) -> None:
        """Add the value of a variable, standing for what is at an offset of the fragment."""
        if text is None:
            raise _Unset(f"${name} has no value in this project's files")
        self.added += len(text)
        if self.added > _LONGEST:
            raise _Unset("it grows too long")
        self.used.append(name)
        self.starts.extend(range(self.length, self.length + len(text)))
        self.places.extend([self.outer.place(at)] * len(text))
        self._add(text)

    def _add(self, text: str) -> None:
        self.texts.append(text)
        self.length += len(text)

    def fragment(self) -> Fragment:
        if not self.starts:
            return Fragment("", [0], [self.outer.place(0)])
        return Fragment("".join(self.texts), self.starts, self.places)


def left_to_shell(fragment: Fragment) -> Fragment:
    """A script in which only what is written here is replaced: a variable without a default stays, for the shell's parser to see."""
    pieces = _Pieces(fragment, keeps=True)
    try:
        _replace(pieces, 0, len(fragment.text), {}, 0)
    except _Unset:
        return fragment
    return pieces.fragment()


def interpolate(fragment: Fragment, values: Mapping[str, str | None], places: Mapping[str, Note] | None = None) -> Interpolated:
    """The fragment with its variables replaced by `values` (None for what is set, and not known) or by their defaults.

    `places` are where the values are set, for notes.
    """
    pieces = _Pieces(fragment)
    try:
        if _PLACEHOLDER in fragment.text:
            raise _Unset("a placeholder of a template decides it")
        _replace(pieces, 0, len(fragment.text), values, 0)
    except _Unset as unset:
        return Interpolated(None, str(unset))
    notes = tuple(places[name] for name in dict.fromkeys(pieces.used) if name in places) if places else ()
    return Interpolated(pieces.fragment(), defaulted=pieces.defaulted, notes=notes)


def _replace(pieces: _Pieces, start: int, end: int, values: Mapping[str, str | None], depth: int) -> None:
    text = pieces.outer.text
    if depth > _DEEPEST:
        raise _Unset("variables are nested too deeply")
    at = start
    while at < end:
        dollar = text.find("$", at, end)
        if dollar < 0:
            break
        pieces.take(at, dollar)
        following = text[dollar + 1 : dollar + 2] if dollar + 1 < end else ""
        if following == "$":
            pieces.take(dollar, dollar + 1)
            at = dollar + 2
        elif following == "{":
            close = _closing(text, dollar + 2, end)
            try:
                _braced(pieces, dollar + 2, close, values, depth)
            except _Unset:
                if not pieces.keeps:
                    raise
                pieces.take(dollar, close + 1)
            at = close + 1
        elif following and following in _NAME and not following.isdigit():
            stop = _name_end(text, dollar + 1, end)
            if pieces.keeps:
                pieces.take(dollar, stop)
            else:
                _plain(pieces, text[dollar + 1 : stop], dollar, values)
            at = stop
        else:
            pieces.take(dollar, dollar + 1)
            at = dollar + 1
    pieces.take(at, end)


def _plain(pieces: _Pieces, name: str, at: int, values: Mapping[str, str | None]) -> None:
    pieces.put(name, values.get(name), at)


def _braced(pieces: _Pieces, start: int, end: int, values: Mapping[str, str | None], depth: int) -> None:
    text = pieces.outer.text
    stop = _name_end(text, start, end)
    name = text[start:stop]
    colon = text[stop : stop + 1] == ":"
    operator = text[stop + 1 : stop + 2] if colon else text[stop : stop + 1]
    rest = stop + (2 if colon else 1)
    present = name in values and (values[name] != "" or not colon)
    if stop >= end or operator not in "-?+":
        _plain(pieces, name, start, values)
    elif operator == "+":
        if name not in values or (colon and values[name] is None):
            raise _Unset(f"${name} has no value in this project's files")
        if present:
            _replace(pieces, rest, end, values, depth + 1)
    elif present:
        pieces.put(name, values[name], start)
    elif operator == "-":
        pieces.defaulted = True
        _replace(pieces, rest, end, values, depth + 1)
    else:
        raise _Unset(f"${name} must be set from outside")


def _name_end(text: str, start: int, end: int) -> int:
    while start < end and text[start] in _NAME:
        start += 1
    return start


def _closing(text: str, start: int, end: int) -> int:
    depth = 1
    for at in range(start, end):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
    raise _Unset("a `${` is not closed")
