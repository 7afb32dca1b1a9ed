"""libyaml's event stream, as nodes.

`open_events(text)` gives a function that returns the next event each time it is called: a `Scalar` or an `Alias`, a
`Mapping` or a `Sequence` that is still empty, the place where the innermost of these ends, or one of the marks below.
Places are as libyaml has them: of a node with an anchor or a tag the start is that of its properties, and the end of a
block value may lie too far down.

**Why the import below is unusual.** The C module `_ruamel_yaml` imports the whole package `ruamel.yaml` (some 25 modules, more than
20 ms) only to get the classes that it calls for each event, while it needs 1 ms itself. So it is imported with stand-ins
for that package, which are our own classes: that saves most of the start-up, and an event object per node as well. If
anything is not as expected, the ordinary import is used. When somebody else in this process asks for the parser, the
module gets the real classes (`_give_back`), and we translate its events (`adapt`), as those of ruamel's pure parser.
"""

from __future__ import annotations

import sys

from capdrop.syntax.yaml_nodes import Alias, Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


class Begin:
    """A document begins; from `start` to `end` stand its directives and its `---`, if it has any."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class EventError(Exception):
    """What libyaml raises: (context, its mark, problem, its mark), or (name, position, character, encoding, problem)."""


NOTHING = object()
"""An event that says nothing: the stream begins, a document or the stream ends."""


def _scalar(anchor: str | None, tag: str | None, implicit: object, value: str, start: Any, end: Any, style: str) -> Scalar:
    node = _new(Scalar)  # without a call of its constructor, as there are more of these than of anything else
    node.outer = node.start = start.index
    node.end = end.index
    node.tag = tag
    node.anchor = anchor
    node.value = value
    node.style = style
    return node


_new = object.__new__


def _alias(name: str, start: Any, end: Any) -> Alias:
    return Alias(start.index, end.index, name)


def _mapping(anchor: str | None, tag: str | None, implicit: object, start: Any, end: Any, flow: bool) -> Mapping:
    return Mapping(start.index, end.index, flow, tag, anchor)


def _sequence(anchor: str | None, tag: str | None, implicit: object, start: Any, end: Any, flow: bool) -> Sequence:
    return Sequence(start.index, end.index, flow, tag, anchor)


def _begin(start: Any, end: Any, *_: object) -> Begin:
    return Begin(start.index, end.index)


def _close(start: Any, end: Any) -> int:
    return end.index  # type: ignore[no-any-return]


def _nothing(*_: object) -> object:
    return NOTHING


_MAKERS: dict[str, Any] = {
    "ScalarEvent": _scalar,
    "AliasEvent": _alias,
    "MappingStartEvent": _mapping,
    "SequenceStartEvent": _sequence,
    "MappingEndEvent": _close,
    "SequenceEndEvent": _close,
    "DocumentStartEvent": _begin,
    "DocumentEndEvent": _nothing,
    "StreamStartEvent": _nothing,
    "StreamEndEvent": _nothing,
}
_BORROWED = (
    "ruamel.yaml.error",
    "ruamel.yaml.reader",
    "ruamel.yaml.scanner",
    "ruamel.yaml.parser",
    "ruamel.yaml.composer",
    "ruamel.yaml.constructor",
    "ruamel.yaml.emitter",
    "ruamel.yaml.serializer",
    "ruamel.yaml.representer",
    "ruamel.yaml.tokens",
    "ruamel.yaml.events",
    "ruamel.yaml.nodes",
)


class _StandIn(type(sys)):  # type: ignore[misc]
    """A module of ruamel.yaml while `_ruamel_yaml` is imported."""

    __path__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return _MAKERS.get(name, EventError if name.endswith("Error") else _nothing)


def _import_lean() -> type[Any]:
    """The C parser with our own classes. Raises ImportError, or whatever else is not as expected."""
    taken = ("ruamel", "ruamel.yaml", *_BORROWED)
    if "_ruamel_yaml" in sys.modules or any(name in sys.modules for name in taken[1:]):
        raise ImportError("already imported with the real classes")
    namespace = sys.modules.get("ruamel")
    sys.modules.update({name: _StandIn(name) for name in taken})
    try:
        import _ruamel_yaml
    finally:
        for name in taken:
            sys.modules.pop(name, None)
        if namespace is not None:
            sys.modules["ruamel"] = namespace
    try:
        return _hide(_ruamel_yaml)
    except Exception:
        _give_back(_ruamel_yaml)
        raise


def _hide(module: ModuleType) -> type[Any]:
    """Take the parser out of the module, so that the module is given back before anybody else can get at it."""
    hidden = {name: getattr(module, name) for name in ("CParser", "CEmitter")}

    def on_demand(name: str) -> object:
        if name not in hidden:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        del module.__dict__["__getattr__"]
        module.__dict__.update(hidden)
        _give_back(module)
        return hidden[name]

    for name in hidden:
        delattr(module, name)
    module.__dict__["__getattr__"] = on_demand
    parser: type[Any] = hidden["CParser"]
    return parser


def _give_back(module: ModuleType) -> None:
    """Give the module the classes of ruamel.yaml, as if we had never been there."""
    from importlib import import_module

    for borrowed in map(import_module, _BORROWED):
        module.__dict__.update({name: value for name, value in vars(borrowed).items() if name in module.__dict__ and name[0] != "_"})


def _import_ordinary() -> Callable[[str], Any]:
    """The C parser as ruamel.yaml uses it, or ruamel's pure one where there is no C module."""
    import ruamel.yaml

    try:
        from _ruamel_yaml import CParser
    except ImportError:
        return lambda text: _PureParser(ruamel.yaml.YAML(typ="safe", pure=True).parse(text))
    return CParser  # type: ignore[no-any-return]


class _PureParser:
    """ruamel's pure parser with the method that we use of the C parser."""

    def __init__(self, events: Any) -> None:
        self._events = events

    def get_event(self) -> object:
        return next(self._events, None)


_parser: Callable[[str], Any] | None = None


def open_events(text: str) -> Callable[[], object]:
    """A function that gives the next event of `text`, and None after the last. It raises what `explain` understands."""
    global _parser
    if _parser is None:
        try:
            _parser = _import_lean()
        except Exception:
            _parser = _import_ordinary()
    next_event: Callable[[], object] = _parser(text).get_event
    return next_event


def adapt(event: Any) -> object:
    """One of our events for one of ruamel's."""
    name = type(event).__name__
    make, start, end = _MAKERS[name], event.start_mark, event.end_mark
    if name == "ScalarEvent":
        return make(event.anchor, event.tag, None, event.value, start, end, event.style or "")
    if name == "AliasEvent":
        return make(event.anchor, start, end)
    if name in ("MappingStartEvent", "SequenceStartEvent"):
        return make(event.anchor, event.tag, None, start, end, bool(event.flow_style))
    return make(start, end)


def explain(error: Exception) -> tuple[str, list[int]] | None:
    """What the parser complains of, in one line, and where: the place of the error and that of what it was reading.

    None if this is no error of the parser. It knows no place for a character that is not allowed.
    """
    if isinstance(error, UnicodeEncodeError):
        return "a lone surrogate is not a character", [error.start]
    if isinstance(error, EventError):
        facts = error.args
    elif type(error).__module__.startswith("ruamel.yaml"):
        facts = tuple(getattr(error, name, None) for name in ("context", "context_mark", "problem", "problem_mark"))
        if hasattr(error, "reason"):
            facts = (error.reason,)
    else:
        return None
    if len(facts) != 4:
        return str(facts[-1]), []
    context, context_mark, problem, mark = facts
    return f"{problem}, {context}" if context else str(problem), [place.index for place in (mark, context_mark) if place]
