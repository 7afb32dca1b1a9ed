"""SARIF 2.1.0, as GitHub's code scanning wants it: relative URIs, one run, severities as strings, a fingerprint per result."""

from __future__ import annotations

from capdrop.finding import IN_THE_FILE, Safety

from .identity import fingerprint
from .masks import Masks
from .objects import encoded, write_items
from .paths import uri
from .safe import exact, visible
from .sarif_rules import LEVELS, rule_descriptors
from .words import RULE_BROKE, complaints, confidence_of, severity_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from capdrop.finding import Finding, Note
    from capdrop.source import Source, Span

    from . import Result, Settings
    from .objects import Object

MOST_RESULTS = 25_000
"""A run with more of them is rejected by GitHub."""
_MOST_LOCATIONS = 100

_SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_NOTIFICATION_LEVELS = {"not-analysed": "error", "partly-analysed": "warning", RULE_BROKE: "error"}


def write(results: Sequence[Result], out: TextIO, settings: Settings) -> None:
    """Write one log with one run. There are no snippets in it, no times and no absolute paths."""
    masks = Masks(results)
    findings = [finding for result in results for finding in result.findings]
    kept = _most_severe(findings)
    rules = rule_descriptors(kept, settings.rules)
    driver = {"name": "capdrop", "version": exact(settings.version), "semanticVersion": exact(settings.version), "rules": rules}
    out.write(f'{{"$schema": {encoded(_SCHEMA_URI)},\n"version": "2.1.0",\n"runs": [{{"tool": {{"driver": {encoded(driver)}}},\n')
    invocation = _invocation(results, len(findings) - len(kept), masks)
    out.write(f'"columnKind": "unicodeCodePoints",\n"invocations": [{encoded(invocation)}],\n"results": ')
    index = {str(rule["id"]): number for number, rule in enumerate(rules)}
    suppressible = any(finding.suppressed for finding in kept)
    write_items((_result(finding, index[exact(finding.rule)], suppressible, masks) for finding in kept), out)
    out.write("}]}\n")


def _most_severe(findings: list[Finding]) -> list[Finding]:
    """As many findings as GitHub takes, in their order: those that nobody silenced first, then by severity."""
    if len(findings) <= MOST_RESULTS:
        return findings
    ranked = sorted(range(len(findings)), key=lambda at: (findings[at].suppressed is not None, -severity_of(findings[at])))
    return [findings[at] for at in sorted(ranked[:MOST_RESULTS])]


def _invocation(results: Sequence[Result], cut: int, masks: Masks) -> Object:
    notifications = [notification for result in results for notification in _notifications(result, masks)]
    if cut:
        message = f"{cut} more findings were left out: GitHub takes {MOST_RESULTS} results"
        notifications.append({"descriptor": {"id": "results-cut"}, "level": "warning", "message": {"text": message}})
    failed = any(result.outcome == "not" or result.broken for result in results)
    return {"executionSuccessful": not failed, "toolExecutionNotifications": notifications}


def _notifications(result: Result, masks: Masks) -> Iterator[Object]:
    for kind, message, line, column in complaints(result):
        region = {"startLine": line, "startColumn": column}
        yield {
            "descriptor": {"id": kind},
            "level": _NOTIFICATION_LEVELS[kind],
            "message": _message(message, masks),
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(result.path)}, "region": region}}],
        }


def _result(finding: Finding, rule_index: int, suppressible: bool, masks: Masks) -> Object:
    location: dict[str, object] = {"physicalLocation": _place(finding.source, finding.span)}
    if finding.subject:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(masks.text(finding.subject))}]
    result: dict[str, object] = {
        "ruleId": exact(finding.rule),
        "ruleIndex": rule_index,
        "level": LEVELS[severity_of(finding)],
        "message": _message(finding.message, masks),
        "locations": [location],
        "partialFingerprints": {"capdropIdentity/v1": fingerprint(finding, masks)},
        "properties": {"severity": severity_of(finding).name.lower(), "confidence": confidence_of(finding).name.lower()},
    }
    if finding.notes:
        result["relatedLocations"] = [_related(number, note, masks) for number, note in enumerate(finding.notes[:_MOST_LOCATIONS])]
    if suppressible:
        result["suppressions"] = _suppressions(finding, masks)
    fix = _fix(finding, masks)
    if fix:
        result["fixes"] = [fix]
    return result


def _related(number: int, note: Note, masks: Masks) -> Object:
    return {"id": number, "physicalLocation": _place(note.source, note.span), "message": _message(note.message, masks)}


def _fix(finding: Finding, masks: Masks) -> Object | None:
    edits = masks.edits(finding)
    if finding.fix is None or not edits or finding.fix.safety is Safety.DISPLAY:  # viewers apply what stands here
        return None
    changes: dict[str, list[Object]] = {}
    for edit in edits:
        source = edit.beside or finding.source
        replacement: Object = {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": exact(edit.text)}}
        changes.setdefault(source.path, []).append(replacement)
    caveat = f" ({finding.fix.caveat})" if finding.fix.caveat else ""
    return {
        "description": _message(finding.fix.title + caveat, masks),
        "artifactChanges": [{"artifactLocation": {"uri": uri(path)}, "replacements": own} for path, own in changes.items()],
        "properties": {"safety": finding.fix.safety.name.lower()},
    }


def _suppressions(finding: Finding, masks: Masks) -> list[Object]:
    if finding.suppressed is None:
        return []
    suppression = {"kind": "inSource" if finding.suppressed.how.endswith(IN_THE_FILE) else "external", "status": "accepted"}
    if finding.suppressed.reason:
        suppression["justification"] = visible(masks.text(finding.suppressed.reason))
    return [suppression]


def _message(text: str, masks: Masks) -> Object:
    """A message whose brackets are no link: SARIF reads `[text](target)` as one."""
    text = visible(masks.text(text))
    if "](" in text:
        text = text.replace("[", "\\[").replace("]", "\\]")
    return {"text": text or "(no message)"}


def _place(source: Source, span: Span) -> Object:
    return {"artifactLocation": {"uri": uri(source.path)}, "region": _region(source, span)}


def _region(source: Source, span: Span) -> Object:
    start, end = source.position(span.start), source.position(span.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}
