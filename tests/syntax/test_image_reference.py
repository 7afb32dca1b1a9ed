"""Image references: the distribution project's grammar and Docker's defaults."""

from __future__ import annotations

import pytest
from capdrop.source import Span
from capdrop.syntax.image_reference import Reference, parse
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_grows_linearly, filled

SHA = "sha256:" + "0123456789abcdef" * 4


def read(text: str) -> Reference:
    reference = parse(text)
    assert reference is not None
    return reference


@pytest.mark.parametrize(
    ("text", "canonical", "familiar", "tag", "digest"),
    [
        ("nginx", "docker.io/library/nginx", "nginx", None, None),
        ("nginx:1.29-alpine", "docker.io/library/nginx", "nginx", "1.29-alpine", None),
        (f"nginx@{SHA}", "docker.io/library/nginx", "nginx", None, SHA),
        (f"ghcr.io/acme/app:v1@{SHA}", "ghcr.io/acme/app", "ghcr.io/acme/app", "v1", SHA),
        ("acme/app", "docker.io/acme/app", "acme/app", None, None),
        ("docker.io/nginx", "docker.io/library/nginx", "nginx", None, None),
        ("docker.io/library/nginx", "docker.io/library/nginx", "nginx", None, None),
        ("index.docker.io/acme/app", "docker.io/acme/app", "acme/app", None, None),
        ("library/a/b", "docker.io/library/a/b", "library/a/b", None, None),
        ("localhost/app", "localhost/app", "localhost/app", None, None),
        ("localhost:5000/app:1", "localhost:5000/app", "localhost:5000/app", "1", None),
        ("registry:5000/a/b/c", "registry:5000/a/b/c", "registry:5000/a/b/c", None, None),
        ("[::1]:5000/app:1", "[::1]:5000/app", "[::1]:5000/app", "1", None),
        ("[2001:db8::1]/app", "[2001:db8::1]/app", "[2001:db8::1]/app", None, None),
        ("Registry/app", "Registry/app", "Registry/app", None, None),
        ("a__b.c--d_e", "docker.io/library/a__b.c--d_e", "a__b.c--d_e", None, None),
        ("scratch", "docker.io/library/scratch", "scratch", None, None),
        ("a:_" + "x" * 127, "docker.io/library/a", "a", "_" + "x" * 127, None),
    ],
)
def test_has_parts(text: str, canonical: str, familiar: str, tag: str | None, digest: str | None) -> None:
    reference = read(text)
    assert (reference.canonical, reference.familiar, reference.tag, reference.digest) == (canonical, familiar, tag, digest)
    assert reference.name == canonical.rpartition("/")[2]


def test_knows_where_its_parts_stand() -> None:
    text = f"ghcr.io:443/acme/app:v1@{SHA}"
    reference = read(text)
    spans = (reference.registry_span, reference.name_span, reference.tag_span, reference.digest_span)
    assert [text[span.start : span.end] for span in spans if span] == ["ghcr.io:443", "ghcr.io:443/acme/app", "v1", SHA]
    assert reference.registry_written
    plain = read("nginx")
    assert (plain.registry_span, plain.name_span, plain.tag_span, plain.digest_span) == (None, Span(0, 5), None, None)
    assert (plain.registry_written, plain.official) == (False, True)
    assert not read("ghcr.io/library/nginx").official


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "/a",
            "a/",
            "a//b",
            "A",
            "acme/App",
            "a:",
            "a:-x",
            "a:" + "x" * 129,
            "a@",
            "a:b:c",
            "a b",
            "a\n",
            " a",
            "-a",
            "a-",
            "a___b",
            "a..b",
        ),
        *("${IMAGE}", "a:$TAG", "docker-image://a", "oci://ghcr.io/a", "0" * 64, "x" * 300, "-x.io/a", "x..io/a", "x.io:/a", "[::g]/a"),
        *(f"a@{SHA[:-1]}", f"a@{SHA.upper()}", "a@md5:" + "0" * 32, f"a@{SHA}@{SHA}", f"@{SHA}", f"a@sha512:{'0' * 64}"),
    ],
)
def test_is_none_if_invalid(text: str) -> None:
    assert parse(text) is None


def test_localhost_alone_is_a_name() -> None:
    assert read("localhost").canonical == "docker.io/library/localhost"


@given(st.text(alphabet="aB0./:@-_[]$", max_size=20))
def test_anything_can_be_asked(text: str) -> None:
    reference = parse(text)
    if reference is not None:
        tag = "" if reference.tag is None else f":{reference.tag}"
        assert text == text[: reference.name_span.end] + tag
        again = read(reference.canonical + tag)
        assert (again.canonical, again.tag) == (reference.canonical, reference.tag)


@pytest.mark.parametrize(("start", "piece", "end"), [("", "a-", ""), ("", "a", "!"), ("", "a.", "/x"), ("a", "-", "!"), ("a:", "b", "")])
def test_takes_no_longer_than_the_text_is(start: str, piece: str, end: str) -> None:
    def work(size: int) -> None:
        assert parse(start + filled(piece, size)[:size] + end) is None

    assert_grows_linearly(work, 125_000, 1_000_000)
