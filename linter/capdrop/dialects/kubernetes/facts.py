"""The facts of a container in Kubernetes' words (API reference v1.37: PodSpec, Container, SecurityContext)."""

from __future__ import annotations

import re

from ...finding import Edit
from ...model.container import is_root
from ...model.subject import Change, Refused
from ...model.value import Value
from ...source import Source, Span
from ...syntax.yaml import Mapping, Scalar
from ..yaml_facts import Cell, Choice, FactTable, Flag, Items, Site, append, drop
from ..yaml_view import Field, Section, items_of
from .objects import value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

_PROFILES = {"RuntimeDefault": "default", "Unconfined": "unconfined", "Localhost": "localhost"}
_APPARMOR_WORDS = {"runtime/default": "default", "docker/default": "default"}
_APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_ANNOTATIONS = ("seccomp.security.alpha.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/")
_SELINUX = {"spc_t": "disable", "unconfined_t": "disable"}
_FABRICS = ("google.com/tpu", "vpc.amazonaws.com/efa", "rdma/")
"""Devices whose containers talk to each other past the cluster's network (https://cloud.google.com/kubernetes-engine/docs/how-to/
tpu-multislice; https://docs.aws.amazon.com/eks/latest/userguide/node-efa.html; https://github.com/Mellanox/k8s-rdma-shared-dev-plugin)."""
_TRIED_OUT = frozenset({"busybox", "pause"})
"""Images of which alone a pod is made to try something out, or to hold a place."""
_SYSTEM_PRIORITIES = ("system-node-critical", "system-cluster-critical")
_KUBELET = ("/var/lib/kubelet", "/var/lib/edged")
_USER_NAME = "securityContext.windowsOptions.runAsUserName"
_HOOK = "helm.sh/hook"
"""The annotation that says when Helm runs an object by itself (helm.sh/docs/topics/chart_tests)."""
_DAEMONS = ("daemon", "node", "system")
_PARAMETERS = ("/proc/sys/", "/sys/kernel/mm/", "/sys/module/", "/sys/block/")
"""Files of the kernel that are parameters of a node (docs.kernel.org/admin-guide/sysctl)."""
_OF_PODS = ("net.", "kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
"""Parameters that a pod has of its own, so that `securityContext.sysctls` sets them (kubernetes.io/docs/tasks/administer-cluster/
sysctl-cluster)."""
_ENTERING = frozenset({"nsenter", "chroot"})
_INSTALLING = frozenset({"install", "installer"})
_OF_NODES = frozenset("insmod ip6tables ipset iptables modprobe".split())
_OF_ROUTES = frozenset("ip6tables ipset iptables nft tc".split())
_ROUTED = frozenset("addr address link route rule tuntap".split())
"""Programs that take NET_ADMIN, and what ip(8) changes with it."""
_OF_NETWORKS = frozenset("/lib/modules /opt/cni /opt/cni/bin /host/opt/cni/bin /etc/cni/net.d /run/netns /var/run/netns".split())
"""What a container that keeps the networks of a node is given of it (github.com/containernetworking/cni)."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")
_POWER = "CAP_SYS_ADMIN"


class PodSite(Site):
    """A container, the pod it is in, the annotations of that pod, and its place in the cluster."""

    __slots__ = ("annotations", "place")

    def __init__(
        self, source: Source, span: Span, own: Section, pod: Section, annotations: Section, *, silence: str, fixable: bool
    ) -> None:
        super().__init__(source, span, own, pod, silence=silence, fixable=fixable)
        self.annotations = annotations
        self.place = ""

    def mounted(self) -> Iterator[str]:
        for node, trail, shared in self.own.items("volumeMounts"):
            yield Section(self.source, node, trail, shared).text("mountPath")


class AppArmor(Choice):
    """`appArmorProfile`, or else the annotation that came before it."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return ()

    def read(self, site: Site) -> Value:
        value = super().read(site)
        field = self._annotation(site)
        if field is None or not (value.is_absent or value.is_unknown):
            return value
        value = site.scalar(field)
        return value.replaced(_APPARMOR_WORDS.get(value.text, value.text)) if value.is_known else value

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if not super().read(site).is_known and self._annotation(site) is not None:
            raise Refused("an annotation says it; write `appArmorProfile` in its place")
        return super().write(site, change)

    def _annotation(self, site: Site) -> Field | None:
        return site.annotations.get(_APPARMOR_ANNOTATION + site.own.text("name")) if isinstance(site, PodSite) else None


class User(Cell):
    """`runAsUser`, of the container or else of its pod; on Windows `runAsUserName`. With `hostUsers: false` root is nobody on the host."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return ()

    def read(self, site: Site) -> Value:
        value = _in_user_namespace(site) or super().read(site)
        if not value.is_known:
            name = site.field(_USER_NAME, "either")
            if name is not None:
                return site.scalar(name)
        if value.is_unknown or (value.is_known and not is_root(value.text)):
            return value
        from ..leaving_root import told

        return told(value, site, "command", "args")

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        return super().write(site, change) if site.field(_USER_NAME, "either") is None else Cell(_USER_NAME, "either").write(site, change)

    def spelled(self, content: object) -> str:
        return str(content).partition(":")[0]


class NonRoot(Flag):
    """`runAsNonRoot`, of the container or else of its pod."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return ()

    def read(self, site: Site) -> Value:
        return _in_user_namespace(site) or super().read(site)


class Place(Cell):
    """The places of a container in its cluster, as the kind, namespace and priority of its pod, the volumes that it mounts for others,
    the devices that it asks for, and what it is called and runs tell."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        place = site.place if isinstance(site, PodSite) else ""
        if not place and any(name.startswith(_FABRICS) for name in site.own.section("resources.limits").fields):
            place = "fabric"
        place = f"{place} {_part_in_its_node(site, place)}".strip()
        return Value.known(place, site.source, site.span) if place else Value.absent(site.source, site.span)


def _part_in_its_node(site: Site, place: str) -> str:
    """What a container is for its node, by its name and what it runs: "setter" where it sets parameters of the node's kernel, or runs on
    every node and installs something there, loads modules or keeps its networks; "setter entrant" where it goes on every node on in
    the host's namespaces or folders; "router" where it changes the routes or rules of its network; else nothing."""
    written = [field.source[field.value.span] for key in ("command", "args") if (field := site.own.get(key)) is not None]
    words = [word for text in written for word in re.split(r"[^\w./=-]+", text)]
    programs = {word.rpartition("/")[2] for word in words}
    is_daemon = place in _DAEMONS
    if is_daemon and not _ENTERING.isdisjoint(programs):
        return "setter entrant"
    named = site.own.text("name").split("-")
    sets = "sysctl" in words and any("=" in word and (is_daemon or not word.startswith(_OF_PODS)) for word in words)
    if sets or any(word.startswith(_PARAMETERS) for word in words):
        return "setter"
    if is_daemon:
        targets = (Section(site.source, *item).text("mountPath") for item in site.own.items("volumeMounts"))
        if (
            "sysctl" in named
            or not _INSTALLING.isdisjoint(named)
            or not _OF_NODES.isdisjoint(programs)
            or not _OF_NETWORKS.isdisjoint(targets)
        ):
            return "setter"
    routes = not _OF_ROUTES.isdisjoint(programs) or ("ip" in programs and not _ROUTED.isdisjoint(programs))
    return "router" if routes else ""


def place_in(own: Section, place: str) -> str:
    """The place of a container in a pod of this one: another if its mounts appear outside of it, as only what is privileged may make them:
    "plugin" where the kubelet looks for the volumes of pods, and in a part of the cluster, else "mounter" (kubernetes.io/docs/concepts/
    storage/volumes, kubernetes-csi.github.io/docs/deploying.html)."""
    mounts = [Section(own.source, *item) for item in own.items("volumeMounts")]
    paths = [one.text("mountPath") for one in mounts if one.text("mountPropagation") == "Bidirectional"]
    if not paths or place == "trial":
        return place
    return "plugin" if place == "system" or any(path.startswith(_KUBELET) for path in paths) else "mounter"


class ImageName(Cell):
    """The image, also where a chart's values give its parts apart, as far as its name goes."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        field = site.field(self.path, self.scope)
        if field is not None and isinstance(field.value, Mapping):
            field = field.section().get("repository")
        return site.nothing() if field is None else site.scalar(field)


class Shared(Flag):
    """Yes or no; not known where it stands behind the condition of a template, which whoever fills it in switches on."""

    __slots__ = ()

    def meaning(self, site: Site, field: Field) -> Value:
        if is_conditional(field.source, field.entry.span):
            return Value.unknown("a template decides it", field.source, field.span, field.trail)
        return super().meaning(site, field)


def is_conditional(source: Source, span: Span) -> bool:
    """Whether the line above is a condition of a template that is not known to hold."""
    end = max(source.text.rfind("\n", 0, span.start), 0)
    start = source.text.rfind("\n", 0, end) + 1
    if start in source.settled:
        return False
    line = source.text[start:end].strip()
    return line.startswith("{{") and line[2:].lstrip("- ").startswith(("if ", "else", "with ", "range "))


def place_of(pod: Section, is_daemon: bool, namespace: str, annotations: Section) -> str:
    """The place of a pod: "system", a part of the cluster that its administrators add, "daemon", one on every node, "node", one of these
    that works on the node itself, "trial", one that tests something (a chart, or what it stands among the tests of) and is gone or is of
    nothing but busybox or pause, or is put away, or ""."""
    if pod.text("priorityClassName") in _SYSTEM_PRIORITIES or (is_daemon and namespace == "kube-system"):
        return "system"
    if pod.source.is_started_by_hand:
        return "trial"
    if is_daemon:
        return "node" if any(_is_given_its_node(Section(pod.source, *item)) for item in pod.items("containers")) else "daemon"
    hook = annotations.get(_HOOK)
    is_chart_test = hook is not None and isinstance(hook.value, Scalar) and hook.value.value.startswith("test")
    images = [Section(pod.source, *item).text("image") for item in pod.items("containers")]
    is_tried_out = bool(images) and all(_name_of(image) in _TRIED_OUT for image in images)
    return "trial" if is_chart_test or is_tried_out else ""


def _name_of(image: str) -> str:
    return image.rpartition("/")[2].partition(":")[0]


def _is_given_its_node(own: Section) -> bool:
    """Whether a container is privileged, or may change its network, which is told as such."""
    added = {getattr(node, "value", "").upper().removeprefix("CAP_") for node, _, _ in own.items("securityContext.capabilities.add")}
    return own.text("securityContext.privileged") == "true" or "NET_ADMIN" in added


def is_windows(pod: Section) -> bool:
    """Whether a pod says that it runs on Windows, where most settings do not exist."""
    labels = pod.section("nodeSelector").fields
    chosen = [labels[label].value for label in _OS_LABELS if label in labels]
    return pod.text("os.name") == "windows" or any(isinstance(node, Scalar) and node.value == "windows" for node in chosen)


def _in_user_namespace(site: Site) -> Value | None:
    field: Field | None = site.outer.get("hostUsers") if site.outer is not None else None
    if field is not None and site.scalar(field).text == "false":
        return Value.unknown("the pod has a user namespace of its own", site.source, field.span)
    return None


class Escalation(Flag):
    """Whether no process gains privileges. The cluster refuses a container that says so and is privileged, or adds CAP_SYS_ADMIN
    (kubernetes/kubernetes, pkg/apis/core/validation/validation.go, ValidateSecurityContext)."""

    __slots__ = ()

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        privileged = TABLE["privileged"].read(site).is_true
        if change.content is True and (privileged or any(item.text == _POWER for item in TABLE["capabilities_added"].read(site))):
            raise Refused(f"the cluster takes it of no container that is privileged, or adds {_POWER}")
        return super().write(site, change)


class Label(Choice):
    """A part of `seLinuxOptions`, of the container or else of its pod; the container's replace the pod's as a whole."""

    __slots__ = ()

    def __init__(self, part: str, names: Table[str, str] | None = None, scope: str = "either") -> None:
        super().__init__(f"securityContext.seLinuxOptions.{part}", names or {}, scope)

    def read(self, site: Site) -> Value:
        if self.scope == "either" and site.own.find("securityContext.seLinuxOptions") is not None:
            field = site.field(self.path, "own")
            return site.nothing() if field is None else self.meaning(site, field)
        return super().read(site)


class Tree(Cell):
    """Whatever stands there, as values all the way down."""

    __slots__ = ()

    def meaning(self, site: Site, field: Field) -> Value:
        return value_of(field.source, field.value, 0)


class Sysctls(Items):
    """Items with a `name` and a `value`, as `name=value`."""

    __slots__ = ()

    def text(self, site: Site, item: Field) -> Value:
        section = item.section()
        name = section.get("name")
        value = site.scalar(name) if name is not None else site.nothing()
        if value.is_known:
            value = value.replaced(f"{value.text}={section.text('value')}")
            value.node = item.value
        return value


class Memory(Cell):
    """An amount of memory; its units are powers of ten but for those with an `i`."""

    __slots__ = ()

    def spelled(self, content: object) -> str:
        text = str(content)
        return f"{text}i" if text.endswith(("K", "M", "G")) else text


class Found(Cell):
    """A list of what is found in several places of a container. The node of each is the path of keys to remove."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        found = tuple(self.found(site))
        return Value.known(found, site.source, site.span) if found else site.nothing()

    def found(self, site: Site) -> Iterator[Value]:
        raise NotImplementedError

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "remove" or change.item is None or change.item.node is None:
            raise Refused("there is no writer for this")
        holder, path = change.item.node
        return f"Remove `{path}`", drop(Site(site.source, site.span, holder, fixable=site.fixable), path, "own")


class HostPorts(Found):
    """The `hostPort` of every port; 0 is none."""

    __slots__ = ()

    def found(self, site: Site) -> Iterator[Value]:
        for section in _mappings(site.own, self.path):
            field = section.get("hostPort")
            value = site.scalar(field) if field is not None else None
            if value is not None and value.text not in ("", "0", "null", "~"):
                value.node = (section, "hostPort")
                yield value


class ContainerPorts(Found):
    """The `containerPort` of every port."""

    __slots__ = ()

    def found(self, site: Site) -> Iterator[Value]:
        fields = (section.get("containerPort") for section in _mappings(site.own, self.path))
        return (site.scalar(field) for field in fields if field is not None)


class EmptyFolders(Cell):
    """Folders to write to that live as long as their pod; those that are there are not told."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        return Value.unknown("this kind of file cannot say", site.source, site.span)

    def write(self, site: Site, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "set" or not isinstance(change.content, tuple):
            raise Refused("there is no writer for this")
        if site.outer is None or site.outer.mapping is site.own.mapping:
            raise Refused("its pod is made by an operator")
        known = {volume.text("name") for volume in _mappings(site.outer, "volumes")}
        volumes: list[dict[str, object]] = []
        mounts: list[dict[str, object]] = []
        for path in change.content:
            name = "-".join([site.own.text("name"), *path.strip("/").split("/")]).lower()
            if name in known or not _LABEL.fullmatch(name):
                raise Refused("its volume would need a name of its own")
            volumes.append({"name": name, "emptyDir": {}})
            mounts.append({"name": name, "mountPath": path})
        edits = (*append(site, "volumeMounts", "own", *mounts), *append(site, "volumes", "outer", *volumes))
        return f"Mount empty folders at {' and '.join(change.content)}", edits


class ProbeHosts(Found):
    """The `host` that the kubelet connects to instead of the container, in probes and hooks."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(key for key, _ in _CALLS)

    def found(self, site: Site) -> Iterator[Value]:
        for key, handlers in _CALLS:
            if site.own.get(key) is None:
                continue
            for path in (f"{key}{handler}{host}" for handler in handlers for host in (".httpGet.host", ".tcpSocket.host")):
                field = site.own.find(path)
                value = site.scalar(field) if field is not None else None
                if value is not None and value.text not in ("", "null", "~"):
                    value.node = (site.own, path)
                    yield value


_CALLS = (("livenessProbe", ("",)), ("readinessProbe", ("",)), ("startupProbe", ("",)), ("lifecycle", (".postStart", ".preStop")))
"""The keys of a container below which its node is told what to connect to."""


class Projections(Cell):
    """What stands in the volumes that project tokens and other things, as values all the way down."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        fields = [section.get("projected") for section in _mappings(site.own, self.path)]
        found = tuple(value_of(field.source, field.value, 0) for field in fields if field is not None)
        return Value.known(found, site.source, site.span) if found else site.nothing()


class SecretVariables(Found):
    """The secrets that `env` and `envFrom` name."""

    __slots__ = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return ("env", "envFrom")

    def found(self, site: Site) -> Iterator[Value]:
        for path, reference in (("env", "valueFrom.secretKeyRef"), ("envFrom", "secretRef")):
            for section in _mappings(site.own, path):
                field = section.find(f"{reference}.name")
                if field is not None:
                    yield site.scalar(field)


class Annotations(Cell):
    """The values of the annotations of the pod whose names begin in one of these ways."""

    __slots__ = ("prefixes",)

    def __init__(self, *prefixes: str) -> None:
        super().__init__("")
        self.prefixes = prefixes

    def read(self, site: Site) -> Value:
        fields = site.annotations.fields if isinstance(site, PodSite) else {}
        found = tuple(site.scalar(field) for name, field in fields.items() if name.startswith(self.prefixes))
        return Value.known(found, site.source, site.span) if found else site.nothing()


class ServiceAccount(Cell):
    """`serviceAccountName`, or its old name."""

    __slots__ = ()

    def read(self, site: Site) -> Value:
        value = super().read(site)
        old = site.field("serviceAccount", "own") if value.is_absent else None
        return site.scalar(old) if old is not None else value


def _mappings(section: Section, path: str) -> Iterator[Section]:
    """The mappings of the list at a path."""
    field = section.find(path)
    for node, trail, shared in items_of(field) if field is not None else ():
        yield Section(section.source, node, trail, shared)


TABLE = FactTable(
    {
        "privileged": Flag("securityContext.privileged"),
        "user": User("securityContext.runAsUser", "either"),
        "non_root_enforced": NonRoot("securityContext.runAsNonRoot", "either", harmful=False),
        "capabilities_added": Items("securityContext.capabilities.add"),
        "capabilities_dropped": Items("securityContext.capabilities.drop"),
        "no_new_privileges": Escalation("securityContext.allowPrivilegeEscalation", harmful=False, negated=True),
        "seccomp": Choice("securityContext.seccompProfile.type", _PROFILES, "either"),
        "apparmor": AppArmor("securityContext.appArmorProfile.type", _PROFILES, "either"),
        "selinux": Label("type", _SELINUX),
        "selinux_user": Label("user"),
        "selinux_role": Label("role"),
        "host_users": Flag("hostUsers", "outer"),
        "kernel_paths": Choice("securityContext.procMount", {"Default": "default", "Unmasked": "unconfined"}),
        "host_network": Shared("hostNetwork", "outer"),
        "host_pid": Shared("hostPID", "outer"),
        "host_ipc": Shared("hostIPC", "outer"),
        "read_only_root": Flag("securityContext.readOnlyRootFilesystem", harmful=False),
        "image": ImageName("image", "either"),
        "place": Place(""),
        "groups": Items("securityContext.supplementalGroups", "outer"),
        "memory_limit": Memory("resources.limits.memory", "either"),
        "cpu_limit": Cell("resources.limits.cpu", "either"),
        "domain_account": Cell("securityContext.windowsOptions.gmsaCredentialSpecName", "either"),
        "group": Cell("securityContext.runAsGroup", "either"),
        "sysctls": Sysctls("securityContext.sysctls", "outer"),
        "host_process": Flag("securityContext.windowsOptions.hostProcess", "either"),
        "tmpfs": EmptyFolders("volumeMounts"),
        "host_ports": HostPorts("ports"),
        "listens_on": ContainerPorts("ports"),
        "probe_hosts": ProbeHosts(""),
        "secret_variables": SecretVariables("env"),
    }
)
"""The facts of a container."""

IMAGE_TABLE = FactTable({"pull_policy": Cell("imagePullPolicy")})
"""The facts of a container's image."""

POD_TABLE = FactTable(
    {
        "automount_token": Flag("automountServiceAccountToken"),
        "service_account": ServiceAccount("serviceAccountName"),
        "os": Cell("os.name"),
        "host_users": Flag("hostUsers"),
        "share_process_namespace": Flag("shareProcessNamespace"),
        "priority_class": Cell("priorityClassName"),
        "runtime_class": Cell("runtimeClassName"),
        "node_name": Cell("nodeName"),
        "node_selector": Tree("nodeSelector"),
        "service_links": Flag("enableServiceLinks"),
        "host_aliases": Tree("hostAliases"),
        "tolerations": Tree("tolerations"),
        "volumes": Tree("volumes"),
        "projections": Projections("volumes"),
        "apparmor_annotations": Annotations(_APPARMOR_ANNOTATION),
        "seccomp_annotations": Annotations(*_SECCOMP_ANNOTATIONS),
        "groups": Items("securityContext.supplementalGroups"),
        "file_system_group": Cell("securityContext.fsGroup"),
        "sysctls": Sysctls("securityContext.sysctls"),
        "user": Cell("securityContext.runAsUser"),
        "non_root_enforced": Flag("securityContext.runAsNonRoot", harmful=False),
        "seccomp": Choice("securityContext.seccompProfile.type", _PROFILES),
        "apparmor": Choice("securityContext.appArmorProfile.type", _PROFILES),
        "selinux": Label("type", _SELINUX, "own"),
        "selinux_user": Label("user", scope="own"),
        "selinux_role": Label("role", scope="own"),
        "host_process": Flag("securityContext.windowsOptions.hostProcess"),
    }
)
"""The facts of a pod."""
