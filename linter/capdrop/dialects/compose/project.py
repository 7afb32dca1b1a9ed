"""The project as Compose sees it: `include`, `extends`, override files, and the env file that variables are taken from.

The order is compose-go's (`loader/loader.go`, e70e961, 2026-07-21): of each file first what it includes, then what its services
extend, and then the files over each other. A file is looked for in the project's root only; what is outside of it, is fetched from
elsewhere or hangs on a variable is unknown, and said to be. What Compose itself would refuse (a file that is not there, a circle)
is a gap.
"""

from __future__ import annotations

import os
import re

from ...finding import Note
from ...reading import Gap, Joint
from ...source import Source, Span
from ...syntax import yaml
from ...syntax.yaml import Mapping, Node, Scalar, Sequence
from ..yaml_placed import placed
from ..yaml_view import Field, Section, fields_of
from .beside import is_remote
from .env_file import MOST as MOST_ASSIGNMENTS
from .env_file import EnvFile
from .files_beside import Beside
from .merge import extended, is_empty, is_here, overlaid
from .names import Names
from .service import SHARED_KEYS, Alone, Service, services_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..yaml_document import YamlFile

    Visited = tuple[tuple[str, str], ...]

MOST_FILES = 250
"""Files that are joined; a project of more is not read to its end."""
DEEPEST = 30
"""Services that extend one another, and files that include one another."""
MOST_INCLUSIONS = 500
"""Entries of `include` that are followed; a file counts as often as it is reached."""
MOST_JOINED = 500_000
"""Characters that services have in common with those that they extend, counted again for each of them."""
TOO_MUCH = "more "
"""How the reasons begin that one of these limits is reached."""
_TAKER = r"([A-Za-z_][\w.-]*)[\"']?(?:[ \t]*[:=]|,)?[ \t]*[\"']?\Z"
"""The name of what is given a value: `NAME: `, `NAME=`, `--name ` or `"--name", "`, with what may stand before the value,"""
_REST = r"(?:\}|:?[-?][^}\n]*\})?"
_WHOLE = _REST + r"[\"']?(?:[\s,\]}]|\Z)"
"""and what follows a variable that is the whole of it."""
_LONGEST_TAKER = 80
_MOST_TAKERS = 4


def _taker(before: str, after: str) -> str:
    """What is given the whole of a variable that stands between two texts; "" where it is a part of something."""
    if re.search(r"://[^\s/@]*:\Z", before) and re.match(f"{_REST}@", after):
        return "password"
    taker = re.search(_TAKER, before)
    return taker[1] if taker is not None and re.match(_WHOLE, after) else ""


class Layer:
    """A file of the project, or several as one: its services by their names, and what stands beside them. `path` is absolute."""

    __slots__ = ("extended", "names", "path", "root", "sections", "services")

    def __init__(self, path: str, root: Section, names: Names) -> None:
        self.path = path
        self.root = root
        self.names = names
        self.services: dict[str, Service] = {}
        self.sections = {key: root.section(key) for key in SHARED_KEYS}
        self.extended: set[str] = set()


class Project(Alone):
    """The project that a file is the first one of."""

    def __init__(self, file: YamlFile, beside: Beside) -> None:
        self.file = file
        self.source = file.source
        self.beside = beside
        self.gaps: list[Gap] = []
        self.others: list[Joint] = []
        self.remotes: list[tuple[Field, Names]] = []
        self.path = beside.path
        self.told = 0
        """How many variables of env files were given to services."""
        self.named_again = 0
        """How many names of them were only asked for."""
        self.env_files: dict[tuple[str, bool], EnvFile | None] = {}
        self._said: set[tuple[Span, str]] = set()
        self._endless: set[str] = set()
        self._joined = 0
        self._inclusions = 0
        self._uses: dict[str, tuple[Span, tuple[str, ...]]] | None = None
        self._entries: dict[int, Span] = {}
        self._folders: dict[int, str] = {}
        self._bases: dict[str, Layer | None] = {}
        names = self._names_of(".env", self.beside.folder) if ".env" in beside.names else Names()
        layer = self._layers([(self.path, file.roots)], names, ())
        for path in beside.overrides(names):
            at = Span(0, 0)
            over = self._read(path, at, self.beside.folder)
            if over is not None:
                self._lay_over(layer, self._layers([(path, over)], names, ()))
        self.names = names
        self.services = list(layer.services.values())
        self.sections = layer.sections

    def folder_of(self, source: Source) -> str:
        """What the relative paths of a file are relative to."""
        return self._folders.get(id(source), self.beside.folder)

    def use_of(self, name: str) -> Note | None:
        """Where a variable is first taken up in the file that is read."""
        span = self._taken_up.get(name, (None, ()))[0]
        return Note(self.source, span, "it is put in here, and git does not ignore the file") if span is not None else None

    def handed_on(self, name: str) -> tuple[str, ...]:
        """What is given the whole value of a variable in the file that is read, by what stands before it: other variables and options."""
        return self._taken_up.get(name, (None, ()))[1]

    @property
    def _taken_up(self) -> dict[str, tuple[Span, tuple[str, ...]]]:
        if self._uses is None:
            self._uses = {}
            text = self.source.text
            for match in re.finditer(r"(?<!\$)\$\{?([A-Za-z_]\w*)", text):
                span, names = self._uses.get(match[1], (Span(*match.span(1)), ()))
                taker = _taker(text[max(0, match.start() - _LONGEST_TAKER) : match.start()], text[match.end() : match.end() + 200])
                if taker and len(names) < _MOST_TAKERS:
                    names = (*names, taker)
                self._uses[match[1]] = span, names
        return self._uses

    def env_file(self, path: str, raw: bool = False) -> EnvFile | None:
        """An env file of the project; None where there is none, or none to read."""
        key = (path, raw)
        if key not in self.env_files and len(self.env_files) < MOST_FILES:
            text = self.beside.text(path)
            self.env_files[key] = None
            if text is not None:
                file = self.env_files[key] = EnvFile(self.beside.source(path, text), raw)
                self.others.append(Joint(file.source, file.comments))
                if file.swells:
                    self._complain(self.source, Span(0, 0), f"in `{self.beside.shown(path)}` variables make values too long to be known")
                if len(file.assignments) == MOST_ASSIGNMENTS:
                    self._complain(
                        self.source, Span(0, 0), f"of `{self.beside.shown(path)}` {MOST_ASSIGNMENTS} variables are read, and no more"
                    )
            elif not self.beside.problem(path)[0]:
                self._complain(self.source, Span(0, 0), f"`{self.beside.shown(path)}` cannot be read, or is too large")
        return self.env_files.get(key)

    def _names_of(self, path: str, folder: str, outside: Names | None = None) -> Names:
        """What an env file sets, but for what is set outside of it."""
        file = self.env_file(os.path.normpath(os.path.join(folder, path)))
        values = outside.values if outside is not None else {}
        places = outside.places if outside is not None else {}
        if file is None:
            return Names(values, places)
        own = {name: place for name, place in file.places().items() if name not in values}
        return Names({**file.values(values), **values}, {**own, **places})

    def _layers(self, files: list[tuple[str, list[Section]]], names: Names, above: tuple[str, ...]) -> Layer:
        """Files over each other, each with what it includes and what its services extend."""
        layer: Layer | None = None
        for path, roots in files:
            for root in roots:
                over = self._layer(path, root, names, (*above, path))
                if layer is None:
                    layer = over
                else:
                    self._lay_over(layer, over)
        return layer or Layer(files[0][0] if files else "", Section(self.source, None), names)

    def _layer(self, path: str, root: Section, names: Names, above: tuple[str, ...]) -> Layer:
        layer = Layer(path, root, names)
        for name, field in services_of(root).items():
            layer.services[name] = Service(name, field, names)
        included = self._included(root, layer, above) if root.get("include") is not None else None
        if included is not None:
            self._lay_over(included, layer)
            layer.services, layer.sections = included.services, included.sections
        for name in list(layer.services):
            self._extend(layer, name, ())
        return layer

    # -- include

    def _included(self, root: Section, layer: Layer, above: tuple[str, ...]) -> Layer:
        field = root.get("include")
        assert field is not None
        whole = Layer(layer.path, Section(layer.root.source, None), layer.names)
        folder = self.folder_of(field.source)
        if not isinstance(field.value, Sequence):
            self._complain(field.source, field.span, "`include` is not a list, so nothing is included")
        for item in fields_of(field):
            part = self._include(item, layer, folder, above)
            if part is not None:
                self._lay_over(whole, part)
        return whole

    def _include(self, item: Field, layer: Layer, folder: str, above: tuple[str, ...]) -> Layer | None:
        """One entry of `include`: a path, or paths over each other with a folder and an env file of their own."""
        section = item.section()
        paths = [item] if isinstance(item.value, Scalar) else list(_texts(section.get("path")))
        found: list[tuple[str, Field]] = []
        for field in paths:
            path = self._path(field, folder, layer.names, "includes")
            if path is None:
                return None
            found.append((path, field))
        if not found:
            return None
        first, at = found[0]
        self._inclusions += 1
        if self._inclusions > MOST_INCLUSIONS:
            self._complain(at.source, at.span, "more is included in this project than is followed")
            return None
        if first in above or len(above) > DEEPEST:
            self._complain(at.source, at.span, self._circle(above, first, "include"))
            return None
        home = self._home(section, folder, layer.names) or os.path.dirname(first)
        names = self._own_names(section, folder, home, layer.names)
        note = Note(at.source, at.span, "included here")
        files = []
        for path, field in found:
            roots = self._read(path, field.span, home, field.source)
            if roots is None:
                return None
            files.append((path, [Section(root.source, root.value, (*item.trail, note)) for root in roots]))
        return self._layers(files, names, above)

    def _home(self, section: Section, folder: str, names: Names) -> str | None:
        written = names.text(section.text("project_directory"))
        return os.path.normpath(os.path.join(folder, written)) if written else None

    def _own_names(self, section: Section, folder: str, home: str, names: Names) -> Names:
        """The variables of an included project: those of the one that includes it, and those of its own env files."""
        files = [names.text(field.value.value) for field in _texts(section.get("env_file")) if isinstance(field.value, Scalar)]
        if not files:
            return self._names_of(".env", home, names)
        own = names
        for file in reversed(files):
            own = own if file is None else self._names_of(file, folder, own)
        return own

    # -- extends

    def _extend(self, layer: Layer, name: str, above: Visited) -> None:
        """Lay a service over the one that it extends, once that is done for the other one."""
        if name in layer.extended:
            return
        layer.extended.add(name)
        service = layer.services[name]
        section = service.field.section()
        field = section.get("extends") if section.mapping is not None else None
        if field is None or is_empty(field.value) or field.value.tag == "!reset":
            return
        base = self._base(layer, service, field, (*above, (layer.path, name)))
        if base is None or self._weighs_too_much(service, base, field):
            service.silence = "it extends a service that was not read"
            return
        written = field.section().get("service")
        note = Note(field.source, written.span if written is not None else field.span, "extended here")
        joined = overlaid(extended(base.field.section(), note), section)
        joined.entries = [entry for entry in joined.entries if not (isinstance(entry.key, Scalar) and entry.key.value == "extends")]
        service.field = Field(service.source, service.field.owner, service.field.entry, joined, (), False)
        service.silence = base.silence

    def _weighs_too_much(self, service: Service, base: Service, field: Field) -> bool:
        """Whether so much was joined before that this is left out."""
        service.weight += base.weight
        self._joined += base.weight
        if self._joined <= MOST_JOINED:
            return False
        self._complain(field.source, field.span, "more is extended in this project than is followed")
        return True

    def _base(self, layer: Layer, service: Service, field: Field, above: Visited) -> Service | None:
        """The service that one extends."""
        section = field.section()
        written = field.value.value if isinstance(field.value, Scalar) else section.text("service")
        name, other = layer.names.text(written), section.get("file")
        if name is None or len(above) > DEEPEST:
            reason = (
                "which service it extends hangs on a variable" if name is None else "more services extend one another than are followed"
            )
            self._complain(field.source, field.span, reason, by_design=name is None)
            return None
        home: Layer | None = layer
        if other is not None:
            path = self._path(other, self.folder_of(other.source), layer.names, "extends a service of")
            home = self._base_file(path, other, layer.names) if path is not None else None
            if home is None:
                return None
        assert home is not None
        if (home.path, name) in above:
            chain = " → ".join(f"`{one}`" for _, one in (*above, (home.path, name)))
            self._complain(field.source, field.span, f"`extends` goes in a circle: {chain}")
            return None
        base = home.services.get(name)
        if base is None or not (isinstance(base.field.value, Mapping) or is_empty(base.field.value)):
            where = "here" if home is layer else f"in `{self.beside.shown(home.path)}`"
            self._complain(field.source, field.span, f"there is no service `{name}` {where} to extend")
            return None
        self._extend(home, name, above)
        return home.services[name]

    def _base_file(self, path: str, field: Field, names: Names) -> Layer | None:
        """A file of which services are extended: only its services count."""
        if path not in self._bases:
            self._bases[path] = None
            roots = self._read(path, field.span, os.path.dirname(path), field.source)
            for root in roots[:1] if roots else ():
                layer = self._bases[path] = Layer(path, root, names)
                for name, each in services_of(root).items():
                    layer.services[name] = Service(name, each, names)
        return self._bases[path]

    # -- files

    def _lay_over(self, base: Layer, over: Layer) -> None:
        """Lay one file over another."""
        for name, service in over.services.items():
            below = base.services.get(name)
            if service.field.value.tag == "!reset":
                base.services.pop(name, None)
            elif below is None or service.field.value.tag == "!override" or is_empty(below.field.value):
                base.services[name] = service
            elif not is_empty(service.field.value):
                base.services[name] = _both(below, service)
        for key, section in over.sections.items():
            lower = base.sections[key]
            if lower.mapping is None:
                base.sections[key] = section
            elif section.mapping is not None:
                base.sections[key] = Section(self.source, overlaid(lower, section, key))

    def _path(self, field: Field, folder: str, names: Names, verb: str) -> str | None:
        """The absolute path that a text names; None, with a gap, where it leads to no file of the project."""
        written = names.text(field.value.value) if isinstance(field.value, Scalar) else ""
        if not written:
            words = "which file it is hangs on a variable" if written is None else "it names no file"
            self._complain(field.source, field.span, f"it {verb} another file, but {words}", by_design=written is None)
            return None
        if is_remote(written):
            self.remotes.append((field, names))
            self._complain(field.source, field.span, f"it {verb} `{written}`, which is fetched from elsewhere", by_design=True)
            return None
        return os.path.normpath(os.path.join(folder, written))

    def _read(self, path: str, at: Span, folder: str, by: Source | None = None) -> list[Section] | None:
        """The documents of a file of the project; None, with a gap, where it cannot be read."""
        by = by or self.source
        if path == self.path:
            return self.file.roots
        problem, by_design = self.beside.problem(path)
        if problem or len(self._entries) >= MOST_FILES:
            self._complain(by, at, problem or f"more than {MOST_FILES} files belong together", by_design=by_design)
            return None
        text = self.beside.text(path)
        if text is None:
            self._complain(by, at, f"`{self.beside.shown(path)}` cannot be read, or is too large")
            return None
        shown = self.beside.shown(path)
        source, stream, nodes = self.beside.kept((shown, folder, text), lambda: _parsed(self.beside.source(path, text)))
        self._entries[id(source)] = self._entries.get(id(by), at)
        self._folders[id(source)] = folder
        for there in stream.problems[:1]:
            self._complain(by, at, f"`{shown}`, line {source.position(there.span.start).line}: {there.message}")
        roots = [Section(source, node) for node in nodes]
        led = Note(by, at, "joined with it here") if at.end else None
        self.others.append(
            Joint(source, stream.comments, lambda: [each.entry.span for root in roots for each in services_of(root).values()], led)
        )
        return roots

    def _complain(self, source: Source, span: Span, reason: str, *, by_design: bool = False) -> None:
        """Note what could not be followed, at its place, or at the line of the file that is read which leads there. That there is more
        than is followed is noted once."""
        if reason.startswith(TOO_MUCH):
            if reason in self._endless:
                return
            self._endless.add(reason)
        if source is not self.source:
            reason = f"in `{source.path}`, line {source.position(span.start).line}: {reason}"
            span = self._entries.get(id(source), Span(0, 0))
        if (span, reason) not in self._said:
            self._said.add((span, reason))
            self.gaps.append(Gap(span, reason, by_design=by_design))

    def _circle(self, above: tuple[str, ...], path: str, word: str) -> str:
        if path not in above:
            return f"more files {word} one another than are followed"
        if path == above[-1]:
            return f"it {word}s itself"
        return f"`{word}` goes in a circle: {' → '.join(f'`{self.beside.shown(one)}`' for one in (*above[above.index(path) :], path))}"


def _parsed(source: Source) -> tuple[Source, yaml.Stream, list[Node]]:
    stream = yaml.parse(source.text)
    return source, stream, [placed(document.root, source) for document in stream.documents if document.root is not None]


def _both(below: Service, above: Service) -> Service:
    """Two services of one name as one; it stands where the file that is read has it."""
    named = above if is_here(above.field.entry.key) and not is_here(below.field.entry.key) else below
    joined = overlaid(below.field.section(), above.field.section())
    field = Field(named.source, named.field.owner, named.field.entry, joined, (), False)
    both = Service(below.name, field, above.names, below.silence or above.silence)
    both.source = named.source
    return both


def _texts(field: Field | None) -> Iterator[Field]:
    """The texts of a list, or the only one."""
    if field is not None and isinstance(field.value, Scalar):
        yield field
    yield from (item for item in fields_of(field) if isinstance(item.value, Scalar))
