"""The files of a project that one of them names: looked for below its root only, and read within bounds."""

from __future__ import annotations

import os

from ..source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .context import Context


class Near:
    """The folder of a file. `path` is the file's, absolute; nothing outside of the project's root is looked at."""

    __slots__ = ("_context", "_files", "_root", "folder", "names", "path", "written")

    def __init__(self, path: str, context: Context) -> None:
        self.written = path
        self.path = os.path.abspath(path)
        self.folder = os.path.dirname(self.path)
        self._context = context
        self._files = context.files
        self.names: Mapping[str, bool] = context.files.names(self.folder) if context.files is not None else {}
        self._root: str | None = None

    @property
    def root(self) -> str:
        """The folder above which nothing is looked at."""
        if self._root is None:
            self._root = self._files.top(self.folder) if self._files is not None else self.folder
        return self._root

    @property
    def knows_files(self) -> bool:
        """Whether other files may be looked at."""
        return self._files is not None

    def problem(self, path: str) -> tuple[str, bool]:
        """Why a file cannot be looked at ("" where it can), and whether that is no fault of the project."""
        if self._files is None:
            return "the other files are not known here", True
        if not self.is_inside(path):
            return f"`{self.shown(path)}` lies outside of the project, and is not read", True
        folder, name = os.path.split(path)
        if self._files.names(folder).get(name) is not False:
            return f"there is no file `{self.shown(path)}`", False
        return "", False

    def is_inside(self, path: str) -> bool:
        """Whether a path lies below the project's root."""
        return path.startswith(self.root.rstrip(os.sep) + os.sep)

    def names_in(self, folder: str) -> Mapping[str, bool]:
        """What is in a folder of the project, and which of it are folders; nothing where it is none."""
        inside = self.is_inside(folder) or folder == self.root
        return self._files.names(folder) if self._files is not None and inside else {}

    def text(self, path: str) -> str | None:
        """The text of a file of the project; None where there is none, or none to read."""
        return None if self._files is None or self.problem(path)[0] else self._files.text(path)

    def source(self, path: str, text: str) -> Source:
        """A file of the project as a source."""
        source = Source(self.shown(path), text)
        self._context.place(source)
        return source

    def kept(self, key: object, make: Callable[[], Any]) -> Any:
        """What was made of a file, which may be remembered for a while."""
        return make() if self._files is None else self._files.kept(key, make)

    def is_ignored(self, path: str) -> bool:
        """Whether git ignores a file, as far as the .gitignore files tell."""
        return self._files is not None and self._files.is_ignored(path)

    @property
    def is_trial(self) -> bool:
        """Whether the file itself is a template, or stands among tests and examples of its project."""
        return self.is_trial_at(self.path)

    def is_trial_at(self, path: str) -> bool:
        """Whether a file of the project is a template, or stands among its tests and examples."""
        from ..secret_search import is_harmless_file

        return is_harmless_file(os.path.relpath(path, self.root))

    def shown(self, path: str) -> str:
        """A path in the way in which the file's own is written."""
        return os.path.normpath(os.path.join(os.path.dirname(self.written), os.path.relpath(path, self.folder)))
