"""Logins in files as programs store and send them, and what detect-secrets finds besides."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import (
    CHANGE,
    ROTATE,
    Bad,
    Confidence,
    Finding,
    Good,
    Severity,
    Text,
    better_way,
    calls_it_an_example,
    find_by_detect_secrets,
    find_encoded,
    find_logins,
    find_private_keys,
    find_tokens,
    find_url_passwords,
    rule,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

SHOWN_BY_ITSELF = (find_tokens, find_private_keys, find_url_passwords, find_encoded)
SCRIPTS = (".sh", ".bash", ".zsh", ".mk", "makefile")
LONGEST_LINE = 4000
"""Characters; what stands further back on its line is not looked at."""
REFERENCES = "NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-798"

# Invented, and written in pieces, so that nobody's scanner takes this file for a leak.
PASSWORD = "Kp3-vv81" + "-Qz"
BEARER = "Kp3vv81Qz9xK2" + "LmWq7"
SEED = "4f0c92d1b7e83a65" + "d20f9c417ab8e653"
LOGIN_ENCODED = "Ym90OktwMy12" + "djgxLVF6"


@rule(
    "stored-login",
    severity=Severity.HIGH,
    references=REFERENCES,
    also_known_as="kubescape:C-0012 semgrep:k/secrets-in-config-file trivy:KSV-0109",
    hides=True,
    examples=(
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN echo 'machine git.acme.io login bot password «{PASSWORD}»' > /root/.netrc\n"),
        Bad("Dockerfile", f"FROM alpine:3.22\nCOPY <<EOF /root/.m2/settings.xml\n<password>«{PASSWORD}»</password>\nEOF\n"),
        Bad("compose.yaml", f"services: {{app: {{image: 'acme/app:1', environment: ['HEADER=Authorization: Bearer «{BEARER}»']}}}}\n"),
        Bad(
            "pod.yaml",
            f"""
            apiVersion: v1
            kind: Pod
            metadata: {{name: web}}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  livenessProbe:
                    httpGet: {{path: /, port: 80, httpHeaders: [{{name: Authorization, value: 'Basic «{LOGIN_ENCODED}»'}}]}}
            """,
        ),
        Bad(
            "map.yaml",
            f"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {{name: a}}
            data:
              redis.conf: |
                port 6379
                requirepass «{PASSWORD}»
            """,
        ),
        Good(
            "Dockerfile", "FROM alpine:3.22\nRUN --mount=type=secret,id=netrc,target=/root/.netrc git clone https://git.acme.io/app.git\n"
        ),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', environment: ['HEADER=Authorization: Bearer ${TOKEN}']}}\n"),
        Good(
            "map.yaml",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            data:
              redis.conf: |
                port 6379
                requirepass ${REDIS_PASSWORD}
            """,
        ),
    ),
)
def stored_login(text: Text) -> Iterator[Finding]:
    """A login stands as a program stores or sends it.

    The entry of a netrc or .npmrc file, a registry login, an `Authorization` header, a database user's password in SQL, a password in
    XML: whoever reads the file or the image can log in. Change it, and mount the file at run time, or for the one step of the build
    that needs it. The hash of a password is no password, but it can be guessed at leisure.
    """
    whole = text.fragment.text
    for login in find_logins(whole):
        if ((login.weak or login.hashed) and in_comment(whole, login.start)) or covered(login.start, login.end, whole, *SHOWN_BY_ITSELF):
            continue
        if login.what.endswith("of a registry login") and not text.source.path.lower().endswith(SCRIPTS):
            continue  # the commands of other files are read one by one
        if login.hashed and "kind: CustomResourceDefinition" in whole:
            continue  # its schema shows how one looks
        unsure = text.source.is_sample or text.is_template or shows_how_they_look(login.what, text.source.path)
        yield text.finding_in(
            login.start,
            login.end,
            f"{login.what} in plain text; {CHANGE if login.weak else ROTATE}",
            severity=Severity.LOW if login.hashed else Severity.MEDIUM if login.weak else None,
            confidence=Confidence.LOW if unsure else Confidence.MEDIUM if login.hashed or login.weak else None,
            fix=better_way(text),
        )


@rule(
    "detect-secrets-finding",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    profile="off",
    references=REFERENCES,
    also_known_as="detect-secrets:KeywordDetector",
    examples=(
        Bad("Dockerfile", f"FROM alpine:3.22\nENV SEED='«{SEED}»'\n"),
        Bad("compose.yaml", f"services: {{app: {{image: 'acme/app:1', environment: {{SEED: '«{SEED}»'}}}}}}\n"),
        Bad("map.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{seed: '«{SEED}»'}}\n"),
        Good("Dockerfile", "FROM alpine:3.22\nENV LANG=C.UTF-8\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', environment: {SEED: '${SEED}'}}}\n"),
        Good("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {seed: none}\n"),
    ),
)
def detect_secrets_finding(text: Text) -> Iterator[Finding]:
    """A plugin of detect-secrets finds a secret.

    In force where the repository has a `.secrets.baseline`, with the plugins and filters that it names, or when asked for; those that are
    code of the repository (`file://`) are not run. Needs the extra `detect-secrets`; without it, nothing is found. What our own rules on
    text find is left to them. Change the secret and take it from outside; or say in `detect-secrets audit` that it is none, which counts
    here as well.
    """
    whole = text.fragment.text
    if text.address:
        return  # what was decoded is no line of the file
    for other in find_by_detect_secrets(whole, text.source.path):
        if not covered(other.start, other.end, whole, *SHOWN_BY_ITSELF, find_logins):
            yield text.finding_in(other.start, other.end, f"detect-secrets: {other.what}; {ROTATE}", fix=better_way(text))


def shows_how_they_look(what: str, path: str) -> bool:
    """Whether a secret, but for a password, is commented out of the values of a chart."""
    return what == "secret that is commented out" and path.rpartition("/")[2].startswith("values")


def covered(start: int, end: int, text: str, *finders: Callable[[str], Iterable[Any]]) -> bool:
    """Whether other rules on text tell of a secret in a range of it."""
    first = max(0, start - 300)
    near = text[first : end + 300]
    return any(one.start < end - first and start - first < one.end for find in finders for one in find(near))


def in_comment(text: str, offset: int) -> bool:
    """Whether what stands at an offset is commented out, or said to be an example."""
    first = max(0, offset - LONGEST_LINE)
    before = text[max(first, text.rfind("\n", first, offset) + 1) : offset]
    return before.lstrip().startswith("#") or calls_it_an_example(before)
