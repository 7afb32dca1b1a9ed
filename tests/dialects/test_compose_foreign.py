"""Files that are called like Compose files: what is none is said to be none, and version 1 is read."""

from __future__ import annotations

import pytest
from capdrop.dialects.compose import MOST_SERVICES, read
from capdrop.dialects.context import Context
from capdrop.model.container import Container
from capdrop.source import Source

FOREIGN = [
    "hello: world\n",
    "- a\n- b\n",
    "just words\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {b: c}}\nspec: {containers: [{name: a, image: b}]}\n",
    "a: {b: {image: c}}\n",
    "version: '3'\na: {image: b}\n",
    "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "# nothing yet\n",
    "",
    "{}\n",
]
COMPOSE = [
    ("services: {a: {image: b}}\n", ["a"]),
    ("a: {image: b}\n", ["a"]),
    ("a: {privileged: true, ports: ['80:80']}\n", ["a"]),
    ("version: '1'\na: {image: b}\n", ["a"]),
    ("x-a: &a {image: b}\na: {<<: *a}\n", ["a"]),
    ("services:\n", []),
    ("volumes: {data: }\n", []),
    ("name: a\n", []),
    ("name: a\nversion: '3'\n", []),
    ("x-common: {image: a}\n", []),
]


@pytest.mark.parametrize("text", FOREIGN)
def test_what_is_no_compose_file_is_not_called_analysed(text: str) -> None:
    reading = read(Source("compose.yaml", text), Context())
    assert [gap.blocks for gap in reading.gaps] == [True]
    assert not any(isinstance(subject, Container) for subject in reading.subjects)


def test_a_schema_in_json_is_no_broken_compose_file() -> None:
    text = '{"$id": "compose_spec.json", "properties": {\n"services": {"image": {}}}}\n'
    assert read(Source("compose-spec.json", text), Context()).gaps == []


@pytest.mark.parametrize(("text", "names"), COMPOSE)
def test_what_is_one_is_read(text: str, names: list[str]) -> None:
    reading = read(Source("compose.yaml", text), Context())
    assert reading.gaps == []
    assert [subject.name for subject in reading.subjects if isinstance(subject, Container)] == names


def test_services_without_end_are_judged_to_a_limit() -> None:
    text = "services:\n" + "".join(f"  s{number}: {{image: a}}\n" for number in range(MOST_SERVICES + 2))
    reading = read(Source("compose.yaml", text), Context())
    assert sum(isinstance(subject, Container) for subject in reading.subjects) == MOST_SERVICES
    assert [text[gap.span.start : gap.span.end] for gap in reading.gaps] == [f"s{MOST_SERVICES}"]
