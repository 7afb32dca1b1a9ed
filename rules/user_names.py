"""Users that are told by their names: administrators of Windows, and those that a cluster cannot tell from root."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, DefaultContainer, Finding, Fix, Good, Safety, Severity, Span, Stage, rule

ADMINISTRATORS = ("containeradministrator", "administrator")


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
            fixed="""
            # escape=`
            FROM mcr.microsoft.com/windows/servercore:ltsc2022
            USER ContainerUser
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              os: {name: windows}
              securityContext: {windowsOptions: {runAsUserName: «ContainerAdministrator»}}
              containers:
                - {name: web, image: 'acme/web:1'}
                - {name: log, image: 'acme/log:1', securityContext: {windowsOptions: {runAsUserName: ContainerUser}}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              os: {name: windows}
              securityContext: {windowsOptions: {runAsUserName: ContainerUser}}
              containers:
                - {name: web, image: 'acme/web:1'}
                - {name: log, image: 'acme/log:1', securityContext: {windowsOptions: {runAsUserName: ContainerUser}}}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
            USER ContainerUser
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              nodeSelector: {kubernetes.io/os: windows}
              containers: [{name: web, image: 'acme/web:1', securityContext: {windowsOptions: {runAsUserName: ContainerUser}}}]
            """,
        ),
    ),
)
def windows_administrator(container: Container | DefaultContainer) -> Iterator[Finding]:
    """A Windows container runs as an administrator.

    `ContainerAdministrator` can install services and read every file of the container; `ContainerUser` is enough for most
    applications. Confidence is low where `root-user` doubts it too, and for a container that is a process of its node.
    """
    user = container.fact("user")
    if container.platform == "windows" and user.text.lower() in ADMINISTRATORS:
        confidence = Confidence.LOW if user.reason else None
        caveat = "what installs services or writes outside its own folders fails"
        fix = container.set("user", "ContainerUser", caveat=caveat) if not container.fact("host_process").is_true else None
        yield container.finding(user, f"`{container.name}` runs as {user.text}", confidence=confidence, fix=fix)


@rule(
    "named-user",
    severity=Severity.LOW,
    profile="strict",
    references="PSS restricted · CIS Kubernetes 5.2.7",
    also_known_as="hadolint:DL3066",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:bookworm-slim
            RUN groupadd -g 10002 app && useradd -r -u 10001 -g app app
            USER «app:app»
            """,
            fixed="""
            FROM debian:bookworm-slim
            RUN groupadd -g 10002 app && useradd -r -u 10001 -g app app
            USER 10001:app
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22 AS base
            RUN adduser -D -u 10001 svc
            FROM base
            USER «svc»
            """,
            fixed="""
            FROM alpine:3.22 AS base
            RUN adduser -D -u 10001 svc
            FROM base
            USER 10001
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM node:22-slim
            RUN id node || useradd -u 1000 node
            USER «node»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM node:22-slim
            ARG USERNAME=node
            USER ${USERNAME}
            """,
        ),
        Good("Dockerfile", "FROM node:22-slim\nUSER 1000:node\n"),
        Good("Dockerfile", "FROM node:22-slim\nUSER root\n"),
        Good("Dockerfile", "FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nUSER ContainerUser\n"),
        Good("Dockerfile", "FROM node:22 AS build\nUSER node\nFROM scratch\nUSER 65532\n"),
    ),
)
def named_user(stage: Stage) -> Iterator[Finding]:
    """The user of the image is a name, which Kubernetes cannot tell from root.

    With `runAsNonRoot: true` the kubelet refuses to start an image whose user is no number, as it does not look into the image's
    `/etc/passwd`. Write the number that the user has there.
    """
    user = stage.user
    name = user.text.partition(":")[0]
    if not stage.ships or stage.platform == "windows" or not name or name.isdigit() or name == "root" or "$" in user.source[user.span]:
        return
    yield stage.finding(user, f"user `{name}` is a name; Kubernetes' `runAsNonRoot` needs a number", fix=_numbered(stage, name))


def _numbered(stage: Stage, name: str) -> Fix | None:
    """A fix that writes the number of a user that the stage creates with one."""
    made = [account for account in stage.accounts if account.kind == "user" and account.name.text == name]
    if len(made) != 1 or not made[0].certain or made[0].number is None or not made[0].name.known:
        return None
    number = made[0].number
    if not number.known or not number.text.isdigit() or int(number.text) == 0:
        return None
    at = stage.user.span.start
    return stage.rewrite("user", Span(at, at + len(name)), name, number.text, safety=Safety.SAFE)
