"""As whom an image can run, by the base that it is built on."""

from __future__ import annotations

import pytest
from capdrop.model.base_users import base_user
from capdrop.syntax.image_reference import parse

DEBIAN = ("10001", "useradd --create-home --uid 10001 app")
ALPINE = ("10001", "adduser -D -u 10001 app")
NUMBER = ("65532:65532", "")


@pytest.mark.parametrize(
    ("base", "user"),
    [
        ("debian:12", DEBIAN),
        ("ubuntu", DEBIAN),
        ("python:3.13-slim", DEBIAN),
        ("nvidia/cuda:12.8.0-runtime-ubuntu24.04", DEBIAN),
        ("fedora:44", DEBIAN),
        ("registry.access.redhat.com/ubi9/ubi:9.6", DEBIAN),
        ("registry.access.redhat.com/ubi9", DEBIAN),
        ("python:3.13-alpine3.22", ALPINE),
        ("alpine", ALPINE),
        ("busybox:1.38", ALPINE),
        ("acme/app:1-alpine", ALPINE),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.6", NUMBER),
        ("almalinux:9-minimal", NUMBER),
        ("eclipse-temurin:21-ubi9-minimal", NUMBER),
        ("amazonlinux:2023", NUMBER),
        ("maven:3.9-amazoncorretto-21", NUMBER),
        ("acme/app:1", NUMBER),
        ("node:22-alpine", ("node", "")),
        ("php:8.4-apache", ("www-data", "")),
        ("acme/node:22", NUMBER),
        ("gcr.io/distroless/static-debian12", ("nonroot", "")),
        ("jenkins/jenkins:lts", ("jenkins", "")),
        ("nginxinc/nginx-unprivileged:1.29", ("101", "")),
        ("redis:8-alpine", ("redis", "")),
        ("sonarqube:community", ("sonarqube", "")),
        ("quay.io/keycloak/keycloak:26.4", ("1000", "")),
        ("docker.elastic.co/elasticsearch/elasticsearch:9.2.0", ("1000", "")),
        ("oven/bun:1.3", ("bun", "")),
        ("oven/bun:distroless", NUMBER),
        ("denoland/deno:alpine-2.5.0", ("deno", "")),
        ("denoland/deno:bin-2.5.0", NUMBER),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", ("app", "")),
        ("mcr.microsoft.com/dotnet/sdk:10.0-noble", ("app", "")),
        ("mcr.microsoft.com/dotnet/aspnet:6.0", NUMBER),
        ("mcr.microsoft.com/dotnet/monitor:8", NUMBER),
        ("oraclelinux:9-slim", DEBIAN),
        ("quay.io/centos/centos:stream9", NUMBER),
    ],
)
def test_a_user_is_made_in_the_idiom_of_the_base(base: str, user: tuple[str, str]) -> None:
    found = base_user(parse(base), runs_shell=True)
    assert (found.name, found.made_by) == user


def test_without_a_shell_no_user_is_made() -> None:
    assert base_user(parse("debian:12"), runs_shell=False).made_by == ""
    assert base_user(None, runs_shell=True).name == "65532:65532"


def test_a_server_that_needs_more_than_a_user_is_refused() -> None:
    assert "nginx-unprivileged" in base_user(parse("nginx:1.30"), runs_shell=True).reason
