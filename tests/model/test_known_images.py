"""Who images start as."""

from __future__ import annotations

import pytest
from capdrop.model.known_images import runs_as_non_root, steps_down, suffix_of_file
from capdrop.syntax.image_reference import parse

NON_ROOT = """
    gcr.io/distroless/static-debian12:nonroot cgr.dev/chainguard/python cgr.dev/chainguard/node:latest-dev chainguard/nginx
    nginxinc/nginx-unprivileged:1.29 moby/buildkit:rootless bitnami/redis:7 grafana/grafana:12.0.2 jenkins/jenkins:lts jenkins/agent
    quay.io/keycloak/keycloak:26 docker.elastic.co/elasticsearch/elasticsearch:9.1.0 memcached:1.6 haproxy:3.2 prom/prometheus
    mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled mcr.microsoft.com/dotnet/runtime:10.0-azurelinux3.0-distroless
    rayproject/ray:2.52.0 quay.io/argoproj/argocd:v3.2.0 registry.k8s.io/ingress-nginx/controller:v1.14.0 confluentinc/cp-kafka:8.1.0
    istio/examples-bookinfo-reviews-v3:1.20.3 quay.io/strimzi/operator:0.49.0 grafana/loki:3.6.0 mirror.gcr.io/prom/prometheus:v3
    registry.example.com/mirrors/grafana/grafana:12 dhi.io/node:24-alpine3.22 selenium/standalone-chrome:4 gitpod/workspace-full:1
    registry.access.redhat.com/ubi9/python-312:9.6 registry.redhat.io/ubi8/openjdk-17-runtime registry.access.redhat.com/ubi10/nginx-126
    nodered/node-red:4 ghcr.io/actions/actions-runner:2 odoo:18 kong:3.9
    oryd/kratos:v26.2.0 gcr.io/knative-releases/knative.dev/eventing/cmd/event_display longhornio/longhorn-ui:v1.10.0
    ghcr.io/kedacore/http-add-on-scaler:0.11.0
    ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:0.158.0 ghcr.io/open-feature/flagd:v0.12.9
    ghcr.io/open-telemetry/opentelemetry-operator/target-allocator:v0.138.0
    ghcr.io/open-telemetry/opentelemetry-operator/opentelemetry-operator
""".split()
ROOT = """
    debian:13 node:24 nginx:1.29 gcr.io/distroless/static cgr.dev/chainguard/wolfi-base cgr.dev/chainguard/jre:latest-root
    bitnami/minideb:bookworm grafana/promtail istio/examples-bookinfo-mysqldb:1 registry.example.com/team/loki
    mcr.microsoft.com/dotnet/aspnet:10.0 acme/memcached dhi.io/node:24-dev dhi.io/golang:1-alpine-sdk acme/odoo:18
    ghcr.io/open-telemetry/opentelemetry-operator/autoinstrumentation-java:2
    registry.access.redhat.com/ubi9/ubi-minimal:9.6 registry.access.redhat.com/ubi9 registry.access.redhat.com/rhel7/python-36
""".split()


@pytest.mark.parametrize(("text", "expected"), [*((text, True) for text in NON_ROOT), *((text, False) for text in ROOT)])
def test_who_images_start_as(text: str, expected: bool) -> None:
    reference = parse(text)
    assert reference is not None
    assert runs_as_non_root(reference) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres:17", True),
        ("envoyproxy/envoy:v1.34.1", True),
        ("lscr.io/linuxserver/sonarr:4", True),
        ("nginx:1.29", False),
        ("acme/envoy:1", False),
    ],
)
def test_which_images_leave_root_when_they_start(text: str, expected: bool) -> None:
    reference = parse(text)
    assert reference is not None
    assert steps_down(reference) is expected


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [
        ("redmine:6", "REDMINE_SECRET_KEY_BASE", True),
        ("wordpress:6", "WORDPRESS_NONCE_SALT", True),
        ("wordpress:6", "WORDPRESS_NONCE_PEPPER", False),
        ("acme/wordpress:6", "WORDPRESS_NONCE_SALT", False),
    ],
)
def test_which_variables_images_read_from_a_file(text: str, variable: str, expected: bool) -> None:
    reference = parse(text)
    assert reference is not None
    assert (suffix_of_file(reference, variable) == "_FILE") is expected
