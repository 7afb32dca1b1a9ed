"""Settings that are meant to protect, and do not."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Oddity, Severity, rule


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
                «User»: "1000"
                «userns»: host
                post_start: [{command: start, «priviledged»: true, working_dir: /}]
              third:
                image: acme/third:1
                «memory_limit»: 1g
                «resources»: {limits: {memory: 1g}}
                deploy: {resources: {limits: {«memmory»: 1g}}}
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
                pre_stop: [{command: stop, user: app, environment: [A=b], working_dir: /}]
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


@rule(
    "misspelt-capability",
    severity=Severity.LOW,
    profile="strict",
    references="PSS baseline · PSS restricted",
    facts=("capabilities_added", "capabilities_dropped"),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {drop: [«all»], add: [«CAP_CHOWN», KILL]}}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {drop: [ALL], add: [CHOWN, KILL]}}}
            """,
        ),
        Good("compose.yaml", "services: {web: {image: 'acme/web:1', cap_drop: [all], cap_add: [CAP_CHOWN]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', securityContext: {capabilities: {drop: [ALL]}}}
            """,
        ),
    ),
)
def misspelt_capability(container: Container) -> Iterator[Finding]:
    """A capability is not written as Kubernetes writes it.

    The Pod Security admission compares names letter by letter: it takes `drop: [all]` for nothing dropped, and refuses `CAP_CHOWN` at
    every level. Some runtimes do not start the container either. Write it in capitals and without `CAP_`.
    """
    if container.dialect != "kubernetes":
        return
    for fact in ("capabilities_added", "capabilities_dropped"):
        for item in container.fact(fact):
            right = item.text.upper().removeprefix("CAP_")
            if right != item.text and right.replace("_", "").isalpha():
                fix = container.rewrite(fact, item.span, item.text, right, caveat="it takes effect then, where the runtime did not heed it")
                yield container.finding(item, f"`{container.name}` writes the capability {right} as `{item.text}`", fix=fix)
