"""A Kubernetes object of any kind."""

from __future__ import annotations

from ..source import Source, Span
from .subject import Origin, Subject
from .value import Value


class KubernetesObject(Subject):
    """One object of a manifest, found at the top of a document or inside a List.

    `get("spec", "type")` reads a field as a value: scalars as text, number or yes/no, lists as tuples of values, mappings as
    dictionaries of values.
    """

    __slots__ = ("api_version", "kind", "kind_span", "name", "name_span", "namespace", "partial")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin,
        *,
        kind: str,
        api_version: str,
        name: str,
        namespace: str,
        kind_span: Span | None = None,
        name_span: Span | None = None,
        partial: bool = False,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.kind = kind
        self.api_version = api_version
        self.name = name
        self.namespace = namespace
        self.kind_span = kind_span or span
        """Where its kind is written, with the key."""
        self.name_span = name_span or span
        self.partial = partial
        """Whether a template may add to what is written."""

    @property
    def title(self) -> str:
        """What people know it by: its name, or its kind where a template makes the name."""
        return self.name or self.kind

    def get(self, *path: str) -> Value:
        """The value of a field, by the keys that lead to it."""
        assert self.origin is not None
        return self.origin.read(".".join(path))
