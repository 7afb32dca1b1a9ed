"""Images that a kustomization takes instead of those that its resources name (kustomize, `api/filters/imagetag` and
`api/internal/image`)."""

from __future__ import annotations

from ...source import Fragment, Inset
from ...syntax.template import is_masked
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence, resolve
from ..yaml_placed import PlacedScalar
from ..yaml_view import Section
from .kustomize_merge import with_entries, with_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as List

    Replace = Callable[[Scalar], Node | None]

_LISTS = frozenset({"containers", "initContainers"})
DEEPEST = 60


def with_images(root: Node, overrides: List[tuple[str, Section]]) -> Node:
    """A tree with the images of its containers replaced; the same one where there is nothing to replace."""

    def replacement(written: Scalar) -> Node | None:
        node: Scalar = written
        name = split(node.value)[0]
        for meant, override in overrides:
            if meant == name:
                node = _overridden(node, override) or node
                name = split(node.value)[0]
        return None if node is written else node

    return _with(root, "", replacement, 0)


def _with(node: Node, key: str, replace: Replace, depth: int) -> Node:
    """A tree in which the images of the containers are replaced; what does not change is shared."""
    node = resolve(node)
    if isinstance(node, Sequence):
        items = [_container(item, replace) if key in _LISTS else _with(item, "", replace, depth + 1) for item in node.items]
        if depth > DEEPEST or all(new is resolve(old) for new, old in zip(items, node.items, strict=True)):
            return node
        return with_items(node, items)
    if not isinstance(node, Mapping) or depth > DEEPEST:
        return node
    entries = [_entry(entry, replace, depth) for entry in node.entries]
    return with_entries(node, entries) if any(new is not old for new, old in zip(entries, node.entries, strict=True)) else node


def _entry(entry: Entry, replace: Replace, depth: int) -> Entry:
    if isinstance(entry.value, Scalar) or not isinstance(entry.key, Scalar):
        return entry
    value = _with(entry.value, entry.key.value, replace, depth + 1)
    return entry if value is resolve(entry.value) else Entry(entry.key, value)


def _container(item: Node, replace: Replace) -> Node:
    item = resolve(item)
    image = item.get("image") if isinstance(item, Mapping) else None
    image = resolve(image) if image is not None else None
    if not isinstance(item, Mapping) or not isinstance(image, Scalar) or is_masked(image.value):
        return item
    new = replace(image)
    if new is None:
        return item
    key = PlacedScalar(new.start, new.start, "image")
    key.source = new.source
    kept = [entry for entry in item.entries if not (isinstance(entry.key, Scalar) and entry.key.value == "image")]
    return with_entries(item, [*kept, Entry(key, new)])


def _overridden(image: Scalar, override: Section) -> Scalar | None:
    """An image as an entry of `images` has it: a text that stands where the entry says the most telling part of it; None where it says
    nothing."""
    name, tag, digest = split(image.value)
    new_name, new_tag, new_digest = (override.get(key) for key in ("newName", "newTag", "digest"))
    telling = new_tag or new_digest or new_name
    if telling is None or not isinstance(telling.value, Scalar) or not telling.value.value or is_masked(telling.value.value):
        return None
    if new_tag is not None or new_digest is not None:
        tag, digest = override.text("newTag"), override.text("digest")
    name = override.text("newName") or name
    if is_masked(name):
        return None
    before = name + ":" if telling is new_tag else f"{name}{f':{tag}' if tag else ''}@" if telling is new_digest else ""
    text = f"{name}{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"
    inner = Inset(
        telling.source, _around(telling.value.fragment(telling.source.text), text, len(before)), f"images.{override.text('name')}"
    )
    node = PlacedScalar(0, len(text), text)
    node.source = inner
    return node


def _around(part: Fragment, text: str, start: int) -> Fragment:
    """A text of which a part is written, from `start` on; the rest of it stands at the ends of that part."""
    last = len(part.text)
    places = [part.place(min(max(at - start, 0), last - 1)) for at in range(len(text))]
    return Fragment(text, list(range(len(text))), places)


def split(image: str) -> tuple[str, str, str]:
    """The name of an image as it is written, with its registry, its tag and its digest."""
    rest, _, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        return rest, "", digest
    return name, tag, digest
