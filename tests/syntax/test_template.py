"""What is left of a template, and that its lines and offsets stay true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from capdrop.syntax import UNKNOWN, yaml
from capdrop.syntax.template import Masked, is_masked, looks_templated, mask
from capdrop.syntax.template_mask import actions
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.growth import assert_grows_linearly, filled

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"

DAEMON_SET = """\
{{- if .Values.agent.enabled }}
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ include "agent.name" . }}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
        - name: agent
          image: "{{ .Values.image }}:{{ .Values.tag }}"
          securityContext:
            privileged: {{ .Values.privileged }}
          env:
            - name: API_TOKEN
              value: Nn3-zz68-Wb
{{- end }}
"""


def shown(masked: Masked) -> str:
    """The masked text with one `@` for what is unknown, without the blanks that end a line."""
    return "\n".join(line.rstrip() for line in re.sub(f"{UNKNOWN}+", "@", masked.text).split("\n"))


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in actions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {{ .b }}c{{ .d }}", ["{{ .b }}", "{{ .d }}"]),
        ("{{ \"}}\" }} {{ `}} {{` }} {{ '}}' }}", ['{{ "}}" }}', "{{ `}} {{` }}", "{{ '}}' }}"]),
        ('{{ "a\\"}}" }}', ['{{ "a\\"}}" }}']),
        ("{{/* a\n}} b */}} {{- /* c */ -}}", ["{{/* a\n}} b */}}", "{{- /* c */ -}}"]),
        ("{{ a\n  b }}", ["{{ a\n  b }}"]),
        ("{{ {{ a }}", ["{{ a }}"]),
        ("{{ a", []),
        ("{{/* a }}", []),
        ("{% if a %}{# b #}<%= c %>", ["{% if a %}", "{# b #}", "<%= c %>"]),
        ("{%d} ${#a[@]} {#} a <%s>", []),
        ("${{ a }}", ["{{ a }}"]),
    ],
)
def test_actions(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{- if .a }}\na: b\n{{- end }}\n", "\na: b\n\n"),
        ("\t{{ end }}  # why\na: b", "            # why\na: b"),
        ("a: {{ .b }}\n", "a: @\n"),
        ('a: "x{{ .b }}"\n', 'a: "x@"\n'),
        ("{{ $k }}: {{ $v }}\n", "@: @\n"),
        ("a: b {{- end }}\n", "a: b\n"),
        ("a:{{ toYaml .b | nindent 2 }}\nc: d\n", "a: @\nc: d\n"),
        ("a: {{ if .b }}c{{ else }}d{{ end }}\n", "a: @c@d\n"),
        ("{{ if .b }}a: c{{ end }}\nb: d\n", "@a: c\nb: d\n"),
        ("a: {{ include\n  .b }}\nc: d\n", "a: @\n\nc: d\n"),
        ("a:\n  {{ .b }}\nc: d\n", "a:\n  @\nc: d\n"),
        ("a:\n{{ toYaml .b | indent 2 }}\nc: d\n", "a:\n  @\nc: d\n"),
        ("a:\n  {{- toYaml .b | nindent 2 }}\n  c: d\n", "a:\n\n  c: d\n"),
        ("a:\n  - {{ .b }}\n  - c\n", "a:\n  - @\n  - c\n"),
        ("a:\n  {{- with .b }}\n  {{- toYaml . | nindent 2 }}\n  {{- end }}\nc: d\n", "a:\n\n  @\n\nc: d\n"),
        ("a: {{- include .b | nindent 2 }}\n  c: d\n", "a:\n  c: d\n"),
        ("- {{- include .b | nindent 2 }}\n  c: d\n", "-\n  c: d\n"),
        ("a: |\n  {{ .b }}\nc: d\n", "a: |\n  @\nc: d\n"),
        ("a: |\n  {{- if .b }}\n  x\n  {{- end }}\nc: d\n", "a: |\n  @\n  x\n\nc: d\n"),
        ("a: |\n    x\n{{ .b | indent 4 }}\nc: d\n", "a: |\n    x\n    @\nc: d\n"),
        ("a: |\n    x\n{{ .b }}\nc: d\n", "a: |\n    x\n\nc: d\n"),
        ("a: |- {{ .b | nindent 2 }}\nc: d\n", "a:    @\nc: d\n"),
        ("a: |- {{ .b | nindent 2 }}\n  c\n", "a: |-\n  c\n"),
        ("{% for a in b %}\n- {{ a }}\n{% endfor %}\n", "\n- @\n\n"),
        ("a: <%= b %>\n", "a: @\n"),
        ("a:{% if b %} &c{% endif %}\n  d: e\n", "a:           &c\n  d: e\n"),
        ("a: x:{{ if .b }}c{{ else }}d{{ end }}\n", "a: x:@c@d\n"),
    ],
)
def test_mask(text: str, expected: str) -> None:
    masked = mask(text)
    assert shown(masked) == expected
    assert yaml.parse(masked.text).problems == []


def test_a_text_without_markup_stays() -> None:
    masked = mask("a: {b: {c: d}}\n")
    assert (masked.text, masked.actions, masked.inserts, masked.templated) == ("a: {b: {c: d}}\n", [], [], False)


def test_inserts_know_their_column() -> None:
    text = "labels:\n    app: x\n    {{- include .labels | nindent 4 }}\n{{ toYaml .more }}\nspec: {{- .spec | nindent 2 }}\n  a: b\n"
    masked = mask(text)
    assert [(text[insert.start : insert.end], insert.column) for insert in masked.inserts] == [
        ("{{- include .labels | nindent 4 }}", 4),
        ("{{ toYaml .more }}", 0),
        ("{{- .spec | nindent 2 }}", 2),
    ]


def test_a_template_opened_directly() -> None:
    assert looks_templated(DAEMON_SET)
    masked = mask(DAEMON_SET)
    (document,) = yaml.parse(masked.text).documents
    assert document.problems == []
    assert document.root is not None
    values = {node.value: node for node in yaml.walk(document.root) if isinstance(node, yaml.Scalar)}
    secret = values["Nn3-zz68-Wb"]
    assert DAEMON_SET[secret.start : secret.end] == "Nn3-zz68-Wb"
    unknown = [DAEMON_SET[node.start : node.end] for value, node in values.items() if is_masked(value)]
    assert unknown == ['{{ include "agent.name" . }}', '"{{ .Values.image }}:{{ .Values.tag }}"', "{{ .Values.privileged }}"]
    assert "true" in values


@pytest.mark.parametrize(
    "text",
    [
        "name: {{ .X }}\n",
        "{{- if .a }}\na: b\n{{- end }}\n",
        "- {{ .a }}\n",
        "a: [{{ .a }}]\n",
        "{{ .k }}: v\n",
        "{% if a %}\na: b\n{% endif %}\n",
        "a: |\n  x\n{{ .b | indent 2 }}\nc: d\n",
        "password: <%= b %>\n",
    ],
)
def test_looks_templated(text: str) -> None:
    assert looks_templated(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: b\n",
        "a: {b: {c: d}}\n",
        "a: |\n  {{ not helm, just text }}\n  {{- if }}\n",
        "a: '{{ b }}'\nc: \"x\n  {{ d }}\"\n",
        "# {{ a }}\na: b # {{ c }}\n",
        "a: docker ps --format {{.Names}}\n",
        "a: |\n  {{ b }}\n---\n\tbroken: '{{ c }}'\n",
        "a: '{% if b %} <% c %>'\n",
    ],
)
def test_does_not_look_templated(text: str) -> None:
    assert not looks_templated(text)


HOSTILE = {
    "openings": ("", "{{", ""),
    "comments": ("", "{{/*", ""),
    "statements": ("", "{% if ", ""),
    "quotes": ("", "{{ '", ""),
    "raw strings": ("", "{{ ` ", ""),
    "escaped quotes": ('{{ "', '\\"', ""),
    "actions on a line": ("", ": {{ a }}", ""),
    "one action": ("{{ a", "\n", "}}"),
    "unknown from the start": ("", UNKNOWN + ": " + UNKNOWN + "\n- a\n{{ b }}\n", ""),
    "a great indent": ("a:\n{{ b | indent ", "9", " }}"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_linear_time_and_never_raise(name: str) -> None:
    start, piece, end = HOSTILE[name]

    def work(size: int) -> None:
        text = start + filled(piece, size) + end
        looks_templated(text)
        assert len(mask(text).text) == len(text)

    assert_grows_linearly(work, 4_000, 32_000)


MARKUP = ["{{", "}}", "{{ .a }}", "{{- if .b }}", "{{- end }}", "{{/* ", " */}}", "{% if c %}", "| nindent 2 }}", '"', "'", "`"]
YAML_BITS = ["a: ", "- ", "|\n", "b", " ", "  ", "\n", "\r\n", "# c", "\t", "\u2028", "\n  ", "---\n", "{", "}"]


@given(st.lists(st.sampled_from(MARKUP + YAML_BITS), max_size=25).map("".join))
@settings(max_examples=400, deadline=None)
def test_lines_and_offsets_stay_true(text: str) -> None:
    masked = mask(text)
    looks_templated(text)
    assert len(masked.text) == len(text)
    line_breaks = r"\r\n|[\n\r\x85\u2028\u2029]"
    assert [one.span() for one in re.finditer(line_breaks, masked.text)] == [one.span() for one in re.finditer(line_breaks, text)]
    covered = {at for span in masked.actions for at in range(span.start, span.end)}
    for at, (old, new) in enumerate(zip(text, masked.text, strict=True)):
        indented = old in " \t" and new in (" ", UNKNOWN)
        header = old in "|>+-0123456789" and new == " "
        assert old == new or at in covered or indented or header
    assert {insert.start for insert in masked.inserts} <= {span.start for span in masked.actions}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus (../shared/corpus) is not here")
def test_templates_of_the_corpus_parse_after_masking() -> None:
    texts = {str(path): path.read_bytes().decode("utf-8", "replace") for path in CORPUS.rglob("*.y*ml")}
    templates = {name: text for name, text in texts.items() if looks_templated(text)}
    assert templates
    assert {name: problems for name, text in templates.items() if (problems := yaml.parse(mask(text).text).problems)} == {}
