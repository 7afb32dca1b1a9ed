"""Registries that are asked without a check, and signatures that are not looked at."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Fix, Good, Severity, Span, Variable, Word, WrittenFile, rule

INSECURE_OPTIONS = {
    "dockerd": ("--insecure-registry",),  # https://docs.docker.com/reference/cli/dockerd/#insecure-registries
    "minikube": ("--insecure-registry",),  # minikube start --help
    "nerdctl": ("--insecure-registry",),  # https://github.com/containerd/nerdctl/blob/main/docs/registry.md
    "docker": ("--insecure",),  # docker manifest inspect --help
    "crane": ("--insecure",),  # https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane.md
    "gcrane": ("--insecure",),
    "oras": ("--insecure", "--plain-http"),  # oras pull --help
    "helm": ("--plain-http",),  # helm pull --help
    "cosign": ("--allow-insecure-registry", "--allow-http-registry"),  # cosign sign --help
    # https://github.com/GoogleContainerTools/kaniko/blob/main/README.md#additional-flags
    "executor": (
        "--insecure", "--insecure-pull", "--insecure-registry", "--skip-tls-verify", "--skip-tls-verify-pull", "--skip-tls-verify-registry",
    ),
}  # fmt: skip
"""Options with which a program talks to a registry over plain HTTP, or takes any certificate. `--tls-verify=false` and its like are
judged with the other certificate checks."""
DAEMON_OPTION = "--insecure-registry"
DAEMON_KEY = "insecure-registries"
WRITERS = frozenset({"echo", "printf"})
HERE = ("localhost", "127.", "[::1]")
"""Docker asks these without TLS anyway."""
SERVICES = (".svc", ".svc.cluster.local")
"""Registries of the cluster itself, which nobody stands before who is not in it."""
OFF = frozenset({"0", "false"})
ENGINES = frozenset({"docker", "podman", "nerdctl"})
TRUST = "DOCKER_CONTENT_TRUST"
ANYTHING = "insecureAcceptAnything"
"""containers-policy.json(5), Policy Requirements."""
UNSIGNED_FAIL = "images that nobody signed are refused where content trust is on"


@rule(
    "insecure-registry",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1557 · ATT&CK T1195.002",
    programs=WRITERS | {"", *INSECURE_OPTIONS},
    variables=(DAEMON_KEY, "--"),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM docker:29-dind
            ENV «DOCKER_OPTS="--insecure-registry registry.example.com:5000"»
            RUN crane copy «--insecure» registry.example.com/a:1 /a && helm pull oci://registry.example.com/a «--plain-http»
            RUN echo «'{"insecure-registries": ["registry.example.com"]}'» > /etc/docker/daemon.json
            COPY <<EOF /etc/docker/daemon.json
            {
              "«insecure-registries": ["registry.example.com:5000"]»
            }
            EOF
            CMD ["dockerd", «"--insecure-registry=registry.example.com"»]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM quay.io/podman/stable:v5.6
            COPY <<EOF /etc/containers/registries.conf
            [[registry]]
            location = "localhost:5000"
            insecure = true
            [[registry]]
            location = "registry.example.com"
            «insecure = true»
            EOF
            """,
            fixed="""
            FROM quay.io/podman/stable:v5.6
            COPY <<EOF /etc/containers/registries.conf
            [[registry]]
            location = "localhost:5000"
            insecure = true
            [[registry]]
            location = "registry.example.com"
            EOF
            """,
        ),
        Bad("compose.yaml", "services: {dind: {image: 'docker:29-dind', command: [«--insecure-registry=registry.example.com:5000»]}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: build}
            spec:
              containers:
                - name: kaniko
                  image: gcr.io/kaniko-project/executor:v1.24.0
                  command: [/kaniko/executor, --dockerfile=Dockerfile, «--skip-tls-verify»]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM docker:29-dind
            ENV DOCKER_OPTS="--registry-mirror https://registry.example.com" NOTE=insecure-registries
            RUN crane copy registry.example.com/a:1 /a && echo '{"insecure-registries": []}' > /etc/docker/daemon.json
            RUN dockerd --insecure-registry localhost:5000 && dockerd --insecure-registry=127.0.0.0/8 && crane pull --insecure=false a a
            RUN curl --insecure-registry https://example.com
            """,
        ),
        Good(
            "task.yaml",
            """
            apiVersion: tekton.dev/v1
            kind: Task
            metadata: {name: build}
            spec:
              params: [{name: insecure, default: ''}]
              steps: [{name: build, image: 'acme/client:1', script: 'build'}]
              sidecars: [{name: dind, image: 'docker:29-dind', args: [--insecure-registry=$(params.insecure)]}]
            """,
        ),
        Good("compose.yaml", "services: {dind: {image: 'docker:29-dind', command: [--registry-mirror=https://registry.example.com]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: build}
            spec:
              containers:
                - name: kaniko
                  image: gcr.io/kaniko-project/executor:v1.24.0
                  command: [/kaniko/executor, --dockerfile=Dockerfile]
            """,
        ),
    ),
)
def insecure_registry(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """A registry is asked without TLS, or with any certificate.

    Whoever stands between can send another image, and gets the credentials as well. Where the registry's certificate comes from
    an authority of your own, give that authority's certificate to the client (for Docker, in `/etc/docker/certs.d`). Confidence is low in
    what is started to test something.
    """
    for finding in _asked_without_check(subject):
        finding.confidence = Confidence.LOW if subject.source.is_idle else None
        yield finding


def _asked_without_check(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    if isinstance(subject, WrittenFile):
        yield from _insecure_lines(subject)
        return
    if isinstance(subject, Variable):
        if _lets_in(subject):
            yield subject.finding(subject.span, f"`{subject.name}` names a registry that is asked without a check of its certificate")
        return
    for span, fix in _insecure_places(subject):
        yield subject.finding(span, "a registry is asked without a check of its certificate", fix=fix)


def _insecure_lines(file: WrittenFile) -> Iterator[Finding]:
    """The registries of a `registries.conf` that are asked without a check (containers-registries.conf(5))."""
    location = ""
    for line in file.lines if file.name == "registries.conf" or "/registries.conf.d/" in file.path else ():
        name, _, value = (part.strip() for part in line.text.partition("="))
        location = value.strip("\"'") if name in ("location", "prefix") else "" if name.startswith("[") else location
        if name == "insecure" and value == "true" and not _is_here(location):
            fix = file.without(name, line.span(), caveat="a registry without TLS is then not asked")
            yield file.finding(line.span(), f"`{location or file.name}` is asked without a check of its certificate", fix=fix)


def _lets_in(variable: Variable) -> bool:
    value = variable.value.text
    if variable.name == DAEMON_KEY:
        return variable.place == "file" and bool(value.strip("[] \t")) and not _is_here(value.lstrip("[ \t\"'"))
    if DAEMON_OPTION not in value or variable.place not in ("env", "arg", "file"):
        return False
    named = [after.strip("= ") for after in value.split(DAEMON_OPTION)[1:]]
    return any(not _is_here(registry) for registry in named)


def _insecure_places(command: Command) -> Iterator[tuple[Span, Fix | None]]:
    if command.name in WRITERS:
        for word in command.words[1:]:
            _, key, listed = word.text.partition(f'"{DAEMON_KEY}"')
            registries = listed.partition("[")[2].partition("]")[0].split(",")
            if key and not ("[" in listed and registries == [""]) and not all(map(_is_here, registries)):
                yield word.span, None
    elif command.name in INSECURE_OPTIONS:
        yield from _insecure_options(command, INSECURE_OPTIONS[command.name])
    elif not command.name:
        yield from _insecure_options(command, (DAEMON_OPTION,))


def _insecure_options(command: Command, names: tuple[str, ...]) -> Iterator[tuple[Span, Fix | None]]:
    for at, word in enumerate(command.words):
        name, _, value = word.text.partition("=")
        if name not in names or value in OFF:
            continue
        last = at
        if name == DAEMON_OPTION and not value and at + 1 < len(command.words):
            last = at + 1
            value = command.words[last].text
        if not _is_here(value) and not value.startswith("$("):  # a parameter, which may be empty
            yield word.span, command.drop_words(at, last, caveat="the registry's certificate must be one that is trusted")


def _is_here(registry: str) -> bool:
    registry = registry.strip("\"' \t\n")
    host = registry.partition("/")[0]
    return registry.startswith(HERE) or (host.rpartition(":")[0] or host).endswith(SERVICES)


@rule(
    "content-trust-disabled",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 4.5 · NIST SP 800-190 3.2.2 · ATT&CK T1525",
    also_known_as="dockle:CIS-DI-0005",
    programs=ENGINES | {"="},
    variables=(TRUST,),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM docker:29
            ENV «DOCKER_CONTENT_TRUST=0»
            RUN «DOCKER_CONTENT_TRUST=0» docker pull a:1
            """,
            fixed="""
            FROM docker:29
            RUN docker pull a:1
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM docker:29
            ENV «DOCKER_CONTENT_TRUST=0»
            RUN «DOCKER_CONTENT_TRUST=0» docker pull acme/app:1 && docker run «--disable-content-trust» acme/app:1
            RUN export «DOCKER_CONTENT_TRUST=false»
            RUN echo '{"default": [{"type": "«insecureAcceptAnything»"}]}' > /etc/containers/policy.json
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'docker:29', environment: [«DOCKER_CONTENT_TRUST=0»]}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: build}
            spec:
              containers:
                - name: build
                  image: docker:29
                  env:
                    - «name: DOCKER_CONTENT_TRUST
                      value: "0"»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM docker:29
            ENV DOCKER_CONTENT_TRUST=1
            ARG DOCKER_CONTENT_TRUST
            RUN docker pull --disable-content-trust=false acme/app:1 && echo --disable-content-trust
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'docker:29', environment: [DOCKER_CONTENT_TRUST=1]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: build}
            spec:
              containers:
                - {name: build, image: 'docker:29', env: [{name: DOCKER_CONTENT_TRUST, value: "1"}]}
            """,
        ),
    ),
)
def content_trust_disabled(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """The check of image signatures is switched off.

    Docker Content Trust refuses images that nobody signed. Docker is retiring it (https://docs.docker.com/go/dct-deprecation/), so
    where it had to be switched off for that reason, check signatures with cosign or Notation, or name images by digest.
    """
    if isinstance(subject, WrittenFile):
        for line in subject.lines if subject.path.endswith("containers/policy.json") else ():
            at = line.text.find(ANYTHING)
            if at >= 0:
                yield subject.finding(line.span(at, at + len(ANYTHING)), "images that nobody signed are accepted")
        return
    if isinstance(subject, Variable):
        if subject.name == TRUST and subject.value.text in OFF:
            fix = subject.drop("variable", caveat=UNSIGNED_FAIL)
            yield subject.finding(subject.span, f"`{TRUST}={subject.value.text}` lets unsigned images in", fix=fix)
        return
    for name, value in subject.assignments:
        if name == TRUST and value is not None and value.text in OFF:
            fix = subject.drop_assignment(name, value, caveat=UNSIGNED_FAIL)
            yield subject.finding(_assignment(name, value), f"`{TRUST}={value.text}` lets unsigned images in", fix=fix)
    if subject.name in ENGINES:
        for at, word in enumerate(subject.words):
            if word.text in ("--disable-content-trust", "--disable-content-trust=true"):
                fix = subject.drop_words(at, at, caveat=UNSIGNED_FAIL)
                yield subject.finding(word.span, f"`{subject.name}` takes unsigned images", fix=fix)


def _assignment(name: str, value: Word) -> Span:
    """Where `NAME=value` stands."""
    return Span(value.span.start - len(name) - 1, value.span.end)
