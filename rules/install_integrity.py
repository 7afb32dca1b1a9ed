"""What an install of an application's dependencies takes on trust."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Safety, Script, Severity, Word, rule

PIP = frozenset({"pip", "pip2", "pip3"})
REQUIREMENTS = ("-r", "--requirement", "--requirements")
CHECKED = ("--require-hashes", "--no-index", "--no-deps")
HASH = "--hash="
HASHES_MISSING = "the file must give a hash for every package: `pip-compile --generate-hashes` writes them"
HASHED = f"flask==3.1.2 {HASH}sha256:" + "ab" * 32 + "\n"
INSTALLS = {
    "npm": frozenset({"ci", "install", "i", "clean-install"}),  # npm help ci, --ignore-scripts
    "yarn": frozenset({"", "install"}),  # https://classic.yarnpkg.com/lang/en/docs/cli/install/
}
"""Package managers that run the scripts of every package, and what they are told to do then. pnpm from 10 on and Bun ask first."""


@rule(
    "requirements-without-hashes",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    profile="strict",
    references="NIST SP 800-190 3.1.2 · ATT&CK T1195.001",
    examples=(
        Bad(
            "Dockerfile",
            "FROM python:3.13\nCOPY requirements.txt .\nRUN pip install -U pip && pip install --no-cache-dir -r «requirements.txt»\n",
            fixed="FROM python:3.13\nCOPY requirements.txt .\n"
            "RUN pip install -U pip && pip install --require-hashes --no-cache-dir -r requirements.txt\n",
        ),
        Bad(
            "Dockerfile",
            "FROM python:3.13\nCOPY requirements.txt /tmp/\nRUN uv pip install --system -r «/tmp/requirements.txt»\n",
            beside={"requirements.txt": "flask==3.1.2\n"},
        ),
        Bad("compose.yaml", "services: {app: {image: 'python:3.13', command: sh -c 'pip install -r «a.txt» && python a.py'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'python:3.13', command: [sh, -c, pip install -r «a.txt» && python a.py]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN pip install --require-hashes -r requirements.txt && pip install flask==3.1.2
            RUN pip install --no-index -r requirements.txt && pip install -r $FILE && pip download -r requirements.txt
            """,
        ),
        Good(
            "Dockerfile",
            "FROM python:3.13\nCOPY requirements.txt .\nRUN true && pip install -r requirements.txt\n",
            beside={"requirements.txt": HASHED},
        ),
        Good(
            "compose.yaml", "services: {app: {image: 'python:3.13', command: sh -c 'pip install --require-hashes -r a.txt && python a.py'}}"
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'python:3.13', command: [sh, -c, pip list && python a.py]}
            """,
        ),
    ),
)
def requirements_without_hashes(script: Script) -> Iterator[Finding]:
    """Packages are installed by their versions alone, and no hash says that they are the ones that were meant.

    An index can serve another file for the same version, and a package that is not pinned pulls in whatever is newest. Let
    `pip-compile --generate-hashes` or `uv export` write the hashes into the file, and install with `--require-hashes`.
    """
    for command in script.commands:
        if command.name in PIP or (command.name == "uv" and command.subcommand == "pip install"):
            file = _requirements(command)
            if file is not None and file.known and not _has_hashes(script, file.text):
                word = next(word for word in command.operands if word.text == "install")
                fix = command.add_word(word, "--require-hashes", safety=Safety.DISPLAY, caveat=HASHES_MISSING)
                yield command.finding(file.span, f"`{command.name}` installs what `{file.text}` names, without hashes", fix=fix)


def _requirements(command: Command) -> Word | None:
    """The file of requirements that a command installs without looking at hashes."""
    if command.subcommand not in ("install", "pip install") or command.option(*CHECKED) is not None:
        return None
    option = command.option(*REQUIREMENTS)
    return option.value if option is not None and "://" not in (option.value.text if option.value is not None else "") else None


def _has_hashes(script: Script, path: str) -> bool:
    """Whether a file of this name is copied from beside the Dockerfile, and holds hashes."""
    name = path.rpartition("/")[2]
    for copy in script.copies:
        if copy.context is None or not copy.context.seen:
            continue
        for source in copy.sources:
            own = source.text if source.text.rpartition("/")[2] == name else f"{source.text.rstrip('/')}/{name}".removeprefix("./")
            if HASH in (copy.context.text(own) or ""):
                return True
    return False


@rule(
    "install-scripts-run",
    severity=Severity.LOW,
    profile="off",
    references="ATT&CK T1195.001 · ATT&CK T1059.007",
    programs=INSTALLS,
    examples=(
        Bad(
            "Dockerfile",
            "FROM node:22\nRUN npm «ci» --omit=dev && «yarn» --frozen-lockfile && npm «install» left-pad\n",
            fixed="FROM node:22\nRUN npm ci --ignore-scripts --omit=dev && yarn --ignore-scripts --frozen-lockfile && "
            "npm install --ignore-scripts left-pad\n",
        ),
        Bad("compose.yaml", "services: {app: {image: 'node:22', command: npm «ci»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [yarn, «install»]}
                - name: other
                  image: node:22
                  command:
                    - "npm"
                    - «"ci"» # all of them
                    - "--omit=dev"
            """,
            fixed="""
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [yarn, install, --ignore-scripts]}
                - name: other
                  image: node:22
                  command:
                    - "npm"
                    - "ci"
                    - "--ignore-scripts" # all of them
                    - "--omit=dev"
            """,
        ),
        Good(
            "Dockerfile", "FROM node:22\nRUN npm ci --ignore-scripts && yarn install --ignore-scripts && npm run build && yarn --version\n"
        ),
        Good("compose.yaml", "services: {app: {image: 'node:22', command: npm start}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [npm, ci, --ignore-scripts]}
            """,
        ),
    ),
)
def install_scripts_run(command: Command) -> Iterator[Finding]:
    """Every package that is installed may run a script of its own.

    That is how most malicious packages act: they need nobody to import them. Install with `--ignore-scripts`, and run the scripts of
    the few packages that need them (`npm rebuild NAME`).
    """
    known = INSTALLS.get(command.name)
    if known is None or command.subcommand not in known or command.option("--ignore-scripts", "--version", "-v", "--help") is not None:
        return
    word = command.operands[0] if command.operands else command.words[0]
    fix = command.add_word(word, "--ignore-scripts", caveat="packages that compile or download something as they are installed fail")
    yield command.finding(word.span, f"`{command.name}` runs the install scripts of all packages", fix=fix)
