"""Results to write reports of."""

from __future__ import annotations

from io import StringIO

from capdrop.finding import Confidence, Edit, Finding, Fix, Note, Safety, Severity, Suppression
from capdrop.report import Result, RuleInfo, write
from capdrop.source import Source, Span

COMPOSE = """\
services:
  app:
    image: nginx:1.29
    privileged: true
    environment: {TOKEN: t0psecretSENTINEL42, PASSWORD: hunter2}
  db:
    image: postgres
"""

RULES = {
    "privileged-container": RuleInfo(
        "privileged-container",
        "A privileged container is root on the host.",
        "It holds every capability and every device.\nNothing confines it.\n\nName the one device that it needs.",
        Severity.CRITICAL,
        Confidence.HIGH,
        ("ATT&CK T1611", "PSS baseline", "CWE-250", "https://kubernetes.io/docs/concepts/security/"),
        ("trivy:KSV-0017", "checkov:CKV_K8S_16"),
    ),
    "plain-secret": RuleInfo(
        "plain-secret", "A secret in a file is a secret that everyone knows.", "", Severity.HIGH, Confidence.MEDIUM, ("ATT&CK T1552.001",)
    ),
    "image-tag": RuleInfo("image-tag", "A tag can be moved.", "", Severity.LOW, Confidence.HIGH),
}


def span_of(text: str, part: str) -> Span:
    """Where a part stands in a text."""
    start = text.index(part)
    return Span(start, start + len(part))


def finding_at(
    source: Source,
    part: str,
    rule: str,
    message: str,
    *,
    severity: Severity | None = None,
    hidden: tuple[str, ...] = (),
    subject: str = "services.app",
    fix: Fix | None = None,
    notes: tuple[Note, ...] = (),
    suppressed: Suppression | None = None,
) -> Finding:
    """A signed finding on a part of the source's text."""
    known = RULES.get(rule)
    finding = Finding(
        source,
        span_of(source.text, part),
        message,
        subject=subject,
        fix=fix,
        notes=notes,
        hidden=tuple(span_of(source.text, secret) for secret in hidden),
        severity=severity or (known.severity if known else Severity.MEDIUM),
        confidence=known.confidence if known else Confidence.LOW,
        rule=rule,
    )
    finding.suppressed = suppressed
    return finding


def compose_findings(path: str = "compose.yaml") -> list[Finding]:
    """One finding of each kind of fix, and a suppressed one."""
    source = Source(path, COMPOSE)
    drop = Fix("drop `privileged`", (Edit(span_of(COMPOSE, "    privileged: true\n"), ""),), Safety.SAFE)
    pin = Fix("pin the digest", (Edit(span_of(COMPOSE, "nginx:1.29"), "nginx:1.29@sha256:0"),), Safety.UNSAFE, "the tag no longer moves")
    return [
        finding_at(source, "nginx:1.29", "image-tag", "names an image by its tag", fix=pin),
        finding_at(
            source,
            "true",
            "privileged-container",
            "services.app runs privileged",
            fix=drop,
            notes=(Note(source, span_of(COMPOSE, "app:"), "the service is here"),),
        ),
        finding_at(
            source,
            "t0psecretSENTINEL42",
            "plain-secret",
            "TOKEN is written out",
            hidden=("t0psecretSENTINEL42",),
            subject="services.app.environment.TOKEN",
            fix=Fix("use a secret", caveat="the mapping stands on one line"),
        ),
        finding_at(
            source,
            "hunter2",
            "plain-secret",
            "PASSWORD is written out",
            hidden=("hunter2",),
            subject="services.app.environment.PASSWORD",
            suppressed=Suppression("comment", "a test fixture"),
        ),
    ]


def mixed_results() -> list[Result]:
    """A file with findings, one without, one read in part, one not at all, and a broken rule."""
    return [
        Result("compose.yaml", "compose", "analysed", [], compose_findings()),
        Result("Dockerfile", "dockerfile", "analysed", [], [], [("my-rule", "TypeError")]),
        Result("chart/pod.yaml", "kubernetes", "partly", [("a template action", 3, 5)]),
        Result("bad.yaml", "kubernetes", "not", [("found a tab where no token can start", 2, 1)]),
    ]


def written(format_name: str, results: list[Result], *, color: bool = False, show_suppressed: bool = False, width: int = 100) -> str:
    """A report as text."""
    out = StringIO()
    write(format_name, results, out, rules=RULES, version="1.2.3", color=color, show_suppressed=show_suppressed, width=width)
    return out.getvalue()
