"""The accounts that commands create."""

from __future__ import annotations

from ..source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .command import Command
    from .words import Option, Word

_KINDS = {
    "useradd": ("user", ("-u", "--uid")),
    "adduser": ("user", ("-u", "--uid")),
    "groupadd": ("group", ("-g", "--gid")),
    "addgroup": ("group", ("-g", "--gid")),
}
"""What the programs of shadow, Debian and busybox create, and the option that gives it its number."""


class Account(Record):
    """A user or group (`kind`) that a command creates: its name, and its number where one is given. `shared` is set where the command
    allows a number that is taken; `certain` is not where a condition decides whether it is created."""

    __slots__ = ("certain", "command", "kind", "name", "number", "shared")

    def __init__(self, kind: str, name: Word, number: Word | None, shared: Option | None, command: Command) -> None:
        self.kind = kind
        self.name = name
        self.number = number
        self.shared = shared
        self.certain = not command.conditional
        self.command = command

    @property
    def is_root(self) -> bool:
        """Whether it is a user with the number of root."""
        number = self.number.text if self.number is not None else ""
        return self.kind == "user" and self.certain and bool(number) and not number.strip("0")


def account_made(command: Command) -> Account | None:
    """The account that a command creates, if it does."""
    if command.name not in _KINDS:
        return None
    kind, options = _KINDS[command.name]
    operands = command.operands
    if not operands or (command.name == "adduser" and len(operands) > 1 and command.option(*options) is None):
        return None
    name = operands[-1] if command.name in ("useradd", "groupadd") else operands[0]
    if kind == "user" and command.name == "adduser" and (command.option("--group") is not None and command.option("--system") is None):
        kind = "group"
    number = command.option(*options)
    shared = command.option("-o", "--non-unique") if command.name in ("useradd", "groupadd") else None
    return Account(kind, name, number.value if number is not None else None, shared, command)
