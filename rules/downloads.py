"""Code and files that are fetched and used as they come."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import RUNNERS, Bad, Command, Confidence, Download, Finding, Good, Note, Script, Severity, Word, rule

SUM = "0" * 64
FETCHES = ("urlopen(", "requests.get(", "urllib2.")
"""What a Python program says that fetches a text."""
COMPARE = '`echo "SHA256  FILE" | sha256sum -c`'


@rule(
    "download-piped-to-shell",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.002 · ATT&CK T1059.004",
    programs=RUNNERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN apt-get update && curl -fsSL https://example.com/install.sh | «sh»
            RUN set -o pipefail; wget -qO- https://example.com/a.gz | gunzip | sudo -E «bash» -s -- --yes
            RUN (curl -sL https://example.com/a || wget -O - https://example.com/a) | «python3» -
            RUN «bash» <(curl -s https://example.com/a)
            RUN «sh» -c "$(curl -fsSL https://example.com/a)" && «eval» "$(curl https://example.com/b)"
            RUN X=$(curl -s https://example.com/a) && «bash» -c "$X" && «sh» <<< $(curl -s https://example.com/a)
            RUN X=$(curl -s https://example.com/a); echo "${X}" | «bash»
            RUN «source» /dev/stdin <<< "$(curl https://example.com/a)" && fetch -o - https://example.com/a | «sh»
            RUN php -r "readfile('https://example.com/a');" | «php»
            RUN «python3» -c "from urllib.request import urlopen; exec(urlopen('https://example.com/a').read())"
            RUN cat <<EOF | sh
            curl -s https://example.com/a | «sh»
            EOF
            RUN ["bash", "-c", "curl https://example.com/a | \\
              tee /tmp/a | «perl»"]
            RUN <<EOF
            curl -s https://example.com/a |
              «node»
            EOF
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN apt-get update && curl -fsSL https://a.io/s.sh | «sh»
            RUN wget -qO- https://a.io/a | sudo «bash» -s -- --yes
            RUN sudo «bash» -c "$(curl -fsSL https://a.io/b.sh)" b --yes
            RUN «bash» <(curl -s https://a.io/c.sh) --yes
            """,
            fixed="""
            FROM debian:13
            RUN apt-get update && curl -fsSL https://a.io/s.sh -o /tmp/s.sh && echo "SHA256  /tmp/s.sh" | sha256sum -c - && sh /tmp/s.sh
            RUN wget -qO/tmp/install.sh https://a.io/a && echo "SHA256  /tmp/install.sh" | sha256sum -c - && sudo bash /tmp/install.sh --yes
            RUN curl -fsSL https://a.io/b.sh -o /tmp/b.sh && echo 'SHA256  /tmp/b.sh' | sha256sum -c - && sudo bash /tmp/b.sh --yes
            RUN curl -s https://a.io/c.sh -o /tmp/c.sh && echo "SHA256  /tmp/c.sh" | sha256sum -c - && bash /tmp/c.sh --yes
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            RUN powershell -NoProfile -Command "iwr -UseBasicParsing https://example.com/a.ps1 | «iex»"
            SHELL ["powershell", "-Command"]
            RUN Set-ExecutionPolicy Bypass -Force; «iex» ((New-Object Net.WebClient).DownloadString('https://example.com/a.ps1'))
            RUN $ProgressPreference = 'SilentlyContinue'; «Invoke-Expression» (Invoke-RestMethod https://example.com/a.ps1)
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: debian:13
                command: ["sh", "-c", "curl -s https://example.com/a | «sh» -e"]
              other:
                image: debian:13
                entrypoint: wget -qO - https://example.com/a | «bash»
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
                  image: debian:13
                  command: [/bin/sh, -c]
                  args:
                    - |
                      set -e
                      curl -s https://example.com/a | «bash»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            # curl https://example.com/a | sh
            RUN echo "curl https://example.com/a | sh" | tee /notes && curl -o a.sh https://example.com/a | sh
            RUN curl -s https://example.com/a.tgz | tar xz && curl https://example.com/a | python3 -c 'import json'
            RUN V=$(curl -s https://example.com/version) bash install.sh && bash install.sh "$(curl -s https://example.com/version)"
            RUN X=$(curl -s https://example.com/version); bash -c "make $X" && X=$(date) && bash -c "$X" && sh <<< "$(cat /a)"
            RUN python3 -c "import requests; print(requests.get('https://example.com/version').text)"
            RUN curl -s https://example.com/key | gpg --dearmor > /k && wget https://example.com/a | sh
            RUN curl https://example.com/a | bash -c 'cat > /a' && curl https://example.com/a | sh filter.sh
            RUN curl -fsSLo a.sh https://example.com/a && echo "0123  a.sh" | sha256sum -c && sh a.sh
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            SHELL ["powershell", "-Command"]
            RUN $a = (New-Object Net.WebClient).DownloadString('https://example.com/version'); choco install acme --version $a
            RUN Invoke-WebRequest https://example.com/a.ps1 -OutFile a.ps1 | iex; Write-Host 'iwr https://example.com/a | iex'
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: 'curl -s https://example.com/a'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', args: [curl, 'https://example.com/a', '|', sh]}
            """,
        ),
    ),
)
def download_piped_to_shell(command: Command) -> Iterator[Finding]:
    """What a server sends is run without a look at it.

    Whoever controls the server, or the name, runs code in the build, and each build may get another program. Download to a file,
    compare its checksum with one that is written down, and run it then; or install a package. Confidence is low in a file or a stage that
    is named for developers or for tests, and in what a project is built in (`ci/Dockerfile`).
    """
    if command.place == "cron":
        return
    confidence = Confidence.LOW if command.is_for_work or command.source.is_for_builds else None
    source = next((source for source in command.program_sources() if source.downloads_to_output), None)
    if source is not None:
        insecure = source.option("-k", "--insecure", "--no-check-certificate") or any(url.scheme == "http" for url in source.urls)
        yield command.finding(
            command.words[0].span,
            f"`{command.name}` runs what `{source.name}` downloads, unchecked",
            fix=command.run_from_file(source, f"Download to a file, compare it ({COMPARE}), and run it then"),
            severity=Severity.HIGH if insecure else None,
            confidence=confidence,
        )
    elif command.name.startswith("python") and _runs_what_it_fetches(command.inline_program):
        yield command.finding(command.words[0].span, f"`{command.name}` runs what it downloads, unchecked", confidence=confidence)


def _runs_what_it_fetches(program: Word | None) -> bool:
    """Whether a Python program runs text, and fetches some from an address that it names."""
    return program is not None and "exec(" in program.text and "http" in program.text and any(call in program.text for call in FETCHES)


@rule(
    "unpinned-download-executed",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.002 · ATT&CK T1059",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN curl -fsSLo /usr/bin/tool «https://example.com/releases/latest/download/tool-linux-amd64» && chmod +x /usr/bin/tool
            RUN wget «https://example.com/get-pip.py»
            RUN python3 get-pip.py
            RUN wget -q «https://raw.githubusercontent.com/acme/a/master/install.sh» -O /tmp/a.sh && bash /tmp/a.sh --yes
            RUN curl -s «https://example.com/tool» > tool && install -m 755 tool /usr/local/bin/
            RUN curl -LO «"https://example.com/v$(curl -s https://example.com/stable.txt)/kubectl"» && mv kubectl /usr/local/bin/
            RUN curl -s «https://example.com/tool.gz» | gunzip > /opt/tool && chmod 0755 /opt/tool
            RUN wget -P /tmp «https://example.com/a.deb» && dpkg -i /tmp/*.deb
            RUN curl -o /run «https://example.com/$ARCH/latest/run» && /run
            RUN php -r "copy('«https://example.com/installer»', 'setup.php');" && php setup.php
            """,
        ),
        Bad(
            "Dockerfile",
            r"""
            # escape=`
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            RUN certutil.exe -urlcache -split -f «https://example.com/latest/a.exe» a.exe && a.exe /S
            RUN bitsadmin /transfer job «https://example.com/latest/b.exe» C:\b.exe && C:\b.exe
            SHELL ["powershell", "-Command"]
            RUN Invoke-WebRequest «https://example.com/setup.exe» -OutFile c.exe; Start-Process -FilePath c.exe -ArgumentList /S -Wait
            RUN (New-Object Net.WebClient).DownloadFile('«https://example.com/latest/d.ps1»', 'C:\d.ps1'); C:\d.ps1
            RUN Start-BitsTransfer -Source «https://example.com/latest/e.msi» -Destination e.msi; msiexec /i e.msi /qn
            """,
        ),
        Good(
            "Dockerfile",
            r"""
            # escape=`
            FROM mcr.microsoft.com/windows/servercore:ltsc2025
            RUN certutil -hashfile a.exe SHA256 && certutil -decode a.txt a.exe && a.exe
            SHELL ["powershell", "-Command"]
            RUN Invoke-WebRequest https://example.com/1.2.3/setup.exe -OutFile c.exe; Start-Process c.exe -Wait
            RUN iwr https://example.com/latest/d.exe -OutFile d.exe; if ((Get-FileHash d.exe).Hash -ne '0123') { exit 1 }; .\d.exe
            RUN iwr https://example.com/latest/e.msi -OutFile e.msi; $s = Get-AuthenticodeSignature e.msi; msiexec /i e.msi
            RUN iwr https://example.com/latest/e.json -OutFile e.json; Start-Process notepad
            RUN Set-ExecutionPolicy Bypass -Scope Process -Force; .\local.ps1
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: alpine:3.22
                command: sh -c 'wget -O /x «https://example.com/main/x.sh» && chmod +x /x && exec /x'
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
                  image: alpine:3.22
                  command: [sh, -c]
                  args:
                    - |
                      curl -o a.sh «https://example.com/a.sh»
                      . ./a.sh
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN curl -fsSLo /tool https://example.com/v1.2.3/tool && chmod +x /tool
            RUN curl -fsSLo a.sh https://example.com/latest/a.sh && echo "0123  a.sh" | sha256sum -c - && sh a.sh
            RUN wget https://example.com/b https://example.com/b.asc && gpg --batch --verify b.asc b && chmod +x b
            RUN curl -o /data.json https://example.com/latest/data.json && chmod 644 /data.json && sh a.sh /data.json
            RUN curl -o c http://localhost:8080/c && chmod +x c && curl -o - https://example.com/c && wget https://example.com/c.pem
            RUN curl -o d https://example.com/$VERSION/d && chmod +x d
            RUN curl -o e https://example.com/e && test "$(sha256sum e | cut -d' ' -f1)" = 0123 && chmod +x e
            RUN php -r "copy('https://example.com/installer', 'setup.php');" && php -r "exit(hash_file('md5', 'setup.php') !== '0');"
            RUN php setup.php && php -r "copy('https://example.com/installer', 'notes');"
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'alpine:3.22', command: sh -c 'wget -O /x https://example.com/a && cat /x'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'alpine:3.22', command: [sh, -c, 'curl -o /a https://example.com/v1.2.3/a && chmod +x /a']}
            """,
        ),
    ),
)
def unpinned_download_executed(script: Script) -> Iterator[Finding]:
    """A program is run in whatever version the server has today.

    The address names no version (`latest`, a branch, or nothing), and no checksum or signature is compared, so whoever controls the
    server or the branch chooses what runs, and two builds may run different programs. Name a version and compare a checksum before
    the first use.
    """
    for download in script.downloads:
        if download.use is not None and download.check is None and download.how != "unpacked" and download.moving:
            yield _unchecked(download, f"{_use(download)} unchecked, and its address names no version")


@rule(
    "unverified-download-executed",
    severity=Severity.MEDIUM,
    profile="strict",
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.002",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            ARG VERSION=1.2.3
            RUN curl -fsSLo /usr/local/bin/tool «https://example.com/v1.2.3/tool» && chmod +x /usr/local/bin/tool
            RUN wget «https://example.com/a-${VERSION}.deb» && dpkg -i a-$VERSION.deb
            RUN curl -o x «https://example.com/x-1.0» && echo "0123  y" | sha256sum -c && chmod +x x
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'curl -o a «https://example.com/a-1.0» && sh a'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'curl -o /a «https://example.com/v1.2.3/a» && chmod +x /a']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ENV SHA=0123
            RUN set -eux; wget -O tool "https://example.com/tool-1.2.3"; echo "$SHA *tool" | sha256sum --strict --check -; chmod +x tool
            RUN wget -O b https://example.com/b-1.2.3 && wget https://example.com/SHA256SUMS && grep ' b$' SHA256SUMS | sha256sum -c && sh b
            RUN curl -LO https://example.com/c-1.0 && cosign verify-blob --bundle c.sig c-1.0 && install c-1.0 /usr/local/bin/c
            RUN curl -LO https://example.com/f-1.0 && slsa-verifier verify-artifact f-1.0 --provenance-path p && chmod +x f-1.0
            RUN curl -LO https://example.com/d-1.0.tgz && curl -LO https://example.com/latest/e && chmod +x e
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: 'curl -o a https://example.com/a-1.0'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'curl -o /a https://example.com/v1.2.3/a && cat /a']}
            """,
        ),
    ),
)
def unverified_download_executed(script: Script) -> Iterator[Finding]:
    """A program is downloaded and run, and nothing says that it is the one that was meant.

    A release can be replaced under its name. Compare a checksum that is written down here (`echo "<sum>  <file>" | sha256sum -c`), or a
    signature, before the first use.
    """
    for download in script.downloads:
        if download.use is not None and download.check is None and download.how != "unpacked" and not download.moving:
            yield _unchecked(download, f"{_use(download)} without a checksum or signature")


@rule(
    "unverified-archive",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.002",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN curl -fsSL «https://example.com/a-1.2.3.tar.gz» | tar xz -C /opt
            RUN wget -q «https://example.com/b.zip» && unzip b.zip && curl -Lo /tmp/c.tgz «https://example.com/c.tgz» && tar -xf /tmp/c.tgz
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'curl «https://example.com/a.tgz» | tar xz && ./a'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'wget «https://example.com/a.zip» && unzip a.zip']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN set -eux; wget -O a.tgz https://example.com/a.tgz; echo "0123 *a.tgz" | sha256sum -c -; tar -xf a.tgz
            RUN curl -fsSLO https://example.com/b.tar.xz && curl -fsSLO https://example.com/b.tar.xz.asc \
             && gpg --batch --verify b.tar.xz.asc b.tar.xz && tar -xJf b.tar.xz
            RUN tar czf /backup.tgz /etc && curl -O https://example.com/c.tgz && tar tf c.tgz
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: tar xf /data/a.tgz}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [sh, -c, 'wget https://example.com/a.zip && sha256sum -c sums && unzip a.zip']}
            """,
        ),
    ),
)
def unverified_archive(script: Script) -> Iterator[Finding]:
    """An archive is downloaded and unpacked, and nothing says that it is the one that was meant.

    Compare a checksum that is written down here, or a signature, between the download and the unpacking. A checksum cannot be compared
    in a pipe: download to a file first.
    """
    for download in script.downloads:
        if download.how == "unpacked" and download.check is None:
            yield _unchecked(download, f"{_use(download)} without a checksum or signature", Severity.MEDIUM if download.moving else None)


def _use(download: Download) -> str:
    what = {"run": "run", "executable": "made executable", "installed": "installed", "unpacked": "unpacked"}[download.how]
    return f"what `{download.command.name}` downloads is {what}"


def _unchecked(download: Download, message: str, severity: Severity | None = None) -> Finding:
    assert download.use is not None
    note = Note(download.use.source, download.use.span, "used here")
    fix = download.compare_first(f"Name a version, and compare the file before its first use ({COMPARE})")
    confidence = Confidence.LOW if download.command.source.is_idle else None
    return download.command.finding(download.url.span, message, notes=(note,), severity=severity, confidence=confidence, fix=fix)


@rule(
    "add-url-without-checksum",
    severity=Severity.MEDIUM,
    references="CIS Docker 4.9 · NIST SP 800-190 3.2.1 · ATT&CK T1195.002",
    also_known_as="kics:4b410d24",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            ARG VERSION
            ADD «https://example.com/a.tgz» /opt/
            ADD --chmod=755 «https://example.com/${VERSION}/tool» /usr/bin/tool
            ADD [«"http://example.com/b.tgz"», "/opt/"]
            """,
            fixed=f"""
            FROM debian:13
            ARG VERSION
            ADD --checksum=sha256:{SUM} https://example.com/a.tgz /opt/
            ADD --checksum=sha256:{SUM} --chmod=755 https://example.com/${{VERSION}}/tool /usr/bin/tool
            ADD --checksum=sha256:{SUM} ["http://example.com/b.tgz", "/opt/"]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ADD --checksum=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa https://example.com/a.tgz /opt/
            ADD https://github.com/acme/tool.git#v1 /src
            ADD "https://github.com/acme/tool.git?tag=v1" /src
            ADD rootfs.tar.gz /
            ADD https.conf /etc/
            ADD https://example.com/tini https://example.com/tini.asc /
            RUN gpg --batch --verify /tini.asc /tini && chmod +x /tini
            """,
        ),
    ),
)
def add_url_without_checksum(script: Script) -> Iterator[Finding]:
    """A file from the network goes into the image unchecked.

    The server may send something else tomorrow. `ADD --checksum=sha256:...` makes the build fail then. Confidence is low in what is built
    to test something.
    """
    confidence = Confidence.LOW if script.source.is_idle else None
    for copy in script.copies:
        if copy.keyword != "ADD" or "checksum" in copy.flags:
            continue
        for source in copy.sources:
            written = source.text or source.source[source.span].strip("\"'")
            if not written.startswith(("http://", "https://")) or written.partition("#")[0].partition("?")[0].endswith(".git"):
                continue
            if not script.checks(_added_as(written, copy.destination.text)):
                severity = Severity.HIGH if written.startswith("http:") else None
                fix = copy.check_sum("Write `--checksum=sha256:SUM` behind ADD")
                message = "what this URL sends is added without a checksum"
                yield copy.finding(source, message, severity=severity, confidence=confidence, fix=fix)


def _added_as(url: str, destination: str) -> str:
    """The path of a file that is added from a URL."""
    name = url.partition("?")[0].rpartition("/")[2]
    return destination + name if destination.endswith("/") or destination in (".", "") else destination
