"""The build context of a Dockerfile: where it is, what is in it, and what of it is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.config import Config, rules_in_force
from capdrop.dialects.build_context import MOST_NAMES, FolderContext
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.files import LARGEST_BESIDE, FilesOnDisk, FilesWritten
from capdrop.finding import Safety
from capdrop.fixer import Workbench, fix
from capdrop.run import Run, check
from capdrop.source import Source

PASSWORD = "Kp3-vv81" + "-Qz"
SETTINGS = f"DB_PASSWORD={PASSWORD}\n"


def context(tree: Path, dockerfile: str = "Dockerfile", sources: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> FolderContext:
    return FolderContext(FilesOnDisk(), str(tree / dockerfile), sources, [str(tree / name) for name in named])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path, text in {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".env": f"DB_PASSWORD={PASSWORD}\n",
        "package.json": "{}\n",
        "docker/Dockerfile": "FROM a\n",
        "docker/entry.sh": "exec app\n",
        "src/a.py": "\n",
        "src/deep/er/still/more/id_rsa": "x\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("sources", "named", "expected"),
    [
        ((), (), "docker"),
        ((".",), (), "docker"),
        (("entry.sh",), (), "docker"),
        (("package.json", "src", "docker/entry.sh"), (), ""),
        (("nowhere", "to/be.found"), (), "docker"),
        (("entry.sh",), (".",), ""),
        ((), ("src", "docker"), "docker"),
        ((), ("src", "."), ""),
    ],
)
def test_its_place(tree: Path, sources: tuple[str, ...], named: tuple[str, ...], expected: str) -> None:
    assert context(tree, "docker/Dockerfile", sources, named).folder == os.path.normpath(tree / expected)


def test_no_folder_above_the_repository_is_looked_at(tree: Path) -> None:
    (tree / "docker" / ".git").mkdir()
    assert context(tree, "docker/Dockerfile", ("package.json",)).folder == str(tree / "docker")


def test_sources_name_files_as_copy_has_them(tree: Path) -> None:
    found = context(tree)
    assert found.matching(".") == [""]
    assert found.matching("/src/../.env") == [".env"]
    assert found.matching("../../.env") == [".env"]
    assert found.matching("*.json") == ["package.json"]
    assert found.matching("src/*.py") == ["src/a.py"]
    assert found.matching("*/a.py") == []
    assert found.matching("missing") == []


def test_the_ignore_file_of_the_dockerfile_wins(tree: Path) -> None:
    (tree / ".dockerignore").write_text("src\n", encoding="utf-8")
    assert context(tree).excludes("src/a.py")
    (tree / "Dockerfile.dockerignore").write_text(".env\n", encoding="utf-8")
    assert not context(tree).excludes("src/a.py")
    assert context(tree).text(".env") is None


def test_an_ignore_file_of_podman_counts_where_there_is_no_other(tree: Path) -> None:
    (tree / ".containerignore").write_text("src\n", encoding="utf-8")
    assert context(tree).excludes("src/a.py")
    (tree / ".dockerignore").write_text("", encoding="utf-8")
    assert not context(tree).excludes("src/a.py")


def test_only_so_much_is_looked_at(tree: Path) -> None:
    found = list(context(tree).below("", lambda path: True))
    assert found[:2] == [".env", "package.json"]
    assert "src/a.py" in found
    assert not any("id_rsa" in path or path.startswith(".git/") for path in found)
    for number in range(MOST_NAMES):
        (tree / f"{number:04}.txt").touch()
    assert len(list(context(tree).below("", lambda path: True))) < MOST_NAMES


def test_only_regular_files_inside_the_repository_are_read(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret").write_text("x", encoding="utf-8")
    (tree / "file").symlink_to(outside / "secret")
    (tree / "folder").symlink_to(outside)
    (tree / "inside").symlink_to(tree / "package.json")
    os.mkfifo(tree / "pipe")
    (tree / "large").write_text("x" * (LARGEST_BESIDE + 1), encoding="utf-8")
    (tree / "binary").write_bytes(b"\0\xff")
    found = context(tree)
    for name in ("file", "folder/secret", "folder", "pipe", "large", "binary", "missing", "../outside/secret"):
        assert found.text(name) is None, name
    assert found.text("inside") == "{}\n"
    assert list(found.below("folder", lambda path: True)) == []
    assert found.matching("folder/*") == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".env", f"DB_PASSWORD={PASSWORD}\n", "yes"),
        (".env", "export DB_PASSWORD=changeme\nPORT=80\n", "weak"),
        (".env", "PORT=80\nDB_PASSWORD=${DB_PASSWORD}\n", "no"),
        (".npmrc", "registry=https://npm.acme.io/\n//npm.acme.io/:_authToken=${NPM_TOKEN}\n", "no"),
        (".npmrc", "//npm.acme.io/:_authToken=" + "Xf3kQ9mZ2vLr8TnB4wYp0c\n", "yes"),
        (".netrc", f"machine git.acme.io\nlogin ci\npassword {PASSWORD}\n", "yes"),
        ("config.json", '{"credHelpers": {"gcr.io": "gcloud"}}', "no"),
        ("config.json", '{"auths": {"r.acme.io": {"auth": "' + "Y2k6S3AzLXZ2ODEt" + 'UXo="}}}', "yes"),
        ("db.env", f"URL=postgres://app:{PASSWORD}@db/app\n", "yes"),
        ("missing", "", ""),
    ],
)
def test_what_a_text_proves(tmp_path: Path, name: str, text: str, expected: str) -> None:
    files = FilesWritten({str(tmp_path / name): text} if text else {})
    assert FolderContext(files, str(tmp_path / "Dockerfile"), ()).secret_in(name) == expected


def test_a_compose_file_says_where_the_context_is(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    Path("docker/Dockerfile").write_text("FROM nginx:1.29\nCOPY . /app\n", encoding="utf-8")
    assert "context-holds-secrets" not in names(run("docker/Dockerfile"))
    Path("compose.yaml").write_text("services: {a: {build: {context: ., dockerfile: docker/Dockerfile}}}\n", encoding="utf-8")
    assert "context-holds-secrets" in names(run("compose.yaml", "docker/Dockerfile"))
    Path("docker/Dockerfile.dockerignore").write_text("**/.env\n", encoding="utf-8")
    assert "context-holds-secrets" not in names(run("compose.yaml", "docker/Dockerfile"))


def run(*paths: str) -> Run:
    config = Config(os.getcwd())
    return check(list(paths), config, rules_in_force(config))


def names(done: Run) -> set[str]:
    return {finding.rule for result in done.results for finding in result.findings}


@pytest.mark.parametrize(
    ("dockerfile", "beside", "made"),
    [
        ("FROM a\nCOPY . /app\n", {".env": SETTINGS, "Dockerfile.dockerignore": "*.log"}, {"Dockerfile.dockerignore": "*.log\n.env\n"}),
        ("FROM a\nCOPY . /app\n", {".env": SETTINGS, ".containerignore": "!x\r\n"}, {".containerignore": "!x\r\n.env\r\n"}),
        ("FROM a\nCOPY src /app\n", {"src/.env": SETTINGS, "src/b/.env": SETTINGS}, {".dockerignore": "src/.env\nsrc/b/.env\n"}),
        ("FROM a\nCOPY . /app\nCOPY .env /env\n", {".env": SETTINGS}, {}),
        ("FROM a\nCOPY . /app\n", {"[x]/.env": SETTINGS}, {}),
    ],
)
def test_what_holds_a_secret_is_kept_out(dockerfile: str, beside: dict[str, str], made: dict[str, str]) -> None:
    book = rulebook.load()
    book.select(["context-holds-secrets"])
    bench = Workbench(kind_named("dockerfile"), book, Context(files=FilesWritten(beside)))
    result = fix(Source("Dockerfile", dockerfile), bench, Safety.UNSAFE)
    assert {now.path: now.text for _, now in result.bench.beside.values()} == made
    assert result.source.text == dockerfile
    assert len(result.applied) == bool(made)
