"""Where a credential goes: into a Compose secret, a Kubernetes Secret, or a secret of the build."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.files import FilesWritten
from capdrop.finding import Safety
from capdrop.fixer import Fixed, Workbench, fix
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(["hard-coded-credential", "default-credential", "published-default", "password-in-url", "secret-build-argument"])
PASSWORD = "Kp3-vv81" + "-Qz"  # invented
DATABASE = "services:\n  db:\n    image: {}\n    environment:\n      POSTGRES_PASSWORD: postgres\n{}"
POD = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop}}
spec:
  containers:
  - name: web
    image: acme/web:1
    env:
    - value: {PASSWORD}
      name: DB_PASSWORD
    - name: API_SECRET
      value: "{PASSWORD}"
"""


def fixed(path: str, text: str, beside: dict[str, str] | None = None, least: Safety = Safety.UNSAFE) -> Fixed:
    kind = kind_of(path, text)
    assert kind is not None
    return fix(Source(path, text), Workbench(kind, BOOK, Context(files=FilesWritten(beside or {}))), least)


@pytest.mark.parametrize(
    ("image", "more"),
    [
        ("acme/postgres:17", ""),
        ("postgres:17", "    healthcheck: {test: 'pg_isready || psql -W $$POSTGRES_PASSWORD'}\n"),
        ("postgres:17", "secrets:\n  postgres_password:\n    file: ./other\n"),
        ("postgres:17", "    secrets: [postgres_password]\nsecrets: {postgres_password: {file: ./other}}\n"),
        ("${IMAGE}", ""),
    ],
)
def test_where_no_file_is_read_the_variable_is_demanded(image: str, more: str) -> None:
    text = DATABASE.format(image, more)
    assert fixed("compose.yaml", text).source.text == text.replace(": postgres\n", ": ${POSTGRES_PASSWORD:?}\n")


def test_secrets_that_are_there_get_company() -> None:
    more = "    secrets:\n      - other\nsecrets:\n  other:\n    file: ./other  # kept\n"
    assert fixed("compose.yaml", DATABASE.format("postgres:17", more)).source.text == (
        "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password\n"
        "    secrets:\n      - other\n      - postgres_password\n"
        "secrets:\n  other:\n    file: ./other  # kept\n  postgres_password:\n    environment: POSTGRES_PASSWORD\n"
    )
    empty = DATABASE.format("postgres:17", "secrets:\n")
    assert fixed("compose.yaml", empty).source.text.endswith("secrets:\n  postgres_password:\n    environment: POSTGRES_PASSWORD\n")


def test_two_databases_with_secrets_of_their_own_keep_them_apart() -> None:
    database = "  {0}:\n    image: postgres:18\n    environment:\n      POSTGRES_PASSWORD: {0}\n"
    result = fixed("compose.yaml", f"services:\n{database.format('quay')}{database.format('clair')}")
    text = "  {}:\n    image: postgres:18\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/{}\n    secrets: [{}]\n"
    first, second = "postgres_password", "clair_postgres_password"
    assert result.source.text == (
        f"services:\n{text.format('quay', first, first)}{text.format('clair', second, second)}secrets:\n"
        f"  {first}:\n    environment: {first.upper()}\n  {second}:\n    environment: {second.upper()}\n"
    )
    assert result.left == []


def test_a_skeleton_grows_with_every_key() -> None:
    result = fixed("web/pod.yaml", POD)
    ((_, skeleton),) = result.bench.beside.values()
    assert skeleton.path == "web/web-secret.yaml.example"
    assert skeleton.text == (
        "# Copy it to web-secret.yaml, fill it in, apply it, and keep it out of the repository.\napiVersion: v1\nkind: Secret\n"
        'metadata:\n  name: web-secret\n  namespace: shop\nstringData:\n  DB_PASSWORD: ""\n  API_SECRET: ""\n'
    )
    assert PASSWORD not in result.source.text
    assert result.source.text.count("          name: web-secret\n") == 2
    again = fixed("web/pod.yaml", POD, {skeleton.path: skeleton.text})
    assert again.source.text == result.source.text
    assert again.bench.beside == {}


def test_a_file_of_that_name_that_is_something_else_is_left_alone() -> None:
    result = fixed("pod.yaml", POD, {"web-secret.yaml.example": "kind: Secret\nstringData:\n  a: b\nimmutable: true\n"})
    assert len(result.applied) == 2
    assert result.bench.beside == {}


@pytest.mark.parametrize("name", ["true", "A B", "{{ .Name }}"])
def test_a_key_that_would_be_misread_is_refused(name: str) -> None:
    text = POD.replace("DB_PASSWORD", f'"{name}"').replace("API_SECRET", "OTHER_NAME")
    assert f'name: "{name}"' in fixed("pod.yaml", text).source.text


def test_an_argument_that_other_instructions_read_is_left_alone() -> None:
    text = "FROM node:22\nARG NPM_TOKEN\nLABEL a=$NPM_TOKEN\nRUN a $NPM_TOKEN\n"
    assert fixed("Dockerfile", text, least=Safety.DISPLAY).applied == []
    shown = fixed("Dockerfile", text.replace("LABEL", "CMD"), least=Safety.DISPLAY).source.text
    assert shown == "FROM node:22\nCMD a=$NPM_TOKEN\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN a $NPM_TOKEN\n"


@pytest.mark.parametrize(
    ("image", "name", "suffix"),
    [("grafana/grafana:12.2.0", "GF_SECURITY_ADMIN_PASSWORD", "__FILE"), ("quay.io/minio/minio:1", "MINIO_ROOT_PASSWORD", "_FILE")],
)
def test_an_image_says_how_it_is_told_a_file(image: str, name: str, suffix: str) -> None:
    text = f"services:\n  app:\n    image: {image}\n    environment:\n      {name}: {PASSWORD}\n"
    after = text.replace(f"{name}: {PASSWORD}", f"{name}{suffix}: /run/secrets/{name.lower()}")
    secrets = f"    secrets: [{name.lower()}]\nsecrets:\n  {name.lower()}:\n    environment: {name}\n"
    assert fixed("compose.yaml", text).source.text == after + secrets


def passwords(*values: str) -> str:
    services = (f"  s-{at}:\n    image: acme/web:1\n    environment:\n      DB_PASSWORD: {value}\n" for at, value in enumerate(values))
    return "services:\n" + "".join(services)


@pytest.mark.parametrize(
    ("before", "beside", "names"),
    [
        ((PASSWORD, "'Zq7-mm20-Tb'", PASSWORD), {}, ("DB_PASSWORD", "'S_1_DB_PASSWORD'", "DB_PASSWORD")),
        (("${DB_PASSWORD}", PASSWORD), {}, ("DB_PASSWORD", "S_1_DB_PASSWORD")),
        ((PASSWORD, "Zq7-mm20-Tb"), {".env": f"DB_PASSWORD={PASSWORD}\n"}, ("DB_PASSWORD", "S_1_DB_PASSWORD")),
        ((PASSWORD,), {".env": "DB_PASSWORD=another\n"}, ("S_0_DB_PASSWORD",)),
    ],
)
def test_one_variable_is_one_password(before: tuple[str, ...], beside: dict[str, str], names: tuple[str, ...]) -> None:
    written = (f"'${{{name[1:-1]}:?}}'" if name[0] == "'" else f"${{{name}:?}}" for name in names)
    after = passwords(*written)
    assert fixed("compose.yaml", passwords(*before), beside).source.text.replace("${DB_PASSWORD}", "${DB_PASSWORD:?}") == after


def test_a_password_that_no_variable_is_left_for_stays() -> None:
    beside = {".env": "DB_PASSWORD=another\nS_0_DB_PASSWORD=a third\n"}
    assert fixed("compose.yaml", passwords(PASSWORD), beside).applied == []
