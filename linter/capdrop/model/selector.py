"""Which labels a selector selects."""

from __future__ import annotations

from ..source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Term(Record):
    """An expression of a selector: In, NotIn, Exists or DoesNotExist."""

    __slots__ = ("key", "operator", "values")

    def __init__(self, key: str, operator: str, values: tuple[str, ...]) -> None:
        self.key = key
        self.operator = operator
        self.values = values

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether labels fulfil it."""
        if self.operator == "In":
            return labels.get(self.key) in self.values
        if self.operator == "NotIn":
            return labels.get(self.key) not in self.values
        return (self.key in labels) is (self.operator == "Exists")


class Selector(Record):
    """Labels that must be there, and expressions that must hold; one without either selects everything."""

    __slots__ = ("labels", "terms")

    def __init__(self, labels: Mapping[str, str], terms: tuple[Term, ...] = ()) -> None:
        self.labels = labels
        self.terms = terms

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.labels.items())), self.terms))

    @property
    def is_everything(self) -> bool:
        return not self.labels and not self.terms

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether something with these labels is meant."""
        return all(labels.get(key) == value for key, value in self.labels.items()) and all(term.holds(labels) for term in self.terms)
