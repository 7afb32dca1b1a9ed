"""`capdrop fix`: the diff as git takes it, and the files as they are written."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from capdrop import fixer
from capdrop.by_hand import MOST
from capdrop.cli import main

COMPOSE = "# top\nservices:\n  app: # keep\n    image: nginx:1.29\n    privileged: true\n    read_only: true\n# end\n"
FIXED = COMPOSE.replace("    privileged: true\n", "")
STALE = "FROM debian:12\n# capdrop: ignore[root-user]\nUSER 1000\n"
SECRET = "ENV DB_PASSWORD=SENTINEL-9f2c1b\n"
NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def git_apply(diff: str, *options: str) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply", *options, "-"], input=diff.encode("utf-8", "surrogateescape"), check=True)


@NEEDS_GIT
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("compose.yaml", COMPOSE, FIXED),
        ("a b/my compose.compose.yaml", COMPOSE, FIXED),
        ("tëst/compose.yaml", COMPOSE, FIXED),
        ('qu"ote\\d/compose.yaml', COMPOSE, FIXED),
        ("tab\there/compose.yaml", COMPOSE, FIXED),
        ("compose.yaml", COMPOSE.replace("\n", "\r\n"), FIXED.replace("\n", "\r\n")),
        ("compose.yaml", COMPOSE.removesuffix("\n"), FIXED.removesuffix("\n")),
        ("compose.yaml", COMPOSE.removesuffix("# end\n").removesuffix("\n"), FIXED.removesuffix("# end\n").removesuffix("\n")),
        ("compose.yaml", "\ufeff" + COMPOSE, "\ufeff" + FIXED),
        ("compose.yaml", "# é 测试 🔒\n" + COMPOSE, "# é 测试 🔒\n" + FIXED),
    ],
)
def test_git_takes_the_diff(name: str, before: str, after: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = put(name, before)
    assert main(["fix", "--unsafe", "--select", "privileged-container", "."]) == 1
    git_apply(capfdbinary.readouterr().out.decode())
    assert path.read_bytes() == after.encode()


@NEEDS_GIT
def test_git_takes_the_diff_of_several_files(capfd: pytest.CaptureFixture[str]) -> None:
    paths = [put(f"{name}/compose.yaml", COMPOSE) for name in "abc"]
    stale = put("Dockerfile", STALE)
    assert main(["fix", "--unsafe", "--select", "privileged-container,root-user,unused-suppression"]) == 1
    git_apply(capfd.readouterr().out)
    assert [path.read_text() for path in paths] == [FIXED] * 3
    assert stale.read_text() == STALE.replace("# capdrop: ignore[root-user]\n", "")
    assert main(["fix", "--unsafe", "--select", "privileged-container,root-user,unused-suppression"]) == 0
    assert capfd.readouterr() == ("", "nothing to fix\n")


@NEEDS_GIT
def test_git_takes_the_diff_in_the_folder_that_it_is_made_in(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    path = put("a/b c/compose.yaml", COMPOSE)
    subprocess.run(["git", "init", "-q"], check=True)
    monkeypatch.chdir("a")
    assert main(["fix", "--unsafe", "--select", "privileged-container"]) == 1
    git_apply(capfd.readouterr().out)
    assert (Path("..") / path).read_text() == FIXED


@pytest.mark.parametrize("applied", [False, True])
def test_what_waits_for_another_file_is_fixed_in_the_same_run(applied: bool, capsys: pytest.CaptureFixture[str]) -> None:
    first = "services:\n  db:\n    image: postgres:17\n    environment: [POSTGRES_PASSWORD=Tr0ub4dor-9xQz]\n    ports:\n      - 443:443\n"
    put("compose.yaml", "include: [z-web.yaml]\n" + first)
    put("z-web.yaml", "services:\n  web:\n    image: acme/web:1\n    ports:\n      - 8080:8080\n")
    select = ["fix", "--unsafe", "--select", "port-on-all-addresses,credential-behind-exposed-service"]
    assert main([*select, *(["--apply"] if applied else [])]) == (0 if applied else 1)
    output = capsys.readouterr()
    assert "not fixed" not in output.err
    if applied:
        assert main(select) == 0
        assert "127.0.0.1:443:443" in Path("compose.yaml").read_text()
    else:
        assert "+      - 127.0.0.1:443:443" in output.out
        assert output.out.count("+++ ") == 2


@pytest.mark.parametrize("base", ["compose.base.yaml", "base/compose.base.yaml"])
@pytest.mark.parametrize("applied", [False, True])
def test_what_comes_up_once_another_file_is_fixed_is_fixed_in_the_same_run(
    applied: bool, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(base, "services:\n  agent:\n    privileged: true\n    restart: always\n")
    extending = f"services:\n  agent:\n    image: acme/agent:1\n    extends: {{file: {base}, service: agent}}\n"
    put("compose.yaml", f"{extending}    cap_add:\n      - SYS_ADMIN\n")
    select = ["fix", "--unsafe", "--select", "privileged-container,dangerous-capability,no-new-privileges-missing"]
    assert main([*select, *(["--apply"] if applied else [])]) == (0 if applied else 1)
    if applied:
        assert main(select) == 0
        assert "no-new-privileges:true" in Path("compose.yaml").read_text()
    else:
        assert "+      - no-new-privileges:true" in capsys.readouterr().out.partition("b/compose.yaml")[2]


def test_all_stages_on_one_are_fixed_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    stages = "".join(f'FROM base AS s{number}\nCOPY a{number} /a\nEXPOSE 80\nCMD ["/a"]\n' for number in range(12))
    path = put("Dockerfile", f"FROM debian:12 AS base\n{stages}")
    put("compose.yaml", "services:\n" + "".join(f"  s{n}: {{build: {{context: ., target: s{n}}}}}\n" for n in range(12)))
    select = ["fix", "--unsafe", "--select", "missing-user", "--apply"]
    assert main(select) == 0
    assert path.read_text().count("USER 10001") == 12
    capsys.readouterr()
    assert main(select) == 0
    assert capsys.readouterr().err == "nothing to fix\n"


def test_only_what_is_safe_is_written_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    compose, stale = put("compose.yaml", COMPOSE), put("Dockerfile", STALE)
    compose.chmod(0o640)
    assert main(["fix", "--apply", "--select", "privileged-container,root-user,unused-suppression"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Dockerfile: fixed unused-suppression\n1 finding fixed, 1 more with --unsafe\n"
    assert compose.read_text() == COMPOSE
    assert main(["fix", "--select", "privileged-container"]) == 0
    assert capsys.readouterr() == ("", "nothing to fix safely, 1 with --unsafe\n")
    assert main(["fix", "--apply", "--unsafe", "--select", "privileged-container"]) == 0
    assert compose.read_text() == FIXED
    assert compose.stat().st_mode & 0o777 == 0o640
    assert "USER 1000" in stale.read_text()
    assert main(["fix", "--apply", "--unsafe", "--select", "privileged-container"]) == 0
    assert compose.read_text() == FIXED


def test_suppressed_and_known_findings_are_not_fixed(capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE.replace("true\n", "true # capdrop: ignore[privileged-container] -- needed\n", 1))
    put("b/compose.yaml", COMPOSE)
    main(["baseline", "b"])
    capsys.readouterr()
    assert main(["fix", "--unsafe", "--select", "privileged-container"]) == 0
    assert capsys.readouterr() == ("", "nothing to fix\n")


def test_secrets_are_hidden_in_the_context(capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE.replace("    read_only: true\n", "    environment:\n      DB_PASSWORD: SENTINEL-9f2c1b\n"))
    put("Dockerfile", "FROM debian:12\nENV DB_PASSWORD=SENTINEL-9f2c1b\n# capdrop: ignore[root-user]\nUSER 1000\n")
    assert main(["fix", "--unsafe", "--select", "privileged-container,unused-suppression,hard-coded-credential"]) == 1
    said = capsys.readouterr()
    assert "SENTINEL" not in said.out + said.err
    assert "-    privileged: true\n" in said.out


@NEEDS_GIT
def test_a_secret_that_is_not_next_to_the_change_does_not_spoil_the_diff(capfd: pytest.CaptureFixture[str]) -> None:
    text = STALE.replace("# capdrop", "ENV DB_PASSWORD=SENTINEL-9f2c1b\nRUN true\n# capdrop") + "ENV OTHER_PASSWORD=SENTINEL-1a3b\n"
    path = put("Dockerfile", text)
    assert main(["fix"]) == 1
    said = capfd.readouterr()
    assert "SENTINEL" not in said.out
    assert "git apply" not in said.err
    git_apply(said.out)
    assert path.read_text() == text.replace("# capdrop: ignore[root-user]\n", "")


@NEEDS_GIT
@pytest.mark.parametrize(
    ("before", "taken"),
    [
        (f"{SECRET}# capdrop: ignore[root-user]\nUSER 1000\n", True),
        (f"{SECRET}# capdrop: ignore[root-user]\nUSER 1000\n{SECRET}RUN b\n", True),
        (f"RUN a\n# capdrop: ignore[root-user]\n{SECRET}USER 1000\n", False),
        (f"# capdrop: ignore[root-user]\n{SECRET}# capdrop: ignore[root-user]\n{SECRET}USER 1000\n", False),
    ],
)
def test_a_diff_that_git_cannot_take_does_not_keep_it_from_the_others(before: str, taken: bool, capfd: pytest.CaptureFixture[str]) -> None:
    text = f"FROM debian:12\nRUN true\n{before}"
    path, others = put("Dockerfile", text), [put("A/Dockerfile", STALE), put("z/Dockerfile", STALE)]
    assert main(["fix"]) == 1
    said = capfd.readouterr()
    assert "****" not in said.out
    assert ("it is a comment that `git apply` passes over" in said.err) is not taken
    git_apply(said.out)
    after = text.replace("# capdrop: ignore[root-user]\n", "")
    assert path.read_text() == (after if taken else text)
    assert {other.read_text() for other in others} == {STALE.replace("# capdrop: ignore[root-user]\n", "")}
    assert main(["fix", "--apply"]) == 0
    assert path.read_text() == after


def test_what_git_will_not_take_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    text = STALE.replace("# capdrop", "# \x9b31m\n# capdrop")
    path = put("Dockerfile", text)
    assert main(["fix"]) == 1
    said = capsys.readouterr()
    assert "Dockerfile: its diff hides a secret or what does not print, so it is a comment that `git apply` passes over" in said.err
    assert all(line.startswith("# ") for line in said.out.splitlines())
    assert main(["fix", "--apply"]) == 0
    assert path.read_text() == text.replace("# capdrop: ignore[root-user]\n", "")


def test_a_diff_that_leads_out_of_the_folder_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE)
    Path("inner").mkdir()
    monkeypatch.chdir("inner")
    assert main(["fix", "--unsafe", "--select", "privileged-container", "../compose.yaml"]) == 1
    assert "../compose.yaml: its diff leads out of this folder" in capsys.readouterr().err


def test_control_bytes_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    put("\x1b[2Jx/compose.yaml", COMPOSE.replace("# keep", "# \x9b31m \u202e keep"))
    assert main(["fix", "--unsafe", "--select", "privileged-container"]) in (1, 3)
    said = capsys.readouterr()
    assert not set("\x1b\x9b\u202e") & set(said.out + said.err)


def test_what_takes_the_place_of_a_finding_is_fixed_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    path = put("compose.yaml", COMPOSE)
    rules = "privileged-container,no-new-privileges-missing"
    assert main(["fix", "--apply", "--unsafe", "--select", rules]) == 0
    assert path.read_text() == FIXED.replace("    read_only: true\n", '    read_only: true\n    security_opt: ["no-new-privileges:true"]\n')
    assert capsys.readouterr().err.endswith("2 findings fixed\n")
    assert main(["fix", "--apply", "--unsafe", "--select", rules]) == 0


def test_what_has_to_be_completed_is_shown_and_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    path = put("compose.yaml", COMPOSE)
    assert main(["fix", "--by-hand", "--select", "memory-limit-missing"]) == 1
    out, err = capsys.readouterr()
    said = out.splitlines()
    assert said[0].startswith("# compose.yaml:3: memory-limit-missing: Set `")
    assert "+    mem_limit: 512M" in said
    assert err == "1 fix to complete by hand\n"
    assert main(["fix", "--apply", "--unsafe", "--select", "memory-limit-missing"]) == 0
    assert capsys.readouterr().err == "nothing to fix, 1 to mend by hand (--by-hand shows how for 1)\n"
    assert path.read_text() == COMPOSE
    assert main(["fix", "--by-hand", "--select", "host-pid"]) == 0
    assert capsys.readouterr() == ("", "nothing to complete by hand\n")


def test_what_is_done_for_several_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("POSTGRES_PASSWORD=changeme\nDB=postgres://app:changeme@db/app\n", encoding="utf-8")
    assert main(["fix", "--by-hand"]) == 1
    first, second, third, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("# .env:1: default-credential: Have git ignore the file, and keep `.env.example`")
    assert second == "# .env:2: password-in-url: Have git ignore the file"
    assert third == "--- /dev/null"
    assert [line for line in rest if line.startswith("+++")] == ["+++ b/.gitignore", "+++ b/.env.example"]


def test_what_is_done_alike_for_several_is_said_by_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    put("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: changeme\n  other_password: changeme\n")
    assert main(["fix", "--by-hand", "--select", "default-credential"]) == 1
    first, second, third = capsys.readouterr().out.splitlines()[:3]
    assert first == "# secret.yaml:5: default-credential"
    assert second.startswith("# secret.yaml:6: default-credential: Have it made in the cluster")
    assert third == "--- a/secret.yaml"


BUILD = "FROM node:22\nCOPY . /app\n"
SETTINGS = "DB_PASSWORD=" + "Kp3-vv81-Qz\n"
HELD = ["fix", "--unsafe", "--select", "context-holds-secrets"]


@NEEDS_GIT
@pytest.mark.parametrize("ignored", [None, "", "# ours\r\n*.log\r\n", "*.log"])
def test_git_takes_the_diff_of_a_file_beside(ignored: str | None, capfd: pytest.CaptureFixture[str]) -> None:
    put(".git/HEAD", "ref: refs/heads/main\n")
    put("Dockerfile", BUILD)
    put("other.Dockerfile", BUILD)
    put(".env", SETTINGS)
    put("b/.env", SETTINGS)
    if ignored is not None:
        put(".dockerignore", ignored)
    assert main(HELD) == 1
    diff = capfd.readouterr().out
    assert ("--- /dev/null\n" in diff) == (ignored is None)
    git_apply(diff)
    newline = "\r\n" if ignored and "\r" in ignored else "\n"
    start = "" if not ignored else ignored if ignored.endswith("\n") else f"{ignored}\n"
    assert Path(".dockerignore").read_bytes().decode() == f"{start}.env{newline}b/.env{newline}"
    assert Path("Dockerfile").read_text() == BUILD
    assert main(HELD) == 0
    assert capfd.readouterr() == ("", "nothing to fix\n")


def test_a_file_beside_is_made_once_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile", BUILD)
    put("other.Dockerfile", "FROM node:22\nCOPY a /app\n")
    put(".env", SETTINGS)
    put("a/.env", SETTINGS)
    assert main([*HELD, "--apply"]) == 0
    assert Path(".dockerignore").read_text() == ".env\na/.env\n"
    assert capsys.readouterr().err == ".dockerignore: written for context-holds-secrets\n1 finding fixed\n"
    assert main([*HELD, "--apply"]) == 0
    assert Path(".dockerignore").read_text() == ".env\na/.env\n"


@pytest.mark.parametrize("obstacle", ["link", "folder", "typed meanwhile"])
def test_a_file_beside_is_never_written_over(obstacle: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    put("r/.git/HEAD", "")
    put("r/Dockerfile", BUILD)
    put("r/.env", SETTINGS)
    elsewhere, beside = put("elsewhere", "*.log\n"), Path("r/.dockerignore")
    if obstacle == "link":
        beside.symlink_to(elsewhere.absolute())
    elif obstacle == "folder":
        beside.mkdir()
    else:
        real = fixer.prove

        def prove(*arguments: object) -> object:
            beside.write_text("!.env\n")
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(fixer, "prove", prove)
    assert main([*HELD, "--apply", "r"]) == (1 if obstacle == "typed meanwhile" else 0)
    said = capsys.readouterr().err
    assert ("not written: it has changed meanwhile" if obstacle == "typed meanwhile" else "r/.dockerignore cannot be read") in said
    assert elsewhere.read_text() == "*.log\n"


def test_links_are_refused_with_a_reason(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(".git/HEAD", "")
    put("real.txt", COMPOSE)
    Path("compose.yaml").symlink_to("real.txt")
    assert main(["fix", "--apply", "--unsafe", "--select", "privileged-container"]) == 1
    assert "compose.yaml: not written: it is a link\n" in capsys.readouterr().err
    assert Path("real.txt").read_text() == COMPOSE
    assert Path("compose.yaml").is_symlink()


def test_read_only_files_are_refused_with_a_reason(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    put("compose.yaml", COMPOSE).chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, mode: bool(os.stat(path).st_mode >> 6 & mode == mode))  # also root is held to it
    assert main(["fix", "--apply", "--unsafe", "--select", "privileged-container"]) == 1
    assert "compose.yaml: not written: it is read-only\n" in capsys.readouterr().err


def test_changed_files_are_refused_with_a_reason(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = put("compose.yaml", COMPOSE)
    real = fixer.prove

    def prove(*arguments: object) -> object:
        path.write_text(COMPOSE + "# typed meanwhile\n")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fixer, "prove", prove)
    assert main(["fix", "--apply", "--unsafe", "--select", "privileged-container"]) == 1
    assert "compose.yaml: not written: it has changed meanwhile\n" in capsys.readouterr().err
    assert path.read_text() == COMPOSE + "# typed meanwhile\n"


@pytest.mark.parametrize("when", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_nothing_is_lost_when_writing_is_cut_short(
    when: str, error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put("compose.yaml", COMPOSE)

    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(os, when, fail)
    status = main(["fix", "--apply", "--unsafe", "--select", "privileged-container"])
    assert status == (130 if isinstance(error, KeyboardInterrupt) else 1)
    assert path.read_text() == COMPOSE
    assert [entry.name for entry in Path().iterdir()] == ["compose.yaml"]


def test_files_that_are_not_analysed_fail(capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", "services: [\n")
    assert main(["fix"]) == 3
    assert "compose.yaml:1:11: not analysed: " in capsys.readouterr().err
    Path("compose.yaml").write_bytes(COMPOSE.encode() + b"# caf\xe9\n")
    assert main(["fix", "--unsafe"]) == 3
    assert capsys.readouterr() == ("", "compose.yaml:1:1: not analysed: not UTF-8 text (byte 104)\nnothing to fix\n")
    assert main(["fix", "--by-hand"]) == 3
    assert "not UTF-8 text" in capsys.readouterr().err
    assert main(["fix", "-"]) == 2
    assert main(["fix", "nowhere"]) == 2


def asked(monkeypatch: pytest.MonkeyPatch, answers: str, *options: str) -> int:
    """`capdrop fix --interactive` with these answers on its standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    return main(["fix", "--interactive", "--select", "privileged-container,host-pid,unused-suppression", *options])


TWO = "services:\n  a:\n    image: a:1\n    privileged: true\n    pid: host\n  b:\n    image: a:1\n    privileged: true\n"


@pytest.mark.parametrize(
    ("answers", "kept", "summary"),
    [
        ("y\ny\ny\n", (), "3 findings fixed"),
        ("n\nn\nn\n", (3, 4, 7), "nothing fixed, 3 declined"),
        ("n\ny\nn\n", (3, 7), "1 finding fixed, 2 declined"),
        ("y\nd\n", (4, 7), "1 finding fixed, 2 declined"),
        ("n\na\n", (3,), "2 findings fixed, 1 declined"),
        ("y\nq\n", (4, 7), "1 finding fixed, 1 declined"),
        ("y\n", (4, 7), "1 finding fixed, 1 declined"),
        ("what\n?\nYes\nn\nn\n", (4, 7), "1 finding fixed, 2 declined"),
    ],
)
def test_fixes_are_asked_about_one_by_one(
    answers: str, kept: tuple[int, ...], summary: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put("compose.yaml", TWO)
    assert asked(monkeypatch, answers) == 0
    lines = TWO.splitlines(keepends=True)
    assert path.read_text() == "".join(line for number, line in enumerate(lines) if number not in {3, 4, 7} - set(kept))
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == summary
    assert "-    privileged: true\n" in said.out
    assert "[y,n,a,d,q,?]? " in said.out
    assert ("y - make this fix" in said.out) == ("?" in answers)


def test_no_secret_is_shown_with_a_question(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE.replace("    read_only: true\n", "    environment:\n      DB_PASSWORD: SENTINEL-9f2c1b\n"))
    monkeypatch.setattr("sys.stdin", io.StringIO("y\ny\ny\n"))
    assert main(["fix", "--interactive", "--select", "privileged-container,hard-coded-credential"]) == 0
    said = capsys.readouterr()
    assert "-    privileged: true" in said.out
    assert "SENTINEL" not in said.out + said.err


def test_every_file_is_asked_about_until_q(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [put(f"{name}/compose.yaml", COMPOSE) for name in "abc"]
    assert asked(monkeypatch, "d\ny\nq\n") == 0
    assert [path.read_text() for path in paths] == [COMPOSE, FIXED, COMPOSE]
    assert "SENTINEL" not in capsys.readouterr().out


def test_what_was_agreed_to_is_not_written_over_what_was_typed_meanwhile(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put("compose.yaml", COMPOSE)

    class Slow:
        def readline(self) -> str:
            path.write_text(COMPOSE + "# typed\n")
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow())
    assert main(["fix", "--interactive", "--select", "privileged-container"]) == 1
    assert "it has changed meanwhile" in capsys.readouterr().err
    assert path.read_text() == COMPOSE + "# typed\n"


def test_what_cannot_be_written_is_counted_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile", 'FROM nginx:1.30\nCOPY a /a\nEXPOSE 80\nCMD ["nginx", "-g", "daemon off;"]\n')
    assert main(["fix", "--unsafe", "--select", "missing-user"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("by hand, 1: nginx must be told")
    assert said[1] == "nothing to fix, 1 to mend by hand"


@NEEDS_GIT
def test_a_dockerfile_is_fixed_through_git(capfd: pytest.CaptureFixture[str]) -> None:
    path = put("Dockerfile", "from node:18-alpine3.17\r\ncopy . .\r\nrun npm ci\r\n# start\r\ncmd node server.js")
    assert main(["fix", "--unsafe"]) == 1
    git_apply(capfd.readouterr().out)
    fixed = "from node:24-alpine3.24\r\ncopy . .\r\nrun npm ci\r\nuser node\r\n# start\r\ncmd node server.js"
    assert path.read_bytes().decode() == fixed
    assert main(["fix", "--unsafe"]) == 0


def test_of_many_ways_out_the_first_are_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("Dockerfile", "FROM debian:13.1\n" + "".join(f"LABEL a{number}.password='Kp3-vv{number}-Qz8x'\n" for number in range(MOST + 3)))
    main(["fix", "--by-hand", "--select", "hard-coded-credential", "Dockerfile"])
    out, err = capsys.readouterr()
    assert out.count("# Dockerfile:") == MOST
    assert "Dockerfile: 3 findings more are to be completed by hand" in err


@pytest.mark.parametrize("context", ["privileged: true", "capabilities: {add: [CAP_SYS_ADMIN]}"])
def test_what_a_cluster_would_refuse_is_not_written(context: str, capsys: pytest.CaptureFixture[str]) -> None:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
    text = f"{head}    - name: a\n      image: a:1\n      securityContext: {{{context}}}\n"
    path = put("pod.yaml", text)
    assert main(["fix", "--apply", "--unsafe", "--select", "pod-security-restricted"]) == 0
    assert "allowPrivilegeEscalation" not in path.read_text()
    assert "by hand, 1: the cluster takes it of no container that is privileged, or adds CAP_SYS_ADMIN\n" in capsys.readouterr().err
    assert main(["fix", "--apply", "--unsafe", "--select", "pod-security-restricted,pod-security-baseline"]) == 0
    assert "allowPrivilegeEscalation: false" in path.read_text()
    assert context.partition(":")[0] not in path.read_text().replace("capabilities: {drop: [ALL]}", "")
    said = capsys.readouterr().err
    assert said == "pod.yaml: fixed pod-security-baseline, pod-security-restricted\n2 findings fixed\n"
    assert main(["fix", "--apply", "--unsafe", "--select", "pod-security-restricted,pod-security-baseline"]) == 0
    assert capsys.readouterr().err == "nothing to fix\n"
