"""The variables that a Compose file is read with."""

from __future__ import annotations

from ...source import Fragment
from ..yaml_facts import Interpolated
from .interpolation import interpolate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...finding import Note

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
