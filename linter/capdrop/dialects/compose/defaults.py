"""Defaults of variables that are a secret by their name or their place, wherever they stand in a file: `${DB_PASSWORD:-literal}`.
Imported where there is one."""

from __future__ import annotations

import re

from ...finding import Edit
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...model.variable import Variable
from ...secret_search import named_like_a_secret
from ...source import Fragment, Span
from ..yaml_document import YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model.subject import Subject

_DEFAULT = r"(?<!\$)\$\{([A-Za-z_]\w{0,120}):?-([^${}\r\n]+)\}"
_BEFORE = 200
"""Characters before a default that are looked at."""
_BESIDE = 250
"""Characters of its line, before and behind a default, whose words change with it."""
_IN_URL = r"://[^\s/@:]*:$"
_SETTING = r"([\w.-]{1,120})[\"']?[ \t]*[=:][ \t]*[\"']?$"


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
        """The variable itself, the one that takes it, and what the commands say that are written where the default is."""
        place = self.address.rpartition(" ")[0]
        source, start = self.file.source, self.written.start
        line = source.line(source.position(start).line)
        before = source.text[max(line.start, start - _BESIDE) : start]
        taker = re.search(r"([\w.-]{1,120})=[^=]*$", before)
        taking = f"{place}.{taker[1]}" if taker else place
        words = set(re.findall(r"[\w.-]+", before + source.text[start : min(line.end, self.written.end + _BESIDE)]))
        return (
            (self.address, "variable"),
            (taking, "value"),
            (taking, "variable"),
            (place, "words"),
            *((f"{place} {word}", "words") for word in sorted(words)),
        )


def secret_defaults(file: YamlFile, told: Iterable[Subject]) -> Iterator[Variable]:
    """A variable for each literal default that is a secret by its name or place, but for those that the variables in `told` tell."""
    source = file.source
    has_files = "configs" in source.text
    found = [(match, name) for match in re.finditer(_DEFAULT, source.text) if (name := _name(file, match, has_files))]
    if not found:
        return
    leaves = sorted((span.start, span.end) for _, span in file.leaves())
    covered = [
        (variable.value.span.start, variable.value.span.end)
        for variable in told
        if isinstance(variable, Variable) and variable.value.defaulted and variable.source is source and variable.secret is not None
    ]
    covered.sort()
    for match, name in found:
        start, end = match.span(2)
        if not _within(leaves, start, end) or _within(covered, start, end):
            continue
        span, address = Span(start, end), f"{file.address_at(start)} {match[1]}"
        variable = Variable(
            source,
            Span(match.start(1), end),
            address,
            DefaultOrigin(file, address, match[1], Span(match.end(1), end)),
            name=name,
            name_span=Span(*match.span(1)),
            value=Value.known(match[2], source, span, defaulted=True),
            fragment=Fragment.at(match[2], start),
            place="env",
        )
        if variable.secret is not None:
            yield variable


def _name(file: YamlFile, match: re.Match[str], has_files: bool) -> str:
    """By which name a default is a secret: its variable's, or in a file that is written that of its place in a URL or as a setting."""
    if named_like_a_secret(match[1]):
        return match[1]
    if not has_files:
        return ""
    before = file.source.text[max(0, match.start() - _BEFORE) : match.start()]
    name = "password" if file.source.text.startswith("@", match.end()) and re.search(_IN_URL, before) else ""
    setting = re.search(_SETTING, before) if not name else None
    if setting is not None and named_like_a_secret(setting[1]):
        name = setting[1]
    return name if name and file.address_at(match.start()).startswith("configs.") else ""


def _within(ranges: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a range lies inside one of these, which ascend."""
    from bisect import bisect_right

    at = bisect_right(ranges, (start, end + 1)) - 1
    return any(first <= start and end <= last for first, last in ranges[max(0, at - 1) : at + 2])
