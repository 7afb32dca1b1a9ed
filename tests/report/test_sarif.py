"""The SARIF report, by the standard and by GitHub's rules.

The standard's own schema is not ours to copy; with CAPDROP_SARIF_SCHEMA naming a copy of `sarif-schema-2.1.0.json`, it is asked, too.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from capdrop.finding import Confidence, Edit, Finding, Fix, Note, Safety, Severity, Suppression
from capdrop.report import Result, sarif
from capdrop.report.paths import uri
from capdrop.report.sarif_rules import rule_descriptors
from capdrop.source import Source, Span

from .samples import RULES, compose_findings, finding_at, mixed_results, written
from .schemas import SARIF


def run_of(results: list[Result], **options: Any) -> Any:
    data = json.loads(written("sarif", results, **options))
    jsonschema.Draft202012Validator(SARIF).validate(data)
    return data["runs"][0]


@pytest.mark.parametrize("results", [[], [Result("a", "dockerfile", "analysed")], mixed_results()])
def test_the_log_is_valid(results: list[Result]) -> None:
    assert isinstance(run_of(results)["results"], list)


@pytest.mark.skipif("CAPDROP_SARIF_SCHEMA" not in os.environ, reason="CAPDROP_SARIF_SCHEMA names no copy of the OASIS schema")
@pytest.mark.parametrize("results", [[], mixed_results()])
def test_the_log_is_valid_by_the_schema_of_oasis(results: list[Result]) -> None:
    schema = json.loads(Path(os.environ["CAPDROP_SARIF_SCHEMA"]).read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(json.loads(written("sarif", results)))


def test_a_fix_of_two_files_and_one_that_is_only_shown() -> None:
    source, edit = Source("a/Dockerfile", "FROM a\n"), Edit(Span(0, 0), ".env\n", Source("a/.dockerignore", ""))
    fixes = Fix("t", (Edit(Span(0, 4), "from"), edit)), Fix("t", (edit,), Safety.DISPLAY)
    findings = [finding_at(source, "a", "r", "m", fix=fix) for fix in fixes]
    both, shown = run_of([Result("a/Dockerfile", "dockerfile", "analysed", [], findings)])["results"]
    changed = both["fixes"][0]["artifactChanges"]
    assert [change["artifactLocation"]["uri"] for change in changed] == ["a/Dockerfile", "a/.dockerignore"]
    assert changed[1]["replacements"][0]["insertedContent"] == {"text": ".env\n"}
    assert "fixes" not in shown


def test_a_result_in_full() -> None:
    place = {
        "artifactLocation": {"uri": "compose.yaml"},
        "region": {"startLine": 4, "startColumn": 17, "endLine": 4, "endColumn": 21},
    }
    assert run_of(mixed_results())["results"][1] == {
        "ruleId": "privileged-container",
        "ruleIndex": 2,
        "level": "error",
        "message": {"text": "services.app runs privileged"},
        "locations": [{"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": "services.app"}]}],
        "partialFingerprints": {"capdropIdentity/v1": "19104292319dd345"},
        "properties": {"severity": "critical", "confidence": "high"},
        "relatedLocations": [
            {
                "id": 0,
                "physicalLocation": {
                    "artifactLocation": {"uri": "compose.yaml"},
                    "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 7},
                },
                "message": {"text": "the service is here"},
            }
        ],
        "suppressions": [],
        "fixes": [
            {
                "description": {"text": "drop `privileged`"},
                "artifactChanges": [
                    {
                        "artifactLocation": {"uri": "compose.yaml"},
                        "replacements": [
                            {
                                "deletedRegion": {"startLine": 4, "startColumn": 1, "endLine": 5, "endColumn": 1},
                                "insertedContent": {"text": ""},
                            }
                        ],
                    }
                ],
                "properties": {"safety": "safe"},
            }
        ],
    }


def test_a_rule_in_full() -> None:
    rule = run_of(mixed_results())["tool"]["driver"]["rules"][2]
    assert rule["fullDescription"]["text"] == "It holds every capability and every device. Nothing confines it."
    assert rule["helpUri"] == "https://kubernetes.io/docs/concepts/security/"
    assert rule["properties"] == {
        "tags": ["security", "T1611", "external/cwe/cwe-250"],
        "precision": "high",
        "security-severity": "9.5",
    }


def test_rules_are_indexed() -> None:
    run = run_of(mixed_results())
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert names == sorted(names)
    assert all(names[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_a_rule_that_the_caller_does_not_know_has_a_descriptor() -> None:
    finding = finding_at(Source("f", "x"), "x", "unused-suppression", "m", severity=Severity.LOW)
    [rule] = run_of([Result("f", "dockerfile", "analysed", [], [finding])])["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "Unused suppression."
    assert rule["properties"]["security-severity"] == "3.0"


def test_no_more_tags_than_github_takes() -> None:
    finding = finding_at(Source("f", "x"), "x", "image-tag", "m")
    many = RULES["image-tag"]
    rule = type(many)("image-tag", "s", "", Severity.LOW, Confidence.HIGH, tuple(f"ATT&CK T16{number:02}" for number in range(20)))
    [descriptor] = rule_descriptors([finding], {"image-tag": rule})
    assert descriptor["properties"]["tags"][:2] == ["security", "T1600"]  # type: ignore[index]
    assert len(descriptor["properties"]["tags"]) == 10  # type: ignore[index]


def test_suppressions() -> None:
    results = run_of(mixed_results())["results"]
    assert results[3]["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "a test fixture"}]
    alone = run_of([Result("compose.yaml", "compose", "analysed", [], compose_findings()[:1])])["results"]
    assert "suppressions" not in alone[0]


def test_what_was_not_analysed_is_notified() -> None:
    [invocation] = run_of(mixed_results())["invocations"]
    assert invocation["executionSuccessful"] is False
    notified = [(note["descriptor"]["id"], note["level"]) for note in invocation["toolExecutionNotifications"]]
    assert notified == [("rule-broke", "error"), ("partly-analysed", "warning"), ("not-analysed", "error")]
    assert run_of([Result("a", "dockerfile", "partly", [("r", 1, 1)])])["invocations"][0]["executionSuccessful"] is True


def test_the_same_input_gives_the_same_output() -> None:
    assert written("sarif", mixed_results()) == written("sarif", mixed_results())


def test_there_is_a_most_of_results_and_the_severe_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.MOST_RESULTS == 25_000
    monkeypatch.setattr(sarif, "MOST_RESULTS", 20)
    source = Source("f", "x" * 30)
    findings = [Finding(source, Span(at, at + 1), "m", rule="image-tag", severity=Severity.LOW) for at in range(30)]
    findings[0].suppressed = Suppression("baseline")
    findings[25].severity = Severity.CRITICAL
    run = run_of([Result("f", "dockerfile", "analysed", [], findings)])
    columns = [result["locations"][0]["physicalLocation"]["region"]["startColumn"] for result in run["results"]]
    assert columns == [*range(2, 21), 26]
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "10 more findings were left out: GitHub takes 20 results"


def test_brackets_are_no_links() -> None:
    source = Source("f", "x")
    findings = [
        finding_at(source, "x", "r", "[click](https://evil.example)", notes=(Note(source, Span(0, 1), "a [b](1)"),)),
        finding_at(source, "x", "r", "ignore[rule] is fine"),
    ]
    results = run_of([Result("f", "dockerfile", "analysed", [], findings)])["results"]
    assert results[0]["message"]["text"] == "\\[click\\](https://evil.example)"
    assert results[0]["relatedLocations"][0]["message"]["text"] == "a \\[b\\](1)"
    assert results[1]["message"]["text"] == "ignore[rule] is fine"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("./a/b.yaml", "a/b.yaml"),
        ("a/../b.yaml", "b.yaml"),
        ("../b.yaml", "../b.yaml"),
        ("a b#c?.yaml", "a%20b%23c%3F.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("ü.yaml", "%C3%BC.yaml"),
        ("\udcff.yaml", "%FF.yaml"),
        ("\ud800.yaml", "%5Cud800.yaml"),
        (os.path.join(os.getcwd(), "deploy", "pod.yaml"), "deploy/pod.yaml"),
    ],
)
def test_paths_are_relative_uris(path: str, expected: str) -> None:
    assert uri(path) == expected
