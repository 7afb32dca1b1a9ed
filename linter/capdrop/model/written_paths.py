"""Where images write to besides their volumes, as data: what they need where their root file system is read-only."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.syntax.image_reference import Reference

_OFFICIAL = {
    "haproxy": ("/var/lib/haproxy",),  # docker-library/haproxy, 3.2/Dockerfile: made for the user and its sockets
    "httpd": ("/usr/local/apache2/logs",),  # docker-library/httpd, 2.4/Dockerfile: PidFile and locks as Apache has them by default
    "mariadb": ("/tmp", "/run/mysqld"),  # MariaDB/mariadb-docker, 11.8/Dockerfile: "used for socket and lock files"
    "memcached": (),  # docker-library/memcached, 1/debian/Dockerfile: nothing is made to be written
    "mongo": ("/tmp",),  # docker-library/mongo, docker-entrypoint.sh: TMPDIR; the socket of mongod is there too
    "mysql": ("/tmp", "/var/run/mysqld"),  # docker-library/mysql, 8.4/Dockerfile.oracle: the socket
    "nginx": ("/var/cache/nginx", "/var/run"),  # docker-library/docs, nginx/content.md, "Running nginx in read-only mode"
    "postgres": ("/tmp", "/var/run/postgresql"),  # docker-library/postgres, 17/bookworm/Dockerfile: the socket
    "rabbitmq": ("/tmp", "/var/log/rabbitmq"),  # docker-library/rabbitmq, 4.1/ubuntu/Dockerfile
    "redis": (),  # docker-library/redis, 7.2/debian/Dockerfile: the volume /data is all
    "traefik": (),  # traefik/traefik-library-image: nothing is made to be written
    "valkey": (),  # valkey-io/valkey-container, Dockerfile.template: the volume /data is all
}
"""Official images that are services. Caddy is none of them: what it writes has to last."""
_OTHERS = {
    "docker.io/nginxinc/nginx-unprivileged": ("/tmp",),  # nginx/docker-nginx-unprivileged, mainline/debian/Dockerfile: /tmp/nginx.pid
    "ghcr.io/nginx/nginx-unprivileged": ("/tmp",),
    "docker.io/nginx/nginx-unprivileged": ("/tmp",),
}


def written_paths(image: Reference) -> tuple[str, ...] | None:
    """The folders that an image is documented to write to, besides its volumes; None where that is not known."""
    return _OFFICIAL.get(image.name) if image.official else _OTHERS.get(image.canonical)
