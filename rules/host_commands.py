"""Commands that leave a container for its host."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Severity, Span, rule

ROOTS = frozenset(
    "/host /hostfs /host-fs /host-root /hostroot /host_root /rootfs /node /noderoot /node-root /mnt/host /mnt/hostroot /proc/1/root".split()
)
"""Where the root of the host is usually mounted."""
IN_BUILD = ("RUN", "ONBUILD")


@rule(
    "host-entered",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    programs=("nsenter", "chroot"),
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
        Bad("compose.yaml", "services: {setup: {image: 'acme/setup:1', command: «nsenter» -t1 -m -n sh}}"),
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
    the host. Do it where the host is set up, or speak to one service of the host. Confidence is low where the container's image is one
    that sets up the network of a node.
    """
    unsure = command.owner.doubt("kernel") if command.owner is not None else None
    if command.name == "nsenter":
        if _enters_first([word.text for word in command.words]):
            yield command.finding(command.words[0].span, "this enters the namespaces of the host's first process", confidence=unsure)
    elif command.wrappers and command.place not in IN_BUILD:
        wrapper = command.wrapper("chroot")
        root = next((word for word in wrapper.words[1:] if not word.text.startswith("-")), None) if wrapper is not None else None
        if wrapper is not None and root is not None and (root.text.rstrip("/") or root.text) in ROOTS:
            span = Span(wrapper.words[0].span.start, root.span.end)
            yield command.finding(span, f"this goes on in {root.text}, the root of the host", confidence=unsure)


def _enters_first(words: list[str]) -> bool:
    """Whether the words of an `nsenter` name process 1, or a file of its namespaces (nsenter(1))."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("-t1", "--target=1") or (word in ("-t", "--target") and following == "1"):
            return True
        if word.startswith("-") and "proc/1/ns" in word:
            return True
        if word == "--":
            return False
    return False
