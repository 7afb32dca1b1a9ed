"""Images that may be others than those that were reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Fix, Good, Image, Safety, Severity, rule

FRONTENDS = ("docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream")
"""The frontends that Docker publishes (https://docs.docker.com/build/buildkit/frontend/)."""


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
    fix = None  # what is never pulled is brought there on purpose
    if policy.text != "Never":
        fix = image.set("pull_policy", "Always", caveat="the pod does not start while the registry cannot be reached")
    yield image.finding(policy, f"`{reference.text}` may be an old one that the node has", fix=fix)
