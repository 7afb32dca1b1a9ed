"""`capdrop check` and `capdrop baseline`."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

from . import __version__, report
from . import baseline as baselines
from .aside import note, notes, progress
from .finding import Severity
from .options import add_paths, add_selection, parser, prepared
from .report.safe import visible
from .rulebook import Misuse
from .run import check, check_text
from .source import LARGEST_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from typing import TextIO

    from .config import Config
    from .rulebook import Rulebook
    from .run import Run

CLEAN, FINDINGS, INCOMPLETE = 0, 1, 3
_MORE = """\
A file is judged as what its name says (Dockerfile.dev, compose.prod.yaml) or else its content does (Kubernetes
manifests, stack files, scripts with `docker run`). In folders, what .gitignore excludes is left out; a file that
you name is checked unless the configuration excludes it.

examples:
  capdrop check                               everything below the current folder
  capdrop check --profile strict compose.yaml
  capdrop check --select DL3002,root-user .   only these rules, by any tool's ids
  capdrop check --format sarif --output capdrop.sarif .
  cat Dockerfile | capdrop check --stdin-filename app/Dockerfile -
"""


def main(arguments: list[str]) -> int:
    """`capdrop check`."""
    from .config import THRESHOLDS

    reader = parser("check", "Check files and folders.", _MORE)
    add_paths(reader)
    add_selection(reader)
    reader.add_argument("--fail-on", choices=THRESHOLDS, help="lowest severity that makes the exit status 1 (low)")
    reader.add_argument("--format", choices=report.FORMATS, default="text", help="how to print the findings (text)")
    reader.add_argument("--output", metavar="FILE", default="-", help="write the report to FILE, and only a summary to the terminal")
    reader.add_argument("--show-suppressed", action="store_true", help="show also what is silenced, and how")
    reader.add_argument("--stdin-filename", metavar="PATH", default="Dockerfile", help="the path that standard input is checked as")
    options = reader.parse_args(arguments)
    config, book = prepared(options)
    with _output(options.output) as out:
        run = _checked(options, config, book)
        report.write(
            options.format,
            run.results,
            out,
            rules=book.loaded,
            version=__version__,
            color=out.isatty() and not os.environ.get("NO_COLOR"),
            show_suppressed=options.show_suppressed,
            width=_width(out),
        )
        out.flush()
    if options.output != "-":
        from .report.summary import summary

        note(f"{options.output}: {summary(run.results)}")
    for line in notes(run):
        note(line)
    return _status(run, config)


def baseline(arguments: list[str]) -> int:
    """`capdrop baseline`."""
    reader = parser(
        "baseline",
        "Remember the present findings, so that `check` shows only new ones.",
        "What the baseline knows of other files is kept. It holds no line numbers, no messages and no secrets, so it merges well.",
    )
    add_paths(reader)
    add_selection(reader)
    reader.add_argument("--file", metavar="FILE", help=f"the baseline (the configuration's, or {baselines.DEFAULT_NAME} beside it)")
    options = reader.parse_args(arguments)
    if "-" in options.paths:
        raise Misuse("a baseline is of files, not of standard input")
    config, book = prepared(options)
    path = options.file or config.baseline or os.path.join(config.root, baselines.DEFAULT_NAME)
    config.baseline = ""
    run = _checked(options, config, book)
    findings = [finding for result in run.results for finding in result.findings if finding.suppressed is None]
    count = baselines.write(path, findings, [result.path for result in run.results], book.selected)
    sys.stdout.write(visible(f"{os.path.relpath(path)}: {count} finding{'' if count == 1 else 's'}") + "\n")
    for line in notes(run):
        note(line)
    return INCOMPLETE if run.incomplete else CLEAN


def _checked(options: Namespace, config: Config, book: Rulebook) -> Run:
    if "-" not in options.paths:
        with progress() as tick:
            return check(options.paths or ["."], config, book, tick)
    if len(options.paths) > 1:
        raise Misuse("standard input (`-`) is checked alone")
    return check_text(options.stdin_filename, sys.stdin.buffer.read(LARGEST_FILE + 1), config, book)


@contextmanager
def _output(path: str) -> Iterator[TextIO]:
    """Standard output, or a file; one that cannot be written is found out before the work."""
    if path == "-":
        yield sys.stdout
        return
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
    except OSError as error:
        raise Misuse(f"{error.filename or path}: {error.strerror}") from None


def _width(out: TextIO) -> int:
    """The columns of a terminal; 0 where it is none."""
    try:
        return os.get_terminal_size(out.fileno()).columns if out.isatty() else 0
    except (OSError, ValueError):
        return 0


def _status(run: Run, config: Config) -> int:
    if run.incomplete:
        return INCOMPLETE
    if config.fail_on == "never":
        return CLEAN
    least = Severity[config.fail_on.upper()]
    failing = any((finding.severity or 0) >= least and finding.suppressed is None for result in run.results for finding in result.findings)
    return FINDINGS if failing else CLEAN
