"""A container as it will be started, whoever starts it."""

from __future__ import annotations

from ..finding import Confidence, Fix
from ..source import Source, Span
from .project import UNKNOWN_PROJECT, Project
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..finding import Edit
    from ..syntax.image_reference import Reference

FACTS = {
    "privileged": "yes: every capability and device, no seccomp, no AppArmor",
    "user": "the user it starts as: a name or number, with or without a group",
    "non_root_enforced": "yes: the platform refuses to start it as root",
    "capabilities_added": "a list of capability names, as written",
    "capabilities_dropped": "a list of capability names, as written",
    "no_new_privileges": "yes: a process cannot gain privileges by executing a setuid file",
    "seccomp": "the seccomp profile: `default`, `unconfined`, or another name; absent where none is in force",
    "apparmor": "the AppArmor profile: `default`, `unconfined`, or another name",
    "selinux": "the SELinux setting: `disable` where it does not confine, or label options",
    "host_network": "yes: it shares the host's network",
    "host_pid": "yes: it sees the host's processes",
    "host_ipc": "yes: it shares the host's System V IPC and POSIX shared memory",
    "read_only_root": "yes: its root file system cannot be written",
    "devices": "a list of device paths on the host",
    "device_rules": "a list of cgroup device rules: type, major:minor, access",
    "host_uts": "yes: it shares the host's name",
    "host_users": "yes: root in it is root on the host, even where the engine maps users",
    "host_cgroup": "yes: it sees the host's tree of control groups",
    "writable_cgroups": "yes: it may write the control groups that are mounted in it",
    "cgroup_parent": "the control group above its own",
    "joined_network": "whose network it shares: `service:NAME` or `container:NAME`",
    "joined_pid": "whose processes it sees: `service:NAME` or `container:NAME`",
    "joined_ipc": "whose shared memory it uses: `service:NAME` or `container:NAME`",
    "kernel_paths": "`unconfined` where the kernel's files in /proc and /sys are not hidden",
    "groups": "a list of groups, by name or number, that its user is in besides the own one",
    "sysctls": "a list of kernel parameters, `name=value`",
    "oom_killer_disabled": "yes: the kernel does not end it when memory runs out",
    "oom_score": "by how much the kernel prefers to end it, -1000 to 1000, as text",
    "memory_limit": "the most memory that it may have",
    "cpu_limit": "the most processor time that it may have",
    "process_limit": "the most processes that it may have",
    "tmpfs": "a list of `PATH:OPTIONS`",
    "log_driver": "where its output goes",
    "gpus": "the GPUs that it is given: `all` or how many",
    "mounts_from": "a list of containers whose mounts it has too",
    "hosts": "a list of `NAME:ADDRESS` and `NAME=ADDRESS` that it finds without DNS",
    "domain_account": "the credential specification of the domain account that it acts as",
    "privileged_hooks": "a list of yes or no: a command that is run in it beside its own holds every right",
    "hook_users": "a list of the users that such commands are run as",
    "host_program": "the program of the host that stands in for it",
    "build_privileged": "yes: its image is built with every right",
    "build_network": "the network that its image is built in",
    "build_entitlements": "a list of what its build may do beyond an ordinary one",
    "group": "the primary group that it starts with, as a number",
    "selinux_user": "the SELinux user that is asked for",
    "selinux_role": "the SELinux role that is asked for",
    "host_process": "yes: a Windows container that is a process of the host",
    "host_ports": "a list of the ports that it takes of its node, past any service",
    "listens_on": "a list of the ports that it says it listens on",
    "probe_hosts": "a list of the hosts that the node connects to for its probes and hooks, where they are not the container itself",
    "secret_variables": "a list of the secrets that its environment is filled from",
}
"""Every fact of a container, with what its value means. "yes" facts are known true or false; lists are known tuples of values."""


_TESTERS = frozenset({"cypress", "e2e", "playwright", "test", "tests", "testing"})
_MODES = frozenset(
    "APP_ENV ASPNETCORE_ENVIRONMENT DJANGO_ENV DOTNET_ENVIRONMENT ENV ENVIRONMENT FLASK_ENV GO_ENV NODE_ENV RACK_ENV RAILS_ENV "
    "SPRING_PROFILES_ACTIVE".split()
)
"""Variables that say what a program is started for."""
_DEVELOPMENT = frozenset({"dev", "development", "local"})
_ROOT = ("0", "root", "containeradministrator", "administrator")


class WithFacts(Subject):
    """A subject that has facts, of the names in `names`."""

    __slots__ = ("_facts",)

    names: Iterable[str] = ()

    def __init__(self, source: Source, span: Span, address: str, origin: Origin) -> None:
        super().__init__(source, span, address, origin)
        self._facts: dict[str, Value] = {}

    def fact(self, name: str) -> Value:
        """The effective value of one of its facts."""
        value = self._facts.get(name)
        if value is None:
            if name not in self.names:
                raise KeyError(f"a {type(self).__name__.lower()} has no fact {name!r}")
            assert self.origin is not None
            value = self._facts[name] = self.origin.read(name)
        return value

    def state(self) -> Mapping[str, object]:
        return {name: plain(self.fact(name)) for name in self.names}


class Container(WithFacts):
    """A container and its facts, those of `FACTS`.

    It is a Compose service, a container of a pod, or a command line that starts one.
    """

    __slots__ = ("dialect", "is_run_by_hand", "is_worked_on", "kind", "name", "parts", "platform", "project")

    names = FACTS

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin,
        *,
        name: str,
        dialect: str,
        kind: str = "container",
        platform: str = "linux",
    ) -> None:
        super().__init__(source, span, address, origin)
        self.name = name
        self.dialect = dialect
        self.kind = kind
        """What users call it: "service", "container", "init container", "stage"."""
        self.platform = platform
        """"linux" or "windows"."""
        self.is_worked_on = False
        """Whether it is started to work on the project or to test it, as the file shows that starts it, or such a one depends on it."""
        self.is_run_by_hand = False
        """Whether it is one of a project that is built from its sources where it is started, and that no engine starts again."""
        self.project: Project = UNKNOWN_PROJECT
        self.parts: Iterable[Subject] = ()
        """Its mounts, ports and variables, where the dialect tells them: they are judged by themselves, and here together."""

    @property
    def asked_by(self) -> frozenset[str] | None:
        """The facts that something may be written about."""
        return self.origin.written_facts() if self.origin is not None else None

    @property
    def is_for_work(self) -> bool:
        """Whether its file is for those who work on the project, or for tests, or that shows, or is said in a comment above it."""
        if self.is_worked_on or self.is_tester or super().is_for_work or self.source.is_said_to_be_for_work(self.span.start):
            return True
        return self.dialect == "compose" and self._is_built_here and self._is_in_development

    @property
    def is_tester(self) -> bool:
        """Whether it is a service that is named for the tests that it runs, or is there for, or a command that developers run."""
        if self.dialect == "docker-run":
            return self.is_worked_on
        return self.dialect == "compose" and not _TESTERS.isdisjoint(self.name.lower().replace("_", "-").split("-"))

    @property
    def _is_built_here(self) -> bool:
        from .image import Image

        return all(part.local for part in self.parts if isinstance(part, Image) and part.role == "run")

    @property
    def _is_in_development(self) -> bool:
        """Whether a variable tells the program in it so."""
        from .variable import Variable

        variables = (part for part in self.parts if isinstance(part, Variable))
        return any(variable.name in _MODES and variable.value.text.lower() in _DEVELOPMENT for variable in variables)

    @property
    def uses(self) -> frozenset[str]:
        """What of the host it is made to use, in the words of `host_agents`: as its image or one of its devices is documented, or as a
        part of a cluster."""
        from .host_agents import uses_of_device, uses_of_place

        devices = [device.text.partition(":")[0] for device in self.fact("devices")]
        return uses_of_place(" ".join(self._places)).union(self._uses_of_image, *map(uses_of_device, devices))

    def is_made_for(self, use: str) -> bool:
        """Whether its image is documented to use this of its host."""
        return use in self._uses_of_image

    @property
    def _uses_of_image(self) -> frozenset[str]:
        from .host_agents import uses_of_image
        from .image import Image

        images = {*self._image_names, *(part.value.text for part in self.parts if isinstance(part, Image) and part.role == "base")}
        return frozenset().union(*map(uses_of_image, images))

    @property
    def _places(self) -> frozenset[str]:
        assert self.origin is not None
        return frozenset(self.origin.read("place").text.split() + ["engine"] * self._has_engine)

    @property
    def _has_engine(self) -> bool:
        """Whether a container engine in it keeps its containers there, and not those of its host."""
        from .host_agents import ENGINE_STORES
        from .mount import Mount

        assert self.origin is not None
        of_host = {_place(part.host_path.text) for part in self.parts if isinstance(part, Mount)}
        return any(_place(path) in ENGINE_STORES and _place(path) not in of_host for path in self.origin.mounted())

    @property
    def is_tool(self) -> bool:
        """Whether it is run once, by hand or to test something, and removed."""
        return not self._places.isdisjoint(("tool", "trial"))

    @property
    def is_given_its_node(self) -> bool:
        """Whether it runs on every node, in a pod of which something is privileged or may change its network."""
        return not self._places.isdisjoint(("node", "plugin", "mounter"))

    @property
    def is_agent_of_its_node(self) -> bool:
        """Whether it runs on every node, and its image is made to read what is there."""
        return not self._places.isdisjoint(("daemon", "node", "system")) and "files" in self._uses_of_image

    @property
    def _image_names(self) -> tuple[str, ...]:
        """The name of its image, also where the tag is a variable; where none is known, its own and that of the object it is in."""
        assert self.origin is not None
        image = self.origin.read("image")
        name, variable, _ = image.source[image.span].strip("\"'").partition("$")
        name = name if variable and name.endswith((":", "@")) else image.text
        name = name.rstrip(":@")
        return (name,) if name else (self.name, self.address.partition(" ")[0].rpartition("/")[2])

    def _image(self) -> Reference | None:
        """Its image, where that is known."""
        from capdrop.syntax import image_reference

        return image_reference.parse(self.image_name)

    @property
    def image_name(self) -> str:
        """The name of its image as the file has it, "" where that is not known."""
        assert self.origin is not None
        return self.origin.read("image").text

    @property
    def is_never_root(self) -> bool:
        """Whether it is started as another user than root, or refused."""
        user = self.fact("user")
        return (user.is_known and not is_root(user.text)) or self.fact("non_root_enforced").is_true

    @property
    def is_official(self) -> bool:
        """Whether its image is one of Docker's official ones."""
        image = self._image()
        return image is not None and image.official

    @property
    def has_own_user(self) -> bool:
        """Whether its image is documented to start as a user other than root, or is the project's own, whose Dockerfiles give it one, or
        whoever starts it does."""
        from .known_images import is_given_a_user, runs_as_non_root

        if is_given_a_user(self.image_name) or self.project.is_given_users:
            return True
        image = self._image()
        return image is not None and (runs_as_non_root(image) or self.project.sets_user(image))

    @property
    def only_reads_host(self) -> bool:
        """Whether its image is documented to only read what it is given of its host."""
        from .known_images import only_reads_host

        image = self._image()
        return image is not None and only_reads_host(image)

    def mounts_below(self, path: str) -> bool:
        """Whether something else is mounted below a path in it."""
        assert self.origin is not None
        return any(_place(other).startswith(f"{_place(path)}/") for other in self.origin.mounted())

    def with_read_only_root(self) -> Fix:
        """A fix that makes its root file system read-only, and mounts something where its image is known to write."""
        from .written_paths import written_paths

        assert self.origin is not None
        image = self._image()
        paths = written_paths(image) if image is not None else None
        if paths is None:
            return self.set("read_only_root", True, caveat="what the program writes needs a tmpfs or a volume")
        mounted = {_place(path) for path in self.origin.mounted()}
        needed = tuple(path for path in paths if _place(path) not in mounted)
        caveat = "what is written besides, to other folders than the image's own, needs a tmpfs or a volume"
        only = self.set("read_only_root", True, caveat=caveat)
        if not needed or not only.edits:
            return only
        mounts = self.set("tmpfs", needed)
        return _both(only, mounts, f"the image writes to {' and '.join(needed)}: mount something there")

    def without_capabilities(self) -> Fix:
        """A fix that drops all capabilities but those that its image is known to need as long as nobody says who runs it."""
        from .needed_capabilities import needed_capabilities

        fix = self.append("capabilities_dropped", "ALL", caveat="what needs one of the default capabilities fails until it is added")
        image = self._image()
        needed = needed_capabilities(image) if image is not None and not self.fact("user").is_known else ()
        if not needed or not fix.edits or any(self.fact("capabilities_added")):
            return fix
        left = f"the image needs {', '.join(needed)}: add them"
        more = self.append("capabilities_added", needed) if self.dialect != "kubernetes" else Fix("")  # one entry would hold both
        return _both(fix, more, left)

    @property
    def publishes(self) -> bool:
        """Whether ports of it are published, on whatever address of its host."""
        from .port import Port

        return any(isinstance(part, Port) and part.role == "published" for part in self.parts)

    def is_shut(self, number: int = -1) -> bool:
        """Whether nobody but its neighbours in a network of containers reaches it, or this port of it: whatever it listens on, nothing
        beyond the host's loopback address is published. A pod's network is everybody's in its cluster."""
        from .port import Port

        if self.dialect == "kubernetes" or not self.fact("host_network").is_lacking or not self.fact("joined_network").is_lacking:
            return False
        published = [part for part in self.parts if isinstance(part, Port) and part.role == "published" and not part.on_loopback]
        return not any(number < 0 or port.first < 0 or port.covers(number) for port in published)

    @property
    def is_by_others(self) -> bool:
        """Whether others publish its image for everybody, as far as git tells whose the project is."""
        from .image import Image

        return any(isinstance(part, Image) and part.is_by_others for part in self.parts)

    @property
    def holds_runtime(self) -> bool:
        """Whether it mounts the socket of a container runtime, and with it has its host."""
        from .mount import Mount

        return any(isinstance(part, Mount) and part.gives == "socket" for part in self.parts)

    def doubt(self, use: str) -> Confidence | None:
        """Low confidence where it is made to use this of its host, which a reviewer would not ask to change, or is started to test
        something; else a rule's own."""
        is_idle = self.source.is_started_by_hand or self.is_tester
        return Confidence.LOW if use in self.uses or is_idle else None


class DefaultContainer(Container):
    """The container that an image starts when nobody says otherwise: what a Dockerfile's shipped stage tells of one, which is its
    user and nothing else. Only rules that name this type see it."""

    __slots__ = ()


def _both(fix: Fix, more: Fix, left: str) -> Fix:
    """A fix with another one in it; where that cannot be written, what is left to do is its caveat."""
    if not more.edits:
        return Fix(fix.title, fix.edits, fix.safety, left, fix.touches)
    return Fix(
        f"{fix.title}, and {more.title[0].lower()}{more.title[1:]}",
        tuple(sorted((*fix.edits, *more.edits), key=_shallowness)),
        fix.safety,
        fix.caveat,
        (*fix.touches, *more.touches),
    )


def _shallowness(edit: Edit) -> tuple[int, bool]:
    """Of two edits at one place the one that goes in further has to come first, as what it adds to ends first; so does an item of a list
    that stands as far in as the key after it."""
    text = edit.text.lstrip()
    return len(text) - len(edit.text), not text.startswith("- ")


def _place(path: str) -> str:
    """A path without the link that `/var/run` is."""
    path = path.rstrip("/")
    return path.removeprefix("/var") if f"{path}/".startswith("/var/run/") else path


def is_root(user: str) -> bool:
    """Whether a user, with or without a group, is root, or an administrator of Windows."""
    name = user.partition(":")[0].lower()
    return name in _ROOT or (name != "" and not name.strip("0"))


def plain(value: Value) -> object:
    """A value without its places, for comparing."""
    if not value.is_known:
        return value.state
    if isinstance(value.content, dict):
        return {name: plain(item) for name, item in value.content.items()}
    return tuple(plain(item) for item in value) if isinstance(value.content, tuple) else value.content
