"""The language server, spoken to over standard input and output as an editor does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from time import perf_counter
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PATIENCE = 120
"""Seconds that the tests may take before the server is stopped."""

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: b
      image: a:1
      securityContext: {privileged: true}
"""
COMPOSE = "# ✓ 🔒\nservices:\n  app: {image: 'a:1', privileged: true} # 🔒\n"


class Client:
    """Just enough of an editor."""

    def __init__(self, *, makes_files: bool = True, encodings: tuple[str, ...] = (), root: str | None = None) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "hooks")])}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "capdrop", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.patience = Timer(PATIENCE, self.process.kill)
        self.patience.start()
        self.number = 0
        self.notifications: list[dict[str, Any]] = []
        self.past: list[dict[str, Any]] = []
        able: dict[str, Any] = {"workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}}
        able = able if makes_files else {}
        if encodings:
            able["general"] = {"positionEncodings": encodings}
        answer = self.request("initialize", {"processId": None, "rootUri": root, "capabilities": able})
        self.offered: dict[str, Any] = answer["capabilities"]
        self.notify("initialized", {})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline():
            if not line.strip():
                break
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert line, "the server has ended, or was silent for too long"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        self.past.append(message)
        return message

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: dict[str, Any] | None) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self.notifications.append(message)

    def diagnostics(self) -> dict[str, Any]:
        while True:
            message = self.notifications.pop(0) if self.notifications else self.receive()
            assert message.get("method") != "window/logMessage" or "failed" not in message["params"]["message"], message
            if message.get("method") == "textDocument/publishDiagnostics":
                params: dict[str, Any] = message["params"]
                return params

    def open(self, uri: str, text: str, language: str = "yaml") -> dict[str, Any]:
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return self.diagnostics()

    def change(self, uri: str, text: str, version: int) -> dict[str, Any]:
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return self.diagnostics()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.request("shutdown", None)
            self.notify("exit", {})
        self.process.wait(10)
        self.patience.cancel()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    client = Client()
    yield client
    client.stop()


def codes(published: dict[str, Any]) -> list[str]:
    return [diagnostic["code"] for diagnostic in published["diagnostics"]]


def test_diagnostics_follow_the_buffer(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    published = client.open(uri, COMPOSE)
    assert "privileged-container" in codes(published)
    assert published["version"] == 1
    found = next(d for d in published["diagnostics"] if d["code"] == "privileged-container")
    assert found["range"] == {"start": {"line": 2, "character": 34}, "end": {"line": 2, "character": 38}}
    assert found["source"] == "capdrop"
    assert "privileged-container" not in codes(client.change(uri, COMPOSE.replace("true", "false"), 2))


def test_a_server_that_is_told_to_ends_in_peace() -> None:
    client = Client()
    client.request("shutdown", None)
    client.notify("exit", {})
    _, said = client.process.communicate(timeout=PATIENCE)
    client.patience.cancel()
    assert (client.process.returncode, said) == (0, b"")


@pytest.mark.parametrize(
    ("encodings", "agreed", "size"),
    [((), "utf-16-le", 2), (("utf-8", "utf-16", "utf-32"), "utf-8", 1), (("utf-32", "utf-16"), "utf-32-le", 4), (("x",), "utf-16-le", 2)],
)
def test_columns_are_in_the_units_that_were_agreed_on(encodings: tuple[str, ...], agreed: str, size: int) -> None:
    """Helix and newer versions of Neovim ask for UTF-8."""
    client = Client(encodings=encodings)
    try:
        published = client.open("file:///project/compose.yaml", "services: {'é🔒': {image: 'a:1', privileged: true}}\n")
        found = next(d for d in published["diagnostics"] if d["code"] == "privileged-container")
        assert client.offered["positionEncoding"] == agreed.removesuffix("-le")
        assert found["range"]["start"]["character"] == len("services: {'é🔒': {image: 'a:1', privileged: ".encode(agreed)) // size
        where = {"textDocument": {"uri": "file:///project/compose.yaml"}, "position": found["range"]["end"]}
        assert client.request("textDocument/hover", where)["range"] == found["range"]
    finally:
        client.stop()


def test_quick_fixes_edit_the_buffer_and_name_its_version(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    published = client.open(uri, COMPOSE)
    found = next(d for d in published["diagnostics"] if d["code"] == "privileged-container")
    actions = client.request(
        "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": found["range"], "context": {"diagnostics": [found]}}
    )
    by_title = {action["title"]: action for action in actions}
    fix = next(action for title, action in by_title.items() if title.startswith("Remove `privileged`"))
    change = fix["edit"]["documentChanges"][0]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    assert change["edits"] == [{"range": {"start": {"line": 2, "character": 20}, "end": {"line": 2, "character": 38}}, "newText": ""}]
    assert not fix["isPreferred"]
    ignore = by_title["Ignore privileged-container here"]["edit"]["documentChanges"][0]["edits"][0]
    assert ignore["newText"] == "  # capdrop: ignore[privileged-container]\n"
    lines = COMPOSE.splitlines(keepends=True)
    suppressed = "".join([*lines[:2], ignore["newText"], *lines[2:]])
    assert "privileged-container" not in codes(client.change(uri, suppressed, 2))


def actions(client: Client, uri: str, last: int, only: list[str] | None = None) -> list[dict[str, Any]]:
    """The code actions for the lines up to one."""
    where = {"start": {"line": 0, "character": 0}, "end": {"line": last, "character": 0}}
    context = {"diagnostics": []} if only is None else {"diagnostics": [], "only": only}
    found: list[dict[str, Any]] = client.request(
        "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": where, "context": context}
    )
    return found


def edited(text: str, action: dict[str, Any], version: int = 1) -> str:
    """An ASCII text after the edits of an action, which name the version that they are for."""
    change = action["edit"]["documentChanges"][0]
    assert change["textDocument"]["version"] == version
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for edit in sorted(change["edits"], key=lambda edit: edit["range"]["start"]["line"], reverse=True):
        start, end = (starts[edit["range"][side]["line"]] + edit["range"][side]["character"] for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def test_all_that_is_safe_is_fixed_at_once(client: Client) -> None:
    uri = "file:///project/Dockerfile"
    text = (
        "FROM k8s.gcr.io/pause:3.5\r\nUSER root\r\nRUN sudo true && \\\r\n  sudo x\r\nUSER 1000\r\n# capdrop: ignore[no-such]\r\nCMD a\r\n"
    )
    client.open(uri, text, "dockerfile")
    for only in (["source.fixAll"], ["source.fixAll.capdrop"], ["source"]):
        (action,) = actions(client, uri, 0, only)
        assert action["kind"] == "source.fixAll.capdrop"
        after = edited(text, action)
        assert "registry.k8s.io/pause:3.5" in after
        assert "sudo" not in after
    assert "safe" not in action["title"].partition(":")[2]
    assert codes(client.change(uri, after, 2)).count("sudo-in-build") == 0
    assert actions(client, uri, 0, ["source.fixAll"]) == []
    assert actions(client, uri, 0, ["refactor.extract"]) == []


def test_a_container_is_hardened_in_one_edit(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    text = "services:\n  app:\n    image: a:1\n    privileged: true\n    pid: host\n  side:\n    image: a:1\n    ipc: host\n"
    client.open(uri, text)
    hardenings = [action for action in actions(client, uri, 3) if action["kind"].endswith("harden")]
    assert [action["title"].partition(":")[0] for action in hardenings] == ["Harden `app`"]
    missing = "    cap_drop: [ALL]\n    pids_limit: 200\n"
    missing += '    read_only: true\n    security_opt: ["no-new-privileges:true"]\n'
    assert edited(text, hardenings[0]) == text.replace("    privileged: true\n    pid: host\n", missing)
    assert {a["title"].partition(":")[0] for a in actions(client, uri, 9, ["refactor"])} == {"Harden `app`", "Harden `side`"}


def test_a_pod_is_restricted_in_one_edit(client: Client) -> None:
    uri = "file:///project/pod.yaml"
    text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: a:1\n"
    client.open(uri, text)
    (action,) = actions(client, uri, 7, ["refactor.rewrite.capdrop.restrict"])
    assert action["title"] == "Have `Pod/web` reach the restricted Pod Security Standard: 4 fixes (unsafe)"
    assert edited(text, action) == text + (
        "      securityContext:\n        allowPrivilegeEscalation: false\n        runAsNonRoot: true\n"
        "        seccompProfile:\n          type: RuntimeDefault\n        capabilities:\n          drop:\n            - ALL\n"
    )
    client.open("file:///project/Dockerfile", "FROM debian:13\nCMD a\n", "dockerfile")
    assert actions(client, "file:///project/Dockerfile", 1, ["refactor.rewrite.capdrop.restrict"]) == []


def test_a_suppression_with_room_for_its_reason(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    client.open(uri, COMPOSE)
    action = next(a for a in actions(client, uri, 2) if a["title"] == "Ignore privileged-container here, with a reason")
    text = action["edit"]["documentChanges"][0]["edits"][0]["newText"]
    assert text == "  # capdrop: ignore[privileged-container] -- TODO: say why\n"


def test_edits_are_for_the_version_that_was_judged(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    client.open(uri, COMPOSE)
    client.change(uri, "# one more line\n" + COMPOSE, 7)
    found = actions(client, uri, 4)
    assert found
    assert {action["edit"]["documentChanges"][0]["textDocument"]["version"] for action in found} == {7}


IGNORES_SECRETS = "Write `.env` into `.dockerignore`"


def test_a_fix_beside_the_buffer_makes_the_file(client: Client, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DB_PASSWORD=" + "Kp3-vv81-Qz\n")
    uri, text = (tmp_path / "Dockerfile").as_uri(), "FROM node:22\nCOPY . /app\n"
    beside = (tmp_path / ".dockerignore").as_uri()
    client.open(uri, text, "dockerfile")
    (fix,) = (action for action in actions(client, uri, 2) if action["title"].startswith(IGNORES_SECRETS))
    made, changed = fix["edit"]["documentChanges"]
    assert (made["kind"], made["uri"]) == ("create", beside)
    assert changed["textDocument"] == {"uri": beside, "version": None}
    assert [edit["newText"] for edit in changed["edits"]] == [".env\n"]
    assert changed["edits"][0]["range"]["start"] == {"line": 0, "character": 0}
    (harden,) = (action for action in actions(client, uri, 2) if action["kind"].endswith("harden"))
    assert {"uri": beside, "kind": "create"}.items() <= next(c for c in harden["edit"]["documentChanges"] if "kind" in c).items()
    other = Client(makes_files=False)
    other.open(uri, text, "dockerfile")
    assert not any(action["title"].startswith(IGNORES_SECRETS) for action in actions(other, uri, 2))
    other.stop()


def test_a_file_beside_that_is_open_is_edited_in_its_version(client: Client, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DB_PASSWORD=" + "Kp3-vv81-Qz\n")
    ignored = tmp_path / ".dockerignore"
    ignored.write_text("# é\n*.log")
    uri, beside = (tmp_path / "Dockerfile").as_uri(), ignored.as_uri()
    client.open(beside, "# é\n*.log", "ignore")
    client.change(beside, "# é\n*.log", 4)
    client.open(uri, "FROM node:22\nCOPY . /app\n", "dockerfile")
    (fix,) = (action for action in actions(client, uri, 2) if action["title"].startswith(IGNORES_SECRETS))
    (changed,) = fix["edit"]["documentChanges"]
    end = {"line": 1, "character": 5}
    assert changed["textDocument"] == {"uri": beside, "version": 4}
    assert changed["edits"] == [{"range": {"start": end, "end": end}, "newText": "\n.env\n"}]
    client.change(beside, "# typed\n*.log", 5)
    assert not any(action["title"].startswith(IGNORES_SECRETS) for action in actions(client, uri, 2))


def test_hover_shows_the_page_of_the_rule(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    client.open(uri, COMPOSE)
    hover = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 2, "character": 36}})
    assert hover["contents"]["value"].startswith("# privileged-container")
    assert client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}) is None


@pytest.mark.parametrize(
    ("language", "uri"),
    [
        ("dockerfile", "file:///project/build.docker"),
        ("dockerfile", "file:///project/Dockerfile"),
        ("plaintext", "file:///project/Dockerfile.web"),
        ("dockercompose", "file:///project/stack.yaml"),
        ("yaml.docker-compose", "file:///project/stack.yaml"),
        ("yaml", "file:///project/compose.yaml"),
        ("yaml", "file:///project/pod.yaml"),
        ("helm", "file:///project/chart/templates/pod.yaml"),
        ("shellscript", "file:///project/start"),
        ("sh", "file:///project/start.sh"),
        ("makefile", "file:///project/rules.make"),
        ("make", "file:///project/Makefile"),
        ("plaintext", "untitled:Untitled-1/Dockerfile"),
    ],
)
def test_language_ids_of_all_editors(client: Client, language: str, uri: str) -> None:
    texts = {
        "Docker": "FROM debian:12\nUSER root\n",
        "build": "FROM debian:12\nUSER root\n",
        "pod": "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a:1\n    securityContext: {runAsUser: 0}\n",
        "start": "docker run --user root a:1\n",
        "ake": "x:\n\tdocker run --user root a:1\n",
        "yaml": "services:\n  app:\n    image: a:1\n    user: root\n",
    }
    text = next(text for part, text in texts.items() if part in uri)
    assert "root-user" in codes(client.open(uri, text, language))


@pytest.mark.parametrize("language", ["dotenv", "sh", "shellscript", "plaintext", "properties"])
def test_an_env_file_is_one_whatever_the_editor_calls_it(client: Client, language: str) -> None:
    text = "POSTGRES_PASSWORD=changeme\n"
    assert codes(client.open("file:///project/.env.production", text, language)) == ["default-credential"]
    unnamed = text.replace("=", ": ")
    assert codes(client.open("untitled:Untitled-1", unnamed, language)) == (["default-credential"] if language == "dotenv" else [])


def test_what_is_not_ours_is_left_alone(client: Client) -> None:
    assert codes(client.open("file:///project/values.yaml", "user: root\n")) == []


def test_changes_are_asked_for_as_whole_texts(client: Client) -> None:
    """pygls counts lines otherwise than the protocol does where a text holds `\\f` or U+2028, so a part would go to the wrong place."""
    assert client.offered["textDocumentSync"]["change"] == 1


@pytest.mark.parametrize("text", ["services:\n  app: {image: 'a:1', privileged: true}\n", POD])
def test_a_buffer_without_a_name_is_judged_by_its_language(client: Client, text: str) -> None:
    assert "privileged-container" in codes(client.open("untitled:Untitled-1", text, "yaml"))


def test_every_finding_of_a_selection_has_its_actions(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    text = "services:\n  app:\n    image: a:1\n    privileged: true\n    user: root\n"
    client.open(uri, text)
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    params = {"textDocument": {"uri": uri}, "range": everything, "context": {"diagnostics": []}}
    titles = [action["title"] for action in client.request("textDocument/codeAction", params)]
    assert {"Ignore privileged-container here", "Ignore root-user here"} <= set(titles)


def test_a_file_is_judged_by_its_place_in_the_folder_that_is_open(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    text = "services: {app: {image: 'acme/app:latest', network_mode: none}}\n"
    found = []
    for root in (tmp_path.as_uri(), (tmp_path / "dev").as_uri(), (tmp_path / "gone").as_uri()):
        client = Client(root=root)
        found.append(codes(client.open((tmp_path / "dev" / "compose.yaml").as_uri(), text)))
        client.stop()
    assert found == [[], ["image-with-moving-tag"], ["image-with-moving-tag"]]


def test_the_configuration_and_the_baseline_hold_in_the_editor(client: Client, tmp_path: Path) -> None:
    text = "services:\n  app: {image: 'a:1', privileged: true, user: root}\n"
    (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "excluded.compose.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "capdrop.toml").write_text(
        'exclude = ["excluded*"]\n[[suppress]]\nrule = "privileged-container"\nsubject = "services.app"\nreason = "tested"\n',
        encoding="utf-8",
    )
    assert codes(client.open((tmp_path / "compose.yaml").as_uri(), text)) == ["root-user"]
    assert codes(client.open((tmp_path / "excluded.compose.yaml").as_uri(), text, "dockercompose")) == []
    (tmp_path / ".capdrop-baseline").write_text("compose.yaml\troot-user\tservices.app\t0\n", encoding="utf-8")
    assert codes(client.change((tmp_path / "compose.yaml").as_uri(), text, 2)) == []


def test_a_faulty_configuration_is_said_and_left_aside(client: Client, tmp_path: Path) -> None:
    (tmp_path / "capdrop.toml").write_text("profil = 1\n", encoding="utf-8")
    assert "root-user" in codes(client.open((tmp_path / "Dockerfile").as_uri(), "FROM debian:12\nUSER root\n", "dockerfile"))
    logged = [message["params"]["message"] for message in client.past if message.get("method") == "window/logMessage"]
    assert any("unknown key 'profil'; did you mean 'profile'?" in line for line in logged)


def test_rules_of_a_folder_run_only_where_it_is_trusted(client: Client, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "rule.py").write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    (tmp_path / "capdrop.toml").write_text('rules = ["mine"]\nselect = ["root-user", "my-rule"]\n', encoding="utf-8")
    assert codes(client.open((tmp_path / "Dockerfile").as_uri(), "FROM debian:12\nUSER root\n", "dockerfile")) == ["root-user"]


def test_no_message_shows_a_secret(client: Client) -> None:
    uri = "file:///project/Dockerfile"
    client.open(uri, "FROM debian:12\nENV DB_PASSWORD=SENTINEL-9f2c1b\nUSER 1000\n", "dockerfile")
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    actions = client.request("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": everything, "context": {"diagnostics": []}})
    hover = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 18}})
    assert "hard-coded-credential" in hover["contents"]["value"]
    assert "SENTINEL" not in json.dumps([actions, hover, client.past])


def test_a_change_is_judged_at_once(client: Client) -> None:
    uri = "file:///project/compose.yaml"
    service = "  s{0}:\n    image: a:{0}\n    privileged: true\n    environment:\n      PASSWORD: hunter2-{0}\n"
    text = "services:\n" + "".join(service.format(number) for number in range(100))
    client.open(uri, text)
    times = []
    for version in range(2, 7):
        start = perf_counter()
        client.change(uri, f"{text}# {version}\n", version)
        times.append(perf_counter() - start)
    assert min(times) < 2, times


def test_every_prefix_of_every_example_is_survived(client: Client) -> None:
    texts = {
        "file:///project/Dockerfile": "# escape=`\nFROM a AS b\nRUN <<-'EOT' tee x && \\\n\techo $(cat `x`)\n\tEOT\nENV A=\"b\n",
        "file:///project/compose.yaml": COMPOSE + 'x: &a {<<: *a, b: ["${X:-${Y}}", !reset null]}\n',
        "file:///project/pod.yaml": "apiVersion: v1\nkind: Pod\nspec:\n  {{- if .X }}\n  containers:\n  - name: {{ .Y }}\n    image: 'a'\n",
        "file:///project/run.sh": 'docker run --privileged -v "$(pwd):/x" -e \'A=b\' img sh -c "curl | sh"\n',
    }
    version = 1
    for uri, text in texts.items():
        client.open(uri, "")
        for end in range(len(text) + 1):
            version += 1
            assert client.change(uri, text[:end], version)["version"] == version
