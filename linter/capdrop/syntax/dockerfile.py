"""Dockerfiles, in BuildKit's grammar, with the exact place of everything.

Nothing here raises: what BuildKit would refuse is a `Problem`, and everything else is still read.
"""

from __future__ import annotations

from itertools import pairwise

from capdrop.source import Fragment, Record, Span

from .dockerfile_expansion import Expansion, expand
from .dockerfile_instruction import Flag, Instruction, Pair, read_instruction
from .dockerfile_words import SPACE, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dockerfile_expansion import Lookup
    from .heredoc import Heredoc

__all__ = [
    "Directive",
    "Dockerfile",
    "Expansion",
    "Flag",
    "Heredoc",
    "Instruction",
    "Lookup",
    "Pair",
    "Problem",
    "Word",
    "expand",
    "parse",
]

LONGEST_LINE = 65535
"""Bytes; BuildKit stops at a longer line."""
MOST_READ = 512 * 1024
"""Characters of instructions, here-documents included; one that is longer by itself is left out, and so are those behind where all
together are longer. Each takes about 200 bytes; the longest Dockerfiles that people write have some ten thousand."""
MOST_INSTRUCTIONS = 20_000
"""Those behind are not read; an image has 127 layers at most."""
_HEREDOC_KEYWORDS = frozenset(("RUN", "COPY", "ADD"))

_DIRECTIVES = frozenset(("syntax", "escape", "check"))


class Problem(Record):
    """A place that BuildKit would refuse, and why.

    `kind` is `unread` where text stays unread on that account (by us, or by BuildKit and so perhaps not as it is meant),
    `unknown-instruction`, or `refused` for an instruction that is understood and still wrong.
    """

    __slots__ = ("kind", "message", "span")

    def __init__(self, span: Span, message: str, kind: str = "refused") -> None:
        self.span = span
        self.message = message
        self.kind = kind


class Directive(Record):
    """A parser directive, such as `# escape=...`."""

    __slots__ = ("name", "span", "value", "value_span")

    def __init__(self, name: str, value: str, span: Span, value_span: Span) -> None:
        self.name = name
        """In lower case."""
        self.value = value
        self.span = span
        """The whole comment."""
        self.value_span = value_span


class Dockerfile:
    """A whole Dockerfile."""

    __slots__ = ("_faults", "_problems", "body_start", "comments", "directives", "escape", "ignored_directives", "instructions", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.directives: list[Directive] = []
        self.ignored_directives: list[Directive] = []
        """Comments that have the form of a directive and come too late to be one."""
        self.escape = "\\"
        self.instructions: list[Instruction] = []
        self.comments: list[Span] = []
        """Whole-line comments from the `#` on, also inside continuations; neither directives nor lines of here-documents."""
        self.body_start = 0
        """The offset below the directives, where a comment for the whole file may be put."""
        self._faults: list[Problem] = []
        self._problems: list[Problem] | None = None

    @property
    def problems(self) -> list[Problem]:
        """What BuildKit would refuse, in the order of the file."""
        if self._problems is None:
            from .dockerfile_problems import problems

            self._problems = problems(self, self._faults)
        return self._problems


def parse(text: str) -> Dockerfile:
    """Read a Dockerfile; `text` has no byte-order mark."""
    reader = _Reader(text)
    reader.read_directives()
    reader.read_instructions()
    return reader.file


class _Reader:
    """Walks the lines of one file. `line` is the index of the next line, and `at` its offset."""

    __slots__ = ("at", "file", "line", "lines", "stage")

    def __init__(self, text: str) -> None:
        self.file = Dockerfile(text)
        self.lines = text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self.line = 0
        self.at = 0
        self.stage = -1

    def read_directives(self) -> None:
        """Known directives at the very top; the first other line, be it a comment or blank, ends them.

        BuildKit skips a `#!` line when it looks for `syntax` and `check`, yet not when it looks for `escape`.
        """
        file, seen, shebang = self.file, set[str](), False
        for number, line in enumerate(self.lines):
            if number == 0 and line.startswith("#!"):
                file.comments.append(Span(0, len(line.rstrip("\r"))))
                shebang = True
            else:
                directive = _directive(line, self.at) if "#" in line else None
                if directive is None:
                    break
                if shebang and directive.name == "escape":
                    file.ignored_directives.append(directive)
                    file.comments.append(directive.span)
                else:
                    self._accept(directive, seen)
            self.line += 1
            self.at += len(line) + 1
            file.body_start = min(self.at, len(file.text))

    def _accept(self, directive: Directive, seen: set[str]) -> None:
        file, name = self.file, directive.name
        file.directives.append(directive)
        if name in seen:
            file._faults.append(Problem(directive.span, f"only one {name} directive can be used"))
        elif name == "escape":
            if directive.value in ("\\", "`"):
                file.escape = directive.value
            else:
                file._faults.append(Problem(directive.value_span, f"the escape character must be \\ or `, not {directive.value[:40]}"))
        seen.add(name)

    def read_instructions(self) -> None:
        """Everything below the directives."""
        lines, escape, keep, read = self.lines, self.file.escape, self.file.instructions.append, 0
        while self.line < len(lines):
            line, at = lines[self.line], self.at
            self.line += 1
            self.at = at + len(line) + 1
            bare = line.lstrip(SPACE)
            if not bare:
                continue
            start = at + len(line) - len(bare)
            if bare[0] == "#":
                self._comment(bare, start)
                continue
            bare = bare.rstrip("\r")
            kept = bare.rstrip(" \t")
            if kept[-1] == escape and kept[-2:-1] != escape:
                logical, end = self._continued(kept[:-1], start)
            else:
                logical, end = Fragment(bare, [0], [start]), start + len(bare)
            instruction = read_instruction(logical, end, escape)
            if instruction is None:
                self.file._faults.append(Problem(Span(start, end), "a continuation of nothing"))
                continue
            if len(self.file.instructions) >= MOST_INSTRUCTIONS:
                self.file._faults.append(Problem(Span(start, end), f"{MOST_INSTRUCTIONS:,} instructions are read, and no more", "unread"))
                break
            if instruction.keyword == "FROM":
                self.stage += 1
            instruction.stage = self.stage
            if "<<" in logical.text and not _too_long(logical):
                self._heredocs(instruction, logical)
            size = instruction.span.end - start
            if size > MOST_READ:
                self.file._faults.append(Problem(Span(start, instruction.span.end), "an instruction of more than 512 KiB", "unread"))
                continue
            read += size
            if read > MOST_READ:
                self.file._faults.append(Problem(Span(start, end), "512 KiB of instructions are read, and no more", "unread"))
                break
            keep(instruction)

    def _comment(self, bare: str, start: int) -> None:
        self.file.comments.append(Span(start, start + len(bare.rstrip("\r"))))
        if "=" in bare:
            directive = _directive(bare, start)
            if directive:
                self.file.ignored_directives.append(directive)

    def _continued(self, first: str, start: int) -> tuple[Fragment, int]:
        """The logical line that began with `first`, and where its last line ends."""
        lines, escape, comments = self.lines, self.file.escape, self.file.comments
        pieces, places, starts, size = [first], [start], [0], len(first)
        count, number, at, end = len(lines), self.line, self.at, self.at - 1
        while number < count:
            line = lines[number]
            place, at, number = at, at + len(line) + 1, number + 1
            line = line.rstrip("\r")
            end = place + len(line)
            bare = line.lstrip(SPACE)
            if not bare:
                continue
            if bare[0] == "#":
                comments.append(Span(end - len(bare), end))
                continue
            kept = line.rstrip(" \t")
            more = kept[-1:] == escape and kept[-2:-1] != escape
            piece = kept[:-1] if more else line
            if piece:
                pieces.append(piece)
                places.append(place)
                starts.append(size)
                size += len(piece)
            if not more:
                break
        self.line, self.at = number, at
        return Fragment("".join(pieces), starts, places), min(end, len(self.file.text))

    def _heredocs(self, instruction: Instruction, logical: Fragment) -> None:
        """Read the here-documents below an instruction that may have some."""
        reader = instruction.inner if instruction.keyword == "ONBUILD" else instruction
        if reader is None or reader.keyword not in _HEREDOC_KEYWORDS or reader.form == "json":
            return
        from .heredoc import openers

        for heredoc in openers(logical, shell=reader.keyword == "RUN"):
            instruction.heredocs.append(heredoc)
            instruction.span.end = self._heredoc(heredoc)
            if heredoc.terminator_span is None:
                message = f"the here-document has no line {heredoc.name[:40]} that ends it"
                self.file._faults.append(Problem(heredoc.span, message, "unread"))
                break
        if reader is not instruction:
            reader.heredocs = instruction.heredocs
            reader.span.end = instruction.span.end

    def _heredoc(self, heredoc: Heredoc) -> int:
        lines, size = self.lines, len(self.file.text)
        start = at = min(self.at, size)
        number, count = self.line, len(lines)
        while number < count:
            line = lines[number]
            number += 1
            bare = line.rstrip("\r")
            if heredoc.ends_at(bare):
                end = at + len(bare)
                heredoc.terminator_span = Span(end - len(heredoc.name), end)
                heredoc.fill(self.file.text, start, at)
                self.line, self.at = number, at + len(line) + 1
                return end
            at += len(line) + 1
        heredoc.fill(self.file.text, start, size)
        self.line, self.at = count, size
        return size


def _too_long(logical: Fragment) -> bool:
    """Whether one of its lines is longer than BuildKit reads, so that it never looks for here-documents below."""
    size = len(logical.text)
    if size <= LONGEST_LINE:
        return False
    return any(stop - start > LONGEST_LINE for start, stop in pairwise((*logical.starts, size)))


def _directive(line: str, at: int) -> Directive | None:
    bare = line.lstrip(SPACE)
    head, _, tail = bare.partition("=")
    name, value = head[1:].strip().lower(), tail.strip()
    if head[:1] != "#" or name not in _DIRECTIVES or not value:
        return None
    start, end = at + len(line) - len(bare), at + len(line.rstrip("\r"))
    place = at + len(line) - len(tail.lstrip())
    return Directive(name, value, Span(start, end), Span(place, place + len(value)))
