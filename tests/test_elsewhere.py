"""Findings in files that another one is joined with: shown once, silenced by the comments beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, load, rules_in_force
from capdrop.finding import Finding
from capdrop.rulebook import Misuse
from capdrop.run import check

MAIN = "services:\n  app:\n    image: acme/app:1.2.3@sha256:" + "a" * 64 + "\n"
PRIVILEGED = "services:\n  app:\n    privileged: true\n"


def run(folder: Path, files: dict[str, str], *paths: str, config: Config | None = None) -> list[Finding]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    config = config or Config(str(folder))
    ran = check([str(folder / path) for path in paths], config, rules_in_force(config))
    return [finding for result in ran.results for finding in result.findings if finding.suppressed is None]


def places(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, Path(finding.source.path).name) for finding in found]


FILES = {"compose.yaml": MAIN, "compose.override.yaml": PRIVILEGED}


@pytest.mark.parametrize("paths", [["."], ["compose.yaml"], ["compose.override.yaml"], ["compose.override.yaml", "compose.yaml"]])
def test_what_an_override_says_is_shown_once(paths: list[str], tmp_path: Path) -> None:
    assert places(run(tmp_path, FILES, *paths)) == [("privileged-container", "compose.override.yaml")]


def test_what_several_files_are_joined_with_is_shown_once(tmp_path: Path) -> None:
    extending = "services: {app: {extends: {file: base.txt, service: app}, image: 'acme/app:1.2.3'}}\n"
    files = {
        "a/compose.yaml": extending.replace("base", "../base"),
        "b/compose.yaml": extending.replace("base", "../base"),
        "base.txt": PRIVILEGED,
    }
    assert places(run(tmp_path, files, ".")) == [("privileged-container", "base.txt")]


COMMENTS = [
    PRIVILEGED.replace("true", "true  # capdrop: ignore[privileged-container] -- known"),
    PRIVILEGED.replace("    priv", "    # capdrop: ignore[privileged-container] -- known\n    priv"),
    PRIVILEGED.replace("  app:", "  app:  # capdrop: ignore[privileged-container] -- known"),
    "# capdrop: ignore-file[privileged-container] -- known\n" + PRIVILEGED,
]


@pytest.mark.parametrize("text", COMMENTS)
@pytest.mark.parametrize("path", [".", "compose.yaml"])
def test_the_comments_of_the_other_file_count(text: str, path: str, tmp_path: Path) -> None:
    assert places(run(tmp_path, FILES | {"compose.override.yaml": text}, path)) == []


def test_the_comments_of_an_env_file_count(tmp_path: Path) -> None:
    password = "tr0ub4dor" + "-n-3"
    files = {"compose.yaml": MAIN + "    env_file: a.env\n", "a.env": f"DB_PASSWORD={password}\n"}
    assert places(run(tmp_path, files, ".")) == [("hard-coded-credential", "a.env")]
    files["a.env"] = "# capdrop: ignore[hard-coded-credential] -- a sample\n" + files["a.env"]
    assert places(run(tmp_path, files, ".")) == []


def test_outside_of_a_repository_the_folder_that_is_given_is_the_project(tmp_path: Path) -> None:
    files = {
        "sub/compose.yaml": "services: {app: {extends: {file: ../base.txt, service: app}, image: 'acme/app:1.2.3'}}\n",
        "base.txt": PRIVILEGED,
    }
    assert places(run(tmp_path, files, ".")) == [("privileged-container", "base.txt")]
    assert places(run(tmp_path, files, "sub")) == []


def test_a_quoted_value_of_a_chart_is_shown_once(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  DB_PASSWORD: {{ .Values.db.password | b64enc }}\n"
    files = {
        "Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n",
        "values.yaml": 'db:\n  password: "Rr5-tt90-Xc"\n',
        "templates/secret.yaml": secret,
    }
    assert places(run(tmp_path, files, ".")) == [("hard-coded-credential", "values.yaml")]


def test_root_in_a_dockerfile_is_shown_once(tmp_path: Path) -> None:
    files = {"compose.yaml": "services: {app: {build: .}}\n", "Dockerfile": "FROM debian:13.1\nUSER root\n"}
    assert places(run(tmp_path, files, ".")).count(("root-user", "Dockerfile")) == 1


def test_the_configuration_names_the_files_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "capdrop.toml").write_text('[compose]\nfiles = ["compose.yaml", "sub/prod.yaml"]\n', encoding="utf-8")
    config = load(str(tmp_path / "capdrop.toml"))
    files = {"compose.yaml": MAIN, "sub/prod.yaml": PRIVILEGED}
    assert places(run(tmp_path, files, "compose.yaml", config=config)) == [("privileged-container", "prod.yaml")]


@pytest.mark.parametrize("table", ["files = 'a'", "file = ['a']", "files = [1]"])
def test_other_words_in_the_configuration_are_misuse(table: str, tmp_path: Path) -> None:
    (tmp_path / "capdrop.toml").write_text(f"[compose]\n{table}\n", encoding="utf-8")
    with pytest.raises(Misuse, match="files"):
        load(str(tmp_path / "capdrop.toml"))


def test_what_is_hidden_in_another_file_hides_nothing_here(tmp_path: Path) -> None:
    """A span belongs to the file of its finding."""
    files = {
        "compose.yaml": "services:\n  db:\n    image: postgres:17.6\n    env_file: db.env\n    ports: ['5432:5432']\n",
        "db.env": "POSTGRES_PASSWORD=postgres\n",
    }
    found = {finding.rule: finding for finding in run(tmp_path, files, ".")}
    assert [finding.source[span] for finding in found.values() for span in finding.hidden] == ["postgres"]
    assert found["data-port-published"].hidden == ()
