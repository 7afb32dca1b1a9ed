"""Which files are ours, and which are left out."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from capdrop.discover import kind_by_name, kind_of, may_be_ours, walk
from capdrop.gitignore import Excluded, Pattern
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.growth import assert_grows_linearly, filled

BY_NAME = {
    "dockerfile": (
        "Dockerfile dockerfile DOCKERFILE Dockerfile.dev Dockerfile.prod.alpine Dockerfile-base Dockerfile_base Dockerfile(2) "
        "foo.dockerfile prod.Dockerfile my-app.Dockerfile Containerfile Containerfile.dev app.containerfile "
        "docker/Dockerfile Dockerfile.j2 Dockerfile.template Dockerfile.1.2 Dockerfile.arm64"
    ).split(),
    "compose": (
        "compose.yaml compose.yml docker-compose.yml docker-compose.yaml Docker-Compose.yml docker-compose.override.yml compose.prod.yaml "
        "compose-dev.yml docker-compose2.yml docker-compose(2).yml docker_compose.yml podman-compose.yaml docker-compose.a.b.yml"
    ).split(),
    "kubernetes": ["kustomization.yaml", "kustomization.yml", "Kustomization"],
    "env-file": (
        ".env .Env .env.local .env.production .env.production.local .env-prod .env_prod .env.example .env.keys .env.bak .envrc .flaskenv "
        "prod.env db-secrets.env env.list env.prod env.example"
    ).split(),
}
"""Names that tell the kind."""

DOCKERFILE = "# a comment\n\nFROM debian:12\n"
COMPOSE = "services:\n  app:\n    image: a:1\n"
KUBERNETES = "apiVersion: v1\nkind: Pod\nspec: {}\n"
SCRIPT = "set -e\ndocker run a:1\n"

BY_CONTENT = {
    ("Dockerfile.php", DOCKERFILE): "dockerfile",
    ("Dockerfile.python.go", DOCKERFILE): "dockerfile",
    ("Dockerfile.php", "<?php\n"): None,
    ("dockerfile_parser.py", "from x import y\n"): None,
    ("dockerfile_parser.py", "FROM = 1\n"): None,
    ("stack.yml", COMPOSE): "compose",
    ("stack.yml", "# c\nversion: '3'\n" + COMPOSE.replace("\n", "\r\n")): "compose",
    ("stack.yml", "services: # ours\n\n  # db\n\n  -db: {image: a}\n"): "compose",
    ("stack.yml", "services:\n  a: {restart: always, image: b}\n"): "compose",
    (".gitlab-ci.yml", "services:\n  - docker:dind\nbuild:\n  image: docker:28\n"): None,
    (".gitlab-ci.yml", "services:\r\n\r\n  # for tests\r\n  - docker:dind\r\nbuild:\r\n  image: docker:28\r\n"): None,
    ("app.yaml", "name: a\nservices:\n- name: web\n  image: {tag: b}\n"): None,
    ("dev.compose.yml", COMPOSE): "compose",
    ("github-compose.yml", "x-a: &a {}\nservices:\n  a:\n    <<: *a\n    ports: ['80:80']\n"): "compose",
    ("base-compose.yml", "services:\n  a:\n    extends: {file: b.yml, service: a}\n"): "compose",
    ("services.yml", "services:\n  App\\Mailer:\n    arguments: ['@mail']\n"): None,
    ("compose.json", '{"services": {"a": {"image": "b"}}}\n'): "compose",
    ("docker-compose.prod.json", '{\n  "services": {"a": {"build": "."}}\n}\n'): "compose",
    ("compose.json", '{"version":"3","services":{"a":{"image":"b"}}}\n'): "compose",
    ("compose.json", '{"services": [1]}\n'): None,
    ("app.yaml", "services:\n# the first\n\n- name: a\n  image: b\n"): None,
    ("app.yaml", "services:\n# the first\n\n  a:\n    image: b\n"): "compose",
    ("compose.yaml", "services:\n- name: a\n  image: b\n"): "compose",
    ("a.yaml", "{{- if .Values.a -}}apiVersion: v1\nkind: Pod\n"): "kubernetes",
    ("a.yaml", "{{ if .Values.a }} apiVersion: v1\nkind: Pod\n"): "kubernetes",
    ("a.yaml", "text: see {{ a }} apiVersion: v1\nkind: x\n"): None,
    ("test.yaml", "steps:\n  build: {image: a}\n" + COMPOSE): None,  # a pipeline of Woodpecker, whose services nothing publishes
    ("test.yaml", COMPOSE + "\npipeline:\n  build: {image: a}\n"): None,
    ("stack.yml", COMPOSE + "    labels:\n      steps: 1\n"): "compose",
    ("test-docker-compose.yml", "on: push\njobs: {}\n"): None,
    (".github/workflows/docker-compose.yml", "on: push\njobs:\n  a:\n    runs-on: x\n"): None,
    ("values.yaml", "image: a\nservices: {}\n"): "helm-values",
    ("pod.yaml", KUBERNETES): "kubernetes",
    ("pod.yml", "---\n# c\n" + KUBERNETES): "kubernetes",
    ("pod.json", '{"apiVersion": "v1", "kind": "Pod"}\n'): "kubernetes",
    ("pod.json", '{\n  "apiVersion": "v1",\n  "kind": "Pod"\n}\n'): "kubernetes",
    ("pod.json", '{"kind":"Pod","apiVersion":"v1"}\n'): "kubernetes",
    ("pod.yaml", "{kind: Pod, apiVersion: v1, spec: {}}\n"): "kubernetes",
    ("openapi.json", '{"kind":{"type":"string"},"apiVersion":{"type":"string"}}\n'): None,
    ("list.yaml", "- apiVersion: v1\n  kind: Pod\n"): "kubernetes",
    ("package.json", '{"name": "x"}\n'): None,
    ("Chart.yaml", "apiVersion: v2\nname: x\n"): None,
    ("start.sh", SCRIPT): "docker-run",
    ("start.bash", SCRIPT): "docker-run",
    ("Makefile", "x:\n\tdocker run a:1\n"): "docker-run",
    ("GNUmakefile", "x:\n\tpodman run a:1\n"): "docker-run",
    ("rules.mk", "x:\n\tdocker container run a:1\n"): "docker-run",
    ("start.sh", "echo docker\nrun it\n"): None,
    ("Makefile", "x:\n\tcc -o x\n"): None,
}
"""Names and texts that tell the kind together."""

NEVER = (
    "Dockerfile.dockerignore .dockerignore Dockerfile.containerignore Dockerfile.md Dockerfile.txt Dockerfile.sh.orig~ dockerfile.html "
    "Dockerfile_base.md5 Dockerfile.sha256 Dockerfile.asc Dockerfile.license "
    "Dockerfile.lock Dockerfile.diff mydockerfiles.txt main.py README.md compose.py compose.json docker-compose.yml.md composer.json "
    ".env.ts .env.js .env.d.ts .env.php .env.md .env.vault .env.enc .env.gpg .environment .venv env env.py env.d.ts environment.list"
).split()
"""Names of files that are not ours whatever their first line says."""

HOOKS = (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in BY_NAME.items() for name in names])
def test_names_that_tell(kind: str, name: str) -> None:
    found = kind_by_name(name)
    assert found is not None
    assert found.name == kind


@pytest.mark.parametrize(("name", "text"), BY_CONTENT)
def test_contents_that_tell(name: str, text: str) -> None:
    found = kind_of(name, text)
    assert (found.name if found else None) == BY_CONTENT[name, text]


@pytest.mark.parametrize("name", NEVER)
def test_names_that_are_never_ours(name: str) -> None:
    assert kind_by_name(name) is None
    assert kind_of(name, DOCKERFILE) is None
    if not name.endswith(".json"):
        assert not may_be_ours(name)


def test_a_named_file_may_have_any_name() -> None:
    assert kind_of("build.docker", DOCKERFILE) is None
    named = kind_of("build.docker", DOCKERFILE, named=True)
    assert named is not None
    assert named.name == "dockerfile"
    assert kind_of("build.docker", "# a\nx: y\n", named=True) is None
    assert kind_of("a.yaml", "FROM x\n", named=True) is None


@pytest.mark.parametrize("name", ["x.yaml", "x.sh", "x.json", "x.docker"])
@pytest.mark.parametrize("piece", ["docker ", "#\n", " ", "{ ", "services:\n", "services:\n#\n", "kind \n"])
def test_contents_are_judged_in_linear_time(name: str, piece: str) -> None:
    assert_grows_linearly(lambda size: kind_of(name, filled(piece, size), named=True), 50_000, 400_000)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def walked(folder: str = ".", exclude: tuple[str, ...] = ()) -> list[str]:
    return [path for path, _ in walk(folder, Excluded(os.getcwd(), exclude))]


def test_a_walk_is_sorted_and_skips_what_holds_no_code_of_ours(tree: Path) -> None:
    for name in (
        "b/Dockerfile",
        "a/compose.yaml",
        "Dockerfile",
        ".git/Dockerfile",
        "node_modules/x/Dockerfile",
        "a/main.py",
        ".venv/Dockerfile",
    ):
        put(tree / name)
    assert walked() == ["Dockerfile", "a/compose.yaml", "b/Dockerfile"]
    assert walked("a") == ["a/compose.yaml"]
    assert walked("./b/") == ["./b/Dockerfile"]


def test_a_folder_of_dependencies_is_skipped_where_a_tool_filled_it(tree: Path) -> None:
    for name in (
        "vendor/acme/Dockerfile",
        "go/vendor/modules.txt",
        "go/vendor/x/Dockerfile",
        "php/vendor/autoload.php",
        "php/vendor/x/Dockerfile",
    ):
        put(tree / name)
    assert walked() == ["vendor/acme/Dockerfile"]


def test_gitignore_files_from_the_top_of_the_repository_down(tree: Path) -> None:
    put(tree / ".git/HEAD")
    put(tree / ".gitignore", "*.yml\n/out/\n")
    put(tree / "sub/.gitignore", "!keep.yml\nDockerfile\n")
    for name in ("out/Dockerfile", "sub/out/Dockerfile.x", "sub/a.yml", "sub/keep.yml", "sub/Dockerfile", "Dockerfile"):
        put(tree / name)
    assert walked() == ["Dockerfile", "sub/keep.yml", "sub/out/Dockerfile.x"]
    assert walked("sub") == ["sub/keep.yml", "sub/out/Dockerfile.x"]


def test_the_exclude_file_of_a_repository_counts_like_a_gitignore_above_all(tree: Path) -> None:
    put(tree / ".git/info/exclude", "*.yml\n")
    put(tree / "sub/.gitignore", "!keep.yml\n")
    for name in ("a.yml", "sub/b.yml", "sub/keep.yml"):
        put(tree / name)
    assert walked() == walked("sub") == ["sub/keep.yml"]


def test_work_trees_share_the_exclude_file(tree: Path) -> None:
    put(tree / "main/.git/info/exclude", "a.yml\n")
    put(tree / "main/.git/worktrees/side/commondir", "../..\n")
    put(tree / "side/.git", f"gitdir: {tree}/main/.git/worktrees/side\n")
    for name in ("a.yml", "b.yml"):
        put(tree / "side" / name)
    assert walked("side") == ["side/b.yml"]


def test_a_repository_in_another_one_has_its_own_say(tree: Path) -> None:
    """As to git: the outer one knows of the inner, a submodule say, no more than that it is there."""
    put(tree / ".git/HEAD")
    put(tree / ".gitignore", "*.yml\n/out/\n")
    put(tree / "inner/.git", "gitdir: ../.git/modules/inner\n")
    put(tree / ".git/modules/inner/info/exclude", "c.yml\n")
    for name in ("a.yml", "inner/b.yml", "inner/sub/b.yml", "inner/c.yml", "out/.git/HEAD", "out/d.yml"):
        put(tree / name)
    assert walked() == walked("inner") == ["inner/b.yml", "inner/sub/b.yml"]


def test_what_the_configuration_excludes_no_gitignore_takes_back(tree: Path) -> None:
    put(tree / ".git/HEAD")
    put(tree / ".gitignore", "*\n!*.yml\n")
    for name in ("a.yml", "b.yml", "Dockerfile"):
        put(tree / name)
    assert walked(exclude=("b.yml", "!Dockerfile")) == ["a.yml"]


def test_links_in_a_tree(tree: Path) -> None:
    put(tree / "repo/app/Dockerfile", DOCKERFILE)
    put(tree / "repo/app/build.txt", DOCKERFILE)
    put(tree / "outside/Dockerfile", DOCKERFILE)
    links = {
        "same.Dockerfile": "app/Dockerfile",
        "other.Dockerfile": "app/build.txt",
        "out.Dockerfile": "../outside/Dockerfile",
        "gone.Dockerfile": "nowhere",
        ".#compose-lock.yaml": "user@host.1234",
        "folder.yaml": "app",
        "loop": ".",
        "self.Dockerfile": "self.Dockerfile",
    }
    for name, target in links.items():
        (tree / "repo" / name).symlink_to(target)
    assert walked("repo") == [
        "repo/app/Dockerfile",
        "repo/gone.Dockerfile",
        "repo/other.Dockerfile",
        "repo/out.Dockerfile",
        "repo/self.Dockerfile",
    ]


def test_special_files_are_met(tree: Path) -> None:
    os.mkfifo(tree / "Dockerfile")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("compose.yaml")
        assert walked() == ["Dockerfile", "compose.yaml"]


def test_a_folder_that_cannot_be_listed_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tree / "a/Dockerfile")
    put(tree / "b/Dockerfile")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert list(walk(".", Excluded(os.getcwd(), []))) == [("a", "the folder cannot be listed: Permission denied"), ("b/Dockerfile", "")]


def test_exclude_holds_for_folders_above(tree: Path) -> None:
    excluded = Excluded(str(tree), ["vendor/", "*.bak.yaml", "/top.yaml"])
    assert excluded.covers_with_parents(str(tree / "vendor/a/Dockerfile"))
    assert excluded.covers_with_parents(str(tree / "a/vendor/Dockerfile"))
    assert excluded.covers_with_parents(str(tree / "a/x.bak.yaml"))
    assert excluded.covers_with_parents(str(tree / "top.yaml"))
    assert not excluded.covers_with_parents(str(tree / "a/top.yaml"))
    assert not excluded.covers_with_parents("/elsewhere/vendor/Dockerfile")


PATTERNS = (
    "*.y|*|a*b|a?c|?|[abc]|[a-c]|[!a]|[^a]|[]a]|[a-|[z-a]|[[:alpha:]]|[[:digit:]x]|[[:nope:]]|[\\]]|[a\\-c]|a[/]b|/a|/a/b|a/b|a/|a/b/|/|//|"
    "//a|a//|!a|\\!a|\\#a|#a|a\\ |a |a  |\\a|a\\|\\*|\\\\|**|**/a|a/**|a/**/b|**/a/**|**/*.y|*/a|*/*|a**|***|**a|a/*/b|/**|/*|**/**/a|"
    "*a*b|*a*ab|*aba|a*a*a|*.y*|.*|a.b|A|é|a\tb|[é]|*é|?é"
).split("|")
PATHS = (
    "a|b|ab|abc|a.b|acb|a/b|a/b/c|b/a|c/a/b|a/c/b|a/c/d/b|x.y|d/x.y|.y|.a|a*|*|]|[a-|[|\\|#|#a|!a|é|aé|éé|xaab|ababa|aaa|a/a|a/a/a|A|B|aXb|"
    "axa/y.y|a/.y|deep/er/a|deep/a/er|x/ab/aba|a |a\tb| |a b/c"
).split("|")
GIT = shutil.which("git")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if GIT is None:
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run([GIT, "init", "-q", str(folder)], check=True)
    return folder


def ignored_by_git(repository: Path, paths: list[str]) -> set[str]:
    assert GIT is not None
    command = [GIT, "-c", "core.excludesFile=", "-c", "core.ignoreCase=false", "check-ignore", "--no-index", "-z", "--stdin"]
    ran = subprocess.run(
        command, cwd=repository, input="\0".join(paths) + "\0", capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ran.returncode in (0, 1), ran.stderr
    return set(ran.stdout.split("\0")) - {""}


def ignored_by_us(root: Path, path: str) -> bool:
    excluded = Excluded(str(root), [])
    parts = path.split("/")
    at = str(root)
    for number, part in enumerate(parts, 1):
        excluded.enter(at)
        at = os.path.join(at, part)
        if excluded.covers(at, number < len(parts)):
            return True
    return False


def agree(repository: Path, gitignore: str, paths: list[str]) -> None:
    (repository / ".gitignore").write_text(gitignore, encoding="utf-8", newline="")
    ours = {path for path in paths if ignored_by_us(repository, path)}
    assert ours == ignored_by_git(repository, paths)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_what_it_means_to_git(repository: Path, pattern: str) -> None:
    agree(repository, f"{pattern}\n", PATHS)


@pytest.mark.parametrize(
    "text",
    ["*\n!a\n", "*.y\n!x.y\n", "a/\n!a/b\n", "a/*\n!a/b\n", "\ufeff*.y\n", "*.y\r\na\r\n", "a", "\n\n# a\n", "a\x0bb\na\n", "\x00\n"],
)
def test_a_file_means_what_it_means_to_git(repository: Path, text: str) -> None:
    agree(repository, text, PATHS)


PIECES = st.sampled_from(
    ["*", "**", "?", "[a-c]", "[!b]", "/", "a", "b", ".", "\\", "!", "#", " ", "-", "]", "[", "\\*", "**/", "/**", "[[:alpha:]]"]
)
LINES = st.lists(st.lists(PIECES, min_size=1, max_size=5).map("".join).filter(lambda line: not odd(line)), min_size=1, max_size=4)


def odd(line: str) -> bool:
    """Several stars that are a part of a name: git takes `a**/b` for `a` and `**/b`, against its own manual."""
    return any("**" in name and name.strip("*") for name in line.replace("\\/", "/").removeprefix("!").split("/"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_generated_patterns_mean_what_they_mean_to_git(repository: Path, lines: list[str]) -> None:
    agree(repository, "\n".join(lines) + "\n", PATHS)


@pytest.mark.parametrize(
    ("piece", "end"),
    [("*a", "b"), ("**/a/", "b"), ("[", ""), ("[!", ""), ("*", ""), ("?*", ""), ("/**", ""), ("**/*a*a*b/", "")],
)
@pytest.mark.parametrize("path", ["a", "a/"])
def test_hostile_patterns_are_matched_in_linear_time(piece: str, end: str, path: str) -> None:
    line = filled(piece, 4_000) + end
    assert_grows_linearly(lambda size: Pattern(filled(piece, size) + end).fits(filled(path, 4_000)), 500, 4_000)
    assert_grows_linearly(lambda size: Pattern(line).fits(filled(path, size)), 500, 4_000)
    assert_grows_linearly(lambda size: Pattern(filled(piece, size) + end).fits(filled(path, 4_000)), 100_000, 800_000)


def test_a_hostile_gitignore_does_not_stop_a_walk(tree: Path) -> None:
    put(tree / ("a" * 200) / "Dockerfile")

    def work(count: int) -> None:
        put(tree / ".gitignore", "\n".join(["*a" * 2000 + "b"] * count) + "\n" + "x" * 18_000 * count)
        assert walked() == ["a" * 200 + "/Dockerfile"]

    assert_grows_linearly(work, 6, 48)


def test_a_gitignore_of_very_many_lines_does_not_stop_a_walk(tree: Path) -> None:
    put(tree / ".gitignore", "Dockerfile.a\n" + "x*\n" * 300_000 + "Dockerfile.b\n")
    for name in "ab":
        put(tree / f"Dockerfile.{name}")
    assert walked() == ["Dockerfile.b"]


def test_kinds_of_whole_texts() -> None:
    assert [kind.name if (kind := kind_of("x.yaml", text)) else None for text in (COMPOSE, KUBERNETES, "")] == [
        "compose",
        "kubernetes",
        None,
    ]


def pattern(key: str) -> re.Pattern[str]:
    found = re.search(rf"{key}: &{key} (.*)", HOOKS)
    assert found is not None
    return re.compile(found[1])


@pytest.mark.parametrize("name", [name for names in BY_NAME.values() for name in names] + [name for name, _ in BY_CONTENT])
def test_the_hook_is_given_every_file_that_may_be_ours(name: str) -> None:
    if may_be_ours(name):
        assert pattern("files").search(name)
        assert pattern("files").search(f"a/{name}")
        assert not pattern("exclude").search(name)


@pytest.mark.parametrize(
    "name", ["main.py", "a/main.go", "README.md", "Dockerfile.dockerignore", "a/Dockerfile.md", "x.sh.txt", "smakefile"]
)
def test_the_hook_is_not_given_what_is_not_ours(name: str) -> None:
    assert not pattern("files").search(name) or pattern("exclude").search(name)


def test_a_line_end_in_a_name_hides_nothing() -> None:
    assert getattr(kind_by_name("a\nb.Dockerfile"), "name", None) == "dockerfile"
    assert getattr(kind_by_name("compose.a\nb.yaml"), "name", None) == "compose"
    assert may_be_ours("a\nb.yaml")
