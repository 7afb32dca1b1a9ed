"""Services: what reaches them, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, KubernetesObject, Service, Severity, Value, rule

SSH = "22"
DOCUMENTED = ("192.0.2.", "198.51.100.", "203.0.113.", "80.11.12.10")
"""How addresses begin that are for documentation (RFC 5737), and the one in that of Kubernetes (Service, External IPs)."""
ADDRESS = frozenset("0123456789:")
"""Characters of which one is in every address, and none in what stands for one: `xxx.yyy.zzz.qqq`."""
INSIDE = (".svc", ".cluster.local")
"""How the names of services of the cluster itself end, of another namespace mostly."""


def service_that(says: str) -> str:
    """A service with these fields."""
    return f"""
        apiVersion: v1
        kind: Service
        metadata: {{name: web}}
        spec: {{selector: {{app: web}}, {says}}}
        """


@rule(
    "external-ip-service",
    severity=Severity.MEDIUM,
    references="ATT&CK T1557",
    also_known_as="trivy:KSV-0108",
    examples=(
        Bad("service.yaml", service_that("externalIPs: [«10.20.0.7», «10.20.0.8»]")),
        Bad("service.yaml", service_that("type: NodePort, externalIPs: [«10.20.0.7»]"), fixed=service_that("type: NodePort")),
        Good("service.yaml", service_that("type: LoadBalancer, loadBalancerIP: 10.20.0.7")),
        Good("service.yaml", service_that("externalIPs: [], sessionAffinity: None")),
        Good("service.yaml", service_that("externalIPs: [xxx.yyy.zzz.qqq]")),
        Good(
            "templates/service.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: {{ .Release.Name }}
            spec:
              externalIPs: {{- range .Values.ips }}
                - {{ . }}
              {{- end }}
            """,
        ),
    ),
)
def external_ip_service(thing: KubernetesObject) -> Iterator[Finding]:
    """A service takes the traffic of addresses that nobody checks are its own.

    Whoever may write `externalIPs` draws traffic for any address to their pods (CVE-2020-8554), which is why clusters often forbid the
    field. Let a load balancer assign the address. Confidence is low in what is started to test something, for a gateway, which is there
    to take what comes to a cluster's addresses, and for an address out of documentation.
    """
    if is_service(thing):
        for address in thing.get("spec", "externalIPs"):
            if address.is_known and not ADDRESS.isdisjoint(address.text):
                fix = thing.drop("spec.externalIPs", caveat="whoever uses these addresses no longer reaches it")
                is_gateway = any(word in thing.name for word in ("gateway", "ingress"))
                is_made_up = address.text.startswith(DOCUMENTED)
                unsure = Confidence.LOW if is_gateway or is_made_up or thing.source.is_idle else None
                yield thing.finding(address, f"`{thing.title}` takes the traffic for {address.text}", confidence=unsure, fix=fix)


@rule(
    "external-name-service",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1557",
    also_known_as="trivy:KSV-0108",
    examples=(
        Bad(
            "service.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: db}
            spec: {type: ExternalName, externalName: «db.example.com»}
            """,
        ),
        Good("service.yaml", service_that("type: ClusterIP")),
        Good("service.yaml", service_that("type: ExternalName, externalName: db.shop.svc.cluster.local")),
    ),
)
def external_name_service(thing: KubernetesObject) -> Iterator[Finding]:
    """A service is another name for a host outside.

    Network policies do not see where it leads, certificates do not match, and an ingress in front of it hands requests on to any host.
    """
    name = thing.get("spec", "externalName")
    is_alias = is_service(thing) and thing.get("spec", "type").text == "ExternalName" and not name.is_absent
    if is_alias and not name.text.rstrip(".").endswith(INSIDE):
        yield thing.finding(name, f"`{thing.title}` leads to {name.text or 'a host'} outside the cluster")


def is_service(thing: KubernetesObject) -> bool:
    return thing.kind == "Service" and thing.api_version == "v1"


@rule(
    "node-port-service",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1133",
    also_known_as="kics:845acfbe kube-linter:exposed-services kube-score:service-type",
    examples=(
        Bad("service.yaml", service_that("type: «NodePort», ports: [{port: 80}]")),
        Good("service.yaml", service_that("ports: [{port: 80}]")),
        Good(
            "service.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: {{ .Values.service.type }}
            """,
        ),
    ),
)
def node_port_service(service: Service) -> Iterator[Finding]:
    """A service is open on every node of the cluster.

    Its port is reached at the address of any node, past the ingress and its TLS. Use an ingress, or a load balancer with source ranges.
    """
    if service.type == "NodePort":
        yield service.finding(service.type_span, f"`{service.name}` is open on every node")


@rule(
    "load-balancer-open-to-all",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1133 · ATT&CK T1190",
    also_known_as="kics:26763a1c kube-linter:exposed-services",
    examples=(
        Bad("service.yaml", service_that("type: «LoadBalancer», ports: [{port: 80}]")),
        Bad("service.yaml", service_that("type: «LoadBalancer», loadBalancerSourceRanges: [10.0.0.0/8, 0.0.0.0/0]")),
        Good("service.yaml", service_that("type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24]")),
        Good(
            "service.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              annotations:
                networking.gke.io/load-balancer-type: Internal
                service.beta.kubernetes.io/aws-load-balancer-internal: 'true'
            spec: {type: LoadBalancer, selector: {app: web}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: api, annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: '10.0.0.0/8,192.0.2.0/24'}}
            spec: {type: LoadBalancer, selector: {app: api}}
            """,
        ),
        Good(
            "service.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: LoadBalancer
              loadBalancerSourceRanges: {{ toYaml .Values.ranges | nindent 4 }}
            """,
        ),
    ),
)
def load_balancer_open_to_all(service: Service) -> Iterator[Finding]:
    """A load balancer lets in the whole internet.

    A service of this type gets a public address unless it says otherwise. Name who may come in `loadBalancerSourceRanges`, or use the
    provider's annotation for an internal one.
    """
    if service.type == "LoadBalancer" and not service.restricted:
        yield service.finding(service.type_span, f"`{service.name}` gets a public address that everyone may reach")


@rule(
    "ssh-service",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Docker 5.7 · ATT&CK T1021.004",
    also_known_as="kubescape:C-0042",
    examples=(
        Bad("service.yaml", service_that("ports: [{name: http, port: 80}, {name: ssh, port: «22»}]")),
        Bad("service.yaml", service_that("ports: [{port: 2222, targetPort: «22»}]")),
        Good("service.yaml", service_that("ports: [{port: 2222}, {port: 220, targetPort: http}]")),
    ),
)
def ssh_service(thing: KubernetesObject) -> Iterator[Finding]:
    """A service leads to an SSH server.

    That is a second way into the pod, with accounts, keys and updates of its own, past the cluster's access control and its log. Where
    SSH is the application (a git server), say so in a suppression.
    """
    for port in thing.get("spec", "ports") if is_service(thing) else ():
        found = ssh_port(port)
        if found is not None:
            yield thing.finding(found, f"`{thing.title}` leads to port {SSH}, where SSH listens")


def ssh_port(port: Value) -> Value | None:
    fields = port.content if isinstance(port.content, dict) else {}
    return next((fields[name] for name in ("targetPort", "port") if name in fields and fields[name].text == SSH), None)
