"""The accounts that an image is given: their passwords, their numbers, and what sudo lets them do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capdrop import Account, Bad, Command, Confidence, Finding, Fix, Good, Safety, Severity, Span, Stage, Word, WrittenFile, rule

PASSWORD = "Tq4-mm" + "19-Rk"  # invented

SET_BY_OPTION = {"useradd": ("-p", "--password"), "usermod": ("-p", "--password"), "groupadd": ("-p", "--password")}
"""The programs of shadow that take a password as it is stored (useradd(8), usermod(8), groupadd(8))."""
WINDOWS_ACCOUNTS = frozenset({"new-localuser", "set-localuser"})
WINDOWS_PROGRAMS = WINDOWS_ACCOUNTS | {"net", "convertto-securestring"}
SETS_PASSWORDS = frozenset({"chpasswd", "passwd", *SET_BY_OPTION, *WINDOWS_PROGRAMS})
STORED = r"\$.*|_.{19}|[\w./]{13}|"
"""What a stored password looks like; no password fits another text, such as `!` and `*` (shadow(5), crypt(5))."""
NO_PASSWORDS = frozenset({"-l", "--lock", "-u", "--unlock", "-S", "--status", "-e", "--expire", "-n", "-x", "-w", "-i"})
"""Options of passwd with which it sets none (passwd(1))."""

OF_APP_SERVICE = "root:Docker!"
"""The password that Azure's App Service asks for, which alone reaches the port
(https://learn.microsoft.com/azure/app-service/configure-custom-container, "Enable SSH")."""
MOUNTED = "/run/secrets/"

ANOTHER_WAY = "who logs in there must get in by a key, or by `docker exec`"

RANDOM_FILES = ("/dev/urandom", "/dev/random")
RANDOM_PROGRAMS = frozenset({"pwgen", "apg", "uuidgen"})
"""Where passwords come from that nobody knows; `openssl rand` is another."""

SUDOERS = ("/etc/sudoers", "/usr/local/etc/sudoers")
NO_PASSWORD = "NOPASSWD:"
DEVELOPERS = frozenset({"vscode", "codespace", "gitpod", "coder", "dev", "dev-user", "devuser", "developer"})
"""Accounts of development containers (https://github.com/devcontainers/images, https://github.com/gitpod-io/workspace-images,
https://github.com/coder/images), and plain names for them."""


@rule(
    "account-password-set",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.1.4 · ATT&CK T1078 · ATT&CK T1552.001",
    also_known_as="checkov:CKV2_DOCKER_17 dockle:DKL-LI-0001",
    programs=SETS_PASSWORDS,
    hides=True,
    examples=(
        Bad(
            "Dockerfile",
            f"""
            FROM debian:13
            RUN echo 'root:{PASSWORD}' | «chpasswd» && usermod «-p ''» app
            RUN useradd -m «--password "$(openssl passwd -1 {PASSWORD})"» dev && «passwd -d» root
            RUN echo {PASSWORD} | «passwd --stdin» root && (echo a; echo a) | «passwd» app
            RUN «chpasswd» < /tmp/passwords
            """,
        ),
        Bad(
            "Dockerfile",
            f"""
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            RUN «net user dev {PASSWORD}» /add && «net user /add other {PASSWORD}»
            SHELL ["powershell", "-Command"]
            RUN New-LocalUser -Name dev -Password («ConvertTo-SecureString» '{PASSWORD}' -AsPlainText -Force)
            RUN $p = «ConvertTo-SecureString» -String {PASSWORD} -AsPlainText -Force; New-LocalUser dev -Password $p
            RUN New-LocalUser guest «-NoPassword»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            RUN net user dev /active:no && net localgroup administrators dev /add && net user dev %PASSWORD% /add && net user dev * /add
            RUN net user /add dev && net user && net user dev /random
            SHELL ["powershell", "-Command"]
            RUN New-LocalUser dev -Password (ConvertTo-SecureString $env:PASSWORD -AsPlainText -Force)
            RUN $bytes = ConvertTo-SecureString 'not-for-an-account' -AsPlainText -Force
            """,
        ),
        Bad("compose.yaml", f"services: {{ssh: {{image: 'acme/ssh:1', command: sh -c 'echo root:{PASSWORD} | «chpasswd» && sshd -D'}}}}"),
        Bad(
            "pod.yaml",
            f"""
            apiVersion: v1
            kind: Pod
            metadata: {{name: web}}
            spec:
              containers:
                - {{name: web, image: 'acme/ssh:1', command: [sh, -c, 'echo root:{PASSWORD} | «chpasswd» && sshd -D']}}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13 AS build
            RUN echo root:root | chpasswd
            FROM debian:13
            RUN passwd -l root && usermod -p '*' app && useradd -p '!' -u 10001 svc && adduser --disabled-password dev
            RUN useradd -p "$(head -c32 /dev/urandom | base64)" a && echo "root:$(openssl rand -hex 16)" | chpasswd
            RUN echo 'git:*' | chpasswd -e && echo chpasswd && usermod -aG sudo dev && passwd -u dev && passwd dev
            RUN usermod -p "$(openssl passwd -6 "$(head -c 32 /dev/urandom | base64)")" dev && useradd -p gitpod gitpod
            RUN echo "git:$(dd if=/dev/urandom bs=24 count=1 status=none | base64)" | chpasswd
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: passwd -l root}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [passwd, -l, root]}
            """,
        ),
    ),
)
def account_password_set(command: Command) -> Iterator[Finding]:
    """An account gets a password, the same in every container.

    Whoever has the image has the password or can guess it from its hash, and may log in or call `su` with it wherever the image runs.
    Containers need no passwords: leave the accounts locked, and let `docker exec`, keys or the platform's identity decide who gets in.
    Confidence is low in what is started to test something, by developers or as an example; on Windows, where an account that runs a service
    must have one and whose images let nobody log in from outside; for a password that a secret of the build holds; and for the one that
    Azure's App Service asks for.
    """
    if command.name not in SETS_PASSWORDS or not command.ships:
        return
    at = _password_set(command)
    if at is not None and not _is_random(command):
        empty = command.option("-nopassword") is not None or (command.name == "passwd" and command.option("-d", "--delete") is not None)
        message = "an account is left without a password" if empty else "an account gets a password that every container shares"
        confidence = Confidence.LOW if _may_be_meant(command) else None
        yield command.finding(at, message, hidden=tuple(_hidden(command)), fix=_without_a_password(command), confidence=confidence)


def _may_be_meant(command: Command) -> bool:
    """Whether the password is there for a reason, or few know it."""
    if command.name in WINDOWS_PROGRAMS or command.is_for_work or command.source.is_sample:
        return True
    words = [word.text for giver in _givers(command) for word in giver.words]
    return OF_APP_SERVICE in words or any(word.startswith(MOUNTED) for word in words)


def _without_a_password(command: Command) -> Fix:
    """The change that leaves the account locked, or with a password that nobody knows."""
    if command.name in SET_BY_OPTION:
        option = command.option(*SET_BY_OPTION[command.name])
        assert option is not None
        fix = command.drop_option(option, safety=Safety.DISPLAY, caveat=ANOTHER_WAY)
        fix.touches += tuple((one.address, "command") for one in command.siblings.inside(command))
        return fix
    if command.name == "net":
        password = [word for word in command.words[2:] if not word.text.startswith("/")][1]
        return command.replace(password, "/random", safety=Safety.DISPLAY, caveat=ANOTHER_WAY)
    taken = next((word for word in command.words if word.text in ("-d", "--delete")), None)
    if command.name == "passwd" and taken is not None:
        return command.replace(taken, "-l", safety=Safety.DISPLAY, caveat=ANOTHER_WAY)
    if command.name in WINDOWS_PROGRAMS:
        return Fix("Take the password from a secret of the build", caveat="the build must be given it")
    return command.locks_the_account(ANOTHER_WAY)


def _password_set(command: Command) -> Span | None:
    """What of a command sets a password."""
    words = command.words
    if command.name in WINDOWS_PROGRAMS:
        return _set_on_windows(command)
    if command.name == "chpasswd":
        return None if _locks(command) else words[0].span
    if command.name == "passwd":
        option = command.option("-d", "--delete", "--stdin")
        if option is not None:
            return Span(words[0].span.start, option.span.end)
        fed = command.reads_from is not None or command.input is not None
        return words[0].span if fed and not any(given.name in NO_PASSWORDS for given in command.options) else None
    option = command.option(*SET_BY_OPTION[command.name])
    if option is None or option.value is None or (option.value.known and not _is_stored(option.value.text)):
        return None
    return option.span


def _is_stored(password: str) -> bool:
    """Whether a stored password is one that some password fits, or an empty one."""
    return re.fullmatch(STORED, password, re.DOTALL) is not None


def _set_on_windows(command: Command) -> Span | None:
    words = command.words
    if command.name == "net":
        name_and_password = [word for word in words[2:] if not word.text.startswith("/")]
        given = words[1:2] and words[1].text.lower() == "user" and len(name_and_password) > 1
        password = name_and_password[1] if given else None
        return Span(words[0].span.start, password.span.end) if password is not None and password.known and password.text != "*" else None
    if command.name in WINDOWS_ACCOUNTS:
        option = command.option("-nopassword")
        return option.span if option is not None else None
    option = command.option("-string")
    text = option.value if option is not None else next(iter(command.operands), None)
    plain = text is not None and text.known and command.option("-asplaintext") is not None
    return words[0].span if plain and command.siblings.some(_is_account) else None


def _is_account(command: Command) -> bool:
    return command.name in WINDOWS_ACCOUNTS


def _locks(command: Command) -> bool:
    """Whether a chpasswd writes stored passwords that nothing fits: `echo 'git:*' | chpasswd -e`."""
    feeder = command.reads_from
    if command.option("-e", "--encrypted") is None or feeder is None or feeder.name not in ("echo", "printf"):
        return False
    return all(word.known and not _is_stored(word.text.partition(":")[2]) for word in feeder.operands)


def _is_random(command: Command) -> bool:
    """Whether the password is made in the same breath and known to nobody: `useradd -p "$(openssl rand -hex 16)"`."""
    for giver in _givers(command):
        words = [word.text for word in giver.words]
        if giver.name in RANDOM_PROGRAMS or words[:2] == ["openssl", "rand"] or any(word.endswith(RANDOM_FILES) for word in words):
            return True
    return False


def _givers(command: Command) -> Iterator[Command]:
    """The command, what feeds it, and what stands in their substitutions."""
    waiting = [command, *command.feeders]
    while waiting:
        giver = waiting.pop()
        yield giver
        waiting += giver.siblings.inside(giver)


def _hidden(command: Command) -> Iterator[Span]:
    """Where passwords may be written."""
    for feeder in command.feeders:
        yield from (word.span for word in feeder.operands)
    if command.input is not None:
        yield command.input.span()
    yield from (word.span for _, word in command.redirects if word is not None)
    option = command.option(*SET_BY_OPTION.get(command.name, ()))
    if option is not None and option.value is not None:
        yield option.value.span
    if command.name in WINDOWS_PROGRAMS:
        yield from (word.span for word in command.words[2 if command.name == "net" else 1 :])


@rule(
    "passwordless-sudo",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1548.003 · NIST SP 800-190 3.1.2",
    programs=("sed",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            ARG USERNAME=dev
            RUN echo "dev ALL=(ALL) «NOPASSWD»: ALL" > /etc/sudoers.d/dev && chmod 0440 /etc/sudoers.d/dev
            RUN echo $USERNAME ALL=\\(root\\) «NOPASSWD»:ALL >> /etc/sudoers.d/$USERNAME
            RUN printf '%s\\n' 'app ALL=(ALL:ALL) «NOPASSWD»:SETENV: ALL' | tee -a /etc/sudoers
            RUN sed -i 's/%sudo.*/%sudo ALL=(ALL) «NOPASSWD»:ALL/' /etc/sudoers
            RUN cat <<EOF > /etc/sudoers.d/app
            # for now
            app ALL=(ALL) «NOPASSWD»: ALL
            EOF
            COPY <<EOF /etc/sudoers.d/other
            other ALL=(ALL) «NOPASSWD»: ALL
            EOF
            RUN apt-get install -y sudo && echo 'a ALL=(ALL) «NOPASSWD»: ALL' >> /etc/sudoers
            """,
            fixed="""
            FROM debian:13
            ARG USERNAME=dev
            RUN echo "dev ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/dev && chmod 0440 /etc/sudoers.d/dev
            RUN printf '%s\\n' 'app ALL=(ALL:ALL) NOPASSWD:SETENV: ALL' | tee -a /etc/sudoers
            RUN sed -i 's/%sudo.*/%sudo ALL=(ALL) NOPASSWD:ALL/' /etc/sudoers
            RUN cat <<EOF > /etc/sudoers.d/app
            # for now
            EOF
            COPY <<EOF /etc/sudoers.d/other
            other ALL=(ALL) NOPASSWD: ALL
            EOF
            RUN apt-get install -y sudo
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13 AS build
            RUN echo "dev ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/dev
            FROM debian:13
            RUN echo "dev ALL=(ALL:ALL) ALL" > /etc/sudoers.d/dev && echo "dev ALL=(ALL) NOPASSWD: /usr/bin/apt-get" > /etc/sudoers.d/apt
            RUN echo "root ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers
            RUN echo "Write NOPASSWD: ALL if you dare" > /etc/motd && sed -i 's/NOPASSWD:ALL/ALL/' /etc/sudoers
            RUN grep NOPASSWD:ALL /etc/sudoers || true
            """,
        ),
    ),
)
def passwordless_sudo(subject: WrittenFile | Command) -> Iterator[Finding]:
    """The application's user may become root without a password.

    With that, `USER` is a formality: whatever gets into the process is root one command later. Do what needs root in the build, or in an
    init container, and leave `sudo` out; where people work in the container, allow the commands that they need. Confidence is low in a
    file for developers, for tests or for what a project is built in.

    It is in the strict profile alone, as most images that do so are made for it, and no file tells: workbenches, runners of builds,
    machines for agents, nodes of clusters.
    """
    if isinstance(subject, WrittenFile):
        if subject.ships and subject.path.startswith(SUDOERS):
            yield from _allowed_by(subject)
    elif subject.name == "sed" and subject.ships:
        for word in _written_by_sed(subject):
            for start in _allowances(word.text):
                yield _without_password(subject, word.fragment.span(start, start + len(NO_PASSWORD) - 1), word.text[:start])


def _allowed_by(file: WrittenFile) -> Iterator[Finding]:
    for line in file.lines:
        for start in _allowances(line.text):
            fix = file.without("", line.span(), caveat="what calls `sudo` without somebody at a terminal fails")
            yield _without_password(file, line.span(start, start + len(NO_PASSWORD) - 1), line.text[:start], fix)


def _without_password(subject: WrittenFile | Command, at: Span, account: str, fix: Fix | None = None) -> Finding:
    unsure = _is_for_developers(account) or subject.is_for_work or subject.source.is_for_builds
    confidence = Confidence.LOW if unsure else None
    return subject.finding(at, "sudo gives root to an account without a password", confidence=confidence, fix=fix)


def _is_for_developers(text: str) -> bool:
    """Whether the line of sudoers that a text ends within is about the account of those who work in a development container."""
    return _whom(text).lower() in DEVELOPERS


def _whom(text: str) -> str:
    """The account that the line of sudoers is about that a text ends within."""
    words = text.rpartition("\n")[2].split()
    return words[0].strip("\"'") if words else ""


def _written_by_sed(command: Command) -> Iterator[Word]:
    """What a sed puts in place of something in the sudoers."""
    if not any(word.text.startswith(SUDOERS) for word in command.operands):
        return
    scripts = [option.value for option in command.options if option.name in ("-e", "--expression") and option.value is not None]
    for script in scripts or command.operands[:1]:
        text = script.text
        if text[:1] == "s" and text[1:2]:
            found = text.find(text[1], 2)
            if found > 0:
                yield script.part(found + 1)
        elif text.startswith(("$a", "$ a", "a", "i", "$i")):
            yield script


def _allowances(text: str) -> Iterator[int]:
    """Where lines of sudoers allow all commands without a password."""
    at = 0
    for line in text.split("\n"):
        start = line.find(NO_PASSWORD)
        if start >= 0 and "#" not in line[:start]:
            commands = line[start + len(NO_PASSWORD) :].strip()
            while commands.partition(":")[0].isupper() and ":" in commands:
                commands = commands.partition(":")[2].strip()
            if commands.startswith("ALL") and _whom(line[:start]) != "root":
                yield at + start
        at += len(line) + 1


@rule(
    "duplicate-user-id",
    severity=Severity.LOW,
    profile="off",
    references="CWE-286",
    also_known_as="dockle:DKL-LI-0002",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN groupadd -g 10001 app && useradd -u 10001 -g app app
            RUN useradd -u «10001» other && useradd «-o» -u 0 toor
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13 AS build
            RUN useradd -u 10001 app
            FROM debian:13
            RUN groupadd -g 10001 app && useradd -u 10001 -g app app && useradd other
            RUN adduser -u 10002 a || useradd -u 10002 a
            """,
        ),
    ),
)
def duplicate_user_id(stage: Stage) -> Iterator[Finding]:
    """Two accounts share a number, so the kernel cannot tell them apart.

    Each owns what the other owns, whatever their names say. Give each account a number of its own.
    """
    first: dict[tuple[str, str], Account] = {}
    for account in stage.accounts:
        number = account.number
        if account.shared is not None:
            at, taken = account.shared.span, None
        elif number is not None and number.known:
            at, taken = number.span, first.setdefault((account.kind, number.text), account)
        else:
            continue
        if account.shared is not None:
            yield stage.finding(at, f"{account.kind} `{account.name.text}` may share its number with another")
        elif taken is not None and taken.name.text != account.name.text:
            yield stage.finding(at, f"{account.kind} `{account.name.text}` has the number of `{taken.name.text}`")
