"""Objects, their fields as values, and the entries of ConfigMaps and Secrets."""

from __future__ import annotations

from ...model.kubernetes_object import KubernetesObject
from ...model.subject import Change, Origin, Refused, Subject
from ...model.text import Text
from ...model.value import Value
from ...model.variable import Variable
from ...secret_search import is_for_browsers, unencoded
from ...source import Fragment, Source, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence, boolean
from ..script_within import commands_of_script
from ..settings_file import variables_in_lines, variables_in_settings
from ..yaml_facts import Site, drop, put, remove
from ..yaml_view import Field, Joined, Section, followed
from ..yaml_writer import add_entry, quoted
from .annotations import OTHER_TOOLS, PREFIX, ignored
from .last_applied import KINDS as KINDS_APPLIED
from .last_applied import NAME as LAST_APPLIED
from .last_applied import entries_applied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...finding import Edit, Note

SETTINGS_FILES = (".properties", ".conf", ".cfg", ".ini", ".env", ".toml", ".yaml", ".yml")
_NAME_SERVICES = "nsswitch.conf"
"""A file that says where users, groups and passwords are looked up (nsswitch.conf(5)), and holds none."""
NO_SETTINGS = tuple(
    ".py .js .mjs .ts .go .rb .php .pl .lua .java .kt .groovy .c .rs .sql .md .txt .html .css .svg .json .xml .pem .crt .key "
    ".pub .csr .tpl .tmpl .template .jinja .j2 .awk .ps1".split()
)
"""How the names of program source, documents and certificates end."""
VALUES = {
    "HelmRelease": ("spec.values",),
    "HelmChart": ("spec.set", "spec.valuesContent"),
    "HelmChartConfig": ("spec.valuesContent",),
    "Application": ("spec.source.helm", "spec.sources"),
    "ApplicationSet": ("spec.template.spec.source.helm", "spec.template.spec.sources"),
    "Release": ("spec.forProvider.values", "spec.forProvider.set"),
    "Template": ("parameters",),
    "PersistentVolume": ("spec.csi.volumeAttributes", "spec.flexVolume.options"),
    "VirtualMachine": ("spec.template.spec.volumes",),
    "VirtualMachineInstance": ("spec.volumes",),
}
"""Where the objects of Flux, k3s, Argo CD and Crossplane hold the values of a chart, where OpenShift's templates hold those of their
parameters, where volumes tell their drivers how to mount them, and where KubeVirt's machines hold what cloud-init sets them up by."""
_HOLDERS = {
    "Template": "objects",
    "Object": "spec.forProvider.manifest",
    "ManifestWork": "spec.workload.manifests",
    "SyncSet": "spec.resources",
    "SelectorSyncSet": "spec.resources",
}
"""Where objects of OpenShift, Crossplane, Open Cluster Management and Hive hold whole objects, which they have made."""
_EXAMPLES = "alm-examples"
"""The annotation that shows what objects of an operator look like (olm.operatorframework.io)."""
_READ_OTHERWISE = frozenset({*VALUES, *_HOLDERS, "SealedSecret"})
"""Kinds whose passwords are found as something else, or are none."""
_HELM_OPERATORS = "charts.helm.k8s.io"
"""The group of objects whose `spec` is the values of a chart (https://sdk.operatorframework.io/docs/building-operators/helm/)."""
_LARGEST_DECODED = 65_536
SHORTEST_ENCODED_BYTES = 12


class ObjectOrigin(Origin):
    """The fields of an object."""

    __slots__ = ("section",)

    def __init__(self, section: Section) -> None:
        self.section = section

    def read(self, fact: str) -> Value:
        field = self.section.find(fact)
        source = self.section.source
        if field is None:
            assert self.section.mapping is not None
            return Value.absent(source, self.section.mapping.entries[0].span)
        return value_of(field.source, field.value, 0, field.trail)

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        assert self.section.mapping is not None
        site = Site(self.section.source, self.section.mapping.entries[0].span, self.section)
        if change.action == "drop":
            return f"Remove `{change.fact}`", drop(site, change.fact, "own")
        if change.action == "set":
            return f"Set `{change.fact}` to `{change.content}`", put(site, change.fact, "own", quoted(str(change.content)))
        if change.action == "append" and isinstance(change.content, tuple):
            key, value = change.content
            return f"Add `{key}: {value}` to `{change.fact}`", (self._added(site, change.fact, key, value),)
        if change.action == "remove" and change.item is not None:
            at = change.item.span
            node = next((node for node, _, _ in self.section.items(change.fact) if node.span.covers(at)), None)
            return f"Remove `{change.item.text}` from `{change.fact}`", remove(site, change.fact, "own", node)
        raise Refused("there is no writer for this")

    def _added(self, site: Site, path: str, key: str, value: str) -> Edit:
        """A new entry, whose key may have dots, for the mapping at a path; that mapping is written where only it is missing."""
        field, keys = self.section.find(path), [key]
        if field is None:
            outer, _, last = path.rpartition(".")
            field, keys = self.section.find(outer), [last, key]
        site.editable(field)
        if field is None or not isinstance(field.value, Mapping):
            raise Refused("there is no mapping to write it to")
        return add_entry(site.source, field.value, keys, quoted(value))


def value_of(source: Source, node: Node | None, depth: int, trail: tuple[Note, ...] = ()) -> Value:
    """A node as a value: text, number-like text and yes/no, tuples of values, dictionaries of values. `trail` leads to it."""
    node, trail, _ = followed(source, node, trail, False)
    assert node is not None
    source = node.source or source
    if isinstance(node, Sequence):
        return Value.known(tuple(value_of(source, item, depth + 1, trail) for item in node.items), source, node.span, trail, node=node)
    if isinstance(node, Mapping):
        fields = Section(source, node, trail).fields
        content = {name: value_of(source, field.value, depth + 1, field.trail) for name, field in fields.items()} if depth < 40 else {}
        return Value.known(content, source, node.span, trail, node=node)
    assert isinstance(node, Scalar)
    if is_masked(node.value):
        return Value.unknown("a template action decides it", source, node.span, trail, node=node)
    answer = boolean(node)
    return Value.known(node.value if answer is None else answer, source, node.span, trail, node=node)


def objects_in(node: Node | None, depth: int) -> Iterator[Mapping]:
    """The objects of a document; those of a List one by one, of one kind where the List is."""
    if not isinstance(node, Mapping):
        return
    kind, items = node.get("kind"), node.get("items")
    if depth < 10 and isinstance(kind, Scalar) and kind.value.endswith("List") and isinstance(items, Sequence):
        for item in items.items:
            yield from objects_in(_of_kind(item, node, kind), depth + 1)
    else:
        yield node


def _of_kind(item: Node, holder: Mapping, kind: Scalar) -> Node:
    """An item of a List, also of a `PodList` or its like, whose items need not say of which kind and version they are."""
    if kind.value == "List" or not isinstance(item, Mapping) or item.get("kind") is not None:
        return item
    whole = Joined(item, item.source, item)
    whole.entries += item.entries
    for entry in holder.entries:
        if entry.value is kind:
            whole.entries.append(Entry(entry.key, Scalar(kind.start, kind.end, kind.value.removesuffix("List"))))
        elif isinstance(entry.key, Scalar) and entry.key.value == "apiVersion":
            whole.entries.append(entry)
    return whole


def held_in(source: Source, node: Mapping) -> tuple[Mapping, ...]:
    """The whole objects that an object holds."""
    path = _HOLDERS.get(getattr(node.get("kind"), "value", ""))
    if path is None:
        return ()
    field = Section(source, node).find(path)
    held = [] if field is None else [followed(source, item, (), False)[0] for item in getattr(field.value, "items", (field.value,))]
    return tuple(item for item in held if isinstance(item, Mapping) and item.get("apiVersion") and item.get("kind"))


def object_of(source: Source, section: Section, silence: str = "") -> KubernetesObject | None:
    """The object that a mapping is; None where it has no kind. `silence` says why nothing follows from what is not written, where so."""
    kind = section.text("kind")
    if not kind or section.mapping is None:
        return None
    kind = "" if is_masked(kind) else kind
    named, told = section.find("metadata.name"), section.get("kind")
    name = section.text("metadata.name") or section.text("metadata.generateName")
    name = "" if is_masked(name) else name
    return KubernetesObject(
        source,
        section.mapping.entries[0].span,
        f"{kind or 'object'}/{name}".rstrip("/"),
        ObjectOrigin(section),
        kind=kind,
        api_version=section.text("apiVersion"),
        name=name,
        namespace=section.text("metadata.namespace"),
        kind_span=place_of_entry(told, section)[1] if told is not None else None,
        name_span=place_of_entry(named, section)[1] if named is not None else None,
        partial=bool(silence),
    )


def place_of_entry(field: Field, section: Section) -> tuple[Source, Span]:
    """Where an entry of a section stands; only its key, where its value is written in another file."""
    source = field.entry.key.source or section.source
    return source, field.entry.span if field.source is source else field.entry.key.span


def entries_of(thing: KubernetesObject, section: Section) -> Iterator[Subject]:
    """The named values of a ConfigMap or Secret, and the annotations of any object."""
    if section.mapping is not None:
        yield from ignored(section.section("metadata"), thing.address, section.mapping.span)
        if thing.kind == "CronJob":
            yield from ignored(section.section("spec.jobTemplate.metadata"), thing.address, section.mapping.span)
    for name, field in section.section("metadata.annotations").fields.items():
        fragment = _text_of(field)
        if fragment is not None and name == LAST_APPLIED and thing.kind in KINDS_APPLIED:
            yield from entries_applied(field, fragment, f"{thing.address} annotations.{name}")
        elif fragment is not None and not name.startswith(PREFIX) and name != _EXAMPLES:
            address = f"{thing.address} annotations.{name}"
            yield _variable(address, name, field, fragment, "annotation")
            yield from variables_in_lines(fragment, field.source, address, place="annotation")
            if name.startswith(OTHER_TOOLS) and section.mapping is not None:
                from ...model.ignore_comment import OtherToolsAnnotation

                written = f"{name}: {fragment.text}"
                yield OtherToolsAnnotation(field.source, field.span, thing.address, written=written, scope=section.mapping.span)
    if thing.api_version != "v1":
        return
    if thing.kind == "ConfigMap":
        for name, field in section.section("data").fields.items():
            yield from _entry(f"{thing.address} data.{name}", name, field, _text_of(field), "configmap")
        for name, field in section.section("binaryData").fields.items():
            yield from _encoded(f"{thing.address} binaryData.{name}", name, field, "configmap")
    elif thing.kind == "Secret":
        for name, field in section.section("stringData").fields.items():
            yield from _entry(f"{thing.address} stringData.{name}", name, field, _text_of(field), "secret")
        for name, field in section.section("data").fields.items():
            yield from _encoded(f"{thing.address} data.{name}", name, field, "secret")


def values_of(thing: KubernetesObject, section: Section) -> Iterator[Subject]:
    """The values that an object gives a chart."""
    from .helm_file import values_below

    for path in VALUES[thing.kind]:
        field = section.find(path)
        if field is not None:
            yield from values_below(field.source, field.value, f"{thing.address} {path}")
            text = _text_of(field)
            if text is not None:
                yield from variables_in_settings(text, field.source, f"{thing.address} {path}")


def passwords_of(thing: KubernetesObject, section: Section) -> Iterator[Variable]:
    """The passwords that an object of an operator's own kind writes out; beside the name of a Secret stand names of its entries."""
    group, mapping, source = thing.api_version.rpartition("/")[0], section.mapping, section.source
    if "." not in group or (group.endswith(".k8s.io") and group != _HELM_OPERATORS) or thing.kind in _READ_OTHERWISE or mapping is None:
        return
    if source.text.find("assword", mapping.start, mapping.end) < 0:
        return
    stack: list[tuple[Node, str, bool]] = [(mapping, thing.address, False)]
    while stack:
        node, path, off = stack.pop()
        if isinstance(node, Sequence):
            stack += [(item, path, off) for item in reversed(node.items)]
        elif isinstance(node, Mapping):
            fields = Section(source, node).fields
            off = off or ("enabled" in fields and boolean(fields["enabled"].value) is False)
            refers = not {"secretName", "secretKeyRef", "name"}.isdisjoint(fields)
            for name, field in reversed(fields.items()):
                if field.owner is not node or "secret" in name.lower():
                    continue
                stack.append((field.entry.value, f"{path}.{name}" if node is not mapping else f"{path} {name}", off))
                fragment = _text_of(field) if name.lower().endswith("password") and not refers else None
                if fragment is not None:
                    variable = _variable(stack[-1][1], name, field, fragment, "values")
                    variable.off = off
                    yield variable


def _text_of(field: Field) -> Fragment | None:
    """A field's text; None where it is none, or where a template decides it."""
    if not isinstance(field.value, Scalar) or is_masked(field.value.value):
        return None
    return field.value.fragment(field.source.text)


def _entry(address: str, name: str, field: Field, fragment: Fragment | None, place: str) -> Iterator[Subject]:
    """An entry as a variable, or each line of it where it is a settings file."""
    if fragment is None or name == _NAME_SERVICES:
        return
    is_file = "\n" in fragment.text.strip() or name.lower().endswith(SETTINGS_FILES)
    if not is_file or fragment.text.lstrip().startswith("{"):
        yield _variable(address, name, field, fragment, place)
    elif _holds_settings(name.lower()):
        yield from variables_in_settings(fragment, field.source, address, path=name)
        yield from commands_of_script(fragment, name, field.source, address)


def _holds_settings(name: str) -> bool:
    """Whether a file is one of settings: also the Python of Django, Superset and JupyterHub."""
    return not name.endswith(NO_SETTINGS) or name.endswith(("settings.py", "config.py"))


def _encoded(address: str, name: str, field: Field, place: str) -> Iterator[Subject]:
    written = _text_of(field)
    fragment = decoded(written) if written is not None else None
    if fragment is not None:
        inner = decoded(fragment) if unencoded(fragment.text.strip()) else None  # people encode what is to be encoded for them
        fragment = inner or fragment
        if not is_for_browsers(fragment.text, name):
            yield Text(field.source, field.span, address, fragment=fragment, address_at=_always(address))
        yield from _entry(address, name, field, fragment, place)
    elif written is not None and place == "secret" and _is_base64(written.text):
        yield _variable(address, name, field, written, "bytes")


def _is_base64(text: str) -> bool:
    """Whether it encodes a key's worth of bytes, or more."""
    text = text.strip()
    return len(text) >= SHORTEST_ENCODED_BYTES and len(text) % 4 == 0 and text.rstrip("=").replace("+", "").replace("/", "").isalnum()


def _always(address: str) -> Callable[[int], str]:
    return lambda offset: address


def _variable(address: str, name: str, field: Field, fragment: Fragment, place: str) -> Variable:
    return Variable(
        field.source,
        field.span,
        address,
        None,
        name=name,
        name_span=field.entry.key.span if field.entry.key.source is field.value.source else field.span,
        value=Value.known(fragment.text, field.source, field.span, field.trail, node=field.value),
        fragment=fragment,
        place=place,
    )


def decoded(encoded: Fragment) -> Fragment | None:
    """Base64 text as what it holds, each character placed where its encoding begins; None where it is not text."""
    from binascii import Error, a2b_base64

    if len(encoded.text) > 2 * _LARGEST_DECODED:
        return None
    letters = [at for at, character in enumerate(encoded.text) if not character.isspace()]
    if not letters or len(letters) > _LARGEST_DECODED:
        return None
    try:
        text = a2b_base64("".join(encoded.text[at] for at in letters).encode("ascii")).decode("utf-8")
    except (Error, UnicodeError):
        return None
    places: list[int] = []
    taken = 0
    for character in text:
        places.append(encoded.place(letters[taken * 4 // 3]))
        taken += len(character.encode("utf-8"))
    last = letters[-1]
    return _Decoded(text, places, encoded.span(last, last + 1).end, (text, 0)) if text else None


class _Decoded(Fragment):
    """Decoded text: a range of it covers the encoding up to where the next character begins, or all of it where an action of a template
    writes it, so that all characters stand at one place."""

    __slots__ = ("decoded", "end")

    decoded: tuple[str, int]

    def __init__(self, text: str, places: list[int], end: int, decoded: tuple[str, int]) -> None:
        super().__init__(text, list(range(len(text))), places)
        self.end = end
        self.decoded = decoded

    def span(self, start: int = 0, end: int | None = None) -> Span:
        first = min(start, len(self.places) - 1)
        return Span(self.places[first], self._stop(first, len(self.text) if end is None else end))

    def part(self, start: int, end: int) -> Fragment:
        whole, offset = self.decoded
        return _Decoded(self.text[start:end], self.places[start:end], self._stop(start, end), (whole, offset + start))

    def _stop(self, start: int, end: int) -> int:
        stop = self.end if end >= len(self.text) else self.places[end]
        return stop if stop > self.places[start] else self.end
