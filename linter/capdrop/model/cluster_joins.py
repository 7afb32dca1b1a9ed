"""Who belongs to whom in a cluster: by name, namespace, labels, and how near the files are to one another.

A folder may hold many applications that use the same names, so a reference means the nearest part that it fits: in the file itself,
then in its folder, then in those above. Everything here is bounded, so that thousands of parts of one name cost no more than others.

A part that something is laid over belongs to what stands around it, and nothing belongs to it: so what one overlay says is held against
no other, nor against the base.
"""

from __future__ import annotations

from functools import partial
from itertools import islice

from .selector import Selector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    from .cluster import (
        BorrowedVariables,
        ConfigMap,
        Grant,
        NetworkPolicy,
        Part,
        Party,
        Role,
        RoleBinding,
        Route,
        Service,
        ServiceAccount,
        Workload,
    )

    P = TypeVar("P", bound=Part)

SEEN = 200
"""Parts of one key that are looked at."""
MOST = 20
"""Parts that belong to one other."""
DEEPEST = 16
"""Folders above a file in which it is known."""
HIGHEST = 3
"""Places in which a name is looked for: the file, its folder, and the one above."""
CLOSE = 2
"""Those in which things are looked for that have no name of their own."""
EVERYTHING = ""
ALL_ACCOUNTS = "system:serviceaccounts"
"""The group of all service accounts; with a namespace behind a colon, of all that are in it."""
DEFAULT_ACCOUNT = "default"
AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-"
"""The label by which a ClusterRole adds its rules to `admin`, `edit` or `view`."""


class Index:
    """Parts by a key and every folder that they are in."""

    __slots__ = ("_folders", "_parts")

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], list[Part]] = {}
        self._folders: dict[str, tuple[str, ...]] = {}

    def add(self, key: str, part: Part) -> None:
        for folder in self._above(part):
            self._parts.setdefault((key, folder), []).append(part)

    def near(self, key: str, part: Part, fits: Callable[[P], bool]) -> list[P]:
        """The parts of a key that fit, in the nearest folder that has any."""
        return self._near(key, part, fits, HIGHEST, MOST)

    def close(self, key: str, part: Part, fits: Callable[[P], bool]) -> list[P]:
        """Those in the same folder; none where there are too many to look at."""
        found = self._near(key, part, fits, CLOSE, SEEN)
        return found if len(found) < SEEN else []

    def _near(self, key: str, part: Part, fits: Callable[[P], bool], highest: int, most: int) -> list[P]:
        for folder in self._above(part)[:highest]:
            some: list[P] = self._parts.get((key, folder), [])[:SEEN]  # type: ignore[assignment]
            found = list(islice((other for other in some if fits(other)), most))
            if found:
                return found
        return []

    def _above(self, part: Part) -> tuple[str, ...]:
        path = part.file
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = tuple(_places(path))[:DEEPEST]
        return found


def _places(path: str) -> Iterator[str]:
    """A path and the folders above it."""
    yield path
    path = path.replace("\\", "/")
    while path:
        path = path.rpartition("/")[0]
        yield f"{path}/"


class Joins:
    """The parts of a cluster, joined."""

    __slots__ = ("_by_kind", "_indices", "_links", "_standing", "_takeovers")

    def __init__(self, parts: Iterable[Part]) -> None:
        self._by_kind: dict[str, list[Part]] = {}
        for part in parts:
            self._by_kind.setdefault(type(part).__name__, []).append(part)
        self._indices: dict[str, Index] = {}
        self._takeovers: dict[int, str] = {}
        self._links: Links | None = None
        self._standing: dict[tuple[str, str, type], Part] | None = None

    def bindings_of(self, role: Role) -> list[RoleBinding]:
        return self._linked.by_role.get(id(self._as_it_stands(role)), [])

    def roles_of(self, binding: RoleBinding) -> list[Role]:
        return self._linked.found(binding)[0]

    def workloads_of(self, binding: RoleBinding) -> list[Workload]:
        return self._linked.found(binding)[1]

    def bindings_for(self, workload: Workload) -> list[RoleBinding]:
        standing = self._as_it_stands(workload)
        if standing.account == workload.account:
            return self._linked.by_workload.get(id(standing), [])

        def fits(binding: RoleBinding) -> bool:
            return any(_may_be(party, workload) for party in binding.parties[:MOST])

        return self._bindings.near(workload.account, workload, fits)

    def bindings_for_all(self, workload: Workload) -> list[RoleBinding]:
        groups = [ALL_ACCOUNTS, f"{ALL_ACCOUNTS}:{workload.namespace}"] if workload.namespace else [ALL_ACCOUNTS]
        found: list[RoleBinding] = []
        for group in groups:
            found += self._bindings.near(group, workload, lambda _: True)
        return found

    @property
    def _bindings(self) -> Index:
        return self._index("RoleBinding", lambda binding: [party.name for party in binding.parties])  # type: ignore[attr-defined]

    def takeover_of(self, binding: RoleBinding) -> str:
        """By what a binding leads to the whole cluster; found out once."""
        known = self._takeovers.get(id(binding))
        if known is None:
            known = self._takeovers[id(binding)] = takeover(binding)
        return known

    def accounts_of(self, workload: Workload) -> list[ServiceAccount]:
        accounts = self._index("ServiceAccount", lambda account: (account.name,))
        return accounts.near(workload.account, workload, workload.shares_namespace)

    def maps_of(self, borrowed: BorrowedVariables) -> list[ConfigMap]:
        return self._index("ConfigMap", lambda one: (one.name,)).close(borrowed.map_name, borrowed, borrowed.shares_namespace)

    def policies_near(self, workload: Workload) -> list[NetworkPolicy]:
        return self._index("NetworkPolicy", _any_key).close(EVERYTHING, workload, workload.shares_namespace)

    def workloads_near(self, policy: NetworkPolicy) -> list[Workload]:
        return self._index("Workload", _any_key).close(EVERYTHING, policy, policy.shares_namespace)

    def rivals_of(self, policy: NetworkPolicy) -> list[NetworkPolicy]:
        standing = self._as_it_stands(policy)

        def rivals(other: NetworkPolicy) -> bool:
            return other is not standing and policy.shares_namespace(other) and _overlap(policy.selector, other.selector)

        return self._index("NetworkPolicy", _any_key).close(EVERYTHING, policy, rivals)[:MOST]

    def workloads_behind(self, service: Service) -> list[Workload]:
        selector = service.selector
        if selector is None or not selector.labels:
            return []

        def fits(workload: Workload) -> bool:
            return service.shares_namespace(workload) and selector.selects(workload.labels)

        key = next(f"{name}={value}" for name, value in selector.labels.items())
        return self._labelled().near(key, service, fits)

    def routes_to(self, service: Service) -> list[Route]:
        routes = self._index("Route", lambda route: [backend.text for backend in route.backends])  # type: ignore[attr-defined]
        return routes.near(service.name, service, service.shares_namespace) if service.name else []

    def _as_it_stands(self, part: P) -> P:
        """What a part is without what is laid over it; itself where nothing is, or where that is not known."""
        if not part.is_joined:
            return part
        if self._standing is None:
            every = (one for parts in self._by_kind.values() for one in reversed(parts))
            self._standing = {(one.file, one.address, type(one)): one for one in every}
        return self._standing.get((part.file, part.address, type(part)), part)  # type: ignore[return-value]

    def _labelled(self) -> Index:
        return self._index("Workload", lambda pod: [f"{name}={value}" for name, value in pod.labels.items()], "labels")

    def _index(self, kind: str, keys: Callable[[Part], Iterable[str]], by: str = "") -> Index:
        """The parts of a kind by their keys."""
        name = f"{kind} {by}"
        if name not in self._indices:
            index = self._indices[name] = Index()
            for part in self._by_kind.get(kind, ()):
                for key in set(keys(part)):
                    index.add(key, part)
        return self._indices[name]

    @property
    def _linked(self) -> Links:
        if self._links is None:
            self._links = Links(*(self._by_kind.get(kind, []) for kind in ("Role", "RoleBinding", "Workload")))  # type: ignore[arg-type]
        return self._links


class Links:
    """Roles, bindings and pods, from either end; by the identity of the part."""

    __slots__ = ("_aggregating", "_found", "_pods", "_roles", "by_role", "by_workload")

    def __init__(self, roles: list[Role], bindings: list[RoleBinding], workloads: list[Workload]) -> None:
        self.by_role: dict[int, list[RoleBinding]] = {}
        self.by_workload: dict[int, list[RoleBinding]] = {}
        self._found: dict[int, tuple[list[Role], list[Workload]]] = {}
        self._roles = Index()
        self._aggregating = [role for role in roles if role.aggregates][:MOST]
        for role in roles:
            for name in self._names_of(role):
                self._roles.add(name, role)
        self._pods = Index()
        for workload in workloads:
            if workload.account:
                self._pods.add(workload.account, workload)
        for binding in bindings:
            self._link(binding)

    def _names_of(self, role: Role) -> set[str]:
        """The kind and name of a role, and of the roles that take over its rules."""
        names = {f"{role.kind}/{role.name}"}
        for label, value in role.labels.items():
            if label.startswith(AGGREGATED) and value == "true":
                names.add(f"ClusterRole/{label[len(AGGREGATED) :]}")
        names |= {f"{other.kind}/{other.name}" for other in self._aggregating if any(one.selects(role.labels) for one in other.aggregates)}
        return names

    def found(self, binding: RoleBinding) -> tuple[list[Role], list[Workload]]:
        """The roles and the pods of a binding."""

        def fits(role: Role) -> bool:
            return role.kind == "ClusterRole" or binding.shares_namespace(role)

        known = self._found.get(id(binding))
        if known is None:
            roles = self._roles.near(f"{binding.role_kind}/{binding.role_name}", binding, fits) if binding.role_name else []
            pods = {id(pod): pod for pod in islice(self._pods_of(binding), MOST)}
            known = self._found[id(binding)] = (roles, list(pods.values()))
        return known

    def _link(self, binding: RoleBinding) -> None:
        roles, pods = self.found(binding)
        for table, keys in ((self.by_role, map(id, roles)), (self.by_workload, map(id, pods))):
            for key in keys:
                known = table.setdefault(key, [])
                if len(known) < MOST:
                    known.append(binding)

    def _pods_of(self, binding: RoleBinding) -> Iterator[Workload]:
        for party in binding.parties[:MOST]:
            if party.kind == "ServiceAccount" and party.name:
                search = self._pods.close if party.name == DEFAULT_ACCOUNT else self._pods.near
                yield from search(party.name, binding, partial(_may_be, party))


def _may_be(party: Party, pod: Workload) -> bool:
    """Whether somebody is the account that a pod runs as."""
    known = pod.namespace == party.namespace or not pod.namespace or not party.namespace
    return known and (party.kind, party.name) == ("ServiceAccount", pod.account)


def takeover(binding: RoleBinding) -> str:
    """By what the role of a binding leads to the whole cluster, in words; nothing where it does not."""
    if binding.role_kind == "ClusterRole" and binding.role_name == "cluster-admin":
        return "may do everything"
    wide = binding.kind == "ClusterRoleBinding"
    return next((power for role in binding.roles for grant in role.grants[:SEEN] if (power := _takeover(grant, wide=wide))), "")


def _takeover(grant: Grant, *, wide: bool) -> str:
    """The same of a grant, in all namespaces or in one."""
    verbs, resources = ({item.text for item in items} for items in (grant.verbs, grant.resources))
    if grant.names:
        return ""
    if grant.reaches("rbac.authorization.k8s.io") and verbs & {"escalate", "bind"}:
        return "may give itself any role"
    if not wide or not grant.reaches(""):
        return ""
    if "*" in resources and "*" in verbs:
        return "may do everything"
    if "impersonate" in verbs:
        return "may act as anybody"
    return "runs commands in any pod" if resources & {"nodes/proxy", "*/proxy"} else ""


def _any_key(part: Part) -> tuple[str, ...]:
    return (EVERYTHING,)


def _overlap(one: Selector | None, other: Selector | None) -> bool:
    """Whether two selectors mean some same pods for certain: one of them asks for no more than the other."""
    if one is None or other is None or one.terms or other.terms:
        return False
    return one.labels.items() <= other.labels.items() or other.labels.items() <= one.labels.items()
