"""A Secret in a manifest, as one that an operator makes in the cluster of what a store holds (https://external-secrets.io)."""

from __future__ import annotations

from ...finding import Edit
from ...model.subject import Refused
from ...syntax.template import is_masked
from ...syntax.yaml import Entry, Mapping, Scalar, resolve
from ..way_out import Way
from ..yaml_items import block, flow
from ..yaml_writer import is_json, removed_entries
from .way_out import text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...source import Source

_API = "external-secrets.io/v1"
_HELD = ("data", "stringData")
_DROPPED = ("type", "immutable", *_HELD)


def as_external_secret(source: Source, thing: Mapping) -> Way:
    """The object made into an ExternalSecret of the same name. Raises `Refused`."""
    name = text_at(thing, "metadata", "name")
    if not name or is_masked(name):
        raise Refused("the Secret has no name of its own")
    entries = {entry.key.value: entry for entry in thing.entries if isinstance(entry.key, Scalar)}
    held = [entries[key] for key in _HELD if key in entries]
    values = [resolve(entry.value) for entry in held]
    if len(entries) < len(thing.entries) or not all(isinstance(value, Mapping) for value in values):
        raise Refused("it is written in an unusual way")
    keys = [entry.key.value for value in values if isinstance(value, Mapping) for entry in value.entries if isinstance(entry.key, Scalar)]
    if not keys or any(is_masked(key) or key == "<<" for key in keys):
        raise Refused("a template decides its keys")
    spec = _spec(name, list(dict.fromkeys(keys)), text_at(thing, "type"))
    gone = [entries[key] for key in _DROPPED if key in entries and entries[key] is not held[0]]
    edits = [
        _renamed(entries["apiVersion"], _API),
        _renamed(entries["kind"], "ExternalSecret"),
        Edit(held[0].span, _written(source, thing, held[0], spec)),
        *removed_entries(source, thing, gone),
    ]
    return Way(
        "Have it made in the cluster from what a store holds (`ExternalSecret`)",
        tuple(edits),
        "name the store, which the External Secrets Operator reads; SOPS and Sealed Secrets are other ways",
        touches=(("", "comment"),),
    )


def _spec(name: str, keys: list[str], kind: str) -> dict[str, object]:
    spec: dict[str, object] = {"secretStoreRef": {"kind": "ClusterSecretStore", "name": ""}}
    if kind and kind != "Opaque":
        spec["target"] = {"template": {"type": kind}}
    spec["data"] = [{"secretKey": key, "remoteRef": {"key": name, "property": key}} for key in keys]
    return spec


def _renamed(entry: Entry, text: str) -> Edit:
    value = entry.value
    quote = value.style if isinstance(value, Scalar) else ""
    return Edit(value.span, f"{quote}{text}{quote}")


def _written(source: Source, thing: Mapping, held: Entry, spec: dict[str, object]) -> str:
    if thing.flow:
        quote = '"' if is_json(source) else ""
        return f"{quote}spec{quote}: {flow(spec, quote)}"
    indent = " " * (source.position(held.start).column - 1)
    return f"{source.newline}{indent}".join(["spec:", *block(spec, "  ")])
