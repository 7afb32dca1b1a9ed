"""Secrets that their names show: passwords of one's own, those that everyone would guess, and defaults that everyone can read."""

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
    Variable,
    better_way,
    find_in_json,
    find_logins,
    rule,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop import Verdict

REFERENCES = "NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-798"

# Invented, and written in pieces, so that nobody's scanner takes this file for a leak.
PASSWORD = "Kp3-vv81" + "-Qz"
ENCODED = "S3AzLXZ2" + "ODEtUXo="
SKELETON = """\
# Copy it to web-secret.yaml, fill it in, apply it, and keep it out of the repository.
apiVersion: v1
kind: Secret
metadata:
  name: web-secret
stringData:
"""


@rule(
    "hard-coded-credential",
    severity=Severity.HIGH,
    references=REFERENCES,
    also_known_as=(
        "buildkit:SecretsUsedInArgOrEnv hadolint:DL3064 trivy:DS-0031 trivy:KSV-0109 compose-lint:CL-0020 kube-linter:env-var-secret "
        "docksec:compose-plaintext-secret-env polaris:sensitiveContainerEnvVar polaris:sensitiveConfigmapContent "
        "kubescape:C-0012 kubescape:C-0259 kics:b9c83569 semgrep:d/secret-in-build-arg semgrep:k/secrets-in-config-file dockle:CIS-DI-0010"
    ),
    variables=("?",),
    hides=True,
    examples=(
        Bad("Dockerfile", f'FROM alpine:3.22\nENV A=1 «SERVICE_PSW="{PASSWORD}»"\n', fixed="FROM alpine:3.22\nENV A=1\n"),
        Bad(
            "Dockerfile",
            f"FROM alpine:3.22\nARG «SERVICE_PSW={PASSWORD}»\nRUN make\nRUN ./fetch --as app:$SERVICE_PSW\n",
            fixed="FROM alpine:3.22\nRUN make\nRUN --mount=type=secret,id=service_psw,env=SERVICE_PSW ./fetch --as app:$SERVICE_PSW\n",
        ),
        Bad("Dockerfile", f"ARG FIRST=«{PASSWORD}»\nFROM alpine:3.22\nARG FIRST\nENV SECOND=$FIRST DB_PASSWORD=${{FIRST}}\n"),
        Bad("Dockerfile", f"FROM alpine:3.22\nCOPY <<EOF /etc/app.ini\n[db]\npassword = «{PASSWORD}»\nEOF\n"),
        Bad(
            "compose.yaml",
            f"services:\n  app:\n    image: acme/app:1\n    environment:\n      - DB_PASSWORD=«{PASSWORD}»\n",
            fixed="services:\n  app:\n    image: acme/app:1\n    environment:\n      - DB_PASSWORD=${DB_PASSWORD:?}\n",
        ),
        Bad(
            "compose.yaml",
            f"""
            services:
              db:
                image: postgres:17
                environment:
                  POSTGRES_PASSWORD: "«{PASSWORD}»"   # rotate
                  POSTGRES_USER: app

            volumes:
              data:
            """,
            fixed="""
            services:
              db:
                image: postgres:17
                environment:
                  POSTGRES_PASSWORD_FILE: "/run/secrets/postgres_password"   # rotate
                  POSTGRES_USER: app
                secrets: [postgres_password]

            volumes:
              data:

            secrets:
              postgres_password:
                environment: POSTGRES_PASSWORD
            """,
        ),
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
                  env:
                    - name: DB_PASSWORD
                      value: «{PASSWORD}»   # rotate
                    - name: DB_USER
                      value: app
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  env:
                    - name: DB_PASSWORD
                      valueFrom:
                        secretKeyRef:
                          name: web-secret
                          key: DB_PASSWORD   # rotate
                    - name: DB_USER
                      value: app
            """,
            beside={"web-secret.yaml.example": f'{SKELETON}  API_KEY: ""\n'},
            fixed_beside={"web-secret.yaml.example": f'{SKELETON}  API_KEY: ""\n  DB_PASSWORD: ""\n'},
        ),
        Bad("secret.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata: {{password: «{ENCODED}»}}\n"),
        Bad(".env", f"export DB_PASSWORD=«{PASSWORD}»\n"),
        Bad("start.sh", "docker run -d -e DB_PASSWORD=«Xk29vQpT7w» acme/app:1\n", fixed="docker run -d -e DB_PASSWORD acme/app:1\n"),
        Good("start.sh", "docker run -d -e DB_PASSWORD acme/app:1\n"),
        Good("Dockerfile", "FROM alpine:3.22\nENV DB_PASSWORD_FILE=/run/secrets/db GOPRIVATE=git.acme.io TOKEN_TTL=3600\n"),
        Good(
            "Dockerfile",
            """
            FROM alpine:3.22
            ENV DB_PASSWORD= API_TOKEN="" SSH_KEY_PATH=/keys/id REQUIRE_PASSWORD=true AUTH_TOKEN_VERSION=1.4.2
            ENV AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE TOKEN_URL=https://id.acme.io/token USERNAME=app
            ENV JWT_PUBLIC_KEY=MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
            """,
        ),
        Good("Dockerfile", "FROM alpine:3.22\nARG API_KEY=<your-key>\nENV DB_PASSWORD=$DB_PASSWORD\n"),
        Good(
            "compose.yaml",
            """
            services:
              db:
                image: postgres:17
                environment:
                  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
                  POSTGRES_PASSWORD_FILE: /run/secrets/db
                  ALLOW_EMPTY_PASSWORD: "yes"
                  MYSQL_RANDOM_ROOT_PASSWORD: "yes"
                  REPLICA_PASSWORD: ${REPLICA_PASSWORD}
                  ADMIN_PASSWORD: ""
                  REQUIRE_PASSWORD: true
                  TOKEN_TTL: 30
                  KEY_PATH: /keys/id
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
                  env:
                    - name: DB_PASSWORD
                      valueFrom: {secretKeyRef: {name: db, key: password}}
                    - name: DB_PASSWORD_COPY
                      value: $(DB_PASSWORD)
                    - {name: KEY_PATH, value: /run/secrets/key}
                    - {name: API_KEY, value: '{{ .Values.key }}'}
                    - {name: ADMIN_PASSWORD, value: ''}
            """,
        ),
        Good("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {server-tokens: 'false', token-replicas: '3'}\n"),
        Good("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: '${FROM_CI}', user: admin}\n"),
        Good("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: {{ .Values.password | quote }}\n"),
        Good(
            "secrets.yaml",
            """
            apiVersion: bitnami.com/v1alpha1
            kind: SealedSecret
            metadata: {name: a}
            spec: {encryptedData: {password: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq}}
            ---
            apiVersion: external-secrets.io/v1
            kind: ExternalSecret
            metadata: {name: b}
            spec: {data: [{secretKey: password, remoteRef: {key: prod/db-password}}]}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: c}
            stringData: {password: 'ENC[AES256_GCM,data:4Xw0kQ==,iv:Zm9v,tag:YmFy,type:str]', empty_password: ''}
            sops: {mac: 'ENC[AES256_GCM,data:bG9s,iv:Zm9v,tag:YmFy,type:str]'}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: d, annotations: {kubernetes.io/service-account.name: robot}}
            type: kubernetes.io/service-account-token
            """,
        ),
        Good(".env", "DB_PASSWORD_FILE=/run/secrets/db\n"),
        Good(".env.example", f"DB_PASSWORD={PASSWORD}\n"),
    ),
)
def hard_coded_credential(variable: Variable) -> Iterator[Finding]:
    """A password or another secret stands in the file.

    Everyone who can read the repository, the image or the running container's settings can read it. Change it, and take it from
    outside: a mounted secret, a variable that the deployment must set, or `RUN --mount=type=secret` in a build. A Kubernetes
    Secret in a repository is no exception: base64 hides nothing; encrypt it (SOPS, Sealed Secrets) or have it made in the
    cluster (External Secrets). Confidence is low among tests and examples, and in what developers start.
    """
    for verdict in secrets_of(variable, "credential"):
        yield credential(variable, verdict, f"`{variable.name}` holds {verdict.why}; {ROTATE}", Severity.HIGH)


@rule(
    "default-credential",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1078.001 · CWE-1392",
    also_known_as=(
        "buildkit:SecretsUsedInArgOrEnv hadolint:DL3064 trivy:DS-0031 compose-lint:CL-0020 docksec:compose-plaintext-secret-env "
        "kube-linter:env-var-secret polaris:sensitiveContainerEnvVar kubescape:C-0012"
    ),
    variables=("?",),
    hides=True,
    examples=(
        Bad("Dockerfile", "FROM postgres:17\nENV «POSTGRES_PASSWORD=changeme»\n"),
        Bad(
            "compose.yaml",
            "services: {db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: «postgres»}}}\n",
            fixed="services: {db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password}, "
            "secrets: [postgres_password]}}\nsecrets:\n  postgres_password:\n    environment: POSTGRES_PASSWORD\n",
        ),
        Bad(
            "compose.yaml",
            "services: {app: {image: 'acme/app:1', environment: {DB_PASSWORD: «postgres»}}}\n",
            fixed="services: {app: {image: 'acme/app:1', environment: {DB_PASSWORD: '${DB_PASSWORD:?}'}}}\n",
        ),
        Bad(
            "pod.json",
            """
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db"}, "spec": {"containers": [{"name": "db", "image": "acme/db:17",
             "env": [{"name": "DB_PASSWORD", "value": "«postgres»"}]}]}}
            """,
            fixed="""
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db"}, "spec": {"containers": [{"name": "db", "image": "acme/db:17",
             "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-secret", "key": "DB_PASSWORD"}}}]}]}}
            """,
            fixed_beside={
                "db-secret.yaml.example": SKELETON.replace("web", "db") + '  DB_PASSWORD: ""\n',
            },
        ),
        Bad("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: «admin123»}\n"),
        Bad(".env", "POSTGRES_PASSWORD=«changeme»\n"),
        Good("Dockerfile", "FROM postgres:17\nENV POSTGRES_USER=postgres\n"),
        Good("compose.yaml", "services: {db: {image: 'postgres:17', environment: {POSTGRES_USER: postgres}}}\n"),
        Good("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {user: admin}\n"),
        Good(".env", "POSTGRES_PASSWORD=\n"),
        Good("names.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  nsswitch.conf: |\n    passwd: compat\n"),
    ),
)
def default_credential(variable: Variable) -> Iterator[Finding]:
    """A password is one that anyone would guess.

    It keeps nobody out who can reach the service. Make one up for each installation, and have the start fail where none is set.
    """
    for verdict in secrets_of(variable, "default-credential"):
        yield credential(variable, verdict, f"`{variable.name}` holds {verdict.why}; {CHANGE}", Severity.MEDIUM)


MAIL = frozenset({"imap", "mail", "mailer", "smtp"})
FILLED_IN = ("${SERVICE_PASSWORD_", "${SERVICE_BASE64_", "${SERVICE_REALBASE64_", "${SERVICE_HEX_")
"""Variables that Coolify always sets (coolify.io/docs, Magic environment variables)."""


@rule(
    "published-default",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1078.001 · CWE-1392",
    also_known_as="compose-lint:CL-0020 docksec:compose-plaintext-secret-env",
    variables=("?",),
    hides=True,
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:2
                environment:
                  - DB_PASSWORD=${DB_PASSWORD:-«letmein-2026»}
            """,
            fixed="""
            services:
              app:
                image: acme/app:2
                environment:
                  - DB_PASSWORD=${DB_PASSWORD:?}
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              db:
                image: acme/db:2
                healthcheck:
                  test: obclient -uroot -p${ROOT_PASSWORD:-«letmein-2026»} -e "select 1"
            """,
            fixed="""
            services:
              db:
                image: acme/db:2
                healthcheck:
                  test: obclient -uroot -p${ROOT_PASSWORD:?} -e "select 1"
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:2
                environment: ['DB_PASSWORD=${DB_PASSWORD:?}', 'DB_NAME=${DB_NAME:-app}', 'DB_TOKEN=${DB_TOKEN}', 'KEY=${KEY:-}']
              filled-in:
                image: acme/app:2
                environment: {AMQP_PASSWORD: '${SERVICE_PASSWORD_RABBITMQ:-letmein-2026}'}
            """,
        ),
    ),
)
def published_default(variable: Variable) -> Iterator[Finding]:
    """A secret has a default that everyone can read.

    Whoever forgets to set the variable runs with the password that stands in the repository, and nothing tells them.
    `${NAME:?}` makes the start fail instead.
    """
    verdict = variable.secret
    if not variable.value.defaulted or any(name in variable.source[variable.span] for name in FILLED_IN):
        return
    if verdict is not None and verdict.kind in ("credential", "default-credential"):
        message = f"`{variable.name}` falls back to a secret that is published here; {ROTATE}"
        yield credential(variable, verdict, message, Severity.MEDIUM)


ASKS_FOR_NONE = {
    "opensearch_initial_admin_password": ("plugins.security.disabled=true", "disable_security_plugin=true"),
    "elastic_password": ("xpack.security.enabled=false",),
    "elasticsearch_password": ("xpack.security.enabled=false", "elastic_cloud_auth"),
}
"""What makes a program ask for no password, or be given another login, by the variable with its password: a setting, or the name of one
with any value (docs.opensearch.org, Docker; elastic.co/docs: Security settings, and Cloud auth of Beats)."""


def secrets_of(variable: Variable, kind: str) -> Iterator[Verdict]:
    """The secrets of a kind in a variable that no rule on the text tells of."""
    if variable.value.defaulted:
        return
    verdict = variable.secret
    found = [verdict] if verdict is not None else []
    text = variable.value.text
    if variable.fragment is not None and variable.place != "template" and text[:1] in ("{", "[") and not holds_registry_login(text):
        found.extend(one for one in find_in_json(text, variable.name) if verdict is None or one.start != verdict.start)
    for one in found:
        if one.kind == kind and not told_by_the_text(variable, one):
            yield one


def holds_registry_login(text: str) -> bool:
    """Whether it is Docker's own configuration, of which the rule on stored logins tells: the password stands there twice."""
    return '"auth' in text and any(login.what == "registry login" for login in find_logins(text))


def told_by_the_text(variable: Variable, verdict: Verdict) -> bool:
    """Whether the secret is a login that is recognised whatever it is called."""
    shown = variable.shown(verdict.start, verdict.end)
    return shown is None or covered(*shown)


def covered(start: int, end: int, text: str) -> bool:
    """Whether a login is recognised in a range."""
    first = max(0, start - 300)
    return any(found.start < end - first and start - first < found.end for found in find_logins(text[first : end + 300]))


def asks_others(variable: Variable) -> bool:
    """Whether it is of a chart of an exporter, or a value for sending mail: what the password of somebody else's server is, no chart can
    know."""
    mails = not MAIL.isdisjoint(variable.address.lower().split("."))
    exports = any(folder.endswith("-exporter") for folder in variable.source.from_top.split("/")[:-1])
    return exports or (variable.place == "values" and mails)


def credential(variable: Variable, verdict: Verdict, message: str, severity: Severity) -> Finding:
    """The finding on a variable's secret: less severe where it does not ship, less sure where it is one of a test or an example, or a weak
    one of what is built in or worked on, one that a build may just ask for, or one that nobody is asked for, with the change that takes it
    from outside."""
    is_weak = verdict.kind == "default-credential"
    is_theirs = variable.is_for_few or not variable.ships or asks_others(variable)
    is_of_a_build = variable.address.startswith("services.") and variable.source.is_for_builds
    unsure = variable.is_made_up or (is_weak and is_theirs) or is_of_a_build or is_unused(variable)
    return variable.finding_in(
        verdict.start,
        verdict.end,
        message,
        severity=None if variable.ships else Severity(severity - 1),
        confidence=Confidence.LOW if unsure else Confidence[verdict.confidence.upper()],
        fix=variable.from_outside(variable.value.text[verdict.start : verdict.end]) or better_way(variable),
    )


def is_unused(variable: Variable) -> bool:
    """Whether it is the password of a program that is told beside it to ask for none, or is given another login."""
    switches = ASKS_FOR_NONE.get(variable.name.lower(), ())
    parts = variable.owner.parts if switches and variable.owner is not None else ()
    said = {f"{part.name}={part.value.text}".lower() for part in parts if isinstance(part, Variable)}
    return bool(switches) and not variable.beside.union(said).isdisjoint(switches)
