"""Kubernetes settings that decide which code gets in."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Finding, Good, KubernetesObject, Severity, Variable, rule


@rule(
    "open-repository-prefix",
    severity=Severity.HIGH,
    references="NIST SP 800-190 3.1.5 · ATT&CK T1195.002",
    also_known_as="trivy:KSV-0124",
    examples=(
        Bad(
            "constraint.yaml",
            """
            apiVersion: constraints.gatekeeper.sh/v1beta1
            kind: K8sAllowedRepos
            metadata: {name: ours}
            spec:
              parameters:
                repos:
                  - registry.example.com/
                  - «docker.io/acme»
            """,
        ),
        Good(
            "constraint.yaml",
            """
            apiVersion: constraints.gatekeeper.sh/v1beta1
            kind: K8sAllowedRepos
            metadata: {name: ours}
            spec: {parameters: {repos: [registry.example.com/, docker.io/acme/]}}
            """,
        ),
    ),
)
def open_repository_prefix(thing: KubernetesObject) -> Iterator[Finding]:
    """A list of allowed registries allows names that only begin alike.

    Gatekeeper compares the beginning of an image's name, so `docker.io/acme` also admits `docker.io/acme-evil/x`. End each entry with a
    slash.
    """
    if thing.kind == "K8sAllowedRepos":
        for entry in thing.get("spec", "parameters", "repos"):
            if entry.text and not entry.text.endswith(("/", ":")) and "@" not in entry.text:
                fix = thing.rewrite("spec", entry.span, entry.text, f"{entry.text}/", caveat="images that only begin alike are refused")
                yield thing.finding(entry, f"`{entry.text}` also admits names that go on with other letters", fix=fix)


@rule(
    "git-sync-command-injection",
    severity=Severity.HIGH,
    references="ATT&CK T1609",
    also_known_as="checkov:CKV_K8S_159",
    variables=("GITSYNC_GIT",),
    examples=(
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: sync}
            spec:
              containers:
                - name: sync
                  image: registry.k8s.io/git-sync/git-sync:v4.4.0
                  env:
                    - name: GITSYNC_GIT
                      value: «/tools/git»
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: sync}
            spec:
              containers:
                - name: sync
                  image: registry.k8s.io/git-sync/git-sync:v4.4.0
                  env: [{name: GITSYNC_REPO, value: 'https://git.example.com/acme/app'}]
            """,
        ),
    ),
)
def git_sync_command_injection(variable: Variable) -> Iterator[Finding]:
    """git-sync is told which program to run as git.

    Whoever can set `GITSYNC_GIT` runs a program of their choice with the rights of the pod. Leave it out: the image brings its git.
    """
    if variable.name == "GITSYNC_GIT" and variable.place == "env":
        fix = variable.drop("variable", caveat="git-sync then runs the git of its image")
        yield variable.finding(variable.value, "`GITSYNC_GIT` names the program that git-sync runs", fix=fix)
