"""Dockerfiles that a template language writes: what it will fill in is masked, so that the rest can be read."""

from __future__ import annotations

import re

from capdrop.source import Span
from capdrop.syntax import UNKNOWN
from capdrop.syntax.template_mask import actions as actions_in

_SUFFIXES = (".template", ".tmpl", ".tpl", ".j2", ".jinja", ".jinja2", ".erb")
OPTION = "${templateOption:"
"""How a template of development containers names an option (https://containers.dev/implementors/templates)."""
_PROPERTY = r"\$\{[A-Za-z_][\w-]*(?:\.[\w-]+)+\}"
_FILTERED = (
    rf"(?mi)^[ \t]*(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|LABEL|MAINTAINER|STOPSIGNAL|USER|VOLUME|WORKDIR)[ \t][^\n]*{_PROPERTY}"
)
"""Where a property of a Maven or Gradle build stands, which filters its resources: BuildKit knows no such variable
(https://maven.apache.org/plugins/maven-resources-plugin/examples/filter.html)."""
_MARK = r"@@[A-Z][A-Z0-9_]*@@"
_ON_OWN_LINE = rf"(?m)^{_MARK}[ \t]*$"
"""A mark in the place of an instruction, which a script of the project replaces."""
_OWN_LINE = r"(?m)^[ \t]*(?:\{\{|\{%|<%)|^[ \t]*(?:EXPOSE|FROM|USER|WORKDIR)\b.*\{\{|\{\{[^{}\n]*$"
"""Where an action stands that no command is given: what Go prints by (`--format '{{.ID}}'`) ends on its line."""


def actions(path: str, text: str) -> list[Span]:
    """The actions of a Dockerfile template; none of a plain Dockerfile, whose `{{` belong to its commands (`--format '{{.ID}}'`)."""
    if OPTION in text:
        return [Span(*found.span()) for found in re.finditer(r"\$\{templateOption:[^}\n]*\}", text)]
    if re.search(_FILTERED, text) is not None:
        return [Span(*found.span()) for found in re.finditer(_PROPERTY, text)]
    if "@@" in text and re.search(_ON_OWN_LINE, text) is not None:
        return [Span(*found.span()) for found in re.finditer(_MARK, text)]
    if not path.endswith(_SUFFIXES) and re.search(_OWN_LINE, text) is None:
        return []
    return list(actions_in(text))


def masked(text: str, actions: list[Span]) -> str:
    """The text with blanks for actions that have their lines for themselves, and `UNKNOWN` for the others."""
    parts: list[str] = []
    at = 0
    for action in actions:
        inside = text[action.start : action.end]
        before = text[text.rfind("\n", 0, action.start) + 1 : action.start]
        after = text[action.end :].partition("\n")[0]
        alone = not before.strip() and not after.strip(" \t\r\\")
        parts.append(text[at : action.start])
        parts.append(re.sub(r"[^\n]", " ", inside) if alone else UNKNOWN * len(inside))
        at = action.end
    parts.append(text[at:])
    return "".join(parts)
