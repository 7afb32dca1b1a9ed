"""The command line."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

from . import __version__
from .config import Config
from .config import find as find_config
from .config import load as load_config
from .finding import Confidence, Severity
from .rulebook import Misuse, Rulebook
from .rulebook import load as load_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from .engine import Analysis
    from .report import Result
    from .run import Run

CLEAN, FINDINGS, MISUSE, INCOMPLETE = 0, 1, 2, 3
"""Exit statuses: nothing at or above the threshold; findings; misuse or bad configuration; something was not analysed, or a
rule broke."""

_USAGE = """\
usage: capdrop COMMAND [ARGUMENTS]

Finds secrets and needless privilege in Dockerfiles, Compose files and Kubernetes manifests, and writes the fix.

commands:
  check [PATH ...]      check files and folders (the current folder where none is given; `-` reads standard input)
  fix [PATH ...]        show the fixes as a diff, or apply them with --apply
  explain RULE          what a rule is about; other tools' ids work too (DL3002, CKV_K8S_16, CL-0001, KSV-0017)
  rules                 list the rules
  baseline [PATH ...]   write the present findings to a baseline, so that only new ones are shown
  test FOLDER           run the examples of your own rules
  lsp                   serve editors over standard input and output (needs `pip install 'capdrop[lsp]'`)

`capdrop COMMAND --help` says more. Exit status: 0 nothing found, 1 findings, 2 misuse, 3 something was not analysed.
"""


def main(argv: list[str] | None = None) -> int:
    """Run a command line; returns the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    _tolerate_any_name()
    try:
        return _run(arguments)
    except Misuse as error:
        _complain(str(error))
        return MISUSE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return 130


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(_USAGE)
        return CLEAN if arguments else MISUSE
    if arguments[0] in ("-V", "--version"):
        print(f"capdrop {__version__}")
        return CLEAN
    command = COMMANDS.get(arguments[0])
    if command is None:
        hint = "; did you mean `capdrop check`?" if os.path.exists(arguments[0]) else "; see `capdrop --help`"
        raise Misuse(f"there is no command {arguments[0]!r}{hint}")
    return command(arguments[1:])


def check(arguments: list[str]) -> int:
    """`capdrop check`."""
    from . import report

    parser = _parser("check", "Check files and folders.")
    _add_paths(parser)
    _add_selection(parser)
    parser.add_argument("--format", choices=report.FORMATS, default="text", help="how to print the findings")
    parser.add_argument("--output", metavar="FILE", help="write the report to FILE")
    thresholds = [severity.name.lower() for severity in Severity]
    parser.add_argument("--fail-on", choices=(*thresholds, "never"), help="lowest severity that makes the exit status 1 (low)")
    parser.add_argument("--show-suppressed", action="store_true", help="show also what is silenced, and how")
    parser.add_argument("--stdin-filename", metavar="PATH", default="Dockerfile", help="the path that standard input is checked as")
    options = parser.parse_args(arguments)
    config, book = _prepared(options)
    run = _checked(options, config, book)
    _visible(run, config)
    results = [_result(analysis) for analysis in run.analyses]
    with _output(options.output) as out:
        color = out.isatty() and "NO_COLOR" not in os.environ
        report.write(
            options.format, results, out, rules=book.rules, version=__version__, color=color, show_suppressed=options.show_suppressed
        )
    for entry in run.gone:
        _note(f"the baseline holds a finding that is gone: {entry[1]} in {entry[0]}")
    for path in run.other:
        if path in options.paths:
            _note(f"{path}: holds nothing that capdrop knows")
    return _status(run, config)


def fix(arguments: list[str]) -> int:
    """`capdrop fix`."""
    from .fix_command import fix_files

    parser = _parser("fix", "Show the fixes as a diff, or apply them.")
    _add_paths(parser)
    _add_selection(parser)
    parser.add_argument("--apply", action="store_true", help="write the fixes to the files")
    parser.add_argument("--unsafe", action="store_true", help="also those that may break the workload")
    options = parser.parse_args(arguments)
    config, book = _prepared(options)
    least = Confidence[config.min_confidence.upper()]
    return fix_files(options.paths or ["."], config, book, least, apply=options.apply, unsafe=options.unsafe)


def explain(arguments: list[str]) -> int:
    """`capdrop explain`."""
    from .documentation import page

    parser = _parser("explain", "Say what a rule is about.")
    parser.add_argument("rule", metavar="RULE", help="a rule's name, or the id that another tool gives it")
    _add_configuration(parser)
    options = parser.parse_args(arguments)
    _, book = _prepared(options)
    sys.stdout.write(page(book.named(options.rule)))
    return CLEAN


def rules(arguments: list[str]) -> int:
    """`capdrop rules`."""
    from .documentation import as_json, table

    parser = _parser("rules", "List the rules.")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="a table, or JSON")
    _add_configuration(parser)
    options = parser.parse_args(arguments)
    _, book = _prepared(options)
    sys.stdout.write(as_json(book) if options.format == "json" else table(book))
    return CLEAN


def baseline(arguments: list[str]) -> int:
    """`capdrop baseline`."""
    from . import baseline as baselines

    parser = _parser("baseline", "Write the present findings to a baseline.")
    _add_paths(parser)
    _add_selection(parser)
    parser.add_argument("--file", metavar="FILE", help=f"the baseline ({baselines.DEFAULT_NAME}, or the configuration's)")
    options = parser.parse_args(arguments)
    config, book = _prepared(options)
    path = options.file or config.baseline or baselines.DEFAULT_NAME
    config.baseline = ""
    run = _checked(options, config, book)
    _visible(run, config)
    findings = [finding for analysis in run.analyses for finding in analysis.findings if finding.suppressed is None]
    try:
        count = baselines.write(path, findings)
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from None
    print(f"{path}: {count} finding{'' if count == 1 else 's'}")
    return CLEAN


def test(arguments: list[str]) -> int:
    """`capdrop test`."""
    from .examples import failures

    parser = _parser("test", "Run the examples of the rules in a folder.")
    parser.add_argument("folder", metavar="FOLDER", help="a folder of Python files with rules")
    options = parser.parse_args(arguments)
    book = load_rules(options.folder)
    ours = load_rules()
    mine = [rule for name, rule in book.rules.items() if name not in ours.rules]
    problems = [problem for rule in mine for problem in failures(rule, book)]
    for problem in problems:
        print(problem)
    count = sum(len(rule.examples) for rule in mine)
    print(f"{len(mine)} rules, {count} examples, {len(problems)} problems")
    return FINDINGS if problems else CLEAN


def lsp(arguments: list[str]) -> int:
    """`capdrop lsp`."""
    _parser("lsp", "Serve editors over standard input and output.").parse_args(arguments)
    try:
        from .lsp import serve
    except ImportError:
        raise Misuse("the language server needs its extra: pip install 'capdrop[lsp]'") from None
    serve()
    return CLEAN


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "check": check,
    "fix": fix,
    "explain": explain,
    "rules": rules,
    "baseline": baseline,
    "test": test,
    "lsp": lsp,
}


def _parser(command: str, description: str) -> ArgumentParser:
    from argparse import ArgumentParser, HelpFormatter

    return ArgumentParser(
        prog=f"capdrop {command}",
        description=description,
        formatter_class=lambda prog: HelpFormatter(prog, max_help_position=28, width=110),
        allow_abbrev=False,
    )


def _add_paths(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (the current folder)")


def _add_configuration(parser: ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="the configuration file (the nearest capdrop.toml or pyproject.toml)")
    parser.add_argument("--isolated", action="store_true", help="read no configuration file")


def _add_selection(parser: ArgumentParser) -> None:
    _add_configuration(parser)
    parser.add_argument("--profile", choices=("default", "strict"), help="which rules to use")
    parser.add_argument("--select", metavar="RULES", help="only these rules, with commas between; any tool's ids")
    parser.add_argument("--ignore", metavar="RULES", help="not these rules")
    parser.add_argument("--min-confidence", choices=("low", "medium", "high"), help="lowest confidence that is shown (medium)")


def _prepared(options: Namespace) -> tuple[Config, Rulebook]:
    """The configuration with the options of the command line over it, and the rules that they put in force."""
    path = "" if options.isolated else options.config or find_config(os.getcwd())
    config = load_config(path) if path else Config(os.getcwd())
    for name in ("profile", "fail_on", "min_confidence"):
        if getattr(options, name, None):
            setattr(config, name, getattr(options, name))
    book = load_rules(*config.rule_folders)
    for name, settings in config.rule_options.items():
        book.configure(name, settings)
    chosen = _names(getattr(options, "select", None)) or config.select
    names = {book.named(name).name for name in chosen} or book.of_profile(config.profile)
    names -= {book.named(name).name for name in [*config.ignore, *_names(getattr(options, "ignore", None))]}
    book.select(names)
    return config, book


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _checked(options: Namespace, config: Config, book: Rulebook) -> Run:
    from .run import check, check_text

    if options.paths == ["-"]:
        return check_text(getattr(options, "stdin_filename", "Dockerfile"), sys.stdin.buffer.read(), config, book)
    return check(options.paths or ["."], config, book)


def _visible(run: Run, config: Config) -> None:
    """Leave out what is less sure than asked for."""
    least = Confidence[config.min_confidence.upper()]
    for analysis in run.analyses:
        analysis.findings = [finding for finding in analysis.findings if (finding.confidence or 0) >= least]


def _result(analysis: Analysis) -> Result:
    from .report import Result

    reasons = []
    for gap in analysis.gaps:
        position = analysis.source.position(gap.span.start)
        reasons.append((gap.reason, position.line, position.column))
    return Result(analysis.path, analysis.kind, analysis.outcome, reasons, analysis.findings, analysis.broken)


@contextmanager
def _output(path: str | None) -> Iterator[TextIO]:
    """Standard output, or a file."""
    if path is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from None


def _status(run: Run, config: Config) -> int:
    if any(analysis.broken or any(not gap.by_design for gap in analysis.gaps) for analysis in run.analyses):
        return INCOMPLETE
    if config.fail_on == "never":
        return CLEAN
    least = Severity[config.fail_on.upper()]
    failing = any((f.severity or 0) >= least and f.suppressed is None for a in run.analyses for f in a.findings)
    return FINDINGS if failing else CLEAN


def _tolerate_any_name() -> None:
    """Names that are not valid text must not break the streams."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _complain(message: str) -> None:
    from .report.safe import visible

    sys.stderr.write(f"capdrop: {visible(message)}\n")


def _note(message: str) -> None:
    from .report.safe import visible

    sys.stderr.write(f"{visible(message)}\n")
