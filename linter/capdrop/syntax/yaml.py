"""YAML text to trees with exact places.

The trees hold what the file says and no more: keys that stand twice, unknown tags, anchors, aliases and merge keys are
kept as they are. A document that is broken is reported and does not blind its neighbours. Nothing here raises on any text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache

from capdrop.source import Record, Span
from capdrop.syntax.yaml_events import NOTHING, Begin, adapt, explain, open_events
from capdrop.syntax.yaml_nodes import Alias, Entry, Mapping, Node, Scalar, Sequence, boolean, resolve, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Alias", "Document", "Entry", "Mapping", "Node", "Problem", "Scalar", "Sequence", "Stream",
    "boolean", "parse", "path_at", "resolve", "walk",
]  # fmt: skip

DEEPEST = 200
"""Collections inside each other; a document that nests deeper is not read."""

MOST_EVENTS = 500_000
"""Nodes, ends of collections and documents in one text; what comes behind is not read. Each takes about 200 bytes. The densest files
that people write, of small manifests, have one in 20 characters."""

MOST_ITEMS = 20_000
"""Items of one list; those behind are not read."""

MOST_ALIASED = 1_000_000
"""Characters that the aliases of one text stand for; those behind are not followed."""

MOST_DOCUMENTS = 20_000
"""Documents in one text of which one is broken that are read one by one; those behind stand or fall together."""

_BREAK = r"\n\r\x85\u2028\u2029"
_MARKER = rf"(?:\A|(?<=[{_BREAK}]))(?:---|\.\.\.)(?=[ \t{_BREAK}]|\Z)"
_COMMENTS_AND_DIRECTIVES = rf"\ufeff?(?:(?:[ \t]*(?:#[^{_BREAK}]*)?|%[^{_BREAK}]*)[{_BREAK}])*"
_BLANKS_AND_COMMENTS = rf"(?:[ \t{_BREAK}]+(?:#[^{_BREAK}]*)?)*"
_COMMENT = rf"(?:\A|(?<=[ \t{_BREAK}\ufeff]))#[^{_BREAK}]*"
_BLOCK = ("|", ">")
_BLOCK_INDICATOR = r"[|>][-+0-9]*"
_TAG = rf"![^ \t{_BREAK}]*"
_REST_OF_LINE = rf"[^{_BREAK}]*"
_NOT_ALLOWED = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"

_MISREAD_WORDS = ("found unexpected ':'", "did not find expected ',' or")
_COLON, _QUESTION_MARK = "\uf8f0", "\uf8f1"
_UNSHIELD = {ord(_COLON): ":", ord(_QUESTION_MARK): "?"}
_TAG_OR_DIRECTIVE = rf"((?<![^ \t{_BREAK}\[{{,])!\S*|(?:\A|(?<=[{_BREAK}]))%[^{_BREAK}]*)"
_INNER_COLON = rf"""(?<!["'\]}}]):(?=[^ \t{_BREAK},\[\]{{}}])|(?<=[^ \t{_BREAK},\[\]{{}}"']):(?=[,\]}}])"""
_INNER_QUESTION_MARK = rf"(?<=[^ \t{_BREAK},\[\]{{}}])\?"


class Problem(Record):
    """Why a document, or a part of it, could not be read: one line, and the place."""

    __slots__ = ("message", "span")

    def __init__(self, span: Span, message: str) -> None:
        self.span = span
        self.message = message


class Document:
    """One document of a stream: `start` to `end` holds its marker, its text and the comments around it.

    `root` is what could be read of it, None where that is nothing; `problems` then says why. `doubled` are the mappings in which a key
    is written twice, the inner before the outer.
    """

    __slots__ = ("doubled", "end", "problems", "root", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.doubled: list[Mapping] = []

    def __repr__(self) -> str:
        return f"Document({self.root} at {self.start}, {len(self.problems)} problems)"


class Stream:
    """The documents of a text; together they cover it. A text of comments only has none."""

    __slots__ = ("_comments", "documents", "text")

    def __init__(self, text: str, documents: list[Document]) -> None:
        self.text = text
        self.documents = documents
        self._comments: list[Span] | None = None

    @property
    def problems(self) -> list[Problem]:
        """What could not be read in any document."""
        return [problem for document in self.documents for problem in document.problems]

    def comments(self) -> list[Span]:
        """Every comment from its `#` to the end of its line. In a broken document: whatever looks like one."""
        if self._comments is None:
            self._comments = list(_comments(self.text, self.documents)) if "#" in self.text else []
        return self._comments


class _LimitError(Exception):
    """A document nests too deep, or the text holds too many nodes: then `documents` are those that were read before."""

    def __init__(self, message: str, offset: int, documents: list[Document] | None = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.documents = documents


class _Composer:
    """Puts the nodes of an event stream together."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.documents: list[Document] = []
        self.content = 0
        self.anchors: dict[str, Node] = {}
        self.open: list[Mapping | Sequence] = []
        self.keys: list[Node | None] = []
        self.aliases: list[int] = []
        """Where the aliases stand."""
        self.aliased = [0]
        """How many characters as many of them stand for."""

    def run(self, budget: Iterator[int]) -> list[Document]:
        """The documents of the whole text. Raises `_LimitError`, and what `explain` understands."""
        next_event = open_events(self.text)
        handlers = _HANDLERS
        opened, keys = self.open, self.keys
        for _ in budget:
            event = next_event()
            if (
                type(event) is Scalar
                and opened
                and event.value
                and event.style not in _BLOCK
                and event.tag is None
                and event.anchor is None
            ):
                parent = opened[-1]  # most are like this; as `add` does, without a call
                if isinstance(parent, Sequence):
                    parent.items.append(event)
                elif (key := keys[-1]) is None:
                    keys[-1] = event
                else:
                    parent.entries.append(Entry(key, event))
                    keys[-1] = None
                continue
            if event is None:
                return self.documents
            if type(event) not in handlers:
                event = adapt(event)
            handlers[type(event)](self, event)
        raise _LimitError(f"more than {MOST_EVENTS:,} nodes", self.content, self.documents)

    def nothing(self, event: object) -> None:
        """The stream begins, a document or the stream ends."""

    def begin(self, event: Begin) -> None:
        if self.documents:
            self.documents[-1].end = event.start
        self.documents.append(Document(event.start if self.documents else 0, len(self.text)))
        self.content = event.end
        self.anchors = {}

    def scalar(self, node: Scalar) -> None:
        if node.tag or node.anchor:
            self.settle(node)
        elif not node.value and not node.style:
            self.place(node)
        if node.style in _BLOCK:
            node.end = _last_word(self.text, node)
        self.add(node)

    def alias(self, node: Alias) -> None:
        target = self.anchors.get(node.name)
        if target is None:
            self.complain(node, f"no &{node.name} stands before this alias")
        elif target in self.open:
            self.complain(node, f"the alias *{node.name} stands inside the node it names")
        elif self.may_follow(node, target):
            node.target = target
        self.add(node)

    def may_follow(self, node: Alias, target: Node) -> bool:
        """Whether what all aliases stand for is still within the limit. What the aliases in it stand for is counted again; but whoever
        follows one meets no node twice, and so no more than the whole text."""
        inside = self.aliased[bisect_left(self.aliases, target.end)] - self.aliased[bisect_left(self.aliases, target.start)]
        total = self.aliased[-1] + min(target.end - target.start + inside, len(self.text))
        if total > MOST_ALIASED:
            if self.aliased[-1] <= MOST_ALIASED:
                self.complain(node, f"from here on the aliases stand for more than {MOST_ALIASED:,} characters and are not followed")
            total = max(self.aliased[-1], MOST_ALIASED + 1)
        self.aliases.append(node.start)
        self.aliased.append(total)
        return total <= MOST_ALIASED

    def complain(self, node: Node, message: str) -> None:
        self.documents[-1].problems.append(Problem(node.span, message))

    def collection(self, node: Mapping | Sequence) -> None:
        if node.tag or node.anchor:
            self.settle(node)
        self.add(node)
        self.open.append(node)
        self.keys.append(None)
        if len(self.open) > DEEPEST:
            raise _LimitError(f"nested more than {DEEPEST} levels deep", node.start)

    def close(self, end: int) -> None:
        self.keys.pop()
        node = self.open.pop()
        if node.flow:
            node.end = end
        elif isinstance(node, Mapping):
            node.end = node.entries[-1].value.end
        else:
            node.end = node.items[-1].end
        if type(node) is Sequence and len(node.items) > MOST_ITEMS:
            self.complain(node.items[MOST_ITEMS], f"of this list {MOST_ITEMS:,} items are read, and no more")
            del node.items[MOST_ITEMS:]
        elif type(node) is Mapping:
            entries = node.entries
            if len(entries) > 1 and len({entry.key.value if type(entry.key) is Scalar else entry for entry in entries}) < len(entries):
                self.documents[-1].doubled.append(node)

    def add(self, node: Node) -> None:
        if not self.open:
            self.documents[-1].root = node
            return
        parent = self.open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = node
        else:
            parent.entries.append(Entry(key, node))
            self.keys[-1] = None

    def settle(self, node: Node) -> None:
        """Register the anchor of a node and move the node's start behind its anchor and tag."""
        if node.anchor:
            self.anchors[node.anchor] = node
        if isinstance(node, Scalar) and not node.value and not node.style:
            node.start = node.end
            return
        text, at = self.text, node.start
        while text[at] in "&!":
            if text[at] == "&":
                at += 1 + len(node.anchor or "")
            else:
                at = _end(_TAG, text, at)
                while text[at - 1] in ",]}" and text[at - 1] != (node.tag or " ")[-1]:
                    at -= 1
            at = _end(_BLANKS_AND_COMMENTS, text, at)
        node.start = at

    def place(self, node: Scalar) -> None:
        """Put a value that is left out right behind what it was left out of."""
        at = node.start
        key = self.keys[-1] if self.keys else None
        if not self.open:
            at = self.content
        elif key and self.text[at - 1] != ":":
            at = self.text.find(":", key.end, at) + 1 or key.end
        node.outer = node.start = node.end = at


_HANDLERS: dict[type, Callable[..., None]] = {
    Scalar: _Composer.scalar,
    Alias: _Composer.alias,
    Mapping: _Composer.collection,
    Sequence: _Composer.collection,
    int: _Composer.close,
    Begin: _Composer.begin,
    type(NOTHING): _Composer.nothing,
}


def _last_word(text: str, node: Scalar) -> int:
    """Where the last line of a block scalar that is not blank ends, or its header; libyaml runs on to the next token."""
    header = _end(_REST_OF_LINE, text, node.start)
    words = text[header : node.end].rstrip()
    return _end(_REST_OF_LINE, text, header + len(words)) if words else _end(_BLOCK_INDICATOR, text, node.start)


def _end(pattern: str, text: str, at: int) -> int:
    found = _compiled(pattern).match(text, at)
    return found.end() if found else at


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)  # which looks a pattern up more slowly


def parse(text: str) -> Stream:
    """Read every document of a text, which has no byte-order mark. What cannot be read is a problem of its document."""
    try:
        documents = _compose(text, iter(range(MOST_EVENTS)))
    except Exception as error:
        problem = _problem(error, text)
        if problem is None:
            raise
        if isinstance(error, _LimitError) and error.documents:
            documents = error.documents
            _give_up(documents[-1], problem)
        else:
            documents = _compose_pieces(text, error, problem)
    return Stream(text, documents)


def _compose(text: str, budget: Iterator[int]) -> list[Document]:
    """The documents of a text, or of the same text in words that libyaml understands."""
    try:
        return _Composer(text).run(budget)
    except Exception as error:
        message, _ = explain(error) or ("", [])
        if not message.startswith(_MISREAD_WORDS) or _COLON in text or _QUESTION_MARK in text:
            raise
    documents = _Composer(_shield(text)).run(budget)
    for document in documents:
        for node in walk(document.root) if document.root else ():
            if isinstance(node, Scalar):
                node.value = node.value.translate(_UNSHIELD)
    return documents


def _shield(text: str) -> str:
    """Replace each `:` and `?` that is an ordinary character of a word.

    This libyaml takes them for indicators in `[redis:6379, what?]`; the newer one, Go's and YAML itself do not. Of `[2001:db8::]` only
    Go's reads a word, and it is Go's that Compose and Kubernetes use.
    """
    parts = re.split(_TAG_OR_DIRECTIVE, text)
    parts[::2] = [re.sub(_INNER_QUESTION_MARK, _QUESTION_MARK, re.sub(_INNER_COLON, _COLON, part)) for part in parts[::2]]
    return "".join(parts)


def _give_up(document: Document, problem: Problem) -> None:
    document.root = None
    document.problems.append(problem)


def _problem(error: Exception, text: str) -> Problem | None:
    """The problem that an exception of the parser or the composer tells of, up to the end of its line."""
    if isinstance(error, _LimitError):
        return Problem(Span(error.offset, _end(_REST_OF_LINE, text, error.offset)), str(error))
    explained = explain(error)
    if explained is None:
        return None
    message, places = explained
    if not places:
        found = re.search(_NOT_ALLOWED, text)
        places = [found.start() if found else 0]
        message = f"{message} (U+{ord(found.group()):04X})" if found else message
    offset = places[0]
    if not text[offset:].strip():  # what is never closed is shown where it opens
        offset = min(places[-1], max(0, len(text.rstrip()) - 1))
    elif text[offset] == "\t":
        message = f"a tab cannot indent, {message}"
    return Problem(Span(offset, _end(_REST_OF_LINE, text, offset)), message)


def _compose_pieces(text: str, error: Exception, problem: Problem) -> list[Document]:
    """Read each document alone, so that of the broken ones only the rest is lost. `error` is what the text as a whole raises."""
    documents: list[Document] = []
    budget = iter(range(MOST_EVENTS))
    pieces = list(_pieces(text))
    if len(pieces) == 1:
        documents.append(_above(text, error, budget))
        pieces.clear()
    for start, end in pieces:
        piece = text[start:end]
        try:
            found = _compose(piece, budget)
        except Exception as error:
            found = [_above(piece, error, budget)]
        for document in found:
            _shift(document, start)
        documents += found
    return _cover(documents, text, problem)


def _above(text: str, error: Exception, budget: Iterator[int]) -> Document:
    """A broken document, as far as the lines above its problem can be read; nothing of one that is beyond a limit."""
    problem = _problem(error, text)
    if problem is None:
        raise error
    document = Document(0, len(text))
    document.problems.append(problem)
    if not isinstance(error, _LimitError):
        try:
            found = _compose(text[: text.rfind("\n", 0, problem.span.start) + 1], budget)
        except Exception as another:
            if _problem(another, text) is None:
                raise
        else:
            root = found[0].root if len(found) == 1 else None
            if isinstance(root, (Mapping, Sequence)):
                document.root, document.doubled = root, found[0].doubled
    return document


def _cover(documents: list[Document], text: str, problem: Problem) -> list[Document]:
    """Let each document reach up to the next; give the problem to the one it is in if none has one of its own."""
    if not documents:
        documents = [Document(0, 0)]
    documents[0].start = 0
    end = len(text)
    for document in reversed(documents):
        document.end, end = end, document.start
    if not any(document.problems for document in documents):
        at = bisect_right(documents, problem.span.start, key=lambda document: document.start) - 1
        _give_up(documents[at], problem)
    return documents


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the documents of a text stand, by their markers. Comments and directives above a marker belong to it."""
    start = 0
    for count, marker in enumerate(re.finditer(_MARKER, text)):
        if count == MOST_DOCUMENTS:
            break
        at = marker.start()
        if marker.group() == "...":
            yield start, marker.end()
            start = marker.end()
        elif not re.fullmatch(_COMMENTS_AND_DIRECTIVES, text[start:at]):
            yield start, at
            start = at
    yield start, len(text)


def _shift(document: Document, by: int) -> None:
    """Move a document that was read alone to its place in the text."""
    document.start += by
    document.end += by
    document.problems = [Problem(Span(p.span.start + by, p.span.end + by), p.message) for p in document.problems]
    for node in walk(document.root) if document.root else ():
        node.start += by
        node.end += by
        node.outer += by


def path_at(document: Document, offset: int) -> list[Node | Entry]:
    """The nodes and entries around an offset, from the root to the innermost; an end belongs to what it ends."""
    path: list[Node | Entry] = []
    node = document.root
    while node and node.outer <= offset <= node.end:
        path.append(node)
        children: list[Node] = []
        if isinstance(node, Sequence):
            children = node.items
        elif isinstance(node, Mapping):
            at = bisect_right(node.entries, offset, key=lambda entry: entry.start) - 1
            if at >= 0 and offset <= node.entries[at].end:
                path.append(node.entries[at])
                children = [node.entries[at].key, node.entries[at].value]
        at = bisect_right(children, offset, key=lambda child: child.outer) - 1
        node = children[at] if at >= 0 else None
    return path


def _comments(text: str, documents: list[Document]) -> Iterator[Span]:
    """What looks like a comment and is not inside a scalar; the header of a block scalar is outside."""
    scalars = [node for document in documents if document.root for node in walk(document.root) if isinstance(node, Scalar)]
    starts = [scalar.start for scalar in scalars]
    pattern = re.compile(_COMMENT)
    found = pattern.search(text)
    while found:
        at, end = found.span()
        before = bisect_right(starts, at) - 1
        scalar = scalars[before] if before >= 0 else None
        in_header = scalar and scalar.style in ("|", ">") and at < _end(_REST_OF_LINE, text, scalar.start)
        if scalar and at < scalar.end and not in_header:
            end = scalar.end
        else:
            yield Span(at, end)
        found = pattern.search(text, end)
