"""The service account of a pod, and what it may do."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, RoleBinding, Service, ServiceAccount, Severity, Workload, rule

DEFAULT = "default"
ASKS_API = "what asks the API server in the pod's name fails (watch for `401` or a missing token file in its log)"


def pod_that(says: str) -> str:
    """A pod with these fields."""
    return f"""
        apiVersion: v1
        kind: Pod
        metadata: {{«name: web»}}
        spec:
          {says}
          containers: [{{name: web, image: 'acme/web:1'}}]
        """


def unmarked(text: str) -> str:
    return text.replace("«", "").replace("»", "")


WITHOUT_TOKEN = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  restartPolicy: Never
  containers: [{name: web, image: 'acme/web:1'}]
  automountServiceAccountToken: false
"""
ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
automountServiceAccountToken: false
"""
BOUND = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: web}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
"""
BOUND_TO_ALL = BOUND.replace("ServiceAccount, name: web, namespace: shop", "Group, name: 'system:serviceaccounts'")
POWERFUL = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: web}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]
"""
WEAK = POWERFUL.replace("secrets", "pods")
TOKEN_VOLUME = "volumes: [{name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}]"
UNLIMITED = POWERFUL.replace("[secrets], verbs: [get, list]", "['*'], verbs: ['*']")


def gets_token(workload: Workload) -> bool | None:
    """Whether a pod is given the token of its account; None where that cannot be told."""
    accounts = workload.accounts
    if workload.automount is not None:
        return workload.automount
    if accounts:
        return accounts[0].automount is not False
    return True if workload.account == DEFAULT or workload.cluster.whole else None


def holds_token(workload: Workload) -> bool:
    """Whether a pod may have a token of its account, given or in a volume of its own."""
    return workload.projects_token or gets_token(workload) is not False


@rule(
    "default-service-account",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.1.5 · ATT&CK T1078.001",
    also_known_as="checkov:CKV_K8S_41 kics:591ade62 kube-linter:default-service-account kubesec:ServiceAccountName kubescape:C-0189",
    examples=(
        Bad("pod.yaml", pod_that("restartPolicy: Never"), fixed=WITHOUT_TOKEN),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              serviceAccountName: «default»
              containers: [{name: web, image: 'acme/web:1'}]
            """,
        ),
        Bad(
            "account.yaml",
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {«name: default», namespace: shop}
            """,
            fixed="""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: default, namespace: shop}
            automountServiceAccountToken: false
            """,
        ),
        Good("pod.yaml", unmarked(pod_that("serviceAccountName: web"))),
        Good("pod.yaml", unmarked(pod_that("automountServiceAccountToken: false"))),
        Good("pod.yaml", unmarked(pod_that("serviceAccountName: '{{ .Values.account }}'"))),
        Good(
            "account.yaml",
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: default, namespace: shop}
            automountServiceAccountToken: false
            """,
        ),
    ),
)
def default_service_account(part: Workload | ServiceAccount) -> Iterator[Finding]:
    """A pod runs as the default service account.

    All pods of the namespace that name none share it, and what one of them needs all of them get. Give the pod an account of its own,
    or `automountServiceAccountToken: false` where it does not speak to the API.
    """
    if part.name == DEFAULT and part.kind == "ServiceAccount":
        if isinstance(part, ServiceAccount) and part.automount is not False:
            fix = part.set("automountServiceAccountToken", "false", caveat=ASKS_API)
            yield part.finding(part.name_span, "the default account hands its token to every pod that names none", fix=fix)
    elif isinstance(part, Workload) and part.account == DEFAULT and gets_token(part):
        at = part.account_span if part.account_span != part.span else part.name_span
        fix = part.set("automount_token", False, caveat=ASKS_API)
        yield part.finding(at, f"`{part.address}` runs as the default service account", fix=fix)


@rule(
    "service-account-token-mounted",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.1.6 · ATT&CK T1528 · ATT&CK T1552.007",
    also_known_as=(
        "trivy:KSV-0036 checkov:CKV_K8S_38 kics:48471392 polaris:automountServiceAccountToken kubesec:AutomountServiceAccountToken "
        "kubescape:C-0034 kubescape:C-0190 kubescape:C-0261"
    ),
    examples=(
        Bad("pod.yaml", pod_that("restartPolicy: Never"), fixed=WITHOUT_TOKEN),
        Bad("pod.yaml", pod_that("automountServiceAccountToken: true"), fixed=unmarked(pod_that("automountServiceAccountToken: false"))),
        Bad("pod.yaml", pod_that("serviceAccountName: web"), beside={"account.yaml": ACCOUNT.replace("false", "true")}),
        Good("pod.yaml", unmarked(pod_that("serviceAccountName: web")), beside={"account.yaml": ACCOUNT}),
        Good("pod.yaml", unmarked(pod_that("serviceAccountName: web")), beside={"binding.yaml": BOUND}),
        Good("pod.yaml", unmarked(pod_that("serviceAccountName: web"))),
        Good("pod.yaml", unmarked(pod_that("automountServiceAccountToken: false"))),
    ),
)
def service_account_token_mounted(workload: Workload) -> Iterator[Finding]:
    """A pod is given a token for the API that it seems not to use.

    Whoever gets into the pod asks the API server as its account. Set `automountServiceAccountToken: false` for the pod or its account;
    pods whose account is given a role beside them are left out here.
    """
    if not workload.partial and not workload.bindings and gets_token(workload):
        fix = workload.set("automount_token", False, caveat=ASKS_API)
        yield workload.finding(workload.name_span, f"`{workload.address}` is given a token for the API", fix=fix)


def powerful(workload: Workload) -> RoleBinding | None:
    """The binding by which a pod takes over the cluster."""
    return next((binding for binding in (*workload.bindings, *workload.bindings_for_all) if binding.takeover), None)


def reading(workload: Workload) -> RoleBinding | None:
    """The binding by which a pod reads all secrets of the cluster."""
    return next((binding for binding in (*workload.bindings, *workload.bindings_for_all) if binding.reads_secrets), None)


@rule(
    "workload-with-powerful-role",
    severity=Severity.MEDIUM,
    profile="strict",
    references="NIST SP 800-190 3.3.1 · ATT&CK T1098.006",
    also_known_as="kubescape:C-0053 kubescape:C-0267 kubescape:C-0272",
    examples=(
        Bad("pod.yaml", pod_that("serviceAccountName: web"), beside={"binding.yaml": BOUND, "role.yaml": POWERFUL}),
        Bad(
            "pod.yaml",
            pod_that(f"serviceAccountName: web\n          automountServiceAccountToken: false\n          {TOKEN_VOLUME}"),
            beside={"binding.yaml": BOUND, "role.yaml": POWERFUL},
        ),
        Bad("pod.yaml", pod_that("serviceAccountName: web"), beside={"binding.yaml": BOUND_TO_ALL, "role.yaml": POWERFUL}),
        Good("pod.yaml", unmarked(pod_that("serviceAccountName: web")), beside={"binding.yaml": BOUND, "role.yaml": WEAK}),
        Good(
            "pod.yaml",
            unmarked(pod_that("serviceAccountName: web\n          automountServiceAccountToken: false")),
            beside={"binding.yaml": BOUND, "role.yaml": POWERFUL},
        ),
    ),
)
def workload_with_powerful_role(workload: Workload) -> Iterator[Finding]:
    """A pod has an account that leads to the whole cluster.

    Who gets into this pod gets everything. Take from the role what is not used, or name the objects in `resourceNames`. Of a pod that is
    given no token nothing is said.
    """
    binding = powerful(workload) or reading(workload)
    if binding is not None and holds_token(workload):
        does = binding.takeover or "reads all secrets"
        notes = (binding.note("by this binding"), *(role.note("of this role") for role in binding.roles[:1]))
        also = ", and is privileged on its node" if workload.privileged else ""
        severity = Severity.HIGH if workload.privileged else Severity.MEDIUM
        message = f"`{workload.address}` {does} by its service account{also}"
        yield workload.finding(workload.name_span, message, notes=notes, severity=severity)


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, type: LoadBalancer}
"""
FACED = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  serviceAccountName: web
  containers: [{name: web, image: 'acme/web:1'}]
"""


@rule(
    "exposed-workload-with-powerful-role",
    severity=Severity.HIGH,
    references="NIST SP 800-190 3.3.1 · ATT&CK T1190 · ATT&CK T1098.006",
    also_known_as="kubescape:C-0266",
    examples=(
        Bad(
            "service.yaml",
            SERVICE.replace("name: web", "«name: web»"),
            beside={"pod.yaml": FACED, "binding.yaml": BOUND, "role.yaml": UNLIMITED},
        ),
        Bad(
            "service.yaml",
            SERVICE.replace("name: web", "«name: web»").replace(", type: LoadBalancer", ""),
            beside={
                "pod.yaml": FACED,
                "binding.yaml": BOUND,
                "role.yaml": UNLIMITED,
                "ingress.yaml": """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}
""",
            },
        ),
        Good("service.yaml", SERVICE, beside={"pod.yaml": FACED, "binding.yaml": BOUND, "role.yaml": POWERFUL}),
        Good(
            "service.yaml",
            SERVICE.replace(", type: LoadBalancer", ""),
            beside={"pod.yaml": FACED, "binding.yaml": BOUND, "role.yaml": UNLIMITED},
        ),
    ),
)
def exposed_workload_with_powerful_role(service: Service) -> Iterator[Finding]:
    """What is reached from outside runs with an account that leads to the whole cluster.

    One flaw in the application is all it takes: in by the service, out by the token. Take the role from the pod, or put what needs it
    into a pod that nobody reaches.
    """
    routes = [] if service.is_outside and not service.restricted else service.routes
    if service.restricted or not (service.is_outside or routes):
        return
    for workload in service.workloads:
        binding = powerful(workload)
        if binding is not None and holds_token(workload):
            notes = [*(route.note("reached from outside by this") for route in routes[:1]), workload.note("the pods behind it")]
            notes += [binding.note("the binding of its account"), *(role.note("the role") for role in binding.roles[:1])]
            message = f"`{service.name}` is reached from outside, and `{workload.address}` behind it {binding.takeover}"
            yield service.finding(service.name_span, message, notes=tuple(notes))
            return
