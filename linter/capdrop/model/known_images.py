"""What is publicly documented about images, as data."""

from __future__ import annotations

from capdrop.syntax.image_reference import Reference

_NON_ROOT_REGISTRIES = ("cgr.dev",)
"""Chainguard images run as user 65532 unless their tag says `-root` (their image documentation)."""
_NON_ROOT_WORDS = ("nonroot", "unprivileged", "rootless")
"""Distroless `:nonroot` tags (GoogleContainerTools/distroless README), nginxinc/nginx-unprivileged, moby/buildkit:rootless."""
_ROOT = frozenset({
    "almalinux", "alpine", "amazoncorretto", "amazonlinux", "archlinux", "buildpack-deps", "busybox", "centos", "debian", "docker",
    "eclipse-temurin", "elixir", "erlang", "fedora", "gcc", "golang", "gradle", "haskell", "httpd", "julia", "maven", "mongo", "mariadb",
    "mysql", "nginx", "node", "openjdk", "oraclelinux", "perl", "php", "postgres", "python", "redis", "rockylinux", "ruby", "rust", "swift",
    "ubuntu",
})  # fmt: skip
"""Official images whose Dockerfiles (docker-library/official-images) set no USER, so that a build on them runs as root."""
_WINDOWS = ("windows", "nanoserver", "servercore")


def runs_as_non_root(reference: Reference) -> bool:
    """Whether an image is documented to start as a user other than root."""
    tag = reference.tag or ""
    if reference.registry in _NON_ROOT_REGISTRIES:
        return not tag.endswith("root") and not tag.endswith("-dev")
    return any(word in reference.repository or word in tag for word in _NON_ROOT_WORDS)


def is_windows(reference: Reference) -> bool:
    """Whether an image is a Windows base image, by its name or tag."""
    return any(word in reference.repository or word in (reference.tag or "") for word in _WINDOWS)


def runs_as_root(reference: Reference) -> bool:
    """Whether a build on an image is documented to run its commands as root."""
    return reference.official and reference.name in _ROOT
