"""What stands beside a service's own container: the commands that are run in it, the images that it is built from, the models."""

from __future__ import annotations

from ...model.image import Image
from ...model.remote_source import RemoteSource
from ...model.value import Value
from ...syntax.yaml import Scalar
from ..yaml_facts import Site
from ..yaml_view import Field, Section, fields_of, items_of
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


def contexts_of(site: Site, address: str) -> Iterator[Image | RemoteSource]:
    """What the build of a service is fetched from: its context, and the named ones."""
    whole = site.field("build.context", "own") or site.field("build", "own")
    if whole is not None and isinstance(whole.value, Scalar):
        yield from fetched(site, whole, f"{address}.build.context")
    field = site.field("build.additional_contexts", "own")
    if field is None:
        return
    for name, entry in field.section().fields.items():
        yield from fetched(site, entry, f"{address}.build.additional_contexts.{name}")
    for item in fields_of(field):
        if isinstance(item.value, Scalar):
            name, equals, _ = item.value.value.partition("=")
            yield from fetched(site, item, f"{address}.build.additional_contexts.{name}", len(name) + len(equals))


def models_in(models: Section, interpolate: Interpolate) -> Iterator[Image]:
    """The models that a project declares; they come from registries as images do."""
    for name, field in models.fields.items():
        entry = field.section().get("model")
        if entry is not None:
            site = Site(entry.source, entry.span, field.section(), interpolate=interpolate)
            yield Image(entry.source, entry.span, f"models.{name}", None, value=site.scalar(entry), role="model")


def fetched(site: Site, field: Field, address: str, start: int = 0) -> Iterator[Image | RemoteSource]:
    """What a text fetches, from `start` on; nothing where it is the path of a folder or file, or not known."""
    value, fragment = replaced(site, field)
    if fragment is None or not value.is_known:
        return
    scheme = next((scheme for scheme in _IMAGE_SCHEMES if fragment.text.startswith(scheme, start)), "")
    part = fragment.part(start + len(scheme), len(fragment.text))
    reference = Value.known(part.text, field.source, part.span(), field.trail)
    if scheme:
        yield Image(field.source, part.span(), address, None, value=reference, role="base")
    elif is_remote(part.text):
        yield RemoteSource(field.source, part.span(), address, value=reference)


def is_remote(path: str) -> bool:
    """Whether Compose fetches this: a Git repository, an OCI artifact or a URL (compose, `pkg/remote`)."""
    return "://" in path or path.startswith(("git@", "github.com/", "oci:"))
