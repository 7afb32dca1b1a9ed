"""A read-only root file system, with what the image is known to write to."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.finding import Fix, Safety
from capdrop.fixer import Workbench, fix
from capdrop.source import Source

BOOK = rulebook.load()
BOOK.select(["writable-root-filesystem"])
FOLDERS = (("db-tmp", "/tmp"), ("db-var-run-postgresql", "/var/run/postgresql"))
SERVICE = "services:\n  app:\n    image: {}\n{}"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: nginx:1.29
      securityContext: {}
      volumeMounts:
        - {name: cache, mountPath: /var/cache/nginx}
"""


def bench(path: str, text: str) -> Workbench:
    kind = kind_of(path, text)
    assert kind is not None
    return Workbench(kind, BOOK, Context())


def fixed(path: str, text: str) -> str:
    result = fix(Source(path, text), bench(path, text), Safety.UNSAFE)
    assert result.left == []
    return result.source.text


@pytest.mark.parametrize(
    ("image", "more", "after"),
    [
        ("nginx:1.29", "", "    read_only: true\n    tmpfs: [/var/cache/nginx, /var/run]\n"),
        ("nginx:1.29", "    tmpfs: /run:size=1m\n", None),
        (
            "nginx:1.29",
            "    tmpfs:\n      - /tmp\n",
            "    tmpfs:\n      - /tmp\n      - /var/cache/nginx\n      - /var/run\n    read_only: true\n",
        ),
        (
            "nginx:1.29",
            "    volumes: ['cache:/var/cache/nginx', {type: tmpfs, target: /run}]\n",
            "    volumes: ['cache:/var/cache/nginx', {type: tmpfs, target: /run}]\n    read_only: true\n",
        ),
        ("redis:8", "", "    read_only: true\n"),
        ("acme/nginx:1", "", "    read_only: true\n"),
        ("nginxinc/nginx-unprivileged:1.29", "    volumes: [/data]\n", "    volumes: [/data]\n    read_only: true\n    tmpfs: [/tmp]\n"),
    ],
)
def test_memory_goes_where_the_image_writes(image: str, more: str, after: str | None) -> None:
    text = SERVICE.format(image, more)
    expected = SERVICE.format(image, more + "    read_only: true\n" if after is None else after)
    assert fixed("compose.yaml", text) == expected


@pytest.mark.parametrize(
    "mount", ["-v cache:/var/cache/nginx", "--mount type=tmpfs,dst=/var/cache/nginx", "--tmpfs=/var/cache/nginx:size=9m"]
)
def test_a_command_line_mounts_what_is_missing(mount: str) -> None:
    assert fixed("run.sh", f"docker run -d {mount} nginx:1.29\n") == f"docker run --read-only --tmpfs /var/run -d {mount} nginx:1.29\n"


def test_a_pod_gets_empty_folders_where_its_images_write() -> None:
    assert fixed("pod.yaml", POD) == POD.replace("securityContext: {}", "securityContext: {readOnlyRootFilesystem: true}") + (
        "        - name: web-var-run\n          mountPath: /var/run\n"
        "  volumes:\n    - name: web-var-run\n      emptyDir: {}\n"
    )  # fmt: skip


def test_each_container_gets_its_own() -> None:
    head = "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n  - name: a\n    emptyDir: {}\n  containers:\n"
    item = "  - name: {0}\n    image: nginxinc/nginx-unprivileged:1.29\n{1}"
    done = "    securityContext:\n      readOnlyRootFilesystem: true\n    volumeMounts:\n    - name: {0}-tmp\n      mountPath: /tmp\n"
    new = "".join(f"  - name: {name}\n    emptyDir: {{}}\n" for name in ("a", "b-tmp", "c-tmp"))
    assert fixed("pod.yaml", head + item.format("b", "") + item.format("c", "")) == head.replace(
        "  - name: a\n    emptyDir: {}\n", new
    ) + "".join(item.format(name, done.format(name)) for name in "bc")


def test_json_gets_them_too() -> None:
    text = '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "image": "mongo:8"}]}}'
    inner = '"securityContext": {"readOnlyRootFilesystem": true}, "volumeMounts": [{"name": "a-tmp", "mountPath": "/tmp"}]}]'
    after = f'{{"apiVersion": "v1", "kind": "Pod", "spec": {{"containers": [{{"name": "a", "image": "mongo:8", {inner}, '
    assert fixed("pod.json", text) == after + '"volumes": [{"name": "a-tmp", "emptyDir": {}}]}}'


def the_fix(path: str, text: str) -> Fix:
    (finding,) = bench(path, text).analyse(Source(path, text)).findings
    assert finding.fix is not None
    return finding.fix


def test_where_nothing_is_mounted_it_is_said_what_must_be() -> None:
    named = POD + "  volumes: [{name: web-var-run, configMap: {name: a}}]\n"
    assert the_fix("pod.yaml", named).caveat == "the image writes to /var/run: mount something there"
    alone = "apiVersion: a.b/v1\nkind: A\nspec: {image: 'nginx:1', securityContext: {privileged: false, readOnlyRootFilesystem: false}}\n"
    assert "mount something there" in the_fix("a.yaml", alone).caveat
    assert the_fix("compose.yaml", SERVICE.format("nginx:1.29", "    tmpfs: /tmp\n")).caveat.startswith(
        "the image writes to /var/cache/nginx and"
    )
    assert the_fix("compose.yaml", SERVICE.format("acme/nginx:1", "")).caveat == "what the program writes needs a tmpfs or a volume"


@pytest.mark.parametrize("indent", ["", "  "])
def test_a_list_that_ends_the_container_grows_before_its_next_key(indent: str) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: redis:8\n  - name: db\n"
        f"    image: postgres:18\n    volumeMounts:\n{indent}    - {{name: data, mountPath: /data}}\n  volumes:\n  - name: data\n"
    )
    after = fixed("pod.yaml", text)
    folders = "".join(f"{indent}    - name: {name}\n{indent}      mountPath: {path}\n" for name, path in FOLDERS)
    assert f"mountPath: /data}}\n{folders}    securityContext:\n      readOnlyRootFilesystem: true\n  volumes:\n" in after
