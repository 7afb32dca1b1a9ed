"""Finding by finding beside compose-lint, over the Compose files of a folder.

Usage: python benchmarks/agree_compose.py FOLDER [--examples N] [--rule CL-0005]

Both tools are run as a user would, on the same files: compose-lint from benchmarks/.venv (see `compare.py`), capdrop from the
environment of this interpreter, with its strict profile. A rule of compose-lint stands for all of ours that name it in `also_known_as`.
Rules of theirs for which one of ours stands together are compared together. What is compared is where each says it: one finding for a
line of a service, however many rules agree on it; what is left is matched by line, and then by service, as the two point at different
lines for some things.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CAPDROP = str(Path(sys.executable).with_name("capdrop"))
NAME = re.compile(r"(^|[.-])(docker-)?compose([.-][\w.-]+)?\.ya?ml$|^docker-stack.*\.ya?ml$", re.IGNORECASE)
MOST = 200
"""Files of one run: a command line has an end."""

Place = tuple[str, str, int]
"""File, service, line."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="a tree of real files")
    parser.add_argument("--examples", type=int, default=0, help="how many places to show of what one of them says alone")
    parser.add_argument("--rule", help="one rule of compose-lint")
    options = parser.parse_args()
    files = sorted(compose_files(options.folder))
    theirs, skipped = their_findings(files)
    rules = our_rules()
    known = {rule["name"]: other_names(rule) for rule in rules}
    ours = our_findings(options.folder, {os.path.abspath(file) for file in files} - skipped, theirs)
    folders = {os.path.relpath(file, options.folder).split(os.sep)[0] for file in files}
    print(f"{len(files)} files in {len(folders)} folders, {len(skipped)} of them not read by compose-lint")
    for group in groups(known, theirs):
        if options.rule is None or options.rule in group:
            mine = {name: places for name, places in ours.items() if set(known[name]) & set(group)}
            compare("+".join(group), mine, set().union(*(theirs.get(rule, set()) for rule in group)), options)
    print("\nrules without a counterpart there:")
    profiles = {rule["name"]: rule["profile"] for rule in rules}
    for name, places in sorted(ours.items(), key=lambda item: -len(item[1])):
        if not known[name]:
            print(f"  {name:34} {len(places):5} {profiles[name]}")


def compose_files(folder: str) -> Iterator[str]:
    for home, _, names in os.walk(folder):
        for name in names:
            if NAME.search(name) and not os.path.islink(os.path.join(home, name)):
                yield os.path.join(home, name)


def compare(name: str, ours: dict[str, set[Place]], theirs: set[Place], options: argparse.Namespace) -> None:
    """What both say, by line and service, then by line, then by service, and what only one of them says."""
    mine = {place: rule for rule, places in ours.items() for place in places}
    left, other = set(mine), set(theirs)
    for key in (lambda place: place, lambda place: (place[0], place[2]), lambda place: place[:2]):
        left, other = unmatched(left, other, key)
    both = len(theirs) - len(other)
    print(f"\n{name}  both {both}, only compose-lint {len(other)}, only capdrop {len(left)}   ({', '.join(sorted(ours)) or 'no rule'})")
    for who, places in (("compose-lint", sorted(other)), ("capdrop", sorted(left))):
        for place in places[:: max(1, len(places) // options.examples)][: options.examples] if options.examples else ():
            rule = mine.get(place, "") if who == "capdrop" else ""
            print(f"  only {who}: {os.path.relpath(place[0], options.folder)}:{place[2]} {place[1]} {rule}")


def unmatched(one: set[Place], other: set[Place], key: Callable[[Place], object]) -> tuple[set[Place], set[Place]]:
    """What is left of both when those with the same key are taken out in pairs."""
    waiting: dict[object, list[Place]] = defaultdict(list)
    for place in sorted(one):
        waiting[key(place)].append(place)
    left = {place for place in sorted(other) if not (waiting[key(place)] and waiting[key(place)].pop())}
    return {place for places in waiting.values() for place in places}, left


def groups(known: Mapping[str, list[str]], seen: Iterable[str]) -> list[tuple[str, ...]]:
    """Their rules, together where one of ours stands for several."""
    joined: dict[str, set[str]] = {rule: {rule} for rule in seen}
    for rules in known.values():
        together = set().union(*(joined.setdefault(rule, {rule}) for rule in rules)) if rules else set()
        for rule in together:
            joined[rule] = together
    return sorted({tuple(sorted(group)) for group in joined.values()})


def our_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(run([CAPDROP, "rules", "--format", "json"]))
    return rules


def other_names(rule: dict[str, Any]) -> list[str]:
    """What compose-lint calls a rule of ours."""
    return [name.partition(":")[2] for name in rule["also_known_as"] if name.startswith("compose-lint:")]


def our_findings(folder: str, files: set[str], theirs: Mapping[str, set[Place]]) -> dict[str, set[Place]]:
    """Ours by rule, those of low confidence with them. Names of services may hold dots: where the other tool names one, it is that.

    Each folder is checked as a whole, so that what its Compose files name elsewhere in it is read.
    """
    services = {(place[0], place[1]) for places in theirs.values() for place in places}
    named = {place[0] for places in theirs.values() for place in places} | files
    found: dict[str, set[Place]] = defaultdict(set)
    for home in sorted({os.path.relpath(file, folder).split(os.sep)[0] for file in files}):
        command = [CAPDROP, "check", "--isolated", "--profile", "strict", "--min-confidence", "low", "--format", "json"]
        for finding in json.loads(run([*command, os.path.join(folder, home)]))["findings"]:
            file, words = os.path.abspath(finding["path"]), finding["subject"].split()[0].split(".") if finding["subject"] else [""]
            elsewhere = file not in named and (words[0] != "services" or file.endswith((".yml", ".yaml")))
            if finding["suppressed"] or elsewhere:
                continue
            name = words[1] if words[0] == "services" and len(words) > 1 else ""
            name = next((longer for end in range(len(words), 2, -1) if (file, longer := ".".join(words[1:end])) in services), name)
            found[finding["rule"]].add((file, name, finding["line"]))
    return found


def their_findings(files: list[str]) -> tuple[dict[str, set[Place]], set[str]]:
    """Theirs by rule, and the files that it does not read."""
    found: dict[str, set[Place]] = defaultdict(set)
    failed: set[str] = set()
    for some in chunks(files):
        for file, answer in answers(str(HERE / ".venv" / "bin" / "compose-lint"), some):
            if answer is None:
                failed.add(os.path.abspath(file))
                continue
            for finding in answer["findings"]:
                if not finding["suppressed"]:
                    place = (os.path.abspath(finding["file"]), finding.get("service") or "", finding.get("line") or 0)
                    found[finding["rule_id"]].add(place)
    return found, failed


def answers(tool: str, files: list[str]) -> Iterator[tuple[str, Any]]:
    """What it says of these files at once, or where one of them stops it, of halves of them."""
    text = run([tool, "check", "--format", "json", "--allow-partial-coverage", *files])
    try:
        yield files[0], json.loads(text)
    except ValueError:
        if len(files) == 1:
            yield files[0], None
            return
        half = len(files) // 2
        yield from answers(tool, files[:half])
        yield from answers(tool, files[half:])


def chunks(files: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(files), MOST):
        yield files[start : start + MOST]


def run(command: Iterable[str]) -> str:
    return subprocess.run([*command], capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    main()
