"""One simple command of any script: what it runs, with which options, fed by what."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter

from capdrop.finding import Fix, Safety
from capdrop.source import Fragment, Source, Span
from capdrop.syntax import UNKNOWN

from .subject import Change, Origin, Subject
from .tools import SCRIPT_RUNNERS, SHELLS, tool
from .url import Url, urls_in
from .value import Value
from .words import Option, Word, Wrapper, executed_by_find, options_and_operands, script_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .build_step import BuildStep, RunMount
    from .container import Container
    from .inline_python import Call
    from .packages import Package

    Given = tuple[str, "Word | None"]


class Command(Subject):
    """A simple command.

    `name` is the program without its folder and without wrappers such as `sudo` or `env` (kept in `wrappers`); `words` begin
    with it. `assignments` are the variables that it sets, also those after `env` and `export`. `reads_from` and `writes_to` are
    its neighbours in a pipeline; `within` is the command that holds it as a substitution or as the script of a `sh -c`, and
    `holder` the word of that command where it stands. `script` is the word that this command hands to another shell, and `input` the
    here-document that it reads. `place` is the instruction or key that it belongs to ("RUN", "CMD", "command", ...), `step` the
    step of a build that it belongs to, if it does, and `folder` its working folder as `Copy.folder`. `user` is the user that a build runs
    it as, where that is known, and `owner` the container that runs it. `conditional` is set where a condition, a loop or an `||`
    before it decides whether it is run, and `only_arguments` where its words are arguments of a program that the image starts. `variables`
    tells what those of the file hold where it stands.
    """

    __slots__ = (
        "_options", "_packages", "_siblings", "assignments", "conditional", "feeders", "folder", "holder", "input", "name",
        "only_arguments", "owner",
        "place", "redirects", "script", "ships", "step", "user", "variables", "within", "words", "wrappers", "writes_to",
    )  # fmt: skip

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin | None,
        *,
        name: str,
        words: tuple[Word, ...],
        wrappers: tuple[Wrapper, ...],
        assignments: tuple[Given, ...],
        redirects: tuple[Given, ...],
        place: str,
        ships: bool = True,
        user: Value | None = None,
        folder: str = ".",
        step: BuildStep | None = None,
        owner: Container | None = None,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.folder = folder
        self.step = step
        self.conditional = False
        self.only_arguments = bool(words) and words[0].text[:1] == "-"
        self.name = name
        self.words = words
        self.wrappers = wrappers
        self.assignments = assignments
        self.redirects = redirects
        self.place = place
        self.ships = ships
        self.user = user
        self.owner = owner
        self.feeders: tuple[Command, ...] = ()
        self.writes_to: Command | None = None
        self.within: Command | None = None
        self.holder: Word | None = None
        self.script: Word | None = script_of(name, words) if name in SCRIPT_RUNNERS else None
        self._siblings: Siblings | None = None
        self.input: Fragment | None = None
        self.variables: Callable[[str], str | None] | None = None
        self._options: tuple[list[Option], list[Word]] | None = None
        self._packages: list[Package] | None = None

    @property
    def is_for_work(self) -> bool:
        """Whether that is so of its place, or of its container."""
        return super().is_for_work or (self.owner is not None and self.owner.is_for_work)

    @property
    def asked_by(self) -> frozenset[str]:
        """Its program and those around it, also without a version (`python3.12` is a `python3`), and `=` if it sets variables."""
        names = [self.name, self.name.partition(".")[0]]
        if self.wrappers:
            names += [wrapper.name for wrapper in self.wrappers]
        if self.assignments:
            names.append("=")
        return frozenset(names)

    @property
    def siblings(self) -> Siblings:
        """All commands of the same script."""
        return self._siblings if self._siblings is not None else Siblings((self,))

    @siblings.setter
    def siblings(self, commands: Siblings) -> None:
        self._siblings = commands if len(commands) > 1 else None

    def state(self) -> Mapping[str, object]:
        start, end = executed_by_find(self.words) if self.name == "find" else (0, 0)
        words = tuple("" if word is self.script or start <= index < end else word.own_text for index, word in enumerate(self.words))
        return {"words": words, "wrappers": tuple(word.text for wrapper in self.wrappers for word in wrapper.words)}

    @property
    def options(self) -> list[Option]:
        """The options, read by what is known of the program: which ones take a value."""
        return self._read()[0]

    @property
    def edits(self) -> Iterator[tuple[str, Word]]:
        """What it writes in place of what it finds, if it is `sed` or `perl`: the regular expression looked for, and the text."""
        from .stream_edits import edits_of

        return edits_of(self.words[1:])

    @property
    def operands(self) -> list[Word]:
        """The words that are neither the program, nor options, nor values of options."""
        return self._read()[1]

    @property
    def mounts(self) -> tuple[RunMount, ...]:
        """The mounts of its RUN."""
        return self.step.mounts if self.step is not None else ()

    @property
    def pipefail(self) -> bool:
        """Whether `pipefail` is known to be in force where it stands, so that a pipeline fails with any of its commands."""
        from .build_step import sets_pipefail

        outer = self.within
        if outer is None or not outer.words:
            state = self.step is not None and self.step.shell.pipefail
        elif outer.name in SHELLS:
            state = bool(sets_pipefail([word.text for word in outer.words]))
        else:
            state = outer.pipefail
        said = self.siblings.pipefail_before(self)
        return state if said is None else said

    @property
    def subcommand(self) -> str:
        """What the program is told to do: "install" of `apt-get -y install`, "pip install" of `uv pip install`; "" if nothing is said."""
        operands = self.operands
        if not operands:
            return ""
        first = operands[0].text
        return f"{first} {operands[1].text}" if len(operands) > 1 and first in tool(self.name).nested else first

    @property
    def packages(self) -> list[Package]:
        """What it installs, read by the grammar of its tool."""
        if self._packages is None:
            from .packages import packages_of

            self._packages = packages_of(self)
        return self._packages

    def python_calls(self, *names: str) -> list[Call]:
        """The calls of these functions in the Python program that it is given: behind `-c`, as a here-document, or by `echo`."""
        if not self.name.startswith("python"):
            return []
        option = self.option("-c")
        if option is not None and option.value is not None:
            program: Fragment | None = option.value.fragment
        else:
            program = self.input if all(word.text == "-" for word in self.operands) else None
            printer = self.reads_from
            if program is None and printer is not None and printer.name == "echo" and printer.operands and self.reads_its_program:
                program = printer.operands[0].fragment
        if program is None:
            return []
        from .inline_python import calls_in

        return list(calls_in(program, names, self._given))

    def _given(self, variable: str) -> str | None:
        """What a variable holds when it is started, as its own words, its script and its file tell."""
        setter = self if any(name == variable for name, _ in self.assignments) else self.siblings.sets_before(self, variable)
        if setter is not None:
            word = next(word for name, word in setter.assignments if name == variable)
            return word.text if word is not None and word.known else None
        held = self.variables(variable) if self.variables is not None else None
        return None if held is None or UNKNOWN in held else held

    @property
    def urls(self) -> list[Url]:
        """The URLs among its operands and the values of its options."""
        if not any("://" in word.text or word.giver is not None for word in self.words):
            return []
        return list(urls_in(self.operands, self.options))

    def option(self, *names: str) -> Option | None:
        """The first option given under one of these names (`-k`, `--insecure`)."""
        for option in self.options:
            if option.name in names:
                return option
        return None

    def wrapper(self, name: str) -> Wrapper | None:
        """The wrapper of this name, if the command is run through it."""
        return next((wrapper for wrapper in self.wrappers if wrapper.name == name), None)

    @property
    def reads_from(self) -> Command | None:
        """The command whose output it reads."""
        return self.feeders[0] if self.feeders else None

    def program_sources(self) -> Iterator[Command]:
        """The commands whose output it runs as a program: piped into it, or substituted into its script or file."""
        from .interpreters import program_sources

        return program_sources(self)

    @property
    def reads_its_program(self) -> bool:
        """Whether it is an interpreter that runs what it reads: it is given neither a script nor the name of one."""
        from .interpreters import reads_its_program

        return reads_its_program(self)

    @property
    def inline_program(self) -> Word | None:
        """The word that holds the program itself: of `sh -c PROGRAM`, `python -c PROGRAM`, `eval PROGRAM`."""
        from .interpreters import inline_program

        return inline_program(self)

    @property
    def downloads_to_output(self) -> bool:
        """Whether it writes what it downloads from elsewhere to its standard output."""
        from .download import to_output

        return to_output(self)

    def upstream(self) -> Iterator[Command]:
        """The commands that feed this one through pipes, also from inside groups, nearest first."""
        return iter(self.feeders)

    @property
    def script_checks(self) -> bool:
        """Whether the script that it belongs to compares a checksum or a signature."""
        from .checks import checks

        return self.siblings.some(checks)

    @property
    def compares_download(self) -> bool:
        """Whether the script that it belongs to compares a checksum or a signature of the files that it downloads."""
        from .download import is_compared

        return self.script_checks and is_compared(self)

    def run_from_file(self, source: Command, title: str) -> Fix:
        """A fix that shows how to run from a file, after a look at it, what another command pipes into this one."""
        from .checked_download import into_file

        return into_file(source, self, title)

    def locks_the_account(self, caveat: str) -> Fix:
        """A fix that shows how to lock the account that the command is fed a password for."""
        from .locked_account import locked

        return locked(self, caveat)

    def drop_option(self, option: Option, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that takes an option out, with its value."""
        return self._rewritten(Change("remove", "words", option), f"Remove `{option.name}`", safety, caveat)

    def drop_words(self, first: int, last: int, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that takes words out, from one to another by their indexes: an option that is read by the rule itself."""
        name, span = self.words[first].text.partition("=")[0], Span(self.words[first].span.start, self.words[last].span.end)
        return self.drop_option(Option(name, None, span, tuple(range(first, last + 1)), False), safety=safety, caveat=caveat)

    def add_word(self, after: Word, text: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes another plain word behind one."""
        return self._rewritten(Change("append", "words", (after, text)), f"Add `{text}`", safety, caveat)

    def drop_wrapper(self, wrapper: Wrapper, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that runs the command without a wrapper."""
        return self._rewritten(Change("remove", "wrappers", wrapper), f"Remove `{wrapper.name}`", safety, caveat)

    def drop_assignment(self, name: str, value: Word, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that no longer sets a variable for the command."""
        fix = self._rewritten(Change("remove", "words", (name, value)), f"Remove `{name}`", safety, caveat)
        fix.touches += ((self.address, "wrappers"),) if self.wrappers else ()
        return fix

    def drop(self, fact: str = "command", *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that takes the command out of its script, or away the build step that is nothing else."""
        if self.step is not None and len(self.siblings) == 1:
            fix = self.step.drop("buildstep", safety=safety, caveat=caveat)
            if not fix.edits:
                fix.title = "Remove this command"
            fix.touches += ((self.address, fact),)
            return fix
        return self._rewritten(Change("remove", fact, self), "Remove this command", safety, caveat)

    def replace(self, word: Word, text: str, *, safety: Safety = Safety.UNSAFE, caveat: str = "") -> Fix:
        """A fix that writes other plain text for a word, or for a part of one."""
        return self.rewrite("words", word.fragment.span(), word.text, text, safety=safety, caveat=caveat)

    def _rewritten(self, change: Change, title: str, safety: Safety, caveat: str) -> Fix:
        fix = self.fix(change, safety, caveat)
        fix.title = title
        return fix

    def _read(self) -> tuple[list[Option], list[Word]]:
        if self._options is None:
            self._options = options_and_operands(self.name, self.words, 0 if self.only_arguments else 1)
        return self._options


class Siblings(list[Command]):
    """All commands of one script, in their order, with those that stand in substitutions; and what is asked of them as a whole,
    which is found once."""

    __slots__ = ("_answers", "_inside", "_pipefail", "_setters")

    def __init__(self, commands: Iterable[Command]) -> None:
        super().__init__(commands)
        self._answers: dict[Callable[[Command], bool], bool] = {}
        self._inside: dict[int, list[Command]] | None = None
        self._pipefail: dict[int, bool | None] | None = None
        self._setters: dict[str, list[tuple[int, Command]]] | None = None

    def some(self, question: Callable[[Command], bool]) -> bool:
        """Whether a question is true of one of them."""
        if question not in self._answers:
            self._answers[question] = any(question(command) for command in self)
        return self._answers[question]

    def inside(self, outer: Command) -> list[Command]:
        """Those that stand in the substitutions of one of them."""
        if self._inside is None:
            self._inside = {}
            for command in self:
                if command.within is not None:
                    self._inside.setdefault(id(command.within), []).append(command)
        return self._inside.get(id(outer), [])

    def sets_before(self, command: Command, variable: str) -> Command | None:
        """The command that sets a variable of the script, and nothing else, last before one of them."""
        if self._setters is None:
            self._setters = {}
            for other in self:
                for name, _ in other.assignments if not other.words else ():
                    self._setters.setdefault(name, []).append((other.span.start, other))
        setters = self._setters.get(variable, [])
        at = bisect_left(setters, command.span.start, key=itemgetter(0))
        return setters[at - 1][1] if at else None

    def pipefail_before(self, command: Command) -> bool | None:
        """What the last `set` before one of them says of `pipefail`; None if nothing is said."""
        if self._pipefail is None:
            from .build_step import sets_pipefail

            self._pipefail, state = {}, None
            for other in self:
                self._pipefail[id(other)] = state
                if other.name == "set":
                    said = sets_pipefail([word.text for word in other.words])
                    state = state if said is None else said
        return self._pipefail.get(id(command))
