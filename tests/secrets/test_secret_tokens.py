"""Every format of the table is found, and only it; no pattern takes more than linear time."""

from __future__ import annotations

import base64
import random
import re
import string
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from capdrop.secrets import names as names_module
from capdrop.secrets import pairs as pairs_module
from capdrop.secrets import tokens as tokens_module
from capdrop.secrets import values as values_module
from capdrop.secrets.formats import BY_PREFIX, SOURCES
from capdrop.secrets.formats_by_name import BY_NAME
from capdrop.secrets.formats_by_part import BY_PART
from capdrop.secrets.judge import LONGEST_CREDENTIAL, judge
from capdrop.secrets.keys import find_private_keys
from capdrop.secrets.pairs import find_pair_passwords
from capdrop.secrets.providers import PROVIDERS
from capdrop.secrets.tokens import checksum, find_tokens, where_to_revoke
from capdrop.secrets.urls import find_url_passwords

from tests.growth import assert_grows_linearly, filled

PARSER: Any = import_module("re._parser")
ALPHABET = string.ascii_letters + string.digits


def sample(pattern: str, chance: random.Random) -> str:
    """A text that the pattern matches; repeats are taken at a random count between their bounds."""
    return _sample(PARSER.parse(pattern), chance)


def _sample(tree: Any, chance: random.Random) -> str:
    return "".join(_sample_of(str(op), argument, chance) for op, argument in tree)


def _sample_of(op: str, argument: Any, chance: random.Random) -> str:
    if op == "LITERAL":
        return chr(argument)
    if op == "IN":
        return chr(chance.choice(_members(argument)))
    if op == "BRANCH":
        return _sample(chance.choice(argument[1]), chance)
    if op == "SUBPATTERN":
        return _sample(argument[3], chance)
    if op in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, body = argument
        return "".join(_sample(body, chance) for _ in range(chance.randint(low, min(int(high), low + 40))))
    assert op in ("ASSERT", "ASSERT_NOT", "AT"), op
    return ""


def _members(argument: Any) -> list[int]:
    if str(argument[0][0]) == "NEGATE":
        excluded = _members(argument[1:])
        return [code for code in range(33, 127) if code not in excluded]
    members: list[int] = []
    for kind, value in argument:
        members.extend(range(value[0], value[1] + 1) if str(kind) == "RANGE" else [value] if str(kind) == "LITERAL" else [97])
    return members


def base64url(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def issued(literal: str, before: str, after: str, check: str, chance: random.Random) -> str:
    """A token as its provider would issue it."""
    if check == "jwt":
        claims = b'{"sub":"%d","iss":"acme"}' % chance.randint(10**9, 10**10)
        return ".".join((base64url(b'{"alg":"RS256","typ":"JWT"}'), base64url(claims), "".join(chance.choices(ALPHABET, k=86))))
    if check == "crc32":
        body = "".join(chance.choices(ALPHABET, k=30))
        return literal + body + checksum(body)
    return sample(before, chance) + literal + sample(after, chance)


FORMATS = [(row[0], row[1], "", row[3], row[4], row[5]) for row in BY_PREFIX] + [
    (row[0], row[1], row[3], row[5], row[6], row[7]) for row in BY_PART
]


def sound(provider: str, before: str, literal: str, after: str, check: str, count: int = 20) -> list[str]:
    chance = random.Random(provider + literal)
    return [issued(literal, before, after, check, chance) for _ in range(count)]


DESCENT = {"betterleaks": "gitleaks", "kingfisher": "noseyparker", "titus": "noseyparker"}


def test_the_table_is_sound() -> None:
    assert len({row[0] for row in FORMATS}) == len(FORMATS)
    assert {row[1] for row in FORMATS} | {row[1] for row in BY_NAME} == set(PROVIDERS)
    for name, _, _, literal, *_ in BY_PREFIX:
        assert re.fullmatch(r"[A-Za-z0-9_.-]{2,}", literal), name
    rows = [*BY_PREFIX, *BY_PART, *BY_NAME]
    assert len({row[0] for row in rows}) == len(rows) >= 250
    for row in rows:
        assert all(one in SOURCES or one.startswith("https://") for one in str(row[-1]).split()), row[0]
    assert sum(row[-1] == "unchecked" for row in rows) <= 2
    assert sum(len({DESCENT.get(one, one) for one in str(row[-1]).split()}) < 2 for row in rows) <= 79, "a new format has two sources"
    assert all(where.strip() for _, where in PROVIDERS.values())
    assert where_to_revoke("github") == "https://github.com/settings/tokens"


@pytest.mark.parametrize(("name", "provider", "before", "literal", "after", "check"), FORMATS, ids=[row[0] for row in FORMATS])
def test_a_format(name: str, provider: str, before: str, literal: str, after: str, check: str) -> None:
    missed = 0
    for token in sound(provider, before, literal, after, check):
        for text in (token, f"TOKEN={token}\n", f'say "{token}", they', f"https://u:{token}@example.org/", f'{{"t":"\\n{token}"}}'):
            found = list(find_tokens(text))
            if not found:
                missed += 1
                continue
            (hit,) = found
            assert text[hit.start : hit.end] == (token.partition(literal)[2] if literal.endswith("=") else token)
            assert (hit.form, hit.provider, hit.title) == (name, provider, PROVIDERS[provider][0])
    assert missed <= 5, "a random token now and then looks made up, no more"


@pytest.mark.parametrize(("name", "provider", "before", "literal", "after", "check"), FORMATS, ids=[row[0] for row in FORMATS])
def test_what_is_made_up_is_none(name: str, provider: str, before: str, literal: str, after: str, check: str) -> None:
    for token in sound(provider, before, literal, after, check, 3):
        for fill in "xXa0*":
            body = "".join(fill if character.isalnum() else character for character in token.removeprefix(literal))
            assert list(find_tokens(literal + body)) == []
        start = token.index(literal)
        assert list(find_tokens(token[: start or len(literal) + 6])) == []
        assert list(find_tokens("q" + token + "q")) == [] or before or name == "jwt"


@pytest.mark.parametrize(("_", "provider", "what", "endings", "pattern", "source"), BY_NAME, ids=[row[0] for row in BY_NAME])
def test_a_token_by_name(_: str, provider: str, what: str, endings: str, pattern: str, source: str) -> None:
    for ending in endings.split("/"):
        value = sample(pattern, random.Random(ending))
        for name in ("WEB_" + ending.replace(" ", "_").upper(), ending.replace(" ", "-")):
            verdict = judge(value, name)
            assert verdict is not None, name
            assert (verdict.kind, verdict.provider, verdict.why) == ("token", provider, what)
        assert judge(value, "REVISION") is None
        assert judge("x" * len(value), ending.replace(" ", "_")) is None


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7" + "EXAMPLE",
        "ghp_" + "a" * 36,
        "ghp_" + "x" * 36,
        "sk_live_" + "0123456789abcdefghijklmnop",
        "xoxb-your-token-goes-here-please",
        "sk-proj-your-key",
        "AIza" + "Sy" + "X" * 33,
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
        + "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        "whsec_VGhpcyBpcyBhbiBleGFtcGxlIGtleSBidXQgZm9yIHRlc3Rpbmc",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "skopeo-configuration-directory",
    ],
)  # fmt: skip
def test_an_example_is_none(text: str) -> None:
    assert list(find_tokens(text)) == []


def made(alphabet: str, length: int) -> str:
    return "".join(random.Random(alphabet).choices(alphabet, k=length))


@pytest.mark.parametrize(
    "text",
    [
        "https://app.powerbi.com/view?r=" + base64url(b'{"k":"%s","t":"%s","c":6}' % ((b"0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d",) * 2)),
        "https://acme.notion.site/API-" + made("0123456789ABCDEF", 32),
        "H_UINT(cell_t, &hf_servingcellpriorityparametersdescription_h_prio)",
        "Identity=USK@a,4~q8Q~" + made(ALPHABET, 33) + "~yk0,AQACAAE",
    ],
)
def test_what_only_looks_like_a_token(text: str) -> None:
    assert list(find_tokens(text)) == []


@pytest.mark.parametrize(
    ("token", "provider"),
    [
        ("sk_live_" + base64url(b"key_01" + made(string.ascii_uppercase + string.digits, 48).encode()), "workos"),
        ("sk_live_" + made("0123456789abcdef", 40), "paystack"),
        ("sk_live_" + made(ALPHABET, 40), "stripe"),
        ("EAAG" + made(ALPHABET, 160), "facebook"),
        ("EAAA" + made(ALPHABET, 60), "square"),
        ("bkua_" + made(string.ascii_lowercase + string.digits, 53), "buildkite"),
        ("tvly-dev-" + made(ALPHABET, 32), "tavily"),
        ("glrtr-" + made(ALPHABET, 38) + ".01." + made(string.ascii_lowercase + string.digits, 9), "gitlab"),
    ],
)
def test_a_prefix_that_several_share(token: str, provider: str) -> None:
    (hit,) = find_tokens(f"KEY={token}\n")
    assert (hit.provider, hit.end - hit.start) == (provider, len(token))


def test_a_wrong_checksum_is_none() -> None:
    body = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"
    assert checksum(body) == "0mLq17"
    assert len(list(find_tokens("ghp_" + body + "0mLq17"))) == 1
    assert list(find_tokens("ghp_" + body + "0mLq18")) == []


def test_tokens_come_in_order_and_keep_their_places() -> None:
    chance = random.Random(3)
    tokens = [issued("SG.", "", r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", "", chance) for _ in range(40)]
    text = "überprüft 测试 😀\n".join(f"{'word ' * 700}{token}\n" for token in tokens)
    assert [text[hit.start : hit.end] for hit in find_tokens(text)] == tokens


def patterns() -> list[str]:
    """Every regular expression of the package."""
    found = {form.pattern for forms in tokens_module._by_head().values() for form in forms}
    found |= {form.pattern for form in tokens_module._by_part()} | {row[4] for row in BY_NAME}
    for module in (names_module, pairs_module, values_module):
        for thing in vars(module).values():
            compiled = thing() if hasattr(thing, "cache_info") and thing.cache_parameters()["maxsize"] == 1 else None
            if isinstance(compiled, re.Pattern):
                found.add(compiled.pattern)
    return sorted(found)


def repeats(tree: Any) -> list[Any]:
    """The bodies of all repeats of a pattern."""
    found: list[Any] = []
    for op, argument in tree:
        if str(op) in ("MAX_REPEAT", "MIN_REPEAT"):
            found += [argument[2], *repeats(argument[2])]
        elif str(op) == "SUBPATTERN":
            found += repeats(argument[3])
        elif str(op) == "BRANCH":
            found += [body for branch in argument[1] for body in repeats(branch)]
    return found


def assert_linear(work: Callable[[str], object], pump: str, end: str, length: int) -> None:
    assert_grows_linearly(lambda size: work(filled(pump, size) + end), length // 8, length)


def test_all_patterns_are_tried() -> None:
    assert len(patterns()) >= 120


@pytest.mark.parametrize("pattern", patterns())
def test_a_pattern_takes_linear_time(pattern: str) -> None:
    compiled = re.compile(pattern)
    chance = random.Random(7)
    head = sample(pattern, chance)[:12]
    for body in repeats(PARSER.parse(pattern)):
        unit = "".join(_sample(body, chance) for _ in range(2)) or "a"
        assert_linear(compiled.match, unit, "\x00", 32_000)
        assert_linear(lambda text, head=head: compiled.match(head + text), unit, "\x00", 32_000)  # type: ignore[misc]


HOSTILE = (
    "://", "a://b:c", "a://b:c@", "http://" + "a" * 24 + "@", "-----BEGIN ", "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----A\n", "PuTTY-User-Key-File-3", "Private-Lines: 1\n", "AGE-SECRET-KEY-1", "eyJ",
    "eyJa.eyJ", "sk-", "sk-proj-T3BlbkFJ", "Q~", ":AA", "-us", "fm2_", "fm2_ ", "ops_eyJaaaaaaaaa/", "AccountKey=",
    "https://", "password=", "pwd='", "Password=a;", '"auths""auth": "', "$A_", "%A%", "1m", "1.", "a.", "A@", "aA1",
    "a_key=", "x", "9", "\\n", "<", "${", "AKIA", "ghp_" + "a" * 36 + " ", "=", "-", "_", "é", "\U0001f600",
)  # fmt: skip


@pytest.mark.parametrize("pump", HOSTILE)
def test_hostile_text_takes_linear_time(pump: str) -> None:
    for work in (find_tokens, find_private_keys, find_url_passwords, find_pair_passwords):
        assert_linear(lambda text, work=work: list(work(text)), pump, "", 40_000)  # type: ignore[misc]
    assert_linear(lambda text: judge("{" + text, "DB_PASSWORD"), pump, "!", 40_000)
    assert_linear(lambda text: judge(text, "DB_PASSWORD"), pump, "!", LONGEST_CREDENTIAL - 100)
