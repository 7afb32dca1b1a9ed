"""The text report is on the path of every run: what it imports is counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LINTER = Path(__file__).parents[2] / "linter"

PROGRAM = """
import sys
import capdrop.finding, bisect
before = set(sys.modules)
import io
from capdrop.report import Result, write
write("text", [Result("a", "dockerfile", "analysed")], io.StringIO(), rules={}, version="1")
print(*sorted(set(sys.modules) - before))
"""


def test_the_text_report_imports_only_its_own_modules() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], env={"PYTHONPATH": str(LINTER)}, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [f"capdrop.report{name}" for name in ("", ".excerpt", ".masks", ".safe", ".summary", ".text", ".words")]
