"""An image whose Dockerfile stands beside the one that is built on it is not fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.dialects.dockerfile import read
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesOnDisk
from capdrop.finding import Confidence
from capdrop.model.image import Image
from capdrop.source import Source

BOOK = rulebook.load()
OTHER = "FROM debian:13.1\n"


def local(text: str, path: Path) -> list[bool]:
    subjects = read(Source(str(path), text), Context(files=FilesOnDisk())).subjects
    return [subject.local for subject in subjects if isinstance(subject, Image)]


@pytest.mark.parametrize(
    ("image", "path", "beside", "expected"),
    [
        ("acme/base", "web/Dockerfile", "base/Dockerfile", True),
        ("acme/base:latest", "web/Dockerfile", "base/Dockerfile", True),
        ("ghcr.io/acme/node-base", "web/Dockerfile", "NodeBase/Dockerfile.prod", True),
        ("acme/app_deps:latest", "Dockerfile", "Dockerfile.deps", True),
        ("acme/app_deps:latest", "Dockerfile", "app_deps/Dockerfile", True),
        ("acme/base:1.2", "web/Dockerfile", "base/Dockerfile", False),
        ("acme/base-slim", "web/Dockerfile", "base/Dockerfile.slim", True),
        ("acme/base-slim", "web/Dockerfile", "base/Dockerfile", False),
        ("acme/acme-shop-base", "web/Dockerfile", "shop-base/Dockerfile", True),
        ("acme/my-base", "web/Dockerfile", "base/Dockerfile", False),
        ("acme/base:1.2", "web/1.2/Dockerfile", "base/1.2/Dockerfile", True),
        ("acme/base", "web/latest/Dockerfile", "base/latest/Dockerfile", True),
        ("acme/base", "web/1.2/Dockerfile", "base/latest/Dockerfile", False),
        ("acme/base:1.2", "web/1.2/Dockerfile", "base/1.3/Dockerfile", False),
        ("acme/base:1.2", "web/1.2/Dockerfile", "1.2/base/Dockerfile", False),
        ("acme/base@sha256:" + "a" * 64, "web/Dockerfile", "base/Dockerfile", False),
        ("nginx:latest", "web/Dockerfile", "nginx/Dockerfile", False),
        ("acme/base:latest", "web/Dockerfile", "base/README.md", False),
        ("acme/base:latest", "base/Dockerfile", "web/Dockerfile", False),
        ("acme/web:latest", "Dockerfile", "Dockerfile.deps", False),
        ("acme/web:latest", "Dockerfile", "Dockerfile", False),
    ],
)
def test_what_stands_beside(image: str, path: str, beside: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / beside).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / beside).write_text(OTHER)
    assert local(f"FROM {image}\nCOPY --from={image} /a /b\n", tmp_path / path) == [expected, expected]


@pytest.mark.parametrize(
    ("base", "sure"),
    [
        ("FROM debian:13\nUSER app\n", False),
        ("FROM debian:13\nUSER app\nUSER root\n", True),
        ("FROM debian:13 AS build\nUSER app\nFROM debian:13\n", True),
        ("FROM debian:13\n", True),
    ],
)
def test_the_user_of_what_stands_beside(base: str, sure: bool, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in {"web/2.1/Dockerfile": "FROM acme/base:2.1\nCOPY . /app\nCMD /app/run\n", "base/2.1/Dockerfile": base}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    source = Source(str(tmp_path / "web/2.1/Dockerfile"), (tmp_path / "web/2.1/Dockerfile").read_text())
    kind = kind_of("Dockerfile", source.text)
    assert kind is not None
    found = analyse(source, kind, BOOK, Context(files=FilesOnDisk())).findings
    assert [finding.confidence for finding in found if finding.rule == "missing-user"] == [Confidence.HIGH if sure else Confidence.LOW]
