"""A stage of a Dockerfile."""

from __future__ import annotations

from ..source import Source, Span
from .image import Image
from .subject import Subject
from .value import Value


class Stage(Subject):
    """One FROM and what follows it.

    `user` is the user its instructions leave in force, followed through the stages of the same file: known, unknown (a
    variable, or a base image that is not in this file) or absent (a base that is known to set none, such as `scratch`).
    `ships` says whether an image can be made of it: it is the last stage, or a target that is asked for.
    """

    __slots__ = ("base", "image", "index", "name", "ships", "user")

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
    ) -> None:
        super().__init__(source, span, address)
        self.index = index
        self.name = name
        self.image = image
        self.base = base
        self.user = user
        self.ships = ships
