"""As whom an image can run that is built on a base: a user that the base has, or one made in the base's idiom. Data of fixes."""

from __future__ import annotations

from capdrop.source import Record
from capdrop.syntax.image_reference import Reference

NOBODY_IN_PARTICULAR = "65532:65532"
"""The number of distroless' `nonroot` (GoogleContainerTools/distroless, common/variables.bzl: NONROOT = 65532), which needs no entry
in /etc/passwd: for bases of which nothing is known, and for those that hold nothing to make a user with."""
WINDOWS_USER = "ContainerUser"
"""https://learn.microsoft.com/virtualization/windowscontainers/manage-containers/container-security"""
NUMBER = "10001"
"""Above the numbers that people have on a host, as Kubernetes' guides advise for `runAsUser`."""
_USERADD = f"useradd --create-home --uid {NUMBER} app"
"""shadow's, in Debian, Ubuntu and the full images of Red Hat's family; useradd(8)."""
_ADDUSER = f"adduser -D -u {NUMBER} app"
"""busybox's, in Alpine and busybox; it makes the group as well (busybox, loginutils/adduser.c)."""

_HAS_USER = {
    "node": "node",  # nodejs/docker-node, Dockerfile-debian.template: useradd --uid 1000 --gid node ... node
    # docker-library/php, Dockerfile-linux.template: www-data; its folders "allow running as an arbitrary user", also Apache's
    "php": "www-data",
    "drupal": "www-data",  # FROM php, as the next four (Dockerfile.template of each)
    "joomla": "www-data",
    "matomo": "www-data",
    "mediawiki": "www-data",
    "wordpress": "www-data",
    "elasticsearch": "1000",  # elastic/elasticsearch, distribution/docker/src/docker/Dockerfile: adduser -u 1000
    "haproxy": "haproxy",  # docker-library/haproxy, Dockerfile.template: USER haproxy, since 2.4
    "mariadb": "mysql",  # MariaDB/mariadb-docker, Dockerfile.template: useradd -r -g mysql mysql
    "memcached": "memcache",  # docker-library/memcached, Dockerfile.template: USER memcache
    "mongo": "mongodb",  # docker-library/mongo, Dockerfile-linux.template: useradd --uid 999 --system
    "mysql": "mysql",  # docker-library/mysql, Dockerfile.oracle: useradd --system --uid 999
    "postgres": "postgres",  # docker-library/postgres, Dockerfile-debian.template: useradd -r -g postgres --uid=999
    "redis": "redis",  # docker-library/redis, Dockerfile.template: useradd -r -g redis -u 999
    "sonarqube": "sonarqube",  # SonarSource/docker-sonarqube, community-build/Dockerfile: USER sonarqube
    "valkey": "valkey",  # valkey-io/valkey-container, Dockerfile.template: useradd -r -g valkey -u 999
    "rabbitmq": "rabbitmq",  # docker-library/rabbitmq, Dockerfile-ubuntu.template: useradd --uid 999 --system
}
"""Official images with a user of their own that what they start can run as."""
_DISTROLESS = "gcr.io/distroless/"
_OWN_USER = (
    ("docker.io/bitnami", "1001"),  # https://github.com/bitnami/containers, "Non-root containers"; with its two sister folders
    ("docker.io/grafana/grafana", "472"),  # https://grafana.com/docs/grafana/latest/setup-grafana/configure-docker/
    ("docker.io/jenkins/", "jenkins"),  # jenkinsci/docker, Dockerfile: USER ${user}
    ("docker.io/n8nio/", "node"),  # n8n-io/n8n, docker/images/n8n/Dockerfile: USER node
    ("docker.n8n.io/n8nio/", "node"),
    ("docker.io/denoland/deno", "deno"),  # denoland/deno_docker, debian.dockerfile: useradd --uid 1993 --user-group deno
    ("docker.io/nginxinc/nginx-unprivileged", "101"),  # nginx/docker-nginx-unprivileged, Dockerfile-debian.template: UID=101
    ("docker.io/oven/bun", "bun"),  # oven-sh/bun, dockerhub/debian/Dockerfile: useradd bun --uid 1000
    ("docker.elastic.co/elasticsearch/", "1000"),  # elastic/elasticsearch, distribution/docker/src/docker/Dockerfile
    ("quay.io/keycloak/keycloak", "1000"),  # keycloak/keycloak, quarkus/container/Dockerfile: USER 1000
    (_DISTROLESS, "nonroot"),  # GoogleContainerTools/distroless, README: the user `nonroot`
)
"""Images, by how their names begin, and the user that they have."""
_WITHOUT_USERS = ("bin", "distroless")
"""Words of tags of such images that hold nothing but their program."""
_DOTNET = tuple(f"mcr.microsoft.com/dotnet/{name}" for name in ("aspnet", "runtime", "runtime-deps", "sdk"))
_DOTNET_USER = "app"
"""dotnet/dotnet-docker, src/runtime-deps/8.0/bookworm-slim/amd64/Dockerfile: useradd --uid=$APP_UID; its other images are built on that."""
_DEBIAN = frozenset(
    "buildpack-deps clojure dart debian eclipse-temurin elixir erlang gcc golang gradle groovy haskell jruby julia maven "
    "neurodebian openjdk perl pypy python r-base ros ruby rust swift tomcat ubuntu".split()
)
"""Official images that are built on Debian or Ubuntu where their tag says nothing else."""
_RED_HAT = frozenset("almalinux centos fedora oraclelinux rockylinux".split())
"""Official images of distributions whose full images hold shadow-utils (their `minimal` ones do not). Oracle's slim ones do
(docker-library/mysql, 8.4/Dockerfile.oracle). Amazon Linux 2023 has none; of openSUSE, Arch and CentOS Stream it is nowhere documented."""
_BUSYBOX = frozenset("alpine bash busybox composer docker".split())
"""Official images on Alpine or busybox."""
_DEBIAN_WORDS = (
    "bionic", "bookworm", "bullseye", "buster", "debian", "focal", "jammy", "jessie", "noble", "resolute", "stretch", "trixie", "trusty",
    "ubuntu", "xenial",
)  # fmt: skip
_BARE_WORDS = (
    "al20", "amazoncorretto", "azurelinux", "cbl-mariner", "ibm", "mariner", "micro", "minimal", "oracle", "photon", "sapmachine", "ubi",
)  # fmt: skip
"""What the words of a tag begin with where the base is known to hold no `useradd`, or is not known to hold one."""
_UBI = ("registry.access.redhat.com/ubi", "registry.redhat.io/ubi", "docker.io/redhat/ubi")
_NEEDS_MORE = {
    "nginx": "nginx must be told where else to write and to listen above 1024; `nginxinc/nginx-unprivileged` is the same image so set up",
    "httpd": "httpd must be told where else to write its process id, and to listen above 1024",
}
"""Official images that do not start as another user by a USER alone (https://hub.docker.com/_/nginx, "Running nginx as a non-root user";
docker-library/httpd, 2.4/Dockerfile)."""
_NGINX = "nginx must be told where else to write, and to listen above 1024"
_PROGRAMS_NEED_MORE = {"nginx": _NGINX} | dict.fromkeys(("apache2", "apache2ctl", "apachectl", "httpd"), _NEEDS_MORE["httpd"])
"""The same of programs, whatever they are installed on."""


class BaseUser(Record):
    """The words of the USER, and the command that makes this user where it is not there yet. `reason` says why a USER is not enough, and
    `since` is the place in the file from which on there is a user of this name."""

    __slots__ = ("made_by", "name", "reason", "since")

    def __init__(self, name: str, made_by: str = "", reason: str = "", since: int = 0) -> None:
        self.name = name
        self.made_by = made_by
        self.reason = reason
        self.since = since


def base_user(base: Reference | None, *, runs_shell: bool) -> BaseUser:
    """A user other than root for what is built on a base. `runs_shell` says whether a command can be added to the build."""
    if base is None:
        return BaseUser(NOBODY_IN_PARTICULAR)
    if base.official and base.name in _NEEDS_MORE:
        return BaseUser("", reason=_NEEDS_MORE[base.name])
    own = _own_user(base)
    if own is not None:
        return BaseUser(own)
    made_by = _idiom(base) if runs_shell else ""
    return BaseUser(NUMBER, made_by) if made_by else BaseUser(NOBODY_IN_PARTICULAR)


def _own_user(base: Reference) -> str | None:
    """The user that a base has."""
    if base.official:
        return _HAS_USER.get(base.name)
    tag = base.tag or ""
    if base.canonical in _DOTNET:
        major = tag.partition(".")[0].partition("-")[0]
        return _DOTNET_USER if not major.isdigit() or int(major) >= 8 else None
    own = next((user for start, user in _OWN_USER if base.canonical.startswith(start)), None)
    return own if base.canonical.startswith(_DISTROLESS) or not any(word in _WITHOUT_USERS for word in tag.split("-")) else None


def needs_more(program: str) -> str:
    """Why a program does not start as another user by a USER alone, or nothing."""
    return _PROGRAMS_NEED_MORE.get(program, "")


def shell_of(base: Reference | None) -> str:
    """The shell that knows `pipefail` in what is built on a base: busybox's where that is all there is, else bash."""
    return "/bin/ash" if base is not None and _idiom(base) == _ADDUSER else "/bin/bash"


def _idiom(base: Reference) -> str:
    """The command that makes a user there, as its name and tag tell; "" where they do not."""
    words = (base.tag or "").split("-")
    if any(word.startswith("alpine") for word in words):
        return _ADDUSER
    if any(word.startswith(_DEBIAN_WORDS) for word in words):
        return _USERADD
    if any(word.startswith(_BARE_WORDS) for word in words):
        return ""
    if base.canonical.startswith(_UBI):
        return _USERADD if base.name in ("ubi", "ubi8", "ubi9", "ubi10") else ""
    if not base.official:
        return ""
    if base.name in _BUSYBOX:
        return _ADDUSER
    return _USERADD if base.name in _DEBIAN | _RED_HAT else ""
