"""What takes a secret out of another file than the one that was read: a patch, or the values of a chart."""

from __future__ import annotations

import base64

import pytest
from capdrop.diff import edits_between
from capdrop.finding import Safety
from capdrop.fixer import Refusal, prove

from tests.test_way_out import CHART, PASSWORD, TOKEN, analysed, mended

BASE = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n"
OVERLAY = "kind: Kustomization\nresources: [web.yaml]\npatches:\n- path: {}\n  target: {{kind: {}, name: web}}\n"


@pytest.mark.parametrize(
    ("path", "patch", "after", "others"),
    [
        (
            "patch.yaml",
            "- op: add\n  path: /spec/template/spec/containers/0/env\n  value:\n  # the password\n  - name: DB_PASSWORD\n    value: {}\n",
            "- op: add\n  path: /spec/template/spec/containers/0/env\n  value:\n  # the password\n  - name: DB_PASSWORD\n    valueFrom:\n"
            "      secretKeyRef:\n        name: web-secret\n        key: DB_PASSWORD\n",
            {"web-secret.yaml.example"},
        ),
        (
            "config.yaml",
            "- op: add\n  path: /data/DB_PASSWORD\n  value: {}\n",
            "- op: add\n  path: /data/DB_PASSWORD\n  value: ${DB_PASSWORD}\n",
            set(),
        ),
        (
            "config.yaml",
            "kind: ConfigMap\nmetadata: {{name: web}}\ndata:\n  DB_PASSWORD: {}\n  DB_NAME: app\n",
            "kind: ConfigMap\nmetadata: {name: web}\ndata:\n  DB_PASSWORD: ${DB_PASSWORD}\n  DB_NAME: app\n",
            set(),
        ),
    ],
)
def test_a_patch_is_mended_where_it_stands(path: str, patch: str, after: str, others: set[str]) -> None:
    kind = "ConfigMap" if path == "config.yaml" else "Deployment"
    beside = {
        "web.yaml": f"{BASE}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\ndata: {{a: b}}\n",
        path: patch.format(PASSWORD),
    }
    analysis, bench = analysed("kustomization.yaml", OVERLAY.format(path, kind), beside)
    (finding,) = [one for one in analysis.findings if one.rule == "hard-coded-credential"]
    assert finding.source.path == path
    text, changed = mended(analysis, finding, bench)
    assert text == OVERLAY.format(path, kind)
    assert changed[path] == after
    assert changed.keys() == {path, *others}


def test_all_that_stands_in_a_patch_is_told_and_mended() -> None:
    patch = f"kind: ConfigMap\nmetadata: {{name: web}}\n# {TOKEN}\ndata:\n  DB: postgres://app:{PASSWORD}@db/app\n  T: {TOKEN}\n"
    base = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
    analysis, bench = analysed("kustomization.yaml", OVERLAY.format("patch.yaml", "ConfigMap"), {"web.yaml": base, "patch.yaml": patch})
    told = [(one.rule, one.source.path, one.source[one.span]) for one in analysis.findings]
    assert told == [
        ("provider-token", "patch.yaml", TOKEN),
        ("password-in-url", "patch.yaml", PASSWORD),
        ("provider-token", "patch.yaml", TOKEN),
    ]
    for finding in analysis.findings:
        _, changed = mended(analysis, finding, bench)
        assert changed["patch.yaml"].count(finding.source[finding.span]) < patch.count(finding.source[finding.span])


def test_what_an_action_writes_is_left_empty_in_the_values() -> None:
    template = (
        BASE.replace("web", "{{ .Release.Name }}", 1)
        + "        args: ['--db-password={{ .Values.db.password }}', '--db={{ .Values.db.name }}']\n"
    )
    values = f"db:\n  # not this one\n  name: app\n  password: {PASSWORD}  # this one\n"
    analysis, bench = analysed("templates/web.yaml", template, {**CHART, "values.yaml": values})
    (finding,) = [one for one in analysis.findings if one.rule == "credential-in-command"]
    assert finding.source.path == "templates/web.yaml"
    text, changed = mended(analysis, finding, bench)
    assert text == template
    assert changed == {"values.yaml": values.replace(PASSWORD, '""')}


ENCODED = base64.b64encode(PASSWORD.encode()).decode()
URL_ENCODED = base64.b64encode(f"postgres://app:{PASSWORD}@db/app".encode()).decode()


@pytest.mark.parametrize(
    ("line", "hidden", "after"),
    [
        (f'password: {{{{ "{ENCODED}" }}}}', f'{{{{ "{ENCODED}" }}}}', 'password: {{ required "set password" .Values.password | b64enc }}'),
        (f"db: {{{{- `{URL_ENCODED}` -}}}}", f"{{{{- `{URL_ENCODED}` -}}}}", 'db: {{ required "set db" .Values.db | b64enc }}'),
        (
            f'token: {{{{ "{TOKEN}" | b64enc }}}}',
            f'{{{{ "{TOKEN}" | b64enc }}}}',
            'token: {{ required "set token" .Values.token | b64enc }}',
        ),
    ],
)
def test_what_an_action_says_itself_is_hidden_and_left_to_the_values(line: str, hidden: str, after: str) -> None:
    template = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{{{ .Release.Name }}}}\ndata:\n  {line}\n"
    analysis, bench = analysed("templates/a.yaml", template, CHART)
    (finding,) = [one for one in analysis.findings if one.hidden]
    assert [finding.source[span] for span in finding.hidden] == [hidden]
    assert f"\n  {after}\n" in mended(analysis, finding, bench)[0]


def test_a_default_in_another_variable_is_no_longer_given() -> None:
    text = "services:\n  a:\n    image: acme/a:1\n    environment:\n      - API_KEY=${SANDBOX_API_KEY:-acme-shop}\n"
    for written in (text, text.replace("- API_KEY=", "API_KEY: ")):
        analysis, bench = analysed("compose.yaml", written, {})
        (finding,) = [one for one in analysis.findings if one.rule == "published-default"]
        assert mended(analysis, finding, bench)[0] == written.replace(":-acme-shop", ":?")


def test_a_fix_that_is_applied_replaces_nothing_in_another_file() -> None:
    template = BASE.replace("web", "{{ .Release.Name }}", 1) + "        args:\n        - --db-password={{ .Values.password }}\n"
    analysis, bench = analysed("templates/web.yaml", template, {**CHART, "values.yaml": f"password: {PASSWORD}\n"})
    (finding,) = [one for one in analysis.findings if one.rule == "credential-in-command"]
    assert finding.fix is not None
    prove(analysis, [finding], bench)
    finding.fix.safety = Safety.UNSAFE
    with pytest.raises(Refusal, match="another file"):
        prove(analysis, [finding], bench)


@pytest.mark.parametrize(
    "text",
    [
        "password: ''  # the\n# and\n",
        "password: [\n# and\nport: 80\n",
        f"pass: ''\nother_password: {PASSWORD}x\n# and\nport: 80\n",
    ],
)
def test_nothing_else_changes_in_the_other_file(text: str) -> None:
    template = BASE.replace("web", "{{ .Release.Name }}", 1) + "        args:\n        - --db-password={{ .Values.password }}\n"
    values = f"password: {PASSWORD}\n# and\nport: 80\n"
    analysis, bench = analysed("templates/web.yaml", template, {**CHART, "values.yaml": values})
    (finding,) = [one for one in analysis.findings if one.rule == "credential-in-command"]
    assert finding.fix is not None
    edit = finding.fix.edits[0]
    finding.fix.edits = tuple(type(edit)(one.span, one.text, edit.beside) for one in edits_between(values, text))
    with pytest.raises(Refusal):
        prove(analysis, [finding], bench)
