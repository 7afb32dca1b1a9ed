"""One instruction of a Dockerfile: its keyword, flags and body, and what the body says."""

from __future__ import annotations

from capdrop.source import Fragment, Span

from . import dockerfile_words as words
from .dockerfile_words import SPACE, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .heredoc import Heredoc

JSON_KEYWORDS = frozenset(("RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "COPY", "ADD"))
"""The instructions that may be written as a JSON array (HEALTHCHECK's CMD apart)."""
PAIR_KEYWORDS = frozenset(("ENV", "ARG", "LABEL"))
ONE_ARGUMENT = frozenset(("USER", "WORKDIR", "STOPSIGNAL", "MAINTAINER"))
"""The instructions whose whole rest of the line is one argument, blanks and all."""
_QUOTES_COUNT = frozenset(("COPY", "ADD", "FROM", "EXPOSE", "VOLUME", "USER", "WORKDIR", "STOPSIGNAL"))


class Flag:
    """A flag of an instruction: `--name` or `--name=value`."""

    __slots__ = ("fragment", "name", "span", "value_span")

    def __init__(self, name: str, fragment: Fragment | None, span: Span, value_span: Span) -> None:
        self.name = name
        self.fragment = fragment
        """The value without quotes and escapes, mapped."""
        self.span = span
        self.value_span = value_span
        """The value as written; nothing, at the end of the flag, if there is none."""

    def __repr__(self) -> str:
        return f"Flag({self.name!r}, {self.value!r})"

    @property
    def value(self) -> str | None:
        """The value without quotes and escapes; None if there is no `=`."""
        return self.fragment.text if self.fragment else None


class Pair:
    """A name and its value, in ENV, ARG or LABEL."""

    __slots__ = ("name", "span", "value")

    def __init__(self, name: Word, value: Word | None, span: Span) -> None:
        self.name = name
        self.value = value
        """None for `ARG name`."""
        self.span = span

    def __repr__(self) -> str:
        return f"Pair({self.name.value!r}, {self.value.value if self.value else None!r})"


class Instruction:
    """One instruction; what it says is read from its body when asked for."""

    __slots__ = (
        "_arguments", "_form", "_inner", "_pairs",
        "body", "escape", "flags", "heredocs", "keyword", "keyword_span", "nested", "span", "stage",
    )  # fmt: skip

    def __init__(self, keyword: str, keyword_span: Span, span: Span, flags: list[Flag], body: Fragment) -> None:
        self.keyword = keyword
        """In upper case."""
        self.keyword_span = keyword_span
        self.span = span
        """From the keyword to the end of the last line, here-documents included, the final line end not."""
        self.flags = flags
        self.body = body
        """What follows keyword and flags, on one logical line: no continuations, comments and blank lines, no outer space."""
        self.heredocs: list[Heredoc] = []
        self.stage = -1
        """The index of the FROM it belongs to; -1 before the first."""
        self.escape = "\\"
        self.nested = False
        """Whether it is the instruction inside an ONBUILD or a HEALTHCHECK."""
        self._arguments: list[Word] | None = None
        self._form = ""
        self._pairs: list[Pair] | None = None
        self._inner: Instruction | None = None

    def __repr__(self) -> str:
        return f"Instruction({self.keyword} {self.body.text[:60]!r})"

    @property
    def form(self) -> str:
        """`json` if the arguments are a JSON array of strings, else `shell`."""
        if not self._form:
            self._form = "shell"
            if self.keyword in JSON_KEYWORDS:
                items = words.json_strings(self.body)
                if items is not None:
                    self._form, self._arguments = "json", items
            elif self.keyword == "HEALTHCHECK" and self.inner:
                self._form = self.inner.form
        return self._form

    @property
    def arguments(self) -> list[Word]:
        """The items of the JSON array; else the words between blanks.

        USER, WORKDIR, STOPSIGNAL and MAINTAINER have one, the whole line; ENV, ARG and LABEL have `pairs` instead; of ONBUILD and
        HEALTHCHECK only the first word is here, see `inner`. Quotes are taken off where BuildKit does, so not from the shell form of RUN,
        CMD and ENTRYPOINT.
        """
        if self._arguments is None and (self.form == "shell" or self.keyword == "HEALTHCHECK"):
            self._arguments = self._shell_form_arguments()
        return self._arguments or []

    @property
    def pairs(self) -> list[Pair]:
        """The names and values of ENV, ARG and LABEL."""
        if self._pairs is None:
            self._pairs = _read_pairs(self) if self.keyword in PAIR_KEYWORDS and self.body.text else []
        return self._pairs

    @property
    def inner(self) -> Instruction | None:
        """The instruction after ONBUILD, or HEALTHCHECK's CMD."""
        if self._inner is None and self.body.text:
            if self.keyword == "ONBUILD" and not self.nested:
                self._inner = _read_inner(self)
            elif self.keyword == "HEALTHCHECK":
                self._inner = _read_health_command(self)
        return self._inner

    @property
    def image(self) -> Word | None:
        """What a FROM builds on."""
        return self.arguments[0] if self.keyword == "FROM" and self.arguments else None

    @property
    def stage_name(self) -> Word | None:
        """The name that a FROM gives its stage."""
        if self.keyword != "FROM" or len(self.arguments) < 3 or self.arguments[1].value.lower() != "as":
            return None
        return self.arguments[2]

    def flag(self, name: str) -> Flag | None:
        """The last flag of this name."""
        for flag in reversed(self.flags):
            if flag.name == name:
                return flag
        return None

    def _shell_form_arguments(self) -> list[Word]:
        keyword, body = self.keyword, self.body
        if not body.text or keyword in PAIR_KEYWORDS:
            return []
        pieces = [body] if keyword in ONE_ARGUMENT else words.split_at_blanks(body)
        if keyword in _QUOTES_COUNT:
            return [words.word(piece, self.escape) for piece in pieces]
        if keyword in ("ONBUILD", "HEALTHCHECK"):
            del pieces[1:]
        return [words.raw_word(piece) for piece in pieces]


def read_instruction(logical: Fragment, end: int, escape: str) -> Instruction | None:
    """The instruction that a logical line holds; None if it holds nothing."""
    text = logical.text
    stop = len(text.rstrip(SPACE))
    first = stop - len(text[:stop].lstrip(SPACE))
    after, start = words.first_word(text, first, stop)
    if after == first:
        return None
    flags: list[Flag] = []
    if text.startswith("--", start):
        start = _read_flags(logical, start, stop, escape, flags)
    start = stop - len(text[start:stop].lstrip(SPACE))
    keyword_span = logical.span(first, after)
    if start < stop:
        body = logical.part(start, stop)
    else:
        body = words.empty_word(logical, stop).fragment
    instruction = Instruction(text[first:after].upper(), keyword_span, Span(keyword_span.start, end), flags, body)
    instruction.escape = escape
    return instruction


def _read_flags(logical: Fragment, start: int, stop: int, escape: str, flags: list[Flag]) -> int:
    """Read the flags from `start` on into `flags`; the offset behind them."""
    text = logical.text[:stop]
    while text.startswith("--", start):
        end = words.flag_word(text, start, escape)
        flag = _flag(logical.part(start, end), escape)
        if not flag.name and flag.fragment is None:
            return end
        flags.append(flag)
        start = end
        while start < stop and text[start] in SPACE:
            start += 1
    return start


def _flag(written: Fragment, escape: str) -> Flag:
    text, plain = written.text, written
    if '"' in text or "'" in text or escape in text:
        kept = words.unquote_flag(text, escape)
        plain = words.mapped("".join([text[start:end] for start, end in kept]), kept, written)
    name, equals, value = plain.text.partition("=")
    if not equals:
        return Flag(name[2:], None, written.span(), _tail(written, 0).span())
    return Flag(name[2:], _tail(plain, len(value)), written.span(), _tail(written, len(text) - text.index("=") - 1).span())


def _tail(fragment: Fragment, length: int) -> Fragment:
    size = len(fragment.text)
    return fragment.part(size - length, size) if length else words.empty_word(fragment, size).fragment


def _read_inner(outer: Instruction) -> Instruction | None:
    inner = read_instruction(outer.body, outer.span.end, outer.escape)
    if inner:
        inner.stage = outer.stage
        inner.nested = True
    return inner


def _read_health_command(outer: Instruction) -> Instruction | None:
    """HEALTHCHECK's CMD; no flags are read after the word CMD."""
    body = outer.body
    size = len(body.text)
    kind = body.text.split(None, 1)[0]
    if kind.upper() != "CMD":
        return None
    start = size - len(body.text[len(kind) :].lstrip(SPACE))
    rest = body.part(start, size) if start < size else words.empty_word(body, size).fragment
    keyword_span = body.span(0, len(kind))
    inner = Instruction("CMD", keyword_span, Span(keyword_span.start, outer.span.end), [], rest)
    inner.escape, inner.stage, inner.nested = outer.escape, outer.stage, True
    return inner


def _read_pairs(instruction: Instruction) -> list[Pair]:
    body, escape = instruction.body, instruction.escape
    ranges = list(words.quoted_words(body.text, escape))
    first, after = ranges[0]
    if instruction.keyword != "ARG" and "=" not in body.text[first:after]:
        return [_legacy_pair(body, escape)]
    return [_pair(body, start, end, escape) for start, end in ranges]


def _legacy_pair(body: Fragment, escape: str) -> Pair:
    """`ENV name value`, where the value is the whole rest of the line."""
    text = body.text
    after, start = words.first_word(text, 0, len(text))
    if after == 0 or start >= len(text):
        return Pair(words.word(body, escape), None, body.span())
    return Pair(words.word(body.part(0, after), escape), words.word(body.part(start, len(text)), escape), body.span())


def _pair(body: Fragment, start: int, end: int, escape: str) -> Pair:
    equals = body.text.find("=", start, end)
    if equals < 0:
        return Pair(words.word(body.part(start, end), escape), None, body.span(start, end))
    name = words.word(body.part(start, equals), escape) if equals > start else words.empty_word(body, start)
    value = words.word(body.part(equals + 1, end), escape) if equals + 1 < end else words.empty_word(body, end)
    return Pair(name, value, body.span(start, end))
