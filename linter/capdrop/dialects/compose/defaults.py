"""Defaults of variables that may be named like a secret, wherever they stand in a file: `${DB_PASSWORD:-literal}`. Imported where
there is one."""

from __future__ import annotations

import re

from ...finding import Edit
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...model.variable import Variable
from ...source import Fragment, Span
from ..yaml_document import YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model.subject import Subject

_DEFAULT = r"(?<!\$)\$\{([A-Za-z_]\w{0,120}):?-([^${}\r\n]+)\}"
_NAME = r"(?i)pass|pwd|secret|token|key|cred"


class DefaultOrigin(Origin):
    """Where a default is written, with what stands between the name and the closing brace. To drop it is to demand the variable."""

    __slots__ = ("address", "file", "name", "written")

    def __init__(self, file: YamlFile, address: str, name: str, written: Span) -> None:
        self.file = file
        self.address = address
        self.name = name
        self.written = written

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if (change.action, change.fact) != ("drop", "value") or not self.file.fixable:
            raise Refused("there is no writer for this")
        return f"Take it from outside: `${{{self.name}:?}}`", (Edit(self.written, ":?"),)

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        """The variable itself, and what the commands say that are written where the default is."""
        place = self.address.rpartition(" ")[0]
        words = set(re.findall(r"[\w.-]+", self.file.source[self.file.entry_at(self.written.start)]))
        return (self.address, "variable"), *((f"{place} {word}", "words") for word in sorted(words))


def secret_defaults(file: YamlFile, told: Iterable[Subject]) -> Iterator[Variable]:
    """A variable for each literal default that may be a secret by its name, but for those that the variables in `told` tell already."""
    source = file.source
    found = [match for match in re.finditer(_DEFAULT, source.text) if re.search(_NAME, match[1])]
    if not found:
        return
    leaves = sorted((span.start, span.end) for _, span in file.leaves())
    covered = [
        (variable.value.span.start, variable.value.span.end)
        for variable in told
        if isinstance(variable, Variable) and variable.value.defaulted and variable.source is source and variable.secret is not None
    ]
    covered.sort()
    for match in found:
        start, end = match.span(2)
        if not _within(leaves, start, end) or _within(covered, start, end):
            continue
        span, address = Span(start, end), f"{file.address_at(start)} {match[1]}"
        yield Variable(
            source,
            Span(match.start(1), end),
            address,
            DefaultOrigin(file, address, match[1], Span(match.end(1), end)),
            name=match[1],
            name_span=Span(*match.span(1)),
            value=Value.known(match[2], source, span, defaulted=True),
            fragment=Fragment.at(match[2], start),
            place="env",
        )


def _within(ranges: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a range lies inside one of these, which ascend."""
    from bisect import bisect_right

    at = bisect_right(ranges, (start, end + 1)) - 1
    return any(first <= start and end <= last for first, last in ranges[max(0, at - 1) : at + 2])
