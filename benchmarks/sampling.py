"""Made-up secrets: texts that a pattern matches, with the checksums that the providers' own have."""

from __future__ import annotations

import base64
import importlib
import json
import random
import re
import textwrap
from collections.abc import Iterator
from typing import Any

CHANCE = random.Random(2026)
PARSER: Any = importlib.import_module("re._parser")


def made_age() -> str:
    """An age key with its checksum."""
    from capdrop.secrets.keys import bech32_remainder

    data = [CHANCE.randrange(32) for _ in range(52)]
    rest = bech32_remainder("age-secret-key-", [*data, *[0] * 6]) ^ 1
    letters = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
    return "AGE-SECRET-KEY-1" + "".join(letters[one] for one in [*data, *(rest >> 5 * (5 - at) & 31 for at in range(6))])


def made_jwt() -> str:
    """A JSON Web Token with a header and claims."""

    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    return (
        f"{part(json.dumps({'alg': 'HS256', 'typ': 'JWT'}))}.{part(json.dumps({'sub': CHANCE.randrange(10**9)}))}.{random_like('aA1' * 14)}"
    )


MADE = {"age-secret-key": made_age, "jwt": made_jwt}


def with_checksum(token: str) -> str:
    """GitHub and npm issue no token without the right checksum."""
    from capdrop.secrets.tokens import checksum

    head, _, body = token.partition("_")
    return f"{head}_{body[:30]}{checksum(body[:30])}" if head in ("ghp", "gho", "ghu", "ghs", "npm") else token


def private_key() -> str:
    body = base64.b64encode(b"\x30\x82\x04\xa3" + CHANCE.randbytes(600)).decode()
    lines = "\n".join(textwrap.wrap(body, 64))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"


def sample_of(pattern: str, group: int | str | None) -> str:
    """A text that a pattern in Go's dialect matches: a group of it by number or name, its first, or all of it (0)."""
    pattern = pattern.replace(r"\z", r"\Z").replace("[[:alnum:]]", "[A-Za-z0-9]")
    pattern = re.sub(r"\(\?-i:", "(?:", pattern)
    pattern = re.sub(r"(?<!^)\(\?i\)", "", pattern)
    tree = PARSER.parse(pattern)
    groups = [argument for op, argument in walked(tree) if str(op) == "SUBPATTERN" and argument[0] is not None]
    whole = not groups or group == 0 or "webhook" in pattern
    number = tree.state.groupdict[group] if isinstance(group, str) else group or 1
    return (sampled(tree) if whole else sampled(groups[number - 1][3])).strip()


def walked(tree: Any) -> Iterator[Any]:
    for op, argument in tree:
        yield op, argument
        if str(op) == "SUBPATTERN":
            yield from walked(argument[3])
        elif str(op) in ("MAX_REPEAT", "MIN_REPEAT"):
            yield from walked(argument[2])
        elif str(op) == "BRANCH":
            for branch in argument[1]:
                yield from walked(branch)


def sampled(tree: Any) -> str:
    return "".join(sampled_node(str(op), argument) for op, argument in tree)


def sampled_node(op: str, argument: Any) -> str:
    if op == "ANY":
        return "."
    if op == "LITERAL":
        return chr(argument)
    if op == "IN":
        return chr(CHANCE.choice(members(argument)))
    if op == "BRANCH":
        return sampled(CHANCE.choice(argument[1]))
    if op == "SUBPATTERN":
        return sampled(argument[3])
    if op in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, body = argument
        most = low if "CATEGORY_SPACE" in str(body) else min(int(high), low + 30)
        return "".join(sampled(body) for _ in range(CHANCE.randint(low, most)))
    return ""


LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def members(argument: Any) -> list[int]:
    if str(argument[0][0]) == "NEGATE":
        excluded = members(argument[1:])
        return [code for code in (*LETTERS, 32) if code not in excluded]
    found: list[int] = []
    for kind, value in argument:
        if str(kind) == "RANGE":
            found.extend(range(value[0], value[1] + 1))
        elif str(kind) == "LITERAL":
            found.append(value)
        else:
            found.extend({"CATEGORY_DIGIT": b"0123456789", "CATEGORY_SPACE": b" "}.get(str(value), LETTERS))
    return found


def random_like(text: str) -> str:
    """Random characters: hexadecimal for hexadecimal, else a letter or a digit as there was one; signs stay."""
    if re.fullmatch(r"[0-9a-f]{8}|[0-9a-f]{16,}", text):
        return "".join(CHANCE.choices("0123456789abcdef", k=len(text)))
    kinds = {"d": "0123456789", "l": "abcdefghijklmnopqrstuvwxyz", "u": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    return "".join(CHANCE.choice(kinds["d" if one.isdigit() else "l" if one.islower() else "u"]) if one.isalnum() else one for one in text)
