"""What is publicly documented about images, as data."""

from __future__ import annotations

from capdrop.syntax.image_reference import Reference

_CHAINGUARD = ("cgr.dev/", "docker.io/chainguard/")
_CHAINGUARD_ROOT = ("wolfi-base", "chainguard-base")
"""Chainguard's images run as user 65532 unless their configuration says otherwise, also in their `-dev` variants
(https://github.com/chainguard-images/images/blob/main/BEST_PRACTICES.md, Users); these two are bases that run as root."""
_NON_ROOT_WORDS = ("nonroot", "unprivileged", "rootless", "chiseled")
"""Distroless `:nonroot` tags (GoogleContainerTools/distroless README), nginxinc/nginx-unprivileged, moby/buildkit:rootless, and
.NET's `-chiseled` and `-distroless` tags (https://github.com/dotnet/dotnet-docker/blob/main/documentation/distroless.md)."""
_HARDENED = "dhi.io/"
"""Docker Hardened Images (https://docs.docker.com/dhi/migration/checklist): "runtime images run as nonroot by default", those to build
with, whose tags say `dev` or `sdk`, as root."""
_TO_BUILD_WITH = ("dev", "sdk")
_DOTNET = "mcr.microsoft.com/dotnet/"
_DISTROLESS = "distroless"
_NON_ROOT = frozenset({
    "docker.elastic.co/elasticsearch/elasticsearch",  # elastic/elasticsearch, distribution/docker/src/docker/Dockerfile
    "docker.io/library/elasticsearch",  # the same, under Docker's name
    "docker.io/grafana/grafana",  # https://grafana.com/docs/grafana/latest/setup-grafana/configure-docker/: user 472
    "docker.io/grafana/grafana-oss",
    "docker.io/jenkins/",  # jenkinsci/docker and jenkinsci/docker-agent, Dockerfile
    "docker.io/library/haproxy",  # docker-library/haproxy, Dockerfile.template, since 2.4
    "docker.io/library/memcached",  # docker-library/memcached, Dockerfile.template
    "docker.io/library/sonarqube",  # SonarSource/docker-sonarqube, 9/community/Dockerfile
    "docker.io/n8nio/n8n",  # n8n-io/n8n, docker/images/n8n/Dockerfile
    "docker.n8n.io/n8nio/n8n",
    "docker.io/prom/prometheus",  # prometheus/prometheus, Dockerfile
    "quay.io/prometheus/prometheus",
    "quay.io/keycloak/keycloak",  # keycloak/keycloak, quarkus/container/Dockerfile
    "docker.elastic.co/beats/",  # elastic/beats, dev-tools/packaging/packages.yml: user
    "docker.elastic.co/kibana/",  # elastic/kibana, src/dev/build/tasks/os_packages/docker_generator/templates/base/Dockerfile
    "docker.elastic.co/logstash/",  # elastic/logstash, docker/templates/Dockerfile.erb
    "docker.io/library/kibana",  # the same, under Docker's name
    "docker.io/library/logstash",
    "docker.io/curlimages/curl",  # https://github.com/curl/curl-docker: "running as curl_user is an explicit design decision"
    "quay.io/brancz/kube-rbac-proxy",  # brancz/kube-rbac-proxy, Dockerfile
    "docker.io/sonatype/nexus3",  # sonatype/docker-nexus3, Dockerfile: USER nexus
    "docker.io/apache/superset",  # apache/superset, Dockerfile: USER superset
    "docker.io/mailhog/mailhog",  # mailhog/MailHog, Dockerfile: USER mailhog
    "docker.io/grafana/k6",  # grafana/k6, Dockerfile: USER k6
    "quay.io/operator-framework/opm",  # operator-framework/operator-registry, release/goreleaser.opm.Dockerfile: USER 1001
    # https://docs.aws.amazon.com/lambda/latest/dg/images-create.html: "a default Linux user with least-privileged permissions"
    "public.ecr.aws/lambda/",
    "docker.io/bitnami/",  # https://github.com/bitnami/containers, "Non-root containers": user 1001
    "docker.io/bitnamilegacy/",
    "docker.io/bitnamisecure/",
    # servers and tools of their makers; each Dockerfile read 2026-11
    "docker.io/apache/airflow",  # apache/airflow, Dockerfile: USER ${AIRFLOW_UID}
    "docker.io/apache/kafka",  # apache/kafka, docker/jvm/Dockerfile: USER appuser
    "docker.io/apache/spark",  # apache/spark-docker, Dockerfile of each version: USER spark
    "docker.io/library/spark",
    "docker.io/confluentinc/",  # confluentinc/common-docker, base-java/Dockerfile.ubi9: USER appuser
    "docker.io/fluent/fluentd",  # fluent/fluentd-docker-image, Dockerfile.template.erb: USER fluent
    "docker.io/goharbor/",  # goharbor/harbor, make/photon/*/Dockerfile
    "docker.io/grafana/loki",  # grafana/loki, cmd/loki/Dockerfile: USER 10001
    "docker.io/grafana/tempo",  # grafana/tempo, cmd/tempo/Dockerfile: USER 10001:10001
    "docker.io/jaegertracing/",  # jaegertracing/jaeger, cmd/*/Dockerfile: USER ${USER_UID}
    "docker.io/jupyter/",  # jupyter/docker-stacks, images/*/Dockerfile: USER ${NB_UID}
    "quay.io/jupyter/",
    "gcr.io/knative-releases/",  # knative/serving, .ko.yaml: ko's base without root
    "docker.io/kserve/",  # kserve/kserve, Dockerfile and python/*.Dockerfile: nonroot, USER 1000
    "docker.io/library/open-liberty",  # OpenLiberty/ci.docker, releases/*/*/Dockerfile*: USER 1001
    "docker.io/openzipkin/zipkin",  # openzipkin/zipkin, docker/Dockerfile: USER ${USER}
    "docker.io/openzipkin/zipkin-slim",
    "docker.io/longhornio/longhorn-ui",  # longhorn/longhorn-ui, package/Dockerfile: USER 499
    "ghcr.io/kedacore/http-add-on-",  # kedacore/http-add-on, */Dockerfile: distroless nonroot
    "docker.io/oryd/",  # ory/kratos and ory/hydra, .docker/Dockerfile-alpine and -distroless-static: USER 10000, USER nonroot
    "docker.io/otel/",  # open-telemetry/opentelemetry-collector-releases, distributions/*/Dockerfile: USER ${USER_UID}
    "ghcr.io/open-telemetry/opentelemetry-collector-releases/",  # the same
    "ghcr.io/open-telemetry/opentelemetry-operator/opentelemetry-operator",  # open-telemetry/opentelemetry-operator, Dockerfile: USER
    "ghcr.io/open-telemetry/opentelemetry-operator/target-allocator",  # 65532:65532, cmd/otel-allocator/Dockerfile: the same
    "ghcr.io/open-feature/flagd",  # open-feature/flagd, flagd/build.Dockerfile: USER 65532:65532
    "docker.io/rayproject/",  # ray-project/ray, docker/base-deps/Dockerfile: USER $RAY_UID
    "docker.io/selenium/",  # SeleniumHQ/docker-selenium, */Dockerfile: USER ${SEL_UID}
    "docker.io/gitpod/",  # gitpod-io/workspace-images, chunks/*/Dockerfile: USER gitpod
    "docker.io/nodered/node-red",  # node-red/node-red-docker, .docker/Dockerfile.alpine: USER node-red
    "docker.io/mambaorg/micromamba",  # mamba-org/micromamba-docker, debian.Dockerfile: USER $MAMBA_USER
    "docker.io/library/odoo",  # odoo/docker, 17.0/Dockerfile: USER odoo
    "docker.io/library/kong",  # Kong/docker-kong, Dockerfile.deb: USER kong
    "docker.io/kong/kong-gateway",
    "docker.io/codercom/code-server",  # coder/code-server, ci/release-image/Dockerfile: USER 1000
    "ghcr.io/actions/actions-runner",  # actions/runner, images/Dockerfile: USER runner
    "ghcr.io/puppeteer/puppeteer",  # puppeteer/puppeteer, docker/Dockerfile: USER $PPTRUSER_UID
    "docker.io/stefanprodan/podinfo",  # stefanprodan/podinfo, Dockerfile: USER app
    "ghcr.io/stefanprodan/podinfo",
    "ghcr.io/cloudnative-pg/cloudnative-pg",  # cloudnative-pg/cloudnative-pg, Dockerfile: USER 65532:65532
    "ghcr.io/dexidp/dex",  # dexidp/dex, Dockerfile: USER dex:dex
    "quay.io/oauth2-proxy/oauth2-proxy",  # oauth2-proxy/oauth2-proxy, Dockerfile: distroless/static:nonroot
    "quay.io/strimzi/",  # strimzi/strimzi-kafka-operator, docker-images/*/Dockerfile: USER 1001
    # exporters and proxies; a Dockerfile of each project read 2026-11, not always its newest
    "docker.io/nginx/nginx-prometheus-exporter",  # nginx/nginx-prometheus-exporter, build/Dockerfile: USER 1001:1001
    "docker.io/oliver006/redis_exporter",  # oliver006/redis_exporter, docker/Dockerfile: USER 59000:59000
    "gcr.io/cloud-sql-connectors/cloud-sql-proxy",  # GoogleCloudPlatform/cloud-sql-proxy, Dockerfile: USER 65532
    "gcr.io/cloudsql-docker/gce-proxy",  # its first version, from memory
    "docker.io/grafana/rollout-operator",  # grafana/rollout-operator, Dockerfile: USER rollout-operator
    "ghcr.io/home-operations/",  # home-operations/containers, README, Rootless: most, as user 65534
    "ghcr.io/onedr0p/exportarr",  # onedr0p/exportarr, Dockerfile: USER nonroot:nonroot
    "docker.io/locustio/locust",  # locustio/locust, Dockerfile: USER locust
    *(
        f"{registry}/{name}"  # prometheus/*_exporter, Dockerfile: USER nobody
        for registry in ("docker.io/prom", "quay.io/prometheus")
        for name in ("memcached-exporter", "mysqld-exporter", "statsd-exporter")
    ),
    *(
        f"{registry}/prometheuscommunity/{name}"  # prometheus-community/*_exporter, Dockerfile: USER nobody; yace: USER exporter
        for registry in ("docker.io", "quay.io")
        for name in ("json-exporter", "pgbouncer-exporter", "postgres-exporter", "yet-another-cloudwatch-exporter")
    ),
    # parts of clusters
    "docker.io/hashicorp/consul-k8s-control-plane",  # hashicorp/consul-k8s, control-plane/Dockerfile: USER 100
    "docker.io/kubeflownotebookswg/",  # kubeflow/kubeflow, components/example-notebook-servers/base/Dockerfile: USER $NB_UID
    "ghcr.io/kubeflow/kubeflow/notebook-servers/",
    "docker.io/kubeflow/spark-operator",  # kubeflow/spark-operator, Dockerfile: USER ${SPARK_UID}:${SPARK_GID}
    "docker.io/velero/velero",  # vmware-tanzu/velero, Dockerfile: USER cnb:cnb
    "ghcr.io/apache/flink-kubernetes-operator",  # apache/flink-kubernetes-operator, Dockerfile: USER flink
    "ghcr.io/kubeflow/spark-operator/controller",
    "registry.k8s.io/autoscaling/cluster-autoscaler",  # kubernetes/autoscaler, cluster-autoscaler/Dockerfile: static:nonroot
    "registry.k8s.io/autoscaling/vpa-admission-controller",  # the same, vertical-pod-autoscaler/pkg/*/Dockerfile
    "registry.k8s.io/autoscaling/vpa-recommender",
    "registry.k8s.io/autoscaling/vpa-updater",
    "docker.io/istio/pilot",  # istio/istio, pilot/docker/Dockerfile.pilot: USER 1337:1337
    "docker.io/prom/alertmanager",  # prometheus/alertmanager, Dockerfile: USER nobody
    "quay.io/prometheus/alertmanager",
    "docker.io/prom/node-exporter",  # prometheus/node_exporter, Dockerfile: USER nobody
    "quay.io/prometheus/node-exporter",
    "quay.io/prometheus-operator/",  # prometheus-operator/prometheus-operator, Dockerfile: USER 65534
    "quay.io/argoproj/argocd",  # argoproj/argo-cd, Dockerfile: USER $ARGOCD_USER_ID
    "quay.io/argoproj/argo-rollouts",  # argoproj/argo-rollouts, Dockerfile: USER 999
    "quay.io/kuberay/",  # ray-project/kuberay, */Dockerfile: USER 65532:65532
    "docker.io/kuberay/",
    "gcr.io/kubebuilder/kube-rbac-proxy",  # brancz/kube-rbac-proxy, Dockerfile
    "registry.k8s.io/kubebuilder/kube-rbac-proxy",
    "registry.k8s.io/ingress-nginx/controller",  # kubernetes/ingress-nginx, rootfs/Dockerfile: USER www-data
    "registry.k8s.io/kube-state-metrics/kube-state-metrics",  # kubernetes/kube-state-metrics, Dockerfile: USER nobody
    "registry.k8s.io/metrics-server/metrics-server",  # kubernetes-sigs/metrics-server, Dockerfile: USER 65534
    "registry.k8s.io/nfd/node-feature-discovery",  # kubernetes-sigs/node-feature-discovery, Dockerfile: USER 65534:65534
    "gcr.io/k8s-staging-nfd/node-feature-discovery",
    # what samples run
    "gcr.io/google-samples/hello-app",  # GoogleCloudPlatform/kubernetes-engine-samples, quickstarts/hello-app/Dockerfile: USER nonroot
    "us-docker.pkg.dev/google-samples/containers/gke/hello-app",
    "quay.io/sclorg/",  # sclorg/postgresql-container and mysql-container, Dockerfile: USER 26, 27 (from memory)
    *(f"quay.io/fedora/{kind}-" for kind in ("mariadb", "mysql", "postgresql", "redis")),
    *(
        f"{registry}/examples-bookinfo-{name}"  # istio/istio, samples/bookinfo/src/*/Dockerfile: USER 1000
        for registry in ("docker.io/istio", "registry.istio.io/release")
        for name in ("details-v1", "details-v2", "productpage-v1", "ratings-v1", "ratings-v2", "reviews-v1", "reviews-v2", "reviews-v3")
    ),
    *(  # sclorg/s2i-*-container, nginx-container and httpd-container, Dockerfile.rhel9: USER 1001; jboss-container-images/openjdk,
        # modules/user: 185
        f"{registry}/{base}/{kind}-"
        for registry in ("registry.access.redhat.com", "registry.redhat.io")
        for base in ("ubi7", "ubi8", "ubi9", "ubi10")
        for kind in ("httpd", "nginx", "nodejs", "openjdk", "perl", "php", "python", "ruby")
    ),
})  # fmt: skip
"""Images, and beginnings of their names, whose Dockerfile or documentation names a user other than root."""
_NON_ROOT_STARTS = tuple(name for name in _NON_ROOT if name.endswith(("/", "-")))
_OPENSHIFT = (
    "image-registry.openshift-image-registry.svc", "quay.io/openshift", "registry.redhat.io/openshift", "registry.redhat.io/rhoai",
    "registry.redhat.io/rhods",
)  # fmt: skip
"""How images begin that only OpenShift has or runs: by default it gives what a namespace starts a user of the namespace's own
(docs.openshift.com, Managing security context constraints)."""
_GO_PACKAGES = ("ko://", "github.com/")
"""What ko builds images of, on a base without root (https://ko.build/configuration)."""
_ROOT_AFTER_ALL = ("docker.io/bitnami/minideb", "docker.io/bitnamilegacy/minideb")
"""Bases among them (https://github.com/bitnami/minideb)."""
_ROOT = frozenset({
    "almalinux", "alpine", "amazoncorretto", "amazonlinux", "archlinux", "buildpack-deps", "busybox", "centos", "debian", "docker",
    "eclipse-temurin", "elixir", "erlang", "fedora", "gcc", "golang", "gradle", "haskell", "httpd", "julia", "maven", "mongo", "mariadb",
    "mysql", "nginx", "node", "openjdk", "oraclelinux", "perl", "php", "postgres", "python", "redis", "rockylinux", "ruby", "rust", "swift",
    "ubuntu",
})  # fmt: skip
"""Official images whose Dockerfiles (docker-library/official-images) set no USER, so that a build on them runs as root."""
_SYSTEMS = (
    *_ROOT, "aspnet", "azurelinux", "bionic", "bookworm", "bullseye", "buster", "cuda", "deno", "distroless", "dotnet", "focal", "jammy",
    "java", "jdk", "jessie", "jre", "mariner", "nanoserver", "noble", "opensuse", "photon", "rocky", "rocm", "servercore", "stretch",
    "suse", "tomcat", "trixie", "trusty", "ubi", "windows", "xenial",
)  # fmt: skip
"""What words of the names and tags of images begin with that hold a distribution or a language and no more."""
_STEPS_DOWN = frozenset(
    "cassandra consul couchdb eclipse-mosquitto flink ghost influxdb mariadb mongo mysql neo4j percona postgres rabbitmq redis redmine "
    "storm valkey vault zookeeper".split()
)
"""Official images whose start script is root and starts the service as a user of its own, by gosu, su-exec, setpriv or the service itself
(the docker-entrypoint.sh of each, in the repositories that docker-library/official-images names)."""
_MIRRORS = ("public.ecr.aws/docker/library/", "mirror.gcr.io/library/")
"""Where registries of clouds keep Docker's official images."""
_STEPS_DOWN_ELSEWHERE = frozenset({
    "docker.io/clickhouse/clickhouse-server",  # ClickHouse/ClickHouse, docker/server/entrypoint.sh
    "docker.io/envoyproxy/envoy",  # envoyproxy.io/docs/envoy/latest/start/docker: it "will switch to the envoy user"
    "docker.io/envoyproxy/envoy-dev",
    "docker.io/phusion/baseimage",  # phusion/baseimage-docker, image/Dockerfile: CMD ["/sbin/my_init"], which starts runit
    "docker.io/valkey/valkey",  # valkey-io/valkey-container, docker-entrypoint.sh
    "docker.io/postgis/postgis",  # postgis/docker-postgis, Dockerfile.template: FROM postgres, with its start script
    "docker.io/pgvector/pgvector",  # pgvector/pgvector, Dockerfile: the same
    "docker.io/timescale/timescaledb",  # timescale/timescaledb-docker, Dockerfile: the same
})  # fmt: skip
_STEPS_DOWN_FOLDERS = (
    "docker.io/linuxserver/",  # linuxserver/docker-baseimage-alpine: s6-overlay's /init, whose services are user `abc`
    "ghcr.io/linuxserver/",
    "lscr.io/linuxserver/",
    "docker.io/onlyoffice/documentserver",  # ONLYOFFICE/Docker-DocumentServer, config/supervisor/ds/*.conf: user=ds
    "docker.io/phusion/passenger-",  # phusion/passenger-docker: my_init
)
_SERVERS = frozenset("caddy drupal httpd joomla matomo mediawiki nextcloud nginx php tomcat wordpress".split())
"""Official images that start a server as root when they are told nothing."""
_MYSQL = frozenset({"MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"})
_WORDPRESS_KEYS = [f"WORDPRESS_{of}_{what}" for of in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE") for what in ("KEY", "SALT")]
_FROM_FILES = {
    "joomla": frozenset({"JOOMLA_DB_PASSWORD"}),
    "mariadb": _MYSQL | {"MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD"},
    "mongo": frozenset({"MONGO_INITDB_ROOT_PASSWORD"}),
    "mysql": _MYSQL,
    "percona": _MYSQL,
    "postgres": frozenset({"POSTGRES_PASSWORD"}),
    "redmine": frozenset({"REDMINE_DB_PASSWORD", "REDMINE_SECRET_KEY_BASE"}),
    "wordpress": frozenset({"WORDPRESS_DB_PASSWORD", *_WORDPRESS_KEYS}),
}
"""Secrets that official images read from a file (docker-library/docs, content.md of each)."""
_MINIO = ("", "MINIO_ROOT_PASSWORD", "_FILE")
"""https://min.io/docs, "Use Docker secrets": MINIO_ROOT_PASSWORD_FILE."""
_GRAFANA = ("GF_", "", "__FILE")
"""https://grafana.com/docs/grafana/latest/setup-grafana/configure-docker/: `GF_<SectionName>_<KeyName>__FILE`."""
_FROM_FILES_BESIDE = {
    "docker.io/grafana/grafana": _GRAFANA,
    "docker.io/grafana/grafana-oss": _GRAFANA,
    "docker.io/grafana/grafana-enterprise": _GRAFANA,
    "docker.io/minio/minio": _MINIO,
    "quay.io/minio/minio": _MINIO,
}
"""Other images: how such a variable begins, or all of it, and what stands behind its name where it names a file."""
_WINDOWS = ("windows", "nanoserver", "servercore")
_ONLY_READ_HOST = frozenset(
    {
        "docker.elastic.co/beats/filebeat",  # elastic.co/docs, Run Filebeat on Docker: /var/lib/docker/containers:ro
        "docker.io/elastic/filebeat",
        "docker.elastic.co/beats/metricbeat",  # elastic.co/docs, Run Metricbeat on Docker: /proc, /sys/fs/cgroup and /, all read-only
        "docker.io/elastic/metricbeat",
        "docker.io/prom/node-exporter",  # github.com/prometheus/node_exporter, README: -v "/:/host:ro,rslave"
        "quay.io/prometheus/node-exporter",
        "gcr.io/cadvisor/cadvisor",  # github.com/google/cadvisor, README: all five mounts read-only
        "ghcr.io/google/cadvisor",
        "docker.io/google/cadvisor",
        "docker.io/library/telegraf",  # docker-library/docs, telegraf/content.md: -v /:/hostfs:ro
        "docker.io/netdata/netdata",  # learn.netdata.cloud/docs/netdata-agent/installation/docker: all mounts of the host read-only
    }
)
_K3S = frozenset({"server", "agent"})
_COCKROACH = frozenset({"start", "start-single-node"})
_VAULT = frozenset({"server", "agent", "proxy"})
_NONE: frozenset[str] = frozenset()
_PROGRAMS = {
    # image: (program, its commands that rules know)
    "docker.io/cockroachdb/cockroach": ("cockroach", _COCKROACH),  # cockroachdb/cockroach, build/deploy/cockroach.sh
    "docker.io/codercom/code-server": ("code-server", _NONE),  # coder/code-server, ci/release-image/entrypoint.sh
    "docker.io/filebrowser/filebrowser": ("filebrowser", _NONE),  # filebrowser/filebrowser, Dockerfile
    "docker.io/hashicorp/vault": ("vault", _VAULT),  # hashicorp/vault, .release/docker/docker-entrypoint.sh
    "docker.io/library/vault": ("vault", _VAULT),  # the same, under Docker's name
    "docker.io/library/mariadb": ("mariadbd", _NONE),  # MariaDB/mariadb-docker, docker-entrypoint.sh
    "docker.io/library/mongo": ("mongod", _NONE),  # docker-library/mongo, docker-entrypoint.sh
    "docker.io/library/mysql": ("mysqld", _NONE),  # docker-library/mysql, template/docker-entrypoint.sh
    "docker.io/library/percona": ("mysqld", _NONE),  # percona/percona-docker, ps-docker-entrypoint.sh
    "docker.io/library/redis": ("redis-server", _NONE),  # redis/docker-library-redis, docker-entrypoint.sh
    "docker.io/library/traefik": ("traefik", _NONE),  # traefik/traefik-library-image, entrypoint.sh
    "docker.io/percona/percona-server": ("mysqld", _NONE),
    "docker.io/portainer/portainer": ("portainer", _NONE),  # portainer/portainer, build/linux/Dockerfile
    "docker.io/portainer/portainer-ce": ("portainer", _NONE),
    "docker.io/prom/prometheus": ("prometheus", _NONE),  # prometheus/prometheus, Dockerfile
    "docker.io/rancher/k3s": ("k3s", _K3S),  # k3s-io/k3s, package/Dockerfile
    "docker.io/redis/redis-stack-server": ("redis-server", _NONE),  # redis-stack/redis-stack, etc/scripts/entrypoint.sh
    "docker.io/vllm/vllm-openai": ("vllm.entrypoints.openai.api_server", _NONE),  # vllm-project/vllm, docker/Dockerfile
    "docker.io/valkey/valkey": ("valkey-server", _NONE),  # valkey-io/valkey-container, docker-entrypoint.sh
    "ghcr.io/huggingface/text-generation-inference": ("text-generation-launcher", _NONE),  # its Dockerfile
    "gcr.io/kaniko-project/executor": ("executor", _NONE),  # GoogleContainerTools/kaniko, deploy/Dockerfile
    "quay.io/oauth2-proxy/oauth2-proxy": ("oauth2-proxy", _NONE),  # oauth2-proxy/oauth2-proxy, Dockerfile
    "quay.io/prometheus/prometheus": ("prometheus", _NONE),
    "registry.k8s.io/metrics-server/metrics-server": ("metrics-server", _NONE),  # kubernetes-sigs/metrics-server, Dockerfile
}
"""Images whose `ENTRYPOINT` is the program, or a script that puts it before options."""


def runs_as_non_root(reference: Reference) -> bool:
    """Whether an image is documented to start as a user other than root."""
    tag = reference.tag or ""
    name = reference.canonical
    if name.startswith(_CHAINGUARD):
        return reference.name not in _CHAINGUARD_ROOT and not tag.endswith("-root")
    if name.startswith(_HARDENED):
        return not any(word in _TO_BUILD_WITH for word in tag.split("-"))
    if any(word in reference.repository or word in tag for word in _NON_ROOT_WORDS) or (name.startswith(_DOTNET) and _DISTROLESS in tag):
        return True
    return (name in _NON_ROOT or name.startswith(_NON_ROOT_STARTS) or _copied(name) in _NON_ROOT) and name not in _ROOT_AFTER_ALL


def is_given_a_user(image: str) -> bool:
    """Whether who builds or starts what goes by this name gives it a user."""
    return image.startswith((*_OPENSHIFT, *_GO_PACKAGES))


def _copied(name: str) -> str:
    """The image of Docker's registry that one of another registry has the last two names of, as copies have."""
    return f"docker.io/{'/'.join(name.split('/')[-2:])}"


def is_windows(reference: Reference) -> bool:
    """Whether an image is a Windows base image, by its name or tag."""
    return any(word in reference.repository or word in (reference.tag or "") for word in _WINDOWS)


def suffix_of_file(reference: Reference, variable: str) -> str:
    """What stands behind the name of a variable that tells the file which an image is documented to read it from; "" where none does."""
    if reference.official:
        return "_FILE" if variable in _FROM_FILES.get(reference.name, ()) else ""
    start, whole, suffix = _FROM_FILES_BESIDE.get(reference.canonical, ("", "", ""))
    return suffix if suffix and (variable == whole or (start and variable.startswith(start))) else ""


def steps_down(reference: Reference) -> bool:
    """Whether what an image starts by itself is documented to leave root before it serves anyone."""
    if reference.official or reference.canonical.startswith(_MIRRORS):
        return reference.name in _STEPS_DOWN
    return reference.canonical in _STEPS_DOWN_ELSEWHERE or reference.canonical.startswith(_STEPS_DOWN_FOLDERS)


def starts_by_itself(reference: Reference, first: str) -> bool:
    """Whether the start script of an image does what it does without arguments, given some that begin with `first`: none, options, or the
    name of its server."""
    return not first or first.startswith("-") or first in (reference.name, _PROGRAMS.get(reference.canonical, ("", _NONE))[0])


def only_reads_host(reference: Reference) -> bool:
    """Whether an image is documented to be given what it sees of its host read-only."""
    return reference.canonical in _ONLY_READ_HOST


def starts_a_server(reference: Reference) -> bool:
    """Whether an image is documented to start a server as root by itself."""
    return reference.official and reference.name in _SERVERS


def runs_as_root(reference: Reference) -> bool:
    """Whether a build on an image is documented to run its commands as root."""
    return reference.official and reference.name in _ROOT


def is_of_a_system(reference: Reference) -> bool:
    """Whether an image is Docker's, or holds a distribution or a language as far as its name tells. What others build may have a user."""
    name = f"{reference.repository}:{reference.tag or ''}".lower()
    words = "".join(sign if "a" <= sign <= "z" else " " for sign in name).split()
    return reference.official or any(word.startswith(_SYSTEMS) for word in words)


def program_started(reference: Reference, first: str) -> str:
    """The program that an image starts with arguments that begin with `first`, or nothing where that is not known."""
    program, commands = _PROGRAMS.get(reference.canonical, ("", _NONE))
    return program if first.startswith("-") or first in commands else ""
