"""How the markup of a template is found and taken away; `template` is the door to it."""

from __future__ import annotations

import re
from bisect import bisect_right

from capdrop.source import Span
from capdrop.syntax import UNKNOWN, yaml
from capdrop.syntax.template import Insert, Masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_JINJA_WORDS = "if|elif|else|endif|for|endfor|set|block|endblock|include|import|from|macro|endmacro|raw|endraw|with|endwith"
_OPENING = re.compile(rf"\{{\{{|\{{%[-+]?\s*(?:{_JINJA_WORDS})\b|(?<!\$)\{{#[-\s]|<%[-=#]?\s")
_CLOSING = {"{%": "%}", "{#": "#}", "<%": "%>"}
_GO_COMMENT = re.compile(r"\{\{-?\s*/\*")
_GO_COMMENT_END = re.compile(r"\*/\s*-?\}\}")
_GO_TOKEN = re.compile(r""" "(?:[^"\\\n]|\\.)*(?:"|$) | '(?:[^'\\\n]|\\.)*(?:'|$) | `[^`]*(?:`|\Z) | \}\} | \{\{ """, re.X | re.M)
_CONTROL = re.compile(r"\{\{-?\s*(?:/\*|(?:if|else|end|range|with|define|break|continue)\b|\$\w*(?:\s*,\s*\$\w*)?\s*:?=[^=])|\{[%#]|<%[^=]")
_INDENT = re.compile(r"n?indent\s+(\d{1,4})\b")

_COMMENT = re.compile(r"(?:^|\s)#.*")
_DASHES = re.compile(r"(?:- +)*")
_KEY = re.compile(r"""(?:"[^"]*" *|'[^']*' *|[^\s"'#][^#]*?):(?= |$)""")
_ENTRY = re.compile(r"- |-$|" + _KEY.pattern)
_BLOCK_HEADER = re.compile(r"(?:^|[:?-] +)(?:[&!]\S+ +)*[|>][-+0-9]*$")
_WHOLE_VALUE = re.compile(rf"(?<=[:-]) (?P<header>[|>][-+0-9]*|) *{UNKNOWN}[{UNKNOWN} ]*$")
_MARKUP_AS_SYNTAX = re.compile(r"^\s*(?:\{[{%]|<%)|(?:^|\s)[-?]\s+(?:\{\{|<%)|:\s+(?:\{\{|<%)|[\[{,]\s*\{\{")
_QUOTED_OR_COMMENT = re.compile(r""" "(?:[^"\\]|\\.)*(?:"|$) | '[^']*(?:'|$) | (?:^|\s)\#.* """, re.X)


def has_markup_as_syntax(text: str) -> bool:
    """Whether YAML would have to read some markup as its own syntax: outside of scalars, or where it breaks the text."""
    stream = yaml.parse(text)
    if stream.problems:
        return any(_MARKUP_AS_SYNTAX.search(_QUOTED_OR_COMMENT.sub("", line)) for line in _lines_outside_blocks(text))
    nodes = [node for document in stream.documents if document.root for node in yaml.walk(document.root)]
    scalars = [node for node in nodes if isinstance(node, yaml.Scalar)]
    if any(scalar.value.startswith("<%") for scalar in scalars if not scalar.style):
        return True
    texts = sorted([*stream.comments(), *(scalar.span for scalar in scalars)])
    starts = [span.start for span in texts]
    for braces in re.finditer(r"\{\{", text):
        before = bisect_right(starts, braces.start()) - 1
        if before < 0 or texts[before].end <= braces.start():
            return True
    return False


def _lines_outside_blocks(text: str) -> Iterator[str]:
    block = -1
    for line in _LINE_BREAK.split(text):
        shape = _Shape(line)
        if shape.empty or (block >= 0 and shape.indent > block):
            continue
        block = shape.level if shape.opens_block else -1
        yield line


def actions(text: str, part: Span | None = None) -> Iterator[Span]:
    """Every action, statement and comment of a template language, from its opening to its closing braces, in a text or a part of it."""
    unclosed: set[str] = set()
    last = part.end if part is not None else len(text)
    found = _OPENING.search(text, part.start if part is not None else 0, last)
    while found:
        at = found.start()
        opening = "/*" if _GO_COMMENT.match(text, at) else text[at : at + 2]
        end = None if opening in unclosed else _end_of_action(text, at, opening)
        if end:
            yield Span(at, end)
        elif opening != "{{":
            unclosed.add(opening)  # as are all that follow
        found = _OPENING.search(text, end or at + 2, last)


def _end_of_action(text: str, at: int, opening: str) -> int | None:
    if opening in _CLOSING:
        closing = text.find(_CLOSING[opening], at)
        return closing + 2 if closing > 0 else None
    if opening == "/*":
        comment_end = _GO_COMMENT_END.search(text, at)
        return comment_end.end() if comment_end else None
    for token in _GO_TOKEN.finditer(text, at + 2):
        if token.group() in ("}}", "{{"):
            return token.end() if token.group() == "}}" else None
    return None


def without_markup(text: str, found: list[Span], undecided: Collection[int] | None = None) -> Masked:
    """The text with its actions, as `actions` found them, masked. `undecided` are the beginnings of conditions that may write something,
    where all others are known to hold."""
    return _Masker(text, found, undecided).run()


def _value_column(item: str) -> int:
    """How far into `- - key: value` or `- - value` the value belongs to: the column of the key, or of the last dash."""
    dashes = _DASHES.match(item)
    end = dashes.end() if dashes else 0
    return end if _KEY.match(item, end) else max(0, len(item[:end].rstrip()) - 1)


def _is_bare_key(line: str) -> bool:
    """Whether a line ends with the colon of its key, so that what stands right behind it cannot be part of a word."""
    words = line.lstrip(" -")
    key = _KEY.match(words) if line.endswith(":") else None
    return key is not None and key.end() == len(words)


class _Shape:
    """What a line of YAML looks like by itself, without its comment.

    `indent` is its first column, and `level` the one that its value must be deeper than.
    """

    __slots__ = ("empty", "indent", "is_item", "level", "opens_block", "opens_value", "words")

    def __init__(self, line: str) -> None:
        uncommented = (_COMMENT.sub("", line) if "#" in line else line).rstrip()
        self.words = uncommented.lstrip(" ")
        self.empty = not self.words
        self.indent = self.level = len(uncommented) - len(self.words)
        self.is_item = self.words == "-" or self.words.startswith("- ")
        if self.is_item:
            self.level += _value_column(self.words)
        self.opens_block = self.words.rstrip("+-0123456789").endswith(("|", ">")) and _BLOCK_HEADER.search(self.words) is not None
        self.opens_value = self.opens_block or self.words.endswith((":", " -")) or self.words == "-"

    def holds(self, following: _Shape | None) -> bool:
        """Whether the next line is part of this line's value."""
        if following is None or following.words.startswith(("---", "...")):
            return False
        below = following.is_item and not self.words.endswith("-") and self.level == self.indent + (2 if self.is_item else 0)
        return following.indent > self.level or (below and following.indent == self.level)


def _replace(line: str, fillers: Iterable[tuple[int, int, str]]) -> str:
    """A line with one character all over each of some ranges, which ascend."""
    pieces: list[str] = []
    at = 0
    for start, end, filler in fillers:
        pieces += (line[at:start], filler * (end - start))
        at = end
    return "".join((*pieces, line[at:]))


class _Masker:
    """The lines of a template: first without markup, then mended where that left no YAML, or made something look absent.

    `alone` are the lines that hold nothing but markup, with the column at which it ends, and `outputs` the first action of
    a line that puts something there. While mending, `before` is the line above that is not empty, `block` the header of the
    block scalar that we are in, `block_column` where its text begins (0: not known yet), and `block_begun` whether there was any of it.
    """

    def __init__(self, text: str, found: list[Span], undecided: Collection[int] | None) -> None:
        self.text = text
        self.found = found
        self.is_decided = undecided is not None
        self.undecided = undecided or ()
        self.inserts: list[Insert] = []
        self.alone: dict[int, int] = {}
        self.outputs: dict[int, Span] = {}
        self.lines = _LINE_BREAK.split(text)
        self.breaks = [*(one.group() for one in _LINE_BREAK.finditer(text)), ""]
        self.starts = [0, *(one.end() for one in _LINE_BREAK.finditer(text))]
        self.before: _Shape | None = None
        self.block: _Shape | None = None
        self.block_column = 0
        self.block_begun = False

    def run(self) -> Masked:
        for number, parts in self.parts().items():
            self.lines[number] = self.without_markup(number, parts)
        self.mend()
        text = "".join(line + line_break for line, line_break in zip(self.lines, self.breaks, strict=True))
        return Masked(text, self.found, self.inserts)

    def parts(self) -> dict[int, list[tuple[int, int, Span]]]:
        """By line: the columns that an action covers."""
        parts: dict[int, list[tuple[int, int, Span]]] = {}
        for action in self.found:
            number = bisect_right(self.starts, action.start) - 1
            while number < len(self.lines) and self.starts[number] < action.end:
                start, end = action.start - self.starts[number], action.end - self.starts[number]
                parts.setdefault(number, []).append((max(start, 0), min(end, len(self.lines[number])), action))
                number += 1
        return parts

    def without_markup(self, number: int, parts: list[tuple[int, int, Span]]) -> str:
        """A line with blanks for actions that stand alone or only end something, and `UNKNOWN` for the others."""
        line = self.lines[number]
        rest = _replace(line, ((start, end, " ") for start, end, _ in parts))
        words_end = len(_COMMENT.sub("", rest).rstrip())
        if not words_end:
            self.alone[number] = parts[-1][1]
        elif self.is_decided and self.is_moved(line, parts):
            self.alone[number] = len(line)
            self.outputs[number] = parts[0][2]
            return " " * len(line)
        fillers = []
        for start, end, action in parts:
            control = action.start not in self.undecided and _CONTROL.match(self.text, action.start) is not None
            goes_on = action.start < self.starts[number]
            if not control and not goes_on:
                self.outputs.setdefault(number, action)
            blank = goes_on or not words_end or (control and (end >= words_end or _is_bare_key(rest[:start])))
            if not blank and end >= words_end and _is_bare_key(rest[:start]):
                fillers.append((start, start + 1, " "))  # of `key:{{ ... | nindent 2 }}`, which writes a line break first
                start += 1
            fillers.append((start, end, " " if blank else UNKNOWN))
        line, end = _replace(line, fillers), parts[-1][1]
        return line if line[:end].strip() else " " * end + line[end:]  # no tabs

    def is_moved(self, line: str, parts: list[tuple[int, int, Span]]) -> bool:
        """Whether an entry stands behind markup that only decides about it, in whose column it will stand."""
        start, end, action = parts[0]
        is_first = not line[:start].strip() and _CONTROL.match(self.text, action.start) is not None
        return is_first and _ENTRY.match(line[end:].lstrip()) is not None and line[end:].lstrip()[:2] != "{{"

    def mend(self) -> None:
        """Walk down the lines and give what the template puts in a place, as a value or as an insert."""
        shapes = [_Shape(line) for line in self.lines]
        following: list[_Shape | None] = [None] * len(shapes)
        for number in range(len(shapes) - 1, 0, -1):
            following[number - 1] = following[number] if shapes[number].empty else shapes[number]
        for number, shape in enumerate(shapes):
            if shape.empty:
                if number in self.alone:
                    self.put_in(number, following[number])
                elif self.block and not self.block_begun:
                    self.begin_with_comment(self.lines[number])
            elif self.block and shape.indent > self.block.level:
                self.block_begun = True
            else:
                self.go_on(number, shape, following[number])

    def begin_with_comment(self, line: str) -> None:
        """Take the first line of a block scalar for its text where it looks like a comment."""
        assert self.block
        indent = len(line) - len(line.lstrip(" "))
        if indent > self.block.level and line[indent:].startswith("#"):
            self.block_column, self.block_begun = indent, True

    def put_in(self, number: int, following: _Shape | None) -> None:
        """Make markup that stands alone the text of a block, or the value that is missing; else what it outputs is an insert."""
        before, block, output = self.before, self.block, self.outputs.get(number)
        column = self.column(output) if output else 0
        if block and (not self.block_begun or (output and column > block.level)):
            self.block_column = self.block_column or max(column, block.level + 1)
            done = self.fill(number, self.block_column, block.level + 1)
            self.block_begun = self.block_begun or done
        elif not block and output and before and before.opens_value and not before.holds(following):
            done = self.fill(number, column, before.level + 1)
            self.before = _Shape(self.lines[number]) if done else before
        else:
            done = False
        if output and not done:
            self.inserts.append(Insert(output.start, output.end, column))

    def fill(self, number: int, column: int, least: int) -> bool:
        """Write `UNKNOWN` on an empty line from `column` on, or from `least` on, if there is room for it."""
        line, end = self.lines[number], self.alone[number]
        column = max(least, min(column, end - 1))
        if column >= end or line[:end].strip():
            return False
        self.lines[number] = " " * column + UNKNOWN * (end - column) + line[end:]
        return True

    def go_on(self, number: int, shape: _Shape, following: _Shape | None) -> None:
        """Take note of a line, after mending one whose value stands in its way."""
        value = _WHOLE_VALUE.search(shape.words)
        if value and number in self.outputs and (value["header"] or (following and _ENTRY.match(following.words))):
            shape = self.without_value(number, shape, following, shape.indent + value.start(), len(value["header"]))
        self.before = shape
        self.block = shape if shape.opens_block else None
        self.block_column = following.indent if following and shape.holds(following) else 0
        self.block_begun = False

    def without_value(self, number: int, shape: _Shape, following: _Shape | None, at: int, header: int) -> _Shape:
        """Blank an unknown value that has entries or text below, as of `key: {{ include "more" . | nindent 2 }}`.

        Of `key: | {{ include "more" . | nindent 2 }}` the block's header goes if nothing is below, so that the value stays.
        """
        line = self.lines[number]
        if shape.holds(following):
            self.lines[number] = line[:at] + line[at:].replace(UNKNOWN, " ")
            output = self.outputs[number]
            self.inserts.append(Insert(output.start, output.end, self.column(output)))
        elif header:
            self.lines[number] = line[:at] + " " * (1 + header) + line[at + 1 + header :]
        return _Shape(self.lines[number])

    def column(self, output: Span) -> int:
        """How deep the lines that an action puts in are indented."""
        if output.start in self.undecided:
            return self.column_within(output)
        indent = _INDENT.findall(self.text, output.start, output.end)
        if indent:
            return int(indent[-1])
        return output.start - self.starts[bisect_right(self.starts, output.start) - 1]

    def column_within(self, block: Span) -> int:
        """How deep the first line is indented that a block puts in."""
        for line in self.text[block.start : block.end].split("\n")[1:]:
            words = line.lstrip()
            if words and words[0] != "#" and not _CONTROL.match(words):
                indent = _INDENT.search(words) if words.startswith("{{") else None
                return int(indent[1]) if indent is not None else len(line) - len(words)
        return block.start - self.starts[bisect_right(self.starts, block.start) - 1]
