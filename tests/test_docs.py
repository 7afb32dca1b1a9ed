"""The pages in docs/ say what the rules say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from capdrop import rulebook

DOCS = Path(__file__).parent.parent / "docs"


def test_the_pages_are_up_to_date() -> None:
    specification = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert specification is not None
    assert specification.loader is not None
    generate = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(generate)
    wanted = generate.pages(rulebook.load())
    stale = [name for name, text in wanted.items() if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text]
    left = [path.name for path in (DOCS / "rules").glob("*.md") if f"rules/{path.name}" not in wanted]
    assert stale + left == [], "run: python docs/generate.py"
