"""Which files a .dockerignore keeps out of a build, as BuildKit reads it.

The rules are those of moby/patternmatcher 5a6d842 (2026-03-24), which Docker, BuildKit and Buildah share. A pattern is matched by
following all the places of the path that it can have reached at once, as bits of one number: whatever the file says, the time
grows with the length of the pattern times the length of the path and no faster.
"""

from __future__ import annotations

import posixpath

from capdrop.source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PATTERNS = 2000
"""Lines; what stands below is not read."""
LONGEST = 1000
"""Characters of a pattern or a path; nothing longer is matched."""
_SPECIAL = frozenset("*?[]\\")


class Star(Record):
    """Any characters: those of a name, any number of folders with the `/` behind them, or all that is left."""

    __slots__ = ("takes",)

    def __init__(self, takes: str) -> None:
        self.takes = takes


NAME = Star("name")
FOLDERS = Star("folders")
REST = Star("rest")


class Class(Record):
    """One character of a set: ranges, both ends included, or all but those."""

    __slots__ = ("negated", "ranges")

    def __init__(self, ranges: tuple[tuple[str, str], ...], negated: bool) -> None:
        self.ranges = ranges
        self.negated = negated

    def holds(self, character: str) -> bool:
        return any(low <= character <= high for low, high in self.ranges) is not self.negated


ANY = Class((("/", "/"),), True)


class Glob:
    """A pattern, taken apart into runs of plain characters, sets and stars. One that is `broken` matches nothing.

    Without `folders`, `**` is no more than `*`: so COPY and ADD read their sources.
    """

    __slots__ = ("broken", "pieces", "plain")

    def __init__(self, pattern: str, *, folders: bool = True) -> None:
        self.broken = len(pattern) > LONGEST
        self.plain = None if _SPECIAL.intersection(pattern) else pattern
        self.pieces: list[str | Class | Star] = []
        if self.plain is None and not self.broken:
            self._take_apart(pattern, folders)

    def fits(self, path: str) -> bool:
        """Whether the pattern describes the whole of a path."""
        if self.plain is not None:
            return self.plain == path
        if self.broken or len(path) > LONGEST:
            return False
        reached = 1
        for piece in self.pieces:
            reached = _moved(reached, piece, path)
            if not reached:
                return False
        return bool(reached >> len(path) & 1)

    def _take_apart(self, pattern: str, folders: bool) -> None:
        if folders and pattern.startswith("**") and not pattern.startswith("**/") and not _SPECIAL.intersection(pattern[2:]):
            self.pieces = [REST, pattern[2:]]
            return
        at = 0
        while at < len(pattern):
            piece, at = _piece(pattern, at, folders)
            if piece is None:
                self.broken = True
                return
            if isinstance(piece, str) and self.pieces and isinstance(self.pieces[-1], str):
                self.pieces[-1] += piece
            else:
                self.pieces.append(piece)


class Dockerignore:
    """The patterns of one file, in their order."""

    __slots__ = ("patterns",)

    def __init__(self, lines: Iterable[str]) -> None:
        self.patterns: list[tuple[bool, Glob]] = []
        for number, line in enumerate(lines):
            if number >= MOST_PATTERNS:
                break
            read = _pattern(line.removeprefix("\ufeff") if number == 0 else line)
            if read is not None:
                self.patterns.append(read)

    def excludes(self, path: str) -> bool:
        """Whether a file is kept out: the last pattern that describes it, or a folder that it is in, decides."""
        above = [path]
        while "/" in path:
            path = path.rpartition("/")[0]
            above.append(path)
        excluded = False
        for kept, glob in self.patterns:
            if kept is excluded and any(glob.fits(at) for at in above):
                excluded = not kept
        return excluded


def _pattern(line: str) -> tuple[bool, Glob] | None:
    """A line as a pattern, and whether it takes files back in; None of one that says nothing."""
    if line.startswith("#"):
        return None
    text = line.strip()
    kept = text.startswith("!")
    text = text[1:].strip() if kept else text
    if not text:
        return None
    cleaned = posixpath.normpath(text)
    return kept, Glob(cleaned.lstrip("/") or cleaned)


def _piece(pattern: str, at: int, folders: bool) -> tuple[str | Class | Star | None, int]:
    """The piece that begins at an offset, and where the next one does; None where the pattern is not sound."""
    character = pattern[at]
    if character == "*":
        if not folders or not pattern.startswith("**", at):
            return NAME, at + 1
        at += 3 if pattern.startswith("/", at + 2) else 2
        return (FOLDERS if at < len(pattern) else REST), at
    if character == "?":
        return ANY, at + 1
    if character == "[":
        return _class(pattern, at + 1)
    if character == "\\":
        return (pattern[at + 1] if at + 1 < len(pattern) else None), at + 2
    return character, at + 1


def _class(pattern: str, at: int) -> tuple[Class | None, int]:
    negated = pattern.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while at < len(pattern) and (pattern[at] != "]" or not ranges):
        low, at = _member(pattern, at)
        high = low
        if pattern.startswith("-", at):
            high, at = _member(pattern, at + 1)
        if not low or not high or low > high:
            return None, at
        ranges.append((low, high))
    return (Class(tuple(ranges), negated) if at < len(pattern) else None), at + 1


def _member(pattern: str, at: int) -> tuple[str, int]:
    """A character of a class, and what stands behind it; "" where none can stand."""
    if pattern.startswith("\\", at):
        at += 1
    elif pattern[at : at + 1] in ("-", "]"):
        return "", at
    return pattern[at : at + 1], at + 1


def _moved(reached: int, piece: str | Class | Star, path: str) -> int:
    """The places that can be reached behind a piece, from those before it."""
    if isinstance(piece, str):
        return _behind_text(reached, piece, path)
    if isinstance(piece, Star):
        return _spread(reached, path) if piece == NAME else reached | _behind_folders(reached, path, all_of_it=piece == REST)
    moved = 0
    for at, character in enumerate(path):
        if reached >> at & 1 and piece.holds(character):
            moved |= 1 << (at + 1)
    return moved


def _behind_folders(reached: int, path: str, *, all_of_it: bool) -> int:
    moved, first = 0, (reached & -reached).bit_length() - 1
    for at in range(first, len(path)):
        if all_of_it or path[at] == "/":
            moved |= 1 << (at + 1)
    return moved


def _behind_text(reached: int, text: str, path: str) -> int:
    moved, at = 0, path.find(text)
    while at >= 0:
        if reached >> at & 1:
            moved |= 1 << (at + len(text))
        at = path.find(text, at + 1)
    return moved


def _spread(reached: int, path: str) -> int:
    """All places up to the next `/` behind those that are reached."""
    moved, going = 0, False
    for at in range(len(path) + 1):
        going = going or bool(reached >> at & 1)
        if going:
            moved |= 1 << at
        if at < len(path) and path[at] == "/":
            going = False
    return moved
