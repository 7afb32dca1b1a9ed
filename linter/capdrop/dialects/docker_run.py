"""Command lines that start containers: `docker run`, `docker create` and their podman and nerdctl likes, in shell scripts and in
Makefile recipes."""

from __future__ import annotations

import re
from bisect import bisect_right

from ..finding import Edit
from ..model.command import Word
from ..model.container import Container
from ..model.image import Image
from ..model.subject import Change, Origin, Refused, Subject
from ..model.text import Text
from ..model.tools import DECLARES_VARIABLES
from ..model.value import Value
from ..model.variable import Variable
from ..reading import Reading
from ..source import Fragment, Source, Span
from ..syntax import shell
from .commands import Setting, commands_in_arguments
from .context import Context
from .docker_run_mounts import mounts_of
from .docker_run_ports import ports_of
from .near import Near

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .docker_run_way_out import ScriptWayOut

ENGINES = frozenset({"docker", "podman", "nerdctl"})
_VERBS = frozenset({"run", "create"})
_SWITCHES = frozenset(
    "-d --detach --disable-content-trust --help --init -i --interactive --no-healthcheck --oom-kill-disable --privileged -P "
    "--publish-all -q --quiet --read-only --rm --sig-proxy -t --tty --use-api-socket --replace --rmi --env-host --http-proxy "
    "--no-hosts --no-hostname --tls-verify --read-only-tmpfs --unsetenv-all".split()
)
"""Options without a value (docker and podman command-line references); every other option has one."""
_SWITCH_OPTIONS = frozenset({"no-new-privileges", "writable-cgroups"})
_ALIASES = {
    "-e": "--env", "-l": "--label", "-m": "--memory", "-p": "--publish", "-u": "--user", "-v": "--volume", "-w": "--workdir",
    "--net": "--network",
}  # fmt: skip
_RECIPE = re.compile(r"^\t[@+-]*((?:[^\\\n]|\\(?:\r?\n|.))*)", re.MULTILINE)


class Flag:
    """An option of the command line: its long name, its value, and the words that it takes up."""

    __slots__ = ("name", "span", "value")

    def __init__(self, name: str, value: Word | None, span: Span) -> None:
        self.name = name
        self.value = value
        self.span = span


class Start:
    """A command line that starts a container."""

    __slots__ = ("ends", "flags", "image", "rest", "spans", "verb")

    def __init__(self, words: list[Word], verb: Word, flags: list[Flag], rest: list[Word]) -> None:
        self.ends = [word.span.end for word in words]
        self.verb = verb
        self.flags = flags
        self.spans: dict[Span, int] = {}
        """How many options each span holds."""
        for flag in flags:
            self.spans[flag.span] = self.spans.get(flag.span, 0) + 1
        self.image = rest[0] if rest else None
        self.rest = rest[1:]

    def all(self, name: str) -> list[Flag]:
        """Every use of an option."""
        return [flag for flag in self.flags if flag.name == name]

    def last(self, name: str) -> Flag | None:
        """The use of an option that counts."""
        found = self.all(name)
        return found[-1] if found else None


def read(source: Source, context: Context) -> Reading:
    """A shell script or a Makefile."""
    place = "template" if Near(source.path, context).is_trial else "file"
    reading = Reading(source, _subjects(source, place), gaps=[], comments=lambda: _comments(source))
    reading.way_out = lambda: _way_out(source, place)
    return reading


def _way_out(source: Source, place: str) -> ScriptWayOut:
    from .docker_run_way_out import ScriptWayOut

    return ScriptWayOut(source, _comments(source), _is_makefile(source.path), lambda: _subjects(source, place))


def _comments(source: Source) -> list[Span]:
    return [Span(found.start(1), found.end(1)) for found in re.finditer(r"(?:^|[ \t])(#[^\r\n]*)", source.text, re.MULTILINE)]


def _subjects(source: Source, place: str) -> Iterator[Subject]:
    whole = Fragment.at(source.text, 0)
    yield Text(source, Span(0, len(source.text)), "", fragment=whole, address_at=lambda offset: "")
    for script in _recipes(whole) if _is_makefile(source.path) else (whole,):
        for command in shell.parse(script.text).commands:
            yield from _set_by(source, command, script, place)
            start = start_of([_word(word, script) for word in command.words])
            if start is not None:
                yield from _started(source, start)


def _set_by(source: Source, command: shell.Command, script: Fragment, place: str) -> Iterator[Variable]:
    """The variables that a command sets: before it, or as words of `export` and the like."""
    for given in command.assignments:
        if given.value is not None:
            name = script.span(given.start, given.start + len(given.name))
            yield _given(source, given.name, name, _word(given.value, script), place)
    if command.name in DECLARES_VARIABLES:
        for word in (_word(word, script) for word in command.words[1:]):
            at = word.text.find("=")
            if at > 0:
                value = Word(word.fragment.part(at + 1, len(word.text)), word.known, word.fragment.span(at + 1))
                yield _given(source, word.text[:at], word.fragment.span(0, at), value, place)


def _given(source: Source, name: str, at: Span, word: Word, place: str) -> Variable:
    value = Value.known(word.text, source, word.span) if word.known else Value.unknown("a variable decides it", source, word.span)
    return Variable(
        source,
        Span(at.start, word.span.end),
        f"set {name}",
        None,
        name=name,
        name_span=at,
        value=value,
        fragment=word.fragment if word.known and word.text else None,
        place=place,
    )


def _word(word: shell.Word, script: Fragment) -> Word:
    known = word.literal and "$(" not in word.value  # make replaces those inside single quotes too
    return Word(word.fragment.within(script), known, script.span(word.span.start, word.span.end))


def _is_makefile(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".mk") or "makefile" in name.lower()


def _recipes(whole: Fragment) -> Iterator[Fragment]:
    """The recipe lines of a Makefile, with `$$` read as the shell sees it."""
    for found in _RECIPE.finditer(whole.text):
        text, starts, places, at = "", [], [], found.start(1)
        for piece in whole.text[found.start(1) : found.end(1)].split("$$"):
            starts.append(len(text))
            places.append(at)
            text += piece + "$"
            at += len(piece) + 2
        yield Fragment(text[:-1], starts, places)


def start_of(words: list[Word]) -> Start | None:
    """The command line read as one that starts a container, also behind `sudo` and after options of the engine itself."""
    at = next((i for i, word in enumerate(words) if word.text.rpartition("/")[2] in ENGINES), None)
    if at is None or any(word.text not in ("sudo", "exec", "time", "env", "-E") and "=" not in word.text for word in words[:at]):
        return None
    at += 1
    while at < len(words) and words[at].text.startswith("-"):
        at += 2 if words[at].text in ("-H", "--host", "-c", "--context", "--config", "-l", "--log-level") else 1
    if at < len(words) and words[at].text == "container":
        at += 1
    if at >= len(words) or words[at].text not in _VERBS:
        return None
    flags, rest = _flags(words, at + 1)
    return Start(words, words[at], flags, rest)


def _flags(words: list[Word], at: int) -> tuple[list[Flag], list[Word]]:
    flags: list[Flag] = []
    while at < len(words):
        word = words[at]
        text = word.text
        if text == "--":
            at += 1
            break
        if not text.startswith("-") or len(text) < 2:
            break
        name, equals, _ = text.partition("=")
        if equals and text.startswith("--"):
            value = Word(word.fragment.part(len(name) + 1, len(text)), word.known, word.fragment.span(len(name) + 1))
            flags.append(Flag(_ALIASES.get(name, name), value, word.span))
        elif text.startswith("--"):
            at = _separate(flags, words, at, name)
        else:
            at = _cluster(flags, words, at)
        at += 1
    return flags, words[at:]


def _separate(flags: list[Flag], words: list[Word], at: int, name: str) -> int:
    if name in _SWITCHES or at + 1 >= len(words):
        flags.append(Flag(_ALIASES.get(name, name), None, words[at].span))
        return at
    flags.append(Flag(_ALIASES.get(name, name), words[at + 1], Span(words[at].span.start, words[at + 1].span.end)))
    return at + 1


def _cluster(flags: list[Flag], words: list[Word], at: int) -> int:
    word = words[at]
    for index in range(1, len(word.text)):
        name = f"-{word.text[index]}"
        if name in _SWITCHES:
            flags.append(Flag(name, None, word.span))
        elif index + 1 < len(word.text):
            start = index + (2 if word.text[index + 1] == "=" else 1)
            value = Word(word.fragment.part(start, len(word.text)), word.known, word.fragment.span(start))
            flags.append(Flag(_ALIASES.get(name, name), value, word.span))
            return at
        else:
            return _separate(flags, words, at, name)
    return at


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
        span = flag.value.span
        if not flag.value.known:
            return Value.unknown("a variable decides it", self.source, span, node=flag)
        return Value.known(flag.value.text, self.source, span, node=flag)

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
        if spelling.read(self).is_known and change.action == "set":
            raise Refused("the option is given already, with another value")
        return f"Add `{text}`", (Edit(Span(self.start.verb.span.end, self.start.verb.span.end), f" {text}"),)

    def without(self, flag: Flag) -> Edit:
        """The edit that takes an option out, with the blanks before it."""
        if self.start.spans[flag.span] > 1:
            raise Refused("the option is written together with others")
        ends = self.start.ends
        before = ends[bisect_right(ends, flag.span.start) - 1]
        return Edit(Span(before, flag.span.end), "")


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


class Devices(Repeated):
    """`HOST:CONTAINER:ACCESS`; a CDI name (`vendor/class=name`) is no path."""

    __slots__ = ()

    def meaning(self, value: Value) -> Value:
        return value.replaced(value.text.partition(":")[0]) if value.is_known else value


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


def _pairs(words: str) -> Iterator[tuple[str, str]]:
    each = iter(words.split())
    return zip(each, each, strict=True)


_PLAIN = (
    "cgroup_parent --cgroup-parent oom_score --oom-score-adj memory_limit --memory cpu_limit --cpus process_limit --pids-limit "
    "log_driver --log-driver gpus --gpus"
)
_LISTS = "groups --group-add sysctls --sysctl tmpfs --tmpfs mounts_from --volumes-from hosts --add-host"
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


def _started(source: Source, start: Start) -> Iterator[Subject]:
    name_flag = start.last("--name")
    image = start.image
    name = name_flag.value.text if name_flag is not None and name_flag.value is not None else image.text if image else start.verb.text
    address = f"{start.verb.text} {name}"
    origin = StartOrigin(source, start)
    own = Container(source, start.verb.span, address, origin, name=name, dialect="docker-run")
    mounts = list(mounts_of(origin, address, name))
    for mount in mounts:
        mount.owners = (own,)
    own.parts = [*mounts, *ports_of(origin, address, name)]
    yield own
    yield from own.parts
    for option, place in (("--env", "env"), ("--label", "label")):
        for flag in start.all(option):
            yield from _variable(source, flag, address, place)
    if image is not None:
        value = Value.known(image.text, source, image.span) if image.known else Value.unknown("a variable decides it", source, image.span)
        yield Image(source, image.span, f"{address} image", None, value=value, role="run")
        yield from commands_in_arguments(start.rest, Setting(source, f"{address} command", "command"))


def _variable(source: Source, flag: Flag, address: str, place: str) -> Iterator[Variable]:
    if flag.value is None or "=" not in flag.value.text:
        return
    at = flag.value.text.index("=")
    name, whole = flag.value.text[:at], flag.value.fragment
    part = whole.part(at + 1, len(whole.text))
    span = whole.span(at + 1)
    value = Value.known(part.text, source, span) if flag.value.known else Value.unknown("a variable decides it", source, span)
    yield Variable(
        source,
        flag.span,
        f"{address} {place}.{name}",
        None,
        name=name,
        name_span=whole.span(0, at),
        value=value,
        fragment=part,
        place=place,
    )
