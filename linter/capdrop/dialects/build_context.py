"""Where a Dockerfile's build context is, and what is in it."""

from __future__ import annotations

import os
import posixpath
from collections import deque

from capdrop.finding import Edit
from capdrop.model.build_context import BuildContext
from capdrop.model.subject import Refused
from capdrop.source import Fragment, Source, Span

from .dockerignore import Dockerignore, Glob

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from capdrop.files import Files
    from capdrop.model.variable import Variable

MOST_NAMES = 1000
"""Files and folders of a context that are looked at, those nearest to its top first."""
MOST_LEVELS = 4
"""Folders within folders that are looked into."""
HIGHEST = 4
"""Folders above the Dockerfile's that its context may be."""
NOT_ENTERED = frozenset({".git", ".hg", ".svn", "node_modules", "vendor", ".venv", "venv", "__pycache__", ".tox", ".terraform"})
"""Folders of what others wrote."""
_MAGIC = frozenset("*?[\\")


class FolderContext(BuildContext):
    """A context that is a folder among known files.

    Its place is looked up when it is first asked for: the folder that a Compose file names, else the one of the Dockerfile's
    folder and those above it that holds most of the `sources` which the Dockerfile copies by name, the nearest first.
    """

    __slots__ = ("_dockerfile", "_files", "_folder", "_ignored", "_named", "_sources", "_tidied", "_written_as")

    def __init__(self, files: Files, dockerfile: str, sources: Iterable[str], named: Iterable[str] = ()) -> None:
        self._files = files
        self._written_as = dockerfile
        self._dockerfile = os.path.abspath(dockerfile)
        self._sources = sources
        self._tidied: list[str] | None = None
        self._named = named
        self._folder: str | None = None
        self._ignored: Dockerignore | None = None

    @property
    def seen(self) -> bool:
        return bool(self._files.names(self.folder))

    @property
    def folder(self) -> str:
        if self._folder is None:
            beside = os.path.dirname(self._dockerfile)
            named = sorted(self._named)
            self._folder = (beside if beside in named else named[0]) if named else self._likeliest(beside)
        return self._folder

    def matching(self, source: str) -> list[str]:
        path = _tidy(source)
        if not _MAGIC.intersection(path):
            return [path] if self._is_there(path) else []
        above, _, name = path.rpartition("/")
        if _MAGIC.intersection(above):
            return []
        glob = Glob(name, folders=False)
        return [at for at in (posixpath.join(above, each) for each in self._names(above) if glob.fits(each)) if not self.excludes(at)]

    def excludes(self, path: str) -> bool:
        if self._ignored is None:
            self._ignored = Dockerignore((self._ignore_file() or "").splitlines())
        return bool(self._ignored.patterns) and self._ignored.excludes(path)

    def keep_out(self, paths: Sequence[str]) -> Edit:
        if any(source in paths for source in self._copied()):
            raise Refused("the Dockerfile copies it by name")
        if any(_MAGIC.intersection(path) or path[0] in "!#" or path != path.strip() or not path.isprintable() for path in paths):
            raise Refused("its name would have to be escaped")
        at = self._ignore_path() or os.path.join(self.folder, ".dockerignore")
        shown = at if os.path.isabs(self._written_as) else os.path.relpath(at)
        found = self._files.source(at)
        if found is None and os.path.basename(at) in self._files.names(os.path.dirname(at)):
            raise Refused(f"{shown} cannot be read")
        beside = Source(shown, "") if found is None else Source(shown, found.text, found.encoding, found.bom)
        end = len(beside.text)
        start = "" if not end or beside.text.endswith(("\n", "\r")) else beside.newline
        return Edit(Span(end, end), start + "".join(f"{path}{beside.newline}" for path in paths), beside)

    def covers(self, patterns: list[str], path: str) -> bool:
        return Dockerignore(patterns).excludes(path)

    def below(self, folder: str, wanted: Callable[[str], bool]) -> Iterator[str]:
        waiting = deque([(_tidy(folder), 1)])
        left = MOST_NAMES
        while waiting:
            at, level = waiting.popleft()
            for name, is_folder in self._names(at).items():
                left -= 1
                if left < 0:
                    return
                path = f"{at}/{name}" if at else name
                if is_folder:
                    if level < MOST_LEVELS and name not in NOT_ENTERED:
                        waiting.append((path, level + 1))
                elif wanted(path) and not self.excludes(path):
                    yield path

    def holds_folder(self, path: str) -> bool:
        above, _, name = _tidy(path).rpartition("/")
        return self._names(above).get(name, False) and not self.excludes(_tidy(path))

    def text(self, path: str) -> str | None:
        return None if self.excludes(path) else self._files.text(os.path.join(self.folder, *path.split("/")))

    def settings(self, path: str, text: str) -> Iterator[Variable]:
        from .settings_file import variables_in_settings

        return variables_in_settings(Fragment.at(text, 0), Source(path, text), path)

    def _names(self, folder: str) -> Mapping[str, bool]:
        """What is in a folder that is reached without following links, as a build does not follow them."""
        at = self.folder
        names = self._files.names(at)
        for part in folder.split("/") if folder else ():
            if not names.get(part):
                return {}
            at = os.path.join(at, part)
            names = self._files.names(at)
        return names

    def _is_there(self, path: str) -> bool:
        above, _, name = path.rpartition("/")
        return not path or (name in self._names(above) and not self.excludes(path))

    def _ignore_file(self) -> str | None:
        """The text of the .dockerignore in force: that of this Dockerfile alone, else that of the context."""
        path = self._ignore_path()
        return self._files.text(path) if path is not None else None

    def _ignore_path(self) -> str | None:
        own = f"{self._dockerfile}.dockerignore"
        if os.path.basename(own) in self._files.names(os.path.dirname(own)):
            return own
        here = self._files.names(self.folder)
        name = next((name for name in (".dockerignore", ".containerignore") if name in here), None)
        return os.path.join(self.folder, name) if name is not None else None

    def _copied(self) -> list[str]:
        """What the Dockerfile copies by name, as paths from the context's top."""
        if self._tidied is None:
            self._tidied = [_tidy(source) for source in self._sources]
        return self._tidied

    def _likeliest(self, beside: str) -> str:
        names = [source for source in self._copied() if source and not _MAGIC.intersection(source)]
        best, at, top = (-1, beside), beside, self._files.top(beside)
        for _ in range(HIGHEST + 1 if names else 0):
            held = sum(
                os.path.basename(name) in self._files.names(os.path.join(at, os.path.dirname(name)).rstrip(os.sep)) for name in names
            )
            if held > best[0]:
                best = (held, at)
            if at == top or held == len(names):
                break
            at = os.path.dirname(at)
        return best[1]


def _tidy(source: str) -> str:
    """A source of COPY as a path from the context's top, "" for the top itself: nothing leads out of it."""
    return posixpath.normpath("/" + source).lstrip("/")
