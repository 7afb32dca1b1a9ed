"""The scripts that an image starts, as they stand among the files that its Dockerfile copies or in the Dockerfile itself."""

from __future__ import annotations

import posixpath
import re

from .command import Command
from .copy import Copy
from .written_file import WrittenFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .subject import Subject

STEPS_DOWN = "what it starts steps down from root"
RUNS_CONTAINERS = "it runs containers"
INSTALLS = "what it starts installs packages, which only root can"
GITHUB = "GitHub starts it as root"
_BEFORE = r"(?:^|[\s;&|(`\"'/])"
_STEPPING = (
    r"(?:gosu|su-exec|setpriv|s6-setuidgid|chpst|setuidgid|runuser|su|s6-svscan|runsvdir|sshd|postfix|dovecot)\s"
    r"|sudo(?: -\w)* (?:-\w*u|--user)[ =]|APACHE_RUN_USER="
)
_INSTALLING = (
    r"(?:dpkg -i|rpm -\w{0,8}[iU]\w{0,8}|(?:apt|apt-get|dnf|microdnf|yum|zypper) (?:-[\w=-]+ ){0,5}install|apk (?:-[\w-]+ ){0,5}add)\s"
)
_SAYING = (
    rf"(?ma)(?P<steps>{_BEFORE}(?:{_STEPPING})|^[ \t]*(?:uid|user)[ \t]*=[ \t]*(?!root\b|0)\w)"
    rf"|(?P<runs>{_BEFORE}(?:dockerd|dockerd-entrypoint\.sh|containerd)(?:\s|$))"
    rf"|(?P<installs>{_BEFORE}{_INSTALLING})"
    r"|(?P<github>\$\{?(?:GITHUB_WORKSPACE|GITHUB_ACTIONS|INPUT_[A-Z]))"
)
"""Programs that hand on to another user or give each service its own; how uWSGI, supervisord and Debian's Apache are told one; engines of
containers; package managers; and what GitHub gives to an action (https://docs.github.com/actions/reference/workflows-and-actions/variables)."""
_REASONS = {"steps": STEPS_DOWN, "runs": RUNS_CONTAINERS, "installs": INSTALLS, "github": GITHUB}
_TOLD_ACCOUNT = r"(?ma)(?:^|[\s;{\"'])(?:-u[ ]?|--user[ =]|user(?:name)?[\"']?(?:[ \t]{0,8}[=:][ \t]{0,8}|[ \t]{1,8}))[\"']?([\w.-]+)"
"""How a program, or its configuration, is told the account to become."""
_MAKES_ACCOUNTS = frozenset({"useradd", "adduser"})
_BUILDING = (
    rf"(?ma){_BEFORE}(?:go build|cargo (?:[\w-]+ )?build|goreleaser|cmake --build|dotnet (?:publish|pack)|dpkg-buildpackage|debuild"
    r"|rpmbuild|makepkg|abuild|electron-builder|(?:mvnw?|gradlew?) [^\n;&|]{0,200}(?:package|install|deploy|assemble|build))(?:\s|$)"
)
_HANDING_OVER = r"(?m)^[ \t]*exec[ \t]"
_COMMENT = r"(?m)^[ \t]*#[^\n]*"
_CONFIGURATION = (".ini", ".conf")
_NAMED = r"(?a)(?<![\w./-])[\w./-]+\.(?:ini|conf)\b"
_MOST_READ = 6
_LONGEST = 100_000


def said_by_scripts(started: Iterable[Command], subjects: Sequence[Subject]) -> str:
    """Why what is started may be root, as the scripts tell that are started, and the configuration that is named there; or nothing."""
    accounts = {one.operands[-1].text for one in subjects if isinstance(one, Command) and one.name in _MAKES_ACCOUNTS and one.operands}
    for text in _texts(_named(started), subjects):
        text = re.sub(_COMMENT, "", text)
        said = re.search(_SAYING, text)
        if said is not None:
            return _REASONS[said.lastgroup or ""]
        if accounts and not accounts.isdisjoint(re.findall(_TOLD_ACCOUNT, text)):
            return STEPS_DOWN
    return ""


def scripts_build(started: Iterable[Command], subjects: Sequence[Subject]) -> bool:
    """Whether a script that is started builds something, and ends without starting it."""
    texts = (re.sub(_COMMENT, "", text) for text in _texts(_named(started), subjects))
    return any(re.search(_BUILDING, text) is not None and re.search(_HANDING_OVER, text) is None for text in texts)


def _named(started: Iterable[Command]) -> list[str]:
    """What may be a script, or a configuration, among the first words of what is started."""
    words = [(at, word.text) for command in started for at, word in enumerate(command.words[:4])]
    return [word for at, word in words if not at or "/" in word or word.endswith((".sh", *_CONFIGURATION))]


def _texts(waiting: list[str], subjects: Sequence[Subject]) -> Iterator[str]:
    left = _MOST_READ
    for path in waiting:
        for text in _found(path, subjects):
            is_script = text.startswith("#!") and not path.endswith(_CONFIGURATION)
            if left and len(text) < _LONGEST and (is_script or path.endswith(_CONFIGURATION)):
                left -= 1
                yield text
                if is_script:
                    waiting += re.findall(_NAMED, text)[:_MOST_READ]


def _found(path: str, subjects: Sequence[Subject]) -> Iterator[str]:
    for subject in reversed(subjects):
        if isinstance(subject, WrittenFile) and subject.path == path:
            yield "".join(piece.text for piece in subject.texts).lstrip()
        elif isinstance(subject, Copy) and subject.context is not None:
            for place in _places(path, subject):
                text = subject.context.text(place)
                if text is not None:
                    yield text


def _places(path: str, copy: Copy) -> Iterator[str]:
    """Where a file of an image may stand in the build context, if this COPY brings it."""
    parts = posixpath.normpath(path).lstrip("/").split("/")
    renamed = posixpath.normpath(copy.destination.text).lstrip("/").split("/") == parts
    for source in copy.sources:
        at = posixpath.normpath("/" + source.text).lstrip("/")
        if renamed or posixpath.basename(at) == parts[-1]:
            yield at
        elif copy.context is not None and (not at or copy.context.holds_folder(at)):
            for start in range(max(0, len(parts) - 4), len(parts)):
                yield posixpath.join(at, *parts[start:])
