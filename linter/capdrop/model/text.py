"""Text that may hold anything, searched for what is recognisable by itself."""

from __future__ import annotations

from ..source import Fragment, Source, Span
from .subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..finding import Finding
    from .variable import Variable


class Text(Subject):
    """A file's text, or text decoded out of it (a Secret's data).

    A finding on it takes the address of the innermost subject that stands at its place. `variable_at` tells which variable is
    written at a place, where one is. `is_template` is set of a file that is copied and filled in.
    """

    __slots__ = ("address_at", "fragment", "is_template", "variable_at")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        *,
        fragment: Fragment,
        address_at: Callable[[int], str],
        variable_at: Callable[[int], Variable | None] = lambda offset: None,
        is_template: bool = False,
    ) -> None:
        super().__init__(source, span, address)
        self.fragment = fragment
        self.address_at = address_at
        self.variable_at = variable_at
        self.is_template = is_template

    def finding_in(self, start: int, end: int, message: str, **details: object) -> Finding:
        """A finding at a range of the fragment's text, which is hidden from all output. Of a variable's value it says where that goes."""
        span = self.fragment.span(start, end)
        variable = self.variable_at(span.start)
        notes = variable.value.trail if variable is not None else ()
        finding = self.finding(span, message, hidden=(span,), notes=notes, **details)  # type: ignore[arg-type]
        finding.subject = self.address_at(span.start)
        return finding
