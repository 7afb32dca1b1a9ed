"""An env file by itself, whoever reads it: Compose, `docker run --env-file`, a framework or direnv."""

from __future__ import annotations

import os

from ...reading import Gap, Reading
from ...source import Source, Span
from ..context import Context
from ..near import Near
from .env_file import MOST, EnvFile, LineOrigin
from .env_variables import assigned, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ...model.subject import Subject
    from ...model.workspace import EnvUse
    from ..env_way_out import EnvWayOut

_TOLD = frozenset({"Text", "Variable"})


def read(source: Source, context: Context) -> Reading:
    """A file of `NAME=value` lines. What git ignores may hold secrets: that is the way to keep them out of the repository."""
    use = context.use_of_env_file(source.path)
    file = EnvFile(source, use is not None and use.raw)
    near = Near(source.path, context)
    ignored = near.is_ignored(near.path)
    gaps = [Gap(Span(0, 0), f"{MOST} variables are read, and no more")] if len(file.assignments) == MOST else []
    if ignored:
        gaps.append(Gap(Span(0, 0), "git ignores the file, so secrets may stand in it and are not told", by_design=True))
    subjects = _subjects(file, use, lambda: _kustomized(near), is_template=near.is_trial, ignored=ignored)
    reading = Reading(source, subjects, gaps=gaps, comments=file.comments)
    reading.serves = frozenset() if ignored or near.is_trial else _TOLD
    reading.way_out = lambda: _way_out(file, context)
    return reading


def _way_out(file: EnvFile, context: Context) -> EnvWayOut:
    from ..env_way_out import EnvWayOut

    return EnvWayOut(file.source, context.files, lambda: _subjects(file, None, tuple, is_template=False, ignored=False))


def _kustomized(near: Near) -> Iterator[str]:
    """The names in the env files of its folder, where Kustomize puts them together."""
    for name in near.names if "kustomization.yaml" in near.names else ():
        text = near.text(os.path.join(near.folder, name)) if name.endswith(".env") else None
        if text is not None:
            yield from EnvFile(Source(name, text)).known


def _subjects(
    file: EnvFile, use: EnvUse | None, beside: Callable[[], Iterable[str]], *, is_template: bool, ignored: bool
) -> Iterator[Subject]:
    if not ignored:
        yield text_of(file, is_template=is_template)
    for one in file.assignments:
        if one.written is not None:
            overridden = use is not None and one.name in use.variables
            variable = assigned(file, one, (), file.known.get(one.name), ignored=ignored, is_template=is_template, overridden=overridden)
            variable.origin = LineOrigin(file, one, beside)
            yield variable
