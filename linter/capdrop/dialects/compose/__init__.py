"""Compose files: services as containers.

What is read is the project as Compose sees it, seen from one of its files:

- The file that Compose would begin with (`compose.yaml`, or the first of several that are named together) is judged as the joined
  project: over it lie its override files, and its services are joined with what they extend and what it includes. A finding stands
  where the text stands that has to change, which may be in one of those files, and its notes name the lines that lead there.
- A file that is laid over another (by its name, by `COMPOSE_FILE` in `.env`, or as configured) is a part. By itself it is judged by
  its own words alone, and nothing follows from what it lacks. The same goes for a service that has neither image nor build.
- In a run over several files, what a file says of itself is shown there; the same finding from a file that it is joined with is not
  shown again (`run.py`).

The files that belong together are looked for only where something hints at them (`Beside.speaks`), so that an ordinary file does not
pay for it.
"""

from __future__ import annotations

import os
import re

from ...model.image import Image
from ...model.network import Network
from ...model.pod import NOT_ON_WINDOWS
from ...model.subject import Origin, Subject
from ...model.variable import Variable
from ...reading import Gap, Reading
from ...source import Source, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Mapping, Scalar
from ..context import Context
from ..yaml_document import YamlFile
from ..yaml_facts import Site, container
from ..yaml_view import fields_of
from .beside import contexts_of, fetched, hooks_of, models_in
from .build import Build, Dockerfiles, build_of
from .commands import commands_of, entrypoint_of
from .facts import TABLE
from .files_beside import MAIN, Beside
from .keys import sections_with_odd_keys
from .merge import in_effect, is_empty
from .ports import ports_of
from .service import Alone, Service, ServiceSite, is_of_windows, is_project
from .variables import names_of, subjects_in_contents, variables_in_volumes, variables_of
from .volumes import mounts_of
from .worked_on import is_run_by_hand, tries_a_release, worked_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model.container import Container
    from ...model.workspace import BuildTarget, EnvUse
    from ..yaml_view import Field
    from .way_out import ComposeWayOut

MOST_SERVICES = 10_000
_DEFAULT = r"\$\{\w+:?-[^}]"
_IMAGE_VOLUME = r"type[\"']?:[ \t]*[\"']?image\b"
_OVERRIDE = re.compile(r"override[\w.-]*\.ya?ml$")
_JOINING = ("extends", "include", "env_file", "label_file")
"""One of these words stands in a file that is joined with others by what it says."""


def read(source: Source, context: Context) -> Reading:
    """A Compose file, joined with the files that belong to it."""
    file = YamlFile(source)
    file.again = lambda once_more: _reader(once_more, context).subjects()
    file.way_out = lambda once_more: _way_out(once_more, context)
    reader = _reader(file, context)
    reading = file.reading(reader.subjects(), summary=(*reader.build_targets(), *reader.env_uses()))
    gaps = [*file.gaps, *reader.project.gaps, *_foreign(reader), *_unlike_services(reader), *reader.missing(), *_beyond(reader.project)]
    reading.gaps = reader.project.gaps = gaps  # env files are read as services are
    reading.others = reader.project.others
    return reading


def _way_out(file: YamlFile, context: Context) -> ComposeWayOut:
    from .way_out import ComposeWayOut

    return ComposeWayOut(file, context.files, _project(file, Beside(file.source.path, context)).names)


def _reader(file: YamlFile, context: Context) -> _Reader:
    return _Reader(file, _project(file, Beside(file.source.path, context)), context)


def _beyond(project: Alone) -> Iterator[Gap]:
    if project.source.text.count("*") >= 20:
        from .aliases import gaps_of_aliases

        yield from gaps_of_aliases(project.file)
    if len(project.services) > MOST_SERVICES:
        yield Gap(project.services[MOST_SERVICES].span, f"{MOST_SERVICES:,} services are judged, and no more")


def _foreign(reader: _Reader) -> Iterator[Gap]:
    """That a file has the name of a Compose file, and is none: nothing was judged that is in it. A file that is laid over others, or is
    named with them, may be empty; and JSON with such a name may be a schema."""
    file = reader.file
    if file.gaps or file.source.path.endswith(".json"):
        return
    if file.roots and not any(map(is_project, file.roots)):
        first = file.roots[0].value
        assert first is not None
        yield Gap(first.span, "it is called like a Compose file, and holds nothing that Compose knows", blocks=True)
    elif not any(root.fields for root in file.roots) and os.path.basename(file.source.path) in MAIN and not reader.silence:
        yield Gap(Span(0, 0), "it is empty, which Compose refuses", blocks=True)


def _unlike_services(reader: _Reader) -> Iterator[Gap]:
    """What stands where services are to stand, and is none: nothing of it was judged."""
    for root in () if reader.file.gaps else reader.file.roots:
        field = root.get("services")
        if field is not None and not isinstance(field.value, Mapping) and not is_empty(field.value) and not _is_masked(field):
            yield Gap(field.span, "`services` is to hold services by their names, and holds something else")
    for service in () if reader.file.gaps else reader.project.services:
        field = service.field
        if isinstance(field.value, Mapping) or field.value.tag == "!reset" or _is_masked(field) or field.source is not reader.source:
            continue
        if not is_empty(field.value):
            yield Gap(service.span, f"`{service.name}` is to hold the settings of a service, and holds something else")
        elif not reader.silence:
            yield Gap(service.span, f"the service `{service.name}` has no settings")


def _is_masked(field: Field) -> bool:
    return isinstance(field.value, Scalar) and is_masked(field.value.value)


def _project(file: YamlFile, beside: Beside) -> Alone:
    if not beside.speaks and not any(word in file.source.text for word in _JOINING):
        return Alone(file, beside)
    from .project import Project

    return Project(file, beside)


class ImageOrigin(Origin):
    """The `image` of a service."""

    __slots__ = ()


class _Reader:
    __slots__ = (
        "awaited",
        "context",
        "dockerfiles",
        "file",
        "is_run_by_hand",
        "misspelt",
        "mounts_images",
        "names_built",
        "networks",
        "project",
        "seen",
        "services",
        "silence",
        "source",
        "told",
        "worked_on",
    )

    def __init__(self, file: YamlFile, project: Alone, context: Context) -> None:
        self.file = file
        self.project = project
        self.context = context
        self.source = file.source
        self.seen: dict[int, Variable | None] = {}
        self.told: list[Subject] | None = [] if "${" in file.source.text and re.search(_DEFAULT, file.source.text) else None
        """The variables of all services, where defaults of secrets may stand apart from them."""
        over = _OVERRIDE.search(file.source.path) or project.beside.is_laid_over(project.names)
        self.silence = "the file overrides another" if over else file.silence
        self.names_built: set[str] | None = None
        self.misspelt: set[tuple[str, int]] = set()
        """Where keys are written that are none: services may share what they stand in."""
        self.mounts_images = re.search(_IMAGE_VOLUME, file.source.text) is not None
        self.networks: dict[str, list[Container]] = {}
        """The services in each network, as far as they are read."""
        self.dockerfiles = Dockerfiles(project.beside, project.others)
        self.services: list[tuple[str, ServiceSite, Build | None]] = []
        for service in project.services[:MOST_SERVICES]:
            if isinstance(service.field.value, Mapping) and service.field.value.tag != "!reset":
                site = self.site(service)
                self.services.append((service.shown, site, build_of(site, f"services.{service.shown}", service.shown)))
        self.awaited = {
            other
            for _, site, _ in self.services
            for other, how in site.own.section("depends_on").fields.items()
            if how.section().text("condition") == "service_completed_successfully"
        }
        """The services that others wait for until they have done their work and ended."""
        self.worked_on = worked_on(self.services)
        self.is_run_by_hand = is_run_by_hand(self.services)

    def subjects(self) -> Iterator[Subject]:
        yield from self.file.subjects()
        for path in ("configs", "secrets"):
            yield from subjects_in_contents(self.project.sections[path], path)
        yield from variables_in_volumes(self.project.sections["volumes"])
        yield from models_in(self.project.sections["models"], self.project.names.replace)
        for field, names in self.project.remotes:
            site = Site(field.source, field.span, field.section(), interpolate=names.replace)
            yield from fetched(site, field, f"include {field.source[field.span]}")
        for name, site, build in self.services:
            yield from self.service(name, site, build)
        for name, members in self.networks.items():
            if len(members) > 1:
                yield Network(self.source, members[0].span, f"networks.{name}", name=name, containers=members)
        yield from self.subjects_of_env_files()
        if self.project.sections["secrets"].fields or self.project.sections["configs"].fields:
            from .files_given import subjects_of_files

            yield from subjects_of_files(self.project)
        if self.told is not None:
            from .defaults import secret_defaults

            yield from secret_defaults(self.file, self.told)

    def site(self, service: Service) -> ServiceSite:
        """Where the facts of a service are looked up."""
        section = in_effect(service.field.section())
        silence = self.silence or service.silence
        if not silence and section.get("extends") is not None:
            silence = "it extends another service"
        elif not silence and not any(key in section.fields for key in ("image", "build", "provider")):
            silence = "it has neither image nor build, so another file completes it"
        elif not silence and is_of_windows(section):
            silence = NOT_ON_WINDOWS
        return ServiceSite(service, section, self.project, self.dockerfiles, silence=silence, fixable=self.file.fixable)

    def service(self, name: str, site: ServiceSite, build: Build | None) -> Iterator[Subject]:
        address = f"services.{name}"
        kind = "init container" if name in self.awaited or site.prepares else "service"
        platform = "windows" if site.silence == NOT_ON_WINDOWS else "linux"
        own = container(site, TABLE, address, name=name, dialect="compose", kind=kind, platform=platform)
        if build is not None:
            own.origin = build.origin(TABLE)
        mounts = list(mounts_of(site, self.project.sections, address, name))
        for mount in mounts:
            mount.owners = (own,)
        parts = [
            *mounts,
            *ports_of(site, address, name),
            *self.image(site, address),
            *variables_of(site, address, "environment", "env"),
        ]
        from_files = list(self.variables_of_env_files(site, name))
        of_stage = list(build.parts(self.set_anew(site))) if build is not None else []
        own.parts = [*parts, *(variable for variable, _ in from_files), *of_stage]
        own.is_worked_on = name in self.worked_on or tries_a_release(site, parts)
        own.is_run_by_hand = self.is_run_by_hand
        for part in parts:
            if isinstance(part, Variable):
                part.owner = own
        if self.told is not None:
            self.told += parts
        for network in site.networks():
            self.networks.setdefault(network, []).append(own)
        yield own
        yield from parts
        yield from (variable for variable, is_new in from_files if is_new)
        if build is not None and not build.inline:
            yield from (part for part in of_stage if isinstance(part, Variable) and self.dockerfiles.is_new(part))
        if self.mounts_images:
            yield from self.mounted_images(site, address)
        for path, section, known in sections_with_odd_keys(site.own):
            from ..misspelt import misspelt_keys

            for oddity in misspelt_keys(section, known, f"{address}{path}", address, "Compose"):
                written = (oddity.source.path, oddity.span.start)
                if written not in self.misspelt:
                    self.misspelt.add(written)
                    yield oddity
        for path in ("labels", "annotations", "deploy.labels", "build.labels", "provider.options"):
            yield from variables_of(site, address, path, "label")
        if site.field("label_file", "own") is not None:
            from .env_variables import labels_of_files
            from .project import Project

            if isinstance(self.project, Project):
                yield from labels_of_files(site, self.project, name)
        if site.field("logging.options", "own") is not None:
            yield from (option for option in variables_of(site, address, "logging.options", "env") if option.secret is not None)
        if build is not None:
            yield from self.build(site, build)
        words = entrypoint_of(site)
        for key in ("command", "healthcheck.test") if words else ("command", "entrypoint", "healthcheck.test"):
            yield from commands_of(site, address, key, words if key == "command" else [], own)
        for place, hook in hooks_of(site, address):
            yield from variables_of(hook, place, "environment", "env")
            yield from commands_of(hook, place, "command", [], own)

    def variables_of_env_files(self, site: ServiceSite, name: str) -> Iterator[tuple[Variable, bool]]:
        if site.field("env_file", "own") is not None:
            from .env_variables import variables_of_env_files
            from .project import Project

            if isinstance(self.project, Project):
                yield from variables_of_env_files(site, self.project, name, self.seen)

    def subjects_of_env_files(self) -> Iterator[Subject]:
        """What stands in the env files of the project besides."""
        if self.project.env_files:
            from .env_variables import subjects_of_env_files
            from .project import Project

            if isinstance(self.project, Project):
                yield from subjects_of_env_files(self.project, self.seen)

    def set_anew(self, site: ServiceSite) -> set[str]:
        """The variables that a service sets itself, whatever its image does."""
        names = names_of(site, "environment")
        if site.field("env_file", "own") is not None:
            from .env_variables import names_in_env_files
            from .project import Project

            if isinstance(self.project, Project):
                names.update(names_in_env_files(site, self.project))
        return names

    def build(self, site: ServiceSite, build: Build) -> Iterator[Subject]:
        """What a service's image is built with."""
        for variable in variables_of(site, f"{build.address}.build", "build.args", "arg"):
            variable.handed_on = build.handed_on(variable.name)
            if variable.secret is not None:
                variable.value.trail += build.uses(variable.name)
            yield variable
        yield from contexts_of(site, build.address)
        image = build.image_given()
        if image is not None:
            yield image
        if build.inline:
            from .inline import subjects_of

            yield from subjects_of(build, self.context, self.set_anew(site))

    def image(self, site: Site, address: str) -> Iterator[Image]:
        field = site.field("image", "own")
        if field is not None:
            yield self.pulled(site, field, f"{address}.image", is_built=site.own.get("build") is not None)

    def mounted_images(self, site: Site, address: str) -> Iterator[Image]:
        """The images whose files a service mounts."""
        for item in fields_of(site.field("volumes", "own")):
            field = item.section().get("source")
            if field is not None and item.section().text("type") == "image":
                yield self.pulled(site, field, f"{address}.volumes.{item.section().text('target')}.image")

    def pulled(self, site: Site, field: Field, address: str, *, is_built: bool = False) -> Image:
        value = site.scalar(field)
        local = is_built or (value.is_known and _tagged(value.text) in self.built())
        project = self.context.project_of(field.source.path)
        return Image(field.source, field.span, address, None, value=value, role="run", local=local, project=project)

    def built(self) -> set[str]:
        """The names that services give the images that they build. Others may start these too."""
        if self.names_built is None:
            fields = [(site, site.field("image", "own")) for _, site, build in self.services if build is not None]
            self.names_built = {_tagged(site.scalar(field).text) for site, field in fields if field is not None}
        return self.names_built

    def missing(self) -> Iterator[Gap]:
        """What the services of this file are built from or given, and cannot be looked at, each once."""
        said: set[tuple[Span, str]] = set()
        for _, site, build in self.services:
            gaps = list(build.gaps()) if build is not None else []
            if site.field("env_file", "own") is not None:
                from .env_variables import gaps_of_env_files

                gaps += gaps_of_env_files(site)
            yield from (gap for gap in gaps if (gap.span, gap.reason) not in said)
            said.update((gap.span, gap.reason) for gap in gaps)

    def env_uses(self) -> Iterator[EnvUse]:
        """The env files that these services are given, with what is set anew after them."""
        for _, site, _ in self.services:
            if site.field("env_file", "own") is not None:
                from .env_variables import uses_of_env_files
                from .project import Project

                if isinstance(self.project, Project):
                    yield from uses_of_env_files(site, self.project)

    def build_targets(self) -> Iterator[BuildTarget]:
        """The Dockerfile stages that these services are built from."""
        for _, site, build in self.services:
            if build is not None and build.dockerfile:
                yield build.asked_of(build.dockerfile, self.set_anew(site))


def _tagged(image: str) -> str:
    """An image's name with the tag that it means."""
    return image if ":" in image.rpartition("/")[2] or "@" in image else f"{image}:latest"
