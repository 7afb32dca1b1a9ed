"""Images that are not what their names make one think."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Image, Safety, Severity, rule

DIGIT_OR_V = frozenset("v0123456789")
PUBLISHED_BY_DOCKER = ("docker.io/library",)
"""The official images (https://docs.docker.com/docker-hub/image-library/trusted-content/)."""


@rule(
    "misspelt-image",
    severity=Severity.HIGH,
    references="ATT&CK T1195.002 · ATT&CK T1204.003 · NIST SP 800-190 3.1.5",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM «nginxx:1.29» AS web
            FROM «docker.io/library/pyhton:3.14» AS tool
            FROM «libary/nginx» AS other
            FROM alpine:3.23
            COPY --from=«ghrc.io/acme/tools:1» /tool /bin/
            COPY --from=«mcr.rnicrosoft.com/dotnet/sdk:9.0» /a /
            COPY --from=«mcr.micr0soft.com/dotnet/sdk:9.0» /a /
            COPY --from=«gcr.io/distroles/static:nonroot» /a /
            RUN --mount=from=«bitnamii/redis:8»,target=/mnt true
            """,
        ),
        Bad("Dockerfile", "FROM «postgress:18»\n", fixed="FROM postgres:18\n"),
        Bad(
            "compose.yaml",
            """
            services:
              db:
                image: «"mysq1:8.4"»
              graphs:
                image: «grafanna/grafana:12.0.2»
            """,
            fixed="""
            services:
              db:
                image: "mysql:8.4"
              graphs:
                image: grafana/grafana:12.0.2
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
                - name: web
                  image: «ngnix»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM node:24 AS nginxx
            FROM nginxx
            FROM httpd:2.4
            FROM swipl:9
            FROM ghcr.io/acme/ngnix:1
            COPY --from=registry-k8s.io/pause:3.10 /a /
            COPY --from=gcr.io/distroless-acme/static:1 /a /
            FROM acme.example/ngnix:1
            FROM gcr.io/acme/nginxx:1
            COPY --from=nginxx /a /a
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              own: {image: nginxx, build: .}
              host: {image: host}
              cache: {image: redis2}
              mirror: {image: 'registry.local:5000/postgress'}
              copy: {image: acme/postgres}
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
                - {name: web, image: 'nginx:1.29'}
                - {name: code, image: 'code:1'}
            """,
        ),
    ),
)
def misspelt_image(image: Image) -> Iterator[Finding]:
    """The name is nearly that of a well-known image.

    Whoever owns the misspelt name decides what runs: a namespace on Docker Hub is free for the first who asks, and `ghrc.io` (for
    `ghcr.io`) answers and asks for your credentials. Names are compared with Docker's official images, with well-known publishers
    and with public registries; names in a registry of your own say nothing.
    """
    reference = image.reference
    if reference is None or not image.is_fetched:
        return
    like = image.resemblance
    if like is None or like.kind == "copy":
        return
    sure = like.kind != "namespace" and not image.value.defaulted
    yield image.finding(
        image.value,
        f"`{reference.text}` looks like a misspelling: `{like.written}` for `{like.meant}`",
        fix=image.rename(like.written, like.meant, caveat="look whether that image is what was meant"),
        confidence=None if sure else Confidence.MEDIUM,
    )


@rule(
    "unofficial-image-copy",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    profile="strict",
    references="ATT&CK T1195.002 · ATT&CK T1204.003 · NIST SP 800-190 3.1.5",
    examples=(
        Bad(
            "Dockerfile",
            "FROM «someone/nginx:1.29»\nCOPY --from=«docker.io/user/postgres:18» /a /a\n",
            fixed="FROM nginx:1.29\nCOPY --from=docker.io/postgres:18 /a /a\n",
        ),
        Bad("compose.yaml", "services: {db: {image: «'nanoserver/mysql:8.4'»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: «someone/redis»}
            """,
        ),
        Good("Dockerfile", "FROM nginx:1.29\nFROM bitnami/nginx\nFROM arm64v8/alpine:3.23\nFROM acme/node:1\nFROM ghcr.io/acme/nginx:1\n"),
        Good("compose.yaml", "services: {db: {image: acme/mysql, build: .}, ui: {image: 'grafana/grafana:12.0.2'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def unofficial_image_copy(image: Image) -> Iterator[Finding]:
    """Somebody else's copy of an official image.

    Nobody but its owner says what is in it, and whether it follows the original's security fixes. Use the official image, or
    build your own on it. If the namespace is yours, silence this rule.
    """
    like = image.resemblance if image.is_fetched else None
    if like is not None and like.kind == "copy":
        fix = image.rename(like.written, like.meant, safety=Safety.DISPLAY, caveat="what the copy adds is missing then")
        yield image.finding(image.value, f"`{like.written}` is not the official image `{like.meant}`", fix=fix)


@rule(
    "untrusted-registry",
    severity=Severity.MEDIUM,
    profile="off",
    references="CIS Docker 4.2 · NIST SP 800-190 3.1.5 · ATT&CK T1195.002 · ATT&CK T1204.003",
    also_known_as=(
        "hadolint:DL3026 trivy:KSV-0125 trivy:KSV-0032 trivy:KSV-0033 trivy:KSV-0034 trivy:KSV-0035 "
        "datadog:use_only_an_allowed_registry_in_the_from_image kubescape:C-0001 kubescape:C-0078"
    ),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13 AS base
            FROM «acme/base:1»
            COPY --from=base /a /a
            COPY --from=«ghcr.io/acme/tools:1» /tool /bin/
            RUN --mount=from=«docker.io/libraryfake/debian:13»,target=/mnt true
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: «'quay.io/acme/app:1'»}}"),
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
        Good("Dockerfile", "ARG BASE\nFROM debian:13 AS base\nFROM base\nFROM docker.io/library/nginx:1.29\nFROM ${BASE}\nFROM scratch\n"),
        Good("compose.yaml", "services: {app: {image: 'quay.io/acme/app:1', build: .}, db: {image: 'postgres:18'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29'}
            """,
        ),
    ),
)
def untrusted_registry(image: Image, *, trusted: tuple[str, ...] = PUBLISHED_BY_DOCKER) -> Iterator[Finding]:
    """The image comes from a registry that is not on your list.

    The option `trusted` lists the registries (`ghcr.io`, `*.azurecr.io`), and where it matters the folder in them
    (`docker.io/library`, `ghcr.io/acme`), that images may come from. Without it, these are Docker's official images.
    """
    reference = image.reference
    if reference is not None and image.is_fetched and not any(_comes_from(reference.canonical, place) for place in trusted):
        yield image.finding(image.value, f"`{reference.familiar}` comes from a registry that is not trusted")


def _comes_from(name: str, place: str) -> bool:
    """Whether an image, named in full, is in a registry or in a folder of one. `*.` stands for any host below a domain."""
    host, _, path = name.partition("/")
    trusted_host, _, folder = place.rstrip("/").partition("/")
    if trusted_host.startswith("*."):
        same = host.endswith(trusted_host[1:])
    else:
        same = host == trusted_host
    return same and (not folder or path == folder or path.startswith(folder + "/"))


@rule(
    "digest-comment-drift",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.2.2",
    examples=(
        Bad(
            "Dockerfile",
            """
            # tag: 12.1
            FROM «debian:12.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa»
            # docker.io/library/nginx:1.28
            FROM «nginx:1.29@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa»
            """,
        ),
        Good(
            "Dockerfile",
            """
            # 12.1
            FROM debian:12.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            # see redis:7.1
            FROM nginx:1.29@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            # nginx:1.29.1
            FROM nginx:1.29@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: «acme/app:1.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa»   # 1.3
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
                - name: web
                  image: «"acme/web:v2.0.1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"» # v2.0.0, see #12
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa   # v1.2.7
              other:
                image: acme/app:1.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa   # 3 replicas
              third:
                image: acme/app:1.2   # 1.3
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
                - name: web
                  image: acme/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa # v2.0.0
            """,
        ),
    ),
)
def digest_comment_drift(image: Image) -> Iterator[Finding]:
    """The comment names another version than the tag beside it.

    With a digest only the digest counts; tag and comment are for readers, and if they disagree one of them misleads. Find out
    which image the digest is, and correct the other two.
    """
    reference = image.reference
    if reference is None or reference.digest is None or reference.tag is None or image.value.source is not image.source:
        return
    comment = _comment_after(image) or _comment_above(image, reference.name.rpartition("/")[2])
    tag, said = _numbers(reference.tag), _numbers(comment)
    if len(tag) > 1 and len(said) > 1 and any(one != other for one, other in zip(tag, said, strict=False)):
        version = comment.partition(" ")[0].rstrip(",;")
        yield image.finding(image.value, f"the comment says {version}, the tag says {reference.tag}")


def _comment_after(image: Image) -> str:
    """The text of the comment on the same line."""
    end = image.value.span.end
    rest = image.source.text[end : image.source.line(image.source.position(end).line).end].lstrip("\"'")
    return rest.lstrip().removeprefix("#").strip() if rest.lstrip().startswith("#") and rest[:1] in " \t" else ""


def _comment_above(image: Image, name: str) -> str:
    """The version in the comment on the line above, where it says that it is one: `# tag: 1.2`, `# nginx:1.2`."""
    number = image.source.position(image.value.span.start).line
    above = image.source[image.source.line(number - 1)].strip() if number > 1 else ""
    label, _, version = above[1:].strip().rpartition(":") if above.startswith("#") else ("", "", "")
    return version.strip() if label.lower() in ("tag", "version") or label.rpartition("/")[2] == name else ""


def _numbers(version: str) -> list[str]:
    """The numbers that a version begins with: `v1.2.7-alpine` is 1, 2 and 7."""
    if version[:1] not in DIGIT_OR_V:
        return []
    first = version.partition(" ")[0].removeprefix("v").partition("-")[0].rstrip(",;")
    parts = first.split(".")
    return parts if all(part.isdigit() for part in parts) else []
