"""What README.md shows is what happens."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from capdrop import config as configuration
from capdrop.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEMO = "What the first one prints (the end of it):\n\n```console\n"


def capdrop(*arguments: str, folder: Path = ROOT) -> str:
    process = subprocess.run(
        [sys.executable, "-m", "capdrop", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert process.stderr == ""
    return process.stdout


def block(language: str, beginning: str) -> str:
    """The block of code that begins in this way."""
    found: list[str] = re.findall(rf"```{language}\n({re.escape(beginning)}.*?)```", README, re.DOTALL)
    assert len(found) == 1
    return found[0]


def test_the_demo_prints_what_is_shown() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    command = re.search(r"^demo:.*\n\t\S+/capdrop (.*) \|\| true$", makefile, re.MULTILINE)
    assert command is not None
    shown = README.partition(DEMO)[2].partition("```")[0]
    assert shown.count("\n") > 10
    assert capdrop(*shlex.split(command[1])).endswith(shown)


def test_the_configuration_is_one(tmp_path: Path) -> None:
    text = block("toml", "profile = ")
    (tmp_path / "capdrop.toml").write_text(text, encoding="utf-8")
    (tmp_path / "policy").mkdir()
    (tmp_path / ".capdrop-baseline").touch()
    (tmp_path / "Dockerfile").write_text("FROM scratch\nUSER 1000\n", encoding="utf-8")
    config = configuration.load(str(tmp_path / "capdrop.toml"))
    assert config.fail_on == "medium"
    assert configuration.rules_in_force(config).selected


def test_the_rule_of_ones_own_passes_its_examples(tmp_path: Path) -> None:
    (tmp_path / "foreign.py").write_text(block("python", "from collections.abc"), encoding="utf-8")
    assert "1 rule" in capdrop("test", str(tmp_path))


@pytest.mark.parametrize("line", re.findall(r"^\$ capdrop .*$", README, re.MULTILINE))
def test_the_commands_exist_with_their_options(line: str) -> None:
    words = shlex.split(line.removeprefix("$ capdrop "), comments=True)
    assert words[0] in COMMANDS
    described = capdrop(words[0], "--help")
    assert all(word in described for word in words if word.startswith("--"))
