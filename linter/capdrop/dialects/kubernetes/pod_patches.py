"""`podSpecPatch` of Argo Workflows: a text, in YAML or JSON, that is laid over the pods of a workflow, or of one template of it
(argo-workflows.readthedocs.io/en/latest/fields). It is judged by what it says, like a patch that stands in a kustomization."""

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

_KEY = "podSpecPatch"
_PATCH = "it is a patch"


def patches_in(source: Source, root: Node, gaps: list[Gap]) -> Iterator[Pod]:
    """The pods that the patches below a node say something of; what cannot be read of them goes to `gaps`."""
    stack: list[tuple[Node, str]] = [(root, "")]
    while stack:
        node, path = stack.pop()
        source = node.source or source
        if isinstance(node, Sequence):
            stack.extend((item, path) for item in reversed(node.items))
        elif isinstance(node, Mapping):
            for entry in reversed(node.entries):
                key = entry.key.value if isinstance(entry.key, Scalar) else ""
                at = f"{path}.{key}".lstrip(".")
                if key == _KEY and isinstance(entry.value, Scalar):
                    yield from _pods_of(entry.value.source or source, entry.value, at, gaps)
                stack.append((entry.value, at))


def _pods_of(outer: Source, patch: Scalar, path: str, gaps: list[Gap]) -> Iterator[Pod]:
    if template.is_masked(patch.value):
        return
    inner = Inset(outer, patch.fragment(outer.text), "")
    filled_in = "{{" in inner.text
    stream = yaml.parse(template.mask(inner.text).text if filled_in else inner.text)
    gaps += (Gap(inner.place(one.span), f"`{_KEY}`: {one.message}", by_design=filled_in) for one in stream.problems)
    for document in stream.documents:
        for pod in pods_in(inner, placed(document.root, inner)) if document.root is not None else ():
            pod.path = f"{path}.{pod.path}".rstrip(".")
            pod.partial = _PATCH
            yield pod
