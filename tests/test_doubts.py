"""What a reviewer would not ask to change, and what it takes for it to be asked."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.finding import Confidence
from capdrop.rulebook import builtin_folder, load
from capdrop.source import Source

BOOK = load(builtin_folder())
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {{name: {}}}\nspec: {{externalIPs: [10.20.0.7]}}\n"
PASSWORD = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: changeme}\n"
EMPTY = """apiVersion: v1
kind: Pod
metadata: {name: db}
spec: {containers: [{name: db, image: 'mysql:8.4', env: [{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: '1'}]}]}
"""
AGENT = "services: {{agent: {{image: 'acme/agent:1', environment: {{ELASTICSEARCH_PASSWORD: changeme, {}: x}}}}}}\n"
FUSE = "services: {{app: {{image: 'acme/app:1', cap_add: [SYS_ADMIN], devices: [{}]}}}}\n"
IDLE = "services: {{app: {{image: 'nginx:1.28', network_mode: host, deploy: {{replicas: {}}}}}}}\n"
BROKEN = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx}]}\n"


def is_asked(path: str, text: str, rule: str) -> bool:
    """Whether a rule says something about a file, and is sure of it."""
    kind = kind_of(path, text)
    assert kind is not None
    [finding] = [found for found in analyse(Source(path, text), kind, BOOK, Context()).findings if found.rule == rule]
    return finding.confidence is not Confidence.LOW


@pytest.mark.parametrize(
    ("rule", "asked", "not_asked"),
    [
        ("external-ip-service", ("a.yaml", SERVICE.format("shop")), ("a.yaml", SERVICE.format("istio-ingressgateway"))),
        ("default-credential", ("shop/templates/a.yaml", PASSWORD), ("charts/redis-exporter/templates/a.yaml", PASSWORD)),
        ("default-credential", ("compose.yaml", AGENT.format("CLOUD")), ("compose.yaml", AGENT.format("ELASTIC_CLOUD_AUTH"))),
        ("protection-switched-off", ("deploy/a.yaml", EMPTY), ("samples/a.yaml", EMPTY)),
        ("dangerous-capability", ("compose.yaml", FUSE.format("/dev/sda")), ("compose.yaml", FUSE.format("/dev/fuse"))),
        ("host-network", ("compose.yaml", IDLE.format(1)), ("compose.yaml", IDLE.format(0))),
        ("image-without-tag", ("pods/a.yaml", BROKEN), ("broken-pods/a.yaml", BROKEN)),
        (
            "image-without-tag",
            ("Dockerfile", "FROM gcr.io/distroless/static\n"),
            ("Dockerfile", "FROM gcr.io/distroless/static-debian12\n"),
        ),
    ],
)
def test_what_is_asked(rule: str, asked: tuple[str, str], not_asked: tuple[str, str]) -> None:
    assert is_asked(*asked, rule)
    assert not is_asked(*not_asked, rule)
