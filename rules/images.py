"""Which image is meant: its tag, its digest, its registry."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Fix, Good, Image, Safety, Severity, rule

MOVING_TAGS = (
    "latest", "stable", "edge", "nightly", "dev", "devel", "develop", "development", "test", "testing", "master", "main", "rolling",
    "canary", "head", "snapshot", "unstable", "lts", "current", "mainline",
)  # fmt: skip
"""Tags that are meant to point at another image tomorrow."""

FLAVOURS = frozenset(
    "alpine slim perl fpm apache cli full minimal gpu cpu debug nonroot buster bullseye bookworm trixie focal jammy noble jdk jre".split()
)
"""Words behind a tag that name no version."""
WHICH_VERSION = "it is the newest release of August 2026; where you run another one now, name that"

FRONTENDS = ("docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream")
"""The frontends that Docker publishes (https://docs.docker.com/build/buildkit/frontend/)."""

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

    Two builds, or two starts, may get two different images, and nobody sees which. Name the version, and the digest where
    the version may be pushed again. Confidence is low for a name of one word that no official image has: it stands for what is
    built nearby, and a tool such as Kustomize or Skaffold writes the rest of it; and for what is started to test something.
    """
    reference = image.reference
    if reference is None or not image.is_fetched:
        return
    if reference.tag is None and reference.digest is None:
        confidence = Confidence.LOW if image.is_stand_in or image.source.is_for_tests else None
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

    Two builds, or two starts, may get two different images, and a broken or poisoned one arrives by itself. Name the version.
    The option `tags` lists the tags that move. Confidence is low for what is started to test something.
    """
    reference = image.reference
    if reference is None or not image.is_fetched or reference.digest is not None:
        return
    first, *others = (reference.tag or "").lower().split("-")
    if reference.tag is not None and (reference.tag.lower() in tags or (first in tags and FLAVOURS.issuperset(others))):
        unsure = image.is_stand_in or image.source.is_for_tests
        confidence = Confidence.LOW if unsure else Confidence.MEDIUM if image.value.defaulted else None
        fix = image.name_version(caveat=WHICH_VERSION)
        yield image.finding(image.value, f"the tag `{reference.tag}` of `{reference.familiar}` moves", confidence=confidence, fix=fix)


@rule(
    "image-without-digest",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.2.2 · ATT&CK T1525 · ATT&CK T1195.002",
    also_known_as="checkov:CKV_K8S_43 kics:7c81d34c kubescape:C-0306 semgrep:d/dockerfile-source-not-pinned compose-lint:CL-0019",
    examples=(
        Bad("Dockerfile", "# syntax=«docker/dockerfile:1»\nFROM «debian:bookworm-slim»\n"),
        Bad("compose.yaml", "services: {app: {image: «'acme/app:1'»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: «'acme/web:1'»}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa AS base
            FROM base
            FROM scratch
            """,
        ),
        Good("Dockerfile", f"FROM debian@sha512:{'a' * 128}\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', build: .}, own: {build: .}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            """,
        ),
    ),
)
def image_without_digest(image: Image) -> Iterator[Finding]:
    """A tag can be pushed again, a digest cannot.

    With a digest behind the tag (`debian:13@sha256:...`) every build and every start gets the image that was reviewed. Let a bot
    keep it up to date.
    """
    reference = image.reference
    if reference is None or not (image.is_fetched or _is_versioned_frontend(image)):
        return
    if reference.digest is None:
        yield image.finding(image.value, f"`{reference.text}` is not pinned by a digest")


@rule(
    "unpinned-frontend",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.2 · ATT&CK T1195.002",
    examples=(
        Bad(
            "Dockerfile",
            """
            # syntax=«acme/frontend:2»
            FROM scratch
            """,
        ),
        Bad(
            "Dockerfile",
            """
            # syntax=«docker.io/docker/dockerfile»
            FROM scratch
            """,
            fixed="""
            # syntax=docker.io/docker/dockerfile:1
            FROM scratch
            """,
        ),
        Bad(
            "Dockerfile",
            """
            # syntax = «docker/dockerfile:experimental»
            FROM scratch
            """,
        ),
        Good(
            "Dockerfile",
            """
            # syntax=docker/dockerfile:1
            FROM scratch
            """,
        ),
        Good(
            "Dockerfile",
            """
            # syntax=docker.io/docker/dockerfile-upstream:1.7-labs
            FROM scratch
            """,
        ),
        Good(
            "Dockerfile",
            """
            # syntax=acme/frontend@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            FROM scratch
            """,
        ),
    ),
)
def unpinned_frontend(image: Image) -> Iterator[Finding]:
    """The program that reads the Dockerfile is not pinned.

    `# syntax=` names an image that runs inside the builder, decides what every line means, and sees the build's secrets. Use
    Docker's own with a version (`docker/dockerfile:1`), and any other one with a digest.
    """
    reference = image.reference
    if reference is None or image.role != "frontend" or reference.digest is not None:
        return
    if reference.canonical not in FRONTENDS:
        yield image.finding(image.value, f"the frontend `{reference.text}` is not pinned by a digest")
    elif not _is_versioned_frontend(image):
        yield image.finding(image.value, f"the frontend `{reference.text}` names no version", fix=_with_version(image))


def _is_versioned_frontend(image: Image) -> bool:
    """Whether it is one of Docker's own frontends, with at least a major version."""
    reference = image.reference
    if reference is None or image.role != "frontend" or reference.canonical not in FRONTENDS:
        return False
    return reference.tag is not None and reference.tag[0].isdigit()


def _with_version(image: Image) -> Fix | None:
    reference = image.reference
    if reference is None or reference.tag not in (None, "latest"):
        return None
    return image.rename(reference.text, reference.text.removesuffix(":latest") + ":1", safety=Safety.SAFE)


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
            safety = Safety.SAFE if old in SAME_PATHS else Safety.UNSAFE
            fix = None if old in OTHER_PATHS else image.rename(old, new, safety=safety)
            message = f"`{old.rstrip('/')}` is {matter}; its images are at `{new.rstrip('/')}` now"
            yield image.finding(image.value, message, fix=fix)


@rule(
    "stale-image-allowed",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.5.1 · ATT&CK T1204.003",
    also_known_as="checkov:CKV_K8S_15 kics:caa3479d kube-score:container-image-pull-policy polaris:pullPolicyNotAlways kubescape:C-0075",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', imagePullPolicy: «IfNotPresent»}
                - «name: side»
                  image: acme/side:1
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', imagePullPolicy: Always}
                - name: side
                  image: acme/side:1
                  imagePullPolicy: Always
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', imagePullPolicy: Always}
                - {name: side, image: 'acme/side:latest'}
                - {name: other, image: acme/other}
                - name: pinned
                  imagePullPolicy: Never
                  image: acme/side@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            """,
        ),
    ),
)
def stale_image_allowed(image: Image) -> Iterator[Finding]:
    """A node may start an image that it has, whoever brought it there.

    Unless the policy is `Always`, a node runs what it has under that tag without asking the registry: an old build, or one that the pod
    has no right to pull. Pin the image by digest, or pull it always.
    """
    policy, reference = image.pull_policy, image.reference
    if policy is None or policy.is_unknown or policy.text == "Always" or reference is None or reference.digest is not None:
        return
    if policy.is_absent and reference.tag in (None, "latest"):
        return
    fix = image.set("pull_policy", "Always", caveat="the pod does not start while the registry cannot be reached")
    yield image.finding(policy, f"`{reference.text}` may be an old one that the node has", fix=fix)
