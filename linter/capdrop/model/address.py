"""Whether a URL says which version of a thing it stands for."""

from __future__ import annotations

from itertools import pairwise

_NEWEST = frozenset("latest master head trunk nightly".split())
"""Parts of a path that stand for whatever is newest."""
_MOVING = _NEWEST | frozenset("main develop development dev edge stable snapshot current canary".split())
"""Parts that do so where no variable may name a version beside them."""
_PLATFORMS = frozenset(
    "x64 x86 x32 i386 i686 amd64 arm64 armv7 armv8 aarch64 armhf s390x ppc64le win32 win64 linux32 linux64 64bit 32bit 64 32 86".split()
)
"""Words with digits in them that count no releases."""
_ASKED_FOR = ("$(curl", "$(wget", "`curl", "`wget")
"""A version that the server is asked for."""


def is_moving(url: str) -> bool:
    """Whether a URL names a branch or the latest release, or nothing that could be a version. False where a variable may name one."""
    if any(asked in url for asked in _ASKED_FOR):
        return True
    parts = (url.partition("://")[2] or url).partition("?")[0].rstrip("/").split("/")[1:]
    last = parts[-1] if parts else ""
    if _names_version(last):
        return False
    words = {part.lower() for part in parts} | {word.lower() for word in _words(last)}
    if "$" in url or "`" in url:
        return bool(words & _NEWEST)
    return bool(words & _MOVING) or not any(map(_names_version, parts))


def _names_version(part: str) -> bool:
    """Whether a part of a path holds a number that counts releases, or a commit."""
    if len(part) >= 7 and not part.lower().strip("0123456789abcdef"):
        return True
    return any(word.lstrip("vVrR")[:1].isdigit() or _numbered(word) for word in _words(part) if word.lower() not in _PLATFORMS)


def _numbered(word: str) -> bool:
    """Whether a word has a number with a point in it: `go1.22`."""
    return any(before.isdigit() and after == "." for before, after in pairwise(word[:-1]))


def _words(part: str) -> list[str]:
    return part.replace("x86_64", "").replace("_", "-").split("-")
