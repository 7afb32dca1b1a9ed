"""The files beside a Compose file that Compose would look at without being told."""

from __future__ import annotations

import os

from .names import Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...source import Source
    from ...syntax.yaml import Node, Stream

    Document = tuple[Source, Stream, list[Node]]

    from ..context import Context

MAIN = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = ("compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml")
"""The names that Compose looks for, in its order (compose-go, `cli/options.go`, DefaultFileNames, DefaultOverrideFileNames)."""


class Beside:
    """The folder of a Compose file. `path` is the file's, absolute; nothing outside of the project's root is looked at."""

    __slots__ = ("_files", "_root", "chosen", "folder", "names", "path", "written")

    def __init__(self, path: str, context: Context) -> None:
        self.written = path
        self.path = os.path.abspath(path)
        self.folder = os.path.dirname(self.path)
        self.chosen = context.compose_files
        self._files = context.files
        self.names: Mapping[str, bool] = context.files.names(self.folder) if context.files is not None else {}
        self._root: str | None = None

    @property
    def speaks(self) -> bool:
        """Whether something beside the file may change what it means."""
        name = os.path.basename(self.path)
        return ".env" in self.names or (name in MAIN and any(other in self.names for other in OVERRIDES)) or self.path in self.chosen

    @property
    def root(self) -> str:
        """The folder above which nothing is looked at."""
        if self._root is None:
            self._root = self._files.top(self.folder) if self._files is not None else self.folder
        return self._root

    def overrides(self, names: Names) -> list[str]:
        """The files that are laid over this one: as configured, as `COMPOSE_FILE` in `.env` has it, else the one that is looked for."""
        files = self.together(names)
        if files:
            return files[1:] if files[0] == self.path else []
        main = next((name for name in MAIN if name in self.names), "")
        if main != os.path.basename(self.path):
            return []
        return [os.path.join(self.folder, name) for name in OVERRIDES if name in self.names][:1]

    def is_laid_over(self, names: Names) -> bool:
        """Whether this file itself is laid over another one."""
        return self.path in self.together(names)[1:]

    def together(self, names: Names) -> list[str]:
        """The files that are named as one project."""
        if self.path in self.chosen:
            return list(self.chosen)
        written = names.values.get("COMPOSE_FILE")
        if not written:
            return []
        separator = names.values.get("COMPOSE_PATH_SEPARATOR") or (";" if ";" in written else ":")
        return [os.path.normpath(os.path.join(self.folder, part)) for part in written.split(separator) if part]

    def problem(self, path: str) -> tuple[str, bool]:
        """Why a file cannot be looked at ("" where it can), and whether that is no fault of the project."""
        if self._files is None:
            return "the other files are not known here", True
        if not path.startswith(self.root.rstrip(os.sep) + os.sep):
            return f"`{self.shown(path)}` lies outside of the project, and is not read", True
        folder, name = os.path.split(path)
        if self._files.names(folder).get(name) is not False:
            return f"there is no file `{self.shown(path)}`", False
        return "", False

    def text(self, path: str) -> str | None:
        """The text of a file of the project; None where there is none, or none to read."""
        return None if self._files is None or self.problem(path)[0] else self._files.text(path)

    def kept(self, key: object, make: Callable[[], Document]) -> Document:
        """What was made of a file, which may be remembered from an earlier one that it belongs to."""
        return make() if self._files is None else self._files.kept(key, make)

    def is_ignored(self, path: str) -> bool:
        """Whether git ignores a file, as far as the .gitignore files tell."""
        return self._files is not None and self._files.is_ignored(path)

    def shown(self, path: str) -> str:
        """A path in the way in which the file's own is written."""
        return os.path.normpath(os.path.join(os.path.dirname(self.written), os.path.relpath(path, self.folder)))
