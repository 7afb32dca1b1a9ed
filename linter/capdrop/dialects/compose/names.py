"""The variables that a Compose file is read with."""

from __future__ import annotations

import re

from ...model.subject import Refused
from ...source import Fragment
from ..yaml_facts import Interpolated
from .interpolation import interpolate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

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
    if re.search(rf"(?<!\$)\$\{{?{name}\b", text):
        return True
    first = re.search(rf"(?m)^[^#\n]*?(?<![\w${{]){name}[\"']?[ \t]*[:=][ \t]*[\"']?(.*)", text)
    return first is not None and re.match(rf"{re.escape(secret)}(?![^\s\"',}}\]])", first[1]) is None
