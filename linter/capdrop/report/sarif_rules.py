"""Rules as SARIF describes them to GitHub's code scanning."""

from __future__ import annotations

import re

from capdrop.finding import Severity

from . import RuleInfo
from .safe import exact, visible, visible_lines
from .words import confidence_of, severity_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from capdrop.finding import Finding

    from . import DescribedRule
    from .objects import Object

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "1.0",
}
_MOST_TAGS = 10
_LONGEST = 1024
"""Characters of a description; GitHub cuts there."""


def rule_descriptors(findings: Iterable[Finding], rules: Mapping[str, DescribedRule]) -> list[Object]:
    """A descriptor for each rule that found something, by name."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.rule, finding)
    return [_descriptor(rules.get(name) or _unknown(first[name])) for name in sorted(first)]


def _unknown(finding: Finding) -> RuleInfo:
    summary = finding.rule.replace("-", " ").capitalize() + "."
    return RuleInfo(finding.rule, summary, "", severity_of(finding), confidence_of(finding))


def _descriptor(rule: DescribedRule) -> Object:
    summary = visible(rule.summary) or exact(rule.name)
    explanation = visible_lines(rule.explanation)
    references = [visible(reference) for reference in rule.references]
    descriptor: dict[str, object] = {
        "id": exact(rule.name),
        "name": exact(rule.name),
        "shortDescription": {"text": summary[:_LONGEST]},
        "fullDescription": {"text": (explanation.partition("\n\n")[0].replace("\n", " ") or summary)[:_LONGEST]},
        "help": _help(summary, explanation, references),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": _tags(references),
            "precision": rule.confidence.name.lower(),
            "security-severity": _SCORES[rule.severity],
        },
    }
    page = next((word for reference in references for word in reference.split() if word.startswith("https://")), "")
    if page:
        descriptor["helpUri"] = page
    return descriptor


def _help(summary: str, explanation: str, references: list[str]) -> Object:
    paragraphs = [explanation] if explanation else []
    listed = [f"References: {', '.join(references)}"] if references else []
    bullets = ["References:\n\n" + "\n".join(f"- {reference}" for reference in references)] if references else []
    return {
        "text": "\n\n".join([summary, *paragraphs, *listed]),
        "markdown": "\n\n".join([f"**{summary}**", *paragraphs, *bullets]),
    }


def _tags(references: list[str]) -> list[str]:
    text = " ".join(references)
    attack = re.findall(r"\bT\d{4}(?:\.\d{3})?\b", text)
    weaknesses = [f"external/cwe/cwe-{number}" for number in re.findall(r"\bCWE-(\d+)\b", text)]
    return list(dict.fromkeys(["security", *attack, *weaknesses]))[:_MOST_TAGS]
