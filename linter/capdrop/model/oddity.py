"""Something in a file that its own readers would trip over or read differently."""

from __future__ import annotations

from ..finding import Fix, Note
from ..source import Source, Span
from .subject import Subject


class Oddity(Subject):
    """`kind` is "unknown-instruction", "refused-instruction", "ignored-directive", "skipped-check" (`message` names it), "duplicate-key",
    "misspelt-key" or "misplaced-key"; `message` says what stands there, `notes` the places that it came through, and `correction` is the
    fix where there is one."""

    __slots__ = ("correction", "kind", "message", "notes")

    def __init__(self, source: Source, span: Span, address: str, *, kind: str, message: str) -> None:
        super().__init__(source, span, address)
        self.kind = kind
        self.message = message
        self.notes: tuple[Note, ...] = ()
        self.correction: Fix | None = None
