"""How a secret that stands in a file comes from outside instead: what the dialects share.

A rule on secrets points at one, and says in words what would be better; where the dialect can, it writes that for the place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, islice

from ..finding import Edit, Fix, Safety
from ..model.build_step import BuildStep
from ..model.command import Command
from ..model.container import Container
from ..model.copy import Copy
from ..model.subject import Refused
from ..model.variable import Variable
from ..model.written_file import WrittenFile
from ..secret_search import without_secrets
from ..source import Record, Span
from ..syntax.template import is_masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..finding import Finding
    from ..model.subject import Subject
    from ..source import Source

    Touched = tuple[Subject, tuple[tuple[str, str], ...]]

MOST = 200
"""Secrets of one file for which the change is written; fewer of one with thousands of subjects, as each change is held against all."""
_MANY = 1000
MOST_ABOUT = 20_000
"""Subjects of a file that a change is held against; one that is about another is refused when it is proved."""
LONGEST_SCRIPT = 20_000
_BEFORE = 250
_USER = re.compile(r"(?:^|\s)(?:-u|--(?:proxy-)?user|--(?:src-|dest-)?creds|-a|--auth)[\s=]{1,9}[\"']?[\w.@-]{1,60}:$")
_NAMES = (
    r"([A-Za-z][\w.-]{0,60})[\"']?\s{0,9}[=:]\s{0,9}[\"']?[a-z][\w+.-]{0,20}://[^\s\"']{0,150}$",
    r"([A-Za-z][\w.-]{0,60})[\"']?\s{0,9}[=:]\s{0,9}[\"'\\]{0,2}(?:(?i:bearer|basic|token)\s{1,9})?[\"'\\]{0,2}$",
    r"(?:^|\s)--?([A-Za-z][\w-]{0,60})[\"']?,?\s{1,9}[\"']?$",
    r"(?i)(?:^|\s)([\w.-]{0,60}(?:pass|token|secret|key|auth)[\w.-]{0,60})[\"']?\s{1,9}[\"']?$",
)
"""What may stand before a secret and names it: the setting that holds a URL with it, a setting, an option, a word."""
_TELLS_NOTHING = frozenset(
    "PASSWORD PASSWD PASS PWD PW TOKEN SECRET AUTH AUTHORIZATION BEARER KEY API_KEY CREDENTIALS P A U USER H HEADER E ENV DATA VALUE "
    "CONTENT CONTENTS COMMAND ARGS TEST ENTRYPOINT STRINGDATA".split()
)
_PASSWORDS = frozenset("PASS PASSWD PWD PW P A U USER AUTH H HEADER E ENV DATA VALUE CONTENT CONTENTS COMMAND ARGS TEST ENTRYPOINT".split())

_WHAT = {"private-key": "PRIVATE_KEY", "provider-token": "TOKEN"}


class Way(Record):
    """A change that takes a secret from outside, with what else its proof must allow."""

    __slots__ = ("caveat", "edits", "safety", "title", "touches")

    def __init__(
        self,
        title: str,
        edits: tuple[Edit, ...],
        caveat: str = "",
        safety: Safety = Safety.DISPLAY,
        touches: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.title = title
        self.edits = edits
        self.caveat = caveat
        self.safety = safety
        self.touches = touches


class WayOut:
    """The changes that take secrets out of one file. `again` reads its subjects once more, to say which of them a change is about."""

    __slots__ = ("_again", "_left", "_rows", "_touched", "source")

    def __init__(self, source: Source, again: Callable[[], Iterable[Subject]]) -> None:
        self.source = source
        self._again = again
        self._left = MOST
        self._touched: list[Touched] | None = None
        self._rows: list[_Row] | None = None

    def take(self, subjects: list[Subject]) -> None:
        """Take the subjects that were read already, so that they need not be read once more."""
        self._again = lambda: subjects

    def fix(self, finding: Finding) -> Fix | None:
        """The change for what a finding hides; without edits and with the reason where it cannot be written."""
        assert finding.fix is not None
        if finding.source is not self.source:
            return self.elsewhere(finding)
        if self._left <= 0:
            return None
        self._left -= 1 + len(self._about()) // _MANY
        try:
            way = self.write(finding)
            paths = (edit.beside.path for edit in way.edits if edit.beside is not None)
            if any(map(is_masked, (way.title, *paths, *(edit.text for edit in way.edits)))):
                raise Refused("a template action decides a name in it")
        except Refused as refusal:
            return Fix(finding.fix.title, caveat=str(refusal))
        return Fix(way.title, way.edits, way.safety, way.caveat, (*self._touches(way.edits), *way.touches))

    def write(self, finding: Finding) -> Way:
        """The change. Raises `Refused`."""
        raise NotImplementedError

    def elsewhere(self, finding: Finding) -> Fix | None:
        """The change for what is hidden in a file that this one was joined with, where that is one that nothing else is said of."""
        return None

    def out_of_comment(self, span: Span) -> Way:
        """Take a secret out of a comment."""
        return Way("Take it out of the comment", (Edit(span, ""),), touches=(("", "comment"),))

    def name(self, finding: Finding, before: str, key: str = "", owner: str = "") -> str:
        """A name for the secret that this text stands before: the setting or option that takes it, else the key that holds it. Where
        that tells nothing, its owner's name is put before it."""
        tail = before[-_BEFORE:]
        in_url = re.search(r"://\S{0,150}$", tail) is not None
        named = (re.search(pattern, tail) for pattern in (_NAMES[:1] if in_url else _NAMES)) if not _USER.search(tail) else ()
        found = next((match[1] for match in named if match), key)
        name, prefix = (_upper(text) if without_secrets(text) == text else "" for text in (found, owner))
        if in_url and not re.search("PASS|PWD|SECRET|TOKEN", name):
            name = f"{name}_PASSWORD" if name else "PASSWORD"
        if name in _TELLS_NOTHING or not name:
            name = _WHAT.get(finding.rule, "PASSWORD") if name in _PASSWORDS or not name else name
            name = f"{prefix}_{name}" if prefix and not prefix.endswith(name) else prefix or name
        return f"_{name}" if name[0].isdigit() else name

    def _touches(self, edits: tuple[Edit, ...]) -> tuple[tuple[str, str], ...]:
        """What of the file's subjects edits are about; a container may be given a variable that is not written at its place."""
        spans = [edit.span for edit in edits if edit.beside is None]
        reached = [facts for one, facts in self._about() if isinstance(one, Container)]
        for row in self._by_type():
            reached += [facts for span in spans for facts in row.at(span)]
        return tuple(dict.fromkeys(touch for facts in reached for touch in facts))

    def _by_type(self) -> list[_Row]:
        """The subjects in the file but for the containers, those of a type together: few of them stand inside each other."""
        if self._rows is None:
            rows: dict[type, list[Touched]] = {}
            for one, facts in self._about():
                if not isinstance(one, Container):
                    rows.setdefault(type(one), []).append((one, facts))
            self._rows = [_Row(row) for row in rows.values()]
        return self._rows

    def _about(self) -> list[Touched]:
        """The subjects in the file, and the containers that may be given them, with what a change may be about."""
        if self._touched is None:
            own = (one for one in self._again() if one.source.path == self.source.path or isinstance(one, Container))
            self._touched = [(one, _facts(one)) for one in islice(own, MOST_ABOUT) if _facts(one)]
        return self._touched


class _Row:
    """Subjects of one type in the order of the file; `reach` is how far any of those up to each goes."""

    __slots__ = ("reach", "starts", "touched")

    def __init__(self, touched: list[Touched]) -> None:
        self.touched = sorted(touched, key=lambda one: one[0].span.start)
        self.starts = [one.span.start for one, _ in self.touched]
        self.reach = list(accumulate((one.span.end for one, _ in self.touched), max))

    def at(self, span: Span) -> Iterator[tuple[tuple[str, str], ...]]:
        """What changes of those that a span meets, or touches."""
        at = bisect_right(self.starts, span.end)
        while at and self.reach[at - 1] >= span.start:
            at -= 1
            one, facts = self.touched[at]
            if one.span.end >= span.start:
                yield facts


def _facts(subject: Subject) -> tuple[tuple[str, str], ...]:
    """What a secret that leaves changes of a subject."""
    where = subject.address
    if isinstance(subject, Variable):
        return (where, "value"), (where, "variable")
    if isinstance(subject, Command):
        return (where, "words"), (where, "wrappers"), (where, "command")
    if isinstance(subject, Copy):
        return ((where, "sources"),)
    if isinstance(subject, BuildStep):
        return ((where, "mounts"),)
    if isinstance(subject, WrittenFile):
        return ((f"{where} text", "+Variable"),)
    return ((where, "secret_variables"),) if isinstance(subject, Container) else ()


def program_of(script: str) -> str:
    """What the last command of a script so far is called."""
    words = re.split(r"&&|\|\||[;|\n(]", script[-500:])[-1].split()
    return words[0].rpartition("/")[2].strip("\"',@-") if words else ""


def _upper(text: str) -> str:
    """Words as the name of a variable."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text[:80])
    return re.sub(r"[^A-Z0-9]+", "_", spaced.upper()).strip("_")


def in_shell(source: Source, start: int, span: Span, name: str) -> Edit:
    """A variable in the place of a range of a shell script that begins at `start`, quoted for where it stands. Raises `Refused`."""
    script = source.text[start : span.end]
    quote, following = _quote_at(script, span.start - start), source.text[span.end : span.end + 1]
    bare = f"${name}" if name.isidentifier() and not following.isalnum() and following not in ("_", "[") else f"${{{name}}}"
    if _quote_at(script, span.end - start) != quote:
        raise Refused("it is quoted in several pieces")
    if quote == "'" == following:
        whole = source.text[span.start - 1] == "'"
        return Edit(Span(span.start - whole, span.end + 1), f'"{bare}"' if whole else f'\'"{bare}"')
    return Edit(span, {"": f'"{bare}"', '"': bare, "'": f"'\"{bare}\"'"}[quote])


def _quote_at(script: str, offset: int) -> str:
    """The quote that is open at an offset of a shell script, or none."""
    if offset > LONGEST_SCRIPT:
        raise Refused("the script is too long")
    quote, at = "", 0
    while at < offset:
        character = script[at]
        if character == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#" and (not at or script[at - 1].isspace()):
            end = script.find("\n", at)
            at = len(script) if end < 0 else end
        at += 1
    return quote
