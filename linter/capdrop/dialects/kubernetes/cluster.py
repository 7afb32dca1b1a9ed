"""What an object tells about others: roles, bindings, accounts, pods, policies, services and routes as parts of a cluster."""

from __future__ import annotations

import re

from ...finding import Note
from ...model.cluster import (
    BorrowedVariables,
    ConfigMap,
    Grant,
    Item,
    NetworkPolicy,
    Part,
    Party,
    Place,
    Role,
    RoleBinding,
    Route,
    Service,
    ServiceAccount,
    Traffic,
    Workload,
)
from ...model.container import Container
from ...model.image import Image
from ...model.kubernetes_object import KubernetesObject
from ...model.selector import Selector, Term
from ...model.subject import Subject
from ...source import Inset, Source, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Mapping, Node, Scalar, Sequence, boolean
from ..yaml_view import Field, Section, fields_of
from .objects import place_of_entry
from .pods import Pod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_RBAC = frozenset({"rbac.authorization.k8s.io", "authorization.openshift.io", "v1"})
"""The groups of roles and bindings: of Kubernetes, of OpenShift, and of OpenShift 3."""
_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)")
"""The user that a service account is."""
_ROLES = frozenset({"Role", "ClusterRole"})
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_BALANCERS = {
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.beta.kubernetes.io/oci-load-balancer-internal": ("true",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": ("intranet",),
    "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid": (),
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
}
"""Annotations, with their values in small letters (any where none is named), by which providers keep a load balancer inside; from the
"Internal load balancer" section of kubernetes.io/docs/concepts/services-networking/service, read 2026-11."""
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
"""The annotation that came before `loadBalancerSourceRanges`: ranges with commas between."""
_NETWORKS = frozenset({"cilium.io", "projectcalico.org", "crd.projectcalico.org", "policy.networking.k8s.io", "crd.antrea.io"})
_OTHER_POLICIES = frozenset(
    "CiliumNetworkPolicy CiliumClusterwideNetworkPolicy NetworkPolicy GlobalNetworkPolicy AdminNetworkPolicy BaselineAdminNetworkPolicy "
    "ClusterNetworkPolicy".split()
)
"""Policies of networks and of administrators beside those of Kubernetes."""
_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_LONGEST_SETTING = 64


def parts_of(here: Source, thing: KubernetesObject, section: Section, silence: str) -> Iterator[Part]:
    """The part that an object is, where it is one of those kinds. `here` is the file that is read, which may be another than its own."""
    group = thing.api_version.partition("/")[0]
    kind = thing.kind
    base = _base(here, thing, section, silence)
    if group in _RBAC and kind in _ROLES:
        base["labels"] = _labels(section.section("metadata.labels"))
        aggregates = [_selector(item) for item in _sections(section, "aggregationRule.clusterRoleSelectors")]
        grants = tuple(_grants(here, section))
        yield Role(base, grants, tuple(selector for selector in aggregates if selector is not None))
    elif group in _RBAC and kind in _BINDINGS:
        yield _binding(base, here, section)
    elif thing.api_version == "v1" and kind == "ServiceAccount":
        yield ServiceAccount(base, _flag(section.get("automountServiceAccountToken")))
    elif thing.api_version == "v1" and kind == "Service":
        yield _service(base, here, section)
    elif thing.api_version == "v1" and kind == "ConfigMap":
        entries = dict(_entries(here, section.section("data")))
        if entries:
            yield ConfigMap(base, entries)
    elif kind == "NetworkPolicy" and group == "networking.k8s.io":
        yield _policy(base, here, section)
    elif kind in _OTHER_POLICIES and group in _NETWORKS:  # in words of their own: they may select any pod
        yield NetworkPolicy(base, None, frozenset(), ())
    elif kind in _BACKENDS:
        yield Route(base, tuple(_backends(here, section, kind)))


def workload_of(here: Source, thing: KubernetesObject, pod: Pod, root: Section, silence: str) -> Workload:
    """A pod as a part."""
    holder = pod.path.rpartition(".")[0]
    labels = root.section(f"{holder}.metadata.labels" if holder else "metadata.labels")
    account = pod.section.get("serviceAccountName") or pod.section.get("serviceAccount")
    base = _base(here, thing, root, silence) | {"address": pod.address(thing.address), "labels": _labels(labels)}
    default = "" if silence else "default"
    workload = Workload(
        base,
        _written(account) or default,
        _place(here, account) if account is not None else _span(base),
        _flag(pod.section.get("automountServiceAccountToken")),
    )
    workload.projects_token = workload.automount is False and _projects_token(pod.section)
    if pod.section.mapping is not None:
        workload.pod_start = pod.section.mapping.start
    return workload


def _projects_token(pod: Section) -> bool:
    """Whether a volume of a pod holds a token of its account."""
    volumes = fields_of(pod.get("volumes"))
    sources = (source for volume in volumes for source in fields_of(volume.section().find("projected.sources")))
    return any(source.section().get("serviceAccountToken") is not None for source in sources)


def borrowed_by(here: Source, thing: KubernetesObject, pod: Pod, root: Section, silence: str) -> Iterator[BorrowedVariables]:
    """What the containers of a pod take from ConfigMaps under names of their own."""
    base: dict[str, object] = {}
    for address, taken in pod.taken:
        chosen, name = taken.section("valueFrom.configMapKeyRef"), taken.text("name")
        key = chosen.get("key") or taken.get("prefix")
        if key is None or (name and chosen.text("key") == name):
            continue
        base = base or _base(here, thing, root, silence)
        base |= {"address": address, "span": _place(here, key)}
        map_name = chosen.get("name") or taken.find("configMapRef.name")
        yield BorrowedVariables(base, _written(map_name), chosen.text("key"), name or taken.text("prefix"))


def _entries(here: Source, data: Section) -> Iterator[tuple[str, Item]]:
    """The entries of a ConfigMap that may be settings of a program."""
    for name, field in data.fields.items():
        text = field.value.value if isinstance(field.value, Scalar) else "\n"
        if len(text) <= _LONGEST_SETTING and "\n" not in text and not is_masked(text):
            yield name, Item(text, _place(here, field))


def _base(here: Source, thing: KubernetesObject, section: Section, silence: str) -> dict[str, object]:
    """What all parts have."""
    name = section.find("metadata.name")
    return {
        "source": here,
        "span": _in(here, thing.source, thing.span),
        "address": thing.address,
        "kind": thing.kind,
        "name": _written(name),
        "name_span": _in(here, *place_of_entry(name, section)) if name is not None else None,
        "namespace": thing.namespace if not is_masked(thing.namespace) else "",
        "partial": bool(silence),
        "file": thing.source.path,
    }


def _span(base: dict[str, object]) -> Span:
    span = base["span"]
    assert isinstance(span, Span)
    return span


def _place(here: Source, field: Field) -> Span:
    """Where a value stands, with the places that it came through."""
    return _in(here, field.source, field.span, field.trail)


def _in(here: Source, source: Source, span: Span, trail: tuple[Note, ...] = ()) -> Span:
    """A span of some file as a part of one that is read here has it."""
    source, span = _outside(source, span)
    if source is here and not trail:
        return span
    notes = [(note.message, *_outside(note.source, note.span)) for note in trail]
    return Place(span, source.path, tuple(Note(Source(at.path, ""), place, message) for message, at, place in notes))


def _outside(source: Source, span: Span) -> tuple[Source, Span]:
    """A span of a file that stands inside another one, in that one."""
    return (source.outer, source.place(span)) if isinstance(source, Inset) else (source, span)


def noted(workload: Workload, subject: Subject) -> None:
    """Take what is known of a pod's containers and images into its part."""
    if isinstance(subject, Container):
        if subject.fact("privileged").is_true:
            workload.privileged += (subject.name,)
        if subject.image_name:
            workload.started += ((subject.image_name, subject.is_never_root),)
    elif isinstance(subject, Image) and subject.reference is not None:
        workload.images += (subject.reference.repository,)


def _written(field: Field | None) -> str:
    """The text of a field; where a template decides it, the template's own words, which say the same wherever they are the same."""
    if field is None or not isinstance(field.value, Scalar):
        return ""
    return field.source[field.span].strip("\"' ") if is_masked(field.value.value) else field.value.value


def _flag(field: Field | None) -> bool | None:
    return boolean(field.value) if field is not None else None


def _items(here: Source, section: Section, path: str) -> tuple[Item, ...]:
    """The texts of a list; of one that a template makes nothing is known."""
    fields = fields_of(section.find(path))
    return tuple(
        Item(one.value.value, _place(here, one)) for one in fields if isinstance(one.value, Scalar) and not is_masked(one.value.value)
    )


def _labels(section: Section) -> dict[str, str]:
    fields = section.fields.items()
    return {name: field.value.value for name, field in fields if isinstance(field.value, Scalar) and not is_masked(field.value.value)}


def _grants(here: Source, section: Section) -> Iterator[Grant]:
    for rule in _sections(section, "rules"):
        kept = [_items(here, rule, name) for name in ("apiGroups", "resources", "verbs", "resourceNames")]
        groups, resources, verbs, names = kept
        if not names and rule.get("resourceNames") is not None:
            names = (Item("", rule.value.span if rule.value is not None else Span(0, 0)),)
        yield Grant(groups, resources, verbs, names)


def _binding(base: dict[str, object], here: Source, section: Section) -> RoleBinding:
    parties = []
    for one in fields_of(section.find("subjects")):
        party = one.section()
        name = party.get("name")
        namespace = party.text("namespace") or str(base["namespace"])
        namespace = "" if is_masked(namespace) else namespace
        kind, called = party.text("kind"), _written(name)
        account = _ACCOUNT.fullmatch(called)
        if account is not None:
            kind, namespace, called = "ServiceAccount", *account.groups()
        parties.append(Party(kind, called, namespace, _place(here, name or one)))
    role = section.find("roleRef.name")
    span = _place(here, role) if role is not None else _span(base)
    role_kind = section.text("roleRef.kind") or ("Role" if section.text("roleRef.namespace") else "ClusterRole")
    return RoleBinding(base, role_kind, _written(role), span, tuple(parties))


def _selector(section: Section) -> Selector | None:
    """A label selector; None where a template or something unknown is in it."""
    if section.mapping is None:
        return None
    labels = section.section("matchLabels").fields
    if any(not isinstance(field.value, Scalar) or is_masked(field.value.value) for field in labels.values()):
        return None
    terms = []
    for term in _sections(section, "matchExpressions"):
        values = _items(term.source, term, "values")
        terms.append(Term(term.text("key"), term.text("operator"), tuple(item.text for item in values)))
    return Selector(_labels(section.section("matchLabels")), tuple(terms))


def _service(base: dict[str, object], here: Source, section: Section) -> Service:
    kind = section.find("spec.type")
    chosen = section.section("spec.selector")
    masked = any(not isinstance(field.value, Scalar) or is_masked(field.value.value) for field in chosen.fields.values())
    selector = Selector(_labels(chosen)) if chosen.mapping is not None and not masked else None
    span = _place(here, kind) if kind is not None else _span(base)
    return Service(base, section.text("spec.type") or "ClusterIP", span, selector, restricted=_is_restricted(here, section))


def _is_restricted(here: Source, section: Section) -> bool:
    """Whether a service lets in only some addresses."""
    ranges = section.find("spec.loadBalancerSourceRanges")
    if ranges is not None:
        some = _items(here, section, "spec.loadBalancerSourceRanges")
        return not any(item.text.strip() in _ANYWHERE for item in some)
    annotations = section.section("metadata.annotations").fields
    if _RANGES in annotations:
        said = getattr(annotations[_RANGES].value, "value", "")
        return bool(said) and _ANYWHERE.isdisjoint(said.replace(" ", "").split(","))
    for name, field in annotations.items():
        if name in _BALANCERS and isinstance(field.value, Scalar):
            values = _BALANCERS[name]
            if not values or field.value.value.lower() in values or is_masked(field.value.value):
                return True
    return False


def _policy(base: dict[str, object], here: Source, section: Section) -> NetworkPolicy:
    field = section.find("spec.podSelector")
    selector = _selector(field.section()) if field is not None and not _is_empty(field.value) else Selector({})
    if base["partial"] and (field is None or not (isinstance(field.value, Mapping) and field.value.flow)):
        selector = None  # a template or a patch may ask for more labels
    directions = {item.text for item in _items(here, section, "spec.policyTypes")}
    if not directions:
        directions = {"Ingress", "Egress"} if section.find("spec.egress") is not None else {"Ingress"}
    traffic = [*_traffic(here, section, "ingress", "from"), *_traffic(here, section, "egress", "to")]
    return NetworkPolicy(base, selector, frozenset(directions), tuple(traffic))


def _traffic(here: Source, section: Section, direction: str, peers: str) -> Iterator[Traffic]:
    for one in fields_of(section.find(f"spec.{direction}")):
        if not isinstance(one.value, Mapping):
            continue
        rule = one.section()
        sides = list(fields_of(rule.find(peers)))
        blocks = []
        every_pod = None
        for side in sides:
            peer = side.section()
            if all(_is_any(peer.get(name)) for name in ("namespaceSelector", *peer.fields)):
                every_pod = _place(here, side)
            block = peer.section("ipBlock")
            cidr = block.get("cidr")
            if cidr is not None and isinstance(cidr.value, Scalar):
                excepted = tuple(item.text for item in _items(here, block, "except"))
                blocks.append((Item(cidr.value.value, _place(here, cidr)), excepted))
        named = rule.get(peers)
        unread = named is not None and not sides and not _is_empty(named.value)
        yield Traffic(direction, _place(here, one), tuple(blocks), anyone=not sides and not unread, every_pod=every_pod, ports=_ports(rule))


def _is_any(field: Field | None) -> bool:
    """Whether a selector is written that selects everything."""
    return field is not None and isinstance(field.value, Mapping) and not field.value.entries


def _ports(rule: Section) -> tuple[str, ...]:
    """The ports of a rule as written; "" for those that are not told."""
    field = rule.get("ports")
    ports = [port.text("port") for port in _sections(rule, "ports")]
    unread = field is not None and not ports and not _is_empty(field.value)
    return ("",) if unread else tuple(ports)


def _is_empty(node: Node) -> bool:
    """Whether nothing is written for a list, or an empty one."""
    if isinstance(node, Sequence):
        return not node.items
    return isinstance(node, Scalar) and node.value in ("", "~", "null") and not node.style


_BACKENDS = frozenset({"Ingress", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "VirtualService", "Route", "IngressRoute"})
"""Kinds that lead traffic from outside to services: of Kubernetes, its Gateway API, Istio, OpenShift and Traefik."""


def _backends(here: Source, section: Section, kind: str) -> Iterator[Item]:
    """The names of the services that a route leads to."""
    found: list[Field | None] = []
    if kind == "Ingress":
        for default in ("spec.defaultBackend.service.name", "spec.backend.serviceName"):
            found.append(section.find(default))
        for rule in _sections(section, "spec.rules"):
            for path in _sections(rule, "http.paths"):
                found += [path.find("backend.service.name"), path.find("backend.serviceName")]
    elif kind == "VirtualService":
        gateways = {item.text for item in _items(here, section, "spec.gateways")}
        for way in ("http", "tcp", "tls") if gateways - {"mesh"} else ():
            for rule in _sections(section, f"spec.{way}"):
                found += [target.find("destination.host") for target in _sections(rule, "route")]
    elif kind == "Route":
        found = [section.find("spec.to.name")]
    else:
        lists = ("services",) if kind == "IngressRoute" else ("backendRefs",)
        for rule in _sections(section, "spec.routes" if kind == "IngressRoute" else "spec.rules"):
            found += [target.get("name") for name in lists for target in _sections(rule, name)]
    for field in found:
        name = _written(field)
        if field is not None and name:
            yield Item(name.partition(".")[0] if "{{" not in name else name, _place(here, field))


def _sections(section: Section, path: str) -> list[Section]:
    """The items of a list, as mappings."""
    return [one.section() for one in fields_of(section.find(path))]
