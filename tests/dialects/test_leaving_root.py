"""Containers that are root at first, or as good as root whoever they are: `root-user` is not sure of them."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.finding import Confidence
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(["root-user", "missing-user"])
POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers: [{{name: a, securityContext: {{runAsUser: 0}}, {}}}]\n"


def is_sure(kind: str, text: str) -> bool:
    (finding,) = analyse(Source("file", text), kind_named(kind), BOOK, Context()).findings
    return finding.confidence is not Confidence.LOW


@pytest.mark.parametrize(
    ("service", "sure"),
    [
        ("image: 'acme/db:17'", True),
        ("image: 'postgres:17'", False),
        ("image: 'postgres:${TAG:-17}'", False),
        ("image: 'mirror.example/postgres:17'", True),
        ("image: 'postgres:17', command: [bash, -c, ./serve]", True),
        ("image: 'postgres:17', entrypoint: /serve", True),
        ("image: 'acme/api:1', command: 'sh -c \"chown -R 1000 /data && exec setpriv --reuid 1000 api\"'", False),
        ("image: 'acme/api:1', entrypoint: [/sbin/su-exec, api, /api]", False),
        ("image: 'acme/api:1', command: [bash, -c, '/bin/su -s /bin/sh -c /api api']", False),
        ("image: 'acme/api:1', entrypoint: /usr/sbin/crond -f", False),
        ("image: 'acme/api:1', command: [resume, consul]", True),
        ("image: 'acme/ci:1', volumes: ['/var/run/docker.sock:/var/run/docker.sock']", False),
        ("image: 'acme/ci:1', volumes: ['/var/run/data:/var/run/data']", True),
    ],
)
def test_a_service(service: str, sure: bool) -> None:
    assert is_sure("compose", f"services: {{a: {{user: root, {service}}}}}\n") is sure


@pytest.mark.parametrize(
    ("container", "sure"),
    [
        ("image: 'acme/db:17'", True),
        ("image: 'mysql:8.4'", False),
        ("image: 'mysql:8.4', args: [bash]", True),
        ("image: 'mysql:8.4', args: [mysqld, --max-connections=9]", False),
        ("image: 'postgres:17', args: [-c, max_connections=9]", False),
        ("image: 'postgres:17', command: [psql]", True),
        ("image: 'public.ecr.aws/docker/library/postgres:17'", False),
        ("image: 'public.ecr.aws/acme/postgres:17'", True),
        ("image: 'envoyproxy/envoy:v1.31.0', args: ['-c', /etc/envoy.yaml]", False),
        ("image: 'acme/web:1', command: [gosu, web, /web]", False),
    ],
)
def test_a_container_of_a_pod(container: str, sure: bool) -> None:
    assert is_sure("kubernetes", POD.format(container)) is sure
    assert is_sure("kubernetes", POD.replace("runAsUser: 0", "").format(container)) is sure


@pytest.mark.parametrize(
    ("container", "sure"),
    [
        ("image: 'acme/a:1', command: [sleep, infinity]", False),
        ("image: 'acme/a:1', command: [sh, -c, 'while true; do sleep 30; done']", False),
        ("image: 'acme/a:1', command: [sh, -c], args: [trap : TERM INT; sleep 3600 & wait]", False),
        ("image: 'acme/a:1', command: [tail, -f, /dev/null]", False),
        ("image: 'acme/a:1', command: [sh, -c, 'sleep 5 && serve']", True),
        ("image: 'acme/a:1', command: [sh]", True),
        ("image: 'acme/a:1'", True),
        ("image: 'couchdb:${VERSION}'", False),
    ],
)
def test_what_waits_is_started_by_others(container: str, sure: bool) -> None:
    assert is_sure("kubernetes", POD.replace("runAsUser: 0", "").format(container)) is sure
