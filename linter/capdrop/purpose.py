"""Whom a file is for, as its place in the repository, its name and its comments say: nobody asks to change what only tests start."""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set

_TESTS = frozenset(
    "test tests testing testdata test-data test-resources unittests fixtures __tests__ e2e conformance playwright cypress fuzz "
    "integration-tests integration_tests integrationtest integrationtests e2e-tests terratest test-apps test-network load-tests fake "
    "fakes".split()
)
"""Folders of what is started to test something, and is taken down."""
_OF_A_FAULT = r"(?:^|[/_-])(?:(?:issue|bug)s?[_-]?[0-9]{2}|(?:broken|repro(?:s|ducers?|ductions?)?)(?=[/_-]))"
"""What a path holds that shows one fault to others: `golang-issue-21867/`, `repro/`, `broken-pods/`."""
_FAULTS = ("issue", "bug", "broken", "repro")
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
_STARTED_WITH = frozenset(("dev", "devel", "development"))
_FOR_DEVELOPERS = frozenset("dev devel develop development devcontainer debug delve dlv gitpod local tilt".split())


def says_whom_for(comment: str) -> bool:
    """Whether a line of a comment says that something is for developers or tests alone."""
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
    if named or is_test or not among.isdisjoint(folders):
        return True
    may_show_a_fault = "test" in called and any(mark in path.lower() for mark in _FAULTS)
    return may_show_a_fault and re.search(_OF_A_FAULT, path.lower()) is not None


@lru_cache(maxsize=64)
def _is_put_away(path: str) -> bool:
    *folders, name = path.lower().split("/")
    return not _PUT_AWAY.isdisjoint(folders) or "archived" in _words(name)


def is_working_stage(address: str) -> bool:
    """Whether an address begins with a stage that is named for tests, or for those who work on the project: `stage debug`."""
    first, _, rest = address.partition(" ")
    return first == "stage" and is_named_for_work(rest.partition(" ")[0])


def is_named_for_work(name: str) -> bool:
    """Whether one of the words of a name says that it is for tests, or for those who work on the project."""
    return not (_FOR_DEVELOPERS | _FOR_TESTS).isdisjoint(_words(name))


class Purpose:
    """Of a file with a text: `from_top` is its path from the top of its repository, as far as that is known."""

    __slots__ = ("_opening", "from_top", "path", "text")

    path: str
    from_top: str
    text: str
    _opening: bool | None

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
        return _is_put_away(self.from_top) or self.is_for_tests

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
        """Whether it is for those who work on the project, who start it on their own machine: `Dockerfile.dev`, `compose.debug.yaml`, and
        what begins with a comment that says so (`# Compose file for local development`)."""
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
            self._opening = any(says_whom_for(line) and not re.match(_HEADING, line) for line in lines)
        return self._opening
