"""Hostile manifests: the time to judge one grows with it and no faster."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.source import Source

from tests.growth import assert_grows_linearly

HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
CASES: dict[str, Callable[[int], str]] = {
    "many volumes": lambda n: (
        f"{HEAD}  containers:\n  - name: a\n    image: a:1\n    volumeMounts:\n"
        + "".join(f"    - {{name: v{i}, mountPath: /m{i}}}\n" for i in range(n))
        + "  volumes:\n"
        + "".join(f"  - {{name: v{i}, hostPath: {{path: /etc}}}}\n" for i in range(n))
    ),
    "one volume again and again": lambda n: (
        f"{HEAD}  containers:\n  - name: a\n    image: a:1\n    volumeMounts:\n"
        + "".join(f"    - {{name: v, mountPath: /m{i}}}\n" for i in range(n))
        + "  volumes:\n"
        + "  - {name: v, hostPath: {path: /etc}}\n" * n
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_time_grows_with_the_file(name: str) -> None:
    book, kind = rulebook.load(), kind_named("kubernetes")

    def work(size: int) -> None:
        assert analyse(Source("pod.yaml", CASES[name](size)), kind, book, Context()).outcome == "analysed"

    assert_grows_linearly(work, 100, 800)
