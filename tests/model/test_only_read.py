"""Mounts that are safely made read-only: what has them is documented to only read."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.finding import Safety
from capdrop.fixer import Workbench, fix
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(["writable-host-path"])
CONTAINERS = "/var/lib/docker/containers:/var/lib/docker/containers"
SERVICE = "services:\n  app:\n    image: {}\n    volumes:\n      - {}\n"


def safely_fixed(path: str, text: str) -> str:
    kind = kind_of(path, text)
    assert kind is not None
    return fix(Source(path, text), Workbench(kind, BOOK, Context()), Safety.SAFE).source.text


@pytest.mark.parametrize("image", ["docker.elastic.co/beats/filebeat:8.19.1", "telegraf:1.36", "gcr.io/cadvisor/cadvisor:v0.52.1"])
def test_an_agent_that_only_reads_loses_nothing(image: str) -> None:
    text = SERVICE.format(image, CONTAINERS)
    assert safely_fixed("compose.yaml", text) == text.replace(CONTAINERS, f"{CONTAINERS}:ro")
    run = f"docker run -d -v {CONTAINERS} {image}\n"
    assert safely_fixed("run.sh", run) == run.replace(CONTAINERS, f"{CONTAINERS}:ro")


@pytest.mark.parametrize(
    ("image", "volume"),
    [
        ("acme/filebeat:8.19.1", CONTAINERS),
        ("${BEAT}", CONTAINERS),
        ("telegraf:1.36", f"{CONTAINERS}\n      - data:/var/lib/docker/containers/own"),
    ],
)
def test_where_something_may_be_written_it_is_not_safe(image: str, volume: str) -> None:
    text = SERVICE.format(image, volume)
    assert safely_fixed("compose.yaml", text) == text


def test_a_pod_that_shares_its_volume_with_another_container() -> None:
    container = "    - name: {0}\n      image: {1}\n      volumeMounts:\n        - name: logs\n          mountPath: /logs\n"
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
    volume = "  volumes:\n    - name: logs\n      hostPath: {path: /var/lib/docker/containers}\n"
    one = head + container.format("beat", "docker.elastic.co/beats/filebeat:8.19.1")
    assert safely_fixed("pod.yaml", one + volume) == f"{one}          readOnly: true\n{volume}"
    two = one + container.format("other", "acme/writer:1") + volume
    assert safely_fixed("pod.yaml", two) == two
