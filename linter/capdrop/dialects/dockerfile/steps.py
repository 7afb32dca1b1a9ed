"""RUN, EXPOSE, WORKDIR and VOLUME: the steps of a build, and the ports and folders that an image names."""

from __future__ import annotations

import posixpath
import re

from capdrop.finding import Edit, Fix, Safety
from capdrop.model.build_step import BuildStep, RunMount
from capdrop.model.folder import Folder
from capdrop.model.port import Port, port_range
from capdrop.model.subject import Change, Origin, Refused
from capdrop.model.value import Value
from capdrop.source import Source, Span
from capdrop.syntax import dockerfile as syntax

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .scope import Scope
    from .stages import StageState

_AT_START = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})
"""What the shell expands when the container starts."""
_ALSO_CALLED = {
    "dst": "target", "destination": "target", "src": "source", "readwrite": "rw", "readonly": "ro",
}  # fmt: skip
"""Other names of the settings of a mount (https://docs.docker.com/reference/dockerfile/#run---mount, 2026-08)."""


class FlagOrigin(Origin):
    """Takes a flag out of an instruction."""

    __slots__ = ("flags", "source")

    def __init__(self, source: Source, flags: Mapping[str, syntax.Flag]) -> None:
        self.source = source
        self.flags = flags

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        flag = self.flags.get(change.fact)
        if change.action != "drop" or flag is None:
            raise Refused("there is no writer for this change of a step")
        return f"Remove `--{flag.name}`", (Edit(with_blanks_after(self.source, flag.span), ""),)


class StepOrigin(FlagOrigin):
    """Takes a RUN away, or a flag out of it, or has its shell fail with any command of a pipeline, and that of the steps below it."""

    __slots__ = ("instruction", "shell", "stage", "tree")

    def __init__(self, source: Source, tree: syntax.Dockerfile, stage: StageState, instruction: syntax.Instruction) -> None:
        super().__init__(source, {flag.name: flag for flag in instruction.flags})
        self.tree = tree
        self.stage = stage
        self.shell = stage.shell
        self.instruction = instruction

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.fact == "buildstep" and change.action == "drop":
            if self.instruction.nested:
                raise Refused("it stands within another instruction")
            return f"Remove this {self.instruction.keyword}", (Edit(with_line_end(self.source, self.instruction.span), ""),)
        if change.fact != "pipefail" or change.action != "set":
            return super().write(change)
        from .writing import Writer

        return Writer(self.source, self.tree, self.stage).heed_pipelines(self.instruction, self.shell)

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        """One step at a time is told of, as those below it follow."""
        return ((f"{self.stage.address} SHELL", "words"),) if change.fact == "pipefail" else ()


class WordOrigin(Origin):
    """Takes a word out of an instruction, and the whole instruction with its last word."""

    __slots__ = ("instruction", "source", "word")

    def __init__(self, source: Source, instruction: syntax.Instruction, word: syntax.Word) -> None:
        self.source = source
        self.instruction = instruction
        self.word = word

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "drop" or self.instruction.nested or self.instruction.form == "json":
            raise Refused("it is written as a list, or within another instruction")
        words = self.instruction.arguments
        if len(words) == 1:
            return f"Remove this {self.instruction.keyword}", (Edit(with_line_end(self.source, self.instruction.span), ""),)
        last = words[-1] is self.word
        span = with_blanks_before(self.source, self.word.span) if last else with_blanks_after(self.source, self.word.span)
        return f"Remove `{self.source[self.word.span]}`", (Edit(span, ""),)


class PairOrigin(Origin):
    """Takes a variable out of an ENV, ARG or LABEL, and the whole instruction with its last one. To drop its value is to hand it to the
    RUNs of its stage that read it, as a secret of the build."""

    __slots__ = ("at", "instruction", "source", "stage", "tree")

    def __init__(self, source: Source, tree: syntax.Dockerfile, stage: str, instruction: syntax.Instruction, at: int) -> None:
        self.tree = tree
        self.stage = stage
        self.source = source
        self.instruction = instruction
        self.at = at

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "drop" or change.fact not in ("variable", "value") or self.instruction.nested:
            raise Refused("there is no writer for this")
        if change.fact == "value" and not self.stage:
            raise Refused("it is for the names of images")
        title, edits = self._left_out()
        if change.fact == "variable" or self.instruction.keyword == "LABEL":  # which no step reads
            return title, edits
        return f"{title}, and hand it to the step that needs it: `RUN {self._mount()}`", (*edits, *self._handed_over())

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        name, keyword = self.instruction.pairs[self.at].name.value, self.instruction.keyword
        return ((f"{self.stage} {keyword} {name}", "variable"), (f"{self.stage} RUN", "mounts")) if change.fact == "value" else ()

    def _mount(self) -> str:
        name = self.instruction.pairs[self.at].name.value
        return f"--mount=type=secret,id={name.lower()},env={name}"

    def _handed_over(self) -> Iterator[Edit]:
        """The flags of the RUNs that read it. Raises `Refused` where another instruction does, which has no secrets."""
        read = re.compile(rf"\$\{{?{re.escape(self.instruction.pairs[self.at].name.value)}\b")
        for one in self.tree.instructions:
            if one.stage == self.instruction.stage and one.span.start > self.instruction.span.start and read.search(self.source[one.span]):
                if one.keyword == "RUN" and not one.nested:
                    yield Edit(Span(one.keyword_span.end, one.keyword_span.end), f" {self._mount()}")
                elif one.keyword not in _AT_START:
                    raise Refused(f"{one.keyword} reads it")

    def _left_out(self) -> tuple[str, tuple[Edit, ...]]:
        pairs, at = self.instruction.pairs, self.at
        pair = pairs[at]
        title = f"Remove `{pair.name.value}`"
        if len(pairs) == 1:
            return title, (Edit(with_line_end(self.source, self.instruction.span), ""),)
        last = at == len(pairs) - 1
        span = Span(pairs[at - 1].span.end, pair.span.end) if last else Span(pair.span.start, pairs[at + 1].span.start)
        if "#" in self.source.text[span.start : pair.span.start] + self.source.text[pair.span.end : span.end]:
            raise Refused("a comment stands between it and the next")
        return title, (Edit(span, ""),)


def with_blanks_after(source: Source, span: Span) -> Span:
    """A span with the blanks behind it on its line."""
    end = span.end
    while source.text[end : end + 1] in (" ", "\t"):
        end += 1
    return Span(span.start, end)


def with_blanks_before(source: Source, span: Span) -> Span:
    """A span with the blanks before it on its line."""
    start = span.start
    while source.text[start - 1 : start] in (" ", "\t"):
        start -= 1
    return Span(start, span.end)


def with_line_end(source: Source, span: Span) -> Span:
    """A span with the end of its last line."""
    end = with_blanks_after(source, span).end
    if source.text.startswith("\r\n", end):
        return Span(span.start, end + 2)
    return Span(span.start, end + 1 if source.text[end : end + 1] == "\n" else span.end)


def step_of(instruction: syntax.Instruction, stage: StageState, source: Source, tree: syntax.Dockerfile, user: Value) -> BuildStep:
    """A RUN as a step of its stage."""
    escape = tree.escape
    flags = {flag.name: flag for flag in instruction.flags}
    absent = Value.absent(source, instruction.keyword_span)
    network, security = (
        stage.scope.flag(flags[name], source, escape) if name in flags else absent for name in ("network", "security")
    )  # fmt: skip
    mounts = tuple(_mount(flag, stage.scope, source, escape) for flag in instruction.flags if flag.name == "mount")
    return BuildStep(
        source,
        instruction.span,
        f"{stage.address} RUN",
        StepOrigin(source, tree, stage, instruction),
        mounts=mounts,
        network=network,
        security=security,
        shell=stage.shell,
        user=user,
        folder=stage.folder,
        ships=stage.kept,
    )


def with_check(source: Source, directive: syntax.Directive, check: str) -> Fix:
    """A fix that no longer switches a check of BuildKit's off; what else the directive says stays."""
    settings = []
    for setting in directive.value.split(";"):
        name, equals, checks = setting.partition("=")
        skips = name.strip().lower() == "skip"
        kept = ",".join(one for one in checks.split(",") if one != check) if skips else checks
        settings += [f"{name}{equals}{kept}"] if kept or not skips else []
    edit = Edit(directive.value_span, ";".join(settings)) if settings else Edit(with_line_end(source, directive.span), "")
    caveat = "the build warns, or fails where `error=true` is set"
    return Fix(f"Leave out `{check.strip()}`", (edit,), Safety.DISPLAY, caveat, (("", "comment"),))


def _mount(flag: syntax.Flag, scope: Scope, source: Source, escape: str) -> RunMount:
    """A `--mount`: comma-separated settings, with or without a value."""
    values: dict[str, Value] = {}
    at = 0
    for text in flag.fragment.text.split(",") if flag.fragment is not None else ():
        assert flag.fragment is not None
        name, _, content = text.partition("=")
        name = name.strip().lower()
        if content:
            part = flag.fragment.part(at + len(text) - len(content), at + len(text))
            value = scope.value(syntax.Word(part, part, part.span()), source, escape)
        else:
            value = Value.known(content, source, flag.span)
        values[_ALSO_CALLED.get(name, name)] = value
        at += len(text) + 1
    return RunMount(values, flag.span)


def ports(instruction: syntax.Instruction, stage: StageState, source: Source, escape: str) -> Iterator[Port]:
    """The ports of an EXPOSE."""
    for word in instruction.arguments:
        value = stage.scope.value(word, source, escape)
        first, last, protocol = port_range(value.text)
        if value.is_known and first < 0:
            stage.scope.refused.append((word.span, "this is no port"))
        yield Port(
            source,
            word.span,
            f"{stage.address} EXPOSE {source[word.span]}",
            WordOrigin(source, instruction, word),
            value=value,
            first=first,
            last=last,
            protocol=protocol,
            role="exposed",
            owner=stage.name or stage.image.value.text or "the image",
            ships=stage.kept,
        )


def folders(instruction: syntax.Instruction, stage: StageState, source: Source, escape: str) -> Iterator[Folder]:
    """The folders of a WORKDIR or VOLUME."""
    for word in instruction.arguments:
        path = stage.scope.value(word, source, escape)
        if path.is_known and stage.folder.startswith("/"):
            path = path.replaced(posixpath.normpath(posixpath.join(stage.folder, path.text)))
        yield Folder(
            source,
            word.span,
            f"{stage.address} {instruction.keyword} {source[word.span]}",
            WordOrigin(source, instruction, word),
            path=path,
            role="working" if instruction.keyword == "WORKDIR" else "volume",
            ships=stage.kept,
        )
        if instruction.keyword == "WORKDIR" and not instruction.nested:
            stage.folder = posixpath.normpath(posixpath.join(stage.folder, path.text or word.value))
