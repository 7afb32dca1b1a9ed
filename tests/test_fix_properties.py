"""What holds of every fix, whatever the Dockerfile: no byte outside its edits changes, no comment is lost, and BuildKit still reads it."""

from __future__ import annotations

import dockerfile
import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.finding import Safety
from capdrop.fixer import Refusal, Workbench, fix, prove, splice
from capdrop.source import Source, decode
from capdrop.syntax.dockerfile import parse
from hypothesis import example, given, settings
from hypothesis import strategies as st

BOOK = rulebook.load()
BENCH = Workbench(kind_named("dockerfile"), BOOK, Context())
BASES = (
    "FROM debian:bookworm-slim", "FROM node:18-alpine3.17", "from alpine", "FROM scratch", "FROM  nginx:latest", "FROM ${BASE}",
    'FROM "k8s.gcr.io/pause:3.5" AS p', "FROM gcr.io/distroless/static AS b", "FROM acme/app:1@sha256:" + "a" * 64, "FROM openjdk:8-jre",
)  # fmt: skip
STEPS = (
    "RUN sudo apt-get update && sudo -E make", "RUN curl -ksSL https://example.com/a -o /a &&\\\n  # why\n\n  chmod 777 /a",
    "RUN <<EOF\nsudo true\n# in a script\nchmod 0666 /etc/x\nEOF", "USER root", "USER app", "user 0:0",
    "ENV NODE_TLS_REJECT_UNAUTHORIZED=0", "ENV A=1 \\\n# between\n  PIP_TRUSTED_HOST=pypi.org \\\n  B='2 3'", "ARG GIT_SSL_NO_VERIFY=1",
    "COPY --chmod=777 . /app", "COPY <<'E' /etc/apt/apt.conf\n# kept\nE", "EXPOSE 80 22", "EXPOSE 22",
    "VOLUME /var/run/docker.sock /data", "ADD https://example.com/a /a", "ONBUILD RUN sudo true", "ONBUILD USER root",
    "RUN useradd -u 1001 svc", "WORKDIR /app", "RUN npm config set strict-ssl false && npm install", "CMD [\"node\", \"a.js\"]",
    "ENTRYPOINT exec \\\n  app", "HEALTHCHECK CMD curl -k http://localhost", "SHELL [\"/bin/bash\", \"-c\"]",
    "RUN GIT_SSL_NO_VERIFY=1 git clone http://example.com/a", "RUN yum -y --nogpgcheck install a; yum clean all", "LABEL a=b",
)  # fmt: skip
BETWEEN = ("", "\n", "# a comment ✓", "  # indented", "# capdrop: ignore[no-such-rule]", "#", "\t")
FILES = st.tuples(
    st.sampled_from(("", "# escape=\\\n", "# syntax=docker/dockerfile\n", "# capdrop: x\n")),
    st.sampled_from(BASES),
    st.lists(st.sampled_from((*STEPS, *STEPS, *BETWEEN, *BASES[:3])), max_size=10),
    st.sampled_from(("\n", "")),
    st.booleans(),
    st.sampled_from((b"", b"\xef\xbb\xbf")),
)


def source_of(parts: tuple[str, str, list[str], str, bool, bytes]) -> Source:
    start, base, steps, end, windows, mark = parts
    text = start + "\n".join([base, *steps]) + end
    return decode("Dockerfile", mark + (text.replace("\n", "\r\n") if windows else text).encode())


def comments(source: Source) -> list[str]:
    return [source[span] for span in parse(source.text).comments if "capdrop:" not in source[span]]


def is_read_by_buildkit(source: Source) -> bool:
    try:
        dockerfile.parse_string(source.text)
    except dockerfile.GoParseError:
        return False
    return True


@given(FILES)
@settings(max_examples=100, deadline=None)
def test_a_fix_changes_nothing_but_what_it_edits(parts: tuple[str, str, list[str], str, bool, bytes]) -> None:
    source = source_of(parts)
    analysis = BENCH.analyse(source)
    for finding in analysis.findings:
        edits = finding.fix.edits if finding.fix is not None else ()
        if not edits:
            continue
        try:
            after, _ = prove(analysis, [finding], BENCH)
        except Refusal:
            continue
        first, last = min(edit.span.start for edit in edits), max(edit.span.end for edit in edits)
        assert after.text == splice(source.text, edits)
        assert after.encode().startswith(source.bom + source.text[:first].encode())
        assert after.encode().endswith(source.text[last:].encode())
        assert comments(after) == comments(source)
        assert ("\r\n" in after.text) == ("\r\n" in source.text) or "\n" not in after.text
        assert "\n" not in after.text.replace("\r\n", "") or "\r\n" not in source.text


@pytest.mark.parametrize("least", [Safety.SAFE, Safety.UNSAFE])
@given(parts=FILES)
@example(parts=("", BASES[0], [STEPS[7], "CMD a"], "", True, b"\xef\xbb\xbf"))
@settings(max_examples=60, deadline=None)
def test_all_fixes_of_a_file_end_in_one_that_is_read_and_needs_none(
    least: Safety, parts: tuple[str, str, list[str], str, bool, bytes]
) -> None:
    source = source_of(parts)
    after = fix(source, BENCH, least).source
    assert comments(after) == comments(source)
    assert is_read_by_buildkit(after) or not is_read_by_buildkit(source)
    assert fix(after, BENCH, least).applied == []
    assert after.encode().startswith(source.bom)
