"""What the YAML dialects share of taking secrets from outside: where one stands in the tree, and another text in its place."""

from __future__ import annotations

import re

from ..finding import Edit, Fix
from ..model.subject import Refused
from ..source import Span
from ..syntax import yaml
from ..syntax.yaml import Entry, Mapping, Node, Scalar
from .env_way_out import EnvWayOut
from .way_out import WayOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..files import Files
    from ..finding import Finding
    from ..source import Source
    from .yaml_document import YamlFile

_BLANK_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\[nrt]")
_NEEDS_QUOTES = re.compile(r"[\[\]{},]|^[\s&*!|>'\"%@`#?:-]|: |:$| #")
_BARE_BRACES = re.compile(r"^[\[{&*!|>'\"%@`#?-]|: |:$| #")


class Place:
    """Where a secret stands: the scalar that holds it, and the entries and nodes around it from the root of its document."""

    __slots__ = ("around", "document", "scalar")

    def __init__(self, document: yaml.Document, around: list[Node | Entry], scalar: Scalar) -> None:
        self.document = document
        self.around = around
        self.scalar = scalar

    @property
    def keys(self) -> list[str]:
        """The keys that lead to it."""
        return [step.key.value for step in self.around if isinstance(step, Entry) and isinstance(step.key, Scalar)]

    @property
    def entry(self) -> Entry | None:
        """The innermost entry that it stands in."""
        return next((step for step in reversed(self.around) if isinstance(step, Entry)), None)

    def is_in_flow(self) -> bool:
        """Whether a flow collection holds it, in which braces and commas need quotes."""
        return any(isinstance(node, (Mapping, yaml.Sequence)) and node.flow for node in self.around)

    def holder(self, *keys: str) -> Mapping | None:
        """The innermost mapping of which an entry of these names holds it."""
        for at in range(len(self.around) - 1, 0, -1):
            step, node = self.around[at], self.around[at - 1]
            if isinstance(step, Entry) and isinstance(node, Mapping) and getattr(step.key, "value", None) in keys:
                return node
        return None


class YamlWayOut(WayOut):
    """The changes for one YAML file."""

    __slots__ = ("_others", "file", "files")

    def __init__(self, file: YamlFile, files: Files | None = None) -> None:
        super().__init__(file.source, lambda: file.again(file))
        self.file = file
        self.files = files
        self._others: dict[str, WayOut | None] = {}

    def elsewhere(self, finding: Finding) -> Fix | None:
        source = finding.source
        if source.path not in self._others:
            self._others[source.path] = self.other(source)
        other = self._others[source.path]
        fix = other.fix(finding) if other is not None else None
        if fix is None:
            return None
        edits = tuple(Edit(edit.span, edit.text, edit.beside or source) for edit in fix.edits)
        return Fix(fix.title, edits, fix.safety, fix.caveat, fix.touches)

    def other(self, source: Source) -> WayOut | None:
        """The changes for a file that this one was joined with; none where it is one that is looked at by itself."""
        is_yaml = source.path.lower().endswith((".yaml", ".yml", ".json"))
        return None if is_yaml else EnvWayOut(source, self.files, self._again)

    def place_of(self, span: Span) -> Place | None:
        """Where a range stands in the tree; None where it is in a comment."""
        for document in self.file.documents:
            if document.start <= span.start < document.end:
                around = yaml.path_at(document, span.start)
                node = around[-1] if around else None
                if isinstance(node, Scalar) and node.start <= span.start and span.end <= node.end:
                    return Place(document, around, node)
        if any(comment.covers(span) for comment in self.file.stream.comments()):
            return None
        raise Refused("it does not stand in one value")

    def before(self, place: Place, span: Span) -> str:
        """What stands in the same value before a range, with the line ends and tabs that are written as escapes."""
        text = self.source.text[place.scalar.start : span.start]
        return _BLANK_ESCAPE.sub(r"\1\n", text) if place.scalar.style == '"' else text

    def _touched_with(self, place: Place) -> tuple[tuple[str, str], ...]:
        """What of the file's subjects stands in the same value; all of it is unknown once a part of it is."""
        return self._touches((Edit(place.scalar.span, ""),))

    def written(self, place: Place, span: Span, text: str) -> Edit:
        """Another text for a range of a scalar, with quotes around the whole where it then needs them."""
        scalar, old = place.scalar, self.source.text
        whole = old[scalar.start : span.start] + text + old[span.end : scalar.end]
        needs = _NEEDS_QUOTES if place.is_in_flow() else _BARE_BRACES
        if scalar.style or not needs.search(whole):
            return Edit(span, text)
        quote = "'" if "'" not in whole else '"'
        if "\n" in whole or (quote == '"' and re.search(r'["\\]', whole)):
            raise Refused("it is written over several lines, or with quotes")
        return Edit(scalar.span, f"{quote}{whole}{quote}")
