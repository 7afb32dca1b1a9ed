"""What variables hold at each point of a Dockerfile."""

from __future__ import annotations

from capdrop.model.value import Value
from capdrop.source import Source
from capdrop.syntax import dockerfile as syntax
from capdrop.syntax.template import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_BUILD_KNOWS = (
    "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION",
    "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
)  # fmt: skip
"""What BuildKit gives before the first stage (frontend/dockerfile/dockerfile2llb/platform.go, defaultArgs, 2026-08-21). The predefined
proxy arguments are no variables of the file before an ARG names them, so they need no row."""


LONGEST_VALUE = 65_536
"""Characters that an expanded value may have; variables that double one another would fill the memory."""


class Scope:
    """The variables in force at one point: before the first stage, or in a stage. One that is set to what only the build knows
    holds UNKNOWN, so that its default is not taken for its value."""

    __slots__ = ("arguments", "environment")

    def __init__(self, arguments: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.arguments = dict(arguments)
        self.environment = dict(environment)

    @classmethod
    def of_file(cls) -> Scope:
        """What is in force before the first stage."""
        return cls(dict.fromkeys(_BUILD_KNOWS, UNKNOWN), {})

    def of_child(self) -> Scope:
        """What a stage that is based on this one begins with."""
        return Scope(self.arguments, self.environment)

    def find(self, name: str) -> str | None:
        """What a variable holds; None where nothing sets it. ENV wins over ARG, as BuildKit documents it."""
        return self.environment[name] if name in self.environment else self.arguments.get(name)

    def set(self, name: str, value: Value) -> None:
        """What an ENV does."""
        self.environment[name] = _content(value)

    def declare(self, name: str, value: Value, outer: Scope | None) -> None:
        """What an ARG does: one without a value takes that of before the first stage, and else leaves what is there."""
        if not value.is_absent:
            self.arguments[name] = _content(value)
        elif outer is not None and name in outer.arguments:
            self.arguments[name] = outer.arguments[name]

    def value(self, word: syntax.Word, source: Source, escape: str) -> Value:
        """A word with its variables replaced by what this file says of them."""
        if UNKNOWN in word.value:
            return Value.unknown("the template decides it", source, word.span)
        if word.literal or "$" not in word.value:
            return Value.known(word.value, source, word.span)
        expansion = syntax.expand(word.written.text, self.find, escape)
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


def _content(value: Value) -> str:
    return value.text if value.is_known else UNKNOWN


def _listed(names: list[str]) -> str:
    return ", ".join(f"${name}" for name in names) or "a variable"
