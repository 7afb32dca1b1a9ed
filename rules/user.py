"""Who a container runs as."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Good, Severity, rule

ROOT = ("0", "root")
ADMINISTRATORS = ("containeradministrator", "administrator")


@rule(
    "root-user",
    severity=Severity.HIGH,
    references="CIS Docker 4.1 · CIS Kubernetes 5.2.7 · PSS restricted · NIST SP 800-190 3.1.2 · ATT&CK T1611",
    also_known_as=(
        "hadolint:DL3002 trivy:DS-0002 trivy:KSV-0105 checkov:CKV_DOCKER_8 kics:67fd0c4a compose-lint:CL-0018 "
        "semgrep:d/last-user-is-root dockle:CIS-DI-0001 pss:R:runAsUser"
    ),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:bookworm-slim AS tools
            USER «root»
            RUN apt-get update
            FROM tools AS release
            CMD ["/app"]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:bookworm-slim
            ARG ID=0
            USER «${ID}:${ID}»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'nginx:1.29', user: «'0:0'»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsUser: 10001}
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {runAsUser: «0»}}
                - {name: side, image: 'acme/side:1'}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM golang:1.25 AS build
            USER root
            RUN go build -o /app ./...
            FROM debian:bookworm-slim
            USER 1000:0
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:bookworm-slim
            ARG WHO
            USER ${WHO}
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', user: '1000:0'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              hostUsers: false
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {runAsUser: 0}}
            """,
        ),
    ),
)
def root_user(container: Container) -> Iterator[Finding]:
    """The container runs as root.

    Root in a container is root on the host as soon as anything else gives way: a kernel flaw, a mounted path, a capability.
    Run as a numbered user that owns nothing but what the application writes.
    """
    user = container.fact("user")
    if user.is_known and user.text.partition(":")[0] in ROOT:
        yield container.finding(user, f"`{container.name}` runs as root")


@rule(
    "missing-user",
    severity=Severity.MEDIUM,
    references="CIS Docker 4.1 · CIS Kubernetes 5.2.7 · PSS restricted · NIST SP 800-190 3.1.2 · ATT&CK T1611",
    also_known_as=(
        "trivy:DS-0002 trivy:KSV-0012 checkov:CKV_DOCKER_3 checkov:CKV_K8S_23 kics:fd54f200 kics:cf34805e kube-linter:run-as-non-root "
        "polaris:runAsRootAllowed kubesec:RunAsNonRoot kubescape:C-0013 semgrep:d/missing-user semgrep:d/missing-user-entrypoint "
        "semgrep:k/run-as-non-root dockle:CIS-DI-0001 pss:R:runAsNonRoot"
    ),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM golang:1.25 AS build
            USER nobody
            «FROM debian:bookworm-slim»
            COPY --from=build /app /app
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
                - «name: web»
                  image: acme/web:1
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM node:22-slim AS base
            USER node
            FROM base
            COPY app /app
            """,
        ),
        Good("Dockerfile", "FROM gcr.io/distroless/static-debian12:nonroot\n"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsNonRoot: true}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def missing_user(container: Container) -> Iterator[Finding]:
    """Nothing keeps the container from running as root.

    Most base images start as root, so an image that never sets a user does too. Set a user in the image, or have the platform
    refuse root.
    """
    user = container.fact("user")
    if not user.is_absent or container.platform == "windows":
        return
    if container.kind == "stage":
        yield container.finding(user, "the image never sets a user, so it runs as its base's, mostly root")
    elif container.fact("non_root_enforced").is_lacking:
        yield container.finding(user, f"nothing keeps `{container.name}` from running as root", confidence=Confidence.MEDIUM)


@rule(
    "windows-administrator",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.2",
    examples=(
        Bad(
            "Dockerfile",
            """
            # escape=`
            FROM mcr.microsoft.com/windows/servercore:ltsc2022
            USER «ContainerAdministrator»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
            USER ContainerUser
            """,
        ),
    ),
)
def windows_administrator(container: Container) -> Iterator[Finding]:
    """A Windows container runs as an administrator.

    `ContainerAdministrator` can install services and read every file of the container; `ContainerUser` is enough for most
    applications.
    """
    user = container.fact("user")
    if container.platform == "windows" and user.text.lower() in ADMINISTRATORS:
        yield container.finding(user, f"`{container.name}` runs as {user.text}")
