"""What holds for every shell text, and how much of one is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from capdrop.source import Fragment
from capdrop.syntax.shell import Command, Part, Script, Word, parse
from capdrop.syntax.shell_words import DEEPEST, LONGEST, MOST
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_grows_linearly, filled

# What holds for every text.


def words_of(command: Command) -> Iterator[Word]:
    yield from command.words
    yield from (one.value for one in command.assignments if one.value)
    yield from (one.target for one in command.redirections if one.target)


def check_parts(found: list[Part], text: str) -> None:
    for part in found:
        assert 0 <= part.start <= part.end <= len(text)
        check_parts(part.parts, text)


def check_fragment(fragment: Fragment, text: str) -> None:
    assert list(fragment.starts) == sorted(set(fragment.starts))
    assert list(fragment.places) == sorted(fragment.places)
    places = [fragment.place(at) for at in range(len(fragment.text))]
    assert all(0 <= place < len(text) for place in places)
    if "$'" not in text:
        assert "".join(text[place] for place in places) == fragment.text


def check(script: Script) -> None:
    text = script.text
    for problem in script.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    firsts = [command.words[0].start if command.words else command.start for command in script.commands]
    assert firsts == sorted(firsts)
    for command in script.commands:
        assert command in command.pipeline.commands
        assert command.pipeline.elements[command.index] is command
        assert 0 <= command.start <= command.end <= len(text)
        for one in words_of(command):
            assert one.start <= one.end
            assert command.span.covers(one.span)
            assert one.fragment.text == one.value
            check_fragment(one.fragment, text)
            check_parts(one.parts, text)
            assert "".join(part.text for part in one.parts) == one.value
            assert one.literal == (not one.replaced)
        ends = [(one.start, one.end) for one in command.words]
        assert ends == sorted(ends)
        for redirection in command.redirections:
            if redirection.heredoc:
                check_fragment(redirection.heredoc.body, text)
                check_parts(redirection.heredoc.replaced, text)
        if command.substitution_of and command.substitution_of[1] >= 0:
            owner, index = command.substitution_of
            assert owner.words[index].span.covers(command.span)


PIECES = [
    *";&|()<>'`$}[]=#*é \t\n\"\\",
    *("\r\n", "\nE\n", "\\\n", "\\`", "<<E\n", "for x in ", "case x in "),
    *(";;", ";&", "&&", "||", "|&", "((", "))", ">>", "2>", "<<<", "$(", "$((", "${", "${x:-", "$'", "$[", "x=", "x=(", "f()", "@("),
    *(
        f"{word} "
        for word in ("{", "}", "[[", "]]", "=~", "<<-E", "if", "then", "fi", "do", "done", "esac", "while", "function", "!", "time")
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_shell_is_read_without_an_exception(text: str) -> None:
    check(parse(text))


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    check(parse(text))


@given(st.lists(st.sampled_from(["a", "'b c'", '"$d"', "$(e f)", "g\\ h", "`i`"]), min_size=1, max_size=6))
def test_a_text_within_another_has_its_own_places(words: list[str]) -> None:
    line = " ".join(words)
    outer = Fragment.at(line, 100)
    for command in parse(line).commands:
        for one in command.words:
            assert one.fragment.within(outer).place(0) == one.fragment.place(0) + 100


# Limits.

OPENERS = (
    "$(",
    '"$(',
    "(",
    "{ ",
    "((",
    "$((",
    "${x:-",
    "if ",
    "while ",
    "case x in a) ",
    "a=(",
    "<(",
    "f() { ",
    "@(",
    '"`',
    "$((1+$(",
    "for((",
)


@pytest.mark.parametrize("opener", OPENERS)
def test_nesting_has_an_end(opener: str) -> None:
    script = parse(opener * 5000 + "b")
    check(script)
    assert script.problems
    assert len(script.problems) <= 100


def test_what_nests_too_deep_is_told() -> None:
    shallow = "a $(" * (DEEPEST - 1) + ")" * (DEEPEST - 1)
    assert parse(shallow).problems == []
    (problem,) = parse("a $(" * (DEEPEST + 1) + ")" * (DEEPEST + 1)).problems
    assert problem.message == f"nested more than {DEEPEST} deep; the rest is not read"


def test_backticks_within_backticks() -> None:
    text = "a"
    for _ in range(5):
        text = "a `" + text.replace("\\", "\\\\").replace("`", "\\`") + "`"
    script = parse(text)
    assert [command.name for command in script.commands] == ["a"] * 6
    assert [text[command.start] for command in script.commands] == ["a"] * 6
    assert script.problems == []


@pytest.mark.parametrize(
    "piece", ["a_key=a_key=", "$(", "'", '"', "`", "((", "a;", "a ", "<<a ", "$a", "`\\``", '"`"', "\n", "))", "x=(", "\\"]
)
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    assert_grows_linearly(lambda size: parse(filled(piece, size)[:size]), 2_500, 20_000)


def test_a_long_text_is_read_to_a_limit() -> None:
    script = parse("a b\n" * (LONGEST // 4 + 1))
    assert script.problems[0].message == f"longer than {LONGEST} characters; the rest is not read"
    assert len(script.commands) == MOST
