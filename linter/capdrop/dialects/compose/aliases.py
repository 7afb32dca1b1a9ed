"""How much the aliases of a file stand for: what we only refer to, Compose writes out. Imported where a file has many of them."""

from __future__ import annotations

from ...reading import Gap
from ...source import Span
from ...syntax.yaml import Alias, Mapping, Node, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..yaml_document import YamlFile

MOST = 1_000_000
"""Values. Compose reads hardly more than 400,000 where most of them come through aliases (go.yaml.in/yaml, allowedAliasRatio)."""


def gaps_of_aliases(file: YamlFile) -> Iterator[Gap]:
    """That Compose would refuse the file for what its aliases stand for."""
    sizes: dict[int, int] = {}
    for root in file.roots:
        if root.value is not None and _size(root.value, sizes) > MOST:
            yield Gap(Span(root.value.start, root.value.start), f"its aliases stand for more than {MOST:,} values, which Compose refuses")


def _size(node: Node, sizes: dict[int, int]) -> int:
    """How many values a node is when its aliases are written out. What an alias names stands before it, and is known."""
    if isinstance(node, Alias):
        return sizes.get(id(node.target), 1)
    size = 1
    if isinstance(node, Mapping):
        size += sum(_size(entry.value, sizes) for entry in node.entries)
    elif isinstance(node, Sequence):
        size += sum(_size(item, sizes) for item in node.items)
    if node.anchor is not None:
        sizes[id(node)] = size
    return size
