"""Failures that a build does not see."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Good, Severity, rule

DOWNLOADERS = frozenset({"curl", "wget", "wget2", "fetch", "aria2c"})
CHECKS = {
    **dict.fromkeys("sha1sum sha224sum sha256sum sha384sum sha512sum b2sum md5sum shasum".split(), ("-c", "--check")),
    "gpg": ("--verify",), "gpg2": ("--verify",), "minisign": ("-V",),
}  # fmt: skip
"""Programs that verify, and the options with which they do."""
CHECKERS = frozenset({"gpgv", "cosign", "slsa-verifier"})
"""Programs that do nothing else in a build."""
FAILS_SOONER = "the build fails where the image lacks this shell, or a later step cuts a pipeline short (`yes |`, `| head`)"
WITHOUT_PIPEFAIL = ("cmd", "powershell")
"""Shells that have no such setting."""


@rule(
    "pipe-without-pipefail",
    severity=Severity.LOW,
    profile="strict",
    references="CWE-354 · CWE-252",
    also_known_as="hadolint:DL4006 kics:efbf148a semgrep:d/set-pipefail",
    programs=DOWNLOADERS | CHECKERS | set(CHECKS),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN «curl» -fsSL https://example.com/a.tgz | tar xz
            RUN echo "0123  a.tgz" | «sha256sum» -c | tee /log
            SHELL ["/bin/bash", "-c"]
            RUN set -eu; wget -qO a https://example.com/a && «gpg» --verify a.asc a 2>&1 | grep Good
            RUN <<EOF
            «wget» -qO- https://example.com/a | gunzip > /a
            EOF
            """,
            fixed="""
            FROM debian:13
            SHELL ["/bin/bash", "-o", "pipefail", "-c"]
            RUN curl -fsSL https://example.com/a.tgz | tar xz
            RUN echo "0123  a.tgz" | sha256sum -c | tee /log
            SHELL ["/bin/bash", "-c"]
            SHELL ["/bin/bash", "-o", "pipefail", "-c"]
            RUN set -eu; wget -qO a https://example.com/a && gpg --verify a.asc a 2>&1 | grep Good
            RUN <<EOF
            wget -qO- https://example.com/a | gunzip > /a
            EOF
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            ARG A
            # the program
            RUN apk add curl && «curl» -fsSL https://example.com/a.tgz | tar xz
            """,
            fixed="""
            FROM alpine:3.22
            ARG A
            SHELL ["/bin/ash", "-o", "pipefail", "-c"]
            # the program
            RUN apk add curl && curl -fsSL https://example.com/a.tgz | tar xz
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN set -eux -o pipefail; curl -fsSL https://example.com/a.tgz | tar xz
            RUN bash -o pipefail -c 'curl -fsSL https://example.com/a.tgz | tar xz'
            RUN echo "0123  a.tgz" | sha256sum -c - && sha256sum a | tee /sums && gpg --dearmor < k | tee /k.gpg
            RUN ls | sort && curl https://example.com/a > /a || cat /log | tee /b
            RUN <<EOF
            set -euo pipefail
            curl -fsSL https://example.com/a.tgz | tar xz
            EOF
            SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
            RUN curl -fsSL https://example.com/a.tgz | tar xz
            FROM mcr.microsoft.com/windows/servercore:ltsc2022
            RUN curl -fsSL https://example.com/a.tgz | tar xz
            SHELL ["powershell", "-Command"]
            RUN curl.exe -fsSL https://example.com/a.tgz | tar.exe xz
            """,
        ),
    ),
)
def pipe_without_pipefail(command: Command) -> Iterator[Finding]:
    """A download or a check that fails in a pipeline is not seen.

    A pipeline ends as its last command does: half a download is unpacked, and a wrong checksum passes. Put
    `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` before the step, or `set -o pipefail` in front of it where the shell knows that.
    """
    if command.writes_to is None or command.place != "RUN" or command.step is None or command.step.shell.language in WITHOUT_PIPEFAIL:
        return
    if _matters(command) and not command.pipefail:
        fix = command.step.set("pipefail", True, caveat=FAILS_SOONER)
        message = f"if `{command.name}` fails here, the build goes on: `pipefail` is not in force"
        yield command.finding(command.words[0].span, message, fix=fix)


def _matters(command: Command) -> bool:
    """Whether what follows must not go on without it."""
    if command.name in CHECKS:
        return command.option(*CHECKS[command.name]) is not None
    return command.name in DOWNLOADERS or command.name in CHECKERS
