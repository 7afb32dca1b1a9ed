"""A Dockerfile without USER, beside the manifests of the pods that start its image."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.config import Config
from capdrop.finding import Confidence
from capdrop.run import check

DOCKERFILE = 'FROM alpine:3.22\nCOPY app /app\nEXPOSE 80\nCMD ["/app"]\n'
PINNED = f"registry.example.com/acme/shop@sha256:{'a' * 64}"
NON_ROOT, AS_ROOT = "securityContext: {runAsNonRoot: true}, ", ""


def pod(image: str, context: str, name: str = "web") -> str:
    containers = f"containers: [{{name: web, image: '{image}'}}]"
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{{context}{containers}}}\n"


@pytest.mark.parametrize(
    ("files", "sure"),
    [
        ({"k8s/pod.yaml": pod("shop", NON_ROOT)}, False),
        ({"k8s/pod.yaml": pod("shop", "securityContext: {runAsUser: 1000}, ")}, False),
        ({"k8s/pod.yaml": pod("registry.example.com/acme/shop:1", NON_ROOT)}, False),
        ({"k8s/pod.yaml": pod("shop", AS_ROOT)}, True),
        ({"k8s/pod.yaml": pod("shop", "securityContext: {runAsUser: 0}, ")}, True),
        ({"k8s/pod.yaml": pod("shop", NON_ROOT), "k8s/other.yaml": pod("acme/shop:1", AS_ROOT)}, True),
        ({"k8s/pod.yaml": pod("shop", NON_ROOT), "k8s/old.yaml": pod(PINNED, AS_ROOT)}, False),
        ({"k8s/pod.yaml": pod("shop", AS_ROOT), "k8s/old.yaml": pod(PINNED, NON_ROOT)}, True),
        ({"k8s/old.yaml": pod(PINNED, NON_ROOT)}, False),
        ({"k8s/pod.yaml": pod("shop", NON_ROOT), "compose.yaml": "services: {shop: {build: src/shop}}\n"}, True),
        ({"k8s/pod.yaml": pod("cart", NON_ROOT)}, True),
        ({"k8s/pod.yaml": pod("quay.io/others/shop:1", NON_ROOT)}, True),
        ({}, True),
    ],
)
def test_a_user_that_every_pod_names(files: dict[str, str], sure: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = '[remote "origin"]\n\turl = https://github.com/acme/store.git\n'
    for name, text in {".git/config": origin, "src/shop/Dockerfile": DOCKERFILE, **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    book = rulebook.load()
    book.select(["missing-user"])
    config = Config(".")
    config.min_confidence = "low"
    run = check(["."], config, book)
    (told,) = [one for result in run.results for one in result.findings if result.kind == "dockerfile"]
    assert (told.confidence is not Confidence.LOW) is sure
