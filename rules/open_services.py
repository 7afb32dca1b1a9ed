"""Protection that well-known services come with, switched off."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, BorrowedVariables, Command, Confidence, Container, Finding, Good, Severity, Span, Variable, Word, WrittenFile, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Flag = tuple[str, frozenset[str], str, str, str]

ON = frozenset({"1", "true", "yes", "on", "y", "t", "enabled"})
OFF = frozenset({"0", "false", "no", "off", "n", "f", "disabled"})
EMPTY = frozenset({""})
NEVER: frozenset[str] = frozenset()
BARE = ON | EMPTY
"""A switch that is given without a value, or with one that says yes."""
SETTINGS = frozenset({"env", "configmap", "secret", "file"})
TRUST = frozenset({"--auth=trust", "-atrust", "-a trust", "--auth-host=trust", "--auth trust", "--auth-host trust"})
ADMIN = frozenset({"admin"})
READABLE = frozenset({"644", "0644", "666", "0666"})
EVERYWHERE = frozenset({"0.0.0.0", "::", "0.0.0.0:8200", "[::]:8200"})
UNENCRYPTED = "it answers everyone without TLS"
DEVELOPMENT = "a development server of Vault, unsealed and without TLS, answers on every address"
ANY_USER = "airflow.api.auth.backend.default"

STORES: Mapping[str, tuple[frozenset[str], str]] = {
    # databases
    "postgres_host_auth_method": (frozenset({"trust"}), "PostgreSQL asks nobody for a password"),  # hub.docker.com/_/postgres
    "postgres_initdb_args": (TRUST, "PostgreSQL asks nobody for a password"),  # initdb(1)
    "pgbouncer_auth_type": (frozenset({"trust", "any"}), "PgBouncer asks nobody for a password"),  # pgbouncer.org/config.html, auth_type
    "mysql_allow_empty_password": (ON, "root of MySQL has no password"),  # hub.docker.com/_/mysql
    "mariadb_allow_empty_root_password": (ON, "root of MariaDB has no password"),  # mariadb.com/kb, Docker environment variables
    "allow_empty_password": (ON, "the service starts without a password"),  # github.com/bitnami/containers, README of each image
    "allow_none_authentication": (ON, "etcd asks nobody for a password"),  # github.com/bitnami/containers, etcd
    "allow_plaintext_listener": (ON, "Kafka may listen without encryption and passwords"),  # github.com/bitnami/containers, kafka
    "allow_anonymous_login": (ON, "ZooKeeper asks nobody for a password"),  # github.com/bitnami/containers, zookeeper
    "neo4j_auth": (frozenset({"none"}), "Neo4j asks nobody for a password"),  # neo4j.com/docs/operations-manual, Docker
    "neo4j_dbms_security_auth__enabled": (OFF, "Neo4j asks nobody for a password"),  # the same, dbms.security.auth_enabled
    "dbms.security.auth_enabled": (OFF, "Neo4j asks nobody for a password"),
    "arango_no_auth": (ON, "ArangoDB asks nobody for a password"),  # hub.docker.com/_/arangodb
    "clickhouse_skip_user_setup": (ON, "ClickHouse lets its user `default` in without a password"),  # clickhouse.com/docs/install/docker
    "influxdb_http_auth_enabled": (OFF, "InfluxDB asks nobody for a password"),  # docs.influxdata.com, influxdb v1, auth-enabled
    "surreal_unauthenticated": (ON, "SurrealDB asks nobody for a password"),  # surrealdb.com/docs, cli, start
    "authentication_anonymous_access_enabled": (ON, "Weaviate lets everyone in"),  # docs.weaviate.io/deploy/configuration/authentication
    "protected-mode": (OFF, "Redis answers everyone, with or without a password"),  # redis.io/docs, security
    # search
    "xpack.security.enabled": (OFF, "Elasticsearch has neither passwords nor roles"),  # elastic.co/docs, security settings
    "xpack_security_enabled": (OFF, "Elasticsearch or Kibana has neither passwords nor roles"),  # elastic.co/docs, Kibana on Docker
    "es_setting_xpack_security_enabled": (OFF, "Elasticsearch has neither passwords nor roles"),  # elastic.co/docs, Elasticsearch on Docker
    "elasticsearch_enable_security": (OFF, "Elasticsearch has neither passwords nor roles"),  # github.com/bitnami/containers, elasticsearch
    "opendistro_security.disabled": (ON, "Elasticsearch has neither passwords nor roles"),  # opendistro.github.io, disable security
    "plugins.security.disabled": (ON, "OpenSearch has neither passwords nor roles"),  # docs.opensearch.org/security/configuration/disable
    "disable_security_plugin": (ON, "OpenSearch has neither passwords nor roles"),  # docs.opensearch.org, Docker
    "disable_security_dashboards_plugin": (ON, "OpenSearch Dashboards asks nobody for a password"),  # docs.opensearch.org, dashboards
    # messages
    "allow_anonymous": (ON, "the broker asks nobody for a password"),  # mosquitto.conf(5), vernemq.conf
    "emqx_allow_anonymous": (ON, "EMQX asks nobody for a password"),  # docs.emqx.com, v4 configuration
    "docker_vernemq_allow_anonymous": (ON, "VerneMQ asks nobody for a password"),  # docs.vernemq.com, Docker
    "hivemq_allow_all_clients": (ON, "HiveMQ asks nobody for a password"),  # github.com/hivemq/hivemq-allow-all-extension
    "loopback_users": (frozenset({"none"}), "RabbitMQ lets guest/guest in from everywhere"),  # rabbitmq.com/docs/access-control
    "loopback_users.guest": (OFF, "RabbitMQ lets guest/guest in from everywhere"),  # the same
    "anonymous_login": (ON, "Artemis asks nobody for a password"),  # activemq.apache.org/components/artemis, Docker
    "kafka_allow_everyone_if_no_acl_found": (ON, "Kafka allows everything that no rule forbids"),  # kafka.apache.org, authorization
    "allow.everyone.if.no.acl.found": (ON, "Kafka allows everything that no rule forbids"),
}  # fmt: skip
"""Settings of databases, search engines and brokers, which other programs speak to, as `VARIABLES` has them."""
VARIABLES: Mapping[str, tuple[frozenset[str], str]] = {
    **STORES,
    # consoles
    "gf_auth_anonymous_org_role": (ADMIN, "everyone administers Grafana without logging in"),  # grafana.com/docs, anonymous
    "me_config_basicauth": (OFF, "mongo-express shows everyone the databases"),  # github.com/mongo-express/mongo-express-docker
    "me_config_basicauth_enabled": (OFF, "mongo-express shows everyone the databases"),  # the same, since 1.0.1
    "pgadmin_config_server_mode": (OFF, "pgAdmin lets everyone in"),  # pgadmin.org/docs, config.py, SERVER_MODE
    "traefik_api_insecure": (ON, "Traefik shows its configuration to everyone"),  # doc.traefik.io/traefik/operations/api
    "flower_unauthenticated_api": (ON, "Flower runs and ends tasks for everyone"),  # flower.readthedocs.io/en/latest/config.html
    "fb_noauth": (ON, "File Browser gives its files to everyone"),  # filebrowser.org/cli/filebrowser
    "n8n_user_management_disabled": (ON, "n8n runs workflows for everyone"),  # docs.n8n.io, before 1.0
    "n8n_basic_auth_active": (OFF, "n8n asks nobody for a password"),  # docs.n8n.io, before 1.0
    "airflow__webserver__authenticate": (OFF, "Airflow asks nobody for a password"),  # airflow.apache.org/docs, 1.10
    "airflow__api__auth_backend": (frozenset({ANY_USER}), "Airflow's API asks nobody for a password"),  # 2.2, API
    "airflow__api__auth_backends": (frozenset({ANY_USER}), "Airflow's API asks nobody for a password"),  # 2.3
    "airflow__core__simple_auth_manager_all_admins": (ON, "everyone administers Airflow"),  # airflow.apache.org/docs, simple auth manager
    "public_role_like": (ADMIN, "everyone administers Superset without logging in"),
    "sonar_forceauthentication": (OFF, "SonarQube shows everyone the code"),  # docs.sonarsource.com, sonar.forceAuthentication
    "sonar.forceauthentication": (OFF, "SonarQube shows everyone the code"),
    "nexus_security_randompassword": (OFF, "Nexus starts with admin/admin123"),  # github.com/sonatype/docker-nexus3
    "langflow_auto_login": (ON, "Langflow lets everyone in as its first user"),  # docs.langflow.org/api-keys-and-authentication
    "disable_admin_token": (ON, "everyone administers Vaultwarden"),  # github.com/dani-garcia/vaultwarden, .env.template
    "dangerously_omit_auth": (ON, "the MCP inspector starts programs for every web page"),  # github.com/modelcontextprotocol/inspector
    "se_vnc_no_password": (ON, "everyone sees and steers the browser"),  # github.com/SeleniumHQ/docker-selenium
    "vnc_no_password": (ON, "everyone sees and steers the screen"),  # the same, older name
    # engines and clusters
    "docker_tls_certdir": (EMPTY, "Docker listens without TLS, and starts containers for everyone"),  # hub.docker.com/_/docker
    "k3s_kubeconfig_mode": (READABLE, "every user of the host is the cluster's administrator"),  # docs.k3s.io
    "minio_prometheus_auth_type": (frozenset({"public"}), "MinIO shows its metrics to everyone"),  # min.io/docs, metrics
    "vault_dev_listen_address": (EVERYWHERE, DEVELOPMENT),  # developer.hashicorp.com/vault/docs/commands/server, Dev options
    # transport of logins
    "oauthlib_insecure_transport": (ON, "OAuth tokens travel unencrypted"),  # oauthlib.readthedocs.io, InsecureTransportError
    "authlib_insecure_transport": (ON, "OAuth tokens travel unencrypted"),  # docs.authlib.org, OAuth 2 provider
    "permitemptypasswords": (ON, "SSH lets in who has no password"),  # sshd_config(5)
    "anonymous_enable": (ON, "FTP lets everyone in"),  # vsftpd.conf(5)
}  # fmt: skip
"""Variables and settings in small letters, the values with which they open a service, what that opens, and the source."""

MILD = frozenset({
    "allow_anonymous_login", "allow_none_authentication", "allow_plaintext_listener", "vault_dev_listen_address",
    "clickhouse_skip_user_setup", "traefik_api_insecure",
    "oauthlib_insecure_transport", "authlib_insecure_transport", "minio_prometheus_auth_type",
    "sonar_forceauthentication", "sonar.forceauthentication",
    "k3s_kubeconfig_mode", "kafka_allow_everyone_if_no_acl_found", "allow.everyone.if.no.acl.found", "--api.insecure",
    "--web.enable-admin-api", "--write-kubeconfig-mode", "-dev-listen-address",
    "--client-cert-auth", "--enable-insecure-login", UNENCRYPTED,
})  # fmt: skip
"""Those that open less, or mostly to neighbours that are to be let in."""
WITHOUT_A_PASSWORD = frozenset({
    "postgres_host_auth_method", "postgres_initdb_args", "mysql_allow_empty_password", "mariadb_allow_empty_root_password",
    "allow_empty_password",
})  # fmt: skip
"""Those that leave the administrator of a database without a password, which is told like one that anyone would guess."""
OPENS_A_STORE = frozenset({
    *STORES, "--api.insecure", "traefik_api_insecure", "--protected-mode", "--noauth", "--skip-grant-tables", "--skip_grant_tables",
    "--insecure", "--client-cert-auth", "-c", "--config-file", "-Expack.security.enabled", "-E", "--web.enable-admin-api",
    "--unauthenticated",
    "vault_dev_listen_address", "-dev-listen-address", "minio_prometheus_auth_type", "docker_tls_certdir",
})  # fmt: skip
"""Variables and options that open a service to programs; people come to the others, maybe through a proxy."""
READ_BY_BITNAMI = "allow_empty_password"
"""A variable that the images of Bitnami read, and Docker's official ones do not (github.com/bitnami/containers)."""
OWN_PORT = {"--api.insecure": 8080, "traefik_api_insecure": 8080}
"""Those that open one port of a service that has others: doc.traefik.io/traefik/operations/api, Insecure."""
OVERRULED: Mapping[str, frozenset[str]] = {
    "mysql_allow_empty_password": frozenset({"mysql_root_password", "mysql_root_password_file", "mysql_random_root_password"}),
    "mariadb_allow_empty_root_password": frozenset(
        {"mariadb_root_password", "mariadb_root_password_file", "mariadb_root_password_hash", "mariadb_random_root_password"}
    ),
}
"""Those that have no say where one of these is set too (hub.docker.com/_/mysql and mariadb, the entry points)."""
SAYS_IT_ITSELF = frozenset({"auth_disabled", "disable_authentication", "skip_auth", "no_auth", "allow_unauthenticated"})
"""Names that mean one thing, whoever reads them."""

OPEN_BROKER = frozenset({"/mosquitto-no-auth.conf"})
JMX = "whoever reaches the port runs code through JMX"
ALL_HOSTS = frozenset({".*", "^.*$", "^*$"})
PROGRAMS: Mapping[str, tuple[Flag, ...]] = {
    # programs: (option, values, what must be given too, what must not, what that opens)  # source
    "redis-server valkey-server": (("--protected-mode", OFF, "", "--requirepass --aclfile", "it answers everyone"),),  # redis.io/docs
    "mongod mongos": (("--noauth", BARE, "", "", "it asks nobody for a password"),),  # mongodb.com/docs, mongod
    "mysqld mariadbd mysqld_safe": (
        ("--skip-grant-tables", BARE, "", "", "it asks nobody for a password"),  # dev.mysql.com
        ("--skip_grant_tables", BARE, "", "", "it asks nobody for a password"),
    ),
    "initdb pg_ctl": (
        ("--auth", frozenset({"trust"}), "", "", "PostgreSQL asks nobody for a password"),  # initdb(1)
        ("-A", frozenset({"trust"}), "", "", "PostgreSQL asks nobody for a password"),
        ("--auth-host", frozenset({"trust"}), "", "", "PostgreSQL asks nobody for a password"),
    ),
    "ttyd": (("-W", BARE, "", "-c --credential", "everyone types into the terminal"),),  # github.com/tsl0922/ttyd, man page
    "rclone rcd": (("--rc-no-auth", BARE, "", "--rc-user --rc-htpasswd", "everyone copies and deletes files by its API"),),  # rclone.org/rc
    "cockroach start-single-node start": (
        ("--insecure", BARE, "start", "", "it asks nobody for a password and encrypts nothing"),  # cockroachlabs.com/docs, start
    ),
    "filebrowser": (("--noauth", BARE, "", "", "it gives its files to everyone"),),  # filebrowser.org/cli/filebrowser
    "gotty": (
        ("--permit-write", BARE, "", "--credential", "everyone types into the terminal"),  # github.com/sorenisanerd/gotty
        ("-w", BARE, "", "-c", "everyone types into the terminal"),
    ),
    "x11vnc": (("-nopw", BARE, "", "", "everyone sees and steers the screen"),),  # x11vnc(1)
    "vncserver Xvnc tigervncserver": (("-SecurityTypes", frozenset({"none"}), "", "", "everyone sees and steers the screen"),),  # Xvnc(1)
    "kubelet": (
        ("--anonymous-auth", ON, "", "", "it answers everyone"),  # kubernetes.io/docs/reference, kubelet
        ("--authorization-mode", frozenset({"alwaysallow"}), "", "", "it runs what everyone asks for"),
    ),
    "kube-apiserver": (
        ("--authorization-mode", frozenset({"alwaysallow"}), "", "", "everyone administers the cluster"),  # the same, kube-apiserver
        ("--insecure-bind-address", EVERYWHERE, "", "", "everyone administers the cluster"),  # the same, before 1.24
        ("--insecure-port", frozenset({"8080"}), "", "", "whoever is on the host administers the cluster"),
    ),
    "etcd": (("--client-cert-auth", OFF, "", "", "it asks nobody for a certificate"),),  # etcd.io/docs, transport security
    "mosquitto": (
        ("-c", OPEN_BROKER, "", "", "it asks nobody for a password"),  # hub.docker.com/_/eclipse-mosquitto
        ("--config-file", OPEN_BROKER, "", "", "it asks nobody for a password"),
    ),
    "vault": (("-dev-listen-address", EVERYWHERE, "-dev", "", DEVELOPMENT),),  # developer.hashicorp.com/vault/docs/commands/server
    "argo server": (("--auth-mode", frozenset({"server"}), "server", "", "everyone runs workflows with its rights"),),  # argo-workflows
    "kubectl": (("--accept-hosts", ALL_HOSTS, "--address=0.0.0.0", "", "everyone administers the cluster through it"),),  # kubectl proxy
    "k3s": (("--write-kubeconfig-mode", READABLE, "", "", "every user of the host administers the cluster"),),  # docs.k3s.io/cli
    "elasticsearch": (
        ("-Expack.security.enabled", OFF, "", "", "it has neither passwords nor roles"),  # elastic.co/docs, command line
        ("-E", frozenset({"xpack.security.enabled=false"}), "", "", "it has neither passwords nor roles"),
    ),
    "java": (("-Dcom.sun.management.jmxremote.authenticate", OFF, "", "", JMX),),  # docs.oracle.com, JMX monitoring and management
}  # fmt: skip
EVERYBODYS: tuple[Flag, ...] = (
    ("--api.insecure", BARE, "", "", "Traefik shows its configuration to everyone"),  # doc.traefik.io/traefik/operations/api
    ("--enable-skip-login", BARE, "", "", "everyone uses the Kubernetes dashboard"),  # github.com/kubernetes/dashboard, arguments
    ("--enable-insecure-login", BARE, "", "", "tokens of the cluster travel unencrypted"),  # the same
    ("--insecure-bind-address", EVERYWHERE, "", "", UNENCRYPTED),  # the same, and old API servers
    ("--unauthenticated", BARE, "", "", "SurrealDB asks nobody for a password"),  # surrealdb.com/docs, cli, start
    ("--unauthenticated_api", BARE, "", "", "Flower runs and ends tasks for everyone"),  # flower.readthedocs.io
    ("--web.enable-admin-api", BARE, "", "", "everyone deletes what Prometheus has stored"),  # prometheus.io/docs, TSDB admin APIs
    *((option, BARE, "", "", "everyone is let in") for option in "--no-auth --disable-auth --skip-auth --disable-authentication".split()),
)  # portainer.io, CLI of version 1; argo-cd.readthedocs.io, argocd-server; and others
"""Options that mean the same whichever program has them: a service's command often holds nothing but options."""
NO_AUTH: Flag = ("--noauth", BARE, "", "", "everyone is let in")
"""What it means where the program is not known."""
ENGINES = frozenset({"dockerd", "docker", "dockerd-entrypoint.sh"})
UNPROTECTED = ("tcp://0.0.0.0:2375", "tcp://:2375", "tcp://[::]:2375")  # docs.docker.com/reference/cli/dockerd, daemon socket option
JVM_VARIABLES = frozenset({
    "java_opts", "java_tool_options", "_java_options", "jdk_java_options", "catalina_opts", "kafka_jmx_opts", "kafka_opts", "jvm_opts",
    "es_java_opts", "java_options", "jmx_opts",
})  # fmt: skip
JMX_OPEN = "-Dcom.sun.management.jmxremote.authenticate=false"
PUBLIC_BUCKET = (("anonymous", "set"), ("policy", "set"))
"""How `mc` opens a bucket, with its older name: min.io/docs, mc anonymous set."""
BY_PROGRAM: Mapping[str, tuple[Flag, ...]] = {program: flags for programs, flags in PROGRAMS.items() for program in programs.split()}
STARTERS = frozenset({
    "", "surreal", "traefik", "dashboard", "flower", "celery", "prometheus", "portainer", "argocd-server", "mc", *ENGINES, *BY_PROGRAM,
})  # fmt: skip
SPACED = frozenset({"allow_anonymous", "protected-mode", "permitemptypasswords"})
"""Settings that stand before their value with a blank between."""

NEEDS_A_PASSWORD = "it asks for a password then, and may not start before it is given one"


@rule(
    "protection-switched-off",
    severity=Severity.HIGH,
    references="ATT&CK T1133 · ATT&CK T1190 · CWE-306 · CWE-1188",
    programs=STARTERS,
    variables=(*VARIABLES, *SAYS_IT_ITSELF, *JVM_VARIABLES),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM acme/search:1
            ENV «xpack.security.enabled=false» A=1
            """,
            fixed="""
            FROM acme/search:1
            ENV A=1
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              db:
                image: postgres:17
                environment:
                  POSTGRES_DB: app
                  # how clients log in
                  «POSTGRES_HOST_AUTH_METHOD: trust»
                  PGDATA: /data
              old:
                image: mysql:8.4
                environment: [A=b, «MYSQL_ALLOW_EMPTY_PASSWORD=yes»]
            """,
            fixed="""
            services:
              db:
                image: postgres:17
                environment:
                  POSTGRES_DB: app
                  # how clients log in
                  PGDATA: /data
              old:
                image: mysql:8.4
                environment: [A=b]
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              search:
                image: elasticsearch:9.1.4
                environment:
                  - «xpack.security.enabled=false»
                  - discovery.type=single-node
              proxy:
                image: traefik:3.5
                command: [--providers.docker=true, «--api.insecure=true»]
              cache:
                image: redis:8
                command: redis-server «--protected-mode no» --save 60 1
              roach:
                image: cockroachdb/cockroach:v25.3.1
                command: start-single-node «--insecure»
              builder: {image: 'docker:29-dind', environment: {«DOCKER_TLS_CERTDIR: ''»}}
              alone:
                image: redis:8
                command: [«--protected-mode, no», --save, '60']
              documents:
                image: mongo:8
                command: «--noauth» --bind_ip_all
              cluster:
                image: rancher/k3s:v1.34.1-k3s1
                command: server «--write-kubeconfig-mode=644»
              keys:
                image: hashicorp/vault:1.20
                command: server -dev «-dev-listen-address=0.0.0.0:8200»
              broker:
                image: eclipse-mosquitto:2.0.22
                command: mosquitto «-c /mosquitto-no-auth.conf»
              passwords: {image: 'vaultwarden/server:1.34.3', environment: [«DISABLE_ADMIN_TOKEN=true»]}
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM grafana/grafana:12.2.0
            ENV GF_AUTH_ANONYMOUS_ENABLED=true «GF_AUTH_ANONYMOUS_ORG_ROLE=Admin»
            RUN echo "«host all all 0.0.0.0/0 trust»" >> /etc/postgresql/pg_hba.conf
            RUN printf '«allow_anonymous true»\\n' > /etc/mosquitto.conf
            ENV KAFKA_JMX_OPTS="-Dcom.sun.management.jmxremote «-Dcom.sun.management.jmxremote.authenticate=false»"
            CMD ["dockerd", «"-H", "tcp://0.0.0.0:2375"»]
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: dashboard
                  image: kubernetesui/dashboard:v2.7.0
                  args: [--namespace=web, «--enable-skip-login»]
                  env: [«{name: DANGEROUSLY_OMIT_AUTH, value: 'true'}»]
                - {name: db, image: 'mysql:8.4', args: [«--skip-grant-tables»]}
                - {name: graph, image: 'surrealdb/surrealdb:v2.3.10', args: [start, «--unauthenticated»]}
                - {name: search, image: 'acme/search:1', command: [elasticsearch, «-E, xpack.security.enabled=false», -E, node.name=a]}
                - {name: files, image: 'rclone/rclone:1.71', command: [rclone, rcd, «--rc-no-auth», '--rc-addr=:5572']}
                - {name: shell, image: 'acme/ttyd:1', command: [ttyd, «-W», bash]}
                - {name: guarded, image: 'acme/ttyd:1', command: [ttyd, -c, '$(LOGIN)', -W, bash]}
                - {name: api, image: 'acme/a:1', command: [kube-apiserver, «--insecure-bind-address=0.0.0.0», «--insecure-port=8080»]}
                - {name: etcd, image: 'acme/e:1', command: [etcd, «--client-cert-auth=false», --listen-client-urls=https://0.0.0.0:2379]}
            """,
        ),
        Bad(
            "pod.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {auth: trust}\n---\n"
            "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {containers: [{name: db, image: 'postgres:17', env: "
            "[{name: POSTGRES_HOST_AUTH_METHOD, valueFrom: {configMapKeyRef: {name: db, key: «auth»}}}]}]}\n",
        ),
        Good(
            "compose.yaml",
            """
            services:
              db:
                image: postgres:17
                environment: [POSTGRES_HOST_AUTH_METHOD=scram-sha-256, POSTGRES_PASSWORD_FILE=/run/secrets/db]
              old:
                image: mysql:8.4
                environment: {MYSQL_ALLOW_EMPTY_PASSWORD: "no", MYSQL_RANDOM_ROOT_PASSWORD: "yes"}
              new:
                image: mysql:8.4
                environment: [MYSQL_ALLOW_EMPTY_PASSWORD=yes, 'MYSQL_ROOT_PASSWORD=${DB_PASSWORD}']
              cache:
                image: redis:7
                environment: [ALLOW_EMPTY_PASSWORD=yes]
              search:
                image: elasticsearch:9.1.4
                environment: ['xpack.security.enabled=${SECURITY}', xpack.security.http.ssl.enabled=false]
              proxy:
                image: traefik:3.5
                command: [--api.insecure=false]
              cache:
                image: redis:8
                command: redis-server --protected-mode no --requirepass ${PASSWORD}
              lists:
                image: valkey/valkey:8.1
                command: [valkey-server, --protected-mode, no, --aclfile, /etc/valkey/users.acl]
              own:
                image: redis:8
                entrypoint: [tool]
                command: [--protected-mode, no]
              keys:
                image: hashicorp/vault:1.20
                command: server -dev -dev-listen-address=127.0.0.1:8200
              roach:
                image: cockroachdb/cockroach:v25.3.1
                command: cockroach sql --insecure
              builder: {image: 'docker:29-dind', environment: {DOCKER_TLS_CERTDIR: /certs}}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM grafana/grafana:12.2.0
            ENV GF_AUTH_ANONYMOUS_ENABLED=true GF_AUTH_ANONYMOUS_ORG_ROLE=Viewer
            LABEL xpack.security.enabled=false
            RUN echo "local all all trust" >> /etc/postgresql/pg_hba.conf && echo "host all all 127.0.0.1/32 trust" >> /etc/pg_hba.conf
            RUN docker -H tcp://10.0.0.1:2375 ps && mysqld --initialize --user=mysql
            CMD ["dockerd", "-H", "tcp://0.0.0.0:2376", "--tlsverify"]
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: dashboard, image: 'kubernetesui/dashboard:v2.7.0', args: [--namespace=web, --enable-skip-login=false]}
                - {name: api, image: 'acme/a:1', command: [kube-apiserver, --insecure-bind-address=127.0.0.1, --insecure-port=0]}
                - {name: tool, image: 'mysql:8.4', command: [tool], args: [--skip-grant-tables]}
                - name: db
                  image: mysql:8.4
                  env:
                    - {name: MYSQL_ALLOW_EMPTY_PASSWORD, value: 'true'}
                    - {name: MYSQL_ROOT_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: root}}}
            """,
        ),
    ),
)
def protection_switched_off(subject: Command | Variable | WrittenFile | BorrowedVariables) -> Iterator[Finding]:
    """A service is told to let everyone in.

    It asks for a password, or shows itself to its own administrators only, unless somebody switches that off. Whoever reaches its port,
    from the other containers, from the network or through a page in a browser, has what it holds. Set a password (from a secret), and where
    the protection is off for tests, keep that setting in a file that is used for tests only: confidence is low there, and in files of
    developers, and in an example that nobody reaches. It is low too where a Compose file or a command line publishes ports on the loopback
    address only, and for a database, a search engine, a broker or a container engine that publishes none: only its neighbours reach it. A
    database whose administrator has no password is told even so, like one with a password that anyone would guess.
    """
    if isinstance(subject, Variable):
        found = _variable(subject)
    elif isinstance(subject, WrittenFile):
        found = _lines(subject)
    elif isinstance(subject, BorrowedVariables):
        found = _borrowed(subject)
    else:
        found = _command(subject)
    for finding in found:
        source, owner = subject.source, subject.owner if isinstance(subject, Command | Variable) else None
        is_shown = source.is_sample and (owner is None or owner.is_shut())
        if subject.is_for_work or is_shown or source.is_said_to_be_for_work(finding.span.start):
            finding.confidence = Confidence.LOW
        yield finding


def among_neighbours(owner: Container | None, name: str) -> bool:
    """Whether what a variable or an option of a container opens is open to its host or, as a store is to be, to its neighbours alone."""
    if owner is None or name in WITHOUT_A_PASSWORD:
        return False
    return (name in OPENS_A_STORE or owner.publishes) and owner.is_shut(OWN_PORT.get(name, -1))


def _variable(variable: Variable) -> Iterator[Finding]:
    if variable.place not in SETTINGS or variable.overridden or not variable.value.is_known:
        return
    name, text = variable.name.lower(), variable.value.text.strip()
    values, opens = VARIABLES.get(name, (ON if name in SAYS_IT_ITSELF else NEVER, "everyone is let in"))
    if name in JVM_VARIABLES:
        at = text.find(JMX_OPEN)
        place = variable.place_of(at, at + len(JMX_OPEN)) if at >= 0 and variable.fragment is not None else None
        if place is not None:
            yield variable.finding(place, f"`{variable.name}`: {JMX}")
        return
    if name in OVERRULED and not OVERRULED[name].isdisjoint(variable.beside):
        return
    if name == READ_BY_BITNAMI and variable.owner is not None and variable.owner.is_official:
        return
    if text.lower() in values or (values is TRUST and any(word in text.lower() for word in TRUST)):
        shown = f"{variable.name}={variable.value.text}" if text else f"{variable.name} is empty"
        is_part = variable.place == "configmap" and name in OVERRULED  # a Secret beside it may set the password
        otherwise = Confidence.MEDIUM if name in SAYS_IT_ITSELF else None
        unsure = Confidence.LOW if is_part or among_neighbours(variable.owner, name) else otherwise
        start, end = min(variable.span.start, variable.name_span.start), max(variable.span.end, variable.name_span.end)
        mild = Severity.MEDIUM if name in MILD else None
        fix = variable.drop("variable", caveat=NEEDS_A_PASSWORD)
        whole, notes = Span(start, end), variable.value.trail
        yield variable.finding(whole, f"`{shown}`: {opens}", severity=mild, confidence=unsure, fix=fix, notes=notes)


def _borrowed(variables: BorrowedVariables) -> Iterator[Finding]:
    """What a ConfigMap says under another name than the one that the program reads it by."""
    for name, text, note in variables.values:
        values, opens = VARIABLES.get(name.lower(), (NEVER, ""))
        if text.strip().lower() in values and name.lower() not in OVERRULED:
            mild = Severity.MEDIUM if name.lower() in MILD else None
            yield variables.finding(variables.span, f"`{name}={text}`: {opens}", severity=mild, notes=(note,))


def _lines(file: WrittenFile) -> Iterator[Finding]:
    for line in file.lines:
        words = line.text.split()
        if file.name == "pg_hba.conf":
            local = len(words) < 5 or words[3].startswith(("127.", "::1", "localhost", "samehost"))
            if words[0].startswith("host") and words[-1] == "trust" and not local:
                yield file.finding(line.span(), "PostgreSQL asks nobody for a password who comes from there")
        elif len(words) == 2 and words[0].lower() in SPACED:
            values, opens = VARIABLES[words[0].lower()]
            if words[1].lower() in values:
                yield file.finding(line.span(), f"`{line.text}`: {opens}")


def _command(command: Command) -> Iterator[Finding]:
    words = command.words if command.name in STARTERS else ()
    flags = BY_PROGRAM.get(command.name, ()) + EVERYBODYS
    if not command.name:
        flags = (*flags, *BY_PROGRAM["elasticsearch"], NO_AUTH)
    for index, word in enumerate(words):
        text = word.text
        if text.startswith("-"):
            option = text.partition("=")[0]
            flag = next((flag for flag in flags if flag[0] == option), None)
            if flag is not None:
                yield from _opened(command, words, index, flag)
        if command.name in ENGINES or not command.name:
            yield from _engine(command, words, index)
        elif command.name == "mc" and index > 1 and (words[index - 2].text, words[index - 1].text) in PUBLIC_BUCKET and text == "public":
            yield command.finding(span_of(words, index - 2, index), "everyone reads and writes the bucket")


def _opened(command: Command, words: tuple[Word, ...], index: int, flag: Flag) -> Iterator[Finding]:
    option, values, needed, unless, opens = flag
    _, equals, value = words[index].text.partition("=")
    last = index
    if not equals and EMPTY.isdisjoint(values):
        last = min(index + 1, len(words) - 1)
        value = words[last].text
    given = [word.text for word in words]
    lacks = needed and not any(word.startswith(needed) for word in given)
    if value.lower() not in values or lacks or any(word in given for word in unless.split()):
        return
    severity = None if MILD.isdisjoint((option, opens)) else Severity.MEDIUM
    fix = command.drop_words(index, last, caveat=NEEDS_A_PASSWORD)
    unsure = Confidence.LOW if among_neighbours(command.owner, option) else None
    yield command.finding(span_of(words, index, last), f"`{option}`: {opens}", severity=severity, confidence=unsure, fix=fix)


def _engine(command: Command, words: tuple[Word, ...], index: int) -> Iterator[Finding]:
    text = words[index].text
    before = words[index - 1].text if index else ""
    listens = text.startswith(UNPROTECTED) and before in ("-H", "--host")
    attached = text.startswith(("-H", "--host=")) and text.removeprefix("--host=").removeprefix("-H").lstrip("=").startswith(UNPROTECTED)
    if (listens or attached) and not any(word.text.startswith("--tlsverify") for word in words):
        unsure = Confidence.LOW if among_neighbours(command.owner, "docker_tls_certdir") else None
        message = "Docker listens without TLS, and starts containers for everyone"
        yield command.finding(span_of(words, index - listens, index), message, confidence=unsure)


def span_of(words: tuple[Word, ...], first: int, last: int) -> Span:
    """From the first of some words to the last."""
    return Span(words[first].span.start, words[last].span.end)
