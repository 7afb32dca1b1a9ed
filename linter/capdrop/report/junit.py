"""JUnit XML, which every CI service shows: a suite for each file, a failure for each finding."""

from __future__ import annotations

from .masks import Masks
from .safe import visible
from .words import complaints, severity_of, silencing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from capdrop.finding import Finding

    from . import DescribedRule, Result, Settings

_QUOTED = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("##", "#&#35;"))
_OUTCOMES = ("failure", "error", "skipped")


def write(results: Sequence[Result], out: TextIO, settings: Settings) -> None:
    """Write the suites. A file that was not wholly analysed, or that a rule broke on, has an error."""
    masks = Masks(results)
    suites = [(result.path, _cases(result, settings, masks)) for result in results]
    total = _attributes({"name": "capdrop"}) + _counts([case for _, cases in suites for case in cases])
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites{total}>\n')
    for path, cases in suites:
        out.write(f"<testsuite{_attributes({'name': path})}{_counts(cases)}>\n")
        for case in cases:
            out.write(case.xml(path))
        out.write("</testsuite>\n")
    out.write("</testsuites>\n")


class _Case:
    __slots__ = ("kind", "lines", "name", "outcome")

    def __init__(self, name: str, outcome: str = "", kind: str = "", lines: Sequence[str] = ()) -> None:
        self.name = name
        self.outcome = outcome
        self.kind = kind
        self.lines = lines

    def xml(self, path: str) -> str:
        """The case with its outcome: the first line is the message, all lines are the text."""
        head = f"<testcase{_attributes({'classname': path, 'name': self.name, 'file': path})}"
        if not self.outcome:
            return f"{head}/>\n"
        attributes = _attributes({"message": self.lines[0]} | ({"type": self.kind} if self.kind else {}))
        body = "\n".join(map(_quoted, self.lines))
        return f"{head}><{self.outcome}{attributes}>{body}</{self.outcome}></testcase>\n"


def _cases(result: Result, settings: Settings, masks: Masks) -> list[_Case]:
    cases = [
        _finding(finding, settings.rules, masks) for finding in result.findings if finding.suppressed is None or settings.show_suppressed
    ]
    for kind, message, line, column in complaints(result):
        cases.append(_Case(f"{kind} at {line}:{column}", "error", kind, [masks.text(message)]))
    return cases or [_Case("analysed")]


def _finding(finding: Finding, rules: Mapping[str, DescribedRule], masks: Masks) -> _Case:
    at = finding.source.position(finding.span.start)
    name = f"{finding.rule} at {at.line}:{at.column}"
    if finding.suppressed:
        return _Case(name, "skipped", "", [masks.text(silencing(finding.suppressed))])
    lines = [masks.text(finding.message), f"at {finding.source.path}:{at.line}:{at.column}"]
    rule = rules.get(finding.rule)
    if rule is not None and rule.summary:
        lines.append(f"why: {rule.summary}")
    return _Case(name, "failure", severity_of(finding).name.lower(), lines)


def _counts(cases: list[_Case]) -> str:
    outcomes = [case.outcome for case in cases]
    failures, errors, skipped = (str(outcomes.count(outcome)) for outcome in _OUTCOMES)
    return _attributes({"tests": str(len(cases)), "failures": failures, "errors": errors, "skipped": skipped})


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{_quoted(value)}"' for name, value in values.items())


def _quoted(text: str) -> str:
    """Text for XML: no character that XML forbids, and ASCII only, so that the stream's encoding does not matter."""
    text = visible(text)
    for character, entity in _QUOTED:
        text = text.replace(character, entity)
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
