"""Shell text and argument lists to commands, and changes of a command to edits. All dialects share this."""

from __future__ import annotations

from ..finding import Edit
from ..model.command import WRAPPERS, Command, Option, Word
from ..model.subject import Change, Origin, Refused
from ..model.value import Value
from ..source import Fragment, Source, Span
from ..syntax import shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_DEEPEST = 8
"""Scripts within scripts (`sh -c "sh -c ..."`) that are followed."""


class Setting:
    """What holds for every command of one script: whose it is, and where it stands."""

    __slots__ = ("address", "place", "ships", "source", "user")

    def __init__(self, source: Source, address: str, place: str, *, ships: bool = True, user: Value | None = None) -> None:
        self.source = source
        self.address = address
        self.place = place
        self.ships = ships
        self.user = user


class ShellOrigin(Origin):
    """Edits of a command that stands in shell text."""

    __slots__ = ("source", "words")

    def __init__(self, source: Source, words: tuple[Word, ...]) -> None:
        self.source = source
        self.words = words

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        dropped = change.content
        if change.action != "remove" or not isinstance(dropped, Option | Word):
            raise Refused("there is no writer for this change of a command")
        if isinstance(dropped, Option):
            title = f"Remove `{dropped.name}`"
            if dropped.clustered:
                return title, (Edit(dropped.span, ""),)
            return title, (Edit(self._with_gap_before(dropped.span), ""),)
        return f"Remove `{dropped.text}`", (Edit(self._with_gap_after(dropped.span), ""),)

    def _with_gap_before(self, span: Span) -> Span:
        before = max((word.span.end for word in self.words if word.span.end <= span.start), default=span.start)
        return Span(span.start if "#" in self.source.text[before : span.start] else before, span.end)

    def _with_gap_after(self, span: Span) -> Span:
        after = min((word.span.start for word in self.words if word.span.start >= span.end), default=span.end)
        if "#" in self.source.text[span.end : after]:
            raise Refused("a comment stands between this word and the next")
        return Span(span.start, after)


class FixedOrigin(Origin):
    """Commands that are written as a list of arguments, which we read but do not rewrite."""

    __slots__ = ()

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        raise Refused("the command is written as a list of arguments")


def commands_in_shell(fragment: Fragment, setting: Setting, depth: int = 0) -> Iterator[Command]:
    """The commands of a shell script, and of the scripts that it hands to `sh -c`."""
    script = shell.parse(fragment.text)
    made: dict[int, Command] = {}
    commands = [(parsed, _from_shell(parsed, fragment, setting)) for parsed in script.commands]
    for parsed, command in commands:
        made[id(parsed)] = command
    for parsed, command in commands:
        line = parsed.pipeline.commands
        at = next(i for i, other in enumerate(line) if other is parsed)
        command.reads_from = made.get(id(line[at - 1])) if at else None
        command.writes_to = made.get(id(line[at + 1])) if at + 1 < len(line) else None
        if parsed.substitution_of is not None:
            command.within = made.get(id(parsed.substitution_of[0]))
    for _, command in commands:
        yield command
        if depth < _DEEPEST:
            yield from _nested(command, setting, depth)


def commands_in_arguments(words: Sequence[Word], setting: Setting) -> Iterator[Command]:
    """The command of an argument list (exec form), and those of the script that it hands to `sh -c`."""
    if not words:
        return
    command = _made(tuple(words), FixedOrigin(), setting, Span(words[0].span.start, words[-1].span.end))
    yield command
    yield from _nested(command, setting, 0)


def _nested(command: Command, setting: Setting, depth: int) -> Iterator[Command]:
    script = script_of(command)
    if script is not None:
        for inner in commands_in_shell(script.fragment, setting, depth + 1):
            if inner.within is None and inner.reads_from is None:
                inner.within = command
            yield inner


def script_of(command: Command) -> Word | None:
    """The word that holds the script of a `sh -c SCRIPT`, also of `bash -euo pipefail -c SCRIPT`."""
    if command.name not in _SHELLS:
        return None
    wants_script = False
    for word in command.words[1:]:
        if word.text.startswith("-") and not word.text.startswith("--"):
            wants_script = wants_script or "c" in word.text[1:]
        elif wants_script and word.text != "pipefail":
            return word
        elif word.text != "pipefail":
            return None
    return None


def _from_shell(parsed: shell.Command, fragment: Fragment, setting: Setting) -> Command:
    words = tuple(_word(word, fragment) for word in parsed.words)
    command = _made(words, ShellOrigin(setting.source, words), setting, fragment.span(parsed.span.start, parsed.span.end))
    command.assignments = tuple(
        (given.name, _word(given.value, fragment) if given.value is not None else None) for given in parsed.assignments
    )
    command.redirects = tuple(
        (redirect.operator, _word(redirect.target, fragment) if redirect.target is not None else None)
        for redirect in parsed.redirections
    )
    return command


def _word(word: shell.Word, outer: Fragment) -> Word:
    return Word(word.fragment.within(outer), word.literal, outer.span(word.span.start, word.span.end))


def _made(words: tuple[Word, ...], origin: Origin, setting: Setting, span: Span) -> Command:
    start = _unwrapped(words)
    name = words[start].text.rpartition("/")[2] if start < len(words) else ""
    return Command(
        setting.source,
        span,
        f"{setting.address} {name}".rstrip(),
        origin,
        name=name,
        words=words[start:],
        wrappers=words[:start],
        assignments=(),
        redirects=(),
        place=setting.place,
        ships=setting.ships,
        user=setting.user,
    )


def _unwrapped(words: tuple[Word, ...]) -> int:
    """The index of the program itself, past `sudo -E`, `env A=b`, `timeout 10` and the like."""
    from ..model.tools import tool

    at = 0
    while at < len(words) and words[at].text.rpartition("/")[2] in WRAPPERS:
        wrapper = words[at].text.rpartition("/")[2]
        valued = tool(wrapper).valued
        next_ = at + 1
        if wrapper in ("timeout", "gosu", "su-exec"):
            next_ += 1
        while next_ < len(words) and (words[next_].text.startswith("-") or (wrapper in ("env", "sudo") and "=" in words[next_].text)):
            next_ += 2 if words[next_].text in valued else 1
        if next_ >= len(words):
            return at
        at = next_
    return at
