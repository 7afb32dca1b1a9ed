"""A network that containers reach each other through."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .container import Container


class Network(Subject):
    """A network of a project, with the containers that are in it."""

    __slots__ = ("containers", "name")

    def __init__(self, source: Source, span: Span, address: str, *, name: str, containers: list[Container]) -> None:
        super().__init__(source, span, address)
        self.name = name
        self.containers = containers
