"""Shell text and argument lists to commands, and changes of a command to edits. All dialects share this."""

from __future__ import annotations

from capdrop.finding import Edit
from capdrop.model.command import Command, Option, Siblings, Word, Wrapper, executed_by_find
from capdrop.model.known_images import program_started
from capdrop.model.script import Script
from capdrop.model.subject import Change, Origin, Refused
from capdrop.model.tools import (
    DECLARES_VARIABLES,
    GIVES_VARIABLES,
    OPERANDS_FIRST,
    RUNS_PROGRAMS,
    SHELLS,
    WINDOWS_SHELLS,
    WRAPPERS,
    WRITES_TEXT,
    tool,
)
from capdrop.model.value import Value
from capdrop.source import Fragment, Source, Span
from capdrop.syntax import UNKNOWN, shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from capdrop.model.build_step import BuildStep
    from capdrop.model.command import Given
    from capdrop.model.container import Container
    from capdrop.model.subject import Subject
    from capdrop.model.variable import Variable
    from capdrop.model.written_file import WrittenFile
    from capdrop.syntax.image_reference import Reference

_DEEPEST = 8
"""Scripts within scripts (`sh -c "sh -c ..."`) that are followed."""
_WRITERS = frozenset({"cat", "tee"})
"""Programs that write a here-document to a file as it is."""
_NO_BODIES: Mapping[int, Fragment] = {}


class Setting:
    """What holds for every command of one script: whose it is, and where it stands. `owner` is the container that runs it. `bodies` are
    the here-documents that stand apart from the text that opens them, by the place of their `<<`. `commands` collects the commands as
    they are read, where the script is a part of something longer. `image` is the one that is given the words as arguments, where nothing
    says what it starts. `giver` finds what gives a variable of the script its value, where that may be a URL."""

    __slots__ = ("address", "bodies", "commands", "folder", "giver", "image", "owner", "place", "ships", "source", "step", "user", "whole")

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
    ) -> None:
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


def commands_in_shell(fragment: Fragment, setting: Setting, depth: int = 0) -> Iterator[Subject]:
    """The commands of a shell script, and of the scripts that it hands to other shells; the files that it writes, and the variables
    of those that hold settings; and the script as a whole."""
    pairs = [(parsed, _from_shell(parsed, fragment, setting)) for parsed in shell.parse(fragment.text).commands]
    siblings = Siblings(command for _, command in pairs)
    made: dict[int, Command] = {id(parsed): command for parsed, command in pairs}
    for parsed, command in pairs:
        command.siblings = siblings
        if parsed.redirections:
            command.input = next((body for body in (_input(given, fragment, setting) for given in parsed.redirections) if body), None)
        if len(parsed.pipeline.elements) > 1 or parsed.pipeline.chain.compound is not None:
            _join(parsed, command, made)
        if parsed.pipeline.operator_before == "||" or parsed.pipeline.chain.compound is not None:
            command.conditional = _conditional(parsed)
        if parsed.substitution_of is not None:
            outer, index = parsed.substitution_of
            command.within = made.get(id(outer))
            command.holder = ShellWord(outer.words[index], fragment) if index >= 0 else None
    for parsed, command in pairs:
        setting.commands.append(command)
        yield command
        if command.name in WRITES_TEXT:
            from .written_files import files_written

            for file in files_written(command, _around(parsed, fragment), _readers(parsed, made)):
                yield file
                yield from commands_of_file(file, setting, depth)
                if command.input is None and "\n" in file.texts[0].text.strip():  # what is passed on is read where it stands
                    from .settings_file import variables_in_settings

                    yield from variables_in_settings(
                        file.texts[0], setting.source, f"{setting.address} {command.name}", ships=setting.ships
                    )
        if depth < _DEEPEST:
            if command.script is not None:
                yield from _inner(command, command.script.fragment, setting, depth)
            elif command.name == "find":
                yield from _executed(command, setting)
            elif command.name in WINDOWS_SHELLS:
                yield from _in_windows(command, setting)
            if parsed.redirections:
                yield from _fed(parsed, command, fragment, setting, depth)
    if depth == 0:
        yield from _whole(setting)


def commands_in_arguments(words: Sequence[Word], setting: Setting, before: Sequence[Word] = ()) -> Iterator[Subject]:
    """The command of an argument list (exec form), and those of the script that it hands to `sh -c`. `before` are words that stand
    elsewhere: the entrypoint."""
    if not words:
        return
    command = _made([*before, *words], ListOrigin(setting.source, words), setting, Span(words[0].span.start, words[-1].span.end))
    setting.commands.append(command)
    yield command
    if command.script is not None:
        yield from _inner(command, command.script.fragment, setting, 0)
    elif command.name in WINDOWS_SHELLS:
        yield from _in_windows(command, setting)
    yield from _whole(setting)


def _in_windows(command: Command, setting: Setting) -> Iterator[Command]:
    """What PowerShell or cmd is given to run."""
    from .windows import inner_commands

    for inner in inner_commands(command, setting):
        inner.within = inner.within or command
        yield inner


def commands_of_file(file: WrittenFile, setting: Setting, depth: int = 0) -> Iterator[Subject]:
    """The commands of a written file: what cron runs of it, or the whole where it is a script."""
    if depth >= _DEEPEST:
        return
    from .written_files import run_by_shells, scheduled

    scripts, place = list(scheduled(file)), "cron"
    if not scripts and run_by_shells(file):
        scripts, place = list(file.texts), "script"
    elif not scripts and file.texts[0].text.startswith("#!"):
        scripts, place = [text for text in file.texts[:1] if shell.shebang(text.text) == "sh"], "script"
    for script in scripts:
        own = Setting(setting.source, f"{setting.address} {place}", place, ships=setting.ships, owner=setting.owner)
        for subject in commands_in_shell(script, own, depth + 1):
            if place == "script" and isinstance(subject, Command) and "\n" in script.text.strip():
                leave_to_settings(subject)
            yield subject
        yield from _whole(own)


def leave_to_settings(command: Command) -> None:
    """Take from a command of a file the assignments that are read as the file's settings: those for the rest of the script."""
    if command.name == "export" or not command.words:
        command.assignments = ()


def _whole(setting: Setting) -> Iterator[Script]:
    """The script as one subject, unless it is a part of something longer, or one command."""
    if setting.whole and len(setting.commands) > 1:
        first, last = setting.commands[0], setting.commands[-1]
        span = Span(first.span.start, max(first.span.end, last.span.end))
        yield Script(setting.source, span, setting.address, setting.commands, [])


def _readers(parsed: shell.Command, made: Mapping[int, Command]) -> list[Command]:
    """The commands that read the output of a command, also that of a group which it stands in."""
    found: list[Command] = []
    element: shell.Command | shell.Compound | None = parsed
    while element is not None:
        elements = element.pipeline.elements
        if len(elements) > 1 and element is not elements[-1]:
            reader = made.get(id(elements[element.index + 1]))
            found.extend([reader] if reader is not None else [])
        element = element.pipeline.chain.compound
    return found


def _around(parsed: shell.Command, outer: Fragment) -> list[Word]:
    """The files that the output of the groups around a command goes to."""
    found: list[Word] = []
    compound = parsed.pipeline.chain.compound
    while compound is not None:
        if not compound.function:
            found.extend(
                ShellWord(redirection.target, outer)
                for redirection in compound.redirections
                if redirection.operator in (">", ">>", ">|") and redirection.fd in ("", "1") and redirection.target is not None
            )
        compound = compound.pipeline.chain.compound
    return found


def _join(parsed: shell.Command, command: Command, made: Mapping[int, Command]) -> None:
    """Tell a command of a pipeline what it reads from."""
    feeders = [made[id(feeder)] for feeder in parsed.upstream if id(feeder) in made]
    command.feeders = tuple(feeders)
    if feeders:
        feeders[0].writes_to = command


def _conditional(parsed: shell.Command) -> bool:
    """Whether a condition, a loop, a function or an `||` before it decides whether a command is run."""
    element: shell.Command | shell.Compound | None = parsed
    while element is not None:
        if element.pipeline.operator_before == "||":
            return True
        element = element.pipeline.chain.compound
        if element is not None and (element.kind not in ("(", "{") or element.function):
            return True
    return False


def _inner(command: Command, script: Fragment, setting: Setting, depth: int) -> Iterator[Subject]:
    """The commands of a script within a command, without those that its own shell has already run."""
    run = {other.span.start for other in command.siblings.inside(command)}
    for inner in commands_in_shell(script, setting, depth + 1):
        if isinstance(inner, Command):
            if inner.span.start in run:
                continue
            if inner.within is None:
                inner.within, inner.holder = command, command.script
                inner.feeders = inner.feeders or command.feeders
        yield inner


def _fed(parsed: shell.Command, command: Command, outer: Fragment, setting: Setting, depth: int) -> Iterator[Subject]:
    """What stands in a here-document: commands where a shell runs it, also alone, and settings where it is written to a file."""
    for redirection in parsed.redirections:
        body = _input(redirection, outer, setting)
        if body is None:
            continue
        if command.name in _WRITERS:
            from .settings_file import variables_in_settings

            yield from variables_in_settings(body, setting.source, f"{setting.address} {command.name}", ships=setting.ships)
            if command.name == "cat" and command.writes_to is not None and _runs(command.writes_to, body):
                yield from _inner(command.writes_to, body, setting, depth)
        elif _runs(command, body):
            yield from _inner(command, body, setting, depth)
        elif not command.words and body.text.startswith("#!"):
            yield from _interpreted(body, setting)


def _interpreted(body: Fragment, setting: Setting) -> Iterator[Command]:
    """What the first line of a script in another language starts to run it."""
    line = body.text.partition("\n")[0]
    words: list[Word] = []
    at = 2
    for text in line[2:].split():
        at = line.index(text, at)
        part = body.part(at, at + len(text))
        words.append(Word(part, True, part.span()))
        at += len(text)
    if words:
        command = _made(words, ListOrigin(setting.source, ()), setting, Span(words[0].span.start, words[-1].span.end))
        command.input = body
        setting.commands.append(command)
        yield command


def _runs(command: Command, body: Fragment) -> bool:
    if not command.words:
        return not command.assignments and shell.shebang(body.text) == "sh"
    return command.name in SHELLS and command.script is None and not command.operands


def _input(redirection: shell.Redirection, outer: Fragment, setting: Setting) -> Fragment | None:
    """The text of a here-document that a command reads, wherever it stands; None of other redirections."""
    heredoc = redirection.heredoc
    if heredoc is None or redirection.fd not in ("", "0"):
        return None
    if heredoc.present:
        return heredoc.body.within(outer)
    return setting.bodies.get(outer.place(redirection.start))


def _executed(command: Command, setting: Setting) -> Iterator[Command]:
    """What a `find ... -exec program words ;` runs."""
    words = command.words
    start, end = executed_by_find(words)
    if start < end:
        inner = _made(words[start:end], command.origin, setting, Span(words[start].span.start, words[end - 1].span.end))
        inner.within, inner.siblings = command, command.siblings
        setting.commands.append(inner)
        yield inner


def _from_shell(parsed: shell.Command, fragment: Fragment, setting: Setting) -> Command:
    words: list[Word] = [ShellWord(word, fragment) for word in parsed.words]
    if setting.giver is not None:
        pairs = zip(words, parsed.words, strict=True)
        words = [_filled(word, each, fragment, setting.giver) if word.text[:1] == "$" else word for word, each in pairs]
    command = _made(words, ShellOrigin(setting.source, words), setting, fragment.span(parsed.start, parsed.end))
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


def _made(words: Sequence[Word], origin: Origin | None, setting: Setting, span: Span) -> Command:
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
    if program:
        command.only_arguments = True
    return command


def _program(word: Word) -> str:
    """The program that a word names, without its folder; "" where that is not known, and where it is an argument of a program that
    is named elsewhere (`args` alone)."""
    text = word.text
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
