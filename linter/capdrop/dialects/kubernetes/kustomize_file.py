"""A kustomization: what it takes in, what it lays over that, and what it makes (kubectl.docs.kubernetes.io, "The Kustomization File")."""

from __future__ import annotations

import os

from ...source import Inset, Source, Span
from ...syntax import yaml
from ...syntax.yaml import Mapping, Node, Scalar
from ..near import Near
from ..yaml_document import YamlFile
from ..yaml_placed import placed
from ..yaml_view import Field, Section, fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...files import Files
    from ..context import Context

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
GROUP = "kustomize.config.k8s.io"
NEAREST = 3
"""Folders, from its own upwards, in which the kustomization that names a patch is looked for."""


def is_kustomization(source: Source, root: Node | None) -> bool:
    """Whether a document is one that kustomize reads."""
    if os.path.basename(source.path) not in NAMES or not isinstance(root, Mapping):
        return False
    version = root.get("apiVersion")
    return version is None or (isinstance(version, Scalar) and version.value.partition("/")[0] == GROUP)


class Target:
    """Which objects a patch is laid over. The texts are regular expressions that must fit as a whole; "" fits all."""

    __slots__ = ("by_labels", "group", "kind", "name", "namespace", "version")

    def __init__(self, section: Section) -> None:
        self.group = section.text("group")
        self.version = section.text("version")
        self.kind = section.text("kind")
        self.name = section.text("name")
        self.namespace = section.text("namespace")
        self.by_labels = bool(section.text("labelSelector") or section.text("annotationSelector"))


class Patch:
    """A patch: where the kustomization names it or holds it, its entry in the list, its file ("" for one that it holds), and what it is
    laid over where that is said beside it."""

    __slots__ = ("at", "entry", "path", "target")

    def __init__(self, at: Field, entry: Span, path: str, target: Target | None) -> None:
        self.at = at
        self.entry = entry
        self.path = path
        self.target = target


class Kustomization:
    """A kustomization file as it is written. Paths in it are told apart from folders and URLs by whoever follows them."""

    __slots__ = ("folder", "path", "root", "source")

    def __init__(self, path: str, root: Section) -> None:
        self.path = path
        self.folder = os.path.dirname(path)
        self.root = root
        self.source = root.source

    def paths(self, *keys: str) -> Iterator[Field]:
        """The texts of the lists at these keys."""
        for key in keys:
            field = self.root.get(key)
            for item in fields_of(field):
                if isinstance(item.value, Scalar) and item.value.value:
                    yield item

    def absolute(self, written: str) -> str:
        """A path in it as an absolute one."""
        return os.path.normpath(os.path.join(self.folder, written))

    @property
    def resources(self) -> Iterator[Field]:
        """The files and folders that it takes in."""
        return self.paths("resources", "bases")

    @property
    def components(self) -> Iterator[Field]:
        """The folders of the components that it is changed by."""
        return self.paths("components")

    @property
    def patches(self) -> list[Patch]:
        """The patches, in the order in which they are laid over."""
        found = [self._patch(item, item, None) for item in fields_of(self.root.get("patchesStrategicMerge"))]
        for key in ("patches", "patchesJson6902"):
            for item in fields_of(self.root.get(key)):
                section = item.section()
                target = Target(section.section("target")) if section.get("target") is not None else None
                found.append(self._patch(section.get("path") or section.get("patch") or item, item, target))
        return [patch for patch in found if patch is not None]

    def _patch(self, at: Field, item: Field, target: Target | None) -> Patch | None:
        if not isinstance(at.value, Scalar) or not at.value.value.strip():
            return None
        text = at.value.value
        held = at is item.section().get("patch") if at is not item else "\n" in text or ": " in text
        return Patch(at, item.span, "" if held else self.absolute(text), target)

    @property
    def held(self) -> list[Span]:
        """The patches that it holds, each from where its entry begins, and from where its text does."""
        held = [patch for patch in self.patches if not patch.path]
        return [span for patch in held for span in (patch.entry, patch.at.entry.span) if span.end >= patch.at.span.end]

    @property
    def images(self) -> list[tuple[str, Section]]:
        """What images are to be taken instead of others, by the names of those."""
        named = [(item.section().text("name"), item.section()) for item in fields_of(self.root.get("images"))]
        return [(name, override) for name, override in named if name]

    @property
    def affixes(self) -> tuple[str, str]:
        """What is put before and behind the names of all objects."""
        return self.root.text("namePrefix"), self.root.text("nameSuffix")


def held_in(patch: Patch, address: str) -> tuple[Source, list[Node]]:
    """The documents of a patch that stands in the kustomization, as those of a file inside of it."""
    assert isinstance(patch.at.value, Scalar)
    outer = patch.at.source
    inner = Inset(outer, patch.at.value.fragment(outer.text), address)
    return inner, [placed(document.root, inner) for document in yaml.parse(inner.text).documents if document.root is not None]


def is_remote(path: str) -> bool:
    """Whether kustomize would clone or download this (kustomize, `api/internal/git/repospec.go`)."""
    return "://" in path or path.startswith(("git@", "github.com/", "gh:", "git::")) or "?ref=" in path


def kustomization_in(near: Near, folder: str) -> str:
    """The path of the kustomization in a folder; "" where there is none."""
    names = near.names_in(folder)
    return next((os.path.join(folder, name) for name in NAMES if names.get(name) is False), "")


class Named:
    """The files that a kustomization takes in, and those that are only patches of it."""

    __slots__ = ("patches", "taken")

    def __init__(self, patches: frozenset[str] = frozenset(), taken: frozenset[str] = frozenset()) -> None:
        self.patches = patches
        self.taken = taken


def standing(path: str, context: Context) -> tuple[str, bool]:
    """Why nothing follows from what a file does not say, where a kustomization near it names it as a patch; and whether the file may hold
    patches even where none does: it is not taken in either."""
    files, absolute = context.files, os.path.abspath(path)
    if files is None:
        return "", False
    folder = os.path.dirname(absolute)
    top = files.top(folder)
    for _ in range(NEAREST):
        found = next((name for name in NAMES if files.names(folder).get(name) is False), "")
        named = _named(files, os.path.join(folder, found)) if found else Named()
        if absolute in named.patches:
            return f"it is a patch of a `{found}`", False
        if absolute in named.taken:
            return "", False
        if folder == top:
            break
        folder = os.path.dirname(folder)
    return "", True


def _named(files: Files, at: str) -> Named:
    named: Named = files.kept(("named", at), lambda: _names_in(at, files.text(at)))
    return named


def _names_in(path: str, text: str | None) -> Named:
    source = Source(path, text or "")
    for document in YamlFile(source).documents:
        if is_kustomization(source, document.root):
            this = Kustomization(path, Section(source, document.root))
            taken = frozenset(this.absolute(field.value.value) for field in this.resources if isinstance(field.value, Scalar))
            return Named(frozenset(patch.path for patch in this.patches if patch.path) - taken, taken)
    return Named()
