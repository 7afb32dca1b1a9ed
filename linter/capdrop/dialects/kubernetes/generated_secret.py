"""Secrets among the literals of a kustomization, taken from an env file that git ignores."""

from __future__ import annotations

import os
import re

from ...finding import Edit
from ...model.subject import Refused
from ...source import Source, Span
from ...syntax.yaml import Entry, Mapping, Scalar, Sequence, resolve
from ..env_way_out import added, ignoring
from ..way_out import Way
from ..yaml_items import append_items
from ..yaml_writer import remove_item
from .way_out import text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...files import Files
    from ..yaml_way_out import Place

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,100}")


def from_a_file(source: Source, place: Place, generator: Mapping, files: Files | None) -> Way:
    """A literal of a generator as a line of an env file beside it. Raises `Refused`."""
    name, key = text_at(generator, "name"), place.scalar.value.partition("=")[0]
    literals = next((one for one in generator.entries if isinstance(one.key, Scalar) and one.key.value == "literals"), None)
    if files is None or literals is None or not isinstance(literals.value, Sequence) or not _NAME.fullmatch(name):
        raise Refused("the literals are written in an unusual way")
    file = f"{name}.env"
    path = os.path.join(os.path.dirname(source.path), file)
    edits = [*_named(source, generator, literals, literals.value, place, file), ignoring(files, path), _sample(files, path, key)]
    return Way(
        f"Take it from `{file}`, which git ignores",
        tuple(edit for edit in edits if edit is not None),
        f"`{file}` must be there before it is built; `{file}.example` says what belongs in it",
    )


def _named(source: Source, generator: Mapping, literals: Entry, items: Sequence, place: Place, file: str) -> list[Edit]:
    """The literal taken out, and the file named."""
    envs = generator.get("envs")
    known = resolve(envs) if envs is not None else None
    if known is not None and not isinstance(known, Sequence):
        raise Refused("its files are named in an unusual way")
    named = known is not None and any(getattr(item, "value", "") == file for item in known.items)
    if len(items.items) == 1:
        if known is not None:
            raise Refused("it is the only literal beside files")
        return [Edit(literals.span, f"envs: [{file}]")]
    edits = [remove_item(source, items, items.items.index(place.scalar))]
    if known is not None and not named:
        edits.append(append_items(source, known, (file,)))
    elif not named:
        apart = ", " if generator.flow else f"{source.newline}{' ' * (source.position(literals.start).column - 1)}"
        edits.append(Edit(Span(literals.start, literals.start), f"envs: [{file}]{apart}"))
    return edits


def _sample(files: Files, path: str, key: str) -> Edit | None:
    """The line of a file beside the env file that names the variables."""
    at = f"{path}.example"
    known = (files.text(os.path.abspath(at)) or "").splitlines()
    return None if f"{key}=" in known else added(files, at, f"{key}=")
