"""The rules: each by its examples, and all of them as a set."""

from __future__ import annotations

import re

import capdrop
import pytest
from capdrop import rulebook
from capdrop.discover import kind_of
from capdrop.documentation import fixes_of
from capdrop.examples import failures, unmarked
from capdrop.finding import Safety
from capdrop.rule import PROFILES, Bad, Good, Rule

BOOK = rulebook.load()
TOOLS = set(
    "hadolint buildkit trivy checkov kics datadog kube-linter kube-score polaris kubesec kubescape pss dclint compose-lint docksec "
    "dockle semgrep gitleaks detect-secrets".split()
)


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.name)
def test_examples_hold(rule: Rule) -> None:
    assert list(failures(rule, BOOK)) == []


def test_names_are_kebab_case() -> None:
    for name in BOOK.rules:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name), name


def test_every_rule_explains_itself() -> None:
    for rule in BOOK.rules.values():
        assert rule.summary.endswith("."), rule.name
        assert rule.explanation, f"{rule.name} does not say why"
        assert rule.profile in PROFILES, rule.name
        assert rule.subjects, rule.name


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.name)
def test_every_fix_that_may_break_something_says_what(rule: Rule) -> None:
    assert [fix.title for _, fix in fixes_of(rule) if fix.safety is Safety.UNSAFE and not fix.caveat] == []


def test_every_rule_has_examples_of_both_sorts_per_dialect() -> None:
    for rule in BOOK.rules.values():
        for sort in (Bad, Good):
            assert any(isinstance(example, sort) for example in rule.examples), f"{rule.name} has no {sort.__name__} example"
        bad = {kind_name(example) for example in rule.examples if isinstance(example, Bad)}
        good = {kind_name(example) for example in rule.examples if isinstance(example, Good)}
        assert bad <= good, f"{rule.name} has no Good example in {', '.join(sorted(bad - good))}"


def test_subjects_are_types_that_rules_may_import() -> None:
    for rule in BOOK.rules.values():
        for subject in rule.subjects:
            assert subject in capdrop.__all__, f"{rule.name}: {subject}"


def test_ids_of_other_tools_are_written_as_the_catalogue_writes_them() -> None:
    for rule in BOOK.rules.values():
        for alias in rule.also_known_as:
            tool, _, name = alias.partition(":")
            assert tool in TOOLS, f"{rule.name}: {alias}"
            assert name, f"{rule.name}: {alias}"


def test_a_rule_is_found_by_any_tools_id() -> None:
    assert [rule.name for rule in BOOK.named("ksv-0017")] == ["privileged-container"]
    assert [rule.name for rule in BOOK.named("hadolint:DL3002")] == ["root-user"]
    with pytest.raises(rulebook.Misuse, match="did you mean 'root-user'"):
        BOOK.named("root-users")


def test_an_id_stands_for_every_rule_that_claims_it() -> None:
    by_id: dict[str, list[str]] = {}
    for rule in sorted(BOOK.rules.values(), key=lambda rule: rule.name):
        for alias in rule.also_known_as:
            by_id.setdefault(alias, []).append(rule.name)
    assert any(len(names) > 1 for names in by_id.values())
    assert {alias: [rule.name for rule in BOOK.named(alias)] for alias in by_id} == by_id


def kind_name(example: Bad | Good) -> str:
    kind = kind_of(example.path, unmarked(example.text)[0])
    assert kind is not None, example.path
    return kind.name
