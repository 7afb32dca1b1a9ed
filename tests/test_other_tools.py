"""Comments and annotations that silence other tools: which of our findings they silence, and which they leave alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from capdrop import other_tools, rulebook
from capdrop.config import load, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesWritten
from capdrop.finding import Finding, Safety
from capdrop.fixer import Workbench, fix
from capdrop.source import Source

SECRET = "Kp3-vv81" + "-Qz"
BOOK = rulebook.load()
BOOK.select(
    "root-user missing-user image-without-tag image-with-moving-tag unpinned-system-package unpinned-package hard-coded-credential "
    "secret-build-argument provider-token certificate-check-disabled privileged-container host-network dangerous-capability "
    "capabilities-not-dropped privilege-escalation-allowed memory-limit-missing unused-suppression malformed-suppression "
    "unknown-rule-in-suppression".split()
)
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    team: web
    ANNOTATION
spec:
  hostNetwork: true
  containers:
    - name: web
      image: acme/web:1
      resources: {limits: {memory: 1Gi}}
      securityContext:
        runAsUser: 1000
        privileged: true
        capabilities: {drop: [ALL]}
"""
SERVICES = f"""\
services:
  app:
    image: acme/app
    user: "1000"
    mem_limit: 1g
    cap_drop: [ALL]
    privileged: true
    environment:
      DB_PASSWORD: {SECRET}
  side:
    image: acme/side
    user: "1000"
    mem_limit: 1g
    cap_drop: [ALL]
"""


def found(path: str, text: str) -> list[Finding]:
    kind = kind_of(path, text)
    assert kind is not None
    analysis = analyse(Source(path, text), kind, BOOK, Context())
    assert analysis.broken == []
    assert analysis.outcome == "analysed"
    return analysis.findings


def said(path: str, text: str) -> tuple[str, str]:
    """What is silenced, by what and why, and what is left, each with its line."""
    findings = found(path, text)
    silenced = [(f, f.suppressed) for f in findings if f.suppressed is not None]
    told = [f"{f.rule} {f.source.position(f.span.start).line} {by.how} {by.reason}".rstrip() for f, by in silenced]
    left = [f"{f.rule} {f.source.position(f.span.start).line}" for f in findings if f.suppressed is None]
    return ", ".join(told), ", ".join(left)


def pod(annotation: str) -> str:
    return POD.replace("ANNOTATION", annotation)


def above(text: str, line: str, comment: str) -> str:
    """A comment above a line, as far in as that one."""
    at = text.index(line)
    return text[:at] + comment + "\n" + " " * (at - text.rfind("\n", 0, at) - 1) + text[at:]


@pytest.mark.parametrize(
    ("text", "silenced", "left"),
    [
        ("FROM a:1\n# hadolint ignore=DL3002\nUSER root\n", "root-user 3 hadolint comment", ""),
        ("FROM a:1\n#hadolint  ignore = DL3059 , DL3002 # a tool\nUSER root\n", "root-user 3 hadolint comment a tool", ""),
        ("FROM a:1\n# hadolint ignore=DL3002\n\nUSER root\n", "", "root-user 4"),
        ("FROM a:1\n# hadolint ignore=DL3002\n# and why\nUSER root\n", "", "root-user 4"),
        ("FROM a:1\n# hadolint ignore=DL3002 and why\nUSER root\n", "", "root-user 3"),
        ("FROM a:1\n# hadolint ignore=DL3003\nUSER root\n", "", "root-user 3"),
        ("# hadolint ignore=DL3002\nFROM a:1\nUSER root\n", "", "root-user 3"),
        ("# hadolint stage ignore=DL3002\nFROM a:1\nUSER root\n", "root-user 3 hadolint comment", ""),
        ("FROM a:1\nUSER root\n# hadolint global ignore=DL3002\n", "root-user 2 hadolint comment", ""),
        (
            "# hadolint stage ignore=DL3006\nFROM a AS b\nFROM b\nUSER 1\n# hadolint ignore=DL3006\nFROM c\nUSER 1\n",
            "image-without-tag 2 hadolint comment, image-without-tag 6 hadolint comment",
            "",
        ),
        (
            "FROM a:1\nUSER 1\n# hadolint ignore=DL3018\nRUN apk add x && \\\n    apk add y\n",
            "unpinned-system-package 4 hadolint comment, unpinned-system-package 5 hadolint comment",
            "",
        ),
        ("FROM a:1\nUSER 1\n# hadolint ignore=DL3033\nRUN apk add x\n", "", "unpinned-system-package 4"),
        ("FROM a:1\nUSER 1\n# hadolint ignore=DL3013\nRUN npm install -g x\n", "", "unpinned-package 4"),
        ("# hadolint global ignore=DL3006\nFROM a:1\nCOPY --from=acme/b /x /x\nUSER 1\n", "", "image-without-tag 3"),
    ],
)
def test_hadolint(text: str, silenced: str, left: str) -> None:
    assert said("Dockerfile", text) == (silenced, left)


@pytest.mark.parametrize(
    ("directive", "silenced", "left"),
    [
        ("# check=skip=SecretsUsedInArgOrEnv", "secret-build-argument 3 buildkit comment", "hard-coded-credential 4"),
        (
            "# check=error=true; skip=StageNameCasing, secretsusedinargorenv",
            "secret-build-argument 3 buildkit comment",
            "hard-coded-credential 4",
        ),
        ("# check=skip=all", "", "secret-build-argument 3, hard-coded-credential 4"),
        ("# check=skip=StageNameCasing", "", "secret-build-argument 3, hard-coded-credential 4"),
        ("# Hello\n# check=skip=SecretsUsedInArgOrEnv", "", "secret-build-argument 4, hard-coded-credential 5"),
    ],
)
def test_buildkit(directive: str, silenced: str, left: str) -> None:
    text = f"{directive}\nFROM a:1\nARG NPM_TOKEN\nENV DB_PASSWORD={SECRET}\nRUN echo $NPM_TOKEN\nUSER 1\n"
    assert said("Dockerfile", text) == (silenced, left)


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [
        ("#trivy:ignore:AVD-DS-0002", True),
        ("# trivy:ignore:DS002", True),
        ("# tfsec:ignore:ds-0002 trivy:ignore:DS-0001", True),
        ("# trivy:ignore:DS-* for now", True),
        ("# trivy:ignore:*", True),
        ("# trivy:ignore:DS-0002:exp:9999-01-01", True),
        ("# trivy:ignore:DS-0002:exp:2001-01-01", False),
        ("# trivy:ignore:DS-0002:exp:soon", False),
        ("# trivy:ignore:DS-0002[user=root]", False),
        ("# trivy:ignore:DS-0001", False),
        ("# trivy:ignore:DS-0001\n# trivy:ignore:DS-0002", True),
        ("# trivy:ignore:DS-0002\n", False),
    ],
)
def test_trivy(comment: str, silenced: bool) -> None:
    assert [bool(f.suppressed) for f in found("Dockerfile", f"FROM a:1\n{comment}\nUSER root\n")] == [silenced]


def test_a_trivy_comment_ends_with_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "FROM a:1\n# trivy:ignore:DS-0002:exp:2026-03-02\nUSER root\n"
    for now, silenced in (("2026-03-01", True), ("2026-03-02", False)):
        monkeypatch.setattr(time, "strftime", lambda _form, _when, now=now: now)
        assert [bool(f.suppressed) for f in found("Dockerfile", text)] == [silenced]


def test_a_trivy_comment_speaks_for_what_begins_below_it() -> None:
    text = above(pod("b: c"), "- name: web", "# trivy:ignore:KSV-0017 trivy:ignore:KSV-0009")
    assert said("pod.yaml", text) == ("privileged-container 17 trivy comment", "host-network 9")


@pytest.mark.parametrize(
    ("text", "silenced", "left"),
    [
        ("FROM a\nUSER root\n# checkov:skip=CKV_DOCKER_8: a tool\n", "root-user 2 checkov comment a tool", "image-without-tag 1"),
        ("FROM a:1\nRUN x \\\n # bridgecrew:skip=CKV_DOCKER_8\n y\nUSER root\n", "root-user 5 checkov comment", ""),
        ("FROM a:1\nUSER root\n# checkov:skip=CKV_DOCKER_8,CKV_DOCKER_2:both\n", "", "root-user 2"),
        ("FROM a:1\nRUN <<E\n# checkov:skip=CKV_DOCKER_8\nE\nUSER root\n", "", "root-user 5"),
        (
            "# checkov:skip=CKV2_DOCKER_2\nFROM a:1\nRUN curl -k https://a.b\nRUN wget --no-check-certificate https://a.b\nUSER 1\n",
            "certificate-check-disabled 3 checkov comment",
            "certificate-check-disabled 4",
        ),
    ],
)
def test_checkov(text: str, silenced: str, left: str) -> None:
    assert said("Dockerfile", text) == (silenced, left)


def test_checkov_reads_no_comments_in_manifests() -> None:
    assert said("pod.yaml", above(pod("b: c"), "hostNetwork", "# checkov:skip=CKV_K8S_19:it routes"))[0] == ""


@pytest.mark.parametrize(
    ("annotation", "silenced"),
    [
        ("checkov.io/skip1: CKV_K8S_19=it routes", "host-network 9 checkov annotation it routes"),
        ("bridgecrew.io/skip2: CKV_K8S_16", "privileged-container 16 checkov annotation"),
        ("checkov.io/skip3: CKV_K8S_19,CKV_K8S_16", ""),
        ('ignore-check.kube-linter.io/privileged-container: "it must"', "privileged-container 16 kube-linter annotation it must"),
        (
            'kube-linter.io/ignore-all: "old"',
            "host-network 9 kube-linter annotation old, privileged-container 16 kube-linter annotation old",
        ),
        ('polaris.fairwinds.com/hostNetworkSet-exempt: "true"', "host-network 9 polaris annotation"),
        ('polaris.fairwinds.com/hostNetworkSet-exempt: "yes"', ""),
        ('polaris.fairwinds.com/exempt: "True"', "host-network 9 polaris annotation, privileged-container 16 polaris annotation"),
        ("kube-score/ignore: service-type, container-security-context-privileged", "privileged-container 16 kube-score annotation"),
        ("ignore-check.kube-linter.io/host-ipc: x", ""),
    ],
)
def test_annotations(annotation: str, silenced: str) -> None:
    assert said("pod.yaml", pod(annotation))[0] == silenced


def test_an_annotation_speaks_for_its_object_alone() -> None:
    both = pod("kube-linter.io/ignore-all: x") + "---\n" + pod("team: web")
    assert said("pod.yaml", both)[1] == "host-network 27, privileged-container 34"
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n"
        "    metadata:\n      annotations: {kube-linter.io/ignore-all: x}\n"
        "    spec:\n      hostNetwork: true\n      securityContext: {runAsNonRoot: true}\n      containers: []\n"
    )
    assert said("pod.yaml", deployment)[0] == ""


@pytest.mark.parametrize(
    ("id_", "more", "silenced"),
    [
        ("dangerousCapabilities-exempt", "SYS_ADMIN", True),
        ("dangerousCapabilities-exempt", "SYS_PTRACE", False),
    ],
)
def test_an_id_silences_no_more_than_its_tool_tells(id_: str, more: str, silenced: bool) -> None:
    text = pod(f'polaris.fairwinds.com/{id_}: "true"').replace("drop: [ALL]", f"drop: [ALL], add: [{more}]")
    assert [bool(f.suppressed) for f in found("pod.yaml", text) if f.rule == "dangerous-capability"] == [silenced]


KICS = "ae5b6871-7f45-42e0-bb4c-ab300c4d2026"


@pytest.mark.parametrize(
    ("text", "silenced"),
    [
        (f"# A manifest\n# kics-scan disable={KICS}\n" + pod("b: c"), "privileged-container 18 kics comment"),
        ("---\n# kics-scan ignore\n" + pod("b: c"), "host-network 11 kics comment, privileged-container 18 kics comment"),
        (f"# kics-scan enable={KICS}\n" + pod("b: c"), "host-network 10 kics comment"),
        (pod("b: c") + "# kics-scan ignore\n", ""),
        (above(pod("b: c"), "hostNetwork", "# kics-scan ignore"), ""),
        (above(pod("b: c"), "hostNetwork", "# kics-scan ignore-line"), "host-network 10 kics comment"),
        (above(pod("b: c"), "securityContext", "# KICS-scan ignore-block"), "privileged-container 17 kics comment"),
        (above(pod("b: c"), "resources", "# kics-scan ignore-block"), ""),
        (
            "---\n# kics-scan ignore-block\n" + pod("b: c") + "---\n" + pod("b: c"),
            "host-network 11 kics comment, privileged-container 18 kics comment",
        ),
    ],
)
def test_kics(text: str, silenced: str) -> None:
    assert said("pod.yaml", text)[0] == silenced


def test_kics_in_a_dockerfile() -> None:
    text = "# kics-scan ignore-block\nFROM a AS b\nUSER 1\nFROM a\n# kics-scan ignore-line\nUSER root\n"
    assert said("Dockerfile", text) == ("image-without-tag 2 kics comment, root-user 6 kics comment", "image-without-tag 4")


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [
        ("# nosemgrep", True),
        ("# NOSEM", True),
        ("# nosemgrep: yaml.docker-compose.security.privileged-service.privileged-service", True),
        ("# nosemgrep: other-rule, privileged-service", True),
        ("# nosemgrep: no-new-privileges", False),
        ("# nosemgreppy", False),
    ],
)
def test_semgrep(comment: str, silenced: bool) -> None:
    for text in (above(SERVICES, "privileged", comment), SERVICES.replace("privileged: true", f"privileged: true  {comment}")):
        assert [bool(f.suppressed) for f in found("compose.yaml", text) if f.rule == "privileged-container"] == [silenced]


@pytest.mark.parametrize("comment", ["gitleaks:allow", "trufflehog:ignore", "ggignore", "checkov:skip=CKV_SECRET_6:a test"])
def test_secrets(comment: str) -> None:
    text = SERVICES.replace(SECRET, f"{SECRET} # {comment}")
    silenced, left = said("compose.yaml", text)
    assert silenced.startswith("hard-coded-credential 9 ")
    assert "privileged-container 7" in left
    assert said("compose.yaml", f"# {comment}\n{SERVICES}")[0] == ""


def test_ours_and_theirs_may_stand_together() -> None:
    text = "FROM a:1\n# capdrop: ignore[root-user] -- a tool\n# hadolint ignore=DL3002\nUSER root\n"
    assert said("Dockerfile", text) == ("root-user 4 comment a tool", "")


def test_a_comment_of_the_dockerfile_speaks_where_compose_builds_it() -> None:
    text = "services:\n  app:\n    build: .\n    user: root\n    mem_limit: 1g\n    cap_drop: [ALL]\n"
    context = Context(files=FilesWritten({"Dockerfile": "FROM a:1\n# hadolint ignore=DL3002\nUSER root\n"}))
    kind = kind_of("compose.yaml", text)
    assert kind is not None
    findings = analyse(Source("compose.yaml", text), kind, BOOK, context).findings
    assert [(f.rule, f.suppressed) for f in findings if f.rule == "root-user"] == [("root-user", None)]


def test_what_is_silenced_is_not_fixed() -> None:
    text = above(SERVICES, "privileged", "# kics-scan ignore-line")
    kind = kind_of("compose.yaml", text)
    assert kind is not None
    fixed = fix(Source("compose.yaml", text), Workbench(kind, BOOK, Context()), Safety.UNSAFE)
    assert "privileged: true" in fixed.source.text


def test_the_configuration_switches_it_off(tmp_path: Path) -> None:
    text = "FROM a:1\n# hadolint ignore=DL3002\nUSER root\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    for value, silenced in (("true", True), ("false", False)):
        (tmp_path / "capdrop.toml").write_text(f'other-tools-comments = {value}\nselect = ["root-user"]\n', encoding="utf-8")
        book = rules_in_force(load(str(tmp_path / "capdrop.toml")))
        assert [bool(f.suppressed) for f in analyse(Source("Dockerfile", text), kind, book, Context()).findings] == [silenced]


def test_every_id_in_the_tables_is_one_of_ours() -> None:
    known = {alias for rule in rulebook.load().rules.values() for alias in rule.also_known_as}
    assert {*other_tools.SEEN, *other_tools.NOT_ENOUGH} <= known


def test_the_page_has_every_tool() -> None:
    page = (Path(__file__).parent.parent / "docs" / "other-tools.md").read_text(encoding="utf-8").lower()
    for tool in {row[0] for row in (*other_tools.COMMENTS, *other_tools.ANNOTATIONS)} | {"gitleaks", "trufflehog", "ggignore"}:
        assert tool in page
