"""The commands of a service: what it is started with, and what its health check runs."""

from __future__ import annotations

from ...model.words import Word
from ...source import Fragment
from ...syntax import image_reference
from ...syntax.yaml import Scalar, Sequence
from ..commands import commands_in_arguments, commands_in_shell
from ..one_command import Setting
from ..yaml_facts import Site
from ..yaml_view import Field, fields_of
from .interpolation import left_to_shell
from .variables import as_written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model.container import Container
    from ...model.subject import Subject
    from ...syntax.image_reference import Reference


def entrypoint_of(site: Site) -> list[Word]:
    """The words of an `entrypoint` that the arguments in `command` belong to: both are lists, or it is one word. What is told
    of them together has a beginning and an end, so they must stand in this order."""
    before, after = site.field("entrypoint", "own"), site.field("command", "own")
    if before is None or after is None or not isinstance(after.value, Sequence) or not after.value.items:
        return []
    if before.source is not after.source or before.span.end > after.span.start:
        return []
    if isinstance(before.value, Sequence):
        return _arguments(fields_of(before))
    return _arguments([before]) if len(before.source[before.span].split()) == 1 else []


def commands_of(site: Site, address: str, key: str, before: list[Word], owner: Container) -> Iterator[Subject]:
    """The commands at a key, which is a line for a shell or a list of arguments; `before` are the words that stand
    elsewhere."""
    field = site.field(key, "own")
    if field is None:
        return
    setting = Setting(field.source, f"{address}.{key}", key, owner=owner, image=_given(site) if key == "command" else None)
    if isinstance(field.value, Scalar):
        yield from commands_in_shell(_script(field), setting)
        return
    items = list(fields_of(field))
    words = _arguments(items)
    if words and words[0].text in ("CMD", "CMD-SHELL"):
        shell_form = words[0].text == "CMD-SHELL"
        words = words[1:]
        if shell_form and words:
            yield from commands_in_shell(_script(items[1]), setting)
            return
    yield from commands_in_arguments(words, setting, before)


def _given(site: Site) -> Reference | None:
    """The image that is given what stands in `command` as arguments, where the service does not say what it starts."""
    image = site.field("image", "own")
    if image is None or site.field("entrypoint", "own") is not None or site.field("build", "own") is not None:
        return None
    return image_reference.parse(site.scalar(image).text)


def _arguments(items: Iterable[Field]) -> list[Word]:
    """The words of an argument list."""
    words = []
    for item in items:
        value, fragment = as_written(item)
        words.append(Word(fragment or Fragment.at("", item.span.start), value.is_known, item.span))
    return words


def _script(field: Field) -> Fragment:
    """A command line as it is written, for the shell's parser: variables that Compose would replace are unknown to it."""
    if not isinstance(field.value, Scalar):
        return Fragment.at("", field.span.start)
    whole = field.value.fragment(field.source.text)
    return left_to_shell(whole) if "$" in whole.text else whole
