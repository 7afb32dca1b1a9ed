"""The words of a command line that starts a container, taken apart into options, image and arguments."""

from __future__ import annotations

from ...model.value import Value
from ...model.words import Word
from ...source import Source, Span

ENGINES = frozenset({"docker", "podman", "nerdctl"})
_VERBS = frozenset({"run", "create"})
_SWITCHES = frozenset(
    "-d --detach --disable-content-trust --help --init -i --interactive --no-healthcheck --oom-kill-disable --privileged -P "
    "--publish-all -q --quiet --read-only --rm --sig-proxy -t --tty --use-api-socket --replace --rmi --env-host --http-proxy "
    "--no-hosts --no-hostname --tls-verify --read-only-tmpfs --unsetenv-all".split()
)
"""Options without a value (docker and podman command-line references); every other option has one."""
_ALIASES = {
    "-e": "--env", "-l": "--label", "-m": "--memory", "-p": "--publish", "-u": "--user", "-v": "--volume", "-w": "--workdir",
    "--net": "--network",
}  # fmt: skip


class Flag:
    """An option of the command line: its long name, its value, and the words that it takes up."""

    __slots__ = ("name", "span", "value")

    def __init__(self, name: str, value: Word | None, span: Span) -> None:
        self.name = name
        self.value = value
        self.span = span


class Start:
    """A command line that starts a container."""

    __slots__ = ("_by_name", "ends", "flags", "image", "rest", "spans", "verb")

    def __init__(self, words: list[Word], verb: Word, flags: list[Flag], rest: list[Word]) -> None:
        self.ends = [word.span.end for word in words]
        self.verb = verb
        self.flags = flags
        self.spans: dict[Span, int] = {}
        """How many options each span holds."""
        self._by_name: dict[str, list[Flag]] = {}
        for flag in flags:
            self.spans[flag.span] = self.spans.get(flag.span, 0) + 1
            self._by_name.setdefault(flag.name, []).append(flag)
        self.image = rest[0] if rest else None
        self.rest = rest[1:]

    def all(self, name: str) -> list[Flag]:
        """Every use of an option."""
        return self._by_name.get(name, [])

    def last(self, name: str) -> Flag | None:
        """The use of an option that counts."""
        found = self._by_name.get(name)
        return found[-1] if found is not None else None


def value_of(source: Source, word: Word) -> Value:
    """What a word says, where no variable decides it."""
    return Value.known(word.text, source, word.span) if word.known else Value.unknown("a variable decides it", source, word.span)


def start_of(words: list[Word]) -> Start | None:
    """The command line read as one that starts a container, also behind `sudo` and after options of the engine itself."""
    at = next((i for i, word in enumerate(words) if word.text.rpartition("/")[2] in ENGINES), None)
    if at is None or any(word.text not in ("sudo", "exec", "time", "env", "-E") and "=" not in word.text for word in words[:at]):
        return None
    at += 1
    while at < len(words) and words[at].text.startswith("-"):
        at += 2 if words[at].text in ("-H", "--host", "-c", "--context", "--config", "-l", "--log-level") else 1
    if at < len(words) and words[at].text == "container":
        at += 1
    if at >= len(words) or words[at].text not in _VERBS:
        return None
    flags, rest = _flags(words, at + 1)
    return Start(words, words[at], flags, rest)


def _flags(words: list[Word], at: int) -> tuple[list[Flag], list[Word]]:
    flags: list[Flag] = []
    while at < len(words):
        word = words[at]
        text = word.text
        if text == "--":
            at += 1
            break
        if not text.startswith("-") or len(text) < 2:
            break
        name, equals, _ = text.partition("=")
        if equals and text.startswith("--"):
            value = Word(word.fragment.part(len(name) + 1, len(text)), word.known, word.fragment.span(len(name) + 1))
            flags.append(Flag(_ALIASES.get(name, name), value, word.span))
        elif text.startswith("--"):
            at = _separate(flags, words, at, name)
        else:
            at = _cluster(flags, words, at)
        at += 1
    return flags, words[at:]


def _separate(flags: list[Flag], words: list[Word], at: int, name: str) -> int:
    if name in _SWITCHES or at + 1 >= len(words):
        flags.append(Flag(_ALIASES.get(name, name), None, words[at].span))
        return at
    flags.append(Flag(_ALIASES.get(name, name), words[at + 1], Span(words[at].span.start, words[at + 1].span.end)))
    return at + 1


def _cluster(flags: list[Flag], words: list[Word], at: int) -> int:
    word = words[at]
    for index in range(1, len(word.text)):
        name = f"-{word.text[index]}"
        if name in _SWITCHES:
            flags.append(Flag(name, None, word.span))
        elif index + 1 < len(word.text):
            start = index + (2 if word.text[index + 1] == "=" else 1)
            value = Word(word.fragment.part(start, len(word.text)), word.known, word.fragment.span(start))
            flags.append(Flag(_ALIASES.get(name, name), value, word.span))
            return at
        else:
            return _separate(flags, words, at, name)
    return at
