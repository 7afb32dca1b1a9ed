"""Secrets of a chart's values: left empty, for whoever installs the chart to give."""

from __future__ import annotations

import re

from ...finding import Edit
from ...syntax.yaml import Mapping, Scalar
from ..way_out import Way
from ..yaml_way_out import YamlWayOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...finding import Finding
    from ..yaml_way_out import Place

_NAMES_A_SECRET = re.compile(r"existing_?[sS]ecret([nN]ame)?|secret_?[nN]ame")


class ValuesWayOut(YamlWayOut):
    """The changes for one file of values."""

    __slots__ = ()

    def write(self, finding: Finding) -> Way:
        span = finding.hidden[0]
        place = self.place_of(span)
        if place is None:
            return self.out_of_comment(span)
        if place.scalar.style in ("|", ">"):
            name = self.name(finding, self.source.text[place.scalar.start : span.start], place.keys[-1] if place.keys else "")
            edit = self.written(place, span, f"${{{name}}}")
            return Way(f"Write `${{{name}}}`, and have it filled in from a Secret", (edit,), "nothing fills it in yet")
        other = _existing_secret(place)
        instead = f", or name a Secret in `{other}`" if other else ", or have a template read it from a Secret that is there"
        title = f"Leave it empty, and give it as the chart is installed{instead}"
        return Way(title, (Edit(place.scalar.span, '""'),), "the chart must then be given it (`--set`, or a file that git ignores)")


def _existing_secret(place: Place) -> str:
    """The key beside a value, or beside what holds it, in which the name of a Secret can be given."""
    around = [node for node in place.around if isinstance(node, Mapping)]
    for node in around[:-3:-1]:
        for entry in node.entries:
            key = entry.key.value if isinstance(entry.key, Scalar) else ""
            if _NAMES_A_SECRET.fullmatch(key):
                return key
    return ""
