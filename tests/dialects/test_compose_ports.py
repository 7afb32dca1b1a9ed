"""The published ports of Compose services and of command lines, in every way of writing them."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import dialect
from capdrop.model.port import Port
from capdrop.source import Source


def ports(path: str, text: str) -> list[Port]:
    kind = kind_of(path, text)
    assert kind is not None
    return [subject for subject in dialect(kind).read(Source(path, text), Context()).subjects if isinstance(subject, Port)]


@pytest.mark.parametrize(
    ("written", "first", "last", "protocol", "open_to_all"),
    [
        ("'8080:80'", 80, 80, "tcp", True),
        ("8080:80", 80, 80, "tcp", True),
        ("80", 80, 80, "tcp", True),
        ("'53:53/udp'", 53, 53, "udp", True),
        ("'3000-3005:3000-3005'", 3000, 3005, "tcp", True),
        ("'0.0.0.0:80:80'", 80, 80, "tcp", True),
        ("'[::]:80:80'", 80, 80, "tcp", True),
        ("'127.0.0.1:80:80'", 80, 80, "tcp", False),
        ("'127.0.0.1::80'", 80, 80, "tcp", False),
        ("'[::1]:80:80'", 80, 80, "tcp", False),
        ("'::1:80:80'", 80, 80, "tcp", False),
        ("'192.168.1.5:80:80'", 80, 80, "tcp", False),
        ("'${PORT:-8080}:80'", 80, 80, "tcp", True),
        ("'${WEB_PORT}:80'", 80, 80, "tcp", True),
        ("'${WEB}:80'", 80, 80, "tcp", False),
        ("'${BIND}:80:80'", 80, 80, "tcp", False),
        ("'${BIND:-127.0.0.1}:80:80'", 80, 80, "tcp", False),
        ("'${BIND:-0.0.0.0}:80:80'", 80, 80, "tcp", True),
        ("'8080:${PORT}'", -1, -1, "tcp", True),
        ("{target: 80, published: '8080'}", 80, 80, "tcp", True),
        ("{target: 80, published: '8080', host_ip: 127.0.0.1}", 80, 80, "tcp", False),
        ("{target: 53, published: 53, protocol: udp, mode: host}", 53, 53, "udp", True),
        ("{target: 80, host_ip: '${BIND}'}", 80, 80, "tcp", False),
    ],
)
def test_compose(written: str, first: int, last: int, protocol: str, open_to_all: bool) -> None:
    (port,) = ports("compose.yaml", f"services:\n  web:\n    image: nginx:1.29\n    ports:\n      - {written}\n")
    assert (port.first, port.last, port.protocol, port.on_all_addresses) == (first, last, protocol, open_to_all)
    assert port.owner == "web"


@pytest.mark.parametrize(
    ("written", "first", "open_to_all"),
    [("-p 80:80", 80, True), ("--publish=127.0.0.1:80:80", 80, False), ("-p $ADDRESS:80", 80, False), ("-p 53", 53, True)],
)
def test_command_lines(written: str, first: int, open_to_all: bool) -> None:
    (port,) = ports("start.sh", f"docker run {written} nginx:1.29\n")
    assert (port.first, port.on_all_addresses) == (first, open_to_all)


def test_what_is_no_port_is_none() -> None:
    assert ports("compose.yaml", "services: {web: {image: 'nginx:1.29', ports: [{published: 80}], expose: [80]}}") == []
    assert ports("compose.yaml", "services: {web: {image: 'nginx:1.29', ports: 80}}") == []


def test_long_lists_of_colons_stay_linear() -> None:
    (port,) = ports("compose.yaml", f"services: {{web: {{image: 'nginx:1.29', ports: ['{':' * 50_000}80']}}}}")
    assert port.first == 80
