"""What holds of the Dockerfile parser whatever the text: right places, no exceptions, linear time, a cheap import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from capdrop.source import Fragment
from capdrop.syntax.dockerfile import LONGEST_LINE, Dockerfile, Pair, parse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.growth import assert_grows_linearly, filled

PACKAGE = Path(__file__).parents[2] / "linter"
SAMPLE = """\
# escape=\\
FROM alpine:3.22 AS a
RUN --mount=type=x,id=y set -e && \\
    # a comment

    cat <<-'CONF' && <<B
\tUSER nobody
\tCONF
$B
B
ENV A="b c" \\
  D='e'
ONBUILD HEALTHCHECK CMD ["x", "\\u00e9"]
"""
TEXTS = st.lists(
    st.sampled_from(
        (
            *(
                "FROM a",
                "RUN",
                "ENV",
                "ARG",
                "COPY",
                "ONBUILD",
                "HEALTHCHECK CMD",
                "CMD",
                "LABEL",
                "VOLUME",
                "USER",
                "x",
                "é",
                "\U0001f600",
            ),
            *(" ", " ", "\t", "\f", "\xa0", "\n", "\n", "\\\n", "\\\r\n", "`\n", "\\", "# c\n", "# escape=`\n", "a=b", 'a="b c"', "'", '"'),
            *(
                "<<E",
                "<<-'E'",
                "\nE\n",
                "\tE\n",
                "--a=b",
                '--a="b"',
                "--",
                "[",
                "]",
                '["a", "\\u00e9b"]',
                ",",
                "$",
                "${",
                "}",
                "${a:-b}",
                "=",
            ),
        )
    ),
    max_size=25,
).map("".join)


def keywords(file: Dockerfile) -> list[str]:
    return [instruction.keyword for instruction in file.instructions]


def written(pairs: list[Pair]) -> list[tuple[str, str | None]]:
    return [(pair.name.value, pair.value.value if pair.value else None) for pair in pairs]


def check_fragment(text: str, fragment: Fragment) -> None:
    assert [text[fragment.place(offset)] for offset in range(len(fragment.text))] == list(fragment.text)


@given(TEXTS)
@example("\\")
@example("ONBUILD")
@example("RUN <<E\n")
@example("RUN --")
@settings(max_examples=500, deadline=None)
def test_every_place_is_right_whatever_the_text(text: str) -> None:
    file = parse(text)
    end = 0
    for instruction in file.instructions:
        assert end <= instruction.span.start <= instruction.keyword_span.end <= instruction.span.end <= len(text)
        end = instruction.span.end
        for one in filter(None, (instruction, instruction.inner)):
            check_fragment(text, one.body)
            words = [word for pair in one.pairs for word in (pair.name, pair.value) if word]
            for word in words + (one.arguments if one.form == "shell" else []):
                check_fragment(text, word.fragment)
                assert word.written.text[:1] == text[word.span.start : word.span.end][:1]
            for flag in one.flags:
                assert text.startswith("--", flag.span.start) or "\\" in text or "`" in text or '"' in text
            for heredoc in one.heredocs:
                check_fragment(text, heredoc.body)
    assert all(text[comment.start] == "#" for comment in file.comments)
    assert all(0 <= problem.span.start <= problem.span.end <= len(text) for problem in file.problems)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_windows_line_ends_change_nothing(text: str) -> None:
    plain = text.replace("\r", "")
    ours, theirs = parse(plain), parse(plain.replace("\n", "\r\n"))
    assert keywords(ours) == keywords(theirs)
    assert [one.body.text for one in ours.instructions] == [one.body.text for one in theirs.instructions]
    assert [written(one.pairs) for one in ours.instructions] == [written(one.pairs) for one in theirs.instructions]
    assert [one.message for one in ours.problems] == [one.message for one in theirs.problems]


def test_every_prefix_can_be_read() -> None:
    for end in range(len(SAMPLE)):
        assert parse(SAMPLE[:end]).problems is not None


@pytest.mark.parametrize("longest", [LONGEST_LINE - 1000, LONGEST_LINE + 1000], ids=["read", "too long to be read"])
@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("FROM a\nRUN ", "a_key=", ""),
        ("FROM a\nRUN a", " \\\n b", ""),
        ("FROM a\nENV a=1", " \\\n# c\n\n b='2 3'", ""),
        ("FROM a\nCMD [", '"a\\n", \\\n', '"b"]'),
        ("FROM a\nRUN --a=b", ' \\\n --c="d"', ""),
        ("FROM a\nCMD ", "[", ""),
        ("FROM a\n", "ONBUILD ", ""),
        ("FROM a\nRUN <<E", "${a:-", ""),
        ("FROM a\nRUN x", " \\\n <<E", "\nE"),
        ("FROM a\nRUN <<-E\n", "\ta\n", "E\n"),
        ("# escape=`", " ", "x\nFROM a\n"),
    ],
    ids=lambda text: text[7:20],
)
def test_time_grows_with_the_size_and_no_faster(start: str, piece: str, end: str, longest: int) -> None:
    def work(size: int) -> None:
        body = filled(piece, size)
        file = parse(start + body + (end * body.count("<<E") if end == "\nE" else end))
        for instruction in file.instructions:
            assert instruction.keyword == "RUN" or len(instruction.arguments) + len(instruction.pairs) > 0
        assert file.problems is not None

    assert_grows_linearly(work, longest // 8, longest)


def test_imports_nothing_heavy() -> None:
    heavy = {"typing", "dataclasses", "pathlib", "logging", "inspect", "json"}
    code = "import sys, capdrop.source; before = set(sys.modules); import capdrop.syntax.dockerfile, capdrop.syntax.heredoc, "
    code += "capdrop.syntax.dockerfile_problems, capdrop.syntax.image_reference; print(*(set(sys.modules) - before))"
    shown = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(PACKAGE)})
    assert heavy.isdisjoint(shown.stdout.split())
