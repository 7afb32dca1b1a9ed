"""Hostile files over the console script (regression case 24): quick, small, no traceback, nothing that acts on a terminal, no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.growth import cpu_of_children

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "hooks")])}
SENTINEL = "SENTINEL-9f2c1b"
ACTING = "\x1b[2J\x1b]0;x\x07"
FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")
BROKEN = ("compose.nested.yaml", "compose.braces.yaml", "pod.json")
COMMANDS = (*(["check", "--show-suppressed", "--format", name] for name in FORMATS), ["fix"], ["fix", "--unsafe"], ["baseline"])
LIMITED = """
import os, sys
from capdrop.cli import main
status = main(sys.argv[1:])
peak = 0
if os.path.exists("/proc/self/status"):   # getrusage would count what the test runner had before it started us
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
sys.stderr.write(f"PEAK {peak}\\n")
raise SystemExit(status)
"""


def capdrop(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", LIMITED, *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=False, timeout=120)


def bomb() -> str:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\ndata:\n" + "".join(f"  {level}\n" for level in levels)


def secrets(folder: Path) -> None:
    """The sentinel as a password in every place."""
    (folder / "s").mkdir()
    (folder / "s/Dockerfile").write_text(
        f"FROM debian:12\nARG DB_PASSWORD={SENTINEL}\nENV DB_PASSWORD={SENTINEL} X=1\nENV API_TOKEN {SENTINEL}\n"
        f"RUN curl -u deploy:{SENTINEL} https://u:{SENTINEL}@example.com/x && mysql --password={SENTINEL}\n"
        f"RUN <<EOF\nexport DB_PASSWORD={SENTINEL}\nEOF\nLABEL password={SENTINEL}\n"
        f"COPY <<EOF /x.ini\npassword = {SENTINEL}\nEOF\nUSER root\n"
    )
    (folder / "s/compose.yaml").write_text(
        f"services:\n  app:\n    image: a:1\n    privileged: true\n    environment:\n      DB_PASSWORD: {SENTINEL}\n"
        f"      URL: postgres://u:{SENTINEL}@db/x\n    command: run --password {SENTINEL}\n    labels: ['db.password={SENTINEL}']\n"
        f"    build: {{context: ., args: {{DB_PASSWORD: {SENTINEL}}}}}\n"
    )
    (folder / "s/pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    image: a:1\n"
        "    securityContext: {privileged: true}\n"
        f"    env:\n    - {{name: DB_PASSWORD, value: {SENTINEL}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData:\n"
        f"  password: {SENTINEL}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  password: {SENTINEL}\n"
    )
    (folder / "s/run.sh").write_text(f"docker run --privileged -e DB_PASSWORD={SENTINEL} a:1 --password {SENTINEL}\n")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / ".git").mkdir()
    (folder / "bomb.yaml").write_text(bomb())
    (folder / "line").mkdir()
    (folder / "line/Dockerfile").write_text("FROM debian:12\nRUN " + "a_key=a_key=" * 700_000 + "\n")
    (folder / f"{ACTING}\n").mkdir()
    (folder / f"{ACTING}\n" / "Dockerfile").write_text(f"FROM debian:12\nUSER root # \x1b[31m \x9b31m \u202e\nENV X={ACTING[:-1]}\n")
    (folder / "utf16.yaml").write_bytes("services: {}\n".encode("utf-16-le"))
    (folder / "latin.Dockerfile").write_bytes("FROM debian:12 # é\n".encode("latin-1"))
    (folder / "compose.nested.yaml").write_text("[" * 20_000)
    (folder / "compose.braces.yaml").write_text("services: " + "{a: " * 20_000)
    (folder / "pod.json").write_text('{"apiVersion": "v1", "kind": "Pod", "x": ' + "[" * 20_000)
    (folder / "passwd.Dockerfile").symlink_to("/etc/passwd")
    (folder / "fifo").mkdir()
    os.mkfifo(folder / "fifo" / "Dockerfile")
    secrets(folder)
    return folder


def test_the_set_is_quick_and_small(hostile: Path) -> None:
    before = cpu_of_children()
    ran = capdrop(hostile, "check", "--isolated", "--profile", "strict", "--format", "json")
    took = cpu_of_children() - before
    assert ran.returncode == 3
    assert took < 5
    assert int(ran.stderr.split(b"PEAK ")[1]) < 200 * 1024
    files = {file["path"]: file for file in json.loads(ran.stdout)["files"]}
    for name in (*BROKEN, "latin.Dockerfile", "passwd.Dockerfile", "fifo/Dockerfile"):
        assert files[name]["outcome"] in ("not", "partly"), name
        assert files[name]["reasons"], name
    assert files["bomb.yaml"]["outcome"] in ("analysed", "partly", "not")
    assert files["line/Dockerfile"]["outcome"] in ("analysed", "partly")


@pytest.mark.parametrize("name", [*BROKEN, "bomb.yaml", "line/Dockerfile"])
def test_each_is_quick(hostile: Path, name: str) -> None:
    before = cpu_of_children()
    ran = capdrop(hostile, "check", "--isolated", "--profile", "strict", name)
    assert cpu_of_children() - before < 5
    assert ran.returncode in (0, 1, 3)
    assert b"capdrop itself failed" not in ran.stdout


@pytest.mark.parametrize("name", [*BROKEN, "utf16.yaml", "latin.Dockerfile", "passwd.Dockerfile", "fifo"])
def test_what_is_not_read_fails(hostile: Path, name: str) -> None:
    assert capdrop(hostile, "check", "--isolated", name).returncode == 3


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_acts_and_nothing_leaks(hostile: Path, command: list[str]) -> None:
    ran = capdrop(hostile, *command, "--profile", "strict", "--min-confidence", "low")
    assert b"Traceback" not in ran.stderr
    baseline = hostile / ".capdrop-baseline"
    written = ran.stdout + ran.stderr
    if baseline.exists():
        written += baseline.read_bytes()
        baseline.unlink()
    text = written.decode("utf-8")
    assert not {character for character in text if not character.isprintable()} - {"\n", "\t", "\r"}
    assert SENTINEL not in text


def test_merges_of_merges_take_no_time(tmp_path: Path) -> None:
    levels = [f"x{at + 1}: &a{at + 1} {{<<: [*a{at}, *a{at}], k{at}: *a{at}}}" for at in range(30)]
    (tmp_path / "compose.yaml").write_text("\n".join(["x0: &a0 {privileged: true}", *levels, "services:", "  app: *a30"]) + "\n")
    checked = capdrop(tmp_path, "check", "--isolated", "compose.yaml")
    assert checked.returncode == 3
    assert "more than 1,000,000 values, which Compose refuses" in str(checked.stdout)


def test_variables_that_double_one_another_fill_no_memory(tmp_path: Path) -> None:
    doubled = [f"ENV A{at + 1}=$A{at}$A{at}" for at in range(60)]
    (tmp_path / "Dockerfile").write_text("\n".join(["FROM debian:12", "ENV A0=xx", *doubled, "USER 1000"]) + "\n")
    assert capdrop(tmp_path, "check", "--isolated", "--select", "root-user", "Dockerfile").returncode == 0


def test_a_baseline_is_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:12\n")
    os.mkfifo(tmp_path / "pipe")
    assert capdrop(tmp_path, "baseline", "--isolated", "--file", "pipe", "Dockerfile").returncode == 2
    assert (tmp_path / "pipe").is_fifo()


def test_a_fix_shows_no_secret_within_a_word(tmp_path: Path) -> None:
    secret = "kQ9vT2mZ" + "x7Lp4RwB8nYc"
    (tmp_path / "run.sh").write_text(f"docker run --privileged alpine:3 mysql -p{secret}\n")
    ran = capdrop(tmp_path, "fix", "--isolated", "--unsafe", "run.sh")
    assert b"+docker run alpine:3 mysql -p****" in ran.stdout
    assert secret.encode() not in ran.stdout + ran.stderr


def test_a_command_line_over_several_lines_is_found(tmp_path: Path) -> None:
    (tmp_path / "start.sh").write_text("docker \\\n  run --privileged alpine:3\n")
    assert capdrop(tmp_path, "check", "--isolated", ".").returncode == 1


def test_a_deep_configuration_is_misuse(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:12\n")
    (tmp_path / "deep.toml").write_text("a=" + "[" * 5_000)
    ran = capdrop(tmp_path, "check", "--config", "deep.toml", "Dockerfile")
    assert (ran.returncode, ran.stderr.count(b"\n")) == (2, 2)  # ours and the peak
    assert b"nested too deeply" in ran.stderr
