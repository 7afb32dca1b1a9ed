"""One command: from its words to what is known of it, and changes of it to edits."""

from __future__ import annotations

from capdrop.finding import Edit
from capdrop.model.command import Command
from capdrop.model.known_images import program_started
from capdrop.model.subject import Change, Origin, Refused
from capdrop.model.tools import DECLARES_VARIABLES, GIVES_VARIABLES, OPERANDS_FIRST, RUNS_PROGRAMS, WRAPPERS, tool
from capdrop.model.value import Value
from capdrop.model.words import Option, Word, Wrapper
from capdrop.source import Fragment, Source, Span
from capdrop.syntax import UNKNOWN, shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from capdrop.model.build_step import BuildStep
    from capdrop.model.command import Given
    from capdrop.model.container import Container
    from capdrop.model.variable import Variable
    from capdrop.syntax.image_reference import Reference

_NO_BODIES: Mapping[int, Fragment] = {}


class Setting:
    """What holds for every command of one script: whose it is, and where it stands. `owner` is the container that runs it. `bodies` are
    the here-documents that stand apart from the text that opens them, by the place of their `<<`. `commands` collects the commands as
    they are read, where the script is a part of something longer. `image` is the one that is given the words as arguments, where nothing
    says what it starts. `giver` finds what gives a variable of the script its value, where that may be a URL, and `variables`
    tells what those of the file hold."""

    __slots__ = (
        "address", "bodies", "commands", "folder", "giver", "image", "owner", "place", "ships", "source", "step", "user", "variables",
        "whole",
    )  # fmt: skip

    def __init__(
        self,
        source: Source,
        address: str,
        place: str,
        *,
        ships: bool = True,
        user: Value | None = None,
        bodies: Mapping[int, Fragment] = _NO_BODIES,
        folder: str = ".",
        commands: list[Command] | None = None,
        step: BuildStep | None = None,
        owner: Container | None = None,
        image: Reference | None = None,
        giver: Callable[[str], Variable | None] | None = None,
        variables: Callable[[str], str | None] | None = None,
    ) -> None:
        self.variables = variables
        self.giver = giver
        self.source = source
        self.address = address
        self.place = place
        self.ships = ships
        self.user = user
        self.bodies = bodies
        self.folder = folder
        self.step = step
        self.owner = owner
        self.image = image
        self.whole = commands is None
        self.commands: list[Command] = [] if commands is None else commands


class ShellWord(Word):
    """A word of shell text. Most are never pointed at, so their places are found when they are asked for."""

    __slots__ = ("_outer", "_parsed")

    def __init__(self, parsed: shell.Word, outer: Fragment) -> None:
        self.text = parsed.value
        self.known = parsed.literal and UNKNOWN not in parsed.value
        self._parsed = parsed
        self._outer = outer

    @property
    def fragment(self) -> Fragment:
        return self._parsed.fragment.within(self._outer)

    @property
    def span(self) -> Span:
        return self._outer.span(self._parsed.start, self._parsed.end)

    @property
    def own_text(self) -> str:
        text = self.text
        for part in reversed(self._parsed.replaced):
            if part.kind in ("substitution", "process"):
                text = text[: part.offset] + text[part.offset + len(part.text) :]
        return text


class FilledWord(ShellWord):
    """A word that begins with a variable whose value is a URL. Its own text stays as it is written."""

    __slots__ = ("_effective", "giver")

    def __init__(self, parsed: shell.Word, outer: Fragment, effective: str, giver: Variable) -> None:
        super().__init__(parsed, outer)
        self._effective = effective
        self.giver = giver

    @property
    def effective(self) -> str:
        return self._effective


class ShellOrigin(Origin):
    """Edits of a command that stands in shell text."""

    __slots__ = ("source", "words")

    def __init__(self, source: Source, words: Sequence[Word]) -> None:
        self.source = source
        self.words = words

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        dropped = change.content
        if change.action == "remove" and isinstance(dropped, Option):
            return "", (self._without_option(dropped),)
        if change.action == "remove" and isinstance(dropped, Wrapper):
            return "", (self._without_wrapper(dropped),)
        if change.action == "remove" and isinstance(dropped, Command):
            from .shell_edits import without_command

            return "", (without_command(dropped),)
        if change.action == "remove" and isinstance(dropped, tuple):
            from .shell_edits import without_assignment

            name, value = dropped
            return "", (without_assignment(self.source, name, value, self.words),)
        if change.action == "append" and isinstance(dropped, tuple):
            after, text = dropped
            return "", (Edit(Span(after.span.end, after.span.end), f" {text}"),)
        raise Refused("there is no writer for this change of a command")

    def _without_option(self, option: Option) -> Edit:
        span = option.span
        if option.clustered:
            if option.value is not None:
                raise Refused("it is written together with other options and its value")
            return Edit(span, "")
        before = max((word.span.end for word in self.words if word.span.end <= span.start), default=span.start)
        if "#" in self.source.text[before : span.start]:
            before = span.start
        return Edit(Span(before, span.end), "")

    def _without_wrapper(self, wrapper: Wrapper) -> Edit:
        own = [word for word in wrapper.words if "=" not in word.text or word.text.startswith("-")]
        span = Span(own[0].span.start, own[-1].span.end)
        after = min((word.span.start for word in self.words if word.span.start >= span.end), default=span.end)
        if "#" in self.source.text[span.end : after]:
            raise Refused("a comment stands between this word and the next")
        return Edit(Span(span.start, after), "")


class ListOrigin(Origin):
    """Edits of a command that is written as a list of arguments."""

    __slots__ = ("source", "words")

    def __init__(self, source: Source, words: Sequence[Word]) -> None:
        self.source = source
        self.words = words

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        dropped = change.content
        if change.action == "append" and isinstance(dropped, tuple):
            from .argument_edits import with_word

            return "", (with_word(self.source, self.words, *dropped),)
        if change.action != "remove" or not isinstance(dropped, Option) or dropped.clustered:
            raise Refused("the command is written as a list of arguments")
        from .argument_edits import without_words

        return "", (without_words(self.source, self.words, dropped.span),)


def command_from_shell(parsed: shell.Command, fragment: Fragment, setting: Setting) -> Command:
    words: list[Word] = [ShellWord(word, fragment) for word in parsed.words]
    if setting.giver is not None:
        pairs = zip(words, parsed.words, strict=True)
        words = [_filled(word, each, fragment, setting.giver) if word.text[:1] == "$" else word for word, each in pairs]
    command = command_of(words, ShellOrigin(setting.source, words), setting, fragment.span(parsed.start, parsed.end))
    if parsed.assignments:
        given = tuple((given.name, ShellWord(given.value, fragment) if given.value is not None else None) for given in parsed.assignments)
        command.assignments = (*given, *command.assignments)
    if parsed.redirections:
        command.redirects = tuple(
            (redirect.operator, ShellWord(redirect.target, fragment) if redirect.target is not None else None)
            for redirect in parsed.redirections
        )
    return command


def _filled(word: Word, parsed: shell.Word, script: Fragment, find: Callable[[str], Variable | None]) -> Word:
    """A word that begins with a variable, with the URL that this holds, unless the script itself sets the variable."""
    first = next(iter(parsed.replaced), None)
    name = first.text.strip("${}") if first is not None and first.offset == 0 else ""
    giver = find(name) if name.isidentifier() else None
    if giver is None or first is None or "://" not in giver.value.text or f"{name}=" in script.text or f" {name} " in script.text:
        return word
    return FilledWord(parsed, script, giver.value.text + word.text[len(first.text) :], giver)


def command_of(words: Sequence[Word], origin: Origin | None, setting: Setting, span: Span) -> Command:
    first = _program(words[0]) if words else ""
    wrappers = _wrappers(words) if first in WRAPPERS or first in RUNS_PROGRAMS or first.startswith("python") else ()
    start = sum(len(wrapper.words) for wrapper in wrappers)
    name = first if not start else _program(words[start]) if start < len(words) else ""
    address = f"{setting.address} {name}" if name else setting.address
    program = ""
    if setting.image is not None and words and not start and not setting.commands:
        program = program_started(setting.image, words[0].text)
    command = Command(
        setting.source,
        span,
        address,
        origin,
        name=program or name,
        words=tuple(words[start:]) if start else tuple(words),
        wrappers=wrappers,
        assignments=tuple(_given(wrappers, name, words)) if wrappers or name in DECLARES_VARIABLES else (),
        redirects=(),
        place=setting.place,
        ships=setting.ships,
        user=setting.user,
        folder=setting.folder,
        step=setting.step,
        owner=setting.owner,
    )
    command.variables = setting.variables
    if program:
        command.only_arguments = True
    return command


def _program(word: Word) -> str:
    """The program that a word names, without its folder; "" where that is not known, and where it is an argument of a program that
    is named elsewhere (`args` alone)."""
    text = word.text if word.known else word.own_text
    if text.startswith("-") or "=" in text:
        return ""
    if "/" in text:
        text = text.rpartition("/")[2]
    return text if word.known or ("$" not in text and "`" not in text) else ""


def _wrappers(words: Sequence[Word]) -> tuple[Wrapper, ...]:
    """The programs before the program itself: `sudo -E`, `env A=b`, `timeout 10`, `python3 -m` and the like."""
    found: list[Wrapper] = []
    at = 0
    while at + 1 < len(words):
        name = _program(words[at])
        if name.startswith("python") and words[at + 1].text == "-m" and at + 2 < len(words):
            found.append(Wrapper(name, tuple(words[at : at + 2])))
            break
        runs = words[at + 1].text == RUNS_PROGRAMS.get(name)
        if not runs and (name not in WRAPPERS or (name == "command" and words[at + 1].text in ("-v", "-V"))):
            break
        end = _end_of_wrapper(name, words, at + 1 + runs)
        if end >= len(words):
            break
        found.append(Wrapper(name, tuple(words[at:end])))
        at = end
    return tuple(found)


def _end_of_wrapper(name: str, words: Sequence[Word], at: int) -> int:
    valued = tool(name).valued
    operands = 1 if name in OPERANDS_FIRST else 0
    while at < len(words):
        text = words[at].text
        if text == "--":
            return at + 1 + operands
        if text.startswith("-"):
            at += 2 if text in valued else 1
        elif operands:
            operands -= 1
            at += 1
        elif name in GIVES_VARIABLES and "=" in text:
            at += 1
        else:
            break
    return at


def _given(wrappers: tuple[Wrapper, ...], name: str, words: Sequence[Word]) -> Iterator[Given]:
    """The variables that wrappers set for a program, or that `export` declares."""
    candidates = [word for wrapper in wrappers if wrapper.name in GIVES_VARIABLES for word in wrapper.words[1:]]
    if name in DECLARES_VARIABLES:
        candidates.extend(words)
    for word in candidates:
        variable, equals, value = word.text.partition("=")
        if equals and variable.isidentifier():
            yield variable, word.part(len(variable) + 1) if value else None
