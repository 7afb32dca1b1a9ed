"""Objects of a cluster that say something about one another.

Files offer them as their summary: light, and fit to be sent from one process to another. Their sources know a path and no text; the
engine puts the real one into the findings.
"""

from __future__ import annotations

from ..finding import Confidence, Finding, Fix, Note, Safety, Severity
from ..source import Record, Source, Span
from .subject import Change, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .cluster_joins import Joins
    from .selector import Selector

ALL = "*"
READING = frozenset({"get", "list", "watch"})
SHOWN = 5
"""Pods that a finding names."""
EVERYONE = frozenset({"system:anonymous", "system:unauthenticated", "system:authenticated"})
"""Who holds a role when everyone does."""


class Place(Span):
    """A span that stands in another file than the part that it belongs to, or came through other places: `path` is that of its file, and
    the notes of `trail` lead there."""

    __slots__ = ("path", "trail")

    def __init__(self, span: Span, path: str, trail: tuple[Note, ...]) -> None:
        super().__init__(span.start, span.end)
        self.path = path
        self.trail = trail

    def _fields(self) -> tuple[object, ...]:
        return (self.start, self.end, self.path)


class Item(Record):
    """A text and where it stands."""

    __slots__ = ("span", "text")

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span


class Grant(Record):
    """One rule of a role: these verbs on these resources of these groups, where `names` are given on these alone."""

    __slots__ = ("groups", "names", "resources", "verbs")

    def __init__(self, groups: tuple[Item, ...], resources: tuple[Item, ...], verbs: tuple[Item, ...], names: tuple[Item, ...]) -> None:
        self.groups = groups
        self.resources = resources
        self.verbs = verbs
        self.names = names

    def reaches(self, group: str) -> bool:
        """Whether it speaks about an API group; that of the core is ""."""
        return any(item.text in (group, ALL) for item in self.groups)


class Wish(Fix):
    """A change of a part, which knows no text: it becomes a fix where the text is, by the subject of the type that writes for it."""

    __slots__ = ("change", "part", "wanted")

    def __init__(self, part: Part, change: Change, wanted: Safety, caveat: str) -> None:
        super().__init__(change.action.capitalize(), caveat=caveat)
        self.part = part
        self.change = change
        self.wanted = wanted

    def granted(self, subjects: Iterable[Subject]) -> Fix:
        """The fix, as one of the subjects at the part's address writes it; those before the part are of others of its name."""
        for subject in subjects:
            if type(subject).__name__ == self.part.written_by and subject.span.start >= self.part.start:
                return subject.fix(self.change, self.wanted, self.caveat)
        return Fix(self.title, caveat="it is put together of several files")


class Part(Subject):
    """An object, or a pod in one. `name_span` is where its name stands, and `partial` is set where a template may add to what is written.
    `file` is the path of the file that holds it: another one than that of its source where that one lays something over it.

    `cluster` holds everything that the files of the run say, once all are read.
    """

    __slots__ = ("cluster", "file", "kind", "labels", "name", "name_span", "namespace", "partial")

    cluster: Cluster
    written_by = "KubernetesObject"
    """The type of the subject that writes its changes."""
    started: tuple[tuple[str, bool], ...] = ()
    """The images that it starts, as written, each with whether it cannot be root."""

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        *,
        kind: str,
        name: str,
        name_span: Span | None = None,
        namespace: str = "",
        labels: Mapping[str, str] | None = None,
        partial: bool = False,
        file: str = "",
    ) -> None:
        super().__init__(Source(source.path, ""), span, address)
        self.file = file or source.path
        self.kind = kind
        self.name = name
        self.name_span = name_span or span
        self.namespace = namespace
        self.labels = labels or {}
        self.partial = partial

    def shares_namespace(self, other: Part) -> bool:
        """Whether both may be in one namespace: it is the same, or one does not say."""
        return self.namespace == other.namespace or not self.namespace or not other.namespace

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.span.start

    @property
    def is_joined(self) -> bool:
        """Whether it is what another file makes of the object that stands in its own."""
        return self.file != self.source.path

    def note(self, message: str, at: Span | None = None) -> Note:
        """This part as a second place of a finding: where its name stands, or at one of its spans."""
        at = at or self.name_span
        return Note(Source(at.path, ""), Span(at.start, at.end), message) if isinstance(at, Place) else Note(self.source, at, message)

    def fix(self, change: Change, safety: Safety, caveat: str) -> Fix:
        return Wish(self, change, safety, caveat)


class Role(Part):
    """A Role or ClusterRole; `aggregates` selects the ClusterRoles whose rules it takes over."""

    __slots__ = ("aggregates", "grants")

    def __init__(self, part: Mapping[str, object], grants: tuple[Grant, ...], aggregates: tuple[Selector, ...] = ()) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.grants = grants
        self.aggregates = aggregates

    @property
    def bindings(self) -> list[RoleBinding]:
        """What gives this role to somebody, be it through a role that takes over its rules."""
        return self.cluster.joins.bindings_of(self)

    @property
    def workloads(self) -> list[Workload]:
        """The pods that run with it."""
        return list({id(pod): pod for binding in self.bindings for pod in binding.workloads}.values())

    @property
    def is_harmless(self) -> bool:
        """Whether all that it grants is to read what is no secret, or to be judged by some policy (`use`)."""
        texts = {item.text for grant in self.grants for items in (grant.verbs, grant.resources) for item in items}
        verbs = {item.text for grant in self.grants for item in grant.verbs}
        return not self.partial and verbs <= {"get", "list", "watch", "use"} and not texts & {ALL, "secrets", "nodes/proxy"}

    @property
    def is_builtin(self) -> bool:
        """Whether Kubernetes itself brings it."""
        return self.name.startswith("system:")

    def granting(self, group: str, resources: Iterable[str], verbs: Iterable[str], *, named: bool = False) -> Iterator[Item]:
        """The resources by which it grants any of these verbs on any of these resources; "*" is meant only where it is asked for,
        and `*/exec` wherever `pods/exec` is. Grants on single objects count where `named` says so."""
        for grant in self.grants:
            if grant.reaches(group) and (named or not grant.names) and any(verb.text == ALL or verb.text in verbs for verb in grant.verbs):
                yield from (item for item in grant.resources if item.text in resources or _is_subresource(item.text, resources))

    def power(self, at: Span, message: str, severity: Severity) -> Finding:
        """A finding on what the role grants: it names the pods that run with it, and weighs more where there are any."""
        pods = self.workloads
        notes = [pod.note(f"`{pod.address}` runs with this role") for pod in pods[:SHOWN]]
        if len(pods) > SHOWN:
            notes.append(pods[SHOWN].note(f"and {len(pods) - SHOWN} more"))
        grown = Severity(min(severity + 1, Severity.CRITICAL)) if pods else severity
        unsure = self.source.is_started_by_hand
        return self.finding(at, message, notes=tuple(notes), severity=grown, confidence=Confidence.LOW if unsure else None)


def _is_subresource(text: str, resources: Iterable[str]) -> bool:
    """Whether a text means a subresource of everything (`*/exec`), that of one of these resources among it."""
    return text.startswith("*/") and any(resource.endswith(text[1:]) for resource in resources)


class Party(Record):
    """Who a binding gives a role to: a User, a Group or a ServiceAccount."""

    __slots__ = ("kind", "name", "namespace", "span")

    def __init__(self, kind: str, name: str, namespace: str, span: Span) -> None:
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.span = span

    @property
    def is_everyone(self) -> bool:
        """Whether it is everyone who reaches the API server, or everyone who has any account."""
        return self.name in EVERYONE


class RoleBinding(Part):
    """A RoleBinding or ClusterRoleBinding: the kind and name of its role, and who is given it."""

    __slots__ = ("parties", "role_kind", "role_name", "role_span")

    def __init__(self, part: Mapping[str, object], role_kind: str, role_name: str, role_span: Span, parties: tuple[Party, ...]) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.role_kind = role_kind
        self.role_name = role_name
        self.role_span = role_span
        self.parties = parties

    def without(self, party: Party, *, caveat: str = "") -> Fix:
        """A fix that takes the role from somebody."""
        return self.remove("subjects", Value.known(party.name, self.source, party.span), caveat=caveat)

    @property
    def takeover(self) -> str:
        """By what the role leads to the whole cluster, in words; nothing where it does not."""
        return self.cluster.joins.takeover_of(self)

    @property
    def reads_secrets(self) -> bool:
        """Whether it gives the secrets of every namespace."""
        every = ("secrets", ALL)
        return self.kind == "ClusterRoleBinding" and any(True for role in self.roles for _ in role.granting("", every, READING))

    @property
    def roles(self) -> list[Role]:
        """The role that it names, as far as a file of the run holds it, and those whose rules that role takes over."""
        return self.cluster.joins.roles_of(self)

    @property
    def workloads(self) -> list[Workload]:
        """The pods that run as a service account that is given the role."""
        return self.cluster.joins.workloads_of(self)


class ServiceAccount(Part):
    """A service account; `automount` says whether pods get its token: None where it is not said."""

    __slots__ = ("automount",)

    def __init__(self, part: Mapping[str, object], automount: bool | None) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.automount = automount


class Workload(Part):
    """A pod, or what makes pods. `account` is the name of its service account ("" where a template says it), `automount` whether it
    is given the token (None where it is not said), `projects_token` whether a volume holds one although it is not, `images` are the names
    of its images, and `privileged` those of its containers that have the host's full power."""

    __slots__ = ("account", "account_span", "automount", "images", "pod_start", "privileged", "projects_token", "started")

    written_by = "Pod"

    def __init__(self, part: Mapping[str, object], account: str, account_span: Span, automount: bool | None) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.account = account
        self.account_span = account_span
        self.automount = automount
        self.projects_token = False
        self.images: tuple[str, ...] = ()
        self.privileged: tuple[str, ...] = ()
        self.started = ()
        self.pod_start = self.span.start

    @property
    def start(self) -> int:
        return self.pod_start

    @property
    def bindings(self) -> list[RoleBinding]:
        """What gives roles to it."""
        return self.cluster.joins.bindings_for(self)

    @property
    def bindings_for_all(self) -> list[RoleBinding]:
        """What gives roles to all service accounts, or to all of its namespace."""
        return self.cluster.joins.bindings_for_all(self)

    @property
    def accounts(self) -> list[ServiceAccount]:
        """Its service account, as far as a file of the run holds it."""
        return self.cluster.joins.accounts_of(self)

    @property
    def policies(self) -> list[NetworkPolicy]:
        """The network policies that stand near it, whether or not they select it."""
        return self.cluster.joins.policies_near(self)


class ConfigMap(Part):
    """A ConfigMap: its entries of one line, by their keys."""

    __slots__ = ("entries",)

    def __init__(self, part: Mapping[str, object], entries: Mapping[str, Item]) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.entries = entries


class BorrowedVariables(Part):
    """What a pod takes from a ConfigMap under names of its own: the entry at `key` as the variable `variable`, or where no key is named
    all entries, with `variable` before their names."""

    __slots__ = ("key", "map_name", "variable")

    def __init__(self, part: Mapping[str, object], map_name: str, key: str, variable: str) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.map_name = map_name
        self.key = key
        self.variable = variable

    @property
    def values(self) -> list[tuple[str, str, Note]]:
        """The variables, as far as a file of the run holds the ConfigMap: their names, values, and where those are written."""
        return [
            (self.variable if self.key else f"{self.variable}{key}", item.text, one.note("it is written here", item.span))
            for one in self.cluster.joins.maps_of(self)[:1]
            for key, item in one.entries.items()
            if self.key in ("", key)
        ]


class Traffic(Record):
    """One rule of a network policy: `blocks` are the blocks of addresses with what they leave out, `anyone` is set where it names no
    peer at all, `every_pod` is where a peer stands that is every pod of every namespace, and `ports` are the ports that it names, as
    written."""

    __slots__ = ("anyone", "blocks", "direction", "every_pod", "ports", "span")

    def __init__(
        self,
        direction: str,
        span: Span,
        blocks: tuple[tuple[Item, tuple[str, ...]], ...],
        *,
        anyone: bool,
        every_pod: Span | None,
        ports: tuple[str, ...],
    ) -> None:
        self.direction = direction
        self.span = span
        self.blocks = blocks
        self.anyone = anyone
        self.every_pod = every_pod
        self.ports = ports

    @property
    def is_open(self) -> bool:
        """Whether it lets everything through."""
        return self.anyone and not self.ports


class NetworkPolicy(Part):
    """A network policy: the pods that it selects, the directions that it is about, and what it lets through."""

    __slots__ = ("directions", "selector", "traffic")

    def __init__(
        self, part: Mapping[str, object], selector: Selector | None, directions: frozenset[str], traffic: tuple[Traffic, ...]
    ) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.selector = selector
        self.directions = directions
        self.traffic = traffic

    @property
    def rivals(self) -> list[NetworkPolicy]:
        """The other policies that select some pod that this one does."""
        return self.cluster.joins.rivals_of(self)

    @property
    def workloads_near(self) -> list[Workload]:
        """The pods that stand near it, whether or not it selects them."""
        return self.cluster.joins.workloads_near(self)


class Service(Part):
    """A service: its type ("ClusterIP" where it says none), the labels of its pods, and whether it lets in only some addresses, or only
    those of the provider's own network."""

    __slots__ = ("restricted", "selector", "type", "type_span")

    def __init__(self, part: Mapping[str, object], type_: str, type_span: Span, selector: Selector | None, *, restricted: bool) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.type = type_
        self.type_span = type_span
        self.selector = selector
        self.restricted = restricted

    @property
    def workloads(self) -> list[Workload]:
        """The pods behind it."""
        return self.cluster.joins.workloads_behind(self)

    @property
    def is_outside(self) -> bool:
        """Whether it is reached from outside the cluster by itself."""
        return self.type in ("LoadBalancer", "NodePort")

    @property
    def routes(self) -> list[Route]:
        """What leads traffic from outside to it."""
        return self.cluster.joins.routes_to(self)


class Route(Part):
    """An Ingress, or a route of a gateway: the names of the services that it leads to."""

    __slots__ = ("backends",)

    def __init__(self, part: Mapping[str, object], backends: tuple[Item, ...]) -> None:
        super().__init__(**part)  # type: ignore[arg-type]
        self.backends = backends


class Cluster:
    """All parts that the files of a run offer: those that stand in them, and the same ones with what other files lay over them. `whole`
    says that the run is about a folder, so that what is not there may be missed."""

    __slots__ = ("_joins", "joined", "parts", "whole")

    asked_by = None

    def __init__(self, parts: Iterable[Part], *, whole: bool) -> None:
        self.parts: list[Part] = []
        self.joined: list[Part] = []
        self.whole = whole
        self._joins: Joins | None = None
        for part in parts:
            part.cluster = self
            (self.joined if part.is_joined else self.parts).append(part)

    def release(self) -> None:
        """Let go of the parts, so that they can be sent elsewhere."""
        for part in (*self.parts, *self.joined):
            del part.cluster

    @property
    def joins(self) -> Joins:
        """Who belongs to whom; found out when it is first asked for."""
        if self._joins is None:
            from .cluster_joins import Joins  # most files say nothing that needs it

            self._joins = Joins(self.parts)
        return self._joins
