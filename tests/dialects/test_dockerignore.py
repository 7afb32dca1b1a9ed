"""Dockerignore files: the facts are those of moby/patternmatcher and of Docker's manual."""

from __future__ import annotations

import pytest
from capdrop.dialects.dockerignore import LONGEST, Dockerignore, Glob

from tests.growth import assert_grows_linearly, filled

ONE_PATTERN = [
    # names and stars
    (".env", ".env", True),
    (".env", "api/.env", False),
    (".env*", ".env.local", True),
    ("*", "a/b/c", True),
    ("*.pem", "keys/a.pem", False),
    ("*/*.pem", "keys/a.pem", True),
    ("*/*.pem", "keys/more/a.pem", False),
    ("key?.pem", "key1.pem", True),
    ("key?.pem", "key/.pem", False),
    ("key[0-9].pem", "key7.pem", True),
    ("key[^0-9].pem", "key7.pem", False),
    ("key[!0-9].pem", "key!.pem", True),
    ("[]a]", "]", False),
    # any number of folders
    ("**", "a/b", True),
    ("**/.env", ".env", True),
    ("**/.env", "a/b/.env", True),
    ("**/.env", "a/b/my.env", False),
    ("**.env", "a/b/my.env", True),
    ("**/*.pem", "a.pem", True),
    ("**/*.pem", "a/b/c.pem", True),
    ("**/**/*.pem", "a/b/c.pem", True),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a/**/b", "a/xb", False),
    ("a**/*.txt", "a/x/y.txt", True),
    ("certs/**", "certs", False),
    ("certs/**", "certs/a/b", True),
    ("c*s/**", "certs/a/b", True),
    ("**/secrets/**", "a/secrets/b/c", True),
    # a folder takes what is in it along
    ("keys", "keys/a/b", True),
    ("keys/", "keys/a", True),
    ("keys/a", "keys", False),
    ("ke*", "keys/a/b", True),
    # the spellings of one path
    ("/keys", "keys/a", True),
    ("./keys", "keys/a", True),
    ("a/../keys", "keys/a", True),
    ("  keys  ", "keys/a", True),
    ("../keys", "keys/a", False),
    # what is not special here
    ("a(b)c.|)$(}+{", "a(b)c.|)$(}+{", True),
    ("a.b", "aXb", False),
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    # not sound, so that no build gets as far
    ("a[", "a[", False),
    ("a\\", "a", False),
    ("!", "a", False),
    ("# keys", "# keys", False),
    ("", "a", False),
]


@pytest.mark.parametrize(("pattern", "path", "excluded"), ONE_PATTERN)
def test_one_pattern(pattern: str, path: str, excluded: bool) -> None:
    assert Dockerignore([pattern]).excludes(path) is excluded


@pytest.mark.parametrize(
    ("lines", "path", "excluded"),
    [
        (["*", "!src"], "src/a.py", False),
        (["*", "!src"], ".env", True),
        (["*", "!src", "**/.env"], "src/.env", True),
        (["**/.env", "!src/.env"], "src/.env", False),
        (["!src/.env", "**/.env"], "src/.env", True),
        (["*", "! src "], "src/a.py", False),
        (["*", "!/src/"], "src/a.py", False),
        (["\ufeff.env"], ".env", True),
        (["a", "\ufeff.env"], ".env", False),
        (["", " # no comment", ".env"], ".env", True),
    ],
)
def test_the_last_pattern_decides(lines: list[str], path: str, excluded: bool) -> None:
    assert Dockerignore(lines).excludes(path) is excluded


def test_sources_of_copy_have_no_double_star() -> None:
    assert not Glob("a/**/b", folders=False).fits("a/b")
    assert not Glob("a/**/b", folders=False).fits("a/x/y/b")
    assert Glob("a/**/b", folders=False).fits("a/x/b")


HOSTILE = [("**/", "*a*/", "b"), ("", "*a", "b"), ("", "**a", "b"), ("", "[a-z]*", "0")]
LONG = LONGEST - 20


@pytest.mark.parametrize(("start", "piece", "end"), HOSTILE)
@pytest.mark.parametrize("path", ["a" * LONG, "a/" * 40 + "c"])
def test_time_grows_with_the_pattern_only(start: str, piece: str, end: str, path: str) -> None:
    def work(size: int) -> None:
        assert not Dockerignore([start + filled(piece, size) + end]).excludes(path)

    assert_grows_linearly(work, LONG // 8, LONG)


@pytest.mark.parametrize(("start", "piece", "end"), HOSTILE)
def test_time_grows_with_the_path_only(start: str, piece: str, end: str) -> None:
    hostile = Dockerignore([start + filled(piece, LONG // 32) + end] * 10)
    assert_grows_linearly(lambda size: hostile.excludes("a" * size), LONG // 8, LONG)
    assert not hostile.excludes("a" * LONG)


def test_what_is_too_long_matches_nothing() -> None:
    assert not Dockerignore(["*" * 1001]).excludes("a")
    assert not Dockerignore(["a*"]).excludes("a" * 1001)
    assert not Dockerignore([*["x"] * 2000, "a"]).excludes("a")
