"""What is known to be secret is shown nowhere."""

from __future__ import annotations

from capdrop.finding import Edit, Finding, Fix, Safety
from capdrop.report import Result
from capdrop.report.masks import Masks
from capdrop.source import Source, Span

from .samples import span_of

TOKEN = "ghp_0123456789abcdefghij"


def masks_of(*findings: Finding) -> Masks:
    return Masks([Result("f", "compose", "analysed", [], list(findings))])


def hiding(text: str, *secrets: str, path: str = "f") -> Finding:
    hidden = tuple(span_of(text, secret) for secret in secrets)
    return Finding(Source(path, text), Span(0, 1), "m", hidden=hidden)


def test_an_unmistakable_secret_is_taken_out_of_messages() -> None:
    masks = masks_of(hiding(f"A={TOKEN} B={TOKEN}x", TOKEN, f"{TOKEN}x"))
    assert masks.text(f"found {TOKEN}, {TOKEN}x and {TOKEN[:-1]}") == f"found ****, **** and {TOKEN[:-1]}"


def test_a_word_that_is_also_a_password_stays_in_messages() -> None:
    masks = masks_of(hiding("POSTGRES_PASSWORD: postgres", "postgres"))
    assert masks.text("services.postgres runs as root") == "services.postgres runs as root"


def test_each_line_of_a_secret_is_known() -> None:
    masks = masks_of(hiding("|\n  MIIEpAIBAAKCAQEA1\n  zb2k4j5h6g7f8d9s0\n", "MIIEpAIBAAKCAQEA1\n  zb2k4j5h6g7f8d9s0"))
    assert masks.text("the key zb2k4j5h6g7f8d9s0") == "the key ****"


def test_spans_belong_to_their_path() -> None:
    masks = masks_of(hiding("A=secret", "secret", path="a"), hiding("A=public", path="b"))
    assert masks.within("a", 0, 8) == [Span(2, 8)]
    assert masks.within("b", 0, 8) == []


def test_edits_that_repeat_a_secret_are_withheld() -> None:
    text = "ENV A=hunter2 B=1"
    finding = hiding(text, "hunter2")
    finding.fix = Fix("t", (Edit(Span(0, len(text)), "ENV A=hunter2"),), Safety.SAFE)
    assert masks_of(finding).edits(finding) == ()
    finding.fix = Fix("t", (Edit(Span(0, len(text)), "ENV B=1"),), Safety.SAFE)
    assert masks_of(finding).edits(finding) == finding.fix.edits


def test_edits_elsewhere_may_use_a_word_that_is_also_a_password() -> None:
    text = "image: x\npassword: postgres\n"
    finding = hiding(text, "postgres")
    finding.fix = Fix("t", (Edit(span_of(text, "x"), "postgres"),), Safety.UNSAFE)
    assert masks_of(finding).edits(finding) == finding.fix.edits


def test_many_secrets_are_found_too() -> None:
    tokens = [f"ghp_{number:016}" for number in range(5)] + [f"{number:04}-abcdefghij" for number in range(200)]
    masks = masks_of(*(hiding(f"A={token}", token) for token in tokens))
    assert masks.text(f"{tokens[3]} and {tokens[150]}, not {tokens[3][:-1]}") == f"**** and ****, not {tokens[3][:-1]}"


def test_edits_may_hold_a_longer_word_that_is_shown_anyway() -> None:
    text = "POSTGRES_PASSWORD: postgres\n"
    finding = hiding(text, "postgres")
    for written, is_told in (
        ("POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password", True),
        ("POSTGRES_PASSWORD: postgres", False),
        ("secrets: [postgres_password]", True),
        ("args: -ppostgres", False),
    ):
        finding.fix = Fix("t", (Edit(Span(0, len(text)), written),), Safety.UNSAFE)
        assert bool(masks_of(finding).edits(finding)) is is_told, written


def test_a_secret_in_pieces_is_known_as_a_whole() -> None:
    for written in (
        "ghp_01234567'89abcdefghij'",
        'ghp_01234567""89abcdefghij',
        "ghp_01234567\\\n    89abcdefghij",
        "ghp_01234567\\89abcdefghij",
    ):
        masks = masks_of(hiding(f"A={written}", written))
        assert masks.text(f"`{TOKEN}` runs privileged") == "`****` runs privileged", written
        assert masks.text(f"`{TOKEN.lower()}_password`") == "`****_password`", written


def test_edits_may_hold_words_of_ours() -> None:
    text = "DB_PASSWORD: secret\n"
    finding = hiding(text, "secret")
    for written, is_told in (("DB_PASSWORD_FILE: /run/secrets/db_password", True), ("DB_PASSWORD: secret", False), ("p: secretive", False)):
        finding.fix = Fix("t", (Edit(Span(0, len(text)), written),), Safety.UNSAFE)
        assert bool(masks_of(finding).edits(finding)) is is_told, written
