"""The variables of a container, and the way of one into a Secret."""

from __future__ import annotations

import os
import re

from ...finding import Edit
from ...model.subject import Change, Origin, Refused
from ...model.variable import Variable
from ...source import Source, Span
from ...syntax.yaml import Node, Scalar
from ..settings_file import variables_in_lines
from ..yaml_facts import Site, remove
from ..yaml_view import Field, Section
from ..yaml_writer import replace_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...files import Files

_KEY = re.compile(r"(?!(?i:true|false|yes|no|on|off|null)$)[A-Za-z_][-._A-Za-z0-9]{1,252}")
_NAME = re.compile(r"[a-z]([-a-z0-9.]{0,200}[a-z0-9])?")
_SKELETON = """\
# Copy it to {name}.yaml, fill it in, apply it, and keep it out of the repository.
apiVersion: v1
kind: Secret
metadata:
  name: {name}{namespace}
stringData:
"""
_OURS = re.compile(r"#[^\n]*\napiVersion: v1\nkind: Secret\nmetadata:\n(?:  [^\n]*\n)+stringData:\n(?:  [^\n]*\n)*")


class Secret:
    """The Secret that the pods of an object can take values from, and the `files` beside them, where they are known."""

    __slots__ = ("files", "name", "namespace")

    def __init__(self, owner: str, namespace: str, files: Files | None) -> None:
        self.name = f"{owner}-secret"
        self.namespace = namespace
        self.files = files

    def skeleton(self, manifest: str, key: str) -> Iterator[Edit]:
        """The edit that writes a key without its value into a skeleton of the Secret beside a manifest; none where the folder is not
        known, or a file of that name is something else."""
        if self.files is None:
            return
        path = os.path.join(os.path.dirname(manifest), f"{self.name}.yaml.example")
        at = os.path.abspath(path)
        found = self.files.source(at)
        line = f'  {key}: ""\n'
        if found is not None:
            end = len(found.text)
            if _OURS.fullmatch(found.text) and line not in found.text:
                yield Edit(Span(end, end), line, Source(path, found.text, found.encoding, found.bom))
        elif os.path.basename(at) not in self.files.names(os.path.dirname(at)):
            namespace = f"\n  namespace: {self.namespace}" if self.namespace else ""
            yield Edit(Span(0, 0), _SKELETON.format(name=self.name, namespace=namespace) + line, Source(path, ""))


class VariableOrigin(Origin):
    """Where a value is written. To drop it is to take it from a Secret, of which a skeleton is written beside the file; to drop the
    variable is to leave it out."""

    __slots__ = ("container", "field", "item", "name", "secret", "site")

    def __init__(self, site: Site, container: str, item: Node, field: Field, name: str, secret: Secret) -> None:
        self.site = site
        self.item = item
        self.container = container
        self.field = field
        self.name = name
        self.secret = secret

    def write(self, change: Change) -> tuple[str, tuple[Edit, ...]]:
        if change.action != "drop" or change.fact not in ("value", "variable"):
            raise Refused("there is no writer for this")
        if change.fact == "variable":
            return f"Remove `{self.name}`", remove(self.site, "env", "own", self.item)
        field, secret = self.field, self.secret.name
        self.site.editable(field)
        if field.rivals or field.entry not in field.owner.entries:
            raise Refused("it is written more than once, or shared with others")
        if not _KEY.fullmatch(self.name) or not _NAME.fullmatch(secret):
            raise Refused("no Secret can have such a name")
        edit = replace_entry(self.site.source, field.owner, field.entry, ["valueFrom", "secretKeyRef"], {"name": secret, "key": self.name})
        title = f"Take it from the key `{self.name}` of the Secret `{secret}`"
        return title, (edit, *self.secret.skeleton(self.site.source.path, self.name))

    def neighbours(self) -> Iterator[str]:
        for item in self.site.own.items("env"):
            yield Section(self.site.source, *item).text("name")

    def adds(self, change: Change) -> tuple[tuple[str, str], ...]:
        if change.fact == "variable":
            return ()
        return (self.container, "secret_variables"), (f"{self.container}.env.{self.name}", "variable")


def variables_of(site: Site, address: str, secret: Secret, taken: list[tuple[str, Section]]) -> Iterator[Variable]:
    """The variables whose values a container's `env` writes out; what it takes from ConfigMaps goes to `taken`, with the address."""
    for node, trail, shared in site.own.items("env"):
        section = Section(site.source, node, trail, shared)
        name, field = section.get("name"), section.get("value")
        if name is None or not isinstance(name.value, Scalar) or field is None or not isinstance(field.value, Scalar):
            if field is None and section.source.text.find("configMapKeyRef", node.start, node.end) >= 0:
                taken.append((address, section))
            continue
        value = site.scalar(field)
        yield Variable(
            field.source,
            node.span if field.source is section.source else field.span,
            f"{address}.env.{name.value.value}",
            VariableOrigin(site, address, node, field, name.value.value, secret),
            name=name.value.value,
            name_span=name.span if name.source is field.source else field.span,
            value=value,
            fragment=field.value.fragment(field.source.text) if value.is_known else None,
            place="env",
        )
        if value.is_known and "\n" in field.value.value:
            written = field.value.fragment(field.source.text)
            yield from variables_in_lines(written, field.source, f"{address}.env.{name.value.value}")
    if site.own.get("envFrom") is not None:
        taken += ((address, Section(site.source, *item)) for item in site.own.items("envFrom"))
