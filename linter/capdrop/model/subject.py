"""What a rule judges, and how it says what should change."""

from __future__ import annotations

from sys import intern

from ..finding import Confidence, Edit, Finding, Fix, Note, Safety, Severity
from ..purpose import is_working_stage
from ..source import Record, Source, Span
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Refused(Exception):
    """A writer will not make a change, and says why in words for the user."""


class Change(Record):
    """A change of one fact: `action` is "set", "drop", "append" or "remove"; `content` is what to set or append, `item` the
    value to remove."""

    __slots__ = ("action", "content", "fact", "item")

    def __init__(self, action: str, fact: str, content: object = None, item: Value | None = None) -> None:
        self.action = action
        self.fact = fact
        self.content = content
        self.item = item


class Origin:
    """Where a subject was read, and the way back: a change of a fact as edits in the file's own words."""

    __slots__ = ()

    def read(self, fact: str) -> Value:
        """The effective value of a fact."""
        raise NotImplementedError

    def written_facts(self) -> frozenset[str] | None:
        """The facts that something may be written about; None where that is not known without reading them."""
        return None

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        """A title for the change in the file's words, and its edits. Raises `Refused`."""
        raise Refused("there is no writer for this")

    def neighbours(self) -> Iterable[str]:
        """The names of all that is set at the same place; none where that is not told."""
        return ()

    def mounted(self) -> Iterable[str]:
        """The paths at which something is mounted, as they are written; none where that is not told."""
        return ()

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        """The subjects that a change adds: the address of each, and a plus with its type, as `Fix.touches` has them."""
        return ()


class Subject:
    """Something that rules judge: it has a place and a stable address."""

    __slots__ = ("address", "origin", "source", "span")

    def __init__(self, source: Source, span: Span, address: str, origin: Origin | None = None) -> None:
        self.source = source
        self.span = span
        self.address = address
        self.origin = origin

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address})"

    def finding(
        self,
        at: Value | Span,
        message: str,
        *,
        fix: Fix | None = None,
        notes: tuple[Note, ...] = (),
        hidden: tuple[Span, ...] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
    ) -> Finding:
        """A finding on this subject at a value, whose trail it takes as notes, or at a span of the subject's source."""
        if isinstance(at, Value):
            source, span, notes = at.source, at.span, (*at.trail, *notes)
        else:
            source, span = self.source, at
        return Finding(
            source,
            span,
            message,
            subject=self.address,
            fix=fix,
            notes=notes,
            hidden=hidden,
            severity=severity,
            confidence=confidence,
        )

    @property
    def is_for_work(self) -> bool:
        """Whether it is for those who work on the project, or for tests, as its file or its stage is named."""
        source = self.source
        return source.is_for_developers or source.is_idle or source.is_override or is_working_stage(self.address)

    @property
    def asked_by(self) -> frozenset[str] | None:
        """The names by which rules ask for such a subject: programs, variables or facts. None where it is for every rule on its type."""
        return None

    def state(self) -> Mapping[str, object]:
        """The facts of this subject by name, as far as known: what a proved fix must leave alone, except those it names."""
        return {}

    def drop(self, fact: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that removes a setting."""
        return self.fix(Change("drop", fact), safety, caveat)

    def set(self, fact: str, content: object, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that gives a setting another value, or writes it where it is missing."""
        return self.fix(Change("set", fact, content), safety, caveat)

    def append(self, fact: str, content: object, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that adds an item, or several, to a list."""
        return self.fix(Change("append", fact, content), safety, caveat)

    def remove(self, fact: str, item: Value, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that takes an item out of a list."""
        return self.fix(Change("remove", fact, None, item), safety, caveat)

    def rewrite(self, fact: str, span: Span, old: str, new: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes other plain text in place of `old`, which must stand at the span just so."""
        title, written = f"Write `{new}`", self.source[span]
        if written[:1] == written[-1:] and written[:1] in ("'", '"') and written[1:-1] == old:
            span = Span(span.start + 1, span.end - 1)
        elif written != old:
            return Fix(title, caveat="it is written with quotes, escapes or variables")
        return Fix(title, (Edit(span, new),), safety, caveat, touches=((self.address, fact),))

    def fix(self, change: Change, safety: Safety, caveat: str) -> Fix:
        """A fix that makes a change, as far as whoever wrote the subject's file can be followed."""
        try:
            if self.origin is None:
                raise Refused("there is no writer for this")
            title, edits = self.origin.write(change)
            added = self.origin.adds(change)
        except Refused as refusal:
            return Fix(f"{change.action.capitalize()} {change.fact.replace('_', ' ')}", caveat=str(refusal))
        return Fix(intern(title), edits, safety, caveat, touches=((self.address, change.fact), *added))
