"""Kustomizations: the objects that they change, as they change them, and what they hold themselves.

A base is judged as it stands where it stands, and a patch by what it says. What only both together show is told here, at the file and
line to change: each object that the kustomization itself changes is judged with all patches over it. Where several files of a run say
the same, it is shown once (`elsewhere.py`), and what every kustomization that takes in a base mends is not held against the base
(`overlays.py`).
"""

from __future__ import annotations

from ...model.subject import Subject
from ...reading import Gap, Overlay, Reading
from ...syntax.yaml import Mapping
from ..context import Context
from ..near import Near
from ..yaml_document import YamlFile
from ..yaml_view import Section, fields_of
from . import file_subjects, object_subjects
from .helm_file import values_below
from .kustomize_build import Build
from .kustomize_file import Kustomization, is_kustomization
from .kustomize_generators import Generators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...files import Files
    from ...model.cluster import Part

_ELSEWHERE = {
    "helmCharts": "charts are fetched and rendered by Helm",
    "helmChartInflationGenerator": "charts are fetched and rendered by Helm",
    "generators": "plugins are not run",
    "transformers": "plugins are not run",
    "replacements": "what is copied from one object into others is not followed",
    "vars": "what they stand for is not filled in",
}
"""Keys whose work is not followed."""
_PATCH = "it is a patch"


def read(file: YamlFile, context: Context) -> Reading:
    """A file that holds a kustomization, joined with the files that it speaks of."""
    parts: list[Part] = []
    near = Near(file.source.path, context)
    roots = [document.root for document in file.documents if is_kustomization(file.source, document.root)]
    joined = [_Joined(Kustomization(near.path, Section(file.source, root)), near) for root in roots[:1]]
    reading = file.reading(_subjects(file, joined, parts), parts=parts)
    for one in joined:
        reading.gaps = one.build.gaps
        reading.gaps += file.gaps
        reading.others = one.build.others
        reading.blocks = one.this.held
        reading.overlay = one.overlay
    return reading


def _subjects(file: YamlFile, joined: list[_Joined], parts: list[Part]) -> Iterator[Subject]:
    yield from file_subjects(file, parts)
    for one in joined:
        yield from one.subjects(parts, file.files)


class _Joined:
    """A kustomization with what belongs to it."""

    __slots__ = ("build", "overlay", "this")

    def __init__(self, this: Kustomization, near: Near) -> None:
        self.this = this
        self.build = Build(near, this)
        self.overlay = Overlay(near.path)

    def subjects(self, parts: list[Part], files: Files | None) -> Iterator[Subject]:
        """The subjects of all that it changes or holds; the parts of a cluster that these are go to `parts`. `files` are beside it."""
        build, here = self.build, self.this.source
        for key, words in _ELSEWHERE.items():
            field = self.this.root.get(key)
            if field is not None:
                build.gaps.append(Gap(field.entry.key.span, f"`{key}`: {words}", by_design=True))
        for resource in build.resources():
            if resource.unsure:
                self.overlay.unsure.add((resource.file, resource.address))
            elif resource.changed:
                self.overlay.changes.add((resource.file, resource.address))
                assert isinstance(resource.node, Mapping)
                silence = resource.silence
                yield from object_subjects(resource.source, resource.node, parts, silence=silence, joined=True, here=here, files=files)
        self.overlay.changes.update((resource.file, resource.address) for resource in build.removed)
        self.overlay.uses = tuple(build.uses)
        self.overlay.files = frozenset(build.files)
        for file in build.patch_files():
            yield file.text()
        for source, root in build.left:
            if isinstance(root, Mapping):
                told: list[Part] = []
                yield from object_subjects(source, root, told, partial=_PATCH, here=here)
                parts += [part for part in told if part.name]
        yield from Generators(self.this, build).subjects()
        for chart in fields_of(self.this.root.get("helmCharts")):
            values = chart.section().get("valuesInline")
            if values is not None:
                yield from values_below(values.source, values.value, "helmCharts.valuesInline")
