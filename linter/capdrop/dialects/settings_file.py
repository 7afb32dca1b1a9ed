"""Settings files that stand inside other files: heredocs, ConfigMap entries."""

from __future__ import annotations

import re

from ..model.value import Value
from ..model.variable import Variable
from ..source import Fragment, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_ASSIGNMENT = r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*([^\s#].*?)[ \t]*\r?$"


def variables_in_settings(fragment: Fragment, source: Source, address: str, *, ships: bool = True, place: str = "file") -> Iterator[Variable]:
    """The `name = value` and `name: value` lines of a settings file."""
    for match in re.finditer(_ASSIGNMENT, fragment.text, re.MULTILINE):
        start, end = match.span(2)
        if end - start >= 2 and fragment.text[start] in "\"'" and fragment.text[end - 1] == fragment.text[start]:
            start, end = start + 1, end - 1
        part = fragment.part(start, end)
        span = fragment.span(*match.span())
        yield Variable(
            source,
            span,
            f"{address} {match[1]}",
            None,
            name=match[1],
            name_span=fragment.span(*match.span(1)),
            value=Value.known(part.text, source, fragment.span(start, end)),
            fragment=part,
            place=place,
            ships=ships,
        )
