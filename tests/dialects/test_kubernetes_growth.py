"""Hostile manifests: the time to judge one grows with it and no faster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from capdrop import rulebook
from capdrop.cli import main
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


def test_a_long_secret_is_reported_quickly(tmp_path: Path) -> None:
    """All that it holds goes into one ExternalSecret, which every finding shows."""
    entries = "".join(f"  password{number}: hunter2x{number}\n" for number in range(1500))
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n{entries}"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    start = process_time()
    assert main(["check", "--isolated", "--format", "json", "--output", str(tmp_path / "out"), str(tmp_path / "a.yaml")]) == 1
    assert process_time() - start < 5
