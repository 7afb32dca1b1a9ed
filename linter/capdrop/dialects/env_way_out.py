"""Secrets of an env file: the file stays where it is, git leaves it out, and one beside it names the variables."""

from __future__ import annotations

import os
import re

from ..finding import Edit
from ..model.subject import Refused
from ..source import Source, Span
from .way_out import Way, WayOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..files import Files
    from ..finding import Finding
    from ..model.subject import Subject

_SAMPLES = (".example", ".sample", ".template", ".dist", ".tmpl")
_LINE = re.compile(r"^([ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*)[=:]")
_SIGNED = re.compile(r"^[#!]|[*?\[\\]| $")
LARGEST = 200_000


class EnvWayOut(WayOut):
    """The changes for one env file."""

    __slots__ = ("_files",)

    def __init__(self, source: Source, files: Files | None, again: Callable[[], Iterable[Subject]]) -> None:
        super().__init__(source, again)
        self._files = files

    def write(self, finding: Finding) -> Way:
        folder, name = os.path.split(self.source.path)
        if name.endswith(_SAMPLES):
            return Way("Leave the value out", (Edit(finding.hidden[0], ""),))
        if self._files is None or len(self.source.text) > LARGEST or _SIGNED.search(name):
            raise Refused("what is beside the file is not known here")
        around = self._files.names(os.path.dirname(os.path.abspath(self.source.path)))
        edits = [ignoring(self._files, self.source.path)]
        sample = f"{name}.example"
        if not any(name + end in around or f".env{end}" in around for end in _SAMPLES):
            edits.append(Edit(Span(0, 0), _named_only(self.source), Source(os.path.join(folder, sample), "")))
        return Way(
            f"Have git ignore the file, and keep `{sample}` beside it, which names the variables",
            tuple(edits),
            f"`git rm --cached {name}` takes it out of the repository and leaves it on the disk",
            touches=tuple(dict.fromkeys(touch for _, facts in self._about() for touch in facts)),
        )


def ignoring(files: Files, path: str) -> Edit:
    """The line of a `.gitignore` beside a file that has git leave it out."""
    folder, name = os.path.split(path)
    at = os.path.join(folder, ".gitignore")
    there = files.source(os.path.abspath(at))
    beside = Source(at, "") if there is None else Source(at, there.text, there.encoding, there.bom)
    apart = beside.newline if beside.text and not beside.text.endswith(("\n", "\r")) else ""
    end = len(beside.text)
    return Edit(Span(end, end), f"{apart}/{name}{beside.newline}", beside)


def _named_only(source: Source) -> str:
    """The names of an env file without their values; comments as well, but for those that assign something."""
    lines = []
    inside = ""
    for line in source.text.splitlines():
        found = _LINE.match(line)
        if inside:
            inside = "" if inside in line else inside
        elif found:
            value = line[found.end() :].strip()
            lines.append(f"{found[1].strip()}=")
            inside = value[0] if value[:1] in ("'", '"') and value.count(value[0]) == 1 else ""
        elif not line.strip() or (line.lstrip().startswith("#") and not re.search(r"[=:@]", line)):
            lines.append(line)
    return source.newline.join([*lines, ""])
