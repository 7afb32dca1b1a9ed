"""Writes docs/rules.md, docs/rules/*.md, docs/fixes.md and docs/capdrop.schema.json from the rules. Usage: python docs/generate.py"""

from __future__ import annotations

from pathlib import Path

from capdrop import rulebook
from capdrop.config_schema import as_json
from capdrop.documentation import by_name, page, table_of_fixes
from capdrop.rulebook import Rulebook

HERE = Path(__file__).parent
FIXES = """\
# Fixes

What `capdrop fix` does about each rule, by the kind of file, as the rules' own examples show it; written by `docs/generate.py`.
*safe*: behaviour is kept, or only the hole is closed. *unsafe*: it may break the workload, and is written with `--unsafe`; the rule's
page says what to look for. *shown only*: somebody has to complete it (`--by-hand`). *none*: found there, and nothing is offered. A fix
that cannot be proved in a file, or not be written (a template, a shared anchor), is refused with the reason. Rules without any fix are
left out.

Little is *safe*, as little can be known of a container from its file. Another version of an image may not read what the one before
wrote, and a table of versions ages. A secret that comes from outside has to be set before the next start. A port that is bound to
127.0.0.1 is closed to containers of other projects, which reach it by the host's address. A number in `runAsUser` is refused by an
OpenShift cluster where it lies outside of what the namespace may use, also for a container that does no more than `echo`.

"""


def pages(book: Rulebook) -> dict[str, str]:
    """Every generated file by its path below docs/."""
    files = {f"rules/{rule.name}.md": page(rule) for rule in by_name(book)}
    rows = [
        f"| [{rule.name}](rules/{rule.name}.md) | {rule.severity.name.lower()} | {rule.profile} | {rule.summary} |"
        for rule in by_name(book)
    ]
    head = ["# Rules", "", f"{len(rows)} rules. Written by `docs/generate.py`.", "", "| rule | severity | profile | |", "|---|---|---|---|"]
    files["fixes.md"] = FIXES + table_of_fixes(book)
    files["capdrop.schema.json"] = as_json(book)
    files["rules.md"] = "\n".join([*head, *rows]) + "\n"
    return files


def index() -> str:
    """The text of rules/index.txt."""
    return rulebook.index_of(rulebook.builtin_folder())


def main() -> None:
    (Path(rulebook.builtin_folder()) / rulebook.INDEX).write_text(index(), encoding="utf-8")
    wanted = pages(rulebook.load())
    (HERE / "rules").mkdir(exist_ok=True)
    for old in (HERE / "rules").glob("*.md"):
        if f"rules/{old.name}" not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
