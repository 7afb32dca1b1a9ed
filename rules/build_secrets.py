"""Secrets on their way through builds and command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capdrop import (
    ROTATE,
    Bad,
    Command,
    Confidence,
    Finding,
    Good,
    Safety,
    Severity,
    Span,
    Variable,
    Word,
    better_way,
    find_in_json,
    find_logins,
    find_private_keys,
    find_tokens,
    find_url_passwords,
    judge,
    named_like_a_secret,
    rule,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from capdrop import Verdict

PASSWORD = "Kp3-vv81" + "-Qz"  # invented


def by_program(*rows: tuple[str, tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by each of the programs that they are about."""
    table: dict[str, list[tuple[Any, ...]]] = {}
    for programs, row in rows:
        for program in programs.split():
            table.setdefault(program, []).append(row)
    return table


NEXT_WORD = by_program(
    ("docker podman nerdctl buildah skopeo oras crane helm", ("login", "-p")),
    ("az", ("login", "-p")),
    ("oc", ("login", "-p")),
    ("doctl", ("auth", "-t")),
    ("twine", ("upload", "-p")),
    ("dotnet", ("nuget", "-p")),
    ("zip unzip", ("", "-P")),
    ("redis-cli", ("", "-a")),
    ("sshpass", ("", "-p")),
    ("sqlcmd bcp", ("", "-P")),
    ("conan", ("user", "-p")),
    ("openssl", ("enc", "-k")),
    ("7z 7za 7zr 7zz", ("", "-p=")),
    ("mongo mongosh mongodump mongorestore mongoimport mongoexport cypher-shell", ("", "-p")),
    ("ldapadd ldapmodify ldapsearch ldapwhoami ldappasswd ldapdelete", ("", "-w")),
    ("mosquitto_pub mosquitto_sub", ("", "-P")),
    ("mysql mysqladmin mysqldump mysqlimport mysqlcheck mysqlshow mariadb mariadb-admin mariadb-dump mysqld_safe", ("", "-p=")),
)
"""Short options that take a secret: the operand that must be there, and the option. `=` says that the value must be written together
with it: `mysql -p word` asks for a password and opens the database `word`."""

LOGINS = {
    "curl": ("-u", "--user", "-U", "--proxy-user"),
    "skopeo": ("--creds", "--src-creds", "--dest-creds"),
    "http": ("-a", "--auth"),
    "https": ("-a", "--auth"),
}
"""Options that take `user:password`."""
LOGINS |= {"smbclient": ("-U", "--user"), "rpcclient": ("-U", "--user"), "lftp": ("-u", "--user")}
SIGNS = {"smbclient": "%", "rpcclient": "%", "lftp": ","}
"""What stands between the two, where it is no colon: smbclient(1), lftp(1)."""
DATA = {
    "curl": ("-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--data-ascii", "-F", "--form", "--form-string"),
    "wget": ("--post-data", "--body-data"),
}
"""Options that take `name=value&name=value`."""
SWITCHES = {"curl": "#012346BGIJLMNORSZafgijklnpqsv"}
"""Short options that take nothing, and may stand before another one behind the same dash: `curl -sSu me:...`."""
ONE_DASH = frozenset({"-password", "-Password"})
"""Long options that begin with one dash, as those of nuget and influx do."""
PASSPHRASES = frozenset({"-passout", "-passin", "-pass"})
"""Options of openssl that take `pass:password` (openssl-passphrase-options(1))."""

HEADERS = {"curl": ("-H", "--header", "--proxy-header"), "wget": ("--header",)}
"""Options that take `Name: value`."""

PAIRS = {
    "docker": ("-e", "--env", "--build-arg"),
    "podman": ("-e", "--env", "--build-arg"),
    "kubectl": ("--from-literal",),
    "helm": ("--set", "--set-string"),
}
"""Options that take `name=value`."""

OPERANDS = by_program(
    ("aws", (("configure", "set"), 2, 3)),
    ("npm pnpm yarn", (("config", "set"), 2, 3)),
    ("npm", (("set",), 1, 2)),
    ("poetry composer", (("config",), 1, 2)),
    ("poetry composer", (("config",), "password", 3)),
    ("cargo wandb", (("login",), "token", 1)),
    ("snyk", (("auth",), "token", 1)),
    ("htpasswd", ((), "password", 2)),
    ("setx", ((), 0, 1)),
    ("setx", (("/M",), 1, 2)),
    ("setenvironmentvariable", ((), 0, 1)),
    ("convertto-securestring", ((), "password", 0)),
    ("rabbitmqctl", (("add_user",), "password", 2)),
    ("rabbitmqctl", (("change_password",), "password", 2)),
    ("mc", (("alias", "set"), "secret access key", 5)),
    ("mc", (("config", "host", "add"), "secret access key", 6)),
    ("bundle bundler", (("config",), "BUNDLE__", 2)),
    ("bundle bundler", (("config", "set"), "BUNDLE__", 3)),
    ("vault", (("login",), "token", 1)),
    ("ngrok", (("authtoken",), "authtoken", 1)),
    ("ngrok", (("config", "add-authtoken"), "authtoken", 2)),
)
"""Secrets among the operands: the operands that they begin with, what the value is (or the operand that names it), and the operand
that holds it."""

EDITORS = frozenset({"gsed", "perl", "sed"})
SET = r"([A-Za-z_][\w.-]{1,60})(?:[\"']\s{0,4},|[\"']?\s{0,4}(?:=>|[=:]))\s{0,4}[\"']?([^\s\"']{3,255})"
"""A name and what it is set to: `a=b`, `a: b`, `'a', 'b'`."""
DIRECTIVE = r"\b(requirepass|masterauth|rootpw|bindpw|auth_pass)\s{1,4}[\"']?([^\s\"']{3,255})"
ALONE = r"(?:\\[0-9]|&|\$\{?[0-9]\}?)?[\"']?([^\s\"'\\&$]{3,255})[\"']?(?:\\[0-9]|\$\{?[0-9]\}?)?"
"""A value without a name, between what is left as it was found."""

READS_SHORT = frozenset({*NEXT_WORD, *LOGINS, *HEADERS, *PAIRS})
"""Programs with short options that are known to take a secret."""
SHORTEST = 12
"""Characters; no URL with a password, and no token, is shorter."""
NO_SECRETS = frozenset({"--secret", "--pass-through", "--imagePullSecrets", "--image-pull-secret"})
"""Long options that sound like one and take the name of one."""

Given = tuple[str, Word, int]
"""A value with what it is called: the word that holds it, and where it begins in it."""


@rule(
    "secret-build-argument",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-538",
    also_known_as="buildkit:SecretsUsedInArgOrEnv hadolint:DL3064 trivy:DS-0031 semgrep:d/secret-in-build-arg dockle:CIS-DI-0010",
    variables=("@arg",),
    examples=(
        Bad(
            "Dockerfile",
            "FROM node:22\nARG «NPM_TOKEN»\nRUN ./login $NPM_TOKEN && npm ci\n",
            fixed="FROM node:22\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN ./login $NPM_TOKEN && npm ci\n",
        ),
        Good("Dockerfile", "FROM node:22\nARG TOKEN_TTL\nARG HTTP_PROXY\nRUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci\n"),
        Good(
            "Dockerfile",
            "FROM node:22\nARG NPM_TOKEN_FILE SSH_KEY_PATH AWS_ACCESS_KEY_ID JWT_PUBLIC_KEY TOKEN_VERSION TOKEN_URL USERNAME\n",
        ),
    ),
)
def secret_build_argument(variable: Variable) -> Iterator[Finding]:
    """A build argument is to hold a secret.

    The file holds no value, but the image will: build arguments stay in its history and in its provenance. Hand the secret to the
    one step that needs it: `RUN --mount=type=secret,id=token,env=TOKEN ...`. Confidence is low in a file for tests.
    """
    value = variable.value
    if variable.place != "arg" or value.is_unknown or value.text or not variable.address.startswith("stage "):
        return
    if named_like_a_secret(variable.name):
        message = f"build argument `{variable.name}` is to hold a secret; use `RUN --mount=type=secret`"
        fix = variable.drop("value", safety=Safety.DISPLAY, caveat="a build then needs `--secret` in place of `--build-arg`")
        confidence = Confidence.LOW if variable.source.is_for_tests else None
        yield variable.finding(variable.name_span, message, fix=fix, confidence=confidence)


KEY_OF_SESSIONS = ("SECRET_KEY", "SECRET_KEY_BASE")
PUTS_TOGETHER = frozenset({"collectstatic", "compilemessages", "compress", "assets:precompile"})
"""https://docs.djangoproject.com/en/stable/ref/django-admin/, https://guides.rubyonrails.org/asset_pipeline.html"""


@rule(
    "credential-in-command",
    severity=Severity.HIGH,
    references="NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-214",
    also_known_as="trivy:DS-0031 compose-lint:CL-0020",
    hides=True,
    examples=(
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN curl -u deploy:«{PASSWORD}» https://git.acme.io/a.tgz | tar xz\n"),
        Bad(
            "Dockerfile",
            f"FROM alpine:3.22\nRUN curl -d 'user=app&password=«{PASSWORD}»' https://acme.io/a && openssl req -passout pass:«{PASSWORD}»\n"
            f"RUN smbclient -U app%«{PASSWORD}» //acme.io/a && lftp -u app,«{PASSWORD}» acme.io && curl -F password=«{PASSWORD}» acme.io\n",
        ),
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN apk add mysql-client && mysql -uroot -p«{PASSWORD}» -e 'select 1'\n"),
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN git clone https://bot:«{PASSWORD[:4]}\\\n{PASSWORD[4:]}»@git.acme.io/app.git\n"),
        Bad("Dockerfile", f'FROM alpine:3.22\nRUN curl -d \'{{"user": "app", "password": "«{PASSWORD}»"}}\' https://acme.io/login\n'),
        Bad("Dockerfile", f"FROM alpine:3.22\nRUN aws configure set aws_secret_access_key «{'Zb8+qLw2vT9x' * 3 + 'RmK4'}»\n"),
        Bad(
            "Dockerfile",
            f"FROM php:8.4\nRUN composer config http-basic.acme.io deploy «{PASSWORD}» && cargo login «{'Zb8qLw2vT9x' * 2}»\n"
            f"RUN dotnet nuget add source https://nuget.acme.io/v3/index.json -u deploy -p «{PASSWORD}»\n",
        ),
        Bad(
            "Dockerfile",
            f"FROM ruby:3.4\nRUN curl -fsSLu deploy:«{PASSWORD}» acme.io && bundle config set gems.acme.io deploy:«{PASSWORD}»\n"
            f"RUN echo 'machine acme.io' > ~/.netrc && echo 'login deploy' >> ~/.netrc && echo 'password «{PASSWORD}»' >> ~/.netrc\n"
            f"RUN openssl enc -d -aes-256-cbc -in a -out b -k «{PASSWORD}» && 7z x -p«{PASSWORD}» b && influx -password «{PASSWORD}»\n",
        ),
        Good(
            "Dockerfile",
            "FROM ruby:3.4\nRUN curl -fsSLu deploy:$PW acme.io && 7z x -y a.7z && bundle config set mirror.rubygems https://acme.io:8080\n",
        ),
        Bad(
            "start.sh",
            "docker run -d acme/app:1 curl -u me:«Xk29vQpT7w» https://acme.io/a\n",
            fixed='docker run -d acme/app:1 curl -u me:"${DOCKER_PASSWORD:?}" https://acme.io/a\n',
        ),
        Good("start.sh", 'docker run -d acme/app:1 curl -u me:"$PW" https://acme.io/a\n'),
        Good(
            "Dockerfile", "FROM php:8.4\nRUN composer config repositories.a vcs https://git.acme.io/a && htpasswd -c /f u && setx /M A b\n"
        ),
        Bad(
            "Dockerfile",
            f"FROM alpine:3.22\nRUN sed -i 's/^db_password=.*/db_password=«{PASSWORD}»/' /etc/a\n"
            f"RUN perl -pi -e 's/__DB_PASSWORD__/«{PASSWORD}»/' /etc/a\n",
        ),
        Good("Dockerfile", "FROM alpine:3.22\nRUN sed -i -e 's/password/secret/' -e \"s/^token=.*/token=$TOKEN/\" /etc/a\n"),
        Bad("compose.yaml", f"services: {{cache: {{image: 'redis:8', command: redis-server --requirepass «{PASSWORD}»}}}}\n"),
        Bad(
            "pod.yaml",
            f"""
            apiVersion: v1
            kind: Pod
            metadata: {{name: web}}
            spec:
              containers:
                - {{name: web, image: 'acme/web:1', args: ['--db-password=«{PASSWORD}»', '--tls']}}
            """,
        ),
        Good(
            "Dockerfile",
            'FROM alpine:3.22\nRUN curl -u "deploy:$(cat /run/secrets/git)" -H "Authorization: Bearer $T" https://git.acme.io/\n',
        ),
        Good("Dockerfile", "FROM alpine:3.22\nRUN adduser --disabled-password app && docker build --secret id=npm .\n"),
        Good("Dockerfile", "FROM alpine:3.22\nRUN mysql -p -uroot app && sshpass -e ssh a@b\n"),
        Good("compose.yaml", "services: {cache: {image: 'redis:8', command: 'redis-server --requirepass $${PASSWORD}'}}\n"),
        Good(
            "compose.yaml",
            f"services: {{cache: {{image: 'redis:8', command: [redis-server, --requirepass, '${{REDIS_PASSWORD:-{PASSWORD}}}']}}}}\n",
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', args: ['--db-password=$(DB_PASSWORD)', '--password-file=/run/secrets/db']}
            """,
        ),
    ),
)
def credential_in_command(command: Command) -> Iterator[Finding]:
    """A command line holds a password.

    It stands in the file, in the image's history, and in the process list of every host that runs it. Let the program read it
    from a file or the environment: `RUN --mount=type=secret`, `--netrc-file`, `--password-stdin`, `MYSQL_PWD`. Confidence is low for the
    key without which Django and Rails put no files together in a build, as those who run the image give another.
    """
    for name, word, start, verdict in judged_values(command):
        if verdict.confidence == "low" or shown_by_itself(verdict.kind, command.source[word.span]):
            continue
        span = word.part(start + verdict.start, start + verdict.end).span
        if told_as_login(command, span) or told_as_default(command, span):
            continue
        unsure = command.source.is_sample or is_of_assets(command, name)
        severity = Severity.MEDIUM if verdict.kind == "default-credential" else Severity.HIGH
        yield command.finding(
            span,
            f"`{command.name or name}` is given {verdict.why}; {ROTATE}",
            hidden=(span,),
            fix=better_way(command),
            severity=severity if command.ships else Severity(severity - 1),
            confidence=Confidence.LOW if unsure else Confidence[verdict.confidence.upper()],
        )


def is_of_assets(command: Command, name: str) -> bool:
    """Whether a value is the key that a framework asks for, of a command that puts files together in a build and keeps nothing of it."""
    return command.place == "RUN" and name.upper().endswith(KEY_OF_SESSIONS) and any(word.text in PUTS_TOGETHER for word in command.words)


def judged_values(command: Command) -> Iterator[tuple[str, Word, int, Verdict]]:
    """The values on a command line that are secrets, those too of JSON that is sent somewhere or written into a file."""
    for name, word, start in given_values(command):
        verdict = judge(word.text[start:], name, place="argument") if word.known else None
        if verdict is not None:
            yield name, word, start, verdict
    for word in command.words[1:]:
        if word.known and word.text[:1] in ("{", "["):
            for verdict in find_in_json(word.text):
                yield word.text[0], word, 0, verdict
        elif word.known and len(word.text) >= SHORTEST and len(word.fragment.starts) > 1:
            verdict = judge(word.text, place="argument")
            if verdict is not None and verdict.kind in ("token", "url-password"):
                yield "", word, 0, verdict


def shown_by_itself(kind: str, written: str) -> bool:
    """Whether the rules on text find it, whatever it is given to: but not what is encoded or written in pieces, and not the token in
    `-pTOKEN`."""
    find = {"token": find_tokens, "private-key": find_private_keys, "url-password": find_url_passwords}.get(kind)
    return find is not None and next(iter(find(written)), None) is not None


def told_as_login(command: Command, span: Span) -> bool:
    """Whether the rule on stored logins tells of it: a header, an entry of a file, SQL."""
    first = max(0, span.start - 300)
    logins = find_logins(command.source.text[first : span.end + 300])
    return any(
        login.start < span.end - first and span.start - first < login.end
        for login in logins
        if not login.what.endswith("of a registry login")
    )


def told_as_default(command: Command, span: Span) -> bool:
    """Whether the rule on published defaults tells of it: `${DB_PASSWORD:-...}`."""
    before = re.search(r"\$\{(\w{1,120}):?-$", command.source.text[max(0, span.start - 125) : span.start])
    return before is not None and named_like_a_secret(before[1])


def given_values(command: Command) -> Iterator[Given]:
    """The values on a command line that may be secrets, with what they are."""
    words, program = command.words, command.name
    if program in ("echo", "printf"):
        yield from read_settings(command)
        return
    if program in EDITORS:
        yield from read_edits(command)
        return
    short = program in READS_SHORT
    for index, word in enumerate(words):
        text = word.text
        if text[:1] != "-" or len(text) < 2 or (not short and len(text) == 2):
            continue
        following = words[index + 1] if index + 1 < len(words) else None
        if program == "openssl" and text in PASSPHRASES and following is not None and following.text.startswith("pass:"):
            yield "password", following, 5
            continue
        if text in ONE_DASH and following is not None:
            yield "password", following, 0
            continue
        if text[1] == "-" or "=" in text[3:]:
            name, equals, _ = text.partition("=")
            if equals:
                yield from read_value(program, name, word, len(name) + 1)
            elif following is not None and not following.text.startswith("-"):
                yield from read_value(program, name, following, 0)
        elif short:
            at = behind_switches(program, text)
            if len(text) > at:
                yield from read_short(command, "-" + text[at - 1], word, at)
            elif following is not None:
                yield from read_short(command, "-" + text[at - 1], following, 0)
    if program in OPERANDS:
        yield from read_operands(command)
    for name, value in command.assignments:
        if value is not None:
            yield name, value, 0


def behind_switches(program: str, text: str) -> int:
    """Where the value of the short option begins that stands behind those that take nothing."""
    at = 1
    while at + 1 < len(text) and text[at] in SWITCHES.get(program, ""):
        at += 1
    return at + 1


def read_value(program: str, name: str, word: Word, start: int) -> Iterator[Given]:
    """An option's value: as a login, a header or a pair where the option takes one, else by the option's name."""
    if name in PAIRS.get(program, ()):
        called, equals, _ = word.text[start:].partition("=")
        if equals:
            yield called, word, start + len(called) + 1
    elif name in DATA.get(program, ()):
        for pair in word.text[start:].split("&"):
            called, equals, _ = pair.partition("=")
            if equals:
                yield called, word.part(start + len(called) + 1, start + len(pair)), 0
            start += len(pair) + 1
    elif name in LOGINS.get(program, ()) or name in HEADERS.get(program, ()):
        called, colon, _ = word.text[start:].partition(SIGNS.get(program, ":") if name in LOGINS.get(program, ()) else ":")
        behind = start + len(called) + 1
        if name in LOGINS.get(program, ()):
            called = "password"
        elif "authorization" in called.lower():
            called = "authorization token"
        if colon:
            yield called, word, behind
    elif len(name) > 2 and name not in NO_SECRETS:
        yield name, word, start


def read_settings(command: Command) -> Iterator[Given]:
    """The settings that are written into a file: `echo 'export DB_PASSWORD=...' >> /etc/profile`, `echo 'password ...' >> ~/.netrc`."""
    is_netrc = any(word is not None and word.text.endswith("netrc") for _, word in command.redirects)
    for word in command.words[1:]:
        if is_netrc and word.text.lstrip().startswith("password "):
            yield "password", word, word.text.index("password ") + len("password ")
            continue
        text = word.text.removeprefix("export ")
        name, sign, value = text.partition("=") if "=" in text else text.partition(":")
        name = name.strip().strip("\"'")
        if (
            sign
            and value.strip()
            and "\n" not in value
            and "\\n" not in value.removesuffix("\\n")
            and name.replace("_", "").replace("-", "").replace(".", "").isalnum()
        ):
            yield name, word, len(word.text) - len(value)


def read_edits(command: Command) -> Iterator[Given]:
    """The settings that are written over others: `sed -i 's/^password=.*/password=.../'`."""
    for sought, word in command.edits:
        settings = [*re.finditer(SET, word.text), *re.finditer(DIRECTIVE, word.text)]
        for match in settings:
            yield match[1], word.part(*match.span(2)), 0
        alone = re.fullmatch(ALONE, word.text) if not settings else None
        if alone is not None:
            yield named_in(sought), word.part(*alone.span(1)), 0


def named_in(sought: str) -> str:
    """The name before the value that a regular expression looks for (`password=.*`), or in the mark that it is: `__PASSWORD__`."""
    plain = re.sub(r"\\[a-zA-Z]|\[[^\]]{0,80}\]", " ", sought)
    names = re.findall(r"[A-Za-z_][\w.-]*", plain)
    is_mark = plain[:1] in ("_", "@", "%", "{", "<", "$", "#") and plain[-1:] in ("_", "@", "%", "}", ">", "#")
    return names[-1].strip("_") if names and (is_mark or "=" in plain or ":" in plain) else ""


def read_short(command: Command, name: str, word: Word, start: int) -> Iterator[Given]:
    """The value of a short option, written together with it (from `start` on) or behind it."""
    for operand, option in NEXT_WORD.get(command.name, ()):
        meant = option == name or (option[:2] == name and start > 0)
        if meant and (not operand or any(other.text == operand for other in command.words)):
            yield "password", word, start
            return
    yield from read_value(command.name, name, word, start)


def read_operands(command: Command) -> Iterator[Given]:
    """The secrets that stand among the operands."""
    if command.name == "convertto-securestring" and command.option("-asplaintext") is None:
        return  # what it is given is encrypted
    for first, name, at in OPERANDS[command.name]:
        operands = command.operands
        if len(operands) > at and tuple(word.text for word in operands[: len(first)]) == first:
            called = operands[name].text if isinstance(name, int) else name
            yield called.rpartition(":")[2], operands[at], 0
