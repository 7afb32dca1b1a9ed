"""What variables hold at each point of a Dockerfile."""

from __future__ import annotations

from capdrop.model.value import Value
from capdrop.source import Source
from capdrop.syntax import UNKNOWN
from capdrop.syntax import dockerfile as syntax

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from capdrop.model.variable import Variable
    from capdrop.source import Span

    Refusal = tuple[Span, str]

_BUILD_KNOWS = (
    "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION",
    "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
)  # fmt: skip
"""What BuildKit gives before the first stage (frontend/dockerfile/dockerfile2llb/platform.go, defaultArgs, 2026-08-21). The predefined
proxy arguments are no variables of the file before an ARG names them, so they need no row."""


LONGEST_VALUE = 65_536
"""Characters that an expanded value may have; variables that double one another would fill the memory."""

FARTHEST = 256
"""Stages, each built on the last, that a variable is looked up in."""


class Scope:
    """The variables in force at one point: before the first stage, or in a stage. One that is set to what only the build knows
    holds UNKNOWN, so that its default is not taken for its value. What the stage below sets is read from there."""

    __slots__ = ("below", "environment", "givers", "gives_addresses", "refused", "values")

    def __init__(self, values: Mapping[str, str], below: Scope | None = None, refused: list[Refusal] | None = None) -> None:
        self.values = dict(values)
        self.environment: set[str] = set()
        """Those of them that ENV sets."""
        self.givers: dict[str, Variable] = {}
        """Where those stand that this file gives a value."""
        self.below = below
        self.gives_addresses: bool = below is not None and below.gives_addresses
        """Whether a URL is among the values."""
        self.refused: list[Refusal] = [] if refused is None else refused
        """What BuildKit would refuse in the whole file, once it has expanded the variables."""

    @classmethod
    def of_file(cls) -> Scope:
        """What is in force before the first stage."""
        return cls(dict.fromkeys(_BUILD_KNOWS, UNKNOWN))

    def of_child(self) -> Scope:
        """What a stage that is based on this one begins with. Nothing may be set here any more."""
        return Scope({}, self if self.values else self.below, self.refused)

    def find(self, name: str) -> str | None:
        """What a variable holds; None where nothing sets it."""
        scope = self.setter(name)
        return UNKNOWN if scope is _TOO_FAR else scope.values[name] if scope is not None else None

    def setter(self, name: str) -> Scope | None:
        """Where a variable is set."""
        scope: Scope | None = self
        for _ in range(FARTHEST):
            if scope is None or name in scope.values:
                return scope
            scope = scope.below
        return _TOO_FAR

    def giver(self, name: str) -> Variable | None:
        """The variable whose value holds; None where that is not known, or from elsewhere."""
        scope = self.setter(name)
        return scope.givers.get(name) if scope is not None and scope.values.get(name) != UNKNOWN else None

    def given_by(self, name: str, variable: Variable) -> None:
        """Note where a value comes from."""
        self.givers[name] = variable
        self.gives_addresses = self.gives_addresses or "://" in variable.value.text

    def set(self, name: str, value: Value) -> None:
        """What an ENV does."""
        self.values[name] = _content(value)
        self.environment.add(name)

    def declare(self, name: str, value: Value, outer: Scope | None) -> None:
        """What an ARG does: one without a value takes that of before the first stage, and else leaves what is there."""
        if not value.is_absent:
            self.give(name, _content(value))
        elif outer is not None and name in outer.values:
            self.give(name, outer.values[name])
            if name in outer.givers:
                self.given_by(name, outer.givers[name])

    def give(self, name: str, content: str) -> None:
        """What an ARG comes to.

        Docker's manual has ENV win over ARG whatever their order, and the classic builder does so; BuildKit goes by the order
        (dispatchArg in frontend/dockerfile/dockerfile2llb/convert.go, 2026-08-21). So after both, what holds is not known.
        """
        scope = self.setter(name)
        if scope is not None and (scope is _TOO_FAR or (name in scope.environment and scope.values[name] != content)):
            self.environment.add(name)
            content = UNKNOWN
        self.values[name] = content

    def value(self, word: syntax.Word, source: Source, escape: str) -> Value:
        """A word with its variables replaced by what this file says of them."""
        if UNKNOWN in word.value:
            return Value.unknown("the template decides it", source, word.span)
        if word.literal or "$" not in word.value:
            return Value.known(word.value, source, word.span)
        expansion = syntax.expand(word.written.text, self.find, escape)
        if expansion.error:
            self.refused.append((word.span, expansion.error))
        if UNKNOWN in expansion.text:
            return Value.unknown(f"{_listed(expansion.used)} is known to the build alone", source, word.span)
        if expansion.known and len(expansion.text) <= LONGEST_VALUE:
            return Value.known(expansion.text, source, word.span)
        if expansion.known:
            return Value.unknown("it grows too long", source, word.span)
        return Value.unknown(f"{_listed(expansion.missing)} has no value in this file", source, word.span)

    def flag(self, flag: syntax.Flag, source: Source, escape: str) -> Value:
        """The value of a flag; true for one that has none."""
        if flag.value is None:
            return Value.known(True, source, flag.span)
        expansion = syntax.expand(flag.value, self.find, escape)
        if expansion.known and UNKNOWN not in expansion.text:
            return Value.known(expansion.text, source, flag.value_span)
        return Value.unknown("a variable has no value in this file", source, flag.value_span)


_TOO_FAR = Scope({})


def _content(value: Value) -> str:
    return value.text if value.is_known else UNKNOWN


def _listed(names: list[str]) -> str:
    return ", ".join(f"${name}" for name in names) or "a variable"
