"""A run over many files: find them, read them, judge them, silence what is known."""

from __future__ import annotations

import os
import stat

from . import baseline as baselines
from .dialects.context import Context
from .discover import Excluded, Kind, kind_by_name, kind_of, walk
from .engine import Analysis, analyse
from .finding import Suppression
from .model.workspace import Workspace
from .reading import Gap
from .source import LARGEST_FILE, Source, Span, Unreadable, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .config import Config
    from .rulebook import Rulebook


class Run:
    """What came of a run: the analyses in order, and the files that were looked at and are of no kind of ours."""

    __slots__ = ("analyses", "context", "gone", "other")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.analyses: list[Analysis] = []
        self.other: list[str] = []
        self.gone: list[baselines.Identity] = []


def check(paths: list[str], config: Config, book: Rulebook) -> Run:
    """Check files and folders."""
    workspace = Workspace()
    context = Context(config.targets, workspace)
    run = Run(context)
    found = list(files(paths, config))
    for path, named in _compose_first(found):
        analysis = check_file(path, named, book, context)
        if analysis is None:
            run.other.append(path)
        else:
            workspace.add(analysis.summary)
            run.analyses.append(analysis)
    order = {path: index for index, (path, _) in enumerate(found)}
    run.analyses.sort(key=lambda analysis: order[analysis.path])
    settle(run, config)
    return run


def check_text(path: str, data: bytes, config: Config, book: Rulebook) -> Run:
    """Check bytes that are not in a file, as if they were at a path."""
    run = Run(Context(config.targets))
    analysis = _judged(path, data, True, book, run.context)
    if analysis is None:
        run.other.append(path)
    else:
        run.analyses.append(analysis)
    settle(run, config)
    return run


def settle(run: Run, config: Config) -> None:
    """Silence what the configuration and the baseline know."""
    for analysis in run.analyses:
        silence(analysis, config)
    if config.baseline and os.path.exists(config.baseline):
        known = baselines.load(config.baseline)
        for analysis in run.analyses:
            known.silence(analysis.findings)
        run.gone = known.gone(analysis.path for analysis in run.analyses)


def silence(analysis: Analysis, config: Config) -> None:
    """Apply the `[[suppress]]` tables."""
    from .discover import Pattern

    for entry in config.silences:
        paths = Pattern(config.root, entry.path)
        subjects = Pattern("", entry.subject.replace("/", "\0"))
        if not paths.matches(os.path.abspath(analysis.path), False):
            continue
        for finding in analysis.findings:
            if finding.rule == entry.rule and finding.suppressed is None and subjects.fits(finding.subject.replace("/", "\0")):
                finding.suppressed = Suppression("configuration", entry.reason)


def files(paths: Iterable[str], config: Config) -> Iterator[tuple[str, bool]]:
    """The files of these paths, each once, and whether it was named by the user."""
    seen: set[str] = set()
    for path in paths:
        if os.path.isdir(path):
            excluded = Excluded(config.root, config.exclude)
            excluded.enter_ancestors(os.path.abspath(path))
            candidates: Iterable[str] = (os.path.normpath(found) for found in walk(path, excluded))
            named = False
        else:
            excluded = Excluded(config.root, config.exclude)
            candidates, named = ([] if excluded.covers(os.path.abspath(path), False) else [path]), True
        for candidate in candidates:
            if candidate not in seen:
                seen.add(candidate)
                yield candidate, named


def check_file(path: str, named: bool, book: Rulebook, context: Context) -> Analysis | None:
    """The analysis of a file; None for a file of no kind of ours that nobody asked about by a name we should know."""
    try:
        data = read_bytes(path)
    except Unreadable as error:
        return _unread(path, str(error))
    return _judged(path, data, named, book, context)


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file. Raises `Unreadable`."""
    try:
        if os.path.islink(path) and not _stays_inside(path):
            raise Unreadable("a link that leads out of its repository")
        state = os.stat(path)
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("not a regular file")
        if state.st_size > LARGEST_FILE:
            raise Unreadable(f"larger than {LARGEST_FILE // 1024 // 1024} MiB")
        with open(path, "rb") as file:
            return file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(getattr(error, "strerror", None) or "its path cannot be read") from None


def top_of(folder: str) -> str:
    """The folder that holds the repository of a folder; the folder itself outside of one."""
    at = os.path.abspath(folder)
    while not os.path.exists(os.path.join(at, ".git")):
        parent = os.path.dirname(at)
        if parent == at:
            return os.path.abspath(folder)
        at = parent
    return at


def _stays_inside(path: str) -> bool:
    top = os.path.realpath(top_of(os.path.dirname(path) or "."))
    return os.path.realpath(path).startswith(top + os.sep)


def _compose_first(found: list[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Compose files before the others: they say which stages of a Dockerfile ship."""
    later = []
    for path, named in found:
        kind = kind_by_name(path)
        if kind is not None and kind.name == "compose":
            yield path, named
        else:
            later.append((path, named))
    yield from later


def _judged(path: str, data: bytes, named: bool, book: Rulebook, context: Context) -> Analysis | None:
    try:
        source = decode(path, data)
    except Unreadable as error:
        return _unread(path, str(error)) if named or kind_by_name(path) else None
    kind = kind_of(path, source.text)
    if kind is None:
        return None
    return analyse(source, kind, book, context)


def _unread(path: str, reason: str) -> Analysis:
    kind: Kind | None = kind_by_name(path)
    analysis = Analysis(Source(path, ""), kind.name if kind else "")
    analysis.gaps.append(Gap(Span(0, 0), reason, blocks=True))
    return analysis
