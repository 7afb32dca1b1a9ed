"""The published ports of a Compose service, in the short and the long syntax."""

from __future__ import annotations

from ...finding import Edit
from ...model.port import Port, port_range
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...source import Fragment, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Scalar
from ..yaml_facts import Site, put, remove
from ..yaml_view import Field, Section, fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Part = tuple[int, int]


class PortOrigin(Origin):
    """One item of `ports`: its address is written before the rest (`start`), over the old one (`address`), or as a key of `item`."""

    __slots__ = ("address", "alone", "field", "item", "site", "start")

    def __init__(
        self, site: Site, field: Field, *, item: Site | None = None, start: int = 0, address: Value | None = None, alone: bool = False
    ) -> None:
        self.site = site
        self.field = field
        self.item = item
        self.start = start
        self.address = address
        self.alone = alone
        """Whether only the port of the container is written."""

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action == "drop" and change.fact == "port":
            return "Remove this port", remove(self.site, "ports", "own", self.field.value)
        if change.action != "set" or change.fact != "host_address":
            raise Refused("there is no writer for this")
        title = f"Publish it on {change.content} only"
        if self.item is not None:
            return title, put(self.item, "host_ip", "own", str(change.content))
        self.site.editable(self.field)
        return title, (self._written(str(change.content)),)

    def _written(self, content: str) -> Edit:
        if self.address is None:
            return Edit(Span(self.start, self.start), f"{content}::" if self.alone else f"{content}:")
        if self.address.source[self.address.span] != self.address.text:
            raise Refused("a variable decides it")
        return Edit(self.address.span, content)


def ports_of(site: Site, address: str, name: str) -> Iterator[Port]:
    """The ports that a service publishes; one that has no network publishes none."""
    mode = site.field("network_mode", "own")
    if mode is not None and site.scalar(mode).text == "none":
        return
    for item in fields_of(site.field("ports", "own")):
        port = (_short if isinstance(item.value, Scalar) else _long)(site, item, f"{address}.ports", name)
        if port is not None:
            yield port


def split_port(text: str) -> tuple[Part | None, Part | None, Part]:
    """Where the address, the port of the host and the port of the container stand in `ADDRESS:PORT:PORT`."""
    colons = []
    depth = 0
    for at, character in enumerate(text):
        if character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
        elif character == ":" and depth <= 0:
            colons.append(at)
    if not colons:
        return None, None, (0, len(text))
    last = (colons[-1] + 1, len(text))
    if len(colons) == 1:
        return None, (0, colons[-1]), last
    return (0, colons[-2]), (colons[-2] + 1, colons[-1]), last


def is_one_port(text: str) -> bool:
    """Whether a variable is named like a port, and so will not hold an address with it."""
    return text.startswith("$") and "PORT" in text.upper()


def _short(site: Site, field: Field, address: str, name: str) -> Port | None:
    assert isinstance(field.value, Scalar)
    whole = field.value.fragment(field.source.text)
    raw = whole
    if site.interpolate is not None and "$" in whole.text:
        whole = site.interpolate(whole).fragment or whole
    at, outside, inside = (None if part is None else _part(site, field, whole.part(*part)) for part in split_port(whole.text))
    assert inside is not None
    if at is None and outside is not None and outside.is_unknown and not is_one_port(field.source[outside.span]):
        at = outside
    written = at if at is not None and at.is_known else None
    origin = PortOrigin(site, field, start=raw.span().start, address=written, alone=outside is None)
    return _port(site, field, address, name, origin, at, outside, inside)


def _long(site: Site, field: Field, address: str, name: str) -> Port | None:
    section = Section(field.source, field.value, field.trail, field.shared)
    target = section.get("target")
    if target is None:
        return None
    at, outside = (site.scalar(entry) if (entry := section.get(key)) is not None else None for key in ("host_ip", "published"))
    item = Site(field.source, field.span, section, fixable=site.fixable)
    port = _port(site, field, address, name, PortOrigin(site, field, item=item), at, outside, site.scalar(target))
    if section.text("protocol"):
        port.protocol = section.text("protocol").lower()
    return port


def _port(
    site: Site, field: Field, address: str, name: str, origin: PortOrigin, at: Value | None, outside: Value | None, inside: Value
) -> Port:
    first, last, protocol = port_range(inside.text)
    return Port(
        field.source,
        field.span,
        f"{address}.{inside.text or field.source[inside.span]}",
        origin,
        value=Value.known(inside.text, field.source, field.span, field.trail) if inside.is_known else inside,
        first=first,
        last=last,
        protocol=protocol,
        role="published",
        owner=name,
        host_address=at if at is not None else Value.absent(field.source, field.span),
        host_port=outside if outside is not None and (outside.text or outside.is_unknown) else None,
    )


def _part(site: Site, field: Field, fragment: Fragment) -> Value:
    """A part of a short port, with variables replaced."""
    span = fragment.span()
    if is_masked(fragment.text):
        return Value.unknown("a template action decides it", field.source, span, field.trail)
    if "$" in fragment.text and site.interpolate is not None:
        replaced = site.interpolate(fragment)
        if replaced.fragment is None:
            return Value.unknown(replaced.reason, field.source, span, field.trail)
        fragment = replaced.fragment
    return Value.known(fragment.text, field.source, span, field.trail)
