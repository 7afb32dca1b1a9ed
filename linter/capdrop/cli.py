"""The command line."""

from __future__ import annotations

import gc
import os
import sys

from . import __version__
from .aside import note
from .rulebook import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

CLEAN, FINDINGS, MISUSE, INCOMPLETE = 0, 1, 2, 3
"""Exit statuses: nothing at or above the threshold; findings; misuse or bad configuration; something was not analysed, or a
rule broke."""

INTERRUPTED, PIPE_CLOSED = 130, 141
"""Exit statuses as shells know them: the user pressed Ctrl-C; nobody reads what we print."""

_USAGE = """\
usage: capdrop COMMAND [ARGUMENTS]

Finds secrets and needless privilege in Dockerfiles, Compose files, Kubernetes manifests and scripts that run
containers, says what they add up to, and writes the fix. It never uses the network and never runs a program.

commands:
  check [PATH ...]      check files and folders (the current folder where none is given; `-` is standard input)
  fix [PATH ...]        show the fixes as a diff, or write them with --apply
  explain RULE          what a rule is about; other tools' ids work too (DL3002, CKV_K8S_16, CL-0002, KSV-0017)
  rules                 list the rules
  baseline [PATH ...]   remember the present findings, so that `check` shows only new ones
  test FOLDER           run the examples of your own rules
  lsp                   serve an editor over standard input and output (needs: pip install 'capdrop[lsp]')

`capdrop COMMAND --help` says more.

exit status of `check`:
  0   nothing was found at or above the threshold
  1   something was found
  2   misuse, or a faulty configuration
  3   something could not be analysed, or a rule broke (whatever else was found)
"""


def script() -> NoReturn:
    """The console script: `main`, and gone. To take the interpreter down module by module would take a tenth of a short run."""
    gc.disable()  # a short run makes much and throws away little; a long one collects by itself
    leave(main())


def leave(status: int) -> NoReturn:
    """End the process at once; what was printed is flushed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            status = status or PIPE_CLOSED
    os._exit(status)


def main(argv: list[str] | None = None) -> int:
    """Run a command line; returns the exit status."""
    _tolerate_any_name()
    try:
        status = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return status
    except Misuse as error:
        note(f"capdrop: {_without_secrets(str(error))}")
        return MISUSE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        note("capdrop: interrupted")
        return INTERRUPTED
    except OSError as error:
        note(f"capdrop: {error.filename or 'standard output'}: {error.strerror}")
        return MISUSE
    except Exception as error:
        note(f"capdrop: {_failure(error)}; this is a bug in capdrop {__version__}, please report it")
        return INCOMPLETE


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        (sys.stdout if arguments else sys.stderr).write(_USAGE)
        return CLEAN if arguments else MISUSE
    if arguments[0] in ("-V", "--version"):
        sys.stdout.write(f"capdrop {__version__}\n")
        return CLEAN
    command = COMMANDS.get(arguments[0])
    if command is None:
        known = os.path.exists(arguments[0]) or arguments[0].startswith("-")
        raise Misuse(f"there is no command {arguments[0]!r}{'; did you mean `capdrop check`?' if known else _nearest(arguments[0])}")
    return command(arguments[1:])


def _nearest(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, n=1)
    return f"; did you mean `capdrop {near[0]}`?" if near else "; see `capdrop --help`"


def _check(arguments: list[str]) -> int:
    from .check_command import main

    return main(arguments)


def _fix(arguments: list[str]) -> int:
    from .fix_command import main

    return main(arguments)


def _explain(arguments: list[str]) -> int:
    from .rule_commands import explain

    return explain(arguments)


def _rules(arguments: list[str]) -> int:
    from .rule_commands import rules

    return rules(arguments)


def _baseline(arguments: list[str]) -> int:
    from .check_command import baseline

    return baseline(arguments)


def _test(arguments: list[str]) -> int:
    from .rule_commands import test

    return test(arguments)


def _lsp(arguments: list[str]) -> int:
    from .options import Reader

    more = "docs/editors.md has the lines for your editor."
    Reader("lsp", "Serve an editor over standard input and output.", (), more=more).read(arguments)
    try:
        from .lsp import serve
    except ImportError as error:
        raise Misuse(f"the language server needs its extra: pip install 'capdrop[lsp]' ({error})") from None
    gc.enable()
    serve()
    return CLEAN


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "check": _check,
    "fix": _fix,
    "explain": _explain,
    "rules": _rules,
    "baseline": _baseline,
    "test": _test,
    "lsp": _lsp,
}


def _tolerate_any_name() -> None:
    """Names that are not valid text must not break the streams."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _without_secrets(message: str) -> str:
    from .secret_search import without_secrets

    return without_secrets(message)


def _failure(error: Exception) -> str:
    """What failed and where. An exception's text is left out: it may quote a file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
