"""Passwords in values that are lists of pairs: connection strings, option lists, queries, and Docker's own configuration."""

from __future__ import annotations

import re
from functools import lru_cache

from capdrop.source import Record

from .marks import DOCKER_LOGINS, PAIR_KEYS
from .values import is_number, is_placeholder, is_plain, is_reference, is_weak

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDS = frozenset("; \t\r\n&,\"'<>()")
_LONGEST = 200


class PairPassword(Record):
    """Where the password of a pair stands in the text; `weak` says that anyone would guess it."""

    __slots__ = ("end", "start", "weak")

    def __init__(self, start: int, end: int, weak: bool) -> None:
        self.start = start
        self.end = end
        self.weak = weak


def find_pair_passwords(text: str) -> Iterator[PairPassword]:
    """Every literal password of a list of pairs: `Server=db;User Id=sa;Password=...`, `-Djavax.net.ssl.keyStorePassword=...`."""
    low = text.lower()
    if len(low) != len(text):
        return
    for key in PAIR_KEYS:
        at = low.find(key)
        while at >= 0:
            start = at + len(key)
            if key == "password=" or at == 0 or not low[at - 1].isalnum():
                start, end = _value(text, start)
                if _is_literal(text[start:end]):
                    yield PairPassword(start, end, is_weak(text[start:end]) or is_number(text[start:end]))
            at = low.find(key, start)


def _value(text: str, start: int) -> tuple[int, int]:
    quote = text[start : start + 1]
    if quote in ("'", '"'):
        end = text.find(quote, start + 1, start + _LONGEST)
        return start + 1, max(end, start + 1)
    stop = min(len(text), start + _LONGEST)
    for index in range(start, stop):
        if text[index] in _ENDS:
            return start, index
    return start, stop


def _is_literal(password: str) -> bool:
    if len(password) < 3 or password[0] in "$%{|" or is_reference(password) or is_placeholder(password):
        return False
    return is_number(password) or not is_plain(password)


@lru_cache(maxsize=1)
def _auth() -> re.Pattern[str]:
    return re.compile(r'"auth"\s{0,8}:\s{0,8}"([A-Za-z0-9+/=]{8,4000})"')


def find_docker_auths(text: str) -> Iterator[PairPassword]:
    """Every registry login in the text of a `.dockerconfigjson`: base64 of `user:password`."""
    from binascii import Error, a2b_base64

    if DOCKER_LOGINS not in text:
        return
    for match in _auth().finditer(text):
        try:
            login = a2b_base64(match[1])
        except Error:
            continue
        password = login.partition(b":")[2].decode("utf-8", "replace")
        if password and not is_reference(password) and not is_placeholder(password):
            yield PairPassword(match.start(1), match.end(1), is_weak(password))
