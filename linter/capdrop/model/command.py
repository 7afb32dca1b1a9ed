"""One simple command of any script: what it runs, with which options, fed by what."""

from __future__ import annotations

from ..source import Fragment, Record, Source, Span
from .subject import Origin, Subject
from .tools import tool
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WRAPPERS = frozenset({"sudo", "doas", "env", "exec", "command", "builtin", "time", "nohup", "nice", "ionice", "timeout", "xargs", "gosu", "su-exec", "tini", "dumb-init"})
"""Programs that run the program named by their first operand."""


class Word(Record):
    """A word of a command: its text after quote removal, whether that is the whole truth (no variable, no substitution), its
    place, and the fragment that leads each character back to the source."""

    __slots__ = ("fragment", "known", "span")

    def __init__(self, fragment: Fragment, known: bool, span: Span) -> None:
        self.fragment = fragment
        self.known = known
        self.span = span

    @property
    def text(self) -> str:
        return self.fragment.text


class Option(Record):
    """An option as given: `name` with its dashes, its `value` where it takes one, and the span of what says so (one letter of
    a cluster such as `-sSLk`, or a whole word). `words` are the indexes of the words it takes up."""

    __slots__ = ("clustered", "name", "span", "value", "words")

    def __init__(self, name: str, value: Word | None, span: Span, words: tuple[int, ...], clustered: bool) -> None:
        self.name = name
        self.value = value
        self.span = span
        self.words = words
        self.clustered = clustered


class Command(Subject):
    """A simple command.

    `name` is the program without its folder and without wrappers such as `sudo` or `env` (kept in `wrappers`); `words` begin
    with it. `reads_from` and `writes_to` are its neighbours in a pipeline; `within` is the command whose word holds it as a
    substitution. `place` is the instruction or key that it belongs to ("RUN", "CMD", "command", ...), and `user` the user
    that a build runs it as, where that is known.
    """

    __slots__ = ("_options", "assignments", "name", "place", "reads_from", "redirects", "ships", "user", "within", "words", "wrappers", "writes_to")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin | None,
        *,
        name: str,
        words: tuple[Word, ...],
        wrappers: tuple[Word, ...],
        assignments: tuple[tuple[str, Word | None], ...],
        redirects: tuple[tuple[str, Word | None], ...],
        place: str,
        ships: bool = True,
        user: Value | None = None,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.name = name
        self.words = words
        self.wrappers = wrappers
        self.assignments = assignments
        self.redirects = redirects
        self.place = place
        self.ships = ships
        self.user = user
        self.reads_from: Command | None = None
        self.writes_to: Command | None = None
        self.within: Command | None = None
        self._options: tuple[list[Option], list[Word]] | None = None

    def state(self) -> Mapping[str, object]:
        return {"words": tuple(word.text for word in self.words), "wrappers": tuple(word.text for word in self.wrappers)}

    @property
    def options(self) -> list[Option]:
        """The options, read by what is known of the program: which ones take a value."""
        return self._read()[0]

    @property
    def operands(self) -> list[Word]:
        """The words that are neither the program, nor options, nor values of options."""
        return self._read()[1]

    def option(self, *names: str) -> Option | None:
        """The first option given under one of these names (`-k`, `--insecure`)."""
        for option in self.options:
            if option.name in names:
                return option
        return None

    def upstream(self) -> Iterator[Command]:
        """The commands that feed this one through pipes, nearest first."""
        command = self.reads_from
        while command is not None:
            yield command
            command = command.reads_from

    def _read(self) -> tuple[list[Option], list[Word]]:
        if self._options is None:
            self._options = _options_and_operands(self.name, self.words)
        return self._options


def _options_and_operands(name: str, words: tuple[Word, ...]) -> tuple[list[Option], list[Word]]:
    known = tool(name)
    options: list[Option] = []
    operands: list[Word] = []
    index = 1
    while index < len(words):
        word = words[index]
        text = word.text
        if text == "--":
            operands.extend(words[index + 1 :])
            break
        if len(text) < 2 or text[0] != "-":
            operands.append(word)
        elif text[1] == "-" or known.long_with_one_dash:
            index = _long_option(options, known.valued, words, index)
        else:
            index = _short_options(options, known.valued, words, index)
        index += 1
    return options, operands


def _long_option(options: list[Option], valued: frozenset[str], words: tuple[Word, ...], index: int) -> int:
    word = words[index]
    name, equals, _ = word.text.partition("=")
    if equals:
        start = len(name) + 1
        value = Word(word.fragment.part(start, len(word.text)), word.known, word.fragment.span(start))
        options.append(Option(name, value, word.span, (index,), False))
    elif name in valued and index + 1 < len(words):
        options.append(Option(name, words[index + 1], Span(word.span.start, words[index + 1].span.end), (index, index + 1), False))
        return index + 1
    else:
        options.append(Option(name, None, word.span, (index,), False))
    return index


def _short_options(options: list[Option], valued: frozenset[str], words: tuple[Word, ...], index: int) -> int:
    word = words[index]
    text = word.text
    single = len(text) == 2
    for at in range(1, len(text)):
        name = "-" + text[at]
        span = word.span if single else word.fragment.span(at, at + 1)
        if name not in valued:
            options.append(Option(name, None, span, (index,), not single))
        elif at + 1 < len(text):
            value = Word(word.fragment.part(at + 1, len(text)), word.known, word.fragment.span(at + 1))
            options.append(Option(name, value, word.span if at == 1 else span, (index,), at != 1))
            break
        elif index + 1 < len(words):
            both = Span(word.span.start, words[index + 1].span.end) if single else span
            options.append(Option(name, words[index + 1], both, (index, index + 1), not single))
            return index + 1
        else:
            options.append(Option(name, None, span, (index,), not single))
    return index
