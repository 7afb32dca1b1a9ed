"""Programs that run what they are given: which word, or whose output, is the program."""

from __future__ import annotations

from .tools import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .command import Command
    from .words import Word

_ROWS = {
    "sh bash dash ash zsh ksh mksh": "-c",
    "python python2 python3": "-c -m",
    "perl": "-e -E -n -p -pe -ne",
    "ruby": "-e -n -p",
    "node nodejs": "-e --eval -p --print",
    "php": "-r -f -B -R -E",
    "lua": "-e",
    "pwsh powershell": "-c -Command -File -EncodedCommand",
    "invoke-expression": "",
}
INTERPRETERS = {program: tuple(options.split()) for programs, options in _ROWS.items() for program in programs.split()}
"""Interpreters by name without a version, and the options with which the program is neither their input nor a file."""
RUN_A_FILE = frozenset({"source", "."})
RUNNERS = frozenset(INTERPRETERS) | RUN_A_FILE | {"eval", "su", "runuser"}
"""Programs that run a program which they are given as text."""
_MOST = 50
"""Commands of a substitution that a variable is followed to."""
_SUBSTITUTIONS = ("$(", "`", "<(")


def interpreter(command: Command) -> str:
    """The name in `INTERPRETERS` of the interpreter that a command starts: `python3` of `python3.12`; "" of any other program."""
    name = command.name
    if name not in INTERPRETERS:
        name = name.partition(".")[0]
    return name if name in INTERPRETERS else ""


def reads_its_program(command: Command) -> bool:
    """Whether an interpreter is given neither a script nor the name of one."""
    if command.name in RUN_A_FILE:
        return any(word.text == "/dev/stdin" for word in command.operands[:1])
    name = interpreter(command)
    if name == "invoke-expression":  # what stands in brackets behind it is read like what is piped to it
        return True
    if not name or command.option(*INTERPRETERS[name]) is not None:
        return False
    if name in SHELLS and command.option("-s") is not None:
        return True
    first = next(iter(command.operands), None)
    if first is None or first.text in ("-", "/dev/stdin"):
        return True
    return name == "php" and any(word.text == "--" for word in command.words)


def program_file(command: Command) -> Word | None:
    """The word that names the file whose text a command runs: of an interpreter, of `source`, of `java -jar`."""
    if command.name in RUN_A_FILE:
        return next(iter(command.operands), None)
    if command.name == "java":
        option = command.option("-jar")
        return option.value if option is not None else None
    name = interpreter(command)
    if not name or (name in SHELLS and command.option("-s") is not None):
        return None
    option = command.option("-f") if name == "php" else None
    if option is not None:
        return option.value
    return None if command.option(*INTERPRETERS[name]) is not None else next(iter(command.operands), None)


def inline_program(command: Command) -> Word | None:
    """The word that holds the program itself: of `python -c PROGRAM` and its kin, and of `eval PROGRAM`."""
    if command.script is not None:
        return command.script
    if command.name == "eval":
        return next(iter(command.operands), None)
    name = interpreter(command)
    option = command.option(*(INTERPRETERS[name] if name else ())) if name else None
    return option.value if option is not None and option.name not in ("-m", "-f", "-File") else None


def program_sources(command: Command) -> Iterator[Command]:
    """The commands whose output a command runs as a program: piped into it, or substituted into its script or file."""
    if command.feeders and reads_its_program(command):
        for feeder in command.feeders:
            yield feeder
            for word in feeder.operands if feeder.name == "echo" else ():
                yield from _assigned(feeder, word)
        return
    if command.redirects and reads_its_program(command):
        given = [word.text for operator, word in command.redirects if operator in ("<", "<<<") and word is not None]
        if any(text.startswith(_SUBSTITUTIONS) for text in given):
            yield from (inner for inner in command.siblings.inside(command) if inner.holder is None)
        return
    runs = inline_program(command) or program_file(command)
    if runs is None:
        return
    yield from _assigned(command, runs)
    if runs.text.startswith(_SUBSTITUTIONS):
        for inner in command.siblings.inside(command):
            if inner.holder is not None and inner.holder.text == runs.text:
                yield inner


def _assigned(command: Command, word: Word) -> Iterator[Command]:
    """The commands whose output the same script has put into the variable that a word stands for: `A=$(...)`."""
    variable = word.text.strip("${}") if word.text[:1] == "$" else ""
    if not variable.isidentifier():
        return
    setter = command.siblings.sets_before(command, variable)
    yield from command.siblings.inside(setter)[:_MOST] if setter is not None else ()
