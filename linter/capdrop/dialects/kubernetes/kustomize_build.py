"""What a kustomization makes of its resources, as far as files of the project tell: kustomize's order is components, strategic merge
patches, other patches, names, images (kustomize, `api/internal/target/kusttarget.go` and `kusttarget_configplugin.go`, 2023).

Only the resources that the kustomization may change itself are read: what it takes in as it is, is judged where it stands. So a text
that holds no name which a patch or an entry of `images` speaks of is not parsed.
"""

from __future__ import annotations

import os

from ...finding import Note
from ...reading import Gap, Joint
from ...source import Source, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Mapping, Node, Scalar, Sequence
from ..near import Near
from ..yaml_document import YamlFile
from ..yaml_placed import placed
from ..yaml_view import Field, Section, fields_of
from .kustomize_file import NAMES, Kustomization, Patch, Target, held_in, is_kustomization, is_remote, kustomization_in
from .kustomize_images import with_images
from .kustomize_merge import UnfollowedError, merged, patched, said, with_entries
from .kustomize_replacements import Replacement, replacements_in
from .kustomize_target import fits, is_plain
from .objects import objects_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Needles = frozenset[str]

MOST_FILES = 300
MOST_TEXT = 4_000_000
"""Files, and characters in them, that are read for one kustomization."""
MOST_FOLDERS = 500
"""Kustomizations that are gone through, counted again for each way to them."""
MOST_SAID = 100
"""Gaps that are told."""
MOST_TRIED = 1_000_000
"""Pairs of a patch and a resource that are looked at."""
MOST_LAID = 2_000_000
"""Characters of patches, counted again for each resource that they are laid over."""
DEEPEST = 20
MORE = "more belongs to it than is read"
_GROUPS = frozenset({"", "apps", "batch", "extensions", "policy", "autoscaling"})
_IDENTITY = frozenset({"apiVersion", "kind"})
_OWN_IDENTITY = frozenset({"name", "namespace"})


class Resource:
    """An object that a kustomization takes in, with its patches over it. `file` is where it is written (an absolute path), `address` the
    one that it has there, and `names` are those that it was and is called by. `changed` is set where the kustomization itself changes
    it, `unsure` where something is done to it that is not followed."""

    __slots__ = ("address", "changed", "file", "group", "kind", "names", "namespace", "node", "silence", "source", "unsure", "version")

    def __init__(self, file: str, source: Source, node: Mapping, silence: str) -> None:
        section = Section(source, node)
        self.file = file
        self.source = source
        self.node: Node = node
        self.silence = silence
        self.kind = section.text("kind")
        self.group, self.version = group_and_version(section)
        self.names = [section.text("metadata.name")]
        self.address = f"{self.kind}/{self.names[0] or section.text('metadata.generateName')}".rstrip("/")
        self.namespace = section.text("metadata.namespace")
        self.changed = False
        self.unsure = False

    @property
    def is_known(self) -> bool:
        """Whether the API itself describes it, so that lists in it are merged."""
        return self.group in _GROUPS or self.group.endswith(".k8s.io")


class Build:
    """Reads what belongs to a kustomization. `uses` are the kustomizations, and `files` the other files, that it names itself;
    `left` are patches that it holds and that nothing was found for, and `removed` the objects that it takes away."""

    def __init__(self, near: Near, top: Kustomization) -> None:
        self.near = near
        self.top = top
        self.gaps: list[Gap] = []
        self.others: list[Joint] = []
        self.uses: list[str] = []
        self.files: list[str] = []
        self.left: list[tuple[Source, Node]] = []
        self.removed: list[Resource] = []
        self._led: Field | None = None
        self._weight = 0
        self._tried = 0
        self._said: set[tuple[Span, str]] = set()
        self._entered = 0
        self._laid = 0
        self._files: dict[str, YamlFile | None] = {}
        self._documents: dict[tuple[str, int], tuple[Source, list[Node]]] = {}

    def resources(self) -> list[Resource]:
        """The objects that the kustomization may change, as it changes them."""
        return self._built(self.top, frozenset(), (self.top.path,))

    # -- one kustomization

    def _built(self, this: Kustomization, needles: Needles, above: tuple[str, ...]) -> list[Resource]:
        """The resources of a kustomization after all that it does. Of those below the one that is read only such are looked for whose
        file holds one of the needles."""
        is_top = this is self.top
        components = list(self._components(this, above))
        if is_top:
            needles = frozenset(needle for each in (this, *components) for needle in self._needles(each))
        else:
            needles |= {needle.removeprefix(this.affixes[0]).removesuffix(this.affixes[1]) for needle in needles}
        found: list[Resource] = []
        for each in (this, *components):
            for field in each.resources:
                if is_top:
                    self._led = field if each is this else self._led
                found += self._taken(field, each, needles, above, is_own=each is self.top)
        for each in (*components, this):
            self._apply(each, found, is_own=is_top)
        return found

    def _components(self, this: Kustomization, above: tuple[str, ...]) -> Iterator[Kustomization]:
        """The components that change a kustomization, the inner ones first."""
        for field in this.components:
            if this is self.top:
                self._led = field
            path = self._folder(field, this, above, is_own=this is self.top)
            component = self._kustomization(path) if path else None
            if component is not None:
                yield from self._components(component, (*above, path))
                yield component

    def _taken(self, field: Field, this: Kustomization, needles: Needles, above: tuple[str, ...], *, is_own: bool) -> list[Resource]:
        """The resources that one entry of `resources` stands for."""
        written = field.value.value if isinstance(field.value, Scalar) else ""
        path = this.absolute(written)
        if is_masked(written) or is_remote(written) or self._is_folder(path):
            at = self._folder(field, this, above, is_own=is_own)
            below = self._kustomization(at) if at and needles else None
            return self._built(below, needles, (*above, at)) if below is not None else []
        if os.path.basename(path) in NAMES:
            self._complain(field, "a kustomization is named by its folder, so this is not taken in", is_own=is_own)
            return []
        problem, by_design = self.near.problem(path)
        if problem:
            self._complain(field, problem, by_design=by_design or self.near.is_ignored(path), is_own=is_own)
            return []
        if is_own:
            self.files.append(path)
        return self._objects(path, needles) if needles else []

    def _apply(self, this: Kustomization, found: list[Resource], *, is_own: bool) -> None:
        """Do to the resources what a kustomization does."""
        for patch in this.patches:
            if found or this is self.top:
                self._lay_over(patch, this, found, is_own=is_own)
        prefix, suffix = this.affixes
        images = this.images
        replacements = self._replacements(this) if found else []
        for resource in found:
            if prefix or suffix:
                resource.names.append(f"{prefix}{resource.names[-1]}{suffix}")
            node = with_images(resource.node, images) if images and resource.kind != "CustomResourceDefinition" else resource.node
            for replacement in replacements:
                if self._is_meant(replacement, resource):
                    node = replacement.in_place(node)
            resource.changed |= is_own and node is not resource.node
            resource.node = node

    def _replacements(self, this: Kustomization) -> list[Replacement]:
        """The places that a kustomization writes anew in its objects."""
        found: list[Replacement] = []
        for field in fields_of(this.root.get("replacements")):
            section = field.section()
            found += replacements_in(section)
            path = section.get("path")
            if path is not None and isinstance(path.value, Scalar):
                at = this.absolute(path.value.value)
                file = self._file(at) if not self.near.problem(at)[0] else None
                for document in file.documents if file is not None else ():
                    held = document.root.items if isinstance(document.root, Sequence) else [document.root]
                    found += [each for item in held if file is not None for each in replacements_in(Section(file.source, item))]
        return found

    @staticmethod
    def _is_meant(replacement: Replacement, resource: Resource) -> bool:
        """Whether a replacement may be for a resource: where that cannot be told, its values are taken for unknown."""
        refused = any(False not in _fitting(target, resource) and None not in _fitting(target, resource) for target in replacement.rejected)
        return False not in _fitting(replacement.target, resource) and not refused

    # -- patches

    def _lay_over(self, patch: Patch, this: Kustomization, found: list[Resource], *, is_own: bool) -> None:
        source, roots = self._documents_of(patch, this)
        for root in roots:
            self._tried += len(found)
            hits = list(self._meant(patch, source, root, found)) if self._tried <= MOST_TRIED else []
            if not hits and this is self.top:
                self.left += _left(patch, source, root)
            for resource in hits:
                resource.changed |= is_own
                self._laid += root.end - root.start
                try:
                    if self._laid > MOST_LAID:
                        raise UnfollowedError
                    if not self._lay(source, root, resource, by_key=resource.is_known or this.root.get("openapi") is not None):
                        found.remove(resource)
                        self.removed += [resource] if is_own else []
                except UnfollowedError:
                    resource.unsure = True
                    words = f"what it does to `{resource.kind}/{resource.names[0]}` is not followed"
                    self._complain(patch.at, words, by_design=True, is_own=this is self.top)

    @staticmethod
    def _lay(source: Source, root: Node, resource: Resource, *, by_key: bool) -> bool:
        """Lay a patch over a resource; False where that takes it away. Raises `UnfollowedError`."""
        if isinstance(root, Sequence):
            resource.node = patched(resource.node, root, source)
            return True
        if not isinstance(root, Mapping):
            return True
        node = merged(resource.node, _without_identity(root), known=by_key)
        resource.node = node if node is not None else resource.node
        return node is not None

    def _meant(self, patch: Patch, source: Source, root: Node, found: list[Resource]) -> Iterator[Resource]:
        """The resources that a patch is laid over; one of which that cannot be told is unsure from now on."""
        if patch.target is None:
            said = Section(source, root)
            kind, name, namespace = said.text("kind"), said.text("metadata.name"), said.text("metadata.namespace")
            group = group_and_version(said)[0]
            for one in found:
                if (one.kind, one.group) == (kind, group) and name in one.names and _same_place(namespace, one.namespace):
                    yield one
            return
        target = patch.target
        for one in found:
            whole = _fitting(target, one)
            if False in whole:
                continue
            if None in whole or target.by_labels:
                one.unsure = True
                self._complain(
                    patch.at, "which objects it is for is not understood", by_design=True, is_own=patch.at.source is self.top.source
                )
            else:
                yield one

    def _documents_of(self, patch: Patch, this: Kustomization) -> tuple[Source, list[Node]]:
        """The documents of a patch."""
        key = (patch.path or this.path, 0 if patch.path else patch.at.span.start)
        if key not in self._documents:
            self._documents[key] = held_in(patch, "patches") if not patch.path else self._patch_file(patch, this)
        return self._documents[key]

    def _patch_file(self, patch: Patch, this: Kustomization) -> tuple[Source, list[Node]]:
        written = patch.at.value.value if isinstance(patch.at.value, Scalar) else ""
        is_own = this is self.top
        nothing: tuple[Source, list[Node]] = (this.source, [])
        if is_own:
            self._led = patch.at
        if is_masked(written):
            return nothing
        if is_remote(written):
            self._complain(patch.at, f"`{written}` is fetched from elsewhere", by_design=True, is_own=is_own)
            return nothing
        problem, by_design = self.near.problem(patch.path)
        if problem:
            self._complain(patch.at, problem, by_design=by_design or self.near.is_ignored(patch.path), is_own=is_own)
            return nothing
        file = self._file(patch.path)
        if file is None:
            return nothing
        return file.source, [placed(document.root, file.source) for document in file.documents if document.root is not None]

    def patch_files(self) -> Iterator[YamlFile]:
        """The files of patches that the kustomization names itself and that were read."""
        for path in dict.fromkeys(patch.path for patch in self.top.patches if patch.path):
            file = self._files.get(path)
            if file is not None:
                yield file

    def _needles(self, this: Kustomization) -> Iterator[str]:
        """Texts of which a file holds one if the kustomization may change something in it."""
        for name, _ in this.images:
            yield name
        for replacement in self._replacements(this):
            meant = replacement.target
            yield next((text for text in (meant.name, meant.kind) if text and is_plain(text)), "")
        for patch in this.patches:
            target = patch.target
            if target is not None:
                yield next((text for text in (target.name, target.kind) if text and is_plain(text)), "")
                continue
            source, roots = self._documents_of(patch, this)
            for root in roots:
                name = Section(source, root).text("metadata.name")
                if name:
                    yield name

    # -- files

    def _objects(self, path: str, needles: Needles) -> list[Resource]:
        """The objects in a file, where it holds one of the needles."""
        text = self.near.text(path)
        if text is None or not any(needle in text for needle in needles):
            return []
        file = self._file(path)
        if file is None:
            return []
        nodes = [node for document in file.documents for node in objects_in(document.root, 0)]
        return [Resource(path, file.source, node, file.silence) for node in nodes]

    def _kustomization(self, path: str) -> Kustomization | None:
        file = self._file(path)
        roots = [document.root for document in file.documents] if file is not None else []
        for root in roots:
            if file is not None and is_kustomization(file.source, root):
                return Kustomization(path, Section(file.source, root))
        return None

    def _folder(self, field: Field, this: Kustomization, above: tuple[str, ...], *, is_own: bool) -> str:
        """The path of the kustomization in the folder that a text names; "", with a gap, where there is none."""
        written = field.value.value if isinstance(field.value, Scalar) else ""
        path = this.absolute(written)
        if is_masked(written):
            return ""
        if is_remote(written):
            self._complain(field, f"`{written}` is fetched from elsewhere", by_design=True, is_own=is_own)
            return ""
        at = kustomization_in(self.near, path)
        self._entered += 1
        if not at:
            known = self.near.is_inside(path) or path == self.near.root
            words = f"there is no kustomization in `{self.near.shown(path)}`" if known else self.near.problem(path)[0]
            self._complain(field, words, by_design=not known, is_own=is_own)
        elif self._entered > MOST_FOLDERS:
            self._complain(self._led, MORE, by_design=True, is_own=True)
            at = ""
        elif at in above or len(above) > DEEPEST:
            words = "it takes in itself" if at == above[-1] else "kustomizations take in one another in a circle"
            self._complain(field if is_own else self._led, words, is_own=True)
            at = ""
        elif is_own:
            self.uses.append(at)
        return at

    def _is_folder(self, path: str) -> bool:
        folder, name = os.path.split(path)
        return path == self.near.root or self.near.names_in(folder).get(name) is True

    def _file(self, path: str) -> YamlFile | None:
        """A file of the project as YAML; None where it cannot be read, or where enough was read."""
        if path in self._files:
            return self._files[path]
        self._files[path] = None
        text = self.near.text(path)
        self._weight += len(text or "")
        if text is None or len(self._files) > MOST_FILES or self._weight > MOST_TEXT:
            words = f"`{self.near.shown(path)}` cannot be read, or is too large"
            self._complain(self._led, words if text is None else MORE, by_design=True, is_own=True)
            return None
        shown = self.near.shown(path)
        file: YamlFile = self.near.kept((shown, text, "yaml"), lambda: YamlFile(self.near.source(path, text)))
        self._files[path] = file
        led = Note(self._led.source, self._led.span, "joined with it here") if self._led is not None else None
        self.others.append(Joint(file.source, file.stream.comments, led=led))
        return file

    def _complain(self, field: Field | None, reason: str, *, by_design: bool = False, is_own: bool) -> None:
        """Note what could not be followed, where the file that is read says it; what others say is noted when they are read."""
        span = field.span if field is not None and field.source is self.top.source else Span(0, 0)
        if is_own and (span, reason) not in self._said and len(self._said) < MOST_SAID:
            self._said.add((span, reason))
            self.gaps.append(Gap(span, reason, by_design=by_design))


def group_and_version(section: Section) -> tuple[str, str]:
    """The API group and version of an object."""
    group, slash, version = section.text("apiVersion").partition("/")
    return (group, version) if slash else ("", group)


def _fitting(target: Target, one: Resource) -> list[bool | None]:
    """Whether each word of a target fits a resource; None where that cannot be told."""
    names = [fits(target.name, name) for name in one.names]
    whole = [fits(target.kind, one.kind), fits(target.group, one.group), fits(target.version, one.version)]
    whole.append(True if True in names else None if None in names else False)
    if target.namespace and one.namespace:
        whole.append(fits(target.namespace, one.namespace))
    return whole


def _left(patch: Patch, source: Source, root: Node) -> Iterator[tuple[Source, Node]]:
    """What a patch says for which nothing was found, as parts of objects. A file that is an object is judged where it stands."""
    if isinstance(root, Mapping) and not patch.path:
        yield source, root
    elif isinstance(root, Sequence) and patch.target is not None and is_plain(patch.target.kind):
        target = patch.target
        version = "/".join(filter(None, (target.group, target.version or "v1")))
        name = target.name if is_plain(target.name) else ""
        for part in said(root, source, {"apiVersion": version, "kind": target.kind}, name):
            yield source, part


def _same_place(one: str, other: str) -> bool:
    """Whether two namespaces can be the same; one that is not said may be set for all."""
    return not one or not other or one == other


def _without_identity(root: Mapping) -> Mapping:
    """A patch without what only tells which object it is for."""
    entries = []
    for entry in root.entries:
        key = entry.key.value if isinstance(entry.key, Scalar) else ""
        if key == "metadata" and isinstance(entry.value, Mapping):
            inner = _but(entry.value, _OWN_IDENTITY)
            entries.append(type(entry)(entry.key, inner))
        elif key not in _IDENTITY:
            entries.append(entry)
    return with_entries(root, entries)


def _but(mapping: Mapping, names: Iterable[str]) -> Mapping:
    left_out = set(names)
    return with_entries(mapping, [e for e in mapping.entries if not (isinstance(e.key, Scalar) and e.key.value in left_out)])
