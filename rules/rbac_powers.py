"""Roles that can do one thing by which more is reached. Many controllers need one of them; few need several."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, Role, Severity, rule

CORE = ""
READING = frozenset({"get", "list", "watch"})
WRITING = frozenset({"create", "update", "patch"})
WORKLOADS = {
    CORE: frozenset({"pods", "replicationcontrollers"}),
    "apps": frozenset({"deployments", "daemonsets", "statefulsets", "replicasets"}),
    "batch": frozenset({"jobs", "cronjobs"}),
}
NETWORK = {
    CORE: frozenset({"services", "endpoints"}),
    "networking.k8s.io": frozenset({"networkpolicies", "ingresses"}),
    "discovery.k8s.io": frozenset({"endpointslices"}),
}
ADMISSION = frozenset(
    "mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies mutatingadmissionpolicybindings "
    "validatingadmissionpolicies validatingadmissionpolicybindings".split()
)
INTO_PODS = frozenset({"pods/exec", "pods/attach"})
ALWAYS_SAFE = Good(
    "role.yaml",
    """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader}
    rules:
      - {apiGroups: [''], resources: [pods, pods/log, services, configmaps], verbs: [get, list, watch]}
      - {apiGroups: [acme.example.com], resources: [secrets, jobs, pods/exec], verbs: [create]}
    """,
)


def role_that(grants: str) -> str:
    """A role with one rule."""
    return f"""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {{name: robot}}
        rules:
          - {{{grants}}}
        """


@rule(
    "role-reads-secrets",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Kubernetes 5.1.2 · ATT&CK T1552.007",
    also_known_as=(
        "trivy:KSV-0041 trivy:KSV-0113 checkov:CKV2_K8S_5 kics:b7bca5c4 kics:056ac60e kube-linter:access-to-secrets kubescape:C-0015 "
        "kubescape:C-0186"
    ),
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [configmaps, «secrets»], verbs: [get, list]")),
        Bad("role.yaml", role_that("apiGroups: ['*'], resources: [«'*'»], verbs: [get, list, watch]")),
        Good("role.yaml", role_that("apiGroups: [''], resources: [secrets], resourceNames: [ours], verbs: [get]")),
        Good("role.yaml", role_that("apiGroups: [''], resources: [secrets], verbs: [create, delete]")),
        ALWAYS_SAFE,
    ),
)
def role_reads_secrets(role: Role) -> Iterator[Finding]:
    """A role reads all secrets, of the namespace or of the cluster.

    Among them are the tokens of stronger accounts, so this is often the last step of a takeover. Name the secrets in `resourceNames`, or
    mount those that are needed.
    """
    scope = "of the namespace" if role.kind == "Role" else "of every namespace"
    for item in role.granting(CORE, ("secrets",), READING):
        yield role.power(item.span, f"{role.kind} `{role.name}` reads all secrets {scope}", Severity.MEDIUM)
    for grant in role.grants:
        if grant.reaches(CORE) and not grant.names and any(verb.text in READING for verb in grant.verbs):
            for item in grant.resources:
                if item.text == "*" and all(verb.text != "*" for verb in grant.verbs):
                    yield role.power(item.span, f"{role.kind} `{role.name}` reads everything, all secrets among it", Severity.MEDIUM)


@rule(
    "role-creates-workloads",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.1.4 · ATT&CK T1610",
    also_known_as="trivy:KSV-0048 kics:592ad21d kube-linter:access-to-create-pods kubescape:C-0188",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [apps], resources: [«deployments», deployments/status], verbs: [get, create]")),
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«pods»], verbs: ['*']")),
        ALWAYS_SAFE,
    ),
)
def role_creates_workloads(role: Role) -> Iterator[Finding]:
    """A role creates or changes pods.

    A pod may mount every secret of its namespace and run as any of its accounts, so who creates pods holds their rights too. Keep such
    roles to the namespaces that they serve, under Pod Security admission.
    """
    for group, resources in WORKLOADS.items():
        for item in role.granting(group, resources, WRITING):
            yield role.power(item.span, f"{role.kind} `{role.name}` may create or change {item.text}", Severity.LOW)


@rule(
    "role-enters-pods",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1609",
    also_known_as=(
        "trivy:KSV-0053 trivy:KSV-0054 checkov:CKV2_K8S_2 kics:c589f42c kics:d45330fd polaris:clusterrolePodExecAttach "
        "polaris:rolePodExecAttach polaris:clusterrolebindingPodExecAttach polaris:rolebindingClusterRolePodExecAttach "
        "polaris:rolebindingRolePodExecAttach kubescape:C-0002"
    ),
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [pods, «pods/exec»], verbs: [get, create]")),
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«pods/ephemeralcontainers»], verbs: [patch]")),
        Bad("role.yaml", role_that("apiGroups: ['*'], resources: [pods, «'*/exec'»], verbs: [create]")),
        Good("role.yaml", role_that("apiGroups: [''], resources: [pods/exec], resourceNames: [db-0], verbs: [create]")),
        ALWAYS_SAFE,
    ),
)
def role_enters_pods(role: Role) -> Iterator[Finding]:
    """A role runs commands in any pod.

    By `pods/exec`, `pods/attach` or a container that is added to a running pod its holder has whatever the pods have: secrets, tokens,
    networks. A WebSocket makes `get` enough for the first two.
    """
    found = [*role.granting(CORE, INTO_PODS, ("get", "create"))]
    found += role.granting(CORE, ("pods/ephemeralcontainers",), ("update", "patch"))
    for item in found:
        yield role.power(item.span, f"{role.kind} `{role.name}` runs commands in any pod (`{item.text}`)", Severity.MEDIUM)


@rule(
    "role-forwards-ports",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1609",
    also_known_as="kics:38fa11ef kubescape:C-0063",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«pods/portforward»], verbs: [create]")),
        ALWAYS_SAFE,
    ),
)
def role_forwards_ports(role: Role) -> Iterator[Finding]:
    """A role forwards ports of any pod.

    That leads past network policies to whatever a pod listens on, its debug ports on localhost among them.
    """
    for item in role.granting(CORE, ("pods/portforward",), ("get", "create")):
        yield role.power(item.span, f"{role.kind} `{role.name}` forwards ports of any pod", Severity.LOW)


@rule(
    "role-changes-admission",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Kubernetes 5.1.12",
    also_known_as="trivy:KSV-0114 checkov:CKV_K8S_155 kubescape:C-0281",
    examples=(
        Bad(
            "role.yaml",
            role_that("apiGroups: [admissionregistration.k8s.io], resources: [«mutatingwebhookconfigurations»], verbs: [get, update]"),
        ),
        Bad(
            "role.yaml",
            role_that("apiGroups: [admissionregistration.k8s.io], resources: [«mutatingadmissionpolicies»], verbs: [create]"),
        ),
        Good(
            "role.yaml",
            role_that(
                "apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], "
                "resourceNames: [a], verbs: [patch]"
            ),
        ),
    ),
)
def role_changes_admission(role: Role) -> Iterator[Finding]:
    """A role changes what every request to the cluster passes through.

    A mutating webhook or policy sees and rewrites each object that is created, secrets among them; without the validating ones no
    policy holds. Name the configurations in `resourceNames`.
    """
    for item in role.granting("admissionregistration.k8s.io", ADMISSION, WRITING):
        yield role.power(item.span, f"{role.kind} `{role.name}` may write {item.text}", Severity.MEDIUM)


@rule(
    "role-approves-certificates",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Kubernetes 5.1.11",
    also_known_as="checkov:CKV_K8S_156 kubescape:C-0280",
    examples=(
        Bad(
            "role.yaml",
            role_that("apiGroups: [certificates.k8s.io], resources: [«certificatesigningrequests/approval»], verbs: [update]"),
        ),
        Bad("role.yaml", role_that("apiGroups: [certificates.k8s.io], resources: [«signers»], verbs: [approve]")),
        Good(
            "role.yaml",
            role_that("apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: ['acme.example.com/*'], verbs: [approve]"),
        ),
    ),
)
def role_approves_certificates(role: Role) -> Iterator[Finding]:
    """A role approves certificates for any name.

    A client certificate of the cluster's own signer is an identity that cannot be revoked. Name the signer in `resourceNames`.
    """
    group = "certificates.k8s.io"
    found = [*role.granting(group, ("certificatesigningrequests/approval",), ("update", "patch"))]
    found += role.granting(group, ("signers",), ("approve",))
    for item in found:
        yield role.power(item.span, f"{role.kind} `{role.name}` approves certificates for any name", Severity.MEDIUM)


@rule(
    "role-creates-volumes",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Kubernetes 5.1.9 · ATT&CK T1611",
    also_known_as="kubescape:C-0278",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«persistentvolumes»], verbs: [create]")),
        Good("role.yaml", role_that("apiGroups: [''], resources: [persistentvolumes], verbs: [get, patch]")),
    ),
)
def role_creates_volumes(role: Role) -> Iterator[Finding]:
    """A role creates persistent volumes.

    A persistent volume may be a folder of the host, which Pod Security does not see. Leave this to the storage provisioner.
    """
    for item in role.granting(CORE, ("persistentvolumes",), ("create",)):
        yield role.power(item.span, f"{role.kind} `{role.name}` may create persistent volumes, folders of the host too", Severity.MEDIUM)


@rule(
    "role-creates-tokens",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Kubernetes 5.1.13 · ATT&CK T1528",
    also_known_as="kubescape:C-0282",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«serviceaccounts/token»], verbs: [create]")),
        Good("role.yaml", role_that("apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [ours], verbs: [create]")),
    ),
)
def role_creates_tokens(role: Role) -> Iterator[Finding]:
    """A role makes tokens for any service account.

    Its holder becomes any account of the namespace, or of the cluster. Name the accounts in `resourceNames`.
    """
    for item in role.granting(CORE, ("serviceaccounts/token",), ("create",)):
        yield role.power(item.span, f"{role.kind} `{role.name}` makes tokens for any service account", Severity.MEDIUM)


@rule(
    "role-changes-configmaps",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1557",
    also_known_as="trivy:KSV-0049 trivy:KSV-0115 kubescape:C-0037",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«configmaps»], verbs: [get, update]")),
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«configmaps»], resourceNames: [aws-auth], verbs: [patch]")),
        Good("role.yaml", role_that("apiGroups: [''], resources: [configmaps], resourceNames: [leader], verbs: [update]")),
        ALWAYS_SAFE,
    ),
)
def role_changes_configmaps(role: Role) -> Iterator[Finding]:
    """A role changes any ConfigMap.

    Two of them rule the cluster: that of CoreDNS, by which names lead elsewhere, and `aws-auth`, by which cloud identities become
    administrators. Name those that are meant in `resourceNames`.
    """
    ruling = {"coredns", "aws-auth"}
    anything = list(role.granting(CORE, ("configmaps",), WRITING))
    for item in anything:
        yield role.power(item.span, f"{role.kind} `{role.name}` may change any ConfigMap", Severity.LOW)
    for grant in role.grants:
        named = [name.text for name in grant.names if name.text in ruling]
        if named and grant.reaches(CORE) and any(verb.text in WRITING or verb.text == "*" for verb in grant.verbs):
            for item in grant.resources:
                if item.text == "configmaps":
                    yield role.power(item.span, f"{role.kind} `{role.name}` may change `{named[0]}`", Severity.HIGH)


@rule(
    "role-changes-networking",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1557",
    also_known_as="trivy:KSV-0056 checkov:CKV2_K8S_4",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [networking.k8s.io], resources: [«ingresses»], verbs: [create]")),
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«services/status»], verbs: [patch]")),
        Bad("role.yaml", role_that("apiGroups: [networking.k8s.io], resources: [«networkpolicies»], verbs: [delete]")),
        ALWAYS_SAFE,
    ),
)
def role_changes_networking(role: Role) -> Iterator[Finding]:
    """A role changes where traffic goes.

    By services, endpoints, ingresses or network policies its holder draws the traffic of others to itself; by `services/status` even
    that of foreign addresses (CVE-2020-8554). Who deletes a network policy lets through what it held back.
    """
    found = [item for group, resources in NETWORK.items() for item in role.granting(group, resources, WRITING)]
    found += role.granting(CORE, ("services/status",), ("update", "patch"))
    policies = role.granting("networking.k8s.io", ("networkpolicies",), ("delete", "deletecollection"))
    for item in found:
        yield role.power(item.span, f"{role.kind} `{role.name}` may change {item.text}", Severity.LOW)
    for item in policies:
        if all(item.span != other.span for other in found):
            yield role.power(item.span, f"{role.kind} `{role.name}` may delete {item.text}", Severity.LOW)


@rule(
    "role-deletes-traces",
    severity=Severity.LOW,
    profile="off",
    references="ATT&CK T1070",
    also_known_as="trivy:KSV-0042 kubescape:C-0031",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«events»], verbs: [delete]")),
        ALWAYS_SAFE,
    ),
)
def role_deletes_traces(role: Role) -> Iterator[Finding]:
    """A role deletes events or logs.

    They are what tells afterwards what happened.
    """
    for item in role.granting(CORE, ("events", "pods/log"), ("delete", "deletecollection")):
        yield role.power(item.span, f"{role.kind} `{role.name}` may delete {item.text}", Severity.LOW)


@rule(
    "role-deletes-workloads",
    severity=Severity.LOW,
    profile="off",
    also_known_as="kubescape:C-0007",
    examples=(
        Bad("role.yaml", role_that("apiGroups: [''], resources: [«pods»], verbs: [delete]")),
        ALWAYS_SAFE,
    ),
)
def role_deletes_workloads(role: Role) -> Iterator[Finding]:
    """A role deletes workloads, services or secrets.

    Its holder can take the application away. Controllers need this; people mostly do not.
    """
    wanted = {group: set(resources) for group, resources in WORKLOADS.items()}
    wanted[CORE] |= {"secrets", "services"}
    for group, resources in wanted.items():
        for item in role.granting(group, resources, ("delete", "deletecollection")):
            yield role.power(item.span, f"{role.kind} `{role.name}` may delete {item.text}", Severity.LOW)
