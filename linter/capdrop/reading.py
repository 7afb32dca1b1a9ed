"""What a dialect makes of a file."""

from __future__ import annotations

from .source import Record, Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .model.subject import Subject
    from .model.workspace import BuildTarget


class Gap(Record):
    """A part that was not understood, and why.

    `blocks` says that nothing of the file was. `by_design` says that the file is sound and merely decided elsewhere (the
    actions of a template), so that it is no failure.
    """

    __slots__ = ("blocks", "by_design", "reason", "span")

    def __init__(self, span: Span, reason: str, *, blocks: bool = False, by_design: bool = False) -> None:
        self.by_design = by_design
        self.span = span
        self.reason = reason
        self.blocks = blocks


class Reading:
    """A file as its dialect read it.

    `subjects` may be a generator; it is run through once. `comments` finds the file's comments, and `leaves` the texts of its
    tree with the keys that lead to them. `summary` is what the file tells about others. `fixable` is false where fixes must not
    be tried (a template). `blocks` are the parts that a comment above covers as a whole (instructions), and `body_start` the
    first offset at which a comment for the whole file may stand.
    """

    __slots__ = ("blocks", "body_start", "comments", "fixable", "gaps", "leaves", "source", "subjects", "summary")

    def __init__(
        self,
        source: Source,
        subjects: Iterable[Subject],
        *,
        gaps: list[Gap],
        comments: Callable[[], list[Span]],
        leaves: Callable[[], Iterable[tuple[str, Span]]] = tuple,
        summary: tuple[BuildTarget, ...] = (),
        fixable: bool = True,
        body_start: int = 0,
        blocks: list[Span] | None = None,
    ) -> None:
        self.source = source
        self.subjects = subjects
        self.gaps = gaps
        self.comments = comments
        self.leaves = leaves
        self.summary = summary
        self.fixable = fixable
        self.body_start = body_start
        self.blocks = blocks or []
