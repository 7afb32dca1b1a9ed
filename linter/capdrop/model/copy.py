"""Files that an instruction brings into an image."""

from __future__ import annotations

import re

from capdrop.finding import Edit, Fix, Safety
from capdrop.source import Source, Span

from .container import plain
from .subject import Origin, Refused, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .build_context import BuildContext


class Copy(Subject):
    """A COPY or ADD: its sources, destination and flags (`checksum`, `chmod`, `from`, ... by name, without the dashes).

    `excluded` are the values of all its `--exclude`. `folder` is the working folder, as far as it is known: it begins with `/`, or
    with `.` for the one that the base image sets. `context` is where the sources are, unless another stage or image gives them, or
    the build that an ONBUILD waits for. `from_build` is set where they are from a stage of the same file that runs commands.
    """

    __slots__ = ("context", "destination", "excluded", "flags", "folder", "from_build", "keyword", "ships", "sources")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin | None,
        *,
        keyword: str,
        sources: tuple[Value, ...],
        destination: Value,
        flags: dict[str, Value],
        ships: bool,
        excluded: tuple[Value, ...] = (),
        folder: str = ".",
        context: BuildContext | None = None,
        from_build: bool = False,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.keyword = keyword
        self.sources = sources
        self.destination = destination
        self.flags = flags
        self.ships = ships
        self.excluded = excluded
        self.folder = folder
        self.context = context
        self.from_build = from_build

    @property
    def asked_by(self) -> frozenset[str]:
        """Its flags, `ADD`, and the name of what it writes."""
        return frozenset((*self.flags, self.keyword, self.destination.text.rpartition("/")[2]))

    def state(self) -> Mapping[str, object]:
        return {"sources": tuple(plain(value) for value in self.sources)} | {name: plain(value) for name, value in self.flags.items()}

    def check_sum(self, title: str) -> Fix:
        """A fix that shows where the checksum of what is added goes."""
        found = re.match(r"(?:ONBUILD\s+)?ADD[ \t]+", self.source[self.span], re.IGNORECASE)
        if found is None or len(self.sources) != 1:
            return Fix(title)
        at = self.span.start + found.end()
        edit = Edit(Span(at, at), f"--checksum=sha256:{'0' * 64} ")
        return Fix(title, (edit,), Safety.DISPLAY, "fill in the sum of the file that you have looked at", ((self.address, "checksum"),))

    def keep_out(self, paths: Sequence[str], *, caveat: str = "") -> Fix:
        """A fix that has .dockerignore keep files and folders of the context out."""
        title = f"Write `{paths[0]}`{f' and {len(paths) - 1} more' if len(paths) > 1 else ''} into `.dockerignore`"
        if self.context is None:
            return Fix(title)
        try:
            return Fix(title, (self.context.keep_out(paths),), caveat=caveat)
        except Refused as refusal:
            return Fix(title, caveat=str(refusal))

    def replace_flag(self, name: str, text: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes another plain value for a flag."""
        value = self.flags[name]
        return self.rewrite(name, value.span, value.text, text, safety=safety, caveat=caveat)
