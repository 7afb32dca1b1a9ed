"""What a script downloads, where it puts that, and what becomes of it."""

from __future__ import annotations

import re

from ..finding import Fix
from .checks import CHECKERS, checks, same_file
from .file_use import UNPACKERS, other_names, passed_on, redirected, use_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .command import Command
    from .words import Word

POWERSHELL = frozenset({"invoke-webrequest", "invoke-restmethod", "downloadstring"})
"""Commands of PowerShell that fetch, and the method of .NET's WebClient that does."""
_TO_FILE = frozenset({"downloadfile", "start-bitstransfer", "certutil", "bitsadmin"})
"""Those that are given the file behind the address: WebClient.DownloadFile, Start-BitsTransfer, `certutil -urlcache`."""
DOWNLOADERS = frozenset({"curl", "wget", "wget2", "fetch", "aria2c"}) | POWERSHELL | _TO_FILE
"""Programs whose operands are URLs that they fetch."""
_TO_OUTPUT = ("-", "/dev/stdout")
_FILE_OPTIONS = {
    "curl": ("-o", "--output"),  # curl(1)
    "wget": ("-O", "--output-document"),  # wget(1)
    "wget2": ("-O", "--output-document"),
    "fetch": ("-o", "--output"),  # fetch(1)
    "aria2c": ("-o", "--out"),  # aria2c(1)
} | dict.fromkeys(POWERSHELL | _TO_FILE, ("-outfile", "-destination"))
_OWN_NAME = ("-O", "--remote-name", "-J", "--remote-header-name", "--remote-name-all")
"""Options with which curl names the file as the server does; the others always do."""
_FOLDER_OPTIONS = {"wget": ("-P", "--directory-prefix"), "wget2": ("-P", "--directory-prefix"), "aria2c": ("-d", "--dir")}
_COPIED = r"\bcopy\(\s*['\"](https?://[^'\"\s]+)['\"]\s*,\s*['\"]([^'\"\s]+)['\"]"
_READ = r"\breadfile\(\s*['\"]https?://"
"""What PHP programs say that fetch a file, and that print one; its `copy` and `readfile` take URLs."""
_REACH = 400
"""How many commands a file is followed for."""


class Download:
    """Something that is downloaded.

    `url` is the word that says from where, `file` the path that it is written to ("" for standard output). `use` is the first
    command that runs it ("run"), makes a program of it ("executable"), installs ("installed") or unpacks it ("unpacked"), as `how`
    says; `check` the command that compares its checksum or signature.
    """

    __slots__ = ("check", "command", "file", "how", "url", "use")

    def __init__(self, command: Command, url: Word, file: str) -> None:
        self.command = command
        self.url = url
        self.file = file
        self.use: Command | None = None
        self.how = ""
        self.check: Command | None = None

    def compare_first(self, title: str) -> Fix:
        """A fix that shows how to compare the file before its use; without edits for the shells of Windows, which have no `sha256sum`."""
        from .checked_download import compared

        step = self.command.step
        of_windows = self.command.name in POWERSHELL | _TO_FILE or (step is not None and step.shell.language in ("cmd", "powershell"))
        return Fix(title) if of_windows else compared(self, title)

    @property
    def moving(self) -> bool:
        """Whether the address names no version: another program may stand there tomorrow. False where a variable may decide it."""
        from .address import is_moving

        return is_moving(self.url.effective)


def downloads_in(commands: list[Command]) -> list[Download]:
    """Everything that a list of commands downloads, each followed to its use and to its check."""
    made = [list(_made_by(command)) if command.name in DOWNLOADERS else list(_copied(command)) for command in commands]
    for index, downloads in enumerate(made, 1):
        for download in downloads:
            _follow(download, commands[index : index + _REACH], made[index : index + _REACH])
    return [download for downloads in made for download in downloads]


def first_run(path: str, after: Command, commands: list[Command]) -> Command | None:
    """The command that runs a file, or makes a program of it, after another one has written it."""
    start = next((index for index, command in enumerate(commands, 1) if command is after), len(commands))
    return next((command for command in commands[start : start + _REACH] if use_of(command, {path}) in ("run", "executable")), None)


def is_compared(command: Command) -> bool:
    """Whether a script that is no longer than we follow a file compares what one of its commands downloads to files."""
    files = {download.file for download in _made_by(command)} if command.name in DOWNLOADERS and not to_output(command) else set()
    return bool(files) and len(command.siblings) <= _REACH and any(checks(other, files) for other in command.siblings)


def to_output(command: Command) -> bool:
    """Whether a command writes what it downloads from elsewhere to its standard output."""
    if command.name == "php":
        program = command.inline_program
        return program is not None and re.search(_READ, program.text) is not None
    if command.name not in DOWNLOADERS:
        return False
    urls = command.urls
    if urls and all(url.local for url in urls):
        return False
    option = command.option(*_FILE_OPTIONS[command.name])
    if option is not None:
        return option.value is not None and option.value.text in _TO_OUTPUT
    return command.name in POWERSHELL or (command.name == "curl" and command.option(*_OWN_NAME) is None)


def _made_by(command: Command) -> Iterator[Download]:
    """What one command downloads. Addresses of this machine and its neighbours are no downloads."""
    local = {url.word.text for url in command.urls if url.local}
    addresses = [word for word in command.operands if word.text not in local and not word.text.startswith("file:")]
    option = command.option("--url", "-uri", "-source")
    if option is not None and option.value is not None:
        addresses.append(option.value)
    named = [option.value.text for option in command.options if option.name in _FILE_OPTIONS[command.name] and option.value is not None]
    output = next(iter(redirected(command)), "")
    prints, folder = to_output(command), _folder(command)
    if command.name in _TO_FILE:
        start = next((at for at, word in enumerate(addresses) if "://" in word.text), len(addresses))
        addresses, after = addresses[start : start + 1], addresses[start + 1 :]
        named = named or [word.text for word in after]
    for index, url in enumerate(addresses):
        if prints:
            yield Download(command, url, output)
        elif named:
            yield Download(command, url, named[min(index, len(named) - 1)])
        else:
            yield Download(command, url, folder + url.text.partition("?")[0].rstrip("/").rpartition("/")[2])


def _copied(command: Command) -> Iterator[Download]:
    """What the PHP program in a command downloads to files."""
    program = command.inline_program if command.name == "php" else None
    for found in re.finditer(_COPIED, program.text) if program is not None else ():
        assert program is not None
        yield Download(command, program.part(*found.span(1)), found[2])


def _folder(command: Command) -> str:
    option = command.option(*_FOLDER_OPTIONS.get(command.name, ()))
    return option.value.text.rstrip("/") + "/" if option is not None and option.value is not None else ""


def _follow(download: Download, later: list[Command], made: list[list[Download]]) -> None:
    """Find the use of a download and its check. What was run before it is checked stays unchecked, and what another instruction downloads
    under its name is another file."""
    names = {download.file} if download.file else set()
    for command, downloads in zip(later, made, strict=True):
        if downloads and command.step is not download.command.step and any(same_file(other.file, download.file) for other in downloads):
            return
        if download.command in command.feeders:
            if command.name in UNPACKERS:
                download.use, download.how = command, "unpacked"
                return
            names |= passed_on(command)
        if not names:
            continue
        if command.name in CHECKERS and checks(command, names):
            download.check = command
            return
        if download.use is None:
            download.how = use_of(command, names)
            download.use = command if download.how else None
        if download.how == "run":
            return
        names |= other_names(command, names)
