"""What a pod takes of its node, past the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Good, Severity, rule

SYSCTLS = frozenset(
    "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range "
    "net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout "
    "net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem "
    "net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat".split()
)
"""What Kubernetes v1.37 lets a pod set by itself (kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster, read in November 2026)."""
SELINUX_TYPES = ("", "disable", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
DEVICE_TYPES = ("container_device_t", "container_device_plugin_t", "container_device_plugin_init_t")
"""Types of containers that are given devices, or hand them out (github.com/containers/container-selinux, container.te); the Pod Security
Standards do not allow them."""
PROXIES = frozenset({"envoy", "haproxy", "traefik"})
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@rule(
    "windows-host-process",
    severity=Severity.HIGH,
    references="PSS baseline · CIS Kubernetes 5.2.11 · ATT&CK T1611",
    also_known_as="trivy:KSV-0103 polaris:hostProcess pss:B:windowsHostProcess",
    facts=("host_process",),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: agent}
            spec:
              os: {name: windows}
              hostNetwork: true
              securityContext:
                windowsOptions:
                  hostProcess: «true»
                  runAsUserName: NT AUTHORITY\\SYSTEM
              containers:
                - {name: agent, image: 'acme/agent:1'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: agent}
            spec:
              os: {name: windows}
              hostNetwork: true
              securityContext:
                windowsOptions:
                  runAsUserName: NT AUTHORITY\\SYSTEM
              containers:
                - {name: agent, image: 'acme/agent:1'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: agent}
            spec:
              os: {name: windows}
              containers:
                - {name: agent, image: 'acme/agent:1', securityContext: {windowsOptions: {hostProcess: false}}}
            """,
        ),
    ),
)
def windows_host_process(container: Container) -> Iterator[Finding]:
    """A Windows container runs as a process of its node.

    Nothing separates it from the node: it sees all files, services and processes, with the rights of the account that it runs as. Leave
    that to the programs that set up nodes.
    """
    value = container.fact("host_process")
    if value.is_true:
        yield container.finding(
            value,
            f"`{container.name}` runs as a process of its node",
            confidence=container.doubt("processes"),
            fix=container.drop("host_process", caveat="what administers the node fails"),
        )


@rule(
    "host-port",
    severity=Severity.LOW,
    references="PSS baseline · CIS Kubernetes 5.2.13 · ATT&CK T1133",
    also_known_as="trivy:KSV-0024 checkov:CKV_K8S_26 kics:2b1836f1 polaris:hostPortSet kubescape:C-0044 pss:B:hostPorts",
    facts=("host_ports",),
    examples=(
        Bad(
            "deployment.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers:
                    - name: web
                      image: acme/web:1
                      ports:
                        - containerPort: 8080
                          hostPort: «80»
                        - {containerPort: 9090, hostPort: 0}
            """,
            fixed="""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers:
                    - name: web
                      image: acme/web:1
                      ports:
                        - containerPort: 8080
                        - {containerPort: 9090, hostPort: 0}
            """,
        ),
        Good(
            "pods.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', ports: [{containerPort: 80}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: agent}
            spec:
              hostNetwork: true
              containers:
                - {name: agent, image: 'acme/agent:1', ports: [{containerPort: 9100, hostPort: 9100}]}
            ---
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: collector}
            spec:
              template:
                spec:
                  containers:
                    - {name: collector, image: 'acme/collector:1', ports: [{containerPort: 4317, hostPort: 4317}]}
            """,
        ),
    ),
)
def host_port(container: Container) -> Iterator[Finding]:
    """A pod takes a port of the node that it runs on.

    Whoever reaches the node reaches it, past services and mostly past network policies, and only one such pod fits on a node. Use a
    service. A DaemonSet, which every node has one pod of, may serve its node like this; it is left to `pod-security-baseline`. Confidence
    is low for a proxy, which takes what comes to a node for others.
    """
    ports = container.fact("host_ports")
    if not ports.is_known or container.fact("host_network").is_true or container.uses:
        return
    is_proxy = container.image_name.rpartition("/")[2].partition(":")[0] in PROXIES
    for port in ports:
        yield container.finding(
            port,
            f"`{container.name}` takes port {port.text or 'of a template'} of its node",
            confidence=Confidence.LOW if is_proxy else None,
            fix=container.remove("host_ports", port, caveat="what asks the node must ask a service"),
        )


@rule(
    "probe-host",
    severity=Severity.MEDIUM,
    references="PSS baseline",
    also_known_as="pss:B:hostProbesAndHostLifecycle",
    facts=("probe_hosts",),
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
                  image: acme/web:1
                  readinessProbe:
                    tcpSocket:
                      host: «169.254.169.254»
                      port: 80
                  lifecycle:
                    postStart: {httpGet: {port: 80, host: «127.0.0.1»}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  readinessProbe:
                    tcpSocket:
                      port: 80
                  lifecycle:
                    postStart: {httpGet: {port: 80}}
            """,
        ),
        Good(
            "pods.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  readinessProbe: {httpGet: {port: 80, httpHeaders: [{name: Host, value: web.example.com}]}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: agent}
            spec:
              hostNetwork: true
              containers:
                - {name: agent, image: 'acme/agent:1', livenessProbe: {httpGet: {host: 127.0.0.1, port: 10248}}}
            """,
        ),
    ),
)
def probe_host(container: Container) -> Iterator[Finding]:
    """A probe makes the node connect to a host that the pod names.

    The kubelet connects from the node's network, where services listen that no pod reaches: that of the cloud's credentials, or the
    node's own. Leave `host` out, so that the container itself is asked; a name for a virtual host goes into `httpHeaders`.
    """
    for host in container.fact("probe_hosts"):
        if not host.is_known or (host.text in LOOPBACK and not container.fact("host_network").is_lacking):
            continue
        yield container.finding(
            host,
            f"a probe or hook of `{container.name}` has the node connect to {host.text}",
            fix=container.remove("probe_hosts", host, caveat="the container itself is asked"),
        )


@rule(
    "selinux-options",
    severity=Severity.MEDIUM,
    references="PSS baseline · NIST SP 800-190 3.4.3",
    also_known_as="trivy:KSV-0025 pss:B:seLinuxOptions",
    facts=("selinux", "selinux_user", "selinux_role"),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                seLinuxOptions: {user: «system_u», role: «system_r», level: 's0:c1'}
              containers:
                - name: web
                  image: acme/web:1
                - name: side
                  image: acme/side:1
                  securityContext: {seLinuxOptions: {type: «container_runtime_t»}}
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
                - {name: web, image: 'acme/web:1', securityContext: {seLinuxOptions: {type: container_kvm_t, level: 's0:c1,c2'}}}
                - {name: side, image: 'acme/side:1', securityContext: {seLinuxOptions: {type: container_init_t}}}
                - {name: build, image: 'acme/build:1', securityContext: {seLinuxOptions: {type: container_engine_t}}}
                - {name: other, image: 'acme/other:1', securityContext: {seLinuxOptions: {type: container_t}}}
                - {name: plugin, image: 'acme/plugin:1', securityContext: {seLinuxOptions: {type: container_device_plugin_t}}}
            """,
        ),
    ),
)
def selinux_options(container: Container) -> Iterator[Finding]:
    """A pod chooses its own SELinux domain.

    The types that are made for containers keep them from the node's files and from each other; another type, user or role gives what
    its policy says. Leave them out and set no more than `level`.
    """
    if container.dialect != "kubernetes":
        return
    value = container.fact("selinux")
    if value.is_known and value.text not in (*SELINUX_TYPES, *DEVICE_TYPES):
        yield container.finding(value, f"`{container.name}` runs as the SELinux type {value.text}, which is not one of containers")
    for fact, what in (("selinux_user", "user"), ("selinux_role", "role")):
        value = container.fact(fact)
        if value.text:
            yield container.finding(value, f"`{container.name}` runs as the SELinux {what} {value.text}")


@rule(
    "unsafe-sysctl",
    severity=Severity.MEDIUM,
    references="PSS baseline",
    also_known_as="trivy:KSV-0026 kics:9127f0d9 kube-linter:unsafe-sysctls pss:B:sysctls",
    facts=("sysctls",),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                sysctls:
                  - name: «kernel.msgmax»
                    value: "65536"
                  - {name: net.ipv4.ip_unprivileged_port_start, value: "0"}
              containers:
                - {name: web, image: 'acme/web:1'}
                - {name: side, image: 'acme/side:1'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                sysctls:
                  - {name: net.ipv4.ip_unprivileged_port_start, value: "0"}
              containers:
                - {name: web, image: 'acme/web:1'}
                - {name: side, image: 'acme/side:1'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                sysctls:
                  - {name: kernel.shm_rmid_forced, value: "1"}
                  - {name: net.ipv4.ip_local_port_range, value: 1024 65535}
                  - {name: net.ipv4.ip_local_reserved_ports, value: "8080"}
                  - {name: net.ipv4.ping_group_range, value: 0 2000}
                  - {name: net.ipv4.tcp_keepalive_time, value: "600"}
                  - {name: net.ipv4.tcp_notsent_lowat, value: "16384"}
                  - {name: net.ipv4.tcp_rmem, value: 4096 131072 6291456}
                  - {name: net.ipv4.tcp_syncookies, value: "1"}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def unsafe_sysctl(container: Container) -> Iterator[Finding]:
    """A pod sets a kernel parameter that is not known to be safe.

    It may reach other pods of the node or upset the kernel, so a node refuses the pod unless its kubelet was told to allow the parameter.
    Set it where the node is set up, or not at all.
    """
    if container.dialect != "kubernetes":
        return
    for item in container.fact("sysctls"):
        name = item.text.partition("=")[0].replace("/", ".")
        if name and name not in SYSCTLS:
            yield container.finding(
                item,
                f"`{container.name}` sets {name}, which is not known to be safe",
                fix=container.remove("sysctls", item, caveat="the application has to do with what the node is set to"),
            )
