"""Known findings, so that only new ones are shown.

A file of sorted lines: path, rule, subject address and ordinal, with tabs between. No line number (they move), no message
(it is reworded), no secret and no hash of one.
"""

from __future__ import annotations

import os
import re

from .files import read_bytes
from .finding import Suppression
from .rulebook import Misuse
from .source import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .finding import Finding
    from .report.masks import Masks


_HEADER = "# Findings that capdrop knows of and does not report. Written by `capdrop baseline`; it should only shrink.\n"

Identity = tuple[str, str, str, int]


class Baseline:
    """The identities of known findings, with paths relative to the file's folder."""

    __slots__ = ("folder", "known", "seen")

    def __init__(self, folder: str, known: set[Identity]) -> None:
        self.folder = folder
        self.known = known
        self.seen: set[Identity] = set()

    def silence(self, findings: Iterable[Finding], masks: Masks) -> None:
        """Mark the findings that are known."""
        for finding in findings:
            identity = self.identity(finding, masks)
            if identity in self.known:
                self.seen.add(identity)
                if finding.suppressed is None:
                    finding.suppressed = Suppression("baseline")

    def gone(self, paths: Iterable[str], rules: Collection[str]) -> list[Identity]:
        """The entries that no longer occur: of these rules in these files, and of files that are no more."""
        checked = {relative(path, self.folder) for path in paths}
        return sorted(entry for entry in self.known - self.seen if (entry[0] in checked and entry[1] in rules) or self._deleted(entry))

    def beside(self, paths: Iterable[str], rules: Collection[str]) -> set[Identity]:
        """The entries that a run with these rules over these files says nothing about."""
        checked = {relative(path, self.folder) for path in paths}
        return {entry for entry in self.known if (entry[0] not in checked or entry[1] not in rules) and not self._deleted(entry)}

    def identity(self, finding: Finding, masks: Masks) -> Identity:
        path, rule, subject, ordinal = finding.identity
        return (relative(path, self.folder), rule, masks.text(subject), ordinal)

    def _deleted(self, entry: Identity) -> bool:
        return not os.path.lexists(os.path.join(self.folder, entry[0]))


def relative(path: str, folder: str) -> str:
    """A path as a baseline writes it."""
    return os.path.relpath(os.path.abspath(path), folder).replace(os.sep, "/")


def load(path: str) -> Baseline:
    """Read a baseline file. Raises `Misuse`, which names the file and the line."""
    try:
        lines = read_bytes(path).decode("utf-8").replace("\r\n", "\n").split("\n")
    except Unreadable as error:
        raise Misuse(f"{path}: the baseline cannot be read: {error}; `capdrop baseline` writes one") from None
    except UnicodeDecodeError:
        raise Misuse(f"{path}: not a baseline: not UTF-8 text") from None
    known: set[Identity] = set()
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 4 or not re.fullmatch("[0-9]{1,9}", parts[3]):
            raise Misuse(f"{path}:{number}: not a baseline entry (path, rule, subject and ordinal, with tabs between)")
        known.add((_unescaped(parts[0]), parts[1], _unescaped(parts[2]), int(parts[3])))
    return Baseline(os.path.dirname(os.path.abspath(path)), known)


def write(path: str, findings: Iterable[Finding], masks: Masks, paths: Iterable[str], rules: Collection[str]) -> int:
    """Write a baseline of these findings, the result of a run over these files with these rules; returns how many it holds.

    What an earlier baseline knows of other files and other rules is kept. Raises `Misuse`.
    """
    earlier = load(path) if os.path.exists(path) else Baseline(os.path.dirname(os.path.abspath(path)), set())
    entries = sorted({earlier.identity(finding, masks) for finding in findings} | earlier.beside(paths, rules))
    lines = [f"{_escaped(where)}\t{rule}\t{_escaped(subject)}\t{ordinal}\n" for where, rule, subject, ordinal in entries]
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "x", encoding="utf-8", newline="\n") as file:
            file.writelines([_HEADER, *lines])
        os.replace(temporary, path)
    except OSError as error:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise Misuse(f"{path}: {error.strerror}") from None
    return len(entries)


def _escaped(text: str) -> str:
    """A text without tabs and line ends, that does not begin like a comment."""
    if text.isprintable() and "\\" not in text and not text.startswith("#"):
        return text
    shown = "".join("\\\\" if one == "\\" else one if one.isprintable() else f"\\U{ord(one):08x}" for one in text)
    return "\\U00000023" + shown[1:] if shown.startswith("#") else shown


def _unescaped(text: str) -> str:
    return re.sub(r"\\(?:U([0-9a-f]{8})|\\)", lambda match: chr(int(match[1], 16)) if match[1] else "\\", text)
