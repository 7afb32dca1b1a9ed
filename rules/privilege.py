"""Containers that are given the host."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Safety, Severity, rule


@rule(
    "privileged-container",
    severity=Severity.CRITICAL,
    references="ATT&CK T1611 · ATT&CK T1610 · PSS baseline · CIS Docker 5.5 · CIS Kubernetes 5.2.2 · NIST SP 800-190 3.4.3",
    also_known_as=(
        "compose-lint:CL-0002 trivy:KSV-0017 checkov:CKV_K8S_16 kics:ae5b6871 kics:dd29336b kube-linter:privileged-container "
        "kube-score:container-security-context-privileged polaris:runAsPrivileged kubesec:Privileged kubescape:C-0057 "
        "semgrep:c/privileged-service semgrep:k/privileged-container docksec:compose-privileged pss:B:privileged"
    ),
    facts=("privileged",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                privileged: «true»   # for now
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
                # for now
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: nginx:1.29
                  securityContext:
                    privileged: «true»
                    runAsNonRoot: true
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: nginx:1.29
                  securityContext:
                    runAsNonRoot: true
            """,
        ),
        Bad("start.sh", "docker run -d «--privileged» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', privileged: false}}"),
        Good(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                privileged: ${PRIVILEGED}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29', securityContext: {privileged: false}}
              securityContext: {privileged: true}
            """,
        ),
    ),
)
def privileged_container(container: Container) -> Iterator[Finding]:
    """A privileged container is root on the host.

    It holds every capability and every device, and neither seccomp nor AppArmor confines it. Name the one capability or
    device that it needs. Confidence is low where its image is one that sets up the network or the disks of a node, where it mounts
    volumes for the pods of its node, which Kubernetes lets nobody else do, where what it runs in a cluster sets kernel parameters, and
    where a DaemonSet installs something on its nodes, loads modules or keeps their networks.
    """
    privileged = container.fact("privileged")
    if privileged.is_true:
        yield container.finding(
            privileged,
            f"`{container.name}` runs privileged",
            confidence=container.doubt("power"),
            fix=container.drop(
                "privileged", safety=Safety.UNSAFE, caveat="what needs a device or a capability fails until that one is named"
            ),
        )
