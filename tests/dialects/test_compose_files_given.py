"""The files behind `secrets` and `configs`: what stands in them is found there, unless git ignores them."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.finding import Finding
from capdrop.report import Result
from capdrop.run import check

PASSWORD = "Tr0ub4dor" + "-9xQz"
KEY = (
    "-----BEGIN "
    + "OPENSSH PRIVATE KEY-----\n"
    + "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n" * 3
    + "-----END OPENSSH PRIVATE KEY-----\n"
)
COMPOSE = """\
services: {app: {image: 'a:1', secrets: [db-password], configs: [settings]}}
secrets: {db-password: {file: ./given/pw.txt}, again: {file: given/pw.txt}, outside: {environment: DB_PASSWORD}}
configs: {settings: {file: ./given/app.yml}}
"""


def results(folder: Path, files: dict[str, str], *paths: str) -> list[Result]:
    (folder / ".git").mkdir()
    (folder / "given").mkdir()
    (folder / "tests").mkdir()
    for path, text in {"compose.yaml": COMPOSE, **files}.items():
        (folder / path).write_text(text)
    config = Config(str(folder))
    run = check([str(folder / path) for path in paths or ("compose.yaml",)], config, rules_in_force(config))
    assert not any(result.broken for result in run.results)
    return run.results


def found(folder: Path, files: dict[str, str], *paths: str) -> list[Finding]:
    return [finding for result in results(folder, files, *paths) for finding in result.findings]


@pytest.mark.parametrize("paths", [("compose.yaml",), (".",)])
@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("given/pw.txt", f"{PASSWORD}\n", "hard-coded-credential"),
        ("given/pw.txt", "changeme", "default-credential"),
        ("given/pw.txt", KEY, "private-key"),
        ("given/app.yml", f"db:\n  password: {PASSWORD}\n", "hard-coded-credential"),
        ("given/app.yml", f"# {KEY}", "private-key"),
        ("given/app.yml", f"url = postgres://app:{PASSWORD}@db/app\n", "password-in-url"),
    ],
)
def test_what_stands_in_the_file_is_found_there_once(path: str, text: str, rule: str, paths: tuple[str, ...], tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {path: text}, *paths)
    assert (finding.rule, finding.source.path) == (rule, str(tmp_path / path))
    assert "which git does not ignore" in finding.notes[0].message
    assert finding.hidden


@pytest.mark.parametrize(
    "files",
    [
        {"given/pw.txt": f"{PASSWORD}\n", ".gitignore": "given/*.txt\n"},
        {"given/pw.txt": "", "given/app.yml": "password_file: /run/secrets/db\n"},
        {"given/pw.txt": "${DB_PASSWORD}\n"},
        {"compose.yaml": "services: {app: {image: 'a:1'}}\nsecrets: {a: {file: '${WHERE}/pw.txt'}}\n", "given/pw.txt": PASSWORD},
    ],
)
def test_what_is_ignored_or_holds_none_is_not_told(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, files) == []


def test_a_config_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    (result,) = results(tmp_path, {"given/pw.txt": ""})
    (reason,) = [reason for reason, _, _ in result.reasons]
    assert reason.startswith("there is no file ")
    assert reason.endswith("given/app.yml`: what stands in it is not known")


def test_an_env_file_that_is_a_secret_is_told_once(tmp_path: Path) -> None:
    compose = "services: {app: {image: 'a:1'}}\nsecrets: {all: {file: ./x.env}}\n"
    findings = found(tmp_path, {"compose.yaml": compose, "x.env": f"A=b\nDB_PASSWORD={PASSWORD}\n"}, ".")
    assert [finding.rule for finding in findings] == ["hard-coded-credential"]
