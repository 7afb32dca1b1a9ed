"""Images that the project builds itself, from a Dockerfile beside the one that is built on them."""

from __future__ import annotations

import os
import re

from capdrop.model.container import is_root
from capdrop.model.start_scripts import GITHUB
from capdrop.syntax import dockerfile as syntax

from ..near import Near

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.syntax.image_reference import Reference

    from ..context import Context

_SHORTEST = 3
_STARTERS = (
    ("action", r"(?m)^[ \t]+using:[ \t]*['\"]?docker\b", GITHUB),
    ("buildconfig", r"(?m)^kind:[ \t]*BuildConfig\b", "OpenShift starts it as a user of its choice"),
)
"""What files are called that tell who starts an image, what stands in them, and who that is. An action of GitHub "must be run by the
default Docker user (root)" (https://docs.github.com/actions/reference/dockerfile-support-for-github-actions); OpenShift gives containers
"an arbitrarily assigned user ID" (docs.openshift.com, Images, "Creating images")."""
_WITHOUT_ROOT = frozenset({"nonroot", "non-root", "rootless", "unprivileged"})


def dockerfile_beside(reference: Reference | None, path: str, context: Context) -> str:
    """The Dockerfile of an image; "" where none stands next to the file at a path in a folder of the image's name, or has its name:
    `acme/base:latest` in `web/Dockerfile` is that of `base/Dockerfile`, and in `Dockerfile` as well. Of folders that are named for
    versions, `acme/base:1.2` in `web/1.2/Dockerfile` is that of `base/1.2/Dockerfile`; elsewhere a version tells that it is fetched, as
    a digest does."""
    if reference is None or reference.official or reference.digest is not None:
        return ""
    version = os.path.basename(os.path.dirname(path))
    is_named, is_newest = version == (reference.tag or "latest"), reference.tag in (None, "latest")
    if not is_named and not is_newest:
        return ""
    near = Near(path, context)
    above, name = os.path.dirname(near.folder), _plain(reference.name)
    found = _in_folder(near, os.path.dirname(above), name, version) if is_named else ""
    if found or not is_newest:
        return found
    return _in_folder(near, above, name) or _in_folder(near, near.folder, name) or _called(near, name)


def leaves_root(reference: Reference | None, path: str, context: Context) -> bool:
    """Whether the Dockerfile of an image stands beside, and ends as a user other than root."""
    beside = dockerfile_beside(reference, path, context)
    text = Near(path, context).text(beside) if beside else None
    users = [one for one in syntax.parse(text).instructions if one.keyword in ("FROM", "USER")] if text else []
    last = users[-1].arguments if users and users[-1].keyword == "USER" else ()
    return len(last) == 1 and not is_root(last[0].value)


def offers_another(path: str, context: Context) -> bool:
    """Whether another Dockerfile stands beside, for those who want no root: `Dockerfile.rootless`."""
    return any(_is_dockerfile(name) and not _WITHOUT_ROOT.isdisjoint(name.lower().split(".")) for name in Near(path, context).names)


def started_by(path: str, context: Context) -> str:
    """Who starts what a Dockerfile builds and says as which user, as a file beside it tells, or nothing."""
    near = Near(path, context)
    for name in near.names:
        stem, _, ending = name.lower().rpartition(".")
        for called, pattern, who in _STARTERS if ending in ("yml", "yaml") else ():
            text = near.text(os.path.join(near.folder, name)) if _plain(stem) == called else None
            if text is not None and re.search(pattern, text) is not None:
                return who
    return ""


def _in_folder(near: Near, around: str, name: str, version: str = "") -> str:
    """The Dockerfile in the folder of a name, or in that of a version in it; `base-slim` is also that of `base/Dockerfile.slim`, and
    `acme-shop-base` that of `shop-base/Dockerfile`."""
    for other, is_folder in near.names_in(around).items():
        plain = _plain(other) if is_folder else ""
        folder = os.path.join(around, other, version) if version else os.path.join(around, other)
        ends = "-" in other and name.endswith(plain)
        if plain and (ends or name.startswith(plain)) and folder != near.folder:
            rest = "" if ends else name[len(plain) :]
            for dockerfile in filter(_is_dockerfile, near.names_in(folder)):
                if not rest or rest == _plain(dockerfile[10:]):
                    return os.path.join(folder, dockerfile)
    return ""


def _called(near: Near, name: str) -> str:
    """The Dockerfile beside another one that is called as an image is."""
    for other in near.names:
        own = _plain(other[10:]) if _is_dockerfile(other) else ""
        if len(own) >= _SHORTEST and name.endswith(own) and os.path.join(near.folder, other) != near.path:
            return os.path.join(near.folder, other)
    return ""


def _is_dockerfile(name: str) -> bool:
    return name.lower().startswith("dockerfile")


def _plain(name: str) -> str:
    """A name without what separates its words."""
    return "".join(filter(str.isalnum, name)).lower()
