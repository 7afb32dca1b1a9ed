"""What is known of one setting: its value, that it cannot be known, or that it is not written."""

from __future__ import annotations

from ..finding import Note
from ..source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Value:
    """A setting as it takes effect.

    *Known*: `content` holds it and `span` says where it is written. *Unknown*: `reason` says why it cannot be told from the
    files. *Absent*: nothing is written, and `span` is the place that a finding about it points at. `trail` holds the places
    that the value came through (an anchor, a pod's default, a base stage). `defaulted` is set where the value is the
    fallback of a variable that nothing sets. `node` belongs to the dialect that read it.
    """

    __slots__ = ("content", "defaulted", "node", "reason", "source", "span", "state", "trail")

    def __init__(
        self,
        state: str,
        content: Any,
        source: Source,
        span: Span,
        *,
        reason: str = "",
        trail: tuple[Note, ...] = (),
        defaulted: bool = False,
        node: Any = None,
    ) -> None:
        self.state = state
        self.content = content
        self.source = source
        self.span = span
        self.reason = reason
        self.trail = trail
        self.defaulted = defaulted
        self.node = node

    @classmethod
    def known(
        cls, content: Any, source: Source, span: Span, trail: tuple[Note, ...] = (), *, defaulted: bool = False, node: Any = None
    ) -> Value:
        return cls("known", content, source, span, trail=trail, defaulted=defaulted, node=node)

    @classmethod
    def unknown(cls, reason: str, source: Source, span: Span, trail: tuple[Note, ...] = (), *, node: Any = None) -> Value:
        return cls("unknown", None, source, span, reason=reason, trail=trail, node=node)

    @classmethod
    def absent(cls, source: Source, span: Span) -> Value:
        return cls("absent", None, source, span)

    def __repr__(self) -> str:
        return f"Value({self.state} {self.content!r} at {self.span.start})"

    def __iter__(self) -> Iterator[Value]:
        """The items of a known list."""
        return iter(self.content if self.state == "known" and isinstance(self.content, tuple) else ())

    @property
    def is_known(self) -> bool:
        return self.state == "known"

    @property
    def is_unknown(self) -> bool:
        return self.state == "unknown"

    @property
    def is_absent(self) -> bool:
        return self.state == "absent"

    @property
    def is_true(self) -> bool:
        return self.state == "known" and self.content is True

    @property
    def is_false(self) -> bool:
        return self.state == "known" and self.content is False

    @property
    def is_lacking(self) -> bool:
        """Not there, or switched off; never true of what cannot be known."""
        return self.state == "absent" or self.is_false

    @property
    def text(self) -> str:
        """The known content as text, else the empty string."""
        return str(self.content) if self.state == "known" else ""

    def replaced(self, content: Any) -> Value:
        """The same known value read as something else."""
        return Value.known(content, self.source, self.span, self.trail, defaulted=self.defaulted, node=self.node)
