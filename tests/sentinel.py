"""Secrets of every form that we know, made at run time, and the search for them in what is shown."""

from __future__ import annotations

import base64
import random
import re
import string
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from capdrop.secrets.formats import BY_PREFIX
from capdrop.secrets.formats_by_name import BY_NAME
from capdrop.secrets.formats_by_part import BY_PART
from capdrop.secrets.tokens import checksum

PARSER: Any = import_module("re._parser")
CHANCE = random.Random(77)
PASSWORD = "Kp3-vv81" + "-QzSentinel"
FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")


def sample(tree: Any) -> str:
    """A text that a parsed pattern matches."""
    made = ""
    for op, argument in tree:
        kind = str(op)
        if kind == "LITERAL":
            made += chr(argument)
        elif kind == "IN":
            codes = [code for one, value in argument for code in (range(value[0], value[1] + 1) if str(one) == "RANGE" else [value])]
            made += chr(CHANCE.choice([code for code in codes if isinstance(code, int)] or [97]))
        elif kind == "BRANCH":
            made += sample(CHANCE.choice(argument[1]))
        elif kind == "SUBPATTERN":
            made += sample(argument[3])
        elif kind in ("MAX_REPEAT", "MIN_REPEAT"):
            made += "".join(sample(argument[2]) for _ in range(CHANCE.randint(argument[0], min(int(argument[1]), argument[0] + 20))))
    return made


def token(before: str, literal: str, after: str, check: str) -> str:
    if check == "crc32":
        body = "".join(CHANCE.choices(string.ascii_letters + string.digits, k=30))
        return literal + body + checksum(body)
    if check == "jwt":
        parts = (b'{"alg":"RS256"}', b'{"sub":"%d"}' % CHANCE.randrange(10**9), CHANCE.randbytes(40))
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    return sample(PARSER.parse(before)) + literal + sample(PARSER.parse(after))


def secrets() -> Iterator[tuple[str, str]]:
    """A name and a value for every format that we know, and for the structures."""
    for row in BY_PREFIX:
        yield "SETTING", token("", row[3], row[4], row[5])
    for part in BY_PART:
        yield "SETTING", token(part[3], part[5], part[6], part[7])
    for named in BY_NAME:
        yield named[3].split("/")[0].replace(" ", "_").upper(), sample(PARSER.parse(named[4]))
    yield "DB_PASSWORD", PASSWORD
    yield "URL", f"postgres://app:{PASSWORD}@db/app"
    yield "HEADER", f"Authorization: Bearer {PASSWORD}9xK2"
    yield "ENCODED", base64.b64encode(f"postgres://app:{PASSWORD}@db/app".encode()).decode()


KNOWN = list(secrets())


def secret_of(value: str) -> str:
    """The part of a value that must not be seen: the longest run of its random part."""
    return max(re.split(r"[^A-Za-z0-9]", value), key=len)[-14:]


def seen(text: str) -> list[str]:
    """What may not be there and is, as it is or in base64."""
    plain = text.replace("\\u002b", "+").replace("\\/", "/").replace("&#x2F;", "/")
    hidden = {secret_of(value) for _, value in KNOWN} | {base64.b64encode(value.encode()).decode()[-28:-8] for _, value in KNOWN}
    return [one for one in hidden if len(one) >= 8 and one in plain]


def texts(known: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Files that hold secrets, each under its name, one of every kind."""
    named = [(f"S{number}_{name}", value) for number, (name, value) in enumerate(known)]
    quoted = [f"{name}='{value}'" for name, value in named]
    encoded = [f"{name}: {base64.b64encode(value.encode()).decode()}" for name, value in named]
    return {
        "compose.yaml": "services:\n  app:\n    image: acme/app:1\n    environment:\n"
        + "".join(f"      {name}: '{value}'\n" for name, value in named),
        "Dockerfile": "FROM acme/app:1\n" + "".join(f"ENV {one}\n" for one in quoted) + f"RUN mysql -p{PASSWORD} -e 'select 1'\n",
        "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n" + "".join(f"  {one}\n" for one in encoded),
        ".env": "".join(f"{one}\n" for one in quoted),
        "run.sh": "docker run --privileged \\\n" + "".join(f"  -e {one} \\\n" for one in quoted) + "  acme/app:1\n",
    }
