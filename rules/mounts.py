"""Paths of the host inside containers. Four rules share them out, so that a mount is reported by one of them at most."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Mount, Safety, Severity, is_runtime_socket, rule

PLUGINS = ("/usr/libexec/kubernetes/kubelet-plugins", "/opt/cni", "/etc/cni")
"""Where the kubelet and the runtime look for plugins (https://kubernetes.io/docs/concepts/extend-kubernetes/, Network and Storage plugins):
what installs them runs on every node."""


@rule(
    "runtime-socket-mount",
    severity=Severity.CRITICAL,
    references="ATT&CK T1611 · ATT&CK T1610 · ATT&CK T1552.007 · CIS Docker 5.32 · NIST SP 800-190 3.4.3",
    also_known_as=(
        "compose-lint:CL-0001 trivy:KSV-0006 checkov:CKV_K8S_27 kics:d6355c88 kics:a6f34658 kube-linter:docker-sock kubesec:DockerSock "
        "kubescape:C-0074 semgrep:c/exposing-docker-socket-volume semgrep:k/exposing-docker-socket-hostpath "
        "docksec:compose-docker-socket-mount"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              agent:
                image: acme/agent:3
                volumes:
                  - «/var/run/docker.sock»:/var/run/docker.sock:ro
                  - type: bind
                    source: «/run/docker.sock»
                    target: /tmp/d.sock
                  - ./docker.sock.md:/docs/docker.sock.md
            """,
            fixed="""
            services:
              agent:
                image: acme/agent:3
                volumes:
                  - ./docker.sock.md:/docs/docker.sock.md
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              a:
                image: acme/agent:3
                volumes:
                  - «/»:/host:ro
                  - «//var//run»:/host/run
                  - «${DOCKER_SOCK:-/var/run/docker.sock}»:/var/run/d.sock
                  - «${XDG_RUNTIME_DIR}/podman/podman.sock»:/var/run/e.sock
                  - «${ENGINE}»:/var/run/docker.sock
                  - «/run/user/1000/docker.sock»:/f.sock
                  - «~/.docker/run/docker.sock»:/g.sock
                  - «/run/k3s/containerd»:/h
                  - «\\\\.\\pipe\\docker_engine»:\\\\.\\pipe\\docker_engine
                  - engine:/j
              b:
                image: acme/agent:3
                use_api_socket: «true»
              c:
                image: acme/agent:3
                secrets: [engine]
            secrets:
              engine: {file: «/var/run/docker.sock»}
            volumes:
              engine:
                driver_opts: {type: none, o: bind, device: «/run/containerd/containerd.sock»}
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
                  image: acme/web:1
                  volumeMounts:
                    - {name: engine, mountPath: /engine.sock, readOnly: true}
                    - {name: data, mountPath: /data}
                - name: side
                  image: acme/side:1
                  volumeMounts:
                    - name: engine
                      mountPath: /engine.sock
              volumes:
                - name: engine
                  hostPath:
                    path: «/run/containerd/containerd.sock»
                - name: data
                  emptyDir: {}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  volumeMounts:
                    - {name: data, mountPath: /data}
                - name: side
                  image: acme/side:1
              volumes:
                - name: data
                  emptyDir: {}
            """,
        ),
        Bad("start.sh", "docker run -d -v «/var/run/docker.sock»:/var/run/docker.sock acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good(
            "compose.yaml",
            """
            services:
              proxy-client:
                image: acme/agent:3
                volumes:
                  - ./docker.sock.md:/docs/docker.sock.md
                  - ./proxy/docker.sock:/var/run/docker.sock
                  - socket-proxy:/var/run
                  - /run/udev:/run/udev:ro
                  - /running:/running
            volumes:
              socket-proxy:
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
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: logs, mountPath: /var/log}]}
              volumes:
                - {name: logs, hostPath: {path: /var/log/web}}
            """,
        ),
    ),
)
def runtime_socket_mount(mount: Mount) -> Iterator[Finding]:
    """The container gets the container runtime's socket, and with it the host.

    Who speaks to the socket starts a container that mounts `/`; a read-only mount changes nothing, since a socket is spoken to and
    not written. Put a proxy in between that lets only the needed calls through, or use rootless builders. Confidence is low where an
    exporter that is known to report on file systems sees `/` or `/run` read-only, or one that reports on units systemd's socket, which its
    documentation tells to mount, for such a proxy itself, and for what is started to test something. It is low too for what is made to
    start, replace or look after containers (consoles like Portainer, Watchtower, runners of jobs), which no proxy could keep from it,
    in a cluster for agents of logs and metrics on every node, and for what sets up its node. Elsewhere reverse proxies, dashboards and
    agents that report only read: put the proxy before them.
    """
    if mount.gives == "socket":
        yield mount.finding(
            mount.host_path,
            f"`{mount.owner}` mounts {mount.written_path}, {mount.told}",
            confidence=(Confidence.LOW if is_expected(mount) else Confidence.HIGH if mount.host_path.is_known else Confidence.MEDIUM),
            fix=mount.drop("mount", caveat="what talks to the runtime fails until it is given a filtering proxy"),
        )


def is_expected(mount: Mount) -> bool:
    """Whether it is systemd's socket, or the host's file systems and no socket by itself, that an exporter looks at, or is the runtime's
    for a proxy that filters what comes through or an agent on every node, or the host for what sets it up, or is in a test or for
    developers."""
    is_socket = is_runtime_socket(mount.host_path.text)
    looks_over = mount.read_only.is_true and "whole" in mount.uses and not is_socket
    asks = mount.host_path.text != "/" and bool(mount.owners) and all(owner.is_agent_of_its_node for owner in mount.owners)
    speaks = asks or "host" in mount.uses or ("socket" in mount.uses and mount.host_path.text != "/")
    return looks_over or speaks or (mount.told.endswith("systemd") and "bus" in mount.uses) or mount.is_for_work


@rule(
    "writable-host-path",
    severity=Severity.CRITICAL,
    references="PSS baseline · CIS Docker 5.6 · CIS Kubernetes 5.2.12 · NIST SP 800-190 3.5.5 · ATT&CK T1611",
    also_known_as=(
        "compose-lint:CL-0025 trivy:KSV-0121 kics:1c1325ff kics:5308a7a8 kics:b7652612 kube-linter:writable-host-mount "
        "kube-linter:sensitive-host-mounts kubescape:C-0045 kubesec:ProcMount docksec:compose-sensitive-host-mount"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              vpn:
                image: acme/vpn:3
                volumes:
                  - «/lib/modules»:/lib/modules
                  - "«/etc»:/host/etc:rw,z"
                  - type: bind
                    source: «/usr/bin/docker»
                    target: /usr/bin/docker
            """,
            fixed="""
            services:
              vpn:
                image: acme/vpn:3
                volumes:
                  - /lib/modules:/lib/modules:ro
                  - "/etc:/host/etc:ro,z"
                  - type: bind
                    source: /usr/bin/docker
                    target: /usr/bin/docker
                    read_only: true
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
                  image: acme/web:1
                  volumeMounts:
                    - {name: proc, mountPath: /host/proc}
                    - name: modules
                      mountPath: /lib/modules
                      readOnly: false
              volumes:
                - {name: proc, hostPath: {path: «/proc»}}
                - {name: modules, hostPath: {path: «/lib/modules/»}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  volumeMounts:
                    - {name: proc, mountPath: /host/proc, readOnly: true}
                    - name: modules
                      mountPath: /lib/modules
                      readOnly: true
              volumes:
                - {name: proc, hostPath: {path: /proc}}
                - {name: modules, hostPath: {path: /lib/modules/}}
            """,
        ),
        Bad("start.sh", "docker run -d -v «/etc»:/host/etc acme/app:1\n", fixed="docker run -d -v /etc:/host/etc:ro acme/app:1\n"),
        Good("start.sh", "docker run -d -v /etc:/host/etc:ro acme/app:1\n"),
        Good(
            "compose.yaml",
            """
            services:
              web:
                image: acme/web:1
                volumes:
                  - /etc/localtime:/etc/localtime
                  - /etc/timezone:/etc/timezone
                  - /etc/letsencrypt:/etc/letsencrypt
                  - /lib/modules:/lib/modules:ro
                  - /usr/share/zoneinfo:/usr/share/zoneinfo
                  - /usrdata:/data
                  - /etc/passwd:/etc/passwd:${MODE}
                  - /srv/web:/srv/web
                  - ./etc:/etc
                  - C:\\etc:C:\\etc
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
                - name: web
                  image: acme/web:1
                  volumeMounts: [{name: zone, mountPath: /etc/localtime}, {name: proc, mountPath: /host/proc, readOnly: true}]
              volumes:
                - {name: zone, hostPath: {path: /etc/localtime}}
                - {name: proc, hostPath: {path: /proc}}
            """,
        ),
    ),
)
def writable_host_path(mount: Mount) -> Iterator[Finding]:
    """The container can change what the host runs as root.

    A program, a unit, a cron job or a kernel setting written through the mount is run by the host. Mount it read-only, or only
    the one folder that is needed. The fix is safe for images that are documented to be given their host read-only. Confidence is low for
    agents that are made to, and for storage drivers, which mount volumes for pods.
    """
    if mount.gives == "root":
        doubt = mount.doubt("files" if mount.host_path.text.startswith(PLUGINS) else "kernel")
        yield mount.finding(
            mount.host_path,
            f"`{mount.owner}` can write to {mount.written_path} of the host",
            confidence=Confidence.LOW if is_storage_driver(mount) else doubt,
            fix=mount.set("read_only", True, safety=Safety.SAFE)
            if mount.is_only_read
            else mount.set("read_only", True, caveat="what the container writes there fails"),
        )


def is_storage_driver(mount: Mount) -> bool:
    """Whether it mounts volumes where the kubelet looks for those of the pods (kubernetes-csi.github.io/docs/deploying.html)."""
    return mount.host_path.text.startswith("/var/lib/kubelet") and mount.propagation.text == "rshared"


@rule(
    "sensitive-host-path",
    severity=Severity.MEDIUM,
    references="PSS baseline · CIS Docker 5.6 · CIS Kubernetes 5.2.12 · NIST SP 800-190 3.5.5 · ATT&CK T1552.001",
    also_known_as=(
        "compose-lint:CL-0013 trivy:KSV-0121 kics:1c1325ff kics:5308a7a8 kube-linter:sensitive-host-mounts kubesec:ProcMount "
        "kubescape:C-0020 docksec:compose-sensitive-host-mount"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              monitor:
                image: acme/monitor:3
                volumes:
                  - «/proc»:/host/proc:ro
                  - «/var/run/dbus/system_bus_socket»:/bus
                  - «~/.aws»:/root/.aws:ro
                  - «${HOME}/.ssh/id_ed25519»:/key:ro
                  - «/home/ada»:/home
                  - «/dev»:/dev
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
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: keys, mountPath: /keys, readOnly: true}]}
              volumes:
                - {name: keys, hostPath: {path: «/etc/kubernetes/pki»}}
                - {name: cloud, hostPath: {path: «/etc/kubernetes/azure.json»}}
                - {name: pods, hostPath: {path: «/var/lib/kubelet/pod-resources»}}
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              web:
                image: acme/web:1
                volumes:
                  - data:/data
                  - «~/.aws»:/root/.aws:ro   # for the backup
            volumes: {data: }
            """,
            fixed="""
            services:
              web:
                image: acme/web:1
                volumes:
                  - data:/data
                  # for the backup
            volumes: {data: }
            """,
        ),
        Bad("start.sh", "docker run -d -v «/etc/shadow»:/x:ro acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d -v /srv/data:/x:ro acme/app:1\n"),
        Good(
            "compose.yaml",
            """
            services:
              web:
                image: acme/web:1
                volumes:
                  - /home/ada/project:/app
                  - ~/project:/app2
                  - ~/.ssh/known_hosts:/etc/ssh/ssh_known_hosts:ro
                  - /dev/null:/dev/zero
                  - /dev/urandom:/dev/random
                  - /dev/random:/dev/full
                  - /dev/zero:/dev/null
                  - /dev/full:/dev/urandom
                  - /dev/dri:/dev/dri
                  - /etc/localtime:/etc/localtime:ro
                  - /etc/timezone:/etc/timezone:ro
                  - /etc/passwd:/etc/passwd:ro
                  - /devdata:/data
                  - /homepage:/www
                  - /variable:/v
                  - /media/films:/films
                  - /var/www:/site
                  - /srv:/srv
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
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: data, mountPath: /proc/data}]}
              volumes:
                - {name: data, hostPath: {path: /srv/data}}
            """,
        ),
    ),
)
def sensitive_host_path(mount: Mount) -> Iterator[Finding]:
    """The container can read what the host keeps to itself.

    Keys and passwords, the processes of other services, the files of all containers: whoever gets into the container has them too.
    Mount the one file that is needed, or give a secret as a secret.

    Confidence is low for what mounts the socket of a container runtime too, by which it has all of its host.
    """
    if mount.gives == "knowledge":
        yield mount.finding(
            mount.host_path,
            f"`{mount.owner}` mounts {mount.written_path}: {mount.told}",
            severity=mount.weight,
            confidence=Confidence.LOW if any(owner.holds_runtime for owner in mount.owners) else mount.doubt(purpose(mount)),
            fix=mount.drop("mount", safety=Safety.DISPLAY, caveat="mount the one file that is needed in its place"),
        )


def purpose(mount: Mount) -> str:
    """What a container is for that must see this of its host."""
    if mount.host_path.text.removeprefix("/var").startswith("/run/dbus"):
        return "bus"
    if mount.host_path.text == "/dev":
        return "devices"
    return "files" if mount.weight is not None and mount.weight <= Severity.MEDIUM else "kernel"


@rule(
    "host-path-mount",
    severity=Severity.LOW,
    profile="strict",
    references="PSS baseline · PSS restricted · CIS Kubernetes 5.2.12 · ATT&CK T1611",
    also_known_as=(
        "trivy:KSV-0023 trivy:KSV-0028 kics:aa8f7a35 polaris:hostPathSet kubescape:C-0048 pss:B:hostPathVolumes pss:R:restrictedVolumes"
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
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: data, mountPath: /data}]}
              volumes:
                - {name: data, hostPath: {path: «/srv/data»}}
                - {name: proc, hostPath: {path: /proc}}
            """,
        ),
        Good("compose.yaml", "services: {web: {image: 'acme/web:1', volumes: ['/srv/data:/data']}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', volumeMounts: [{name: data, mountPath: /data}]}
              volumes:
                - {name: data, emptyDir: {}}
            """,
        ),
    ),
)
def host_path_mount(mount: Mount) -> Iterator[Finding]:
    """A pod mounts a path of its node.

    It ties the pod to the node, escapes quotas, and leaves data behind that the next pod on the node can read. The baseline of the
    Pod Security Standards forbids it. Use a persistent volume, or an `emptyDir`.
    """
    if mount.dialect == "kubernetes" and not mount.gives:
        fix = mount.drop("mount", safety=Safety.DISPLAY, caveat="give it a volume of the cluster in its place")
        yield mount.finding(mount.host_path, f"`{mount.owner}` mounts {mount.written_path} of the node", fix=fix)
