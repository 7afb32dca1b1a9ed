"""What stays the same about a finding when the file around it changes."""

from __future__ import annotations

from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from capdrop.finding import Finding

    from .masks import Masks


def fingerprint(finding: Finding, masks: Masks) -> str:
    """16 hexadecimal digits of path, rule, subject and ordinal; not of a secret that the subject is called by."""
    path, rule, subject, ordinal = finding.identity
    return digest(path, rule, masks.text(subject), str(ordinal))


def digest(*parts: str) -> str:
    """16 hexadecimal digits of some texts."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
