"""All capabilities are dropped, but for those that the image is known to need."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.finding import Fix, Safety
from capdrop.fixer import Workbench, fix
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(["capabilities-not-dropped"])
STEPS_DOWN = "CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID"
SERVICE = "services:\n  app: {{image: '{}'{}}}\n"


def bench(path: str, text: str) -> Workbench:
    kind = kind_of(path, text)
    assert kind is not None
    return Workbench(kind, BOOK, Context())


def fixed(path: str, text: str) -> str:
    result = fix(Source(path, text), bench(path, text), Safety.UNSAFE)
    assert result.left == []
    return result.source.text


@pytest.mark.parametrize(
    ("image", "more", "after"),
    [
        ("postgres:18", "", f", cap_drop: [ALL], cap_add: [{STEPS_DOWN}]"),
        ("pgvector/pgvector:pg18", "", f", cap_drop: [ALL], cap_add: [{STEPS_DOWN}]"),
        ("nginx:1.29", ", cap_drop: [MKNOD]", ", cap_drop: [MKNOD, ALL], cap_add: [CHOWN, NET_BIND_SERVICE, SETGID, SETUID]"),
        ("postgres:18", ", user: '70'", ", user: '70', cap_drop: [ALL]"),
        ("postgres:18", ", cap_add: [SETUID]", ", cap_add: [SETUID], cap_drop: [ALL]"),
        ("acme/postgres:18", "", ", cap_drop: [ALL]"),
        ("${IMAGE}", "", ", cap_drop: [ALL]"),
    ],
)
def test_what_the_image_needs_is_given_back(image: str, more: str, after: str) -> None:
    assert fixed("compose.yaml", SERVICE.format(image, more)) == SERVICE.format(image, after)


def test_a_command_line_gives_them_back_one_by_one() -> None:
    given = " ".join(f"--cap-add {name}" for name in STEPS_DOWN.split(", "))
    assert fixed("run.sh", "docker run -d redis:8\n") == f"docker run --cap-drop ALL {given} -d redis:8\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - {name: a, image: 'redis:8'}\n",
        ),
        ("compose.yaml", "x-none: &none []\nservices:\n  app: {image: 'redis:8', cap_add: *none}\n"),
    ],
)
def test_where_they_cannot_be_written_they_are_named(path: str, text: str) -> None:
    (finding,) = bench(path, text).analyse(Source(path, text)).findings
    assert isinstance(finding.fix, Fix)
    assert finding.fix.edits
    assert finding.fix.caveat == f"the image needs {STEPS_DOWN}: add them"
