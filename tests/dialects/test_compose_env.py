"""Env files: how they are read, what they set in the project, and the variables that services get from them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.compose import read
from capdrop.dialects.compose.env_file import EnvFile
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesOnDisk, FilesWritten
from capdrop.model.container import Container, plain
from capdrop.model.image import Image
from capdrop.model.mount import Mount
from capdrop.model.subject import Subject
from capdrop.model.text import Text
from capdrop.model.variable import Variable
from capdrop.source import Source

PASSWORD = "tr0ub4dor" + "-n-3"

FILES = [
    ("A=1", {"A": "1"}),
    ("A=1\n\n# note\n  B = two words # note\n", {"A": "1", "B": "two words"}),
    ("export A=1\nexport\tB=2", {"A": "1", "B": "2"}),
    ("A: 1\nB: x=y", {"A": "1", "B": "x=y"}),
    ("A='a $B #c'\nB=\"x\\ty\"", {"A": "a $B #c", "B": "x\ty"}),
    ("A='it\\'s'", {"A": "it's"}),
    ('A="say \\"hi\\" \\$X $$Y"', {"A": 'say "hi" $X $Y'}),
    ('A="one\ntwo"\nB=3', {"A": "one\ntwo", "B": "3"}),
    ("A='open\nB=1", {"A": "'open", "B": "1"}),
    ("A=1\nB=${A}2$A", {"A": "1", "B": "121"}),
    ("B=${A:-x}", {"B": "x"}),
    ("B=${A}", {"B": None}),
    ("A\nB=1", {"A": None, "B": "1"}),
    ("A=\nB=''", {"A": "", "B": ""}),
    ("not a line\nA=1", {"A": "1"}),
    ("A=a#b\r\nB=2\r\n", {"A": "a#b", "B": "2"}),
    ("1A=1\nB=2", {"1A": "1", "B": "2"}),
    ('A="\\0101\\012\\0777"', {"A": "A\\12\\777"}),
    ("A=http://a/?b=c&d", {"A": "http://a/?b=c&d"}),
    ("", {}),
    ("# nothing", {}),
]


@pytest.mark.parametrize(("text", "expected"), FILES, ids=[repr(text) for text, _ in FILES])
def test_an_env_file_is_read(text: str, expected: dict[str, str | None]) -> None:
    assert EnvFile(Source(".env", text)).known == expected


def test_every_character_knows_its_place() -> None:
    text = 'A="x\\ny\\"z"\n'
    one = EnvFile(Source(".env", text)).assignments[0]
    assert one.written is not None
    assert one.written.text == 'x\ny"z'
    assert [text[one.written.place(at)] for at in (0, 2, 4)] == ["x", "y", "z"]


def test_a_raw_file_is_taken_as_it_stands() -> None:
    assert EnvFile(Source("a", "A='x' # y\nB=$A\n#C=1\nD\n"), raw=True).known == {"A": "'x' # y", "B": "$A", "D": None}


def test_values_that_double_one_another_end() -> None:
    text = "A0=xxxxxxxxxx\n" + "".join(f"A{i + 1}=$A{i}$A{i}\n" for i in range(4000))
    assert EnvFile(Source(".env", text)).known["A4000"] is None


def subjects(files: dict[str, str]) -> list[Subject]:
    return list(read(Source("compose.yaml", files["compose.yaml"]), Context(files=FilesWritten(files))).subjects)


def app(body: str) -> str:
    return f"services:\n  app:\n    image: acme/app:1\n    {body}\n"


def fact(body: str, env: str, name: str) -> object:
    found = subjects({"compose.yaml": app(body), ".env": env})
    return next(plain(one.fact(name)) for one in found if isinstance(one, Container))


@pytest.mark.parametrize(
    ("body", "env", "name", "expected"),
    [
        ("privileged: ${P}", "P=true", "privileged", True),
        ("privileged: ${P:-true}", "P=false", "privileged", False),
        ("privileged: ${P-true}", "P=", "privileged", "absent"),
        ("privileged: ${P:-true}", "P=", "privileged", True),
        ("privileged: ${P:+true}", "P=x", "privileged", True),
        ("privileged: ${P:?no}", "P=true", "privileged", True),
        ("privileged: ${P}", "Q=true", "privileged", "unknown"),
        ("privileged: ${P}", "P=${OUTSIDE}", "privileged", "unknown"),
        ("privileged: ${P:-true}", "P=${OUTSIDE}", "privileged", "unknown"),
        ("user: '$A:${B:-${C}}'", "A=1\nC=2", "user", "1:2"),
        ("user: '${A:-{\"x\": 1}}'", "A=1", "user", "1"),
        ("user: '${A:-{1}}'", "B=1", "user", "{1}"),
        ("cap_add: ['${C}']", "C=SYS_ADMIN", "capabilities_added", ("SYS_ADMIN",)),
    ],
)
def test_values_come_from_the_env_file(body: str, env: str, name: str, expected: object) -> None:
    assert fact(body, env, name) == expected


def test_the_environment_of_this_process_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P", "true")
    assert fact("privileged: ${P}", "Q=1", "privileged") == "unknown"


def test_a_value_says_where_it_is_set() -> None:
    found = subjects({"compose.yaml": app("privileged: ${P}"), ".env": "# x\nP=true\n"})
    value = next(one.fact("privileged") for one in found if isinstance(one, Container))
    assert [(note.source.path, note.source.position(note.span.start).line, note.message) for note in value.trail] == [
        (".env", 2, "`P` is set here")
    ]


def test_images_and_mounts_take_their_values() -> None:
    found = subjects({"compose.yaml": "services: {app: {image: 'a:$TAG', volumes: ['${DIR}/x:/y']}}\n", ".env": "TAG=1\nDIR=/etc\n"})
    assert [one.value.text for one in found if isinstance(one, Image)] == ["a:1"]
    assert [one.host_path.text for one in found if isinstance(one, Mount)] == ["/etc/x"]


def secrets(files: dict[str, str]) -> list[tuple[str, str]]:
    """The variables that hold a secret, and the files that they stand in."""
    return [(one.name, one.source.path) for one in subjects(files) if isinstance(one, Variable) and one.secret is not None]


def test_a_secret_in_the_env_file_is_not_in_the_compose_file() -> None:
    assert secrets({"compose.yaml": app("environment: {DB_PASSWORD: '${PW}'}"), ".env": f"PW={PASSWORD}\n"}) == [("PW", ".env")]


def test_a_secret_beside_a_variable_is() -> None:
    url = f"postgres://admin:{PASSWORD}@$HOST/db"
    assert secrets({"compose.yaml": app(f"environment: {{DB_URL: '{url}'}}"), ".env": "HOST=db\n"}) == [("DB_URL", "compose.yaml")]


def test_a_secret_that_is_a_default_is_published_whatever_the_env_file_says() -> None:
    files = {"compose.yaml": app(f"environment: {{DB_PASSWORD: '${{PW:-{PASSWORD}}}'}}"), ".env": "PW=x\n"}
    assert secrets(files) == [("DB_PASSWORD", "compose.yaml")]


ENV_FILES = [
    ("env_file: a.env", {"A": "a", "B": "b"}),
    ("env_file: [a.env, b.env]", {"A": "a", "B": "other"}),
    ("env_file: [{path: a.env, required: false}]", {"A": "a", "B": "b"}),
    ("env_file: [{path: raw.env, format: raw}]", {"A": "'x'"}),
    ("env_file: ['${NAME}.env']", {"A": "a", "B": "b"}),
    ("env_file: [gone.env]", {}),
    ("env_file: ['../a.env']", {}),
    ("env_file: ['${UNKNOWN}.env']", {}),
    ("env_file: a.env\n    environment: {A: own}", {"A": "own", "B": "b"}),
    ("env_file: a.env\n    environment: [A]", {"A": "unknown", "B": "b"}),
]


@pytest.mark.parametrize(("body", "expected"), ENV_FILES)
def test_variables_of_env_files(body: str, expected: dict[str, str]) -> None:
    files = {"compose.yaml": app(body), "a.env": "A=a\nB=b\n", "b.env": "B=other\n", "raw.env": "A='x'\n", ".env": "NAME=a\n"}
    assert {one.name: plain(one.value) for one in subjects(files) if isinstance(one, Variable)} == expected


def test_the_text_of_env_files_is_judged() -> None:
    files = {"compose.yaml": app("env_file: a.env"), "a.env": "# A\nA=a\n", ".env": "B=b\n"}
    assert {one.source.path for one in subjects(files) if isinstance(one, Text)} == {"compose.yaml", "a.env", ".env"}


def test_a_secret_in_an_env_file_stands_there() -> None:
    assert secrets({"compose.yaml": app("env_file: a.env"), "a.env": f"DB_PASSWORD={PASSWORD}\n"}) == [("DB_PASSWORD", "a.env")]


def test_a_file_of_many_services_is_judged_once() -> None:
    text = "services:\n  a: {image: a, env_file: x.env}\n  b: {image: b, env_file: x.env}\n"
    found = subjects({"compose.yaml": text, "x.env": "A=1\n"})
    assert [one.address for one in found if isinstance(one, Variable)] == ["variables.A"]
    assert [len(list(one.parts)) for one in found if isinstance(one, Container)] == [2, 2]


@pytest.mark.parametrize(("ignored", "expected"), [("*.env\n", []), ("other\n", ["DB_PASSWORD"])])
def test_what_git_ignores_holds_no_published_secret(ignored: str, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text(ignored, encoding="utf-8")
    (tmp_path / "a.env").write_text(f"DB_PASSWORD={PASSWORD}\n", encoding="utf-8")
    text = app("env_file: a.env")
    reading = read(Source(str(tmp_path / "compose.yaml"), text), Context(files=FilesOnDisk()))
    assert [one.name for one in reading.subjects if isinstance(one, Variable) and one.secret is not None] == expected


def test_links_out_of_the_repository_are_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / ".git").mkdir(parents=True)
    (tmp_path / "secret.env").write_text("A=1\n", encoding="utf-8")
    os.symlink(tmp_path / "secret.env", inside / "a.env")
    reading = read(Source(str(inside / "compose.yaml"), app("env_file: a.env")), Context(files=FilesOnDisk()))
    assert [one for one in reading.subjects if isinstance(one, Variable)] == []


def in_dotenv(text: str, dotenv: str) -> list[tuple[str, str, list[str]]]:
    """What is found in `.env`: the rule, the place, and the places that the notes name."""
    files = {".env": dotenv, "compose.yaml": text}
    kind = kind_of("compose.yaml", text)
    assert kind is not None
    analysis = analyse(Source("compose.yaml", text), kind, rules_in_force(Config(os.getcwd())), Context(files=FilesWritten(files)))
    found = [one for one in analysis.findings if one.source.path == ".env"]
    names = [one.source.text[: one.span.start].rpartition("\n")[2].rstrip("=") for one in found]
    return [(one.rule, name, [note.source[note.span] for note in one.notes]) for one, name in zip(found, names, strict=True)]


def test_a_secret_in_the_env_file_of_the_project_stands_there_with_the_place_that_takes_it() -> None:
    text = "services:\n  db:\n    image: acme/db:1\n    environment: {POSTGRES_PASSWORD: '${DB_PASSWORD}'}\n"
    values = f"OTHER_PASSWORD={PASSWORD}\nDB_PASSWORD={PASSWORD}\n"
    here = [("hard-coded-credential", "OTHER_PASSWORD", []), ("hard-coded-credential", "DB_PASSWORD", ["DB_PASSWORD"])]
    assert in_dotenv(text, values) == here
    assert in_dotenv(text, values.replace(PASSWORD, "${FROM_OUTSIDE}")) == []
    assert in_dotenv(text.replace("$", "$$"), values) == [(rule, name, []) for rule, name, _ in here]


def test_what_git_ignores_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "compose.yaml").write_text("services: {db: {image: acme/db:1, environment: ['PASSWORD=${DB_PASSWORD}']}}\n")
    (tmp_path / ".env").write_text(f"DB_PASSWORD={PASSWORD}\n")
    for ignored, expected in (("", 1), (".env\n", 0)):
        (tmp_path / ".gitignore").write_text(ignored)
        source = Source(str(tmp_path / "compose.yaml"), (tmp_path / "compose.yaml").read_text())
        found = list(read(source, Context(files=FilesOnDisk())).subjects)
        assert sum(isinstance(subject, Variable) and subject.source.path.endswith(".env") for subject in found) == expected


def test_a_secret_of_an_env_file_is_told_once() -> None:
    text = "services:\n  db:\n    image: acme/db:1\n    env_file: .env\n    labels: {a: '${DB_PASSWORD}'}\n"
    assert [found[:2] for found in in_dotenv(text, f"DB_PASSWORD={PASSWORD}\n")] == [("hard-coded-credential", "DB_PASSWORD")]


def test_what_is_no_secret_in_the_env_file_is_judged_where_it_is_put_in() -> None:
    text = "services:\n  db:\n    image: acme/db:1\n    environment: {POSTGRES_HOST_AUTH_METHOD: '${POSTGRES_HOST_AUTH_METHOD}'}\n"
    assert in_dotenv(text, "POSTGRES_HOST_AUTH_METHOD=trust\n") == []


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        ("environment: {DB_PASSWORD: '${RPW}'}", True),
        ("environment: ['DB_PASSWORD=${RPW:-other}']", True),
        ("environment: ['DATABASE_URL=postgres://app:${RPW}@db/app']", True),
        ("command: redis-server --requirepass ${RPW}", True),
        ("command: [redis-server, --requirepass, '${RPW}']", True),
        ("command: [redis-server, --logfile, '${RPW}']", False),
        ("environment: {DB_PASSWORD_FILE: '${RPW}', DB_HOST: $RPW}", False),
        ("environment: {DB_PASSWORD: 'a $RPW b', SITE: 'https://acme.io:$RPW/'}", False),
        ("environment: {DB_PASSWORD: '$${RPW}'}", False),
    ],
)
def test_what_takes_a_variable_tells_what_it_is(taken: str, told: bool) -> None:
    found = in_dotenv(f"services:\n  db:\n    image: acme/db:1\n    {taken}\n", f"RPW={PASSWORD}\nOTHER=1\n")
    assert found == ([("hard-coded-credential", "RPW", ["RPW"])] if told else [])
