"""What a dialect may know beside the file itself."""

from __future__ import annotations

import os

from .repository import project_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..files import Files
    from ..model.build_context import BuildContext
    from ..model.project import Project
    from ..model.workspace import EnvUse, Starters, Workspace
    from ..source import Source


class Context:
    """Configuration that changes how files are read, and what other files of the run say.

    `targets` are the names of stages that ship beside the last one, `files` the files beside the one that is read, where they
    may be looked at, and `compose_files` the Compose files that are started together, in their order (absolute paths).
    """

    __slots__ = ("compose_files", "files", "targets", "workspace")

    def __init__(
        self,
        targets: frozenset[str] = frozenset(),
        workspace: Workspace | None = None,
        files: Files | None = None,
        compose_files: tuple[str, ...] = (),
    ) -> None:
        self.targets = targets
        self.workspace = workspace
        self.files = files
        self.compose_files = compose_files

    def starters_of(self, path: str) -> Starters | None:
        """What starts the images of a Dockerfile; None where nothing is known to."""
        if self.workspace is None or not self.workspace.starters:
            return None
        return self.workspace.starters.get(os.path.abspath(path))

    def use_of_env_file(self, path: str) -> EnvUse | None:
        """What all do that are given an env file; None where nothing is known to be."""
        return self.workspace.env_files.get(os.path.abspath(path)) if self.workspace is not None else None

    def is_never_started_as_root(self, path: str) -> bool:
        """Whether pods of the run start an image that is called as the folder of a Dockerfile, and none of them can be root. What others
        publish under the name does not count, nor what a digest pins, which was built before, beside what none does; and nothing does
        where a Compose file starts it as it is."""
        name = os.path.basename(os.path.dirname(os.path.abspath(path)))
        started = self.workspace.images.get(name) if self.workspace is not None else None
        starters = self.starters_of(path)
        if not started or (starters is not None and starters.as_they_are):
            return False
        from ..model.image_names import OFFICIAL
        from ..syntax.image_reference import parse

        project = self.project_of(path)
        pinned: list[bool] = []
        own: list[bool] = []
        for image, is_never_root in started:
            reference = parse(image)
            if reference is None or (reference.official and name in OFFICIAL) or project.leaves_to_others(reference):
                continue
            (own if reference.digest is None else pinned).append(is_never_root)
        return all(own or pinned or [False])

    def with_files(self, files: Files) -> Context:
        """The same with other files beside the one that is read."""
        return Context(self.targets, self.workspace, files, self.compose_files)

    def place(self, source: Source) -> None:
        """Tell a source where it stands in its repository, as far as that is known."""
        if self.files is not None:
            source.from_top = self.files.from_top(source.path)

    def project_of(self, path: str) -> Project:
        """The project that a file belongs to."""
        return project_of(self.files, path)

    def built_from(self, path: str, sources: Iterable[str]) -> BuildContext:
        """The folder that a Dockerfile, which copies these sources, takes its files from."""
        from ..model.build_context import BuildContext

        if self.files is None:
            return BuildContext()
        from .build_context import FolderContext

        starters = self.starters_of(path)
        return FolderContext(self.files, path, sources, starters.contexts if starters is not None else ())
