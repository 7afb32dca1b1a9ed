"""Side by side with detect-secrets: its comments, its audits, its plugins, and a baseline that its audit opens."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from capdrop import cli
from capdrop.pragmas import allowed_lines
from capdrop.secrets.bridge import others
from capdrop.source import Source

PASSWORD = "Kp3-vv81" + "-Qz"
SEED = "4f0c92d1b7e83a65" + "d20f9c417ab8e653"
INSTALLED = importlib.util.find_spec("detect_secrets") is not None
needs_the_extra = pytest.mark.skipif(not INSTALLED, reason="detect-secrets is not installed")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: b  # pragma: allowlist secret", {1}),
        ("a: b  # pragma: whitelist secret", {1}),
        ("a: b  #pragma:allowlist secret", {1}),
        ("a: b  # pragma: allowlist-secret", {1}),
        ("a: b  # pragma: allowlist secret -- the key of a test", {1}),
        ("a=b // pragma: allowlist secret", {1}),
        ("a=b /* pragma: allowlist secret */", {1}),
        ("a=b /* pragma: allowlist secret", set()),
        ("a=b ' pragma: allowlist secret", {1}),
        ("a=b -- pragma: allowlist secret", {1}),
        ("<a>b</a> <!-- pragma: allowlist secret -->", {1}),
        ("<a>b</a> <!-- # pragma: allowlist secret -->", {1}),
        ("# pragma: allowlist nextline secret\na: b\n", {2}),
        ("  # pragma: allowlist-nextline-secret\n  a: b\n", {2}),
        ("x: y # pragma: allowlist nextline secret\na: b\n", set()),
        ("# pragma: whitelist nextline secret\na: b\n", set()),
        ("## pragma: allowlist nextline secret\na: b\n", set()),
        ("a: b #\tpragma: allowlist secret", set()),
        ("a: b # pragma: no cover", set()),
        ("a: pragma: allowlist secret", set()),
        ("a: b # allowlist secret", set()),
    ],
)
def test_the_forms_of_a_pragma(text: str, lines: set[int]) -> None:
    assert allowed_lines(text) == lines


@needs_the_extra
def test_a_pragma_means_what_it_means_there() -> None:
    from detect_secrets.filters.allowlist import is_line_allowlisted
    from detect_secrets.util.code_snippet import get_code_snippet

    for comment in (
        "# pragma: allowlist secret",
        "#pragma: whitelist-secret",
        "# pragma: allow secret",
        "# pragma: allowlist  secret",
        "pragma: allowlist secret",
    ):
        line = f"password: {PASSWORD} {comment}"
        theirs = is_line_allowlisted("a.yaml", line, get_code_snippet([line], 1))
        assert (allowed_lines(line) == {1}) == theirs, comment


def checked(folder: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    cli.main(["check", "--format", "json", "--show-suppressed", *arguments, str(folder)])
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def compose(folder: Path, *lines: str) -> Path:
    path = folder / "compose.yaml"
    path.write_text("services:\n  db:\n    image: postgres:17\n    environment:\n" + "".join(f"      {line}\n" for line in lines))
    return path


SECRETS = "hard-coded-credential,detect-secrets-finding"


def test_a_pragma_silences_secrets_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    compose(tmp_path, f"A_PASSWORD: {PASSWORD}  # pragma: allowlist secret", f"B_PASSWORD: {PASSWORD}")
    found = checked(tmp_path, "--select", "hard-coded-credential", capsys=capsys)["findings"]
    assert [finding["suppressed"] and finding["suppressed"]["how"] for finding in found] == ["comment", None]
    (tmp_path / "compose.yaml").write_text("services: {a: {image: b, privileged: true}}  # pragma: allowlist secret\n")
    (finding,) = checked(tmp_path, "--select", "privileged-container", capsys=capsys)["findings"]
    assert finding["suppressed"] is None


def baseline(folder: Path, secret: str, **audit: bool) -> None:
    entry = {
        "type": "Secret Keyword",
        "filename": "compose.yaml",
        "hashed_secret": sha1(secret.encode()).hexdigest(),
        "line_number": 5,
        **audit,
    }
    plugins = [{"name": "KeywordDetector"}, {"name": "HexHighEntropyString", "limit": 3.0}]
    content = {"version": "1.5.0", "plugins_used": plugins, "filters_used": [], "results": {"compose.yaml": [entry]}}
    (folder / ".secrets.baseline").write_text(json.dumps(content))


@pytest.mark.parametrize(("audit", "how"), [({"is_secret": False}, "baseline"), ({"is_secret": True}, None), ({}, None)])
def test_what_was_audited_as_none_is_none(
    audit: dict[str, bool], how: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    compose(tmp_path, f"A_PASSWORD: {PASSWORD}")
    baseline(tmp_path, PASSWORD, **audit)
    (finding,) = checked(tmp_path, "--select", "hard-coded-credential", capsys=capsys)["findings"]
    assert (finding["suppressed"] and finding["suppressed"]["how"]) == how
    (finding,) = checked(tmp_path, "--isolated", "--select", "hard-coded-credential", capsys=capsys)["findings"]
    assert finding["suppressed"] is None


@pytest.mark.parametrize("content", ["", "[]", "{", '{"results": 3}', "[" * 100_000])
def test_a_broken_baseline_is_misuse(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    compose(tmp_path, f"A_PASSWORD: {PASSWORD}")
    (tmp_path / ".secrets.baseline").write_text(content)
    assert cli.main(["check", "--select", "hard-coded-credential", "."]) == 2
    assert "not a baseline of detect-secrets" in capsys.readouterr().err


@needs_the_extra
def test_its_plugins_find_more_and_agreement_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    compose(tmp_path, f'A_PASSWORD: "{PASSWORD}"', f'SEED: "{SEED}"')
    baseline(tmp_path, "other")
    found = checked(tmp_path, capsys=capsys)["findings"]
    secrets = [(finding["rule"], finding["line"]) for finding in found if finding["rule"] in SECRETS]
    assert secrets == [("hard-coded-credential", 5), ("detect-secrets-finding", 6)]
    assert not any(PASSWORD in json.dumps(finding) or SEED in json.dumps(finding) for finding in found)
    (tmp_path / ".secrets.baseline").unlink()
    assert not any(finding["rule"] == "detect-secrets-finding" for finding in checked(tmp_path, capsys=capsys)["findings"])


@needs_the_extra
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", f"services: {{}}\nx-a:\n  SEED: {SEED}\n"),
        ("compose.yaml", f'services: {{}}\nx-a:\n  SEED: "{SEED}"\n'),
        ("compose.yaml", f"services: {{}}\nx-a:\n  SEED: {SEED} # pragma: allowlist secret\n"),
        ("compose.yaml", f"services: {{}}\r\nx-a:\r\n  A: b\r\n  SEED: {SEED}\r\n"),
        ("compose.yaml", f"services: {{}}\nx-a:\n  SEED: >-\n    {SEED}\n"),
        ("compose.yaml", f"services: {{}}\nx-a: {{A: b, C: d, SEED: '{SEED}'}}\n"),
        ("two.yaml", f"a: b\n---\nSEED: {SEED}\nB: '{SEED}'\n"),
        ("broken.yaml", f"a: [\nSEED: {SEED}\nB: '{SEED}'\n"),
        (".env", f"A=1\nSEED={SEED}\n"),
        (".env", f"A=1\nSEED={SEED}\nB='{SEED[::-1]}'\n"),
        ("Dockerfile", f"FROM a\nENV SEED={SEED}\n"),
        ("package-lock.yaml", f"SEED: {SEED}\n"),
    ],
)
def test_it_finds_what_detect_secrets_scan_finds(name: str, text: str, tmp_path: Path) -> None:
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    path = tmp_path / name
    path.write_bytes(text.encode())
    with default_settings():
        theirs = {(secret.line_number, secret.type, secret.secret_value) for secret in scan_file(str(path))}
    source = Source(str(path), text)
    ours = {(source.position(one.start).line, one.what, text[one.start : one.end]) for one in others(text, str(path))}
    assert {one[1:] for one in ours} == {one[1:] for one in theirs}
    if ">-" not in text and "{A" not in text:  # there they name another line
        assert ours == theirs


@needs_the_extra
def test_what_is_beside_another_secret_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    compose(tmp_path, f"URL: postgres://app:{PASSWORD}@db/app", f"SEED: {SEED}")
    found = checked(tmp_path, "--select", "password-in-url,detect-secrets-finding", capsys=capsys)["findings"]
    assert [(finding["rule"], finding["line"]) for finding in found] == [("password-in-url", 5), ("detect-secrets-finding", 6)]


@needs_the_extra
def test_nobody_is_asked_whether_a_secret_is_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The baselines that `detect-secrets scan` writes have its filter that asks the providers."""
    import requests

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network is asked")

    monkeypatch.setattr(requests.Session, "request", refuse)
    monkeypatch.chdir(tmp_path)
    token = "xoxb" + "-723194605318-839205716429-aB3dE5fG7hJ9kL1mN3pQ5rS7"
    compose(tmp_path, f'SLACK: "{token}"')
    asks = {"path": "detect_secrets.filters.common.is_ignored_due_to_verification_policies", "min_level": 2}
    content = {"version": "1.5.0", "plugins_used": [{"name": "SlackDetector"}], "filters_used": [asks], "results": {}}
    (tmp_path / ".secrets.baseline").write_text(json.dumps(content))
    assert [one.what for one in others((tmp_path / "compose.yaml").read_text(), "compose.yaml")] == ["Slack Token"]
    assert cli.main(["baseline", "--detect-secrets", "."]) == 0
    assert asks in json.loads((tmp_path / ".secrets.baseline").read_text())["filters_used"]
    capsys.readouterr()


@needs_the_extra
@pytest.mark.parametrize(
    "arguments", [["check", "."], ["check", "--select", "detect-secrets-finding", "."], ["baseline", "--detect-secrets", "."]]
)
def test_code_that_a_baseline_names_is_not_run(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("plugin.py", "filters.py", "evil.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'run')!r}, 'a')\n")
    compose(tmp_path, f'A_PASSWORD: "{PASSWORD}"', f'SEED: "{SEED}"')
    plugins = [{"name": "Evil", "path": "file://plugin.py"}, {"name": "KeywordDetector"}, 3]
    filters = [{"path": "file://filters.py::one"}, {"path": "evil.one"}, 3]
    content = {"version": "1.5.0", "plugins_used": plugins, "filters_used": filters, "results": {}}
    (tmp_path / ".secrets.baseline").write_text(json.dumps(content))
    assert cli.main(arguments) == (2 if arguments[0] == "baseline" else 1)
    assert not (tmp_path / "run").exists()
    assert "broke" not in capsys.readouterr().err


@needs_the_extra
def test_its_audit_opens_what_we_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    compose(tmp_path, f'A_PASSWORD: "{PASSWORD}"', f'SEED: "{SEED}"')
    assert cli.main(["baseline", "--detect-secrets", "."]) == 0
    assert capsys.readouterr().out == ".secrets.baseline: 2 findings\n"
    written = json.loads((tmp_path / ".secrets.baseline").read_text())
    assert {entry["type"] for entry in written["results"]["compose.yaml"]} == {"Secret Keyword", "Hex High Entropy String"}
    audit = [sys.executable, "-m", "detect_secrets", "audit", ".secrets.baseline"]
    ran = subprocess.run(audit, input="y\ny\n", capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    audited = json.loads((tmp_path / ".secrets.baseline").read_text())
    assert [entry["is_secret"] for entry in audited["results"]["compose.yaml"]] == [False, False]
    found = [finding for finding in checked(tmp_path, capsys=capsys)["findings"] if finding["rule"] in SECRETS]
    assert [finding["suppressed"]["how"] for finding in found] == ["baseline"] * len(found) != []
    assert cli.main(["baseline", "--detect-secrets", "."]) == 0
    again = json.loads((tmp_path / ".secrets.baseline").read_text())
    assert [entry["is_secret"] for entry in again["results"]["compose.yaml"]] == [False, False]


def test_it_is_not_imported_unless_used(tmp_path: Path) -> None:
    compose(tmp_path, f'A_PASSWORD: "{PASSWORD}"')
    used = "any(name.startswith('detect_secrets') for name in sys.modules)"
    script = f"import sys; from capdrop import cli; cli.main(['check', '.']); sys.exit({used})"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
