"""Tokens and secrets that pods are given."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Good, Pod, Severity, Value, rule

DAY = 86_400
HOUR = "3600"
READS_ONCE = "a program that does not read the file again is refused after an hour"


@rule(
    "long-lived-token",
    severity=Severity.MEDIUM,
    references="ATT&CK T1528",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: token, mountPath: /token}]}
              volumes:
                - name: token
                  projected:
                    sources:
                      - serviceAccountToken: {path: vault, audience: vault, expirationSeconds: «31536000»}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: token, mountPath: /token}]}
              volumes:
                - name: token
                  projected:
                    sources:
                      - serviceAccountToken: {path: vault, audience: vault, expirationSeconds: 3600}
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
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: token, mountPath: /token}]}
              volumes:
                - name: token
                  projected:
                    sources:
                      - serviceAccountToken: {path: vault, audience: vault, expirationSeconds: 7200}
                      - serviceAccountToken: {path: other, audience: other}
            """,
        ),
    ),
)
def long_lived_token(pod: Pod) -> Iterator[Finding]:
    """A token that a pod asks for is valid for more than a day.

    Whoever copies it has the rights of the pod for that long, although the kubelet renews tokens by itself and a mounted one is never out
    of date. Leave `expirationSeconds` at its hour, or near it. Confidence is low for one that names who else it is for: clouds that
    take it for an account of theirs ask for two days.
    """
    for token in _tokens(pod):
        expires = token.get("expirationSeconds")
        if expires is not None and expires.text.isdigit() and int(expires.text) > DAY:
            days = int(expires.text) // DAY
            fix = pod.rewrite("projections", expires.span, expires.text, HOUR, caveat=READS_ONCE)
            message = f"a token of `{pod.name}` is valid for {days} day{'' if days == 1 else 's'}"
            yield pod.finding(expires, message, fix=fix, confidence=Confidence.LOW if _is_for_others(token) else None)


@rule(
    "token-for-cluster-api",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1528",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              automountServiceAccountToken: false
              containers:
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: token, mountPath: /token}]}
              volumes:
                - name: token
                  projected:
                    sources:
                      - serviceAccountToken: {path: «vault»}
                      - serviceAccountToken: {path: «other», audience: ''}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              automountServiceAccountToken: false
              containers:
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: token, mountPath: /token}]}
              volumes:
                - name: token
                  projected:
                    sources:
                      - serviceAccountToken: {path: vault, audience: vault}
                - name: api
                  projected:
                    sources:
                      - serviceAccountToken: {path: token}
                      - configMap: {name: kube-root-ca.crt}
            """,
        ),
    ),
)
def token_for_cluster_api(pod: Pod) -> Iterator[Finding]:
    """A token is projected without saying whom it is for.

    It is then valid for the cluster's API, so that whoever it is shown to can speak to the API in the pod's name. Name the `audience`. The
    volume that stands for the usual token, with the cluster's certificate beside it, is meant for the API and left alone.
    """
    for token in _tokens(pod, with_certificate=False):
        path, audience = token.get("path"), token.get("audience")
        if path is not None and (audience is None or (audience.is_known and not audience.text)):
            yield pod.finding(path, f"a token of `{pod.name}` is valid for the cluster's API, as it names no audience")


def _is_for_others(token: dict[str, Value]) -> bool:
    """Whether a token names another audience than the cluster's API."""
    audience = token.get("audience")
    return audience is not None and audience.text != "" and "kubernetes" not in audience.text


def _tokens(pod: Pod, *, with_certificate: bool = True) -> Iterator[dict[str, Value]]:
    """The tokens of the service account that volumes of a pod ask for."""
    for value in pod.fact("projections"):
        sources = value.content.get("sources") if isinstance(value.content, dict) else None
        parts = [source.content for source in sources or () if isinstance(source.content, dict)]
        if with_certificate or not any("configMap" in part for part in parts):
            tokens = [part["serviceAccountToken"].content for part in parts if "serviceAccountToken" in part]
            yield from (token for token in tokens if isinstance(token, dict))


@rule(
    "secret-in-environment",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.4.1 · ATT&CK T1552.007",
    also_known_as=(
        "checkov:CKV_K8S_35 kics:3d658f8b kube-linter:read-secret-from-env-var kubesec:SecretsAsEnvironmentVariables kubescape:C-0207"
    ),
    facts=("secret_variables",),
    examples=(
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
                  env:
                    - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: «db», key: password}}}
                  envFrom:
                    - secretRef: {name: «api»}
                    - configMapRef: {name: settings}
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
                  image: acme/web:1
                  env: [{name: DB_PASSWORD_FILE, value: /run/secrets/db/password}]
                  volumeMounts: [{name: db, mountPath: /run/secrets/db, readOnly: true}]
              volumes:
                - {name: db, secret: {secretName: db}}
            """,
        ),
    ),
)
def secret_in_environment(container: Container) -> Iterator[Finding]:
    """A secret reaches the container as an environment variable.

    Every program that the container starts inherits it, crash reports and debug pages print it, and it stays what it was when the secret
    is changed. Where the application can read a file, mount the secret.
    """
    for name in container.fact("secret_variables"):
        secret = f"the secret {name.text}" if name.is_known else "a secret"
        yield container.finding(name, f"the environment of `{container.name}` is filled from {secret}")
