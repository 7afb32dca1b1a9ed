"""What every YAML dialect starts from: the documents of a file, masked where it is a template, and its oddities."""

from __future__ import annotations

from ..finding import Fix, Safety
from ..model.oddity import Oddity
from ..model.subject import Refused, Subject
from ..model.text import Text
from ..reading import Gap, Reading
from ..source import Fragment, Source, Span
from ..syntax import template, yaml
from ..syntax.yaml import Entry, Mapping, Node, Scalar, Sequence
from .yaml_view import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..files import Files
    from ..model.cluster import Part
    from ..model.variable import Variable
    from ..model.workspace import BuildTarget, EnvUse
    from ..reading import WayOut
    from .kubernetes.helm import Decided
    from .variable_places import VariablePlaces


class YamlFile:
    """The documents of a file. A template is read with its actions masked, and is never fixed by itself.

    `silence` says why nothing follows from what is not written, where a part was not read. `decided` is what the values of the chart
    that a template is part of, looked for in `files`, say about it.
    """

    __slots__ = (
        "_roots", "again", "decided", "documents", "files", "fixable", "gaps", "inserts", "places", "silence", "source", "stream",
        "way_out",
    )  # fmt: skip

    def __init__(self, source: Source, files: Files | None = None) -> None:
        self.source = source
        self.files = files
        self.gaps: list[Gap] = []
        self.again: Callable[[YamlFile], Iterable[Subject]] = lambda _: ()
        """Reads the subjects of the file once more; it is handed the file, as a tie to itself would keep all of it from being freed."""
        self.way_out: Callable[[YamlFile], WayOut] | None = None
        """Makes what takes secrets out of the file; it is handed the file as well."""
        self._roots: list[Section] | None = None
        self.places: VariablePlaces | None = None
        self.inserts: list[template.Insert] = []
        self.decided: Decided | None = None
        templated = "{{" in source.text and template.looks_templated(source.text)
        self.stream = yaml.parse(self._masked(files) if templated else source.text)
        self.documents = [document for document in self.stream.documents if document.root is not None]
        if self.decided is not None:
            self.decided.settle(self.documents, self.inserts)
            self.gaps = self.decided.gaps()
        whole = not self.documents and bool(self.stream.problems)
        self.gaps.extend(Gap(problem.span, problem.message, blocks=whole) for problem in self.stream.problems)
        self.fixable = not self.gaps and not templated
        self.silence = "a part of the file was not read" if self.gaps else ""

    def _masked(self, files: Files | None) -> str:
        """The text of a template without its actions."""
        if files is not None:
            from .kubernetes.helm import decided

            self.decided = decided(self.source, files)
        if self.decided is not None:
            text, self.inserts = self.decided.mask()
            self.source.settled = self.decided.run.settled
            return text
        masked = template.mask(self.source.text)
        self.inserts = masked.inserts
        first = masked.actions[0] if masked.actions else Span(0, 0)
        reason = "template: its actions are not run, so what they decide is unknown"
        self.gaps.append(Gap(first, reason, by_design=True, told_once=True))
        return masked.text

    @property
    def roots(self) -> list[Section]:
        """What stands at the top of each document."""
        if self._roots is None:
            self._roots = [Section(self.source, document.root) for document in self.documents]
        return self._roots

    def silence_in(self, document: yaml.Document) -> str:
        """Why nothing follows from what a document does not say, where so."""
        if self.decided is None or self.stream.problems:
            return self.silence
        return "a template action decides it" if self.decided.silent_at(document) else ""

    def silent_at(self, document: yaml.Document) -> list[int]:
        """The collections of a document to which a template may add, by their beginnings; none where that is not known."""
        return self.decided.silent_at(document) if self.decided is not None and not self.stream.problems else []

    def reading(
        self, subjects: Iterable[Subject], summary: tuple[BuildTarget | EnvUse, ...] = (), parts: list[Part] | None = None
    ) -> Reading:
        """The reading of this file with these subjects."""
        reading = Reading(
            self.source,
            subjects,
            gaps=self.gaps,
            comments=self.stream.comments,
            leaves=self.leaves,
            summary=summary,
            parts=parts,
            fixable=self.fixable,
        )
        way_out = self.way_out
        if way_out is not None:
            reading.way_out = lambda: way_out(self)
        if self.decided is not None:
            reading.others += self.decided.joints
            reading.shows_fixes = not self.stream.problems
        return reading

    def subjects(self) -> Iterator[Subject]:
        """What every YAML file has: its text, and keys that are written twice."""
        yield self.text()
        if not self.fixable:
            return
        for document in self.documents:
            for mapping in document.doubled:
                yield from self._written_twice(mapping)

    def text(self) -> Text:
        """All that stands in it, comments too."""
        return Text(
            self.source,
            Span(0, len(self.source.text)),
            "",
            fragment=Fragment.at(self.source.text, 0),
            address_at=self.address_at,
            variable_at=self.variable_at,
        )

    def leaves(self) -> Iterator[tuple[str, Span]]:
        """Every text that is written as a value, with the keys that lead to it; one without a length where a key has none."""
        for document in self.documents:
            stack: list[tuple[str, Node | None]] = [("", document.root)]
            while stack:
                path, node = stack.pop()
                if isinstance(node, Sequence):
                    stack.extend((path, item) for item in reversed(node.items))
                elif isinstance(node, Mapping):
                    stack.extend((f"{path}.{self.source[entry.key.span]}", entry.value) for entry in reversed(node.entries))
                elif node is not None:
                    yield path, node.span

    def address_at(self, offset: int) -> str:
        """The keys that lead to the innermost node at an offset."""
        for document in self.documents:
            if document.start <= offset < document.end:
                chain = yaml.path_at(document, offset)
                return ".".join(step.key.value for step in chain if isinstance(step, Entry) and isinstance(step.key, Scalar))
        return ""

    def entry_at(self, offset: int) -> Span:
        """The innermost entry at an offset."""
        for document in self.documents:
            if document.start <= offset < document.end:
                entries = [step for step in yaml.path_at(document, offset) if isinstance(step, Entry)]
                return Span(entries[-1].start, entries[-1].end) if entries else Span(offset, offset)
        return Span(offset, offset)

    def variable_at(self, offset: int) -> Variable | None:
        """The variable that is written at an offset."""
        if self.places is None:
            from .variable_places import VariablePlaces

            self.places = VariablePlaces(self.source, lambda: self.again(self))
        return self.places.at(offset)

    def _written_twice(self, mapping: Mapping) -> Iterator[Oddity]:
        seen: dict[str, Entry] = {}
        for entry in mapping.entries:
            if isinstance(entry.key, Scalar) and entry.key.value != "<<":
                name = entry.key.value
                if name in seen:
                    message = f"`{name}` is written twice"
                    oddity = Oddity(self.source, entry.key.span, self.address_at(entry.key.start), kind="duplicate-key", message=message)
                    oddity.correction = self._without(mapping, seen[name], entry)
                    yield oddity
                seen.setdefault(name, entry)

    def _without(self, mapping: Mapping, first: Entry, again: Entry) -> Fix | None:
        """A fix that takes away what says the same again."""
        from .yaml_writer import remove_entry

        text = self.source[again.value.span].rstrip()
        if "&" in text or text != self.source[first.value.span].rstrip():
            return None
        title = "Remove what says the same again"
        try:
            edit = remove_entry(self.source, mapping, again)
        except Refused as refusal:
            return Fix(title, caveat=str(refusal))
        return Fix(title, (edit,), Safety.SAFE)
