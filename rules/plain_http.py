"""Downloads that anybody on the way can change."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Good, Note, Severity, WrittenFile, rule

FETCHERS = frozenset({
    "curl", "wget", "wget2", "aria2c", "git", "svn", "pip", "pip2", "pip3", "npm", "yarn", "pnpm", "gem", "rpm", "yum", "dnf", "microdnf",
    "yum-config-manager", "apt-key", "invoke-webrequest", "invoke-restmethod", "downloadstring", "downloadfile", "start-bitstransfer",
    "certutil", "bitsadmin",
})  # fmt: skip
"""Programs that trust what an address gives them."""
OVER_TLS = "the server may not answer over https"
PACKAGES_OVER_TLS = "the server may not answer over https, for which the image needs `ca-certificates` besides"
SIGNED = (".msu",)
"""Packages of Windows updates, whose signature is checked before they are installed."""
KEY_ENDINGS = (".asc", ".gpg", ".key", ".pub")
SOURCE_FILES = tuple(
    "/etc/apt/sources.list /etc/apk/repositories /etc/yum.repos.d/ /etc/yum.conf /etc/dnf/ /etc/zypp/repos.d/ /etc/pacman.".split()
)
"""Files that say where packages come from."""
SOURCE_OPTIONS = {"apk": ("-X", "--repository")}
TAKES_KEYS = frozenset({"gpg", "gpg2", "apt-key"})


@rule(
    "plain-http-download",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1557 · ATT&CK T1195.002",
    also_known_as="datadog:avoid_http",
    programs=FETCHERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN curl -fsSLO «http://example.com/a.tgz» && wget -q «"http://example.com/b"» && tar xf a.tgz
            RUN git clone «git://example.com/b.git»
            RUN git clone «http://example.com/a.git» && pip install --index-url=«http://example.com/simple» «http://example.com/a.whl»
            """,
            fixed="""
            FROM debian:13
            RUN curl -fsSLO https://example.com/a.tgz && wget -q "https://example.com/b" && tar xf a.tgz
            RUN git clone https://example.com/b.git
            RUN git clone https://example.com/a.git && pip install --index-url=https://example.com/simple https://example.com/a.whl
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            RUN certutil -urlcache -split -f «http://example.com/a.exe» a.exe
            SHELL ["powershell", "-Command"]
            RUN Invoke-WebRequest -Uri «http://example.com/a.zip» -OutFile a.zip
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            ARG MIRROR=http://example.com
            ENV SITE=${MIRROR}
            RUN curl -fsSLO «${MIRROR}/a.tgz» && wget -q «"$SITE/b"» && echo
            RUN MIRROR=https://example.com; curl -fsSLO ${MIRROR}/a.tgz
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'wget «http://example.com/a» && exec ./a'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              initContainers:
                - {name: setup, image: 'debian:13', command: [curl, -o, /a, «'http://example.com/a'»]}
              containers:
                - {name: web, image: 'acme/web:1'}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN curl -x http://proxy.example.com:3128 -e http://example.com https://example.com/a && curl http://localhost:8080/
            RUN wget http://example.com/a.tgz && echo "0123  a.tgz" | sha256sum -c - && curl http://$HOST/a
            RUN echo "deb http://deb.debian.org/debian trixie main" > /etc/apt/sources.list && xmllint http://example.com/a.xsd
            RUN curl -o a.msu http://download.windowsupdate.com/windows10.0-kb4552930-x64.msu
            RUN echo '<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0"/>' > /root/.m2/settings.xml
            HEALTHCHECK CMD wget -qO- http://127.0.0.1:8080/health || curl http://10.0.0.1/
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', healthcheck: {test: curl -f 'http://elasticsearch:9200'}}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [curl, 'http://api.shop.svc.cluster.local/']}
            """,
        ),
    ),
)
def plain_http_download(command: Command) -> Iterator[Finding]:
    """What is downloaded can be changed on the way.

    Plain HTTP, and git's own protocol, tell neither who answered nor whether the answer is whole. Use `https`, or compare a checksum in
    the same step.
    """
    if command.name not in FETCHERS or _configures(command) or command.script_checks:
        return
    for url in command.urls:
        if url.scheme in ("http", "git") and url.public and not url.text.endswith(SIGNED):
            giver = url.word.giver
            fix = command.replace(url.word.part(0, len(url.scheme)), "https", caveat=OVER_TLS) if giver is None else None
            notes = (Note(giver.source, giver.span, "the address is set here"),) if giver is not None else ()
            what, severity = ("a signing key ", Severity.HIGH) if _fetches_key(command, url.text) else ("", None)
            how = "over plain HTTP" if url.scheme == "http" else "without encryption"
            message = f"`{command.name}` downloads {what}from `{url.host}` {how}"
            yield command.finding(url.word.span, message, fix=fix, notes=notes, severity=severity)


@rule(
    "plain-http-package-source",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.2.1 · ATT&CK T1557",
    programs={*SOURCE_OPTIONS, "zypper"},
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "«deb http://deb.example.com/debian trixie main»" >> /etc/apt/sources.list
            RUN apk add -X «http://dl.example.com/edge/main» curl && zypper ar «http://example.com/repo» a
            COPY <<EOF /etc/yum.repos.d/a.repo
            [a]
            «baseurl=http://example.com/a»
            EOF
            """,
            fixed="""
            FROM debian:13
            RUN echo "deb https://deb.example.com/debian trixie main" >> /etc/apt/sources.list
            RUN apk add -X https://dl.example.com/edge/main curl && zypper ar https://example.com/repo a
            COPY <<EOF /etc/yum.repos.d/a.repo
            [a]
            baseurl=https://example.com/a
            EOF
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'alpine:3.22', command: apk add --repository=«http://example.com/main» curl}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'alpine:3.22', command: [sh, -c, 'echo «http://example.com/main» >> /etc/apk/repositories']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "deb https://deb.example.com/debian trixie main" > /etc/apt/sources.list && echo "http://example.com" > /notes
            RUN echo "deb http://localhost:8080/ ./" > /etc/apt/sources.list.d/a.list && echo "# deb http://a.com" > /etc/apt/sources.list
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'alpine:3.22', command: 'apk add -X https://example.com/main curl'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'alpine:3.22', command: [apk, add, curl]}
            """,
        ),
    ),
)
def plain_http_package_source(subject: Command | WrittenFile) -> Iterator[Finding]:
    """Packages come over plain HTTP.

    Their signatures keep others from changing them, but not from withholding updates or from seeing what is installed, and a flaw in the
    package manager's parser is open to whoever is on the way. The usual mirrors answer over `https`.
    """
    if isinstance(subject, WrittenFile):
        if any(part in subject.path for part in SOURCE_FILES):
            for line in subject.lines:
                if not line.text.startswith("#") and _plain(line.text):
                    at = line.text.index("http://")
                    setting = line.text.partition("=")[0].strip()
                    fix = subject.replace(setting, line.span(at, at + 4), "http", "https", caveat=PACKAGES_OVER_TLS)
                    yield subject.finding(line.span(), "packages come from this address over plain HTTP", fix=fix)
        return
    if subject.name in SOURCE_OPTIONS:
        option = subject.option(*SOURCE_OPTIONS[subject.name])
        if option is not None and option.value is not None and _plain(option.value.effective):
            at = option.value.text.find("http://")
            remedy = subject.replace(option.value.part(at, at + 4), "https", caveat=PACKAGES_OVER_TLS) if at >= 0 else None
            yield subject.finding(option.value.span, "packages come from this address over plain HTTP", fix=remedy)
    elif subject.name == "zypper" and any(word.text in ("ar", "addrepo") for word in subject.operands):
        for url in subject.urls:
            if url.scheme == "http" and url.public:
                fix = subject.replace(url.word.part(0, 4), "https", caveat=PACKAGES_OVER_TLS)
                yield subject.finding(url.word.span, "packages come from this address over plain HTTP", fix=fix)


def _plain(text: str) -> bool:
    """Whether a text holds an address that is elsewhere, and is asked over plain HTTP."""
    at = text.find("http://")
    if at < 0:
        return False
    host = text[at + 7 :].partition("/")[0].partition(":")[0]
    return "." in host and not host[0].isdigit() and "$" not in host


def _configures(command: Command) -> bool:
    """Whether it writes down what an address stands for (`git config url.https://.insteadOf http://...`)."""
    return command.name == "git" and any(word.text == "config" for word in command.operands[:1])


def _fetches_key(command: Command, url: str) -> bool:
    """Whether what is downloaded vouches for other downloads."""
    if command.name == "rpm":
        return command.option("--import") is not None
    following = command.writes_to
    return url.endswith(KEY_ENDINGS) or command.name == "apt-key" or (following is not None and following.name in TAKES_KEYS)
