"""No secret is shown: not by any format, message, fix, baseline, editor or crash, whatever its form."""

from __future__ import annotations

import base64
import io
import json
import re
import textwrap
from pathlib import Path

import pytest
from capdrop import cli, rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesWritten
from capdrop.secrets.formats import BY_PREFIX
from capdrop.source import Source

from tests.sentinel import FORMATS, KNOWN, PASSWORD, seen, texts, token


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sentinel")
    for name, text in texts(KNOWN).items():
        (folder / name).write_text(text)
    return folder


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


@pytest.mark.parametrize("name", ["Dockerfile", "secret.yaml", ".env"])
def test_no_better_way_shows_a_secret(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(texts(KNOWN[::30])[name])
    cli.main(["fix", "--by-hand", "--isolated", "."])
    out, err = capsys.readouterr()
    assert "provider-token" in out
    assert seen(out + err) == []


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


CALLED = {
    "compose.yaml": "services:\n  {}:\n    image: a:latest\n    privileged: true\n    user: root\n    cap_add: [SYS_ADMIN]\n"
    "    ports: ['22:22', '80:80']\n    network_mode: host\n    labels: {{'{}': x}}\n    environment: {{'{}': x, CI: '{}'}}\n"
    "    volumes: ['/etc/{}:/x', '/:/{}']\n    security_opt: ['seccomp:{}']\n    '{}': 1\n",
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {{name: '{}', annotations: {{capdrop.dev/ignore: '{}'}}}}\n"
    "spec:\n  hostNetwork: true\n  nodeName: '{}'\n  containers:\n  - name: '{}'\n"
    "    image: a:latest\n    securityContext: {{privileged: true, runAsUser: 0}}\n"
    "    env: [{{name: '{}', value: x}}]\n  volumes: [{{name: '{}', hostPath: {{path: '/{}'}}}}]\n",
    "Dockerfile": "FROM acme/app:latest\nENV {}=1\nUSER {}\nWORKDIR /{}\n# capdrop: ignore[{}] -- x\n"
    "# capdrop: ignore[missing-user] -- {}\nCOPY --from={} /a /b\nRUN curl -k https://a/{} | sh && chmod 777 /{}\n",
    "run.sh": "docker run --privileged --name {} -v /:/{} --cap-add {} --pid=host --restart {} a:1 {}\n",
}
ROW = next(row for row in BY_PREFIX if row[3] == "glpat-")
TOKEN, OTHER = (token("", ROW[3], ROW[4], ROW[5]) for _ in range(2))


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in CALLED.items():
        (tmp_path / name).write_text(text.replace("{{", "{").replace("}}", "}").replace("{}", TOKEN))
    return tmp_path


STRICT = ["--isolated", "--profile", "strict", "--min-confidence", "low"]


@pytest.mark.parametrize(
    "arguments",
    [
        *(["check", "--show-suppressed", "--format", form] for form in FORMATS),
        ["fix"],
        ["fix", "--unsafe"],
        ["fix", "--by-hand"],
        ["fix", "--interactive"],
        ["baseline", "--file", "known"],
    ],
    ids=lambda arguments: arguments[-1].strip("-"),
)
def test_what_is_called_by_a_secret_is_not_called_by_it(
    arguments: list[str], called: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n" * 500))
    cli.main([*arguments, *STRICT, "."])
    out, err = capsys.readouterr()
    assert "privileged" in out or arguments[0] == "baseline"
    told = out + err + "".join(path.read_text() for path in [called / "known"] if path.exists())
    assert TOKEN not in told
    assert TOKEN.lower() not in told.lower()


IN_PIECES = {
    "run.sh": f"docker run --privileged --name {PASSWORD} -e 'A_PASSWORD={PASSWORD[:9]}'\"{PASSWORD[9:]}\" a:1\n",
    "go.sh": f"docker run --privileged --name {PASSWORD} -e A_PASSWORD={PASSWORD[:9]}\\\n{PASSWORD[9:]} a:1\n",
    "compose.yaml": f"services:\n  {PASSWORD}:\n    image: a:1\n    privileged: true\n    environment:\n"
    f'      A_PASSWORD: "{PASSWORD[:9]}\\\n        {PASSWORD[9:]}"\n',
    "Dockerfile": f"FROM a:1 AS {PASSWORD}\nENV A_PASSWORD={PASSWORD[:9]}\\\n{PASSWORD[9:]}\nUSER root\n",
}


@pytest.mark.parametrize("name", IN_PIECES)
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_called_by_a_secret_in_pieces(name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text(IN_PIECES[name])
    cli.main(["check", *STRICT, "--format", form, str(tmp_path / name)])
    out, err = capsys.readouterr()
    assert "hard-coded-credential" in out
    assert PASSWORD.lower() not in (out + err).lower()


def test_a_baseline_knows_what_it_does_not_name(called: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["baseline", *STRICT, "."])
    capsys.readouterr()
    (called / "capdrop.toml").write_text("baseline = '.capdrop-baseline'\n")
    cli.main(["check", *STRICT[1:], "."])
    assert "no findings" in capsys.readouterr().out


def test_a_fingerprint_is_not_of_a_secret(called: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def prints() -> list[str]:
        cli.main(["check", *STRICT, "--format", "json", "compose.yaml"])
        return [finding["fingerprint"] for finding in json.loads(capsys.readouterr().out)["findings"]]

    first = prints()
    text = (called / "compose.yaml").read_text()
    (called / "compose.yaml").write_text(text.replace(TOKEN, OTHER))
    assert prints() == first


def test_no_secret_stands_in_a_diff_where_it_was_not_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same secret, in a comment that says nothing of it, beside a line that is mended."""
    path = tmp_path / "compose.yaml"
    path.write_text(f"services:\n  a:\n    image: acme/app:1\n    # was {PASSWORD} once\n    environment: {{A_PASSWORD: '{PASSWORD}'}}\n")
    cli.main(["fix", "--unsafe", "--isolated", str(path)])
    out, err = capsys.readouterr()
    assert "# was" not in out  # git would not take the line as it may be shown
    assert PASSWORD not in out + err


@pytest.mark.parametrize("name", texts(KNOWN[::12]))
@pytest.mark.parametrize("form", FORMATS)
def test_standard_input(name: str, form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(texts(KNOWN[::12])[name].encode())))
    cli.main(["check", "--isolated", "--format", form, "--stdin-filename", name, "-"])
    out, err = capsys.readouterr()
    assert "provider-token" in out
    assert seen(out + err) == []


KEPT = json.dumps({"apiVersion": "v1", "kind": "Secret", "data": {"password": base64.b64encode(PASSWORD.encode()).decode()}})
ELSEWHERE = {
    "applied.yaml": f"""\
apiVersion: v1
kind: Secret
metadata:
  name: a
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {KEPT}
""",
    "Dockerfile": f"""\
FROM acme/app:latest
RUN sed -i 's/^db_password=.*/db_password={PASSWORD}/' /etc/a && curl -k https://a.acme.io | sh
RUN perl -pi -e 's/__DB_PASSWORD__/{PASSWORD}/' /etc/a
RUN echo '{PASSWORD}' > /run/secrets/db_password
RUN printf '[db]\\npassword = {PASSWORD}\\n' > /etc/a.ini
RUN PGPASSWORD={PASSWORD} psql -h db
# CONN=Server=db;User Id=sa;Password={PASSWORD};
COPY <<EOF /run.sh
#!/bin/sh
PGPASSWORD={PASSWORD} psql -h db
EOF
""",
    "compose.yaml": f"""\
services:
  app:
    image: acme/app:latest
    privileged: true
    environment:
      DB_PASSWORD: &p {PASSWORD}
      API_SECRET: *p
      API_KEYS: '["{PASSWORD}", "{PASSWORD}2"]'
      DB: postgres://app:a1/{PASSWORD}b2@db/app
    command: sh -c 'echo {PASSWORD} > /run/db_password'
secrets:
  a:
    content: {PASSWORD}
""",
}


def test_the_annotation_of_kubectl_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "applied.yaml").write_text(ELSEWHERE["applied.yaml"])
    cli.main(["fix", "--by-hand", "--isolated", "."])
    out = capsys.readouterr().out
    assert "Leave the annotation out" in out
    assert "-    kubectl.kubernetes.io/last-applied-configuration: |" in out


@pytest.mark.parametrize("name", ELSEWHERE)
@pytest.mark.parametrize("audited", [False, True], ids=["", "detect-secrets"])
def test_no_place_shows_a_secret(
    name: str, audited: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(ELSEWHERE[name])
    if audited:
        (tmp_path / ".secrets.baseline").write_text('{"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {}}')
    ways = [["fix"], ["fix", "--unsafe"], ["fix", "--by-hand"], ["baseline"]]
    checks = [["check", "--profile", "strict", "--min-confidence", "low", "--format", form] for form in FORMATS]
    for how in [*checks, ["check", "--select", "image-with-moving-tag"], *ways]:
        cli.main([*how, *(["--isolated"] if not audited and how[0] != "baseline" else []), "."])
        out, err = capsys.readouterr()
        written = (tmp_path / ".capdrop-baseline").read_text() if how == ["baseline"] else ""
        shown = out + err + written
        assert PASSWORD not in shown
        assert base64.b64encode(PASSWORD.encode()).decode()[:-4] not in shown
