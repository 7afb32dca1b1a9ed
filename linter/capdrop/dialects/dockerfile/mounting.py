"""A file that is mounted for the step that needs it, in place of a copy that stays in a layer."""

from __future__ import annotations

from bisect import bisect_right

from capdrop.finding import Edit
from capdrop.model.subject import Change, Origin, Refused
from capdrop.source import Source, Span

from .steps import with_blanks_after, with_line_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.syntax.dockerfile import Dockerfile, Instruction

FARTHEST = 100
"""Instructions behind a copy among which the step that needs it is looked for."""


class CopyOrigin(Origin):
    """Takes a source out of a COPY or ADD, and the whole instruction with its last one, and has the next RUN mount it, if one comes."""

    __slots__ = ("address", "instruction", "source", "stage", "tree")

    def __init__(self, source: Source, tree: Dockerfile, instruction: Instruction, stage: str, address: str) -> None:
        self.source = source
        self.tree = tree
        self.instruction = instruction
        self.stage = stage
        self.address = address

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "set" or change.fact != "mount" or not isinstance(change.content, tuple):
            raise Refused("there is no writer for this change of a copy")
        flag, origin = change.content
        one = self.instruction
        if one.nested or one.form == "json" or one.heredocs:
            raise Refused("it is written as a list, or within another instruction")
        row = self.tree.instructions
        after = bisect_right(row, one.span.start, key=lambda other: other.span.start)
        behind = row[after : after + FARTHEST]
        step = next((other for other in behind if other.stage == one.stage and other.keyword == "RUN"), None)
        if step is None:
            return "Leave it out, and mount it when the container starts", (self._left_out(origin),)
        at = Span(step.keyword_span.end, step.keyword_span.end)
        return f"Write `RUN {flag} ...` where it is used", (self._left_out(origin), Edit(at, f" {flag}"))

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        return (self.address, "copy"), (self.address, "sources"), (f"{self.stage} RUN", "mounts")

    def _left_out(self, origin: Span) -> Edit:
        words = self.instruction.arguments
        if len(words) == 2:
            return Edit(with_line_end(self.source, self.instruction.span), "")
        at = bisect_right(words, origin.start, key=lambda word: word.span.start) - 1
        if not 0 <= at < len(words) - 1 or not words[at].span.covers(origin):
            raise Refused("it is written with variables")
        return Edit(with_blanks_after(self.source, words[at].span), "")
