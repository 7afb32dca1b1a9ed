"""The keys that vouch for packages: where they come from, and what they may sign."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Good, Script, Severity, Span, rule

GPG = frozenset({"gpg", "gpg2"})
RECEIVERS = GPG | {"apt-key"}
RECEIVE_OPTIONS = ("--recv-keys", "--recv-key", "--recv", "--receive-keys")
SHORT_ID = 8
"""Hexadecimal digits of a short key id: gpg(1), HOW TO SPECIFY A USER ID."""
SHOWN = ("--fingerprint", "--with-fingerprint", "--show-keys", "--show-key", "--list-keys", "-k", "--import-options")
"""Options with which gpg shows the fingerprint of a key, to be compared."""
KEY_FOLDERS = ("/etc/apt/keyrings/", "/usr/share/keyrings/", "/etc/apt/trusted.gpg.d/", "/etc/apk/keys/", "/etc/pki/rpm-gpg/")
ALL_REPOSITORIES = ("/etc/apt/trusted.gpg.d/", "/etc/apt/trusted.gpg")
"""apt-secure(8): keys that may sign for every repository."""
ADDS = ("add", "adv")


@rule(
    "short-key-id",
    severity=Severity.MEDIUM,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.002 · RFC 4880 3.3",
    programs=RECEIVERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:12
            RUN apt-key adv --keyserver hkp://keyserver.ubuntu.com:80 --recv-keys «0x219BD9C9»
            RUN gpg --batch --keyserver hkps://keys.openpgp.org --recv-keys «"A87FF9DF"» C1CF6E31E6BADE8868B172B4F42ED6FBAB17C654
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:12', command: gpg --keyserver keys.openpgp.org --recv «219BD9C9»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:12', command: [gpg, --recv-key, «219BD9C9»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:12
            RUN gpg --keyserver hkp://keyserver.ubuntu.com --recv-keys C1CF6E31E6BADE8868B172B4F42ED6FBAB17C654
            RUN for key in 0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D; do gpg --batch --recv-keys "$key"; done
            RUN gpg --keyserver-options timeout=10 --verify 219BD9C9 && echo gpg --recv-keys 219BD9C9 && gpg --list-keys 219BD9C9
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:12', command: gpg --list-keys 219BD9C9}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:12', command: [gpg, --recv-keys, C1CF6E31E6BADE8868B172B4F42ED6FBAB17C654]}
            """,
        ),
    ),
)
def short_key_id(command: Command) -> Iterator[Finding]:
    """A signing key is asked for by eight digits, which others can have too.

    Anybody can make a key with a given short id within minutes and upload it, and the key server gives out either. Ask for the whole
    fingerprint (40 digits).
    """
    if command.name not in RECEIVERS or not any(word.text in RECEIVE_OPTIONS for word in command.words):
        return
    for word in command.words[1:]:
        digits = word.text.lower().removeprefix("0x")
        if len(digits) == SHORT_ID and not digits.strip("0123456789abcdef"):
            yield command.finding(word.span, f"`{word.text}` is a short key id, which more than one key can have")


@rule(
    "unverified-signing-key",
    severity=Severity.LOW,
    profile="strict",
    references="NIST SP 800-190 3.2.1 · ATT&CK T1195.002",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:12
            RUN curl -fsSL «https://example.com/key.asc» | gpg --dearmor -o /etc/apt/keyrings/a.gpg
            RUN curl -fsSLo /etc/apt/keyrings/b.asc «https://example.com/b.asc» && wget -qO- «https://example.com/c» | sudo apt-key add -
            RUN rpm --import «https://example.com/RPM-GPG-KEY»
            ADD «https://example.com/d.rsa.pub» /etc/apk/keys/d.rsa.pub
            """,
        ),
        Bad(
            "compose.yaml",
            "services: {app: {image: 'debian:12', command: sh -c 'curl «https://example.com/a.asc» | gpg --import && exec app'}}",
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'fedora:43', command: [sh, -c, 'rpm --import «https://example.com/k» && dnf install -y a']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:12
            RUN curl -fsSLo /etc/apt/keyrings/b.asc https://example.com/b.asc && echo "0123  /etc/apt/keyrings/b.asc" | sha256sum -c
            RUN gpg --batch --keyserver hkps://keys.openpgp.org --recv-keys C1CF6E31E6BADE8868B172B4F42ED6FBAB17C654
            RUN rpm --import /etc/pki/rpm-gpg/RPM-GPG-KEY-a && gpg --dearmor -o /a.gpg /key.asc
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:12
            RUN curl https://example.com/k | gpg --import && gpg --fingerprint --with-colons | grep C1CF6E31E6BADE8868B172B4F42ED6FBAB17C654
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:12', command: sh -c 'curl https://example.com/a > /a; exec app'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'fedora:43', command: [sh, -c, 'rpm --import /k && dnf install -y a']}
            """,
        ),
    ),
)
def unverified_signing_key(script: Script) -> Iterator[Finding]:
    """The key that vouches for packages is itself vouched for by nothing but the server's certificate.

    Who controls that server once controls all that the key signs from then on. Compare a checksum of the key file or the fingerprint of
    the key, or copy the key from the repository of this Dockerfile.
    """
    if any(command.name in GPG and command.option(*SHOWN) is not None for command in script.commands):
        return
    for command, span in _keys_from_afar(script):
        yield command.finding(span, "a signing key is trusted without a look at its fingerprint")
    for copy in script.copies:
        for source in copy.sources if copy.destination.text.startswith(KEY_FOLDERS) and "checksum" not in copy.flags else ():
            if source.text.startswith(("http://", "https://")):
                yield copy.finding(source, "a signing key is trusted without a look at its fingerprint")


def _keys_from_afar(script: Script) -> Iterator[tuple[Command, Span]]:
    taken: set[int] = set()
    for command in script.commands:
        if _takes_keys(command):
            taken.update(id(feeder) for feeder in command.feeders)
        if command.name == "rpm" and command.option("--import") is not None:
            for url in command.urls:
                yield command, url.word.span
    for download in script.downloads:
        if id(download.command) in taken or (download.check is None and download.file.startswith(KEY_FOLDERS)):
            yield download.command, download.url.span


def _takes_keys(command: Command) -> bool:
    if command.name in GPG:
        return command.option("--dearmor", "--dearmour", "--import") is not None
    return command.name == "apt-key" and any(word.text == "add" for word in command.operands)


@rule(
    "global-signing-key",
    severity=Severity.LOW,
    profile="strict",
    references="apt-secure(8) · apt-key(8) · ATT&CK T1195.002",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:12
            RUN curl -fsSL https://example.com/key | «apt-key add -» && «apt-key adv --recv-keys C1CF6E31E6BADE8868B172B4F42ED6FBAB17C654»
            RUN curl -fsSL https://example.com/key | gpg --dearmor -o «/etc/apt/trusted.gpg.d/a.gpg»
            COPY key.asc «/etc/apt/trusted.gpg.d/a.asc»
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:12', command: sh -c '«apt-key add /key»; exec app'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:12', command: [sh, -c, 'curl https://example.com/a > «/etc/apt/trusted.gpg.d/a.asc» && true']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:12
            RUN curl -fsSL https://example.com/key | gpg --dearmor -o /etc/apt/keyrings/a.gpg && apt-key del 0123 && apt-key list
            RUN curl https://example.com/key | apt-key --keyring /usr/share/keyrings/a.gpg add -
            RUN rm /etc/apt/trusted.gpg.d/a.gpg && cp /etc/apt/trusted.gpg.d/a.gpg /a
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:12', command: sh -c 'apt-key list; exec app'}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:12', command: [sh, -c, 'apt-key list && true']}
            """,
        ),
    ),
)
def global_signing_key(script: Script) -> Iterator[Finding]:
    """A key may sign packages of every repository, Debian's own among them.

    `apt-key` is deprecated for that reason, and gone after Debian 12 and Ubuntu 24.04. Put the key into `/etc/apt/keyrings`, and name it in
    the one source that it is for: `deb [signed-by=/etc/apt/keyrings/a.asc] ...`.
    """
    for command in script.commands:
        if command.name == "apt-key":
            if any(word.text in ADDS for word in command.operands[:1]) and command.option("--keyring") is None:
                yield command.finding(command.span, "`apt-key` lets this key sign for every repository")
        else:
            span = _global_file(command)
            if span is not None:
                yield command.finding(span, "a key in this place may sign for every repository")
    for copy in script.copies:
        if copy.destination.text.startswith(ALL_REPOSITORIES):
            yield copy.finding(copy.destination, "a key in this place may sign for every repository")


def _global_file(command: Command) -> Span | None:
    """Where a command writes a key that is good for every repository."""
    for operator, word in command.redirects:
        if word is not None and ">" in operator and word.text.startswith(ALL_REPOSITORIES):
            return word.span
    if command.name in GPG or command.name in ("curl", "wget"):
        option = command.option("-o", "--output", "-O")
        if option is not None and option.value is not None and option.value.text.startswith(ALL_REPOSITORIES):
            return option.value.span
    if command.name in ("tee", "cp", "mv", "install") and command.operands and command.operands[-1].text.startswith(ALL_REPOSITORIES):
        return command.operands[-1].span
    return None
