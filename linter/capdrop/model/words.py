"""The words of a command: which are options, which of these take values, and which word is a script of its own."""

from __future__ import annotations

from capdrop.source import Fragment, Record, Span

from .tools import SHELLS, tool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .variable import Variable


class Word:
    """A word of a command: its text after quote removal, whether that is the whole truth (no variable, no substitution), its
    place, and the fragment that leads each character back to the source. `giver` is the variable of the file that it begins with, where
    that holds a URL."""

    __slots__ = ("_fragment", "_span", "known", "text")

    giver: Variable | None = None

    def __init__(self, fragment: Fragment, known: bool, span: Span) -> None:
        self.text = fragment.text
        self.known = known
        self._fragment = fragment
        self._span = span

    def __repr__(self) -> str:
        return f"Word({self.text!r})"

    @property
    def fragment(self) -> Fragment:
        return self._fragment

    @property
    def span(self) -> Span:
        return self._span

    @property
    def effective(self) -> str:
        """The text, with the URL that it begins with."""
        return self.text

    @property
    def own_text(self) -> str:
        """The text without the substitutions in it, which are commands of their own."""
        return self.text

    def part(self, start: int, end: int | None = None) -> Word:
        """A range of this word as a word of its own."""
        fragment = self.fragment.part(start, len(self.text) if end is None else end)
        return Word(fragment, self.known, fragment.span())


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


class Wrapper(Record):
    """A program that runs the command, such as `sudo -E`: its name, and its words with its own options."""

    __slots__ = ("name", "words")

    def __init__(self, name: str, words: tuple[Word, ...]) -> None:
        self.name = name
        self.words = words


def script_of(name: str, words: tuple[Word, ...]) -> Word | None:
    """The word that holds the script of a `sh -c SCRIPT`, also of `bash -euo pipefail -c SCRIPT` and `su - app -c SCRIPT`."""
    if name not in SHELLS:
        return next((words[at + 1] for at in range(len(words) - 1) if words[at].text in ("-c", "--command", "-lc")), None)
    valued = tool(name).valued
    wanted, at = False, 1
    while at < len(words):
        text = words[at].text
        if text[:1] not in ("-", "+") or len(text) < 2:
            return words[at] if wanted else None
        if text[1] != "-":
            wanted = wanted or (text[0] == "-" and "c" in text)
        if text[0] + text[-1] in valued or text in valued:
            at += 1
        at += 1
    return None


def executed_by_find(words: tuple[Word, ...]) -> tuple[int, int]:
    """The range of the words of the command that a `find ... -exec program words ;` runs."""
    for start, word in enumerate(words, 1):
        if word.text in ("-exec", "-execdir", "-ok", "-okdir"):
            end = next((index for index in range(start, len(words)) if words[index].text in (";", "+")), len(words))
            return start, end
    return 0, 0


def options_and_operands(name: str, words: tuple[Word, ...], index: int) -> tuple[list[Option], list[Word]]:
    known = tool(name)
    options: list[Option] = []
    operands: list[Word] = []
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
        options.append(Option(name, word.part(len(name) + 1), word.span, (index,), False))
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
            options.append(Option(name, word.part(at + 1), word.span if at == 1 else span, (index,), at != 1))
            break
        elif index + 1 < len(words):
            both = Span(word.span.start, words[index + 1].span.end) if single else span
            options.append(Option(name, words[index + 1], both, (index, index + 1), not single))
            return index + 1
        else:
            options.append(Option(name, None, span, (index,), not single))
    return index
