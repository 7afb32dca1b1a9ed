"""The words of a shell text: quotes, escapes, variables, substitutions, heredocs.

`Reader` moves along the text and knows no commands; `shell.Parser` is a Reader that does.
"""

from __future__ import annotations

import re

from capdrop.source import Fragment, Span
from capdrop.syntax.shell_tree import BuiltWord, Chain, Part, Problem, Word
from capdrop.syntax.shell_value import ANSI_ESCAPE, Builder, ansi_character

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.syntax.shell_tree import Command

DEEPEST = 40
"""Groups, loops and substitutions within each other; what is deeper is not read."""

LONGEST = 1_000_000
"""Characters; what stands behind them is not read."""

MOST = 100_000
"""Commands and substitutions of one text; the rest is not read."""

MOST_PROBLEMS = 100

RUN = re.compile(r"[^ \t\r\n;&|<>()$`'\"\\]++")
"""Unquoted text."""
_SPECIAL = re.compile(r"[\\$`\"'}]")

# Compiled on first use, as most texts have none of these.
_VARIABLE = r"\$(?:([A-Za-z_][A-Za-z0-9_]*+)|\{([A-Za-z_][A-Za-z0-9_]*+)\}|([0-9@*#?$!-]))"
_BACKTICK_SPECIAL = r"[\\`]"
_PARAMETER = (
    r"\$\{[!#]?((?:[A-Za-z_][A-Za-z0-9_]*+|[0-9]++|[@*#?$!-])?(?:\[[^\]\n$`{}'\"]{0,100}\])?)"
    r"(:?[-=?+]|##?|%%?|//?|\^\^?|,,?|[:@])?"
)
_PARENTHESES = r"[()]|\\.|'[^']*+'|\"(?:[^\"\\]|\\.)*+\""

_LONGEST_EXPRESSION = 4096
_ENDS = ("", " ", "\t", "\r", "\n", ";", "&", "|", "<", ">", "(", ")")

_DECIDES_QUOTES = frozenset(("#", "##", "%", "%%", "/", "//", "^", "^^", ",", ",,"))
"""Operators of `${X..}` after which a single quote quotes even within double quotes."""

_GIVES_DEFAULT = frozenset((":-", "-", ":=", "="))


class Reader:
    """A text, how far it is read, and what is wrong with it."""

    __slots__ = ("aside", "at", "command", "commands", "count", "depth", "end", "owner", "problems", "text", "unclosed", "work")

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)
        self.depth = depth
        self.count = 0
        self.problems: list[Problem] = []
        self.commands: list[Command] = []
        self.command: Command | None = None
        self.owner: tuple[Command, int] | None = None
        self.aside = False
        """Whether the word being read is no word of the command, but an assignment or a target."""
        self.unclosed = False
        """Whether the text was found to end too early, which is said once."""
        self.work = 8 * len(text) + 65536
        """Characters that may yet be looked at ahead of reading, or copied: keeps hostile nesting linear."""
        if self.end > LONGEST:
            self.problem(LONGEST, self.end, f"longer than {LONGEST} characters; the rest is not read")
            self.end, self.unclosed = LONGEST, True

    # What the parser of commands adds.

    def read_list(self, part: Part) -> list[Chain]:
        """Read commands up to the `)` that closes a substitution, or the end."""
        raise NotImplementedError

    def read_unescaped(self, part: Part, inner: Fragment) -> list[Chain]:
        """Read commands in a text of their own, whose places are those of `inner`."""
        raise NotImplementedError

    # Problems.

    def problem(self, start: int, end: int, message: str) -> None:
        """Note what is not understood."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(Span(start, end), message))

    def never_closed(self, start: int, what: str) -> None:
        """Note that the text ended within something; only the innermost is told."""
        if not self.unclosed:
            self.unclosed = True
            self.problem(start, self.end, f"{what} is never closed")

    def give_up(self, start: int, message: str) -> None:
        """Note why the rest is not read, and go to the end."""
        self.unclosed = True
        self.problem(start, self.end, message)
        self.at = self.end

    def one_more(self, start: int) -> bool:
        """Count a command or substitution; false where there are too many."""
        self.count += 1
        if self.count <= MOST:
            return True
        if self.count == MOST + 1:
            self.give_up(start, f"more than {MOST} commands; the rest is not read")
        self.at = self.end
        return False

    # Words.

    def word(self, run: re.Pattern[str] = RUN) -> Word:
        """The word that begins here, and may be empty; `run` matches unquoted text."""
        text = self.text
        start = self.at
        built = Builder()
        while self.at < self.end:
            at = self.at
            found = run.match(text, at, self.end)
            if found:
                plain = found[0]
                built.add(plain, at)
                built.pattern = built.pattern or "*" in plain or "?" in plain or "[" in plain
                self.at = at = found.end()
                if at == self.end:
                    break
            if not self._special(built, at):
                break
        if not built.parts and not built.quoted and built.length == self.at - start:
            return Word("".join(built.chunks), start, self.at)
        return BuiltWord(start, self.at, built.fragment(start), built.parts, built.quoted, built.pattern)

    def _special(self, built: Builder, at: int) -> bool:
        """Read what is not plain text; false where the word ends."""
        character = self.text[at]
        if character == '"':
            self._double_quotes(built, at)
        elif character == "$":
            self._dollar(built, at, False)
        elif character == "'":
            self._single_quotes(built, at)
        elif character == "\\":
            return self._escape(built, at)
        elif character == "`":
            self._backticks(built, at, False)
        elif character in "<>" and self.text.startswith("(", at + 1, self.end):
            self._substitution(built, at, "process")
        elif character == "(" and self._takes_parenthesis(built, at):
            self._parenthesised(built, at)
        else:
            return False
        return True

    def _takes_parenthesis(self, built: Builder, at: int) -> bool:
        """Whether a parenthesis here belongs to an array or a pattern."""
        before = self.text[at - 1] if at else ""
        return before == "=" if self.aside and not built.length else built.next_place == at and before in "=?*+@!"

    def _escape(self, built: Builder, at: int) -> bool:
        """An escaped character, or a line that goes on; false where it goes on with another word."""
        width = self._continuation(at)
        if width:
            if self.text[at + width : min(at + width + 1, self.end)] in _ENDS:
                return False
            self.at = at + width
        elif at + 1 == self.end:
            built.add("\\", at)
            self.at = at + 1
        else:
            built.quoted = True
            built.add(self.text[at + 1], at + 1)
            self.at = at + 2
        return True

    def _continuation(self, at: int) -> int:
        """How many characters a backslash and newline at this place take."""
        if self.text.startswith("\\\n", at, self.end):
            return 2
        return 3 if self.text.startswith("\\\r\n", at, self.end) else 0

    def _single_quotes(self, built: Builder, at: int) -> None:
        built.quoted = True
        close = self.text.find("'", at + 1, self.end)
        if close < 0:
            self.never_closed(at, "single quote")
            close = self.end
        built.add(self.text[at + 1 : close], at + 1)
        self.at = min(close + 1, self.end)

    def _ansi_quotes(self, built: Builder, at: int) -> None:
        """`$'..'`, which knows the escapes of C."""
        built.quoted = True
        text, start = self.text, at + 2
        close = start
        while close < self.end and text[close] != "'":
            close += 2 if text[close] == "\\" else 1
        if close >= self.end:
            self.never_closed(at, "single quote")
            close = self.end
        for escape in re.compile(ANSI_ESCAPE, re.DOTALL).finditer(text, start, close):
            built.add(text[start : escape.start()], start)
            built.add_escaped(ansi_character(escape), escape.start())
            start = escape.end()
        built.add(text[start:close], start)
        self.at = min(close + 1, self.end)

    def _double_quotes(self, built: Builder, at: int) -> None:
        built.quoted = True
        text = self.text
        close = text.find('"', at + 1, self.end)
        if close >= 0:
            inner = text[at + 1 : close]
            if "$" not in inner and "\\" not in inner and "`" not in inner:
                built.add(inner, at + 1)
                self.at = close + 1
                return
        self.at = at + 1
        if not self._expanded(built, '"'):
            self.never_closed(at, "double quote")

    def _expanded(self, built: Builder, closer: str, quotes: bool = False) -> bool:
        """Read text in which variables and substitutions are replaced, up to `closer`; false where it never comes.

        `quotes` says whether quotes have their meaning in it, as in an unquoted `${X:-..}`.
        """
        text = self.text
        while self.at < self.end:
            at = self.at
            found = _SPECIAL.search(text, at, self.end)
            stop = found.start() if found else self.end
            built.add(text[at:stop], at)
            if not found:
                self.at = stop
                return False
            character = text[stop]
            if character == closer:
                self.at = stop + 1
                return True
            if character == "$":
                self._dollar(built, stop, not quotes)
            elif character == "\\":
                self._escape_in_quotes(built, stop, '"' + closer if closer == "}" else closer)
            elif character == "`":
                self._backticks(built, stop, not quotes)
            elif character == "'" and quotes:
                self._single_quotes(built, stop)
            elif character == '"' and closer == "}":
                self._double_quotes(built, stop)
            else:
                built.add(character, stop)
                self.at = stop + 1
        return False

    def _escape_in_quotes(self, built: Builder, at: int, others: str) -> None:
        """A backslash that escapes only what has a meaning here: `others` besides the usual."""
        following = self.text[at + 1] if at + 1 < self.end else ""
        if following and (following in "$`\\" or following in others):
            built.add(following, at + 1)
            self.at = at + 2
            return
        width = self._continuation(at)
        if not width:
            built.add("\\", at)
        self.at = at + (width or 1)

    def _parenthesised(self, built: Builder, at: int) -> None:
        """An array `NAME=(a b)` or a pattern `@(a|b)`: its source, with what is replaced in it."""
        if not self._enter(at):
            built.add(self.text[at : self.end], at)
            return
        inner = Builder()
        inner.add("(", at)
        self.at = at + 1
        while self.at < self.end and not self.text.startswith(")", self.at, self.end):
            before = self.at
            found = RUN.match(self.text, before, self.end)
            if found:
                self.at = found.end()
            elif not self._special(inner, before):
                self.at = before + 1
                if self.text[before] == "(":
                    self.at = before
                    self._parenthesised(inner, before)
                elif self.text[before] in " \t\n":
                    self._skip_comment()
        if self.at >= self.end:
            self.never_closed(at, "parenthesis")
        self.depth -= 1
        self.at = min(self.at + 1, self.end)
        self._add_source(built, at, inner.parts)

    def _skip_comment(self) -> None:
        if self.text.startswith("#", self.at, self.end):
            stop = self.text.find("\n", self.at, self.end)
            self.at = self.end if stop < 0 else stop

    def _add_source(self, built: Builder, at: int, parts: list[Part]) -> None:
        """Take the source from `at` to here as text, and the parts that were found in it."""
        length = built.length
        for part in parts:
            part.offset = length + part.start - at
        built.parts.extend(parts)
        built.pattern = True
        self.work -= self.at - at
        built.add(self.text[at : self.at], at)

    # What begins with a dollar.

    def _dollar(self, built: Builder, at: int, quoted: bool) -> None:
        text = self.text
        found = re.compile(_VARIABLE).match(text, at, self.end)
        if found:
            self.at = found.end()
            built.add_part(Part("variable", at, self.at, found[0], found[found.lastindex or 0]))
            return
        following = text[at + 1] if at + 1 < self.end else ""
        if following == "(":
            if not (text.startswith("((", at + 1, self.end) and self._arithmetic(built, at)):
                self._substitution(built, at, "substitution")
        elif following == "{":
            self._parameter(built, at, quoted)
        elif following == "[" and not quoted and self._old_arithmetic(built, at):
            return
        elif following == "'" and not quoted:
            self._ansi_quotes(built, at)
        elif following == '"' and not quoted:
            self._double_quotes(built, at + 1)
        else:
            built.add("$", at)
            self.at = at + 1

    def _enter(self, at: int) -> bool:
        """Go one level deeper; false where that is too deep."""
        if self.depth >= DEEPEST:
            if not self.unclosed:
                self.give_up(at, f"nested more than {DEEPEST} deep; the rest is not read")
            self.at = self.end
            return False
        self.depth += 1
        return True

    def _parameter(self, built: Builder, at: int, quoted: bool) -> None:
        """`${..}` with an operator."""
        found = re.compile(_PARAMETER).match(self.text, at, self.end)
        part = Part("variable", at, self.end, "", found[1] if found else "")
        part.operator = found[2] or "" if found else ""
        if self._enter(at):
            self.at = found.end() if found else at + 2
            inner = Builder()
            if not self._expanded(inner, "}", quotes=not quoted or part.operator in _DECIDES_QUOTES):
                self.never_closed(at, "${")
            if part.operator in _GIVES_DEFAULT:
                part.default = "".join(inner.chunks)
            part.parts = inner.parts
            self.depth -= 1
        self._finish(built, part)

    def _finish(self, built: Builder, part: Part) -> None:
        """Add a part that ends here."""
        part.end = self.at
        self.work -= self.at - part.start
        if self.work < 0 and not self.unclosed:
            self.give_up(part.start, "too much is nested; the rest is not read")
        part.text = self.text[part.start : part.end]
        built.add_part(part)

    def _arithmetic(self, built: Builder, at: int) -> bool:
        """`$((..))`; false where it is a substitution that begins with a subshell."""
        close = self.arithmetic_end(at + 3)
        if close < 0 or not self._enter(at):
            return False
        self._arithmetic_part(built, at, at + 3, close - 2, close)
        self.depth -= 1
        return True

    def _arithmetic_part(self, built: Builder, at: int, start: int, end: int, close: int) -> None:
        part = Part("arithmetic", at, close, "")
        part.parts = self.expansions(start, end)
        self.at = close
        self._finish(built, part)

    def _old_arithmetic(self, built: Builder, at: int) -> bool:
        """`$[..]`, which bash still reads; false where it is never closed."""
        close = self.text.find("]", at, min(self.end, at + 1000))
        if close < 0:
            return False
        self._arithmetic_part(built, at, at + 2, close, close + 1)
        return True

    def arithmetic_end(self, at: int) -> int:
        """Where the `))` of the expression that begins here ends; -1 where it does not end so."""
        open_ones = 0
        stop = min(self.end, at + min(max(self.work, 0), _LONGEST_EXPRESSION))
        for found in re.compile(_PARENTHESES, re.DOTALL).finditer(self.text, at, stop):
            if found[0] == "(":
                open_ones += 1
            elif found[0] == ")":
                open_ones -= 1
                if open_ones < 0:
                    self.work -= found.end() - at
                    return found.end() + 1 if self.text.startswith(")", found.end(), self.end) else -1
        self.work -= max(stop - at, 0)
        return -1

    def expansions(self, start: int, end: int, into: Builder | None = None) -> list[Part]:
        """What is replaced in a range that is read as if in double quotes; leaves the reader at its end."""
        into = into or Builder()
        outer_end, self.end = self.end, end
        unclosed, self.unclosed = self.unclosed, False
        self.at = start
        self._expanded(into, "")
        self.at, self.end, self.unclosed = end, outer_end, unclosed
        return into.parts

    # Substitutions.

    def _substitution(self, built: Builder, at: int, kind: str) -> None:
        """`$(..)`, `<(..)` or `>(..)`."""
        part = Part(kind, at, self.end, "")
        self.at = at + 2
        if self.one_more(at) and self._enter(at):
            part.chains = self._nested(part)
            self.depth -= 1
        self._finish(built, part)

    def _nested(self, part: Part, inner: Fragment | None = None) -> list[Chain]:
        """Read commands here, or those of `inner`, as belonging to the word that is being read."""
        command, owner, aside = self.command, self.owner, self.aside
        if command is not None:
            self.owner = (command, -1 if aside else len(command.words))
        self.command, self.aside = None, False
        chains = self.read_list(part) if inner is None else self.read_unescaped(part, inner)
        self.command, self.owner, self.aside = command, owner, aside
        return chains

    def _backticks(self, built: Builder, at: int, quoted: bool) -> None:
        close, escaped = self._closing_backtick(at + 1, quoted)
        if close < 0:
            self.never_closed(at, "backtick")
            close = self.end
        part = Part("substitution", at, min(close + 1, self.end), "")
        if self.one_more(at) and self._enter(at):
            if escaped:
                part.chains = self._nested(part, self._without_escapes(at + 1, close, quoted))
            elif close > at + 1:
                outer_end, self.end, unclosed = self.end, close, self.unclosed
                self.at = at + 1
                part.chains = self._nested(part)
                self.end, self.unclosed = outer_end, unclosed
            self.depth -= 1
            self.at = part.end
        self._finish(built, part)

    def _closing_backtick(self, at: int, quoted: bool) -> tuple[int, bool]:
        """Where the substitution ends, or -1; and whether anything in it is escaped for its sake."""
        escaped = False
        while True:
            found = re.compile(_BACKTICK_SPECIAL).search(self.text, at, self.end)
            if not found:
                return -1, escaped
            at = found.start()
            if self.text[at] == "`":
                return at, escaped
            escaped = escaped or self._unescapes(at, quoted)
            at += 2

    def _unescapes(self, at: int, quoted: bool) -> bool:
        """Whether the backslash here goes away within backticks."""
        following = self.text[at + 1 : at + 2]
        return following in ("$", "`", "\\") or (following == '"' and quoted)

    def _without_escapes(self, start: int, end: int, quoted: bool) -> Fragment:
        built = Builder()
        at = start
        while at < end:
            stop = self.text.find("\\", at, end)
            if stop < 0:
                break
            built.add(self.text[at:stop], at)
            at = stop + 1
            if not self._unescapes(stop, quoted):
                built.add("\\", stop)
            if at < end:
                built.add(self.text[at], at)
                at += 1
        built.add(self.text[at:end], at)
        return built.fragment(start)
