"""How much of the time of a file its secrets take.

Usage: python benchmarks/secret_cost.py [--most N] FOLDER...

Every file of a folder that is of a known kind (at most N of each, spread over all) is analysed with the rules of the default profile, and
without those that find secrets, each five times; the fastest counts, in processor time. Printed is the median of the differences by kind.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator

from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import Kind, kind_of
from capdrop.engine import analyse
from capdrop.files import FilesOnDisk
from capdrop.rulebook import Rulebook, load
from capdrop.source import Source, Unreadable, decode

RUNS = 5
WARM = 30
FEWEST = 20
SECRETS = frozenset(
    "provider-token private-key password-in-url hard-coded-credential default-credential published-default credential-in-command "
    "stored-login".split()
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--most", type=int, default=400)
    options = parser.parse_args()
    whole = rules_in_force(Config(os.getcwd()))
    rest = load()
    for rule in SECRETS:
        del rest.rules[rule]
    rest.select(whole.selected - SECRETS)
    gc.disable()
    print("| kind | files | median ms | of it for secrets |\n|---|---|---|---|")
    for kind, sources in by_kind(options.folders).items():
        some = sources[:: max(1, len(sources) // options.most)][: options.most]
        if len(some) < FEWEST:
            continue
        for source, known in some[:WARM]:
            fastest(source, known, whole), fastest(source, known, rest)
        times = [(fastest(source, known, whole), fastest(source, known, rest)) for source, known in some]
        more = statistics.median(one - other for one, other in times)
        print(f"| {kind} | {len(some)} | {statistics.median(one for one, _ in times):.2f} | {more:.3f} |")


def by_kind(folders: list[str]) -> dict[str, list[tuple[Source, Kind]]]:
    found: dict[str, list[tuple[Source, Kind]]] = defaultdict(list)
    for path in (path for folder in folders for path in files(folder)):
        try:
            with open(path, "rb") as file:
                source = decode(path, file.read())
        except (OSError, Unreadable):
            continue
        kind = kind_of(path, source.text)
        if kind is not None:
            found[kind.name].append((source, kind))
    return found


def files(folder: str) -> Iterator[str]:
    for home, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(home, name) for name in sorted(names) if os.path.isfile(os.path.join(home, name)))


def fastest(source: Source, kind: Kind, book: Rulebook) -> float:
    """Milliseconds of processor time."""
    context = Context(files=FilesOnDisk())
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        analyse(source, kind, book, context, ways=False)
        times.append(time.process_time() - start)
    return min(times) * 1e3


if __name__ == "__main__":
    main()
