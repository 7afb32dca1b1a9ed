"""The rules: each by its examples, and all of them as a set."""

from __future__ import annotations

import pytest

from capdrop import rulebook
from capdrop.examples import failures
from capdrop.rule import Rule

BOOK = rulebook.load()


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.name)
def test_examples_hold(rule: Rule) -> None:
    assert list(failures(rule, BOOK)) == []
