"""Something that a project is built from or put together of, and that is fetched from elsewhere."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Subject
from .value import Value


class RemoteSource(Subject):
    """An address that sources are fetched from: `git@github.com:acme/app.git#main`."""

    __slots__ = ("value",)

    def __init__(self, source: Source, span: Span, address: str, *, value: Value) -> None:
        super().__init__(source, span, address)
        self.value = value
