"""What a shell line is made of: words, commands, and how they are joined.

Every place is an offset into the text that was parsed. The shapes are light, as a Dockerfile is full of them: spans and
fragments are built when they are asked for.
"""

from __future__ import annotations

from itertools import islice

from capdrop.source import Fragment, Record, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UPSTREAM = 64
"""Commands whose output one command may read that are told."""


class Problem(Record):
    """Something that could not be understood as the shell would."""

    __slots__ = ("message", "span")

    def __init__(self, span: Span, message: str) -> None:
        self.span = span
        self.message = message


class Spanned:
    """Anything that stands at one place in the text."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        """The place as it is written, quotes included."""
        return Span(self.start, self.end)


class Part(Spanned):
    """A stretch of a word: text, or something that the shell replaces.

    `kind` is "text", "variable" (`$X`, `${X:-d}`), "substitution" (`$(..)`, backticks), "process" (`<(..)`) or
    "arithmetic" (`$((..))`). `text` is the value for text, and the source for the others. `offset` is its place in the
    word's value. `parts` are those inside a `${X:-..}` or an arithmetic expression.
    """

    __slots__ = ("chains", "default", "kind", "name", "offset", "operator", "parts", "text")

    def __init__(self, kind: str, start: int, end: int, text: str, name: str = "") -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.name = name
        self.operator = ""
        self.default: str | None = None
        self.offset = 0
        self.chains: list[Chain] = []
        self.parts: list[Part] = []

    def __repr__(self) -> str:
        return f"Part({self.kind}, {self.text!r})"

    @property
    def commands(self) -> list[Command]:
        """The simple commands inside a substitution, without those of a substitution within it."""
        return list(_commands_of(self.chains))


class Word:
    """A word of a command. This class is a plain word, which stands in the text exactly as it is."""

    __slots__ = ("end", "start", "value")

    quoted: bool = False
    """Whether any of it is quoted or escaped."""
    literal: bool = True
    """Whether the text is known: no variable, no substitution."""

    def __init__(self, value: str, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Word({self.value!r} at {self.start})"

    @property
    def span(self) -> Span:
        """The place as it is written, quotes included."""
        return Span(self.start, self.end)

    @property
    def fragment(self) -> Fragment:
        """The value after quote removal; a variable or substitution appears as its source."""
        return Fragment(self.value, [0], [self.start])

    @property
    def parts(self) -> list[Part]:
        """What the word is made of, left to right."""
        return [Part("text", self.start, self.end, self.value)] if self.value else []

    @property
    def replaced(self) -> list[Part]:
        """The parts that the shell replaces: all but the text."""
        return []

    @property
    def pattern(self) -> bool:
        """Whether the shell may replace it by the names of files: an unquoted `*`, `?` or `[`."""
        value = self.value
        return "*" in value or "?" in value or "[" in value


class BuiltWord(Word):
    """A word whose value differs from how it is written, or is not known."""

    __slots__ = ("_fragment", "_pattern", "_replaced", "literal", "quoted")

    def __init__(self, start: int, end: int, fragment: Fragment, replaced: list[Part], quoted: bool, pattern: bool) -> None:
        self.value = fragment.text
        self.start = start
        self.end = end
        self.quoted = quoted
        self.literal = not replaced
        self._fragment = fragment
        self._pattern = pattern
        self._replaced = replaced

    @property
    def fragment(self) -> Fragment:
        return self._fragment

    def take_to(self, fragment: Fragment) -> None:
        """Give the value, which stays, its places in another text."""
        self._fragment = fragment

    @property
    def replaced(self) -> list[Part]:
        return self._replaced

    @property
    def parts(self) -> list[Part]:
        return interleaved(self._fragment, self._replaced, self.start, self.end)

    @property
    def pattern(self) -> bool:
        return self._pattern


def interleaved(fragment: Fragment, replaced: list[Part], start: int, end: int) -> list[Part]:
    """All the parts of a value: the given ones and the text between them."""
    parts: list[Part] = []
    at, place = 0, start
    for part in replaced:
        if part.offset > at:
            parts.append(Part("text", place, part.start, fragment.text[at : part.offset]))
            parts[-1].offset = at
        parts.append(part)
        at, place = part.offset + len(part.text), part.end
    if at < len(fragment.text):
        parts.append(Part("text", place, end, fragment.text[at:]))
        parts[-1].offset = at
    return parts


class Assignment(Spanned):
    """`NAME=value` before a command or alone; `value` is None where nothing is written after the `=`.

    The value of an array `NAME=(a b)` is its source.
    """

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Word | None, start: int, end: int) -> None:
        self.name = name
        self.value = value
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Assignment({self.name!r}, {self.value!r})"


class Heredoc(Spanned):
    """The body of a `<<` redirection.

    Where the text ends with the line that has the `<<` (a Dockerfile keeps the body elsewhere), the body is empty and
    `present` is false. `replaced` are the variables and substitutions in a body whose delimiter is not quoted.
    """

    __slots__ = ("body", "delimiter", "present", "quoted", "replaced")

    def __init__(self, delimiter: str, quoted: bool, start: int, end: int, body: Fragment, present: bool = True) -> None:
        self.delimiter = delimiter
        self.quoted = quoted
        self.start = start
        self.end = end
        self.body = body
        self.present = present
        self.replaced: list[Part] = []

    def __repr__(self) -> str:
        return f"Heredoc({self.delimiter!r}, {self.body.text!r})"


class Redirection(Spanned):
    """`2>file`, `<<EOF`, `<<<word`; `fd` is what stands before the operator, as written."""

    __slots__ = ("fd", "heredoc", "operator", "target")

    def __init__(self, operator: str, fd: str, start: int, end: int) -> None:
        self.operator = operator
        self.fd = fd
        self.start = start
        self.end = end
        self.target: Word | None = None
        self.heredoc: Heredoc | None = None

    def __repr__(self) -> str:
        return f"Redirection({self.fd + self.operator!r}, {self.target!r})"


class Command:
    """A simple command: a program, builtin or function with its words; or assignments or redirections alone.

    `index` is its place among the elements of its pipeline. `substitution_of` is the command, and the index of
    its word, that a `$(..)`, backticks or `<(..)` around this command belongs to; the index is -1 for an assignment, a
    redirection or a heredoc.
    """

    __slots__ = ("assignments", "index", "pipeline", "redirections", "start", "substitution_of", "words")

    def __init__(self, start: int, pipeline: Pipeline, substitution_of: tuple[Command, int] | None) -> None:
        self.start = start
        self.pipeline = pipeline
        self.index = len(pipeline.elements)
        self.substitution_of = substitution_of
        self.words: list[Word] = []
        self.assignments: list[Assignment] = []
        self.redirections: list[Redirection] = []

    def __repr__(self) -> str:
        return f"Command({[word.value for word in self.words]} at {self.start})"

    @property
    def name(self) -> str | None:
        """The first word, as written after quote removal, where it is known."""
        return self.words[0].value if self.words and self.words[0].literal else None

    @property
    def end(self) -> int:
        """Where the last word, assignment or redirection ends."""
        end = self.start
        if self.words:
            end = max(end, self.words[-1].end)
        if self.assignments:
            end = max(end, self.assignments[-1].end)
        if self.redirections:
            end = max(end, self.redirections[-1].end)
        return end

    @property
    def span(self) -> Span:
        """From the first word, assignment or redirection to the last."""
        return Span(self.start, self.end)

    @property
    def negated(self) -> bool:
        """Whether `!` stands before its pipeline."""
        return self.pipeline.negated

    @property
    def upstream(self) -> list[Command]:
        """The simple commands whose output it may read: those to the left in its pipelines, also inside groups, nearest first. Of a
        long row only the near ones."""
        found: list[Command] = []
        element: Command | Compound | None = self
        while element is not None and len(found) < MOST_UPSTREAM:
            elements = element.pipeline.elements
            for at in range(element.index - 1, max(element.index - MOST_UPSTREAM, 0) - 1, -1):
                found += reversed(list(islice(elements[at].inside(), MOST_UPSTREAM)))
            element = element.pipeline.chain.compound
        return found[:MOST_UPSTREAM]

    def inside(self) -> Iterator[Command]:
        """Itself, as the one simple command in it."""
        yield self


class Compound(Spanned):
    """A subshell, group, loop, condition, function or `((..))` that stands in a pipeline.

    `kind` is the word it begins with: "(", "{", "if", "while", "until", "for", "select", "case", "((". `function` is the
    name of the function that it is the body of. `words` are those of a `for .. in` or the subject of a `case`.
    """

    __slots__ = ("chains", "function", "index", "kind", "pipeline", "redirections", "words")

    def __init__(self, kind: str, start: int, pipeline: Pipeline, function: str) -> None:
        self.kind = kind
        self.start = start
        self.end = start
        self.pipeline = pipeline
        self.index = len(pipeline.elements)
        self.function = function
        self.chains: list[Chain] = []
        self.words: list[Word] = []
        self.redirections: list[Redirection] = []

    def __repr__(self) -> str:
        return f"Compound({self.kind!r} at {self.start})"

    def inside(self) -> Iterator[Command]:
        """The simple commands in it, without those of substitutions."""
        return _commands_of(self.chains)


class Pipeline:
    """Commands joined by `|`, left to right. `elements` has the groups and loops among them too.

    `operator_before` is how it joins what stands before in its list: "", "&&", "||", ";", "&" or a newline.
    """

    __slots__ = ("chain", "commands", "elements", "negated", "operator_before")

    def __init__(self, chain: Chain, operator_before: str, negated: bool) -> None:
        self.chain = chain
        self.operator_before = operator_before
        self.negated = negated
        self.commands: list[Command] = []
        self.elements: list[Command | Compound] = []

    def __repr__(self) -> str:
        return f"Pipeline({self.operator_before!r}, {self.elements})"

    @property
    def span(self) -> Span:
        """From the first command to the end of the last."""
        return Span(self.elements[0].start, self.elements[-1].end) if self.elements else Span(0, 0)


class Chain:
    """Pipelines joined by `&&` and `||`. `compound` and `part` say what group or substitution it stands in directly."""

    __slots__ = ("compound", "part", "pipelines")

    def __init__(self, compound: Compound | None, part: Part | None) -> None:
        self.compound = compound
        self.part = part
        self.pipelines: list[Pipeline] = []

    def __repr__(self) -> str:
        return f"Chain({self.pipelines})"


class Script:
    """A parsed text. `commands` are all simple commands, wherever nested, in the order of their first words."""

    __slots__ = ("chains", "commands", "problems", "text")

    def __init__(self, text: str, commands: list[Command], chains: list[Chain], problems: list[Problem]) -> None:
        self.text = text
        self.commands = commands
        self.chains = chains
        self.problems = problems

    def __repr__(self) -> str:
        return f"Script({self.commands}, {self.problems})"


def _commands_of(chains: list[Chain]) -> Iterator[Command]:
    for chain in chains:
        for pipeline in chain.pipelines:
            for element in pipeline.elements:
                yield from element.inside()


def move(chains: list[Chain], outer: Fragment) -> None:
    """Take everything that was read in the text of `outer` to its places in the source of `outer`."""
    for chain in chains:
        for pipeline in chain.pipelines:
            for element in pipeline.elements:
                _move_element(element, outer)


def _place(start: int, outer: Fragment) -> int:
    """Where something begins in the source, with the backslash that was taken from before it."""
    return outer.place(start - 1) + 1 if start else outer.place(0)


def _shift(spanned: Spanned | Word, outer: Fragment) -> None:
    start, end = spanned.start, spanned.end
    spanned.start = _place(start, outer)
    spanned.end = outer.place(end - 1) + 1 if end > start else spanned.start


def _move_element(element: Command | Compound, outer: Fragment) -> None:
    if isinstance(element, Compound):
        _shift(element, outer)
        move(element.chains, outer)
    else:
        element.start = _place(element.start, outer)
        for assignment in element.assignments:
            _shift(assignment, outer)
            assignment.value = assignment.value and _moved(assignment.value, outer)
    move_words(element.words, outer)
    for redirection in element.redirections:
        _shift(redirection, outer)
        redirection.target = redirection.target and _moved(redirection.target, outer)
        if redirection.heredoc is not None:
            _shift(redirection.heredoc, outer)
            redirection.heredoc.body = redirection.heredoc.body.within(outer)
            _move_parts(redirection.heredoc.replaced, outer)


def move_words(words: list[Word], outer: Fragment) -> None:
    """As `move`, for words."""
    for index, word in enumerate(words):
        words[index] = _moved(word, outer)


def _moved(word: Word, outer: Fragment) -> Word:
    fragment = word.fragment.within(outer)
    _shift(word, outer)
    if isinstance(word, BuiltWord):
        word.take_to(fragment)
        _move_parts(word.replaced, outer)
    elif len(word.value) != word.end - word.start:
        return BuiltWord(word.start, word.end, fragment, [], quoted=False, pattern=word.pattern)
    return word


def _move_parts(parts: list[Part], outer: Fragment) -> None:
    for part in parts:
        _shift(part, outer)
        _move_parts(part.parts, outer)
        move(part.chains, outer)
