"""The moving tag of an image that the project itself releases is what a release writes over."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.run import check

COMPOSE = "services:\n  app:\n    image: {}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers: [{{name: web, image: '{}'}}]\n"
KUSTOMIZED = "resources: [pod.yaml]\nimages:\n  - name: controller\n    newName: ghcr.io/acme/shop\n    newTag: main\n"
CONFIG = '[core]\n\tbare = false\n[remote "origin"]\n\turl = {}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'
BOOK = rules_in_force(Config("."))
RELEASED = {"CHANGELOG.md": ""}


def said(folder: Path, files: dict[str, str], url: str = "git@github.com:acme/shop.git") -> list[str]:
    """The rules that speak of the tags of images."""
    for name, text in {".git/config": CONFIG.format(url), **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tags_in(folder)


def tags_in(folder: Path) -> list[str]:
    results = check([str(folder)], Config(str(folder)), BOOK).results
    return sorted({f.rule for result in results for f in result.findings if f.rule.startswith(("image-with-", "image-without-tag"))})


@pytest.mark.parametrize(
    ("image", "own"),
    [
        ("acme/shop:latest", True),
        ("ghcr.io/acme/other:main", True),
        ("shop/web:latest", True),
        ("registry.acme.io:5000/web:latest", True),
        ("somebody/shopping-operator:edge", False),
        ("nginx:latest", False),
        ("grafana/grafana:latest", False),
        ("bitnami/shop:latest", False),
        ("ghcr.io/other/web:latest", False),
    ],
)
def test_whose_image_it_is(image: str, own: bool, tmp_path: Path) -> None:
    for name, text in (("compose.yaml", COMPOSE), ("deploy/pod.yaml", POD), ("run.sh", "#!/bin/sh\ndocker run -d {}\n")):
        folder = tmp_path / name.replace("/", "-")
        expected = [] if own else ["image-with-moving-tag"]
        assert said(folder, {name: text.format(image), **RELEASED}) == expected, name


@pytest.mark.parametrize(
    ("image", "own"),
    [
        ("acme/base", True),
        ("ghcr.io/acme/base:main", True),
        ("registry.acme.io:5000/base", True),
        ("somebody/acme", False),
        ("ouracme/base", False),
        ("other/base", False),
        ("alpine:latest", False),
        ("other/1.21.0/ubuntu22.04/base:latest", True),
        ("other/base-2.6:latest", True),
        ("other/base9:latest", False),
    ],
)
def test_what_an_image_is_built_on(image: str, own: bool, tmp_path: Path) -> None:
    found = said(tmp_path, {"base/Dockerfile": f"FROM {image}\nUSER 1000\nCOPY app /app\n"})
    assert bool(found) is not own


@pytest.mark.parametrize(
    ("files", "released"),
    [
        ({}, False),
        ({"README.md": "", "release-notes/1.md": ""}, True),
        ({".github/workflows/draft-release.yml": "on: push\n"}, True),
        ({".github/release.yml": "changelog: {}\n"}, True),
        ({".github/workflows/test.yml": "on: push\n"}, False),
        ({".git/refs/tags/v1.0": "1" * 40}, True),
        ({".git/packed-refs": f"# pack-refs with: peeled\n{'1' * 40} refs/tags/v1.0\n"}, True),
        ({".git/packed-refs": f"# pack-refs with: peeled\n{'1' * 40} refs/heads/main\n"}, False),
    ],
)
def test_where_nothing_is_released_the_tag_is_what_runs(files: dict[str, str], released: bool, tmp_path: Path) -> None:
    found = said(tmp_path, {"compose.yaml": COMPOSE.format("acme/shop:latest"), **files})
    assert found == ([] if released else ["image-with-moving-tag"])


@pytest.mark.parametrize(
    ("image", "manifest", "dockerfile", "own"),
    [
        ("acme/shop-web:latest", "k8s/pod.yaml", "web/Dockerfile", True),
        ("acme/shop-web:latest", "k8s/pod.yaml", "api/Dockerfile", False),
        ("acme/shop:latest", "k8s/pod.yaml", "Dockerfile", True),
        ("acme/other:latest", "k8s/pod.yaml", "Dockerfile", False),
        ("somebody/web:latest", "web/k8s/pod.yaml", "web/Dockerfile.prod", True),
        ("somebody/web:latest", "k8s/pod.yaml", "web/Dockerfile", False),
        ("nginx:latest", "nginx/k8s/pod.yaml", "nginx/Dockerfile", False),
        ("bitnami/nginx:latest", "nginx/k8s/pod.yaml", "nginx/Dockerfile", False),
    ],
)
def test_what_the_repository_has_a_dockerfile_of(image: str, manifest: str, dockerfile: str, own: bool, tmp_path: Path) -> None:
    found = said(tmp_path, {manifest: POD.format(image), dockerfile: "FROM debian:13\nUSER 1000\n"})
    assert found == ([] if own else ["image-with-moving-tag"])


@pytest.mark.parametrize("url", ["https://token@gitlab.example.com/group/acme/shop.git", "https://github.com/Acme/Shop/", "../acme/shop"])
def test_where_a_repository_comes_from(url: str, tmp_path: Path) -> None:
    assert said(tmp_path, {"compose.yaml": COMPOSE.format("acme/web"), **RELEASED}, url) == []


@pytest.mark.parametrize(
    ("image", "own"),
    [
        ("registry.k8s.io/autoscaling/cluster-autoscaler:latest", True),
        ("gcr.io/staging-autoscaler/controller:main", True),
        ("acme/autoscaler-web:latest", True),
        ("acme/scaler:latest", False),
        ("busybox:latest", False),
    ],
)
def test_a_part_of_a_name_is_enough_where_it_is_long(image: str, own: bool, tmp_path: Path) -> None:
    found = said(tmp_path, {"compose.yaml": COMPOSE.format(image), **RELEASED}, "https://github.com/kubernetes/autoscaler")
    assert found == ([] if own else ["image-with-moving-tag"])


@pytest.mark.parametrize("url", ["shop", "https://github.com/other/thing.git", "https://github.com/nginx-org/nginx.git"])
def test_a_repository_of_another_name(url: str, tmp_path: Path) -> None:
    assert said(tmp_path, {"compose.yaml": COMPOSE.format("acme/nginx"), **RELEASED}, url) == ["image-without-tag"]


def test_the_owner_may_be_called_after_what_it_publishes(tmp_path: Path) -> None:
    compose = {"compose.yaml": COMPOSE.format("nginx/nginx-ingress:edge"), **RELEASED}
    assert said(tmp_path, compose, "https://github.com/nginxinc/kubernetes-ingress") == []


def test_a_base_of_the_project_may_have_a_user(tmp_path: Path) -> None:
    said(tmp_path, {"Dockerfile": "FROM acme/debian-base:1.2\nCOPY . /app\nCMD /app/run\n", **RELEASED})
    found = check([str(tmp_path)], Config(str(tmp_path)), BOOK).results
    assert [f.rule for result in found for f in result.findings] == []
    (tmp_path / "CHANGELOG.md").unlink()
    found = check([str(tmp_path)], Config(str(tmp_path)), BOOK).results
    assert [f.rule for result in found for f in result.findings] == ["missing-user"]


def test_a_kustomization_names_the_image(tmp_path: Path) -> None:
    files = {"kustomization.yaml": KUSTOMIZED, "pod.yaml": POD.format("controller:latest")}
    assert said(tmp_path / "a", files) == ["image-with-moving-tag"]
    assert said(tmp_path / "b", {**files, **RELEASED}) == []


def test_a_work_tree_knows_its_repository(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    (main / ".git/worktrees/tree").mkdir(parents=True)
    (main / ".git/config").write_text(CONFIG.format("https://github.com/acme/shop"))
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {main}/.git/worktrees/tree\n")
    (tree / "CHANGELOG.md").touch()
    (tree / "compose.yaml").write_text(COMPOSE.format("acme/shop"))
    assert tags_in(tree) == []
    (tree / "CHANGELOG.md").unlink()
    assert tags_in(tree) == ["image-without-tag"]


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ("image: somebody/shopping:1", False),
        ("image: 'ghcr.io/somebody/shopping:${TAG:-1}'", False),
        ("image: 'somebody/shopping@${DIGEST}'", False),
        ("image: 'somebody/${NAME}'", True),
        ("image: acme/shop:1", True),
        ("image: registry.other.example/shopping:1", True),
        ("image: gcr.io/other/shopping:1", True),
        ("image: nginx:1.29", True),
        ("image: somebody/shopping:1, ports: ['80:80']", True),
        ("image: somebody/shopping:1, build: .", True),
        ("image: '${IMAGE}'", True),
    ],
)
def test_what_an_image_needs_of_its_hosts_network_is_for_those_to_say_who_publish_it(service: str, told: bool, tmp_path: Path) -> None:
    said(tmp_path, {"compose.yaml": f"services:\n  app: {{network_mode: host, {service}}}\n"})
    (result,) = check([str(tmp_path)], Config(str(tmp_path)), BOOK).results
    assert any(finding.rule == "host-network" for finding in result.findings) is told
