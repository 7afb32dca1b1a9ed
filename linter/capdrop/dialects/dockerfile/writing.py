"""Changes of a stage, as lines of its Dockerfile."""

from __future__ import annotations

from capdrop.finding import Edit
from capdrop.model.base_users import WINDOWS_USER, BaseUser, base_user, needs_more, shell_of
from capdrop.model.command import Command
from capdrop.model.container import is_root
from capdrop.model.image_purpose import INTERPRETER, TOOL
from capdrop.model.subject import Refused
from capdrop.model.written_file import WrittenFile
from capdrop.source import Source, Span

from .owning import Handover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from capdrop.model.build_step import Shell
    from capdrop.model.value import Value
    from capdrop.syntax.dockerfile import Dockerfile, Instruction

    from .stages import StageState

_NEEDS_ROOT = frozenset(("RUN", "COPY", "ADD", "WORKDIR", "SHELL", "ONBUILD"))
"""The instructions that a USER is put behind: those that root has to run, and those that are read more easily before it."""
_STARTS = ("CMD", "ENTRYPOINT")
_HOME_OF_ROOT = "/root/"
_ACCOUNTS, _FIELDS = "/etc/passwd", 7
"""passwd(5)."""
_HARMLESS = ("", INTERPRETER, TOOL, "the base image is not known")
"""Why a stage without a user need not set one, where setting one does no harm."""


class Writer:
    """Writes into one stage."""

    __slots__ = ("_instructions", "_source", "_stage", "_tree")

    def __init__(self, source: Source, tree: Dockerfile, stage: StageState) -> None:
        self._source = source
        self._tree = tree
        self._stage = stage
        self._instructions = [one for one in tree.instructions if one.stage == stage.index]

    def leave_root(self, user: Value) -> tuple[str, tuple[Edit, ...]]:
        """Have the stage end as a user that is not root: one that it had, that it made, or that its base has, else a new one."""
        if user.is_absent and user.reason not in _HARMLESS:
            raise Refused(user.reason)
        if self._works_at_roots_home():
            raise Refused("what it starts works in `/root`, which is closed to others: move it elsewhere first")
        said = next((one for one in reversed(self._instructions) if one.keyword == "USER"), None)
        wanted = self._wanted()
        lines = [f"{self._word('RUN')} {wanted.made_by}"] if wanted.made_by else []
        title = f"Make a user, and run as it ({wanted.name})" if wanted.made_by else f"Run as `{wanted.name}`"
        handover = self._handover()
        title += ", which is given what is copied to where it works" if handover.copies else ""
        if said is not None and said.arguments and self._is_last_word(said):
            argument = said.arguments[0]
            edits = [Edit(argument.span, wanted.name)]
            if lines:
                edits.insert(0, self._above(said, lines))
        else:
            edits = [self._behind_the_work([*lines, f"{self._word('USER')} {wanted.name}"])]
        return title, (*handover.edits(), *edits)

    def heed_pipelines(self, step: Instruction, shell: Shell) -> tuple[str, tuple[Edit, ...]]:
        """Have the shell of a step, and of those below it, fail with any command of a pipeline."""
        if step.nested:
            raise Refused("it stands within another instruction")
        program, *options = shell.words or (shell_of(self._stage.bottom.image.reference), "-c")
        words = [f'"{word}"' for word in (program, "-o", "pipefail", *options)]
        line = f"{self._word('SHELL')} [{', '.join(words)}]"
        return f"Write `{line}`", (self._above(step, [line]),)

    def added(self) -> tuple[tuple[str, str], ...]:
        """What the RUN that makes a user adds, if there is one, as `Fix.touches` has it."""
        made_by, given = self._wanted().made_by, self._handover().touches()
        if not made_by:
            return given
        step = f"{self._stage.address} RUN"
        return (step, "+BuildStep"), (f"{step} {made_by.partition(' ')[0]}", "+Command"), *given

    def _handover(self) -> Handover:
        wanted = self._wanted()
        return Handover(self._tree, self._stage, wanted.name, wanted.since)

    def _wanted(self) -> BaseUser:
        return self._user_of_stage() or self._user_of_base()

    def _user_of_stage(self) -> BaseUser | None:
        """The last user other than root that the stage had, else the last that it makes."""
        if self._stage.windows:
            return BaseUser(WINDOWS_USER)
        for one in reversed(self._instructions):
            if one.keyword == "USER" and one.arguments:
                written = self._source[one.arguments[0].span]
                if "$" not in written and not is_root(one.arguments[0].value):
                    return BaseUser(written, since=0 if one.arguments[0].value.isdigit() else one.span.end)
        below = self._stage.base.user if self._stage.base is not None else None
        if below is not None and below.is_known and not is_root(below.text):
            return BaseUser(below.text)
        for account in reversed(self._stage.accounts):
            if account.kind == "user" and account.certain and account.name.known:
                if account.number is not None and account.number.known and account.number.text.isdigit():
                    return BaseUser(account.number.text)
                return BaseUser(account.name.text, since=account.command.span.end)
        return next((BaseUser(number) for number in self._numbers_listed() if not is_root(number)), None)

    def _numbers_listed(self) -> Iterator[str]:
        """The numbers of the users that are written to the list of accounts, the last first."""
        written = [one for layer in self._stage.layers for one in layer if isinstance(one, WrittenFile) and one.path == _ACCOUNTS]
        for line in reversed([line.text for one in written for line in one.lines]):
            fields = line.split(":")
            if len(fields) == _FIELDS and fields[2].isdigit():
                yield fields[2]

    def _user_of_base(self) -> BaseUser:
        stage = self._stage
        bottom = stage.bottom.image
        if bottom.value.text == "scratch":
            return base_user(None, runs_shell=False)
        found = base_user(bottom.reference, runs_shell=stage.shell.language == "sh")
        if found.reason:
            raise Refused(found.reason)
        for command in self._started():
            if needs_more(command.name):
                raise Refused(needs_more(command.name))
        return found

    def _works_at_roots_home(self) -> bool:
        """Whether what is started, or the folder that it is started in, stands in a folder that only root may enter."""
        words = [word.text for command in self._started() for word in command.words]
        return any(path.startswith(_HOME_OF_ROOT) for path in (f"{self._stage.folder}/", *words))

    def _started(self) -> Iterator[Command]:
        """The commands that the stage, and those below it, start a container with."""
        stage: StageState | None = self._stage
        while stage is not None:
            for one in (one for layer in stage.layers for one in layer):
                if isinstance(one, Command) and one.place in _STARTS:
                    yield one
            stage = stage.base

    def _is_last_word(self, said: Instruction) -> bool:
        """Whether nothing that root has to run comes behind a USER."""
        behind = self._instructions[self._instructions.index(said) + 1 :]
        return not any(one.keyword in ("RUN", "ONBUILD") for one in behind)

    def _behind_the_work(self, lines: Sequence[str]) -> Edit:
        """Lines behind the last instruction that needs root: before what the stage starts, or at its end."""
        work = max((index for index, one in enumerate(self._instructions) if one.keyword in _NEEDS_ROOT), default=0)
        for one in self._instructions[work + 1 :]:
            if one.keyword in _STARTS:
                return self._above(one, lines)
        return self._below(self._instructions[-1], lines)

    def _above(self, one: Instruction, lines: Sequence[str]) -> Edit:
        """Lines above an instruction and the comments that stand on it."""
        source, start = self._source, one.span.start
        first = source.position(start).line
        indent = source.text[source.starts[first - 1] : start]
        before = [other.span.end for other in self._tree.instructions if other.span.end <= start]
        floor = max(before[-1] if before else 0, self._tree.body_start)
        line = first
        while line > 1 and source.starts[line - 2] >= floor and source[source.line(line - 1)].lstrip().startswith("#"):
            line -= 1
        at = source.starts[line - 1]
        return Edit(Span(at, at), "".join(f"{indent}{text}{source.newline}" for text in lines))

    def _below(self, one: Instruction, lines: Sequence[str]) -> Edit:
        """Lines below an instruction."""
        source, end = self._source, one.span.end
        last = source[source.line(source.position(end).line)]
        if source.text[end : end + 1] not in ("", "\n", "\r") or last.rstrip(" \t").endswith(self._tree.escape):
            raise Refused("its last instruction is not finished")
        start = source.starts[source.position(one.span.start).line - 1]
        indent = source.text[start : one.span.start]
        return Edit(Span(end, end), "".join(f"{source.newline}{indent}{text}" for text in lines))

    def _word(self, keyword: str) -> str:
        """A keyword as the file writes them."""
        return keyword.lower() if self._source[self._stage.instruction.keyword_span].islower() else keyword
