"""What other tools are known to miss or to say wrongly of Dockerfiles (rule-catalogue, section 1.5), and tables of tricky spellings."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.finding import Confidence
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(BOOK.names - {"detect-secrets-finding"})  # another project's plugins, which run only where its baseline is
DEFAULT = BOOK.of_profile("default")


def found(text: str, *rules: str) -> list[tuple[str, int]]:
    """The rules that speak about a Dockerfile, with their lines; of these rules, or of all of the default profile."""
    source = Source("Dockerfile", text)
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    analysis = analyse(source, kind, BOOK, Context())
    assert analysis.broken == []
    wanted = rules or DEFAULT
    return [(finding.rule, source.position(finding.span.start).line) for finding in analysis.findings if finding.rule in wanted]


def test_every_spelling_of_root_and_of_the_ssh_port_is_seen() -> None:
    for user in ("0", "root", "0:0", "root:root", "0:1000", '"root"', "${X:-0}"):
        assert found(f"FROM debian:13\nUSER {user}\n", "root-user") == [("root-user", 2)], user
    for port in ("22", "22/tcp", "22/udp", "20-23", "80 22", '"22"'):
        assert found(f"FROM debian:13\nEXPOSE {port}\n", "ssh-port-exposed") == [("ssh-port-exposed", 2)], port


def test_a_user_of_a_build_stage_neither_hides_nor_shows_the_one_that_ships() -> None:
    built = "FROM golang:1.25 AS build\nUSER {}\nFROM debian:13\nCOPY --from=build /a /a\n"
    assert found(built.format("nobody"), "missing-user", "root-user") == [("missing-user", 3)]
    assert found(built.format("root") + "USER 10001\n", "missing-user", "root-user") == []
    assert found("FROM debian:13\nUSER app\nUSER root\nRUN a\nUSER app\n", "missing-user", "root-user") == []


def test_names_that_only_look_secret_are_none() -> None:
    text = (
        "FROM debian:13\nENV USERNAME=app PRIVATE_SUBNET=10.0.0.0/8 CLIENT_KEY_PATH=/run/key TOKEN_URL=https://id.example.com\nUSER 10001\n"
    )
    assert found(text) == []


def test_what_others_flag_wholesale_is_judged() -> None:
    text = "FROM debian:13\nADD rootfs.tar.gz /\nCOPY --chown=10001:0 app /app\nEXPOSE 2222 8022\nUSER 10001\n"
    assert found(text) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("app ALL=(ALL) NOPASSWD: ALL", True),
        ("app ALL=(ALL:ALL) NOPASSWD:ALL", True),
        ("%wheel ALL=NOPASSWD:SETENV: ALL", True),
        ("app ALL=(ALL) NOPASSWD: /usr/bin/apt-get", False),
        ("# app ALL=(ALL) NOPASSWD: ALL", False),
        ("app ALL=(ALL) PASSWD: ALL", False),
        ("Defaults !authenticate", False),
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        'RUN echo "{}" > /etc/sudoers.d/app',
        "RUN printf '%s\\n' '{}' | sudo tee -a /etc/sudoers",
        "RUN cat <<EOF >> /etc/sudoers\n{}\nEOF",
        "COPY <<EOF /etc/sudoers.d/app\n{}\nEOF",
        "COPY <<app /etc/sudoers.d/\n{}\napp",
        "RUN {{ echo x; echo '{}'; }} > /etc/sudoers.d/app",
        "RUN bash -c \"echo '{}' > /etc/sudoers.d/app\"",
    ],
)
def test_lines_of_sudoers(written: str, line: str, expected: bool) -> None:
    text = f"FROM debian:13\n{written.format(line)}\n"
    assert bool(found(text, "passwordless-sudo")) is expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("sed -i 's/%sudo.*/%sudo ALL=(ALL) NOPASSWD: ALL/' /etc/sudoers", True),
        ("sed -ie 's|ALL$|NOPASSWD: ALL|' /etc/sudoers", True),
        ("sed -i -e '$a app ALL=(ALL) NOPASSWD: ALL' /etc/sudoers.d/app", True),
        ("sed -i 's/NOPASSWD: ALL/ALL/' /etc/sudoers", False),
        ("sed -i 's/a/NOPASSWD: ALL/' /etc/motd", False),
        ("sed -i '/NOPASSWD: ALL/d' /etc/sudoers", False),
    ],
)
def test_sudoers_that_are_edited(script: str, expected: bool) -> None:
    assert bool(found(f"FROM debian:13\nRUN {script}\n", "passwordless-sudo")) is expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo a:b | chpasswd", True),
        ("echo 'a:b' | sudo chpasswd", True),
        ("printf 'a:%s' b | /usr/sbin/chpasswd", True),
        ("bash -c 'echo a:b | chpasswd'", True),
        ("chpasswd <<< a:b", True),
        ("usermod --password='$6$a$b' a", True),
        ("useradd -m -pabJnggxhB/yWI a", True),
        ("useradd -m -pfoo a", False),  # no password fits what is stored so (shadow(5))
        ("echo 'a:!' | chpasswd --encrypted", False),
        ("useradd -p '*' a", False),
        ("useradd --password '!' a", False),
        ('echo "a:$(openssl rand -base64 9)" | chpasswd', False),
        ("passwd -l a", False),
        ("echo chpasswd", False),
        ("useradd -P /root a", False),
    ],
)
def test_passwords_that_are_set(script: str, expected: bool) -> None:
    assert bool(found(f"FROM debian:13\nRUN {script}\n", "account-password-set")) is expected


def test_a_base_that_nobody_knows_makes_a_missing_user_less_sure() -> None:
    text = "ARG BASE\nFROM $BASE\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    (finding,) = [one for one in analyse(Source("Dockerfile", text), kind, BOOK, Context()).findings if one.rule == "missing-user"]
    assert finding.confidence is Confidence.LOW


def test_a_path_is_a_folder_and_not_the_beginning_of_a_word() -> None:
    """Blind spot 3: `/devices` is not `/dev`, and `/homework` not `/home`."""
    for path in ("/devices", "/homework", "/variables", "/var/lib/app", "/process", "/etcd", "/bootstrap", "/usr2", "/syscalls"):
        assert found(f"FROM debian:13\nVOLUME {path}\nWORKDIR {path}\n", "volume-over-system-folder", "workdir-in-system-folder") == [], (
            path
        )
    for path in ("/dev", "/proc", "/sys", "/etc", "/etc/", '["/data", "/usr"]'):
        assert found(f"FROM debian:13\nVOLUME {path}\n", "volume-over-system-folder"), path


PASSWORD = "Kp3-vv81" + "-Qz"  # invented


def test_secrets_of_every_stage_count_and_keys_that_are_none_do_not() -> None:
    """Blind spot 7."""
    text = f"FROM debian:13 AS build\nENV DB_PASSWORD={PASSWORD}\nFROM debian:13\nUSER 10001\n"
    assert ("hard-coded-credential", 2) in found(text)
    harmless = "KEYBOARD=us KEY_VERSION=3 PRIMARY_KEY=id SIGNING_KEY_FILE=/run/secrets/k PUBLIC_KEY_PATH=/k.pub CACHE_KEY_PREFIX=app"
    assert found(f"FROM debian:13\nENV {harmless}\nARG KEY_ID=42\nUSER 10001\n") == []


@pytest.mark.parametrize(
    "path",
    [
        "/var/run/docker.sock", "/run/docker.sock", "/var/run/../run/docker.sock", '["/data", "/var/run/docker.sock"]', "$SOCKET",
        "/run/containerd/containerd.sock", "/run/podman/podman.sock", "/run/k3s/containerd/containerd.sock", "/var/run/crio/crio.sock",
    ],
)  # fmt: skip
def test_the_sockets_of_all_runtimes(path: str) -> None:
    """Blind spot 8."""
    text = f"FROM debian:13\nENV SOCKET=/var/run/docker.sock\nVOLUME {path}\n"
    assert ("runtime-socket-volume", 3) in found(text, "runtime-socket-volume")


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("latest/app:1.2", []),
        ("acme/latest:1.2", []),
        ("registry.acme.io:5000/app:1.2", []),
        ("registry.acme.io:5000/app", ["image-without-tag"]),
        ("acme/app:latest-1.2.3", []),
        ("acme/app:latest", ["image-with-moving-tag"]),
        ("acme/app:latest@sha256:" + "a" * 64, []),
        ("acme/app@sha256:" + "a" * 64, []),
        ("${REGISTRY:-docker.io}/acme/app:latest", ["image-with-moving-tag"]),
        ("${UNSET}/acme/app", []),
    ],
)
def test_the_tag_is_the_tag_and_nothing_else(image: str, expected: list[str]) -> None:
    """Blind spot 12."""
    rules = ("image-without-tag", "image-with-moving-tag")
    assert [rule for rule, _ in found(f"FROM {image}\n", *rules)] == expected
    assert [rule for rule, _ in found(f"FROM debian:13\nCOPY --from={image} /a /a\n", *rules)] == expected


@pytest.mark.parametrize(
    "step",
    [
        "RUN curl -k https://a.example/x -o x",
        'RUN ["curl", "-k", "https://a.example/x", "-o", "x"]',
        "ONBUILD RUN curl -k https://a.example/x -o x",
        "RUN <<EOF\ncurl -k https://a.example/x -o x\nEOF",
        "RUN <<EOF\n#!/bin/bash -e\ncurl -k https://a.example/x -o x\nEOF",
        "RUN bash <<'EOF'\ncurl -k https://a.example/x -o x\nEOF",
        "RUN set -eu; if true; then (curl -sSLk https://a.example/x) > x; fi",
        "CMD curl -k https://a.example/x -o x",
        "HEALTHCHECK CMD curl -fk https://a.example/x || exit 1",
        'SHELL ["/bin/bash", "-c"]\nRUN curl -k https://a.example/x -o x',
    ],
)
def test_commands_are_read_wherever_they_stand(step: str) -> None:
    """Section 1.6: others skip the list form, here-documents or what ONBUILD waits for."""
    assert len(found(f"FROM debian:13\n{step}\n", "certificate-check-disabled")) == 1


@pytest.mark.parametrize(
    "step", ["RUN <<EOF\n#!/usr/bin/env python3\ncurl -k https://a.example\nEOF", "RUN cat <<EOF > x\ncurl -k https://a\nEOF"]
)
def test_what_no_shell_runs_is_no_command(step: str) -> None:
    assert found(f"FROM debian:13\n{step}\n", "certificate-check-disabled") == []


@pytest.mark.parametrize(("user", "expected"), [("", [6]), ("USER 1000\n", [4])])
def test_images_on_one_base_stage_that_lack_a_user_are_one_finding(user: str, expected: list[int]) -> None:
    text = f"FROM node:22 AS base\nCOPY . .\nCMD x\nFROM base AS one\nCMD y\nFROM base AS two\n{user}CMD z\n"
    source, kind = Source("Dockerfile", text), kind_of("Dockerfile", text)
    assert kind is not None
    findings = analyse(source, kind, BOOK, Context(targets=frozenset({"one"}))).findings
    sure = [found for found in findings if found.rule == "missing-user" and found.confidence is not Confidence.LOW]
    assert [source.position(found.span.start).line for found in sure] == expected


@pytest.mark.parametrize(
    ("path", "sure"),
    [
        ("tests/e2e/app/Dockerfile", False),
        ("app/tests.Dockerfile", False),
        ("app/Dockerfile.test", False),
        ("app/Dockerfile.latest", True),
        ("latest/Dockerfile", True),
    ],
)
@pytest.mark.parametrize(("user", "rule"), [("USER root\n", "root-user"), ("EXPOSE 80\n", "missing-user")])
def test_root_in_what_is_for_tests_is_less_sure(path: str, sure: bool, user: str, rule: str) -> None:
    source = Source(path, f"FROM debian:13\nCOPY app /app\n{user}CMD /app\n")
    kind = kind_of(path, source.text)
    assert kind is not None
    (finding,) = [one for one in analyse(source, kind, BOOK, Context()).findings if one.rule == rule]
    assert (finding.confidence is not Confidence.LOW) is sure
