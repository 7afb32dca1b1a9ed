"""Secrets of an env file: the file stays where it is, git leaves it out, and one beside it names the variables."""

from __future__ import annotations

import os
import re

from ..finding import Edit
from ..model.subject import Refused
from ..source import Source, Span
from .compose.env_file import EnvFile
from .way_out import Way, WayOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..files import Files
    from ..finding import Finding
    from ..model.subject import Subject

_SAMPLES = (".example", ".sample", ".template", ".dist", ".tmpl")
_LINE = re.compile(r"^([ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*)[=:]")
_PLAIN = re.compile(r"[\w.][\w.+@-]*")
"""A file's name that stands as it is in a `.gitignore` and in a shell."""
LARGEST = 200_000


class EnvWayOut(WayOut):
    """The changes for one env file."""

    __slots__ = ("_files", "_kept_out")

    def __init__(self, source: Source, files: Files | None, again: Callable[[], Iterable[Subject]]) -> None:
        super().__init__(source, again)
        self._files = files
        self._kept_out: Way | None = None

    def write(self, finding: Finding) -> Way:
        if self.source.path.endswith(_SAMPLES):
            return Way("Leave the value out", (Edit(finding.hidden[0], ""),))
        if self._kept_out is None:
            way = self._keep_out()
            self._kept_out = Way("Have git ignore the file", way.edits[:1], touches=way.touches)
            return way
        return self._kept_out

    def _keep_out(self) -> Way:
        """The change for the first secret of the file, whose first edit is that for all others. Raises `Refused`."""
        folder, name = os.path.split(self.source.path)
        if self._files is None:
            raise Refused("what is beside the file is not known here")
        if len(self.source.text) > LARGEST:
            raise Refused("the file is too long")
        if not _PLAIN.fullmatch(name):
            raise Refused("the file's name would have to be escaped in `.gitignore`")
        out = f"`git rm --cached {name}` takes it out of the repository and leaves it on the disk"
        if self._files.is_excluded(os.path.abspath(self.source.path)):
            raise Refused(f"a `.gitignore` names the file, but git has it already: {out}")
        around = self._files.names(os.path.dirname(os.path.abspath(self.source.path)))
        edits = [ignoring(self._files, self.source.path)]
        sample = f"{name}.example"
        if not any(name + end in around or f".env{end}" in around for end in _SAMPLES):
            edits.append(Edit(Span(0, 0), _named_only(self.source), Source(os.path.join(folder, sample), "")))
        return Way(
            f"Have git ignore the file, and keep `{sample}` beside it, which names the variables",
            tuple(edits),
            out,
            touches=tuple(dict.fromkeys(touch for _, facts in self._about() for touch in facts)),
        )


def ignoring(files: Files, path: str) -> Edit:
    """The line of a `.gitignore` beside a file that has git leave it out. Raises `Refused`."""
    folder, name = os.path.split(path)
    return added(files, os.path.join(folder, ".gitignore"), f"/{name}")


def added(files: Files, path: str, line: str) -> Edit:
    """One more line at the end of a file that may be there. Raises `Refused`."""
    folder, name = os.path.split(os.path.abspath(path))
    there = files.source(os.path.join(folder, name))
    if there is None and name in files.names(folder):
        raise Refused(f"`{name}` beside it cannot be read")
    beside = Source(path, "") if there is None else Source(path, there.text, there.encoding, there.bom)
    apart = beside.newline if beside.text and not beside.text.endswith(("\n", "\r")) else ""
    end = len(beside.text)
    return Edit(Span(end, end), f"{apart}{line}{beside.newline}", beside)


def _named_only(source: Source) -> str:
    """The names of an env file without their values; comments as well, but for those that assign something."""
    inside: set[int] = set()
    for one in EnvFile(source).assignments:
        inside.update(range(source.position(one.span.start).line + 1, source.position(one.span.end).line + 1))
    lines = []
    for number in range(1, len(source.starts) + 1):
        line = source[source.line(number)]
        found = _LINE.match(line)
        if number in inside:
            continue
        if found:
            lines.append(f"{found[1].strip()}=")
        elif not line.strip() or (line.lstrip().startswith("#") and not re.search(r"[=:@]", line)):
            lines.append(line)
    return source.newline.join([*lines, ""] if not lines or lines[-1] else lines)
