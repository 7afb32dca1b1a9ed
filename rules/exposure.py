"""Consoles and model servers that are reached from outside, and what should not run at all any more."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, Image, RoleBinding, Service, Severity, rule

WITHOUT_LOGIN = {
    "argocli": "Argo Workflows",
    "bentoml": "BentoML",
    "centraldashboard": "Kubeflow",
    "huggingfaceserver": "KServe",
    "kafka-ui": "Kafka UI",
    "localai": "LocalAI",
    "mlflow": "MLflow",
    "mlserver": "Seldon",
    "mongo-express": "mongo-express",
    "nifi": "NiFi",
    "ollama": "Ollama",
    "prometheus": "Prometheus",
    "ray": "Ray",
    "redis-commander": "Redis Commander",
    "scope": "Weave Scope",
    "sglang": "SGLang",
    "text-generation-inference": "Text Generation Inference",
    "tritonserver": "Triton",
    "vllm": "vLLM",
}
"""What runs commands or models, or shows everything, for whoever reaches it, by its image's name or the first word of it; also what
asks for a password only where it is told to. After Kubescape's C-0021 and C-0274."""
WITH_LOGIN = {
    "adminer": "Adminer",
    "argocd": "Argo CD",
    "dashboard": "the Kubernetes dashboard",
    "jenkins": "Jenkins",
    "jupyter": "Jupyter",
    "jupyterhub": "JupyterHub",
    "phpmyadmin": "phpMyAdmin",
    "portainer": "Portainer",
    "yatai": "BentoML",
}
"""Consoles that ask for a password and rule what they are for."""
OWNERS = {"dashboard": "kubernetesui", "scope": "weaveworks", "ray": "rayproject", "prometheus": "prom"}
"""Whose image it must be where the name is a common word: what its owner's name begins with."""
HELPERS = frozenset({"agent", "adapter", "client", "e2e", "exporter", "init", "operator", "proxy", "reloader", "router"})
"""Words of images that stand beside such a program."""


def console_of(image: str) -> str:
    """The interface that an image is, in words; nothing for any other."""
    owner, _, name = image.rpartition("/")
    words = name.split("-")
    if not HELPERS.isdisjoint(words):
        return ""
    for key in (name, words[0]):
        if owner.rpartition("/")[2].startswith(OWNERS.get(key, "")):
            what = WITHOUT_LOGIN.get(key, "") or WITH_LOGIN.get(key, "")
            if what:
                return what
    return ""


def pod_of(image: str) -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: web, labels: {{app: web}}}}
spec:
  containers: [{{name: web, image: '{image}'}}]
"""


OPEN = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: «LoadBalancer», selector: {app: web}}
"""
FACED = pod_of("acme/web:1").replace("metadata: {name: web", "metadata: {«name: web»")
CLOSED = OPEN.replace("«LoadBalancer»", "ClusterIP")


@rule(
    "exposed-admin-interface",
    severity=Severity.HIGH,
    references="ATT&CK T1133 · ATT&CK T1190",
    also_known_as="kubescape:C-0021 kubescape:C-0274",
    examples=(
        Bad("service.yaml", OPEN, beside={"pod.yaml": pod_of("ollama/ollama:0.12.0")}),
        Bad("service.yaml", OPEN.replace("LoadBalancer", "NodePort"), beside={"pod.yaml": pod_of("quay.io/prometheus/prometheus:v3.5.0")}),
        Bad("service.yaml", OPEN, beside={"pod.yaml": pod_of("ghcr.io/kubeflow/kubeflow/centraldashboard:v1.10.0")}),
        Good("service.yaml", CLOSED, beside={"pod.yaml": pod_of("ollama/ollama:0.12.0")}),
        Good("service.yaml", OPEN.replace("«", "").replace("»", ""), beside={"pod.yaml": pod_of("acme/dashboard:1")}),
        Good("service.yaml", OPEN.replace("«", "").replace("»", ""), beside={"pod.yaml": pod_of("jenkins/jenkins-agent:1")}),
        Good(
            "service.yaml",
            CLOSED.replace("ClusterIP", "LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24]"),
            beside={"pod.yaml": pod_of("jenkins/jenkins:lts")},
        ),
    ),
)
def exposed_admin_interface(service: Service) -> Iterator[Finding]:
    """A console or a model server is reached from outside.

    Such programs run jobs, pull models or show everything, and many of them ask for no password unless told to. Keep the service inside
    the cluster and reach it by `kubectl port-forward` or a proxy with a login, or name who may come in `loadBalancerSourceRanges`.
    """
    if not service.is_outside or service.restricted:
        return
    for workload in service.workloads:
        what = next((console for image in workload.images if (console := console_of(image))), "")
        if what:
            where = "on every node" if service.type == "NodePort" else "at a public address"
            severity = Severity.MEDIUM if what in WITH_LOGIN.values() else Severity.HIGH
            note = workload.note(f"{what} runs here")
            yield service.finding(service.type_span, f"`{service.name}` opens {what} {where}", notes=(note,), severity=severity)
            return


@rule(
    "workload-reachable-from-outside",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1190",
    also_known_as="kubescape:C-0256 kubescape:C-0266",
    examples=(
        Bad(
            "app.yaml",
            f"---{FACED}---{OPEN.replace('«', '').replace('»', '')}",
        ),
        Bad(
            "app.yaml",
            f"""---{FACED}---{CLOSED}---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: web}}
spec: {{rules: [{{backendRefs: [{{name: web, port: 80}}]}}]}}
""",
        ),
        Good("app.yaml", f"---{pod_of('acme/web:1')}---{CLOSED}"),
    ),
)
def workload_reachable_from_outside(service: Service) -> Iterator[Finding]:
    """A pod is reached from outside the cluster.

    That may be what it is for. This is the list of doors: what stands behind them deserves the closest look.
    """
    for workload in service.workloads:
        if service.is_outside and not service.restricted:
            notes = [service.note(f"a service of type {service.type}", service.type_span)]
        else:
            notes = [route.note(f"{route.kind} that leads here") for route in service.routes[:3]]
        if notes:
            yield workload.finding(workload.name_span, f"`{workload.address}` is reached from outside the cluster", notes=tuple(notes))


@rule(
    "kubernetes-dashboard",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1133",
    also_known_as="checkov:CKV_K8S_33 kics:d2ad057f kubescape:C-0014",
    examples=(
        Bad("pod.yaml", pod_of("«docker.io/kubernetesui/dashboard:v2.7.0»").replace("'", "")),
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: dashboard}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: ServiceAccount, name: «kubernetes-dashboard», namespace: kubernetes-dashboard}]
            """,
        ),
        Good("pod.yaml", pod_of("acme/dashboard:1")),
        Good(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: dashboard}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: ServiceAccount, name: grafana-dashboards, namespace: monitoring}]
            """,
        ),
    ),
)
def kubernetes_dashboard(thing: Image | RoleBinding) -> Iterator[Finding]:
    """The Kubernetes dashboard runs in the cluster.

    Its account is what it may do for whoever reaches it, and it was the way in more than once. It is not maintained any more; use a
    client on the desk.
    """
    if isinstance(thing, RoleBinding):
        for party in thing.parties:
            if party.kind == "ServiceAccount" and party.name == "kubernetes-dashboard":
                yield thing.finding(party.span, f"the Kubernetes dashboard is given `{thing.role_name}`")
    elif thing.role == "run" and thing.reference is not None and thing.reference.repository.startswith("kubernetesui/dashboard"):
        yield thing.finding(thing.value, "the Kubernetes dashboard runs here")
