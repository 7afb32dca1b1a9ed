"""Applies every fix to a copy of real files, and looks at what became of them with other eyes than capdrop's own.

Usage: python benchmarks/prove_fixes.py [--unsafe] [--compose-schema FILE] [--keep FOLDER] FOLDER...

Runs `capdrop fix --apply` twice over a copy of each folder, as a user would, with every rule of the strict profile. Then every file
that was changed is held against the one it was: what ruamel.yaml, json or BuildKit's parser read is still read, a Compose file that
satisfied the schema still does, and every comment is there. The second run must write nothing. The exit status is 1 where one of
these does not hold.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dockerfile
import jsonschema
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

CAPDROP = [sys.executable, "-m", "capdrop"]
COMMENT = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)
OURS = re.compile(r"#\s*capdrop:")
COMPOSE = re.compile(r"(^|[.-])(docker-)?compose([.-][\w.-]+)?\.ya?ml$|^docker-stack.*\.ya?ml$", re.IGNORECASE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--unsafe", action="store_true", help="also the fixes that may break the workload")
    parser.add_argument("--compose-schema", metavar="FILE", help="the JSON schema of the Compose specification")
    parser.add_argument("--keep", metavar="FOLDER", help="where the copies are made and left")
    options = parser.parse_args()
    schema = jsonschema.Draft7Validator(json.loads(Path(options.compose_schema).read_text())) if options.compose_schema else None
    sound = True
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as temporary:
            copy = Path(options.keep or temporary) / Path(folder).name
            shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
            sound &= proved(Path(folder), copy, schema, unsafe=options.unsafe)
    return 0 if sound else 1


def proved(original: Path, copy: Path, schema: Any, *, unsafe: bool) -> bool:
    """Fix a copy, and print what is to be said of it; whether all of it is good."""
    said = fix(copy, unsafe=unsafe)
    before = {path.relative_to(copy): path.read_bytes() for path in files(copy)}
    problems: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for name, after in before.items():
        first = original / name
        was = first.read_bytes() if first.exists() else b""
        if was != after:
            changed["made" if not first.exists() else kind_of(name)] += 1
            for problem in problems_of(name, was, after, schema):
                problems[problem] += 1
                print(f"{problem}: {name}")
    again = fix(copy, unsafe=unsafe)
    for path in files(copy):
        if before.get(path.relative_to(copy)) != path.read_bytes():
            problems["the second run changes it"] += 1
            print(f"the second run changes it: {path.relative_to(copy)}")
    print(f"{original.name}{', unsafe' if unsafe else ''}: {said[-1]}")
    print(f"  files changed: {dict(changed)}; again: {again[-1]}")
    reasons = Counter(re.sub(r"`[^`]*`|\([^)]*\)", "", line.rpartition(": ")[2]) for line in said if ": not fixed: " in line)
    for reason, count in reasons.most_common():
        print(f"  not fixed, {count}: {reason}")
    print(f"  problems: {dict(problems) or 'none'}")
    return not problems


def fix(folder: Path, *, unsafe: bool) -> list[str]:
    """Write every fix, and what capdrop says of it, line by line."""
    command = [*CAPDROP, "fix", "--apply", "--isolated", "--profile", "strict", *(["--unsafe"] if unsafe else []), "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"capdrop failed: {done.stderr[-2000:]}")
    return done.stderr.splitlines()


def files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def kind_of(name: Path) -> str:
    if name.suffix in (".yaml", ".yml"):
        return "compose" if COMPOSE.search(name.name) else "yaml"
    return "json" if name.suffix == ".json" else "dockerfile" if "dockerfile" in name.name.lower() else "other"


def problems_of(name: Path, before: bytes, after: bytes, schema: Any) -> Iterator[str]:
    """What a change spoiled."""
    old, new = before.decode("utf-8-sig", "replace"), after.decode("utf-8-sig", "replace")
    kind = kind_of(name)
    lost = Counter(comments(old)) - Counter(comments(new))
    if lost:
        yield f"comments lost ({', '.join(lost)[:200]})"
    if kind in ("yaml", "compose") and yaml(old) is not None and yaml(new) is None:
        yield "ruamel no longer reads it"
    if kind == "json" and is_json(old) and not is_json(new):
        yield "it is no longer JSON"
    if kind == "dockerfile" and is_dockerfile(old) and not is_dockerfile(new):
        yield "BuildKit no longer reads it"
    if kind == "compose" and schema is not None and satisfies(schema, old) and not satisfies(schema, new):
        yield "it no longer satisfies the Compose schema"


def comments(text: str) -> list[str]:
    return [found.strip() for found in COMMENT.findall(text) if not OURS.match(found)]


def yaml(text: str) -> list[Any] | None:
    try:
        return list(YAML(typ="safe", pure=True).load_all(text))
    except (YAMLError, ValueError):
        return None


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def is_dockerfile(text: str) -> bool:
    try:
        dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return False
    return True


def satisfies(schema: Any, text: str) -> bool:
    documents = yaml(text)
    return documents is not None and len(documents) == 1 and schema.is_valid(documents[0])


if __name__ == "__main__":
    sys.exit(main())
