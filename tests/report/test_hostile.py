"""File names and contents that try to do something to whoever reads the report."""

from __future__ import annotations

import io
import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest
from capdrop.finding import Edit, Finding, Fix, Note, Safety, Suppression
from capdrop.report import FORMATS, Result, write
from capdrop.report.safe import visible
from capdrop.source import Source

from .samples import RULES, finding_at, span_of, written
from .schemas import CHECK, GITLAB, SARIF

SENTINEL = "SENTINEL9secretVALUE"
EVIL = [
    "\x1b[2J\x1b]0;owned\x07",
    "a\nb",
    "a\r\n::error::forged",
    "::error::forged",
    "  ::stop-commands::x",
    "##[error]forged",
    "##vso[task.setvariable variable=x]y",
    "\u202egnp.exe\u2066\u2069\u200f\u061c",
    "\x85\x9b31m\x7f\x00\x0b\x0c",
    "\u2028\u2029",
    "\udcff\udc80\ud800",
    "</failure><failure>]]>&\"'",
    '","path":"/etc/passwd"',
    "%0A::error::forged",
    "漢字 😀 e\u0301",
    "\ufffe\uffff\U000e0041",
]
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
COMMAND = re.compile(r"^\s*::(?!(error|warning|notice) file=)|##\[|##vso\[", re.MULTILINE)


def hostile_results(evil: str) -> list[Result]:
    """The evil text wherever a text can come from outside, next to a secret."""
    content = evil.encode("utf-8", "ignore").decode("utf-8")
    text = f"ENV A={SENTINEL} B={content} {content}PLACE\r\n{content}\tLAST"
    source = Source(evil, text)
    note = Note(source, span_of(text, "LAST"), f"{evil} {SENTINEL}")
    fix = Fix(f"fix {evil}{SENTINEL}", (Edit(span_of(text, "PLACE"), f"{content}{SENTINEL}"),), Safety.SAFE, f"{evil}{SENTINEL}")
    suppressed = Suppression("comment", f"{evil}{SENTINEL}")

    def at(part: str, rule: str, **more: object) -> Finding:
        return finding_at(source, part, rule, f"says {evil} {SENTINEL}", hidden=(SENTINEL,), **more)  # type: ignore[arg-type]

    findings = [
        at(SENTINEL, "plain-secret", notes=(note,), fix=fix, subject=f"stage {evil}"),
        at("PLACE", evil, fix=Fix("t", caveat=evil)),
        at("LAST", "image-tag", suppressed=suppressed),
        at("ENV A=", "privileged-container"),
    ]
    return [
        Result(evil, "dockerfile", "partly", [(f"{evil}{SENTINEL}", 1, 1)], findings, [(evil, evil)]),
        Result(evil, "dockerfile", "not", []),
    ]


@pytest.mark.parametrize("show_suppressed", [False, True])
@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("evil", EVIL, ids=visible)
def test_nothing_acts_and_nothing_leaks(evil: str, format_name: str, show_suppressed: bool) -> None:
    for width in (20, 100):
        text = written(format_name, hostile_results(evil), show_suppressed=show_suppressed, width=width)
        assert FORBIDDEN.search(text) is None
        assert COMMAND.search(text) is None
        assert "SENTINEL" not in text
        assert "secretVALUE" not in text


@pytest.mark.parametrize("evil", EVIL, ids=visible)
def test_the_data_formats_stay_readable(evil: str) -> None:
    results = hostile_results(evil)
    for format_name, schema in (("json", CHECK), ("sarif", SARIF), ("gitlab", GITLAB)):
        data = json.loads(written(format_name, results))
        jsonschema.Draft202012Validator(schema).validate(data)
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    ElementTree.fromstring(written("junit", results))


def test_json_keeps_the_exact_path() -> None:
    path = "a\x1b\n##[b\u202e.yaml"
    assert json.loads(written("json", [Result(path, "compose", "analysed")]))["files"][0]["path"] == path


def test_each_annotation_is_one_line() -> None:
    for evil in EVIL:
        lines = written("github", hostile_results(evil)).splitlines()
        assert len(lines) == 6
        assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8", "utf-16"])
@pytest.mark.parametrize("format_name", FORMATS)
def test_a_narrow_stream_gets_escapes(format_name: str, encoding: str) -> None:
    for evil in EVIL:
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding=encoding, newline="")
        write(format_name, hostile_results(evil), out, rules=RULES, version="1")
        out.flush()
        assert raw.getvalue().decode(encoding)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_secret_of_a_suppressed_neighbour_stays_hidden(format_name: str) -> None:
    source = Source("f", "A: weak B: x")
    findings = [
        finding_at(source, "weak", "plain-secret", "m", hidden=("weak",), suppressed=Suppression("baseline")),
        finding_at(source, "x", "image-tag", "m"),
    ]
    assert "weak" not in written(format_name, [Result("f", "compose", "analysed", [], findings)])


@pytest.mark.parametrize("format_name", FORMATS)
def test_odd_places_do_no_harm(format_name: str) -> None:
    for text in ("", "x", "x\r\n", "x" * 500 + "\r", "\r\n\r\n"):
        source = Source("f", text)
        findings = [Finding(source, span, "m", rule="image-tag") for span in (span_of(text, ""), span_of(text + "|", "|"))]
        assert written(format_name, [Result("f", "dockerfile", "analysed", [], findings)])


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no such format: yaml"):
        written("yaml", [])
