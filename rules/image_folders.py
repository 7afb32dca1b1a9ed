"""The folders of an image: where it works, what it keeps, and what it takes over."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Confidence, Copy, Finding, Folder, Good, Severity, Variable, is_runtime_socket, rule

KERNEL_FOLDERS = ("/proc", "/sys", "/dev", "/boot", "/initrd", "/lost+found")
"""Folders that the kernel or the boot loader fills, so that nothing written there in a build is there in a container."""
SYSTEM_FOLDERS = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr")
"""Folders whose files belong to the image: its programs, its settings, its kernel interface."""

ROOTS = ("/", "/.", "/*")


@rule(
    "runtime-socket-volume",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CIS Docker 5.32 · ATT&CK T1611",
    also_known_as="semgrep:d/dockerfile-dockerd-socket-mount",
    variables=("@label",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM acme/agent:3
            VOLUME /data «/var/run/docker.sock»
            VOLUME [«"/run/containerd/containerd.sock"»]
            LABEL io.acme.run="docker run -v «/var/run/docker.sock:/var/run/docker.sock» acme/agent"
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM acme/agent:3
            VOLUME /data «/var/run/docker.sock»
            """,
            fixed="""
            FROM acme/agent:3
            VOLUME /data
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM acme/agent:3 AS build
            VOLUME /var/run/docker.sock
            FROM acme/agent:3
            VOLUME /data /docker.sock.d
            LABEL description="needs no docker.sock" doc="/docs/docker.sock.md"
            """,
        ),
    ),
)
def runtime_socket_volume(subject: Folder | Variable) -> Iterator[Finding]:
    """The image asks for the socket of the container runtime.

    Who can write to that socket starts privileged containers, and so is root on the host; an image that names it as its volume or in the
    label that says how to run it teaches everybody to hand it over. Talk to a proxy that allows only the calls that are needed.

    It is in the strict profile alone, as the few images that do so are there to talk to that socket.
    """
    if isinstance(subject, Folder):
        if subject.role == "volume" and subject.ships and is_runtime_socket(subject.path.text):
            fix = subject.drop("folder", caveat="what starts the image must be told to mount it")
            yield subject.finding(subject.span, "the image asks for the socket of the container runtime", fix=fix)
    elif subject.place == "label" and ".sock:" in subject.value.text:
        for start, word in _words(subject.value.text):
            if is_runtime_socket(word.partition(":")[0]):
                place = subject.place_of(start, start + len(word)) or subject.value.span
                yield subject.finding(place, "the label tells people to mount the socket of the container runtime")


def _words(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for word in text.split(" "):
        yield at, word
        at += len(word) + 1


@rule(
    "workdir-in-system-folder",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.2",
    also_known_as="trivy:DS-0030",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            WORKDIR «/proc/self»
            WORKDIR /
            WORKDIR «dev/app»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            WORKDIR /devices
            WORKDIR /app/proc
            WORKDIR dev
            WORKDIR $HOME
            """,
        ),
    ),
)
def workdir_in_system_folder(folder: Folder) -> Iterator[Finding]:
    """The working folder is one that the kernel fills.

    What a build writes there is hidden once a container runs, and what the application writes there is a setting of the kernel or a
    device. Work in a folder of your own (`/app`).
    """
    if folder.role == "working":
        top = folder.is_below(*KERNEL_FOLDERS)
        if top:
            yield folder.finding(folder.span, f"the working folder is in `{top}`, which is not a place for files")


@rule(
    "volume-over-system-folder",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.6 · NIST SP 800-190 3.1.2",
    also_known_as="dockle:DKL-DI-0002",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            VOLUME /data «/sys» «/etc/»
            VOLUME [«"/usr"»]
            """,
            fixed="""
            FROM debian:13
            VOLUME /data
            VOLUME ["/usr"]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            VOLUME /etc/acme /usr/share/nginx/html
            VOLUME ["/data", "/var/lib/acme"]
            """,
        ),
    ),
)
def volume_over_system_folder(folder: Folder) -> Iterator[Finding]:
    """A volume lies over the programs, settings or kernel files of the image.

    A volume is filled once and then kept: new versions of the image do not bring their own files to it, security fixes among them, and the
    application can change what it should only read. Make volumes of the folders that hold data.
    """
    if folder.role == "volume" and folder.is_below(*SYSTEM_FOLDERS) == folder.path.text.rstrip("/") and folder.path.text:
        fix = folder.drop("folder", caveat="what is written there is gone with the container")
        yield folder.finding(folder.span, f"the volume `{folder.path.text}` lies over files of the system", fix=fix)


@rule(
    "copy-whole-filesystem",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.2 · NIST SP 800-190 3.1.4",
    also_known_as="hadolint:DL3067",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM golang:1.25 AS build
            RUN go build -o /app ./...
            FROM debian:13
            COPY --from=build «/» /
            WORKDIR /
            COPY --from=0 «/.» .
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM --platform=$BUILDPLATFORM tonistiigi/xx:1.6 AS xx
            FROM scratch AS files
            COPY etc /etc
            FROM golang:1.25 AS build
            COPY --from=xx / /
            RUN go build -o /out/app ./...
            FROM debian:13
            COPY --from=files / /
            COPY --from=build /out /
            COPY --from=build / /rootfs
            COPY --from=acme/assets:1 / /
            COPY . /
            """,
        ),
    ),
)
def copy_whole_filesystem(copy: Copy) -> Iterator[Finding]:
    """Everything that a build stage leaves behind ships with the image.

    `COPY --from=build / /` takes along its compilers, caches, setuid programs, and the secrets that it left in files. Copy what the
    application needs, by path. Confidence is low where the image is empty before, as `FROM scratch` is: then all layers are to become
    one.
    """
    if not copy.from_build or not copy.ships or not _is_root(copy.destination.text, copy.folder):
        return
    confidence = Confidence.LOW if copy.folder == "/" else None
    for source in copy.sources:
        if source.text in ROOTS:
            message = f"all files of stage `{copy.flags['from'].text}` are copied into the image"
            yield copy.finding(source, message, confidence=confidence)


def _is_root(path: str, folder: str) -> bool:
    return path in ROOTS or (path in (".", "./") and folder == "/")
