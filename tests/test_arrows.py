"""Who may import whom: the plan of the house, held against the code."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent

ARROWS = """
    purpose        ->
    source         -> purpose
    finding        -> source
    git_index      ->
    files          -> source gitignore git_index
    reading        -> source finding model
    syntax         -> source
    secrets        -> source
    secret_search  -> secrets finding model
    pragmas        -> source finding
    comment_reach  -> source
    other_tools    -> source finding model reading rulebook suppress comment_reach
    secrets_baseline -> finding rulebook secrets report
    model          -> source purpose finding syntax model secret_search
    dialects       -> source purpose finding reading syntax model dialects files secret_search
    rule           -> source finding
    rulebook       -> rule finding
    suppress       -> source finding model reading rulebook together
    together       -> source finding reading model rule rulebook
    engine         -> source finding reading model rule rulebook suppress discover dialects together elsewhere pragmas other_tools
    elsewhere      -> source finding reading model rulebook suppress report
    overlays       -> source finding reading rulebook report
    discover       -> files gitignore
    gitignore      ->
    config         -> source files rulebook
    config_schema  -> config rule rulebook
    baseline       -> source finding files rulebook report
    judging        -> source reading model discover engine dialects rulebook report files together
    silences       -> source finding config gitignore dialects report
    run            -> finding model judging baseline config discover gitignore engine dialects rulebook report processes files together elsewhere overlays silences secrets_baseline
    processes      -> config dialects judging rulebook
    ranges         -> source
    fixer          -> source finding files ranges engine rulebook discover dialects
    ignoring       -> source finding engine fixer
    examples       -> source finding rule rulebook fixer engine together discover dialects files
    documentation  -> source finding rule rulebook examples fixer discover dialects files
    report         -> source finding
    options        -> config rulebook
    aside          -> run report
    diff           -> source finding report
    check_command  -> source finding baseline secrets_baseline config rulebook options aside run report
    asking         -> source finding diff engine fixer report
    by_hand        -> source finding aside diff discover dialects fixer rulebook report
    fix_command    -> source finding diff asking by_hand config discover engine dialects fixer rulebook options aside run report
    rule_commands  -> rule rulebook examples documentation config_schema options report
    cli            -> rulebook aside secret_search options check_command fix_command rule_commands lsp
    lsp            -> source finding ignoring secret_search diff model options config discover gitignore dialects engine fixer rulebook run documentation report files
    rules          -> capdrop
    hooks          -> cli
"""  # noqa: E501


def test_only_the_drawn_arrows_exist() -> None:
    drawn = {line.split("->")[0].strip(): set(line.split("->")[1].split()) for line in ARROWS.strip().splitlines()}
    found: dict[str, set[str]] = {room: set() for room in drawn}
    for path in sorted((ROOT / "linter" / "capdrop").rglob("*.py")):
        room = path.relative_to(ROOT / "linter" / "capdrop").with_suffix("").parts[0]
        if room not in ("__init__", "__main__"):
            found.setdefault(room, set()).update(imports_of(path))
    for folder in ("rules", "hooks"):
        for path in sorted((ROOT / folder).glob("*.py")):
            found[folder].update(imports_of(path))
    problems = [f"{room} -> {other} is not drawn" for room in found for other in found[room] - drawn.get(room, set()) - {room}]
    stale = [f"{room} -> {other} is drawn and not there" for room in drawn for other in drawn[room] - found[room] - {room}]
    assert problems + stale == []


def imports_of(path: Path) -> set[str]:
    """The rooms that a file imports from."""
    rooms = set()
    package = path.relative_to(ROOT / "linter").parts[:-1] if "linter" in path.parts else ()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            whole = [*base, *(node.module or "").split(".")] if node.module else list(base)
            names = [[*whole, alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        else:
            continue
        for parts in names:
            if parts[0] != "capdrop":
                continue
            if path.parent.name == "rules" and len(parts) == 2:
                rooms.add("capdrop")
            elif len(parts) > 1 and parts[1] not in ("__version__",):
                rooms.add(parts[1])
    return rooms


def test_only_these_open_files_for_writing() -> None:
    writers = {"fixer.py", "baseline.py", "check_command.py"}
    found = set()
    for path in (ROOT / "linter" / "capdrop").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
                modes = [arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant)]
                if any(set("wxa+") & set(str(mode)) for mode in modes):
                    found.add(path.name)
    assert found == writers


def test_only_the_edges_print_or_exit() -> None:
    allowed = {
        "cli.py",
        "lsp.py",
        "aside.py",
        "asking.py",
        "options.py",
        "check_command.py",
        "fix_command.py",
        "rule_commands.py",
        "__main__.py",
    }
    found = set()
    for path in (ROOT / "linter" / "capdrop").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "exit"):
                found.add(path.name)
            if isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "exit") and getattr(node.value, "id", "") == "sys":
                found.add(path.name)
    assert found <= allowed
