"""Containers that start as root and leave it by themselves, as what they start says."""

from __future__ import annotations

import re

from ..model.image_purpose import STEPPING_DOWN
from ..model.known_images import starts_by_itself, steps_down
from ..model.value import Value
from ..syntax import image_reference
from .yaml_facts import Cell, Site

_BY_NAME = STEPPING_DOWN | {"crond", "runuser", "sshd", "su"}
"""Programs that hand on to another user, or give each job or session its own."""
_WAITING = frozenset("/bin/bash /bin/sh /dev/null : bash do done exec inf infinity int sh sleep tail term trap true wait while".split())
"""Words of what keeps a container there for what others start in it, as a user of theirs."""


def told(value: Value, site: Site, program: str, arguments: str) -> Value:
    """A user that is root, or that nobody sets, with the reason why it may be that: what is written at these keys hands on to another user;
    or the image is documented to, and is started by its own script. What only waits need be nobody's either, where nobody says that it is
    root."""
    written = {key: field.source[field.value.span] for key in (program, arguments) if (field := site.own.get(key)) is not None}
    words = [word.rpartition("/")[2] for text in written.values() for word in re.split(r"[^\w./-]+", text) if word.strip("-")]
    reason = "what it starts steps down from root"
    if value.is_absent and _only_waits(" ".join(written.values())):
        reason = "it waits for what others start in it"
    elif _BY_NAME.isdisjoint(words):
        name = Cell("image").read(site).text.partition("$")[0].rstrip(":@")
        image = image_reference.parse(name) if program not in written else None
        if image is None or not starts_by_itself(image, words[0] if words else "") or not steps_down(image):
            return value
    return Value(
        value.state, value.content, value.source, value.span, reason=reason, trail=value.trail, defaulted=value.defaulted, node=value.node
    )


def _only_waits(command: str) -> bool:
    words = [word for word in re.split(r"[^\w./:-]+", command.lower()) if word and not word.startswith("-")]
    return all(word in _WAITING or word.rstrip("smhd").isdigit() for word in words) and not {"sleep", "tail"}.isdisjoint(words)
