"""Who may do what with the files of an image, and what a build does as root."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Copy, Finding, Fix, Good, Safety, Script, Severity, Value, Word, rule

ROOT = ("root", "0")
HARMLESS_OPTIONS = frozenset({"-E", "-H", "-n", "-S", "-EH", "-HE", "-nE", "-En", "--preserve-env", "--set-home", "--non-interactive"})
"""Options of sudo that change nothing for a command that root runs anyway."""

AS_ANOTHER = ("-u", "--user")
"""How sudo is told to be somebody else: that way it gives rights up."""

FOR_ALL = frozenset(
    "usr/local/rustup usr/local/cargo go $RUSTUP_HOME $CARGO_HOME $GOPATH ${RUSTUP_HOME} ${CARGO_HOME} ${GOPATH} "
    "$PGDATA ${PGDATA} run/postgresql var/run/postgresql".split()
)
"""Where the official images of Rust and Go have toolchains and modules, which whoever builds on them may add to, and the folders of
PostgreSQL, whose start script sets their mode once it knows its user (https://github.com/rust-lang/docker-rust, docker-library/golang,
docker-library/postgres: Dockerfile templates)."""

MODE_OPTIONS = {"mkdir": ("-m", "--mode"), "install": ("-m", "--mode"), "mkfifo": ("-m", "--mode")}
"""Programs that set a mode by an option; chmod does by its first operand."""
SETS_MODES = frozenset({"chmod", *MODE_OPTIONS})

SET_USER_ID = 0o4000
SET_GROUP_ID = 0o2000
PROGRAM_FOLDERS = ("bin", "sbin")
STICKY = 0o1000
OTHERS_WRITE = 0o002
GROUP_WRITE = 0o020


@rule(
    "sudo-in-build",
    severity=Severity.LOW,
    programs=("sudo", "doas"),
    references="ATT&CK T1548.003",
    also_known_as=("hadolint:DL3004 trivy:DS-0010 checkov:CKV2_DOCKER_1 kics:8ada6e80 semgrep:d/no-sudo-in-dockerfile dockle:DKL-DI-0001"),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN apt-get update && «sudo» -E DEBIAN_FRONTEND=noninteractive apt-get install -y curl
            RUN if true; then (cd / && «sudo» \\
                make install); fi
            """,
            fixed="""
            FROM debian:13
            RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y curl
            RUN if true; then (cd / && make install); fi
            """,
        ),
        Bad("Dockerfile", "FROM debian:13\nRUN A=1 «sudo» make; yes | «sudo» make install\n"),
        Bad(
            "Dockerfile",
            """
            FROM acme/workspace:1
            USER dev
            RUN «sudo» make install
            """,
            fixed="""
            FROM acme/workspace:1
            USER dev
            RUN make install
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN apt-get install -y sudo && echo "dev ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/dev
            RUN command -v sudo && usermod -aG sudo dev && echo sudo make
            CMD ["sudo", "-u", "app", "/app"]
            """,
        ),
    ),
)
def sudo_in_build(command: Command) -> Iterator[Finding]:
    """A build that uses `sudo` installs a way to become root.

    A build runs as root already, unless `USER` says otherwise. `sudo` stays in the image, and with it the rule that lets the application's
    user become root. Put `USER root` before the step and the application's user after it. Confidence is low where the user of the base
    image runs the step, who may need it, where `-u` gives rights up, in what is started to test something or by developers, and in what a
    project is built in.
    """
    if not command.wrappers or command.place != "RUN":
        return
    sudo = command.wrapper("sudo") or command.wrapper("doas")
    if sudo is None:
        return
    options = [word.text for word in sudo.words[1:] if word.text.startswith("-")]
    as_root = command.user is not None and command.user.text.partition(":")[0] in ROOT
    if not HARMLESS_OPTIONS.issuperset(options):
        fix = None
    elif as_root:
        fix = command.drop_wrapper(sudo, safety=Safety.SAFE)
    else:
        fix = command.drop_wrapper(sudo, caveat="the step fails unless it is root that runs it")
    is_sure = command.user is not None and command.user.is_known and not any(option.startswith(AS_ANOTHER) for option in options)
    unsure = not is_sure or command.is_for_work or command.source.is_for_builds
    confidence = Confidence.LOW if unsure else None
    yield command.finding(sudo.words[0].span, f"`{sudo.name}` in a build", fix=fix, confidence=confidence)


@rule(
    "world-writable-mode",
    severity=Severity.MEDIUM,
    references="CIS Docker 4.8 · ATT&CK T1222.002",
    also_known_as="datadog:avoid_chmod_777",
    programs=SETS_MODES,
    facts=("chmod",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN mkdir -p /data && chmod -R «777» /data
            RUN chmod «a+rwX» /srv && chmod -v «u=rwx,o+w» /opt && mkdir -m «0777» /var/x && find /srv -exec chmod «0666» {} +
            COPY --chmod=«0777» run.sh /run.sh
            """,
            fixed="""
            FROM debian:13
            RUN mkdir -p /data && chmod -R 755 /data
            RUN chmod a+rX,u+w /srv && chmod -v u=rwx /opt && mkdir -m 0755 /var/x && find /srv -exec chmod 0644 {} +
            COPY --chmod=0755 run.sh /run.sh
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN mkdir /data && \\
                chmod -R «o+w» /data && \\
                chmod «ugo=rw» /data/a && chmod «"g+x,a=rwx"» /data/b && chmod 755 /data/c
            """,
            fixed="""
            FROM debian:13
            RUN mkdir /data && \\
                chmod ugo=r,u+w /data/a && chmod "g+x,a=rx,u+w" /data/b && chmod 755 /data/c
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'chmod «777» /data && exec app'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              initContainers:
                - {name: setup, image: 'debian:13', command: [chmod, -R, «o+w», /data]}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ARG MODE=777
            RUN chmod 1777 /tmp && chmod a+rwxt /scratch && chmod +x /run.sh && chmod o+x-w /a && chmod 775 /b && chmod g+w,o=rx /c
            RUN tmp="$(mktemp -d)" && chmod 777 "$tmp" && make -C "$tmp" && rm -rf "$tmp"
            RUN chmod $MODE /d && echo chmod 777 /e && chmod -R --reference=/a 777 && chmod u+w 777
            COPY --chmod=755 run.sh /run.sh
            COPY --chmod=1777 scratch /scratch
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: chmod 755 /data}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [chmod, '755', /data]}
            """,
        ),
    ),
)
def world_writable_mode(subject: Command | Copy | Script) -> Iterator[Finding]:
    """Any process of the container can change these files.

    Whoever gets into one process, as whatever user, can put code or data there for another one to use. Give the files to the
    user that writes them (`COPY --chown`, `chown`), and let others read at most. Confidence is low for what compilers keep for all
    users, for what PostgreSQL's start script closes again, for what developers or tests start, for what a running container changes in
    itself, and for what stays in a stage that no image is made of. What the same script removes again is let be.
    """
    if not isinstance(subject, Script):
        if subject.ships:
            yield from _open_to_all(subject, is_kept=True)
        return
    steps: list[Command | Copy] = [*subject.copies, *(command for command in subject.commands if command.name in SETS_MODES)]
    for step in steps:
        if not step.ships:
            yield from _open_to_all(step, is_kept=_goes_on(step, subject))


def _open_to_all(subject: Command | Copy, *, is_kept: bool) -> Iterator[Finding]:
    for mode in _modes(subject):
        if mode.bits & OTHERS_WRITE and not mode.bits & STICKY:
            fix = mode.without(GROUP_WRITE | OTHERS_WRITE, "what writes there as another user fails")
            if isinstance(subject, Command) and _is_removed(subject):
                return
            meant = isinstance(subject, Command) and (subject.place != "RUN" or is_for_all(subject))
            confidence = Confidence.LOW if meant or subject.is_for_work or not is_kept else None
            yield subject.finding(mode.at, f"mode `{mode.text}` lets everybody write", fix=fix, confidence=confidence)


def _is_removed(command: Command) -> bool:
    """Whether a later command of the script removes all that one changes (`rm -rf "$folder"`)."""
    paths = {command.source[word.span] for word in command.operands[1:]}
    later = (other for other in command.siblings if other.name == "rm" and other.span.start > command.span.start)
    return bool(paths) and any(paths <= {other.source[word.span] for word in other.operands} for other in later)


def _goes_on(step: Command | Copy, script: Script) -> bool:
    """Whether some of what gets a mode in a stage is copied into an image, or may be."""
    taken = script.taken
    if taken is None:
        return True
    if isinstance(step, Copy):
        texts = [step.destination.text]
    else:
        paths = step.operands[0 if step.name == "mkdir" else 1 :]
        if not all(path.known and path.text != "{}" for path in paths):
            return bool(taken)
        texts = [path.text for path in paths]
    places = [posixpath.normpath(posixpath.join("/", step.folder, text)) for text in texts]
    return any(taken.covers(place) or any(path.startswith(place.rstrip("/") + "/") for path in taken.paths) for place in places)


def is_for_all(command: Command) -> bool:
    """Whether any user is to write to all that it changes."""
    paths = [word.text.strip("/") for word in command.operands[1:]]
    return bool(paths) and all(path in FOR_ALL for path in paths)


@rule(
    "setuid-bit",
    severity=Severity.MEDIUM,
    references="CIS Docker 4.8 · ATT&CK T1548.001",
    also_known_as="dockle:CIS-DI-0008",
    programs=SETS_MODES,
    facts=("chmod",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN chmod «u+s» /bin/helper && chmod -v «4755» /bin/other && install -m «6755» a /bin/a
            COPY --chmod=«4755» tool /bin/tool
            """,
            fixed="""
            FROM debian:13
            RUN chmod -v 0755 /bin/other && install -m 0755 a /bin/a
            COPY --chmod=0755 tool /bin/tool
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN make && chmod «u+xs,g+s» /bin/a && chmod «u=rwxs,go=rx» /bin/b && chmod «+s» /bin/c
            """,
            fixed="""
            FROM debian:13
            RUN make && chmod u+x /bin/a && chmod u=rwx,go=rx /bin/b
            """,
        ),
        Bad("Dockerfile", "FROM debian:13\nRUN chmod «g+s» /usr/bin/wall && chmod «2755» /bin/a\nCOPY --chmod=«2755» a /usr/sbin/\n"),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN <<EOF
            chmod «u+s» /usr/local/bin/helper
            EOF
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: [sh, -c, 'chmod «+s» /bin/a && exec app']}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [chmod, «ug+s», /bin/a]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN chmod 0755 /bin/a && chmod u-s /bin/su && find / -perm /6000 -type f -exec chmod a-s {} +
            RUN chmod 2775 /srv/shared && chmod g+s /srv && mkdir -m 2770 /srv/b && echo chmod u+s /bin/a
            COPY --chmod=755 tool /bin/tool
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: chmod u+x /bin/a}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [chmod, '755', /bin/s]}
            """,
        ),
    ),
)
def setuid_bit(subject: Command | Copy) -> Iterator[Finding]:
    """Whoever starts this program becomes its owner, mostly root.

    A flaw in it gives every process of the container what root has. Give the program the one capability that it needs, or
    have root do the step before the application starts. (The set-group-id bit alone is told of programs, in a `bin`; elsewhere it is how
    folders are shared, and is let be.) Confidence is low in a file or a stage that is named for developers or for tests.
    """
    for mode in _modes(subject):
        whom = "become its owner" if mode.bits & SET_USER_ID else "act for its group" if mode.bits & SET_GROUP_ID else ""
        if mode.bits & SET_USER_ID or (whom and _is_of_programs(subject)):
            fix = mode.without(SET_USER_ID | SET_GROUP_ID, "what needs the owner's rights fails")
            confidence = Confidence.LOW if subject.is_for_work else None
            yield subject.finding(mode.at, f"mode `{mode.text}` lets whoever starts the file {whom}", fix=fix, confidence=confidence)


def _is_of_programs(subject: Command | Copy) -> bool:
    """Whether it gives its mode to files in folders of programs and to nothing else."""
    paths = [subject.destination.text] if isinstance(subject, Copy) else [word.text for word in subject.operands[1:]]
    return bool(paths) and all(path.rpartition("/")[0].rpartition("/")[2] in PROGRAM_FOLDERS for path in paths)


class Mode:
    """A mode that a subject gives to files: as written, where, and the bits that it sets."""

    __slots__ = ("at", "bits", "subject", "text", "word")

    def __init__(self, subject: Command | Copy, word: Word | Value) -> None:
        self.subject = subject
        self.word = word
        self.text = word.text
        self.at = word.span
        self.bits = int(self.text, 8) if self.octal else _symbolic(self.text)

    @property
    def octal(self) -> bool:
        return 0 < len(self.text) < 6 and not self.text.strip("01234567")

    def without(self, bits: int, caveat: str) -> Fix | None:
        """A fix that takes bits away, or the whole command where it does nothing else."""
        text = f"{self.bits & ~bits:0{len(self.text)}o}" if self.octal else _without(self.text, bits)
        if isinstance(self.subject, Copy):
            return self.subject.replace_flag("chmod", text, caveat=caveat) if text else None
        assert isinstance(self.word, Word)
        if text:
            return self.subject.replace(self.word, text, caveat=caveat)
        return self.subject.drop(caveat=caveat) if self.subject.name == "chmod" else None


def _modes(subject: Command | Copy) -> Iterator[Mode]:
    if isinstance(subject, Copy):
        mode = subject.flags.get("chmod")
        if mode is not None and mode.is_known:
            yield Mode(subject, mode)
        return
    word = _mode_word(subject)
    if word is not None and word.known:
        yield Mode(subject, word)


def _mode_word(command: Command) -> Word | None:
    if command.name == "chmod":
        return None if command.option("--reference") is not None else next(iter(command.operands), None)
    option = command.option(*MODE_OPTIONS[command.name]) if command.name in MODE_OPTIONS else None
    return option.value if option is not None else None


def _clauses(text: str) -> Iterator[tuple[str, str, str, int]]:
    """What a mode such as `u+x-w,o=rw` does one after the other: who, operator, letters, and those of our bits that they are about."""
    for clause in text.split(","):
        who = clause[: len(clause) - len(clause.lstrip("ugoa"))]
        for action in re.findall("[-+=][^-+=]*", clause):
            operator, letters = action[0], action[1:]
            bits = STICKY if "t" in letters else 0
            if "w" in letters and ("o" in who or "a" in who):
                bits |= OTHERS_WRITE
            if "s" in letters and (not who or "u" in who or "a" in who):
                bits |= SET_USER_ID
            if "s" in letters and (not who or "g" in who or "a" in who):
                bits |= SET_GROUP_ID
            yield who, operator, letters, bits


def _symbolic(text: str) -> int:
    """The bits that a symbolic mode sets."""
    bits = 0
    for _, operator, _, given in _clauses(text):
        bits = bits & ~given if operator == "-" else bits | given
    return bits


def _without(text: str, bits: int) -> str:
    """A symbolic mode without the letters that set bits; what it gave the owner it still gives. Nothing may be left of it."""
    kept = []
    for who, operator, letters, given in _clauses(text):
        if operator != "-" and given & bits:
            letter = "w" if bits & OTHERS_WRITE else "s"
            rest = letters.replace(letter, "")
            kept += [f"{who}{operator}{rest}"] if rest or operator == "=" else []
            kept += ["u+w"] if letter == "w" and ("u" in who or "a" in who) else []
        else:
            kept.append(f"{who}{operator}{letters}")
    return ",".join(kept)
