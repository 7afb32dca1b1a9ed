"""A reference to an image, wherever one stands."""

from __future__ import annotations

from capdrop.finding import Fix, Safety
from capdrop.source import Source, Span
from capdrop.syntax import image_reference

from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Image(Subject):
    """An image that something is built from or started from.

    `role` is "base" (FROM), "copied" (COPY --from, --mount from=), "frontend" (# syntax=) or "run" (a service, a pod, a
    command line). `reference` is None where the text is unknown or is no image reference. `local` is set where the same file
    says how the image is built, so that its name is a label and not a download.
    """

    __slots__ = ("local", "reference", "role", "value")

    def __init__(
        self, source: Source, span: Span, address: str, origin: Origin | None, *, value: Value, role: str, local: bool = False
    ) -> None:
        super().__init__(source, span, address, origin)
        self.value = value
        self.role = role
        self.local = local
        self.reference = image_reference.parse(value.text) if value.is_known else None

    def state(self) -> Mapping[str, object]:
        return {"image": self.value.text}

    def rename(self, old: str, new: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes another text for a part of the reference. No dialect needs quotes for one."""
        span = self.value.span
        at = self.source.text.find(old, span.start, span.end) if self.value.source is self.source else -1
        if at >= 0:
            span = Span(at, at + len(old))
        return self.rewrite("image", span, old, new, safety=safety, caveat=caveat)
