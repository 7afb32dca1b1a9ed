"""Something in a file that its own readers would trip over or read differently."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Subject


class Oddity(Subject):
    """`kind` is "unknown-instruction", "ignored-directive" or "duplicate-key"; `message` says what stands there."""

    __slots__ = ("kind", "message")

    def __init__(self, source: Source, span: Span, address: str, *, kind: str, message: str) -> None:
        super().__init__(source, span, address)
        self.kind = kind
        self.message = message
