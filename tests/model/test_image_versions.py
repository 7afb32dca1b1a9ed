"""The versions that fixes name: what they are for, and that none of them is past its end."""

from __future__ import annotations

import pytest
from capdrop.model import image_versions
from capdrop.model.image_lifecycle import end_of_life
from capdrop.model.image_versions import maintained, newest
from capdrop.syntax.image_reference import Reference, parse


def image(text: str) -> Reference:
    reference = parse(text)
    assert reference is not None
    return reference


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("node", "node:26"),
        ("node:latest", "node:26"),
        ("docker.io/library/nginx:latest", "docker.io/library/nginx:1.31"),
        ("grafana/grafana", "grafana/grafana:13.2.0"),
        ("node:lts", "node:24"),
        ("docker.io/library/node:lts-alpine", "docker.io/library/node:24-alpine"),
        ("nginx:stable-alpine", "nginx:1.30-alpine"),
        ("jenkins/jenkins:lts", "jenkins/jenkins:2.568.2"),
        ("debian:stable-slim", "debian:13-slim"),
        ("node:lts-buster", ""),
        ("nginx:nightly", ""),
        ("acme/node:lts", ""),
        ("node:22", ""),
        ("acme/node", ""),
        ("node@sha256:" + "a" * 64, ""),
    ],
)
def test_the_newest_release_is_named(old: str, new: str) -> None:
    assert newest(image(old)) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("node:14.9-alpine", "node:24-alpine"),
        ("node:22-alpine3.17", "node:22-alpine3.24"),
        ("python:3.13.3-alpine3.20", "python:3.13-alpine3.24"),
        ("python:3.8-slim-buster", "python:3.11-slim-bookworm"),
        ("debian:stretch-20200224-slim", "debian:bookworm-slim"),
        ("debian:9", "debian:12"),
        ("ubuntu:xenial", "ubuntu:noble"),
        ("mirror.gcr.io/library/golang:1.15", "mirror.gcr.io/library/golang:1.26"),
        ("openjdk:8u212-jre-slim", "eclipse-temurin:8-jre"),
        ("java:openjdk-8-jdk-alpine", "eclipse-temurin:8-jdk-alpine"),
        ("mariadb:10.3.32-focal", "mariadb:10.11"),
        ("mysql:5.7", "mysql:8.4"),
        ("docker.elastic.co/kibana/kibana:5.1.1", "docker.elastic.co/kibana/kibana:8.19.20"),
        ("gcr.io/distroless/base-debian11", "gcr.io/distroless/base-debian12"),
        ("gcr.io/distroless/static", ""),
        ("mcr.microsoft.com/dotnet/aspnet:6.0", "mcr.microsoft.com/dotnet/aspnet:10.0"),
        ("mcr.microsoft.com/dotnet/aspnet:6.0-focal", "mcr.microsoft.com/dotnet/aspnet:10.0-noble"),
        ("golang:1.8-windowsservercore", ""),
        ("openjdk:8-windowsservercore", ""),
        ("python:2.7", ""),
        ("centos:7", ""),
        ("acme/node:8", ""),
        ("node:argon", "node:krypton"),
        ("postgres:12@sha256:" + "a" * 64, ""),
    ],
)
def test_the_nearest_release_that_is_mended_is_named(old: str, new: str) -> None:
    assert maintained(image(old)) == new


def test_no_version_that_is_named_is_past_its_end() -> None:
    names = [row.replace("=", ":") for row in image_versions._NEWEST.split()]
    names += [f"{name}:{tag}" for name, tag in image_versions._NEWEST_ELSEWHERE.items()]
    names += [f"{name}:{row.partition('=')[2]}" for name, rows in image_versions._MOVING.items() for row in rows.split()]
    for name, (lines, variants) in image_versions._LINES.items():
        names += [f"{name}:{line}{variant}" for line in lines.split() for variant in ("", *(f"-{one}" for one in variants.split()))]
    ended = {name: end.reason for name in names if (end := end_of_life(image(name))) is not None}
    assert ended == {}
