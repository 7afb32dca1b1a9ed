"""Rules of one's own: they come in by the same door, and their mistakes are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from capdrop.cli import main

GOOD = '''
from capdrop import Bad, Container, Good, Severity, rule


@rule(
    "no-latest-app",
    severity=Severity.LOW,
    examples=(
        Bad("compose.yaml", """
            services:
              app:
                image: nginx:1.29
                privileged: «true»
            """, fixed="""
            services:
              app:
                image: nginx:1.29
            """),
        Good("compose.yaml", "services: {app: {image: nginx:1.29}}"),
    ),
)
def check(container: Container, *, words: tuple[str, ...] = ("a",)):
    """A test rule.

    It explains itself.
    """
    value = container.fact("privileged")
    if value.is_true:
        yield container.finding(value, "runs privileged, says my rule", fix=container.drop("privileged"))
'''
COMPOSE = "services:\n  app:\n    image: nginx:1.29\n    privileged: true\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    Path("capdrop.toml").write_text('rules = ["mine"]\nselect = ["no-latest-app", "privileged-container"]\n')
    Path("compose.yaml").write_text(COMPOSE)


def write(text: str, name: str = "my_rules.py") -> None:
    Path("mine", name).write_text(text, encoding="utf-8")


def test_a_rule_is_used_configured_explained_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    write(GOOD)
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "low no-latest-app: services.app" in said or "says my rule" in said
    assert "critical privileged-container" in said
    config = Path("capdrop.toml").read_text()
    Path("capdrop.toml").write_text(config + '[rule.no-latest-app]\nseverity = "high"\nwords = ["b"]\n')
    assert main(["check"]) == 1
    assert "high no-latest-app" in capsys.readouterr().out
    assert main(["explain", "no-latest-app"]) == 0
    assert "It explains itself." in capsys.readouterr().out
    assert main(["rules"]) == 0
    assert re.search(r"(?m)^no-latest-app +high +default +A test rule\.$", capsys.readouterr().out)
    assert main(["rules", "--format", "schema"]) == 0
    assert '"no-latest-app": {' in capsys.readouterr().out
    assert main(["check", "--isolated"]) == 1
    assert "no-latest-app" not in capsys.readouterr().out


def test_its_examples_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    write(GOOD)
    assert main(["test", "mine"]) == 0
    assert capsys.readouterr().out == "1 rule, 2 examples, 0 problems\n"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("privileged: «true»", "«privileged»: true", "example 1 (compose.yaml): found [4:17 'true'], marked [4:5 'privileged']"),
        ("«true»", "true", "example 1 (compose.yaml): a bad example has no «marks»"),
        ("services: {app: {image: nginx:1.29}}", COMPOSE.replace("\n", "\\n"), "example 2 (compose.yaml): found [4:17 'true'], marked []"),
        ('Good("compose.yaml"', 'Good("notes.txt"', "example 2 (notes.txt): capdrop does not know what kind of file this is"),
        ("services: {app: {image: nginx:1.29}}", "services: [", "example 2 (compose.yaml): not understood at "),
        ('    """A test rule.\n\n    It explains itself.\n    """\n', "", "its check has no docstring; that is the rule's documentation"),
        ("    value = ", "    value = 1 / 0 + ", "example 1 (compose.yaml): a rule broke: no-latest-app (ZeroDivisionError at mine"),
    ],
)
def test_wrong_examples_are_told_usefully(old: str, new: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert old in GOOD
    write(GOOD.replace(old, new, 1))
    assert main(["test", "mine"]) == 1
    said = capsys.readouterr().out
    assert complaint in said
    assert re.match(r"mine/my_rules\.py:\d+: no-latest-app: ", said)


def test_a_rule_without_examples_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    write(re.sub(r"(?s)    examples=\(.*?\n    \),\n", "", GOOD))
    assert main(["test", "mine"]) == 1
    assert "no-latest-app: it has no examples; give it a Bad and a Good one" in capsys.readouterr().out


def test_a_fix_that_differs_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    write(GOOD.replace('fixed="""\n            services:', 'fixed="""\n            # gone\n            services:'))
    assert main(["test", "mine"]) == 1
    said = capsys.readouterr().out
    assert "the fix gives\nservices:\n  app:\n    image: nginx:1.29\n" in said


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def (:\n", "SyntaxError: invalid syntax"),
        ("\nraise ValueError('x')\n", "ValueError: x (line 2)"),
        ("import sys\nsys.exit(0)\n", "SystemExit: 0 (line 2)"),
        ("from capdrop import Contaner\n", "ImportError: cannot import name 'Contaner'"),
        (
            GOOD.replace("container: Container, *", "container, *"),
            "annotate what its check judges, as in `def check(container: Container)`",
        ),
        (
            GOOD.replace("container: Container", "container: 'Contaner'"),
            "rule 'no-latest-app' judges 'Contaner', which capdrop does not have",
        ),
        (GOOD.replace('"no-latest-app"', '"No latest"'), "a rule's name is of small letters, digits and hyphens, not 'No latest'"),
        (GOOD.replace("Severity.LOW", "'low'"), "rule 'no-latest-app' needs a Severity, a Confidence and a profile"),
        (GOOD.replace('"no-latest-app"', '"root-user"'), "my_rules.py:5: there is another rule named 'root-user'"),
        ("x = '\x1b[2J'\nraise ValueError(x)\n", r"ValueError: \x1b[2J"),
    ],
)
def test_files_that_cannot_be_loaded(text: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(text)
    for command in (["check"], ["test", "mine"], ["rules"], ["fix"]):
        assert main(command) == 2
        said = capsys.readouterr()
        assert complaint in said.err
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert "Traceback" not in said.err


def test_a_folder_without_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "mine"]) == 2
    assert capsys.readouterr().err == "capdrop: mine: there are no rules in this folder\n"
    assert main(["test", "nowhere"]) == 2
    assert capsys.readouterr().err == "capdrop: cannot read rules from 'nowhere': No such file or directory\n"


@pytest.mark.parametrize("error", ["1 / 0", "exit(0)", "[].x", "None + 1"])
def test_a_rule_that_raises_is_named_and_the_others_go_on(error: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(GOOD.replace("    value = ", f"    {error}\n    value = "))
    assert main(["check"]) == 3
    said = capsys.readouterr()
    assert "critical privileged-container" in said.out
    assert re.search(r"compose\.yaml: rule no-latest-app broke \(\w+ at .*my_rules\.py:\d+\)", said.out)
    assert re.search(r"rules that broke in capdrop \d+\.\d+\.\d+: no-latest-app\n", said.err)


@pytest.mark.parametrize(
    "annotation", ["'Container'", "Container | Image", "'Image|Container'", "capdrop.Container", "'capdrop.Container'"]
)
def test_annotations_may_be_text_classes_and_unions(annotation: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = GOOD.replace("container: Container", f"container: {annotation}").replace("import Bad", "import Image, Bad")
    text = "import capdrop\n" + text.replace("    value = ", "    if type(container).__name__ == 'Image':\n        return\n    value = ")
    write(text)
    assert main(["test", "mine"]) == 0
    assert main(["check"]) == 1
    assert "no-latest-app" in capsys.readouterr().out


def test_a_rule_that_breaks_twice_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    write(GOOD.replace('    value = container.fact("privileged")', "    raise ValueError(container)"))
    Path("compose.yaml").write_text(COMPOSE + COMPOSE.removeprefix("services:\n").replace("app", "other"))
    assert main(["check"]) == 3
    assert capsys.readouterr().out.count("rule no-latest-app broke") == 1
