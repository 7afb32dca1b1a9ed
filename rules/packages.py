"""Packages that are installed without saying which version, from where, or by which lock file."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Fix, Good, Package, Script, Severity, Span, rule

LANGUAGES = frozenset({"pip", "poetry", "conda", "npm", "gem", "go", "cargo", "composer", "nuget"})
"""Where the packages of programming languages come from."""
SYSTEMS = frozenset({"apk", "rpm", "rpm-module", "zypper"})
"""Where the packages of distributions come from that keep old versions, or where a version may be named without its last part.
pacman knows no versions: Arch keeps the newest only."""
LANGUAGE_INSTALLERS = frozenset(
    "pip pip2 pip3 uv uvx pipx poetry pdm pipenv conda mamba micromamba npm npx pnpm pnpx yarn bun bunx gem bundle bundler go cargo "
    "composer dotnet".split()
)
SYSTEM_INSTALLERS = frozenset("apk dnf dnf5 yum microdnf tdnf zypper".split())
DEBIAN_INSTALLERS = frozenset("apt apt-get aptitude".split())
URL_INSTALLERS = LANGUAGE_INSTALLERS | SYSTEM_INSTALLERS | {"rpm"}

MOVING = frozenset(
    "latest next beta alpha canary rc stable nightly master main head trunk develop dev * x upgrade patch none dev-master dev-main".split()
)
"""Versions that mean another package tomorrow: tags of npm, queries of go, branches."""
PINNED_BY = ("-c", "--constraint", "--constraints", "--require-hashes", "--no-index")
"""Options of pip and uv with which the versions are told elsewhere."""
LOCAL_FIRST = frozenset({"npx", "bunx"})
"""Programs that run what is installed already, and fetch only what is not."""


@rule(
    "unpinned-package",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.2 · ATT&CK T1195.001",
    also_known_as=("hadolint:DL3013 kics:02d9c71f hadolint:DL3016 kics:e36d8880 hadolint:DL3028 kics:22cd11f7 hadolint:DL3062"),
    programs=LANGUAGE_INSTALLERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN pip install --no-cache-dir «flask» gunicorn==23.0.0 && python3 -m pip install -U «pip» 'uvicorn[standard]'
            RUN uv pip install --system «"httpx"» && uv add «rich» && uvx «ruff» check . && pipx install «black»
            RUN poetry add «celery» && conda install -y -c conda-forge «numpy» python=3.13
            RUN npm install -g «typescript» && npm i «@scope/tool@latest» && yarn add --dev «jest» && pnpm add «left@next»
            RUN bun add «zod» && npx --yes «cowsay» hi && npx «create-acme» a && pnpm dlx «degit» a b
            RUN gem install --no-document «rake» && bundle add «puma»
            RUN go install «example.com/cmd/tool@latest» && go get -u «example.com/lib» && go install «example.com/cmd/old»
            RUN cargo install --locked «ripgrep» && composer require «acme/lib» && dotnet tool install -g «dotnet-ef»
            RUN ["pip", "install", «"flask"»]
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'python:3.13', command: sh -c 'pip install «flask» && exec flask run'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [npm, install, -g, «serve»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN pip install flask==3.1.0 'django>=5,<6' -r requirements.txt . ./lib[extra] -e .[dev] dist/app-1.0-py3.whl "click$CLICK"
            RUN pip install -c constraints.txt flask && pip install --no-index --find-links=/wheels flask
            RUN pip install --require-hashes flask
            RUN pip install "lib @ https://example.com/lib-1.zip" git+https://example.com/lib.git@v1 flask==$VERSION $PACKAGES
            RUN pip list flask
            RUN npm ci && npm install && npm install -g npm@11 user/repo#abc ./local lib.tgz && npx tsc && yarn && npx --no-install jest
            RUN gem install rake:13.2.1 && gem install puma -v 6.5.0 && gem install ./local.gem && bundle install
            RUN go install example.com/cmd/tool@v1.2.3 && go install ./... && go run main.go && go install example.com/x@$VERSION
            RUN go build ./cmd
            RUN cargo install ripgrep@14.1.1 && cargo install --path . && cargo install --version 8 fd-find
            RUN cargo install --git https://example.com/a
            RUN composer require acme/lib:^2 php && composer install && dotnet tool install -g dotnet-ef --version 9.0.0
            RUN conda install 'numpy=2.1'
            RUN uv sync && uvx ruff@0.9.0 check && poetry add celery@^5 && pipx install black==25.1.0
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'python:3.13', command: pip install flask==3.1.0}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [npm, run, serve]}
            """,
        ),
    ),
)
def unpinned_package(command: Command, *, exact: bool = False) -> Iterator[Finding]:
    """A package without a version is whatever was published last.

    A build next week may get another program, and a release that was taken over arrives by itself. Name the version, or install
    from a lock file. With the option `exact`, a range such as `>=2` is not enough.
    """
    if not _is_pinned_elsewhere(command):
        yield from _unpinned(command, LANGUAGES, exact)


@rule(
    "unpinned-system-package",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.2 · ATT&CK T1195.002",
    also_known_as=(
        "hadolint:DL3018 kics:d3499f6d hadolint:DL3033 kics:6452c424 hadolint:DL3041 kics:93d88cf7 hadolint:DL3037 kics:562952e4"
    ),
    programs=SYSTEM_INSTALLERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            RUN apk add --no-cache «curl» git=2.49.0-r0 openssl
            RUN yum install -y «java-11-openjdk» httpd-2.4.6 && microdnf -y install «glibc.i686» && tdnf install «vim»
            RUN dnf -y install «nginx» && dnf module install -y «php» && zypper --non-interactive in «git»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'alpine:3.22', command: apk add «curl»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'fedora:43', command: [dnf, install, -y, «nginx»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM alpine:3.22
            ARG VERSION
            RUN apk add --no-cache --virtual .build-deps -X https://example.com/repo 'gcc~14' 'curl>8' 'jq<2' ./local.apk git=$VERSION
            RUN apk del gcc
            RUN yum install -y httpd-2.4.6-97.el7 epel.rpm kernel-$VERSION @development python3-3.9* nodejs:22 && yum update -y
            RUN dnf module install -y nodejs:22/minimal && dnf groupinstall tools && zypper in 'git=2.4' 'curl>=8' -t pattern && zypper ref
            RUN apt-get install -y curl && pacman -S --noconfirm git
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'alpine:3.22', command: apk info curl}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'fedora:43', command: [dnf, install, -y, nginx-1.28.0]}
            """,
        ),
    ),
)
def unpinned_system_package(command: Command, *, exact: bool = False) -> Iterator[Finding]:
    """A package of the distribution without a version is whatever the mirror has today.

    Two builds from the same file may differ. Distributions keep few old versions, so a version that is named needs a bot that moves
    it; without one, a digest for the base image and a rebuild now and then serve better. With the option `exact`, a range such as
    `~3` is not enough.
    """
    yield from _unpinned(command, SYSTEMS, exact)


@rule(
    "unpinned-debian-package",
    severity=Severity.LOW,
    profile="off",
    references="NIST SP 800-190 3.1.2 · ATT&CK T1195.002",
    also_known_as="hadolint:DL3008 kics:965a08d7",
    programs=DEBIAN_INSTALLERS,
    examples=(
        Bad(
            "Dockerfile", "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends «curl» git=1:2.47.2-0.1 nano\n"
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: apt-get install -y «curl»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [apt, install, «curl»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN apt-get install -y -t trixie-backports curl=8.14.1-2 nano/trixie-backports ./local.deb /tmp/*.deb $PACKAGES php$V-fpm old-
            RUN apt-get update && apt-get upgrade -y && apt-get remove curl && apt list curl
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: apt-get update}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [apt, install, curl=8.14.1-2]}
            """,
        ),
    ),
)
def unpinned_debian_package(command: Command) -> Iterator[Finding]:
    """A Debian package without a version is whatever the mirror has today.

    Debian and Ubuntu drop a version when the next one arrives, so a build that names one soon fails: this rule is off unless asked
    for. It is of use with a mirror of your own that keeps them, or with snapshot.debian.org.
    """
    yield from _unpinned(command, frozenset({"apt"}), False)


@rule(
    "package-from-url",
    severity=Severity.MEDIUM,
    profile="strict",
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.001",
    programs=URL_INSTALLERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN pip install «https://example.com/lib/archive/main.zip» «git+https://example.com/lib.git@v2#egg=lib»
            RUN python3 -m pip install «"lib @ git+https://example.com/lib.git"» -e «git+ssh://git@example.com/lib.git@main»
            RUN npm install -g «https://example.com/tool.tgz» «acme/tool» && yarn add «git+https://example.com/tool.git#v1»
            RUN cargo install --git «https://example.com/tool» --branch main && yum install -y «https://example.com/a.rpm»
            RUN rpm -Uvh «https://example.com/a.rpm»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'python:3.13', command: pip install «https://example.com/lib.whl»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [npm, i, «acme/tool#main»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN pip install flask . git+https://example.com/lib.git@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            RUN pip install "git+https://example.com/a@$COMMIT" git+$B
            RUN pip install "https://example.com/lib.whl#sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            RUN npm install acme/tool#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ./tool.tgz
            RUN cargo install --git https://example.com/a --rev aaaaaaa
            RUN rpm -i /tmp/a.rpm && pip install --index-url https://example.com/simple flask
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'python:3.13', command: pip install ./lib.whl}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [npm, i, 'tool@1']}
            """,
        ),
    ),
)
def package_from_url(command: Command) -> Iterator[Finding]:
    """A package is installed from an address, and nothing says that it is the one that was meant.

    No registry keeps what was published there from being changed, and no signature is compared. Install a release from the
    registry, name the full commit, or write the hash behind the URL (`#sha256=...`).
    """
    for package in command.packages:
        if package.kind == "git" and not _names_a_commit(package.version or package.name):
            what = f"at `{package.version}`, which may move" if package.version else "at whatever its default branch holds"
            yield command.finding(package.span, f"`{command.name}` installs from a repository {what}", severity=_severity(package))
        elif package.kind == "url" and "=" not in package.version and "sha512-" not in package.version:
            yield command.finding(package.span, f"`{command.name}` installs what a URL sends, without a hash", severity=_severity(package))


LOCK_FILES = {
    # program: (lock files, subcommands, options that hold to the lock file, the word that would)
    "npm": (("package-lock.json", "npm-shrinkwrap.json"), ("install", "i"), (), "ci"),  # npm-ci
    "yarn": (("yarn.lock",), ("install", ""), ("--frozen-lockfile", "--immutable", "--pure-lockfile"), "install --frozen-lockfile"),
    "pnpm": (("pnpm-lock.yaml",), ("install", "i"), ("--frozen-lockfile", "--offline"), "install --frozen-lockfile"),
    "bun": (("bun.lock", "bun.lockb"), ("install", "i"), ("--frozen-lockfile",), "install --frozen-lockfile"),
    "pipenv": (("Pipfile.lock",), ("install",), ("--deploy", "--ignore-pipfile"), "install --deploy"),
    "poetry": (("poetry.lock",), ("update",), (), "install"),  # https://python-poetry.org/docs/cli/#update
    "composer": (("composer.lock",), ("update", "u", "upgrade"), (), "install"),  # composer update --help
    "uv": (("uv.lock",), ("sync",), ("--locked", "--frozen"), "sync --locked"),  # https://docs.astral.sh/uv/concepts/projects/sync/
}
LOCKED_BY_VARIABLE = ("UV_LOCKED", "UV_FROZEN")
"""Variables with which uv holds to its lock file."""
ELSEWHERE = ("-g", "--global", "--prefix", "-C", "--cwd", "--dir")
"""Options with which the packages are not those of the folder that the lock file was copied to."""


@rule(
    "lock-file-not-enforced",
    severity=Severity.LOW,
    programs=LOCK_FILES,
    references="NIST SP 800-190 3.1.2 · ATT&CK T1195.001",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM node:22
            COPY package.json package-lock.json ./
            RUN npm «install» --omit=dev
            """,
            fixed="""
            FROM node:22
            COPY package.json package-lock.json ./
            RUN npm ci --omit=dev
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM node:22
            COPY package.json yarn.lock pnpm-lock.yaml ./
            RUN yarn «install» --production && yarn cache clean
            RUN pnpm «i»
            """,
            fixed="""
            FROM node:22
            COPY package.json yarn.lock pnpm-lock.yaml ./
            RUN yarn install --frozen-lockfile --production && yarn cache clean
            RUN pnpm install --frozen-lockfile
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            COPY Pipfile Pipfile.lock poetry.lock composer.lock uv.lock /app/
            RUN pipenv «install» --system && poetry «update» && composer «update» --no-dev && uv «sync»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM node:22 AS build
            COPY package*.json ./
            RUN npm install
            FROM node:22
            RUN npm install
            COPY package.json package-lock.json yarn.lock pnpm-lock.yaml ./
            COPY poetry.lock composer.lock uv.lock ./
            RUN poetry install && composer install && uv sync --locked --no-dev && uv sync $OPTIONS
            RUN pnpm install --frozen-lockfile && pnpm build && pnpm install --prod
            RUN npm ci && npm install -g serve && npm install --omit=dev
            RUN npm install left-pad && yarn install --immutable && yarn --frozen-lockfile && pnpm install
            """,
        ),
    ),
)
def lock_file_not_enforced(script: Script) -> Iterator[Finding]:
    """A lock file is copied, and the install may change it.

    Where the lock file does not fit the manifest, a plain install resolves again and takes what is newest; nobody sees it, as the
    changed lock file stays in the image. `npm ci` and `--frozen-lockfile` fail then, and what is installed after them holds to it.
    Confidence is low in a file or a stage that is named for developers or for tests.
    """
    held: set[tuple[str, str]] = set()
    copied: dict[str, int] = {}
    for copy in script.copies:
        for source in copy.sources:
            copied.setdefault(source.text.rpartition("/")[2], copy.span.start)
    for command in script.commands:
        row = LOCK_FILES.get(command.name)
        if row is None or command.packages or (command.name == "uv" and any(name in script.source.text for name in LOCKED_BY_VARIABLE)):
            continue
        files, subcommands, enforcing, better = row
        present = next((file for file in files if copied.get(file, command.span.start) < command.span.start), None)
        if command.subcommand == "ci" or (command.subcommand in subcommands and command.option(*enforcing) is not None):
            held.add((command.name, command.folder))
        is_held = (command.name, command.folder) in held or command.option(*ELSEWHERE) is not None
        if present is None or command.subcommand not in subcommands or is_held:
            continue
        if any(word.text.startswith("$") for word in command.operands):  # a variable may hold the option
            continue
        message = f"`{command.name}` may change `{present}` instead of holding to it"
        confidence = Confidence.LOW if command.is_for_work else None
        yield command.finding(_verb(command), message, fix=_enforced(command, better), confidence=confidence)


@rule(
    "cargo-install-unlocked",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.2 · ATT&CK T1195.001",
    programs=("cargo",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM rust:1
            RUN cargo «install» ripgrep@14.1.1
            """,
            fixed="""
            FROM rust:1
            RUN cargo install --locked ripgrep@14.1.1
            """,
        ),
        Good("Dockerfile", "FROM rust:1\nRUN cargo install --locked ripgrep@14.1.1 && cargo build && cargo install --path . --frozen\n"),
    ),
)
def cargo_install_unlocked(command: Command) -> Iterator[Finding]:
    """`cargo install` takes the newest dependencies, not those that the release was tested with.

    A crate brings its `Cargo.lock` along, but `cargo install` reads it only with `--locked`: without it, even a pinned crate is built
    from other code every week.
    """
    if command.subcommand != "install" or command.option("--locked", "--frozen") is not None:
        return
    if command.packages or command.option("--path") is not None:
        fix = command.replace(command.operands[0], "install --locked", caveat="the locked dependencies may be too old for the compiler")
        yield command.finding(_verb(command), "`cargo install` ignores the crate's lock file", fix=fix)


def _unpinned(command: Command, ecosystems: frozenset[str], exact: bool) -> Iterator[Finding]:
    packages = [package for package in command.packages if package.ecosystem in ecosystems and package.kind == "registry"]
    loose = [package for package in packages if not _is_pinned(package, exact)]
    if not loose or not loose[0].name:
        return
    names = ", ".join(f"`{package.name}`" for package in loose[:3])
    if len(loose) > 3:
        names += f" and {len(loose) - 3} more"
    versions = "an exact version" if exact else "a version"
    yield command.finding(loose[0].span, f"`{command.name}` installs {names} without {versions}", confidence=_confidence(command, loose[0]))


def _is_pinned(package: Package, exact: bool) -> bool:
    version = package.version.strip("@:=v ").lower()
    if version in MOVING or not version:
        return False
    return not exact or not any(sign in package.version for sign in "<>~^*!,|")


def _confidence(command: Command, package: Package) -> Confidence | None:
    """`go install path` without a version takes the one that the module's go.mod names, if it stands in a module."""
    return Confidence.LOW if package.ecosystem == "go" and not package.version and command.subcommand != "get" else None


def _is_pinned_elsewhere(command: Command) -> bool:
    if command.name in LOCAL_FIRST:
        asked = command.option("-y", "--yes", "-p", "--package") is not None
        return not asked and not any(package.name.startswith("create-") for package in command.packages)
    return command.name.startswith(("pip", "uv")) and command.option(*PINNED_BY) is not None


def _names_a_commit(version: str) -> bool:
    """Whether a revision is a commit, or a variable may decide it."""
    return "$" in version or (len(version) >= 7 and not version.strip("0123456789abcdef"))


def _severity(package: Package) -> Severity | None:
    return Severity.HIGH if package.name.removeprefix("git+").startswith(("http://", "git://")) else None


def _verb(command: Command) -> Span:
    return (command.operands or command.words)[0].span


def _enforced(command: Command, better: str) -> Fix | None:
    if not command.operands:
        return None
    return command.replace(command.operands[0], better, caveat="the build fails where the lock file does not fit the manifest")
