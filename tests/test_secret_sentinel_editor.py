"""No secret is told to an editor: not in a diagnostic, a hover, the title of an action, a log line or an error of the protocol.

What an action writes into the document itself is the one exception: it is the document's own text.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.documentation import page
from capdrop.engine import analyse
from capdrop.files import FilesOnDisk
from capdrop.fixer import Workbench
from capdrop.lsp import Document, Server, hovers
from capdrop.run import settled
from capdrop.secrets.formats import BY_PREFIX
from capdrop.secrets.tokens import find_tokens
from capdrop.source import Source
from lsprotocol import types as lsp

from tests.sentinel import KNOWN, PASSWORD, seen, texts

FEW = KNOWN[::60] + KNOWN[-4:]
TOKEN = KNOWN[0][1]


def talk(*messages: dict[str, Any]) -> str:
    """All that the server says, on both streams."""
    first: dict[str, Any] = {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
    last: list[dict[str, Any]] = [{"id": 3, "method": "shutdown", "params": None}, {"method": "exit", "params": None}]
    packed = b""
    for message in [first, {"method": "initialized", "params": {}}, *messages, *last]:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        packed += b"Content-Length: %d\r\n\r\n" % len(body) + body
    ran = subprocess.run([sys.executable, "-m", "capdrop", "lsp"], input=packed, capture_output=True, check=False, timeout=300)
    return ran.stdout.decode("utf-8", "replace") + ran.stderr.decode("utf-8", "replace")


def opened(path: Path, text: str) -> dict[str, Any]:
    document = {"uri": path.as_uri(), "languageId": "plaintext", "version": 1, "text": text}
    return {"method": "textDocument/didOpen", "params": {"textDocument": document}}


def judged(path: Path, text: str) -> tuple[Server, Document]:
    """A server that holds a document, as strict as can be."""
    config = Config(str(path.parent))
    config.profile, config.min_confidence = "strict", "low"
    book, source, kind = rules_in_force(config), Source(str(path), text), kind_of(str(path), text)
    assert kind is not None
    context = Context(files=FilesOnDisk())
    analysis = analyse(source, kind, book, context)
    document = Document(analysis, Workbench(kind, book, context), None, settled(analysis, context, config, book))
    server = Server()
    server.documents[path.as_uri()] = document
    return server, document


def test_no_diagnostic(tmp_path: Path) -> None:
    for name, text in texts(KNOWN).items():
        told = talk(opened(tmp_path / name, text))
        assert "provider-token" in told
        assert seen(told) == []


@pytest.mark.parametrize("name", texts(FEW))
def test_no_hover_at_any_position(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capdrop.lsp.page", lru_cache(page))
    text = texts(FEW)[name]
    server, document = judged(tmp_path / name, text)
    uri = lsp.TextDocumentIdentifier((tmp_path / name).as_uri())
    pages: dict[str, int] = {}
    for line, content in enumerate(text.split("\n")):
        for character in range(len(content) + 1):
            for hover in hovers(server, lsp.HoverParams(uri, lsp.Position(line, character)))[:1]:
                assert isinstance(hover.contents, lsp.MarkupContent)
                pages[hover.contents.value] = pages.get(hover.contents.value, 0) + 1
    assert len(pages) > 2
    assert sum(pages.values()) > 20 * len(FEW)
    assert seen("".join(pages)) == []
    assert document.shown


@pytest.mark.parametrize("name", texts(FEW))
def test_no_title_of_an_action(name: str, tmp_path: Path) -> None:
    text = texts(FEW)[name]
    opening = opened(tmp_path / name, text)
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}
    document = {"textDocument": {"uri": (tmp_path / name).as_uri()}, "range": whole, "context": {"diagnostics": []}}
    told = talk(opening, {"id": 2, "method": "textDocument/codeAction", "params": document})
    assert "Ignore provider-token here" in told
    assert seen(re.sub(r'"newText": "(?:[^"\\]|\\.)*"', "", told)) == []


def test_no_title_of_what_is_called_by_a_secret_in_pieces(tmp_path: Path) -> None:
    text = f"docker run --name {PASSWORD} -e 'A_PASSWORD={PASSWORD[:9]}'\"{PASSWORD[9:]}\" a:1\n"
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}
    document = {"textDocument": {"uri": (tmp_path / "run.sh").as_uri()}, "range": whole, "context": {"diagnostics": []}}
    told = talk(opened(tmp_path / "run.sh", text), {"id": 2, "method": "textDocument/codeAction", "params": document})
    assert "Harden `****`" in told
    assert PASSWORD not in re.sub(r'"newText": "(?:[^"\\]|\\.)*"', "", told)


def named_like_secrets() -> str:
    tokens = [value for _, value in KNOWN[: len(BY_PREFIX)] if value.replace("-", "").replace("_", "").isalnum()]
    names = [value for value in tokens[::12] if list(find_tokens(f"  {value}:"))]
    assert len(names) > 10
    return "services:\n" + "".join(f"  {name}:\n    image: 'a:latest'\n    privileged: true\n    ports: ['22:22']\n" for name in names)


def test_nothing_that_is_called_by_a_secret(tmp_path: Path) -> None:
    text = named_like_secrets()
    told = talk(opened(tmp_path / "compose.yaml", text))
    assert "runs privileged" in told
    assert seen(told) == []


WRONG: list[dict[str, Any]] = [
    {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": 5, "text": PASSWORD}}},
    {
        "method": "textDocument/didOpen",
        "params": {"textDocument": {"uri": "file:///a/Dockerfile", "languageId": "x", "version": PASSWORD, "text": PASSWORD}},
    },
    {"method": "textDocument/didOpen", "params": {"text": PASSWORD}},
    {"id": 7, "method": "textDocument/hover", "params": {"textDocument": {"uri": PASSWORD}, "position": PASSWORD}},
    {"id": 8, "method": "textDocument/codeAction", "params": {"context": PASSWORD}},
]


def test_no_error_of_the_protocol() -> None:
    told = talk(*WRONG)
    assert told.count("window/showMessage") >= len(WRONG) - 2
    assert "Traceback" not in told
    assert PASSWORD not in told


def test_no_faulty_configuration(tmp_path: Path) -> None:
    (tmp_path / "capdrop.toml").write_text(f"ignore = ['{PASSWORD}', '{TOKEN}']\n")
    told = talk(opened(tmp_path / "Dockerfile", "FROM a\n"))
    assert "there is no rule" in told
    assert seen(told) == []
    assert PASSWORD not in told
