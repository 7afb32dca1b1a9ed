"""Known findings: what a baseline holds, and what it survives."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from capdrop import baseline
from capdrop.cli import main
from capdrop.finding import Finding
from capdrop.report.masks import Masks
from capdrop.rulebook import Misuse
from capdrop.source import Source, Span
from hypothesis import given
from hypothesis import strategies as st

COMPOSE = "services:\n  app:\n    image: nginx:1.29\n    privileged: true\n    user: root\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def finding(path: str, subject: str = "s", ordinal: int = 0) -> Finding:
    made = Finding(Source(path, ""), Span(0, 0), "message", subject=subject, rule="a-rule")
    made.ordinal = ordinal
    return made


def test_after_a_baseline_a_check_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE)
    assert main(["check"]) == 1
    assert main(["baseline"]) == 0
    assert capsys.readouterr().out.endswith(".capdrop-baseline: 2 findings\n")
    assert main(["check"]) == 0
    assert "no findings, 2 suppressed" in capsys.readouterr().out
    assert main(["check", "--isolated"]) == 1
    put("compose.yaml", COMPOSE + "    pid: host\n  more:\n    image: nginx:1.29\n    privileged: true\n")
    capsys.readouterr()
    assert main(["check"]) == 1
    assert "privileged-container" in capsys.readouterr().out


def test_it_holds_in_folders_below_and_under_every_way_to_name_a_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("sub/compose.yaml", COMPOSE)
    assert main(["baseline"]) == 0
    for path in (".", "sub", "./sub/compose.yaml", str(here / "sub"), "sub/../sub/compose.yaml"):
        assert main(["check", path]) == 0, path
    monkeypatch.chdir("sub")
    assert main(["check"]) == 0


def test_fifty_lines_above_change_nothing() -> None:
    put("compose.yaml", COMPOSE)
    put("Dockerfile", "FROM debian:12\nENV DB_PASSWORD=SENTINEL-9f2c1b\nUSER root\n")
    main(["baseline"])
    before = Path(".capdrop-baseline").read_bytes()
    put("compose.yaml", "# a line\n" * 50 + COMPOSE)
    put("Dockerfile", "FROM debian:12\n" + "LABEL a=b\n" * 50 + "ENV DB_PASSWORD=SENTINEL-9f2c1b-changed\nUSER root\n")
    main(["baseline"])
    assert Path(".capdrop-baseline").read_bytes() == before
    assert b"SENTINEL" not in before


def test_uncommitted_work_and_other_folders_have_the_same_entries(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("one/compose.yaml", COMPOSE)
    put("two/compose.yaml", COMPOSE)
    for name in ("one", "two"):
        monkeypatch.chdir(here / name)
        main(["baseline"])
    assert (here / "one/.capdrop-baseline").read_bytes() == (here / "two/.capdrop-baseline").read_bytes()


def test_entries_that_are_gone_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE)
    put("old/compose.yaml", COMPOSE)
    main(["baseline"])
    put("compose.yaml", COMPOSE.replace("    privileged: true\n", ""))
    Path("old/compose.yaml").unlink()
    capsys.readouterr()
    assert main(["check"]) == 0
    said = capsys.readouterr().err
    assert "in the baseline and gone: privileged-container in compose.yaml (services.app), " in said
    assert "old/compose.yaml" in said
    put("broken/compose.yaml", COMPOSE)
    main(["baseline"])
    put("broken/compose.yaml", "services: [\n")
    capsys.readouterr()
    assert main(["check"]) == 3
    assert "gone" not in capsys.readouterr().err
    assert main(["check", "--select", "missing-user", "compose.yaml"]) == 0
    assert "gone" not in capsys.readouterr().err


def test_a_baseline_of_some_files_or_rules_keeps_the_others() -> None:
    put("a/compose.yaml", COMPOSE)
    put("b/compose.yaml", COMPOSE)
    main(["baseline"])
    whole = Path(".capdrop-baseline").read_bytes()
    main(["baseline", "a"])
    assert Path(".capdrop-baseline").read_bytes() == whole
    main(["baseline", "--select", "root-user"])
    assert Path(".capdrop-baseline").read_bytes() == whole
    put("a/compose.yaml", COMPOSE.replace("    user: root\n", ""))
    main(["baseline", "a"])
    assert b"a/compose.yaml\troot-user" not in Path(".capdrop-baseline").read_bytes()
    assert b"b/compose.yaml\troot-user" in Path(".capdrop-baseline").read_bytes()


def test_where_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE)
    assert main(["baseline", "--file", "nowhere/known"]) == 2
    assert capsys.readouterr().err == "capdrop: nowhere/known: No such file or directory\n"
    put("capdrop.toml", 'baseline = "known.txt"\n')
    assert main(["check"]) == 2
    assert "known.txt: the baseline cannot be read: No such file or directory; `capdrop baseline` writes one" in capsys.readouterr().err
    assert main(["baseline"]) == 0
    assert Path("known.txt").is_file()
    assert main(["check"]) == 0
    assert main(["baseline", "-"]) == 2


def test_bad_files_are_named_with_their_line(capsys: pytest.CaptureFixture[str]) -> None:
    put("compose.yaml", COMPOSE)
    long = f"a\tb\tc\t{'9' * 5000}\n"
    wrong = (("# x\na\tb\tc\n", ":2"), ("a\tb\tc\t²\n", ":1"), ("a\tb\tc\t-1\n", ":1"), ("<<<<<<< HEAD\n", ":1"), (long, ":1"))
    for text, place in wrong:
        put(".capdrop-baseline", text)
        assert main(["check"]) == 2
        assert f".capdrop-baseline{place}: not a baseline entry" in capsys.readouterr().err
    Path(".capdrop-baseline").write_bytes(b"\xff\tb\tc\t0\n")
    assert main(["check"]) == 2
    assert "not UTF-8" in capsys.readouterr().err


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=5))
def test_any_path_and_subject_can_be_written_and_read(pairs: list[tuple[str, str]]) -> None:
    findings = [finding(f"x{path}y".replace("/", ""), subject) for path, subject in pairs if "\0" not in path]
    baseline.write("known", findings, Masks(()), [], ["a-rule"])
    loaded = baseline.load("known")
    assert loaded.known == {loaded.identity(one, Masks(())) for one in findings}
    text = Path("known").read_bytes().decode("utf-8")
    assert text.replace("\n", "").replace("\t", "").isprintable()
    Path("known").unlink()


@pytest.mark.parametrize(
    "path", ["a\tb", "a\nb", "a\r\nb", "a\\nb", "a\\U00000009b", "#a", "\udcff", "\x1b[2J", "a b", "测试", "a\u2028b", "a\x85b"]
)
def test_odd_paths(path: str) -> None:
    baseline.write("known", [finding(path)], Masks(()), [], ["a-rule"])
    assert baseline.load("known").known == {(path, "a-rule", "s", 0)}


def test_windows_line_ends_do_not_matter() -> None:
    baseline.write("known", [finding("a"), finding("b")], Masks(()), [], ["a-rule"])
    Path("known").write_bytes(Path("known").read_bytes().replace(b"\n", b"\r\n"))
    assert len(baseline.load("known").known) == 2


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_branches_that_add_entries_merge() -> None:
    """Two branches with new findings in other files: more than nine in ten merge without a conflict."""
    chance = random.Random(7)
    services = [f"{chance.choice('abcdefghijklmnopqrst')}{number}/compose.yaml" for number in range(150)]
    clean = 0
    for _ in range(60):
        common = chance.sample(services, 100)
        mine, theirs = (chance.sample([one for one in services if one not in common], 2) for _ in range(2))
        for name, added in (("base", []), ("mine", mine), ("theirs", theirs)):
            baseline.write(name, [finding(path) for path in {*common, *added}], Masks(()), [], ["a-rule"])
        merged = subprocess.run(["git", "merge-file", "-p", "mine", "base", "theirs"], capture_output=True, check=False)
        clean += merged.returncode == 0
        for name in ("base", "mine", "theirs"):
            Path(name).unlink()
    assert clean > 54


def test_a_failed_write_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch) -> None:
    baseline.write("known", [finding("a")], Masks(()), [], ["a-rule"])
    before = Path("known").read_bytes()

    def replace(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", replace)
    with pytest.raises(Misuse, match=r"^known: No space left on device$"):
        baseline.write("known", [finding("b")], Masks(()), [], ["a-rule"])
    assert Path("known").read_bytes() == before
    assert [path.name for path in Path().iterdir()] == ["known"]
