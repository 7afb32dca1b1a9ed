"""What a stage copies to where its program works, given to the user that the program runs as (`--chown`)."""

from __future__ import annotations

import posixpath

from capdrop.finding import Edit
from capdrop.model.folder import Folder
from capdrop.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from capdrop.model.copy import Copy
    from capdrop.syntax.dockerfile import Dockerfile, Instruction

    from .stages import StageState

_SYSTEM = frozenset(
    "/ /bin /boot /dev /etc /home /lib /lib64 /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/local "
    "/usr/local/bin /usr/local/lib /usr/local/sbin /usr/sbin /usr/share /usr/src /var /var/lib".split()
)
"""Folders that are no application's own (Filesystem Hierarchy Standard 3.0)."""
_MINDS_OWNERS = frozenset({"git", "go"})
"""Programs that refuse to look at a repository of another user (git-config(1), safe.directory), or ask git."""


class Handover:
    """The copies of a stage that are given to a user, from a place on: one who is made there has no name before."""

    __slots__ = ("copies", "owner")

    def __init__(self, tree: Dockerfile, stage: StageState, user: str, since: int) -> None:
        self.owner = f"{user}:{user}" if user.isdigit() else user
        self.copies: list[tuple[Copy, Instruction]] = []
        if stage.windows:
            return
        by_start = {one.span.start: one for one in tree.instructions if one.keyword in ("COPY", "ADD") and one.stage == stage.index}
        homes = [*_folders(stage)]
        minds = max((command.span.start for command in stage.script.commands if command.name in _MINDS_OWNERS), default=-1)
        for copy in stage.script.copies:
            instruction = by_start.get(copy.span.start)
            if instruction is None or "chown" in copy.flags or copy.span.start < max(since, minds):
                continue
            if "link" in copy.flags and not self.owner.replace(":", "").isdigit():
                continue  # the names of the base are not there
            place = posixpath.normpath(posixpath.join(copy.folder, copy.destination.text)) if copy.destination.is_known else ""
            if any(f"{place}/".startswith(f"{home}/") for home in homes):
                self.copies.append((copy, instruction))

    def edits(self) -> Iterator[Edit]:
        """The flags."""
        for _, instruction in self.copies:
            end = instruction.flags[-1].span.end if instruction.flags else instruction.keyword_span.end
            yield Edit(Span(end, end), f" --chown={self.owner}")

    def touches(self) -> tuple[tuple[str, str], ...]:
        """What they change, as `Fix.touches` has it."""
        return tuple((copy.address, "chown") for copy, _ in self.copies)


def _folders(stage: StageState) -> Iterator[str]:
    """The folder that what a stage starts works in, and its volumes."""
    if stage.folder.startswith("/") and stage.folder not in _SYSTEM:
        yield stage.folder
    for subject in (one for layer in stage.layers for one in layer):
        if isinstance(subject, Folder) and subject.role == "volume" and subject.path.text.startswith("/"):
            yield subject.path.text.rstrip("/") or "/"
