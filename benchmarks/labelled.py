"""The public sets: texts with a secret, each of a named format, and the place in our files where it may stand."""

from __future__ import annotations

import base64
import csv
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sampling import CHANCE, MADE, made_jwt, private_key, random_like, sample_of, with_checksum

HERE = Path(__file__).parent
SAMPLES = 5


class Case(NamedTuple):
    """A text with a secret: from which set, of which format, where it is written, and the name of the file that it is, if it has one."""

    collection: str
    form: str
    text: str
    place: str = ""
    file: str = "settings.conf"


PLAIN = ["env", "environment", "heredoc", "manifest"]
"""The places of `secrets.PLACES` in which a setting is written as `NAME=value`."""


def checkout(sets: Path, name: str) -> Path:
    """The folder of a set."""
    return next(path for path in sorted(sets.iterdir()) if name in path.name.lower())


PUBLIC = re.compile(r"client-id|access-id|pub-|public|user-api-id|browser-api|kucoin-access-token|bittrex-access|confluent-access-token")
"""gitleaks' formats of what is an identifier or meant to be public."""
ELSEWHERE = {"pkcs12-file", "hashicorp-tf-password", "freemius-secret-key", "generic-api-key", "jwt-base64"}
"""Those that stand in files of other kinds, or have no form."""
BY_HAND = {
    "curl-auth-header": ("run", 'curl -H "Authorization: Bearer {}" https://api.acme.io/v1'),
    "curl-auth-user": ("run", "curl -u deploy:{} https://api.acme.io/v1"),
    "nuget-config-password": ("", '<add key="ClearTextPassword" value="{}" />'),
    "kubernetes-secret-yaml": ("whole", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: {}"),
    "sidekiq-sensitive-url": ("env", "SOURCE=https://0a1b7c3d:9e8f2a6b@gems.contribsys.com/"),
    "sidekiq-secret": ("env", "BUNDLE_GEMS__CONTRIBSYS__COM=0a1b7c3d:9e8f2a6b"),
}

NARROWER = {
    "1password-service-account-token": r"ops_eyJ[A-Za-z0-9]{250}",
    "artifactory-reference-token": r"cmVmdGtu[A-Za-z0-9]{56}",
    "authress-service-client-access-key": r"authress_[a-z0-9]{20}\.[a-z0-9]{4}\.acc[_-][a-z0-9-]{12}\.[A-Za-z0-9]{60}",
    "aws-amazon-bedrock-api-key-short-lived": r"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9]{200}",
    "azure-ad-client-secret": r"[A-Za-z0-9_~.]{3}8Q~[A-Za-z0-9_~]{34}",
    "duffel-api-token": r"duffel_(?:test|live)_[A-Za-z0-9_-]{43}",
    "dynatrace-api-token": r"dt0c01\.[A-Z2-7]{24}\.[A-Z2-7]{64}",
    "facebook-access-token": r"EAAC[A-Za-z0-9]{140}",
    "frameio-api-token": r"fio-u-[A-Za-z0-9_-]{64}",
    "github-fine-grained-pat": r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "grafana-cloud-api-token": r"glc_eyJ[A-Za-z0-9]{80}",
    "planetscale-api-token": r"pscale_tkn_[A-Za-z0-9_-]{43}",
    "planetscale-oauth-token": r"pscale_oauth_[A-Za-z0-9_-]{43}",
    "planetscale-password": r"pscale_pw_[A-Za-z0-9_-]{43}",
    "sendgrid-api-token": r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "slack-app-token": r"xapp-1-[A-Z0-9]{11}-[0-9]{13}-[0-9a-f]{64}",
    "slack-bot-token": r"xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
    "slack-config-access-token": r"xoxe\.xox[bp]-1-[A-Z0-9]{166}",
    "slack-legacy-token": r"xox[os]-[0-9]{10}-[0-9]{10}-[0-9]{10}-[0-9a-f]{32}",
    "slack-webhook-url": r"https://hooks\.slack\.com/services/T[A-Z0-9]{8}/B[A-Z0-9]{10}/[A-Za-z0-9]{24}",
    "sourcegraph-access-token": r"sgp_(?:[a-f0-9]{16}_)?[a-f0-9]{40}",
    "stripe-access-token": r"[sr]k_(?:test|live)_[A-Za-z0-9]{24}",
    "square-access-token": r"EAAA[A-Za-z0-9_-]{60}",
}
"""Where gitleaks' pattern is wider than what the provider issues (as the other collections and the providers have it)."""
NO_MARK = {"vault-service-token"}
"""Without a mark in one of its forms: only the name tells."""


def gitleaks(sets: Path) -> Iterator[Case]:
    """Samples of the patterns of its configuration: those that need a keyword stand behind the rule's name in capitals."""
    rules = tomllib.loads((checkout(sets, "gitleaks") / "config" / "gitleaks.toml").read_text("utf-8"))["rules"]
    for rule in rules:
        name = rule["id"]
        if PUBLIC.search(name) or name in ELSEWHERE:
            continue
        for _ in range(SAMPLES):
            if name in BY_HAND:
                place, text = BY_HAND[name]
                yield Case("gitleaks", name, text.format("".join(CHANCE.choices("abcdefghjkmnpqrstuvwxyzABCDEFGH23456789", k=24))), place)
            elif name in NARROWER:
                yield Case("gitleaks", name, f"SETTING={sample_of(NARROWER[name], None)}", CHANCE.choice(PLAIN))
            elif name in MADE:
                yield Case("gitleaks", name, f"SETTING={MADE[name]()}", CHANCE.choice(PLAIN))
            elif name == "private-key":
                yield Case("gitleaks", name, private_key())
            else:
                value = with_checksum(sample_of(rule["regex"], rule.get("secretGroup")))
                keyed = "{0,50}?" in rule["regex"] or name in NO_MARK
                label = name.upper().replace("-", "_") if keyed else "SETTING"
                yield Case("gitleaks", name, f"{label}={value}", CHANCE.choice(PLAIN))


DETECT_SECRETS_TESTS = """
import importlib, json, sys, types
root = sys.argv[1]
sys.path.insert(0, root)
seen = []
class Anything:
    def __getattr__(self, name): return Anything()
    def __call__(self, *args, **kwargs): return args[0] if args and callable(args[0]) else Anything()
class Mark(Anything):
    def __getattr__(self, name):
        if name != "parametrize": return Anything()
        def parametrize(names, values, **_):
            seen.append((names, [list(value) if isinstance(value, tuple) else [value] for value in values]))
            return lambda function: function
        return parametrize
stub = types.ModuleType("pytest")
stub.mark = Mark()
stub.__getattr__ = lambda name: Anything()
sys.modules["pytest"] = stub
for name in ("responses", "requests_mock"): sys.modules.setdefault(name, Anything())
result = {}
import pathlib
for path in sorted(pathlib.Path(root, "tests", "plugins").glob("*_test.py")):
    seen.clear()
    try:
        importlib.import_module(f"tests.plugins.{path.stem}")
    except Exception as error:
        print(path.name, error, file=sys.stderr)
        continue
    result[path.stem] = [value for _, values in seen for value in values if value and isinstance(value[0], str)]
print(json.dumps(result, default=str))
"""
WORN = "as written"


def both(case: Case) -> Iterator[Case]:
    """An example as it is written, which is mostly made up (`xxxx`, `1234`, the alphabet) and left alone on purpose, and re-rolled."""
    yield case._replace(collection=f"{case.collection}, {WORN}")
    if "SIsIm5hbWUiOiJKb2huIERvZSI" in case.text or "IkpvaG4gRG9lI" in case.text:
        yield case._replace(text=re.sub(r"eyJ[\w-]+\.eyJ[\w-]+(?:\.[\w-]+)?", lambda match: made_jwt(), case.text))
        return
    if re.search(r"xox[a-z]-\d+-\d+\"?$|/TXXXXX/", case.text):
        return  # the part that is secret is missing
    if "-----BEGIN" in case.text:
        body = private_key().split("-----")[2]
        yield case._replace(
            text=re.sub(r"(?<=PRIVATE KEY-----).*?(?=-----END)", lambda match: body.replace("\n", "\\n"), case.text, flags=re.DOTALL)
        )
        return
    if "secp256k1" in case.form:
        yield case._replace(text=f"PRIVATE_KEY={sample_of('0x[0-9a-f]{64}', None)}")
        return
    if case.form == "artifactory":
        yield case._replace(text=re.sub(r"A(?:KC|P[0-9A-F])\w+", lambda match: sample_of(r"AKCp[A-Za-z0-9]{69}", None), case.text))
        return
    if case.form == "twilio":
        yield case._replace(text=sample_of(r"SK[0-9a-f]{32}", None))
        return
    rolled = re.sub(r"(?<=://)([^:/@ ]+):([^@ ]+)@", lambda match: f"{match[1]}:{random_like('aA1' * 4)}@", case.text)
    yield case._replace(text=re.sub(r"[A-Za-z0-9_.~-]{12,}", rerolled, rolled))


FIXED = re.compile(
    r"[a-z0-9]{1,8}[-_.](?:[a-z0-9]{2,7}[-_.])*|A[KSBC][A-Z][A-Z0-9]|[A-Z]{2,3}(?=[0-9a-f]{32})|GR1348941|dapi|eyJ\w+\.eyJ\w+\."
)
"""What a token begins with, and keeps."""


def rerolled(match: re.Match[str]) -> str:
    """A token with its body random in the same alphabet; names, hosts and what is random already stay."""
    text = match[0]
    begin = FIXED.match(text)
    start = begin.end() if begin and begin.end() < len(text) - 8 else 0
    body = text[start:]
    if "eyJ" in text or not re.search(r"(.)\1{4}|1234|abcd|aBcD|4321|example|fedcba", text, re.IGNORECASE):
        return text
    return text[:start] + "T3BlbkFJ".join("".join(map(random_like, re.split(r"([-_.])", part))) for part in body.split("T3BlbkFJ"))


CODE = re.compile(r"\b(?:if|var|const|:=|==|!=|=>)\b|:=|==|!=|=>|;$|@\"")
"""Lines of program source; they stand in no file of ours."""


def detect_secrets(sets: Path) -> Iterator[Case]:
    """The lines of its plugins' tests that it expects to be flagged; of the keyword plugin those that are written as in a settings file."""
    python = HERE / ".venv" / "bin" / "python"
    root = str(checkout(sets, "detect-secrets"))
    ran = subprocess.run([python, "-c", DETECT_SECRETS_TESTS, root], capture_output=True, text=True, check=True, cwd=root)
    for plugin, cases in json.loads(ran.stdout).items():
        form = plugin.removesuffix("_test")
        if form in ("ip_public", "high_entropy_strings", "base"):
            continue
        for case in cases:
            extension, line, expected = case[:3] if form == "keyword" and len(case) > 2 else ("", case[0], case[1:] and case[1])
            if not line.strip() or extension in ("go", "py", "js", "swift", "tf", "m", "cls", "c", "cs", "java", "php", "rb", "sh", "ts"):
                continue
            if form == "keyword" and isinstance(expected, str) and not CODE.search(line):
                yield Case(
                    "detect-secrets", form, line.replace(expected, "".join(CHANCE.choices("abcdefghjkmnpqrstuvwxyzABCDEFGH2345", k=18)))
                )
            elif form == "discord" and not line.startswith(("MT", "=MT", "Nz", "OT")):
                continue  # no base64 of a number, as every bot token begins with
            elif form != "keyword" and expected is True and ":=" not in line and not line.startswith("AC"):
                option = line.startswith("--")
                yield from both(Case("detect-secrets", form, f"tool {line}" if option else line, "run" if option else ""))


def secretlint(sets: Path) -> Iterator[Case]:
    """The lines of every message of the rules' snapshots."""
    for output in sorted(checkout(sets, "secretlint").glob("packages/@secretlint/secretlint-rule-*/test/snapshots/*/output.json")):
        rule = output.parts[-5].removeprefix("secretlint-rule-") if output.parts[-5].startswith("secretlint-rule-") else output.parts[-4]
        rule = next(part for part in output.parts if part.startswith("secretlint-rule-")).removeprefix("secretlint-rule-")
        if rule.startswith(("preset", "pattern", "example", "filter", "internal", "no-")):
            continue
        inputs = [path for path in output.parent.glob("input.*") if path.suffix not in (".p12",)]
        if not inputs:
            continue
        try:
            text = inputs[0].read_text("utf-8")
            messages = json.loads(output.read_text("utf-8")).get("messages", [])
        except (UnicodeDecodeError, ValueError):
            continue
        for message in messages:
            if message.get("type") == "message":
                start, end = message["range"]
                first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
                lines = text[first : last if last >= 0 else len(text)].rstrip("\n")
                yield from both(Case("secretlint", f"{rule} {message['messageId']}", lines))


NO_TEXT = {".mozilla/firefox/logins.json"}
"""Encrypted by the program that wrote it."""


def leaky_repo(sets: Path) -> Iterator[Case]:
    """Every file that its own list says to hold a risk."""
    home = checkout(sets, "leaky-repo")
    for row in csv.reader((home / ".leaky-meta" / "secrets.csv").read_text("utf-8").splitlines()):
        if len(row) == 3 and not row[0].startswith("#") and int(row[1]) and row[0] not in NO_TEXT and (home / row[0]).is_file():
            text = (home / row[0]).read_text("utf-8", "replace").replace("\r\n", "\n")
            yield Case("leaky-repo", row[0], text, file=Path(row[0]).name)


IN_GO = re.compile(r"`([^`]*)`|\"((?:[^\"\\]|\\.)*)\"")
"""A literal text in Go."""
NOT_SECRET = re.compile(r"publishable|public|-pub-|client-id|api-id|browser-api|mapbox|^gcp-service-account$|jwt|private-key|age-secret")
"""Trivy's formats of what is an identifier or meant to be public, or that the sampler cannot make: those are in the other sets."""
NARROWER_THAN_TRIVY = {
    "alibaba-access-key-id": r"LTAI[a-z0-9]{20}",
    "aws-access-key-id": r"A(?:KIA|SIA)[A-Z2-7]{16}",
    "azure-ai-services-key": r"[A-Za-z0-9+/]{52}JQQJ99C[A-L][A-Za-z0-9]{7}XJ3w3[A-Za-z0-9]{4}ACOG[A-Za-z0-9]{4}",
    "azure-app-config-connection-string": r"Endpoint=https://[a-z]{8}\.azconfig\.io;Id=[a-z0-9]{4}-l0-s0:[A-Za-z0-9]{20};Secret=[A-Za-z0-9+/]{43}=",
    "azure-container-registry-credential": r"[A-Za-z0-9+/]{52}JQQJ99C[A-L]ACYeBjFEqg7NAAA[A-L]AZCR[A-Za-z0-9]{4}",
    "azure-container-registry-password": r"[a-zA-Z0-9+/]{32}",
    "azure-devops-pat": r"[a-z2-7]{52}",
    "azure-sas-token": r"sv=2022-11-02&ss=b&srt=sco&sp=rl&se=2030-01-01T00:00:00Z&sig=[A-Za-z0-9]{20}%2B[A-Za-z0-9]{20}%3D",
    "databricks-api-token": r"dapi[a-f0-9]{32}",
    "dynatrace-api-token": NARROWER["dynatrace-api-token"],
    "frameio-api-token": NARROWER["frameio-api-token"],
    "github-app-token": r"ghu_[A-Za-z0-9]{36}",
    "gocardless-api-token": r"live_[A-Za-z0-9_-]{40}",
    "grafana-api-token": r"eyJrIjoi[A-Za-z0-9]{72,92}",
    "linkedin-client-secret": r"[A-Za-z0-9]{16}",
    "sendgrid-api-token": NARROWER["sendgrid-api-token"],
    "slack-access-token": NARROWER["slack-bot-token"],
    "slack-web-hook": NARROWER["slack-webhook-url"],
    "stripe-secret-token": r"sk_(?:test|live)_[A-Za-z0-9]{24}",
}
"""Where Trivy's pattern is wider than what the provider issues."""
NAME_IN_TRIVY = r"|:).{0,5}"
"""What ends the name in Trivy's patterns of named values."""


def trivy(sets: Path) -> Iterator[Case]:
    """Samples of the patterns of Trivy's secret rules: those that need a keyword stand behind the rule's name in capitals."""
    code = (checkout(sets, "trivy") / "pkg" / "fanal" / "secret" / "builtin-rules.go").read_text("utf-8")
    rule = re.compile(r"ID:\s+\"([^\"]+)\",.*?Regex:\s+(MustCompile\w*)\((?:fmt\.Sprintf\()?`([^`]+)`", re.DOTALL)
    for name, call, pattern in rule.findall(code):
        if NOT_SECRET.search(name):
            continue
        whole = f"({pattern})" if call != "MustCompile" else pattern.replace("%s", "")
        named = (
            "{0,25})" in whole
            or "_?key" in whole
            or name in ("symfony-default-secret", "azure-devops-pat", "azure-container-registry-password")
        )
        if "{0,25})" in whole:
            whole = whole.partition(NAME_IN_TRIVY)[2].replace("?P<secret>", "").replace(r"""['\"]""", "")
        label = name.upper().replace("-", "_") if named else "SETTING"
        for _ in range(SAMPLES):
            if name == "dockerconfig-secret":
                yield Case("trivy", name, docker_login(), "whole")
                continue
            group = "secret" if "_?key" in whole else 0
            value = with_checksum(sample_of(NARROWER_THAN_TRIVY.get(name, whole), group).strip("'\" "))
            yield Case("trivy", name, f"{label}={value}", CHANCE.choice(PLAIN))


def docker_login() -> str:
    """A Secret with the login for a registry."""
    login = base64.b64encode(f"ci:{random_like('aA1' * 6)}".encode()).decode()
    settings = base64.b64encode(json.dumps({"auths": {"registry.acme.io": {"auth": login}}}).encode()).decode()
    return f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  .dockerconfigjson: {settings}"


SECRET_PATTERN = re.compile(r"(?:key|secret|token|password|pword|pat|pattern)(?:pat|pattern)?$", re.IGNORECASE)
MARK = re.compile(r"[A-Za-z0-9_.:/+=-]{3,}")
"""What a pattern must hold besides classes of characters: without it, nothing but a name tells."""
NO_SECRET = re.compile(
    r"(?:pubnub\w+|newrelicbrowserkey|couchbase|ldap|gcp\w*|postgres|mapbox|locationiq|ramp|trufflehogenterprise|dfuse) "
    r"|publishableKeyPat|consumerKeyPat|instancePat|ValuePat|portalPat|placeholder|azureRedisPat|keyNamePat|razorpay keyPat|gemini keyPat"
)
"""TruffleHog's patterns of what is an identifier, an address or meant to be public, or the key of a service that is gone."""
NO_SECRET_PATTERN = re.compile(r"id(?:pat)?$|url|domain|email|user|host|server|project|org|account|endpoint|tenant|region", re.IGNORECASE)


def trufflehog(sets: Path) -> Iterator[Case]:
    """Samples of the patterns of TruffleHog's detectors: those that need a keyword stand behind it as `KEYWORD_API_KEY`."""
    for path in sorted((checkout(sets, "trufflehog") / "pkg" / "detectors").glob("*/**/*.go")):
        if path.stem.endswith("_test"):
            continue
        code = path.read_text("utf-8")
        for variable, expression in re.findall(r"^\s*(\w+)\s*=\s*regexp\.MustCompile\((.+)\)\s*$", code, re.MULTILINE):
            keywords = re.search(r"detectors\.PrefixRegex\(\[\]string\{([^}]*)\}\)", expression)
            rest = expression.replace(keywords[0], "") if keywords else expression
            pattern = "".join(plain or quoted.replace("\\\\", "\\") for plain, quoted in IN_GO.findall(rest))
            if not SECRET_PATTERN.search(variable) or NO_SECRET_PATTERN.search(variable) or re.search(r"\w", IN_GO.sub("", rest)):
                continue
            words = re.findall(r"[\w-]+", keywords[1]) if keywords else []
            label = f"{words[0].upper().replace('-', '_')}_API_KEY" if words else "SETTING"
            form = f"{path.stem} {variable}"
            if NO_SECRET.search(form) or not (words or MARK.search(re.sub(r"\[[^\]]*\]|\\.|\{[^}]*\}|\(\?.", " ", pattern))):
                continue
            for _ in range(SAMPLES):
                text = f"{label}={with_checksum(sample_of(pattern, None if words else 0))}"
                place = CHANCE.choice(PLAIN if not re.search(r"[\s\"'\\]", text) else PLAIN[2:])
                yield Case("trufflehog, named" if words else "trufflehog", form, text, place)


SETS = (gitleaks, detect_secrets, secretlint, leaky_repo, trivy, trufflehog)
