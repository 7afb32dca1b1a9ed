"""Which version of an image is meant, where its tag does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Image, Severity, rule

MOVING_TAGS = (
    "latest", "stable", "edge", "nightly", "dev", "devel", "develop", "development", "test", "testing", "master", "main", "rolling",
    "canary", "head", "snapshot", "unstable", "lts", "current", "mainline",
)  # fmt: skip
"""Tags that are meant to point at another image tomorrow."""

FLAVOURS = frozenset(
    "alpine slim perl fpm apache cli full minimal gpu cpu debug nonroot buster bullseye bookworm trixie focal jammy noble jdk jre".split()
)
"""Words behind a tag that name no version."""
OWN_REGISTRIES = frozenset({"localhost", "127.0.0.1", "image-registry.openshift-image-registry.svc", "github.com"})
"""Registries of one's own machine, or of the cluster itself (docs.openshift.com, Image Registry Operator); and where packages of Go are
that ko builds images of (ko.build)."""
RELEASE = r"\d\.\d|-debian\d"
"""What of a name tells that it is of one release."""
UNVERSIONED = frozenset({"registry.k8s.io/hpa-example", "k8s.gcr.io/hpa-example"})
"""Images of which there is `latest` and nothing else (kubernetes.io/docs, Horizontal Pod Autoscaler Walkthrough)."""
WHICH_VERSION = "it is the release that was meant in August 2026; where you run another one now, name that"


@rule(
    "image-without-tag",
    severity=Severity.MEDIUM,
    references="CIS Docker 5.28 · NIST SP 800-190 3.2.2 · ATT&CK T1204.003 · ATT&CK T1525",
    also_known_as=(
        "hadolint:DL3006 trivy:DS-0001 trivy:KSV-0013 checkov:CKV_DOCKER_7 checkov:CKV_K8S_14 kics:9efb0b2d kics:583053b7 "
        "kube-linter:latest-tag kube-score:container-image-tag polaris:tagNotSpecified semgrep:d/missing-image-version "
        "compose-lint:CL-0004 dclint:service-image-require-explicit-tag docksec:compose-latest-or-untagged-image dockle:DKL-DI-0006 "
        "kubescape:C-0304"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app: {build: ., image: acme/app}
              web:
                image: acme/web:1
                volumes:
                  - {type: image, source: «acme/data», target: /data}
                  - {type: image, source: acme/app, target: /app}
            """,
        ),
        Bad(
            "Dockerfile",
            """
            ARG BASE=registry.example.com:5000/acme/base
            FROM golang:1.25 AS build
            FROM --platform=$BUILDPLATFORM «debian»
            COPY --from=build /app /app
            COPY --from=«acme/tools» /bin/tool /bin/
            COPY --from=«hello-world» /hello /
            RUN --mount=type=bind,from=«acme/cache»,target=/cache true
            FROM «${BASE}»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: «acme/app»}}"),
        Bad("compose.yaml", "services: {db: {image: «postgres»}}", fixed="services: {db: {image: postgres:18}}"),
        Bad("Dockerfile", "FROM «nginx» AS nginx\nRUN nginx\n", fixed="FROM nginx:1.31 AS nginx\nRUN nginx\n"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              initContainers:
                - {name: setup, image: «acme/setup»}
              ephemeralContainers:
                - {name: debug, image: «acme/debug»}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
        Bad("start.sh", "docker run -d «postgres»\n", fixed="docker run -d postgres:18\n"),
        Good("start.sh", "docker run -d postgres:18\n"),
        Good(
            "Dockerfile",
            """
            ARG BASE
            FROM debian@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa AS Build
            FROM ${BASE}
            COPY --from=0 /app /app
            COPY --from=context /app /app
            FROM registry.example.com:5000/acme/base:1
            FROM build
            FROM scratch
            """,
        ),
        Good("compose.yaml", "services: {app: {image: acme/app, build: .}, own: {build: .}, other: {image: '${IMAGE}'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'localhost:5000/acme/web:1'}
                - {name: side, image: localhost/acme/side}
                - {name: loaded, image: acme/loaded, imagePullPolicy: Never}
            """,
        ),
    ),
)
def image_without_tag(image: Image) -> Iterator[Finding]:
    """An image without a tag is whatever was pushed last.

    Two builds, or two starts, may get two different images, and nobody sees which. Name the version, and the digest where the version may
    be pushed again. Confidence is low for a name of one word that no official image has: it stands for what is built nearby, and a tool
    such as Kustomize or Skaffold writes the rest of it; for what a registry on `localhost` or OpenShift's own has; for what is started to
    test something, as an example, or by developers; for an image that bears the name of the repository or of its owner, where the
    repository has releases, which write their version, or builds on it; for one that is called as a folder with a Dockerfile, which the
    manifest stands in or which bears the repository's name too; for a pod of nothing but busybox or pause; and where a release stands in
    its name (`acme/1.21.0/base`), or it ends with versions.
    """
    reference = image.reference
    if reference is None or not image.is_fetched:
        return
    if reference.tag is None and reference.digest is None:
        confidence = Confidence.LOW if _may_move(image) else None
        fix = image.name_version(caveat=WHICH_VERSION)
        yield image.finding(image.value, f"`{reference.text}` has no tag, so it means `latest`", confidence=confidence, fix=fix)


@rule(
    "image-with-moving-tag",
    severity=Severity.MEDIUM,
    references="CIS Docker 5.28 · NIST SP 800-190 3.2.2 · ATT&CK T1204.003",
    also_known_as=(
        "hadolint:DL3007 trivy:DS-0001 trivy:KSV-0013 checkov:CKV_DOCKER_7 checkov:CKV_K8S_14 kics:f45ea400 kics:583053b7 "
        "kube-linter:latest-tag kube-score:container-image-tag polaris:tagNotSpecified semgrep:d/avoid-latest-version "
        "compose-lint:CL-0004 dclint:service-image-require-explicit-tag docksec:compose-latest-or-untagged-image dockle:DKL-DI-0006 "
        "kubescape:C-0304"
    ),
    examples=(
        Bad(
            "Dockerfile",
            """
            ARG TAG=latest
            FROM «node:${TAG}» AS build
            FROM scratch
            COPY --from=build /app /app
            COPY --from=«acme/tools:nightly» /bin/tool /bin/
            COPY --from=«node:lts-bookworm-slim» --chown=1 /a /a
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: «'acme/app:latest'»}}"),
        Bad("compose.yaml", "services: {app: {image: «'redis:latest'»}}", fixed="services: {app: {image: 'redis:8.10'}}"),
        Bad("Dockerfile", "FROM «node:lts-alpine»\n", fixed="FROM node:24-alpine\n"),
        Bad("Dockerfile", "FROM «docker.io/library/python:latest»\n", fixed="FROM docker.io/library/python:3.14\n"),
        Bad(
            "compose.yaml",
            "services: {app: {image: «'redis:${REDIS:-latest}'»}}",
            fixed="services: {app: {image: 'redis:${REDIS:-8.10}'}}",
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
                  image: «acme/web:edge»
            """,
        ),
        Bad("start.sh", "docker run -d «postgres:latest»\n", fixed="docker run -d postgres:18\n"),
        Good("start.sh", "docker run -d postgres:18\n"),
        Good(
            "Dockerfile",
            """
            FROM node:latest@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            FROM node:22-slim
            FROM acme/edge-proxy:3
            COPY --from=acme/app:main-4f5d2c1 /a /a
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'acme/app:latest', build: .}, other: {image: 'acme/other:${TAG}'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1.4.2-edge'}
            """,
        ),
    ),
)
def image_with_moving_tag(image: Image, *, tags: tuple[str, ...] = MOVING_TAGS) -> Iterator[Finding]:
    """A tag such as `latest` means another image every time it is pushed.

    Two builds, or two starts, may get two different images, and a broken or poisoned one arrives by itself. Name the version. The option
    `tags` lists the tags that move. Confidence is low for what is started to test something, as an example, or by developers, for what a
    registry on `localhost` or OpenShift's own has, for an image that bears the name of the repository or of its owner, where the repository
    has releases, which write their version, or builds on it, for one that the repository has a Dockerfile of, where a release stands in its
    name, and where the file stands in a folder that is named for the tag (`nightly/Dockerfile`).
    """
    reference = image.reference
    if reference is None or not image.is_fetched or reference.digest is not None:
        return
    first, *others = (reference.tag or "").lower().split("-")
    if reference.tag is not None and (reference.tag.lower() in tags or (first in tags and FLAVOURS.issuperset(others))):
        confidence = Confidence.LOW if _may_move(image) else Confidence.MEDIUM if image.value.defaulted else None
        fix = image.name_version(caveat=WHICH_VERSION)
        yield image.finding(image.value, f"the tag `{reference.tag}` of `{reference.familiar}` moves", confidence=confidence, fix=fix)


def _may_move(image: Image) -> bool:
    """Whether nobody would name a version: what stands for an image that is built nearby, what is started to test something or as an
    example, what developers work with and keep in a registry of their own, what the project itself releases or builds on, what has one
    in its name, and what a folder is named for (`nightly/Dockerfile`)."""
    reference, source = image.reference, image.source
    if reference is not None:
        is_own = reference.registry.partition(":")[0] in OWN_REGISTRIES or reference.canonical in UNVERSIONED
        is_kept = image.role == "base" and reference.tag is not None and reference.tag.lower() in source.from_top.lower().split("/")[:-1]
        if is_own or is_kept or re.search(RELEASE, reference.repository) is not None or is_versioned(image):
            return True
    is_tried_out = image.tried_out or (image.role == "run" and source.is_started_by_hand)
    is_trial = is_tried_out or source.is_idle or source.is_sample or source.is_for_builds
    return is_trial or image.is_stand_in or image.is_released_here or image.is_own_base


def is_versioned(image: Image) -> bool:
    """Whether its name ends with versions of what is in it: `tgi-cu124.2-3.ubuntu2204`."""
    words = re.split("[-._]", image.reference.name) if image.reference is not None else []
    return len([word for word in words if word.strip("abcdefghijklmnopqrstuvwxyz").isdigit()]) > 2
