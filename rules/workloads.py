"""What the containers of a pod share, and what they are told about users and confinement that does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Pod, Safety, Severity, rule

OTHER_GROUP = "65532"
"""A group that no image gives anything to but those that mean nobody by it."""
OUTSIDE = frozenset(
    "gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume "
    "quobyte azureDisk portworxVolume photonPersistentDisk scaleIO storageos".split()
)
"""Types of volumes that restricted forbids (Pod Security Standards v1.37), but for hostPath, which is another rule's."""
DRIVERS = frozenset(
    "nfs.csi.k8s.io smb.csi.k8s.io hostpath.csi.k8s.io file.csi.azure.com blob.csi.azure.com gcsfuse.csi.storage.gke.io".split()
)
"""CSI drivers that mount a share which the pod names inline, as the types above do (kubernetes-csi.github.io/docs/drivers.html)."""
SANDBOXES = ("Sandbox", "SandboxTemplate", "SandboxWarmPool")
"""Kinds of agents.x-k8s.io (github.com/kubernetes-sigs/agent-sandbox) that hold a pod for code that nobody has read."""


@rule(
    "shared-process-namespace",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.16 · ATT&CK T1057",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              shareProcessNamespace: «true»
              containers:
                - {name: web, image: 'acme/web:1'}
                - {name: side, image: 'acme/side:1'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
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
              shareProcessNamespace: false
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def shared_process_namespace(pod: Pod) -> Iterator[Finding]:
    """The containers of a pod see each other's processes.

    Through `/proc` each of them reads the arguments, the environment and, as the same user, the files of the others: a weak sidecar opens
    up the application's secrets. Share only what one container signals to the other.
    """
    shared = pod.fact("share_process_namespace")
    if shared.is_true:
        fix = pod.drop("share_process_namespace", caveat="a container that signals another one, or looks at it, fails")
        yield pod.finding(shared, f"the containers of `{pod.name}` see each other's processes", fix=fix)


@rule(
    "service-links",
    severity=Severity.INFO,
    profile="off",
    references="ATT&CK T1046",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              «containers»:
                - name: web
                  image: acme/web:1
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
              enableServiceLinks: false
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              enableServiceLinks: false
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def service_links(pod: Pod) -> Iterator[Finding]:
    """The environment of a pod names every service of its namespace.

    It is a map of the namespace for whoever gets in, and overwrites variables that happen to have such a name. Programs find services
    by DNS: say `enableServiceLinks: false`.
    """
    links = pod.fact("service_links")
    if links.is_absent or links.is_true:
        fix = pod.set("service_links", False, caveat="what reads variables such as WEB_SERVICE_HOST fails")
        yield pod.finding(links, f"the environment of `{pod.name}` names every service of its namespace", fix=fix)


@rule(
    "volume-from-outside",
    severity=Severity.LOW,
    profile="strict",
    references="PSS restricted",
    also_known_as="trivy:KSV-0028 pss:R:restrictedVolumes",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1'}
              volumes:
                - name: «shared»
                  nfs: {server: nfs.example.com, path: /}
                - {name: «code», gitRepo: {repository: 'https://git.example.com/acme/code'}}
                - {name: scratch, emptyDir: {}}
                - {name: «files», csi: {driver: nfs.csi.k8s.io, volumeAttributes: {server: nfs.example.com, share: /}}}
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
                - {name: web, image: 'acme/web:1'}
              volumes:
                - {name: scratch, emptyDir: }
                - {name: data, persistentVolumeClaim: {claimName: data}}
                - {name: model, image: {reference: 'registry.example.com/acme/model:3'}}
                - {name: secrets, csi: {driver: secrets-store.csi.k8s.io, readOnly: true}}
            """,
        ),
    ),
)
def volume_from_outside(pod: Pod) -> Iterator[Finding]:
    """A pod names storage outside of the cluster by itself.

    Nobody else has a say in which server or disk the node mounts for it, with which options, and the node does so as root; a `gitRepo`
    even runs git there. Use a persistent volume, which is an administrator's.
    """
    for name, kind, told in pod.volumes():
        driver = told.content["driver"].text if kind == "csi" and isinstance(told.content, dict) and "driver" in told.content else ""
        if kind in OUTSIDE or driver in DRIVERS:
            severity = Severity.MEDIUM if kind == "gitRepo" else None
            yield pod.finding(
                name, f"volume `{name.text}` is of the type {driver or kind}, which the node mounts for the pod", severity=severity
            )


@rule(
    "sandbox-without-runtime-class",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1611",
    also_known_as="kubescape:C-0297",
    examples=(
        Bad(
            "sandbox.yaml",
            """
            apiVersion: extensions.agents.x-k8s.io/v1alpha1
            kind: SandboxTemplate
            metadata: {name: python}
            spec:
              podTemplate:
                spec:
                  «containers»:
                    - {name: python, image: 'acme/python:3'}
            """,
        ),
        Good(
            "sandbox.yaml",
            """
            apiVersion: extensions.agents.x-k8s.io/v1alpha1
            kind: SandboxTemplate
            metadata: {name: python}
            spec:
              podTemplate:
                spec:
                  runtimeClassName: gvisor
                  containers:
                    - {name: python, image: 'acme/python:3'}
            """,
        ),
    ),
)
def sandbox_without_runtime_class(pod: Pod) -> Iterator[Finding]:
    """A sandbox for code that nobody has read shares the node's kernel.

    What an agent writes and runs is one kernel flaw away from the node. Name a runtime class that has a kernel of its own (gVisor, Kata
    Containers).
    """
    if pod.kind in SANDBOXES and pod.api_group.endswith("agents.x-k8s.io"):
        runtime = pod.fact("runtime_class")
        if runtime.is_absent or runtime.text in ("runc", "crun"):
            fix = pod.set("runtime_class", "gvisor", safety=Safety.DISPLAY, caveat="it has to be the name of a RuntimeClass of the cluster")
            yield pod.finding(runtime, f"`{pod.name}` runs its code on the node's own kernel", fix=fix)


@rule(
    "ignored-seccomp-annotation",
    severity=Severity.LOW,
    references="CIS Kubernetes 5.7.2",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                seccomp.security.alpha.kubernetes.io/pod: «runtime/default»
            spec:
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                seccomp.security.alpha.kubernetes.io/pod: runtime/default
            spec:
              containers:
                - {name: web, image: 'acme/web:1'}
              securityContext:
                seccompProfile:
                  type: RuntimeDefault
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations: {seccomp.security.alpha.kubernetes.io/pod: runtime/default}
            spec:
              securityContext: {seccompProfile: {type: RuntimeDefault}}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def ignored_seccomp_annotation(pod: Pod) -> Iterator[Finding]:
    """A seccomp profile is asked for by an annotation that nothing reads.

    Kubernetes dropped these annotations in v1.27, so the pod runs without the profile. Write `seccompProfile` into the security context.
    """
    if all(container.fact("seccomp").is_absent for container in pod.containers):
        for profile in pod.fact("seccomp_annotations"):
            fix = None
            if profile.text in ("runtime/default", "docker/default"):
                fix = pod.set("seccomp", "default", caveat="what the profile denies fails with EPERM")
                fix.touches += tuple((container.address, "seccomp") for container in pod.containers)
            message = f"this gives `{pod.name}` no seccomp profile since Kubernetes v1.27; use `seccompProfile`"
            yield pod.finding(profile, message, fix=fix)


@rule(
    "root-group",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Kubernetes 5.2.7",
    also_known_as="trivy:KSV-0116 kube-linter:run-as-non-root kubescape:C-0013",
    examples=(
        Bad("compose.yaml", "services: {app: {image: 'acme/app:1', user: '1000', group_add: [audio, «root»]}}"),
        Bad("start.sh", "docker run --user 1000 --group-add «0» acme/app:1\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', user: '1000', group_add: [audio, '1000']}}"),
        Good("start.sh", "docker run --user 1000 --group-add audio acme/app:1\n"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                runAsUser: 1000
                fsGroup: «0»
                supplementalGroups: [2000, «0»]
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {runAsGroup: «0»}}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
    ),
)
def root_group(subject: Pod | Container) -> Iterator[Finding]:
    """A container is in root's group.

    Much of what an image or a mounted path keeps from others can be read, and some of it written, by that group. Give the application a
    group of its own.
    """
    if isinstance(subject, Container):
        own, message = "group", f"`{subject.name}` runs in root's group"
    else:
        own, message = "file_system_group", f"the containers of `{subject.name}` are in root's group"
    caveat = "files that only root's group may use are then closed to it"
    if subject.fact(own).text in ("0", "root"):
        yield subject.finding(subject.fact(own), message, fix=subject.set(own, OTHER_GROUP, caveat=caveat))
    for group in subject.fact("groups"):
        if group.text in ("0", "root"):
            yield subject.finding(group, message, fix=subject.remove("groups", group, caveat=caveat))


@rule(
    "root-refused",
    severity=Severity.LOW,
    profile="strict",
    references="PSS restricted",
    also_known_as="kube-linter:run-as-non-root",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsNonRoot: «true»}
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {runAsUser: 0}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsNonRoot: true}
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {runAsUser: 65532}}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext: {runAsNonRoot: true, runAsUser: 0}
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {runAsUser: 1000}}
                - {name: side, image: 'acme/side:1', securityContext: {runAsNonRoot: false}}
            """,
        ),
    ),
)
def root_refused(container: Container) -> Iterator[Finding]:
    """A container asks to run as root and to be refused for it.

    The kubelet does not start it. Give it another user; where it has to be root, say `runAsNonRoot: false` for this container alone.
    """
    enforced, user = container.fact("non_root_enforced"), container.fact("user")
    if enforced.is_true and user.is_known and user.text == "0":
        fix = container.set("user", "65532", caveat="it cannot write what belongs to root, nor listen below 1024")
        message = f"`{container.name}` is to run as root, which this refuses, so it does not start"
        yield container.finding(enforced, message, fix=fix)


@rule(
    "ssh-port-in-pod",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.7 · ATT&CK T1021.004",
    also_known_as="kube-linter:ssh-port",
    facts=("listens_on",),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', ports: [{containerPort: 80}, {containerPort: «22»}]}
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
                - {name: web, image: 'acme/web:1', ports: [{containerPort: 2222}]}
            """,
        ),
    ),
)
def ssh_port_in_pod(container: Container) -> Iterator[Finding]:
    """A container runs an SSH server.

    That is a second way in, with accounts and keys of its own, past the cluster's access control and log. Use `kubectl exec`; where SSH
    is the application (a git server), say so in a suppression.
    """
    for port in container.fact("listens_on"):
        if port.text == "22":
            yield container.finding(port, f"`{container.name}` listens on port 22, where SSH does")
