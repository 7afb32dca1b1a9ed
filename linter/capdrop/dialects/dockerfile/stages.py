"""The stages of a Dockerfile, what is in force in them, and what they hand on."""

from __future__ import annotations

from capdrop.finding import Note
from capdrop.model.build_step import Shell
from capdrop.model.command import Command
from capdrop.model.container import DefaultContainer, is_root
from capdrop.model.image import Image
from capdrop.model.known_images import is_of_a_system, is_windows, runs_as_non_root, runs_as_root
from capdrop.model.script import Script
from capdrop.model.stage import Stage, Taken
from capdrop.model.subject import Change, Origin, Refused, Subject
from capdrop.model.value import Value
from capdrop.purpose import is_working_stage
from capdrop.source import Source
from capdrop.syntax import dockerfile as syntax
from capdrop.syntax import image_reference

from .scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from capdrop.finding import Edit
    from capdrop.model.account import Account

    from .handing import Taking
    from .writing import Writer


MOST_ACCOUNTS = 100
"""Accounts of the stages below that are remembered."""
LONGEST_TRAIL = 8
_PLACEHOLDERS = ("base_image", "baseimage", "placeholder")
"""What stands where a base image is to be given, for builders that will not start without."""


class StageState:
    """What is in force at one point of a stage."""

    __slots__ = (
        "accounts", "base", "bottom", "builder", "folder", "image", "index", "inherited", "instruction", "kept", "layers", "name",
        "on_build", "runs", "scope", "script", "shell", "ships", "starts", "stepped_back", "taken", "takes", "user", "windows",
    )  # fmt: skip

    def __init__(self, index: int, instruction: syntax.Instruction, name: str, image: Image, base: StageState | None, outer: Scope) -> None:
        self.index = index
        self.instruction = instruction
        self.name = name
        self.image = image
        self.base = base
        self.bottom: StageState = base.bottom if base else self
        """The stage at the end of its line of local base stages."""
        self.scope: Scope = base.scope.of_child() if base else Scope({}, None, outer.refused)
        self.user: Value | None = None
        self.inherited: Value | None = self._handed_down(base) if base else None
        """The user that a local base stage sets."""
        self.stepped_back: bool = base.stepped_back if base else bool(image.reference and runs_as_non_root(image.reference))
        """Whether it was a user other than root before."""
        self.builder: Value | None = None
        """The user that commands are run as, once it was looked up."""
        self.windows: bool = base.windows if base else _is_windows(image)
        self.shell: Shell = base.shell if base else Shell("cmd" if self.windows else "sh")
        self.folder: str = base.folder if base else ("/" if image.value.text == "scratch" else ".")
        self.accounts: list[Account] = base.accounts[-MOST_ACCOUNTS:] if base else []
        self.runs: bool = base.runs if base else False
        """Whether anything is run to build it."""
        self.starts: bool = base.starts if base else False
        """Whether anything is run to build it, or is said to be started."""
        self.ships = False
        self.kept = False
        """Whether its layers end up in an image: it ships, or one that ships is built on it."""
        self.layers: list[tuple[Subject, ...]] = []
        self.on_build: list[tuple[Subject, ...]] = []
        self.takes: list[Taking] = []
        """What it copies from other stages."""
        self.taken = Taken()
        """The paths in it that go from there into an image, once all stages are read."""
        self.script = Script(image.source, instruction.span, self.address, [], [], self.taken)
        """What it has run and copied so far."""

    @property
    def address(self) -> str:
        return f"stage {self.name or self.index}"

    def saw(self, keyword: str) -> None:
        """Note an instruction."""
        self.runs = self.runs or keyword == "RUN"
        self.starts = self.starts or keyword in ("RUN", "CMD", "ENTRYPOINT")

    def user_now(self, *, templated: bool) -> Value:
        """The user in force, through the local base stages."""
        user = self.user
        if user is not None:
            return Value(user.state, user.content, user.source, user.span, reason=user.reason)
        return self.inherited or _user_of(self.bottom.image, starts=self.starts, templated=templated)

    def becomes(self, user: Value) -> None:
        """Note a USER."""
        name = user.text.partition(":")[0] if user.is_known and self.accounts else ""
        number = next((one.number for one in self.accounts if one.is_root and one.name.text == name), None)
        if number is not None:
            note = Note(self.image.source, number.span, f"`{name}` has the number of root")
            user = Value(user.state, "root", user.source, user.span, trail=(*user.trail, note))
        before = self.user or self.inherited
        self.stepped_back = self.stepped_back or (before is not None and before.is_known and not is_root(before.text))
        self.user = user
        self.builder = None

    def _handed_down(self, base: StageState) -> Value | None:
        user = base.user or base.inherited
        if user is None:
            return None
        trail = (Note(self.image.source, self.instruction.span, f"inherited here by {self.address}"), *user.trail)
        return Value(user.state, user.content, user.source, user.span, reason=user.reason, trail=trail[:LONGEST_TRAIL])

    def builder_now(self, *, templated: bool) -> Value:
        """The user that a command is run as: like `user_now`, but root where the base image says so."""
        if self.builder is None:
            user, image = self.user_now(templated=templated), self.bottom.image
            if user.is_absent and image.reference is not None and runs_as_root(image.reference):
                user = Value.known("root", image.source, image.span)
            self.builder = user
        return self.builder


def _is_windows(image: Image) -> bool:
    """Whether it is a Windows base image, also where the tag is a variable."""
    written = image.source[image.value.span].partition("$")[0].rpartition(":")[0]
    reference = image.reference or (image_reference.parse(written) if written else None)
    return reference is not None and is_windows(reference)


def _user_of(image: Image, *, starts: bool, templated: bool) -> Value:
    if image.reference is not None and runs_as_non_root(image.reference):
        return Value.unknown("the base image starts as a user of its own", image.source, image.span)
    if templated:
        return Value.unknown("the template may decide it", image.source, image.span)
    if image.value.text == "scratch" and not starts:
        return Value.unknown("it holds files and starts nothing", image.source, image.span)
    is_named = image.value.is_known and image.value.text.lower() not in _PLACEHOLDERS
    reason = "" if is_named else "the base image is not known"
    if not image.local and image.reference is not None and not is_of_a_system(image.reference):
        reason = "only the maker of the base image says who it starts as"
    return Value("absent", None, image.source, image.span, reason=reason)


class StageOrigin(Origin):
    """The container that a shipped stage starts: a Dockerfile speaks about its user and nothing else."""

    __slots__ = ("source", "stage", "tree", "unsaid", "user")

    def __init__(self, source: Source, tree: syntax.Dockerfile, stage: StageState, user: Value) -> None:
        self.source = source
        self.tree = tree
        self.stage = stage
        self.user = user
        self.unsaid = Value.unknown("a Dockerfile does not say", source, stage.instruction.span)

    def read(self, fact: str) -> Value:
        return self.user if fact == "user" else self.unsaid

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.fact != "user" or change.action != "set":
            raise Refused("there is no writer for this change of a stage")
        return self._writer.leave_root(self.user)

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        return self._writer.added()

    @property
    def _writer(self) -> Writer:
        from .writing import Writer

        return Writer(self.source, self.tree, self.stage)


def finished(
    stages: list[StageState],
    source: Source,
    tree: syntax.Dockerfile,
    said_elsewhere: Callable[[Image], str],
    *,
    templated: bool,
    overridden: Collection[int] = (),
) -> Iterator[Subject]:
    """The stages as they stand at their end, what they ran, and the containers that the shipped ones start. `overridden` are those that
    are started as another user, who is no longer the file's to say. `said_elsewhere` tells why other files decide who what is built on an
    image runs as, or nothing."""
    if any(stage.takes for stage in stages):
        from .handing import hand_on

        hand_on(stages)
    for stage in stages:
        if stage.script.commands or stage.script.copies:
            yield stage.script
    made: dict[int, Stage] = {}
    shipped: list[tuple[StageState, Value]] = []
    for stage in stages:
        user = stage.user_now(templated=templated)
        span = stage.instruction.span
        made[stage.index] = Stage(
            source,
            span,
            stage.address,
            index=stage.index,
            name=stage.name,
            image=stage.image,
            base=made.get(stage.base.index) if stage.base else None,
            user=user,
            ships=stage.ships,
            platform="windows" if stage.windows else "linux",
            layers=tuple(stage.layers),
            on_build=tuple(stage.on_build),
            taken=stage.taken,
            accounts=tuple(stage.accounts),
        )
        yield made[stage.index]
        if stage.ships and stage.index not in overridden:
            shipped.append((stage, user))
    yield from _containers(shipped, source, tree, said_elsewhere)


def _all_layers(stage: StageState) -> Iterator[tuple[Subject, ...]]:
    """The layers of a stage and of the local stages below it, the lowest last, and what is run in those that it copies whole."""
    copied: list[StageState] = []
    at: StageState | None = stage
    while at is not None:
        yield from at.layers
        copied += [taking.origin for taking in at.takes if taking.paths == ["/"] and taking.place == "/"]
        at = at.base
    for origin in copied:
        yield from (layer for layer in origin.layers if any(isinstance(one, Command) and one.place == "RUN" for one in layer))


def _containers(
    shipped: list[tuple[StageState, Value]], source: Source, tree: syntax.Dockerfile, said_elsewhere: Callable[[Image], str]
) -> Iterator[DefaultContainer]:
    """What starts of the shipped stages. Of those without a user that are built on the same local stage the last one stands for all."""
    reasons: dict[int, str] = {}
    standing: dict[int, int] = {}
    for stage, user in shipped:
        if user.is_absent:
            from capdrop.model.image_purpose import others_set_user

            reason = user.reason or ("it is for those who work on the project" if is_working_stage(stage.address) else "")
            reason = reason or others_set_user(stage.bottom.image.reference, _all_layers(stage), source)
            reasons[stage.index] = reason or said_elsewhere(stage.bottom.image)
            if not reasons[stage.index]:
                standing[stage.bottom.index] = stage.index
    for stage, user in shipped:
        if user.is_absent:
            stands = standing.get(stage.bottom.index, stage.index) == stage.index
            reason = reasons[stage.index] or ("" if stands else "another stage on the same base has none either")
            user = Value("absent", None, source, stage.instruction.span, reason=reason)
        elif is_root(user.text):
            from capdrop.model.image_purpose import may_stay_root

            layers = [*_all_layers(stage)]
            reason = may_stay_root(user, stage.bottom.image.reference, layers, source, stepped_back=stage.stepped_back)
            user = Value(user.state, user.content, user.source, user.span, reason=reason, trail=user.trail)
        yield _container(stage, user, source, tree)


def _container(stage: StageState, user: Value, source: Source, tree: syntax.Dockerfile) -> DefaultContainer:
    span = stage.instruction.span
    return DefaultContainer(
        source,
        span,
        stage.address,
        StageOrigin(source, tree, stage, user),
        name=stage.name or stage.image.value.text or "the image",
        dialect="dockerfile",
        kind="stage",
        platform="windows" if stage.windows else "linux",
    )
