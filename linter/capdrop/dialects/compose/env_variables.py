"""The variables that services get from env files, and what else stands in these; each is judged in its file.

What git ignores is nobody's to review: of the variables in such a file the settings are judged, and not whether they are secrets.
A file that several services get is judged once, for the first of them.
"""

from __future__ import annotations

import os

from ...finding import Note
from ...model.subject import Origin
from ...model.text import Text
from ...model.value import Value
from ...model.variable import Variable
from ...model.workspace import EnvUse
from ...reading import Gap
from ...source import Fragment, Span
from ...syntax.yaml import Scalar
from ..yaml_facts import FALSE
from ..yaml_view import Field, Section, fields_of
from .variables import assignments_of, names_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...model.subject import Subject
    from .env_file import Assignment, EnvFile
    from .project import Project
    from .service import ServiceSite

MANY = 5000
"""Variables; above that, what several services get is only told for the first of them."""


class GivenOrigin(Origin):
    """A line of a file that a service is given."""

    __slots__ = ("file",)

    def __init__(self, file: EnvFile) -> None:
        self.file = file

    def written_facts(self) -> frozenset[str]:
        return frozenset({"variable"})

    def neighbours(self) -> Iterable[str]:
        return self.file.known


def variables_of_env_files(
    site: ServiceSite, project: Project, name: str, seen: dict[int, Variable | None]
) -> Iterator[tuple[Variable, bool]]:
    """The variables that the files of `env_file` set, and neither a later one nor `environment` sets again, each with whether it is new."""
    found: dict[str, tuple[EnvFile, Assignment, Field, str]] = {}
    files: list[EnvFile] = []
    known: dict[int, Mapping[str, str | None]] = {}
    for file, path, whole in _files(site, project):
        known[id(file)] = _values(file, site)
        if project.told < MANY or id(file) not in seen:
            files.append(file)
            for one in file.assignments:
                found[one.name] = (file, one, path, whole)
    for again in names_of(site, "environment") & found.keys():
        del found[again]
    seen.update((id(file), None) for file in files)
    for file, one, path, whole in found.values():
        variable = seen.get(id(one))
        is_new = variable is None
        if variable is None:
            ignored = project.beside.is_ignored(whole)
            variable = seen[id(one)] = _variable(file, one, known[id(file)].get(one.name), path, name, ignored=ignored)
            variable.origin = GivenOrigin(file)
            variable.handed_on = project.handed_on(one.name)
        if is_new or project.told < MANY:
            project.told += 1
            yield variable, is_new


def labels_of_files(site: ServiceSite, project: Project, name: str) -> Iterator[Variable]:
    """The labels that the files of `label_file` set; these are written as env files are."""
    for file, path, whole in _files(site, project, "label_file"):
        ignored = project.beside.is_ignored(whole)
        for one in file.assignments:
            label = _variable(file, one, file.known.get(one.name), path, name, ignored=ignored)
            label.place = "label"
            yield label


def names_in_env_files(site: ServiceSite, project: Project) -> Iterator[str]:
    """The names that the files of `env_file` set; none where there were too many before."""
    for file, _, _ in _files(site, project):
        project.named_again += len(file.known)
        if project.named_again <= MANY:
            yield from file.known


def gaps_of_env_files(site: ServiceSite) -> Iterator[Gap]:
    """That an env file is not there or lies outside. Most are kept out of the repository, as they hold what is not the same everywhere: one
    whose name says so, that git ignores, or that has an example beside it is not missed."""
    beside = site.project.beside
    for whole, path, section in _named(site):
        problem, is_outside = beside.problem(whole)
        if not problem or not beside.knows_files or path.source is not site.source or section.text("required") in FALSE:
            continue
        folder, name = os.path.split(whole)
        has_example = any(other.startswith(f"{name}.") for other in beside.names_in(folder))
        if is_outside or not (name.startswith(".") or has_example or beside.is_ignored(whole)):
            yield Gap(path.span, f"{problem}: what it sets is not known", by_design=True)


def uses_of_env_files(site: ServiceSite, project: Project) -> Iterator[EnvUse]:
    """The files of `env_file`, with the variables in each that a later one or `environment` sets anew."""
    set_anew = names_of(site, "environment")
    for file, _, whole in reversed(list(_files(site, project))):
        yield EnvUse(whole, frozenset(set_anew.intersection(file.known)), raw=file.raw)
        project.named_again += len(file.known)
        if project.named_again <= MANY:
            set_anew.update(file.known)


def _files(site: ServiceSite, project: Project, key: str = "env_file") -> Iterator[tuple[EnvFile, Field, str]]:
    """The files of `env_file`, each with the text that names it, and its path."""
    for whole, path, section in _named(site, key):
        file = project.env_file(whole, section.text("format") == "raw")
        if file is not None:
            yield file, path, whole


def _named(site: ServiceSite, key: str = "env_file") -> Iterator[tuple[str, Field, Section]]:
    """The paths that `env_file` names, each with the text that does, and what is said of it."""
    for item in _entries(site.field(key, "own")):
        section = item.section()
        path = item if isinstance(item.value, Scalar) else section.get("path")
        written = site.names.text(path.value.value) if path is not None and isinstance(path.value, Scalar) else None
        if written and path is not None:
            yield os.path.normpath(os.path.join(site.project.folder_of(path.source), written)), path, section


def subjects_of_env_files(project: Project, seen: dict[int, Variable | None]) -> Iterator[Subject]:
    """What stands in the env files that git does not ignore: their text, and the secrets that no service is said to get."""
    for (path, _), file in project.env_files.items():
        if file is None or project.beside.is_ignored(path):
            continue
        yield text_of(file)
        for one in file.assignments:
            if one.written is not None and id(one) not in seen:
                variable = assigned(file, one, (), file.known.get(one.name), ignored=False)
                variable.handed_on = project.handed_on(one.name)
                if variable.secret is not None:
                    use = project.use_of(one.name)
                    variable.value.trail += (use,) if use is not None else ()
                    yield variable


def text_of(file: EnvFile, *, is_template: bool = False) -> Text:
    """All that stands in a file, comments too."""
    text = file.source.text
    return Text(file.source, Span(0, len(text)), "", fragment=Fragment.at(text, 0), address_at=file.address_at, is_template=is_template)


def _values(file: EnvFile, site: ServiceSite) -> Mapping[str, str | None]:
    """What a file sets for a service: the variables in its lines are the project's, and then those of the service."""
    if not file.expands:
        return file.known
    own = {name: value.text if value.is_known else None for name, value in assignments_of(site, "environment")}
    return file.values({**own, **site.names.values})


def _variable(file: EnvFile, one: Assignment, text: str | None, by: Field, name: str, *, ignored: bool) -> Variable:
    note = Note(by.source, by.span, f"`{name}` is given this file" + ("" if ignored else ", which git does not ignore"))
    return assigned(file, one, (*by.trail, note), text, ignored=ignored)


def assigned(
    file: EnvFile,
    one: Assignment,
    trail: tuple[Note, ...],
    text: str | None,
    *,
    ignored: bool,
    is_template: bool = False,
    overridden: bool = False,
) -> Variable:
    """A line of a file as a variable, of the value `text`, or one that is not known."""
    if text is None or one.written is None:
        value = Value.unknown("it is set from outside", file.source, one.span, trail)
    else:
        value = Value.known(text, file.source, one.written.span(), trail)
    return Variable(
        file.source,
        one.span,
        one.address,
        None,
        name=one.name,
        name_span=one.name_span,
        value=value,
        fragment=one.written if text and not ignored else None,
        place="template" if is_template else "env",
        overridden=overridden,
    )


def _entries(field: Field | None) -> Iterator[Field]:
    """One path, or the items of a list."""
    if field is not None and isinstance(field.value, Scalar):
        yield field
    yield from fields_of(field)
