"""The reader of the command line, and the options that commands share.

It does what we need of argparse, which costs a fifth of a bare start. An option is `--name`, `--name value` or `--name=value`,
in any place and written in full; the last of two counts; after `--` nothing is an option.
"""

from __future__ import annotations

import os
import sys

from . import config as configuration
from .rulebook import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .config import Config
    from .rulebook import Rulebook

LABELS = 26
"""Columns of a help text for the names of options; a longer name has a line for itself."""


class Option:
    """An option of a command: a switch, unless `value` or `choices` say what it takes. Of those in one `group`, only one is given."""

    __slots__ = ("choices", "default", "flag", "group", "help", "name", "value")

    def __init__(self, flag: str, help: str, value: str = "", choices: Sequence[str] = (), default: str = "", group: str = "") -> None:  # noqa: A002
        self.flag = flag
        self.name = flag[2:].replace("-", "_")
        self.help = help
        self.value = value or (f"{{{','.join(choices)}}}" if choices else "")
        self.choices = choices
        self.default = default
        self.group = group


class Operand:
    """What a command works on: one thing that must be named, or any number of them."""

    __slots__ = ("help", "many", "name", "value")

    def __init__(self, name: str, value: str, help: str, many: bool = False) -> None:  # noqa: A002
        self.name = name
        self.value = value
        self.help = help
        self.many = many


PATHS = Operand("paths", "PATH", "files and folders (the current folder)", many=True)
"""The files and folders to work on."""

CONFIGURATION = (
    Option("--config", "the configuration (the nearest capdrop.toml or pyproject.toml)", "FILE", group="configuration"),
    Option("--isolated", "use no configuration and no baseline", group="configuration"),
)
"""Which configuration file to use."""

PSS = {
    "baseline": ("pod-security-level", "pod-security-baseline"),
    "restricted": ("pod-security-level", "pod-security-baseline", "pod-security-restricted"),
}
"""The rules that tell whether pods reach a level of the Pod Security Standards."""

SELECTION = (
    *CONFIGURATION,
    Option("--profile", "which rules to use (default)", choices=configuration.PROFILES),
    Option("--select", "only these rules, with commas between; other tools' ids work too", "RULES"),
    Option("--ignore", "not these rules", "RULES"),
    Option("--pss", "Pod Security Standards: the level that each pod reaches, and what this one forbids", choices=tuple(PSS)),
    Option("--min-confidence", "lowest confidence that counts (medium)", choices=configuration.CONFIDENCES),
)
"""Which rules to use."""


class Given:
    """What a command line says: an attribute for each option of the command and for its operand."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class Reader:
    """Reads the command line of one command. `more` stands below the options in its help."""

    __slots__ = ("description", "more", "operand", "options", "program")

    def __init__(self, command: str, description: str, options: Sequence[Option], operand: Operand | None = None, more: str = "") -> None:
        self.program = f"capdrop {command}"
        self.description = description
        self.options = {option.flag: option for option in options}
        self.operand = operand
        self.more = more

    def read(self, arguments: list[str]) -> Given:
        """What the arguments say; raises `Misuse`. Where they ask for help, prints it and ends the program."""
        end = arguments.index("--") if "--" in arguments else len(arguments)
        if "-h" in arguments[:end] or "--help" in arguments[:end]:
            sys.stdout.write(self._help())
            sys.stdout.flush()
            raise SystemExit(0)
        values: dict[str, Any] = {option.name: option.default if option.value else False for option in self.options.values()}
        operands = []
        groups: dict[str, str] = {}
        words = iter(arguments[:end])
        for word in words:
            if not _is_option(word):
                operands.append(word)
                continue
            flag, equals, value = word.partition("=")
            option = self.options.get(flag)
            if option is None:
                raise self._misuse(f"there is no option {flag!r}{self._suggestion(flag)}")
            if option.group and groups.setdefault(option.group, flag) != flag:
                raise self._misuse(f"{groups[option.group]} and {flag} exclude each other")
            if not option.value:
                if equals:
                    raise self._misuse(f"{flag} takes no value")
                values[option.name] = True
                continue
            if not equals:
                value = next(words, "--")
                if _is_option(value):
                    raise self._misuse(f"{flag} needs a value, {option.value}")
            if option.choices and value not in option.choices:
                raise self._misuse(f"{flag} is one of {', '.join(option.choices)}, not {value!r}")
            values[option.name] = value
        return Given(values | self._operand(operands + arguments[end + 1 :]))

    def _operand(self, words: list[str]) -> dict[str, Any]:
        if self.operand is not None and self.operand.many:
            return {self.operand.name: words}
        if self.operand is not None and not words:
            raise self._misuse(f"{self.operand.value} is missing")
        too_many = words[1:] if self.operand is not None else words
        if too_many:
            raise self._misuse(f"{too_many[0]!r} is one argument too many")
        return {self.operand.name: words[0]} if self.operand is not None else {}

    def _help(self) -> str:
        usage = f"usage: {self.program} [OPTIONS]"
        tables = {"options:": [("-h, --help", "show this help and exit")]}
        tables["options:"] += [(f"{option.flag} {option.value}".rstrip(), option.help) for option in self.options.values()]
        if self.operand is not None:
            usage += f" [{self.operand.value} ...]" if self.operand.many else f" {self.operand.value}"
            tables = {"arguments:": [(self.operand.value, self.operand.help)], **tables}
        width = min(LABELS, 2 + max(len(label) for table in tables.values() for label, _ in table))
        parts = [usage, self.description]
        for title, table in tables.items():
            parts.append(title)
            for label, text in table:
                gap = " " * (width - len(label)) if len(label) < width - 1 else f"\n  {'':{width}}"
                parts[-1] += f"\n  {label}{gap}{text}"
        return "\n\n".join([*parts, self.more]).rstrip() + "\n"

    def _suggestion(self, flag: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(flag, [*self.options, "--help"], n=1, cutoff=0.7)
        return f"; did you mean {near[0]!r}?" if near else ""

    def _misuse(self, message: str) -> Misuse:
        return Misuse(f"{message} (see `{self.program} --help`)")


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def prepared(options: Given) -> tuple[Config, Rulebook]:
    """The configuration with the options of the command line over it, and the rules that they put in force. Raises `Misuse`."""
    here = os.getcwd()
    config = configuration.Config(here) if options.isolated else configuration.at(here, options.config)
    for name in ("profile", "fail_on", "min_confidence"):
        if getattr(options, name, ""):
            setattr(config, name, getattr(options, name))
    config.chosen = [*_names(getattr(options, "select", "")), *PSS.get(getattr(options, "pss", ""), ())]
    config.ignored = _names(getattr(options, "ignore", ""))
    return config, configuration.rules_in_force(config)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
