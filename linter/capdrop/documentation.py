"""Rules as pages, as a table and as JSON; `docs/` is written from the same text."""

from __future__ import annotations

from .discover import KINDS, kind_of
from .examples import unmarked
from .finding import Safety
from .rule import Bad, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .finding import Fix
    from .rule import Good
    from .rulebook import Rulebook

_SAFETIES = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe", Safety.DISPLAY: "shown only"}


def dialects_of(rule: Rule) -> list[str]:
    """The kinds of files that a rule's examples show it in."""
    found = _kinds_of(rule.examples)
    return [kind.name for kind in KINDS if kind.name in found]


def _kinds_of(examples: Iterable[Bad | Good]) -> set[str]:
    return {kind.name for example in examples if (kind := kind_of(example.path, unmarked(example.text)[0]))}


def fixes_of(rule: Rule) -> Iterator[tuple[str, Fix]]:
    """The fixes that a rule offers for its examples, each with the kind of file that it is for; what it advises without edits is one."""
    from .dialects.context import Context
    from .files import FilesWritten
    from .fixer import Workbench
    from .rulebook import Rulebook
    from .source import Source

    book = Rulebook([rule])
    for example in rule.examples:
        text = unmarked(example.text)[0]
        kind = kind_of(example.path, text)
        if kind is None or not isinstance(example, Bad):
            continue
        for finding in Workbench(kind, book, Context(files=FilesWritten(example.beside))).analyse(Source(example.path, text)).findings:
            if finding.rule == rule.name and finding.fix is not None and (finding.fix.edits or not finding.fix.caveat):
                yield kind.name, finding.fix


def page(rule: Rule) -> str:
    """A rule as Markdown."""
    lines = [f"# {rule.name}", "", rule.summary, "", rule.explanation, ""]
    lines += [f"- severity: {rule.severity.name.lower()}", f"- confidence: {rule.confidence.name.lower()}", f"- profile: {rule.profile}"]
    lines += [f"- option `{name}`: {default!r}" for name, default in rule.known_options.items()]
    if rule.references:
        lines.append(f"- references: {', '.join(rule.references)}")
    if rule.also_known_as:
        lines.append(f"- also known as: {', '.join(rule.also_known_as)}")
    for safety in (Safety.SAFE, Safety.UNSAFE, Safety.DISPLAY):
        own = [fix for _, fix in fixes_of(rule) if fix.safety is safety]
        caveats = dict.fromkeys(fix.caveat for fix in own if fix.caveat)
        if own:
            told = f" ({'; '.join(caveats)})" if caveats else ""
            lines.append(f"- fix: {_SAFETIES[safety]}{told}")
    for example in rule.examples:
        heading = "Found" if isinstance(example, Bad) else "Not found"
        lines += ["", f"{heading}, in `{example.path}`:", "", *_fenced(example.text)]
        if isinstance(example, Bad) and example.fixed is not None:
            lines += ["", "and fixed:", "", *_fenced(example.fixed)]
            for path, text in example.fixed_beside.items():
                lines += ["", f"and in `{path}`:", "", *_fenced(text)]
    return "\n".join(lines) + "\n"


def table(book: Rulebook) -> str:
    """All rules, a line each."""
    width = max(len(name) for name in book.rules)
    return "".join(f"{rule.name:<{width}}  {rule.severity.name.lower():<8}  {rule.profile:<7}  {rule.summary}\n" for rule in by_name(book))


def table_of_fixes(book: Rulebook) -> str:
    """The best fix of each rule in each kind of file that its examples show it in, as Markdown."""
    kinds = [kind.name for kind in KINDS if any(kind.name in dialects_of(rule) for rule in book.rules.values())]
    lines = [f"| rule | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|"]
    for rule in by_name(book):
        best: dict[str, Safety] = {}
        for kind, fix in fixes_of(rule):
            best[kind] = max(fix.safety, best.get(kind, fix.safety))
        if best:
            found = _kinds_of(example for example in rule.examples if isinstance(example, Bad))
            cells = [_SAFETIES[best[kind]] if kind in best else "none" if kind in found else "" for kind in kinds]
            lines.append(f"| [{rule.name}](rules/{rule.name}.md) | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def as_json(book: Rulebook) -> str:
    """All rules as JSON."""
    import json

    rows = []
    for rule in by_name(book):
        best = max((fix.safety for _, fix in fixes_of(rule)), default=None)
        rows.append(
            {
                "name": rule.name,
                "summary": rule.summary,
                "severity": rule.severity.name.lower(),
                "confidence": rule.confidence.name.lower(),
                "profile": rule.profile,
                "subjects": list(rule.subjects),
                "dialects": dialects_of(rule),
                "fix": None if best is None else best.name.lower(),
                "references": list(rule.references),
                "also_known_as": list(rule.also_known_as),
            }
        )
    return json.dumps(rows, indent=2) + "\n"


def by_name(book: Rulebook) -> list[Rule]:
    """The rules in the order of their names."""
    return [book.rules[name] for name in sorted(book.rules)]


def _fenced(text: str) -> list[str]:
    return ["```", *text.rstrip("\n").split("\n"), "```"]
