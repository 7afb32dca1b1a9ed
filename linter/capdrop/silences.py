"""The findings that the configuration silences."""

from __future__ import annotations

import os

from .finding import Suppression
from .gitignore import Excluded, Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .config import Config
    from .finding import Finding
    from .report import Result
    from .source import Span


def silence(results: list[Result], config: Config) -> None:
    """Apply every `[[suppress]]` to the findings that nothing else has silenced."""
    namespaces = _Namespaces()
    for entry in config.silences:
        paths, subjects = Excluded(config.root, [entry.path]), Pattern(_plain(entry.subject))
        namespace = Pattern(entry.namespace) if entry.namespace else None
        for result in results:
            if not result.findings or not paths.covers_with_parents(os.path.abspath(result.path)):
                continue
            for finding in result.findings:
                if finding.rule not in entry.rules or finding.suppressed is not None or not subjects.fits(_plain(finding.subject)):
                    continue
                if namespace is None or (result.kind == "kubernetes" and namespace.fits(namespaces.of(finding))):
                    finding.suppressed = Suppression("configuration", entry.reason)


def _plain(address: str) -> str:
    """An address in which `*` stands also for what a slash would end."""
    return address.replace("/", "\0")


class _Namespaces:
    """The namespaces of what findings are about. Their files are read again for them, each once, as nothing else asks for them."""

    __slots__ = ("_read",)

    def __init__(self) -> None:
        self._read: dict[int, list[tuple[Span, str]]] = {}

    def of(self, finding: Finding) -> str:
        """The namespace of the object that a finding stands in; "" where it names none."""
        source = finding.source
        if id(source) not in self._read:
            from .dialects.kubernetes import namespaces_in

            self._read[id(source)] = list(namespaces_in(source))[::-1]
        return next((namespace for span, namespace in self._read[id(source)] if span.covers(finding.span)), "")
