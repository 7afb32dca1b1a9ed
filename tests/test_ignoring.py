"""Comments that silence a finding, where the editor offers to write them."""

from __future__ import annotations

import base64
import secrets

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.finding import Edit
from capdrop.fixer import Workbench, splice
from capdrop.ignoring import comment_above
from capdrop.source import Source

PASSWORD = secrets.token_urlsafe(18)
TOKEN = "dop_v1_" + secrets.token_hex(32)
ENCODED = base64.b64encode(f"x = 1\npassword = {PASSWORD}\n".encode()).decode()


def edit_for(path: str, text: str, rule: str) -> Edit | None:
    source = Source(path, text)
    kind = kind_of(path, text)
    assert kind is not None
    bench = Workbench(kind, rules_in_force(Config(".")), Context())
    analysis = bench.analyse(source)
    finding = next(finding for finding in analysis.findings if finding.rule == rule)
    edit = comment_above(analysis, finding, bench)
    if edit is not None:
        after = bench.analyse(source.with_text(splice(text, (edit,))))
        assert next(one for one in after.findings if one.rule == rule).suppressed is not None
    return edit


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"


@pytest.mark.parametrize(
    ("path", "text", "rule", "line"),
    [
        ("compose.yaml", "services:\n  app:\n    image: a:1\n    privileged: true\n", "privileged-container", 4),
        ("cm.yaml", f"{CONFIG_MAP}  f.conf: |\n    x = 1\n    password = {PASSWORD}\n    y = 2\n", "hard-coded-credential", 5),
        ("compose.yaml", f"services:\n  a:\n    image: x:1\n    command: >-\n      run\n      --token {TOKEN}\n", "provider-token", 4),
        ("run.sh", f"set -e\ndocker run --rm \\\n  -e DB_PASSWORD={PASSWORD} \\\n  x:1\n", "hard-coded-credential", 2),
        ("Makefile", "run:\n\tdocker run --rm \\\n\t  --pid=host x:1\n", "host-pid", 2),
        ("Dockerfile", f"FROM debian:13\nENV A=1 \\\n  DB_PASSWORD={PASSWORD}\n", "hard-coded-credential", 2),
    ],
)
def test_the_comment_stands_where_it_is_one(path: str, text: str, rule: str, line: int) -> None:
    edit = edit_for(path, text, rule)
    assert edit is not None
    assert Source(path, text).position(edit.span.start).line == line
    assert edit.text.strip() == f"# capdrop: ignore[{rule}]"


def test_nothing_is_offered_where_no_comment_may_stand() -> None:
    text = '{"apiVersion": "v1",\n"kind": "Pod", "metadata": {"name": "a"},\n"spec": {"hostPID": true}}\n'
    assert edit_for("pod.json", text, "host-pid") is None


def test_a_wrapped_value_is_not_broken() -> None:
    wrapped = "\n".join(f"    {ENCODED[at : at + 20]}" for at in range(0, len(ENCODED), 20))
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  f: |\n{wrapped}\n"
    edit = edit_for("secret.yaml", text, "hard-coded-credential")
    assert edit is None or edit.span.start == text.index("  f: |")
