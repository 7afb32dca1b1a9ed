"""Files that an instruction brings into an image."""

from __future__ import annotations

from capdrop.finding import Fix, Safety
from capdrop.source import Source, Span

from .container import plain
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Copy(Subject):
    """A COPY or ADD: its sources, destination and flags (`checksum`, `chmod`, `from`, ... by name, without the dashes)."""

    __slots__ = ("destination", "flags", "keyword", "ships", "sources")

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
    ) -> None:
        super().__init__(source, span, address, origin)
        self.keyword = keyword
        self.sources = sources
        self.destination = destination
        self.flags = flags
        self.ships = ships

    def state(self) -> Mapping[str, object]:
        return {"sources": tuple(plain(value) for value in self.sources)} | {name: plain(value) for name, value in self.flags.items()}

    def replace_flag(self, name: str, text: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes another plain value for a flag."""
        value = self.flags[name]
        return self.rewrite(name, value.span, value.text, text, safety=safety, caveat=caveat)
