"""The simple commands of a POSIX shell or bash text, with their words, their places and how they are joined."""

from __future__ import annotations

import re

from capdrop.source import Fragment
from capdrop.syntax.shell_groups import RESERVED, GroupReader, Scope
from capdrop.syntax.shell_tree import (
    Assignment,
    Chain,
    Command,
    Compound,
    Heredoc,
    Part,
    Pipeline,
    Problem,
    Redirection,
    Script,
    Word,
    move,
    move_words,
)
from capdrop.syntax.shell_value import Builder, TablessBuilder
from capdrop.syntax.shell_words import RUN

__all__ = [
    "Assignment",
    "Chain",
    "Command",
    "Compound",
    "Heredoc",
    "Part",
    "Pipeline",
    "Problem",
    "Redirection",
    "Script",
    "Word",
    "interpreter",
    "parse",
    "shebang",
]

# Compiled on first use: many a Dockerfile has no shell text.
_TOKEN = (
    r"[ \t\r]*+(?:\\\r?\n[ \t\r]*+)*+(?:"
    r"((?!#)[^ \t\r\n;&|<>()$`'\"\\]++)(?=[ \t\r\n;&|)]|\Z)"  # a plain word
    r"|((?:[0-9]++|\{[A-Za-z_0-9]++\})?+(?:<<[<-]?+|[<>](?!\()[<>|&]?+)|&>>?+)"  # a redirection
    r"|(&&|\|[|&]?|;;&|;[;&]?|[&\n()])"  # an operator
    r"|(#[^\n]*+)"
    r"|(\Z)"
    r"|())"  # a word that is not plain
)
_PLAIN, _REDIRECTION, _OPERATOR, _COMMENT, _END, _OTHER = 1, 2, 3, 4, 5, 6

_ASSIGNMENT = r"[A-Za-z_][A-Za-z0-9_]*+(?:\[[^\]\n;&|()<>]{0,100}\])?\+?="


def parse(text: str) -> Script:
    """The commands of a shell text. What is not understood is told in `problems`; nothing is raised."""
    parser = Parser(text)
    chains = parser.read_all()
    return Script(text, parser.commands, chains, parser.problems)


class Parser(GroupReader):
    """Reads the commands of a text."""

    __slots__ = ("pending", "unsorted")

    def __init__(self, text: str, depth: int = 0) -> None:
        super().__init__(text, depth)
        self.pending: list[tuple[Redirection, Command | None]] = []
        """The redirections whose heredocs begin with the next line."""
        self.unsorted = False
        """Whether something stands before the first word of a command, so that others may come between."""

    def read_all(self, part: Part | None = None) -> list[Chain]:
        """Read the whole text."""
        scope = self.scope
        scope.part = part
        while self.at < self.end:
            self._read_commands(False)
        self.close_down_to(scope)
        if self.unsorted:
            self.commands.sort(key=_first_word)
        return scope.chains

    def read_list(self, part: Part) -> list[Chain]:
        outer, function = self.scope, self.function
        scope = self.scope = Scope(None, None, part)
        self.function = ""
        in_backticks = self.text[part.start] == "`"
        closed = self._read_commands(not in_backticks)
        self.close_down_to(scope)
        if not closed and not in_backticks:
            self.never_closed(part.start, self.text[part.start : part.start + 2])
        self.scope, self.function = outer, function
        return scope.chains

    def read_unescaped(self, part: Part, inner: Fragment) -> list[Chain]:
        parser = Parser(inner.text, self.depth)
        parser.owner, parser.count = self.owner, self.count
        chains = parser.read_all(part)
        move(chains, inner)
        move_words(parser.loose, inner)
        self.commands += parser.commands
        self.loose += parser.loose
        for problem in parser.problems:
            span = inner.span(problem.span.start, problem.span.end)
            self.problem(span.start, span.end, problem.message)
        self.count = parser.count
        return chains

    # The list of commands.

    def _read_commands(self, nested: bool) -> bool:
        """Read commands to the end, or where `nested` to the `)` that closes them: then true."""
        text, tokens = self.text, re.compile(_TOKEN).finditer
        words: list[Word] | None = None  # of the command that is being read, once it has a name
        while True:
            for found in tokens(text, self.at, self.end):  # it matches everywhere, so none is passed over
                kind = found.lastindex or 0
                start, stop = found.span(kind)
                if words is None or kind != _PLAIN:
                    break
                words.append(Word(found[1], start, stop))
            self.at = stop
            if kind == _PLAIN:
                words = self._first(found[1], start)
            elif kind == _OTHER:
                words = self._other(start, words)
            elif kind == _OPERATOR:
                if found[3] == ")" and nested and self._outermost():
                    return True
                self._operator(found[3], start)
                words = None
            elif kind == _REDIRECTION:
                self._redirection(found[2], start)
            elif kind == _END:
                self.command = None
                return False

    def _outermost(self) -> bool:
        """Whether a `)` closes the substitution and not a subshell in it."""
        scope: Scope | None = self.scope
        while scope is not None:
            if scope.kind == "(":
                return False
            scope = scope.outer
        self.command = None
        return True

    def _other(self, start: int, words: list[Word] | None) -> list[Word] | None:
        """A word that is not plain."""
        if words is None:
            found = RUN.match(self.text, start, self.end)
            if found and self.text.startswith(("<", ">", "("), found.end(), self.end):
                self.at = found.end()
                return self._first(found[0], start)
            if self._assignment(start):
                return None
            words = self.begin(start).words
        word = self.word()
        if word.end > word.start:
            words.append(word)
        elif self.at == start:
            self.problem(start, start + 1, "not understood")
            self.at = start + 1
        return words

    def _first(self, value: str, start: int) -> list[Word] | None:
        """A plain word where a command may begin: the words of the command that it begins, if it does."""
        if value in RESERVED and self.command is None:
            return self.reserved(value, start)
        if ("=" in value or "[" in value) and self._assignment(start):
            return None
        words = self.begin(start).words
        words.append(Word(value, start, self.at))
        return words

    def _assignment(self, start: int) -> bool:
        found = re.compile(_ASSIGNMENT).match(self.text, start, self.end)
        if not found:
            return False
        command = self.begin(start)
        self.unsorted = True
        self.at = found.end()
        self.aside = True
        value = self.word()
        self.aside = False
        written = value if value.end > value.start else None
        command.assignments.append(Assignment(found[0].rstrip("+="), written, start, self.at))
        return True

    def _operator(self, operator: str, start: int) -> None:
        scope = self.scope
        idle = self.command is None and scope.closed is None
        if operator == "\n":
            self._newline(idle)
        elif operator == "(":
            self.open_parenthesis(start)
        elif operator == ")":
            self.close_parenthesis(start)
        elif operator in (";;", ";&", ";;&") and scope.kind == "case":
            self.end_command()
            self.case_arm()
        else:
            if idle:
                self.problem(start, self.at, f"unexpected {operator}")
            self.join(operator)

    def _newline(self, idle: bool) -> None:
        if not idle:
            self.join("\n")
        if self.pending:
            self._heredocs()

    # Redirections.

    def _redirection(self, written: str, start: int) -> None:
        fd = written.rstrip("<>&|-") if written[0] not in "<>&" else ""
        redirection = Redirection(written[len(fd) :], fd, start, self.at)
        scope, command = self.scope, self.command
        if command is None and scope.closed is not None:
            scope.closed.redirections.append(redirection)
        else:
            if command is None:
                self.unsorted = True
                command = self.begin(start)
            command.redirections.append(redirection)
        self.skip_blanks()
        self.aside = True
        target = self.word()
        self.aside = False
        redirection.end = target.end
        if target.end == target.start:
            redirection.end = start + len(written)
            self.problem(start, redirection.end, f"nothing follows {written}")
            return
        redirection.target = target
        if redirection.operator in ("<<", "<<-"):
            empty = Fragment.at("", self.end)
            redirection.heredoc = Heredoc(target.value, target.quoted, self.end, self.end, empty, present=False)
            self.pending.append((redirection, command))
        elif command is None and scope.closed is not None:
            scope.closed.end = target.end

    def _heredocs(self) -> None:
        """Read the bodies that were announced on the line that ended just before this place."""
        pending, self.pending = self.pending, []
        for redirection, command in pending:
            self.command, self.aside = command, True
            if redirection.target is not None:
                self._heredoc(redirection, redirection.target)
        self.command, self.aside = None, False

    def _heredoc(self, redirection: Redirection, target: Word) -> None:
        text, start = self.text, self.at
        delimiter, quoted = target.value, target.quoted
        strip = redirection.operator == "<<-"
        line = start
        while True:
            stop = text.find("\n", line, self.end)
            content = text[line : stop if stop >= 0 else self.end].removesuffix("\r")
            if (content.lstrip("\t") if strip else content) == delimiter:
                after = self.end if stop < 0 else stop + 1
                break
            if stop < 0:
                line = after = self.end
                self.never_closed(redirection.start, "heredoc")
                break
            line = stop + 1
        body = TablessBuilder() if strip else Builder()
        if quoted:
            body.add(text[start:line], start)
        else:
            self.expansions(start, line, body)
        heredoc = Heredoc(delimiter, quoted, start, after, body.fragment(start))
        heredoc.replaced = body.parts
        redirection.heredoc = heredoc
        self.at = after


def _first_word(command: Command) -> int:
    return command.words[0].start if command.words else command.start


_SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"))


def interpreter(argv: list[str]) -> str:
    """The language of a `SHELL` or exec form, by its program: "sh", "cmd", "powershell" or "other"."""
    words = argv
    while words:
        program = words[0].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
        if program == "env":
            words = _after_env(words[1:])
        elif program == "busybox":
            words = words[1:]
        elif program in _SHELLS:
            return "sh"
        elif program in ("powershell", "pwsh"):
            return "powershell"
        else:
            return "cmd" if program == "cmd" else "other"
    return "other"


def _after_env(words: list[str]) -> list[str]:
    """The command line that `env` runs."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in ("-u", "--unset", "-C", "--chdir"):
            at += 2
        elif word.startswith(("-S", "--split-string")):
            joined = " ".join((word.removeprefix("-S").removeprefix("--split-string").removeprefix("="), *words[at + 1 :]))
            words, at = joined.split(), 0
        elif word.startswith("-") or "=" in word:
            at += 1
        else:
            break
    return words[at:]


def shebang(text: str) -> str:
    """The language of a script, by its `#!` line; "sh" where it has none, as the kernel leaves that to the shell."""
    if not text.startswith("#!"):
        return "sh"
    return interpreter(text[2:].partition("\n")[0].split())
