"""Many fixes at once: how often a file is read for them, and which of them are kept where not all can be proved."""

from __future__ import annotations

import pytest
from capdrop import engine
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.finding import Edit, Finding, Safety
from capdrop.fixer import Fixed, Workbench, fix, provable
from capdrop.ranges import Ranges
from capdrop.rulebook import load
from capdrop.source import Source, Span

from tests.growth import assert_grows_linearly

BOOK = load()
BOOK.select(["privileged-container", "port-on-all-interfaces"])
OTHER = load()


def services(count: int) -> Source:
    return Source("compose.yaml", "services:\n" + "".join(f"  s{n}:\n    image: a/b:1\n    privileged: true\n" for n in range(count)))


def fixed(source: Source) -> Fixed:
    return fix(source, Workbench(kind_named("compose"), BOOK, Context()), Safety.UNSAFE)


def test_the_time_grows_with_the_number_of_fixes() -> None:
    assert_grows_linearly(lambda count: fixed(services(count)), 50, 400)


def test_a_file_is_analysed_twice_for_all_its_fixes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Source] = []
    analyse = engine.analyse

    def counted(source: Source, *rest: object, **how: object) -> engine.Analysis:
        asked.append(source)
        return analyse(source, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("capdrop.fixer.analyse", counted)
    result = fixed(services(50))
    assert len(result.applied) == 50
    assert len(asked) == 2


def counting(monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """The sources that are analysed from now on."""
    asked: list[Source] = []
    analyse = engine.analyse

    def counted(source: Source, *rest: object, **how: object) -> engine.Analysis:
        asked.append(source)
        return analyse(source, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("capdrop.fixer.analyse", counted)
    return asked


def test_subjects_that_share_an_address_do_not_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    OTHER.select(["certificate-check-disabled"])
    text = "FROM a:1\n" + "".join(f"RUN curl -k https://example.com/{n} -o /{n}\n" for n in range(50))
    asked = counting(monkeypatch)
    result = fix(Source("Dockerfile", text), Workbench(kind_named("dockerfile"), OTHER, Context()), Safety.UNSAFE)
    assert len(result.applied) == 50
    assert result.source.text == text.replace(" -k", "")
    assert len(asked) == 2


def test_items_of_one_list_wait_for_one_another() -> None:
    OTHER.select(["dangerous-capability"])
    text = "services:\n  a:\n    image: a/b:1\n    cap_add:\n      - SYS_ADMIN\n      # one more\n      - SYS_MODULE\n"
    result = fix(Source("compose.yaml", text), Workbench(kind_named("compose"), OTHER, Context()), Safety.UNSAFE)
    assert result.source.text == "services:\n  a:\n    image: a/b:1\n    # one more\n"  # no list is left that has no items


def test_what_is_only_shown_is_proved_together(monkeypatch: pytest.MonkeyPatch) -> None:
    OTHER.select(["memory-limit-missing"])
    source = services(50)
    bench = Workbench(kind_named("compose"), OTHER, Context())
    before = bench.analyse(source)
    asked = counting(monkeypatch)
    assert provable(before, before.findings, bench) == before.findings
    assert len(before.findings) == 50
    assert len(asked) == 1
    assert before.findings[7].fix is not None
    before.findings[7].fix.edits = (Edit(Span(0, 0), "- "),)
    assert provable(before, before.findings, bench) == [*before.findings[:7], *before.findings[8:]]


@pytest.mark.parametrize("broken", [{7}, {0, 1, 31}, {3, 17, 40, 49}, set(range(50))])
def test_what_cannot_be_proved_is_found_among_many(broken: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    source, asked = services(50), 0
    bench = Workbench(kind_named("compose"), BOOK, Context())
    findings = bench.analyse(source).findings
    for number in broken:
        spoil(findings[number])
    analyse = engine.analyse

    def counted(source: Source, *rest: object, **how: object) -> engine.Analysis:
        nonlocal asked
        asked += 1
        return analyse(source, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("capdrop.fixer.analyse", counted)
    result = fix(source, bench, Safety.UNSAFE)
    kept = {finding.subject for finding in result.applied[: 50 - len(broken)]}
    assert kept == {f"services.s{number}" for number in range(50) if number not in broken}
    if len(broken) < 5:
        assert asked < 16 * len(broken)


def spoil(finding: Finding) -> None:
    """Have a fix write something that nobody can read."""
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    finding.fix.edits = (Edit(edit.span, "  - }\n"),)


def test_ranges_that_touch_are_one() -> None:
    ranges = Ranges([Span(5, 7), Span(1, 3)])
    assert [ranges.touch(Span(at, at)) for at in range(9)] == [False, True, True, True, False, True, True, True, False]
    ranges.add(Span(3, 5))
    assert ranges.touch(Span(4, 4))
    assert not ranges.touch(Span(8, 20))
    assert ranges.touch(Span(0, 20))
