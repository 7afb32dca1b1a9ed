"""The table of protection that is switched off: every entry is found, and its opposite is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.finding import Confidence
from capdrop.source import Source

RULE = "protection-switched-off"
BOOK = rulebook.load()
BOOK.select([RULE, "published-default", "misspelt-security-setting"])
TABLES: Mapping[str, Any] = BOOK.rules[RULE].check.__globals__


def found(path: str, text: str, rule: str = RULE) -> list[str]:
    source = Source(path, text)
    kind = kind_of(path, text)
    assert kind is not None
    analysis = analyse(source, kind, BOOK, Context())
    assert not analysis.broken
    assert not analysis.gaps
    return [finding.message for finding in analysis.findings if finding.rule == rule]


def service(variable: str, value: str) -> str:
    return f"services: {{app: {{image: 'acme/app:1', environment: {{'{variable}': '{value}'}}}}}}\n"


def test_there_are_enough_entries() -> None:
    flags = [flag for row in TABLES["PROGRAMS"].values() for flag in row]
    assert len(TABLES["VARIABLES"]) + len(flags) + len(TABLES["EVERYBODYS"]) >= 60


@pytest.mark.parametrize("variable", TABLES["VARIABLES"])
def test_variables(variable: str) -> None:
    values, opens = TABLES["VARIABLES"][variable]
    value = sorted(values)[0]
    assert opens in found("compose.yaml", service(variable.upper(), value))[0]
    assert found("compose.yaml", service(variable, "certainly-not-this")) == []
    assert found("compose.yaml", service(f"{variable}_x", value)) == []


@pytest.mark.parametrize("programs", TABLES["PROGRAMS"])
def test_options(programs: str) -> None:
    for option, values, needed, unless, opens in TABLES["PROGRAMS"][programs]:
        value = sorted(values)[-1]
        words = [programs.split()[0], *([needed] if needed else []), f"{option}={value}" if value else option]
        assert opens in found("compose.yaml", command(words))[0], option
        assert found("compose.yaml", command(["acme-tool", *words[1:]])) == [], option
        for protection in unless.split():
            assert found("compose.yaml", command([*words, protection, "x"])) == [], option


@pytest.mark.parametrize("flag", TABLES["EVERYBODYS"], ids=lambda flag: flag[0])
def test_options_without_a_program(flag: tuple[str, frozenset[str], str, str, str]) -> None:
    value = sorted(flag[1])[0]
    assert flag[4] in found("compose.yaml", command(["--other", f"{flag[0]}={value}" if value else flag[0]]))[0]
    assert found("compose.yaml", command(["--other", f"{flag[0]}=false"])) == []


def command(words: list[str]) -> str:
    return f"services: {{app: {{image: 'acme/app:1', command: {words!r}}}}}\n"


@pytest.mark.parametrize(
    ("service", "opens"),
    [
        ("image: 'mongo:8', command: --noauth", ["it asks nobody for a password"]),
        ("image: 'docker.io/library/mongo:8', command: [--noauth]", ["it asks nobody for a password"]),
        ("image: 'filebrowser/filebrowser:v2', command: [--noauth]", ["it gives its files to everyone"]),
        ("image: 'acme/app:1', command: [--noauth]", ["everyone is let in"]),
        ("image: 'acme/redis:8', command: [--protected-mode, 'no']", []),
        ("image: 'redis:8', command: [redis-cli, --protected-mode, 'no']", []),
        ("image: 'redis:8', build: ., command: [--protected-mode, 'no']", []),
        ("image: 'redis:8', entrypoint: /start, command: --protected-mode no", []),
    ],
)
def test_arguments_of_the_program_of_an_image(service: str, opens: list[str]) -> None:
    messages = found("compose.yaml", f"services: {{app: {{{service}}}}}\n")
    assert [message.partition(": ")[2] for message in messages] == opens


@pytest.mark.parametrize(
    ("path", "text", "count"),
    [
        ("run.sh", "docker run redis:8 --protected-mode no\n", 1),
        ("run.sh", "docker run --entrypoint /start redis:8 --protected-mode no\n", 0),
        ("Dockerfile", 'FROM redis:8\nCMD ["--protected-mode", "no"]\n', 1),
        ("Dockerfile", 'FROM redis:8 AS a\nFROM a\nCMD ["--protected-mode", "no"]\n', 1),
        ("Dockerfile", 'FROM redis:8\nCMD ["--protected-mode", "no"]\nENTRYPOINT ["/start"]\n', 0),
    ],
)
def test_arguments_elsewhere(path: str, text: str, count: int) -> None:
    assert len(found(path, text)) == count


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["dockerd", "-H", "tcp://0.0.0.0:2375"], 1),
        (["dockerd", "-Htcp://0.0.0.0:2375"], 1),
        (["--host=tcp://0.0.0.0:2375"], 1),
        (["dockerd", "--host", "tcp://0.0.0.0:2375", "--tlsverify"], 0),
        (["dockerd", "-H", "unix:///var/run/docker.sock"], 0),
        (["mc", "anonymous", "set", "public", "local/bucket"], 1),
        (["mc", "anonymous", "set", "download", "local/bucket"], 0),
    ],
)
def test_engines_and_buckets(words: list[str], count: int) -> None:
    assert len(found("compose.yaml", command(words))) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("image: a/b:1, command: './run ${ADMIN_PASSWORD:-Tr0ub4dor" + "9xQz}'", 1),
        ("image: a/b:1, environment: {DB_PASSWORD: '${PG_PASSWORD:-Tr0ub4dor" + "9xQz}'}", 1),
        ("image: a/b:1, environment: {OTHER: '${PG_PASSWORD:-Tr0ub4dor" + "9xQz}'}", 1),
        ("image: a/b:1, environment: {OTHER: '${PG_PASSWORD:-}', FILE: '${PG_PASSWORD_FILE:-/run/secrets/db}'}", 0),
        ("image: a/b:1, environment: {OTHER: '$${PG_PASSWORD:-Tr0ub4dor" + "9xQz}'}", 0),
    ],
)
def test_defaults_that_are_secrets(text: str, count: int) -> None:
    assert len(found("compose.yaml", f"services: {{app: {{{text}}}}}\n", "published-default")) == count


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("password=${PW:-horse-9431}", 1),
        ('api.secret = "${X:-horse-9431}"', 1),
        ("url=postgres://u:${X:-horse-9431}@h/db", 1),
        ("url=postgres://u@h/${X:-horse-9431}", 0),
        ("level=${X:-horse-9431}", 0),
    ],
)
def test_defaults_in_a_file_that_is_written(line: str, count: int) -> None:
    text = f"services: {{a: {{image: 'a:1'}}}}\nconfigs:\n  c:\n    content: |\n      {line}\n"
    assert len(found("compose.yaml", text, "published-default")) == count


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("priviledged", "privileged"), ("privilged", "privileged"), ("cap_drops", "cap_drop"), ("capdrop", "cap_drop"),
        ("cap-add", "cap_add"), ("security_opts", "security_opt"), ("securityOpt", "security_opt"), ("readonly", "read_only"),
        ("read-only", "read_only"), ("no_new_privileges", "no-new-privileges"), ("pid_limits", "pids_limit"), ("runAsUser", "user"),
        ("memlimit", "mem_limit"), ("usernsmode", "userns_mode"),
    ],
)  # fmt: skip
def test_misspelt_keys(key: str, meant: str) -> None:
    (message,) = found("compose.yaml", f"services: {{app: {{image: 'a/b:1', {key}: x}}}}\n", "misspelt-security-setting")
    assert meant in message


@pytest.mark.parametrize(
    "key", ["x-cap_drops", "ports_", "commands", "build_args", "env", "memory", "description", "cpu", "usr", "secret_key"]
)
def test_other_unknown_keys(key: str) -> None:
    assert found("compose.yaml", f"services: {{app: {{image: 'a/b:1', {key}: x}}}}\n", "misspelt-security-setting") == []


@pytest.mark.parametrize(
    ("path", "service", "confidence"),
    [
        ("compose.yaml", "environment: {NEO4J_AUTH: none}", Confidence.LOW),
        ("compose.yaml", "environment: {NEO4J_AUTH: none}, ports: ['127.0.0.1:7687:7687']", Confidence.LOW),
        ("compose.yaml", "environment: {NEO4J_AUTH: none}, ports: ['7687:7687']", Confidence.HIGH),
        ("compose.yaml", "environment: {NEO4J_AUTH: none}, ports: ['${PORTS}']", Confidence.HIGH),
        ("compose.yaml", "environment: {NEO4J_AUTH: none}, network_mode: host", Confidence.HIGH),
        ("compose.yaml", "environment: {NEO4J_AUTH: none}, network_mode: '${MODE}'", Confidence.HIGH),
        ("compose.yaml", "environment: {NEO4J_AUTH: none}, network_mode: 'service:proxy'", Confidence.HIGH),
        ("compose.prod-override.yaml", "environment: {NEO4J_AUTH: none}", Confidence.HIGH),
        ("compose.dev.yaml", "environment: {NEO4J_AUTH: none}, ports: ['7687:7687']", Confidence.LOW),
        (".devcontainer/compose.yaml", "environment: {NEO4J_AUTH: none}, ports: ['7687:7687']", Confidence.LOW),
        ("compose.yaml", "environment: {FB_NOAUTH: 'true'}", Confidence.HIGH),
        ("compose.yaml", "environment: {FB_NOAUTH: 'true'}, ports: ['80:80']", Confidence.HIGH),
        ("compose.yaml", "environment: {FB_NOAUTH: 'true'}, ports: ['127.0.0.1:80:80']", Confidence.LOW),
        ("compose.yaml", "command: [--api.insecure=true], ports: ['80:80']", Confidence.LOW),
        ("compose.yaml", "command: [--api.insecure=true], ports: ['8080:8080']", Confidence.HIGH),
        ("compose.yaml", "command: [mongod, --noauth]", Confidence.LOW),
        ("compose.yaml", "command: [mongod, --noauth], ports: ['27017:27017']", Confidence.HIGH),
    ],
)
def test_stores_that_only_neighbours_reach(path: str, service: str, confidence: Confidence) -> None:
    text = f"services: {{app: {{image: 'acme/app:1', {service}}}}}\n"
    kind = kind_of(path, text)
    assert kind is not None
    analysis = analyse(Source(path, text), kind, BOOK, Context())
    assert [finding.confidence for finding in analysis.findings if finding.rule == RULE] == [confidence]


@pytest.mark.parametrize(("options", "confidence"), [("", Confidence.LOW), ("-p 7687:7687 ", Confidence.HIGH)])
def test_a_command_line_that_publishes_nothing(options: str, confidence: Confidence) -> None:
    text = f"#!/bin/sh\ndocker run {options}-e NEO4J_AUTH=none neo4j:5\n"
    kind = kind_of("run.sh", text)
    assert kind is not None
    analysis = analyse(Source("run.sh", text), kind, BOOK, Context())
    assert [finding.confidence for finding in analysis.findings if finding.rule == RULE] == [confidence]


def test_a_setting_with_a_default_is_told_once() -> None:
    name = "NEXUS_SECURITY_RANDOMPASSWORD"
    text = f"services:\n  app:\n    image: sonatype/nexus3:3.80.0\n    ports: ['80:80']\n    environment: ['{name}=${{{name}:-false}}']\n"
    assert len(found("compose.yaml", text, RULE)) == 1
