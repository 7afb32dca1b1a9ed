"""`capdrop fix --interactive`: one fix after the other, as `git add --patch` asks about changes."""

from __future__ import annotations

import os
import sys

from .diff import Diff
from .finding import Safety
from .fixer import Fixed, Refusal, prove
from .report.safe import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Analysis
    from .finding import Finding
    from .fixer import Wanted, Workbench
    from .report.masks import Masks
    from .source import Source

    Key = tuple[str, str, str]
    Proved = tuple[Source, Workbench]

_HELP = """\
y - make this fix
n - do not make this fix
a - make this fix and all later ones of this file
d - make neither this fix nor any later one of this file
q - make neither this fix nor any other; those that you have taken are kept
? - print this help
"""
_WORDS = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe"}
MOST = 2000
"""Fixes of one file that are gone through."""


class Asker:
    """Asks about every fix, and remembers how many were declined and whether to go on."""

    __slots__ = ("declined", "going_on", "masks")

    def __init__(self, masks: Masks) -> None:
        self.masks = masks
        self.declined = 0
        self.going_on = True

    def fix(self, source: Source, bench: Workbench, wanted: Wanted) -> Fixed:
        """The file after the fixes that were agreed to; each is proved on what those before it have left."""
        result = Fixed(source, bench)
        passed: dict[Key, int] = {}
        answer = ""
        for _ in range(MOST):
            analysis = result.bench.analyse(result.source)
            finding, after = self._next(analysis, result, wanted, passed)
            if finding is None or after is None or not self.going_on:
                break
            if answer not in ("a", "d"):
                answer = self._ask(finding, list(_diffs(result, after, analysis)))
            self.going_on = answer != "q"
            if answer in ("y", "a"):
                result.source, result.bench = after
                result.applied.append(finding)
            else:
                self.declined += 1
                passed[_key(finding)] = passed.get(_key(finding), 0) + 1
        return result

    def _next(self, analysis: Analysis, result: Fixed, wanted: Wanted, passed: dict[Key, int]) -> tuple[Finding | None, Proved | None]:
        """The next fix that was not passed over and can be proved, and what it makes of the file."""
        seen: dict[Key, int] = {}
        for finding in analysis.findings:
            key = _key(finding)
            fix = finding.fix
            if fix is None or not fix.edits or fix.safety == Safety.DISPLAY or finding.suppressed is not None:
                continue
            if (finding.rule, finding.subject) not in wanted or finding.source is not analysis.source:
                continue
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= passed.get(key, 0):
                continue
            try:
                return finding, prove(analysis, [finding], result.bench)
            except Refusal as refusal:
                result.left.append((finding, str(refusal)))
                passed[key] = passed.get(key, 0) + 1
        return None, None

    def _ask(self, finding: Finding, diffs: list[Diff]) -> str:
        fix, source = finding.fix, finding.source
        assert fix is not None
        for diff in diffs:
            sys.stdout.writelines(diff.lines())
        message = self.masks.text(finding.message)
        print(visible(f"{source.path}:{source.position(finding.span.start).line}: {finding.rule}: {message}"))
        caveat = f": {fix.caveat}" if fix.caveat else ""
        while True:
            sys.stdout.write(visible(f"{self.masks.text(fix.title)} ({_WORDS[fix.safety]}{caveat}) [y,n,a,d,q,?]? "))
            sys.stdout.flush()
            line = sys.stdin.readline()
            answer = line.strip().lower()[:1]
            if not line:
                print()
                return "q"
            if answer in ("y", "n", "a", "d", "q"):
                return answer
            sys.stdout.write(_HELP)


def _diffs(result: Fixed, after: Proved, analysis: Analysis) -> Iterator[Diff]:
    """What a fix would change, in the file and beside it."""
    findings = [*analysis.findings, *analysis.unsaid]
    if after[0] is not result.source:
        yield Diff(result.source, after[0], findings)
    for path, (first, now) in after[1].beside.items():
        before = result.bench.beside.get(path, (first, first))[1]
        if now is not before:
            yield Diff(before, now, findings, new=not os.path.lexists(now.path) and not before.text)


def _key(finding: Finding) -> Key:
    return finding.rule, finding.subject, finding.message
