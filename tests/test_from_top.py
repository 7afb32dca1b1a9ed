"""What the folders of a repository say, from wherever it is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from capdrop.config import Config
from capdrop.files import FilesOnDisk
from capdrop.rulebook import builtin_folder, load
from capdrop.run import check

if TYPE_CHECKING:
    from pathlib import Path

WEAK = "services: {db: {image: 'postgres:17.2', ports: ['5432:5432'], environment: {POSTGRES_PASSWORD: postgres}}}\n"
"""A password that is told anywhere but among tests and examples."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for folder in ("tests", "deploy"):
        (tmp_path / "acme" / folder).mkdir(parents=True)
        (tmp_path / "acme" / folder / "compose.yaml").write_text(WEAK)
    (tmp_path / "acme" / ".git").mkdir()
    return tmp_path / "acme"


def told(*paths: object) -> list[str]:
    run = check([str(path) for path in paths], Config("."), load(builtin_folder()))
    return [result.path for result in run.results if any(finding.rule == "default-credential" for finding in result.findings)]


@pytest.mark.parametrize("below", ["", "tests", "tests/compose.yaml"])
def test_an_absolute_path_says_what_stands_in_tests(repository: Path, below: str) -> None:
    assert told(repository / below) == [str(repository / "deploy/compose.yaml")] * (not below)


def test_a_folder_of_tests_says_so_from_within(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "tests")
    assert told(".") == []
    assert told("../deploy") == ["../deploy/compose.yaml"]


def test_what_stands_above_a_repository_says_nothing(tmp_path: Path, repository: Path) -> None:
    above = tmp_path / "tests"
    repository.rename(above)
    inside = above / "deploy" / "compose.yaml"
    assert told(above) == [str(inside)]
    assert FilesOnDisk().from_top(str(inside)) == "deploy/compose.yaml"


def test_outside_of_a_repository_the_folders_of_a_relative_path_speak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "compose.yaml").write_text(WEAK)
    monkeypatch.chdir(tmp_path)
    assert told("tests/compose.yaml") == []
    assert FilesOnDisk().from_top("tests/compose.yaml") == "tests/compose.yaml"
