"""What the JSON formats share."""

from __future__ import annotations

import json

from .safe import inert_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

    Object = Mapping[str, object]


def encoded(value: object) -> str:
    """A value as JSON in ASCII, on one line."""
    return inert_json(json.dumps(value))


def write_items(items: Iterable[Object], out: TextIO) -> None:
    """Write an array, each item on a line of its own."""
    separator = "["
    for item in items:
        out.write(f"{separator}\n{encoded(item)}")
        separator = ","
    out.write("[]" if separator == "[" else "\n]")
