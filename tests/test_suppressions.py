"""Comments that silence findings: what they cover, what they do not, and what is said about the comments themselves."""

from __future__ import annotations

import pytest
from capdrop import rulebook, suppress
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import Analysis, analyse
from capdrop.finding import Safety
from capdrop.fixer import Workbench, fix
from capdrop.source import Source
from capdrop.suppress import MOST_NAMES

from tests.growth import assert_grows_linearly

SECRET = "Kp3-vv81" + "-Qz"
BOOK = rulebook.load()
BOOK.select(
    "root-user missing-user hard-coded-credential credential-in-command privileged-container host-pid "
    "malformed-suppression unknown-rule-in-suppression unused-suppression".split()
)
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostPID: true
  containers:
    - name: web
      image: acme/web:1
      securityContext: {privileged: true, runAsUser: 1000}
      env:
        - name: DB_PASSWORD
          value: SECRET
""".replace("SECRET", SECRET)
SERVICES = """\
services:
  app:
    image: acme/app:1
    privileged: true
    pid: host
  side:
    image: acme/side:1
    privileged: true
"""
STAGES = f"""\
FROM alpine:3.22 AS build
ENV A_PASSWORD={SECRET}
FROM alpine:3.22
ENV B_PASSWORD={SECRET}
USER root
"""


def examined(path: str, text: str) -> Analysis:
    kind = kind_of(path, text)
    assert kind is not None
    analysis = analyse(Source(path, text), kind, BOOK, Context())
    assert analysis.broken == []
    return analysis


def said(path: str, text: str) -> str:
    """The findings that are not silenced: `rule line`, with commas between."""
    analysis = examined(path, text)
    found = [finding for finding in analysis.findings if finding.suppressed is None]
    return ", ".join(f"{finding.rule} {finding.source.position(finding.span.start).line}" for finding in found)


def above(text: str, line: int, comment: str) -> str:
    """The text with a comment on a line of its own above a line."""
    lines = text.split("\n")
    margin = " " * (len(lines[line - 1]) - len(lines[line - 1].lstrip()))
    return "\n".join([*lines[: line - 1], margin + comment, *lines[line - 1 :]])


def behind(text: str, line: int, comment: str) -> str:
    """The text with a comment at the end of a line."""
    lines = text.split("\n")
    lines[line - 1] += " " + comment
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "silenced", "left"),
    [
        ("services: {a: {image: b, privileged: true, user: '0'}}  # capdrop: ignore[root-user]\n", "same line", "privileged-container 1"),
        (behind(SERVICES, 4, "# capdrop: ignore[privileged-container]"), "same line, block", "host-pid 5, privileged-container 8"),
        (above(SERVICES, 4, "# capdrop: ignore[privileged-container]"), "line above", "host-pid 6, privileged-container 9"),
        (above(SERVICES, 2, "# capdrop: ignore[privileged-container]"), "service head, above", "host-pid 6, privileged-container 9"),
        (behind(SERVICES, 2, "# capdrop: ignore[privileged-container]"), "service head, behind", "host-pid 5, privileged-container 8"),
        (above(SERVICES, 1, "# capdrop: ignore-file[privileged-container]"), "file", "host-pid 6"),
        (SERVICES + "# capdrop: ignore-file[privileged-container]\n", "file, at its end", "host-pid 5"),
        (above(SERVICES, 2, "# capdrop: ignore[privileged-container, host-pid] -- both"), "two rules", "privileged-container 9"),
        (above(SERVICES, 2, "# capdrop: ignore[KSV-0017,checkov:ckv_k8s_16 , HOST-PID]"), "other ids", "privileged-container 9"),
        (above(SERVICES, 4, "#capdrop:ignore[privileged-container]--why"), "no blanks", "host-pid 6, privileged-container 9"),
        (above(SERVICES, 4, "# CapDrop: Ignore[privileged-container]"), "capitals", "host-pid 6, privileged-container 9"),
        (
            above(above(SERVICES, 4, "# for now"), 4, "# capdrop: ignore[privileged-container]\n"),
            "comment and blank line between",
            "host-pid 8, privileged-container 11",
        ),
    ],
    ids=lambda value: value if value and "\n" not in value else "",
)
def test_what_a_comment_covers_in_compose(text: str, silenced: str, left: str) -> None:
    path = "compose.yaml"
    assert said(path, text) == left, silenced
    assert said(path, text.replace("\n", "\r\n")) == left, silenced


@pytest.mark.parametrize(
    ("line", "rules", "left"),
    [
        (1, "privileged-container,host-pid,hard-coded-credential", ""),
        (7, "privileged-container,hard-coded-credential", "host-pid 5"),
        (9, "privileged-container", "host-pid 5, hard-coded-credential 13"),
        (11, "hard-coded-credential", "host-pid 5, privileged-container 9"),
        (12, "hard-coded-credential", "host-pid 5, privileged-container 9"),
    ],
    ids=["object", "container", "line", "variable", "its value"],
)
def test_what_a_comment_covers_in_kubernetes(line: int, rules: str, left: str) -> None:
    comment = f"# capdrop: ignore[{rules}]"
    moved = ", ".join(_one_line_down(entry, line) for entry in left.split(", ")) if line < 9 else left
    assert said("pod.yaml", above(POD, line, comment)) == moved


def _one_line_down(entry: str, line: int) -> str:
    rule, _, at = entry.partition(" ")
    return f"{rule} {int(at) + (int(at) >= line)}" if at else ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (above(STAGES, 2, "# capdrop: ignore[hard-coded-credential]"), "hard-coded-credential 5, root-user 6"),
        (above(STAGES, 1, "# capdrop: ignore[hard-coded-credential]"), "hard-coded-credential 5, root-user 6"),
        (above(STAGES, 3, "# capdrop: ignore[root-user]"), "hard-coded-credential 2, hard-coded-credential 5"),
        ("# escape=`\n# capdrop: ignore-file[root-user]\nFROM a\nRUN b `\n  c\nUSER root\n", ""),
        (f"FROM a\nUSER 1\n# capdrop: ignore[credential-in-command]\nRUN b && \\\n  curl -u a:{SECRET} x\n", ""),
        (f"FROM a\nUSER 1\nRUN b && \\\n# capdrop: ignore[credential-in-command]\n  curl -u a:{SECRET} x\n", ""),
        (f"FROM a\nUSER 1\nRUN <<EOF\n# capdrop: ignore[credential-in-command]\ncurl -u a:{SECRET} x\nEOF\n", ""),
    ],
    ids=["instruction", "stage", "other stage", "file, below directives", "multi-line", "line of it", "heredoc"],
)
def test_what_a_comment_covers_in_a_dockerfile(text: str, left: str) -> None:
    assert said("Dockerfile", text) == left
    assert said("Dockerfile", text.replace("\n", "\r\n")) == left


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("# capdrop: ingore[root-user]", "there is no `ingore`; did you mean `ignore`?"),
        ("# capdrop: ignore_file[root-user]", "there is no `ignore_file`; did you mean `ignore-file`?"),
        ("# capdrop: disable[root-user]", "there is no `disable`; it is called `ignore`"),
        ("# capdrop: skip", "there is no `skip`; it is called `ignore`"),
        ("# capdrop: ignore", "it must read"),
        ("# capdrop ignore[root-user]", "it must read"),
        ("# capdrop=ignore[root-user]", "it must read"),
        ("# capdrop: ignore root-user", "it must read"),
        ("# capdrop: ignore(root-user)", "it must read"),
        ("# capdrop: ignore[root-user", "it must read"),
        ("# capdrop: ignore[root-user] because", "it must read"),
        ("# capdrop: ignore[ , ]", "it names no rule"),
        ("# capdorp: ignore[root-user]", "did you mean `capdrop`?"),
    ],
)
def test_a_malformed_suppression_silences_nothing(comment: str, problem: str) -> None:
    text = f"FROM a\n{comment}\nUSER root\n"
    assert said("Dockerfile", text) == "malformed-suppression 2, root-user 3"
    assert problem in examined("Dockerfile", text).findings[0].message


@pytest.mark.parametrize(
    "comment",
    [
        "# capdrop is run on this file",
        "# capdrop: everything but NET_BIND_SERVICE",
        "# capdrop:ALL",
        "# pyright: ignore[reportMissing]",
        "# zizmor: ignore[unpinned-uses]",
        "# hadolint ignore=DL3003",
        "# dropped: ignore the rest",
    ],
)
def test_other_comments_are_left_alone(comment: str) -> None:
    assert said("Dockerfile", f"FROM a\n{comment}\nUSER root\n") == "root-user 3"


def test_a_block_scalar_holds_no_comments() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  note: |\n    # capdrop: ignore[root-user]\n    # capdrop: skip\n"
    assert said("map.yaml", text) == ""


def test_behind_an_instruction_there_are_no_comments() -> None:
    assert said("Dockerfile", "FROM a\nRUN sudo b # capdrop: ignore[root-user]\nUSER root\n") == "malformed-suppression 2, root-user 3"


def test_unknown_names_and_names_that_were_not_needed() -> None:
    text = "# capdrop: ignore[root-user, privileged-container, rot-user, E501]\nFROM a\nUSER root\n"
    unused, near, unknown = examined("Dockerfile", text).findings[:3]
    assert (unused.rule, unused.source[unused.span]) == ("unused-suppression", "privileged-container")
    assert (near.rule, near.source[near.span]) == ("unknown-rule-in-suppression", "rot-user")
    assert near.message == "there is no rule `rot-user`; did you mean `root-user`?"
    assert (unknown.rule, unknown.source[unknown.span]) == ("unknown-rule-in-suppression", "E501")
    assert {near.ordinal, unknown.ordinal} == {0, 1}


def test_only_rules_in_force_can_be_unused() -> None:
    assert said("Dockerfile", "# capdrop: ignore[host-network, image-without-tag]\nFROM a\nUSER 1\n") == ""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM a\n# capdrop: ignore[root-user] -- why\nUSER 1\n", "FROM a\nUSER 1\n"),
        ("FROM a\n# capdrop: ignore[ host-pid, root-user ,E501]\nUSER root", "FROM a\n# capdrop: ignore[ root-user]\nUSER root"),
        ("FROM a\nUSER 1\n# capdrop: ignore-file[root-user]", "FROM a\nUSER 1\n"),
        ("FROM a\nUSER 1\nRUN a && \\\n  # capdrop: ignore[credential-in-command]\n  b\n", "FROM a\nUSER 1\nRUN a && \\\n  b\n"),
    ],
)
def test_what_is_not_needed_is_removed(before: str, after: str, newline: str) -> None:
    before, after = before.replace("\n", newline), after.replace("\n", newline)
    kind = kind_of("Dockerfile", before)
    assert kind is not None
    fixed = fix(Source("Dockerfile", before), Workbench(kind, BOOK, Context()), Safety.SAFE)
    assert fixed.source.text == after
    assert fixed.left == []


@pytest.mark.parametrize(
    "comment", ["# capdrop: ignore[missing-uzer]\n", "# capdrop: ignore-file[missing-user]\n", "# capdrop: ignore[a]\n#\n\n"]
)
def test_very_many_comments_take_time_in_proportion(comment: str) -> None:
    assert_grows_linearly(lambda size: examined("Dockerfile", "FROM a\n" + comment * size), 500, 8_000)


def test_a_comment_names_no_more_rules_than_it_may() -> None:
    names = ", ".join(f"a{number}" for number in range(MOST_NAMES + 1))
    (finding,) = examined("Dockerfile", f"FROM a\n# capdrop: ignore[{names}]\nUSER 1\n").findings
    assert finding.message == f"this silences nothing: it names more than {MOST_NAMES} rules"


def test_no_more_comments_than_so_many_are_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppress, "MOST_COMMENTS", 1)
    comment = "# capdrop: ignore[host-pid]"
    assert said("Dockerfile", f"FROM a\n{comment}\nUSER 1\n{comment}\n") == "unused-suppression 2, malformed-suppression 4"


def test_nobody_is_offered_a_name_for_each_of_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppress, "MOST_SUGGESTED", 1)
    first, second = examined("Dockerfile", "# capdrop: ignore[rot-user, rot-usr]\nFROM a\nUSER 1\n").findings
    assert first.message == "there is no rule `rot-user`; did you mean `root-user`?"
    assert second.message == "there is no rule `rot-usr`"
