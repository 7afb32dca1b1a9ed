"""Which of the default capabilities images need, as data: what is given back where all are dropped."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.syntax.image_reference import Reference

_TO_STEP_DOWN = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID")
"""What a start script needs that is root, gives folders to the user of a service, and starts that by gosu, su-exec or setpriv
(capabilities(7)); it does so in the docker-entrypoint.sh of each, in the repositories that docker-library/official-images names."""
_STEPPING_DOWN = frozenset(
    "cassandra couchdb ghost influxdb mariadb mongo mysql neo4j postgres rabbitmq redis redmine valkey zookeeper".split()
)
_BUILT_ON_POSTGRES = frozenset({"docker.io/postgis/postgis", "docker.io/pgvector/pgvector", "docker.io/timescale/timescaledb"})
_TO_SERVE = ("CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID")
"""What a server needs that opens port 80 as root, and whose workers are another user (nginx.org/en/docs/ngx_core_module.html#user,
httpd.apache.org/docs/2.4/mod/mod_unixd.html)."""
_SERVERS = frozenset({"httpd", "nginx"})


def needed_capabilities(image: Reference) -> tuple[str, ...]:
    """The capabilities that an image needs to start as it is built; none where that is not known."""
    if image.canonical in _BUILT_ON_POSTGRES or (image.official and image.name in _STEPPING_DOWN):
        return _TO_STEP_DOWN
    return _TO_SERVE if image.official and image.name in _SERVERS else ()
