"""Which images are past their end of life, and the data behind that."""

from __future__ import annotations

import re

import pytest
from capdrop.model.image_lifecycle import end_of_life
from capdrop.model.image_lifecycle_data import CODENAMES_IN_TAGS, IN_TAGS, PRODUCTS, WITHDRAWN
from capdrop.syntax.image_reference import parse

ENDED = {
    "python:3.8.10-slim": "Python 3.8 reached its end of life on 2024-10-07",
    "python:3.1": "Python 3.1 reached its end of life on 2012-04-09",
    "python:2": "Python 2 reached its end of life on 2020-01-01",
    "alpine:3.1": "Alpine Linux 3.1 reached its end of life on 2016-11-01",
    "alpine:3.10.2": "Alpine Linux 3.10 reached its end of life on 2021-05-01",
    "debian:buster-slim": "Debian 10 (buster) reached its end of life on 2024-06-30",
    "ubuntu:bionic-20200311": "Ubuntu 18.04 (bionic) reached its end of life on 2023-05-31",
    "centos": "CentOS 8 reached its end of life on 2021-12-31",
    "centos:centos7.9.2009": "it is built on CentOS 7, which reached its end of life on 2024-06-30",
    "centos:7.9.2009": "CentOS 7 reached its end of life on 2024-06-30",
    "node:0.10": "Node.js 0.10 reached its end of life before 2018-04-30",
    "node:18-alpine3.17": "Node.js 18 reached its end of life on 2025-04-30",
    "node:22-alpine3.18": "it is built on Alpine Linux 3.18, which reached its end of life on 2025-05-09",
    "golang:1.26-buster": "it is built on Debian 10, which reached its end of life on 2024-06-30",
    "gcr.io/distroless/base-debian10": "it is built on Debian 10, which reached its end of life on 2024-06-30",
    "nvidia/cuda:11.0-base-ubuntu18.04": "it is built on Ubuntu 18.04, which reached its end of life on 2023-05-31",
    "wordpress:php7.1-apache": "it is built on PHP 7.1, which reached its end of life on 2019-12-01",
    "eclipse-temurin:24.0.2_12-jdk-noble": "Java 24 reached its end of life on 2025-09-16",
    "postgres:9": "PostgreSQL 9 reached its end of life on 2021-11-11",
    "mysql:8.0.13": "MySQL 8.0 reached its end of life on 2026-04-30",
    "docker.elastic.co/kibana/kibana:5.1.1": "Kibana 5.1.1 reached its end of life before 2022-02-10",
    "public.ecr.aws/docker/library/postgres:9.6": "PostgreSQL 9.6 reached its end of life on 2021-11-11",
    "mcr.microsoft.com/windows/servercore:1803": "Windows Server 1803 reached its end of life on 2019-11-12",
    "openjdk:8-jre": "it gets no updates since 2022-07-31",
    "bitnami/redis:7.2": "it gets no updates since 2025-08-28",
    "bitnamilegacy/redis:latest": "it gets no updates since 2025-08-28",
    "registry.access.redhat.com/ubi7/python-38:1": "it gets no updates since 2024-06-30",
}

MAINTAINED = """
    python:3 python:3.14-slim python:3.15.0rc1 alpine alpine:3 alpine:0.0 alpine:20260127 debian:bookworm debian:stable ubuntu
    ubuntu:24.04 node:lts node:22 mysql:8 redis:6 redis:6.2 postgres:16 eclipse-temurin:17 eclipse-temurin:8u402-b06-jre
    maven:3.9-eclipse-temurin-17 openjdk:27-ea-jdk ros:kinetic-ros-base ros:lunar amazonlinux:2023.5 nginx:1.29 golang:1.25
    bitnami/redis bitnami/redis:latest bitnami/minideb:bookworm mcr.microsoft.com/windows/servercore:10.0.14393.1770
    mcr.microsoft.com/windows/servercore:ltsc2016 mcr.microsoft.com/windows/nanoserver:1809 acme/python:2.7 acme/centos:7
    registry.example.com/library/centos:7 quay.io/centos/centos:stream9 scratch gcr.io/distroless/static
""".split()


@pytest.mark.parametrize("text", ENDED)
def test_ended(text: str) -> None:
    reference = parse(text)
    assert reference is not None
    end = end_of_life(reference)
    assert (end and end.reason) == ENDED[text]


@pytest.mark.parametrize("text", MAINTAINED)
def test_maintained(text: str) -> None:
    reference = parse(text)
    assert reference is not None
    assert end_of_life(reference) is None


def test_a_digest_alone_says_nothing() -> None:
    reference = parse("centos@sha256:" + "a" * 64)
    assert reference is not None
    assert end_of_life(reference) is None


def test_the_data_is_sound() -> None:
    titles = {product.title for product in PRODUCTS}
    assert titles >= {*IN_TAGS.values(), *CODENAMES_IN_TAGS.values()}
    images = [image for product in PRODUCTS for image in product.images]
    assert len(images) == len(set(images))
    for product in PRODUCTS:
        for end in product.ends.values():
            assert re.fullmatch(r"-|\d{4}-\d\d-\d\d", end), product.title
        assert set(product.names.values()) <= set(product.ends), product.title
    for name, entry in WITHDRAWN.items():
        assert re.fullmatch(r"|\d{4}-\d\d-\d\d", entry.since), name
        assert name.count("/") >= 1
