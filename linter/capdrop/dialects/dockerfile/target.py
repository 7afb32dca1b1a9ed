"""One stage of a Dockerfile as somebody builds it: by its name, with arguments of their own."""

from __future__ import annotations

import re

from capdrop.finding import Note
from capdrop.model.port import Port
from capdrop.model.variable import Variable
from capdrop.reading import Joint
from capdrop.source import Source, Span
from capdrop.syntax import UNKNOWN
from capdrop.syntax import dockerfile as syntax

from ..context import Context
from . import without_markup
from .reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from capdrop.model.image import Image
    from capdrop.model.subject import Subject
    from capdrop.model.value import Value

    from .stages import StageState

_MOST_NOTES = 4
_MOST_NAMES = 8
"""Variables that an argument is followed through."""
_KEEPS = {
    "ENV": "and kept in the image's environment here",
    "LABEL": "and kept in the image's labels here",
    "RUN": "and used here, where it stays in the image's history",
    "COPY": "and used here",
}


class Target:
    """A stage, the last one where no name is given. `arguments` are what the builder gives; None for what is not known.

    `user`, `variables` and `ports` are what it leaves in force, and `image` is what it is built on in the end.
    """

    __slots__ = ("_source", "_tree", "image", "ports", "stage", "user", "variables")

    def __init__(self, source: Source, name: str, arguments: Mapping[str, str | None]) -> None:
        text, actions = without_markup(source)
        self._source = source
        self._tree = syntax.parse(text)
        reader = Reader(source, self._tree, Context(), templated=bool(actions))
        self.stage: StageState | None = None
        said: dict[int, list[Subject]] = {}
        for instruction in self._tree.instructions:
            if instruction.keyword == "FROM":
                if self.stage is not None and name and name in (self.stage.name, str(self.stage.index)):
                    break
                self.stage = reader.begin_stage(instruction)
                said[self.stage.index] = []
            else:
                subjects = _follow(reader, instruction, self.stage, arguments)
                if self.stage is not None:
                    said[self.stage.index] += subjects
        if self.stage is not None and name and name not in (self.stage.name, str(self.stage.index)):
            self.stage = None
        self.user: Value | None = self.stage.user_now(templated=bool(actions)) if self.stage is not None else None
        self.image: Image | None = self.stage.bottom.image if self.stage is not None else None
        self.variables: dict[str, Variable] = {}
        self.ports: list[Port] = []
        for stage in reversed(list(self._line())):
            for subject in said[stage.index]:
                if isinstance(subject, Port):
                    self.ports.append(subject)
                elif isinstance(subject, Variable) and subject.place == "env":
                    subject.ships = True
                    self.variables[subject.name] = subject

    def handed_on(self, name: str) -> tuple[str, ...]:
        """The variables of the stage that are given the whole of an argument."""
        parts = self._instructions()
        if not any(pair.name.value == name for one in parts if one.keyword == "ARG" for pair in one.pairs):
            return ()
        pairs = [pair for one in parts if one.keyword in ("ENV", "ARG") for pair in one.pairs if pair.value is not None]
        return tuple(pair.name.value for pair in pairs if pair.value is not None and pair.value.value in (f"${name}", f"${{{name}}}"))

    def uses(self, name: str) -> tuple[Note, ...]:
        """Where the stage, and those that it is built on, declare an argument, hand it on to others and take it up."""
        parts = self._instructions()
        declared = [one for one in parts if one.keyword == "ARG" and any(pair.name.value == name for pair in one.pairs)]
        if not declared or not re.fullmatch(r"\w+", name):
            return ()
        names = [name]
        handed: list[Note] = []
        kept: list[Note] = []
        for one in parts:
            if one.keyword == "ARG" or one.keyword in _KEEPS:
                taken = rf"\$(?:\{{(?:{'|'.join(names)})\b|(?:{'|'.join(names)})\b)"
                if re.search(taken, self._source[one.span]):
                    note = Note(self._source, _line(self._source, one.span), _KEEPS.get(one.keyword, "handed on here"))
                    (handed if one.keyword == "ARG" else kept).append(note)
                    given = (
                        pair
                        for pair in one.pairs
                        if one.keyword != "LABEL" and pair.value is not None and re.search(taken, pair.value.value)
                    )
                    names += [pair.name.value for pair in given if re.fullmatch(r"\w+", pair.name.value)][: _MOST_NAMES - len(names)]
        kept = kept[: _MOST_NOTES - 1]
        here = Note(self._source, _line(self._source, declared[0].span), "the build takes it here")
        return (here, *handed[: _MOST_NOTES - 1 - len(kept)], *kept)

    def _line(self) -> Iterator[StageState]:
        """The stage, and those that it is built on."""
        at = self.stage
        while at is not None:
            yield at
            at = at.base

    def _instructions(self) -> list[syntax.Instruction]:
        """The instructions of the stage and of those that it is built on."""
        starts = {stage.instruction.span.start for stage in self._line()}
        found: list[syntax.Instruction] = []
        inside = False
        for instruction in self._tree.instructions:
            if instruction.keyword == "FROM":
                inside = instruction.span.start in starts
            if inside:
                found.append(instruction)
        return found


def joint(source: Source, led: Note) -> Joint:
    """A Dockerfile that another file builds from, with its comments; `led` is where it does."""

    def tree() -> syntax.Dockerfile:
        return syntax.parse(without_markup(source)[0])

    return Joint(source, lambda: tree().comments, lambda: [instruction.span for instruction in tree().instructions], led)


def _follow(
    reader: Reader, instruction: syntax.Instruction, stage: StageState | None, arguments: Mapping[str, str | None]
) -> list[Subject]:
    """Let an instruction change what is in force; and what it says of that."""
    keyword = instruction.keyword
    if keyword in ("ARG", "ENV"):
        said: list[Subject] = list(reader.variables(instruction, stage, on_build=False))
        for pair in instruction.pairs if keyword == "ARG" else ():
            if pair.name.value in arguments:
                given = arguments[pair.name.value]
                reader.scope(stage).give(pair.name.value, UNKNOWN if given is None else given)
        return said
    if stage is None:
        return []
    stage.saw(keyword)
    if keyword not in ("EXPOSE", "USER"):
        return []
    return list(reader.setting_of_stage(instruction, stage, on_build=False))


def _line(source: Source, span: Span) -> Span:
    """The first line of an instruction."""
    return Span(span.start, max(span.start, min(span.end, source.line(source.position(span.start).line).end)))
