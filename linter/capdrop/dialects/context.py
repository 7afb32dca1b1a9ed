"""What a dialect may know beside the file itself."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.workspace import Workspace


class Context:
    """Configuration that changes how files are read, and what other files of the run say.

    `targets` are the names of stages that ship beside the last one.
    """

    __slots__ = ("targets", "workspace")

    def __init__(self, targets: frozenset[str] = frozenset(), workspace: Workspace | None = None) -> None:
        self.targets = targets
        self.workspace = workspace

    def targets_of(self, path: str) -> frozenset[str]:
        """The stages of a Dockerfile that ship beside its last one."""
        if self.workspace is None or not self.workspace.targets:
            return self.targets
        return self.targets | self.workspace.targets.get(os.path.abspath(path), set())
