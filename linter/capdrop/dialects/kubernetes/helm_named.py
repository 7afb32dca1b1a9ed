"""The named templates of a chart: where they begin and end, and what one writes."""

from __future__ import annotations

import os
import re
from itertools import islice

from ...source import Source, Span
from ...syntax import template_actions
from ...syntax.template_mask import actions
from .helm_arguments import Unsure, put_together
from .helm_values import UNWRITTEN, Given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...files import Files
    from .helm_run import Run

MOST_INCLUDED = 1_000_000
"""Characters of named templates that are gone through for all templates of a chart."""
MOST_ENTRIES = 200_000
"""Entries and items that functions are given, which go through them, for one template."""
DEEPEST = 20
"""Named templates in named templates."""
MOST_FILES = 100
"""Files with named templates that are read."""
_NAME = re.compile(r"\{\{-?\s*define\s+\"([^\"\n]{1,200})\"\s*-?\}\}")
_CHANGED = re.compile(r"\bset\s+\(?(?:\$|\.)(?:\.?Values(?:\.(\w+)|\s+\"(\w+)\")|\s+\"(Values)\")")
_OPENERS = frozenset({"if", "with", "range", "define", "block"})


class Named:
    """The named templates, each as a part of a file, what those are known to write that were asked for with everything, how many
    characters more are gone through, and entries of what functions are given, and how many templates are being gone through now.
    `changed` are keys of the values that some template changes."""

    __slots__ = ("bodies", "changed", "depth", "entries_left", "known", "left")

    def __init__(self) -> None:
        self.bodies: dict[str, tuple[Source, Span] | None] = {}
        self.changed: set[str] = set()
        self.known: dict[str, Given | None] = {}
        self.left = MOST_INCLUDED
        self.entries_left = MOST_ENTRIES
        self.depth = 0


def named_in(folders: list[str], files: Files, shown: Callable[[str], str]) -> Named:
    """The templates that those in some folders of templates, and below, define; what a folder defines twice is not known, and what is
    defined in one before is not taken from another. `shown` says how paths are written."""
    named = Named()
    for folder in folders:
        bodies: dict[str, tuple[Source, Span] | None] = {}
        for path in islice(_templates(folder, files), MOST_FILES):
            text = files.text(path) or ""
            named.changed.update(next(filter(None, found.groups())) for found in _CHANGED.finditer(text))
            if "define" in text:
                source = Source(shown(path), text)
                source.from_top = files.from_top(path)
                for title, part in _defined(text):
                    bodies[title] = None if title in bodies else (source, part)
        named.bodies = {**bodies, **named.bodies}
    return named


def _templates(folder: str, files: Files) -> Iterator[str]:
    folders = [folder]
    for number in range(MOST_FILES):
        if number == len(folders):
            return
        for name, is_folder in sorted(files.names(folders[number]).items()):
            path = os.path.join(folders[number], name)
            if is_folder:
                folders.append(path)
            elif name[:1] == "_" or name.endswith((".tpl", ".yaml", ".yml")):
                yield path


def _defined(text: str) -> Iterator[tuple[str, Span]]:
    """The names of the templates that a text defines, and where their bodies are."""
    title, start, depth = "", 0, 0
    for span in actions(text):
        action = text[span.start : span.end]
        keyword = template_actions.parse(action).keyword
        depth += (keyword in _OPENERS) - (keyword == "end")
        match = _NAME.match(action)
        if match is not None and depth == 1:
            title, start = match[1], span.end
        elif not depth and title:
            yield title, Span(start, span.start)
            title = ""


def text_of(text: str, part: Span, run: Run) -> Given | None:
    """What a template writes on one line, where all of its actions are known, or what the only action of it writes."""
    if run.repeated:
        return None
    spoken = [outcome for outcome in run.outcomes if outcome.kind != "gone"]
    given = spoken[0].given if len(spoken) == 1 else None
    if given is not None and given.is_yaml:
        return given if _is_blank(text, part, run) else None
    pieces: list[str] = []
    written: list[Given] = []
    at = part.start
    for outcome in run.outcomes:
        given = outcome.given
        pieces.append(_between(text, at, outcome.span.start))
        at = outcome.span.end
        if outcome.kind == "gone":
            continue
        if given is None or given.is_yaml or given in UNWRITTEN or (given.text is None and given.content is not None):
            return None
        pieces.append(given.text or "")
        written.append(given)
    pieces.append(_between(text, at, part.end))
    try:
        whole = put_together(pieces)
    except Unsure:
        return None
    if "\n" in whole.strip():
        return None
    if len(written) == 1 and whole == written[0].text:
        return Given(whole, written[0].notes, written[0].field, is_quoted=written[0].is_quoted)
    return Given(whole, tuple(note for given in written for note in given.notes)) if not any(one.is_quoted for one in written) else None


def _is_blank(text: str, part: Span, run: Run) -> bool:
    """Whether there is nothing but actions in a part of a template."""
    at = part.start
    for outcome in run.outcomes:
        if text[at : outcome.span.start].strip():
            return False
        at = outcome.span.end
    return not text[at : part.end].strip()


def _between(text: str, start: int, end: int) -> str:
    """The text between two actions, without the blanks that they take away."""
    words = text[start:end]
    if text[max(0, start - 3) : start] == "-}}":
        words = words.lstrip()
    return words.rstrip() if text[end : end + 3] == "{{-" else words
