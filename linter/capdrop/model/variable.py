"""A named value: an environment variable, a build argument, an entry of a ConfigMap or Secret, a label."""

from __future__ import annotations

from ..source import Fragment, Source, Span
from .container import plain
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Variable(Subject):
    """A name and the value that it gets.

    `place` is "env", "arg", "label", "configmap", "secret" or "annotation". `fragment` holds the text of a known value with
    the place of each character, so that a secret inside it can be pointed at. `ships` is false where the value stays in a
    build stage that is thrown away.
    """

    __slots__ = ("fragment", "name", "name_span", "place", "ships", "value")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin | None,
        *,
        name: str,
        name_span: Span,
        value: Value,
        fragment: Fragment | None,
        place: str,
        ships: bool = True,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.name = name
        self.name_span = name_span
        self.value = value
        self.fragment = fragment
        self.place = place
        self.ships = ships

    def state(self) -> Mapping[str, object]:
        return {"value": plain(self.value)}
