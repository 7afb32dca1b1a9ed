"""What is in force at each step of a Dockerfile, and what its stages, ports and folders are."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.dialects.dockerfile import read
from capdrop.model.build_step import BuildStep
from capdrop.model.command import Command
from capdrop.model.container import Container
from capdrop.model.copy import Copy
from capdrop.model.folder import Folder
from capdrop.model.port import Port
from capdrop.model.stage import Stage
from capdrop.source import Source
from capdrop.syntax.dockerfile import MOST_READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    S = TypeVar("S")


def subjects(kind: type[S], text: str) -> list[S]:
    return [subject for subject in read(Source("Dockerfile", text), Context()).subjects if isinstance(subject, kind)]


@pytest.mark.parametrize(
    ("text", "language", "pipefail"),
    [
        ("FROM a\nRUN b\n", "sh", False),
        ('FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN b\n', "sh", True),
        ('FROM a\nSHELL ["/bin/ash", "-euo", "pipefail", "-c"]\nRUN b\n', "sh", True),
        ('FROM a\nSHELL ["/bin/bash", "-c"]\nRUN b\n', "sh", False),
        ('FROM a AS one\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nFROM one\nRUN b\n', "sh", True),
        ('FROM a AS one\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nFROM a\nRUN b\n', "sh", False),
        ('FROM a\nONBUILD SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN b\n', "sh", False),
        ('FROM a\nSHELL ["powershell", "-Command"]\nRUN b\n', "powershell", False),
        ("FROM mcr.microsoft.com/windows/nanoserver:1\nRUN b\n", "cmd", False),
    ],
)
def test_the_shell_in_force(text: str, language: str, pipefail: bool) -> None:
    shell = subjects(BuildStep, text)[-1].shell
    assert (shell.language, shell.pipefail) == (language, pipefail)


@pytest.mark.parametrize(
    ("script", "pipefail"),
    [
        ("z", False),
        ("set -o pipefail; z", True),
        ("set -euxo pipefail && a | z", True),
        ("set -e -o pipefail; set +o pipefail; z", False),
        ("z; set -o pipefail", False),
        ("set -e pipefail; z", False),
        ("bash -o pipefail -c 'a | z'", True),
        ("set -o pipefail; bash -c 'a | z'", False),
        ('set -o pipefail; b "$(a | z)"', True),
        ("bash -eo pipefail <<EOF\nz\nEOF", True),
        ("<<EOF\nset -o pipefail\nz\nEOF", True),
        ("<<EOF\nz\nEOF", False),
    ],
)
def test_pipefail_at_a_command(script: str, pipefail: bool) -> None:
    (command,) = [command for command in subjects(Command, f"FROM a\nRUN {script}\n") if command.name == "z"]
    assert command.pipefail is pipefail


@pytest.mark.parametrize(
    ("flags", "kind", "settings", "target"),
    [
        ("--mount=target=/a", "bind", {"target": "/a"}, "/a"),
        ("--mount=type=bind,src=b,dst=/a,rw", "bind", {"source": "b", "target": "/a", "rw": ""}, "/a"),
        ("--mount=type=cache,destination=/c,readonly=true,uid=5", "cache", {"target": "/c", "ro": "true", "uid": "5"}, "/c"),
        ("--mount=type=secret,id=n", "secret", {"id": "n"}, "/run/secrets/n"),
        ("--mount=type=secret,source=x/n", "secret", {"source": "x/n"}, "/run/secrets/n"),
        ("--mount=type=secret,id=n,env=N", "secret", {"id": "n", "env": "N"}, ""),
        ("--mount=type=ssh,mode=0666", "ssh", {"mode": "0666"}, ""),
        ("--mount=type=tmpfs,target=$T,size=$U", "tmpfs", {"target": "/t", "size": ""}, "/t"),
    ],
)
def test_mounts(flags: str, kind: str, settings: dict[str, str], target: str) -> None:
    (step,) = subjects(BuildStep, f"FROM a\nARG T=/t\nRUN {flags} b\n")
    (mount,) = step.mounts
    assert (mount.kind, mount.target) == (kind, target)
    assert {name: text for name, text in mount.settings.items() if name != "type"} == settings


def test_the_settings_of_a_mount_have_their_places() -> None:
    text = 'FROM a\nRUN --mount=type=secret,id=n,mode=0444 --mount="type=cache,target=/c" b\n'
    (step,) = subjects(BuildStep, text)
    assert [text[value.span.start : value.span.end] for mount in step.mounts for value in mount.values.values()] == [
        "secret", "n", "0444", "cache", "/c",
    ]  # fmt: skip


def test_commands_know_their_step() -> None:
    text = "FROM debian:13\nWORKDIR /a\nUSER 5\nRUN --network=host --security=insecure --mount=type=ssh b\nCMD c\n"
    command, other = subjects(Command, text)
    step = command.step
    assert step is not None
    assert (step.network.text, step.security.text, step.folder, step.user and step.user.text) == ("host", "insecure", "/a", "5")
    assert [mount.kind for mount in command.mounts] == ["ssh"]
    assert (other.step, other.mounts) == (None, ())


@pytest.mark.parametrize(
    ("script", "conditional"),
    [
        ("z", False),
        ("a && (z; b)", False),
        ("a || z", True),
        ("if a; then z; fi", True),
        ("for i in 1 2; do { z; }; done", True),
        ("f() { z; }; f", True),
        ("a || (b && z)", True),
    ],
)
def test_what_a_condition_decides(script: str, conditional: bool) -> None:
    (command,) = [command for command in subjects(Command, f"FROM a\nRUN {script}\n") if command.name == "z"]
    assert command.conditional is conditional


@pytest.mark.parametrize(
    ("written", "first", "last", "protocol"),
    [
        ("22", 22, 22, "tcp"),
        ("22/UDP", 22, 22, "udp"),
        ("20-25/tcp", 20, 25, "tcp"),
        ("$P", 80, 80, "tcp"),
        ("$Q", -1, -1, "tcp"),
        ("8080:80", 80, 80, "tcp"),
        ("20-x", 20, -1, "tcp"),
        ("ssh", -1, -1, "tcp"),
        ("²²", -1, -1, "tcp"),
        ("99999999999999999999", -1, -1, "tcp"),
    ],
)
def test_ports(written: str, first: int, last: int, protocol: str) -> None:
    (port,) = subjects(Port, f"FROM a\nARG P=80\nARG Q\nEXPOSE {written}\n")
    assert (port.first, port.last, port.protocol, port.role) == (first, last, protocol, "exposed")


def test_folders_are_seen_from_the_working_folder() -> None:
    text = (
        "FROM a AS one\nWORKDIR /a\nWORKDIR b/../c\nVOLUME d /e/\nFROM one\nWORKDIR f\nFROM x\nWORKDIR g\n"
        'VOLUME ["h", "/i"]\nFROM scratch\nWORKDIR j\n'
    )
    found = [(folder.role, folder.path.text) for folder in subjects(Folder, text)]
    assert found == [
        ("working", "/a"), ("working", "/a/c"), ("volume", "/a/c/d"), ("volume", "/e"), ("working", "/a/c/f"),
        ("working", "g"), ("volume", "h"), ("volume", "/i"), ("working", "/j"),
    ]  # fmt: skip


def test_what_lies_below_a_folder() -> None:
    (folder,) = subjects(Folder, "FROM a\nWORKDIR /proc/../dev/x\n")
    assert folder.is_below("/proc", "/dev") == "/dev"
    assert folder.is_below("/de", "/dev/x/y") == ""


def test_a_stage_knows_the_accounts_that_it_and_its_bases_create() -> None:
    text = (
        "FROM a AS one\nRUN useradd -r -u 5 -g app app && addgroup -g 6 grp\nFROM b\nRUN useradd no\n"
        "FROM one\nRUN adduser -D -u $ID svc || true; if x; then adduser y; fi; adduser svc grp\n"
    )
    stage = subjects(Stage, text)[-1]
    assert [(account.kind, account.name.text, account.number and account.number.text, account.certain) for account in stage.accounts] == [
        ("user", "app", "5", True), ("group", "grp", "6", True), ("user", "svc", "$ID", True), ("user", "y", None, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ships"),
    [
        ("FROM a AS one\nRUN b\nFROM c\nCOPY --from=one /x /x\n", False),
        ("FROM a AS one\nRUN b\nFROM one\n", True),
        ("FROM a AS one\nRUN b\nFROM scratch\nCOPY --from=One / /\n", True),
        ("FROM a\nRUN b\nFROM scratch\nCOPY --from=0 / /\n", True),
        ("FROM a AS one\nRUN b\nFROM scratch AS two\nCOPY --from=one / /\nFROM c\n", False),
    ],
)
def test_the_commands_whose_traces_ship(text: str, ships: bool) -> None:
    assert subjects(Command, text)[0].ships is ships


@pytest.mark.parametrize(
    ("text", "from_build"),
    [
        ("FROM a AS one\nRUN b\nFROM c\nCOPY --from=one / /\n", True),
        ("FROM a AS one\nRUN b\nFROM one AS two\nFROM c\nCOPY --from=1 / /\n", True),
        ("FROM a AS one\nFROM c\nCOPY --from=one / /\n", False),
        ("FROM a\nCOPY --from=b / /\n", False),
        ("FROM a\nCOPY --from=7 / /\n", False),
        ("FROM a\nCOPY x /\n", False),
    ],
)
def test_copies_from_stages_that_run_something(text: str, from_build: bool) -> None:
    assert subjects(Copy, text)[-1].from_build is from_build


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        ("FROM debian\n", "absent", "it starts nothing of its own"),
        ("FROM $BASE\n", "absent", "the base image is not known"),
        ("FROM scratch\nCOPY a /\n", "unknown", "it holds files and starts nothing"),
        ('FROM scratch\nCOPY a /\nCMD ["/a"]\n', "absent", ""),
        ('FROM scratch AS one\nCOPY a /\nENTRYPOINT ["/a"]\nFROM one\n', "absent", ""),
    ],
)
def test_a_user_that_is_never_set(text: str, state: str, reason: str) -> None:
    user = subjects(Container, text)[-1].fact("user")
    assert (user.state, user.reason) == (state, reason)


def test_an_endless_instruction_is_a_gap() -> None:
    pairs = " \\\n".join(["A=b"] * (MOST_READ // 5))
    reading = read(Source("Dockerfile", f"FROM a\nENV {pairs}\nUSER 0\n"), Context())
    assert [gap.reason for gap in reading.gaps] == ["an instruction of more than 512 KiB"]
    assert len(list(reading.subjects)) < 10
