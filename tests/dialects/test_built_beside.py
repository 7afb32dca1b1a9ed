"""An image whose Dockerfile stands beside the one that is built on it is not fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.dialects.context import Context
from capdrop.dialects.dockerfile import read
from capdrop.files import FilesOnDisk
from capdrop.model.image import Image
from capdrop.source import Source

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
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / beside).parent.mkdir(exist_ok=True)
    (tmp_path / beside).write_text(OTHER)
    assert local(f"FROM {image}\nCOPY --from={image} /a /b\n", tmp_path / path) == [expected, expected]
