"""What a service has of the Dockerfile that it is built from, and what the Dockerfile is told of the services."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.finding import Finding
from capdrop.run import check

PASSWORD = "Tr0ub4dor" + "-9xQz"
OPEN = "FROM acme/search:1\nUSER app\nENV xpack.security.enabled=false\nCMD [search]\n"
SERVES = "FROM debian:13.1\nCOPY app /app\nEXPOSE 8080\nCMD [/app]\n"
TWO = "FROM acme/search:1 AS one\nENV xpack.security.enabled=false\nFROM one AS two\nUSER app\n"


def found(folder: Path, compose: str, dockerfile: str, *paths: str) -> list[Finding]:
    """What a run over the folder, or over some files of it, finds."""
    (folder / "compose.yaml").write_text(compose)
    (folder / "Dockerfile").write_text(dockerfile)
    run = check([str(folder / path) for path in paths or (".",)], Config(str(folder)), rules_in_force(Config(str(folder))))
    assert not any(result.broken for result in run.results)
    return [finding for result in run.results for finding in result.findings]


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(Path(finding.source.path).name, finding.rule) for finding in findings if finding.suppressed is None]


@pytest.mark.parametrize(
    ("service", "dockerfile", "told"),
    [
        ("build: .", OPEN, ["Dockerfile"]),
        ("build: .\n    environment: {A: b}", OPEN, ["Dockerfile"]),
        ("build: .\n    environment: {xpack.security.enabled: 'true'}", OPEN, []),
        ("build: .\n    environment: ['xpack.security.enabled=true']", OPEN, []),
        ("build: .\n    environment: [xpack.security.enabled]", OPEN, []),
        ("build: .\n    environment: {xpack.security.enabled: 'false'}\n    ports: ['8080:8080']", OPEN, ["compose.yaml"]),
        ("build: {context: ., target: two}\n    environment: {xpack.security.enabled: 'true'}", TWO, []),
        ("build: {context: ., target: one}\n    environment: {xpack.security.enabled: 'true'}", TWO, ["Dockerfile"]),
        ("build: {context: ., target: '${X}'}\n    environment: {xpack.security.enabled: 'true'}", TWO, ["Dockerfile"]),
        ("image: acme/other:1\n    environment: {xpack.security.enabled: 'true'}", OPEN, ["Dockerfile"]),
    ],
)
def test_the_setting_that_is_in_force_is_judged(service: str, dockerfile: str, told: list[str], tmp_path: Path) -> None:
    findings = found(tmp_path, f"services:\n  app:\n    {service}\n    user: app\n", dockerfile)
    assert rules(findings) == [(path, "protection-switched-off") for path in told]


def test_one_service_that_leaves_it_is_enough(tmp_path: Path) -> None:
    set_anew = "build: ., environment: {xpack.security.enabled: 'true'}, user: app"
    compose = f"services:\n  one: {{{set_anew}}}\n  two: {{build: ., user: app}}\n"
    assert rules(found(tmp_path, compose, OPEN)) == [("Dockerfile", "protection-switched-off")]


def test_a_setting_of_an_env_file_is_the_one_in_force(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text("xpack.security.enabled=true\n")
    assert rules(found(tmp_path, "services: {app: {build: ., env_file: a.env}}\n", OPEN)) == []


def test_a_build_argument_decides_what_is_in_force(tmp_path: Path) -> None:
    dockerfile = "FROM acme/search:1\nARG SAFE=true\nENV xpack.security.enabled=$SAFE\nUSER app\n"
    compose = "services: {app: {build: {context: ., args: {SAFE: 'false'}}}}\n"
    (finding,) = found(tmp_path, compose, dockerfile)
    assert finding.rule == "protection-switched-off"
    assert finding.source[finding.span] == "xpack.security.enabled=$SAFE"


@pytest.mark.parametrize("paths", [["."], ["compose.yaml"], ["compose.yaml", "Dockerfile"]])
def test_a_secret_of_the_stage_is_shown_once(paths: list[str], tmp_path: Path) -> None:
    compose = "services: {one: {build: .}, two: {build: {context: ., args: {A: b}}}}\n"
    findings = found(tmp_path, compose, f"FROM acme/a:1\nUSER app\nENV DB_PASSWORD={PASSWORD}\n", *paths)
    assert rules(findings) == [("Dockerfile", "hard-coded-credential")]


def test_a_secret_that_is_overridden_is_in_the_image_nevertheless(tmp_path: Path) -> None:
    compose = "services: {app: {build: ., environment: {DB_PASSWORD: '${DB_PASSWORD:?}'}}}\n"
    findings = found(tmp_path, compose, f"FROM acme/a:1\nUSER app\nENV DB_PASSWORD={PASSWORD}\n")
    assert rules(findings) == [("Dockerfile", "hard-coded-credential")]


def test_what_leads_to_the_dockerfile_is_noted(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, "services:\n  app:\n    build: .\n", OPEN, "compose.yaml")
    assert [(Path(note.source.path).name, note.message) for note in finding.notes] == [("compose.yaml", "`app` is built from it")]
    assert finding.fix is not None
    assert not finding.fix.edits


@pytest.mark.parametrize("paths", [["."], ["compose.yaml"]])
def test_comments_of_the_dockerfile_count(paths: list[str], tmp_path: Path) -> None:
    silenced = OPEN.replace("ENV", "# capdrop: ignore[protection-switched-off] -- for tests\nENV")
    findings = found(tmp_path, "services: {app: {build: .}}\n", silenced, *paths)
    assert rules(findings) == []
    assert all(finding.suppressed is not None for finding in findings)


def test_the_password_of_the_stage_is_that_of_the_published_database(tmp_path: Path) -> None:
    compose = "services:\n  app:\n    build: .\n    ports: ['5432:5432']\n"
    findings = found(tmp_path, compose, f"FROM postgres:17.6\nUSER postgres\nENV POSTGRES_PASSWORD={PASSWORD}\n", "compose.yaml")
    (port,) = [finding for finding in findings if finding.rule == "data-port-published"]
    assert [(Path(note.source.path).name, note.source.position(note.span.start).line) for note in port.notes] == [("Dockerfile", 3)]


INLINE = f"""services:
  app:
    build:
      args: {{DB_PASSWORD: {PASSWORD}}}
      dockerfile_inline: |
        FROM neo4j:5.26.0
        ARG DB_PASSWORD
        ENV xpack.security.enabled=false SECRET=$DB_PASSWORD
        USER neo4j
    environment: {{xpack.security.enabled: 'true'}}
    ports: ['7474:7474']
"""


def test_a_dockerfile_in_the_compose_file_is_joined_too(tmp_path: Path) -> None:
    findings = found(tmp_path, INLINE, "FROM scratch\n", "compose.yaml")
    assert [rule for _, rule in rules(findings)] == ["hard-coded-credential", "secret-build-argument", "data-port-published"]
    notes = [(note.source[note.span].strip(), note.message) for note in findings[0].notes]
    assert notes[0] == ("ARG DB_PASSWORD", "the build takes it here")


@pytest.mark.parametrize(
    ("services", "told"),
    [
        ("app: {build: ., user: '1000'}", 0),
        ("app: {build: ., user: '1000'}, job: {build: ., user: app}", 0),
        ("app: {build: .}", 1),
        ("app: {build: ., user: '1000'}, job: {build: .}", 1),
        ("app: {build: ., user: '${WHO}'}", 1),
        ("app: {build: ., user: '0:1000'}", 1),
    ],
)
def test_the_user_of_the_services_is_the_one_in_force(services: str, told: int, tmp_path: Path) -> None:
    findings = found(tmp_path, f"services: {{{services}}}\n", SERVES)
    assert [rule for path, rule in rules(findings) if path == "Dockerfile"] == ["missing-user"] * told


BUILDS = "services: {app: {build: {context: ., dockerfile: build/app.build}}, two: {build: {context: build, dockerfile: app.build}}}\n"
PIPED = 'FROM debian:13.1\nSHELL ["bash", "-o", "pipefail", "-c"]\nRUN curl https://example.com/a | sh\nUSER app\n'


def named(folder: Path, dockerfile: str, *paths: str, exclude: str = "") -> list[tuple[str, str]]:
    (folder / "build").mkdir()
    (folder / "compose.yaml").write_text(BUILDS)
    (folder / "build" / "app.build").write_text(dockerfile)
    config = Config(str(folder))
    config.exclude = [exclude] if exclude else []
    run = check([str(folder / path) for path in paths or (".",)], config, rules_in_force(config))
    return rules([finding for result in run.results for finding in result.findings])


def test_a_dockerfile_of_any_name_is_checked_once_where_a_service_is_built_from_it(tmp_path: Path) -> None:
    assert named(tmp_path, PIPED) == [("app.build", "download-piped-to-shell")]


def test_not_where_it_is_left_out_or_only_the_compose_file_is_named(tmp_path: Path) -> None:
    assert named(tmp_path, PIPED, "compose.yaml") == []
    for count, keeps in enumerate(("*.build", "build/")):
        (tmp_path / str(count)).mkdir()
        assert named(tmp_path / str(count), PIPED, exclude=keeps) == []
    (tmp_path / "ignored").mkdir()
    (tmp_path / "ignored" / ".gitignore").write_text("*.build\n")
    assert named(tmp_path / "ignored", PIPED) == []


def test_its_settings_are_judged_as_those_of_any_dockerfile(tmp_path: Path) -> None:
    assert named(tmp_path, "FROM debian:13.1\nUSER root\nENV DANGEROUSLY_OMIT_AUTH=true\nCMD [/app]\n") == [
        ("app.build", "root-user"),
        ("app.build", "protection-switched-off"),
    ]


HANDED = f"""services:
  app:
    user: app
    build:
      context: .
      args:
        DB_PASSWORD: {PASSWORD}
"""
CHAIN = """FROM acme/a:1 AS one
ARG DB_PASSWORD
ARG SECOND=$DB_PASSWORD
ENV THIRD=${SECOND} OTHER=1
FROM one
RUN echo "$OTHER"
RUN echo "$THIRD" > /etc/app.conf
USER app
"""


def test_an_argument_is_followed_through_others_to_what_keeps_it(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, HANDED, CHAIN, "compose.yaml")
    notes = [(note.source.position(note.span.start).line, note.message) for note in finding.notes]
    assert notes == [
        (2, "the build takes it here"),
        (3, "handed on here"),
        (4, "and kept in the image's environment here"),
        (7, "and used here, where it stays in the image's history"),
    ]


ROOT_TWICE = "FROM debian:13.1 AS base\nFROM base AS web\nUSER root\nCMD [/a]\nFROM base AS job\nUSER root\nCMD [/b]\n"


@pytest.mark.parametrize(
    ("services", "lines"),
    [
        ("web: {build: {context: ., target: web}}, job: {build: {context: ., target: job}, user: '1000'}", [3]),
        ("web: {build: {context: ., target: web}, user: '1000'}, job: {build: {context: ., target: job}}", [6]),
        ("web: {build: {context: ., target: web}, user: '1000'}, two: {build: {context: ., target: web}}", [3, 6]),
        ("web: {build: {context: ., target: web}, user: '1000'}", [6]),
        ("web: {build: {context: ., target: '0'}}, job: {build: {context: ., target: '2'}, user: '1000'}", []),
    ],
)
def test_each_stage_has_the_user_of_the_services_that_start_it(services: str, lines: list[int], tmp_path: Path) -> None:
    findings = found(tmp_path, f"services: {{{services}}}\n", ROOT_TWICE)
    told = [finding for finding in findings if finding.rule == "root-user"]
    assert [finding.source.position(finding.span.start).line for finding in told] == lines


def test_an_argument_may_say_who_starts_it(tmp_path: Path) -> None:
    dockerfile = "FROM debian:13.1\nARG WHO=root\nCOPY a /a\nUSER $WHO\nCMD [/a]\n"
    assert rules(found(tmp_path, "services: {app: {build: {context: ., args: {WHO: app}}}}\n", dockerfile)) == []


def test_the_image_of_another_service_may_have_a_user(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "Dockerfile").write_text("FROM debian:13.1\nUSER app\nCMD [/a]\n")
    compose = "services: {base: {build: base}, app: {build: {context: ., additional_contexts: {basis: 'service:base'}}}}\n"
    assert rules(found(tmp_path, compose, "FROM basis\nCOPY app /app\nCMD [/app]\n")) == []


@pytest.mark.parametrize(
    ("given", "dockerfile", "told"),
    [
        ("BASE: node:14", "ARG BASE=node:24.11.0\nFROM $BASE\n", ["compose.yaml"]),
        ("V: '14'", "ARG V\nFROM node:${V}-slim AS x\nFROM x\n", ["compose.yaml"]),
        ("V: '${V:-14}'", "ARG V=24.11.0\nFROM node:$V\n", ["compose.yaml"]),
        ("V: '14'", "ARG V=14\nFROM node:$V\n", ["Dockerfile"]),
        ("V: 24.11.0", "ARG V=14\nFROM node:$V\n", ["Dockerfile"]),
        ("V: '${V}'", "ARG V=24.11.0\nFROM node:$V\n", []),
        ("X: '14'", "ARG V=24.11.0\nFROM node:$V\n", []),
    ],
)
def test_the_base_image_that_an_argument_names_is_judged_where_it_is_given(
    given: str, dockerfile: str, told: list[str], tmp_path: Path
) -> None:
    compose = f"services:\n  app:\n    build:\n      context: .\n      args:\n        {given}\n"
    findings = found(tmp_path, compose, dockerfile + "USER app\nCMD [/a]\n")
    assert rules(findings) == [(path, "end-of-life-image") for path in told]
