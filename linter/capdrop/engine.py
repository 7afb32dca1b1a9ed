"""From one source to its findings."""

from __future__ import annotations

from functools import cache

from .finding import Edit, Finding, Fix, Note, Safety
from .reading import Gap, Reading
from .rule import breakage, judged
from .source import Source, Span, lowered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .dialects.context import Context
    from .discover import Kind
    from .model.cluster import Part
    from .model.subject import Subject
    from .model.workspace import BuildTarget, EnvUse
    from .reading import Joint, Overlay
    from .rulebook import Rulebook
    from .suppress import Reach
    from .together import Verdict

    class Dialect(Protocol):
        """What a module of `capdrop.dialects` offers."""

        def read(self, source: Source, context: Context) -> Reading: ...


MOST_KEPT = 5000
"""Subjects of a file that are at hand once rules have judged them."""
MOST_FOUND = 20_000
"""Findings in a file after which no more is judged."""
OTHER_TOOLS = (
    "hadolint", "skip=", ".io/skip", ":ignore:", "kics-scan", "nosem", ":allow", "trufflehog:", "ggignore", "kube-linter.io/",
    "kube-score/ignore", "fairwinds.com/",
)  # fmt: skip
"""What a text holds, in small letters, that silences another tool."""


_ENOUGH = f"after {MOST_FOUND:,} findings no more is judged"


class Analysis:
    """What came of one file: its `outcome` ("analysed", "partly" or "not") with reasons, its findings, and the rules that broke
    on it. `summary` is what it tells about other files, and `parts` what it adds to a cluster; `blocks` are the parts that a comment
    above covers as a whole. `verdict` is what was said of its parts, and `waits` is set where a comment silences rules on such
    parts that said nothing, which means nothing before all files were read. `overlay` is what it changes in other files, and
    `unsaid` are findings of rules that are not in force, of which only the secrets matter. `lacks_ways` is set where the ways out of
    secrets were not written."""

    __slots__ = (
        "blocks", "broken", "findings", "gaps", "kind", "lacks_ways", "overlay", "parts", "path", "source", "summary", "unsaid", "verdict",
        "waits",
    )  # fmt: skip

    def __init__(self, source: Source, kind: str) -> None:
        self.path = source.path
        self.kind = kind
        self.source = source
        self.findings: list[Finding] = []
        self.unsaid: list[Finding] = []
        self.gaps: list[Gap] = []
        self.broken: list[tuple[str, str]] = []
        self.summary: tuple[BuildTarget | EnvUse, ...] = ()
        self.parts: list[Part] = []
        self.blocks: list[Span] = []
        self.verdict: Verdict | None = None
        self.waits = False
        self.overlay: Overlay | None = None
        self.lacks_ways = False

    @property
    def outcome(self) -> str:
        if any(gap.blocks for gap in self.gaps):
            return "not"
        return "partly" if self.gaps else "analysed"


def analyse(source: Source, kind: Kind, book: Rulebook, context: Context, verdict: Verdict | None = None, *, ways: bool = True) -> Analysis:
    """Read a source by the dialect of its kind, let every rule judge what it finds, and apply the suppressions in it. `verdict` is
    what all files together say about its parts; without it they are judged by what this file says. `ways` is false where nobody asks
    how its secrets could come from outside."""
    analysis = Analysis(source, kind.name)
    context.place(source)
    try:
        reading = dialect(kind).read(source, context)
        reach = reach_of_comments(source)
        found, away, subjects = _judge_subjects(reading, reach, book, analysis.broken)
        if reading.parts:
            _judge_parts(analysis, reading, found, subjects, book, verdict)
        unheard = book.unheard
        if unheard:
            analysis.unsaid = [finding for finding in found if finding.rule in unheard]
            found = [finding for finding in found if finding.rule not in unheard]
        _take(analysis, reading, found, away, book)
        _show_ways_out(analysis, reading, subjects, ways=ways)
        _silence(analysis, reading, reach, book, whole=verdict is not None)
        if analysis.findings and book.heeds_other_tools:
            _heed_other_tools(reading, analysis.findings, book, subjects)
        analysis.gaps = reading.gaps
        analysis.summary = reading.summary
        analysis.parts = reading.parts
        analysis.overlay = reading.overlay
        analysis.blocks = reading.blocks
    except Exception as error:
        analysis.gaps = [Gap(Span(0, 0), f"capdrop itself failed ({type(error).__name__}); please report it", blocks=True)]
    return analysis


def _judge_subjects(
    reading: Reading, reach: Reach | None, book: Rulebook, broken: list[tuple[str, str]]
) -> tuple[list[Finding], list[Subject], list[Subject]]:
    """What rules say about the subjects of a reading, those subjects that stand in other files, and the first of all."""
    found: list[Finding] = []
    away: list[Subject] = []
    first: list[Subject] = []
    for subject in reading.subjects:
        if subject.source is not reading.source:
            away.append(subject)
        elif reach is not None:
            reach.note(subject)
        if len(first) < MOST_KEPT:
            first.append(subject)
        elif len(found) >= MOST_FOUND:
            if not reading.gaps or reading.gaps[-1].reason != _ENOUGH:
                reading.gaps.append(Gap(subject.span, _ENOUGH))
            continue
        for rule in book.on(subject):
            try:  # as `judged` does, without a call
                found += rule.findings(subject)
            except (Exception, SystemExit) as error:
                broken.append(breakage(rule, error))
    return found, away, first


def _take(analysis: Analysis, reading: Reading, found: list[Finding], away: list[Subject], book: Rulebook) -> None:
    """Put the findings in order, those in other files where they belong."""
    elsewhere = any(finding.source is not reading.source for finding in found)
    if elsewhere:
        from .elsewhere import lead_there, silence, tell_outside

        tell_outside(found)
        lead_there(reading, found)
    analysis.findings = numbered(joined(sorted(found, key=_place)))
    if elsewhere:
        silence(reading, away, analysis.findings, book)
    if any(not gap.by_design for gap in reading.gaps):
        without_fixes(analysis.findings, "not all of the file is understood")
    elif not reading.fixable:
        (shown_only if reading.shows_fixes else without_fixes)(analysis.findings, "the file is a template")


def _show_ways_out(analysis: Analysis, reading: Reading, subjects: list[Subject], *, ways: bool) -> None:
    """Write how secrets come from outside, where their rules do not know it."""
    kept = [finding for finding in analysis.findings if finding.hidden and _keeps_its_secret(finding)]
    analysis.lacks_ways = bool(kept) and not ways
    if kept and ways and reading.way_out is not None:
        way_out = reading.way_out()
        if len(subjects) < MOST_KEPT:
            way_out.take(subjects)
        for finding in kept:
            finding.fix = way_out.fix(finding) or finding.fix


def _keeps_its_secret(finding: Finding) -> bool:
    """Whether a finding is about a secret that its fix does not take out."""
    return finding.fix is not None and not finding.fix.edits and finding.span.covers(finding.hidden[0])


def _silence(analysis: Analysis, reading: Reading, reach: Reach | None, book: Rulebook, *, whole: bool) -> None:
    """Apply the comments in the file, and judge them."""
    if reach is not None:
        from .suppress import apply

        comments = list(apply(reading, analysis.findings, book, reach, whole=whole))
        if reading.serves is not None:
            for comment in comments:
                comment.unused = tuple(one for one in comment.unused if reading.serves.issuperset(book.subjects_of(one[0])))
        analysis.waits = any(comment.waits for comment in comments)
        said: list[Finding] = []
        for comment in comments:
            if len(said) >= MOST_FOUND:
                reading.gaps.append(Gap(comment.span, _ENOUGH))
                break
            said += [finding for rule in book.on(comment) for finding in judged(rule, comment, analysis.broken)]
        analysis.findings = sorted([*analysis.findings, *numbered(said)], key=_place)
    if "pragma:" in reading.source.text:
        from .pragmas import silence_secrets

        silence_secrets(reading.source, analysis.findings)


def _heed_other_tools(reading: Reading, findings: list[Finding], book: Rulebook, subjects: list[Subject]) -> None:
    """Apply the comments that silence other tools, also those of the files that this one was joined with."""
    places = {id(finding.source) for finding in findings}
    files: list[Reading | Joint] = [reading, *(other for other in reading.others if id(other.source) in places)]
    for one in files:
        low = lowered(one.source.text)
        if any(word in low for word in OTHER_TOOLS):
            from .other_tools import silence

            silence(one, findings, book, subjects)


def _judge_parts(
    analysis: Analysis, reading: Reading, found: list[Finding], subjects: list[Subject], book: Rulebook, verdict: Verdict | None
) -> None:
    from .together import verdict_on

    analysis.verdict = verdict if verdict is not None else verdict_on(reading.parts, reading.source, book)
    found += analysis.verdict.findings_in(reading, subjects)
    analysis.broken += analysis.verdict.broken


def reach_of_comments(source: Source) -> Reach | None:
    """Takes in how far a suppression would reach, where the text can hold one at all, well formed or not."""
    low = lowered(source.text)
    if "capdrop" not in low and "ignore" not in low:
        return None
    from .suppress import Reach, mentioned

    return Reach() if mentioned(low) else None


@cache
def dialect(kind: Kind) -> Dialect:
    """The module that reads a kind of file."""
    module: Dialect = __import__(f"capdrop.dialects.{kind.dialect}", fromlist=("read",))  # importlib would cost a millisecond
    return module


def joined(findings: list[Finding]) -> list[Finding]:
    """One finding where a rule says the same place is wrong for several subjects (an anchor, a pod's default), also where one of them has
    its name before it, or the action around it that writes it."""
    kept: dict[tuple[object, ...], Finding] = {}
    secrets: dict[tuple[str, str], Span] = {}
    notes: dict[int, dict[Note, None]] = {}
    for finding in findings:
        span = finding.span
        if finding.hidden and span.covers(finding.hidden[0]):
            span = finding.hidden[0]
            near = (finding.source.path, finding.rule)
            span = secrets[near] = secrets[near] if near in secrets and secrets[near].covers(span) else span
        key: tuple[object, ...] = (finding.source.path, span, finding.rule)
        first = kept.get(key, finding)
        if first.subject == finding.subject and first.message != finding.message:
            key = (*key, finding.message)
        first = kept.setdefault(key, finding)
        if first is finding:
            continue
        if first.subject != finding.subject:
            said = notes.setdefault(id(first), dict.fromkeys(first.notes))
            said.update(dict.fromkeys(finding.notes))
            said[Note(finding.source, finding.span, f"the same for {finding.subject}")] = None
        if first.fix is not None and finding.fix is not None:
            first.fix.touches += finding.fix.touches
            first.fix.edits += tuple(edit for edit in finding.fix.edits if _is_apart(edit, first.fix.edits))
    for first in kept.values():
        if id(first) in notes:
            first.notes = tuple(notes[id(first)])
    return list(kept.values())


def _is_apart(edit: Edit, others: tuple[Edit, ...]) -> bool:
    """Whether an edit is another one than these, and reaches none of them."""
    return bool(others) and not any(edit.span.start <= other.span.end and other.span.start <= edit.span.end for other in others)


def without_fixes(findings: list[Finding], why: str) -> None:
    """Take the edits from fixes for a file that must not be edited."""
    for finding in findings:
        if finding.fix is not None:
            finding.fix = Fix(finding.fix.title, caveat=why)


def shown_only(findings: list[Finding], why: str) -> None:
    """Let nobody apply the fixes for a template. Those that would replace actions of it lose their edits."""
    for finding in findings:
        fix = finding.fix
        if fix is not None:
            is_plain = fix.edits and not any("{{" in (edit.beside or finding.source)[edit.span] for edit in fix.edits)
            edits, caveat = (fix.edits, fix.caveat or why) if is_plain else ((), why)
            finding.fix = Fix(fix.title, edits, Safety.DISPLAY, caveat, fix.touches)


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
