"""Files that an instruction brings into an image."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Origin, Subject
from .value import Value


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
