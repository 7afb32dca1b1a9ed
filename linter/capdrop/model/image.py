"""A reference to an image, wherever one stands."""

from __future__ import annotations

import re
from functools import lru_cache

from capdrop.finding import Fix, Safety
from capdrop.source import Source, Span
from capdrop.syntax import image_reference

from .known_images import runs_as_root
from .project import UNKNOWN_PROJECT, Project
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from capdrop.syntax.image_reference import Reference

    from .image_lifecycle import EndOfLife
    from .image_names import Resemblance


class Image(Subject):
    """An image that something is built from or started from.

    `role` is "base" (FROM), "copied" (COPY --from, --mount from=), "frontend" (# syntax=), "model" (a model of a Compose file) or
    "run" (a service, a pod, a command line). `reference` is None where the text is unknown or is no image reference. `local` is set
    where the same file says how the image is built, so that its name is a label and not a download. `pull_policy` is when the platform
    asks the registry again, where the file can say that, and `named_by` the fact of another subject that holds its name too. `project` is
    the one that the file belongs to. `tried_out` is set where it is run once, by hand or to test something, and removed.
    """

    __slots__ = ("local", "named_by", "project", "pull_policy", "reference", "role", "tried_out", "value")

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
        named_by: tuple[str, str] | None = None,
        project: Project = UNKNOWN_PROJECT,
        tried_out: bool = False,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.value = value
        self.tried_out = tried_out
        self.role = role
        self.local = local
        self.pull_policy = pull_policy
        self.named_by = named_by
        self.project = project
        self.reference = image_reference.parse(value.text) if value.is_known else None

    def state(self) -> Mapping[str, object]:
        return {"image": self.value.text}

    @property
    def is_fetched(self) -> bool:
        """Whether it is fetched by its name: it is neither built here, nor put on the node by hand (`imagePullPolicy: Never`), nor nothing
        (`scratch`), nor perhaps a context that the builder is given under that name."""
        reference = self.reference
        if reference is None or self.local or self.role == "frontend" or reference.registry == "localhost":
            return False
        if self.pull_policy is not None and self.pull_policy.text == "Never":
            return False
        if self.role == "copied" and self.is_stand_in:
            return reference.tag is not None or reference.digest is not None
        return reference.familiar != "scratch"

    @property
    def is_stand_in(self) -> bool:
        """Whether it can only be the name of something built nearby, which a tool replaces or the machine has: one word, and none of
        Docker's official images, now or once."""
        reference = self.reference
        if reference is None or not reference.official or reference.registry_written:
            return False
        from capdrop.model.image_names import FORMER, OFFICIAL

        return reference.name not in OFFICIAL and reference.name not in FORMER

    @property
    def is_released_here(self) -> bool:
        """Whether the project that the file belongs to publishes it and gives its releases versions, so that what stands here is the
        newest of a branch until a release writes its own; or builds it, as far as a Dockerfile tells, and has no version of it at all."""
        reference = self.reference
        if reference is None:
            return False
        return self.project.releases(reference) or (self.role == "run" and self.project.builds(reference))

    @property
    def is_own_base(self) -> bool:
        """Whether the owner of the project that builds on it publishes it, or who maintains what is built, and so builds both anew."""
        reference = self.reference
        if reference is None or self.role not in ("base", "copied"):
            return False
        is_maintained = not reference.official and reference.repository.partition("/")[0] in _maintainers(self.source.text)
        return is_maintained or self.project.publishes(reference)

    @property
    def is_by_others(self) -> bool:
        """Whether it is started as others publish it for everybody; not one of Docker's official images."""
        reference = self.reference
        if reference is None and self.value.is_unknown:
            name = self.value.source[self.value.span].strip("\"'").partition("$")[0]
            reference = image_reference.parse(name[:-1]) if name.endswith((":", "@")) else None
        return self.role == "run" and not self.local and reference is not None and self.project.leaves_to_others(reference)

    @property
    def end_of_life(self) -> EndOfLife | None:
        """What is past its end of life in it, by its name and tag."""
        if self.reference is None:
            return None
        from capdrop.model.image_lifecycle import end_of_life

        return end_of_life(self.reference)

    @property
    def is_in_its_folder(self) -> bool:
        """Whether a folder that the file stands in is named for the release of the image (`debian/bookworm/Dockerfile`,
        `alpine3.21/Dockerfile`, `cassandra/v4/compose.yaml`), or for one of what is built there (`1.10.2/Dockerfile`), as in a collection
        of old and new ones."""
        if self.reference is None:
            return False
        from capdrop.model.image_lifecycle import is_release, releases_named

        named, name = releases_named(self.reference), self.reference.name
        folders = self.source.from_top.lower().split("/")[:-1]
        if folders[-2:-1] == [name] and any(f"v{release}.".startswith(f"{folders[-1]}.") for release in named):
            return True
        return any(
            is_release(folder)
            or not named.isdisjoint((folder, folder.partition("-")[0], folder.removeprefix("v"), folder.removeprefix(name)))
            for folder in folders
        )

    @property
    def resemblance(self) -> Resemblance | None:
        """The popular image, namespace or registry that its name nearly is, or that it copies the name of."""
        if self.reference is None or runs_as_root(self.reference):  # an official image
            return None
        from capdrop.model.image_names import resemblance

        return resemblance(self.reference)

    def name_version(self, *, caveat: str) -> Fix | None:
        """A fix that names the version that an image without one, or with `latest`, is known to mean; None where none is known."""
        from capdrop.model.image_versions import newest

        return self._named(newest, caveat)

    def move_on(self, *, caveat: str) -> Fix | None:
        """A fix that names the nearest release that is still mended; None where none is known."""
        from capdrop.model.image_versions import maintained

        return self._named(maintained, caveat)

    def _named(self, find: Callable[[Reference], str], caveat: str) -> Fix | None:
        old = self.reference.text if self.reference is not None else ""
        new = find(self.reference) if self.reference is not None else ""
        if not new:
            return None
        written = self.value.source[self.value.span].rstrip("\"'")
        if old not in written and old.rpartition("/")[0] == new.rpartition("/")[0]:  # a variable says where it is
            last = old.rpartition("/")[2]
            if written.endswith((f"/{last}", f"}}{last}")):
                end = self.value.span.start + len(written)
                return self._renamed(Span(end - len(last), end), last, new.rpartition("/")[2], caveat=caveat)
            default = f"-{self.reference.tag}}}" if self.reference is not None else ""
            if self.value.defaulted and written.endswith(default) and new.startswith(f"{old.rpartition(':')[0]}:"):
                end = self.value.span.start + len(written) - 1
                return self._renamed(Span(end - len(default) + 2, end), default[1:-1], new.rpartition(":")[2], caveat=caveat)
        return self.rename(old, new, caveat=caveat)

    def rename(self, old: str, new: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes another text for a part of the reference. No dialect needs quotes for one."""
        span = self.value.span
        at = self.source.text.find(old, span.start, span.end) if self.value.source is self.source else -1
        if at >= 0:
            span = Span(at, at + len(old))
        return self._renamed(span, old, new, safety=safety, caveat=caveat)

    def _renamed(self, span: Span, old: str, new: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        fix = self.rewrite("image", span, old, new, safety=safety, caveat=caveat)
        fix.touches += (self.named_by,) if self.named_by is not None else ()
        return fix


@lru_cache(maxsize=1)
def _maintainers(text: str) -> frozenset[str]:
    """The names in the addresses of those who maintain what a Dockerfile builds: before the `@`, and of the company behind it."""
    addresses = [word for line in text.lower().split("\n") if "maintainer" in line for word in re.split(r"[^\w.@-]", line) if "@" in word]
    return frozenset(name for address in addresses for name in (address.partition("@")[0], address.partition("@")[2].partition(".")[0]))
