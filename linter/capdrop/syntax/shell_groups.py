"""Lists of shell commands and what holds them: subshells, groups, loops, conditions, functions."""

from __future__ import annotations

import re

from capdrop.syntax.shell_tree import BuiltWord, Chain, Command, Compound, Part, Pipeline, Word
from capdrop.syntax.shell_value import Builder
from capdrop.syntax.shell_words import Reader

# Compiled on first use, as most texts have none of these.
_EXPRESSION = r"[^ \t\r\n$`'\"\\]++"
"""A run of the regular expression after `=~`, in which operators are text."""
_NO_PARAMETERS = r"[ \t]*+\)"
_TIMED = r"[ \t]++(?:-p[ \t]++)?(?=[^-\s;&|)])"

_LOOPS = ("while", "until", "for", "select")
_OPENERS = frozenset(("if", "while", "until", "{"))
_MIDDLE = {"then": ("if",), "elif": ("if",), "else": ("if",), "do": _LOOPS}
_CLOSERS = {"fi": ("if",), "done": _LOOPS, "esac": ("case",), "}": ("{",)}
RESERVED = frozenset((*_OPENERS, *_MIDDLE, *_CLOSERS, "for", "select", "case", "function", "!", "time", "coproc", "[["))


class Scope:
    """The list of commands that is being read, and the group it belongs to."""

    __slots__ = ("begun", "chain", "chains", "closed", "compound", "joiner", "kind", "negated", "outer", "part", "pipeline")

    def __init__(self, outer: Scope | None, compound: Compound | None, part: Part | None) -> None:
        self.outer = outer
        self.compound = compound
        self.part = part
        self.chains: list[Chain] = compound.chains if compound else []
        self.kind = compound.kind if compound else ""
        self.begun = False
        self.restart()

    def restart(self) -> None:
        """Begin a new list, as after `then` or `do`."""
        self.chain: Chain | None = None
        self.pipeline: Pipeline | None = None
        self.joiner = ""
        self.negated = False
        self.closed: Compound | None = None
        """The group that just ended, to which redirections belong."""

    def open_pipeline(self) -> Pipeline:
        """The pipeline that the next command stands in."""
        if self.pipeline is None:
            if self.chain is None:
                self.chain = Chain(self.compound, self.part)
                self.chains.append(self.chain)
            self.pipeline = Pipeline(self.chain, self.joiner, self.negated)
            self.chain.pipelines.append(self.pipeline)
            self.negated = False
        return self.pipeline


class GroupReader(Reader):
    """Reads what begins with a reserved word or a parenthesis, and keeps the lists that are open."""

    __slots__ = ("function", "loose", "scope")

    def __init__(self, text: str, depth: int = 0) -> None:
        super().__init__(text, depth)
        self.scope = Scope(None, None, None)
        self.function = ""
        """The name of the function whose body comes next."""
        self.loose: list[Word] = []
        """Words that belong to no command and no group, such as the patterns of a case."""

    def begin(self, start: int) -> Command:
        """The command that is being read, begun if there is none."""
        command = self.command
        if command is None:
            scope = self.scope
            if scope.closed is not None:
                self._not_after_group(start)
            pipeline = scope.pipeline or scope.open_pipeline()
            self.command = command = Command(start, pipeline, self.owner)
            if self.one_more(start):
                pipeline.commands.append(command)
                pipeline.elements.append(command)
                self.commands.append(command)
        return command

    def join(self, operator: str) -> None:
        """Go on to the next command of the list, or of the pipeline."""
        self.end_command()
        scope = self.scope
        if operator in ("|", "|&"):
            return
        scope.pipeline = None
        if operator not in ("&&", "||"):
            scope.chain = None
            operator = operator[0]
        if scope.chains:
            scope.joiner = operator

    def end_command(self) -> None:
        """What comes next belongs to another command or group."""
        self.command = None
        self.scope.closed = None

    def _not_after_group(self, start: int) -> None:
        scope = self.scope
        if scope.closed is not None:
            self.problem(start, max(start, self.at), "a command cannot follow the end of a group")
            self.join(";")

    # Opening and closing.

    def _open(self, kind: str, start: int) -> Compound | None:
        if not self._enter(start):
            return None
        self._not_after_group(start)
        pipeline = self.scope.open_pipeline()
        compound = Compound(kind, start, pipeline, self.function)
        pipeline.elements.append(compound)
        self.function = ""
        self.scope = Scope(self.scope, compound, None)
        return compound

    def _close(self, word: str, kinds: tuple[str, ...], start: int) -> None:
        scope: Scope | None = self.scope
        while scope is not None and scope.kind not in kinds:
            scope = scope.outer
        self.end_command()
        if scope is None:
            self.problem(start, self.at, f"unexpected {word}")
            return
        self.close_down_to(scope)
        self._pop()

    def close_parenthesis(self, start: int) -> None:
        """`)` that ends a subshell."""
        self._close(")", ("(",), start)

    def _pop(self) -> None:
        compound, outer = self.scope.compound, self.scope.outer
        if compound is not None and outer is not None:
            compound.end = self.at
            self.depth -= 1
            self.scope = outer
            outer.closed = compound

    def close_down_to(self, scope: Scope) -> None:
        """Close the groups within a list, of which each lacks its end."""
        while self.scope is not scope:
            compound = self.scope.compound
            if compound is not None:
                if self.at == self.end:
                    self.never_closed(compound.start, compound.kind)
                else:
                    self.problem(compound.start, self.at, f"{compound.kind} is never closed")
            self._pop()

    def _loose_word(self) -> Word:
        word = self.word()
        if not word.literal:
            self.loose.append(word)
        return word

    # Space.

    def skip_blanks(self) -> None:
        """Go to the next word of the line."""
        self._skip(" \t\r")

    def _skip(self, space: str) -> None:
        text, at, end = self.text, self.at, self.end
        while at < end and (text[at] in space or self._continuation(at)):
            at += self._continuation(at) or 1
        self.at = at

    def _skip_lines(self) -> None:
        """Go to the next word, over the ends of lines and comments."""
        while True:
            self._skip(" \t\r\n")
            if not self.text.startswith("#", self.at, self.end):
                return
            self._skip_comment()

    def _next(self) -> str:
        """The character that comes next, or nothing at the end."""
        return self.text[self.at] if self.at < self.end else ""

    # Reserved words.

    def reserved(self, value: str, start: int) -> list[Word] | None:
        """A reserved word where a command may begin: the words of the command, if it does begin one."""
        if value == "{" and self.scope.kind in ("for", "select") and not self.scope.begun:
            self.scope.kind = "{"  # bash takes braces for `do` and `done`
        elif value in _OPENERS:
            self._open(value, start)
        elif value in _CLOSERS:
            self._close(value, _CLOSERS[value], start)
        elif value in _MIDDLE:
            self._middle(value, start)
        elif value == "[[":
            return self._test(start)
        elif value == "!":
            self.scope.negated = not self.scope.negated
        elif value in ("for", "select"):
            self._for(value, start)
        elif value == "case":
            self._case(start)
        elif value == "function":
            self._function()
        elif value == "time":
            return self._time(start)
        return None

    def _middle(self, value: str, start: int) -> None:
        scope: Scope | None = self.scope
        while scope is not None and scope.kind not in _MIDDLE[value]:
            scope = scope.outer
        if scope is None:
            self.problem(start, self.at, f"unexpected {value}")
            self.join(";")
            return
        self.close_down_to(scope)
        scope.restart()
        scope.begun = True

    def _time(self, start: int) -> list[Word] | None:
        found = re.compile(_TIMED).match(self.text, self.at, self.end)
        if found:
            self.at = found.end()
            return None
        words = self.begin(start).words
        words.append(Word("time", start, start + 4))
        return words

    def _function(self) -> None:
        self.skip_blanks()
        self.function = self._loose_word().value
        self.skip_blanks()
        if self._next() == "(":
            self.at += 1
            self._function_parentheses()

    def _function_parentheses(self) -> bool:
        """Read the `)` of `name()`, if it follows."""
        found = re.compile(_NO_PARAMETERS).match(self.text, self.at, self.end)
        if found:
            self.at = found.end()
        return bool(found)

    def _for(self, value: str, start: int) -> None:
        compound = self._open(value, start)
        if compound is None:
            return
        self.skip_blanks()
        if self.text.startswith("((", self.at, self.end) and self._expression(compound):
            self._skip_lines()
        else:
            self._loose_word()
            self._skip_lines()
            if self.text.startswith("in", self.at, self.end) and self.text[self.at + 2 : self.at + 3] in " \t\r\n;":
                self.at += 2
                self._words_of(compound)
        if self._next() == ";":
            self.at += 1

    def _words_of(self, compound: Compound) -> None:
        while True:
            self.skip_blanks()
            word = self.word()
            if word.end == word.start:
                return
            compound.words.append(word)

    def _expression(self, compound: Compound) -> bool:
        """`((..))` here, as the one word of the group; false where it is something else."""
        start = self.at
        end = self.arithmetic_end(start + 2)
        if end < 0:
            return False
        built = Builder()
        self.expansions(start + 2, end - 2, built)
        compound.words.append(BuiltWord(start + 2, end - 2, built.fragment(start + 2), built.parts, False, False))
        self.at = end
        return True

    def _case(self, start: int) -> None:
        compound = self._open("case", start)
        if compound is None:
            return
        self.skip_blanks()
        compound.words.append(self.word())
        self._skip_lines()
        word = self._loose_word()
        if word.value != "in":
            self.problem(word.start, word.end, "case needs `in`")
        self.case_arm()

    def case_arm(self) -> None:
        """Read the patterns of an arm, or the `esac`."""
        self.scope.restart()
        first = True
        while True:
            self._skip_lines()
            start, character = self.at, self._next()
            if not character:
                return
            word = self._loose_word()
            if word.end > start:
                if first and word.value == "esac" and not word.quoted:
                    self._close("esac", ("case",), start)
                    return
            else:
                self.at = start + 1
                if character == ")":
                    return
                if character not in "(|":
                    self.problem(start, start + 1, f"unexpected {character} in the patterns of a case")
                    return
            first = False

    def _test(self, start: int) -> list[Word]:
        """`[[ .. ]]`, a command in whose words the operators of the shell are text."""
        words = self.begin(start).words
        words.append(Word("[[", start, start + 2))
        while True:
            self._skip(" \t\r\n")
            start = self.at
            character = self._next()
            if not character:
                self.never_closed(words[0].start, "[[")
                return words
            if words[-1].value == "=~":
                word = self.word(re.compile(_EXPRESSION))
            else:
                word = self._test_operator(character) or self.word()
            if word.end == start:
                self.problem(start, start + 1, f"unexpected {character} in [[")
                return words
            words.append(word)
            if word.value == "]]" and not word.quoted:
                return words

    def _test_operator(self, character: str) -> Word | None:
        start = self.at
        if character not in "()<>&|" or (character in "<>" and self.text.startswith("(", start + 1)):
            return None
        width = 2 if self.text.startswith(("&&", "||"), start, self.end) else 1
        self.at = start + width
        return Word(self.text[start : self.at], start, self.at)

    # Parentheses.

    def open_parenthesis(self, start: int) -> None:
        """A subshell, `((..))`, or the parentheses of a function."""
        command = self.command
        if command is not None:
            if self._names_function(command) and self._function_parentheses():
                self.function = command.words[0].value
                self._forget(command)
                return
            self.problem(start, self.at, "unexpected (")
            self.join(";")
        elif self._next() == "(" and self._arithmetic_command(start):
            return
        self._open("(", start)

    def _names_function(self, command: Command) -> bool:
        return len(command.words) == 1 and not command.assignments and not command.redirections and self.commands[-1:] == [command]

    def _forget(self, command: Command) -> None:
        """Take back a command that turned out to be the name of a function."""
        self.commands.pop()
        command.pipeline.commands.pop()
        command.pipeline.elements.pop()
        self.command = None

    def _arithmetic_command(self, start: int) -> bool:
        after = self.at
        if self.arithmetic_end(start + 2) < 0:
            return False
        compound = self._open("((", start)
        if compound is None:
            return True
        self.at = start
        if not self._expression(compound):
            self.at = after
        self._pop()
        return True
