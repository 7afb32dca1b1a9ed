"""An image that one service builds is not fetched by the others that start it."""

from __future__ import annotations

import pytest
from capdrop.dialects.compose import read
from capdrop.dialects.context import Context
from capdrop.dialects.dockerfile import read as read_dockerfile
from capdrop.model.image import Image
from capdrop.model.workspace import Workspace
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


@pytest.mark.parametrize("written", ["{nginx: 'docker-image://nginx:1.29'}", "['nginx=./web']"])
def test_a_context_that_the_build_is_given_is_no_image(written: str) -> None:
    text = f"services: {{a: {{build: {{context: ., additional_contexts: {written}}}}}}}\n"
    offered = read(Source("compose.yaml", text), Context()).summary
    workspace = Workspace()
    workspace.add(offered)
    subjects = read_dockerfile(Source("Dockerfile", "FROM nginx\nCOPY --from=redis / /\n"), Context(workspace=workspace)).subjects
    assert [image.local for image in subjects if isinstance(image, Image)] == [True, False]
