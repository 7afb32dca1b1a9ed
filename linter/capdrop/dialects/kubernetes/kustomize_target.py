"""The texts of a patch's target: regular expressions, of which only the plain ones are understood, so that none can take long."""

from __future__ import annotations

_SPECIAL = frozenset("^$*+?()[]{}|\\")


def is_plain(text: str) -> bool:
    """Whether a text means nothing but itself; a dot is let pass, for names hold them."""
    return _SPECIAL.isdisjoint(text)


def fits(pattern: str, text: str) -> bool | None:
    """Whether a pattern fits a whole text; an empty one fits all. None where the pattern is not understood."""
    if not pattern or is_plain(pattern):
        return not pattern or pattern == text
    pattern = pattern.removeprefix("^").removesuffix("$")
    if pattern.startswith("(") and pattern.endswith(")") and pattern.count("(") == 1:
        pattern = pattern[1:-1]
    answers = [_fits(one, text) for one in pattern.split("|")]
    return True if True in answers else None if None in answers else False


def _fits(pattern: str, text: str) -> bool | None:
    """The same for one alternative: plain text with `.*` and `.+` in it."""
    pieces = pattern.replace(".+", ".*").split(".*")
    if not all(map(is_plain, pieces)):
        return None
    if len(pieces) == 1:
        return pattern == text
    first, *middle, last = pieces
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, stop = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, stop)
        if at < 0:
            return False
        at += len(piece)
    return True
