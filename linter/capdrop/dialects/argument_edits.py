"""Whole words taken out of a list of arguments, however the list is written: as a block, on a line, or behind an image."""

from __future__ import annotations

import re

from capdrop.finding import Edit
from capdrop.model.subject import Refused
from capdrop.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from capdrop.model.words import Word
    from capdrop.source import Source

_DASH = re.compile(r"[ \t]*-[ \t]+")
_APART = re.compile(r"[ \t\r\n]*,[ \t\r\n]*|(?:[ \t]|[\\`]\r?\n)+")
_COMMENT = re.compile(r"(?m)(^|[ \t])#")


def without_words(source: Source, words: Sequence[Word], gone: Span) -> Edit:
    """Take the words in a range out of a list that keeps others."""
    within = [at for at, word in enumerate(words) if gone.start <= word.span.start and word.span.end <= gone.end]
    if not within or len(within) == len(words):
        raise Refused("the list of arguments would be empty")
    first, last = words[within[0]].span, words[within[-1]].span
    block = _lines(source, [words[at].span for at in within])
    if block is not None:
        return Edit(block, "")
    if within[0]:
        before = words[within[0] - 1].span.end
        if _APART.fullmatch(source.text[before : first.start]):
            return Edit(_without_comment(source, Span(before, last.end)), "")
    elif _APART.fullmatch(source.text[last.end : words[within[-1] + 1].span.start]):
        return Edit(_without_comment(source, Span(first.start, words[within[-1] + 1].span.start)), "")
    raise Refused("the list of arguments is written in an unusual way")


def with_word(source: Source, words: Sequence[Word], after: Word, text: str) -> Edit:
    """Put a plain word behind one of a list, in its quotes."""
    at, span = words.index(after), after.span
    pair = words[at : at + 2] if at + 1 < len(words) else words[at - 1 : at + 1]
    gap = source.text[pair[0].span.end : pair[-1].span.start]
    start = source.starts[source.position(span.start).line - 1]
    quote = source.text[span.start] if source.text[span.start] in ("'", '"') else ""
    dash = source.text[start : span.start]
    if _DASH.fullmatch(dash):
        gap = f"{source.newline}{dash}"
    elif not gap or not _APART.fullmatch(gap):
        raise Refused("the list of arguments is written in an unusual way")
    return Edit(Span(span.end, span.end), f"{gap}{quote}{text}{quote}")


def _lines(source: Source, spans: list[Span]) -> Span | None:
    """The lines of items that have lines of their own; None of other lists."""
    for span in spans:
        line = source.position(span.start).line
        start, end = source.starts[line - 1], source.line(line).end
        if not _DASH.fullmatch(source.text[start : span.start]):
            return None
        if source.text[span.end : end].strip() or span.end > end:
            raise Refused("something else stands on its line")
    first = source.starts[source.position(spans[0].start).line - 1]
    last = source.position(spans[-1].start).line
    if last == len(source.starts):
        raise Refused("it is the last line of the file")
    return _without_comment(source, Span(first, source.starts[last]))


def _without_comment(source: Source, span: Span) -> Span:
    if _COMMENT.search(source[span]):
        raise Refused("a comment stands inside what would be removed")
    return span
