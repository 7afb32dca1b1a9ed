"""Shell text and argument lists to commands. All dialects share this."""

from __future__ import annotations

from capdrop.model.command import Command, Siblings
from capdrop.model.script import Script
from capdrop.model.tools import SHELLS, WINDOWS_SHELLS, WRITES_TEXT
from capdrop.model.words import Word, executed_by_find
from capdrop.source import Fragment, Span
from capdrop.syntax import shell

from .one_command import ListOrigin, Setting, ShellWord, command_from_shell, command_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from capdrop.model.subject import Subject
    from capdrop.model.variable import Variable
    from capdrop.model.written_file import WrittenFile

_DEEPEST = 8
"""Scripts within scripts (`sh -c "sh -c ..."`) that are followed."""
_WRITERS = frozenset({"cat", "tee"})
"""Programs that write a here-document to a file as it is."""


def commands_in_shell(fragment: Fragment, setting: Setting, depth: int = 0) -> Iterator[Subject]:
    """The commands of a shell script, and of the scripts that it hands to other shells; the files that it writes, and the variables
    of those that hold settings; and the script as a whole."""
    pairs = [(parsed, command_from_shell(parsed, fragment, setting)) for parsed in shell.parse(fragment.text).commands]
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
                if command.input is None:  # what is passed on is read where it stands
                    yield from _in_printed(file, setting, command)
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
    command = command_of([*before, *words], ListOrigin(setting.source, words), setting, Span(words[0].span.start, words[-1].span.end))
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


def _in_printed(file: WrittenFile, setting: Setting, command: Command) -> Iterator[Variable]:
    """The settings in a file that is printed, or the one line of it under its name; a setting on one line is read with the command."""
    from .settings_file import variable_of_line, variables_in_settings

    text, address = file.texts[0], f"{setting.address} {command.name}"
    if "\n" in text.text.strip():
        yield from variables_in_settings(text, setting.source, address, ships=setting.ships, path=file.path)
    elif "=" not in text.text and text.text[:1] not in "{[":
        yield from variable_of_line(text, setting.source, address, file.path, ships=setting.ships)


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
    subjects = [one for one in commands_in_shell(script, setting, depth + 1) if one.span.start not in run or not isinstance(one, Command)]
    for inner in subjects:  # of all before any is judged, as what is said of one may lie with its neighbours
        if isinstance(inner, Command) and inner.within is None:
            inner.within, inner.holder = command, command.script
            inner.feeders = inner.feeders or command.feeders
    yield from subjects


def _fed(parsed: shell.Command, command: Command, outer: Fragment, setting: Setting, depth: int) -> Iterator[Subject]:
    """What stands in a here-document: commands where a shell runs it, also alone, and settings where it is written to a file."""
    for redirection in parsed.redirections:
        body = _input(redirection, outer, setting)
        if body is None:
            continue
        if command.name in _WRITERS:
            from .settings_file import variables_in_file

            path = next((word.text for sign, word in command.redirects if word is not None and sign.startswith(">")), "")
            yield from variables_in_file(body, setting.source, f"{setting.address} {command.name}", path, ships=setting.ships)
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
        command = command_of(words, ListOrigin(setting.source, ()), setting, Span(words[0].span.start, words[-1].span.end))
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
        inner = command_of(words[start:end], command.origin, setting, Span(words[start].span.start, words[end - 1].span.end))
        inner.within, inner.siblings = command, command.siblings
        setting.commands.append(inner)
        yield inner
