"""The facts of a container in the options of the command line that starts it."""

from __future__ import annotations

from bisect import bisect_right

from ...finding import Edit
from ...model.mount import normal_path
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...source import Source, Span
from ..compose.volumes import split_volume
from .words import Flag, Start, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

TOGETHER = "the option is written together with others"
_SWITCH_OPTIONS = frozenset({"no-new-privileges", "writable-cgroups"})


class StartOrigin(Origin):
    """The facts of a container in flags."""

    __slots__ = ("source", "start")

    def __init__(self, source: Source, start: Start) -> None:
        self.source = source
        self.start = start

    def nothing(self) -> Value:
        return Value.absent(self.source, self.start.verb.span)

    def value(self, flag: Flag) -> Value:
        """What a flag says; a switch says yes."""
        if flag.value is None:
            return Value.known(True, self.source, flag.span, node=flag)
        value = value_of(self.source, flag.value)
        value.node = flag
        return value

    def mounted(self) -> Iterator[str]:
        for flag in self.start.flags:
            if flag.value is not None and flag.name in ("--volume", "--mount", "--tmpfs"):
                yield _target_of(flag.name, flag.value.text)

    def read(self, fact: str) -> Value:
        spelling = TABLE.get(fact)
        if spelling is None:
            return Value.unknown("a command line cannot say", self.source, self.start.verb.span)
        return spelling.read(self)

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        spelling = TABLE.get(change.fact)
        if spelling is None:
            raise Refused("a command line cannot say it")
        if change.action in ("drop", "remove") or (spelling.unwritten is not None and change.content == spelling.unwritten):
            value = change.item or spelling.read(self)
            if not isinstance(value.node, Flag):
                raise Refused("it is not written here")
            return f"Remove `{self.source[value.node.span]}`", (self.without(value.node),)
        text = spelling.spelled(change.content)
        given = spelling.read(self)
        if isinstance(given.node, Flag) and given.is_known and change.action == "set":
            return f"Write `{text}`", (self._rewritten(given.node, text),)
        return f"Add `{text}`", (self._added(text),)

    def _added(self, text: str) -> Edit:
        """The edit that gives another option: on a line of its own before the first one that has one, else behind the verb."""
        for flag in self.start.flags:
            line = self.source.starts[self.source.position(flag.span.start).line - 1]
            indent = self.source.text[line : flag.span.start]
            above = self.source.text[max(line - 4, 0) : line].removesuffix("\n").removesuffix("\r")[-2:]
            if not indent.strip() and above in (" \\", " `"):
                return Edit(Span(flag.span.start, flag.span.start), f"{text}{above}{self.source.newline}{indent}")
        return Edit(Span(self.start.verb.span.end, self.start.verb.span.end), f" {text}")

    def _rewritten(self, flag: Flag, text: str) -> Edit:
        """The edit that gives an option another value, in its own spelling where it has one."""
        if self.start.spans[flag.span] > 1:
            raise Refused(TOGETHER)
        value = text.partition(" ")[2]
        return Edit(flag.value.span, value) if flag.value is not None and value else Edit(flag.span, text)

    def without(self, flag: Flag) -> Edit:
        """The edit that takes an option out, with the blanks before it."""
        if self.start.spans[flag.span] > 1:
            raise Refused(TOGETHER)
        ends = self.start.ends
        before = ends[bisect_right(ends, flag.span.start) - 1]
        return Edit(Span(before, flag.span.end), "")


class FlagOrigin(Origin):
    """Takes a variable out with the option that gives it."""

    __slots__ = ("flag", "start")

    def __init__(self, start: StartOrigin, flag: Flag) -> None:
        self.start = start
        self.flag = flag

    def written_facts(self) -> frozenset[str]:
        return frozenset({"variable"})

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "drop" or change.fact != "variable":
            raise Refused("there is no writer for this")
        given = self.flag.value.text if self.flag.value is not None else self.flag.name
        return f"Remove `{given.partition('=')[0]}`", (self.start.without(self.flag),)


class Spelling:
    """A fact that one option says as it stands. `unwritten` is what holds where the option is not given, if that is known."""

    __slots__ = ("option", "unwritten")

    def __init__(self, option: str, unwritten: str | None = None) -> None:
        self.option = option
        self.unwritten = unwritten

    def read(self, origin: StartOrigin) -> Value:
        flag = origin.start.last(self.option)
        return self.nothing(origin) if flag is None else self.meaning(origin.value(flag))

    def nothing(self, origin: StartOrigin) -> Value:
        """The value of an option that is not given."""
        absent = origin.nothing()
        return absent if self.unwritten is None else Value.known(self.unwritten, absent.source, absent.span)

    def meaning(self, value: Value) -> Value:
        return value

    def spelled(self, content: object) -> str:
        return f"{self.option} {content}"


class Started(Spelling):
    """The image, which stands behind the options."""

    __slots__ = ()

    def read(self, origin: StartOrigin) -> Value:
        image = origin.start.image
        if image is None or not image.known:
            return Value.unknown("a variable decides it", origin.source, origin.start.verb.span)
        return Value.known(image.text, origin.source, image.span)


class Passing(Spelling):
    """`tool` for a container that is removed when it ends: somebody runs it on their own machine, or a job does."""

    __slots__ = ()

    def read(self, origin: StartOrigin) -> Value:
        flag = origin.start.last(self.option)
        return origin.nothing() if flag is None else origin.value(flag).replaced("tool")


class Switch(Spelling):
    """Yes or no."""

    __slots__ = ()

    def meaning(self, value: Value) -> Value:
        return value.replaced(value.text.lower() not in ("false", "0")) if value.is_known else value

    def spelled(self, content: object) -> str:
        return self.option if content is True else f"{self.option}=false"


class Is(Spelling):
    """Yes where an option has one certain value."""

    __slots__ = ("answer",)

    def __init__(self, option: str, answer: str) -> None:
        super().__init__(option)
        self.answer = answer

    def meaning(self, value: Value) -> Value:
        return value.replaced(value.text == self.answer) if value.is_known else value


class Joined(Spelling):
    """`container:NAME`: the namespace of another container."""

    __slots__ = ()

    def meaning(self, value: Value) -> Value:
        joined = value.is_unknown or value.text.startswith("container:")
        return value if joined else Value.absent(value.source, value.span)


class Repeated(Spelling):
    """A list: the option as often as there are items."""

    __slots__ = ()

    def read(self, origin: StartOrigin) -> Value:
        flags = origin.start.all(self.option)
        if not flags:
            return self.nothing(origin)
        return Value.known(tuple(self.meaning(origin.value(flag)) for flag in flags), origin.source, flags[0].span)

    def spelled(self, content: object) -> str:
        return " ".join(f"{self.option} {item}" for item in (content if isinstance(content, tuple) else (content,)))


class Devices(Repeated):
    """`HOST:CONTAINER:ACCESS`; a CDI name (`vendor/class=name`) is no path."""

    __slots__ = ()

    def meaning(self, value: Value) -> Value:
        return value.replaced(normal_path(value.text.partition(":")[0])) if value.is_known else value


class User(Spelling):
    """The user; where none is given, the image decides."""

    __slots__ = ()

    def read(self, origin: StartOrigin) -> Value:
        value = super().read(origin)
        return Value.unknown("the image decides", value.source, value.span) if value.is_absent else value


class SecurityOption(Spelling):
    """`--security-opt NAME=VALUE`, with a colon or an equals sign; the last one counts."""

    __slots__ = ("name",)

    def __init__(self, name: str, unwritten: str | None = None) -> None:
        super().__init__("--security-opt", unwritten)
        self.name = name

    def read(self, origin: StartOrigin) -> Value:
        found = self.nothing(origin)
        for flag in origin.start.all(self.option):
            value = origin.value(flag)
            if value.is_unknown:
                found = value
            elif value.text.replace("=", ":").partition(":")[0] == self.name:
                rest = value.text.replace("=", ":", 1).partition(":")[2]
                found = value.replaced(rest.lower() != "false" if self.name in _SWITCH_OPTIONS else rest)
        return found

    def spelled(self, content: object) -> str:
        return f"--security-opt {self.name}" + ("" if content is True else f"={content}")


def _target_of(option: str, text: str) -> str:
    """The path at which an option mounts something."""
    if option == "--volume":
        return split_volume(text)[:2][-1][0]
    if option == "--tmpfs":
        return text.partition(":")[0]
    pairs = dict(word.partition("=")[::2] for word in text.split(","))
    return pairs.get("target") or pairs.get("destination") or pairs.get("dst") or ""


def _pairs(words: str) -> Iterator[tuple[str, str]]:
    each = iter(words.split())
    return zip(each, each, strict=True)


_PLAIN = (
    "cgroup_parent --cgroup-parent oom_score --oom-score-adj memory_limit --memory cpu_limit --cpus process_limit --pids-limit "
    "log_driver --log-driver gpus --gpus"
)
_LISTS = "groups --group-add sysctls --sysctl mounts_from --volumes-from hosts --add-host"
TABLE: dict[str, Spelling] = {
    "privileged": Switch("--privileged"),
    "user": User("--user"),
    "capabilities_added": Repeated("--cap-add"),
    "capabilities_dropped": Repeated("--cap-drop"),
    "no_new_privileges": SecurityOption("no-new-privileges"),
    "seccomp": SecurityOption("seccomp", "default"),
    "apparmor": SecurityOption("apparmor", "default"),
    "selinux": SecurityOption("label"),
    "host_network": Is("--network", "host"),
    "host_pid": Is("--pid", "host"),
    "host_ipc": Is("--ipc", "host"),
    "read_only_root": Switch("--read-only"),
    "devices": Devices("--device"),
    "tmpfs": Repeated("--tmpfs"),
    "device_rules": Repeated("--device-cgroup-rule"),
    "image": Started("image"),
    "place": Passing("--rm"),
    "writable_cgroups": SecurityOption("writable-cgroups"),
    "kernel_paths": SecurityOption("systempaths"),
    "oom_killer_disabled": Switch("--oom-kill-disable"),
    **{fact: Is(option, "host") for fact, option in _pairs("host_uts --uts host_users --userns host_cgroup --cgroupns")},
    **{fact: Joined(option) for fact, option in _pairs("joined_network --network joined_pid --pid joined_ipc --ipc")},
    **{fact: Spelling(option) for fact, option in _pairs(_PLAIN)},
    **{fact: Repeated(option) for fact, option in _pairs(_LISTS)},
}
