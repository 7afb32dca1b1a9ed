"""From one source to its findings."""

from __future__ import annotations

from .finding import Finding, Note
from .model.container import Container
from .model.kubernetes_object import KubernetesObject
from .model.stage import Stage
from .reading import Gap, Reading
from .source import Source, Span
from .suppress import Heads, apply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from .dialects.context import Context
    from .discover import Kind
    from .model.subject import Subject
    from .rule import Rule
    from .rulebook import Rulebook

    class Dialect(Protocol):
        """What a module of `capdrop.dialects` offers."""

        def read(self, source: Source, context: Context) -> Reading: ...


class Analysis:
    """What came of one file: its `outcome` ("analysed", "partly" or "not") with reasons, its findings, and the rules that broke
    on it. `summary` is what it tells about other files."""

    __slots__ = ("broken", "findings", "gaps", "kind", "path", "source", "summary")

    def __init__(self, source: Source, kind: str) -> None:
        self.path = source.path
        self.kind = kind
        self.source = source
        self.findings: list[Finding] = []
        self.gaps: list[Gap] = []
        self.broken: list[tuple[str, str]] = []
        self.summary: tuple[object, ...] = ()

    @property
    def outcome(self) -> str:
        if any(gap.blocks for gap in self.gaps):
            return "not"
        return "partly" if self.gaps else "analysed"


def analyse(source: Source, kind: Kind, book: Rulebook, context: Context) -> Analysis:
    """Read a source by the dialect of its kind, let every rule judge what it finds, and apply the suppressions in it."""
    analysis = Analysis(source, kind.name)
    try:
        reading = dialect(kind).read(source, context)
        heads = Heads()
        found = [
            finding
            for subject in noted(reading, heads)
            for rule in book.on(subject)
            for finding in guarded(rule, subject, analysis.broken)
        ]
        analysis.findings = numbered(joined(sorted(found, key=_place)))
        comments = apply(reading, analysis.findings, book, heads)
        analysis.findings += [
            finding for comment in comments for rule in book.on(comment) for finding in guarded(rule, comment, analysis.broken)
        ]
        analysis.gaps = reading.gaps
        analysis.summary = reading.summary
    except Exception as error:
        analysis.gaps = [Gap(Span(0, 0), f"capdrop itself failed ({type(error).__name__}); please report it", blocks=True)]
    return analysis


def dialect(kind: Kind) -> Dialect:
    """The module that reads a kind of file."""
    from importlib import import_module

    module: Dialect = import_module(f"capdrop.dialects.{kind.dialect}")  # type: ignore[assignment]
    return module


def noted(reading: Reading, heads: Heads) -> Iterator[Subject]:
    """The subjects of a reading, noting on which lines those begin that hold others."""
    wanted = "capdrop" in reading.source.text
    for subject in reading.subjects:
        if wanted and isinstance(subject, Container | Stage | KubernetesObject):
            heads.add(subject.source.position(subject.span.start).line, subject.address)
        yield subject


def guarded(rule: Rule, subject: object, broken: list[tuple[str, str]]) -> Iterable[Finding]:
    """A rule's findings on a subject; a rule that raises is named in `broken` and the others go on."""
    try:
        yield from rule.findings(subject)
    except Exception as error:
        broken.append((rule.name, type(error).__name__))


def joined(findings: list[Finding]) -> list[Finding]:
    """One finding where a rule says the same place is wrong for several subjects (an anchor, a pod's default)."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        first = kept.setdefault((finding.source.path, finding.span, finding.rule), finding)
        if first is not finding and first.subject != finding.subject:
            first.notes = (*first.notes, *(note for note in finding.notes if note not in first.notes))
            first.notes = (*first.notes, Note(finding.source, finding.span, f"the same for {finding.subject}"))
    return list(kept.values())


def numbered(findings: list[Finding]) -> list[Finding]:
    """Give each finding its ordinal among those of its rule and subject."""
    seen: dict[tuple[str, str, str], int] = {}
    for finding in findings:
        key = (finding.source.path, finding.rule, finding.subject)
        finding.ordinal = seen.get(key, -1) + 1
        seen[key] = finding.ordinal
    return findings


def _place(finding: Finding) -> tuple[str, int, int, str]:
    return (finding.source.path, finding.span.start, finding.span.end, finding.rule)
