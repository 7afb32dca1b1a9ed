"""Kubernetes manifests, in YAML or JSON: objects, and the containers of every pod in them."""

from __future__ import annotations

from ...model.subject import Subject
from ...reading import Reading
from ...source import Source
from ...syntax.yaml import Mapping, Node, Sequence
from ..context import Context
from ..yaml_document import YamlFile
from ..yaml_view import Section
from .objects import entries_of, object_of
from .pods import pods_in, subjects_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMAS = frozenset({"CustomResourceDefinition", "WorkloadAllowlist"})
"""Objects that hold descriptions of objects and no pods."""


def read(source: Source, context: Context) -> Reading:
    """A file of one or many objects."""
    file = YamlFile(source)
    return file.reading(_subjects(file))


def _subjects(file: YamlFile) -> Iterator[Subject]:
    yield from file.subjects()
    for document in file.documents:
        for node in _objects(document.root, 0):
            yield from _object(file, node)


def _objects(node: Node | None, depth: int) -> Iterator[Mapping]:
    """The objects of a document; those of a List one by one."""
    if not isinstance(node, Mapping):
        return
    kind, items = node.get("kind"), node.get("items")
    if depth < 10 and isinstance(items, Sequence) and getattr(kind, "value", "").endswith("List"):
        for item in items.items:
            yield from _objects(item, depth + 1)
    else:
        yield node


def _object(file: YamlFile, node: Mapping) -> Iterator[Subject]:
    source = file.source
    section = Section(source, node)
    thing = object_of(source, section)
    if thing is None or thing.kind in _SCHEMAS:
        return
    yield thing
    yield from entries_of(source, thing, section)
    for pod in pods_in(source, node):
        yield from subjects_of(source, pod, thing.address, file.silence)
