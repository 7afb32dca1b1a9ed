"""The 25 regression cases: what users of such tools complained about, each as a file and the findings that are due.

Case 24, the hostile input, is `test_hostile_input.py`.
"""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import Analysis, analyse, dialect
from capdrop.finding import Confidence, Finding, Safety
from capdrop.fixer import Workbench, fix
from capdrop.report.identity import fingerprint
from capdrop.report.masks import Masks
from capdrop.source import Source, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tests.regressions.cases import FILES
else:
    from cases import FILES

TITLES = {
    "user-root": "root-user",
    "run-as-root": "root-user",
    "user-unset": "missing-user",
    "user-admin": "windows-administrator",
    "secret-literal": "hard-coded-credential",
    "secret-in-url": "password-in-url",
    "secret-in-command": "credential-in-command",
    "secret-build-arg": "secret-build-argument",
    "secret-default": "published-default",
    "directive-ignored": "ignored-directive",
    "suppression-malformed": "malformed-suppression",
    "suppression-unknown-rule": "unknown-rule-in-suppression",
    "suppression-unused": "unused-suppression",
    "privileged": "privileged-container",
    "dangerous-cap": "dangerous-capability",
    "seccomp-off": "seccomp-unconfined",
    "apparmor-off": "apparmor-unconfined",
    "docker-socket": "runtime-socket-mount",
}
"""The cases' working titles, and what the rules are called; a title that is not here is the rule's name."""

BOOK = rulebook.load()
BOOK.select(BOOK.of_profile("default"))

DUE: dict[int, list[tuple[str, int] | tuple[str, int, int]]] = {
    1: [],
    2: [("user-root", 2)],
    3: [],
    4: [("secret-literal", 2), ("secret-literal", 5, 5), ("secret-literal", 6, 15)],
    5: [("secret-build-arg", 2), ("secret-persisted", 6)],
    6: [("user-root", 16)],
    7: [("secret-in-command", 3), ("setuid-bit", 4), ("secret-literal", 8)],
    8: [("user-admin", 6)],
    9: [("directive-ignored", 2)],
    10: [("secret-literal", 3), ("user-root", 8)],
    11: [("user-root", 4), ("user-root", 6), ("user-root", 14)],
    12: [("secret-literal", 2)],
    13: [("suppression-malformed", 3), ("secret-literal", 4), ("suppression-unused", 5), ("suppression-unknown-rule", 5)],
    14: [("privileged", 3)],
    15: [("secret-default", 11), ("secret-literal", 12)],
    16: [
        ("host-pid", 4),
        ("dangerous-cap", 5),
        ("seccomp-off", 7),
        ("apparmor-off", 8),
        ("docker-socket", 11),
        ("docker-socket", 13),
    ],
    17: [("privileged", 13), ("run-as-root", 13), ("run-as-root", 20)],
    18: [("privileged", 30)],
    19: [("user-unset", 15), ("secret-literal", 34), ("secret-literal", 36)],
    20: [("secret-in-url", 11, 32), ("secret-literal", 12)],
    21: [("host-pid", 21), ("user-unset", 22)],
    22: [("host-network", 9), ("secret-literal", 17)],
    23: [
        ("host-network", 5),
        ("privileged", 9),
        ("privileged", 13),
        ("duplicate-key", 14),
    ],
    25: [("privileged", 5)],
}
"""What is due: the title, the line, and the column where the case names one. The cases leave `user-unset` open; it is in force in our
default profile, so it is written down for the pods that say nothing about their user."""


def examined(number: int, text: str | None = None, targets: str = "") -> Analysis:
    path, written = FILES[number]
    source = Source(path, written if text is None else text)
    kind = kind_of(path, source.text)
    assert kind is not None
    return analyse(source, kind, BOOK, Context(frozenset(targets.split())))


def shown(analysis: Analysis) -> list[Finding]:
    """The findings as a user sees them: not silenced, and at least of medium confidence."""
    return [f for f in analysis.findings if f.suppressed is None and (f.confidence or 0) >= Confidence.MEDIUM]


def comments(source: Source) -> list[str]:
    kind = kind_of(source.path, source.text)
    assert kind is not None
    return [source[span] for span in dialect(kind).read(source, Context()).comments()]


def place(finding: Finding) -> tuple[int, int]:
    position = finding.source.position(finding.span.start)
    return position.line, position.column


def only(number: int, title: str) -> Finding:
    rule = TITLES.get(title, title)
    found = [finding for finding in examined(number).findings if finding.rule == rule]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("number", DUE)
def test_exactly_what_is_due_is_found(number: int) -> None:
    analysis = examined(number, targets="a b c d e f" if number == 11 else "")
    due = [(TITLES.get(title, title), *where) for title, *where in DUE[number]]
    found = [(finding.rule, *place(finding)) for finding in shown(analysis)]
    assert [entry[: len(expected)] for entry, expected in zip(found, due, strict=False)] == due
    assert len(found) == len(due), found
    assert analysis.broken == []
    assert analysis.outcome == ("partly" if number == 22 else "analysed")


def test_inherited_root_says_where_it_is_inherited() -> None:
    (note,) = only(2, "user-root").notes
    assert note.source.position(note.span.start).line == 4


def test_a_build_argument_without_a_value_is_of_medium_severity() -> None:
    finding = only(5, "secret-build-arg")
    assert finding.severity is not None
    assert finding.severity.name == "MEDIUM"


def test_the_file_comment_goes_below_the_directives() -> None:
    source = Source("Dockerfile", "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\n")
    kind = kind_of(source.path, source.text)
    assert kind is not None
    assert dialect(kind).read(source, Context()).body_start == source.text.index("FROM")


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_and_byte_order_marks_change_nothing(newline: str, bom: bytes) -> None:
    path, text = FILES[10]
    source = decode(path, bom + text.replace("\n", newline).encode())
    kind = kind_of(path, source.text)
    assert kind is not None
    found = shown(analyse(source, kind, BOOK, Context()))
    expected = shown(examined(10))
    assert [(fingerprint(f, Masks(())), *place(f)) for f in found] == [(fingerprint(f, Masks(())), *place(f)) for f in expected]


def test_a_reasoned_suppression_keeps_its_reason() -> None:
    (silenced,) = [finding for finding in examined(13).findings if finding.suppressed is not None]
    assert silenced.rule == "missing-user"
    assert silenced.suppressed is not None
    assert silenced.suppressed.reason == "needs raw sockets, reviewed 2026-08"
    assert "did you mean `ignore`?" in only(13, "suppression-malformed").message


def test_a_shared_node_is_shown_and_not_edited() -> None:
    finding = only(14, "privileged")
    assert [finding.source.position(note.span.start).line for note in finding.notes] == [6]
    assert finding.fix is not None
    assert finding.fix.safety == Safety.DISPLAY


def test_a_published_default_is_replaced_when_asked_for() -> None:
    finding = only(15, "secret-default")
    assert finding.fix is not None
    assert finding.fix.safety == Safety.UNSAFE
    assert [edit.text for edit in finding.fix.edits] == ["${DB_PASSWORD:?}"]


def test_documents_before_change_nothing_but_lines() -> None:
    text = FILES[21][1]
    last = text[text.index("# an empty document") :]
    removed = text[: -len(last)].count("\n")
    before = [(finding.rule, place(finding)[0] - removed, finding.message) for finding in shown(examined(21))]
    assert [(finding.rule, place(finding)[0], finding.message) for finding in shown(examined(21, last))] == before


def test_a_template_is_not_fixed() -> None:
    assert all(finding.fix is None or finding.fix.safety == Safety.DISPLAY for finding in examined(22).findings)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_fix_changes_its_line_and_nothing_else(newline: str) -> None:
    path, text = FILES[25]
    text = text.replace("\n", newline)
    kind = kind_of(path, text)
    assert kind is not None
    bench = Workbench(kind, BOOK, Context())
    after = fix(Source(path, text), bench, Safety.UNSAFE)
    assert [finding.rule for finding in after.applied] == ["privileged-container"]
    old, new = text.split(newline), after.source.text.split(newline)
    assert old[:4] == new[:4]
    assert old[5:] == new[5:]
    assert new[4].strip() == "# legacy"
    assert comments(Source(path, text)) == comments(after.source)
    again = fix(after.source, bench, Safety.UNSAFE)
    assert (again.source.text, again.applied, again.left) == (after.source.text, [], [])


def test_a_flag_survives_an_edit_of_its_neighbour() -> None:
    text = "# capdrop: ignore[root-user]\nFROM --platform=$BUILDPLATFORM golang:1.25 AS b\nUSER 1000"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    after = fix(Source("Dockerfile", text), Workbench(kind, BOOK, Context()), Safety.SAFE)
    assert after.source.text == "FROM --platform=$BUILDPLATFORM golang:1.25 AS b\nUSER 1000"
