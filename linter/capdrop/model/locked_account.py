"""An account that a command is fed a password for, locked instead, as an edit of the script."""

from __future__ import annotations

import re

from capdrop.finding import Edit, Fix, Safety
from capdrop.source import Span

from .subject import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .command import Command

_PIPE = re.compile(r"[ \t]*(?:\\\r?\n[ \t]*)?\|[ \t]*(?:\\?\r?\n[ \t]*)?")
_USER = re.compile(r"[A-Za-z_][\w.-]{0,31}|\$\{?[A-Za-z_]\w{0,60}\}?")
_FEEDERS = ("echo", "printf")


def locked(command: Command, caveat: str) -> Fix:
    """`passwd -l` in the place of a pipe into `chpasswd` or `passwd`; without edits where that is written in an unusual way."""
    try:
        feeder, user = _fed(command)
    except Refused as refusal:
        return Fix("Lock the account", caveat=str(refusal))
    edit = Edit(Span(feeder.words[0].span.start, command.words[-1].span.end), f"passwd -l {user}")
    step = command.address.rpartition(" ")[0]
    changed = {command.address, feeder.address, f"{step} passwd", *(one.address for one in command.siblings.inside(feeder))}
    touches = tuple((address, fact) for address in sorted(changed) for fact in ("command", "+Command"))
    return Fix(f"Lock the account: `passwd -l {user}`", (edit,), Safety.DISPLAY, caveat, touches)


def _fed(command: Command) -> tuple[Command, str]:
    """What feeds a command on the other side of a pipe, and the account that it is about. Raises `Refused`."""
    feeder, source = command.reads_from, command.source
    if feeder is None or feeder.name not in _FEEDERS or command.feeders != (feeder,) or command.input is not None:
        raise Refused("the password comes from somewhere else")
    if command.wrappers or feeder.wrappers or command.redirects or feeder.redirects or feeder.assignments:
        raise Refused("it is written in an unusual way")
    if not _PIPE.fullmatch(source[Span(feeder.words[-1].span.end, command.words[0].span.start)]):
        raise Refused("something else stands between them")
    given = command.operands if command.name == "passwd" else feeder.operands
    if len(given) != 1 or "\n" in given[0].text or "\\n" in given[0].text:
        raise Refused("it is not about one account")
    user = source[given[0].span].strip("\"'").partition(":")[0]
    if not _USER.fullmatch(user):
        raise Refused("the name of the account is put together")
    return feeder, user
