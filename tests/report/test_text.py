"""The text report, as it stands."""

from __future__ import annotations

import pytest
from capdrop.finding import Edit, Fix, Safety, Severity
from capdrop.report import Result
from capdrop.source import Source, Span

from .samples import compose_findings, finding_at, mixed_results, written

GOLDEN = """\
compose.yaml:3:12: low image-tag: names an image by its tag
  3 |     image: nginx:1.29
    |            ^^^^^^^^^^
  why: A tag can be moved.
  fix (unsafe): pin the digest (the tag no longer moves)

compose.yaml:4:17: critical privileged-container: services.app runs privileged
  4 |     privileged: true
    |                 ^^^^
  note: compose.yaml:2:3 the service is here
  why: A privileged container is root on the host.
  fix (safe): drop `privileged`

compose.yaml:5:26: high plain-secret: TOKEN is written out
  5 |     environment: {TOKEN: ****, PASSWORD: ****}
    |                          ^^^^
  why: A secret in a file is a secret that everyone knows.
  no automatic fix: the mapping stands on one line

Dockerfile: rule my-rule broke (TypeError): this is a bug in capdrop or in the rule
chart/pod.yaml:3:5: partly analysed: a template action
bad.yaml:2:1: not analysed: found a tab where no token can start
3 findings (1 critical, 1 high, 1 low), 1 suppressed, 1 fixable with `capdrop fix --apply`, 1 more with --unsafe; \
4 files: 2 analysed, 1 partly, 1 not analysed; 1 rule broke
"""


def test_everything_at_once() -> None:
    assert written("text", mixed_results()) == GOLDEN


def test_suppressed_findings_are_shown_when_asked_for() -> None:
    text = written("text", mixed_results(), show_suppressed=True)
    assert "5:57: high plain-secret: PASSWORD is written out (suppressed by comment: a test fixture)\n" in text
    assert "3 findings (1 critical, 1 high, 1 low), 1 suppressed" in text


def test_color_adds_escapes_and_nothing_else() -> None:
    import re

    colored = written("text", mixed_results(), color=True)
    assert "\x1b[1;31mcritical\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == GOLDEN


@pytest.mark.parametrize(
    ("results", "summary"),
    [
        ([], "no findings; no files"),
        ([Result("a", "dockerfile", "analysed")], "no findings; 1 file: 1 analysed"),
        (
            [Result("a", "dockerfile", "analysed"), Result("b", "compose", "not", [("why", 1, 1)])],
            "no findings; 2 files: 1 analysed, 1 not analysed",
        ),
        (
            [Result("a", "compose", "analysed", [], compose_findings()[1:2])],
            "1 finding (1 critical), 1 fixable with `capdrop fix --apply`; 1 file: 1 analysed",
        ),
        (
            [Result("a", "compose", "analysed", [], compose_findings()[:1])],
            "1 finding (1 low), 1 fixable with `capdrop fix --apply --unsafe`; 1 file: 1 analysed",
        ),
        ([Result("a", "compose", "analysed", [], compose_findings()[3:])], "no findings, 1 suppressed; 1 file: 1 analysed"),
        (
            [
                Result("a", "compose", "analysed", [], [], [("r", "E"), ("s", "E")]),
                Result("b", "compose", "analysed", [], [], [("r", "E")]),
            ],
            "no findings; 2 files: 2 analysed; 2 rules broke",
        ),
    ],
)
def test_the_last_line_sums_up(results: list[Result], summary: str) -> None:
    assert written("text", results).splitlines()[-1] == summary


def test_a_file_that_was_not_analysed_for_no_given_reason_is_named() -> None:
    assert written("text", [Result("a", "compose", "not")]).startswith("a:1:1: not analysed: for an unknown reason\n")


def test_a_fix_that_is_only_shown_says_so() -> None:
    source = Source("Dockerfile", "FROM x\n")
    fix = Fix("name a tag", (Edit(Span(6, 6), ":1"),), Safety.DISPLAY)
    text = written("text", [Result("Dockerfile", "dockerfile", "analysed", [], [finding_at(source, "x", "r", "m", fix=fix)])])
    assert "  fix (shown only): name a tag\n" in text
    assert "fixable" not in text


def test_an_unsigned_finding_and_an_unknown_rule_are_written() -> None:
    source = Source("Dockerfile", "FROM x\n")
    finding = finding_at(source, "x", "no-such-rule", "m", severity=Severity.INFO)
    finding.severity = finding.confidence = None
    assert written("text", [Result("Dockerfile", "dockerfile", "analysed", [], [finding])]).startswith(
        "Dockerfile:1:6: medium no-such-rule: m\n"
    )
