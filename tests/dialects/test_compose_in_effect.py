"""What of a service is in effect: its lists without repeats, what is reset, and variables that are only named.

The expected values are what compose-go answers (`loader.LoadWithContext`, e70e961).
"""

from __future__ import annotations

import pytest
from capdrop.dialects.compose import read
from capdrop.dialects.context import Context
from capdrop.files import FilesWritten
from capdrop.model.container import Container, plain
from capdrop.model.mount import Mount
from capdrop.model.port import Port
from capdrop.model.subject import Subject
from capdrop.model.variable import Variable
from capdrop.source import Source


def subjects(body: str, **files: str) -> list[Subject]:
    """Of a service with some settings; in the names of other files an underscore stands for a dot."""
    text = f"services: {{app: {{image: acme/app:1, {body}}}}}\n"
    beside = {name.replace("_", "."): content for name, content in files.items()} | {"compose.yaml": text}
    return list(read(Source("compose.yaml", text), Context(files=FilesWritten(beside))).subjects)


def fact(body: str, name: str, **files: str) -> object:
    return next(plain(one.fact(name)) for one in subjects(body, **files) if isinstance(one, Container))


def environment(body: str, **files: str) -> dict[str, object]:
    return {one.name: plain(one.value) for one in subjects(body, **files) if isinstance(one, Variable) and one.place == "env"}


@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        ("'/run:/a', './b:/a'", {"/a": "./b"}),
        ("'/run:/a', {type: bind, source: ./b, target: /a}", {"/a": "./b"}),
        ("'/run:/a', 'data:/a'", {}),
        ("'/run:/a', '/etc:/b'", {"/a": "/run", "/b": "/etc"}),
        (".:C:/a", {"C:/a": "."}),
    ],
)
def test_the_last_volume_at_a_place_counts(volumes: str, expected: dict[str, str]) -> None:
    found = [one for one in subjects(f"volumes: [{volumes}]") if isinstance(one, Mount)]
    assert {one.target.text: one.host_path.text for one in found} == expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [("'80:80', '80:80'", 1), ("'80:80', '80:80/udp'", 2), ("'80:80', {target: 80, published: 80}", 1), ("'80:80', '127.0.0.1:80:80'", 2)],
)
def test_the_same_port_is_published_once(ports: str, expected: int) -> None:
    assert len([one for one in subjects(f"ports: [{ports}]") if isinstance(one, Port)]) == expected


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        ("cap_add: [A, B, A]", "capabilities_added", ("A", "B")),
        ("devices: ['/dev/a:/dev/x', '/dev/b:/dev/x']", "devices", ("/dev/b",)),
        ("tmpfs: ['/a:exec', '/a:exec']", "tmpfs", ("/a:exec",)),
        ("cap_add: !reset [A]", "capabilities_added", "absent"),
        ("logging: !reset {driver: none}", "log_driver", "absent"),
        ("cap_add: !override [A]", "capabilities_added", ("A",)),
        ("<<: {privileged: true}, privileged: !reset null", "privileged", True),
        ("<<: {privileged: true}, privileged: false", "privileged", False),
    ],
)
def test_what_is_in_effect_in_one_file(body: str, name: str, expected: object) -> None:
    assert fact(body, name) == expected


def test_a_list_over_a_mapping_keeps_what_both_say() -> None:
    over = "services: {app: {sysctls: [b=2], extra_hosts: ['b:1.1.1.1']}}\n"
    body = "sysctls: {a: 1}, extra_hosts: {a: host-gateway}"
    assert fact(body, "sysctls", compose_override_yaml=over) == ("a=1", "b=2")
    assert fact(body, "hosts", compose_override_yaml=over) == ("a=host-gateway", "b:1.1.1.1")


def test_configs_in_folders_of_their_own_are_two() -> None:
    top = "configs: {one: {file: /run/docker.sock}, two: {file: ./b}}\n"
    text = f"services: {{app: {{image: a, configs: [{{source: one, target: /a/c}}, {{source: two, target: /b/c}}]}}}}\n{top}"
    found = list(read(Source("compose.yaml", text), Context(files=FilesWritten({"compose.yaml": text}))).subjects)
    assert [one.host_path.text for one in found if isinstance(one, Mount)] == ["/run/docker.sock"]


@pytest.mark.parametrize("written", ["{A: , B: null, C: ~, D: ''}", "[A, B, C, D=]"])
def test_a_variable_that_is_only_named_comes_from_outside(written: str) -> None:
    assert environment(f"environment: {written}") == {"A": "unknown", "B": "unknown", "C": "unknown", "D": ""}
    assert environment(f"environment: {written}", _env="A=1\nB=\n") == {"A": "1", "B": "", "C": "unknown", "D": ""}


def test_lines_of_an_env_file_see_the_project_and_the_service() -> None:
    body = "env_file: a.env, environment: {OWN: service, BOTH: service}"
    lines = "A=${OWN:-x}\nB=${BOTH:-x}\nC=${PROJECT:-x}\nD=${NOWHERE:-x}\nE=${NOWHERE}\nF=$A\n"
    found = environment(body, a_env=lines, _env="BOTH=project\nPROJECT=project\n")
    expected = {"A": "service", "B": "project", "C": "project", "D": "x", "E": "unknown", "F": "service"}
    assert {name: found[name] for name in expected} == expected
