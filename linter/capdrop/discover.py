"""Which files there are, and what kind each one is: by name, and then by content."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .files import Files
    from .gitignore import Excluded


class Kind:
    """A kind of file: its name for users, the dialect that reads it, and the names that such files have.

    Where the name alone does not tell, the text does: `content` holds patterns that must all be found, and is asked about files
    whose name `maybe` describes. `word` stands on the line at whose beginning the first of the patterns fits, and `part`, whatever its
    case, in every name that `names` does.
    """

    __slots__ = ("content", "dialect", "maybe", "name", "names", "part", "word")

    def __init__(
        self, name: str, dialect: str, *, names: str, maybe: str = "(?!)", content: tuple[str, ...] = (), word: str = "", part: str = ""
    ) -> None:
        self.name = name
        self.dialect = dialect
        self.names = names
        self.maybe = maybe
        self.content = content
        self.word = word
        self.part = part

    def is_named(self, name: str) -> bool:
        """Whether a file's name alone tells that it is of this kind."""
        return self.part in name.lower() and _compiled(self.names).fullmatch(name) is not None


_NEVER_OURS = (
    r"(?!.*(?:\.(?:docker|container)ignore|~"
    r"|\.(?:md|rst|adoc|txt|html?|ya?ml|json|toml|lock|svg|png|sh|diff|patch|rej|sw[op]|md5|sha\d+|asc|sig|license))$)"
)
_PROGRAMS = r"(?!.*\.(?:py|rb|php|go|rs|js|mjs|ts|tsx|jsx|java|kt|scala|cs|cpp|c|h|lua|pl|swift|vim|el|css|xml)$)"
_SEALED = r"(?!.*\.(?:vault|enc|gpg|pgp|asc|age|gz|zip)$)"
_NOTHING = r"[ \t]*+(?:#.*+)?\r?$"
_STAGES = r"(?:list|local|dev|development|test|testing|ci|staging|prod|production|docker|defaults?|example|sample|template|dist)"

KINDS = (
    Kind(
        "dockerfile",
        "dockerfile",
        names=rf"(?si:{_NEVER_OURS}{_PROGRAMS}(?:.*[._-])?(?:dockerfile|containerfile)(?:[._(-].*)?)",
        maybe=rf"(?si:{_NEVER_OURS}.*(?:dockerfile|containerfile).*)",
        content=(r"\A(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*+[ \t]*+(?i:FROM|ARG)[ \t]++[^\s=(](?!\S*[ \t]+import\b)",),
    ),
    Kind(
        "helm-values",
        "kubernetes.helm_file",
        names=r"(?!)",
        maybe=r"values(?:[._-][^/]*)?\.ya?ml",
        content=(r"(?m)\A(?!(?s:.*)^[\"]?kind\"?[ \t]*:)",),
    ),
    Kind(
        "compose",
        "compose",
        names=r"(?si:(?:(?:docker|podman)[._-])?compose[^/]*\.ya?ml)",
        part="compose",
        maybe=r"(?si:.*\.ya?ml|(?:.*[._-])?compose(?:[._-].*)?\.json)",
        content=(
            rf"(?m)^services[ \t]*+:[ \t]*+(?:#.*+)?\r?$(?:\n{_NOTHING})*+(?!\n[ \t]*+-[ \t\r\n])"
            r"|^[ \t]*+(?:\{[^\n{}\[\]]{0,200})?\"services\"[ \t]*:[ \t]*\{",
            r"(?m)(?:^[ \t]+|[{,][ \t]*+)(?:image|build|extends|env_file|ports|container_name|network_mode)[ \t]*:"
            r"|\"(?:image|build)\"[ \t]*:",
            r"(?m)\A(?!(?s:.*)^(?:steps|pipeline)[ \t]*:)",  # of Woodpecker
        ),
        word="services",
    ),
    Kind(
        "kubernetes",
        "kubernetes",
        names=r"kustomization\.ya?ml|Kustomization",
        part="kustomization",
        maybe=r"(?si:.*\.(?:ya?ml|json))",
        content=(
            r"(?:[ \t{,-]*|[ \t]*\{\{[^\n]*?\}\}[ \t]*)\"?apiVersion\"?[ \t]*:|[^\n]*?[{,][ \t]*\"?apiVersion\"?[ \t]*:[ \t]*[\"\w]",
            r"(?m)(?:^|[{,])[ \t-]*\"?kind\"?[ \t]*:",
        ),
        word="apiVersion",
    ),
    Kind(
        "docker-run",
        "docker_run",
        names=r"(?!)",
        maybe=r"(?si:.*\.(?:sh|bash|mk)|(?:gnu)?makefile)",
        content=(
            r"(?m)^(?>[^\r\n]*?\b(?:docker|podman|nerdctl|buildah|skopeo|oras|helm registry)\b)"
            r"(?>(?:[^#\r\n\\]|\\[^\r\n]|\\\r?\n){0,400}?\b(?:run|create|login)\b)",
        ),
    ),
    Kind(
        "env-file",
        "compose.env_alone",
        names=rf"(?si:{_NEVER_OURS}{_PROGRAMS}{_SEALED}(?:\.env(?:rc|[._-].+)?|\.flaskenv|.+\.env|env\.{_STAGES}))",
        part="env",
    ),
)
"""The table of kinds, in the order in which they are tried."""

SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".mypy_cache", ".terraform", "_site"}
)
VENDORED = ("modules.txt", "autoload.php")
"""What `go mod vendor` and Composer write into the folder `vendor`, which they fill."""
_WORKFLOWS = os.path.join(".github", "workflows")
_patterns: dict[str, re.Pattern[str]] = {}


def _compiled(pattern: str) -> re.Pattern[str]:
    found = _patterns.get(pattern)
    if found is None:
        found = _patterns[pattern] = re.compile(pattern)
    return found


def kind_by_name(path: str) -> Kind | None:
    """The kind that a file's name tells."""
    folder, name = os.path.split(path)
    if folder.endswith(_WORKFLOWS):
        return None
    if name in ("Dockerfile", "Containerfile"):
        return KINDS[0]  # the commonest names need no pattern
    return next((kind for kind in KINDS if kind.is_named(name)), None)


def kind_named(name: str) -> Kind:
    """A kind by the name that users know it by."""
    return next(kind for kind in KINDS if kind.name == name)


def may_be_ours(path: str) -> bool:
    """Whether a file's name lets it be of some kind."""
    name = os.path.basename(path)
    return any(kind.is_named(name) or _compiled(kind.maybe).fullmatch(name) for kind in KINDS)


def kind_of(path: str, text: str, *, named: bool = False) -> Kind | None:
    """The kind of a file, by its name and else by its text; None for what is not ours.

    A file that the user named may have any name that does not tell: it is a Dockerfile if it begins like one.
    """
    found = kind_by_name(path)
    if found is not None:
        return found
    name = os.path.basename(path)
    for kind in KINDS:
        if _compiled(kind.maybe).fullmatch(name) and _holds(kind, text):
            return kind
    first = KINDS[0]
    return first if named and not may_be_ours(path) and _holds(first, text) else None


def _holds(kind: Kind, text: str) -> bool:
    patterns = map(_compiled, kind.content)
    first = next(patterns)
    begins = any(first.match(text, line) for line in _lines_with(kind.word, text)) if kind.word else first.search(text)
    return bool(begins) and all(pattern.search(text) for pattern in patterns)


def _lines_with(word: str, text: str) -> Iterator[int]:
    """Where the lines begin on which a word stands."""
    at = text.find(word)
    while at >= 0:
        yield text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        at = text.find(word, end) if end >= 0 else -1


def walk(folder: str, excluded: Excluded) -> Iterator[tuple[str, str]]:
    """The files below a folder that may be ours, sorted, without those that are excluded; and what cannot be listed, with the reason.
    A file that git has is not excluded by a .gitignore.

    Folders behind links are not entered. Links to files that are found under their own name are left out.
    """
    from .files import FilesOnDisk

    top, files = os.path.realpath(folder) + os.sep, FilesOnDisk([folder])
    prefix = "" if folder == os.curdir else folder.rstrip(os.sep) + os.sep
    absolute = os.path.abspath(folder)
    excluded.enter_ancestors(absolute)
    yield from _walk(prefix, absolute, excluded, top, files)


def _walk(prefix: str, absolute: str, excluded: Excluded, top: str, files: Files) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(absolute) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield prefix.rstrip(os.sep) or os.curdir, f"the folder cannot be listed: {error.strerror}"
        return
    excluded.enter(absolute)
    for entry in ordered:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            if not _is_installed(entry.path, name) and not excluded.covers(entry.path, True):
                yield from _walk(prefix + name + os.sep, entry.path, excluded, top, files)
        elif (
            may_be_ours(name) and not _is_left_out(entry.path, excluded, files) and not (entry.is_symlink() and _needless(entry.path, top))
        ):
            yield prefix + name, ""
    excluded.leave()


def _is_installed(path: str, name: str) -> bool:
    """Whether a folder holds what others wrote and a tool has put there: `vendor` where Go or Composer filled it."""
    return name in SKIPPED_FOLDERS or (name == "vendor" and any(os.path.exists(os.path.join(path, made)) for made in VENDORED))


def _is_left_out(path: str, excluded: Excluded, files: Files) -> bool:
    return excluded.covers(path, False) and (excluded.is_configured(path) or files.is_ignored(path))


def _needless(link: str, top: str) -> bool:
    """Whether a link leads to a folder, to nothing that must be a file of ours, or to a file that the walk meets anyway."""
    target = os.path.realpath(link)
    if not os.path.exists(target):
        return kind_by_name(link) is None
    return os.path.isdir(target) or (target.startswith(top) and may_be_ours(target))
