"""Ingresses, and the controller that most of them have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capdrop import Bad, Finding, Good, Image, KubernetesObject, Severity, Value, rule

NGINX = ("nginx.ingress.kubernetes.io/", "nginx.org/", "ingress.kubernetes.io/")
LUA = ("by_lua", "ngx.", "os.execute", "io.popen", "load_module")
ALIASES = ("alias ", "root ")
INJECTED = ("auth-url", "auth-tls-match-cn", "mirror-target", "mirror-host")
"""Annotations of ingress-nginx that were written into its configuration as they stand: CVE-2025-1097, CVE-2025-1098, CVE-2025-24514."""
BREAKING = "\n\r;{}\"'`"
OTHER_TLS = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "alb.ingress.kubernetes.io/listen-ports",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/pre-shared-cert",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "traefik.ingress.kubernetes.io/router.tls",
)
"""Annotations by which a controller takes its certificate from elsewhere."""


def annotations_of(thing: KubernetesObject) -> Mapping[str, Value]:
    """The annotations of an ingress; none of anything else."""
    found = thing.get("metadata", "annotations").content if thing.kind == "Ingress" else None
    return found if isinstance(found, dict) else {}


def ingress_with(annotation: str) -> str:
    """An ingress with one annotation."""
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: web
          annotations:
            {annotation}
        spec: {{tls: [{{hosts: [www.example.com]}}], rules: []}}
        """


@rule(
    "ingress-snippet",
    severity=Severity.HIGH,
    references="ATT&CK T1190 · CVE-2021-25742",
    also_known_as="checkov:CKV_K8S_152 checkov:CKV_K8S_153 checkov:CKV_K8S_154 kubescape:C-0059",
    examples=(
        Bad("ingress.yaml", ingress_with("nginx.ingress.kubernetes.io/server-snippet: «'location /x { alias /etc/; }'»")),
        Bad("ingress.yaml", ingress_with("nginx.ingress.kubernetes.io/configuration-snippet: «content_by_lua 'x()';»")),
        Good("ingress.yaml", ingress_with("nginx.ingress.kubernetes.io/rewrite-target: /$1")),
        Good("ingress.yaml", ingress_with("nginx.ingress.kubernetes.io/server-snippet: ''")),
    ),
)
def ingress_snippet(thing: KubernetesObject) -> Iterator[Finding]:
    """An ingress writes into the configuration of nginx.

    A snippet runs with the rights of the controller, which reads all secrets of the cluster (CVE-2021-25742); it is off by default since.
    Use the annotation that is made for the purpose, and where there is none a ConfigMap of the controller's own.
    """
    for name, value in annotations_of(thing).items():
        if name.startswith(NGINX) and name.endswith(("-snippet", "-snippets")) and (value.is_unknown or value.text.strip()):
            short = name.rpartition("/")[2]
            if any(word in value.text for word in LUA):
                yield thing.finding(value, f"`{thing.title}` runs code in nginx (`{short}`)", severity=Severity.CRITICAL)
            elif any(word in value.text for word in ALIASES):
                yield thing.finding(value, f"`{thing.title}` serves files of the controller (`{short}`)")
            else:
                yield thing.finding(value, f"`{thing.title}` writes into nginx's configuration (`{short}`)", severity=Severity.MEDIUM)


@rule(
    "ingress-annotation-injection",
    severity=Severity.CRITICAL,
    references="ATT&CK T1190 · CVE-2025-1097 · CVE-2025-1098 · CVE-2025-24514",
    also_known_as="trivy:KCV-0093",
    examples=(
        Bad("ingress.yaml", ingress_with('nginx.ingress.kubernetes.io/auth-url: «"http://example.com/#;}\\nload_module x.so;"»')),
        Bad("ingress.yaml", ingress_with("nginx.ingress.kubernetes.io/mirror-host: «'example.com;#'»")),
        Good("ingress.yaml", ingress_with("nginx.ingress.kubernetes.io/auth-url: https://auth.example.com/check?rd=$escaped_request_uri")),
        Good("ingress.yaml", ingress_with("example.com/auth-url: 'a;b'")),
    ),
)
def ingress_annotation_injection(thing: KubernetesObject) -> Iterator[Finding]:
    """An annotation of an ingress breaks out into the configuration of nginx.

    Versions of ingress-nginx before 1.11.5 and 1.12.1 wrote these values down as they stand, so that one with quotes, braces, semicolons
    or line breaks runs code in the controller (the "IngressNightmare" of 2025). No ordinary value has them.
    """
    for name, value in annotations_of(thing).items():
        if name.startswith(NGINX) and name.rpartition("/")[2] in INJECTED and any(mark in value.text.strip() for mark in BREAKING):
            short = name.rpartition("/")[2]
            yield thing.finding(value, f"`{short}` of `{thing.title}` holds marks that end a line of nginx's configuration")


@rule(
    "ingress-without-tls",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1557",
    also_known_as="polaris:tlsSettingsMissing kubescape:C-0263",
    examples=(
        Bad(
            "ingress.yaml",
            """
            apiVersion: networking.k8s.io/v1
            «kind: Ingress»
            metadata: {name: web}
            spec:
              rules: [{host: www.example.com}]
            """,
        ),
        Good("ingress.yaml", ingress_with("kubernetes.io/ingress.class: nginx")),
        Good(
            "ingress.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web, annotations: {networking.gke.io/managed-certificates: web}}
            spec:
              rules: [{host: www.example.com}]
            """,
        ),
        Good(
            "ingress.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              {{- toYaml .Values.ingress | nindent 2 }}
            """,
        ),
    ),
)
def ingress_without_tls(thing: KubernetesObject) -> Iterator[Finding]:
    """An ingress has no certificate.

    Passwords and sessions cross the network in the clear. Name a secret with a certificate in `spec.tls`; where a proxy in front ends
    TLS, say so in a suppression.
    """
    if thing.kind != "Ingress" or thing.partial or not thing.api_version.startswith(("networking.k8s.io/", "extensions/")):
        return
    spec, tls = thing.get("spec"), thing.get("spec", "tls")
    empty = tls.is_absent or tls.content in ((), "")
    if empty and not spec.is_absent and not any(name in OTHER_TLS for name in annotations_of(thing)):
        yield thing.finding(thing.kind_span, f"`{thing.title}` has no TLS")


@rule(
    "retired-ingress-controller",
    severity=Severity.MEDIUM,
    profile="strict",
    references="NIST SP 800-190 3.4.4",
    also_known_as="kubescape:C-0292",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: ingress}
            spec:
              containers: [{name: controller, image: «'registry.k8s.io/ingress-nginx/controller:v1.12.1'»}]
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: ingress}
            spec:
              containers: [{name: controller, image: 'docker.io/nginx/nginx-ingress:5.0.0'}]
            """,
        ),
    ),
)
def retired_ingress_controller(image: Image) -> Iterator[Finding]:
    """The ingress controller gets no more fixes.

    ingress-nginx was retired in March 2026. Move to a controller that is maintained, or to the Gateway API.
    """
    reference = image.reference
    if image.role == "run" and reference is not None and reference.repository.endswith("ingress-nginx/controller"):
        yield image.finding(image.value, "ingress-nginx has been retired since March 2026")
