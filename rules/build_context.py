"""What a build takes along from the folder that it is started in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from capdrop import Bad, BuildContext, Confidence, Copy, Finding, Good, Severity, Stage, Value, rule, secret_file, secret_folder

REFERENCES = "NIST SP 800-190 3.1.4 · CIS Docker 4.10 · ATT&CK T1552.001 · CWE-538"
NEEDLESS = {
    ".git": Severity.MEDIUM,
    ".hg": Severity.MEDIUM,
    ".svn": Severity.MEDIUM,
    ".terraform": Severity.MEDIUM,
    ".cache": Severity.LOW,
    ".npm": Severity.LOW,
    ".idea": Severity.LOW,
    ".vscode": Severity.LOW,
}
PASSWORD = "Kp3-vv81" + "-Qz"  # invented
KEY = "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+0cYdW8lZ2nXqv"  # invented
KEY += "T3u1Lk9sQb7FhJx5oRw6MaGdPe8Z\n-----END " + "PRIVATE KEY-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@rule(
    "context-holds-secrets",
    severity=Severity.HIGH,
    references=REFERENCES,
    also_known_as="dockle:CIS-DI-0010",
    examples=(
        Bad(
            "Dockerfile",
            "FROM node:22\nCOPY «.» /app\n",
            fixed="FROM node:22\nCOPY . /app\n",
            beside={"deploy/.env": f"DB_PASSWORD={PASSWORD}\n"},
            fixed_beside={".dockerignore": "deploy/.env\n"},
        ),
        Bad("Dockerfile", "FROM node:22\nADD «src» /app\n", beside={"src/tls/server.key": KEY, ".dockerignore": "*.key\n.git\n"}),
        Bad("Dockerfile", "FROM node:22\nCOPY «./» /app\n", beside={"key.pem": KEY, ".dockerignore": "*\n!*.pem\n"}),
        Good(
            "Dockerfile", "FROM node:22\nCOPY . /app\n", beside={"deploy/.env": f"DB_PASSWORD={PASSWORD}\n", ".dockerignore": "**/.env\n"}
        ),
        Good(
            "Dockerfile", "FROM node:22\nCOPY . /app\n", beside={".env": f"DB_PASSWORD={PASSWORD}\n", "Dockerfile.dockerignore": ".env*\n"}
        ),
        Bad(
            "Dockerfile",
            "FROM node:22 AS build\nWORKDIR /app\nCOPY «.» .\nFROM node:22-slim\nCOPY --from=build /app/config /config\n",
            beside={"config/.env": f"DB_PASSWORD={PASSWORD}\n"},
        ),
        Good(
            "Dockerfile",
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nFROM node:22-slim\nCOPY --from=build /app/dist /srv\n",
            beside={".env": f"DB_PASSWORD={PASSWORD}\n"},
        ),
        Good("Dockerfile", "FROM node:22\nCOPY --exclude=**/.env . /app\n", beside={"a/.env": f"DB_PASSWORD={PASSWORD}\n"}),
        Good(
            "Dockerfile",
            "FROM node:22\nCOPY . /app\nCOPY --from=build . /b\n",
            beside={".env": "PORT=80\n", "ca.pem": CERTIFICATE, "tests/key.pem": KEY, "node_modules/a/key.pem": KEY},
        ),
    ),
)
def context_holds_secrets(stage: Stage) -> Iterator[Finding]:
    """A folder is copied into an image with a file in it that holds a secret.

    Whoever pulls the image can read it. Write the file into `.dockerignore`. The build takes what is on the disk, and so does this
    rule: a file that git ignores is just what ends up in images built on a laptop. It follows that a check may find one there and none
    in CI. What is looked at are the first thousand files of four levels, not installed packages and not tests, and only a text that
    holds a key, a token or a password counts. A stage that is thrown away is judged by what is copied out of it. Confidence is low in a
    file or a stage that is named for developers or for tests.
    """
    for layer in stage.layers:
        for copy in layer:
            if isinstance(copy, Copy) and copy.context is not None and (copy.ships or stage.taken) and copy.context.seen:
                yield from held_by(stage, copy, copy.context)


def held_by(stage: Stage, copy: Copy, context: BuildContext) -> Iterator[Finding]:
    """The sources of a copy that are folders with secrets in them."""
    for source in copy.sources:
        if not source.is_known or "://" in source.text or secret_folder(source.text):
            continue
        folders = [path for path in context.matching(source.text) if not path or context.holds_folder(path)]
        found = [path for folder in folders for path in secrets_below(context, folder) if ends_up(stage, copy, folder, path)]
        if found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield copy.finding(
                source,
                f"`{source.text}` brings `{found[0]}`{more} along, with secrets in the text",
                confidence=Confidence.LOW if copy.is_for_work else None,
                fix=copy.keep_out(found, caveat="what reads it in the image needs a mount; change the secret if such an image was pushed"),
            )


def ends_up(stage: Stage, copy: Copy, folder: str, path: str) -> bool:
    """Whether a file of a copied folder ends up in an image."""
    if leaves_out(copy, path):
        return False
    below = path[len(folder) :].lstrip("/")
    place = posixpath.normpath(posixpath.join(copy.folder, copy.destination.text, below))
    return copy.ships or stage.taken.covers(place)


@rule(
    "needless-folder-copied",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.4 · ATT&CK T1552.001",
    also_known_as="dockle:DKL-LI-0003",
    examples=(
        Bad(
            "Dockerfile",
            "FROM node:22\nCOPY «.» /app\n",
            fixed="FROM node:22\nCOPY . /app\n",
            beside={".git/HEAD": "ref: refs/heads/main\n", ".vscode/a.json": "{}", ".dockerignore": "# ours\n*.log"},
            fixed_beside={".dockerignore": "# ours\n*.log\n.git\n.vscode\n"},
        ),
        Bad("Dockerfile", "FROM node:22\nCOPY app «.git» /app/\n"),
        Good(
            "Dockerfile", "FROM node:22\nCOPY . /app\n", beside={".git/HEAD": "ref: refs/heads/main\n", ".dockerignore": "# git\n/.git/\n"}
        ),
        Good("Dockerfile", "FROM node:22 AS build\nCOPY . /app\nFROM node:22-slim\nCOPY app /app\n", beside={".git/HEAD": "x"}),
    ),
)
def needless_folder_copied(copy: Copy) -> Iterator[Finding]:
    """A folder is copied along that no container needs.

    The history of a repository holds everything that was ever removed from it, also secrets, and the addresses it came from; caches
    and editors' settings only make the image large. Write them into `.dockerignore`.
    """
    if not copy.ships or "from" in copy.flags:
        return
    for source in copy.sources:
        names = list(needless_in(copy, source))
        if names:
            yield copy.finding(
                source,
                f"`{names[0]}` is copied into the image",
                fix=copy.keep_out(names, caveat="a step of the build that reads it fails"),
                severity=NEEDLESS[names[0]],
            )


def needless_in(copy: Copy, source: Value) -> Iterator[str]:
    """The needless folders that a source is, or brings along."""
    path = posixpath.normpath("/" + source.text).lstrip("/") if source.is_known else "?"
    if path in NEEDLESS:
        yield path
    elif not path and copy.context is not None:
        yield from (name for name in NEEDLESS if copy.context.holds_folder(name) and not leaves_out(copy, name))


def leaves_out(copy: Copy, path: str) -> bool:
    """Whether `--exclude` keeps a file out."""
    if not copy.excluded or copy.context is None:
        return False
    return any(value.is_unknown for value in copy.excluded) or copy.context.covers([value.text for value in copy.excluded], path)


def secrets_below(context: BuildContext, folder: str) -> Iterator[str]:
    """The files in a folder whose text holds a secret."""
    for path in context.below(folder, lambda path: secret_file(path) is not None):
        if context.secret_in(path) == "yes":
            yield path
