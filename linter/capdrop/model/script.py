"""What runs one after the other in one file system."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .command import Command
    from .copy import Copy
    from .download import Download
    from .stage import Taken


class Script(Subject):
    """The commands of all RUNs of a stage, or those of one container's command, in the order in which they stand; and the
    files that the stage copies, and what others take from it."""

    __slots__ = ("_downloads", "commands", "copies", "taken")

    def __init__(
        self, source: Source, span: Span, address: str, commands: list[Command], copies: list[Copy], taken: Taken | None = None
    ) -> None:
        super().__init__(source, span, address)
        self.commands = commands
        self.copies = copies
        self.taken = taken
        self._downloads: list[Download] | None = None

    @property
    def asked_by(self) -> frozenset[str]:
        """The programs of its commands, and the flags of its copies."""
        programs = frozenset(name for command in self.commands for name in command.asked_by)
        return programs.union(*(copy.flags for copy in self.copies))

    @property
    def downloads(self) -> list[Download]:
        """What it downloads, and what becomes of it."""
        if self._downloads is None:
            from .download import DOWNLOADERS, downloads_in

            found = any(command.name in DOWNLOADERS or command.name == "php" for command in self.commands)
            self._downloads = downloads_in(self.commands) if found else []
        return self._downloads

    def runs(self, path: str, after: Command) -> Command | None:
        """The command that runs a file, or makes a program of it, after another one has written it."""
        from .download import first_run

        return first_run(path, after, self.commands)

    def installs(self, path: str) -> Command | None:
        """The command that installs a package file."""
        from .file_use import use_of

        return next((command for command in self.commands if use_of(command, {path}) == "installed"), None)

    def checks(self, path: str) -> bool:
        """Whether it compares a checksum or a signature of a file."""
        from .checks import CHECKERS, checks

        return any(command.name in CHECKERS and checks(command, {path}) for command in self.commands)
