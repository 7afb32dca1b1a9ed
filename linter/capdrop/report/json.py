"""The report for programs: the contract of DESIGN section 7, schema 1."""

from __future__ import annotations

import json

from capdrop.source import Span

from .identity import fingerprint
from .masks import Masks
from .safe import exact, inert_json, visible
from .summary import severity_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from capdrop.finding import Finding, Note
    from capdrop.source import Source

    from . import Result, Settings

    Object = dict[str, object]

SCHEMA = 1


def write(results: Sequence[Result], out: TextIO, settings: Settings) -> None:
    """Write one object; each file and each finding has a line of its own."""
    masks = Masks(results)
    tool = inert_json(json.dumps({"name": "capdrop", "version": settings.version}))
    out.write(f'{{"schema": {SCHEMA},\n"tool": {tool},\n"files": [')
    write_items((_file(result, masks) for result in results), out)
    out.write('],\n"findings": [')
    write_items((_finding(finding, masks) for result in results for finding in result.findings), out)
    out.write("]}\n")


def write_items(items: Iterable[Object], out: TextIO) -> None:
    """Write the items of a JSON array, one a line."""
    separator, end = "\n", ""
    for item in items:
        out.write(separator + inert_json(json.dumps(item)))
        separator, end = ",\n", "\n"
    out.write(end)


def _file(result: Result, masks: Masks) -> Object:
    reasons = [{"message": visible(masks.text(message)), "line": line, "column": column} for message, line, column in result.reasons]
    for rule, error in result.broken:
        message = f"rule {rule} broke ({error}): this is a bug in capdrop or in the rule"
        reasons.append({"message": visible(message), "line": 1, "column": 1})
    return {"path": exact(result.path), "kind": result.kind, "outcome": result.outcome, "reasons": reasons}


def _finding(finding: Finding, masks: Masks) -> Object:
    return {
        "rule": exact(finding.rule),
        "message": visible(masks.text(finding.message)),
        "severity": severity_name(finding),
        "confidence": "medium" if finding.confidence is None else finding.confidence.name.lower(),
        "path": exact(finding.source.path),
        **region(finding.source, finding.span),
        "subject": exact(masks.text(finding.subject)),
        "notes": [_note(note, masks) for note in finding.notes],
        "fix": _fix(finding, masks),
        "suppressed": _suppressed(finding, masks),
        "fingerprint": fingerprint(finding),
    }


def _note(note: Note, masks: Masks) -> Object:
    at = note.source.position(note.span.start)
    return {"path": exact(note.source.path), "line": at.line, "column": at.column, "message": visible(masks.text(note.message))}


def _fix(finding: Finding, masks: Masks) -> Object | None:
    fix = finding.fix
    if fix is None:
        return None
    edits = masks.edits(finding)
    withheld = bool(fix.edits) and not edits
    caveat = fix.caveat or ("the edits repeat a secret and are not shown; capdrop itself can apply them" if withheld else "")
    return {
        "title": visible(masks.text(fix.title)),
        "safety": fix.safety.name.lower(),
        "caveat": visible(masks.text(caveat)),
        "edits": [{**region(finding.source, edit.span), "text": exact(edit.text)} for edit in edits],
    }


def _suppressed(finding: Finding, masks: Masks) -> Object | None:
    if finding.suppressed is None:
        return None
    return {"how": finding.suppressed.how, "reason": visible(masks.text(finding.suppressed.reason))}


def region(source: Source, span: Span) -> Object:
    """A span as lines and columns from 1, its end exclusive."""
    start, end = source.position(span.start), source.position(span.end)
    return {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
