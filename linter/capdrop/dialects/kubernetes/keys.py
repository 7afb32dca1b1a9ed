"""The keys of pods and containers (API reference v1.37: PodSpec, Container, EphemeralContainer, PodSecurityContext, SecurityContext,
Capabilities), and those that stand where they have no effect."""

from __future__ import annotations

from ...model.oddity import Oddity
from ..yaml_view import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Set

POD_KEYS = frozenset(
    "activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy enableServiceLinks ephemeralContainers "
    "hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets initContainers nodeName nodeSelector os "
    "overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName "
    "schedulerName schedulingGates securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain "
    "terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes workloadRef".split()
)
CONTAINER_KEYS = frozenset(
    "args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resizePolicy resources restartPolicy "
    "restartPolicyRules securityContext startupProbe stdin stdinOnce targetContainerName terminationMessagePath terminationMessagePolicy "
    "tty volumeDevices volumeMounts workingDir".split()
)
_BOTH = "appArmorProfile runAsGroup runAsNonRoot runAsUser seLinuxOptions seccompProfile windowsOptions"
CONTEXT_KEYS = frozenset(f"{_BOTH} allowPrivilegeEscalation capabilities privileged procMount readOnlyRootFilesystem".split())
POD_CONTEXT_KEYS = frozenset(
    f"{_BOTH} fsGroup fsGroupChangePolicy seLinuxChangePolicy supplementalGroups supplementalGroupsPolicy sysctls".split()
)
CAPABILITY_KEYS = frozenset({"add", "drop"})
_ANY_CONTEXT = CONTEXT_KEYS | POD_CONTEXT_KEYS
_OF_CONTAINERS = "has no effect on a pod; it belongs to the `securityContext` of each container"
_OF_PODS = "has no effect on a container; it belongs to the `securityContext` of the pod"
_OF_CONTEXTS = "has no effect here; it belongs below `securityContext`"


def odd_keys(section: Section, address: str, *, is_pod: bool) -> Iterator[Oddity]:
    """The keys of a pod or of a container that are nearly security settings, or stand in the wrong place."""
    context = section.section("securityContext")
    known, own, other = (POD_KEYS, POD_CONTEXT_KEYS, CONTEXT_KEYS) if is_pod else (CONTAINER_KEYS, CONTEXT_KEYS, POD_CONTEXT_KEYS)
    yield from _odd(section, known, _ANY_CONTEXT, _OF_CONTEXTS, address)
    yield from _odd(context, own, other - own, _OF_CONTAINERS if is_pod else _OF_PODS, f"{address}.securityContext", address)
    if not is_pod:
        place = f"{address}.securityContext.capabilities"
        yield from _odd(context.section("capabilities"), CAPABILITY_KEYS, frozenset(), "", place, address)


def _odd(section: Section, known: Set[str], elsewhere: Set[str], advice: str, address: str, owner: str = "") -> Iterator[Oddity]:
    if section.mapping is None or known >= section.fields.keys():
        return
    from ..misspelt import misspelt_keys

    for name, field in section.fields.items():
        if name in elsewhere and name not in known and field.owner is section.mapping:
            key = field.entry.key
            oddity = Oddity(key.source or section.source, key.span, f"{address}.{name}", kind="misplaced-key", message=f"`{name}` {advice}")
            oddity.notes = field.trail
            yield oddity
    yield from misspelt_keys(section, known | elsewhere, address, owner or address, "Kubernetes")
