"""What a reviewer would not ask to change, and what it takes for it to be asked."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import Analysis, analyse
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
PORT = (
    "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n"
    "spec: {{containers: [{{name: a, image: '{}', ports: [{{containerPort: 80, hostPort: 80}}]}}]}}\n"
)
PUBLISHED = "services: {db: {image: 'redis:8', ports: ['6379:6379']}}\n"
BROKEN = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx}]}\n"


def analysed(path: str, text: str) -> Analysis:
    kind = kind_of(path, text)
    assert kind is not None
    return analyse(Source(path, text), kind, BOOK, Context())


def is_asked(path: str, text: str, rule: str) -> bool:
    """Whether a rule says something about a file, and is sure of it."""
    [finding] = [found for found in analysed(path, text).findings if found.rule == rule]
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
        ("host-port", ("a.yaml", PORT.format("acme/web:1")), ("a.yaml", PORT.format("haproxy:3.2"))),
        ("end-of-life-image", ("old/Dockerfile", "FROM debian:9\n"), ("vendor/Dockerfile", "FROM debian:9\n")),
        ("end-of-life-image", ("Dockerfile", "FROM debian:9\n"), ("Dockerfile-archived", "FROM debian:9\n")),
        ("data-port-published", ("compose.yaml", PUBLISHED), ("scenario_tests/compose.yaml", PUBLISHED)),
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


@pytest.mark.parametrize(
    ("ports", "found"),
    [("5432:5432", True), ("5430-5440:5430-5440", True), ("5000-5500:5000-5500", False)],
)
def test_a_wide_range_of_ports_is_the_programs_own(ports: str, found: bool) -> None:
    text = f"services: {{app: {{image: 'acme/gateway:1', ports: ['{ports}']}}}}\n"
    rules = [finding.rule for finding in analysed("compose.yaml", text).findings]
    assert ("data-port-published" in rules) is found


def test_marks_that_a_script_replaces_make_a_template() -> None:
    text = "ARG A=1\n@@BASE@@\n\nRUN make\n@@USER@@\n"
    analysis = analysed("Dockerfile", text)
    assert analysis.outcome == "partly"
    assert analysis.findings == []


def test_what_enters_a_node_is_told_once_of_each_node_and_in_full_elsewhere() -> None:
    pod = (
        "spec: {hostPID: true, containers: [{name: a, image: 'acme/a:1', command: [nsenter, -t, '1', -m, fstrim], "
        "securityContext: {privileged: true}}]}"
    )
    for kind, told in (("DaemonSet", {"host-entered"}), ("Deployment", {"host-entered", "host-pid", "privileged-container"})):
        text = (
            f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: a, namespace: kube-system}}\n"
            f"spec: {{selector: {{matchLabels: {{a: b}}}}, template: {{metadata: {{labels: {{a: b}}}}, {pod}}}}}\n"
        )
        findings = analysed("a.yaml", text).findings
        sure = {finding.rule for finding in findings if finding.confidence is not Confidence.LOW}
        assert sure & {"host-entered", "host-pid", "privileged-container"} == told
