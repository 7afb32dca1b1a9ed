"""The published ports of a command line that starts a container."""

from __future__ import annotations

from ...finding import Edit
from ...model.port import Port, port_range
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...source import Span
from ..compose.ports import is_one_port, split_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .facts import StartOrigin
    from .words import Flag


class PortOrigin(Origin):
    """One `-p`."""

    __slots__ = ("address", "flag", "start")

    def __init__(self, start: StartOrigin, flag: Flag, address: Value | None) -> None:
        self.start = start
        self.flag = flag
        self.address = address

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action == "drop":
            return f"Remove `{self.start.source[self.flag.span]}`", (self.start.without(self.flag),)
        if change.action != "set" or change.fact != "host_address" or self.flag.value is None:
            raise Refused("there is no writer for this")
        colon = ":" if ":" in self.flag.value.text else "::"
        span, text = self.flag.value.fragment.span(0, 0), f"{change.content}{colon}"
        if self.address is not None:
            span, text = self.address.span, str(change.content)
        return f"Publish it on {change.content} only", (Edit(Span(span.start, span.end), text),)


def ports_of(origin: StartOrigin, address: str, name: str) -> Iterator[Port]:
    """The ports that the command line publishes."""
    for flag in origin.start.all("--publish"):
        if flag.value is None:
            continue
        whole = flag.value.fragment
        values = [None if part is None else _part(origin, flag, part) for part in split_port(whole.text)]
        at, outside, inside = values
        assert inside is not None
        if at is None and outside is not None and outside.is_unknown and not is_one_port(origin.source[outside.span]):
            at = outside
        first, last, protocol = port_range(inside.text)
        yield Port(
            origin.source,
            flag.span,
            f"{address} ports.{inside.text or whole.text}",
            PortOrigin(origin, flag, at),
            value=inside,
            first=first,
            last=last,
            protocol=protocol,
            role="published",
            owner=name,
            host_address=at,
            host_port=outside if outside is not None and (outside.text or outside.is_unknown) else None,
        )


def _part(origin: StartOrigin, flag: Flag, part: tuple[int, int]) -> Value:
    assert flag.value is not None
    whole = flag.value.fragment
    span, text = whole.span(*part), whole.text[part[0] : part[1]]
    if "$" in text or "`" in text:
        return Value.unknown("a variable decides it", origin.source, span)
    return Value.known(text, origin.source, span)
