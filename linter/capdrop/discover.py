"""Which files there are, and what kind each one is: by name, and then by content."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Kind:
    """A kind of file: its name for users, the dialect that reads it, the names that such files have, and a test of the text for
    files whose name alone does not tell (`content`: patterns that must all be found; only files that `maybe` matches are tried)."""

    __slots__ = ("content", "dialect", "maybe", "name", "names")

    def __init__(self, name: str, dialect: str, *, names: str, maybe: str = r"(?!)", content: tuple[str, ...] = ()) -> None:
        self.name = name
        self.dialect = dialect
        self.names = names
        self.maybe = maybe
        self.content = content


KINDS = (
    Kind(
        "dockerfile",
        "dockerfile",
        names=r"(?i:(?:.*[._-])?(?:dockerfile|containerfile)(?:[._-](?!dockerignore$|containerignore$|md$|py$|txt$|ya?ml$|json$|sh$|lock$).*)?)",
    ),
    Kind(
        "compose",
        "compose",
        names=r"(?i:(?:[\w.-]+[._-])?(?:docker-)?compose(?:[._-][\w.-]+)?\.ya?ml)",
        maybe=r"(?i:.*\.ya?ml)",
        content=(r"(?m)^services[ \t]*:[ \t]*(?:#.*)?\r?$", r"(?m)^[ \t]+(?:image|build)[ \t]*:"),
    ),
    Kind(
        "kubernetes",
        "kubernetes",
        names=r"(?!)",
        maybe=r"(?i:.*\.(?:ya?ml|json))",
        content=(r"(?m)^[ \t{,-]*\"?apiVersion\"?[ \t]*:", r"(?m)(?:^|[{,])[ \t-]*\"?kind\"?[ \t]*:"),
    ),
)
"""The table of kinds, in the order in which they are tried."""

SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".mypy_cache", ".terraform"})
_patterns: dict[str, re.Pattern[str]] = {}


def _matches(pattern: str, text: str) -> bool:
    compiled = _patterns.get(pattern)
    if compiled is None:
        compiled = _patterns[pattern] = re.compile(pattern)
    return compiled.fullmatch(text) is not None


def kind_by_name(path: str) -> Kind | None:
    """The kind that a file's name tells."""
    name = os.path.basename(path)
    return next((kind for kind in KINDS if _matches(kind.names, name)), None)


def may_be_ours(path: str) -> bool:
    """Whether a file's name lets it be of some kind."""
    name = os.path.basename(path)
    return kind_by_name(path) is not None or any(_matches(kind.maybe, name) for kind in KINDS)


def kind_of(path: str, text: str) -> Kind | None:
    """The kind of a file, by its name and else by its text; None for what is not ours."""
    found = kind_by_name(path)
    if found is not None:
        return found
    name = os.path.basename(path)
    for kind in KINDS:
        if kind.content and _matches(kind.maybe, name) and all(_found(pattern, text) for pattern in kind.content):
            return kind
    return None


def _found(pattern: str, text: str) -> bool:
    compiled = _patterns.get(pattern)
    if compiled is None:
        compiled = _patterns[pattern] = re.compile(pattern)
    return compiled.search(text) is not None


def walk(folder: str, excluded: Excluded) -> Iterator[str]:
    """The files below a folder that may be ours, sorted, without those that are excluded. Folders behind links are
    not entered, and links to files of the same folder are left out."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    excluded.enter(folder)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED_FOLDERS and not excluded.covers(entry.path, True):
                yield from walk(entry.path, excluded)
        elif may_be_ours(entry.name) and not excluded.covers(entry.path, False):
            if not entry.is_symlink() or not os.path.realpath(entry.path).startswith(os.path.realpath(folder) + os.sep):
                yield entry.path
    excluded.leave()


class Excluded:
    """The patterns of the .gitignore files from the repository's top down to a folder, and those of the configuration."""

    __slots__ = ("stack",)

    def __init__(self, root: str, patterns: list[str]) -> None:
        self.stack: list[list[Pattern]] = [[Pattern(root, line) for line in patterns]]

    def enter(self, folder: str) -> None:
        """Take in a folder's .gitignore."""
        self.stack.append(patterns_of(folder))

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
        self.stack.pop()

    def covers(self, path: str, is_folder: bool) -> bool:
        """Whether the last pattern that matches excludes the path."""
        verdict = False
        for patterns in self.stack:
            for pattern in patterns:
                if pattern.matches(path, is_folder):
                    verdict = not pattern.negated
        return verdict


def patterns_of(folder: str) -> list[Pattern]:
    """The patterns of a folder's .gitignore; none where there is none."""
    path = os.path.join(folder, ".gitignore")
    if not os.path.isfile(path):
        return []
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(1_000_000).splitlines()
    except OSError:
        return []
    return [Pattern(folder, line) for line in lines if line.strip() and not line.startswith("#")]


class Pattern:
    """One line of a .gitignore (gitignore(5))."""

    __slots__ = ("_regex", "folder", "folders_only", "negated")

    def __init__(self, folder: str, line: str) -> None:
        text = line.rstrip("\n").rstrip(" ")
        self.folder = folder
        self.negated = text.startswith("!")
        text = text.removeprefix("!").removeprefix("\\")
        self.folders_only = text.endswith("/")
        text = text.rstrip("/")
        anchored = "/" in text
        body = _translated(text.lstrip("/"))
        self._regex = re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL)

    def matches(self, path: str, is_folder: bool) -> bool:
        """Whether a path below the pattern's folder is meant."""
        if self.folders_only and not is_folder:
            return False
        return self.fits(os.path.relpath(path, self.folder).replace(os.sep, "/"))

    def fits(self, text: str) -> bool:
        """Whether a text as a whole is what the pattern describes."""
        return self._regex.fullmatch(text) is not None


def _translated(text: str) -> str:
    """A glob as a regular expression; each star takes as little as lets the next literal follow and never gives it back, so
    that matching stays linear whatever the file says."""
    out, pending, at = "", "", 0
    while at < len(text):
        star, literal, at = _token(text, at)
        if star:
            out, pending = out + _after(pending), star
        elif pending:
            out, pending = f"{out}(?>{pending}?{literal})", ""
        else:
            out += literal
    return out + pending


def _after(pending: str) -> str:
    return f"{pending}?" if pending else ""


def _token(text: str, at: int) -> tuple[str, str, int]:
    """The star or the literal at an offset, and where the next one begins."""
    if text.startswith("**/", at):
        return "", "(?:.*/)?", at + 3
    if text.startswith("**", at):
        return ".*", "", at + 2
    if text[at] == "*":
        return "[^/]*", "", at + 1
    if text[at] == "?":
        return "", "[^/]", at + 1
    if text[at] == "[" and "]" in text[at + 2 :]:
        end = text.index("]", at + 2)
        inside = text[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
        return "", "[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]", end + 1
    stop = at + 1
    while stop < len(text) and text[stop] not in "*?[":
        stop += 1
    return "", re.escape(text[at:stop]), stop
