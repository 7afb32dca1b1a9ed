"""Dockerfiles to subjects: stages, users, variables, images, copies, and the commands of every form."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.dialects.dockerfile import read
from capdrop.model.command import Command
from capdrop.model.container import Container
from capdrop.model.copy import Copy
from capdrop.model.image import Image
from capdrop.model.stage import Stage
from capdrop.model.variable import Variable
from capdrop.reading import Reading
from capdrop.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    S = TypeVar("S")


def reading(text: str, targets: frozenset[str] = frozenset(), path: str = "Dockerfile") -> Reading:
    return read(Source(path, text), Context(targets))


def subjects(kind: type[S], text: str, targets: frozenset[str] = frozenset()) -> list[S]:
    return [subject for subject in reading(text, targets).subjects if isinstance(subject, kind)]


def programs(text: str) -> list[str]:
    return [command.name for command in subjects(Command, text)]


def last_value(text: str) -> str | None:
    """What the last variable of a file comes to; None where it is not known."""
    value = subjects(Variable, text)[-1].value
    return value.text if value.is_known else None


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("FROM a AS base\nUSER svc\nFROM b AS build\nUSER root\nFROM base\nCOPY --from=build /a /a\n", [("stage 2", "svc")]),
        ("FROM a AS tools\nUSER root\nFROM tools AS release\n", [("stage release", "root")]),
        ("FROM a\nUSER 1\nUSER 2:3\n", [("stage 0", "2:3")]),
        ("ARG ID=7\nFROM a\nARG ID\nUSER ${ID}\n", [("stage 0", "7")]),
        ("FROM a\nARG ID=7\nENV ID=8\nUSER $ID\n", [("stage 0", "8")]),
        ("FROM a\nENV ID=8\nARG ID=7\nUSER $ID\n", [("stage 0", None)]),
        ("FROM a\nUSER ${WHO:-0}\n", [("stage 0", "0")]),
        ("FROM a\nARG WHO\nUSER $WHO\n", [("stage 0", None)]),
        ("FROM a\nONBUILD USER root\nUSER 10\n", [("stage 0", "10")]),
        ("FROM a\n", [("stage 0", "absent")]),
        ("FROM A AS Base\nUSER 5\nFROM BASE\n", [("stage 1", "5")]),
    ],
)
def test_the_user_of_what_ships(text: str, users: list[tuple[str, str | None]]) -> None:
    found = []
    for container in subjects(Container, text):
        user = container.fact("user")
        found.append((container.address, user.text if user.is_known else "absent" if user.is_absent else None))
    assert found == users


@pytest.mark.parametrize(
    ("targets", "ships"),
    [(frozenset[str](), [False, False, True]), (frozenset({"one"}), [True, False, True]), (frozenset({"1"}), [False, True, True])],
)
def test_the_stages_that_ship(targets: frozenset[str], ships: list[bool]) -> None:
    stages = subjects(Stage, "FROM a AS One\nFROM b\nFROM c\n", targets)
    assert [stage.ships for stage in stages] == ships


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ARG A=1\nFROM x\nARG B=$A\n", None),
        ("ARG A=1\nFROM x\nARG A\nARG B=$A\n", "1"),
        ("ARG A=1\nFROM x\nARG A=2\nARG B=$A\n", "2"),
        ("ARG A=1\nARG B=${A}2\nFROM x\nARG B\nENV C=$B\n", "12"),
        ("FROM x\nENV A=1\nARG A=2\nENV B=$A\n", None),  # the manual says 1, BuildKit does 2
        ("FROM x\nENV A=1\nARG A=1\nENV B=$A\n", "1"),
        ("FROM x\nENV A=1\nARG A\nENV B=$A\n", "1"),
        ("ARG A=2\nFROM x\nENV A=1\nARG A\nENV B=$A\n", None),
        ("FROM x AS one\nENV A=1\nFROM one\nARG A=2\nENV B=$A\n", None),
        ("FROM x\nENV A=1\nARG A=2\nENV A=3\nENV B=$A\n", "3"),
        ("FROM x AS one\nENV A=1\nFROM one\nENV B=$A\n", "1"),
        ("FROM x\nENV A=1\nENV A=2 B=$A\n", "1"),
        ("FROM x AS one\nARG A=1\nFROM one\nENV B=$A\n", "1"),
        ("FROM x AS one\nENV A=1\nFROM x\nENV B=$A\n", None),
        ("FROM x\nONBUILD ENV A=1\nENV B=$A\n", None),
        ("FROM x\nENV A=1 B='$A'\n", "$A"),
        ("FROM x\nENV A=1\nENV B=\"a\"'$A'\n", "a$A"),
        ("FROM x\nENV A one two\n", "one two"),
        ("FROM x\nENV A=${B:-c}\n", "c"),
        ("ARG A=1\nARG A\nFROM x:$A\nARG A\nENV B=$A\n", "1"),
        ("ARG A=1\nFROM x\nARG A=2\nARG A\nENV B=$A\n", "1"),
        ("FROM x\nARG A=2\nARG A\nENV B=$A\n", "2"),
        ("FROM x\nARG A=1 B=$A\n", "1"),
        ("FROM x\nARG A=1\nENV A=2\nENV B=$A\n", "2"),
        ("FROM x\nENV A=$UNSET\nENV B=${A:-c}\n", None),
        ("FROM x AS one\nARG A=1\nFROM y\nENV B=$A\n", None),
        ("ARG A=1\nFROM x AS one\nARG A\nFROM y\nENV B=$A\n", None),
    ],
)
def test_variables_have_the_scope_that_buildkit_gives_them(text: str, value: str | None) -> None:
    assert last_value(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("FROM x\nARG TARGETARCH\nENV A=${TARGETARCH:-amd64}\n", None),
        ("FROM x\nARG TARGETARCH=arm\nENV A=$TARGETARCH\n", "arm"),
        ("FROM x\nENV A=${TARGETARCH:-amd64}\n", "amd64"),
        ("ARG A=${BUILDPLATFORM:-linux}\nFROM x\nARG A\nENV B=$A\n", None),
        ("ARG TARGETOS=plan9\nFROM x\nARG TARGETOS\nENV A=$TARGETOS\n", "plan9"),
        ("FROM x\nARG TARGETSTAGE\nENV A=${TARGETSTAGE:+b}\n", "b"),
        ("FROM x\nARG HTTP_PROXY\nENV A=${HTTP_PROXY:-none}\n", "none"),
        ("FROM x\nENV A=$HTTP_PROXY\n", None),
    ],
)
def test_what_only_the_build_knows_is_unknown_and_not_unset(text: str, value: str | None) -> None:
    """Automatic platform ARGs are in the global scope only, and a default beats them (BuildKit's reference and convert.go)."""
    assert last_value(text) == value


def test_a_base_image_by_platform_is_unknown() -> None:
    (image,) = subjects(Image, "FROM base-${TARGETARCH:-amd64}:1\n")
    assert image.value.is_unknown
    assert "TARGETARCH" in image.value.reason


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a\n", [("frontend", "docker/dockerfile:1", False), ("base", "a", False)]),
        ("FROM --platform=$BUILDPLATFORM a:1 AS b\nFROM b\n", [("base", "a:1", False), ("base", "b", True)]),
        ("ARG V=1\nFROM a:${V}\nFROM c:$W\n", [("base", "a:1", False), ("base", "", False)]),
        ("FROM a AS b\nCOPY --from=b x y\nCOPY --from=0 x y\nCOPY --from=c:1 x y\n", [("base", "a", False), ("copied", "c:1", False)]),
        ("FROM a AS b\nRUN --mount=from=c:1,target=/x --mount=from=b,target=/y z\n", [("base", "a", False), ("copied", "c:1", False)]),
    ],
)
def test_images(text: str, images: list[tuple[str, str, bool]]) -> None:
    assert [(image.role, image.value.text, image.local) for image in subjects(Image, text)] == images


def test_the_image_of_a_mount_points_at_its_name() -> None:
    text = "FROM a\nRUN --mount=type=bind,from=c:1,target=/x z\n"
    span = subjects(Image, text)[-1].value.span
    assert text[span.start : span.end] == "c:1"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('FROM a\nRUN b && c | d\nCMD e f\nENTRYPOINT ["g", "h"]\n', ["b", "c", "d", "e", "g"]),
        ('FROM a\nRUN ["sh", "-c", "b; c"]\n', ["sh", "b", "c"]),
        ("FROM a\nHEALTHCHECK --interval=5s CMD b\nHEALTHCHECK NONE\n", ["b"]),
        ("FROM a\nONBUILD RUN b\n", ["b"]),
        ("FROM a\nRUN b \\\n  # why\n\n  && c\n", ["b", "c"]),
        ('FROM a\nSHELL ["powershell", "-c"]\nRUN b\nSHELL ["/bin/bash", "-c"]\nRUN c\n', ["b", "c"]),
        ('FROM a\nONBUILD SHELL ["powershell"]\nRUN b\n', ["b"]),
        ("FROM mcr.microsoft.com/windows/servercore:1\nRUN b & C:\\d\\E.exe\n", ["b", "e"]),
        ('FROM a AS one\nSHELL ["cmd"]\nFROM one\nRUN b\n', ["b"]),
    ],
)
def test_the_commands_of_every_form(text: str, names: list[str]) -> None:
    assert programs(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FROM a\nRUN <<EOF\nb c\nd\nEOF\nRUN e\n", ["", "b", "d", "e"]),
        ("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nb\nEOF\n", ["", "python3"]),
        ("FROM a\nRUN <<EOF\n#!/bin/bash -e\nb\nEOF\n", ["", "b"]),
        ("FROM a\nRUN <<EOF python3\nb = c()\nEOF\n", ["python3"]),
        ("FROM a\nRUN <<EOF bash -e\nb\nEOF\n", ["bash", "b"]),
        ("FROM a\nRUN <<'A' sh && <<\"B\" cat\necho one\nA\ntwo\nB\n", ["sh", "echo", "cat"]),
        ("FROM a\nRUN set -e && \\\n  cat <<CONF > /etc/a.conf\nUSER nobody\nCONF\n", ["set", "cat"]),
        ("FROM a\nRUN <<-EOF\n\tb\n\tEOF\n", ["", "b"]),
        ("FROM a\nRUN bash <<EOF -c 'b'\nc\nEOF\n", ["bash", "b"]),
    ],
)
def test_here_documents_are_what_their_reader_makes_of_them(text: str, names: list[str]) -> None:
    assert programs(text) == names


def test_a_here_document_that_is_copied_is_settings() -> None:
    text = "FROM a\nCOPY <<EOF /etc/a.ini\n[db]\npassword = secret\nEOF\n"
    (variable,) = subjects(Variable, text)
    assert (variable.name, variable.value.text, variable.place) == ("password", "secret", "file")
    assert text[variable.value.span.start : variable.value.span.end] == "secret"


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("FROM debian:13\nRUN a\n", "root"),
        ("FROM debian:13 AS one\nFROM one\nRUN a\n", "root"),
        ("FROM debian:13\nUSER 5\nRUN a\n", "5"),
        ("FROM debian:13\nUSER 5\nUSER 0\nRUN a\n", "0"),
        ("FROM acme/base\nRUN a\n", "absent"),
        ("FROM cgr.dev/chainguard/python\nRUN a\n", "unknown"),
    ],
)
def test_the_user_that_a_command_is_run_as(text: str, user: str) -> None:
    value = subjects(Command, text)[-1].user
    assert value is not None
    assert (value.text if value.is_known else value.state) == user


def test_places_are_mapped_through_continuations() -> None:
    text = 'FROM a\nRUN curl -s\\\n# no\nSk "ht\\\ntps://x"\n'
    (curl,) = subjects(Command, text)
    option = curl.option("-k")
    assert option is not None
    assert text[option.span.start : option.span.end] == "k"
    assert [word.text for word in curl.operands] == ["https://x"]
    assert text[curl.operands[0].span.start : curl.operands[0].span.end] == '"ht\\\ntps://x"'


def test_copies() -> None:
    text = 'FROM a\nARG V\nADD --checksum=sha256:0 --chmod=755 https://a.b/$V c /d/\nCOPY ["e f", "g"]\n'
    add, copy = subjects(Copy, text)
    assert add.keyword == "ADD"
    assert [source.is_known for source in add.sources] == [False, True]
    assert {name: value.text for name, value in add.flags.items()} == {"checksum": "sha256:0", "chmod": "755"}
    assert [source.text for source in copy.sources] == ["e f"]
    assert copy.destination.text == "g"


def test_addresses_are_those_of_the_stage_and_the_instruction() -> None:
    text = "ARG A=1\nFROM a AS one\nENV B=2\nRUN /bin/c\nFROM b\nCOPY x /y\n"
    found = reading(text).subjects
    addresses = [subject.address for subject in found if isinstance(subject, Variable | Command | Copy)]
    assert addresses == ["ARG A", "stage one ENV B", "stage one RUN c", "stage 1 COPY /y"]


def test_a_template_is_partly_analysed_and_never_edited() -> None:
    text = "{{ if .x }}\nFROM debian:{{ .v }}\n{{ end }}\nRUN curl -k https://a.b {{ .flags }} \\\n{{ if .y }} \\\n  && c\n"
    found = reading(text, path="Dockerfile.template")
    assert not found.fixable
    assert [(gap.by_design, gap.blocks) for gap in found.gaps] == [(True, False)]
    made = list(found.subjects)
    assert [image.value.state for image in made if isinstance(image, Image)] == ["unknown"]
    commands = [command for command in made if isinstance(command, Command)]
    assert [command.name for command in commands] == ["curl", "c"]
    assert [word.known for word in commands[0].words] == [True, True, True, False]


def test_braces_in_the_commands_of_a_plain_file_are_no_template() -> None:
    found = reading("FROM a:1\nRUN docker ps --format '{{.ID}}'\n")
    assert found.fixable
    assert found.gaps == []
