"""`capdrop fix`: a diff, or the files written."""

from __future__ import annotations

import sys
from difflib import unified_diff

from .discover import kind_of
from .finding import Safety
from .fixer import Fixed, Refusal, Workbench, fix, write
from .report.safe import visible
from .run import check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .config import Config
    from .dialects.context import Context
    from .engine import Analysis
    from .finding import Confidence, Finding
    from .rulebook import Rulebook
    from .source import Source

MASK = "****"


def fix_files(paths: list[str], config: Config, book: Rulebook, least: Confidence, *, apply: bool, unsafe: bool) -> int:
    """Show or apply the fixes of these files; returns 1 where there were any, 3 where a file was not analysed, else 0."""
    run = check(paths, config, book)
    safety = Safety.UNSAFE if unsafe else Safety.SAFE
    changed = left = 0
    failed = any(analysis.outcome == "not" or analysis.broken for analysis in run.analyses)
    for analysis in run.analyses:
        result = fix_one(analysis, book, run.context, safety, least)
        if result is None:
            continue
        if result.applied and (not apply or _written(analysis, result)):
            changed += len(result.applied)
            if not apply:
                sys.stdout.writelines(diff(analysis, result.source))
        left += len(result.left)
        for finding, reason in result.left:
            _say(f"{analysis.path}: not fixed: {finding.rule} ({finding.subject}): {reason}")
    _say(_summary(changed, left, apply))
    return 3 if failed else 1 if changed else 0


def fix_one(analysis: Analysis, book: Rulebook, context: Context, safety: Safety, least: Confidence) -> Fixed | None:
    """The fixes of one file that can be proved; None where nothing asks for one."""
    wanted = frozenset((finding.rule, finding.subject) for finding in analysis.findings if _asks(finding, safety, least))
    kind = kind_of(analysis.path, analysis.source.text) if wanted else None
    if kind is None:
        return None
    return fix(analysis.source, Workbench(kind, book, context), safety, wanted)


def diff(analysis: Analysis, after: Source) -> Iterator[str]:
    """A unified diff that `git apply` takes, with secrets masked where they stand in it."""
    path = visible(analysis.path).lstrip("/")
    secrets = [line for f in analysis.findings for span in f.hidden for line in analysis.source[span].split("\n") if line.strip()]
    before_lines = analysis.source.text.splitlines(keepends=True)
    after_lines = after.text.splitlines(keepends=True)
    for line in unified_diff(before_lines, after_lines, f"a/{path}", f"b/{path}"):
        for secret in secrets:
            line = line.replace(secret, MASK)
        body = line.rstrip("\r\n")
        ending = line[len(body) :]
        yield _kept(body) + ending
        if not ending:
            yield "\n\\ No newline at end of file\n"


def _kept(text: str) -> str:
    return "\t".join(visible(part) for part in text.split("\t"))


def _asks(finding: Finding, safety: Safety, least: Confidence) -> bool:
    sure = finding.confidence is not None and finding.confidence >= least
    return sure and finding.suppressed is None and finding.fix is not None and finding.fix.safety >= safety


def _written(analysis: Analysis, result: Fixed) -> bool:
    try:
        write(analysis.path, analysis.source, result.source)
    except Refusal as refusal:
        _say(f"{analysis.path}: not written: {refusal}")
        return False
    _say(f"{analysis.path}: fixed {', '.join(sorted({finding.rule for finding in result.applied}))}")
    return True


def _summary(changed: int, left: int, applied: bool) -> str:
    done = "fixed" if applied else "can be fixed; --apply writes the changes"
    return f"{changed} finding{'' if changed == 1 else 's'} {done}" + (f", {left} left" if left else "")


def _say(message: str) -> None:
    sys.stderr.write(f"{visible(message)}\n")
