"""`$VAR` and `${VAR...}` as BuildKit expands them in the arguments of an instruction."""

from __future__ import annotations

from capdrop.source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str], str | None]

_DEEPEST = 32
_LONGEST_MATCHED = 4096
_SPECIAL_NAMES = frozenset("@*#?$!-")


class Expansion(Record):
    """What a word comes to."""

    __slots__ = ("error", "known", "missing", "text", "used")

    def __init__(self, text: str, known: bool, used: list[str], missing: list[str], error: str = "") -> None:
        self.text = text
        """The value; where `known` is false, unknown references stand in it as written."""
        self.known = known
        self.used = used
        """The variables that the word names, each once, in order."""
        self.missing = missing
        """Those of them that have no known value, even where a default takes their place."""
        self.error = error
        """What BuildKit would refuse, if anything."""


def expand(word_text: str, lookup: Lookup, escape: str = "\\", quotes: bool = True) -> Expansion:
    """Expand a word as it is written (see `Word.written`), quotes and escapes included.

    `lookup` gives a variable's value, or None if it has none that can be known. Then `${VAR:-x}` and `${VAR-x}` come to `x`, and
    `${VAR:+x}` to nothing, as they do when nobody sets the variable; any other use makes the result unknown. In here-documents quotes are
    ordinary characters: pass `quotes=False`.
    """
    if "$" not in word_text and escape not in word_text and not (quotes and ("'" in word_text or '"' in word_text)):
        return Expansion(word_text, True, [], [])
    expander = _Expander(word_text, lookup, escape, quotes)
    try:
        text = expander.until("", raw_escapes=False)
    except _RefusedError as refused:
        return Expansion(word_text, False, [*expander.used], [*expander.missing], str(refused))
    return Expansion(text, expander.known, [*expander.used], [*expander.missing])


class _RefusedError(Exception):
    """BuildKit reports an error."""


class _Expander:
    """Reads a word from `at` on. A piece that is not known clears `known` and stands for itself."""

    __slots__ = ("at", "depth", "escape", "known", "lookup", "missing", "plain", "quotes", "text", "used")

    def __init__(self, text: str, lookup: Lookup, escape: str, quotes: bool) -> None:
        self.text = text
        self.lookup = lookup
        self.escape = escape
        self.quotes = quotes
        self.at = 0
        self.depth = 0
        self.known = True
        self.used: dict[str, None] = {}
        self.missing: dict[str, None] = {}

    def until(self, stop: str, raw_escapes: bool) -> str:
        """The expanded text up to `stop` (all of it, if that is empty), which is passed over."""
        text, size, parts = self.text, len(self.text), list[str]()
        special = f"${self.escape}{stop}" + ("'\"" if self.quotes else "")
        while self.at < size:
            start = self.at
            char = text[start]
            if char not in special:
                while self.at < size and text[self.at] not in special:
                    self.at += 1
                parts.append(text[start : self.at])
                continue
            self.at += 1
            if char == stop:
                return "".join(parts)
            if char == "$":
                parts.append(self._dollar())
            elif char == self.escape:
                parts.append(text[start + (0 if raw_escapes else 1) : start + 2])
                self.at = min(start + 2, size)
            elif char == "'":
                parts.append(self._single_quoted())
            else:
                parts.append(self._double_quoted(raw_escapes))
        if stop:
            raise _RefusedError(f"a ${{ that has no {stop}")
        return "".join(parts)

    def _single_quoted(self) -> str:
        start = self.at
        end = self.text.find("'", start)
        if end < 0:
            raise _RefusedError("a single quote that is not closed")
        self.at = end + 1
        return self.text[start:end]

    def _double_quoted(self, raw_escapes: bool) -> str:
        text, size, parts = self.text, len(self.text), list[str]()
        while self.at < size:
            char = text[self.at]
            self.at += 1
            if char == '"':
                return "".join(parts)
            if char == "$":
                parts.append(self._dollar())
            elif char == self.escape:
                if raw_escapes:
                    parts.append(char)
                if text[self.at : self.at + 1] in ('"', "$", self.escape):
                    parts.append(text[self.at])
                    self.at += 1
                elif self.at < size:
                    parts.append(char)
            else:
                parts.append(char)
        raise _RefusedError("a double quote that is not closed")

    def _dollar(self) -> str:
        start = self.at - 1
        braces = self.text[self.at : self.at + 1] == "{"
        if not braces:
            name = self._name()
            return self._value_or_itself(name, start) if name else "$"
        self.at += 1
        if self.text[self.at : self.at + 1] in ("", "{", "}", ":"):
            raise _RefusedError("a bad substitution")
        if self.depth >= _DEEPEST:
            raise _RefusedError("substitutions nested too deep")
        self.depth += 1
        value = self._modified(self._name(), start)
        self.depth -= 1
        return value

    def _modified(self, name: str, start: int) -> str:
        """The value of a `${name`, whose modifier stands next."""
        modifier = self.text[self.at : self.at + 1]
        self.at += 1
        if modifier == "}":
            return self._value_or_itself(name, start)
        if modifier == "/":
            return self._replaced(name, start)
        colon = modifier == ":"
        if colon:
            modifier = self.text[self.at : self.at + 1]
            self.at += 1
        if not modifier or modifier not in ("+-?" if colon else "+-?#%"):
            raise _RefusedError(f"an unsupported substitution, {self.text[start : self.at]}")
        if modifier in "#%":
            return self._trimmed(name, start, modifier)
        return self._chosen(name, start, modifier, colon)

    def _chosen(self, name: str, start: int, modifier: str, colon: bool) -> str:
        value = self._value(name)
        unset = value is None or (colon and not value)
        known = self.known
        word = self.until("}", raw_escapes=False)
        taken = unset if modifier == "-" else not unset and modifier == "+"
        if taken:
            return word
        self.known = known  # the word is not used, so it may well be unknown
        if modifier == "+":
            return ""
        if value is None:
            return self._itself(start)
        if unset:
            raise _RefusedError(f"{name}: {word or 'is not allowed to be empty'}")
        return value

    def _trimmed(self, name: str, start: int, modifier: str) -> str:
        pattern = self.until("}", raw_escapes=True)
        value = self._value(name)
        longest = pattern[:1] == modifier
        tokens = _pattern(pattern[1:] if longest else pattern)
        if value is None or tokens is None or len(value) > _LONGEST_MATCHED or len(tokens) > _LONGEST_MATCHED:
            return self._itself(start)
        if modifier == "#":
            return value[_matched(tokens, value, longest) :]
        tokens.reverse()
        return value[: len(value) - _matched(tokens, value[::-1], longest)]

    def _replaced(self, name: str, start: int) -> str:
        every = self.text[self.at : self.at + 1] == "/"
        if every:
            self.at += 1
        pattern = self.until("/", raw_escapes=True)
        replacement = self.until("}", raw_escapes=True)
        value = self._value(name)
        if value is None or not pattern or any(char in pattern for char in "*?\\") or (every and "$" in replacement):
            return self._itself(start)
        return value.replace(pattern, replacement, -1 if every else 1)

    def _name(self) -> str:
        """Digits, one special character, or letters, digits and underscores."""
        text, size, start = self.text, len(self.text), self.at
        end = start
        if text[start : start + 1] in _SPECIAL_NAMES:
            end += 1
        elif text[start : start + 1].isdecimal():
            while end < size and text[end].isdecimal():
                end += 1
        else:
            while end < size and (text[end].isalnum() or text[end] == "_"):
                end += 1
        self.at = end
        return text[start:end]

    def _value(self, name: str) -> str | None:
        value = self.lookup(name)
        self.used[name] = None
        if value is None:
            self.missing[name] = None
        return value

    def _value_or_itself(self, name: str, start: int) -> str:
        value = self._value(name)
        return self._itself(start) if value is None else value

    def _itself(self, start: int) -> str:
        self.known = False
        return self.text[start : self.at]


def _pattern(pattern: str) -> list[str] | None:
    """The pattern as single tokens: `*`, `?`, or a backslash and the character it stands for; None if BuildKit refuses it."""
    tokens: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "\\":
            char = pattern[at : at + 1]
            at += 1
            if not char or char not in "*?\\}/":
                return None
            tokens.append("\\" + char)
        else:
            tokens.append(char if char in "*?" else "\\" + char)
    return tokens


def _matched(tokens: list[str], value: str, longest: bool) -> int:
    """How many characters from the start the pattern matches, at most or at least; 0 if none. All tries run side by side."""
    final, best = len(tokens), 0
    states = _with_stars({0}, tokens)
    if final in states and not longest:
        return 0
    for at, char in enumerate(value):
        following: set[int] = set()
        for state in states:
            if state < final and tokens[state] == "*":
                following.add(state)
            elif state < final and tokens[state] in ("?", "\\" + char):
                following.add(state + 1)
        states = _with_stars(following, tokens)
        if final in states:
            best = at + 1
            if not longest:
                break
        if not states:
            break
    return best


def _with_stars(states: set[int], tokens: list[str]) -> set[int]:
    """These states and all that they reach by letting a star match nothing."""
    for state in list(states):
        at = state
        while at < len(tokens) and tokens[at] == "*":
            at += 1
            states.add(at)
    return states
