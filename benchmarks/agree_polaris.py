"""Our Kubernetes fixes beside those of Polaris, on the pairs that it tests its own with.

Usage: python benchmarks/agree_polaris.py FOLDER

FOLDER is `test/checks` of a checkout of FairwindsOps/polaris: a folder for each check, with `failure*.yaml` and, where Polaris can fix
it, `mutated*.yaml`. Every rule of ours that names the check in `also_known_as` fixes the first, with the fixes that may break the
workload and those that are only shown. The result is compared as data; a mapping or list that is empty counts as one that is not there.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.finding import Safety
from capdrop.fixer import Workbench, fix
from capdrop.source import decode
from ruamel.yaml import YAML


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    book = rulebook.load()
    rules = list(book.rules.values())
    counts: dict[str, int] = {}
    for wanted in sorted(folder.glob("*/mutated*.yaml")):
        check = wanted.parent.name
        ours = [rule.name for rule in rules if f"polaris:{check}" in rule.also_known_as]
        said = "no rule" if not ours else compared(wanted, book, ours)
        counts[said.partition(":")[0]] = counts.get(said.partition(":")[0], 0) + 1
        print(f"{check}/{wanted.name}: {said} ({', '.join(ours)})")
    print(counts)


def compared(wanted: Path, book: rulebook.Rulebook, rules: list[str]) -> str:
    """What our rules make of the file that Polaris makes `wanted` of."""
    path = wanted.with_name(wanted.name.replace("mutated", "failure"))
    book.select(rules)
    source = decode(path.name, path.read_bytes())
    bench = Workbench(kind_named("kubernetes"), book, Context())
    found = bench.analyse(source).findings
    if not found:
        return "nothing found"
    fixed = fix(source, bench, Safety.DISPLAY)
    if not fixed.applied:
        return f"no fix: {'; '.join({finding.fix.caveat or finding.fix.title for finding in found if finding.fix}) or 'none offered'}"
    mine, theirs = data(fixed.source.text), data(wanted.read_text())
    return "the same" if mine == theirs else f"another: {differences(theirs, mine)}"


def data(text: str) -> Any:
    return pruned(YAML(typ="safe", pure=True).load(text))


def pruned(node: Any) -> Any:
    """Data without what is empty."""
    if isinstance(node, dict):
        return {key: value for key, value in ((key, pruned(value)) for key, value in node.items()) if value not in ({}, [], None)}
    return [pruned(item) for item in node] if isinstance(node, list) else node


def differences(theirs: Any, mine: Any, path: str = "") -> str:
    """Where two trees differ, Polaris's first."""
    if isinstance(theirs, dict) and isinstance(mine, dict):
        keys = sorted(theirs.keys() | mine.keys())
        found = (differences(theirs.get(key), mine.get(key), f"{path}.{key}") for key in keys if theirs.get(key) != mine.get(key))
        return ", ".join(found)
    if isinstance(theirs, list) and isinstance(mine, list) and len(theirs) == len(mine):
        return ", ".join(differences(one, other, path) for one, other in zip(theirs, mine, strict=True) if one != other)
    return f"{path.lstrip('.')} {theirs} there, {mine} here"


if __name__ == "__main__":
    main()
