"""Names of images that are well known, and names that only look like them."""

from __future__ import annotations

from functools import lru_cache

from capdrop.source import Record
from capdrop.syntax.image_reference import DEFAULT_REGISTRY, Reference

OFFICIAL = frozenset(
    """
    adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux azul-zulu backdrop bash bonita
    buildpack-deps busybox caddy cassandra chronograf cirros clearlinux clefos clickhouse clojure composer convertigo couchbase couchdb
    crate dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang espocrm fedora flink
    fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell haxe hello-world hitch httpd hylang
    ibm-semeru-runtimes ibmjava influxdb irssi jetty joomla jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash
    mageia mariadb matomo maven mediawiki memcached mongo mongo-express monica mysql nats neo4j neurodebian nextcloud nginx nim node
    notary odoo open-liberty openjdk oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin plone postfixadmin postgres
    pypy python r-base rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa
    silverpeas solr sonarqube spark spiped storm swift swipl teamspeak telegraf tomcat tomee traefik ubuntu unit varnish
    websphere-liberty wordpress xwiki yourls znc zookeeper scratch
    """.split()
)
"""The `library/` folder of https://github.com/docker-library/official-images at commit 37079fb336f5 of 2026-08-21, and `scratch`."""
FORMER = frozenset(
    """
    adoptopenjdk celery centos consul crux django euleros express-gateway fsharp glassfish hipache hola-mundo hello-seattle iojs java
    jenkins jobber kaazing-gateway known mono mosquitto nats-streaming nuxeo opensuse owncloud piwik rails rapidoid sentry sl
    sourcemage swarm thrift ubuntu-debootstrap ubuntu-upstart vault
    """.split()
)
"""Images that were official once: files that were deleted from that folder."""

TARGETS = (
    "alpine", "amazonlinux", "archlinux", "busybox", "caddy", "cassandra", "centos", "clickhouse", "consul", "couchdb", "debian", "docker",
    "drupal", "eclipse-mosquitto", "eclipse-temurin", "elasticsearch", "fedora", "fluentd", "golang", "gradle", "haproxy", "httpd",
    "influxdb", "jenkins", "kibana", "logstash", "mariadb", "maven", "memcached", "mongo", "mysql", "neo4j", "nextcloud", "nginx", "node",
    "openjdk", "oraclelinux", "php", "phpmyadmin", "postgres", "python", "rabbitmq", "redis", "registry", "rockylinux", "ruby", "rust",
    "sonarqube", "telegraf", "tomcat", "traefik", "ubuntu", "varnish", "vault", "wordpress", "zookeeper",
)  # fmt: skip
"""The official images that are used most (those of two or more of 60 public repositories, and their like): a misspelling is of these."""
OTHER_NAMES = {"mongodb": "mongo", "nodejs": "node", "phyton": "python", "postgresql": "postgres"}
"""Names that people give to official images, and that no official image has."""
OWN_MEANING = ("docker", "node", "registry", "vault")
"""Names that are also words: a namespace's `node` need not be a copy of Node.js."""
OTHER_WORDS = frozenset({
    "cradle", "default", "fault", "grade", "graded", "haven", "http", "https", "locker", "mango", "mssql", "raven", "rocker",
})  # fmt: skip
"""Words that are near a popular name and mean something else."""

NAMESPACES = frozenset(
    """
    actualbudget adguard adoptopenjdk alpine amazon amd64 ankane ansible apache appsmith appwrite aquasec arangodb archivebox
    argilla argoproj arm32v5 arm32v6 arm32v7 arm64v8 axllent b3log binwiederhier bitnami bitnamicharts bitnamilegacy bitnamisecure
    budibase bugsink buildkite centos certbot chainguard chatwoot chrislusf chromadb cimg circleci clickhouse cloudflare cockpithq
    cockroachdb confluentinc containrrr continuumio coollabsio corentinth couchbase crazymax datadog dbeaver debezium deluan
    directus docker dockersamples docmost documenso docuseal dolibarr dpage eclipse elastic emqx envoyproxy etherpad excalidraw
    fireflyiii flowiseai fluent fluxcd freshrss getmeili getsentry gitea gitlab goharbor google gotenberg gotify grafana
    haproxytech hashicorp homeassistant homebridge hoppscotch huggingface i386 infiniflow infisical influxdata inngest istio itzg
    jaegertracing jenkins jitsi jlesage joplin jupyter k3s kartoza keycloak kindest kong kubernetes kubernetesui langflowai
    langgenius library libretranslate linkerd linuxserver listmonk lobehub localstack louislam mageai mailhog makeplane mariadb
    matrixdotorg mattermost mautic metabase microsoft milvusdb minio mintplexlabs mips64le mongodb multiarch mysql n8nio neo4j
    neosmemo netbirdio netdata newrelic nextcloud nginx nginxinc nginxproxy nixos nocodb nodered nvidia oliver006 ollama
    openpolicyagent openresty opensearchproject opensuse oracle oraclelinux otel owncloud passbolt penpotapp percona pgvector
    photoprism phpmyadmin pihole portainer postgis postgrest ppc64le prefecthq privatebin prom pulumi puppet pytorch qdrant
    rabbitmqoperator rancher rayproject redhat redis redislabs redpandadata riscv64 rockylinux rocm s390x scylladb searxng
    selenium semitechnologies signoz snyk solr sonarsource splunk supabase tailscale temporalio tensorflow timberio timescale
    tolgee tonistiigi traefik triliumnext trinodb typesense ubuntu unleashorg uusec valkey varnish vaultwarden verdaccio
    victoriametrics vikunja vitess vllm wallabag weblate winamd64 wurstmeister zabbix
    """.split()
)
"""Publishers on Docker Hub: those whose images two or more of 60 public repositories use, the folders in which Docker keeps the
official images per architecture (https://github.com/docker-library/official-images#architectures-other-than-amd64), and vendors."""
NAMESPACE_TARGETS = {
    "bitnami": "kafka kubectl minideb mongodb postgresql", "cloudflare": "cloudflared", "confluentinc": "cp-kafka cp-zookeeper",
    "elastic": "filebeat", "envoyproxy": "envoy", "grafana": "alloy grafana k6 loki mimir promtail tempo", "hashicorp": "packer terraform",
    "jaegertracing": "all-in-one jaeger", "jenkins": "agent inbound-agent", "library": "", "linuxserver": "wireguard",
    "localstack": "localstack", "microsoft": "dotnet", "nginxinc": "nginx-unprivileged", "opensearchproject": "opensearch",
    "portainer": "portainer-ce", "pytorch": "pytorch", "rancher": "k3s rancher", "tensorflow": "tensorflow serving",
    "vaultwarden": "server",
}  # fmt: skip
"""Those whose misspelling is looked for, with images of theirs besides the names of the official ones."""
REGISTRIES = (
    "cgr.dev", "codeberg.org", "docker.elastic.co", "docker.io", "gcr.io", "ghcr.io", "icr.io", "index.docker.io", "k8s.gcr.io", "lscr.io",
    "mcr.microsoft.com", "mirror.gcr.io", "nvcr.io", "public.ecr.aws", "quay.io", "registry-1.docker.io", "registry.access.redhat.com",
    "registry.gitlab.com", "registry.k8s.io", "registry.redhat.io",
)  # fmt: skip
"""Public registries. `ghrc.io`, which answers and asks for credentials, is why (bmitch.net, summed up at
https://news.hada.io/topic?id=22718)."""
PROJECTS = {"gcr.io": ("distroless", "kaniko-project", "google-containers", "google_containers")}
"""Publishers in other registries, where anyone may take a name. Kubernetes' images of long ago had both of the last two."""
LOOK_ALIKE = str.maketrans({"0": "o", "1": "l", "5": "s", "3": "e"})
_MIDDLE = 5


class Resemblance(Record):
    """What a name resembles: `kind` is "official" (an official image), "namespace", "registry", or "copy" (an official image's name in
    a namespace that is not known); `meant` is the name."""

    __slots__ = ("kind", "meant", "written")

    def __init__(self, kind: str, written: str, meant: str) -> None:
        self.kind = kind
        self.written = written
        self.meant = meant


@lru_cache(maxsize=1024)
def resemblance(reference: Reference) -> Resemblance | None:
    """The well-known name that a reference nearly has. Names in registries that are not known say nothing."""
    if reference.registry != DEFAULT_REGISTRY:
        host = reference.registry
        meant = "" if host in REGISTRIES else next((known for known in REGISTRIES if _is_near(host, known)), "")
        if meant:
            return Resemblance("registry", host, meant)
        project, known_there = reference.repository.partition("/")[0], PROJECTS.get(host, ())
        meant = "" if project in known_there else next((known for known in known_there if is_slip(project, known)), "")
        return Resemblance("namespace", project, meant) if meant else None
    if reference.official:
        name = reference.name
        known = name in OFFICIAL or name in FORMER or name in OTHER_WORDS
        meant = "" if known else OTHER_NAMES.get(name) or next((target for target in TARGETS if is_slip(name, target)), "")
        return Resemblance("official", name, meant) if meant else None
    namespace, _, name = reference.repository.partition("/")
    return None if namespace in NAMESPACES else _in_namespace(namespace, name)


def _is_near(host: str, known: str) -> bool:
    """Whether a host is another one with two neighbours swapped, or looks the same (`rn` for `m`, `0` for `o`)."""
    return is_swapped(host, known) or _seen(host) == known


def _seen(host: str) -> str:
    return host.translate(LOOK_ALIKE).replace("rn", "m").replace("vv", "w")


def _in_namespace(namespace: str, name: str) -> Resemblance | None:
    for target, names in NAMESPACE_TARGETS.items():
        if (name in TARGETS or name in names.split()) and is_slip(namespace, target):
            return Resemblance("namespace", namespace, target)
    return Resemblance("copy", f"{namespace}/{name}", name) if name in TARGETS and name not in OWN_MEANING else None


def is_slip(written: str, meant: str) -> bool:
    """Whether a name is another one misspelt.

    Two neighbours that changed places, a letter doubled or not doubled, look-alike signs, hyphens; in longer names also a letter that
    is missing, new or another one. Digits at the end (`redis2`), a plural and another first letter are names of their own.
    """
    if abs(len(written) - len(meant)) > 2 or written == meant:
        return False
    if looks(written) == looks(meant) or is_swapped(written, meant):
        return True
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    if start == 0:
        return False
    if len(written) == len(meant):
        rest = written[start + 1 :] == meant[start + 1 :]
        return rest and len(meant) > _MIDDLE and written[start].isalpha() and start + 1 < len(meant)
    longer, shorter = (written, meant) if len(written) > len(meant) else (meant, written)
    if longer[start + 1 :] != shorter[start:] or len(longer) - len(shorter) != 1:
        return False
    if longer[start - 1] == longer[start]:
        return True
    if start == len(shorter) or not longer[start].isalpha():
        return shorter is written and len(meant) > _MIDDLE and longer[start].isalpha()
    return len(meant) >= _MIDDLE


def looks(name: str) -> str:
    """A name as a hasty eye sees it."""
    return name.translate(LOOK_ALIKE).replace("rn", "m").replace("vv", "w").replace("-", "").replace("_", "").replace(".", "")


def is_swapped(written: str, meant: str) -> bool:
    """Whether two neighbours changed places."""
    if len(written) != len(meant):
        return False
    at = next((index for index in range(len(meant)) if written[index] != meant[index]), -1)
    return at >= 0 and written[at : at + 2] == meant[at : at + 2][::-1] and written[at + 2 :] == meant[at + 2 :]
