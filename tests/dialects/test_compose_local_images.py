"""An image that one service builds is not fetched by the others that start it."""

from __future__ import annotations

import pytest
from capdrop.dialects.compose import read
from capdrop.dialects.context import Context
from capdrop.model.image import Image
from capdrop.source import Source


def local(text: str) -> dict[str, bool]:
    subjects = read(Source("compose.yaml", text), Context()).subjects
    return {subject.address: subject.local for subject in subjects if isinstance(subject, Image)}


@pytest.mark.parametrize(
    ("built", "started", "expected"),
    [
        ("acme/app", "acme/app", True),
        ("acme/app:dev", "acme/app:dev", True),
        ("acme/app", "acme/app:latest", True),
        ("acme/app:latest", "acme/app", True),
        ("localhost:5000/app", "localhost:5000/app:latest", True),
        ("${IMAGE:-acme/app}", "acme/app", True),
        ("acme/app:dev", "acme/app", False),
        ("acme/app", "acme/app2", False),
        ("acme/app", "acme/app@sha256:" + "a" * 64, False),
        ("${IMAGE}", "acme/app", False),
    ],
)
def test_the_image_of_another_service(built: str, started: str, expected: bool) -> None:
    for first, second in (("a", "b"), ("b", "a")):
        services = sorted([f"  {first}: {{build: ., image: '{built}'}}\n", f"  {second}: {{image: '{started}'}}\n"])
        assert local(f"services:\n{''.join(services)}")[f"services.{second}.image"] is expected


def test_nothing_is_local_where_nothing_is_built() -> None:
    assert local("services: {a: {image: 'acme/app'}, b: {image: 'acme/app'}}\n") == {"services.a.image": False, "services.b.image": False}
