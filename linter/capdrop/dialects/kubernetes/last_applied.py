"""The annotation in which `kubectl apply` keeps an object as it was last applied: what a Secret holds stands there once more."""

from __future__ import annotations

from ...source import Inset
from ...syntax import yaml
from ..yaml_view import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model.subject import Subject
    from ...source import Fragment
    from ..yaml_view import Field

NAME = "kubectl.kubernetes.io/last-applied-configuration"
KINDS = frozenset({"ConfigMap", "Secret"})
"""Those whose entries are encoded, or files; of others all stands there in plain text."""


def entries_applied(field: Field, fragment: Fragment, address: str) -> Iterator[Subject]:
    """The entries of the object that an annotation holds as JSON."""
    from .objects import entries_of, object_of

    inner = Inset(field.source, fragment, address)
    for document in yaml.parse(inner.text).documents:
        if isinstance(document.root, yaml.Mapping):
            section = Section(inner, document.root)
            thing = object_of(inner, section)
            if thing is not None:
                yield from entries_of(thing, section)
