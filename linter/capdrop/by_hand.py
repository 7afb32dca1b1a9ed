"""`capdrop fix --by-hand`: the better ways that somebody has to complete, as diffs that nothing applies."""

from __future__ import annotations

import os

from .aside import note
from .diff import Diff
from .discover import kind_named, kind_of
from .finding import Finding, Safety
from .fixer import Workbench, provable, splice
from .report.safe import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .dialects.context import Context
    from .report import Result
    from .rulebook import Rulebook
    from .source import Source

MOST = 200
"""Findings of one file whose changes are proved and shown."""


def shown(results: Iterable[Result], book: Rulebook, context: Context) -> Iterator[str]:
    """For each finding whose fix is only shown its diffs, below a line that says what they are about; of several with the same diffs,
    or some of them, below one line each, the last of which says what is done."""
    for result in results:
        findings = [finding for finding in result.findings if is_shown(finding)]
        source = _source_of(result, context) if findings else None
        if source is None:
            continue
        bench = Workbench(kind_named(result.kind), book, context)
        before = bench.analyse(source)
        places = {_place(finding): finding for finding in reversed(before.findings) if is_shown(finding)}
        asked = [(finding, places[_place(finding)]) for finding in findings[:MOST] if _place(finding) in places]
        proved = {id(finding) for finding in provable(before, [now for _, now in asked], bench)}
        same: dict[tuple[str, ...], list[Finding]] = {}
        for finding, now in asked:
            if id(now) in proved:
                diffs = tuple("".join(diff.lines()) for diff in _diffs(now, source, [*result.findings, *result.unsaid], bench))
                same.setdefault(next((known for known in same if set(diffs) <= set(known)), diffs), []).append(finding)
        for diffs, about in same.items():
            yield "\n".join([*_headings(about), *diffs, ""])
        if len(findings) > MOST:
            note(f"{source.path}: {len(findings) - MOST:,} findings more are to be completed by hand")


def _source_of(result: Result, context: Context) -> Source | None:
    """The file that a result is about, of which no finding may speak where all of them are in files beside it."""
    own = next((finding.source for finding in result.findings if finding.source.path == result.path), None)
    return own or (context.files.source(result.path) if context.files is not None else None)


def is_shown(finding: Finding) -> bool:
    """Whether the fix of a finding is shown and never applied."""
    fix = finding.fix
    return fix is not None and fix.safety is Safety.DISPLAY and bool(fix.edits) and finding.suppressed is None


def _diffs(finding: Finding, source: Source, findings: Sequence[Finding], bench: Workbench) -> Iterator[Diff]:
    """What the file would be, and those beside it."""
    assert finding.fix is not None
    own = [edit for edit in finding.fix.edits if edit.beside is None]
    if own:
        yield Diff(source, source.with_text(splice(source.text, own)), findings)
    for old, new in bench.with_edits(finding.fix.edits).beside.values():
        yield Diff(old, new, [*findings, *_found_beside(old, finding, bench)], new=not os.path.lexists(old.path))


def _found_beside(source: Source, finding: Finding, bench: Workbench) -> Iterator[Finding]:
    """What hides something in a file beside: what is found in it, and what the fix of a secret replaces there."""
    assert finding.fix is not None
    for edit in finding.fix.edits if finding.hidden else ():
        if edit.beside is not None and len(edit.span) and edit.beside.path == source.path:
            yield Finding(source, edit.span, "", hidden=(edit.span,))
    kind = kind_of(source.path, source.text)
    if kind is not None:
        analysis = Workbench(kind, bench.book, bench.context).analyse(source, ways=False)
        yield from (*analysis.findings, *analysis.unsaid)


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.source.path, finding.rule, finding.span, finding.subject


def _headings(findings: list[Finding]) -> Iterator[str]:
    for finding, following in zip(findings, [*findings[1:], None], strict=True):
        place = f"# {finding.source.path}:{finding.source.position(finding.span.start).line}: {finding.rule}"
        done = _done(finding)
        yield visible(place if following is not None and _done(following) == done else f"{place}: {done}")


def _done(finding: Finding) -> str:
    assert finding.fix is not None
    return finding.fix.title + (f" ({finding.fix.caveat})" if finding.fix.caveat else "")
