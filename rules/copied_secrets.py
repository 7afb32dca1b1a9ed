"""Secrets that are files, on their way into a layer."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from capdrop import (
    Bad,
    Command,
    Confidence,
    Copy,
    Finding,
    Fix,
    Good,
    Note,
    Safety,
    Severity,
    Span,
    Stage,
    Value,
    Variable,
    is_harmless_file,
    rule,
    secret_file,
    secret_folder,
)

REFERENCES = "NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-538"
PASSWORD = "Kp3-vv81" + "-Qz"  # invented
KEY = "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+0cYdW8lZ2nXqv"  # invented
KEY += "T3u1Lk9sQb7FhJx5oRw6MaGdPe8Z\n-----END " + "PRIVATE KEY-----\n"
AUTHS = '{"auths": {"registry.example.com": {"auth": "' + "YWNtZTpLcDMt" + "dnY4MS1Reg==" + '"}}}\n'  # invented
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

POINTERS = {
    "GOOGLE_APPLICATION_CREDENTIALS": "a login for Google Cloud",
    "AWS_SHARED_CREDENTIALS_FILE": "a login for AWS",
    "AWS_CONFIG_FILE": "settings of AWS",
    "HF_TOKEN_PATH": "a token of Hugging Face",
    "KUBECONFIG": "a login for Kubernetes",
    "NETRC": "passwords",
    "PGPASSFILE": "the passwords of PostgreSQL",
}
"""Variables that hold the path of a credential."""
MOST = 200
"""Secret files of a stage that are followed."""
LONGEST = 4096
"""Characters of a path."""
REMOVERS = frozenset({"rm", "shred", "unlink", "srm"})
WRITERS = frozenset({"curl", "wget", "tee"})
"""Programs that write files which their own words name."""


class Brought:
    """A secret file that a layer puts into the image: where it comes from, where it goes, and how sure that is.

    `certainty` is that of the name, and `proved` what its text says, as `BuildContext.secret_in` has it.
    """

    __slots__ = ("certainty", "name", "origin", "place", "proved", "subject", "what")

    def __init__(self, subject: Copy | Command, origin: Span, name: str, place: str, what: str, certainty: str, proved: str = "") -> None:
        self.subject = subject
        self.origin = origin
        self.name = name
        self.place = place
        self.what = what
        self.certainty = certainty
        self.proved = proved

    @property
    def confidence(self) -> Confidence:
        if self.subject.is_for_work or "example" in self.name.lower():
            return Confidence.LOW
        return Confidence.HIGH if self.is_grave or self.certainty == "sure" else Confidence.MEDIUM

    @property
    def is_grave(self) -> bool:
        """Whether it is not to be even in a layer that is thrown away."""
        return self.proved == "yes" or self.name.startswith("id_")

    @property
    def counts(self) -> bool:
        """Whether name and text together say enough."""
        return self.certainty != "maybe" or self.proved == "yes"

    @property
    def severity(self) -> Severity | None:
        return Severity.MEDIUM if self.proved == "weak" or (self.certainty == "likely" and self.proved != "yes") else None


@rule(
    "secret-file-copied",
    severity=Severity.HIGH,
    references=REFERENCES,
    also_known_as="trivy:DS-0031 dockle:CIS-DI-0010",
    examples=(
        Bad("Dockerfile", "FROM alpine:3.22\nCOPY «id_ed25519» /root/.ssh/id_ed25519\nCOPY app «deploy/.git-credentials» /root/\n"),
        Bad(
            "Dockerfile",
            "FROM node:22\nWORKDIR /app\nCOPY package.json «.env» ./\n",
            beside={".env": f"DB_PASSWORD={PASSWORD}\n", "package.json": "{}"},
        ),
        Bad(
            "Dockerfile",
            "FROM nginx:1.29\nCOPY certs/ca.pem «certs/server.pem» /etc/nginx/\n",
            beside={"certs/ca.pem": CERTIFICATE, "certs/server.pem": KEY},
        ),
        Bad("Dockerfile", "FROM alpine AS build\nRUN make\nFROM alpine\nCOPY --from=build «/root/.ssh» /root/.ssh\n"),
        Bad("Dockerfile", "FROM node AS build\nWORKDIR /app\nCOPY «.env» .\nFROM node\nCOPY --from=build /app /srv\n"),
        Bad("Dockerfile", "FROM python:3.13\nCOPY keys /app/keys\nENV «GOOGLE_APPLICATION_CREDENTIALS=/app/keys/robot.json»\n"),
        Bad("Dockerfile", "FROM python:3.13\nCOPY conf /app/conf\nENV «AWS_CONFIG_FILE=/app/conf/aws» «HF_TOKEN_PATH=/app/conf/hf»\n"),
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            COPY «id_rsa» «id_dsa» «id_ecdsa» «credentials» «credentials.json» «credentials.xml» «password.txt» «secret_token.rb» /app/
            COPY «web.p12» «web.pfx» «web.jks» «web.key» «client.ovpn» «team.kdbx» /app/
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            COPY «.aws/» /root/.aws/
            COPY «.ssh/*» /root/.ssh/
            COPY «.docker» /home/app/.docker
            COPY «home/.s3cfg» «home/.boto» «home/.my.cnf» /root/
            """,
        ),
        Bad(
            "Dockerfile",
            "FROM ruby:3.4\nCOPY «config/database.yml» /app/config/\nCOPY «docker.json» /root/.docker/config.json\n",
            beside={"config/database.yml": f"production:\n  password: {PASSWORD}\n", "docker.json": AUTHS},
        ),
        Good("Dockerfile", "FROM alpine:3.22\nCOPY .docker /app/.docker\nCOPY config/database.yml .docker/nginx.conf /etc/\n"),
        Good("Dockerfile", "FROM alpine:3.22\nCOPY .my.cnf /root/\n", beside={".my.cnf": "[client]\nuser=root\n"}),
        Bad("Dockerfile", "FROM node:22\nONBUILD COPY package.json «.env» /app/\nONBUILD RUN npm ci\n"),
        Good("Dockerfile", "FROM node:22\nONBUILD COPY package.json .npmrc .env.example /app/\nONBUILD COPY . /app\n"),
        Good(
            "Dockerfile",
            "FROM node:22\nCOPY .env.example .npmrc .env ./\n",
            beside={".env": "PORT=80\n", ".npmrc": "registry=https://npm.acme.io/\n"},
        ),
        Bad("Dockerfile", "FROM alpine AS a\nCOPY «keystore.jks» /k/\nFROM b AS b\nCOPY --from=a /k /l\nFROM c\nCOPY --from=b /l /m\n"),
        Bad("Dockerfile", "FROM alpine AS build\nFROM alpine\nCOPY --from=build «/app/service-account.json*» /app/\n"),
        Good("Dockerfile", "FROM nginx:1.29\nCOPY ca.pem nodesource.gpg.key server.crt /etc/nginx/\nCOPY a.key /etc/apt/trusted.gpg.d/\n"),
        Good("Dockerfile", "FROM eclipse-temurin:25\nCOPY truststore.jks cacerts.jks /etc/\n"),
        Good("Dockerfile", "FROM node:22 AS build\nCOPY .env .\nFROM node:22-slim\nENV GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/gcp\n"),
        Good("Dockerfile", "FROM alpine\nRUN --mount=type=secret,id=env,target=/app/.env make\nCOPY passwd /etc/passwd\nCOPY . /app\n"),
    ),
)
def secret_file_copied(stage: Stage) -> Iterator[Finding]:
    """A file with a secret becomes part of a layer.

    Whoever pulls the image can read it, and so can whoever gets hold of the build's cache. Mount it for the one step that needs it
    (`RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`, `--mount=type=ssh` for keys), or when the container starts. Where
    the file stands beside the Dockerfile its text is read: one without a secret in it is let go. Confidence is low among tests.
    """
    course = course_of(stage)
    brought = [found for found in course.copied if found.counts]
    gone = {found.place for found, _ in course.removed} if brought else ()
    for found in brought:
        kept = is_kept(stage, found)
        if found.place not in gone and (kept or found.is_grave):
            yield found.subject.finding(
                found.origin,
                f"`{found.name}` ({found.what}) becomes part of {'the image' if kept else 'a layer of the build'}",
                fix=instead_of(found),
                severity=found.severity if kept else Severity.LOW,
                confidence=found.confidence,
            )
    for found in (found for copy in copies_on_build(stage) for found in brought_by(copy) if found.counts):
        message = f"`{found.name}` ({found.what}) becomes part of every image that is built on this one"
        yield found.subject.finding(found.origin, message, fix=instead_of(found), severity=found.severity, confidence=found.confidence)
    yield from pointed_at(stage, {found.place for found in brought})


@rule(
    "secret-removed-in-later-layer",
    severity=Severity.HIGH,
    references=REFERENCES,
    examples=(
        Bad("Dockerfile", "FROM alpine:3.22\nCOPY secret.txt /root/secret.txt\nRUN apk add curl && rm -f «/root/secret.txt»\n"),
        Bad("Dockerfile", "FROM node:22\nWORKDIR /app\nCOPY .npmrc package.json ./\nRUN npm ci\nRUN rm -f «.npmrc»\n"),
        Bad("Dockerfile", 'FROM alpine:3.22\nRUN echo "$KEY" > ~/.ssh/id_rsa\nRUN git clone git@git.acme.io:a.git && rm -rf «~/.ssh»\n'),
        Good("Dockerfile", "FROM alpine:3.22\nRUN echo x > ~/.ssh/id_rsa && git clone git@git.acme.io:a.git && rm ~/.ssh/id_rsa\n"),
        Good("Dockerfile", "FROM node:22\nCOPY .npmrc ./\nRUN npm ci && rm .npmrc\n", beside={".npmrc": "fund=false\n"}),
        Good("Dockerfile", "FROM node:22\nCOPY .npmrc .npmrc-prod ./\nRUN if true; then rm -f .npmrc; cp .npmrc-prod .npmrc; fi\n"),
        Good("Dockerfile", "FROM alpine AS build\nCOPY id_rsa /k\nRUN rm /k\nFROM alpine\nCOPY app.tgz /tmp/\nRUN rm /tmp/app.tgz\n"),
    ),
)
def secret_removed_in_later_layer(stage: Stage) -> Iterator[Finding]:
    """A secret is removed in another layer than the one that brought it.

    A layer can only hide what is in the layers below; the file is still in the image, and any tool that unpacks layers shows it.
    Use it where it leaves no trace: `RUN --mount=type=secret`, or create, use and remove it in one RUN. What is put in its place by the
    same script (`rm .npmrc && cp .npmrc-prod .npmrc`) was no secret.
    """
    written: dict[int, dict[str, int]] = {}
    for found, removal in course_of(stage).removed:
        script = removal.subject.siblings
        if id(script) not in written:
            written[id(script)] = last_written(script)
        if any(written[id(script)].get(word.text, 0) > removal.span.start for word in removal.subject.operands):
            continue
        yield removal.subject.finding(
            removal.span,
            f"removes `{found.name}` ({found.what}) from view only: the layer that brought it still holds it",
            notes=(Note(stage.source, found.origin, "brought here"),),
            fix=instead_of(found),
            confidence=found.confidence,
        )


def last_written(script: Iterable[Command]) -> dict[str, int]:
    """Where each file is written last that a script copies or moves others to."""
    return {command.operands[-1].text: command.span.start for command in script if command.name in ("cp", "mv") and command.operands}


def instead_of(found: Brought) -> Fix:
    """How the file can be used without a trace."""
    identifier = found.name.lstrip("._").replace(".", "-") or "secret"
    flag = f"--mount=type=secret,id={identifier},target={found.place}"
    if found.name.startswith("id_") or found.name == ".ssh":
        flag = "--mount=type=ssh"
    fix = Fix(f"Write `RUN {flag} ...` where it is used")
    if isinstance(found.subject, Copy):
        mounted = found.subject.set(
            "mount", (flag, found.origin), safety=Safety.DISPLAY, caveat="whatever else reads it must be given it so"
        )
        fix = mounted if mounted.edits else fix
    fix.title += ", and change the secret if such an image was pushed"
    return fix


def is_kept(stage: Stage, found: Brought) -> bool:
    """Whether a file ends up in an image, by its layer or by a copy of it."""
    return found.subject.ships or stage.taken.covers(found.place)


def copies_in(stage: Stage) -> list[Copy]:
    return [subject for layer in stage.layers for subject in layer if isinstance(subject, Copy)]


def copies_on_build(stage: Stage) -> list[Copy]:
    return [subject for layer in stage.on_build for subject in layer if isinstance(subject, Copy)]


def brought_by(copy: Copy) -> Iterator[Brought]:
    """The secret files among the sources of a copy."""
    for source in copy.sources:
        if not source.is_known or "://" in source.text:
            continue
        paths = [source.text.rstrip("*")]
        if copy.context is not None and has_star(source.text) and copy.context.seen:
            paths = copy.context.matching(source.text) or paths
        for path in paths:
            found = judged(copy, source, path) if not has_star(path) else None
            if found is not None:
                yield found


def has_star(path: str) -> bool:
    return "*" in path or "?" in path or "[" in path


def judged(copy: Copy, source: Value, path: str) -> Brought | None:
    """What a copied file is, by its name or the one that it gets, and by its text where that can be read."""
    folder = secret_folder(path) or login_folder(copy, path)
    told = secret_file(path)
    if told is None and not folder and not goes_into_folder(copy) and not is_harmless_file(path):
        told = secret_file(copy.destination.text)
    if told is None and not folder:
        return None
    path = posixpath.normpath("/" + path).lstrip("/")
    place = place_of(copy, path)
    if copy.context is not None and copy.context.excludes(path):
        return None
    if told is None:
        return Brought(copy, source.span, posixpath.basename(path), place, folder, "likely")
    proved = copy.context.secret_in(path) if copy.context is not None else ""
    if proved == "no" and told.certainty != "sure":
        return None
    named = secret_file(posixpath.join(posixpath.dirname(place), posixpath.basename(path))) or told
    if told.certainty == "key" and not proved and not (told.private and named.private):
        return None
    return Brought(copy, source.span, posixpath.basename(path), place, told.what, told.certainty, proved)


def login_folder(copy: Copy, path: str) -> str:
    """What a folder `.docker` holds that becomes the one in a home folder; projects also keep other things under this name."""
    into = copy.destination.text.rstrip("/").split("/")
    home = into[1:-1] == ["root"] or (into[1:2] == ["home"] and len(into) == 4)
    return "registry logins" if home and into[-1] == ".docker" and posixpath.basename(path.rstrip("/")) == ".docker" else ""


def goes_into_folder(copy: Copy) -> bool:
    written = copy.destination.text
    return len(copy.sources) > 1 or written.endswith(("/", "/.")) or written in (".", "")


def place_of(copy: Copy, path: str) -> str:
    """Where a copied file ends up."""
    written = copy.destination.text or copy.source[copy.destination.span]
    into = posixpath.join(written, posixpath.basename(path)) if goes_into_folder(copy) else written
    return posixpath.normpath(posixpath.join(copy.folder, into))


class Course:
    """The secret files of a stage, read once: those that are copied in, and those that a later layer than their own removes."""

    __slots__ = ("copied", "removed", "stage", "there")

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.copied: list[Brought] = []
        self.removed: list[tuple[Brought, Removal]] = []
        self.there: list[Brought] = []
        for layer in stage.layers:
            self.there = (self.there + self.made_in(layer))[:MOST]

    def made_in(self, layer: tuple[object, ...]) -> list[Brought]:
        """The secret files that a layer brings and keeps."""
        made: list[Brought] = []
        for subject in layer:
            if isinstance(subject, Copy):
                copied = list(brought_by(subject))
                self.copied += copied
                made += copied if subject.ships else ()
            elif isinstance(subject, Command) and subject.place == "RUN" and subject.ships:
                made += written_by(subject) if subject.redirects or subject.name in WRITERS else ()
                for removal in removals(subject) if made or self.there else ():
                    made = [found for found in made if not removal.covers(found)]
                    for found in [found for found in self.there if removal.covers(found)]:
                        self.there.remove(found)
                        self.removed.append((found, removal))
        return made


def course_of(stage: Stage, last: list[Course] = []) -> Course:  # noqa: B006  # the stage read last
    if not last or last[0].stage is not stage:
        last[:] = [Course(stage)]
    return last[0]


class Removal:
    """A word of a command that removes what is at a path."""

    __slots__ = ("path", "span", "subject")

    def __init__(self, subject: Command, span: Span, path: str) -> None:
        self.subject = subject
        self.span = span
        self.path = path

    def covers(self, found: Brought) -> bool:
        """Whether it removes a file: by its name, or, where it is a secret for sure, with its folder."""
        if found.place == self.path:
            return True
        return found.counts and found.place.startswith(self.path.removesuffix("*").rstrip("/") + "/")


def removals(command: Command) -> Iterator[Removal]:
    if command.name in REMOVERS:
        for word in command.words[1:]:
            if not word.text.startswith("-"):
                yield Removal(command, word.span, inside(command, word.text))


def written_by(command: Command) -> Iterator[Brought]:
    """The files that a command writes and whose name says that they are secret."""
    words = [word for operator, word in command.redirects if word is not None and operator.startswith(">")]
    if command.name in ("curl", "wget"):
        option = command.option("-o", "--output") if command.name == "curl" else command.option("-O", "--output-document")
        words += [option.value] if option is not None and option.value is not None else []
    elif command.name == "tee":
        words += command.operands
    for word in words:
        told = secret_file(word.text)
        if told is not None and (told.certainty != "key" or told.private) and not word.text.startswith(("/dev/", "/run/")):
            place = inside(command, word.text)
            yield Brought(command, word.span, posixpath.basename(place), place, told.what, told.certainty)


def inside(command: Command, path: str) -> str:
    """A path that a command is given, from the top of the image."""
    user = command.user.text if command.user is not None else ""
    for sign in ("~", "$HOME", "${HOME}"):
        if path == sign or path.startswith(sign + "/"):
            path = ("/root" if user in ("", "root", "0") else f"/home/{user}") + path[len(sign) :]
    return posixpath.normpath(posixpath.join(folder_of(command), path))


def folder_of(command: Command, last: list[tuple[list[Command], dict[int, str]]] = []) -> str:  # noqa: B006  # the script read last
    """The folder that a command is run in, by the `cd` before it."""
    if not last or last[0][0] is not command.siblings:
        folder, folders = command.folder, {}
        for other in command.siblings:
            folders[id(other)] = folder
            if other.name == "cd" and other.operands:
                folder = posixpath.normpath(posixpath.join(folder, other.operands[0].text))[-LONGEST:]
        last[:] = [(command.siblings, folders)]
    return last[0][1].get(id(command), command.folder)


def pointed_at(stage: Stage, told: set[str]) -> Iterator[Finding]:
    """The variables that say where a credential is, below a folder that was copied."""
    variables = (subject for layer in stage.layers for subject in layer if isinstance(subject, Variable) and subject.name in POINTERS)
    in_force = {variable.name: variable for variable in variables if variable.place == "env" and variable.ships}
    copies = copies_in(stage) if in_force else []
    for variable in in_force.values() if copies else ():
        path = posixpath.normpath(posixpath.join(copies[0].folder, variable.value.text)) if variable.value.text else ""
        found = [confidence for copy in copies if (confidence := brings(copy, path)) is not None] if path and path not in told else []
        if found:
            message = f"`{variable.name}` points at {POINTERS[variable.name]} in a folder that is copied into the image"
            yield variable.finding(variable.span, message, severity=Severity.MEDIUM, confidence=max(found))


def brings(copy: Copy, path: str) -> Confidence | None:
    """How sure it is that a copy puts a file at a path; None where it cannot."""
    for source in copy.sources:
        if not source.is_known:
            continue
        name = posixpath.normpath("/" + source.text).lstrip("/")
        into = posixpath.normpath(posixpath.join(copy.folder, copy.destination.text or "."))
        if path in (place_of(copy, name), into):
            return Confidence.HIGH
        if not path.startswith(into.rstrip("/") + "/"):
            continue
        below = posixpath.join(name, path[len(into) :].lstrip("/"))
        if copy.context is not None and copy.context.seen:
            if copy.context.text(below) is not None:
                return Confidence.HIGH
            if copy.context.excludes(below) or not (not name or copy.context.holds_folder(name)):
                continue
            return Confidence.LOW if into != "/" else None
        return Confidence.MEDIUM if into not in ("/", ".") and not posixpath.splitext(name)[1] else None
    return None
