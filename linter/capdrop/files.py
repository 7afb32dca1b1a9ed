"""Reading files, and only what is one: regular, of a bounded size, and not behind a link that leads out of its repository."""

from __future__ import annotations

import os
import stat

from .source import LARGEST_FILE, Source, Unreadable, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

MOST_KEPT = 16
"""Files of which what was made of them is remembered."""

SMALL = 64 * 1024
"""Bytes; so many are read of a file that is said to be smaller, as those of some file systems say nothing of their size."""

LARGEST_BESIDE = 256 * 1024
"""Bytes of a file beside the one that is checked; of a larger one nothing is known."""


def read_bytes(path: str, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of a regular file. Raises `Unreadable`."""
    try:
        if os.path.islink(path) and not stays_inside(path):
            raise Unreadable("a link that leads out of its repository")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise Unreadable("not a regular file")
            if state.st_size > largest:
                raise Unreadable(f"larger than {largest // 1024 // 1024} MiB")
            return file.read(max(state.st_size, SMALL) + 1)  # to ask for more would set memory aside for it
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


def stays_inside(path: str) -> bool:
    """Whether a path, with its links followed, is in the repository that it stands in."""
    top = os.path.realpath(top_of(os.path.dirname(path) or "."))
    return os.path.realpath(path).startswith(top.rstrip(os.sep) + os.sep)


class Files:
    """The files beside those that are checked, by absolute paths. Of these none is known."""

    __slots__ = ()

    def top(self, folder: str) -> str:
        """The folder above which nothing is looked at."""
        return folder

    def from_top(self, path: str) -> str:
        """The path of a file from the top of its repository; outside of one as it is written, if that says more."""
        absolute = os.path.abspath(path)
        below = absolute[len(self.top(os.path.dirname(absolute)).rstrip(os.sep)) + 1 :]
        if not os.path.isabs(path) and not path.startswith(os.pardir) and len(path) > len(below):
            below = path
        return below.replace(os.sep, "/")

    def names(self, folder: str) -> Mapping[str, bool]:
        """What is in a folder, in order, and which of it are folders; nothing where it is none."""
        return {}

    def source(self, path: str) -> Source | None:
        """A file that can be read."""
        return None

    def text(self, path: str) -> str | None:
        """The text of a file; None where it is none, or not one to read."""
        source = self.source(path)
        return None if source is None else source.text

    def is_excluded(self, path: str) -> bool:
        """Whether the .gitignore files say that git is to ignore a file."""
        return False

    def is_ignored(self, path: str) -> bool:
        """Whether git ignores a file, as far as the .gitignore files tell. It does not ignore what it has already."""
        return False

    def kept(self, key: object, make: Callable[[], Any]) -> Any:
        """What was made of a file, which may be remembered for a while."""
        return make()


class FilesOnDisk(Files):
    """The files as they stand on the disk. What was listed once is remembered: this is made anew for each run.

    Outside of a repository nothing is looked at above the outermost of the `given` folders that a file is in.
    """

    __slots__ = ("_given", "_ignored", "_kept", "_names", "_tops")

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._given = sorted(os.path.abspath(folder) for folder in given)
        self._names: dict[str, Mapping[str, bool]] = {}
        self._tops: dict[str, str] = {}
        self._ignored: dict[str, bool] = {}
        self._kept: dict[object, Any] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """Another process begins with nothing remembered."""
        return FilesOnDisk, (self._given,)

    def top(self, folder: str) -> str:
        return self._top(folder) or next(
            (top for top in self._given if f"{folder}{os.sep}".startswith(top.rstrip(os.sep) + os.sep)), folder
        )

    def _top(self, folder: str) -> str:
        found = self._tops.get(folder)
        if found is None:
            parent = os.path.dirname(folder)
            if os.path.exists(os.path.join(folder, ".git")):
                found = folder
            else:
                found = "" if parent == folder else self._top(parent)
            self._tops[folder] = found
        return found

    def names(self, folder: str) -> Mapping[str, bool]:
        found = self._names.get(folder)
        if found is None:
            try:
                with os.scandir(folder) as entries:
                    found = dict(sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries))
            except (OSError, ValueError):
                found = {}
            self._names[folder] = found
        return found

    def is_excluded(self, path: str) -> bool:
        found = self._ignored.get(path)
        if found is None:
            from .gitignore import Excluded

            folder = os.path.dirname(path)
            top = self.top(folder)
            excluded = Excluded(top, [])
            for part in ("", *os.path.relpath(folder, top).split(os.sep)):
                if part != os.curdir:
                    top = os.path.join(top, part) if part else top
                    excluded.enter(top)
            found = self._ignored[path] = excluded.covers_with_parents(path)
        return found

    def is_ignored(self, path: str) -> bool:
        if not self.is_excluded(path):
            return False
        from .git_index import holds

        top = self.top(os.path.dirname(path))
        return not holds(self.kept(("index", top), lambda: index_of(top)), os.path.relpath(path, top))

    def kept(self, key: object, make: Callable[[], Any]) -> Any:
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = make()
        return self._kept[key]

    def source(self, path: str) -> Source | None:
        try:
            return decode(path, read_bytes(path, LARGEST_BESIDE)) if stays_inside(path) else None
        except Unreadable:
            return None


def index_of(top: str) -> bytes:
    """The index of a repository, or of a work tree that has its own elsewhere; nothing where there is none to read."""
    from .gitignore import git_folder

    try:
        return read_bytes(os.path.join(git_folder(top), "index"))
    except Unreadable:
        return b""


class FilesWritten(Files):
    """Files that stand in an example: their texts by their paths."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {os.path.abspath(path): text for path, text in texts.items()}

    def names(self, folder: str) -> Mapping[str, bool]:
        below = folder.rstrip(os.sep) + os.sep
        parts = sorted(path[len(below) :].partition(os.sep) for path in self._texts if path.startswith(below))
        return {name: bool(inside) for name, inside, _ in parts}

    def source(self, path: str) -> Source | None:
        text = self._texts.get(path)
        return None if text is None else Source(path, text)


class FilesChanged(Files):
    """Files as they will be once some of them are changed or made."""

    __slots__ = ("_changed", "_files")

    def __init__(self, files: Files, changed: Iterable[Source]) -> None:
        self._files = files
        self._changed = {os.path.abspath(source.path): source for source in changed}

    def top(self, folder: str) -> str:
        return self._files.top(folder)

    def names(self, folder: str) -> Mapping[str, bool]:
        made = {os.path.basename(path): False for path in self._changed if os.path.dirname(path) == folder}
        return dict(sorted({**self._files.names(folder), **made}.items())) if made else self._files.names(folder)

    def source(self, path: str) -> Source | None:
        return self._changed.get(path) or self._files.source(path)

    def is_excluded(self, path: str) -> bool:
        return self._files.is_excluded(path) or any(_ignores(source, path) for source in self._changed.values())

    def is_ignored(self, path: str) -> bool:
        return self._files.is_ignored(path) or any(_ignores(source, path) for source in self._changed.values())


def _ignores(source: Source, path: str) -> bool:
    """Whether a file is a `.gitignore` that leaves a path out."""
    folder, name = os.path.split(os.path.abspath(source.path))
    if name != ".gitignore" or not path.startswith(folder + os.sep):
        return False
    from .gitignore import Excluded

    return Excluded(folder, source.text.splitlines()).covers_with_parents(path)
