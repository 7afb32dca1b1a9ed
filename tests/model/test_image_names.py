"""Names that look like others."""

from __future__ import annotations

import pytest
from capdrop.model.image_names import FORMER, NAMESPACE_TARGETS, NAMESPACES, OFFICIAL, TARGETS, is_slip, resemblance
from capdrop.syntax.image_reference import parse

SLIPS = {
    "nginxx": "nginx", "ngnix": "nginx", "postgress": "postgres", "postgre": "postgres", "pyhton": "python", "n0de": "node", "ndoe": "node",
    "noode": "node", "mysq1": "mysql", "rnysql": "mysql", "busy-box": "busybox", "eclipsetemurin": "eclipse-temurin", "alpne": "alpine",
    "debain": "debian", "elasticserach": "elasticsearch", "mongodb": "mongo", "nodejs": "node", "libary/nginx": "library",
    "bitnamii/redis": "bitnami", "grafanna/grafana": "grafana", "ghrc.io/a/b": "ghcr.io", "docker.oi/a/b": "docker.io",
    "someone/nginx": "nginx",
}  # fmt: skip

NAMES_OF_THEIR_OWN = """
    nginx httpd http https host mssql redis2 mongo1 python3 php8 go nodes node2 base cart code mode store candy mango noder node-app
    nginx-foo wordpress-fpm my-redis acme.example/ngnix ghcr.io/acme/nginxx gcr.io/a/b icr.io/a/b registry.local:5000/postgress
    bitnami/redis arm64v8/alpine acme/node acme/registry prom/node acme/app centos vault java
""".split()


@pytest.mark.parametrize("text", SLIPS)
def test_slips(text: str) -> None:
    reference = parse(text)
    assert reference is not None
    like = resemblance(reference)
    assert like is not None
    assert like.meant == SLIPS[text]


@pytest.mark.parametrize("text", NAMES_OF_THEIR_OWN)
def test_names_of_their_own(text: str) -> None:
    reference = parse(text)
    assert reference is not None
    assert resemblance(reference) is None


def test_no_official_image_is_taken_for_a_misspelling() -> None:
    for name in OFFICIAL | FORMER:
        reference = parse(name)
        assert reference is None or resemblance(reference) is None, name


def test_the_lists_agree() -> None:
    assert not OFFICIAL & FORMER
    assert set(TARGETS) <= OFFICIAL | FORMER
    assert set(NAMESPACE_TARGETS) <= NAMESPACES
    assert not [(one, other) for one in TARGETS for other in TARGETS if is_slip(one, other)]
