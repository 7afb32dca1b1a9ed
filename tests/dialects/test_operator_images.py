"""Images that the objects of operators' own kinds name."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.source import Source

BOOK = rulebook.load()
RULES = ("end-of-life-image", "image-with-moving-tag", "image-without-tag")
CONNECT = "apiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaConnect\nmetadata: {{name: c}}\nspec: {{replicas: 3, image: {}}}\n"


def told(text: str) -> list[tuple[str, str, str]]:
    """The rules that speak of an object, each with its subject and what it points at."""
    analysis = analyse(Source("o.yaml", text), kind_named("kubernetes"), BOOK, Context())
    assert not analysis.broken
    return [(f.rule, f.subject, text[f.span.start : f.span.end]) for f in analysis.findings if f.rule in RULES]


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        ("acme/connect", "image-without-tag"),
        ("acme/connect:latest", "image-with-moving-tag"),
        ("debian:9", "end-of-life-image"),
        ("'acme/connect:{{ .Values.tag }}'", ""),
        ("acme/connect:1.2", ""),
        ("{repository: acme/connect}", ""),
        ("''", ""),
    ],
)
def test_the_image_that_an_operator_runs_is_judged(image: str, rule: str) -> None:
    assert told(CONNECT.format(image)) == ([(rule, "KafkaConnect/c spec.image", image)] if rule else [])


@pytest.mark.parametrize(
    ("api", "kind", "spec", "count"),
    [
        ("sparkoperator.k8s.io/v1beta2", "SparkApplication", "{image: spark, driver: {image: spark}, executor: {cores: 1}}", 2),
        ("trainer.kubeflow.org/v1alpha1", "TrainJob", "{trainer: {image: acme/train}}", 1),
        ("acid.zalan.do/v1", "postgresql", "{dockerImage: acme/spilo}", 1),
        ("postgresql.cnpg.io/v1", "Cluster", "{imageName: ghcr.io/acme/postgres}", 1),
        ("cluster.x-k8s.io/v1beta1", "Cluster", "{imageName: ghcr.io/acme/postgres}", 0),
        ("image.toolkit.fluxcd.io/v1", "ImageRepository", "{image: ghcr.io/acme/web}", 0),
        ("kops.k8s.io/v1alpha2", "InstanceGroup", "{image: ubuntu/images/noble}", 0),
        ("acme.io/v1", "Widget", "{image: acme/widget}", 0),
        ("v1", "KafkaConnect", "{image: acme/widget}", 0),
    ],
)
def test_only_where_the_kind_is_known_to_run_it(api: str, kind: str, spec: str, count: int) -> None:
    text = f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: o}}\nspec: {spec}\n"
    assert [rule for rule, _, _ in told(text)] == ["image-without-tag"] * count
