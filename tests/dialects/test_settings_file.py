"""The values of settings files that stand inside other files."""

from __future__ import annotations

import pytest
from capdrop.dialects.settings_file import variables_in_settings
from capdrop.source import Fragment, Source


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A='b c'", "b c"),
        ('A="b" # d', "b"),
        ("A: 'b',", "b"),
        ("A=b # d", "b"),
        ("A='b'\"c\"", "'b'\"c\""),
        ("A=\"b\"'c' # d", "\"b\"'c'"),
        ("A='b", "'b"),
    ],
)
def test_the_value_of_a_line(line: str, value: str) -> None:
    text = f"{line}\nB=1\n"
    first, _ = variables_in_settings(Fragment.at(text, 0), Source("a", text), "a")
    assert first.value.text == value
