"""Secrets that show by themselves, wherever they stand: tokens, keys, and passwords in URLs."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import (
    CHANGE,
    ROTATE,
    Bad,
    Confidence,
    Finding,
    Fix,
    Good,
    Severity,
    Text,
    Variable,
    better_way,
    calls_it_an_example,
    find_encoded,
    find_private_keys,
    find_tokens,
    find_url_passwords,
    revocation,
    rule,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop import Verdict

LONGEST_LINE = 4000
"""Characters; what stands further back on its line is not looked at."""
REFERENCES = "NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-798"

# Invented, and written in pieces, so that nobody's scanner takes this file for a leak.
TOKEN = "glpat" + "-Xf3kQ9mZ2vLr8TnB4wYp"
BUS_KEY = "Xf3kQ9mZ2vLr8TnB4wYp7cHs6dJg" + "1aNe5bUtKoVi0Mq="
KEY = "-----BEGIN " + "PRIVATE KEY-----"
KEY_BODY = "MC4CAQAwBQYDK2VwBCIEIJ+0cYdW8lZ2nXqv" + "T3u1Lk9sQb7FhJx5oRw6MaGdPe8Z"
KEY_END = "-----END " + "PRIVATE KEY-----"
PASSWORD = "Kp3-vv81" + "-Qz"
TOKEN_ENCODED = "Z2xwYXQtWGYza1E5" + "bVoydkxyOFRuQjR3WXA="
SKELETON = """\
# Copy it to load-secret.yaml, fill it in, apply it, and keep it out of the repository.
apiVersion: v1
kind: Secret
metadata:
  name: load-secret
stringData:
"""


@rule(
    "provider-token",
    severity=Severity.CRITICAL,
    references=REFERENCES,
    also_known_as=(
        "hadolint:DL3064 trivy:DS-0031 trivy:KSV-0109 compose-lint:CL-0020 kubescape:C-0012 kubescape:C-0259 dockle:CIS-DI-0010 "
        "semgrep:k/secrets-in-config-file"
    ),
    variables=("?",),
    hides=True,
    examples=(
        Bad("Dockerfile", f"FROM alpine:3.22\nENV CI_ACCESS=«{TOKEN}»\n"),
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN curl -H 'PRIVATE-TOKEN: «{TOKEN}»' https://git.acme.io/api/v4/user\n"),
        Bad("compose.yaml", f"services: {{app: {{image: 'acme/app:1', command: ['sync', '--with', '«{TOKEN}»']}}}}\n"),
        Bad("pod.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  git.conf: |\n    auth «{TOKEN}»\n"),
        Bad("compose.yaml", f"services: {{app: {{image: 'acme/app:1', environment: {{CI: «{TOKEN_ENCODED}»}}}}}}\n"),
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN echo «{TOKEN_ENCODED}» | base64 -d > /token\n"),
        Bad("settings.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{bus: 'SharedAccessKey=«{BUS_KEY}»'}}\n"),
        Good("Dockerfile", "FROM alpine:3.22\nENV CI_ACCESS=glpat-xxxxxxxxxxxxxxxxxxxx AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"),
        Bad(".env.example", f"CI_ACCESS=«{TOKEN}»\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', environment: {GITHUB_TOKEN: '${GITHUB_TOKEN}'}}}\n"),
        Good("pod.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {prefix: glpat-}\n"),
        Good(".env", "CI_ACCESS=\n"),
    ),
)
def provider_token(subject: Text | Variable) -> Iterator[Finding]:
    """A token of a known provider stands in the file.

    Its format says whose it is, and whoever reads the file or the image may use it. Revoke it with the provider first: it
    stays in the history of the repository and in the layers of the image. Then hand the new one over at run time, or to the
    build with `RUN --mount=type=secret`. Severity is medium for the id of a key, which is of no use without its secret.
    """
    if isinstance(subject, Variable):
        yield from hidden_from_the_text(subject, "token", Severity.CRITICAL)
        return
    for token in find_tokens(subject.fragment.text):
        unsure, names_a_key = token.provider == "jwt", token.what.endswith(" key id")
        yield subject.finding_in(
            token.start,
            token.end,
            f"{token.what} in plain text; {revocation(token.provider)}",
            severity=Severity.HIGH if unsure else Severity.MEDIUM if names_a_key else None,
            confidence=in_samples(subject, Confidence.MEDIUM if unsure else None) if unsure or names_a_key else None,
            fix=from_outside(subject, token.start, token.end),
        )
    yield from encoded(subject, "token")


@rule(
    "private-key",
    severity=Severity.CRITICAL,
    references="NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.004 · CWE-321",
    also_known_as="trivy:KSV-0109 kubescape:C-0012 kubescape:C-0259 semgrep:k/secrets-in-config-file",
    variables=("?",),
    hides=True,
    examples=(
        Bad("Dockerfile", f"FROM alpine:3.22\nCOPY <<EOF /key.pem\n«{KEY}\n{KEY_BODY}\n{KEY_END}»\nEOF\n"),
        Bad(
            "compose.yaml",
            f"""
            services:
              app:
                image: acme/app:1
                environment:
                  SIGNER: |
                    «{KEY}
                    {KEY_BODY}
                    {KEY_END}»
            """,
        ),
        Bad(
            "secret.yaml",
            f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  tls.key: |\n    «{KEY}\n    {KEY_BODY}\n    {KEY_END}»\n",
        ),
        Good("Dockerfile", f"FROM alpine:3.22\nRUN grep -q -- '{KEY}' /run/secrets/key\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', environment: {SIGNER: /run/secrets/signer.pem}}}\n"),
        Good("secret.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  tls.key: '{KEY} ... {KEY_END}'\n"),
    ),
)
def private_key(subject: Text | Variable) -> Iterator[Finding]:
    """A private key stands in the file.

    Whoever holds it can be whom it stands for. Make a new pair, withdraw the old certificate or authorised key, and mount
    the new key at run time. Confidence is low among tests and examples.
    """
    if isinstance(subject, Variable):
        yield from hidden_from_the_text(subject, "private-key", Severity.CRITICAL)
        return
    for key in find_private_keys(subject.fragment.text):
        yield subject.finding_in(
            key.start,
            key.end,
            f"private key{', itself encrypted, in the file' if key.encrypted else ' in plain text'}; {ROTATE}",
            severity=Severity.MEDIUM if key.encrypted else None,
            confidence=in_samples(subject, Confidence.MEDIUM if key.encrypted else None),
            fix=better_way(subject),
        )
    yield from encoded(subject, "private-key")


@rule(
    "password-in-url",
    severity=Severity.HIGH,
    references=REFERENCES,
    also_known_as="compose-lint:CL-0021 kubescape:C-0012 trivy:KSV-0109",
    variables=("?",),
    hides=True,
    examples=(
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN git clone https://bot:«{PASSWORD}»@git.acme.io/app.git\n"),
        Bad(
            "compose.yaml",
            f"services: {{app: {{image: 'acme/app:1', environment: {{DB: 'postgres://app:«{PASSWORD}»@db/app'}}}}}}\n",
            fixed="services: {app: {image: 'acme/app:1', environment: {DB: '${DB:?}'}}}\n",
        ),
        Bad(
            "pod.yaml",
            f"""
            apiVersion: batch/v1
            kind: Job
            metadata: {{name: load}}
            spec:
              template:
                spec:
                  containers:
                  - name: load
                    image: acme/load:1
                    env:
                    - {{name: DB, value: "postgres://app:«{PASSWORD}»@db/app"}}
            """,
            fixed="""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: load}
            spec:
              template:
                spec:
                  containers:
                  - name: load
                    image: acme/load:1
                    env:
                    - {name: DB, valueFrom: {secretKeyRef: {name: load-secret, key: DB}}}
            """,
            fixed_beside={"load-secret.yaml.example": SKELETON + '  DB: ""\n'},
        ),
        Bad("map.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{DB: 'postgres://app:«{PASSWORD}»@db/app'}}\n"),
        Bad(".env", f"DB=postgres://app:«{PASSWORD}»@db/app\n"),
        Bad(
            "start.sh",
            "docker run -d -e DB=postgres://me:«Xk29vQpT7w»@db/x acme/app:1\n",
            fixed='docker run -d -e DB=postgres://me:"${DB_PASSWORD:?}"@db/x acme/app:1\n',
        ),
        Good("start.sh", "docker run -d -e DB acme/app:1\n"),
        Good("Dockerfile", "FROM alpine:3.22\nRUN git clone https://bot:${PASSWORD}@git.acme.io/app.git\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', environment: {DB: 'postgres://app:${DB_PASSWORD}@db/app'}}}\n"),
        Good("pod.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {DB: 'postgres://app@db.acme.io/app'}\n"),
        Good(".env.example", "DB=postgres://postgres:postgres@localhost/app\n"),
    ),
)
def password_in_url(subject: Text | Variable) -> Iterator[Finding]:
    """A URL holds a password.

    Besides standing in the file, such a URL finds its way into logs, process lists and error reports. Keep the password apart
    from the URL, in a secret that is mounted, and let the program put them together. Confidence is low for a password that anyone would
    guess of what runs on the machine itself, and in what developers start.
    """
    if isinstance(subject, Variable):
        yield from hidden_from_the_text(subject, "url-password", Severity.HIGH)
        return
    text = subject.fragment.text
    for url in find_url_passwords(text):
        if (url.weak and (in_comment(text, url.start) or subject.is_template)) or covered(url.start, url.end, text, "token"):
            continue
        variable = subject.variable_at(subject.fragment.span(url.start).start)
        is_for_few = (url.near and not in_a_pod(subject)) or (url.weak and variable is not None and variable.is_for_few)
        yield subject.finding_in(
            url.start,
            url.end,
            f"URL with a password that anyone would guess; {CHANGE}" if url.weak else f"URL with a password; {ROTATE}",
            severity=Severity.MEDIUM if url.weak else None,
            confidence=Confidence.LOW if is_for_few else in_samples(subject, Confidence.MEDIUM if url.weak else None),
            fix=from_outside(subject, url.start, url.end),
        )
    yield from encoded(subject, "url-password")


def covered(start: int, end: int, text: str, kind: str) -> bool:
    """Whether the rules on text find a secret of a kind in a range."""
    first = max(0, start - 300)
    return any(found < end - first and start - first < stop for found, stop in found_in(text[first : end + 300], kind))


def encoded(text: Text, kind: str) -> Iterator[Finding]:
    """The secrets of a kind that are written in base64."""
    for verdict in find_encoded(text.fragment.text):
        if verdict.kind == kind:
            advice = revocation(verdict.provider)
            yield text.finding_in(
                verdict.start,
                verdict.end,
                f"{verdict.why}; {advice}",
                severity=Severity.MEDIUM if is_encrypted_key(verdict) else None,
                confidence=in_samples(text, None) if kind != "token" else None,
                fix=better_way(text),
            )


def in_samples(subject: Text | Variable, otherwise: Confidence | None) -> Confidence | None:
    """How sure a secret is that may stand in a template, or among tests and examples, which make up their own keys and passwords."""
    source = subject.source
    unsure = subject.is_made_up if isinstance(subject, Variable) else subject.is_template or source.is_sample or source.is_to_try_out
    return Confidence.LOW if unsure else otherwise


def in_a_pod(subject: Text | Variable) -> bool:
    """Whether what answers on the machine itself is another container of the same pod, as a proxy of a database is."""
    return "apiVersion" in subject.source.text


def is_encrypted_key(verdict: Verdict) -> bool:
    """Whether a secret is a private key that is itself encrypted."""
    return verdict.kind == "private-key" and verdict.confidence != "high"


def from_outside(text: Text, start: int, end: int) -> Fix:
    """The change that takes what stands in a range of a text from outside, where that is a variable's."""
    variable = text.variable_at(text.fragment.span(start, end).start)
    fix = variable.from_outside(text.fragment.text[start:end]) if variable is not None else None
    return fix or better_way(text)


def hidden_from_the_text(variable: Variable, kind: str, severity: Severity) -> Iterator[Finding]:
    """What only the variable's name, or its value after unquoting, shows to be a secret; the file's text tells the rest."""
    verdict = variable.secret
    if verdict is None or verdict.kind != kind:
        return
    place, shown = variable.place_of(verdict.start, verdict.end), variable.shown(verdict.start, verdict.end)
    assert place is not None
    assert shown is not None
    weak = kind == "url-password" and verdict.confidence != "high"
    if weak or is_encrypted_key(verdict):
        severity = Severity.MEDIUM
    sure = Confidence[verdict.confidence.upper()]
    if weak:
        sure = Confidence.LOW if variable.is_for_few else Confidence.MEDIUM if in_a_pod(variable) else sure
    if not covered(*shown, kind):
        yield variable.finding(
            place,
            f"`{variable.name}` holds {verdict.why}; {CHANGE if weak else revocation(verdict.provider)}",
            hidden=(place,),
            severity=severity if variable.ships else Severity(severity - 1),
            confidence=in_samples(variable, sure),
            fix=variable.from_outside(variable.value.text[verdict.start : verdict.end]) or better_way(variable),
            notes=variable.value.trail,
        )


def found_in(text: str, kind: str) -> list[tuple[int, int]]:
    """Where the rules on text find secrets of a kind."""
    if kind == "token":
        return [(found.start, found.end) for found in find_tokens(text)] + [(found.start, found.end) for found in find_encoded(text)]
    if kind == "private-key":
        return [(found.start, found.end) for found in find_private_keys(text)]
    return [(found.start, found.end) for found in find_url_passwords(text)]


def in_comment(text: str, offset: int) -> bool:
    """Whether what stands at an offset is commented out, in a comment behind something, or said to be an example."""
    first = max(0, offset - LONGEST_LINE)
    before = text[max(first, text.rfind("\n", first, offset) + 1) : offset]
    return before.lstrip().startswith("#") or " # " in before or calls_it_an_example(before)
