"""The files behind `secrets` and `configs`, which services are given: what stands in them is as much in the repository as the Compose file.

What git ignores is nobody's to review, and a secret that is not there is kept where it belongs.
"""

from __future__ import annotations

import os

from ...finding import Note
from ...model.text import Text
from ...model.value import Value
from ...model.variable import Variable
from ...reading import Gap, Joint
from ...source import Fragment, Span
from ...syntax.yaml import Scalar
from ..settings_file import variables_in_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model.subject import Subject
    from ..yaml_view import Field
    from .service import Alone

MOST = 100
"""Files that are read."""


def subjects_of_files(project: Alone) -> Iterator[Subject]:
    """What stands in these files, each read once."""
    seen: set[str] = set()
    for key in ("secrets", "configs"):
        for name, field in project.sections[key].fields.items():
            file = field.section().get("file")
            path = _path(project, file) if file is not None else ""
            if file is not None and path and path not in seen and len(seen) < MOST:
                seen.add(path)
                yield from _subjects(project, file, path, key, name)


def _path(project: Alone, file: Field) -> str:
    written = project.names.text(file.value.value) if isinstance(file.value, Scalar) else None
    return os.path.normpath(os.path.join(project.folder_of(file.source), written)) if written else ""


def _subjects(project: Alone, file: Field, path: str, key: str, name: str) -> Iterator[Subject]:
    if project.beside.is_ignored(path):
        return
    text = project.beside.text(path)
    if text is None:
        problem, is_outside = project.beside.problem(path)
        if (key == "configs" or is_outside) and problem and project.beside.knows_files and file.source is project.source:
            project.gaps.append(Gap(file.span, f"{problem}: what stands in it is not known", by_design=True))
        return
    source, address = project.beside.source(path, text), f"{key}.{name}"
    led = Note(file.source, file.span, f"`{name}` is this file, which git does not ignore")
    project.others.append(Joint(source, list, led=led))
    whole = Fragment.at(text, 0)
    is_template = project.beside.is_trial_at(path)
    yield Text(source, Span(0, len(text)), address, fragment=whole, address_at=lambda offset: address, is_template=is_template)
    one = text.strip()
    if key == "secrets" and one and "\n" not in one:
        part = whole.part(text.find(one), text.find(one) + len(one))
        yield Variable(
            source,
            part.span(),
            address,
            None,
            name=name,
            name_span=part.span(),
            value=Value.known(one, source, part.span()),
            fragment=part,
            place="template" if is_template else "secret",
        )
    else:
        yield from variables_in_settings(whole, source, address, place="template" if is_template else "file")
