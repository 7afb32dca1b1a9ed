"""Namespaces that a container shares with the host."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Good, Severity, rule


@rule(
    "host-network",
    severity=Severity.MEDIUM,
    references="PSS baseline · CIS Docker 5.10 · CIS Kubernetes 5.2.5 · NIST SP 800-190 3.4.2 · ATT&CK T1046 · ATT&CK T1557",
    also_known_as=(
        "compose-lint:CL-0008 trivy:KSV-0009 checkov:CKV_K8S_19 kics:071a71ff kics:6b6bdfb3 kube-linter:host-network "
        "polaris:hostNetworkSet kubesec:HostNetwork kubescape:C-0041 semgrep:k/hostnetwork-pod docksec:compose-host-network "
        "pss:B:hostNamespaces"
    ),
    facts=("host_network",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                network_mode: «"host"»
                image: nginx:1.29
            """,
            fixed="""
            services:
              app:
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
              hostNetwork: «on»
              containers:
                - {name: web, image: 'nginx:1.29'}
                - {name: side, image: 'nginx:1.29'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29'}
                - {name: side, image: 'nginx:1.29'}
            """,
        ),
        Bad("start.sh", "docker run -d --network «host» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', network_mode: 'service:vpn'}}"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', network_mode: '${MODE}'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              hostNetwork: false
              containers:
                - {name: web, image: 'nginx:1.29'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: agent}
            spec:
              hostNetwork: true
              securityContext: {windowsOptions: {hostProcess: true}}
              containers:
                - {name: agent, image: 'acme/agent:1'}
            """,
        ),
    ),
)
def host_network(container: Container) -> Iterator[Finding]:
    """The container shares the host's network.

    It reaches every service that listens on the host's loopback address, can listen on any of the host's ports, and no network
    policy applies to it. Publish the ports that it serves. A Windows container that is a process of its node has no other network.
    Confidence is low where the image is one that works on its host's network, and where NET_ADMIN is added: then that is what it is for,
    and the capability, which is the graver part, is told by `dangerous-capability`. It is low too where a Compose file, a command line
    or a DaemonSet starts privileged what has it, which `privileged-container` tells, and for a Compose service whose image others than
    the project's owner publish for everybody, unless it publishes ports, which have no effect then; and in what developers start or what
    is an example.
    """
    shared = container.fact("host_network")
    if shared.is_true and not container.fact("host_process").is_true:
        manages = any(item.text.upper().removeprefix("CAP_") == "NET_ADMIN" for item in container.fact("capabilities_added"))
        is_told = container.is_given_its_node or is_told_as_privileged(container)
        is_theirs_to_say = (container.is_by_others and not container.publishes) or container.source.is_sample or container.is_for_work
        yield container.finding(
            shared,
            f"`{container.name}` shares the host's network",
            confidence=Confidence.LOW if manages or is_told or is_theirs_to_say else container.doubt("network"),
            fix=container.drop("host_network", caveat="its ports must be published, and the host's services reached by name"),
        )


def is_told_as_privileged(container: Container) -> bool:
    """Whether what starts it outside a cluster gives it more than that."""
    return container.dialect != "kubernetes" and container.fact("privileged").is_true


@rule(
    "host-pid",
    severity=Severity.HIGH,
    references="PSS baseline · CIS Docker 5.16 · CIS Kubernetes 5.2.3 · ATT&CK T1611",
    also_known_as=(
        "compose-lint:CL-0010 trivy:KSV-0010 checkov:CKV_K8S_17 kics:4f31dd9f kics:302736f4 kube-linter:host-pid polaris:hostPIDSet "
        "kubesec:HostPID kubescape:C-0038 kubescape:C-0275 semgrep:k/hostpid-pod docksec:compose-host-namespace pss:B:hostNamespaces"
    ),
    facts=("host_pid",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                pid: «host»
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
            """,
        ),
        Bad(
            "pods.json",
            """
            {
              "apiVersion": "v1",
              "kind": "List",
              "items": [
                {
                  "apiVersion": "v1",
                  "kind": "Pod",
                  "spec": {
                    "hostPID": «true»,
                    "containers": [{"name": "web", "image": "nginx:1.29"}]
                  }
                }
              ]
            }
            """,
            fixed="""
            {
              "apiVersion": "v1",
              "kind": "List",
              "items": [
                {
                  "apiVersion": "v1",
                  "kind": "Pod",
                  "spec": {
                    "containers": [{"name": "web", "image": "nginx:1.29"}]
                  }
                }
              ]
            }
            """,
        ),
        Bad("start.sh", "docker run -d --pid «host» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', pid: 'service:agent'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              shareProcessNamespace: true
              containers:
                - {name: web, image: 'nginx:1.29'}
            """,
        ),
    ),
)
def host_pid(container: Container) -> Iterator[Finding]:
    """The container sees the host's processes.

    It can read their arguments and environment, signal those of the same user, and with one more capability take them over.
    Share the processes of the one container that it works on.
    """
    shared = container.fact("host_pid")
    if shared.is_true:
        yield container.finding(
            shared,
            f"`{container.name}` sees the host's processes",
            confidence=container.doubt("processes"),
            fix=container.drop("host_pid", caveat="it sees its own processes only"),
        )


@rule(
    "host-ipc",
    severity=Severity.MEDIUM,
    references="PSS baseline · CIS Docker 5.17 · CIS Kubernetes 5.2.4 · ATT&CK T1611",
    also_known_as=(
        "compose-lint:CL-0010 trivy:KSV-0008 checkov:CKV_K8S_18 kics:baa3890f kics:cd290efd kube-linter:host-ipc polaris:hostIPCSet "
        "kubesec:HostIPC kubescape:C-0038 kubescape:C-0276 semgrep:k/hostipc-pod docksec:compose-host-namespace pss:B:hostNamespaces"
    ),
    facts=("host_ipc",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: nginx:1.29
                ipc: «host»   # shared tensors
            """,
            fixed="""
            services:
              app:
                image: nginx:1.29
                # shared tensors
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec: {hostIPC: «true», containers: [{name: web, image: 'nginx:1.29'}]}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec: {containers: [{name: web, image: 'nginx:1.29'}]}
            """,
        ),
        Bad("start.sh", "docker run -d --ipc «host» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'nginx:1.29', ipc: shareable, shm_size: 1gb}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec: {hostIPC: false, containers: [{name: web, image: 'nginx:1.29'}]}
            """,
        ),
    ),
)
def host_ipc(container: Container) -> Iterator[Finding]:
    """The container shares the host's memory segments and queues.

    Whatever the host's processes keep in shared memory can be read and changed. Where a program only needs more shared memory,
    raise its size (`shm_size`, or a memory volume at `/dev/shm`).
    """
    shared = container.fact("host_ipc")
    if shared.is_true:
        yield container.finding(
            shared,
            f"`{container.name}` shares the host's IPC namespace",
            confidence=container.doubt("kernel"),
            fix=container.drop("host_ipc", caveat="a program that only needed more shared memory wants its size raised"),
        )
