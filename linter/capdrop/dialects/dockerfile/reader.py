"""Walks the instructions of a Dockerfile and makes subjects of them."""

from __future__ import annotations

from bisect import bisect_right

from capdrop.finding import Note
from capdrop.model.build_step import Shell
from capdrop.model.command import Command
from capdrop.model.copy import Copy
from capdrop.model.image import Image
from capdrop.model.subject import Subject
from capdrop.model.text import Text
from capdrop.model.tools import MAKES_ACCOUNTS
from capdrop.model.value import Value
from capdrop.model.variable import Variable
from capdrop.model.words import Word
from capdrop.source import Fragment, Source, Span
from capdrop.syntax import dockerfile as syntax
from capdrop.syntax import shell

from ..commands import commands_in_arguments, commands_in_shell, commands_of_file
from ..one_command import Setting
from . import steps
from .built_beside import dockerfile_beside, leaves_root, offers_another, started_by
from .mounting import CopyOrigin
from .scope import Scope
from .stages import StageState, finished

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from capdrop.model.build_step import BuildStep
    from capdrop.model.oddity import Oddity
    from capdrop.syntax.image_reference import Reference

    from ..context import Context
    from ..variable_places import VariablePlaces

TEMPLATES = (".template", ".tmpl", ".tpl", ".in", ".j2", ".jinja", ".jinja2", ".erb", ".mustache")
"""How the names of templates end, whatever their markup."""
_OF_WINDOWS = ("cmd", "powershell")
"""Shells that only Windows has."""


class Reader:
    """Reads one file. `stages` are those met so far; `offsets` and `addresses` say which instruction stands where."""

    __slots__ = (
        "addresses", "built", "context", "escape", "given", "named", "offsets", "outer", "places", "runs", "source", "stages", "starters",
        "targets", "templated", "tree",
    )  # fmt: skip

    def __init__(self, source: Source, tree: syntax.Dockerfile, context: Context, *, templated: bool) -> None:
        self.source = source
        self.tree = tree
        self.escape = tree.escape
        self.starters = self.built = context.starters_of(source.path)
        self.targets = context.targets if self.starters is None else context.targets | self.starters.stages
        self.given = context
        self.places: VariablePlaces | None = None
        self.context = context.built_from(source.path, self.copied_names())
        self.templated = templated
        self.stages: list[StageState] = []
        self.named: dict[str, StageState] = {}
        """The last stage of each name."""
        self.outer = Scope.of_file()
        self.offsets: list[int] = []
        self.addresses: list[str] = []
        self.runs = [instruction for instruction in tree.instructions if instruction.keyword == "RUN"]

    def variable_at(self, offset: int) -> Variable | None:
        """The variable that is written at an offset."""
        if self.places is None:
            from ..variable_places import VariablePlaces

            self.places = VariablePlaces(self.source, self.again().subjects)
        return self.places.at(offset)

    def again(self) -> Reader:
        """A reader that has read nothing yet, of the same file."""
        return Reader(self.source, self.tree, self.given, templated=self.templated)

    def subjects(self) -> Iterator[Subject]:
        """All that rules judge."""
        yield Text(
            self.source,
            Span(0, len(self.source.text)),
            "",
            fragment=Fragment.at(self.source.text, 0),
            address_at=self.address_at,
            variable_at=self.variable_at,
        )
        yield from self.oddities()
        yield from self.skipped_checks()
        yield from self.frontend()
        ships = self.shipped()
        kept = self.kept(ships)
        stage: StageState | None = None
        for instruction in self.tree.instructions:
            if instruction.keyword == "FROM":
                stage = self.begin_stage(instruction)
                stage.ships, stage.kept = stage.index in ships, stage.index in kept
                yield stage.image
            elif stage is not None:
                stage.saw(instruction.keyword)
            self.offsets.append(instruction.span.start)
            self.addresses.append(f"{stage.address} {instruction.keyword}" if stage else instruction.keyword)
            done = tuple(self.instruction(instruction, stage, on_build=False))
            if stage is not None:
                (stage.on_build if instruction.keyword == "ONBUILD" else stage.layers).append(done)
            yield from done
        yield from finished(
            self.stages, self.source, self.tree, self.said_elsewhere, templated=self.templated, overridden=self.overridden()
        )
        yield from self.refusals()

    def shipped(self) -> set[int]:
        """The indexes of the stages that ship: the last one, and those that something asks for by name."""
        froms = [instruction for instruction in self.tree.instructions if instruction.keyword == "FROM"]
        names = [self.stage_name(instruction) for instruction in froms]
        asked = {index for index, name in enumerate(names) if name in self.targets or str(index) in self.targets}
        last = len(froms) - 1
        if self.starters is not None and (not names or not self.starters.build_last((names[-1], str(last)))):
            self.starters = None  # somebody else starts the image of the last stage, as it is
        return asked | {last}

    def overridden(self) -> set[int]:
        """The indexes of the stages that are started as another user than they say."""
        starters, last = self.built, len(self.stages) - 1
        if starters is None:
            return set()
        names = [{stage.name, str(stage.index)} - {""} | ({""} if stage.index == last else set()) for stage in self.stages]
        return {index for index, own in enumerate(names) if starters.leave_root(own)}

    def kept(self, ships: set[int]) -> set[int]:
        """The indexes of the stages whose files are in an image: those that ship, and those that they are built on or copy whole."""
        kept = set(ships)
        by_name: dict[str, int] = {}
        taken: list[set[int]] = []
        scope = Scope.of_file()
        for instruction in self.tree.instructions:
            if instruction.keyword == "ARG" and not taken:
                for pair in instruction.pairs:
                    if pair.value is not None:
                        scope.declare(pair.name.value, self.value(pair.value, scope), None)
            elif instruction.keyword == "FROM":
                named = self.value(instruction.image, scope).text.lower() if instruction.image else ""
                base = by_name.get(named) if named else None
                taken.append(set() if base is None else {base})
                by_name[self.stage_name(instruction)] = by_name[str(len(taken) - 1)] = len(taken) - 1
            elif instruction.keyword == "COPY" and taken and _copies_whole(instruction):
                flag = instruction.flag("from")
                origin = by_name.get((flag.value or "").lower()) if flag is not None else None
                taken[-1] |= set() if origin is None else {origin}
        for index in range(len(taken) - 1, -1, -1):
            if index in kept:
                kept |= taken[index]
        return kept

    def copied_names(self) -> Iterator[str]:
        """What the file copies from its build context by name."""
        for instruction in self.tree.instructions:
            if instruction.keyword in ("COPY", "ADD") and not any(flag.name == "from" for flag in instruction.flags):
                for word in instruction.arguments[:-1]:
                    if not word.value.startswith("<<") and "$" not in word.value and "://" not in word.value:
                        yield word.value

    def stage_name(self, instruction: syntax.Instruction) -> str:
        return instruction.stage_name.value.lower() if instruction.stage_name else ""

    def begin_stage(self, instruction: syntax.Instruction) -> StageState:
        index = len(self.stages)
        name = self.stage_name(instruction)
        word = instruction.image
        value = self.value(word, self.outer) if word else Value.unknown("no image is named", self.source, instruction.span)
        base = self.stage_called(value.text)
        address = f"stage {name or index}"
        image = Image(self.source, instruction.span, address, None, value=value, role="base", local=base is not None)
        image.local = image.local or self.is_built(image)
        image.project = self.given.project_of(self.source.path)
        if value.is_known and image.reference is None and word is not None and "$" not in word.value:
            self.outer.refused.append((word.span, "this is no name of an image"))
        stage = StageState(index, instruction, name, image, base, self.outer)
        self.stages.append(stage)
        self.named[name] = stage
        return stage

    def stage_called(self, name: str) -> StageState | None:
        """The last stage of this name."""
        return self.named.get(name.lower()) if name else None

    def stage_copied(self, name: str) -> StageState | None:
        """The stage that `COPY --from` means, by its name or its number."""
        if name.isdigit():
            return self.stages[int(name)] if len(name) < 6 and int(name) < len(self.stages) else None
        return self.stage_called(name)

    def is_built(self, image: Image) -> bool:
        """Whether an image is built beside the file, or is a context that the builder is given."""
        if self.starters is not None and image.value.text in self.starters.named:
            return True
        return bool(dockerfile_beside(image.reference, self.source.path, self.given))

    def said_elsewhere(self, image: Image) -> str:
        """Why other files say who an image runs as that is built on another one: that may have a user, as one that is built beside the file
        has, and others of the project may; all pods that start it name a user; it is kept for an old release, as the folders and the base
        tell; another Dockerfile beside it leaves root; or who starts it has a say, as another file there tells."""
        is_of_another = self.built is not None and image.value.text in self.built.images
        leaves = leaves_root(image.reference, self.source.path, self.given) if image.local else image.is_released_here
        if is_of_another or leaves:
            return "the image below it may have a user"
        if self.given.is_never_started_as_root(self.source.path):
            return "the pods that start it name a user"
        if image.is_in_its_folder and image.end_of_life is not None:
            return "it is kept for an old release"
        if offers_another(self.source.path, self.given):
            return "another Dockerfile beside it is for those who want no root"
        return started_by(self.source.path, self.given)

    def scope(self, stage: StageState | None) -> Scope:
        return self.outer if stage is None else stage.scope

    def value(self, word: syntax.Word, scope: Scope) -> Value:
        return scope.value(word, self.source, self.escape)

    @property
    def is_filled_in(self) -> bool:
        """Whether something completes the file before it is built, as its markup or its name tells."""
        return self.templated or self.source.path.endswith(TEMPLATES)

    def oddities(self) -> Iterator[Oddity]:
        for problem in () if self.is_filled_in else self.tree.problems:
            if problem.kind != "unread":
                kind = "refused-instruction" if problem.kind == "refused" else problem.kind
                yield self.oddity(problem.span, kind, problem.message)
        for directive in self.tree.ignored_directives:
            yield self.oddity(directive.span, "ignored-directive", f"`{directive.name}=` has no effect here")

    def skipped_checks(self) -> Iterator[Oddity]:
        """The checks of BuildKit's own that the file switches off."""
        for directive in self.tree.directives if "check" in self.source.text[: self.tree.body_start] else ():
            for setting in directive.value.split(";") if directive.name == "check" else ():
                name, _, checks = setting.partition("=")
                if name.strip().lower() == "skip":
                    for check in checks.split(","):
                        oddity = self.oddity(directive.span, "skipped-check", check.strip())
                        oddity.correction = steps.with_check(self.source, directive, check)
                        yield oddity

    def refusals(self) -> Iterator[Oddity]:
        """What BuildKit would refuse once it has expanded the variables."""
        told = {problem.span for problem in self.tree.problems} if self.outer.refused and not self.is_filled_in else set()
        for span, message in () if self.is_filled_in else self.outer.refused:
            if span not in told:
                told.add(span)
                yield self.oddity(span, "refused-instruction", message)

    def oddity(self, span: Span, kind: str, message: str) -> Oddity:
        from capdrop.model.oddity import Oddity

        return Oddity(self.source, span, "", kind=kind, message=message)

    def frontend(self) -> Iterator[Image]:
        for directive in self.tree.directives:
            if directive.name == "syntax":
                value = Value.known(directive.value, self.source, directive.value_span)
                yield Image(self.source, directive.span, "syntax", None, value=value, role="frontend")

    def instruction(self, instruction: syntax.Instruction, stage: StageState | None, on_build: bool) -> Iterator[Subject]:
        keyword = instruction.keyword
        if keyword in ("ENV", "ARG", "LABEL"):
            yield from self.variables(instruction, stage, on_build)
        elif keyword == "RUN":
            yield from self.run(instruction, stage)
        elif keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            yield from self.commands(instruction, stage, None)
        elif keyword in ("COPY", "ADD"):
            yield from self.copies(instruction, stage, on_build)
        elif keyword == "ONBUILD" and instruction.inner is not None:
            yield from self.instruction(instruction.inner, stage, on_build=True)
        elif stage is not None:
            yield from self.setting_of_stage(instruction, stage, on_build)

    def setting_of_stage(self, instruction: syntax.Instruction, stage: StageState, on_build: bool) -> Iterator[Subject]:
        """What changes a stage from here on, or its image."""
        keyword = instruction.keyword
        if keyword in ("WORKDIR", "VOLUME"):
            yield from steps.folders(instruction, stage, self.source, self.escape)
        elif keyword == "EXPOSE":
            yield from steps.ports(instruction, stage, self.source, self.escape)
        elif on_build or not instruction.arguments:
            return
        elif keyword == "USER":
            stage.becomes(self.value(instruction.arguments[0], stage.scope))
        elif keyword == "SHELL":
            words = [word.value for word in instruction.arguments]
            stage.shell = Shell(shell.interpreter(words), tuple(words))
            stage.windows = stage.windows or words[0].lower().removesuffix(".exe") in _OF_WINDOWS

    def variables(self, instruction: syntax.Instruction, stage: StageState | None, on_build: bool) -> Iterator[Variable]:
        place = {"ENV": "env", "ARG": "arg", "LABEL": "label"}[instruction.keyword]
        scope = self.scope(stage)
        assigned: list[Variable] = []
        for at, pair in enumerate(instruction.pairs):
            name = pair.name.value
            value = Value.absent(self.source, pair.name.span) if pair.value is None else self.value(pair.value, scope)
            if place == "arg" and not on_build:
                scope.declare(name, value, None if stage is None else self.outer)
            fragment = pair.value.fragment if pair.value is not None else None
            giver = scope.giver(pair.value.value.strip("${}")) if pair.value is not None and _is_one_variable(pair.value) else None
            if giver is not None and giver.secret is None and value.is_known:
                fragment, trail = giver.fragment, (Note(self.source, pair.span, f"`{name}` takes it from there"),)
                value = Value.known(value.text, self.source, value.span, trail)
            address = f"{stage.address} {instruction.keyword} {name}" if stage else f"{instruction.keyword} {name}"
            variable = Variable(
                self.source,
                pair.span,
                address,
                steps.PairOrigin(self.source, self.tree, stage.address if stage is not None else "", instruction, at),
                name=name,
                name_span=pair.name.span,
                value=value,
                fragment=fragment,
                place=place,
                ships=stage is not None and stage.kept,
                overridden=place == "env" and self.starters is not None and name in self.starters.variables,
            )
            if place == "env" and not on_build:
                assigned.append(variable)
            elif place == "arg" and not on_build and not value.is_absent:
                scope.given_by(name, variable)
            yield variable
        for variable in assigned:
            scope.set(variable.name, variable.value)
            scope.given_by(variable.name, variable)

    def setting(self, instruction: syntax.Instruction, stage: StageState | None, step: BuildStep | None) -> Setting:
        bodies = {heredoc.span.start: heredoc.body for heredoc in instruction.heredocs}
        if stage is None:
            return Setting(self.source, instruction.keyword, instruction.keyword, ships=False, bodies=bodies)
        return Setting(
            self.source,
            f"{stage.address} {instruction.keyword}",
            instruction.keyword,
            ships=stage.kept,
            user=stage.builder_now(templated=self.templated),
            bodies=bodies,
            commands=stage.script.commands if instruction.keyword == "RUN" else None,
            giver=stage.scope.giver if instruction.keyword == "RUN" and stage.scope.gives_addresses else None,
            variables=stage.scope.find,
            folder=stage.folder,
            step=step,
            image=self.given_arguments(stage) if instruction.keyword == "CMD" and instruction.form == "json" else None,
        )

    def given_arguments(self, stage: StageState) -> Reference | None:
        """The base image that a CMD of a stage is arguments for, where the file does not say what it starts."""
        says = any(instruction.keyword == "ENTRYPOINT" for instruction in self.tree.instructions)
        return None if says else stage.bottom.image.reference

    def run(self, instruction: syntax.Instruction, stage: StageState | None) -> Iterator[Subject]:
        step = None
        if stage is not None:
            user = stage.builder_now(templated=self.templated)
            step = steps.step_of(instruction, stage, self.source, self.tree, user)
            yield step
        for subject in self.commands(instruction, stage, step):
            yield subject
            if stage is not None and isinstance(subject, Command) and subject.name in MAKES_ACCOUNTS:
                from capdrop.model.account import account_made

                account = account_made(subject)
                if account is not None:
                    stage.accounts.append(account)
        for mount in step.mounts if step is not None else ():
            if "from" in mount.values:
                assert step is not None
                yield from self.other_image(mount.values["from"], step.address, (step.address, "mounts"))

    def commands(self, instruction: syntax.Instruction, stage: StageState | None, step: BuildStep | None) -> Iterator[Subject]:
        if instruction.keyword == "HEALTHCHECK":
            if instruction.inner is not None:
                yield from self.commands(instruction.inner, stage, step)
        elif instruction.form == "json":
            yield from commands_in_arguments([_argument(word) for word in instruction.arguments], self.setting(instruction, stage, step))
        elif stage is None or stage.shell.language == "sh":
            yield from commands_in_shell(instruction.body, self.setting(instruction, stage, step))
        elif stage.shell.language in ("powershell", "cmd"):
            from ..windows import commands_in_windows

            yield from commands_in_windows(instruction.body, stage.shell.language, self.setting(instruction, stage, step))

    def other_image(self, origin: Value, address: str, fact: tuple[str, str]) -> Iterator[Image]:
        """An image that files are taken from, unless it is a stage of this file; `fact` is what of the instruction names it."""
        stage = self.stage_copied(origin.text)
        if stage is not None and stage is self.stages[-1]:
            self.outer.refused.append((origin.span, "a stage cannot take files from itself"))
        elif stage is None and origin.text.isdigit():
            self.outer.refused.append((origin.span, "there is no stage of this number"))
        elif stage is None:
            image = Image(self.source, origin.span, address, None, value=origin, role="copied", named_by=fact)
            image.local = self.is_built(image)
            image.project = self.given.project_of(self.source.path)
            yield image

    def copies(self, instruction: syntax.Instruction, stage: StageState | None, on_build: bool) -> Iterator[Subject]:
        scope = self.scope(stage)
        address = f"{stage.address} {instruction.keyword}" if stage else instruction.keyword
        values = [self.value(word, scope) for word in instruction.arguments]
        if not values:
            return
        given = [(flag.name, scope.flag(flag, self.source, self.escape)) for flag in instruction.flags]
        flags = dict(given)
        origin = self.stage_copied(flags["from"].text) if "from" in flags else None
        copy = Copy(
            self.source,
            instruction.span,
            named := f"{address} {values[-1].text}".rstrip(),
            CopyOrigin(self.source, self.runs, instruction, stage.address, named) if stage is not None else None,
            keyword=instruction.keyword,
            sources=tuple(value for value in values[:-1] if not value.text.startswith("<<")),
            destination=values[-1],
            flags=flags,
            ships=stage is not None and stage.kept,
            excluded=tuple(value for name, value in given if name == "exclude"),
            folder=stage.folder if stage is not None else ".",
            context=None if on_build or "from" in flags else self.context,
            from_build=origin is not None and origin.runs,
        )
        if stage is not None:
            stage.script.copies.append(copy)
            if origin is not None:
                from .handing import taking

                stage.takes.append(taking(copy, origin))
        yield copy
        if "from" in flags:
            yield from self.other_image(flags["from"], address, (copy.address, "from"))
        for heredoc in instruction.heredocs:
            from ..settings_file import variables_in_file

            path = values[-1].text + heredoc.name if values[-1].text.endswith("/") else values[-1].text
            yield from self.written(heredoc, values[-1], path, address, copy)
            yield from variables_in_file(heredoc.body, self.source, copy.address, path, ships=copy.ships)

    def written(self, heredoc: syntax.Heredoc, destination: Value, path: str, address: str, copy: Copy) -> Iterator[Subject]:
        """The file that a here-document becomes, and what cron runs of it."""
        if heredoc.body.text and path:
            from capdrop.model.written_file import WrittenFile

            file = WrittenFile(
                self.source,
                heredoc.body.span(),
                f"{address} {path}",
                path=path,
                path_span=destination.span,
                texts=(heredoc.body,),
                ships=copy.ships,
                program=copy.keyword,
            )
            yield file
            yield from commands_of_file(file, Setting(self.source, address, copy.keyword, ships=copy.ships))

    def address_at(self, offset: int) -> str:
        index = bisect_right(self.offsets, offset) - 1
        return self.addresses[index] if index >= 0 else ""


def _is_one_variable(word: syntax.Word) -> bool:
    """Whether a word is the value of one variable: `$NAME` or `${NAME}`."""
    name = word.value
    return name[:1] == "$" and not word.literal and (name[2:-1] if name[1:2] == "{" and name[-1] == "}" else name[1:]).isidentifier()


def _copies_whole(instruction: syntax.Instruction) -> bool:
    """Whether an instruction is a `COPY --from=... / /`."""
    if [word.value for word in instruction.arguments] not in (["/", "/"], ["/.", "/"]):
        return False
    return not any(flag.name in ("exclude", "parents") for flag in instruction.flags)


def _argument(word: syntax.Word) -> Word:
    return Word(word.fragment, "$" not in word.value or word.literal, word.span)
