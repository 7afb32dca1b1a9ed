"""What a run may import. A list of modules is exact where milliseconds are noise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "argparse",
    "asyncio",
    "concurrent",
    "dataclasses",
    "difflib",
    "gettext",
    "importlib.metadata",
    "inspect",
    "json",
    "jsonschema",
    "logging",
    "multiprocessing",
    "pathlib",
    "pygls",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "tomllib",
    "typing",
    "urllib",
}
"""Modules that a plain check never needs; each costs a good part of a bare start."""

FILES = {
    "Dockerfile": "FROM debian:bookworm-slim\nRUN apt-get update\nUSER 1000\n",
    "compose.yaml": "services:\n  app:\n    image: nginx:1.29\n",
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: a, image: 'a:1'}]\n",
}

SCRIPT = """
import sys
from capdrop.cli import main
main(["check", "--isolated", *sys.argv[1:]])
sys.stderr.write("\\n".join(sys.modules))
"""


@pytest.mark.parametrize("name", FILES)
def test_a_run_loads_little(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["linter", "hooks"])}
    ran = subprocess.run([sys.executable, "-S", "-c", SCRIPT, str(path)], capture_output=True, text=True, env=environment, check=True)
    loaded = set(ran.stderr.split())
    assert "capdrop.engine" in loaded
    assert sorted(HEAVY & loaded) == []
    if name == "Dockerfile":
        assert not {module for module in loaded if "yaml" in module}
