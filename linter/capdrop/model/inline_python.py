"""The calls in a Python program that stands inside a command."""

from __future__ import annotations

from capdrop.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

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


def calls_in(fragment: Fragment, names: Iterable[str]) -> Iterator[Call]:
    """The calls of functions with one of these names. Nothing of a program that is not Python, or not only."""
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
    constants = {
        node.targets[0].id: node.value.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }
    aliases = {
        alias.asname: alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names if alias.asname is not None
    }

    def plain(value: ast.expr) -> object:
        if isinstance(value, ast.Name):
            return constants.get(value.id)
        return value.value if isinstance(value, ast.Constant) else None

    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        written = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
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
