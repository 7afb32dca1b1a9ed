"""A rule: its name, what it judges, how it explains itself, and its check."""

from __future__ import annotations

from .finding import Confidence, Finding, Severity
from .source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    Check = Callable[..., Iterator[Finding]]

PROFILES = ("default", "strict", "off")


class Bad(Record):
    """A file that the rule speaks about. «Marks» stand around the exact spans; `fixed` is the file after the fix."""

    __slots__ = ("path", "written", "written_fixed")

    def __init__(self, path: str, text: str, fixed: str | None = None) -> None:
        self.path = path
        self.written = text
        self.written_fixed = fixed

    @property
    def text(self) -> str:
        return unindented(self.written)

    @property
    def fixed(self) -> str | None:
        return None if self.written_fixed is None else unindented(self.written_fixed)


class Good(Record):
    """A file that the rule is silent about."""

    __slots__ = ("path", "written")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.written = text

    @property
    def text(self) -> str:
        return unindented(self.written)


class Rule:
    """One rule. Its documentation is the check's docstring, and its options are the check's keyword-only parameters."""

    __slots__ = ("also_known_as", "check", "confidence", "examples", "name", "options", "profile", "references", "severity", "subjects")

    def __init__(
        self,
        name: str,
        check: Check,
        *,
        severity: Severity,
        confidence: Confidence,
        profile: str,
        references: str,
        also_known_as: str,
        examples: tuple[Bad | Good, ...],
    ) -> None:
        self.name = name
        self.check = check
        self.severity = severity
        self.confidence = confidence
        self.profile = profile
        self.references = tuple(part.strip() for part in references.split("·") if part.strip())
        self.also_known_as = tuple(also_known_as.split())
        self.examples = examples
        self.options: Mapping[str, Any] = {}
        annotation: str = next(iter(check.__annotations__.values()))
        self.subjects = tuple(part.strip() for part in annotation.split("|"))
        """Names of the subject types, from the annotation of the check's first parameter."""

    def __repr__(self) -> str:
        return f"Rule({self.name})"

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return (self.check.__doc__ or "").partition("\n")[0]

    @property
    def explanation(self) -> str:
        """The documentation below its first line."""
        return unindented((self.check.__doc__ or "").partition("\n")[2]).strip()

    @property
    def known_options(self) -> Mapping[str, Any]:
        """The options with their defaults."""
        return self.check.__kwdefaults__ or {}

    def findings(self, subject: object) -> Iterator[Finding]:
        """What the rule says about a subject, signed with the rule's name, severity and confidence."""
        for finding in self.check(subject, **self.options):
            finding.rule = self.name
            if finding.severity is None:
                finding.severity = self.severity
            if finding.confidence is None:
                finding.confidence = self.confidence
            yield finding


def rule(
    name: str,
    *,
    severity: Severity,
    confidence: Confidence = Confidence.HIGH,
    profile: str = "default",
    references: str = "",
    also_known_as: str = "",
    examples: tuple[Bad | Good, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a check: a generator of findings on the subject that its first parameter is annotated with."""

    def decorate(check: Check) -> Rule:
        return Rule(
            name,
            check,
            severity=severity,
            confidence=confidence,
            profile=profile,
            references=references,
            also_known_as=also_known_as,
            examples=examples,
        )

    return decorate


def unindented(text: str) -> str:
    """An example as a file: without the first line break and the indentation that the rule's source gives it."""
    lines = text.removeprefix("\n").split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines[:-1] if line.strip()), default=0)
    if not lines[-1].strip(" "):
        lines[-1] = ""
    return "\n".join(line[margin:] for line in lines)
