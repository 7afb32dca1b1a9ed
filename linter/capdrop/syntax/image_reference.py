"""Image references, such as `ghcr.io/acme/app:1.2@sha256:...`, in the grammar of the distribution project."""

from __future__ import annotations

import re
from functools import lru_cache

from capdrop.source import Record, Span

DEFAULT_REGISTRY = "docker.io"
_OLD_DEFAULT_REGISTRY = "index.docker.io"
_OFFICIAL = "library/"
_LONGEST_REPOSITORY = 255
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}

_REGISTRY = r"(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]+)?"
_LONGEST_TAG = 128
_IN_REPOSITORIES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_IN_TAGS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_HEX = frozenset("0123456789abcdef")


class Reference(Record):
    """A valid image reference. Spans are local to its text."""

    __slots__ = ("digest", "name_span", "registry", "registry_written", "repository", "tag", "text")

    def __init__(self, text: str, registry: str, registry_written: bool, repository: str, name_span: Span) -> None:
        self.text = text
        self.registry = registry
        """With its port; `docker.io` if none is written."""
        self.registry_written = registry_written
        self.repository = repository
        """The path in the registry; an official image's begins with `library/`."""
        self.name_span = name_span
        """Everything before tag and digest."""
        self.tag: str | None = None
        self.digest: str | None = None
        """As in `sha256:...`."""

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def name(self) -> str:
        """The last part of the repository."""
        return self.repository.rpartition("/")[2]

    @property
    def canonical(self) -> str:
        """Registry and repository in full: `docker.io/library/nginx`."""
        return f"{self.registry}/{self.repository}"

    @property
    def familiar(self) -> str:
        """Registry and repository as people write them: `nginx`."""
        if self.registry != DEFAULT_REGISTRY:
            return self.canonical
        short = self.repository.removeprefix(_OFFICIAL)
        return self.repository if "/" in short else short

    @property
    def official(self) -> bool:
        """Whether it is one of Docker's official images."""
        return self.registry == DEFAULT_REGISTRY and self.repository.startswith(_OFFICIAL)

    @property
    def registry_span(self) -> Span | None:
        """Where the registry is written."""
        return Span(0, self.text.index("/")) if self.registry_written else None

    @property
    def tag_span(self) -> Span | None:
        """Where the tag is written, without its colon."""
        if self.tag is None:
            return None
        start = self.name_span.end + 1
        return Span(start, start + len(self.tag))

    @property
    def digest_span(self) -> Span | None:
        """Where the digest is written, without its `@`."""
        return None if self.digest is None else Span(len(self.text) - len(self.digest), len(self.text))


@lru_cache(maxsize=1024)
def parse(text: str) -> Reference | None:
    """The parts of a reference; None if it is not a valid one (so also if a variable stands in it)."""
    named, at, digest = text.partition("@")
    if at and not _valid_digest(digest):
        return None
    registry, rest = _split_registry(named)
    path, colon, tag = rest.partition(":")
    if colon and not _valid_tag(tag):
        return None
    repository = _OFFICIAL + path if (registry or DEFAULT_REGISTRY) == DEFAULT_REGISTRY and "/" not in path else path
    if not _valid_repository(path) or len(repository) > _LONGEST_REPOSITORY or _is_identifier(text):
        return None
    if registry is not None and not _valid_registry(registry):
        return None
    name_end = len(named) - len(colon) - len(tag)
    reference = Reference(text, registry or DEFAULT_REGISTRY, registry is not None, repository, Span(0, name_end))
    reference.tag = tag if colon else None
    reference.digest = digest if at else None
    return reference


def _split_registry(named: str) -> tuple[str | None, str]:
    """The first part is a registry if it cannot be anything else: it has a dot, a port or a capital, or is `localhost`."""
    first, slash, rest = named.partition("/")
    if not slash or not (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        return None, named
    return (DEFAULT_REGISTRY if first == _OLD_DEFAULT_REGISTRY else first), rest


def _valid_registry(registry: str) -> bool:
    return re.fullmatch(_REGISTRY, registry) is not None and not any(wrong in registry for wrong in ("..", ".-", "-."))


def _valid_repository(path: str) -> bool:
    """Whether small letters and digits are parted by a dot, a slash, one or two underscores, or any number of hyphens."""
    parts = path.replace("__", "_").replace("_", "/").replace(".", "/").split("/")
    return all(part and part.strip("-") == part and _IN_REPOSITORIES.issuperset(part) for part in parts)


def _valid_tag(tag: str) -> bool:
    return 0 < len(tag) <= _LONGEST_TAG and tag[0] not in ".-" and _IN_TAGS.issuperset(tag)


def _valid_digest(digest: str) -> bool:
    algorithm, _, value = digest.partition(":")
    return len(value) == _DIGEST_LENGTHS.get(algorithm) and _HEX.issuperset(value)


def _is_identifier(text: str) -> bool:
    """Sixty-four hexadecimal digits are the id of an image, which no reference may look like."""
    return len(text) == 64 and _HEX.issuperset(text)


def last_name(image: str) -> str:
    """What stays the same of an image's name, as it is written, when its registry or version becomes another one."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]
