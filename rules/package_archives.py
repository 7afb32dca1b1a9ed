"""Package archives beside the distribution's own release."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Good, Severity, WrittenFile, rule

APK_BRANCH = "/edge/"
DEBIAN_SUITES = frozenset({"sid", "unstable", "experimental", "rc-buggy", "proposed-updates"})
SOURCES = ("/etc/apk/repositories", "/etc/apt/sources.list")


@rule(
    "development-package-source",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.1",
    programs=("apk", "apt", "apt-get", "aptitude"),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            RUN apk add --no-cache «-X https://dl-cdn.alpinelinux.org/alpine/edge/testing» gosu
            RUN echo "«https://dl-cdn.alpinelinux.org/alpine/edge/community»" >> /etc/apk/repositories
            RUN echo "«deb http://deb.debian.org/debian sid main»" > /etc/apt/sources.list.d/sid.list
            RUN apt-get install -y «-t unstable» curl
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM alpine:3.22
            RUN apk add -X https://dl-cdn.alpinelinux.org/alpine/v3.22/community gosu && echo "/edge/" > /notes
            RUN echo "@edge https://dl-cdn.alpinelinux.org/alpine/edge/main" >> /etc/apk/repositories
            RUN echo "deb http://deb.debian.org/debian trixie main # no sid" > /etc/apt/sources.list
            RUN apt-get install -t trixie-backports curl
            FROM alpine:edge
            RUN apk add gosu
            """,
        ),
    ),
)
def development_package_source(subject: Command | WrittenFile) -> Iterator[Finding]:
    """Packages of the distribution's development branch are mixed into a stable image.

    They change daily, get no security support of their own, and pull in other libraries of that branch. Use the release's own
    packages or backports, tag the repository (`@edge https://...`, `apk add name@edge`), or build on an image of that branch.
    """
    if isinstance(subject, Command):
        if subject.name == "apk":
            for option in subject.options:
                if option.name in ("-X", "--repository") and option.value is not None and APK_BRANCH in option.value.text + "/":
                    yield subject.finding(option.span, "`apk` installs from Alpine's development branch (edge)")
        else:
            option_ = subject.option("-t", "--target-release", "--default-release")
            if option_ is not None and option_.value is not None and option_.value.text in DEBIAN_SUITES:
                yield subject.finding(option_.span, f"`{subject.name}` installs from Debian's `{option_.value.text}`")
    elif subject.path.startswith(SOURCES):
        for line in subject.lines:
            words = line.text.partition("#")[0].split()
            if APK_BRANCH in line.text + "/" and "alpine" in line.text and words and words[0][0] != "@":
                yield subject.finding(line.span(), "packages come from Alpine's development branch (edge)")
            elif words[:1] == ["deb"] and DEBIAN_SUITES.intersection(words):
                yield subject.finding(line.span(), f"packages come from Debian's `{min(DEBIAN_SUITES.intersection(words))}`")


@rule(
    "third-party-package-source",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.1.5 · ATT&CK T1195.002",
    programs=("add-apt-repository", "apt-add-repository", "dnf", "dnf5", "yum", "zypper"),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM ubuntu:24.04
            RUN add-apt-repository -y «ppa:acme/tools» && apt-add-repository «"ppa:other/php"» && dnf copr enable -y «acme/tools»
            RUN zypper ar «https://download.opensuse.org/repositories/home:/acme/15.6/home:acme.repo»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM ubuntu:24.04
            RUN add-apt-repository universe && add-apt-repository -y --remove ppa:acme/tools && dnf copr list && zypper ref
            RUN echo ppa:acme/tools
            """,
        ),
    ),
)
def third_party_package_source(command: Command) -> Iterator[Finding]:
    """Somebody's own package archive is trusted like the distribution.

    Whoever may upload to a PPA, a COPR project or a home project can replace any package of the image at the next build, not only those
    that are wanted from there. Use the distribution's package, or the vendor's own archive limited to its packages.
    """
    if command.name in ("add-apt-repository", "apt-add-repository"):
        found = [word for word in command.operands if word.text.startswith("ppa:")] if command.option("-r", "--remove") is None else []
    elif command.name in ("dnf", "dnf5", "yum") and command.subcommand == "copr enable":
        found = command.operands[2:3]
    elif command.name == "zypper" and command.subcommand in ("ar", "addrepo"):
        found = [word for word in command.operands[1:] if "/repositories/home:" in word.text]
    else:
        return
    for word in found:
        yield command.finding(word.span, f"`{word.text}` is somebody's own archive, and may replace any package")
