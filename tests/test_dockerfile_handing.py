"""Files that stages hand on to one another, and what of them ends up in an image."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.dialects.dockerfile import read
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.finding import Severity
from capdrop.model.stage import MOST_PATHS, Stage, Taken
from capdrop.source import Source

from tests.test_dockerfile_blind_spots import BOOK, found


def taken(text: str) -> list[list[str]]:
    """The paths that go from each stage into an image."""
    subjects = read(Source("Dockerfile", text), Context()).subjects
    return [sorted(subject.taken.paths) for subject in subjects if isinstance(subject, Stage)]


@pytest.mark.parametrize(
    ("middle", "last", "first_stage_gives"),
    [
        ("COPY --from=one /k /k", "COPY --from=two /k /k", ["/k"]),
        ("COPY --from=one /a /b", "COPY --from=two /b /c", ["/a"]),
        ("COPY --from=one /a /b", "COPY --from=two /b/c /c", ["/a/c"]),
        ("COPY --from=one /a/b /c/", "COPY --from=two /c/b /d", ["/a/b"]),
        ("COPY --from=one /a/b /c", "COPY --from=two / /d", ["/a/b"]),
        ("COPY --from=one a b/", "COPY --from=two /w/b/a d", ["/a"]),
        ("COPY --from=one /a/*.pem /b/", "COPY --from=two /b/x.pem d", ["/a/x.pem"]),
        ("COPY --from=0 /a /x/y /b/", "COPY --from=1 /b/y d", ["/a/y", "/x/y"]),
        ("COPY --from=one /a /b", "COPY --from=two /bc /c", []),
        ("COPY --from=one /a /b", "COPY --from=one /c /c", ["/c"]),
        ("COPY --from=one /a /b", "RUN true", []),
        ("COPY --from=one /a /b\nFROM two AS three", "COPY --from=three /b /c", ["/a"]),
    ],
)
def test_what_is_copied_on_is_followed_back(middle: str, last: str, first_stage_gives: list[str]) -> None:
    text = f"FROM a AS one\nFROM b AS two\nWORKDIR /w\n{middle}\nFROM c\n{last}\n"
    assert taken(text)[0] == first_stage_gives


def test_what_a_stage_gives_its_base_gives_too() -> None:
    assert taken("FROM a AS one\nFROM one AS two\nFROM b\nCOPY --from=two /k /k\n") == [["/k"], ["/k"], []]


def test_a_stage_of_which_too_much_is_taken_gives_everything() -> None:
    few, many = Taken(), Taken()
    few.add({f"/{number}" for number in range(MOST_PATHS)})
    many.add({f"/{number}" for number in range(MOST_PATHS + 1)})
    assert (few.covers("/1/a"), few.covers("/a"), many.covers("/a")) == (True, False, True)
    assert not Taken().covers("/")
    assert not Taken()


@pytest.mark.parametrize(
    ("copies", "shipped"),
    [
        ("FROM b AS two\nCOPY --from=one /app /srv\nFROM c\nCOPY --from=two /srv /srv\n", True),
        ("FROM b AS two\nCOPY --from=one /app /srv\nFROM c\nCOPY --from=two /srv/dist /srv\n", False),
        ("FROM c\nCOPY --from=one /app/dist /srv\n", False),
        ("FROM c\nCOPY --link --from=one / /\n", True),
    ],
)
def test_a_secret_that_is_handed_on_ships(copies: str, shipped: bool) -> None:
    text = f"FROM a AS one\nCOPY .env /app/.env\n{copies}"
    assert bool(found(text, "secret-file-copied")) is shipped


def test_a_base_stage_that_a_variable_names_ships() -> None:
    text = "ARG BASE=one\nFROM a AS one\nCOPY .env /app/.env\nFROM $BASE\n"
    assert found(text, "secret-file-copied") == [("secret-file-copied", 3)]


def test_a_private_key_that_is_handed_on_is_graver_than_one_that_is_thrown_away() -> None:
    text = "FROM a AS one\nCOPY id_ed25519 /k\nFROM b AS two\nCOPY --from=one /k /k\nFROM c\n{}\n"
    for last, severity in (("COPY --from=two /k /k", Severity.HIGH), ("RUN true", Severity.LOW)):
        kind = kind_of("Dockerfile", text)
        assert kind is not None
        analysis = analyse(Source("Dockerfile", text.format(last)), kind, BOOK, Context())
        assert [finding.severity for finding in analysis.findings if finding.rule == "secret-file-copied"][:1] == [severity]
