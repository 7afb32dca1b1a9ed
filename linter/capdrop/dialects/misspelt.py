"""Keys that nearly are those of a security setting, and so protect nothing. Imported where a mapping holds a key that nobody knows."""

from __future__ import annotations

from ..finding import Edit, Fix, Safety
from ..model.oddity import Oddity
from ..source import Span
from .yaml_view import Field, Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

PROTECTING = frozenset(
    "cap_drop security_opt read_only host_ip limits resources mem_limit memswap_limit pids_limit userns_mode secrets ulimits "
    "allowPrivilegeEscalation appArmorProfile capabilities readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxOptions "
    "seccompProfile securityContext automountServiceAccountToken hostUsers drop fsGroup supplementalGroups user tmpfs memory pids".split()
)
"""Keys without which less is forbidden."""
GRANTING = frozenset(
    "cap_add privileged network_mode cgroup_parent device_cgroup_rules group_add hostNetwork hostPID hostIPC procMount".split()
)
"""Keys that allow more: misspelt they do not, but who reads them believes it."""
MEANT: Mapping[str, str] = {
    "nonewprivileges": "security_opt: [no-new-privileges:true]",
    "noprivileges": "security_opt: [no-new-privileges:true]",
    "seccomp": "security_opt: [seccomp=FILE]",
    "apparmor": "security_opt: [apparmor=PROFILE]",
    "readonlyrootfilesystem": "read_only",
    "readonlyrootfs": "read_only",
    "securitycontext": "security_opt",
    "runasuser": "user",
    "users": "user",
    "userns": "userns_mode",
    "memorylimit": "mem_limit",
    "resources": "deploy: {resources: ...}",
    "capabilities": "cap_drop",
    "dropcapabilities": "cap_drop",
    "dropcaps": "cap_drop",
    "capsdrop": "cap_drop",
    "capsadd": "cap_add",
    "capdrops": "cap_drop",
    "capadds": "cap_add",
    "dropcap": "cap_drop",
}
"""What is meant by keys that Compose never had, without capitals, dashes and underscores."""
_SHORTEST = 7
"""Shorter keys resemble too much,"""
_FEW = 4
"""but where there are no more than these."""


def misspelt_keys(section: Section, known: Set[str], address: str, owner: str, place: str) -> Iterator[Oddity]:
    """The keys of a mapping that are none, and nearly a security setting."""
    for name, field in section.fields.items():
        if name in known or name.startswith("x-"):
            continue
        meant = _meant(name, known, compose=place == "Compose")
        if meant:
            yield _oddity(
                section, field, f"{address}.{name}", owner, name, meant, place, taken=meant in section.fields, known=meant in known
            )


def _oddity(
    section: Section, field: Field, address: str, owner: str, name: str, meant: str, place: str, *, taken: bool, known: bool
) -> Oddity:
    span = field.entry.key.span
    message = f"`{name}` is no key of {place} and protects nothing; did you mean `{meant}`?"
    if meant in GRANTING:
        message = f"`{name}` is no key of {place} and has no effect; did you mean `{meant}`?"
    source = field.entry.key.source or section.source
    oddity = Oddity(source, span, address, kind="misspelt-key", message=message)
    oddity.notes = field.trail
    if known and not taken and not field.shared and meant in PROTECTING and field.source is source and source[span] == name:
        oddity.correction = _renamed(oddity, field, owner, meant)
    return oddity


def _renamed(oddity: Oddity, field: Field, owner: str, meant: str) -> Fix:
    """The entry under its right name; all that its container is known for may change with it."""
    from ..model.container import FACTS

    entry = field.entry.span
    text = meant + field.source[Span(oddity.span.end, entry.end)]
    touches = ((oddity.address, "oddity"), *((owner, fact) for fact in FACTS))
    return Fix(
        f"Rename it to `{meant}`",
        (Edit(entry, text),),
        Safety.UNSAFE,
        "the setting takes effect then, for the first time",
        touches=touches,
    )


def _meant(name: str, known: Set[str], *, compose: bool) -> str:
    """The security key that a name nearly is; "" where another key is as near."""
    bare = _bare(name)
    if compose and bare in MEANT:
        return MEANT[bare]
    limit = 1 if len(bare) < _SHORTEST else 2
    best, found = limit + 1, ""
    for key in known:
        if abs(len(key) - len(name)) > limit + 2:
            continue
        distance = _distance(bare, _bare(key), limit)
        if distance < best:
            best, found = distance, key
        elif distance == best:
            found = ""
    if len(bare) < _SHORTEST - 1 and best and len(known) > _FEW:
        return ""
    return found if found in PROTECTING or found in GRANTING else ""


def _bare(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _distance(one: str, other: str, limit: int) -> int:
    """How many letters must be put in, left out, changed or swapped; more than the limit where it is more (optimal string alignment)."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
