"""The facts of a container that Compose alone has many words for, and the same in command lines."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import dialect
from capdrop.model.container import Container, plain
from capdrop.source import Source


def fact(path: str, text: str, name: str) -> object:
    kind = kind_of(path, text)
    assert kind is not None
    container = next(one for one in dialect(kind).read(Source(path, text), Context()).subjects if isinstance(one, Container))
    return plain(container.fact(name))


COMPOSE = [
    ("network_mode: 'container:x'", "joined_network", "container:x"),
    ("network_mode: 'service:x'", "joined_network", "service:x"),
    ("network_mode: bridge", "joined_network", "absent"),
    ("networks: [back]", "host_network", "absent"),
    ("network_mode: '${MODE}'", "joined_network", "unknown"),
    ("pid: 'service:x'", "joined_pid", "service:x"),
    ("ipc: shareable", "joined_ipc", "absent"),
    ("ipc: shareable", "host_ipc", False),
    ("uts: host", "host_uts", True),
    ("userns_mode: host", "host_users", True),
    ("cgroup: private", "host_cgroup", False),
    ("cgroup_parent: a.slice", "cgroup_parent", "a.slice"),
    ("group_add: [docker, 44]", "groups", ("docker", "44")),
    ("sysctls: {net.core.somaxconn: 1024}", "sysctls", ("net.core.somaxconn=1024",)),
    ("sysctls: [net.core.somaxconn=1024]", "sysctls", ("net.core.somaxconn=1024",)),
    ("tmpfs: /run", "tmpfs", ("/run",)),
    ("tmpfs: [/run, '/tmp:exec']", "tmpfs", ("/run", "/tmp:exec")),
    ("mem_limit: 1g", "memory_limit", "1g"),
    ("mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}", "memory_limit", "2g"),
    ("mem_reservation: 1g, deploy: {resources: {reservations: {memory: 2g}}}", "memory_limit", "absent"),
    ("cpus: 0.5", "cpu_limit", "0.5"),
    ("cpu_quota: 50000", "cpu_limit", "50000"),
    ("cpu_shares: 512", "cpu_limit", "absent"),
    ("pids_limit: -1", "process_limit", "-1"),
    ("oom_kill_disable: yes", "oom_killer_disabled", True),
    ("oom_score_adj: -500", "oom_score", "-500"),
    ("gpus: all", "gpus", "all"),
    ("gpus: [{driver: nvidia, count: 2}]", "gpus", "2"),
    ("gpus: [{driver: nvidia}]", "gpus", "all"),
    ("gpus: [{driver: nvidia, device_ids: ['0']}]", "gpus", "absent"),
    ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all}]}}}", "gpus", "all"),
    ("deploy: {resources: {reservations: {devices: [{capabilities: [tpu], count: all}]}}}", "gpus", "absent"),
    ("security_opt: ['systempaths=unconfined']", "kernel_paths", "unconfined"),
    ("security_opt: [writable-cgroups=true]", "writable_cgroups", True),
    ("security_opt: [writable-cgroups=false]", "writable_cgroups", False),
    ("security_opt: [no-new-privileges]", "writable_cgroups", "absent"),
    ("logging: {driver: none}", "log_driver", "none"),
    ("log_driver: none", "log_driver", "none"),
    ("volumes_from: [db, 'container:x:ro']", "mounts_from", ("db", "container:x:ro")),
    ("extra_hosts: {a: 10.0.0.1}", "hosts", ("a=10.0.0.1",)),
    ("extra_hosts: ['a:host-gateway']", "hosts", ("a:host-gateway",)),
    ("provider: {type: acme}", "host_program", "acme"),
    ("credential_spec: {registry: spec}", "domain_account", "spec"),
    ("build: {context: ., privileged: 'yes'}", "build_privileged", True),
    ("build: .", "build_privileged", "absent"),
    ("build: {context: ., network: host}", "build_network", "host"),
    ("build: {context: ., entitlements: [network.host]}", "build_entitlements", ("network.host",)),
    ("post_start: [{command: a, privileged: true}, {command: b}]", "privileged_hooks", (True,)),
    ("post_start: [{command: a, user: root}], pre_stop: [{command: a, user: app}]", "hook_users", ("root", "app")),
]
LINES = [
    ("--network container:x", "joined_network", "container:x"),
    ("--network web", "joined_network", "absent"),
    ("--uts=host", "host_uts", True),
    ("--cgroupns host", "host_cgroup", True),
    ("--group-add docker --group-add 44", "groups", ("docker", "44")),
    ("-m 1g", "memory_limit", "1g"),
    ("--oom-kill-disable", "oom_killer_disabled", True),
    ("--security-opt systempaths=unconfined", "kernel_paths", "unconfined"),
    ("--security-opt writable-cgroups=true", "writable_cgroups", True),
    ("--add-host a:host-gateway", "hosts", ("a:host-gateway",)),
    ("--gpus all", "gpus", "all"),
    ("--log-driver=none", "log_driver", "none"),
]


@pytest.mark.parametrize(("written", "name", "expected"), COMPOSE)
def test_compose(written: str, name: str, expected: object) -> None:
    assert fact("compose.yaml", f"services:\n  app: {{image: a, {written}}}\n", name) == expected


@pytest.mark.parametrize(("written", "name", "expected"), LINES)
def test_command_lines(written: str, name: str, expected: object) -> None:
    assert fact("start.sh", f"docker run {written} nginx:1.29\n", name) == expected
