"""What names and pipelines mean at a place of a template."""

from __future__ import annotations

from ...syntax.template_actions import Call, Literal, Path, Pipeline
from ...syntax.yaml import Node
from .helm_functions import FUNCTIONS, Unsure
from .helm_values import CLUSTER, TOP, Bundle, Given, Number, below, given_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as Row

    from .helm_chart import Chart

    Include = Callable[[str, Given | None, Chart], Given | None]

_REMOVED = ("extensions/v1beta1", "policy/v1beta1", "networking.k8s.io/v1beta1", "apps/v1beta", "batch/v1beta1", "autoscaling/v2beta")
"""Interfaces that no supported Kubernetes has (https://kubernetes.io/docs/reference/using-api/deprecation-guide/, read 2026-11)."""
_FIELDS = {"Name": "name", "Version": "version", "AppVersion": "appVersion", "Type": "type", "Description": "description"}
_VERSION = (("KubeVersion", "Version"), ("KubeVersion", "GitVersion"), ("KubeVersion",))


class Scope:
    """What names mean at a place. `dot` and `root` are None where that is not known, and `TOP` for what a chart's templates start with.
    `include` says what a named template writes."""

    __slots__ = ("chart", "dot", "include", "root", "variables")

    def __init__(self, chart: Chart, include: Include) -> None:
        self.chart = chart
        self.include = include
        self.dot: Given | None = TOP
        self.root: Given | None = TOP
        self.variables: dict[str, Given | None] = {}

    def result(self, pipeline: Pipeline | None) -> Given | None:
        """What a pipeline gives; None where that is not known."""
        if pipeline is None:
            return None
        given: Given | None = None
        for number, call in enumerate(pipeline.calls):
            given = self._call(call, (given,) if number else ())
        return given

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
        if function is None and call.name != "include":
            return None
        arguments = [*(self._operand(one) for one in call.arguments), *piped]
        if function is None:
            name = arguments[0].text if len(arguments) == 2 and arguments[0] is not None else None
            return self.include(name, arguments[1], self.chart) if name is not None else None
        if call.name == "tpl":
            arguments = self._without_actions(arguments)
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
        if names[0] == "Capabilities":
            return CLUSTER if names[1:] in _VERSION else None
        if names[0] == "Chart":
            written = ((name, self.chart.about.get(key)) for name, key in _FIELDS.items())
            about = Bundle(((name, given_by(field)) for name, field in written if field is not None), whole=False)
            return self._below(Given(about), names[1:])
        values = self.chart.values
        if names[0] != "Values" or values is None:
            return None
        if len(names) == 1:
            return Given(values.value)
        field = values.get(names[1])
        if field is None:
            return Given(None) if len(names) == 2 and names[1] not in self.chart.foreign else None
        found = below(given_by(field), names[2:])
        return None if found is not None and found.content is None and names[1] in self.chart.foreign else found

    def _method(self, method: Literal | Path | Call, argument: Literal | Path | Call) -> Given | None:
        """Whether a cluster has an interface, where none has it any more."""
        is_api = isinstance(method, Path) and method.names == ("Capabilities", "APIVersions", "Has")
        name = str(argument.content) if isinstance(argument, Literal) else ""
        return Given(False) if is_api and name.startswith(_REMOVED) else None

    def _without_actions(self, arguments: list[Given | None]) -> list[Given | None]:
        """The arguments of `tpl`, where there is nothing for it to run."""
        first = arguments[0] if arguments else None
        if first is None:
            return [None]
        if isinstance(first.content, Node):
            return [None if self.chart.has_actions(first.content) else first]
        return [None if "{{" in (first.text or "") else first]
