"""Secrets of a Compose file, taken from variables outside: Compose replaces them in every value."""

from __future__ import annotations

import re

from ...finding import Edit, Safety
from ...model.subject import Refused
from ...source import Span
from ...syntax.yaml import Mapping, Scalar, resolve
from ..way_out import Way
from ..yaml_way_out import YamlWayOut
from .names import taken_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...files import Files
    from ...finding import Finding
    from ..yaml_document import YamlFile
    from ..yaml_way_out import Place
    from .names import Names

_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w{0,120}):?-")
_CAVEAT = "it must then be set before the next start"


class ComposeWayOut(YamlWayOut):
    """The changes for one Compose file."""

    __slots__ = ("names",)

    def __init__(self, file: YamlFile, files: Files | None, names: Names) -> None:
        super().__init__(file, files)
        self.names = names

    def write(self, finding: Finding) -> Way:
        span = finding.hidden[0]
        place = self.place_of(span)
        if place is None:
            return self.out_of_comment(span)
        if place.scalar is getattr(place.entry, "key", None):
            raise Refused("it stands in a key")
        text = self.source.text
        before = text[place.scalar.start : span.start]
        safety = Safety.UNSAFE if self.file.fixable else Safety.DISPLAY
        open_braces = [found for found in _DEFAULT.finditer(before) if not _closed(before[found.end() :])]
        if open_braces:
            found = open_braces[-1]
            end = text.find("}", span.end, place.scalar.end)
            if end < 0 or "${" in text[span.end : end]:
                raise Refused("it stands within variables")
            taken = Edit(Span(place.scalar.start + found.end(1), end), ":?")
            return Way(f"Write `${{{found[1]}:?}}`", (taken,), _CAVEAT, safety, self._touched_with(place))
        secret, owner = text[span.start : span.end], place.keys[1] if place.keys[:1] == ["services"] and len(place.keys) > 1 else ""
        name = self._set_beside(place, secret) or self._name(finding, place, self.before(place, span))
        name = taken_from(name, secret, owner, text, self.names.replace)
        reference = f"${{{name}:?}}"
        edits = (self.written(place, span, reference),)
        return Way(f"Take it from outside: `{reference}`", edits, _CAVEAT, safety, self._touched_with(place))

    def _name(self, finding: Finding, place: Place, before: str) -> str:
        keys = place.keys
        owner = keys[1] if len(keys) > 1 and keys[0] == "services" else keys[0] if keys else ""
        return self.name(finding, before, keys[-1] if keys else "", owner)

    def _set_beside(self, place: Place, secret: str) -> str:
        """The variable that the same service is given the same secret in."""
        keys = place.keys
        service = place.holder(keys[2]) if len(keys) > 2 and keys[0] == "services" and keys[2] != "environment" else None
        given = resolve(service.get("environment") or service) if service is not None else None
        for entry in given.entries if isinstance(given, Mapping) and given is not service else ():
            value = resolve(entry.value)
            if isinstance(entry.key, Scalar) and isinstance(value, Scalar) and value.value == secret and entry.key.value.isidentifier():
                return entry.key.value
        return ""


def _closed(text: str) -> bool:
    """Whether the variable that is open before a text is closed in it."""
    return text.count("}") > text.count("${")
