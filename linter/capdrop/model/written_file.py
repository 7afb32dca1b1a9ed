"""Text that is put into a file."""

from __future__ import annotations

from ..finding import Edit, Fix
from ..source import Source, Span
from .subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..source import Fragment
    from .command import Command
    from .inline_python import Call
    from .packages import Package


class WrittenFile(Subject):
    """A file that is written with text that stands in what we read: a here-document of COPY, or what `echo`, `printf`, `cat` and `tee`
    write.

    `path` is as written, with variables where it has some, and `path_span` where it stands; `texts` are the pieces of its text in their
    order. Several may be parts of one file, as those of `echo ... >> path` are. `program` writes it. `ships` is false where the file stays
    in a build stage that is thrown away. `command` is the one that writes it and nothing else.
    """

    __slots__ = ("command", "path", "path_span", "program", "ships", "texts")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        *,
        path: str,
        path_span: Span,
        texts: tuple[Fragment, ...],
        ships: bool = True,
        program: str = "",
        command: Command | None = None,
    ) -> None:
        super().__init__(source, span, address)
        self.path = path
        self.path_span = path_span
        self.texts = texts
        self.ships = ships
        self.program = program
        self.command = command

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def python_calls(self, *names: str) -> list[Call]:
        """The calls of these functions, if it is a program in Python."""
        if not self.path.endswith(".py") and "python" not in self.texts[0].text.partition("\n")[0]:
            return []
        from .inline_python import calls_in

        return [call for text in self.texts for call in calls_in(text, names)]

    @property
    def packages(self) -> list[Package]:
        """What it names to be installed, if it is a `requirements.txt`."""
        if "requirements" not in self.name or not self.name.endswith((".txt", ".in")):
            return []
        from .packages import required_in

        return list(required_in(self.lines))

    @property
    def lines(self) -> Iterator[Fragment]:
        """The lines that are not blank, without the blanks around them."""
        return (piece.part(start, end) for piece, start, end in self._lines())

    def _lines(self) -> Iterator[tuple[Fragment, int, int]]:
        """The same lines: the piece of text that each stands in, and where."""
        for piece in self.texts:
            at = 0
            for line in piece.text.split("\n"):
                bare = line.strip()
                if bare:
                    start = at + line.index(bare)
                    yield piece, start, start + len(bare)
                at += len(line) + 1

    def replace(self, setting: str, span: Span, old: str, new: str, *, caveat: str = "") -> Fix:
        """A fix that writes other plain text in place of a part of a line, which is a setting of this name."""
        fix = self.rewrite("text", span, old, new, caveat=caveat)
        fix.touches += self._touched(setting)
        return fix

    def without(self, setting: str, line: Span, *, caveat: str = "") -> Fix:
        """A fix that leaves out the line of this place, and no longer writes to the file where nothing else is written."""
        fix = Fix("Remove this line", caveat="nothing else is written to the file")
        for piece, start, end in self._lines():
            if piece.span(start, end) == line:
                if piece.text.strip() != piece.text[start:end]:
                    fix = self._without(piece, start, end, caveat)
                elif self.command is not None:
                    fix = self._no_longer_written(self.command, caveat)
        fix.touches += self._touched(setting)
        return fix

    def _no_longer_written(self, command: Command, caveat: str) -> Fix:
        if any(word.text == self.path for other in command.siblings if other is not command for word in other.words):
            return Fix("Remove this command", caveat="another command needs the file")
        return command.drop(caveat=caveat)

    def _touched(self, setting: str) -> tuple[tuple[str, str], ...]:
        """What changes with its text: the words of the command, and the variables that the setting and the whole are read as."""
        variables = (f"{self.address} {setting}", f"{self.address} text")
        return (
            (self.address, "text"),
            (self.address, "words"),
            *((one, fact) for one in variables for fact in ("value", "variable", "+Variable")),
        )

    def _without(self, piece: Fragment, start: int, end: int, caveat: str) -> Fix:
        text, source = piece.text, self.source
        line_end = text.find("\n", end)
        if line_end >= 0:
            at = piece.place(line_end)
            end = line_end + 1
            span = Span(piece.place(start), at + (1 if source.text.startswith("\n", at) else 2))
        else:
            start = text.rfind("\n", 0, start)
            span = Span(piece.place(start), piece.span(start, end).end)
        if source[span].replace("\\n", "\n").replace("\r\n", "\n") != text[start:end]:
            return Fix("Remove this line", caveat="it is written with quotes, escapes or variables")
        line = source.starts[source.position(span.start).line - 1]
        if "\n" in source[span] and not source.text[line : span.start].strip():
            span = Span(line, span.end)
        return Fix("Remove this line", (Edit(span, ""),), caveat=caveat)
