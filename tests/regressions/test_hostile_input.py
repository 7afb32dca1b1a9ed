"""Regression case 24: input made to break the reader, the terminal or the wallet; and a secret that must be shown nowhere."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from capdrop.report import FORMATS

from tests.growth import cpu_of_children
from tests.test_hostile_console import LIMITED

ROOT = Path(__file__).parents[2]
SENTINEL = "SENTINEL-9f2c1b"
ENCODED = base64.b64encode(SENTINEL.encode()).decode()
ALL = ("--isolated", "--min-confidence", "low", "--show-suppressed")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

SECRETS = {
    "Dockerfile": f"""\
FROM alpine:3.22 AS build
ARG API_SECRET={SENTINEL}
FROM alpine:3.22
ENV DB_PASSWORD={SENTINEL} B=1
ENV MYSQL_PASSWORD {SENTINEL}
LABEL admin.password="{SENTINEL}"
ONBUILD ARG DEPLOY_PASSWORD={SENTINEL}
RUN curl -u deploy:{SENTINEL} https://git.acme.io/ && export PGPASSWORD={SENTINEL} && psql
RUN git clone https://bot:{SENTINEL}@git.acme.io/app.git && mysql -uroot -p{SENTINEL}
RUN ["redis-cli", "-a", "{SENTINEL}"]
COPY <<EOF /etc/app.ini
password = {SENTINEL}
url = https://bot:{SENTINEL}@git.acme.io/
EOF
RUN cat <<EOF > /etc/app.env
DB_PASSWORD={SENTINEL}
EOF
""",
    "compose.yaml": f"""\
x-settings: &settings
  SHARED_PASSWORD: {SENTINEL}
services:
  app:
    image: acme/app:1
    build:
      args: {{API_SECRET: {SENTINEL}}}
    environment:
      <<: *settings
      DB_PASSWORD: {SENTINEL}
      QUOTED_PASSWORD: "{SENTINEL}"
      FOLDED_PASSWORD: >-
        {SENTINEL}
      DEFAULT_PASSWORD: ${{DEFAULT_PASSWORD:-{SENTINEL}}}
      URL: postgres://app:{SENTINEL}@db/app
      JDBC: jdbc:sqlserver://db;user=sa;password={SENTINEL}
    labels: ["app.password={SENTINEL}"]
    command: redis-server --requirepass {SENTINEL}
  side:
    image: acme/side:1
    environment: ["DB_PASSWORD={SENTINEL}"]
configs:
  app:
    content: |
      password: {SENTINEL}
""",
    "manifest.yaml": f"""\
apiVersion: v1
kind: Secret
metadata: {{name: a, annotations: {{admin-password: {SENTINEL}}}}}
stringData:
  password: {SENTINEL}
  app.ini: |
    [db]
    password = {SENTINEL}
data:
  password: {ENCODED}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: a}}
data:
  db_password: {SENTINEL}
  url: postgres://app:{SENTINEL}@db/app
  app.properties: |
    db.password={SENTINEL}
---
apiVersion: v1
kind: Pod
metadata: {{name: a}}
spec:
  containers:
    - name: a
      image: acme/a:1
      args: ["--password={SENTINEL}"]
      env: [{{name: DB_PASSWORD, value: {SENTINEL}}}]
""",
    "suppressed/Dockerfile": f"FROM alpine:3.22\n# capdrop: ignore[hard-coded-credential] -- a test\nENV DB_PASSWORD={SENTINEL}\n",
}


def run(folder: Path, *arguments: str, program: tuple[str, ...] = ("-m", "capdrop")) -> subprocess.CompletedProcess[str]:
    """The command line as a user runs it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "hooks")]), "PYTHONUTF8": "1"}
    command = [sys.executable, *program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=folder, env=environment, check=False)


HOSTILE = (
    "aliases.yaml", "long.Dockerfile", "utf16.Dockerfile", "latin.Dockerfile", "compose.yaml", "linked.Dockerfile", "pipe/Dockerfile"
)  # fmt: skip


def hostile(folder: Path) -> None:
    aliases = "\n".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9 if n else ['x'] * 9)}]" for n in range(9))
    (folder / "aliases.yaml").write_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{aliases}\n")
    (folder / "long.Dockerfile").write_text("FROM alpine:3.22\nUSER 1\nRUN " + "a_key=" * (8 * 1024 * 1024 // 6) + "\n")
    (folder / "\x1b[2J\x1b]0;x\x07\n.Dockerfile").write_text("FROM alpine:3.22\nUSER root\n")
    (folder / "utf16.Dockerfile").write_bytes("FROM alpine:3.22\n".encode("utf-16-le"))
    (folder / "latin.Dockerfile").write_bytes("FROM alpine:3.22\nLABEL a=ü\n".encode("latin-1"))
    (folder / "compose.yaml").write_text("services: " + "[" * 20_000)
    (folder / "linked.Dockerfile").symlink_to("/etc/passwd")
    (folder / "pipe").mkdir()
    os.mkfifo(folder / "pipe" / "Dockerfile")


def test_hostile_input_is_survived(tmp_path: Path) -> None:
    hostile(tmp_path)
    paths = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir())
    before = cpu_of_children()
    ran = run(tmp_path, "check", "--isolated", *paths, program=("-c", LIMITED))
    took = cpu_of_children() - before
    assert ran.returncode == 3
    assert "Traceback" not in ran.stdout + ran.stderr
    assert not CONTROL.search(ran.stdout + ran.stderr)
    assert took < 5
    assert int(ran.stderr.rpartition("PEAK ")[2]) < 200 * 1024


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_file_passes_in_silence(name: str, tmp_path: Path) -> None:
    hostile(tmp_path)
    ran = run(tmp_path, "check", "--isolated", name)
    sound = name in ("aliases.yaml",)
    assert ran.returncode == 3 or (sound and "1 analysed" in ran.stdout + ran.stderr)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    for name, text in SECRETS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("profile", ["default", "strict"])
def test_no_report_shows_a_secret(format_: str, profile: str, secrets: Path) -> None:
    ran = run(secrets, "check", *ALL, "--format", format_, "--profile", profile, ".")
    assert ran.returncode == 1
    assert "password" in ran.stdout.lower()
    assert leaks(ran.stdout + ran.stderr) == []


@pytest.mark.parametrize("arguments", [("fix", "--unsafe"), ("baseline", "--file", "baseline.json")], ids=lambda arguments: arguments[0])
def test_no_other_output_shows_a_secret(arguments: tuple[str, ...], secrets: Path) -> None:
    ran = run(secrets, arguments[0], "--isolated", *arguments[1:], ".")
    assert "Traceback" not in ran.stderr
    assert leaks(ran.stdout + ran.stderr) == []
    written = secrets / "baseline.json"
    if written.exists():
        assert leaks(written.read_text(encoding="utf-8")) == []


def test_every_secret_is_found(secrets: Path) -> None:
    """What is hidden is only what was found, so nothing may be missed here."""
    ran = run(secrets, "check", *ALL, "--format", "json", ".")
    findings = json.loads(ran.stdout)["findings"]
    found = {(finding["path"], line) for finding in findings for line in range(finding["line"], finding["end_line"] + 1)}
    for name, text in SECRETS.items():
        for number, line in enumerate(text.splitlines(), 1):
            if SENTINEL in line or ENCODED in line:
                assert (name, number) in found, f"{name}:{number}: {line.strip()}"


def leaks(text: str) -> list[str]:
    """The lines that show the secret, whole or in base64."""
    return [line for line in text.splitlines() if SENTINEL in line or ENCODED in line or SENTINEL[:8] in line]
