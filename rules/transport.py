"""Checks of certificates and signatures that are switched off, and downloads that have none."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Fix, Good, Option, Script, Severity, Span, Variable, Word, WrittenFile, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Row = TypeVar("Row")
    Tables = tuple[dict[str, frozenset[str]], dict[str, tuple[str, frozenset[str]]], tuple[str, ...]]

OFF = frozenset({"0", "false", "no", "off", "n"})
ON = frozenset({"1", "true", "yes", "on", "y"})
SAFE = dict(zip("0 false no off n 1 true yes on y".split(), "1 true yes on y 0 false no off n".split(), strict=True))
TRUST_ANYONE = frozenset({"never", "trustall", "optional trustall", "trustall optional"})
"""Levels of pacman that take packages without a signature, or with one that nobody vouches for (pacman.conf(5))."""
SAFE |= dict.fromkeys(TRUST_ANYONE, "Required DatabaseOptional")
"""What a setting that switches a check off is to say instead: the opposite, or for pacman its default (pacman.conf(5))."""
DISTRUSTED = ("trusted=yes", "allow-insecure=yes")
"""Options of a package source with which APT takes what nobody signed (sources.list(5))."""
LEFT_OUT = frozenset({"trusted"})
"""Settings that must not be there at all: APT then decides by the signature (sources.list(5))."""
NOT_EMPTY: frozenset[str] = frozenset()
"""In the tables below: whatever is written, as long as something is."""

CERTIFICATE_OPTIONS = {
    "aws": "--no-verify-ssl",  # AWS CLI, global options
    "apk": "--no-check-certificate",  # apk(8)
    "conda mamba micromamba": "--insecure -k",  # conda install --help
    "curl": "-k --insecure --proxy-insecure --doh-insecure",  # curl(1)
    "gem": "--no-verify-ssl",
    "hg": "--insecure",  # hg help clone
    "invoke-webrequest invoke-restmethod": "-skipcertificatecheck",  # PowerShell 6 and later
    "http https": "--verify=no",  # HTTPie, SSL
    "kubectl helm oc": "--insecure-skip-tls-verify",  # kubectl options, helm help pull
    "pip pip2 pip3": "--trusted-host",  # pip install --help
    "svn": "--trust-server-cert",  # svn help checkout
    "skopeo podman buildah": "--tls-verify=false --src-tls-verify=false --dest-tls-verify=false",  # skopeo-copy(1)
    "uv": "--allow-insecure-host --trusted-host",  # uv help pip install
    "wget wget2": "--no-check-certificate --no-check-cert",  # wget(1); long options may be cut short
    "aria2c": "--check-certificate=false",  # aria2c(1)
    "axel": "--insecure -k",  # axel(1)
    "npm npx pnpm yarn": "--no-strict-ssl --strict-ssl=false",  # npm config, strict-ssl
    "go": "-insecure",  # go help get, before 1.17
    "metrics-server": "--kubelet-insecure-tls",  # kubernetes-sigs/metrics-server, README, Requirements
    "oauth2-proxy": "--ssl-insecure-skip-verify",  # oauth2-proxy.github.io, configuration
    "traefik": "--serverstransport.insecureskipverify --serversTransport.insecureSkipVerify",  # doc.traefik.io/traefik, serversTransport
}
"""Options with which a program takes any certificate, by program."""
SAY_IT_THEMSELVES = frozenset({"--insecure-skip-tls-verify", "--insecure-skip-verify", "--kubelet-insecure-tls"})
"""Options that mean it whichever program has them: arguments alone are those of the image's own program."""
ASKS_NEIGHBOURS = frozenset({"", "metrics-server", "oauth2-proxy", "traefik"})
"""Servers, which mostly talk to others in their own network."""

CERTIFICATE_SETTINGS = {
    "apt apt-get aptitude": ("acquire::https::verify-peer", OFF),  # apt-transport-https(1)
    "bundle bundler": ("ssl_verify_mode", frozenset({"0"})),  # bundle-config(1)
    "composer": ("disable-tls", ON),  # Composer, config
    "conda mamba micromamba": ("ssl_verify", OFF),  # conda config --describe
    "dnf dnf5 yum microdnf tdnf yum-config-manager": ("sslverify", OFF),  # dnf.conf(5)
    "go": ("goinsecure", NOT_EMPTY),  # go help environment, `go env -w`
    "poetry": ("cert", OFF),  # Poetry, Configuration: certificates.<name>.cert
    "git": ("sslverify", OFF),  # git-config(1), http.sslVerify and http.<url>.sslVerify
    "npm pnpm": ("strict-ssl", OFF),  # npm config
    "pip pip2 pip3": ("trusted-host", NOT_EMPTY),  # pip config
    "yarn": ("strict-ssl enablestrictssl", OFF),  # yarn config
}
"""Settings with which a program takes any certificate: their names, and the values that do it. `-c NAME=VALUE`, `config NAME VALUE`."""

CERTIFICATE_VARIABLES = {
    "bundle_ssl_verify_mode": frozenset({"0"}),  # bundle-config(1)
    "conda_ssl_verify": OFF,  # conda configuration
    "git_ssl_no_verify": NOT_EMPTY,  # git(1): whatever the value
    "goinsecure": NOT_EMPTY,  # go help environment
    "helm_kubeinsecure_skip_tls_verify": ON,  # helm help
    "node_tls_reject_unauthorized": frozenset({"0"}),  # Node.js, command-line API
    "npm_config_strict_ssl": OFF,  # npm config: in capitals or not
    "perl_lwp_ssl_verify_hostname": frozenset({"0"}),  # LWP::UserAgent
    "pip_trusted_host": NOT_EMPTY,  # pip configuration
    "pythonhttpsverify": frozenset({"0"}),  # PEP 493
    "uv_insecure_host": NOT_EMPTY,  # uv, environment variables
    "vault_skip_verify": ON,  # Vault, environment variables
    "yarn_enable_strict_ssl": OFF,  # yarn configuration
    "yarn_strict_ssl": OFF,
}
"""Variables with which programs take any certificate, in small letters, with the values that do it."""

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
CERTIFICATE_LINES = {
    "strict-ssl": ("", OFF),  # npm config, .npmrc; yarn, .yarnrc
    "enablestrictssl": ("yarnrc", OFF),  # yarn, .yarnrc.yml
    "sslverify": ("", OFF),  # dnf.conf(5); git-config(1), http.sslVerify
    "insecure": ("curlrc", NOT_EMPTY),  # curl(1), CONFIG FILE: the options without their dashes
    "--insecure": ("curlrc", NOT_EMPTY),
    "-k": ("curlrc", NOT_EMPTY),
    "check_certificate": ("wgetrc", OFF),  # wget(1), Startup File
    "trusted-host": ("pip", NOT_EMPTY),  # pip configuration: pip.conf, ~/.config/pip/pip.conf
    "ssl_verify": ("conda", OFF),  # .condarc
    ":ssl_verify_mode": ("gemrc", frozenset({"0"})),  # gem environment, .gemrc
    "acquire::https::verify-peer": ("apt", OFF),  # apt-transport-https(1)
    "acquire::https::verify-host": ("apt", OFF),
}
"""Lines of settings files with which programs take any certificate: a part of the file's path, and the values that do it."""
SIGNATURE_LINES = {
    "gpgcheck": ("", OFF),  # dnf.conf(5), zypper
    "siglevel": ("pacman", TRUST_ANYONE),  # pacman.conf(5)
    "trusted": ("sources", ON),  # sources.list(5), deb822 style
    "apt::get::allowunauthenticated": ("apt", ON),  # apt.conf(5)
    "acquire::allowinsecurerepositories": ("apt", ON),  # apt-secure(8)
    "acquire::allowweakrepositories": ("apt", ON),
}
EDITED_CERTIFICATE_SETTINGS = ("strict-ssl=false", "sslverify=0", "sslverify=false", "check_certificate=off")
"""What sed writes, in small letters and without blanks."""
EDITED_SIGNATURE_SETTINGS = (*DISTRUSTED, "gpgcheck=0", "siglevel=never", "siglevel=optionaltrustall")
EDITORS = frozenset({"sed", "add-apt-repository", "apt-add-repository"})
MAVEN_VARIABLES = ("maven_opts", "maven_args", "maven_cli_opts", "java_opts", "java_tool_options", "_java_options")
INSECURE_PROPERTY = "-Dmaven.wagon.http.ssl.insecure=true"
"""Maven, Wagon: takes any certificate."""

MOST = 20
"""Downloads by ADD that are followed, and addresses of each."""
DOWNLOADERS = frozenset({"curl", "wget", "wget2", "aria2c"})


def by_program(table: dict[str, Row]) -> dict[str, Row]:
    """A table with a row for each program."""
    return {program: row for programs, row in table.items() for program in programs.split()}


def options_by_program(table: dict[str, str]) -> dict[str, frozenset[str]]:
    """The options of each program."""
    return by_program({programs: frozenset(options.split()) for programs, options in table.items()})


CERTIFICATES = (
    {**options_by_program(CERTIFICATE_OPTIONS), "": SAY_IT_THEMSELVES},
    by_program(CERTIFICATE_SETTINGS),
    EDITED_CERTIFICATE_SETTINGS,
)
SIGNATURES = (options_by_program(SIGNATURE_OPTIONS), by_program(SIGNATURE_SETTINGS), EDITED_SIGNATURE_SETTINGS)
CALLBACK = "servercertificatevalidationcallback"
"""The property of .NET's ServicePointManager that says which certificates are taken."""
PYTHON = frozenset({"python", "python2", "python3"})
UNVERIFIED = ("verify=False", "ssl._create_unverified_context")
"""What a Python program says that takes any certificate: requests and httpx, and the ssl module."""
LFTP_SETTING = "ssl:verify-certificate no"
"""lftp(1), ssl:verify-certificate."""
CERTIFICATE_PROGRAMS = EDITORS.union(PYTHON, {"lftp", "mvn", CALLBACK}, *CERTIFICATES[:2])
SIGNATURE_PROGRAMS = EDITORS.union(*SIGNATURES[:2])


CHECK_FAILS = "the step fails where the check does"


@rule(
    "certificate-check-disabled",
    severity=Severity.HIGH,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1557 · ATT&CK T1195.002",
    also_known_as=(
        "checkov:CKV2_DOCKER_2 checkov:CKV2_DOCKER_3 checkov:CKV2_DOCKER_4 checkov:CKV2_DOCKER_5 checkov:CKV2_DOCKER_6 "
        "checkov:CKV2_DOCKER_12 checkov:CKV2_DOCKER_13 checkov:CKV2_DOCKER_14 checkov:CKV2_DOCKER_15 checkov:CKV2_DOCKER_16"
    ),
    programs=CERTIFICATE_PROGRAMS | {"="},
    variables=(*CERTIFICATE_VARIABLES, *MAVEN_VARIABLES),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN curl -sSL«k» https://example.com/a -o /a && wget «--no-check-certificate» -q https://example.com/b
            RUN python3 -m pip install «--trusted-host pypi.org» --no-cache-dir flask
            RUN wget «--no-check-cert» https://example.com/c && axel «--insecure» https://example.com/d
            RUN env «PIP_TRUSTED_HOST=pypi.org» pip install flask
            RUN git «-c http.sslVerify=false» clone https://example.com/a.git && yum «--setopt=sslverify=0» install -y curl
            """,
            fixed="""
            FROM debian:13
            RUN curl -sSL https://example.com/a -o /a && wget -q https://example.com/b
            RUN python3 -m pip install --no-cache-dir flask
            RUN wget https://example.com/c && axel https://example.com/d
            RUN env pip install flask
            RUN git clone https://example.com/a.git && yum install -y curl
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM node:22
            ARG «PYTHONHTTPSVERIFY=0»
            ENV «NODE_TLS_REJECT_UNAUTHORIZED=0» «PIP_TRUSTED_HOST=pypi.org» «GIT_SSL_NO_VERIFY=0» A=1
            ENV «npm_config_strict_ssl false»
            RUN «GIT_SSL_NO_VERIFY=1» git clone https://example.com/a.git && export «NPM_CONFIG_STRICT_SSL=false»
            RUN git config --global «http.sslVerify false» && npm config set «strict-ssl=false» && yarn config set «strict-ssl false»
            RUN echo '«strict-ssl = false»' >> ~/.npmrc && echo "«sslverify=0»" >> /etc/yum.conf && echo «insecure» | tee ~/.curlrc
            RUN printf "[global]\\n«trusted-host = pypi.org»\\n" > /etc/pip.conf && { echo a; echo «check_certificate=off»; } > ~/.wgetrc
            RUN echo 'Acquire::http::Proxy "x"; «Acquire::https::Verify-Peer "false"»;' > /etc/apt/apt.conf.d/99tls
            RUN mvn -q «-Dmaven.wagon.http.ssl.insecure=true» package && dnf config-manager «--setopt=a.sslverify=false» --save
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM node:22
            RUN echo '«strict-ssl = False»' >> ~/.npmrc && echo "«sslverify=0»" >> /etc/yum.conf && echo «insecure» >> ~/.curlrc && npm ci
            RUN printf "[global]\\n«trusted-host = pypi.org»\\ntimeout = 9\\n" > /etc/pip.conf; echo «check_certificate=off» | tee ~/.wgetrc
            RUN echo 'Acquire::http::Proxy "x"; «Acquire::https::Verify-Peer "false"»;' > /etc/apt/apt.conf.d/99tls
            RUN cat <<EOF > /etc/pip.conf
            [global]
              «trusted-host = pypi.org»
            timeout = 9
            EOF
            COPY <<EOF /root/.condarc
            channels: [a]
            «ssl_verify: false»
            EOF
            """,
            fixed="""
            FROM node:22
            RUN echo 'strict-ssl = True' >> ~/.npmrc && echo "sslverify=1" >> /etc/yum.conf && npm ci
            RUN printf "[global]\\ntimeout = 9\\n" > /etc/pip.conf; echo check_certificate=on | tee ~/.wgetrc
            RUN echo 'Acquire::http::Proxy "x"; Acquire::https::Verify-Peer "true";' > /etc/apt/apt.conf.d/99tls
            RUN cat <<EOF > /etc/pip.conf
            [global]
            timeout = 9
            EOF
            COPY <<EOF /root/.condarc
            channels: [a]
            ssl_verify: true
            EOF
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM node:22
            ENV «NODE_TLS_REJECT_UNAUTHORIZED=0» \\
                A=1
            ENV «npm_config_strict_ssl false»
            RUN «GIT_SSL_NO_VERIFY=1» git clone https://example.com/a.git && \\
                npm config set «strict-ssl=false» && \\
                npm ci; \\
                yarn config set «strict-ssl false»
            """,
            fixed="""
            FROM node:22
            ENV A=1
            RUN git clone https://example.com/a.git && \\
                npm ci
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM golang:1.25
            RUN go env -w «GOINSECURE=*» && poetry config «certificates.own.cert false»
            RUN lftp -e «"set ssl:verify-certificate no; mirror a"» example.com
            RUN python3 -c "import requests; requests.get('https://example.com/a', «verify=False»)"
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                environment:
                  - «NODE_TLS_REJECT_UNAUTHORIZED=0»
              proxy:
                image: traefik:3.5
                command: [--providers.docker=true, «--serversTransport.insecureSkipVerify=true»]
              other:
                image: acme/app:1
                command: sh -c 'curl «-k» https://example.com/a > /a && exec app'
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  command: [curl, «--insecure», 'https://example.com/a']
                  env:
                    - «name: PYTHONHTTPSVERIFY
                      value: "0"»
                - {name: agent, image: 'acme/agent:1', args: [«--insecure-skip-tls-verify», --port=1]}
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            SHELL ["powershell", "-Command"]
            RUN «[Net.ServicePointManager]::ServerCertificateValidationCallback» = { $true }; iwr https://example.com/a -OutFile a
            RUN Invoke-WebRequest «-SkipCertificateCheck» -Uri https://example.com/a -OutFile a
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            SHELL ["powershell", "-Command"]
            RUN [Net.ServicePointManager]::ServerCertificateValidationCallback = $null; $x = { $true }
            RUN [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12; iwr https://example.com/a -OutFile a
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ENV NODE_TLS_REJECT_UNAUTHORIZED=1 PIP_TRUSTED_HOST= GIT_SSL_NO_VERIFY=${X} PYTHONHTTPSVERIFY=1 npm_config_strict_ssl=true
            RUN curl -sSLK config https://example.com/a && curl -H "-k" https://example.com/a -d -k && echo curl -k https://example.com
            RUN curl -- -k && wget --no-check-cert.txt && git config --global http.sslVerify true && npm config get strict-ssl
            RUN echo insecure > /notes && echo "strict-ssl=true" > ~/.npmrc && echo 'trusted-host: a' > /app.yml && echo strict-ssl=false
            HEALTHCHECK CMD curl -fk https://localhost:8443/health && curl -k https://127.0.0.1/ || exit 1
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              app:
                image: acme/app:1
                environment: {NODE_TLS_REJECT_UNAUTHORIZED: "1"}
                command: [--insecure-skip-tls-verify=false]
                healthcheck: {test: [CMD, curl, -k, 'https://kibana:5601']}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: acme/web:1
                  command: [curl, --cacert, /ca.pem, 'https://example.com/a']
                  env:
                    - {name: PYTHONHTTPSVERIFY, value: "1"}
            """,
        ),
    ),
)
def certificate_check_disabled(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """A program is told to accept any certificate.

    Whoever stands between it and the server can send something else, and TLS only hides that. Where the server's certificate
    comes from an authority of your own, install that authority's certificate instead.
    """
    if isinstance(subject, Command):
        yield from _any_certificate(subject)
    elif isinstance(subject, Variable):
        if INSECURE_PROPERTY in subject.value.text:
            yield subject.finding(subject.span, f"`{subject.name}` has Maven accept any certificate")
        elif subject.place not in ("label", "annotation") and _turns_off(subject.name, subject.value.text):
            fix = subject.drop("variable", caveat=CHECK_FAILS)
            yield subject.finding(subject.span, f"`{subject.name}={subject.value.text}` accepts any certificate", fix=fix)
    else:
        for span, name, fix in _settings_off(subject, CERTIFICATE_LINES):
            yield subject.finding(span, f"`{name}` in `{subject.path}` accepts any certificate", fix=fix)


def _any_certificate(command: Command) -> Iterator[Finding]:
    if command.name == CALLBACK:
        if command.words[-1].text.endswith("=") and command.siblings.some(_says_yes):
            yield command.finding(command.words[0].span, "PowerShell accepts any certificate from here on")
        return
    for name, word in command.assignments:
        if word is not None and word.known and _turns_off(name, word.text):
            fix = command.drop_assignment(name, word, caveat=CHECK_FAILS) if command.name != "export" else command.drop(caveat=CHECK_FAILS)
            yield command.finding(_assignment(name, word), f"`{name}={word.text}` accepts any certificate", fix=fix)
    if command.name in PYTHON:
        for span in _unverified(command):
            yield command.finding(span, f"`{command.name}` accepts any certificate")
    elif command.name == "lftp":
        for word in command.words[1:]:
            if LFTP_SETTING in " ".join(word.text.lower().split()):
                yield command.finding(word.span, "`lftp` accepts any certificate")
    elif command.name == "mvn":
        for at, word in enumerate(command.words):
            if word.text == INSECURE_PROPERTY:
                yield command.finding(word.span, "`mvn` accepts any certificate", fix=command.drop_words(at, at, caveat=CHECK_FAILS))
    elif command.name in CERTIFICATE_PROGRAMS and not _stays_inside(command):
        for span, remedy in _switched_off(command, CERTIFICATES):
            mild = Severity.MEDIUM if command.name in ASKS_NEIGHBOURS else None
            yield command.finding(span, f"`{command.name or command.source[span]}` accepts any certificate", severity=mild, fix=remedy)


@rule(
    "package-signature-check-disabled",
    severity=Severity.HIGH,
    references="CIS Docker 4.11 · NIST SP 800-190 3.2.1 · ATT&CK T1195.002",
    also_known_as=("checkov:CKV2_DOCKER_7 checkov:CKV2_DOCKER_8 checkov:CKV2_DOCKER_9 checkov:CKV2_DOCKER_10 checkov:CKV2_DOCKER_11"),
    programs=SIGNATURE_PROGRAMS,
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
            RUN sed -i 's/^SigLevel.*/SigLevel = Never/' /etc/pacman.conf
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
    installed, and it is installed as root. Install the repository's key instead.
    """
    if isinstance(subject, WrittenFile):
        local = any("file:" in line.text for line in subject.lines if line.text.startswith("Server"))
        for span, name, fix in _settings_off(subject, SIGNATURE_LINES) if not local else ():
            yield subject.finding(span, f"`{name}` in `{subject.path}` lets packages without a valid signature in", fix=fix)
        for line in subject.lines:
            start, end, new = _trust(line.text)
            if line.text.startswith("deb") and end and "file:" not in line.text:
                fix = subject.replace("deb", line.span(start, end), line.text[start:end], new, caveat=CHECK_FAILS)
                option = next(option for option in DISTRUSTED if option in line.text.lower())
                message = f"`{option}` in `{subject.path}` lets packages without a valid signature in"
                yield subject.finding(line.span(), message, fix=fix)
    elif isinstance(subject, Script):
        for command in dict.fromkeys(_installs_from_before(subject)):
            yield from _unsigned(command)
    elif subject.name in SIGNATURE_PROGRAMS and not _is_local_package(subject):
        yield from _unsigned(subject)


def _unsigned(command: Command) -> Iterator[Finding]:
    for span, remedy in _switched_off(command, SIGNATURES):
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


def _says_yes(command: Command) -> bool:
    """Whether it is the body of a callback that accepts everything: `{ $true }`."""
    return not command.name and command.words[-1].text.lower() == "$true"


def _trust(text: str) -> tuple[int, int, str]:
    """Where the options of a package source that is trusted blindly stand, and what they are without that; an empty place elsewhere."""
    start, end = text.find("["), text.find("]") + 1
    options = text[start + 1 : end - 1].split()
    kept = [option for option in options if option.lower() not in DISTRUSTED]
    if start < 0 or len(kept) == len(options):
        return 0, 0, ""
    return (start, end, f"[{' '.join(kept)}]") if kept else (start, end + text.startswith(" ", end), "")


def _settings_off(file: WrittenFile, table: dict[str, tuple[str, frozenset[str]]]) -> Iterator[tuple[Span, str, Fix]]:
    """Where a written file switches a check off: the places of the settings, their names, and what switches it on."""
    for line in file.lines:
        at = 0
        for statement in line.text.split(";") if "::" in line.text else (line.text,):
            bare = statement.strip()
            name = bare.replace("=", " ").replace(": ", " ").partition(" ")[0].strip("\"'")
            row = table.get(name.lower())
            if row is not None and row[0] in file.path:
                value = bare[bare.index(name) + len(name) :].strip(" \t=:\"'").lower()
                if value in row[1] or not row[1]:
                    start = at + statement.index(bare)
                    place = start + bare.lower().rindex(value)
                    safe = SAFE.get(value, "") if name.lower() not in LEFT_OUT else ""
                    if safe:
                        old = line.text[place : place + len(value)]
                        new = safe.capitalize() if old[0].isupper() and safe.islower() else safe
                        fix = file.replace(name, line.span(place, place + len(value)), old, new, caveat=CHECK_FAILS)
                    else:
                        fix = file.without(name, line.span(), caveat=CHECK_FAILS)
                    yield line.span(start, start + len(bare)), name, fix
            at += len(statement) + 1


def _unverified(command: Command) -> Iterator[Span]:
    """Where a Python program, behind `-c` or in a here-document, takes any certificate."""
    word = command.inline_program
    program = word.fragment if word is not None else command.input
    for sign in UNVERIFIED if program is not None else ():
        at = program.text.find(sign) if program is not None else -1
        if program is not None and at >= 0:
            yield program.span(at, at + len(sign))


def _turns_off(name: str, value: str) -> bool:
    values = CERTIFICATE_VARIABLES.get(name.lower())
    return values is not None and bool(value) and (not values or value.lower() in values)


def _assignment(name: str, word: Word) -> Span:
    return Span(word.fragment.place(0) - len(name) - 1, word.span.end)


def _switched_off(command: Command, tables: Tables) -> Iterator[tuple[Span, Fix | None]]:
    """Where a command switches a check off, by its own options and settings or by what it writes."""
    options, settings, written = tables
    if command.name in options:
        given = options[command.name]
        for option in command.options:
            value = option.value.text.lower() if option.value is not None else ""
            if (option.name in given and value not in OFF) or f"{option.name}={value}" in given:
                yield option.span, _without(command, option)
    if command.name in settings:
        names, values = settings[command.name]
        for name, value, span, given_as in _settings(command):
            if name.lower().rpartition(".")[2] in names.split() and value and (not values or value.lower() in values):
                yield span, _without(command, given_as) if given_as is not None else command.drop(caveat=CHECK_FAILS)
    if command.name in EDITORS:
        for word in command.operands:
            if _writes(command.name, word.text, written) and not any("file:" in other.text for other in command.operands):
                yield word.span, _unwritten(command, word)


def _settings(command: Command) -> Iterator[tuple[str, str, Span, Option | None]]:
    """The settings that a command makes: `-c NAME=VALUE`, `config set NAME VALUE`, `config set NAME=VALUE`."""
    for option in command.options:
        if option.value is not None and "=" in option.value.text:
            name, _, value = option.value.text.partition("=")
            yield name, value, option.span, option
    operands = command.operands
    if operands and operands[0].text in ("config", "set", "c", "env"):
        for index, word in enumerate(operands[1:], 2):
            name, equals, value = word.text.partition("=")
            if equals:
                yield name, value, word.span, None
            elif index < len(operands):
                yield name, operands[index].text, Span(word.span.start, operands[index].span.end), None


def _writes(program: str, text: str, settings: tuple[str, ...]) -> bool:
    """Whether a text that goes into a settings file holds one of these lines."""
    if program == "sed" and len(text) > 2 and text[0] == "s":
        text = [*text.split(text[1]), "", ""][2]
    text = "".join(text.lower().split())
    return any(setting in text.replace(f"_{setting}", "") for setting in settings)


def _without(command: Command, option: Option) -> Fix:
    if option.name == "--force-yes" and command.option("-y", "--yes", "--assume-yes", "-qq") is None:
        return command.replace(command.words[option.words[0]], "-y", caveat=CHECK_FAILS)
    return command.drop_option(option, caveat=CHECK_FAILS)


def _unwritten(command: Command, word: Word) -> Fix | None:
    """A fix by which an editor does not write a setting that it is told to; None where it does more."""
    if command.name != "sed":
        start, end, new = _trust(word.text)
        return command.replace(word, word.text[:start] + new + word.text[end:], caveat=CHECK_FAILS) if end else None
    alone = word is command.operands[0] and command.option("-e", "--expression") is None and ";" not in word.text
    return command.drop(caveat=CHECK_FAILS) if alone else None


def _stays_inside(command: Command) -> bool:
    """Whether a download is from this machine or a neighbour only."""
    if command.name not in DOWNLOADERS:
        return False
    urls = command.urls
    return bool(urls) and all(url.local for url in urls)


def _is_local_package(command: Command) -> bool:
    """Whether what is installed are files that the script did not download, or that it has checked."""
    files = [word.text for word in command.operands if word.text.endswith((".apk", ".deb", ".rpm"))]
    if not files or any("://" in file for file in files):
        return False
    return command.script_checks or not command.siblings.some(_downloads)


def _downloads(command: Command) -> bool:
    return command.name in DOWNLOADERS
