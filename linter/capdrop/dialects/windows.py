"""Scripts for PowerShell and cmd to commands."""

from __future__ import annotations

from capdrop.model.command import Command, Siblings
from capdrop.model.subject import Change, Origin, Refused
from capdrop.model.words import Word
from capdrop.source import Fragment, Span
from capdrop.syntax import windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from capdrop.finding import Edit
    from capdrop.model.command import Given

    from .one_command import Setting

POWERSHELL = frozenset({"powershell", "pwsh"})
_DEEPEST = 3
_MOST_FEEDERS = 16
_ALIASES = {
    "iwr": "invoke-webrequest", "curl": "invoke-webrequest", "wget": "invoke-webrequest", "irm": "invoke-restmethod",
    "iex": "invoke-expression", "saps": "start-process", "start": "start-process",
}  # fmt: skip
"""Names that Windows PowerShell has for its own commands (about_Aliases, PowerShell 5.1)."""
_VARIABLE = "$env:"
_TAKES_SCRIPT = ("-command", "-c", "/c", "/command")


class WindowsOrigin(Origin):
    """Commands that are read and not rewritten."""

    __slots__ = ()

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        raise Refused("it is written for a shell of Windows")


def commands_in_windows(script: Fragment, language: str, setting: Setting, depth: int = 0) -> Iterator[Command]:
    """The commands of a script in "powershell" or "cmd", and of those that it hands to another of these shells."""
    parsed = windows.powershell(script) if language == "powershell" else windows.cmd(script)
    made = {id(simple): _made(simple, language, setting) for simple in parsed}
    siblings = Siblings(made.values())
    for simple in parsed:
        command = made[id(simple)]
        command.siblings = siblings
        feeder = made.get(id(simple.feeder))
        if feeder is not None:
            command.feeders, feeder.writes_to = (feeder, *feeder.feeders[:_DEEPEST]), command
        outer = made.get(id(simple.within))
        if outer is not None and simple.holder < len(outer.words):
            command.within, command.holder = outer, outer.words[simple.holder]
            _feed(command)
    for command in siblings:
        setting.commands.append(command)
        yield command
        if depth < _DEEPEST:
            for inner in inner_commands(command, setting, depth + 1):
                inner.within = inner.within or command
                yield inner


def _feed(command: Command) -> None:
    """What stands in the brackets of an Invoke-Expression is what it runs."""
    outer = command.within
    for _ in range(_DEEPEST):
        if outer is None:
            return
        if outer.name == "invoke-expression" and len(outer.feeders) < _MOST_FEEDERS:
            outer.feeders = (*outer.feeders, command)
        outer = outer.within


def inner_commands(command: Command, setting: Setting, depth: int = 0) -> Iterator[Command]:
    """What a command has PowerShell or cmd run: all that stands behind `-Command`, or behind `/c`."""
    name = command.name.removesuffix(".exe")
    if name in POWERSHELL or name == "cmd":
        texts = [word.text.lower() for word in command.words]
        at = next((index for index, text in enumerate(texts, 1) if text in _TAKES_SCRIPT), 0)
        if name in POWERSHELL and not at:
            at = next((index for index, text in enumerate(texts) if index and not text.startswith(("-", "/"))), 0)
        given = command.words[at:] if at else ()
        if given and not any(text.startswith(("-file", "-encodedcommand", "-enc")) for text in texts[:at]):
            inner = given[0].fragment if len(given) == 1 else _joined(given, quoted=name == "cmd")
            yield from commands_in_windows(inner, "powershell" if name in POWERSHELL else "cmd", setting, depth)


def _joined(words: Sequence[Word], *, quoted: bool) -> Fragment:
    """Words as one text: for PowerShell as they are, for cmd with the quotes that were around them."""
    from .written_files import joined

    parts: list[Fragment] = []
    for word in words:
        if parts:
            parts.append(Fragment.at(" ", word.span.start))
        quote = Fragment.at('"', word.span.start) if quoted and " " in word.text else None
        parts += [word.fragment] if quote is None else [quote, word.fragment, quote]
    return joined(parts)


def _made(simple: windows.Simple, language: str, setting: Setting) -> Command:
    words = tuple(_word(word) for word in simple.words)
    span = Span(words[0].span.start, max(word.span.end for word in words))
    name = _name(simple.words[0], language, method=simple.method)
    return Command(
        setting.source,
        span,
        f"{setting.address} {name}" if name else setting.address,
        WindowsOrigin(),
        name=name,
        words=words,
        wrappers=(),
        assignments=_given(words, setting),
        redirects=(),
        place=setting.place,
        ships=setting.ships,
        user=setting.user,
        folder=setting.folder,
        step=setting.step,
        owner=setting.owner,
    )


def _given(words: tuple[Word, ...], setting: Setting) -> tuple[Given, ...]:
    """The variable that PowerShell sets by `$env:NAME='text'`; what stands there without quotes is a command."""
    target, equals, text = words[0].text.partition("=")
    if len(words) > 1 or not equals or not text or "$" in text or not target.lower().startswith(_VARIABLE):
        return ()
    value = words[0].fragment.part(len(target) + 1, len(words[0].text))
    if setting.source.text[value.span().start - 1] not in "'\"":
        return ()
    return ((target[len(_VARIABLE) :], Word(value, True, value.span())),)


def _word(parsed: windows.Word) -> Word:
    """A word; the names of PowerShell's options are read in small letters."""
    word = Word(parsed.fragment, parsed.literal, parsed.fragment.span())
    if word.text.startswith("-") and not word.text.startswith("--") and len(word.text) > 2:
        word.text = word.text.lower()
    return word


def _name(word: windows.Word, language: str, *, method: bool) -> str:
    """The program, in small letters, without its folder and `.exe`."""
    text = word.text.replace("\\", "/").rpartition("/")[2].lower()
    if text.startswith("[") and "]::" in text:
        return text.rpartition("]::")[2].removesuffix("=")  # a property that is set
    if not word.literal or text.startswith(("$", "[", "-", "'", '"')):
        return ""
    if language == "powershell" and not method and text in _ALIASES:
        return _ALIASES[text]
    return text.removesuffix(".exe").removesuffix(".cmd")
