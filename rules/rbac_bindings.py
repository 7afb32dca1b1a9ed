"""Who is given a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Note, Party, RoleBinding, Severity, rule

MASTERS = "system:masters"
ACCOUNTS = "system:authenticated"
SERVICE_ACCOUNTS = "system:serviceaccounts"
PUBLIC = frozenset(
    "system:public-info-viewer system:discovery system:basic-user system:service-account-issuer-discovery "
    "kubeadm:bootstrap-signer-clusterinfo".split()
)
"""What Kubernetes itself or kubeadm gives to everyone, or is made to be given so."""
PULLERS = frozenset({"registry-viewer", "system:image-puller"})
"""Roles of OpenShift that only let images be pulled (docs.openshift.com, Accessing the registry)."""
ADMINISTRATOR = "cluster-admin"
ADMINISTRATORS = frozenset({"admin", "admins", "administrator", "administrators"})
APPLIERS = frozenset(
    "kustomize-controller helm-controller argocd-application-controller openshift-gitops-argocd-application-controller".split()
)
"""The accounts of Flux and of Argo CD as their own manifests bind them (fluxcd.io/flux/security; argo-cd.readthedocs.io, Cluster
Bootstrapping)."""
NEARLY = frozenset({"admin", "edit"})
"""What Kubernetes brings for the administrators and the developers of a namespace."""
NO_MORE = "whoever has no other role is refused from then on (`403`)"
ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: {name}, namespace: shop}}
rules: [{{apiGroups: [''], resources: [configmaps], verbs: [{verb}]}}]
"""


def users(binding: RoleBinding) -> tuple[Note, ...]:
    """The pods that a binding gives its role to."""
    return tuple(pod.note(f"`{pod.address}` runs with this role") for pod in binding.workloads[:5])


def is_own(binding: RoleBinding) -> bool:
    """Whether Kubernetes itself brings a binding."""
    return binding.name.startswith("system:") or (binding.name == "cluster-admin" and all(one.name == MASTERS for one in binding.parties))


@rule(
    "cluster-admin-bound",
    severity=Severity.HIGH,
    references="CIS Kubernetes 5.1.1 · ATT&CK T1098.006",
    also_known_as=(
        "trivy:KSV-0111 kics:249328b8 kube-linter:cluster-admin-role-binding polaris:clusterrolebindingClusterAdmin kubescape:C-0035"
    ),
    examples=(
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: deployer}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: «cluster-admin»}
            subjects:
              - {kind: ServiceAccount, name: deployer, namespace: ci}
            """,
        ),
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: editors}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: «edit»}
            subjects:
              - {kind: Group, name: 'system:serviceaccounts:ci', apiGroup: rbac.authorization.k8s.io}
            ---
            apiVersion: authorization.openshift.io/v1
            kind: ClusterRoleBinding
            metadata: {name: deployer}
            roleRef: {name: «cluster-admin»}
            subjects:
              - {kind: ServiceAccount, name: deployer, namespace: ci}
            """,
        ),
        Good(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: deployer}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects:
              - {kind: ServiceAccount, name: deployer, namespace: ci}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: cluster-admin}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects:
              - {kind: Group, name: 'system:masters', apiGroup: rbac.authorization.k8s.io}
            """,
        ),
    ),
)
def cluster_admin_bound(binding: RoleBinding) -> Iterator[Finding]:
    """Somebody is given `cluster-admin`.

    That is every right there is: all secrets, all nodes, and the right to give more. `admin` and `edit` in every namespace, that of the
    control plane among them, are one pod away from it. Write a role with what is used. Confidence is low where all who are given it are
    people that administer the cluster, by the name of their group or account, or controllers that apply whatever a repository says; and
    among tests and examples.
    """
    if binding.kind != "ClusterRoleBinding":
        return
    if makes_administrator(binding):
        severity = Severity.CRITICAL if binding.workloads else Severity.HIGH
        message = f"{named(binding)} may do everything ({ADMINISTRATOR})"
        sure = Confidence.LOW if all(map(administers, binding.parties)) or is_tried_out(binding) else None
        yield binding.finding(binding.role_span, message, notes=users(binding), severity=severity, confidence=sure)
    elif binding.role_kind == "ClusterRole" and binding.role_name in NEARLY and binding.parties:
        message = f"{named(binding)} may start any pod in every namespace ({binding.role_name})"
        severity = Severity.HIGH if binding.workloads else Severity.MEDIUM
        yield binding.finding(binding.role_span, message, notes=users(binding), severity=severity)


def administers(party: Party) -> bool:
    """Whether everything is what somebody is there for."""
    if party.kind == "ServiceAccount":
        return party.name in APPLIERS
    words = re.split(r"[^a-z]+", party.name.lower())
    return not party.is_everyone and any(word in ADMINISTRATORS or word.endswith("admin") for word in words)


def is_tried_out(binding: RoleBinding) -> bool:
    """Whether it stands among examples, tests, or what is not used any more."""
    return binding.source.is_sample or binding.source.is_started_by_hand


def makes_administrator(binding: RoleBinding) -> bool:
    """Whether a binding gives `cluster-admin` to somebody."""
    return binding.role_kind == "ClusterRole" and binding.role_name == ADMINISTRATOR and bool(binding.parties) and not is_own(binding)


def named(binding: RoleBinding) -> str:
    """Who is given the role, in words."""
    return " and ".join(f"`{party.name}`" for party in binding.parties[:2]) + (" and others" if binding.parties[2:] else "")


@rule(
    "namespace-admin-bound",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Kubernetes 5.1.1 · ATT&CK T1098.006",
    also_known_as="polaris:rolebindingClusterAdminClusterRole polaris:rolebindingClusterAdminRole",
    examples=(
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: deployer, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: «cluster-admin»}
            subjects:
              - {kind: ServiceAccount, name: deployer, namespace: ci}
            """,
        ),
        Good(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: deployer, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects:
              - {kind: ServiceAccount, name: deployer, namespace: ci}
            """,
        ),
    ),
)
def namespace_admin_bound(binding: RoleBinding) -> Iterator[Finding]:
    """Somebody is given `cluster-admin` in one namespace.

    That is all of it: its secrets, its quotas, its policies and its roles. `admin` and `edit` leave out what guards the namespace.
    """
    if binding.kind == "RoleBinding" and makes_administrator(binding):
        where = f"`{binding.namespace}`" if binding.namespace else "its namespace"
        message = f"{named(binding)} may do everything in {where} ({ADMINISTRATOR})"
        yield binding.finding(binding.role_span, message, notes=users(binding))


@rule(
    "role-bound-to-everyone",
    severity=Severity.CRITICAL,
    references="CIS Kubernetes 5.1.7 · ATT&CK T1078.001",
    also_known_as=("trivy:KSV-0122 trivy:KSV-0123 trivy:KSV-01011 kubesec:BindingsToSystemAnonymous kubescape:C-0262 kubescape:C-0265"),
    examples=(
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: open}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects:
              - {kind: User, name: «'system:anonymous'», apiGroup: rbac.authorization.k8s.io}
              # those who watch
              - kind: Group
                name: watchers
                apiGroup: rbac.authorization.k8s.io
              - kind: Group
                name: «'system:authenticated'»
                apiGroup: rbac.authorization.k8s.io
            """,
            fixed="""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: open}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects:
              # those who watch
              - kind: Group
                name: watchers
                apiGroup: rbac.authorization.k8s.io
            """,
        ),
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: open}
            subjects: [{kind: Group, name: «'system:unauthenticated'», apiGroup: rbac.authorization.k8s.io}]
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            """,
            fixed="""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: open}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            """,
        ),
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: open, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: open}
            subjects:
              - {kind: Group, name: «'system:authenticated'», apiGroup: rbac.authorization.k8s.io}
            """,
            beside={"role.yaml": ROLE.format(name="open", verb="create")},
        ),
        Good(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: public, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: public}
            subjects:
              - {kind: Group, name: 'system:authenticated', apiGroup: rbac.authorization.k8s.io}
            """,
            beside={"role.yaml": ROLE.format(name="public", verb="get")},
        ),
        Good(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: system:public-info-viewer}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:public-info-viewer'}
            subjects:
              - {kind: Group, name: 'system:unauthenticated', apiGroup: rbac.authorization.k8s.io}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: pods}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pods}
            subjects:
              - {kind: Group, name: 'system:serviceaccounts:ci', apiGroup: rbac.authorization.k8s.io}
            """,
        ),
    ),
)
def role_bound_to_everyone(binding: RoleBinding) -> Iterator[Finding]:
    """A role is given to everyone who reaches the API server.

    `system:anonymous` and `system:unauthenticated` need no account; `system:authenticated` is any account at all, on managed clusters
    any account of the provider. Name the group that is meant. Confidence is low for a role of OpenShift that lets images be pulled: a
    public registry has it.
    """
    if is_own(binding) or not binding.role_name or binding.role_name in PUBLIC:
        return
    for party in binding.parties:
        if party.is_everyone and not is_public(binding, party):
            severity = Severity.HIGH if party.name == ACCOUNTS else Severity.CRITICAL
            message = f"everyone in `{party.name}` is given `{binding.role_name}`"
            sure = Confidence.LOW if binding.role_name in PULLERS else None
            yield binding.finding(party.span, message, fix=binding.without(party, caveat=NO_MORE), severity=severity, confidence=sure)


def is_public(binding: RoleBinding, party: Party) -> bool:
    """Whether everyone with an account is given a role that only reads what is no secret, or pulls images."""
    harmless = binding.role_name in PULLERS or (bool(binding.roles) and all(role.is_harmless for role in binding.roles))
    return party.name == ACCOUNTS and harmless


@rule(
    "role-bound-to-all-accounts",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.1.7 · ATT&CK T1078.001",
    also_known_as="trivy:KSV-01011 kubescape:C-0246",
    examples=(
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: public, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: public}
            subjects:
              - {kind: Group, name: «'system:authenticated'», apiGroup: rbac.authorization.k8s.io}
              - {kind: Group, name: «'system:masters'», apiGroup: rbac.authorization.k8s.io}
              - {kind: Group, name: «'system:serviceaccounts'», apiGroup: rbac.authorization.k8s.io}
            """,
            beside={"role.yaml": ROLE.format(name="public", verb="get")},
        ),
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects:
              - {kind: ServiceAccount, name: reader}
              - {kind: Group, name: «'system:masters'», apiGroup: rbac.authorization.k8s.io}
            """,
            fixed="""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects:
              - {kind: ServiceAccount, name: reader}
            """,
        ),
        Good(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: public, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: public}
            subjects:
              - {kind: Group, name: developers, apiGroup: rbac.authorization.k8s.io}
              - {kind: Group, name: 'system:serviceaccounts:shop', apiGroup: rbac.authorization.k8s.io}
            """,
        ),
    ),
)
def role_bound_to_all_accounts(binding: RoleBinding) -> Iterator[Finding]:
    """A role is given to every account there is, or to those who pass every check.

    `system:authenticated` is each service account and, on some managed clusters, each account of the provider; `system:serviceaccounts`
    are those of all namespaces. Members of `system:masters` need no role and cannot be revoked. Name the group that is meant.
    """
    for party in binding.parties if not is_own(binding) and binding.role_name not in PUBLIC else ():
        if is_public(binding, party):
            message = f"every account is given `{binding.role_name}`"
        elif party.name == SERVICE_ACCOUNTS and binding.role_name:
            message = f"every service account of the cluster is given `{binding.role_name}`"
        elif party.name == MASTERS:
            message = "`system:masters` passes every check already, and cannot be revoked"
        else:
            continue
        yield binding.finding(party.span, message, fix=binding.without(party, caveat=NO_MORE))


def is_default_account(party: Party) -> bool:
    return party.kind == "ServiceAccount" and party.name == "default"


@rule(
    "role-bound-to-default-account",
    severity=Severity.MEDIUM,
    references="CIS Kubernetes 5.1.5 · ATT&CK T1098.006",
    also_known_as="checkov:CKV_K8S_42 kics:1e749bc9",
    examples=(
        Bad(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects:
              - {kind: ServiceAccount, name: «default», namespace: shop}
              - {kind: User, name: «'system:serviceaccount:shop:default'», apiGroup: rbac.authorization.k8s.io}
            """,
        ),
        Good(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects:
              - {kind: ServiceAccount, name: reader, namespace: shop}
              - {kind: User, name: default, apiGroup: rbac.authorization.k8s.io}
            """,
        ),
    ),
)
def role_bound_to_default_account(binding: RoleBinding) -> Iterator[Finding]:
    """The default service account of a namespace is given a role.

    Every pod of the namespace that names no account runs as it, also those that come later. Give the role to an account of its own.
    """
    for party in binding.parties:
        if is_default_account(party) and binding.role_name:
            where = f" of `{party.namespace}`" if party.namespace else ""
            message = f"every pod{where} that names no account is given `{binding.role_name}`"
            unsure = binding.source.is_started_by_hand
            yield binding.finding(party.span, message, notes=users(binding), confidence=Confidence.LOW if unsure else None)
