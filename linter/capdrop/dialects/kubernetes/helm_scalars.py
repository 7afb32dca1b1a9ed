"""Texts of a manifest that the actions of its template write: from the chart's values, or put together."""

from __future__ import annotations

import re

from ...source import Fragment, Span
from ...syntax import UNKNOWN
from ...syntax.yaml import Scalar
from ..yaml_placed import PlacedScalar
from .helm_values import UNWRITTEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .helm_values import Given

_PLAIN = re.compile(r"[A-Za-z0-9_./$(~+][^\n\r#]*|-[^\s][^\n\r#]*|-|:[^\s][^\n\r#]*")


class Filled(PlacedScalar):
    """A value where it is written in the chart's values, read as its template writes it out."""

    __slots__ = ("written",)

    def __init__(self, written: Scalar, value: str, style: str) -> None:
        super().__init__(written.start, written.end, value, style)
        self.outer = written.outer
        self.written = written
        assert written.source is not None
        self.source = written.source

    def fragment(self, text: str) -> Fragment:
        if self.written.value != self.value:
            return _at_once(self.value, self.start, self.end)
        assert self.source is not None
        return self.written.fragment(self.source.text)


class Composed(Scalar):
    """A text that was put together where the template writes it."""

    __slots__ = ("made",)

    def __init__(self, node: Scalar, made: Fragment, style: str) -> None:
        super().__init__(node.start, node.end, made.text, style)
        self.outer = node.outer
        self.made = made

    def fragment(self, text: str) -> Fragment:
        return self.made


class _Patchwork(Fragment):
    """Text from several places. Of what an action writes every character stands at its beginning, and a range of it covers all of the
    action; `ends` are the ends of actions by their beginnings."""

    __slots__ = ("ends",)

    def __init__(self, text: str, starts: list[int], places: list[int], ends: dict[int, int]) -> None:
        super().__init__(text, starts, places)
        self.ends = ends

    def span(self, start: int = 0, end: int | None = None) -> Span:
        end = len(self.text) if end is None else end
        plain = super().span(start, max(end, start))
        last = self.place(end - 1) if end > start else plain.start
        return Span(plain.start, self.ends.get(last, plain.end))

    def part(self, start: int, end: int) -> Fragment:
        part = super().part(start, end)
        return _Patchwork(part.text, part.starts, part.places, self.ends)


def _at_once(text: str, start: int, end: int) -> Fragment:
    """A text of which all characters stand at one place."""
    count = max(1, len(text))
    return _Patchwork(text, list(range(count)), [start] * count, {start: end})


def filled(node: Scalar, given: Given, *, in_place: bool = False) -> Scalar | None:
    """What a scalar is that one action writes as a whole: the one in the values, unless it is to stand `in_place`."""
    text, quoted = given.text, given.is_quoted or node.style in ("'", '"')
    if text is None and given.content is None and given.is_yaml and not quoted:
        return Scalar(node.start, node.end, "null")
    if not text or not (quoted or _is_plain(text, given)):
        return None
    style = '"' if quoted or (given.is_yaml and type(given.content) is str) else ""
    field = given.field
    if not in_place and field is not None and isinstance(field.value, Scalar) and field.value.source is not None:
        return Filled(field.value, text, style)
    return Composed(node, _at_once(text, node.start, node.end), style)


def composed(node: Scalar, inner: str, start: int, pieces: list[tuple[Span, Given | None]]) -> Scalar | None:
    """A scalar that actions write parts of. `inner` is its text, which begins at `start`; a piece without a value writes nothing."""
    text, at = "", start
    starts: list[int] = []
    places: list[int] = []
    ends: dict[int, int] = {}
    for span, given in [*pieces, (Span(start + len(inner), start + len(inner)), None)]:
        if span.start > at:
            starts.append(len(text))
            places.append(at)
            text += inner[at - start : span.start - start]
        written = given.text if given is not None else ""
        if given is not None and not written:
            return None
        if written:
            starts += range(len(text), len(text) + len(written))
            places += [span.start] * len(written)
            ends[span.start] = span.end
            text += written
        at = max(at, span.end)
    if UNKNOWN in text or not text.strip() or (not node.style and not _PLAIN.fullmatch(text)):
        return None
    return Composed(node, _Patchwork(text, starts, places, ends), node.style)


def patched(node: Scalar, fragment: Fragment, written_at: Callable[[int], tuple[Span, Given | None]]) -> Scalar | None:
    """A text of several lines in which what is known of its actions is put in their place; None where that is nothing."""
    text = ""
    starts: list[int] = []
    places: list[int] = []
    ends: dict[int, int] = {}
    at = 0
    while at < len(fragment.text):
        hole = fragment.text.find(UNKNOWN, at)
        hole = len(fragment.text) if hole < 0 else hole
        if hole > at:
            plain = fragment.part(at, hole)
            starts += (len(text) + start for start in plain.starts)
            places += plain.places
            text += plain.text
        at = hole
        if hole == len(fragment.text):
            break
        span, given = written_at(fragment.place(hole))
        while at < len(fragment.text) and fragment.text[at] == UNKNOWN and fragment.place(at) < span.end:
            at += 1
        written = given.text if given is not None and given not in UNWRITTEN and "\n" not in (given.text or "") else None
        ends[span.start] = span.end
        count = at - hole if written is None else len(written)
        starts += range(len(text), len(text) + count)
        places += [span.start] * count
        text += UNKNOWN * count if written is None else written
    if text == fragment.text or not text:
        return None
    return Composed(node, _Patchwork(text, starts, places, ends), node.style)


def _is_plain(text: str, given: Given) -> bool:
    """Whether a text reads as itself without quotes."""
    return type(given.content) is not str or given.is_yaml or (_PLAIN.fullmatch(text) is not None and ": " not in text and text[-1] != ":")
