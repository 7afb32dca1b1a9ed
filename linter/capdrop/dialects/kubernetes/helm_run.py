"""Which parts of a template are rendered, and what its actions write: one way through them, in their order."""

from __future__ import annotations

import re

from ...source import Span
from ...syntax import template_actions
from ...syntax.template_actions import Action, Pipeline
from ...syntax.template_mask import actions
from .helm_chart import Chart
from .helm_named import DEEPEST, text_of
from .helm_scope import Scope
from .helm_values import TOP, Given, items_given

_SET_AGAIN = re.compile(r"\{\{-?\s*(\$\w+)\s*=[^=]")
_OPENERS = frozenset({"if", "with", "range", "define", "block"})
_SILENT = frozenset({"/*", "break", "continue", "=", ":="})
GONE, WRITTEN, OPEN = "gone", "written", "open"


class Unbalanced(Exception):
    """Blocks that are not closed, or closed twice."""


class Outcome:
    """What is known of an action: it writes nothing, as all that it keeps from being rendered, it writes `given` (unknown where that is
    None), or it is a part of a condition or a loop that is open."""

    __slots__ = ("given", "kind", "span")

    def __init__(self, span: Span, kind: str, given: Given | None = None) -> None:
        self.span = span
        self.kind = kind
        self.given = given


def included(name: str, argument: Given | None, chart: Chart) -> Given | None:
    """What a named template writes on one line; None where that is not known."""
    named = chart.named
    body = named.bodies.get(name)
    if argument is TOP and name in named.known:
        return named.known[name]
    if body is None or named.left <= 0 or named.depth == DEEPEST:
        return None
    named.left -= 100 + len(body)
    named.depth += 1
    if argument is TOP:
        named.known[name] = None  # until it is known, so that one that includes itself ends
    try:
        given = text_of(body, Run(body, chart, argument).outcomes)
    except Unbalanced:
        given = None
    named.depth -= 1
    if argument is TOP:
        named.known[name] = given
    return given


class _Block:
    """An `if`, `with`, `range` or `define` that is not closed yet. `taken` says whether one of its branches is rendered; None where that
    is open. `hidden` are the variables that its own hide."""

    __slots__ = ("dot", "hidden", "root", "taken")

    def __init__(self, scope: Scope) -> None:
        self.taken: bool | None = False
        self.dot = scope.dot
        self.root = scope.root
        self.hidden: dict[str, Given | None] = {}


class Run:
    """A template gone through. `settled` are the beginnings of the lines with conditions that are known to hold, `open` the conditions and
    loops that are not decided, and `defined` the templates for others. Raises `Unbalanced`."""

    __slots__ = ("_blocks", "_dead_depth", "_dead_from", "_scope", "_text", "defined", "open", "outcomes", "settled")

    def __init__(self, text: str, chart: Chart, dot: Given | None = TOP) -> None:
        self._text = text
        self._blocks: list[_Block] = []
        self._dead_from = 0
        self._dead_depth = 0
        self._scope = Scope(chart, included)
        self._scope.dot = self._scope.root = dot
        self.outcomes: list[Outcome] = []
        self.settled: set[int] = set()
        self.open: list[Span] = []
        self.defined: list[int] = []
        for span in actions(text):
            action = template_actions.parse(text[span.start : span.end])
            if self._dead_depth:
                self._skip(span, action)
            else:
                self._take(span, action)
        if self._blocks:
            raise Unbalanced

    def _take(self, span: Span, action: Action) -> None:
        keyword = action.keyword
        if keyword in _OPENERS:
            self._begin(span, action)
        elif keyword.startswith("else"):
            self._branch(span, action, span.start)
        elif keyword == "end":
            block = self._innermost()
            self._leave(block)
            self._blocks.pop()
            self._note(span, GONE if block.taken is not None else OPEN)
        elif keyword in _SILENT:
            if keyword != "/*":
                self._assign(action)
            self._note(span, GONE)
        elif keyword == "template":
            self.outcomes.append(Outcome(span, WRITTEN, self._scope.template(action.pipeline)))
        else:
            self.outcomes.append(Outcome(span, WRITTEN, None if keyword else self._scope.result(action.pipeline)))

    def _skip(self, span: Span, action: Action) -> None:
        """Go on in what is not rendered."""
        keyword = action.keyword
        if keyword in _OPENERS:
            self._dead_depth += 1
        elif keyword == "end":
            self._dead_depth -= 1
            if not self._dead_depth:
                self._leave(self._blocks.pop())
                self._note(Span(self._dead_from, span.end), GONE)
        elif keyword.startswith("else") and self._dead_depth == 1:
            self._branch(span, action, self._dead_from)

    def _begin(self, span: Span, action: Action) -> None:
        block = _Block(self._scope)
        self._blocks.append(block)
        if action.keyword in ("define", "block"):
            self._scope.dot = self._scope.root = None
            block.taken = True
            self.defined.append(span.start)
            self._note(span, GONE)
        elif action.keyword == "range":
            self._loop(span, action, block)
        else:
            self._decide(span, action, block, span.start)

    def _branch(self, span: Span, action: Action, dead_from: int) -> None:
        """Go on with another branch of the innermost block."""
        block = self._innermost()
        self._leave(block)
        if block.taken:
            self._die(dead_from)
        elif action.keyword == "else":
            self._live(span, block, dead_from)
        else:
            self._decide(span, action, block, dead_from)

    def _decide(self, span: Span, action: Action, block: _Block, dead_from: int) -> None:
        """Take a branch, or leave it out, by its condition."""
        given = self._scope.result(action.pipeline)
        self._set(action, given, block)
        if action.keyword.endswith("with"):
            self._scope.dot = given
        if given is None:
            if block.taken is False:
                self.open.append(span)
            block.taken = None
            self._note(Span(dead_from, span.end), OPEN)
        elif given.truth:
            self._live(span, block, dead_from)
        else:
            self._die(dead_from)

    def _loop(self, span: Span, action: Action, block: _Block) -> None:
        """A loop is decided where it is run through once, or not at all."""
        given = self._scope.result(action.pipeline)
        items = items_given(given) if given is not None and given is not TOP else None
        if given is not None and (items == [] or not given.truth):
            self._die(span.start)
            return
        one = items is not None and len(items) == 1
        number, value = items[0] if items is not None and one else (None, None)
        names = dict(zip(reversed(action.variables), (value, number), strict=False))
        for name, content in names.items():
            self._hide(name, content, block)
        self._scope.dot = value
        if one:
            self._live(span, block, span.start)
        else:
            block.taken = None
            self.open.append(span)
            self._note(span, OPEN)
            self._scope.variables.update(dict.fromkeys(_SET_AGAIN.findall(self._text)))  # it may have been set in the round before

    def _live(self, span: Span, block: _Block, dead_from: int) -> None:
        if block.taken is False:
            block.taken = True
            self.settled.add(self._text.rfind("\n", 0, span.start) + 1)
        self._note(Span(dead_from, span.end), GONE if block.taken else OPEN)
        self._dead_depth = 0

    def _die(self, dead_from: int) -> None:
        self._dead_from = dead_from
        self._dead_depth = 1

    def _note(self, span: Span, kind: str) -> None:
        self._dead_depth = 0
        self.outcomes.append(Outcome(span, kind))

    def _innermost(self) -> _Block:
        if not self._blocks:
            raise Unbalanced
        return self._blocks[-1]

    def _leave(self, block: _Block) -> None:
        """Names mean again what they meant before a block."""
        self._scope.dot, self._scope.root = block.dot, block.root
        self._scope.variables.update(block.hidden)
        block.hidden = {}

    def _assign(self, action: Action) -> None:
        given = self._scope.result(action.pipeline) if isinstance(action.pipeline, Pipeline) else None
        if action.keyword != "=":
            self._set(action, given, self._blocks[-1] if self._blocks else None)
        else:  # what is set in a block that may be left out is not known behind it
            unsure = len(action.variables) > 1 or any(block.taken is None for block in self._blocks)
            self._scope.variables.update(dict.fromkeys(action.variables, None if unsure else given))

    def _set(self, action: Action, given: Given | None, block: _Block | None) -> None:
        for name in action.variables:
            self._hide(name, given if len(action.variables) == 1 else None, block)

    def _hide(self, name: str, given: Given | None, block: _Block | None) -> None:
        variables = self._scope.variables
        if block is not None:
            block.hidden.setdefault(name, variables.get(name))
        variables[name] = given
