"""No secret is shown: not by any format, message, fix, baseline, editor or crash, whatever its form."""

from __future__ import annotations

import base64
import io
import json
import random
import re
import string
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from capdrop import cli, rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesWritten
from capdrop.secrets.formats import BY_PREFIX
from capdrop.secrets.formats_by_name import BY_NAME
from capdrop.secrets.formats_by_part import BY_PART
from capdrop.secrets.tokens import checksum
from capdrop.source import Source

PARSER: Any = import_module("re._parser")
CHANCE = random.Random(77)
PASSWORD = "Kp3-vv81" + "-QzSentinel"
FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")


def sample(tree: Any) -> str:
    """A text that a parsed pattern matches."""
    made = ""
    for op, argument in tree:
        kind = str(op)
        if kind == "LITERAL":
            made += chr(argument)
        elif kind == "IN":
            codes = [code for one, value in argument for code in (range(value[0], value[1] + 1) if str(one) == "RANGE" else [value])]
            made += chr(CHANCE.choice([code for code in codes if isinstance(code, int)] or [97]))
        elif kind == "BRANCH":
            made += sample(CHANCE.choice(argument[1]))
        elif kind == "SUBPATTERN":
            made += sample(argument[3])
        elif kind in ("MAX_REPEAT", "MIN_REPEAT"):
            made += "".join(sample(argument[2]) for _ in range(CHANCE.randint(argument[0], min(int(argument[1]), argument[0] + 20))))
    return made


def token(before: str, literal: str, after: str, check: str) -> str:
    if check == "crc32":
        body = "".join(CHANCE.choices(string.ascii_letters + string.digits, k=30))
        return literal + body + checksum(body)
    if check == "jwt":
        parts = (b'{"alg":"RS256"}', b'{"sub":"%d"}' % CHANCE.randrange(10**9), CHANCE.randbytes(40))
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    return sample(PARSER.parse(before)) + literal + sample(PARSER.parse(after))


def secrets() -> Iterator[tuple[str, str]]:
    """A name and a value for every format that we know, and for the structures."""
    for row in BY_PREFIX:
        yield "SETTING", token("", row[3], row[4], row[5])
    for part in BY_PART:
        yield "SETTING", token(part[3], part[5], part[6], part[7])
    for named in BY_NAME:
        yield named[3].split("/")[0].replace(" ", "_").upper(), sample(PARSER.parse(named[4]))
    yield "DB_PASSWORD", PASSWORD
    yield "URL", f"postgres://app:{PASSWORD}@db/app"
    yield "HEADER", f"Authorization: Bearer {PASSWORD}9xK2"
    yield "ENCODED", base64.b64encode(f"postgres://app:{PASSWORD}@db/app".encode()).decode()


KNOWN = list(secrets())


def secret_of(value: str) -> str:
    """The part of a value that must not be seen: the longest run of its random part."""
    return max(re.split(r"[^A-Za-z0-9]", value), key=len)[-14:]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sentinel")
    lines = [f"      S{number}_{name}: '{value}'\n" for number, (name, value) in enumerate(KNOWN)]
    (folder / "compose.yaml").write_text("services:\n  app:\n    image: acme/app:1\n    environment:\n" + "".join(lines))
    envs = [f"ENV S{number}_{name}='{value}'\n" for number, (name, value) in enumerate(KNOWN)]
    (folder / "Dockerfile").write_text("FROM acme/app:1\n" + "".join(envs) + f"RUN mysql -p{PASSWORD} -e 'select 1'\n")
    entries = [f"  S{number}_{name}: {base64.b64encode(value.encode()).decode()}\n" for number, (name, value) in enumerate(KNOWN)]
    (folder / "secret.yaml").write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n" + "".join(entries))
    return folder


def seen(text: str) -> list[str]:
    """What may not be there and is, as it is or in base64."""
    plain = text.replace("\\u002b", "+").replace("\\/", "/").replace("&#x2F;", "/")
    hidden = {secret_of(value) for _, value in KNOWN} | {base64.b64encode(value.encode()).decode()[-28:-8] for _, value in KNOWN}
    return [one for one in hidden if len(one) >= 8 and one in plain]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "more", [[], ["--show-suppressed"], ["--profile", "strict", "--min-confidence", "low"]], ids=["", "suppressed", "strict"]
)
def test_no_format_shows_a_secret(
    form: str, more: list[str], home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    assert cli.main(["check", "--isolated", "--format", form, *more, "."]) in (1, 3)
    out, err = capsys.readouterr()
    assert "provider-token" in out
    assert seen(out + err) == []


@pytest.mark.parametrize(
    "asked",
    [
        ["--select", "image-with-moving-tag,missing-user"],
        ["--ignore", "hard-coded-credential,provider-token,stored-login"],
        ["--min-confidence", "high"],
    ],
    ids=["selected", "ignored", "sure"],
)
def test_what_nobody_asked_for_is_hidden(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [
        f"RUN S{number}_{name}='{value}' sudo -u root curl -k https://a.acme.io/x | sh\n" for number, (name, value) in enumerate(KNOWN)
    ]
    (tmp_path / "Dockerfile").write_text("FROM acme/app:latest\n" + "".join(lines))
    known = enumerate(KNOWN[::6])
    services = [f"  s{number}: {{image: 'a:latest', environment: {{{name}: '{value}'}}}}\n" for number, (name, value) in known]
    (tmp_path / "compose.yaml").write_text("services:\n" + "".join(services))
    for form in FORMATS:
        cli.main(["check", "--isolated", "--profile", "strict", "--format", form, *asked, "."])
        out, err = capsys.readouterr()
        assert "image-with-moving-tag" in out
        assert seen(out + err) == []


def test_what_any_rule_hides_is_always_hidden() -> None:
    book = rulebook.load()
    book.select(rule.name for rule in book.rules.values() if rule.profile != "off")
    known = {rule.name for rule in book.rules.values() if rule.hides}
    hiding: set[str] = set()
    for rule in book.rules.values():
        for example in rule.examples:
            text = re.sub("[«»]", "", textwrap.dedent(example.text).lstrip("\n"))
            kind = kind_of(example.path, text)
            if kind is None:
                continue
            found = analyse(Source(example.path, text), kind, book, Context(files=FilesWritten(example.beside))).findings
            hidden = [span for finding in found if finding.rule in known for span in finding.hidden]
            for finding in found:
                assert all(any(one.start < span.end and span.start < one.end for one in hidden) for span in finding.hidden), finding.rule
                hiding.update({finding.rule} & known if finding.hidden else ())
    assert hiding == known


MISTAKES = {
    "bad.yaml": "apiVersion: v1\nkind: Secret\nstringData:\n  password: {}\n bad: {}\n  'x: {}\n",
    "Dockerfile": "FROM a\nENV A_PASSWORD={} \nRUN <<EOF\nexport PASSWORD={}\n",
    "compose.yaml": "services:\n  a:\n    image: a\n    environment: [A_PASSWORD={}, 'URL=http://a:{}@b', ]]\n",
}


@pytest.mark.parametrize("path", MISTAKES)
def test_no_error_shows_a_secret(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = MISTAKES[path]
    (tmp_path / path).write_text(text.format(*[PASSWORD] * text.count("{}")))
    for form in FORMATS:
        cli.main(["check", "--isolated", "--format", form, path])
        out, err = capsys.readouterr()
        assert PASSWORD not in out + err


@pytest.mark.parametrize(
    "text", ["profile = '{}'\n", "ignore = ['{}'\n", "[rule.host-network]\nseverity = '{}'\n", "{} = 1\n", "baseline = ['{}']\n"]
)
def test_an_error_of_the_configuration_names_the_place(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "capdrop.toml").write_text(text.replace("{}", PASSWORD))
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    assert cli.main(["check", "."]) == 2
    out, err = capsys.readouterr()
    assert "capdrop.toml" in out + err


def test_nearly_all_are_found(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    cli.main(["check", "--isolated", "--format", "json", "compose.yaml"])
    lines = {finding["line"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert sum(number + 5 in lines for number in range(len(KNOWN))) >= 0.95 * len(KNOWN)


@pytest.mark.parametrize("asked", [["--select", "privileged-container"], ["--ignore", "hard-coded-credential,credential-in-command"]])
@pytest.mark.parametrize("how", [["--unsafe"], ["--interactive"]])
def test_no_diff_shows_what_nobody_asked_for(
    how: list[str], asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n" * 20))
    service = f"    environment: {{A_PASSWORD: {PASSWORD}}}\n    privileged: true\n    command: x --password {PASSWORD}\n"
    (tmp_path / "compose.yaml").write_text("services:\n  a:\n    image: acme/app:1\n" + service)
    cli.main(["fix", "--isolated", *how, *asked, "."])
    out, err = capsys.readouterr()
    assert "-    privileged: true" in out
    assert PASSWORD not in out + err


@pytest.mark.parametrize("arguments", [["fix"], ["fix", "--unsafe"]])
def test_no_diff_shows_a_secret(
    arguments: list[str], home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    cli.main([*arguments, "--isolated", "compose.yaml"])
    out, err = capsys.readouterr()
    assert ("--unsafe" not in arguments) or "${" in out
    assert seen(out + err) == []


def test_no_baseline_holds_a_secret(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(home)
    cli.main(["baseline", "--isolated", "--file", str(tmp_path / "known"), "."])
    out, err = capsys.readouterr()
    assert seen(out + err + (tmp_path / "known").read_text()) == []


def test_no_crash_shows_a_secret(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "broken.py").write_text(
        "from collections.abc import Iterator\nfrom capdrop import *\n\n"
        '@rule("broken", severity=Severity.LOW, references="none",\n'
        ' examples=(Bad("Dockerfile", "FROM a\\n"), Good("Dockerfile", "FROM b\\n")))\n'
        'def broken(variable: Variable) -> Iterator[Finding]:\n    """It breaks.\n\n    On purpose.\n    """\n'
        "    raise ValueError(variable.value.text, variable)\n    yield\n"
    )
    (tmp_path / "capdrop.toml").write_text('rules = ["rules"]\n')
    monkeypatch.chdir(home)
    assert cli.main(["check", "--config", str(tmp_path / "capdrop.toml"), "."]) == 3
    out, err = capsys.readouterr()
    assert "broken" in out + err
    assert seen(out + err) == []


def test_the_editor_is_told_no_secret(home: Path) -> None:
    text = (home / "compose.yaml").read_text()
    uri = (home / "compose.yaml").as_uri()
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}}},
        {"id": 2, "method": "textDocument/hover", "params": {"textDocument": {"uri": uri}, "position": {"line": 6, "character": 10}}},
        {
            "id": 4,
            "method": "textDocument/codeAction",
            "params": {
                "textDocument": {"uri": uri},
                "range": {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}},
                "context": {"diagnostics": []},
            },
        },
        {"id": 3, "method": "shutdown", "params": None},
        {"method": "exit", "params": None},
    ]
    packed = b""
    for message in messages:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        packed += b"Content-Length: %d\r\n\r\n" % len(body) + body
    ran = subprocess.run([sys.executable, "-m", "capdrop", "lsp"], input=packed, capture_output=True, check=False, timeout=300)
    out = ran.stdout.decode("utf-8", "replace") + ran.stderr.decode("utf-8", "replace")
    assert "provider-token" in out
    assert seen(out) == []
