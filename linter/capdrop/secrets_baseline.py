"""detect-secrets' own baseline (`.secrets.baseline`): what was audited there as no secret is none here; and one that its audit opens.

Reading it needs nothing but SHA-1, with which it names secrets; finding more with its plugins, and writing it, needs the extra
`detect-secrets`.
"""

from __future__ import annotations

import os
from hashlib import sha1

from .finding import Suppression
from .rulebook import Misuse
from .secrets import bridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from .finding import Finding
    from .report import Result

NAME = bridge.NAME
RULE = "detect-secrets-finding"
"""The rule that tells what its plugins find."""
MISSING = "detect-secrets is not installed: pip install 'capdrop[detect-secrets]'"


def load(path: str) -> dict[str, Any]:
    """Read such a file. Raises `Misuse`."""
    try:
        return bridge.load(path)
    except ValueError as error:
        raise Misuse(str(error)) from None


def audited_as_none(baseline: dict[str, Any]) -> dict[str, set[str]]:
    """The hashes, by file, of what a person said is no secret."""
    audited: dict[str, set[str]] = {}
    for name, entries in baseline.get("results", {}).items():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("is_secret") is False:
                audited.setdefault(os.path.normpath(str(name)), set()).add(str(entry.get("hashed_secret")))
    return audited


def settle(path: str, results: Iterable[Result]) -> None:
    """Silence what was audited as no secret, and leave out what another rule tells of as well."""
    for result in results:
        result.findings = without_doubles(result.findings, RULE)
    if not path:
        return
    folder = os.path.dirname(os.path.abspath(path))
    audited = audited_as_none(load(path))
    for result in results:
        hashes = audited.get(os.path.relpath(os.path.abspath(result.path), folder), set()) if result.findings else set()
        for finding in result.findings if hashes else ():
            if finding.suppressed is None and any(_hash(finding.source[span]) in hashes for span in finding.hidden):
                finding.suppressed = Suppression("baseline", f"audited as no secret in {NAME}")


def _hash(secret: str) -> str:
    return sha1(secret.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def without_doubles(findings: Sequence[Finding], rule: str) -> list[Finding]:
    """The findings without those of a rule at places that another one hides as well."""
    places = [span for finding in findings if finding.rule != rule for span in finding.hidden]
    return [
        finding
        for finding in findings
        if finding.rule != rule or not any(one.start < place.end and place.start < one.end for one in finding.hidden for place in places)
    ]


def write(path: str, paths: Sequence[str]) -> int:
    """Write a `.secrets.baseline` over these files as detect-secrets would: with the settings and audits of the one that is there.

    Returns how many entries it holds. Raises `Misuse`.
    """
    if not bridge.installed():
        raise Misuse(MISSING)
    from detect_secrets.core import baseline as theirs
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import transient_settings

    root = os.path.dirname(os.path.abspath(path))
    earlier = load(path) if os.path.exists(path) else None
    if earlier is not None and any(bridge.without_code(earlier)[key] != earlier.get(key, []) for key in ("plugins_used", "filters_used")):
        raise Misuse(f"{path}: it names plugins or filters that are code of the repository, which capdrop does not run")
    chosen = bridge.settings(root)
    with transient_settings(bridge.without_network(chosen)):
        collection = SecretsCollection(root=root)
        for one in paths:
            collection.scan_file(os.path.relpath(os.path.abspath(one), root))
        if earlier is not None:
            known = SecretsCollection.load_from_baseline(theirs.upgrade(earlier))
            collection.merge(known)
            scanned = {os.path.relpath(os.path.abspath(one), root) for one in paths}
            for name, secrets in known.data.items():
                if name not in scanned:
                    collection.data[name] = secrets
    with transient_settings(chosen):
        theirs.save_to_file(collection, path)
        return sum(1 for _ in collection)
