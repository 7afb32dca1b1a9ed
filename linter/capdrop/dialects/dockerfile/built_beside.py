"""Images that the project builds itself, from a Dockerfile beside the one that is built on them."""

from __future__ import annotations

import os

from ..near import Near

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.syntax.image_reference import Reference

    from ..context import Context

_SHORTEST = 3


def is_built_beside(reference: Reference | None, path: str, context: Context) -> bool:
    """Whether the Dockerfile of an image stands in a folder of its name, or has its name, next to the file at a path: `acme/base:latest`
    in `web/Dockerfile` is that of `base/Dockerfile`, and in `Dockerfile` as well. A version or a digest tells that it is fetched."""
    if reference is None or reference.official or reference.digest is not None or reference.tag not in (None, "latest"):
        return False
    near = Near(path, context)
    name = _plain(reference.name.rpartition("/")[2])
    for around in (os.path.dirname(near.folder), near.folder):
        for other, is_folder in near.names_in(around).items():
            folder = os.path.join(around, other)
            if is_folder and _plain(other) == name and folder != near.folder and any(map(_is_dockerfile, near.names_in(folder))):
                return True
    return any(
        len(_plain(other[10:])) >= _SHORTEST and name.endswith(_plain(other[10:])) and other != os.path.basename(path)
        for other in near.names
        if _is_dockerfile(other)
    )


def _is_dockerfile(name: str) -> bool:
    return name.lower().startswith("dockerfile")


def _plain(name: str) -> str:
    """A name without what separates its words."""
    return "".join(filter(str.isalnum, name)).lower()
