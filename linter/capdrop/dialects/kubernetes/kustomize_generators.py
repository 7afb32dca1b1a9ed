"""The ConfigMaps and Secrets that a kustomization makes of texts and files.

What git ignores is nobody's to review, so such files are not read.
"""

from __future__ import annotations

import os

from ...finding import Note
from ...model.subject import Subject
from ...model.text import Text
from ...model.value import Value
from ...model.variable import Variable
from ...reading import Gap, Joint
from ...source import Fragment, Source, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Scalar
from ..settings_file import variables_in_settings
from ..yaml_view import Field, fields_of
from .kustomize_build import Build
from .kustomize_file import Kustomization
from .objects import SETTINGS_FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS = {"configMapGenerator": ("ConfigMap", "configmap"), "secretGenerator": ("Secret", "secret")}
MOST_FILES = 200
MOST_TEXT = 2_000_000


class Generators:
    """The generators of a kustomization."""

    __slots__ = ("_count", "_weight", "build", "this")

    def __init__(self, this: Kustomization, build: Build) -> None:
        self.this = this
        self.build = build
        self._count = 0
        self._weight = 0

    def subjects(self) -> Iterator[Subject]:
        """The values that they make."""
        for key, (kind, place) in _KINDS.items():
            for item in fields_of(self.this.root.get(key)):
                section = item.section()
                address = f"{key} {kind}/{section.text('name')}".rstrip("/")
                for field in fields_of(section.get("literals")):
                    yield from _literal(field, address, place)
                single = section.get("env")
                for field in (*([single] if single is not None else ()), *fields_of(section.get("envs"))):
                    for source in self._file(field):
                        whole = Fragment.at(source.text, 0)
                        yield _text(source, address)
                        yield from variables_in_settings(whole, source, address, place=place)
                for field in fields_of(section.get("files")):
                    yield from self._entry(field, address, place)

    def _entry(self, field: Field, address: str, place: str) -> Iterator[Subject]:
        for source in self._file(field):
            yield _text(source, address)
            whole = Fragment.at(source.text, 0)
            if source.text.lstrip().startswith("{"):
                yield _variable(address, os.path.basename(source.path), source, whole, place)
            elif source.path.lower().endswith(SETTINGS_FILES):
                yield from variables_in_settings(whole, source, address)

    def _file(self, field: Field) -> Iterator[Source]:
        """The file that an entry `[NAME=]PATH` names, where it is there and is not left out of the repository. A secret may well be put
        there by hand, so that it is no fault where it is missing."""
        near = self.build.near
        written = field.value.value if isinstance(field.value, Scalar) else ""
        path = self.this.absolute(written.rpartition("=")[2])
        self._count += 1
        if not written or is_masked(written) or self._count > MOST_FILES or self._weight > MOST_TEXT or near.is_ignored(path):
            return
        problem = near.problem(path)[0]
        if problem:
            self.build.gaps.append(Gap(field.span, problem, by_design=True))
            return
        text = near.text(path)
        if text is None:
            return
        self._weight += len(text)
        source = near.source(path, text)
        led = Note(field.source, field.span, f"`{os.path.basename(path)}` is taken in here")
        self.build.others.append(Joint(source, list, led=led))
        yield source


def _text(source: Source, address: str) -> Text:
    return Text(source, Span(0, len(source.text)), "", fragment=Fragment.at(source.text, 0), address_at=lambda offset: address)


def _variable(address: str, name: str, source: Source, whole: Fragment, place: str) -> Variable:
    """A file that is a value as a whole."""
    span = whole.span()
    value = Value.known(whole.text, source, span)
    return Variable(source, span, f"{address} {name}", None, name=name, name_span=span, value=value, fragment=whole, place=place)


def _literal(field: Field, address: str, place: str) -> Iterator[Variable]:
    """`NAME=value`, with or without quotes around the value."""
    if not isinstance(field.value, Scalar) or is_masked(field.value.value):
        return
    fragment = field.value.fragment(field.source.text)
    name, found, value = fragment.text.partition("=")
    start, end = len(name) + 1, len(fragment.text)
    if not found or not name:
        return
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        start, end = start + 1, end - 1
    part = fragment.part(start, end)
    yield Variable(
        field.source,
        field.span,
        f"{address} {name}",
        None,
        name=name,
        name_span=fragment.span(0, len(name)),
        value=Value.known(part.text, field.source, part.span() if part.text else field.span),
        fragment=part if part.text else None,
        place=place,
    )
