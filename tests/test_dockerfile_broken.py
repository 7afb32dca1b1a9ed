"""Dockerfiles that BuildKit refuses are judged as far as they can be read, and say what was not understood."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.source import Source

from tests.test_dockerfile_blind_spots import BOOK

ODD = frozenset({"refused-instruction", "unknown-instruction"})

REFUSED = [
    "ADD --checksum=zz https://a.example/x /b", "ADD https://x.example/",
    "ARG", "CMD --flag a", 'CMD ["a", 1]', "COPY", "COPY --chown=a --chown=b x y",
    "COPY --chown x y", "COPY --form=b /a /b", "COPY --from=9 /a /b", "COPY --from=x /a /b", "COPY --link=maybe x y", 'COPY ["x", 1]',
    'COPY ["x"]', "COPY x", "ENV", "ENV =1", "ENV A", 'ENV A="x', "ENV A='x", "ENV A=${B:x}", "ENV A=1 B", "EXPOSE", "EXPOSE 99999999",
    "EXPOSE abc", "FROM", "FROM --plat=x a:1", "FROM Alpine:3", "FROM a AS", "FROM a AS 1x", "FROM a AS a/b", "FROM a b", "FROM alpine:",
    "FROM alpine::1", "FROM b@sha256:12", "HEALTHCHECK", "HEALTHCHECK CMD", "HEALTHCHECK NONE x", "HEALTHCHECK curl x", "LABEL a",
    "MAINTAINER", "ONBUILD", "ONBUILD FROM x", "ONBUILD ONBUILD RUN x", "ONBUILD RUNN x", "RUN --moun=type=cache,target=/x y",
    "RUN --mount=from=7,target=/x y", "RUN --mount=type=nope,target=/x y", "RUN --mount=typo=1 y", "RUN --network=nope y",
    "RUN --security=nope y", 'RUN ["a", {"b":1}]', "RUNN x", "SHELL []", "SHELL bash", "STOPSIGNAL", "USER", "USER --x=1 a",
    "USER ${A", "USER ${}", "VOLUME", "WORKDIR", 'WORKDIR "/a', "<<<<<<< HEAD",
]  # fmt: skip
"""Lines that BuildKit 73ed682 (2026-08-21) refuses."""
HEREDOCS = ["RUN <<EOF\necho", "COPY <<EOF /a\necho"]


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_refused_is_said_and_the_rest_is_judged(line: str) -> None:
    text = f"FROM debian:13 AS x\nRUN curl -k https://a.example/x -o x\n{line}\nRUN wget --no-check-certificate https://a.example/y\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    analysis = analyse(Source("Dockerfile", text), kind, BOOK, Context())
    assert analysis.broken == []
    odd = [analysis.source.position(finding.span.start).line for finding in analysis.findings if finding.rule in ODD]
    assert odd == [3]
    assert sum(finding.rule == "certificate-check-disabled" for finding in analysis.findings) == 2


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "\n\n", *(f"FROM debian:13\nRUN curl -k https://a.example\n{lines}\n" for lines in HEREDOCS)]
)
def test_what_stays_unread_is_a_gap(text: str) -> None:
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    assert analyse(Source("Dockerfile", text), kind, BOOK, Context()).outcome == "partly"


@pytest.mark.parametrize(
    "line",
    [
        "COPY --link --chmod=755 --chown=1:1 --exclude=a --exclude=b --parents x y",
        "RUN --mount=type=SECRET,id=a --mount=from=x,ro y",
        "RUN --network=$NET --device=a --device=b y", "HEALTHCHECK --interval=5s --retries=3 CMD a",
        "ADD --keep-git-dir https://a/b.git /c",
        "FROM --platform=$BUILDPLATFORM ${IMAGE}", "USER $UNSET", "EXPOSE $PORT 80-90/udp 53/UDP", "ENV A=${B:-c} C=${D:?no}",
        "ADD --checksum=sha256:" + "a" * 64 + " https://a.example/x /y", 'ENV A="x y" B=\'z\'', "COPY --from=scratch / /x",
        "COPY --from=0 a b",
    ],
)  # fmt: skip
def test_what_is_fine_is_not_refused(line: str) -> None:
    text = f"FROM debian:13 AS x\nFROM debian:13\n{line}\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    analysis = analyse(Source("Dockerfile", text), kind, BOOK, Context())
    assert [finding.message for finding in analysis.findings if finding.rule in ODD] == []


def test_the_options_of_a_development_container_are_a_template() -> None:
    text = "FROM acme/dev:${templateOption:version}\nRUN curl -k https://a.example\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    analysis = analyse(Source("Dockerfile", text), kind, BOOK, Context())
    assert [gap.by_design for gap in analysis.gaps] == [True]
    assert {finding.rule for finding in analysis.findings} & {*ODD, "certificate-check-disabled"} == {"certificate-check-disabled"}


FILTERED = """FROM ${docker.base.image}
COPY ${pkg.name}.deb /tmp/
RUN curl -k https://a.example && echo ${pkg.version} && echo '${x.y}'
USER ${pkg.user}
"""


@pytest.mark.parametrize(
    "line",
    ["EXPOSE {{ api.port }}", "USER {{ user }}", 'RUN true \\\n    && {{Insert("a", [\n        "b": ARGS["c"]\n    ], "    ")}}'],
)
def test_actions_in_the_midst_of_a_file_make_it_a_template(line: str) -> None:
    text = f"FROM debian:13\n{line}\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    analysis = analyse(Source("Dockerfile", text), kind, BOOK, Context())
    assert {gap.by_design for gap in analysis.gaps} == {True}
    assert not ODD & {finding.rule for finding in analysis.findings}


def test_what_maven_filters_is_a_template() -> None:
    kind = kind_of("docker/Dockerfile", FILTERED)
    assert kind is not None
    analysis = analyse(Source("docker/Dockerfile", FILTERED), kind, BOOK, Context())
    assert [gap.by_design for gap in analysis.gaps] == [True]
    assert {finding.rule for finding in analysis.findings} & {*ODD, "certificate-check-disabled", "missing-user", "root-user"} == {
        "certificate-check-disabled"
    }


@pytest.mark.parametrize("line", ["RUN mvn -Dv='${project.version}' package", "RUN node -e 'console.log(`${process.env.X}`)'"])
def test_what_commands_call_a_property_makes_no_template(line: str) -> None:
    text = f"FROM debian:13\n{line}\nUSER app\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    assert analyse(Source("Dockerfile", text), kind, BOOK, Context()).gaps == []
