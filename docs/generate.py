"""Writes docs/rules.md and docs/rules/*.md from the rules. Usage: python docs/generate.py"""

from __future__ import annotations

from pathlib import Path

from capdrop import rulebook
from capdrop.documentation import by_name, page
from capdrop.rulebook import Rulebook

HERE = Path(__file__).parent


def pages(book: Rulebook) -> dict[str, str]:
    """Every generated file by its path below docs/."""
    files = {f"rules/{rule.name}.md": page(rule) for rule in by_name(book)}
    rows = [
        f"| [{rule.name}](rules/{rule.name}.md) | {rule.severity.name.lower()} | {rule.profile} | {rule.summary} |"
        for rule in by_name(book)
    ]
    head = ["# Rules", "", f"{len(rows)} rules. Written by `docs/generate.py`.", "", "| rule | severity | profile | |", "|---|---|---|---|"]
    files["rules.md"] = "\n".join([*head, *rows]) + "\n"
    return files


def main() -> None:
    wanted = pages(rulebook.load())
    (HERE / "rules").mkdir(exist_ok=True)
    for old in (HERE / "rules").glob("*.md"):
        if f"rules/{old.name}" not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
