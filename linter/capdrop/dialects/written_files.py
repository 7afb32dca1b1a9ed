"""The files that shell commands write, with the text that they are given."""

from __future__ import annotations

from capdrop.model.written_file import WrittenFile
from capdrop.source import Fragment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from capdrop.model.command import Command
    from capdrop.model.words import Word

PRINTERS = frozenset({"echo", "printf"})
PASS_ON = frozenset({"cat", "tee", "crontab"})
ESCAPES = {"n": "\n", "t": "\t"}
"""What a backslash and a letter stand for, of those that matter to a file's lines."""
CRON = "/var/spool/cron/crontabs"
"""Where `crontab -` puts what it reads."""
CRON_SCRIPTS = ("/etc/cron.hourly/", "/etc/cron.daily/", "/etc/cron.weekly/", "/etc/cron.monthly/", "/etc/periodic/")
CRON_TABLES = (CRON, "/etc/cron.d/", "/etc/crontab", "/var/spool/cron/")
"""cron(8), crontab(5); /etc/crontabs and /etc/periodic are BusyBox's."""
SHELL_STARTS = ("/etc/profile", "/etc/profile.d/", "/etc/bash.bashrc", "/etc/bashrc", "/etc/rc.local", "/etc/zsh/")
SHELL_STARTS_AT_HOME = frozenset({".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshrc", ".zprofile", ".zshenv"})
"""Files that shells run as they start (bash(1), FILES; zsh(1), STARTUP/SHUTDOWN FILES)."""
_TO_FILE = (">", ">>", ">|", "&>", ">&")


def files_written(command: Command, around: Sequence[Word], readers: Sequence[Command]) -> Iterator[WrittenFile]:
    """The files that a command writes a known text to: the text that it prints, or the here-document that it passes on.

    `around` are the files that the output of the groups around it goes to, and `readers` the commands that read its output.
    """
    targets = [(word.text, word) for word in (*_own_targets(command), *around)]
    for reader in readers:
        if reader.name == "tee":
            targets.extend((word.text, word) for word in reader.operands)
        elif reader.name == "crontab":
            targets.extend((CRON, word) for word in reader.operands if word.text == "-")
    if command.name == "crontab" and command.input is not None and all(word.text == "-" for word in command.operands):
        targets.append((CRON, command.words[0]))
    targets = [(path, word) for path, word in targets if path and not path.startswith("/dev/")]
    if not targets:
        return
    fragment = command.input if command.name in PASS_ON else printed(command)
    if fragment is None or not fragment.text:
        return
    for path, word in targets:
        yield WrittenFile(
            command.source,
            fragment.span(),
            command.address,
            path=path,
            path_span=word.span,
            texts=(fragment,),
            ships=command.ships,
            program=command.name,
            command=command if not around and not readers else None,
        )


def _own_targets(command: Command) -> Iterator[Word]:
    for operator, word in command.redirects:
        if operator in _TO_FILE and word is not None and not word.text.isdigit():
            yield word
    if command.name == "tee":
        yield from command.operands


def scheduled(file: WrittenFile) -> Iterator[Fragment]:
    """The command lines that a written file has cron run, where it is a file of cron's."""
    if file.path.startswith(CRON_SCRIPTS):
        yield from file.texts
    elif file.path.startswith(CRON_TABLES):
        owned = file.path.startswith(("/etc/cron.d/", "/etc/crontab")) and not file.path.startswith("/etc/crontabs")
        for line in file.lines:
            fields = 1 if line.text.startswith("@") else 5
            if line.text[0] not in "#$" and "=" not in line.text.split(None, 1)[0]:
                rest = line.text.split(None, fields + owned)
                if len(rest) > fields + owned:
                    yield line.part(len(line.text) - len(rest[-1]), len(line.text))


def run_by_shells(file: WrittenFile) -> bool:
    """Whether a written file is run by every shell that starts."""
    return file.path.startswith(SHELL_STARTS) or file.name in SHELL_STARTS_AT_HOME


def printed(command: Command) -> Fragment | None:
    """What echo and printf print, with the line ends that they make."""
    if command.name not in PRINTERS:
        return None
    words = command.words[1:]
    while command.name == "echo" and words and words[0].text in ("-n", "-e", "-ne", "-en", "-E"):
        words = words[1:]
    if command.name == "printf" and len(words) > 1 and "%s" in words[0].text:
        words = words[1:]
    parts: list[Fragment] = []
    for index, word in enumerate(words):
        if index:
            parts.append(Fragment.at("\n" if command.name == "printf" else " ", word.span.start))
        parts.extend(_unescaped(word.fragment))
    return joined(parts) if parts else None


def _unescaped(part: Fragment) -> Iterator[Fragment]:
    """A text with its `\\n` and `\\t` as line ends and tabs."""
    at = 0
    while True:
        escape = part.text.find("\\", at)
        while escape >= 0 and part.text[escape + 1 : escape + 2] not in ESCAPES:
            escape = part.text.find("\\", escape + 2)
        end = len(part.text) if escape < 0 else escape
        if end > at:
            yield part.part(at, end)
        if escape < 0:
            return
        yield Fragment.at(ESCAPES[part.text[escape + 1]], part.place(escape))
        at = escape + 2


def joined(parts: Sequence[Fragment]) -> Fragment:
    """Texts one after the other."""
    starts: list[int] = []
    places: list[int] = []
    length = 0
    for part in parts:
        starts.extend(length + start for start in part.starts)
        places.extend(part.places)
        length += len(part.text)
    return Fragment("".join(part.text for part in parts), starts, places)
