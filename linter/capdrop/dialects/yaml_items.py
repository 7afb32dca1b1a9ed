"""Items for lists of YAML text, in the hand of the lists near by.

An item is text as it is to be written, or a mapping of its content.
"""

from __future__ import annotations

import re

from ..source import Span
from ..syntax.yaml import Mapping, Scalar, Sequence
from .yaml_writer import add_below, add_to_flow, dash_before, in_json, is_json, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..finding import Edit
    from ..source import Source

    Item = str | dict[str, object]

_ARGUMENTS = ("args", "command", "entrypoint", "test")
"""Lists that stand in brackets in files that write others with dashes."""
_LIST = re.compile(
    rf"(?m)^(?P<indent> *(?:- +)?)(?!(?:{'|'.join(_ARGUMENTS)}):)[\w./-]+:[ \t]*(?:(?:#[^\r\n]*)?\r?\n(?P<dash> *)- |\[[^\]\s])"
)
_FARTHEST = 20_000
"""Characters at the begin of a file in which its first list is looked for."""
_DEEPEST = 3
"""Mappings inside each other in which lists are looked for."""


def append_items(source: Source, sequence: Sequence, items: tuple[Item, ...]) -> Edit:
    """New last items for a list."""
    if sequence.flow:
        return add_to_flow(
            source,
            sequence,
            [Span(item.outer, item.end) for item in sequence.items],
            ", ".join(_in_brackets(source, item) for item in items),
        )
    last = sequence.items[-1]
    dash = dash_before(source, last.outer)
    gap = source.text[dash + 1 : last.outer]
    indent = source.position(dash).column - 1
    lines = [line for item in items for line in _lines(item, "" if "\n" in gap or not gap else gap)]
    return add_below(source, last.end, indent, f"{source.newline}{' ' * indent}".join(lines))


def new_list(source: Source, near: Mapping | None, items: tuple[Item, ...]) -> tuple[str, str]:
    """A list as it stands in brackets, and as lines below its key, each behind a line feed, if lists near by are written so."""
    dash = _dash_of_lists(source, near)
    lines = [f"\n{' ' * dash}{line}" for item in items for line in _lines(item, " ")] if dash is not None else []
    return f"[{', '.join(_in_brackets(source, item) for item in items)}]", "".join(lines)


def flow(content: object, quote: str) -> str:
    """Mappings and lists on one line."""
    if isinstance(content, dict):
        return f"{{{', '.join(f'{quote}{key}{quote}: {flow(value, quote)}' for key, value in content.items())}}}"
    if isinstance(content, list):
        return f"[{', '.join(flow(item, quote) for item in content)}]"
    return f'"{content}"' if quote else quoted(str(content))


def block(content: object, indent: str) -> list[str]:
    """Mappings and lists as the lines of a block, each behind an indent."""
    lines: list[str] = []
    for key, value in content.items() if isinstance(content, dict) else ():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{key}:", *block(value, f"{indent}  ")]
        elif isinstance(value, list):
            lines.append(f"{indent}{key}:")
            for item in value:
                first, *rest = block(item, f"{indent}    ")
                lines += [f"{indent}  - {first.lstrip()}", *rest]
        else:
            lines.append(f"{indent}{key}: {flow(value, '')}")
    return lines


def _in_brackets(source: Source, item: Item) -> str:
    """An item as it stands in brackets, where not every reader takes a colon without quotes."""
    if isinstance(item, dict):
        return flow(item, '"' if is_json(source) else "")
    text = f'"{item}"' if ":" in item and item[0] not in "\"'[{" else item
    return in_json(text) if is_json(source) else text


def _lines(item: Item, gap: str) -> list[str]:
    """An item as the lines behind a dash and a gap."""
    first, *rest = [item] if isinstance(item, str) else block(item, " " * (len(gap) + 1))
    return [f"-{gap}{first.lstrip()}", *rest]


def _dash_of_lists(source: Source, near: Mapping | None) -> int | None:
    """How far behind its key a list with dashes begins, where most lists near by, else the first of the file, have some."""
    found = list(_lists_in(near, 0)) if near is not None else []
    if found:
        blocks = [(key, items) for key, items in found if not items.flow]
        if 2 * len(blocks) < len(found):
            return None
        key, items = blocks[-1]
        return max(source.position(dash_before(source, items.items[0].outer)).column - source.position(key.outer).column, 0)
    first = _LIST.search(source.text, 0, _FARTHEST)
    return max(len(first["dash"]) - len(first["indent"]), 0) if first and first["dash"] is not None else None


def _lists_in(mapping: Mapping, depth: int) -> Iterator[tuple[Scalar, Sequence]]:
    """The lists in a mapping, and in mappings in it, that hold something, each with its key."""
    for entry in mapping.entries:
        key, value = entry.key, entry.value
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from _lists_in(value, depth + 1)
        elif (
            isinstance(value, Sequence) and value.items and value.source is None and isinstance(key, Scalar) and key.value not in _ARGUMENTS
        ):
            yield key, value
