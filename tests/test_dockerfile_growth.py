"""Dockerfiles made to take long: stages without number, each built on the last or taking from it, and instructions without end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.model.stage import Stage
from capdrop.source import Source

from tests.growth import assert_grows_linearly
from tests.test_dockerfile_blind_spots import BOOK


def judge(text: str) -> None:
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    assert analyse(Source("Dockerfile", text), kind, BOOK, Context()).broken == []


def chain(line: str) -> Callable[[int], object]:
    """Stages that are each built on the last."""
    return lambda size: judge("FROM a:1 AS s0\n" + "".join(f"FROM s{at} AS s{at + 1}\n{line.format(at)}\n" for at in range(size)))


def row(line: str) -> Callable[[int], object]:
    """Stages that have nothing to do with one another but what the line says."""
    return lambda size: judge("FROM a:1 AS s0\n" + "".join(f"FROM a:1 AS s{at + 1}\n{line.format(at)}\n" for at in range(size)))


def one(keyword: str, word: str, between: str = " ") -> Callable[[int], object]:
    """One instruction with many words."""
    return lambda size: judge(f"FROM a:1\n{keyword} {between.join(word.format(at) for at in range(size))}\n")


CHAINS = {
    "commands": "RUN x",
    "users": "USER u{0}",
    "accounts": "RUN useradd -u {0} a{0}",
    "variables": "ENV A{0}=b",
    "variables of others": "ENV A{0}=b\nUSER $A0",
    "arguments": "ARG A{0}=b\nARG B=$A{0}",
    "copies of one another": "COPY --from=s{0} /a{0} /b",
    "secrets": "COPY .env /app{0}/.env\nCOPY --from=s0 /app{0} /b",
    "folders": "WORKDIR a",
}
ROWS = {
    "commands": "RUN x",
    "handed on": "COPY --from=s{0} /a /a",
    "handed on by parts": "COPY --from=s{0} /a /b\nCOPY --from=s{0} /c /b",
    "taken from the first": "COPY --from=0 /a{0} /b",
    "whole": "COPY --from=s{0} / /",
    "mounted": "RUN --mount=from=s{0},target=/a x",
}


@pytest.mark.parametrize("line", CHAINS.values(), ids=CHAINS)
def test_stages_that_are_built_on_one_another(line: str) -> None:
    assert_grows_linearly(chain(line), 150, 1_500)


@pytest.mark.parametrize("line", ROWS.values(), ids=ROWS)
def test_stages_side_by_side(line: str) -> None:
    assert_grows_linearly(row(line), 200, 2_000)


@pytest.mark.parametrize(
    "work",
    [
        one("ENV", "A{0}=b", " \\\n"), one("ENV", "A{0}=$A"), one("ARG", "A{0}=b"), one("LABEL", "a{0}=b"), one("EXPOSE", "{0}"),
        one("VOLUME", "/a{0}"), one("COPY", "a{0}"), one("COPY --from=a:1", "/a{0}/.env"), one("RUN", "useradd a{0} &&"),
        one("COPY", ".env"), one("RUN --mount=type=cache,target=/a", "--mount=type=bind,target=/a{0}"), one("USER", "${{A{0}:-b}}", ""),
        one("WORKDIR", "a{0}", "/"), one("FROM", "a{0}"), one('COPY ["a",', '"a{0}"', ","),
    ],
)  # fmt: skip
def test_instructions_without_end(work: Callable[[int], object]) -> None:
    assert_grows_linearly(work, 400, 4_000)


def test_three_thousand_stages_remember_where_the_user_comes_from() -> None:
    from capdrop.dialects.dockerfile import read

    text = "FROM a:1 AS s0\nUSER app\n" + "".join(f"FROM s{at} AS s{at + 1}\n" for at in range(3_000))
    *_, last = (subject for subject in read(Source("Dockerfile", text), Context()).subjects if isinstance(subject, Stage))
    assert (last.user.text, last.user.trail[0].message) == ("app", "inherited here by stage s3000")


SCRIPTS = {
    "downloads piped": ("curl -k https://a.example.com/{0} | sh", " && "),
    "substitutions": ('sh -c "$(curl https://a.example.com/{0})"', " && "),
    "downloads run": ("curl -o a{0} https://a.example.com/a{0} && sh a{0}", " && "),
    "packages": ("apk add --allow-untrusted a{0}.apk", " && "),
    "passwords": ("useradd -p x{0} a{0}", " && "),
    "models": ("git clone https://huggingface.co/acme/a{0}", " && "),
    "connections": ("bash -i <&{0}", " && "),
    "a pipeline": ("curl https://a.example.com/{0}", " | "),
    "a pipeline of groups": ("(a{0})", " | "),
    "addresses": ("curl https://a.example.com/{0}", " https://b.example.com/{0} "),
    "pointers": ("true", "\nENV GOOGLE_APPLICATION_CREDENTIALS=/k/{0}\nCOPY a{0} /k/\nRUN "),
}


@pytest.mark.parametrize(("piece", "between"), SCRIPTS.values(), ids=SCRIPTS)
def test_scripts_without_end(piece: str, between: str) -> None:
    def work(size: int) -> None:
        judge("FROM debian:13\nRUN " + between.join(piece for _ in range(size)).format(7) + "\n")

    assert_grows_linearly(work, 500, 5_000)


def test_a_group_that_reads_from_a_group() -> None:
    assert_grows_linearly(lambda size: judge(f"FROM debian:13\nRUN ({'a;' * size}) | ({'sh;' * size})\n"), 400, 4_000)
