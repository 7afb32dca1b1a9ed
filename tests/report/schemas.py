"""JSON schemas of what we write: our own format, and the parts of SARIF 2.1.0 and GitLab's code quality format that we use.

The SARIF one is stricter than the standard's: it holds GitHub's demands, too, and allows no property that we do not write on purpose.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

FROM_ONE: Schema = {"type": "integer", "minimum": 1}
TEXT: Schema = {"type": "string"}
FILLED: Schema = {"type": "string", "minLength": 1}


def array(items: Schema, **limits: int) -> Schema:
    """A schema of an array."""
    return {"type": "array", "items": items, **limits}


def record(optional: Schema | None = None, /, **required: Schema) -> Schema:
    """A schema of an object that has these properties and no other."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def choice(*values: str) -> Schema:
    """A schema of one of some words."""
    return {"enum": list(values)}


_SEVERITY = choice("critical", "high", "medium", "low", "info")
_REGION = {"line": FROM_ONE, "column": FROM_ONE, "end_line": FROM_ONE, "end_column": FROM_ONE}
_REASON = record(message=TEXT, line=FROM_ONE, column=FROM_ONE)
_EDIT = record({"path": FILLED}, **_REGION, text=TEXT)
_FIX = record(title=TEXT, safety=choice("safe", "unsafe", "display"), caveat=TEXT, edits=array(_EDIT))
_FINDING = record(
    rule=FILLED,
    message=TEXT,
    severity=_SEVERITY,
    confidence=choice("high", "medium", "low"),
    path=TEXT,
    **_REGION,
    subject=TEXT,
    notes=array(record(path=TEXT, line=FROM_ONE, column=FROM_ONE, message=TEXT)),
    fix={"anyOf": [{"type": "null"}, _FIX]},
    suppressed={"anyOf": [{"type": "null"}, record(how=TEXT, reason=TEXT)]},
    fingerprint={"type": "string", "pattern": "^[0-9a-f]{16}$"},
)
CHECK: Schema = record(
    schema={"const": 1},
    tool=record(name={"const": "capdrop"}, version=FILLED),
    files=array(record(path=TEXT, kind=TEXT, outcome=choice("analysed", "partly", "not"), reasons=array(_REASON))),
    findings=array(_FINDING),
)

GITLAB: Schema = array(
    record(
        description=FILLED,
        check_name=FILLED,
        fingerprint=FILLED,
        severity=choice("info", "minor", "major", "critical", "blocker"),
        location=record(path={"type": "string", "pattern": "^[^/]"}, lines=record(begin=FROM_ONE)),
    )
)

_LEVEL = choice("error", "warning", "note")
_MESSAGE = record(text=FILLED)
_ARTIFACT = record(uri={"type": "string", "pattern": "^(?!file:)[A-Za-z0-9._~%-][A-Za-z0-9._~%/-]*$"})
_SARIF_REGION = record({"endLine": FROM_ONE, "endColumn": FROM_ONE}, startLine=FROM_ONE, startColumn=FROM_ONE)
_PLACE = record(artifactLocation=_ARTIFACT, region=_SARIF_REGION)
_LOCATION = record({"logicalLocations": array(record(fullyQualifiedName=FILLED))}, physicalLocation=_PLACE)
_RELATED = record(id={"type": "integer", "minimum": 0}, physicalLocation=_PLACE, message=_MESSAGE)
_REPLACEMENT = record(deletedRegion=_SARIF_REGION, insertedContent=record(text=TEXT))
_SARIF_FIX = record(
    description=_MESSAGE,
    artifactChanges=array(record(artifactLocation=_ARTIFACT, replacements=array(_REPLACEMENT, minItems=1)), minItems=1),
    properties=record(safety=choice("safe", "unsafe", "display")),
)
_RESULT = record(
    {
        "relatedLocations": array(_RELATED, maxItems=100),
        "suppressions": array(record({"justification": FILLED}, kind=choice("inSource", "external"), status=choice("accepted"))),
        "fixes": array(_SARIF_FIX),
    },
    ruleId=FILLED,
    ruleIndex={"type": "integer", "minimum": 0},
    level=_LEVEL,
    message=_MESSAGE,
    locations=array(_LOCATION, minItems=1, maxItems=1),
    partialFingerprints=record(**{"capdropIdentity/v1": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}),
    properties=record(severity=_SEVERITY, confidence=choice("high", "medium", "low")),
)
_DESCRIPTION = record(text={"type": "string", "minLength": 1, "maxLength": 1024})
_RULE = record(
    {"helpUri": {"type": "string", "pattern": "^https://"}},
    id=FILLED,
    name=FILLED,
    shortDescription=_DESCRIPTION,
    fullDescription=_DESCRIPTION,
    help=record(text=FILLED, markdown=FILLED),
    defaultConfiguration=record(level=_LEVEL),
    properties=record(
        tags={**array(FILLED, maxItems=10), "contains": {"const": "security"}, "uniqueItems": True},
        precision=choice("high", "medium", "low"),
        **{"security-severity": {"type": "string", "pattern": r"^\d+\.\d$"}},
    ),
)
_NOTIFICATION = record(
    {"locations": array(record(physicalLocation=_PLACE), maxItems=1)},
    descriptor=record(id=FILLED),
    level=_LEVEL,
    message=_MESSAGE,
)
_RUN = record(
    tool=record(driver=record(name=FILLED, version=FILLED, semanticVersion=FILLED, rules=array(_RULE))),
    columnKind={"const": "unicodeCodePoints"},
    invocations=array(record(executionSuccessful={"type": "boolean"}, toolExecutionNotifications=array(_NOTIFICATION))),
    results=array(_RESULT, maxItems=25_000),
)
SARIF: Schema = record(**{"$schema": FILLED}, version={"const": "2.1.0"}, runs=array(_RUN, minItems=1, maxItems=1))
