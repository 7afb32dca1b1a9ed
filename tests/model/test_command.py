"""How the words of a command are read: options, operands, scripts, wrappers, URLs."""

from __future__ import annotations

import pytest
from capdrop.dialects.commands import commands_in_shell
from capdrop.dialects.one_command import Setting
from capdrop.model.command import Command
from capdrop.source import Fragment, Source


def command(line: str) -> Command:
    """The first command of a shell text."""
    return commands(line)[0]


def commands(line: str) -> list[Command]:
    found = commands_in_shell(Fragment.at(line, 0), Setting(Source("Dockerfile", line), "stage 0 RUN", "RUN"))
    return [subject for subject in found if isinstance(subject, Command)]


@pytest.mark.parametrize(
    ("line", "options", "operands"),
    [
        ("curl -sSLk https://a.b/c", [("-s", ""), ("-S", ""), ("-L", ""), ("-k", "")], ["https://a.b/c"]),
        ("curl -fsSLo out https://a.b", [("-f", ""), ("-s", ""), ("-S", ""), ("-L", ""), ("-o", "out")], ["https://a.b"]),
        ("curl -oout -H -k x", [("-o", "out"), ("-H", "-k")], ["x"]),
        ("curl --header=a --output b c", [("--header", "a"), ("--output", "b")], ["c"]),
        ("wget -qO- x", [("-q", ""), ("-O", "-")], ["x"]),
        ("curl -- -k", [], ["-k"]),
        ("curl -", [], ["-"]),
        ("find / -name x -type f", [("-name", "x"), ("-type", "f")], ["/"]),
        ("unknown -ab c --long d", [("-a", ""), ("-b", ""), ("--long", "")], ["c", "d"]),
        ("curl -o", [("-o", "")], []),
        ("curl --output= x", [("--output", "")], ["x"]),
        ("python3.12 -c 'print(1)' x", [("-c", "print(1)")], ["x"]),
        ("git -c http.sslVerify=false clone x", [("-c", "http.sslVerify=false")], ["clone", "x"]),
    ],
)
def test_options_and_operands(line: str, options: list[tuple[str, str]], operands: list[str]) -> None:
    found = command(line)
    assert [(option.name, option.value.text if option.value else "") for option in found.options] == options
    assert [word.text for word in found.operands] == operands


@pytest.mark.parametrize(
    ("line", "option", "span"),
    [
        ("curl -sSLk x", "-k", "k"),
        ("curl -k x", "-k", "-k"),
        ("curl -o out x", "-o", "-o out"),
        ("curl --output=out x", "--output", "--output=out"),
        ("curl '-k' x", "-k", "'-k'"),
        ("wget -qO- x", "-O", "O"),
    ],
)
def test_an_option_points_at_what_says_so(line: str, option: str, span: str) -> None:
    found = command(line).option(option)
    assert found is not None
    assert line[found.span.start : found.span.end] == span


@pytest.mark.parametrize(
    ("line", "name", "wrappers"),
    [
        ("sudo -E -u root apt-get update", "apt-get", ["sudo"]),
        ("sudo -- sh -c x", "sh", ["sudo"]),
        ("env -i A=b /usr/bin/curl x", "curl", ["env"]),
        ("exec sudo A=b timeout -k 5 10 curl x", "curl", ["exec", "sudo", "timeout"]),
        ("nice -n 5 xargs -0 -n 1 chmod 755", "chmod", ["nice", "xargs"]),
        ("gosu app curl", "curl", ["gosu"]),
        ("python3 -m pip install x", "pip", ["python3"]),
        ("python3 -m", "python3", []),
        ("command -v curl", "command", []),
        ("sudo", "sudo", []),
        ("sudo -i", "sudo", []),
        ("echo sudo make", "echo", []),
        ("$TOOLS/bin/pip install x", "pip", []),
        ("$TOOL install x", "", []),
    ],
)
def test_the_program_is_found_behind_its_wrappers(line: str, name: str, wrappers: list[str]) -> None:
    found = command(line)
    assert found.name == name
    assert [wrapper.name for wrapper in found.wrappers] == wrappers


@pytest.mark.parametrize(
    ("line", "script"),
    [
        ("sh -c 'a b' c", "a b"),
        ("bash -euo pipefail -c 'a'", "a"),
        ("bash -o pipefail -ec 'a'", "a"),
        ("/bin/bash -lc 'a'", "a"),
        ("su - app -c 'a'", "a"),
        ("sh script -c a", None),
        ("sh -x script", None),
        ("bash --norc -c a", "a"),
        ("python -c a", None),
    ],
)
def test_the_script_that_is_handed_on(line: str, script: str | None) -> None:
    found = command(line).script
    assert (found.text if found else None) == script


@pytest.mark.parametrize(
    ("line", "assignments"),
    [
        ("A=b C= make", [("A", "b"), ("C", None)]),
        ("env D=e make", [("D", "e")]),
        ("A=b sudo -E F=g make X=y", [("A", "b"), ("F", "g")]),
        ("export H=i J", [("H", "i")]),
        ("echo K=l", []),
    ],
)
def test_variables_that_a_command_sets(line: str, assignments: list[tuple[str, str | None]]) -> None:
    assert [(name, word.text if word else None) for name, word in command(line).assignments] == assignments


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        ("curl http://a.example.com:80/x?y", [("http", "a.example.com", True)]),
        ("curl https://user:pw@Example.com/", [("https", "example.com", True)]),
        ("curl -x http://proxy.example.com http://localhost/", [("http", "localhost", False)]),
        ("curl http://[::1]:80/ http://10.1.2.3", [("http", "::1", False), ("http", "10.1.2.3", False)]),
        ("curl http://8.8.8.8 https://deno.land", [("http", "8.8.8.8", True), ("https", "deno.land", False)]),
        ("pip install git+https://example.com/a.git", [("https", "example.com", True)]),
        ("curl http://$HOST/x http://api.shop.svc.cluster.local", [("http", "", False), ("http", "api.shop.svc.cluster.local", False)]),
        ("curl http://productpage.default:9080/", [("http", "productpage.default", False)]),
        ("curl example.com", []),
    ],
)
def test_the_urls_of_a_command_and_whether_they_are_public(line: str, hosts: list[tuple[str, str, bool]]) -> None:
    assert [(url.scheme, url.host, url.public) for url in command(line).urls] == hosts


@pytest.mark.parametrize(
    ("line", "option", "after"),
    [
        ("curl -sSk x", "-k", "curl -sS x"),
        ("curl -k x", "-k", "curl x"),
        ("curl   -k \\\n  x", "-k", "curl \\\n  x"),
        ("pip install --trusted-host a.b c", "--trusted-host", "pip install c"),
        ("sh -c 'curl -k x'", "-k", "sh -c 'curl x'"),
    ],
)
def test_an_option_is_dropped(line: str, option: str, after: str) -> None:
    found = commands(line)[-1]
    given = found.option(option)
    assert given is not None
    (edit,) = found.drop_option(given).edits
    assert line[: edit.span.start] + edit.text + line[edit.span.end :] == after


def test_an_option_in_a_cluster_with_its_value_is_left_alone() -> None:
    found = command("curl -sSo out x")
    option = found.option("-o")
    assert option is not None
    fix = found.drop_option(option)
    assert fix.edits == ()
    assert "together with other options" in fix.caveat


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("sudo make", "make"),
        ("sudo -E A=b make", "A=b make"),
        ("time sudo \\\n  make", "time make"),
        ("sudo env A=b make", "env A=b make"),
    ],
)
def test_a_wrapper_is_dropped(line: str, after: str) -> None:
    found = command(line)
    wrapper = found.wrapper("sudo")
    assert wrapper is not None
    (edit,) = found.drop_wrapper(wrapper).edits
    assert line[: edit.span.start] + edit.text + line[edit.span.end :] == after


def test_a_word_is_replaced_only_where_it_stands_as_it_is() -> None:
    plain, quoted = command("chmod 777 a"), command('chmod 7"7"7 a')
    assert [edit.text for edit in plain.replace(plain.operands[0], "755").edits] == ["755"]
    assert quoted.replace(quoted.operands[0], "755").edits == ()


def test_state_leaves_out_what_other_commands_account_for() -> None:
    assert command("echo a$(curl -k x)b").state()["words"] == ("echo", "ab")
    assert command("sh -c 'curl -k x'").state()["words"] == ("sh", "-c", "")
    assert command("find . -exec chmod 777 {} + -print").state()["words"] == ("find", ".", "-exec", "", "", "", "+", "-print")
