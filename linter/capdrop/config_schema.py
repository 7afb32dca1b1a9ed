"""The JSON schema of a configuration, for editors."""

from __future__ import annotations

import json

from .config import OPTIONS, PROFILES, SEVERITIES, SILENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .config import Option
    from .rule import Rule
    from .rulebook import Rulebook

    Schema = dict[str, object]

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object"}


def as_json(book: Rulebook) -> str:
    """The schema with the names and options of the rules in a book; other rules may be named too."""
    return json.dumps(schema(book), indent=2) + "\n"


def schema(book: Rulebook) -> Schema:
    """The schema as an object."""
    names = sorted(book.rules)
    special: dict[str, Schema] = {
        "select": {"items": _named([*PROFILES, *names])},
        "ignore": {"items": _named(names)},
        "rule": {"properties": {name: _options(book.rules[name]) for name in names}, "additionalProperties": _any_rule()},
        "suppress": {"items": _silence(names)},
        "compose": {"properties": {"files": {"type": "array", "items": {"type": "string"}}}, "additionalProperties": False},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "capdrop.toml",
        "description": "Configuration of capdrop; in pyproject.toml it stands in [tool.capdrop].",
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {**_option(option), **special.get(key, {})} for key, option in OPTIONS.items()},
    }


def _option(option: Option) -> Schema:
    if option.type is list:
        return {"description": option.help, "type": "array", "items": {"type": "string"}}
    choices: Schema = {"enum": list(option.choices)} if option.choices else {"type": _TYPES[option.type]}
    return {"description": option.help, **choices}


def _named(names: list[str]) -> Schema:
    """A rule: names that we know are proposed, and any other is taken (another tool's id, a rule of one's own)."""
    return {"anyOf": [{"enum": names}, {"type": "string"}]}


def _any_rule() -> Schema:
    return {"type": "object", "properties": {"severity": {"enum": list(SEVERITIES)}}}


def _options(rule: Rule) -> Schema:
    properties: Schema = {"severity": {"enum": list(SEVERITIES), "default": rule.severity.name.lower()}}
    for name, default in rule.known_options.items():
        if isinstance(default, tuple | frozenset):
            properties[name] = {"type": "array", "items": {"type": "string"}, "default": sorted(default)}
        else:
            properties[name] = {"type": _TYPES[type(default)], "default": default}
    return {"description": rule.summary, "type": "object", "additionalProperties": False, "properties": properties}


def _silence(names: list[str]) -> Schema:
    properties: Schema = {key: {"description": text, "type": "string", "minLength": 1} for key, text in SILENCE.items()}
    properties["rule"] = {"description": SILENCE["rule"], "anyOf": [{"enum": names}, {"type": "string", "minLength": 1}]}
    return {"type": "object", "additionalProperties": False, "required": ["rule", "reason"], "properties": properties}
