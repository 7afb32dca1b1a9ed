"""How much of the host a container may use up, and what it may do with memory that looks like files."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Container, Finding, Good, Safety, Severity, Value, rule

NO_LIMIT = frozenset({"", "0", "-1", "unlimited"})
EXAMPLE = "the number is an example: measure what it needs when it is busy"
ALWAYS_SPARED = -900
"""From this score on the kernel ends nearly everything else first (proc_pid_oom_score_adj(5))."""
LOOSE = ("exec", "suid", "dev")
"""What Docker switches off for a tmpfs, and these options switch on again (docker run reference, --tmpfs; mount(8))."""


@rule(
    "memory-limit-missing",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.11 · ATT&CK T1499",
    also_known_as=(
        "compose-lint:CL-0026 kics:bb9ac4f7 kics:b14d1bc4 docksec:compose-no-resource-limits trivy:KSV-0018 checkov:CKV_K8S_13 "
        "kube-linter:unset-memory-requirements kube-score:container-resources polaris:memoryLimitsMissing kubesec:LimitsMemory "
        "kubescape:C-0004 kubescape:C-0009 kubescape:C-0271"
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              «web»:
                image: nginx:1.29
              cache:
                image: redis:8
                mem_limit: «0»
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {«name: web», image: 'nginx:1.29', resources: {limits: {cpu: 500m}}}
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29', resources: {limits: {cpu: 500m, memory: 512Mi}}}
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              web: {image: 'nginx:1.29', mem_limit: 256m}
              app: {image: 'acme/app:1', deploy: {resources: {limits: {memory: 512M}}}}
              job: {image: 'acme/job:1', mem_limit: '${JOB_MEMORY}'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              resources: {limits: {memory: 1Gi}}
              containers:
                - {name: web, image: 'nginx:1.29'}
            """,
        ),
        Good("start.sh", "docker run -m 256m nginx:1.29 && docker run --memory=$LIMIT nginx:1.29\n"),
        Bad("start.sh", "docker «run» --cpus 2 nginx:1.29\n"),
    ),
)
def memory_limit_missing(container: Container) -> Iterator[Finding]:
    """The container may take all of the host's memory.

    A leak, or a request made for it, then ends other containers or the host's own services instead of this one. Set a limit above what it
    needs when it is busy.
    """
    limit = container.fact("memory_limit")
    if limit.is_absent or (limit.is_known and limit.text in NO_LIMIT):
        fix = container.set("memory_limit", "512M", safety=Safety.DISPLAY, caveat=EXAMPLE)
        yield container.finding(limit, f"`{container.name}` may take all of the host's memory", fix=fix)


@rule(
    "cpu-limit-missing",
    severity=Severity.INFO,
    profile="strict",
    references="CIS Docker 5.12 · ATT&CK T1496",
    also_known_as=(
        "compose-lint:CL-0026 kics:6b610c50 kics:4ac0e2b7 docksec:compose-no-resource-limits trivy:KSV-0011 checkov:CKV_K8S_11 "
        "kube-score:container-resources polaris:cpuLimitsMissing kubesec:LimitsCPU kubescape:C-0050 kubescape:C-0009 kubescape:C-0270 "
        "semgrep:k/no-fractional-cpu-limits"
    ),
    examples=(
        Bad("compose.yaml", "services: {«web»: {image: 'nginx:1.29', cpu_shares: 512}, job: {image: 'acme/job:1', cpus: «0»}}"),
        Bad("start.sh", "docker «run» -m 256m nginx:1.29\n", fixed="docker run --cpus 1 -m 256m nginx:1.29\n"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {«name: web», image: 'nginx:1.29', resources: {limits: {memory: 1Gi}}}
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              web: {image: 'nginx:1.29', cpus: 1.5}
              app: {image: 'acme/app:1', cpu_quota: 50000}
              job: {image: 'acme/job:1', deploy: {resources: {limits: {cpus: '0.5'}}}}
            """,
        ),
        Good("start.sh", "docker run --cpus 2 nginx:1.29\n"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'nginx:1.29', resources: {limits: {cpu: 500m}}}
            """,
        ),
    ),
)
def cpu_limit_missing(container: Container) -> Iterator[Finding]:
    """The container may use every processor of the host.

    What runs away in it, or a miner that someone put there, slows down all its neighbours. Weights (`cpu_shares`, requests) share
    processors fairly and are enough for many; a limit also holds where nobody else wants them.
    """
    limit = container.fact("cpu_limit")
    if limit.is_absent or (limit.is_known and limit.text in NO_LIMIT):
        fix = container.set("cpu_limit", "1", safety=Safety.DISPLAY, caveat=EXAMPLE)
        yield container.finding(limit, f"`{container.name}` may use every processor of the host", fix=fix)


@rule(
    "process-limit-missing",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 5.29 · ATT&CK T1499",
    also_known_as="kics:221e0658",
    examples=(
        Bad(
            "compose.yaml",
            "services: {«a»: {image: 'a/b:1', mem_limit: 1g}, b: {image: 'a/b:1', pids_limit: «-1»}, c: {image: 'a/b:1', pids_limit: «0»}}",
        ),
        Bad("start.sh", "docker «run» -m 1g nginx:1.29\n"),
        Good(
            "compose.yaml",
            "services: {web: {image: 'nginx:1.29', pids_limit: 200}, app: {image: 'a/b:1', deploy: {resources: {limits: {pids: 100}}}}}",
        ),
        Good("start.sh", "docker run --pids-limit 200 nginx:1.29\n"),
    ),
)
def process_limit_missing(container: Container) -> Iterator[Finding]:
    """The container may start processes without end.

    A fork bomb in it leaves the host without process numbers, and nobody can log in to stop it. A few hundred is plenty for most
    services (`pids_limit`).
    """
    limit = container.fact("process_limit")
    if limit.is_absent or (limit.is_known and limit.text in NO_LIMIT):
        fix = container.set("process_limit", "200", caveat="a service with more processes and threads than that fails")
        yield container.finding(limit, f"`{container.name}` may start processes without end", fix=fix)


@rule(
    "out-of-memory-killer-disabled",
    severity=Severity.MEDIUM,
    references="docker run reference, --oom-kill-disable · ATT&CK T1499",
    facts=("oom_killer_disabled", "oom_score"),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              cache:
                image: redis:8
                oom_kill_disable: «true»
              queue:
                image: acme/queue:1
                oom_score_adj: «-1000»
            """,
            fixed="""
            services:
              cache:
                image: redis:8
              queue:
                image: acme/queue:1
            """,
        ),
        Bad("start.sh", "docker run «--oom-kill-disable» redis:8\n", fixed="docker run redis:8\n"),
        Good(
            "compose.yaml",
            """
            services:
              cache: {image: 'redis:8', oom_kill_disable: true, mem_limit: 1g}
              queue: {image: 'acme/queue:1', oom_kill_disable: false, oom_score_adj: -300}
            """,
        ),
        Good("start.sh", "docker run --oom-kill-disable -m 1g redis:8\n"),
    ),
)
def out_of_memory_killer_disabled(container: Container) -> Iterator[Finding]:
    """The container is spared when memory runs out, and takes all it wants.

    The kernel then ends other programs, those of the host among them, to free memory for this one. Docker's own advice is to spare a
    container only together with a limit on its memory.
    """
    disabled, score = container.fact("oom_killer_disabled"), container.fact("oom_score")
    fact = "oom_killer_disabled" if disabled.is_true else "oom_score" if is_spared(score) else ""
    limit = container.fact("memory_limit") if fact else score
    if fact and (limit.is_absent or (limit.is_known and limit.text in NO_LIMIT)):
        message = f"`{container.name}` is spared when memory runs out, and may take all of it"
        yield container.finding(container.fact(fact), message, fix=container.drop(fact, caveat="it may be ended"))


def is_spared(score: Value) -> bool:
    """Whether the kernel ends nearly everything else first."""
    return score.text.lstrip("-").isdigit() and len(score.text) < 6 and int(score.text) <= ALWAYS_SPARED


@rule(
    "loose-tmpfs",
    severity=Severity.LOW,
    profile="strict",
    references="mount(8) · NIST SP 800-190 3.4.3 · ATT&CK T1548.001",
    also_known_as="compose-lint:CL-0022",
    facts=("tmpfs",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              web:
                image: nginx:1.29
                tmpfs:
                  - «/run:size=64m,exec»
                  - /tmp
              app:
                image: acme/app:1
                tmpfs: «/tmp:mode=1777,suid»
            """,
        ),
        Bad("start.sh", "docker run --tmpfs «/run:rw,exec,size=64m» nginx:1.29\n"),
        Good(
            "compose.yaml",
            "services: {web: {image: 'nginx:1.29', tmpfs: ['/run:size=64m,noexec,nosuid', '/exec']}, app: {image: 'a/b:1', tmpfs: /t}}",
        ),
        Good("start.sh", "docker run --tmpfs /run:rw,noexec --tmpfs /tmp nginx:1.29\n"),
    ),
)
def loose_tmpfs(container: Container) -> Iterator[Finding]:
    """Programs may be run from a folder that is kept in memory.

    Docker mounts a tmpfs so that nothing in it can be run, and no setuid file counts: what an attacker writes there stays data, and in a
    container with a read-only root it is often the only place to write to. `exec` and `suid` take that back. Leave them out, or write
    them for the one folder that needs them.
    """
    for item in container.fact("tmpfs"):
        text = item.text or item.source[item.span].strip("\"'")
        path, _, options = text.partition(":")
        loose = [word for word in options.split(",") if word in LOOSE]
        if loose:
            kept = ",".join(word for word in options.split(",") if word not in LOOSE)
            new = f"{path}:{kept}" if kept else path
            fix = container.rewrite("tmpfs", item.span, text, new, caveat="what runs programs from there fails")
            yield container.finding(item, f"`{container.name}` mounts {path} with `{loose[0]}`: what is written there can be run", fix=fix)


@rule(
    "log-switched-off",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1070",
    also_known_as="compose-lint:CL-0014",
    facts=("log_driver",),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              web:
                image: nginx:1.29
                logging:
                  driver: «none»
            """,
            fixed="""
            services:
              web:
                image: nginx:1.29
            """,
        ),
        Bad("start.sh", "docker run --log-driver=«none» nginx:1.29\n", fixed="docker run nginx:1.29\n"),
        Good("compose.yaml", "services: {web: {image: 'nginx:1.29', logging: {driver: local, options: {max-size: 10m}}}}"),
        Good("start.sh", "docker run --log-driver local nginx:1.29\n"),
    ),
)
def log_switched_off(container: Container) -> Iterator[Finding]:
    """What the container writes to its log is thrown away.

    Nobody can see later what happened in it, an attack included. Where the log grows too large, bound it: the `local` driver does by
    itself, `json-file` with `max-size`.
    """
    driver = container.fact("log_driver")
    if driver.text == "none":
        fix = container.drop("log_driver", safety=Safety.SAFE)
        yield container.finding(driver, f"the log of `{container.name}` is thrown away", fix=fix)
