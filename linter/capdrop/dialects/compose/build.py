"""What a service is built from: the Dockerfile, its stage and the arguments, and what they tell about the service.

A service without a `user` starts as the stage's. Where the stage sets none either, the Dockerfile is where that is said, once. The
service has the variables of the stage too, but for those that it sets itself, and listens where the stage says so. In turn the Dockerfile
is told what all services that start its images set anew (`BuildTarget`), so that it keeps silent about what has no effect.
"""

from __future__ import annotations

import os
import re

from ...finding import Note
from ...model.image import Image
from ...model.value import Value
from ...model.workspace import BuildTarget
from ...reading import Gap
from ...source import Source, Span
from ...syntax.yaml import Scalar
from ..yaml_facts import TableOrigin
from .beside import is_remote
from .variables import assignments_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...model.subject import Subject
    from ...model.variable import Variable
    from ...reading import Joint
    from ...source import Inset
    from ..dockerfile.target import Target
    from ..yaml_facts import FactTable
    from .files_beside import Beside
    from .service import ServiceSite


MOST_READ = 1_000_000
"""Characters of Dockerfiles, counted again for each way in which they are built, that are read for one project."""
MOST_GIVEN = 20_000
"""Variables and ports of stages, counted again for each service, that services have."""


class Dockerfiles:
    """The Dockerfiles of a project, and their stages, each read once. Those that are read are added to `joints`."""

    __slots__ = ("_beside", "_given", "_joints", "_read", "_sources", "_targets", "_told")

    def __init__(self, beside: Beside, joints: list[Joint]) -> None:
        self._beside = beside
        self._joints = joints
        self._told: set[tuple[str, Span, str]] = set()
        self._sources: dict[str, Source | None] = {}
        self._targets: dict[tuple[object, ...], Target | None] = {}
        self._read = 0
        self._given = 0

    def source(self, path: str, led: Note) -> Source | None:
        """A Dockerfile of the project; None where there is none, or none to read. `led` is what leads to it."""
        if path not in self._sources:
            text = self._beside.text(path)
            source = self._sources[path] = self._beside.source(path, text) if text is not None else None
            if source is not None:
                from ..dockerfile.target import joint

                self._joints.append(joint(source, led))
        return self._sources[path]

    def gives(self, target: Target) -> bool:
        """Whether one more service may have what a stage says."""
        self._given += len(target.ports) + len(target.variables)
        return self._given <= MOST_GIVEN

    def is_new(self, variable: Variable) -> bool:
        """Whether no service has had a variable of a stage before."""
        told = len(self._told)
        self._told.add((variable.source.path, variable.span, variable.value.text))
        return len(self._told) > told

    def target(self, source: Source, name: str, arguments: Mapping[str, str | None]) -> Target | None:
        """A stage as it is built with these arguments."""
        key = (id(source), name, *sorted(arguments.items(), key=str))
        if key not in self._targets:
            self._targets[key] = None
            self._read += len(source.text)
            if self._read <= MOST_READ:
                from ..dockerfile.target import Target

                self._targets[key] = Target(source, name, arguments)
        return self._targets[key]


class Build:
    """The `build` of a service. `dockerfile` and `folder` (its context) are absolute; "" where they are not known, or are no files."""

    __slots__ = ("_inset", "address", "dockerfile", "folder", "inline", "name", "site", "span", "target")

    def __init__(self, site: ServiceSite, address: str, name: str, span: Span) -> None:
        self.site = site
        self.address = address
        self.name = name
        self.span = span
        self.dockerfile = ""
        self.folder = ""
        self.target = (self.text("target") or "").lower()
        self.inline = site.field("build.dockerfile_inline", "own") is not None
        self._inset: Inset | None = None
        self._locate()

    def text(self, key: str) -> str | None:
        """A part of it as text; "" where it is not written, None where it is not known."""
        field = self.site.field(f"build.{key}", "own")
        if field is None and key == "dockerfile":
            field = self.site.field(key, "own")  # version 1 has it beside `build`
        if field is None:
            return ""
        return self.site.names.text(field.value.value) if isinstance(field.value, Scalar) else None

    def _locate(self) -> None:
        whole = self.site.field("build", "own")
        assert whole is not None
        written = self.site.names.text(whole.value.value) if isinstance(whole.value, Scalar) else self.text("context")
        named = self.text("dockerfile")
        if written is None or named is None or is_remote(written):
            return
        at = self.site.field("build.context", "own") or whole
        self.folder = os.path.normpath(os.path.join(self.site.project.folder_of(at.source), written))
        if not self.inline:
            self.dockerfile = os.path.normpath(os.path.join(self.folder, named or "Dockerfile"))

    @property
    def note(self) -> Note:
        """Where the service says what it is built from."""
        return Note(self.site.source, self.span, f"`{self.name}` is built from it")

    @property
    def source(self) -> Source | None:
        """The Dockerfile, where it may be looked at."""
        if self.inline:
            if self._inset is None:
                from .inline import inset_of

                self._inset = inset_of(self.site, self.address)
            return self._inset
        return self.site.dockerfiles.source(self.dockerfile, self.note) if self.dockerfile else None

    def arguments(self) -> dict[str, str | None]:
        """The build arguments; None for one whose value is not known."""
        return {name: value.text if value.is_known else None for name, value in assignments_of(self.site, "build.args")}

    def origin(self, table: FactTable) -> BuiltOrigin:
        """The way to the facts of the service that is built."""
        return BuiltOrigin(self, table)

    def stage(self) -> Target | None:
        """The stage as it is built; None where it is not known."""
        source = self.source
        if source is None or (self.target == "" and self.text("target") is None):
            return None
        return self.site.dockerfiles.target(source, self.target, self.arguments())

    def user(self) -> Value | None:
        """The user that the stage leaves in force; None where it sets none, is not known, or is told by a Dockerfile that stands here."""
        target = self.stage() if not self.inline else None
        user = target.user if target is not None else None
        if user is None or not user.is_known:
            return None
        taken = re.fullmatch(r"\$\{?(\w+)\}?", user.source[user.span])
        given = dict(assignments_of(self.site, "build.args")).get(taken[1]) if taken is not None else None
        if given is not None and given.is_known and given.text == user.text:
            led = Note(user.source, user.span, "the stage takes it here")
            return Value.known(user.content, given.source, given.span, (*given.trail, led, *user.trail))
        return Value.known(user.content, user.source, user.span, (*user.trail, self.note))

    def image_given(self) -> Image | None:
        """The image that the stage is built on, where it is another one by the arguments: the Dockerfile tells of its own."""
        arguments = dict(assignments_of(self.site, "build.args"))
        target, source = self.stage() if arguments else None, self.source
        image = target.image if target is not None else None
        if image is None or source is None or image.local or not image.value.is_known:
            return None
        names = re.findall(r"\$\{?(\w+)", image.source[image.value.span])
        given = next((arguments[name] for name in names if name in arguments and arguments[name].is_known), None)
        default = self.site.dockerfiles.target(source, self.target, {}) if given is not None else None
        if given is None or default is None or default.image is None or default.image.value.text == image.value.text:
            return None
        led = Note(image.source, image.value.span, "the stage is built on it here")
        value = Value.known(image.value.text, given.source, given.span, (*given.trail, led))
        return Image(given.source, given.span, f"{self.address}.build.args image", None, value=value, role="base", project=image.project)

    def parts(self, own: set[str]) -> Iterator[Subject]:
        """What the service has of the stage: the image below it, its ports, and its variables but for those of the service's `own`."""
        target = self.stage()
        if target is not None and target.image is not None and self.site.dockerfiles.gives(target):
            yield target.image
            yield from target.ports
            for name, variable in target.variables.items():
                if name not in own:
                    yield variable

    def gaps(self) -> Iterator[Gap]:
        """That there is no such Dockerfile or stage, so that nothing is known of the image. A missing file is no fault of this one: it may
        be fetched apart (a submodule), be made, or be looked for from the folder of another file that this one is started with."""
        beside = self.site.project.beside
        field = self.site.field("build", "own")
        if field is None or field.source is not self.site.source or not self.dockerfile or self.site.silence or not beside.knows_files:
            return
        problem, _ = beside.problem(self.dockerfile)
        if problem:
            yield Gap(self.span, f"{problem}: what is built from it is not known", by_design=True)
            return
        stage = self.stage() if self.target else None
        if stage is not None and stage.stage is None:
            yield Gap(self.span, f"`{beside.shown(self.dockerfile)}` has no stage `{self.target}`")

    def asked_of(self, dockerfile: str, set_anew: set[str]) -> BuildTarget:
        """What the service asks of a Dockerfile, and what it sets anew of what that says: these variables, and maybe the user."""
        contexts = dict(assignments_of(self.site, "build.additional_contexts"))
        named = frozenset(contexts)
        images = frozenset(name for name, value in contexts.items() if value.text.startswith("service:"))
        if self.text("target") is None:
            return BuildTarget(dockerfile, self.target, self.folder, named=named, images=images)
        field = self.site.field("user", "own")
        given = self.user() if field is None and self.site.field("build.args", "own") is not None else None
        user = self.site.scalar(field) if field is not None else given
        name = user.text.partition(":")[0] if user is not None else ""
        leaves_root = name not in ("", "0", "root")
        return BuildTarget(dockerfile, self.target, self.folder, frozenset(set_anew), leaves_root=leaves_root, named=named, images=images)

    def handed_on(self, name: str) -> tuple[str, ...]:
        """The variables of the stage that are given the whole of a build argument."""
        target = self.stage()
        return target.handed_on(name) if target is not None else ()

    def uses(self, name: str) -> tuple[Note, ...]:
        """Where the Dockerfile takes up a build argument, and what keeps it in the image."""
        source = self.source
        target = self.site.dockerfiles.target(source, self.target, {}) if source is not None else None
        return target.uses(name) if target is not None else ()


class BuiltOrigin(TableOrigin):
    """A service whose image is built here: what it does not say of its user, the Dockerfile does."""

    __slots__ = ("build",)

    def __init__(self, build: Build, table: FactTable) -> None:
        super().__init__(build.site, table)
        self.build = build

    def read(self, fact: str) -> Value:
        if fact == "user" and self.site.field("user", "own") is None:
            return self.build.user() or super().read(fact)
        return super().read(fact)


def build_of(site: ServiceSite, address: str, name: str) -> Build | None:
    """What a service is built from; None where it is not built."""
    field = site.field("build", "own")
    return Build(site, address, name, field.entry.key.span) if field is not None else None
