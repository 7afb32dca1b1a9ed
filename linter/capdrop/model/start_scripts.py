"""The scripts that an image starts, as they stand among the files that its Dockerfile copies."""

from __future__ import annotations

import posixpath
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .command import Command
    from .copy import Copy

_HANDS_ON = re.compile(
    r"(?:^|[\s;&|(`\"'/])(?:gosu|su-exec|setpriv|s6-setuidgid|chpst|setuidgid|runuser|su|s6-svscan|runsvdir)\s", re.ASCII
)
"""A program that hands on to another user or gives each service its own, as a word of its own or at the end of a path."""
_OF_ACTION = re.compile(r"\$\{?(?:GITHUB_WORKSPACE|GITHUB_ACTIONS|INPUT_[A-Z])", re.ASCII)
"""What GitHub gives to the container of an action (https://docs.github.com/actions/reference/workflows-and-actions/variables)."""
_MOST_READ = 4
_LONGEST = 100_000


class StartScript:
    """What the lines of a script say of who it is started as."""

    __slots__ = ("hands_on", "is_of_action")

    def __init__(self, text: str) -> None:
        lines = [line for line in text.split("\n") if not line.lstrip().startswith("#")]
        self.hands_on = any(_HANDS_ON.search(line) for line in lines)
        self.is_of_action = any(_OF_ACTION.search(line) for line in lines)


def scripts_started(started: Iterable[Command], copies: Sequence[Copy]) -> Iterator[StartScript]:
    """The scripts that are started."""
    return map(StartScript, _texts(started, copies))


def _texts(started: Iterable[Command], copies: Sequence[Copy]) -> Iterator[str]:
    left = _MOST_READ
    for command in started:
        for word in command.words[:3]:
            path = word.text
            if "/" not in path and not path.endswith(".sh"):
                continue
            for copy in reversed(copies):
                for candidate in _places(path, copy):
                    text = copy.context.text(candidate) if copy.context is not None and left else None
                    if text is not None and text.startswith("#!") and len(text) < _LONGEST:
                        left -= 1
                        yield text


def _places(path: str, copy: Copy) -> Iterator[str]:
    """Where a file of an image may stand in the build context, if this COPY brings it."""
    parts = posixpath.normpath(path).lstrip("/").split("/")
    renamed = posixpath.normpath(copy.destination.text).lstrip("/").split("/") == parts
    for source in copy.sources:
        at = posixpath.normpath("/" + source.text).lstrip("/")
        if renamed or posixpath.basename(at) == parts[-1]:
            yield at
        elif copy.context is not None and (not at or copy.context.holds_folder(at)):
            for start in range(max(0, len(parts) - 4), len(parts)):
                yield posixpath.join(at, *parts[start:])
