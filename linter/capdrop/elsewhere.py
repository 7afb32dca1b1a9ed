"""Findings that stand in another file than the one that was read: in one that it is joined with, or in one that stands inside it."""

from __future__ import annotations

import os

from .finding import Fix, Note, Severity
from .reading import Reading
from .source import Inset, Span, lowered
from .suppress import Reach, apply, mentioned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .finding import Edit, Finding
    from .model.subject import Subject
    from .report import Result
    from .rulebook import Rulebook

    Place = tuple[str, str, int, bool]


def tell_outside(findings: Iterable[Finding]) -> None:
    """Tell what was found in a file inside another one by its places in the outer one."""
    for finding in findings:
        finding.notes = tuple(_note(note) for note in finding.notes)
        while isinstance(inner := finding.source, Inset):
            finding.fix = _fix(finding.fix, inner) if finding.fix is not None else None
            finding.span = inner.place(finding.span)
            finding.hidden = tuple(inner.place(span) for span in finding.hidden)
            finding.subject = f"{inner.address} {finding.subject}".strip()
            finding.source = inner.outer


def silence(reading: Reading, subjects: Iterable[Subject], findings: list[Finding], book: Rulebook) -> None:
    """Apply the comments of the files that one was joined with, which may silence what was found in them; what the comments themselves
    are worth is said where those files are read."""
    away = {id(finding.source) for finding in findings if finding.source is not reading.source}
    for other in reading.others:
        if id(other.source) in away and mentioned(lowered(other.source.text)):
            reach = Reach()
            for part in other.parts():
                reach.note_lines(other.source, part)
            for subject in subjects:
                if subject.source is other.source:
                    reach.note(subject)
            for _ in apply(Reading(other.source, (), gaps=[], comments=other.comments), findings, book, reach):
                pass


def lead_there(reading: Reading, findings: Iterable[Finding]) -> None:
    """Give a finding in another file, where nothing tells yet how one gets there, a note that does. It is not fixed from here."""
    led = {id(other.source): other.led for other in reading.others}
    for finding in findings:
        if finding.source is not reading.source and finding.fix is not None and any(edit.beside is None for edit in finding.fix.edits):
            finding.fix = Fix(finding.fix.title, caveat="it stands in another file; fix that one")
        note = led.get(id(finding.source))
        if note is not None and not any(other.source is not finding.source for other in finding.notes):
            finding.notes = (*finding.notes, note)


def show_once(results: Sequence[Result]) -> None:
    """Leave out what another file says that it was joined with, where the file itself says it too, or an earlier one did. An env file is
    told who is given it."""
    told: dict[Place, list[Finding]] = {}
    env_files: dict[Place, Finding] = {}
    away = {finding.source.path for result in results for finding in result.findings if finding.source.path != result.path}
    spoken_of = {os.path.abspath(path) for path in away}
    for result in results:
        for finding in result.findings if os.path.abspath(result.path) in spoken_of else ():
            if finding.source.path == result.path:
                told.setdefault(_place(finding), []).append(finding)
                if result.kind == "env-file":
                    env_files[_place(finding)] = finding
    for result in results:
        kept = []
        for finding in result.findings:
            if finding.source.path != result.path:
                others = told.setdefault(_place(finding), [])
                if _is_told(finding, others):
                    env_file = env_files.get(_place(finding))
                    if env_file is not None and not env_file.notes:
                        env_file.notes = finding.notes
                    continue
                others.append(finding)
            kept.append(finding)
        result.findings = kept


def _is_told(finding: Finding, others: list[Finding]) -> bool:
    """Whether one of these, at the same place, says the same. What is no fault of that place, and only told of a subject, is the same in
    the same words."""
    words = {other.message for other in others if other.subject == finding.subject and finding.severity is Severity.INFO}
    return finding.message in words if words else bool(others)


def _place(finding: Finding) -> Place:
    """What is the same of findings that say the same: one may begin at a name, which another has in its own file, or end with a quote."""
    end = finding.span.end
    end -= finding.source.text[end - 1 : end] in ("'", '"')
    return os.path.abspath(finding.source.path), finding.rule, end, finding.suppressed is None


def _note(note: Note) -> Note:
    while isinstance(inner := note.source, Inset):
        note = Note(inner.outer, inner.place(note.span), note.message)
    return note


def _fix(fix: Fix, inner: Inset) -> Fix:
    """A fix with its edits in the outer file, where they are as plain there."""
    spans = [_span(edit, inner) for edit in fix.edits]
    edits = tuple(type(edit)(span, edit.text) for edit, span in zip(fix.edits, spans, strict=True) if span is not None)
    if not edits or len(edits) < len(fix.edits):
        return Fix(fix.title, caveat=fix.caveat or "it stands inside another file")
    return Fix(fix.title, edits, fix.safety, fix.caveat, fix.touches)


def _span(edit: Edit, inner: Inset) -> Span | None:
    """What an edit replaces in the outer file: what stands there just so, or whole lines that go; None where it is neither."""
    old, outer = inner[edit.span], inner.outer
    if edit.beside is not None or set("\r\n$") & set(edit.text):
        return None
    place = inner.place(edit.span)
    if "\n" not in old:
        return place if outer[place] == old else None
    is_last = edit.span.end == len(inner.text)
    if is_last and old.startswith("\n"):  # where the text does not end in a line end
        place = inner.place(Span(edit.span.start + 1, edit.span.end))
        place, old, begins = Span(place.start, place.end + len(outer.newline)), f"{old}\n", True
    else:
        begins = edit.span.start == 0 or inner.text[edit.span.start - 1] == "\n"
    start = outer.starts[outer.position(place.start).line - 1]
    is_whole = begins and old.endswith("\n") and not edit.text and not outer.text[start : place.start].strip()
    end = place.end + outer.text.startswith("\r\n", place.end - 1)
    if not is_whole or outer.text[end - 1] != "\n":
        return None
    back = len(outer.newline) if is_last else 0
    return Span(start - back, end - back)
