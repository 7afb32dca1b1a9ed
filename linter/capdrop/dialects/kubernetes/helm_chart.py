"""A chart: what its Chart.yaml says, and its values with those that the chart above gives to it."""

from __future__ import annotations

import os

from ...reading import Joint
from ...source import SettingsBeside, Source, Span
from ...syntax import yaml
from ...syntax.yaml import Alias, Entry, Mapping, Node, Scalar, resolve
from ..yaml_placed import PlacedMapping, placed
from ..yaml_view import Section
from .helm_named import named_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...files import Files
    from ...syntax.yaml import Stream
    from .helm_named import Named
    from .helm_values import Given

TEMPLATES, ABOUT, VALUES, BELOW, REQUIREMENTS = "templates", "Chart.yaml", "values.yaml", "charts", "requirements.yaml"
DEEPEST = 5
"""Charts in charts that are followed."""
DEEPEST_VALUES = 40
"""Mappings in mappings of values that are laid over others key by key."""
_NOWHERE = Source("", "")


class Chart:
    """A chart as it is rendered by default. `values` is None where they cannot be known, `about` holds what templates call `.Chart`, and
    `foreign` are keys of the values of which others have a say: those of charts that this one depends on. `named` are its templates for
    others, and `added` is what a template that is gone through has added to what it starts with, after so many `changes`."""

    __slots__ = ("about", "actions", "added", "changes", "foreign", "joints", "name", "named", "values")

    def __init__(self, about: Section, values: Section | None, foreign: frozenset[str], joints: list[Joint], named: Named) -> None:
        self.about = about
        self.name = about.text("name")
        self.values = values
        self.foreign = foreign
        self.joints = joints
        self.named = named
        self.actions: dict[int, bool] = {}
        self.added: dict[str, Given | None] = {}
        self.changes = 0

    def has_actions(self, node: Node) -> bool:
        """Whether there may be template actions in a part of the values, which `tpl` runs."""
        found = self.actions.get(id(node))
        if found is None:
            found = any(isinstance(one, Alias) or (isinstance(one, Scalar) and "{{" in one.value) for one in yaml.walk(node))
            self.actions[id(node)] = found
        return found


def chart_of(path: str, files: Files) -> Chart | None:
    """The chart that a template belongs to."""
    folder = _folder_of(os.path.dirname(os.path.abspath(path)), files)
    if folder is None:
        return None
    here = os.path.dirname(os.path.abspath(path))
    return _chart(folder, files, _Shown(os.path.dirname(path), here), 0)


def has_chart(folder: str, files: Files) -> bool:
    """Whether a folder is that of a chart."""
    return files.names(folder).get(ABOUT) is False


class _Shown:
    """How paths are written: as that of a file in the folder `here`, whose folder is `written` so."""

    __slots__ = ("here", "written")

    def __init__(self, written: str, here: str) -> None:
        self.written = written
        self.here = here

    def __call__(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.written, os.path.relpath(path, self.here)))


def _folder_of(at: str, files: Files) -> str | None:
    """The chart of a folder of templates, or of one below."""
    top = files.top(at)
    while True:
        above, name = os.path.split(at)
        if name == TEMPLATES and has_chart(above, files):
            return above
        if above == at or at == top:
            return None
        at = above


def _chart(folder: str, files: Files, shown: _Shown, depth: int) -> Chart:
    chart: Chart = files.kept((ABOUT, folder), lambda: _loaded(folder, files, shown, depth))
    return chart


def _loaded(folder: str, files: Files, shown: _Shown, depth: int) -> Chart:
    about, _ = _read(os.path.join(folder, ABOUT), files, shown)
    about = about or Section(_NOWHERE, None)
    dependencies = _dependencies(folder, about, files, shown)
    foreign = frozenset(one.text("alias") or one.text("name") for one in dependencies)
    named = named_in([os.path.join(one, TEMPLATES) for one in (folder, *_beside(folder, dependencies, files))], files, shown)
    if any(one.get("import-values") for one in dependencies):
        return Chart(about, None, foreign, [], named)
    values, stream = _read(os.path.join(folder, VALUES), files, shown)
    if VALUES not in files.names(folder):
        values = Section(_NOWHERE, _empty(_NOWHERE))
    joints = [_joint(values, stream)] if values is not None and stream is not None else []
    chart = Chart(about, values, foreign, joints, named)
    above = _above(folder, files, shown, depth)
    if above is not None and values is not None:
        given, also = _given(above, chart.name)
        chart.values = Section(values.source, overlaid(values.value, given)) if given is not None else values
        chart.joints = [*joints, *also]
        chart.foreign = frozenset({*foreign, "global"})
    return chart


def _dependencies(folder: str, about: Section, files: Files, shown: _Shown) -> list[Section]:
    """What a chart says of the charts that it depends on, in the file of old if not in its own."""
    if about.get("dependencies") is None and REQUIREMENTS in files.names(folder):
        about = _read(os.path.join(folder, REQUIREMENTS), files, shown)[0] or about
    return [Section(about.source, *item) for item in about.items("dependencies")]


def _beside(folder: str, dependencies: list[Section], files: Files) -> Iterator[str]:
    """The charts that a chart depends on, where they are unpacked in it, or are said to stand in another folder."""
    below = os.path.join(folder, BELOW)
    yield from (os.path.join(below, name) for name, is_folder in sorted(files.names(below).items()) if is_folder)
    top = files.top(folder).rstrip(os.sep) + os.sep
    for one in dependencies:
        way, is_local, path = one.text("repository").partition("file://")
        beside = os.path.normpath(os.path.join(folder, path))
        if is_local and not way and beside.startswith(top):
            yield beside


def _above(folder: str, files: Files, shown: _Shown, depth: int) -> Chart | None:
    """The chart whose part a chart is."""
    charts, _ = os.path.split(folder)
    above = os.path.dirname(charts)
    inside = charts.startswith(files.top(folder).rstrip(os.sep) + os.sep)
    if os.path.basename(charts) != BELOW or depth >= DEEPEST or not inside or not has_chart(above, files):
        return None
    return _chart(above, files, shown, depth + 1)


def _given(above: Chart, name: str) -> tuple[Node | None, list[Joint]]:
    """The values that the chart above gives to a part of it."""
    if above.values is None:
        return None, []
    dependencies = [Section(above.about.source, *item) for item in above.about.items("dependencies")]
    alias = next((one.text("alias") for one in dependencies if one.text("name") == name and one.text("alias")), name)
    own, shared = above.values.get(alias), above.values.get("global")
    given = own.value if own is not None and isinstance(own.value, Mapping) else None
    if shared is None or not isinstance(shared.value, Mapping):
        return given, above.joints
    whole = PlacedMapping(shared.value.start, shared.value.end, False)
    whole.source = shared.source
    whole.entries = [shared.entry, *(given.entries if given is not None else ())]
    return whole, above.joints


def overlaid(below: Node | None, above: Node) -> Node:
    """Values over others: mappings key by key, all else as a whole."""
    return _overlaid(below, above, 0, {})


def _overlaid(below: Node | None, above: Node, depth: int, made: dict[tuple[int, int], Node]) -> Node:
    above, below = resolve(above), resolve(below) if below is not None else None
    if not isinstance(above, Mapping) or not isinstance(below, Mapping) or depth > DEEPEST_VALUES:
        return above
    known = made.get((id(below), id(above)))
    if known is not None:
        return known
    whole = made[id(below), id(above)] = PlacedMapping(above.start, above.end, False)
    whole.source = above.source or _NOWHERE
    over = {entry.key.value: entry for entry in above.entries if isinstance(entry.key, Scalar)}
    for entry in below.entries:
        other = over.pop(entry.key.value, None) if isinstance(entry.key, Scalar) else None
        whole.entries.append(entry if other is None else Entry(other.key, _overlaid(entry.value, other.value, depth + 1, made)))
    whole.entries += over.values()
    return whole


def _read(path: str, files: Files, shown: _Shown) -> tuple[Section | None, Stream | None]:
    """The only document of a file; nothing where it cannot be read as a whole."""
    folder, name = os.path.split(path)
    if files.names(folder).get(name) is not False:
        return None, None
    text = files.text(path)
    stream = yaml.parse(text) if text is not None else None
    if text is None or stream is None or stream.problems or len(stream.documents) > 1:
        return None, None
    source = SettingsBeside(shown(path), text)
    source.from_top = files.from_top(path)
    root = stream.documents[0].root if stream.documents else None
    return Section(source, placed(root, source) if root is not None else _empty(source)), stream


def _empty(source: Source) -> Node:
    empty = PlacedMapping(0, 0, False)
    empty.source = source
    return empty


def _joint(values: Section, stream: Stream) -> Joint:
    return Joint(values.source, stream.comments, lambda: list(_blocks(values.value)))


def _blocks(root: Node | None) -> Iterator[Span]:
    """Everything that a comment above its first line covers as a whole."""
    for node in yaml.walk(root) if root is not None else ():
        if isinstance(node, Mapping):
            yield from (entry.span for entry in node.entries)
