"""The words that all formats share."""

from __future__ import annotations

from capdrop.finding import Confidence, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from capdrop.finding import Finding, Suppression

    from . import Result

INCOMPLETE = {"not": "not analysed", "partly": "partly analysed"}
"""What to call an outcome that is a complaint."""

RULE_BROKE = "rule-broke"


def severity_of(finding: Finding) -> Severity:
    """The severity; medium for a finding that no rule has signed."""
    return Severity.MEDIUM if finding.severity is None else finding.severity


def confidence_of(finding: Finding) -> Confidence:
    """The confidence; medium for a finding that no rule has signed."""
    return Confidence.MEDIUM if finding.confidence is None else finding.confidence


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"


def breakage(rule: str, error: str) -> str:
    """What to say of a rule that raised."""
    return f"rule {rule} broke ({error}): this is a bug in capdrop or in the rule"


def silencing(suppression: Suppression) -> str:
    """How a finding was silenced, and why."""
    return f"suppressed by {suppression.how}" + (f": {suppression.reason}" if suppression.reason else "")


def complaints(result: Result) -> Iterator[tuple[str, str, int, int]]:
    """What went wrong with a file as (kind, message, line, column): each part that was not analysed, each rule that broke; not what
    people are told once for all files."""
    if result.outcome in INCOMPLETE:
        kind = INCOMPLETE[result.outcome].replace(" ", "-")
        for message, line, column in result.reasons or [("for an unknown reason", 1, 1)]:
            if message in result.told_once:
                continue
            yield kind, message, max(line, 1), max(column, 1)
    for rule, error in result.broken:
        yield RULE_BROKE, breakage(rule, error), 1, 1
