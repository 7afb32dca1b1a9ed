"""Which services are started to work on the project, or to test it, whatever their file is called."""

from __future__ import annotations

import os

from ...model.image import Image
from ...purpose import is_named_for_work
from ...syntax.yaml import Scalar
from ..yaml_view import Section
from .volumes import split_volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ...model.subject import Subject
    from .build import Build
    from .service import ServiceSite

    Services = Collection[tuple[str, ServiceSite, Build | None]]

_SOURCES = frozenset({"app", "lib", "source", "src"})
"""What folders of sources are called."""


def worked_on(services: Services) -> set[str]:
    """The names of those, with what they depend on."""
    found: set[str] = set()
    for name, site, build in services:
        if _is_worked_on(site, build):
            found.add(name)
            found.update(_needs(site))
    return found


def is_run_by_hand(services: Services) -> bool:
    """Whether the project builds something from its sources, and the engine starts nothing of it again."""
    if all(build is None for _, _, build in services):
        return False
    return not any(site.own.get("deploy") or site.own.text("restart") not in ("", "no", "on-failure") for _, site, _ in services)


def tries_a_release(site: ServiceSite, parts: Iterable[Subject]) -> bool:
    """Whether a service keeps nothing and stands in a folder for the release of its image, as where each release is tried."""
    return site.own.get("volumes") is None and any(isinstance(part, Image) and part.is_in_its_folder for part in parts)


def _is_worked_on(site: ServiceSite, build: Build | None) -> bool:
    """Whether a service is in profiles for developers or for tests only or is not started by itself, is built from a Dockerfile or a stage
    that is named so, or has the sources mounted that it was built from."""
    profiles = [node.value for node, _, _ in site.own.items("profiles") if isinstance(node, Scalar)]
    if (profiles and all(map(is_named_for_work, profiles))) or site.own.text("deploy.replicas") == "0":
        return True
    if build is None:
        return False
    if is_named_for_work(build.target) or is_named_for_work(os.path.basename(build.dockerfile)):
        return True
    return bool(build.folder) and any(_is_of_sources(path, build.folder) for path in _mounted(site))


def _is_of_sources(path: str, folder: str) -> bool:
    return path == folder or (path.startswith(f"{folder}/") and os.path.basename(path) in _SOURCES)


def _mounted(site: ServiceSite) -> Iterator[str]:
    """The folders of the project that a service has mounted, absolute."""
    for node, trail, shared in site.own.items("volumes"):
        if not isinstance(node, Scalar):
            text = Section(site.source, node, trail, shared).text("source")
        else:
            text = split_volume(node.value)[0][0] if node.value.startswith(".") else ""
        if text.startswith("."):
            yield os.path.normpath(os.path.join(site.project.folder_of(site.source), text))


def _needs(site: ServiceSite) -> Iterator[str]:
    """The services that one depends on."""
    yield from site.own.section("depends_on").fields
    for key in ("depends_on", "links"):
        yield from (node.value.partition(":")[0] for node, _, _ in site.own.items(key) if isinstance(node, Scalar))
