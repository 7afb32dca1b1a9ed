"""The command line as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from capdrop import __version__
from capdrop.aside import Progress
from capdrop.cli import COMMANDS, main

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "hooks")])}
ROOT_USER = "FROM debian:12\nUSER root\n"
CLEAN = "FROM debian:12\nUSER 1000\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


def put(name: str, text: str = ROOT_USER) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def script(*arguments: str | bytes, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "capdrop", *arguments]
    return subprocess.run(command, input=data, capture_output=True, env=ENVIRONMENT, check=False, timeout=60)


@pytest.mark.parametrize(
    ("files", "arguments", "status"),
    [
        ({"Dockerfile": CLEAN}, [], 0),
        ({"Dockerfile": ROOT_USER}, [], 1),
        ({"Dockerfile": ROOT_USER}, ["--fail-on", "critical"], 0),
        ({"Dockerfile": ROOT_USER}, ["--fail-on", "high"], 1),
        ({"Dockerfile": ROOT_USER}, ["--fail-on", "never"], 0),
        ({"Dockerfile": ROOT_USER}, ["--ignore", "DL3002"], 0),
        ({"Dockerfile": ROOT_USER}, ["--select", "missing-user"], 0),
        ({"Dockerfile": ROOT_USER, "compose.yaml": "services: ["}, [], 3),
        ({"Dockerfile": ROOT_USER, "compose.yaml": "services: ["}, ["--fail-on", "never"], 3),
        ({"Dockerfile": ROOT_USER}, ["--fail-on", "loud"], 2),
        ({"Dockerfile": ROOT_USER}, ["nowhere"], 2),
        ({"Dockerfile": ROOT_USER, "capdrop.toml": 'fail-on = "critical"\n'}, [], 0),
        ({"Dockerfile": ROOT_USER, "capdrop.toml": 'fail-on = "critical"\n'}, ["--fail-on", "low"], 1),
        ({"Dockerfile": ROOT_USER, "capdrop.toml": 'fail-on = "critical"\n'}, ["--isolated"], 1),
        ({"Dockerfile": ROOT_USER, "other.toml": 'ignore = ["root-user"]\n'}, ["--config", "other.toml"], 0),
        ({"Dockerfile": ROOT_USER, "pyproject.toml": '[tool.capdrop]\nignore = ["root-user"]\n'}, [], 0),
        ({"Dockerfile": ROOT_USER, "capdrop.toml": "["}, [], 2),
        ({"Dockerfile": ROOT_USER, "capdrop.toml": "["}, ["--isolated"], 1),
        ({}, [], 0),
    ],
)
def test_exit_statuses(files: dict[str, str], arguments: list[str], status: int) -> None:
    for name, text in files.items():
        put(name, text)
    assert main(["check", *arguments]) == status


@pytest.mark.parametrize("level", ["info", "low", "medium", "high", "critical", "never"])
def test_a_threshold_means_the_same_in_a_file_and_on_the_command_line(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile", "FROM debian:12\nNONSENSE x\n")
    by_option = main(["check", "--isolated", "--fail-on", level])
    put("capdrop.toml", f'fail-on = "{level}"\n')
    assert main(["check"]) == by_option


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonsense"], "there is no command 'nonsense'; see `capdrop --help`"),
        (["chekc"], "there is no command 'chekc'; did you mean `capdrop check`?"),
        (["Dockerfile"], "there is no command 'Dockerfile'; did you mean `capdrop check`?"),
        (["--format", "json"], "there is no command '--format'; did you mean `capdrop check`?"),
        (["check", "--nonsense"], "there is no option '--nonsense' (see `capdrop check --help`)"),
        (["check", "--form", "json"], "there is no option '--form'; did you mean '--format'? (see `capdrop check --help`)"),
        (["check", "--format", "xml"], "--format is one of text, json, sarif, github, gitlab, junit, not 'xml' (see "),
        (["check", "--format="], "--format is one of text, json, sarif, github, gitlab, junit, not '' (see "),
        (["check", "--output"], "--output needs a value, FILE (see `capdrop check --help`)"),
        (["check", "--config", "--fail-on", "low"], "--config needs a value, FILE (see `capdrop check --help`)"),
        (["check", "--config", "--", "x"], "--config needs a value, FILE (see `capdrop check --help`)"),
        (["check", "--isolated=yes"], "--isolated takes no value (see `capdrop check --help`)"),
        (["check", "-v"], "there is no option '-v' (see `capdrop check --help`)"),
        (["check", "--token=SENTINEL"], "there is no option '--token' (see `capdrop check --help`)"),
        (["check", "--", "--isolated"], "--isolated: no such file or folder"),
        (["rules", "root-user"], "'root-user' is one argument too many (see `capdrop rules --help`)"),
        (["explain", "root-user", "x"], "'x' is one argument too many (see `capdrop explain --help`)"),
        (["check", "--select", "rot-user"], "there is no rule 'rot-user'; did you mean 'root-user'?"),
        (["check", "--ignore", "rot-user"], "there is no rule 'rot-user'; did you mean 'root-user'?"),
        (["check", "--isolated", "--config", "x"], "--isolated and --config exclude each other (see "),
        (["check", "--config", "nowhere.toml"], "nowhere.toml: the configuration cannot be read: No such file or directory"),
        (["check", "nowhere"], "nowhere: no such file or folder"),
        (["check", "-", "Dockerfile"], "standard input (`-`) is checked alone"),
        (["check", "--output", "no/where.json"], "no/where.json: No such file or directory"),
        (["check", "--output", "."], ".: Is a directory"),
        (["explain", "DL9999"], "there is no rule 'DL9999'; `capdrop rules` lists them"),
        (["explain", "rot-user"], "there is no rule 'rot-user'; did you mean 'root-user'?"),
        (["explain"], "RULE is missing (see `capdrop explain --help`)"),
        (["check", "\x1b[2J"], "\\x1b[2J: no such file or folder"),
        (["check", "--\x1b[2J"], "there is no option '--\\x1b[2J'"),
        (["check", "\udcff"], "\\udcff: no such file or folder"),
        (["check", "a\nb"], "a\\x0ab: no such file or folder"),
        (["check", "--stdin-filename", "a\0b", "x\0y"], "x\\x00y: "),
    ],
)
def test_misuse_is_one_line(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile")
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"capdrop: {complaint}")
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["-h"], ["help"]):
        assert main(arguments) == 0
        said = capsys.readouterr().out
        assert all(f"\n  {command} " in said for command in COMMANDS)
        assert max(map(len, said.splitlines())) <= 115
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: capdrop COMMAND")
    for arguments in (["--version"], ["-V"]):
        assert main(arguments) == 0
        assert capsys.readouterr().out == f"capdrop {__version__}\n"
    for command in COMMANDS:
        with pytest.raises(SystemExit) as leaving:
            main([command, "--help"])
        assert leaving.value.code == 0
        said = capsys.readouterr().out
        assert said.startswith(f"usage: capdrop {command}")
        assert max(len(line) for line in said.splitlines() if line.startswith("  ")) <= 110


def test_options_stand_anywhere_and_the_last_one_counts(capsys: pytest.CaptureFixture[str]) -> None:
    put("a/Dockerfile")
    put("b/Dockerfile")
    put("-c/Dockerfile")
    assert main(["check", "a", "--format=json", "b", "--format", "text", "--fail-on=critical", "--", "-c"]) == 0
    said = capsys.readouterr().out
    assert all(f"{folder}/Dockerfile:2:6: high root-user" in said for folder in ("a", "b", "-c"))


def test_help_is_given_whatever_else_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["check", "--form", "x", "-h"], ["explain", "--help"], ["check", "--output", "--help"]):
        with pytest.raises(SystemExit) as leaving:
            main(arguments)
        assert leaving.value.code == 0
        assert capsys.readouterr().out.startswith(f"usage: capdrop {arguments[0]}")


def test_standard_input() -> None:
    ran = script("check", "-", data=ROOT_USER.encode())
    assert ran.returncode == 1
    assert b"Dockerfile:2:6: high root-user" in ran.stdout
    ran = script("check", "--stdin-filename", "app/compose.yaml", "-", data=b"services: {a: {image: 'a:1', privileged: true}}")
    assert b"app/compose.yaml:1:42: critical privileged-container" in ran.stdout
    ran = script("check", "--stdin-filename", "notes.txt", "-", data=b"hello")
    assert (ran.returncode, ran.stderr) == (0, b"of no kind that capdrop knows: notes.txt\n")
    ran = script("check", "-", data=b"FROM \xff\n")
    assert ran.returncode == 3
    assert b"not UTF-8 text" in ran.stdout


def test_formats_and_output(capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile")
    assert main(["check", "--format", "json", "--output", "out.json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "out.json: 1 finding (1 high), 1 fixable with `capdrop fix --apply --unsafe`; 1 file: 1 analysed\n"
    report = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert [finding["rule"] for finding in report["findings"]] == ["root-user"]
    for format_ in ("text", "json", "sarif", "github", "gitlab", "junit"):
        assert main(["check", "--format", format_, "--select", "root-user"]) == 1
        said = capsys.readouterr()
        assert "root-user" in said.out
        assert said.err == ""


def test_suppressed_findings_are_shown_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile", "FROM debian:12\n# capdrop: ignore[root-user] -- it must\nUSER root\n")
    put("b/Dockerfile")
    put("capdrop.toml", '[[suppress]]\nrule = "root-user"\npath = "b/"\nreason = "old"\n')
    assert main(["check"]) == 0
    assert "root-user" not in capsys.readouterr().out
    assert main(["check", "--show-suppressed"]) == 0
    said = capsys.readouterr().out
    assert "suppressed by comment: it must" in said
    assert "suppressed by configuration: old" in said


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        ('namespace = "monitoring"', ["Pod/a containers.c", "Pod/c containers.c", "app"]),
        ('namespace = "mon*"', ["Pod/c containers.c", "app"]),
        ('namespace = "*"', ["app"]),
        ('namespace = "other"', ["Pod/a containers.c", "Pod/b containers.c", "Pod/c containers.c", "app"]),
        ('namespace = "mon*"\nsubject = "Pod/b*"', ["Pod/a containers.c", "Pod/c containers.c", "app"]),
        ('subject = "Pod/b*"', ["Pod/a containers.c", "Pod/c containers.c", "app"]),
        ('subject = "Pod/*"', ["app"]),
    ],
)
def test_the_findings_of_a_namespace_are_silenced(entry: str, left: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    pod = "kind: Pod\napiVersion: v1\nmetadata: {name: %s, namespace: %s}\nspec: {hostPID: true, containers: [{name: c, image: a}]}\n"
    held = (
        "{kind: Pod, apiVersion: v1, metadata: {name: b, namespace: monitoring}, spec: {hostPID: true, containers: [{name: c, image: a}]}}"
    )
    put("pods.yaml", f"{pod % ('a', 'mon')}---\nkind: List\nitems: [{held}]\n---\n{pod.replace(', namespace: %s', '') % 'c'}")
    put("compose.yaml", "services: {app: {image: a, pid: host}}\n")
    put("capdrop.toml", f'[[suppress]]\nrule = "host-pid"\n{entry}\nreason = "x"\n')
    main(["check", "--select", "host-pid", "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert sorted(finding["subject"].removeprefix("services.") for finding in findings if not finding["suppressed"]) == left


def test_confidence(capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile")
    assert main(["check", "--min-confidence", "high"]) in (0, 1)
    high = capsys.readouterr().out
    assert main(["check", "--min-confidence", "low"]) == 1
    assert len(capsys.readouterr().out) >= len(high)


def test_explain_knows_other_tools_ids(capsys: pytest.CaptureFixture[str]) -> None:
    pages = []
    for name in ("root-user", "ROOT-USER", "DL3002", "hadolint:DL3002", "dl3002"):
        assert main(["explain", name]) == 0
        pages.append(capsys.readouterr().out)
    assert set(pages) == {pages[0]}
    assert pages[0].startswith("# root-user\n")
    for name in ("DS-0002", "DS002", "AVD-DS-0002"):
        assert main(["explain", name]) == 0
        both = capsys.readouterr().out
        assert both.startswith("# missing-user\n")
        assert both.endswith(f"\n{pages[0]}")


def test_rules_are_listed_in_columns_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    columns = {line.index(" " + line.split()[1]) for line in lines}
    assert len(columns) == 1
    assert main(["rules", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(lines)
    keys = "name summary severity confidence profile subjects dialects fix references also_known_as".split()
    assert all(list(row) == keys for row in rows)
    found = next(row for row in rows if row["name"] == "privileged-container")
    assert found["fix"] == "unsafe"
    assert {"compose", "kubernetes"} <= set(found["dialects"])


def test_nobody_reads(here: Path) -> None:
    for number in range(300):
        put(f"{number}/Dockerfile")
    command = [sys.executable, "-m", "capdrop", "check"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("count", [50, 700])
def test_interrupted(here: Path, count: int) -> None:
    for number in range(count):
        put(f"{number}/Dockerfile", "FROM debian:12\n" + "RUN apt-get update && apt-get install -y curl\n" * (140_000 // count))
    process = subprocess.Popen(
        [sys.executable, "-m", "capdrop", "check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    time.sleep(0.8)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"capdrop: interrupted\n")


def test_a_full_disk() -> None:
    put("Dockerfile")
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "wb") as full:
        ran = subprocess.run([sys.executable, "-m", "capdrop", "check"], stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False)
    assert ran.returncode == 2
    assert ran.stderr == b"capdrop: standard output: No space left on device\n"
    ran = script("check", "--output", "/dev/full")
    assert ran.returncode == 2
    assert ran.stderr == b"capdrop: /dev/full: No space left on device\n"


def test_a_bug_of_ours_is_one_line_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ValueError("SENTINEL")

    put("Dockerfile")
    monkeypatch.setattr("capdrop.report.write", fail)
    assert main(["check"]) == 3
    assert capsys.readouterr().err.startswith("capdrop: ValueError at test_cli.py:")


def test_a_working_folder_that_is_gone(here: Path) -> None:
    (here / "gone").mkdir()
    command = f'cd gone && rmdir ../gone && "{sys.executable}" -m capdrop check'
    ran = subprocess.run(["sh", "-c", command], capture_output=True, env=ENVIRONMENT, check=False)
    assert ran.returncode == 2
    assert ran.stderr.count(b"\n") == 1
    assert b"No such file or directory" in ran.stderr


def test_progress_is_a_line_that_goes_away(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress() as counter:
        counter(1, 100)
        now[0] = 0.9
        counter(2, 100)
        assert capsys.readouterr().err == ""
        now[0] = 1.0
        counter(3, 100)
        now[0] = 1.05
        counter(4, 100)
    assert capsys.readouterr().err == "\r3 of 100 files\r" + " " * len("3 of 100 files") + "\r"


def test_progress_is_shown_to_nobody_where_nobody_looks(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with Progress() as counter:
        now[0] = 9.0
        counter(1, 100)
    assert capsys.readouterr().err == ""


AUDIT = """
import sys
def hook(event, arguments):
    if event.split(".")[0] in ("socket", "subprocess", "urllib") or event in ("os.system", "os.exec", "os.posix_spawn"):
        sys.stderr.write(f"FORBIDDEN {event}\\n")
sys.addaudithook(hook)
from capdrop.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("arguments", [["check"], ["fix", "--unsafe"], ["baseline"], ["rules"], ["explain", "root-user"]])
def test_no_network_and_no_program_is_used(arguments: list[str]) -> None:
    put("Dockerfile")
    put("compose.yaml", "services: {a: {image: 'a:1', build: 'https://git.example.com/x.git', privileged: true}}\n")
    ran = subprocess.run([sys.executable, "-c", AUDIT, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert "FORBIDDEN" not in ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_stands_on_a_lost_line_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    value = "Kp3-vv81" + "-QzLm"
    put("Dockerfile", f"FROM alpine:3.22\nENV A=1\n    DB_PASSWORD={value}\nUSER 1000\n")
    for form in ("text", "json", "sarif", "github", "gitlab", "junit"):
        main(["check", "--format", form, "--profile", "strict"])
        assert value.casefold() not in capsys.readouterr().out.casefold()
