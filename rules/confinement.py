"""What confines a container: seccomp, AppArmor, SELinux."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Good, Severity, rule


@rule(
    "seccomp-unconfined",
    severity=Severity.HIGH,
    references="PSS baseline · CIS Docker 5.22 · NIST SP 800-190 3.4.3 · ATT&CK T1611",
    also_known_as=(
        "compose-lint:CL-0009 trivy:KSV-0104 kics:404fde2c kubesec:SeccompUnconfined semgrep:c/seccomp-confinement-disabled "
        "semgrep:k/seccomp-confinement-disabled docksec:compose-disabled-security-opt pss:B:seccompProfile"
    ),
    facts=("seccomp",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                security_opt:
                  - «seccomp:unconfined»
                  - no-new-privileges:true
              side:
                image: nginx:1.29
                security_opt: [«"seccomp=unconfined"»]
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
                security_opt:
                  - no-new-privileges:true
              side:
                image: nginx:1.29
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                seccompProfile:
                  type: «Unconfined»
              containers:
                - {name: web, image: 'nginx:1.29'}
                - {name: side, image: 'nginx:1.29'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                seccompProfile:
                  type: RuntimeDefault
              containers:
                - {name: web, image: 'nginx:1.29'}
                - {name: side, image: 'nginx:1.29'}
            """,
        ),
        Bad("start.sh", "docker run -d --security-opt «seccomp=unconfined» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: ['seccomp:./profile.json']}}"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: [seccomp=unconfined, seccomp=./profile.json]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {seccompProfile: {type: Unconfined}}
              containers:
                - {name: web, image: 'nginx:1.29', securityContext: {seccompProfile: {type: RuntimeDefault}}}
            """,
        ),
    ),
)
def seccomp_unconfined(container: Container) -> Iterator[Finding]:
    """No seccomp profile keeps the container from dangerous system calls.

    The default profile blocks those that programs rarely need and that kernel exploits often do. Where one call is missing, allow
    it in a profile of its own.
    """
    profile = container.fact("seccomp")
    if profile.text == "unconfined":
        yield container.finding(
            profile,
            f"`{container.name}` runs without a seccomp profile",
            confidence=container.doubt("kernel"),
            fix=container.set("seccomp", "default", caveat="a program that needs a blocked system call fails"),
        )


@rule(
    "seccomp-missing",
    severity=Severity.LOW,
    profile="strict",
    references="PSS restricted · CIS Kubernetes 5.7.2 · ATT&CK T1611",
    also_known_as=(
        "trivy:KSV-0030 checkov:CKV_K8S_31 kics:f377b83e kube-score:container-seccomp-profile polaris:linuxHardening "
        "kubesec:SeccompAny kubescape:C-0055 kubescape:C-0210 pss:R:seccompProfile"
    ),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - «name: web»
                  image: nginx:1.29
                  securityContext:
                    readOnlyRootFilesystem: true
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
                    readOnlyRootFilesystem: true
                    seccompProfile:
                      type: RuntimeDefault
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {seccompProfile: {type: Localhost, localhostProfile: web.json}}
              containers:
                - {name: web, image: 'nginx:1.29'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              nodeSelector: {kubernetes.io/os: windows}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def seccomp_missing(container: Container) -> Iterator[Finding]:
    """Nothing asks for a seccomp profile.

    Kubernetes runs a container without one unless the kubelet is set up otherwise, while Docker and Podman bring their own. Ask
    for the runtime's default.
    """
    profile = container.fact("seccomp")
    if profile.is_absent and not container.fact("privileged").is_true:
        yield container.finding(
            profile,
            f"`{container.name}` asks for no seccomp profile",
            fix=container.set("seccomp", "default", caveat="a program that needs a blocked system call fails"),
        )


@rule(
    "apparmor-unconfined",
    severity=Severity.MEDIUM,
    references="PSS baseline · CIS Docker 5.2 · NIST SP 800-190 3.4.3 · ATT&CK T1611",
    also_known_as=(
        "compose-lint:CL-0009 trivy:KSV-0002 kics:8b36775e polaris:linuxHardening kubesec:ApparmorUnconfined "
        "docksec:compose-disabled-security-opt pss:B:appArmorProfile"
    ),
    facts=("apparmor",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                security_opt: [no-new-privileges:true, «apparmor=unconfined»]
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
                security_opt: [no-new-privileges:true]
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                container.apparmor.security.beta.kubernetes.io/web: «unconfined»
            spec:
              containers:
                - {name: web, image: 'nginx:1.29'}
                - {name: side, image: 'nginx:1.29', securityContext: {appArmorProfile: {type: «Unconfined»}}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                container.apparmor.security.beta.kubernetes.io/web: unconfined
            spec:
              containers:
                - {name: web, image: 'nginx:1.29'}
                - {name: side, image: 'nginx:1.29', securityContext: {appArmorProfile: {type: RuntimeDefault}}}
            """,
        ),
        Bad("start.sh", "docker run -d --security-opt «apparmor=unconfined» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: ['apparmor:docker-nginx']}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                container.apparmor.security.beta.kubernetes.io/web: localhost/web
                container.apparmor.security.beta.kubernetes.io/side: runtime/default
            spec:
              containers:
                - {name: web, image: 'nginx:1.29'}
                - {name: side, image: 'nginx:1.29'}
                - {name: other, image: 'nginx:1.29'}
            """,
        ),
    ),
)
def apparmor_unconfined(container: Container) -> Iterator[Finding]:
    """AppArmor does not confine the container.

    The default profile denies mounting, writing below `/proc` and `/sys`, and reading other programs' memory. Where one of these is
    needed, allow it in a profile of its own.
    """
    profile = container.fact("apparmor")
    if profile.text == "unconfined":
        yield container.finding(
            profile,
            f"`{container.name}` runs without an AppArmor profile",
            confidence=container.doubt("processes") or container.doubt("kernel"),
            fix=container.set("apparmor", "default", caveat="a program that mounts or traces others fails"),
        )


@rule(
    "selinux-disabled",
    severity=Severity.MEDIUM,
    references="PSS baseline · CIS Docker 5.3 · NIST SP 800-190 3.4.3 · ATT&CK T1611",
    also_known_as=(
        "compose-lint:CL-0009 trivy:KSV-0025 semgrep:c/selinux-separation-disabled docksec:compose-disabled-security-opt "
        "pss:B:seLinuxOptions"
    ),
    facts=("selinux",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                security_opt:
                  - «label=disable»
                  - label=user:USER
              side:
                image: nginx:1.29
                security_opt:
                  - «label:type:spc_t»
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
                security_opt:
                  - label=user:USER
              side:
                image: nginx:1.29
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
                    seLinuxOptions: {type: «spc_t»}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: nginx:1.29
            """,
        ),
        Bad("start.sh", "docker run -d --security-opt «label=disable» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', security_opt: ['label:type:container_t']}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {seLinuxOptions: {level: 's0:c123,c456'}}
              containers:
                - {name: web, image: 'nginx:1.29', securityContext: {seLinuxOptions: {type: container_t}}}
            """,
        ),
    ),
)
def selinux_disabled(container: Container) -> Iterator[Finding]:
    """SELinux does not confine the container.

    With the separation off, or as a super-privileged type such as `spc_t`, a process that gets out of the container may touch every
    file of the host. Label the volumes that it shares instead (`:z`, `:Z`). A runtime's socket cannot be labelled, so that a
    container that mounts one is less certainly wrong here; what it gains by the socket is said by a rule of its own. The same is so of
    what is made to read the files of its host, as a DaemonSet is.
    """
    label = container.fact("selinux")
    if label.text == "disable":
        reads_host = container.holds_runtime or "files" in container.uses
        yield container.finding(
            label,
            f"`{container.name}` runs without SELinux separation",
            confidence=Confidence.LOW if reads_host else container.doubt("kernel"),
            fix=container.drop("selinux", caveat="files that it shares with the host must be labelled for it"),
        )
