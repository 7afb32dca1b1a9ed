"""Fixes: choose, splice, prove, repeat. What is not proved is not written."""

from __future__ import annotations

import os

from .discover import kind_of
from .engine import Analysis, analyse, dialect
from .files import FilesChanged, stays_inside
from .finding import Edit, Finding, Safety
from .ranges import Ranges
from .source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .dialects.context import Context
    from .discover import Kind
    from .rulebook import Rulebook

    Facts = dict[str, list[dict[str, object]]]
    Wanted = frozenset[tuple[str, str]]
    Beside = dict[str, tuple[Source, Source]]
    Edits = dict[str, list[Edit]]

MOST_ROUNDS = 20
MOST_PASSES = 50
"""How often a file is looked at again for findings that came up in the place of others: of the stages of a Dockerfile that are built on
one and lack a user, one is told at a time."""

_FOLLOWING = frozenset({"secret_variables"})
"""Facts that follow from others, so that no edit is about them alone."""


class Refusal(Exception):
    """A fix that could not be proved, or a file that must not be written; the message says why."""


class Fixed:
    """What became of a file: its source after the fixes, which findings they mended, and which were left and why. `bench` holds what
    became of the files beside it."""

    __slots__ = ("applied", "bench", "left", "source")

    def __init__(self, source: Source, bench: Workbench) -> None:
        self.source = source
        self.bench = bench
        self.applied: list[Finding] = []
        self.left: list[tuple[Finding, str]] = []


class Proved:
    """Findings whose fixes were proved together, with what becomes of the file, and the bench with what they did beside it."""

    __slots__ = ("bench", "findings", "source")

    def __init__(self, findings: list[Finding], source: Source, bench: Workbench) -> None:
        self.findings = findings
        self.source = source
        self.bench = bench


class Content:
    """What a file holds, as a proof compares it: the facts of every subject by the subject's type and address, the comments, and
    the leaves of its tree with the keys that lead to them. `shared` are the addresses that several subjects of one type have."""

    __slots__ = ("comments", "facts", "leaves", "shared", "source")

    def __init__(self, source: Source, facts: Facts, comments: list[tuple[str, Span]], leaves: list[tuple[str, Span]]) -> None:
        self.source = source
        self.facts = facts
        self.comments = comments
        self.leaves = leaves
        self.shared = frozenset(key.partition(" ")[2] for key, states in facts.items() if len(states) > 1)


class Workbench:
    """One kind of file, with what it takes to analyse it again. `beside` are the files that fixes have changed or made beside those
    that they are for: each as it was and as it is now, by its absolute path. What the last two sources are found to be and to hold is
    remembered."""

    __slots__ = ("_analyses", "_contents", "_given", "beside", "book", "context", "kind")

    def __init__(self, kind: Kind, book: Rulebook, context: Context, beside: Beside | None = None) -> None:
        self.kind = kind
        self.book = book
        self.beside = beside or {}
        self._given = self.context = context
        self._analyses: list[Analysis] = []
        self._contents: list[Content] = []
        if beside and context.files is not None:
            self.context = context.with_files(FilesChanged(context.files, [after for _, after in beside.values()]))

    def with_edits(self, edits: Iterable[Edit]) -> Workbench:
        """The same after edits in files beside."""
        beside = dict(self.beside)
        for path, own in by_path(edit for edit in edits if edit.beside is not None).items():
            now = own[0].beside
            assert now is not None
            before = beside[path][0] if path in beside else now
            beside[path] = (before, now.with_text(splice(now.text, own)))
        return self if beside == self.beside else Workbench(self.kind, self.book, self._given, beside)

    def analyse(self, source: Source, *, ways: bool = True) -> Analysis:
        """What rules say about a source; without the ways out of secrets where nobody will go them."""
        known = next((one for one in self._analyses if one.source is source and not (ways and one.lacks_ways)), None)
        if known is None:
            known = analyse(source, self.kind, self.book, self.context, ways=ways)
        self._analyses = [known, *(one for one in self._analyses if one is not known)][:2]
        return known

    def content(self, source: Source) -> Content:
        """What a source holds."""
        known = next((one for one in self._contents if one.source is source), None)
        if known is None:
            known = self._read(source)
        self._contents = [known, *(one for one in self._contents if one is not known)][:2]
        return known

    def _read(self, source: Source) -> Content:
        reading = dialect(self.kind).read(source, self.context)
        facts: Facts = {}
        for subject in reading.subjects:
            state = dict(subject.state())
            if state:
                facts.setdefault(f"{type(subject).__name__} {subject.address}", []).append(state)
        return Content(source, facts, [("", span) for span in reading.comments()], list(reading.leaves()))


def splice(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits that lie apart. Of two at one place the first comes first."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=_place):
        parts += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    return "".join([*parts, text[at:]])


def fix(source: Source, bench: Workbench, least: Safety, wanted: Wanted | None = None) -> Fixed:
    """Apply every fix of at least this safety that can be proved, to a fixed point. `wanted` holds the rule and subject of the
    findings to mend, where not all of them."""
    result = Fixed(source, bench)
    again = True
    for _ in range(MOST_ROUNDS):
        if not again:
            break
        before = result.bench.analyse(result.source)
        again = _round(before, _candidates(before, least, wanted), result)
    return result


def fix_on(
    source: Source,
    bench: Workbench,
    wanted: Wanted,
    once: Callable[[Source, Workbench, Wanted], Fixed],
    found: Callable[[Analysis], Iterable[Finding]],
) -> Fixed:
    """Fix `once`, and again what is then `found` that could not be fixed before: lesser findings in the place of others, such as are now
    sure, and such as can be written now."""
    fixed = Fixed(source, bench)
    known = keys_of(finding for finding in found(bench.analyse(source)) if finding.fix is not None and finding.fix.edits)
    for _ in range(MOST_PASSES):
        applied, left = fixed.applied, fixed.left
        fixed = once(fixed.source, fixed.bench, wanted)
        wanted = keys_of(found(fixed.bench.analyse(fixed.source))) - known if fixed.applied else frozenset()
        known |= wanted
        fixed.applied[:0], fixed.left[:0] = applied, left
        if not wanted:
            break
    return fixed


def keys_of(findings: Iterable[Finding]) -> Wanted:
    """The rule and subject of each."""
    return frozenset((finding.rule, finding.subject) for finding in findings)


def provable(before: Analysis, findings: list[Finding], bench: Workbench) -> list[Finding]:
    """Those of the findings whose fixes can be proved: together as far as they lie apart, for each is only shown."""
    assert before.source is not None
    found, waiting = Fixed(before.source, bench), findings
    while waiting:
        group = _apart([], waiting, bench.content(before.source).shared)
        found.applied += _proved(before, Proved([], before.source, bench), group, found).findings
        tried = {id(finding) for finding in group}
        waiting = [finding for finding in waiting if id(finding) not in tried]
    return found.applied


def prove(before: Analysis, findings: list[Finding], bench: Workbench) -> tuple[Source, Workbench]:
    """The source after the fixes of these findings, and the bench with what they did beside it.

    Raises `Refusal` unless it is read as well as before, the findings are gone, none is new (but for a lesser one about the
    same subject or what holds it), and no comment and nothing else has changed; and unless nothing new is found in files beside it,
    which are only added to, but by fixes that are never applied.
    """
    source = before.source
    assert source is not None
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    edits = [edit for fix in fixes for edit in fix.edits if edit.beside is None]
    after_source = source.with_text(splice(source.text, edits)) if edits else source
    if any(edit.beside is not None and len(edit.span) for fix in fixes if fix.safety is not Safety.DISPLAY for edit in fix.edits):
        raise Refusal("something in another file would be replaced")
    after_bench = bench.with_edits(edit for fix in fixes for edit in fix.edits)
    after = after_bench.analyse(after_source, ways=False)
    if unread(after) != unread(before):
        raise Refusal("the file would not be read as before")
    _findings_are_gone(before, after, findings)
    on_comments = by_path(edit for fix in fixes for edit in fix.edits if any(fact == "comment" for _, fact in fix.touches))
    _nothing_is_spoiled_beside(bench, after_bench, by_path(edit for fix in fixes for edit in fix.edits), on_comments)
    old, new = bench.content(source), after_bench.content(after_source)
    other_texts_are_equal(old, new, edits, on_comments.get("", []))
    other_facts_are_equal(old.facts, new.facts, {touched for fix in fixes for touched in fix.touches})
    return after_source, after_bench


def other_texts_are_equal(old: Content, new: Content, edits: list[Edit], on_comments: list[Edit]) -> None:
    """Raise `Refusal` where a comment, or a leaf of the tree, that edits do not reach is another one."""
    if _untouched(old.source, old.comments, _ranges(on_comments)) != _untouched(new.source, new.comments, _ranges_after(on_comments)):
        raise Refusal("a comment would be lost")
    if _untouched(old.source, old.leaves, _ranges(edits)) != _untouched(new.source, new.leaves, _ranges_after(edits)):
        raise Refusal("something else in the file would change")
    if _without_value(new) - _without_value(old):
        raise Refusal("a key would be left without a value")


def unread(analysis: Analysis) -> list[bool]:
    """Whether each part that could not be read, though it should have been, is all of the file."""
    return [gap.blocks for gap in analysis.gaps if not gap.by_design]


def write(path: str, before: Source, after: Source) -> None:
    """Replace a file as a whole, keeping its mode, or make one that was not there and is empty before. Raises `Refusal` where it is a
    link or leads out of the repository, is read-only or has changed meanwhile."""
    if os.path.islink(path):
        raise Refusal("it is a link")
    is_there = os.path.exists(path)
    if is_there:
        if not os.access(path, os.W_OK):
            raise Refusal("it is read-only")
        with open(path, "rb") as file:
            if file.read() != before.encode():
                raise Refusal("it has changed meanwhile")
    elif before.text:
        raise Refusal("it is gone")
    elif not stays_inside(path):
        raise Refusal("it would lie outside of its repository")
    temporary = f"{path}.capdrop-{os.getpid()}"
    try:
        with open(temporary, "xb") as file:
            file.write(after.encode())
            file.flush()
            os.fsync(file.fileno())
        if is_there:
            os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, path)
    except OSError as error:
        raise Refusal(error.strerror or "it cannot be written") from None
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _candidates(analysis: Analysis, least: Safety, wanted: Wanted | None) -> list[Finding]:
    """The findings whose fixes may be applied."""
    return [
        finding
        for finding in analysis.findings
        if finding.fix is not None
        and finding.fix.edits
        and finding.fix.safety >= least
        and finding.suppressed is None
        and finding.source is analysis.source
        and (wanted is None or (finding.rule, finding.subject) in wanted)
    ]


def _round(before: Analysis, candidates: list[Finding], result: Fixed) -> bool:
    """Apply what can be proved together; returns whether there was any, for then others may be left that overlap with it."""
    result.left = []
    proved = _proved(before, Proved([], result.source, result.bench), candidates, result)
    result.source, result.bench = proved.source, proved.bench
    result.applied.extend(proved.findings)
    return bool(proved.findings)


def _proved(before: Analysis, kept: Proved, candidates: list[Finding], result: Fixed) -> Proved:
    """What is kept, with those of the candidates whose proof holds beside it: tried at once, and where that fails each half by itself."""
    added = _apart(kept.findings, candidates, result.bench.content(result.source).shared)
    if not added:
        return kept
    findings = [*kept.findings, *added]
    try:
        return Proved(findings, *prove(before, findings, result.bench))
    except Refusal as refusal:
        if len(candidates) == 1:
            result.left.append((candidates[0], str(refusal)))
            return kept
    half = len(candidates) // 2
    return _proved(before, _proved(before, kept, candidates[:half], result), candidates[half:], result)


def _apart(kept: list[Finding], candidates: list[Finding], shared: frozenset[str]) -> list[Finding]:
    """The candidates that need not wait for others, as they neither edit the same text nor change the same fact (two items of one list);
    at an address that is shared there is one fact for each subject."""
    ranges: dict[str, Ranges] = {}
    touched: set[tuple[str, str]] = set()
    apart: list[Finding] = []
    for finding in [*kept, *candidates]:
        assert finding.fix is not None
        own = by_path(finding.fix.edits)
        is_kept = len(apart) < len(kept)
        touches = {(where, fact) for where, fact in finding.fix.touches if where not in shared and fact not in _FOLLOWING}
        waits = any(path in ranges and ranges[path].touch(edit.span) for path, edits in own.items() for edit in edits)
        if is_kept or not (waits or not touched.isdisjoint(touches)):
            apart.append(finding)
            touched |= touches
            for path, edits in own.items():
                taken = ranges.setdefault(path, Ranges())
                for edit in edits:
                    taken.add(edit.span)
    return apart[len(kept) :]


def _findings_are_gone(before: Analysis, after: Analysis, mended: list[Finding]) -> None:
    room = _counted(before.findings)
    for finding in mended:
        room[finding.rule, finding.subject] -= 1
    gone = {(finding.rule, finding.subject) for finding in mended}
    room_for = _room_for(mended)
    for finding in after.findings:
        key = (finding.rule, finding.subject)
        room[key] = room.get(key, 0) - 1
        if room[key] >= 0:
            continue
        if key in gone:
            raise Refusal(f"the finding would stay ({finding.rule})")
        if (finding.severity or 0) >= room_for.get(finding.subject, 0):
            raise Refusal(f"there would be a new finding ({finding.rule})")


def _room_for(mended: list[Finding]) -> dict[str, int]:
    """How severe what comes up in the place of mended findings must not be, by the subjects that they or their fixes are about, and what
    holds these. Where somebody has to complete a fix, it may be as bad."""
    worst: dict[str, int] = {}
    for finding in mended:
        assert finding.fix is not None
        limit = (finding.severity or 0) + (finding.fix.safety is Safety.DISPLAY)
        for where in {finding.subject, *(where for where, _ in finding.fix.touches)}:
            at = len(where)
            while at >= 0:
                worst[where[:at]] = max(limit, worst.get(where[:at], 0))
                at = where.rfind(".", 0, at)
    return worst


def _nothing_is_spoiled_beside(before: Workbench, after: Workbench, edits: Edits, on_comments: Edits) -> None:
    """Raise `Refusal` where something is found in a file beside that was not found in it before, or where what is replaced in one is more
    than it seems. One of no kind is read as the file that it was joined with."""
    for path, (_, source) in after.beside.items():
        old = before.beside[path][1] if path in before.beside else after.beside[path][0]
        if source is old:
            continue
        kind = kind_of(source.path, source.text)
        replaces = any(len(edit.span) for edit in edits.get(path, ()))
        if kind is not None or replaces:
            bench = Workbench(kind or after.kind, after.book, after.context)
            analysis = bench.analyse(old)
            _findings_are_gone(analysis, bench.analyse(source), [])
            if replaces and unread(bench.analyse(source)) != unread(analysis):
                raise Refusal("a file beside it would not be read as before")
            if replaces:
                other_texts_are_equal(bench.content(old), bench.content(source), edits[path], on_comments.get(path, []))


def _counted(findings: Iterable[Finding]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.rule, finding.subject)
        counts[key] = counts.get(key, 0) + 1
    return counts


def other_facts_are_equal(before: Facts, after: Facts, touched: set[tuple[str, str]]) -> None:
    """Raise `Refusal` where a fact that is not touched is another one."""
    touched_of: dict[str, set[str]] = {}
    for where, fact in touched:
        touched_of.setdefault(where, set()).add(fact)
    for key in before.keys() | after.keys():
        kind, _, address = key.partition(" ")
        facts = touched_of.get(address, set())
        old, new = _without(before.get(key, []), facts), _without(after.get(key, []), facts)
        if kind.lower() in facts:
            old = _common(new, old)
        if f"+{kind}" in facts:
            new = _common(old, new)
        if old != new:
            raise Refusal(f"something else would change ({address})")


def _common(few: list[dict[str, object]], many: list[dict[str, object]]) -> list[dict[str, object]]:
    """Those of many states that are the few, in order; what is between them was added, or taken away."""
    kept: list[dict[str, object]] = []
    for state in many:
        if len(kept) < len(few) and state == few[len(kept)]:
            kept.append(state)
    return kept


def _without(states: list[dict[str, object]], facts: set[str]) -> list[dict[str, object]]:
    return [{fact: value for fact, value in state.items() if fact not in facts} for state in states]


def _untouched(source: Source, parts: list[tuple[str, Span]], ranges: Ranges) -> list[tuple[str, str]]:
    """The parts that no edit reaches, as text."""
    return [(path, source[span]) for path, span in parts if len(span) and not ranges.touch(span)]


def _without_value(content: Content) -> set[str]:
    return {path for path, span in content.leaves if not len(span)}


def by_path(edits: Iterable[Edit]) -> Edits:
    """The edits of each file: of the fixed one by "", of those beside it by their absolute paths."""
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault("" if edit.beside is None else os.path.abspath(edit.beside.path), []).append(edit)
    return found


def _ranges(edits: Iterable[Edit]) -> Ranges:
    """What these edits replace."""
    return Ranges(edit.span for edit in edits)


def _ranges_after(edits: Iterable[Edit]) -> Ranges:
    """Where the new text of these edits stands, once all of them are made."""
    ranges = Ranges()
    shift = 0
    for edit in sorted(edits, key=_place):
        start = edit.span.start + shift
        ranges.add(Span(start, start + len(edit.text)))
        shift += len(edit.text) - len(edit.span)
    return ranges


def _place(edit: Edit) -> tuple[int, int]:
    return (edit.span.start, edit.span.end)
