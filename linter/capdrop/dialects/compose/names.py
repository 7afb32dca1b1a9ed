"""The variables that a Compose file is read with."""

from __future__ import annotations

import re

from ...model.subject import Refused
from ...source import Fragment
from ..yaml_facts import Interpolated
from .interpolation import interpolate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...finding import Note
    from ..yaml_facts import Interpolate

AMBIENT = {"HOME": "~", "PWD": ".", "XDG_RUNTIME_DIR": "/run/user/${UID}"}
"""Variables that every session sets, as good as known when a path begins with them."""


class Names:
    """What the project's env file sets, and where. None stands for what is set, and not known."""

    __slots__ = ("_for_paths", "places", "values")

    def __init__(self, values: Mapping[str, str | None] | None = None, places: Mapping[str, Note] | None = None) -> None:
        self.values = values or {}
        self.places = places or {}
        self._for_paths: Mapping[str, str | None] | None = None

    def replace(self, fragment: Fragment) -> Interpolated:
        """A text with its variables replaced."""
        return interpolate(fragment, self.values, self.places)

    def replace_in_path(self, fragment: Fragment) -> Interpolated:
        """A path with its variables replaced, those of every session too."""
        if self._for_paths is None:
            self._for_paths = {**AMBIENT, **self.values}
        return interpolate(fragment, self._for_paths, self.places)

    def text(self, written: str) -> str | None:
        """A text with its variables replaced; None where one is not known."""
        if "$" not in written:
            return written
        found = self.replace(Fragment.at(written, 0)).fragment
        return found.text if found is not None else None


NO_NAMES = Names()


_SETTING = re.compile(r"[\"']?[ \t]*[:=][ \t]*[\"']?(.*)")
_TAKEN = re.compile(r"(?<!\$)\$\{?$|\benvironment[\"']?:[ \t]{1,9}[\"']?$")
"""What stands before a variable of outside: in a value, and as what a secret is filled from."""
_WORD_BEFORE = re.compile(r"[\w${]$")
_ENDS = ("", " ", "\t", "\r", '"', "'", ",", "}", "]")
"""What stands behind a value."""


def taken_from(name: str, secret: str, owner: str, text: str, interpolate: Interpolate | None) -> str:
    """The variable that a service's secret can be taken from, in a file of this text: of this name, or with the service's before it
    where it is another value for others. Raises `Refused`."""
    longer = re.sub(r"[^A-Z0-9]+", "_", f"{owner}_{name}".upper()).strip("_")
    for one in (name, f"_{longer}" if longer[0].isdigit() else longer):
        if not _means_another(one, secret, text, interpolate):
            return one
    raise Refused(f"`{name}` has another value for others")


def _means_another(name: str, secret: str, text: str, interpolate: Interpolate | None) -> bool:
    """Whether the project's env file sets a variable to something else, or the file takes it from outside or sets it first to that."""
    outside = interpolate(Fragment.at(f"${{{name}}}", 0)).fragment if interpolate is not None else None
    if outside is not None and outside.text:
        return outside.text != secret
    if text.count(name) < 2:
        return False
    if any(_TAKEN.search(text, max(0, at - 30), at) for at in _places(name, text, 0)):
        return True
    first = _first_setting(name, text)
    return first is not None and not (first.startswith(secret) and first[len(secret) : len(secret) + 1] in _ENDS)


def _places(name: str, text: str, at: int) -> Iterator[int]:
    """Where a name stands, from an offset on, and does not go on."""
    while (at := text.find(name, at)) >= 0:
        behind = text[at + len(name) : at + len(name) + 1]
        if not behind.isalnum() and behind != "_":
            yield at
        at += 1


def _first_setting(name: str, text: str) -> str | None:
    """What a name is first set to, outside of comments, up to the end of its line."""
    at = 0
    while at >= 0:
        for found in _places(name, text, at):
            setting = _SETTING.match(text, found + len(name)) if not _WORD_BEFORE.search(text, max(0, found - 1), found) else None
            if setting is not None:
                break
        else:
            return None
        if "#" not in text[text.rfind("\n", 0, found) + 1 : found]:
            return setting[1]
        at = text.find("\n", found)
    return None
