"""Which paths are excluded: .gitignore files and .git/info/exclude as git reads them (gitignore(5)), and the configuration's `exclude`.

Git itself is never run. A pattern becomes a regular expression that never gives back what a star took, but for the last star
of a name and the last `**`, which must reach to the end; so matching is linear whatever the file says.
"""

from __future__ import annotations

import os
import re
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST = 1_000_000
"""Characters of a .gitignore that are read."""

MOST_PATTERNS = 5_000
"""Lines of a .gitignore that are heeded: every file is held against every pattern. The longest that people write have some hundreds."""

LONGEST = 4096
"""Characters of a pattern; a longer one matches nothing. No path is that long."""

_NEVER = "(?!)"
_CLASS = re.compile(r"\[:(\w{0,10}):\]")
_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r" \t\n\r\f\v",
    "blank": r" \t",
    "xdigit": "0-9a-fA-F",
    "punct": r"!-/:-@\[-`{-~",
    "cntrl": r"\x00-\x1f\x7f",
    "print": " -~",
    "graph": "!-~",
}


class Excluded:
    """The patterns in force at a folder: the configuration's, which nothing takes back, and those of the .gitignore files from the top of
    the repository down."""

    __slots__ = ("_own", "_stack")

    def __init__(self, root: str, patterns: Iterable[str]) -> None:
        self._own = _Level(root, patterns)
        self._stack: list[_Level] = []

    def enter(self, folder: str) -> None:
        """Take in a folder's .gitignore; the folder's path is absolute, as are all here. A repository in another one has its own say."""
        is_top = os.path.lexists(os.path.join(folder, ".git"))
        lines = _lines(os.path.join(folder, ".gitignore"))
        self._stack.append(_Level(folder, _excluded_beside(folder) + lines if is_top else lines, is_top=is_top))

    def enter_ancestors(self, folder: str) -> None:
        """Take in the .gitignore files above a folder, up to the top of its repository."""
        above = []
        at = folder
        while not os.path.exists(os.path.join(at, ".git")):
            parent = os.path.dirname(at)
            if parent == at:
                return
            at = parent
            above.append(at)
        for ancestor in reversed(above):
            self.enter(ancestor)

    def leave(self) -> None:
        """Forget the folder's .gitignore."""
        self._stack.pop()

    def covers(self, path: str, is_folder: bool) -> bool:
        """Whether the last pattern that matches excludes the path. The folders above it are taken to be not excluded."""
        name = os.path.basename(path)
        if self._own.verdict(path, name, is_folder):
            return True
        for level in reversed(self._stack):
            verdict = level.verdict(path, name, is_folder)
            if verdict is not None:
                return verdict
            if level.is_top:
                break
        return False

    def is_configured(self, path: str) -> bool:
        """Whether it is the configuration that excludes a file."""
        return self._own.verdict(path, os.path.basename(path), False) is True

    def covers_with_parents(self, path: str, is_folder: bool = False) -> bool:
        """Whether a file or folder, or a folder above it, is excluded."""
        top = self._own.folder
        parts = path[len(top) :].split(os.sep) if path.startswith(top) else []
        above = (top + os.sep.join(parts[:count]) for count in range(1, len(parts)))
        return self.covers(path, is_folder) or any(self.covers(folder, True) for folder in above)


class _Level:
    """The patterns of one folder, the last one first. Where it `is_top` of a repository, what stands above says nothing."""

    __slots__ = ("folder", "is_top", "patterns")

    def __init__(self, folder: str, lines: Iterable[str], *, is_top: bool = False) -> None:
        self.is_top = is_top
        self.folder = folder.rstrip(os.sep) + os.sep
        self.patterns = [pattern for pattern in map(Pattern, islice(lines, MOST_PATTERNS)) if pattern.text][::-1]

    def verdict(self, path: str, name: str, is_folder: bool) -> bool | None:
        """Whether the path is excluded; None where nothing is said about it."""
        if not self.patterns or not path.startswith(self.folder):
            return None
        below = path[len(self.folder) :].replace(os.sep, "/")
        for pattern in self.patterns:
            if (is_folder or not pattern.folders_only) and pattern.fits(below if pattern.anchored else name):
                return not pattern.negated
        return None


class Pattern:
    """One line of a .gitignore. Where it is `anchored` it describes a path from its folder on, else a name at any depth."""

    __slots__ = ("_regex", "anchored", "folders_only", "negated", "text")

    def __init__(self, line: str) -> None:
        text = "" if line.startswith("#") else _without_trailing_blanks(line)
        self.negated = text.startswith("!")
        text = text.removeprefix("!")
        self.folders_only = text.endswith("/")
        self.text = text = _as_bytes(text[:-1] if self.folders_only else text)
        self.anchored = "/" in text
        self._regex: re.Pattern[str] | None = None

    def fits(self, path: str) -> bool:
        """Whether a path as a whole is what the pattern describes."""
        if self._regex is None:
            text = self.text.removeprefix("/")
            self._regex = re.compile(_translated(text) if len(text) <= LONGEST else _NEVER, re.DOTALL)
        return self._regex.fullmatch(_as_bytes(path) + "/") is not None


def _as_bytes(text: str) -> str:
    """The text with a character for every byte, for that is what `?` stands for."""
    return text if text.isascii() else os.fsencode(text).decode("latin-1")


def git_folder(top: str) -> str:
    """Where git keeps what belongs to a work tree: its `.git`, or the folder that a file of this name points to."""
    folder = os.path.join(top, ".git")
    pointer = _lines(folder)
    return os.path.join(top, pointer[0].removeprefix("gitdir:").strip()) if pointer else folder


def _excluded_beside(top: str) -> list[str]:
    """The lines of a repository's `info/exclude`, which its work trees share."""
    folder = git_folder(top)
    shared = _lines(os.path.join(folder, "commondir"))
    return _lines(os.path.join(folder, shared[0] if shared else "", "info", "exclude"))


def _lines(path: str) -> list[str]:
    """The lines of a .gitignore; none where there is none."""
    try:
        if not os.path.isfile(path):
            return []
        with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            return [line.removesuffix("\r") for line in file.read(LARGEST).split("\n")]
    except (OSError, ValueError):
        return []


def _without_trailing_blanks(line: str) -> str:
    kept = line.rstrip(" ")
    slashes = len(kept) - len(kept.rstrip("\\"))
    return line[: len(kept) + 1] if slashes % 2 and len(kept) < len(line) else kept


def _translated(text: str) -> str:
    """A pattern as a regular expression for paths that end in `/`: names, with `**` between some of them for any number of folders."""
    groups = [""]
    for pieces in _names(text):
        if len(pieces) > 2 and not any(pieces):
            groups.append("")
        else:
            groups[-1] += _name(pieces) + "/"
    first, *middle = groups
    if not middle:
        return first
    last = middle.pop()
    skipped = "".join(f"(?>(?:[^/]+/)*?{group})" for group in middle if group)
    return first + skipped + ("(?:[^/]+/)*" + last if last else "(?:[^/]+/)+")


def _names(text: str) -> Iterator[list[str]]:
    """The names between the slashes of a pattern, each as the regular expressions between its stars."""
    pieces, at = [""], 0
    while at < len(text):
        if text[at] == "*":
            pieces.append("")
            at += 1
        elif text.startswith("/", at) or text.startswith("\\/", at):
            yield pieces
            pieces, at = [""], at + 1 + (text[at] == "\\")
        else:
            piece, at = _piece(text, at)
            pieces[-1] += piece
    yield pieces


def _name(pieces: list[str]) -> str:
    """One name; its last piece must stand at the end."""
    first, *rest = pieces
    if not rest:
        return first
    return first + "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1] if piece) + f"[^/]*{rest[-1]}"


def _piece(text: str, at: int) -> tuple[str, int]:
    """What stands at an offset, and where the next begins."""
    if text[at] == "?":
        return "[^/]", at + 1
    if text[at] == "[":
        return _bracket(text, at + 1)
    if text[at] == "\\":
        return (re.escape(text[at + 1]) if at + 1 < len(text) else _NEVER), at + 2
    return re.escape(text[at]), at + 1


def _bracket(text: str, at: int) -> tuple[str, int]:
    """`[...]` from behind its bracket on. One that does not end matches nothing, as in git."""
    negated = text.startswith(("!", "^"), at)
    at += negated
    inside, first = "", True
    while at < len(text) and (first or text[at] != "]"):
        first = False
        word = _CLASS.match(text, at)
        if word:
            if word[1] not in _CLASSES:
                return _NEVER, len(text)
            inside += _CLASSES[word[1]]
            at = word.end()
            continue
        low, at = _member(text, at)
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("]", ""):
            high, at = _member(text, at + 1)
            inside += f"{re.escape(low)}-{re.escape(high)}" if low <= high else ""
        else:
            inside += re.escape(low)
    if at >= len(text):
        return _NEVER, len(text)
    if not inside:
        return ("[^/]" if negated else _NEVER), at + 1
    return (f"[^/{inside}]" if negated else f"(?!/)[{inside}]"), at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\" and at + 1 < len(text):
        at += 1
    return text[at], at + 1
