"""A container's own files, and the devices of the host."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Severity, rule

DISKS = tuple(f"/dev/{name}" for name in "sd hd vd xvd nvme mmcblk md dm- loop nbd rbd mtdblock zd ram mapper/ disk/ block/ zvol/".split())
"""How disks begin, and what is a disk underneath (the kernel's list of devices, and the links of udev)."""

KERNEL = {
    "/dev": "every device of the host",
    "/dev/mem": "the memory of the host",
    "/dev/kmem": "the memory of the kernel",
    "/dev/port": "the ports of the host's hardware",
    "/dev/kmsg": "the log of the kernel",
    "/dev/zfs": "the administration of the ZFS pools",
    "/dev/mapper": "disks of the host",
    "/dev/disk": "disks of the host",
    "/dev/block": "disks of the host",
}
MEMORY = frozenset({"*:*", "1:*", "1:1", "1:2", "1:4"})
"""The numbers of `/dev/mem`, `/dev/kmem` and `/dev/port`, and those that hold them."""


@rule(
    "writable-root-filesystem",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.13 · NIST SP 800-190 3.4.3 · ATT&CK T1611",
    also_known_as=(
        "compose-lint:CL-0007 trivy:KSV-0014 checkov:CKV_K8S_22 kics:a9c2f49d kube-linter:no-read-only-root-fs "
        "kube-score:container-security-context-readonlyrootfilesystem polaris:notReadOnlyRootFilesystem "
        "kubesec:ReadOnlyRootFilesystem kubescape:C-0017 semgrep:c/writable-filesystem-service semgrep:k/writable-filesystem-container "
        "docksec:compose-writable-root-fs"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              «web»:
                image: nginx:1.29
              side:
                image: acme/app:3
                read_only: «false»
              «cache»:
                image: redis:8
            """,
            fixed="""
            services:
              web:
                image: nginx:1.29
                read_only: true
                tmpfs: [/var/cache/nginx, /var/run]
              side:
                image: acme/app:3
                read_only: true
              cache:
                image: redis:8
                read_only: true
            """,
        ),
        Bad(
            "run.sh",
            "docker «run» -d -v ./web.conf:/etc/nginx/nginx.conf:ro --tmpfs /run nginx:1.29\n",
            fixed="docker run --read-only --tmpfs /var/cache/nginx -d -v ./web.conf:/etc/nginx/nginx.conf:ro --tmpfs /run nginx:1.29\n",
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
                  image: nginx:1.29
                  securityContext: {}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: nginx:1.29
                  securityContext: {readOnlyRootFilesystem: true}
                  volumeMounts:
                    - name: web-var-cache-nginx
                      mountPath: /var/cache/nginx
                    - name: web-var-run
                      mountPath: /var/run
              volumes:
                - name: web-var-cache-nginx
                  emptyDir: {}
                - name: web-var-run
                  emptyDir: {}
            """,
        ),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', read_only: true}}"),
        Good("run.sh", "docker run -d --read-only redis:8\n"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', read_only: '${READ_ONLY}'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29', securityContext: {readOnlyRootFilesystem: true}}
            """,
        ),
    ),
)
def writable_root_filesystem(container: Container) -> Iterator[Finding]:
    """The container can change its own program files.

    An attacker who gets in can leave tools behind and replace what is run next. Make the root file system read-only and mount
    what the program writes (`tmpfs`, a volume).
    """
    read_only = container.fact("read_only_root")
    if read_only.is_lacking:
        yield container.finding(
            read_only,
            f"the root file system of `{container.name}` can be written",
            fix=container.with_read_only_root(),
        )


@rule(
    "host-device",
    severity=Severity.HIGH,
    references="CIS Docker 5.18 · NIST SP 800-190 3.4.3 · ATT&CK T1611",
    also_known_as="compose-lint:CL-0016",
    facts=("devices", "device_rules"),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              smart:
                image: acme/smart:3
                devices:
                  - «/dev/sda:/dev/sda:r»
                  - /dev/ttyUSB0:/dev/ttyUSB0
                  - source: «/dev/mapper/root»
                    target: /dev/root
                device_cgroup_rules:
                  - «"b 8:* rmw"»
                  - «"c 1:1 r"»
                  - 'c 188:* rmw'
            """,
            fixed="""
            services:
              smart:
                image: acme/smart:3
                devices:
                  - /dev/ttyUSB0:/dev/ttyUSB0
                device_cgroup_rules:
                  - 'c 188:* rmw'
            """,
        ),
        Bad("compose.yaml", "services: {logs: {image: 'acme/logs:3', devices: [«/dev:/dev», «/dev/./kmsg», «/dev/mapper»]}}"),
        Bad("start.sh", "docker run -d --device «/dev/sda» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Good(
            "compose.yaml",
            """
            services:
              media:
                image: acme/media:3
                devices:
                  - /dev/dri:/dev/dri
                  - /dev/snd
                  - /dev/video0
                  - /dev/net/tun
                  - /dev/kvm
                  - /dev/fuse
                  - /dev/bus/usb
                  - /dev/sg0
                  - ${DISK}:/dev/sda
                  - vendor1.com/device=gpu
            """,
        ),
    ),
)
def host_device(container: Container) -> Iterator[Finding]:
    """The container gets a device that leads to the host's data.

    Who reads a disk reads every file on it, whatever its permissions, and who writes one can change the host's programs. Mount the
    directory that is needed.
    """
    for item in container.fact("devices"):
        gives = "a disk of the host" if item.text.startswith(DISKS) else KERNEL.get(item.text, "")
        if gives:
            yield container.finding(
                item,
                f"`{container.name}` gets {item.text}: {gives}",
                confidence=container.doubt("devices"),
                fix=container.remove("devices", item, caveat="what needs the device fails"),
            )
    for item in container.fact("device_rules"):
        kind, _, rest = item.text.strip().partition(" ")
        numbers, _, access = rest.partition(" ")
        uses = kind == "a" or access.rstrip("m").endswith(("r", "w"))
        if uses and (kind in ("a", "b") or numbers in MEMORY):
            what = "disks" if kind != "c" else "the memory of the host"
            yield container.finding(
                item,
                f"`{container.name}` may use devices by the rule `{item.text}`, {what} among them",
                fix=container.remove("device_rules", item, caveat="what needs the devices fails"),
            )
