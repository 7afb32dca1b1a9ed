"""Modules of Go, and whether their sums are compared."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Good, Severity, Span, Variable, Word, rule

GO_OFF = {
    "gosumdb": ("off",),  # go help module-auth
    "gonosumdb": ("*", "*.*", "*.com", "github.com", "github.com/*"),  # go help module-private: patterns, separated by commas
    "goprivate": ("*", "*.*", "*.com", "github.com", "github.com/*"),
    "goflags": ("-insecure",),  # go help get, before 1.17
}
"""Variables of go, in small letters, and the items of their values with which no sum is compared for what anyone may publish."""
SUMS_ASKED = "modules of your own that the database cannot see must be named in `GOPRIVATE`"


@rule(
    "checksum-database-disabled",
    severity=Severity.MEDIUM,
    references="ATT&CK T1195.001 · ATT&CK T1557",
    programs=("go", "="),
    variables=GO_OFF,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM golang:1.27
            ENV «GOSUMDB=off» CGO_ENABLED=0
            RUN «GONOSUMDB=*» go mod download && go env -w «GOSUMDB=off» && go build
            """,
            fixed="""
            FROM golang:1.27
            ENV CGO_ENABLED=0
            RUN go mod download && go build
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM golang:1.25
            ENV «GOSUMDB=off» GOPROXY=https://goproxy.example.com,direct
            ARG «GONOSUMDB=git.acme.example,*»
            RUN «GOSUMDB=off» go mod download && go env -w «GOSUMDB=off» «GOPRIVATE=github.com/*» && export «GOFLAGS="-mod=mod -insecure"»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'golang:1.25', environment: {GOSUMDB: «\"off\"»}}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'golang:1.25', command: [go, env, -w, «GOSUMDB=off»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM golang:1.25
            ENV GOSUMDB=sum.golang.google.cn GONOSUMDB=git.acme.example/* GOPRIVATE=github.com/acme/*,*.acme.example GOFLAGS=-mod=readonly
            RUN go env -w GOSUMDB=sum.golang.org && go env GOSUMDB && GOPROXY=direct go mod download
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'golang:1.25', environment: {GOPRIVATE: git.acme.example}}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'golang:1.25', command: [go, build]}
            """,
        ),
    ),
)
def checksum_database_disabled(subject: Command | Variable) -> Iterator[Finding]:
    """go takes modules whose sums nobody else has seen.

    The checksum database is what makes a proxy, or the owner of a repository, give everybody the same code. Leave it on, and
    name only your own modules in `GOPRIVATE`.
    """
    if isinstance(subject, Variable):
        if subject.place in ("env", "arg", "configmap", "file") and _no_sums(subject.name, subject.value.text):
            fix = subject.drop("variable", caveat=SUMS_ASKED)
            yield subject.finding(subject.span, f"`{subject.name}={subject.value.text}` switches the checksum database off", fix=fix)
        return
    for name, word in subject.assignments:
        if word is not None and word.known and _no_sums(name, word.text):
            fix = subject.drop_assignment(name, word, caveat=SUMS_ASKED) if subject.name != "export" else subject.drop(caveat=SUMS_ASKED)
            yield subject.finding(_assignment(subject, name, word), f"`{name}={word.text}` switches the checksum database off", fix=fix)
    if subject.name == "go" and subject.subcommand.startswith("env"):
        for word in subject.operands[1:]:
            name, _, value = word.text.partition("=")
            if _no_sums(name, value):
                alone = subject.drop(caveat=SUMS_ASKED) if len(subject.operands) == 2 else None
                yield subject.finding(word.span, f"`{word.text}` switches the checksum database off", fix=alone)


def _no_sums(name: str, value: str) -> bool:
    off = GO_OFF.get(name.lower())
    return off is not None and any(item in off for item in value.replace(",", " ").split())


def _assignment(subject: Command, name: str, word: Word) -> Span:
    """Where a variable is set: its name and its value, with the quotes around that."""
    text = subject.source.text
    start = text.rfind(name, 0, word.fragment.place(0))
    quote = text[start + len(name) + 1]
    end = word.span.end
    return Span(start, end + (quote in "\"'" and text[end : end + 1] == quote))
