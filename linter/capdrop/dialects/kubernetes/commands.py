"""The commands of a container: what starts it, what probes and hooks run in it, and the scripts of Argo Workflows and Tekton."""

from __future__ import annotations

from ...model.tools import SHELLS
from ...model.words import Word
from ...syntax import image_reference
from ...syntax.shell import shebang
from ...syntax.yaml import Scalar
from ..commands import commands_in_arguments, commands_in_shell
from ..one_command import Setting
from ..yaml_facts import Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model.container import Container
    from ...model.subject import Subject
    from ...source import Source

_BY_THE_KUBELET = {
    "livenessProbe": ("livenessProbe.exec.command",),
    "readinessProbe": ("readinessProbe.exec.command",),
    "startupProbe": ("startupProbe.exec.command",),
    "lifecycle": ("lifecycle.postStart.exec.command", "lifecycle.preStop.exec.command"),
}
"""Where commands stand that the kubelet runs in a container, by the key of the container."""
_SCRIPTS = ("script", "source")
"""Where a step of Tekton and a script template of Argo Workflows hold a script."""


def commands_of(site: Site, address: str, owner: Container) -> Iterator[Subject]:
    """The commands of a container, and its scripts."""
    keys = site.own.fields
    if "args" in keys:
        yield from _command(site, address, owner, "command", "args")
    elif "command" in keys:
        yield from _command(site, address, owner, "command")
    for key, paths in _BY_THE_KUBELET.items():
        for path in paths if key in keys else ():
            yield from _command(site, address, owner, path)
    for key in _SCRIPTS:
        if key in keys:
            yield from _script(site, address, owner, key)


def _command(site: Site, address: str, owner: Container, *paths: str) -> Iterator[Subject]:
    """The command whose words stand at some paths, if all of them are of one file."""
    nodes = [node for path in paths for node, _, _ in site.own.items(path) if isinstance(node, Scalar)]
    sources = [node.source or site.source for node in nodes]
    if nodes and all(source is sources[0] for source in sources):
        words = [_word(node, sources[0]) for node in nodes]
        key = paths[-1].partition(".")[0]
        given = site.own.get("image") if key == "args" and site.own.get("command") is None else None
        image = image_reference.parse(site.scalar(given).text) if given is not None else None
        yield from commands_in_arguments(words, Setting(sources[0], f"{address}.{key}", paths[-1], owner=owner, image=image))


def _word(node: Scalar, source: Source) -> Word:
    return Word(node.fragment(source.text), "$(" not in node.value and "\ue000" not in node.value, node.span)


def _script(site: Site, address: str, owner: Container, key: str) -> Iterator[Subject]:
    """The commands of a script that a shell runs: as its first line says, else as the program says that is given the script."""
    field = site.own.fields[key]
    if not isinstance(field.value, Scalar):
        return
    program = next((node.value for node, _, _ in site.own.items("command") if isinstance(node, Scalar)), "")
    if shebang(field.value.value) == "sh" and (key == "script" or program.rpartition("/")[2] in SHELLS):
        script = field.value.fragment(field.source.text)
        yield from commands_in_shell(script, Setting(field.source, f"{address}.{key}", key, owner=owner))
