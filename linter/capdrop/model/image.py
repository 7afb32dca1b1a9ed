"""A reference to an image, wherever one stands."""

from __future__ import annotations

from capdrop.finding import Fix, Safety
from capdrop.source import Source, Span
from capdrop.syntax import image_reference

from .known_images import runs_as_root
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .image_lifecycle import EndOfLife
    from .image_names import Resemblance


class Image(Subject):
    """An image that something is built from or started from.

    `role` is "base" (FROM), "copied" (COPY --from, --mount from=), "frontend" (# syntax=) or "run" (a service, a pod, a
    command line). `reference` is None where the text is unknown or is no image reference. `local` is set where the same file
    says how the image is built, so that its name is a label and not a download. `pull_policy` is when the platform asks the registry
    again, where the file can say that.
    """

    __slots__ = ("local", "pull_policy", "reference", "role", "value")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin | None,
        *,
        value: Value,
        role: str,
        local: bool = False,
        pull_policy: Value | None = None,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.value = value
        self.role = role
        self.local = local
        self.pull_policy = pull_policy
        self.reference = image_reference.parse(value.text) if value.is_known else None

    def state(self) -> Mapping[str, object]:
        return {"image": self.value.text}

    @property
    def is_fetched(self) -> bool:
        """Whether it is fetched by its name: it is neither built here, nor nothing (`scratch`), nor perhaps a context that the builder
        is given under that name."""
        reference = self.reference
        if reference is None or self.local or self.role == "frontend" or reference.registry == "localhost":
            return False
        if self.role == "copied":
            return "/" in reference.text or reference.tag is not None or reference.digest is not None
        return reference.familiar != "scratch"

    @property
    def end_of_life(self) -> EndOfLife | None:
        """What is past its end of life in it, by its name and tag."""
        if self.reference is None:
            return None
        from capdrop.model.image_lifecycle import end_of_life

        return end_of_life(self.reference)

    @property
    def resemblance(self) -> Resemblance | None:
        """The popular image, namespace or registry that its name nearly is, or that it copies the name of."""
        if self.reference is None or runs_as_root(self.reference):  # an official image
            return None
        from capdrop.model.image_names import resemblance

        return resemblance(self.reference)

    def rename(self, old: str, new: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes another text for a part of the reference. No dialect needs quotes for one."""
        span = self.value.span
        at = self.source.text.find(old, span.start, span.end) if self.value.source is self.source else -1
        if at >= 0:
            span = Span(at, at + len(old))
        return self.rewrite("image", span, old, new, safety=safety, caveat=caveat)
