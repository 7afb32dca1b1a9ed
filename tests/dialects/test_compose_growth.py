"""Hostile projects: the time to read one grows with its files and no faster."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from capdrop.dialects.compose import read
from capdrop.dialects.compose.names import taken_from
from capdrop.dialects.context import Context
from capdrop.files import FilesWritten
from capdrop.model.container import Container
from capdrop.model.variable import Variable
from capdrop.source import Source

from tests.growth import assert_grows_linearly

MAIN = "compose.yaml"
OVER = "compose.override.yaml"


def many(piece: str, size: int) -> str:
    """A piece again and again, with a number for each `#`."""
    return "".join(piece.replace("#", str(number)) for number in range(size // len(piece)))


CASES: dict[str, Callable[[int], dict[str, str]]] = {
    "a chain": lambda n: {
        MAIN: "services:\n" + "".join(f"  s{i}: {{image: a, extends: s{i + 1}, cap_add: [C]}}\n" for i in range(n // 45))
    },
    "a circle": lambda n: {MAIN: "services:\n" + many("  s#: {extends: t#}\n  t#: {extends: s#}\n", n)},
    "a star": lambda n: {
        MAIN: f"services:\n  b:\n    image: a\n    environment:\n{many('      V#: x' + chr(10), n)}" + many("  s#: {extends: b}\n", n)
    },
    "files that are missing": lambda n: {MAIN: "services:\n" + many("  s#: {extends: {file: x#, service: a}}\n", n)},
    "one include again and again": lambda n: {MAIN: "include:\n" + many("- a.yaml\n", n), "a.yaml": "services: {a: {image: a}}\n"},
    "two long lists": lambda n: {
        MAIN: "services:\n  app:\n    image: a\n    cap_add:\n" + many("    - C#\n", n),
        OVER: "services:\n  app:\n    cap_add:\n" + many("    - C#\n", n),
    },
    "two long environments": lambda n: {
        MAIN: "services:\n  app:\n    image: a\n    environment:\n" + many("      V#: x\n", n),
        OVER: "services:\n  app:\n    environment:\n" + many("    - V#=y\n", n),
    },
    "long values": lambda n: {MAIN: f"services: {{app: {{image: a, user: '{'$A' * n}'}}}}\n", ".env": f"A={'x' * 4000}\n"},
    "values that double": lambda n: {MAIN: "services: {a: {image: a, env_file: .env}}\n", ".env": "A=xx\n" + many("A=$A$A\n", n)},
    "quotes that stay open": lambda n: {MAIN: "services: {a: {image: a, env_file: .env}}\n", ".env": 'A=\'x\nB="\\"\n' * (n // 10)},
    "one env file of many": lambda n: {MAIN: "services:\n" + many("  s#: {image: a, env_file: x}\n", n), "x": many("A#=1\n", n)},
    "one Dockerfile of many": lambda n: {
        MAIN: "services:\n" + many("  s#: {build: .}\n", n),
        "Dockerfile": "FROM a\n" + "RUN x\n" * n + "USER 0\n",
    },
    "one long environment of many": lambda n: {
        MAIN: "services:\n" + many("  s#: {build: .}\n", n),
        "Dockerfile": "FROM a\n" + many("ENV V#=a\nEXPOSE #\n", n),
    },
    "uses of one env file": lambda n: {MAIN: f"services: {{app: {{image: a, labels: ['{'$A' * n}']}}}}\n", ".env": many("A#=x\n", n)},
    "variables in variables": lambda n: {MAIN: f"services: {{app: {{image: '{'${A:-' * n}x{'}' * n}'}}}}\n"},
}


@pytest.mark.parametrize("name", CASES)
def test_time_grows_with_the_files(name: str) -> None:
    def work(size: int) -> None:
        files = CASES[name](size)
        for subject in read(Source(MAIN, files[MAIN]), Context(files=FilesWritten(files))).subjects:
            if isinstance(subject, Container):
                subject.fact("user")

    assert_grows_linearly(work, 2_000, 16_000)


@pytest.mark.parametrize("piece", ["A_PASSWORD ", "A_PASSWORD= # "])
def test_time_to_name_a_variable_grows_with_the_file(piece: str) -> None:
    """One line that holds the name again and again, as a text and in a comment."""

    def work(size: int) -> None:
        assert taken_from("A_PASSWORD", "x", "app", f"# {piece * size}\nA_PASSWORD: x\n", None) == "A_PASSWORD"

    assert_grows_linearly(work, 20_000, 160_000)


def test_time_to_look_at_defaults_grows_with_the_file() -> None:
    def work(size: int) -> None:
        text = f"services: {{a: {{image: a, command: '{'${A:-x} ' * (size // 8)}'}}}}\n"
        assert list(read(Source(MAIN, text), Context(files=FilesWritten({}))).subjects)

    assert_grows_linearly(work, 30_000, 300_000)


def test_the_fix_of_a_default_does_not_hold_every_word_beside_it() -> None:
    lines = "".join(f"      password{number}: ${{X:-hunter2x{number}}}\n" for number in range(300))
    text = f"services: {{a: {{image: a}}}}\nconfigs:\n  a:\n    content: |\n{lines}"
    found = [one for one in read(Source(MAIN, text), Context(files=FilesWritten({}))).subjects if isinstance(one, Variable)]
    fixes = [fix for one in found if (fix := one.drop("value")) is not None]
    assert len(fixes) >= 300
    assert max(len(fix.touches) for fix in fixes) < 20
