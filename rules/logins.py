"""Logins of a build, and secrets that are written down in it."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator

from capdrop import (
    Bad,
    Command,
    Confidence,
    Finding,
    Fix,
    Good,
    Severity,
    Stage,
    Variable,
    Word,
    judge,
    named_like_a_secret,
    rule,
)

REFERENCES = "NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-538"

# What follows the program, then the options or the operand (from 1, behind those words) that hold the secret, then what reads it from
# standard input, then what the login is kept in. By the manuals of the programs, read on 2026-11-22.
LOGINS = {
    "docker nerdctl oras": ("login", "-p --password", "--password-stdin", "~/.docker/config.json"),
    "podman buildah skopeo": ("login", "-p --password", "--password-stdin", "containers/auth.json"),
    "crane": ("auth login", "-p --password", "--password-stdin", "~/.docker/config.json"),
    "helm": ("registry login|repo add", "-p --password", "--password-stdin", "~/.config/helm"),
    "aws": ("configure set aws_secret_access_key|configure set aws_session_token", "1", "", "~/.aws/credentials"),
    "gcloud": ("auth activate-service-account|auth login", "--key-file --cred-file", "", "~/.config/gcloud"),
    "az": ("login", "-p --password --federated-token", "", "~/.azure"),
    "doctl": ("auth init", "-t --access-token", "", "~/.config/doctl"),
    "npm pnpm yarn": ("config set|set", "auth", "", "~/.npmrc"),
    "pip pip3": ("config set", "2", "", "~/.config/pip/pip.conf"),
    "poetry": ("config", "2 3", "", "~/.config/pypoetry/auth.toml"),
    "composer": ("config", "2 3", "", "~/.composer/auth.json"),
    "bundle bundler": ("config set|config", "2", "", "~/.bundle/config"),
    "hf huggingface-cli": ("auth login|login", "--token", "", "~/.cache/huggingface/token"),
    "gh": ("auth login", "", "--with-token", "~/.config/gh/hosts.yml"),
    "glab": ("auth login", "-t --token", "--stdin", "~/.config/glab-cli"),
    "dotnet": ("nuget add source|nuget update source", "-p --password", "", "~/.nuget/NuGet/NuGet.Config"),
    "nuget": ("sources add|sources update|sources", "-Password -password", "", "~/.nuget/NuGet/NuGet.Config"),
    "cargo": ("login", "1", "", "~/.cargo/credentials.toml"),
    "vault": ("login", "1", "-", "~/.vault-token"),
    "kubectl": ("config set-credentials", "--token --password", "", "~/.kube/config"),
    "oc": ("login", "-p --password --token", "", "~/.kube/config"),
    "anaconda": ("login", "-p --password", "", "~/.continuum/anaconda-client"),
    "wandb": ("login", "1", "", "~/.netrc"),
    "snyk": ("auth", "1", "", "~/.config/configstore/snyk.json"),
    "ngrok": ("config add-authtoken|authtoken", "1", "", "~/.config/ngrok"),
}
KEPT_UNDER = {"poetry": ("http-basic.", "pypi-token."), "composer": ("http-basic.", "github-oauth.", "gitlab-token.", "bearer.")}
"""Programs of which only some settings are logins."""
UNDOES = frozenset("logout revoke unset delete rm remove erase set-url --unset --unset-all --remove-section --unset-auth".split())
REMOVERS = frozenset({"rm", "shred", "mv"})
MOST = 20
"""Commands of a script that are followed for one question."""
COPIERS = frozenset({"cp", "install", "mv"})
PRINTERS = frozenset("cat tee base64 tr sed head tail cut jq awk envsubst echo printf gunzip xargs".split())
"""Programs whose output holds what they are given."""
NOT_KEPT = ("/dev/", "/proc/", "/run/", "/sys/")
VARIABLE = r"\$\{?(\w++)"
USER_IN_URL = r"://((?:[^/@\s$`]|\$\([^()]{0,200}+\)|\$\{[^}]{0,200}+\}|\$\w++|`[^`]{0,200}+`)++)@"
PASSWORD = "Kp3-vv81" + "-Qz"  # invented


@rule(
    "credential-login-in-build",
    severity=Severity.MEDIUM,
    references=REFERENCES,
    also_known_as="trivy:DS-0031",
    hides=True,
    examples=(
        Bad("Dockerfile", "FROM acme/base:1\nRUN echo «$REGISTRY» | docker login -u ci --password-stdin registry.acme.io && make\n"),
        Bad("Dockerfile", "FROM acme/base:1\nRUN gcloud auth activate-service-account --key-file «/app/robot.json» && make\n"),
        Bad("Dockerfile", "FROM acme/base:1\nRUN poetry config http-basic.acme ci «$POETRY» && hf auth login --token=«$HUB»\n"),
        Bad("Dockerfile", "FROM acme/base:1\nRUN docker login -u ci -p «$(aws ecr get-login-password)» registry.acme.io\n"),
        Bad("Dockerfile", f"FROM acme/base:1\nRUN echo «{PASSWORD}» | podman login -u ci --password-stdin registry.acme.io\n"),
        Bad("Dockerfile", "FROM acme/base:1\nRUN cat «ci.json» | docker login -u _json_key --password-stdin gcr.io\n"),
        Bad("Dockerfile", "FROM acme/base:1\nRUN az login --service-principal -u ci -p «$KEY» && doctl auth init -t «$TOKEN»\n"),
        Bad(
            "Dockerfile",
            "FROM acme/base:1\nRUN helm registry login -u ci -p «$PAT» r.acme.io && aws configure set aws_secret_access_key «$KEY»\n",
        ),
        Good("Dockerfile", "FROM node:22\nARG NPM_TOKEN\nRUN npm config set //npm.acme.io/:_authToken=$NPM_TOKEN && npm ci\n"),
        Good(
            "Dockerfile",
            "FROM acme/base:1\nRUN echo $REGISTRY | docker login --password-stdin r.acme.io && docker logout r.acme.io\n",
        ),
        Good("Dockerfile", "FROM acme/base:1\nRUN --mount=type=secret,id=t,env=T az login --service-principal -u ci -p $T && az logout\n"),
        Good("Dockerfile", "FROM node:22\nRUN npm config set registry $REGISTRY && aws configure set region $REGION && gcloud auth list\n"),
        Good("Dockerfile", "FROM acme/base:1\nCMD echo $REGISTRY | docker login -u ci --password-stdin registry.acme.io\n"),
    ),
)
def credential_login_in_build(stage: Stage) -> Iterator[Finding]:
    """A program logs in while the image is built, and the login stays in the image.

    The program writes it into a file of the layer, and what came in as a variable is in the image's history besides. Give the secret to
    that one step (`RUN --mount=type=secret,id=token,env=TOKEN ...`), and let the step remove what the program has kept. A secret that
    comes in as a build argument is reported where it is declared, and one that is written out by the rules for that.
    """
    commands = [subject for layer in stage.layers for subject in layer if isinstance(subject, Command) and subject.name in programs()]
    declared = declared_in(stage) if commands else set()
    for command in commands:
        if command.place == "RUN":
            yield from kept_logins(command, declared)


def kept_logins(command: Command, declared: set[str]) -> Iterator[Finding]:
    """The logins of a command with what is no mounted secret, unless another rule tells of them where they are `declared`."""
    for word, how, kept in logins_of(command):
        if from_mount(command, word.text, literal=word.known) or is_cleaned(command, kept) or comes_from(word, declared):
            continue
        verdict = judge(word.text, "password") if word.known and how == "printed" else None
        if word.known and verdict is None and how != "file":
            continue
        severity = Severity.HIGH if verdict is not None else None
        yield command.finding(
            word.span,
            f"`{command.name}` logs in and keeps the login in `{kept}`",
            fix=mounted(word),
            severity=severity if command.ships else Severity.LOW,
            hidden=(word.span,) if verdict is not None else (),
        )


@rule(
    "secret-persisted",
    severity=Severity.HIGH,
    references=REFERENCES,
    programs={"git", *" ".join(LOGINS).split(), *COPIERS, *PRINTERS},
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM node:22-slim
            RUN --mount=type=secret,id=gh git clone «"https://x:$(cat /run/secrets/gh)@git.acme.io/app.git"» /app
            """,
        ),
        Bad(
            "Dockerfile",
            'FROM alpine:3.22\nARG PAT\nRUN git config --global «url."https://${PAT}@git.acme.io/".insteadOf» https://git.acme.io/\n',
        ),
        Bad("Dockerfile", 'FROM alpine:3.22\nARG PAT\nRUN git config --global http.extraHeader «"Authorization: Bearer $PAT"»\n'),
        Bad("Dockerfile", "FROM node:22\nRUN --mount=type=secret,id=n,env=NPM npm config set //npm.acme.io/:_authToken «$NPM» && npm ci\n"),
        Bad("Dockerfile", 'FROM alpine:3.22\nRUN --mount=type=secret,id=hf T=$(cat /run/secrets/hf) && hf auth login --token «"$T"»\n'),
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            RUN --mount=type=secret,id=env cp /run/secrets/env «/app/.env»
            RUN --mount=type=secret,id=env . /run/secrets/env && echo "$ACCOUNT" >> «robot.json»
            RUN --mount=type=secret,id=feed dotnet nuget add source «$(cat /run/secrets/feed)» -n acme
            RUN --mount=type=secret,id=key,target=/tmp/key cat /tmp/key | base64 -d > «/etc/tls.key»
            RUN --mount=type=secret,id=t,env=TOKEN echo "export TOKEN=$TOKEN" >> «/etc/profile»
            RUN --mount=type=secret,id=t,env=TOKEN cat <<EOF > «~/.netrc»
            machine git.acme.io password $TOKEN
            EOF
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            RUN --mount=type=secret,id=t,env=T git clone «https://$T@git.acme.io/app.git»
            RUN --mount=type=secret,id=t,env=T git config --global «url."https://$T@git.acme.io/".insteadOf» https://git.acme.io/
            RUN --mount=type=secret,id=t,env=T git remote set-url origin «https://$T@git.acme.io/app.git»
            """,
        ),
        Good("Dockerfile", "FROM alpine:3.22\nRUN --mount=type=ssh git clone git@git.acme.io:app.git /app\n"),
        Good("Dockerfile", "FROM debian:13\nRUN --mount=type=secret,id=t doctl auth init -t $(cat /run/secrets/t) && rm -r ~/.config/\n"),
        Good(
            "Dockerfile",
            """
            FROM alpine:3.22
            RUN --mount=type=secret,id=gh,env=GH_TOKEN git clone https://x:$GH_TOKEN@git.acme.io/app.git /app && rm -rf /app/.git
            RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
            RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci
            RUN --mount=type=secret,id=ca cp /run/secrets/ca /usr/local/share/ca-certificates/acme.crt
            RUN --mount=type=secret,id=t TOKEN=$(cat /run/secrets/t) && export TOKEN && make && echo "$TOKEN" | sha256sum > /dev/null
            RUN --mount=type=secret,id=t,env=TOKEN echo "//npm.acme.io/:_authToken=$TOKEN" > .npmrc && npm ci && rm -f .npmrc
            RUN --mount=type=secret,id=t,env=TOKEN echo '//npm.acme.io/:_authToken=${TOKEN}' > .npmrc && npm ci
            RUN --mount=type=secret,id=t --mount=type=tmpfs,target=/root cat /run/secrets/t | docker login -u ci --password-stdin
            RUN --mount=type=secret,id=k gcloud auth activate-service-account --key-file=/run/secrets/k && make && gcloud auth revoke
            RUN --mount=type=secret,id=t,env=TOKEN cat <<'EOF' > .npmrc
            //npm.acme.io/:_authToken=${TOKEN}
            EOF
            """,
        ),
    ),
)
def secret_persisted(command: Command) -> Iterator[Finding]:
    """A secret is used in a way that writes it into the image.

    The mount of a secret leaves no trace by itself, but a copy of it does, and so do programs that write down what they are given: git
    keeps the URL that it cloned from, with the password in it, in `.git/config`. Use `RUN --mount=type=ssh`, a credential helper, or
    `git -c http.extraHeader="Authorization: Bearer $TOKEN" clone ...`; mount settings where the program looks for them
    (`--mount=type=secret,id=npmrc,target=/root/.npmrc`); or remove in the same RUN what was written. Confidence is low in a file for
    tests.
    """
    if command.place != "RUN":
        return
    severity = None if command.ships else Severity.MEDIUM
    confidence = Confidence.LOW if command.source.is_idle else None
    if command.name == "git":
        for word, message in kept_by_git(command):
            yield command.finding(word.span, message, severity=severity, confidence=confidence)
    elif command.name in programs():
        for word, _, kept in logins_of(command):
            if from_mount(command, word.text, literal=word.known) and not is_cleaned(command, kept):
                yield command.finding(
                    word.span, f"`{command.name}` keeps the mounted secret in `{kept}`", severity=severity, confidence=confidence
                )
    elif command.name in COPIERS or command.name in PRINTERS:
        for word in written_to(command):
            if is_left(command, word.text):
                message = f"`{command.name}` writes the mounted secret into `{word.text}`, which stays in the layer"
                yield command.finding(word.span, message, severity=severity, confidence=confidence)


def programs(rows: dict[str, tuple[str, str, str, str]] = {}) -> dict[str, tuple[str, str, str, str]]:  # noqa: B006  # filled once
    """The rows of logins by program."""
    if not rows:
        rows.update((name, row) for names, row in LOGINS.items() for name in names.split())
    return rows


def logins_of(command: Command) -> Iterator[tuple[Word, str, str]]:
    """What a command logs in with, whether that is "given" on the line, "printed" by another command or in a "file", and where the
    login is kept."""
    doings, holders, stdin, kept = programs()[command.name]
    bare = [word for word in command.words[1:] if not word.text.startswith("-")]
    behind = next((rest for doing in doings.split("|") if (rest := behind_words(bare, doing.split())) is not None), None)
    if behind is None or not is_login(command.name, behind):
        return
    if holders == "auth":
        given = list(auth_setting(behind))
    elif holders[:1].isdigit():
        at = max((int(number) for number in holders.split() if int(number) <= len(behind)), default=0)
        given = behind[at - 1 : at] if at else []
    else:
        given = [*values_of(command, holders.split()), *(word for word in behind if holds_secret(word))]
    yield from ((word, "file" if command.name == "gcloud" else "given", kept) for word in given)
    if stdin and any(word.text == stdin for word in command.words):
        yield from ((word, how, kept) for word, how in piped(command))


def holds_secret(word: Word) -> bool:
    """Whether a word is a URL with a password in it, or the text of a mounted file."""
    return "/run/secrets/" in word.text or re.search(USER_IN_URL, word.text) is not None


def behind_words(words: list[Word], wanted: list[str]) -> list[Word] | None:
    """What follows the words of a subcommand; None where they are not all there."""
    at = 0
    for index, word in enumerate(words):
        if word.text.lower() == wanted[at]:
            at += 1
            if at == len(wanted):
                return words[index + 1 :]
    return None


def is_login(program: str, operands: list[Word]) -> bool:
    """Whether a setting is a login, for programs with many settings."""
    first = operands[0].text if operands else ""
    if program in KEPT_UNDER:
        return first.startswith(KEPT_UNDER[program])
    if program.startswith("bundle"):
        return "." in first or "__" in first
    if program.startswith("pip"):
        return "index-url" in first and len(operands) > 1 and re.search(USER_IN_URL, operands[1].text) is not None
    return True


def auth_setting(operands: list[Word]) -> Iterator[Word]:
    """The value of npm's `//registry/:_authToken`, as `name value` or `name=value`."""
    name, equals, _ = operands[0].text.partition("=") if operands else ("", "", "")
    if not name.rpartition(":")[2].lower().endswith(("_authtoken", "_auth", "_password", "npmauthtoken")):
        return
    if equals:
        yield operands[0].part(len(name) + 1)
    elif len(operands) > 1:
        yield operands[1]


def values_of(command: Command, names: list[str]) -> Iterator[Word]:
    """The values of options, behind them or with `=`."""
    for index, word in enumerate(command.words):
        name, equals, _ = word.text.partition("=")
        if name in names and equals:
            yield word.part(len(name) + 1)
        elif word.text in names and index + 1 < len(command.words):
            yield command.words[index + 1]


def piped(command: Command) -> Iterator[tuple[Word, str]]:
    """What a command reads from its standard input, as far as a word tells: a file, or what another command prints."""
    for reader in (command, *(feeder for feeder in command.upstream() if feeder.name == "cat")):
        yield from ((word, "file") for operator, word in reader.redirects if operator == "<" and word is not None)
    yield from ((word, "printed") for operator, word in command.redirects if operator == "<<<" and word is not None)
    for feeder in command.upstream():
        if feeder.name in ("echo", "printf", "cat"):
            yield from ((word, "file" if feeder.name == "cat" else "printed") for word in feeder.operands[-1:])


def declared_in(stage: Stage) -> set[str]:
    """The variables of a stage and those below it that are reported where they are declared."""
    names: set[str] = set()
    at: Stage | None = stage
    while at is not None:
        names |= {subject.name for layer in at.layers for subject in layer if isinstance(subject, Variable)}
        at = at.base
    return {name for name in names if named_like_a_secret(name)}


def comes_from(word: Word, variables: set[str]) -> bool:
    """Whether these variables are all that a value comes from."""
    names = re.findall(VARIABLE, word.text)
    return bool(names) and variables.issuperset(names) and "$(" not in word.text and "`" not in word.text


class Course:
    """What a script does that matters to its secrets, read once: where each command stands, the variables that it sets, the files that
    it takes variables from, and the commands that may take something back."""

    __slots__ = ("given", "places", "siblings", "sourced", "undoing")

    def __init__(self, siblings: list[Command]) -> None:
        self.siblings = siblings
        self.places = {id(command): place for place, command in enumerate(siblings)}
        self.given: dict[str, list[str]] = {}
        self.sourced: list[str] = []
        self.undoing: list[tuple[int, Command]] = []
        for place, command in enumerate(siblings):
            for name, value in command.assignments:
                if value is not None:
                    self.given.setdefault(name, []).append(value.text)
            if command.name in (".", "source"):
                self.sourced.append(command.words[-1].text)
            if command.name in REMOVERS or not UNDOES.isdisjoint(word.text for word in command.words):
                self.undoing.append((place, command))

    def later(self, command: Command) -> list[Command]:
        """The commands behind one that may take something back, the next ones of them."""
        place = self.places.get(id(command), len(self.siblings))
        first = bisect_right(self.undoing, place, key=lambda undoing: undoing[0])
        return [other for _, other in self.undoing[first : first + MOST]]


def course_of(command: Command, last: list[Course] = []) -> Course:  # noqa: B006  # remembers the script that was read last
    if not last or last[0].siblings is not command.siblings:
        last[:] = [Course(command.siblings)]
    return last[0]


def from_mount(command: Command, text: str, *, literal: bool = False, depth: int = 0) -> bool:
    """Whether a text holds a mounted secret: its file, its variable, or a variable that the script sets from it."""
    secrets = [mount for mount in command.mounts if mount.kind == "secret"]
    if "/run/secrets/" in text or any(mount.target and mount.target in text for mount in secrets):
        return True
    names = set(re.findall(VARIABLE, text)) if "$" in text and not literal else set()
    if not names.isdisjoint(mount.settings.get("env", "") for mount in secrets):
        return True
    if not names or depth > 3:
        return False
    course = course_of(command)
    if any(from_mount(command, path, literal=True) for path in course.sourced[:MOST]):
        return True
    given = [value for name in names for value in course.given.get(name, ())[:MOST]]
    return any(from_mount(command, value, depth=depth + 1) for value in given[:MOST])


def is_cleaned(command: Command, kept: str) -> bool:
    """Whether the same script takes a login back, or a mount keeps it out of the layer."""
    parts = [part for part in kept.split("/") if part not in ("~", ".config", ".cache")]
    home = kept.replace("~", "/root", 1)
    above = {f"{start}/.config" for start in ("~", "$HOME", "${HOME}", "/root")} if kept.startswith("~/.config/") else set()
    for mount in command.mounts:
        if mount.kind != "bind" and mount.target and (home + "/").startswith(mount.target.rstrip("/") + "/"):
            return True
    for other in course_of(command).later(command):
        texts = [word.text for word in other.words[1:]]
        if other.name == "rm" and any(part in text for part in parts for text in texts):
            return True
        if other.name == "rm" and not above.isdisjoint(text.rstrip("/") for text in texts):
            return True
        if other.name == command.name and not UNDOES.isdisjoint(texts):
            return True
    return False


def written_to(command: Command) -> Iterator[Word]:
    """The files that a command writes a mounted secret to. Certificates are no secrets, even where they come as one."""
    targets = [word for operator, word in command.redirects if operator.startswith(">") and word is not None]
    if command.name in COPIERS:
        targets = command.operands[-1:] if any(from_mount(command, word.text) for word in command.operands[:-1]) else []
    elif command.name == "tee" or (command.name == "sed" and any(word.text.startswith(("-i", "--in-place")) for word in command.words)):
        targets += command.operands[-1:]
    if targets and (command.name in COPIERS or reads_secret(command)):
        yield from (word for word in targets if not word.text.endswith((".crt", ".cer", ".pub")) and "/certs" not in word.text)


def reads_secret(command: Command) -> bool:
    """Whether what a command prints, or is fed with, holds a mounted secret."""
    return any(prints_secret(feeder) for feeder in (command, *command.feeders[:MOST]) if feeder is command or feeder.name in PRINTERS)


def prints_secret(command: Command) -> bool:
    words = [*command.words[1:], *(word for operator, word in command.redirects if operator in ("<", "<<<") and word is not None)]
    if any(from_mount(command, word.text, literal=word.known) for word in words):
        return True
    return command.input is not None and not quoted(command) and from_mount(command, command.input.text)


def quoted(command: Command) -> bool:
    """Whether the here-document that a command reads is taken as it is."""
    words = [word for operator, word in command.redirects if operator.startswith("<<") and word is not None]
    return any(command.source[word.span].startswith(("'", '"', "\\")) for word in words)


def is_left(command: Command, path: str) -> bool:
    """Whether a file that is written is still there at the end of the layer."""
    if path.startswith(NOT_KEPT) or path in ("/dev", "-", "1", "2"):
        return False
    whole = posixpath.normpath(posixpath.join(command.folder, path.replace("~", "/root", 1)))
    if any(mount.target and (whole + "/").startswith(mount.target.rstrip("/") + "/") for mount in command.mounts):
        return False
    for other in course_of(command).later(command):
        if other.name in REMOVERS:
            names = [word.text.rstrip("/") for word in other.operands]
            if any(name and (path.startswith(name + "/") or posixpath.basename(path) == posixpath.basename(name)) for name in names):
                return False
    return True


def kept_by_git(command: Command) -> Iterator[tuple[Word, str]]:
    """The URLs and headers with a secret that git writes down, and what to say of them."""
    doing = next((word.text for word in command.operands), "")
    if doing not in ("clone", "remote", "submodule", "config") or taken_away(command):
        return
    where = "its configuration" if doing == "config" else "`.git/config`"
    for word in command.words:
        user = re.search(USER_IN_URL, word.text) if not word.known and "://" in word.text else None
        if user is not None and (is_secret_user(user[1]) or from_mount(command, user[1])):
            yield word, f"git keeps this URL in {where}, with the secret in it"
    last = command.operands[-1]
    if doing == "config" and not last.known and any(word.text.lower().endswith(".extraheader") for word in command.operands[:-1]):
        yield last, f"git keeps this header in {where}, with the secret in it"


def is_secret_user(user: str) -> bool:
    """Whether the part of a URL before the host holds a secret that is filled in: behind a colon, or under a secret's name."""
    before, _, password = user.partition(":")
    if "/run/secrets" in user or "`" in user or ("$" in password and "$(" not in before):
        return True
    return any(named_like_a_secret(variable) for variable in re.findall(VARIABLE, user))


def taken_away(command: Command) -> bool:
    """Whether a later command of the same script removes what git wrote."""
    target = command.operands[-1].text if command.operands else ""
    gone = (target, target.rstrip("/").rpartition("/")[2].removesuffix(".git"))
    for other in course_of(command).later(command):
        texts = [word.text for word in other.operands]
        if other.name == "rm" and any(".git" in text or text in gone for text in texts):
            return True
        if other.name == "git" and any(word.text in UNDOES for word in other.words):
            return True
    return False


def mounted(word: Word) -> Fix:
    """How the secret can be given to that step alone."""
    name = next(iter(re.findall(VARIABLE, word.text)), "TOKEN")
    return Fix(f"Write `RUN --mount=type=secret,id={name.lower()},env={name} ...`, and remove in the same RUN what the program keeps")
