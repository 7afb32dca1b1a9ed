"""What files of a cluster say about one another: joined over files and processes, silenced and remembered like all else."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest
from capdrop import judging, processes, run
from capdrop.cli import main
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.finding import Finding, Severity
from capdrop.model.cluster import Part
from capdrop.model.selector import Selector, Term
from capdrop.together import SUBJECTS, verdicts

from tests.growth import assert_grows_linearly

ROLE = """apiVersion: rbac.authorization.k8s.io/v1
kind: {kind}
metadata: {{name: {name}, labels: {{{labels}}}}}
rules:
  - {{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}}
"""
BINDING = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {name}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}
subjects: [{{kind: ServiceAccount, name: {account}, namespace: {namespace}}}]
"""
POD = """apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}
spec: {{serviceAccountName: {account}, containers: [{{name: a, image: 'acme/a:1'}}]}}
"""
RAY = """apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: ray}
spec:
  headGroupSpec: {template: {spec: {containers: [{name: head, image: 'acme/a:1'}]}}}
  workerGroupSpecs:
    - {template: {spec: {containers: [{name: work, image: 'acme/a:1'}]}}}
    - {template: {spec: {containers: [{name: more, image: 'acme/a:1'}]}}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, *texts: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text("---\n".join(texts), encoding="utf-8")


def role(name: str = "agent", kind: str = "ClusterRole", labels: str = "") -> str:
    return ROLE.format(kind=kind, name=name, labels=labels)


def binding(role: str = "agent", account: str = "agent", namespace: str = "ops") -> str:
    return BINDING.format(name=role, role=role, account=account, namespace=namespace)


def pod(name: str = "agent", account: str = "agent", namespace: str = "ops") -> str:
    return POD.format(name=name, account=account, namespace=namespace)


def found(rule: str, *paths: str, profile: str = "default") -> list[Finding]:
    config = Config(os.getcwd())
    config.profile = profile
    done = run.check(list(paths) or ["."], config, rules_in_force(config))
    return [finding for result in done.results for finding in result.findings if finding.rule == rule]


def notes(finding: Finding) -> list[tuple[str, int, str]]:
    return [(note.source.path, note.source.position(note.span.start).line, note.message) for note in finding.notes]


def test_a_role_names_the_pods_that_run_with_it() -> None:
    put("rbac/role.yaml", role())
    put("rbac/binding.yaml", binding())
    put("app/pod.yaml", "# ours\n" + pod())
    (one,) = found("role-reaches-kubelet")
    assert one.source.path == "rbac/role.yaml"
    assert one.severity is Severity.CRITICAL
    assert notes(one) == [("app/pod.yaml", 4, "`Pod/agent` runs with this role")]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"app/pod.yaml": pod(namespace="web")}, "another namespace"),
        ({"app/pod.yaml": pod(account="other")}, "another account"),
        ({"rbac/binding.yaml": binding(role="other")}, "another role"),
        ({"app/pod.yaml": pod().replace("agent, containers", "'{{ .Values.name }}', containers")}, "an account that is not known"),
    ],
)
def test_a_role_that_no_pod_runs_with_weighs_less(change: dict[str, str], because: str) -> None:
    for name, text in ({"rbac/role.yaml": role(), "rbac/binding.yaml": binding(), "app/pod.yaml": pod()} | change).items():
        put(name, text)
    (one,) = found("role-reaches-kubelet")
    assert (one.severity, one.notes) == (Severity.HIGH, ()), because


def test_what_aggregates_a_role_gives_it_too() -> None:
    put("a.yaml", role("part", labels="rbac.authorization.k8s.io/aggregate-to-edit: 'true'"), binding("edit"), pod())
    assert found("role-reaches-kubelet")[0].severity is Severity.CRITICAL
    whole = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: whole}\n"
        "aggregationRule: {clusterRoleSelectors: [{matchLabels: {of: whole}}]}\nrules: []\n"
    )
    put("a.yaml", role("part", labels="of: whole"), whole, binding("whole"), pod())
    assert found("role-reaches-kubelet")[0].severity is Severity.CRITICAL
    put("a.yaml", role("part", labels="of: other"), whole, binding("whole"), pod())
    assert found("role-reaches-kubelet")[0].severity is Severity.HIGH


def test_a_name_means_what_is_near() -> None:
    """Two applications of one repository use the same names."""
    for name in ("one", "two"):
        put(f"{name}/rbac.yaml", role(), binding())
        put(f"{name}/pod.yaml", pod(name))
    assert [[path for path, _, _ in notes(finding)] for finding in found("role-reaches-kubelet")] == [["one/pod.yaml"], ["two/pod.yaml"]]
    put("far/away/from/it/pod.yaml", pod("three"))
    assert len(found("role-reaches-kubelet")[0].notes) == 1


def test_helm_names_are_joined_as_they_are_written() -> None:
    name = "'{{ include \"a.name\" . }}'"
    put("role.yaml", role(name))
    put("binding.yaml", binding(name, name, "'{{ .Release.Namespace }}'"))
    put("pod.yaml", pod("agent", name, "'{{ .Release.Namespace }}'"))
    assert found("role-reaches-kubelet")[0].severity is Severity.CRITICAL


def test_several_processes_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        put(f"{number}/role.yaml", role())
        put(f"{number}/all.yaml", binding(), pod())
        put(f"{number}/Dockerfile", "FROM alpine:3.22\n")
    alone = [(f.identity, f.severity, notes(f)) for f in found("role-reaches-kubelet")]
    monkeypatch.setattr(run, "MANY", 5)
    monkeypatch.setattr(processes, "CHUNK", 2)
    monkeypatch.setattr(run, "processors", lambda: 2)
    assert [(f.identity, f.severity, notes(f)) for f in found("role-reaches-kubelet")] == alone
    assert len(alone) == 12


def test_comments_in_the_file_of_the_finding_hold() -> None:
    put("role.yaml", role().replace("verbs: [get]}", "verbs: [get]}  # capdrop: ignore[role-reaches-kubelet] -- metrics"))
    put("all.yaml", binding(), pod())
    (one,) = found("role-reaches-kubelet")
    assert one.suppressed is not None
    assert one.suppressed.reason == "metrics"


def test_a_comment_is_unused_only_where_all_files_were_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Whether a rule that needs other files has something to say cannot be told from one file."""
    put("service.yaml", "# capdrop: ignore[exposed-admin-interface] -- known\n" + SERVICE)
    put("pod.yaml", pod("web").replace("acme/a:1", "ollama/ollama:0.12.0"))
    assert found("unused-suppression", "service.yaml") == []
    assert found("unused-suppression") == []
    put("pod.yaml", pod("web"))
    assert len(found("unused-suppression")) == 1
    assert main(["fix", "--unsafe", "service.yaml"]) == 0
    assert "nothing to fix" in capsys.readouterr().err


SERVICE = """apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}}
"""


def test_the_baseline_knows_them() -> None:
    put("role.yaml", role())
    put("all.yaml", binding(), pod())
    assert main(["check", "."]) == 1
    assert main(["baseline", "."]) == 0
    assert main(["check", "."]) == 0


def test_absence_is_not_concluded_from_named_files() -> None:
    policy = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {matchLabels: {app: other}}}\n"
    )
    put("policy.yaml", policy)
    put("pod.yaml", pod())
    assert found("pod-without-network-policy", "policy.yaml", "pod.yaml", profile="strict") == []
    assert len(found("pod-without-network-policy", ".", profile="strict")) == 1


def test_a_folder_of_one_file_is_whole() -> None:
    policy = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {matchLabels: {app: other}}}\n"
    )
    put("all.yaml", f"{policy}---\n{pod()}")
    assert found("network-policy-selects-nothing", "all.yaml", profile="strict") == []
    assert len(found("network-policy-selects-nothing", ".", profile="strict")) == 1


def test_a_rule_that_breaks_on_a_part_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(
        "ours/broken.py",
        "from capdrop import Cluster, Role, Severity, rule\n\n\n"
        "@rule('breaks', severity=Severity.LOW)\ndef breaks(part: Role | Cluster):\n    raise ValueError\n    yield\n",
    )
    put("capdrop.toml", 'rules = ["ours"]\n')
    put("k8s/role.yaml", role())
    assert main(["check", "k8s", "--format", "json"]) == 3
    said = capsys.readouterr()
    assert "breaks" in said.err
    assert len(json.loads(said.out)["findings"]) == 1


def test_a_user_rule_judges_the_whole_cluster() -> None:
    put(
        "ours/pods.py",
        "from capdrop import Cluster, Severity, Workload, rule\n\n\n"
        "@rule('too-many-pods', severity=Severity.LOW)\ndef too_many(cluster: Cluster):\n"
        '    """There are too many pods."""\n'
        "    pods = [part for part in cluster.parts if isinstance(part, Workload)]\n"
        "    if len(pods) > 1:\n        yield pods[0].finding(pods[0].name_span, f'{len(pods)} pods')\n",
    )
    put("capdrop.toml", 'rules = ["ours"]\n')
    put("k8s/a.yaml", pod("a"))
    put("k8s/b.yaml", pod("b"))
    config = Config(os.getcwd())
    config.rule_folders = ["ours"]
    done = run.check(["k8s"], config, rules_in_force(config))
    assert [(f.source.path, f.message) for r in done.results for f in r.findings if f.rule == "too-many-pods"] == [("k8s/a.yaml", "2 pods")]


def test_what_is_changed_is_the_pod_of_the_part(capsys: pytest.CaptureFixture[str]) -> None:
    put("account.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: agent, namespace: ops}\n")
    ready = "automountServiceAccountToken: false, "
    put("pods.yaml", pod(account="default").replace("{serviceAccountName", f"{{{ready}serviceAccountName"), pod(account="default"))
    put("ray.yaml", RAY)
    chosen = ["--unsafe", "--profile", "strict", "--select", "service-account-token-mounted"]
    assert main(["fix", "--apply", *chosen, "."]) == 0
    assert Path("pods.yaml").read_text(encoding="utf-8").count("automountServiceAccountToken: false") == 2
    assert Path("ray.yaml").read_text(encoding="utf-8") == RAY.replace("acme/a:1'}]", "acme/a:1'}], automountServiceAccountToken: false")
    assert main(["fix", *chosen, "."]) == 0
    assert "nothing to fix" in capsys.readouterr().err


def test_parts_are_light() -> None:
    """What is sent between processes holds no text of the file."""
    put("a.yaml", "# " + "x" * 50_000 + "\n", role(), binding(), pod(), SERVICE)
    config = Config(os.getcwd())
    judged = judging.judge(judging.Found("a.yaml", True), rules_in_force(config), Context())
    assert [type(part).__name__ for part in judged.parts] == ["Role", "RoleBinding", "Workload", "Service"]
    assert len(pickle.dumps(judged.parts)) < 5_000


@pytest.mark.parametrize(
    ("selector", "labels", "selected"),
    [
        (Selector({}), {}, True),
        (Selector({"a": "1"}), {"a": "1", "b": "2"}, True),
        (Selector({"a": "1"}), {"a": "2"}, False),
        (Selector({}, (Term("a", "In", ("1", "2")),)), {"a": "2"}, True),
        (Selector({}, (Term("a", "In", ("1", "2")),)), {}, False),
        (Selector({}, (Term("a", "NotIn", ("1",)),)), {}, True),
        (Selector({}, (Term("a", "NotIn", ("1",)),)), {"a": "1"}, False),
        (Selector({}, (Term("a", "Exists", ()),)), {"a": "1"}, True),
        (Selector({}, (Term("a", "DoesNotExist", ()),)), {"a": "1"}, False),
    ],
)
def test_selectors(selector: Selector, labels: dict[str, str], selected: bool) -> None:
    assert selector.selects(labels) is selected


def test_thousands_of_parts_of_one_name_are_joined_soon() -> None:
    policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}, ingress: [{}]}\n"

    def parts(size: int) -> list[Part]:
        text = "---\n".join([role(), binding(), pod("web"), SERVICE, policy] * (size // 5))
        put("a.yaml", text)
        config = Config(os.getcwd())
        return judging.judge(judging.Found("a.yaml", True), rules_in_force(config), Context()).parts

    ready = {size: parts(size) for size in (400, 4000)}
    book = rules_in_force(Config(os.getcwd()))
    book.select(rule.name for rule in book.rules.values() if not SUBJECTS.isdisjoint(rule.subjects))
    assert_grows_linearly(lambda size: verdicts(ready[size], book, lambda _: None, whole=True), 400, 4000)


MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {auth: trust, AUTH_ANONYMOUS_ORG_ROLE: Admin, user: app}\n"
TAKES = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec:\n  containers:\n    - name: db\n      image: acme/db:1\n"
    "      env: [{name: POSTGRES_HOST_AUTH_METHOD, valueFrom: {configMapKeyRef: {name: db, key: auth}}}]\n"
    "      envFrom: [{prefix: GF_, configMapRef: {name: db}}]\n"
)


def test_what_a_pod_takes_from_a_map_under_another_name_is_judged_by_that_name() -> None:
    put("app/map.yaml", MAP)
    put("app/pod.yaml", TAKES)
    findings = found("protection-switched-off")
    assert [(one.source.path, one.subject, one.message.partition(":")[0]) for one in findings] == [
        ("app/pod.yaml", "Pod/db containers.db", "`POSTGRES_HOST_AUTH_METHOD=trust`"),
        ("app/pod.yaml", "Pod/db containers.db", "`GF_AUTH_ANONYMOUS_ORG_ROLE=Admin`"),
    ]
    assert [notes(one) for one in findings] == [[("app/map.yaml", 4, "it is written here")]] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"app/map.yaml": MAP.replace("trust", "scram-sha-256").replace("Admin", "Viewer")},
        {"app/map.yaml": MAP.replace("name: db", "name: other")},
        {
            "app/map.yaml": MAP.replace("name: db", "name: db, namespace: a"),
            "app/pod.yaml": TAKES.replace("{name: db}\nspec", "{name: db, namespace: b}\nspec"),
        },
        {"app/map.yaml": "", "elsewhere/deep/map.yaml": MAP},
    ],
)
def test_what_a_pod_takes_from_no_such_map_is_not_judged(change: dict[str, str]) -> None:
    for name, text in ({"app/map.yaml": MAP, "app/pod.yaml": TAKES} | change).items():
        put(name, text)
    assert found("protection-switched-off") == []


def test_what_a_map_names_itself_is_told_once_where_it_stands() -> None:
    put("map.yaml", MAP.replace("auth: trust", "POSTGRES_HOST_AUTH_METHOD: trust"))
    put("pod.yaml", TAKES.replace("key: auth", "key: POSTGRES_HOST_AUTH_METHOD").replace("prefix: GF_, ", ""))
    assert [one.source.path for one in found("protection-switched-off")] == ["map.yaml"]
