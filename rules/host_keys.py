"""Whether SSH knows whom it talks to."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Fix, Good, Severity, Variable, Word, WrittenFile, rule

CALLERS = frozenset({"ssh", "scp", "sftp", "rsync", "git", "autossh", "sshfs", "ssh-copy-id"})
"""Programs that are given options of ssh."""
SETTING = "stricthostkeychecking"
"""ssh_config(5)."""
OFF = ("no", "off")


@rule(
    "host-key-check-disabled",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1557 · NIST SP 800-190 3.2.1",
    programs=CALLERS | {"ssh-keyscan"},
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN ssh -o «StrictHostKeyChecking=no» -p 22 git@example.com true
            """,
            fixed="""
            FROM debian:13
            RUN ssh -p 22 git@example.com true
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            ENV «GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no"»
            RUN ssh «-oStrictHostKeyChecking=no» git@example.com && scp -o «StrictHostKeyChecking=off» a b:
            RUN printf "Host *\\n\\t«StrictHostKeyChecking no»\\n" >> ~/.ssh/config
            RUN «ssh-keyscan» github.com >> ~/.ssh/known_hosts
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'debian:13', environment: {GIT_SSH_COMMAND: «ssh -o StrictHostKeyChecking=no»}}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [ssh, -o, «StrictHostKeyChecking=no», a@example.com]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            ENV GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=yes"
            RUN ssh -o StrictHostKeyChecking=accept-new a@example.com && echo "StrictHostKeyChecking no" > /notes
            RUN echo "github.com ssh-ed25519 AAAA" >> ~/.ssh/known_hosts && echo "StrictHostKeyChecking yes" > ~/.ssh/config
            RUN ssh-keyscan github.com | tee keys | ssh-keygen -lf - | grep -q SHA256:0123
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'debian:13', environment: {GIT_SSH_COMMAND: ssh -i /key}}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'debian:13', command: [ssh, -o, StrictHostKeyChecking=yes, a@example.com]}
            """,
        ),
    ),
)
def host_key_check_disabled(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """SSH takes any machine for the one that it was told to reach.

    Whoever answers gets what is sent, and chooses what is cloned. Write the host's key down here and copy it into `known_hosts`; asking the
    network for it (`ssh-keyscan`) proves nothing.
    """
    if isinstance(subject, WrittenFile):
        if "ssh" in subject.path:
            for line in subject.lines:
                if _off(line.text):
                    yield subject.finding(line.span(), f"`{subject.path}` has SSH take any host key")
    elif isinstance(subject, Variable):
        if subject.place in ("env", "arg") and _off(subject.value.text):
            yield subject.finding(subject.span, f"`{subject.name}` has SSH take any host key")
    elif subject.name in CALLERS:
        for word in subject.words:
            if _off(word.text) and word is not subject.script:
                yield subject.finding(word.span, f"`{subject.name}` takes any host key", fix=_checked(subject, word))
    elif subject.name == "ssh-keyscan" and not _compared(subject):
        yield subject.finding(subject.words[0].span, "the network is asked for the host key that it is to be checked by")


def _checked(command: Command, word: Word) -> Fix | None:
    """A fix that takes out the `-o` with which a command switches the check off."""
    at = next((index for index, other in enumerate(command.words) if other is word), 0)
    first = at if word.text.startswith("-o") else at - 1
    if first < 1 or not command.words[first].text.startswith("-o"):
        return None
    return command.drop_words(first, at, caveat="the host's key must be in `known_hosts`")


def _off(text: str) -> bool:
    """Whether a text switches the check of host keys off."""
    if len(text) < len(SETTING):
        return False
    _, found, rest = text.lower().partition(SETTING)
    return bool(found) and (rest.lstrip(" =\t\"'").split() or [""])[0].rstrip("\"'") in OFF


def _compared(command: Command) -> bool:
    """Whether the keys that are found are compared with a known fingerprint."""
    return command.siblings.some(_compares)


def _compares(command: Command) -> bool:
    return command.name in ("ssh-keygen", "sha256sum", "grep", "diff", "cmp")
