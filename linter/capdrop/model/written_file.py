"""Text that is put into a file."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..source import Fragment
    from .inline_python import Call


class WrittenFile(Subject):
    """A file that is written with text that stands in what we read: a here-document of COPY, or what `echo`, `printf`, `cat` and `tee`
    write.

    `path` is as written, with variables where it has some, and `path_span` where it stands; `texts` are the pieces of its text in their
    order. Several may be parts of one file, as those of `echo ... >> path` are. `program` writes it. `ships` is false where the file stays
    in a build stage that is thrown away.
    """

    __slots__ = ("path", "path_span", "program", "ships", "texts")

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
    ) -> None:
        super().__init__(source, span, address)
        self.path = path
        self.path_span = path_span
        self.texts = texts
        self.ships = ships
        self.program = program

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
    def lines(self) -> Iterator[Fragment]:
        """The lines that are not blank, without the blanks around them."""
        for piece in self.texts:
            at = 0
            for line in piece.text.split("\n"):
                bare = line.strip()
                if bare:
                    start = at + line.index(bare)
                    yield piece.part(start, start + len(bare))
                at += len(line) + 1
