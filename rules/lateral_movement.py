"""What an intruder who has one container gets at next."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Network, Note, Port, Severity, Variable, rule

PASSWORD = "Tr0ub4dor" + "-9xQz"


@rule(
    "credential-behind-exposed-service",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1021 · NIST SP 800-190 3.3.3",
    also_known_as="docksec:chain-lateral-to-datastore",
    examples=(
        Bad(
            "compose.yaml",
            f"""
            services:
              web:
                image: acme/web:1
                ports: ['80:8080']
              «db»:
                image: postgres:17
                environment:
                  POSTGRES_PASSWORD: {PASSWORD}
            """,
        ),
        Bad(
            "compose.yaml",
            f"""
            services:
              web:
                image: acme/web:1
                ports: ['80:8080']
                networks: [front, back]
              «db»:
                image: postgres:17
                environment: [POSTGRES_PASSWORD={PASSWORD}]
                networks:
                  back:
                    aliases: [data]
            """,
        ),
        Good(
            "compose.yaml",
            f"""
            services:
              web:
                image: acme/web:1
                ports: ['80:8080']
                networks: [front]
              app:
                image: acme/app:1
                networks: [front, back]
              db:
                image: postgres:17
                environment: {{POSTGRES_PASSWORD: {PASSWORD}}}
                networks: [back]
            """,
        ),
        Good(
            "compose.yaml",
            f"""
            services:
              web:
                image: acme/web:1
                ports: ['127.0.0.1:80:8080']
              db:
                image: postgres:17
                environment: {{POSTGRES_PASSWORD: {PASSWORD}}}
            """,
        ),
        Good(
            "compose.yaml",
            f"""
            services:
              web:
                image: acme/web:1
                ports: ['80:8080']
              db:
                image: postgres:17
                environment: {{POSTGRES_PASSWORD_FILE: /run/secrets/password}}
              job:
                image: acme/job:1
                environment: {{DB_PASSWORD: {PASSWORD}}}
                network_mode: none
            """,
        ),
        Good(
            "compose.yaml",
            f"services: {{db: {{image: 'postgres:17', ports: ['5432:5432'], environment: {{POSTGRES_PASSWORD: {PASSWORD}}}}}}}\n",
        ),
    ),
)
def credential_behind_exposed_service(network: Network) -> Iterator[Finding]:
    """A service whose password stands in the file is a neighbour of one that outsiders reach.

    Neither is remarkable by itself. Together they are a path: a flaw in the service in front, and whoever has it connects to the one
    behind with the password that this file, and mostly the environment of the first, holds. Give both a network of their own with only
    those in it that speak to each other, and the password as a secret.
    """
    doors = [(container, door) for container in network.containers if (door := opened(container)) is not None]
    if not doors:
        return
    exposed = {id(container) for container, _ in doors}
    for container in network.containers:
        known = None if id(container) in exposed else password_of(container)
        if known is not None:
            secret = known.secret
            hidden = known.place_of(secret.start, secret.end) if secret is not None else None
            yield container.finding(
                container.span,
                f"`{container.name}` shares a network with a service that is reached from outside, and its `{known.name}` stands in a file",
                notes=(
                    Note(known.source, known.name_span, "its password stands here"),
                    *(Note(port.source, port.span, f"`{other.name}` is reached here") for other, port in doors[:3]),
                ),
                hidden=(hidden,) if hidden is not None and known.source is container.source else (),
            )


def opened(container: Container) -> Port | None:
    """A port at which everyone who reaches the host reaches a container."""
    return next((part for part in container.parts if isinstance(part, Port) and part.on_all_addresses), None)


def password_of(container: Container) -> Variable | None:
    """A variable of a container whose value is a password that stands in a file."""
    kinds = ("credential", "default-credential")
    for part in container.parts:
        if isinstance(part, Variable) and part.secret is not None and part.secret.kind in kinds:
            return part
    return None
