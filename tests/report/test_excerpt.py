"""The line of a finding and the marker under it."""

from __future__ import annotations

import pytest
from capdrop.finding import Finding
from capdrop.report import Result
from capdrop.report.excerpt import Excerpt, cells, excerpt
from capdrop.report.masks import Masks
from capdrop.source import Source, Span

from .samples import span_of


def shown(text: str, span: Span, *hidden: Span, width: int = 80) -> Excerpt | None:
    source = Source("f", text)
    finding = Finding(source, span, "m", hidden=hidden)
    return excerpt(source, span, Masks([Result("f", "dockerfile", "analysed", [], [finding])]), width)


def marked(text: str, span: Span, *hidden: Span, width: int = 80) -> str:
    """The part of the shown line that the marker stands under."""
    found = shown(text, span, *hidden, width=width)
    assert found is not None
    return found.shown[found.indent : found.indent + found.length]


def test_the_first_line_of_a_long_span() -> None:
    assert shown("a\nRUN x \\\n  y\n", Span(2, 13)) == Excerpt(2, "RUN x \\", 0, 7)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_are_not_shown(newline: str) -> None:
    text = newline.join(["FROM a", "USER root", ""])
    assert shown(text, span_of(text, "root")) == Excerpt(2, "USER root", 5, 4)
    assert shown(text, Span(text.index("root"), len(text))) == Excerpt(2, "USER root", 5, 4)


def test_an_empty_span_has_a_marker() -> None:
    assert shown("FROM a", Span(6, 6)) == Excerpt(1, "FROM a", 6, 1)


@pytest.mark.parametrize("text", ["", "\n", "FROM a\n", "FROM a\n   \n"])
def test_nothing_is_shown_of_a_blank_line(text: str) -> None:
    assert shown(text, Span(len(text), len(text))) is None


def test_offsets_outside_of_the_text_do_no_harm() -> None:
    assert shown("FROM a", Span(70, 90)) == Excerpt(1, "FROM a", 6, 1)


def test_tabs_and_control_characters_keep_the_marker_in_place() -> None:
    text = "\tRUN\t\x1b[2J root"
    assert shown(text, span_of(text, "root")) == Excerpt(1, "    RUN    \\x1b[2J root", 19, 4)


def test_wide_and_combining_characters_are_counted_in_cells() -> None:
    text = "# 漢字 e\u0301 root"
    assert shown(text, span_of(text, "root")) == Excerpt(1, text, 9, 4)
    assert cells("漢") == 2


@pytest.mark.parametrize("length", [1, 3, 40, 10_000])
def test_a_mask_does_not_tell_the_length(length: int) -> None:
    text = f"A={'s' * length} B=2"
    assert marked(text, Span(2, 2 + length), Span(2, 2 + length)) == "****"


def test_a_neighbour_is_masked_and_the_marker_still_points_right() -> None:
    text = "ENV A=first B=second C=third"
    hidden = [span_of(text, word) for word in ("first", "second", "third")]
    assert shown(text, hidden[1], *hidden) == Excerpt(1, "ENV A=**** B=**** C=****", 13, 4)
    assert marked(text, span_of(text, "B="), *hidden) == "B="
    assert marked(text, span_of(text, "B=second C"), *hidden) == "B=**** C"


def test_a_span_within_a_secret_marks_all_of_it() -> None:
    assert shown("A=topsecret", Span(5, 6), Span(2, 11)) == Excerpt(1, "A=****", 2, 4)
    assert shown("A=topsecret", Span(5, 5), Span(2, 11)) == Excerpt(1, "A=****", 2, 4)


def test_overlapping_and_touching_secrets_are_one() -> None:
    assert shown("A=topsecret.", Span(0, 1), Span(2, 6), Span(5, 9), Span(9, 11)) == Excerpt(1, "A=****.", 0, 1)


def test_a_secret_over_several_lines_is_masked_on_each() -> None:
    text = "key: |\n  line one\n  line two\n"
    assert shown(text, Span(19, 21), Span(9, 28)) == Excerpt(3, "****", 0, 4)


@pytest.mark.parametrize("at", [0, 10, 250, 480, 493])
@pytest.mark.parametrize("width", [20, 60, 100])
def test_a_long_line_is_cut_around_the_span(at: int, width: int) -> None:
    text = ("abcdefghij" * 50)[:at] + "PLACE" + ("abcdefghij" * 50)[at:493]
    found = shown(text, Span(at, at + 5), width=width)
    assert found is not None
    assert len(found.shown) <= width
    assert found.shown[found.indent : found.indent + found.length] == "PLACE"


@pytest.mark.parametrize("at", [0, 5_000, 99_000])
def test_a_very_long_line_is_cut_around_the_span(at: int) -> None:
    text = "x" * at + "PLACE" + "y" * (100_000 - at)
    found = shown(text, Span(at, at + 5), width=60)
    assert found is not None
    assert len(found.shown) <= 60
    assert found.shown[found.indent : found.indent + found.length] == "PLACE"


def test_a_span_longer_than_the_line_allows_is_cut() -> None:
    found = shown("ENV A=" + "v" * 500, Span(6, 506), width=40)
    assert found is not None
    assert len(found.shown) <= 40
    assert found.shown.endswith("v...")


def test_a_secret_on_a_very_long_line_is_never_cut_open() -> None:
    secret = "SENTINEL" * 2_000
    text = f"A={secret} B=1 {'z' * 9_000}"
    for span in (Span(2, 2 + len(secret)), Span(0, 1), span_of(text, "B=1"), Span(8_000, 8_001)):
        found = shown(text, span, Span(2, 2 + len(secret)), width=60)
        assert found is not None
        assert "SENT" not in found.shown
        assert "NEL" not in found.shown
