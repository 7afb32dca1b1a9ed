"""A copied file with a secret, mounted for the step that needs it instead."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.finding import Safety
from capdrop.fixer import Workbench, prove
from capdrop.rulebook import load
from capdrop.source import Source

BOOK = load()
BOOK.select(["secret-file-copied", "secret-removed-in-later-layer"])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "FROM node:22\nWORKDIR /app\nCOPY .netrc package.json ./\nRUN npm ci\nRUN build\n",
            "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN --mount=type=secret,id=netrc,target=/app/.netrc npm ci\nRUN build\n",
        ),
        (
            "FROM node:22\nCOPY id_rsa /root/.ssh/id_rsa\n# clones\nRUN git clone git@a.io:b\n",
            "FROM node:22\n# clones\nRUN --mount=type=ssh git clone git@a.io:b\n",
        ),
        ("FROM node:22\nRUN a\nCOPY .netrc /app/\nCMD b\n", "FROM node:22\nRUN a\nCMD b\n"),
        (
            "FROM node:22\nCOPY .npmrc /app/\nRUN npm ci && x\nRUN rm /app/.npmrc\n",
            "FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci && x\nRUN rm /app/.npmrc\n",
        ),
    ],
)
def test_a_copy_becomes_a_mount(before: str, after: str, newline: str) -> None:
    source = Source("Dockerfile", before.replace("\n", newline))
    bench = Workbench(kind_named("dockerfile"), BOOK, Context())
    analysis = bench.analyse(source)
    finding = analysis.findings[0]
    assert finding.fix is not None
    assert finding.fix.safety is Safety.DISPLAY
    assert prove(analysis, [finding], bench)[0].text == after.replace("\n", newline)
