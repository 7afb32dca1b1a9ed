"""Checks of signatures that are switched off, and packages that nobody signed."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Script, Severity, Switches, WrittenFile, rule

OFF, ON = Switches.OFF, Switches.ON
TRUST_ANYONE = frozenset({"never", "trustall", "optional trustall", "trustall optional"})
"""Levels of pacman that take packages without a signature, or with one that nobody vouches for (pacman.conf(5))."""
LEFT_OUT = frozenset({"trusted"})
"""Settings that must not be there at all: APT then decides by the signature (sources.list(5))."""
SIGNATURE_OPTIONS = {
    "apk": "--allow-untrusted",  # apk(8)
    "apt apt-get aptitude": "--allow-unauthenticated --allow-insecure-repositories --force-yes",  # apt-get(8)
    "dnf dnf5 yum microdnf tdnf": "--nogpgcheck --no-gpgchecks",  # dnf(8), dnf5(8)
    "dpkg": "--force-bad-verify",  # dpkg(1)
    "choco": "--ignore-checksums --ignore-checksum --ignorechecksums --ignorechecksum",  # choco install --help
    "rpm": "--nosignature --nodigest --noverify --nofiledigest",  # rpm(8)
    "zypper": "--no-gpg-checks --no-gpgcheck -G --allow-unsigned-rpm",  # zypper(8)
}
"""Options with which a package manager installs what nobody signed, by program."""

SIGNATURE_SETTINGS = {
    "apt apt-get aptitude": ("apt::get::allowunauthenticated acquire::allowinsecurerepositories", ON),  # apt.conf(5)
    "dnf dnf5 yum microdnf tdnf yum-config-manager": ("gpgcheck", OFF),  # dnf.conf(5)
}

SIGNATURE_LINES = {
    "gpgcheck": ("", OFF),  # dnf.conf(5), zypper
    "siglevel": ("pacman", TRUST_ANYONE),  # pacman.conf(5)
    "trusted": ("sources", ON),  # sources.list(5), deb822 style
    "apt::get::allowunauthenticated": ("apt", ON),  # apt.conf(5)
    "acquire::allowinsecurerepositories": ("apt", ON),  # apt-secure(8)
    "acquire::allowweakrepositories": ("apt", ON),
}
EDITED_SIGNATURE_SETTINGS = (*Switches.DISTRUSTED, "gpgcheck=0", "siglevel=never", "siglevel=optionaltrustall")
"""What editors write, in small letters and without blanks."""
TAKES_AWAY = frozenset({"autoclean", "autopurge", "autoremove", "clean", "del", "erase", "purge", "remove"})
"""Commands of package managers that install nothing."""
MOST = 20
"""Downloads by ADD that are followed, and addresses of each."""
DOWNLOADERS = frozenset({"curl", "wget", "wget2", "aria2c"})
SIGNATURES = Switches(
    SIGNATURE_OPTIONS,
    SIGNATURE_SETTINGS,
    SIGNATURE_LINES,
    EDITED_SIGNATURE_SETTINGS,
    instead=dict.fromkeys(TRUST_ANYONE, "Required DatabaseOptional"),  # pacman's default (pacman.conf(5))
    left_out=LEFT_OUT,
)


@rule(
    "package-signature-check-disabled",
    severity=Severity.HIGH,
    references="CIS Docker 4.11 · NIST SP 800-190 3.2.1 · ATT&CK T1195.002",
    also_known_as=("checkov:CKV2_DOCKER_7 checkov:CKV2_DOCKER_8 checkov:CKV2_DOCKER_9 checkov:CKV2_DOCKER_10 checkov:CKV2_DOCKER_11"),
    programs=SIGNATURES.programs,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN apt-get install -y «--allow-unauthenticated» curl && apt-get -y «--force-yes» install wget
            RUN apk add «--allow-untrusted» --no-cache curl && zypper «--no-gpg-checks» install -y curl
            RUN yum install -y «--nogpgcheck» https://example.com/a.rpm && dnf -y install «--setopt=*.gpgcheck=0» curl
            RUN curl -O https://example.com/a.rpm && rpm -i «--nosignature» a.rpm
            """,
            fixed="""
            FROM debian:13
            RUN apt-get install -y curl && apt-get -y install wget
            RUN apk add --no-cache curl && zypper install -y curl
            RUN yum install -y https://example.com/a.rpm && dnf -y install curl
            RUN curl -O https://example.com/a.rpm && rpm -i a.rpm
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "«deb [arch=amd64 trusted=yes] https://example.com/ ./»" > /etc/apt/sources.list.d/a.list
            RUN printf '[a]\\nbaseurl=https://example.com\\n«gpgcheck=0»' > /etc/yum.repos.d/a.repo
            RUN echo '«APT::Get::AllowUnauthenticated "true"»;' > /etc/apt/apt.conf.d/99x
            RUN add-apt-repository «"deb [trusted=yes] https://example.com /"» && rpm -i «--nodigest» https://example.com/a.rpm
            RUN echo "«deb [allow-insecure=yes] https://example.com/ ./»" > /etc/apt/sources.list && zypper ar «-G» https://a.io/a a
            RUN sed -i «'s/gpgcheck=1/gpgcheck=0/'» /etc/yum.repos.d/b.repo && sed -i «'s/^SigLevel.*/SigLevel = Never/'» /etc/pacman.conf
            COPY <<EOF /etc/yum.repos.d/c.repo
            [c]
            «gpgcheck = 0»
            EOF
            """,
            fixed="""
            FROM debian:13
            RUN echo "deb [arch=amd64] https://example.com/ ./" > /etc/apt/sources.list.d/a.list
            RUN printf '[a]\\nbaseurl=https://example.com\\ngpgcheck=1' > /etc/yum.repos.d/a.repo
            RUN echo 'APT::Get::AllowUnauthenticated "false";' > /etc/apt/apt.conf.d/99x
            RUN add-apt-repository "deb https://example.com /" && rpm -i https://example.com/a.rpm
            RUN echo "deb https://example.com/ ./" > /etc/apt/sources.list && zypper ar https://a.io/a a
            COPY <<EOF /etc/yum.repos.d/c.repo
            [c]
            gpgcheck = 1
            EOF
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            COPY <<EOF /etc/apt/sources.list.d/a.sources
            Types: deb
            «Trusted: yes»
            URIs: https://example.com
            EOF
            RUN printf '[core]\\n«SigLevel = Never»\\n' >> /etc/pacman.conf && wget https://a.io/a.deb && dpkg «--force-bad-verify» -i a.deb
            RUN printf '[core]\\n«SigLevel = Optional TrustAll»\\n' >> /etc/pacman.conf
            """,
            fixed="""
            FROM debian:13
            COPY <<EOF /etc/apt/sources.list.d/a.sources
            Types: deb
            URIs: https://example.com
            EOF
            RUN printf '[core]\\nSigLevel = Required DatabaseOptional\\n' >> /etc/pacman.conf && wget https://a.io/a.deb && dpkg -i a.deb
            RUN printf '[core]\\nSigLevel = Required DatabaseOptional\\n' >> /etc/pacman.conf
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM alpine:3.22
            ADD https://example.com/a.apk https://example.com/b.apk /tmp/
            RUN wget -O /tmp/c.rpm https://example.com/v1.2.3/c.rpm
            RUN apk add «--allow-untrusted» /tmp/a.apk && rpm -i «--nodigest» /tmp/c.rpm
            """,
            fixed="""
            FROM alpine:3.22
            ADD https://example.com/a.apk https://example.com/b.apk /tmp/
            RUN wget -O /tmp/c.rpm https://example.com/v1.2.3/c.rpm
            RUN apk add /tmp/a.apk && rpm -i /tmp/c.rpm
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'alpine:3.22', command: apk add «--allow-untrusted» curl}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [apt-get, install, «--allow-unauthenticated», curl]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "deb [trusted=yes] file:/packages ./" > /etc/apt/sources.list.d/a.list && apk add --allow-untrusted /tmp/*.apk
            RUN sed -i 's/gpgcheck=0/gpgcheck=1/' /etc/yum.repos.d/b.repo && echo repo_gpgcheck=0 >> /etc/yum.repos.d/b.repo
            RUN curl -O https://example.com/a.rpm && echo "0123  a.rpm" | sha256sum -c && rpm -i --nosignature a.rpm
            RUN printf '[own]\\nSigLevel = Optional TrustAll\\nServer = file:///packages\\n' >> /etc/pacman.conf
            RUN curl -O https://example.com/b.rpm && echo "0123  b.rpm" | sha256sum -c
            RUN rpm -i --nosignature b.rpm
            RUN apt-get purge -y --force-yes gcc && apt-get -y --force-yes autoremove && dnf remove -y --nogpgcheck gcc
            RUN echo apt-get --force-yes install && grep -q gpgcheck=0 /etc/yum.conf && echo "# gpgcheck=0" > /etc/yum.conf
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'alpine:3.22', command: apk add curl}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [rpm, -q, curl]}
            """,
        ),
    ),
)
def package_signature_check_disabled(subject: Command | Script | WrittenFile) -> Iterator[Finding]:
    """A package manager is told to install what nobody signed.

    Signatures are what makes a mirror harmless: without them, whoever runs it, or stands before it, chooses what is
    installed, and it is installed as root. Install the repository's key instead. Confidence is low in a file for tests.
    """
    for finding in _unsigned_in(subject):
        finding.confidence = Confidence.LOW if subject.source.is_idle else None
        yield finding


def _unsigned_in(subject: Command | Script | WrittenFile) -> Iterator[Finding]:
    if isinstance(subject, WrittenFile):
        local = any("file:" in line.text for line in subject.lines if line.text.startswith("Server"))
        for span, name, fix in SIGNATURES.in_file(subject) if not local else ():
            yield subject.finding(span, f"`{name}` in `{subject.path}` lets packages without a valid signature in", fix=fix)
        for line in subject.lines:
            start, end, new = Switches.without_distrust(line.text)
            if line.text.startswith("deb") and end and "file:" not in line.text:
                fix = subject.replace("deb", line.span(start, end), line.text[start:end], new, caveat=Switches.CAVEAT)
                option = next(option for option in Switches.DISTRUSTED if option in line.text.lower())
                message = f"`{option}` in `{subject.path}` lets packages without a valid signature in"
                yield subject.finding(line.span(), message, fix=fix)
    elif isinstance(subject, Script):
        for command in dict.fromkeys(_installs_from_before(subject)):
            yield from _unsigned(command)
    elif subject.name in SIGNATURES.programs and not _is_local_package(subject):
        yield from _unsigned(subject)


def _unsigned(command: Command) -> Iterator[Finding]:
    if command.subcommand in TAKES_AWAY:
        return
    for span, remedy in SIGNATURES.in_command(command):
        yield command.finding(span, f"`{command.name}` lets packages without a valid signature in", fix=remedy)


def _installs_from_before(script: Script) -> Iterator[Command]:
    """The commands that install a file which an instruction before theirs has brought from elsewhere, unchecked."""
    for download in script.downloads:
        use = download.use
        if use is not None and download.how == "installed" and download.check is None and download.command not in use.siblings:
            yield use
    for copy in [copy for copy in script.copies if copy.keyword == "ADD" and "checksum" not in copy.flags][:MOST]:
        for source in [source for source in copy.sources if source.text.startswith(("http://", "https://"))][:MOST]:
            path = copy.destination.text
            path += source.text.rpartition("/")[2] if path.endswith("/") else ""
            use = script.installs(path) if not script.checks(path) else None
            if use is not None:
                yield use


def _is_local_package(command: Command) -> bool:
    """Whether what is installed are files that the script did not download, or that it has checked."""
    files = [word.text for word in command.operands if word.text.endswith((".apk", ".deb", ".rpm"))]
    if not files or any("://" in file for file in files):
        return False
    return command.script_checks or not command.siblings.some(_downloads)


def _downloads(command: Command) -> bool:
    return command.name in DOWNLOADERS
