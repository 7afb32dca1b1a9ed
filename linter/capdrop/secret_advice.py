"""What to do about a secret that stands in a file, in words that suit its place."""

from __future__ import annotations

from .finding import Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model.subject import Subject

ROTATE = "rotate it: it stays in the history"
CHANGE = "set another: this one stays in the history"


def revocation(provider: str) -> str:
    """What to do with a provider's token, and where."""
    if not provider:
        return ROTATE
    from .secrets.tokens import where_to_revoke

    return f"revoke it: it stays in the history ({where_to_revoke(provider)})"


def better_way(subject: Subject) -> Fix:
    """Where a secret comes from instead, as a change to make by hand."""
    where = subject.address
    if where.startswith("Secret/"):
        return Fix("Encrypt the Secret (SOPS, Sealed Secrets), or have it made in the cluster (External Secrets)")
    if where.startswith(("services", "configs", "x-")):
        return Fix("Write `${NAME:?}`, or mount it with `secrets:`")
    if "/" in where.partition(" ")[0]:
        return Fix(
            "Take it from a Secret that is made in the cluster: `valueFrom: {secretKeyRef: {name: ..., key: ...}}`, or a mounted file"
        )
    if subject.source.path.lower().endswith((".sh", ".bash", ".zsh", ".mk", "makefile")):
        return Fix("Hand it over with `--env-file`, or read it from a file or a prompt (`--password-stdin`)")
    if subject.source.path.lower().endswith((".yaml", ".yml", ".json")):
        return Fix("Take it from outside the file: a mounted secret, or a variable that the deployment must set")
    return Fix("Write `RUN --mount=type=secret,id=...` for the step that needs it, or set it when the container starts")
