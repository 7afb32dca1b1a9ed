"""The project as Compose sees it: what belongs together, how it is laid over each other, and where the words stand.

The expected values of the merges follow compose-go's own tests (`override/*_test.go`, `loader/*_test.go`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from capdrop.dialects.compose import read
from capdrop.dialects.context import Context
from capdrop.files import LARGEST_BESIDE, FilesOnDisk, FilesWritten
from capdrop.model.container import Container, plain
from capdrop.model.image import Image
from capdrop.model.mount import Mount
from capdrop.model.subject import Subject
from capdrop.model.value import Value
from capdrop.model.variable import Variable
from capdrop.model.workspace import BuildTarget
from capdrop.reading import Reading
from capdrop.source import Source

MAIN = "compose.yaml"
OVER = "compose.override.yaml"


def joined(files: dict[str, str], path: str = MAIN, chosen: tuple[str, ...] = ()) -> tuple[Reading, list[Subject]]:
    """The reading of one of some files, and its subjects."""
    context = Context(files=FilesWritten(files), compose_files=tuple(map(os.path.abspath, chosen)))
    reading = read(Source(path, files[path]), context)
    return reading, list(reading.subjects)


def services(files: dict[str, str], path: str = MAIN, chosen: tuple[str, ...] = ()) -> dict[str, Container]:
    found = joined(files, path, chosen)[1]
    return {subject.name: subject for subject in found if isinstance(subject, Container)}


def fact(files: dict[str, str], name: str, service: str = "app") -> Value:
    return services(files)[service].fact(name)


def place(value: Value) -> tuple[str, str]:
    return value.source.path, value.source[value.span]


def chain(value: Value) -> list[tuple[str, str, str]]:
    return [(note.source.path, note.source[note.span], note.message) for note in value.trail]


def service(body: str) -> str:
    return f"services:\n  app:\n    image: acme/app:1\n    {body}\n"


def variables(files: dict[str, str]) -> dict[str, object]:
    return {one.name: plain(one.value) for one in joined(files)[1] if isinstance(one, Variable)}


MERGES = [
    ("privileged: true", "privileged: false", "privileged", False),
    ("privileged: true", "restart: always", "privileged", True),
    ("privileged: true", "privileged: !reset null", "privileged", "absent"),
    ("privileged: true", "privileged: ", "privileged", True),
    ("cap_add: [A, B]", "cap_add: [B, C]", "capabilities_added", ("A", "B", "C")),
    ("cap_add: [A, B]", "cap_add: !override [C]", "capabilities_added", ("C",)),
    ("cap_add: [A, B]", "cap_add: !reset []", "capabilities_added", "absent"),
    ("security_opt: ['seccomp:unconfined']", "security_opt: ['no-new-privileges:true']", "seccomp", "unconfined"),
    ("security_opt: ['seccomp:unconfined']", "security_opt: ['seccomp:a.json']", "seccomp", "a.json"),
    ("devices: ['/dev/a:/dev/x']", "devices: ['/dev/b:/dev/x', /dev/c]", "devices", ("/dev/b", "/dev/c")),
    ("devices: ['/dev/a:/dev/x']", "devices: [{source: /dev/b, target: /dev/x}]", "devices", ("/dev/b",)),
    ("user: root", "user: '1000'", "user", "1000"),
]


@pytest.mark.parametrize(("base", "over", "name", "expected"), MERGES, ids=[f"{base} + {over}" for base, over, *_ in MERGES])
def test_an_override_file_is_laid_over(base: str, over: str, name: str, expected: object) -> None:
    files = {MAIN: service(base), OVER: f"services:\n  app:\n    {over}\n"}
    assert plain(fact(files, name)) == expected


@pytest.mark.parametrize(("base", "over", "name", "expected"), MERGES, ids=[f"{base} + {over}" for base, over, *_ in MERGES])
def test_a_service_is_laid_over_the_one_that_it_extends(base: str, over: str, name: str, expected: object) -> None:
    text = f"services:\n  base:\n    image: a\n    {base}\n  app:\n    extends: base\n    {over}\n"
    assert plain(fact({MAIN: text}, name)) == expected


NAMED = [
    ("{A: 1, B: 2}", "{B: 3}", {"A": "1", "B": "3"}),
    ("[A=1, B=2]", "[B=3]", {"A": "1", "B": "3"}),
    ("{A: 1, B: 2}", "[B=3]", {"A": "1", "B": "3"}),
    ("[A=1, B=2]", "{B: 3}", {"A": "1", "B": "3"}),
    ("[A=1]", "[A]", {"A": "unknown"}),
    ("{A: 1}", "!override {B: 3}", {"B": "3"}),
    ("{A: 1}", "!reset {}", {}),
    ("{A: 1, B: 2}", "{A: !reset null}", {"B": "2"}),
]


@pytest.mark.parametrize(("base", "over", "expected"), NAMED, ids=[f"{base} + {over}" for base, over, _ in NAMED])
def test_named_values_are_laid_over_by_name(base: str, over: str, expected: dict[str, str]) -> None:
    assert variables({MAIN: service(f"environment: {base}"), OVER: f"services:\n  app:\n    environment: {over}\n"}) == expected


MOUNTS = [
    ("['/a:/x', '/b:/y']", "['/c:/x:ro']", {"/x": "/c", "/y": "/b"}),
    ("['/a:/x']", "[{type: bind, source: /c, target: /x}]", {"/x": "/c"}),
    ("['/a:/x']", "['/c:/x/']", {"/x/": "/c"}),
    ("['/a:/x']", "!override ['/c:/z']", {"/z": "/c"}),
]


@pytest.mark.parametrize(("base", "over", "expected"), MOUNTS)
def test_mounts_are_unique_by_target(base: str, over: str, expected: dict[str, str]) -> None:
    found = joined({MAIN: service(f"volumes: {base}"), OVER: f"services:\n  app:\n    volumes: {over}\n"})[1]
    assert {m.target.text: m.host_path.text for m in found if isinstance(m, Mount)} == expected


def test_volumes_of_every_file_are_known() -> None:
    over = "volumes:\n  data: {driver_opts: {type: none, o: bind, device: /etc}}\n"
    found = joined({MAIN: service("volumes: ['data:/x']"), OVER: over})[1]
    assert [(m.host_path.text, m.host_path.source.path) for m in found if isinstance(m, Mount)] == [("/etc", OVER)]


def test_what_an_override_says_stands_there() -> None:
    value = fact({MAIN: service("cap_add: [A]"), OVER: "services:\n  app:\n    cap_add: [SYS_ADMIN]\n"}, "capabilities_added")
    assert [place(item) for item in value] == [(MAIN, "A"), (OVER, "SYS_ADMIN")]


def test_what_nobody_says_is_missing_in_the_first_file() -> None:
    files = {MAIN: service("restart: always"), OVER: "services:\n  app:\n    privileged: true\n"}
    assert fact(files, "read_only_root").is_absent
    assert place(fact(files, "read_only_root")) == (MAIN, "app")
    assert place(fact(files, "privileged")) == (OVER, "true")


def test_an_override_by_itself_is_judged_by_its_words() -> None:
    files = {MAIN: service("restart: always"), OVER: "services:\n  app:\n    privileged: true\n"}
    app = services(files, OVER)["app"]
    assert app.fact("privileged").is_true
    assert app.fact("read_only_root").is_unknown


def test_a_service_without_image_and_build_is_a_part() -> None:
    assert fact({MAIN: "services: {app: {privileged: true}}\n"}, "read_only_root").reason.startswith("it has neither image nor build")


NAMES = [
    ("compose.yaml", ["compose.override.yml"], True),
    ("docker-compose.yml", ["docker-compose.override.yaml"], True),
    ("docker-compose.yml", ["compose.override.yaml"], True),
    ("docker-compose.prod.yml", ["docker-compose.override.yml"], False),
    ("docker-compose.yml", ["compose.yaml", "docker-compose.override.yml"], False),
    ("compose.yml", ["docker-compose.yml", "compose.override.yaml"], True),
]


@pytest.mark.parametrize(("path", "others", "expected"), NAMES)
def test_compose_takes_the_first_file_and_its_override(path: str, others: list[str], expected: bool) -> None:
    files = {path: service("restart: always")} | dict.fromkeys(others, service("privileged: true"))
    assert services(files, path)["app"].fact("privileged").is_true is expected


def test_of_two_overrides_the_first_counts() -> None:
    files = {MAIN: service("user: a"), "compose.override.yml": service("user: b"), "docker-compose.override.yml": service("user: c")}
    assert fact(files, "user").text == "b"


@pytest.mark.parametrize("separator", [":", ";", "|"])
def test_compose_file_in_env_names_the_files(separator: str) -> None:
    env = (
        f"COMPOSE_PATH_SEPARATOR='|'\nCOMPOSE_FILE=a.yaml{separator}sub/b.yaml\n"
        if separator == "|"
        else f"COMPOSE_FILE=a.yaml{separator}sub/b.yaml\n"
    )
    files = {".env": env, "a.yaml": service("user: a"), "sub/b.yaml": service("user: b"), OVER: service("user: c")}
    assert services(files, "a.yaml")["app"].fact("user").text == "b"


def test_a_later_one_of_the_named_files_is_a_part() -> None:
    files = {".env": "COMPOSE_FILE=a.yaml:b.yaml\n", "a.yaml": service("user: a"), "b.yaml": service("user: b")}
    assert services(files, "b.yaml")["app"].fact("read_only_root").is_unknown
    assert services(files, "a.yaml")["app"].fact("read_only_root").is_absent


def test_the_configuration_names_the_files() -> None:
    files = {"a.yaml": service("user: a"), "b.yaml": service("user: b"), "c.yaml": service("user: c")}
    chosen = ("a.yaml", "b.yaml", "c.yaml")
    assert services(files, "a.yaml", chosen)["app"].fact("user").text == "c"
    assert services(files, "b.yaml", chosen)["app"].fact("read_only_root").is_unknown


# extends

BASE = "services:\n  base:\n    image: acme/base:1\n    privileged: true\n    environment: {A: 1}\n"


def test_extends_of_another_file_says_where_it_came_through() -> None:
    value = fact({MAIN: "services:\n  app:\n    extends: {file: base.yaml, service: base}\n", "base.yaml": BASE}, "privileged")
    assert place(value) == ("base.yaml", "true")
    assert chain(value) == [(MAIN, "base", "extended here")]


def test_extends_goes_through_chains() -> None:
    middle = "services:\n  middle:\n    extends:\n      file: ../base.yaml\n      service: base\n"
    main = "services:\n  app:\n    extends: {file: sub/middle.yaml, service: middle}\n"
    value = fact({MAIN: main, "sub/middle.yaml": middle, "base.yaml": BASE}, "privileged")
    assert value.is_true
    assert chain(value) == [(MAIN, "middle", "extended here"), ("sub/middle.yaml", "base", "extended here")]


def test_extends_in_one_file_by_its_short_form() -> None:
    text = "services:\n  app: {extends: b}\n  b: {extends: c, cap_add: [B]}\n  c: {image: c, cap_add: [C], privileged: true}\n"
    assert plain(fact({MAIN: text}, "capabilities_added")) == ("C", "B")
    assert fact({MAIN: text}, "privileged").is_true


def test_what_a_service_extends_is_no_excuse_for_what_it_lacks() -> None:
    assert fact({MAIN: "services: {app: {extends: b}, b: {image: c}}\n"}, "read_only_root").is_absent


def test_variables_of_a_base_are_inherited() -> None:
    main = "services:\n  app:\n    extends: {file: base.yaml, service: base}\n    environment: [B=2]\n"
    assert variables({MAIN: main, "base.yaml": BASE}) == {"A": "1", "B": "2"}


def test_extends_of_an_included_service() -> None:
    files = {MAIN: "include: [base.yaml]\nservices: {app: {extends: base}}\n", "base.yaml": BASE}
    assert fact(files, "privileged").is_true


# include


def test_included_services_are_part_of_the_project() -> None:
    value = fact({MAIN: "include:\n  - base.yaml\n", "base.yaml": BASE}, "privileged", "base")
    assert place(value) == ("base.yaml", "true")
    assert chain(value) == [(MAIN, "base.yaml", "included here")]


def test_include_in_its_long_form() -> None:
    files = {
        MAIN: "include:\n  - path: [sub/a.yaml, sub/b.yaml]\n    env_file: [one.env, two.env]\n    project_directory: home\n",
        "sub/a.yaml": "services:\n  app: {image: 'a:${TAG}', user: '${WHO}', build: src}\n",
        "sub/b.yaml": "services:\n  app: {privileged: true}\n",
        "one.env": "TAG=1\nWHO=root\n",
        "two.env": "TAG=2\n",
        "home/src/Dockerfile": "FROM a\n",
    }
    reading, subjects = joined(files)
    app = next(subject for subject in subjects if isinstance(subject, Container))
    assert (app.fact("privileged").is_true, app.fact("user").text) == (True, "root")
    assert [one.value.text for one in subjects if isinstance(one, Image)] == ["a:2"]
    assert [one.dockerfile for one in reading.summary if isinstance(one, BuildTarget)] == [os.path.abspath("home/src/Dockerfile")]


def test_the_variables_of_the_one_that_includes_come_first() -> None:
    files = {
        MAIN: "include: [sub/a.yaml]\n",
        "sub/a.yaml": "services: {app: {image: 'a:${A}', user: '${B}'}}\n",
        ".env": "B=outer\n",
        "sub/.env": "A=inner\nB=inner\n",
    }
    assert fact(files, "user").text == "outer"
    assert [one.value.text for one in joined(files)[1] if isinstance(one, Image)] == ["a:inner"]


def test_a_service_over_an_included_one() -> None:
    files = {MAIN: "include: [base.yaml]\nservices:\n  base:\n    privileged: false\n", "base.yaml": BASE}
    base = services(files)["base"]
    assert base.fact("privileged").is_false
    assert (base.source.path, base.source[base.span]) == (MAIN, "base")


def test_includes_within_includes() -> None:
    files = {MAIN: "include: [a/a.yaml]\n", "a/a.yaml": "include: [b/b.yaml]\n", "a/b/b.yaml": BASE}
    value = fact(files, "privileged", "base")
    assert chain(value) == [(MAIN, "a/a.yaml", "included here"), ("a/a.yaml", "b/b.yaml", "included here")]


# what cannot be followed

TROUBLE = [
    ("services: {app: {image: a, extends: app}}", 1, "`extends` goes in a circle: `app` → `app`", False),
    ("services:\n  a: {image: a, extends: b}\n  b: {extends: a}\n", 3, "`extends` goes in a circle: `a` → `b` → `a`", False),
    ("services: {app: {image: a, extends: nobody}}", 1, "there is no service `nobody` here to extend", False),
    ("services: {app: {extends: {file: gone.yaml, service: a}}}", 1, "there is no file `gone.yaml`", False),
    ("services: {app: {extends: {file: base.yaml, service: no}}}", 1, "there is no service `no` in `base.yaml` to extend", False),
    ("services: {app: {extends: {file: ../x.yaml, service: a}}}", 1, "`../x.yaml` lies outside of the project, and is not read", True),
    ("services: {app: {extends: {file: '${F}', service: a}}}", 1, "which file it is hangs on a variable", True),
    ("services: {app: {extends: {file: 'https://a.b/c.yaml', service: a}}}", 1, "which is fetched from elsewhere", True),
    ("include: [compose.yaml]", 1, "it includes itself", False),
    ("include:\n- a.yaml\n", 2, "in `a.yaml`, line 1: `include` goes in a circle: `compose.yaml` → `a.yaml` → `compose.yaml`", False),
    ("include:\n- gone.yaml\n", 2, "there is no file `gone.yaml`", False),
    ("include:\n- oci://a.b/c:1\n", 2, "it includes `oci://a.b/c:1`, which is fetched from elsewhere", True),
    ("include:\n- https://github.com/a/b.git\n", 2, "which is fetched from elsewhere", True),
    ("include:\n- git@github.com:a/b.git\n", 2, "which is fetched from elsewhere", True),
    ("include:\n- broken.yaml\n", 2, "`broken.yaml`, line 2:", False),
    ("include: a.yaml\n", 1, "`include` is not a list", False),
    ("include:\n- {env_file: x}\nservices: {app: {image: a}}\n", 0, "", False),
]


@pytest.mark.parametrize(("text", "line", "reason", "by_design"), TROUBLE, ids=[row[0] for row in TROUBLE])
def test_what_cannot_be_followed_is_said(text: str, line: int, reason: str, by_design: bool) -> None:
    files = {MAIN: text, "base.yaml": BASE, "a.yaml": "include: [compose.yaml]\n", "broken.yaml": "a: b\n c: [\n"}
    gaps = joined(files)[0].gaps
    if not reason:
        assert gaps == []
        return
    assert len(gaps) == 1
    assert reason in gaps[0].reason
    assert (Source(MAIN, text).position(gaps[0].span.start).line, gaps[0].by_design) == (line, by_design)


def test_what_was_not_read_is_unknown() -> None:
    assert fact({MAIN: "services: {app: {image: a, extends: {file: gone.yaml, service: a}}}"}, "read_only_root").is_unknown


@pytest.mark.parametrize(
    ("anchors", "use"),
    [
        ("[x, x, x, x, x, x, x, x, x, x]", "cap_add: *a9"),
        ("{k: v}", "labels: *a9"),
        ("{image: 'b:1'}", "<<: *a9"),
    ],
)
def test_a_bomb_of_aliases_is_said(anchors: str, use: str) -> None:
    merged = "<<: [{0}]" if use.startswith("<<") else "k{1}: [{0}]"
    lines = [f"x-0: &a0 {anchors}"]
    lines += [f"x-{n}: &a{n} {{{merged.format(', '.join([f'*a{n - 1}'] * 10), n)}}}" for n in range(1, 10)]
    text = "\n".join([*lines, f"services: {{app: {{image: 'a:1', {use}}}}}", ""])
    reading = joined({MAIN: text})[0]
    assert [gap.reason for gap in reading.gaps] == ["its aliases stand for more than 1,000,000 values, which Compose refuses"]
    few = "\n".join([*lines[:4], f"services: {{app: {{image: 'a:1', {use.replace('9', '3')}}}}}", ""])
    assert joined({MAIN: few})[0].gaps == []


def test_a_bomb_of_variables_is_said() -> None:
    env = "A0=xxxxxxxxxx\n" + "".join(f"A{n + 1}=$A{n}$A{n}$A{n}\n" for n in range(20))
    text = service("user: '$A20'")
    assert [gap.reason for gap in joined({MAIN: text, ".env": env})[0].gaps] == ["in `.env` variables make values too long to be known"]
    assert joined({MAIN: text, ".env": "A20=" + "x" * 9000 + "\n"})[0].gaps == []


def test_a_bomb_of_bases_ends() -> None:
    text = (
        "services:\n"
        + "".join(f"  s{i}: {{image: a, extends: s{i + 1}, cap_add: [C{i}]}}\n" for i in range(2000))
        + "  s2000: {image: a}\n"
    )
    assert len(services({MAIN: text})) == 2001


def test_a_bomb_of_includes_ends() -> None:
    files = {f"f{i}.yaml": f"include: [f{i + 1}.yaml, f{i + 1}.yaml]\n" for i in range(40)} | {"f40.yaml": BASE}
    reading, _ = joined(files, "f0.yaml")
    assert any("files" in gap.reason for gap in reading.gaps)


# old files and templates


def test_version_1_has_its_services_at_the_top() -> None:
    found = services({MAIN: "web:\n  image: a\n  privileged: true\ndb:\n  build: .\nx-notes:\n  image: b\n"})
    assert list(found) == ["web", "db"]
    assert found["web"].fact("privileged").is_true


@pytest.mark.parametrize("text", ["services: {}\nweb: {image: a}\n", "version: '3'\nweb: {image: a}\n", "web: {}\n"])
def test_other_keys_at_the_top_are_no_services(text: str) -> None:
    assert services({MAIN: text}) == {}


def test_placeholders_of_one_click_templates_are_unknown() -> None:
    found = joined({MAIN: "services:\n  $$cap_appname-db:\n    image: mysql:$$cap_version\n    user: '$$cap_user'\n"})[1]
    assert [one.value.state for one in found if isinstance(one, Image)] == ["unknown"]


def test_files_that_include_one_another_are_followed_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for at in range(14):
        included = f"include: [a{at + 1}.yaml, a{at + 2}.yaml]\n" if at < 12 else "services: {}\n"
        Path(f"a{at}.yaml").write_text(included, encoding="utf-8")
    source = Source(MAIN, "include: [a0.yaml]\n")
    reading = read(source, Context(files=FilesOnDisk(["."])))
    list(reading.subjects)
    assert [gap.reason.partition(": ")[2] for gap in reading.gaps] == ["more is included in this project than is followed"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# padding\n" * (LARGEST_BESIDE // 10 + 1), "`app.env` cannot be read, or is too large"),
        ("".join(f"A{at}=1\n" for at in range(5001)), "of `app.env` 5000 variables are read, and no more"),
        ("!\n" * 6000 + "A=1\n", ""),
    ],
)
def test_an_env_file_that_is_not_read_is_told(text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("app.env").write_text(text + "DB_PASSWORD=x\n", encoding="utf-8")
    source = Source("compose.yaml", "services: {app: {image: a:1, env_file: app.env}}\n")
    reading = read(source, Context(files=FilesOnDisk(["."])))
    names = [subject.name for subject in reading.subjects if isinstance(subject, Variable)]
    assert [gap.reason for gap in reading.gaps] == ([reason] if reason else [])
    assert ("DB_PASSWORD" in names) is not bool(reason)


@pytest.mark.parametrize(
    ("path", "text", "reasons"),
    [
        ("a.yaml", "services: 5\n", ["`services` is to hold services by their names, and holds something else"]),
        ("a.yaml", "services: [a, b]\n", ["`services` is to hold services by their names, and holds something else"]),
        ("a.yaml", "services: !include other.yml\n", ["`services` is to hold services by their names, and holds something else"]),
        ("a.yaml", "services: {a: privileged}\n", ["`a` is to hold the settings of a service, and holds something else"]),
        ("a.yaml", "services: {a: {image: a}, b: []}\n", ["`b` is to hold the settings of a service, and holds something else"]),
        ("a.yaml", "services: {a: {image: a}, b: null}\n", ["the service `b` has no settings"]),
        ("compose.override.yaml", "services: {b: null}\n", []),
        ("a.yaml", "services: {a: !reset null}\n", []),
        ("a.yaml", "services:\nvolumes: {a: {}}\n", []),
        ("compose.yaml", "# nothing yet\n", ["it is empty, which Compose refuses"]),
        ("compose.yaml", "", ["it is empty, which Compose refuses"]),
        ("compose.override.yaml", "# nothing yet\n", []),
        ("compose.extras.yaml", "# yours\n", []),
    ],
)
def test_what_is_no_service_is_said(path: str, text: str, reasons: list[str]) -> None:
    reading = read(Source(path, text), Context())
    list(reading.subjects)
    assert [gap.reason for gap in reading.gaps] == reasons
    assert not any(gap.by_design for gap in reading.gaps)


@pytest.mark.parametrize(
    ("service", "files", "reasons"),
    [
        ("build: .", {"Dockerfile": "FROM a\n"}, []),
        ("build: ./gone", {}, ["there is no file `gone/Dockerfile`: what is built from it is not known"]),
        ("build: {context: ., dockerfile: other}", {"Dockerfile": ""}, ["there is no file `other`: what is built from it is not known"]),
        ("build: '${WHERE}'", {}, []),
        ("build: {context: ., dockerfile_inline: FROM a}", {}, []),
        ("build: https://github.com/a/b.git", {}, []),
        ("build: {context: ., target: one}", {"Dockerfile": "FROM a AS one\n"}, []),
        ("build: {context: ., target: '0'}", {"Dockerfile": "FROM a AS one\n"}, []),
        ("build: {context: ., target: two}", {"Dockerfile": "FROM a AS one\n"}, ["`Dockerfile` has no stage `two`"]),
        ("image: a, env_file: a.env", {"a.env": "A=1\n"}, []),
        ("image: a, env_file: [a.env]", {}, ["there is no file `a.env`: what it sets is not known"]),
        ("image: a, env_file: [{path: a.env, required: false}]", {}, []),
        ("image: a, env_file: [.env, .env.local]", {}, []),
        ("image: a, env_file: a.env", {"a.env.example": "A=\n"}, []),
        ("image: a, env_file: ../a.env", {}, ["`../a.env` lies outside of the project, and is not read: what it sets is not known"]),
        ("build: ../b", {}, ["`../b/Dockerfile` lies outside of the project, and is not read: what is built from it is not known"]),
    ],
)
def test_files_that_cannot_be_looked_at_are_said(service: str, files: dict[str, str], reasons: list[str]) -> None:
    text = f"services: {{app: {{{service}}}, two: {{{service}}}}}\n"
    reading = read(Source("compose.yaml", text), Context(files=FilesWritten(files)))
    list(reading.subjects)
    assert sorted({gap.reason for gap in reading.gaps}) == reasons
    assert all(gap.by_design is ("has no stage" not in gap.reason) for gap in reading.gaps)


def test_of_a_part_no_dockerfile_is_missed() -> None:
    text = "services: {app: {build: {context: ., args: {A: b}}}}\n"
    assert read(Source("compose.override.yaml", text), Context(files=FilesWritten({}))).gaps == []
