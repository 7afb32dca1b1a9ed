"""What stages copy from one another, followed back to where it came from."""

from __future__ import annotations

import posixpath
from bisect import bisect_left

from capdrop.source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from capdrop.model.copy import Copy

    from .stages import StageState


class Taking(Record):
    """A copy from another stage: its `paths` there, and the `place` they are given here."""

    __slots__ = ("origin", "paths", "place")

    def __init__(self, origin: StageState, paths: list[str], place: str) -> None:
        self.origin = origin
        self.paths = paths
        self.place = place


def taking(copy: Copy, origin: StageState) -> Taking:
    """What a COPY takes from a stage."""
    texts = [value.text or copy.source[value.span] for value in (*copy.sources, copy.destination)]
    paths = [posixpath.normpath(posixpath.join("/", text.partition("*")[0])) for text in texts[:-1]]
    return Taking(origin, paths, posixpath.normpath(posixpath.join(copy.folder, texts[-1])))


def hand_on(stages: list[StageState]) -> None:
    """Tell each stage what goes from it into an image: what is copied to a stage that is kept, or to one that gives it on."""
    for stage in reversed(stages):
        ordered = sorted(stage.taken.paths)
        for taken in stage.takes if stage.kept or ordered else ():
            for path in taken.paths:
                taken.origin.taken.add({path} if stage.kept else set(_beneath(stage, ordered, path, taken.place)))
        if stage.base is not None:
            stage.base.taken.add(stage.taken.paths)


def _beneath(stage: StageState, ordered: list[str], path: str, place: str) -> Iterator[str]:
    """Those parts of a path that are copied on, after it was copied to a place of this stage."""
    if stage.taken.covers(posixpath.join(place, posixpath.basename(path))):
        yield path
        return
    folder = place.rstrip("/") + "/"
    for at in range(bisect_left(ordered, folder), len(ordered)):
        if not ordered[at].startswith(folder):
            break
        yield posixpath.join(path, ordered[at][len(folder) :])
