"""Comments that silence findings: `# capdrop: ignore[rule, rule] -- reason` and `# capdrop: ignore-file[rule] -- reason`.

A comment at the end of a line covers that line; one on a line of its own covers what follows it. Where a stage, a service, a
container or an object begins there, it covers all of it.
"""

from __future__ import annotations

import re

from .finding import Finding, Suppression
from .model.ignore_comment import IgnoreComment
from .source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .reading import Reading
    from .rulebook import Rulebook

_FORM = re.compile(r"#+\s*capdrop\s*:\s*(ignore(?:-file)?)\s*\[([^\][]*)\]\s*(?:--\s*(\S.*))?")
_ATTEMPT = re.compile(r"#+\s*(?:capdrop\b(?!\s+(?!ignore))|\w{5,9}\s*:\s*ignore(?:-file)?\s*\[)", re.IGNORECASE)
_TOOL = "capdrop"


class Heads:
    """Where the subjects begin that hold others, by line."""

    __slots__ = ("addresses",)

    def __init__(self) -> None:
        self.addresses: dict[int, list[str]] = {}

    def add(self, line: int, address: str) -> None:
        """Take in a subject that begins on a line."""
        self.addresses.setdefault(line, []).append(address)


def apply(reading: Reading, findings: list[Finding], book: Rulebook, heads: Heads) -> Iterator[IgnoreComment]:
    """Silence the findings that comments cover; yields the comments, for rules to judge."""
    source = reading.source
    if not re.search(r"(?i)capdrop|:\s*ignore", source.text):
        return
    comments = reading.comments()
    lines = {source.position(comment.start).line for comment in comments if _alone(source, comment)}
    for comment in comments:
        found = parse(source, comment)
        if found is None:
            continue
        if not found.problem:
            _apply_one(found, reading, findings, book, heads, lines)
        yield found


def parse(source: Source, comment: Span) -> IgnoreComment | None:
    """A comment as a suppression, well formed or not; None for any other comment."""
    text = source[comment].rstrip()
    if not _ATTEMPT.match(text) or not _meant_for_us(text):
        return None
    address = "comment"
    form = _FORM.fullmatch(text)
    if form is None:
        return IgnoreComment(source, comment, address, problem=_problem(text), rules=(), reason="")
    rules = tuple(name.strip() for name in form[2].split(",") if name.strip())
    problem = "" if rules else "it names no rule"
    return IgnoreComment(source, comment, address, problem=problem, rules=rules, reason=(form[3] or "").strip())


def _meant_for_us(text: str) -> bool:
    from difflib import SequenceMatcher

    word = re.match(r"#+\s*(\w+)", text)
    return word is not None and SequenceMatcher(None, word[1].lower(), _TOOL).ratio() > 0.8


def _problem(text: str) -> str:
    verb = re.match(r"#+\s*\w+\s*:\s*([\w-]+)", text)
    if verb is not None and verb[1] not in ("ignore", "ignore-file"):
        from difflib import get_close_matches

        near = get_close_matches(verb[1], ("ignore", "ignore-file"), n=1)
        return f"there is no `{verb[1]}`" + (f"; did you mean `{near[0]}`?" if near else "")
    return "it must read `# capdrop: ignore[rule, rule] -- reason`"


def _alone(source: Source, comment: Span) -> bool:
    line = source.line(source.position(comment.start).line)
    return not source.text[line.start : comment.start].strip()


def _apply_one(
    comment: IgnoreComment, reading: Reading, findings: list[Finding], book: Rulebook, heads: Heads, comment_lines: set[int]
) -> None:
    source = reading.source
    whole_file = "ignore-file" in source[comment.span].partition("[")[0]
    first, last = (0, 0) if whole_file else _lines_covered(comment, reading, comment_lines)
    addresses = tuple(address for line in range(first, last + 1) for address in heads.addresses.get(line, ()))
    unknown = []
    unused = []
    for name in comment.rules:
        rule = book.find(name)
        if rule is None:
            unknown.append((name, book.suggestion(name)))
            continue
        used = False
        for finding in findings:
            if finding.rule == rule.name and finding.source is source:
                line = source.position(finding.span.start).line
                if whole_file or first <= line <= last or _below(finding.subject, addresses):
                    finding.suppressed = Suppression("comment", comment.reason)
                    used = True
        if not used and rule.name in book.selected:
            unused.append(name)
    comment.unknown = tuple(unknown)
    comment.unused = tuple(unused)


def _below(subject: str, addresses: tuple[str, ...]) -> bool:
    return any(subject == address or subject.startswith((f"{address}.", f"{address} ")) for address in addresses)


def _lines_covered(comment: IgnoreComment, reading: Reading, comment_lines: set[int]) -> tuple[int, int]:
    source = reading.source
    line = source.position(comment.span.start).line
    if not _alone(source, comment.span):
        return line, line
    line += 1
    while line <= len(source.starts) and (line in comment_lines or not source[source.line(line)].strip()):
        line += 1
    for block in reading.blocks:
        if source.position(block.start).line == line:
            return line, source.position(max(block.start, block.end - 1)).line
    return line, line
