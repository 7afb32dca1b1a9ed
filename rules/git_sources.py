"""Sources that a build takes from Git."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Copy, Finding, Good, RemoteSource, Severity, rule

HEXADECIMAL = frozenset("0123456789abcdef")
HASH_LENGTHS = (40, 64)
"""Of SHA-1 and SHA-256. BuildKit takes no shorter hash in `#`: https://docs.docker.com/build/concepts/context/#url-fragments."""
BUILDERS = frozenset({"docker", "podman", "buildah", "nerdctl"})
BUILDS = frozenset({"build", "bud"})
PINS = ("checksum=", "commit=")
"""What pins in a query: https://docs.docker.com/build/concepts/context/#url-queries."""
SWITCHES = frozenset({"--force-rm", "--load", "--no-cache", "--pull", "--push", "--quiet", "--rm", "--squash"})
"""Options of a build that take no value: https://docs.docker.com/reference/cli/docker/buildx/build/."""
CHOOSES = ("branch=", "tag=", "ref=")


@rule(
    "git-source-without-commit",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.2 · ATT&CK T1195.002",
    programs=BUILDERS,
    facts=("ADD",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            ARG BRANCH=main
            ADD «https://github.com/acme/tool.git» /src
            ADD --keep-git-dir=true «https://github.com/acme/tool.git#${BRANCH}:docs» /docs
            ADD «git@github.com:acme/tool.git» /src
            ADD «https://github.com/acme/tool.git#v1.2.3» /src
            ADD «"https://github.com/acme/tool.git?branch=main"» /src
            RUN docker build -t tool «https://github.com/acme/tool.git#main» && docker buildx build --pull «git://example.com/tool.git»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'docker:29', command: docker build -t a «https://github.com/acme/a.git»}}"),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                build: «https://github.com/acme/app.git#main»
              site:
                build:
                  context: .
                  additional_contexts:
                    docs: «github.com/acme/docs»
                    tools: ./tools
            """,
        ),
        Bad(
            "compose.yaml",
            """
            include:
              - «git@github.com:acme/stack.git»
            services:
              app:
                image: acme/app:1.2
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
                - {name: web, image: 'quay.io/buildah/stable:v1', command: [buildah, bud, «'https://github.com/acme/a.git'»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ARG REF
            ADD https://github.com/acme/tool.git#0123456789abcdef0123456789abcdef01234567 /src
            ADD https://github.com/acme/tool.git#0123456789abcdef0123456789abcdef01234567:docs /docs
            ADD --checksum=0123456789abcdef0123456789abcdef01234567 https://github.com/acme/tool.git#v1.2 /src
            ADD "https://github.com/acme/tool.git?tag=v1.2&checksum=0123456789abcdef0123456789abcdef01234567" /src
            ADD https://github.com/acme/tool.git#${REF} /src
            ADD https://example.com/tool.tgz /src
            ADD tool.git /src
            RUN docker build -t tool . && docker build https://github.com/acme/tool.git#0123456789abcdef0123456789abcdef01234567
            RUN docker build --build-context main=https://github.com/acme/tool.git --label https://github.com/acme/tool.git .
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'docker:29', command: docker build -t a .}}"),
        Good(
            "compose.yaml",
            """
            services:
              app:
                build: https://github.com/acme/app.git#0123456789abcdef0123456789abcdef01234567
              site:
                build: {context: ./github.com/acme, additional_contexts: ['tools=${TOOLS}']}
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
                - {name: web, image: 'quay.io/buildah/stable:v1', command: [buildah, bud, .]}
            """,
        ),
    ),
)
def git_source_without_commit(subject: Copy | Command | RemoteSource) -> Iterator[Finding]:
    """A source from Git that is not fixed to a commit.

    The build gets what the branch holds on that day: two builds differ, and whoever may push there changes your image. Name the
    whole commit hash behind `#`, or give `--checksum=` (or `?checksum=`) with it beside a tag. A tag that looks like a version
    is reported with low confidence: it is seldom moved, and can be.
    """
    if isinstance(subject, Copy):
        if subject.keyword == "ADD" and "checksum" not in subject.flags:
            for source in subject.sources:
                if source.is_known:
                    chosen = moving_part(source.text)
                    if chosen is not None:
                        yield subject.finding(source, _message(chosen), confidence=_confidence(chosen))
        return
    if isinstance(subject, RemoteSource):
        chosen = moving_part(subject.value.text)
        if chosen is not None:
            yield subject.finding(subject.value, _message(chosen), confidence=_confidence(chosen))
    elif subject.name in BUILDERS:
        for before, word in zip(subject.words, subject.words[1:], strict=False):
            is_value = before.text.startswith("--") and before.text not in SWITCHES
            chosen = moving_part(word.text) if word.known and not is_value else None
            if chosen is not None and any(other.text in BUILDS for other in subject.words):
                yield subject.finding(word.span, _message(chosen), confidence=_confidence(chosen))


def moving_part(url: str) -> str | None:
    """The branch or tag that a Git source names, "" if it names none; None if it is no Git source, or is fixed to a commit."""
    address, _, fragment = url.partition("#")
    address, _, query = address.partition("?")
    if not address.startswith(("git://", "git@", "ssh://", "github.com/")) and not (
        address.startswith(("http://", "https://")) and address.endswith(".git")
    ):
        return None
    settings = query.split("&")
    if any(setting.startswith(PINS) for setting in settings):
        return None
    chosen = fragment.partition(":")[0] or next((setting.partition("=")[2] for setting in settings if setting.startswith(CHOOSES)), "")
    return None if len(chosen) in HASH_LENGTHS and HEXADECIMAL.issuperset(chosen.lower()) else chosen


def _message(chosen: str) -> str:
    return f"`{chosen}` can move; only a commit is always the same source" if chosen else "no commit is named, so the source changes"


def _confidence(chosen: str) -> Confidence | None:
    """Low for a tag such as `v1.2.3`."""
    version = chosen.removeprefix("refs/tags/").removeprefix("v")
    return Confidence.LOW if "." in version and version[0].isdigit() else None
