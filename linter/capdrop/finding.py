"""What a rule says about a place, and the edits that would mend it."""

from __future__ import annotations

from enum import IntEnum

from .source import Record, Source, Span


class Severity(IntEnum):
    """What goes wrong if the finding is true."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Confidence(IntEnum):
    """How sure we are that it is true."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Safety(IntEnum):
    """What applying a fix may do to the workload."""

    DISPLAY = 0
    """Shown, never applied."""
    UNSAFE = 1
    """May break the workload; applied when asked for."""
    SAFE = 2
    """Behaviour is kept, or only the hole is closed."""


class Edit(Record):
    """New text for a span of the finding's source, or of another file, `beside` it; one that is not there yet is empty."""

    __slots__ = ("beside", "span", "text")

    def __init__(self, span: Span, text: str, beside: Source | None = None) -> None:
        self.span = span
        self.text = text
        self.beside = beside


class Fix(Record):
    """A change that would mend a finding.

    A change that the writer refused has no edits, is `Safety.DISPLAY`, and its caveat says why. One of `Safety.DISPLAY` with edits
    shows a better way that somebody has to complete. `touches` names the facts that
    it may alter, each with its subject's address (the subject's type for a fact that takes all of it away, `+` and the type for
    one that adds some); its proof demands that all others stay equal.
    """

    __slots__ = ("caveat", "edits", "safety", "title", "touches")

    def __init__(
        self,
        title: str,
        edits: tuple[Edit, ...] = (),
        safety: Safety = Safety.UNSAFE,
        caveat: str = "",
        touches: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.title = title
        self.touches = touches
        self.edits = edits
        self.safety = safety if edits else Safety.DISPLAY
        self.caveat = caveat


class Note(Record):
    """A second place worth showing."""

    __slots__ = ("message", "source", "span")

    def __init__(self, source: Source, span: Span, message: str) -> None:
        self.source = source
        self.span = span
        self.message = message


IN_THE_FILE = ("comment", "annotation")
"""How it is called at the end what silences a finding in the file itself."""


class Suppression(Record):
    """How a finding was silenced ("comment", "annotation", "configuration", "baseline", "hadolint comment"), and why."""

    __slots__ = ("how", "reason")

    def __init__(self, how: str, reason: str = "") -> None:
        self.how = how
        self.reason = reason


class Finding:
    """One thing wrong at one place.

    A rule makes it through its subject; the engine signs it with the rule's name, severity and confidence, and with its
    ordinal among the findings of that rule on that subject. `hidden` spans hold secrets: nothing that prints may show them.
    """

    __slots__ = (
        "confidence",
        "fix",
        "hidden",
        "message",
        "notes",
        "ordinal",
        "rule",
        "severity",
        "source",
        "span",
        "subject",
        "suppressed",
    )

    def __init__(
        self,
        source: Source,
        span: Span,
        message: str,
        *,
        subject: str = "",
        fix: Fix | None = None,
        notes: tuple[Note, ...] = (),
        hidden: tuple[Span, ...] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        rule: str = "",
    ) -> None:
        self.source = source
        self.span = span
        self.message = message
        self.subject = subject
        self.fix = fix
        self.notes = notes
        self.hidden = hidden
        self.severity = severity
        self.confidence = confidence
        self.rule = rule
        self.ordinal = 0
        self.suppressed: Suppression | None = None

    def __repr__(self) -> str:
        return f"Finding({self.rule} at {self.source.path}:{self.span.start}: {self.message})"

    @property
    def identity(self) -> tuple[str, str, str, int]:
        """Path, rule, subject address and ordinal: no line, no message, no secret."""
        return (self.source.path, self.rule, self.subject, self.ordinal)
