"""Images that nobody mends any more."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Image, Safety, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop import KubernetesObject

ANOTHER_RELEASE = "it is another release: test what runs on it, and bring the data of a database to it step by step"

MOVED = {
    # frozen on 2023-04-03: https://kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement/
    "k8s.gcr.io/": ("frozen", "registry.k8s.io/"),
    "gcr.io/google-containers/": ("frozen", "registry.k8s.io/"),  # what k8s.gcr.io stands for
    "gcr.io/google_containers/": ("frozen", "registry.k8s.io/"),
    # https://docs.github.com/en/packages/working-with-a-github-packages-registry/migrating-to-the-container-registry-from-the-docker-registry
    "docker.pkg.github.com/": ("replaced", "ghcr.io/"),
    # https://github.com/kubernetes/website/blob/main/content/en/blog/_posts/2021-04-13-kube-state-metrics-goes-v-2-0.md
    "quay.io/coreos/kube-state-metrics": ("no longer updated", "registry.k8s.io/kube-state-metrics/kube-state-metrics"),
    # https://github.com/prometheus-operator/prometheus-operator/issues/3672
    "quay.io/coreos/prometheus-operator": ("no longer updated", "quay.io/prometheus-operator/prometheus-operator"),
    "quay.io/coreos/prometheus-config-reloader": ("no longer updated", "quay.io/prometheus-operator/prometheus-config-reloader"),
}
"""Registries, folders and images that are published elsewhere now: what is the matter, and where they are. A folder ends in a slash."""
MOVED_FROM = frozenset(place.partition("/")[0] for place in MOVED)
SAME_PATHS = ("k8s.gcr.io/",)
"""Where every image is at the new place under the same path, so that the fix is safe."""
OTHER_PATHS = ("docker.pkg.github.com/",)
"""Where the path differs at the new place, so that nothing can be written for it."""


@rule(
    "end-of-life-image",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.1 · NIST SP 800-190 4.1.1 · CIS Docker 4.4",
    examples=(
        Bad(
            "Dockerfile",
            """
            ARG PYTHON=3.8
            FROM «node:18-alpine3.17» AS web
            FROM «golang:1.26-buster» AS build
            FROM «python:${PYTHON}.10-slim» AS tool
            FROM «openjdk:17-jdk-slim»
            COPY --from=web /app /app
            COPY --from=«bitnami/kubectl:1.29» /opt/bitnami/kubectl/bin/kubectl /bin/
            RUN --mount=from=«docker.io/library/debian:stretch-slim»,target=/mnt true
            """,
        ),
        Bad(
            "Dockerfile",
            """
            ARG MIRROR=mirror.gcr.io/library/
            FROM «${MIRROR}alpine:3.10» AS tool
            FROM «node:18-alpine3.17» AS web
            FROM «golang:1.15.2-buster» AS build
            FROM «debian:stretch-20200224-slim»
            COPY --from=«openjdk:11-jre-slim» /usr/local/openjdk-11 /opt/java
            """,
            fixed="""
            ARG MIRROR=mirror.gcr.io/library/
            FROM ${MIRROR}alpine:3.23 AS tool
            FROM node:24-alpine3.24 AS web
            FROM golang:1.26-bookworm AS build
            FROM debian:bookworm-slim
            COPY --from=eclipse-temurin:11-jre /usr/local/openjdk-11 /opt/java
            """,
        ),
        Bad("Dockerfile", "FROM «centos»\nFROM «alpine:3.1»\nFROM «ubuntu:bionic-20200311»\nFROM «mirror.gcr.io/library/php:7-fpm»\n"),
        Bad(
            "compose.yaml",
            """
            services:
              db:
                image: «mysql:5.7»
              search:
                image: «docker.elastic.co/elasticsearch/elasticsearch:6.8.23»
              cache:
                image: «'redis:3.2-alpine'»
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: «nginx:1.14.2»
            """,
        ),
        Bad("start.sh", "docker run -d «debian:9»\n", fixed="docker run -d debian:12\n"),
        Good("start.sh", "docker run -d debian:12\n"),
        Good(
            "Dockerfile",
            """
            ARG VERSION
            FROM node:lts
            FROM python:3-slim AS centos
            FROM maven:3.9-eclipse-temurin-17
            FROM openjdk:27-ea-jdk-slim
            FROM debian:bookworm-slim
            FROM alpine:20260127
            FROM ubuntu:${VERSION}
            FROM mcr.microsoft.com/windows/servercore:10.0.17763.1
            FROM ros:kinetic-ros-base
            FROM acme/python:2.7
            FROM registry.example.com/library/centos:7
            FROM centos
            """,
        ),
        Good("compose.yaml", "services: {db: {image: 'mysql:8.4'}, own: {image: 'python:3.8', build: .}, cache: {image: bitnami/redis}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:stable-alpine'}
                - {name: side, image: 'registry.k8s.io/pause:3.1'}
            """,
        ),
    ),
)
def end_of_life_image(image: Image) -> Iterator[Finding]:
    """The image, or what it is built on, gets no security fixes any more.

    Every hole that is found from now on stays open in it, and updating the packages in the build finds nothing to install. Move
    to a release that is maintained. The dates are data of this version of capdrop, taken from endoflife.date and from Docker's
    list of official images, and are not compared with today's date: the same version says the same of the same file. Of products
    that end a release as soon as the next one is out, such as nginx and Go, only releases that ended a year before are reported.

    Confidence is low where a folder is named for the release (`ubuntu/xenial/Dockerfile`) or for one of what is built there
    (`1.10.2/Dockerfile`): then it is there to be kept; and in what is started to test something.

    The fix names the nearest release of an official image that has half a year or more to live, in the variant that is written.
    """
    if not image.is_fetched or image.reference is None:
        return
    end = image.end_of_life
    if end is not None:
        instead = f"; `{end.instead}` takes its place" if end.instead else ""
        unsure = Confidence.MEDIUM if image.value.defaulted else None
        confidence = Confidence.LOW if image.is_in_its_folder or image.source.is_idle else unsure
        fix = image.move_on(caveat=ANOTHER_RELEASE)
        yield image.finding(image.value, f"`{image.reference.text}`: {end.reason}{instead}", confidence=confidence, fix=fix)


@rule(
    "tiller",
    severity=Severity.HIGH,
    references="ATT&CK T1133",
    also_known_as="trivy:KSV-0102 checkov:CKV_K8S_34 checkov:CKV_K8S_44 checkov:CKV_K8S_45 kics:6d173be7 kics:8b862ca9 kics:e17fa86a",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: tiller}
            spec: {containers: [{name: tiller, image: «'gcr.io/kubernetes-helm/tiller:v2.17.0'»}]}
            """,
        ),
        Bad(
            "service.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {«name: tiller-deploy», namespace: kube-system}
            spec: {selector: {app: helm, name: tiller}, ports: [{port: 44134}]}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: exporter}
            spec: {containers: [{name: exporter, image: 'acme/tiller-exporter:1'}]}
            """,
        ),
        Good("service.yaml", "{apiVersion: v1, kind: Service, metadata: {name: tillage}, spec: {}}"),
    ),
)
def tiller(thing: Image | KubernetesObject) -> Iterator[Finding]:
    """Tiller, the server of Helm 2, runs in the cluster.

    Every pod reaches its port without a password, and it installs anything with rights that are mostly `cluster-admin`. Helm 3 has no
    such server.
    """
    if isinstance(thing, Image):
        if thing.role == "run" and thing.reference is not None and thing.reference.name == "tiller":
            yield thing.finding(thing.value, "Tiller installs anything for whoever reaches it")
    elif thing.kind == "Service" and thing.name == "tiller-deploy":
        yield thing.finding(thing.name_span, "Tiller installs anything for whoever reaches it")


@rule(
    "deprecated-registry",
    severity=Severity.LOW,
    references="NIST SP 800-190 3.1.1",
    also_known_as="kubescape:C-0253",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM «k8s.gcr.io/pause:3.5»
            """,
            fixed="""
            FROM registry.k8s.io/pause:3.5
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: «"k8s.gcr.io/pause:3.5"»
            """,
            fixed="""
            services:
              app:
                image: "registry.k8s.io/pause:3.5"
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: «k8s.gcr.io/pause:3.5»   # small
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: registry.k8s.io/pause:3.5   # small
            """,
        ),
        Bad("Dockerfile", "FROM «docker.pkg.github.com/acme/app/web:1»\n"),
        Bad(
            "Dockerfile",
            "FROM «quay.io/coreos/prometheus-operator:v0.42.1»\nFROM «gcr.io/google_containers/pause:3.1»\n",
            fixed="FROM quay.io/prometheus-operator/prometheus-operator:v0.42.1\nFROM registry.k8s.io/pause:3.1\n",
        ),
        Bad("start.sh", "docker run -d «k8s.gcr.io/pause:3.9»\n", fixed="docker run -d registry.k8s.io/pause:3.9\n"),
        Good("start.sh", "docker run -d registry.k8s.io/pause:3.9\n"),
        Good("Dockerfile", "FROM registry.k8s.io/pause:3.5\nFROM quay.io/coreos/etcd:v3.6.0\nFROM gcr.io/google-containers-acme/a:1\n"),
        Good("compose.yaml", "services: {app: {image: 'gcr.io/acme/k8s.gcr.io:1'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'registry.k8s.io/pause:3.5'}
            """,
        ),
    ),
)
def deprecated_registry(image: Image) -> Iterator[Finding]:
    """The registry is given up, and its images have moved.

    Nothing new is published there, so no security fix arrives either, and one day it will answer no more. The same images are
    at the new address.
    """
    reference = image.reference
    if reference is None or reference.registry not in MOVED_FROM:
        return
    for old, (matter, new) in MOVED.items():
        if reference.canonical == old or (old.endswith("/") and reference.canonical.startswith(old)):
            safety, caveat = (Safety.SAFE, "") if old in SAME_PATHS else (Safety.UNSAFE, "look whether this image and tag are there")
            fix = None if old in OTHER_PATHS else image.rename(old, new, safety=safety, caveat=caveat)
            message = f"`{old.rstrip('/')}` is {matter}; its images are at `{new.rstrip('/')}` now"
            yield image.finding(image.value, message, fix=fix)
