"""What stands beside a service's own container: the commands that are run in it, the images that it is built from, the models."""

from __future__ import annotations

from ...model.image import Image
from ...model.value import Value
from ...syntax.yaml import Scalar
from ..yaml_facts import Site
from ..yaml_view import Field, Section, items_of
from .facts import HOOKS
from .variables import replaced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..yaml_facts import Interpolate

_IMAGE_SCHEMES = ("docker-image://", "oci://")


def hooks_of(site: Site, address: str) -> Iterator[tuple[str, Site]]:
    """The commands that Compose runs in a service's container beside its own, each with its address."""
    for key in HOOKS:
        field = site.field(key, "own")
        if field is None:
            continue
        for number, (node, trail, shared) in enumerate(items_of(field)):
            section = Section(field.source, node, trail, shared)
            yield (
                f"{address}.{key}.{number}",
                Site(field.source, node.span, section, silence=site.silence, fixable=site.fixable, interpolate=site.interpolate),
            )


def contexts_of(site: Site, address: str) -> Iterator[Image]:
    """The images that the build of a service gets as named contexts."""
    field = site.field("build.additional_contexts", "own")
    if field is None:
        return
    for name, entry in field.section().fields.items():
        yield from _context(site, entry, 0, f"{address}.build.additional_contexts.{name}")
    for node, trail, shared in items_of(field):
        if isinstance(node, Scalar):
            name, equals, _ = node.value.partition("=")
            item = Field(field.source, field.owner, field.entry, node, trail, shared)
            yield from _context(site, item, len(name) + len(equals), f"{address}.build.additional_contexts.{name}")


def models_in(models: Section, interpolate: Interpolate) -> Iterator[Image]:
    """The models that a project declares; they come from registries as images do."""
    for name, field in models.fields.items():
        entry = field.section().get("model")
        if entry is not None:
            site = Site(entry.source, entry.span, field.section(), interpolate=interpolate)
            yield Image(entry.source, entry.span, f"models.{name}", None, value=site.scalar(entry), role="model")


def _context(site: Site, field: Field, start: int, address: str) -> Iterator[Image]:
    value, fragment = replaced(site, field)
    if fragment is None or not value.is_known:
        return
    text = fragment.text
    scheme = next((scheme for scheme in _IMAGE_SCHEMES if text.startswith(scheme, start)), None)
    if scheme is not None:
        part = fragment.part(start + len(scheme), len(text))
        reference = Value.known(part.text, field.source, part.span(), field.trail)
        yield Image(field.source, part.span(), address, None, value=reference, role="base")
