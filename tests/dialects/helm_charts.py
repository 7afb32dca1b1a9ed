"""Small charts of our own, each with what is due in it: (file, line, rule), checked by hand against what Helm makes of it."""

from __future__ import annotations

from textwrap import dedent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "app.fullname" . }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  selector:
    matchLabels:
      {{- include "app.labels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "app.labels" . | nindent 8 }}
    spec:
"""
"""15 lines, up to the pod's own."""
HELPERS = """\
{{- define "app.fullname" -}}
{{ .Release.Name }}-app
{{- end }}
{{- define "app.labels" -}}
app: {{ .Chart.Name }}
{{- end }}
{{- define "app.release" }}{{ .Release.Name }}{{ end }}
"""
NAMED = """\
{{- define "app.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- if .Values.image.registry -}}
{{ .Values.image.registry }}/{{ .Values.image.name }}:{{ $tag }}
{{- else -}}
{{ .Values.image.name }}:{{ $tag }}
{{- end -}}
{{- end -}}
{{- define "app.imageOf" -}}
{{- $name := "" -}}
{{- if .root.Values.image.registry -}}
{{- $name = printf "%s/%s" .root.Values.image.registry .image.name -}}
{{- else -}}
{{- $name = .image.name -}}
{{- end -}}
{{- printf "%s:%s" $name (.image.tag | default "latest") -}}
{{- end -}}
{{- define "app.flag" -}}{{ .Values.flag }}{{- end -}}
{{- define "app.twice" }}acme/first:latest{{ end }}
{{- define "app.many" }}
first: 1
second: 2
{{ end }}
{{- define "app.itself" }}{{ include "app.itself" . }}{{ end }}
{{- define "app.short" -}}
{{- $side := mergeOverwrite (deepCopy .Values.image) .Values.side -}}
{{- $old := merge (dict) .Values.old .Values.image -}}
{{- printf "%s:%s" $side.name $old.tag | replace "side" "short" | trunc 17 -}}
{{- end -}}
{{- define "app.listed" }}{{ if eq (len .) 2 }}{{ (index . 0).name }}:{{ index . 1 }}{{ end }}{{ end }}
{{- define "app.open" }}{{ if .Release.IsInstall }}acme/a{{ else }}acme/b{{ end }}:latest{{ end }}
"""
POD, VALUES = "templates/pod.yaml", "values.yaml"


class Chart:
    """A chart with one deployment: its values, the pod that its template makes, and what is due. `others` are more files."""

    def __init__(self, name: str, values: str, pod: str, due: list[tuple[str, int, str]], others: dict[str, str] | None = None) -> None:
        self.name = name
        self.due = sorted(due)
        body = "".join(f"      {line}\n" if line else "\n" for line in dedent(pod).strip("\n").split("\n"))
        self.files = {
            "Chart.yaml": 'apiVersion: v2\nname: app\nversion: 0.1.0\nappVersion: "1.4.2"\n',
            "templates/_helpers.tpl": HELPERS,
            VALUES: dedent(values).lstrip("\n"),
            POD: HEAD + body,
            **{path: dedent(text).lstrip("\n") for path, text in (others or {}).items()},
        }

    def written(self, folder: Path) -> Path:
        """The chart in a folder."""
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return folder


CHARTS = [
    Chart(
        "scalars",
        """
        privileged: true
        quoted: "true"
        uid: 1000
        """,
        """
        containers:
          - name: {{ .Chart.Name }}
            image: acme/app:1.0.0
            securityContext:
              runAsUser: {{ .Values.uid }}
              privileged: {{ .Values.privileged }}
          - name: b
            image: acme/app:1.0.0
            securityContext:
              runAsUser: {{ .Values.uid | int }}
              privileged: {{ .Values.quoted }}
        """,
        [(VALUES, 1, "privileged-container"), (VALUES, 2, "privileged-container")],
    ),
    Chart(
        "defaults",
        """
        empty: ""
        off: false
        """,
        """
        containers:
          - name: a
            image: acme/app:1.0.0
            securityContext:
              runAsNonRoot: {{ default true .Values.missing }}
              privileged: {{ .Values.off | default true }}
          - name: b
            image: acme/app:1.0.0
            securityContext:
              runAsNonRoot: {{ .Values.missing | default true }}
              privileged: {{ .Values.off }}
        """,
        [(POD, 21, "privileged-container")],
    ),
    Chart(
        "images",
        """
        image:
          repository: acme/app
          tag: ""
        sidecar: {repository: acme/side, tag: latest}
        whole: acme/whole:latest
        """,
        """
        securityContext: {runAsNonRoot: true}
        containers:
          - name: a
            image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          - name: b
            image: {{ .Values.sidecar.repository }}:{{ .Values.sidecar.tag }}
          - name: c
            image: {{ .Values.whole | quote }}
          - name: d
            image: {{ printf "%s:%s" .Values.image.repository "latest" }}
        """,
        [(POD, 21, "image-with-moving-tag"), (POD, 25, "image-with-moving-tag"), (VALUES, 5, "image-with-moving-tag")],
    ),
    Chart(
        "mappings",
        """
        podSecurityContext: {}
        securityContext:
          capabilities:
            add: [SYS_ADMIN]
        other:
          privileged: true
        """,
        """
        securityContext:
          {{- toYaml .Values.podSecurityContext | nindent 10 }}
        containers:
          - name: a
            image: acme/app:1.0.0
            {{- with .Values.securityContext }}
            securityContext:
              {{- toYaml . | nindent 14 }}
            {{- end }}
          - name: b
            image: acme/app:1.0.0
            securityContext: {{- .Values.other | toYaml | nindent 14 }}
        """,
        [
            (POD, 19, "missing-user"),
            (VALUES, 4, "dangerous-capability"),
            (VALUES, 6, "privileged-container"),
        ],
    ),
    Chart(
        "among-others",
        """
        context:
          privileged: true
        caps: [NET_ADMIN, SYS_PTRACE]
        """,
        """
        containers:
          - name: a
            image: acme/app:1.0.0
            securityContext:
              runAsNonRoot: true
              {{- toYaml .Values.context | nindent 12 }}
          - name: b
            image: acme/app:1.0.0
            securityContext:
              runAsNonRoot: true
              capabilities:
                add:
                  - CHOWN
                  {{- toYaml .Values.caps | nindent 16 }}
        """,
        [(VALUES, 2, "privileged-container"), (VALUES, 3, "dangerous-capability"), (VALUES, 3, "dangerous-capability")],
    ),
    Chart(
        "conditions",
        """
        host: {network: true, pid: false}
        mode: host
        debug: {}
        """,
        """
        {{- if .Values.host.network }}
        hostNetwork: true
        {{- end }}
        {{- if .Values.host.pid }}
        hostPID: true
        {{- end }}
        {{- if and (eq .Values.mode "host") (not .Values.debug) }}
        hostIPC: true
        {{- else }}
        hostIPC: false
        {{- end }}
        securityContext: {runAsNonRoot: true}
        containers:
          - name: a
            image: acme/app:1.0.0
            {{- if .Values.debug.enabled }}
            securityContext:
              privileged: true
            {{- else if .Values.host.pid }}
            securityContext:
              privileged: true
            {{- else }}
            securityContext:
              privileged: false
            {{- end }}
        """,
        [(POD, 17, "host-network"), (POD, 23, "host-ipc")],
    ),
    Chart(
        "undecided",
        """
        flag: true
        """,
        """
        {{- if and (include "app.release" .) .Values.flag }}
        hostNetwork: true
        {{- end }}
        {{- if and (include "app.release" .) (not .Values.flag) }}
        hostPID: true
        {{- end }}
        securityContext: {runAsNonRoot: {{ .Release.IsInstall }}}
        containers:
          - name: a
            image: "acme/{{ .Release.Name }}:latest"
            securityContext:
              privileged: {{ eq (include "app.fullname" .) "x" }}
        """,
        [],
    ),
    Chart(
        "named",
        """
        flag: true
        image: {name: acme/app, tag: latest}
        side: {name: acme/side}
        old: {name: acme/old, tag: latest}
        """,
        """
        securityContext: {runAsNonRoot: true}
        containers:
          - name: a
            image: {{ include "app.image" . }}
            securityContext: {privileged: {{ include "app.flag" . }}}
          - name: b
            image: "{{ include "app.imageOf" (dict "root" . "image" .Values.side) }}"
            securityContext: {privileged: {{ include "app.flag" $ | quote }}}
          - name: c
            image: {{ include "app.imageOf" (dict "root" $ "image" .Values.old) }}
          {{- if eq (include "app.flag" .) "true" }}
          - name: d
            image: acme/d:latest
          {{- end }}
          - {name: f, image: {{ template "app.short" . }}}
          - {name: g, image: {{ include "app.listed" (list .Values.image "latest") }}}
          {{- with .Values.old }}
          - name: e
            image: {{ .name }}:{{ .tag }}
            securityContext: {privileged: {{ include "app.flag" $ }}}
          {{- end }}
        """,
        [
            (POD, 19, "image-with-moving-tag"),
            (POD, 22, "image-with-moving-tag"),
            (POD, 25, "image-with-moving-tag"),
            (POD, 28, "image-with-moving-tag"),
            (POD, 30, "image-with-moving-tag"),
            (POD, 31, "image-with-moving-tag"),
            (POD, 34, "image-with-moving-tag"),
            (VALUES, 1, "privileged-container"),
        ],
        {"templates/below/_named.tpl": NAMED},
    ),
    Chart(
        "named, and not known",
        """
        image: {name: acme/app, tag: latest}
        items: [a, b]
        """,
        """
        {{- $of := dict "root" . "image" .Values.image }}
        {{- $_ := set $of "image" (dict "name" "acme/other" "tag" "1") }}
        {{- $last := "acme/last:latest" }}
        securityContext: {runAsNonRoot: true}
        containers:
          - name: a
            image: {{ include "app.imageOf" $of }}
          - name: b
            image: {{ include "app.open" . | replace "latest" "1" }}
          - name: c
            image: {{ if .Release.IsUpgrade }}{{ include "app.open" . }}{{ else }}acme/c:1{{ end }}
          - {name: d, image: {{ include "app.twice" . }}}
          {{- range .Values.items }}
          - name: {{ . }}
            image: {{ if eq . "a" }}acme/x:1{{ else }}{{ $last }}{{ end }}
            {{- $last = "acme/last:1" }}
          {{- end }}
        {{- if .Values.none }}
          - {name: never, image: {{ include "app.itself" . }}}
        {{- end }}
        nodeSelector: {{ include "app.many" . | nindent 8 }}
        """,
        [],
        {"templates/_named.tpl": NAMED, "templates/_other.tpl": '{{ define "app.twice" }}acme/second:1{{ end }}'},
    ),
    Chart(
        "loops",
        """
        none: []
        one:
          - name: a
            privileged: true
        map: {}
        """,
        """
        securityContext: {runAsNonRoot: true}
        containers:
          {{- range .Values.none }}
          - name: {{ .name }}
            image: acme/none
          {{- end }}
          {{- range $index, $item := .Values.one }}
          - name: {{ $item.name }}-{{ $index }}
            image: acme/app:1.0.0
            securityContext: {privileged: {{ .privileged }}}
            env: [{name: X, value: {{ $.Chart.Name | quote }}}]
          {{- end }}
          {{- range $key, $value := .Values.map }}
          - {name: {{ $key }}, image: "acme/{{ $value }}"}
          {{- end }}
        """,
        [(VALUES, 4, "privileged-container")],
    ),
    Chart(
        "variables",
        """
        node: {host: true}
        """,
        """
        {{- $root := . }}
        {{- $host := .Values.node.host }}
        {{- $mode := "off" }}
        {{- if .Release.IsUpgrade }}
        {{- $mode = "on" }}
        {{- end }}
        hostNetwork: {{ $host }}
        hostPID: {{ ternary true false (eq $mode "on") }}
        {{- with .Values.node }}
        hostIPC: {{ .host }}
        {{- end }}
        securityContext: {runAsNonRoot: true}
        containers:
          - name: a
            image: acme/app:1.0.0
            securityContext:
              privileged: {{ $root.Values.node.host }}
        """,
        [(VALUES, 1, "host-ipc"), (VALUES, 1, "host-network"), (VALUES, 1, "privileged-container")],
    ),
    Chart(
        "containers-from-values",
        """
        extra:
          - name: helper
            image: acme/helper:latest
            securityContext: {privileged: true, runAsNonRoot: true}
        volumes:
          - name: run
            hostPath: {path: /var/run/docker.sock}
        """,
        """
        securityContext: {runAsNonRoot: true}
        containers:
          - name: a
            image: acme/app:1.0.0
            volumeMounts: [{name: run, mountPath: /run/d.sock}]
          {{- with .Values.extra }}
          {{- tpl (toYaml .) $ | nindent 8 }}
          {{- end }}
        volumes:
          {{- toYaml .Values.volumes | nindent 10 }}
        """,
        [(VALUES, 3, "image-with-moving-tag"), (VALUES, 4, "privileged-container"), (VALUES, 7, "runtime-socket-mount")],
    ),
    Chart(
        "secrets",
        """
        db:
          password: """
        + "k9vT2-wQ81"
        + "xz"
        + """
          existingSecret: ""
        """,
        """
        securityContext: {runAsNonRoot: true}
        containers:
          - name: a
            image: acme/app:1.0.0
            env:
              - name: DB_PASSWORD
                value: {{ .Values.db.password | quote }}
        """,
        [(VALUES, 2, "hard-coded-credential")],
        {
            "templates/secret.yaml": """
            {{- if not .Values.db.existingSecret }}
            apiVersion: v1
            kind: Secret
            metadata:
              name: {{ .Release.Name }}
            stringData:
              DB_PASSWORD: {{ .Values.db.password }}
            {{- end }}
            """
        },
    ),
    Chart(
        "whole-file-off",
        """
        agent: {enabled: false}
        """,
        """
        securityContext: {runAsNonRoot: true}
        containers: [{name: a, image: acme/app:1.0.0}]
        """,
        [],
        {
            "templates/agent.yaml": """
            {{- if .Values.agent.enabled -}}
            apiVersion: v1
            kind: Pod
            metadata: {name: agent}
            spec: {hostPID: true, containers: [{name: a, image: acme/app:1.0.0}]}
            {{- end }}
            """
        },
    ),
    Chart(
        "open conditions",
        """
        flag: true
        """,
        """
        {{- if .Release.IsUpgrade }}
        hostNetwork: true
        {{- else }}
        hostPID: true
        {{- end }}
        {{- if .Capabilities.APIVersions.Has "batch/v1" }}
        tolerations: []
        {{- end }}
        containers:
          - name: a
            image: acme/app:1.0.0
            {{- if lookup "v1" "Secret" "a" "b" }}
            securityContext: {runAsNonRoot: true}
            {{- end }}
          - name: b
            image: acme/app:1.0.0
            {{- if eq .Release.Service "Helm" }}
            securityContext: {privileged: true, runAsNonRoot: true}
            {{- end }}
          - name: c
            image: acme/app:1.0.0
            volumeMounts: [{name: run, mountPath: /run/d.sock}]
        volumes:
          - name: run
            hostPath: {path: /var/run/docker.sock}
        """,
        [(POD, 33, "privileged-container"), (POD, 40, "runtime-socket-mount")],
    ),
    Chart(
        "named trees",
        """
        debug: {privileged: true, runAsNonRoot: true, enabled: true}
        sides: {extra: {image: "acme/side:latest"}}
        """,
        """
        {{- include "app.pod" . | nindent 6 }}
        containers:
          {{- include "app.containers" (dict "root" . "debug" .Values.debug) | nindent 8 }}
          - name: last
            image: acme/app:1.0.0
            securityContext: {{- include "app.context" .Values.debug | nindent 14 }}
        """,
        [
            ("templates/_pod.tpl", 2, "host-network"),
            ("templates/_pod.tpl", 8, "image-with-moving-tag"),
            (VALUES, 1, "privileged-container"),
            (VALUES, 2, "image-with-moving-tag"),
        ],
        {
            "templates/_pod.tpl": """
            {{- define "app.pod" -}}
            hostNetwork: true
            securityContext:
              runAsNonRoot: true
            {{- end }}
            {{- define "app.containers" -}}
            - name: {{ .root.Release.Name }}
              image: acme/first:latest
              securityContext: {{- include "app.context" .debug | nindent 4 }}
            {{- range $name, $side := .root.Values.sides }}
            - name: {{ $name }}
              image: {{ $side.image }}
            {{- end }}
            {{- end }}
            {{- define "app.context" }}{{ omit . "enabled" | toYaml }}{{ end }}
            """
        },
    ),
    Chart(
        "rounds",
        """
        hooks: {install: false, upgrade: true, never: false}
        drops: [NET_RAW, ALL]
        jobs:
          - {name: one, privileged: false}
          - {name: two, privileged: true, more: yes}
        """,
        """
        {{- $host := false }}
        {{- range $name, $on := .Values.hooks }}
        {{- if $on }}
        {{- $host = eq $name "upgrade" }}
        {{- end }}
        {{- end }}
        hostNetwork: {{ $host }}
        securityContext: {runAsNonRoot: true}
        containers:
          {{- range .Values.jobs }}
          {{- if .more }}
          - name: {{ .name }}
            image: acme/app:1.0.0
            securityContext: {privileged: {{ .privileged }}}
          {{- end }}
          {{- end }}
        {{- range $name, $on := .Values.hooks }}
        {{- if eq $name "other" }}
        hostPID: true
        {{- end }}
        {{- end }}
        """,
        [(POD, 22, "host-network"), (VALUES, 5, "privileged-container")],
    ),
    Chart(
        "scripts and lists",
        """
        protocol: http
        host: acme.example.org
        base: [/data]
        more: []
        port: 8080
        """,
        """
        securityContext: {runAsNonRoot: true}
        {{- $_ := set . "mode" "host" }}
        {{- with concat .Values.base .Values.more }}
        hostIPC: {{ has "/data" . }}
        {{- end }}
        {{- if eq .mode "host" }}
        hostPID: true
        {{- end }}
        containers:
          - name: a
            image: acme/app:1.0.0
            args:
              - sh
              - -c
              - |
                # {{ .Values.port }}
                curl -k {{ .Values.protocol }}s://{{ .Values.host }}/a
                curl -k {{ .Values.protocol }}s://localhost:{{ .Values.port }}/b
                {{ .Release.Name }}
        """,
        [(POD, 19, "host-ipc"), (POD, 22, "host-pid"), (POD, 32, "certificate-check-disabled")],
    ),
]
