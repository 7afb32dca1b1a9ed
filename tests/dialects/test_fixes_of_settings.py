"""Fixes of settings in the words of each dialect, where no example of a rule shows the text."""

from __future__ import annotations

import textwrap

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.files import FilesWritten
from capdrop.finding import Safety
from capdrop.fixer import Fixed, Workbench, fix
from capdrop.rulebook import load
from capdrop.source import Source

BOOK = load()
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
CASES = {
    "root-group in a list": ("root-group", "compose.yaml", "group_add: [audio, root]", "group_add: [audio]"),
    "root-group of a pod": (
        "root-group",
        "pod.yaml",
        "securityContext: {fsGroup: 0}\n  containers: [{name: a, image: b}]",
        "securityContext: {fsGroup: 65532}\n  containers: [{name: a, image: b}]",
    ),
    "loose-tmpfs": ("loose-tmpfs", "compose.yaml", "tmpfs: ['/tmp:exec,size=1m']", "tmpfs: ['/tmp:size=1m']"),
    "loose-tmpfs alone": ("loose-tmpfs", "compose.yaml", "tmpfs: [/tmp:exec]", "tmpfs: [/tmp]"),
    "host-gateway in a mapping": (
        "host-gateway",
        "compose.yaml",
        "extra_hosts:\n      a: 10.0.0.1\n      host: host-gateway",
        "extra_hosts:\n      a: 10.0.0.1",
    ),
    "host-gateway alone": ("host-gateway", "compose.yaml", "extra_hosts:\n      host: host-gateway\n    tty: true", "tty: true"),
    "the only variable": (
        "certificate-check-disabled",
        "compose.yaml",
        "environment:\n      NODE_TLS_REJECT_UNAUTHORIZED: 0\n    tty: true",
        "tty: true",
    ),
    "the only variable of a list": (
        "certificate-check-disabled",
        "compose.yaml",
        "environment: [NODE_TLS_REJECT_UNAUTHORIZED=0]\n    tty: true",
        "tty: true",
    ),
    "a variable of a container": (
        "certificate-check-disabled",
        "pod.yaml",
        "containers:\n    - name: web\n      image: a:1\n      env:\n        - name: NODE_TLS_REJECT_UNAUTHORIZED\n          value: '0'\n"
        "        - name: A\n          value: b",
        "containers:\n    - name: web\n      image: a:1\n      env:\n        - name: A\n          value: b",
    ),
    "the only variable of a container": (
        "certificate-check-disabled",
        "pod.yaml",
        "containers:\n    - name: web\n      image: a:1\n      env: [{name: NODE_TLS_REJECT_UNAUTHORIZED, value: '0'}]\n      tty: true",
        "containers:\n    - name: web\n      image: a:1\n      tty: true",
    ),
    "git-sync": (
        "git-sync-command-injection",
        "pod.yaml",
        "containers:\n    - {name: a, image: 'a:1', env: [{name: GITSYNC_GIT, value: /x}, {name: A, value: b}]}",
        "containers:\n    - {name: a, image: 'a:1', env: [{name: A, value: b}]}",
    ),
    "process-limit-missing": ("process-limit-missing", "compose.yaml", "tty: true", "tty: true\n    pids_limit: 200"),
    "process-limit-missing beside others": (
        "process-limit-missing",
        "compose.yaml",
        "deploy:\n      resources:\n        limits:\n          memory: 1g",
        "deploy:\n      resources:\n        limits:\n          memory: 1g\n          pids: 200",
    ),
    "a registry of packages": (
        "insecure-package-source",
        "compose.yaml",
        "environment: ['GOPROXY=https://a.io,http://goproxy.example.com']",
        "environment: ['GOPROXY=https://a.io,https://goproxy.example.com']",
    ),
}


def fixed(rule: str, path: str, text: str) -> Fixed:
    kind = kind_of(path, text)
    assert kind is not None
    BOOK.select([rule])
    return fix(Source(path, text), Workbench(kind, BOOK, Context(files=FilesWritten({}))), Safety.UNSAFE)


@pytest.mark.parametrize("case", CASES)
def test_a_setting_is_mended(case: str) -> None:
    rule, path, before, after = CASES[case]
    head = "services:\n  app:\n    image: acme/app:1\n    " if path == "compose.yaml" else f"{POD}  "
    result = fixed(rule, path, f"{head}{before}\n")
    assert result.applied, result.left
    assert result.source.text == f"{head}{after}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("-v /srv/x:/x:ro,rshared", "-v /srv/x:/x:ro"),
        ("-v /srv/x:/x:rshared,ro", "-v /srv/x:/x:ro"),
        ("--mount type=bind,source=/srv/x,target=/x,bind-propagation=rshared", "--mount type=bind,source=/srv/x,target=/x"),
        ("--mount bind-propagation=rshared,type=bind,src=/srv/x,dst=/x", "--mount type=bind,src=/srv/x,dst=/x"),
    ],
)
def test_a_mount_no_longer_reaches_the_host(before: str, after: str) -> None:
    assert fixed("mount-propagation", "start.sh", f"docker run {before} acme/a:1\n").source.text == f"docker run {after} acme/a:1\n"


def test_a_file_that_goes_in_by_one_blank_goes_on_so() -> None:
    before = "services:\n app:\n  image: acme/app:1\n  deploy:\n   replicas: 2\n"
    after = f"{before}   resources:\n    limits:\n     pids: 200\n"
    assert fixed("process-limit-missing", "compose.yaml", before).source.text == after


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (".env", "# a\nexport NODE_TLS_REJECT_UNAUTHORIZED=0\nA=1\n", "# a\nA=1\n"),
        (".env", "A=1\r\nNODE_TLS_REJECT_UNAUTHORIZED='0'\r\nB=1\r\n", "A=1\r\nB=1\r\n"),
        (".env", "A=1\nNODE_TLS_REJECT_UNAUTHORIZED=0", "A=1\n"),
        (".env", "NODE_TLS_REJECT_UNAUTHORIZED=0 # why\n", ""),
        ("start.sh", "docker run -d -e NODE_TLS_REJECT_UNAUTHORIZED=0 -p 80:80 acme/a:1\n", "docker run -d -p 80:80 acme/a:1\n"),
        ("start.sh", "docker run \\\n  --env=NODE_TLS_REJECT_UNAUTHORIZED=0 \\\n  acme/a:1\n", "docker run \\\n  acme/a:1\n"),
        ("start.sh", "docker run -deNODE_TLS_REJECT_UNAUTHORIZED=0 acme/a:1\n", ""),
    ],
)
def test_a_variable_is_no_longer_given(path: str, before: str, after: str) -> None:
    result = fixed("certificate-check-disabled", path, before)
    assert result.source.text == (after or before)
    assert bool(result.applied) == bool(after)


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (
            "namespace-without-pod-security",
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: 'privileged'\n",
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: 'baseline'\n",
        ),
        (
            "open-repository-prefix",
            """
            apiVersion: constraints.gatekeeper.sh/v1beta1
            kind: K8sAllowedRepos
            metadata: {name: a}
            spec: {parameters: {repos: [docker.io/acme, "ghcr.io/acme"]}}
            """,
            """
            apiVersion: constraints.gatekeeper.sh/v1beta1
            kind: K8sAllowedRepos
            metadata: {name: a}
            spec: {parameters: {repos: [docker.io/acme/, "ghcr.io/acme/"]}}
            """,
        ),
    ],
)
def test_an_object_is_mended(rule: str, before: str, after: str) -> None:
    assert fixed(rule, "a.yaml", textwrap.dedent(before)).source.text == textwrap.dedent(after)
