"""What is said beside the report, on standard error."""

from __future__ import annotations

import sys

from . import __version__
from .report.safe import visible
from .report.words import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .run import Run

SHOWN = 5
"""Paths that a note names before it only counts."""


def note(message: str) -> None:
    """A line for the user."""
    sys.stderr.write(f"{visible(message)}\n")


def notes(run: Run) -> Iterator[str]:
    """What the user should know beside the findings."""
    if run.other:
        yield f"of no kind that capdrop knows: {_listed(run.other)}"
    if run.excluded:
        yield f"excluded by the configuration: {_listed(run.excluded)}"
    templates = sum(1 for result in run.results if result.told_once)
    if templates:
        yield f"{counted(templates, 'template')}: what their actions decide beyond values.yaml is unknown (`--format json` says where)"
    broken = sorted({rule for result in run.results for rule, _ in result.broken})
    if broken:
        yield f"rules that broke in capdrop {__version__}: {_listed(broken)}"
    if run.gone:
        entries = [f"{rule} in {path} ({subject})" for path, rule, subject, _ in run.gone]
        yield f"in the baseline and gone: {_listed(entries)}; `capdrop baseline` drops what is gone"


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return f"{', '.join(words[:SHOWN])}{more}"


class Progress:
    """A line on the terminal that counts files, from the second second on; nothing where no person looks."""

    __slots__ = ("_next", "_width")

    def __init__(self) -> None:
        from time import monotonic

        self._next = monotonic() + 1 if sys.stderr.isatty() else float("inf")
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away."""
        if self._width:
            sys.stderr.write(f"\r{' ' * self._width}\r")
            sys.stderr.flush()

    def __call__(self, done: int, count: int) -> None:
        from time import monotonic

        now = monotonic()
        if now >= self._next:
            self._next = now + 0.1
            line = f"{done} of {count} files"
            self._width = len(line)
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()
