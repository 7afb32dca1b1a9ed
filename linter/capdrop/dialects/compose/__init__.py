"""Compose files: services as containers."""

from __future__ import annotations

import os
import re

from ...model.command import Word
from ...model.image import Image
from ...model.subject import Origin, Subject
from ...model.value import Value
from ...model.variable import Variable
from ...model.workspace import BuildTarget
from ...reading import Reading
from ...source import Fragment, Source
from ...syntax.yaml import Node, Scalar
from ..commands import Setting, commands_in_arguments, commands_in_shell
from ..context import Context
from ..yaml_document import YamlFile
from ..yaml_facts import Interpolated, Site, container
from ..yaml_view import Field, Section, items_of
from .facts import TABLE
from .interpolation import interpolate
from .volumes import mounts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_OVERRIDE = re.compile(r"override\.ya?ml$")


def read(source: Source, context: Context) -> Reading:
    """A Compose file, by itself."""
    file = YamlFile(source)
    reader = _Reader(file, partial=_OVERRIDE.search(source.path) is not None)
    return file.reading(reader.subjects(), summary=tuple(reader.build_targets()))


class ImageOrigin(Origin):
    """The `image` of a service."""

    __slots__ = ()


class _Reader:
    __slots__ = ("file", "partial", "source")

    def __init__(self, file: YamlFile, partial: bool) -> None:
        self.file = file
        self.source = file.source
        self.partial = partial

    def services(self) -> Iterator[tuple[str, Field]]:
        for document in self.file.documents:
            yield from Section(self.source, document.root).section("services").fields.items()

    def interpolate(self, fragment: Fragment) -> Interpolated:
        return interpolate(fragment, {})

    def subjects(self) -> Iterator[Subject]:
        yield from self.file.subjects()
        for name, field in self.services():
            yield from self.service(name, field)

    def service(self, name: str, field: Field) -> Iterator[Subject]:
        address = f"services.{name}"
        section = field.section()
        site = Site(
            self.source,
            field.entry.key.span,
            section,
            partial=self.partial or section.get("extends") is not None,
            fixable=self.file.fixable,
            interpolate=self.interpolate,
        )
        yield container(site, TABLE, address, name=name, dialect="compose", kind="service")
        yield from mounts_of(site, address, name)
        yield from self.image(site, address)
        yield from self.variables(site, address, "environment", "env")
        yield from self.variables(site, address, "labels", "label")
        yield from self.variables(site, f"{address}.build", "build.args", "arg")
        for key in ("command", "entrypoint", "healthcheck.test"):
            yield from self.commands(site, address, key)

    def image(self, site: Site, address: str) -> Iterator[Image]:
        field = site.field("image", "own")
        if field is not None:
            value = site.scalar(field)
            local = site.field("build", "own") is not None
            yield Image(field.source, field.span, f"{address}.image", None, value=value, role="run", local=local)

    def variables(self, site: Site, address: str, path: str, place: str) -> Iterator[Variable]:
        """`environment`, `labels` and `build.args`, as a mapping or as a list of `NAME=value`."""
        field = site.field(path, "own")
        if field is None:
            return
        key = path.rpartition(".")[2]
        for name, entry in field.section().fields.items():
            yield self.variable(site, f"{address}.{key}.{name}", entry, name, entry.entry.key, place)
        for node, trail, shared in items_of(field):
            if isinstance(node, Scalar):
                item = Field(field.source, field.owner, field.entry, node, trail, shared)
                yield self.assignment(site, f"{address}.{key}", item, node, place)

    def variable(self, site: Site, address: str, field: Field, name: str, key: Node, place: str) -> Variable:
        value, fragment = self.replaced(site, field)
        return Variable(
            field.source, field.span, address, None, name=name, name_span=key.span, value=value, fragment=fragment, place=place
        )

    def assignment(self, site: Site, address: str, field: Field, node: Scalar, place: str) -> Variable:
        """One `NAME=value` of a list; `NAME` alone takes its value from outside."""
        whole = node.fragment(field.source.text)
        name, equals, _ = node.value.partition("=")
        at = len(name) + len(equals)
        name_span = whole.span(0, len(name))
        if not equals:
            value, fragment = Value.unknown("it is passed on from outside", field.source, field.span, field.trail), None
        else:
            part = whole.part(at, len(whole.text))
            replaced = self.interpolate(part) if "$" in part.text else Interpolated(part)
            value, fragment = _valued(replaced, field, part)
        return Variable(
            field.source, node.span, f"{address}.{name}", None, name=name, name_span=name_span, value=value, fragment=fragment, place=place
        )

    def replaced(self, site: Site, field: Field) -> tuple[Value, Fragment | None]:
        if not isinstance(field.value, Scalar):
            return site.scalar(field), None
        whole = field.value.fragment(field.source.text)
        return _valued(self.interpolate(whole) if "$" in whole.text else Interpolated(whole), field, whole)

    def commands(self, site: Site, address: str, key: str) -> Iterator[Subject]:
        field = site.field(key, "own")
        if field is None:
            return
        setting = Setting(field.source, f"{address}.{key}", key)
        if isinstance(field.value, Scalar):
            replaced = self.replaced(site, field)[1]
            if replaced is not None:
                yield from commands_in_shell(replaced, setting)
            return
        words = []
        for node, trail, shared in items_of(field):
            value, fragment = self.replaced(site, Field(field.source, field.owner, field.entry, node, trail, shared))
            words.append(Word(fragment or Fragment.at("", node.start), value.is_known, node.span))
        if words and words[0].text in ("CMD", "CMD-SHELL"):
            shell_form = words[0].text == "CMD-SHELL"
            words = words[1:]
            if shell_form and words:
                yield from commands_in_shell(words[0].fragment, setting)
                return
        yield from commands_in_arguments(words, setting)

    def build_targets(self) -> Iterator[BuildTarget]:
        """The Dockerfile stages that these services are built from."""
        folder = os.path.dirname(os.path.abspath(self.source.path))
        for _, field in self.services():
            section = field.section()
            build = section.get("build")
            if build is None:
                continue
            context = build.value.value if isinstance(build.value, Scalar) else section.text("build.context") or "."
            dockerfile = section.text("build.dockerfile") or "Dockerfile"
            if "://" not in context and "$" not in context + dockerfile:
                path = os.path.normpath(os.path.join(folder, context, dockerfile))
                yield BuildTarget(path, section.text("build.target").lower())


def _valued(replaced: Interpolated, field: Field, whole: Fragment) -> tuple[Value, Fragment | None]:
    fragment = replaced.fragment
    if fragment is None:
        return Value.unknown(replaced.reason, field.source, field.span, field.trail), None
    span = fragment.span() if fragment.text else field.span
    return Value.known(fragment.text, field.source, span, field.trail, defaulted=replaced.defaulted, node=field.value), fragment
