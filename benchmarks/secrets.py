"""How many secrets are found, beside our rivals, and what is called one over real files.

Usage: python benchmarks/secrets.py SETS [--real FOLDER ...] [--hits N]

SETS is a folder with checkouts of the public sets, in folders whose names hold theirs: `leaky-repo`, `gitleaks`, `detect-secrets`,
`secretlint`, `trivy` and `trufflehog`. Their examples are written into Dockerfiles, Compose files and manifests of a temporary folder, and
every tool (from `benchmarks/.venv`, which `compare.py` makes) is run over it once. Nothing of the sets is kept. With `--real`, our findings
over real files are counted by rule; `--hits N` prints N of them at random with their lines, unmasked, to be read by a person.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from labelled import SAMPLES, SETS, Case
from sampling import CHANCE

HERE = Path(__file__).parent
RULES = (
    "provider-token,private-key,password-in-url,hard-coded-credential,default-credential,published-default,credential-in-command,"
    "stored-login"
)
ENOUGH = 4
"""A format counts as found when so many of its samples are."""

PLACES = {
    "heredoc": ("Dockerfile", "FROM scratch\nCOPY <<'END_OF_FILE' /etc/app/{file}\n{text}\nEND_OF_FILE\n", ""),
    "manifest": (
        "map.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  {file}: |\n{text}\n",
        "    ",
    ),
    "compose": ("compose.yaml", "services:\n  app:\n    image: scratch\nconfigs:\n  {file}:\n    content: |\n{text}\n", "      "),
    "run": ("Dockerfile", "FROM scratch\nRUN {text}\n", ""),
    "env": ("Dockerfile", "FROM scratch\nENV {text}\n", ""),
    "environment": ("compose.yaml", "services:\n  app:\n    image: scratch\n    environment:\n      - {text}\n", ""),
    "whole": ("manifest.yaml", "{text}\n", ""),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--real", type=Path, nargs="*", default=[])
    parser.add_argument("--hits", type=int, default=0)
    parser.add_argument("--only", default="", help="only this tool")
    options = parser.parse_args()
    cases = [case for read in SETS for case in read(options.sets)]
    with tempfile.TemporaryDirectory() as folder:
        written = dict(write(Path(folder), cases))
        tools = {name: tool for name, tool in TOOLS.items() if options.only in ("", name)}
        found = {name: tool(Path(folder)) for name, tool in tools.items()}
    report(written, found)
    for real in options.real:
        over_real_files(real, options.hits)


def write(folder: Path, cases: list[Case]) -> Iterator[tuple[str, Case]]:
    """Every case in a folder of its own, or in three where no place is given."""
    for number, case in enumerate(cases):
        for place in [case.place] if case.place else ["heredoc", "manifest", "compose"]:
            name, frame, indent = PLACES[place]
            home = folder / f"{number:05d}-{place}"
            home.mkdir()
            text = textwrap.indent(case.text, indent) if indent else case.text
            text = json.dumps(text) if place == "environment" else text
            (home / name).write_text(frame.replace("{file}", case.file).replace("{text}", text), encoding="utf-8")
            yield str(home / name), case._replace(place=place)


# ---- the tools


def capdrop_over(folder: Path) -> subprocess.CompletedProcess[str]:
    """A run of the rules on secrets, at the default confidence."""
    command = [
        str(Path(sys.executable).with_name("capdrop")),
        "check",
        "--isolated",
        "--format",
        "json",
        "--select",
        known_rules(),
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def capdrop(folder: Path) -> set[str]:
    """At the default confidence."""
    ran = capdrop_over(folder)
    if ran.returncode not in (0, 1):
        print(f"capdrop ended with {ran.returncode}: its score says nothing\n{ran.stderr[-500:]}", file=sys.stderr)
    return {str(Path(finding["path"]).absolute()) for finding in json.loads(ran.stdout)["findings"]}


def known_rules() -> str:
    from capdrop import rulebook

    names = set(rulebook.load().rules)
    return ",".join(name for name in RULES.split(",") if name in names)


def rival_detect_secrets(folder: Path) -> set[str]:
    ran = subprocess.run(
        [str(HERE / ".venv/bin/detect-secrets"), "scan", "--all-files", "."], capture_output=True, text=True, check=True, cwd=folder
    )
    return {str(folder / path) for path in json.loads(ran.stdout)["results"]}


def hadolint(folder: Path) -> set[str]:
    files = [str(path) for path in folder.rglob("Dockerfile")]
    found: set[str] = set()
    for start in range(0, len(files), 200):
        command = [str(HERE / ".venv/bin/hadolint"), "--no-fail", "--format", "json", *files[start : start + 200]]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        found |= {one["file"] for one in json.loads(ran.stdout or "[]") if one["code"] == "DL3064" or "secret" in one["message"].lower()}
    return found


def checkov(folder: Path) -> set[str]:
    command = [
        str(HERE / ".venv/bin/checkov"),
        "--framework",
        "secrets",
        "--enable-secret-scan-all-files",
        "-o",
        "json",
        "--quiet",
        "--compact",
        "-d",
        ".",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    try:
        results = json.loads(ran.stdout)
    except ValueError:
        print("checkov:", ran.stderr[-300:], file=sys.stderr)
        return set()
    failed = results.get("results", {}).get("failed_checks", []) if isinstance(results, dict) else []
    return {str(folder / check["file_path"].lstrip("/")) for check in failed}


TOOLS = {"capdrop": capdrop, "detect-secrets": rival_detect_secrets, "hadolint": hadolint, "checkov": checkov}
READS = {"hadolint": "Dockerfile"}
"""The files that a tool reads, where it does not read all; it is scored on these."""


# ---- the scores


def report(written: dict[str, Case], found: dict[str, set[str]]) -> None:
    print("| set | formats | " + " | ".join(f"{name}" for name in found) + " |")
    print("|---|---|" + "---|" * len(found))
    missed: dict[str, list[str]] = defaultdict(list)
    for collection in dict.fromkeys(case.collection for case in written.values()):
        forms: dict[str, list[str]] = defaultdict(list)
        for path, case in written.items():
            if case.collection == collection:
                forms[case.form].append(path)
        cells = []
        for name, paths in found.items():
            read = {form: [path for path in members if path.endswith(READS.get(name, ""))] for form, members in forms.items()}
            read = {form: members for form, members in read.items() if members}
            good = [form for form, members in read.items() if sum(path in paths for path in members) >= len(members) * ENOUGH / SAMPLES]
            cells.append(f"{len(good)} ({len(good) / len(read):.0%})" if len(read) == len(forms) else f"{len(good)} of {len(read)}")
            if name == "capdrop":
                missed[collection] = [form for form in forms if form not in good]
        print(f"| {collection} | {len(forms)} | " + " | ".join(cells) + " |")
    for collection, names in missed.items():
        print(f"\nmissed of {collection}: {', '.join(names) or 'none'}")


def over_real_files(folder: Path, hits: int) -> None:
    result = json.loads(capdrop_over(folder).stdout)
    print(f"\n{folder}: {len(result['files'])} files, {len(result['findings'])} findings")
    for rule, count in Counter(finding["rule"] for finding in result["findings"]).most_common():
        print(f"  {rule}: {count}")
    for finding in CHANCE.sample(result["findings"], min(hits, len(result["findings"]))):
        line = Path(finding["path"]).read_text("utf-8", "replace").splitlines()[finding["line"] - 1]
        print(f"{finding['rule']} [{finding['confidence']}] {finding['path']}:{finding['line']}: {line.strip()[:160]}")


if __name__ == "__main__":
    main()
