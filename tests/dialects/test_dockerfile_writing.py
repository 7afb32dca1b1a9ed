"""What a Dockerfile is made to say: a user, in its own hand; variables and commands taken out of it."""

from __future__ import annotations

import dockerfile
import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.finding import Safety
from capdrop.fixer import Fixed, Workbench, fix
from capdrop.source import Source

USERS = rulebook.load()
USERS.select(["missing-user", "root-user", "windows-administrator"])
TLS = rulebook.load()
TLS.select(["certificate-check-disabled", "package-signature-check-disabled"])
DEBIAN = "RUN useradd --create-home --uid 10001 app\nUSER 10001\n"


def fixed(text: str, book: rulebook.Rulebook = USERS, path: str = "Dockerfile") -> Fixed:
    return fix(Source(path, text), Workbench(kind_named("dockerfile"), book, Context()), Safety.UNSAFE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM debian:13\nCOPY a /a\n«»CMD a\n", DEBIAN),
        ("FROM debian:13\nCOPY a /a\n\n«»# starts it\n  # really\nCMD a\n", DEBIAN),
        ("FROM debian:13\nRUN a \\\n  # no end\n  b\n«»ENTRYPOINT a\n", DEBIAN),
        ("FROM debian:13\nRUN <<A\n# CMD x\nA\n«»CMD a\n", DEBIAN),
        ("FROM debian:13\nCMD a\nRUN b\n«»", DEBIAN),
        ("FROM debian:13\nCMD a\nRUN b«»", "\n" + DEBIAN.removesuffix("\n")),
        ("FROM debian:13\nCMD a\nONBUILD RUN b\n«»# the end\n", DEBIAN),
        ("from debian:13\n«»cmd a\n", DEBIAN.replace("RUN", "run").replace("USER", "user")),
        ('FROM debian:13\nSHELL ["python3", "-c"]\n«»CMD ["a"]\n', "USER 65532:65532\n"),
        ("FROM debian:13\nRUN useradd -u 1001 svc\n«»CMD a\n", "USER 1001\n"),
        ("FROM debian:13\nRUN useradd svc\n«»CMD a\n", "USER svc\n"),
        ("FROM debian:13\nRUN id svc || useradd svc\n«»CMD a\n", DEBIAN),
        ("FROM debian:13\nRUN echo 'svc:x:1001:0:The user:/:/bin/false' >> /etc/passwd\n«»CMD a\n", "USER 1001\n"),
        ("FROM debian:13\nRUN echo 'toor:x:0:0::/:/bin/sh' >> /etc/passwd\n«»CMD a\n", DEBIAN),
        ("FROM redhat/ubi9\n«»CMD a\n", DEBIAN),
        ("FROM debian:13\nRUN useradd -u 7 web && apt-get install nginx\n«»CMD nginx\n", "USER 7\n"),
        ("FROM debian:13\nWORKDIR /rooted\n«»CMD a\n", DEBIAN),
        ("FROM scratch\nCOPY a /a\n«»CMD a\n", "USER 65532:65532\n"),
        ("FROM node:24 AS a\nUSER node\nFROM a\nUSER root\nRUN b\n«»CMD a\n", "USER node\n"),
        ("FROM debian:13\nUSER svc\nUSER root\nRUN b\n«»CMD a\n", "USER svc\n"),
    ],
)
def test_a_user_is_set_behind_the_last_work(before: str, after: str) -> None:
    text, expected = before.replace("«»", ""), before.replace("«»", after)
    for newline in ("\n", "\r\n"):
        result = fixed(text.replace("\n", newline))
        assert result.source.text == expected.replace("\n", newline)
        dockerfile.parse_string(result.source.text)
        assert fixed(result.source.text).applied == []


GIVEN = {
    "the working folder": ("FROM node:24\nWORKDIR /app\nCOPY«» a b ./\n", " --chown=node"),
    "below it": ("FROM node:24\nWORKDIR /app\nCOPY --from=a«» a /app/dist\n", " --chown=node"),
    "the last of several": ("FROM node:24\nWORKDIR /build\nCOPY a .\nWORKDIR /app\nADD«» a .\n", " --chown=node"),
    "relative to another": ("FROM node:24\nWORKDIR /app\nWORKDIR x\nCOPY«» a /app/x/y\n", " --chown=node"),
    "a volume": ("FROM node:24\nCOPY«» a /data/\nVOLUME /data\nCOPY a /dat\n", " --chown=node"),
    "a list": ('FROM node:24\nWORKDIR /app\nCOPY«» ["a", "."]\n', " --chown=node"),
    "a continued line": ("FROM node:24\nWORKDIR /app\nCOPY \\\n  --chmod=644«» \\\n  a .\n", " --chown=node"),
    "a here-document": ("FROM node:24\nWORKDIR /app\nCOPY«» <<E x\na\nE\n", " --chown=node"),
    "lower case": ("from node:24\nworkdir /app\ncopy«» a .\n", " --chown=node"),
    "a user that is made": ("FROM debian:13\nWORKDIR /app\nCOPY«» a .\n", " --chown=10001:10001"),
    "a user by number before it is made": ("FROM debian:13\nWORKDIR /app\nCOPY«» a .\nRUN useradd -u 7 a\n", " --chown=7:7"),
    "a user by name once it is made": ("FROM debian:13\nWORKDIR /app\nCOPY a .\nRUN useradd a\nCOPY«» b .\n", " --chown=a"),
    "once it was said": ("FROM a/b\nWORKDIR /app\nCOPY a .\nUSER u\nCOPY«» b .\nUSER root\nRUN c\n", " --chown=u"),
    "elsewhere": ("FROM node:24\nWORKDIR /app\nCOPY a /etc/a\nCOPY a /apple\n", ""),
    "no folder of its own": ("FROM node:24\nCOPY a .\nWORKDIR /\nCOPY a .\n", ""),
    "not known where": ("FROM node:24\nARG D\nWORKDIR /app\nCOPY a ${D}/x\n", ""),
    "given already": ("FROM node:24\nWORKDIR /app\nCOPY --chown=7 a .\n", ""),
    "read by git later": ("FROM node:24\nWORKDIR /app\nCOPY . .\nRUN git describe > v\nCOPY«» c .\n", " --chown=node"),
    "a name in a layer of its own": ("FROM node:24\nWORKDIR /app\nCOPY --link a .\n", ""),
    "another stage": ("FROM node:24 AS b\nWORKDIR /app\nCOPY a .\nFROM node:24\nCOPY --from=b /app /app\n", ""),
    "ONBUILD": ("FROM node:24\nWORKDIR /app\nONBUILD COPY a .\n", ""),
}


@pytest.mark.parametrize(("before", "flag"), GIVEN.values(), ids=GIVEN)
def test_the_user_gets_what_is_copied_to_where_it_works(before: str, flag: str) -> None:
    before += "EXPOSE 80\nCMD x\n"
    result = fixed(before.replace("«»", ""))
    assert result.left == []
    assert "USER" in result.source.text.upper().rpartition("COPY")[2]
    kept = result.source.text.splitlines()[: before.count("\n") - 2]
    assert "\n".join(kept).startswith("\n".join(before.replace("«»", flag).splitlines()[:-2]))
    dockerfile.parse_string(result.source.text)
    assert fixed(result.source.text).applied == []


def test_the_indentation_of_the_file_is_kept() -> None:
    text = "FROM debian:13\n  RUN a\n  CMD a\n"
    lines = "".join(f"  {line}\n" for line in DEBIAN.splitlines())
    assert fixed(text).source.text == text.replace("  CMD", f"{lines}  CMD")


def test_a_user_that_stands_last_is_written_over() -> None:
    assert fixed("FROM node:24\nRUN a\nUSER root\nCMD a\n").source.text == "FROM node:24\nRUN a\nUSER node\nCMD a\n"
    assert fixed("FROM debian:13\nUSER root:root\nCMD a\n").source.text == f"FROM debian:13\n{DEBIAN}CMD a\n"
    text = "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2025\nUSER ContainerAdministrator\nCMD a\n"
    assert fixed(text).source.text == text.replace("ContainerAdministrator", "ContainerUser")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM nginx:1.30\nCOPY a /a\n", "nginx must be told"),
        ("FROM fedora\nRUN dnf install nginx\nCMD exec nginx -g 'daemon off;'\n", "nginx must be told"),
        ('FROM ubuntu:24.04 AS a\nCMD ["apache2ctl", "-DFOREGROUND"]\nFROM a\nEXPOSE 80\n', "httpd must be told"),
        ("FROM alpine:3.22\nWORKDIR /root/\nCOPY a .\nEXPOSE 80\nCMD ./a\n", "what it starts works in `/root`"),
        ("FROM alpine:3.22\nCOPY a /root/a\nEXPOSE 80\nENTRYPOINT /root/a\n", "what it starts works in `/root`"),
        ("FROM postgres:18\nCOPY a /a\n", "what it starts steps down from root"),
        ("FROM debian:13\nRUN apt-get update\n", "it starts nothing of its own"),
    ],
)
def test_where_a_user_would_do_harm_none_is_set(text: str, reason: str) -> None:
    source = Source("Dockerfile", text)
    (finding,) = Workbench(kind_named("dockerfile"), USERS, Context()).analyse(source).findings
    assert finding.fix is not None
    assert not finding.fix.edits
    assert finding.fix.caveat.startswith(reason)
    assert fixed(text).source.text == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ENV A=1 GIT_SSL_NO_VERIFY=1 B=2", "ENV A=1 B=2"),
        ("ENV GIT_SSL_NO_VERIFY=1 \\\n  B=2", "ENV B=2"),
        ("ENV B=2 \\\n  GIT_SSL_NO_VERIFY=1", "ENV B=2"),
        ("ENV B=2 \\\n# why\n  GIT_SSL_NO_VERIFY=1", ""),
        ("ENV GIT_SSL_NO_VERIFY 1\n# kept\nRUN a", "# kept\nRUN a"),
        ("ONBUILD ENV GIT_SSL_NO_VERIFY=1", ""),
        ("RUN A=1 GIT_SSL_NO_VERIFY=1 git clone x", "RUN A=1 git clone x"),
        ("RUN GIT_SSL_NO_VERIFY=1", ""),
        ("RUN a; npm config set strict-ssl false; b", "RUN a; b"),
        ("RUN npm config set strict-ssl false \\\n  && b", "RUN b"),
        ("RUN a && \\\n  npm config set strict-ssl false", "RUN a"),
        ("RUN a && npm config set strict-ssl false || b", ""),
        ("RUN if a; then npm config set strict-ssl false; fi", ""),
        ("RUN a && \\\n# why\n  npm config set strict-ssl false", ""),
        ("RUN npm config set strict-ssl false\n# kept\nRUN a", "# kept\nRUN a"),
        ("RUN --mount=type=cache,target=/a npm config set \\\n  strict-ssl false\nRUN a", "RUN a"),
        ("RUN npm config set \\\n# why\n  strict-ssl false", ""),
        ("RUN <<EOF\nnpm config set strict-ssl false\na\nEOF", "RUN <<EOF\na\nEOF"),
        ("ONBUILD RUN npm config set strict-ssl false", ""),
        ("RUN apt-get install --force-yes a", "RUN apt-get install -y a"),
    ],
)
def test_what_switches_a_check_off_is_taken_out(before: str, after: str) -> None:
    text = f"FROM debian:13\n{before}\n"
    assert fixed(text, TLS).source.text == f"FROM debian:13\n{after or before}\n"


@pytest.mark.parametrize(
    ("step", "written"),
    [("curl -o x https://a.example/latest/x && ./x", 1), ("curl.exe -o x.exe https://a.example/latest/x.exe && x.exe", 0)],
)
def test_a_sum_is_compared_where_there_is_a_program_for_it(step: str, written: int) -> None:
    book = rulebook.load()
    book.select(["unpinned-download-executed"])
    base = "mcr.microsoft.com/windows/servercore:ltsc2025" if not written else "debian:13"
    bench = Workbench(kind_named("dockerfile"), book, Context())
    (finding,) = bench.analyse(Source("Dockerfile", f"FROM {base}\nRUN {step}\n")).findings
    assert finding.fix is not None
    assert len(finding.fix.edits) == written
