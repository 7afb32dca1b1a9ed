"""Compose files as containers and mounts."""

from __future__ import annotations

import pytest
from capdrop.dialects.compose import read
from capdrop.dialects.compose.volumes import split_volume
from capdrop.dialects.context import Context
from capdrop.model.container import Container, plain
from capdrop.model.mount import Mount
from capdrop.source import Source


def containers(text: str, path: str = "compose.yaml") -> dict[str, Container]:
    subjects = read(Source(path, text), Context()).subjects
    return {subject.name: subject for subject in subjects if isinstance(subject, Container)}


def fact(body: str, name: str, path: str = "compose.yaml") -> object:
    """A fact of a service, without its places."""
    return plain(containers(f"services:\n  app: {{image: a, {body}}}\n", path)["app"].fact(name))


FACTS = [
    ("privileged: true", "privileged", True),
    ("privileged: yes", "privileged", True),
    ("privileged: 'true'", "privileged", True),
    ("privileged: 'no'", "privileged", False),
    ("privileged: maybe", "privileged", "unknown"),
    ("privileged: '${P}'", "privileged", "unknown"),
    ("privileged: '${P:-true}'", "privileged", True),
    ("privileged: '${P-yes}'", "privileged", True),
    ("privileged: '${P:?must be set}'", "privileged", "unknown"),
    ("privileged: '${P:-${Q:-true}}'", "privileged", True),
    ("privileged: ''", "privileged", "absent"),
    ("privileged: null", "privileged", "absent"),
    ("privileged: !reset true", "privileged", "absent"),
    ("'privileged': true", "privileged", True),
    ("user: '0:0'", "user", "0:0"),
    ("user: '$$x'", "user", "$x"),
    ("restart: always", "user", "unknown"),
    ("restart: always", "privileged", "absent"),
    ("restart: always", "seccomp", "default"),
    ("restart: always", "capabilities_added", "absent"),
    ("cap_add: [A, '${B}', 'C']", "capabilities_added", ("A", "unknown", "C")),
    ("cap_add: []", "capabilities_added", ()),
    ("cap_add: ", "capabilities_added", "absent"),
    ("cap_add: A", "capabilities_added", "A"),
    ("network_mode: host", "host_network", True),
    ("network_mode: 'service:vpn'", "host_network", False),
    ("pid: host", "host_pid", True),
    ("ipc: shareable", "host_ipc", False),
    ("read_only: true", "read_only_root", True),
    ("security_opt: [no-new-privileges]", "no_new_privileges", True),
    ("security_opt: ['no-new-privileges:true']", "no_new_privileges", True),
    ("security_opt: ['no-new-privileges=true']", "no_new_privileges", True),
    ("security_opt: ['no-new-privileges:true', 'no-new-privileges:false']", "no_new_privileges", False),
    ("security_opt: ['${OPTION}']", "no_new_privileges", "unknown"),
    ("security_opt: ['seccomp:unconfined']", "seccomp", "unconfined"),
    ("security_opt: ['seccomp=/etc/a:b.json']", "seccomp", "/etc/a:b.json"),
    ("security_opt: ['seccomp=unconfined', 'seccomp=x.json']", "seccomp", "x.json"),
    ("security_opt: ['apparmor=unconfined']", "apparmor", "unconfined"),
    ("security_opt: ['label:disable', 'label:user:U']", "selinux", "disable"),
    ("security_opt: ['label=type:spc_t']", "selinux", "disable"),
    ("security_opt: ['label=type:container_t']", "selinux", "type:container_t"),
    ("devices: ['/dev/sda:/dev/x:r', {source: /dev/sdb, target: /dev/y}]", "devices", ("/dev/sda", "/dev/sdb")),
    ("device_cgroup_rules: ['c 1:3 r']", "device_rules", ("c 1:3 r",)),
]


@pytest.mark.parametrize(("body", "name", "expected"), FACTS, ids=[f"{body} {name}" for body, name, _ in FACTS])
def test_facts_are_read(body: str, name: str, expected: object) -> None:
    assert fact(body, name) == expected


@pytest.mark.parametrize("path", ["compose.override.yaml", "docker-compose.override.test.yml"])
def test_nothing_follows_from_what_an_override_leaves_out(path: str) -> None:
    assert fact("restart: always", "read_only_root", path) == "unknown"
    assert fact("privileged: true", "privileged", path) is True


def test_nothing_follows_from_what_an_extending_service_leaves_out() -> None:
    assert fact("extends: {service: base}", "read_only_root") == "unknown"
    assert fact("extends: {service: base}, read_only: false", "read_only_root") is False


def test_what_comes_through_an_anchor_says_so() -> None:
    text = "x: &base\n  image: a\n  privileged: true\nservices:\n  app:\n    <<: *base\n  other:\n    <<: [*base]\n    privileged: false\n"
    found = containers(text)
    privileged = found["app"].fact("privileged")
    assert privileged.is_true
    assert text[privileged.span.start : privileged.span.end] == "true"
    assert [(note.message, text[note.span.start : note.span.end]) for note in privileged.trail] == [("merged in here", "*base")]
    assert found["other"].fact("privileged").is_false


def test_a_service_that_a_template_names_is_called_as_it_is_written() -> None:
    text = "services:\n  {{ name }}:\n    image: a\n  '{{ other }}':\n    image: a\n    privileged: true\n"
    assert list(containers(text)) == ["{{ name }}", "{{ other }}"]


def test_a_list_of_mappings_can_be_merged_by_its_alias() -> None:
    text = "x: &bases\n  - {image: a, privileged: true}\n  - {image: b, read_only: true}\nservices:\n  app:\n    <<: *bases\n"
    app = containers(text)["app"]
    assert app.fact("privileged").is_true
    assert app.fact("read_only_root").is_true
    assert [text[note.span.start : note.span.end] for note in app.fact("privileged").trail] == ["*bases"]


def test_of_a_key_written_twice_the_worse_counts() -> None:
    found = containers("services:\n  app:\n    privileged: true\n    privileged: false\n    read_only: true\n    read_only: false\n")
    assert found["app"].fact("privileged").is_true
    assert found["app"].fact("read_only_root").is_false


def test_what_is_reset_or_empty_is_no_service() -> None:
    assert list(containers("services:\n  a: {image: a}\n  b: !reset\n  c:\n  d: !override {image: d}\n")) == ["a", "d"]


def test_json_is_read() -> None:
    assert containers('{"services": {"app": {"image": "a", "privileged": true}}}')["app"].fact("privileged").is_true


def mounts(item: str, top: str = "") -> list[tuple[object, ...]]:
    """The mounts of a service with one volume: path, target, read-only, propagation."""
    text = f"services:\n  app:\n    image: a\n    volumes:\n      - {item}\n{top}"
    subjects = read(Source("compose.yaml", text), Context()).subjects
    found = [subject for subject in subjects if isinstance(subject, Mount)]
    return [tuple(plain(value) for value in (m.host_path, m.target, m.read_only, m.propagation)) for m in found]


MOUNTS = [
    ("/a:/b", ("/a", "/b", False, "absent")),
    ("//a/../c/:/b:ro", ("/c", "/b", True, "absent")),
    ("./a:/b:rw,z", ("./a", "/b", False, "absent")),
    ("~/a:/b", ("~/a", "/b", False, "absent")),
    ("/a:/b:ro,rshared", ("/a", "/b", True, "rshared")),
    ("'/a:/b:shared'", ("/a", "/b", False, "shared")),
    ("C:\\a:C:\\b:ro", ("C:\\a", "C:\\b", True, "absent")),
    ("C:\\a:/b", ("C:\\a", "/b", False, "absent")),
    ("\\\\.\\pipe\\docker_engine:/pipe", ("\\\\.\\pipe\\docker_engine", "/pipe", False, "absent")),
    ("${A:-/a}:/b", ("/a", "/b", False, "absent")),
    ("${A}:/b:ro", ("unknown", "/b", True, "absent")),
    ("${A}/x:/b", ("unknown", "/b", False, "absent")),
    ("/a:/b:${MODE}", ("/a", "/b", "unknown", "absent")),
    ("/a:/b:${MODE:-ro}", ("/a", "/b", True, "absent")),
    ("${ALL:-/a:/b:ro}", ("/a", "/b", True, "absent")),
    ("${HOME}/a:/b", ("~/a", "/b", False, "absent")),
    ("{type: bind, source: /a, target: /b}", ("/a", "/b", False, "absent")),
    ("{type: bind, source: /a, target: /b, read_only: true, bind: {propagation: rslave}}", ("/a", "/b", True, "rslave")),
    ("{type: bind, source: '${A}', target: /b, read_only: '${R}'}", ("unknown", "/b", "unknown", "absent")),
]


@pytest.mark.parametrize(("item", "expected"), MOUNTS, ids=[item for item, _ in MOUNTS])
def test_mounts_are_read(item: str, expected: tuple[object, ...]) -> None:
    assert mounts(item) == [expected]


@pytest.mark.parametrize("item", ["data:/b", "/b", "{type: volume, source: data, target: /b}", "{type: tmpfs, target: /b}", "data:/b:ro"])
def test_volumes_are_no_mounts(item: str) -> None:
    assert mounts(item, "volumes: {data: {driver_opts: {type: nfs, o: 'addr=1,rw', device: ':/x'}}}\n") == []


@pytest.mark.parametrize("item", ["data:/b", "{type: volume, source: data, target: /b}"])
def test_a_volume_that_binds_a_path_is_a_mount(item: str) -> None:
    top = "volumes: {data: {driver_opts: {type: none, o: bind, device: /a}}}\n"
    assert mounts(item, top) == [("/a", "/b", False, "absent")]


def test_the_api_socket_is_a_mount() -> None:
    reading = read(Source("compose.yaml", "services:\n  app:\n    image: a\n    use_api_socket: true\n"), Context())
    assert [m.host_path.text for m in reading.subjects if isinstance(m, Mount)] == ["/var/run/docker.sock"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a:b:c", ["a", "b", "c"]),
        ("C:\\a:D:\\b", ["C:\\a", "D:\\b"]),
        ("C:/a:/b", ["C:/a", "/b"]),
        ("${A:-x:y}:/b", ["${A:-x:y}", "/b"]),
        ("a", ["a"]),
        ("", [""]),
        (":", ["", ""]),
        ("${A:/b", ["${A:/b"]),
    ],
)
def test_volumes_are_split(text: str, parts: list[str]) -> None:
    found = split_volume(text)
    assert [part for part, _ in found] == parts
    assert all(text[at : at + len(part)] == part for part, at in found)
