"""The repository that a file belongs to: whose it is, as git was told where it came from, and whether it has releases."""

from __future__ import annotations

import os
import re

from capdrop.model.container import is_root
from capdrop.model.project import UNKNOWN_PROJECT, Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.files import Files
    from capdrop.syntax.image_reference import Reference

_GIT = ".git"
_ORIGIN = r'(?m)^\[remote "origin"\]((?:\n[^\[\n]*)*)'
_URL = r"(?m)^[ \t]*url[ \t]*=[ \t]*(\S+)"
_TAGS = "refs/tags"
_RELEASES = (".goreleaser", "changelog", "changes.", "history.", "release")
"""What the name of a file or folder at the top of a repository begins with where it has releases."""
_FOR_EVERYBODY = frozenset({"docker.io", "ghcr.io", "lscr.io", "quay.io", "codeberg.org"})
"""Registries where what somebody publishes is for all to use. In those of clouds each company has its own."""
_DOCKERFILE = "Dockerfile"
_MOST_READ = 10
_FROM, _USER = r"(?mi)^[ \t]*FROM[ \t]", r"(?mi)^[ \t]*USER[ \t]+(\S+)"
_OPENSHIFT, _ROUTE, _ROUTES = frozenset({"ocp", "okd", "openshift"}), "route", "route.openshift.io/"
"""Words of folders of what is for OpenShift, how a file is called that tells it, and how: its constraints give a pod that says no user
one of its namespace's (docs.openshift.com, Managing security context constraints)."""
_ADDED = ("inc", "io", "hq", "org", "labs", "dev", "com")
_SHORTEST = 3
_MIDDLE = 5
_LONG = 6


class Repository(Project):
    """The repository of a file among known files."""

    __slots__ = ("_files", "_path")

    def __init__(self, files: Files, path: str) -> None:
        self._files = files
        self._path = path

    @property
    def is_given_users(self) -> bool:
        folder = os.path.dirname(os.path.abspath(self._path))
        return bool(self._files.kept((_ROUTES, folder), lambda: _is_for_openshift(self._files, folder, self._top())))

    def releases(self, reference: Reference) -> bool:
        owner, name, has_releases = self._known()
        return bool(has_releases and owner) and _bears(reference, owner, name)

    def publishes(self, reference: Reference) -> bool:
        owner, _, _ = self._known()
        return bool(owner) and _is_kept_by(reference, owner)

    def builds(self, reference: Reference) -> bool:
        return any(_dockerfiles(self._files, folder) for folder in self._folders_of(reference))

    def sets_user(self, reference: Reference) -> bool:
        owner, name, _ = self._known()
        bears = bool(owner) and _bears(reference, owner, name)
        folders = ((self._top(),) if bears else ()) + self._folders_of(reference)
        kept = (_DOCKERFILE, reference.name, reference.tag, folders)
        return bool(folders) and bool(self._files.kept(kept, lambda: _dockerfiles_set_user(self._files, folders, reference)))

    def leaves_to_others(self, reference: Reference) -> bool:
        if reference.official or reference.registry not in _FOR_EVERYBODY:
            return False
        owner, name, _ = self._known()
        return bool(owner) and not _bears(reference, owner, name)

    def _folders_of(self, reference: Reference) -> tuple[str, ...]:
        """The folders that an image may be built in, by its name: those above the file that are called so, unless it is one of others; and
        those at the top of its repository, or the top, that it is called by behind the name of the repository or of its owner."""
        from capdrop.model.image_names import NAMESPACES

        found = []
        top, folder = self._top(), os.path.dirname(os.path.abspath(self._path))
        if not reference.official and NAMESPACES.isdisjoint(reference.repository.split("/")[:-1]):
            parts = os.path.relpath(folder, top).split(os.sep)
            found = [os.path.join(top, *parts[: at + 1]) for at, part in enumerate(parts) if part.lower() == reference.name]
        owner, name, _ = self._known()
        if owner and _bears(reference, owner, name):
            plain = _plain(reference.name)
            own = {plain, *(plain.removeprefix(of) for of in (owner, name))}
            found += [os.path.join(top, one) for one, below in self._files.names(top).items() if below and _plain(one) in own]
            found += [top] if plain == name else []
        return tuple(found)

    def _top(self) -> str:
        return self._files.top(os.path.dirname(os.path.abspath(self._path)))

    def _known(self) -> tuple[str, str, bool]:
        top = self._top()
        about: tuple[str, str, bool] = self._files.kept((_GIT, top), lambda: _about(self._files, top))
        return about


def project_of(files: Files | None, path: str) -> Project:
    """The project that a file belongs to, as far as the files beside it may be looked at."""
    return UNKNOWN_PROJECT if files is None else Repository(files, path)


def _about(files: Files, top: str) -> tuple[str, str, bool]:
    """The owner and the name of a repository ("" where git was not told), and whether it has releases."""
    git, is_folder = os.path.join(top, _GIT), files.names(top).get(_GIT)
    if is_folder is None:
        return "", "", False
    if not is_folder:  # a work tree, whose repository is elsewhere
        git = os.path.join(top, (files.text(git) or "").removeprefix("gitdir:").strip(), os.pardir, os.pardir)
    origin = re.search(_ORIGIN, files.text(os.path.join(git, "config")) or "")
    url = re.search(_URL, origin[1]) if origin is not None else None
    parts = url[1].removesuffix(".git").replace(":", "/").rstrip("/").split("/") if url is not None else []
    if len(parts) < 2:
        return "", "", False
    return _plain(parts[-2]), _plain(parts[-1]), _has_releases(files, top, os.path.normpath(git))


def _has_releases(files: Files, top: str, git: str) -> bool:
    github = os.path.join(top, ".github")
    automated = (*files.names(github), *files.names(os.path.join(github, "workflows")))
    if any(name.lower().startswith(_RELEASES) for name in files.names(top)) or any("release" in name.lower() for name in automated):
        return True
    return bool(files.names(os.path.join(git, *_TAGS.split("/")))) or f" {_TAGS}/" in (files.text(os.path.join(git, "packed-refs")) or "")


def _is_for_openshift(files: Files, folder: str, top: str) -> bool:
    """Whether a folder is named for OpenShift, or holds a route of it."""
    if not _OPENSHIFT.isdisjoint(re.split(r"\W", os.path.relpath(folder, top).lower())):
        return True
    beside = [os.path.join(folder, name) for name in files.names(folder) if _ROUTE in re.split(r"\W", name.lower())]
    return any(_ROUTES in (files.text(path) or "") for path in beside)


def _dockerfiles(files: Files, folder: str) -> list[str]:
    """The Dockerfiles of a folder."""
    names = [name for name, below in files.names(folder).items() if not below and name.partition(".")[0] == _DOCKERFILE]
    return [os.path.join(folder, name) for name in names[:_MOST_READ]]


def _dockerfiles_set_user(files: Files, folders: tuple[str, ...], reference: Reference) -> bool:
    """Whether the folders hold Dockerfiles, and all end as a user that is not root; or those do that are named for the image
    (`Dockerfile.controller` of `operator:controller-v1`)."""
    paths = [path for folder in folders for path in _dockerfiles(files, folder)]
    words = {*reference.name.split("-"), *(reference.tag or "").split("-")}
    named = [path for path in paths if os.path.basename(path).partition(".")[2] in words]
    texts = [files.text(path) or "" for path in named or paths]
    return bool(texts) and all(map(_ends_as_user, texts))


def _ends_as_user(dockerfile: str) -> bool:
    users = re.findall(_USER, re.split(_FROM, dockerfile)[-1])
    return bool(users) and not is_root(users[-1])


def _bears(reference: Reference, owner: str, name: str) -> bool:
    """Whether an image is called as a repository or its owner is. What others publish under a name is no sign of a repository's own."""
    from capdrop.model.image_names import NAMESPACES, OFFICIAL

    parts = reference.repository.split("/")
    if any(_is_called(part, owner) for part in (*parts, *_hosts(reference))) or any(_stem(part) == _stem(owner) for part in parts[:-1]):
        return True
    if any(len(_plain(part)) >= _MIDDLE and owner.startswith(_plain(part)) for part in parts[:-1]):  # `nginx` of `nginxinc`
        return True
    is_others = not reference.official and not NAMESPACES.isdisjoint(parts[:-1])
    return name not in OFFICIAL and not is_others and any(_is_called(part, name) for part in parts)


def _is_kept_by(reference: Reference, owner: str) -> bool:
    """Whether the registry of an image, or what stands before its last name, is called as an owner is."""
    folders = [] if reference.official else reference.repository.split("/")[:-1]
    return any(_stem(part) == _stem(owner) for part in (*folders, *_hosts(reference)))


def _hosts(reference: Reference) -> list[str]:
    """The names in the address of a registry that is not everybody's."""
    from capdrop.model.image_names import REGISTRIES

    own = reference.registry.rpartition(":")[0] or reference.registry
    return [] if reference.registry in REGISTRIES else own.split(".")[:-1]


def _is_called(part: str, name: str) -> bool:
    """Whether a part of an image's name is that of a repository or an owner, or begins or ends with it where that is no short word."""
    plain = _plain(part)
    if plain == name:
        return len(name) >= _SHORTEST
    return len(name) >= _LONG and (plain.startswith(name) or plain.endswith(name))


def _stem(name: str) -> str:
    """The name of a company without what it adds to it where the name alone is taken: `acmeinc` of `acme-io`."""
    plain = _plain(name)
    return next((plain[: -len(end)] for end in _ADDED if plain.endswith(end) and len(plain) - len(end) >= _MIDDLE), plain)


def _plain(name: str) -> str:
    """A name without what separates its words."""
    return "".join(filter(str.isalnum, name)).lower()
