"""Which version of a well-known image to name in place of one that is not named or not mended any more, as data of fixes.

The tags are those of https://github.com/docker-library/official-images (its `library/`, at commit 37079fb336f5 of 2026-08-21): the
newest release, which `latest` points at where there is such a tag, and the release lines with half a year or more to live (by
`image_lifecycle_data`) with the variants that all of them have.
"""

from __future__ import annotations

import re

from capdrop.syntax.image_reference import Reference

from .image_lifecycle import end_of_line
from .image_lifecycle_data import CODENAMES_IN_TAGS, MIRRORS, PRODUCTS

_NEWEST = (
    "adminer=6.0.1 almalinux=10.2 alpine=3.24 amazonlinux=2023 arangodb=3.12 backdrop=1.34 bash=5.3 bonita=11.1 buildpack-deps=trixie "
    "busybox=1.38 caddy=2.11 cassandra=5.0 chronograf=1.11 clickhouse=26.7 composer=2.10 couchbase=8.0.2 couchdb=3.5 crate=6.4 "
    "dart=3.13 debian=13 docker=29 drupal=11 eclipse-mosquitto=2 eclipse-temurin=25 elasticsearch=9.5.2 elixir=1.20 erlang=29 "
    "espocrm=10.0 fedora=44 flink=2.3 gcc=16.2 ghost=6.59 golang=1.27 gradle=9.7 groovy=5.1 haproxy=3.4 haskell=9.14 httpd=2.4 "
    "influxdb=2.9 jetty=12.1 joomla=6.1 jruby=10.1 julia=1.12 kapacitor=1.8 kibana=9.5.2 kong=3.9 krakend=2.13 liquibase=5.0 "
    "logstash=9.5.2 mariadb=12.3 matomo=5.13 maven=3.9 mediawiki=1.46 memcached=1.6 mongo=8.3 monica=4.1 mysql=26.7 nats=2.14 "
    "neo4j=2026.07 nextcloud=34 nginx=1.31 node=26 odoo=19.0 orientdb=3.2 perl=5.44 photon=5.0 php=8.5 phpmyadmin=5.2 postfixadmin=4.0 "
    "postgres=18 pypy=3.11 python=3.14 r-base=4.6.1 rabbitmq=4.3 redis=8.10 redmine=7.0 registry=3.1 rethinkdb=2.4 rocket.chat=8.5 "
    "ruby=4.0 rust=1.98 solr=10.0 storm=3.0 swift=6.3 teamspeak=3.13 telegraf=1.39 tomcat=11.0 tomee=10.1 traefik=3.7 ubuntu=26.04 "
    "varnish=9.0 wordpress=7.1 xwiki=18.6 yourls=1.10 znc=1.10 zookeeper=3.9"
)
_NEWEST_ELSEWHERE = {
    "cr.jaegertracing.io/jaegertracing/jaeger": "2.20.0",
    "docker.elastic.co/elasticsearch/elasticsearch": "9.5.2",
    "docker.elastic.co/kibana/kibana": "9.5.2",
    "docker.elastic.co/logstash/logstash": "9.5.2",
    "docker.io/apache/airflow": "3.3.1",
    "docker.io/apache/kafka": "4.3.1",
    "docker.io/apache/nifi": "2.11.0",
    "docker.io/clickhouse/clickhouse-server": "26.7",
    "docker.io/cockroachdb/cockroach": "v26.2.5",
    "docker.io/denoland/deno": "2.9.5",
    "docker.io/envoyproxy/envoy": "v1.39.0",
    "docker.io/fluent/fluent-bit": "5.1.1",
    "docker.io/getmeili/meilisearch": "v1.53.1",
    "docker.io/gitlab/gitlab-ce": "19.3.0-ce.0",
    "docker.io/gitlab/gitlab-runner": "v19.3.0",
    "docker.io/grafana/grafana": "13.2.0",
    "docker.io/grafana/grafana-oss": "13.2.0",
    "docker.io/grafana/loki": "3.7.6",
    "docker.io/hashicorp/consul": "2.0.3",
    "docker.io/hashicorp/vault": "2.0.4",
    "docker.io/jaegertracing/jaeger": "2.20.0",
    "docker.io/jenkins/jenkins": "2.578",
    "docker.io/mattermost/mattermost-team-edition": "11.10.0",
    "docker.io/opensearchproject/opensearch": "3.8.0",
    "docker.io/oven/bun": "1.4.0",
    "docker.io/phpmyadmin/phpmyadmin": "5.2.3",
    "docker.io/prom/prometheus": "v3.14.0",
    "docker.io/rancher/rancher": "v2.15.0",
    "docker.io/valkey/valkey": "9.1.1",
    "ghcr.io/coder/coder": "v2.36.1",
    "ghcr.io/goauthentik/server": "2026.5.6",
    "quay.io/argoproj/argocd": "v3.5.1",
    "quay.io/cilium/cilium": "v1.20.1",
    "quay.io/keycloak/keycloak": "26.7.2",
    "quay.io/prometheus/prometheus": "v3.14.0",
}
"""The newest releases of other images, by https://github.com/endoflife-date/endoflife.date (commit a70eca337600 of 2026-08-22), as their
tags have them."""
_MOVING = {
    "clickhouse": "lts=26.3",
    "dart": "stable=3.13",
    "debian": "stable=13",
    "haproxy": "lts=3.4",
    "jenkins/jenkins": "lts=2.568.2",
    "mariadb": "lts=12.3",
    "mediawiki": "stable=1.46",
    "mysql": "lts=9.7",
    "nextcloud": "stable=34 production=34",
    "nginx": "stable=1.30 mainline=1.31",
    "node": "lts=24 current=26",
    "ubuntu": "rolling=26.04",
    "xwiki": "stable=18.6",
}
"""What other tags that move pointed at, by the same two."""
_LINES = {
    "alpine": ("3.23 3.24", ""),
    "amazoncorretto": ("8 11 17 21 25", "al2023 alpine alpine-jdk jdk"),
    "amazonlinux": ("2023", ""),
    "buildpack-deps": ("bookworm trixie", "curl scm"),
    "cassandra": ("4.0 4.1 5.0", ""),
    "couchdb": ("3.4 3.5", ""),
    "debian": ("12 13", "slim"),
    "docker": ("29", "cli dind dind-rootless"),
    "drupal": ("11", "apache fpm fpm-alpine"),
    "eclipse-temurin": ("8 11 17 21 25", "alpine jammy jdk jdk-alpine jdk-jammy jdk-noble jre jre-alpine jre-jammy jre-noble noble"),
    "elixir": ("1.16 1.17 1.18 1.19 1.20", "alpine slim"),
    "erlang": ("28 29", "alpine slim"),
    "fedora": ("44", ""),
    "golang": ("1.26 1.27", "alpine alpine3.24 bookworm trixie"),
    "haproxy": ("2.8 3.0 3.2 3.4", "alpine alpine3.24 trixie"),
    "httpd": ("2.4", "alpine alpine3.24 trixie"),
    "mariadb": ("10.11 11.4 11.8 12.3", "ubi"),
    "memcached": ("1.6", "alpine alpine3.24 trixie"),
    "mongo": ("7.0 8.0 8.3", ""),
    "mysql": ("8.4 9.7", "oracle oraclelinux9"),
    "neo4j": ("5.26 2026.07", "community enterprise"),
    "nextcloud": ("34", "apache fpm fpm-alpine"),
    "nginx": (
        "1.30 1.31",
        "alpine alpine-otel alpine-perl alpine-slim alpine3.24 alpine3.24-perl alpine3.24-slim otel perl trixie trixie-perl",
    ),
    "node": ("24 26", "alpine alpine3.24 bookworm bookworm-slim slim trixie trixie-slim"),
    "oraclelinux": ("8 9 10", "slim"),
    "perl": ("5.40 5.42 5.44", "bookworm slim slim-bookworm slim-threaded slim-trixie threaded trixie"),
    "php": (
        "8.3 8.4 8.5",
        (
            "alpine alpine3.24 apache apache-bookworm apache-trixie bookworm cli cli-alpine cli-alpine3.24 cli-bookworm cli-trixie fpm "
            "fpm-alpine fpm-alpine3.24 fpm-bookworm fpm-trixie trixie zts zts-alpine zts-alpine3.24 zts-bookworm zts-trixie"
        ),
    ),
    "postgres": ("15 16 17 18", "alpine alpine3.24 bookworm trixie"),
    "python": ("3.11 3.12 3.13 3.14", "alpine alpine3.24 bookworm slim slim-bookworm slim-trixie trixie"),
    "rabbitmq": ("4.1 4.2 4.3", "alpine management management-alpine"),
    "redis": ("7.2 7.4 8.2 8.4 8.6 8.8 8.10", "alpine"),
    "ruby": ("3.4 4.0", "alpine alpine3.24 bookworm slim slim-bookworm slim-trixie trixie"),
    "tomcat": ("10.1 11.0", "jdk17 jdk17-temurin jdk21 jdk21-temurin jdk25 jdk25-temurin jre17 jre17-temurin jre21 jre21-temurin jre25"),
    "traefik": ("2.11 3.7", ""),
    "ubuntu": ("24.04 26.04", ""),
}
"""The release lines of official images, and the variants of their tags."""
_LINES |= dict.fromkeys(
    (f"mcr.microsoft.com/dotnet/{name}" for name in ("aspnet", "runtime", "runtime-deps", "sdk")), ("10.0", "alpine noble")
)
"""https://github.com/dotnet/dotnet-docker/blob/main/README.runtime.md"""
_LINES |= {
    start + name: ("8.19.20 9.4.5 9.5.2", "")
    for name in ("elasticsearch", "kibana", "logstash")
    for start in ("", f"docker.elastic.co/{name}/")
}
_MOVED_TO = {"openjdk": "eclipse-temurin", "java": "eclipse-temurin"}
"""Official images that were given up, and those that have the same releases under the same tags."""
_MOVED_WORDS = frozenset({"jdk", "jre", "alpine"})
_DISTRIBUTIONS = ("bookworm", "noble", "alpine3.24")
"""What takes the place of a distribution in a tag: the oldest of its family that has more than a year to live."""
_PRODUCTS = {image.removeprefix("docker.io/library/"): product for product in PRODUCTS for image in product.images}


def newest(reference: Reference) -> str:
    """What an image without a tag, or with one that moves, is called with its version; "" where that is not known."""
    if reference.digest is not None:
        return ""
    if reference.tag not in (None, "latest"):
        tag = _meant(reference)
    elif reference.official:
        tag = _table(_NEWEST).get(reference.name, "")
    else:
        tag = _NEWEST_ELSEWHERE.get(reference.canonical, "")
    return f"{_name(reference)}:{tag}" if tag else ""


def _meant(reference: Reference) -> str:
    """The tag with its version that `lts`, `stable-alpine` and the like stand for; "" where there is no such tag."""
    name = reference.canonical.removeprefix("docker.io/").removeprefix("library/")
    word, _, variant = (reference.tag or "").partition("-")
    line = _table(_MOVING.get(name, "")).get(word, "")
    if not line or not variant:
        return line
    lines, variants = (text.split() for text in _LINES.get(name, ("", "")))
    return f"{line}-{variant}" if line in lines and variant in variants else ""


def maintained(reference: Reference) -> str:
    """The nearest release that is mended of an image that is not, as a reference; "" where that is not known."""
    if reference.digest is not None:
        return ""
    if reference.canonical.startswith("gcr.io/distroless/"):
        newer = re.sub(r"-debian(?:8|9|10|11)(?=:|$)", "-debian12", reference.text)
        return newer if newer != reference.text else ""
    if reference.tag is None:
        return ""
    key = reference.canonical
    for start in ("docker.io/library/", *MIRRORS):
        key = key.removeprefix(start)
    name = _MOVED_TO.get(key, key)
    if name not in _LINES:
        return ""
    lines, variants = (text.split() for text in _LINES[name])
    first, *words = reference.tag.split("-")
    if name != key:
        first, words = _before_the_move(first, words)
    line = _line(name, first, lines)
    words = [word for word in words if not re.fullmatch(r"\d{8}(\.\d+)?", word)]
    variant = _variant(words, variants)
    if not line or variant is None:
        return ""
    written = _name(reference)
    return f"{written.removesuffix(key) + name}:{line}-{variant}".rstrip("-")


def _table(rows: str) -> dict[str, str]:
    return dict(row.split("=") for row in rows.split())


def _name(reference: Reference) -> str:
    return reference.text[: reference.name_span.end]


def _before_the_move(first: str, words: list[str]) -> tuple[str, list[str]]:
    """The parts of a tag of an image that has moved which are understood where it is now: `8-jdk-slim`, `openjdk-8-jdk`."""
    if first == "openjdk" and words:
        first, words = words[0], words[1:]
    if any(word.startswith(("windows", "nanoserver")) for word in words):
        return "", []
    return first, [word for word in (word.rstrip("0123456789.") for word in words) if word in _MOVED_WORDS]


def _line(name: str, written: str, lines: list[str]) -> str:
    """The release line in place of the version that is written, named as that is; "" where nothing is known of it."""
    if name not in _PRODUCTS:
        return lines[0] if written in CODENAMES_IN_TAGS else ""
    product = _PRODUCTS[name]
    found = re.match(r"v?(\d+(?:\.\d+)*)(?:u\d+\S*|_\S*)?$", product.names.get(written, written))
    if found is None:
        return ""
    version = found[1]
    if (name, version[:2]) == ("python", "2."):
        return ""  # another language
    if not end_of_line(product, version)[1]:
        return next((line for line in lines if f"{version}.".startswith(f"{line}.")), version if version == written else "")
    line = next((line for line in lines if _numbers(line) >= _numbers(version)), "")
    return next((codename for codename, other in product.names.items() if other == line), line) if written in product.names else line


def _variant(words: list[str], variants: list[str]) -> str | None:
    """The rest of a tag with its distribution replaced by one that is mended, or left out; None where there is no such tag."""
    if not words:
        return ""
    kept, tries = "-".join(words), []
    at = next((index for index, word in enumerate(words) if word in CODENAMES_IN_TAGS or re.fullmatch(r"alpine[\d.]*", word)), -1)
    if at >= 0:
        family = [word for word in _DISTRIBUTIONS if word.startswith("alpine") == words[at].startswith("alpine")]
        if words[at] != "alpine":
            tries += ["-".join([*words[:at], word, *words[at + 1 :]]) for word in family]
        tries.append("-".join([*words[:at], *(["alpine"] if words[at].startswith("alpine") else []), *words[at + 1 :]]))
    tries.append(kept)
    return next((text for text in tries if not text or text in variants), None)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
