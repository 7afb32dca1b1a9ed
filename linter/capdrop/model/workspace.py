"""What the files of one run say about one another."""

from __future__ import annotations

from ..source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class BuildTarget(Record):
    """A stage of a Dockerfile that something outside it asks for by name ("" for the last), and the folder that it builds from.

    `variables` are those that are set anew where it is started, and `leaves_root` says that it is started as a user other than root.
    `named` are the names of the other contexts that it is built with, and `images` those of them that are images built beside it.
    """

    __slots__ = ("context", "dockerfile", "images", "leaves_root", "named", "stage", "variables")

    def __init__(
        self,
        dockerfile: str,
        stage: str,
        context: str,
        variables: frozenset[str] = frozenset(),
        *,
        leaves_root: bool = False,
        named: frozenset[str] = frozenset(),
        images: frozenset[str] = frozenset(),
    ) -> None:
        self.named = named
        self.images = images
        self.dockerfile = dockerfile
        self.stage = stage
        self.context = context
        self.variables = variables
        self.leaves_root = leaves_root


class Starters:
    """What starts the images of one Dockerfile: the stages and folders that they are built from, the names of other contexts and of images
    among them, what all of them set anew, and the stages that somebody starts as they are, maybe as root."""

    __slots__ = ("as_they_are", "contexts", "images", "named", "stages", "variables")

    def __init__(self) -> None:
        self.named: set[str] = set()
        self.images: set[str] = set()
        self.stages: set[str] = set()
        self.contexts: set[str] = set()
        self.variables: frozenset[str] = frozenset()
        self.as_they_are: set[str] = set()

    def add(self, target: BuildTarget) -> None:
        """Take in one of them."""
        self.variables = self.variables & target.variables if self.stages else target.variables
        self.stages.add(target.stage)
        if not target.leaves_root:
            self.as_they_are.add(target.stage)
        self.contexts.add(target.context)
        self.named |= target.named
        self.images |= target.images

    def build_last(self, names: Collection[str]) -> bool:
        """Whether the last stage of the file, which has these names, is among those that are started."""
        return "" in self.stages or not self.stages.isdisjoint(names)

    def leave_root(self, names: Collection[str]) -> bool:
        """Whether a stage of these names ("" for the last) is started, and never as root."""
        return not self.stages.isdisjoint(names) and self.as_they_are.isdisjoint(names)


class EnvUse(Record):
    """An env file that something is given: its path, the variables that are set anew after it, and whether it is read without regard to
    quotes."""

    __slots__ = ("path", "raw", "variables")

    def __init__(self, path: str, variables: frozenset[str], *, raw: bool) -> None:
        self.path = path
        self.variables = variables
        self.raw = raw


class Workspace:
    """The summaries of all files, joined: what starts the images of a Dockerfile, and what all do that are given an env file, by their
    paths (absolute, normal); and by the last part of its name, the images of pods, each with whether it cannot be root there."""

    __slots__ = ("env_files", "images", "starters")

    def __init__(self) -> None:
        self.images: dict[str, set[tuple[str, bool]]] = {}
        self.starters: dict[str, Starters] = {}
        self.env_files: dict[str, EnvUse] = {}

    def add(self, summary: tuple[BuildTarget | EnvUse, ...]) -> None:
        """Take in what one file offers."""
        for one in summary:
            if isinstance(one, BuildTarget):
                self.starters.setdefault(one.dockerfile, Starters()).add(one)
            else:
                other = self.env_files.get(one.path, one)
                self.env_files[one.path] = EnvUse(one.path, one.variables & other.variables, raw=one.raw and other.raw)

    def start(self, images: Iterable[tuple[str, bool]]) -> None:
        """Take in the images of a pod."""
        from ..syntax.image_reference import last_name

        for image, is_never_root in images:
            self.images.setdefault(last_name(image), set()).add((image, is_never_root))
