"""What takes a secret out of a file: for every credential that a rule finds, wherever it stands, proved as all fixes are."""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import Analysis
from capdrop.examples import unmarked
from capdrop.files import FilesWritten
from capdrop.finding import Finding, Safety
from capdrop.fixer import Refusal, Workbench, prove
from capdrop.rule import Bad, Rule
from capdrop.rulebook import load
from capdrop.source import Source

BOOK = load()
RULES = [rule for rule in BOOK.rules.values() if "better_way" in Path(rule.check.__code__.co_filename).read_text(encoding="utf-8")]
CREDENTIALS = [rule for rule in RULES if rule.name not in ("secret-persisted",)]
PASSWORD = "Kp3-vv81" + "-Qz"  # invented
TOKEN = "glpat" + "-Xf3kQ9mZ2vLr8TnB4wYp"
KEY = (
    "-----BEGIN "
    + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+0cYdW8lZ2nXqv"
    + "T3u1Lk9sQb7FhJx5oRw6MaGdPe8Z\n-----END "
    + "PRIVATE KEY-----"
)
ENV = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: acme/a:1\n    env:\n"
ENCODED = "S3AzLXZ2" + "ODEtUXo="


def examples() -> list[tuple[Rule, Bad]]:
    return [(rule, example) for rule in CREDENTIALS for example in rule.examples if isinstance(example, Bad)]


def analysed(path: str, text: str, beside: dict[str, str], also: str = "") -> tuple[Analysis, Workbench]:
    kind = kind_of(path, text)
    assert kind is not None
    BOOK.select(rule.name for rule in BOOK.rules.values() if rule.profile != "off" or rule.name == also)
    bench = Workbench(kind, BOOK, Context(files=FilesWritten({**beside, path: text})))
    return bench.analyse(Source(path, text)), bench


def mended(analysis: Analysis, finding: Finding, bench: Workbench) -> tuple[str, dict[str, str]]:
    """The file after the fix of a finding, and those beside it."""
    assert finding.fix is not None
    after, changed = prove(analysis, [finding], bench)
    return after.text, {os.path.relpath(path): now.text for path, (_, now) in changed.beside.items()}


def test_the_credential_rules_are_known() -> None:
    assert len(CREDENTIALS) >= 10


@pytest.mark.parametrize(("rule", "example"), examples(), ids=lambda one: getattr(one, "name", None) or one.path)
def test_every_credential_of_an_example_comes_from_outside(rule: Rule, example: Bad) -> None:
    text, _ = unmarked(example.text)
    analysis, bench = analysed(example.path, text, dict(example.beside), rule.name)
    findings = [finding for finding in analysis.findings if finding.rule == rule.name]
    assert findings
    for finding in findings:
        assert finding.fix is not None
        assert finding.fix.edits, f"{finding.subject}: {finding.fix.caveat}"
        after, beside = mended(analysis, finding, bench)
        if f"/{example.path}\n" in beside.get(".gitignore", ""):
            continue  # the file leaves the repository as it is
        for span in finding.hidden:
            secret = re.compile(rf"{re.escape(finding.source[span])}(?!\w)")
            assert len(secret.findall(after)) < len(secret.findall(text))
            assert not any(secret.search(other) for other in beside.values())


PLACES = {
    "a RUN": (
        "Dockerfile",
        f"FROM alpine:3.22\nRUN apk add curl && curl -u bot:{PASSWORD} https://git.acme.io/a\n",
        "FROM alpine:3.22\nRUN --mount=type=secret,id=curl_password,env=CURL_PASSWORD apk add curl && "
        'curl -u bot:"$CURL_PASSWORD" https://git.acme.io/a\n',
    ),
    "a quoted word": (
        "Dockerfile",
        f"FROM alpine:3.22\nRUN curl -H 'PRIVATE-TOKEN: {TOKEN}' https://git.acme.io/a\n",
        "FROM alpine:3.22\nRUN --mount=type=secret,id=private_token,env=PRIVATE_TOKEN curl -H 'PRIVATE-TOKEN: '\"$PRIVATE_TOKEN\" "
        "https://git.acme.io/a\n",
    ),
    "a word in double quotes": (
        "Dockerfile",
        f'FROM alpine:3.22\nRUN curl -H "PRIVATE-TOKEN: {TOKEN}" https://git.acme.io/a\n',
        'FROM alpine:3.22\nRUN --mount=type=secret,id=private_token,env=PRIVATE_TOKEN curl -H "PRIVATE-TOKEN: $PRIVATE_TOKEN" '
        "https://git.acme.io/a\n",
    ),
    "the script of a RUN": (
        "Dockerfile",
        f"FROM alpine:3.22\nRUN <<EOF\nmysql -uroot -p{PASSWORD} -e 'select 1'\nEOF\n",
        "FROM alpine:3.22\nRUN --mount=type=secret,id=mysql_password,env=MYSQL_PASSWORD <<EOF\n"
        "mysql -uroot -p\"$MYSQL_PASSWORD\" -e 'select 1'\nEOF\n",
    ),
    "a RUN that will be": (
        "Dockerfile",
        f"FROM alpine:3.22\nONBUILD RUN curl -u bot:{PASSWORD} https://git.acme.io/a\n",
        'FROM alpine:3.22\nONBUILD RUN --mount=type=secret,id=curl_password,env=CURL_PASSWORD curl -u bot:"$CURL_PASSWORD" '
        "https://git.acme.io/a\n",
    ),
    "a clone": (
        "Dockerfile",
        f"FROM alpine:3.22\nRUN git clone https://bot:{PASSWORD}@git.acme.io/app.git\n",
        "FROM alpine:3.22\nRUN --mount=type=secret,id=git_credentials,target=/root/.git-credentials git -c credential.helper=store "
        "clone https://git.acme.io/app.git\n",
    ),
    "a fetched URL": (
        "Dockerfile",
        f"FROM alpine:3.22\nADD https://bot:{PASSWORD}@git.acme.io/app.git /app\n",
        "FROM alpine:3.22\nADD https://git.acme.io/app.git /app\n",
    ),
    "a file in a build": (
        "Dockerfile",
        f"FROM alpine:3.22\nCOPY <<EOF /etc/app.ini\n[db]\npassword = {PASSWORD}\nport = 1\nEOF\n",
        "FROM alpine:3.22\nCOPY <<EOF /etc/app.ini\n[db]\npassword = \\${APP_INI_PASSWORD}\nport = 1\nEOF\n",
    ),
    "a label": (
        "Dockerfile",
        f"FROM alpine:3.22\nLABEL a=1 token={TOKEN}\n",
        "FROM alpine:3.22\nLABEL a=1\n",
    ),
    "what an image starts": (
        "Dockerfile",
        f'FROM redis:8\nCMD ["redis-server", "--requirepass", "{PASSWORD}"]\n',
        'FROM redis:8\nCMD exec redis-server --requirepass "${REDIS_SERVER_PASSWORD}"\n',
    ),
    "a health check": (
        "Dockerfile",
        f"FROM redis:8\nHEALTHCHECK CMD redis-cli -a {PASSWORD} ping\n",
        'FROM redis:8\nHEALTHCHECK CMD redis-cli -a "$REDIS_CLI_PASSWORD" ping\n',
    ),
    "a comment": (
        "Dockerfile",
        f"# the token is {TOKEN}\nFROM alpine:3.22\n",
        "# the token is \nFROM alpine:3.22\n",
    ),
    "a command of Compose": (
        "compose.yaml",
        f"services:\n  cache:\n    image: redis:8\n    command: redis-server --requirepass {PASSWORD}\n",
        "services:\n  cache:\n    image: redis:8\n    command: redis-server --requirepass ${REQUIREPASS:?}\n",
    ),
    "a health check with a variable's value": (
        "compose.yaml",
        f"""
        services:
          db:
            image: acme/mysql:8
            environment:
              MYSQL_ROOT_PASSWORD: ${{OTHER}}
              MYSQL_PASSWORD: {PASSWORD}
            healthcheck:
              test: mysqladmin ping -uroot -p{PASSWORD}
        """,
        """
        services:
          db:
            image: acme/mysql:8
            environment:
              MYSQL_ROOT_PASSWORD: ${OTHER}
              MYSQL_PASSWORD: %s
            healthcheck:
              test: mysqladmin ping -uroot -p${MYSQL_PASSWORD:?}
        """.replace("%s", PASSWORD),
    ),
    "a default with more in it": (
        "compose.yaml",
        f"services:\n  app:\n    image: acme/app:1\n    labels:\n      db: ${{DB:-postgres://app:{PASSWORD}@db/app}}\n",
        "services:\n  app:\n    image: acme/app:1\n    labels:\n      db: ${DB:?}\n",
    ),
    "an anchor": (
        "compose.yaml",
        f"x-env: &env\n  DB_PASSWORD: {PASSWORD}\nservices:\n  a: {{image: 'acme/a:1', environment: *env}}\n"
        "  b: {image: 'acme/b:1', environment: *env}\n",
        "x-env: &env\n  DB_PASSWORD: ${DB_PASSWORD:?}\nservices:\n  a: {image: 'acme/a:1', environment: *env}\n"
        "  b: {image: 'acme/b:1', environment: *env}\n",
    ),
    "a Secret": (
        "secret.yaml",
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  password: {ENCODED}\n  user: YXBw\n",
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata:
          name: db
        spec:
          secretStoreRef:
            kind: ClusterSecretStore
            name: ""
          data:
            - secretKey: password
              remoteRef:
                key: db
                property: password
            - secretKey: user
              remoteRef:
                key: db
                property: user
        """,
    ),
    "a Secret in JSON": (
        "secret.json",
        f'{{"apiVersion": "v1", "kind": "Secret", "metadata": {{"name": "db"}}, "stringData": {{"password": "{PASSWORD}"}}}}\n',
        '{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "db"}, "spec": {"secretStoreRef": '
        '{"kind": "ClusterSecretStore", "name": ""}, "data": [{"secretKey": "password", "remoteRef": {"key": "db", "property": '
        '"password"}}]}}\n',
    ),
    "a ConfigMap and what reads it": (
        "app.yaml",
        f"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: app}}
        data:
          HOST: db
          DB_PASSWORD: {PASSWORD}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {{name: web}}
        spec:
          containers:
            - name: web
              image: acme/web:1
              env:
                - name: PW
                  valueFrom:
                    configMapKeyRef:
                      name: app
                      key: DB_PASSWORD
            - name: all
              image: acme/web:1
              envFrom:
                - configMapRef:
                    name: app
        """,
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: app}
        data:
          HOST: db
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: acme/web:1
              env:
                - name: PW
                  valueFrom:
                    secretKeyRef:
                      name: app-secret
                      key: DB_PASSWORD
            - name: all
              image: acme/web:1
              envFrom:
                - configMapRef:
                    name: app
                - secretRef:
                    name: app-secret
        """,
    ),
    "the only entry of a ConfigMap": (
        "app.yaml",
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: app}}\ndata:\n  # of the database\n  DB_PASSWORD: {PASSWORD}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  # of the database\n  {}\n",
    ),
    "a file in a ConfigMap": (
        "app.yaml",
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: app}}\ndata:\n  redis.conf: |\n    port 1\n    requirepass {PASSWORD}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  redis.conf: |\n    port 1\n    requirepass ${REQUIREPASS}\n",
    ),
    "a key in a ConfigMap": (
        "app.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  a: b\n  tls.key: |\n" + textwrap.indent(KEY, "    ") + "\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  a: b\n",
    ),
    "arguments of a container": (
        "pod.yaml",
        f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: web}}
        spec:
          containers:
            - name: web
              image: acme/web:1
              args: [--db-password, '{PASSWORD}']
              env:
                - name: A
                  value: b
        """,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: acme/web:1
              args: [--db-password, '$(DB_PASSWORD)']
              env:
                - name: A
                  value: b
                - name: DB_PASSWORD
                  valueFrom:
                    secretKeyRef:
                      name: web-secret
                      key: DB_PASSWORD
        """,
    ),
    "the script of a probe": (
        "pod.yaml",
        f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: db}}
        spec:
          containers:
            - name: db
              image: acme/mysql:8
              livenessProbe:
                exec:
                  command: [sh, -c, 'curl https://bot:{PASSWORD}@db/']
        """,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: db}
        spec:
          containers:
            - name: db
              image: acme/mysql:8
              livenessProbe:
                exec:
                  command: [sh, -c, 'curl https://bot:${DB_PASSWORD}@db/']
              env:
                - name: DB_PASSWORD
                  valueFrom:
                    secretKeyRef:
                      name: db-secret
                      key: DB_PASSWORD
        """,
    ),
    "an annotation": (
        "pod.yaml",
        f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  annotations:\n    hook: https://bot:{PASSWORD}@git.acme.io/\n",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  annotations:\n    hook: https://bot:${HOOK_PASSWORD}@git.acme.io/\n",
    ),
    "a setting behind an escape": (
        "pod.yaml",
        f'apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  f.conf: "[db]\\npassword = {PASSWORD}\\n"\n',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  f.conf: "[db]\\npassword = ${A_PASSWORD}\\n"\n',
    ),
    "a variable of several lines": (
        "pod.yaml",
        f"{ENV}    - name: PEM\n      value: |\n" + textwrap.indent(KEY, " " * 8) + "\n    - name: B\n",
        f"{ENV}    - name: PEM\n      valueFrom:\n        secretKeyRef:\n          name: a-secret\n          key: PEM\n    - name: B\n",
    ),
    "a folded variable": (
        "pod.yaml",
        f"{ENV}    - name: DSN\n      value: >-\n        postgres://a:{PASSWORD}@db/a\n    - name: B\n",
        f"{ENV}    - name: DSN\n      valueFrom:\n        secretKeyRef:\n          name: a-secret\n          key: DSN\n    - name: B\n",
    ),
    "a literal of a generator": (
        "kustomization.yaml",
        f"kind: Kustomization\nsecretGenerator:\n  - name: db\n    literals:\n      - user=app\n      - password={PASSWORD}\n",
        "kind: Kustomization\nsecretGenerator:\n  - name: db\n    envs: [db.env]\n    literals:\n      - user=app\n",
    ),
    "the only literal of a generator": (
        "kustomization.yaml",
        f"kind: Kustomization\nsecretGenerator:\n  - name: db\n    literals:\n      - password={PASSWORD}\n    type: Opaque\n",
        "kind: Kustomization\nsecretGenerator:\n  - name: db\n    envs: [db.env]\n    type: Opaque\n",
    ),
    "the variable of a script": (
        "run.sh",
        f"docker run -d -e DB_PASSWORD='{PASSWORD}' -p 127.0.0.1:1:1 acme/app:1\n",
        "docker run -d -e DB_PASSWORD -p 127.0.0.1:1:1 acme/app:1\n",
    ),
    "a command in a script": (
        "run.sh",
        f"docker run redis:8 redis-server --requirepass '{PASSWORD}'\n",
        'docker run redis:8 redis-server --requirepass "${REQUIREPASS:?}"\n',
    ),
    "a recipe": (
        "Makefile",
        f"run:\n\tdocker run redis:8 redis-server --requirepass {PASSWORD}\n",
        'run:\n\tdocker run redis:8 redis-server --requirepass "$${REQUIREPASS:?}"\n',
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_it_leaves_its_place(place: str) -> None:
    path, before, after = (textwrap.dedent(text).removeprefix("\n") for text in PLACES[place])
    analysis, bench = analysed(path, before, {})
    names = {rule.name for rule in CREDENTIALS}
    findings = [one for one in analysis.findings if one.rule in names and any(one.source[span] in before for span in one.hidden)]
    texts = [mended(analysis, finding, bench)[0] for finding in findings]
    assert after in texts, texts
    assert all(finding.fix is not None and finding.fix.edits for finding in findings)


CHART = {
    "Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
    "values.yaml": "replicas: 1\n",
}


def test_a_template_takes_it_from_the_values() -> None:
    template = (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  a: {{{{ .Values.replicas }}}}\n  password: {PASSWORD}\n"
    )
    analysis, bench = analysed("templates/secret.yaml", template, CHART)
    (finding,) = [one for one in analysis.findings if one.rule == "hard-coded-credential"]
    assert finding.fix is not None
    assert finding.fix.safety is Safety.DISPLAY
    assert '  password: {{ required "set password" .Values.password }}\n' in mended(analysis, finding, bench)[0]


def test_no_stand_in_for_an_action_becomes_a_name() -> None:
    template = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{{{ .Release.Name }}}}\ndata:\n  TOKEN: {TOKEN}\n"
    findings = [one.fix for one in analysed("map.yaml", template, {})[0].findings if one.fix is not None]
    assert [(fix.edits, fix.caveat) for fix in findings] == [((), "a template action decides a name in it")]
    assert all(fix.title.isprintable() for fix in findings)


def test_no_secret_becomes_a_name() -> None:
    token, other = (f"glpat-{part}TnB4wYpXf3kQ9mZ" for part in ("2vLr8", "7cHs6"))
    found = analysed("Dockerfile", f"FROM a:1\nRUN {token} {other}\n", {})[0].findings
    fixes = [one.fix for one in found if one.rule == "provider-token"]
    assert [fix is not None and "glpat" not in fix.title for fix in fixes] == [True, True]


def test_a_label_is_left_out_and_handed_to_no_step() -> None:
    text = f"FROM debian:13\nLABEL db_password={PASSWORD}\nRUN echo $db_password\nUSER 1000\n"
    titles = {one.fix.title for one in analysed("Dockerfile", text, {})[0].findings if one.fix is not None and one.hidden}
    assert not any("hand it" in title for title in titles)
    assert titles


def test_a_value_is_left_empty_and_its_neighbour_named() -> None:
    values = f'db:\n  existingSecret: ""\n  password: {PASSWORD}\n  init: |\n    requirepass {PASSWORD}\n'
    analysis, bench = analysed("values.yaml", values, {"Chart.yaml": CHART["Chart.yaml"]})
    whole, part = [one for one in analysis.findings if one.rule in ("hard-coded-credential", "stored-login")]
    assert whole.fix is not None
    assert "`existingSecret`" in whole.fix.title
    assert '  password: ""\n' in mended(analysis, whole, bench)[0]
    assert "    requirepass ${REQUIREPASS}\n" in mended(analysis, part, bench)[0]


def test_an_env_file_is_ignored_and_its_variables_named() -> None:
    env = f"# of the database\nexport DB_PASSWORD={PASSWORD}\nPORT=1\n# OLD={PASSWORD}\nKEY='a\n{PASSWORD}\n'\n"
    beside = {"db.env": env, ".gitignore": "build"}
    analysis, bench = analysed("compose.yaml", "services: {a: {image: 'acme/a:1', env_file: db.env}}\n", beside)
    finding = next(one for one in analysis.findings if one.rule == "hard-coded-credential")
    assert finding.source.path == "db.env"
    after, made = mended(analysis, finding, bench)
    assert after == analysis.source.text
    assert made == {".gitignore": "build\n/db.env\n", "db.env.example": "# of the database\nexport DB_PASSWORD=\nPORT=\nKEY=\n"}


def test_a_sample_that_is_there_is_left_alone() -> None:
    beside = {".env": f"DB_PASSWORD={PASSWORD}\n", ".env.sample": "DB_PASSWORD=\n"}
    analysis, bench = analysed("compose.yaml", "services: {a: {image: 'acme/a:1', environment: {B: '${DB_PASSWORD}'}}}\n", beside)
    finding = next(one for one in analysis.findings if one.rule == "hard-coded-credential")
    assert mended(analysis, finding, bench)[1] == {".gitignore": "/.env\n"}


def test_no_part_of_a_value_stays_in_a_sample() -> None:
    value = f'"{PASSWORD}\\"\n# {PASSWORD}\n"'
    beside = {".env": f"DB_PASSWORD={value}\nURL=http://u:{PASSWORD}@db\u2028# {PASSWORD}\n", ".gitignore": "a\r\nb"}
    analysis, bench = analysed("compose.yaml", "services: {a: {image: 'acme/a:1', env_file: .env}}\n", beside)
    finding = next(one for one in analysis.findings if one.rule == "password-in-url")
    assert mended(analysis, finding, bench)[1] == {".gitignore": "a\r\nb\r\n/.env\r\n", ".env.example": "DB_PASSWORD=\nURL=\n"}


@pytest.mark.parametrize("name", ["a b.env", "-a.env", "a\nb.env", "[a].env"])
def test_no_line_is_written_for_a_name_that_needs_escapes(name: str) -> None:
    analysis, _ = analysed(
        "compose.yaml", f"services: {{a: {{image: 'acme/a:1', env_file: {json.dumps(name)}}}}}\n", {name: f"DB_PASSWORD={PASSWORD}\n"}
    )
    finding = next(one for one in analysis.findings if one.rule == "hard-coded-credential")
    assert finding.fix is not None
    assert (finding.fix.edits, "escaped" in finding.fix.caveat) == ((), True)


def test_what_makes_the_file_of_a_generator_goes_beside_it() -> None:
    text = f"kind: Kustomization\nsecretGenerator:\n  - name: db\n    literals:\n      - password={PASSWORD}\n"
    analysis, bench = analysed("kustomization.yaml", text, {})
    (finding,) = [one for one in analysis.findings if one.rule == "hard-coded-credential"]
    assert mended(analysis, finding, bench)[1] == {".gitignore": "/db.env\n", "db.env.example": "password=\n"}


def test_a_line_is_added_to_a_sample_without_a_line_end() -> None:
    text = f"kind: Kustomization\nsecretGenerator:\n  - name: db\n    literals:\n      - password={PASSWORD}\n"
    analysis, bench = analysed("kustomization.yaml", text, {"db.env.example": "a=\r\nold-password="})
    (finding,) = [one for one in analysis.findings if one.rule == "hard-coded-credential"]
    assert mended(analysis, finding, bench)[1]["db.env.example"] == "a=\r\nold-password=\r\npassword=\r\n"


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("Dockerfile", f'FROM alpine:3.22\nRUN ["curl", "-u", "bot:{PASSWORD}", "https://git.acme.io"]\n', "list of arguments"),
        ("run.sh", f"docker login -u a -p '{PASSWORD}'\"{PASSWORD}\" r.acme.io\n", "several pieces"),
        ("Dockerfile", f"# escape=`\nFROM acme/windows:1\nRUN curl -u bot:{PASSWORD} https://git.acme.io\n", "Windows"),
        (
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: acme/a:1\n    livenessProbe:\n"
            f"      exec: {{command: [curl, 'https://bot:{PASSWORD}@db/']}}\n",
            "probe",
        ),
    ],
)
def test_what_cannot_be_written_says_why(path: str, text: str, reason: str) -> None:
    analysis, _ = analysed(path, text, {})
    finding = next(one for one in analysis.findings if one.rule in ("credential-in-command", "password-in-url", "stored-login"))
    assert finding.fix is not None
    assert not finding.fix.edits
    assert reason in finding.fix.caveat


def test_a_finding_that_hides_what_stands_elsewhere_is_left_to_its_rule() -> None:
    text = "services: {db: {image: 'acme/mysql:8', ports: ['3306:3306'], environment: {MYSQL_ROOT_PASSWORD: changeme}}}\n"
    analysis, _ = analysed("compose.yaml", text, {})
    for finding in analysis.findings:
        if finding.hidden and not finding.span.covers(finding.hidden[0]) and finding.fix is not None:
            assert "PASSWORD" not in finding.fix.title


def test_many_secrets_of_a_file_are_still_quickly_told() -> None:
    lines = "".join(f"      P{number}_PASSWORD_X: 'a{number}{PASSWORD} b'\n" for number in range(1000))
    analysis, _ = analysed("compose.yaml", f"services:\n  app:\n    image: acme/app:1\n    environment:\n{lines}", {})
    assert analysis.outcome == "analysed"


def test_a_proof_still_refuses_a_worse_finding() -> None:
    text = f"FROM alpine:3.22\nRUN curl -u bot:{PASSWORD} https://git.acme.io/a\n"
    analysis, bench = analysed("Dockerfile", text, {})
    finding = next(one for one in analysis.findings if one.rule == "credential-in-command")
    assert finding.fix is not None
    edit = finding.fix.edits[-1]
    finding.fix.edits = (type(edit)(edit.span, f'"$(echo {TOKEN})"'),)
    with pytest.raises(Refusal):
        prove(analysis, [finding], bench)
