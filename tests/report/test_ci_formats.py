"""The reports for GitHub's annotations, GitLab and whatever reads JUnit."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import jsonschema
from capdrop.report import Result
from capdrop.source import Source, Span

from .samples import compose_findings, finding_at, mixed_results, written
from .schemas import GITLAB

ANNOTATIONS = """\
::error file=Dockerfile,line=1,col=1,title=rule broke::rule my-rule broke (TypeError): this is a bug in capdrop or in the rule
::warning file=chart/pod.yaml,line=3,col=5,title=partly analysed::a template action
::error file=bad.yaml,line=2,col=1,title=not analysed::found a tab where no token can start
::error file=compose.yaml,line=4,col=17,endLine=4,endColumn=21,title=privileged-container (critical)::services.app runs privileged\
%0AA privileged container is root on the host.%0Afix (safe): drop `privileged`
::error file=compose.yaml,line=5,col=26,endLine=5,endColumn=45,title=plain-secret (high)::TOKEN is written out\
%0AA secret in a file is a secret that everyone knows.
::notice file=compose.yaml,line=3,col=12,endLine=3,endColumn=22,title=image-tag (low)::names an image by its tag\
%0AA tag can be moved.%0Afix (unsafe): pin the digest
"""

JUNIT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="capdrop" tests="3" failures="1" errors="1" skipped="0">
<testsuite name="compose.yaml" tests="1" failures="1" errors="0" skipped="0">
<testcase classname="compose.yaml" name="privileged-container at 4:17" file="compose.yaml">\
<failure message="services.app runs privileged" type="critical">services.app runs privileged
at compose.yaml:4:17
why: A privileged container is root on the host.</failure></testcase>
</testsuite>
<testsuite name="a&amp;b" tests="1" failures="0" errors="0" skipped="0">
<testcase classname="a&amp;b" name="analysed" file="a&amp;b"/>
</testsuite>
<testsuite name="bad.yaml" tests="1" failures="0" errors="1" skipped="0">
<testcase classname="bad.yaml" name="not-analysed at 2:1" file="bad.yaml">\
<error message="a &lt;tab&gt; &#228;" type="not-analysed">a &lt;tab&gt; &#228;</error></testcase>
</testsuite>
</testsuites>
"""


def test_annotations() -> None:
    assert written("github", mixed_results()) == ANNOTATIONS
    assert written("github", []) == ""


def test_annotations_escape_what_ends_a_property() -> None:
    source = Source("a,b:c%.yaml", "x: 1\ny: 2\n")
    finding = finding_at(source, "x", "r", "100%: a, b::c")
    finding.span = Span(0, 5)
    line = written("github", [Result(source.path, "compose", "analysed", [], [finding])])
    assert line == "::warning file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,title=r (medium)::100%25: a, b::c\n"


def test_suppressed_findings_are_notices_when_asked_for() -> None:
    results = [Result("compose.yaml", "compose", "analysed", [], compose_findings()[3:])]
    assert written("github", results) == ""
    assert written("github", results, show_suppressed=True).startswith("::notice file=compose.yaml,line=5,")


def test_gitlab() -> None:
    issues = json.loads(written("gitlab", mixed_results()))
    jsonschema.Draft202012Validator(GITLAB).validate(issues)
    assert [(issue["check_name"], issue["severity"]) for issue in issues] == [
        ("image-tag", "minor"),
        ("privileged-container", "blocker"),
        ("plain-secret", "critical"),
        ("rule-broke", "critical"),
        ("partly-analysed", "minor"),
        ("not-analysed", "critical"),
    ]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert issues[1]["location"] == {"path": "compose.yaml", "lines": {"begin": 4}}
    assert json.loads(written("gitlab", [])) == []


def test_junit() -> None:
    results = [
        Result("compose.yaml", "compose", "analysed", [], compose_findings()[1:2]),
        Result("a&b", "dockerfile", "analysed"),
        Result("bad.yaml", "kubernetes", "not", [("a <tab> ä", 2, 1)]),
    ]
    assert written("junit", results) == JUNIT


def test_junit_counts_what_it_writes() -> None:
    root = ElementTree.fromstring(written("junit", mixed_results(), show_suppressed=True))
    for tag, count in (("testcase", "tests"), ("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert len(list(root.iter(tag))) == int(root.attrib[count])
        assert sum(int(suite.attrib[count]) for suite in root) == int(root.attrib[count])
    assert [skipped.attrib["message"] for skipped in root.iter("skipped")] == ["suppressed by comment: a test fixture"]
