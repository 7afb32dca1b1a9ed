"""Settings files that stand inside other files: heredocs, entries of ConfigMaps and Secrets, long values of Compose."""

from __future__ import annotations

import re

from capdrop.model.value import Value
from capdrop.model.variable import Variable
from capdrop.source import Fragment, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = r"(?m)^[ \t]*(?:- +|export[ \t]+)?([\"']?)([A-Za-z_][\w.-]*)\1[ \t]*(?!==)[=:](?=\S|[ \t])[ \t]*"
_FLOW = r"(?m)^[ \t]*(?:- +)?(?:[A-Za-z_][\w.-]*:[ \t]+)?\{[^\n]*\}[ \t\r]*$"
_IN_BRACES = r"[{,][ \t]*([A-Za-z_][\w.-]*):[ \t]+(?:[\"']([^\"'\n]*)[\"']|([^\s\"'{}\[\],][^,{}\n]*(?<![ \t])))"
_TAG = r"![A-Za-z_][\w.-]*(?:[ \t]|$)"
_ANCHOR, _ALIAS = r"&[A-Za-z_][\w-]*[ \t]+", r"\*[A-Za-z_][\w-]*[ \t\r]*(?:#|$)"
ACCOUNTS = "passwd"
"""A file that lists accounts, and holds no passwords (passwd(5))."""
SETTINGS = (".conf", ".cnf", ".cfg", ".ini", ".env", ".properties", ".toml", ".yml", ".yaml")
"""How the names of files end that hold settings by their names."""


def variables_in_file(
    fragment: Fragment, source: Source, address: str, path: str, *, ships: bool = True, place: str = "file"
) -> Iterator[Variable]:
    """The settings in a file, or the one line that is all of it."""
    yield from variable_of_line(fragment, source, address, path, ships=ships, place=place)
    yield from variables_in_settings(fragment, source, address, ships=ships, path=path)


def variable_of_line(
    fragment: Fragment, source: Source, address: str, path: str, *, ships: bool = True, place: str = "file"
) -> Iterator[Variable]:
    """The one line that is all of a file, under the file's own name: `master.key`, `db_password`; but for one that gives a name
    something in quotes."""
    text, name = fragment.text.strip(), path.rpartition("/")[2]
    named = re.match(_NAME if path.endswith(SETTINGS) else _NAME + "[\"']", text)
    if text and "\n" not in text and not named and name != ACCOUNTS:
        start = fragment.text.find(text)
        part = fragment.part(start, start + len(text))
        yield Variable(
            source,
            part.span(),
            f"{address} text",
            None,
            name=name,
            name_span=part.span(),
            value=Value.known(text, source, part.span()),
            fragment=part,
            place=place,
            ships=ships,
        )


def is_shell_script(text: str, path: str) -> bool:
    """Whether a text is a script for a shell, or at least begins like one."""
    return text.startswith("#!") or path.lower().endswith((".sh", ".bash"))


def _own_value(text: str, start: int, end: int) -> int:
    """Where the value that a shell script sets ends; `start` where it is set for one command alone: `PGPASSWORD=... psql`."""
    if text[start - 1] in "'\"":
        rest = text[end + 1 : text.find("\n", end) + 1 or len(text)]
    else:
        stop = next((at for at in range(start, end) if text[at] in " \t;&|"), end)
        rest, end = text[stop:end], stop
    following = rest.strip()[:1]
    return end if following in ("", "#", ";", "&", "|", "\\") else start


def variables_in_lines(fragment: Fragment, source: Source, address: str, *, place: str = "file") -> Iterator[Variable]:
    """The settings in a value of several lines; none in JSON, which is read as such, as a file of sections (`[db]`) is not."""
    text = fragment.text.strip()
    if "\n" in text and (text[0] not in "{[" or re.match(r"\[[\w.: -]{1,80}\]\s{0,80}\n", text)):
        yield from variables_in_settings(fragment, source, address, place=place)


def variables_in_settings(
    fragment: Fragment, source: Source, address: str, *, ships: bool = True, place: str = "file", path: str = ""
) -> Iterator[Variable]:
    """The `name = value` and `name: value` lines of a settings file: of .env, .ini, .properties, TOML and YAML. A line `value: ...` below
    one `name: ...` is called by that. What a shell script sets for one command alone is read with that."""
    called: tuple[int, int] | None = None
    is_script = is_shell_script(fragment.text, path)
    for match in re.finditer(_NAME, fragment.text):
        start, end = _value(fragment.text, match.end())
        if is_script and match[0][-1:] == "=":
            end = _own_value(fragment.text, start, end)
        if start >= end:
            continue
        at = called if called is not None and match[2] == "value" else match.span(2)
        called = (start, end) if match[2] == "name" else None
        name = fragment.text[slice(*at)]
        part = fragment.part(start, end)
        yield Variable(
            source,
            fragment.span(at[0], end),
            f"{address} {name}",
            None,
            name=name,
            name_span=fragment.span(*at),
            value=Value.known(part.text, source, part.span()),
            fragment=part,
            place=place,
            ships=ships,
        )
    if "{" in fragment.text:
        for at, start, end in _in_flow(fragment.text):
            part = fragment.part(start, end)
            yield Variable(
                source,
                fragment.span(at[0], end),
                f"{address} {fragment.text[slice(*at)]}",
                None,
                name=fragment.text[slice(*at)],
                name_span=fragment.span(*at),
                value=Value.known(part.text, source, part.span()),
                fragment=part,
                place=place,
                ships=ships,
            )


def _in_flow(text: str) -> Iterator[tuple[tuple[int, int], int, int]]:
    """The names and values in the lines of YAML that are a mapping in braces: `db: {user: a, password: b}`, `- {name: a, password: b}`."""
    for line in re.finditer(_FLOW, text):
        for match in re.finditer(_IN_BRACES, line[0]):
            group = 2 if match[2] is not None else 3
            start, end = match.span(group)
            if start < end:
                at = (line.start() + match.start(1), line.start() + match.end(1))
                yield at, line.start() + start, line.start() + end


def _value(text: str, start: int) -> tuple[int, int]:
    """The range of a value on its line, without quotes, a comment behind it, and blanks; nothing where a tag of YAML says
    that it is something else (`!secret db_password`, `!env_var DB_PASSWORD`), or an alias that it stands elsewhere (`*password`)."""
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    anchored = re.match(_ANCHOR, text[start:stop]) if text[start - 1 : start] in (" ", "\t") else None
    start += anchored.end() if anchored else 0
    quote = text[start : start + 1]
    if quote == "*" and re.match(_ALIAS, text[start:stop]):
        return start, start
    if quote == "!" and (anchored or text[max(0, start - 2) : start].rstrip() == ":") and re.match(_TAG, text[start:stop]):
        return start, start
    if quote in ("'", '"'):
        close = text.find(quote, start + 1, stop)
        if close > 0 and text[close + 1 : close + 2] not in ("'", '"'):  # else it is put together of several pieces
            return start + 1, close
    comment = text.find(" #", start, stop)
    end = comment if comment > 0 else stop
    return (start, start + len(text[start:end].rstrip(" \t\r,"))) if quote != "#" else (start, start)
