"""No error shows a secret that somebody wrote where none belongs: in the configuration, in a baseline, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop import cli
from capdrop.secret_search import without_secrets

from tests.sentinel import KNOWN, PASSWORD, seen

TOKENS = [value for _, value in KNOWN[::60] if not set(value) & set("'\"\\`,;()[]{}\n ")]
CONFIGURATIONS = [
    "{} = 1",
    "'{}' = 1",
    "{}",
    "a = {}",
    "a = '\\{}'",
    "profile = '{}'",
    "profile = ['{}']",
    "fail-on = '{}'",
    "min-confidence = '{}'",
    "select = ['{}']",
    "ignore = ['{}'",
    "ignore = ['{}']",
    "targets = ['{}', 1]",
    "exclude = '{}'",
    "rules = ['{}']",
    "baseline = ['{}']",
    "baseline = '{}'",
    "rule = '{}'",
    "[rule]\nhost-network = '{}'",
    "[rule.'{}']\nseverity = 'low'",
    "[rule.host-network]\nseverity = '{}'",
    "[rule.host-network]\n'{}' = 1",
    "[rule.root-user]\n'{}' = 1",
    "[compose]\n'{}' = 1",
    "[compose]\nfiles = '{}'",
    "suppress = '{}'",
    "[[suppress]]\n'{}' = 'x'",
    "[[suppress]]\nrule = '{}'\nreason = 'x'",
    "[[suppress]]\nrule = 'host-network'\nsubject = '{}'",
    "[[suppress]]\nrule = 'host-network'\nreason = ['{}']",
    "[a]\n'{}' = 1\n[a.'{}']",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    return tmp_path


def shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return out + err


@pytest.mark.parametrize("text", CONFIGURATIONS)
@pytest.mark.parametrize("command", [["check", "."], ["fix", "."], ["rules"], ["explain", "root-user"]], ids=lambda one: one[0])
def test_the_configuration(text: str, command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if text == "baseline = '{}'" and command[0] in ("rules", "explain"):
        return  # neither opens it
    for secret in (PASSWORD, *(TOKENS if command[0] == "check" else ())):
        (folder / "capdrop.toml").write_text(text.replace("{}", secret) + "\n")
        told = shown(command, capsys)
        assert "capdrop.toml" in told or "baseline" in told
        assert seen(told) == []
        assert secret not in told


@pytest.mark.parametrize("line", ["{}", "{}\t{}\t{}\t{}", "a\tb\tc\t{}"])
def test_a_baseline(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".capdrop-baseline").write_text(line.replace("{}", PASSWORD) + "\n")
    told = shown(["check", "."], capsys)
    assert ".capdrop-baseline:1" in told
    assert PASSWORD not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "{}"],
        ["check", "--{}"],
        ["check", "--format", "{}"],
        ["check", "--select", "{}"],
        ["check", "--config", "{}"],
        ["{}"],
        ["explain", "{}"],
        ["rules", "{}"],
        ["test", "{}"],
    ],
)
def test_the_command_line(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for secret in (PASSWORD, *TOKENS):
        told = shown([one.replace("{}", secret) for one in arguments], capsys)
        assert secret not in told


@pytest.mark.parametrize(
    "message",
    [
        "deploy/prod/capdrop.toml:12: there is no rule 'priviliged-container'; did you mean 'privileged-container'?",
        "there is no rule 'CKV_K8S_999'; `capdrop rules` lists them",
        "rule 'KSV-9917': severity is one of info, low, medium, high, critical",
        "/home/someone/projects/shop-2024/.capdrop-baseline:3: not a baseline entry (path, rule, subject and ordinal, with tabs between)",
        "cannot load rules from 'policy/our_rules_v2.py': SyntaxError: invalid syntax (line 12)",
        "C:\\work\\shop\\compose.prod.yaml: no such file or folder",
    ],
)
def test_what_is_no_secret_is_said(message: str) -> None:
    assert without_secrets(message) == message
