"""`capdrop.toml`, or `[tool.capdrop]` in pyproject.toml."""

from __future__ import annotations

import os
import re

from .rulebook import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FILES = ("capdrop.toml", "pyproject.toml")

OPTIONS: Mapping[str, type] = {
    "profile": str,
    "select": list,
    "ignore": list,
    "fail-on": str,
    "min-confidence": str,
    "targets": list,
    "exclude": list,
    "rules": list,
    "baseline": str,
    "require-reason": bool,
    "rule": dict,
    "suppress": list,
}
"""The keys of a configuration and the type of each."""


class Silence:
    """A `[[suppress]]` table: findings of a rule, at paths and subjects that patterns match, are silenced for a reason."""

    __slots__ = ("path", "reason", "rule", "subject")

    def __init__(self, rule: str, path: str, subject: str, reason: str) -> None:
        self.rule = rule
        self.path = path
        self.subject = subject
        self.reason = reason


class Config:
    """What a configuration file says; everything has a default."""

    __slots__ = (
        "baseline",
        "exclude",
        "fail_on",
        "ignore",
        "min_confidence",
        "path",
        "profile",
        "require_reason",
        "root",
        "rule_folders",
        "rule_options",
        "select",
        "silences",
        "targets",
    )

    def __init__(self, root: str) -> None:
        self.root = root
        """The folder that paths in it are relative to: its own, or else where the run was started."""
        self.path = ""
        self.profile = "default"
        self.select: list[str] = []
        self.ignore: list[str] = []
        self.fail_on = "low"
        self.min_confidence = "medium"
        self.targets: frozenset[str] = frozenset()
        self.exclude: list[str] = []
        self.rule_folders: list[str] = []
        self.rule_options: dict[str, dict[str, Any]] = {}
        self.baseline = ""
        self.require_reason = False
        self.silences: list[Silence] = []


def find(start: str) -> str:
    """The configuration file that is nearest to a folder, upwards to the top of its repository; "" where there is none."""
    folder = os.path.abspath(start)
    while True:
        for name in FILES:
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

    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: not a TOML file: {error}") from None
    if os.path.basename(path) == "pyproject.toml":
        table = table.get("tool", {}).get("capdrop", {})
    config = Config(os.path.dirname(os.path.abspath(path)))
    config.path = path
    _Reader(path, text, config).take(table)
    return config


def _speaks_of_us(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"[tool.capdrop" in file.read()
    except OSError:
        return False


class _Reader:
    __slots__ = ("config", "path", "text")

    def __init__(self, path: str, text: str, config: Config) -> None:
        self.path = path
        self.text = text
        self.config = config

    def take(self, table: Mapping[str, Any]) -> None:
        for key, value in table.items():
            if key not in OPTIONS:
                self.wrong(key, f"unknown key {key!r}{self.nearest(key)}")
            if not isinstance(value, OPTIONS[key]):
                self.wrong(key, f"{key!r} takes a {OPTIONS[key].__name__}")
            if OPTIONS[key] is list and key != "suppress" and not all(isinstance(item, str) for item in value):
                self.wrong(key, f"{key!r} takes a list of strings")
        config = self.config
        config.profile = self.one_of(table, "profile", ("default", "strict"), config.profile)
        config.fail_on = self.one_of(table, "fail-on", ("info", "low", "medium", "high", "critical", "never"), config.fail_on)
        config.min_confidence = self.one_of(table, "min-confidence", ("low", "medium", "high"), config.min_confidence)
        config.select = table.get("select", [])
        config.ignore = table.get("ignore", [])
        config.targets = frozenset(target.lower() for target in table.get("targets", []))
        config.exclude = table.get("exclude", [])
        config.rule_folders = [os.path.join(config.root, folder) for folder in table.get("rules", [])]
        config.require_reason = table.get("require-reason", False)
        if "baseline" in table:
            config.baseline = os.path.join(config.root, table["baseline"])
        for name, options in table.get("rule", {}).items():
            if not isinstance(options, dict):
                self.wrong(name, f"[rule.{name}] is a table of options")
            config.rule_options[name] = options
        config.silences = [self.silence(entry) for entry in table.get("suppress", [])]

    def silence(self, entry: object) -> Silence:
        if not isinstance(entry, dict) or not isinstance(entry.get("rule"), str):
            self.wrong("suppress", "[[suppress]] needs a `rule`")
        assert isinstance(entry, dict)
        for key, value in entry.items():
            if key not in Silence.__slots__ or not isinstance(value, str):
                self.wrong(str(key), "[[suppress]] takes rule, path, subject and reason, each a string")
        if not entry.get("reason"):
            self.wrong("suppress", "[[suppress]] needs a `reason`")
        return Silence(entry["rule"], entry.get("path", "**"), entry.get("subject", "*"), entry["reason"])

    def one_of(self, table: Mapping[str, Any], key: str, choices: tuple[str, ...], default: str) -> str:
        value: str = table.get(key, default)
        if value not in choices:
            self.wrong(key, f"{key!r} is one of {', '.join(choices)}")
        return value

    def nearest(self, key: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(key, OPTIONS, n=1)
        return f"; did you mean {near[0]!r}?" if near else ""

    def wrong(self, key: str, message: str) -> None:
        found = re.search(rf"(?m)^[ \t]*(?:\[+[\w.-]*)?\"?{re.escape(key)}\b", self.text)
        line = self.text.count("\n", 0, found.start()) + 1 if found else 1
        raise Misuse(f"{self.path}:{line}: {message}")
