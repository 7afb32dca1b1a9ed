"""Helm's templates, read in place: what the chart's values decide takes effect, and all else is unknown."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from ...finding import Note
from ...reading import Gap
from ...source import Source, Span
from ...syntax import UNKNOWN
from ...syntax.template import Insert
from ...syntax.template_mask import without_markup
from ...syntax.yaml import Document, Entry, Mapping, Node, Scalar, Sequence
from ..yaml_view import Link
from .helm_chart import Chart, chart_of
from .helm_run import OPEN, WRITTEN, Run, Unbalanced
from .helm_scalars import composed, filled
from .helm_values import Given, items_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...files import Files
    from ...reading import Joint

MOST_COLLECTIONS = 500
"""Collections of the values that one template takes in."""

_HARMLESS = frozenset(
    "annotations labels selector podSelector matchLabels env envFrom args command nodeSelector affinity tolerations "
    "topologySpreadConstraints imagePullSecrets dnsConfig livenessProbe readinessProbe startupProbe lifecycle strategy updateStrategy "
    "metrics behavior data stringData".split()
)
"""Of what is missing below these keys nothing is judged."""
_OF_NO_INTEREST = frozenset(
    "name namespace replicas port targetPort containerPort nodePort protocol key serviceAccountName schedulerName "
    "revisionHistoryLimit terminationGracePeriodSeconds secretName claimName clusterIP storageClassName minReplicas maxReplicas kind "
    "apiVersion hostname storage schedule optional defaultMode medium sizeLimit mountPath subPath".split()
)
"""Keys whose values tell nothing that is judged."""
_WORDS = ("args", "command")
"""Keys of lists whose items are judged together."""
_COLLECTIONS = frozenset(
    "securityContext capabilities add drop seccompProfile appArmorProfile seLinuxOptions windowsOptions resources limits requests spec "
    "template containers initContainers volumes volumeMounts rules subjects".split()
)
_MANY_LINES = re.compile(r"\b(?:n?indent|to\w*(?:Json|Yaml))\b")
"""What makes an action write more than a word."""


class Decided:
    """A template after its chart's values: `text` is without what is not rendered, and `settle` puts values into the tree of it."""

    __slots__ = ("_collections", "_silent", "_source", "_starts", "_unknown", "chart", "run", "text")

    def __init__(self, source: Source, chart: Chart) -> None:
        self._source = source
        self.chart = chart
        self.run = Run(source.text, chart)
        self.text = ""
        self._unknown: list[Span] = list(self.run.open)
        self._silent: list[int] = list(self.run.defined)
        self._starts = [outcome.span.start for outcome in self.run.outcomes]
        self._collections = 0

    @property
    def joints(self) -> list[Joint]:
        """The files that the values stand in."""
        return self.chart.joints

    def mask(self) -> tuple[str, list[Insert]]:
        """The text without markup and what is not rendered, and the actions that stand for further lines."""
        masked = without_markup(self._source.text, [outcome.span for outcome in self.run.outcomes])
        self.text = masked.text
        return masked.text, masked.inserts

    def gaps(self) -> list[Gap]:
        """What stays unknown, of what matters."""
        if not self._unknown:
            return []
        words = "an action decides" if len(self._unknown) == 1 else f"{len(self._unknown)} actions decide"
        reason = f"template: what {words} beyond values.yaml is unknown"
        return [Gap(min(self._unknown), reason, by_design=True, told_once=True)]

    def is_silent(self, document: Document) -> bool:
        """Whether a document may hold more than is known."""
        at = bisect_left(self._silent, document.start)
        return at < len(self._silent) and self._silent[at] < document.end

    def settle(self, documents: list[Document], inserts: list[Insert]) -> None:
        """Put values in the place of actions, and note what stays unknown."""
        for document in documents:
            if document.root is not None:
                self._fill(document.root)
        for insert in inserts:
            self._insert(insert, documents)
        self._silent.sort()

    def _fill(self, root: Node) -> None:
        stack: list[tuple[Node, str, bool]] = [(root, "", False)]
        while stack:
            node, key, harmless = stack.pop()
            if isinstance(node, Mapping):
                for entry in node.entries:
                    name = entry.key.value if isinstance(entry.key, Scalar) else ""
                    entry.value = self._taken(entry.value, name, harmless or name in _HARMLESS, stack)
            elif isinstance(node, Sequence):
                node.items = [self._taken(item, key, harmless, stack) for item in node.items]

    def _taken(self, node: Node, key: str, harmless: bool, stack: list[tuple[Node, str, bool]]) -> Node:
        """The node that takes the place of one: itself, or a value."""
        if not isinstance(node, Scalar):
            stack.append((node, key, harmless))
        elif UNKNOWN in node.value:
            found = self._value_of(node, in_place=key in _WORDS)
            if found is not None:
                return found
            if not harmless and key not in _OF_NO_INTEREST:
                self._unknown.append(node.span)
                if key in _COLLECTIONS or _MANY_LINES.search(self._source.text, *self._around(node)):
                    self._silent.append(node.start)
        return node

    def _around(self, node: Scalar) -> tuple[int, int]:
        """A scalar with the whole of its actions."""
        first = self._first(node.start)
        start = self._starts[first] if first < len(self._starts) else node.start
        return min(start, node.start), node.end

    def _value_of(self, node: Scalar, *, in_place: bool) -> Node | None:
        """What stands in the place of a scalar that actions write, or are a part of; None where that is not known. `in_place` says that it
        must be a part of this file."""
        outcomes = self.run.outcomes[self._first(node.start) : bisect_left(self._starts, node.end)]
        written = [outcome for outcome in outcomes if outcome.kind == WRITTEN]
        if any(outcome.kind == OPEN for outcome in outcomes) or any(outcome.given is None for outcome in written):
            return None
        edge = 1 if node.style else 0
        inner = self.text[node.start + edge : node.end - edge]
        if len(written) == 1 and not inner.strip(f"{UNKNOWN} "):
            given = written[0].given
            assert given is not None
            return self._whole(node, given, written[0].span, in_place)
        if node.style in ("|", ">") or inner != node.value:
            return None
        made = composed(node, inner, node.start + edge, [(outcome.span, outcome.given) for outcome in outcomes])
        notes = tuple(note for outcome in written if outcome.given is not None for note in outcome.given.notes)
        return _Used(made, node, notes) if made is not None and notes else made

    def _first(self, offset: int) -> int:
        """The first action that ends behind an offset."""
        at = max(0, bisect_right(self._starts, offset) - 1)
        return at if at < len(self._starts) and self.run.outcomes[at].span.end > offset else at + 1

    def _whole(self, node: Scalar, given: Given, at: Span, in_place: bool) -> Node | None:
        if given.is_collection:
            self._collections += 1
            usable = given.is_yaml and not node.style and self._collections <= MOST_COLLECTIONS
            assert isinstance(given.content, Node)
            return _Used(given.content, node, self._trail(given, at)) if usable else None
        target = filled(node, given, in_place=in_place)
        if target is None or target.source is None:
            return _Used(target, node, given.notes) if target is not None and given.notes else target
        return _Used(target, node, self._trail(given, at))

    def _trail(self, given: Given, at: Span) -> tuple[Note, ...]:
        """The places that a value came through, up to the action that writes it."""
        before = given.field.trail if given.field is not None else ()
        return (*before, Note(self._source, at, "used here"))

    def _insert(self, insert: Insert, documents: list[Document]) -> None:
        at = bisect_right(self._starts, insert.start) - 1
        outcome = self.run.outcomes[at]
        holders, harmless = self._holders(insert, documents)
        given = outcome.given
        if given is not None and given.is_yaml and (not given.truth or self._joined(holders, given, insert)):
            return
        if given is not None and not given.truth and not given.is_yaml:
            return
        if not harmless:
            self._unknown.append(Span(insert.start, insert.end))
            self._silent.append(insert.start)

    def _joined(self, holders: list[Mapping | Sequence], given: Given, at: Insert) -> bool:
        """Put the entries or the items of a collection beside those that are written."""
        kind = Mapping if isinstance(given.content, Mapping) else Sequence
        holder = next((one for one in reversed(holders) if isinstance(one, kind)), None)
        items = items_given(given) if given.is_collection else None
        self._collections += 1
        if holder is None or items is None or self._collections > MOST_COLLECTIONS:
            return False
        here = Scalar(at.start, at.end, "")
        for name, item in items:
            if item.field is None:
                return False
            link = _Used(item.field.value, here, self._trail(item, Span(at.start, at.end)))
            if isinstance(holder, Mapping):
                place = bisect_right(holder.entries, at.start, key=lambda entry: entry.start)
                holder.entries.insert(place, Entry(Scalar(at.start, at.start, name.text or ""), link))
            else:
                holder.items.insert(bisect_right(holder.items, at.start, key=lambda one: one.outer), link)
        return True

    def _holders(self, insert: Insert, documents: list[Document]) -> tuple[list[Mapping | Sequence], bool]:
        """The collections at the column of an insert that it may add to, and whether nothing in there is judged."""
        at = bisect_right(documents, insert.start, key=lambda document: document.start) - 1
        node = documents[at].root if at >= 0 else None
        holders: list[Mapping | Sequence] = []
        harmless = False
        while isinstance(node, Mapping | Sequence) and not node.flow:
            last, column = self._last_before(node, insert.start)
            if column == insert.column:
                holders.append(node)
            if column > insert.column or last < 0 or (column == insert.column and isinstance(node, Sequence)):
                break
            if isinstance(node, Sequence):
                node = node.items[last]
                continue
            entry = node.entries[last]
            if column == insert.column and not isinstance(entry.value, Sequence):
                break
            harmless |= column < insert.column and isinstance(entry.key, Scalar) and entry.key.value in _HARMLESS
            node = entry.value
        return holders, harmless

    def _last_before(self, node: Mapping | Sequence, offset: int) -> tuple[int, int]:
        """The last entry or item that begins before an offset, and the column of them all."""
        if isinstance(node, Mapping):
            return bisect_right(node.entries, offset, key=lambda entry: entry.start) - 1, self._column(node.entries[0].start)
        dash = self.text.rfind("-", 0, node.items[0].outer)
        return bisect_right(node.items, offset, key=lambda item: item.outer) - 1, self._column(dash)

    def _column(self, offset: int) -> int:
        return offset - self.text.rfind("\n", 0, offset) - 1


class _Used(Link):
    """A value where a template writes it."""

    __slots__ = ()

    def __init__(self, target: Node, place: Node, trail: tuple[Note, ...]) -> None:
        super().__init__(target, trail, True)
        self.start = self.outer = place.start
        self.end = place.end


def decided(source: Source, files: Files) -> Decided | None:
    """A template of a chart after the chart's values; None where it is none, or not one that is understood."""
    chart = chart_of(source.path, files)
    if chart is None or chart.values is None:
        return None
    try:
        return Decided(source, chart)
    except Unbalanced:
        return None
