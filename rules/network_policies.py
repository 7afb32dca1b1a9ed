"""What network policies let through, and whom they guard."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, NetworkPolicy, Severity, Traffic, Workload, rule

ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
METADATA = 169 << 24 | 254 << 16 | 169 << 8 | 254
HTTP = ("80", "")
WEB = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers: [{name: web, image: 'acme/web:1'}]
"""
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchLabels: {app: proxy}}}]}]
"""


def is_unguarded(policy: NetworkPolicy, traffic: Traffic) -> bool:
    """Whether a rule lets everyone in to everything, which no application asks for."""
    if traffic.direction != "ingress" or traffic.ports:
        return False
    everywhere = any(block.text in ANYWHERE and not excepted for block, excepted in traffic.blocks)
    return everywhere or (traffic.is_open and policy.selector is not None and policy.selector.is_everything)


@rule(
    "open-network-policy",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.3.3",
    also_known_as="trivy:KUBE-0001 trivy:KSV-0038",
    examples=(
        Bad(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: open}
            spec:
              podSelector: {}
              ingress:
                - «{}»
            """,
        ),
        Bad(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: open}
            spec: {ingress: [«{}»]}
            """,
        ),
        Bad(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: db}
            spec:
              podSelector: {matchLabels: {app: db}}
              ingress:
                - from: [{ipBlock: {cidr: «0.0.0.0/0»}}]
            """,
        ),
        Good(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web}
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress, Egress]
              ingress:
                - from: [{ipBlock: {cidr: 0.0.0.0/0}}]
                  ports: [{port: 443}]
                - from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]
              egress: [{}]
            """,
        ),
        Good(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: deny}
            spec: {podSelector: {}, policyTypes: [Ingress]}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: '{{ .Release.Name }}'}
            spec:
              podSelector: {}
              ingress:
                - from: {{ toYaml .Values.peers | nindent 8 }}
            """,
        ),
    ),
)
def open_network_policy(policy: NetworkPolicy) -> Iterator[Finding]:
    """A network policy lets everyone in.

    Policies add up: where one lets everything through, no other holds for the same pods. Name the peers, or the ports that are public.
    Confidence is low for one that says so by its name (`default-allow-all`), where no other guards the same pods.
    """
    for traffic in policy.traffic:
        if is_unguarded(policy, traffic):
            rivals = [rival for rival in policy.rivals if not any(other.is_open for other in rival.traffic)]
            notes = tuple(rival.note(f"so `{rival.address}` guards nothing") for rival in rivals[:5])
            span = next((block.span for block, _ in traffic.blocks if block.text in ANYWHERE), traffic.span)
            whom = "every pod" if policy.selector is not None and policy.selector.is_everything else "its pods"
            severity = Severity.HIGH if rivals else Severity.MEDIUM
            sure = Confidence.LOW if not rivals and "allow" in policy.name.split("-") else None
            message = f"`{policy.name}` lets everyone reach {whom}, on every port"
            yield policy.finding(span, message, notes=notes, severity=severity, confidence=sure)


@rule(
    "wide-network-policy",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.3.3",
    also_known_as="trivy:KUBE-0001 trivy:KUBE-0002 trivy:KSV-0038 kubescape:C-0301",
    examples=(
        Bad(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
                - from: [{ipBlock: {cidr: «0.0.0.0/0»}}]
                  ports: [{port: 443}]
              egress:
                - to: [{ipBlock: {cidr: «'::/0'», except: ['fd00::/8']}}]
                - «{}»
            """,
        ),
        Bad(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
                - from: [«{namespaceSelector: {}}»]
            """,
        ),
        Good(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
                - from: [{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {}}]
                - from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: proxy}}}]
                - from: [{namespaceSelector: {}}]
                  ports: [{port: 8080}]
              egress:
                - ports: [{port: 53, protocol: UDP}]
                - to: [{namespaceSelector: {}}]
            """,
        ),
    ),
)
def wide_network_policy(policy: NetworkPolicy) -> Iterator[Finding]:
    """A network policy names the whole internet, or the whole cluster.

    What is to reach or be reached by everyone should be a front door; for all else name the peers. Egress to everywhere is also the way
    out for what was stolen.
    """
    for traffic in policy.traffic:
        if is_unguarded(policy, traffic):
            continue
        way = "lets in" if traffic.direction == "ingress" else "lets out to"
        for block, _ in traffic.blocks:
            if block.text in ANYWHERE:
                yield policy.finding(block.span, f"`{policy.name}` {way} the whole internet")
        if traffic.is_open:
            yield policy.finding(traffic.span, f"`{policy.name}` {way} everyone")
        if traffic.every_pod is not None and traffic.direction == "ingress" and not traffic.ports:
            yield policy.finding(traffic.every_pod, f"`{policy.name}` lets in every pod of the cluster, on every port")


def holds(block: str, address: int) -> bool:
    """Whether a block of IPv4 addresses holds one."""
    base, _, length = block.partition("/")
    numbers = base.split(".")
    if len(numbers) != 4 or not all(number.isdecimal() and int(number) < 256 for number in numbers):
        return False
    bits = int(length) if length.isdecimal() and int(length) <= 32 else 32
    value = sum(int(number) << shift for number, shift in zip(numbers, (24, 16, 8, 0), strict=True))
    return value >> (32 - bits) == address >> (32 - bits)


@rule(
    "metadata-service-reachable",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1552.005",
    examples=(
        Bad(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web}
            spec:
              podSelector: {}
              egress:
                - to: [{ipBlock: {cidr: «0.0.0.0/0», except: [10.0.0.0/8]}}]
                - to: [{ipBlock: {cidr: «169.254.0.0/16»}}]
                  ports: [{port: 80}]
            """,
        ),
        Good(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web}
            spec:
              podSelector: {}
              egress:
                - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]
                - to: [{ipBlock: {cidr: 0.0.0.0/0}}]
                  ports: [{port: 443}]
            """,
        ),
    ),
)
def metadata_service_reachable(policy: NetworkPolicy) -> Iterator[Finding]:
    """A network policy lets pods reach the cloud's metadata service.

    At 169.254.169.254 the provider hands the credentials of the node to whoever asks. Leave the address out by `except`.
    """
    for traffic in policy.traffic:
        if traffic.direction != "egress" or (traffic.ports and not any(port in HTTP for port in traffic.ports)):
            continue
        for block, excepted in traffic.blocks:
            if holds(block.text, METADATA) and not any(holds(one, METADATA) for one in excepted):
                yield policy.finding(block.span, f"`{policy.name}` lets its pods reach the metadata service (169.254.169.254)")


@rule(
    "network-policy-selects-nothing",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    profile="strict",
    references="NIST SP 800-190 3.3.3",
    also_known_as="kube-linter:dangling-networkpolicy kube-score:networkpolicy-targets-pod",
    examples=(
        Bad(
            "policy.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {«name: web»}
            spec: {podSelector: {matchLabels: {app: wbe}}}
            """,
            beside={"pod.yaml": WEB},
        ),
        Good("policy.yaml", POLICY, beside={"pod.yaml": WEB}),
        Good("policy.yaml", POLICY),
    ),
)
def network_policy_selects_nothing(policy: NetworkPolicy) -> Iterator[Finding]:
    """A network policy selects none of the pods beside it.

    It protects nothing, and nobody notices. Mostly a label was renamed on one side; where an operator makes the pods, it may be right.
    """
    pods = policy.workloads_near
    if not policy.cluster.whole or policy.partial or policy.selector is None or not pods:
        return
    if not any(pod.partial or policy.selector.selects(pod.labels) for pod in pods):
        yield policy.finding(policy.name_span, f"`{policy.name}` selects no pod of those beside it")


@rule(
    "pod-without-network-policy",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.3.2 · NIST SP 800-190 3.3.3",
    also_known_as=(
        "checkov:CKV2_K8S_6 kics:0401f71b kube-linter:non-isolated-pod kube-score:pod-networkpolicy polaris:missingNetworkPolicy "
        "kubescape:C-0030 kubescape:C-0049 kubescape:C-0054 kubescape:C-0206 kubescape:C-0260"
    ),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {«name: db», labels: {app: db}}
            spec:
              containers: [{name: db, image: 'acme/db:1'}]
            """,
            beside={"policy.yaml": POLICY},
        ),
        Good("pod.yaml", WEB, beside={"policy.yaml": POLICY}),
        Good("pod.yaml", WEB),
        Good(
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: db, labels: {app: db}}\nspec: {containers: [{name: db, image: 'acme/db:1'}]}\n",
            beside={
                "policy.yaml": POLICY,
                "cilium.yaml": "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a}\nspec: {endpointSelector: {}}\n",
            },
        ),
    ),
)
def pod_without_network_policy(workload: Workload) -> Iterator[Finding]:
    """No network policy selects a pod, though others beside it have one.

    Everyone in the cluster reaches it, and it reaches everything. Start from a policy that selects every pod and allows nothing.
    """
    policies = workload.policies
    if not workload.cluster.whole or workload.partial or not policies:
        return
    if not any(policy.partial or policy.selector is None or policy.selector.selects(workload.labels) for policy in policies):
        yield workload.finding(workload.name_span, f"no network policy selects `{workload.address}`")
