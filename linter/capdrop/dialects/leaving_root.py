"""Containers that start as root and leave it by themselves, as what they start says."""

from __future__ import annotations

import re

from ..model.image_purpose import STEPPING_DOWN
from ..model.known_images import steps_down
from ..model.value import Value
from ..syntax import image_reference
from .yaml_facts import Cell, Site

_BY_NAME = STEPPING_DOWN | {"crond", "runuser", "sshd", "su"}
"""Programs that hand on to another user, or give each job or session its own."""


def told(root: Value, site: Site, program: str, arguments: str) -> Value:
    """Root with the reason why it may be that: what is written at these keys hands on to another user; or nothing is, and the image is
    documented to."""
    written = [field for field in (site.own.get(program), site.own.get(arguments)) if field is not None]
    words = {word.rpartition("/")[2] for field in written for word in re.split(r"[^\w./-]+", field.source[field.value.span])}
    image = image_reference.parse(Cell("image").read(site).text)
    if words.isdisjoint(_BY_NAME) and (written or image is None or not steps_down(image)):
        return root
    reason = "what it starts steps down from root"
    return Value(
        root.state, root.content, root.source, root.span, reason=reason, trail=root.trail, defaulted=root.defaulted, node=root.node
    )
