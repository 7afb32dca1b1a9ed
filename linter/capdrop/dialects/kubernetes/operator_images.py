"""The images that operators run, where the objects of their own kinds name one outside any pod."""

from __future__ import annotations

from ...model.image import Image
from ...model.kubernetes_object import KubernetesObject
from ...syntax.yaml import Scalar
from ..repository import project_of
from ..yaml_facts import Site
from ..yaml_view import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...files import Files

_IMAGES = {
    "acid.zalan.do postgresql": ("spec.dockerImage",),
    "apps.emqx.io EMQX": ("spec.image",),
    "dragonflydb.io Dragonfly": ("spec.image",),
    "flink.apache.org FlinkDeployment": ("spec.image",),
    "fluentbit.fluent.io FluentBit": ("spec.image",),
    "k8s.elastic.co Elasticsearch": ("spec.image",),
    "k8s.elastic.co Kibana": ("spec.image",),
    "k8s.keycloak.org Keycloak": ("spec.image",),
    "k8s.mariadb.com MariaDB": ("spec.image",),
    "kafka.strimzi.io Kafka": ("spec.kafka.image", "spec.zookeeper.image"),
    "kafka.strimzi.io KafkaBridge": ("spec.image",),
    "kafka.strimzi.io KafkaConnect": ("spec.image",),
    "kafka.strimzi.io KafkaMirrorMaker2": ("spec.image",),
    "minio.min.io Tenant": ("spec.image",),
    "monitoring.coreos.com Alertmanager": ("spec.image",),
    "monitoring.coreos.com Prometheus": ("spec.image",),
    "monitoring.coreos.com PrometheusAgent": ("spec.image",),
    "monitoring.coreos.com ThanosRuler": ("spec.image",),
    "openfaas.com Function": ("spec.image",),
    "opentelemetry.io OpenTelemetryCollector": ("spec.image",),
    "postgres-operator.crunchydata.com PostgresCluster": ("spec.image",),
    "postgresql.cnpg.io Cluster": ("spec.imageName",),
    "psmdb.percona.com PerconaServerMongoDB": ("spec.image",),
    "pxc.percona.com PerconaXtraDBCluster": ("spec.pxc.image", "spec.haproxy.image", "spec.proxysql.image"),
    "rabbitmq.com RabbitmqCluster": ("spec.image",),
    "redis.redis.opstreelabs.in Redis": ("spec.kubernetesConfig.image",),
    "redis.redis.opstreelabs.in RedisCluster": ("spec.kubernetesConfig.image",),
    "sparkoperator.k8s.io ScheduledSparkApplication": ("spec.template.image",),
    "sparkoperator.k8s.io SparkApplication": ("spec.image", "spec.driver.image", "spec.executor.image"),
    "toolhive.stacklok.dev MCPServer": ("spec.image",),
    "trainer.kubeflow.org TrainJob": ("spec.trainer.image",),
    "vertica.com VerticaDB": ("spec.image",),
}
"""Group and kind of an object, and the paths of the images that the pods are started from which its operator makes. From the schemas of
the operators' own resources: github.com/strimzi/strimzi-kafka-operator, kubeflow/spark-operator, kubeflow/trainer, rabbitmq/
cluster-operator, zalando/postgres-operator, CrunchyData/postgres-operator, percona/percona-server-mongodb-operator, percona/
percona-xtradb-cluster-operator, OT-CONTAINER-KIT/redis-operator, minio/operator, prometheus-operator/prometheus-operator, apache/
flink-kubernetes-operator, open-telemetry/opentelemetry-operator, elastic/cloud-on-k8s, cloudnative-pg/cloudnative-pg, vertica/
vertica-kubernetes, and the manifests of those who use the rest."""


def images_of(thing: KubernetesObject, section: Section, files: Files | None) -> Iterator[Image]:
    """The images that an object has its operator run."""
    for path in _IMAGES.get(f"{thing.api_version.rpartition('/')[0]} {thing.kind}", ()):
        field = section.find(path)
        if field is not None and isinstance(field.value, Scalar):
            value, project = Site(field.source, field.span, section).scalar(field), project_of(files, section.source.path)
            yield Image(field.source, field.span, f"{thing.address} {path}", None, value=value, role="run", project=project)
