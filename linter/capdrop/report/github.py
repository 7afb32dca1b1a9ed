"""Workflow commands that GitHub Actions turns into annotations."""

from __future__ import annotations

from capdrop.finding import Severity

from .masks import Masks
from .paths import relative
from .safe import encodable, inert_log, visible
from .words import RULE_BROKE, complaints, severity_of, silencing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from capdrop.finding import Finding

    from . import DescribedRule, Result, Settings

_COMMANDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}
_COMPLAINTS = {"not-analysed": "error", "partly-analysed": "warning", RULE_BROKE: "error"}


def write(results: Sequence[Result], out: TextIO, settings: Settings) -> None:
    """Write one command a line: first what was not analysed, then the findings by severity, for GitHub shows but ten of a kind."""
    masks = Masks(results)
    for result in results:
        for kind, message, line, column in complaints(result):
            place = {"file": relative(result.path), "line": str(line), "col": str(column), "title": kind.replace("-", " ")}
            _annotate(_COMPLAINTS[kind], place, [masks.text(message)], out)
    findings = [finding for result in results for finding in result.findings if settings.show_suppressed or not finding.suppressed]
    for finding in sorted(findings, key=severity_of, reverse=True):
        command = "notice" if finding.suppressed else _COMMANDS[severity_of(finding)]
        _annotate(command, _properties(finding), _lines(finding, settings.rules, masks), out)


def _properties(finding: Finding) -> dict[str, str]:
    start, end = finding.source.position(finding.span.start), finding.source.position(finding.span.end)
    place = {"file": relative(finding.source.path), "line": str(start.line), "col": str(start.column)}
    if end.line == start.line:  # an annotation over several lines may not name columns
        place |= {"endLine": str(end.line), "endColumn": str(end.column)}
    else:
        del place["col"]
        place["endLine"] = str(end.line - (end.column == 1))
    return place | {"title": f"{finding.rule} ({severity_of(finding).name.lower()})"}


def _lines(finding: Finding, rules: Mapping[str, DescribedRule], masks: Masks) -> list[str]:
    lines = [masks.text(finding.message)]
    if finding.suppressed:
        lines.append(masks.text(silencing(finding.suppressed)))
    rule = rules.get(finding.rule)
    if rule is not None and rule.summary:
        lines.append(rule.summary)
    if finding.fix is not None and finding.fix.edits:
        lines.append(f"fix ({finding.fix.safety.name.lower()}): {masks.text(finding.fix.title)}")
    return lines


def _annotate(command: str, properties: dict[str, str], lines: list[str], out: TextIO) -> None:
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = "%0A".join(_data(line) for line in lines)
    out.write(encodable(inert_log(f"::{command} {written}::{message}"), out) + "\n")


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
