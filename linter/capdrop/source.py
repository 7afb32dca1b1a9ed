"""Bytes to text, and offsets to lines.

Everything else in capdrop holds half-open spans of code points; only a `Source` knows lines and columns.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes; a larger file is not analysed."""

MOST_LINES = 1_000_000
"""A file with more is not analysed, as the place of each takes 40 bytes."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set

_LINE_END = re.compile(r"\r\n|\r|\n")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


LONGEST_KEPT = 1 << 20
"""Characters of a text whose small letters are kept."""


def lowered(text: str) -> str:
    """The text of a file in small letters, which several ask for."""
    return _lowered(text) if len(text) <= LONGEST_KEPT else text.lower()


@lru_cache(maxsize=1)
def _lowered(text: str) -> str:
    return text.lower()


class Record:
    """A plain value: equal, hashable and printable by its slots.

    It stands in for `typing.NamedTuple`, whose import and class creation would be a third of our start-up.
    """

    __slots__: tuple[str, ...] = ()

    def _fields(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._fields() == self._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._fields()))})"


class Span(Record):
    """A half-open range of code points."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def _fields(self) -> tuple[object, ...]:
        return (self.start, self.end)

    def __lt__(self, other: Span) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def __len__(self) -> int:
        return self.end - self.start

    def __bool__(self) -> bool:
        return True

    def covers(self, other: Span) -> bool:
        """Whether `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end


class Position(Record):
    """A line and a column, both counted from 1; columns in code points."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class Unreadable(Exception):
    """A file that cannot be turned into text; the message says why, in one line."""


_TESTS = frozenset(
    "test tests testing testdata test-data test-resources unittests fixtures __tests__ e2e conformance playwright cypress fuzz "
    "integration-tests integration_tests integrationtest integrationtests e2e-tests terratest test-apps test-network load-tests fake "
    "fakes".split()
)
"""Folders of what is started to test something, and is taken down."""
_OF_A_FAULT = r"(?:^|[/_-])(?:(?:issue|bug)s?[_-]?[0-9]{2}|(?:broken|repro(?:s|ducers?|ductions?)?)(?=[/_-]))"
"""What a path holds that shows one fault to others: `golang-issue-21867/`, `repro/`, `broken-pods/`."""
_EXAMPLES = frozenset(
    "doc docs documentation example examples sample samples tutorial tutorials ejemplos exemplos exemples beispiele".split()
)
"""Folders of what shows how something is used."""
_LESSONS = frozenset("beginner beginners workshop workshops lab labs exercise exercises lesson lessons playground play".split())
"""Words in the names of folders of what is there to learn from (`play-with-docker`)."""
_OVERRIDES = frozenset(("compose.override.yaml", "compose.override.yml", "docker-compose.override.yaml", "docker-compose.override.yml"))
_TRIALS = frozenset("quick-start quickstart quickstarts getting-started hack hacks".split())
"""Folders of what is started to try something out."""
_DEVELOPMENT = frozenset(
    "dev devel develop development .cursor .devcontainer .devenv localdev local local-cluster local-clusters "
    "local-dev local-stack local-setup local-development dev-env dev-environment k3d minikube".split()
)
"""Folders of what is started on a developer's own machine."""
_PUT_AWAY = frozenset("archive .archive _archive archived .archived attic retired temp tmp vendor".split())
"""Folders of what the project does not use, or no more, or has from others as it is."""
_BY_HAND = frozenset(("hack", "hacks"))
"""Folders of what those who work on the project start by hand."""
_SCRIPTS = frozenset(("sh", "bash"))
_BUILT_FROM = frozenset(("dockerfile", "containerfile", "compose"))
_LAST = frozenset(("tests", "e2e"))
"""Words that the name of a folder of tests ends with: `scenario_tests`."""
_FOR_TESTS = frozenset(("test", "tests", "testing", "e2e", "integration"))
_BUILDING = frozenset(".azure-pipelines .buildkite .ci .circleci .github .gitlab .jenkins .kokoro builder builders buildenv ci".split())
"""Folders of what a project is built in."""
_TO_BUILD = frozenset(("buildenv", "ci"))
_TO_PREPARE = frozenset(("init", "migrate", "migration", "migrations", "seed", "seeder"))
_OPENING = r"(?:[ \t]*(?:#[^\r\n]*|services:[ \t]*)?(?:\r?\n|\r))*"
_SAYS_WHOM_FOR = (
    r"(?i)\b(?:for|during|in) (?:local |internal )?(?:dev|development|testing|debugging)\b|\blocal (?:dev|development|testing|stack)\b"
    r"|\b(?:dev(?:elopment)?(?: ?/ ?[a-z]{1,20})*|test|e2e(?: [a-z]{1,20})?) (?:cluster|compose|environment|setup|stack)\b"
    r"|\b(?:not|never|don'?t)(?: be)?(?: used?(?: it| this)?)? (?:for|in|on|meant for|intended for|suitable for) (?:a )?production\b"
    r"|\b(?:demo|dev|development|test|testing)(?: ?/ ?[a-z]{1,20})*[ -]only\b"
)
"""What a line of a comment says of whom a file, or what stands below, is for."""
_HEADING = r"(?i)#\W*for\b.*:$"
"""What stands above a command and speaks of that alone: `# For testing:`."""
_SAYS_MORE = (
    r"(?i)\b(?:instead|see|unlike|unless|until|before|production(?: [a-z]{1,20})? without|(?:and|or|vs\.?|/) ?prod(?:uction)?"
    r"|prod(?:uction)? (?:and|or|vs))\b"
)
"""How such a line speaks of another file, or of more than developers."""
_LONGEST_OPENING = 2000
"""Characters."""
_LINES_ABOVE = 6
_STARTED_WITH = frozenset(("dev", "devel", "development"))
_FOR_DEVELOPERS = frozenset("dev devel develop development devcontainer debug delve dlv gitpod local tilt".split())


def _says_whom_for(comment: str) -> bool:
    return re.search(_SAYS_WHOM_FOR, comment) is not None and re.search(_SAYS_MORE, comment) is None


def _words(name: str) -> list[str]:
    return name.lower().replace("-", ".").replace("_", ".").split(".")


@lru_cache(maxsize=64)
def _stands(path: str, among: Set[str], called: Set[str]) -> bool:
    """Whether a file stands in a folder among these, or has one of the other words in its name (`compose.test.yaml`, `test-job.yaml`,
    `run-tests.sh`, `test-migrations/compose.yaml`)."""
    *folders, name = path.lower().split("/")
    words = _words(name)
    if "dockerfile" in words and folders:  # `dev-env/Dockerfile`
        words += _words(folders[-1])
    named = (words[-1] in _SCRIPTS or not _BUILT_FROM.isdisjoint(words)) and not called.isdisjoint(words)
    is_test = "test" in called and (
        any(part.startswith(("test-", "test_")) for part in (*folders, name)) or any(_words(folder)[-1] in _LAST for folder in folders)
    )
    shows_a_fault = "test" in called and re.search(_OF_A_FAULT, path.lower()) is not None
    return named or is_test or shows_a_fault or not among.isdisjoint(folders)


def is_working_stage(address: str) -> bool:
    """Whether an address begins with a stage that is named for tests, or for those who work on the project: `stage debug`."""
    first, _, rest = address.partition(" ")
    return first == "stage" and is_named_for_work(rest.partition(" ")[0])


def is_named_for_work(name: str) -> bool:
    """Whether one of the words of a name says that it is for tests, or for those who work on the project."""
    return not (_FOR_DEVELOPERS | _FOR_TESTS).isdisjoint(_words(name))


class Source:
    """The text of one file, without its byte-order mark, with its line ends as they stand. `from_top` is its path from the top of its
    repository, as far as that is known: what its folders say is taken from there. `settled` are the beginnings of lines with conditions of
    a template that are known to hold."""

    __slots__ = ("_opening", "_starts", "bom", "encoding", "from_top", "path", "settled", "text")

    def __init__(self, path: str, text: str, encoding: str = "utf-8", bom: bytes = b"") -> None:
        self.path = path
        self.from_top = path.rpartition("/")[2] if path.startswith("/") else path
        self.text = text
        self.encoding = encoding
        self.bom = bom
        self._opening: bool | None = None
        self._starts: list[int] | None = None
        self.settled: Set[int] = frozenset()

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"

    @property
    def is_for_tests(self) -> bool:
        """Whether the file stands in a folder of tests, or is named for them: `Dockerfile.test`, `compose.e2e.yaml`, or shows somebody a
        fault (`issue-21867/Dockerfile`)."""
        return _stands(self.from_top, _TESTS, _FOR_TESTS)

    @property
    def is_sample(self) -> bool:
        """Whether it is for tests, for developers (`.env.development` is there to be committed), or shows how something is used
        (`docs/compose.yaml`, `compose.example.yml`): its secrets are made up."""
        words = _words(self.path.rpartition("/")[2])
        is_environment = "env" in words and not _STARTED_WITH.isdisjoint(words)
        return is_environment or self.is_for_developers or self.is_for_tests or _stands(self.from_top, _EXAMPLES, _EXAMPLES)

    @property
    def is_idle(self) -> bool:
        """Whether nothing of it runs but to test something: it is for tests, or is kept though it is not used any more
        (`.archive/app.yaml`, `Dockerfile-archived`). What is secret there stays so."""
        is_kept = _stands(self.from_top, _PUT_AWAY, frozenset()) or "archived" in _words(self.from_top.rpartition("/")[2])
        return is_kept or self.is_for_tests

    @property
    def is_started_by_hand(self) -> bool:
        """The same, or those who work on the project start it: `hack/app.yaml`."""
        return self.is_idle or _stands(self.from_top, _BY_HAND, frozenset())

    @property
    def is_to_try_out(self) -> bool:
        """Whether it is started to try something out, with passwords made up for that: `quick-start/base/db.yaml`."""
        return _stands(self.from_top, _TRIALS, frozenset())

    @property
    def is_for_developers(self) -> bool:
        """The same of what those who work on the project start on their own machine: `Dockerfile.dev`, `compose.debug.yaml`, and what
        begins with a comment that says so (`# Compose file for local development`)."""
        return _stands(self.from_top, _DEVELOPMENT, _FOR_DEVELOPERS) or self._says_so()

    @property
    def is_for_builds(self) -> bool:
        """The same of what a project is built in: `ci/Dockerfile`, `Dockerfile_ci`."""
        return _stands(self.from_top, _BUILDING, _TO_BUILD)

    @property
    def is_lesson(self) -> bool:
        """The same of what is there to learn from: `workshop/compose.yaml`. Its passwords are made up; what else it shows is copied."""
        folders = map(set, map(_words, self.from_top.split("/")[:-1]))
        return any("home" not in folder and not _LESSONS.isdisjoint(folder) for folder in folders)

    @property
    def is_override(self) -> bool:
        """Whether it is what Compose lays over the main file by itself, which is where developers change that for themselves
        (docs.docker.com/compose, Merge Compose files)."""
        return self.path.rpartition("/")[2].lower() in _OVERRIDES

    @property
    def is_to_prepare(self) -> bool:
        """Whether a Dockerfile is of what is run before others and ends, as its name or its folder's ends: `Dockerfile.init`,
        `db-migrate/Dockerfile`."""
        *_, folder, name = ["", *self.from_top.lower().replace("_", "-").split("/")]
        if folder.startswith(("init-", "seed-")):
            return True
        return not _TO_PREPARE.isdisjoint((folder.rpartition("-")[2], name.rpartition(".")[2], name.rpartition("-")[2]))

    def _says_so(self) -> bool:
        """Whether the comment that it begins with says that it is for developers."""
        if self._opening is None:
            beginning = self.text[:_LONGEST_OPENING].lstrip()
            opening = re.match(_OPENING, beginning) if beginning.startswith(("#", "services:")) else None
            lines = opening[0].splitlines() if opening is not None else []
            self._opening = any(_says_whom_for(line) and not re.match(_HEADING, line) for line in lines)
        return self._opening

    def is_said_to_be_for_work(self, offset: int) -> bool:
        """Whether a comment on the line of an offset, or right above it, says that what stands there is for developers or tests."""
        number = self.position(offset).line
        above = range(number - 1, max(number - _LINES_ABOVE, 1) - 1, -1)
        comments = [self[self.line(number)].partition(" #")[2]]
        for line in map(self.line, above):
            text = self[line].lstrip()
            if not text.startswith("#"):
                break
            comments.append(text)
        return any(map(_says_whom_for, comments))

    @property
    def starts(self) -> list[int]:
        """The offset at which each line begins."""
        if self._starts is None:
            text = self.text
            if "\r" in text:
                self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
            else:
                self._starts = [0]
                at = text.find("\n")
                while at >= 0:
                    self._starts.append(at + 1)
                    at = text.find("\n", at + 1)
        return self._starts

    @property
    def newline(self) -> str:
        """The line end this file uses, judged by its first line."""
        first = _LINE_END.search(self.text)
        return first.group() if first else "\n"

    def position(self, offset: int) -> Position:
        """The line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1, kept inside the text."""
        starts = self.starts
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        return min(starts[line - 1] + max(column, 1) - 1, self.line(line).end)

    def line(self, number: int) -> Span:
        """The span of a line (from 1), without its line end."""
        starts = self.starts
        start = starts[number - 1]
        if number == len(starts):
            return Span(start, len(self.text))
        end = starts[number] - 1
        if end > start and self.text[end] == "\n" and self.text[end - 1] == "\r":
            end -= 1
        return Span(start, end)

    def encode(self, text: str | None = None) -> bytes:
        """The bytes that a text of this file, or its present one, is written as."""
        return self.bom + (self.text if text is None else text).encode(self.encoding)

    def with_text(self, text: str) -> Source:
        """The same file holding another text."""
        source = Source(self.path, text, self.encoding, self.bom)
        source.from_top = self.from_top
        return source


def decode(path: str, data: bytes) -> Source:
    """The text of `data`, by its byte-order mark, else as UTF-8. Raises `Unreadable`."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"larger than {LARGEST_FILE // 1024 // 1024} MiB")
    encoding, bom = "utf-8", b""
    for mark, name in _BOMS:
        if data.startswith(mark):
            encoding, bom = name, mark
            break
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {encoding.upper()} text (byte {error.start + len(bom)})") from None
    if "\0" in text:
        raise Unreadable("holds NUL characters, so it is not text (UTF-16 needs a byte-order mark)")
    if max(text.count("\n"), text.count("\r")) > MOST_LINES:
        raise Unreadable(f"more than {MOST_LINES:,} lines")
    return Source(path, text, encoding, bom)


class Fragment:
    """Text taken out of a source (unquoted, unescaped, joined, decoded) whose every character still knows its place.

    `starts` are the offsets in `text` at which a run of characters begins that also stand together in the source, and
    `places` the source offsets of those runs. Both ascend.
    """

    __slots__ = ("places", "starts", "text")

    decoded: tuple[str, int] | None = None
    """Of what stands in no source as it is: the whole text that was decoded, and where this fragment begins in it."""

    def __init__(self, text: str, starts: list[int], places: list[int]) -> None:
        self.text = text
        self.starts = starts
        self.places = places

    def __repr__(self) -> str:
        return f"Fragment({self.text!r} at {self.places[0]})"

    @classmethod
    def at(cls, text: str, place: int) -> Fragment:
        """Text that stands in the source exactly as it is, from `place` on."""
        return cls(text, [0], [place])

    def place(self, offset: int) -> int:
        """The source offset of a character."""
        run = bisect_right(self.starts, offset) - 1
        return self.places[run] + offset - self.starts[run]

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The source span that a range of the text came from, from its first character to its last."""
        end = len(self.text) if end is None else end
        if len(self.starts) == 1:
            shift = self.places[0]
            return Span(start + shift, max(start, end) + shift)
        first = self.place(start)
        return Span(first, self.place(end - 1) + 1 if end > start else first)

    def part(self, start: int, end: int) -> Fragment:
        """A range of this fragment as a fragment of its own."""
        if len(self.starts) == 1:
            return Fragment(self.text[start:end], [0], [self.places[0] + start])
        first = bisect_right(self.starts, start) - 1
        last = max(first, bisect_right(self.starts, end - 1) - 1)
        starts = [0, *(s - start for s in self.starts[first + 1 : last + 1])]
        places = [self.place(start), *self.places[first + 1 : last + 1]]
        return Fragment(self.text[start:end], starts, places)

    def within(self, outer: Fragment) -> Fragment:
        """This fragment of `outer.text`, with its places taken on to the source of `outer`."""
        if len(outer.starts) == 1:
            shift = outer.places[0]
            return Fragment(self.text, self.starts, [place + shift for place in self.places]) if shift else self
        starts: list[int] = []
        places: list[int] = []
        for index, start in enumerate(self.starts):
            stop = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
            inner = self.places[index]
            starts.append(start)
            places.append(outer.place(inner))
            run = bisect_right(outer.starts, inner)
            while run < len(outer.starts) and outer.starts[run] < inner + stop - start:
                starts.append(start + outer.starts[run] - inner)
                places.append(outer.places[run])
                run += 1
        return Fragment(self.text, starts, places)


class SettingsBeside(Source):
    """A file that others take settings from, which can be changed there."""

    __slots__ = ()


class Inset(Source):
    """A file that stands inside another one as a fragment of it. What is found in it is told of the outer one, below `address`."""

    __slots__ = ("address", "fragment", "outer")

    def __init__(self, outer: Source, fragment: Fragment, address: str) -> None:
        super().__init__(outer.path, fragment.text)
        self.from_top = outer.from_top
        self.outer = outer
        self.fragment = fragment
        self.address = address

    def place(self, span: Span) -> Span:
        """A span of it in the outer file."""
        return self.fragment.span(span.start, span.end)
