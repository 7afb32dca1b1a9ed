"""What other tools check in Compose files, one line each, and the keys that none of them reads: the rule that speaks, or that none does."""

from __future__ import annotations

import os

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesWritten
from capdrop.source import Source

PASSWORD = "Tr0ub4dor" + "-9xQz"
DIGEST = "@sha256:" + "a" * 64
HARDENED = (
    f"image: 'acme/app:1.2.3{DIGEST}', user: app, read_only: true, cap_drop: [ALL], security_opt: [no-new-privileges], mem_limit: 1g, "
    "cpus: 1, pids_limit: 100"
)


def config(profile: str) -> Config:
    chosen = Config(os.getcwd())
    chosen.profile = profile
    return chosen


STRICT = config("strict")
BOOK = rules_in_force(STRICT)


def rules(text: str, **files: str) -> set[str]:
    """What the strict profile says of a Compose file; in `files` a dot is written as an underscore."""
    beside = {name.replace("_", "."): content for name, content in files.items()} | {"compose.yaml": text}
    kind = kind_of("compose.yaml", text)
    assert kind is not None
    analysis = analyse(Source("compose.yaml", text), kind, BOOK, Context(files=FilesWritten(beside)))
    assert analysis.broken == []
    return {finding.rule for finding in analysis.findings}


def with_key(setting: str, top: str = "") -> str:
    """A service that nothing is said of, with something more."""
    kept = [part for part in HARDENED.split(", ") if part.split(":")[0] != setting.split(":")[0]]
    return f"services: {{app: {{{', '.join(kept)}, {setting}}}}}\n{top}"


def test_nothing_is_said_of_a_hardened_service() -> None:
    assert rules(f"services: {{app: {{{HARDENED}}}}}\n") == set()


ROWS = [
    ("compose-privileged", "privileged: true", "privileged-container"),
    ("compose-privileged", "privileged: 'yes'", "privileged-container"),
    ("compose-privileged", "build: {context: ., privileged: true}", "insecure-build-step"),
    ("compose-cap-add-host-exec", "cap_add: [ALL]", "dangerous-capability"),
    ("compose-cap-add-host-exec", "cap_add: [cap_sys_module]", "dangerous-capability"),
    ("compose-cap-add-host-exec", "cap_add: [SYS_RAWIO]", "dangerous-capability"),
    ("compose-cap-add-host-exec", "cap_add: [SYS_ADMIN]", "dangerous-capability"),
    ("compose-cap-add-strong", "cap_add: [NET_ADMIN]", "dangerous-capability"),
    ("compose-cap-add-strong", "cap_add: [BPF]", "dangerous-capability"),
    ("compose-cap-add-strong", "cap_add: [SYS_BOOT]", "dangerous-capability"),
    ("compose-cap-add-host-reach", "cap_add: [SYS_TIME]", "dangerous-capability"),
    ("compose-cap-add-host-reach", "cap_add: [PERFMON]", "dangerous-capability"),
    ("compose-cap-add-host-availability", "cap_add: [SYS_NICE]", "extra-capability"),
    ("compose-cap-add-host-availability", "cap_add: [IPC_LOCK]", "extra-capability"),
    ("compose-cap-add-host-availability", "cap_add: [LEASE]", "extra-capability"),
    ("compose-cap-add-host-disclosure", "cap_add: [SYSLOG]", "extra-capability"),
    ("compose-cap-add-bounded", "cap_add: [SYS_PTRACE]", "dangerous-capability"),
    ("compose-cap-add-bounded", "cap_add: [DAC_READ_SEARCH]", "dangerous-capability"),
    ("compose-no-cap-drop", "cap_drop: [NET_RAW]", "capabilities-not-dropped"),
    (
        "compose-no-new-privileges-missing",
        "security_opt: ['no-new-privileges:true', 'no-new-privileges=false']",
        "privilege-escalation-allowed",
    ),
    ("compose-user-root", "user: '0:1000'", "root-user"),
    ("compose-user-root", "user: root", "root-user"),
    ("compose-seccomp-unconfined", "security_opt: [no-new-privileges, 'seccomp:unconfined']", "seccomp-unconfined"),
    ("compose-seccomp-unconfined", "security_opt: [no-new-privileges, seccomp=unconfined]", "seccomp-unconfined"),
    ("compose-apparmor-unconfined", "security_opt: [no-new-privileges, 'apparmor:unconfined']", "apparmor-unconfined"),
    ("compose-selinux-disabled", "security_opt: [no-new-privileges, label=disable]", "selinux-disabled"),
    ("compose-runtime-socket", "volumes: ['/run/containerd/containerd.sock:/a:ro']", "runtime-socket-mount"),
    ("compose-runtime-socket", "volumes: ['${XDG_RUNTIME_DIR}/podman/podman.sock:/a']", "runtime-socket-mount"),
    ("compose-runtime-socket", "volumes: [{type: bind, source: /run, target: /a, read_only: true}]", "runtime-socket-mount"),
    ("compose-runtime-socket", "volumes: ['/:/a:ro']", "runtime-socket-mount"),
    ("compose-writable-host-root", "volumes: ['/etc:/a']", "writable-host-path"),
    ("compose-writable-host-root", "volumes: ['/usr/local/bin:/a']", "writable-host-path"),
    ("compose-sensitive-host-mount", "volumes: ['/etc:/a:ro']", "sensitive-host-path"),
    ("compose-sensitive-host-mount", "volumes: ['~/.ssh:/a:ro']", "sensitive-host-path"),
    ("compose-sensitive-host-mount", "volumes: ['/home:/a:ro']", "sensitive-host-path"),
    ("compose-sensitive-host-mount", "volumes: ['/var/run/libvirt/libvirt-sock:/a']", "sensitive-host-path"),
    ("compose-host-device", "devices: ['/dev/sda:/dev/sda']", "host-device"),
    ("compose-host-device", "devices: [{source: /dev/mapper/a, target: /a}]", "host-device"),
    ("compose-host-device", "device_cgroup_rules: ['b 8:* rmw']", "host-device"),
    ("compose-host-device", "device_cgroup_rules: ['a *:* rwm']", "host-device"),
    ("compose-host-device", "devices: ['/dev/../dev/sda']", "host-device"),
    ("compose-host-device", "devices: [/dev/disk]", "host-device"),
    ("compose-host-device", "device_cgroup_rules: ['c 1:1 rwm']", "host-device"),
    ("compose-host-pid", "pid: host", "host-pid"),
    ("compose-host-ipc", "ipc: host", "host-ipc"),
    ("compose-mount-propagation", "volumes: ['./a:/a:rshared']", "mount-propagation"),
    ("compose-mount-propagation", "volumes: [{type: bind, source: ./a, target: /a, bind: {propagation: shared}}]", "mount-propagation"),
    ("compose-chain-exposed-escape", "privileged: true, ports: ['80:80']", "exposed-host-control"),
    ("compose-chain-exposed-escape", "network_mode: host, volumes: ['/run/docker.sock:/s']", "exposed-host-control"),
    ("compose-secret-literal-env", f"environment: {{DB_PASSWORD: {PASSWORD}}}", "hard-coded-credential"),
    ("compose-secret-literal-env", f"environment: ['DB_PASSWORD={PASSWORD}']", "hard-coded-credential"),
    ("compose-secret-literal-env", "environment: {DB_PASSWORD: postgres}", "default-credential"),
    ("compose-secret-literal-env", f"environment: {{DB_PASSWORD: '${{X:-{PASSWORD}}}'}}", "published-default"),
    ("compose-secret-literal-env", f"command: [redis-server, --requirepass, {PASSWORD}]", "credential-in-command"),
    ("compose-secret-literal-env", f"healthcheck: {{test: [CMD, mysqladmin, ping, '-p{PASSWORD}']}}", "credential-in-command"),
    ("compose-secret-literal-env", f"entrypoint: mysqladmin ping -p{PASSWORD}", "credential-in-command"),
    ("compose-secret-literal-env", f"annotations: {{db.password: {PASSWORD}}}", "hard-coded-credential"),
    ("compose-secret-literal-env", f"provider: {{type: a, options: {{password: {PASSWORD}}}}}", "hard-coded-credential"),
    ("compose-secret-in-url", f"environment: {{DATABASE: 'postgres://app:{PASSWORD}@db/app'}}", "password-in-url"),
    ("compose-host-network", "network_mode: host", "host-network"),
    ("compose-host-network", "build: {context: ., network: host}", "host-network-build-step"),
    ("compose-port-all-interfaces", "ports: ['80:80']", "port-on-all-addresses"),
    ("compose-port-all-interfaces", "ports: ['5432:5432']", "data-port-published"),
    ("compose-port-all-interfaces", "ports: [{target: 80, published: 80, mode: host}]", "port-on-all-addresses"),
    ("compose-chain-exposed-datastore", f"ports: ['5432:5432'], environment: {{DB_PASSWORD: {PASSWORD}}}", "data-port-published"),
    ("compose-tmpfs-exec-suid", "tmpfs: ['/a:exec']", "loose-tmpfs"),
    ("compose-tmpfs-exec-suid", "tmpfs: '/a:suid'", "loose-tmpfs"),
    ("compose-tmpfs-exec-suid", "tmpfs: ['/a:rw,exec,uid=${ID}']", "loose-tmpfs"),
    ("compose-writable-rootfs", "read_only: false", "writable-root-filesystem"),
    ("compose-no-memory-limit", "mem_limit: 0", "memory-limit-missing"),
    ("compose-no-cpu-limit", "cpus: 0", "cpu-limit-missing"),
    ("compose-no-pids-limit", "pids_limit: -1", "process-limit-missing"),
    ("compose-logging-none", "logging: {driver: none}", "log-switched-off"),
    # the keys that no other tool reads
    ("3.3 use_api_socket", "use_api_socket: true", "runtime-socket-mount"),
    ("3.3 use_api_socket", "use_api_socket: on", "runtime-socket-mount"),
    ("3.3 gpus", "gpus: [{count: -1}]", "every-gpu"),
    ("3.3 post_start", "post_start: [{command: a, privileged: true}]", "privileged-hook"),
    ("3.3 pre_stop", "pre_stop: [{command: a, user: root}]", "hook-as-root"),
    ("3.3 build.entitlements", "build: {context: ., entitlements: [security.insecure]}", "insecure-build-step"),
    ("3.3 build.entitlements", "build: {context: ., entitlements: [network.host]}", "host-network-build-step"),
    ("3.3 build.args", f"build: {{context: ., args: {{DB_PASSWORD: {PASSWORD}}}}}", "hard-coded-credential"),
    ("3.3 build.additional_contexts", "build: {context: ., additional_contexts: {a: 'docker-image://alpine'}}", "image-without-tag"),
    (
        "3.3 build.additional_contexts",
        "build: {context: ., additional_contexts: [a=https://github.com/a/b.git]}",
        "git-source-without-commit",
    ),
    ("3.3 build of a repository", "build: 'https://github.com/a/b.git#main'", "git-source-without-commit"),
    ("3.3 dockerfile_inline", 'build: {context: ., dockerfile_inline: "FROM alpine:3\\nRUN curl a.io | sh\\n"}', "download-piped-to-shell"),
    ("3.3 provider", "provider: {type: awesomecloud}", "host-program-as-service"),
    ("3.3 cgroup", "cgroup: host", "host-control-groups"),
    ("3.3 group_add", "group_add: [docker]", "powerful-group"),
    ("3.3 group_add", "group_add: ['0']", "root-group"),
    ("3.3 gpus", "gpus: all", "every-gpu"),
    ("3.3 oom_kill_disable", "oom_kill_disable: true, mem_limit: 0", "out-of-memory-killer-disabled"),
    ("3.3 oom_score_adj", "oom_score_adj: -1000, mem_limit: 0", "out-of-memory-killer-disabled"),
    ("3.3 extra_hosts", "extra_hosts: ['a:host-gateway']", "host-gateway"),
    ("3.3 volumes_from", "volumes_from: ['container:a']", "mounts-of-other-container"),
    ("3.3 pid of another", "pid: 'container:a'", "joins-foreign-container"),
    ("3.3 network of another", "network_mode: 'container:a'", "joins-foreign-container"),
    ("3.3 systempaths", "security_opt: [no-new-privileges, systempaths=unconfined]", "kernel-paths-unmasked"),
    ("3.3 writable-cgroups", "security_opt: [no-new-privileges, writable-cgroups=true]", "writable-control-groups"),
    ("3.3 credential_spec", "credential_spec: {file: a.json}", "domain-account"),
]


@pytest.mark.parametrize(("row", "setting", "rule"), ROWS, ids=[f"{row}: {setting}" for row, setting, _ in ROWS])
def test_a_row_has_a_rule(row: str, setting: str, rule: str) -> None:
    assert rule in rules(with_key(setting))


def test_the_parts_of_a_path_through_two_services_are_joined() -> None:
    front, back = f"{HARDENED}, ports: ['80:80']", f"{HARDENED}, environment: {{DB_PASSWORD: {PASSWORD}}}"
    assert "credential-behind-exposed-service" in rules(f"services: {{web: {{{front}}}, db: {{{back}}}}}\n")


SOCKET = "runtime-socket-mount"
ELSEWHERE = [
    (
        "a volume that is a folder",
        with_key("volumes: [data:/a]", "volumes: {data: {driver_opts: {type: none, o: bind, device: /run}}}\n"),
        {},
        SOCKET,
    ),
    (
        "a volume that is a folder, to be read only",
        with_key("volumes: [data:/a]", "volumes: {data: {driver_opts: {type: none, o: 'bind,ro', device: /etc}}}\n"),
        {},
        "sensitive-host-path",
    ),
    (
        "a volume that is a tree of folders",
        with_key("volumes: [data:/a]", "volumes: {data: {driver_opts: {type: none, o: rbind, device: /etc}}}\n"),
        {},
        "writable-host-path",
    ),
    ("the engine's own network", with_key("networks: [n]", "networks: {n: {external: true, name: host}}\n"), {}, "host-network"),
    ("a config", with_key("configs: [c]", "configs: {c: {file: /var/run/docker.sock}}\n"), {}, SOCKET),
    ("a secret", with_key("secrets: [s]", "secrets: {s: {file: /run/podman/podman.sock}}\n"), {}, SOCKET),
    ("a default", with_key("volumes: ['${SOCK:-/var/run/docker.sock}:/a']"), {}, SOCKET),
    (".env", with_key("volumes: ['${SOCK}:/a']"), {"_env": "SOCK=/var/run/docker.sock\n"}, SOCKET),
    ("an included file", "include: [a.yaml]\n", {"a_yaml": with_key("volumes: ['/run:/a']")}, SOCKET),
    ("an override", with_key("init: true"), {"compose_override_yaml": "services: {app: {volumes: ['/run:/a']}}"}, SOCKET),
    (
        "an extended service",
        "services: {app: {extends: {file: a.yaml, service: app}}}\n",
        {"a_yaml": with_key("volumes: ['/run:/a']")},
        SOCKET,
    ),
    ("an anchor", f"x-a: &a {{{HARDENED}, volumes: ['/run:/a']}}\nservices: {{app: {{<<: *a}}}}\n", {}, SOCKET),
    ("an env file", with_key("env_file: a.env"), {"a_env": f"DB_PASSWORD={PASSWORD}\n"}, "hard-coded-credential"),
    ("a config in place", with_key("configs: [c]", f"configs: {{c: {{content: 'password={PASSWORD}'}}}}\n"), {}, "hard-coded-credential"),
    ("a label of the swarm", with_key(f"deploy: {{labels: ['app.password={PASSWORD}']}}"), {}, "hard-coded-credential"),
    ("a label of the image", with_key(f"build: {{context: ., labels: {{app.password: {PASSWORD}}}}}"), {}, "hard-coded-credential"),
    ("a label", with_key(f"labels: {{app.password: {PASSWORD}}}"), {}, "hard-coded-credential"),
    ("version 1", "app: {image: 'acme/app:1', net: host}\n", {}, "host-network"),
    ("a model", with_key("models: [m]", "models: {m: {model: ai/smollm2}}\n"), {}, "image-without-tag"),
    ("build.ssh", with_key("build: ."), {"Dockerfile": "FROM a:1\nRUN --mount=type=ssh npm install\nUSER a\n"}, ""),
    ("a remote file without a commit", "include: ['https://github.com/a/b.git']\n", {}, "git-source-without-commit"),
    ("a remote file without a tag", "include: ['oci://docker.io/a/b']\n", {}, "image-without-tag"),
    ("a remote file without a digest", "include: ['oci://docker.io/a/b:1']\n", {}, "image-without-digest"),
]


@pytest.mark.parametrize(("text", "files", "rule"), [case[1:] for case in ELSEWHERE], ids=[case[0] for case in ELSEWHERE])
def test_it_is_seen_wherever_it_comes_from(text: str, files: dict[str, str], rule: str) -> None:
    assert rules(text, **files) >= ({rule} if rule else set())


SILENT = [
    "cap_add: [CAP_ALL]",
    "security_opt: ['no-new-privileges:true']",
    "security_opt: [no-new-privileges=true]",
    "security_opt: [no-new-privileges, 'seccomp:./profile.json']",
    "security_opt: ['no-new-privileges:false', no-new-privileges]",
    "privileged: false",
    "volumes: ['./run/docker.sock:/a', '/srv/data:/data', '/home/me/project:/a', '/devices:/a', '/homework:/a', '/variables:/a']",
    "volumes: ['/etc/localtime:/etc/localtime:ro', '/etc/timezone:/etc/timezone', '/dev/null:/a', '/dev/urandom:/b']",
    "volumes: ['data:/etc', './a:/var/run', './b:/homework']",
    "devices: ['/dev/ttyUSB0', '/dev/dri', '/dev/snd', '/dev/video0', '/dev/net/tun', '/dev/kvm']",
    "device_cgroup_rules: ['c 188:* rmw', 'c 1:3 rwm']",
    "network_mode: none, ports: ['6379:6379']",
    "pid: 'service:app'",
    "tmpfs: ['/run:noexec,nosuid', '/tmp']",
    "environment: {DB_PASSWORD: '${DB_PASSWORD:?}', A_TOKEN: '$TOKEN', B_SECRET: '', DB_PASSWORD_FILE: /run/secrets/db, TOKEN_TTL: 30}",
    "environment: {MYSQL_RANDOM_ROOT_PASSWORD: 'yes', USERNAME: app, PRIVATE_SUBNET: 10.0.0.0/8, REQUIRE_PASSWORD: 'true', KEY_PATH: /a/b}",
    "command: [redis-server, --requirepass, '$${PASSWORD}']",
    "environment: {DATABASE: 'postgres://app:${DB_PASSWORD}@db/app', SITE: 'https://user@acme.io'}",
    "ports: ['127.0.0.1:80:80', '[::1]:81:81', '10.0.0.5:82:82', {target: 83, published: 83, host_ip: 127.0.0.1}], expose: ['84']",
    "logging: {driver: json-file}, restart: on-failure, healthcheck: {test: NONE}",
    "deploy: {resources: {limits: {memory: 1g, cpus: '1', pids: 10}}}",
    "ulimits: {nofile: 65536}, runtime: runsc, sysctls: {net.core.somaxconn: 1024}, cgroup_parent: a.slice, userns_mode: host",
    "post_start: [{command: a, user: app}]",
    "build: {context: ., ssh: [default], args: {VERSION: 1}, additional_contexts: {a: ./b}}",
    "group_add: [audio, '1000'], extra_hosts: ['db:10.0.0.5'], oom_score_adj: 100",
]


@pytest.mark.parametrize("setting", SILENT)
def test_it_must_not_fire(setting: str) -> None:
    assert rules(with_key(setting)) == set()


BLIND_SPOTS = [
    ("limits, whatever the version", f"services: {{app: {{image: 'acme/app:1{DIGEST}'}}}}\n", "memory-limit-missing"),
    ("limits, whatever the version", f"version: '3.8'\nservices: {{app: {{image: 'acme/app:1{DIGEST}'}}}}\n", "process-limit-missing"),
    ("hardening of a built service", "services: {app: {build: .}}\n", "no-new-privileges-missing"),
    ("no-new-privileges without any security_opt", f"services: {{app: {{image: 'acme/app:1{DIGEST}'}}}}\n", "no-new-privileges-missing"),
    ("an address that is every address", with_key("ports: ['0.0.0.0:80:80']"), "port-on-all-addresses"),
    ("an address that is every address", with_key("ports: ['[::]:80:80']"), "port-on-all-addresses"),
    ("another socket", with_key("volumes: ['/run/docker.sock:/a']"), SOCKET),
    ("another socket", with_key("volumes: ['/run/user/1000/podman/podman.sock:/a']"), SOCKET),
    ("another socket", with_key("volumes: ['/run/k3s/containerd/containerd.sock:/a']"), SOCKET),
    ("the folder of the socket", with_key("volumes: ['/run/containerd:/a']"), SOCKET),
    ("a namespace that changes nothing for most", with_key("uts: host"), "host-name-space"),
]


@pytest.mark.parametrize(("text", "rule"), [case[1:] for case in BLIND_SPOTS], ids=[f"{case[0]}: {case[2]}" for case in BLIND_SPOTS])
def test_a_blind_spot_of_others(text: str, rule: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("image: 'acme/web:1-windowsservercore-${VERSION}'", False),
        ("image: 'mcr.microsoft.com/windows/nanoserver:ltsc2025'", False),
        ("image: 'acme/web:1', isolation: '${ISOLATION}'", False),
        ("image: 'acme/web:1', platform: windows/amd64", False),
        ("image: 'acme/web:1', isolation: default", True),
        ("image: 'dockurr/windows:5'", True),
        ("image: 'acme/web:1', platform: linux/amd64", True),
    ],
)
def test_a_windows_container_lacks_no_settings_of_linux(setting: str, told: bool) -> None:
    found = rules(f"services: {{app: {{{setting}}}}}\n")
    assert ({"capabilities-not-dropped", "no-new-privileges-missing", "writable-root-filesystem"} <= found) is told
    assert ("windows-administrator" in rules(f"services: {{app: {{{setting}, user: ContainerAdministrator}}}}\n")) is not told
