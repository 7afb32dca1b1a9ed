"""Compose's variables: `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?error}`, `${VAR?error}`, `${VAR:+other}`,
`${VAR+other}`, nested, and `$$` for a dollar sign (Compose specification, "Interpolation")."""

from __future__ import annotations

from ...source import Fragment
from ..yaml_facts import Interpolated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEPEST = 20
_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


class _Unset(Exception):
    """A variable without a value; the message is the reason."""


class _Pieces:
    """Text gathered from several places of a fragment."""

    __slots__ = ("defaulted", "outer", "places", "starts", "text")

    def __init__(self, outer: Fragment) -> None:
        self.outer = outer
        self.text = ""
        self.starts: list[int] = []
        self.places: list[int] = []
        self.defaulted = False

    def take(self, start: int, end: int) -> None:
        """Add a range of the fragment."""
        if end > start:
            part = self.outer.part(start, end)
            self.starts.extend(len(self.text) + at for at in part.starts)
            self.places.extend(part.places)
            self.text += part.text

    def put(self, text: str, at: int) -> None:
        """Add text from elsewhere, standing for what is at an offset of the fragment."""
        for character in text:
            self.starts.append(len(self.text))
            self.places.append(self.outer.place(at))
            self.text += character

    def fragment(self) -> Fragment:
        if not self.starts:
            return Fragment("", [0], [self.outer.place(0)])
        return Fragment(self.text, self.starts, self.places)


def interpolate(fragment: Fragment, values: Mapping[str, str]) -> Interpolated:
    """The fragment with its variables replaced by `values` or by their defaults."""
    pieces = _Pieces(fragment)
    try:
        _replace(pieces, 0, len(fragment.text), values, 0)
    except _Unset as unset:
        return Interpolated(None, str(unset))
    return Interpolated(pieces.fragment(), defaulted=pieces.defaulted)


def _replace(pieces: _Pieces, start: int, end: int, values: Mapping[str, str], depth: int) -> None:
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
            _braced(pieces, dollar + 2, close, values, depth)
            at = close + 1
        elif following and following in _NAME and not following.isdigit():
            stop = _name_end(text, dollar + 1, end)
            _plain(pieces, text[dollar + 1 : stop], dollar, values)
            at = stop
        else:
            pieces.take(dollar, dollar + 1)
            at = dollar + 1
    pieces.take(at, end)


def _plain(pieces: _Pieces, name: str, at: int, values: Mapping[str, str]) -> None:
    if name not in values:
        raise _Unset(f"${name} has no value in this project's files")
    pieces.put(values[name], at)


def _braced(pieces: _Pieces, start: int, end: int, values: Mapping[str, str], depth: int) -> None:
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
        if present:
            _replace(pieces, rest, end, values, depth + 1)
        elif name not in values:
            raise _Unset(f"${name} has no value in this project's files")
    elif present:
        pieces.put(values[name], start)
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
        if text[at] == "{" and text[at - 1] == "$":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
    raise _Unset("a `${` is not closed")
