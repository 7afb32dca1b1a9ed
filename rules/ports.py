"""What a container listens on."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, Port, Severity, rule

SSH = 22


@rule(
    "ssh-port-exposed",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Docker 5.7 · ATT&CK T1021.004",
    also_known_as="trivy:DS-0004 checkov:CKV_DOCKER_1 kics:5907595b",
    examples=(
        Bad("Dockerfile", "FROM debian:13\nEXPOSE «22/udp»\n"),
        Bad(
            "Dockerfile",
            """
            ARG SSH=22
            FROM debian:13
            ARG SSH
            EXPOSE 80 «22/tcp»
            EXPOSE 8080 «$SSH» 443
            EXPOSE «22»
            EXPOSE «20-25/tcp»
            """,
            fixed="""
            ARG SSH=22
            FROM debian:13
            ARG SSH
            EXPOSE 80
            EXPOSE 8080 443
            EXPOSE 20-25/tcp
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13 AS build
            EXPOSE 22
            FROM debian:13
            ARG PORT
            EXPOSE 2222 220/tcp 80-122 8022/udp $PORT
            """,
        ),
    ),
)
def ssh_port_exposed(port: Port) -> Iterator[Finding]:
    """The image runs an SSH server.

    That is a second way in, with accounts, keys and updates of its own, past the platform's own access control and log. Use
    `docker exec` or `kubectl exec`; where SSH is the application (a git server), say so in a suppression.
    """
    if port.role == "exposed" and port.ships and port.covers(SSH):
        fix = port.drop("port", caveat="what publishes all exposed ports no longer publishes this one") if port.first == port.last else None
        yield port.finding(port.span, f"`{port.owner}` exposes port {SSH}, where SSH listens", fix=fix)
