"""The report for a person at a terminal or reading a log."""

from __future__ import annotations

from capdrop.finding import Safety

from .excerpt import excerpt
from .masks import Masks
from .safe import encodable, inert_log, visible
from .summary import summary
from .words import INCOMPLETE, RULE_BROKE, complaints, severity_of, silencing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from capdrop.finding import Finding, Fix

    from . import Result, Settings

_PAINTS = {
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "info": "34",
    "not": "1;31",
    "partly": "33",
    "name": "1",
    "dim": "2",
    "fix": "32",
}
_NARROWEST = 20


def write(results: Sequence[Result], out: TextIO, settings: Settings) -> None:
    """Write every finding with its line, then what was not analysed, then the summary."""
    writer = _Writer(settings, Masks(results))
    for result in results:
        for finding in result.findings:
            if finding.suppressed is None or settings.show_suppressed:
                out.write(encodable(inert_log(writer.finding(finding)), out))
        for line in writer.complaints(result):
            out.write(encodable(inert_log(line), out) + "\n")
    out.write(summary(results) + "\n")


class _Writer:
    __slots__ = ("color", "masks", "rules", "width")

    def __init__(self, settings: Settings, masks: Masks) -> None:
        self.color = settings.color
        self.width = settings.width
        self.rules = settings.rules
        self.masks = masks

    def finding(self, finding: Finding) -> str:
        """The block of a finding, with an empty line below."""
        severity = severity_of(finding).name.lower()
        at = finding.source.position(finding.span.start)
        suppressed = f" ({self._clean(silencing(finding.suppressed))})" if finding.suppressed else ""
        lines = [
            f"{self._place(finding.source.path, at.line, at.column)} {self._paint(severity, severity)} "
            f"{self._paint('name', visible(finding.rule))}: {self._clean(finding.message)}{suppressed}"
        ]
        lines += self._excerpt(finding, severity)
        for note in finding.notes:
            at = note.source.position(note.span.start)
            lines.append(f"  note: {visible(note.source.path)}:{at.line}:{at.column} {self._clean(note.message)}")
        rule = self.rules.get(finding.rule)
        if rule is not None and rule.summary:
            lines.append(f"  why: {visible(rule.summary)}")
        if finding.fix is not None:
            lines.append(f"  {self._fix(finding.fix)}")
        return "\n".join([*lines, "", ""])

    def complaints(self, result: Result) -> Iterator[str]:
        """What was not understood of a file, and which rules raised on it."""
        for kind, message, line, column in complaints(result):
            if kind == RULE_BROKE:
                yield f"{self._path(result.path)} {self._paint('not', self._clean(message))}"
            else:
                words = self._paint(result.outcome, INCOMPLETE[result.outcome])
                yield f"{self._place(result.path, line, column)} {words}: {self._clean(message)}"

    def _excerpt(self, finding: Finding, severity: str) -> list[str]:
        margin = len(str(finding.source.position(finding.span.start).line)) + len("   | ")
        shown = excerpt(finding.source, finding.span, self.masks, max(_NARROWEST, self.width - margin))
        if shown is None:
            return []
        number = str(shown.line)
        bar = self._paint("dim", "|")
        marker = " " * shown.indent + self._paint(severity, "^" * shown.length)
        return [f"  {self._paint('dim', number)} {bar} {shown.shown}", f"  {' ' * len(number)} {bar} {marker}"]

    def _fix(self, fix: Fix) -> str:
        if not fix.edits:
            return f"no automatic fix: {self._clean(fix.caveat or fix.title)}"
        caveat = f" ({self._clean(fix.caveat)})" if fix.caveat else ""
        safety = "shown only" if fix.safety is Safety.DISPLAY else fix.safety.name.lower()
        return f"{self._paint('fix', f'fix ({safety}):')} {self._clean(fix.title)}{caveat}"

    def _place(self, path: str, line: int, column: int) -> str:
        return self._paint("name", f"{_unlike_a_command(visible(path))}:{line}:{column}:")

    def _path(self, path: str) -> str:
        return self._paint("name", f"{_unlike_a_command(visible(path))}:")

    def _clean(self, text: str) -> str:
        return visible(self.masks.text(text))

    def _paint(self, paint: str, text: str) -> str:
        return f"\x1b[{_PAINTS[paint]}m{text}\x1b[0m" if self.color else text


def _unlike_a_command(path: str) -> str:
    """A path at the start of a line, told apart from a GitHub workflow command."""
    return f"./{path}" if path.lstrip().startswith("::") else path
