"""What a service runs: its command, its entrypoint, and both together."""

from __future__ import annotations

import pytest
from capdrop.dialects.compose import read
from capdrop.dialects.context import Context
from capdrop.model.command import Command
from capdrop.source import Source

ONE_AFTER_THE_OTHER = [
    ("entrypoint: bash\n    command: [-c, 'redis-cli ping']", [("bash", "command"), ("redis-cli", "command")]),
    ("entrypoint: [sh, -c]\n    command: ['redis-cli ping']", [("sh", "command"), ("redis-cli", "command")]),
    ("entrypoint: [redis-server]\n    command: [--protected-mode, 'no']", [("redis-server", "command")]),
]
EACH_ALONE = [
    ("entrypoint: [redis-server]", [("redis-server", "entrypoint")]),
    ("command: [redis-server]", [("redis-server", "command")]),
    ("entrypoint: [redis-server]\n    command: []", [("redis-server", "entrypoint")]),
    ("command: [--protected-mode, 'no']\n    entrypoint: [redis-server]", [("", "command"), ("redis-server", "entrypoint")]),
    ("entrypoint: redis-server --port 1\n    command: [a]", [("a", "command"), ("redis-server", "entrypoint")]),
    ("entrypoint: [redis-server]\n    command: redis-cli ping", [("redis-cli", "command"), ("redis-server", "entrypoint")]),
]


@pytest.mark.parametrize(("body", "expected"), ONE_AFTER_THE_OTHER + EACH_ALONE)
def test_what_is_run(body: str, expected: list[tuple[str, str]]) -> None:
    source = Source("compose.yaml", f"services:\n  app:\n    image: acme/app:1\n    {body}\n")
    commands = [subject for subject in read(source, Context()).subjects if isinstance(subject, Command)]
    assert [(command.name, command.place) for command in commands] == expected


def test_what_is_told_of_a_command_stands_in_it() -> None:
    source = Source("compose.yaml", "services:\n  app:\n    entrypoint: bash\n    environment: {A: b}\n    command: [-c, 'true']\n")
    command = next(subject for subject in read(source, Context()).subjects if isinstance(subject, Command))
    assert source[command.span] == "-c, 'true'"
