"""Pods, found by shape wherever they stand: a mapping with a list `containers`, or with volumes that are mounted beside them (the
pod that an operator makes of its own object)."""

from __future__ import annotations

from ...finding import Edit, Note
from ...model.command import Word
from ...model.image import Image
from ...model.mount import Mount, normal_path
from ...model.subject import Change, Origin, Refused, Subject
from ...model.value import Value
from ...model.variable import Variable
from ...source import Fragment, Source
from ...syntax.template import is_masked
from ...syntax.yaml import Mapping, Node, Scalar, Sequence, resolve
from ..commands import Setting, commands_in_arguments
from ..yaml_facts import Site, container, drop, put, remove
from ..yaml_view import Section, items_of
from .facts import TABLE, PodSite, is_windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CONTAINER_LISTS = {"containers": "container", "initContainers": "init container", "ephemeralContainers": "ephemeral container"}
_USUAL = frozenset({"spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"})


class Pod:
    """A pod's mapping, the path of keys that leads to it, and the annotations beside it."""

    __slots__ = ("annotations", "path", "section")

    def __init__(self, section: Section, path: str, annotations: Section) -> None:
        self.section = section
        self.path = path
        self.annotations = annotations

    def address(self, owner: str) -> str:
        """The pod's address below the object that holds it."""
        return owner if self.path in _USUAL or not self.path else f"{owner} {self.path}"


def pods_in(source: Source, root: Node) -> Iterator[Pod]:
    """Every pod below a node."""
    stack: list[tuple[Node, str, Node | None, bool]] = [(root, "", None, False)]
    while stack:
        node, path, holder, shared = stack.pop()
        shared = shared or node.anchor is not None
        if isinstance(node, Mapping):
            if _is_pod(node):
                yield Pod(Section(source, node, (), shared), path, Section(source, holder).section("metadata.annotations"))
                continue
            for entry in reversed(node.entries):
                if isinstance(entry.key, Scalar) and not isinstance(entry.value, Scalar):
                    stack.append((entry.value, f"{path}.{entry.key.value}".lstrip("."), node, shared))
        elif isinstance(node, Sequence):
            stack.extend((item, path, node, shared) for item in reversed(node.items) if not isinstance(item, Scalar))


def _is_pod(mapping: Mapping) -> bool:
    for entry in mapping.entries:
        if isinstance(entry.key, Scalar) and isinstance(entry.value, Sequence):
            items = [item for item in map(resolve, entry.value.items) if isinstance(item, Mapping)]
            if entry.key.value in CONTAINER_LISTS:
                return bool(items) and len(items) == len(entry.value.items)
            if entry.key.value == "volumes" and mapping.get("volumeMounts") and any(item.get("hostPath") for item in items):
                return True
    return False


def _name(section: Section) -> str:
    name = section.text("name")
    return "" if is_masked(name) else name


def subjects_of(source: Source, pod: Pod, owner: str, silence: str) -> Iterator[Subject]:
    """The containers of a pod, and what they hold. `silence` says why nothing follows from what is not written, where so."""
    address = pod.address(owner)
    for key, kind in CONTAINER_LISTS.items():
        field = pod.section.get(key)
        if field is None:
            continue
        for node, trail, shared in items_of(field):
            section = Section(field.source, node, trail, shared or pod.section.shared)
            if section.mapping is not None:
                yield from _container(source, pod, section, f"{address} {key}", kind, silence)
    yield from _host_paths(source, pod, address, silence)


def _container(source: Source, pod: Pod, section: Section, address: str, kind: str, silence: str) -> Iterator[Subject]:
    assert section.mapping is not None
    name_field = section.get("name")
    name = _name(section)
    address = f"{address}.{name}".rstrip(".")
    span = name_field.entry.span if name_field is not None else section.mapping.entries[0].span
    platform = "windows" if is_windows(pod.section) else "linux"
    fixable = not silence
    if platform == "windows":
        silence = "Windows containers have no such setting"
    elif section.get("image") is None:
        silence = silence or "there is no image, so this is one part of several"
    site = PodSite(source, span, section, pod.section, pod.annotations, silence=silence, fixable=fixable)
    yield container(site, TABLE, address, name=name or "the container", dialect="kubernetes", kind=kind, platform=platform)
    image = section.get("image")
    if image is not None:
        policy = section.get("imagePullPolicy")
        pull_policy = site.nothing() if policy is None else site.scalar(policy)
        yield Image(source, image.span, f"{address}.image", None, value=site.scalar(image), role="run", pull_policy=pull_policy)
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


PROPAGATIONS = {"Bidirectional": "rshared", "HostToContainer": "rslave", "None": "private"}


class Use:
    """One entry of a container's `volumeMounts`."""

    __slots__ = ("container", "mount")

    def __init__(self, container: Section, mount: Section) -> None:
        self.container = container
        self.mount = mount


class HostPathOrigin(Origin):
    """A hostPath volume of a pod and the places where it is mounted."""

    __slots__ = ("node", "site", "uses")

    def __init__(self, site: Site, node: Node, uses: list[Use]) -> None:
        self.site = site
        self.node = node
        self.uses = uses

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action == "drop" and change.fact == "mount":
            return "Remove the volume and its mounts", tuple(self._removed())
        if change.action == "set" and change.fact == "read_only" and change.content is True:
            writable = [use.mount for use in self.uses if use.mount.text("readOnly") != "true"]
            return "Mount it read-only", tuple(edit for mount in writable for edit in put(self._of(mount), "readOnly", "own", "true"))
        if change.action == "drop" and change.fact == "propagation":
            moving = [use.mount for use in self.uses if use.mount.get("mountPropagation") is not None]
            return "Remove `mountPropagation`", tuple(edit for mount in moving for edit in drop(self._of(mount), "mountPropagation", "own"))
        raise Refused("there is no writer for this")

    def _removed(self) -> Iterator[Edit]:
        yield from remove(self.site, "volumes", "own", self.node)
        for use in self.uses:
            yield from remove(self._of(use.container), "volumeMounts", "own", use.mount.mapping)

    def _of(self, section: Section) -> Site:
        return Site(self.site.source, self.site.span, section, fixable=self.site.fixable)


def _host_paths(source: Source, pod: Pod, address: str, silence: str) -> Iterator[Mount]:
    for node, trail, shared in pod.section.items("volumes"):
        volume = Section(source, node, trail, shared)
        path = volume.find("hostPath.path")
        if path is None:
            continue
        site = Site(source, path.span, pod.section, silence=silence, fixable=not silence)
        name = _name(volume)
        uses = list(_uses_of(source, pod, name))
        value = site.scalar(path)
        if value.is_known:
            value = value.replaced(normal_path(value.text))
        targets = [use.mount.text("mountPath") for use in uses]
        yield Mount(
            source,
            path.entry.span,
            f"{address} volumes.{name}",
            HostPathOrigin(site, node, uses),
            owner=(_name(uses[0].container) if uses else name) or "the pod",
            host_path=value,
            target=Value.known(targets[0], source, path.span) if targets else Value.absent(source, path.span),
            read_only=_read_only(site, uses),
            propagation=_propagation(site, uses),
            dialect="kubernetes",
        )


def _read_only(site: Site, uses: list[Use]) -> Value:
    """Whether every mount of a volume is read-only; of one that may be mounted elsewhere too this cannot be told."""
    writable = [use.mount for use in uses if use.mount.text("readOnly") != "true"]
    if not uses:
        return Value.unknown("nothing in this file mounts it", site.source, site.span)
    if site.silence and writable and all(mount.get("readOnly") is None for mount in writable):
        return Value.unknown(site.silence, site.source, site.span)
    return Value.known(not writable, site.source, site.span)


def _propagation(site: Site, uses: list[Use]) -> Value:
    """The propagation that reaches furthest among the mounts of a volume."""
    fields = [field for use in uses if (field := use.mount.get("mountPropagation")) is not None]
    values = [site.scalar(field) for field in fields]
    values.sort(key=lambda value: value.text != "Bidirectional")
    return next((value.replaced(PROPAGATIONS.get(value.text, value.text)) if value.is_known else value for value in values), site.nothing())


def _uses_of(source: Source, pod: Pod, name: str) -> Iterator[Use]:
    lists = [pod.section.items(key) for key in CONTAINER_LISTS]
    for holder in (pod.section, *(Section(source, *item) for items in lists for item in items)):
        for item in holder.items("volumeMounts"):
            mount = Section(source, *item)
            if name and mount.text("name") == name:
                yield Use(holder, mount)


def text_fragment(source: Source, node: Scalar) -> Fragment:
    """A scalar's value with the place of each character."""
    return node.fragment(source.text)
