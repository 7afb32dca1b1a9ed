"""Processes that gain privileges inside a container."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Good, Severity, rule


@rule(
    "privilege-escalation-allowed",
    severity=Severity.MEDIUM,
    references="PSS restricted · CIS Kubernetes 5.2.6 · CIS Docker 5.26 · ATT&CK T1548.001",
    also_known_as=(
        "trivy:KSV-0001 checkov:CKV_K8S_20 kics:5572cc5e kube-linter:privilege-escalation-container polaris:privilegeEscalationAllowed "
        "kubesec:AllowPrivilegeEscalation kubescape:C-0016 semgrep:k/allow-privilege-escalation-true pss:R:allowPrivilegeEscalation"
    ),
    facts=("no_new_privileges",),
    examples=(
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
                    allowPrivilegeEscalation: «true»
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
                    allowPrivilegeEscalation: false
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                security_opt: [«no-new-privileges:false»]
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
                security_opt: [no-new-privileges:true]
            """,
        ),
        Bad(
            "start.sh",
            "docker run -d --security-opt «no-new-privileges=false» acme/app:1\n",
            fixed="docker run -d --security-opt no-new-privileges acme/app:1\n",
        ),
        Good("start.sh", "docker run -d --security-opt no-new-privileges acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: [no-new-privileges:false, no-new-privileges]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29', securityContext: {allowPrivilegeEscalation: false}}
                - {name: node, image: 'nginx:1.29', securityContext: {allowPrivilegeEscalation: true, privileged: true}}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              os: {name: windows}
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {allowPrivilegeEscalation: true}}
            """,
        ),
    ),
)
def privilege_escalation_allowed(container: Container) -> Iterator[Finding]:
    """The container's processes may gain privileges.

    A setuid program in the image makes root of any user. Forbid it; only what calls such a program (`sudo`, `su`) needs it.
    """
    forbidden = container.fact("no_new_privileges")
    if forbidden.is_false and container.platform != "windows" and not container.fact("privileged").is_true:
        yield container.finding(
            forbidden,
            f"`{container.name}` lets its processes gain privileges",
            confidence=Confidence.LOW if needs_file_capabilities(container) else container.doubt("kernel"),
            fix=container.set("no_new_privileges", True, caveat="setuid programs such as sudo stop working"),
        )


def needs_file_capabilities(container: Container) -> bool:
    """Whether a user other than root is given capabilities, which reach it by the program's file alone (capabilities(7))."""
    user = container.fact("user")
    return user.is_known and user.text.partition(":")[0] not in ("0", "root") and any(container.fact("capabilities_added"))


@rule(
    "no-new-privileges-missing",
    severity=Severity.LOW,
    profile="strict",
    references="PSS restricted · CIS Docker 5.26 · CIS Kubernetes 5.2.6 · ATT&CK T1548.001",
    also_known_as=(
        "compose-lint:CL-0003 trivy:KSV-0001 checkov:CKV_K8S_20 kics:27fcc7d6 kics:5572cc5e polaris:privilegeEscalationAllowed "
        "kubescape:C-0016 semgrep:c/no-new-privileges semgrep:k/allow-privilege-escalation "
        "semgrep:k/allow-privilege-escalation-no-securitycontext docksec:compose-no-new-privileges pss:R:allowPrivilegeEscalation"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              «app»:
                image: nginx:1.29
                security_opt:
                  - apparmor:docker-nginx
              «side»:
                image: nginx:1.29
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
                security_opt:
                  - apparmor:docker-nginx
                  - no-new-privileges:true
              side:
                image: nginx:1.29
                security_opt:
                  - no-new-privileges:true
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
                - {«name: web», image: 'nginx:1.29'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29', securityContext: {allowPrivilegeEscalation: false}}
            """,
        ),
        Bad("start.sh", "docker «run» -d acme/app:1\n", fixed="docker run --security-opt no-new-privileges -d acme/app:1\n"),
        Good("start.sh", "docker run --security-opt no-new-privileges -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: [no-new-privileges=true]}}"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: ['no-new-privileges:true']}}"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: [no-new-privileges]}}"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: ['${OPTION}']}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              os: {name: windows}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def no_new_privileges_missing(container: Container) -> Iterator[Finding]:
    """Nothing keeps the container's processes from gaining privileges.

    A setuid program in the image makes root of any user, unless the container is started so that none can. It costs nothing where
    no such program is called.
    """
    forbidden = container.fact("no_new_privileges")
    if forbidden.is_absent and not container.fact("privileged").is_true:
        yield container.finding(
            forbidden,
            f"nothing keeps the processes of `{container.name}` from gaining privileges",
            fix=container.set("no_new_privileges", True, caveat="setuid programs such as sudo stop working"),
        )
