"""The words of a Dockerfile instruction, as BuildKit splits and unquotes them.

BuildKit has three ways to cut a line: at blanks alone (COPY, FROM, ...), at blanks outside quotes (ENV, ARG, LABEL), and as a JSON array of
strings. Whichever it is, quotes and escapes are taken out of each word afterwards, while variables are expanded.
"""

from __future__ import annotations

import re

from capdrop.source import Fragment, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Go's `unicode.IsSpace` takes for space; Python's `isspace` knows four more."""

_BLANKS = frozenset("\t\v\f\r ")
_BETWEEN_BLANKS = re.compile(r"[^\t\v\f\r ]+")
_NEITHER_BLANK_NOR_PLAIN = frozenset("'\"\x1c\x1d\x1e\x1f")
_JSON_BLANKS = frozenset(" \t\r\n")
_JSON_STRING = r'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+(?=")'
_JSON_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Word:
    """One word: what it says, and how it is written."""

    __slots__ = ("closed", "fragment", "quote", "span", "written")

    def __init__(self, fragment: Fragment, written: Fragment, span: Span, quote: str = "", closed: bool = True) -> None:
        self.fragment = fragment
        """The value without quotes and escapes; variables are not expanded."""
        self.written = written
        """What the variable expander takes: still with quotes and escapes (but of a JSON item, the decoded string)."""
        self.span = span
        """With the quotes."""
        self.quote = quote
        """The quote that stands around the whole word, if any."""
        self.closed = closed
        """False if a quote is opened and never closed."""

    def __repr__(self) -> str:
        return f"Word({self.fragment.text!r}, {self.span!r})"

    @property
    def value(self) -> str:
        """The value without quotes and escapes."""
        return self.fragment.text

    @property
    def literal(self) -> bool:
        """Whether single quotes around the whole word keep variables from being expanded."""
        return self.quote == "'"


class Unquoted:
    """A text without its quotes and escapes: which ranges of it stay, and how it was quoted."""

    __slots__ = ("closed", "kept", "quote", "quoted")

    def __init__(self, kept: list[tuple[int, int]], quote: str, quoted: bool, closed: bool) -> None:
        self.kept = kept
        self.quote = quote
        self.quoted = quoted
        self.closed = closed

    def apply(self, text: str) -> str:
        """The ranges that stay, joined."""
        return "".join([text[start:end] for start, end in self.kept])


def unquote(text: str, escape: str) -> Unquoted:
    """Takes quotes and escapes out as BuildKit's shell lexer does: nothing is special in single quotes, little in double ones."""
    special = _pattern("special", escape)
    kept: list[tuple[int, int]] = []
    at, size, quote, opened, pairs, whole = 0, len(text), "", 0, 0, False
    while at < size:
        found = special.search(text, at)
        stop = found.start() if found else size
        if stop > at:
            kept.append((at, stop))
        if not found:
            break
        char, at = text[stop], stop + 1
        if char == escape and quote != "'":
            if at < size and (not quote or text[at] in ('"', "$", escape)):
                kept.append((at, at + 1))
                at += 1
            elif quote and at < size:
                kept.append((stop, at))
        elif not quote and char != escape:
            quote, opened, pairs = char, stop, pairs + 1
        elif char == quote:
            quote, whole = "", pairs == 1 and opened == 0 and at == size
        else:
            kept.append((stop, at))
    return Unquoted(kept, text[0] if whole else "", pairs > 0, not quote)


def mapped(text: str, kept: list[tuple[int, int]], outer: Fragment) -> Fragment:
    """The ranges `kept` of `outer.text` as one fragment."""
    starts: list[int] = []
    places: list[int] = []
    size, last = 0, -1
    for start, end in kept:
        if start != last:
            starts.append(size)
            places.append(start)
        size += end - start
        last = end
    if not starts:
        return Fragment("", [0], [outer.place(0)])
    return Fragment(text, starts, places).within(outer)


def word(written: Fragment, escape: str) -> Word:
    """The word that is written like this."""
    text = written.text
    if '"' not in text and "'" not in text and escape not in text:
        return Word(written, written, _span(written))
    bare = unquote(text, escape)
    if bare.quote and len(bare.kept) == 1:
        fragment = written.part(*bare.kept[0])
    else:
        fragment = mapped(bare.apply(text), bare.kept, written)
    return Word(fragment, written, _span(written), bare.quote, bare.closed)


def raw_word(written: Fragment) -> Word:
    """A word in which neither quotes nor escapes mean anything to BuildKit."""
    return Word(written, written, _span(written))


def empty_word(body: Fragment, at: int) -> Word:
    """A word of no characters, which stands right behind the character before `at`."""
    place = body.place(at - 1) + 1 if at else body.place(0)
    nothing = Fragment("", [0], [place])
    return Word(nothing, nothing, Span(place, place))


def split_at_blanks(body: Fragment) -> list[Fragment]:
    """Cut at blanks, whatever the quotes."""
    return [body.part(*found.span()) for found in _BETWEEN_BLANKS.finditer(body.text)]


def first_word(text: str, start: int, stop: int) -> tuple[int, int]:
    """Where the word that starts here ends, and where the blanks behind it do; no word is as long as nothing."""
    found = _BETWEEN_BLANKS.match(text, start, stop)
    end = at = found.end() if found else start
    while at < stop and text[at] in _BLANKS:
        at += 1
    return end, at


def quoted_words(text: str, escape: str) -> Iterator[tuple[int, int]]:
    """The ranges of the words of a text, cut at blanks outside quotes."""
    if escape not in text and _NEITHER_BLANK_NOR_PLAIN.isdisjoint(text):
        return _plain_words(text)
    return (found.span() for found in _pattern("word", escape).finditer(text))


def _plain_words(text: str) -> Iterator[tuple[int, int]]:
    end = 0
    for piece in text.split():
        start = text.index(piece, end)
        end = start + len(piece)
        yield start, end


def flag_word(text: str, at: int, escape: str) -> int:
    """The end of the flag that starts here."""
    end, _ = first_word(text, at, len(text))
    flag = text[at:end]
    if flag.isprintable() and flag.isascii() and escape not in flag and '"' not in flag and "'" not in flag:
        return end
    found = _pattern("flag", escape).match(text, at)
    return found.end() if found else at


def unquote_flag(text: str, escape: str) -> list[tuple[int, int]]:
    """The ranges of a flag that stay when its quotes and escapes go; unlike elsewhere, escapes work in every kind of quote."""
    special = _pattern("special", escape)
    kept: list[tuple[int, int]] = []
    at, size, quote = 0, len(text), ""
    while at < size:
        found = special.search(text, at)
        stop = found.start() if found else size
        if stop > at:
            kept.append((at, stop))
        if not found:
            break
        char, at = text[stop], stop + 1
        if char == escape:
            if at < size:
                kept.append((at, at + 1))
                at += 1
        elif not quote:
            quote = char
        elif char == quote:
            quote = ""
        else:
            kept.append((stop, at))
    return kept


def json_strings(body: Fragment) -> list[Word] | None:
    """The items of a JSON array of strings; None if the text is anything else."""
    text = body.text
    if text[:1] != "[":
        return None
    if text[-1] == "]" and not text[1:-1].strip(" \t\r\n"):
        return []
    words: list[Word] = []
    at = 0
    while text[at : at + 1] == "," or at == 0:
        start = _behind_blanks(text, at + 1)
        end = _json_string_end(text, start + 1) if text[start : start + 1] == '"' else -1
        if end < 0:
            return None
        words.append(_json_word(body, start + 1, end))
        at = _behind_blanks(text, end + 1)
    return words if text[at:] == "]" else None


def _behind_blanks(text: str, at: int) -> int:
    while text[at : at + 1] in _JSON_BLANKS:
        at += 1
    return at


def _json_string_end(text: str, start: int) -> int:
    """Where the closing quote of a JSON string stands; -1 if it has none, or holds what it must not."""
    end = text.find('"', start)
    if "\\" in text[start:end]:
        found = re.compile(_JSON_STRING).match(text, start)
        return found.end() if found else -1
    return end if min(text[start:end], default=" ") >= " " else -1


def _json_word(body: Fragment, start: int, end: int) -> Word:
    inside = body.part(start, end) if end > start else empty_word(body, start).fragment
    if "\\" in inside.text:
        inside = _decoded(inside)
    return Word(inside, inside, body.span(start - 1, end + 1), '"')


def _decoded(inside: Fragment) -> Fragment:
    text = inside.text
    parts: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    at = size = 0
    while at < len(text):
        stop, part = _json_part(text, at)
        starts.append(size)
        places.append(at)
        parts.append(part)
        size += len(part)
        at = stop
    return Fragment("".join(parts), starts, places).within(inside)


def _json_part(text: str, at: int) -> tuple[int, str]:
    """The run of plain characters, or the one escaped character, that starts here, and where it ends."""
    if text[at] != "\\":
        stop = text.find("\\", at)
        stop = len(text) if stop < 0 else stop
        return stop, text[at:stop]
    letter = text[at + 1]
    if letter != "u":
        return at + 2, _JSON_LETTERS.get(letter, letter)
    code = int(text[at + 2 : at + 6], 16)
    if 0xD800 <= code < 0xDC00 and text[at + 6 : at + 8] == "\\u":
        low = int(text[at + 8 : at + 12], 16)
        if 0xDC00 <= low < 0xE000:
            return at + 12, chr(0x10000 + ((code - 0xD800) << 10) + low - 0xDC00)
    return at + 6, "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def _span(written: Fragment) -> Span:
    places = written.places
    if len(places) == 1:
        return Span(places[0], places[0] + len(written.text))
    return written.span()


def _pattern(kind: str, escape: str) -> re.Pattern[str]:
    """Compiled when first needed: most Dockerfiles need one of the six, if any."""
    pattern = _compiled.get(kind + escape)
    if pattern is None:
        pattern = _compiled[kind + escape] = re.compile(_SOURCES[kind].replace("E", re.escape(escape)), re.DOTALL)
    return pattern


_compiled: dict[str, re.Pattern[str]] = {}

# E stands for the escape character. Unlike Go, Python takes the four separators \x1c to \x1f for space.
_SOURCES = {
    "special": "['\"E]",
    "word": r"""(?:[^\s'"E]++|[\x1c-\x1f]|E(?:.|$)|'[^']*+'?|"(?:[^"E]++|E(?:.|$))*+"?)++""",
    "flag": r"""(?:[^\s'"E]++|[\x1c-\x1f]|E(?:.|$)|'(?:[^'E]++|E(?:.|$))*+'?|"(?:[^"E]++|E(?:.|$))*+"?)++""",
}
