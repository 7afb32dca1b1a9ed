"""`capdrop fix`: a diff, or the files written."""

from __future__ import annotations

import sys

from .aside import Progress, note, notes
from .diff import Diff
from .discover import kind_named
from .finding import Safety
from .fixer import Fixed, Refusal, Workbench, fix, write
from .options import PATHS, SELECTION, Option, Reader, prepared
from .rulebook import Misuse
from .run import check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .dialects.context import Context
    from .finding import Finding
    from .report import Result
    from .rulebook import Rulebook
    from .source import Source

DONE, CHANGES, INCOMPLETE = 0, 1, 3

_MORE = """\
Every fix is proved before it is shown: the file is read as before, the finding is gone, none is new, every comment stays
and nothing else has changed. What cannot be proved is left, and the reason is printed.

exit status: 0 nothing to fix, or all written; 1 there is a diff, or something could not be written; 3 not analysed

examples:
  capdrop fix                           show the diff of the safe fixes below the current folder
  capdrop fix --apply --unsafe app/     write them, and also those that may break the workload
  capdrop fix | git apply               the same as `capdrop fix --apply`
"""


def main(arguments: list[str]) -> int:
    """`capdrop fix`."""
    table = (
        *SELECTION,
        Option("--apply", "write the fixes to the files"),
        Option("--unsafe", "also those that may break the workload"),
    )
    options = Reader("fix", "Show the fixes as a diff, or write them.", table, PATHS, _MORE).read(arguments)
    if "-" in options.paths:
        raise Misuse("standard input cannot be fixed; name the file")
    config, book = prepared(options)
    with Progress() as tick:
        run = check(options.paths or ["."], config, book, tick)
    bench = _Bench(book, run.context, Safety.UNSAFE if options.unsafe else Safety.SAFE, apply=options.apply)
    for result in run.results:
        bench.fix(result)
    for line in [*notes(run), bench.summary()]:
        note(line)
    if run.incomplete:
        return INCOMPLETE
    return CHANGES if bench.refused or (bench.changed and not options.apply) else DONE


class _Bench:
    """Fixes file after file, and counts."""

    __slots__ = ("apply", "book", "changed", "context", "left", "more", "refused", "safety")

    def __init__(self, book: Rulebook, context: Context, safety: Safety, *, apply: bool) -> None:
        self.book = book
        self.context = context
        self.safety = safety
        self.apply = apply
        self.changed = 0
        self.refused = 0
        self.left = 0
        self.more = 0

    def fix(self, result: Result) -> None:
        """Fix one file."""
        fixable = [finding for finding in result.findings if _is_fixable(finding, result.path)]
        wanted = [finding for finding in fixable if finding.fix is not None and finding.fix.safety >= self.safety]
        self.more += len(fixable) - len(wanted)
        if not wanted:
            return
        keys = frozenset((finding.rule, finding.subject) for finding in wanted)
        before = wanted[0].source
        fixed = fix(before, Workbench(kind_named(result.kind), self.book, self.context), self.safety, keys)
        for finding, reason in fixed.left:
            note(f"{result.path}: not fixed: {finding.rule} ({finding.subject}): {reason}")
        self.left += len(fixed.left)
        if not fixed.applied:
            return
        if not self.apply:
            self.changed += len(fixed.applied)
            _show(before, fixed.source, result.findings)
        elif _write(before, fixed):
            self.changed += len(fixed.applied)
        else:
            self.refused += len(fixed.applied)

    def summary(self) -> str:
        """What was done, and what else could be."""
        done = "fixed" if self.apply else "can be fixed (--apply writes it)"
        parts = [f"{self.changed} finding{'' if self.changed == 1 else 's'} {done}" if self.changed else "nothing to fix"]
        parts += [f"{self.refused} not written"] if self.refused else []
        parts += [f"{self.left} not fixed"] if self.left else []
        parts += [f"{self.more} more with --unsafe"] if self.more else []
        return ", ".join(parts)


def _is_fixable(finding: Finding, path: str) -> bool:
    applicable = finding.fix is not None and finding.fix.edits and finding.fix.safety > Safety.DISPLAY
    return bool(applicable) and finding.suppressed is None and finding.source.path == path


def _show(before: Source, after: Source, findings: Sequence[Finding]) -> None:
    diff = Diff(before, after, findings)
    sys.stdout.writelines(diff.lines())
    if not diff.faithful or before.encoding != "utf-8":
        note(f"{before.path}: its diff hides a secret or what does not print, so `git apply` will not take it; use --apply")


def _write(before: Source, fixed: Fixed) -> bool:
    try:
        write(before.path, before, fixed.source)
    except (Refusal, OSError) as refusal:
        note(f"{before.path}: not written: {refusal.strerror if isinstance(refusal, OSError) else refusal}")
        return False
    note(f"{before.path}: fixed {', '.join(sorted({finding.rule for finding in fixed.applied}))}")
    return True
