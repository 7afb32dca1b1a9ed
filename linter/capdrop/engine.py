"""From one source to its findings."""

from __future__ import annotations

from .finding import Finding, Fix, Note
from .reading import Gap, Reading
from .source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .dialects.context import Context
    from .discover import Kind
    from .model.workspace import BuildTarget
    from .rule import Rule
    from .rulebook import Rulebook
    from .suppress import Reach

    class Dialect(Protocol):
        """What a module of `capdrop.dialects` offers."""

        def read(self, source: Source, context: Context) -> Reading: ...


class Analysis:
    """What came of one file: its `outcome` ("analysed", "partly" or "not") with reasons, its findings, and the rules that broke
    on it. `summary` is what it tells about other files; `blocks` are the parts that a comment above covers as a whole."""

    __slots__ = ("blocks", "broken", "findings", "gaps", "kind", "path", "source", "summary")

    def __init__(self, source: Source, kind: str) -> None:
        self.path = source.path
        self.kind = kind
        self.source = source
        self.findings: list[Finding] = []
        self.gaps: list[Gap] = []
        self.broken: list[tuple[str, str]] = []
        self.summary: tuple[BuildTarget, ...] = ()
        self.blocks: list[Span] = []

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
        reach = reach_of_comments(source)
        found: list[Finding] = []
        for subject in reading.subjects:
            if reach is not None:
                reach.note(subject)
            for rule in book.on(subject):
                found += judged(rule, subject, analysis.broken)
        analysis.findings = numbered(joined(sorted(found, key=_place)))
        if not reading.fixable:
            without_fixes(analysis.findings)
        if reach is not None:
            from .suppress import apply

            comments = apply(reading, analysis.findings, book, reach)
            said = [finding for comment in comments for rule in book.on(comment) for finding in judged(rule, comment, analysis.broken)]
            analysis.findings = sorted([*analysis.findings, *numbered(said)], key=_place)
        analysis.gaps = reading.gaps
        analysis.summary = reading.summary
        analysis.blocks = reading.blocks
    except Exception as error:
        analysis.gaps = [Gap(Span(0, 0), f"capdrop itself failed ({type(error).__name__}); please report it", blocks=True)]
    return analysis


def reach_of_comments(source: Source) -> Reach | None:
    """Takes in how far a suppression would reach, where the text can hold one at all, well formed or not."""
    low = source.text.lower()
    if "capdrop" not in low and "ignore" not in low:
        return None
    from .suppress import Reach, mentioned

    return Reach() if mentioned(low) else None


def dialect(kind: Kind) -> Dialect:
    """The module that reads a kind of file."""
    module: Dialect = __import__(f"capdrop.dialects.{kind.dialect}", fromlist=("read",))  # importlib would cost a millisecond
    return module


def judged(rule: Rule, subject: object, broken: list[tuple[str, str]]) -> list[Finding]:
    """A rule's findings on a subject; a rule that raises is named in `broken` and the others go on."""
    try:
        return rule.findings(subject)
    except (Exception, SystemExit) as error:
        broken.append((rule.name, f"{type(error).__name__}{_place_in(rule, error)}"))
        return []


def _place_in(rule: Rule, error: BaseException) -> str:
    """Where in the file of its rule an error came up."""
    place, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == rule.check.__code__.co_filename:
            place = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def joined(findings: list[Finding]) -> list[Finding]:
    """One finding where a rule says the same place is wrong for several subjects (an anchor, a pod's default)."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        first = kept.setdefault((finding.source.path, finding.span, finding.rule), finding)
        if first is not finding and first.subject != finding.subject:
            first.notes = (*first.notes, *(note for note in finding.notes if note not in first.notes))
            first.notes = (*first.notes, Note(finding.source, finding.span, f"the same for {finding.subject}"))
            if first.fix is not None and finding.fix is not None:
                first.fix.touches += finding.fix.touches
    return list(kept.values())


def without_fixes(findings: list[Finding]) -> None:
    """Take the edits from fixes for a file that must not be edited."""
    for finding in findings:
        if finding.fix is not None:
            finding.fix = Fix(finding.fix.title, caveat="the file is a template")


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
