"""The project that a file belongs to, as far as its own images are concerned."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.syntax.image_reference import Reference


class Project:
    """A project of which nothing is known."""

    __slots__ = ()

    @property
    def is_given_users(self) -> bool:
        """Whether the file is for a platform that starts what says no user as one that is not root."""
        return False

    def releases(self, reference: Reference) -> bool:
        """Whether an image bears the name of the project, or of its owner, and the project has releases."""
        return False

    def publishes(self, reference: Reference) -> bool:
        """Whether an image is kept under the name of the project's owner."""
        return False

    def builds(self, reference: Reference) -> bool:
        """Whether an image bears the name of a folder with a Dockerfile: one that the file is in, or one of the project that bears its own
        name too."""
        return False

    def sets_user(self, reference: Reference) -> bool:
        """Whether an image bears the name of the project, or of its owner, and the Dockerfiles that may be its set a user."""
        return False

    def leaves_to_others(self, reference: Reference) -> bool:
        """Whether an image is one that others publish for everybody, so that what it needs is theirs to say."""
        return False


UNKNOWN_PROJECT = Project()
