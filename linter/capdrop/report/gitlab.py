"""GitLab's code quality report: an array of issues."""

from __future__ import annotations

from capdrop.finding import Severity

from .identity import digest, fingerprint
from .masks import Masks
from .objects import write_items
from .paths import relative
from .safe import exact, visible
from .words import RULE_BROKE, complaints, severity_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from capdrop.finding import Finding

    from . import Result, Settings
    from .objects import Object

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}
_COMPLAINTS = {"not-analysed": "critical", "partly-analysed": "minor", RULE_BROKE: "critical"}


def write(results: Sequence[Result], out: TextIO, settings: Settings) -> None:
    """Write the array, one issue a line. It knows no suppressed issues, so they are left out."""
    masks = Masks(results)
    write_items((issue for result in results for issue in _issues(result, settings, masks)), out)
    out.write("\n")


def _issues(result: Result, settings: Settings, masks: Masks) -> Iterator[Object]:
    for finding in result.findings:
        if finding.suppressed is None or settings.show_suppressed:
            yield _issue(finding, masks)
    for number, (kind, message, line, _) in enumerate(complaints(result)):
        message = visible(masks.text(message))
        mark = digest(result.path, kind, str(number))
        yield _entry(kind, message, _COMPLAINTS[kind], mark, {"path": exact(relative(result.path)), "lines": {"begin": line}})


def _issue(finding: Finding, masks: Masks) -> Object:
    line = finding.source.position(finding.span.start).line
    location = {"path": exact(relative(finding.source.path)), "lines": {"begin": line}}
    message = visible(masks.text(finding.message))
    return _entry(exact(finding.rule), message, _SEVERITIES[severity_of(finding)], fingerprint(finding, masks), location)


def _entry(name: str, message: str, severity: str, mark: str, location: Object) -> Object:
    return {
        "description": f"{visible(name)}: {message}",
        "check_name": name,
        "fingerprint": mark,
        "severity": severity,
        "location": location,
    }
