"""Runs over many files: what is checked, in which order, by how many processes."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from capdrop import judging, processes, run
from capdrop.cli import main
from capdrop.config import Config, rules_in_force
from capdrop.report import Result
from capdrop.rulebook import Misuse
from capdrop.source import MOST_LINES

DOCKERFILE = "FROM debian:12\nUSER root\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, text: str = DOCKERFILE) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def checked(*paths: str, exclude: tuple[str, ...] = ()) -> run.Run:
    config = Config(os.getcwd())
    config.exclude = list(exclude)
    return run.check(list(paths), config, rules_in_force(config))


def paths_of(done: run.Run) -> list[str]:
    return [result.path for result in done.results]


def shown(results: list[Result]) -> list[object]:
    return [(r.path, r.kind, r.outcome, list(r.reasons), [(f.identity, f.span, f.message) for f in r.findings]) for r in results]


def test_a_file_is_checked_once_however_it_is_named(here: Path) -> None:
    put("a/Dockerfile")
    ways = ("a/Dockerfile", "./a/Dockerfile", "a//Dockerfile", "a/../a/Dockerfile", str(here / "a" / "Dockerfile"), "a", ".", str(here))
    assert paths_of(checked(*ways)) == ["a/Dockerfile"]
    for way in ways:
        assert paths_of(checked(way)) == ["a/Dockerfile"], way


def test_a_parent_behind_a_link_is_not_rewritten(here: Path) -> None:
    put("real/deep/Dockerfile")
    put("real/Dockerfile")
    put(".git/HEAD")
    Path("link").symlink_to("real/deep")
    assert paths_of(checked("link/../Dockerfile")) == ["link/../Dockerfile"]


def test_named_files_are_checked_though_git_ignores_them() -> None:
    put(".git/HEAD")
    put(".gitignore", "Dockerfile\nout/\n")
    put("Dockerfile")
    put("out/Dockerfile.x")
    assert paths_of(checked(".")) == []
    assert paths_of(checked("Dockerfile", "out/Dockerfile.x")) == ["Dockerfile", "out/Dockerfile.x"]
    assert paths_of(checked("out")) == ["out/Dockerfile.x"]


def test_named_files_are_not_checked_where_the_configuration_excludes_them(capsys: pytest.CaptureFixture[str]) -> None:
    put("vendor/a/Dockerfile")
    put("capdrop.toml", 'exclude = ["vendor/"]\n')
    done = checked("vendor/a/Dockerfile", "vendor", ".", exclude=("vendor/",))
    assert paths_of(done) == []
    assert done.excluded == ["vendor/a/Dockerfile", "vendor"]
    assert main(["check", "vendor/a/Dockerfile"]) == 0
    said = capsys.readouterr()
    assert said.err == "excluded by the configuration: vendor/a/Dockerfile\n"
    assert "no files" in said.out


def test_a_path_that_does_not_exist_is_misuse() -> None:
    put("Dockerfile")
    with pytest.raises(Misuse, match=r"^nowhere: no such file or folder$"):
        checked("Dockerfile", "nowhere")


def test_named_files_of_no_kind_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(7):
        put(f"{number}.yaml", "a: b\n")
    assert main(["check", *(f"{number}.yaml" for number in range(7))]) == 0
    assert capsys.readouterr().err == "of no kind that capdrop knows: 0.yaml, 1.yaml, 2.yaml, 3.yaml, 4.yaml and 2 more\n"
    assert main(["check", "."]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "x.yaml", "build.docker"])
def test_what_cannot_be_read_fails_and_blocks_nothing(name: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a/Dockerfile", "FROM debian:12\nUSER 1000\n")
    real = os.open

    def refuse(path: str, *arguments: int) -> int:
        if path == name:
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments)

    put(name)
    monkeypatch.setattr(os, "open", refuse)
    done = checked("a", name)
    assert [(result.path, result.outcome) for result in done.results] == [("a/Dockerfile", "analysed"), (name, "not")]
    assert done.results[1].reasons == [("Permission denied", 1, 1)]
    assert done.incomplete


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "latin-1"])
def test_what_is_no_text_is_told_where_it_may_be_ours(encoding: str) -> None:
    Path("pod.yaml").write_bytes("# é\napiVersion: v1\nkind: Pod\n".encode(encoding))
    Path("other.yaml").write_bytes("# é\na: b\n".encode(encoding))
    assert [(result.path, result.outcome) for result in checked(".").results] == [("pod.yaml", "not")]
    assert [(result.path, result.outcome) for result in checked("other.yaml").results] == [("other.yaml", "not")]


def test_special_files_are_not_analysed(here: Path) -> None:
    os.mkfifo("Dockerfile")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("compose.yaml")
        Path("self.Dockerfile").symlink_to("self.Dockerfile")
        done = checked(".")
    reasons = {result.path: result.reasons[0][0] for result in done.results}
    assert set(reasons) == {"Dockerfile", "compose.yaml", "self.Dockerfile"}
    assert reasons["Dockerfile"] == "not a regular file"
    assert "link" in reasons["self.Dockerfile"]
    assert done.incomplete


def test_links_out_of_the_repository_are_not_followed(here: Path) -> None:
    put("outside/Dockerfile")
    put("repo/.git/HEAD")
    put("repo/app/build.txt")
    Path("repo/app/Dockerfile").symlink_to(here / "outside" / "Dockerfile")
    Path("repo/in.Dockerfile").symlink_to("app/build.txt")
    Path("repo/passwd.yaml").symlink_to("/etc/passwd")
    for paths in (("repo",), ("repo/app/Dockerfile", "repo/in.Dockerfile", "repo/passwd.yaml")):
        done = checked(*paths)
        assert [(result.path, result.outcome) for result in done.results] == [
            ("repo/app/Dockerfile", "not"),
            ("repo/in.Dockerfile", "analysed"),
            ("repo/passwd.yaml", "not"),
        ]
        assert done.results[0].reasons == [("a link that leads out of its repository", 1, 1)]


def test_what_ships_is_known_before_dockerfiles_are_judged() -> None:
    put("app/Dockerfile", "FROM debian:12 AS tool\nUSER root\nFROM debian:12\nUSER 1000\n")
    assert [finding.rule for finding in checked(".").results[0].findings if finding.rule == "root-user"] == []
    put("stack.yml", "services:\n  tool:\n    build: {context: app, target: tool}\n")
    done = checked(".")
    assert paths_of(done) == ["app/Dockerfile", "stack.yml"]
    assert "root-user" in [finding.rule for finding in done.results[0].findings]


def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        put(
            f"{number}/Dockerfile", f"FROM debian:12 AS x{number}\nUSER {'root' if number % 3 else '1000'}\nENV PASSWORD=hunter2-{number}\n"
        )
        put(
            f"{number}/compose.yaml",
            f"services: {{a: {{build: {{context: ., target: x{number}}}, privileged: {'true' if number % 2 else 'false'}}}}}\n",
        )
        put(f"{number}/broken.compose.yaml", "services: [\n" if number % 5 else "x: [\n")
    alone = checked(".")
    monkeypatch.setattr(run, "MANY", 10)
    monkeypatch.setattr(processes, "CHUNK", 4)
    monkeypatch.setattr(run, "processors", lambda: 3)
    ticks: list[tuple[int, int]] = []
    config = Config(os.getcwd())
    together = run.check(["."], config, rules_in_force(config), lambda done, count: ticks.append((done, count)))
    assert shown(together.results) == shown(alone.results)
    assert together.incomplete == alone.incomplete
    assert ticks == [(done, len(ticks)) for done in range(1, len(ticks) + 1)]


def test_a_process_that_dies_is_stood_in_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        put(f"{number}/Dockerfile")
    alone = checked(".")
    parent = os.getpid()
    real = judging.judge

    def judge(file: judging.Found, *arguments: object) -> judging.Judged:
        if file.path.startswith("7/") and os.getpid() != parent:
            os._exit(1)
        return real(file, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "judge", judge)
    monkeypatch.setattr(processes, "judge", judge)
    monkeypatch.setattr(run, "MANY", 10)
    monkeypatch.setattr(processes, "CHUNK", 4)
    monkeypatch.setattr(run, "processors", lambda: 2)
    assert shown(checked(".").results) == shown(alone.results)


def test_a_file_of_very_many_lines_is_not_analysed() -> None:
    """The place of each line is kept."""
    put("Dockerfile", "FROM a\n" + "\n" * MOST_LINES)
    put("b/Dockerfile", "FROM a\n" + "\r" * (MOST_LINES + 1))
    assert [result.reasons for result in checked(".").results] == [[("more than 1,000,000 lines", 1, 1)]] * 2
