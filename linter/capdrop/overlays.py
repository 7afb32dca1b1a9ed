"""Findings on a base that every overlay of it mends.

A base is judged as it stands. But where other files of the run take it in (a kustomization), and none that nothing else takes in shows
what was found, because each was laid over with something that mends it, the finding is left out: nothing is ever applied with it.
Secrets stay: what is overwritten was still written down.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .finding import Finding
    from .reading import Overlay
    from .report import Result
    from .rulebook import Rulebook
    from .source import Span

    Key = tuple[str, str]
    Place = tuple[str, str, Span]
    Said = dict[Place, set[str]]

SUBJECTS = frozenset({"Container", "Image", "KubernetesObject", "Mount", "Pod", "Workload"})
NAMED = frozenset({"NetworkPolicy", "Role", "RoleBinding", "Service", "ServiceAccount"})
"""What rules judge of which an overlay sees the whole; of the latter the kinds of objects are called so. What is said of others is not
seen: of a pod behind a service."""


class Overlays:
    """The overlays of a run: which of them take in which others, and which take in a file."""

    __slots__ = ("_above", "_last", "_objects")

    def __init__(self, overlays: Iterable[Overlay]) -> None:
        self._above: dict[str, list[Overlay]] = {}
        self._last: dict[Key, frozenset[str]] = {}
        self._objects: set[Key] = set()
        for overlay in overlays:
            self._objects |= overlay.changes
            for path in {*overlay.uses, *overlay.files}:
                self._above.setdefault(path, []).append(overlay)

    def changed(self, path: str, subject: str) -> Key | None:
        """The object that a subject of a file belongs to, where some overlay changes it."""
        key = (path, subject.partition(" ")[0])
        return key if key in self._objects else None

    def last(self, key: Key) -> frozenset[str]:
        """For each way in which an object comes to be applied, the overlay that changes it last, or "" where none does, or where
        what it does is not known."""
        if key not in self._last:
            self._last[key] = frozenset(self._found(key))
        return self._last[key]

    def _found(self, key: Key) -> Iterator[str]:
        seen: set[Key] = set()
        waiting = [(overlay, "") for overlay in self._above.get(key[0], ())]
        while waiting:
            overlay, last = waiting.pop()
            last = "" if key in overlay.unsure else overlay.path if key in overlay.changes else last
            if (overlay.path, last) in seen:
                continue
            seen.add((overlay.path, last))
            above = self._above.get(overlay.path)
            if above:
                waiting.extend((one, last) for one in above)
            else:
                yield last


def leave_out_mended(results: Sequence[Result], overlays: Sequence[Overlay], book: Rulebook) -> None:
    """Leave out what every overlay of a file mends."""
    known = Overlays(overlays)
    paths = {overlay.path for overlay in overlays}
    said: dict[str, Said] = {}
    for result in results:
        path = os.path.abspath(result.path)
        if path in paths:
            places = said.setdefault(path, {})
            for finding in result.findings:
                places.setdefault(_place(finding), set()).add(finding.message)
    for result in results:
        here = os.path.abspath(result.path)
        result.findings = [finding for finding in result.findings if not _is_mended(finding, here, known, said, book)]


def _is_mended(finding: Finding, here: str, known: Overlays, said: dict[str, Said], book: Rulebook) -> bool:
    path = os.path.abspath(finding.source.path)
    key = known.changed(path, finding.subject)
    if key is None or finding.hidden:
        return False
    kind = finding.subject.partition("/")[0]
    seen = SUBJECTS | {name for name in NAMED if kind.endswith(name)}
    if all(seen.isdisjoint(rule.subjects) for rule in book.find(finding.rule)):
        return False
    last = known.last(key)
    return bool(last) and here not in last and all(one in said and not _is_said(finding, said[one]) for one in last)


def _is_said(finding: Finding, said: Said) -> bool:
    """Whether an overlay shows it as well: at the same place, and in the same words but where a change of that place mends both."""
    words = said.get(_place(finding), set())
    return finding.message in words or (bool(words) and finding.fix is not None and bool(finding.fix.edits))


def _place(finding: Finding) -> Place:
    return os.path.abspath(finding.source.path), finding.rule, finding.span
