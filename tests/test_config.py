"""The configuration: what it means, and what is said about a faulty one."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from capdrop import config, rulebook
from capdrop.config_schema import as_json
from capdrop.rulebook import Misuse

from tests.growth import assert_grows_linearly

SCHEMA = json.loads(as_json(rulebook.load()))

GOOD = (
    "",
    "# only a comment\n",
    'profile = "strict"\n',
    'select = ["root-user", "DL3002"]\nignore = []\n',
    'select = ["default", "suppression-without-reason"]\n',
    'fail-on = "never"\nmin-confidence = "low"\n',
    'targets = ["app", "Worker"]\nexclude = ["vendor/", "!vendor/ours"]\n',
    'baseline = "known.txt"\n',
    '[rule.root-user]\nseverity = "info"\n',
    '[rule."root-user"]\nseverity = "info"\n[rule.missing-user]\nseverity = "critical"\n',
    '[[suppress]]\nrule = "root-user"\nreason = "why"\n',
    '[[suppress]]\nrule = "root-user"\npath = "a/**"\nsubject = "services.*"\n reason = "w"\n[[suppress]]\nrule = "DL3002"\nreason = "w"\n',
    "rule = {}\nsuppress = []\n",
)

BAD = {
    'profil = "strict"\n': "1: unknown key 'profil'; did you mean 'profile'?",
    "\n\nmin_confidence = 'low'\n": "3: unknown key 'min_confidence'; did you mean 'min-confidence'?",
    "quite-different = 1\n": "1: unknown key 'quite-different'",
    "# profile\nprofile = 1\n": "2: 'profile' takes a string",
    'profile = "loud"\n': "1: 'profile' is one of default, strict",
    'select = "root-user"\n': "1: 'select' takes a list of strings",
    'ignore = ["root-user", 1]\n': "1: 'ignore' takes a list of strings",
    'fail-on = "warning"\n': "1: 'fail-on' is one of info, low, medium, high, critical, never",
    "fail-on = []\n": "1: 'fail-on' takes a string",
    'min-confidence = "LOW"\n': "1: 'min-confidence' is one of low, medium, high",
    "exclude = {}\n": "1: 'exclude' takes a list of strings",
    "baseline = true\n": "1: 'baseline' takes a string",
    "rule = []\n": "1: 'rule' takes a table",
    "[rule]\nroot-user = 1\n": "2: [rule.root-user] is a table of options",
    '[rule.root-user]\n\nseverity = "worst"\n': "3: rule 'root-user': 'severity' is one of info, low, medium, high, critical",
    "[rule.root-user]\nseverity = 1\n": "2: rule 'root-user': 'severity' is one of info, low, medium, high, critical",
    "suppress = 1\n": "1: 'suppress' takes tables: [[suppress]]",
    "suppress = ['root-user']\n": "1: 'suppress' takes tables: [[suppress]]",
    "[suppress]\nrule = 'root-user'\nreason = 'x'\n": "1: 'suppress' takes tables: [[suppress]]",
    "[[suppress]]\nrule = 'root-user'\n": "1: [[suppress]] needs a 'reason'",
    "[[suppress]]\nrule = 'root-user'\nreason = 'x'\n[[suppress]]\nreason = 'x'\n": "4: [[suppress]] needs a 'rule'",
    "[[suppress]]\nrule = 'root-user'\nreason = ''\n": "3: [[suppress]]: 'reason' takes a string that is not empty",
    "[[suppress]]\nrule = 'a'\nreason = 'x'\n[[suppress]]\nrule = ''\n": "5: [[suppress]]: 'rule' takes a string that is not empty",
    "[[suppress]]\nrule = 'a'\nreasons = 'x'\n": "3: [[suppress]] has no key 'reasons'; did you mean 'reason'?",
}

UNKNOWN = {
    'select = [\n  "root-user",\n  "rot-user",\n]\n': "3: there is no rule 'rot-user'; did you mean 'root-user'?",
    'ignore = ["nothing-like-it-at-all"]\n': "1: there is no rule 'nothing-like-it-at-all'; `capdrop rules` lists them",
    '[rule.root-user]\nseverity = "low"\n[rule.rot-user]\n': "3: there is no rule 'rot-user'; did you mean 'root-user'?",
    "[rule.root-user]\n# colour\ncolour = 1\n": "3: rule 'root-user' has no option 'colour'; it has severity",
    "[[suppress]]\nrule = 'rot-user'\nreason = 'x'\n": "2: there is no rule 'rot-user'; did you mean 'root-user'?",
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str, name: str = "capdrop.toml") -> config.Config:
    Path(name).write_text(text, encoding="utf-8")
    loaded = config.load(name)
    config.rules_in_force(loaded)
    return loaded


@pytest.mark.parametrize("text", GOOD)
def test_good_files_are_taken_by_us_and_by_the_schema(text: str) -> None:
    load(text)
    jsonschema.validate(tomllib.loads(text), SCHEMA)


@pytest.mark.parametrize("text", BAD)
def test_bad_files_are_refused_by_us_and_by_the_schema(text: str) -> None:
    with pytest.raises(Misuse) as refusal:
        load(text)
    assert str(refusal.value) == f"capdrop.toml:{BAD[text]}"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), SCHEMA)


@pytest.mark.parametrize("text", UNKNOWN)
def test_rules_and_options_that_do_not_exist(text: str) -> None:
    with pytest.raises(Misuse) as refusal:
        load(text)
    assert str(refusal.value) == f"capdrop.toml:{UNKNOWN[text]}"


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(config.OPTIONS)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = \n", "capdrop.toml:1:5: not TOML: Invalid value"),
        ('a = "x', "capdrop.toml:1: not TOML: Unterminated string (at end of document)"),
        ("a = 1\na = 2\n", "capdrop.toml:2:6: not TOML: Cannot overwrite a value"),
    ],
)
def test_what_is_not_toml(text: str, complaint: str) -> None:
    with pytest.raises(Misuse) as refusal:
        load(text)
    assert str(refusal.value) == complaint


def test_files_that_cannot_be_read() -> None:
    with pytest.raises(Misuse, match=r"^nowhere.toml: the configuration cannot be read: No such file or directory$"):
        config.load("nowhere.toml")
    with pytest.raises(Misuse, match=r"^\.: the configuration cannot be read: Is a directory$"):
        config.load(".")
    Path("capdrop.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Misuse, match=r"^capdrop.toml: not UTF-8 text \(byte 0\)$"):
        config.load("capdrop.toml")


def test_pyproject() -> None:
    text = '[project]\nname = "capdrop"\nprofile = 1\n[tool.ruff]\nexclude = []\n\n[tool.capdrop]\nexclude = 1\n'
    with pytest.raises(Misuse, match=r"^pyproject.toml:8: 'exclude' takes a list of strings$"):
        load(text, "pyproject.toml")
    assert load('[tool.capdrop]\nprofile = "strict"\n', "pyproject.toml").profile == "strict"
    assert load('[tool.capdrop.rule.root-user]\nseverity = "low"\n', "pyproject.toml").rule_options == {"root-user": {"severity": "low"}}
    with pytest.raises(Misuse, match=r"^pyproject.toml:2: the configuration stands in a table \[tool.capdrop\]$"):
        load("[tool]\ncapdrop = 1\n", "pyproject.toml")


def test_the_nearest_file_up_to_the_top_of_the_repository_is_found(tmp_path: Path) -> None:
    deep = tmp_path / "repository" / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "capdrop.toml").write_text("", encoding="utf-8")
    assert config.find(str(deep)) == str(tmp_path / "capdrop.toml")
    (tmp_path / "repository" / ".git").mkdir()
    assert config.find(str(deep)) == ""
    (tmp_path / "repository" / "pyproject.toml").write_text("# [tool.capdrop]\n[tool.ruff]\n", encoding="utf-8")
    assert config.find(str(deep)) == ""
    (tmp_path / "repository" / "pyproject.toml").write_text("[tool.capdrop]\n", encoding="utf-8")
    assert config.find(str(deep)) == str(tmp_path / "repository" / "pyproject.toml")
    (tmp_path / "repository" / "capdrop.toml").write_text("", encoding="utf-8")
    assert config.find(str(deep)) == str(tmp_path / "repository" / "capdrop.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "conf" / "mine").mkdir(parents=True)
    (tmp_path / "conf" / "capdrop.toml").write_text('rules = ["mine"]\nbaseline = "known"\n', encoding="utf-8")
    loaded = config.load("conf/capdrop.toml")
    assert loaded.rule_folders == [str(tmp_path / "conf" / "mine")]
    assert loaded.baseline == str(tmp_path / "conf" / "known")
    with pytest.raises(Misuse, match=r"^capdrop.toml:1: 'rules': there is no folder 'none'$"):
        load('rules = ["none"]\n')


def test_selection() -> None:
    everything = rulebook.load()
    default, strict = everything.of_profile("default"), everything.of_profile("strict")

    def selected(text: str, chosen: str = "", ignored: str = "") -> set[str]:
        Path("capdrop.toml").write_text(text, encoding="utf-8")
        loaded = config.load("capdrop.toml")
        loaded.chosen, loaded.ignored = chosen.split(), ignored.split()
        return set(config.rules_in_force(loaded).selected)

    assert selected("") == default
    assert selected('profile = "strict"') == strict
    assert selected('select = ["DL3002"]') == {"root-user"}
    assert selected('select = ["default", "suppression-without-reason"]') == default | {"suppression-without-reason"}
    assert selected('ignore = ["ROOT-USER"]') == default - {"root-user"}
    assert selected('ignore = ["root-user"]', chosen="root-user") == {"root-user"}
    assert selected("", chosen="root-user missing-user", ignored="DL3002") == {"missing-user"}
    assert selected("", chosen="strict") == strict


def test_options_of_a_rule() -> None:
    loaded = load('[rule.root-user]\nseverity = "low"\n')
    assert config.rules_in_force(loaded).rules["root-user"].severity.name == "LOW"
    text = '[rule.image-with-moving-tag]\ntags = ["edge"]\n'
    if "image-with-moving-tag" in rulebook.load().rules:
        assert config.rules_in_force(load(text)).rules["image-with-moving-tag"].options == {"tags": ("edge",)}
        with pytest.raises(Misuse, match=r"^capdrop.toml:2: rule 'image-with-moving-tag': option 'tags' takes a list of strings$"):
            load(text.replace('["edge"]', '"edge"'))
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(text.replace('["edge"]', '"edge"')), SCHEMA)


def test_a_hostile_configuration_is_refused_at_once(tmp_path: Path) -> None:
    texts = {
        "a key has more than 100 parts": ".".join("a" * 100_000) + " = 1\n",
        "a number of thousands of digits": f"a = {'9' * 100_000}\n",
        "larger than 1 MiB": "#" * 1024 * 1025,
        "nested too deeply": f"a = {'[' * 20_000}",
    }
    for number, (said, text) in enumerate(texts.items()):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Misuse, match=said):
            config.load(str(path))


def test_the_place_of_a_fault_is_found_in_time_in_proportion() -> None:
    assert_grows_linearly(lambda size: config.line_of("[[suppress]]\nrule = 'root-user'\n" * size, ["suppress"] * size), 5_000, 40_000)
    assert_grows_linearly(lambda size: config.line_of("# a " * size + "\n", ["a"]), 5_000, 40_000)


def test_of_a_long_unknown_name_little_is_repeated() -> None:
    assert rulebook.load().unknown("a" * 1_000_000) == f"there is no rule '{'a' * 100}'; `capdrop rules` lists them"
