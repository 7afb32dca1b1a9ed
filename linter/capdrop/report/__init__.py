"""What a run found, written out: one module a format.

A report sees sources and findings, never the engine that made them; `Result` is what it needs to know of a file.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol, TextIO

    from capdrop.finding import Confidence, Finding, Severity

    class DescribedRule(Protocol):
        """What a report tells about a rule; a `Rule` is one, so is a `RuleInfo`."""

        @property
        def name(self) -> str: ...
        @property
        def summary(self) -> str: ...
        @property
        def explanation(self) -> str: ...
        @property
        def severity(self) -> Severity: ...
        @property
        def confidence(self) -> Confidence: ...
        @property
        def references(self) -> tuple[str, ...]: ...
        @property
        def also_known_as(self) -> tuple[str, ...]: ...


FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")

DEFAULT_WIDTH = 100


class Result:
    """What came of one file.

    `outcome` is "analysed", "partly" or "not", `reasons` are (message, line, column) of what was not understood, and `broken`
    names the rules that raised on it, with the error's type. `told_once` are the reasons that people are told once for all files.
    `unsaid` are findings that nobody asked for, whose secrets are hidden all the same.
    """

    __slots__ = ("broken", "findings", "kind", "outcome", "path", "reasons", "told_once", "unsaid")

    def __init__(
        self,
        path: str,
        kind: str,
        outcome: str,
        reasons: Sequence[tuple[str, int, int]] = (),
        findings: Sequence[Finding] = (),
        broken: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.path = path
        self.kind = kind
        self.outcome = outcome
        self.reasons = reasons
        self.told_once: Sequence[str] = ()
        self.findings = findings
        self.unsaid: Sequence[Finding] = ()
        self.broken = tuple(dict.fromkeys(broken))

    def __repr__(self) -> str:
        return f"Result({self.path!r}, {self.outcome}, {len(self.findings)} findings)"


class RuleInfo:
    """What a report tells about a rule, for a caller that has no `Rule` at hand."""

    __slots__ = ("also_known_as", "confidence", "explanation", "name", "references", "severity", "summary")

    def __init__(
        self,
        name: str,
        summary: str,
        explanation: str,
        severity: Severity,
        confidence: Confidence,
        references: tuple[str, ...] = (),
        also_known_as: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.summary = summary
        self.explanation = explanation
        self.severity = severity
        self.confidence = confidence
        self.references = references
        self.also_known_as = also_known_as


class Settings:
    """How a report is to be written."""

    __slots__ = ("color", "rules", "show_suppressed", "version", "width")

    def __init__(
        self, rules: Mapping[str, DescribedRule], version: str, color: bool = False, show_suppressed: bool = False, width: int = 0
    ) -> None:
        self.rules = rules
        self.version = version
        self.color = color
        self.show_suppressed = show_suppressed
        self.width = width or DEFAULT_WIDTH


def write(
    format: str,  # noqa: A002 - the word of the command line
    results: Sequence[Result],
    out: TextIO,
    *,
    rules: Mapping[str, DescribedRule],
    version: str,
    color: bool = False,
    show_suppressed: bool = False,
    width: int = DEFAULT_WIDTH,
) -> None:
    """Write the results to `out` in one of `FORMATS`. `rules` maps the names of at least the rules that found something."""
    settings = Settings(rules, version, color, show_suppressed, width)
    if format == "text":
        from . import text

        text.write(results, out, settings)
    elif format == "json":
        from . import json

        json.write(results, out, settings)
    elif format == "sarif":
        from . import sarif

        sarif.write(results, out, settings)
    elif format == "github":
        from . import github

        github.write(results, out, settings)
    elif format == "gitlab":
        from . import gitlab

        gitlab.write(results, out, settings)
    elif format == "junit":
        from . import junit

        junit.write(results, out, settings)
    else:
        raise ValueError(f"no such format: {format}; one of {', '.join(FORMATS)}")
