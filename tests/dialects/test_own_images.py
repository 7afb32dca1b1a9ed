"""Images that the project itself builds."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.finding import Confidence
from capdrop.run import check

OWNER = '[remote "origin"]\n\turl = https://github.com/acme/shop-operator.git\n'
MANIFEST = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: manager, image: '%s'}]}\n"


@pytest.mark.parametrize(
    ("image", "dockerfiles", "confidence"),
    [
        ("ghcr.io/acme/shop-operator:1", {"Dockerfile": "FROM golang:1.25\nUSER 0\nFROM alpine:3.22\nUSER 65532:65532\n"}, Confidence.LOW),
        ("ghcr.io/acme/api:1", {"api/Dockerfile": "FROM alpine:3.22\nuser $UID:$GID\n"}, Confidence.LOW),
        ("ghcr.io/acme/shop-operator:1", {"Dockerfile": "FROM alpine:3.22\nUSER 1000\nUSER root\n"}, Confidence.MEDIUM),
        ("ghcr.io/acme/shop-operator:1", {"Dockerfile": "FROM a:1\nUSER 1\n", "Dockerfile.web": "FROM a:1\n"}, Confidence.MEDIUM),
        ("ghcr.io/acme/shop-operator:1", {"web/Dockerfile": "FROM alpine:3.22\nUSER 1000\n"}, Confidence.MEDIUM),
        ("docker.io/nobody/web:1", {"Dockerfile": "FROM alpine:3.22\nUSER 1000\n"}, Confidence.MEDIUM),
        ("docker.io/nobody/deploy:1", {"deploy/Dockerfile": "FROM alpine:3.22\nUSER 1000\n"}, Confidence.LOW),
        ("docker.io/nobody/deploy:1", {"deploy/Dockerfile": "FROM alpine:3.22\n"}, Confidence.MEDIUM),
        (
            "ghcr.io/acme/shop-operator:controller-v1",
            {"Dockerfile.controller": "FROM a:1\nUSER 1\n", "Dockerfile.starter": "FROM a:1\n"},
            Confidence.LOW,
        ),
        ("nobody/web:1", {"deploy/route.yaml": "apiVersion: route.openshift.io/v1\nkind: Route\n"}, Confidence.LOW),
        ("nobody/web:1", {"deploy/route.yaml": "apiVersion: serving.knative.dev/v1\nkind: Route\n"}, Confidence.MEDIUM),
        ("registry.redhat.io/openshift4/ose-cli:v4.15", {}, Confidence.LOW),
        ("ko://github.com/acme/shop/cmd/web", {}, Confidence.LOW),
    ],
)
def test_a_user_that_the_projects_own_dockerfile_sets(
    tmp_path: Path, image: str, dockerfiles: dict[str, str], confidence: Confidence
) -> None:
    for name, text in {".git/config": OWNER, "deploy/pod.yaml": MANIFEST % image, **dockerfiles}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    config = Config(str(tmp_path))
    config.min_confidence = "low"
    run = check([str(tmp_path / "deploy/pod.yaml")], config, rules_in_force(config))
    told = [finding.confidence for result in run.results for finding in result.findings if finding.rule == "missing-user"]
    assert told == [confidence]


def test_a_folder_that_is_for_openshift(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name, told in (("ocp/web", []), ("k8s/web", ["missing-user"])):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "pod.yaml").write_text(MANIFEST % "nobody/web:1")
        run = check([str(tmp_path / name)], Config(str(tmp_path / name)), rules_in_force(Config(str(tmp_path))))
        assert [f.rule for result in run.results for f in result.findings] == told
