"""A secret of a service as a file: a `secrets:` block, where its image is documented to read the variable from a file."""

from __future__ import annotations

import re

from ...finding import Edit
from ...model.known_images import suffix_of_file
from ...model.subject import Refused
from ...source import Span
from ...syntax import image_reference
from ...syntax.yaml import Mapping, Scalar
from ..yaml_facts import append
from ..yaml_view import Section
from ..yaml_writer import add_entry, add_first_entry
from .service import ServiceSite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...source import Fragment
    from ..yaml_facts import Site
    from ..yaml_view import Field

FOLDER = "/run/secrets/"


def suffix_at(site: Site, name: str) -> str:
    """What is put behind the name of a variable that the image of a service reads from a file; "" where it reads none, or something
    else in the service reads the variable."""
    field = site.field("image", "own")
    image = image_reference.parse(site.scalar(field).text) if field is not None and site.scalar(field).is_known else None
    suffix = suffix_of_file(image, name) if image is not None else ""
    if not suffix or site.own.find(f"environment.{name}{suffix}") is not None:
        return ""
    mapping = site.own.here
    text = site.source.text[mapping.start : mapping.end] if mapping is not None else ""
    return suffix if re.search(rf"\$\$\{{?{name}\b", text) is None else ""


def as_file(site: Site, field: Field, name: str, suffix: str, written: Fragment, outside: str) -> tuple[Edit, ...]:
    """The edits that have a variable read from a secret, called as the variable that it is taken from. Raises `Refused`."""
    if not isinstance(site, ServiceSite):
        raise Refused("it is not a service")
    secret = outside.lower()
    value = written.span()
    key = field.entry.key
    if isinstance(field.entry.value, Scalar):
        at = key.end - (1 if isinstance(key, Scalar) and key.style else 0)
    else:
        at = value.start - len("=")
    if site.source.text[at - len(name) : at] != name or site.source[value] != written.text:
        raise Refused("it is written with escapes or over several lines")
    named = (Edit(Span(at, at), suffix), Edit(value, f"{FOLDER}{secret}"))
    known = site.project.root.section("secrets")
    own = {item.value for item, _, _ in site.own.items("secrets") if isinstance(item, Scalar)}
    if secret in known.fields or secret in own:
        raise Refused("there is a secret of this name")
    return (*named, *append(site, "secrets", "own", secret), _declared(site, known, secret, outside))


def _declared(site: ServiceSite, known: Section, secret: str, outside: str) -> Edit:
    """The secret beside the services."""
    root, field = site.project.root.mapping, site.project.root.get("secrets")
    if field is not None:
        site.editable(field)
    if known.mapping is not None and known.mapping.entries:
        return add_entry(site.source, known.mapping, [secret, "environment"], outside)
    if field is not None:
        return add_first_entry(site.source, field.entry, [secret, "environment"], outside)
    if not isinstance(root, Mapping) or site.project.root.get("services") is None:
        raise Refused("the file has no place for secrets")
    edit = add_entry(site.source, root, ["secrets", secret, "environment"], outside)
    before = site.source.text[: root.entries[-1].start]
    apart = len(root.entries) > 1 and before.endswith(site.source.newline * 2) and not root.flow
    return Edit(edit.span, site.source.newline + edit.text) if apart else edit
