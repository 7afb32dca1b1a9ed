"""Commands that leave a container for its host."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Severity, Span, Word, rule

ROOTS = frozenset(
    "/host /hostfs /host-fs /host-root /hostroot /host_root /rootfs /node /noderoot /node-root /mnt/host /mnt/hostroot /proc/1/root".split()
)
"""Where the root of the host is usually mounted."""
FILE_PROGRAMS = ("cp", "mv", "ln", "tee", "cat", "rm", "install")
OF_PROCESS_1 = "/proc/1/root/"
OF_ANOTHER = ("--mount=/host", "-m/host")
"""Mounts of a process where the folders of the host are mounted."""
DISK = r"/dev/(?:[shv]d[a-z]+\d*|xvd[a-z]+\d*|(?:nvme\d+n|mmcblk)\d+(?:p\d+)?|dm-\d+|mapper/[\w.+-]+|disk/by-[\w./:+-]+)"
IN_BUILD = ("RUN", "ONBUILD")


@rule(
    "host-entered",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    programs=("nsenter", "chroot", "mount", *FILE_PROGRAMS),
    references="ATT&CK T1611",
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: setup}
            spec:
              hostPID: true
              containers:
                - name: setup
                  image: acme/setup:1
                  command: [«nsenter», --target, "1", --mount, --, systemctl, restart, kubelet]
                - name: driver
                  image: acme/setup:1
                  command: [sh, -c, cp /driver /host/opt && «chroot /host» /opt/driver install]
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: setup}
            spec:
              hostPID: true
              containers:
                - name: disk
                  image: acme/setup:1
                  command: [sh, -c, "mount -t ext4 «/dev/sda1» /mnt && cat /mnt/etc/shadow"]
                  securityContext: {privileged: true}
                - name: cron
                  image: acme/setup:1
                  livenessProbe: {exec: {command: [cp, /job, «/proc/1/root/etc/cron.d/job»]}}
            """,
        ),
        Bad("compose.yaml", "services: {setup: {image: 'acme/setup:1', privileged: true, command: 'mount «/dev/nvme0n1p1» /mnt'}}"),
        Good("compose.yaml", "services: {setup: {image: 'acme/setup:1', privileged: true, command: mount -t nfs server:/a /mnt}}"),
        Good("compose.yaml", "services: {own: {image: 'acme/own:1', command: cat /proc/1/root/etc/os-release}}"),
        Bad("start.sh", "docker run --privileged acme/setup:1 mount «/dev/sda1» /mnt\n"),
        Good("start.sh", "docker run acme/setup:1 mount /dev/sda1 /mnt\n"),
        Bad("compose.yaml", "services: {setup: {image: 'acme/setup:1', command: «nsenter» -t1 -m -n sh}}"),
        Bad(
            "compose.yaml",
            "services: {trim: {image: 'acme/trim:1', command: «nsenter» --mount=/host/proc/$$(pidof kubelet)/ns/mnt fstrim -v /}}",
        ),
        Good("compose.yaml", "services: {debug: {image: 'acme/debug:1', command: nsenter --mount=/proc/self/ns/mnt --net ip addr}}"),
        Good("compose.yaml", "services: {debug: {image: 'acme/debug:1', command: nsenter --target 4711 --net ip addr}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: dns}
            spec:
              containers:
                - {name: dns, image: 'acme/dns:1', command: [chroot, /var/lib/named, named, -g]}
            """,
        ),
        Good("Dockerfile", "FROM debian:13\\nRUN debootstrap trixie /rootfs && chroot /rootfs apt-get update\\nUSER 1000\\n"),
    ),
)
def host_entered(command: Command) -> Iterator[Finding]:
    """A container's command runs something on the host.

    `nsenter` into the namespaces of process 1, or `chroot` into the root of the host, ends all confinement: what follows is run by root on
    the host, as are a disk of the host that a privileged container mounts, and the files below /proc/1/root where it sees the host's
    processes. Do it where the host is set up, or speak to one service of the host. Confidence is low where the container's image is one
    that sets up the network of a node.
    """
    owner = command.owner
    is_meant = owner is not None and (owner.is_made_for("kernel") or owner.source.is_started_by_hand)
    unsure = Confidence.LOW if is_meant else None
    if command.name == "nsenter":
        if _enters_first([word.text for word in command.words]):
            yield command.finding(command.words[0].span, "this enters the namespaces of the host", confidence=unsure)
    elif command.place not in IN_BUILD:
        wrapper = command.wrapper("chroot")
        root = next((word for word in wrapper.words[1:] if not word.text.startswith("-")), None) if wrapper is not None else None
        if wrapper is not None and root is not None and (root.text.rstrip("/") or root.text) in ROOTS:
            span = Span(wrapper.words[0].span.start, root.span.end)
            yield command.finding(span, f"this goes on in {root.text}, the root of the host", confidence=unsure)
        for word, what in _of_the_host(command):
            yield command.finding(word.span, f"{word.text} is {what} of the host", confidence=unsure)


def _of_the_host(command: Command) -> Iterator[tuple[Word, str]]:
    """The words of a command by which its container reaches a disk or a file of the host, and which of these it is."""
    if command.owner is None:
        return
    if command.name == "mount" and command.owner.fact("privileged").is_true:
        yield from ((word, "a disk") for word in command.words[1:] if word.text.startswith("/dev/") and re.fullmatch(DISK, word.text))
    elif command.name in FILE_PROGRAMS and command.owner.fact("host_pid").is_true:
        yield from ((word, "a file") for word in command.words[1:] if word.text.startswith(OF_PROCESS_1))


def _enters_first(words: list[str]) -> bool:
    """Whether the words of an `nsenter` name process 1, a file of its namespaces (nsenter(1)), or the mounts of a process where the host's
    are mounted: `--mount=/host/proc/$(pidof kubelet)/ns/mnt`."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("-t1", "--target=1") or (word in ("-t", "--target") and following == "1"):
            return True
        if word.startswith("-") and ("proc/1/ns" in word or (word.endswith("/ns/mnt") and word.startswith(OF_ANOTHER))):
            return True
        if word == "--":
            return False
    return False
