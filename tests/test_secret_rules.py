"""The secret rules together: one secret is one finding, wherever it stands, and its place is hidden."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from textwrap import indent

import pytest
from capdrop import rulebook
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.dialects.kubernetes import helm_file
from capdrop.dialects.settings_file import variables_in_settings
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.finding import Confidence, Finding, Severity
from capdrop.model.variable import Variable
from capdrop.run import check
from capdrop.source import Fragment, Source

from tests.growth import assert_grows_linearly, filled

TOKEN = "glpat" + "-Xf3kQ9mZ2vLr8TnB4wYp"
PASSWORD = "Kp3-vv81" + "-Qz"
URL = f"postgres://app:{PASSWORD}@db.acme.io/app"
BEGIN, END = "-----BEGIN " + "PRIVATE KEY-----", "-----END " + "PRIVATE KEY-----"
KEY = f"{BEGIN}\nMC4CAQAwBQYDK2VwBCIEIJ+0cYdW8lZ2nXqvT3u1Lk9sQb7FhJx5oRw6MaGdPe8Z\n{END}"

BOOK = rulebook.load()
OURS = ("secrets", "credentials", "build_secrets", "stored_logins")
BOOK.select(rule.name for rule in BOOK.rules.values() if rule.check.__module__.endswith(OURS) and rule.profile != "off")

PLACES = {
    "ENV": ("Dockerfile", "FROM a\nENV APP_{name}={value}\n"),
    "ENV, quoted": ("Dockerfile", 'FROM a\nENV A=1 APP_{name}="{value}" B=2\n'),
    "ARG": ("Dockerfile", "FROM a\nARG APP_{name}={value}\nENV COPY_{name}=$APP_{name}\n"),
    "heredoc": ("Dockerfile", "FROM a\nCOPY <<EOF /x\napp.{name} = {value}\nEOF\n"),
    "heredoc of one line": ("Dockerfile", "FROM a\nCOPY <<EOF /etc/app_{name}\n{value}\nEOF\n"),
    "map": ("compose.yaml", "services: {{a: {{image: b, environment: {{APP_{name}: '{value}'}}}}}}\n"),
    "list": ("compose.yaml", "services:\n  a:\n    image: b\n    environment:\n      - APP_{name}={value}\n"),
    "build": ("compose.yaml", "services:\n  a:\n    build:\n      args:\n        APP_{name}: {value}\n"),
    "logging": ("compose.yaml", "services: {{a: {{image: b, logging: {{options: {{app_{name}: '{value}'}}}}}}}}\n"),
    "config": ("compose.yaml", "services: {{a: {{image: b}}}}\nconfigs:\n  c:\n    content: |\n      app_{name}: {value}\n"),
    "config of one line": ("compose.yaml", "services: {{a: {{image: b}}}}\nconfigs:\n  app_{name}:\n    content: |\n      {value}\n"),
    "ConfigMap": ("m.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  app_{name}: {value}\n"),
    "ConfigMap file": ("m.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {{}}\ndata:\n  a.conf: |\n    app_{name}={value}\n"),
    "ConfigMap folded": (
        "m.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{}}\ndata:\n  .s3cfg: >\n    [a]\n\n    app_{name}={value}\n",
    ),
    "ConfigMap Python": (
        "m.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{}}\ndata:\n  a_config.py: |\n    import os\n    app_{name} = '{value}'\n",
    ),
    "ConfigMap script": (
        "m.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{}}\ndata:\n  a.sh: |\n    set -e\n    export app_{name}={value}\n",
    ),
    "Secret": ("m.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  app_{name}: {value}\n"),
    "Secret file": ("m.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {{}}\nstringData:\n  a: |\n    app_{name}: {value}\n    b: c\n"),
    "pod": ("m.yaml", "kind: Pod\napiVersion: v1\nspec:\n  containers:\n    - env: [{{name: APP_{name}, value: '{value}'}}]\n"),
}


def secret(text: str) -> str:
    """A Secret with a file."""
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  a.conf: {base64.b64encode(text.encode()).decode()}\n"


def found(path: str, text: str) -> list[Finding]:
    kind = kind_of(path, text)
    assert kind is not None
    analysis = analyse(Source(path, text), kind, BOOK, Context())
    assert (analysis.broken, analysis.outcome) == ([], "analysed")
    return analysis.findings


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("name", "value", "secret", "rule"),
    [
        ("TOKEN", TOKEN, TOKEN, "provider-token"),
        ("NAME", TOKEN, TOKEN, "provider-token"),
        ("PASSWORD", PASSWORD, PASSWORD, "hard-coded-credential"),
        ("PASSWORD", "changeme", "changeme", "default-credential"),
        ("PASSWORD", URL, PASSWORD, "password-in-url"),
        ("URL", URL, PASSWORD, "password-in-url"),
    ],
)
def test_one_secret_is_one_finding(place: str, name: str, value: str, secret: str, rule: str) -> None:
    path, text = PLACES[place]
    (finding,) = found(path, text.format(name=name, value=value))
    assert finding.rule == rule
    assert [finding.source[span] for span in finding.hidden] == [secret]
    assert secret not in finding.message + finding.subject


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("m.yaml", secret("kind: Config\nusers:\n- user:\n    token: Zk8mQw2vT9xRmK4Lp7\n"), "stored-login"),
        ("m.yaml", secret("https://api.telegram.org/bot2718281828:AAHk7Vv3Qz9Xp2Lm5Wt8Rb1Nc4Dg6Fj0Sa/x\n"), "provider-token"),
        ("Dockerfile", f"FROM a\nADD https://bot:{TOKEN}@git.acme.io/a.tgz /a\n", "provider-token"),
        ("Dockerfile", f"FROM a\nRUN mysql -uroot -p{TOKEN} -e 'select 1'\n", "credential-in-command"),
        (
            "compose.yaml",
            f"volumes: {{v: {{driver_opts: {{o: 'username=u,password={PASSWORD}'}}}}}}\nservices: {{a: {{image: b}}}}\n",
            "hard-coded-credential",
        ),
    ],
)
def test_one_finding_of_the_closest_rule(path: str, text: str, rule: str) -> None:
    (finding,) = found(path, text)
    assert finding.rule == rule


@pytest.mark.parametrize(
    ("value", "rule"), [(TOKEN, "provider-token"), (KEY, "private-key"), (URL, "password-in-url"), (PASSWORD, "hard-coded-credential")]
)
def test_base64_hides_nothing(value: str, rule: str) -> None:
    encoded = base64.b64encode(value.encode()).decode()
    (finding,) = found("m.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  password: {encoded}\n")
    assert finding.rule == rule
    (hidden,) = finding.hidden
    assert finding.source[hidden] in encoded
    assert len(hidden) >= len(PASSWORD)


ENCODED_URL = base64.b64encode(URL.encode()).decode()
LOGIN = base64.b64encode(f"bot:{PASSWORD}".encode()).decode()
ISSUED = "Zk8mQw2vT9x" + "RmK4Lp7"


@pytest.mark.parametrize(
    ("path", "text", "rule", "secret"),
    [
        (
            "compose.yaml",
            f'services: {{a: {{image: b, environment: {{C: \'{{"db": {{"password": "{PASSWORD}"}}}}\'}}}}}}\n',
            "hard-coded-credential",
            PASSWORD,
        ),
        ("Dockerfile", f'FROM a\nENV C=\'{{"apiKey": "{ISSUED}"}}\'\n', "hard-coded-credential", ISSUED),
        ("Dockerfile", f"FROM a\nRUN curl 'https://api.acme.io/x?user=1&access_token={ISSUED}&y=1'\n", "stored-login", ISSUED),
        (
            "compose.yaml",
            f"services: {{a: {{image: b, environment: {{X: {base64.b64encode(TOKEN.encode()).decode()}}}}}}}\n",
            "provider-token",
            "",
        ),
        ("m.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{x: {ENCODED_URL}}}\n", "password-in-url", ""),
        ("m.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{x: {ENCODED_URL}}}\n", "password-in-url", ""),
        (
            "m.yaml",
            f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata: {{x: {base64.b64encode(ENCODED_URL.encode()).decode()}}}\n",
            "password-in-url",
            "",
        ),
        ("Dockerfile", f"FROM a\nRUN echo {ENCODED_URL} | base64 -d > /x\n", "password-in-url", ""),
        ("Dockerfile", f"FROM a\n# ENV DB_PASSWORD={PASSWORD}\n", "stored-login", PASSWORD),
        ("Dockerfile", f"FROM a\n# {TOKEN}\n", "provider-token", TOKEN),
        ("Dockerfile", f"FROM a\nRUN echo 'export DB_PASSWORD={PASSWORD}' >> /etc/profile\n", "credential-in-command", PASSWORD),
        ("start.sh", f"#!/bin/sh\ndocker login -u a -p {PASSWORD} r.io\ndocker run -d nginx\n", "stored-login", PASSWORD),
        ("Dockerfile", f"FROM a\nRUN docker login -u a -p {PASSWORD} r.io\n", "credential-in-command", PASSWORD),
        ("m.yaml", f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a, annotations: {{note: {TOKEN}}}}}\n", "provider-token", TOKEN),
        (
            "m.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  .dockerconfigjson: "
            + base64.b64encode(f'{{"auths": {{"r.io": {{"auth": "{LOGIN}"}}}}}}'.encode()).decode(),
            "stored-login",
            "",
        ),
        (
            "compose.yaml",
            f"services: {{a: {{image: b, command: [sh, -c, 'curl -H \"Authorization: Bearer {ISSUED}\" x']}}}}\n",
            "stored-login",
            ISSUED,
        ),
    ],
)
def test_where_else_it_can_stand(path: str, text: str, rule: str, secret: str) -> None:
    (finding,) = found(path, text)
    assert finding.rule == rule
    (hidden,) = finding.hidden
    assert finding.source[hidden] == secret or not secret
    assert finding.fix is not None
    assert "history" in finding.message


BYTES = base64.b64encode(bytes(range(255, 223, -1))[::-1] + b"\xa7\x03\x91").decode()


@pytest.mark.parametrize("name", ["encryption-key", "cookie-secret", "password", "key"])
def test_a_key_of_bytes_in_a_secret(name: str) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  {name}: {BYTES}\n"
    (finding,) = found("m.yaml", text)
    assert finding.rule == "hard-coded-credential"
    assert [finding.source[span] for span in finding.hidden] == [BYTES]


@pytest.mark.parametrize("name", ["tls.crt", "public-key", "blob", "truststore.jks", "ca.der", "tls.key"])
def test_other_bytes_in_a_secret(name: str) -> None:
    assert found("m.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  {name}: {BYTES}\n") == []


LOCKED = "-----BEGIN ENCRYPTED " + KEY.partition("BEGIN ")[2].replace("-----END ", "-----END ENCRYPTED ")
LOCKED_ENCODED = base64.b64encode(LOCKED.encode()).decode()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", f"FROM a\nCOPY <<EOF /k\n{LOCKED}\nEOF\n"),
        ("compose.yaml", f"services: {{a: {{image: b, environment: {{X: {LOCKED_ENCODED}}}}}}}\n"),
        ("Dockerfile", f"FROM a\nRUN echo {LOCKED_ENCODED} | base64 -d > /k\n"),
        ("m.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata: {{k: {LOCKED_ENCODED}}}\n"),
    ],
)
def test_a_key_that_is_itself_encrypted_is_less_severe(path: str, text: str) -> None:
    (finding,) = found(path, text)
    assert finding.rule == "private-key"
    assert finding.severity == Severity.MEDIUM
    assert "rotate" in finding.message


SERVER = f"Server=db;User Id=sa;Password={PASSWORD}"


def config(name: str, text: str) -> str:
    """A ConfigMap with a file in double quotes, or in a block where it has lines of its own."""
    if text.endswith("\n\n"):
        return (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\ndata:\n  " + f"{name}: |\n" + "".join(f"    {x}\n" for x in text.splitlines())
        )
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{}}\ndata:\n  {name}: {json.dumps(text)}\n"


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("Dockerfile", 'FROM a\nRUN echo -e "[pypi]\\nusername = b\\npassword = {}" > ~/.pypirc\n', "hard-coded-credential"),
        ("Dockerfile", "FROM a\nRUN printf 'password={}\\nuser=b\\n' > ~/.my.cnf\n", "hard-coded-credential"),
        ("Dockerfile", "FROM a\nRUN printf 'db:\\n  password: {}\\n' > /a.yaml\n", "hard-coded-credential"),
        ("m.yaml", config("a.json", json.dumps({"Connections": {"Default": SERVER.replace(PASSWORD, "{}")}})), "hard-coded-credential"),
        ("m.yaml", config("a.json", json.dumps({"a": {"url": "jdbc:postgresql://h/x?user=a&password={}"}})), "hard-coded-credential"),
        ("m.yaml", config("a.yaml", "a: 1\ndb: {user: a, password: {}}\n\n"), "hard-coded-credential"),
        ("m.yaml", config("a.yaml", "a:\n  - {name: a, password: '{}', b: c}\n\n"), "hard-coded-credential"),
        ("m.yaml", config("redis.conf", "maxmemory 1g\nrequirepass {}\n"), "stored-login"),
        ("m.yaml", config("redis.conf", "requirepass {}\nmaxmemory 1g\n"), "stored-login"),
    ],
)
def test_a_password_in_a_file_within(path: str, text: str, rule: str) -> None:
    text = text.replace("metadata: {}", "metadata: {name: a}").replace("{}", PASSWORD)
    (finding,) = found(path, text)
    assert finding.rule == rule
    (hidden,) = finding.hidden
    assert finding.source[hidden] == PASSWORD
    assert found(path, text.replace(PASSWORD, "$PW")) == []


WINDOWS = 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL ["powershell", "-Command"]\nRUN '


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("$env:DB_PASSWORD='{}'; Write-Host x", "DB_PASSWORD"),
        ("[Environment]::SetEnvironmentVariable('DB_PASSWORD','{}','Machine')", "setenvironmentvariable"),
        ("$p = ConvertTo-SecureString '{}' -AsPlainText -Force", "convertto-securestring"),
    ],
)
def test_a_password_in_powershell(script: str, name: str) -> None:
    (finding,) = found("Dockerfile", WINDOWS + script.replace("{}", PASSWORD) + "\n")
    assert finding.message.startswith(f"`{name}` is given")
    assert [finding.source[span] for span in finding.hidden] == [PASSWORD]
    assert found("Dockerfile", WINDOWS + script.replace("'{}'", "$x") + "\n") == []


@pytest.mark.parametrize("script", ["$env:DB_PASSWORD=Get-Content x", f"$p = ConvertTo-SecureString '{PASSWORD}'"])
def test_what_powershell_takes_from_elsewhere(script: str) -> None:
    assert found("Dockerfile", WINDOWS + script + "\n") == []


@pytest.mark.parametrize("values", ["args: ['--db-password={}']\n", "args:\n- --db-password\n- {}\n", "command: [x, --token, '{}', y]\n"])
def test_an_option_in_the_values_of_a_chart(values: str) -> None:
    def judged(secret: str) -> list[str]:
        reading = helm_file.read(Source("chart/values.yaml", values.replace("{}", secret)), Context())
        options = [subject for subject in reading.subjects if isinstance(subject, Variable) and subject.place == "argument"]
        return [subject.value.text for subject in options if subject.secret is not None]

    assert judged(PASSWORD) == [PASSWORD]
    assert judged("$(PASSWORD)") == judged("{{ .Values.x }}") == judged("--more") == []


SHELL = f"curl -u bot:{PASSWORD} https://a.acme.io\nsshpass -p {PASSWORD} ssh a@b\nPGPASSWORD={PASSWORD} psql\n"


@pytest.mark.parametrize(
    "text",
    [
        config("run.sh", SHELL + "\n"),
        config("run", "#!/bin/sh\n" + SHELL + "\n"),
        secret(SHELL).replace("a.conf", "run.sh"),
        "services: {a: {image: b}}\nconfigs:\n  a:\n    content: |\n      #!/bin/bash\n"
        + "".join(f"      {x}\n" for x in SHELL.splitlines()),
    ],
)
def test_the_commands_of_a_script_within(text: str) -> None:
    findings = found("compose.yaml" if text.startswith("services") else "m.yaml", text.replace("metadata: {}", "metadata: {name: a}"))
    assert [finding.rule for finding in findings] == ["credential-in-command"] * 3
    assert not any(" " in finding.source[span] for finding in findings for span in finding.hidden)


SETS = f"""\
PGPASSWORD={PASSWORD}a psql -h db
export DB_PASSWORD={PASSWORD}b
API_PASSWORD='{PASSWORD}c'
PGPASSWORD="{PASSWORD}d" psql
X_PASSWORD={PASSWORD}e; make
Y_PASSWORD={PASSWORD}f && make
local Z_PASSWORD={PASSWORD}g
env PGPASSWORD={PASSWORD}h psql
W_PASSWORD={PASSWORD}i # why
if PGPASSWORD={PASSWORD}j psql; then
cat <<E
db_password: {PASSWORD}k
password = {PASSWORD}l
E
fi
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("m.yaml", config("run.sh", SETS)),
        ("m.yaml", config("run", "#!/bin/sh\n" + SETS)),
        ("Dockerfile", f"FROM a\nCOPY <<EOF /run\n#!/bin/sh\n{SETS}EOF\n"),
        ("Dockerfile", f"FROM a\nRUN cat > /run <<EOF\n#!/bin/sh\n{SETS}EOF\n"),
        ("Dockerfile", f"FROM a\nRUN <<EOF\n{SETS}EOF\n"),
    ],
)
def test_what_a_script_sets_is_told_once(path: str, text: str) -> None:
    findings = found(path, text.replace("metadata: {}", "metadata: {name: a}"))
    hidden = sorted(finding.source[span] for finding in findings for span in finding.hidden)
    assert hidden == [PASSWORD + letter for letter in "abcdefghijkl"]


@pytest.mark.parametrize(
    "line",
    [
        "# GITLAB_TOKEN={}",
        "Authorization: Bearer {}",
        "PRIVATE-TOKEN: {}",
        "//r.acme.io/:_authToken={}",
        "machine r.acme.io login b password {}",
        "<apiKey>{}</apiKey>",
        "see https://r.acme.io?private_token={}",
        "requirepass {}",
    ],
)
def test_a_token_in_a_login_is_told_once(line: str) -> None:
    assert [finding.rule for finding in found("m.yaml", config("a.conf", f"a=1\n{line.format(TOKEN)}\n"))] == ["provider-token"]


@pytest.mark.parametrize(
    "line",
    [
        "echo '{}' > /run/secrets/db_password",
        "printf '%s' {} | tee /run/db_password",
        "cat > /run/db_password <<EOF\n{}\nEOF",
        'cat > /a.json <<EOF\n{{"password": "{}"}}\nEOF',
    ],
)
def test_a_file_of_one_line_has_its_own_name(line: str) -> None:
    findings = [finding for finding in found("Dockerfile", f"FROM a\nUSER 1\nRUN {line.format(PASSWORD)}\n") if finding.hidden]
    assert [finding.source[span] for finding in findings for span in finding.hidden] == [PASSWORD]


@pytest.mark.parametrize(
    "line", ["echo 'a:x:1000:1000::/home/a:/bin/sh' > /etc/passwd", 'echo "$DB" > /run/db_password', "echo Kp3-vv81-Qz > /etc/motd"]
)
def test_a_file_of_one_line_without_a_secret(line: str) -> None:
    assert not any(finding.hidden for finding in found("Dockerfile", f"FROM a\nUSER 1\nRUN {line}\n"))


@pytest.mark.parametrize(
    "text",
    [
        f"[pypi]\nusername = a\npassword = {PASSWORD}",
        f"jdbc:postgresql://db/a?user=a&password={PASSWORD}\n",
        f"Server=a;Password={PASSWORD};\n",
    ],
)
def test_a_value_of_sections_or_with_a_line_end(text: str) -> None:
    containers = "  containers:\n  - {name: a, image: 'a:1', env: [{name: X, value: VALUE}]}\n"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n{containers}"
    findings = [one for one in found("m.yaml", pod.replace("VALUE", json.dumps(text))) if one.hidden]
    assert [one.source[span] for one in findings for span in one.hidden] == [PASSWORD]


def test_a_secret_with_two_names_is_told_once() -> None:
    text = "services:\n  a:\n    image: a:1\n    environment:\n      DB_PASSWORD: &p changeme\n      JWT_SECRET: *p\n"
    (finding,) = found("compose.yaml", text)
    assert (finding.span.start, finding.source[finding.span]) == (text.index("changeme"), "changeme")


@pytest.mark.parametrize("name", ["EXPO_PUBLIC_FIREBASE", "NEXT_PUBLIC_MAPS_KEY", "VITE_KEY"])
def test_a_key_for_browsers_in_a_secret(name: str) -> None:
    key = "AIza" + "SyD-3kQ9mZ2vLr8TnB4wYpXf7kW1mN5vHj0"
    manifest = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {NAME: " + base64.b64encode(key.encode()).decode() + "}\n"
    assert found("s.yaml", manifest.replace("NAME", name)) == []
    assert [finding.rule for finding in found("s.yaml", manifest.replace("NAME", "MAPS"))] == ["provider-token"]


def test_what_is_no_shell_script_has_no_commands() -> None:
    assert found("m.yaml", config("run.py", "#!/usr/bin/python3\n" + SHELL.splitlines()[0] + "\n\n")) == []


def test_time_grows_with_a_script_and_no_faster() -> None:
    def work(size: int) -> None:
        found(
            "m.yaml", config("run.sh", 'a -p $(b -p "c") | d; ' * (size // 20) + "\ne\n\n").replace("metadata: {}", "metadata: {name: a}")
        )

    assert_grows_linearly(work, 5_000, 40_000)


@pytest.mark.parametrize(
    ("code", "what"), [("const password = '{}' // ours", "source code"), ("ALTER LOGIN a WITH PASSWORD = '{}'", "database user")]
)
def test_what_a_password_is_of(code: str, what: str) -> None:
    (finding,) = found("m.yaml", config("a.js", code.replace("{}", PASSWORD) + "\n\n"))
    assert what in finding.message


def test_a_registry_login_is_told_once() -> None:
    login = base64.b64encode(b"u:admin123").decode()
    text = json.dumps({"auths": {"r.io": {"username": "u", "password": "admin123", "auth": login}}})
    (finding,) = found("m.yaml", secret(text).replace("a.conf", ".dockerconfigjson"))
    assert finding.rule == "stored-login"
    (finding,) = found("m.yaml", secret(text.replace('auth"', 'b"')).replace("a.conf", ".dockerconfigjson"))
    assert finding.rule == "default-credential"


def test_every_secret_of_a_json_value_is_found() -> None:
    text = f'services: {{a: {{image: b, environment: {{C: \'{{"password": "{PASSWORD}", "api_key": "{ISSUED}"}}\'}}}}}}\n'
    assert [finding.source[finding.hidden[0]] for finding in found("compose.yaml", text)] == [PASSWORD, ISSUED]


def test_the_advice_names_where_to_revoke() -> None:
    (finding,) = found("Dockerfile", f"FROM a\nENV A={TOKEN}\n")
    assert "https://gitlab.com/-/user_settings/personal_access_tokens" in finding.message
    assert finding.fix is not None
    assert "--mount=type=secret" in finding.fix.title


def test_settings_in_base64_are_read_line_by_line() -> None:
    encoded = base64.b64encode(f"user = app\npassword = {PASSWORD}\n".encode()).decode()
    (finding,) = found("m.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  app.ini: {encoded}\n")
    assert finding.subject == "Secret/a data.app.ini password"
    assert base64.b64encode(PASSWORD.encode()).decode()[:10] not in encoded.replace(finding.source[finding.hidden[0]], "")


def test_a_variable_that_repeats_another_is_no_second_finding() -> None:
    text = f"FROM a\nARG DB_PASSWORD={PASSWORD}\nENV DB_PASSWORD=$DB_PASSWORD URL=postgres://a:$DB_PASSWORD@b/c\n"
    (finding,) = found("Dockerfile", text)
    assert finding.subject == "stage 0 ARG DB_PASSWORD"
    (finding,) = found("Dockerfile", f"FROM a\nENV DB_PASSWORD=${{DB_PASSWORD:-{PASSWORD}}}\n")
    assert finding.source[finding.hidden[0]] == PASSWORD


def test_the_id_of_a_key_opens_nothing_by_itself() -> None:
    key, secret = "AKIA" + "QX7ZK3M5T2WPL4DN", "wJ7rXUtnFEMI/K7MDENG+bPx" + "RfiCYzQ8vKEY2mLq"
    (alone,) = found("compose.yaml", f"services: {{a: {{image: b, environment: {{AWS_ACCESS_KEY_ID: {key}}}}}}}\n")
    assert (alone.rule, alone.severity) == ("provider-token", Severity.MEDIUM)
    both = found("compose.yaml", f"services: {{a: {{image: b, environment: [A_ID={key}, AWS_SECRET_ACCESS_KEY={secret}]}}}}\n")
    assert [one.severity for one in both] == [Severity.MEDIUM, Severity.CRITICAL]


@pytest.mark.parametrize("action", ['{{ "PASSWORD" | b64enc }}', '{{ .Values.password | default "PASSWORD" | b64enc | quote }}'])
def test_a_secret_among_the_words_of_a_template(action: str, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: a\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("a: 1\n")
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: " + action.replace("PASSWORD", PASSWORD) + "\n"
    (tmp_path / "templates/secret.yaml").write_text(text)
    config = Config(str(tmp_path))
    found = [one for result in check([str(tmp_path)], config, rules_in_force(config)).results for one in result.findings]
    assert [one.source[one.span] for one in found if one.rule == "hard-coded-credential"] == [PASSWORD]


def test_a_weak_password_that_a_url_takes_from_a_default_is_less_severe() -> None:
    text = "services: {a: {image: b, environment: ['DB=mysql://app:${PW:-app}@db/app', 'OTHER=mysql://app:app@db/app']}}\n"
    assert [(one.rule, one.severity) for one in found("compose.yaml", text)] == [("password-in-url", Severity.MEDIUM)] * 2


@pytest.mark.parametrize(("path", "sure"), [("prod.env", True), (".env.example", False), (".env.sample", False)])
def test_a_login_of_a_template_is_less_sure(path: str, sure: bool) -> None:
    (finding,) = found(path, f"# POSTGRES_PASSWORD={PASSWORD}\n")
    assert (finding.rule, finding.confidence != Confidence.LOW) == ("stored-login", sure)


@pytest.mark.parametrize(("path", "sure"), [("ci/compose.yaml", False), ("deploy/compose.yaml", True)])
def test_a_secret_of_a_service_that_a_build_starts_is_less_sure(path: str, sure: bool) -> None:
    (finding,) = found(path, f"services: {{a: {{image: b, environment: {{DB_PASSWORD: {PASSWORD}}}}}}}\n")
    assert (finding.confidence != Confidence.LOW) is sure
    (kept,) = found("ci/Dockerfile", f"FROM a\nENV DB_PASSWORD={PASSWORD}\n")
    assert kept.confidence == Confidence.HIGH


@pytest.mark.parametrize("line", ["root:password@tcp(db:3306)/app", "postgres://root:password@10.0.0.1/app"])
def test_what_is_called_an_example_is_one(line: str) -> None:
    assert found("map.yaml", config("notes.txt", f"Example for it: {line}")) == []
    assert len(found("map.yaml", config("notes.txt", f"dsn: {line}"))) == 1


def test_a_docker_login_by_token_alone_is_told_once() -> None:
    empty, token = base64.b64encode(b"00000000-0000-0000-0000-000000000000:").decode(), "Zk8mQw2vT9xRmK4Lp7" * 2
    text = f'{{"auths": {{"r.acme.io": {{"auth": "{empty}", "identitytoken": "{token}"}}}}}}'
    (finding,) = found("map.yaml", config("config.json", text))
    assert finding.source[finding.span] == token


def test_what_does_not_ship_is_less_severe() -> None:
    text = f"FROM a\nENV A_PASSWORD={PASSWORD} B_PASSWORD=changeme\n" * 2
    assert [finding.severity for finding in found("Dockerfile", text)] == [Severity.MEDIUM, Severity.LOW, Severity.HIGH, Severity.MEDIUM]


def test_a_name_decides_for_some_providers() -> None:
    value = "Zb8+qLw2vT9xRmK4" + "Zc7/pMx1uS0yQnJ5aBcD8eFg"
    (finding,) = found("compose.yaml", f"services: {{a: {{image: b, environment: {{AWS_SECRET_ACCESS_KEY: {value}}}}}}}\n")
    assert finding.rule == "provider-token"


def test_the_hash_of_a_password_in_a_comment_is_an_example() -> None:
    text = "a: b\n# htpasswdString: 'user:$apr1$FfVI2PRr$" + "f9MW8rsr5RmmxbdV0Iipk1'\n"
    assert found("chart/values.yaml", text) == []
    assert [finding.rule for finding in found("chart/values.yaml", text.replace("# ", ""))] == ["stored-login"]


def test_a_guessable_password_in_a_comment_is_an_example() -> None:
    assert found("chart/values.yaml", "url: # mongodb://user:password@db:27017/a\n") == []
    assert found("compose.yaml", "services: {a: {image: b}}\n# DB: postgres://postgres:postgres@db/app\n") == []


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("password = abc", "password", "abc"),
        ("export DB_PASSWORD=abc", "DB_PASSWORD", "abc"),
        ("  - db.password: 'a b'  # why", "db.password", "a b"),
        ('"password": "abc",', "password", "abc"),
        ("password: abc # why", "password", "abc"),
        ("password=a#b\r", "password", "a#b"),
        ("# password = abc", "", ""),
        ("password =", "", ""),
        ("password: # why", "", ""),
        ("https://example.com", "https", "//example.com"),
        ("password: *pw", "", ""),
        ("password: *pw # as above", "", ""),
        ("password: &pw !secret wifi_password", "", ""),
        ("password: &pw abc", "password", "abc"),
        ("password=*pw", "", ""),
        ("password: *pw*", "password", "*pw*"),
    ],
)
def test_a_line_of_a_settings_file(line: str, name: str, value: str) -> None:
    source = Source("f", f"x\n{line}\ny\n")
    variables = list(variables_in_settings(Fragment.at(source.text, 0), source, "f"))
    assert [(variable.name, variable.value.text) for variable in variables] == ([(name, value)] if name else [])
    assert [source[variable.value.span] for variable in variables] == ([value] if name else [])


@pytest.mark.parametrize("piece", ["://$a", "://${", "://`", "://$(", "$aa", "://a:postgres@b ", " ", "a=", "- ", "# capdrop: ignore[a] "])
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    def work(size: int) -> None:
        line = filled(piece, size)
        text = f"FROM a\nRUN git clone {line}\nCOPY <<EOF /x\n{line}\n{line}\nEOF\n"
        kind = kind_of("Dockerfile", text)
        assert kind is not None
        analyse(Source("Dockerfile", text), kind, BOOK, Context())

    assert_grows_linearly(work, 5_000, 40_000)


VALUES = "auth:\n  password: change-me\n  adminPassword: Kp3-vv81-Qz\n"


@pytest.mark.parametrize("path", ["values-example.yaml", "examples/values-minimal.yaml", "charts/a/values.sample.yaml"])
def test_values_of_an_example_are_to_be_filled_in(path: str) -> None:
    assert found(path, VALUES) == []
    assert [one.rule for one in found("values-test.yaml", VALUES)] == ["default-credential", "hard-coded-credential"]


@pytest.mark.parametrize("path", ["terratest/data/values.yaml", "tests/e2e/values.yaml", "docs/values.yaml", "k3d/values.yaml"])
def test_a_password_of_a_sample_is_less_sure(path: str) -> None:
    for place, is_sure in ((path, False), ("values.yaml", True)):
        told = found(place, VALUES)
        assert [one.rule for one in told] == ["default-credential", "hard-coded-credential"]
        assert [one.confidence is not Confidence.LOW for one in told] == [is_sure, is_sure]


OF_SAMPLES = {
    "private-key": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  k: |\n{indent(KEY, '    ')}\n",
    "password-in-url": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{u: 'postgres://a:{PASSWORD}@db/a'}}\n",
    "stored-login": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {h: 'Basic ZGV2b3BzOmRldm9wcw=='}\n",
    "credential-in-command": "services: {a: {image: 'redis:8', command: redis-server --requirepass Kp3-vv81-Qz}}\n",
    "provider-token": f"services: {{a: {{image: 'a:1', environment: {{A_URL: '{TOKEN}'}}}}}}\n",
}


@pytest.mark.parametrize("rule", OF_SAMPLES)
def test_of_what_stands_among_tests_and_examples_only_tokens_are_sure(rule: str) -> None:
    name = "compose.yaml" if OF_SAMPLES[rule].startswith("services") else "a.yaml"
    for folder, sure in (("deploy", True), ("testdata", rule == "provider-token"), ("docs/a", rule == "provider-token")):
        (told,) = found(f"{folder}/{name}", OF_SAMPLES[rule])
        assert told.rule == rule
        assert (told.confidence is not Confidence.LOW) == sure


@pytest.mark.parametrize(("path", "sure"), [("e2e/manifests/certs.yaml", False), ("certs.yaml", True)])
@pytest.mark.parametrize("indented", [True, False])
def test_the_private_key_of_a_test_is_less_sure(path: str, indented: bool, sure: bool) -> None:
    body = KEY.replace("\n", "\n    ") if indented else base64.b64encode(KEY.encode()).decode()
    place = "stringData:\n  tls.key: |\n    " if indented else "data:\n  tls.key: "
    (told,) = found(path, f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{place}{body}\n")
    assert told.rule == "private-key"
    assert (told.confidence is Confidence.LOW) == (not sure)


@pytest.mark.parametrize(("path", "confidence"), [(".github/tests/job.yaml", Confidence.LOW), ("job.yaml", Confidence.HIGH)])
@pytest.mark.parametrize("password", ["changeme", "Kp3-vv81-Qz"])
def test_a_password_on_the_command_line_of_a_test_is_less_sure(path: str, confidence: Confidence, password: str) -> None:
    container = f"{{name: a, image: 'a:1', command: [curl, -u, 'admin:{password}', a]}}"
    told = found(path, f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{container}]}}\n")
    assert [one.confidence for one in told if one.rule == "credential-in-command"] == [confidence]


def test_names_of_the_entries_of_a_secret() -> None:
    assert found("values.yaml", "auth:\n  existSecret: secret-name\n  envFromSecret: grafana-secrets\n") == []
    assert found("values.yaml", "runner:\n  secretRef:\n    name: runner\n    secretKey: secret\n") == []
    assert found("values.yaml", "auth:\n  password: !secret db_password\n") == []
    assert found("values.yaml", "auth:\n  existingSecretKeys:\n    webPassword: WEBPASSWORD\n    apiPassword: web_api_password\n") == []


COMMENTED = f"a:\n  # apiKey: {TOKEN.removeprefix('glpat-')}\n"


@pytest.mark.parametrize(("path", "sure"), [("values.yaml", False), ("charts/a/values-prod.yml", False), ("compose.yaml", True)])
def test_what_is_commented_out_of_values_shows_how_they_look(path: str, sure: bool) -> None:
    text = f"services: {{}}\n{COMMENTED}" if path == "compose.yaml" else COMMENTED
    (told,) = [one for one in found(path, text) if one.rule == "stored-login"]
    assert (told.confidence is Confidence.LOW) == (not sure)


def test_a_hash_that_the_schema_of_an_object_shows() -> None:
    crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: a}}\nspec:\n  description: '{}'\n"
    told = [one.rule for one in found("a.yaml", crd.format("alice:$apr1$3zSE0Abt$IuETi4l5yO87MuOrbSE4V."))]
    assert "stored-login" not in told


@pytest.mark.parametrize(("path", "sure"), [("tests/compose.yaml", False), ("compose.test.yml", False), ("compose.yaml", True)])
def test_a_url_with_a_weak_password_of_a_test_is_less_sure(path: str, sure: bool) -> None:
    text = "services: {a: {image: 'a:1', environment: {A_URL: 'postgres://a:password@db/a'}}}\n"
    (told,) = [one for one in found(path, text) if one.rule == "password-in-url"]
    assert (told.confidence is Confidence.LOW) == (not sure)
