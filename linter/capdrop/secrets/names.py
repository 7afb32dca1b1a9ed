"""What a name promises about its value, by whole words."""

from __future__ import annotations

import re
from functools import lru_cache

from .marks import may_name_a_secret
from .words import (
    BARE_SECRETS,
    CHECKSUMS,
    CHOSEN,
    COOKIE_OWNERS,
    FOR_BROWSERS,
    HARMLESS_NAMES,
    HARMLESS_TAILS,
    ISSUERS,
    KEY_OWNERS,
    NEUTRAL_TAILS,
    OWN_SERVICES,
    PASS_OWNERS,
    PASSED_ON_BY,
    PASSWORD,
    PUBLIC_WORDS,
    PUSHERS,
    SECRET_ENDINGS,
    SECRET_NAMES,
    SECRET_WORDS,
    TOGGLES,
    VAGUE,
)

LONGEST_NAME = 200
"""Characters; nothing is read out of a longer name."""


@lru_cache(maxsize=1)
def _word() -> re.Pattern[str]:
    return re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=1024)
def split(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: at `_`, `-`, `.`, blanks, and where camelCase turns."""
    return tuple(word.lower() for word in _rejoined(_word().findall(name[:LONGEST_NAME])))


def _rejoined(words: list[str]) -> list[str]:
    """Put `B64`, `V2` and `OAUTH2` together again: a number belongs to the one or two letters before it."""
    joined: list[str] = []
    for word in words:
        if word.isdigit() and joined and (len(joined[-1]) <= 2 or joined[-1].lower() in ("base", "sha", "oauth")):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _role_of_key(words: tuple[str, ...], index: int) -> str:
    """A key is what its owner makes it; Rails derives its keys from `KEY_BASE`, and the secret access key of a local store is made up.
    The app key of Pusher and its kin stands in every page."""
    if words[index + 1 : index + 2] == ("base",):
        return CHOSEN
    if words[max(0, index - 2) : index] == ("secret", "access") and "aws" not in words:
        return CHOSEN
    if index and words[index - 1] == "app" and not PUSHERS.isdisjoint(words):
        return ""
    return KEY_OWNERS.get(words[index - 1], VAGUE) if index else VAGUE


def _role_of_word(words: tuple[str, ...], index: int) -> str:
    word = words[index]
    before = words[index - 1] if index else ""
    if word == "auth" and before == "rediscli":
        return PASSWORD
    if word == "pass" and before in PASSED_ON_BY:
        return ""
    role = SECRET_WORDS.get(word)
    if role is not None:
        return role
    if word in ("key", "keys"):
        return _role_of_key(words, index)
    if word == "cookie":
        return CHOSEN if before in COOKIE_OWNERS else ""
    if word.endswith("pass") and word[:-4] in PASS_OWNERS:
        return PASSWORD
    for ending, role in SECRET_ENDINGS:
        if word.endswith(ending):
            return role
    return ""


def _heads(words: tuple[str, ...]) -> tuple[int, str]:
    """The last word that names a secret, and what it promises."""
    for index in range(len(words) - 1, -1, -1):
        role = _role_of_word(words, index)
        if role:
            return index, role
    return -1, ""


@lru_cache(maxsize=4096)
def role_of(name: str) -> str:
    """`password`, `chosen`, `issued`, `vague`, or nothing: what the name of a value promises it to be."""
    if len(name) > LONGEST_NAME or name in HARMLESS_NAMES or not may_name_a_secret(name):
        return ""
    words = split(name)
    index, role = _heads(words)
    if name in SECRET_NAMES:
        return SECRET_NAMES[name]
    if not role or not PUBLIC_WORDS.isdisjoint(words) or not TOGGLES.isdisjoint(words[:index]):
        return ""
    if role != PASSWORD and name.startswith(FOR_BROWSERS):
        return ""
    tail = [word for word in words[index + 1 :] if not word.isdigit()]
    if not HARMLESS_TAILS.isdisjoint(tail) or (role != PASSWORD and not CHECKSUMS.isdisjoint(tail)):
        return ""
    return role if NEUTRAL_TAILS.issuperset(tail) else VAGUE


@lru_cache(maxsize=1024)
def role_in_a_secret(name: str) -> str:
    """The same for a key of a Kubernetes Secret, where short names say what they mean."""
    return BARE_SECRETS.get(name.lower()) or role_of(name)


@lru_cache(maxsize=1024)
def says_harmless(name: str) -> bool:
    """Whether the name itself says that its value is a user name, an address, a path or the like."""
    words = [word for word in split(name) if not word.isdigit()]
    return bool(words) and (name.startswith(FOR_BROWSERS) or words[-1] in HARMLESS_TAILS or not PUBLIC_WORDS.isdisjoint(words))


def is_for_own_service(name: str) -> bool:
    """Whether a key or token is one that a service of one's own is protected with: INTERNAL_API_KEY, GATEWAY_TOKEN."""
    words = split(name)
    index, _ = _heads(words)
    return not OWN_SERVICES.isdisjoint(words[max(0, index - 2) : index])


def is_issued_by_another(name: str) -> bool:
    """Whether whose secret it is shows that nobody but they can make it up: STRIPE_SECRET_KEY."""
    return not ISSUERS.isdisjoint(split(name))


def named_like_a_secret(name: str) -> bool:
    """Whether a value of this name is, by the name alone, a secret: DB_PASSWORD, apiKey; not TOKEN_TTL, SECRET_NAME, GPG_KEY."""
    return role_of(name) not in ("", VAGUE)
