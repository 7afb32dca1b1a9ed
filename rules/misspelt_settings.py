"""Settings that are meant to protect, and do not."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, Oddity, Severity, rule


@rule(
    "misspelt-security-setting",
    severity=Severity.MEDIUM,
    references="Compose specification, schema · Kubernetes API reference, SecurityContext · CWE-1173",
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                «cap_drops»: [ALL]
                «readonly»: true
                «securty_opt»: [no-new-privileges:true]
              job:
                image: acme/job:1
                «priviledged»: true
                «no_new_privileges»: true
                x-cap_drops: [ALL]
            """,
            fixed="""
            services:
              app:
                image: acme/app:1
                cap_drop: [ALL]
                read_only: true
                security_opt: [no-new-privileges:true]
              job:
                image: acme/job:1
                priviledged: true
                no_new_privileges: true
                x-cap_drops: [ALL]
            """,
        ),
        Bad(
            "compose.yaml",
            """
            x-app: &app
              «cap_drops»: [ALL]
            services:
              app:
                <<: *app
                image: acme/app:1
                «users»: "1000"
                ports: [{target: 80, published: 80, «hostip»: 127.0.0.1}]
                volumes: [{type: bind, source: /srv, target: /srv, «readonly»: true}]
                build: {context: ., «secret»: [token]}
                deploy: {«resource»: {limits: {memory: 1g}}}
              other:
                <<: *app
                image: acme/other:1
                deploy: {resources: {«limit»: {memory: 1g}}}
            """,
        ),
        Good(
            "compose.yaml",
            """
            x-app: &app
              x-cap_drops: [ALL]
            services:
              app:
                <<: *app
                image: acme/app:1
                cap_drop: [ALL]
                x-readonly: true
                volume_driver: local
                conatiner_name: app
                stop_grace: 10s
                memory: 512m
                ports: [{target: 80, published: 80, host_ip: 127.0.0.1, x-hostip: a}]
                volumes: [{type: bind, source: /srv, target: /srv, read_only: true, bind: {propagation: private}}]
                build: {context: ., secrets: [token], targets: a}
                deploy: {resources: {limits: {memory: 1g, cpus: '1', pids: 10}, reservations: {memory: 1g}}, replica: 2}
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                «readOnlyRootFilesystem»: true
                «runAsNonroot»: true
              containers:
                - name: web
                  image: acme/web:1
                  «allowPrivilegeEscalation»: false
                  securityContext:
                    «allowPriviledgeEscalation»: false
                    capabilities:
                      «dropp»: [ALL]
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              securityContext:
                readOnlyRootFilesystem: true
                runAsNonRoot: true
              containers:
                - name: web
                  image: acme/web:1
                  allowPrivilegeEscalation: false
                  securityContext:
                    allowPrivilegeEscalation: false
                    capabilities:
                      drop: [ALL]
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, annotations: {runAsNonroot: 'true'}}
            spec:
              automountServiceAccountToken: false
              securityContext: {runAsNonRoot: true, fsGroup: 2000, seccompProfile: {type: RuntimeDefault}}
              containers:
                - name: web
                  image: acme/web:1
                  securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}
            """,
        ),
    ),
)
def misspelt_security_setting(oddity: Oddity) -> Iterator[Finding]:
    """A security setting is written with a name that is none, or where it has no effect.

    Some tools refuse the file, and others drop the key without a word: then the container runs without the protection that everyone who
    reads the file believes in. Write the name as the specification has it.
    """
    if oddity.kind in ("misspelt-key", "misplaced-key"):
        yield oddity.finding(oddity.span, oddity.message, notes=oddity.notes, fix=oddity.correction)
