"""A path of the host inside a container."""

from __future__ import annotations

from ..source import Source, Span
from .container import plain
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Mount(Subject):
    """A bind mount, or a volume that is one underneath.

    `host_path` is the path on the host as it takes effect, `target` the path inside, `read_only` yes or no, and
    `propagation` the propagation mode where one is set.
    """

    __slots__ = ("host_path", "owner", "propagation", "read_only", "target")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin,
        *,
        owner: str,
        host_path: Value,
        target: Value,
        read_only: Value,
        propagation: Value,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.owner = owner
        """The name of the container or pod that mounts it."""
        self.host_path = host_path
        self.target = target
        self.read_only = read_only
        self.propagation = propagation

    def state(self) -> Mapping[str, object]:
        return {name: plain(getattr(self, name)) for name in ("host_path", "target", "read_only", "propagation")}


def normal_path(path: str) -> str:
    """An absolute path without doubled, trailing or dotted parts; any other text as it is."""
    if not path.startswith("/"):
        return path.rstrip("/") or path
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)
