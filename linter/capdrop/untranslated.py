"""argparse without gettext.

Our help has no translations, and argparse would look for them at every start: the import, a search of the file system and two
regular expressions take longer than reading the command line.
"""

from __future__ import annotations

import sys


def _same(text: str) -> str:
    return text


def _counted(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


_known = "gettext" in sys.modules
if not _known:
    _stand_in = type(sys)("gettext")
    _stand_in.gettext = _same  # type: ignore[attr-defined]
    _stand_in.ngettext = _counted  # type: ignore[attr-defined]
    sys.modules["gettext"] = _stand_in
import argparse  # noqa: E402

if not _known:
    del sys.modules["gettext"]

__all__ = ["argparse"]
