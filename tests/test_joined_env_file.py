"""What an env file is told of the services that are given it, in a run over the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.finding import Finding
from capdrop.run import check

PASSWORD = "Tr0ub4dor" + "-9xQz"
TRUST = "POSTGRES_HOST_AUTH_METHOD=trust\n"
SAFE = "POSTGRES_HOST_AUTH_METHOD: scram-sha-256"


def found(folder: Path, files: dict[str, str], *paths: str) -> list[Finding]:
    for path, text in files.items():
        (folder / path).write_text(text)
    config = Config(str(folder))
    run = check([str(folder / path) for path in paths or (".",)], config, rules_in_force(config))
    assert not any(result.broken for result in run.results)
    return [finding for result in run.results for finding in result.findings]


def test_the_labels_of_a_file_are_read(tmp_path: Path) -> None:
    files = {"compose.yaml": "services: {a: {image: a:1, label_file: a.labels}}\n", "a.labels": f"app.password={PASSWORD}\nA=b\n"}
    (finding,) = found(tmp_path, files)
    assert (finding.rule, Path(finding.source.path).name) == ("hard-coded-credential", "a.labels")
    assert [note.message for note in finding.notes] == ["`a` is given this file, which git does not ignore"]


@pytest.mark.parametrize("paths", [(), ("compose.yaml",), ("a.env", "compose.yaml")])
@pytest.mark.parametrize(
    ("services", "count"),
    [
        ("app: {image: a:1, env_file: a.env}", 1),
        (f"app: {{image: a:1, env_file: a.env, environment: {{{SAFE}}}}}", 0),
        ("app: {image: a:1, env_file: a.env, environment: [POSTGRES_HOST_AUTH_METHOD]}", 0),
        (f"app: {{image: a:1, env_file: a.env, environment: {{{SAFE}}}}}, two: {{image: a:1, env_file: a.env}}", 1),
        ("app: {image: a:1, env_file: [a.env, b.env]}", 0),
        ("app: {image: a:1, env_file: [b.env, a.env]}", 1),
    ],
)
def test_the_setting_that_is_in_force_is_judged(services: str, count: int, paths: tuple[str, ...], tmp_path: Path) -> None:
    files = {"compose.yaml": f"services: {{{services}}}\n", "a.env": TRUST, "b.env": TRUST.replace("trust", "md5")}
    findings = [finding for finding in found(tmp_path, files, *paths) if finding.rule == "protection-switched-off"]
    assert [Path(finding.source.path).name for finding in findings] == ["a.env"] * count


def test_a_secret_that_is_set_anew_is_in_the_file_nevertheless(tmp_path: Path) -> None:
    compose = "services: {app: {image: 'a:1', env_file: a.env, environment: {DB_PASSWORD: '${DB_PASSWORD:?}'}}}\n"
    (finding,) = found(tmp_path, {"compose.yaml": compose, "a.env": f"DB_PASSWORD={PASSWORD}\n"})
    assert finding.rule == "hard-coded-credential"


@pytest.mark.parametrize("how", ["a.env", "{path: a.env, format: raw}"])
@pytest.mark.parametrize("value", [PASSWORD, f"'{PASSWORD}'"])
@pytest.mark.parametrize("paths", [(), ("compose.yaml",)])
def test_a_secret_is_told_once_with_who_is_given_it(how: str, value: str, paths: tuple[str, ...], tmp_path: Path) -> None:
    compose = f"services: {{app: {{image: 'a:1', env_file: [{how}]}}}}\n"
    (finding,) = found(tmp_path, {"compose.yaml": compose, "a.env": f"DB_PASSWORD={value}\n"}, *paths)
    assert Path(finding.source.path).name == "a.env"
    assert [note.message for note in finding.notes] == ["`app` is given this file, which git does not ignore"]
