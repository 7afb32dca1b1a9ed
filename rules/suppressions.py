"""Comments that silence rules: they are checked like everything else."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Edit, Finding, Fix, Good, IgnoreComment, Safety, Severity, rule

COMPOSE = "services: {app: {image: 'acme/app:1', user: '1000'}}\n"


def pod(ignore: str, more: str = "") -> str:
    """A pod that nothing keeps from running as root, with an annotation."""
    annotations = f"  annotations:\n    team: web\n    capdrop.dev/{ignore}\n" if ignore else "  annotations:\n    team: web\n"
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n{annotations}"
        f"spec:\n{more}  containers:\n    - name: web\n      image: acme/web:1\n"
    )


@rule(
    "malformed-suppression",
    severity=Severity.LOW,
    examples=(
        Bad("Dockerfile", "«# capdrop: ingore[missing-user]»\nFROM alpine:3.22\nUSER 1000\n"),
        Bad("Dockerfile", "«# capdrop: ignore missing-user»\nFROM alpine:3.22\nUSER 1000\n"),
        Bad("Dockerfile", "«# capdorp: ignore[missing-user]»\nFROM alpine:3.22\nUSER 1000\n"),
        Bad("compose.yaml", f"{COMPOSE}«# capdrop: ignore[]»\n"),
        Bad("pod.yaml", pod('ingore: «"missing-user"»')),
        Bad("pod.yaml", pod("ignore: «missing-user (the router)»")),
        Good("pod.yaml", pod('ignore: "[missing-user] -- the router"')),
        Good("Dockerfile", "# capdrop: ignore[missing-user] -- opens raw sockets\nFROM alpine:3.22\n"),
        Good("Dockerfile", "# capdrop finds what this image does not need\n# pyright: ignore[reportPrivateUsage]\nFROM alpine:3.22\n"),
        Good("compose.yaml", f"# capdrop: everything goes\n{COMPOSE}"),
    ),
)
def malformed_suppression(comment: IgnoreComment) -> Iterator[Finding]:
    """A comment that was to silence a rule cannot be read.

    It silences nothing. It must read `# capdrop: ignore[rule, rule] -- reason`, or `ignore-file` for the whole file. In Kubernetes an
    annotation may say it as well, `capdrop.dev/ignore: rule, rule -- reason`: that of an object for all of it, that of a pod template for
    its pod.
    """
    if comment.problem:
        yield comment.finding(comment.span, f"this silences nothing: {comment.problem}")


@rule(
    "unknown-rule-in-suppression",
    severity=Severity.LOW,
    examples=(
        Bad(
            "Dockerfile",
            "# capdrop: ignore[missing-user, «no-such-rule»] -- opens raw sockets\nFROM alpine:3.22\n",
            fixed="# capdrop: ignore[missing-user] -- opens raw sockets\nFROM alpine:3.22\n",
        ),
        Bad("compose.yaml", f"# capdrop: ignore-file[«root-usr»]\n{COMPOSE}"),
        Bad(
            "pod.yaml",
            pod("ignore: missing-user, «host-networks»", "  hostNetwork: true\n"),
            fixed=pod("ignore: missing-user, host-network", "  hostNetwork: true\n"),
        ),
        Good("pod.yaml", pod("ignore: missing-user, root-user")),
        Good("Dockerfile", "# capdrop: ignore[missing-user, DL3002]\nFROM alpine:3.22\nUSER root\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', user: root}}  # capdrop: ignore[Root-User]\n"),
    ),
)
def unknown_rule_in_suppression(comment: IgnoreComment) -> Iterator[Finding]:
    """A comment silences a rule that does not exist.

    Rules are called by their name, or by the id that another tool gives them (DL3002, CKV_K8S_16), in capitals or not.
    """
    for name, span, near in comment.unknown:
        touches = ((comment.address, "comment"),)
        if near:
            fix = Fix(f"Write `{near}`", (Edit(span, near),), Safety.UNSAFE, "it then silences that rule", touches)
        else:
            fix = Fix(f"Remove `{name}`", comment.without((name,)), Safety.SAFE, touches=touches)
        yield comment.finding(span, f"there is no rule `{name}`" + (f"; did you mean `{near}`?" if near else ""), fix=fix)


@rule(
    "unused-suppression",
    severity=Severity.LOW,
    examples=(
        Bad(
            "Dockerfile",
            "# capdrop: ignore[missing-user, «root-user»] -- opens raw sockets\nFROM alpine:3.22\n",
            fixed="# capdrop: ignore[missing-user] -- opens raw sockets\nFROM alpine:3.22\n",
        ),
        Bad("Dockerfile", "# capdrop: ignore[«root-user»]\nFROM alpine:3.22\nUSER 1000\n", fixed="FROM alpine:3.22\nUSER 1000\n"),
        Bad("compose.yaml", f"{COMPOSE[:-1]}  # capdrop: ignore[«root-user»] -- once\n", fixed=COMPOSE),
        Bad("pod.yaml", pod("ignore: missing-user, «root-user» -- it must"), fixed=pod("ignore: missing-user -- it must")),
        Bad("pod.yaml", pod("ignore: «root-user»"), fixed=pod("")),
        Good("pod.yaml", pod("ignore: host-network, missing-user -- the router", "  hostNetwork: true\n")),
        Good("Dockerfile", "# capdrop: ignore[root-user]\nFROM alpine:3.22\nUSER root\n"),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', user: root}}  # capdrop: ignore[root-user]\n"),
    ),
)
def unused_suppression(comment: IgnoreComment) -> Iterator[Finding]:
    """A comment silences a rule that has nothing to say there.

    It would silence the next true finding of that rule without anybody having looked at it.
    """
    for name, span in comment.unused:
        fix = Fix(f"Remove `{name}`", comment.without((name,)), Safety.SAFE, touches=((comment.address, "comment"),))
        yield comment.finding(span, f"`{name}` has nothing to say here", fix=fix)


@rule(
    "suppression-without-reason",
    severity=Severity.INFO,
    profile="strict",
    examples=(
        Bad("Dockerfile", "«# capdrop: ignore[missing-user]»\nFROM alpine:3.22\n"),
        Good("Dockerfile", "# capdrop: ignore[missing-user] -- opens raw sockets\nFROM alpine:3.22\n"),
    ),
)
def suppression_without_reason(comment: IgnoreComment) -> Iterator[Finding]:
    """A comment silences a rule and does not say why.

    The next reader cannot tell whether it still holds. Write the reason behind ` -- `.
    """
    if not comment.problem and not comment.reason:
        yield comment.finding(comment.span, "no reason is given")
