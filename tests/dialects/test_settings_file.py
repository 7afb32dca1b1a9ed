"""The values of settings files that stand inside other files."""

from __future__ import annotations

import pytest
from capdrop.dialects.settings_file import variables_in_file, variables_in_settings
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
        ("A: !b", "1"),
        ("A: !env_var C", "1"),
        ("A=!env_var C", "!env_var C"),
        ("A: !b!c", "!b!c"),
        ("A: '!b c'", "!b c"),
    ],
)
def test_the_value_of_a_line(line: str, value: str) -> None:
    text = f"{line}\nB=1\n"
    first, *_ = variables_in_settings(Fragment.at(text, 0), Source("a", text), "a")
    assert first.value.text == value


@pytest.mark.parametrize(("text", "names"), [("A='b'\n", ["A"]), ("QWxhZGRpbg==\n", ["key"]), ("s3cret\n", ["key"])])
def test_the_one_line_that_is_all_of_a_file(text: str, names: list[str]) -> None:
    found = variables_in_file(Fragment.at(text, 0), Source("a", text), "a", "/etc/key")
    assert [variable.name for variable in found] == names
