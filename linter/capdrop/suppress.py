"""Comments that silence findings: `# capdrop: ignore[rule, rule] -- reason` and `# capdrop: ignore-file[rule] -- reason`.

In Kubernetes also the annotation `capdrop.dev/ignore: rule, rule -- reason`, of an object for all of it, and of a pod template for
its pod.

A comment at the end of a line covers that line; one on a line of its own covers the next line that is neither blank nor a
comment. Where something begins on a covered line that reaches further (an instruction, a text or variable over several lines), all of
it is covered; where a stage, a service, a container or an object begins there, so is everything in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from .finding import Finding, Suppression
from .model.container import Container
from .model.ignore_comment import IgnoreAnnotation, IgnoreComment
from .model.kubernetes_object import KubernetesObject
from .model.mount import Mount
from .model.stage import Stage
from .model.variable import Variable
from .source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model.subject import Subject
    from .reading import Reading
    from .rulebook import Rulebook

    Cover = tuple[int, int, tuple[str, ...]]

TOOL = "capdrop"
MOST_COMMENTS = 2_000
"""Suppressions that are heeded in a file."""
MOST_NAMES = 100
"""Rules that one of them may name."""
MOST_SUGGESTED = 50
"""Unknown names in a file for which the nearest rule is looked up; each takes a millisecond."""
VERBS = ("ignore", "ignore-file")
_FORM = r"(?i)#+\s*capdrop\s*:\s*(ignore(?:-file)?)\s*\[([^\][]*)\]\s*(?:--\s*(\S.*))?"
_VALUE = r"\s*(?:\[([^\][]*)\]|([\w:.,\s-]*?))\s*(?:(?<![\w-])--\s*(\S[\s\S]*))?"
_NAME = r"[^\s,]+(?:\s+[^\s,]+)*"
_ATTEMPT = r"#+\s*(\w{5,9})\s*([:=]?)\s*([\w-]*)\s*(\[?)"
_OTHER_VERBS = frozenset({"disable", "skip", "suppress", "allow", "off", "noqa", "nosec", "ignore-line", "ignore-next-line"})


def mentioned(low: str) -> bool:
    """Whether a text, in small letters, can hold a suppression at all, well formed or not."""
    return TOOL in low or ("ignore" in low and re.search(r"#\s*\w{5,9}\s*:\s*ignore", low) is not None)


class Reach:
    """How far a comment reaches that stands at a line: what begins there; and the annotations that silence rules, which say that
    themselves."""

    __slots__ = ("addresses", "annotations", "ends")

    def __init__(self) -> None:
        self.annotations: list[IgnoreAnnotation] = []
        self.addresses: dict[int, list[str]] = {}
        self.ends: dict[int, int] = {}

    def note(self, subject: Subject) -> None:
        """Take in a subject where it holds others, or may take up several lines."""
        if isinstance(subject, Container | Stage | KubernetesObject):
            line = subject.source.position(subject.span.start).line
            self.addresses.setdefault(line, []).append(subject.address)
        elif isinstance(subject, Variable | Mount):
            self.note_lines(subject.source, subject.span)
        elif isinstance(subject, IgnoreAnnotation):
            self.annotations.append(subject)

    def note_lines(self, source: Source, span: Span) -> None:
        """Take in something that is covered as a whole where its first line is."""
        first, last = source.position(span.start).line, source.position(max(span.start, span.end - 1)).line
        self.ends[first] = max(last, self.ends.get(first, first))


def apply(reading: Reading, findings: list[Finding], book: Rulebook, reach: Reach, *, whole: bool = True) -> Iterator[IgnoreComment]:
    """Silence the findings that comments cover; yields the comments, for rules to judge. `whole` says that the findings are also those
    that need other files."""
    source = reading.source
    comments = reading.comments()
    for part in [*reading.blocks, *(span for _, span in reading.leaves())]:
        reach.note_lines(source, part)
    comments = [*comments, *_in_heredocs(reading, comments)]
    below = _lines_below(source, {source.position(comment.start).line for comment in comments if _alone(source, comment)})
    found = Found(source, findings)
    count = 0
    for span in comments:
        comment = parse(source, span)
        if comment is None:
            continue
        count += 1
        if count > MOST_COMMENTS:
            comment.problem = f"of a file {MOST_COMMENTS:,} are heeded, and no more"
        if not comment.problem and not comment.alone and _inside(reading.blocks, span):
            comment.problem = "a comment stands on a line of its own here; put it above"
        if not comment.problem:
            _silence(comment, found, book, _cover(comment, reach, below))
            if not whole and comment.unused and reading.parts:
                _postpone(comment, book)
        yield comment
    for annotation in reach.annotations[:MOST_COMMENTS]:
        comment = _annotated(annotation)
        if not comment.problem:
            _silence(comment, found, book, (1, 0, (annotation.address,)))
            if not whole and comment.unused and reading.parts:
                _postpone(comment, book)
        yield comment


def _annotated(annotation: IgnoreAnnotation) -> IgnoreComment:
    """An annotation as a suppression: `rule, rule -- reason`, with or without brackets around the rules."""
    fragment = annotation.fragment
    form = re.fullmatch(_VALUE, fragment.text)
    problem = annotation.problem or ("" if form is not None else "it must read `rule, rule -- reason`")
    if form is None:
        return IgnoreComment(annotation.source, annotation.span, problem=problem, annotation=annotation)
    start, end = form.span(1) if form[1] is not None else form.span(2)
    found = re.finditer(_NAME, fragment.text[start:end])
    names = tuple((match[0], fragment.span(start + match.start(), start + match.end())) for match in found)
    reason = (form[3] or "").strip()
    problem = problem or _problem_of(names)
    return IgnoreComment(annotation.source, annotation.span, problem=problem, names=names, reason=reason, annotation=annotation)


def parse(source: Source, span: Span) -> IgnoreComment | None:
    """A comment as a suppression, well formed or not; None for any other comment."""
    text = source[span].rstrip()
    form = re.fullmatch(_FORM, text)
    if form is None:
        problem = _problem(text)
        return IgnoreComment(source, span, problem=problem) if problem else None
    start = span.start + form.start(2)
    found = re.finditer(_NAME, form[2])
    names = tuple((match[0], Span(start + match.start(), start + match.end())) for match in found)
    return IgnoreComment(
        source,
        span,
        problem=_problem_of(names),
        names=names,
        reason=(form[3] or "").strip(),
        whole_file=form[1].lower() == "ignore-file",
    )


def _problem_of(names: tuple[tuple[str, Span], ...]) -> str:
    if not names:
        return "it names no rule"
    return f"it names more than {MOST_NAMES} rules" if len(names) > MOST_NAMES else ""


def _problem(text: str) -> str:
    """What is wrong with a comment that was meant for us; nothing for any other."""
    attempt = re.match(_ATTEMPT, text)
    if attempt is None:
        return ""
    tool, colon, verb, bracket = attempt.groups()
    if tool.lower() != TOOL:
        return f"did you mean `{TOOL}`?" if colon and verb.lower() in VERBS and bracket and _near(tool, (TOOL,)) else ""
    near = _near(verb, VERBS)
    if verb.lower() not in VERBS and (bracket or near or verb.lower() in _OTHER_VERBS):
        return f"there is no `{verb}`" + (f"; did you mean `{near}`?" if near else "; it is called `ignore`")
    return "it must read `# capdrop: ignore[rule, rule] -- reason`" if verb.lower() in VERBS else ""


def _near(word: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word.lower(), known, n=1, cutoff=0.7)), "")


def _alone(source: Source, comment: Span) -> bool:
    line = source.line(source.position(comment.start).line)
    return not source.text[line.start : comment.start].strip()


def _in_heredocs(reading: Reading, comments: list[Span]) -> Iterator[Span]:
    """What looks like a suppression inside an instruction and is none of the file's own comments: a comment of a script."""
    source = reading.source
    known = {comment.start for comment in comments}
    for match in re.finditer(r"(?i)(?<!\S)#+[ \t]*capdrop[ \t]*:[^\r\n]*", source.text) if reading.blocks else ():
        span = Span(*match.span())
        if span.start not in known and _inside(reading.blocks, span):
            yield span


def _inside(blocks: list[Span], span: Span) -> bool:
    at = bisect_right(blocks, span.start, key=lambda block: block.start) - 1
    return at >= 0 and blocks[at].covers(span)


def _lines_below(source: Source, comments: set[int]) -> dict[int, int]:
    """For each line of a comment, the next one below that is neither a comment's nor blank."""
    below: dict[int, int] = {}
    for line in sorted(comments, reverse=True):
        at = line + 1
        while at < len(source.starts) and at not in below and not source[source.line(at)].strip():
            at += 1
        below[line] = below.get(at, at)
    return below


def _cover(comment: IgnoreComment, reach: Reach, below: dict[int, int]) -> Cover:
    """The first and the last line that a comment covers, and the addresses at and below which it covers everything."""
    source = comment.source
    if comment.whole_file:
        return 1, len(source.starts), ()
    line = source.position(comment.span.start).line
    if comment.alone:
        line = below[line]
    return line, reach.ends.get(line, line), tuple(reach.addresses.get(line, ()))


def _silence(comment: IgnoreComment, found: Found, book: Rulebook, cover: Cover) -> None:
    unknown, unused = [], []
    for name, span in comment.names:
        rules = book.find(name)
        if not rules:
            unknown.append((name, span, _near(name, tuple(book.names)) if next(found.suggestions, False) else ""))
            continue
        covered = [finding for rule in rules for finding in found.under(rule.name, cover)]
        if comment.annotation is not None:
            covered = [finding for finding in covered if finding.notes or comment.annotation.scope.covers(finding.span)]
        for finding in covered:
            finding.suppressed = Suppression("comment" if comment.annotation is None else "annotation", comment.reason)
        if not covered and any(rule.name in book.selected for rule in rules):
            unused.append((name, span))
    comment.unknown = tuple(unknown)
    comment.unused = tuple(unused)


def _postpone(comment: IgnoreComment, book: Rulebook) -> None:
    """Leave open whether rules that need other files have something to say."""
    from .together import SUBJECTS

    unused = [(name, span) for name, span in comment.unused if SUBJECTS.isdisjoint(book.subjects_of(name))]
    comment.waits = len(unused) < len(comment.unused)
    comment.unused = tuple(unused)


class Found:
    """The findings of a file by rule and line, also those in other files at the line that leads there; and how many rules may still be
    suggested for names that are of none."""

    __slots__ = ("by_rule", "suggestions")

    def __init__(self, source: Source, findings: list[Finding]) -> None:
        self.suggestions = iter([True] * MOST_SUGGESTED)
        self.by_rule: dict[str, dict[int, list[Finding]]] = {}
        for finding in findings:
            at: Span | None = finding.span
            if finding.source is not source:
                at = next((note.span for note in finding.notes if note.source is source), None)
            if at is not None:
                line = source.position(at.start).line
                self.by_rule.setdefault(finding.rule, {}).setdefault(line, []).append(finding)

    def under(self, rule: str, cover: Cover) -> list[Finding]:
        """The findings of a rule that a comment covers."""
        first, last, addresses = cover
        by_line = self.by_rule.get(rule, {})
        lines = range(first, last + 1) if last - first < len(by_line) else [line for line in by_line if first <= line <= last]
        covered = [finding for line in lines for finding in by_line.get(line, ())]
        if addresses:
            covered += [finding for found in by_line.values() for finding in found if _below(finding.subject, addresses)]
        return covered


def _below(subject: str, addresses: tuple[str, ...]) -> bool:
    return any(subject == address or subject.startswith((f"{address}.", f"{address} ")) for address in addresses)
