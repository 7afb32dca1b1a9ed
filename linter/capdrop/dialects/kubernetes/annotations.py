"""The annotations by which an object, or a pod template, silences rules about itself."""

from __future__ import annotations

from ...source import Fragment
from ...syntax.template import is_masked
from ...syntax.yaml import Scalar
from ..yaml_view import Field, Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...finding import Edit
    from ...model.ignore_comment import IgnoreAnnotation
    from ...source import Span

PREFIX = "capdrop.dev/"
NAME = f"{PREFIX}ignore"
OTHER_TOOLS = (
    "ignore-check.kube-linter.io/", "kube-linter.io/ignore-all", "polaris.fairwinds.com/", "kube-score/ignore",
    "checkov.io/skip", "bridgecrew.io/skip", "cortex.io/skip",
)  # fmt: skip
"""How annotations begin that silence other tools."""


def ignored(metadata: Section, address: str, scope: Span) -> Iterator[IgnoreAnnotation]:
    """The annotation among those of some metadata, also one whose name is not quite right. `scope` is what it speaks for."""
    annotations = metadata.section("annotations")
    for name, field in annotations.fields.items():
        if not name.startswith(PREFIX) or (isinstance(field.value, Scalar) and is_masked(field.value.value)):
            continue
        from ...model.ignore_comment import IgnoreAnnotation

        problem = "" if name == NAME else f"there is no annotation `{name}`; it is called `{NAME}`"
        if isinstance(field.value, Scalar):
            fragment = field.value.fragment(field.source.text)
        else:
            fragment, problem = Fragment.at("", field.span.start), problem or "an annotation is one text, `rule, rule -- reason`"
        yield IgnoreAnnotation(
            field.source,
            field.span,
            address,
            fragment=fragment,
            scope=scope,
            removal=_removal(metadata.get("annotations"), field),
            problem=problem,
        )


def _removal(annotations: Field | None, field: Field) -> tuple[Edit, ...]:
    """The edit that takes an annotation away, with the mapping of annotations where it is the only one."""
    from ...model.subject import Refused
    from ..yaml_writer import remove_entry

    if annotations is None or annotations.shared or field.shared or field.rivals:
        return ()
    owner, entry = (field.owner, field.entry) if len(field.owner.entries) > 1 else (annotations.owner, annotations.entry)
    try:
        return (remove_entry(field.source, owner, entry),)
    except Refused:
        return ()
