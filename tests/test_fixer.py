"""Fixes: round trips through whole files, what a proof refuses, and writing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named, kind_of
from capdrop.finding import Edit, Fix, Safety
from capdrop.fixer import Fixed, Refusal, Workbench, fix, prove, splice, write
from capdrop.rule import unindented
from capdrop.source import Source, Span

BOOK = rulebook.load()
STRICT = rulebook.load()
STRICT.select(STRICT.of_profile("strict"))
SERVICE = """
# ✓ überprüft 测试
services:
  app:   # keep me
    image: acme/app:1
    privileged: true   # legacy
    environment:
      NOTE: "✓ done"
    # cap_drop: [ALL]
#    security_opt:
#      - seccomp=unconfined
""".strip()
"""Regression case 25 of the collection of users' complaints."""


def bench(source: Source) -> Workbench:
    kind = kind_of(source.path, source.text)
    assert kind is not None
    return Workbench(kind, BOOK, Context())


def fixed(text: str, *rules: str, path: str = "compose.yaml") -> Fixed:
    """A text after the fixes of these rules."""
    source = Source(path, text)
    findings = bench(source).analyse(source).findings
    return fix(source, bench(source), Safety.UNSAFE, frozenset((f.rule, f.subject) for f in findings if f.rule in rules))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("ending", [False, True])
def test_a_fix_changes_its_line_and_nothing_else(newline: str, ending: bool) -> None:
    text = SERVICE.replace("\n", newline) + (newline if ending else "")
    result = fixed(text, "privileged-container")
    assert [finding.rule for finding in result.applied] == ["privileged-container"]
    assert result.source.text == text.replace("    privileged: true   # legacy", "    # legacy")
    assert fixed(result.source.text, "privileged-container").applied == []


def test_the_other_parts_of_an_instruction_survive() -> None:
    text = "FROM --platform=$BUILDPLATFORM golang:1.25 AS b\nRUN  echo '✓'   # no comment\nUSER 1000\n"
    source = Source("Dockerfile", text)
    for finding in bench(source).analyse(source).findings:
        if finding.fix is not None and finding.fix.edits:
            assert "--platform=$BUILDPLATFORM" in prove(bench(source).analyse(source), [finding], bench(source))[0].text


def test_several_fixes_in_one_file() -> None:
    text = unindented("""
        services:
          app:
            image: a:1
            cap_add: [SYS_ADMIN, NET_ADMIN, SYS_TIME, KILL]
            pid: host
            volumes:
              - /var/run/docker.sock:/s
              - /etc:/host:rw   # all of it
          side:
            image: a:1
            pid: host
        """)
    rules = ("dangerous-capability", "host-pid", "runtime-socket-mount", "writable-host-path", "writable-root-filesystem")
    result = fixed(text, *rules)
    assert (len(result.applied), result.left) == (9, [])
    assert result.source.text == unindented("""
        services:
          app:
            image: a:1
            cap_add: [KILL]
            volumes:
              - /etc:/host:ro   # all of it
            read_only: true
          side:
            image: a:1
            read_only: true
        """)


def test_a_list_goes_with_the_last_of_its_items() -> None:
    head, tail = "services:\n  app:\n    image: a:1\n", "    init: true\n"
    text = f"{head}    volumes:\n    - /var/run/docker.sock:/s # socket\n    # all\n    - /:/host\n{tail}"
    result = fixed(text, "runtime-socket-mount", "sensitive-host-path")
    assert (len(result.applied), result.left) == (2, [])
    assert result.source.text == f"{head}    # socket\n    # all\n{tail}"


def test_what_privileged_gives_anyway_is_taken_out_safely() -> None:
    text = (
        "services:\n  a:\n    image: a:1\n    privileged: true\n    cap_add: [NET_ADMIN]\n  b:\n    image: a:1\n    cap_add: [NET_ADMIN]\n"
    )
    source = Source("compose.yaml", text)
    result = fix(source, bench(source), Safety.SAFE)
    assert [(finding.rule, finding.subject) for finding in result.applied] == [("dangerous-capability", "services.a")]
    assert result.source.text == text.replace("    cap_add: [NET_ADMIN]\n", "", 1)


def test_capabilities_that_nobody_can_hold_are_dropped_safely() -> None:
    text = "services:\n  a:\n    image: a:1\n    user: '{}'\n    security_opt: [{}]\n"
    for user, option, is_safe in (
        ("1000:1000", "no-new-privileges", True),
        ("0", "no-new-privileges", False),
        ("1000", "label:disable", False),
    ):
        source = Source("compose.yaml", text.format(user, option))
        applied = fix(source, Workbench(kind_named("compose"), STRICT, Context()), Safety.SAFE).applied
        assert ("capabilities-not-dropped" in {finding.rule for finding in applied}) is is_safe


def test_a_fix_of_a_pod_may_change_every_container_in_it() -> None:
    text = "kind: Pod\napiVersion: v1\nspec:\n  hostPID: true\n  containers:\n  - {name: a, image: a}\n  - {name: b, image: b}\n"
    assert fixed(text, "host-pid", path="pod.yaml").source.text == text.replace("  hostPID: true\n", "")


def test_one_bad_fix_does_not_keep_back_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "services:\n  app:\n    image: a:1\n    privileged: true\n    pid: host\n    ipc: host\n"
    analysed = Workbench.analyse

    def spoiled(self: Workbench, source: Source, *, ways: bool = True) -> object:
        analysis = analysed(self, source, ways=ways)
        for finding in analysis.findings:
            if finding.rule == "host-pid":
                finding.fix = Fix("spoil", (Edit(finding.span, "host "),))
        return analysis

    monkeypatch.setattr(Workbench, "analyse", spoiled)
    result = fixed(text, "privileged-container", "host-pid", "host-ipc")
    assert result.source.text == "services:\n  app:\n    image: a:1\n    pid: host\n"
    assert [(finding.rule, reason) for finding, reason in result.left] == [("host-pid", "the finding would stay (host-pid)")]


def refusal(text: str, *edits: tuple[str, str], touches: str = "privileged") -> str:
    """Why a fix of the privileged service is refused that replaces words of the text."""
    source = Source("compose.yaml", text)
    before = bench(source).analyse(source)
    finding = next(finding for finding in before.findings if finding.rule == "privileged-container")
    spans = [(Span(text.index(old), text.index(old) + len(old)), new) for old, new in edits]
    finding.fix = Fix("try", tuple(Edit(span, new) for span, new in spans), touches=((finding.subject, touches),))
    try:
        prove(before, [finding], bench(source))
    except Refusal as refused:
        return str(refused)
    return "proved"


TEXT = """services:
  app:
    image: a:1
    privileged: true # why
    logging:
      retries: 3
  side:
    image: a:1
    pid: "x"
"""
REFUSALS = [
    ((("true", "false"),), "proved"),
    ((("true", "yes"),), "the finding would stay (privileged-container)"),
    ((("true", "[false"),), "the file would not be read as before"),
    ((("true # why", "false"),), "a comment would be lost"),
    ((("true", "false"), ('"x"', "'${X}'")), "something else would change (services.side)"),
    ((("true", "false"), ('"x"', "host")), "there would be a new finding (host-pid)"),
    ((("true", "false"), ("app:\n    image: a:1", "app:\n    image: a:2")), "something else would change (services.app.image)"),
    ((("privileged: true", "privileged: false\n    labels:\n      a: b\n   "),), "something else would change (services.app.labels.a)"),
    ((("privileged: true # why\n    logging:", "# why\n    healthcheck:"),), "something else in the file would change"),
]


@pytest.mark.parametrize(("edits", "reason"), REFUSALS, ids=[reason for _, reason in REFUSALS])
def test_a_fix_must_be_proved(edits: tuple[tuple[str, str], ...], reason: str) -> None:
    assert refusal(TEXT, *edits) == reason


def test_a_lesser_finding_may_take_the_place_of_one() -> None:
    text = "services:\n  app:\n    image: a:1\n    volumes:\n      - /etc:/host\n"
    result = fixed(text, "writable-host-path")
    assert result.source.text == text.replace("/host", "/host:ro")
    after = {finding.rule for finding in bench(result.source).analyse(result.source).findings}
    assert "sensitive-host-path" in after


def test_a_suppressed_finding_is_not_fixed() -> None:
    text = "services:\n  app:\n    image: a:1\n    privileged: true # capdrop: ignore[privileged-container] -- reviewed\n"
    assert fixed(text, "privileged-container").source.text == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", "FROM debian:13\nRUN sudo true\nRUN <<EOF\nset -e\n"),
        ("compose.yaml", "services:\n  a:\n    image: a:1\n    privileged: true\n    user: app\n---\nservices: {\n"),
    ],
)
def test_a_file_that_is_not_fully_understood_is_not_fixed(path: str, text: str) -> None:
    findings = bench(Source(path, text)).analyse(Source(path, text)).findings
    offered = [finding.fix for finding in findings if finding.rule in ("sudo-in-build", "privileged-container")]
    assert [fix.caveat for fix in offered if fix is not None] == ["not all of the file is understood"]
    assert fixed(text, "sudo-in-build", "privileged-container", path=path).source.text == text


def test_edits_are_spliced_from_the_end() -> None:
    assert splice("abcd", [Edit(Span(0, 1), "X"), Edit(Span(2, 2), "--"), Edit(Span(3, 4), "")]) == "Xb--c"
    assert splice("ab", [Edit(Span(1, 1), "1"), Edit(Span(1, 1), "2"), Edit(Span(0, 1), "A")]) == "A12b"


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_bytes(b"\xef\xbb\xbfa\r\n")
    path.chmod(0o640)
    before = Source(str(path), "a\r\n", bom=b"\xef\xbb\xbf")
    write(str(path), before, before.with_text("b\r\n"))
    assert path.read_bytes() == b"\xef\xbb\xbfb\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["compose.yaml"]
    with pytest.raises(Refusal, match="changed meanwhile"):
        write(str(path), before, before.with_text("c"))
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    with pytest.raises(Refusal, match="link"):
        write(str(link), before, before.with_text("c"))
