"""`dockerfile_inline`: a Dockerfile that stands in the Compose file, judged as the Dockerfile it is."""

from __future__ import annotations

import os

from ...model.text import Text
from ...model.workspace import Workspace
from ...source import Inset
from ...syntax.yaml import Scalar
from .. import dockerfile
from ..context import Context
from .interpolation import left_to_shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model.subject import Subject
    from .build import Build
    from .service import ServiceSite


def inset_of(site: ServiceSite, address: str) -> Inset | None:
    """The Dockerfile of a service as a file of its own; None where there is nothing in it."""
    field = site.field("build.dockerfile_inline", "own")
    if field is None or not isinstance(field.value, Scalar) or not field.value.value.strip():
        return None
    return Inset(field.source, left_to_shell(field.value.fragment(field.source.text)), f"{address}.build")


def subjects_of(build: Build, context: Context, set_anew: set[str]) -> Iterator[Subject]:
    """What is in the Dockerfile of a service, which sets these variables itself. Its text as such is a part of the Compose file's."""
    inset = build.source
    if not isinstance(inset, Inset):
        return
    workspace = Workspace()
    if build.folder:
        workspace.add((build.asked_of(os.path.abspath(inset.path), set_anew),))
    targets = frozenset({build.target} if build.target else ())
    for subject in dockerfile.read(inset, Context(targets, workspace, context.files)).subjects:
        if not isinstance(subject, Text):
            yield subject
