"""What `sed` and `perl -pe` write in place of what they find."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .words import Word

_SUBSTITUTION = r"(?<![\w\\])s([^\w\s\\])((?:(?!\1)[^\\\n]|\\.){0,400})\1((?:(?!\1)[^\\]|\\.){1,400})\1"
_LINE = r"(?m)^[ \t]{0,8}(?:\$|[0-9]{1,6}|/(?:[^/\\\n]|\\.){0,200}/)?[ \t]{0,8}[aci](?:\\|[ \t])[ \t\n]{0,8}(\S[^\n]{0,400})"
"""A line that is added (`$ a ...`), or that takes the place of another (`/.../c\\...`)."""


def edits_of(words: Sequence[Word]) -> Iterator[tuple[str, Word]]:
    """What is looked for, a regular expression, and the text that takes its place; of whole lines, nothing is looked for."""
    for word in words:
        alone = True
        for match in re.finditer(_SUBSTITUTION, word.text):
            alone = False
            yield match[2], word.part(*match.span(3))
        for match in re.finditer(_LINE, word.text) if alone else ():
            yield "", word.part(*match.span(1))
