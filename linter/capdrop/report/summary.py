"""The line that ends a report for people."""

from __future__ import annotations

from capdrop.finding import Safety, Severity

from .words import INCOMPLETE, counted, severity_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from capdrop.finding import Finding

    from . import Result

_OUTCOMES = {"analysed": "analysed", "partly": "partly", "not": INCOMPLETE["not"]}


def summary(results: Sequence[Result]) -> str:
    """How much was found, how much of it can be mended, and how much was looked at."""
    findings = [finding for result in results for finding in result.findings]
    shown = [finding for finding in findings if finding.suppressed is None]
    parts = [_found(shown)]
    if len(shown) < len(findings):
        parts.append(f"{len(findings) - len(shown)} suppressed")
    parts += _fixable(shown)
    line = f"{', '.join(parts)}; {_files(results)}"
    broken = len({rule for result in results for rule, _ in result.broken})
    return f"{line}; {counted(broken, 'rule')} broke" if broken else line


def _found(findings: list[Finding]) -> str:
    if not findings:
        return "no findings"
    severities = [severity_of(finding) for finding in findings]
    counts = [f"{severities.count(severity)} {severity.name.lower()}" for severity in reversed(Severity) if severity in severities]
    return f"{counted(len(findings), 'finding')} ({', '.join(counts)})"


def _fixable(findings: list[Finding]) -> list[str]:
    safeties = [finding.fix.safety for finding in findings if finding.fix is not None]
    safe, unsafe = safeties.count(Safety.SAFE), safeties.count(Safety.UNSAFE)
    if safe:
        return [f"{safe} fixable with `capdrop fix --apply`", *([f"{unsafe} more with --unsafe"] if unsafe else [])]
    return [f"{unsafe} fixable with `capdrop fix --apply --unsafe`"] if unsafe else []


def _files(results: Sequence[Result]) -> str:
    if not results:
        return "no files"
    outcomes = [result.outcome for result in results]
    counts = [f"{outcomes.count(outcome)} {words}" for outcome, words in _OUTCOMES.items() if outcome in outcomes]
    return f"{counted(len(results), 'file')}: {', '.join(counts)}"
