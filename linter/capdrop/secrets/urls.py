"""Passwords inside URLs: `scheme://user:password@host`, and tokens written in the place of the user."""

from __future__ import annotations

from capdrop.source import Record

from .marks import SERVER_SCHEMES
from .values import is_number, is_placeholder, is_reference, is_weak, says_what_it_is, turns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_AUTHORITY = 512
LONGEST_SCHEME = 24

_AUTHORITY_ENDS = frozenset("/?# \t\r\n\"'`<>\\|")
_LINK_ENDS = _AUTHORITY_ENDS - {"#", "?"}
_SLASHED_ENDS = _AUTHORITY_ENDS - {"/"}
_SCHEME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-")
_TOKEN_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~")
_NO_PASSWORDS = frozenset({"x-oauth-basic", "x", "", "x-oauth-token"})
_THIS_MACHINE = frozenset({"localhost", "host.docker.internal"})
"""Not 127.0.0.1: there sidecars listen that lead to a database elsewhere, as the proxy of Cloud SQL does."""
_ANY_USER, _ANY_PASSWORD = frozenset({"user", "username", "email", "login"}), frozenset({"password", "passwd", "pass", "pwd"})
"""What stands for both in a URL that shows how one looks."""
_EXAMPLE_HOSTS = frozenset({"host", "hostname", "domain", "domain.tld", "domain.com", "server", "myhost", "ip", "ipaddress"})


class UrlPassword(Record):
    """Where the password of a URL stands in the text. `near` says that the URL leads to the machine itself, where it is a password that
    anyone would guess keeps nobody out who is not there already."""

    __slots__ = ("end", "near", "scheme", "start", "user", "weak")

    def __init__(self, start: int, end: int, user: str, scheme: str, weak: bool, near: bool = False) -> None:
        self.start = start
        self.end = end
        self.user = user
        self.scheme = scheme
        self.weak = weak
        self.near = near


def find_url_passwords(text: str) -> Iterator[UrlPassword]:
    """Every literal password in a URL of the text, in order; references, placeholders and empty passwords are none.

    `weak` says that anyone would guess it (`postgres:postgres@`). Time is linear: an authority is read for 512 characters at most.
    """
    at = text.find("://")
    while at >= 0:
        found = _read(text, at)
        if found is not None:
            yield found
        at = text.find("://", at + 3)


def _read(text: str, colon: int) -> UrlPassword | None:
    start = colon + 3
    stop = _authority_end(text, start, _AUTHORITY_ENDS)
    scheme = _scheme(text, colon)
    if not scheme:
        return None
    if text[stop : stop + 1] in ("#", "?") and _is_no_port(text, start, stop):
        further = _authority_end(text, start, _LINK_ENDS)
        stop = further if "=" not in text[stop:further] else stop  # a password that nobody encoded
    elif text[stop : stop + 1] == "/" and _is_of_a_server(scheme) and "@" not in text[start:stop] and _is_no_port(text, start, stop):
        stop = _end_of_unencoded(text, start, stop)
    sign = text.rfind("@", start, stop)
    if sign <= start:
        return None
    host = text[sign + 1 : stop]
    middle = text.find(":", start, sign)
    if middle < 0:
        return _token_as_user(text, start, sign, stop, scheme)
    user, password = text[start:middle], text[middle + 1 : sign]
    if password in _NO_PASSWORDS:
        return _token_as_user(text, start, middle, stop, scheme)
    if not _is_literal(password, user, host):
        return None
    weak = is_weak(password) or is_number(password) or says_what_it_is(password) or _follows_from(user.lower(), password.lower())
    for_any = user.lower() in _ANY_USER and password.lower() in _ANY_PASSWORD and "." not in host
    if weak and (for_any or _is_example(host.lower())):
        return None
    return UrlPassword(middle + 1, sign, user, scheme, weak, weak and host.partition(":")[0] in _THIS_MACHINE)


def _follows_from(user: str, password: str) -> bool:
    """Whether a password is the user's name, or that and a word: `shop:shop`, `shopuser:shop_pass`."""
    name = user.removesuffix("user").rstrip("_-") or user
    rest = password.removeprefix(name).strip("_-.")
    return password == user or (password.startswith(name) and len(name) > 2 and (not rest or is_weak(rest)))


def _authority_end(text: str, start: int, ends: frozenset[str]) -> int:
    stop = min(len(text), start + LONGEST_AUTHORITY)
    for index in range(start, stop):
        if text[index] in ends:
            return index
    return stop


def _is_of_a_server(scheme: str) -> bool:
    return scheme.lower() in SERVER_SCHEMES or scheme.lower().partition("+")[0] in SERVER_SCHEMES


def _end_of_unencoded(text: str, start: int, stop: int) -> int:
    """Where an authority ends in whose password a slash stands as it is: behind the host that follows the `@`. A path is no password."""
    sign = text.find("@", stop, start + LONGEST_AUTHORITY)
    if sign < 0 or _authority_end(text, start, _SLASHED_ENDS) < sign:
        return stop
    password = text[text.find(":", start) + 1 : sign]
    return _authority_end(text, sign, _AUTHORITY_ENDS) if turns(password) > 1 else stop


def _is_no_port(text: str, start: int, stop: int) -> bool:
    """Whether what follows the last colon of an authority is no port."""
    colon = text.rfind(":", start, stop)
    return colon >= 0 and not text[colon + 1 : stop].isdigit() and "@" not in text[colon:stop]


def _scheme(text: str, colon: int) -> str:
    start = colon
    while start > 0 and colon - start < LONGEST_SCHEME and text[start - 1] in _SCHEME_CHARACTERS:
        start -= 1
    return text[start:colon]


def _is_literal(password: str, user: str, host: str) -> bool:
    if is_reference(password) or is_placeholder(password) or "$" in user[:1] + password[:1] or "%s" in password or "{" in password:
        return False
    return bool(host) and "[" not in user and not host.startswith("]") and password.strip("*.x-_") != ""


def _is_example(host: str) -> bool:
    name = host.split(",")[0].split(":")[0]
    return (
        name in _EXAMPLE_HOSTS
        or name.startswith("your")
        or name.endswith((".example", "-ip", "_ip", "example.com", "example.org", "example.net"))
    )


def _token_as_user(text: str, start: int, end: int, stop: int, scheme: str) -> UrlPassword | None:
    """`https://TOKEN@github.com`; the user of a Sentry DSN is a public key."""
    user = text[start:end]
    if len(user) < 20 or not scheme.lower().startswith(("http", "git+http")) or not _TOKEN_CHARACTERS.issuperset(user):
        return None
    if turns(user) < 2 or is_placeholder(user) or _is_public_key_of_a_dsn(text, user, stop):
        return None
    return UrlPassword(start, end, "", scheme, False)


def _is_public_key_of_a_dsn(text: str, user: str, stop: int) -> bool:
    project = text[stop : stop + 1] == "/" and text[stop + 1 : stop + 2].isdigit()
    return len(user) == 32 and (project or "sentry" in text[stop - 40 : stop])
