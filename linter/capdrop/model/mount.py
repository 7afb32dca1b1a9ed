"""A path of the host inside a container."""

from __future__ import annotations

from ..finding import Confidence, Severity
from ..source import Source, Span
from . import host_paths
from .container import plain
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .container import Container


class Mount(Subject):
    """A bind mount, or a volume that is one underneath.

    `host_path` is the path on the host as it takes effect, `target` the path inside, `read_only` yes or no, and
    `propagation` the propagation mode where one is set, by the name that `mount` has for it ("rshared"). All of it goes with
    `drop("mount")`. `owners` are the containers that have it, as far as they are known.
    """

    __slots__ = ("dialect", "host_path", "owner", "owners", "propagation", "read_only", "target")

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
        dialect: str = "",
    ) -> None:
        super().__init__(source, span, address, origin)
        self.owner = owner
        """The name of the container or pod that mounts it."""
        self.dialect = dialect
        self.owners: tuple[Container, ...] = ()
        self.host_path = host_path
        self.target = target
        self.read_only = read_only
        self.propagation = propagation

    @property
    def written_path(self) -> str:
        """The host's path, in the file's own words where it is not known."""
        return self.host_path.text or self.host_path.source[self.host_path.span]

    @property
    def gives(self) -> str:
        """What the mount gives away: "socket", "root" (by writing), "knowledge", or "" for nothing by itself."""
        path = self.host_path.text
        if not self.host_path.is_known:
            return "socket" if host_paths.is_socket(self.target.text) else ""
        if host_paths.is_socket(path) or host_paths.holds_socket(path):
            return "socket"
        if self.read_only.is_false and host_paths.is_root_equivalent(path):
            return "root"
        return "knowledge" if host_paths.told_by(path) else ""

    @property
    def is_for_work(self) -> bool:
        """Whether that is so of its file, or of all its owners."""
        return super().is_for_work or (bool(self.owners) and all(owner.is_for_work for owner in self.owners))

    @property
    def uses(self) -> frozenset[str]:
        """What of the host all its owners are made to use, in the words of `host_agents`."""
        uses = [owner.uses for owner in self.owners]
        return frozenset.intersection(*uses) if uses else frozenset()

    def doubt(self, use: str) -> Confidence | None:
        """Low confidence where all its owners are made to use this of their host, or are started to test something, and where no container
        of a pod mounts it; else a rule's own."""
        is_unused = self.dialect == "kubernetes" and self.target.is_absent
        return Confidence.LOW if use in self.uses or is_unused or self.source.is_started_by_hand else None

    @property
    def is_only_read(self) -> bool:
        """Whether all its owners are documented to only read what they are given of their host, and mount nothing else below it."""
        return bool(self.owners) and all(owner.only_reads_host and not owner.mounts_below(self.target.text) for owner in self.owners)

    @property
    def told(self) -> str:
        """The same in words."""
        if self.gives == "socket":
            owner = "systemd" if self.host_path.text.endswith(("/systemd", "/systemd/private")) else "the container runtime"
            return f"{'which holds ' if host_paths.holds_socket(self.host_path.text) else ''}the socket of {owner}"
        told = host_paths.told_by(self.host_path.text)
        return told[1] if told else ""

    @property
    def weight(self) -> Severity | None:
        """How bad it is that the container can read what is there."""
        told = host_paths.told_by(self.host_path.text)
        return told[0] if told else None

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
