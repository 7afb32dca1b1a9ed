"""`capdrop fix --by-hand`: the better ways that somebody has to complete, as diffs that nothing applies."""

from __future__ import annotations

import os

from .diff import Diff
from .discover import kind_named
from .finding import Safety
from .fixer import Refusal, Workbench, prove
from .report.safe import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .dialects.context import Context
    from .finding import Finding
    from .report import Result
    from .rulebook import Rulebook


def shown(results: Iterable[Result], book: Rulebook, context: Context) -> Iterator[str]:
    """For each finding whose fix is only shown its diffs, below a line that says what they are about."""
    for result in results:
        findings = [finding for finding in result.findings if is_shown(finding)]
        bench = Workbench(kind_named(result.kind), book, context) if findings else None
        for finding in findings:
            assert bench is not None
            diffs = ["".join(diff.lines()) for diff in _diffs(finding, [*result.findings, *result.unsaid], bench)]
            if diffs:
                yield "\n".join([_heading(finding), *diffs, ""])


def is_shown(finding: Finding) -> bool:
    """Whether the fix of a finding is shown and never applied."""
    fix = finding.fix
    return fix is not None and fix.safety is Safety.DISPLAY and bool(fix.edits) and finding.suppressed is None


def _diffs(finding: Finding, findings: Sequence[Finding], bench: Workbench) -> Iterator[Diff]:
    """What the file would be, and those beside it; nothing where that cannot be proved to mend the finding."""
    before = bench.analyse(finding.source)
    same = [one for one in before.findings if (one.rule, one.span, one.subject) == (finding.rule, finding.span, finding.subject)]
    try:
        after, changed = prove(before, same[:1], bench)
    except Refusal:
        return
    if after is not before.source:
        yield Diff(before.source, after, findings)
    for old, new in changed.beside.values():
        yield Diff(old, new, (), new=not os.path.lexists(old.path))


def _heading(finding: Finding) -> str:
    fix, line = finding.fix, finding.source.position(finding.span.start).line
    assert fix is not None
    caveat = f" ({fix.caveat})" if fix.caveat else ""
    return visible(f"# {finding.source.path}:{line}: {finding.rule}: {fix.title}{caveat}")
