"""Comments that silence a finding, put where they do that and nothing else."""

from __future__ import annotations

from .finding import IN_THE_FILE, Edit
from .fixer import Refusal, other_facts_are_equal, other_texts_are_equal, splice, unread
from .source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Analysis
    from .finding import Finding
    from .fixer import Workbench


def comment_above(before: Analysis, finding: Finding, bench: Workbench, reason: str = "") -> Edit | None:
    """The comment on a line of its own by which a finding is silenced, with a reason if there is one; None where there is no place at
    which it is read as a comment, silences the finding, and changes nothing else."""
    source = before.source
    if source.path.lower().endswith(".json"):
        return None
    for start in _places(before, finding, bench):
        line = source.line(source.position(start).line)
        text = source[line]
        indent = text[: len(text) - len(text.lstrip(" \t"))]
        why = f" -- {reason}" if reason else ""
        edit = Edit(Span(line.start, line.start), f"{indent}# capdrop: ignore[{finding.rule}]{why}{source.newline}")
        try:
            _prove(before, finding, bench, edit, line.start + len(indent))
        except Refusal:
            continue
        return edit
    return None


def _places(before: Analysis, finding: Finding, bench: Workbench) -> Iterator[int]:
    """On whose lines a comment may have to be: the finding, or the instruction or the lines of a command that it stands in; the text."""
    source, at = before.source, finding.span.start
    block = next((block for block in before.blocks if block.start <= at < block.end), None)
    start = block.start if block is not None else at
    line = source.position(start).line
    while block is None and line > 1 and source[source.line(line - 1)].endswith("\\"):
        line -= 1
    yield source.line(line).start
    around = [span.start for _, span in bench.content(source).leaves if span.covers(Span(at, at))]
    if around and source.position(max(around)).line < line:
        yield max(around)


def _prove(before: Analysis, finding: Finding, bench: Workbench, edit: Edit, comment: int) -> None:
    """Raise `Refusal` unless the edit is read as a comment, by which the finding, and at most others of its rule, are silenced."""
    source = before.source.with_text(splice(before.source.text, (edit,)))
    after = bench.analyse(source, ways=False)
    old, new = bench.content(before.source), bench.content(source)
    if unread(after) != unread(before) or all(span.start != comment for _, span in new.comments):
        raise Refusal("it would not be read as a comment")
    other_texts_are_equal(old, new, [edit], [edit])
    other_facts_are_equal(old.facts, new.facts, set())
    silenced = _keys(after, silenced=True) - _keys(before, silenced=True)
    if _key(finding) not in silenced or any(rule != finding.rule for rule, _, _ in silenced) or _keys(after) != _keys(before):
        raise Refusal("it would silence something else")


def _keys(analysis: Analysis, *, silenced: bool = False) -> set[tuple[str, str, int]]:
    """The findings; if asked for, those that something in the file silences."""
    return {
        _key(finding)
        for finding in analysis.findings
        if not silenced or (finding.suppressed is not None and finding.suppressed.how.endswith(IN_THE_FILE))
    }


def _key(finding: Finding) -> tuple[str, str, int]:
    return finding.rule, finding.subject, finding.ordinal
