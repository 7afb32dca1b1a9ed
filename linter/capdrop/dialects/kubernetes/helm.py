"""Helm's templates, read in place: what the chart's values decide takes effect, and all else is unknown."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from ...finding import Note
from ...reading import Gap
from ...source import Source, Span
from ...syntax import UNKNOWN, yaml
from ...syntax.template import Insert
from ...syntax.template_mask import without_markup
from ...syntax.yaml import Document, Entry, Mapping, Node, Scalar, Sequence
from ..yaml_placed import PlacedMapping, PlacedSequence, placed
from ..yaml_view import Link
from .helm_chart import Chart, chart_of
from .helm_named import DEEPEST, MOST_ENTRIES, MOST_INCLUDED, text_of
from .helm_run import OPEN, WRITTEN, Outcome, Run, Unbalanced
from .helm_scalars import composed, filled, patched
from .helm_values import TOP, UNWRITTEN, Bundle, Given, items_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...files import Files
    from ...reading import Joint

_Held = tuple[Node, str, bool, int]
"""A node, the key that it stands at, whether nothing in it is judged, and where the entry or the item begins that holds it."""
MOST_COLLECTIONS = 500
"""Collections of the values that one template takes in."""
MOST_WRITTEN = 1 << 20
"""Characters that the actions of one template write."""
COST_OF_PART = 16
"""A part of a collection counts as so many."""
DEEPEST_TREE = 100
"""Collections in collections that an action writes."""

_HARMLESS = frozenset(
    "annotations labels selector podSelector matchLabels env envFrom args command nodeSelector affinity tolerations "
    "topologySpreadConstraints imagePullSecrets dnsConfig livenessProbe readinessProbe startupProbe lifecycle strategy updateStrategy "
    "metrics behavior data stringData".split()
)
"""Of what is missing below these keys nothing is judged."""
_OF_NO_INTEREST = frozenset(
    "name namespace replicas port targetPort containerPort nodePort protocol key serviceAccountName schedulerName "
    "revisionHistoryLimit terminationGracePeriodSeconds secretName claimName clusterIP storageClassName minReplicas maxReplicas kind "
    "apiVersion hostname serviceName storage schedule optional defaultMode medium sizeLimit mountPath subPath".split()
)
"""Keys whose values tell nothing that is judged."""
_WORDS = ("args", "command")
"""Keys of lists whose items are judged together."""
_COLLECTIONS = frozenset(
    "securityContext capabilities add drop seccompProfile appArmorProfile seLinuxOptions windowsOptions resources limits requests spec "
    "template containers initContainers volumes volumeMounts rules subjects".split()
)
_ENTRY = re.compile(r"\s*(?:- |[\w./-]+:(?: |$)|[\[{])")
"""What a collection begins with."""
_KEY = re.compile(r"([\w./-]+):(?: |$)")
_INDENT = re.compile(r"n?indent (\d{1,4})\b")
_CONTROL = re.compile(r"\{\{-?\s*(?:/\*|(?:if|else|end|range|with|break|continue)\b|\$)")
_MANY_LINES = re.compile(r"\b(?:n?indent|to\w*(?:Json|Yaml))\b")
"""What makes an action write more than a word."""


class Decided:
    """A template, or a part of one, after its chart's values: `text` is without what is not rendered, and `settle` puts values into its
    tree. Raises `Unbalanced`."""

    __slots__ = ("_collections", "_left", "_part", "_silent", "_source", "_starts", "_unknown", "chart", "run", "text")

    def __init__(self, source: Source, chart: Chart, part: Span, dot: Given | None) -> None:
        self._source = source
        self._part = part
        self.chart = chart
        self.run = Run(source.text, part, chart, WRITER, dot)
        self.text = ""
        self._unknown: list[Span] = []
        self._silent: list[int] = []
        self._starts = [outcome.span.start for outcome in self.run.outcomes]
        self._collections = 0
        self._left = MOST_WRITTEN

    @property
    def joints(self) -> list[Joint]:
        """The files that the values stand in."""
        return self.chart.joints

    def mask(self) -> tuple[str, list[Insert]]:
        """The text without markup and what is not rendered, and the actions that stand for further lines. Where the part begins, as many
        characters of the text stand for what is before it."""
        start = self._part.start
        spans = [Span(outcome.span.start - start, outcome.span.end - start) for outcome in self.run.outcomes]
        undecided = {outcome.span.start - start for outcome in self.run.outcomes if outcome.kind == OPEN}
        masked = without_markup(self._source.text[start : self._part.end], spans, undecided)
        self.text = "\n" * start + masked.text
        return self.text, [Insert(one.start + start, one.end + start, one.column) for one in masked.inserts]

    def gaps(self) -> list[Gap]:
        """What stays unknown, of what matters."""
        if not self._unknown:
            return []
        words = "an action decides" if len(self._unknown) == 1 else f"{len(self._unknown)} actions decide"
        reason = f"template: what {words} beyond values.yaml is unknown"
        return [Gap(min(self._unknown), reason, by_design=True, told_once=True)]

    def silent_at(self, document: Document) -> list[int]:
        """Where a document may hold more than is known: the beginnings of collections, or of what stands for one."""
        return self._silent[bisect_left(self._silent, document.start) : bisect_left(self._silent, document.end)]

    def tree(self) -> Given | None:
        """The collection that a named template writes, if it writes one."""
        text, inserts = self.mask()
        stream = yaml.parse(text)
        documents = [document for document in stream.documents if document.root is not None]
        written = documents[0].root if len(documents) == 1 else None
        if stream.problems or written is None:
            return None
        root = documents[0].root = placed(written, self._source)
        self.settle(documents, inserts)
        return Given(root, is_yaml=True, is_whole=not self._silent) if isinstance(root, Mapping | Sequence) else None

    def settle(self, documents: list[Document], inserts: list[Insert]) -> None:
        """Put values in the place of actions, and note what stays unknown."""
        for document in documents:
            if document.root is not None:
                self._fill(document.root)
        for insert in inserts:
            self._insert(insert, documents)
        self._silent.sort()

    def _fill(self, root: Node) -> None:
        stack: list[_Held] = [(root, "", False, -1)]
        while stack:
            node, key, harmless, held_at = stack.pop()
            if self.run.repeated and not harmless and self._is_repeated(node, held_at):
                self._silent.append(node.start)
            if isinstance(node, Mapping):
                for entry in node.entries:
                    name = entry.key.value if isinstance(entry.key, Scalar) else ""
                    entry.value = self._taken((entry.value, name, harmless or name in _HARMLESS, entry.start), stack)
            elif isinstance(node, Sequence):
                node.items = [self._taken((item, key, harmless, item.outer), stack) for item in node.items]

    def _is_repeated(self, node: Node, held_at: int) -> bool:
        """Whether a loop of which one round is known adds entries to a mapping, or words to a list."""
        if isinstance(node, Mapping):
            parts = [entry.start for entry in node.entries]
        else:
            parts = [item.start for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
        loops = [span for span in self.run.repeated if not span.start <= held_at < span.end]
        return any(span.start <= part < span.end for span in loops for part in parts)

    def _taken(self, held: _Held, stack: list[_Held]) -> Node:
        """The node that takes the place of one: itself, or a value."""
        node, key, harmless, _ = held
        if not isinstance(node, Scalar):
            stack.append(held)
        elif UNKNOWN in node.value:
            found = self._value_of(node, in_place=key in _WORDS)
            if (found is None or not self._is_whole(node)) and not harmless and key not in _OF_NO_INTEREST:
                self._unknown.append(node.span)
                if found is not None or key in _COLLECTIONS or _MANY_LINES.search(self._source.text, *self._around(node)):
                    self._silent.append(node.start)
            return node if found is None else found
        return node

    def _is_whole(self, node: Scalar) -> bool:
        return all(outcome.given is None or outcome.given.is_whole for outcome in self._outcomes(node))

    def _around(self, node: Scalar) -> tuple[int, int]:
        """A scalar with the whole of its actions."""
        first = self._first(node.start)
        start = self._starts[first] if first < len(self._starts) else node.start
        return min(start, node.start), node.end

    def _value_of(self, node: Scalar, *, in_place: bool) -> Node | None:
        """What stands in the place of a scalar that actions write, or are a part of; None where that is not known. `in_place` says that it
        must be a part of this file."""
        outcomes = self._outcomes(node)
        written = [outcome for outcome in outcomes if outcome.kind == WRITTEN]
        self._left -= sum(len(outcome.given.text or "") for outcome in written if outcome.given is not None)
        if self._left < 0:
            return None
        if node.style in ("|", ">"):
            return self._block(node)
        if any(outcome.kind == OPEN for outcome in outcomes) or any(outcome.given is None for outcome in written):
            return None
        edge = 1 if node.style else 0
        inner = self.text[node.start + edge : node.end - edge]
        if len(written) == 1 and not inner.strip(f"{UNKNOWN} "):
            given = written[0].given
            assert given is not None
            return self._whole(node, given, written[0].span, in_place)
        if inner != node.value:
            return None
        made = composed(node, inner, node.start + edge, [(outcome.span, outcome.given) for outcome in outcomes])
        notes = tuple(note for outcome in written if outcome.given is not None for note in outcome.given.notes)
        return _Used(made, node, notes) if made is not None and notes else made

    def _block(self, node: Scalar) -> Node | None:
        """A text of several lines with what is known of its actions; the others stay as they are."""

        def written_at(offset: int) -> tuple[Span, Given | None]:
            outcome = next(iter(self.run.outcomes[self._first(offset) :]), None)
            is_there = outcome is not None and outcome.span.start <= offset
            return (outcome.span, outcome.given) if outcome is not None and is_there else (Span(offset, offset + 1), None)

        return patched(node, node.fragment(self.text), written_at)

    def _outcomes(self, node: Scalar) -> list[Outcome]:
        """The actions in a scalar."""
        return self.run.outcomes[self._first(node.start) : bisect_left(self._starts, node.end)]

    def _first(self, offset: int) -> int:
        """The first action that ends behind an offset."""
        at = max(0, bisect_right(self._starts, offset) - 1)
        return at if at < len(self._starts) and self.run.outcomes[at].span.end > offset else at + 1

    def _whole(self, node: Scalar, given: Given, at: Span, in_place: bool) -> Node | None:
        if given.is_collection:
            self._collections += 1
            usable = given.is_yaml and not node.style and self._collections <= MOST_COLLECTIONS
            return self._tree(given, node, at) if usable else None
        target = filled(node, given, in_place=in_place)
        if target is None or target.source is None:
            return _Used(target, node, given.notes) if target is not None and given.notes else target
        return _Used(target, node, self._trail(given, at))

    def _tree(self, given: Given, place: Node, at: Span, depth: int = 0) -> Node | None:
        """A value as a tree that stands at a place; None where a part of it is not known."""
        content = given.content
        self._left -= COST_OF_PART + len(given.text or "")
        if self._left < 0 or depth > DEEPEST_TREE:
            return None
        if isinstance(content, Node):
            return _Used(content, place, self._trail(given, at))
        if isinstance(content, Bundle | tuple):
            items = items_given(given)
            trees = [(name, self._tree(item, place, at, depth + 1)) for name, item in items or ()]
            if items is None or any(tree is None for _, tree in trees):
                return None
            if isinstance(content, tuple):
                return self._list_of([tree for _, tree in trees if tree is not None], place)
            made = PlacedMapping(place.start, place.end, True)
            made.source = self._source
            made.entries = [Entry(Scalar(place.start, place.end, name.text or ""), tree) for name, tree in trees if tree is not None]
            return made
        if given in UNWRITTEN:
            return None
        written = Given(content, given.notes, given.field, is_quoted=given.is_quoted, is_yaml=True)
        scalar = filled(Scalar(place.start, place.end, ""), written) or Scalar(place.start, place.end, "", '"')
        return scalar if scalar.source is None else _Used(scalar, place, self._trail(given, at))

    def _list_of(self, items: list[Node], place: Node) -> Node:
        made = PlacedSequence(place.start, place.end, True)
        made.source = self._source
        made.items = items
        return made

    def _trail(self, given: Given, at: Span) -> tuple[Note, ...]:
        """The places that a value came through, up to the action that writes it."""
        before = given.field.trail if given.field is not None else ()
        return (*before, Note(self._source, at, "used here"))

    def _insert(self, insert: Insert, documents: list[Document]) -> None:
        at = bisect_right(self._starts, insert.start) - 1
        outcome = self.run.outcomes[at]
        holders, harmless = self._holders(insert, documents)
        given = outcome.given
        if given is not None and given not in UNWRITTEN:
            known = given.is_yaml and (not given.truth or self._joined(holders, given, insert))
            if (known or not given.truth) and (given.is_whole or harmless):
                return
        if not harmless and not (outcome.kind == OPEN and self._writes_harmless(insert)):
            self._unknown.append(Span(insert.start, insert.end))
            self._silent += [holder.start for holder in holders] or [self._root_at(insert, documents)]

    def _root_at(self, insert: Insert, documents: list[Document]) -> int:
        """The beginning of what stands around an insert that may add to anything."""
        at = bisect_right(documents, insert.start, key=lambda document: document.start) - 1
        root = documents[at].root if at >= 0 else None
        return root.start if root is not None else insert.start

    def _writes_harmless(self, insert: Insert) -> bool:
        """Whether nothing is judged of all that a condition decides about, by its keys."""
        for line in self._source.text[insert.start : insert.end].split("\n")[1:]:
            words = line.lstrip()
            column = len(line) - len(words)
            indent = _INDENT.search(words) if words.startswith("{{") else None
            if not words or words[0] == "#" or _CONTROL.match(words) or (int(indent[1]) if indent else column) > insert.column:
                continue
            key = _KEY.match(words)
            if key is None or (key[1] not in _HARMLESS and (key[1] not in _OF_NO_INTEREST or key[1] == "serviceAccountName")):
                return False
        return True

    def _joined(self, holders: list[Mapping | Sequence], given: Given, at: Insert) -> bool:
        """Put the entries or the items of a collection beside those that are written."""
        is_mapping = isinstance(given.content, Mapping | Bundle)
        holder = next((one for one in reversed(holders) if isinstance(one, Mapping if is_mapping else Sequence)), None)
        items = items_given(given) if given.is_collection else None
        self._collections += 1
        if holder is None or items is None or self._collections > MOST_COLLECTIONS:
            return False
        here = Scalar(at.start, at.end, "")
        for name, item in items:
            link = self._tree(item, here, Span(at.start, at.end))
            if link is None:
                return False
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


class _Writer:
    """What other templates of the chart write."""

    __slots__ = ()

    def included(self, name: str, argument: Given | None, chart: Chart) -> Given | None:
        """What a named template writes: a text of one line, or a tree."""
        named = chart.named
        body = named.bodies.get(name)
        is_known = argument is TOP and not chart.added
        if is_known and name in named.known:
            return named.known[name]
        if body is None or named.left <= 0 or named.depth == DEEPEST:
            return None
        source, part = body
        changes = chart.changes
        if is_known:
            named.known[name] = None  # until it is known, so that one that includes itself ends
        given = self._written(source, part, argument, chart)
        if is_known and chart.changes == changes:
            named.known[name] = given
        elif is_known:
            del named.known[name]
        return given

    def run(self, text: str, argument: Given | None, chart: Chart) -> Given | None:
        """What a template in a text writes on one line."""
        if chart.named.left <= 0 or chart.named.depth == DEEPEST:
            return None
        return self._written(Source("", text), Span(0, len(text)), argument, chart, as_tree=False)

    def _written(self, source: Source, part: Span, argument: Given | None, chart: Chart, *, as_tree: bool = True) -> Given | None:
        chart.named.left -= 100 + part.end - part.start
        chart.named.depth += 1
        try:
            decided = Decided(source, chart, part, argument)
            given = text_of(source.text, part, decided.run)
            tree = decided.tree() if as_tree and (given is None or _ENTRY.match(given.text or "")) else None
        except Unbalanced:
            given = tree = None
        chart.named.depth -= 1
        return tree or given


WRITER = _Writer()


def decided(source: Source, files: Files) -> Decided | None:
    """A template of a chart after the chart's values; None where it is none, or not one that is understood."""
    chart = chart_of(source.path, files)
    if chart is None:
        return None
    chart.added.clear()
    chart.named.left, chart.named.entries_left = MOST_INCLUDED, MOST_ENTRIES
    try:
        return Decided(source, chart, Span(0, len(source.text)), TOP)
    except Unbalanced:
        return None
