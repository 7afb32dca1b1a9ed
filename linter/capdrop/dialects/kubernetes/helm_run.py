"""Which parts of a template are rendered, and what its actions write: one way through them, in their order."""

from __future__ import annotations

from ...source import Span
from ...syntax import template_actions
from ...syntax.template_actions import Action, Pipeline
from ...syntax.template_mask import actions
from .helm_scope import Scope
from .helm_values import TOP, items_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .helm_chart import Chart
    from .helm_scope import Writer
    from .helm_values import Given

_OPENERS = frozenset({"if", "with", "range", "define", "block"})
_LEAVES = frozenset({"break", "continue"})
_SILENT = frozenset({"/*", "=", ":="})
GONE, WRITTEN, OPEN = "gone", "written", "open"
MOST_ROUNDS = 20
"""Rounds of one loop that are gone through."""
MOST_TAKEN = 20_000
"""Actions of one template that are gone through, with those of all rounds."""


class Unbalanced(Exception):
    """Blocks that are not closed, or closed twice."""


class Outcome:
    """What is known of an action: it writes nothing, as all that it keeps from being rendered, it writes `given` (unknown where that is
    None), or it is a condition or a loop that is open, with all that it holds."""

    __slots__ = ("given", "kind", "span")

    def __init__(self, span: Span, kind: str, given: Given | None = None) -> None:
        self.span = span
        self.kind = kind
        self.given = given


class _Block:
    """An `if`, `with`, `range` or `define` that is not closed yet. `taken` says whether one of its branches is rendered; None where that
    is open. `hidden` are the variables that its own hide."""

    __slots__ = ("dot", "hidden", "taken")

    def __init__(self, scope: Scope) -> None:
        self.taken: bool | None = False
        self.dot = scope.dot
        self.hidden: dict[str, Given | None] = {}


class Run:
    """A part of a template gone through. `settled` are the beginnings of the lines with conditions that are known to hold, and `repeated`
    the loops of several rounds, of which one stands for all. Raises `Unbalanced`."""

    __slots__ = ("_actions", "_at", "_blocks", "_dead_depth", "_dead_from", "_left", "_scope", "_text", "outcomes", "repeated", "settled")

    def __init__(self, text: str, part: Span, chart: Chart, writer: Writer, dot: Given | None) -> None:
        self._text = text
        self._blocks: list[_Block] = []
        self._dead_from = 0
        self._dead_depth = 0
        self._left = MOST_TAKEN
        self._scope = Scope(chart, writer)
        self._scope.dot = self._scope.root = dot
        self.outcomes: list[Outcome] = []
        self.settled: set[int] = set()
        self.repeated: list[Span] = []
        self._actions = [(span, template_actions.parse(text[span.start : span.end])) for span in actions(text, part)]
        self._at = 0
        self._go_on(0)
        if self._blocks:
            raise Unbalanced

    def _go_on(self, least: int) -> None:
        """Go through the actions up to the end of the template, or until no more than so many blocks are open."""
        while self._at < len(self._actions):
            span, action = self._actions[self._at]
            self._at += 1
            if self._dead_depth:
                self._skip(span, action)
            else:
                self._take(span, action)
            if least and len(self._blocks) < least:
                return

    def _take(self, span: Span, action: Action) -> None:
        keyword = action.keyword
        self._left -= 1
        if keyword in _OPENERS:
            self._begin(span, action)
        elif keyword.startswith("else"):
            self._branch(span, action, span.start)
        elif keyword == "end":
            self._innermost()
            self._leave(self._blocks.pop())
            self._note(span, GONE)
        elif keyword in _SILENT:
            if keyword != "/*":
                self._assign(action)
            self._note(span, GONE)
        elif keyword == "template":
            self.outcomes.append(Outcome(span, WRITTEN, self._scope.template(action.pipeline)))
        else:
            self.outcomes.append(Outcome(span, WRITTEN, None if keyword else self._scope.result(action.pipeline)))

    def _skip(self, span: Span, action: Action) -> None:
        """Go on in what is not rendered, or may not be."""
        keyword = action.keyword
        if keyword in _OPENERS:
            self._dead_depth += 1
        elif keyword == "end":
            self._dead_depth -= 1
            if not self._dead_depth:
                block = self._blocks.pop()
                self._leave(block)
                self._note(Span(self._dead_from, span.end), OPEN if block.taken is None else GONE)
        elif keyword.startswith("else"):
            if self._dead_depth == 1:
                self._branch(span, action, self._dead_from)
        elif any(block.taken is None for block in self._blocks):
            self._may_happen(action)

    def _may_happen(self, action: Action) -> None:
        """Behind an action that may be left out, what it sets is not known."""
        if action.keyword in ("=", ":="):
            self._scope.variables.update(dict.fromkeys(action.variables))
        self._scope.unsure += 1
        self._scope.result(action.pipeline)
        self._scope.unsure -= 1

    def _begin(self, span: Span, action: Action) -> None:
        block = _Block(self._scope)
        self._blocks.append(block)
        if action.keyword == "define":
            block.taken = True
            self._die(span.start)
        elif action.keyword == "range":
            self._loop(span, action, block)
        else:
            self._decide(span, action, block, span.start)

    def _branch(self, span: Span, action: Action, dead_from: int) -> None:
        """Go on with another branch of the innermost block."""
        block = self._innermost()
        self._leave(block)
        if block.taken is not False:
            self._die(dead_from)
        elif action.keyword == "else":
            self._live(span, block, dead_from)
        else:
            self._decide(span, action, block, dead_from)

    def _decide(self, span: Span, action: Action, block: _Block, dead_from: int) -> None:
        """Take a branch, or leave it out, by its condition."""
        given = self._scope.result(action.pipeline) if action.keyword != "block" else None
        self._set(action, given, block)
        if action.keyword.endswith("with"):
            self._scope.dot = given
        if given is None:
            block.taken = None
            self._die(dead_from)
        elif given.truth:
            self._live(span, block, dead_from)
        else:
            self._die(dead_from)

    def _loop(self, span: Span, action: Action, block: _Block) -> None:
        """A loop is gone through round by round; what it writes is told by the longest of them."""
        given = self._scope.result(action.pipeline)
        items = items_given(given) if given is not None and given is not TOP else None
        if given is not None and (items == [] or not given.truth):
            self._die(span.start)
        elif items is not None and self._can_be_run(span, len(items)):
            self._rounds(span, action, block, items)
        else:
            block.taken = None
            self._die(span.start)

    def _can_be_run(self, span: Span, rounds: int) -> bool:
        """Whether a loop can be gone through, and one of its rounds stands by itself."""
        amid_a_line = bool(self._text[self._text.rfind("\n", 0, span.start) + 1 : span.start].strip())
        return rounds <= MOST_ROUNDS and self._left > 0 and not (rounds > 1 and amid_a_line) and not self._is_left()

    def _rounds(self, span: Span, action: Action, block: _Block, items: list[tuple[Given, Given]]) -> None:
        first, depth, before = self._at, len(self._blocks), self.outcomes
        best: list[Outcome] = []
        least_dead = len(self._text) + 1
        writes = False
        for number, value in items:
            self._at, self.outcomes = first, []
            if len(self._blocks) < depth:
                self._blocks.append(block)
            block.taken = False
            names = dict(zip(reversed(action.variables), (value, number), strict=False))
            for name, content in names.items():
                self._hide(name, content, block)
            self._scope.dot = value
            self._live(span, block, span.start)
            self._go_on(depth)
            if len(self._blocks) >= depth:
                raise Unbalanced
            dead = sum(outcome.span.end - outcome.span.start for outcome in self.outcomes if outcome.kind != WRITTEN)
            if dead < least_dead:
                best, least_dead = self.outcomes, dead
            writes = writes or self._writes(self.outcomes)
        whole = Span(span.start, best[-1].span.end)
        self.outcomes = before + (best if writes else [Outcome(whole, GONE)])
        if len(items) > 1 and writes:
            self.repeated.append(whole)

    def _writes(self, outcomes: list[Outcome]) -> bool:
        """Whether a round writes anything."""
        ends = [outcome.span.end for outcome in outcomes]
        between = zip(ends, (outcome.span.start for outcome in outcomes[1:]), strict=False)
        return any(outcome.kind != GONE for outcome in outcomes) or any(self._text[end:start].strip() for end, start in between)

    def _is_left(self) -> bool:
        """Whether the loop that begins here may be left before its end."""
        depth = 1
        for _, action in self._actions[self._at :]:
            depth += (action.keyword in _OPENERS) - (action.keyword == "end")
            if not depth or action.keyword in _LEAVES:
                return depth > 0
        return False

    def _live(self, span: Span, block: _Block, dead_from: int) -> None:
        block.taken = True
        self.settled.add(self._text.rfind("\n", 0, span.start) + 1)
        self._note(Span(dead_from, span.end), GONE)

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
        self._scope.dot = block.dot
        self._scope.variables.update(block.hidden)
        block.hidden = {}

    def _assign(self, action: Action) -> None:
        given = self._scope.result(action.pipeline) if isinstance(action.pipeline, Pipeline) else None
        if action.keyword != "=":
            self._set(action, given, self._blocks[-1] if self._blocks else None)
        else:
            self._scope.variables.update(dict.fromkeys(action.variables, None if len(action.variables) > 1 else given))

    def _set(self, action: Action, given: Given | None, block: _Block | None) -> None:
        for name in action.variables:
            self._hide(name, given if len(action.variables) == 1 else None, block)

    def _hide(self, name: str, given: Given | None, block: _Block | None) -> None:
        variables = self._scope.variables
        if block is not None:
            block.hidden.setdefault(name, variables.get(name))
        variables[name] = given
