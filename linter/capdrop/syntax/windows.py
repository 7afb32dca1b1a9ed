"""The shells of Windows, as far as it takes to know which programs a script starts, with which words, and what feeds what.

PowerShell: statements, pipelines, quotes, `(...)` and `{...}` with statements in them, and the calls of methods (`.DownloadString(...)`),
which are commands here with the method's name. cmd: commands between `&`, `|` and their doubles, quotes and carets. Control flow,
assignments and expressions are passed over, so that what stands in them is still met.
"""

from __future__ import annotations

from capdrop.source import Fragment, Record

from .dockerfile_words import mapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    Range = tuple[int, int]

_BLANKS = " \t"
_ENDS = ";\n\r"
_DEEPEST = 40
"""Brackets within brackets that are read; what stands deeper is passed over."""
_LONGEST_NAME = 64
_EXPANDS = frozenset("$%!")


class Word(Record):
    """A word: its text without quotes, and whether no variable and no brackets stand in it."""

    __slots__ = ("fragment", "literal")

    def __init__(self, fragment: Fragment, literal: bool) -> None:
        self.fragment = fragment
        self.literal = literal

    @property
    def text(self) -> str:
        return self.fragment.text


class Simple:
    """A command, or the call of a method. It reads from `feeder`, and stands in the brackets of a word of `within`."""

    __slots__ = ("feeder", "holder", "method", "within", "words")

    def __init__(self, feeder: Simple | None, within: Simple | None, method: bool = False) -> None:
        self.words: list[Word] = []
        self.feeder = feeder
        self.within = within
        self.holder: int = -1
        """The index of the word of `within` that it stands in."""
        self.method = method


def powershell(script: Fragment) -> list[Simple]:
    """The commands of a PowerShell script, the outer before the inner."""
    reader = _PowerShell(script)
    reader.statements("", None)
    return [simple for simple in reader.found if simple.words]


def cmd(script: Fragment) -> list[Simple]:
    """The commands of a command line for cmd."""
    return [simple for simple in _Cmd(script).commands() if simple.words]


class _PowerShell:
    """Reads from `at` on."""

    __slots__ = ("at", "depth", "found", "outer", "text")

    def __init__(self, outer: Fragment) -> None:
        self.outer = outer
        self.text = outer.text
        self.at = 0
        self.depth = 0
        self.found: list[Simple] = []

    def statements(self, close: str, within: Simple | None) -> None:
        """Read up to a bracket that closes, which is passed over, or to the end."""
        simple, called = self._begin(None, within), False
        while self.at < len(self.text):
            char = self.text[self.at]
            if close and char == close:
                self.at += 1
                return
            if char in _ENDS:
                self.at += 1
                simple = self._begin(None, within)
            elif char in "|&":
                double = self.text[self.at + 1 : self.at + 2] == char
                self.at += 1 + double
                called = char == "&" and not double
                if double or simple.words:
                    simple = self._begin(simple if char == "|" and not double else None, within)
            elif char in _BLANKS or char in ")},":
                self.at += 1
            elif char == "#" or self.text.startswith("<#", self.at):
                self._comment()
            elif char == "{":
                self._nested("}", None)
            else:
                self._word(simple)
                if len(simple.words) == 1 and char in "'\"" and not called:
                    simple.words[0].literal = False  # a text by itself is no command
                called = False
                self._drop_assignment(simple)

    def _begin(self, feeder: Simple | None, within: Simple | None) -> Simple:
        simple = Simple(feeder, within)
        if within is not None:
            simple.holder = len(within.words)
        self.found.append(simple)
        return simple

    def _comment(self) -> None:
        block = self.text[self.at] == "<"
        end = self.text.find("#>" if block else "\n", self.at)
        self.at = len(self.text) if end < 0 else end + (2 if block else 0)

    def _nested(self, close: str, within: Simple | None) -> None:
        self.at += 1
        if self.depth >= _DEEPEST:
            return
        self.depth += 1
        self.statements(close, within)
        self.depth -= 1

    def _word(self, simple: Simple) -> None:
        """Read a word with its quotes and brackets."""
        kept: list[Range] = []
        literal = True
        start = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in _BLANKS or char in _ENDS or char in "|{}),":
                break
            if char in "'\"":
                literal = self._quoted(char, kept, simple) and literal
            elif char == "(" and not simple.words and self._names(start):
                break
            elif char == "(":
                self._brackets(simple, start, kept)
                literal = False
            else:
                if char == "`":
                    self.at += 1
                literal = literal and char != "$"
                kept.append((self.at, self.at + 1))
                self.at += 1
        self.at = max(self.at, start + 1)
        simple.words.append(Word(self._mapped(kept, start), literal))

    def _names(self, start: int) -> bool:
        """Whether a command's name stands from `start` up to here: `iex(...)`."""
        return 0 < self.at - start < _LONGEST_NAME and self.text[start : self.at].replace("-", "_").isidentifier()

    def _brackets(self, simple: Simple, start: int, kept: list[Range]) -> None:
        """Read `(...)`: statements, or the arguments of a method whose name stands before it."""
        since = max(start, self.at - _LONGEST_NAME)
        name = max(self.text.rfind(".", since, self.at), self.text.rfind(":", since, self.at)) + 1
        kept.append((self.at, self.at + 1))
        if since < name < self.at and self.text[name : self.at].isidentifier():
            call = Simple(None, simple, method=True)
            call.holder = len(simple.words)
            call.words.append(Word(self.outer.part(name, self.at), True))
            self.found.append(call)
            self._arguments(call)
        else:
            self._nested(")", simple)

    def _arguments(self, call: Simple) -> None:
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] in " \t\r\n,;|{}":
                self.at += 1
            elif self.depth >= _DEEPEST:
                return
            else:
                self.depth += 1
                self._word(call)
                self.depth -= 1
        self.at += 1

    def _quoted(self, quote: str, kept: list[Range], simple: Simple) -> bool:
        """Read a quoted piece; whether it says what it is."""
        text, literal = self.text, True
        self.at += 1
        while self.at < len(text):
            char = text[self.at]
            if char == quote and text[self.at + 1 : self.at + 2] != quote:
                break
            if quote == '"' and text.startswith("$(", self.at):
                self.at += 1
                self._nested(")", simple)
                literal = False
                continue
            if char == quote or (char == "`" and quote == '"'):
                self.at += 1
            literal = literal and (char != "$" or quote == "'")
            kept.append((self.at, self.at + 1))
            self.at += 1
        self.at += 1
        return literal

    def _drop_assignment(self, simple: Simple) -> None:
        """`$name = command` is the command."""
        words = simple.words
        if len(words) == 2 and words[0].text.startswith("$") and words[1].text in ("=", "+="):
            words.clear()

    def _mapped(self, kept: list[Range], start: int) -> Fragment:
        end = len(self.text)
        ranges = [(first, last) for first, last in kept if last <= end]
        if not ranges:
            return Fragment("", [0], [self.outer.place(min(start, max(end - 1, 0)))])
        return mapped("".join(self.text[first:last] for first, last in ranges), ranges, self.outer)


class _Cmd:
    __slots__ = ("outer", "text")

    def __init__(self, outer: Fragment) -> None:
        self.outer = outer
        self.text = outer.text

    def commands(self) -> list[Simple]:
        text, at = self.text, 0
        simple = Simple(None, None)
        found = [simple]
        while at < len(text):
            char = text[at]
            if char in "&|\n":
                piped = char == "|" and text[at + 1 : at + 2] != "|"
                simple = Simple(simple if piped else None, None)
                found.append(simple)
                at += 1
            elif char in _BLANKS or char in "\r,;" or (char in "()@" and not simple.words):
                at += 1
            else:
                at = self._word(simple, at)
        return found

    def _word(self, simple: Simple, at: int) -> int:
        text, start = self.text, at
        kept: list[Range] = []
        quoted = literal = False
        while at < len(text) and (quoted or text[at] not in " \t\r\n&|"):
            char = text[at]
            if char == '"':
                quoted = not quoted
            else:
                at += char == "^" and not quoted and at + 1 < len(text)
                kept.append((at, at + 1))
            at += 1
        written = "".join(text[first:last] for first, last in kept)
        literal = _EXPANDS.isdisjoint(written)
        fragment = mapped(written, kept, self.outer) if kept else Fragment("", [0], [self.outer.place(start)])
        simple.words.append(Word(fragment, literal))
        return at
