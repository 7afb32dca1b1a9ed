"""What names and pipelines mean at a place of a template."""

from __future__ import annotations

from ...syntax.template_actions import Call, Literal, Path, Pipeline
from ...syntax.yaml import Node
from .helm_arguments import Unsure
from .helm_collections import CHANGING, spoil
from .helm_functions import FUNCTIONS, GOING_THROUGH
from .helm_values import CLUSTER, NO_ENTRIES, SOMETHING, TOP, Bundle, Given, Number, below, given_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence as Row
    from typing import Protocol

    from .helm_chart import Chart

    class Writer(Protocol):
        """What tells what other templates write; None where that is not known."""

        def included(self, name: str, argument: Given | None, chart: Chart) -> Given | None:
            """Of a named template."""

        def run(self, text: str, argument: Given | None, chart: Chart) -> Given | None:
            """Of a template that stands in a text."""


_REMOVED = ("extensions/v1beta1", "policy/v1beta1", "networking.k8s.io/v1beta1", "apps/v1beta", "batch/v1beta1", "autoscaling/v2beta")
"""Interfaces that no supported Kubernetes has (https://kubernetes.io/docs/reference/using-api/deprecation-guide/, read 2026-11)."""
_FIELDS = {"Name": "name", "Version": "version", "AppVersion": "appVersion", "Type": "type", "Description": "description"}
_HAS = ("Capabilities", "APIVersions", "Has")
_RELEASE = {"Name": SOMETHING, "Namespace": SOMETHING, "Service": Given("Helm")}
_VERSION = (("KubeVersion", "Version"), ("KubeVersion", "GitVersion"), ("KubeVersion",))


class Scope:
    """What names mean at a place. `dot` and `root` are None where that is not known, and `TOP` for what a chart's templates start with.
    `writer` tells what other templates write, and `unsure` is set while it is not known whether what is evaluated is run."""

    __slots__ = ("chart", "dot", "root", "unsure", "variables", "writer")

    def __init__(self, chart: Chart, writer: Writer) -> None:
        self.chart = chart
        self.writer = writer
        self.dot: Given | None = TOP
        self.root: Given | None = TOP
        self.variables: dict[str, Given | None] = {}
        self.unsure = 0

    def result(self, pipeline: Pipeline | None) -> Given | None:
        """What a pipeline gives; None where that is not known."""
        if pipeline is None:
            return None
        given: Given | None = None
        for number, call in enumerate(pipeline.calls):
            given = self._call(call, (given,) if number else ())
        return None if given is not None and isinstance(given.content, Bundle) and given.content.changed else given

    def template(self, pipeline: Pipeline | None) -> Given | None:
        """What the action `template` writes."""
        if pipeline is None or len(pipeline.calls) > 1:
            return None
        return self._call(Call("include", pipeline.calls[0].arguments), ())

    def _call(self, call: Call, piped: tuple[Given | None, ...]) -> Given | None:
        if not call.name:
            return self._operand(call.arguments[0]) if not piped else None
        if call.name == ".":
            return self._method(*call.arguments[:2])
        function = FUNCTIONS.get(call.name)
        if function is None and call.name not in ("include", "tpl"):
            return None
        arguments = [*(self._operand(one) for one in call.arguments), *piped]
        if call.name == "include":
            name = arguments[0].text if len(arguments) == 2 and arguments[0] is not None else None
            return self.writer.included(name, arguments[1], self.chart) if name is not None else None
        if function is None:
            return self._run(arguments)
        if call.name in ("set", "unset") and arguments and arguments[0] is TOP:
            self._set(arguments)
            return TOP
        if self.unsure and call.name in CHANGING:
            spoil(arguments[0] if arguments else None)
            return None
        if call.name in GOING_THROUGH:
            self.chart.named.entries_left -= sum(one.size for one in arguments if one is not None)
            if self.chart.named.entries_left < 0:
                return None
        try:
            return function(arguments)
        except (IndexError, ValueError, Unsure):
            return None

    def _operand(self, operand: Literal | Path | Call) -> Given | None:
        if isinstance(operand, Literal):
            return Given(Number(operand.content) if operand.is_number else operand.content)
        if isinstance(operand, Call):
            return self._call(operand, ())
        if isinstance(operand.base, Pipeline):
            base = self.result(operand.base)
        elif operand.base == "$":
            base = self.root
        else:
            base = self.variables.get(operand.base) if operand.base else self.dot
        return self._below(base, operand.names)

    def _below(self, base: Given | None, names: Row[str]) -> Given | None:
        while base is not None and isinstance(base.content, Bundle):
            if base.content.changed:
                return None
            if not names:
                return base
            base, names = base.content.get(names[0], Given(None) if base.content.whole else None), names[1:]
        if base is not TOP or not names:
            return below(base, names)
        if names[0] in self.chart.added:
            return self._below(self.chart.added[names[0]], names[1:])
        if names[0] == "Capabilities":
            return CLUSTER if names[1:] in _VERSION else SOMETHING if names[1:] == ("APIVersions",) else None
        if names[0] == "Release":
            return _RELEASE.get(names[1]) if len(names) == 2 else None
        if names[0] == "Chart":
            written = ((name, self.chart.about.get(key)) for name, key in _FIELDS.items())
            about = Bundle(((name, given_by(field)) for name, field in written if field is not None), whole=False)
            return self._below(Given(about), names[1:])
        values = self.chart.values
        if names[0] != "Values" or values is None or "Values" in self.chart.named.changed:
            return None
        if len(names) == 1:
            return Given(values.value)
        field = values.get(names[1])
        if names[1] in self.chart.named.changed:
            return None
        if field is None:
            if names[1] in self.chart.foreign:
                return None
            return below(NO_ENTRIES if names[1] == "global" else Given(None), names[2:])
        found = below(given_by(field), names[2:])
        return None if found is not None and found.content is None and names[1] in self.chart.foreign else found

    def _method(self, method: Literal | Path | Call, argument: Literal | Path | Call) -> Given | None:
        """Whether a cluster has an interface: none has those that were removed, and those of others are not there before somebody adds
        them, as where a chart is rendered without a cluster."""
        if not isinstance(method, Path) or method.names[-3:] != _HAS or self._operand(Path(method.base, method.names[:-3])) is not TOP:
            return None
        wanted = self._operand(argument)
        name = wanted.text or "" if wanted is not None else ""
        group = name.partition("/")[0]
        return Given(False) if name.startswith(_REMOVED) or ("." in group and not group.endswith(".k8s.io")) else None

    def _set(self, arguments: list[Given | None]) -> None:
        """Something that a template adds to what all templates start with."""
        name = arguments[1].text if len(arguments) > 1 and arguments[1] is not None else None
        self.chart.changes += 1
        if name is None:
            self.chart.added.clear()
        else:
            self.chart.added[name] = arguments[2] if len(arguments) == 3 and not self.unsure else None

    def _run(self, arguments: list[Given | None]) -> Given | None:
        """What `tpl` makes of a text, or of a part of the values where there is nothing for it to run."""
        first, dot = arguments if len(arguments) == 2 else (None, None)
        if first is None:
            return None
        if isinstance(first.content, Node):
            return None if self.chart.has_actions(first.content) else first
        text = first.text or ""
        return self.writer.run(text, dot, self.chart) if "{{" in text else first
