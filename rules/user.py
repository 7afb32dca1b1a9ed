"""Who a container runs as."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, DefaultContainer, Finding, Good, Severity, rule

ROOT = ("0", "root")
NON_ROOT = "a user other than root"
NOBODYS_NUMBER = "65532:65532"
"""What distroless images call `nonroot`; a number needs no entry in `/etc/passwd`."""
NEEDS_FILES = "what it writes, and folders that it makes files in, must belong to that user, and ports below 1024 may be closed to it"


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
            fixed="""
            FROM debian:bookworm-slim AS tools
            USER root
            RUN apt-get update
            FROM tools AS release
            RUN useradd --create-home --uid 10001 app
            USER 10001
            CMD ["/app"]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:bookworm-slim
            ARG ID=00
            USER «${ID}:${ID}»
            """,
            fixed="""
            FROM debian:bookworm-slim
            ARG ID=00
            RUN useradd --create-home --uid 10001 app
            USER 10001
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:bookworm-slim
            USER app
            COPY app /app
            USER «root»
            RUN apt-get update
            """,
            fixed="""
            FROM debian:bookworm-slim
            USER app
            COPY app /app
            USER root
            RUN apt-get update
            USER app
            """,
        ),
        Bad(
            "compose.yaml",
            "services: {app: {image: 'nginx:1.29', user: «'0:0'»}}",
            fixed="services: {app: {image: 'nginx:1.29', user: '65532:65532'}}",
        ),
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
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsUser: 10001}
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {runAsUser: 65532}}
                - {name: side, image: 'acme/side:1'}
            """,
        ),
        Bad("start.sh", "docker run -d --user «root» acme/app:1\n", fixed="docker run -d --user 65532:65532 acme/app:1\n"),
        Good("start.sh", "docker run -d --user 65532:65532 acme/app:1\n"),
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
            FROM debian:bookworm-slim AS a
            ARG UID=1000
            USER ${UID}:${UID}
            FROM debian:bookworm-slim
            ARG WHO
            USER ${WHO}
            """,
        ),
        Bad("Dockerfile", "FROM debian:13\nRUN useradd -ou 0 app && useradd -u 10 web\nUSER web\nUSER «app»\n"),
        Good(
            "Dockerfile",
            """
            FROM debian:bookworm-slim
            USER root
            RUN apt-get update
            USER app
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
def root_user(container: Container | DefaultContainer) -> Iterator[Finding]:
    """The container runs as root.

    Root in a container is root on the host as soon as anything else gives way: a kernel flaw, a mounted path, a capability.
    Run as a numbered user that owns nothing but what the application writes.

    Confidence is low for an init container, which prepares files for others and ends, for a step of a task, for an agent that reads its
    host's files, for what is started to test something, for what developers work in, for what starts others as users of their own (an init,
    sshd, cron) or leaves root by itself (by `setpriv`, or as the image of PostgreSQL does), for what mounts the socket of a container
    runtime, by which anyone in it has the host, where the comment above `USER root` says that it needs root, and where that was said for
    the build: more is built after it, nothing of its own is started, and it was no other user before. In a Compose file and on a command
    line it is low too for a service that prepares the others (`app-init`) or is a tool that is started by hand (in a profile `tools`), and
    for what is given capabilities, which only root has in effect: the dangerous ones are told themselves.
    """
    user = container.fact("user")
    name = user.text.partition(":")[0] if user.is_known else ""
    if name in ROOT or (name and not name.strip("0")):
        confidence = Confidence.LOW if is_meant_as_root(container) else None
        other = NON_ROOT if container.kind == "stage" else NOBODYS_NUMBER
        fix = container.set("user", other, caveat=NEEDS_FILES)
        yield container.finding(user, f"`{container.name}` runs as root", confidence=confidence, fix=fix)


def is_meant_as_root(container: Container | DefaultContainer) -> bool:
    """Whether it prepares files for others and ends, is to read those of its host, has its host anyway, tests something, or the dialect
    says why."""
    if container.source.is_idle:
        return True
    if container.kind in ("init container", "step") and not container.fact("privileged").is_true:
        return True
    if container.kind == "stage" or container.fact("user").reason:
        return bool(container.fact("user").reason)
    if container.dialect != "kubernetes" and any(container.fact("capabilities_added")):
        return True
    if container.dialect == "compose" and container.source.is_for_developers:
        return True
    return container.holds_runtime or any(container.doubt(use) is not None for use in ("files", "kernel", "power"))


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
            "Dockerfile",
            """
            «FROM node:22-slim»
            COPY . .
            RUN npm ci --omit=dev
            EXPOSE 3000

            # start it
            CMD ["node", "server.js"]
            """,
            fixed="""
            FROM node:22-slim
            COPY . .
            RUN npm ci --omit=dev
            EXPOSE 3000

            USER node
            # start it
            CMD ["node", "server.js"]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            «FROM python:3.14-slim»
            WORKDIR /srv/app
            COPY requirements.txt /tmp/
            RUN pip install -r /tmp/requirements.txt
            COPY --chmod=640 . .
            EXPOSE 8000
            CMD ["python", "app.py"]
            """,
            fixed="""
            FROM python:3.14-slim
            WORKDIR /srv/app
            COPY requirements.txt /tmp/
            RUN pip install -r /tmp/requirements.txt
            COPY --chmod=640 --chown=10001:10001 . .
            EXPOSE 8000
            RUN useradd --create-home --uid 10001 app
            USER 10001
            CMD ["python", "app.py"]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            from golang:1.25 as build
            run go build -o /app
            «from alpine:3.22»
            copy --from=build /app /app
            cmd ["/app"]
            """,
            fixed="""
            from golang:1.25 as build
            run go build -o /app
            from alpine:3.22
            copy --from=build /app /app
            run adduser -D -u 10001 app
            user 10001
            cmd ["/app"]
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
        Bad(
            "Dockerfile",
            """
            ARG BASE
            «FROM ${BASE}»
            CMD ["/app"]
            """,
            fixed="""
            ARG BASE
            FROM ${BASE}
            USER 65532:65532
            CMD ["/app"]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            «FROM scratch»
            COPY app /app
            ENTRYPOINT ["/app"]
            """,
            fixed="""
            FROM scratch
            COPY app /app
            USER 65532:65532
            ENTRYPOINT ["/app"]
            """,
        ),
        Good("Dockerfile", "FROM golang:1.25 AS build\nRUN go build -o /app\nFROM debian:13\nCOPY --from=build /app /app\nUSER 10001\n"),
        Good("Dockerfile", "FROM gcr.io/distroless/static-debian12:nonroot\n"),
        Good("Dockerfile", 'FROM cgr.dev/chainguard/node:latest\nCOPY app /app\nCMD ["/app/main.js"]\n'),
        Good("Dockerfile", "FROM nginxinc/nginx-unprivileged:1.29\nCOPY site /usr/share/nginx/html\n"),
        Good("Dockerfile", "FROM scratch\nCOPY files /\n"),
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
        Good(
            "pods.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: mapped}
            spec: {hostUsers: false, containers: [{name: web, image: 'acme/web:1'}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: windows}
            spec: {os: {name: windows}, containers: [{name: web, image: 'acme/web:1'}]}
            """,
        ),
    ),
)
def missing_user(container: Container | DefaultContainer) -> Iterator[Finding]:
    """Nothing keeps the container from running as root.

    Most base images start as root, so an image that never sets a user does too. Set a user in the image, or have the platform
    refuse root.

    The fix takes a user that the stage makes or its base has (`node`, `www-data`, `nonroot`), else makes one as the base's
    distribution does; where nothing is known of the base it is the number 65532, which needs no entry in `/etc/passwd`. It stands
    behind the last instruction that needs root. What is copied to the working folder or a volume is given to it (`COPY --chown=`), but
    where git has to read it later in the build; a folder that WORKDIR makes stays root's. None is offered for what works
    in `/root`, which is closed to others, nor for nginx and httpd, which must be told more.

    Confidence is low where others say who runs: an image that starts nothing of its own or an interpreter, or waits for what others start
    in it (`sleep infinity`), one that packs a tool, runs tests or builds something and listens to nobody, one in a folder of tests or for
    developers (`Dockerfile.dev`, `FROM base AS dev`), one that prepares others (`db-migrate/Dockerfile`, `migrate.py`), one that starts
    supervisord, one whose start script leaves root, here or as it stands beside the Dockerfile, an action of GitHub, what OpenShift builds
    (`build-config.yaml` beside it), an engine of containers, an agent or driver that works on its host, one built on an image that the
    project itself releases, or on another's application, whose user its maker chose, one that is called as its folder is where pods start
    it (`src/cart/Dockerfile` and `image: cart`), and none of all in the run as root, one that is kept for an old release
    (`6/ubuntu/trusty/Dockerfile`) or has a `Dockerfile.rootless` beside it, and in a cluster an image that is known to have a user, or to
    leave root by itself, or that Dockerfiles of the project give one, what runs on OpenShift, an init container, a step of a workflow, what
    tests something (a chart, or what it stands among the tests of), a pod of nothing but busybox or pause, a part of the cluster itself,
    and what is privileged, which is told as that. Where several images of one Dockerfile are built on the same stage and none sets a user,
    one is told.
    """
    user = container.fact("user")
    if not user.is_absent or container.platform == "windows":
        return
    if container.kind == "stage":
        confidence = Confidence.LOW if user.reason else None
        message = "the image never sets a user, so it runs as its base's, mostly root"
        yield container.finding(user, message, confidence=confidence, fix=container.set("user", NON_ROOT, caveat=NEEDS_FILES))
    elif container.fact("non_root_enforced").is_lacking:
        is_told = container.fact("privileged").is_true
        by_itself = bool(user.reason) or container.has_own_user
        ends = container.kind in ("init container", "step")
        unsure = is_told or by_itself or ends or container.is_tool or not container.uses.isdisjoint(("kernel", "modules", "power"))
        confidence = Confidence.LOW if unsure else Confidence.MEDIUM
        fix = container.set(
            "non_root_enforced", True, caveat="an image that starts as root, or as a user that has a name and no number, is refused"
        )
        yield container.finding(user, f"nothing keeps `{container.name}` from running as root", confidence=confidence, fix=fix)
