"""Capabilities: the parts of root's power."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Container, Finding, Fix, Good, Safety, Severity, Value, rule

ORDINARY = frozenset(
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split()
)
"""What PSS baseline lets a container add: Docker's default set without NET_RAW."""

POWERS = {
    "ALL": (Severity.CRITICAL, "every capability, and with them root on the host"),
    "SYS_ADMIN": (Severity.CRITICAL, "mounting, namespaces and much more: root on the host"),
    "SYS_MODULE": (Severity.CRITICAL, "loading kernel modules: root on the host"),
    "SYS_RAWIO": (Severity.CRITICAL, "raw access to memory and devices: root on the host"),
    "BPF": (Severity.HIGH, "programs in the kernel"),
    "DAC_READ_SEARCH": (Severity.HIGH, "reading any file of the host by its handle"),
    "MAC_ADMIN": (Severity.HIGH, "changing the rules of AppArmor, SELinux or Smack"),
    "MAC_OVERRIDE": (Severity.HIGH, "stepping over the rules of Smack and others"),
    "SYS_BOOT": (Severity.HIGH, "booting another kernel"),
    "NET_ADMIN": (Severity.MEDIUM, "changing interfaces, routes and firewall rules of its network"),
    "PERFMON": (Severity.MEDIUM, "watching every process of the host"),
    "SYS_PTRACE": (Severity.MEDIUM, "reading and changing the memory of other processes"),
    "SYS_TIME": (Severity.MEDIUM, "setting the clock of the host"),
}
"""What the dangerous ones give (capabilities(7), open_by_handle_at(2), kexec_load(2))."""

OTHERS = frozenset(
    "AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND CHECKPOINT_RESTORE IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE NET_BROADCAST NET_RAW SYSLOG "
    "SYS_NICE SYS_PACCT SYS_RESOURCE SYS_TTY_CONFIG WAKE_ALARM".split()
)
"""The rest of those that Linux has (capabilities(7))."""

WORSE_WITH = {"NET_ADMIN": ("host_network", Severity.HIGH), "SYS_PTRACE": ("host_pid", Severity.CRITICAL)}
"""Capabilities that reach the host where the container shares this with it."""

PURPOSES = {
    "NET_ADMIN": "network", "SYS_MODULE": "modules", "SYS_PTRACE": "processes", "PERFMON": "processes", "DAC_READ_SEARCH": "processes",
    "SYS_TIME": "clock", "SYS_RAWIO": "devices", "SYS_ADMIN": "kernel", "BPF": "kernel", "SYS_BOOT": "kernel",
}  # fmt: skip
"""What of the host a container is made to use that must have this."""


@rule(
    "dangerous-capability",
    severity=Severity.HIGH,
    references="ATT&CK T1611 · PSS baseline · CIS Docker 5.4 · CIS Kubernetes 5.2.9 · NIST SP 800-190 3.4.3 · capabilities(7)",
    also_known_as=(
        "compose-lint:CL-0011 compose-lint:CL-0024 compose-lint:CL-0027 compose-lint:CL-0028 trivy:KSV-0005 trivy:KSV-0120 "
        "checkov:CKV_K8S_39 kics:ce76b7d0 kics:235236ee kubesec:CapSysAdmin polaris:dangerousCapabilities kubescape:C-0046 "
        "docksec:compose-dangerous-capabilities kube-linter:privilege-escalation-container"
    ),
    facts=("capabilities_added",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              agent:
                image: acme/agent:3
                cap_add: [«CAP_SYS_ADMIN», NET_BIND_SERVICE]
            """,
            fixed="""
            services:
              agent:
                image: acme/agent:3
                cap_add: [NET_BIND_SERVICE]
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              vpn:
                image: acme/vpn:3
                cap_add:
                  - «net_admin»
                  - «sys_time»
                restart: always
            """,
            fixed="""
            services:
              vpn:
                image: acme/vpn:3
                restart: always
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
                    capabilities:
                      drop: [ALL]
                      add: [«"ALL"»]
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
                    capabilities:
                      drop: [ALL]
            """,
        ),
        Bad("start.sh", "docker run -d --cap-add «SYS_ADMIN» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', cap_drop: [ALL], cap_add: [NET_BIND_SERVICE, chown, CAP_SETUID]}}"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', cap_add: [CAP_ALL]}}"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', cap_add: ['${CAPABILITY}', SYS_NICE]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}
            """,
        ),
    ),
)
def dangerous_capability(container: Container) -> Iterator[Finding]:
    """A capability reaches out of the container.

    Root in a container is harmless as far as its capabilities are. Some of them give it the host outright, others the host's
    network, clock or processes. Most programs that ask for one of these need something smaller: a device, a port, a volume.

    Confidence is low where the same file has the container privileged, which has them all anyway, and where the image or a device of the
    container is made for what needs it: with `/dev/net/tun` it makes tunnels.
    """
    for item in container.fact("capabilities_added"):
        name = plain_name(item)
        if name in POWERS:
            severity, gives = POWERS[name]
            shared, worse = WORSE_WITH.get(name, ("", severity))
            if shared and container.fact(shared).is_true:
                severity, gives = worse, f"{gives}, here the host's"
            yield container.finding(
                item,
                f"`{container.name}` adds {item.text}: {gives}",
                severity=severity,
                confidence=Confidence.LOW if has_it_anyway(container) else container.doubt(PURPOSES.get(name, "")),
                fix=_without(container, item),
            )


def has_it_anyway(container: Container) -> bool:
    """Whether the same file has the container privileged."""
    privileged = container.fact("privileged")
    return privileged.is_true and privileged.source is container.source


BEYOND = "which containers do not have by default"


@rule(
    "extra-capability",
    severity=Severity.LOW,
    profile="strict",
    references="PSS baseline · CIS Docker 5.4 · CIS Kubernetes 5.2.8 · CIS Kubernetes 5.2.9 · ATT&CK T1557 · ATT&CK T1499 · ATT&CK T1613",
    also_known_as=(
        "compose-lint:CL-0029 compose-lint:CL-0030 trivy:KSV-0022 trivy:KSV-0119 trivy:KSV-0106 checkov:CKV_K8S_25 kics:19ebaa28 "
        "kics:ce76b7d0 pss:B:capabilities pss:R:capabilities"
    ),
    facts=("capabilities_added",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              db:
                image: acme/db:3
                cap_add:
                  - «IPC_LOCK»
                  - CHOWN
                  - SYS_ADMIN
            """,
            fixed="""
            services:
              db:
                image: acme/db:3
                cap_add:
                  - CHOWN
                  - SYS_ADMIN
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
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {add: [«NET_RAW», CHOWN]}}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {add: [CHOWN]}}}
            """,
        ),
        Bad("start.sh", "docker run -d --cap-add «SYS_NICE» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', cap_add: [NET_BIND_SERVICE, CAP_CHOWN]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {add: [NET_BIND_SERVICE, CHOWN, KILL, MKNOD, SETUID]}}}
            """,
        ),
    ),
)
def extra_capability(container: Container) -> Iterator[Finding]:
    """A capability is added that containers do not have by default.

    None of these gives away the host by itself, but each lets the container disturb it or look at it: memory that cannot be
    swapped, real-time priority, the kernel's log, forged packets. Add none that is not known to be needed.
    """
    for item in container.fact("capabilities_added"):
        name = plain_name(item)
        if name in OTHERS:
            yield container.finding(
                item,
                f"`{container.name}` adds {item.text}, {'by which packets are forged' if name == 'NET_RAW' else BEYOND}",
                fix=_without(container, item),
            )


@rule(
    "capabilities-not-dropped",
    severity=Severity.LOW,
    profile="strict",
    references="PSS restricted · CIS Docker 5.4 · CIS Kubernetes 5.2.8 · CIS Kubernetes 5.2.10 · ATT&CK T1548.001 · ATT&CK T1557",
    also_known_as=(
        "compose-lint:CL-0006 trivy:KSV-0003 trivy:KSV-0004 trivy:KSV-0106 checkov:CKV_K8S_37 checkov:CKV_K8S_28 kics:ce76b7d0 "
        "kics:268ca686 kics:dbbc6705 kube-linter:drop-net-raw-capability polaris:insecureCapabilities kubesec:CapDropAll "
        "kubesec:CapDropAny pss:R:capabilities"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              «web»:
                image: nginx:1.29
            """,
            fixed="""
            services:
              web:
                image: nginx:1.29
                cap_drop: [ALL]
                cap_add: [CHOWN, NET_BIND_SERVICE, SETGID, SETUID]
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
              - «name: web»
                image: acme/web:1
              - name: side
                image: acme/side:1
                securityContext:
                  capabilities:
                    drop:
                    «- NET_RAW»   # at least
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
                  capabilities:
                    drop:
                    - ALL
              - name: side
                image: acme/side:1
                securityContext:
                  capabilities:
                    drop:
                    - NET_RAW   # at least
                    - ALL
            """,
        ),
        Bad("start.sh", "docker «run» -d acme/app:1\n", fixed="docker run --cap-drop ALL -d acme/app:1\n"),
        Good("start.sh", "docker run --cap-drop ALL -d acme/app:1\n"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', cap_drop: [all]}}"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', cap_drop: ['${DROPPED}']}}"),
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
        Good(
            "patch.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers:
                    - {name: web, resources: {limits: {memory: 64Mi}}}
            """,
        ),
    ),
)
def capabilities_not_dropped(container: Container) -> Iterator[Finding]:
    """The container keeps the default capabilities.

    A container starts with about fourteen capabilities and most programs need none. Drop all and add back the ones that are
    missed; the fix adds those that the image is known to need, as databases and web servers do that start as root and step down.
    """
    dropped = container.fact("capabilities_dropped")
    if dropped.is_unknown or any(item.is_unknown or item.text.upper() == "ALL" for item in dropped):
        return
    fix = (
        container.append("capabilities_dropped", "ALL", safety=Safety.SAFE)
        if cannot_use_any(container)
        else container.without_capabilities()
    )
    yield container.finding(dropped, f"`{container.name}` does not drop all capabilities", fix=fix)


@rule(
    "unknown-capability",
    severity=Severity.MEDIUM,
    references="capabilities(7) · CIS Docker 5.4 · CWE-1173",
    facts=("capabilities_added", "capabilities_dropped"),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              web:
                image: nginx:1.29
                cap_drop: [«NET_RWA», CAP_MKNOD, net_raw]
                cap_add: [«SYS_ADMN»]
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
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {drop: [«NET_RAWS»], add: [NET_BIND_SERVICE]}}}
            """,
        ),
        Good(
            "compose.yaml",
            "services: {web: {image: 'nginx:1.29', cap_drop: [ALL], cap_add: ['${CAPABILITY}', CAP_CHOWN, chown, SYS_NICE]}}",
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {drop: [all], add: [CHECKPOINT_RESTORE]}}}
            """,
        ),
    ),
)
def unknown_capability(container: Container) -> Iterator[Finding]:
    """A capability is named that Linux does not have.

    Some runtimes refuse the container, and others drop or add nothing without a word. Write the name as capabilities(7) has it, without
    `CAP_` in a pod.
    """
    for fact, does in (("capabilities_added", "adds"), ("capabilities_dropped", "drops")):
        for item in container.fact(fact):
            name = plain_name(item)
            if name and name not in ORDINARY and name not in POWERS and name not in OTHERS:
                yield container.finding(item, f"`{container.name}` {does} {item.text}, which is no capability{_meant(name)}")


def _meant(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [*ORDINARY, *POWERS, *OTHERS], 1)
    return f"; did you mean `{near[0]}`?" if near else ""


def cannot_use_any(container: Container) -> bool:
    """Whether no process in it can hold a default capability: its user is a number other than root's, so that the kernel takes them away
    with the first program, and no later program gives any back (capabilities(7), "Transformation of capabilities during execve()";
    PR_SET_NO_NEW_PRIVS(2const)). One that is added may be kept: Podman makes those ambient."""
    number = container.fact("user").text.partition(":")[0]
    is_nobody = number.isdigit() and int(number) > 0
    return is_nobody and container.fact("no_new_privileges").is_true and not container.fact("privileged").is_true


def plain_name(item: Value) -> str:
    """A capability's name without its prefix; nothing for what is unknown or no capability (`CAP_ALL` is none)."""
    name = item.text.upper()
    return "" if name == "CAP_ALL" else name.removeprefix("CAP_")


def _without(container: Container, item: Value) -> Fix:
    """A fix that no longer adds a capability; safe where `privileged` gives all of them anyway, whatever else is written."""
    if container.fact("privileged").is_true:
        return container.remove("capabilities_added", item, safety=Safety.SAFE)
    return container.remove("capabilities_added", item, caveat="what needs the capability fails")
