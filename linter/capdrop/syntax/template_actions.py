"""What the actions of a Go template say: keywords, assignments and pipelines. Nothing is run here."""

from __future__ import annotations

import re

from capdrop.source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 2_000
"""Characters of an action that is understood."""
DEEPEST = 20
"""Brackets inside each other."""
MOST = 200
"""Words of an action."""

_TOKEN = re.compile(
    r"""(?P<blank>\s+) | (?P<text>"(?:[^"\\\n]|\\.)*" | `[^`]*`) | (?P<sign>[|()]|:=|=|,) | (?P<word>[^\s|()"`,=:]+) | (?P<other>.)""",
    re.X | re.S,
)
_FIRST_WORD = re.compile(r"[a-z]+(?![\w-])")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_KEYWORDS = frozenset({"if", "else", "with", "range", "end", "define", "block", "template", "break", "continue"})
_WORDS = {"true": True, "false": False, "nil": None}


class Literal(Record):
    """A text, a number in a text's words, yes or no, or nothing."""

    __slots__ = ("content", "is_number")

    def __init__(self, content: str | bool | None, is_number: bool = False) -> None:
        self.content = content
        self.is_number = is_number


class Path(Record):
    """The fields below the dot (""), a variable ("$", "$name") or what a pipeline gives."""

    __slots__ = ("base", "names")

    def __init__(self, base: str | Pipeline, names: tuple[str, ...]) -> None:
        self.base = base
        self.names = names


class Call(Record):
    """A function with its arguments. Its name is "" where there is only one operand, which stands for itself, and "." for a method, which
    is the first argument."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: tuple[Literal | Path | Call, ...]) -> None:
        self.name = name
        self.arguments = arguments


class Pipeline(Record):
    """Calls, each of which gets what the one before gave as its last argument."""

    __slots__ = ("calls",)

    def __init__(self, calls: tuple[Call, ...]) -> None:
        self.calls = calls


class Action(Record):
    """One action: its keyword ("" for one that outputs something, "=" and ":=" for assignments), the variables that it sets, and its
    pipeline; None where it has none, or none that is understood."""

    __slots__ = ("keyword", "pipeline", "variables")

    def __init__(self, keyword: str, variables: tuple[str, ...] = (), pipeline: Pipeline | None = None) -> None:
        self.keyword = keyword
        self.variables = variables
        self.pipeline = pipeline


COMMENT = Action("/*")
UNKNOWN = Action("")


class _MisreadError(Exception):
    """An action that is not understood."""


def parse(text: str) -> Action:
    """An action with its braces."""
    inner = text[2:-2]
    inner = inner[1:] if inner[:2] in ("- ", "-\n", "-\t", "-\r") or (inner[:1] == "-" and not inner[1:2].isdigit()) else inner
    inner = (inner[:-1] if inner.endswith("-") else inner).strip()
    if inner.startswith("/*"):
        return COMMENT
    first = _FIRST_WORD.match(inner)
    keyword = first[0] if first is not None and first[0] in _KEYWORDS else ""
    rest = inner[len(keyword) :].lstrip()
    if keyword == "else" and rest:
        also = _FIRST_WORD.match(rest)
        more = also[0] if also is not None else ""
        keyword, rest = (f"else {more}", rest[len(more) :]) if more in ("if", "with") else ("else ?", "")
    try:
        return _statement(keyword, rest) if len(text) <= LONGEST else Action(keyword)
    except _MisreadError:
        return Action(keyword, tuple(re.findall(r"(\$\w+)\s*:?=", rest[:LONGEST])))


def _statement(keyword: str, rest: str) -> Action:
    reader = _Reader(rest)
    variables = tuple(reader.variables())
    sign = reader.assigned
    pipeline = reader.pipeline(0) if reader.tokens[reader.at :] else None
    if reader.at < len(reader.tokens):
        raise _MisreadError
    return Action(keyword or sign, variables, pipeline)


class _Reader:
    """Reads the words of one action from left to right. `assigned` is the sign behind the variables that it sets."""

    __slots__ = ("assigned", "at", "tokens")

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.assigned = ""
        if len(self.tokens) > MOST:
            raise _MisreadError

    def variables(self) -> Iterator[str]:
        """The variables that are set, where some are."""
        names: list[str] = []
        for number, (kind, word, _) in enumerate(self.tokens[:4]):
            if kind == "sign" and word in (":=", "="):
                self.at, self.assigned = number + 1, word
                yield from names
                return
            if kind == "word" and word.startswith("$"):
                names.append(word)
            elif (kind, word) != ("sign", ","):
                return

    def pipeline(self, depth: int) -> Pipeline:
        """Calls up to the end or a closing bracket."""
        if depth > DEEPEST:
            raise _MisreadError
        calls = [self.call(depth)]
        while self.next_is("|"):
            self.at += 1
            calls.append(self.call(depth))
        return Pipeline(tuple(calls))

    def call(self, depth: int) -> Call:
        operands: list[Literal | Path | Call] = []
        while self.at < len(self.tokens) and not self.next_is("|") and not self.next_is(")"):
            operands.append(self.operand(depth))
        if not operands:
            raise _MisreadError
        first = operands[0]
        if isinstance(first, Call):
            return Call(first.name, tuple(operands[1:]))
        return Call("." if len(operands) > 1 else "", tuple(operands))

    def operand(self, depth: int) -> Literal | Path | Call:
        kind, word, _ = self.tokens[self.at]
        self.at += 1
        if kind == "sign" and word == "(":
            inner = self.pipeline(depth + 1)
            if not self.next_is(")"):
                raise _MisreadError
            self.at += 1
            return Path(inner, self.fields_behind())
        if kind == "text":
            return Literal(word[1:-1] if word[0] == "`" else _unescaped(word[1:-1]))
        if kind != "word":
            raise _MisreadError
        return _operand(word)

    def fields_behind(self) -> tuple[str, ...]:
        """The fields of what a closing bracket ends: `(...).a.b`."""
        if self.at < len(self.tokens):
            kind, word, adjacent = self.tokens[self.at]
            if kind == "word" and adjacent and word.startswith("."):
                self.at += 1
                return tuple(word[1:].split("."))
        return ()

    def next_is(self, sign: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][:2] == ("sign", sign)


def _tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    """The words of an action, each with its kind, and whether it follows the one before at once."""
    adjacent = False
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup or "other"
        if kind != "blank":
            yield kind, token.group(), adjacent
        adjacent = kind != "blank"


def _operand(word: str) -> Literal | Path | Call:
    if word in _WORDS:
        return Literal(_WORDS[word])
    if _NUMBER.fullmatch(word):
        return Literal(word, is_number=True)
    if word == ".":
        return Path("", ())
    if word.startswith("."):
        return Path("", tuple(word[1:].split(".")))
    if word.startswith("$"):
        base, *names = word.split(".")
        return Path(base, tuple(names))
    return Call(word, ())


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text) if "\\" in text else text
