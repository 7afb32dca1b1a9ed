"""What the files of one run say about one another."""

from __future__ import annotations

from ..source import Record


class BuildTarget(Record):
    """A stage of a Dockerfile that something outside it asks for by name ("" for the last), and the folder that it builds from."""

    __slots__ = ("context", "dockerfile", "stage")

    def __init__(self, dockerfile: str, stage: str, context: str) -> None:
        self.dockerfile = dockerfile
        self.stage = stage
        self.context = context


class Workspace:
    """The summaries of all files, joined.

    `targets` maps the path of a Dockerfile (absolute, normal) to the stages that Compose files build from it, and `contexts` to the
    folders that they give it.
    """

    __slots__ = ("contexts", "targets")

    def __init__(self) -> None:
        self.targets: dict[str, set[str]] = {}
        self.contexts: dict[str, set[str]] = {}

    def add(self, summary: tuple[BuildTarget, ...]) -> None:
        """Take in what one file offers."""
        for target in summary:
            self.targets.setdefault(target.dockerfile, set()).add(target.stage)
            self.contexts.setdefault(target.dockerfile, set()).add(target.context)
