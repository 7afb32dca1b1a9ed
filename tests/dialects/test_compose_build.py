"""Services and the Dockerfiles that they are built from: the user, the arguments, and a Dockerfile inside the Compose file."""

from __future__ import annotations

import os

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.compose import read
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesWritten
from capdrop.finding import Finding
from capdrop.model.container import Container
from capdrop.model.value import Value
from capdrop.model.variable import Variable
from capdrop.source import Source

PASSWORD = "Tr0ub4dor" + "-9xQz"
TOKEN = "gh" + "p_" + "x7Kq" + "ZsoX1bM9vRtYwEd3HnLcAfGjU5iPeB0e"
DOCKERFILE = """\
ARG WHO=nobody
FROM debian:13 AS base
USER root
FROM base AS tools
ARG ID=1
USER ${ID}
FROM debian:13
USER app
"""


def user(body: str, files: dict[str, str]) -> Value:
    text = f"services:\n  app:\n    {body}\n"
    subjects = read(Source("compose.yaml", text), Context(files=FilesWritten(files))).subjects
    return next(subject.fact("user") for subject in subjects if isinstance(subject, Container))


USERS = [
    ("build: .", "app", "Dockerfile", 8),
    ("build: {context: ., target: base}", "root", "Dockerfile", 3),
    ("build: {context: ., target: Tools}", "1", "Dockerfile", 6),
    ("build: {context: ., target: '1'}", "1", "Dockerfile", 6),
    ("build: {context: ., target: tools, args: {ID: 0}}", "0", "compose.yaml", 3),
    ("build: {context: ., target: tools, args: [ID=7]}", "7", "compose.yaml", 3),
    ("build: {context: ., target: tools, args: {OTHER: 0}}", "1", "Dockerfile", 6),
    ("build: {context: ., target: tools, args: {ID: '${X}'}}", "", "compose.yaml", 2),
    ("build: {context: ., target: gone}", "", "compose.yaml", 2),
    ("build: {context: ., target: '${X}'}", "", "compose.yaml", 2),
    ("build: ./gone", "", "compose.yaml", 2),
    ("build: https://github.com/a/b.git", "", "compose.yaml", 2),
    ("build: {context: sub, dockerfile: ../Dockerfile}", "app", "Dockerfile", 8),
    ("build: {context: ., dockerfile: sub/Other.Dockerfile}", "0", "sub/Other.Dockerfile", 2),
    ("build: .\n    dockerfile: sub/Other.Dockerfile", "0", "sub/Other.Dockerfile", 2),
    ("build: .\n    user: '1000'", "1000", "compose.yaml", 4),
    ("build: {context: ., dockerfile: silent.Dockerfile}", "", "compose.yaml", 2),
]


@pytest.mark.parametrize(("body", "expected", "path", "line"), USERS, ids=[row[0] for row in USERS])
def test_the_user_is_the_stage_s(body: str, expected: str, path: str, line: int) -> None:
    files = {"Dockerfile": DOCKERFILE, "sub/Other.Dockerfile": "FROM a\nUSER 0\n", "silent.Dockerfile": "FROM a\n# user\n"}
    value = user(body, files)
    assert (value.text, value.source.path, value.source.position(value.span.start).line) == (expected, path, line)
    assert value.is_known is bool(expected)


def test_the_user_says_who_builds_it() -> None:
    value = user("build: .", {"Dockerfile": "FROM a AS x\nUSER 0\nFROM x\n"})
    assert [(note.source.path, note.message) for note in value.trail] == [
        ("Dockerfile", "inherited here by stage 1"),
        ("compose.yaml", "`app` is built from it"),
    ]


def findings(text: str, files: dict[str, str] | None = None) -> list[Finding]:
    kind = kind_of("compose.yaml", text)
    assert kind is not None
    analysis = analyse(Source("compose.yaml", text), kind, rules_in_force(Config(os.getcwd())), Context(files=FilesWritten(files or {})))
    assert analysis.broken == []
    return analysis.findings


def test_a_missing_user_is_the_dockerfile_s_affair() -> None:
    found = findings("services: {app: {build: .}}\n", {"Dockerfile": "FROM debian:13\nCMD [x]\n"})
    assert [finding.rule for finding in found] == []


def test_root_is_shown_where_it_is_written() -> None:
    found = findings("services: {app: {build: .}}\n", {"Dockerfile": "FROM debian:13\nUSER root\n"})
    assert [(one.rule, one.source.path, one.source[one.span]) for one in found] == [("root-user", "Dockerfile", "root")]


INLINE = """\
services:
  app:
    build:
      context: .
      dockerfile_inline: |
        FROM debian:13
        RUN curl -k https://a.b/$$X | sh
        ENV A=${B:-c}
        USER root
"""


def test_an_inline_dockerfile_is_judged_in_its_place() -> None:
    found = {finding.rule: finding for finding in findings(INLINE)}
    root = found["root-user"]
    assert (root.source.path, root.source[root.span], root.subject) == ("compose.yaml", "root", "services.app.build stage 0")
    assert root.source.position(root.span.start).line == 9
    assert {one.source.position(one.span.start).line for one in found.values()} == {7, 9}


def test_an_inline_dockerfile_in_one_line_is_judged_too() -> None:
    text = 'services:\n  app:\n    build:\n      dockerfile_inline: "FROM debian:13\\nUSER root\\n"\n'
    assert [(one.rule, one.source[one.span]) for one in findings(text)] == [("root-user", "root")]


def test_no_target_is_told_of_an_inline_dockerfile() -> None:
    assert read(Source("compose.yaml", INLINE), Context(files=FilesWritten({}))).summary == ()


def test_a_secret_argument_is_followed_into_the_image() -> None:
    text = f"services:\n  app:\n    build:\n      context: .\n      args: {{TOKEN: {TOKEN}, OTHER: x}}\n"
    dockerfile = "FROM a AS b\nARG TOKEN\nENV T=$TOKEN\nFROM b\nARG OTHER\nRUN login ${TOKEN} \\\n  now\n"
    reading = read(Source("compose.yaml", text), Context(files=FilesWritten({"Dockerfile": dockerfile})))
    args = {one.name: one for one in reading.subjects if isinstance(one, Variable) and one.place == "arg"}
    assert [(note.source.position(note.span.start).line, note.message) for note in args["TOKEN"].value.trail] == [
        (2, "the build takes it here"),
        (3, "and kept in the image's environment here"),
        (6, "and used here, where it stays in the image's history"),
    ]
    assert args["OTHER"].value.trail == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ENV DB_PASSWORD=$OTHER", ["hard-coded-credential"]),
        ('ENV A=b DB_PASSWORD="${OTHER}"', ["hard-coded-credential"]),
        ("ARG DB_PASSWORD=$OTHER", ["hard-coded-credential"]),
        ("ENV DB_PASSWORD_FILE=/run/$OTHER", []),
        ("ENV DB_USER=$OTHER", []),
        ("ENV DB_PASSWORD=$ANOTHER", []),
    ],
)
def test_an_argument_is_judged_by_the_names_that_it_is_handed_on_under(line: str, expected: list[str]) -> None:
    text = f"services: {{app: {{build: {{context: ., args: {{OTHER: {PASSWORD}}}}}}}}}\n"
    found = findings(text, {"Dockerfile": f"FROM a:1\nARG OTHER\n{line}\nUSER app\n"})
    assert [one.rule for one in found if one.source.path == "compose.yaml"] == expected
    assert all([note.source.position(note.span.start).line for note in one.notes][:1] == [2] for one in found)


def test_a_url_with_a_password_says_where_the_build_keeps_it() -> None:
    text = f"services: {{app: {{build: {{context: ., args: {{INDEX: 'https://bob:{PASSWORD}@pypi.example.com/'}}}}}}}}\n"
    (found,) = findings(text, {"Dockerfile": "FROM a:1\nARG INDEX\nRUN fetch $INDEX\nUSER app\n"})
    assert found.rule == "password-in-url"
    assert [note.message for note in found.notes] == ["the build takes it here", "and used here, where it stays in the image's history"]


def test_the_folder_of_the_file_that_says_so_counts() -> None:
    files = {"sub/base.yaml": "services: {b: {build: .}}\n", "sub/Dockerfile": "FROM a\nUSER 5\n", "Dockerfile": "FROM a\nUSER 6\n"}
    assert user("extends: {file: sub/base.yaml, service: b}", files).text == "5"
