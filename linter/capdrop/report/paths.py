"""File names as CI services want them: relative to where we run, with `/`."""

from __future__ import annotations

import os
from urllib.parse import quote

from .safe import exact


def relative(path: str) -> str:
    """A path seen from the working directory."""
    try:
        path = os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)
    except ValueError:  # another drive of Windows
        path = os.path.basename(path)
    return path.replace(os.sep, "/")


def uri(path: str) -> str:
    """A path as a relative URI; bytes that are not UTF-8 are percent-encoded as they are."""
    path = relative(path)
    try:
        return quote(path, safe="/", errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(exact(path), safe="/")
