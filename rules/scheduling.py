"""Where pods run, and whom they push out."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, Pod, Severity, rule

CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
"""Labels and taints of nodes that run the cluster (kubernetes.io/docs/reference/labels-annotations-taints)."""


@rule(
    "system-priority-class",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1499",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec:
              priorityClassName: «system-cluster-critical»
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec:
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: dns, namespace: kube-system}
            spec:
              priorityClassName: system-cluster-critical
              containers:
                - {name: dns, image: 'acme/dns:1'}
            """,
        ),
    ),
)
def system_priority_class(pod: Pod) -> Iterator[Finding]:
    """A pod claims to be as important as the cluster's own parts.

    When a node runs short, pods of a system class push out all others, those of the cluster among them. Give applications a priority
    class of their own.
    """
    value = pod.fact("priority_class")
    if value.text in ("system-cluster-critical", "system-node-critical") and pod.namespace != "kube-system":
        fix = pod.drop("priority_class", caveat="the pod is no longer preferred to others")
        yield pod.finding(value, f"`{pod.name}` has the priority of the cluster's own parts", fix=fix)


@rule(
    "control-plane-placement",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.3.4 · ATT&CK T1611",
    examples=(
        Bad(
            "pods.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              tolerations:
                - {key: «node-role.kubernetes.io/control-plane», operator: Exists, effect: NoSchedule}
                - {key: spot, operator: Exists}
              containers:
                - {name: web, image: 'acme/web:1'}
            ---
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent}
            spec:
              template:
                spec:
                  tolerations: [«{operator: Exists}»]
                  containers:
                    - {name: agent, image: 'acme/agent:1'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              tolerations:
                - {key: nvidia.com/gpu, operator: Exists}
                - {operator: Exists, effect: NoExecute}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def control_plane_placement(pod: Pod) -> Iterator[Finding]:
    """A pod may run on the nodes that run the cluster.

    Who gets out of it there is among the cluster's keys and its database. Tolerate only what the application needs; what must run on
    every node should hold no rights that matter there. The cluster's own parts, in `kube-system`, belong there.
    """
    if pod.namespace == "kube-system":
        return
    for item in pod.fact("tolerations"):
        fields = item.content if isinstance(item.content, dict) else {}
        key, effect = fields.get("key"), fields.get("effect")
        if key is None:
            everything = fields.get("operator") is not None and fields["operator"].text == "Exists"
            if everything and (effect is None or effect.text == "NoSchedule"):
                yield pod.finding(item, f"`{pod.name}` tolerates every node, those of the control plane among them")
        elif key.text in CONTROL_PLANE:
            yield pod.finding(key, f"`{pod.name}` may run on nodes of the control plane")
    selector = pod.fact("node_selector")
    fields = selector.content if isinstance(selector.content, dict) else {}
    for label in CONTROL_PLANE:
        if label in fields:
            yield pod.finding(fields[label], f"`{pod.name}` runs on nodes of the control plane")


@rule(
    "bound-to-node",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.3.4",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              nodeName: «node-1»
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              nodeSelector: {disk: ssd}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def bound_to_node(pod: Pod) -> Iterator[Finding]:
    """A pod is bound to a node by its name.

    It goes there past the scheduler, which keeps pods away from nodes that are tainted, such as those of the control plane. Choose nodes
    by their labels.
    """
    value = pod.fact("node_name")
    if value.text:
        fix = pod.drop("node_name", caveat="the scheduler chooses the node")
        yield pod.finding(value, f"`{pod.name}` is bound to the node {value.text}, past the scheduler", fix=fix)
