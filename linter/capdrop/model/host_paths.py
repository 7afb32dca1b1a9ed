"""What is known of the paths of a host: where its sockets, its programs, its keys and its state are. Adding one is adding a row."""

from __future__ import annotations

from ..finding import Severity

SOCKETS = tuple(
    f"/{engine}.sock"
    for engine in "docker docker-engine balena balena-engine podman containerd crio cri-o dockershim cri-dockerd buildkitd".split()
)
"""How sockets end by which containers are started, wherever on the host they are. A relative path is the project's own."""

SOCKET_FOLDERS = frozenset(
    "/ /run /run/containerd /run/crio /run/docker /run/podman /run/buildkit /run/systemd /run/k3s /run/k3s/containerd "
    "/run/user/*/podman /run/user/*/docker /var/snap/microk8s/common/run".split()
)
"""Folders that hold one, at any depth."""

ROOT_EQUIVALENT = frozenset(
    "/etc /etc/kubernetes /root /usr /usr/local /proc /proc/sys /sys /var /var/lib /var/lib/docker /var/lib/docker/containers "
    "/var/lib/containerd "
    "/var/lib/containers /var/lib/kubelet /var/lib/kubelet/pods /var/lib/rancher /var/lib/rancher/k3s /var/spool".split()
)
"""Folders in which the host keeps what it runs as root or believes; below them much is harmless."""

ROOT_EQUIVALENT_BELOW = frozenset(
    "/bin /boot /lib /lib32 /lib64 /sbin /usr/bin /usr/lib /usr/lib32 /usr/lib64 /usr/libexec /usr/sbin /usr/local/bin /usr/local/lib "
    "/usr/local/sbin /proc/sys/fs /proc/sys/kernel /proc/sys/vm /proc/sysrq-trigger /sys/kernel /root/.ssh /root/.bashrc /root/.profile "
    "/var/spool/cron /etc/cron.d /etc/cron.daily /etc/cron.hourly /etc/crontab /etc/docker /etc/group /etc/gshadow /etc/init.d "
    "/etc/kubernetes/manifests /etc/ld.so.conf.d /etc/ld.so.preload /etc/modprobe.d /etc/pam.d /etc/passwd /etc/profile /etc/profile.d "
    "/etc/rancher /etc/shadow /etc/ssh /etc/sudoers /etc/sudoers.d /etc/systemd /etc/udev".split()
)
"""The same, with everything below."""

CREDENTIALS = frozenset(
    "~/.aws ~/.azure ~/.config/gcloud ~/.config/gh ~/.docker ~/.git-credentials ~/.gnupg ~/.kube ~/.netrc ~/.npmrc ~/.password-store "
    "~/.pypirc ~/.ssh /etc/gshadow /etc/kubernetes/admin.conf /etc/kubernetes/azure.json /etc/kubernetes/kubelet.conf "
    "/etc/kubernetes/pki /etc/rancher /etc/shadow /etc/ssl/private /etc/sudoers /var/lib/kubelet/pki /var/lib/kubelet/pods "
    "/var/lib/rancher/k3s/server".split()
)
"""Keys and passwords of the host and its users, with everything below. `~` is the home of any user."""

HOST_STATE = {
    "/boot": (Severity.LOW, "the host's kernel"),
    "/dev": (Severity.MEDIUM, "the host's devices"),
    "/etc": (Severity.MEDIUM, "the host's configuration"),
    "/etc/kubernetes": (Severity.HIGH, "the keys of the cluster"),
    "/etc/ssh": (Severity.HIGH, "the host's ssh keys"),
    "/home": (Severity.HIGH, "the homes of the host's users"),
    "/lib": (Severity.LOW, "the host's programs"),
    "/proc": (Severity.MEDIUM, "the host's processes"),
    "/run/dbus": (Severity.HIGH, "the host's system bus, which obeys root"),
    "/run/dbus/system_bus_socket": (Severity.HIGH, "the host's system bus, which obeys root"),
    "/run/libvirt": (Severity.HIGH, "the socket of libvirt, and through it the host's virtual machines and disks"),
    "/run/libvirt/libvirt-sock": (Severity.HIGH, "the socket of libvirt, and through it the host's virtual machines and disks"),
    "/run/user": (Severity.MEDIUM, "the sessions of the host's users"),
    "/run/user/*": (Severity.MEDIUM, "the session of a user of the host"),
    "/sys": (Severity.LOW, "the host's hardware and kernel"),
    "/usr": (Severity.LOW, "the host's programs"),
    "/Users": (Severity.HIGH, "the homes of the host's users"),
    "/var": (Severity.MEDIUM, "the host's data and logs"),
    "/var/lib": (Severity.MEDIUM, "the data of the host's services"),
    "/var/lib/containerd": (Severity.MEDIUM, "the files of all containers"),
    "/var/lib/containers": (Severity.MEDIUM, "the files of all containers"),
    "/var/lib/docker": (Severity.MEDIUM, "the files and settings of all containers"),
    "/var/lib/docker/containers": (Severity.MEDIUM, "the logs and settings of all containers"),
    "/var/lib/docker/volumes": (Severity.MEDIUM, "the volumes of all containers"),
    "/var/lib/kubelet": (Severity.HIGH, "the tokens and secrets of every pod of the node"),
    "/var/lib/kubelet/pod-resources": (Severity.LOW, "what the kubelet tells of every pod of the node"),
    "/var/lib/rancher": (Severity.HIGH, "the cluster's keys"),
    "/var/lib/rancher/k3s": (Severity.HIGH, "the cluster's keys"),
    "~": (Severity.HIGH, "the home of a user of the host"),
    "~/.config": (Severity.MEDIUM, "the settings of a user of the host"),
}
"""What tells about the host, its processes and its users."""

HARMLESS = ("/known_hosts", ".pub")
"""How those files end that stand among keys and are none."""


def is_socket(path: str) -> bool:
    """Whether a path is a socket that containers are started by."""
    path = _place(path)
    if path.startswith(("/", "~")) and path.endswith(SOCKETS):
        return True
    return path == "/run/systemd/private" or path.replace("\\", "/").endswith("/pipe/docker_engine")


def holds_socket(path: str) -> bool:
    """Whether a path is a folder that holds such a socket."""
    return _place(path) in SOCKET_FOLDERS


def is_root_equivalent(path: str) -> bool:
    """Whether who writes to a path becomes root."""
    path = _place(path)
    return path in ROOT_EQUIVALENT or _is_below(path, ROOT_EQUIVALENT_BELOW)


def told_by(path: str) -> tuple[Severity, str] | None:
    """What can be read at a path, where that matters, and how much it does."""
    path = _at_home(_place(path))
    if _is_below(path, CREDENTIALS) and not path.endswith(HARMLESS):
        return (Severity.HIGH, "keys or passwords of the host")
    return HOST_STATE.get(path)


def _place(path: str) -> str:
    """A path by the name that the tables have for it."""
    path = path.removeprefix("/var") if f"{path}/".startswith("/var/run/") else path
    parts = path.split("/")
    return "/".join(["/run/user/*", *parts[4:]]) if parts[:3] == ["", "run", "user"] and len(parts) > 3 else path


def _at_home(path: str) -> str:
    """A path below the home of some user as a path below `~`."""
    parts = path.split("/")
    if parts[:2] == ["", "root"]:
        return "/".join(["~", *parts[2:]])
    if parts[:2] in (["", "home"], ["", "Users"]) and len(parts) > 2:
        return "/".join(["~", *parts[3:]])
    return path


def _is_below(path: str, folders: frozenset[str]) -> bool:
    while path not in ("", "/", "~"):
        if path in folders:
            return True
        path = path.rpartition("/")[0]
    return False
