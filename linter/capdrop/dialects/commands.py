"""Shell text and argument lists to commands, and changes of a command to edits. All dialects share this."""

from __future__ import annotations

from capdrop.finding import Edit
from capdrop.model.command import Command, Option, Word, Wrapper, executed_by_find
from capdrop.model.subject import Change, Origin, Refused
from capdrop.model.tools import DECLARES_VARIABLES, GIVES_VARIABLES, OPERANDS_FIRST, SHELLS, WRAPPERS, tool
from capdrop.model.value import Value
from capdrop.source import Fragment, Source, Span
from capdrop.syntax import shell
from capdrop.syntax.template import UNKNOWN

from .settings_file import variables_in_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from capdrop.model.command import Given
    from capdrop.model.variable import Variable

_DEEPEST = 8
"""Scripts within scripts (`sh -c "sh -c ..."`) that are followed."""
_WRITERS = frozenset({"cat", "tee"})
"""Programs that write a here-document to a file as it is."""
_NO_BODIES: Mapping[int, Fragment] = {}


class Setting:
    """What holds for every command of one script: whose it is, and where it stands. `bodies` are the here-documents that stand
    apart from the text that opens them, by the place of their `<<`."""

    __slots__ = ("address", "bodies", "place", "ships", "source", "user")

    def __init__(
        self,
        source: Source,
        address: str,
        place: str,
        *,
        ships: bool = True,
        user: Value | None = None,
        bodies: Mapping[int, Fragment] = _NO_BODIES,
    ) -> None:
        self.source = source
        self.address = address
        self.place = place
        self.ships = ships
        self.user = user
        self.bodies = bodies


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


class FixedOrigin(Origin):
    """Commands that are written as a list of arguments, which we read but do not rewrite."""

    __slots__ = ()

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        raise Refused("the command is written as a list of arguments")


def commands_in_shell(fragment: Fragment, setting: Setting, depth: int = 0) -> Iterator[Command | Variable]:
    """The commands of a shell script, and of the scripts that it hands to other shells; and the variables of the settings
    files that it writes."""
    pairs = [(parsed, _from_shell(parsed, fragment, setting)) for parsed in shell.parse(fragment.text).commands]
    siblings = [command for _, command in pairs]
    made: dict[int, Command] = {id(parsed): command for parsed, command in pairs}
    for parsed, command in pairs:
        command.siblings = siblings
        if len(parsed.pipeline.elements) > 1 or parsed.pipeline.chain.compound is not None:
            _join(parsed, command, made)
        if parsed.substitution_of is not None:
            outer, index = parsed.substitution_of
            command.within = made.get(id(outer))
            command.holder = ShellWord(outer.words[index], fragment) if index >= 0 else None
    for parsed, command in pairs:
        yield command
        if depth < _DEEPEST:
            if command.script is not None:
                yield from _inner(command, command.script.fragment, setting, depth)
            elif command.name == "find":
                yield from _executed(command, setting)
            if parsed.redirections:
                yield from _fed(parsed, command, fragment, setting, depth)


def commands_in_arguments(words: Sequence[Word], setting: Setting) -> Iterator[Command | Variable]:
    """The command of an argument list (exec form), and those of the script that it hands to `sh -c`."""
    if not words:
        return
    command = _made(words, FixedOrigin(), setting, Span(words[0].span.start, words[-1].span.end))
    yield command
    if command.script is not None:
        yield from _inner(command, command.script.fragment, setting, 0)


def _join(parsed: shell.Command, command: Command, made: Mapping[int, Command]) -> None:
    """Tell a command of a pipeline what it reads from."""
    feeders = [made[id(feeder)] for feeder in reversed(parsed.upstream) if id(feeder) in made]
    command.feeders = tuple(feeders)
    if feeders:
        feeders[0].writes_to = command


def _inner(command: Command, script: Fragment, setting: Setting, depth: int) -> Iterator[Command | Variable]:
    """The commands of a script within a command, without those that its own shell has already run."""
    run = {other.span.start for other in command.siblings if other.within is command}
    for inner in commands_in_shell(script, setting, depth + 1):
        if isinstance(inner, Command):
            if inner.span.start in run:
                continue
            if inner.within is None:
                inner.within, inner.holder = command, command.script
                inner.feeders = inner.feeders or command.feeders
        yield inner


def _fed(parsed: shell.Command, command: Command, outer: Fragment, setting: Setting, depth: int) -> Iterator[Command | Variable]:
    """What stands in a here-document: commands where a shell runs it, also alone, and settings where it is written to a file."""
    for redirection in parsed.redirections:
        body = _body(redirection, outer, setting)
        if body is None or redirection.fd not in ("", "0"):
            continue
        if command.name in _WRITERS:
            yield from variables_in_settings(body, setting.source, f"{setting.address} {command.name}", ships=setting.ships)
        elif _runs(command, body):
            yield from _inner(command, body, setting, depth)


def _runs(command: Command, body: Fragment) -> bool:
    if not command.words:
        return not command.assignments and shell.shebang(body.text) == "sh"
    return command.name in SHELLS and command.script is None and not command.operands


def _body(redirection: shell.Redirection, outer: Fragment, setting: Setting) -> Fragment | None:
    """The text of a here-document, wherever it stands; None of other redirections."""
    heredoc = redirection.heredoc
    if heredoc is None:
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
        yield inner


def _from_shell(parsed: shell.Command, fragment: Fragment, setting: Setting) -> Command:
    words = [ShellWord(word, fragment) for word in parsed.words]
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


def _made(words: Sequence[Word], origin: Origin | None, setting: Setting, span: Span) -> Command:
    first = _program(words[0]) if words else ""
    wrappers = _wrappers(words) if first in WRAPPERS or first.startswith("python") else ()
    start = sum(len(wrapper.words) for wrapper in wrappers)
    name = _program(words[start]) if start < len(words) else ""
    return Command(
        setting.source,
        span,
        f"{setting.address} {name}" if name else setting.address,
        origin,
        name=name,
        words=tuple(words[start:]) if start else tuple(words),
        wrappers=wrappers,
        assignments=tuple(_given(wrappers, name, words)) if wrappers or name in DECLARES_VARIABLES else (),
        redirects=(),
        place=setting.place,
        ships=setting.ships,
        user=setting.user,
    )


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
        if name not in WRAPPERS or (name == "command" and words[at + 1].text in ("-v", "-V")):
            break
        end = _end_of_wrapper(name, words, at + 1)
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
