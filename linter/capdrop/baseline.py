"""Known findings, so that only new ones are shown.

A file of sorted lines: path, rule, subject address and ordinal, with tabs between. No line number (they move), no message
(it is reworded), no secret and no hash of one.
"""

from __future__ import annotations

import os

from .finding import Suppression
from .rulebook import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .finding import Finding

DEFAULT_NAME = ".capdrop-baseline"
_HEADER = "# Findings that capdrop knows of and does not report. Written by `capdrop baseline`; it should only shrink.\n"

Identity = tuple[str, str, str, int]


class Baseline:
    """The identities of known findings, with paths relative to the file's folder."""

    __slots__ = ("folder", "known", "seen")

    def __init__(self, folder: str, known: set[Identity]) -> None:
        self.folder = folder
        self.known = known
        self.seen: set[Identity] = set()

    def silence(self, findings: Iterable[Finding]) -> None:
        """Mark the findings that are known."""
        for finding in findings:
            identity = self.identity(finding)
            if identity in self.known:
                self.seen.add(identity)
                if finding.suppressed is None:
                    finding.suppressed = Suppression("baseline")

    def gone(self, paths: Iterable[str]) -> list[Identity]:
        """The entries for these files that no longer occur."""
        checked = {relative(path, self.folder) for path in paths}
        return sorted(entry for entry in self.known - self.seen if entry[0] in checked)

    def identity(self, finding: Finding) -> Identity:
        path, rule, subject, ordinal = finding.identity
        return (relative(path, self.folder), rule, subject, ordinal)


def relative(path: str, folder: str) -> str:
    """A path as a baseline writes it."""
    return os.path.relpath(os.path.abspath(path), folder).replace(os.sep, "/")


def load(path: str) -> Baseline:
    """Read a baseline file. Raises `Misuse`, which names the file and the line."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from None
    known: set[Identity] = set()
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 4 or not parts[3].isdigit():
            raise Misuse(f"{path}:{number}: not a baseline entry (path, rule, subject and ordinal, with tabs between)")
        known.add((_unescaped(parts[0]), parts[1], _unescaped(parts[2]), int(parts[3])))
    return Baseline(os.path.dirname(os.path.abspath(path)), known)


def write(path: str, findings: Iterable[Finding]) -> int:
    """Write a baseline of these findings; returns how many."""
    empty = Baseline(os.path.dirname(os.path.abspath(path)), set())
    entries = sorted({empty.identity(finding) for finding in findings})
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.write(_HEADER)
        for where, rule, subject, ordinal in entries:
            file.write(f"{_escaped(where)}\t{rule}\t{_escaped(subject)}\t{ordinal}\n")
    return len(entries)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _unescaped(text: str) -> str:
    parts = text.split("\\\\")
    return "\\".join(part.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r") for part in parts)
