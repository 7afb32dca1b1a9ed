"""What a container shares with the host or with other containers beyond its network, processes and memory segments."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Safety, Severity, rule

POWERFUL_GROUPS = {
    "docker": "the container runtime's socket, and with it the host",
    "podman": "the container runtime's socket",
    "disk": "the disks of the host, past all permissions of files",
    "kmem": "the kernel's memory",
    "shadow": "the hashes of passwords",
    "sudo": "becoming root",
    "wheel": "becoming root",
    "lxd": "the containers of LXD, and with them the host",
    "libvirt": "the host's virtual machines",
}
"""Groups whose members get hold of the host, and by what (Debian's and Fedora's lists of system groups)."""
NAMESPACES = {"joined_network": "network", "joined_pid": "processes", "joined_ipc": "shared memory"}
OUTSIDE = "container:"


@rule(
    "kernel-paths-unmasked",
    severity=Severity.HIGH,
    references="PSS baseline · CIS Docker 5.22 · NIST SP 800-190 3.4.3 · ATT&CK T1611",
    also_known_as="trivy:KSV-0027 polaris:procMount kube-linter:unsafe-proc-mount pss:B:procMount pss:R:procMount",
    facts=("kernel_paths",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              build:
                image: acme/build:1
                security_opt:
                  - no-new-privileges
                  - «systempaths=unconfined»
            """,
            fixed="""
            services:
              build:
                image: acme/build:1
                security_opt:
                  - no-new-privileges
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
                  securityContext:
                    procMount: «Unmasked»
                    runAsNonRoot: true
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  securityContext:
                    runAsNonRoot: true
            """,
        ),
        Bad("start.sh", "docker run --security-opt «systempaths=unconfined» acme/build:1\n", fixed="docker run acme/build:1\n"),
        Good("compose.yaml", "services: {build: {image: 'acme/build:1', security_opt: [no-new-privileges, 'seccomp:build.json']}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {procMount: Default}}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: build}
            spec:
              hostUsers: false
              containers:
                - {name: build, image: 'acme/build:1', securityContext: {procMount: Unmasked}}
            """,
        ),
        Good("start.sh", "docker run --security-opt no-new-privileges acme/build:1\n"),
    ),
)
def kernel_paths_unmasked(container: Container) -> Iterator[Finding]:
    """The container sees and changes files of the kernel that are otherwise hidden.

    `/proc/kcore`, `/proc/sysrq-trigger`, `/proc/sys` and others stand open: root in the container can stop the host or change how its
    kernel works. Builders that start containers of their own ask for this; in a user namespace of their own (`hostUsers: false`), where
    root is nobody on the host, it gives them nothing else.
    """
    paths = container.fact("kernel_paths")
    if paths.text == "unconfined" and not container.fact("host_users").is_false:
        fix = container.drop("kernel_paths", caveat="what starts containers inside this one fails")
        yield container.finding(paths, f"`{container.name}` sees the kernel's hidden files in /proc and /sys", fix=fix)


@rule(
    "writable-control-groups",
    severity=Severity.MEDIUM,
    references="docker run reference, --security-opt writable-cgroups · ATT&CK T1499 · ATT&CK T1611",
    facts=("writable_cgroups",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              init:
                image: acme/init:1
                security_opt: [«writable-cgroups=true», no-new-privileges]
            """,
            fixed="""
            services:
              init:
                image: acme/init:1
                security_opt: [no-new-privileges]
            """,
        ),
        Bad("start.sh", "docker run --security-opt «writable-cgroups=true» acme/init:1\n", fixed="docker run acme/init:1\n"),
        Good("compose.yaml", "services: {init: {image: 'acme/init:1', security_opt: ['writable-cgroups=false']}}"),
        Good("start.sh", "docker run --security-opt writable-cgroups=false acme/init:1\n"),
    ),
)
def writable_control_groups(container: Container) -> Iterator[Finding]:
    """The container may change its own control groups.

    The limits on memory, processors and processes below it are its own to set then. What runs systemd or containers inside wants this; give
    it a control group namespace of its own and limits on the group above.
    """
    writable = container.fact("writable_cgroups")
    if writable.is_true:
        fix = container.drop("writable_cgroups", caveat="what manages control groups inside fails")
        yield container.finding(writable, f"`{container.name}` may change its control groups", fix=fix)


@rule(
    "host-control-groups",
    severity=Severity.LOW,
    profile="strict",
    references="docker run reference, --cgroupns · cgroup_namespaces(7) · ATT&CK T1613",
    facts=("host_cgroup",),
    examples=(
        Bad(
            "compose.yaml",
            "services:\n  init:\n    image: acme/init:1\n    cgroup: «host»\n",
            fixed="services:\n  init:\n    image: acme/init:1\n",
        ),
        Bad("start.sh", "docker run --cgroupns=«host» acme/init:1\n", fixed="docker run acme/init:1\n"),
        Good("compose.yaml", "services: {init: {image: 'acme/init:1', cgroup: private}}"),
        Good("start.sh", "docker run --cgroupns private acme/init:1\n"),
    ),
)
def host_control_groups(container: Container) -> Iterator[Finding]:
    """The container sees the control groups of the whole host.

    They tell what runs there and how the host is set up, and where they can be written they lead out of the container. Programs that
    manage control groups work in a namespace of their own (`private`).
    """
    shared = container.fact("host_cgroup")
    if shared.is_true:
        fix = container.drop("host_cgroup", caveat="what reads the host's control groups fails")
        yield container.finding(shared, f"`{container.name}` sees the host's control groups", fix=fix)


@rule(
    "control-group-parent",
    severity=Severity.INFO,
    profile="off",
    references="CIS Docker 5.25",
    also_known_as="kics:4d9f44c6",
    facts=("cgroup_parent",),
    examples=(
        Bad(
            "compose.yaml",
            "services: {web: {image: 'nginx:1.29', cgroup_parent: «system.slice»}}",
            fixed="services: {web: {image: 'nginx:1.29'}}",
        ),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29'}}"),
        Bad("start.sh", "docker run --cgroup-parent «system.slice» nginx:1.29\n"),
        Good("start.sh", "docker run nginx:1.29\n"),
    ),
)
def control_group_parent(container: Container) -> Iterator[Finding]:
    """The container's control group is put below another one than the engine's.

    The limits of that group count for it, and those that the engine's has do not.
    """
    parent = container.fact("cgroup_parent")
    if parent.is_known:
        fix = container.drop("cgroup_parent", caveat="the limits of that group no longer hold for it, and those of the engine's do")
        yield container.finding(parent, f"`{container.name}` is put below the control group {parent.text}", fix=fix)


@rule(
    "host-name-space",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.21 · uts_namespaces(7)",
    facts=("host_uts",),
    examples=(
        Bad(
            "compose.yaml",
            "services:\n  web:\n    image: nginx:1.29\n    uts: «host»\n",
            fixed="services:\n  web:\n    image: nginx:1.29\n",
        ),
        Bad("start.sh", "docker run --uts «host» nginx:1.29\n", fixed="docker run nginx:1.29\n"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', hostname: web}}"),
        Good("start.sh", "docker run --hostname web nginx:1.29\n"),
    ),
)
def host_name_space(container: Container) -> Iterator[Finding]:
    """The container shares the host's name.

    With the capability SYS_ADMIN it can change that name for everything on the host. A container that is only to be called like the host
    can be given that name (`hostname`).
    """
    shared = container.fact("host_uts")
    if shared.is_true:
        fix = container.drop("host_uts", safety=Safety.UNSAFE, caveat="it has a name of its own")
        yield container.finding(shared, f"`{container.name}` shares the host's name", fix=fix)


@rule(
    "host-user-namespace",
    severity=Severity.LOW,
    profile="off",
    references="CIS Docker 5.31 · user_namespaces(7)",
    also_known_as="kics:8af7162d",
    facts=("host_users",),
    examples=(
        Bad(
            "compose.yaml",
            "services:\n  web:\n    image: nginx:1.29\n    userns_mode: «host»\n",
            fixed="services:\n  web:\n    image: nginx:1.29\n",
        ),
        Bad("start.sh", "docker run --userns «host» nginx:1.29\n", fixed="docker run nginx:1.29\n"),
        Bad(
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nspec:\n  hostUsers: «true»\n  containers: [{name: web, image: 'nginx:1.29'}]\n",
            fixed="apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: web, image: 'nginx:1.29'}]\n",
        ),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', userns_mode: keep-id}}"),
        Good("pod.yaml", "apiVersion: v1\nkind: Pod\nspec: {hostUsers: false, containers: [{name: web, image: 'nginx:1.29'}]}\n"),
        Good("start.sh", "podman run --userns keep-id nginx:1.29\n"),
    ),
)
def host_user_namespace(container: Container) -> Iterator[Finding]:
    """The container's root is the host's root, also where the engine maps users.

    It only matters on an engine that has user namespaces switched on (`userns-remap`, rootless); elsewhere it changes nothing.
    """
    shared = container.fact("host_users")
    if shared.is_true:
        fix = container.drop("host_users", caveat="the files that it owns belong to other users")
        yield container.finding(shared, f"`{container.name}` is left out of the mapping of users", fix=fix)


@rule(
    "joins-foreign-container",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.3.3 · pid_namespaces(7)",
    facts=("joined_network", "joined_pid", "joined_ipc"),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              debug:
                image: acme/debug:1
                pid: «container:web-1»
                network_mode: «container:vpn»
            """,
        ),
        Bad("start.sh", "docker run --network «container:vpn» --pid=«container:web» acme/debug:1\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', network_mode: 'service:vpn', pid: 'service:vpn', ipc: shareable}}"),
        Good("start.sh", "docker run --network web acme/debug:1\n"),
    ),
)
def joins_foreign_container(container: Container) -> Iterator[Finding]:
    """The container joins another one that this file does not describe.

    It shares its network, its processes or its memory: a flaw in either is a flaw in both, and nothing here says what the other one is.
    Describe both in one file and name it as a service (`service:NAME`).
    """
    for fact, what in NAMESPACES.items():
        joined = container.fact(fact)
        if joined.text.startswith(OUTSIDE):
            other = joined.text.removeprefix(OUTSIDE)
            yield container.finding(joined, f"`{container.name}` shares the {what} of {other}, a container that is not described here")


@rule(
    "mounts-of-other-container",
    severity=Severity.LOW,
    profile="strict",
    references="Compose specification, volumes_from · NIST SP 800-190 3.4.3",
    facts=("mounts_from",),
    examples=(
        Bad(
            "compose.yaml",
            "services: {backup: {image: 'acme/backup:1', volumes_from: [«db», «'container:files:ro'»]}}",
            fixed="services: {backup: {image: 'acme/backup:1'}}",
        ),
        Bad("start.sh", "docker run --volumes-from «db» acme/backup:1\n", fixed="docker run acme/backup:1\n"),
        Good("compose.yaml", "services: {backup: {image: 'acme/backup:1', volumes: ['data:/data:ro']}}\nvolumes: {data: {}}\n"),
        Good("start.sh", "docker run -v data:/data:ro acme/backup:1\n"),
    ),
)
def mounts_of_other_container(container: Container) -> Iterator[Finding]:
    """The container has everything mounted that another one has.

    That includes what the other one is given later: a socket, a folder with keys. Name the volumes that it needs, read-only where reading
    is enough.
    """
    for item in container.fact("mounts_from"):
        fix = container.remove("mounts_from", item, caveat="what it reads or writes there has to be mounted by itself")
        message = f"`{container.name}` has everything mounted that {item.text or 'another container'} has"
        yield container.finding(item, message, fix=fix)


@rule(
    "powerful-group",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.4.3 · ATT&CK T1548 · ATT&CK T1611",
    facts=("groups",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              agent:
                image: acme/agent:1
                group_add:
                  - «docker»
                  - video
              smart:
                image: acme/smart:1
                group_add: [«disk»]
            """,
            fixed="""
            services:
              agent:
                image: acme/agent:1
                group_add:
                  - video
              smart:
                image: acme/smart:1
            """,
        ),
        Bad("start.sh", "docker run --group-add «docker» acme/agent:1\n", fixed="docker run acme/agent:1\n"),
        Good("compose.yaml", "services: {media: {image: 'acme/media:1', group_add: [video, render, '44', '${DOCKER_GID}', \"0\"]}}"),
        Good("start.sh", "docker run --group-add video acme/media:1\n"),
    ),
)
def powerful_group(container: Container) -> Iterator[Finding]:
    """The container's user is put into a group that rules the host.

    Such groups own sockets and devices through which their members get at everything, so that a user other than root is none in effect.
    Give it the one file or device that it needs, or a proxy in front of the socket.
    """
    for item in container.fact("groups"):
        if item.text in POWERFUL_GROUPS:
            yield container.finding(
                item,
                f"the user of `{container.name}` is put into the group {item.text}: {POWERFUL_GROUPS[item.text]}",
                fix=container.remove("groups", item, caveat="what belongs to the group cannot be used"),
            )


@rule(
    "host-gateway",
    severity=Severity.INFO,
    profile="strict",
    references="docker run reference, --add-host · NIST SP 800-190 3.4.2",
    facts=("hosts",),
    examples=(
        Bad("compose.yaml", "services: {app: {image: 'acme/app:1', extra_hosts: [«'host.docker.internal:host-gateway'»]}}"),
        Bad("compose.yaml", "services: {app: {image: 'acme/app:1', extra_hosts: {«host: host-gateway», db: 10.0.0.5}}}"),
        Bad("start.sh", "docker run --add-host=«host:host-gateway» acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', extra_hosts: ['db:10.0.0.5']}}"),
        Good("start.sh", "docker run --add-host db:10.0.0.5 acme/app:1\n"),
    ),
)
def host_gateway(container: Container) -> Iterator[Finding]:
    """The container is told how to reach the host itself.

    What listens on the host on all addresses, or on the bridge, is open to it: databases without a password, consoles, the runtime's own
    interface. Run in a container what it needs, or let the host's firewall pass that one port only.
    """
    for item in container.fact("hosts"):
        if item.text.endswith(("host-gateway", "host.docker.internal")):
            fix = container.remove("hosts", item, caveat="what speaks to the host by this name fails")
            yield container.finding(item, f"`{container.name}` is told how to reach the host", fix=fix)


@rule(
    "every-gpu",
    severity=Severity.INFO,
    profile="strict",
    references="Compose specification, gpus · NIST SP 800-190 3.4.3",
    facts=("gpus",),
    examples=(
        Bad("compose.yaml", "services: {model: {image: 'acme/model:1', gpus: «all»}}"),
        Bad(
            "compose.yaml",
            """
            services:
              model:
                image: acme/model:1
                deploy:
                  resources:
                    reservations:
                      devices:
                        - driver: nvidia
                          count: «all»
                          capabilities: [gpu]
            """,
        ),
        Bad("compose.yaml", "services: {model: {image: 'acme/model:1', devices: [«nvidia.com/gpu=all»]}}"),
        Bad("start.sh", "docker run --gpus «all» acme/model:1\n"),
        Good("compose.yaml", "services: {model: {image: 'acme/model:1', gpus: [{driver: nvidia, count: 1}]}}"),
        Good(
            "compose.yaml",
            """
            services:
              model:
                image: acme/model:1
                deploy: {resources: {reservations: {devices: [{driver: nvidia, device_ids: ['0'], capabilities: [gpu]}]}}}
            """,
        ),
        Good("start.sh", "docker run --gpus 1 acme/model:1\n"),
    ),
)
def every_gpu(container: Container) -> Iterator[Finding]:
    """The container is given every GPU of the host.

    GPUs are shared without limits on memory or time, and what one program leaves in a GPU's memory another can come by. Give it the number
    that it uses.
    """
    gpus = container.fact("gpus")
    if gpus.text == "all":
        yield container.finding(gpus, f"`{container.name}` is given every GPU of the host")
