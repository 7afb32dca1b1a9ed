"""Kubernetes manifests, in YAML or JSON: objects, and the containers of every pod in them."""

from __future__ import annotations

import os

from ...model.subject import Subject
from ...model.variable import Variable
from ...reading import Reading
from ...source import Source, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Mapping, Node
from ..context import Context
from ..repository import project_of
from ..yaml_document import YamlFile
from ..yaml_view import Section
from .cluster import borrowed_by, noted, parts_of, workload_of
from .environment import Secret
from .facts import place_of
from .objects import VALUES, entries_of, held_in, object_of, objects_in, passwords_of, values_of
from .operator_images import images_of
from .pods import COMPLETED, pods_in, subjects_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...files import Files
    from ...model.cluster import Part
    from ...model.kubernetes_object import KubernetesObject
    from ...reading import Gap
    from .pods import Pod
    from .way_out import KubernetesWayOut

_KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_SELECTING = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"})
"""Kinds that must say which pods are theirs."""
_SCHEMAS = frozenset({"CustomResourceDefinition", "WorkloadAllowlist"})
"""Objects that hold descriptions of objects and no pods."""
_CLUSTERS = "kops.k8s.io/"
"""Objects that say what the parts of a cluster itself are like (https://kops.sigs.k8s.io/cluster_spec/)."""
_WORKFLOWS = "argoproj.io/"
_POLICIES = frozenset({"PodSecurityPolicy", "SecurityContextConstraints"})
_POLICY_GROUPS = ("gatekeeper.sh", "kyverno.io", "kubewarden.io", "admissionregistration.k8s.io", "skaffold", "kubevirt.io")
"""Who decides which pods are let in writes down patterns of pods; Skaffold runs containers on the developer's machine, and KubeVirt
machines, which are like pods in their words alone."""


def read(source: Source, context: Context) -> Reading:
    """A file of one or many objects."""
    file = YamlFile(source, context.files)
    file.way_out = _way_out
    if os.path.basename(source.path).lower().startswith("kustomization"):
        from .kustomize import read as read_kustomization

        file.again = lambda _: read(source, context).subjects
        return read_kustomization(file, context)
    partial, may_complete = "", False
    if context.files is not None and _may_be_patched(context.files, source.path):
        from .kustomize_file import standing

        partial, may_complete = standing(source.path, context)
    parts: list[Part] = []
    file.again = lambda once_more: file_subjects(once_more, [], partial, may_complete=may_complete)
    return file.reading(file_subjects(file, parts, partial, may_complete=may_complete), parts=parts)


def _way_out(file: YamlFile) -> KubernetesWayOut:
    from .way_out import KubernetesWayOut

    return KubernetesWayOut(file, file.files)


def _may_be_patched(files: Files, path: str) -> bool:
    """Whether there is a kustomization in the folder of a file, or in the two above."""
    folder = os.path.dirname(os.path.abspath(path))
    for _ in range(3):
        if not _KUSTOMIZATIONS.isdisjoint(files.names(folder)):
            return True
        folder = os.path.dirname(folder)
    return False


def file_subjects(file: YamlFile, parts: list[Part], partial: str = "", *, may_complete: bool = False) -> Iterator[Subject]:
    """The subjects of a file; what it tells about other files goes to `parts`. `partial` says why nothing follows from what the objects
    in it do not say, where so, and `may_complete` that it may hold patches."""
    yield from file.subjects()
    for document in file.documents:
        silence, silent_at = file.silence_in(document), file.silent_at(document)
        for node in _all_objects(file.source, document.root):
            why = partial or (_unfinished(Section(file.source, node)) if may_complete else "")
            decided = file.decided is not None
            yield from object_subjects(
                file.source,
                node,
                parts,
                silence=silence,
                silent_at=silent_at,
                partial=why,
                templated=decided,
                files=file.files,
                gaps=file.gaps,
            )


def _all_objects(source: Source, root: Node | None) -> Iterator[Mapping]:
    """The objects of a document, each with those that it holds."""
    for node in objects_in(root, 0):
        yield node
        yield from held_in(source, node)


def namespaces_in(source: Source) -> Iterator[tuple[Span, str]]:
    """The namespaces that the objects of a file name, each with the span of its object."""
    for document in YamlFile(source).documents:
        for node in _all_objects(source, document.root):
            namespace = Section(source, node).text("metadata.namespace")
            if namespace and not is_masked(namespace):
                yield node.span, namespace


def object_subjects(
    source: Source,
    node: Mapping,
    parts: list[Part],
    *,
    silence: str = "",
    silent_at: Sequence[int] = (),
    partial: str = "",
    joined: bool = False,
    templated: bool = False,
    here: Source | None = None,
    files: Files | None = None,
    gaps: list[Gap] | None = None,
) -> Iterator[Subject]:
    """The subjects of an object. `silent_at` are the collections that `silence` is about, if not about all. `joined` is set where it is put
    together from several places, so that none of it can be edited, and `templated` where helpers write its names and labels, so that what
    belongs together cannot be told. `here` is the file that is read, where that is not its own. What cannot be read of it goes to
    `gaps`."""
    section = Section(source, node, (), joined)
    thing = object_of(source, section, silence or partial)
    if thing is None:
        return
    yield from entries_of(thing, section)
    if thing.kind in VALUES:
        yield from values_of(thing, section)
    if thing.kind in _SCHEMAS:
        return
    yield from passwords_of(thing, section)
    yield from images_of(thing, section, files)
    yield thing
    unsure = silence or partial or ("a template action decides it" if templated else "")
    parts.extend(parts_of(here or source, thing, section, unsure))
    for pod in pods_in(source, node, shared=joined) if not _is_policy(thing) and not held_in(source, node) else ():
        is_daemon = thing.kind == "DaemonSet" or _is_on_every_node(section, pod)
        annotations = section.section("metadata.annotations")
        pod.place = "system" if thing.api_version.startswith(_CLUSTERS) else place_of(pod.section, is_daemon, thing.namespace, annotations)
        pod.partial = pod.partial or partial or (COMPLETED if _lends_containers(thing, pod) else "")
        pod.silent_at = silent_at
        pod.secret = Secret(thing.name, thing.namespace, files)
        pod.project = project_of(files, source.path)
        if pod.off:
            yield from (subject for subject in subjects_of(source, pod, thing, silence) if isinstance(subject, Variable))
            continue
        workload = workload_of(here or source, thing, pod, section, silence or pod.partial)
        workload.partial |= templated
        parts.append(workload)
        for subject in subjects_of(source, pod, thing, silence):
            noted(workload, subject)
            yield subject
        if pod.taken:
            parts += borrowed_by(here or source, thing, pod, section, silence or pod.partial)
    if thing.api_version.startswith(_WORKFLOWS):
        from .workflow_texts import manifests_in, patches_in

        gaps = [] if gaps is None else gaps
        for pod in patches_in(source, node, gaps):
            pod.secret = Secret(thing.name, thing.namespace, files)
            yield from subjects_of(source, pod, thing, silence)
        for inner, made, partial in manifests_in(source, node, thing.address, gaps):
            yield from object_subjects(inner, made, [], partial=partial, files=files)


def _is_on_every_node(section: Section, pod: Pod) -> bool:
    """Whether an operator or a chart is told to start a pod on every node: at a key `daemonSet`, as `mode: daemonset` of a collector, or as
    `type: daemonset` of a controller that its containers stand below."""
    parts = pod.path.split(".")
    above = [".".join(parts[: at + 2]) for at, part in enumerate(parts) if part == "controllers"]
    told = any(section.section(path).text("type") == "daemonset" for path in above)
    return told or "daemonSet" in parts or pod.section.text("mode") == "daemonset"


def _lends_containers(thing: KubernetesObject, pod: Pod) -> bool:
    """Whether an operator puts the containers that stand in its object into pods that others describe (SidecarSet, ServingRuntime)."""
    return pod.path == "spec" and thing.kind != "Pod" and pod.section.get("containers") is not None


def _unfinished(section: Section) -> str:
    """Why nothing follows from what an object does not say: the API would refuse it, so it is laid over another one."""
    must_select = section.text("kind") in _SELECTING and section.text("apiVersion") == "apps/v1"
    return "it has no selector, so it completes another one" if must_select and section.find("spec.selector") is None else ""


def _is_policy(thing: KubernetesObject) -> bool:
    """Whether an object says what pods may be like, and is none."""
    return thing.kind in _POLICIES or thing.api_version.partition("/")[0].endswith(_POLICY_GROUPS)
