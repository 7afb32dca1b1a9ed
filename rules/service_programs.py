"""What Compose runs for a service beside the service itself."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Severity, rule

OWN_PROVIDERS = frozenset({"model"})
"""Providers that come with Docker (Compose documentation, "Use AI models in Compose")."""
ROOT = frozenset({"root", "0"})
NEEDS_RIGHTS = "a command that mounts, or changes the kernel, fails"


@rule(
    "privileged-hook",
    severity=Severity.HIGH,
    references="CIS Docker 5.23 · ATT&CK T1611 · NIST SP 800-190 3.4.3",
    facts=("privileged_hooks",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                post_start:
                  - command: /bin/prepare
                    privileged: «true»
                    user: root
                  - command: /bin/announce
                pre_stop:
                  - command: [/bin/flush]
                    privileged: «"yes"»
            """,
            fixed="""
            services:
              app:
                image: acme/app:1
                post_start:
                  - command: /bin/prepare
                    privileged: false
                    user: root
                  - command: /bin/announce
                pre_stop:
                  - command: [/bin/flush]
                    privileged: false
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                post_start:
                  - command: chown -R 1000:1000 /data
                    user: root
                  - command: /bin/announce
                    privileged: false
            """,
        ),
    ),
)
def privileged_hook(container: Container) -> Iterator[Finding]:
    """A command beside the service's own is run with every right in the container.

    It holds every capability, as `docker exec --privileged` does, in a container whose files others may have changed by then: whoever can
    write the program that it runs is root on the host. Do what needs the rights before the container starts, outside of it.
    """
    for value in container.fact("privileged_hooks"):
        if value.is_true:
            fix = None
            if value.source is container.source:
                written = container.source[value.span]
                fix = container.rewrite("privileged_hooks", value.span, written, "false", caveat=NEEDS_RIGHTS)
            yield container.finding(value, f"a command is run with every right in `{container.name}`", fix=fix)


@rule(
    "hook-as-root",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.24 · ATT&CK T1548",
    facts=("hook_users",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                user: "1000"
                post_start:
                  - command: chown -R 1000 /data
                    user: «root»
            """,
            fixed="""
            services:
              app:
                image: acme/app:1
                user: "1000"
                post_start:
                  - command: chown -R 1000 /data
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                post_start:
                  - command: /bin/announce
                    user: "1000"
            """,
        ),
    ),
)
def hook_as_root(container: Container) -> Iterator[Finding]:
    """A command beside the service's own is run as root in the container.

    It runs a program of the container, over files that the service may have changed, with more rights than the service has. Set owners in
    the image or with a container that does nothing else.
    """
    for value in container.fact("hook_users"):
        if value.text.partition(":")[0] in ROOT:
            fix = container.remove("hook_users", value, caveat="it is run as the service's user, and fails where that may not do it")
            yield container.finding(value, f"a command is run as root in `{container.name}`", fix=fix)


@rule(
    "host-program-as-service",
    severity=Severity.MEDIUM,
    references="Compose documentation, provider services · ATT&CK T1059 · NIST SP 800-190 3.4.3",
    facts=("host_program",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              database:
                provider:
                  type: «awesomecloud»
                  options: {type: mysql}
            """,
        ),
        Good("compose.yaml", "services: {llm: {provider: {type: model, options: {model: 'ai/smollm2:360M-Q4_K_M'}}}}"),
    ),
)
def host_program_as_service(container: Container) -> Iterator[Finding]:
    """A service is a program that runs on the host.

    Compose looks for a Docker plug-in or a program of that name on the path, and runs it with the rights and the keys of whoever types
    `docker compose up`; nothing in this file says where it comes from or which version it is. Say in a suppression who supplies it.
    """
    program = container.fact("host_program")
    if program.is_known and program.text not in OWN_PROVIDERS:
        yield container.finding(program, f"`{container.name}` is the program {program.text}, which runs on the host")


@rule(
    "domain-account",
    severity=Severity.INFO,
    profile="strict",
    references="Compose specification, credential_spec · ATT&CK T1078.002",
    facts=("domain_account",),
    examples=(
        Bad("compose.yaml", "services: {app: {image: 'acme/app:1', credential_spec: {file: «my-spec.json»}}}"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {windowsOptions: {gmsaCredentialSpecName: «webapp»}}
              containers: [{name: web, image: 'acme/web:1'}]
            """,
        ),
        Good("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'acme/web:1'}]}\n"),
    ),
)
def domain_account(container: Container) -> Iterator[Finding]:
    """The container acts as an account of the domain.

    Whoever gets into it is that account, everywhere in the network, without a password. Give the account no rights but those that the
    service needs, and use it for nothing else.
    """
    account = container.fact("domain_account")
    if account.is_known:
        yield container.finding(account, f"`{container.name}` acts as an account of the domain ({account.text})")
