"""A folder of rules, and which of them are in force. Ours and the user's come in by the same door."""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader

from .finding import Severity
from .rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class Misuse(Exception):
    """The user asked for something that cannot be done; the message says so in one line. Exit status 2."""


class Rulebook:
    """Rules by name, and by the type of subject that they judge."""

    __slots__ = ("_by_subject", "rules", "selected")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: dict[str, Rule] = {}
        for rule in rules:
            if rule.name in self.rules:
                raise Misuse(f"there are two rules named {rule.name!r}")
            self.rules[rule.name] = rule
        self.selected = frozenset(self.rules)
        self._by_subject: dict[str, list[Rule]] = {}

    def on(self, subject: object) -> list[Rule]:
        """The selected rules that judge subjects of this one's type."""
        kind = type(subject).__name__
        rules = self._by_subject.get(kind)
        if rules is None:
            rules = [rule for rule in self.rules.values() if kind in rule.subjects and rule.name in self.selected]
            self._by_subject[kind] = rules
        return rules

    def select(self, names: Iterable[str]) -> None:
        """Put exactly these rules in force."""
        self.selected = frozenset(names)
        self._by_subject.clear()

    def of_profile(self, profile: str) -> set[str]:
        """The names of the rules of a profile; the strict one holds the default one."""
        wanted = ("default",) if profile == "default" else ("default", "strict")
        return {rule.name for rule in self.rules.values() if rule.profile in wanted}

    def named(self, name: str) -> Rule:
        """A rule by its name or by the id that another tool gives it, with or without the tool. Raises `Misuse`."""
        found = self.find(name)
        if found is None:
            raise Misuse(f"there is no rule {name!r}{self.suggestion(name)}")
        return found

    def find(self, name: str) -> Rule | None:
        """Like `named`, but None where there is no such rule."""
        folded = name.casefold()
        if folded in self.rules:
            return self.rules[folded]
        for rule in self.rules.values():
            for alias in rule.also_known_as:
                if folded in (alias.casefold(), alias.casefold().partition(":")[2]):
                    return rule
        return None

    def suggestion(self, name: str) -> str:
        """", did you mean ...?" for a name that is nearly a rule's, else nothing."""
        from difflib import get_close_matches

        near = get_close_matches(name.casefold(), self.rules, n=1)
        return f"; did you mean {near[0]!r}?" if near else ""

    def configure(self, name: str, options: Mapping[str, Any]) -> None:
        """Set a rule's options and severity. Raises `Misuse`."""
        rule = self.named(name)
        given = dict(options)
        if "severity" in given:
            try:
                rule.severity = Severity[str(given.pop("severity")).upper()]
            except KeyError:
                raise Misuse(f"rule {name!r}: severity is one of {', '.join(s.name.lower() for s in Severity)}") from None
        known = rule.known_options
        for option, value in given.items():
            if option not in known:
                raise Misuse(f"rule {name!r} has no option {option!r}; it has {', '.join([*known, 'severity'])}")
            if not _fits(value, known[option]):
                takes = "a list of strings" if isinstance(known[option], tuple | frozenset) else type(known[option]).__name__
                raise Misuse(f"rule {name!r}: option {option!r} takes {takes}")
        rule.options = {option: type(known[option])(value) for option, value in given.items()}


def _fits(value: object, default: object) -> bool:
    """Whether a configured value can stand in for an option's default."""
    if isinstance(default, tuple | frozenset):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is type(default)


def builtin_folder() -> str:
    """Where our own rules are: beside the package in a wheel, at the top of a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "rules")
    return inside if os.path.isdir(inside) else os.path.join(package, "..", "..", "rules")


def load(*folders: str) -> Rulebook:
    """The rules of every Python file in these folders, ours first. Raises `Misuse`."""
    return Rulebook([rule for folder in (builtin_folder(), *folders) for rule in rules_in(folder)])


def rules_in(folder: str) -> list[Rule]:
    """The rules of every Python file of a folder, by file name and then in the order they are written."""
    try:
        files = sorted(name for name in os.listdir(folder) if name.endswith(".py") and not name.startswith("_"))
    except OSError as error:
        raise Misuse(f"cannot read rules from {folder!r}: {error.strerror}") from None
    return [rule for name in files for rule in _rules_of(os.path.join(folder, name), name[:-3])]


def _rules_of(path: str, stem: str) -> list[Rule]:
    name = f"capdrop.rules.{stem}"
    module = type(sys)(name)
    module.__file__ = path
    try:
        code = SourceFileLoader(name, path).get_code(name)
        assert code is not None
        exec(code, module.__dict__)
    except Exception as error:
        raise Misuse(f"cannot load rules from {path!r}: {type(error).__name__}: {error}") from None
    return [value for value in module.__dict__.values() if isinstance(value, Rule)]
