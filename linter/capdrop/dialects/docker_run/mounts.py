"""The host's paths that a command line mounts when it starts a container."""

from __future__ import annotations

from ...finding import Edit
from ...model.mount import Mount, normal_path
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...source import Span
from ..compose.volumes import PROPAGATIONS, is_path, split_volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .facts import StartOrigin
    from .words import Flag


class MountOrigin(Origin):
    """One `-v` or `--mount`."""

    __slots__ = ("flag", "options", "start")

    def __init__(self, start: StartOrigin, flag: Flag, options: Span | None) -> None:
        self.start = start
        self.flag = flag
        self.options = options

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action == "drop" and change.fact == "propagation":
            return "Remove the propagation mode", (self._without_propagation(),)
        if change.action == "drop":
            return f"Remove `{self.start.source[self.flag.span]}`", (self.start.without(self.flag),)
        if change.action != "set" or change.fact != "read_only" or self.flag.value is None:
            raise Refused("there is no writer for this")
        end = self.flag.value.fragment.span().end
        if self.flag.name == "--mount":
            return "Mount it read-only", (Edit(Span(end, end), ",readonly"),)
        if self.options is not None and self.start.source[self.options] == "rw":
            return "Mount it read-only", (Edit(self.options, "ro"),)
        return "Mount it read-only", (Edit(Span(end, end), ":ro" if self.options is None else ",ro"),)

    def _without_propagation(self) -> Edit:
        """Take the word out of the options, and the colon before them with the last one."""
        assert self.flag.value is not None
        whole = self.flag.value.fragment
        at = whole.text.rfind(":") + 1 if self.flag.name == "--volume" else 0
        for word in whole.text[at:].split(","):
            end = at + len(word)
            if word.rpartition("=")[2] in PROPAGATIONS:
                first = whole.text[at - 1] != "," and end < len(whole.text)
                return Edit(whole.span(at, end + 1) if first else whole.span(at - 1, end), "")
            at = end + 1
        raise Refused("it is not written here")


def mounts_of(origin: StartOrigin, address: str, name: str) -> Iterator[Mount]:
    """The host's paths that the command line mounts."""
    for flag in origin.start.flags:
        if flag.value is None or flag.name not in ("--volume", "--mount"):
            continue
        parts = _short(flag.value.text) if flag.name == "--volume" else _long(flag.value.text)
        if parts is not None:
            yield _mount(origin, flag, parts, f"{address} volumes", name)


class _Parts:
    """The parts of a mount with their offsets."""

    __slots__ = ("host", "options", "propagation", "read_only", "target")

    def __init__(self, host: tuple[str, int], target: tuple[str, int], options: tuple[str, int] | None, words: list[str]) -> None:
        self.host = host
        self.target = target
        self.options = options
        self.read_only = bool({"ro", "readonly", "readonly=true", "ro=true"} & set(words))
        self.propagation = next((w.rpartition("=")[2] for w in words if w.rpartition("=")[2] in PROPAGATIONS), None)


def _short(text: str) -> _Parts | None:
    parts = split_volume(text)
    if len(parts) < 2 or not (is_path(parts[0][0]) or parts[0][0].startswith("$")):
        return None
    options = parts[2] if len(parts) > 2 else None
    return _Parts(parts[0], parts[1], options, options[0].split(",") if options else [])


def _long(text: str) -> _Parts | None:
    found: dict[str, tuple[str, int]] = {}
    words = text.split(",")
    at = 0
    for word in words:
        key, equals, value = word.partition("=")
        found[key] = (value, at + len(key) + len(equals))
        at += len(word) + 1
    host = found.get("source") or found.get("src")
    target = found.get("target") or found.get("destination") or found.get("dst")
    if host is None or target is None or found.get("type", ("volume", 0))[0] != "bind":
        return None
    return _Parts(host, target, None, words)


def _mount(origin: StartOrigin, flag: Flag, parts: _Parts, address: str, name: str) -> Mount:
    assert flag.value is not None
    whole, source = flag.value.fragment, origin.source

    def value(part: tuple[str, int], content: object) -> Value:
        span = whole.span(part[1], part[1] + len(part[0]))
        if "$" in part[0] or "`" in part[0]:
            return Value.unknown("a variable decides it", source, span)
        return Value.known(content, source, span)

    return Mount(
        source,
        flag.span,
        f"{address}.{normal_path(parts.target[0])}",
        MountOrigin(origin, flag, whole.span(parts.options[1], parts.options[1] + len(parts.options[0])) if parts.options else None),
        owner=name,
        host_path=value(parts.host, normal_path(parts.host[0])),
        target=value(parts.target, parts.target[0]),
        read_only=Value.known(parts.read_only, source, flag.span),
        propagation=value(parts.options or parts.host, parts.propagation) if parts.propagation else origin.nothing(),
    )
