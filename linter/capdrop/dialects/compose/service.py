"""A service, where its facts are looked up, and a project of one file."""

from __future__ import annotations

from ...source import Source, Span
from ...syntax import yaml
from ..yaml_facts import Site
from ..yaml_view import Field, Section
from .names import NO_NAMES, Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...reading import Gap, Joint
    from ..yaml_document import YamlFile
    from .build import Dockerfiles
    from .files_beside import Beside

SHARED_KEYS = ("volumes", "configs", "models")
"""What stands beside the services, and is looked up by name."""
_STARTS = frozenset({"image", "build"})
_NEVER_IN_VERSION_1 = ("services", "include", "version", "apiVersion", "kind", "networks")


class Service:
    """A service as the project has it. `source` is the file that its name is taken from, and `silence` says why nothing follows
    from what is not written in it, where that is so. `weight` are the characters of it and of what it extends."""

    __slots__ = ("field", "name", "names", "silence", "source", "weight")

    def __init__(self, name: str, field: Field, names: Names = NO_NAMES, silence: str = "") -> None:
        self.name = name
        self.field = field
        self.source = field.source
        self.names = names
        self.silence = silence
        self.weight = len(field.span)

    @property
    def span(self) -> Span:
        """Its name."""
        return self.field.entry.key.span


class ServiceSite(Site):
    """Where the facts of a service are looked up; `folder_of` tells what the paths of a file are relative to."""

    __slots__ = ("dockerfiles", "folder_of", "names", "root")

    def __init__(self, service: Service, own: Section, project: Alone, dockerfiles: Dockerfiles, *, silence: str, fixable: bool) -> None:
        super().__init__(service.source, service.span, own, silence=silence, fixable=fixable, interpolate=service.names.replace)
        self.names = service.names
        self.dockerfiles = dockerfiles
        self.folder_of = project.folder_of
        self.root = project.root


class Alone:
    """A Compose file that is a whole project: nothing beside it is looked at."""

    def __init__(self, file: YamlFile, beside: Beside) -> None:
        self.source = file.source
        self.beside = beside
        self.names = NO_NAMES
        self.gaps: list[Gap] = []
        self.others: list[Joint] = []
        self.root = root_of(file)
        roots = [Section(file.source, document.root) for document in file.documents]
        self.services = [Service(name, field) for root in roots for name, field in services_of(root).items()]
        self.sections = {key: roots[0].section(key) if roots else Section(file.source, None) for key in SHARED_KEYS}

    def folder_of(self, source: Source) -> str:
        """What the relative paths of a file are relative to."""
        return self.beside.folder


def root_of(file: YamlFile) -> Section:
    """The whole of a file of one document."""
    return Section(file.source, file.documents[0].root if len(file.documents) == 1 else None)


def services_of(root: Section) -> Mapping[str, Field]:
    """The services of a file; those of version 1 stand at its top."""
    fields = root.section("services").fields
    if fields or root.mapping is None or any(key in root.fields for key in _NEVER_IN_VERSION_1):
        return fields
    return {
        name: field for name, field in root.fields.items()
        if isinstance(field.value, yaml.Mapping) and not name.startswith("x-") and _STARTS.intersection(field.section().fields)
    }  # fmt: skip
