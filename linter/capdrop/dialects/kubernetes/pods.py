"""Pods, found by shape wherever they stand: a mapping with a list `containers`, with volumes that are mounted beside them (the pod that
an operator makes of its own object), or with settings that only pods have (the part of a pod that an operator completes)."""

from __future__ import annotations

from ...finding import Edit
from ...model import pod as model
from ...model.container import Container
from ...model.image import Image
from ...model.mount import Mount, normal_path
from ...model.pod import NOT_ON_WINDOWS
from ...model.project import UNKNOWN_PROJECT
from ...model.subject import Change, Origin, Refused, Subject
from ...model.value import Value
from ...model.variable import Variable
from ...source import Fragment, Source
from ...syntax.template import is_masked
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence, boolean, resolve
from ..yaml_facts import Site, TableOrigin, container, drop, put, remove
from ..yaml_view import Link, Section, followed, items_of
from .annotations import ignored
from .commands import commands_of
from .environment import Secret, variables_of
from .facts import IMAGE_TABLE, POD_TABLE, TABLE, PodSite, is_conditional, is_windows, place_in
from .keys import odd_keys
from .objects import place_of_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Row

    from ...finding import Note
    from ...model.kubernetes_object import KubernetesObject

CONTAINER_LISTS = {
    "containers": "container",
    "initContainers": "init container",
    "ephemeralContainers": "ephemeral container",
    "container": "step",
    "script": "step",
    "steps": "step",
    "sidecars": "sidecar",
}
"""The keys of a pod that hold containers, one or a list: those of Kubernetes, and those of Argo Workflows and Tekton."""
_PLAIN_LISTS = ("containers", "initContainers", "ephemeralContainers")
_NAMESPACES = frozenset({"hostNetwork", "hostPID", "hostIPC"})
_OF_CONTAINERS = frozenset({"privileged", "capabilities", "allowPrivilegeEscalation", "procMount"})
"""Parts of a security context that only containers have."""
_OF_PODS = frozenset(
    "runAsUser runAsNonRoot runAsGroup fsGroup supplementalGroups sysctls seccompProfile appArmorProfile seLinuxOptions "
    "windowsOptions".split()
)
"""Parts of a security context that pods have."""
_OTHERWISE_CALLED = {
    "podSecurityContext": "securityContext",
    "extraVolumes": "volumes",
    "additionalVolumes": "volumes",
    "extraVolumeMounts": "volumeMounts",
    "additionalVolumeMounts": "volumeMounts",
}
"""What charts and operators call settings of a pod."""
_TASKS = "tekton.dev/"
"""Objects whose pods have steps."""
_USUAL = frozenset({"spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"})
COMPLETED = "it is a part of something that its operator completes"
_ONE_PART = "there is no image, so this is one part of several"


class Pod:
    """A pod's mapping, the path of keys that leads to it, the metadata beside it with its annotations, and its place in the cluster.

    `lone` is set where the mapping is a container in itself, and the pod around it is made by an operator. `partial` says why nothing
    follows from what is not written, where an operator fills that in. `secret` is where its containers can take values from, `taken` what
    they take from ConfigMaps, each with the address of its container (it is filled as the subjects are read), `silent_at` are the
    beginnings of collections around it to which a template may add, and `project` is the one that its file belongs to. `off` says that the
    settings around it are switched off (`enabled: false`), so that it is not started.
    """

    __slots__ = ("annotations", "lone", "metadata", "off", "partial", "path", "place", "project", "secret", "section", "silent_at", "taken")

    def __init__(self, section: Section, path: str, metadata: Section, partial: str = "", *, lone: bool = False, off: bool = False) -> None:
        self.section = section
        self.off = off
        self.path = path
        self.metadata = metadata
        self.annotations = metadata.section("annotations")
        self.partial = partial
        self.lone = lone
        self.place = ""
        self.secret = Secret("", "", None)
        self.taken: list[tuple[str, Section]] = []
        self.silent_at: Row[int] = ()
        self.project = UNKNOWN_PROJECT

    def address(self, owner: str) -> str:
        """The pod's address below the object that holds it."""
        return owner if self.path in _USUAL or not self.path else f"{owner} {self.path}"


def pods_in(source: Source, root: Node, *, shared: bool = False) -> Iterator[Pod]:
    """Every pod below a node, and in what a chart's values and helpers put there. `shared` says that its text belongs to others too."""
    stack: list[tuple[Node, str, Node | None, bool, bool, tuple[Note, ...]]] = [(root, "", None, shared, False, ())]
    defaults = ""
    while stack:
        node, path, holder, shared, off, trail = stack.pop()
        if isinstance(node, Link):
            target, trail, shared = followed(source, node, trail, shared)
            node = target or node
        shared = shared or node.anchor is not None
        if isinstance(node, Mapping):
            keys = {entry.key.value for entry in node.entries if isinstance(entry.key, Scalar)}
            off = off or ("enabled" in keys and (switch := node.get("enabled")) is not None and boolean(switch) is False)
            if not _SHAPING.isdisjoint(keys):
                shape = _shape(node)
                if not _OTHERWISE_CALLED.keys().isdisjoint(keys):
                    settings = _in_our_words(node)
                    if _shape(settings):
                        yield Pod(Section(source, settings, trail, shared), path, Section(source, None), COMPLETED, off=off)
                if shape:
                    partial = COMPLETED if shape != "pod" or "verride" in path else _inherits(node) or defaults
                    metadata = Section(source, holder).section("metadata")
                    yield Pod(Section(source, node, trail, shared), path, metadata, partial, lone=shape == "lone", off=off)
                    if shape != "part":
                        common = node.get("stepTemplate")
                        if common is not None:
                            stack.append((common, f"{path}.stepTemplate".lstrip("."), node, shared, off, trail))
                        continue
            if "templates" in keys:
                defaults = defaults or _gives_defaults(node)
            for entry in reversed(node.entries):
                if isinstance(entry.key, Scalar) and not isinstance(entry.value, Scalar):
                    stack.append((entry.value, f"{path}.{entry.key.value}".lstrip("."), node, shared, off, trail))
        elif isinstance(node, Sequence):
            stack.extend((item, path, node, shared, off, trail) for item in reversed(node.items) if not isinstance(item, Scalar))


def _in_our_words(mapping: Mapping) -> Mapping:
    """The settings of a mapping that are of a pod and called otherwise."""
    found = Mapping(mapping.start, mapping.end, mapping.flow)
    for entry in mapping.entries:
        key = entry.key
        if isinstance(key, Scalar) and key.value in _OTHERWISE_CALLED:
            found.entries.append(Entry(Scalar(key.start, key.end, _OTHERWISE_CALLED[key.value]), entry.value))
    return found


def _shape(mapping: Mapping) -> str:
    """What a mapping is: a "pod", a "lone" container, a "part" of a pod that has no containers, or nothing of these."""
    shape = ""
    for entry in mapping.entries:
        key = entry.key.value if isinstance(entry.key, Scalar) else ""
        if key in _NAMESPACES:
            shape = shape or ("part" if isinstance(entry.value, Scalar) and entry.value.value not in ("false", "") else "")
        elif key not in _TELLING:
            continue
        elif key == "securityContext":
            context = resolve(entry.value)
            parts = {e.key.value for e in context.entries if isinstance(e.key, Scalar)} if isinstance(context, Mapping) else set()
            if not _OF_CONTAINERS.isdisjoint(parts):
                shape = "lone"
            elif not _OF_PODS.isdisjoint(parts):
                shape = shape or "part"
        elif key == "volumes":
            items = map(resolve, entry.value.items) if isinstance(entry.value, Sequence) else ()
            if any(isinstance(item, Mapping) and isinstance(item.get("hostPath"), Mapping) for item in items):
                if mapping.get("volumeMounts"):
                    return "pod"
                shape = shape or "part"
        elif key in ("tolerations", "env"):
            items = map(resolve, entry.value.items) if isinstance(entry.value, Sequence) else ()
            telling = any(isinstance(item, Mapping) and (key != "env" or (item.get("name") and item.get("value"))) for item in items)
            shape = shape or ("part" if telling else "")
        elif _holds_containers(key, resolve(entry.value)):
            return "pod"
    return shape


_TELLING = frozenset({*CONTAINER_LISTS, "volumes", "securityContext", "tolerations", "env"})
_SHAPING = _TELLING | _NAMESPACES | _OTHERWISE_CALLED.keys()


def _holds_containers(key: str, node: Node) -> bool:
    """Whether what stands at a key is a container, or a list of containers."""
    if isinstance(node, Sequence):
        items = [resolve(item) for item in node.items]
        containers = bool(items) and all(isinstance(item, Mapping) for item in items)
        return containers and (key in _PLAIN_LISTS or any(isinstance(item, Mapping) and item.get("image") for item in items))
    return isinstance(node, Mapping) and key in ("container", "script") and node.get("image") is not None


def _inherits(pod: Mapping) -> str:
    """Why nothing follows from what a pod does not say: it has only steps, whose pod is made by who runs the task (Tekton, `podTemplate`
    of a TaskRun), only containers that an operator puts beside its own, one container without the name that a template of Argo has, or
    a patch that says more (Argo)."""
    if any(pod.get(key) is not None for key in ("steps", "podSpecPatch")):
        return COMPLETED
    if pod.get("containers") is not None:
        return ""
    alone = pod.get("sidecars") is not None if pod.get("container") is None and pod.get("script") is None else pod.get("name") is None
    return COMPLETED if alone else ""


def _gives_defaults(node: Mapping) -> str:
    """The same for the pods below a mapping: an Argo workflow sets these for all its templates."""
    given = any(node.get(key) is not None for key in ("securityContext", "podSpecPatch", "templateDefaults"))
    return COMPLETED if given else ""


def _name(section: Section) -> str:
    name = section.text("name")
    return "" if is_masked(name) else name


def subjects_of(source: Source, pod: Pod, owner: KubernetesObject, silence: str) -> Iterator[Subject]:
    """The containers of a pod, what they hold, and the pod itself. `silence` says why nothing follows from what is not written, where
    so."""
    silence, fixable = silence or pod.partial, not silence or bool(pod.silent_at)
    source = pod.section.source
    address = pod.address(owner.address)
    containers: dict[Node, Container] = {}
    whole = _whole(pod) if pod.silent_at else frozenset()
    for section, kind, at in _containers_of(pod):
        assert section.mapping is not None
        why = pod.partial if section.mapping in whole else silence
        for subject in _container(source, pod, section, f"{address} {at}".rstrip(), kind, why, fixable):
            if isinstance(subject, Container):
                containers[section.mapping] = subject
            yield subject
    owners = dict(containers)
    if not containers and pod.section.mapping is not None:
        for subject in _unnamed(source, pod, pod.section.mapping, address, owner, silence or COMPLETED, fixable):
            if isinstance(subject, Container):
                owners[pod.section.mapping] = subject
            yield subject
    written = "" if fixable and pod.partial == COMPLETED else silence  # an operator adds mounts, and leaves those that are there
    for mount, uses in _host_paths(source, pod, address, written, fixable):
        sure = [use for use in uses if use.mount.mapping is None or not is_conditional(source, use.mount.mapping.span)]
        users = [owners.get(use.container.mapping) for use in sure or uses if use.container.mapping is not None]
        mount.owners = tuple(user for user in users if user is not None) if None not in users else ()
        yield mount
    yield from _image_volumes(source, pod, address, silence)
    yield from _told_drivers(source, pod, address)
    if containers and pod.path in _USUAL and not pod.lone and not _is_put_together(pod.section):
        yield from odd_keys(pod.section, address, is_pod=True)
    if pod.path not in ("", "spec") and pod.section.mapping is not None:
        yield from ignored(pod.metadata, address, pod.section.mapping.span)
    if owners and not pod.lone:
        yield _pod(source, pod, owner, tuple(owners.values()), silence, fixable)


def _whole(pod: Pod) -> frozenset[Node]:
    """The containers of a pod to which a template adds nothing that is not known, nor to what the pod says for them."""
    mapping = pod.section.mapping
    if mapping is None or mapping.source is not None:
        return frozenset()
    lists = [entry.value for entry in mapping.entries if isinstance(entry.key, Scalar) and entry.key.value in CONTAINER_LISTS]
    items = [item for one in lists for item in (one.items if isinstance(one, Sequence) else (one,))]
    further = {entry.value.start for entry in mapping.entries if isinstance(entry.value, Sequence)}
    inside = [at for at in pod.silent_at if mapping.start <= at < mapping.end and at not in further]
    if any(not any(item.start <= at < item.end for item in items) for at in inside):
        return frozenset()
    return frozenset(resolve(item) for item in items if not any(item.start <= at < item.end for at in inside))


def _containers_of(pod: Pod) -> Iterator[tuple[Section, str, str]]:
    """The mappings of a pod's containers, what users call each, and the key that it stands at."""
    if pod.lone:
        yield pod.section, "init container" if "initContainers" in pod.path.split(".") else "container", ""
        return
    for key, kind in CONTAINER_LISTS.items():
        field = pod.section.get(key)
        if field is None or not _holds_containers(key, field.value):
            continue
        if isinstance(field.value, Mapping):
            yield field.section(), kind, key
        for node, trail, shared in items_of(field):
            section = Section(field.source, node, trail, shared or pod.section.shared)
            if section.mapping is not None and section.mapping.entries:
                stays = key == "initContainers" and section.text("restartPolicy") == "Always"
                is_step = "containerSet" in pod.path.split(".")
                yield section, "sidecar" if stays else "step" if is_step else kind, key


def _pod(source: Source, pod: Pod, owner: KubernetesObject, containers: tuple[Container, ...], silence: str, fixable: bool) -> model.Pod:
    """The pod itself; what it does not say is told at the key of its containers."""
    fields = pod.section.fields
    key = next((field for name, field in fields.items() if name in CONTAINER_LISTS), next(iter(fields.values()))).entry.key
    if not any(section.get("image") for section, _, _ in _containers_of(pod)):
        silence = silence or _ONE_PART
    section, source = pod.section, key.source or source
    site = PodSite(source, key.span, section, section, pod.annotations, silence=silence, fixable=fixable)
    return model.Pod(
        source,
        key.span,
        pod.address(owner.address),
        TableOrigin(site, POD_TABLE),
        kind=owner.kind,
        api_group=owner.api_version.rpartition("/")[0],
        name=owner.name or owner.kind,
        namespace=owner.namespace,
        containers=containers,
        is_whole=not silence,
    )


def _unnamed(
    source: Source, pod: Pod, mapping: Mapping, address: str, owner: KubernetesObject, silence: str, fixable: bool
) -> Iterator[Subject]:
    """What stands for the containers of a pod that an operator fills in: it has what the pod says for them."""
    own = pod.section if pod.section.get("volumeMounts") is not None else Section(source, None)
    site = PodSite(source, mapping.entries[0].span, own, pod.section, pod.annotations, silence=silence, fixable=fixable)
    site.place = pod.place
    kind = "step" if owner.api_version.startswith(_TASKS) else "init container" if "initContainers" in pod.path.split(".") else "pod"
    name = "the container" if pod.path.endswith("ontainer") else "the pod"
    yield container(site, TABLE, f"{address} containers", name=name, dialect="kubernetes", kind=kind)
    yield from variables_of(Site(source, site.span, pod.section, fixable=fixable), address, pod.secret, pod.taken)


def _container(source: Source, pod: Pod, section: Section, address: str, kind: str, silence: str, fixable: bool) -> Iterator[Subject]:
    assert section.mapping is not None
    name_field = section.get("name")
    name = _name(section)
    address = f"{address}.{name}".rstrip(".")
    first = section.mapping.entries[0]
    source, span = place_of_entry(name_field, section) if name_field is not None else (first.key.source or section.source, first.span)
    platform = "windows" if is_windows(pod.section) else "linux"
    if platform == "windows":
        silence = silence or NOT_ON_WINDOWS
    elif section.get("image") is None:
        silence = silence or _ONE_PART
    site = PodSite(source, span, section, pod.section, pod.annotations, silence=silence, fixable=fixable)
    site.place = place_in(section, pod.place)
    own = container(site, TABLE, address, name=name or "the container", dialect="kubernetes", kind=kind, platform=platform)
    own.project = pod.project
    yield own
    if pod.path in _USUAL and not pod.lone and not _is_put_together(section):
        yield from odd_keys(section, address, is_pod=False)
    image = section.get("image")
    if image is not None:
        policy = section.get("imagePullPolicy")
        pull_policy = site.nothing() if policy is None else site.scalar(policy)
        value, origin = site.scalar(image), TableOrigin(site, IMAGE_TABLE)
        yield Image(
            image.source,
            image.span,
            f"{address}.image",
            origin,
            value=value,
            role="run",
            pull_policy=pull_policy,
            project=pod.project,
            tried_out=pod.place == "trial" and pod.path == "spec",
        )
    yield from variables_of(site, address, pod.secret, pod.taken)
    yield from commands_of(site, address, own)


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


def _host_paths(source: Source, pod: Pod, address: str, silence: str, fixable: bool) -> Iterator[tuple[Mount, list[Use]]]:
    """The hostPath volumes of a pod, each with the places where it is mounted."""
    uses_of: dict[str, list[Use]] | None = None
    for node, trail, shared in pod.section.items("volumes"):
        volume = Section(source, node, trail, shared)
        path = volume.find("hostPath.path")
        if path is None:
            continue
        site = Site(path.source, path.span, pod.section, silence=silence, fixable=fixable)
        name = _name(volume)
        uses_of = _uses(source, pod) if uses_of is None else uses_of
        uses = uses_of.pop(name, []) if name else []  # a second volume of a name is refused by the cluster
        value = site.scalar(path)
        if value.is_known:
            value = value.replaced(normal_path(value.text))
        targets = [use.mount.text("mountPath") for use in uses]
        mount = Mount(
            *place_of_entry(path, volume),
            f"{address} volumes.{name}",
            HostPathOrigin(site, node, uses),
            owner=(_name(uses[0].container) if uses else name) or "the pod",
            host_path=value,
            target=Value.known(targets[0], path.source, path.span) if targets else Value.absent(path.source, path.span),
            read_only=_read_only(site, uses, pod.silent_at),
            propagation=_propagation(site, uses),
            dialect="kubernetes",
        )
        yield mount, uses


def _image_volumes(source: Source, pod: Pod, address: str, silence: str) -> Iterator[Image]:
    """The images whose files a pod mounts."""
    for item in pod.section.items("volumes"):
        volume = Section(source, *item)
        field = volume.find("image.reference")
        if field is not None:
            site = Site(field.source, field.span, pod.section, silence=silence)
            policy = volume.find("image.pullPolicy")
            value, pull_policy = site.scalar(field), site.nothing() if policy is None else site.scalar(policy)
            yield Image(
                field.source, field.span, f"{address} volumes.{_name(volume)}.image", None, value=value, role="run", pull_policy=pull_policy
            )


def _told_drivers(source: Source, pod: Pod, address: str) -> Iterator[Variable]:
    """What a pod tells the drivers of its volumes."""
    for item in pod.section.items("volumes"):
        volume = Section(source, *item)
        for path in ("csi.volumeAttributes", "flexVolume.options"):
            field = volume.find(path)
            if field is not None:
                from .helm_file import values_below

                yield from values_below(field.source, field.value, f"{address} volumes.{_name(volume)}.{path}")


def _may_grow(section: Section, silent_at: Row[int]) -> bool:
    """Whether a mapping may have more entries than are known."""
    mapping = section.mapping
    return mapping is None or mapping.source is not None or not silent_at or any(mapping.start <= at < mapping.end for at in silent_at)


def _read_only(site: Site, uses: list[Use], silent_at: Row[int]) -> Value:
    """Whether every mount of a volume is read-only; of one that may be mounted elsewhere too this cannot be told."""
    writable = [use.mount for use in uses if use.mount.text("readOnly") != "true"]
    if writable and all(mount.mapping is not None and is_conditional(mount.source, mount.mapping.span) for mount in writable):
        return Value.unknown("a template decides it", site.source, site.span)
    if not uses:
        return Value.unknown("nothing in this file mounts it", site.source, site.span)
    if site.silence and writable and all(mount.get("readOnly") is None and _may_grow(mount, silent_at) for mount in writable):
        return Value.unknown(site.silence, site.source, site.span)
    return Value.known(not writable, site.source, site.span)


def _propagation(site: Site, uses: list[Use]) -> Value:
    """The propagation that reaches furthest among the mounts of a volume."""
    fields = [field for use in uses if (field := use.mount.get("mountPropagation")) is not None]
    values = [site.scalar(field) for field in fields]
    values.sort(key=lambda value: value.text != "Bidirectional")
    return next((value.replaced(PROPAGATIONS.get(value.text, value.text)) if value.is_known else value for value in values), site.nothing())


def _uses(source: Source, pod: Pod) -> dict[str, list[Use]]:
    """The entries of all `volumeMounts` of a pod by the volume that they name."""
    uses: dict[str, list[Use]] = {}
    lists = [pod.section.items(key) for key in CONTAINER_LISTS]
    for holder in (pod.section, *(Section(source, *item) for items in lists for item in items)):
        for item in holder.items("volumeMounts"):
            mount = Section(source, *item)
            uses.setdefault(mount.text("name"), []).append(Use(holder, mount))
    return uses


def _is_put_together(section: Section) -> bool:
    """Whether a mapping may hold keys of several files, which judge these themselves."""
    return section.mapping is not None and type(section.mapping) is not Mapping


def text_fragment(source: Source, node: Scalar) -> Fragment:
    """A scalar's value with the place of each character."""
    return node.fragment(source.text)
