"""A folder of rules, and which of them are in force. Ours and the user's come in by the same door."""

from __future__ import annotations

import os
import sys
from _frozen_importlib_external import SourceFileLoader  # importlib.machinery is this one, and more

from .finding import Severity
from .rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from typing import Any, Protocol

    class Judged(Protocol):
        """Something that rules judge."""

        @property
        def asked_by(self) -> frozenset[str] | None:
            """The names by which rules may ask for it; None where it is for every rule on its type."""


INDEX = "index.txt"
"""Beside our rules: what each file holds, so that a run loads those it needs. Written by `docs/generate.py`."""
LONGEST_NAME = 100
"""Characters of an unknown name that are repeated."""
UNNAMED = "-"
"""How the index writes the program of a command that is only given arguments."""


class Misuse(Exception):
    """The user asked for something that cannot be done; the message says so in one line. Exit status 2."""


class Listed:
    """A rule that the index names and that is not loaded yet."""

    __slots__ = ("_facts", "_programs", "_variables", "hides", "name", "path", "profile", "subjects")

    def __init__(self, path: str, name: str, profile: str, hides: str, subjects: str, programs: str, variables: str, facts: str) -> None:
        self.path = path
        self.name = name
        self.profile = profile
        self.hides = bool(hides)
        self.subjects = subjects.split()
        self._programs = programs
        self._variables = variables
        self._facts = facts

    @property
    def programs(self) -> list[str]:
        return ["" if program == UNNAMED else program for program in self._programs.split()]

    @property
    def variables(self) -> list[str]:
        return self._variables.split()

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(self._facts.split())


_ASKS_BY = {
    "Command": "programs",
    "Script": "programs",
    "Variable": "variables",
    "Container": "facts",
    "BuildStep": "facts",
    "Copy": "facts",
}
"""By which names a rule asks for subjects of a type."""


class Asking:
    """The selected rules that judge one kind of subject, and the names by which some of them ask for it."""

    __slots__ = ("names", "rules")

    def __init__(self, kind: str, rules: list[Rule | Listed]) -> None:
        self.rules = rules
        by = _ASKS_BY.get(kind)
        self.names: frozenset[str] = frozenset(name for rule in rules for name in getattr(rule, by)) if by else frozenset()


class Rulebook:
    """Rules by name, and by what they judge.

    Rules that the index lists are loaded when something comes up that they judge: a run on one file needs few of them.
    """

    __slots__ = ("_aliases", "_by_kind", "_by_subject", "_listed", "heeds_other_tools", "loaded", "selected", "unheard")

    def __init__(self, rules: Iterable[Rule], listed: Iterable[Listed] = ()) -> None:
        self.loaded: dict[str, Rule] = {}
        self._listed: dict[str, Listed] = {}
        for entry in listed:
            self._listed[entry.name] = entry
        for rule in rules:
            if rule.name in self.loaded or rule.name in self._listed:
                place = rule.check.__code__
                raise Misuse(f"{place.co_filename}:{place.co_firstlineno}: there is another rule named {rule.name!r}")
            self.loaded[rule.name] = rule
        self.selected = self.names
        self.unheard: frozenset[str] = frozenset()
        """The rules that judge though they are not in force."""
        self.heeds_other_tools = True
        """Whether a comment that silences another tool silences the rules that go by the tool's id."""
        self._aliases: dict[str, dict[str, Rule]] = {}
        self._by_kind: dict[str, Asking] = {}
        self._by_subject: dict[tuple[str, frozenset[str] | None], list[Rule]] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names of all rules."""
        return frozenset((*self.loaded, *self._listed))

    @property
    def rules(self) -> dict[str, Rule]:
        """All rules by name, loaded."""
        for path in {listed.path for listed in self._listed.values()}:
            self._load(path)
        return self.loaded

    def on(self, subject: Judged) -> list[Rule]:
        """The selected rules that judge subjects of this one's type, but for those that ask for others of it by name."""
        kind = type(subject).__name__
        asking = self._by_kind.get(kind) or self._asking(kind)
        names = subject.asked_by
        key = (kind, None if names is None else asking.names & names)
        rules = self._by_subject.get(key)
        if rules is None:
            rules = self._by_subject[key] = [self._ready(rule) for rule in asking.rules if _judges(rule, *key)]
        return rules

    def _all(self) -> list[Rule | Listed]:
        return [*self.loaded.values(), *self._listed.values()]

    def _asking(self, kind: str) -> Asking:
        selected = [rule for rule in self._all() if kind in rule.subjects and (rule.hides or rule.name in self.selected)]
        asking = self._by_kind[kind] = Asking(kind, selected)
        return asking

    def _ready(self, rule: Rule | Listed) -> Rule:
        if isinstance(rule, Listed) and rule.name not in self.loaded:
            self._load(rule.path)
        return self.loaded[rule.name]

    def select(self, names: Iterable[str]) -> None:
        """Put exactly these rules in force."""
        self.selected = frozenset(names)
        self.unheard = frozenset(rule.name for rule in self._all() if rule.hides) - self.selected
        self._by_kind.clear()
        self._by_subject.clear()

    def of_profile(self, profile: str) -> set[str]:
        """The names of the rules of a profile; the strict one holds the default one."""
        wanted = ("default",) if profile == "default" else ("default", "strict")
        loaded = {rule.name for rule in self.loaded.values() if rule.profile in wanted}
        return loaded | {entry.name for entry in self._listed.values() if entry.profile in wanted}

    def _load(self, path: str) -> None:
        for rule in _rules_of(path):
            self._listed.pop(rule.name, None)
            self.loaded[rule.name] = rule

    def named(self, name: str) -> list[Rule]:
        """The rule of a name, or all that another tool's id, with or without the tool, stands for. Raises `Misuse` where there is none."""
        found = self.find(name)
        if not found:
            raise Misuse(self.unknown(name))
        return found

    def find(self, name: str) -> list[Rule]:
        """Like `named`, but nothing where there is no such rule."""
        folded = name.casefold()
        if folded in self._listed:
            self._load(self._listed[folded].path)
        if folded in self.loaded:
            return [self.loaded[folded]]
        if not self._aliases:
            for rule in self.rules.values():
                for alias in map(str.casefold, rule.also_known_as):
                    for spelling in (alias, alias.partition(":")[2]):
                        self._aliases.setdefault(spelling, {})[rule.name] = rule
        found = {**self._aliases.get(folded, {}), **self._aliases.get(as_trivy_now_has_it(folded), {})}
        return [found[name] for name in sorted(found)]

    def subjects_of(self, name: str) -> set[str]:
        """The types of subjects that the rules of a name judge."""
        return {subject for rule in self.find(name) for subject in rule.subjects}

    def unknown(self, name: str) -> str:
        """What to say of a name that no rule has: which one it nearly is, or where to look."""
        from difflib import get_close_matches

        shown = name[:LONGEST_NAME]
        near = get_close_matches(shown.casefold(), self.names, n=1)
        return f"there is no rule {shown!r}" + (f"; did you mean {near[0]!r}?" if near else "; `capdrop rules` lists them")

    def configure(self, name: str, options: Mapping[str, Any]) -> None:
        """Set a rule's options and severity. Raises `Misuse`."""
        rule, *others = self.named(name)
        if others:
            raise Misuse(f"{name!r} stands for several rules; name one of {', '.join(one.name for one in (rule, *others))}")
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


def as_trivy_now_has_it(name: str) -> str:
    """`ds-0002` for `avd-ds-0002` and `ds002`, as Trivy called its checks before."""
    name = name.removeprefix("avd-")
    letters = name.rstrip("0123456789")
    return f"{letters}-{name[len(letters) :]:0>4}" if letters in ("ds", "ksv") else name


def _fits(value: object, default: object) -> bool:
    """Whether a configured value can stand in for an option's default."""
    if isinstance(default, tuple | frozenset):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is type(default)


def builtin_folder() -> str:
    """Where our own rules are: beside the package in a wheel, at the top of a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "rules")
    return inside if os.path.isdir(inside) else os.path.normpath(os.path.join(package, "..", "..", "rules"))


def load(*folders: str) -> Rulebook:
    """The rules of every Python file in these folders, ours first. Raises `Misuse`."""
    ours = builtin_folder()
    listed = list(_index(ours))
    known = {rule.path for rule in listed}
    rules = [rule for folder in (ours, *folders) for rule in rules_in(folder, known)]
    return Rulebook(rules, listed)


def rules_in(folder: str, known: Container[str] = ()) -> list[Rule]:
    """The rules of every Python file of a folder, by file name and then in the order they are written, but for `known` files."""
    return [rule for path in _files(folder) if path not in known for rule in _rules_of(path)]


def index_of(folder: str) -> str:
    """The text of a folder's index: the file, its size, and each rule's facts, with tabs between."""
    lines = []
    for path in _files(folder):
        for rule in _rules_of(path):
            programs = " ".join(sorted(program or UNNAMED for program in rule.programs))
            filters = (programs, " ".join(sorted(rule.variables)), " ".join(sorted(rule.facts)))
            facts = (rule.name, rule.profile, "hides" if rule.hides else "", " ".join(rule.subjects), *filters)
            lines.append("\t".join((os.path.basename(path), str(os.path.getsize(path)), *facts)))
    return "\n".join(lines) + "\n"


def _index(folder: str) -> Iterator[Listed]:
    """What the index says of files that are as large as it knows them; a file that was edited is loaded like one of the user's."""
    try:
        with open(os.path.join(folder, INDEX), encoding="utf-8") as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
    except OSError:
        return
    path, known, same = "", "", False
    for name, size, *facts in rows:
        if name != known:
            path, known = os.path.join(folder, name), name
            same = size == _size(path)
        if same and len(facts) == 7:
            yield Listed(path, *facts)


def _size(path: str) -> str:
    try:
        return str(os.stat(path).st_size)
    except OSError:
        return ""


def _judges(rule: Rule | Listed, kind: str, names: frozenset[str] | None) -> bool:
    by = _ASKS_BY.get(kind)
    wanted = getattr(rule, by) if by else ()
    return names is None or not wanted or not names.isdisjoint(wanted)


def _files(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".py") and not name.startswith("_")]
    except OSError as error:
        raise Misuse(f"cannot read rules from {folder!r}: {error.strerror}") from None


def _line_in(path: str, error: BaseException) -> str:
    """The line of a file at which an error came up, for errors that do not say it themselves."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == path else line
        trace = trace.tb_next
    return f" (line {line})" if line else ""


def _rules_of(path: str) -> list[Rule]:
    name = f"capdrop.rules.{os.path.basename(path)[:-3]}"
    module = type(sys)(name)
    module.__file__ = path
    try:
        code = SourceFileLoader(name, path).get_code(name)
        assert code is not None
        exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        raise Misuse(f"cannot load rules from {path!r}: {type(error).__name__}: {error}{_line_in(path, error)}") from None
    rules = [value for value in module.__dict__.values() if isinstance(value, Rule)]
    for rule in rules:
        for subject in rule.subjects:
            if subject not in sys.modules["capdrop"].__all__:
                raise Misuse(f"cannot load rules from {path!r}: rule {rule.name!r} judges {subject!r}, which capdrop does not have")
    return rules
