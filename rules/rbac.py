"""Roles that amount to the whole cluster, or to becoming somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, Grant, Item, Role, Severity, rule

ALL = "*"
CORE = ""
RBAC = "rbac.authorization.k8s.io"
ROLES = frozenset({"roles", "clusterroles"})
BINDINGS = frozenset({"rolebindings", "clusterrolebindings"})
IDENTITIES = frozenset({"users", "groups", "serviceaccounts", "uids"})
WRITING = frozenset({"create", "update", "patch"})


def star(items: tuple[Item, ...]) -> Item | None:
    """The wildcard among some items."""
    return next((item for item in items if item.text == ALL), None)


def is_unlimited(grant: Grant) -> bool:
    """Whether a grant gives every verb on every resource of the core: secrets, pods and nodes among them."""
    return bool(star(grant.verbs) and star(grant.resources)) and grant.reaches(CORE) and not grant.names


@rule(
    "unlimited-role",
    severity=Severity.HIGH,
    references="CIS Kubernetes 5.1.3 · CIS Kubernetes 5.1.1 · NIST SP 800-190 3.3.1 · ATT&CK T1098.006",
    also_known_as="trivy:KSV-0044 trivy:KSV-0046 kubescape:C-0187 semgrep:k/legacy-api-clusterrole-excessive-permissions",
    examples=(
        Bad(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: agent}
            rules:
              - {apiGroups: [''], resources: [pods], verbs: [get]}
              - apiGroups: ["*"]
                resources: [«"*"»]
                verbs: ["*"]
            """,
        ),
        Bad(
            "role.yaml",
            """
            apiVersion: v1
            kind: List
            items:
              - apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: everything, namespace: shop}
                rules:
                  - {apiGroups: [''], resources: [pods, «'*'»], verbs: [get, '*']}
            """,
        ),
        Good(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: operator}
            rules:
              - {apiGroups: [acme.example.com], resources: ['*'], verbs: ['*']}
              - {apiGroups: ['*'], resources: ['*'], verbs: [get, list, watch]}
              - {nonResourceURLs: ['*'], verbs: ['*']}
            """,
        ),
        Good(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: '{{ .Values.name }}'}
            rules:
              - apiGroups: ['*']
                resources: ['*']
                verbs: [{{ .Values.verbs }}]
            """,
        ),
    ),
)
def unlimited_role(role: Role) -> Iterator[Finding]:
    """A role allows everything.

    Every verb on every resource is `cluster-admin` under another name: it reads all secrets, starts privileged pods and gives itself
    more. In a namespace it is all that the namespace holds. List the resources and the verbs that are used.
    """
    for grant in role.grants:
        at = star(grant.resources)
        if at is not None and is_unlimited(grant) and not role.is_builtin:
            yield role.power(at.span, f"{role.kind} `{role.name}` allows every verb on every resource", Severity.HIGH)


@rule(
    "wildcard-in-role",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.1.3 · NIST SP 800-190 3.3.1 · ATT&CK T1098.006",
    also_known_as=(
        "trivy:KSV-0045 trivy:KSV-0112 checkov:CKV_K8S_49 kics:6b896afb kube-linter:wildcard-in-rules kubescape:C-0187 "
        "semgrep:k/legacy-api-clusterrole-excessive-permissions"
    ),
    examples=(
        Bad(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: operator}
            rules:
              - {apiGroups: [apps], resources: [deployments], verbs: [«'*'»]}
              - {apiGroups: [acme.example.com], resources: [«'*'»], verbs: [get]}
              - {apiGroups: [«'*'»], resources: [pods], verbs: [get]}
            """,
        ),
        Good(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: operator}
            rules:
              - {apiGroups: [apps], resources: [deployments], verbs: [get, list]}
              - {apiGroups: ['*'], resources: ['*'], verbs: ['*']}
              - {nonResourceURLs: ['/metrics'], verbs: ['*']}
            """,
        ),
    ),
)
def wildcard_in_role(role: Role) -> Iterator[Finding]:
    """A role uses a wildcard.

    It also allows what a later version of Kubernetes or of the operator adds: new verbs, subresources and kinds. List what is used.
    """
    for grant in role.grants:
        if role.is_builtin or not grant.resources or is_unlimited(grant):
            continue
        for what, items in (("verb", grant.verbs), ("resource", grant.resources), ("API group", grant.groups)):
            at = star(items)
            if at is not None:
                yield role.power(at.span, f"{role.kind} `{role.name}` allows every {what}", Severity.LOW)
                break


@rule(
    "role-escalates",
    severity=Severity.HIGH,
    references="CIS Kubernetes 5.1.8 · ATT&CK T1098.006",
    also_known_as="trivy:KSV-0050 checkov:CKV_K8S_157 checkov:CKV_K8S_158 checkov:CKV2_K8S_1 kics:8320826e kubescape:C-0191",
    examples=(
        Bad(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: tenants}
            rules:
              - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [create, «escalate»]}
              - {apiGroups: ['*'], resources: [roles], verbs: [«bind»]}
            """,
        ),
        Good(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: tenants}
            rules:
              - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, roles], verbs: [get, list]}
              - {apiGroups: [acme.example.com], resources: [roles], verbs: [bind]}
              - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view], verbs: [bind]}
            """,
        ),
    ),
)
def role_escalates(role: Role) -> Iterator[Finding]:
    """A role lets its holder give itself more rights.

    Nobody can grant rights that they do not hold, save by `escalate` (write any rule into a role) and `bind` (hand out any role). With
    either the holder is `cluster-admin` one request later. Name the roles that may be bound in `resourceNames`.
    """
    for grant in role.grants:
        if role.is_builtin or grant.names or not grant.reaches(RBAC):
            continue
        if any(item.text in ROLES or item.text == ALL for item in grant.resources):
            for verb in grant.verbs:
                if verb.text in ("escalate", "bind"):
                    yield role.power(verb.span, f"{role.kind} `{role.name}` allows `{verb.text}` on any role", Severity.HIGH)


@rule(
    "role-impersonates",
    severity=Severity.HIGH,
    references="CIS Kubernetes 5.1.8 · ATT&CK T1078",
    also_known_as="trivy:KSV-0043 checkov:CKV2_K8S_3 kics:9f85c3f6 kubescape:C-0065",
    examples=(
        Bad(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: proxy}
            rules:
              - {apiGroups: [''], resources: [users, groups], verbs: [«impersonate»]}
            """,
        ),
        Good(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: proxy}
            rules:
              - {apiGroups: [''], resources: [serviceaccounts], resourceNames: [deployer], verbs: [impersonate]}
              - {apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}
            """,
        ),
    ),
)
def role_impersonates(role: Role) -> Iterator[Finding]:
    """A role lets its holder act as anybody.

    Whoever may impersonate users, groups or service accounts without a list of names acts as the strongest of them, `system:masters`
    among the groups. Name those that are meant in `resourceNames`.
    """
    for grant in role.grants:
        if role.is_builtin or grant.names or not (grant.reaches(CORE) or grant.reaches("authentication.k8s.io")):
            continue
        if any(item.text in IDENTITIES or item.text == ALL for item in grant.resources):
            for verb in grant.verbs:
                if verb.text == "impersonate":
                    yield role.power(verb.span, f"{role.kind} `{role.name}` may act as anybody", Severity.HIGH)


@rule(
    "role-creates-bindings",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Kubernetes 5.1.8 · ATT&CK T1098.006",
    also_known_as="trivy:KSV-0051 trivy:KSV-0052 trivy:KSV-0055",
    examples=(
        Bad(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: tenants}
            rules:
              - {apiGroups: [rbac.authorization.k8s.io], resources: [«clusterrolebindings», roles], verbs: [create]}
            """,
        ),
        Good(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: audit}
            rules:
              - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [get, list]}
              - {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], resourceNames: [ours], verbs: [patch]}
            """,
        ),
    ),
)
def role_creates_bindings(role: Role) -> Iterator[Finding]:
    """A role lets its holder hand out roles.

    It can give the rights that it has, or by `bind` any rights, to an account of its choice: a way to stay after the first door is
    shut. Leave bindings to whoever deploys, or name those that may change in `resourceNames`.
    """
    if not role.is_builtin:
        for item in role.granting(RBAC, BINDINGS, WRITING):
            yield role.power(item.span, f"{role.kind} `{role.name}` may write {item.text}", Severity.MEDIUM)


@rule(
    "role-reaches-kubelet",
    severity=Severity.HIGH,
    references="CIS Kubernetes 5.1.10 · ATT&CK T1609",
    also_known_as="trivy:KSV-0047 checkov:CKV2_K8S_2 kubescape:C-0279",
    examples=(
        Bad(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: metrics}
            rules:
              - {apiGroups: [''], resources: [nodes, «nodes/proxy»], verbs: [get, list]}
              - {apiGroups: [''], resources: [«'*/proxy'»], verbs: [get]}
            """,
        ),
        Good(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: metrics}
            rules:
              - {apiGroups: [''], resources: [nodes, nodes/metrics, nodes/stats], verbs: [get, list]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: pods, namespace: shop}
            rules:
              - {apiGroups: [''], resources: ['*/proxy'], verbs: [get]}
            """,
        ),
    ),
)
def role_reaches_kubelet(role: Role) -> Iterator[Finding]:
    """A role speaks to the kubelet through `nodes/proxy`.

    The kubelet's own API runs commands in every pod of the node, past admission and past the audit log, and a WebSocket makes `get`
    enough for it. Metrics need `nodes/metrics` or `nodes/stats` only.
    """
    if not role.is_builtin and role.kind == "ClusterRole":  # nodes are in no namespace
        for item in role.granting(CORE, ("nodes/proxy",), ("get", "create")):
            yield role.power(item.span, f"{role.kind} `{role.name}` reaches every pod through `{item.text}`", Severity.HIGH)
