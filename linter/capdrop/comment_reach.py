"""How far the comments of other tools reach."""

from __future__ import annotations

import re
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Source, Span

    Cover = tuple[int, int, tuple[str, ...]]

MOST_STACKED = 30
"""Lines of comments below one that may stand above what it speaks of."""

BELOW, STAGE, DOCKERFILE, HEAD, TOP, HERE, BLOCK = "below", "stage", "dockerfile", "head", "top", "here", "block"
"""Where a comment silences: the instruction on the next line; the stage that begins there; all of a Dockerfile; the same, written as a
directive; the file, if nothing but comments stands above; its line, or the next where it stands alone; and all that begins there."""


class Page:
    """How far the comments of a file reach. `blocks` are its instructions, if it is a Dockerfile, and `stages` those that begin one."""

    __slots__ = ("blocks", "head", "source", "stages")

    def __init__(self, source: Source, parts: list[Span]) -> None:
        text = source.text
        self.source = source
        self.stages = [part.start for part in parts if text[part.start : part.start + 5].strip().lower() == "from"]
        self.blocks = parts if self.stages else []
        above = re.match(r"(?:[ \t]*(?:#[^\r\n]*|---[ \t]*)?(?:\r\n|\r|\n))*", text)
        self.head = above.end() if above is not None else 0

    def cover(self, where: str, start: int, *, is_comment: bool) -> Cover | None:
        """What a comment at an offset covers; None where its tool does not heed it."""
        if where in (TOP, HEAD, DOCKERFILE):
            heeded = (where == DOCKERFILE or start < self.head) and is_comment is (where != HEAD)
            return (1, len(self.source.starts), ()) if heeded and (self.blocks or where == TOP) else None
        line = self._line(start)
        alone = self._begins(line) == start
        if where in (BELOW, STAGE):
            block = self.block(self._begins(line + 1)) if alone and is_comment and self.block(start) is None else None
            if block is None or (where == STAGE and block.start not in self.stages):
                return None
            return line + 1, self._stage_ends(block) if where == STAGE else self._line(block.end - 1), ()
        first = line
        while alone and line < first + MOST_STACKED and self.source.text.startswith("#", self._begins(line)):
            line += 1
        block = self.block(self._begins(line))
        if block is not None and self._line(block.start) == line:
            return line, self._line(block.end - 1), ()
        return line, self._last_below(line) if where == BLOCK and not self.blocks else line, ()

    def block(self, offset: int) -> Span | None:
        """The instruction at an offset."""
        at = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        return self.blocks[at] if at >= 0 and offset < self.blocks[at].end else None

    def _stage_ends(self, first: Span) -> int:
        at = bisect_right(self.stages, first.start)
        return self._line(self.stages[at]) - 1 if at < len(self.stages) else len(self.source.starts)

    def _last_below(self, line: int) -> int:
        """The last line of the YAML that begins on a line: what is further in; or the document, at whose top it is."""
        depth = self._depth(line)
        above = line - 1
        while above and self.source.text.startswith(("#", "\n", "\r"), self._begins(above)):
            above -= 1
        is_top = not depth and (not above or self.source.text.startswith("---", self._begins(above)))
        last = line
        while last < len(self.source.starts):
            at = self._begins(last + 1)
            if self.source.text.startswith(("---", "..."), at) or (not is_top and self._says(at) and self._depth(last + 1) <= depth):
                break
            last += 1
        return last

    def _says(self, offset: int) -> bool:
        return offset < len(self.source.text) and self.source.text[offset] not in "\r\n"

    def _depth(self, line: int) -> int:
        return self._begins(line) - self.source.starts[line - 1]

    def _begins(self, line: int) -> int:
        """The offset at which a line begins to say something; the end of the text below the last one."""
        if line > len(self.source.starts):
            return len(self.source.text)
        span = self.source.line(line)
        return span.end - len(self.source[span].lstrip())

    def _line(self, offset: int) -> int:
        return self.source.position(offset).line
