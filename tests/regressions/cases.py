"""The files of the regression cases, as they were written down before the rules were; only our own comment marker and rule names
took the place of working titles."""

from __future__ import annotations

FILES = {
    1: (
        "Dockerfile",
        r"""FROM node:22-slim AS base
RUN useradd -r -u 10001 svc
USER svc
FROM golang:1.25 AS build
USER root
RUN go build -o /out/app ./...
FROM base AS final
COPY --from=build /out/app /app
""",
    ),  # User inherited from a local stage — must stay silent
    2: (
        "Dockerfile",
        r"""FROM debian:bookworm-slim AS tools
USER root
RUN apt-get update
FROM tools AS release
COPY app /app
CMD ["/app"]
""",
    ),  # Root inherited from a local stage — must speak
    3: (
        "Dockerfile",
        r"""FROM golang:1.25
ENV GOPRIVATE=git.example.com/acme \
    AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/token \
    SSH_AUTH_SOCK=/tmp/agent.sock SSH_KEY_DIR=/keys \
    AUTH_MODULE_VERSION=1.4.2 TRAVIS_SUDO=true \
    JWT_PUBLIC_KEY=/etc/jwt.pub FACEBOOK_APP_ID=1234 \
    MONKEY=george BYPASS_CACHE=1 TOKEN_URL=https://id.example.com/token
USER 10001
""",
    ),  # Names that look secret and are not
    4: (
        "Dockerfile",
        r"""FROM debian:bookworm-slim
ENV MYSQL_ROOT_PASSWORD correct horse battery
ENV A=1 \
    # rotated monthly
    SERVICE_PSW="x9!fL2-qT7" B="two words"
ARG REGION=eu API_SECRET=Zt4-kk20-PP
USER 10001
""",
    ),  # Every way to write a pair
    5: (
        "Dockerfile",
        r"""FROM node:22 AS deps
ARG NPM_TOKEN
RUN npm config set //registry.example.com/:_authToken=$NPM_TOKEN && npm ci
FROM node:22-slim
RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci
RUN --mount=type=secret,id=gh git clone "https://x:$(cat /run/secrets/gh)@git.example.com/acme/app.git" /app
USER node
""",
    ),  # Build secrets, good, bad and quietly bad
    6: (
        "Dockerfile",
        r"""# syntax=docker/dockerfile:1
FROM alpine:3.22
RUN set -e && \
    cat <<CONF > /etc/app.conf
USER nobody
CONF
# note directly under the terminator
COPY <<-\TXT /etc/motd
	hello $USER
	TXT
RUN <<'A' sh && <<"B" cat
echo one
A
two
B
USER root
""",
    ),  # Heredoc mechanics
    7: (
        "Dockerfile",
        r"""FROM debian:bookworm-slim
RUN <<EOF
curl -u deploy:Kp3-vv81-Qz https://repo.example.com/a.tgz | tar xz
chmod u+s /usr/local/bin/helper
EOF
COPY <<EOF /etc/app.ini
[db]
password = Wq7-hh20-Lm
EOF
RUN <<EOF python3
password = input()
EOF
USER 10001
""",
    ),  # Heredoc content is still content
    8: (
        "Dockerfile",
        r"""# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
WORKDIR C:\app\
RUN echo one && `
    echo two
USER ContainerAdministrator
""",
    ),  # Windows and the backtick
    9: (
        "Dockerfile",
        r"""# Image for the build agents
# escape=`
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
WORKDIR C:\
USER ContainerAdministrator
""",
    ),  # The directive that is not one
    10: (
        "Dockerfile",
        r"""FROM debian:bookworm-slim
# a comment that ends in a backslash \
ENV DB_PASSWORD=Rr5-tt90-Xc
RUN apt-get update && \
    # why not

    apt-get install -y curl
USER 0
""",
    ),  # BOM, CRLF, comments and holes in a continuation
    11: (
        "Dockerfile",
        r"""ARG BASE=debian:bookworm-slim
FROM ${BASE} AS a
ARG UID=0
USER ${UID}
FROM ${BASE} AS b
USER root:root
FROM ${BASE} AS c
ARG UID=1000
ARG GID=1000
USER ${UID}:${GID}
FROM ${BASE} AS d
USER 1000:0
FROM ${BASE} AS e
USER ${RUNTIME_USER:-0}
FROM ${BASE} AS f
ARG WHO
USER ${WHO}
""",
    ),  # Who is `USER`?
    12: (
        "Dockerfile",
        r"""FROM debian:bookworm-slim
ONBUILD ARG DEPLOY_TOKEN=Mm2-yy71-Bv
ONBUILD USER root
USER 10001
""",
    ),  # ONBUILD
    13: (
        "Dockerfile",
        r"""# capdrop: ignore[missing-user] -- needs raw sockets, reviewed 2026-08
FROM alpine:3.22
# capdrop: ingore[hard-coded-credential]
ENV API_TOKEN=7c1f-99ab-Prod
# capdrop: ignore[hard-coded-credential, no-such-rule]
RUN true
""",
    ),  # Suppressions that lie
    14: (
        "compose.yaml",
        r"""x-base: &base
  image: ghcr.io/acme/api:1.4.2
  privileged: true
services:
  api:
    <<: *base
    environment: !override
      LOG: debug
  worker:
    <<: [*base]
    privileged: false
  cron:
    image: ghcr.io/acme/cron:1
    ports: !reset []
""",
    ),  # Compose: anchors, merge, tags
    15: (
        "compose.yaml",
        r"""services:
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
      POSTGRES_PASSWORD_FILE: /run/secrets/pg
      PGPASS_HINT: "$$literal"
  app:
    image: acme/app:2
    environment:
      - DB_PASSWORD=${DB_PASSWORD:-letmein-2026}
      - DB_PASSWORD_OLD=S3rvice$$Pass
      - EMPTY_TOKEN=
      - PASS_THROUGH_TOKEN
""",
    ),  # Compose: interpolation
    16: (
        "compose.yaml",
        r"""services:
  agent:
    image: acme/agent:3
    pid: host
    cap_add: [CAP_SYS_ADMIN, NET_BIND_SERVICE]
    security_opt:
      - seccomp:unconfined
      - apparmor=unconfined
      - no-new-privileges:true
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
      - type: bind
        source: /run/docker.sock
        target: /tmp/d.sock
      - ./docker.sock.md:/docs/docker.sock.md
  side:
    image: acme/side:3
    pid: "service:agent"
    privileged: ${PRIV:-false}
""",
    ),  # Compose: privileges in all their spellings
    17: (
        "manifest.yaml",
        r"""apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: {runAsNonRoot: true, runAsUser: 10001}
      initContainers:
        - name: sysctl
          image: busybox:1.37
          securityContext: {privileged: true, runAsNonRoot: false, runAsUser: 0}
      containers:
        - name: web
          image: acme/web:1
          securityContext: {allowPrivilegeEscalation: false}
        - name: side
          image: acme/side:1
          securityContext: {runAsUser: 0}
""",
    ),  # Kubernetes: container over pod, init container too
    18: (
        "manifest.yaml",
        r"""apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          resources: {limits: {memory: 64Mi}}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: acme/api:1
          securityContext: {privileged: true}
""",
    ),  # Things that have no securityContext, and one that has
    19: (
        "manifest.yaml",
        r"""apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: pull}
spec:
  target: {name: db-credentials}
  data:
    - secretKey: db-password
      remoteRef: {key: prod/db, property: password}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: a
      image: acme/a:1
      env:
        - name: DB_PASSWORD
          valueFrom: {secretKeyRef: {name: db-credentials, key: password}}
        - name: DB_PASSWORD_COPY
          value: $(DB_PASSWORD)
---
apiVersion: v1
kind: Secret
metadata: {name: sealed-with-sops}
data:
  password: ENC[AES256_GCM,data:9hT0,iv:aa,tag:bb,type:str]
sops: {version: 3.10.2}
---
apiVersion: v1
kind: Secret
metadata: {name: real}
data:
  password: aHVudGVyMi1wcm9kLTk5
stringData:
  token: Gh8-ss44-Pd
  later: ${INJECTED_BY_CI}
""",
    ),  # Secret references and real secrets
    20: (
        "manifest.yaml",
        r"""apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  server-tokens: "false"
  admin_email: ops@example.com
  external_secrets_replicas: "3"
  password_validation.py: |
    def check(password, token):
        return len(password) > 12
  DATABASE_URL: postgres://app:Vv6-bb13-Ke@db.example.com/app
  api_token: Tt9-qq55-Hf
""",
    ),  # ConfigMap: by value, not by name
    21: (
        "manifest.yaml",
        r"""# header only
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: tricky
  labels: {tier: =}
data:
  note: |
    {{ not helm, just text }}
---
# an empty document
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: &n bad, labels: {a: &n also-bad}}
    spec:
      hostPID: true
      containers: [{name: c, image: acme/c:1}]
""",
    ),  # One odd document must not blind the file
    22: (
        "chart/templates/agent.yaml",
        r"""{{- if .Values.agent.enabled }}
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
""",
    ),  # Helm template opened directly
    23: (
        "manifest.yaml",
        r"""apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  hostNetwork: on
  containers:
    - name: a
      image: acme/a:1
      securityContext: {privileged: yes}
    - name: b
      image: acme/b:1
      securityContext:
        privileged: true
        privileged: false
""",
    ),  # YAML 1.1 and duplicate keys
    25: (
        "compose.yaml",
        r"""# ✓ überprüft 测试
services:
  app:   # keep me
    image: acme/app:1
    privileged: true   # legacy
    environment:
      NOTE: "✓ done"
    # cap_drop: [ALL]
#    security_opt:
#      - seccomp=unconfined""",
    ),  # Autofix round trip; without a last line end
}
