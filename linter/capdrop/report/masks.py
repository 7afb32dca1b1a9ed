"""The secrets that the findings know of, and texts without them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from capdrop.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from capdrop.finding import Edit, Finding
    from capdrop.source import Source

    from . import Result

MASK = "****"
"""One length for all, so that it tells nothing about the secret's."""

_KEY = 12
"""Characters; a shorter secret is not looked for in messages: `postgres` is also the name of a service."""

_WORDLIKE = 20
"""Characters; a shorter secret without digits may be a name as well."""

_LONG = 1000
"""Characters of a text that is worth remembering."""

_FEW = 100
"""Secrets; so many are looked for one by one, which is the faster way to find none."""


_PIECES = r"\\\r?\n[ \t]*|[\"'\\]"
"""What stands between the pieces of a secret, and is not of it."""

_WORD = r"\w+"
_OURS = frozenset("secrets secretkey secretkeyref secretref secretstoreref externalsecret clustersecretstore passwd".split())
"""Words that fixes write, in small letters."""


class Masks:
    """All hidden spans of a run, by path: what one finding hides, no other may show."""

    __slots__ = ("_edges", "_last", "_repeating", "_secrets", "_spans", "_words")

    def __init__(self, results: Sequence[Result]) -> None:
        self._spans: dict[str, list[Span]] = {}
        self._edges: dict[str, tuple[list[Span], list[int]]] = {}
        self._secrets: dict[str, set[str]] = {}
        self._last = ("", "")
        self._repeating: dict[tuple[str, int, int, str], bool] = {}
        self._words: dict[str, frozenset[str]] = {}
        for result in results:
            for finding in (*result.findings, *result.unsaid):
                if finding.hidden:
                    self._spans.setdefault(finding.source.path, []).extend(finding.hidden)
                    self._learn(finding)

    def _learn(self, finding: Finding) -> None:
        for span in finding.hidden:
            text = finding.source[span]
            for line in (*text.splitlines(), re.sub(_PIECES, "", text)):
                secret = line.strip()
                if _unmistakable(secret):
                    for form in (secret, secret.lower()):  # a fix may call something by it
                        self._secrets.setdefault(form[:_KEY], set()).add(form)

    def within(self, path: str, start: int, end: int) -> list[Span]:
        """The hidden spans of a file that touch a range, in order, without overlaps, cut to the range."""
        if path not in self._spans:
            return []
        spans, starts = self._merged(path)
        first = max(0, bisect_right(starts, start) - 1)
        touching = spans[first : bisect_left(starts, end)]
        return [Span(max(span.start, start), min(span.end, end)) for span in touching if span.end > start]

    def _merged(self, path: str) -> tuple[list[Span], list[int]]:
        if path not in self._edges:
            merged: list[Span] = []
            for span in sorted(self._spans[path]):
                if merged and span.start <= merged[-1].end:
                    merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
                elif span.end > span.start:
                    merged.append(span)
            self._edges[path] = (merged, [span.start for span in merged])
        return self._edges[path]

    def text(self, text: str) -> str:
        """A message or address without the secrets. Rules do not quote them; this is the second lock on that door."""
        if len(self._secrets) <= _FEW and not any(key in text for key in self._secrets):
            return text
        if len(text) < _LONG:
            return self._masked(text)
        if text != self._last[0]:  # the same file may be what every finding would have written beside its own
            self._last = (text, self._masked(text))
        return self._last[1]

    def _masked(self, text: str) -> str:
        pieces, done, at = [], 0, 0
        while at <= len(text) - _KEY:
            known = self._secrets.get(text[at : at + _KEY], ())
            length = max((len(secret) for secret in known if text.startswith(secret, at)), default=0)
            if length:
                pieces += [text[done:at], MASK]
                done = at + length
            at += length or 1
        return "".join([*pieces, text[done:]]) if pieces else text

    def edits(self, finding: Finding) -> tuple[Edit, ...]:
        """The edits of a finding's fix; none if their new text repeats a secret, for half a fix is worse than none."""
        if finding.fix is None or not finding.fix.edits:
            return ()
        edits = finding.fix.edits
        for edit in edits:
            if edit.text and (self.text(edit.text) != edit.text or self._repeats(edit.beside or finding.source, edit)):
                return ()
        return edits

    def _repeats(self, source: Source, edit: Edit) -> bool:
        key = (source.path, edit.span.start, edit.span.end, edit.text)  # many findings may have the same long edit
        if key not in self._repeating:
            self._repeating[key] = self._holds_secrets(source, edit)
        return self._repeating[key]

    def _holds_secrets(self, source: Source, edit: Edit) -> bool:
        secrets = [secret for secret in self._hidden_texts(source, edit.span) if secret in edit.text]
        return any(without(secret, edit.text, self._shown(source)) != edit.text for secret in secrets)

    def _shown(self, source: Source) -> frozenset[str]:
        """The words of a file, but for its secrets."""
        if source.path not in self._words:
            self._words[source.path] = words_of(masked(source.text, self.within(source.path, 0, len(source.text))))
        return self._words[source.path]

    def _hidden_texts(self, source: Source, span: Span) -> Iterator[str]:
        for part in self.within(source.path, span.start, span.end):
            text = source[part].strip()
            if text:
                yield text


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text with each of these ranges, which are in order, masked, and its line ends kept."""
    pieces, at = [], 0
    for span in spans:
        if span.end > at:
            hidden = text[max(span.start, at) : span.end]
            pieces += [text[at : max(span.start, at)], re.sub(r"[^\r\n]+", MASK, hidden)]
            at = span.end
    return "".join([*pieces, text[at:]])


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in small letters."""
    return frozenset(word.lower() for word in re.findall(_WORD, text))


def without(secret: str, text: str, shown: frozenset[str]) -> str:
    """A text with a secret masked, but for longer words that are shown anyway, or are ours: of `postgres` it leaves
    `postgres_password`, as `POSTGRES_PASSWORD` is to be seen, and of `secret` it leaves `/run/secrets`."""
    if _unmistakable(secret) or not re.fullmatch(_WORD, secret):
        return text.replace(secret, MASK)

    def kept(word: re.Match[str]) -> str:
        is_shown = len(word[0]) > len(secret) and (word[0].lower() in shown or word[0].lower() in _OURS)
        return word[0] if is_shown else word[0].replace(secret, MASK)

    return re.sub(_WORD, kept, text)


def _unmistakable(secret: str) -> bool:
    """Whether the text can hardly mean anything but the secret: long, with letters and digits, or longer, with small letters and large."""
    if len(secret) < _KEY or not any(map(str.isalpha, secret)):
        return False
    return any(map(str.isdigit, secret)) or (len(secret) >= _WORDLIKE and secret not in (secret.lower(), secret.upper()))
