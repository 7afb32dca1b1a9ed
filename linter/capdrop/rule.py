"""A rule: its name, what it judges, how it explains itself, and its check."""

from __future__ import annotations

from .finding import Confidence, Finding, Severity
from .source import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    Check = Callable[..., Iterator[Finding]]

PROFILES = ("default", "strict", "off")


class Bad(Record):
    """A file that the rule speaks about. «Marks» stand around the exact spans; `fixed` is the file after the fix, and `beside` the
    texts of other files by their paths, `fixed_beside` those that the fix changes or makes."""

    __slots__ = ("beside", "fixed_beside", "path", "written", "written_fixed")

    def __init__(
        self,
        path: str,
        text: str,
        fixed: str | None = None,
        *,
        beside: Mapping[str, str] | None = None,
        fixed_beside: Mapping[str, str] | None = None,
    ) -> None:
        self.beside = beside or {}
        self.fixed_beside = {path: unindented(text) for path, text in (fixed_beside or {}).items()}
        self.path = path
        self.written = text
        self.written_fixed = fixed

    @property
    def text(self) -> str:
        return unindented(self.written)

    @property
    def fixed(self) -> str | None:
        return None if self.written_fixed is None else unindented(self.written_fixed)


class Good(Record):
    """A file that the rule is silent about, with the texts of other files by their paths."""

    __slots__ = ("beside", "path", "written")

    def __init__(self, path: str, text: str, *, beside: Mapping[str, str] | None = None) -> None:
        self.beside = beside or {}
        self.path = path
        self.written = text

    @property
    def text(self) -> str:
        return unindented(self.written)


class Rule:
    """One rule. Its documentation is the check's docstring, and its options are the check's keyword-only parameters."""

    __slots__ = (
        "also_known_as",
        "check",
        "confidence",
        "examples",
        "facts",
        "hides",
        "name",
        "options",
        "profile",
        "programs",
        "references",
        "severity",
        "subjects",
        "variables",
    )

    def __init__(
        self,
        name: str,
        check: Check,
        *,
        severity: Severity,
        confidence: Confidence,
        profile: str,
        references: str,
        also_known_as: str,
        examples: tuple[Bad | Good, ...],
        programs: Iterable[str],
        variables: Iterable[str],
        facts: Iterable[str],
        hides: bool,
    ) -> None:
        self.name = name
        self.hides = hides
        """Whether it finds what no report may show: then it judges also where it is not in force, and is heard by nobody else."""
        self.check = check
        self.severity = severity
        self.confidence = confidence
        self.profile = profile
        self.references = tuple(part.strip() for part in references.split("·") if part.strip())
        self.also_known_as = tuple(also_known_as.split())
        self.examples = examples
        self.variables = frozenset(name.lower() for name in variables)
        """The names of the variables that it judges, in small letters; any where none is named."""
        self.programs = frozenset(programs)
        """The programs whose commands it judges; any where none is named."""
        self.facts = frozenset(facts)
        """The facts of containers, and flags of build steps and copies, of which one must be written; any where none is named."""
        self.options: Mapping[str, Any] = {}
        self.subjects = _subjects_of(name, check)
        """Names of the subject types, from the annotation of the check's first parameter."""

    def __repr__(self) -> str:
        return f"Rule({self.name})"

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return (self.check.__doc__ or "").partition("\n")[0]

    @property
    def explanation(self) -> str:
        """The documentation below its first line."""
        return unindented((self.check.__doc__ or "").partition("\n")[2]).strip()

    @property
    def known_options(self) -> Mapping[str, Any]:
        """The options with their defaults."""
        return self.check.__kwdefaults__ or {}

    def findings(self, subject: object) -> list[Finding]:
        """What the rule says about a subject, signed with the rule's name, severity and confidence."""
        found = [*self.check(subject, **self.options)] if self.options else [*self.check(subject)]
        for finding in found:
            finding.rule = self.name
            if finding.severity is None:
                finding.severity = self.severity
            if finding.confidence is None:
                finding.confidence = self.confidence
        return found


def rule(
    name: str,
    *,
    severity: Severity,
    confidence: Confidence = Confidence.HIGH,
    profile: str = "default",
    references: str = "",
    also_known_as: str = "",
    examples: tuple[Bad | Good, ...] = (),
    programs: Iterable[str] = (),
    variables: Iterable[str] = (),
    facts: Iterable[str] = (),
    hides: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of a check: a generator of findings on the subject that its first parameter is annotated with.

    `programs` names the programs whose commands the check wants to see, "" the one of a command whose program is not known, and "="
    any that sets variables; without it, it sees every command. `variables` names the variables that it wants to see, in any case,
    "@arg" those of a place, "?" those that may hold a secret, ":" and "--" those in whose value these stand. `facts` names facts of a
    container: it wants to see those of which something is written about one of them; of a RUN, COPY or ADD that it wants to see the
    flags, `ADD`, or the name of what is copied to. `hides` is said of a rule that finds secrets.
    """

    if not name.replace("-", "").isalnum() or name != name.lower():
        raise ValueError(f"a rule's name is of small letters, digits and hyphens, not {name!r}")
    if not isinstance(severity, Severity) or not isinstance(confidence, Confidence) or profile not in PROFILES:
        raise ValueError(f"rule {name!r} needs a Severity, a Confidence and a profile ({', '.join(PROFILES)})")

    def decorate(check: Check) -> Rule:
        return Rule(
            name,
            check,
            severity=severity,
            confidence=confidence,
            profile=profile,
            references=references,
            also_known_as=also_known_as,
            examples=examples,
            programs=programs,
            variables=variables,
            facts=facts,
            hides=hides,
        )

    return decorate


def _subjects_of(name: str, check: Check) -> tuple[str, ...]:
    """The names in the annotation of a check's first parameter, be it text (as our own rules have it), a class or a union."""
    code = check.__code__
    annotation = check.__annotations__.get(code.co_varnames[0]) if code.co_argcount else None
    if annotation is None:
        raise TypeError(f"rule {name!r}: annotate what its check judges, as in `def check(container: Container)`")
    if isinstance(annotation, str):
        return tuple(part.strip().rpartition(".")[2] for part in annotation.split("|"))
    return tuple(part.__name__ for part in getattr(annotation, "__args__", (annotation,)))


def unindented(text: str) -> str:
    """An example as a file: without the first line break and the indentation that the rule's source gives it."""
    lines = text.removeprefix("\n").split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines[:-1] if line.strip()), default=0)
    if not lines[-1].strip(" "):
        lines[-1] = ""
    return "\n".join(line[margin:] for line in lines)


def judged(rule: Rule, subject: object, broken: list[tuple[str, str]]) -> list[Finding]:
    """A rule's findings on a subject; a rule that raises is named in `broken` and the others go on."""
    try:
        return rule.findings(subject)
    except (Exception, SystemExit) as error:
        broken.append(breakage(rule, error))
        return []


def breakage(rule: Rule, error: BaseException) -> tuple[str, str]:
    """The name of a rule that raised, and what and where in its file."""
    return (rule.name, f"{type(error).__name__}{_place_in(rule, error)}")


def _place_in(rule: Rule, error: BaseException) -> str:
    """Where in the file of its rule an error came up."""
    place, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == rule.check.__code__.co_filename:
            place = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
