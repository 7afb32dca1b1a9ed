"""A port of a container."""

from __future__ import annotations

from ..source import Source, Span
from .container import plain
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_ALL_ADDRESSES = frozenset({"", "0.0.0.0", "[::]", "::", "0:0:0:0:0:0:0:0"})


class Port(Subject):
    """A port, or a range of ports, inside a container.

    `role` is "exposed" where the file says only that something listens there (EXPOSE), and "published" where the host passes on what
    comes in. `first` and `last` are the ends of the range, equal for one port and -1 where they are not known; `protocol` is "tcp",
    "udp" or "sctp". Of a published one `host_address` is the address of the host that it is bound to, absent where none is said, and
    `host_port` the port or ports there, absent where the engine chooses.
    """

    __slots__ = ("first", "host_address", "host_port", "last", "owner", "protocol", "role", "ships", "value")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin | None,
        *,
        value: Value,
        first: int,
        last: int,
        protocol: str,
        role: str,
        owner: str,
        ships: bool = True,
        host_address: Value | None = None,
        host_port: Value | None = None,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.value = value
        self.first = first
        self.last = last
        self.protocol = protocol
        self.role = role
        self.owner = owner
        """What the user calls whose port it is."""
        self.ships = ships
        self.host_address = host_address if host_address is not None else Value.absent(source, span)
        self.host_port = host_port if host_port is not None else Value.absent(source, span)

    @property
    def on_all_addresses(self) -> bool:
        """Whether everyone who reaches the host on any of its addresses reaches the port."""
        address = self.host_address
        return self.role == "published" and (address.is_absent or (address.is_known and address.text in _ALL_ADDRESSES))

    @property
    def on_loopback(self) -> bool:
        """Whether only the host itself reaches the port."""
        return self.host_address.text.startswith(("127.", "[::1]", "::1", "localhost"))

    def covers(self, number: int) -> bool:
        """Whether a port is known to be among these."""
        return 0 <= self.first <= number <= self.last

    def state(self) -> Mapping[str, object]:
        return {"port": (self.first, self.last, self.protocol), "host_address": plain(self.host_address)}


def port_range(text: str) -> tuple[int, int, str]:
    """The ends and the protocol of `80`, `80/udp`, `8000-8010/tcp` and `127.0.0.1:8080:80`, of which the last part is the
    container's; -1 for ends that are no numbers."""
    ports, _, protocol = text.rpartition(":")[2].partition("/")
    low, dash, high = ports.partition("-")
    if not (low.isascii() and low.isdigit() and len(low) < 7):
        return -1, -1, protocol.lower() or "tcp"
    first = int(low)
    last = int(high) if high.isascii() and high.isdigit() and len(high) < 7 else (-1 if dash else first)
    return first, last, protocol.lower() or "tcp"
