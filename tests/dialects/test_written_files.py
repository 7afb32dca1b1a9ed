"""The files that scripts and instructions write, and the commands that cron runs of them."""

from __future__ import annotations

import pytest
from capdrop.dialects.commands import commands_in_shell
from capdrop.dialects.context import Context
from capdrop.dialects.dockerfile import read
from capdrop.dialects.one_command import Setting
from capdrop.discover import kind_named
from capdrop.finding import Safety
from capdrop.fixer import Workbench, fix
from capdrop.model.command import Command
from capdrop.model.subject import Subject
from capdrop.model.written_file import WrittenFile
from capdrop.rulebook import load
from capdrop.source import Fragment, Source

BOOK = load()
BOOK.select(["certificate-check-disabled"])


def subjects(text: str) -> list[Subject]:
    return list(commands_in_shell(Fragment.at(text, 0), Setting(Source("Dockerfile", text), "stage 0 RUN", "RUN")))


def files(text: str) -> list[tuple[str, str]]:
    return [(file.path, file.texts[0].text) for file in subjects(text) if isinstance(file, WrittenFile)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("echo a b > f", [("f", "a b")]),
        ("echo -e 'a\\nb' >> f", [("f", "a\nb")]),
        ("echo -n 'a\\tb' >| f", [("f", "a\tb")]),
        ("echo 'C:\\temp' > f", [("f", "C:\temp")]),
        ("printf '%s\\n' a b > f", [("f", "a\nb")]),
        ("printf 'a\\nb\\n' > f", [("f", "a\nb\n")]),
        ("echo a | tee f g", [("f", "a"), ("g", "a")]),
        ("echo a | sudo tee -a f > /dev/null", [("f", "a")]),
        ("{ echo a; echo b; } > f", [("f", "a"), ("f", "b")]),
        ("cat <<E > f\na\nE\n", [("f", "a\n")]),
        ("tee f <<E\na\nE\n", [("f", "a\n")]),
        ("cat <<E | tee f\na\nE\n", [("f", "a\n")]),
        ('echo "a $B" > "$HOME/f"', [("$HOME/f", "a $B")]),
        ("echo a", []),
        ("echo a > /dev/null", []),
        ("echo a >&2", []),
        ("cat a > f", []),
        ("echo > f", []),
        ("f() { echo a; } > f", []),
    ],
)
def test_what_a_script_writes(text: str, expected: list[tuple[str, str]]) -> None:
    assert files(text) == expected


def test_a_line_leads_back_to_its_place() -> None:
    text = "printf '[a]\\ngpgcheck=0\\n' \\\n  > /etc/a.repo"
    (file,) = (subject for subject in subjects(text) if isinstance(subject, WrittenFile))
    assert [text[line.span().start : line.span().end] for line in file.lines] == ["[a]", "gpgcheck=0"]
    assert text[file.path_span.start : file.path_span.end] == "/etc/a.repo"


def test_a_here_document_of_copy_is_a_file() -> None:
    text = "FROM a\nCOPY <<one <<two /etc/\na\none\nb\ntwo\n"
    found = [subject for subject in read(Source("Dockerfile", text), Context()).subjects if isinstance(subject, WrittenFile)]
    assert [(file.path, file.texts[0].text) for file in found] == [("/etc/one", "a\n"), ("/etc/two", "b\n")]


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("echo '* * * * * root run a' > /etc/cron.d/a", ["run"]),
        ("echo '* * * * * run a' > /etc/crontabs/root", ["run"]),
        ("echo '@daily run a' | crontab -", ["run"]),
        ("echo '0 1 * * * root run a' >> /etc/crontab", ["run"]),
        ("(echo '@daily run a'; crontab -l) | crontab -", ["run"]),
        ("{ crontab -l; echo '@daily run a'; } | crontab -", ["run"]),
        ("printf 'PATH=/bin\\n# c\\n0 1 * * * run a | sh\\n' > /var/spool/cron/root", ["run", "sh"]),
        ("cat <<E > /etc/cron.hourly/a\n#!/bin/sh\nrun a\nE\n", ["run"]),
        ("echo '* * * * * root run a' > /etc/a", []),
        ("echo '* * *' > /etc/cron.d/a", []),
        ("echo a > /etc/cron.allow", []),
    ],
)
def test_what_cron_is_to_run(text: str, programs: list[str]) -> None:
    found = [subject.name for subject in subjects(text) if isinstance(subject, Command) and subject.place == "cron"]
    assert found == programs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY <<-E /a/pip.conf\n\t[global]\n\ttrusted-host = a\n\tb = c\n\tE\n", "COPY <<-E /a/pip.conf\n\t[global]\n\tb = c\n\tE\n"),
        ("RUN printf '%s\\n' '[global]' 'b = c' 'trusted-host = a' > /pip.conf\n", ""),
        ("RUN printf '[global]\\ntrusted-host = a' > /pip.conf\n", "RUN printf '[global]' > /pip.conf\n"),
        ("RUN make && echo insecure >> ~/.curlrc && make b\n", "RUN make && make b\n"),
        ("RUN make; echo insecure >> ~/.curlrc\n", "RUN make\n"),
        ("RUN make && echo insecure >> /a/.curlrc && chmod 600 /a/.curlrc\n", ""),
        ("RUN make && { echo a; echo insecure; } > ~/.curlrc\n", ""),
        ("RUN echo insecure | tee ~/.curlrc\n", ""),
        ('RUN echo ssl"verify=0" >> /etc/yum.conf\n', 'RUN echo ssl"verify=1" >> /etc/yum.conf\n'),
        ("RUN echo 'sslverify='0 >> /etc/yum.conf\n", "RUN echo 'sslverify='1 >> /etc/yum.conf\n"),
    ],
)
def test_settings_are_set_right_or_left_out_in_their_place(before: str, after: str) -> None:
    text = f"FROM a:1\n{before}"
    result = fix(Source("Dockerfile", text), Workbench(kind_named("dockerfile"), BOOK, Context()), Safety.UNSAFE)
    assert result.left == []
    assert result.source.text == f"FROM a:1\n{after or before}"
    assert bool(result.applied) is bool(after)
