"""Containers that are made to work on their host: what of it each one uses, by its image's name and its place in a cluster.

What they ask of the host is their purpose, so that a reviewer of an ordinary project would not ask to change it. Nothing here
speaks for all capabilities at once. The runtime's socket is the purpose of the proxies that stand between it and others, and of what
starts, replaces or looks after containers, as a proxy before it would have to let that through. It is not that of reverse proxies,
dashboards and agents that report, which only read: a proxy is the better way (doc.traefik.io/traefik/providers/docker, Docker API Access;
gethomepage.dev/configs/docker); nor that of agents that run what a model says.
"""

from __future__ import annotations

from capdrop.syntax import image_reference

NETWORK, PROCESSES, FILES, WHOLE, MODULES = "network processes files whole modules".split()
CLOCK, DEVICES, BUS, KERNEL, POWER, SOCKET, HOST = "clock devices bus kernel power socket host".split()
"""The host's (or their own) network and its rules; its processes; what can be read of its files; how full its file systems are, seen
from `/`; its kernel modules; its clock; its devices; its system bus; all else of its kernel: mounts, confinement, settings; all of
these at once, as a privileged container; the socket of its container runtime; and the host itself, which it sets up."""

_KINDS = (
    (
        (NETWORK, PROCESSES, FILES, CLOCK, DEVICES),
        "node-exporter node_exporter prometheus-node-exporter cadvisor glances netdata/netdata beszel-agent metricbeat auditbeat "
        "elastic-agent telegraf "
        "datadog/agent datadoghq/agent newrelic/infrastructure newrelic/nrsysmond sysdig/agent dynatrace/oneagent cloudwatch-agent "
        "node-problem-detector process-exporter systemd-exporter ebpf_exporter zabbix-agent zabbix-agent2 skywalking-rover "
        "coroot-node-agent parca-agent kepler falco tetragon tracee",
    ),  # github.com/prometheus/node_exporter, google/cadvisor, nicolargo/glances (README, Docker); beszel.dev/guide/getting-started;
    # learn.netdata.cloud/docs/installing/docker, docs.datadoghq.com, elastic.co/docs (Metricbeat on Docker and on Kubernetes)
    (
        (NETWORK, FILES),
        "filebeat journalbeat fluent-bit grafana/alloy opentelemetry-collector opentelemetry-collector-contrib "
        "opentelemetry-collector-k8s aws-otel-collector",
    ),  # they read logs of the host and ask its agents: elastic.co/docs (Filebeat on Kubernetes), docs.fluentbit.io
    ((FILES,), "fluentd fluentd-kubernetes-daemonset promtail logspout timberio/vector"),  # logs: grafana.com/docs/loki, vector.dev
    (
        (NETWORK, MODULES),
        "wireguard wireguard-ui docker-wireguard-pia wg-easy tailscale/tailscale netbirdio/netbird zerotier zerotier-synology openvpn "
        "gluetun strongswan free5gc/upf free5gc/n3iwf free5gc/tngf ueransim openvpn-client gerbil netclient kube-proxy calico/node cilium "
        "cilium-dev flannel kube-router amazon-k8s-cni metallb/speaker keepalived kube-vip",
    ),  # github.com/linuxserver/docker-wireguard, wg-easy/wg-easy, qdm12/gluetun, fosrl/gerbil; tailscale.com/kb/1282;
    # docs.netbird.io; free5gc/free5gc-compose (README): the user plane of a mobile network makes tunnels (gtp5g, ipsec)
    ((NETWORK, CLOCK), "pihole/pihole"),  # docs.pi-hole.net/docker/configuration: NET_ADMIN and SYS_TIME
    (
        (NETWORK,),
        "adguardhome dnsmasq v2raya cloudflare-ddns packetbeat suricata zeek ntopng dockurr/windows dockurr/macos qemux/qemu gdy666/lucky "
        "ingress-nginx/controller conntrack-stats-exporter docker-tc beats/heartbeat tigera/operator fail2ban netalertx watchyourlan "
        "upsnap mdns_repeater npmplus omada-controller playit-agent playit-docker-web poste.io cloudflared "
        "tigera-operator etcd-defrag cilium-cli cilium-cli-ci atftpd tftpd tftp-hpa matter-server fastdfs proxy-init pod-gateway "
        "iptables-manager bird frr govee2mqtt librenms swag wireshark mullvad-browser "
        "linuxserver/letsencrypt library/caddy",
    ),  # hub.docker.com/r/adguard/adguardhome, github.com/favonia/cloudflare-ddns, dockur/windows (README); elastic.co/docs (Packetbeat);
    # kubernetes.github.io/ingress-nginx/deploy/baremetal; github.com/jwkohnen/conntrack-stats-exporter; elastic/beats
    # (deploy/kubernetes), github.com/crazy-max/docker-fail2ban, jokob-sk/NetAlertX (docker-compose.yml), aceberg/WatchYourLAN
    # ("network mode must be host"), ZoeyVid/NPMplus (compose.yaml), mbentley/docker-omada-controller (DEVICE_ADOPTION.md); the rest from
    # memory: the operator that installs Calico, wake-up packets (seriousm4x/UpSnap), multicast (angelnu/mdns_repeater), playit.gg's and
    # poste.io's guides, what a tunnel leads to on its host (cloudflared), the installer of Cilium before there is a network
    # (docs.siderolabs.com), etcd on the loopback address of its node (ahrtr/etcd-defrag), TFTP, which answers from a port of its own
    # choice (RFC 1350), and FastDFS, whose tracker tells clients the addresses of its storages (happyfish100/fastdfs); linkerd.io/docs
    # (Linkerd CNI: what proxy-init needs without it), angelnu/pod-gateway (README), k8snetworkplumbingwg/multus-cni (deployments),
    # routing daemons (bird.network.cz, docs.frrouting.org), wez/govee2mqtt (docs/DOCKER.md: it finds its lamps by broadcast);
    # NET_ADMIN for probes, bans and buffers: librenms/docker, linuxserver/docker-swag (READMEs), hub.docker.com/_/caddy;
    # linuxserver/docker-wireshark, linuxserver/docker-mullvad-browser (READMEs): they capture, and open a tunnel
    ((PROCESSES, FILES, KERNEL), "kube-bench"),  # github.com/aquasecurity/kube-bench, job.yaml
    ((SOCKET, NETWORK, PROCESSES, FILES), "docker-bench-security"),  # github.com/docker/docker-bench-security (README)
    ((KERNEL,), "docker-virt-manager virt-manager"),  # github.com/m-bers/docker-virt-manager (README): it manages libvirt by its socket
    ((NETWORK, PROCESSES), "windows-exporter"),  # github.com/prometheus-community/windows_exporter/tree/master/kubernetes
    (
        (NETWORK, BUS, DEVICES),
        "home-assistant homeassistant homebridge esphome openhab plex pms-docker jellyfin emby embyserver python-matter-server scrypted "
        "gateway-go gladys matterbridge music-assistant/server homey-shs hass-otbr-docker",
    ),  # discovery by broadcast: home-assistant.io/installation/alternative, github.com/homebridge/docker-homebridge,
    # esphome.io/guides/getting_started_command_line, openhab.org/docs/installation/docker, github.com/plexinc/pms-docker,
    # jellyfin.org/docs, github.com/OpenIoTHub/gateway-go, GladysAssistant/Gladys, Luligu/matterbridge, music-assistant/server (READMEs);
    # from memory: linuxserver/docker-homeassistant, homey.app (self-hosted server), ownbee/hass-otbr-docker
    ((KERNEL,), "frr"),  # docs.frrouting.org/en/latest/setup.html: zebra asks for SYS_ADMIN
    ((CLOCK,), "chrony ntp"),
    ((WHOLE,), "node-exporter node_exporter cadvisor glances metricbeat newrelic/infrastructure netdata/netdata telegraf"),
    ((BUS,), "systemd-exporter node-exporter node_exporter netdata/netdata"),  # they ask systemd for its units
    (
        (KERNEL, PROCESSES),
        "skywalking-rover falco tetragon tracee parca-agent ebpf_exporter coroot-node-agent kepler cilium cilium-dev netdata/netdata "
        "netbirdio/netbird moby/buildkit opentelemetry-ebpf-profiler opentelemetry-collector-ebpf-profiler",
    ),  # programs in the kernel: skywalking.apache.org/docs/skywalking-rover, falco.org/docs, tetragon.io/docs, github.com/parca-dev,
    # learn.netdata.cloud/docs/netdata-agent/installation/docker, docs.netbird.io (they add SYS_ADMIN);
    # github.com/open-telemetry/opentelemetry-ebpf-profiler (README); BuildKit's docs/rootless.md
    (
        (POWER,),
        "calico/node calico/cni cilium cilium-dev amazon-k8s-cni amazon-k8s-cni-init amazon/aws-network-policy-agent kube-router "
        "kube-proxy smartctl-exporter aws-ebs-csi-driver aws-efs-csi-driver gcp-compute-persistent-disk-csi-driver azuredisk-csi "
        "azurefile-csi nfsplugin cephcsi kured irqbalance multus multus-cni qemu-guest-agent",
    ),  # docs.tigera.io/calico, docs.cilium.io, github.com/aws/amazon-vpc-cni-k8s, kube-router.io/docs; the exporter's README; the plugin
    # of a CSI driver on each node (kubernetes-csi.github.io/docs/deploying.html); kured.dev/docs (it restarts its node);
    # irqbalance, multus and the guest agent from memory
    ((SOCKET,), "docker-socket-proxy linuxserver/socket-proxy wollomatic/socket-proxy"),  # github.com/Tecnativa/docker-socket-proxy,
    # linuxserver/docker-socket-proxy (READMEs); the last from memory
    (
        (SOCKET,),
        "portainer portainer-ce portainer-ee portainer/agent dockge yacht dockhand sencho tugtainer komodo-periphery watchtower "
        "shepherd ouroboros docker-gc docker-gc-cron lazydocker whats-up-docker getwud/wud autoheal ofelia chadburn swarm-cronjob "
        "swarmpit/swarmpit swarmpit/agent arcane coolify dokploy/dokploy caprover/caprover doco-cd cosmos-server umbrel library/docker",
    ),  # consoles, updaters and janitors: docs.portainer.io, containrrr.dev/watchtower, github.com/louislam/dockge, willfarrell/
    # docker-autoheal, mcuadros/ofelia (READMEs), hub.docker.com/_/docker; the rest as public repositories start them
    (
        (SOCKET,),
        "woodpecker-agent drone/agent wings localstack localstack-pro nextcloud/all-in-one nextcloud-releases/all-in-one dokku/dokku "
        "openruntimes/executor orchestrator/orchestrator fabric-peer hyperledger-fabric-peer thehiveproject/cortex shuffle-orborus "
        "shuffle-backend wolf floci harness/harness harness/gitness srl-labs/clab coder/coder provider/docker mcsmanager-daemon "
        "minepanel-backend discopanel gzctf moby-ryuk testcontainers/ryuk aerokube/selenoid buildkite/agent airbyte/worker "
        "sandbox-executor-manager docker-compose-manager",
    ),  # they run each job, game, function or application in a container: woodpecker-ci.org/docs, docs.drone.io, pterodactyl.io/wings,
    # docs.localstack.cloud, nextcloud/all-in-one (README), dokku.com/docs/getting-started/install/docker, open-runtimes/executor,
    # hyperledger-fabric.readthedocs.io (CORE_VM_ENDPOINT), docs.strangebee.com/cortex, games-on-whales.github.io/wolf,
    # developer.harness.io, containerlab.dev, coder.com/docs, aerokube.com/selenoid, java.testcontainers.org (Ryuk),
    # buildkite.com/docs/agent; the rest as public repositories start them
    ((SOCKET,), "cadvisor"),  # github.com/google/cadvisor (README): it is given /var/run as a whole
    (
        (POWER,),
        "cadvisor library/docker linuxserver/kasm home-assistant homeassistant gladysassistant/gladys redroid/redroid "
        "opentelemetry-ebpf-profiler tetragon opentelemetry-ebpf-kernel-collector ebpf-instrument beyla",
    ),  # google/cadvisor (README, docs/running.md); hub.docker.com/_/docker and linuxserver/docker-kasm (an engine of their own);
    # home-assistant.io/installation/linux (its Compose file), gladysassistant.com/docs/installation/docker, remote-android/redroid-doc,
    # open-telemetry/opentelemetry-ebpf-profiler (READMEs), tetragon.io/docs/installation/docker;
    # open-telemetry/opentelemetry-helm-charts (opentelemetry-ebpf and opentelemetry-ebpf-instrumentation start theirs so); beyla: memory
    # hostmetrics receiver, root_path
    (
        (WHOLE,),
        "opentelemetry-collector opentelemetry-collector-contrib opentelemetry-collector-k8s opentelemetry-ebpf-kernel-collector dashdot",
    ),
    ((PROCESSES, FILES), "dashdot"),  # github.com/MauriceNino/dashdot (README)
    ((KERNEL,), "rclone/rclone mergerfs"),  # rclone.org/install, Docker: SYS_ADMIN and no AppArmor for what it mounts
    ((FILES,), "portainer/agent"),  # docs.portainer.io, Portainer Agent: the volumes of the engine
    (
        (POWER, PROCESSES, FILES, KERNEL, MODULES, DEVICES),
        "longhorn-manager longhorn-engine longhorn-instance-manager longhorn-share-manager",
    ),  # longhorn.io/docs (longhorn/longhorn, deploy/longhorn.yaml): volumes that are served from the disks of a node
    ((POWER,), "tonistiigi/binfmt qemu-user-static"),  # github.com/tonistiigi/binfmt (README): formats are registered with the kernel
    ((POWER, NETWORK, PROCESSES, KERNEL, MODULES), "rancher/k3s kindest/node"),  # docs.k3s.io/advanced (K3s in Docker), kind.sigs.k8s.io
    ((DEVICES,), "smartctl-exporter scrutiny"),  # github.com/AnalogJ/scrutiny (README): SYS_RAWIO and the disks
    (
        (POWER, DEVICES, PROCESSES, KERNEL),
        "node-disk-manager node-disk-manager-amd64 node-disk-manager-arm64 node-disk-manager-arm minio/directpv linstor-satellite "
        "piraeus-server drbd-shutdown-guard",
    ),  # openebs.io/docs (Node Disk Manager), minio/directpv (docs/specification.md), linbit.com/drbd-user-guide (LINSTOR's satellites):
    # they find, format and mount the disks of a node
    (
        (POWER, NETWORK, PROCESSES, FILES, KERNEL, MODULES, DEVICES, BUS, WHOLE, SOCKET),
        "inspektor-gadget inspektor-gadget/ig gadget gadget-container-hook",
    ),  # inspektor-gadget.io/docs (Requirements): programs in the kernel, and hooks into the runtimes of containers
    ((POWER, NETWORK), "cni-plugins"),  # github.com/containernetworking/plugins: they are copied onto the node
    ((POWER, NETWORK, MODULES, DEVICES), "rook/ceph"),  # rook.io/docs (Direct Tools): what maps and mounts a block device on its node
)
"""What kinds of images are documented to need, by their name or by folder and name, on whatever registry they are mirrored.

On 2026-11-28 Netdata, Beszel and kube-bench were compared with their documentation, and 38 others with the files that start them in
public repositories. The rest, which no such file was found to start with its need, is general knowledge."""

_BY_NAME: dict[str, frozenset[str]] = {}
"""Made when a name is met that may be in it."""
_BY_DEVICE = {
    "/dev/kfd": frozenset({PROCESSES, KERNEL}),  # rocm.docs.amd.com, Running ROCm Docker containers: shared memory, and no seccomp
    "/dev/fuse": frozenset({KERNEL}),  # docs.kernel.org/filesystems/fuse: who mounts in a container needs SYS_ADMIN
    "/dev/net/tun": frozenset({NETWORK}),  # docs.kernel.org/networking/tuntap: what makes tunnels sets up their interfaces and routes
}
_SYSTEM = frozenset({NETWORK, PROCESSES, FILES, MODULES, CLOCK, DEVICES, BUS, KERNEL})
_BY_PLACE = {
    "plugin": _SYSTEM | {POWER},
    "mounter": frozenset({PROCESSES, FILES, POWER}),
    "system": _SYSTEM,
    "daemon": frozenset({PROCESSES, FILES}),
    "node": frozenset({PROCESSES, FILES}),
    "fabric": frozenset({NETWORK}),
    "tool": frozenset({NETWORK}),
    "trial": frozenset({NETWORK, PROCESSES, KERNEL, POWER}),
    "setter": frozenset({NETWORK, PROCESSES, FILES, MODULES, POWER}),
    "entrant": frozenset({HOST}),
    "router": frozenset({NETWORK}),
    "engine": frozenset({KERNEL, POWER}),
}
ENGINE_STORES = frozenset("/var/lib/docker /var/lib/containerd /var/lib/containers /var/lib/rancher /var/lib/rancher/k3s".split())
"""Where container engines and K3s keep what they run: one within a container works with every right of its host only
(hub.docker.com/_/docker, docs.k3s.io/advanced)."""
_NOTHING: frozenset[str] = frozenset()


def _index() -> None:
    for kind, names in _KINDS:
        uses = frozenset(kind) | (_BY_PLACE["system"] if POWER in kind else _NOTHING)
        for name in names.split():
            _BY_NAME[name] = _BY_NAME[name] | uses if name in _BY_NAME else uses


def uses_of_image(image: str) -> frozenset[str]:
    """What of the host an image is made to use, by its reference. What is called a runner and is given the socket of the engine starts its
    jobs there; the plugins of devices and disks give these to the pods of their node (kubernetes.io/docs, Device Plugins;
    kubernetes-csi.github.io/docs)."""
    reference = image_reference.parse(image)
    if reference is None:
        return _NOTHING
    folder, _, name = reference.repository.rpartition("/")
    if not _BY_NAME and any(name in names for _, names in _KINDS):
        _index()
    uses = _BY_NAME.get(name) or _BY_NAME.get(f"{folder.rpartition('/')[2]}/{name}", _NOTHING)
    if name.endswith("device-plugin") or name.startswith("csi-"):
        return uses | _BY_PLACE["plugin"]
    return uses | {SOCKET} if name.endswith("runner") else uses


def uses_of_device(path: str) -> frozenset[str]:
    """What of its host a container is documented to need with a device."""
    return _BY_DEVICE.get(path, _NOTHING)


def uses_of_place(place: str) -> frozenset[str]:
    """What of its host a container is made to use, by a word or several: "plugin" mounts volumes for the pods of its node, "mounter"
    anything for others, "system" is a part of the cluster itself, "daemon" runs on every node, "node" does and is given it, "fabric" works
    with others over a network that only the node has, "tool" is run once and removed, "trial" is a pod that tests something, "setter" sets
    up its node, "entrant" goes on in it, "router" changes the routes or rules of its network, and "engine" starts containers in itself."""
    return _NOTHING.union(*(_BY_PLACE[word] for word in place.split()))
