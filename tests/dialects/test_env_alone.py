"""Env files by themselves: what is told in them, what in templates and in files that git ignores, and that it is told once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.files import index_of
from capdrop.git_index import holds
from capdrop.run import Run, check, check_text

GIT = shutil.which("git")
PASSWORD = "Kp3-vv81" + "-Qz"
TOKEN = "glpat" + "-Xf3kQ9mZ2vLr8TnB4wYp"
COMPOSE = "services:\n  app:\n    image: acme/app:1.2.3\n    user: '1000'\n    env_file: prod.env\n"


def run(folder: Path, files: dict[str, str], *paths: str) -> Run:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    config = Config(str(folder))
    return check([str(folder / path) for path in paths or ("",)], config, rules_in_force(config))


def told(ran: Run) -> list[tuple[str, str, str]]:
    """The rule, the file, and the text that is pointed at."""
    found = [one for result in ran.results for one in result.findings if one.suppressed is None]
    return [(one.rule, Path(one.source.path).name, one.source[one.span]) for one in found]


LINES = {
    f"DB_PASSWORD={PASSWORD}\n": ("hard-coded-credential", PASSWORD),
    f"export DB_PASSWORD='{PASSWORD}' # x\n": ("hard-coded-credential", PASSWORD),
    "POSTGRES_PASSWORD=changeme\n": ("default-credential", "changeme"),
    f"CI={TOKEN}\n": ("provider-token", TOKEN),
    f"# CI={TOKEN}\n": ("provider-token", TOKEN),
    f"DB=postgres://app:{PASSWORD}@db/app\n": ("password-in-url", PASSWORD),
    "NODE_TLS_REJECT_UNAUTHORIZED=0\n": ("certificate-check-disabled", "NODE_TLS_REJECT_UNAUTHORIZED=0"),
    "POSTGRES_HOST_AUTH_METHOD=trust\n": ("protection-switched-off", "POSTGRES_HOST_AUTH_METHOD=trust"),
}


@pytest.mark.parametrize("line", LINES)
def test_what_is_told(line: str, tmp_path: Path) -> None:
    ran = run(tmp_path, {".env.production": f"A=1\n{line}"})
    rule, text = LINES[line]
    assert [(name, span.removeprefix("export ")) for name, _, span in told(ran)] == [(rule, text)]
    assert [(result.kind, result.outcome) for result in ran.results] == [("env-file", "analysed")]


@pytest.mark.parametrize(
    "line",
    [
        "DB_PASSWORD=\n",
        "DB_PASSWORD\n",
        "DB_PASSWORD=${FROM_OUTSIDE}\n",
        "DB_PASSWORD=$(pass show db)\n",
        "DB_PASSWORD=<your password>\n",
        "DB_PASSWORD=op://vault/db/password\n",
        f'DB_PASSWORD="encrypted:{PASSWORD}{PASSWORD}"\n',
        "DB_PASSWORD_FILE=/run/secrets/db\n",
        "NEXT_PUBLIC_FIREBASE_API_KEY=AIza" + "SyC4kR9vT2mQ8xLb7NwZ3pJh6Gd1Fs5Ya0u\n",
        "VITE_SEARCH_KEY=9f3c61b8d2" + "e74a05b1c8d6f3a97e2b40\n",
    ],
)
def test_what_is_not_told(line: str, tmp_path: Path) -> None:
    assert told(run(tmp_path, {".env": line})) == []


@pytest.mark.parametrize("name", [".env.example", "env.sample", "example.env", ".env.dist", ".env.test", "tests/.env", "examples/a/.env"])
def test_a_template_tells_what_shows_by_itself(name: str, tmp_path: Path) -> None:
    placeholders = f"DB_PASSWORD=secret\nDB_PASSWORD2={PASSWORD}\nPIN_PASSWORD=1234\nBASIC_AUTH=admin:{PASSWORD}\n"
    placeholders += f'STORE_CREDENTIALS={{"user": "a", "password": "{PASSWORD}"}}\n'
    assert told(run(tmp_path, {name: placeholders})) == []
    ran = run(tmp_path, {name: f"{placeholders}CI={TOKEN}\nDB=postgres://app:{PASSWORD}@db/app\n"})
    assert [rule for rule, _, _ in told(ran)] == ["provider-token"]


@pytest.mark.parametrize(("name", "sure"), [(".env.development", False), ("dev.env", False), (".env.local", True), (".env", True)])
def test_what_developers_start_with_is_there_to_be_committed(name: str, sure: bool, tmp_path: Path) -> None:
    ran = run(tmp_path, {name: f"DB_PASSWORD=bucketasecret\nDB=postgres://app:{PASSWORD}@db/app\nCI={TOKEN}\n"})
    passwords = ["hard-coded-credential", "password-in-url"] if sure else []
    assert [rule for rule, _, _ in told(ran)] == [*passwords, "provider-token"]


def test_a_template_may_show_a_url(tmp_path: Path) -> None:
    url = "DB=postgres://postgres:postgres@db/app\n"
    assert [rule for rule, _, _ in told(run(tmp_path / "a", {".env": url}))] == ["password-in-url"]
    assert told(run(tmp_path / "b", {".env.example": url})) == []


def test_where_the_folder_stands_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "examples" / ".git").mkdir(parents=True)
    ran = run(tmp_path, {"examples/.env": f"DB_PASSWORD={PASSWORD}\n"}, "examples/.env")
    assert [rule for rule, _, _ in told(ran)] == ["hard-coded-credential"]


@pytest.mark.parametrize("paths", [[""], ["compose.yaml"], ["prod.env"], ["compose.yaml", "prod.env"], ["prod.env", "compose.yaml"]])
def test_it_is_told_once_and_as_the_same(paths: list[str], tmp_path: Path) -> None:
    text = f"DB_PASSWORD={PASSWORD}\nDB=postgres://app:{PASSWORD}@db/app\n# {TOKEN}\n"
    ran = run(tmp_path, {"compose.yaml": COMPOSE, "prod.env": text}, *paths)
    found = [one for result in ran.results for one in result.findings]
    assert [(one.rule, Path(one.source.path).name, one.subject, one.ordinal) for one in found] == [
        ("hard-coded-credential", "prod.env", "variables.DB_PASSWORD", 0),
        ("password-in-url", "prod.env", "variables.DB", 0),
        ("provider-token", "prod.env", "", 0),
    ]


def test_what_a_service_is_given_is_no_template(tmp_path: Path) -> None:
    files = {"compose.yaml": COMPOSE.replace("prod.env", ".env.example"), ".env.example": "POSTGRES_PASSWORD=postgres\n"}
    assert [rule for rule, _, _ in told(run(tmp_path, files))] == ["default-credential"]


def test_what_git_ignores_is_the_good_way(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    files = {".gitignore": ".env\n", ".env": f"DB_PASSWORD={PASSWORD}\nCI={TOKEN}\nNODE_TLS_REJECT_UNAUTHORIZED=0\n"}
    assert run(tmp_path, files).results == []
    ran = run(tmp_path, files, ".env")
    assert [rule for rule, _, _ in told(ran)] == ["certificate-check-disabled"]
    assert [(result.outcome, [reason for reason, _, _ in result.reasons]) for result in ran.results] == [
        ("partly", ["git ignores the file, so secrets may stand in it and are not told"])
    ]
    assert not ran.incomplete


def test_a_comment_silences(tmp_path: Path) -> None:
    text = f"# capdrop: ignore[hard-coded-credential] -- of the test system\nDB_PASSWORD={PASSWORD}\n"
    for paths in ([""], [".env"], ["compose.yaml"]):
        assert told(run(tmp_path, {".env": text, "compose.yaml": COMPOSE.replace("prod", "")}, *paths)) == []


@pytest.mark.parametrize(
    ("name", "rule", "expected"),
    [
        (".env", "provider-token", ["unused-suppression"]),
        (".env", "default-credential, hard-coded-credential", ["unused-suppression"]),
        ("prod.env", "stored-login", ["unused-suppression"]),
        (".env", "missing-user", []),  # what a service gets of it may be told here
        (".env", "certificate-check-disabled", []),
        ("tests/.env", "default-credential", []),  # Compose may tell what is not told of a file among tests
    ],
)
def test_a_comment_that_silences_nothing_is_told(name: str, rule: str, expected: list[str], tmp_path: Path) -> None:
    text = f"# capdrop: ignore[{rule}] -- of the test system\nDB_PASSWORD={'PORT' if ',' not in rule else PASSWORD}\n"
    ran = run(tmp_path, {name: text.replace("DB_PASSWORD=PORT", "PORT=80")})
    assert [one[0] for one in told(ran)] == expected


def test_a_comment_in_an_ignored_file_is_left_alone(tmp_path: Path) -> None:
    files = {".gitignore": ".env\n", ".env": f"# capdrop: ignore[hard-coded-credential] -- mine\nDB_PASSWORD={PASSWORD}\n"}
    (tmp_path / ".git").mkdir()
    assert told(run(tmp_path, files, ".env")) == []


def test_the_sample_is_written_once(tmp_path: Path) -> None:
    ran = run(tmp_path, {".env": "".join(f"A{number}_PASSWORD={PASSWORD}{number}\n" for number in range(50))})
    fixes = [one.fix for result in ran.results for one in result.findings if one.fix is not None]
    assert len(fixes) == 50
    assert [len(fix.edits) for fix in fixes] == [2] + [1] * 49
    assert {fix.edits[0].text for fix in fixes} == {"/.env\n"}
    assert len({fix.title for fix in fixes}) == 2


def test_more_than_is_read_is_said(tmp_path: Path) -> None:
    ran = run(tmp_path, {".env": "".join(f"A{number}=1\n" for number in range(5001))})
    assert [(result.outcome, len(result.reasons)) for result in ran.results] == [("partly", 1)]
    assert ran.incomplete


def test_standard_input(tmp_path: Path) -> None:
    config = Config(str(tmp_path))
    ran = check_text(str(tmp_path / ".env"), f"DB_PASSWORD={PASSWORD}\n".encode(), config, rules_in_force(config))
    assert [rule for rule, _, _ in told(ran)] == ["hard-coded-credential"]


@pytest.mark.parametrize("value", [PASSWORD, f"'{PASSWORD}'", f'"{PASSWORD}"'])
def test_a_comment_behind_a_value_silences_it(value: str, tmp_path: Path) -> None:
    lines = f"DB_PASSWORD={value} # capdrop: ignore[hard-coded-credential] -- of the tests\nA_PASSWORD={PASSWORD}1\n"
    assert [text for _, _, text in told(run(tmp_path, {".env": lines}))] == [f"{PASSWORD}1"]


def entry(name: str, extended: bool) -> bytes:
    """A file in an index of git."""
    flags = (len(name) | (0x4000 if extended else 0)).to_bytes(2, "big") + (b"\x20\0" if extended else b"")
    written = bytes(60) + flags + name.encode()
    return written + bytes(8 - len(written) % 8)


def index(*names: str, version: int = 2) -> bytes:
    head = b"DIRC" + version.to_bytes(4, "big") + len(names).to_bytes(4, "big")
    return head + b"".join(entry(name, version == 3) for name in names) + bytes(20)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(("name", "is_told"), [("app/.env", True), ("web/app/.env", False), (".env", False), ("app/.env.local", False)])
def test_what_git_has_is_told_though_a_gitignore_names_it(name: str, is_told: bool, version: int, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(index("Dockerfile", name, version=version))
    ran = run(tmp_path, {"app/.env": f"DB_PASSWORD={PASSWORD}\n", ".gitignore": ".env\n"}, "app/.env")
    found = [one for result in ran.results for one in result.findings]
    assert [one.rule for one in found] == (["hard-coded-credential"] if is_told else [])
    assert all(one.fix is not None and not one.fix.edits and "git rm --cached .env" in one.fix.caveat for one in found)


def test_a_walk_finds_what_git_has_though_a_gitignore_names_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(index("app/.env"))
    line = f"DB_PASSWORD={PASSWORD}\n"
    files = {"app/.env": line, "web/.env": line, ".gitignore": ".env\n"}
    assert [result.path for result in run(tmp_path, files).results] == [str(tmp_path / "app" / ".env")]
    config = Config(str(tmp_path))
    config.exclude = ["app/.env"]
    assert check([str(tmp_path)], config, rules_in_force(config)).results == []


def test_a_gitignore_outside_of_a_repository(tmp_path: Path) -> None:
    line = f"DB_PASSWORD={PASSWORD}\n"
    ran = run(tmp_path, {".env": line, "a/.env": line, "a/b.env": line, ".gitignore": ".env\n"})
    assert [result.path for result in ran.results] == [str(tmp_path / "a" / "b.env")]


@pytest.mark.skipif(GIT is None, reason="git is not installed")
@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_the_indexes_that_git_writes(version: str, tmp_path: Path) -> None:
    assert GIT is not None
    names = [".env", "app/.env", "app/.env.local", "app/a b/é.env", "z" * 200 + "/.env", "z/.env"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("A=1\n", encoding="utf-8")
    for command in (["init", "-q"], ["add", "-f", *names], ["update-index", "--index-version", version, "--skip-worktree", "z/.env"]):
        subprocess.run([GIT, *command], cwd=tmp_path, check=True)
    data = index_of(str(tmp_path))
    assert data[7] in (2, 3, 4)
    assert (data[7] == 4) == (version == "4")
    assert all(holds(data, name) for name in names)
    assert not any(holds(data, name) for name in ["env", "pp/.env", "app", "app/.env.loca", "é.env", "a b/é.env"])


def test_a_work_tree_has_an_index_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "main").mkdir()
    (tmp_path / "main" / "index").write_bytes(index(".env"))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text("gitdir: ../main\n", encoding="utf-8")
    ran = run(tmp_path / "tree", {".env": f"DB_PASSWORD={PASSWORD}\n", ".gitignore": ".env\n"}, ".env")
    assert [rule for rule, _, _ in told(ran)] == ["hard-coded-credential"]


@pytest.mark.parametrize(
    "data", [b"", b"DIRC\0\0\0\4" + bytes(70) + b".env\0", b"DIRC\0\0\0\4\0\0\xff\xff" + b"\xff" * 300, index(".env")[:40], b".env\0"]
)
def test_an_index_that_cannot_be_read_tells_nothing(data: bytes, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(data)
    assert told(run(tmp_path, {".env": f"DB_PASSWORD={PASSWORD}\n", ".gitignore": ".env\n"}, ".env")) == []


@pytest.mark.parametrize(("more", "is_told"), [("", True), ("MYSQL_ROOT_PASSWORD=${ROOT}\n", False)])
def test_a_password_beside_it_is_asked_for(more: str, is_told: bool, tmp_path: Path) -> None:
    env = {"prod.env": f"MYSQL_ALLOW_EMPTY_PASSWORD=yes\n{more}"}
    assert [rule for rule, *_ in told(run(tmp_path, {**env, "compose.yaml": COMPOSE}))] == ["protection-switched-off"] * is_told
    assert [rule for rule, *_ in told(run(tmp_path / "alone", env))] == ["protection-switched-off"] * is_told


def test_kustomize_puts_the_env_files_of_a_folder_together(tmp_path: Path) -> None:
    env = {"params.env": "MYSQL_ALLOW_EMPTY_PASSWORD=yes\n", "secrets.env": f"MYSQL_ROOT_PASSWORD={PASSWORD}\n"}
    kustomization = {"kustomization.yaml": "secretGenerator: [{name: db, envs: [secrets.env]}]\n"}
    assert "protection-switched-off" in [rule for rule, *_ in told(run(tmp_path / "apart", env))]
    assert "protection-switched-off" not in [
        rule for rule, *_ in told(run(tmp_path, {**env, **kustomization}, "params.env", "secrets.env"))
    ]
