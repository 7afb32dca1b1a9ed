"""What files hold to silence other tools: it silences those of our rules that go by the tool's id, in the place that the tool would heed.

A comment counts where its tool would read it, and no further: hadolint's speaks for the instruction right below, Checkov's for the whole
Dockerfile, that of KICS for the line, the block or, above everything else, the file. What names no rule of ours means nothing here.
"""

from __future__ import annotations

import re
import time
from itertools import islice

from .comment_reach import BELOW, BLOCK, DOCKERFILE, HEAD, HERE, STAGE, TOP, Page
from .finding import Suppression
from .model.ignore_comment import OtherToolsAnnotation
from .reading import Reading
from .rulebook import as_trivy_now_has_it
from .source import lowered
from .suppress import Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .finding import Finding
    from .model.subject import Subject
    from .reading import Joint
    from .rulebook import Rulebook
    from .source import Source, Span
    from .suppress import Cover

MOST = 1000
"""Comments of a file that are heeded; time grows with their number and that of the findings."""

_HADOLINT = r"[ \t]*ignore[ \t]*=[ \t]*(?P<ids>[DLSC\d]+(?:[ \t]*,[ \t]*[DLSC\d]+)*)[ \t]*(?:#[ \t]*(?P<why>.*))?$"
_KICS = r"(?i)^#+\s*kics-scan\s+"
COMMENTS = (
    ("hadolint", "hadolint", r"^#[ \t]*hadolint[ \t]+(?=ignore)" + _HADOLINT, BELOW),
    ("hadolint", "hadolint", r"^#[ \t]*hadolint[ \t]+stage" + _HADOLINT, STAGE),
    ("hadolint", "hadolint", r"^#[ \t]*hadolint[ \t]+global" + _HADOLINT, DOCKERFILE),
    ("buildkit", "skip=", r"(?i)^#[ \t]*check[ \t]*=(?:[^;]*;)?[ \t]*skip=(?P<ids>[\w, \t]+)", HEAD),
    ("checkov", ":skip=", r"(?:checkov|bridgecrew|cortex):skip= *(?P<ids>CKV2?_DOCKER_\d+)(?![\w,-])(?::\s*(?P<why>.*))?", DOCKERFILE),
    ("trivy", ":ignore:", r"(?<!\w)(?:trivy|tfsec):ignore:(?P<ids>[\w*-]+)(?::exp:(?P<until>\d{4}-\d\d-\d\d))?(?![^\s])", BLOCK),
    ("kics", "kics-scan", _KICS + r"ignore\s*$", TOP),
    ("kics", "kics-scan", _KICS + r"disable=(?P<ids>[\w, -]+)", TOP),
    ("kics", "kics-scan", _KICS + r"enable=(?P<but>[\w, -]+)", TOP),
    ("kics", "kics-scan", _KICS + r"ignore-line\b", HERE),
    ("kics", "kics-scan", _KICS + r"ignore-block\b", BLOCK),
    ("kics", "kics-scan", _KICS + r"ignore-block\b", STAGE),
    ("semgrep", "nosem", r"(?i)(?<=[\s#])nosem(?:grep)?(?!\w)(?:[:=]\s?(?P<ids>\S.*))?", HERE),
)  # fmt: skip
"""What is in such a comment, in small letters, its form, and where it silences."""
ANNOTATIONS = (
    ("kube-linter", r"ignore-check\.kube-linter\.io/(?P<ids>[\w-]+): (?P<why>[\s\S]*)"),
    ("kube-linter", r"kube-linter\.io/ignore-all: (?P<why>[\s\S]*)"),
    ("polaris", r"polaris\.fairwinds\.com/(?P<ids>\w+)-exempt: (?i:true)"),
    ("polaris", r"polaris\.fairwinds\.com/exempt: (?i:true)"),
    ("checkov", r"(?:checkov|bridgecrew|cortex)\.io/skip[^:]*: (?P<ids>[\w-]+)(?:=(?P<why>[\s\S]*))?"),
    ("kube-score", r"kube-score/ignore: (?P<ids>[\w, -]+)"),
)
"""Annotations, written `name: value`; those of an object speak for all of it."""
SECRETS = r"(gitleaks):allow\b|(trufflehog):ignore\b|#\s*(ggignore)\b|(checkov):skip= *CKV_SECRET_\d"
"""Words that allow a secret on their line."""

SEEN = {
    "hadolint:DL3006": "^FROM", "hadolint:DL3007": "^FROM", "checkov:CKV_DOCKER_7": "^FROM",
    "hadolint:DL3064": "^(ARG|ENV)", "buildkit:SecretsUsedInArgOrEnv": "^(ARG|ENV)",
    "hadolint:DL3013": "`pip", "hadolint:DL3016": "`npm`", "hadolint:DL3028": "`gem`", "hadolint:DL3062": "`go`",
    "hadolint:DL3018": "`apk`", "hadolint:DL3033": "`yum`", "hadolint:DL3037": "`zypper`", "hadolint:DL3041": "`(micro)?dnf`",
    "kics:02d9c71f": "`pip", "kics:e36d8880": "`npm`", "kics:22cd11f7": "`gem`",
    "kics:d3499f6d": "`apk`", "kics:6452c424": "`yum`", "kics:562952e4": "`zypper`", "kics:93d88cf7": "`dnf`",
    "checkov:CKV2_DOCKER_2": "`curl`", "checkov:CKV2_DOCKER_3": "`wget`", "checkov:CKV2_DOCKER_4": "^RUN.*`pip",
    "checkov:CKV2_DOCKER_5": "`PYTHONHTTPSVERIFY", "checkov:CKV2_DOCKER_6": "`NODE_TLS_REJECT_UNAUTHORIZED",
    "checkov:CKV2_DOCKER_12": "`(?i:NPM_CONFIG_STRICT_SSL)", "checkov:CKV2_DOCKER_13": "^RUN.*`npm",
    "checkov:CKV2_DOCKER_14": "`GIT_SSL_NO_VERIFY", "checkov:CKV2_DOCKER_15": "`yum", "checkov:CKV2_DOCKER_16": "`PIP_TRUSTED_HOST",
    "checkov:CKV2_DOCKER_7": "`apk`", "checkov:CKV2_DOCKER_8": "`apt-get`", "checkov:CKV2_DOCKER_9": "`yum`",
    "checkov:CKV2_DOCKER_10": "`rpm`", "checkov:CKV2_DOCKER_11": "`apt-get`",
    "checkov:CKV_K8S_157": "`bind`", "checkov:CKV_K8S_158": "`escalate`",
    "checkov:CKV_K8S_39": "adds SYS_ADMIN", "trivy:KSV-0005": "adds SYS_ADMIN", "kics:235236ee": "adds SYS_ADMIN",
    "trivy:KSV-0120": "adds SYS_MODULE", "trivy:KSV-0119": "adds NET_RAW",
    "polaris:dangerousCapabilities": "adds (ALL|SYS_ADMIN|NET_ADMIN)",
    "kube-linter:privilege-escalation-container": "adds SYS_ADMIN|gain privileges",
}  # fmt: skip
"""What an id tells that is one of several of its tool, or narrower than our rule: what the instruction and the message then hold."""
_NARROWER = "checkov:CKV_K8S_28 trivy:KSV-0004 kics:268ca686 kics:dbbc6705 kube-linter:drop-net-raw-capability polaris:insecureCapabilities"
NOT_ENOUGH = frozenset(_NARROWER.split()) | {f"checkov:CKV_K8S_{number}" for number in (1, 2, 3, 4, 5, 6, 7, 24, 32, 36)}
"""Ids whose silence says too little to silence the rule that lists them."""


class Said:
    """What silences a tool: its checks of these `ids`, all `but` these, or all of them; where (an annotation has a `scope`), and why."""

    __slots__ = ("but", "cover", "how", "ids", "scope", "tool", "why")

    def __init__(self, tool: str, match: re.Match[str], cover: Cover, scope: Span | None = None) -> None:
        groups = match.groupdict()
        self.tool = tool
        self.ids = re.findall(r"[^\s,]+", groups.get("ids") or "")
        self.but = re.findall(r"[^\s,]+", groups.get("but") or "")
        self.why = (groups.get("why") or "").strip()
        self.cover = cover
        self.scope = scope
        self.how = f"{tool} {'comment' if scope is None else 'annotation'}"

    def of(self, aliases: Iterable[str]) -> list[str]:
        """Those of the ids of a rule that it silences."""
        own = [alias for alias in aliases if alias.startswith(f"{self.tool}:")]
        if self.ids or self.but:
            named = [alias for alias in own if any(_same(self.tool, given, alias.partition(":")[2]) for given in self.ids or self.but)]
            own = named if self.ids else [] if named else own
        return [alias for alias in own if alias not in NOT_ENOUGH]

    def speaks_of(self, finding: Finding) -> bool:
        """Whether its author may have meant what was found: it is in its scope, and no secret that stands there, where all is silenced at
        once or the tool looks at names alone."""
        if self.scope is not None and not finding.notes and not self.scope.covers(finding.span):
            return False
        return not finding.hidden or (bool(self.ids) and self.tool != "buildkit")


def silence(file: Reading | Joint, findings: list[Finding], book: Rulebook, subjects: Iterable[Subject]) -> None:
    """Silence the findings of which a tool told as well that was silenced there. The subjects may be annotations that do so."""
    page, found = Page(file.source, file.blocks if isinstance(file, Reading) else file.parts()), Found(file.source, findings)
    annotations = [each for each in subjects if isinstance(each, OtherToolsAnnotation) and each.source is file.source]
    said = [*islice(_annotated(annotations), MOST), *islice(_commented(file, page), MOST)]
    for rule in found.by_rule if said else ():
        for one in said:
            aliases = one.of(book.loaded[rule].also_known_as)
            for finding in found.under(rule, one.cover) if aliases else ():
                if not one.speaks_of(finding) or finding.suppressed is not None:
                    continue
                if any(_tells(alias, finding, page) for alias in aliases):
                    finding.suppressed = Suppression(one.how, one.why)
    _silence_secrets(file.source, findings)


def _tells(alias: str, finding: Finding, page: Page) -> bool:
    """Whether what is found is what the tool tells under that id."""
    block = page.block(finding.span.start) if finding.source is page.source else None
    keyword = page.source.text[block.start : block.start + 8].split(None, 1)[0].upper() if block is not None else ""
    return re.search(SEEN.get(alias, ""), f"{keyword} {finding.message}") is not None


def _silence_secrets(source: Source, findings: list[Finding]) -> None:
    tools: dict[int, str] = {}
    for match in re.finditer(SECRETS, source.text):
        line = source.position(match.start()).line
        tools[line] = tool = match[match.lastindex or 0]
        if tool == "checkov" and source[source.line(line)].lstrip().startswith("#"):
            tools[line + 1] = tool
    for finding in findings if tools else ():
        if finding.suppressed is None and finding.source is source and finding.hidden:
            tool = tools.get(source.position(finding.hidden[0].start).line, "")
            finding.suppressed = Suppression(f"{tool} comment") if tool else None


def _same(tool: str, given: str, name: str) -> bool:
    """Whether an id that a user wrote is the one that our rules list."""
    given, name = given.casefold(), name.casefold()
    if tool == "trivy":
        given = as_trivy_now_has_it(given)
        return given == name or (given.endswith("*") and name.startswith(given[:-1]))
    if tool == "kics":
        return given.partition("-")[0] == name
    if tool == "semgrep":
        return given.rpartition(".")[2] == name.partition("/")[2]
    return given == name


def _annotated(annotations: Iterable[OtherToolsAnnotation]) -> Iterator[Said]:
    for annotation in annotations:
        for tool, pattern in ANNOTATIONS:
            match = re.fullmatch(pattern, annotation.written)
            if match is not None:
                yield Said(tool, match, (1, 0, (annotation.address,)), annotation.scope)


def _commented(file: Reading | Joint, page: Page) -> Iterator[Said]:
    text = file.source.text
    comments = {span.start: span.end for span in file.comments()}
    others = re.finditer(r"(?<!\S)#[^\r\n]*", text) if page.blocks else ()
    spans = {match.start(): match.end() for match in others} | comments
    low = lowered(text)
    forms = [(tool, form, where) for tool, mark, form, where in COMMENTS if mark in low]
    today = time.strftime("%Y-%m-%d", time.gmtime())
    for start in sorted(spans):
        for tool, form, where in forms:
            for match in re.finditer(form, text[start : spans[start]].rstrip()):
                cover = page.cover(where, start, is_comment=start in comments)
                if cover is not None and (match.groupdict().get("until") or "9") > today:
                    yield Said(tool, match, cover)
