"""What switches a check off: the options and settings of programs, what editors write, and lines of files, as the tables of a rule
name them."""

from __future__ import annotations

from ..finding import Fix
from ..source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .command import Command
    from .words import Option, Word
    from .written_file import WrittenFile

    Row = tuple[str, frozenset[str]]

_EDITORS = frozenset({"sed", "add-apt-repository", "apt-add-repository"})
_OPPOSITE = dict(zip("0 false no off n 1 true yes on y".split(), "1 true yes on y 0 false no off n".split(), strict=True))


class Switches:
    """The switches of one check.

    `options` are the options of programs, and `settings` what programs set, with the values that switch it off; their rows are for
    several programs, with blanks between them. `lines` are lines of files: a part of the file's path, and the values that do it, any
    where none is named. `written` is what editors write, in small letters and without blanks. `instead` is what a value becomes that has
    no opposite, and `left_out` are lines that must not be there at all. `anybody` are options that mean it whichever program has them.
    """

    OFF = frozenset({"0", "false", "no", "off", "n"})
    ON = frozenset({"1", "true", "yes", "on", "y"})
    CAVEAT = "the step fails where the check does"
    DISTRUSTED = ("trusted=yes", "allow-insecure=yes")
    """Options of a package source with which APT takes what nobody signed (sources.list(5))."""

    __slots__ = ("_instead", "_left_out", "_lines", "_options", "_settings", "_written", "programs")

    def __init__(
        self,
        options: Mapping[str, str],
        settings: Mapping[str, Row],
        lines: Mapping[str, Row],
        written: tuple[str, ...],
        *,
        instead: Mapping[str, str] | None = None,
        left_out: frozenset[str] = frozenset(),
        anybody: frozenset[str] = frozenset(),
    ) -> None:
        self._options = {program: frozenset(names.split()) for programs, names in options.items() for program in programs.split()}
        if anybody:
            self._options[""] = anybody
        self._settings = {program: row for programs, row in settings.items() for program in programs.split()}
        self._lines = lines
        self._written = written
        self._instead = {**_OPPOSITE, **(instead or {})}
        self._left_out = left_out
        self.programs = _EDITORS.union(self._options, self._settings)
        """The programs by which it is switched off."""

    def in_command(self, command: Command) -> Iterator[tuple[Span, Fix | None]]:
        """Where a command switches the check off, by its own options and settings or by what it writes."""
        if command.name in self._options:
            given = self._options[command.name]
            for option in command.options:
                value = option.value.text.lower() if option.value is not None else ""
                if (option.name in given and value not in Switches.OFF) or f"{option.name}={value}" in given:
                    yield option.span, _without(command, option)
        if command.name in self._settings:
            names, values = self._settings[command.name]
            for name, value, span, given_as in _settings(command):
                if name.lower().rpartition(".")[2] in names.split() and value and (not values or value.lower() in values):
                    yield span, _without(command, given_as) if given_as is not None else command.drop(caveat=Switches.CAVEAT)
        if command.name in _EDITORS:
            for word in command.operands:
                if _writes(command.name, word.text, self._written) and not any("file:" in other.text for other in command.operands):
                    yield word.span, _unwritten(command, word)

    def in_file(self, file: WrittenFile) -> Iterator[tuple[Span, str, Fix]]:
        """Where a written file switches the check off: the places of the settings, their names, and what switches it on."""
        for line in file.lines:
            at = 0
            for statement in line.text.split(";") if "::" in line.text else (line.text,):
                bare = statement.strip()
                name = bare.replace("=", " ").replace(": ", " ").partition(" ")[0].strip("\"'")
                row = self._lines.get(name.lower())
                if row is not None and row[0] in file.path:
                    value = bare[bare.index(name) + len(name) :].strip(" \t=:\"'").lower()
                    if value in row[1] or not row[1]:
                        start = at + statement.index(bare)
                        place = start + bare.lower().rindex(value)
                        safe = self._instead.get(value, "") if name.lower() not in self._left_out else ""
                        if safe:
                            old = line.text[place : place + len(value)]
                            new = safe.capitalize() if old[0].isupper() and safe.islower() else safe
                            fix = file.replace(name, line.span(place, place + len(value)), old, new, caveat=Switches.CAVEAT)
                        else:
                            fix = file.without(name, line.span(), caveat=Switches.CAVEAT)
                        yield line.span(start, start + len(bare)), name, fix
                at += len(statement) + 1

    @staticmethod
    def without_distrust(text: str) -> tuple[int, int, str]:
        """Where the options of a package source that is trusted blindly stand, and what they are without that; an empty place elsewhere."""
        start, end = text.find("["), text.find("]") + 1
        options = text[start + 1 : end - 1].split()
        kept = [option for option in options if option.lower() not in Switches.DISTRUSTED]
        if start < 0 or len(kept) == len(options):
            return 0, 0, ""
        return (start, end, f"[{' '.join(kept)}]") if kept else (start, end + text.startswith(" ", end), "")


def _settings(command: Command) -> Iterator[tuple[str, str, Span, Option | None]]:
    """The settings that a command makes: `-c NAME=VALUE`, `config set NAME VALUE`, `config set NAME=VALUE`."""
    for option in command.options:
        if option.value is not None and "=" in option.value.text:
            name, _, value = option.value.text.partition("=")
            yield name, value, option.span, option
    operands = command.operands
    if operands and operands[0].text in ("config", "set", "c", "env"):
        for index, word in enumerate(operands[1:], 2):
            name, equals, value = word.text.partition("=")
            if equals:
                yield name, value, word.span, None
            elif index < len(operands):
                yield name, operands[index].text, Span(word.span.start, operands[index].span.end), None


def _writes(program: str, text: str, settings: tuple[str, ...]) -> bool:
    """Whether a text that goes into a settings file holds one of these lines."""
    if program == "sed" and len(text) > 2 and text[0] == "s":
        text = [*text.split(text[1]), "", ""][2]
    text = "".join(text.lower().split())
    return any(setting in text.replace(f"_{setting}", "") for setting in settings)


def _without(command: Command, option: Option) -> Fix:
    if option.name == "--force-yes" and command.option("-y", "--yes", "--assume-yes", "-qq") is None:
        return command.replace(command.words[option.words[0]], "-y", caveat=Switches.CAVEAT)
    return command.drop_option(option, caveat=Switches.CAVEAT)


def _unwritten(command: Command, word: Word) -> Fix | None:
    """A fix by which an editor does not write a setting that it is told to; None where it does more."""
    if command.name != "sed":
        start, end, new = Switches.without_distrust(word.text)
        return command.replace(word, word.text[:start] + new + word.text[end:], caveat=Switches.CAVEAT) if end else None
    alone = word is command.operands[0] and command.option("-e", "--expression") is None and ";" not in word.text
    return command.drop(caveat=Switches.CAVEAT) if alone else None
