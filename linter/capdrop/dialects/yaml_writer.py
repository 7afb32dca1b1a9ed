"""Edits of YAML text that keep everything else as it stands: quotes, comments, indentation, line ends.

Every function returns edits or raises `Refused` with the reason in words for the user.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter

from ..finding import Edit
from ..model.subject import Refused
from ..source import Source, Span
from ..syntax.yaml import Entry, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence as Parts

_TRAILING_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_COMMENT = re.compile(r"(?m)(?:^|(?<=[ \t]))#[^\r\n]*")
_TO_LINE_END = re.compile(r"[ \t]*(?=[\r\n]|\Z)")
_BLANK = re.compile(r"[ \t]*")
_JSON = re.compile(r'\s*\{\s*"')
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./:@=+-]*")
_START = attrgetter("start")


def place_among(parts: Parts[Node] | Parts[Entry], one: Node | Entry) -> int | None:
    """Which of the items or entries of a node this is; they mostly stand in the order of the file."""
    at = bisect_left(parts, one.start, key=_START)
    if at < len(parts) and parts[at] is one:
        return at
    return next((at for at, part in enumerate(parts) if part is one), None)


def replace_scalar(node: Node, text: str) -> Edit:
    """Another value for a scalar, in its own quotes."""
    if not isinstance(node, Scalar) or node.style in ("|", ">"):
        raise Refused("the value is not a simple one")
    if node.start == node.end:
        return Edit(node.span, f" {text}")
    return Edit(node.span, f"{node.style}{text}{node.style}")


def remove_entry(source: Source, mapping: Mapping, entry: Entry) -> Edit:
    """Take an entry out of a mapping that keeps at least one other."""
    index = place_among(mapping.entries, entry)
    if len(mapping.entries) == 1 or index is None:
        raise Refused("it is the only entry of its mapping")
    near = [Span(other.start, other.end) for other in mapping.entries[max(index - 1, 0) : index + 2]]
    return _removed(source, near, min(index, 1), mapping.flow, Span(entry.start, entry.end))


def removed_entries(source: Source, mapping: Mapping, gone: list[Entry]) -> list[Edit]:
    """Take several entries out of a mapping that keeps others."""
    edits: list[Edit] = []
    for entry in gone:
        edit = remove_entry(source, mapping, entry)
        if any(edit.span.start < other.span.end and other.span.start < edit.span.end for other in edits):
            raise Refused("they share their line")
        edits.append(edit)
    return edits


def replace_entry(source: Source, mapping: Mapping, entry: Entry, keys: list[str], values: dict[str, str]) -> Edit:
    """Keys inside each other down to a mapping of these values, in place of an entry."""
    span = Span(entry.start, entry.start + len(source[entry.span].rstrip()))
    if mapping.flow:
        quote = '"' if is_json(source) else ""
        inner = ", ".join(f"{quote}{key}{quote}: {in_json(quoted(text)) if quote else quoted(text)}" for key, text in values.items())
        return Edit(span, f"{': {'.join(f'{quote}{key}{quote}' for key in keys)}: {{{inner}{'}' * len(keys)}")
    indent, step = source.position(entry.start).column - 1, indent_step(source)
    lines = [f"{' ' * (step * depth + indent if depth else 0)}{key}:" for depth, key in enumerate(keys)]
    lines += [f"{' ' * (step * len(keys) + indent)}{key}: {quoted(text)}" for key, text in values.items()]
    return Edit(span, source.newline.join(lines))


def remove_item(source: Source, sequence: Sequence, index: int) -> Edit:
    """Take an item out of a list that keeps at least one other."""
    if len(sequence.items) == 1:
        raise Refused("it is the only item of its list")
    near = [Span(item.outer, item.end) for item in sequence.items[max(index - 1, 0) : index + 2]]
    if not sequence.flow:
        near = [Span(dash_before(source, span.start), span.end) for span in near]
    return _removed(source, near, min(index, 1), sequence.flow, near[min(index, 1)])


def add_entry(source: Source, mapping: Mapping, keys: list[str], text: str) -> Edit:
    """A new last entry for a mapping: a key and its value, or keys inside each other down to the value."""
    if mapping.flow:
        words, text = ([f'"{key}"' for key in keys], in_json(text)) if is_json(source) else (keys, text)
        added = f"{': {'.join(words)}: {text}{'}' * (len(keys) - 1)}"
        return add_to_flow(source, mapping, [entry.span for entry in mapping.entries], added)
    indent = source.position(mapping.entries[0].key.outer).column - 1
    return add_below(source, mapping.entries[-1].end, indent, _nested(source, keys, text, indent))


def add_first_entry(source: Source, holder: Entry, keys: list[str], text: str) -> Edit:
    """An entry, as by `add_entry`, for a key that stands there without a value."""
    value, indent = holder.value, source.position(holder.key.outer).column - 1 + indent_step(source)
    if isinstance(value, Scalar) and not value.style and value.value in ("~", "null") and value.start == value.outer:
        comment = _TRAILING_COMMENT.match(source.text, value.end)
        kept, end = (comment[0], comment.end()) if comment else ("", value.end)
        if not _TO_LINE_END.match(source.text, end):
            raise Refused("its line goes on with something else")
        start = len(source.text[: value.start].rstrip(" \t"))
        return Edit(Span(start, end), f"{kept}{source.newline}{' ' * indent}{_nested(source, keys, text, indent)}")
    if value.start != value.end:
        raise Refused("it is not a mapping")
    return add_below(source, holder.end, indent, _nested(source, keys, text, indent))


def fill_below(source: Source, entry: Entry, text: str) -> Edit:
    """A value of lines of its own for a key that stands there without one."""
    return add_below(source, entry.end, source.position(entry.key.outer).column - 1, text.removeprefix("\n"))


def quoted(text: str) -> str:
    """Text as a YAML scalar: plain where that is safe."""
    return text if _PLAIN.fullmatch(text) and not text.endswith(":") else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def indent_step(source: Source) -> int:
    """By how many blanks this file goes in."""
    found = re.search(r"^( +)[A-Za-z'\"]", source.text, re.MULTILINE)
    return len(found[1]) if found and len(found[1]) in (1, 2, 3, 4, 8) else 2


def _nested(source: Source, keys: list[str], text: str, indent: int) -> str:
    """Keys inside each other down to a value, which may be lines of their own, as deep as they are below the last key."""
    step = indent_step(source)
    lines = [f"{' ' * (step * depth + indent if depth else 0)}{key}:" for depth, key in enumerate(keys)]
    column = step * (len(keys) - 1) + indent
    return source.newline.join(lines) + (text if text.startswith("\n") else f" {text}").replace("\n", source.newline + " " * column)


def _removed(source: Source, spans: list[Span], index: int, flow: bool, span: Span) -> Edit:
    """Without a span, which stands among its neighbours at an index."""
    text = source.text
    if flow:
        gap = Span(spans[index - 1].end, span.end) if index else Span(span.start, spans[index + 1].start)
        return _without_comment(source, gap)
    comments = _COMMENT.findall(text, span.start, span.end) if "#" in text[span.start : span.end] else []
    line_start = source.starts[source.position(span.start).line - 1]
    end = _BLANK.match(text, span.end).end()  # type: ignore[union-attr]
    if text[line_start : span.start].strip():
        if index + 1 >= len(spans) or source.position(spans[index + 1].start).line == source.position(span.start).line:
            raise Refused("it shares its line with something else")
        return _without_comment(source, Span(span.start, spans[index + 1].start))
    between = source.newline + text[line_start : span.start]
    if end < len(text) and text[end] == "#":
        return Edit(Span(span.start, end), between.join([*comments, ""]))
    if end < len(text) and text[end] not in "\r\n":
        raise Refused("it shares its line with something else")
    if comments:
        return Edit(Span(span.start, end), between.join(comments))
    if end == len(text):
        before = line_start
        while before and text[before - 1] in "\r\n":
            before -= 1
            if text[before] == "\n":
                break
        if before and text[before - 1] == "\r":
            before -= 1
        return Edit(Span(before, end), "")
    after = end + (2 if text.startswith("\r\n", end) else 1)
    return Edit(Span(line_start, after), "")


def _without_comment(source: Source, span: Span) -> Edit:
    if "#" in source[span] and _comment_inside(source, span):
        raise Refused("a comment stands inside what would be removed")
    return Edit(span, "")


def _comment_inside(source: Source, span: Span) -> bool:
    return _COMMENT.search(source.text, span.start, span.end) is not None


def dash_before(source: Source, offset: int) -> int:
    """Where the dash of an item stands. Raises `Refused`."""
    dash = source.text.rfind("-", 0, offset)
    if dash < 0 or source.text[dash + 1 : offset].strip():
        raise Refused("the list is written in an unusual way")
    return dash


def add_below(source: Source, end: int, indent: int, text: str) -> Edit:
    """A line below what ends somewhere, and below its comment. Raises `Refused`."""
    comment = _TRAILING_COMMENT.match(source.text, end)
    at = comment.end() if comment else _BLANK.match(source.text, end).end()  # type: ignore[union-attr]
    if at < len(source.text) and source.text[at] not in "\r\n":
        raise Refused("its line goes on with something else")
    return Edit(Span(at, at), f"{source.newline}{' ' * indent}{text}")


def add_to_flow(source: Source, node: Node, spans: list[Span], text: str) -> Edit:
    """A new last part for braces or brackets. Raises `Refused`."""
    if not spans:
        if source[Span(node.start + 1, node.end - 1)].strip():
            raise Refused("a comment stands where it would be written")
        return Edit(Span(node.start + 1, node.end - 1), text)
    last = spans[-1]
    line = source.starts[source.position(last.start).line - 1]
    before = source.text[line : last.start]
    break_line = line > node.start and not before.strip()
    return Edit(Span(last.end, last.end), f",{source.newline}{before}{text}" if break_line else f", {text}")


def is_json(source: Source) -> bool:
    """Whether the file is JSON, in which every key and text has quotes."""
    return _JSON.match(source.text) is not None


def in_json(text: str) -> str:
    """A scalar, or a list of such, as JSON has it."""
    if text.startswith("["):
        return f"[{in_json(text[1:-1])}]"
    return text if text in ("true", "false") or text.isdigit() or text.startswith(('"', "{")) else f'"{text}"'
