"""What a value is by its own looks: a reference, a placeholder, something plain, or random."""

from __future__ import annotations

import re
from functools import lru_cache

from .words import (
    FILE_ENDINGS,
    FILLER_WORDS,
    HASH_STARTS,
    NAMES_OF_PASSWORDS,
    PLACEHOLDER_PARTS,
    PLACEHOLDER_STARTS,
    PLACEHOLDER_WORDS,
    PLAIN_VALUES,
    PUBLIC_STARTS,
    REFERENCE_STARTS,
    WEAK_VALUES,
)

LONGEST_COMPOUND = 30
MINISIGN = 56
"""Characters of a public key of minisign."""

_OPENINGS = {"<": ">", "[": "]", "{": "}", "(": ")", "%": "%", "@": "@", "#": "#", "*": "*", "_": "_", "&": ";", "‹": "›", "«": "»"}


@lru_cache(maxsize=1)
def _whole_variables() -> re.Pattern[str]:
    variable = r"(?:[-:/@.,\\]?(?:\${1,2}[A-Za-z_][A-Za-z0-9_]*|%[A-Za-z_][A-Za-z0-9_]*%))+(?:/[A-Za-z_./#-]*)?"
    key = r"\$[A-Za-z][A-Za-z0-9_-]*(?:[.:][A-Za-z][A-Za-z0-9_-]*)+"  # of a Secret, as Argo CD takes them
    entry = r"\$[a-z]+(?:-[A-Za-z]+)+"  # the same, as its notifications take them
    filled_in = r"[@~]\{[A-Za-z_]\w*\}|%\([A-Za-z_]\w*\)s"  # by Robot Framework and WDL; by Python's format, as supervisord does
    command = r"\$[A-Z][A-Z0-9_]{2,80} \S[^\r\n]*"  # with what is started under it: `MYSQL_PWD=$ROOT_PASSWORD mysqladmin ping`
    return re.compile(rf"(?:{variable}|{key}|{entry}|{filled_in}|{command})\Z")


@lru_cache(maxsize=1)
def _sealed() -> re.Pattern[str]:
    """What `kubeseal` writes: a session key of 512 bytes, behind its length, and the value encrypted with it."""
    return re.compile(r"Ag[A-D][A-Za-z0-9+/]{690,8000}={0,2}\Z")


@lru_cache(maxsize=1)
def _quantity() -> re.Pattern[str]:
    unit = r"%|[kKmMgGtTpPeE]i?[bB]?|[nuµm]?s|[mhdwyBb]|secs?|seconds?|min|mins|minutes?|hours?|days?|weeks?|months?|years?"
    return re.compile(rf"[-+]?[0-9]+(?:[.,:_][0-9]+)*(?: ?(?:{unit}))?\Z|(?:[0-9]+(?:\.[0-9]+)?(?:[nuµm]?s|[mhdw])){{2,6}}\Z")


@lru_cache(maxsize=1)
def _version() -> re.Pattern[str]:
    return re.compile(r"[vV]?[0-9]+\.[0-9]+(?:\.[0-9]+)*(?:[-+.][A-Za-z][A-Za-z0-9.-]{0,20})?\Z")


@lru_cache(maxsize=1)
def _address() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,12}\Z")


@lru_cache(maxsize=1)
def _host() -> re.Pattern[str]:
    return re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,9}(?:[a-z]{2,12}|[0-9]{1,3})(?::[0-9]{1,5})?(?:/\S*)?\Z|[a-z0-9-]{1,63}:[0-9]{2,5}\Z")


@lru_cache(maxsize=1)
def _uuid() -> re.Pattern[str]:
    return re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


@lru_cache(maxsize=1)
def _hex() -> re.Pattern[str]:
    return re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})\Z")


@lru_cache(maxsize=1)
def _turn() -> re.Pattern[str]:
    return re.compile(r"(?<=[a-zA-Z])[0-9]|(?<=[0-9])[a-zA-Z]|(?<=[a-z])[A-Z]")


@lru_cache(maxsize=1)
def _digit_turn() -> re.Pattern[str]:
    return re.compile(r"(?<=[a-zA-Z])[0-9]|(?<=[0-9])[a-zA-Z]")


@lru_cache(maxsize=1)
def _letters() -> re.Pattern[str]:
    return re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_reference(value: str) -> bool:
    """Whether the value says where a secret is instead of holding one: a variable, a template, a vault path, cipher text."""
    low = value[:24].lstrip().lower()
    if low.startswith(REFERENCE_STARTS):
        return True
    if "${" in value or "{{" in value or "$(" in value or "#{" in value:
        return True
    if "$" in value or "%" in value or value[:2] in ("@{", "~{"):
        return _whole_variables().match(value) is not None
    return value.startswith("Ag") and _sealed().match(value) is not None


def is_placeholder(value: str) -> bool:
    """Whether the value stands for one that a person is to fill in: `<password>`, `your-api-key-here`, `xxxx`, nothing.

    `changeme` and its like are none: a service started as written runs with them.
    """
    value = value.strip().strip("'\"`")
    if not value or len(set(value)) <= 1 + (len(value) > 6) or value[-10:] == value[-1] * 10 or value.endswith("..."):
        return True
    if _OPENINGS.get(value[0]) == value[-1] and (value[0] == "<" or _is_wordy(value.strip(value[0] + value[-1]))):
        return True
    if (value.startswith("__") and value.endswith("__")) or _is_wordy(_between(value)) or "\ufffd" in value:
        return True
    if value.isupper() and value.startswith(("CHANGE_ME_", "CHANGEME_")) and value.count("_") > _WORDS_OF_A_NAME:
        return True  # the name of what is to be put there: `CHANGE_ME_SHOP_DB_PASSWORD`
    if value[0] == "#" and ("-" in value or " " in value) and _is_wordy(value[1:]):  # `PASSWORD= # a password for the database`
        return True
    low = value.lower()
    if low.startswith("yourstrong") and not low.isalnum():  # the password of the examples for SQL Server, which it takes as it is
        return False
    if low in PLACEHOLDER_WORDS or low.startswith(PLACEHOLDER_STARTS) or (len(low) == 2 and low[0] == "%"):
        return True
    return any(part in low for part in PLACEHOLDER_PARTS) or is_sequence(low)


_WORDS_OF_A_NAME = 3
_SEQUENCES = "01234567890123456789abcdefghijklmnopqrstuvwxyzabcdefghij"


def _between(value: str) -> str:
    """What stands in angle brackets."""
    start = value.find("<")
    end = value.find(">", start)
    return value[start + 1 : end] if 0 <= start < end else ""


def _is_wordy(text: str) -> bool:
    return text.replace("_", "").replace("-", "").replace(" ", "").replace(".", "").isalnum()


def is_sequence(text: str) -> bool:
    """Whether the text, in small letters, counts or spells the alphabet: `0123456789abcdef`, `abcdefghijklmnop`."""
    return len(text) >= 10 and text[:6] in _SEQUENCES and text[-5:] in _SEQUENCES and text[len(text) // 2 :][:4] in _SEQUENCES


def is_weak(value: str) -> bool:
    """Whether it is among the first that an attacker tries, or made of nothing but filler words and a few digits."""
    low = value.lower()
    return (
        low in WEAK_VALUES
        or low.strip("!@#$%^&*.?_-0123456789") in WEAK_VALUES
        or low.translate(_LEET).rstrip("!.") in WEAK_VALUES
        or "changeme" in low.replace("_", "").replace("-", "")
        or low.endswith("tochange")
        or low.startswith(("abc123", "x12345", "xyz123"))
        or is_filler(value)
    )


_LEET = str.maketrans("@4301$5", "aaeoiss")
"""Signs and figures that stand for letters: `p@55w0rd`."""


def is_filler(value: str) -> bool:
    """Whether the value is written in words of which made-up values consist."""
    spelt = [word.lower() for word in _letters().findall(value)]
    if not spelt:
        return False
    digits = sum(character.isdigit() for character in value)
    return digits <= 6 and all(word in FILLER_WORDS or word in WEAK_VALUES or _is_compound(word) for word in spelt)


def _is_compound(word: str) -> bool:
    """Whether it is several of these words, of three letters or more but for `my`, written together: `myredissecret`."""
    if len(word) > LONGEST_COMPOUND:
        return False
    ends = {2 if word.startswith("my") else 0}
    for start in range(len(word) - 2):
        if start in ends:
            ends.update(end for end in range(start + 3, len(word) + 1) if word[start:end] in FILLER_WORDS or word[start:end] in WEAK_VALUES)
    return len(word) in ends


def is_plain(value: str) -> bool:
    """Whether it is a setting: a switch, a number, a duration, a version, an address, a path, a public key, a digest."""
    low = value.lower()
    if low in PLAIN_VALUES:
        return True
    if (value[0].isdigit() or value[0] in "-+vV") and (_quantity().match(value) or _version().match(value)):
        return True
    return _is_pointer(value, low)


def is_number(value: str) -> bool:
    """Whether it is digits only."""
    return value.isascii() and value.isdigit()


def _is_pointer(value: str, low: str) -> bool:
    if low.startswith(PUBLIC_STARTS) or (len(value) == MINISIGN and value.startswith(("RWQ", "RWR", "RWS", "RWT"))):
        return True
    if ("/" in value or "\\" in value) and (is_path(value) or "://" in value):
        return True
    if low.endswith(FILE_ENDINGS):
        return True
    if "@" in value:
        return _address().match(value) is not None
    return ("." in value or ":" in value) and _host().match(value) is not None


def is_path(value: str) -> bool:
    """Whether it names a file: `/run/secrets/db`, `./certs`, `C:\\keys`; base64 that begins with a slash does not."""
    if value.startswith(("./", "../", "~/", "/run/secrets", "/etc/", "/var/", "/opt/", "/tmp/", "/usr/", "/home/", "\\\\")):
        return True
    if len(value) > 2 and value[1:3] in (":\\", ":/") and value[0].isalpha():
        return True
    if value.startswith("/"):
        return not any(turns(part) > 2 or len(part) > 40 for part in value.split("/")) and "+" not in value and not value.endswith("=")
    parts = value.split("/")
    return len(parts) > 1 and all(
        part and turns(part) < 2 and part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in parts
    )


def is_digest(value: str) -> bool:
    """Whether it has the shape of a hash or an identifier: 32, 40 or 64 hex digits, or a UUID."""
    return len(value) in (32, 36, 40, 64) and (_hex().match(value) is not None or _uuid().match(value) is not None)


def turns(value: str) -> int:
    """How often letters turn to digits, digits to letters, or small letters to capitals: seldom in words, often in random text."""
    return len(_turn().findall(value))


def looks_random(value: str) -> bool:
    """Whether no person would have said it: eight characters or more, in which digits, small letters and capitals take turns."""
    if len(value) < 8 or is_filler(value):
        return False
    value = value.replace("k8s", "").replace("oauth2", "").replace("neo4j", "")
    spelt = _letters().findall(value)
    letters = sum(map(len, spelt))
    mixed = len(_digit_turn().findall(value))
    longest = 9 if len(value) >= 16 and value.isalnum() else 5
    if mixed >= 2 and mixed * 16 >= len(value) and letters < longest * len(spelt):
        return True
    if len(value) < 12 or turns(value) + _symbols(value) < 2:
        return False
    return 2 * sum(len(word) for word in spelt if _is_pronounceable(word)) < len(value)


def _symbols(value: str) -> int:
    """How many characters stand in it that separate no words."""
    return sum(1 for character in value if not character.isalnum() and character not in "-_./: ")


@lru_cache(maxsize=1)
def _syllables() -> re.Pattern[str]:
    return re.compile(r"[^aeiouy]{0,3}(?:[aeiouy]{1,3}[^aeiouy]{1,3})*[aeiouy]{0,3}\Z")


def _is_pronounceable(word: str) -> bool:
    """Whether a run of letters could be a word of three letters or more."""
    return 3 <= len(word) <= 24 and _syllables().match(word.lower()) is not None and not word.isupper()


def says_what_it_is(value: str) -> bool:
    """Whether it is of words in small letters, the last of which says that it is a password: `accounts-pwd`, `registry_password`."""
    *others, last = value.replace("_", "-").split("-")
    return bool(others) and last in NAMES_OF_PASSWORDS and all(word.isalpha() and word.islower() for word in others)


def is_password_hash(value: str) -> bool:
    """Whether it is what a password file holds: bcrypt, crypt, Argon2 and the like, alone or behind a user name; or MySQL's."""
    if value.startswith("*"):
        return is_digest(value[1:])
    return value.startswith(HASH_STARTS) or value.partition(":")[2].startswith(HASH_STARTS)
