"""Which files git has, as its index tells. Git itself is never run."""

from __future__ import annotations

import os
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTENDED, _LENGTH = 0x4000, 0xFFF
_ENTRY, _HEADER = 62, 12
"""Bytes before an entry's path, the last two of them flags, and before the first entry (gitformat-index(5))."""


def holds(index: bytes, path: str) -> bool:
    """Whether an index holds a file, by its path from the top."""
    name = os.fsencode(path.replace(os.sep, "/"))
    if index[:8] == b"DIRC\0\0\0\4":
        return name in _joined_paths(index)
    return index[:8] in (b"DIRC\0\0\0\2", b"DIRC\0\0\0\3") and _stands_in(index, name)


def _stands_in(index: bytes, name: bytes) -> bool:
    """Whether a path stands in an index as a whole: it ends with a zero, and its length stands before it."""
    at = index.find(name + b"\0")
    while at >= 0:
        before, flags = (int.from_bytes(index[start : start + 2], "big") for start in (at - 4, at - 2))
        for written, extended in ((flags, 0), (before, _EXTENDED)):
            if written & _LENGTH == min(len(name), _LENGTH) and written & _EXTENDED == extended:
                return True
        at = index.find(name + b"\0", at + 1)
    return False


@lru_cache(maxsize=1)
def _joined_paths(index: bytes) -> frozenset[bytes]:
    """The paths of an index of version 4, each of which says how much of the one before it goes on."""
    return frozenset(_paths(index))


def _paths(index: bytes) -> Iterator[bytes]:
    path, at = b"", _HEADER
    for _ in range(int.from_bytes(index[8:_HEADER], "big")):
        at += _ENTRY + (2 if int.from_bytes(index[at + _ENTRY - 2 : at + _ENTRY], "big") & _EXTENDED else 0)
        dropped = 0
        while index[at : at + 1] >= b"\x80":
            dropped = (dropped + (index[at] & 0x7F) + 1) << 7
            at += 1
        end = index.find(b"\0", at + 1)
        if end < 0 or at >= len(index):
            return
        dropped += index[at]
        path = path[: max(0, len(path) - dropped)] + index[at + 1 : end]
        yield path
        at = end + 1
