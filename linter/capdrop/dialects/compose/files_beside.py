"""The files beside a Compose file that Compose would look at without being told."""

from __future__ import annotations

import os

from ..near import Near
from .names import Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..context import Context

MAIN = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = ("compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml")
"""The names that Compose looks for, in its order (compose-go, `cli/options.go`, DefaultFileNames, DefaultOverrideFileNames)."""


class Beside(Near):
    """The folder of a Compose file."""

    __slots__ = ("chosen",)

    def __init__(self, path: str, context: Context) -> None:
        super().__init__(path, context)
        self.chosen = context.compose_files

    @property
    def speaks(self) -> bool:
        """Whether something beside the file may change what it means."""
        name = os.path.basename(self.path)
        return ".env" in self.names or (name in MAIN and any(other in self.names for other in OVERRIDES)) or self.path in self.chosen

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
