"""Names of packages that are popular, and names that are slips of the pen for one."""

from __future__ import annotations

import os
from functools import lru_cache

from .image_names import is_swapped, looks

_SHORTEST, _SHORTEST_SWAPPED = 6, 5
"""Shorter names have too many neighbours."""
IMITATIONS = {
    "pip": {
        "colourama": "colorama",  # https://medium.com/@bertusk, "Cryptocurrency Clipboard Hijacker Discovered in PyPI Repository" (2018)
        "python3-dateutil": "python-dateutil", "jeilyfish": "jellyfish",  # https://github.com/dateutil/dateutil/issues/984
    },
}  # fmt: skip
"""Names under which others have put harmful packages, by registry, and what they were to be taken for."""
_SHORTEST_MEANT = 5
"""A popular name this short may still have a letter doubled (`numpyy`)."""
_LONG = 7
"""A name in which a letter may be missing without making a word of its own."""
_FILE = "popular_packages.txt"
_REGISTRIES = {"pip": "pip", "poetry": "pip", "npm": "npm"}
_KNOWN: dict[str, Names] = {}


class Names:
    """The popular names of a registry by their first letter, and all names that are known to be what they say."""

    __slots__ = ("known", "popular")

    def __init__(self, popular: list[str], others: list[str]) -> None:
        self.popular: dict[str, list[str]] = {}
        for name in popular:
            self.popular.setdefault(name[0], []).append(name)
        self.known = frozenset(popular).union(others)


@lru_cache(maxsize=1024)
def meant_instead(ecosystem: str, name: str) -> str:
    """The popular package that a name is a misspelling of; "" where it is none, or where nothing is known of the registry."""
    registry = _REGISTRIES.get(ecosystem)
    if registry is None or len(name) < _SHORTEST_SWAPPED:
        return ""
    names = _KNOWN.get(registry) or _names(registry)
    name = plain(registry, name)
    if name in names.known or not name:
        return ""
    if name in IMITATIONS.get(registry, ()):
        return IMITATIONS[registry][name]
    least, most = max(len(name) - 2, _SHORTEST_MEANT), len(name) + 2
    near = [popular for popular in names.popular.get(name[0], ()) if least <= len(popular) <= most]
    fits = is_misspelt if len(name) >= _SHORTEST else is_swapped
    return next((popular for popular in near if fits(name, popular)), "")


def plain(registry: str, name: str) -> str:
    """A name as its registry compares it (Python: PEP 503)."""
    name = name.lower()
    if registry == "npm":
        return name
    return "-".join(part for part in name.replace("_", "-").replace(".", "-").split("-") if part)


def is_misspelt(written: str, meant: str) -> bool:
    """Whether a name is another one with two neighbours swapped, a letter doubled or missing, look-alike signs, or other hyphens.

    Other letters, more letters and digits at the end make names of their own (`requests2`, `pytest-http`), and so does a missing letter
    in a short name. Who owns a scope owns what is in it.
    """
    if meant[0] == "@" and written.startswith(meant[: meant.find("/") + 1]):
        return False
    if looks(written) == looks(meant):
        return written != meant
    if is_swapped(written, meant):
        return sum(map(str.isdigit, written)) == 0
    if abs(len(written) - len(meant)) != 1:
        return False
    longer, shorter = (written, meant) if len(written) > len(meant) else (meant, written)
    at = next((index for index in range(len(shorter)) if longer[index] != shorter[index]), len(shorter))
    if longer[at + 1 :] != shorter[at:] or not longer[at].isalpha():
        return False
    if at > 0 and longer[at - 1] == longer[at]:
        return True
    return shorter is written and 0 < at < len(shorter) and len(meant) >= _LONG


def _names(registry: str) -> Names:
    with open(os.path.join(os.path.dirname(__file__), _FILE), encoding="utf-8") as file:
        text = file.read()
    _, _, popular = text.partition(f"[{registry}]\n")
    popular, _, others = popular.partition(f"[{registry} others]\n")
    names = _KNOWN[registry] = Names(popular.split(), others.partition("[")[0].split())
    return names
