"""The named templates of a chart: where they begin and end, and what one writes."""

from __future__ import annotations

import os
import re
from itertools import islice

from ...syntax import template_actions
from ...syntax.template_mask import actions
from .helm_values import Given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...files import Files
    from .helm_run import Outcome

MOST_INCLUDED = 1_000_000
"""Characters of named templates that are gone through for all templates of a chart."""
DEEPEST = 20
"""Named templates in named templates."""
MOST_FILES = 100
"""Files with named templates that are read."""
_NAME = re.compile(r"\{\{-?\s*define\s+\"([^\"\n]{1,200})\"\s*-?\}\}")
_OPENERS = frozenset({"if", "with", "range", "define", "block"})


class Named:
    """The bodies of named templates, what those are known to write that were asked for with everything, how many characters more are
    gone through, and how many are being gone through now."""

    __slots__ = ("bodies", "depth", "known", "left")

    def __init__(self, bodies: dict[str, str]) -> None:
        self.bodies = bodies
        self.known: dict[str, Given | None] = {}
        self.left = MOST_INCLUDED
        self.depth = 0


def named_in(folder: str, files: Files) -> Named:
    """The templates that the helpers in a folder of templates, and below, define; what is defined twice is not known."""
    bodies: dict[str, str] = {}
    twice: set[str] = set()
    for path in islice(_helpers(folder, files), MOST_FILES):
        for title, body in _defined(files.text(path) or ""):
            twice |= {title} & bodies.keys()
            bodies[title] = body
    for title in twice:
        del bodies[title]
    return Named(bodies)


def _helpers(folder: str, files: Files) -> Iterator[str]:
    folders = [folder]
    for number in range(MOST_FILES):
        if number == len(folders):
            return
        for name, is_folder in sorted(files.names(folders[number]).items()):
            path = os.path.join(folders[number], name)
            if is_folder:
                folders.append(path)
            elif name[:1] == "_" or name.endswith(".tpl"):
                yield path


def _defined(text: str) -> Iterator[tuple[str, str]]:
    """The names and bodies of the templates that a text defines."""
    title, start, depth = "", 0, 0
    for span in actions(text):
        action = text[span.start : span.end]
        keyword = template_actions.parse(action).keyword
        depth += (keyword in _OPENERS) - (keyword == "end")
        match = _NAME.match(action)
        if match is not None and depth == 1:
            title, start = match[1], span.end
        elif not depth and title:
            yield title, _between(text, start, span.start)
            title = ""


def text_of(text: str, outcomes: list[Outcome]) -> Given | None:
    """What a template writes on one line, where all of its actions are known."""
    pieces: list[str] = []
    written: list[Given] = []
    at = 0
    for outcome in outcomes:
        given = outcome.given
        pieces.append(_between(text, at, outcome.span.start))
        at = outcome.span.end
        if outcome.kind == "gone":
            continue
        if given is None or given.is_yaml or (given.text is None and given.content is not None):
            return None
        pieces.append(given.text or "")
        written.append(given)
    pieces.append(_between(text, at, len(text)))
    whole = "".join(pieces)
    if "\n" in whole.strip():
        return None
    if len(written) == 1 and whole == written[0].text:
        return Given(whole, written[0].notes, written[0].field, is_quoted=written[0].is_quoted)
    return Given(whole, tuple(note for given in written for note in given.notes)) if not any(one.is_quoted for one in written) else None


def _between(text: str, start: int, end: int) -> str:
    """The text between two actions, without the blanks that they take away."""
    between = text[start:end]
    if start and text[start - 3 : start] == "-}}":
        between = between.lstrip()
    return between.rstrip() if text[end : end + 3] == "{{-" else between
