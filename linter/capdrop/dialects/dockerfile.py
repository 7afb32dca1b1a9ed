"""Dockerfiles: stages, the users and variables in force, and what their instructions do."""

from __future__ import annotations

from bisect import bisect_right

from capdrop.finding import Note
from capdrop.model.command import Command, Word
from capdrop.model.container import Container
from capdrop.model.copy import Copy
from capdrop.model.image import Image
from capdrop.model.known_images import is_windows, runs_as_non_root, runs_as_root
from capdrop.model.oddity import Oddity
from capdrop.model.stage import Stage
from capdrop.model.subject import Origin, Subject
from capdrop.model.text import Text
from capdrop.model.value import Value
from capdrop.model.variable import Variable
from capdrop.reading import Gap, Reading
from capdrop.source import Fragment, Source, Span
from capdrop.syntax import dockerfile as syntax
from capdrop.syntax import shell
from capdrop.syntax.template import UNKNOWN

from .commands import Setting, commands_in_arguments, commands_in_shell
from .context import Context
from .settings_file import variables_in_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def read(source: Source, context: Context) -> Reading:
    """A Dockerfile, Containerfile, or a fragment of one. A template is read with its actions masked, and is never fixed by itself."""
    text, actions = _without_markup(source)
    tree = syntax.parse(text)
    reader = _Reader(source, tree, context.targets_of(source.path), templated=bool(actions))
    if actions:
        gaps = [Gap(actions[0], "template: its actions are not run, so what they decide is unknown", by_design=True)]
    else:
        gaps = [Gap(problem.span, problem.message) for problem in tree.problems if problem.kind == "unread"]
    return Reading(
        source,
        reader.subjects(),
        gaps=gaps,
        comments=lambda: tree.comments,
        fixable=not actions,
        body_start=tree.body_start,
        blocks=[instruction.span for instruction in tree.instructions],
    )


def _without_markup(source: Source) -> tuple[str, list[Span]]:
    """The text, and if it is a template, the actions that are masked in it."""
    text = source.text
    if "{{" not in text and "{%" not in text and "<%" not in text:
        return text, []
    from . import dockerfile_template as templates

    actions = templates.actions(source.path, text)
    return (templates.masked(text, actions) if actions else text), actions


class _StageState:
    """What is in force at one point of a stage."""

    __slots__ = (
        "arguments", "base", "builder", "environment", "image", "index", "instruction", "name", "shell", "ships", "user", "windows",
    )  # fmt: skip

    def __init__(self, index: int, instruction: syntax.Instruction, name: str, image: Image, base: _StageState | None) -> None:
        self.index = index
        self.instruction = instruction
        self.name = name
        self.image = image
        self.base = base
        self.arguments: dict[str, str | None] = dict(base.arguments) if base else {}
        self.environment: dict[str, str | None] = dict(base.environment) if base else {}
        self.user: Value | None = None
        self.builder: Value | None = None
        """The user that commands are run as, once it was looked up."""
        self.windows: bool = base.windows if base else bool(image.reference and is_windows(image.reference))
        self.shell: str = base.shell if base else ("cmd" if self.windows else "sh")
        self.ships = False

    @property
    def address(self) -> str:
        return f"stage {self.name or self.index}"


class StageOrigin(Origin):
    """The container that a shipped stage starts: a Dockerfile speaks about its user and nothing else."""

    __slots__ = ("source", "span", "user")

    def __init__(self, source: Source, span: Span, user: Value) -> None:
        self.source = source
        self.span = span
        self.user = user

    def read(self, fact: str) -> Value:
        return self.user if fact == "user" else Value.unknown("a Dockerfile does not say", self.source, self.span)


class _Reader:
    __slots__ = ("addresses", "global_arguments", "offsets", "source", "stages", "targets", "templated", "tree")

    def __init__(self, source: Source, tree: syntax.Dockerfile, targets: frozenset[str], *, templated: bool) -> None:
        self.source = source
        self.tree = tree
        self.targets = targets
        self.templated = templated
        self.stages: list[_StageState] = []
        self.global_arguments: dict[str, str | None] = {}
        self.offsets: list[int] = []
        self.addresses: list[str] = []

    def subjects(self) -> Iterator[Subject]:
        yield Text(
            self.source, Span(0, len(self.source.text)), "", fragment=Fragment.at(self.source.text, 0), address_at=self.address_at
        )
        yield from self.oddities()
        yield from self.frontend()
        ships = self.shipped()
        stage: _StageState | None = None
        for instruction in self.tree.instructions:
            if instruction.keyword == "FROM":
                stage = self.begin_stage(instruction)
                stage.ships = stage.index in ships
                yield stage.image
            self.offsets.append(instruction.span.start)
            self.addresses.append(f"{stage.address} {instruction.keyword}" if stage else instruction.keyword)
            yield from self.instruction(instruction, stage, on_build=False)
        yield from self.finished()

    def shipped(self) -> set[int]:
        """The indexes of the stages that ship: the last one, and those that something asks for by name."""
        froms = [instruction for instruction in self.tree.instructions if instruction.keyword == "FROM"]
        names = [self.stage_name(instruction) for instruction in froms]
        asked = {index for index, name in enumerate(names) if name in self.targets or str(index) in self.targets}
        return asked | {len(froms) - 1}

    def stage_name(self, instruction: syntax.Instruction) -> str:
        return instruction.stage_name.value.lower() if instruction.stage_name else ""

    def begin_stage(self, instruction: syntax.Instruction) -> _StageState:
        index = len(self.stages)
        name = self.stage_name(instruction)
        word = instruction.image
        value = (
            self.value(word, self.global_arguments.get) if word else Value.unknown("no image is named", self.source, instruction.span)
        )
        base = self.stage_called(value.text)
        image = Image(
            self.source, instruction.span, f"stage {name or index}", None, value=value, role="base", local=base is not None
        )
        stage = _StageState(index, instruction, name, image, base)
        self.stages.append(stage)
        return stage

    def stage_called(self, name: str) -> _StageState | None:
        for stage in reversed(self.stages):
            if name and stage.name == name.lower():
                return stage
        return None

    def value(self, word: syntax.Word, lookup: syntax.Lookup) -> Value:
        """A word with its variables replaced by what this file says of them."""
        if UNKNOWN in word.value:
            return Value.unknown("the template decides it", self.source, word.span)
        if word.literal or "$" not in word.value:
            return Value.known(word.value, self.source, word.span)
        expansion = syntax.expand(word.written.text, lookup, self.tree.escape)
        if expansion.known:
            return Value.known(expansion.text, self.source, word.span)
        missing = ", ".join(f"${name}" for name in expansion.missing) or "a variable"
        return Value.unknown(f"{missing} has no value in this file", self.source, word.span)

    def oddities(self) -> Iterator[Oddity]:
        for problem in () if self.templated else self.tree.problems:
            if problem.kind == "unknown-instruction":
                yield Oddity(self.source, problem.span, "", kind="unknown-instruction", message=problem.message)
        for directive in self.tree.ignored_directives:
            yield Oddity(self.source, directive.span, "", kind="ignored-directive", message=f"`{directive.name}=` has no effect here")

    def frontend(self) -> Iterator[Image]:
        for directive in self.tree.directives:
            if directive.name == "syntax":
                value = Value.known(directive.value, self.source, directive.value_span)
                yield Image(self.source, directive.span, "syntax", None, value=value, role="frontend")

    def instruction(self, instruction: syntax.Instruction, stage: _StageState | None, on_build: bool) -> Iterator[Subject]:
        keyword = instruction.keyword
        if keyword in ("ENV", "ARG", "LABEL"):
            yield from self.variables(instruction, stage, on_build)
        elif keyword in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
            yield from self.commands(instruction, stage)
            yield from self.mounted_images(instruction, stage)
        elif keyword in ("COPY", "ADD"):
            yield from self.copies(instruction, stage)
        elif keyword == "USER" and stage is not None and not on_build and instruction.arguments:
            stage.user = self.value(instruction.arguments[0], self.lookup(stage))
            stage.builder = None
        elif keyword == "SHELL" and stage is not None and not on_build:
            stage.shell = shell.interpreter([word.value for word in instruction.arguments])
        elif keyword == "ONBUILD" and instruction.inner is not None:
            yield from self.instruction(instruction.inner, stage, on_build=True)

    def lookup(self, stage: _StageState | None) -> syntax.Lookup:
        """What a variable holds at this point: ENV wins over ARG, as in a build."""
        if stage is None:
            return self.global_arguments.get

        def find(name: str) -> str | None:
            return stage.environment[name] if name in stage.environment else stage.arguments.get(name)

        return find

    def variables(self, instruction: syntax.Instruction, stage: _StageState | None, on_build: bool) -> Iterator[Variable]:
        place = {"ENV": "env", "ARG": "arg", "LABEL": "label"}[instruction.keyword]
        lookup = self.lookup(stage)
        assigned: list[tuple[str, Value]] = []
        for pair in instruction.pairs:
            name = pair.name.value
            if pair.value is None:
                value = Value.absent(self.source, pair.name.span)
            else:
                value = self.value(pair.value, lookup)
            if place == "arg" and not on_build:
                self.assign(place, name, value, stage)
            elif place == "env" and not on_build:
                assigned.append((name, value))
            address = f"{stage.address} {instruction.keyword} {name}" if stage else f"{instruction.keyword} {name}"
            yield Variable(
                self.source,
                pair.span,
                address,
                None,
                name=name,
                name_span=pair.name.span,
                value=value,
                fragment=pair.value.fragment if pair.value is not None else None,
                place=place,
                ships=stage is not None and stage.ships,
            )
        for name, value in assigned:
            self.assign(place, name, value, stage)

    def assign(self, place: str, name: str, value: Value, stage: _StageState | None) -> None:
        content = value.text if value.is_known else None
        if stage is None:
            self.global_arguments[name] = content
        elif place == "env":
            stage.environment[name] = content
        else:
            stage.arguments[name] = self.global_arguments.get(name) if value.is_absent else content

    def setting(self, instruction: syntax.Instruction, stage: _StageState | None) -> Setting:
        bodies = {heredoc.span.start: heredoc.body for heredoc in instruction.heredocs}
        if stage is None:
            return Setting(self.source, instruction.keyword, instruction.keyword, ships=False, bodies=bodies)
        if stage.builder is None:
            stage.builder = self.builder_of(stage)
        address = f"{stage.address} {instruction.keyword}"
        return Setting(self.source, address, instruction.keyword, ships=stage.ships, user=stage.builder, bodies=bodies)

    def commands(self, instruction: syntax.Instruction, stage: _StageState | None) -> Iterator[Command | Variable]:
        if instruction.keyword == "HEALTHCHECK":
            if instruction.inner is not None:
                yield from self.commands(instruction.inner, stage)
        elif instruction.form == "json":
            yield from commands_in_arguments([_argument(word) for word in instruction.arguments], self.setting(instruction, stage))
        elif stage is None or stage.shell == "sh":
            yield from commands_in_shell(instruction.body, self.setting(instruction, stage))

    def mounted_images(self, instruction: syntax.Instruction, stage: _StageState | None) -> Iterator[Image]:
        """The images that a RUN mounts folders of: `--mount=type=bind,from=image`."""
        for flag in instruction.flags:
            if flag.name != "mount" or flag.fragment is None or "from=" not in flag.fragment.text:
                continue
            at = 0
            for setting in flag.fragment.text.split(","):
                key, _, name = setting.partition("=")
                if key.strip() == "from" and name:
                    fragment = flag.fragment.part(at + len(key) + 1, at + len(setting))
                    word = syntax.Word(fragment, fragment, fragment.span())
                    yield from self.other_image(self.value(word, self.lookup(stage)), f"{stage.address} RUN" if stage else "RUN")
                at += len(setting) + 1

    def other_image(self, origin: Value, address: str) -> Iterator[Image]:
        """An image that files are taken from, unless it is a stage of this file."""
        if not origin.text.isdigit() and self.stage_called(origin.text) is None:
            yield Image(self.source, origin.span, address, None, value=origin, role="copied")

    def copies(self, instruction: syntax.Instruction, stage: _StageState | None) -> Iterator[Subject]:
        lookup = self.lookup(stage)
        address = f"{stage.address} {instruction.keyword}" if stage else instruction.keyword
        values = [self.value(word, lookup) for word in instruction.arguments]
        if not values:
            return
        flags: dict[str, Value] = {}
        for flag in instruction.flags:
            flags[flag.name] = self.flag_value(flag, lookup)
        ships = stage is not None and stage.ships
        sources = [value for value in values[:-1] if not value.text.startswith("<<")]
        yield Copy(
            self.source,
            instruction.span,
            f"{address} {values[-1].text}".rstrip(),
            None,
            keyword=instruction.keyword,
            sources=tuple(sources),
            destination=values[-1],
            flags=flags,
            ships=ships,
        )
        if "from" in flags:
            yield from self.other_image(flags["from"], address)
        for heredoc in instruction.heredocs:
            yield from variables_in_settings(heredoc.body, self.source, f"{address} {values[-1].text}", ships=ships)

    def flag_value(self, flag: syntax.Flag, lookup: syntax.Lookup) -> Value:
        if flag.value is None:
            return Value.known(True, self.source, flag.span)
        expansion = syntax.expand(flag.value, lookup, self.tree.escape)
        if expansion.known and UNKNOWN not in expansion.text:
            return Value.known(expansion.text, self.source, flag.value_span)
        return Value.unknown("a variable has no value in this file", self.source, flag.value_span)

    def user_of(self, stage: _StageState) -> Value:
        """The user in force at this point of a stage, through its local base stages."""
        trail: tuple[Note, ...] = ()
        at: _StageState | None = stage
        while at is not None:
            if at.user is not None:
                user = at.user
                return Value(user.state, user.content, user.source, user.span, reason=user.reason, trail=trail)
            if at.base is None:
                break
            trail = (*trail, Note(self.source, at.instruction.span, f"inherited here by {at.address}"))
            at = at.base
        assert at is not None
        return self.user_of_image(at.image)

    def builder_of(self, stage: _StageState) -> Value:
        """The user that a command is run as at this point of a build: like `user_of`, but root where the base image says so."""
        user = self.user_of(stage)
        bottom = stage
        while bottom.base is not None:
            bottom = bottom.base
        if user.is_absent and bottom.image.reference is not None and runs_as_root(bottom.image.reference):
            return Value.known("root", self.source, bottom.image.span)
        return user

    def user_of_image(self, image: Image) -> Value:
        if image.reference is not None and runs_as_non_root(image.reference):
            return Value.unknown("the base image starts as a user of its own", self.source, image.span)
        if self.templated:
            return Value.unknown("the template may decide it", self.source, image.span)
        return Value.absent(self.source, image.span)

    def finished(self) -> Iterator[Subject]:
        """The stages as they stand at their end, and the containers that the shipped ones start."""
        made: dict[int, Stage] = {}
        for stage in self.stages:
            user = self.user_of(stage)
            span = stage.instruction.span
            base = made.get(stage.base.index) if stage.base else None
            made[stage.index] = Stage(
                self.source,
                span,
                stage.address,
                index=stage.index,
                name=stage.name,
                image=stage.image,
                base=base,
                user=user,
                ships=stage.ships,
            )
            yield made[stage.index]
            if stage.ships:
                if user.is_absent:
                    user = Value.absent(self.source, span)
                yield Container(
                    self.source,
                    span,
                    stage.address,
                    StageOrigin(self.source, span, user),
                    name=stage.name or stage.image.value.text or "the image",
                    dialect="dockerfile",
                    kind="stage",
                    platform="windows" if stage.windows else "linux",
                )

    def address_at(self, offset: int) -> str:
        index = bisect_right(self.offsets, offset) - 1
        return self.addresses[index] if index >= 0 else ""


def _argument(word: syntax.Word) -> Word:
    return Word(word.fragment, "$" not in word.value or word.literal, word.span)
