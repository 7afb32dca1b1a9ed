"""What manifests say that a reviewer of an ordinary project would let stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.finding import Confidence
from capdrop.run import check

LOW, MEDIUM, HIGH = Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH


def said(folder: Path, rule: str, **files: str) -> list[Confidence | None]:
    """How sure a rule is of what it says about manifests."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / ".git").mkdir(exist_ok=True)
    config = Config(str(folder))
    config.min_confidence = "low"
    results = check(["."], config, rules_in_force(config)).results
    return [finding.confidence for result in results for finding in result.findings if finding.rule == rule]


@pytest.fixture(autouse=True)
def _within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


TOKEN = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: 'acme/web:1'}]
  volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 172800%s}}]}}]
"""


@pytest.mark.parametrize(
    ("audience", "confidence"),
    [
        (", audience: acme.svc.id.goog", LOW),
        (", audience: https://kubernetes.default.svc", HIGH),
        (", audience: ''", HIGH),
        ("", HIGH),
    ],
)
def test_a_token_for_another_audience(audience: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "long-lived-token", pod=TOKEN % audience) == [confidence]


ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: agent}
rules: [{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}]
"""


@pytest.mark.parametrize(
    ("name", "confidence"), [("chart__templates__tests__role", LOW), ("archive__role", LOW), ("chart__templates__role", HIGH)]
)
def test_a_role_of_tests(name: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "role-reaches-kubelet", **{name: ROLE}) == [confidence]


BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: viewers, namespace: images}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: '%s'}
subjects: [{kind: Group, name: 'system:unauthenticated'}]
"""


@pytest.mark.parametrize(("role", "confidence"), [("registry-viewer", LOW), ("system:image-puller", LOW), ("view", HIGH)])
def test_a_registry_that_is_public(role: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "role-bound-to-everyone", binding=BINDING % role) == [confidence]


@pytest.mark.parametrize(("name", "confidence"), [("csi-nfs", LOW), ("csirt", HIGH), ("web", HIGH)])
def test_constraints_of_a_driver(name: str, confidence: Confidence, tmp_path: Path) -> None:
    text = f"apiVersion: security.openshift.io/v1\nkind: SecurityContextConstraints\nmetadata: {{name: {name}}}\n"
    assert said(tmp_path, "scc-allows-privileged", scc=f"{text}allowPrivilegedContainer: true\n") == [confidence]


SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: %s}\nstringData: {%s: S3nsibleW0rd}\n"


@pytest.mark.parametrize(
    ("name", "key", "confidence"),
    [
        ("example-bmc", "password", LOW),
        ("web-config-sample", "password", LOW),
        ("web", "DEMO_LOGIN_PASSWORD", LOW),
        ("demo", "password", HIGH),
        ("examples-of-ours", "password", LOW),
        ("exampled", "password", HIGH),
    ],
)
def test_secrets_that_are_called_examples(name: str, key: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "hard-coded-credential", secret=SECRET % (name, key)) == [confidence]


SERVED = """\
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec: {containers: [{name: a, image: 'acme/a:1', env: [{name: API_PASSWORD, value: S3nsibleW0rd}]}]}
"""


def test_what_runs_a_sample_has_a_password(tmp_path: Path) -> None:
    assert said(tmp_path, "hard-coded-credential", pod=SERVED % "rest-sample") == [HIGH]


OPERATED = "apiVersion: acme.example.com/v1\nkind: Shop\nmetadata: {name: shop}\nspec:\n  grafana: {adminPassword: S3nsibleW0rd%s}\n"


@pytest.mark.parametrize(
    ("more", "confidence"), [(", enabled: false", LOW), (", enabled: true", HIGH), ("", HIGH), (", enabled: '{{ .Values.a }}'", HIGH)]
)
def test_a_password_of_what_is_switched_off(more: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "hard-coded-credential", shop=OPERATED % more) == [confidence]


CONFIGMAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {MYSQL_ALLOW_EMPTY_PASSWORD: 'true'}\n"
DATABASE = """\
apiVersion: v1
kind: Pod
metadata: {name: db}
spec: {containers: [{name: db, image: 'mysql:8.4', env: [{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: 'true'}]}]}
"""


def test_a_configmap_does_not_tell_what_a_secret_beside_it_sets(tmp_path: Path) -> None:
    assert said(tmp_path, "protection-switched-off", configmap=CONFIGMAP) == [LOW]


def test_a_pod_tells_all_of_its_environment(tmp_path: Path) -> None:
    assert said(tmp_path, "protection-switched-off", pod=DATABASE) == [HIGH]


COLLECTOR = """\
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: {name: otel}
spec:
  mode: %s
  securityContext: {seLinuxOptions: {type: spc_t}}
  volumeMounts: [{name: containers, mountPath: /containers, readOnly: true}]
  volumes: [{name: containers, hostPath: {path: /var/lib/docker/containers}}]
"""


@pytest.mark.parametrize(("mode", "confidence"), [("daemonset", LOW), ("deployment", HIGH)])
@pytest.mark.parametrize("rule", ["selinux-disabled", "sensitive-host-path"])
def test_an_agent_that_its_operator_starts_on_every_node(rule: str, mode: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, rule, collector=COLLECTOR % mode) == [confidence]


DRIVEN = """\
apiVersion: v1
kind: Pod
metadata: {name: browser}
spec: {containers: [{name: browser, image: 'acme/chrome:1', command: [%s]}]}
"""


@pytest.mark.parametrize(
    ("command", "confidence"),
    [
        ("chromium, --headless, --remote-debugging-address=0.0.0.0", LOW),
        ("sh, -c, 'chromium --remote-debugging-address=0.0.0.0'", HIGH),
        ("node, '--inspect=0.0.0.0', app.js", HIGH),
    ],
)
def test_a_browser_that_others_drive(command: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "remote-debugger-open", pod=DRIVEN % command) == [confidence]


@pytest.mark.parametrize(("registry", "told"), [("zot.registry.svc:5000", []), ("zot.example.com:5000", [HIGH])])
def test_a_registry_of_the_cluster(registry: str, told: list[Confidence], tmp_path: Path) -> None:
    script = f"echo ''{{\"insecure-registries\":[\"{registry}\"]}}'' > /etc/docker/daemon.json"
    assert said(tmp_path, "insecure-registry", pod=DRIVEN % f"sh, -c, '{script}'") == told


@pytest.mark.parametrize(
    ("chart", "told"), [("charts__redis-exporter__", [LOW]), ("charts__redis__", [HIGH]), ("charts__exporters__", [HIGH])]
)
def test_an_exporter_asks_a_server_of_others(chart: str, told: list[Confidence], tmp_path: Path) -> None:
    files = {f"{chart}Chart": "apiVersion: v2\nname: a\nversion: 1.0.0\n", f"{chart}values": "redis: {password: redis}\n"}
    assert said(tmp_path, "default-credential", **files) == told
    files[f"{chart}values"] = "mail: {smtp: {host: a.example.com, password: pass}}\n"
    assert said(tmp_path, "default-credential", **files) == [LOW]


@pytest.mark.parametrize(
    ("folder", "confidence"), [("quick-start__base__", LOW), ("hack__", LOW), ("getting-started__", LOW), ("base__", HIGH)]
)
def test_what_is_there_to_be_tried_out(folder: str, confidence: Confidence, tmp_path: Path) -> None:
    files = {f"{folder}secret": SECRET % ("web", "password"), f"{folder}database": DATABASE}
    assert said(tmp_path, "hard-coded-credential", **files) == [confidence]
    assert said(tmp_path, "protection-switched-off", **files) == [HIGH]


WORKFLOW = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: hello-}
spec:
  entrypoint: hello
  templates:
    - {name: hello, container: {image: 'acme/cowsay:1'}}
    - {name: say, script: {image: 'acme/python:3', source: print()}}
    - {name: both, containerSet: {containers: [{name: a, image: 'acme/a:1'}]}}
"""


def test_the_controller_of_workflows_says_who_runs_their_steps(tmp_path: Path) -> None:
    assert said(tmp_path, "missing-user", workflow=WORKFLOW) == [LOW, LOW, LOW]


PROBED = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: 'acme/web:1', %s: {exec: {command: [curl, --insecure, 'https://$(IP):8080']}}}]}
"""


@pytest.mark.parametrize(("key", "told"), [("readinessProbe", [LOW]), ("lifecycle: {postStart", [HIGH])])
def test_a_probe_asks_its_own_container(key: str, told: list[Confidence], tmp_path: Path) -> None:
    pod = PROBED % key
    assert said(tmp_path, "certificate-check-disabled", pod=pod.replace("}}}]", "}}}}]") if "{" in key else pod) == told


DEFAULT = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: default, namespace: shop}]
"""


@pytest.mark.parametrize(("name", "confidence"), [("tests__config__binding", LOW), ("config__binding", HIGH)])
def test_a_default_account_of_tests(name: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "role-bound-to-default-account", **{name: DEFAULT}) == [confidence]


OPEN = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: %s, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}
"""
GUARD = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""


@pytest.mark.parametrize(
    ("name", "others", "confidence"), [("default-allow-all", "", LOW), ("web", "", HIGH), ("default-allow-all", GUARD, HIGH)]
)
def test_a_policy_that_says_what_it_does(name: str, others: str, confidence: Confidence, tmp_path: Path) -> None:
    assert said(tmp_path, "open-network-policy", policy=OPEN % name, others=others) == [confidence]


SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {DB: 'postgresql://admin:admin@127.0.0.1:5432/a'}\n"


def test_in_a_pod_localhost_is_another_container(tmp_path: Path) -> None:
    assert said(tmp_path, "password-in-url", configmap=SETTINGS, pod=DATABASE) == [MEDIUM]
    assert said(tmp_path, "password-in-url", configmap=SETTINGS.replace("ConfigMap", "Secret").replace("data", "stringData")) == [MEDIUM]
