"""A folder that a container works in or keeps its data in."""

from __future__ import annotations

from ..source import Source, Span
from .container import plain
from .mount import normal_path
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Folder(Subject):
    """A folder inside a container that its file names.

    `role` is "working" (WORKDIR) or "volume" (VOLUME). `path` is what is written, with its variables replaced, and made whole by the
    working folder before it where it is relative.
    """

    __slots__ = ("path", "role", "ships")

    def __init__(
        self, source: Source, span: Span, address: str, origin: Origin | None, *, path: Value, role: str, ships: bool = True
    ) -> None:
        super().__init__(source, span, address, origin)
        self.path = path
        self.role = role
        self.ships = ships

    def state(self) -> Mapping[str, object]:
        return {"path": plain(self.path)}

    def is_below(self, *tops: str) -> str:
        """Which of these folders it is or lies in, else the empty string."""
        path = normal_path(self.path.text)
        return next((top for top in tops if path == top or path.startswith(top + "/")), "")
