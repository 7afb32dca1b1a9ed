"""Fixes: choose, splice, prove, repeat. What is not proved is not written."""

from __future__ import annotations

import os

from .engine import Analysis, analyse, dialect
from .finding import Edit, Finding, Fix, Safety

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .dialects.context import Context
    from .discover import Kind
    from .rulebook import Rulebook
    from .source import Source

MOST_ROUNDS = 10


class Refusal(Exception):
    """A fix that could not be proved, or a file that must not be written; the message says why."""


class Fixed:
    """What became of a file: its source after the fixes, which findings they mended, and which were left and why."""

    __slots__ = ("applied", "left", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.applied: list[Finding] = []
        self.left: list[tuple[Finding, str]] = []


class Workbench:
    """One kind of file, with what it takes to analyse it again."""

    __slots__ = ("book", "context", "kind")

    def __init__(self, kind: Kind, book: Rulebook, context: Context) -> None:
        self.kind = kind
        self.book = book
        self.context = context

    def analyse(self, source: Source) -> Analysis:
        return analyse(source, self.kind, self.book, self.context)

    def facts(self, source: Source) -> dict[str, list[dict[str, object]]]:
        """The facts of every subject, by address."""
        facts: dict[str, list[dict[str, object]]] = {}
        for subject in dialect(self.kind).read(source, self.context).subjects:
            state = dict(subject.state())
            if state:
                facts.setdefault(f"{type(subject).__name__} {subject.address}", []).append(state)
        return facts

    def comments(self, source: Source) -> list[str]:
        """The comments of a file, in order."""
        return [source[span] for span in dialect(self.kind).read(source, self.context).comments()]


def splice(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made from its end backwards, so that the earlier offsets stay true."""
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def fix(source: Source, bench: Workbench, least: Safety, wanted: frozenset[tuple[str, str]] | None = None) -> Fixed:
    """Apply every fix of at least this safety that can be proved, to a fixed point."""
    result = Fixed(source)
    refused: set[tuple[str, str, str, int]] = set()
    for _ in range(MOST_ROUNDS):
        before = bench.analyse(result.source)
        chosen = _choose(before, least, wanted, refused)
        if not chosen:
            break
        for finding in _proved_together(before, chosen, bench, result):
            refused.add(finding.identity)
    return result


def prove(before: Analysis, fixes: list[Fix], findings: list[Finding], bench: Workbench) -> Source:
    """The source after these fixes. Raises `Refusal` unless it parses as well as before, the findings are gone, none is new,
    and no comment and no other fact has changed."""
    source = before.source
    after_source = source.with_text(splice(source.text, (edit for fix in fixes for edit in fix.edits)))
    after = bench.analyse(after_source)
    if after.outcome != before.outcome or len(after.gaps) != len(before.gaps):
        raise Refusal("the file would not be read as before")
    expected = _counted(before.findings)
    for finding in findings:
        expected[finding.rule, finding.subject] -= 1
    for key, count in _counted(after.findings).items():
        if count > expected.get(key, 0):
            gone = (key in {(finding.rule, finding.subject) for finding in findings})
            raise Refusal(f"the finding would stay ({key[0]})" if gone else f"there would be a new finding ({key[0]})")
    touched = {fix.touches for fix in fixes}
    if not any(fact == "comment" for _, fact in touched) and bench.comments(source) != bench.comments(after_source):
        raise Refusal("a comment would be lost")
    _other_facts_equal(bench.facts(source), bench.facts(after_source), touched)
    return after_source


def write(path: str, before: Source, after: Source) -> None:
    """Replace a file as a whole, keeping its mode. Raises `Refusal` where it is a link, is read-only or has changed meanwhile."""
    if os.path.islink(path):
        raise Refusal("it is a link")
    if not os.access(path, os.W_OK):
        raise Refusal("it is read-only")
    with open(path, "rb") as file:
        if file.read() != before.encode():
            raise Refusal("it has changed meanwhile")
    temporary = f"{path}.capdrop-{os.getpid()}"
    try:
        with open(temporary, "xb") as file:
            file.write(after.encode())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, path)
    except OSError as error:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise Refusal(error.strerror or "it cannot be written") from None


def _choose(
    analysis: Analysis, least: Safety, wanted: frozenset[tuple[str, str]] | None, refused: set[tuple[str, str, str, int]]
) -> list[tuple[Finding, Fix]]:
    """The fixes to try in this round, none of which overlaps another."""
    chosen: list[tuple[Finding, Fix]] = []
    taken: list[tuple[int, int]] = []
    for finding in analysis.findings:
        fix = finding.fix
        if fix is None or not fix.edits or fix.safety < least or finding.suppressed is not None or finding.identity in refused:
            continue
        if finding.source is not analysis.source or (wanted is not None and (finding.rule, finding.subject) not in wanted):
            continue
        spans = [(edit.span.start, edit.span.end) for edit in fix.edits]
        if not any(start <= other_end and other_start <= end for start, end in spans for other_start, other_end in taken):
            taken.extend(spans)
            chosen.append((finding, fix))
    return chosen


def _proved_together(before: Analysis, chosen: list[tuple[Finding, Fix]], bench: Workbench, result: Fixed) -> list[Finding]:
    """Apply these fixes at once where their proof holds, else the first of them that can be proved; returns the refused."""
    try:
        result.source = prove(before, [fix for _, fix in chosen], [finding for finding, _ in chosen], bench)
        result.applied.extend(finding for finding, _ in chosen)
        return []
    except Refusal:
        pass
    refused = []
    for finding, fix in chosen:
        try:
            result.source = prove(before, [fix], [finding], bench)
            result.applied.append(finding)
            return refused
        except Refusal as refusal:
            result.left.append((finding, str(refusal)))
            refused.append(finding)
    return refused


def _counted(findings: Iterable[Finding]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.rule, finding.subject)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _other_facts_equal(
    before: dict[str, list[dict[str, object]]], after: dict[str, list[dict[str, object]]], touched: set[tuple[str, str]]
) -> None:
    whole = {address for address, _ in touched}
    for key in before.keys() | after.keys():
        address = key.partition(" ")[2]
        if address in whole:
            facts = {fact for where, fact in touched if where == address}
            old, new = _without(before.get(key, []), facts), _without(after.get(key, []), facts)
            if key not in after or old == new or not facts & set().union(*before[key]):
                continue
        elif before.get(key) == after.get(key):
            continue
        raise Refusal(f"something else would change ({address})")


def _without(states: list[dict[str, object]], facts: set[str]) -> list[dict[str, object]]:
    return [{fact: value for fact, value in state.items() if fact not in facts} for state in states]
