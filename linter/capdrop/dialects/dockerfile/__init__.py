"""Dockerfiles: stages, the users and variables in force, and what their instructions do."""

from __future__ import annotations

import re

from capdrop.reading import Gap, Reading
from capdrop.source import Source, Span
from capdrop.syntax import dockerfile as syntax

from ..context import Context
from .reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .way_out import DockerfileWayOut


_MARKS = ("{{", "{%", "<%", "\n@@")
_NO_VARIABLE = r"\$\{[A-Za-z_]\w*[.:][A-Za-z]"
"""How what looks like a variable begins that Docker has none of: `${templateOption:name}`, `${project.version}`."""


def read(source: Source, context: Context) -> Reading:
    """A Dockerfile, Containerfile, or a fragment of one. A template is read with its actions masked, and is never fixed by itself."""
    text, actions = without_markup(source)
    tree = syntax.parse(text)
    reader = Reader(source, tree, context, templated=bool(actions))
    if actions:
        gaps = [Gap(actions[0], "template: its actions are not run, so what they decide is unknown", by_design=True)]
    else:
        gaps = [Gap(problem.span, problem.message) for problem in tree.problems if problem.kind == "unread"]
    reading = Reading(
        source,
        reader.subjects(),
        gaps=gaps,
        comments=lambda: tree.comments,
        fixable=not actions,
        body_start=tree.body_start,
        blocks=[instruction.span for instruction in tree.instructions],
    )
    if not actions:
        reading.way_out = lambda: _way_out(reader)
    return reading


def _way_out(reader: Reader) -> DockerfileWayOut:
    from .way_out import DockerfileWayOut

    return DockerfileWayOut(reader.source, reader.tree, reader.again().subjects)


def without_markup(source: Source) -> tuple[str, list[Span]]:
    """The text, and if it is a template, the actions that are masked in it."""
    text = source.text
    if not any(mark in text for mark in _MARKS) and ("${" not in text or re.search(_NO_VARIABLE, text) is None):
        return text, []
    from .. import dockerfile_template as templates

    actions = templates.actions(source.path, text)
    return (templates.masked(text, actions) if actions else text), actions
