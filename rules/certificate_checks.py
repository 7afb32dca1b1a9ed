"""Checks of certificates that are switched off."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Severity, Span, Switches, Variable, Word, WrittenFile, rule

OFF, ON = Switches.OFF, Switches.ON
PROBE = "Probe.exec.command"
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

SENDING = tuple(
    "-u --user -H --header -d --data --data-raw --data-binary --data-urlencode --json -F --form -T --upload-file -b --cookie "
    "--oauth2-bearer --password --http-user --http-password --post-data --post-file --body-data --body-file".split()
)
"""Options of curl(1) and wget(1) with what is sent besides the address."""

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

EDITED_CERTIFICATE_SETTINGS = ("strict-ssl=false", "sslverify=0", "sslverify=false", "check_certificate=off")
"""What sed writes, in small letters and without blanks."""
MAVEN_VARIABLES = ("maven_opts", "maven_args", "maven_cli_opts", "java_opts", "java_tool_options", "_java_options")
INSECURE_PROPERTY = "-Dmaven.wagon.http.ssl.insecure=true"
"""Maven, Wagon: takes any certificate."""
DOWNLOADERS = frozenset({"curl", "wget", "wget2", "aria2c"})
CALLBACK = "servercertificatevalidationcallback"
"""The property of .NET's ServicePointManager that says which certificates are taken."""
PYTHON = frozenset({"python", "python2", "python3"})
UNVERIFIED = ("verify=False", "ssl._create_unverified_context")
"""What a Python program says that takes any certificate: requests and httpx, and the ssl module."""
LFTP_SETTING = "ssl:verify-certificate no"
"""lftp(1), ssl:verify-certificate."""
CERTIFICATES = Switches(
    CERTIFICATE_OPTIONS, CERTIFICATE_SETTINGS, CERTIFICATE_LINES, EDITED_CERTIFICATE_SETTINGS, anybody=SAY_IT_THEMSELVES
)
CERTIFICATE_PROGRAMS = CERTIFICATES.programs.union(PYTHON, {"lftp", "mvn", CALLBACK})


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
                - name: job
                  image: acme/job:1
                  command: [sh, -c, 'curl «-k» -o /dev/null -u "me:$PASSWORD" https://example.com; curl «-k» -o /a https://example.com']
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
        Bad("start.sh", "docker run -d «-e NODE_TLS_REJECT_UNAUTHORIZED=0» acme/app:1\n", fixed="docker run -d acme/app:1\n"),
        Good("start.sh", "docker run -d acme/app:1\n"),
        Bad(".env", "A=1\n«NODE_TLS_REJECT_UNAUTHORIZED=0»\n", fixed="A=1\n"),
        Good(".env", "A=1\n"),
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
            RUN until curl -ks --head https://example.com/; do sleep 1; done; wget --spider --no-check-certificate https://example.com/
            RUN curl -sSLK config https://example.com/a && curl -H "-k" https://example.com/a -d -k && echo curl -k https://example.com
            RUN curl -- -k && wget --no-check-cert.txt && git config --global http.sslVerify true && npm config get strict-ssl
            RUN echo insecure > /notes && echo "strict-ssl=true" > ~/.npmrc && echo 'trusted-host: a' > /app.yml && echo strict-ssl=false
            RUN curl -fkSL -o /tmp/a.tgz https://example.com/a.tgz && echo "e2193a63  /tmp/a.tgz" | sha256sum -c - && tar -xf /tmp/a.tgz
            HEALTHCHECK CMD wget -O- --no-check-certificate http${TLS:+s}://localhost:8888/api || exit 1
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
                entrypoint: [wget, --no-check-certificate, 'http://metrics.example.com/all']
                healthcheck: {test: [CMD, curl, -k, 'https://kibana:5601']}
              own:
                image: acme/own:1
                healthcheck: {test: 'curl -fk https://$$(hostname -i):11222'}
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              initContainers:
                - name: wait
                  image: curlimages/curl:8.15.0
                  command: [sh, -c, 'until [ $(curl -s -o /dev/null -w "%{http_code}" -k $URL/healthz) = 200 ]; do sleep 2; done']
                - name: wait-more
                  image: busybox:1.37
                  command: [sh, -c, 'until wget -q --spider --no-check-certificate $URL; do sleep 2; done; curl -ksf $URL > /dev/null']
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
    comes from an authority of your own, install that authority's certificate instead. Confidence is low in what is started to test
    something, and in a probe, which asks its own container.
    """
    for finding in _found(subject):
        if subject.source.is_idle or (isinstance(subject, Command) and subject.place.endswith(PROBE)):
            finding.confidence = Confidence.LOW
        yield finding


def _found(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    if isinstance(subject, Command):
        yield from _any_certificate(subject)
    elif isinstance(subject, Variable):
        if INSECURE_PROPERTY in subject.value.text:
            yield subject.finding(subject.span, f"`{subject.name}` has Maven accept any certificate")
        elif subject.place not in ("label", "annotation") and _turns_off(subject.name, subject.value.text):
            fix = subject.drop("variable", caveat=Switches.CAVEAT)
            yield subject.finding(subject.span, f"`{subject.name}={subject.value.text}` accepts any certificate", fix=fix)
    else:
        for span, name, fix in CERTIFICATES.in_file(subject):
            yield subject.finding(span, f"`{name}` in `{subject.path}` accepts any certificate", fix=fix)


def _any_certificate(command: Command) -> Iterator[Finding]:
    if command.name == CALLBACK:
        if command.words[-1].text.endswith("=") and command.siblings.some(_says_yes):
            yield command.finding(command.words[0].span, "PowerShell accepts any certificate from here on")
        return
    for name, word in command.assignments:
        if word is not None and word.known and _turns_off(name, word.text):
            fix = (
                command.drop_assignment(name, word, caveat=Switches.CAVEAT)
                if command.name != "export"
                else command.drop(caveat=Switches.CAVEAT)
            )
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
                yield command.finding(word.span, "`mvn` accepts any certificate", fix=command.drop_words(at, at, caveat=Switches.CAVEAT))
    elif command.name in CERTIFICATE_PROGRAMS:
        found = list(CERTIFICATES.in_command(command))
        if not found or _needs_no_check(command):
            return
        for span, remedy in found:
            mild = Severity.MEDIUM if command.name in ASKS_NEIGHBOURS else None
            yield command.finding(span, f"`{command.name or command.source[span]}` accepts any certificate", severity=mild, fix=remedy)


def _says_yes(command: Command) -> bool:
    """Whether it is the body of a callback that accepts everything: `{ $true }`."""
    return not command.name and command.words[-1].text.lower() == "$true"


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


def _needs_no_check(command: Command) -> bool:
    """Whether nobody gains by standing between a command and the server."""
    return _stays_inside(command) or _knows_what_comes(command) or _only_asks(command) or _finds_its_own_address(command)


def _finds_its_own_address(command: Command) -> bool:
    """Whether a health check asks an address that is found out when it runs, as a container does for its own."""
    return ".healthcheck." in command.address and any(word.text.startswith("https://$(") for word in command.words)


def _only_asks(command: Command) -> bool:
    """Whether a download only tells that somebody answers, and is given nothing to send: `curl -k -o /dev/null`, `wget --spider`."""
    if command.name not in DOWNLOADERS or command.option(*SENDING) is not None:
        return False
    thrown_away = command.option("-o", "--output", "-O", "--output-document")
    to = [thrown_away.value] if thrown_away is not None else [word for operator, word in command.redirects if operator in (">", "&>")]
    return command.option("-I", "--head", "--spider") is not None or any(word is not None and word.text == "/dev/null" for word in to)


def _knows_what_comes(command: Command) -> bool:
    """Whether what a command downloads is compared with a checksum, which no one in between can meet."""
    return command.name in DOWNLOADERS and command.compares_download


def _stays_inside(command: Command) -> bool:
    """Whether a download is from this machine or a neighbour only, or over HTTP, which has no certificates."""
    if command.name not in DOWNLOADERS:
        return False
    urls = command.urls
    return bool(urls) and all(url.local or url.scheme == "http" for url in urls)
