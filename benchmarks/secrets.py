"""How many secrets are found, beside our rivals, and what is called one over real files.

Usage: python benchmarks/secrets.py SETS [--real FOLDER ...] [--hits N]

SETS is a folder with checkouts of the public sets, in folders whose names hold theirs: `leaky-repo`, `gitleaks`, `detect-secrets` and
`secretlint`. Their examples are written into Dockerfiles, Compose files and manifests of a temporary folder, and every tool (from
`benchmarks/.venv`, which `compare.py` makes) is run over it once. Nothing of the sets is kept. With `--real`, our findings over real files
are counted by rule; `--hits N` prints N of them at random with their lines, unmasked, to be read by a person.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import random
import re
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
CHANCE = random.Random(2026)
RULES = (
    "provider-token,private-key,password-in-url,hard-coded-credential,default-credential,published-default,credential-in-command,"
    "stored-login"
)
SAMPLES = 5
ENOUGH = 4
"""A format counts as found when so many of its samples are."""

PARSER: Any = importlib.import_module("re._parser")


class Case(NamedTuple):
    """A text with a secret: from which set, of which format, and where it is written."""

    collection: str
    form: str
    text: str
    place: str = ""


PLACES = {
    "heredoc": ("Dockerfile", "FROM scratch\nCOPY <<'END_OF_FILE' /etc/app/settings\n{text}\nEND_OF_FILE\n", ""),
    "manifest": (
        "map.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  settings.conf: |\n{text}\n",
        "    ",
    ),
    "compose": ("compose.yaml", "services:\n  app:\n    image: scratch\nconfigs:\n  settings:\n    content: |\n{text}\n", "      "),
    "run": ("Dockerfile", "FROM scratch\nRUN {text}\n", ""),
    "env": ("Dockerfile", "FROM scratch\nENV {text}\n", ""),
    "environment": ("compose.yaml", "services:\n  app:\n    image: scratch\n    environment:\n      - {text}\n", ""),
    "whole": ("manifest.yaml", "{text}\n", ""),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--real", type=Path, nargs="*", default=[])
    parser.add_argument("--hits", type=int, default=0)
    parser.add_argument("--only", default="", help="only this tool")
    options = parser.parse_args()
    cases = [*gitleaks(options.sets), *detect_secrets(options.sets), *secretlint(options.sets), *leaky_repo(options.sets)]
    with tempfile.TemporaryDirectory() as folder:
        written = dict(write(Path(folder), cases))
        tools = {name: tool for name, tool in TOOLS.items() if options.only in ("", name)}
        found = {name: tool(Path(folder)) for name, tool in tools.items()}
    report(written, found)
    for real in options.real:
        over_real_files(real, options.hits)


def write(folder: Path, cases: list[Case]) -> Iterator[tuple[str, Case]]:
    """Every case in a folder of its own, or in three where no place is given."""
    for number, case in enumerate(cases):
        for place in [case.place] if case.place else ["heredoc", "manifest", "compose"]:
            name, frame, indent = PLACES[place]
            home = folder / f"{number:05d}-{place}"
            home.mkdir()
            text = textwrap.indent(case.text, indent) if indent else case.text
            (home / name).write_text(frame.replace("{text}", text), encoding="utf-8")
            yield str(home / name), case._replace(place=place)


def checkout(sets: Path, name: str) -> Path:
    return next(path for path in sorted(sets.iterdir()) if name in path.name.lower())


# ---- the sets


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


PLAIN = ["env", "environment", "heredoc", "manifest"]
NARROWER = {
    "1password-service-account-token": r"ops_eyJ[A-Za-z0-9]{250}",
    "artifactory-reference-token": r"cmVmdGtu[A-Za-z0-9]{56}",
    "authress-service-client-access-key": r"authress_[a-z0-9]{20}\.[a-z0-9]{4}\.acc[_-][a-z0-9-]{12}\.[A-Za-z0-9]{60}",
    "aws-amazon-bedrock-api-key-short-lived": r"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9]{200}",
    "azure-ad-client-secret": r"[A-Za-z0-9_~.]{3}8Q~[A-Za-z0-9_~]{34}",
    "duffel-api-token": r"duffel_(?:test|live)_[A-Za-z0-9_-]{43}",
    "dynatrace-api-token": r"dt0c01\.[A-Z2-7]{24}\.[A-Z2-7]{64}",
    "facebook-access-token": r"EAAC[A-Za-z0-9]{140}",
    "flutterwave-encryption-key": r"FLWSECK_TEST-[a-h0-9]{32}-X",
    "frameio-api-token": r"fio-u-[A-Za-z0-9_-]{64}",
    "github-fine-grained-pat": r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "grafana-cloud-api-token": r"glc_eyJ[A-Za-z0-9]{80}",
    "planetscale-api-token": r"pscale_tkn_[A-Za-z0-9_-]{43}",
    "planetscale-password": r"pscale_pw_[A-Za-z0-9_-]{43}",
    "sendgrid-api-token": r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "slack-app-token": r"xapp-1-[A-Z0-9]{11}-[0-9]{13}-[0-9a-f]{64}",
    "slack-bot-token": r"xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
    "slack-config-access-token": r"xoxe\.xox[bp]-1-[A-Z0-9]{166}",
    "slack-legacy-token": r"xox[os]-[0-9]{10}-[0-9]{10}-[0-9]{10}-[0-9a-f]{32}",
    "slack-webhook-url": r"https://hooks\.slack\.com/services/T[A-Z0-9]{8}/B[A-Z0-9]{10}/[A-Za-z0-9]{24}",
    "square-access-token": r"EAAA[A-Za-z0-9_-]{60}",
}
"""Where gitleaks' pattern is wider than what the provider issues (as the other collections and the providers have it)."""
NO_MARK = {"vault-service-token"}
"""Without a mark in one of its forms: only the name tells."""


def made_age() -> str:
    """An age key with its checksum."""
    from capdrop.secrets.keys import bech32_remainder

    data = [CHANCE.randrange(32) for _ in range(52)]
    rest = bech32_remainder("age-secret-key-", [*data, *[0] * 6]) ^ 1
    letters = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
    return "AGE-SECRET-KEY-1" + "".join(letters[one] for one in [*data, *(rest >> 5 * (5 - at) & 31 for at in range(6))])


def made_jwt() -> str:
    """A JSON Web Token with a header and claims."""
    import base64

    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    return (
        f"{part(json.dumps({'alg': 'HS256', 'typ': 'JWT'}))}.{part(json.dumps({'sub': CHANCE.randrange(10**9)}))}.{random_like('aA1' * 14)}"
    )


MADE = {"age-secret-key": made_age, "jwt": made_jwt}


def gitleaks(sets: Path) -> Iterator[Case]:
    """Samples of the patterns of its configuration: those that need a keyword stand behind the rule's name in capitals."""
    import tomllib

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


def with_checksum(token: str) -> str:
    """GitHub and npm issue no token without the right checksum."""
    from capdrop.secrets.tokens import checksum

    head, _, body = token.partition("_")
    return f"{head}_{body[:30]}{checksum(body[:30])}" if head in ("ghp", "gho", "ghu", "ghs", "npm") else token


def private_key() -> str:
    import base64

    body = base64.b64encode(b"\x30\x82\x04\xa3" + CHANCE.randbytes(600)).decode()
    lines = "\n".join(textwrap.wrap(body, 64))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"


def sample_of(pattern: str, group: int | None) -> str:
    """A text that a pattern in Go's dialect matches: its first group, or all of it."""
    pattern = pattern.replace(r"\z", r"\Z").replace("[[:alnum:]]", "[A-Za-z0-9]")
    pattern = re.sub(r"\(\?-i:", "(?:", pattern)
    pattern = re.sub(r"(?<!^)\(\?i\)", "", pattern)
    tree = PARSER.parse(pattern)
    groups = [argument for op, argument in walked(tree) if str(op) == "SUBPATTERN" and argument[0] is not None]
    whole = not groups or "webhook" in pattern
    return (sampled(tree) if whole else sampled(groups[(group or 1) - 1][3])).strip()


def walked(tree: Any) -> Iterator[Any]:
    for op, argument in tree:
        yield op, argument
        if str(op) == "SUBPATTERN":
            yield from walked(argument[3])
        elif str(op) in ("MAX_REPEAT", "MIN_REPEAT"):
            yield from walked(argument[2])
        elif str(op) == "BRANCH":
            for branch in argument[1]:
                yield from walked(branch)


def sampled(tree: Any) -> str:
    return "".join(sampled_node(str(op), argument) for op, argument in tree)


def sampled_node(op: str, argument: Any) -> str:
    if op == "ANY":
        return "."
    if op == "LITERAL":
        return chr(argument)
    if op == "IN":
        return chr(CHANCE.choice(members(argument)))
    if op == "BRANCH":
        return sampled(CHANCE.choice(argument[1]))
    if op == "SUBPATTERN":
        return sampled(argument[3])
    if op in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, body = argument
        return "".join(sampled(body) for _ in range(CHANCE.randint(low, min(int(high), low + 30))))
    return ""


def members(argument: Any) -> list[int]:
    found: list[int] = []
    for kind, value in argument:
        if str(kind) == "RANGE":
            found.extend(range(value[0], value[1] + 1))
        elif str(kind) == "LITERAL":
            found.append(value)
        elif str(value) == "CATEGORY_DIGIT":
            found.extend(b"0123456789")
        else:
            found.extend(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return found


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


def random_like(text: str) -> str:
    """Random characters: hexadecimal for hexadecimal, else a letter or a digit as there was one; signs stay."""
    if re.fullmatch(r"[0-9a-f]{8}|[0-9a-f]{16,}", text):
        return "".join(CHANCE.choices("0123456789abcdef", k=len(text)))
    kinds = {"d": "0123456789", "l": "abcdefghijklmnopqrstuvwxyz", "u": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    return "".join(CHANCE.choice(kinds["d" if one.isdigit() else "l" if one.islower() else "u"]) if one.isalnum() else one for one in text)


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
            yield Case("leaky-repo", row[0], (home / row[0]).read_text("utf-8", "replace").replace("\r\n", "\n"))


# ---- the tools


def capdrop_over(folder: Path) -> subprocess.CompletedProcess[str]:
    """A run of the rules on secrets, at the default confidence."""
    command = [
        str(Path(sys.executable).with_name("capdrop")),
        "check",
        "--isolated",
        "--format",
        "json",
        "--select",
        known_rules(),
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def capdrop(folder: Path) -> set[str]:
    """At the default confidence."""
    ran = capdrop_over(folder)
    if ran.returncode not in (0, 1):
        print(f"capdrop ended with {ran.returncode}: its score says nothing\n{ran.stderr[-500:]}", file=sys.stderr)
    return {str(Path(finding["path"]).absolute()) for finding in json.loads(ran.stdout)["findings"]}


def known_rules() -> str:
    from capdrop import rulebook

    names = set(rulebook.load().rules)
    return ",".join(name for name in RULES.split(",") if name in names)


def rival_detect_secrets(folder: Path) -> set[str]:
    ran = subprocess.run(
        [str(HERE / ".venv/bin/detect-secrets"), "scan", "--all-files", "."], capture_output=True, text=True, check=True, cwd=folder
    )
    return {str(folder / path) for path in json.loads(ran.stdout)["results"]}


def hadolint(folder: Path) -> set[str]:
    files = [str(path) for path in folder.rglob("Dockerfile")]
    found: set[str] = set()
    for start in range(0, len(files), 200):
        command = [str(HERE / ".venv/bin/hadolint"), "--no-fail", "--format", "json", *files[start : start + 200]]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        found |= {one["file"] for one in json.loads(ran.stdout or "[]") if one["code"] == "DL3064" or "secret" in one["message"].lower()}
    return found


def checkov(folder: Path) -> set[str]:
    command = [
        str(HERE / ".venv/bin/checkov"),
        "--framework",
        "secrets",
        "--enable-secret-scan-all-files",
        "-o",
        "json",
        "--quiet",
        "--compact",
        "-d",
        ".",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    try:
        results = json.loads(ran.stdout)
    except ValueError:
        print("checkov:", ran.stderr[-300:], file=sys.stderr)
        return set()
    failed = results.get("results", {}).get("failed_checks", []) if isinstance(results, dict) else []
    return {str(folder / check["file_path"].lstrip("/")) for check in failed}


TOOLS = {"capdrop": capdrop, "detect-secrets": rival_detect_secrets, "hadolint": hadolint, "checkov": checkov}


# ---- the scores


def report(written: dict[str, Case], found: dict[str, set[str]]) -> None:
    print("| set | formats | " + " | ".join(f"{name}" for name in found) + " |")
    print("|---|---|" + "---|" * len(found))
    missed: dict[str, list[str]] = defaultdict(list)
    for collection in dict.fromkeys(case.collection for case in written.values()):
        forms: dict[str, list[str]] = defaultdict(list)
        for path, case in written.items():
            if case.collection == collection:
                forms[case.form].append(path)
        cells = []
        for name, paths in found.items():
            good = [form for form, members in forms.items() if sum(path in paths for path in members) >= len(members) * ENOUGH / SAMPLES]
            cells.append(f"{len(good)} ({len(good) / len(forms):.0%})")
            if name == "capdrop":
                missed[collection] = [form for form in forms if form not in good]
        print(f"| {collection} | {len(forms)} | " + " | ".join(cells) + " |")
    for collection, names in missed.items():
        print(f"\nmissed of {collection}: {', '.join(names) or 'none'}")


def over_real_files(folder: Path, hits: int) -> None:
    result = json.loads(capdrop_over(folder).stdout)
    print(f"\n{folder}: {len(result['files'])} files, {len(result['findings'])} findings")
    for rule, count in Counter(finding["rule"] for finding in result["findings"]).most_common():
        print(f"  {rule}: {count}")
    for finding in CHANCE.sample(result["findings"], min(hits, len(result["findings"]))):
        line = Path(finding["path"]).read_text("utf-8", "replace").splitlines()[finding["line"] - 1]
        print(f"{finding['rule']} [{finding['confidence']}] {finding['path']}:{finding['line']}: {line.strip()[:160]}")


if __name__ == "__main__":
    main()
