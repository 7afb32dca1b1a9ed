"""Every place in which a secret can stand, with every shape of secret that can stand there: it is found, and nothing else is pointed at."""

from __future__ import annotations

import base64
import json
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import Files, FilesOnDisk, FilesWritten
from capdrop.finding import Confidence
from capdrop.source import Source

TOKEN = "glpat" + "-Xf3kQ9mZ2vLr8TnB4wYp"
PASSWORD = "Kp3-vv81" + "-Qz"
BEARER = PASSWORD + "9xK2aa7"
SHAPES = {
    "token": (TOKEN, TOKEN),
    "named": (f"DB_PASSWORD={PASSWORD}", PASSWORD),
    "url": (f"postgres://app:{PASSWORD}@db/app", PASSWORD),
    "header": (f"Authorization: Bearer {BEARER}", BEARER),
    "login": (f"curl -u bot:{PASSWORD} https://a.acme.io", PASSWORD),
    "json": (json.dumps({"db_password": PASSWORD}), PASSWORD),
    "pair": (json.dumps([{"name": "DB_PASSWORD", "value": PASSWORD}]), PASSWORD),
}
"""A text of each shape, and the secret in it."""

BOOK = rules_in_force(Config(os.getcwd()))


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def entry(text: str, sign: str = ": ") -> str:
    """The text as the value of a name; a text that has a name keeps it."""
    name, value = ("DB_PASSWORD", text.partition("=")[2]) if text.startswith("DB_") else ("X", text)
    return f"{name}{sign}{quoted(value)}"


def setting(text: str) -> str:
    """The text as one `NAME=value`."""
    return text if text.startswith("DB_") else f"X={text}"


def command(text: str) -> str:
    """The text as a command that has it."""
    return text if text.startswith(("curl", "DB_")) else f"echo {quoted(text)} > /x"


def item(text: str) -> str:
    """The text as a named value of Kubernetes."""
    return entry(text).replace("DB_PASSWORD: ", "{name: DB_PASSWORD, value: ").replace("X: ", "{name: X, value: ") + "}"


def below(text: str, by: int) -> str:
    return textwrap.indent(text, " " * by)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def in_dockerfile(line: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: f"FROM alpine:3.22\n{line(text)}\n"


def in_service(lines: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: f"services:\n  app:\n    image: acme/app:1\n{below(lines(text), 4)}\n"


def in_container(lines: Callable[[str], str]) -> Callable[[str], str]:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: acme/a:1\n"
    return lambda text: f"{head}{below(lines(text), 4)}\n"


def in_object(kind: str, lines: Callable[[str], str], version: str = "v1") -> Callable[[str], str]:
    return lambda text: f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n{lines(text)}\n"


def applied(kind: str, fields: dict[str, object]) -> str:
    """An object with the annotation in which `kubectl apply` keeps it."""
    kept = json.dumps({"apiVersion": "v1", "kind": kind, "metadata": {"annotations": {}, "name": "a"}, **fields}, separators=(",", ":"))
    name = "kubectl.kubernetes.io/last-applied-configuration"
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: a\n  annotations:\n    {name}: |\n      {kept}\n"


ALL, LINES = "token named url header json pair", "token named url header"
COMMANDS = "token named url header login json pair"
PLACES: dict[str, tuple[str, Callable[[str], str], str]] = {
    "comment": ("Dockerfile", in_dockerfile(lambda text: f"# {text}"), LINES),
    "ENV": ("Dockerfile", in_dockerfile(lambda text: f"ENV {entry(text, '=')}"), ALL),
    "ARG": ("Dockerfile", in_dockerfile(lambda text: f"ARG {entry(text, '=')}\nRUN make"), ALL),
    "ONBUILD": ("Dockerfile", in_dockerfile(lambda text: f"ONBUILD ENV {entry(text, '=')}"), ALL),
    "LABEL": ("Dockerfile", in_dockerfile(lambda text: f"LABEL {entry(text, '=')}"), "token named url header json"),
    "RUN": ("Dockerfile", in_dockerfile(lambda text: f"RUN {command(text)} && make"), COMMANDS),
    "RUN on several lines": ("Dockerfile", in_dockerfile(lambda text: f"RUN make \\\n  && {command(text)} \\\n  && make"), COMMANDS),
    "RUN export": ("Dockerfile", in_dockerfile(lambda text: f"RUN export {entry(text, '=')} && make"), LINES),
    "RUN heredoc": ("Dockerfile", in_dockerfile(lambda text: f"RUN <<EOF\n{command(text)}\nEOF"), COMMANDS),
    "RUN writes a file": ("Dockerfile", in_dockerfile(lambda text: f"RUN cat > /a.conf <<EOF\n{text}\nEOF"), LINES),
    "COPY heredoc": ("Dockerfile", in_dockerfile(lambda text: f"COPY <<EOF /a.conf\n{text}\nEOF"), "token named url header json"),
    "CMD": ("Dockerfile", in_dockerfile(lambda text: f'CMD ["sh", "-c", {json.dumps(command(text))}]'), COMMANDS),
    "HEALTHCHECK": ("Dockerfile", in_dockerfile(lambda text: f"HEALTHCHECK CMD {command(text)}"), COMMANDS),
    "RUN decodes": ("Dockerfile", in_dockerfile(lambda text: f"RUN echo {encoded(text)} | base64 -d > /x"), "token url"),
    "compose comment": ("compose.yaml", in_service(lambda text: f"# {text}\nuser: '1'"), LINES),
    "environment": ("compose.yaml", in_service(lambda text: f"environment:\n  {entry(text)}"), ALL),
    "environment as a list": ("compose.yaml", in_service(lambda text: f"environment:\n  - {quoted(setting(text))}"), ALL),
    "environment folded": ("compose.yaml", in_service(lambda text: f"environment:\n  - >-\n    {setting(text)}"), ALL),
    "environment holds a file": (
        "compose.yaml",
        in_service(lambda text: f"environment:\n  FILE: |\n    a=1\n    {text}"),
        LINES,
    ),
    "shared environment": ("compose.yaml", lambda text: f"x-env: &e\n  {entry(text)}\n{in_service(lambda _: 'environment: *e')('')}", ALL),
    "compose label": ("compose.yaml", in_service(lambda text: f"labels:\n  {entry(text)}"), "token named url header json"),
    "compose command": ("compose.yaml", in_service(lambda text: f"command: {quoted(command(text))}"), COMMANDS),
    "compose entrypoint": ("compose.yaml", in_service(lambda text: f"entrypoint: [sh, -c, {quoted(command(text))}]"), COMMANDS),
    "compose script": ("compose.yaml", in_service(lambda text: f"command:\n- sh\n- -c\n- |\n  {command(text)}"), COMMANDS),
    "compose healthcheck": ("compose.yaml", in_service(lambda text: f"healthcheck: {{test: {quoted(command(text))}}}"), COMMANDS),
    "compose hook": ("compose.yaml", in_service(lambda text: f"post_start:\n- command: [sh, -c, {quoted(command(text))}]"), COMMANDS),
    "build arguments": ("compose.yaml", in_service(lambda text: f"build:\n  context: .\n  args:\n    {entry(text)}"), ALL),
    "inline Dockerfile": (
        "compose.yaml",
        in_service(lambda text: f"build:\n  dockerfile_inline: |\n    FROM alpine:3.22\n    ENV {entry(text, '=')}"),
        ALL,
    ),
    "config of Compose": (
        "compose.yaml",
        lambda text: in_service(lambda _: "user: '1'")("") + f"configs:\n  a:\n    content: |\n      {text}\n",
        ALL,
    ),
    "logging options": ("compose.yaml", in_service(lambda text: f"logging: {{driver: x, options: {{{entry(text)}}}}}"), LINES),
    "secret of Compose": (
        "compose.yaml",
        lambda text: in_service(lambda _: "user: '1'")("") + f"secrets:\n  a:\n    content: |\n      {text}\n",
        ALL,
    ),
    "env file": (".env", lambda text: f"{entry(text, '=')}\n", ALL),
    "export in an env file": (".env", lambda text: f"export {entry(text, '=')}\n", ALL),
    "comment in an env file": (".env", lambda text: f"A=1\n# {text}\n", LINES),
    "base64 in an env file": (".env", lambda text: f"X={encoded(text)}\n", "token url"),
    "pod comment": ("pod.yaml", in_container(lambda text: f"# {text}"), LINES),
    "env": ("pod.yaml", in_container(lambda text: f"env:\n- {item(text)}"), ALL),
    "env holds a file": (
        "pod.yaml",
        in_container(lambda text: f"env:\n- name: FILE\n  value: |\n    a=1\n    {text}"),
        LINES,
    ),
    "args": ("pod.yaml", in_container(lambda text: f"args: [sh, -c, {quoted(command(text))}]"), COMMANDS),
    "script": ("pod.yaml", in_container(lambda text: f"command: [sh, -c]\nargs:\n- |\n  {command(text)}"), COMMANDS),
    "probe": (
        "pod.yaml",
        in_container(lambda text: f"livenessProbe: {{exec: {{command: [sh, -c, {quoted(command(text))}]}}}}"),
        COMMANDS,
    ),
    "script of a step": (
        "task.yaml",
        in_object("Task", lambda text: f"spec:\n  steps:\n  - image: a\n    script: {quoted(command(text))}"),
        COMMANDS,
    ),
    "script template": (
        "flow.yaml",
        in_object(
            "Workflow", lambda text: f"spec: {{templates: [{{script: {{image: a, command: [sh], source: {quoted(command(text))}}}}}]}}"
        ),
        COMMANDS,
    ),
    "volume of a pod": (
        "pod.yaml",
        in_object(
            "Pod",
            lambda text: f"spec:\n  containers: [{{image: a}}]\n  volumes:\n  - csi: {{driver: d, volumeAttributes: {{{entry(text)}}}}}",
        ),
        ALL,
    ),
    "lifecycle hook": (
        "pod.yaml",
        in_container(lambda text: f"lifecycle: {{postStart: {{exec: {{command: [sh, -c, {quoted(command(text))}]}}}}}}"),
        COMMANDS,
    ),
    "options of a volume": (
        "volume.yaml",
        in_object("PersistentVolume", lambda text: f"spec: {{flexVolume: {{driver: d, options: {{{entry(text)}}}}}}}"),
        ALL,
    ),
    "annotation": (
        "pod.yaml",
        lambda text: f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    {entry(text)}\n",
        "token named url header json pair",
    ),
    "annotation holds a file": (
        "pod.yaml",
        lambda text: f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    x: |\n      a=1\n      {text}\n",
        LINES,
    ),
    "last applied ConfigMap": ("map.yaml", lambda text: applied("ConfigMap", {"data": {"a.conf": f"a=1\n{text}\n"}}), LINES),
    "last applied Secret": ("secret.yaml", lambda text: applied("Secret", {"data": {"a.conf": encoded(text)}}), LINES),
    "ConfigMap": ("map.yaml", in_object("ConfigMap", lambda text: f"data:\n  {entry(text)}"), ALL),
    "ConfigMap folded": ("map.yaml", in_object("ConfigMap", lambda text: f"data:\n  a.conf: >\n    a=1\n\n    {text}"), LINES),
    "ConfigMap escaped": (
        "map.yaml",
        in_object("ConfigMap", lambda text: "data:\n  a.conf: " + json.dumps(f"a=1\n{text}\n")),
        LINES,
    ),
    "binaryData": ("map.yaml", in_object("ConfigMap", lambda text: f"binaryData: {{a.conf: {encoded(text)}}}"), LINES),
    "stringData": ("secret.yaml", in_object("Secret", lambda text: f"stringData:\n  {entry(text)}"), ALL),
    "stringData file": (
        "secret.yaml",
        in_object("Secret", lambda text: f"stringData:\n  app.conf: |\n    a=1\n    {text}"),
        LINES,
    ),
    "values": ("chart/values.yaml", lambda text: f"db:\n  {entry(text)}\n", ALL),
    "list of values": ("chart/values.yaml", lambda text: f"env:\n- {item(text)}\n", ALL),
    "file of values": ("chart/values.yaml", lambda text: f"config: |\n  a=1\n  {text}\n", LINES),
    "comment of values": ("chart/values.yaml", lambda text: f"a: 1\n# {text}\n", LINES),
    "HelmRelease": (
        "a.yaml",
        in_object("HelmRelease", lambda text: f"spec:\n  values:\n    db:\n      {entry(text)}", "helm.toolkit.fluxcd.io/v2"),
        ALL,
    ),
    "parameters of Argo CD": (
        "a.yaml",
        in_object("Application", lambda text: f"spec: {{source: {{helm: {{parameters: [{item(text)}]}}}}}}", "argoproj.io/v1alpha1"),
        ALL,
    ),
    "values of Argo CD": (
        "a.yaml",
        in_object(
            "Application",
            lambda text: f"spec:\n  source:\n    helm:\n      values: |\n        a: 1\n        {text}",
            "argoproj.io/v1alpha1",
        ),
        LINES,
    ),
    "values of k3s": (
        "a.yaml",
        in_object("HelmChart", lambda text: f"spec:\n  valuesContent: |-\n    a: 1\n    {text}", "helm.cattle.io/v1"),
        LINES,
    ),
    "literals of Kustomize": (
        "kustomization.yaml",
        lambda text: f"configMapGenerator:\n- name: a\n  literals: [{quoted(setting(text))}]\n",
        ALL,
    ),
    "script of one's own": ("run.sh", lambda text: f"docker run a:1\n{entry(text, '=')}\n", "token named url header json pair"),
    "export in a script": ("run.sh", lambda text: f"docker run a:1\nexport {entry(text, '=')}\n", ALL),
    "comment in a script": ("run.sh", lambda text: f"docker run a:1\n# {text}\n", LINES),
    "docker run -e": ("run.sh", lambda text: f"docker run -e {quoted(setting(text))} a:1\n", ALL),
    "docker run with a command": ("run.sh", lambda text: f"docker run a:1 sh -c {quoted(text)}\n", COMMANDS),
    "Makefile": ("Makefile", lambda text: f"x:\n\tdocker run -e {quoted(setting(text))} a:1\n", ALL),
}


def in_file(name: str) -> Callable[[str], str]:
    return in_object("ConfigMap", lambda text: f"data:\n  {name}: |\n    a=1\n    {text}")


PLACES.update(
    {f"ConfigMap file {name}": ("map.yaml", in_file(name), LINES) for name in "app.conf .env settings.ini app.properties run.sh".split()}
)


def hidden(path: str, text: str, files: Files | None = None) -> list[str]:
    """What is hidden by the findings that are sure enough to be shown."""
    kind = kind_of(path, text)
    assert kind is not None
    analysis = analyse(Source(path, text), kind, BOOK, Context(files=files or FilesWritten({path: text})))
    assert analysis.broken == []
    sure = [found for found in analysis.findings if found.confidence is not None and found.confidence >= Confidence.MEDIUM]
    return [found.source[span] for found in sure for span in found.hidden]


@pytest.mark.parametrize(("place", "shape"), [(place, shape) for place, row in PLACES.items() for shape in row[2].split()])
def test_a_secret_is_found_wherever_it_stands(place: str, shape: str) -> None:
    path, put, _ = PLACES[place]
    text, secret = SHAPES[shape]
    whole = put(text)
    found = hidden(path, whole)
    if encoded(text) in whole:
        assert [told_by(one, encoded(text)) for one in found] == [around(secret, text)]
    else:
        assert set(found) == {secret}


def told_by(part: str, whole: str) -> str:
    """What a part of an encoding tells, with what shares a group of four characters with it."""
    start = whole.index(part)
    first, last = start // 4 * 4, -(-(start + len(part)) // 4) * 4
    return base64.b64decode(whole[first:last]).decode()


def around(secret: str, text: str) -> str:
    """A secret with what shares a group of three characters with it."""
    start = text.index(secret)
    return text[start // 3 * 3 : -(-(start + len(secret)) // 3) * 3]


LAYERS: dict[str, Callable[[str], str]] = {
    "one line": encoded,
    "twice": lambda text: encoded(encoded(text)),
    "folded": lambda text: f">-\n    {encoded(text)[:30]}\n    {encoded(text)[30:]}",
    "block": lambda text: f"|\n    {encoded(text)[:30]}\n    {encoded(text)[30:]}",
}


@pytest.mark.parametrize("shape", ["token", "named", "url", "header"])
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("file", ["{}", "a=1\n{}\n", "a=12\n{}", "a=123\n{}\nb=1\n"])
def test_the_place_of_a_secret_in_its_encoding(file: str, layer: str, shape: str) -> None:
    """Without what is pointed at, nothing of the secret is left; with it, hardly more than the secret is."""
    text, secret = SHAPES[shape]
    text = file.replace("{}", text)
    whole = LAYERS[layer](text)
    found = hidden("secret.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  app.conf: {whole}\n")
    assert len(found) == 1
    letters = len("".join(found[0].split()))
    length = len(secret) * (16 / 9 if layer == "twice" else 4 / 3)
    assert length - 2 <= letters <= length + 8
    left = "".join(whole.replace(found[0], "*" * letters).split()).lstrip(">|-")
    assert left.count("*") == letters
    plain = decoded(left)
    assert secret[:4] not in (plain := decoded(plain) if layer == "twice" else plain)
    assert secret[-4:] not in plain


def decoded(text: str) -> str:
    """What is left of an encoding, with `*` for what is gone."""
    groups = [text[at : at + 4] for at in range(0, len(text), 4)]
    return "".join("***" if "*" in group else base64.b64decode(group + "=" * (-len(group) % 4)).decode("latin-1") for group in groups)


@pytest.mark.parametrize(
    "line",
    [
        "docker login -u bot -p {} reg.acme.io",
        "podman login --username bot --password {} reg.acme.io",
        "helm registry login -u bot --password={} reg.acme.io",
        "skopeo login -u bot -p '{}' reg.acme.io",
        "sudo docker login -u bot -p {}",
    ],
)
@pytest.mark.parametrize("path", ["ci/login.sh", "Makefile"])
def test_a_script_that_only_logs_in(path: str, line: str) -> None:
    assert hidden(path, f"set:\n\t{line.replace('{}', PASSWORD)}\n") == [PASSWORD]


@pytest.mark.parametrize(
    "text",
    [
        "ssh login.acme.io\n",
        "aws ecr get-login-password | something\n",
        "vault login\n",
        "login() { :; }\n",
        "# see the docs of docker\nlogin\n",
    ],
)
def test_a_script_that_logs_in_elsewhere_is_not_ours(text: str) -> None:
    assert kind_of("login.sh", text) is None


@pytest.mark.parametrize(
    "line",
    [
        "PASSWORD=$1",
        "export DB_PASSWORD=$(pass show db)",
        'export DB_PASSWORD="${DB_PASSWORD:?}"',
        "read -rs DB_PASSWORD",
        "DB_PASSWORD=",
        "export DB_PASSWORD",
        "TOKEN=$(cat /run/secrets/token)",
        'echo "$TOKEN" | docker login -u bot --password-stdin',
        'docker login -u bot -p "$TOKEN"',
        "DB_PASSWORD_FILE=/run/secrets/db",
    ],
)
def test_a_script_that_takes_its_secrets_from_elsewhere(line: str) -> None:
    assert hidden("run.sh", f"docker run a:1\n{line}\n") == []


@pytest.mark.parametrize(("folder", "expected"), [("ci", [PASSWORD, TOKEN]), ("tests", [TOKEN])])
def test_a_script_among_tests_may_make_passwords_up(folder: str, expected: list[str], tmp_path: Path) -> None:
    path = tmp_path / folder / "run.sh"
    path.parent.mkdir()
    text = f"docker run a:1\nexport DB_PASSWORD={PASSWORD}\nCI={TOKEN}\n"
    assert hidden(str(path), text, FilesOnDisk([str(tmp_path)])) == expected


@pytest.mark.parametrize(
    "text",
    [
        "env:\n- {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}\n",
        "env:\n- {name: DB_PASSWORD, value: ''}\n- {name: TOKEN_TTL, value: '3600'}\n",
        "env:\n- {name: DB_PASSWORD, value: '{{ .Values.db.password }}'}\n",
        "config: |\n  - name: DB_PASSWORD\n    value: ${DB_PASSWORD}\n",
        "config: |\n  - name: DB_USER\n    value: Kp3-vv81-Qz\n",
    ],
)
def test_a_name_beside_a_value_that_is_none(text: str) -> None:
    assert hidden("chart/values.yaml", text) == []
