"""A stage of a Dockerfile."""

from __future__ import annotations

from ..source import Source, Span
from .image import Image
from .subject import Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .account import Account


MOST_PATHS = 200
"""Paths of one stage that are told apart; of one that more are taken from, everything counts as taken."""
_LONGEST = 4096


class Taken:
    """The paths in a stage that go from there into an image."""

    __slots__ = ("paths",)

    def __init__(self) -> None:
        self.paths: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.paths)

    def add(self, paths: set[str]) -> None:
        """Note more of them."""
        self.paths |= paths
        if len(self.paths) > MOST_PATHS:
            self.paths = {"/"}

    def covers(self, place: str) -> bool:
        """Whether a path, or a folder above it, is among them."""
        if not self.paths:
            return False
        end = min(len(place), _LONGEST)
        while end > 0:
            if place[:end] in self.paths:
                return True
            end = place.rfind("/", 0, end)
        return "/" in self.paths and place.startswith("/")


class Stage(Subject):
    """One FROM and what follows it.

    `user` is the user its instructions leave in force, followed through the stages of the same file: known, unknown (a
    variable, or a base image that is not in this file) or absent (a base that is known to set none, such as `scratch`).
    `ships` says whether an image can be made of it: it is the last stage, or a target that is asked for. `layers` are what each of
    its instructions does (copies, commands, variables), in order, `on_build` what each ONBUILD will do in images that are built on it,
    and `taken` the paths in it that go from there into an image.
    `accounts` are those that its commands create, and those of the stages that it is based on; `platform` is "linux" or "windows".
    """

    __slots__ = ("accounts", "base", "image", "index", "layers", "name", "on_build", "platform", "ships", "taken", "user")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        *,
        index: int,
        name: str,
        image: Image,
        base: Stage | None,
        user: Value,
        ships: bool,
        layers: tuple[tuple[Subject, ...], ...] = (),
        on_build: tuple[tuple[Subject, ...], ...] = (),
        taken: Taken,
        platform: str = "linux",
        accounts: tuple[Account, ...] = (),
    ) -> None:
        super().__init__(source, span, address)
        self.layers = layers
        self.on_build = on_build
        self.taken = taken
        self.platform = platform
        self.accounts = accounts
        self.index = index
        self.name = name
        self.image = image
        self.base = base
        self.user = user
        self.ships = ships
