"""The JSON report keeps its contract."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from capdrop.finding import Edit, Fix, Safety
from capdrop.report import Result
from capdrop.report.identity import fingerprint
from capdrop.report.masks import Masks
from capdrop.source import Source, Span

from .samples import compose_findings, finding_at, mixed_results, written
from .schemas import CHECK


def report(results: list[Result]) -> Any:
    data = json.loads(written("json", results))
    jsonschema.Draft202012Validator(CHECK).validate(data)
    return data


@pytest.mark.parametrize("results", [[], [Result("a", "dockerfile", "analysed")], mixed_results()])
def test_the_report_is_valid(results: list[Result]) -> None:
    data = report(results)
    assert [file["path"] for file in data["files"]] == [result.path for result in results]
    assert data["tool"] == {"name": "capdrop", "version": "1.2.3"}


def test_a_finding_in_full() -> None:
    finding = report(mixed_results())["findings"][1]
    assert finding == {
        "rule": "privileged-container",
        "message": "services.app runs privileged",
        "severity": "critical",
        "confidence": "high",
        "path": "compose.yaml",
        "line": 4,
        "column": 17,
        "end_line": 4,
        "end_column": 21,
        "subject": "services.app",
        "notes": [{"path": "compose.yaml", "line": 2, "column": 3, "message": "the service is here"}],
        "fix": {
            "title": "drop `privileged`",
            "safety": "safe",
            "caveat": "",
            "edits": [{"line": 4, "column": 1, "end_line": 5, "end_column": 1, "text": ""}],
        },
        "suppressed": None,
        "fingerprint": "19104292319dd345",
    }


def test_suppressed_findings_are_marked() -> None:
    assert report(mixed_results())["findings"][3]["suppressed"] == {"how": "comment", "reason": "a test fixture"}


def test_gaps_and_broken_rules_are_reasons() -> None:
    files = report(mixed_results())["files"]
    assert files[1]["reasons"] == [
        {"message": "rule my-rule broke (TypeError): this is a bug in capdrop or in the rule", "line": 1, "column": 1}
    ]
    assert files[2]["reasons"] == [{"message": "a template action", "line": 3, "column": 5}]


def test_edits_that_repeat_a_secret_are_left_out() -> None:
    source = Source("Dockerfile", "ENV A=hunter2 B=1\n")
    fix = Fix("t", (Edit(Span(0, 17), "ENV A=hunter2"),), Safety.UNSAFE, "a caveat")
    data = report([Result("Dockerfile", "dockerfile", "analysed", [], [finding_at(source, "B=1", "r", "m", hidden=("hunter2",), fix=fix)])])
    assert data["findings"][0]["fix"]["edits"] == []
    assert data["findings"][0]["fix"]["caveat"] == "a caveat; the edits repeat a secret and are left out here"


def test_edits_beside_the_file_name_theirs() -> None:
    source, beside = Source("a/Dockerfile", "FROM a\n"), Source("a/.dockerignore", "*.log\n")
    fix = Fix("t", (Edit(Span(0, 4), "from"), Edit(Span(6, 6), ".env\n", beside)))
    data = report([Result("a/Dockerfile", "dockerfile", "analysed", [], [finding_at(source, "a", "r", "m", fix=fix)])])
    own, other = data["findings"][0]["fix"]["edits"]
    assert "path" not in own
    assert other == {"path": "a/.dockerignore", "line": 2, "column": 1, "end_line": 2, "end_column": 1, "text": ".env\n"}


def test_columns_are_code_points() -> None:
    source = Source("Dockerfile", "# 漢\n# 😀 USER root\n")
    data = report([Result("Dockerfile", "dockerfile", "analysed", [], [finding_at(source, "root", "r", "m")])])
    assert (data["findings"][0]["line"], data["findings"][0]["column"], data["findings"][0]["end_column"]) == (2, 10, 14)


def test_fingerprints_tell_findings_apart_and_outlive_edits() -> None:
    findings = compose_findings()
    assert len({fingerprint(finding, Masks(())) for finding in findings}) == len(findings)
    before = fingerprint(findings[1], Masks(()))
    findings[1].message = "another message"
    findings[1].span = Span(0, 1)
    assert fingerprint(findings[1], Masks(())) == before
    findings[1].ordinal = 1
    assert fingerprint(findings[1], Masks(())) != before
