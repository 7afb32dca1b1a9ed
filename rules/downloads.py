"""Code and files that are fetched and used as they come."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Copy, Finding, Good, Severity, rule

DOWNLOADERS = {
    "curl": ("-o", "--output", "-O", "--remote-name"),  # curl(1): to standard output, unless one of these says otherwise
    "wget": (),  # wget(1): to a file, unless -O- says otherwise
    "wget2": (),
    "fetch": (),  # fetch(1)
}
"""Programs that fetch a URL, and the options that send it to a file."""
TO_OUTPUT = ("-", "/dev/stdout")

INTERPRETERS = {
    "sh": "-c", "bash": "-c", "dash": "-c", "ash": "-c", "zsh": "-c", "ksh": "-c", "mksh": "-c",
    "python": "-c -m", "python2": "-c -m", "python3": "-c -m",
    "perl": "-e -E -n -p -pe -ne", "ruby": "-e -n -p", "node": "-e --eval -p --print", "nodejs": "-e --eval -p --print",
    "php": "-r -f -B -R -E", "pwsh": "-c -Command -File",
}  # fmt: skip
"""Programs that run what they read, and the options with which the program is not what they read."""
SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh")
RUN_A_FILE = ("source", ".")
SUBSTITUTIONS = ("$(", "`", "<(")


@rule(
    "download-piped-to-shell",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.002 · ATT&CK T1059.004",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN apt-get update && curl -fsSL https://example.com/install.sh | «sh»
            RUN wget -qO- https://example.com/a.gz | gunzip | sudo -E «bash» -s -- --yes
            RUN (curl -sL https://example.com/a || wget -O - https://example.com/a) | «python3» -
            RUN «bash» <(curl -s https://example.com/a)
            RUN «sh» -c "$(curl -fsSL https://example.com/a)" && «eval» "$(curl https://example.com/b)"
            RUN ["bash", "-c", "curl https://example.com/a | \\
              tee /tmp/a | «perl»"]
            RUN <<EOF
            curl -s https://example.com/a |
              «node»
            EOF
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
            RUN curl -s https://example.com/key | gpg --dearmor > /k && wget https://example.com/a | sh
            RUN curl https://example.com/a | bash -c 'cat > /a' && curl https://example.com/a | sh filter.sh
            RUN curl -fsSLo a.sh https://example.com/a && echo "0123  a.sh" | sha256sum -c && sh a.sh
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
    compare its checksum with one that is written down, and run it then; or install a package.
    """
    source = _piped_into(command) or _substituted_into(command)
    if source is not None:
        insecure = source.option("-k", "--insecure", "--no-check-certificate") or any(url.scheme == "http" for url in source.urls)
        yield command.finding(
            command.words[0].span,
            f"`{command.name}` runs what `{source.name}` downloads, unchecked",
            severity=Severity.HIGH if insecure else None,
        )


def _piped_into(command: Command) -> Command | None:
    """The download that an interpreter reads its program from."""
    if not command.feeders or command.name.partition(".")[0] not in INTERPRETERS or not _reads_its_program(command):
        return None
    return next((feeder for feeder in command.upstream() if _to_output(feeder)), None)


def _reads_its_program(command: Command) -> bool:
    """Whether an interpreter is given neither a script nor the name of one."""
    name = command.name.partition(".")[0]
    if command.option(*INTERPRETERS[name].split()) is not None:
        return False
    if name in SHELLS and command.option("-s") is not None:
        return True
    first = next(iter(command.operands), None)
    if first is None or first.text in ("-", "/dev/stdin"):
        return True
    return name == "php" and any(word.text == "--" for word in command.words)


def _substituted_into(command: Command) -> Command | None:
    """The download whose output is the script, or the file, that a command runs."""
    runs = _program_word(command)
    if runs is None or not runs.startswith(SUBSTITUTIONS):
        return None
    for inner in command.siblings:
        if inner.within is command and inner.holder is not None and inner.holder.text == runs and _to_output(inner):
            return inner
    return None


def _program_word(command: Command) -> str | None:
    """The word of a command that is, or names, the program that it runs."""
    if command.script is not None:
        return command.script.text
    if command.name in INTERPRETERS or command.name in RUN_A_FILE or command.name == "eval":
        return next((word.text for word in command.operands), None)
    return None


def _to_output(command: Command) -> bool:
    """Whether a command writes what it downloads to its standard output."""
    name = command.name
    urls = command.urls
    if name not in DOWNLOADERS or (urls and all(url.local for url in urls)):
        return False
    if name == "curl":
        option = command.option(*DOWNLOADERS[name])
        return option is None or (option.value is not None and option.value.text in TO_OUTPUT)
    option = command.option("-O", "--output-document", "-o")
    return option is not None and option.value is not None and option.value.text in TO_OUTPUT


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
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ADD --checksum=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa https://example.com/a.tgz /opt/
            ADD https://github.com/acme/tool.git#v1 /src
            ADD rootfs.tar.gz /
            ADD https.conf /etc/
            """,
        ),
    ),
)
def add_url_without_checksum(copy: Copy) -> Iterator[Finding]:
    """A file from the network goes into the image unchecked.

    The server may send something else tomorrow. `ADD --checksum=sha256:...` makes the build fail then.
    """
    if copy.keyword != "ADD" or "checksum" in copy.flags:
        return
    for source in copy.sources:
        written = source.text or source.source[source.span].strip("\"'")
        if written.startswith(("http://", "https://")) and not written.partition("#")[0].endswith(".git"):
            severity = Severity.HIGH if written.startswith("http:") else None
            yield copy.finding(source, "what this URL sends is added without a checksum", severity=severity)
