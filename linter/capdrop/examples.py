"""Runs the examples of rules: ours in the tests, a user's with `capdrop test`."""

from __future__ import annotations

from .dialects.context import Context
from .discover import kind_of
from .engine import analyse
from .files import FilesWritten
from .finding import Safety
from .fixer import Workbench, fix
from .rule import Bad, Good, Rule
from .source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .engine import Analysis
    from .rulebook import Rulebook

OPEN, CLOSE = "«", "»"


def failures(rule: Rule, book: Rulebook) -> Iterator[str]:
    """What is wrong with a rule's examples, one line each. The rule must be in force in the book."""
    for number, example in enumerate(rule.examples, 1):
        for problem in _problems(rule, example, book):
            yield f"{rule.name}: example {number} ({example.path}): {problem}"


def unmarked(text: str) -> tuple[str, list[Span]]:
    """A text without its «marks», and the spans between them."""
    parts = text.split(OPEN)
    clean = parts[0]
    spans = []
    for part in parts[1:]:
        marked, _, rest = part.partition(CLOSE)
        spans.append(Span(len(clean), len(clean) + len(marked)))
        clean += marked + rest
    return clean, spans


def _analysis(source: Source, bench: Workbench, beside: Mapping[str, str]) -> Analysis:
    """A file as it is judged among others."""
    analysis = bench.analyse(source)
    if not beside or not analysis.parts:
        return analysis
    from .together import Verdict, verdicts

    parts = analysis.parts
    for path, text in beside.items():
        kind = kind_of(path, text)
        parts += Workbench(kind, bench.book, bench.context).analyse(Source(path, text)).parts if kind is not None else []
    verdict = verdicts(parts, bench.book, beside.get, whole=True).get(source.path, Verdict())
    return analyse(source, bench.kind, bench.book, bench.context, verdict)


def _problems(rule: Rule, example: Bad | Good, book: Rulebook) -> Iterator[str]:
    text, marks = unmarked(example.text)
    if isinstance(example, Bad) and not marks:
        yield "a bad example has no «marks»"
    kind = kind_of(example.path, text)
    if kind is None:
        yield "capdrop does not know what kind of file this is"
        return
    bench = Workbench(kind, book, Context(files=FilesWritten(example.beside)))
    source = Source(example.path, text)
    analysis = _analysis(source, bench, example.beside)
    if analysis.broken:
        yield f"a rule broke: {analysis.broken[0][0]} ({analysis.broken[0][1]})"
    for gap in analysis.gaps:
        if not gap.by_design:
            yield f"not understood at {source.position(gap.span.start)}: {gap.reason}"
    found = [finding for finding in analysis.findings if finding.rule == rule.name and finding.suppressed is None]
    if [finding.span for finding in found] != marks:
        places = ", ".join(f"{source.position(f.span.start).line}:{source.position(f.span.start).column} {source[f.span]!r}" for f in found)
        expected = ", ".join(f"{source.position(m.start).line}:{source.position(m.start).column} {source[m]!r}" for m in marks)
        yield f"found [{places}], marked [{expected}]"
        return
    if isinstance(example, Bad) and example.fixed is not None:
        after = fix(source, bench, Safety.DISPLAY, frozenset((rule.name, finding.subject) for finding in found))
        if not after.applied and not after.left:
            yield "there is no fix to apply" + (f": {found[0].fix.caveat}" if found and found[0].fix else "")
        for _, reason in after.left:
            yield f"a fix is not proved: {reason}"
        if after.applied and after.source.text != example.fixed:
            yield f"the fix gives\n{after.source.text}\nand not\n{example.fixed}"
        beside = {now.path: now.text for _, now in after.bench.beside.values()}
        if beside != example.fixed_beside:
            yield f"the fix makes beside it {beside} and not {example.fixed_beside}"
