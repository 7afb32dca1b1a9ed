"""Scripts to commands: pipelines, substitutions, scripts within scripts, here-documents."""

from __future__ import annotations

import pytest
from capdrop.dialects.commands import commands_in_arguments, commands_in_shell
from capdrop.dialects.one_command import Setting
from capdrop.model.command import Command
from capdrop.model.variable import Variable
from capdrop.model.words import Word
from capdrop.model.written_file import WrittenFile
from capdrop.source import Fragment, Source, Span


def commands(script: str) -> list[Command]:
    setting = Setting(Source("Dockerfile", script), "stage 0 RUN", "RUN")
    return [subject for subject in commands_in_shell(Fragment.at(script, 0), setting) if isinstance(subject, Command)]


def texts(command: Command) -> str:
    return " ".join(word.text for word in command.words)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a && b; c || d & e", ["a", "b", "c", "d", "e"]),
        ("if a; then b; else c; fi; for x in y; do d; done", ["a", "b", "c", "d"]),
        ("echo 'a | sh' \"b && c\"", ["echo a | sh b && c"]),
        ("sh -c 'a b; c' && d", ["sh -c a b; c", "a b", "c", "d"]),
        ("sh -c 'sh -c \"a b\"'", ['sh -c sh -c "a b"', "sh -c a b", "a b"]),
        ("a $(b c)", ["a $(b c)", "b c"]),
        ("find . -exec chmod 777 {} \\; -print", ["find . -exec chmod 777 {} ; -print", "chmod 777 {}"]),
        ("bash <<EOF\na b\nEOF\nc", ["bash", "a b", "c"]),
        ("python3 <<EOF\na b\nEOF\nc", ["python3", "c"]),
        ("# a\nb # c", ["b"]),
        ("", []),
    ],
)
def test_commands_of_a_script(script: str, expected: list[str]) -> None:
    assert [texts(command) for command in commands(script)] == expected


def test_a_script_that_the_outer_shell_has_run_already_is_told_once() -> None:
    script = 'sh -c "$(curl x)"'
    assert [command.name for command in commands(script)].count("curl") == 1


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ('sh -c "$(curl https://a.example/a.sh)"', ["sh", "", "curl"]),
        ("$(which x)/bin/tool; `x`/y; ${BIN}/z", ["tool", "which", "y", "x", "z"]),
        ('"$(cat /a/b)" c', ["", "cat"]),
    ],
)
def test_what_a_substitution_says_is_no_name(script: str, names: list[str]) -> None:
    assert [command.name for command in commands(script)] == names


@pytest.mark.parametrize(
    ("script", "feeders"),
    [
        ("a | b | c", {"a": [], "b": ["a"], "c": ["b", "a"]}),
        ("(a || b) | c", {"a": [], "b": [], "c": ["b", "a"]}),
        ("a | { b; c; }", {"a": [], "b": ["a"], "c": ["a"]}),
        ("a | while read x; do c; done", {"a": [], "read": ["a"], "c": ["a"]}),
        ("a; b | c", {"a": [], "b": [], "c": ["b"]}),
        ("a | sh -c 'c'", {"a": [], "sh": ["a"], "c": ["a"]}),
        ("a | b $(c)", {"a": [], "b": ["a"], "c": []}),
    ],
)
def test_what_feeds_a_command(script: str, feeders: dict[str, list[str]]) -> None:
    assert {command.name: [feeder.name for feeder in command.upstream()] for command in commands(script)} == feeders


def test_neighbours_in_a_pipeline() -> None:
    first, second = commands("a | b")
    assert second.reads_from is first
    assert first.writes_to is second
    assert first.reads_from is second.writes_to is None


@pytest.mark.parametrize(
    ("script", "inner", "outer", "holder"),
    [
        ("a x $(b)", "b", "a", "$(b)"),
        ("a <(b)", "b", "a", "<(b)"),
        ("X=$(b) a", "b", "a", None),
        ("sh -c 'b'", "b", "sh", "b"),
    ],
)
def test_what_holds_a_command(script: str, inner: str, outer: str, holder: str | None) -> None:
    found = next(command for command in commands(script) if command.name == inner)
    assert found.within is not None
    assert found.within.name == outer
    assert (found.holder.text if found.holder else None) == holder


def test_siblings_are_the_commands_of_the_same_script() -> None:
    first, outer, inner = commands("a && sh -c 'b'")
    assert first.siblings == [first, outer]
    assert inner.siblings == [inner]


def test_places_lead_through_the_scripts_to_the_file() -> None:
    script = "sh -c 'curl \"-k\" x'"
    curl = commands(script)[1]
    assert [script[word.span.start : word.span.end] for word in curl.words] == ["curl", '"-k"', "x"]


def test_redirections_and_settings_files() -> None:
    script = "cat <<EOF > /etc/a.ini\nmode = fast\nEOF\n"
    setting = Setting(Source("Dockerfile", script), "stage 0 RUN", "RUN")
    cat, written, variable = commands_in_shell(Fragment.at(script, 0), setting)
    assert isinstance(cat, Command)
    assert isinstance(written, WrittenFile)
    assert (written.path, [text.text for text in written.texts]) == ("/etc/a.ini", ["mode = fast\n"])
    assert [operator for operator, _ in cat.redirects] == ["<<", ">"]
    assert isinstance(variable, Variable)
    assert (variable.name, variable.value.text, variable.place) == ("mode", "fast", "file")


def test_arguments_are_no_script() -> None:
    words = [Word(Fragment.at(text, 0), True, Span(0, 1)) for text in ("curl", "x", "|", "sh")]
    (found,) = commands_in_arguments(words, Setting(Source("a", "x"), "a", "command"))
    assert isinstance(found, Command)
    assert [word.text for word in found.operands] == ["x", "|", "sh"]


def test_a_deep_nest_ends() -> None:
    script = "a"
    for _ in range(12):
        script = "sh -c " + "'" + script.replace("'", "'\\''") + "'"
    assert len(commands(script)) < 12
