"""How facts are spelled in YAML dialects: one cell a fact, which reads it and writes it.

A dialect's table maps each fact of a container to a cell; the cells here know mappings, lists and scalars, and nothing of
what the facts mean.
"""

from __future__ import annotations

from ..finding import Edit, Note
from ..model.container import Container
from ..model.subject import Change, Origin, Refused
from ..model.value import Value
from ..source import Fragment, Inset, SettingsBeside, Source, Span
from ..syntax.template import is_masked
from ..syntax.yaml import Mapping, Node, Scalar, Sequence, boolean
from . import yaml_writer as writer
from .yaml_items import append_items, new_list
from .yaml_view import Field, Joined, Section, fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Mapping as Table

    from .yaml_items import Item

    Written = tuple[str, tuple[Edit, ...]]
    Interpolate = Callable[[Fragment], "Interpolated"]

_SHARED = "the text is shared (an anchor, a merge key, a base) or put together, so an edit would reach further"
TRUE = frozenset({"true", "yes", "on"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
FALSE = frozenset({"false", "no", "off"})


class Interpolated:
    """A scalar after its variables were replaced: a fragment where known, else the reason why not. `notes` are the places that set them,
    in a file beside it."""

    __slots__ = ("defaulted", "fragment", "notes", "reason")

    def __init__(self, fragment: Fragment | None, reason: str = "", defaulted: bool = False, notes: tuple[Note, ...] = ()) -> None:
        self.fragment = fragment
        self.reason = reason
        self.defaulted = defaulted
        self.notes = notes


class Site:
    """Where the facts of one container are looked up.

    `own` is the container's mapping and `outer` the mapping whose settings it inherits (a pod). `span` is where findings
    about something absent point. `silence` is the reason why nothing follows from what is not written, where that is so (a patch,
    an override read alone).
    """

    __slots__ = ("_nothing", "fixable", "interpolate", "outer", "own", "silence", "source", "span")

    def __init__(
        self,
        source: Source,
        span: Span,
        own: Section,
        outer: Section | None = None,
        *,
        silence: str = "",
        fixable: bool = True,
        interpolate: Interpolate | None = None,
    ) -> None:
        self.source = source
        self.span = span
        self.own = own
        self.outer = outer
        self.silence = silence
        self.fixable = fixable
        self.interpolate = interpolate
        self._nothing: Value | None = None

    def field(self, path: str, scope: str) -> Field | None:
        """The entry at a path of the container ("own"), its pod ("outer"), or the nearer of both ("either")."""
        found = self.own.find(path) if scope != "outer" else None
        if found is None and scope != "own" and self.outer is not None:
            found = self.outer.find(path)
        return None if found is not None and _is_unset(found.value) else found

    def section(self, scope: str) -> Section:
        """The mapping that a change of this scope is written to."""
        return self.outer if scope == "outer" and self.outer is not None else self.own

    def nothing(self) -> Value:
        """The value of what is not written."""
        if self._nothing is None:
            source, span = self.source, self.span
            self._nothing = Value.unknown(self.silence, source, span) if self.silence else Value.absent(source, span)
        return self._nothing

    def scalar(self, field: Field) -> Value:
        """The text of a field, with variables replaced."""
        return self.text_of(field.value, field)

    def text_of(self, node: Node, field: Field) -> Value:
        """The text of a scalar below a field."""
        source, span, trail = field.source, node.span, field.trail
        if not isinstance(node, Scalar):
            return Value.unknown("it is not a simple value", source, span, trail, node=node)
        if is_masked(node.value):
            return Value.unknown("a template action decides it", source, span, trail, node=node)
        if self.interpolate is not None and "$" in node.value:
            replaced = self.interpolate(node.fragment(source.text))
            if replaced.fragment is None:
                return Value.unknown(replaced.reason, source, span, trail, node=node)
            trail = (*trail, *replaced.notes)
            return Value.known(replaced.fragment.text, source, span, trail, defaulted=replaced.defaulted, node=node)
        return Value.known(node.value, source, span, trail, node=node)

    def mounted(self) -> Iterable[str]:
        """The paths at which the container has something mounted."""
        return ()

    def editable(self, field: Field | None) -> None:
        """Raise `Refused` where an edit would reach further than this container, or cannot be judged."""
        if not self.fixable:
            raise Refused("the file is a template, or was not fully understood")
        if field is not None and field.source is not self.source:
            raise Refused("the setting stands in another file")
        if field is not None and field.shared:
            raise Refused(_SHARED)


def _is_unset(node: Node) -> bool:
    return node.tag == "!reset" or (isinstance(node, Scalar) and not node.style and node.value in _NULL)


class Cell:
    """One fact in one dialect's words, at a dotted path of keys."""

    __slots__ = ("path", "scope")

    def __init__(self, path: str, scope: str = "own") -> None:
        self.path = path
        self.scope = scope

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of which one must be there for the cell to say anything; none where it also looks elsewhere."""
        return (self.path,) if self.path else ()

    def read(self, site: Site) -> Value:
        """The effective value."""
        field = site.field(self.path, self.scope)
        return site.nothing() if field is None else self.meaning(site, field)

    def meaning(self, site: Site, field: Field) -> Value:
        """What a field that is there says."""
        return site.scalar(field)

    def write(self, site: Site, change: Change) -> Written:
        """A title and edits for a change. Raises `Refused`."""
        if change.action == "drop":
            return f"Remove `{self.path}`", drop(site, self.path, self.scope)
        if change.action == "set":
            text = self.spelled(change.content)
            return f"Set `{self.path}: {text}`", put(site, self.path, self.scope, text)
        raise Refused("there is no writer for this")

    def spelled(self, content: object) -> str:
        """A value of the fact in the file's words."""
        return writer.quoted(str(content))


class Flag(Cell):
    """Yes or no. `harmful` is the answer that weakens the container: it counts where a key is written twice with both.
    `negated` facts are the opposite of what the file says."""

    __slots__ = ("harmful", "negated")

    def __init__(self, path: str, scope: str = "own", *, harmful: bool = True, negated: bool = False) -> None:
        super().__init__(path, scope)
        self.harmful = harmful
        self.negated = negated

    def meaning(self, site: Site, field: Field) -> Value:
        values = [self._answer(site, each) for each in (field, *reversed(field.rivals))]
        return next((value for value in values if value.is_known and value.content is self.harmful), values[0])

    def _answer(self, site: Site, field: Field) -> Value:
        value = site.scalar(field)
        if not value.is_known:
            return value
        answer = boolean(field.value)
        if answer is None:
            word = value.text.lower()
            answer = True if word in TRUE else False if word in FALSE else None
        if answer is None:
            return site.nothing() if not value.text else Value.unknown("it is neither yes nor no", field.source, field.span)
        return value.replaced(answer is not self.negated)

    def write(self, site: Site, change: Change) -> Written:
        try:
            return super().write(site, change)
        except Refused:
            field = site.field(self.path, self.scope)
            if change.action != "drop" or field is None or not isinstance(field.source, Inset | SettingsBeside):
                raise
        return super().write(site, Change("set", change.fact, not self.harmful))  # of a patch that says nothing else

    def spelled(self, content: object) -> str:
        return "true" if content is not self.negated else "false"


class Is(Cell):
    """Yes where a key has one certain value."""

    __slots__ = ("answer",)

    def __init__(self, path: str, answer: str, scope: str = "own") -> None:
        super().__init__(path, scope)
        self.answer = answer

    def meaning(self, site: Site, field: Field) -> Value:
        value = site.scalar(field)
        return value.replaced(value.text == self.answer) if value.is_known else value


class Choice(Cell):
    """One of a few words, which the model has names for."""

    __slots__ = ("names",)

    def __init__(self, path: str, names: Table[str, str], scope: str = "own") -> None:
        super().__init__(path, scope)
        self.names = names

    def meaning(self, site: Site, field: Field) -> Value:
        value = site.scalar(field)
        return value.replaced(self.names.get(value.text, value.text)) if value.is_known else value

    def spelled(self, content: object) -> str:
        return next((word for word, name in self.names.items() if name == content), str(content))


class Items(Cell):
    """A list of words."""

    __slots__ = ()

    def meaning(self, site: Site, field: Field) -> Value:
        if not isinstance(field.value, Sequence):
            return site.scalar(field)
        items = tuple(self.text(site, item) for item in fields_of(field))
        return Value.known(items, field.source, field.span, field.trail)

    def text(self, site: Site, item: Field) -> Value:
        """An item as text."""
        return site.scalar(item)

    def write(self, site: Site, change: Change) -> Written:
        if change.action == "append":
            several = change.content if isinstance(change.content, tuple) else (change.content,)
            title = f"Add {', '.join(f'`{one}`' for one in several)} to `{self.path}`"
            return title, append(site, self.path, self.scope, *map(self.spelled, several))
        if change.action == "remove" and change.item is not None:
            return f"Remove `{change.item.text}` from `{self.path}`", remove(site, self.path, self.scope, change.item.node)
        return super().write(site, change)


class FactTable(dict[str, Cell]):
    """The cells of a dialect by the facts that they read and write."""

    __slots__ = ("_by_key", "_free")

    def __init__(self, cells: Table[str, Cell]) -> None:
        super().__init__(cells)
        self._free: set[str] = set()
        self._by_key: dict[str, dict[str, list[str]]] = {}
        for fact, cell in cells.items():
            for path in cell.paths:
                key, _, rest = path.partition(".")
                self._by_key.setdefault(key, {}).setdefault(rest.partition(".")[0], []).append(fact)
            if not cell.paths:
                self._free.add(fact)

    def written(self, site: Site) -> frozenset[str]:
        """The facts that something is written about, and those that do not hang on keys of the container and its pod."""
        found = set(self._free)
        for section in (site.own, site.outer):
            for key, field in section.fields.items() if section is not None else ():
                facts = self._by_key.get(key)
                if facts is not None:
                    found.update(facts.get("", ()))
                    if len(facts) > 1 or "" not in facts:
                        for inner in field.section().fields:
                            found.update(facts.get(inner, ()))
        return frozenset(found)


class TableOrigin(Origin):
    """A container whose facts are read and written through a table of cells."""

    __slots__ = ("site", "table")

    def __init__(self, site: Site, table: FactTable) -> None:
        self.site = site
        self.table = table

    def written_facts(self) -> frozenset[str] | None:
        return self.table.written(self.site)

    def mounted(self) -> Iterable[str]:
        return self.site.mounted()

    def read(self, fact: str) -> Value:
        cell = self.table.get(fact)
        if cell is None:
            return Value.unknown("this kind of file cannot say", self.site.source, self.site.span)
        return cell.read(self.site)

    def write(self, change: Change) -> Written:
        cell = self.table.get(change.fact)
        if cell is None:
            raise Refused("this kind of file cannot say it")
        return cell.write(self.site, change)


def drop(site: Site, path: str, scope: str) -> tuple[Edit, ...]:
    """Remove the entry at a path, and the mappings above it that would be left empty."""
    section = site.section(scope)
    if site.field(path, scope) is not None and section.find(path) is None and site.outer is not None:
        section = site.outer
    field = section.find(path)
    if field is not None and site.fixable and isinstance(field.source, Inset):
        from .inset_edits import dropped

        return (dropped(field),)
    if field is not None and site.fixable and isinstance(field.source, SettingsBeside):
        from .settings_beside import dropped as dropped_beside

        return (dropped_beside(field),)
    site.editable(field)
    if field is None:
        raise Refused("it is not written here")
    if field.rivals:
        raise Refused("the key is written more than once")
    while len(field.owner.entries) == 1 and "." in path:
        path = path.rpartition(".")[0]
        parent = section.find(path)
        assert parent is not None
        field = parent
    if writer.place_among(field.owner.entries, field.entry) is None:
        raise Refused(_SHARED)
    return (writer.remove_entry(site.source, field.owner, field.entry),)


def put(site: Site, path: str, scope: str, text: str, below: str = "") -> tuple[Edit, ...]:
    """Give the entry at a path a value, writing the mappings above it that are missing. `below` is the value as lines of its own, for where
    it can be written so."""
    section = site.section(scope)
    if section.find(path) is None and scope == "either" and site.outer is not None and site.outer.find(path) is not None:
        section = site.outer
    field = section.find(path)
    if field is not None and site.fixable and isinstance(field.source, SettingsBeside):
        from .settings_beside import replaced

        return (replaced(field, text),)
    if field is None or not site.fixable or not isinstance(field.source, Inset):
        site.editable(field)
    if field is not None:
        if field.rivals:
            raise Refused("the key is written more than once")
        if below and field.value.start == field.value.end and not field.owner.flow:
            return (writer.fill_below(site.source, field.entry, below),)
        return (writer.replace_scalar(field.value, text),)
    keys = path.split(".")
    depth = max((depth for depth in range(len(keys)) if section.find(".".join(keys[:depth]))), default=0)
    holder = section.find(".".join(keys[:depth]))
    site.editable(holder)
    if holder is not None and not isinstance(holder.value, Mapping):
        return (writer.add_first_entry(site.source, holder.entry, keys[depth:], below or text),)
    mapping = holder.value if holder is not None else section.mapping
    if isinstance(mapping, Joined):
        mapping = mapping.own
    if section.shared or not isinstance(mapping, Mapping):
        raise Refused(_SHARED)
    return (writer.add_entry(site.source, mapping, keys[depth:], text if mapping.flow else below or text),)


def append(site: Site, path: str, scope: str, *items: Item) -> tuple[Edit, ...]:
    """Add items to the list at a path, writing the list where it is missing."""
    section = site.section(scope)
    field = section.find(path)
    site.editable(field)
    if field is None or (_is_unset(field.value) and not field.value.tag):
        return put(site, path, scope, *new_list(site.source, section.here, items))
    if not isinstance(field.value, Sequence):
        raise Refused("it is not a list")
    return (append_items(site.source, field.value, items),)


def remove(site: Site, path: str, scope: str, node: Node | None) -> tuple[Edit, ...]:
    """Take an item out of the list at a path; an emptied list goes as a whole."""
    field = site.field(path, scope)
    if node is not None and site.fixable and isinstance(node.source, SettingsBeside):
        from .settings_beside import removed

        return (removed(field, node),)
    inner = node.source if node is not None and site.fixable and isinstance(node.source, Inset) else None
    if inner is None:
        site.editable(field)
    elif node is not None and field is not None and not (field.source is inner and field.value.span.covers(node.span)):
        from .inset_edits import without_operation

        return (without_operation(inner, node),)
    if field is None or not isinstance(field.value, Sequence):
        raise Refused("it is not a list")
    index = writer.place_among(field.value.items, node) if isinstance(node, Node) else None
    if index is None:
        raise Refused("the text is shared through an anchor, so an edit would reach further")
    if len(field.value.items) == 1:
        return drop(site, path, scope)
    return (writer.remove_item(inner or site.source, field.value, index),)


def container(site: Site, table: FactTable, address: str, *, name: str, dialect: str, kind: str, platform: str = "linux") -> Container:
    """A container read through a table."""
    return Container(site.source, site.span, address, TableOrigin(site, table), name=name, dialect=dialect, kind=kind, platform=platform)
