"""`capdrop explain`, `capdrop rules` and `capdrop test`."""

from __future__ import annotations

import os
import sys

from .options import CONFIGURATION, Operand, Option, Reader, prepared
from .report.safe import visible, visible_lines
from .rulebook import Misuse, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rule import Rule
    from .rulebook import Rulebook

CLEAN, FAILED = 0, 1


def explain(arguments: list[str]) -> int:
    """`capdrop explain`."""
    from .documentation import page

    rule = Operand("rule", "RULE", "a rule's name, or the id that another tool gives it")
    options = Reader("explain", "Say what a rule is about, with examples, as Markdown.", CONFIGURATION, rule).read(arguments)
    _, book = prepared(options)
    sys.stdout.write("\n".join(page(rule) for rule in book.named(options.rule)))
    return CLEAN


def rules(arguments: list[str]) -> int:
    """`capdrop rules`."""
    from .documentation import as_json, table

    formats = ("text", "json", "schema")
    how = Option("--format", "a table (text), JSON, or a JSON schema of capdrop.toml", choices=formats, default="text")
    options = Reader("rules", "List the rules, your own too.", [how, *CONFIGURATION]).read(arguments)
    _, book = prepared(options)
    if options.format == "schema":
        from .config_schema import as_json as schema

        sys.stdout.write(schema(book))
    else:
        sys.stdout.write(as_json(book) if options.format == "json" else table(book))
    return CLEAN


def test(arguments: list[str]) -> int:
    """`capdrop test`."""
    reader = Reader(
        "test",
        "Run the examples of the rules in a folder.",
        (),
        Operand("folder", "FOLDER", "a folder of Python files with rules"),
        "A rule's examples are its tests: «marks» stand around what it must find, `fixed` is the file after its fix.",
    )
    options = reader.read(arguments)
    ours = load()
    book = load(options.folder)
    mine = [rule for name, rule in book.rules.items() if name not in ours.rules]
    if not mine:
        raise Misuse(f"{options.folder}: there are no rules in this folder")
    book.select(book.of_profile("default").union(rule.name for rule in mine))
    problems = [problem for rule in mine for problem in _problems(rule, book)]
    for problem in problems:
        sys.stdout.write(visible_lines(problem) + "\n")
    count = sum(len(rule.examples) for rule in mine)
    sys.stdout.write(f"{_counted(len(mine), 'rule')}, {_counted(count, 'example')}, {_counted(len(problems), 'problem')}\n")
    return FAILED if problems else CLEAN


def _problems(rule: Rule, book: Rulebook) -> list[str]:
    from .examples import failures

    found = list(failures(rule, book))
    if not rule.examples:
        found.append(f"{rule.name}: it has no examples; give it a Bad and a Good one")
    if not rule.summary:
        found.append(f"{rule.name}: its check has no docstring; that is the rule's documentation")
    place = rule.check.__code__
    return [f"{visible(os.path.relpath(place.co_filename))}:{place.co_firstlineno}: {problem}" for problem in found]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
