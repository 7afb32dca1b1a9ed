"""Whether what an image holds is still mended, by its name and tag."""

from __future__ import annotations

import re
from functools import lru_cache

from capdrop.source import Record
from capdrop.syntax.image_reference import Reference

from .image_lifecycle_data import AS_OF, CODENAMES_IN_TAGS, IN_TAGS, MIRRORS, PRODUCTS, TELLS_ITS_BASE, WITHDRAWN, Product, Withdrawn

_BY_IMAGE = {image: product for product in PRODUCTS for image in product.images}
_BY_TITLE = {product.title: product for product in PRODUCTS}
_VERSION = r"v?(\d+(?:\.\d+)*)(?:(?:[_u.]|rc|alpha|beta|[ab])\w*)?"


class EndOfLife(Record):
    """That something got its last fixes on a day that is past: as a phrase, with what takes its place."""

    __slots__ = ("instead", "reason")

    def __init__(self, reason: str, instead: str = "") -> None:
        self.reason = reason
        self.instead = instead


@lru_cache(maxsize=1024)
def end_of_life(reference: Reference) -> EndOfLife | None:
    """What is past its end in an image: the image itself, what it is named for, or the distribution below it."""
    name = reference.canonical
    for mirror in MIRRORS:
        if name.startswith(mirror):
            name = "docker.io/library/" + name.removeprefix(mirror)
    return _withdrawn(name, reference) or _ended(name, reference) or _base_ended(name, reference)


def releases_named(reference: Reference) -> set[str]:
    """The words of a tag that name a release: the first one, and the distribution below (`3.12` and `bookworm` of `3.12-slim-bookworm`)."""
    words = (reference.tag or "").lower().split("-")
    return {words[0], *(word for word in words if word in CODENAMES_IN_TAGS)} - {"", "latest"}


def _withdrawn(name: str, reference: Reference) -> EndOfLife | None:
    entry = WITHDRAWN.get(name) or _folder(name)
    if entry is None or not entry.since:
        return None
    tag = reference.tag or ""
    if (entry.versions_only and not _version(tag.partition("-")[0])) or (entry.but and entry.but in tag.split("-")):
        return None
    return EndOfLife(f"it gets no updates since {entry.since}", entry.instead)


def _folder(name: str) -> Withdrawn | None:
    folder = name
    while folder := folder.rpartition("/")[0]:
        if folder + "/" in WITHDRAWN:
            return WITHDRAWN[folder + "/"]
    return None


def _ended(name: str, reference: Reference) -> EndOfLife | None:
    product = _BY_IMAGE.get(name)
    if product is None or (reference.tag is None and reference.digest is not None):
        return None
    first = (reference.tag or "latest").partition("-")[0]
    if name == "quay.io/centos/centos" and first.startswith("stream"):
        product = _BY_TITLE["CentOS Stream"]
    line = product.names.get(first)
    if line is None:
        line = _version(first)
    line, when = end_of_line(product, line)
    called = f" ({first})" if first.isalpha() and first != "latest" else ""
    return EndOfLife(f"{product.title} {line}{called} reached its end of life {when}") if when else None


def _version(text: str) -> str:
    """The version that the first word of a tag is, without its `v` and what makes it a candidate; "" if it is none."""
    if _is_dotted(text):
        return text
    found = re.fullmatch(_VERSION, text) if text[:1].isdigit() or text[:1] == "v" else None
    return found[1] if found else ""


def is_release(text: str) -> bool:
    """Whether it is a version in full, such as `1.10.2`."""
    return text.count(".") == 2 and _is_dotted(text.removeprefix("v"))


def _is_dotted(text: str) -> bool:
    """Whether numbers stand between dots."""
    return all(map(str.isdigit, text.split(".")))


def _base_ended(name: str, reference: Reference) -> EndOfLife | None:
    """The distribution that the other words of a tag name: `node:22-alpine3.18`, `golang:1.25-buster`."""
    if not name.startswith(TELLS_ITS_BASE):
        return None
    words = (reference.tag or "").split("-")
    if name.startswith("gcr.io/distroless/"):
        words += reference.name.split("-")
    for word in words:
        title, line = CODENAMES_IN_TAGS.get(word), ""
        if title is not None:
            line = _BY_TITLE[title].names[word]
        else:
            start = len(word.rstrip("0123456789."))
            if _is_dotted(word[start:]):
                title, line = IN_TAGS.get(word[:start]), word[start:]
        line, when = end_of_line(_BY_TITLE[title], line) if title is not None else ("", "")
        if when:
            return EndOfLife(f"it is built on {title} {line}, which reached its end of life {when}")
    return None


def end_of_line(product: Product, version: str) -> tuple[str, str]:
    """The release line of a version, and when it ended, as "on 2024-10-07"; "" if it has not, or if that is not known."""
    parts = version.split(".")
    for length in range(len(parts), 0, -1):
        line = ".".join(parts[:length])
        end = product.ends.get(line)
        if end is not None:
            return line, f"on {end}" if _is_past(end) else ""
    ends = [end for line, end in product.ends.items() if line.startswith(version + ".")]
    if ends and version:
        return version, f"on {max(ends)}" if all(map(_is_past, ends)) else ""
    return version, _older(product, version)


def _older(product: Product, version: str) -> str:
    """When the oldest line of a product that is known ended, for a version older than that."""
    if not product.older or not any(_numbers(version)):
        return ""
    oldest = min(product.ends, key=_numbers)
    past = _numbers(version) < _numbers(oldest) and _is_past(product.ends[oldest])
    return f"before {product.ends[oldest]}" if past else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _is_past(end: str) -> bool:
    return end != "-" and end < AS_OF
