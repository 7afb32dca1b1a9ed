"""What an image is for, as far as its Dockerfile tells: whether who builds it is who says as which user it runs, and may run as root."""

from __future__ import annotations

from .command import Command
from .copy import Copy
from .known_images import starts_a_server, steps_down
from .port import Port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from capdrop.source import Source
    from capdrop.syntax.image_reference import Reference

    from .subject import Subject
    from .value import Value

STEPPING_DOWN = frozenset({"gosu", "su-exec", "setpriv", "s6-setuidgid", "chpst", "setuidgid"})
_INTERPRETERS = frozenset(
    "sh bash ash dash zsh fish pwsh powershell cmd python python2 python3 ipython node irb ruby jshell iex erl php julia ghci R perl lua "
    "swift clojure lein sbt scala gradle mvn rebar3 elixir deno bun".split()
)
_INITS = frozenset({"/sbin/init", "/usr/sbin/init", "/lib/systemd/systemd", "/usr/lib/systemd/systemd", "/init"})
"""The first process of a whole system, which is root and gives each service its user: systemd, s6-overlay."""
_FOR_OTHERS = frozenset({"cron", "crond", "dropbear", "sshd"})
"""Programs that are root to start each job, or each session, as its own user (cron(8), sshd(8))."""
_SCRIPTS = (".sh", ".bash")
_DEVELOPMENT = ("mcr.microsoft.com/devcontainers/", "mcr.microsoft.com/vscode/devcontainers/")
"""Bases whose user is set by the tool that starts them (https://containers.dev/implementors/json_reference/: remoteUser)."""
_HOST_PROCESS = "windows-host-process-containers-base-image"
"""Its README (microsoft/windows-host-process-containers-base-image): for containers that are processes of their node, whose pod says as
which account they run."""
NOTHING_STARTED = "it starts nothing of its own"
INTERPRETER = "it starts an interpreter"
TOOL = "it packs a tool of others"
_LONGEST = 20_000
"""Words of a build that are looked at."""


def others_set_user(base: Reference | None, layers: Iterable[tuple[Subject, ...]], source: Source) -> str:
    """Why an image that sets no user need not set one, or nothing. `layers` are those of all its stages in the file, `base` what it is
    built on, and `source` the Dockerfile."""
    if source.is_for_tests:
        return "it is for tests"
    if source.is_for_developers or (base is not None and base.canonical.startswith(_DEVELOPMENT)):
        return "it is a development container"
    if base is not None and base.name == _HOST_PROCESS:
        return "its node says as which account it runs"
    subjects = [subject for layer in layers for subject in layer]
    commands = [subject for subject in subjects if isinstance(subject, Command)]
    started = {command.place: command for command in commands if command.place in ("CMD", "ENTRYPOINT") and command.within is None}
    leaves_root = base is not None and "ENTRYPOINT" not in started and steps_down(base)
    if leaves_root or any(word in STEPPING_DOWN for word in _words_run(commands)):
        return "what it starts steps down from root"
    if any(word.text in _INITS for command in started.values() for word in command.words):
        return "what it starts is an init, which gives each service its user"
    if any(command.name in _FOR_OTHERS for command in started.values()):
        return "what it starts gives each job or session its user"
    if not started:
        return "" if base is not None and starts_a_server(base) else NOTHING_STARTED
    command = started.get("CMD")
    if command is not None and len(command.words) == 1 and command.name in _INTERPRETERS:
        return INTERPRETER
    serves = any(isinstance(subject, Port) for subject in subjects) or any(one.place == "HEALTHCHECK" for one in commands)
    if not serves and not any(_brings_program(subject) for subject in subjects if isinstance(subject, Copy)):
        return TOOL
    return ""


def may_stay_root(user: Value, base: Reference | None, layers: list[tuple[Subject, ...]], source: Source, *, stepped_back: bool) -> str:
    """Why an image that says that it is root may have to, or nothing. Where more is built after `USER root` and nothing is started, that
    was said for the build, as in images that others are built on or in; said last, or after another user, it is meant for what runs."""
    reason = others_set_user(base, layers, source)
    if reason not in (NOTHING_STARTED, INTERPRETER, TOOL):
        return reason
    subjects = [subject for layer in layers for subject in layer]
    built = any(isinstance(one, Command) and one.place == "RUN" and one.span.start > user.span.end for one in subjects)
    serves = any(isinstance(one, Port) for one in subjects)
    return reason if built and not serves and not stepped_back else ""


def _words_run(commands: list[Command]) -> Iterator[str]:
    count = 0
    for command in commands:
        for wrapper in command.wrappers:
            yield wrapper.name
        count += len(command.words)
        if count > _LONGEST:
            return
        for word in command.words:
            yield word.text.rpartition("/")[2].partition("=")[0]


def _brings_program(copy: Copy) -> bool:
    """Whether it copies what was built or written for this image, and not just a script around a tool."""
    if "from" in copy.flags:
        return copy.from_build
    return not all(source.text.endswith(_SCRIPTS) or "://" in source.text for source in copy.sources)
