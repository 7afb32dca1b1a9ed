"""The texts of Argo Workflows that are Kubernetes themselves, in YAML or JSON (argo-workflows.readthedocs.io/en/latest/fields):
`podSpecPatch`, which is laid over the pods of a workflow or of one template and judged by what it says, like a patch that stands in a
kustomization; and `resource.manifest`, an object that a template creates."""

from __future__ import annotations

from ...reading import Gap
from ...source import Inset, Source
from ...syntax import template, yaml
from ...syntax.yaml import Mapping, Node, Scalar, Sequence
from ..yaml_placed import placed
from .pods import Pod, pods_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PATCH = "it is a patch"
_WHOLE = frozenset({"create", "apply", "replace"})


def patches_in(source: Source, root: Node, gaps: list[Gap]) -> Iterator[Pod]:
    """The pods that the patches below a node say something of; what cannot be read of them goes to `gaps`."""
    for outer, holder, path in _mappings(source, root):
        for inner, node in _read(outer, holder, "podSpecPatch", "", gaps):
            for pod in pods_in(inner, node):
                pod.path = f"{path}.podSpecPatch.{pod.path}".lstrip(".").rstrip(".")
                pod.partial = _PATCH
                yield pod


def manifests_in(source: Source, root: Node, address: str, gaps: list[Gap]) -> Iterator[tuple[Inset, Mapping, str]]:
    """The objects that the templates below a node make, each with why nothing follows from what it does not say, where so; what cannot
    be read of them goes to `gaps`. Of those that such an object makes in turn, its own are not read."""
    if isinstance(source, Inset) and isinstance(source.outer, Inset):
        return
    for outer, holder, path in _mappings(source, root):
        if path.rpartition(".")[2] == "resource":
            action = getattr(holder.get("action"), "value", "")
            for inner, node in _read(outer, holder, "manifest", f"{address} {path}.manifest", gaps):
                if isinstance(node, Mapping):
                    yield inner, node, "" if action in _WHOLE else _PATCH


def _mappings(source: Source, root: Node) -> Iterator[tuple[Source, Mapping, str]]:
    """The mappings below a node, each with its file and the path of keys that leads to it."""
    stack: list[tuple[Node, str]] = [(root, "")]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Sequence):
            stack.extend((item, path) for item in reversed(node.items))
        elif isinstance(node, Mapping):
            yield node.source or source, node, path
            for entry in reversed(node.entries):
                key = entry.key.value if isinstance(entry.key, Scalar) else ""
                stack.append((entry.value, f"{path}.{key}".lstrip(".")))


def _read(outer: Source, holder: Mapping, key: str, address: str, gaps: list[Gap]) -> Iterator[tuple[Inset, Node]]:
    """The documents of the text at a key."""
    text = holder.get(key)
    if not isinstance(text, Scalar) or template.is_masked(text.value):
        return
    outer = text.source or outer
    inner = Inset(outer, text.fragment(outer.text), address)
    filled_in = "{{" in inner.text
    stream = yaml.parse(template.mask(inner.text).text if filled_in else inner.text)
    gaps += (Gap(inner.place(one.span), f"`{key}`: {one.message}", by_design=filled_in) for one in stream.problems)
    for document in stream.documents:
        if document.root is not None:
            yield inner, placed(document.root, inner)
