"""The values of a chart as a file of their own: its secrets. What the values mean is told where templates use them."""

from __future__ import annotations

import re

from ...model.subject import Subject
from ...model.value import Value
from ...model.variable import Variable
from ...reading import Reading
from ...source import Source, Span
from ...syntax.template import is_masked
from ...syntax.yaml import Entry, Mapping, Node, Scalar, Sequence
from ..context import Context
from ..settings_file import variables_in_settings
from ..yaml_document import YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values_way_out import ValuesWayOut

_NAMES_A_SECRET = (
    r"(?i)(?:token|pass|password|key|certs?|tls|credentials?|exist(?:ing)?|license|auth|from)[_-]?secret(?:[_-]?(?:key|name))?$"
)
"""Values of these keys are names of Secrets in the cluster, or of entries in them."""
_NAMES_ENTRIES = r"(?i)secret_?(?:keys|(?:key)?ref)\.[^.]*$"
"""The same of what stands below these."""
_EXAMPLES = frozenset("example examples sample samples".split())


def read(source: Source, context: Context) -> Reading:
    """A file of values."""
    file = YamlFile(source)
    file.again = _subjects
    file.way_out = _way_out
    reading = file.reading(_subjects(file))
    reading.serves = frozenset()
    return reading


def _way_out(file: YamlFile) -> ValuesWayOut:
    from .values_way_out import ValuesWayOut

    return ValuesWayOut(file)


def _subjects(file: YamlFile) -> Iterator[Subject]:
    yield from file.subjects()
    for document in file.documents:
        yield from values_below(file.source, document.root, "")


def values_below(source: Source, root: Node | None, address: str) -> Iterator[Variable]:
    """The values in a tree, wherever they stand in it."""
    stack: list[tuple[Node | None, str]] = [(root, address)]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Sequence):
            stack.extend((item, f"{path}.{number}") for number, item in reversed(list(enumerate(node.items))))
            yield from _options(source, node, path)
        elif isinstance(node, Mapping):
            name = node.get("name")
            for entry in reversed(node.entries):
                if isinstance(entry.key, Scalar):
                    below = f"{path}.{entry.key.value}".lstrip(".")
                    stack.append((entry.value, below))
                    if entry.key.value == "secretKey" and isinstance(node.get("secretRef"), Scalar):
                        continue
                    called = name if entry.key.value == "value" and isinstance(name, Scalar) else entry.key
                    yield from _variables(source, entry, called, below)


def _options(source: Source, arguments: Sequence, address: str) -> Iterator[Variable]:
    """The options of a list of arguments, as variables: `--password=...`, or `--password` and what stands behind it."""
    for index, item in enumerate(arguments.items):
        if not isinstance(item, Scalar) or not item.value.startswith("--") or is_masked(item.value):
            continue
        name, equals, _ = item.value.partition("=")
        following = arguments.items[index + 1] if not equals and index + 1 < len(arguments.items) else item
        if not isinstance(following, Scalar) or is_masked(following.value):
            continue
        whole = following.fragment(source.text)
        fragment = whole.part(len(name) + 1, len(whole.text)) if equals else whole
        text = fragment.text
        if text and not text.startswith("-") and "{{" not in text and not re.search(_NAMES_A_SECRET, name):
            yield Variable(
                source,
                Span(item.start, following.end),
                f"{address} {name}",
                None,
                name=name.lstrip("-"),
                name_span=item.span,
                value=Value.known(text, source, following.span),
                fragment=fragment,
                place="argument",
            )


def _variables(source: Source, entry: Entry, key: Scalar, address: str) -> Iterator[Variable]:
    """An entry as a variable, or each line of it where it is a settings file; of templates for `tpl` nothing is said. The `value` beside a
    `name` is called by that."""
    node = entry.value
    if (
        not isinstance(node, Scalar)
        or not node.value
        or "{{" in node.value
        or is_masked(node.value)
        or (node.tag or "").startswith("!")  # `!vault`, `!secret`: whoever knows the tag looks it up or decrypts it
        or re.search(_NAMES_A_SECRET, key.value)
        or re.search(_NAMES_ENTRIES, address)
    ):
        return
    fragment = node.fragment(source.text)
    if "\n" in node.value.strip():
        yield from variables_in_settings(fragment, source, address)
        return
    value = Value.known(node.value, source, node.span, node=node)
    place = "template" if _is_example(source.path) else "values"
    yield Variable(source, entry.span, address, None, name=key.value, name_span=key.span, value=value, fragment=fragment, place=place)


def _is_example(path: str) -> bool:
    """Whether it is a file of values to copy and fill in: `values-example.yaml`, `examples/values.yaml`. The folders of an absolute path
    say nothing, since nobody knows where the project begins."""
    whole = path.rpartition("/")[2] if path.startswith("/") else path
    return not _EXAMPLES.isdisjoint(re.split(r"[/._-]", whole.lower()))
