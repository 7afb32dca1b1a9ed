"""The marks that spare most texts the tables leave no secret out."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from capdrop import secret_search
from capdrop.secrets import judge, keys, tokens, urls, words
from capdrop.secrets.formats import BY_PREFIX
from capdrop.secrets.formats_by_part import BY_PART
from capdrop.secrets.marks import PART_HINTS, TOKEN_HEADS, TOKEN_PARTS, may_hold_a_token, may_name_a_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tests.secrets.harmless import NAMES, VALUES
    from tests.secrets.test_secret_judging import SECRETS
    from tests.secrets.test_secret_tokens import FORMATS, issued
else:
    from harmless import NAMES, VALUES
    from test_secret_judging import SECRETS
    from test_secret_tokens import FORMATS, issued

CORPUS = Path(os.environ.get("CAPDROP_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus"))


def same(text: str, name: str = "") -> None:
    for place in ("env", "arg", "label", "secret", "argument"):
        assert secret_search.judge(text, name, place=place) == judge.judge(text, name, place=place)
    assert secret_search.named_like_a_secret(name) == judge.named_like_a_secret(name)
    assert list(secret_search.find_tokens(text)) == list(tokens.find_tokens(text))
    assert list(secret_search.find_private_keys(text)) == list(keys.find_private_keys(text))
    assert list(secret_search.find_url_passwords(text)) == list(urls.find_url_passwords(text))


def test_the_marks_are_those_of_the_formats() -> None:
    literals = {row[3] for row in BY_PREFIX} - {"SK"} | {f"SK{digit}" for digit in "0123456789abcdefABCDEF"}
    heads = {head.decode() for head in TOKEN_HEADS}
    assert heads == {one for one in literals if not any(one != other and one.startswith(other) for other in literals)}
    assert all(len(head) >= 3 for head in heads)
    parts = {row[5] for row in BY_PART} - {"-us"} | {f"-us{digit}" for digit in "123456789"}
    assert set(TOKEN_PARTS) == parts
    assert all(any(hint in part for hint in PART_HINTS) for part in TOKEN_PARTS)


def test_every_secret_word_has_a_stem() -> None:
    owned = [f"{owner}pass" for owner in words.PASS_OWNERS]
    for word in [*words.SECRET_WORDS, *(ending for ending, _ in words.SECRET_ENDINGS), *owned, "key", "keys", "cookie"]:
        assert may_name_a_secret(word.upper()), word


@pytest.mark.parametrize(("name", "literal", "before", "after", "check"), [(row[0], row[3], row[2], row[4], row[5]) for row in FORMATS])
def test_every_token_has_a_mark(name: str, literal: str, before: str, after: str, check: str) -> None:
    chance = random.Random(name)
    for frame in ("{}", "login --token={} now", '"{}"', r"a\n{}\r", r"\t{}", "ünï {}", "x" * 70000 + " {}"):
        text = frame.format(issued(literal, before, after, check, chance))
        assert may_hold_a_token(text)
        same(text)


def test_the_tables_come_to_the_same_verdicts() -> None:
    for name, value in [*NAMES, *VALUES, *((name, value) for _, name, value in SECRETS)]:
        same(value, name)
        same(f"--set {name}={value} --other", "X")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_real_files_come_to_the_same_verdicts() -> None:
    for path in sorted(CORPUS.rglob("*Dockerfile*"))[:400]:
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        same(text)
        for line in text.splitlines():
            name, _, value = line.removeprefix("ENV ").removeprefix("ARG ").partition("=")
            same(value, name)


def test_ordinary_texts_need_no_tables() -> None:
    script = """
import sys
from capdrop.secret_search import *
for name, value in [("PYTHONUNBUFFERED", "1"), ("LANG", "C.UTF-8"), ("PATH", "/usr/local/bin:/usr/bin"), ("URL", "https://example.org/a")]:
    assert judge(value, name) is None and not named_like_a_secret(name)
text = "apt-get update && apt-get install --no-install-recommends build-essential=1.2 && rm -rf /var/lib/apt/lists/*"
assert not [*find_tokens(text), *find_private_keys(text), *find_url_passwords(text)]
sys.exit(", ".join(name for name in sys.modules if name.startswith("capdrop.secrets.") and name != "capdrop.secrets.marks") or None)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
