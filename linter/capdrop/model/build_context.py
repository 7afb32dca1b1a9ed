"""The folder that a build takes its files from."""

from __future__ import annotations

from ..secret_search import find_private_keys, find_tokens, find_url_passwords, judge
from .subject import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..finding import Edit
    from .variable import Variable


class BuildContext:
    """What COPY and ADD can take, as far as the files beside the Dockerfile tell. All paths begin at the context's top.

    What .dockerignore keeps out does not count as there. Of this context nothing is known; a dialect may know more.
    """

    __slots__ = ()

    @property
    def seen(self) -> bool:
        """Whether its files can be looked at."""
        return False

    def matching(self, source: str) -> list[str]:
        """The files and folders that a source of COPY names."""
        return []

    def excludes(self, path: str) -> bool:
        """Whether .dockerignore keeps a path out."""
        return False

    def covers(self, patterns: list[str], path: str) -> bool:
        """Whether one of the patterns of a COPY's `--exclude` describes a path."""
        return False

    def keep_out(self, paths: Sequence[str]) -> Edit:
        """The edit of .dockerignore that keeps these paths out. Raises `Refused`."""
        raise Refused("where its files are is not known")

    def below(self, folder: str, wanted: Callable[[str], bool]) -> Iterator[str]:
        """The files in a folder, also further down within limits, whose path is wanted."""
        return iter(())

    def holds_folder(self, path: str) -> bool:
        """Whether a folder is there."""
        return False

    def text(self, path: str) -> str | None:
        """The text of a file that is there and can be read."""
        return None

    def settings(self, path: str, text: str) -> Iterator[Variable]:
        """The settings in the text of a file such as `.env`, judged like those in the file that is checked."""
        return iter(())

    def secret_in(self, path: str) -> str:
        """Whether the text of a file holds a secret: "yes", "weak" for one that anyone would guess or that is encrypted, "no"; "" where
        there is no text to read."""
        text = self.text(path)
        if text is None:
            return ""
        keys = [key.encrypted for key in find_private_keys(text)]
        if keys:
            return "weak" if all(keys) else "yes"
        if next(find_tokens(text), None) is not None or any(not url.weak for url in find_url_passwords(text)):
            return "yes"
        kinds = set(self._kinds(path, text))
        return "yes" if "credential" in kinds else "weak" if "default-credential" in kinds else "no"

    def _kinds(self, path: str, text: str) -> Iterator[str]:
        """The kinds of secrets that the settings in a text are."""
        found = [variable.secret for variable in self.settings(path, text)]
        if text.lstrip().startswith("{"):
            found.append(judge(text.strip()))
        for name, value in _logins(path, text):
            found.append(judge(value, name))
        return (verdict.kind for verdict in found if verdict is not None and verdict.confidence != "low")


def _logins(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The secrets of a .netrc (`machine x login y password z`) and of a .npmrc (`//registry/:_authToken=x`), by their names."""
    if "netrc" in path:
        words = text.split()
        yield from ((word, words[at]) for at, word in enumerate(words[:-1], 1) if word == "password")
    for line in text.splitlines():
        if line.startswith("//"):
            name, _, value = line.partition("=")
            yield name.rpartition(":")[2].strip(), value.strip()
