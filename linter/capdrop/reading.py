"""What a dialect makes of a file."""

from __future__ import annotations

from .source import Record, Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from .finding import Finding, Fix, Note
    from .model.cluster import Part
    from .model.subject import Subject
    from .model.workspace import BuildTarget, EnvUse

    class WayOut(Protocol):
        """What writes how the secrets of a file come from outside."""

        def take(self, subjects: list[Subject]) -> None:
            """Take the subjects of the file, which were read already."""

        def fix(self, finding: Finding) -> Fix | None:
            """The change for what a finding hides; None where there is none."""


class Gap(Record):
    """A part that was not understood, and why.

    `blocks` says that nothing of the file was. `by_design` says that the file is sound and merely decided elsewhere (the
    actions of a template), so that it is no failure. `told_once` says that so many files have the like that people are told once for
    all of them.
    """

    __slots__ = ("blocks", "by_design", "reason", "span", "told_once")

    def __init__(self, span: Span, reason: str, *, blocks: bool = False, by_design: bool = False, told_once: bool = False) -> None:
        self.by_design = by_design
        self.told_once = told_once
        self.span = span
        self.reason = reason
        self.blocks = blocks


class Joint:
    """A file that another one was joined with: its comments, the parts that one of them covers as a whole where it stands at their
    beginning, and the place that leads to it, if one does."""

    __slots__ = ("comments", "led", "parts", "source")

    def __init__(
        self, source: Source, comments: Callable[[], list[Span]], parts: Callable[[], list[Span]] = list, led: Note | None = None
    ) -> None:
        self.source = source
        self.comments = comments
        self.parts = parts
        self.led = led


class Overlay:
    """A file that changes objects of others (a kustomization): its path, the overlays and other files that it takes in, and the objects
    that it changes, or takes away, each by its file and its address; `unsure` are those of which it is not known what becomes. All paths
    are absolute."""

    __slots__ = ("changes", "files", "path", "unsure", "uses")

    def __init__(self, path: str) -> None:
        self.path = path
        self.uses: tuple[str, ...] = ()
        self.files: frozenset[str] = frozenset()
        self.changes: set[tuple[str, str]] = set()
        self.unsure: set[tuple[str, str]] = set()


class Reading:
    """A file as its dialect read it.

    `subjects` may be a generator; it is run through once. `comments` finds the file's comments, and `leaves` the texts of its tree with the
    keys that lead to them. `summary` is what the file tells about others, and `parts` what it adds to a cluster, filled while the subjects
    are run through. `fixable` is false where fixes must not be tried (a template), and `shows_fixes` is set where they may be shown
    nonetheless. `blocks` are the parts that a comment above covers as a whole (instructions), and `body_start` the first offset at which a
    comment for the whole file may stand. `others` are the files that it was joined with, and `overlay` is what it changes in them; both may
    be filled meanwhile. `serves` is set where other files use what stands in it, so that a comment may speak of what is found there: to the
    types of the subjects of which this file tells all. `way_out` makes what writes the change by which the secret of a finding comes from
    outside, where its rule knows none.
    """

    __slots__ = (
        "blocks",
        "body_start",
        "comments",
        "fixable",
        "gaps",
        "leaves",
        "others",
        "overlay",
        "parts",
        "serves",
        "shows_fixes",
        "source",
        "subjects",
        "summary",
        "way_out",
    )

    def __init__(
        self,
        source: Source,
        subjects: Iterable[Subject],
        *,
        gaps: list[Gap],
        comments: Callable[[], list[Span]],
        leaves: Callable[[], Iterable[tuple[str, Span]]] = tuple,
        summary: tuple[BuildTarget | EnvUse, ...] = (),
        parts: list[Part] | None = None,
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
        self.parts = parts if parts is not None else []
        self.fixable = fixable
        self.body_start = body_start
        self.blocks = blocks or []
        self.others: list[Joint] = []
        self.shows_fixes = False
        self.overlay: Overlay | None = None
        self.serves: frozenset[str] | None = None
        self.way_out: Callable[[], WayOut] | None = None
