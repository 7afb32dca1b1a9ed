"""Ports that the host passes on to containers."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Fix, Good, Image, Mount, Note, Port, Severity, Value, Variable, rule

PASSWORD = "Tr0ub4dor" + "-9xQz"
WIDE = 50
"""Ports."""
DATA_PORTS = {
    1433: ("SQL Server", ""),
    1521: ("Oracle", ""),
    2375: ("Docker's own interface, without authentication", ""),
    2379: ("etcd", "etcd"),
    3306: ("MySQL", ""),
    4369: ("Erlang's port mapper", ""),
    5432: ("PostgreSQL", ""),
    5601: ("Kibana", "kibana elastic opensearch elk"),
    5672: ("AMQP", ""),
    5984: ("CouchDB", ""),
    6333: ("Qdrant", "qdrant"),
    6379: ("Redis", ""),
    7000: ("Cassandra", "cassandra scylla"),
    7199: ("Cassandra's JMX", "cassandra scylla"),
    7474: ("Neo4j", "neo4j"),
    7687: ("Neo4j", "neo4j"),
    8086: ("InfluxDB", "influx"),
    8123: ("ClickHouse", "clickhouse"),
    8161: ("ActiveMQ's console", "activemq artemis amq"),
    8529: ("ArangoDB", "arango"),
    9042: ("Cassandra", "cassandra scylla"),
    9092: ("Kafka", "kafka redpanda broker"),
    9200: ("Elasticsearch", ""),
    9300: ("Elasticsearch", ""),
    11211: ("memcached", ""),
    15672: ("RabbitMQ's console", ""),
    19530: ("Milvus", "milvus"),
    26257: ("CockroachDB", ""),
    27017: ("MongoDB", ""),
    27018: ("MongoDB", ""),
    27019: ("MongoDB", ""),
    28015: ("RethinkDB", "rethink"),
    33060: ("MySQL", ""),
    61616: ("ActiveMQ", ""),
}
"""Ports at which databases, brokers and their consoles listen by their own documentation. Where others listen there too, the name of the
service or of its image has to hold one of these words."""
EXPOSED = "CIS Docker 5.14 · NIST SP 800-190 3.4.2 · ATT&CK T1190 · ATT&CK T1133"
KNOWN_AS = "compose-lint:CL-0005 kics:451d79dc dclint:no-unbound-port-interfaces docksec:compose-port-bound-all-interfaces"
LOOPBACK = "127.0.0.1"


@rule(
    "data-port-published",
    severity=Severity.MEDIUM,
    references=EXPOSED,
    also_known_as=f"{KNOWN_AS} docksec:chain-exposed-credentialed-datastore",
    hides=True,
    examples=(
        Bad(
            "compose.yaml",
            f"""
            services:
              db:
                image: postgres:17
                ports:
                  - «"5432:5432"»
                environment:
                  POSTGRES_PASSWORD: {PASSWORD}
              cache:
                image: redis:8
                ports: [«6379:6379»]
              search:
                image: elasticsearch:9.1.4
                ports:
                  - «target: 9200
                    published: 9201»
                  - «'[::]:9300-9301:9300-9301'»
            """,
            fixed=f"""
            services:
              db:
                image: postgres:17
                ports:
                  - "127.0.0.1:5432:5432"
                environment:
                  POSTGRES_PASSWORD: {PASSWORD}
              cache:
                image: redis:8
                ports: [127.0.0.1:6379:6379]
              search:
                image: elasticsearch:9.1.4
                ports:
                  - target: 9200
                    published: 9201
                    host_ip: 127.0.0.1
                  - '127.0.0.1:9300-9301:9300-9301'
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              search:
                build: .
                ports: [«"7474:7474"»]
              cache:
                build: ./cache
                network_mode: «host»
            """,
            beside={"Dockerfile": "FROM neo4j:5.26.0\nUSER neo4j\n", "cache/Dockerfile": "FROM debian:13.1\nUSER app\nEXPOSE 6379\n"},
        ),
        Bad(
            "start.sh",
            "docker run -d «-p 3306:3306» mysql:8.4\n",
            fixed="docker run -d -p 127.0.0.1:3306:3306 mysql:8.4\n",
        ),
        Good(
            "compose.yaml",
            """
            services:
              db:
                image: postgres:17
                expose: [5432]
                ports: ['127.0.0.1:5432:5432', '9092:9092', '[::1]:5432:5432']
              replica:
                image: postgres:17
                ports: ['${BIND}:5432:5432', '10.0.0.5:5432:5432', '5432:8080', '5432:5432/udp']
              cache:
                image: redis:8
                ports:
                  - {target: 6379, published: 6379, host_ip: 127.0.0.1}
            """,
        ),
        Good("start.sh", "docker run -p 127.0.0.1:3306:3306 -p 8080:80 mysql:8.4\n"),
    ),
)
def data_port_published(container: Container) -> Iterator[Finding]:
    """A database, a broker or its console is reached from every network that the host is in.

    Docker opens a published port past the host's own firewall (its rules come before those of ufw and firewalld), so this is often the
    whole internet. Services of the same project reach each other without publishing anything. Bind the port to 127.0.0.1 for what runs
    on the host itself. Where the password stands in the file beside it, nothing is left to guess. Confidence is low for what is started
    to test something.
    """
    ports = [port for port in container.parts if isinstance(port, Port) and port.protocol == "tcp" and reached(port, container)]
    names = names_of(container) if ports else ""
    passwords = [part for part in container.parts if isinstance(part, Variable) and holds_password(part)] if ports else []
    for port in ports:
        number = data_port(port, names)
        if not number:
            continue
        if port.role == "exposed":
            message = f"`{container.name}` listens on every address of the host, at port {number} ({DATA_PORTS[number][0]})"
            note = Note(port.source, port.span, "its image says so here")
            yield container.finding(container.fact("host_network"), message, notes=(note,))
            continue
        by_chance = port.host_port.is_absent
        message = f"`{container.name}` publishes port {number} ({DATA_PORTS[number][0]}) on every address of the host"
        if not passwords:
            severity = Severity.LOW if by_chance else None
            yield container.finding(at(port), message, severity=severity, confidence=doubt(port), fix=bound(port))
            continue
        product = DATA_PORTS[number][0].partition(" ")[0].lower()
        known = next((variable for variable in passwords if product in variable.name.lower()), passwords[0])
        secret = known.secret
        hidden = (known.place_of(secret.start, secret.end) if secret is not None else None) or known.value.span
        yield container.finding(
            at(port),
            f"{message}, and its `{known.name}` stands in the file",
            severity=Severity.MEDIUM if by_chance else Severity.HIGH,
            confidence=doubt(port),
            fix=bound(port),
            notes=(Note(known.source, known.name_span, "its password stands here"),),
            hidden=(hidden,) if known.source is port.source else (),
        )


@rule(
    "port-on-all-addresses",
    severity=Severity.LOW,
    profile="strict",
    references=EXPOSED,
    also_known_as=KNOWN_AS,
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              web:
                image: nginx:1.29
                ports:
                  - «80:80»
                  - «"0.0.0.0:8443:443"»
                  - «3000»
                  - «'${HTTP_PORT:-8080}:8080'»
                  - «"[::]:81:81"»
                  - «'${WEB_PORT}:82'»
            """,
            fixed="""
            services:
              web:
                image: nginx:1.29
                ports:
                  - 127.0.0.1:80:80
                  - "127.0.0.1:8443:443"
                  - 127.0.0.1::3000
                  - '127.0.0.1:${HTTP_PORT:-8080}:8080'
                  - "127.0.0.1:81:81"
                  - '127.0.0.1:${WEB_PORT}:82'
            """,
        ),
        Bad("start.sh", "podman run «-p 8080:80» acme/web:1\n", fixed="podman run -p 127.0.0.1:8080:80 acme/web:1\n"),
        Good(
            "compose.yaml",
            "services: {web: {image: 'nginx:1.29', expose: ['80'], ports: ['127.0.0.1:80:80', '${BIND:-127.0.0.1}:81:81', '${WEB}:82']}}",
        ),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', ports: ['[::1]:80:80', {target: 81, host_ip: 127.0.0.1}]}}"),
        Good("start.sh", "docker run -p 127.0.0.1:8080:80 --publish=$WEB:80 acme/web:1\n"),
    ),
)
def port_on_all_addresses(container: Container) -> Iterator[Finding]:
    """A port is published on every address of the host.

    Docker opens it past the host's own firewall. That is right for what is meant to be reached from outside, and nothing else: behind a
    proxy, or for use on the host alone, bind it to 127.0.0.1.
    """
    ports = [port for port in container.parts if isinstance(port, Port) and port.on_all_addresses]
    names = names_of(container) if ports else ""
    for port in ports:
        if port.protocol == "tcp" and data_port(port, names):
            continue
        outside = port.host_port.text or ("one that the engine chooses" if port.host_port.is_absent else "one that a variable names")
        yield container.finding(
            at(port),
            f"`{container.name}` publishes its port {port.value.text} on every address of the host, as port {outside}",
            severity=Severity.INFO if port.host_port.is_absent else None,
            confidence=doubt(port),
            fix=bound(port),
        )


@rule(
    "exposed-host-control",
    severity=Severity.HIGH,
    profile="strict",
    references="ATT&CK T1190 · ATT&CK T1611 · CIS Docker 5.5 · CIS Docker 5.32 · NIST SP 800-190 3.4.3",
    also_known_as="docksec:chain-exposed-escape-path",
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              «proxy»:
                image: traefik:3.5
                ports: ['80:80']
                volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']
              «agent»:
                image: acme/agent:3
                privileged: true
                network_mode: host
            """,
        ),
        Bad("start.sh", "docker «run» --privileged -p 80:80 acme/web:1\n"),
        Good(
            "compose.yaml",
            """
            services:
              proxy:
                image: traefik:3.5
                ports: ['127.0.0.1:80:80']
                volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']
              agent:
                image: acme/agent:3
                privileged: true
              web:
                image: nginx:1.29
                ports: ['80:80']
            """,
        ),
        Good("start.sh", "docker run --privileged -p 127.0.0.1:80:80 acme/web:1\n"),
    ),
)
def exposed_host_control(container: Container) -> Iterator[Finding]:
    """A container that others reach holds the host in its hands.

    It is privileged or has the socket of the container runtime, and it listens where outsiders get: one flaw in it is the whole host.
    Put something between: a proxy that passes on only the requests to the socket that are needed, or a second container for the part
    that needs the rights.
    """
    power = control(container) if container.dialect != "kubernetes" else None
    if power is None:
        return
    door = next((at(part) for part in container.parts if isinstance(part, Port) and part.on_all_addresses), None)
    if door is None:
        shared = container.fact("host_network")
        door = shared if shared.is_true else None
    if door is not None:
        yield container.finding(
            container.span,
            f"`{container.name}` is reached from outside and {power[1]}",
            notes=(Note(door.source, door.span, "reached here"), Note(power[0].source, power[0].span, "its power over the host")),
        )


def names_of(container: Container) -> str:
    """What tells which program a container is: its name, and its image's."""
    return " ".join([container.name, *(part.value.text for part in container.parts if isinstance(part, Image))]).lower()


def reached(port: Port, container: Container) -> bool:
    """Whether everyone who reaches the host reaches a port, be it published or open in the host's own network."""
    return port.on_all_addresses or (port.role == "exposed" and container.fact("host_network").is_true)


def data_port(port: Port, names: str) -> int:
    """The number among a port's at which a database listens, where the service is known by its names to be one; 0 for none, as for those
    of a wide range, which is the program's own."""
    if port.last - port.first > WIDE:
        return 0
    for number, (_, words) in DATA_PORTS.items():
        if port.covers(number) and (not words or any(word in names for word in words.split())):
            return number
    return 0


def control(container: Container) -> tuple[Value, str] | None:
    """What gives a container the host, and that in words."""
    privileged = container.fact("privileged")
    if privileged.is_true:
        return privileged, "runs privileged: one flaw in it is the whole host"
    for part in container.parts:
        if isinstance(part, Mount) and part.gives == "socket":
            return part.host_path, "has the container runtime's socket: one flaw in it is the whole host"
    return None


def holds_password(variable: Variable) -> bool:
    """Whether a variable's value is a password that stands in the file."""
    return variable.secret is not None and variable.secret.kind in ("credential", "default-credential")


def at(port: Port) -> Value:
    """Where a port is written, with what led there."""
    return Value.known("", port.source, port.span, port.value.trail)


def doubt(port: Port) -> Confidence | None:
    """Less than sure where a variable that nothing sets stands for the port, as it might hold an address too, and for what is started to
    test or build something."""
    if port.source.is_idle or port.source.is_for_builds:
        return Confidence.LOW
    return Confidence.MEDIUM if port.host_port.is_unknown else None


def bound(port: Port) -> Fix:
    """The fix that only the host itself reaches it."""
    return port.set("host_address", LOOPBACK, caveat="other machines no longer reach it")
