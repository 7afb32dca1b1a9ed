"""Services that are started to work on a project, or to test it: what is weak or open there is less sure."""

from __future__ import annotations

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.finding import Confidence
from capdrop.source import Source

BOOK = rules_in_force(Config("."))
DATABASE = "  db:\n    image: postgres:17\n    restart: always\n    environment:\n      POSTGRES_PASSWORD: postgres\n"


def unsure(text: str, path: str = "compose.yaml") -> dict[str, bool]:
    """The rules that speak, and whether they are less than sure."""
    kind = kind_of(path, text)
    assert kind is not None
    found = analyse(Source(path, text), kind, BOOK, Context()).findings
    return {finding.rule: finding.confidence is Confidence.LOW for finding in found}


@pytest.mark.parametrize(
    ("app", "is_so"),
    [
        ("    build: .\n    volumes: ['.:/app']\n", True),
        ("    build: ./web\n    volumes: ['./web/src:/app/src:ro']\n", True),
        ("    build: {context: web}\n    volumes: [{type: bind, source: ./web, target: /app}]\n", True),
        ("    build: {context: ., target: dev}\n", True),
        ("    build: {context: ., dockerfile: docker/Dockerfile.dev}\n", True),
        ("    image: acme/app:1\n    profiles: [debug]\n", True),
        ("    build: .\n", False),
        ("    build: .\n    volumes: ['./data:/data']\n", False),
        ("    build: .\n    volumes: ['..:/all', 'src:/app/src']\n", False),
        ("    image: acme/app:1\n    volumes: ['.:/app']\n", False),
        ("    image: acme/app:1\n    profiles: [debug, production]\n", False),
        ("    build: {context: ., target: release}\n", False),
    ],
)
def test_what_is_worked_on_and_what_it_depends_on(app: str, is_so: bool) -> None:
    assert unsure(f"services:\n  app:\n{app}    depends_on: [db]\n{DATABASE}") == {"default-credential": is_so}
    assert unsure(f"services:\n  app:\n{app}    links: ['db:database']\n{DATABASE}") == {"default-credential": is_so}
    assert unsure(f"services:\n  app:\n{app}{DATABASE}") == {"default-credential": False}


@pytest.mark.parametrize(
    ("name", "is_so"), [("testing-host", True), ("e2e", True), ("playwright", True), ("realtime-dev", False), ("contest", False)]
)
def test_a_service_that_is_named_for_tests(name: str, is_so: bool) -> None:
    text = f"services:\n  {name}:\n    image: acme/app:1\n    ipc: host\n    volumes: ['/var/run/docker.sock:/var/run/docker.sock']\n"
    assert unsure(text) == {"host-ipc": is_so, "runtime-socket-mount": is_so}


@pytest.mark.parametrize(
    ("ports", "is_so"),
    [
        ("['127.0.0.1:5432:5432']", True),
        ("['127.0.0.1:5432:5432', '5433:5432']", False),
        ("['${BIND:-127.0.0.1}:5432:5432']", True),
        ("[]", False),
    ],
)
def test_a_weak_password_of_what_only_its_host_reaches(ports: str, is_so: bool) -> None:
    assert unsure(f"services:\n{DATABASE}    ports: {ports}\n")["default-credential"] is is_so


@pytest.mark.parametrize(
    ("comment", "is_so"),
    [
        ("# for local development\n", True),
        ("# WARNING: do not use it on a production system\n      # as it lets everyone in\n", True),
        ("# for development; see the manual before production\n", False),
        ("# asks nobody\n", False),
    ],
)
def test_a_comment_that_says_so(comment: str, is_so: bool) -> None:
    text = "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n    environment:\n"
    trust = f"{text}      {comment}      POSTGRES_HOST_AUTH_METHOD: trust\n"
    assert unsure(trust)["protection-switched-off"] is is_so
    assert unsure(f"{text}      {comment}      POSTGRES_PASSWORD: postgres\n")["default-credential"] is is_so
    url = "postgres://app:postgres@db/app"
    assert unsure(f"services:\n  app:\n    image: acme/app:1\n    environment:\n      {comment}      DB: {url}\n") == {
        "password-in-url": is_so
    }


def test_a_password_that_nobody_is_asked_for() -> None:
    text = (
        "services:\n  search:\n    image: opensearchproject/opensearch:3.1.0\n    environment:\n"
        "      - OPENSEARCH_INITIAL_ADMIN_PASSWORD={}\n      - plugins.security.disabled={}\n"
    )
    password = "Kp3-vv81" + "-Qz"
    assert unsure(text.format(password, "true"))["hard-coded-credential"]
    assert not unsure(text.format(password, "false"))["hard-coded-credential"]


@pytest.mark.parametrize(
    ("mount", "is_so"),
    [
        ("'store:/var/lib/docker'", True),
        ("'/srv/docker:/var/lib/docker'", True),
        ("'/var/lib/docker:/var/lib/docker:ro'", False),
        ("", False),
    ],
)
def test_an_engine_of_its_own_needs_every_right(mount: str, is_so: bool) -> None:
    text = f"services:\n  builder:\n    image: acme/builder:1\n    privileged: true\n    volumes: [{mount}]\nvolumes: {{store: {{}}}}\n"
    assert unsure(text)["privileged-container"] is is_so


def test_a_tunnel_sets_up_its_network() -> None:
    text = "services:\n  vpn:\n    image: acme/vpn:1\n    network_mode: host\n    cap_add: [NET_ADMIN]\n    devices: [/dev/net/tun]\n"
    assert unsure(text)["dangerous-capability"]
    assert not unsure(text.replace("/dev/net/tun", "/dev/dri"))["dangerous-capability"]


@pytest.mark.parametrize(
    ("path", "more", "is_so"),
    [
        ("compose/elasticsearch/v9/compose.yaml", "", True),
        ("compose/elasticsearch/v9/compose.yaml", "    volumes: ['data:/usr/share/elasticsearch/data']\n", False),
        ("compose/elasticsearch/v8/compose.yaml", "", False),
        ("compose/search/v9/compose.yaml", "", False),
    ],
)
def test_a_release_that_is_tried(path: str, more: str, is_so: bool) -> None:
    image = "docker.elastic.co/elasticsearch/elasticsearch:9.1.4"
    text = f"services:\n  search:\n    image: {image}\n    ports: ['9200:9200']\n    environment: [xpack.security.enabled=false]\n{more}"
    assert unsure(text, path) == {"protection-switched-off": is_so, "data-port-published": False}


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        ("workshop/1/compose.yaml", True),
        ("k8s-labs/lab-1/compose.yaml", True),
        ("home-lab/compose.yaml", False),
        ("label/compose.yaml", False),
    ],
)
def test_what_there_is_to_learn_from(path: str, is_so: bool) -> None:
    found = unsure(f"services:\n{DATABASE.replace('postgres:17', 'postgres')}", path)
    assert found == {"default-credential": is_so, "image-without-tag": False}


@pytest.mark.parametrize(
    ("app", "more", "is_so"),
    [
        ("build: .", "", True),
        ("build: .", "    ports: ['5432:5432']\n", False),
        ("build: .", "    restart: unless-stopped\n", False),
        ("build: ., restart: 'no'", "", True),
        ("build: ., restart: always", "", False),
        ("build: .", "    deploy: {replicas: 1}\n", False),
        ("image: acme/app:1", "", False),
    ],
)
def test_what_is_built_and_run_by_hand(app: str, more: str, is_so: bool) -> None:
    database = DATABASE.replace("    restart: always\n", more)
    text = f"services:\n  app: {{{app}}}\n{database}"
    assert unsure(text)["default-credential"] is is_so


@pytest.mark.parametrize(
    ("how", "mode", "is_so"),
    [
        ("build: .", "ASPNETCORE_ENVIRONMENT=Development", True),
        ("build: .", "SPRING_PROFILES_ACTIVE=prod", False),
        ("image: acme/app:1", "NODE_ENV=development", False),
    ],
)
def test_what_runs_in_development(how: str, mode: str, is_so: bool) -> None:
    text = f"services:\n  app:\n    {how}\n    restart: always\n    ports: ['80:80']\n    environment: [{mode}, DB_PASSWORD=postgres]\n"
    assert unsure(text) == {"default-credential": is_so}


@pytest.mark.parametrize(
    ("path", "is_so"), [("docker-compose.override.yml", True), ("web/compose.override.yaml", True), ("override.yml", False)]
)
def test_what_developers_lay_over_the_main_file(path: str, is_so: bool) -> None:
    literal = "Kp3-vv81" + "-Qz"
    assert unsure(f"services:\n{DATABASE}      ADMIN_PASSWORD: {literal}\n", path) == {
        "default-credential": is_so,
        "hard-coded-credential": False,
    }


@pytest.mark.parametrize(("host", "is_so"), [("localhost:5432", True), ("host.docker.internal", True), ("db", False)])
def test_a_weak_password_of_the_machine_itself(host: str, is_so: bool) -> None:
    literal = "Kp3-vv81" + "-Qz"
    text = "services:\n  app:\n    image: acme/app:1\n    environment:\n      DB: postgres://app:{}@{}/${{NAME}}\n"
    assert unsure(text.format("postgres", host)) == {"password-in-url": is_so}
    assert unsure(text.format(literal, host)) == {"password-in-url": False}
    assert unsure(f"DB=postgres://app:postgres@{host}/app\n", ".env") == {"password-in-url": is_so}


@pytest.mark.parametrize(("target", "is_so"), [("run-local-dev-container", True), ("start", False)])
def test_a_recipe_that_developers_run(target: str, is_so: bool) -> None:
    text = f"image:\n\tdocker build -t acme/app:1 .\n\n{target}: image\n\t# its own\n\tdocker run -d \\\n\t\t--ipc=host acme/app:1\n"
    assert unsure(text, "Makefile") == {"host-ipc": is_so}


def test_an_example_that_nobody_reaches() -> None:
    text = "services:\n  db:\n    image: mysql:8.4\n    environment: {MYSQL_ALLOW_EMPTY_PASSWORD: 'yes'}\n"
    assert unsure(text, "examples/compose.yaml") == {"protection-switched-off": True}
    assert unsure(f"{text}    ports: ['3306:3306']\n", "examples/compose.yaml")["protection-switched-off"] is False
    assert unsure(text) == {"protection-switched-off": False}
