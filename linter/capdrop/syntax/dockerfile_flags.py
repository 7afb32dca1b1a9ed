"""What BuildKit would refuse in the flags of an instruction."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from capdrop.source import Span

    from .dockerfile_instruction import Flag, Instruction

_KNOWN = {
    "ADD": frozenset(("chown", "chmod", "link", "keep-git-dir", "checksum", "unpack", "exclude")),
    "COPY": frozenset(("chown", "chmod", "link", "from", "exclude", "parents")),
    "FROM": frozenset(("platform",)),
    "HEALTHCHECK": frozenset(("interval", "timeout", "start-period", "start-interval", "retries")),
    "RUN": frozenset(("mount", "network", "security", "device")),
}
"""The flags of each instruction; no other has one (frontend/dockerfile/instructions, moby/buildkit 73ed682, 2026-08-21)."""
_REPEATED = frozenset(("exclude", "mount", "device"))
_SWITCHES = frozenset(("link", "keep-git-dir", "unpack", "parents"))
_CHOICES = {
    "network": frozenset(("default", "none", "host")),
    "security": frozenset(("insecure", "sandbox")),
}
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_MOUNT_TYPES = frozenset(("bind", "cache", "tmpfs", "secret", "ssh"))
_MOUNT_KEYS = frozenset(
    (
        "type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "required", "size", "id",
        "sharing", "mode", "uid", "gid", "env",
        "z", "u", "relabel", "tmpcopyup", "no-dereference",
    )
)  # fmt: skip
"""Those of BuildKit, and in the last line Buildah's own, which builds the same files (containers/buildah, internal/volumes/volumes.go)."""


def refusals(instruction: Instruction) -> Iterator[tuple[Span, str]]:
    """Where the flags of an instruction are wrong, and what is."""
    known = _KNOWN.get(instruction.keyword, frozenset[str]())
    seen: set[str] = set()
    for flag in instruction.flags:
        if flag.name not in known:
            yield flag.span, f"{instruction.keyword} has no flag --{flag.name[:40]}"
        elif flag.name in seen and flag.name not in _REPEATED:
            yield flag.span, f"--{flag.name} is given twice"
        else:
            message = _wrong_value(flag)
            if message:
                yield flag.span, message
        seen.add(flag.name)


def _wrong_value(flag: Flag) -> str:
    value = flag.value
    if flag.name in _SWITCHES:
        return "" if value is None or value.lower() in ("true", "false") else f"--{flag.name} is true or false"
    if value is None:
        return f"--{flag.name} needs a value"
    if flag.name == "mount":
        return _wrong_mount(value)
    if flag.name == "checksum":
        return "" if "$" in value or _HEXADECIMAL.issuperset(value.rpartition(":")[2]) else "--checksum is written in hexadecimal"
    choices = _CHOICES.get(flag.name)
    if choices is None or value in choices or "$" in value:
        return ""
    return f"--{flag.name} is one of {', '.join(sorted(choices))}"


def _wrong_mount(value: str) -> str:
    """What is wrong with the settings of a mount. Quoted ones, which may hold commas, are let go."""
    if '"' in value:
        return ""
    for setting in value.split(","):
        name, equals, content = setting.partition("=")
        if name.strip().lower() not in _MOUNT_KEYS:
            return f"a mount has no setting {name[:40]}"
        if name.lower() == "type" and equals and content.lower() not in _MOUNT_TYPES and "$" not in content:
            return f"there is no mount of type {content[:40]}"
    return ""
