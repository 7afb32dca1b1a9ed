"""Compose's named values: `environment`, `labels` and `build.args`, as a mapping or as a list of `NAME=value`."""

from __future__ import annotations

import re

from ...finding import Edit
from ...model.subject import Change, Origin, Refused
from ...model.value import Value
from ...model.variable import Variable
from ...source import Fragment, Span
from ...syntax.yaml import Scalar, Sequence
from ..script_within import commands_of_script
from ..settings_file import variables_in_file, variables_in_settings
from ..yaml_facts import Interpolated, Site, drop, remove
from ..yaml_view import Field, Section, fields_of, items_of
from ..yaml_writer import remove_entry
from .interpolation import left_to_shell
from .merge import is_empty
from .names import NO_NAMES, taken_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model.subject import Subject

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_FALLBACK = r"\$\{([A-Za-z_][A-Za-z0-9_]*):?-[^${}]*\}"


class VariableOrigin(Origin):
    """Where a value is written. To drop it is to demand it from outside, `${NAME:?}`; to drop the variable is to leave it out."""

    __slots__ = ("address", "field", "name", "site", "written")

    def __init__(self, site: Site, address: str, field: Field, name: str, written: Fragment) -> None:
        self.site = site
        self.address = address
        self.field = field
        self.name = name
        self.written = written

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "drop" or change.fact not in ("value", "variable"):
            raise Refused("there is no writer for this")
        self.site.editable(self.field)
        if change.fact == "variable":
            return f"Remove `{self.name}`", self._left_out()
        name = self._outside()
        if self.site.source[self.written.span()] != self.written.text:
            raise Refused("it is written with escapes or over several lines")
        mounted = self._mounted(name)
        if mounted:
            return f"Mount it: `secrets`, and `{self.name}{self._suffix()}`", mounted
        span = self.written.span()
        return f"Take it from outside: `${{{name}:?}}`", (Edit(span, self._quoted(f"${{{name}:?}}", span)),)

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        if change.fact == "variable":  # and with it the defaults that stand in its value
            names = re.findall(rf"\$\{{({_NAME}):?-", self.written.text)
            return tuple((f"{at} {name}", "variable") for name in names for at in (self.address, self.address.rpartition(".")[0]))
        if not self._suffix() or not self._mounted(self._outside()):
            return ()
        return (self.address, "variable"), (f"{self.address}{self._suffix()}", "+Variable")

    def _outside(self) -> str:
        """The variable that the value can be taken from."""
        fallback = re.fullmatch(_FALLBACK, self.written.text)
        name = fallback[1] if fallback else self.name
        if (not fallback and "$" in self.written.text) or not re.fullmatch(_NAME, name):
            raise Refused("it is put together from several parts")
        if fallback:
            return name
        site = self.site
        return taken_from(name, self.written.text, self.address.split(".")[1], site.source.text, site.interpolate)

    def _mounted(self, outside: str) -> tuple[Edit, ...]:
        """The edits that mount it as a file, where the image is known to read one; else none."""
        from .secret_files import as_file

        suffix = self._suffix()
        try:
            return as_file(self.site, self.field, self.name, suffix, self.written, outside) if suffix else ()
        except Refused:
            return ()

    def _suffix(self) -> str:
        """What is put behind its name where the image is known to read it from a file."""
        from .secret_files import suffix_at

        return suffix_at(self.site, self.name) if self.address.endswith(f".environment.{self.name}") else ""

    def neighbours(self) -> Iterable[str]:
        return names_of(self.site, "environment")

    def _left_out(self) -> tuple[Edit, ...]:
        field = self.field
        if field.rivals or field.entry not in field.owner.entries:
            raise Refused("it is written more than once, or shared with others")
        written = field.entry.value
        path = self.address.rpartition(f".{self.name}")[0].rpartition(".")[2]
        if isinstance(written, Sequence):
            return remove(self.site, path, "own", field.value)
        if len(field.owner.entries) == 1:
            return drop(self.site, path, "own")
        return (remove_entry(self.site.source, field.owner, field.entry),)

    def _quoted(self, text: str, span: Span) -> str:
        """Braces need quotes inside a flow collection."""
        node = self.field.value
        plain = isinstance(node, Scalar) and not node.style
        return f"'{text}'" if plain and self.field.owner.flow and "{" in text else text


def variables_of(site: Site, address: str, path: str, place: str) -> Iterator[Variable]:
    """The named values at a path of a service."""
    field = site.field(path, "own")
    if field is None:
        return
    address = f"{address}.{path.rpartition('.')[2]}"
    for name, entry in field.section().fields.items():
        origin = None
        if place == "env" and is_empty(entry.value):
            value, fragment = _passed_on(site, entry, name, entry.entry.key.span), None
        else:
            value, fragment = _said(site, entry, name, place)
        if isinstance(entry.value, Scalar) and fragment is not None:
            origin = VariableOrigin(site, f"{address}.{name}", entry, name, entry.value.fragment(entry.source.text))
        key = entry.entry.key.span
        yield Variable(
            entry.source, entry.span, f"{address}.{name}", origin, name=name, name_span=key, value=value, fragment=fragment, place=place
        )
        if fragment is not None and "\n" in fragment.text.strip():
            yield from variables_in_settings(fragment, entry.source, f"{address}.{name}")
    for item in fields_of(field):
        if isinstance(item.value, Scalar):
            yield _assignment(site, address, item, item.value, place)


def assignments_of(site: Site, path: str) -> Iterator[tuple[str, Value]]:
    """The names and values at a path of a service, without their places."""
    for variable in variables_of(site, "", path, ""):
        yield variable.name, variable.value


def names_of(site: Site, path: str) -> set[str]:
    """The names that stand at a path of a service."""
    field = site.field(path, "own")
    if field is None:
        return set()
    items = {node.value.partition("=")[0] for node, _, _ in items_of(field) if isinstance(node, Scalar)}
    return items | set(field.section().fields)


def subjects_in_contents(files: Section, path: str) -> Iterator[Subject]:
    """The settings in files that stand in the Compose file itself, as `content` of a config, and the commands of scripts. Of a secret
    Compose knows no `content`, but people write one."""
    for name, field in files.fields.items():
        content = field.section().get("content")
        if content is not None and isinstance(content.value, Scalar):
            fragment, address = content.value.fragment(field.source.text), f"{path}.{name}.content"
            yield from variables_in_file(fragment, field.source, address, name, place="secret" if path == "secrets" else "file")
            yield from commands_of_script(left_to_shell(fragment), name, field.source, address)


def variables_in_volumes(volumes: Section) -> Iterator[Variable]:
    """The options with which volumes are mounted, of which that of CIFS holds a login, where they hold one."""
    for name, field in volumes.fields.items():
        for key, option in field.section().section("driver_opts").fields.items():
            if isinstance(option.value, Scalar):
                fragment = option.value.fragment(option.source.text)
                variable = Variable(
                    option.source,
                    option.span,
                    f"volumes.{name}.driver_opts.{key}",
                    None,
                    name=key,
                    name_span=option.entry.key.span,
                    value=Value.known(fragment.text, option.source, fragment.span()),
                    fragment=fragment,
                    place="label",
                )
                if variable.secret is not None:
                    yield variable


def _assignment(site: Site, address: str, field: Field, node: Scalar, place: str) -> Variable:
    """One `NAME=value` of a list; `NAME` alone takes its value from outside."""
    whole = node.fragment(field.source.text)
    name, equals, _ = node.value.partition("=")
    origin = None
    if not equals:
        value, fragment = _passed_on(site, field, name, node.span), None
    else:
        part = whole.part(len(name) + 1, len(whole.text))
        value, fragment = _said(site, field, name, place, part)
        origin = VariableOrigin(site, f"{address}.{name}", field, name, part)
    return Variable(
        field.source,
        node.span,
        f"{address}.{name}",
        origin,
        name=name,
        name_span=whole.span(0, len(name)),
        value=value,
        fragment=fragment,
        place=place,
    )


def _passed_on(site: Site, field: Field, name: str, span: Span) -> Value:
    """The value of a variable that is only named: the project's env file may set it."""
    found = site.interpolate(Fragment.at(f"${{{name}}}", 0)) if site.interpolate is not None else Interpolated(None)
    if found.fragment is None:
        return Value.unknown("it is passed on from outside", field.source, span, field.trail)
    return Value.known(found.fragment.text, field.source, span, (*field.trail, *found.notes))


def _said(site: Site, field: Field, name: str, place: str, part: Fragment | None = None) -> tuple[Value, Fragment | None]:
    """The value that a name gets, and where it is written. A secret that is written as a default counts, also where the env file has
    another value."""
    value, fragment = replaced(site, field) if part is None else _valued(_interpolated(site, part), field, part)
    if fragment is None or value.defaulted or len(value.trail) == len(field.trail) or "-" not in fragment.text:
        return value, fragment
    by_default, at = _valued(NO_NAMES.replace(fragment), field, fragment)
    span = field.span
    probe = Variable(field.source, span, "", None, name=name, name_span=span, value=by_default, fragment=at, place=place)
    return (by_default, at) if probe.secret is not None else (value, fragment)


def replaced(site: Site, field: Field) -> tuple[Value, Fragment | None]:
    """A field's value with its variables replaced, and where each character of it is written."""
    if not isinstance(field.value, Scalar):
        return site.scalar(field), None
    whole = field.value.fragment(field.source.text)
    return _valued(_interpolated(site, whole), field, whole)


def as_written(field: Field) -> tuple[Value, Fragment | None]:
    """A field's value by what stands in its file alone."""
    if not isinstance(field.value, Scalar):
        return Value.unknown("it is not a simple value", field.source, field.span, field.trail), None
    whole = field.value.fragment(field.source.text)
    return _valued(NO_NAMES.replace(whole) if "$" in whole.text else Interpolated(whole), field, whole)


def _interpolated(site: Site, fragment: Fragment) -> Interpolated:
    if site.interpolate is None or "$" not in fragment.text:
        return Interpolated(fragment)
    return site.interpolate(fragment)


def _valued(interpolated: Interpolated, field: Field, whole: Fragment) -> tuple[Value, Fragment | None]:
    fragment = interpolated.fragment
    if fragment is None:
        return Value.unknown(interpolated.reason, field.source, field.span, field.trail), None
    span = fragment.span() if fragment.text else field.span
    trail = (*field.trail, *interpolated.notes)
    value = Value.known(fragment.text, field.source, span, trail, defaulted=interpolated.defaulted, node=field.value)
    return value, whole if interpolated.notes else fragment
