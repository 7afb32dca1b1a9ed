"""A service, where its facts are looked up, and a project of one file."""

from __future__ import annotations

from ...source import Source, Span
from ...syntax import yaml
from ...syntax.template import is_masked
from ..yaml_facts import Site
from ..yaml_view import Field, Section, items_of
from .keys import SERVICE_KEYS
from .names import NO_NAMES, Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...reading import Gap, Joint
    from ..yaml_document import YamlFile
    from .build import Dockerfiles
    from .env_file import EnvFile
    from .files_beside import Beside

SHARED_KEYS = ("volumes", "configs", "secrets", "models", "networks")
"""What stands beside the services, and is looked up by name."""
PROJECT_KEYS = frozenset({"configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes"})
"""What stands at the top of a Compose file."""
_ONLY_OURS = PROJECT_KEYS - {"name", "version"}
"""Those that other kinds of files do not have."""
_PREPARING = frozenset("bootstrap chown init migrate migration migrations permissions register seed setup".split())
_BY_HAND = frozenset({"tools", "tool", "cli", "utils", "manual"})
"""Profiles of what is not started with the others."""
_STARTS = frozenset({"image", "build"})
_OF_WINDOWS = ("nanoserver", "servercore", "mcr.microsoft.com/windows/")
_NEVER_IN_VERSION_1 = ("services", "include", "apiVersion", "kind", "networks")


def is_of_windows(service: Section) -> bool:
    """Whether a service is a container of Windows, as its image, its platform or a key says that there is on Windows only
    (github.com/compose-spec/compose-spec, 05-services.md, isolation)."""
    image = service.text("image")
    if "isolation" in service.fields:
        return service.text("isolation") != "default"
    return service.text("platform").startswith("windows") or any(word in image for word in _OF_WINDOWS)


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

    @property
    def shown(self) -> str:
        """Its name in the words of the file, where a template fills it in."""
        return self.source[self.span].strip("\"'") if is_masked(self.name) else self.name


class ServiceSite(Site):
    """Where the facts of a service of a project are looked up."""

    __slots__ = ("dockerfiles", "names", "project")

    def __init__(self, service: Service, own: Section, project: Alone, dockerfiles: Dockerfiles, *, silence: str, fixable: bool) -> None:
        super().__init__(service.source, service.span, own, silence=silence, fixable=fixable, interpolate=service.names.replace)
        self.names = service.names
        self.dockerfiles = dockerfiles
        self.project = project

    @property
    def prepares(self) -> bool:
        """Whether it is named for what it does before the others start, or is a tool that is started by hand, and is not started again
        when it has ended."""
        restart = self.own.text("restart")
        if restart not in ("", "no") and not restart.startswith("on-failure"):
            return False
        named = not _PREPARING.isdisjoint(self.source[self.span].lower().replace("_", "-").strip("\"'").split("-"))
        return named or any(isinstance(node, yaml.Scalar) and node.value in _BY_HAND for node, _, _ in self.own.items("profiles"))

    def mounted(self) -> Iterator[str]:
        from .volumes import split_volume

        for node, trail, shared in self.own.items("volumes"):
            text = node.value if isinstance(node, yaml.Scalar) else Section(self.source, node, trail, shared).text("target")
            yield split_volume(text)[:2][-1][0]
        field = self.field("tmpfs", "own")
        for node in [node for node, _, _ in items_of(field)] or [field.value] if field is not None else ():
            if isinstance(node, yaml.Scalar):
                yield node.value.partition(":")[0]

    def networks(self) -> Iterable[str]:
        """The networks that it is in, by their names in the file; none where it has that of another container, or it is not known."""
        if self.own.get("network_mode") is not None:
            return ()
        field = self.field("networks", "own")
        if field is None:
            return () if self.silence else ("default",)
        if isinstance(field.value, yaml.Sequence):
            return [node.value for node, _, _ in items_of(field) if isinstance(node, yaml.Scalar)]
        return field.section().fields

    def is_of_host(self, network: str) -> bool:
        """Whether a network is the engine's `host`, which is there without being made."""
        declared = self.project.sections["networks"]
        if declared.mapping is None or "." in network or declared.find(f"{network}.external") is None:
            return False
        return "host" in (declared.text(f"{network}.name"), declared.text(f"{network}.external.name"))


class Alone:
    """A Compose file that is a whole project: nothing beside it is looked at."""

    def __init__(self, file: YamlFile, beside: Beside) -> None:
        self.source = file.source
        self.beside = beside
        self.names = NO_NAMES
        self.gaps: list[Gap] = []
        self.others: list[Joint] = []
        self.remotes: list[tuple[Field, Names]] = []
        """What names other files of the project that are fetched from elsewhere."""
        self.env_files: dict[tuple[str, bool], EnvFile | None] = {}
        self.file = file
        roots = file.roots
        self.services = [Service(name, field) for root in roots for name, field in services_of(root).items()]
        self.sections = {key: roots[0].section(key) if roots else Section(file.source, None) for key in SHARED_KEYS}

    @property
    def root(self) -> Section:
        """The whole of a file of one document."""
        roots = self.file.roots
        return roots[0] if len(roots) == 1 else Section(self.source, None)

    def folder_of(self, source: Source) -> str:
        """What the relative paths of a file are relative to."""
        return self.beside.folder


def is_project(section: Section) -> bool:
    """Whether a document says anything that Compose knows; one that says nothing at all does no harm."""
    if section.mapping is None:
        return isinstance(section.value, yaml.Scalar) and not section.value.value
    known = any(key in _ONLY_OURS or key.startswith("x-") for key in section.fields)
    return known or PROJECT_KEYS.issuperset(section.fields) or bool(services_of(section))


def _is_service(field: Field) -> bool:
    """Whether a mapping at the top of a file of version 1 is a service, or what one laid over another adds to it."""
    keys = field.section().fields if isinstance(field.value, yaml.Mapping) else {}
    return not _STARTS.isdisjoint(keys) or (bool(keys) and SERVICE_KEYS.issuperset(keys))


def services_of(root: Section) -> Mapping[str, Field]:
    """The services of a file; those of version 1 stand at its top."""
    fields = root.section("services").fields
    newer = any(key in root.fields for key in _NEVER_IN_VERSION_1) or root.text("version") not in ("", "1")
    if fields or root.mapping is None or newer:
        return fields
    return {name: field for name, field in root.fields.items() if not name.startswith("x-") and _is_service(field)}
