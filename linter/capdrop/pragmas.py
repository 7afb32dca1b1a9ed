"""detect-secrets' comments: `# pragma: allowlist secret` and its other forms silence what is found to be a secret on their line.

They are read as detect-secrets reads them, which knows of many languages; it need not be installed.
"""

from __future__ import annotations

from .finding import Suppression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .finding import Finding
    from .source import Source

MARK = "pragma:"
_STARTS = {"#": "", "//": "", "/*": "*/", "'": "", "--": "", "<!--": "-->"}
"""How a comment begins, and what must end its line."""
_THIS = ("allowlist secret", "allowlist-secret", "whitelist secret", "whitelist-secret")
_NEXT = tuple(f"allowlist{one}nextline{other}secret" for one in " -" for other in " -")


def silence_secrets(source: Source, findings: Iterable[Finding]) -> None:
    """Silence the findings that hide a secret on a line that such a comment allows."""
    lines: set[int] | None = None
    for finding in findings:
        if finding.suppressed is None and finding.source is source and finding.hidden:
            lines = allowed_lines(source.text) if lines is None else lines
            if source.position(finding.hidden[0].start).line in lines:
                finding.suppressed = Suppression("comment", "pragma: allowlist secret")


def allowed_lines(text: str) -> set[int]:
    """The numbers of the lines on which a secret is allowed."""
    allowed = set()
    for number, line in enumerate(text.split("\n"), 1):
        at = line.find(MARK)
        if at < 0:
            continue
        rest = line[at + len(MARK) :].removeprefix(" ")
        start = _comment_before(line, at)
        if start is None or not line.rstrip().endswith(_STARTS[start]):
            continue
        if rest.startswith(_THIS):
            allowed.add(number)
        elif rest.startswith(_NEXT) and line[:at].strip("# \t" if start == "<!--" else " \t") == start:
            allowed.add(number + 1)
    return allowed


def _comment_before(line: str, at: int) -> str | None:
    """How the comment begins in which nothing else stands before a place."""
    before = line[:at].rstrip(" ")
    for start in sorted(_STARTS, key=len, reverse=True):
        if before.endswith(start) or (start == "<!--" and before.rstrip("# \t").endswith(start)):
            return start
    return None
