"""What the steps of a build are given: rights, the host's network, keys and secrets."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, BuildStep, Command, Confidence, Container, Finding, Fix, Good, RunMount, Safety, Severity, rule

RUNS_PACKAGE_CODE = {
    "npm": "install i add ci it cit update rebuild",  # lifecycle scripts: https://docs.npmjs.com/cli/v11/using-npm/scripts
    "yarn": "install add up upgrade",
    "pnpm": "install i add update up rebuild",
    "bun": "install add",
    "npx": "", "pnpx": "", "bunx": "",
    "pip": "install wheel", "pip2": "install wheel", "pip3": "install wheel",  # setup.py and build back ends
    "uv": "sync add run pip",
    "poetry": "install add update",
    "pipenv": "install sync",
    "bundle": "install update", "bundler": "install update",  # extconf.rb
    "gem": "install",
    "composer": "install update require",  # plug-ins and scripts
    "cargo": "build install test run check",  # build.rs
    "mvn": "", "gradle": "", "gradlew": "", "mvnw": "",
    "make": "",
}  # fmt: skip
"""Programs that run code of the packages that they fetch or of the project, and the subcommands with which they do (all, where none
is named)."""
WITHOUT_SCRIPTS = ("--ignore-scripts", "--no-scripts", "--download-only")

OTHERS_READ = 0o004


@rule(
    "insecure-build-step",
    severity=Severity.HIGH,
    references="ATT&CK T1611 · ATT&CK T1610 · NIST SP 800-190 3.4.3",
    facts=("build_privileged", "build_entitlements", "security"),
    examples=(
        Bad(
            "Dockerfile",
            """
            # syntax=docker/dockerfile:1-labs
            FROM debian:13
            RUN --security=«insecure» --mount=type=cache,target=/c mount -t tmpfs none /mnt
            RUN --security=«insecure» \\
                make
            """,
            fixed="""
            # syntax=docker/dockerfile:1-labs
            FROM debian:13
            RUN --mount=type=cache,target=/c mount -t tmpfs none /mnt
            RUN \\
                make
            """,
        ),
        Good("Dockerfile", "FROM debian:13\nRUN --security=sandbox make\nRUN echo --security=insecure\n"),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                build:
                  context: .
                  privileged: «true»
                  entitlements: [«security.insecure»]
            """,
            fixed="""
            services:
              app:
                build:
                  context: .
            """,
        ),
        Good("compose.yaml", "services: {app: {build: {context: ., privileged: false, entitlements: [network.host]}}}"),
    ),
)
def insecure_build_step(step: BuildStep | Container) -> Iterator[Finding]:
    """A build step runs as a privileged container.

    It holds every capability and every device of the machine that builds, as `docker run --privileged` does: what the step downloads or a
    dependency runs can take that machine over, with the keys and images that are on it. Do the privileged part outside of the build.
    Confidence is low of a step in a file for tests.
    """
    if isinstance(step, Container):
        yield from insecure_build(step)
    elif step.security.text == "insecure":
        fix = step.drop("security", caveat="what needs a capability or a device fails")
        confidence = Confidence.LOW if step.source.is_idle else None
        yield step.finding(step.security, "this step runs privileged on the machine that builds", fix=fix, confidence=confidence)


def insecure_build(container: Container) -> Iterator[Finding]:
    """Builds that are allowed every right as a whole."""
    caveat = "what needs a capability or a device fails"
    privileged = container.fact("build_privileged")
    if privileged.is_true:
        fix = container.drop("build_privileged", caveat=caveat)
        yield container.finding(privileged, f"the image of `{container.name}` is built with every right", fix=fix)
    for item in container.fact("build_entitlements"):
        if item.text == "security.insecure":
            fix = container.remove("build_entitlements", item, caveat=caveat)
            yield container.finding(item, f"steps of the build of `{container.name}` may run privileged", fix=fix)


@rule(
    "host-network-build-step",
    severity=Severity.MEDIUM,
    references="ATT&CK T1046 · NIST SP 800-190 3.4.3 · CIS Docker 5.10",
    facts=("build_network", "build_entitlements", "network"),
    examples=(
        Bad(
            "Dockerfile",
            """
            # syntax=docker/dockerfile:1
            FROM debian:13
            RUN --network=«host» npm ci
            """,
            fixed="""
            # syntax=docker/dockerfile:1
            FROM debian:13
            RUN npm ci
            """,
        ),
        Good("Dockerfile", "FROM debian:13\nARG NET=host\nRUN --network=none make\nRUN --network=default make\nRUN ip --network=host\n"),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                build:
                  context: .
                  network: «host»
            """,
            fixed="""
            services:
              app:
                build:
                  context: .
            """,
        ),
        Bad("compose.yaml", "services: {app: {build: {context: ., network: none, entitlements: [«network.host»]}}}"),
        Good("compose.yaml", "services: {app: {build: {context: ., network: none}}, web: {build: .}}"),
    ),
)
def host_network_build_step(step: BuildStep | Container) -> Iterator[Finding]:
    """A build step shares the network of the machine that builds.

    It reaches what listens on that machine only (databases, the metadata service, other builds), and so does every install script that it
    runs. Give it the one address that it needs, through a proxy or a registry that it can reach. Confidence is low of a step in a file for
    tests.
    """
    caveat = "what is reached on the host itself is no longer"
    if isinstance(step, Container):
        network, allowed = step.fact("build_network"), step.fact("build_entitlements")
        if network.text == "host":
            fix = step.drop("build_network", caveat=caveat)
            yield step.finding(network, f"the image of `{step.name}` is built in the network of the machine that builds", fix=fix)
        else:
            for item in allowed:
                if item.text == "network.host":
                    fix = step.remove("build_entitlements", item, caveat=caveat)
                    yield step.finding(item, f"steps of the build of `{step.name}` may use the network of the machine that builds", fix=fix)
    elif step.network.text == "host":
        fix, confidence = step.drop("network", caveat=caveat), Confidence.LOW if step.source.is_idle else None
        yield step.finding(step.network, "this step shares the network of the machine that builds", fix=fix, confidence=confidence)


@rule(
    "writable-bind-in-build",
    severity=Severity.LOW,
    profile="off",
    references="NIST SP 800-190 3.1.2",
    facts=("mount",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM golang:1.25
            RUN «--mount=type=bind,target=/src,rw» make -C /src
            RUN «--mount=target=.,readwrite=true» go generate ./...
            """,
            fixed="""
            FROM golang:1.25
            RUN --mount=type=bind,target=/src make -C /src
            RUN --mount=target=. go generate ./...
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM golang:1.25
            RUN --mount=type=bind,target=/src make -C /src
            RUN --mount=type=bind,target=/src,rw=false --mount=type=cache,target=/root/.cache,rw go build ./...
            """,
        ),
    ),
)
def writable_bind_in_build(step: BuildStep) -> Iterator[Finding]:
    """A build step may change the sources that it is given, and nobody sees it.

    What it writes to a bind mount is thrown away after the step, but not before: an install script can change what the same step
    compiles, and no layer shows it. Mount read-only, as is the default, and write elsewhere.
    """
    for mount in step.mounts_of("bind"):
        if mount.is_on("rw"):
            text = step.source[mount.span]
            kept = ",".join(part for part in text.split(",") if part.partition("=")[0].lower() not in ("rw", "readwrite"))
            fix = step.rewrite("mounts", mount.span, text, kept, caveat="the step fails where it writes there")
            yield step.finding(mount.span, "this step may change what is mounted, and the change is seen by nobody", fix=fix)


@rule(
    "ssh-agent-for-package-code",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1552.004 · ATT&CK T1195.001 · NIST SP 800-190 3.1.4",
    programs=RUNS_PACKAGE_CODE,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM node:22
            RUN «--mount=type=ssh» npm ci
            RUN «--mount=type=ssh,id=github» pip install -r requirements.txt && ./run
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM node:22
            RUN --mount=type=ssh git clone git@git.acme.io:acme/app.git && go mod download
            RUN --mount=type=ssh npm ci --ignore-scripts
            RUN --mount=type=cache,target=/root/.npm npm ci
            RUN --mount=type=ssh npm config get registry && pip download -r requirements.txt
            """,
        ),
    ),
)
def ssh_agent_for_package_code(command: Command) -> Iterator[Finding]:
    """Code of other people runs while the SSH agent of the builder can be used.

    Installing packages runs their scripts, and each of them may log in with the builder's keys wherever these are accepted. Fetch what
    needs the key in a step of its own (`git clone`, `npm ci --ignore-scripts`), and install without the mount.
    """
    if command.name not in RUNS_PACKAGE_CODE or command.step is None:
        return
    mounts = command.step.mounts_of("ssh")
    subcommands = RUNS_PACKAGE_CODE[command.name].split()
    if not mounts or command.option(*WITHOUT_SCRIPTS) is not None:
        return
    first = next((word.text for word in command.operands), "install" if command.name == "yarn" else "")
    if not subcommands or first in subcommands:
        yield command.step.finding(mounts[0].span, f"code that `{command.name}` runs can use the SSH agent of the builder")


@rule(
    "readable-build-secret",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.4 · ATT&CK T1552.001 · CWE-732",
    facts=("mount",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM node:22
            USER node
            RUN --mount=type=secret,id=npmrc,target=/home/node/.npmrc,mode=«0444» npm ci
            RUN --mount=type=ssh,mode=«0666» git clone git@git.acme.io:acme/app.git
            """,
            fixed="""
            FROM node:22
            USER node
            RUN --mount=type=secret,id=npmrc,target=/home/node/.npmrc,mode=0440 npm ci
            RUN --mount=type=ssh,mode=0660 git clone git@git.acme.io:acme/app.git
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM node:22
            USER node
            RUN --mount=type=secret,id=npmrc,target=/home/node/.npmrc,uid=1000 npm ci
            RUN --mount=type=secret,id=npmrc,mode=0440,gid=1000 npm ci
            RUN --mount=type=cache,target=/root/.npm,mode=0777 npm ci
            """,
        ),
    ),
)
def readable_build_secret(step: BuildStep) -> Iterator[Finding]:
    """Every user of a build step can read its secret.

    A secret mount belongs to root and is readable by nobody else, unless its mode says more. Name the one user that needs it: `uid=1000`.
    """
    for mount in step.mounts:
        mode = mount.values.get("mode")
        if mount.kind not in ("secret", "ssh") or mode is None or not mode.text or mode.text.strip("01234567"):
            continue
        if int(mode.text, 8) & OTHERS_READ:
            what = "secret" if mount.kind == "secret" else "SSH agent"
            yield step.finding(mode, f"mode `{mode.text}` lets every user of the step read the {what}", fix=_without_others(step, mount))


def _without_others(step: BuildStep, mount: RunMount) -> Fix:
    mode = mount.values["mode"]
    text = f"{int(mode.text, 8) & ~0o007:0{len(mode.text)}o}"
    caveat = "a user other than root needs `uid=` or `gid=` beside it"
    return step.rewrite("mounts", mode.span, mode.text, text, safety=Safety.UNSAFE, caveat=caveat)
