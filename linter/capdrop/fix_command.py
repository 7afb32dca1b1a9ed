"""`capdrop fix`: a diff, or the files written."""

from __future__ import annotations

import gc
import os
import sys

from .aside import Progress, note, notes
from .diff import Diff, commented
from .discover import kind_named
from .finding import Safety
from .fixer import Fixed, Refusal, Workbench, by_path, fix, fix_on, keys_of, write
from .options import PATHS, SELECTION, Option, Reader, prepared
from .report.masks import Masks
from .report.words import complaints, counted
from .rulebook import Misuse
from .run import check, settled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .asking import Asker
    from .config import Config
    from .dialects.context import Context
    from .engine import Analysis
    from .finding import Finding
    from .fixer import Beside, Wanted
    from .report import Result
    from .rulebook import Rulebook
    from .source import Source

DONE, CHANGES, INCOMPLETE = 0, 1, 3
COMPOSE = "compose"
MOST_REASONS = 5
"""Reasons why fixes cannot be written that are printed, the most frequent first."""

_MORE = """\
Every fix is proved before it is shown: the file is read as before, the finding is gone, none is new, every comment stays
and nothing else has changed. What cannot be proved is left, and the reason is printed.

exit status: 0 nothing to fix, or all written; 1 there is a diff, or something could not be written; 2 misuse, or a faulty
configuration; 3 something could not be analysed

`--interactive` shows one fix after the other, also the unsafe ones, asks about each (y, n, a, d, q, ?), and writes those that
were agreed to when a file is done.

examples:
  capdrop fix                           show the diff of the safe fixes below the current folder
  capdrop fix --apply --unsafe app/     write them, and also those that may break the workload
  capdrop fix | git apply               the same, but for diffs that hide a secret: these are comments
  capdrop fix --by-hand                 show what somebody has to complete
"""


def main(arguments: list[str]) -> int:
    """`capdrop fix`."""
    table = (
        *SELECTION,
        Option("--apply", "write the fixes to the files"),
        Option("--unsafe", "also those that may break the workload"),
        Option("--interactive", "ask about every fix, and write those that are agreed to"),
        Option("--by-hand", "show the better ways that have to be completed by hand; nothing is written"),
    )
    options = Reader("fix", "Show the fixes as a diff, or write them.", table, PATHS, _MORE).read(arguments)
    if "-" in options.paths:
        raise Misuse("standard input cannot be fixed; name the file")
    config, book = prepared(options)
    with Progress() as tick:
        run = check(options.paths or ["."], config, book, tick)
    gc.enable()  # what is analysed for a proof is left in circles
    masks = Masks(run.results)
    if options.by_hand:
        from .by_hand import shown

        diffs = [masks.text(text) for text in shown(run.results, book, run.context)]
        sys.stdout.writelines(diffs)
        done = f"{counted(len(diffs), 'fix', 'fixes')} to complete by hand" if diffs else "nothing to complete by hand"
        for line in [*_unread(run.results), *notes(run), done]:
            note(line)
        return INCOMPLETE if run.incomplete else CHANGES if diffs else DONE
    asker = None
    if options.interactive:
        from .asking import Asker

        asker = Asker(masks)
    safety = Safety.UNSAFE if options.unsafe or asker else Safety.SAFE
    bench = _Bench(config, book, run.context, safety, masks, apply=options.apply or asker is not None, asker=asker)
    for result in run.results:
        bench.fix(result)
    bench.fix_waiting()
    bench.show_beside()
    for line in [*_unread(run.results), *notes(run), *bench.reasons(), bench.summary()]:
        note(masks.text(line))
    if run.incomplete:
        return INCOMPLETE
    return CHANGES if bench.refused or (bench.changed and not bench.apply) else DONE


class _Bench:
    """Fixes file after file, and counts."""

    __slots__ = (
        "apply",
        "asker",
        "beside",
        "book",
        "by_hand",
        "changed",
        "config",
        "context",
        "fixed",
        "left",
        "masks",
        "more",
        "refused",
        "safety",
        "shown",
        "waiting",
    )

    def __init__(
        self,
        config: Config,
        book: Rulebook,
        context: Context,
        safety: Safety,
        masks: Masks,
        *,
        apply: bool,
        asker: Asker | None = None,
    ) -> None:
        self.config = config
        self.book = book
        self.context = context
        self.safety = safety
        self.masks = masks
        self.apply = apply
        self.changed = 0
        self.refused = 0
        self.left = 0
        self.shown = 0
        """How many findings have a fix that is only shown."""
        self.more = 0
        self.asker = asker
        self.beside: Beside = {}
        """What fixes have made so far of files beside those that they are for."""
        self.fixed: Beside = {}
        """The files that fixes were looked for in, as they are after them."""
        self.waiting: list[tuple[Result, Source, Fixed]] = []
        """Files in which something could not be proved, as they were and as they are so far."""
        self.by_hand: dict[str, int] = {}
        """How many findings have a fix that cannot be written, by the reason; "" where it is advice."""

    def fix(self, result: Result) -> None:
        """Fix one file."""
        fixable = [finding for finding in result.findings if _is_fixable(finding, result.path)]
        wanted = [finding for finding in fixable if finding.fix is not None and finding.fix.safety >= self.safety]
        self.more += len(fixable) - len(wanted)
        before = wanted[0].source if wanted else self._unfixed(result)
        near = {} if before is None else self._near(result.path, result.kind, before, same_folder=bool(wanted))
        if before is None or not (wanted or near):
            self._count_by_hand(result.findings)
            return
        bench = self._workbench(result, {**near, **self.beside})
        keys = keys_of(wanted)
        if near:  # what a file is joined with may be another one by now
            keys |= keys_of(self._found(bench.analyse(before)))
        fixed = self._fixed(before, bench, keys)
        self._count_by_hand(finding for finding in result.findings if finding.source.path != result.path)
        self._count_by_hand(now for now in self._found(fixed.bench.analyse(fixed.source)) if now.source.path == result.path)
        if fixed.applied:
            self.fixed[os.path.abspath(result.path)] = (fixed.source, fixed.source)
        if fixed.left and self.asker is None:
            self.waiting.append((result, before, fixed))
        else:
            self._finish(result, before, fixed)

    def _unfixed(self, result: Result) -> Source | None:
        """A file in which nothing is to be fixed, if it may be joined with others that are fixed by now."""
        files = self.context.files if self.fixed and result.kind == COMPOSE else None
        return files.source(result.path) if files is not None else None

    def _near(self, path: str, kind: str, source: Source, *, same_folder: bool) -> Beside:
        """The fixed files that one is joined with as far as can be seen: those that it names, and those beside it."""
        folder = os.path.dirname(os.path.abspath(path))
        beside = {other: both for other, both in self.fixed.items() if same_folder and os.path.dirname(other) == folder}
        named = ((other, both) for other, both in self.fixed.items() if os.path.basename(other) in source.text)
        return {**beside, **dict(named if kind == COMPOSE else ())}

    def _count_by_hand(self, findings: Iterable[Finding]) -> None:
        """Count what somebody has to mend."""
        for finding in findings:
            fix = finding.fix
            if fix is not None and fix.safety is Safety.DISPLAY and finding.suppressed is None:
                reason = "" if fix.edits else fix.caveat
                self.shown += bool(fix.edits)
                self.by_hand[reason] = self.by_hand.get(reason, 0) + 1

    def fix_waiting(self) -> None:
        """Try again what could not be proved while other files were as they had been, until nothing more is."""
        going = bool(self.fixed)
        while going:
            going = False
            for at, (result, before, fixed) in enumerate(self.waiting):
                bench = self._workbench(result, {**self.fixed, **self.beside, **fixed.bench.beside})
                again = self._fixed(fixed.source, bench, keys_of(finding for finding, _ in fixed.left))
                if again.applied:
                    again.applied[:0] = fixed.applied
                    self.waiting[at] = (result, before, again)
                    self.fixed[os.path.abspath(result.path)] = (again.source, again.source)
                    going = True
        for result, before, fixed in self.waiting:
            self._finish(result, before, fixed)

    def _workbench(self, result: Result, beside: Beside) -> Workbench:
        return Workbench(kind_named(result.kind), self.book, self.context, beside)

    def _finish(self, result: Result, before: Source, fixed: Fixed) -> None:
        """Say what became of a file, and show or write it."""
        for finding, reason in fixed.left:
            note(f"{result.path}: not fixed: {finding.rule} ({self.masks.text(finding.subject)}): {self.masks.text(reason)}")
        self.left += len(fixed.left)
        if not fixed.applied:
            return
        if not self.apply:
            self.changed += len(fixed.applied)
            self.beside = {path: both for path, both in fixed.bench.beside.items() if both[0] is not both[1]}
            _show(before, fixed.source, [*result.findings, *result.unsaid])
        elif self._write(before, fixed):
            self.changed += len(fixed.applied)
        else:
            self.refused += len(fixed.applied)

    def _fixed(self, before: Source, bench: Workbench, wanted: Wanted) -> Fixed:
        """The file after the fixes of these findings, and of those that come up when they are gone."""

        def once(source: Source, bench: Workbench, wanted: Wanted) -> Fixed:
            return self.asker.fix(source, bench, wanted) if self.asker is not None else fix(source, bench, self.safety, wanted)

        return fix_on(before, bench, wanted, once, self._found)

    def _found(self, analysis: Analysis) -> list[Finding]:
        return [*settled(analysis, self.context, self.config, self.book).findings]

    def _write(self, before: Source, fixed: Fixed) -> bool:
        """Write what is beside the file, for the file may need it, and then the file."""
        for path, (first, now) in fixed.bench.beside.items():
            if first.text != now.text:
                if not _written(first, now, f"written for {_rules(fixed.applied, path)}"):
                    return False
                self.beside = {**self.beside, path: (now, now)}
        return before.text == fixed.source.text or _written(before, fixed.source, f"fixed {_rules(fixed.applied, '')}")

    def show_beside(self) -> None:
        """The diffs of the files beside, each once, whatever fixes added to it."""
        for before, after in self.beside.values():
            _show(before, after, ())

    def summary(self) -> str:
        """What was done, and what else could be."""
        declined = self.asker.declined if self.asker is not None else 0
        if self.changed:
            it = "it" if self.changed == 1 else "them"
            parts = [f"{counted(self.changed, 'finding')} {'fixed' if self.apply else f'can be fixed (--apply writes {it})'}"]
        elif self.refused or self.left or declined:
            parts = ["nothing fixed"]
        else:
            parts = ["nothing to fix safely" if self.more else "nothing to fix"]
        parts += [f"{self.refused} not written"] if self.refused else []
        parts += [f"{self.left} not fixed"] if self.left else []
        parts += [f"{declined} declined"] if declined else []
        parts += [f"{self.more}{' more' if self.changed else ''} with --unsafe"] if self.more else []
        by_hand = sum(self.by_hand.values())
        parts += [f"{by_hand} to mend by hand{f' (--by-hand shows how for {self.shown})' if self.shown else ''}"] if by_hand else []
        return ", ".join(parts)

    def reasons(self) -> Iterator[str]:
        """Why some cannot be written."""
        for reason, count in sorted(self.by_hand.items(), key=lambda row: -row[1])[:MOST_REASONS]:
            if reason:
                yield f"by hand, {count}: {reason}"


def _unread(results: Iterable[Result]) -> Iterator[str]:
    """What was not analysed, and so not fixed, and why."""
    for result in results:
        for kind, message, line, column in complaints(result):
            yield f"{result.path}:{line}:{column}: {kind.replace('-', ' ')}: {message}"


def _is_fixable(finding: Finding, path: str) -> bool:
    applicable = finding.fix is not None and finding.fix.edits and finding.fix.safety > Safety.DISPLAY
    return bool(applicable) and finding.suppressed is None and finding.source.path == path


def _rules(findings: Iterable[Finding], path: str) -> str:
    """The rules whose fixes edit a file beside, or by "" the fixed file itself."""
    return ", ".join(sorted({one.rule for one in findings if one.fix is not None and path in by_path(one.fix.edits)}))


def _show(before: Source, after: Source, findings: Sequence[Finding]) -> None:
    if before.text == after.text:
        return
    diff = Diff(before, after, findings, new=not before.text and not os.path.lexists(before.path))
    text = "".join(diff.lines())
    hides = not diff.faithful or before.encoding != "utf-8"
    if hides or os.pardir in before.path.split(os.sep):
        why = "hides a secret or what does not print" if hides else "leads out of this folder"
        note(f"{before.path}: its diff {why}, so it is a comment that `git apply` passes over; use --apply")
        text = commented(text)
    sys.stdout.write(text)


def _written(before: Source, after: Source, done: str) -> bool:
    try:
        write(before.path, before, after)
    except (Refusal, OSError) as refusal:
        note(f"{before.path}: not written: {refusal.strerror if isinstance(refusal, OSError) else refusal}")
        return False
    note(f"{before.path}: {done}")
    return True
