"""Which files git has, as its index tells. Git itself is never run."""

from __future__ import annotations

import os

_EXTENDED, _LENGTH = 0x4000, 0xFFF


def holds(index: bytes, path: str) -> bool:
    """Whether an index holds a file, by its path from the top: the path ends with a zero, and its length stands before it. Of an index
    that writes paths in part (version 4) nothing is known."""
    if index[:8] not in (b"DIRC\0\0\0\2", b"DIRC\0\0\0\3"):
        return False
    name = os.fsencode(path.replace(os.sep, "/"))
    at = index.find(name + b"\0")
    while at >= 0:
        before, flags = (int.from_bytes(index[start : start + 2], "big") for start in (at - 4, at - 2))
        for written, extended in ((flags, 0), (before, _EXTENDED)):
            if written & _LENGTH == min(len(name), _LENGTH) and written & _EXTENDED == extended:
                return True
        at = index.find(name + b"\0", at + 1)
    return False
