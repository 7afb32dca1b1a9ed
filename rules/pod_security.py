"""The Pod Security Standards of Kubernetes v1.37: what each level forbids, control by control.

The controls are those of kubernetes.io/docs/concepts/security/pod-security-standards and of the `policy` folder of
github.com/kubernetes/pod-security-admission, which decides in doubt (both read in November 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from capdrop import Bad, Container, Finding, Fix, Good, Pod, Severity, Value, rule

Violation = tuple[Container | Pod, Value, str, Fix | None]
Control = Callable[[Pod], Iterator[Violation]]

CAPABILITIES = frozenset(
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split()
)
"""What baseline lets a container add; of these restricted allows NET_BIND_SERVICE alone. They are compared letter by letter."""
SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
SYSCTLS = frozenset(
    "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range "
    "net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout "
    "net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem "
    "net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat".split()
)
VOLUMES = frozenset(
    "gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume "
    "quobyte azureDisk portworxVolume photonPersistentDisk scaleIO storageos".split()
)
"""What restricted forbids beside hostPath."""
PROFILES = ("default", "localhost", "")
REFUSED = "an image that starts as root, or as a user that has a name and no number, is refused"
BREAKS = "what relies on it fails"


def _all_of(pod: Pod) -> tuple[Container | Pod, ...]:
    """A pod, whose own settings count even where every container has others, and its containers."""
    return (pod, *pod.containers)


def _host_process(pod: Pod) -> Iterator[Violation]:
    for one in _all_of(pod):
        value = one.fact("host_process")
        if value.is_true:
            yield one, value, f"`{one.name}` is a process of its Windows node", None


def _host_namespaces(pod: Pod) -> Iterator[Violation]:
    for fact, shared in (("host_network", "network"), ("host_pid", "processes"), ("host_ipc", "IPC namespace")):
        for container in pod.containers:
            value = container.fact(fact)
            if value.is_true:
                yield container, value, f"`{pod.name}` shares its node's {shared}", container.drop(fact, caveat=BREAKS)


def _privileged(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        value = container.fact("privileged")
        if value.is_true:
            yield container, value, f"`{container.name}` is privileged", container.drop("privileged", caveat=BREAKS)


def _capabilities(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        for item in container.fact("capabilities_added"):
            if item.is_known and item.text not in CAPABILITIES:
                fix = container.remove("capabilities_added", item, caveat=BREAKS)
                yield container, item, f"`{container.name}` adds {item.text}", fix


def _host_paths(pod: Pod) -> Iterator[Violation]:
    for name, kind, _ in pod.volumes():
        if kind == "hostPath":
            yield pod, name, f"volume `{name.text}` is a path of the node", None


def _host_ports(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        for port in container.fact("host_ports"):
            fix = container.remove("host_ports", port, caveat="it is reached through a service only")
            yield container, port, f"`{container.name}` takes port {port.text or '?'} of its node", fix


def _apparmor(pod: Pod) -> Iterator[Violation]:
    for one in _all_of(pod):
        value = one.fact("apparmor")
        if value.is_known and value.text not in PROFILES and not value.text.startswith("localhost/"):
            yield one, value, f"`{one.name}` has no AppArmor profile", one.set("apparmor", "default", caveat=BREAKS)
    for value in pod.fact("apparmor_annotations"):
        if value.text not in ("", "runtime/default") and not value.text.startswith("localhost/"):
            yield pod, value, f"an annotation of `{pod.name}` names the AppArmor profile `{value.text}`", None


def _selinux(pod: Pod) -> Iterator[Violation]:
    for one in _all_of(pod):
        value = one.fact("selinux")
        if value.is_known and value.text not in SELINUX_TYPES:
            written = value.source[value.span].strip("\"'")
            yield one, value, f"`{one.name}` runs as the SELinux type {written}", one.drop("selinux", caveat=BREAKS)
        for fact, what in (("selinux_user", "user"), ("selinux_role", "role")):
            value = one.fact(fact)
            if value.text:
                yield one, value, f"`{one.name}` sets an SELinux {what}", one.drop(fact, caveat=BREAKS)


def _proc_mount(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        value = container.fact("kernel_paths")
        if value.text not in PROFILES and not pod.fact("host_users").is_false:
            yield container, value, f"`{container.name}` lays open all of /proc", container.drop("kernel_paths", caveat=BREAKS)


def _seccomp(pod: Pod) -> Iterator[Violation]:
    for one in _all_of(pod):
        value = one.fact("seccomp")
        if value.is_known and value.text not in PROFILES[:2]:
            yield one, value, f"`{one.name}` has no seccomp profile", one.set("seccomp", "default", caveat=BREAKS)


def _sysctls(pod: Pod) -> Iterator[Violation]:
    for one in _all_of(pod):
        for item in one.fact("sysctls"):
            name = item.text.partition("=")[0]
            if item.is_known and name not in SYSCTLS:
                yield one, item, f"`{pod.name}` sets {name}", one.remove("sysctls", item, caveat=BREAKS)


def _probe_hosts(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        for host in container.fact("probe_hosts"):
            fix = container.remove("probe_hosts", host, caveat="the probe then asks the container itself")
            yield container, host, f"a probe or hook of `{container.name}` has the node connect to {host.text or 'a host'}", fix


BASELINE: Mapping[str, Control] = {
    "windowsHostProcess": _host_process,
    "hostNamespaces": _host_namespaces,
    "privileged": _privileged,
    "capabilities": _capabilities,
    "hostPathVolumes": _host_paths,
    "hostPorts": _host_ports,
    "appArmorProfile": _apparmor,
    "seLinuxOptions": _selinux,
    "procMount": _proc_mount,
    "seccompProfile": _seccomp,
    "sysctls": _sysctls,
    "hostProbesAndHostLifecycle": _probe_hosts,
}


def _volumes(pod: Pod) -> Iterator[Violation]:
    for name, kind, _ in pod.volumes():
        if kind in VOLUMES:
            yield pod, name, f"volume `{name.text}` is of the type {kind}", None


def _escalation(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        value = container.fact("no_new_privileges")
        if value.is_false or pod.lacks(value):
            fix = container.set("no_new_privileges", True, caveat="setuid programs such as sudo stop working")
            yield container, value, f"nothing keeps the processes of `{container.name}` from gaining privileges", fix


def _non_root(pod: Pod) -> Iterator[Violation]:
    own = pod.fact("non_root_enforced")
    if own.is_false and not pod.fact("host_users").is_false:
        fix = pod.set("non_root_enforced", True, caveat=REFUSED)
        yield pod, own, f"`{pod.name}` lets its containers run as root", fix
    for container in pod.containers:
        value = container.fact("non_root_enforced")
        if value.is_false or pod.lacks(value, exempt_on_windows=False):
            fix = container.set("non_root_enforced", True, caveat=REFUSED)
            yield container, value, f"`{container.name}` does not refuse to run as root", fix


def _root(pod: Pod) -> Iterator[Violation]:
    for one in _all_of(pod):
        value = one.fact("user")
        if value.is_known and value.text.isdigit() and not int(value.text) and not pod.fact("host_users").is_false:
            yield one, value, f"`{one.name}` runs as root", None


def _seccomp_missing(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        value = container.fact("seccomp")
        if pod.lacks(value):
            fix = container.set("seccomp", "default", caveat="a program that needs a blocked system call fails")
            yield container, value, f"`{container.name}` asks for no seccomp profile", fix


def _capabilities_kept(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        dropped = container.fact("capabilities_dropped")
        known = dropped.is_known and not any(item.text == "ALL" or item.is_unknown for item in dropped)
        if known or pod.lacks(dropped):
            fix = container.append("capabilities_dropped", "ALL", caveat="what needs one of the default capabilities fails")
            yield container, dropped, f"`{container.name}` does not drop ALL capabilities", fix
        for item in container.fact("capabilities_added"):
            if item.text in CAPABILITIES and item.text != "NET_BIND_SERVICE" and pod.fact("os").text != "windows":
                yield container, item, f"`{container.name}` adds {item.text}", container.remove("capabilities_added", item, caveat=BREAKS)


def _proc_mount_in_namespace(pod: Pod) -> Iterator[Violation]:
    for container in pod.containers:
        value = container.fact("kernel_paths")
        if value.text not in PROFILES and pod.fact("host_users").is_false:
            yield container, value, f"`{container.name}` lays open all of /proc", container.drop("kernel_paths", caveat=BREAKS)


RESTRICTED: Mapping[str, Control] = {
    "restrictedVolumes": _volumes,
    "allowPrivilegeEscalation": _escalation,
    "runAsNonRoot": _non_root,
    "runAsUser": _root,
    "seccompProfile": _seccomp_missing,
    "capabilities": _capabilities_kept,
    "procMount": _proc_mount_in_namespace,
}
"""What restricted forbids beyond baseline."""


def _findings(pod: Pod, controls: Mapping[str, Control], exempt: Iterable[str]) -> Iterator[Finding]:
    for name, control in controls.items():
        if name not in exempt:
            for subject, value, message, fix in control(pod):
                yield subject.finding(value, f"{name}: {message}", fix=fix)


@rule(
    "pod-security-baseline",
    severity=Severity.HIGH,
    profile="off",
    references="PSS baseline · CIS Kubernetes 5.2 · NIST SP 800-190 3.4.3",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                container.apparmor.security.beta.kubernetes.io/gone: «unconfined»
            spec:
              hostNetwork: «true»
              securityContext:
                seccompProfile: {type: «Unconfined»}
                sysctls:
                  - {name: «net.core.somaxconn», value: "1024"}
                  - {name: net.ipv4.tcp_syncookies, value: "1"}
              containers:
                - name: web
                  image: acme/web:1
                  ports:
                    - {containerPort: 80, hostPort: «80»}
                  securityContext:
                    capabilities: {add: [«CAP_CHOWN», KILL]}
                    seccompProfile: {type: RuntimeDefault}
              volumes:
                - name: «logs»
                  hostPath: {path: /var/log/web}
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
                  livenessProbe:
                    httpGet:
                      path: /health
                      port: 80
                      host: «10.0.0.1»
                  securityContext:
                    procMount: «Unmasked»
                    privileged: false
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  livenessProbe:
                    httpGet:
                      path: /health
                      port: 80
                  securityContext:
                    privileged: false
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              hostUsers: false
              containers:
                - name: web
                  image: acme/web:1
                  securityContext: {procMount: Unmasked, runAsUser: 0, capabilities: {add: [KILL]}}
              volumes:
                - {name: shared, nfs: {server: nfs.example.com, path: /}}
            """,
        ),
        Good("compose.yaml", "services: {web: {image: 'acme/web:1', privileged: true}}"),
    ),
)
def pod_security_baseline(pod: Pod, *, exempt: tuple[str, ...] = ()) -> Iterator[Finding]:
    """A pod does not reach the baseline level of the Pod Security Standards.

    A namespace that enforces it refuses the pod. Each finding begins with the control of Kubernetes v1.37 that is violated:
    windowsHostProcess, hostNamespaces, privileged, capabilities, hostPathVolumes, hostPorts, appArmorProfile, seLinuxOptions, procMount,
    seccompProfile, sysctls or hostProbesAndHostLifecycle; the option `exempt` takes those that are not to be looked at. This is what
    `capdrop check --pss baseline` uses. It judges as the cluster does, letter by letter, and so speaks about some things that do no
    harm: an unsafe default of the pod that every container overrides, or an annotation for a container that is gone.
    """
    yield from _findings(pod, BASELINE, exempt)


@rule(
    "pod-security-restricted",
    severity=Severity.MEDIUM,
    profile="off",
    references="PSS restricted · CIS Kubernetes 5.2",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                runAsUser: «0»
                seccompProfile: {type: RuntimeDefault}
              containers:
                - name: web
                  image: acme/web:1
                  securityContext:
                    runAsNonRoot: «false»
                    runAsUser: 1000
                    allowPrivilegeEscalation: «true»
                    capabilities:
                      drop: «[NET_RAW]»
              volumes:
                - name: «shared»
                  nfs: {server: nfs.example.com, path: /}
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
                runAsNonRoot: true
                seccompProfile: {type: Localhost, localhostProfile: web.json}
              containers:
                - «name: web»
                  image: acme/web:1
                  securityContext:
                    capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                runAsNonRoot: true
                seccompProfile: {type: Localhost, localhostProfile: web.json}
              containers:
                - name: web
                  image: acme/web:1
                  securityContext:
                    capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
                    allowPrivilegeEscalation: false
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
              securityContext: {runAsNonRoot: true}
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
            spec: {template: {spec: {containers: [{name: web, resources: {limits: {memory: 64Mi}}}]}}}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}
              volumes:
                [{name: a, configMap: {name: a}}, {name: b, downwardAPI: {items: []}}, {name: c, projected: {sources: []}},
                {name: d, emptyDir: {}}, {name: e, secret: {secretName: e}}, {name: f, csi: {driver: a.io}},
                {name: g, image: {reference: 'acme/g:1'}}, {name: h, persistentVolumeClaim: {claimName: h}},
                {name: i, ephemeral: {volumeClaimTemplate: {spec: {}}}}]
            """,
        ),
    ),
)
def pod_security_restricted(pod: Pod, *, exempt: tuple[str, ...] = ()) -> Iterator[Finding]:
    """A pod does not reach the restricted level of the Pod Security Standards.

    A namespace that enforces it refuses the pod. Each finding begins with the control of Kubernetes v1.37 that is violated:
    restrictedVolumes, allowPrivilegeEscalation, runAsNonRoot, runAsUser, seccompProfile, capabilities or procMount; the option `exempt`
    takes those that are not to be looked at. What baseline forbids already is told by `pod-security-baseline`. This is what
    `capdrop check --pss restricted` uses, beside that rule.
    """
    yield from _findings(pod, RESTRICTED, exempt)


@rule(
    "pod-security-level",
    severity=Severity.INFO,
    profile="off",
    references="PSS baseline · PSS restricted",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              «containers»:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
        Good(
            "patch.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {spec: {containers: [{name: web, resources: {limits: {memory: 64Mi}}}]}}}
            """,
        ),
    ),
)
def pod_security_level(pod: Pod) -> Iterator[Finding]:
    """The level of the Pod Security Standards that a workload reaches.

    It is `restricted`, `baseline` or, where a control of baseline is violated, `privileged`, by the controls of Kubernetes v1.37.
    `capdrop check --pss` tells it of every workload, so that the policy of a namespace can be chosen by what runs in it. Of a template or
    a patch it is not known.
    """
    if not pod.is_whole:
        return
    below = [_number(pod, controls) for controls in (BASELINE, RESTRICTED)]
    if below[0]:
        told = f"privileged: {_things(below[0])} from baseline, {_things(sum(below))} from restricted"
    elif below[1]:
        told = f"baseline: {_things(below[1])} from restricted"
    else:
        told = "restricted"
    yield pod.finding(pod.span, f"`{pod.address}` reaches {told}")


def _number(pod: Pod, controls: Mapping[str, Control]) -> int:
    """How many different places violate controls."""
    places = {(name, value.span) for name, control in controls.items() for _, value, _, _ in control(pod)}
    return len(places)


def _things(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"
