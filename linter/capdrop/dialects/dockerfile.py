"""Dockerfiles: stages, the users and variables in force, and what their instructions do."""

from __future__ import annotations

from bisect import bisect_right

from ..finding import Note
from ..model.command import Command, Word
from ..model.container import Container
from ..model.copy import Copy
from ..model.image import Image
from ..model.known_images import is_windows, runs_as_non_root
from ..model.oddity import Oddity
from ..model.stage import Stage
from ..model.subject import Origin, Subject
from ..model.text import Text
from ..model.value import Value
from ..model.variable import Variable
from ..reading import Gap, Reading
from ..source import Fragment, Source, Span
from ..syntax import dockerfile as syntax
from ..syntax import shell
from .commands import Setting, commands_in_arguments, commands_in_shell
from .context import Context
from .settings_file import variables_in_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SHELLS = {"sh": "sh", "bash": "sh", "dash": "sh", "ash": "sh", "zsh": "sh", "ksh": "sh"}


def read(source: Source, context: Context) -> Reading:
    """A Dockerfile, Containerfile, or a fragment of one."""
    tree = syntax.parse(source.text)
    reader = _Reader(source, tree, context.targets_of(source.path))
    return Reading(
        source,
        reader.subjects(),
        gaps=[Gap(problem.span, problem.message) for problem in tree.problems if problem.kind == "unread"],
        comments=lambda: tree.comments,
        body_start=tree.body_start,
        blocks=[instruction.span for instruction in tree.instructions],
    )


class _StageState:
    """What is in force at one point of a stage."""

    __slots__ = ("arguments", "base", "environment", "image", "index", "instruction", "name", "shell", "ships", "user", "windows")

    def __init__(self, index: int, instruction: syntax.Instruction, name: str, image: Image, base: _StageState | None) -> None:
        self.index = index
        self.instruction = instruction
        self.name = name
        self.image = image
        self.base = base
        self.arguments: dict[str, str | None] = {}
        self.environment: dict[str, str | None] = dict(base.environment) if base else {}
        self.user: Value | None = None
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
    __slots__ = ("addresses", "global_arguments", "offsets", "source", "stages", "targets", "tree")

    def __init__(self, source: Source, tree: syntax.Dockerfile, targets: frozenset[str]) -> None:
        self.source = source
        self.tree = tree
        self.targets = targets
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
        if word.literal or "$" not in word.value:
            return Value.known(word.value, self.source, word.span)
        expansion = syntax.expand(word.value, lookup, self.tree.escape)
        if expansion.known:
            return Value.known(expansion.text, self.source, word.span)
        missing = ", ".join(f"${name}" for name in expansion.missing) or "a variable"
        return Value.unknown(f"{missing} has no value in this file", self.source, word.span)

    def oddities(self) -> Iterator[Oddity]:
        for problem in self.tree.problems:
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
        elif keyword in ("COPY", "ADD"):
            yield from self.copies(instruction, stage)
        elif keyword == "USER" and stage is not None and not on_build and instruction.arguments:
            stage.user = self.value(instruction.arguments[0], self.lookup(stage))
        elif keyword == "SHELL" and stage is not None:
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
        for pair in instruction.pairs:
            name = pair.name.value
            if pair.value is None:
                value = Value.absent(self.source, pair.name.span)
            else:
                value = self.value(pair.value, lookup)
            if place != "label" and not on_build:
                self.assign(place, name, value, stage)
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

    def assign(self, place: str, name: str, value: Value, stage: _StageState | None) -> None:
        content = value.text if value.is_known else None
        if stage is None:
            self.global_arguments[name] = content
        elif place == "env":
            stage.environment[name] = content
        else:
            stage.arguments[name] = self.global_arguments.get(name) if value.is_absent else content

    def setting(self, instruction: syntax.Instruction, stage: _StageState | None) -> Setting:
        address = f"{stage.address} {instruction.keyword}" if stage else instruction.keyword
        user = self.user_of(stage) if stage else None
        return Setting(self.source, address, instruction.keyword, ships=stage is not None and stage.ships, user=user)

    def commands(self, instruction: syntax.Instruction, stage: _StageState | None) -> Iterator[Command | Variable]:
        if instruction.keyword == "HEALTHCHECK":
            if instruction.inner is not None:
                yield from self.commands(instruction.inner, stage)
            return
        setting = self.setting(instruction, stage)
        if instruction.form == "json":
            yield from commands_in_arguments([_argument(word) for word in instruction.arguments], setting)
        elif (stage.shell if stage else "sh") == "sh":
            yield from commands_in_shell(instruction.body, setting)
            yield from self.heredoc_scripts(instruction, setting)

    def heredoc_scripts(self, instruction: syntax.Instruction, setting: Setting) -> Iterator[Command]:
        """The commands of heredocs that a shell runs: bare ones, and those handed to a shell."""
        for heredoc in instruction.heredocs:
            program = self.reader_of(instruction, heredoc)
            speaks = shell.shebang(heredoc.body.text) if heredoc.body.text.startswith("#!") else "sh"
            if _SHELLS.get(program, program) in ("", "sh") and speaks == "sh":
                yield from commands_in_shell(heredoc.body, setting)

    def reader_of(self, instruction: syntax.Instruction, heredoc: syntax.Heredoc) -> str:
        """The program that a heredoc is fed to; "" where it is the script itself."""
        at = heredoc.span.start
        for command in shell.parse(instruction.body.text).commands:
            for redirection in command.redirections:
                if instruction.body.span(redirection.span.start, redirection.span.end).covers(Span(at, at)):
                    return (command.name or "").rpartition("/")[2]
        return ""

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
        origin = flags.get("from")
        if origin is not None and origin.is_known and self.stage_called(origin.text) is None and not origin.text.isdigit():
            yield Image(self.source, origin.span, address, None, value=origin, role="copied")
        for heredoc in instruction.heredocs:
            yield from variables_in_settings(heredoc.body, self.source, f"{address} {values[-1].text}", ships=ships)

    def flag_value(self, flag: syntax.Flag, lookup: syntax.Lookup) -> Value:
        if flag.value is None:
            return Value.known(True, self.source, flag.span)
        expansion = syntax.expand(flag.value, lookup, self.tree.escape)
        if expansion.known:
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

    def user_of_image(self, image: Image) -> Value:
        if image.reference is not None and runs_as_non_root(image.reference):
            return Value.unknown("the base image starts as a user of its own", self.source, image.span)
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
