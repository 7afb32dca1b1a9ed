"""The report for programs: the object that DESIGN section 7 promises."""

from __future__ import annotations

from .identity import fingerprint
from .masks import Masks
from .objects import encoded, write_items
from .safe import exact, visible
from .words import breakage, confidence_of, severity_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from capdrop.finding import Edit, Finding, Note
    from capdrop.source import Source, Span

    from . import Result, Settings
    from .objects import Object

SCHEMA = 1
"""Raised when a reader of the present one could break."""


def write(results: Sequence[Result], out: TextIO, settings: Settings) -> None:
    """Write one object; each file and each finding has a line of its own."""
    masks = Masks(results)
    tool = encoded({"name": "capdrop", "version": settings.version})
    out.write(f'{{"schema": {SCHEMA},\n"tool": {tool},\n"files": ')
    write_items((_file(result, masks) for result in results), out)
    out.write(',\n"findings": ')
    write_items((_finding(finding, masks) for result in results for finding in result.findings), out)
    out.write("}\n")


def _file(result: Result, masks: Masks) -> Object:
    reasons = [{"message": visible(masks.text(message)), "line": line, "column": column} for message, line, column in result.reasons]
    reasons += [{"message": visible(breakage(rule, error)), "line": 1, "column": 1} for rule, error in result.broken]
    return {"path": exact(result.path), "kind": exact(result.kind), "outcome": result.outcome, "reasons": reasons}


def _finding(finding: Finding, masks: Masks) -> Object:
    return {
        "rule": exact(finding.rule),
        "message": visible(masks.text(finding.message)),
        "severity": severity_of(finding).name.lower(),
        "confidence": confidence_of(finding).name.lower(),
        "path": exact(finding.source.path),
        **_region(finding.source, finding.span),
        "subject": exact(masks.text(finding.subject)),
        "notes": [_note(note, masks) for note in finding.notes],
        "fix": _fix(finding, masks),
        "suppressed": _suppressed(finding, masks),
        "fingerprint": fingerprint(finding, masks),
    }


def _note(note: Note, masks: Masks) -> Object:
    at = note.source.position(note.span.start)
    return {"path": exact(note.source.path), "line": at.line, "column": at.column, "message": visible(masks.text(note.message))}


def _fix(finding: Finding, masks: Masks) -> Object | None:
    fix = finding.fix
    if fix is None:
        return None
    edits = masks.edits(finding)
    caveat = fix.caveat
    if fix.edits and not edits:
        caveat = f"{caveat}; " if caveat else ""
        caveat += "the edits repeat a secret and are left out here"
    return {
        "title": visible(masks.text(fix.title)),
        "safety": fix.safety.name.lower(),
        "caveat": visible(masks.text(caveat)),
        "edits": [_edit(finding, edit) for edit in edits],
    }


def _edit(finding: Finding, edit: Edit) -> Object:
    """An edit; its path only where that is not the finding's."""
    path = {"path": exact(edit.beside.path)} if edit.beside is not None else {}
    return {**path, **_region(edit.beside or finding.source, edit.span), "text": exact(edit.text)}


def _suppressed(finding: Finding, masks: Masks) -> Object | None:
    if finding.suppressed is None:
        return None
    return {"how": visible(finding.suppressed.how), "reason": visible(masks.text(finding.suppressed.reason))}


def _region(source: Source, span: Span) -> Object:
    start, end = source.position(span.start), source.position(span.end)
    return {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
