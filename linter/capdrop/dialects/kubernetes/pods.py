"""Pods, found by shape wherever they stand: a mapping with a list `containers`."""

from __future__ import annotations

from ...finding import Edit, Note
from ...model.image import Image
from ...model.mount import Mount, normal_path
from ...model.command import Word
from ...model.subject import Change, Origin, Refused, Subject
from ...model.value import Value
from ...model.variable import Variable
from ...source import Fragment, Source
from ...syntax.yaml import Mapping, Node, Scalar, Sequence
from .. import yaml_writer as writer
from ..commands import Setting, commands_in_arguments
from ..yaml_facts import Site, container, remove
from ..yaml_view import Field, Section, items_of
from .facts import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CONTAINER_LISTS = {"containers": "container", "initContainers": "init container", "ephemeralContainers": "ephemeral container"}
_USUAL = frozenset({"spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"})


class Pod:
    """A pod's mapping, and the path of keys that leads to it."""

    __slots__ = ("path", "section")

    def __init__(self, section: Section, path: str) -> None:
        self.section = section
        self.path = path

    def address(self, owner: str) -> str:
        """The pod's address below the object that holds it."""
        return owner if self.path in _USUAL or not self.path else f"{owner} {self.path}"


def pods_in(source: Source, root: Node) -> Iterator[Pod]:
    """Every pod below a node."""
    stack: list[tuple[Node, str]] = [(root, "")]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Mapping):
            if _is_pod(node):
                yield Pod(Section(source, node), path)
                continue
            for entry in reversed(node.entries):
                if isinstance(entry.key, Scalar) and not isinstance(entry.value, Scalar):
                    stack.append((entry.value, f"{path}.{entry.key.value}".lstrip(".")))
        elif isinstance(node, Sequence):
            stack.extend((item, path) for item in reversed(node.items) if not isinstance(item, Scalar))


def _is_pod(mapping: Mapping) -> bool:
    for entry in mapping.entries:
        if isinstance(entry.key, Scalar) and entry.key.value in CONTAINER_LISTS and isinstance(entry.value, Sequence):
            return all(isinstance(item, Mapping) for item in entry.value.items) and bool(entry.value.items)
    return False


def subjects_of(source: Source, pod: Pod, owner: str, *, fixable: bool) -> Iterator[Subject]:
    """The containers of a pod, and what they hold."""
    address = pod.address(owner)
    for key, kind in CONTAINER_LISTS.items():
        field = pod.section.get(key)
        if field is None:
            continue
        for node, trail, shared in items_of(field):
            section = Section(field.source, node, trail, shared or pod.section.shared)
            if section.mapping is not None:
                yield from _container(source, pod, section, f"{address} {key}", kind, fixable)
    yield from _host_paths(source, pod, address, fixable)


def _container(source: Source, pod: Pod, section: Section, address: str, kind: str, fixable: bool) -> Iterator[Subject]:
    assert section.mapping is not None
    name_field = section.get("name")
    name = section.text("name")
    address = f"{address}.{name}".rstrip(".")
    span = name_field.entry.span if name_field is not None else section.mapping.entries[0].span
    site = Site(source, span, section, pod.section, partial=section.get("image") is None or not fixable, fixable=fixable)
    platform = "windows" if pod.section.text("os.name") == "windows" else "linux"
    yield container(site, TABLE, address, name=name or "the container", dialect="kubernetes", kind=kind, platform=platform)
    image = section.get("image")
    if image is not None:
        yield Image(source, image.span, f"{address}.image", None, value=site.scalar(image), role="run")
    yield from _environment(site, address)
    yield from _commands(site, address)


def _environment(site: Site, address: str) -> Iterator[Variable]:
    for node, trail, shared in site.own.items("env"):
        section = Section(site.source, node, trail, shared)
        name, field = section.get("name"), section.get("value")
        if name is None or not isinstance(name.value, Scalar) or field is None or not isinstance(field.value, Scalar):
            continue
        value = site.scalar(field)
        yield Variable(
            site.source,
            node.span,
            f"{address}.env.{name.value.value}",
            None,
            name=name.value.value,
            name_span=name.span,
            value=value,
            fragment=field.value.fragment(site.source.text) if value.is_known else None,
            place="env",
        )


def _commands(site: Site, address: str) -> Iterator[Subject]:
    for path in ("command", "args", "lifecycle.postStart.exec.command", "lifecycle.preStop.exec.command"):
        words = []
        prefix = "command" if path == "args" else ""
        for source_path in (prefix, path) if prefix else (path,):
            for node, trail, _ in site.own.items(source_path):
                if isinstance(node, Scalar):
                    words.append(_word(site, node, trail))
        if path == "command" and site.own.get("args") is not None:
            continue
        yield from commands_in_arguments(words, Setting(site.source, f"{address}.{path.partition('.')[0]}", path))


def _word(site: Site, node: Scalar, trail: tuple[Note, ...]) -> Word:
    return Word(node.fragment(site.source.text), "$(" not in node.value and "\ue000" not in node.value, node.span)


class HostPathOrigin(Origin):
    """A hostPath volume of a pod and the places where it is mounted."""

    __slots__ = ("mounts", "node", "site")

    def __init__(self, site: Site, node: Node, mounts: list[Section]) -> None:
        self.site = site
        self.node = node
        self.mounts = mounts

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        self.site.editable(self.site.own.get("volumes"))
        if any(mount.shared for mount in self.mounts):
            raise Refused("the text is shared through an anchor or a merge key, so an edit would reach further")
        if change.action == "set" and change.fact == "read_only" and change.content is True:
            return "Mount it read-only", tuple(edit for mount in self.mounts for edit in self._read_only(mount))
        if change.action == "drop" and not self.mounts:
            return "Remove this volume", remove(self.site, "volumes", "own", self.node)
        raise Refused("the volume is mounted in other places of the pod, which would have to go too")

    def _read_only(self, mount: Section) -> Iterator[Edit]:
        existing = mount.get("readOnly")
        if existing is None:
            assert mount.mapping is not None
            yield writer.add_entry(self.site.source, mount.mapping, "readOnly", "true")
        elif existing.value.span and self.site.scalar(existing).text != "true":
            yield writer.replace_scalar(existing.value, "true")


def _host_paths(source: Source, pod: Pod, address: str, fixable: bool) -> Iterator[Mount]:
    for node, trail, shared in pod.section.items("volumes"):
        volume = Section(source, node, trail, shared)
        path = volume.find("hostPath.path")
        if path is None:
            continue
        site = Site(source, path.span, pod.section, partial=not fixable, fixable=fixable)
        name = volume.text("name")
        mounts = list(_mounts_of(source, pod, name))
        value = site.scalar(path)
        if value.is_known:
            value = value.replaced(normal_path(value.text))
        targets = [mount.text("mountPath") for mount in mounts]
        writable = [mount for mount in mounts if mount.text("readOnly") != "true"]
        yield Mount(
            source,
            path.entry.span,
            f"{address} volumes.{name}",
            HostPathOrigin(site, node, mounts),
            owner=name,
            host_path=value,
            target=Value.known(targets[0], source, path.span) if targets else Value.absent(source, path.span),
            read_only=_read_only(site, mounts, writable, path),
            propagation=_propagation(site, mounts),
        )


def _read_only(site: Site, mounts: list[Section], writable: list[Section], path: Field) -> Value:
    if not mounts:
        return Value.unknown("nothing in this file mounts it", site.source, path.span)
    if not site.fixable and writable and all(mount.get("readOnly") is None for mount in writable):
        return Value.unknown("a template may decide it", site.source, path.span)
    return Value.known(not writable, site.source, path.span)


def _propagation(site: Site, mounts: list[Section]) -> Value:
    for mount in mounts:
        field = mount.get("mountPropagation")
        if field is not None:
            return site.scalar(field)
    return site.nothing()


def _mounts_of(source: Source, pod: Pod, name: str) -> Iterator[Section]:
    for key in CONTAINER_LISTS:
        for node, trail, shared in pod.section.items(key):
            for item, item_trail, item_shared in Section(source, node, trail, shared).items("volumeMounts"):
                mount = Section(source, item, item_trail, item_shared)
                if mount.text("name") == name:
                    yield mount


def text_fragment(source: Source, node: Scalar) -> Fragment:
    """A scalar's value with the place of each character."""
    return node.fragment(source.text)
