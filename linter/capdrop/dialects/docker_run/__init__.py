"""Command lines that start containers: `docker run`, `docker create` and their podman and nerdctl likes, in shell scripts and in
Makefile recipes."""

from __future__ import annotations

import re

from ...model.container import Container
from ...model.image import Image
from ...model.project import UNKNOWN_PROJECT, Project
from ...model.subject import Subject
from ...model.text import Text
from ...model.tools import DECLARES_VARIABLES
from ...model.variable import Variable
from ...model.words import Word
from ...purpose import is_named_for_work
from ...reading import Reading
from ...source import Fragment, Source, Span
from ...syntax import image_reference, shell
from ..commands import commands_in_arguments
from ..context import Context
from ..near import Near
from ..one_command import Setting
from .facts import FlagOrigin, StartOrigin
from .mounts import mounts_of
from .ports import ports_of
from .words import Flag, Start, start_of, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .way_out import ScriptWayOut

_RECIPE = re.compile(r"^\t[@+-]*((?:[^\\\n]|\\(?:\r?\n|.))*)", re.MULTILINE)


def read(source: Source, context: Context) -> Reading:
    """A shell script or a Makefile."""
    place = "template" if Near(source.path, context).is_trial else "file"
    reading = Reading(source, _subjects(source, place, context.project_of(source.path)), gaps=[], comments=lambda: _comments(source))
    reading.way_out = lambda: _way_out(source, place)
    return reading


def _way_out(source: Source, place: str) -> ScriptWayOut:
    from .way_out import ScriptWayOut

    return ScriptWayOut(source, _comments(source), _is_makefile(source.path), lambda: _subjects(source, place))


def _comments(source: Source) -> list[Span]:
    return [Span(found.start(1), found.end(1)) for found in re.finditer(r"(?:^|[ \t])(#[^\r\n]*)", source.text, re.MULTILINE)]


def _subjects(source: Source, place: str, project: Project = UNKNOWN_PROJECT) -> Iterator[Subject]:
    whole = Fragment.at(source.text, 0)
    yield Text(source, Span(0, len(source.text)), "", fragment=whole, address_at=lambda offset: "")
    for script in _recipes(whole) if _is_makefile(source.path) else (whole,):
        for command in shell.parse(script.text).commands:
            yield from _set_by(source, command, script, place)
            start = start_of([_word(word, script) for word in command.words])
            if start is not None:
                yield from _started(source, start, project)


def _set_by(source: Source, command: shell.Command, script: Fragment, place: str) -> Iterator[Variable]:
    """The variables that a command sets: before it, or as words of `export` and the like."""
    for given in command.assignments:
        if given.value is not None:
            name = script.span(given.start, given.start + len(given.name))
            yield _given(source, given.name, name, _word(given.value, script), place)
    if command.name in DECLARES_VARIABLES:
        for word in (_word(word, script) for word in command.words[1:]):
            at = word.text.find("=")
            if at > 0:
                value = Word(word.fragment.part(at + 1, len(word.text)), word.known, word.fragment.span(at + 1))
                yield _given(source, word.text[:at], word.fragment.span(0, at), value, place)


def _given(source: Source, name: str, at: Span, word: Word, place: str) -> Variable:
    return Variable(
        source,
        Span(at.start, word.span.end),
        f"set {name}",
        None,
        name=name,
        name_span=at,
        value=value_of(source, word),
        fragment=word.fragment if word.known and word.text else None,
        place=place,
    )


def _word(word: shell.Word, script: Fragment) -> Word:
    known = word.literal and "$(" not in word.value  # make replaces those inside single quotes too
    return Word(word.fragment.within(script), known, script.span(word.span.start, word.span.end))


def _is_makefile(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".mk") or "makefile" in name.lower()


def _target(makefile: str, at: int) -> str:
    """The target whose recipe stands at an offset."""
    while at > 0:
        end = makefile.rfind("\n", 0, at)
        line = makefile[end + 1 : at]
        if line[:1] not in ("\t", " ", "#", ""):
            return line.partition(":")[0]
        at = end
    return ""


def _recipes(whole: Fragment) -> Iterator[Fragment]:
    """The recipe lines of a Makefile, with `$$` read as the shell sees it."""
    for found in _RECIPE.finditer(whole.text):
        text, starts, places, at = "", [], [], found.start(1)
        for piece in whole.text[found.start(1) : found.end(1)].split("$$"):
            starts.append(len(text))
            places.append(at)
            text += piece + "$"
            at += len(piece) + 2
        yield Fragment(text[:-1], starts, places)


def _started(source: Source, start: Start, project: Project) -> Iterator[Subject]:
    name_flag = start.last("--name")
    image = start.image
    name = name_flag.value.text if name_flag is not None and name_flag.value is not None else image.text if image else start.verb.text
    address = f"{start.verb.text} {name if image is None or name != image.text else image_reference.last_name(name)}"
    origin = StartOrigin(source, start)
    own = Container(source, start.verb.span, address, origin, name=name, dialect="docker-run")
    own.is_worked_on = _is_makefile(source.path) and is_named_for_work(_target(source.text, start.verb.span.start))
    mounts = list(mounts_of(origin, address, name))
    for mount in mounts:
        mount.owners = (own,)
    own.parts = [*mounts, *ports_of(origin, address, name)]
    yield own
    yield from own.parts
    for option, place in (("--env", "env"), ("--label", "label")):
        for flag in start.all(option):
            for variable in _variable(origin, flag, address, place):
                variable.owner = own
                yield variable
    if image is not None:
        yield Image(source, image.span, f"{address} image", None, value=value_of(source, image), role="run", project=project)
        given = image_reference.parse(image.text) if image.known and start.last("--entrypoint") is None else None
        yield from commands_in_arguments(start.rest, Setting(source, f"{address} command", "command", owner=own, image=given))


def _variable(origin: StartOrigin, flag: Flag, address: str, place: str) -> Iterator[Variable]:
    if flag.value is None or "=" not in flag.value.text:
        return
    at = flag.value.text.index("=")
    name, whole = flag.value.text[:at], flag.value.fragment
    part = whole.part(at + 1, len(whole.text))
    value = value_of(origin.source, Word(part, flag.value.known, whole.span(at + 1)))
    yield Variable(
        origin.source,
        flag.span,
        f"{address} {place}.{name}",
        FlagOrigin(origin, flag),
        name=name,
        name_span=whole.span(0, at),
        value=value,
        fragment=part,
        place=place,
    )
