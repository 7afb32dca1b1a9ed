"""What one file may take of memory, and that what is left out for it is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from capdrop import engine, rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.source import Source
from capdrop.syntax import dockerfile, yaml

from tests.growth import assert_grows_linearly

MOST = 200
"""Megabytes."""
MEASURE = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "capdrop", "check", "--isolated", sys.argv[1]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
SERVICE = "image: a/b:1, privileged: true"
FILES = {
    "line/compose.yaml": lambda: f"services: {{{', '.join(f's{n}: {{{SERVICE}}}' for n in range(150_000))}}}\n",
    "most/compose.yaml": lambda: f"services: {{{', '.join(f's{n}: {{{SERVICE}}}' for n in range(62_000))}}}\n",
    "list/compose.yaml": lambda: f"services: {{a: {{image: 'a/b:1', cap_add: [{', '.join(['SYS_ADMIN'] * 480_000)}]}}}}\n",
    "twice/compose.yaml": lambda: "services:\n" + "  a: {image: a/b:1, privileged: true}\n" * 13_000,
    "pods/k.yaml": lambda: "".join(
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}}}\nspec: {{containers: []}}\n" for n in range(33_000)
    ),
    "entries/k.yaml": lambda: (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n" + "".join(f"  PASSWORD_{n}: Tr0ub4dor{n}x\n" for n in range(150_000))
    ),
    "nodes/k.json": lambda: '{"apiVersion": "v1", "kind": "A", "spec": [' + ",".join(["[[1],[2]]"] * 800_000) + "]}",
    "runs/Dockerfile": lambda: "FROM a/b:1\n" + "".join(f"RUN echo {n} && chmod 777 /x\n" for n in range(100_000)),
    "words/Dockerfile": lambda: "FROM a/b:1\n" + f"RUN {';'.join(['a'] * 260_000)}\n" * 9,
}


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is that of Linux")
@pytest.mark.parametrize("name", FILES)
def test_no_file_takes_more_than_it_may(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(FILES[name](), encoding="utf-8")
    told = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, env=dict(os.environ))
    assert int(told.stdout) < MOST


def gaps(name: str, text: str, *rules: str) -> tuple[int, list[str]]:
    book = rulebook.load()
    book.select(rules)
    kind = "dockerfile" if name == "Dockerfile" else "compose"
    analysis = engine.analyse(Source(name, text), kind_named(kind), book, Context())
    assert analysis.broken == []
    return len(analysis.findings), [gap.reason for gap in analysis.gaps]


MANY = ("SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "BPF")


def test_a_list_has_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "MOST_ITEMS", 3)
    for added in (f"[{', '.join(MANY)}]", "".join(f"\n      - {name}" for name in MANY)):
        text = f"services:\n  a:\n    image: a/b:1\n    cap_add: {added}\n"
        assert gaps("compose.yaml", text, "dangerous-capability") == (3, ["of this list 3 items are read, and no more"])


def test_findings_have_their_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_FOUND", 5)
    monkeypatch.setattr(engine, "MOST_KEPT", 2)
    text = "services:\n" + "".join(f"  s{n}: {{image: a/b:1, privileged: true}}\n" for n in range(9))
    found, reasons = gaps("compose.yaml", text, "privileged-container")
    assert (found, len(reasons)) == (5, 1)


def test_instructions_have_their_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "FROM a/b:1\n" + "RUN chmod 777 /a\n" * 9
    monkeypatch.setattr(dockerfile, "MOST_INSTRUCTIONS", 4)
    assert gaps("Dockerfile", text, "world-writable-mode") == (3, ["4 instructions are read, and no more"])
    monkeypatch.setattr(dockerfile, "MOST_READ", 45)
    assert gaps("Dockerfile", text, "world-writable-mode") == (2, ["512 KiB of instructions are read, and no more"])


def test_a_long_list_of_findings_takes_time_in_proportion() -> None:
    def work(size: int) -> object:
        return gaps(
            "compose.yaml", "services:\n  a:\n    image: a/b:1\n    cap_add:\n" + "      - SYS_ADMIN\n" * size, "dangerous-capability"
        )

    assert_grows_linearly(work, 300, 2400)
