"""Tokens of known providers, found by their shape anywhere in a text."""

from __future__ import annotations

import re
from functools import lru_cache

from capdrop.source import Record

from .marks import BLOCK, SHORTEST, SHORTEST_WITH_PART, runs
from .values import is_filler, looks_random
from .words import FOR_BROWSERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Token(Record):
    """A provider's token in a text: its range, the provider's id and name, the id of the format, and what it is in words."""

    __slots__ = ("end", "form", "provider", "start", "title", "what")

    def __init__(self, start: int, end: int, provider: str, title: str, form: str, what: str) -> None:
        self.start = start
        self.end = end
        self.provider = provider
        self.title = title
        self.form = form
        self.what = what


class _Format:
    """One row of the table; its pattern is compiled when its literal is first met."""

    __slots__ = ("_compiled", "check", "literal", "name", "pattern", "provider", "what", "widths")

    def __init__(
        self,
        name: str,
        provider: str,
        what: str,
        literal: str,
        pattern: str,
        check: str,
        widths: tuple[int, ...] = (),
    ) -> None:
        self.name = name
        self.provider = provider
        self.what = what
        self.literal = literal
        self.pattern = pattern
        self.check = check
        self.widths = widths
        self._compiled: re.Pattern[str] | None = None

    def compiled(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.pattern)
        return self._compiled

    def token(self, start: int, end: int) -> Token:
        from .providers import PROVIDERS

        return Token(start, end, self.provider, PROVIDERS[self.provider][0], self.name, self.what)


_BEGINS = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=/bot))"
"""No letter or digit stands before, unless it is that of an escape that was left as it is, or of Telegram's addresses."""


@lru_cache(maxsize=1)
def _by_head() -> dict[bytes, tuple[_Format, ...]]:
    """The formats by the first two characters of their literal, the longest literal first."""
    from .formats import BY_PREFIX, DISCORD_BOT

    heads: dict[bytes, list[_Format]] = {}
    for name, provider, what, literal, pattern, check, _ in sorted(BY_PREFIX, key=lambda row: -len(row[3])):
        body = re.escape(literal) + pattern + "(?![A-Za-z0-9])"
        heads.setdefault(literal[:2].encode(), []).append(_Format(name, provider, what, literal, body, check))
    name, provider, what, pairs, pattern, check, _ = DISCORD_BOT
    for pair in pairs:
        body = pair + pattern + "(?![A-Za-z0-9])"
        heads.setdefault(pair.encode(), []).append(_Format(name, provider, what, pair, body, check))
    return {head: tuple(formats) for head, formats in heads.items()}


@lru_cache(maxsize=1)
def _by_part() -> tuple[_Format, ...]:
    from .formats_by_part import BY_PART

    formats = []
    for name, provider, what, before, widths, literal, after, check, _ in BY_PART:
        begins = "" if not before and literal.startswith(".") else _BEGINS  # a host's name may go on before it
        body = f"{begins}{before}{re.escape(literal)}{after}(?![A-Za-z0-9])"
        formats.append(_Format(name, provider, what, literal, body, check, widths))
    return tuple(formats)


def find_tokens(text: str) -> Iterator[Token]:
    """Every provider token in the text, in order; documented examples and placeholders are none. Linear in the length of the text.

    Only runs of token characters that begin as some format does are matched at all.
    """
    if len(text) < SHORTEST:
        return iter(())
    candidates = _candidates(text)
    parts = [form for form in _by_part() if form.literal in text] if len(text) >= SHORTEST_WITH_PART else []
    if not candidates and not parts:
        return iter(())
    found = [*_with_prefix(text, candidates), *_with_part(text, parts)]
    if len(found) > 1:
        found.sort(key=lambda token: (token.start, -token.end))
    return _outermost(found)


def _outermost(tokens: list[Token]) -> Iterator[Token]:
    end = 0
    for token in tokens:
        if token.start >= end:
            yield token
            end = token.end


def _with_prefix(text: str, candidates: Iterable[tuple[int, tuple[_Format, ...]]]) -> Iterator[Token]:
    done = 0
    for start, formats in candidates:
        for form in formats:
            if start < done or not text.startswith(form.literal, start):
                continue
            match = form.compiled().match(text, start)
            if match is not None:
                done = match.end()
                before = text[max(0, start - LONGEST_ASSIGNED) : start]
                if _is_real(match.group(), form) and not is_for_browsers(match.group(), before.rpartition("\n")[2]):
                    yield form.token(start, done)


def _candidates(text: str) -> list[tuple[int, tuple[_Format, ...]]]:
    """Where a long run of token characters begins as some format does, and which."""
    data = runs(text)
    if len(data) <= BLOCK:
        return _in_block(text, data, 0)
    found = []
    begin = 0
    while begin < len(data):
        end = data.find(b" ", begin + BLOCK)
        end = len(data) if end < 0 else end
        found.extend(_in_block(text, data[begin:end], begin))
        begin = end
    return found


def _in_block(text: str, data: bytes, begin: int) -> list[tuple[int, tuple[_Format, ...]]]:
    heads = _by_head()
    escapes = "\\" in text
    found = []
    at = 0
    for run in [run for run in data.split() if len(run) >= SHORTEST]:
        escaped = escapes and run[0] in b"nrt" and run[1:3] in heads
        if not escaped and run[:2] not in heads:
            continue
        at = data.index(run, at)
        if escaped and text[begin + at - 1] == "\\":
            found.append((begin + at + 1, heads[run[1:3]]))
        elif run[:2] in heads:
            found.append((begin + at, heads[run[:2]]))
        at += len(run)
    return found


def _with_part(text: str, formats: list[_Format]) -> Iterator[Token]:
    for form in formats:
        at = text.find(form.literal)
        while at >= 0:
            for width in form.widths:
                match = form.compiled().match(text, at - width) if width <= at else None
                if match is not None and _is_real(match.group(), form):
                    yield form.token(at + len(form.literal) if form.literal.endswith("=") else match.start(), match.end())
                    break
            at = text.find(form.literal, at + len(form.literal))


def where_to_revoke(provider: str) -> str:
    """The page, or the place in words, at which a token of the provider is revoked."""
    from .providers import PROVIDERS

    return PROVIDERS[provider][1]


def token_by_name(value: str, words: Sequence[str]) -> tuple[str, str, str] | None:
    """The provider, its name and the kind of a token that only its variable's name tells: DD_API_KEY and 32 hex digits."""
    for size in range(min(len(words), LONGEST_ENDING), 0, -1):
        row = _by_ending().get(tuple(words[-size:]))
        if row is not None and re.fullmatch(row[2], value) and not _is_made_up(value):
            from .providers import PROVIDERS

            return row[0], PROVIDERS[row[0]][0], row[1]
    return None


LONGEST_ENDING = 6
"""Words."""


@lru_cache(maxsize=1)
def _by_ending() -> dict[tuple[str, ...], tuple[str, str, str]]:
    """Provider, kind and pattern of the tokens that only a name tells, by the words with which such names end."""
    from .formats_by_name import BY_NAME

    return {tuple(ending.split()): row[1:3] + row[4:5] for row in BY_NAME for ending in row[3].split("/")}


def _is_real(token: str, form: _Format) -> bool:
    body = token.replace(form.literal, "", 1)
    if _is_made_up(token) or entropy(body) < min(3.0, 0.55 * _most_entropy(len(body))):
        return False
    if form.check == "crc32":
        return _has_checksum(body)
    if form.check == "jwt":
        return _is_jwt(token)
    return form.check != "random" or looks_random(body)


LONGEST_ASSIGNED = 80
"""Characters before a value, in which the name that it is set to is looked for."""


def is_for_browsers(value: str, name: str) -> bool:
    """Whether a value is one of Google's API keys, and set to a name of which browsers get the value: a Firebase key is no secret."""
    return value.startswith("AIza") and any(mark in name for mark in FOR_BROWSERS)


_MADE_UP = (
    *("exampl", "xxxx", "your", "placeholder", "redacted", "dummy", "changeme", "notreal", "notareal", "insert"),
    *("0123456789", "1234567890", "abcdefgh", "deadbeefdeadbeef", "qwertyuiop"),
)
"""What a random token does not contain."""


def is_documented(value: str) -> bool:
    """Whether it is an example out of the provider's own documentation."""
    from .documented import DOCUMENTED

    return value in DOCUMENTED or value.partition("AccountKey=")[2] in DOCUMENTED


def _is_made_up(token: str) -> bool:
    low = token.lower()
    return is_documented(token) or any(part in low for part in _MADE_UP) or _repeats(low) or is_text_in_base64(token)


def _repeats(low: str) -> bool:
    return any(character * 6 in low for character in set(low))


def is_text_in_base64(token: str) -> bool:
    """Whether the part after the last `_` is base64 of plain words, or of words that stand for a secret, as in a demonstration."""
    from binascii import a2b_base64

    part = token.rsplit("_", 1)[-1]
    try:
        words = a2b_base64(part + "=" * (-len(part) % 4))
    except ValueError:  # no base64, or not even ASCII
        return False
    text = words.decode("ascii", "replace").strip()
    return text.isascii() and text.isprintable() and (" " in text or is_filler(text))


def entropy(text: str) -> float:
    """Shannon entropy, in bits a character."""
    from math import log2

    length = len(text)
    counts = [text.count(character) for character in set(text)]
    return -sum(count / length * log2(count / length) for count in counts) if length else 0.0


def _most_entropy(length: int) -> float:
    from math import log2

    return log2(length) if length > 1 else 0.0


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def checksum(body: str) -> str:
    """Six base62 digits of the CRC-32 of a token's random part, as GitHub and npm append it."""
    from zlib import crc32

    number = crc32(body.encode("ascii"))
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


def _has_checksum(body: str) -> bool:
    return checksum(body[:-6]) == body[-6:]


def _is_jwt(token: str) -> bool:
    """Whether the first part decodes to a JSON object with "alg", and the token is neither a textbook one nor that which Supabase gives
    every browser."""
    from binascii import Error, a2b_base64

    header, payload, _ = token.split(".", 2)
    try:
        decoded = a2b_base64(header.replace("-", "+").replace("_", "/") + "==")
        claims = a2b_base64(payload.replace("-", "+").replace("_", "/") + "==")
    except Error:
        return False
    is_public = b"John Doe" in claims or b'"role":"anon"' in claims.replace(b" ", b"")
    return decoded.startswith(b"{") and b'"alg"' in decoded and not is_public
