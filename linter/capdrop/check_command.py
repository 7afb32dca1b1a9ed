"""`capdrop check` and `capdrop baseline`."""

from __future__ import annotations

import os
import sys

from . import __version__, report
from .aside import Progress, note, notes
from .config import DEFAULT_BASELINE
from .finding import Severity
from .options import PATHS, SELECTION, Option, Reader, prepared
from .report.safe import visible
from .rulebook import Misuse
from .run import check, check_text
from .source import LARGEST_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from .config import Config
    from .options import Given
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
  capdrop check --pss restricted manifests    whether pods reach a level of the Pod Security Standards
  capdrop check --format sarif --output capdrop.sarif .
  cat Dockerfile | capdrop check --stdin-filename app/Dockerfile -
"""


def main(arguments: list[str]) -> int:
    """`capdrop check`."""
    from .config import THRESHOLDS

    table = (
        *SELECTION,
        Option("--fail-on", "lowest severity that makes the exit status 1 (low)", choices=THRESHOLDS),
        Option("--format", "how to print the findings (text)", choices=report.FORMATS, default="text"),
        Option("--output", "write the report to FILE, and only a summary to the terminal", "FILE", default="-"),
        Option("--show-suppressed", "show also what is silenced, and how"),
        Option("--stdin-filename", "the path that standard input is checked as", "PATH", default="Dockerfile"),
    )
    options = Reader("check", "Check files and folders.", table, PATHS, _MORE).read(arguments)
    config, book = prepared(options)
    out = _opened(options.output)
    run = _checked(options, config, book)
    try:
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
        if out is not sys.stdout:
            out.close()
    except OSError as error:
        if out is sys.stdout:
            raise
        raise Misuse(f"{options.output}: {error.strerror}") from None
    if options.output != "-":
        from .report.summary import summary

        note(f"{options.output}: {summary(run.results)}")
    for line in notes(run):
        note(line)
    return _status(run, config)


def baseline(arguments: list[str]) -> int:
    """`capdrop baseline`."""
    reader = Reader(
        "baseline",
        "Remember the present findings, so that `check` shows only new ones.",
        [
            *SELECTION,
            Option("--file", f"the baseline (the configuration's, or {DEFAULT_BASELINE} beside it)", "FILE"),
            Option("--detect-secrets", "write a .secrets.baseline instead, which `detect-secrets audit` opens"),
        ],
        PATHS,
        "What the baseline knows of other files is kept. It holds no line numbers, no messages and no secrets, so it merges well.",
    )
    options = reader.read(arguments)
    if "-" in options.paths:
        raise Misuse("a baseline is of files, not of standard input")
    config, book = prepared(options)
    path = options.file or config.baseline or os.path.join(config.root, DEFAULT_BASELINE)
    config.baseline = ""
    run = _checked(options, config, book)
    findings = [finding for result in run.results for finding in result.findings if finding.suppressed is None]
    checked = [result.path for result in run.results]
    if options.detect_secrets:
        from . import secrets_baseline

        path = options.file or config.detect_secrets or os.path.join(config.root, secrets_baseline.NAME)
        count = secrets_baseline.write(path, checked)
    else:
        from . import baseline as baselines
        from .report.masks import Masks

        count = baselines.write(path, findings, Masks(run.results), checked, book.selected)
    sys.stdout.write(visible(f"{os.path.relpath(path)}: {count} finding{'' if count == 1 else 's'}") + "\n")
    for line in notes(run):
        note(line)
    return INCOMPLETE if run.incomplete else CLEAN


def _checked(options: Given, config: Config, book: Rulebook) -> Run:
    if "-" not in options.paths:
        with Progress() as tick:
            return check(options.paths or ["."], config, book, tick)
    if len(options.paths) > 1:
        raise Misuse("standard input (`-`) is checked alone")
    return check_text(options.stdin_filename, sys.stdin.buffer.read(LARGEST_FILE + 1), config, book)


def _opened(path: str) -> TextIO:
    """Standard output, or a file; one that cannot be written is found out before the work."""
    if path == "-":
        return sys.stdout
    try:
        return open(path, "w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from None


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
