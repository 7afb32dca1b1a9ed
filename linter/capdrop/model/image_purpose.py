"""What an image is for, as far as its Dockerfile tells: whether who builds it is who says as which user it runs, and may run as root."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile

from .command import Command
from .copy import Copy
from .folder import Folder
from .host_agents import FILES, KERNEL, MODULES, POWER, WHOLE, uses_of_image
from .known_images import starts_a_server, steps_down
from .port import Port
from .start_scripts import RUNS_CONTAINERS, STEPS_DOWN, said_by_scripts, scripts_build
from .variable import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from capdrop.source import Source
    from capdrop.syntax.image_reference import Reference

    from .subject import Subject
    from .value import Value

STEPPING_DOWN = frozenset({"gosu", "su-exec", "setpriv", "s6-setuidgid", "chpst", "setuidgid"})
_INTERPRETERS = frozenset(
    "sh bash ash dash zsh fish pwsh powershell cmd python python2 python3 ipython node irb ruby jshell iex erl php julia ghci R perl lua "
    "swift clojure lein sbt scala gradle mvn rebar3 elixir deno bun".split()
)
_AT_A_TERMINAL = frozenset("-i -l -li -il --login --rcfile --init-file".split())
"""Options of a shell that somebody types into; the last two name a file (bash(1))."""
_INITS = frozenset({"/sbin/init", "/usr/sbin/init", "/lib/systemd/systemd", "/usr/lib/systemd/systemd", "/init", "/sbin/my_init"})
"""The first process of a whole system, which is root and gives each service its user: systemd, s6-overlay, phusion/baseimage-docker's."""
_FOR_OTHERS = frozenset({"cron", "crond", "dovecot", "dropbear", "postfix", "sshd", "runsvdir", "runit", "s6-svscan"})
"""Programs that are root to start each job, session or service as its own user (cron(8), dovecot(1), master(8), sshd(8), runsvdir(8))."""
_BECOMES = frozenset("-u --user -user".split())
_ACCOUNTS = frozenset("chrony daemon dnsmasq memcache memcached named nobody ntp ntpd unbound www-data".split())
"""Accounts that daemons become by such an option (named(8), memcached(1), chronyd(8), dnsmasq(8))."""
_RUNTIMES = frozenset({"buildkitd", "containerd", "crio", "dockerd", "k3s", "kubelet", "rke2"})
_RUNTIME_FOLDERS = ("/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/buildkit", "/var/lib/kubelet")
_OF_NODES = frozenset({"csi", "cni", "provisioner"})
"""Parts of the names of what prepares volumes, for whoever is to own them, and networks (kubernetes-csi.github.io/docs/deploying.html,
cni.dev)."""
_SOCKET = "/docker.sock"
_OF_SOCKET = frozenset(
    "act_runner diun docker-gen docker-socket-proxy dozzle drone-agent drone-controller drone-runner-docker portainer registrator traefik "
    "watchtower woodpecker-agent".split()
)
"""Programs that talk to the socket of an engine, which belongs to root or to administrators (gitea/act_runner, crazy-max/diun,
nginx-proxy/docker-gen, amir20/dozzle, docs.drone.io/runner/docker, docs.portainer.io, gliderlabs/registrator,
doc.traefik.io/traefik/providers/docker, containrrr/watchtower, woodpecker-ci/woodpecker)."""
_OF_ENGINE = ("2375", "2376")
"""The ports of an engine's API (https://docs.docker.com/engine/daemon/remote-access/)."""
_CLIENTS = frozenset({"docker-ce-cli", "docker-cli", "docker.io"})
"""Packages of Docker's client (docs.docker.com/engine/install, packages.debian.org, pkgs.alpinelinux.org)."""
_STATIC_CLIENT = "download.docker.com/linux/static/"
"""https://docs.docker.com/engine/install/binaries/"""
_NETWORK_TOOLS = frozenset("ipset iptables keepalived nftables openvpn strongswan wireguard wireguard-tools".split())
_SYSTEM_PARTS = frozenset("rsyslog systemctl systemd".split())
"""Packages of what gives the services of a whole system their users."""
_MOUNTING_TOOLS = frozenset("cifs-utils davfs2 fuse fuse3 s3fs sshfs".split())
_INSTALLERS = frozenset("apk apt apt-get dnf microdnf tdnf yum zypper".split())
_DEBUGGER = "xdebug"
_INSTALL_IT = frozenset("apk apt apt-get docker-php-ext-enable install-php-extensions pecl pickle pie".split())
"""It "is not to be run in production" (https://xdebug.org/docs/install)."""
_TEST_RUNNERS = frozenset("behave cypress jest mocha newman nox playwright phpunit pytest robot rspec tox".split())
_WITH_TESTS = frozenset("bun cargo deno dotnet go gradle mvn npm pnpm yarn".split())
_BUILDS = frozenset({"build", "compile", "package"})
_PREPARES = frozenset({"migrate", "seed"})
_WAITING = (["tail", "-f", "/dev/null"], ["tail", "-F", "/dev/null"], ["sleep", "infinity"], ["sleep", "inf"])
"""Programs that keep a container there for what others start in it, as a user of theirs (`docker exec --user`)."""
_SCRIPTS = (".sh", ".bash", ".ps1")
_HELP = (["--help"], ["-h"], ["help"])
"""What the image of a command line tool is told by itself, until its user names what it is to do."""
_DEVELOPMENT = ("mcr.microsoft.com/devcontainers/", "mcr.microsoft.com/vscode/devcontainers/")
"""Bases whose user is set by the tool that starts them (https://containers.dev/implementors/json_reference/: remoteUser)."""
_HOST_PROCESS = "windows-host-process-containers-base-image"
"""Its README (microsoft/windows-host-process-containers-base-image): for containers that are processes of their node, whose pod says as
which account they run."""
NOTHING_STARTED = "it starts nothing of its own"
INTERPRETER = "it starts an interpreter"
TOOL = "it packs a tool"
SUPERVISED = "what it starts may give each service its user"
"""supervisord, by `user=` (https://supervisord.org/configuration.html)."""
_NEEDS_ROOT = r"(?i)\b(?:needs?|needed|requires?|required|must|has to|have to)\b[^\n]{0,40}\broot\b"
_LONGEST_COMMENT = 1000
_LONGEST = 20_000
"""Words of a build that are looked at."""


def others_set_user(base: Reference | None, layers: Iterable[tuple[Subject, ...]], source: Source) -> str:
    """Why an image that sets no user need not set one, or nothing. `layers` are those of all its stages in the file, `base` what it is
    built on, and `source` the Dockerfile."""
    if source.is_idle:
        return "it is for tests"
    if source.is_for_developers or (base is not None and base.canonical.startswith(_DEVELOPMENT)):
        return "it is a development container"
    if base is not None and base.name == _HOST_PROCESS:
        return "its node says as which account it runs"
    subjects = [subject for layer in layers for subject in layer]
    commands = [subject for subject in subjects if isinstance(subject, Command)]
    copies = [subject for subject in subjects if isinstance(subject, Copy)]
    starting = [command for command in commands if command.place in ("CMD", "ENTRYPOINT")]
    started = {command.place: command for command in reversed(starting) if command.within is None}
    leaves_root = base is not None and "ENTRYPOINT" not in started and steps_down(base)
    if leaves_root or any(map(_becomes_another, starting)) or any(word in STEPPING_DOWN for word in _words_run(commands)):
        return STEPS_DOWN
    if any(word.text in _INITS for command in started.values() for word in command.words):
        return "what it starts is an init, which gives each service its user"
    if any(command.name in _FOR_OTHERS for command in starting):
        return "what it starts gives each job or session its user"
    if any(command.name.partition("-")[0].partition(".")[0] in _RUNTIMES for command in starting) or _keeps_containers(base, subjects):
        return RUNS_CONTAINERS
    brought = [copy.destination.text.rpartition("/")[2] for copy in copies]
    programs = [command.name.removesuffix(".exe") for command in starting] + [name for name in brought if name != "docker"]  # a folder
    if any(_works_on_host(name) for name in (base.canonical if base is not None else "", *programs)):
        return "it works on its host"
    installers = [command for command in commands if command.place == "RUN" and command.name in _INSTALLERS]
    installed = {word.text for command in installers for word in command.words}
    talks = not _OF_SOCKET.isdisjoint(programs) or not _CLIENTS.isdisjoint(installed) or _brings_client(commands, copies)
    if talks or any(isinstance(one, Variable) and one.value.text.endswith(_SOCKET) for one in subjects):
        return "it talks to an engine of containers"
    if not _NETWORK_TOOLS.isdisjoint(installed.union(*(program.split("-") for program in programs))):
        return "it sets up a network, which only root can"
    if not _SYSTEM_PARTS.isdisjoint(installed):
        return "what it starts is an init, which gives each service its user"
    if not _MOUNTING_TOOLS.isdisjoint(installed):
        return "it mounts file systems, which only root can"
    if any(_brings_debugger(command) for command in commands):
        return "it is a development container"
    if not started:
        return "" if base is not None and starts_a_server(base) else NOTHING_STARTED
    if all([word.text for word in command.words] in _WAITING for command in starting if command.script is None):
        return NOTHING_STARTED
    reason = said_by_scripts(starting, subjects)
    if reason:
        return reason
    if any(command.name == "supervisord" for command in starting):
        return SUPERVISED
    command = started.get("CMD") or started["ENTRYPOINT"]
    if command.name in _INTERPRETERS and _is_typed_into([word.text for word in command.words]):
        return INTERPRETER
    ports = [subject for subject in subjects if isinstance(subject, Port)]
    if any(port.value.text.partition("/")[0] in _OF_ENGINE for port in ports):
        return "it talks to an engine of containers"
    serves = bool(ports) or any(one.place == "HEALTHCHECK" for one in commands)
    if not ports and (source.is_to_prepare or all(_first_word(one) in _PREPARES for one in starting if one.script is None)):
        return "it prepares others, and ends"
    return "" if serves else _purpose_of_unheard([*started.values()], starting, subjects, source)


def _purpose_of_unheard(started: list[Command], starting: list[Command], subjects: list[Subject], source: Source) -> str:
    """The same of an image that listens to nobody."""
    if any(_tests(command) for command in starting):
        return "it is for tests"
    called_build = any(_first_word(command) in _BUILDS for command in starting)
    if source.is_for_builds or called_build or scripts_build(starting, subjects):
        return "it builds something"
    copies = [subject for subject in subjects if isinstance(subject, Copy)]
    if len(started) > 1 and any(command.place == "CMD" and [word.text for word in command.words] in _HELP for command in started):
        return TOOL
    if not any(_brings_program(copy) for copy in copies) or _is_taken(started, copies):
        return TOOL
    return ""


def _first_word(command: Command) -> str:
    """The first word of a program's name: `migrate` of `migrate_chart.py`."""
    return command.name.replace("_", "-").partition(".")[0].partition("-")[0]


def _brings_client(commands: list[Command], copies: list[Copy]) -> bool:
    """Whether Docker's client is copied, or downloaded as a program by itself."""
    copied = any(copy.destination.text.endswith("/bin/docker") for copy in copies)
    return copied or any(_STATIC_CLIENT in word.text for command in commands for word in command.words)


def _brings_debugger(command: Command) -> bool:
    if command.place != "RUN" or command.conditional or command.name not in _INSTALL_IT:
        return False
    return any(_DEBUGGER in word.text.rpartition("/")[2].partition("@")[0].split("-") for word in command.words[1:])


def _becomes_another(command: Command) -> bool:
    return any(option.text in _BECOMES and account.text in _ACCOUNTS for option, account in pairwise(command.words))


def _is_typed_into(words: list[str]) -> bool:
    """Whether an interpreter is given no program."""
    return all(word in _AT_A_TERMINAL or before in ("--rcfile", "--init-file") for before, word in pairwise(words))


def _works_on_host(name: str) -> bool:
    parts = name.split("-")
    uses = uses_of_image(name) if name else frozenset()
    is_plugin = not _OF_NODES.isdisjoint(parts) or parts[-2:] == ["device", "plugin"]
    return is_plugin or not uses.isdisjoint((FILES, KERNEL, MODULES, POWER, WHOLE))


def _keeps_containers(base: Reference | None, subjects: Iterable[Subject]) -> bool:
    """Whether it is an engine in a container, or keeps the containers of one."""
    if base is not None and base.official and base.name == "docker" and "dind" in (base.tag or "").split("-"):
        return True
    return any(isinstance(one, Folder) and one.role == "volume" and one.is_below(*_RUNTIME_FOLDERS) for one in subjects)


def _tests(command: Command) -> bool:
    words = [word.text.rpartition("/")[2] for word in command.words[:4]]
    if not _TEST_RUNNERS.isdisjoint(words):
        return True
    rest = [word for word in words[1:] if word not in ("run", "--")]
    return command.name in _WITH_TESTS and bool(rest) and rest[0].partition(":")[0] == "test"


def _is_taken(started: Sequence[Command], copies: list[Copy]) -> bool:
    """Whether all that it starts is one program without arguments, which another image brings."""
    if len(started) != 1 or len(started[0].words) != 1:
        return False
    program = started[0].words[0].text
    brought = [copy for copy in copies if "from" in copy.flags and not copy.from_build and copy.destination.text[:1] == "/"]
    return any(program == (to := copy.destination.text.rstrip("/")) or (to and program.startswith(f"{to}/")) for copy in brought)


def may_stay_root(user: Value, base: Reference | None, layers: list[tuple[Subject, ...]], source: Source, *, stepped_back: bool) -> str:
    """Why an image that says that it is root may have to, or nothing. Where more is built after `USER root` and nothing is started, that
    was said for the build, as in images that others are built on or in; said last, or after another user, it is meant for what runs. The
    comment above it may say why."""
    if user.source is source and re.search(_NEEDS_ROOT, _comment_above(source.text, user.span.start)) is not None:
        return "its comment says why"
    reason = others_set_user(base, layers, source)
    if reason not in (NOTHING_STARTED, INTERPRETER, TOOL, SUPERVISED):
        return reason
    subjects = [subject for layer in layers for subject in layer]
    built = any(isinstance(one, Command) and one.place == "RUN" and one.span.start > user.span.end for one in subjects)
    serves = any(isinstance(one, Port) for one in subjects)
    return reason if built and not serves and not stepped_back else ""


def _comment_above(text: str, at: int) -> str:
    """The lines of comment that stand right above the line of an offset."""
    lines = text[max(0, at - _LONGEST_COMMENT) : at].split("\n")[:-1]
    return "\n".join(takewhile(lambda line: line.lstrip()[:1] == "#", reversed(lines)))


def _words_run(commands: list[Command]) -> Iterator[str]:
    count = 0
    for command in commands:
        for wrapper in command.wrappers:
            yield wrapper.name
        count += len(command.words)
        if count > _LONGEST:
            return
        for word in command.words:
            yield word.text.rpartition("/")[2].partition("=")[0].removesuffix(".sh")


def _brings_program(copy: Copy) -> bool:
    """Whether it copies what was built or written for this image, and not just a script around a tool."""
    if "from" in copy.flags:
        return copy.from_build
    return not all(source.text.endswith(_SCRIPTS) or "://" in source.text for source in copy.sources)
