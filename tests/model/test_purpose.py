"""What containers and images are for, and how that makes a finding less sure."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.finding import Confidence
from capdrop.model.host_agents import uses_of_image
from capdrop.source import Source

BOOK = rulebook.load()
LOW, MEDIUM, HIGH = Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH


def said(path: str, text: str, rule: str) -> list[Confidence | None]:
    """How sure a rule is of what it says about a file."""
    kind = kind_of(path, text)
    assert kind is not None
    analysis = analyse(Source(path, text), kind, BOOK, Context())
    assert not analysis.broken
    return [finding.confidence for finding in analysis.findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("image", "uses"),
    [
        ("prom/node-exporter:v1.9.1", True),
        ("registry.example.com/mirror/prom/node-exporter@sha256:" + "a" * 64, True),
        ("netdata/netdata", True),
        ("acme/netdata", False),
        ("acme/node-exporter-dashboard", False),
        ("nginx", False),
        ("not an image", False),
    ],
)
def test_images_that_work_on_their_host(image: str, uses: bool) -> None:
    assert bool(uses_of_image(image)) is uses


@pytest.mark.parametrize(
    ("path", "base", "confidence"),
    [
        ("gazebo/6/ubuntu/trusty/server6/Dockerfile", "ubuntu:trusty", LOW),
        ("gazebo/6/ubuntu/noble/server6/Dockerfile", "ubuntu:noble", HIGH),
        ("server/Dockerfile", "ubuntu:trusty", HIGH),
    ],
)
def test_images_that_are_kept_for_old_releases(path: str, base: str, confidence: Confidence) -> None:
    assert said(path, f"FROM {base}\nCOPY app /app\nEXPOSE 80\nCMD /app\n", "missing-user") == [confidence]


@pytest.mark.parametrize(
    ("service", "rule", "confidence"),
    [
        ("image: prom/node-exporter, network_mode: host", "host-network", LOW),
        ("image: 'acme/app:1', network_mode: host", "host-network", HIGH),
        ("build: ., network_mode: host", "host-network", HIGH),
        ("image: 'nginx:1.29', network_mode: host", "host-network", HIGH),
        ("image: 'nginx:1.29', network_mode: host, privileged: true", "host-network", LOW),
        ("image: 'docker.elastic.co/beats/packetbeat:${TAG}', network_mode: host", "host-network", LOW),
        ("image: '${IMAGE}', network_mode: host", "host-network", HIGH),
        ("image: 'app:1', network_mode: host", "host-network", HIGH),
        ("image: ghcr.io/music-assistant/server, network_mode: host", "host-network", LOW),
        ("image: 'acme/vpn:1', network_mode: host, cap_add: [net_admin]", "host-network", LOW),
        ("image: 'acme/vpn:1', network_mode: host, cap_add: [net_admin]", "dangerous-capability", HIGH),
        ("image: tecnativa/docker-socket-proxy, volumes: ['/run/docker.sock:/run/docker.sock:ro']", "runtime-socket-mount", LOW),
        ("image: acme/socket-proxy, volumes: ['/run/docker.sock:/run/docker.sock:ro']", "runtime-socket-mount", HIGH),
        ("image: nicolargo/glances, pid: host", "host-pid", LOW),
        ("image: 'acme/app:1', pid: host", "host-pid", HIGH),
        ("image: pihole/pihole, pid: host", "host-pid", HIGH),
        ("image: ghcr.io/wg-easy/wg-easy, cap_add: [NET_ADMIN]", "dangerous-capability", LOW),
        ("image: ghcr.io/wg-easy/wg-easy, cap_add: [SYS_ADMIN]", "dangerous-capability", HIGH),
        ("image: netdata/netdata, cap_add: [ALL]", "dangerous-capability", HIGH),
        ("image: 'acme/vpn:1', cap_add: [NET_ADMIN], devices: ['/dev/net/tun']", "dangerous-capability", LOW),
        ("image: 'acme/vpn:1', cap_add: [NET_ADMIN], devices: ['/dev/net/tun'], network_mode: host", "dangerous-capability", LOW),
        ("image: prom/node-exporter, volumes: ['/proc:/host/proc:ro']", "sensitive-host-path", LOW),
        ("image: prom/node-exporter, volumes: ['/proc:/host/proc']", "writable-host-path", HIGH),
        ("image: prom/node-exporter, volumes: ['~/.ssh:/keys:ro']", "sensitive-host-path", HIGH),
        ("image: 'acme/app:1', volumes: ['/proc:/host/proc:ro']", "sensitive-host-path", HIGH),
        ("image: ghcr.io/home-assistant/home-assistant, volumes: ['/run/dbus:/run/dbus:ro']", "sensitive-host-path", LOW),
        ("image: 'acme/app:1', volumes: ['/run/dbus:/run/dbus:ro']", "sensitive-host-path", HIGH),
        ("image: ghcr.io/home-assistant/home-assistant, volumes: ['/dev:/dev']", "sensitive-host-path", LOW),
        ("image: grafana/promtail, volumes: ['/dev:/dev']", "sensitive-host-path", HIGH),
        ("image: 'acme/fs:1', volumes: ['/mnt:/mnt:rshared'], devices: [/dev/fuse]", "mount-propagation", LOW),
        ("image: 'acme/fs:1', volumes: ['/mnt:/mnt:rshared']", "mount-propagation", HIGH),
        ("image: gcr.io/cadvisor/cadvisor, devices: [/dev/kmsg]", "host-device", LOW),
        ("image: 'acme/app:1', devices: [/dev/kmsg]", "host-device", HIGH),
        ("image: netdata/netdata, security_opt: ['apparmor:unconfined']", "apparmor-unconfined", LOW),
        ("image: 'acme/a:1', security_opt: ['label:disable'], volumes: ['/run/docker.sock:/d.sock']", "selinux-disabled", LOW),
        ("image: 'acme/a:1', security_opt: ['label:disable']", "selinux-disabled", HIGH),
        ("image: prom/node-exporter, privileged: true", "privileged-container", HIGH),
        ("image: prometheuscommunity/smartctl-exporter, privileged: true", "privileged-container", LOW),
        ("image: gcr.io/cadvisor/cadvisor, volumes: ['/var/run/docker.sock:/d.sock:ro']", "runtime-socket-mount", LOW),
        ("image: portainer/portainer-ce, volumes: ['/var/run/docker.sock:/d.sock']", "runtime-socket-mount", LOW),
        ("image: portainer/portainer-ce, volumes: ['/:/host']", "runtime-socket-mount", HIGH),
        ("image: 'acme/app:1', user: root", "root-user", HIGH),
        ("image: 'acme/app:1', user: root, restart: on-failure", "root-user", HIGH),
        ("image: 'acme/app:1', user: root, privileged: true", "root-user", HIGH),
        ("image: 'docker:29-dind', user: root, privileged: true", "root-user", LOW),
        ("image: 'acme/app:1', user: root, cap_add: [NET_RAW]", "root-user", LOW),
        ("image: 'lucaslorentz/caddy-docker-proxy:2', volumes: ['/var/run/docker.sock:/d.sock']", "runtime-socket-mount", HIGH),
        ("image: 'acme/jenkins-docker:2', volumes: ['/var/run/docker.sock:/d.sock']", "runtime-socket-mount", HIGH),
        ("image: docker.elastic.co/beats/metricbeat, volumes: ['/var/run/docker.sock:/d.sock:ro']", "runtime-socket-mount", HIGH),
        ("image: ghcr.io/all-hands-ai/openhands, volumes: ['/var/run/docker.sock:/d.sock']", "runtime-socket-mount", HIGH),
        ("image: 'acme/docker-cleaner:2', volumes: ['/var/run/docker.sock:/d.sock']", "runtime-socket-mount", HIGH),
        ("image: 'acme/job-runner:2', volumes: ['/var/run/docker.sock:/d.sock']", "runtime-socket-mount", LOW),
        ("image: 'docker:29-dind', privileged: true", "privileged-container", LOW),
        ("image: 'elasticsearch:9.1.4', environment: [xpack.security.enabled=false]", "protection-switched-off", LOW),
        ("image: 'elasticsearch:9.1.4', environment: [xpack.security.enabled=false], ports: [9200]", "protection-switched-off", HIGH),
        ("image: 'postgres:17', environment: [POSTGRES_HOST_AUTH_METHOD=trust]", "protection-switched-off", HIGH),
        ("image: 'traefik:v3', volumes: ['/var/run/docker.sock:/d.sock:ro']", "runtime-socket-mount", HIGH),
        ("image: ghcr.io/gethomepage/homepage, volumes: ['/var/run/docker.sock:/d.sock:ro']", "runtime-socket-mount", HIGH),
        ("image: gcr.io/cadvisor/cadvisor, privileged: true", "privileged-container", LOW),
        ("image: quay.io/acme/systemd-exporter, volumes: ['/run/systemd:/run/systemd']", "runtime-socket-mount", LOW),
        ("image: 'acme/app:1', volumes: ['/run/systemd:/run/systemd']", "runtime-socket-mount", HIGH),
    ],
)
def test_services(service: str, rule: str, confidence: Confidence) -> None:
    assert said("compose.yaml", f"services:\n  app: {{{service}}}\n", rule) == [confidence]


POD = """\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: agent, namespace: {namespace}}}
spec:
  selector: {{matchLabels: {{app: a}}}}
  template:
    metadata: {{labels: {{app: a}}}}
    spec:
      {pod}
      containers:
        - name: agent
          image: {image}
          {own}
"""


@pytest.mark.parametrize(
    ("kind", "namespace", "pod", "own", "rule", "confidence"),
    [
        ("DaemonSet", "shop", "hostNetwork: true", "", "host-network", HIGH),
        ("Deployment", "shop", "hostNetwork: true", "", "host-network", HIGH),
        ("Deployment", "kube-system", "hostNetwork: true", "", "host-network", HIGH),
        ("Deployment", "shop", "{hostNetwork: true, priorityClassName: system-cluster-critical}", "", "host-network", LOW),
        ("Deployment", "shop", "hostNetwork: true", "resources: {limits: {google.com/tpu: 4}}", "host-network", LOW),
        ("DaemonSet", "shop", "hostPID: true", "", "host-pid", LOW),
        ("Deployment", "shop", "hostPID: true", "", "host-pid", HIGH),
        ("DaemonSet", "shop", "", "securityContext: {capabilities: {add: [SYS_ADMIN]}}", "dangerous-capability", HIGH),
        ("DaemonSet", "kube-system", "", "securityContext: {capabilities: {add: [SYS_ADMIN]}}", "dangerous-capability", LOW),
        ("DaemonSet", "kube-system", "", "securityContext: {capabilities: {add: [ALL]}}", "dangerous-capability", HIGH),
        ("DaemonSet", "kube-system", "", "securityContext: {privileged: true}", "privileged-container", HIGH),
        ("DaemonSet", "kube-system", "", "securityContext: {privileged: true}", "missing-user", LOW),
        ("Deployment", "shop", "", "", "missing-user", MEDIUM),
        (
            "Deployment",
            "shop",
            "",
            "{securityContext: {capabilities: {add: [NET_ADMIN]}}, command: [ip, rule, del]}",
            "dangerous-capability",
            LOW,
        ),
        ("Deployment", "shop", "", "{securityContext: {capabilities: {add: [NET_ADMIN]}}, command: [ip]}", "dangerous-capability", HIGH),
        (
            "Deployment",
            "shop",
            "",
            "{securityContext: {capabilities: {add: [SYS_ADMIN]}}, command: [iptables, -L]}",
            "dangerous-capability",
            HIGH,
        ),
    ],
)
def test_pods(kind: str, namespace: str, pod: str, own: str, rule: str, confidence: Confidence) -> None:
    pod = pod.strip("{}").replace(", ", "\n      ")
    own = own[1:-1].replace(", command", "\n          command") if own.startswith("{") else own
    text = POD.format(kind=kind, namespace=namespace, pod=pod, own=own, image="'acme/agent:1'")
    assert said("agent.yaml", text, rule) == [confidence]


@pytest.mark.parametrize(
    ("kind", "own", "confidence"),
    [
        ("Deployment", "command: [sysctl, -w, vm.max_map_count=262144]", LOW),
        ("Deployment", "command: [sh, -c, 'echo 262144 > /proc/sys/vm/max_map_count']", LOW),
        ("Deployment", "command: [sysctl, -a]", HIGH),
        ("Deployment", "command: [sh, -c, 'modprobe nbd']", HIGH),
        ("DaemonSet", "command: [sh, -c, 'modprobe nbd']", LOW),
        ("DaemonSet", "command: [sh, -c, 'chroot /host apt-get install nvidia-toolkit']", LOW),
        ("DaemonSet", "args: ['--iptables-free']", HIGH),
        ("Deployment", "command: [nsenter, -t, '1', -m, fstrim, --all]", HIGH),
        ("DaemonSet", "command: [nsenter, -t, '1', -m, fstrim, --all]", LOW),
        ("Deployment", "command: [iptables, -L]", HIGH),
        ("DaemonSet", "volumeMounts: [{name: bin, mountPath: /opt/cni/bin}]", LOW),
        ("DaemonSet", "volumeMounts: [{name: bin, mountPath: /opt/shop}]", HIGH),
    ],
)
def test_what_sets_up_a_node_is_privileged_for_that(kind: str, own: str, confidence: Confidence) -> None:
    own = f"securityContext: {{privileged: true, runAsUser: 0}}\n          {own}"
    text = POD.format(kind=kind, namespace="shop", pod="", own=own, image="'acme/agent:1'")
    assert said("agent.yaml", text, "privileged-container") == [confidence]
    assert said("agent.yaml", text, "root-user") == [LOW if kind == "DaemonSet" else confidence]
    init = text.replace("containers:", "containers: [{name: a, image: 'a:1'}]\n      initContainers:")
    assert said("agent.yaml", init, "root-user") == [LOW if kind == "DaemonSet" else confidence]


@pytest.mark.parametrize(
    ("name", "confidence"), [("driver-installer", LOW), ("install-cni", LOW), ("init-sysctl", LOW), ("installation", HIGH)]
)
def test_what_installs_something_on_each_node(name: str, confidence: Confidence) -> None:
    own = "securityContext: {privileged: true}"
    text = POD.format(kind="DaemonSet", namespace="shop", pod="", own=own, image="'a:1'").replace("- name: agent", f"- name: {name}")
    assert said("agent.yaml", text, "privileged-container") == [confidence]


@pytest.mark.parametrize(
    ("kind", "image", "path", "command", "confidence"),
    [
        ("DaemonSet", "docker.elastic.co/beats/filebeat:8.15.0", "/var/run/docker.sock", "", LOW),
        ("Deployment", "docker.elastic.co/beats/filebeat:8.15.0", "/var/run/docker.sock", "", HIGH),
        ("DaemonSet", "'acme/agent:1'", "/var/run/docker.sock", "", HIGH),
        ("DaemonSet", "docker.elastic.co/beats/filebeat:8.15.0", "/", "", HIGH),
        ("DaemonSet", "'acme/agent:1'", "/", "command: [chroot, /host, /bin/setup]", LOW),
        ("DaemonSet", "'acme/agent:1'", "/", "command: [iptables, -L]", HIGH),
        ("DaemonSet", "ghcr.io/kubereboot/kured:1.16.0", "/var/run", "", LOW),
        ("Deployment", "ghcr.io/kubereboot/kured:1.16.0", "/var/run", "", HIGH),
        ("Deployment", "'acme/agent:1'", "/", "command: [chroot, /host, /bin/setup]", HIGH),
    ],
)
def test_agents_of_a_node_ask_its_runtime(kind: str, image: str, path: str, command: str, confidence: Confidence) -> None:
    own = f"volumeMounts: [{{name: v, mountPath: /host}}]\n          {command}"
    pod = f"volumes: [{{name: v, hostPath: {{path: {path}}}}}]"
    text = POD.format(kind=kind, namespace="shop", pod=pod, own=own, image=image)
    assert said("agent.yaml", text, "runtime-socket-mount") == [confidence]


@pytest.mark.parametrize(("image", "confidence"), [("grafana/grafana:12.0.0", LOW), ("'acme/app:1'", MEDIUM)])
def test_images_with_a_user_of_their_own(image: str, confidence: Confidence) -> None:
    text = POD.format(kind="Deployment", namespace="shop", pod="", own="", image=image)
    assert said("app.yaml", text, "missing-user") == [confidence]


@pytest.mark.parametrize(
    ("image", "own", "rule", "confidence"),
    [
        ("quay.io/calico/cni:v3.30.1", "securityContext: {privileged: true}", "privileged-container", LOW),
        ("ghcr.io/squat/generic-device-plugin:1", "securityContext: {privileged: true}", "privileged-container", LOW),
        ("quay.io/cilium/cilium:v1.18.0", "command: [nsenter, --mount=/hostproc/1/ns/mnt, mount]", "host-entered", LOW),
        ("'acme/agent:1'", "command: [nsenter, --mount=/hostproc/1/ns/mnt, mount]", "host-entered", MEDIUM),
        ("moby/buildkit:v0.25.0-rootless", "securityContext: {seccompProfile: {type: Unconfined}}", "seccomp-unconfined", LOW),
        (
            "ghcr.io/prometheus-community/windows-exporter",
            "securityContext: {windowsOptions: {hostProcess: true}}",
            "windows-host-process",
            LOW,
        ),
    ],
)
def test_pods_of_known_images(image: str, own: str, rule: str, confidence: Confidence) -> None:
    text = POD.format(kind="DaemonSet", namespace="shop", pod="", own=own, image=image)
    assert said("agent.yaml", text, rule) == [confidence]


@pytest.mark.parametrize(("propagation", "confidence"), [("Bidirectional", LOW), ("HostToContainer", HIGH)])
def test_storage_drivers_mount_volumes_for_pods(propagation: str, confidence: Confidence) -> None:
    mount = f"{{name: k, mountPath: /var/lib/kubelet, mountPropagation: {propagation}}}"
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: d}\nspec:\n"
        f"  containers: [{{name: d, image: 'a:1', volumeMounts: [{mount}]}}]\n"
        "  volumes: [{name: k, hostPath: {path: /var/lib/kubelet/}}]\n"
    )
    assert said("pod.yaml", pod, "writable-host-path") == [confidence]


@pytest.mark.parametrize(("own", "confidence"), [("runAsUser: 0", LOW), ("runAsUser: 0, privileged: true", HIGH)])
def test_a_step_of_a_task_is_root_for_as_long_as_it_takes(own: str, confidence: Confidence) -> None:
    task = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  steps: [{name: s, image: 'a:1', securityContext: {OWN}}]\n"
    assert said("task.yaml", task.replace("OWN", own), "root-user") == [confidence]


@pytest.mark.parametrize(
    ("images", "confidence"),
    [(("busybox:1.37",), LOW), (("busybox:1.37", "registry.k8s.io/pause:3.10"), LOW), (("busybox:1.37", "acme/web:1"), MEDIUM)],
)
def test_a_pod_of_nothing_but_busybox_tries_something_out(images: tuple[str, ...], confidence: Confidence) -> None:
    containers = ", ".join(f"{{name: c{at}, image: '{image}'}}" for at, image in enumerate(images))
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{containers}]}}\n"
    assert said("pod.yaml", pod, "missing-user") == [confidence] * len(images)
    pod = pod.replace("spec: {", "spec: {hostPID: true, ").replace(":1.37'", "', securityContext: {privileged: true}")
    sure = HIGH if confidence is MEDIUM else LOW
    assert said("pod.yaml", pod, "image-without-tag")[0] == sure
    assert said("pod.yaml", pod, "privileged-container") == [sure]
    assert said("pod.yaml", pod, "host-pid") == [sure]
    deployed = POD.format(kind="Deployment", namespace="shop", pod="", own="", image="busybox")
    assert said("deployed.yaml", deployed, "image-without-tag") == [HIGH]


@pytest.mark.parametrize(
    ("image", "confidence"),
    [
        ("registry.example/tgi-cu124.2-3.ubuntu2204.py311", LOW),
        ("registry.example/ubuntu2204-py311", HIGH),
        ("registry.example/shop", HIGH),
        ("registry.k8s.io/hpa-example", LOW),
    ],
)
def test_a_name_may_hold_the_versions(image: str, confidence: Confidence) -> None:
    assert said("compose.yaml", f"services: {{a: {{image: {image}}}}}\n", "image-without-tag") == [confidence]


def test_what_is_put_away_is_not_started() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a/b, securityContext: {privileged: true}}]}\n"
    )
    for folder, confidence in (("archive/web", LOW), (".archive", LOW), ("archives", HIGH)):
        for rule in ("privileged-container", "image-without-tag"):
            assert said(f"{folder}/pod.yaml", pod, rule) == [confidence]


@pytest.mark.parametrize(("kind", "confidence"), [("daemonset", LOW), ("deployment", HIGH)])
def test_a_chart_may_start_a_controller_on_every_node(kind: str, confidence: Confidence) -> None:
    own = "securityContext: {privileged: true}, command: [modprobe, nbd]"
    values = f"{{controllers: {{main: {{type: {kind}, containers: {{app: {{{own}}}}}}}}}}}"
    text = f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: a}}\nspec: {{values: {values}}}\n"
    assert said("release.yaml", text, "privileged-container") == [confidence]


def test_what_describes_a_cluster_describes_its_own_parts() -> None:
    text = "apiVersion: {}\nkind: Cluster\nmetadata: {{name: a}}\nspec: {{driver: {{hostNetwork: true}}}}\n"
    assert said("cluster.yaml", text.format("kops.k8s.io/v1alpha2"), "host-network") == [LOW]
    assert said("cluster.yaml", text.format("acme.example.com/v1"), "host-network") == [HIGH]


def test_what_tests_something_is_run_once() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {%s: test}}\nspec: {containers: [{name: a, image: 'a/b:1'}]}\n"
    assert said("test.yaml", pod % "helm.sh/hook", "missing-user") == [LOW]
    assert said("e2e/testdata/pod.yaml", pod % "other", "missing-user") == [LOW]
    assert said("testing-grounds/pod.yaml", pod % "other", "missing-user") == [MEDIUM]
    assert said("test.yaml", pod % "acme.example/hook", "missing-user") == [MEDIUM]


@pytest.mark.parametrize(
    ("path", "confidence"),
    [
        ("tests/compose.yaml", LOW),
        ("docker-compose.override.integration_tests.yml", LOW),
        ("compose.e2e.yaml", LOW),
        ("compose.yaml", HIGH),
        ("latest/compose.yaml", HIGH),
        ("compose.attest.yaml", HIGH),
        ("/home/ada/test/compose.yaml", HIGH),
    ],
)
def test_what_is_started_for_tests_is_less_sure(path: str, confidence: Confidence) -> None:
    text = (
        "services: {db: {image: 'postgres:latest', ports: ['5432:5432'], volumes: ['/run/docker.sock:/s', '/etc:/e'], pid: host, "
        "environment: [POSTGRES_HOST_AUTH_METHOD=trust]}, a: {image: acme/a, user: root}}\n"
    )
    rules = "image-with-moving-tag image-without-tag data-port-published runtime-socket-mount protection-switched-off host-pid root-user"
    for rule in (*rules.split(), "writable-host-path"):
        assert said(path, text, rule) == [confidence]


def test_what_a_template_switches_on_is_not_known() -> None:
    text = POD.format(
        kind="Deployment", namespace="shop", pod="{{- if .Values.host }}\n      hostNetwork: true\n      {{- end }}", own="", image="a:1"
    )
    assert said("templates/app.yaml", text, "host-network") == []


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ('FROM python:3.14\nCOPY . /app\nCMD ["python", "/app/main.py"]\n', HIGH),
        ('FROM golang:1.25 AS build\nRUN go build\nFROM scratch\nCOPY --from=build /app /\nENTRYPOINT ["/app"]\n', HIGH),
        ("FROM nginx:1.29\nCOPY dist /usr/share/nginx/html\n", HIGH),
        ("FROM debian:12\nRUN apt-get install -y nginx\nEXPOSE 80\nCMD nginx\n", HIGH),
        ("FROM debian:12\nRUN apt-get install -y gcc\n", LOW),
        ('FROM python:3.14\nCOPY . /app\nCMD ["python3"]\n', LOW),
        ("FROM postgres:18\nCOPY init.sql /docker-entrypoint-initdb.d/\n", LOW),
        ('FROM postgres:18\nCOPY start /\nENTRYPOINT ["/start"]\n', HIGH),
        ('FROM debian:12\nRUN apt-get install -y gosu\nCOPY app start.sh /\nENTRYPOINT ["/start.sh"]\n', LOW),
        ('FROM debian:12\nRUN gosu nobody true\nCOPY app start.sh /\nENTRYPOINT ["/start.sh"]\n', LOW),
        ('FROM alpine:3.22\nCOPY --from=a /a /\nENTRYPOINT ["tail", "-f", "/dev/null"]\n', LOW),
        ("FROM node:24\nCOPY . .\nEXPOSE 80\nCMD sh -c 'sleep infinity'\n", LOW),
        ("FROM node:24\nCOPY . .\nCMD node app.js & tail -f /dev/null\n", HIGH),
        ('FROM alpine:3.22\nRUN apk add helm\nENTRYPOINT ["helm"]\nCMD ["--help"]\n', LOW),
        ('FROM alpine:3.22\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\n', LOW),
        ('FROM alpine:3.22\nCOPY run.sh /\nEXPOSE 80\nENTRYPOINT ["/run.sh"]\n', HIGH),
        ("FROM mcr.microsoft.com/devcontainers/base:1\nCOPY . /app\nCMD /app/run\n", LOW),
        ("FROM ghcr.io/linuxserver/baseimage-alpine:3.23\nCOPY app /app/\nEXPOSE 80\n", LOW),
        ('FROM ghcr.io/linuxserver/baseimage-alpine:3.23\nCOPY app /app/\nENTRYPOINT ["/app/run"]\n', HIGH),
        ('FROM debian:13\nCOPY app /app/\nCMD ["/sbin/my_init"]\n', LOW),
        ('FROM debian:13\nCOPY bin /bin/\nVOLUME /var/lib/containerd\nENTRYPOINT ["/bin/start"]\n', LOW),
        ('FROM debian:13\nCOPY bin /bin/\nVOLUME /var/lib/app\nENTRYPOINT ["/bin/start"]\n', HIGH),
        ('FROM docker:28-dind\nCOPY app /app/\nENTRYPOINT ["/app/run"]\n', LOW),
        ('FROM docker:28-cli\nCOPY app /app/\nENTRYPOINT ["/app/run"]\n', LOW),
        ('FROM debian:13\nCOPY dockerd /bin/\nENTRYPOINT ["dockerd"]\n', LOW),
        ('FROM debian:13\nCOPY aws-ebs-csi-driver /bin/\nENTRYPOINT ["/bin/aws-ebs-csi-driver"]\n', LOW),
        ('FROM debian:13\nCOPY tpu-device-plugin /bin/\nENTRYPOINT ["/bin/tpu-device-plugin"]\n', LOW),
        ('FROM debian:13\nCOPY device-registry /bin/\nENTRYPOINT ["/bin/device-registry"]\n', HIGH),
        ('FROM debian:13\nCOPY promtail /bin/\nEXPOSE 80\nENTRYPOINT ["/bin/promtail"]\n', LOW),
        ('FROM node:24\nCOPY . /app\nENTRYPOINT ["npx", "playwright", "test"]\n', LOW),
        ('FROM node:24\nCOPY . /app\nCMD ["npm", "run", "test:unit"]\n', LOW),
        ('FROM node:24\nCOPY . /app\nCMD ["npm", "run", "serve"]\n', HIGH),
        ('FROM node:24\nCOPY . /app\nEXPOSE 80\nCMD ["npm", "test"]\n', HIGH),
        ('FROM golang:1.27\nADD . /src\nCMD ["/src/packaging/build.sh"]\n', LOW),
        ('FROM golang:1.27\nADD . /src\nCMD ["/src/builder"]\n', HIGH),
        ('FROM python:3.14\nCOPY --from=acme/sdk:1 /boot /opt/boot/\nCOPY main.py .\nENTRYPOINT ["/opt/boot/boot"]\n', LOW),
        ('FROM python:3.14\nCOPY --from=acme/uv:1 /uv /bin/uv\nCOPY main.py .\nCMD ["/bin/uv", "run", "main.py"]\n', HIGH),
        ('FROM python:3.14\nCOPY --from=acme/sdk:1 /t /tini\nCOPY . /a\nENTRYPOINT ["/tini"]\nCMD ["/a/run"]\n', HIGH),
        ('FROM gcc:15 AS a\nRUN make\nFROM debian:13\nCOPY --from=a /a /bin/a\nENTRYPOINT ["/bin/a"]\n', HIGH),
        ("FROM debian:13\nCOPY . /app\nEXPOSE 80\nCMD ([ -z $A ] || cron) && exec apache2 -D FOREGROUND\n", LOW),
        ('FROM gcc:15 AS a\nRUN make\nFROM debian:13\nCOPY --from=a /a /bin/kube-bench\nENTRYPOINT ["/start"]\n', LOW),
        ('FROM node:24\nRUN apk add --no-cache iptables\nCOPY . /app\nEXPOSE 80\nENTRYPOINT ["node", "/app"]\n', LOW),
        ('FROM node:24\nRUN echo iptables\nCOPY . /app\nEXPOSE 80\nENTRYPOINT ["node", "/app"]\n', HIGH),
        ("FROM php:8.4\nRUN pie install xdebug/xdebug\nCOPY . /app\nEXPOSE 80\nCMD php -S :80\n", LOW),
        ("FROM php:8.4\nRUN pecl install xdebug-3.4.0\nCOPY . /app\nEXPOSE 80\nCMD php -S :80\n", LOW),
        ("FROM php:8.4\nRUN [ -z $DEV ] || pecl install xdebug\nCOPY . /app\nEXPOSE 80\nCMD php -S :80\n", HIGH),
        ("FROM debian:13 AS a\nRUN gosu nobody true\nFROM scratch\nCOPY --from=a / /\nEXPOSE 80\nCMD /run\n", LOW),
        ("FROM debian:13 AS a\nRUN gosu nobody true\nFROM debian:13\nCOPY --from=a /a /\nEXPOSE 80\nCMD /run\n", HIGH),
        ("FROM debian:13 AS a\nCOPY . /app\nCMD bash\nFROM a\nCMD /app/run\n", HIGH),
        ("FROM debian:13 AS a\nCOPY . /app\nCMD /app/run\nFROM a\nCMD bash\n", LOW),
        ('FROM debian:13\nCOPY . /app\nENTRYPOINT ["/bin/bash", "--rcfile", "/etc/profile", "-l"]\n', LOW),
        ('FROM debian:13\nCOPY . /app\nENTRYPOINT ["/bin/bash", "--login", "/app/run"]\n', HIGH),
        ('FROM debian:13\nCOPY . /app\nENTRYPOINT ["python3", "-m", "app"]\n', HIGH),
        ('FROM debian:13\nCOPY . /\nENTRYPOINT ["/migrate_chart.py"]\n', LOW),
        ("FROM debian:13\nCOPY . /app\nCOPY --from=docker:29-cli /usr/local/bin/docker /usr/local/bin/docker\nCMD /app/run\n", LOW),
        ("FROM debian:13\nRUN curl https://download.docker.com/linux/static/stable/a.tgz | tar x\nCOPY . /app\nCMD /app/run\n", LOW),
        ("FROM debian:13\nCOPY docker /docker\nCOPY . /app\nCMD /app/run\n", HIGH),
        ('FROM debian:13\nCOPY . /\nEXPOSE 80\nCMD ["/usr/bin/supervisord", "-n"]\n', LOW),
        ('FROM debian:13\nCOPY . /\nEXPOSE 80\nENTRYPOINT ["/migrate_chart.py"]\n', HIGH),
        ("FROM debian:13\nCOPY . /app\nCMD migrate up && /app/run\n", HIGH),
        ("FROM debian:13\nRUN apt-get install -y fuse3\nCOPY . /app\nEXPOSE 80\nCMD /app/run\n", LOW),
        ('FROM scratch\nCOPY woodpecker-agent /bin/\nEXPOSE 80\nENTRYPOINT ["/bin/woodpecker-agent"]\n', LOW),
        ('FROM alpine:3.22\nCOPY . /playbook\nRUN just roles\nENTRYPOINT ["/bin/sh"]\n', LOW),
        ('FROM alpine:3.22\nCOPY . /app\nENTRYPOINT ["/bin/sh"]\nCMD ["/app/run"]\n', HIGH),
        ('FROM golang:1.27 AS a\nRUN go build\nFROM debian:13\nCOPY --from=a /a /bin/a\nENTRYPOINT ["/bin/a"]\nCMD ["--help"]\n', LOW),
        ('FROM debian:13\nCOPY a /bin/a\nEXPOSE 80\nENTRYPOINT ["/bin/a"]\nCMD ["--help"]\n', HIGH),
        ("FROM alpine:3.22\nCOPY run.sh /\nEXPOSE 2375/tcp\nCMD sh /run.sh\n", LOW),
        ("FROM debian:13\nRUN apt-get install -y rsyslog\nCOPY . /app\nEXPOSE 25\nCMD /app/run\n", LOW),
        ("FROM php:8.4-fpm\nRUN pickle install xdebug@3.4.0\nCOPY . /app\nEXPOSE 80\nCMD php-fpm\n", LOW),
        ("FROM fedora:44\nCOPY named.conf /etc/\nEXPOSE 53\nCMD /usr/sbin/named -u named -f\n", LOW),
        ("FROM python:3.14\nCOPY . /app\nEXPOSE 53\nCMD python -u www.py\n", HIGH),
        ("FROM acme/shop:1\nCOPY theme /themes/\nEXPOSE 80\nCMD /app/run\n", LOW),
        ("FROM acme/shop:1-alpine\nCOPY theme /themes/\nEXPOSE 80\nCMD /app/run\n", HIGH),
        ("FROM nvidia/cuda:13.0.1-base\nCOPY . /app\nEXPOSE 80\nCMD /app/run\n", HIGH),
        ("FROM debian:13\nRUN /install/gosu.sh\nCOPY . /app\nEXPOSE 80\nCMD /app/run\n", LOW),
    ],
)
def test_images_that_set_no_user(text: str, confidence: Confidence) -> None:
    assert said("Dockerfile", text, "missing-user") == [confidence]


WINDOWS = "FROM mcr.microsoft.com/windows/nanoserver:ltsc2025\nUSER ContainerAdministrator\n"


@pytest.mark.parametrize(
    ("path", "text", "confidence"),
    [
        ("Dockerfile", "FROM debian:12\nUSER root\nRUN apt-get install -y gcc\n", LOW),
        ("Dockerfile", "FROM debian:12\nRUN apt-get install -y gcc\nUSER root\n", HIGH),
        ("Dockerfile", "FROM debian:12\nUSER root\nRUN apt-get install -y nginx\nEXPOSE 80\n", HIGH),
        ("Dockerfile", "FROM debian:12\nUSER app\nCOPY app /\nUSER root\nRUN apt-get install -y gcc\n", HIGH),
        ("Dockerfile", "FROM jenkins/jenkins:2.541\nUSER root\nRUN apt-get install -y gcc\n", HIGH),
        ("Dockerfile", "FROM debian:12\nUSER root\nRUN make\nCOPY app /\nCMD /app\n", HIGH),
        ("Dockerfile", 'FROM debian:12\nUSER root\nRUN make\nENTRYPOINT ["tail", "-f", "/dev/null"]\n', LOW),
        ("Dockerfile", 'FROM debian:12\nUSER root\nEXPOSE 22\nCMD ["/usr/sbin/sshd", "-D"]\n', LOW),
        ("Dockerfile", "FROM mcr.microsoft.com/devcontainers/base:1\nUSER dev\nUSER root\n", LOW),
        (".gitpod.Dockerfile", "FROM gitpod/workspace-full:1\nUSER root\n", LOW),
        ("tests/Dockerfile", "FROM jenkins/jenkins:2.541\nUSER root\n", LOW),
        ("Dockerfile", "FROM debian:12 AS a\nUSER root\nRUN make\nFROM a\nCOPY app /\nCMD /app\n", HIGH),
        ("Dockerfile", f'{WINDOWS}COPY app.exe /\nENTRYPOINT ["/app.exe"]\n', HIGH),
        ("Dockerfile", f"{WINDOWS}RUN setx /M PATH C:/tools\n", LOW),
        ("Dockerfile", WINDOWS.replace("ltsc2025", "${VERSION}"), HIGH),
        ("Dockerfile", WINDOWS.replace("windows/nanoserver", "oss/kubernetes/windows-host-process-containers-base-image"), LOW),
    ],
)
def test_images_that_say_that_they_are_root(path: str, text: str, confidence: Confidence) -> None:
    rule = "windows-administrator" if "windows" in text else "root-user"
    assert said(path, text, rule) == [confidence]


@pytest.mark.parametrize(
    ("path", "command", "confidence"),
    [
        ("Dockerfile", "chmod 777 /data", HIGH),
        ("tests/Dockerfile", "chmod 777 /data", LOW),
        ("Dockerfile", "chmod -R a+w $GOPATH", LOW),
        ("Dockerfile", 'mkdir -p "$PGDATA" && chmod 777 "$PGDATA"', LOW),
        ("Dockerfile", 'chmod 777 "$PGDATA" /data', HIGH),
        ("docker/dev/Dockerfile", "chmod 777 /data", LOW),
        ("Dockerfile", 'chmod 777 "$TMP" && make && rm -r "$OTHER"', HIGH),
    ],
)
def test_folders_that_are_open_on_purpose(path: str, command: str, confidence: Confidence) -> None:
    assert said(path, f"FROM debian:13\nRUN {command}\n", "world-writable-mode") == [confidence]


@pytest.mark.parametrize(
    ("step", "taken", "confidence"),
    [
        ("RUN chmod 777 /opt", "/srv", LOW),
        ("RUN chmod 777 /opt/a", "/opt", HIGH),
        ("RUN chmod -R a+w /opt", "/opt/a/b", HIGH),
        ("RUN mkdir -m 777 /opt", "/opt", HIGH),
        ("WORKDIR /opt\nRUN chmod 777 a", "/opt/a", HIGH),
        ("WORKDIR /opt\nRUN chmod 777 a", "/opt/b", LOW),
        ("RUN chmod 777 $PLACE", "/opt", HIGH),
        ("RUN find /opt -exec chmod 666 {} +", "/opt", HIGH),
        ("COPY --chmod=777 a /opt/", "/opt/a", HIGH),
        ("COPY --chmod=777 a /opt/", "/srv", LOW),
    ],
)
def test_what_stays_in_a_stage_is_open_to_nobody(step: str, taken: str, confidence: Confidence) -> None:
    text = f"FROM debian:13 AS build\n{step}\nFROM debian:13\nCOPY --from=build {taken} /app\nUSER 1000\n"
    assert said("Dockerfile", text, "world-writable-mode") == [confidence]


@pytest.mark.parametrize(
    ("path", "image", "confidence"),
    [
        ("ros/ubuntu/xenial/Dockerfile", "ubuntu:xenial", LOW),
        ("1.80/bullseye/slim/Dockerfile", "debian:bullseye-20200101-slim", LOW),
        ("python/3.6/Dockerfile", "python:3.6-slim", LOW),
        ("slim/Dockerfile", "python:3.6-slim", HIGH),
        ("1.10.2/Dockerfile", "debian:buster", LOW),
        ("nightly/alpine3.18/Dockerfile", "alpine:3.18", LOW),
        ("nightly/alpine3.21/Dockerfile", "alpine:3.18", HIGH),
        ("1.10/Dockerfile", "debian:buster", HIGH),
        ("app/Dockerfile.xenial", "ubuntu:xenial", HIGH),
    ],
)
def test_old_releases_in_folders_of_their_own_are_kept_on_purpose(path: str, image: str, confidence: Confidence) -> None:
    assert said(path, f"FROM {image}\nUSER 1000\n", "end-of-life-image") == [confidence]


@pytest.mark.parametrize(
    ("name", "restart", "confidence"),
    [
        ("app-init", "", LOW),
        ("volume_permissions", ", restart: 'no'", LOW),
        ('"init"', ", restart: on-failure:3", LOW),
        ("app-init", ", restart: always", HIGH),
        ("initiative", "", HIGH),
        ("keys", ", profiles: [tools]", LOW),
        ("keys", ", profiles: [tools], restart: always", HIGH),
        ("keys", ", profiles: [blue]", HIGH),
    ],
)
def test_a_service_that_prepares_the_others(name: str, restart: str, confidence: Confidence) -> None:
    text = f"services: {{{name}: {{image: 'acme/app:1', user: root{restart}}}}}\n"
    assert said("compose.yaml", text, "root-user") == [confidence]


def test_a_privileged_container_has_every_capability_anyway() -> None:
    text = "services: {app: {image: 'acme/app:1', privileged: true, cap_add: [NET_ADMIN, SYS_ADMIN]}}\n"
    assert said("compose.yaml", text, "dangerous-capability") == [LOW, LOW]
    assert said("compose.yaml", text.replace("true", "false"), "dangerous-capability") == [HIGH, HIGH]


def test_what_is_made_to_run_privileged_may_have_a_part_of_it() -> None:
    text = "services: {desk: {image: 'lscr.io/linuxserver/kasm:1', cap_add: [NET_ADMIN, SYS_ADMIN]}}\n"
    assert said("compose.yaml", text, "dangerous-capability") == [LOW, LOW]


def test_what_has_its_host_reads_it_anyway() -> None:
    text = "services: {logs: {image: 'acme/logs:1', volumes: ['/var/lib/docker/containers:/c:ro', '/var/run/docker.sock:/s']}}\n"
    assert said("compose.yaml", text, "sensitive-host-path") == [LOW]
    assert said("compose.yaml", text.replace("/var/run/docker.sock", "./s"), "sensitive-host-path") == [HIGH]


def test_what_developers_debug_may_be_root() -> None:
    text = "services: {app: {image: 'acme/app:1', user: root}}\n"
    assert said("compose.debug.yaml", text, "root-user") == [LOW]
    assert said("compose.prod.yaml", text, "root-user") == [HIGH]


def test_net_admin_where_it_is_documented() -> None:
    text = "services: {web: {image: 'caddy:2', cap_add: [NET_ADMIN]}}\n"
    assert said("compose.yaml", text, "dangerous-capability") == [LOW]
    assert said("compose.yaml", text.replace("caddy", "acme/caddy"), "dangerous-capability") == [HIGH]


def test_what_mounts_file_systems_is_not_confined() -> None:
    text = "services: {media: {image: 'trapexit/mergerfs:2', cap_add: [SYS_ADMIN], security_opt: ['apparmor:unconfined']}}\n"
    assert (said("compose.yaml", text, "dangerous-capability"), said("compose.yaml", text, "apparmor-unconfined")) == ([LOW], [LOW])


def test_what_is_built_on_an_image_has_its_purpose() -> None:
    inline = "build: {dockerfile_inline: FROM portainer/portainer-ce}"
    text = f"services: {{console: {{{inline}, volumes: ['/var/run/docker.sock:/var/run/docker.sock']}}}}\n"
    assert said("compose.yaml", text, "runtime-socket-mount") == [LOW]
    assert said("compose.yaml", text.replace("portainer/portainer-ce", "acme/console"), "runtime-socket-mount") == [HIGH]


DEBUGGED = 'FROM golang:1.27\nUSER 1000\nENTRYPOINT ["/dlv", "exec", "/app", "--listen=:2345"]\n'
ALLOWED = 'FROM debian:13\nRUN echo "app ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers\nUSER app\n'
DJANGO = f"FROM acme/django:1-alpine\nUSER 1000\nRUN SECRET_KEY=qW3{'eR7' * 8}z9 python manage.py "
ADDED = "FROM debian:13\nADD https://example.com/a.jar /opt/\nUSER 1000\n"
KEY_WRITTEN = f"FROM debian:13\nRUN echo ssh-rsa AAAAB3NzaC1yc2E{'A' * 60} >> /root/.ssh/authorized_keys\nUSER 1000\n"
KEY_COPIED = "FROM debian:13\nCOPY id_rsa /root/.ssh/id_rsa\nUSER 1000\n"


@pytest.mark.parametrize(
    ("path", "text", "rule", "confidence"),
    [
        ("Dockerfile", DEBUGGED, "remote-debugger-open", HIGH),
        ("Dockerfile", DEBUGGED.replace("1.27", "1.27 AS app-debug"), "remote-debugger-open", LOW),
        ("Dockerfile", DEBUGGED.replace("1.27", "1.27 AS debugger"), "remote-debugger-open", HIGH),
        ("Dockerfile", "FROM debian:13 AS app\nCOPY . /app\nCMD /app/run\nFROM app AS dev\nCMD /app/watch\n", "missing-user", LOW),
        ("Dockerfile", "FROM debian:13 AS dev\nCOPY . /app\nFROM dev AS app\nCMD /app/run\n", "missing-user", HIGH),
        ("Dockerfile", KEY_WRITTEN, "planted-ssh-key", HIGH),
        ("docker/testing-host/Dockerfile", KEY_WRITTEN, "planted-ssh-key", LOW),
        ("Dockerfile", "FROM debian:13\nRUN passwd -d app\nUSER app\n", "account-password-set", HIGH),
        ("test/node/Dockerfile", "FROM debian:13\nRUN passwd -d app\nUSER app\n", "account-password-set", LOW),
        ("test/node/Dockerfile", "FROM debian:13\nRUN sudo make\nUSER app\n", "sudo-in-build", LOW),
        ("Dockerfile", f"{DJANGO}collectstatic\n", "credential-in-command", LOW),
        ("Dockerfile", f"{DJANGO}migrate\n", "credential-in-command", HIGH),
        ("Dockerfile", ADDED, "add-url-without-checksum", HIGH),
        ("test/e2e/Dockerfile", ADDED, "add-url-without-checksum", LOW),
        ("Dockerfile", "FROM varnish:8\nCOPY a /\n# It writes the VCL, and needs root for that.\nUSER root\n", "root-user", LOW),
        ("Dockerfile", "FROM varnish:8\nCOPY a /\n# Back to root, and needs no more.\nUSER root\n", "root-user", HIGH),
        ("Dockerfile", "FROM varnish:8\n# needs root\nCOPY a /\nUSER root\n", "root-user", HIGH),
        ("Dockerfile", "FROM node:24 AS build\nENV CRON_SECRET=test\nRUN make\nFROM node:24\nUSER node\n", "default-credential", LOW),
        ("Dockerfile", "FROM node:24\nENV CRON_SECRET=test\nRUN make\nUSER node\n", "default-credential", MEDIUM),
        ("Dockerfile", "FROM REPLACE-ME\nRUN make\n", "refused-instruction", LOW),
        ("Dockerfile", "FROM UBUNTU\nRUN make\n", "refused-instruction", HIGH),
        ("Dockerfile", "FROM %%BASE%%\nRUN make\n", "refused-instruction", LOW),
        ("Dockerfile", "FROM BASEIMAGE\nRUN make\n", "refused-instruction", LOW),
        ("tests/Dockerfile", "FROM UBUNTU\nRUN make\n", "refused-instruction", LOW),
        ("Dockerfile", 'FROM alpine:3.22\nADD drone-agent /bin/\nENTRYPOINT ["/bin/drone-agent"]\n', "missing-user", LOW),
        ("Dockerfile", 'FROM alpine:3.22\nCOPY bin /bin\nENTRYPOINT ["/bin/acme-iptables-monitor"]\n', "missing-user", LOW),
        ("Dockerfile", 'FROM alpine:3.22\nCOPY bin /bin\nENTRYPOINT ["/bin/acme-monitor"]\n', "missing-user", HIGH),
        ("tests/Dockerfile", "FROM debian:13\nWRONG line\n", "unknown-instruction", LOW),
        ("tests/Dockerfile", "ARG A=1\n# syntax=docker/dockerfile:1\nFROM debian:13\n", "ignored-directive", LOW),
        ("tests/Dockerfile", "FROM debian:13\nRUN --security=insecure make\n", "insecure-build-step", LOW),
        ("tests/Dockerfile", "FROM debian:13\nRUN --network=host make\n", "host-network-build-step", LOW),
        ("tests/Dockerfile", "FROM debian:13\nRUN --mount=type=secret,id=a cp /run/secrets/a /b\n", "secret-persisted", LOW),
        ("tests/Dockerfile", "FROM debian:13\nARG NPM_TOKEN\nRUN npm ci\n", "secret-build-argument", LOW),
        ("tests/Dockerfile", "FROM alpine:3.22\nRUN apk add --allow-untrusted a\n", "package-signature-check-disabled", LOW),
        (".devcontainer/Dockerfile", "FROM debian:13\nRUN sudo make\nUSER app\n", "sudo-in-build", LOW),
        (".devcontainer/Dockerfile", "FROM debian:13\nRUN chmod u+s /bin/fixuid\nUSER app\n", "setuid-bit", LOW),
        ("Dockerfile.dev", "FROM node:24\nCOPY package-lock.json .\nRUN npm install\n", "lock-file-not-enforced", LOW),
        (".ci/Dockerfile", "FROM debian:13\nRUN curl https://example.com/a | sh\n", "download-piped-to-shell", LOW),
        ("Dockerfile.dev", KEY_COPIED, "secret-file-copied", LOW),
        ("tilt.debug.dockerfile", DEBUGGED, "remote-debugger-open", LOW),
        ("Dockerfile", ALLOWED, "passwordless-sudo", HIGH),
        (".devcontainer/Dockerfile", ALLOWED, "passwordless-sudo", LOW),
        (".cursor/Dockerfile", ALLOWED, "passwordless-sudo", LOW),
        (".kokoro/docker/Dockerfile", ALLOWED, "passwordless-sudo", LOW),
        ("Dockerfile", "FROM debian:9\nUSER 1000\n", "end-of-life-image", HIGH),
        ("tests/s3/Dockerfile", "FROM debian:9\nUSER 1000\n", "end-of-life-image", LOW),
        ("tests/echo/Dockerfile", ALLOWED, "passwordless-sudo", LOW),
        ("Dockerfile", KEY_COPIED, "secret-file-copied", HIGH),
        ("tests/fuzz/Dockerfile", KEY_COPIED, "secret-file-copied", LOW),
        ("Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", HIGH),
        ("Dockerfile.dev", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("Dockerfile", "FROM alpine:latest\nUSER 1\n", "image-with-moving-tag", HIGH),
        ("Dockerfile.dev", "FROM alpine:latest\nUSER 1\n", "image-with-moving-tag", LOW),
        ("Dockerfile", "FROM acme/web:latest\nMAINTAINER A. Cme <acme@example.com>\nUSER 1\n", "image-with-moving-tag", LOW),
        ("Dockerfile", 'FROM acme/web\nLABEL maintainer="ops@acme.io"\nUSER 1\n', "image-without-tag", LOW),
        ("Dockerfile", 'FROM acme/web\nLABEL maintainer="acme fan <me@example.com>"\nUSER 1\n', "image-without-tag", HIGH),
        ("alpine/latest/Dockerfile", "FROM alpine:latest\nUSER 1\n", "image-with-moving-tag", LOW),
        ("alpine/edge/Dockerfile", "FROM alpine:latest\nUSER 1\n", "image-with-moving-tag", HIGH),
        ("tests/Dockerfile", "FROM acme/a:1\nRUN curl -k https://example.com/a\nUSER 1\n", "certificate-check-disabled", LOW),
        ("Dockerfile", "FROM acme/a:1\nRUN curl -k https://example.com/a\nUSER 1\n", "certificate-check-disabled", HIGH),
        ("compose.dev.yaml", "services: {app: {image: 'acme/app'}}\n", "image-without-tag", LOW),
        ("images/app-dev/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("images/devices/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", HIGH),
        ("devices.Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", HIGH),
        ("playwright/images/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        (".github/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("Dockerfile_ci", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("ci/Dockerfile", "FROM debian:13\nCOPY . /app\nEXPOSE 80\nCMD /app/run\n", "missing-user", HIGH),
        ("db-init/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("Dockerfile.migrate", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("docker/develop/slim/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("integration-tests/gen/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("Dockerfile", "FROM debian:13\nENV DOCKER_HOST=unix:///tmp/docker.sock\nCOPY . /app\nEXPOSE 80\nCMD /run\n", "missing-user", LOW),
        ("Dockerfile", "FROM debian:13\nCOPY registrator /bin/registrator\nCMD /bin/registrator\n", "missing-user", LOW),
        ("Dockerfile.integration", "FROM debian:13\nCOPY . /app\nEXPOSE 80\nCMD /app/run\n", "missing-user", LOW),
        ("seed-data/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("Dockerfile", "ARG BASE=placeholder\nFROM $BASE\nCOPY . /app\nCMD /app/run\n", "missing-user", LOW),
        ("Dockerfile", "FROM debian:13\nCOPY nfs-provisioner /\nCMD /nfs-provisioner\n", "missing-user", LOW),
        ("Dockerfile", "FROM debian:13\nCOPY . /app/\nCMD /app/kubelet-docker.sh\n", "missing-user", LOW),
        ("migrate-to-arm/Dockerfile", "FROM debian:13\nCOPY . /app\nCMD /app/run\n", "missing-user", HIGH),
        ("Dockerfile.migrate", "FROM debian:13\nCOPY . /app\nEXPOSE 80\nCMD /app/run\n", "missing-user", HIGH),
    ],
)
def test_what_developers_and_tests_do_to_themselves_is_less_sure(path: str, text: str, rule: str, confidence: Confidence) -> None:
    assert said(path, text, rule) == [confidence]


DAEMON = """\
apiVersion: apps/v1
kind: {}
metadata: {{name: {}}}
spec:
  selector: {{}}
  template:
    spec:
      hostNetwork: true
      containers:
        - {{name: a, image: '{}', securityContext: {}}}
        - {{name: b, image: 'acme/b:1'}}
"""


@pytest.mark.parametrize(
    ("kind", "name", "image", "context", "confidence"),
    [
        ("DaemonSet", "x", "acme/a:1", "{privileged: true}", LOW),
        ("DaemonSet", "x", "acme/a:1", "{capabilities: {add: [CAP_NET_ADMIN]}}", LOW),
        ("DaemonSet", "x", "acme/a:1", "{privileged: false}", HIGH),
        ("DaemonSet", "x", "acme/a:1", "{privileged: '{{ .Values.p }}'}", HIGH),
        ("DaemonSet", "x", "acme/a:1", "{capabilities: {add: [SYS_TIME]}}", HIGH),
        ("Deployment", "x", "acme/a:1", "{privileged: true}", HIGH),
        ("Deployment", "home-assistant", "acme/a:1", "{}", HIGH),
    ],
)
def test_what_is_given_its_node_has_its_network(kind: str, name: str, image: str, context: str, confidence: Confidence) -> None:
    text = DAEMON.format(kind, name, image, context)
    assert said("d.yaml", text, "host-network") == [confidence]
    if confidence is LOW:
        assert {*said("d.yaml", text, "dangerous-capability"), *said("d.yaml", text, "privileged-container")} == {HIGH}


@pytest.mark.parametrize(("name", "confidence"), [("home-assistant", LOW), ("shop", HIGH)])
def test_an_object_is_named_for_the_image_that_its_chart_starts(name: str, confidence: Confidence) -> None:
    text = f"kind: HelmRelease\nmetadata: {{name: {name}}}\nspec: {{values: {{pod: {{hostNetwork: true}}}}}}\n"
    text = f"apiVersion: helm.toolkit.fluxcd.io/v2\n{text}"
    assert said("release.yaml", text, "host-network") == [confidence]


@pytest.mark.parametrize(
    ("party", "confidence"),
    [
        ("{kind: Group, name: 'oidc:cluster-admins'}", LOW),
        ("{kind: User, name: admin@example.com}", LOW),
        ("{kind: Group, name: developers}", HIGH),
        ("{kind: Group, name: 'system:authenticated'}", HIGH),
        ("{kind: ServiceAccount, name: cluster-admin, namespace: ci}", HIGH),
        ("{kind: ServiceAccount, name: kustomize-controller, namespace: flux-system}", LOW),
    ],
)
def test_who_is_there_to_administer_the_cluster(party: str, confidence: Confidence) -> None:
    text = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n"
        f"roleRef: {{kind: ClusterRole, name: cluster-admin}}\nsubjects: [{party}]\n"
    )
    assert said("b.yaml", text, "cluster-admin-bound") == [confidence]


NODE_PLUGIN = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: csi, namespace: storage}}
spec:
  selector: {{matchLabels: {{app: csi}}}}
  template:
    metadata: {{labels: {{app: csi}}}}
    spec:
      containers:
      - name: plugin
        image: acme/plugin:1
        securityContext: {{privileged: true, capabilities: {{add: [SYS_ADMIN]}}}}
        volumeMounts: [{{name: pods, mountPath: {path}, mountPropagation: {propagation}}}]
      volumes: [{{name: pods, hostPath: {{path: {path}}}}}]
"""


@pytest.mark.parametrize(
    ("path", "propagation"),
    [
        ("/var/lib/kubelet/pods", "Bidirectional"),
        ("/var/lib/kubelet", "Bidirectional"),
        ("/var/lib/kubelet/pods", "HostToContainer"),
        ("/srv/data", "Bidirectional"),
    ],
)
def test_only_what_is_privileged_mounts_volumes_for_pods(path: str, propagation: str) -> None:
    text = NODE_PLUGIN.format(path=path, propagation=propagation)
    assert said("a.yaml", text, "privileged-container") == [LOW if propagation == "Bidirectional" else HIGH]
    assert said("a.yaml", text, "dangerous-capability") == [LOW]  # it has every capability anyway
    of_the_cluster = text.replace("namespace: storage", "namespace: kube-system")
    assert said("a.yaml", of_the_cluster, "mount-propagation") == ([LOW] if propagation == "Bidirectional" else [])
    shared = [] if propagation != "Bidirectional" else [LOW if "kubelet" in path else HIGH]
    assert said("a.yaml", text, "mount-propagation") == shared


@pytest.mark.parametrize(("path", "image", "sure"), [("e2e/a.yaml", "nginx:1.19", LOW), ("a.yaml", "nginx:1.19", HIGH)])
def test_what_tests_start_may_be_old(path: str, image: str, sure: Confidence) -> None:
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: '{image}'}}]}}\n"
    assert said(path, pod, "end-of-life-image") == [sure]
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {a: b}, externalIPs: [10.20.0.7], ports: [{port: 80}]}\n"
    )
    assert said(path, service, "external-ip-service") == [sure]


@pytest.mark.parametrize(("registry", "sure"), [("localhost:5000", LOW), ("127.0.0.1:5000", LOW), ("registry.acme.io:5000", HIGH)])
def test_what_a_registry_of_this_machine_has_may_move(registry: str, sure: Confidence) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: '{}/web{}'}}]}}\n"
    assert said("a.yaml", pod.format(registry, ":latest"), "image-with-moving-tag") == [sure]
    assert said("a.yaml", pod.format(registry, ""), "image-without-tag") == [sure]


@pytest.mark.parametrize(("subject", "sure"), [("ocpadmin", LOW), ("cluster-admins", LOW), ("edward", HIGH), ("administrate-it", HIGH)])
def test_administrators_may_do_everything(subject: str, sure: Confidence) -> None:
    text = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\n"
        f"subjects: [{{kind: User, name: {subject}, apiGroup: rbac.authorization.k8s.io}}]\n"
    )
    assert said("a.yaml", text, "cluster-admin-bound") == [sure]


@pytest.mark.parametrize(
    "image", ["openebs/node-disk-manager-amd64:v0.4", "quay.io/minio/directpv:v2", "rook/ceph:v1.10", "cilium/cilium-dev:v1"]
)
def test_what_works_on_disks_and_networks_of_nodes_is_privileged(image: str) -> None:
    own = "{{name: a, image: '{}', securityContext: {{privileged: true}}}}"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{{{name: a}}}}\nspec: {{{{containers: [{own}]}}}}\n"
    assert said("a.yaml", pod.format(image), "privileged-container") == [LOW]
    assert said("a.yaml", pod.format("acme/web:1"), "privileged-container") == [HIGH]


SETTINGS = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: a}}
spec:
  values:
    helper:
      enabled: {on}
      securityContext: {{runAsUser: 0, privileged: true}}
      inner: {{hostNetwork: true, env: [{{name: DB_PASSWORD, value: Kp3-vv81-Qz}}]}}
"""


@pytest.mark.parametrize(("on", "told"), [("false", 0), ("true", 1), ("maybe", 1)])
def test_settings_that_are_switched_off_start_nothing(on: str, told: int) -> None:
    text = SETTINGS.format(on=on)
    for rule in ("root-user", "privileged-container"):
        assert len(said("a.yaml", text, rule)) == told, rule
    assert len(said("a.yaml", text, "hard-coded-credential")) == 1


RELEASE = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}}}
spec:
  values:
    controllers:
      main:
        {list}:
          vpn:
            image: {{repository: {repository}, tag: v3@sha256:0}}
            securityContext: {{runAsUser: 0, capabilities: {{add: [NET_ADMIN]}}}}
"""


@pytest.mark.parametrize(
    ("name", "repository", "sure"),
    [("torrent", "ghcr.io/qdm12/gluetun", LOW), ("torrent", "acme/torrent", HIGH), ("bird", "acme/bird", LOW), ("bird", "acme/x", HIGH)],
)
def test_the_image_of_a_chart_s_container_in_its_parts(name: str, repository: str, sure: Confidence) -> None:
    text = RELEASE.format(name=name, repository=repository, list="containers")
    assert said("a.yaml", text, "dangerous-capability") == [sure]


@pytest.mark.parametrize(("where", "sure"), [("containers", HIGH), ("initContainers", LOW)])
def test_an_init_container_among_the_values_of_a_chart_may_be_root(where: str, sure: Confidence) -> None:
    text = RELEASE.format(name="a", repository="acme/a", list=where)
    assert said("a.yaml", text, "root-user") == [sure]


@pytest.mark.parametrize(("path", "kind"), [("tests/a.yaml", "DaemonSet"), ("a.yaml", "DaemonSet")])
def test_what_runs_on_every_node_of_a_test(path: str, kind: str) -> None:
    text = (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{selector: {{matchLabels: {{a: b}}}}, template: {{metadata: "
        "{labels: {a: b}}, spec: {containers: [{name: a, image: 'acme/a:1'}]}}}\n"
    )
    assert said(path, text, "missing-user") == [LOW if path.startswith("tests") else MEDIUM]


@pytest.mark.parametrize(("privileged", "sure"), [("true", LOW), ("false", MEDIUM)])
def test_what_is_told_to_be_privileged_is_not_told_to_lack_a_user(privileged: str, sure: Confidence) -> None:
    pod = f"{{name: a, image: 'acme/a:1', securityContext: {{privileged: {privileged}}}}}"
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{pod}]}}\n"
    assert said("a.yaml", text, "missing-user") == [sure]
    assert len(said("a.yaml", text, "privileged-container")) == (privileged == "true")


@pytest.mark.parametrize(("role", "told"), [("kubeadm:bootstrap-signer-clusterinfo", 0), ("reader", 1)])
def test_what_kubeadm_shows_to_everyone(role: str, told: int) -> None:
    text = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a, namespace: kube-public}\n"
        f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: '{role}'}}\n"
        "subjects: [{kind: User, name: 'system:anonymous', apiGroup: rbac.authorization.k8s.io}]\n"
    )
    assert len(said("a.yaml", text, "role-bound-to-everyone")) == told
