"""The hooks, as pre-commit runs them from a clone of this tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("linter", "rules", "hooks", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
UNSAFE = "services:\n  app: # keep\n    image: nginx:1.29\n    privileged: true\n    user: '1000'\n"


def git(folder: Path, *arguments: str) -> bytes:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True).stdout


class PreCommit:
    """A clone of the working tree, and a home for what pre-commit installs from it."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "capdrop"
        self.home = folder / "home"
        self.clone.mkdir()
        for name in SHIPPED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.clone / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, self.clone / name)
        git(self.clone, "init", "-q")
        git(self.clone, "add", "-A")
        git(self.clone, "commit", "-qm", "tree")

    def try_repo(self, folder: Path, hook: str, *files: str) -> subprocess.CompletedProcess[str]:
        return self._run(folder, "try-repo", str(self.clone), hook, "--verbose", "--files", *files)

    def run(self, folder: Path, hook: str, *files: str) -> subprocess.CompletedProcess[str]:
        """Like `try_repo`, but what is installed is kept for the next run."""
        rev = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.clone, check=True, capture_output=True, text=True).stdout.strip()
        config = f"repos: [{{repo: '{self.clone}', rev: '{rev}', hooks: [{{id: capdrop}}, {{id: capdrop-fix}}]}}]\n"
        (folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
        git(folder, "add", ".pre-commit-config.yaml")
        return self._run(folder, "run", hook, "--verbose", "--files", *files)

    def _run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", *arguments]
        environment = {**os.environ, "PRE_COMMIT_HOME": str(self.home), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        environment.pop("PYTHONPATH", None)
        try:
            ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=150)
        except subprocess.TimeoutExpired:
            pytest.skip("pre-commit could not install the hook in time (is there a package index?)")
        if "An unexpected error has occurred: CalledProcessError" in ran.stdout and "pip" in ran.stdout:
            pytest.skip("pre-commit cannot install the hook (is there a package index?)")
        return ran


@pytest.fixture(scope="module")
def pre_commit(tmp_path_factory: pytest.TempPathFactory) -> PreCommit:
    pytest.importorskip("pre_commit")
    return PreCommit(tmp_path_factory.mktemp("hook"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "compose.yaml").write_text(UNSAFE, encoding="utf-8")
    (tmp_path / "Dockerfile").write_text("FROM debian:12\nUSER 1000\n", encoding="utf-8")
    (tmp_path / "Dockerfile.dockerignore").write_text("USER root\n", encoding="utf-8")
    (tmp_path / "my file.yaml").write_text("a: b\n", encoding="utf-8")
    git(tmp_path, "add", "-A")
    return tmp_path


def test_pre_commit_checks(pre_commit: PreCommit, repository: Path) -> None:
    ran = pre_commit.try_repo(repository, "capdrop", "compose.yaml", "Dockerfile", "Dockerfile.dockerignore", "my file.yaml")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "compose.yaml:4:17: critical privileged-container" in ran.stdout
    assert "2 files: 2 analysed" in ran.stdout
    assert "of no kind that capdrop knows: my file.yaml" in ran.stdout
    clean = pre_commit.run(repository, "capdrop", "Dockerfile")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "no findings; 1 file: 1 analysed" in clean.stdout


def test_pre_commit_fixes_what_is_safe(pre_commit: PreCommit, repository: Path) -> None:
    text = "FROM debian:12\n# capdrop: ignore[root-user]\nUSER 1000\n"
    (repository / "Dockerfile").write_text(text, encoding="utf-8")
    git(repository, "add", "-A")
    staged = git(repository, "ls-files", "--stage")
    ran = pre_commit.try_repo(repository, "capdrop-fix", "compose.yaml", "Dockerfile")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "files were modified by this hook" in ran.stdout
    assert git(repository, "ls-files", "--stage") == staged
    assert (repository / "Dockerfile").read_text(encoding="utf-8") == "FROM debian:12\nUSER 1000\n"
    assert (repository / "compose.yaml").read_text(encoding="utf-8") == UNSAFE
    assert pre_commit.run(repository, "capdrop-fix", "compose.yaml", "Dockerfile").returncode == 0
