"""Mounts that travel between a container and its host."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Finding, Good, Mount, Severity, rule


@rule(
    "mount-propagation",
    severity=Severity.MEDIUM,
    references="CIS Docker 5.20 · ATT&CK T1611",
    also_known_as="compose-lint:CL-0017 kics:baa452f0",
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              backup:
                image: acme/backup:3
                volumes:
                  - /mnt/a:/a:ro,«rshared»
                  - /mnt/b:/b:«shared»
                  - type: bind
                    source: /mnt/c
                    target: /c
                    bind:
                      propagation: «rshared»
            """,
            fixed="""
            services:
              backup:
                image: acme/backup:3
                volumes:
                  - /mnt/a:/a:ro
                  - /mnt/b:/b
                  - type: bind
                    source: /mnt/c
                    target: /c
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
                    - {name: data, mountPath: /data, mountPropagation: «Bidirectional»}
              volumes:
                - {name: data, hostPath: {path: /mnt/data}}
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
              volumes:
                - {name: data, hostPath: {path: /mnt/data}}
            """,
        ),
        Bad("start.sh", "docker run -d -v /srv/x:/x:«rshared» acme/app:1\n", fixed="docker run -d -v /srv/x:/x acme/app:1\n"),
        Good("start.sh", "docker run -d -v /srv/x:/x acme/app:1\n"),
        Good("compose.yaml", "services: {web: {image: 'acme/web:1', volumes: ['/mnt/data:/data:ro,rslave', '/mnt/b:/shared']}}"),
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
                  volumeMounts: [{name: data, mountPath: /data, mountPropagation: HostToContainer}]
              volumes:
                - {name: data, hostPath: {path: /mnt/data}}
            """,
        ),
    ),
)
def mount_propagation(mount: Mount) -> Iterator[Finding]:
    """What the container mounts appears on the host.

    With shared propagation a mount made inside the container takes effect outside of it, over any folder below that path. Let mounts
    travel inwards only (`rslave`, `HostToContainer`).
    """
    if mount.propagation.text in ("shared", "rshared"):
        yield mount.finding(
            mount.propagation,
            f"mounts that `{mount.owner}` makes in {mount.target.text} appear on the host",
            confidence=Confidence.LOW if mounts_for_others(mount) else mount.doubt("kernel"),
            fix=mount.drop("propagation", caveat="what mounts for others, such as a storage driver, fails"),
        )


def mounts_for_others(mount: Mount) -> bool:
    """Whether mounting for others is what its owners are for: a storage plugin of the kubelet, or a file system in user space."""
    is_plugin = mount.host_path.text.startswith(("/var/lib/kubelet", "/var/lib/edged"))
    is_called_so = any(not {"fuse", "csi"}.isdisjoint(owner.name.split("-")) for owner in mount.owners)
    return is_plugin or is_called_so or any(item.text == "/dev/fuse" for owner in mount.owners for item in owner.fact("devices"))
