"""Charts judged in place: what their values decide, where findings point, and what stays unknown."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.cli import main
from capdrop.config import Config
from capdrop.dialects.context import Context
from capdrop.dialects.yaml_document import YamlFile
from capdrop.files import FilesOnDisk, FilesWritten
from capdrop.finding import Finding, Safety
from capdrop.model.container import Container
from capdrop.run import check
from capdrop.source import Source
from capdrop.syntax import template_actions
from capdrop.syntax.template_actions import Action, Call, Literal
from capdrop.syntax.template_actions import Path as Fields

from tests.growth import assert_grows_linearly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tests.dialects.helm_charts import CHARTS, HEAD, POD, VALUES, Chart
else:
    from helm_charts import CHARTS, HEAD, POD, VALUES, Chart

BOOK = rulebook.load()
BOOK.select(BOOK.of_profile("default"))


def found(folder: Path, monkeypatch: pytest.MonkeyPatch, *paths: str) -> list[Finding]:
    """What is found below a folder."""
    monkeypatch.chdir(folder)
    run = check(list(paths) or ["."], Config("."), BOOK)
    assert not [result.broken for result in run.results if result.broken]
    assert not run.incomplete, [result.reasons for result in run.results]
    return [finding for result in run.results for finding in result.findings]


def places(findings: list[Finding]) -> list[tuple[str, int, str]]:
    return sorted((each.source.path, each.source.position(each.span.start).line, each.rule) for each in findings)


def notes(finding: Finding) -> list[tuple[str, int]]:
    return [(note.source.path, note.source.position(note.span.start).line) for note in finding.notes]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_what_is_due_is_found(chart: Chart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places(found(chart.written(tmp_path), monkeypatch)) == chart.due


def test_both_places_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one, _) = found(CHARTS[0].written(tmp_path), monkeypatch)
    assert (one.source.path, one.source[one.span]) == (VALUES, "true")
    assert notes(one) == [(POD, 21)]
    assert one.subject == "Deployment containers.app"
    assert one.fix is not None
    assert one.fix.safety is Safety.DISPLAY
    assert [(edit.beside and edit.beside.path, edit.text) for edit in one.fix.edits] == [(VALUES, "false")]


def test_a_text_that_is_put_together_stands_where_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sidecar = found(CHARTS[2].written(tmp_path), monkeypatch)[0]
    assert sidecar.source[sidecar.span] == "{{ .Values.sidecar.repository }}:{{ .Values.sidecar.tag }}"
    assert notes(sidecar) == [(VALUES, 4), (VALUES, 4)]


def chart(values: str, pod: str, others: dict[str, str] | None = None) -> Chart:
    return Chart("", values, pod, [], others)


PRIVILEGED = """
securityContext: {runAsNonRoot: true}
containers:
  - name: a
    image: acme/app:1.0.0
    securityContext:
      privileged: {{ .Values.privileged }}
"""


@pytest.mark.parametrize(
    ("values", "extra"),
    [
        ("# capdrop: ignore[privileged-container] -- drivers\nprivileged: true\n", ""),
        ("privileged: true # capdrop: ignore[privileged-container] -- drivers\n", ""),
        ("privileged: true\n", " # capdrop: ignore[privileged-container] -- drivers"),
    ],
)
def test_a_comment_at_either_place_silences(values: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pod = PRIVILEGED.rstrip() + extra
    assert [each.suppressed is not None for each in found(chart(values, pod).written(tmp_path), monkeypatch)] == [True]


CLUSTER = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .Values.role }}}
subjects:
  {{- toYaml .Values.subjects | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: web}
rules:
  {{- toYaml .Values.rules | nindent 2 }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {}
  ingress: [{from: [{ipBlock: {cidr: "{{ .Values.cidr }}"}}]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {nginx.ingress.kubernetes.io/server-snippet: "{{ .Values.snippet }}"}
spec: {tls: [{secretName: web}]}
"""
CLUSTER_VALUES = """# the cluster
role: cluster-admin
subjects: [{kind: Group, name: "system:authenticated"}]
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
cidr: 0.0.0.0/0
snippet: "lua;"
"""


def test_what_values_say_of_a_cluster_is_told_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where all files of a run are joined."""
    one = chart(CLUSTER_VALUES, "securityContext: {runAsNonRoot: true}\ncontainers: [{name: a, image: 'acme/app:1.0.0'}]")
    one.files["templates/cluster.yaml"] = CLUSTER
    folder = one.written(tmp_path)
    told = {
        (VALUES, 2, "cluster-admin-bound"): 4,
        (VALUES, 3, "role-bound-to-everyone"): 6,
        (VALUES, 4, "unlimited-role"): 12,
        (VALUES, 5, "open-network-policy"): 19,
        (VALUES, 6, "ingress-snippet"): 25,
    }
    for path in (".", "templates/cluster.yaml"):
        findings = found(folder, monkeypatch, path)
        assert set(places(findings)) == set(told)
        assert {place: notes(each) for each in findings for place in places([each])} == {
            place: [("templates/cluster.yaml", line)] for place, line in told.items()
        }
        assert not any(each.fix.edits for each in findings if each.fix is not None)
    silent = CLUSTER.replace("{{ .Values.role }}}", "{{ .Values.role }}} # capdrop: ignore[cluster-admin-bound] -- ours")
    (folder / "templates/cluster.yaml").write_text(silent, encoding="utf-8")
    assert [each.rule for each in found(folder, monkeypatch) if each.suppressed] == ["cluster-admin-bound"]


def test_the_chart_above_has_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chart("sub: {privileged: true}\nglobal: {pid: true}\n", "containers: [{name: a, image: 'acme/app:1.0.0'}]").written(tmp_path)
    pod = PRIVILEGED.replace("containers:", "hostPID: {{ .Values.global.pid }}\nhostNetwork: {{ .Values.network }}\ncontainers:")
    below = chart("privileged: false\nnetwork: true\nglobal: {}\n", pod)
    below.files["Chart.yaml"] = below.files["Chart.yaml"].replace("name: app", "name: sub")
    below.written(tmp_path / "charts" / "sub")
    said = [place for place in places(found(tmp_path, monkeypatch)) if place[2] != "missing-user"]
    assert said == [("charts/sub/values.yaml", 2, "host-network"), (VALUES, 1, "privileged-container"), (VALUES, 2, "host-pid")]


def test_what_a_dependency_may_set_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = chart("a: 1\n", PRIVILEGED.replace(".Values.privileged", ".Values.redis.privileged | default true"))
    one.files["Chart.yaml"] += "dependencies: [{name: redis, version: 1.0.0, repository: 'https://charts.acme.io'}]\n"
    assert places(found(one.written(tmp_path), monkeypatch)) == []


@pytest.mark.parametrize("values", ["a: [\n", "a: 1\n---\nb: 2\n", ""])
def test_values_that_cannot_be_read_tell_nothing(values: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chart("", PRIVILEGED).written(tmp_path)
    (folder / VALUES).write_text(values, encoding="utf-8")
    assert places(found(folder, monkeypatch, "templates")) == []


def test_templates_outside_of_a_chart_are_masked_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CHARTS[0].written(tmp_path)
    (folder / "Chart.yaml").unlink()
    assert places(found(folder, monkeypatch)) == []


def test_secrets_in_values_are_told_once_and_names_of_secrets_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = "adminPassword: " + "m8Rr-20" + "kLx\npasswordSecretKey: app-password\ntokenSecret: my-token\ntext: '{{ .Values.password }}'\n"
    folder = chart(values, "securityContext: {runAsNonRoot: true}\ncontainers: [{name: a, image: 'acme/app:1.0.0'}]").written(tmp_path)
    assert places(found(folder, monkeypatch)) == [(VALUES, 1, "hard-coded-credential")]


def test_what_is_unknown_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(CHARTS[6].written(tmp_path))
    assert main(["check", "--isolated", "."]) == 0
    said = capsys.readouterr()
    assert said.out == "no findings; 2 files: 1 analysed, 1 partly\n"
    assert said.err == "1 template: what their actions decide beyond values.yaml is unknown (`--format json` says where)\n"
    main(["check", "--isolated", "--format", "json", "."])
    (partly,) = [file for file in json.loads(capsys.readouterr().out)["files"] if file["outcome"] == "partly"]
    assert [reason["message"] for reason in partly["reasons"]] == ["template: what 4 actions decide beyond values.yaml is unknown"]


def test_what_is_decided_is_analysed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHARTS[0].written(tmp_path))
    run = check(["."], Config("."), BOOK)
    assert [result.outcome for result in run.results] == ["analysed", "analysed"]


@pytest.mark.parametrize(
    "broken", ["{{ if .Values.a }}", "{{ end }}", "{{ else }}", "{{ if .Values.off }}", "{{ with .Values.off }}{{ else }}", "{{ range }}"]
)
def test_blocks_that_do_not_fit_are_masked_only(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chart("privileged: true\noff: false\n", PRIVILEGED + broken).written(tmp_path)
    assert places(found(folder, monkeypatch, "templates")) == []


def test_a_named_file_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CHARTS[0].written(tmp_path)
    assert places(found(folder, monkeypatch, POD)) == CHARTS[0].due


def containers(values: str, pod: str) -> list[Container]:
    from capdrop.dialects.kubernetes import read

    one = chart(values, pod)
    source = Source(POD, one.files[POD])
    reading = read(source, Context(files=FilesWritten(one.files)))
    return [subject for subject in reading.subjects if isinstance(subject, Container) and subject.kind != "pod"]


@pytest.mark.parametrize(
    ("values", "own", "fact", "known"),
    [
        ("a: 1000", "runAsUser: {{ .Values.a | quote }}", "user", "1000"),
        ("a: '1000'", "runAsUser: {{ .Values.a | int64 }}", "user", "1000"),
        ("a: {b: 7}", 'runAsUser: {{ index .Values "a" "b" }}', "user", "7"),
        ("a: {b: 7}", 'runAsUser: {{ (index .Values "a").b }}', "user", "7"),
        ("a: {}", "runAsUser: {{ .Values.a.b | default 9 }}", "user", "9"),
        ("a: {}", "runAsUser: {{ .Values.a.b.c | default 9 }}", "user", None),
        ("a: ''", "runAsUser: {{ .Values.a }}", "user", None),
        ("a: 1", "runAsUser: {{ coalesce .Values.b .Values.c .Values.a }}", "user", "1"),
        ("a: &x 5\nb: *x", "runAsUser: {{ .Values.b }}", "user", "5"),
        ("a: &x {u: 5}\nb: {<<: *x}", "runAsUser: {{ .Values.b.u }}", "user", "5"),
        ("a: 5", "runAsUser: {{ required `needs a` .Values.a }}", "user", "5"),
        ("a: '{{ .Release.Name }}'", "runAsUser: {{ tpl .Values.a . }}", "user", None),
        ("a: '5'", "runAsUser: {{ tpl .Values.a $ }}", "user", "5"),
        ("a: 5", "runAsUser: {{ .Values.a }}{{/* a note */}}", "user", "5"),
        ("a: 5", "runAsUser: {{ if .Values.a }}{{ .Values.a }}{{ else }}0{{ end }}", "user", "5"),
        ("a: 5", "runAsUser: {{ unknown .Values.a }}", "user", None),
        ("a: [b]", "runAsUser: {{ ternary 1 2 (has `b` .Values.a) }}", "user", "1"),
        ("a: 5", "runAsUser: {{ ternary 1 2 (hasKey .Values `b`) }}", "user", "2"),
        ("a: 5", 'runAsUser: {{ ternary 1 2 (semverCompare ">=1.21-0" .Capabilities.KubeVersion.Version) }}', "user", "1"),
        ("a: 5", 'runAsUser: {{ ternary 1 2 (.Capabilities.APIVersions.Has "policy/v1beta1/PodSecurityPolicy") }}', "user", "2"),
        ("a: 5", 'runAsUser: {{ ternary 1 2 (.Capabilities.APIVersions.Has "batch/v1") }}', "user", None),
        ("a: 5", 'runAsUser: {{ ternary 1 2 (.Capabilities.APIVersions.Has "acme.io/v1") }}', "user", "2"),
        ("a: acme", "runAsUser: {{ .Values.a | upper | lower }}", "user", "acme"),
        ("a: 'x: y'", "runAsUser: {{ .Values.a }}", "user", None),
        ("a: {b: 1}", "runAsUser: {{ .Values.a }}", "user", None),
    ],
)
def test_pipelines(values: str, own: str, fact: str, known: str | None) -> None:
    pod = f"containers:\n  - name: a\n    image: acme/app:1.0.0\n    securityContext:\n      {own}\n"
    (container,) = containers(values + "\n", pod)
    value = container.fact(fact)
    assert (value.text if value.is_known else None) == known
    assert not value.is_absent


def test_nothing_follows_from_what_helpers_may_add() -> None:
    pod = 'containers:\n  - name: a\n    image: acme/app:1.0.0\n    {{- include "app.more" . | nindent 4 }}\n'
    (container,) = containers("a: 1\n", pod.replace("nindent 4", "nindent 10"))
    assert container.fact("user").is_unknown
    (container,) = containers("a: 1\n", pod.replace("    {{-", "    env:\n      {{-"))
    assert container.fact("user").is_absent


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("{{- if.Values.a -}}", Action("if", (), _ := template_actions.parse("{{ .Values.a }}").pipeline)),
        ("{{ else if .Values.a }}", Action("else if", (), _)),
        ("{{/* if */}}", template_actions.COMMENT),
        ("{{- /* if */ -}}", template_actions.COMMENT),
        ("{{ end }}", Action("end")),
        ("{{ $a := .Values.a }}", Action(":=", ("$a",), _)),
        ("{{ range $i, $a := .Values.a }}", Action("range", ("$i", "$a"), _)),
        ("{{ (((((((((((((((((((((((.a }}", Action("")),
        ("{{ " + "a " * 500 + "}}", Action("")),
        ("{{ -5 }}", Action("", (), template_actions.Pipeline((Call("", (Literal("-5", True),)),)))),
        ("{{ $.a.b }}", Action("", (), template_actions.Pipeline((Call("", (Fields("$", ("a", "b")),)),)))),
        ("{{}}", Action("")),
        ("{{-}}", Action("")),
    ],
)
def test_actions(text: str, action: Action) -> None:
    assert template_actions.parse(text) == action


def test_time_grows_with_size_only() -> None:
    def chart(count: int) -> tuple[Source, FilesWritten]:
        values = "".join(f"k{number}: {{a: [x, y], b: true}}\n" for number in range(count))
        lines = "".join(
            f"      {{{{- if .Values.k{number}.b }}}}\n      {{{{- toYaml .Values.k{number} | nindent 6 }}}}\n      {{{{- end }}}}\n"
            for number in range(count)
        )
        files = {"Chart.yaml": "name: a\n", VALUES: values, POD: HEAD + "      a: b\n" + lines}
        return Source(POD, files[POD]), FilesWritten(files)

    assert_grows_linearly(lambda count: YamlFile(*chart(count)), 300, 2400)


def test_ordinary_manifests_look_for_no_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Watched(FilesOnDisk):
        def text(self, path: str) -> str | None:
            raise AssertionError(path)

    from capdrop.dialects.kubernetes import read

    folder = CHARTS[0].written(tmp_path)
    source = Source(os.path.join(folder, POD), "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ a }}'}\n")
    list(read(source, Context(files=Watched([str(folder)]))).subjects)


def test_named_templates_that_include_one_another_without_end_are_given_up(tmp_path: Path) -> None:
    again = '{{ include "a" (dict "b" .) }}'
    folder = chart("{}", 'containers: [{name: a, image: {{ include "a" (dict "b" .) }}}]').written(tmp_path)
    (folder / "templates" / "_named.tpl").write_text(f'{{{{ define "a" }}}}{again * 100}{{{{ end }}}}', encoding="utf-8")
    start = time.process_time()
    run = check([str(folder)], Config(str(folder)), BOOK)
    assert time.process_time() - start < 5
    assert [result.outcome for result in run.results] == ["partly", "analysed"]
    assert not any(result.broken for result in run.results)


def doubled(first: str, action: str, rounds: int = 24) -> str:
    return f"{{{{- $x := {first} }}}}\n" + f"{{{{- $x = {action} }}}}\n" * rounds


BOMBS = {
    "printf": (doubled('"ab"', 'printf "%s%s" $x $x'), "image: '{{ $x }}'"),
    "replace": (doubled('"aa"', 'replace "a" "aa" $x'), "image: '{{ $x }}'"),
    "join": (doubled('"aa"', "join $x (list $x $x)", 15), "image: '{{ $x }}'"),
    "concat": (doubled("list 1 2", "concat $x $x", 18), "image: a:{{ len $x }}"),
    "base64": (doubled('"aa"', "b64enc $x", 50), "image: '{{ $x }}'"),
    "tpl": (doubled('"aa"', 'tpl "{{ . }}{{ . }}" $x'), "image: '{{ $x }}'"),
    "written": (doubled('list "a"', "list $x $x", 18), 'image: a:1, securityContext: {{ toYaml (dict "capabilities" $x) }}'),
    "looked through": (doubled('list "a"', "list $x $x", 18), 'image: a:1, securityContext: {{ ternary 1 2 (contains "{{" (toYaml $x)) }}'),
    "merged": (
        doubled('dict "a" (dict)', 'dict "a" $x "b" $x', 16) + "{{- $x = merge $x $x $x }}\n",
        "image: a:1, securityContext: {{ toYaml $x.a }}",
    ),
    "deep": (doubled('dict "a" "b"', 'dict "a" $x', 2000), "image: a:1, securityContext: {{ toYaml $x }}"),
    "in itself": (doubled('dict "a" "b"', 'set $x "c" $x', 1), "image: a:1, securityContext: {{ toYaml $x }}"),
}
"""Templates whose values grow and grow, and where they are used."""


@pytest.mark.parametrize("name", BOMBS)
def test_what_grows_without_end_is_not_known(name: str, tmp_path: Path) -> None:
    before, used = BOMBS[name]
    one = chart("a: 1", f"containers: [{{name: a, {used}}}]")
    one.files[POD] = before + one.files[POD]
    run = check([str(one.written(tmp_path))], Config(str(tmp_path)), BOOK)
    assert {result.path.rpartition("/")[2]: result.outcome for result in run.results}["pod.yaml"] == "partly"
    assert not any("failed" in reason for result in run.results for reason, _, _ in result.reasons)


def test_functions_do_not_go_through_a_long_list_again_and_again(tmp_path: Path) -> None:
    values = "a:\n" + "".join(f"  k{number}: x\n" for number in range(4000))
    one = chart(values, "containers: [{name: a, image: 'a:{{ len $x }}'}]")
    one.files[POD] = doubled("1", "keys .Values.a", 1000) + one.files[POD]
    start = time.process_time()
    check([str(one.written(tmp_path))], Config(str(tmp_path)), BOOK)
    assert time.process_time() - start < 5


NEIGHBOURS = """
containers:
  - name: known
    image: acme/app:1.0.0
  - name: open
    image: acme/app:1.0.0
    {{- if .Release.IsUpgrade }}
    securityContext: {runAsNonRoot: true}
    {{- end }}
  - name: after
    image: acme/app:1.0.0
    env:
      {{- include "app.not-there" . | nindent 6 }}
  {{- include "app.not-there" . | nindent 2 }}
"""


@pytest.mark.parametrize(("extra", "due"), [("", [17, 24]), ('{{- include "app.not-there" . | nindent 6 }}\n', [])])
def test_what_is_not_known_of_one_container_is_known_of_another(
    extra: str, due: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = found(chart("{}", NEIGHBOURS.strip() + "\n" + extra).written(tmp_path), monkeypatch)
    assert places(findings) == [(POD, line, "missing-user") for line in due]


URL = """
containers:
  - name: a
    image: acme/app:1.0.0
    securityContext: {runAsNonRoot: true}
    env: [{name: DATABASE, value: "postgres://app:{{ .Values.open }}@db/app"}]
"""


def test_a_password_in_a_url_that_is_put_together_is_told_at_both_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = found(chart("open: Tr0ub4dor-9xQz\n", URL).written(tmp_path), monkeypatch)
    assert (one.rule, one.source.path) == ("password-in-url", POD)
    assert notes(one) == [(VALUES, 1)]


WHOLE = """
{{- define "app.pod" }}
containers:
  - name: app
    image: acme/app:1.0.0
    securityContext: {runAsNonRoot: true, privileged: true}
{{- end }}
{{- define "app.template" }}
metadata: {labels: {app: app}}
spec: {{- include "app.pod" . | nindent 2 }}
{{- end }}
"""
BODY = HEAD.partition("  template:")[0]


@pytest.mark.parametrize(
    "template",
    [
        HEAD + '      {{- include "app.pod" . | nindent 6 }}\n',
        HEAD.rstrip() + ' {{- include "app.pod" . | nindent 6 }}\n',
        BODY + '  template: {{- include "app.template" . | nindent 4 }}\n',
        BODY + '  template:\n    {{- include "app.template" . | nindent 4 }}\n',
    ],
)
def test_a_pod_that_a_helper_writes_as_a_whole_is_found(template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chart("{}", "containers: []", {"templates/_pod.tpl": WHOLE}).written(tmp_path)
    (folder / POD).write_text(template)
    (one,) = found(folder, monkeypatch)
    assert (one.rule, one.source.path, one.source.position(one.span.start).line) == ("privileged-container", "templates/_pod.tpl", 5)
    assert POD in dict(notes(one))


FIXED = """
containers:
  - name: literal
    image: acme/app:1.0.0
    securityContext:
      runAsNonRoot: true
      privileged: true
  - name: scalar
    image: acme/app:1.0.0
    securityContext:
      runAsNonRoot: true
      privileged: {{ .Values.flag }}
  - name: entry
    image: acme/app:1.0.0
    securityContext: {{- toYaml .Values.context | nindent 14 }}
  - name: item
    image: acme/app:1.0.0
    securityContext:
      runAsNonRoot: true
      capabilities:
        add: {{- toYaml .Values.caps | nindent 16 }}
  - name: added
    image: acme/app:1.0.0
  - name: made
    image: acme/app:1.0.0
    {{- if .Release.IsUpgrade }}
    resources: {}
    {{- end }}
    securityContext: {runAsNonRoot: true, privileged: {{ printf "tr%s" "ue" }}}
"""
FIXED_VALUES = """
flag: true
context:
  runAsNonRoot: true
  privileged: true
caps: [NET_BIND_SERVICE, SYS_ADMIN]
"""


def test_fixes_are_shown_and_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = chart(FIXED_VALUES, FIXED).written(tmp_path)
    findings = found(folder, monkeypatch)
    assert all(finding.fix is None or finding.fix.safety is Safety.DISPLAY for finding in findings)
    capsys.readouterr()
    main(["fix", "--by-hand", POD])
    out = capsys.readouterr().out
    changed = [line for line in out.splitlines() if line.startswith(("+", "-")) and line[:3] not in ("+++", "---")]
    assert changed == [
        "-            privileged: true",
        "+          securityContext:",
        "+            runAsNonRoot: true",
        "-flag: true",
        "+flag: false",
        "-  privileged: true",
        "-caps: [NET_BIND_SERVICE, SYS_ADMIN]",
        "+caps: [NET_BIND_SERVICE]",
    ]
    main(["fix", "--unsafe", "--apply", "."])
    assert (folder / POD).read_text() == chart(FIXED_VALUES, FIXED).files[POD]
    assert (folder / VALUES).read_text() == chart(FIXED_VALUES, FIXED).files[VALUES]


def test_an_object_of_a_kind_that_is_not_known_is_called_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = chart("{}", "containers: [{name: a, image: 'acme/app:latest', securityContext: {runAsNonRoot: true}}]")
    one.files[POD] = one.files[POD].replace("kind: Deployment", 'kind: {{ lookup "v1" "ConfigMap" "a" "b" }}')
    assert [finding.subject for finding in found(one.written(tmp_path), monkeypatch)] == ["object containers.a.image"]


def test_a_setting_of_the_values_that_has_no_effect_is_told_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = chart(
        "securityContext:\n  runAsUser: 1001\n  readOnlyRootFilesystem: true\n  privilleged: true\n",
        """
        {{- with .Values.securityContext }}
        securityContext:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        containers:
          - {name: a, image: 'acme/app:1.0.0'}
        """,
    )
    told = [finding for finding in found(one.written(tmp_path), monkeypatch) if finding.rule == "misspelt-security-setting"]
    assert [(finding.source.path, finding.source[finding.span]) for finding in told] == [
        (VALUES, "readOnlyRootFilesystem"),
        (VALUES, "privilleged"),
    ]
