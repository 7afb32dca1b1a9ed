"""A run over many files: find them, read them, judge them, silence what is known."""

from __future__ import annotations

import gc
import os

from .dialects.context import Context
from .discover import kind_by_name, walk
from .files import FilesOnDisk
from .finding import Confidence
from .judging import Found, Judged, judge, judge_bytes, result_of
from .model.workspace import Workspace
from .rulebook import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .baseline import Identity
    from .config import Config
    from .engine import Analysis
    from .report import Result
    from .rulebook import Rulebook

FEW = 20
"""Files; a run over no more collects no garbage, a longer one after each file, while what is left of it is at hand."""

MANY = 300
"""Files; above that, several processes are quicker than one."""


class Run:
    """What came of a run: the results in the order of the paths, whether something was not analysed or a rule broke, the named files
    that are of no kind of ours, those that the configuration excludes, and the baseline's entries that are gone."""

    __slots__ = ("context", "excluded", "gone", "incomplete", "other", "results")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.results: list[Result] = []
        self.incomplete = False
        self.other: list[str] = []
        self.excluded: list[str] = []
        self.gone: list[Identity] = []

    def take(self, found: Found, judged: Judged) -> None:
        """Take in what became of a file."""
        if judged.result is not None:
            self.results.append(judged.result)
        elif found.named:
            self.other.append(found.path)
        self.incomplete |= judged.incomplete


def check(paths: list[str], config: Config, book: Rulebook, tick: Callable[[int, int], None] | None = None) -> Run:
    """Check files and folders. `tick` is told how many files are done, and how many there are. Raises `Misuse`."""
    workspace = Workspace()
    folders = [path for path in paths if os.path.isdir(path)]
    beside = FilesOnDisk(folders)
    run = Run(Context(config.targets, workspace, beside, config.compose_files))
    found = list(files(paths, config, run.excluded))
    judged: dict[int, Judged] = {}
    for indices in _phases(found, lambda: _dockerfiles_named(found, folders, workspace, beside, config)):
        for index, one in zip(indices, _all_judged([found[index] for index in indices], config, book, run.context), strict=True):
            judged[index] = one
            if len(found) > FEW:
                gc.collect(1)
            if tick is not None:
                tick(len(judged), len(found))
        for index in indices:
            workspace.add(judged[index].summary)
            for part in judged[index].parts:
                workspace.start(part.started)
    if (len(found) > 1 or folders) and any(one.parts for one in judged.values()):
        judged.update(_judged_together(found, judged, book, run.context, whole=bool(folders)))
    for index, file in enumerate(found):
        run.take(file, judged[index])
    overlays = [one.overlay for one in judged.values() if one.overlay is not None]
    if overlays:
        from .overlays import leave_out_mended

        leave_out_mended(run.results, overlays, book)
    if any(finding.source.path != result.path for result in run.results for finding in result.findings):
        from .elsewhere import show_once

        show_once(run.results)
    settle(run, config, book)
    return run


def check_text(path: str, data: bytes, config: Config, book: Rulebook) -> Run:
    """Check bytes that are not in a file, as if they were at a path."""
    run = Run(Context(config.targets, files=FilesOnDisk(), compose_files=config.compose_files))
    file = Found(path, True)
    run.take(file, judge_bytes(file, data, book, run.context))
    settle(run, config, book)
    return run


def settled(analysis: Analysis, context: Context, config: Config, book: Rulebook) -> Result:
    """An analysis by itself, with what the configuration and the baseline know silenced."""
    run = Run(context)
    run.results = [result_of(analysis)]
    settle(run, config, book)
    return run.results[0]


def settle(run: Run, config: Config, book: Rulebook) -> None:
    """Silence what the configuration and the baseline know, and leave out what is less sure than asked for."""
    if config.silences:
        from .silences import silence

        silence(run.results, config)
    if config.baseline:
        from . import baseline as baselines
        from .report.masks import Masks

        known, masks = baselines.load(config.baseline), Masks(run.results)
        for result in run.results:
            known.silence(result.findings, masks)
        whole = [result.path for result in run.results if result.outcome == "analysed" and not result.broken]
        run.gone = known.gone(whole, book.selected)
    if config.detect_secrets or "detect-secrets-finding" in book.selected:
        from .secrets_baseline import settle as settle_audited

        settle_audited(config.detect_secrets, run.results)
    least = Confidence[config.min_confidence.upper()]
    for result in run.results:
        unsure = [finding for finding in result.findings if (finding.confidence or 0) < least]
        if unsure:
            result.findings = [finding for finding in result.findings if (finding.confidence or 0) >= least]
            result.unsaid = [*result.unsaid, *unsure]


def files(paths: Iterable[str], config: Config, left_out: list[str]) -> Iterator[Found]:
    """The files of these paths, each once. Named files that the configuration excludes go to `left_out`; .gitignore has no say about
    those. Raises `Misuse` for a path that does not exist."""
    seen: set[str] = set()
    for path in paths:
        path = tidy(path)
        if not os.path.lexists(path):
            raise Misuse(f"{path}: no such file or folder")
        is_folder = os.path.isdir(path)
        if is_folder or config.exclude:
            from .gitignore import Excluded

            excluded = Excluded(config.root, config.exclude)
            if excluded.covers_with_parents(os.path.abspath(path), is_folder):
                left_out.append(path)
                continue
        for at, trouble in walk(path, excluded) if is_folder else [(path, "")]:
            absolute = os.path.abspath(at)
            if absolute not in seen:
                seen.add(absolute)
                yield Found(at, not is_folder, trouble)


def tidy(path: str) -> str:
    """The one way in which we write a path, so that a file has one identity: relative where it is below the working folder."""
    normal = os.path.normpath(path)
    if os.pardir in path.split(os.sep) and os.path.realpath(normal) != os.path.realpath(path):
        return path
    here = os.getcwd()
    absolute = os.path.abspath(normal)
    return os.path.relpath(absolute, here) if absolute == here or absolute.startswith(here.rstrip(os.sep) + os.sep) else normal


def _judged_together(
    found: list[Found], judged: dict[int, Judged], book: Rulebook, context: Context, *, whole: bool
) -> Iterator[tuple[int, Judged]]:
    """The files of which all files together say something else than each alone, judged again."""
    from .together import Verdict, verdicts

    parts = [part for index in sorted(judged) for part in judged[index].parts]
    said = verdicts(parts, book, FilesOnDisk().text, whole=whole)
    nothing = Verdict()
    for index, file in enumerate(found):
        one = judged[index]
        verdict = said.get(file.path, nothing)
        if one.parts and (one.waits or one.said != verdict.key):
            yield index, judge(file, book, context, verdict)


def _phases(found: list[Found], named: Callable[[], Iterator[Found]]) -> Iterator[list[int]]:
    """The Dockerfiles and env files after all others: those say which stages ship, which other files are Dockerfiles, and what is set anew
    where an env file is given."""
    kinds = [kind_by_name(file.path) for file in found]
    is_used = [kind is not None and kind.name in ("dockerfile", "env-file") for kind in kinds]
    yield [index for index, one in enumerate(is_used) if not one]
    found += list(named())
    yield [index for index in range(len(found)) if index >= len(is_used) or is_used[index]]


def _dockerfiles_named(found: list[Found], folders: list[str], workspace: Workspace, files: FilesOnDisk, config: Config) -> Iterator[Found]:
    """The files in the folders that images are built from, and whose names do not tell that they are Dockerfiles."""
    if not folders or not workspace.starters:
        return
    from .gitignore import Excluded

    tops = tuple(os.path.abspath(folder).rstrip(os.sep) + os.sep for folder in folders)
    known = {os.path.abspath(file.path) for file in found}
    excluded = Excluded(config.root, config.exclude)
    for path in sorted(workspace.starters):
        folder, name = os.path.split(path)
        if not path.startswith(tops) or files.names(folder).get(name) is not False or not known.isdisjoint((path, os.path.realpath(path))):
            continue
        if not files.is_excluded(path) and not excluded.covers_with_parents(path):
            yield Found(tidy(path), False, is_dockerfile=True)


def processors() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _all_judged(found: list[Found], config: Config, book: Rulebook, context: Context) -> Iterator[Judged]:
    """What becomes of each file, in order."""
    done = 0
    if len(found) > MANY and (count := processors()) > 1:
        from .processes import judged_by_many

        for judged in judged_by_many(found, config, context, count):
            done += 1
            yield judged
    for file in found[done:]:
        yield judge(file, book, context)
