"""Compose files: services as containers."""

from __future__ import annotations

import os
import re

from ...model.command import Word
from ...model.image import Image
from ...model.subject import Origin, Subject
from ...model.workspace import BuildTarget
from ...reading import Reading
from ...source import Fragment, Source
from ...syntax.yaml import Mapping, Scalar
from ..commands import Setting, commands_in_arguments, commands_in_shell
from ..context import Context
from ..yaml_document import YamlFile
from ..yaml_facts import Interpolated, Site, container
from ..yaml_view import Field, Section, items_of
from .facts import TABLE
from .interpolation import interpolate
from .variables import replaced, variables_in_configs, variables_of
from .volumes import mounts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_OVERRIDE = re.compile(r"override[\w.-]*\.ya?ml$")


def read(source: Source, context: Context) -> Reading:
    """A Compose file, by itself."""
    file = YamlFile(source)
    reader = _Reader(file)
    return file.reading(reader.subjects(), summary=tuple(reader.build_targets()))


class ImageOrigin(Origin):
    """The `image` of a service."""

    __slots__ = ()


class _Reader:
    __slots__ = ("file", "silence", "source")

    def __init__(self, file: YamlFile) -> None:
        self.file = file
        self.source = file.source
        self.silence = "the file overrides another" if _OVERRIDE.search(file.source.path) else file.silence

    def services(self) -> Iterator[tuple[str, Field]]:
        for document in self.file.documents:
            for name, field in Section(self.source, document.root).section("services").fields.items():
                if isinstance(field.value, Mapping) and field.value.tag != "!reset":
                    yield name, field

    def volumes(self) -> Section:
        """The declared volumes."""
        roots = [document.root for document in self.file.documents]
        return Section(self.source, roots[0] if roots else None).section("volumes")

    def interpolate(self, fragment: Fragment) -> Interpolated:
        return interpolate(fragment, {})

    def subjects(self) -> Iterator[Subject]:
        yield from self.file.subjects()
        for document in self.file.documents:
            yield from variables_in_configs(Section(self.source, document.root))
        for name, field in self.services():
            yield from self.service(name, field)

    def service(self, name: str, field: Field) -> Iterator[Subject]:
        address = f"services.{name}"
        section = field.section()
        site = Site(
            self.source,
            field.entry.key.span,
            section,
            silence=self.silence or ("it extends another service" if section.get("extends") is not None else ""),
            fixable=self.file.fixable,
            interpolate=self.interpolate,
        )
        yield container(site, TABLE, address, name=name, dialect="compose", kind="service")
        yield from mounts_of(site, self.volumes(), address, name)
        yield from self.image(site, address)
        yield from variables_of(site, address, "environment", "env")
        yield from variables_of(site, address, "labels", "label")
        yield from variables_of(site, f"{address}.build", "build.args", "arg")
        for key in ("command", "entrypoint", "healthcheck.test"):
            yield from self.commands(site, address, key)

    def image(self, site: Site, address: str) -> Iterator[Image]:
        field = site.field("image", "own")
        if field is not None:
            value = site.scalar(field)
            local = site.field("build", "own") is not None
            yield Image(field.source, field.span, f"{address}.image", None, value=value, role="run", local=local)

    def commands(self, site: Site, address: str, key: str) -> Iterator[Subject]:
        field = site.field(key, "own")
        if field is None:
            return
        setting = Setting(field.source, f"{address}.{key}", key)
        if isinstance(field.value, Scalar):
            script = replaced(site, field)[1]
            if script is not None:
                yield from commands_in_shell(script, setting)
            return
        words = []
        for node, trail, shared in items_of(field):
            value, fragment = replaced(site, Field(field.source, field.owner, field.entry, node, trail, shared))
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
                built_from = os.path.normpath(os.path.join(folder, context))
                path = os.path.normpath(os.path.join(built_from, dockerfile))
                yield BuildTarget(path, section.text("build.target").lower(), built_from)
