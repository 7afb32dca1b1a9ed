"""What the files of one run say about one another."""

from __future__ import annotations

from ..source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


class BuildTarget(Record):
    """A stage of a Dockerfile that something outside it asks for by name ("" for the last), and the folder that it builds from.

    `variables` are those that are set anew where it is started, and `leaves_root` says that it is started as a user other than root.
    `named` are the names of the other contexts that it is built with.
    """

    __slots__ = ("context", "dockerfile", "leaves_root", "named", "stage", "variables")

    def __init__(
        self,
        dockerfile: str,
        stage: str,
        context: str,
        variables: frozenset[str] = frozenset(),
        *,
        leaves_root: bool = False,
        named: frozenset[str] = frozenset(),
    ) -> None:
        self.named = named
        self.dockerfile = dockerfile
        self.stage = stage
        self.context = context
        self.variables = variables
        self.leaves_root = leaves_root


class Starters:
    """What starts the images of one Dockerfile: the stages and folders that they are built from, the names of other contexts, and what
    all of them set anew."""

    __slots__ = ("contexts", "leave_root", "named", "stages", "variables")

    def __init__(self) -> None:
        self.named: set[str] = set()
        self.stages: set[str] = set()
        self.contexts: set[str] = set()
        self.variables: frozenset[str] = frozenset()
        self.leave_root = True

    def add(self, target: BuildTarget) -> None:
        """Take in one of them."""
        self.variables = self.variables & target.variables if self.stages else target.variables
        self.leave_root = self.leave_root and target.leaves_root
        self.stages.add(target.stage)
        self.contexts.add(target.context)
        self.named |= target.named

    def build_last(self, names: Collection[str]) -> bool:
        """Whether the last stage of the file, which has these names, is among those that are started."""
        return "" in self.stages or not self.stages.isdisjoint(names)


class Workspace:
    """The summaries of all files, joined: what starts the images of a Dockerfile, by its path (absolute, normal)."""

    __slots__ = ("starters",)

    def __init__(self) -> None:
        self.starters: dict[str, Starters] = {}

    def add(self, summary: tuple[BuildTarget, ...]) -> None:
        """Take in what one file offers."""
        for target in summary:
            self.starters.setdefault(target.dockerfile, Starters()).add(target)
