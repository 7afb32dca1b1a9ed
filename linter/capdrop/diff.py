"""A unified diff that `git apply` takes, and that shows no secret."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from operator import ne

from .finding import Edit
from .report import Result
from .report.masks import MASK, Masks, masked, without, words_of
from .report.safe import visible
from .source import Span

LONG_SECRET = 8
"""Characters from which on a secret is masked within a word too; a shorter one may be part of any."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .finding import Finding
    from .source import Source

    Change = tuple[str, int, int, int, int]

CONTEXT = 3
_BOM = "\ufeff"


class Diff:
    """The difference between two texts of a file, or the text of a `new` one. `faithful` turns false where a line had to be altered to
    be shown, or none can be shown below a change: git takes that as the end of the file."""

    __slots__ = ("_after", "_before", "_masks", "_new", "_path", "_secrets", "_shown", "_words", "faithful")

    def __init__(self, before: Source, after: Source, findings: Sequence[Finding], *, new: bool = False) -> None:
        self._new = new
        hidden = sorted({span for finding in findings for span in finding.hidden if finding.source.path == before.path})
        mark = _BOM if before.bom else ""
        self._path = _quoted(before.path.removeprefix("./").lstrip("/"))
        self._before = _lines(mark + before.text)
        self._after = _lines(mark + after.text)
        self._shown = _lines(mark + masked(before.text, hidden))
        self._masks = Masks([Result(before.path, "", "", findings=findings)])
        self._secrets = [line for span in hidden for line in before[span].split("\n") if line.strip()]
        self._words: frozenset[str] | None = None
        self.faithful = True

    def lines(self) -> Iterator[str]:
        """The lines of the diff."""
        yield "--- /dev/null\n" if self._new else f"--- {_named('a/', self._path)}\n"
        yield f"+++ {_named('b/', self._path)}\n"
        for group in self._hunks():
            yield f"@@ -{_range(group[0][1], group[-1][2])} +{_range(group[0][3], group[-1][4])} @@\n"
            for change, start, end, new_start, new_end in group:
                sign = " " if change == "equal" else "-"
                for index in range(start, end):
                    yield self._line(sign, self._before[index], self._seen(index))
                for index in range(new_start, new_end) if change != "equal" else ():
                    yield self._line("+", self._after[index], self._without_secrets(self._after[index]))

    def _hunks(self) -> Iterator[list[Change]]:
        """The changes with the lines around them, but for unchanged ones that hide something: there a hunk ends."""
        for group in SequenceMatcher(None, self._before, self._after).get_grouped_opcodes(CONTEXT):
            hunk: list[Change] = []
            for change, start, end, new_start, new_end in group:
                if change != "equal":
                    hunk.append((change, start, end, new_start, new_end))
                    continue
                at = start
                for hiding in [*(index for index in range(start, end) if self._before[index] != self._seen(index)), end]:
                    if at < hiding:
                        hunk.append(("equal", at, hiding, new_start + at - start, new_start + hiding - start))
                    at = hiding + 1
                    if hiding < end:
                        yield from self._ended(hunk)
                        hunk = []
            yield from self._ended(hunk)

    def _ended(self, hunk: list[Change]) -> Iterator[list[Change]]:
        if any(change != "equal" for change, *_ in hunk):
            self.faithful = self.faithful and (hunk[-1][0] == "equal" or hunk[-1][2] == len(self._before))
            yield hunk

    def _seen(self, index: int) -> str:
        """A line of the text before without its secrets, those too that stand elsewhere."""
        return self._masks.text(self._shown[index])

    def _line(self, sign: str, real: str, shown: str) -> str:
        body, ending = (shown[:-1], "\n") if shown.endswith("\n") else (shown, "\n\\ No newline at end of file\n")
        body, ending = (body[:-1], "\r" + ending) if body.endswith("\r") else (body, ending)
        text = _kept(body)
        self.faithful = self.faithful and text == body and shown == real
        return sign + text + ending

    def _without_secrets(self, line: str) -> str:
        for secret in self._secrets:
            if secret in line:
                within_words = len(secret) >= LONG_SECRET
                line = self._hidden(secret, line) if within_words else re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, line)
        return line

    def _hidden(self, secret: str, line: str) -> str:
        if self._words is None:
            self._words = words_of("".join(self._shown))
        return without(secret, line, self._words)


def commented(diff: str) -> str:
    """A diff to be read, which `git apply` passes over."""
    return "".join(f"# {line}\n" for line in diff.split("\n")[:-1])


def edits_between(before: str, after: str) -> Iterator[Edit]:
    """The edits that make one text of another, each as short as its lines allow."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    places = [0]
    for line in old:
        places.append(places[-1] + len(line))
    for change, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            continue
        gone, come = "".join(old[start:end]), "".join(new[new_start:new_end])
        head = _alike(gone, come)
        tail = _alike(gone[head:][::-1], come[head:][::-1])
        yield Edit(Span(places[start] + head, places[end] - tail), come[head : len(come) - tail])


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, differs in enumerate(map(ne, one, other)) if differs), min(len(one), len(other)))


def _lines(text: str) -> list[str]:
    """The lines of a text as git sees them: only a line feed ends one."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _range(start: int, end: int) -> str:
    count = end - start
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _kept(text: str) -> str:
    """The line with its tabs and its byte-order mark, and everything else visible."""
    mark = _BOM if text.startswith(_BOM) else ""
    return mark + "\t".join(visible(part) for part in text[len(mark) :].split("\t"))


def _named(side: str, path: str) -> str:
    if path.startswith('"'):
        return f'"{side}{path[1:]}'
    return side + path + ("\t" if " " in path else "")


def _quoted(path: str) -> str:
    """A path as git quotes it: in octal where it would not print."""
    if path.isprintable() and '"' not in path and "\\" not in path:
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    octal = (one if one.isprintable() else "".join(f"\\{byte:03o}" for byte in one.encode("utf-8", "surrogateescape")) for one in escaped)
    return f'"{"".join(octal)}"'
