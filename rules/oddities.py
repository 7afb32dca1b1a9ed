"""What a file's own readers would trip over, or read differently."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Oddity, Severity, Span, rule

TO_REPLACE = r"[A-Z]+(?:[-_][A-Z]+)+|BASEIMAGE|(%%|@@?|__)[A-Za-z][\w-]*\1"
"""A name of an image that no registry allows, in the words of a template: `BASE_IMAGE`, `%%BASE%%`."""


@rule(
    "unknown-instruction",
    severity=Severity.INFO,
    hides=True,
    examples=(
        Bad("Dockerfile", "FROM alpine:3.22\n«RUNN» echo hello\nUSER 1000\n"),
        Bad("Dockerfile", "FROM alpine:3.22\nENV A=1\n    «DB_PASSWORD»=s3cr3t\nUSER 1000\n"),
        Good("Dockerfile", "FROM alpine:3.22\nrun echo hello\nUSER 1000\n"),
    ),
)
def unknown_instruction(oddity: Oddity) -> Iterator[Finding]:
    """An instruction is none that the builder knows.

    The build fails there, unless the frontend that `# syntax=` names knows more. Everything else in the file is checked. Confidence is
    low in a file for tests, which may be broken on purpose.
    """
    if oddity.kind == "unknown-instruction":
        source, at = oddity.source, oddity.span.end
        value = Span(at + 1, source.line(source.position(at).line).end)
        hidden = (value,) if source.text.startswith("=", at) else ()
        yield oddity.finding(oddity.span, oddity.message, hidden=hidden, confidence=Confidence.LOW if source.is_idle else None)


@rule(
    "refused-instruction",
    severity=Severity.INFO,
    references="Dockerfile reference",
    examples=(
        Bad("Dockerfile", "FROM alpine:3.22\nCOPY «app»\nCOPY «--form=build» /app /app\nUSER 1000\n"),
        Bad("Dockerfile", 'FROM «alpine:»\nENV A=«"b»\nEXPOSE «http»\nUSER «${ID»\n'),
        Bad("Dockerfile", "FROM alpine:3.22\nRUN «--mount=type=sceret,id=a» make\nCOPY --from=«7» /a /a\nUSER 1000\n"),
        Good("Dockerfile", "FROM alpine:3.22 AS a\nFROM alpine:3.22\nCOPY --link --from=0 /app /app\nEXPOSE $PORT 80-90/udp\nUSER 1000\n"),
        Bad("Dockerfile", "FROM «REPLACE-ME»\nRUN make\n"),
        Good("Dockerfile", "FROM fedora:44\nRUN --mount=type=bind,source=.,target=/src,z,relabel=private make -C /src\nUSER 1000\n"),
    ),
)
def refused_instruction(oddity: Oddity) -> Iterator[Finding]:
    """The builder refuses an instruction.

    BuildKit stops at it, so no image comes of the file, and what the instruction was to say may be read wrongly here too. Everything
    else in the file is checked. Confidence is low of what a tool is to write something else for (`FROM BASE_IMAGE`, `FROM %%BASE%%`), and
    in a file for tests, which may be broken on purpose.
    """
    if oddity.kind == "refused-instruction":
        is_to_replace = re.fullmatch(TO_REPLACE, oddity.source[oddity.span]) is not None
        unsure = is_to_replace or oddity.source.is_idle
        yield oddity.finding(oddity.span, oddity.message, confidence=Confidence.LOW if unsure else None)


@rule(
    "ignored-directive",
    severity=Severity.LOW,
    references="Dockerfile reference, parser directives",
    examples=(
        Bad("Dockerfile", "# The build agents\n«# escape=`»\nFROM alpine:3.22\nUSER 1000\n"),
        Good("Dockerfile", "# syntax=docker/dockerfile:1\n# escape=`\nFROM alpine:3.22\nUSER 1000\n"),
    ),
)
def ignored_directive(oddity: Oddity) -> Iterator[Finding]:
    """A parser directive has no effect.

    Directives count on the first lines of the file only: any other comment, blank line or instruction ends them. The builder
    reads this one as a comment, and what it was to change, it does not. Move it to the top. Confidence is low in a file for tests.
    """
    if oddity.kind == "ignored-directive":
        yield oddity.finding(oddity.span, oddity.message, confidence=Confidence.LOW if oddity.source.is_idle else None)


SECRET_CHECKS = ("all", "SecretsUsedInArgOrEnv")
"""https://docs.docker.com/reference/build-checks/"""


@rule(
    "build-check-skipped",
    severity=Severity.LOW,
    profile="strict",
    references="Dockerfile reference, check directive",
    examples=(
        Bad(
            "Dockerfile",
            "# syntax=docker/dockerfile:1\n«# check=skip=FromAsCasing,SecretsUsedInArgOrEnv;error=true»\nFROM a:1\n",
            fixed="# syntax=docker/dockerfile:1\n# check=skip=FromAsCasing;error=true\nFROM a:1\n",
        ),
        Bad(
            "Dockerfile",
            "«# check=skip=all»\n# ours\nFROM alpine:3.22\nUSER 1000\n",
            fixed="# ours\nFROM alpine:3.22\nUSER 1000\n",
        ),
        Good("Dockerfile", "# check=skip=StageNameCasing;error=true\nFROM alpine:3.22\n# check=skip=none\nUSER 1000\n"),
    ),
)
def build_check_skipped(oddity: Oddity) -> Iterator[Finding]:
    """BuildKit is told not to look for secrets.

    It warns of build arguments and variables that are named like secrets, for everyone who builds the file. Hand secrets in by
    `RUN --mount=type=secret`, and leave the check on.
    """
    if oddity.kind == "skipped-check" and oddity.message in SECRET_CHECKS:
        message = f"BuildKit's check for secrets is switched off (`skip={oddity.message}`)"
        yield oddity.finding(oddity.span, message, fix=oddity.correction)


@rule(
    "duplicate-key",
    severity=Severity.MEDIUM,
    references="YAML 1.2 3.2.1.1 · CWE-694",
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                read_only: true
                «read_only»: false
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                networks:
                  - inner
                tty: true
                «networks»:
                  - inner
                restart: always # kept
            """,
            fixed="""
            services:
              app:
                image: acme/app:1
                networks:
                  - inner
                tty: true
                restart: always # kept
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
                  image: acme/web:1
                  securityContext: {runAsUser: 1000, «runAsUser»: 2000}
            """,
        ),
        Good("compose.yaml", "services: {a: {image: 'acme/a:1'}, b: {image: 'acme/a:1'}}\n"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {name: web}}
            spec: {containers: [{name: web, image: 'acme/web:1'}, {name: side, image: 'acme/side:1'}]}
            """,
        ),
    ),
)
def duplicate_key(oddity: Oddity) -> Iterator[Finding]:
    """A key is written twice.

    Some readers take the first value, some the last, and some refuse the file, so that a reviewer and the cluster may see two
    different settings. Remove one; where both say the same that is safe.
    """
    if oddity.kind == "duplicate-key":
        yield oddity.finding(oddity.span, oddity.message, fix=oddity.correction)
