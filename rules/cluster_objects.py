"""Objects that decide what a cluster lets in and whom it trusts."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, KubernetesObject, Severity, Value, rule

ENFORCE = "pod-security.kubernetes.io/enforce"
LEVELS = frozenset({"baseline", "restricted"})
SYSTEM = frozenset({"kube-system", "kube-public", "kube-node-lease"})
DRIVERS = frozenset({"csi", "cni"})
UNCHECKED = "insecure-skip-tls-verify"
NO_AUTHORITY = "it is refused until the cluster's authority is given beside it (`certificate-authority-data`)"
NOTHING_PASSES = "what it is asked about is refused while it does not answer, its own pods too"


@rule(
    "namespace-without-pod-security",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.2.1",
    also_known_as=" ".join(f"kubescape:C-0{number}" for number in range(192, 205)),
    examples=(
        Bad(
            "namespace.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  «name: shop»  # ours\n",
            fixed=(
                "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop  # ours\n  labels:\n"
                "    pod-security.kubernetes.io/enforce: baseline\n"
            ),
        ),
        Bad(
            "namespace.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {«name: shop», labels: {team: shop}}\n",
            fixed=(
                "apiVersion: v1\nkind: Namespace\n"
                "metadata: {name: shop, labels: {team: shop, pod-security.kubernetes.io/enforce: baseline}}\n"
            ),
        ),
        Bad(
            "namespace.yaml",
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: shop
              labels: {pod-security.kubernetes.io/enforce: «privileged», pod-security.kubernetes.io/warn: restricted}
            """,
        ),
        Good(
            "namespace.yaml",
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}}
            """,
        ),
        Good("namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n"),
        Good("namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n{{ .Values.labels | indent 4 }}\n"),
    ),
)
def namespace_without_pod_security(thing: KubernetesObject) -> Iterator[Finding]:
    """A namespace admits any pod.

    Without the label `pod-security.kubernetes.io/enforce` nothing refuses a privileged pod or one with the host's files. Enforce
    `baseline`, and warn of what `restricted` would refuse.
    """
    if thing.kind != "Namespace" or thing.api_version != "v1" or thing.name in SYSTEM:
        return
    labels = thing.get("metadata", "labels")
    level = labels.content.get(ENFORCE) if isinstance(labels.content, dict) else None
    if level is None:
        if not thing.partial:
            fix = thing.append("metadata.labels", (ENFORCE, "baseline"), caveat="pods that need more are refused")
            yield thing.finding(thing.name_span, f"namespace `{thing.title}` admits any pod: it has no `{ENFORCE}`", fix=fix)
    elif level.is_known and level.text not in LEVELS:
        fix = thing.rewrite("metadata.labels", level.span, level.text, "baseline", caveat="pods that need more are refused")
        yield thing.finding(level, f"namespace `{thing.title}` admits any pod: it enforces `{level.text}`", fix=fix)


@rule(
    "scc-allows-privileged",
    severity=Severity.HIGH,
    references="ATT&CK T1611",
    also_known_as="kube-linter:scc-deny-privileged-container",
    examples=(
        Bad(
            "scc.yaml",
            """
            apiVersion: security.openshift.io/v1
            kind: SecurityContextConstraints
            metadata: {name: agent}
            allowPrivilegedContainer: «true»
            """,
            fixed="""
            apiVersion: security.openshift.io/v1
            kind: SecurityContextConstraints
            metadata: {name: agent}
            allowPrivilegedContainer: false
            """,
        ),
        Good(
            "scc.yaml",
            """
            apiVersion: security.openshift.io/v1
            kind: SecurityContextConstraints
            metadata: {name: agent}
            allowPrivilegedContainer: false
            """,
        ),
    ),
)
def scc_allows_privileged(thing: KubernetesObject) -> Iterator[Finding]:
    """A security context constraint admits privileged containers.

    Whoever may use it runs as root on the node. Allow the one capability, volume or device that the workload needs. Confidence is low for
    one that is named for a driver of storage or networks (`csi-nfs`), which works on its node.
    """
    allowed = thing.get("allowPrivilegedContainer")
    if thing.kind == "SecurityContextConstraints" and allowed.is_true:
        fix = thing.set("allowPrivilegedContainer", "false", caveat="pods that need it are no longer admitted")
        unsure = Confidence.LOW if not DRIVERS.isdisjoint(thing.name.split("-")) else None
        yield thing.finding(allowed, f"`{thing.title}` admits privileged containers", fix=fix, confidence=unsure)


@rule(
    "cluster-certificate-unchecked",
    severity=Severity.HIGH,
    references="ATT&CK T1557",
    also_known_as="semgrep:k/skip-tls-verify-cluster",
    examples=(
        Bad(
            "kubeconfig.yaml",
            """
            apiVersion: v1
            kind: Config
            clusters:
              - name: ours
                cluster: {server: 'https://192.0.2.7', insecure-skip-tls-verify: «true»}
            """,
            fixed="""
            apiVersion: v1
            kind: Config
            clusters:
              - name: ours
                cluster: {server: 'https://192.0.2.7', insecure-skip-tls-verify: false}
            """,
        ),
        Good(
            "kubeconfig.yaml",
            "{apiVersion: v1, kind: Config, clusters: [{name: ours, cluster: {server: 'https://192.0.2.7'}}]}",
        ),
    ),
)
def cluster_certificate_unchecked(thing: KubernetesObject) -> Iterator[Finding]:
    """A kubeconfig does not check whom it speaks to.

    Who stands in between reads every token and answers in the cluster's place. Give its authority: `certificate-authority-data`.
    """
    for entry in thing.get("clusters") if thing.kind == "Config" and thing.api_version == "v1" else ():
        cluster = entry.content.get("cluster") if isinstance(entry.content, dict) else None
        skip = cluster.content.get(UNCHECKED) if cluster is not None and isinstance(cluster.content, dict) else None
        if skip is not None and skip.is_true:
            fix = thing.rewrite("clusters", skip.span, thing.source[skip.span], "false", caveat=NO_AUTHORITY)
            yield thing.finding(skip, "the cluster is not asked for its certificate", fix=fix)


@rule(
    "api-service-certificate-unchecked",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1557",
    also_known_as="semgrep:k/skip-tls-verify-service",
    examples=(
        Bad(
            "apiservice.yaml",
            """
            apiVersion: apiregistration.k8s.io/v1
            kind: APIService
            metadata: {name: v1beta1.metrics.k8s.io}
            spec:
              insecureSkipTLSVerify: «true»
              group: metrics.k8s.io
            """,
            fixed="""
            apiVersion: apiregistration.k8s.io/v1
            kind: APIService
            metadata: {name: v1beta1.metrics.k8s.io}
            spec:
              group: metrics.k8s.io
            """,
        ),
        Good(
            "apiservice.yaml",
            """
            apiVersion: apiregistration.k8s.io/v1
            kind: APIService
            metadata: {name: v1beta1.metrics.k8s.io}
            spec: {insecureSkipTLSVerify: false, caBundle: Zm9v}
            """,
        ),
    ),
)
def api_service_certificate_unchecked(thing: KubernetesObject) -> Iterator[Finding]:
    """The certificate of an API that is served by pods is not checked.

    Who stands in between sees what is asked and answers in its place. Many metrics servers ship so; give the authority in `caBundle`, or
    have cert-manager fill it in.
    """
    skip = thing.get("spec", "insecureSkipTLSVerify")
    if thing.kind == "APIService" and skip.is_true:
        fix = thing.drop("spec.insecureSkipTLSVerify", caveat="the API fails until `caBundle` holds its authority")
        yield thing.finding(skip, f"the API server behind `{thing.title}` is not asked for its certificate", fix=fix)


@rule(
    "pod-security-policy",
    severity=Severity.INFO,
    profile="strict",
    also_known_as=(
        "checkov:CKV_K8S_1 checkov:CKV_K8S_2 checkov:CKV_K8S_3 checkov:CKV_K8S_4 checkov:CKV_K8S_5 checkov:CKV_K8S_6 checkov:CKV_K8S_7 "
        "checkov:CKV_K8S_24 checkov:CKV_K8S_32 checkov:CKV_K8S_36"
    ),
    examples=(
        Bad("psp.yaml", "apiVersion: policy/v1beta1\n«kind: PodSecurityPolicy»\nmetadata: {name: restricted}\nspec: {privileged: false}\n"),
        Good("pdb.yaml", "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 1}\n"),
    ),
)
def pod_security_policy(thing: KubernetesObject) -> Iterator[Finding]:
    """A PodSecurityPolicy guards nothing any more.

    Kubernetes 1.25 removed the kind, so what it forbade is allowed. Label the namespaces for Pod Security admission in its place.
    """
    if thing.kind == "PodSecurityPolicy" and thing.api_version.startswith(("policy/", "extensions/")):
        yield thing.finding(thing.kind_span, "Kubernetes has no PodSecurityPolicy since 1.25")


@rule(
    "admission-webhook-fails-open",
    severity=Severity.LOW,
    profile="strict",
    examples=(
        Bad(
            "webhook.yaml",
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: policy}
            webhooks:
              - {name: pods.acme.example.com, failurePolicy: «Ignore»}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: replicas}
            spec: {failurePolicy: «Ignore»}
            """,
            fixed="""
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: policy}
            webhooks:
              - {name: pods.acme.example.com, failurePolicy: Fail}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: replicas}
            spec: {failurePolicy: Fail}
            """,
        ),
        Good(
            "webhook.yaml",
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: policy}
            webhooks:
              - {name: pods.acme.example.com, failurePolicy: Fail}
              - {name: jobs.acme.example.com}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: sidecars}
            webhooks:
              - {name: sidecars.acme.example.com, failurePolicy: Ignore}
            """,
        ),
    ),
)
def admission_webhook_fails_open(thing: KubernetesObject) -> Iterator[Finding]:
    """An admission webhook or policy lets everything in while it cannot be asked.

    Who can stop or overload it, or only wait, passes its policy. Set `failurePolicy: Fail` for what must hold, with a `namespaceSelector`
    that leaves out the namespace of the webhook itself. One that mutates may fail open where another one looks at what comes of it.
    """
    if thing.kind == "ValidatingAdmissionPolicy":
        yield from _failing_open(thing, "spec.failurePolicy", thing.name, thing.get("spec", "failurePolicy"))
    elif thing.kind == "ValidatingWebhookConfiguration":
        for webhook in thing.get("webhooks"):
            fields = webhook.content if isinstance(webhook.content, dict) else {}
            if "failurePolicy" in fields:
                name = fields["name"].text if "name" in fields else thing.name
                yield from _failing_open(thing, "webhooks", name, fields["failurePolicy"])


def _failing_open(thing: KubernetesObject, fact: str, name: str, policy: Value) -> Iterator[Finding]:
    if policy.text == "Ignore":
        fix = thing.rewrite(fact, policy.span, "Ignore", "Fail", caveat=NOTHING_PASSES)
        yield thing.finding(policy, f"`{name}` fails open", fix=fix)
