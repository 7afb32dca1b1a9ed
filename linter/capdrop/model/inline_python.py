"""The calls in a Python program that stands inside a command."""

from __future__ import annotations

import re

from capdrop.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator

    from capdrop.source import Fragment

_MOST = 200_000
"""Characters of a program; a longer one is not read."""


class Call:
    """A call: the last part of the function's name and its place, the texts of its first argument ("" where that is not a plain
    text), and its keywords with their plain values (None where one is computed). `open` is set where more may be passed (`**options`)."""

    __slots__ = ("first", "keywords", "name", "open", "span")

    def __init__(self, name: str, span: Span, first: str, keywords: dict[str, object], more: bool) -> None:
        self.name = name
        self.span = span
        self.first = first
        self.keywords = keywords
        self.open = more


def calls_in(fragment: Fragment, names: Iterable[str], variables: Callable[[str], str | None] = lambda name: None) -> Iterator[Call]:
    """The calls of functions with one of these names. Nothing of a program that is not Python, or not only. `variables` tells what those
    of the environment hold, which the shell fills in (`'${MODEL}'`) or the program asks for (`os.environ["MODEL"]`)."""
    text = fragment.text
    wanted = frozenset(names)
    if len(text) > _MOST or not any(name in text for name in wanted):
        return
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    starts = _line_starts(text)
    nodes = list(ast.walk(tree))
    constants: dict[str, object] = {}
    aliases = {
        alias.asname: alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names if alias.asname is not None
    }

    def plain(value: ast.expr) -> object:
        if isinstance(value, ast.Name):
            return constants.get(value.id)
        if isinstance(value, ast.Constant):
            return _filled(value.value, variables) if isinstance(value.value, str) and "$" in value.value else value.value
        if isinstance(value, ast.Subscript) and _called(value.value) == "environ":
            asked = [value.slice]
        elif isinstance(value, ast.Call) and (_called(value.func) == "getenv" or ast.unparse(value.func).endswith("environ.get")):
            asked = value.args
        else:
            return None
        given = variables(asked[0].value) if asked and isinstance(asked[0], ast.Constant) and isinstance(asked[0].value, str) else None
        return plain(asked[1]) if given is None and len(asked) > 1 else given

    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = plain(node.value)
            if value is not None:
                constants[node.targets[0].id] = value
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        written = _called(function)
        name = aliases.get(written, written)
        if name not in wanted:
            continue
        end = _offset(text, starts, function.end_lineno or function.lineno, function.end_col_offset or 0)
        first = plain(node.args[0]) if node.args else None
        yield Call(
            name,
            fragment.span(end - len(written), end),
            first if isinstance(first, str) else "",
            {keyword.arg: plain(keyword.value) for keyword in node.keywords if keyword.arg},
            any(keyword.arg is None for keyword in node.keywords),
        )


def _called(function: ast.expr) -> str:
    """The last part of a name."""
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _filled(text: str, variables: Callable[[str], str | None]) -> str:
    """A text with the variables that the shell fills in; those that are not known stay."""
    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", lambda found: variables(found[1] or found[2]) or found[0], text)


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _offset(text: str, starts: list[int], line: int, column: int) -> int:
    """The offset of a line and a column, which counts bytes of UTF-8."""
    start = starts[line - 1]
    part = text[start : start + column]
    return start + (column if part.isascii() else len(part.encode()[:column].decode(errors="ignore")))
