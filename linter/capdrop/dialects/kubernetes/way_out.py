"""Secrets of manifests, taken from Secrets that are made in the cluster."""

from __future__ import annotations

import os
import re

from ...finding import Edit
from ...model.subject import Refused
from ...source import Span
from ...syntax import yaml
from ...syntax.yaml import Entry, Mapping, Node, Scalar, resolve
from ..way_out import Way
from ..yaml_document import YamlFile
from ..yaml_items import append_items, new_list
from ..yaml_way_out import YamlWayOut
from ..yaml_writer import add_entry, remove_entry, replace_entry
from .environment import Secret
from .helm_run import WRITTEN
from .last_applied import NAME as LAST_APPLIED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...files import Files
    from ...finding import Finding
    from ...source import Source
    from ..way_out import WayOut
    from ..yaml_way_out import Place
    from .helm_run import Outcome

_ARGUMENTS = ("args", "command")
_OWNER = re.compile(r"[A-Z]\w+/([a-z0-9][a-z0-9.-]*) .*\.env\.")
_READERS = frozenset({"configMapKeyRef", "envFrom"})
"""The keys at which a container is given what a ConfigMap holds."""


class KubernetesWayOut(YamlWayOut):
    """The changes for one file of manifests."""

    __slots__ = ("_external", "_readers")

    def __init__(self, file: YamlFile, files: Files | None) -> None:
        super().__init__(file, files)
        self._readers: list[Entry] | None = None
        self._external: tuple[Mapping, Way] | None = None

    def write(self, finding: Finding) -> Way:
        span = self._with_its_action(finding.hidden[0])
        way = self._left_out_of_values(span)
        if way is not None:
            return way
        place = self.place_of(span)
        if place is None:
            return self.out_of_comment(span)
        applied = place.holder(LAST_APPLIED)
        if applied is not None and place.entry is not None:
            left = _without(self.source, place, applied, place.entry)
            return Way("Leave the annotation out: `kubectl apply` writes it anew", (left,), touches=self._touches((left,)))
        thing = _object_around(place)
        kind = text_at(thing, "kind")
        if self.file.decided is not None:
            return self._as_value(finding, place, span)
        if thing is not None and kind == "Secret" and text_at(thing, "apiVersion") == "v1":
            return self._as_external_secret(thing)
        generator = place.holder("literals") if place.keys[:1] in (["secretGenerator"], ["configMapGenerator"]) else None
        if generator is not None:
            from .generated_secret import from_a_file

            return from_a_file(self.source, place, generator, self.files)
        if thing is not None and kind == "ConfigMap" and _is_whole(place):
            return self._moved(place, thing)
        container = _container_around(place) if place.holder(*_ARGUMENTS) is not None else None
        if thing is not None and container is not None:
            return self._as_variable(finding, place, span, thing, container)
        variable = place.holder("value")
        if variable is not None and variable.get("value") is place.scalar:
            patched = _OWNER.match(finding.subject)
            owner = patched[1] if patched else text_at(thing, "metadata", "name") if place.keys[-2:-1] == ["env"] else ""
            if owner:
                return self._from_a_secret(place, variable, Secret(owner, text_at(thing, "metadata", "namespace"), self.files))
        return self._left_open(finding, place, span, thing)

    def _as_external_secret(self, thing: Mapping) -> Way:
        """The same change for all that one Secret holds."""
        if self._external is None or self._external[0] is not thing:
            from .external_secret import as_external_secret

            way = as_external_secret(self.source, thing)
            inside = self._touches((Edit(thing.span, ""),))
            way.touches += (*inside, *((f"External{where}", "+Variable") for where, _ in inside))
            self._external = (thing, way)
        return self._external[1]

    def other(self, source: Source) -> WayOut | None:
        if not source.path.lower().endswith((".yaml", ".yml", ".json")):
            return super().other(source)
        file, again = YamlFile(source), self._again
        file.again = lambda _: again()
        if self.file.decided is None:
            return KubernetesWayOut(file, self.files)
        from .values_way_out import ValuesWayOut

        return ValuesWayOut(file, self.files)

    def _from_a_secret(self, place: Place, variable: Mapping, secret: Secret) -> Way:
        """Take all of a variable from a Secret."""
        name, entry = text_at(variable, "name"), place.entry
        if not name or entry is None:
            raise Refused("the variable has no name")
        edit = replace_entry(self.source, variable, entry, ["valueFrom", "secretKeyRef"], {"name": secret.name, "key": name})
        title = f"Take it from the key `{name}` of the Secret `{secret.name}`"
        return Way(title, (edit, *secret.skeleton(self.source.path, name)), "the Secret must be made first")

    def _left_open(self, finding: Finding, place: Place, span: Span, thing: Mapping | None) -> Way:
        """Leave a place for it, which whoever applies the file fills in."""
        keys, owner = place.keys, text_at(thing, "metadata", "name")
        pair = place.holder("value")
        key = text_at(pair, "name") or text_at(pair, "path").rpartition("/")[2] or (keys[-1] if keys else "")
        name = self.name(finding, self.before(place, span), key, owner)
        edit = self.written(place, span, f"${{{name}}}")
        title = f"Write `${{{name}}}`, and have it filled in from a Secret, or as it is applied"
        whole = f"{text_at(thing, 'kind')}/{owner} {'.'.join(keys)}".replace("/ ", " ")
        return Way(title, (edit,), "nothing fills it in yet", touches=(*self._touched_with(place), (whole, "+Variable")))

    def _as_value(self, finding: Finding, place: Place, span: Span) -> Way:
        """Take it from the values of the chart that a template is part of."""
        keys = place.keys
        first, *others = self.name(finding, self.before(place, span), keys[-1] if keys else "").lower().split("_")
        name = "".join([first, *(word.capitalize() for word in others)])
        is_encoded = keys[-2:-1] == ["data"] and text_at(_object_around(place), "kind") == "Secret"
        shaped = " | b64enc" if is_encoded else " | indent 4 | trim" if "\n" in self.source[span] else ""
        edit = Edit(span, f'{{{{ required "set {name}" .Values.{name}{shaped} }}}}')
        return Way(f"Take it from the values of the chart: `.Values.{name}`", (edit,), "the chart must then be given it")

    def _written_by(self, span: Span) -> list[Outcome]:
        """The actions of a template that write a range."""
        outcomes = self.file.decided.run.outcomes if self.file.decided is not None else []
        return [one for one in outcomes if one.kind == WRITTEN and one.span.start < span.end and span.start < one.span.end]

    def _with_its_action(self, span: Span) -> Span:
        """A range with the action around it, if that does nothing but write it out: `{{ "..." }}`."""
        around = [one.span for one in self._written_by(span)]
        is_alone = len(around) == 1 and self.source[around[0]].strip("{}- \t`\"'") == self.source[span]
        return around[0] if is_alone else span

    def _left_out_of_values(self, span: Span) -> Way | None:
        """Leave the value empty that an action writes; None where there is no action, or one that holds it and is replaced as a whole."""
        written = self._written_by(span)
        given = written[0].given if len(written) == 1 else None
        if given is None or given.field is None:
            if all(span.covers(one.span) for one in written):
                return None
            raise Refused("an action of the template writes it")
        assert self.file.decided is not None
        field = given.field
        file = os.path.basename(field.source.path)
        fields = ((one.span, one.given.field) for one in self.file.decided.run.outcomes if one.given is not None)
        same = [place for place, other in fields if other is not None and other.value is field.value]
        return Way(
            f"Leave it empty in `{file}`, and give it as the chart is installed, or have the template read it from a Secret that is there",
            (Edit(field.value.span, '""', field.source),),
            "the chart must then be given it (`--set`, or a file that git ignores)",
            touches=self._touches(tuple(Edit(place, "") for place in same)),
        )

    def _as_variable(self, finding: Finding, place: Place, span: Span, thing: Mapping, container: Mapping) -> Way:
        """Take a part of a command line from a variable, and that from a Secret."""
        owner = text_at(thing, "metadata", "name")
        before = self.before(place, span)
        name = self.name(finding, before if before.strip("\"'") else _word_before(place), "", text_at(container, "name") or owner)
        reference = f"$({name})"
        if place.holder(*_ARGUMENTS) is not container:
            if not any(getattr(item, "value", "") in ("-c", "-ec", "-lc") for item in _items_around(place)):
                raise Refused("nothing replaces variables in the command of a probe")
            reference = f"${{{name}}}"
        secret = Secret(owner, text_at(thing, "metadata", "namespace"), self.files)
        edits = (
            self.written(place, span, reference),
            *self._given(container, name, secret.name),
            *secret.skeleton(self.source.path, name),
        )
        return Way(f"Take it from the key `{name}` of the Secret `{secret.name}`: `{reference}`", edits, "the Secret must be made first")

    def _given(self, container: Mapping, name: str, secret: str) -> Iterator[Edit]:
        """The variable for a container."""
        source = self.source
        given = resolve(container.get("env") or container)
        pairs: dict[str, object] = {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}}
        if given is container:
            brackets, below = new_list(source, container, (pairs,))
            yield add_entry(source, container, ["env"], brackets if container.flow else below or brackets)
        elif not isinstance(given, yaml.Sequence) or not given.items:
            raise Refused("its variables are written in an unusual way")
        elif all(text_at(item, "name") != name for item in given.items):
            yield append_items(source, given, (pairs,))

    def _moved(self, place: Place, thing: Mapping) -> Way:
        """Move an entry of a ConfigMap into a Secret, with those in the file that read it."""
        name, entry = text_at(thing, "metadata", "name"), place.entry
        data = place.holder(*place.keys[-1:])
        if not name or entry is None or data is None:
            raise Refused("the ConfigMap has no name")
        key = place.keys[-1]
        secret = Secret(name, text_at(thing, "metadata", "namespace"), self.files)
        alone = len(data.entries) == 1
        left = Edit(entry.span, "" if data.flow else "{}") if alone else remove_entry(self.source, data, entry)
        edits = [left, *secret.skeleton(self.source.path, key)]
        edits += self._led_over(name, key, secret.name)
        return Way(
            f"Move it to the key `{key}` of the Secret `{secret.name}`",
            tuple(edits),
            "what reads the ConfigMap from another file, or as a volume, must read the Secret too",
        )

    def _led_over(self, name: str, key: str, secret: str) -> Iterator[Edit]:
        """The edits for what reads a key of a ConfigMap as a variable, or all of it."""
        if self._readers is None:
            nodes = (node for document in self.file.documents if document.root is not None for node in yaml.walk(document.root))
            entries = (entry for node in nodes if isinstance(node, Mapping) for entry in node.entries)
            self._readers = [entry for entry in entries if getattr(entry.key, "value", "") in _READERS]
        for entry in self._readers:
            target = resolve(entry.value)
            if isinstance(target, yaml.Sequence):
                if _takes_all(target, name):
                    yield append_items(self.source, target, ({"secretRef": {"name": secret}},))
            elif text_at(target, "name") == name and text_at(target, "key") == key:
                yield self._renamed(entry, target, secret)

    def _renamed(self, entry: Entry, reference: Node, secret: str) -> Edit:
        """A reference to the Secret in the place of one to the ConfigMap."""
        named = reference.get("name") if isinstance(reference, Mapping) else None
        if named is None or not entry.start < named.start < named.end <= entry.end:
            raise Refused("the reference is shared")
        text, quote = self.source.text, named.style if isinstance(named, Scalar) else ""
        key = text[entry.start : entry.key.end].replace("configMapKeyRef", "secretKeyRef")
        return Edit(
            entry.span,
            f"{key}{text[entry.key.end : named.start]}{quote}{secret}{quote}{text[named.end : entry.end]}",
        )


def _without(source: Source, place: Place, annotations: Mapping, entry: Entry) -> Edit:
    """The edit that leaves out an annotation, with all of them where it is the only one."""
    metadata = place.holder("annotations")
    whole = next((one for one in metadata.entries if one.value is annotations), None) if metadata is not None else None
    if len(annotations.entries) > 1 or metadata is None or whole is None:
        return remove_entry(source, annotations, entry)
    return remove_entry(source, metadata, whole)


def _object_around(place: Place) -> Mapping | None:
    """The innermost object that holds a place."""
    for node in reversed(place.around):
        if isinstance(node, Mapping) and node.get("kind") is not None and node.get("apiVersion") is not None:
            return node
    return None


def _takes_all(given: yaml.Sequence, name: str) -> bool:
    """Whether a container takes all of a ConfigMap as variables."""
    return any(text_at(item, "configMapRef", "name") == name for item in given.items)


def _container_around(place: Place) -> Mapping | None:
    """The container that holds a place."""
    for node in reversed(place.around):
        if isinstance(node, Mapping) and (node.get("image") is not None or (node.get("name") is not None and node.get("args") is not None)):
            return node
    return None


def _items_around(place: Place) -> list[Node]:
    """The items of the list that a place is in."""
    return next((node.items for node in reversed(place.around) if isinstance(node, yaml.Sequence)), [])


def _is_whole(place: Place) -> bool:
    """Whether a secret, or a URL or the like with it, is all that an entry of a ConfigMap holds."""
    value = place.scalar.value.strip()
    whole = len(value.split()) == 1 or (value.startswith("-----BEGIN") and value.endswith("-----") and value.count("-----BEGIN") == 1)
    return len(place.keys) > 1 and place.keys[-2] == "data" and whole


def text_at(node: Node | None, *keys: str) -> str:
    """The text at a path of keys."""
    for key in keys:
        node = resolve(node) if node is not None else None
        node = node.get(key) if isinstance(node, Mapping) else None
    node = resolve(node) if node is not None else None
    return node.value if isinstance(node, Scalar) else ""


def _word_before(place: Place) -> str:
    """The item before one of a list: an option."""
    items = _items_around(place)
    at = items.index(place.scalar) if place.scalar in items else 0
    before = items[at - 1] if at else None
    return f"{before.value} " if isinstance(before, Scalar) else ""
