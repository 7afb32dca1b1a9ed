"""`capdrop.toml`, or `[tool.capdrop]` in pyproject.toml."""

from __future__ import annotations

import os
import re
from itertools import repeat

from . import rulebook
from .rulebook import Misuse, Rulebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, NoReturn

FILES = ("capdrop.toml", "pyproject.toml")
PROFILES = ("default", "strict")
SEVERITIES = ("info", "low", "medium", "high", "critical")
THRESHOLDS = (*SEVERITIES, "never")
CONFIDENCES = ("low", "medium", "high")


class Option:
    """A key of a configuration: the type of its value, the values that it may have (none: any), and what it is for."""

    __slots__ = ("choices", "help", "type")

    def __init__(self, type: type, help: str, choices: tuple[str, ...] = ()) -> None:  # noqa: A002 - what it is
        self.type = type
        self.help = help
        self.choices = choices


OPTIONS: Mapping[str, Option] = {
    "profile": Option(str, "Which rules are used: the quiet ones, or also those that merely advise.", PROFILES),
    "select": Option(list, "Only these rules, by name or another tool's id; a profile's name stands for its rules."),
    "ignore": Option(list, "Not these rules."),
    "fail-on": Option(str, "The lowest severity that makes the exit status 1.", THRESHOLDS),
    "min-confidence": Option(str, "The lowest confidence of findings that count.", CONFIDENCES),
    "targets": Option(list, "Stages of Dockerfiles that ship beside the last one."),
    "exclude": Option(list, "Paths that are not checked, as in .gitignore."),
    "rules": Option(list, "Folders with rules of your own, relative to this file."),
    "baseline": Option(str, "The file of known findings, relative to this file (.capdrop-baseline)."),
    "rule": Option(dict, "Options of single rules: [rule.NAME]."),
    "compose": Option(dict, "Which Compose files are started together: files, a list in their order, relative to this file."),
    "other-tools-comments": Option(bool, "Whether comments that silence other tools silence our rules of the same id (true)."),
    "suppress": Option(list, "Findings that are not reported, each with a reason: [[suppress]]."),
}
"""The keys of a configuration."""

SILENCE: Mapping[str, str] = {
    "rule": "The rule.",
    "path": "The files, as in .gitignore (all).",
    "subject": "The subject's address, where * stands for anything: Deployment/web*, services.db* (all).",
    "namespace": "The namespace of the Kubernetes object, as it is written there, where * stands for anything (all).",
    "reason": "Why this is accepted.",
}
"""The keys of a `[[suppress]]` table; `rule` and `reason` must be given."""

DEFAULT_BASELINE = ".capdrop-baseline"

LARGEST = 1024 * 1024
"""Bytes of a configuration."""

MOST_PARTS = 100
"""Parts of a dotted key; what tomllib takes for one grows with their square."""
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = rf"(?<![\w-])(?:{_PART}\.[ \t]*+){{{MOST_PARTS}}}"

_OUR_TABLE = r"(?m)^[ \t]*\[+[ \t]*tool[ \t]*\.[ \t]*capdrop\b"
_WORDS = {str: "a string", list: "a list of strings", bool: "true or false", dict: "a table", int: "a whole number", float: "a number"}


class Silence:
    """A `[[suppress]]` table: findings of a rule, at paths, subjects and namespaces that patterns match, are silenced for a reason.
    Without a `namespace` it is for all. `rules` are those that it stands for."""

    __slots__ = ("namespace", "path", "reason", "rule", "rules", "subject")

    def __init__(self, rule: str, path: str, subject: str, namespace: str, reason: str) -> None:
        self.rule = rule
        self.rules: set[str] = set()
        self.path = path
        self.subject = subject
        self.namespace = namespace
        self.reason = reason


class Config:
    """What a configuration file says; everything has a default. `chosen` and `ignored` are the rules that the command line names."""

    __slots__ = (
        "baseline",
        "chosen",
        "compose_files",
        "detect_secrets",
        "exclude",
        "fail_on",
        "ignore",
        "ignored",
        "min_confidence",
        "other_tools_comments",
        "path",
        "profile",
        "root",
        "rule_folders",
        "rule_options",
        "select",
        "silences",
        "targets",
        "text",
    )

    def __init__(self, root: str) -> None:
        self.root = root
        """The folder that paths in it are relative to: its own, or else where the run was started."""
        self.path = ""
        self.text = ""
        self.profile = "default"
        self.select: list[str] = []
        self.ignore: list[str] = []
        self.chosen: list[str] = []
        self.ignored: list[str] = []
        self.fail_on = "low"
        self.min_confidence = "medium"
        self.other_tools_comments = True
        self.targets: frozenset[str] = frozenset()
        self.exclude: list[str] = []
        self.compose_files: tuple[str, ...] = ()
        self.rule_folders: list[str] = []
        self.rule_options: dict[str, dict[str, Any]] = {}
        self.baseline = ""
        self.detect_secrets = ""
        """The baseline of detect-secrets; "" where the repository has none."""
        self.silences: list[Silence] = []

    def wrong(self, message: str, *keys: str) -> NoReturn:
        """Complain about the place that these keys, or values, lead to one after another."""
        raise Misuse(f"{self.path}:{line_of(self.text, keys)}: {message}")


def at(start: str, path: str = "") -> Config:
    """The configuration of a folder, from this file or else from the nearest, with the nearest baseline if it names none."""
    path = path or find(start)
    config = load(path) if path else Config(os.path.abspath(start))
    config.baseline = config.baseline or nearest(start, (DEFAULT_BASELINE,))
    config.detect_secrets = nearest(start, (".secrets.baseline",))
    return config


def find(start: str) -> str:
    """The configuration file that is nearest to a folder, upwards to the top of its repository; "" where there is none."""
    return nearest(start, FILES)


def nearest(start: str, names: tuple[str, ...]) -> str:
    """The first of some files in a folder or in one above it, up to the top of its repository; "" where there is none."""
    folder = os.path.abspath(start)
    while True:
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (name != "pyproject.toml" or _speaks_of_us(path)):
                return path
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return ""
        folder = parent


def load(path: str) -> Config:
    """Read a configuration file. Raises `Misuse`, which names the file and the line."""
    import tomllib

    from .files import read_bytes
    from .source import Unreadable

    config = Config(os.path.dirname(os.path.abspath(path)))
    config.path = os.path.relpath(path) if path.startswith(os.getcwd() + os.sep) else path
    try:
        config.text = read_bytes(path, LARGEST).decode("utf-8-sig").replace("\r\n", "\n")
        if re.search(_LONG_KEY, config.text):
            raise Misuse(f"{config.path}: not a configuration: a key has more than {MOST_PARTS} parts")
        table = tomllib.loads(config.text)
    except Unreadable as error:
        raise Misuse(f"{config.path}: the configuration cannot be read: {error}") from None
    except RecursionError:
        raise Misuse(f"{config.path}: not a configuration: it is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise Misuse(f"{config.path}: not UTF-8 text (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise Misuse(_not_toml(config, str(error))) from None
    except ValueError:
        raise Misuse(f"{config.path}: not a configuration: it holds a number of thousands of digits") from None
    if os.path.basename(path) == "pyproject.toml":
        table = table.get("tool", {}).get("capdrop", {})
        ours = re.search(_OUR_TABLE, config.text)
        if not isinstance(table, dict) or (table and ours is None):
            config.wrong("the configuration stands in a table [tool.capdrop]", "capdrop")
        if ours is not None:
            config.text = "\n" * config.text.count("\n", 0, ours.start()) + config.text[ours.start() :]
    _take(config, table)
    return config


def rules_in_force(config: Config, *, trusted: bool = True) -> Rulebook:
    """Our rules and, where the configuration is trusted to run code, the user's, with their options; those in force are selected.

    Raises `Misuse`.
    """
    book = rulebook.load(*(config.rule_folders if trusted else ()))
    lenient = bool(config.rule_folders) and not trusted
    for name, options in config.rule_options.items():
        known = _named(config, book, "rule", name, lenient)
        try:
            if known:
                book.configure(name, options)
        except Misuse as error:
            config.wrong(str(error), "rule", name, *(option for option in options if repr(option) in str(error)))
    for silence in config.silences:
        silence.rules = _named(config, book, "suppress", silence.rule, lenient)
    chosen = {name for text in config.chosen for name in _meant(book, text) or [rule.name for rule in book.named(text)]}
    select = {name for text in config.select for name in _meant(book, text) or _named(config, book, "select", text, lenient)}
    ignore = {name for text in config.ignore for name in _named(config, book, "ignore", text, lenient)}
    ignored = {rule.name for text in config.ignored for rule in book.named(text)}
    by_default = book.of_profile(config.profile) | ({"detect-secrets-finding"} if config.detect_secrets else set())
    book.heeds_other_tools = config.other_tools_comments
    book.select((chosen or select or by_default) - (ignore - chosen) - ignored)
    return book


def _meant(book: Rulebook, text: str) -> set[str]:
    """The rules of a profile, where the text is the name of one."""
    return book.of_profile(text) if text in PROFILES else set()


def _named(config: Config, book: Rulebook, key: str, name: str, lenient: bool) -> set[str]:
    """The names of the rules that the configuration speaks of; none for an unknown one where not all rules are loaded."""
    names = {rule.name for rule in book.find(name)}
    if not names and not lenient:
        config.wrong(book.unknown(name), key, name)
    return names


def _speaks_of_us(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return re.search(_OUR_TABLE, file.read(LARGEST).decode("utf-8", "replace")) is not None
    except OSError:
        return False


def line_of(text: str, keys: Iterable[str]) -> int:
    """The line of a TOML file to which these keys, or values, lead one after another; the last one that is found."""
    at, comment = 0, re.compile(r"[ \t]*#")
    for key in keys:
        for found in re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])").finditer(text, at):
            if not comment.match(text, text.rfind("\n", 0, found.start()) + 1):
                at = found.end()
                break
        else:
            break
    return text.count("\n", 0, at) + 1


def _not_toml(config: Config, message: str) -> str:
    """The parser's complaint with the line in front, where it names one."""
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if place is None:
        return f"{config.path}:{config.text.count(chr(10)) + 1}: not TOML: {message}"
    return f"{config.path}:{place[1]}:{place[2]}: not TOML: {message[: place.start()]}"


def _take(config: Config, table: Mapping[str, Any]) -> None:
    """Fill a configuration from its table."""
    for key, value in table.items():
        option = OPTIONS.get(key)
        if option is None:
            config.wrong(f"unknown key {key!r}{_nearest(key, OPTIONS)}", key)
        if key != "suppress" and not _is(value, option.type):
            config.wrong(f"{key!r} takes {_WORDS[option.type]}", key)
        if option.choices and value not in option.choices:
            config.wrong(f"{key!r} is one of {', '.join(option.choices)}", key)
    config.profile = table.get("profile", config.profile)
    config.fail_on = table.get("fail-on", config.fail_on)
    config.min_confidence = table.get("min-confidence", config.min_confidence)
    config.other_tools_comments = table.get("other-tools-comments", True)
    config.select = table.get("select", [])
    config.ignore = table.get("ignore", [])
    config.targets = frozenset(target.lower() for target in table.get("targets", []))
    config.exclude = table.get("exclude", [])
    if "baseline" in table:
        config.baseline = os.path.join(config.root, table["baseline"])
    for folder in table.get("rules", []):
        config.rule_folders.append(os.path.join(config.root, folder))
        if not os.path.isdir(config.rule_folders[-1]):
            config.wrong(f"'rules': there is no folder {folder!r}", "rules", folder)
    for key, value in table.get("compose", {}).items():
        if key != "files" or not _is(value, list):
            config.wrong("[compose] has one key, 'files', which takes a list of strings", "compose", key)
        config.compose_files = tuple(os.path.normpath(os.path.join(config.root, file)) for file in value)
    for name, options in table.get("rule", {}).items():
        if not isinstance(options, dict):
            config.wrong(f"[rule.{name}] is a table of options", "rule", name)
        if options.get("severity", "low") not in SEVERITIES:
            config.wrong(f"rule {name!r}: 'severity' is one of {', '.join(SEVERITIES)}", "rule", name, "severity")
        config.rule_options[name] = options
    entries = table.get("suppress", [])
    if not isinstance(entries, list):
        config.wrong("'suppress' takes tables: [[suppress]]", "suppress")
    for number, entry in enumerate(entries, 1):
        config.silences.append(_silence(config, entry, repeat("suppress", number)))


def _silence(config: Config, entry: object, place: Iterable[str]) -> Silence:
    if not isinstance(entry, dict):
        config.wrong("'suppress' takes tables: [[suppress]]", *place)
    for key, value in entry.items():
        if key not in SILENCE:
            config.wrong(f"[[suppress]] has no key {key!r}{_nearest(key, SILENCE)}", *place, key)
        if not isinstance(value, str) or not value:
            config.wrong(f"[[suppress]]: {key!r} takes a string that is not empty", *place, key)
    for key in ("rule", "reason"):
        if key not in entry:
            config.wrong(f"[[suppress]] needs a {key!r}", *place)
    return Silence(entry["rule"], entry.get("path", "*"), entry.get("subject", "*"), entry.get("namespace", ""), entry["reason"])


def _is(value: object, wanted: type) -> bool:
    """Whether a value is of an option's type; a list holds strings."""
    return type(value) is wanted and (not isinstance(value, list) or all(isinstance(item, str) for item in value))


def _nearest(key: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key.replace("_", "-").lower(), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
