"""Rules on parts of a cluster, which several files hold."""

from __future__ import annotations

from .finding import Finding, Note
from .model.cluster import Cluster, Place, Wish
from .rule import judged
from .source import Record, Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .model.cluster import Part
    from .model.subject import Subject
    from .reading import Reading
    from .rulebook import Rulebook

SUBJECTS = frozenset(
    {"BorrowedVariables", "Cluster", "NetworkPolicy", "Role", "RoleBinding", "Route", "Service", "ServiceAccount", "Workload"}
)
"""What rules judge that may need other files."""


class Verdict(Record):
    """What rules say about the parts of one file, without the file's text; and those that broke."""

    __slots__ = ("broken", "findings")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.broken: list[tuple[str, str]] = []

    def findings_in(self, reading: Reading, subjects: list[Subject]) -> list[Finding]:
        """The findings, with the texts of the file and of those that it was joined with, and with their fixes as its subjects write
        them."""
        source = reading.source
        sources = {other.source.path: other.source for other in reading.others} | {source.path: source}
        for finding in self.findings:
            at = finding.span
            if isinstance(at, Place):
                finding.source = Source(at.path, "")
                finding.span = Span(at.start, at.end)
            finding.source = sources.get(finding.source.path, finding.source)
            finding.notes = tuple(_placed(note, sources) for note in finding.notes)
        wishes = [(finding, finding.fix) for finding in self.findings if isinstance(finding.fix, Wish)]
        writers: dict[str, list[Subject]] = {}
        for subject in subjects if wishes else ():
            if subject.source is source:
                writers.setdefault(subject.address, []).append(subject)
        for finding, wish in wishes:
            finding.fix = wish.granted(writers.get(finding.subject, ()))
        return self.findings

    @property
    def key(self) -> tuple[object, ...]:
        """What two verdicts that say the same have in common."""
        return ([_key(finding) for finding in self.findings], self.broken)


def _key(finding: Finding) -> tuple[object, ...]:
    notes = [(note.source.path, note.span.start, note.message) for note in finding.notes]
    return (finding.rule, finding.span.start, finding.severity, finding.message, notes)


def verdict_on(parts: list[Part], source: Source, book: Rulebook) -> Verdict:
    """What rules say about the parts of one file by what it says itself."""
    cluster = Cluster(parts, whole=False)
    verdict = _verdicts(cluster, book).get(source.path)
    cluster.release()
    return verdict or Verdict()


def verdicts(parts: Iterable[Part], book: Rulebook, text_of: Callable[[str], str | None], *, whole: bool) -> dict[str, Verdict]:
    """What rules say about the parts of many files, by the path of the file; their notes hold the texts that they speak about."""
    found = _verdicts(Cluster(parts, whole=whole), book)
    sources: dict[str, Source | None] = {}
    for verdict in found.values():
        for finding in verdict.findings:
            finding.notes = tuple(_read(note, sources, text_of) for note in finding.notes)
    return found


def _verdicts(cluster: Cluster, book: Rulebook) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    judgements: list[tuple[Part | Cluster, str]] = [(part, part.source.path) for part in (*cluster.parts, *cluster.joined)]
    for part, path in [*judgements, (cluster, judgements[0][1])]:
        rules = book.on(part)
        if rules:
            broken: list[tuple[str, str]] = []
            for finding in [finding for rule in rules for finding in judged(rule, part, broken)]:
                if isinstance(finding.span, Place):
                    finding.notes = (*finding.span.trail, *finding.notes)
                found.setdefault(finding.source.path, Verdict()).findings.append(finding)
            if broken:
                found.setdefault(path, Verdict()).broken.extend(broken)
    return found


def _placed(note: Note, sources: dict[str, Source]) -> Note:
    source = sources.get(note.source.path)
    return Note(source, note.span, note.message) if source is not None else note


def _read(note: Note, sources: dict[str, Source | None], text_of: Callable[[str], str | None]) -> Note:
    """A note with the text of its file; one on a file that cannot be read any more keeps its path."""
    path = note.source.path
    if path not in sources:
        text = text_of(path)
        sources[path] = Source(path, text) if text is not None else None
    return Note(sources[path] or note.source, note.span, note.message)
