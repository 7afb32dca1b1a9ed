"""How an account is left without a password: shown where one is set, and proved as all fixes are."""

from __future__ import annotations

import pytest
from capdrop.finding import Confidence, Safety

from tests.test_way_out import PASSWORD, analysed, mended

LINUX = "FROM debian:13\nRUN {}\n"
WINDOWS = "FROM mcr.microsoft.com/windows/servercore:ltsc2025\nRUN {}\n"
COMPOSE = "services: {{ssh: {{image: 'acme/ssh:1', command: \"sh -c '{} && sshd -D'\"}}}}\n"


@pytest.mark.parametrize(
    ("frame", "before", "after"),
    [
        (LINUX, f"echo 'root:{PASSWORD}' | chpasswd", "passwd -l root"),
        (LINUX, f'apt-get update && echo "root:{PASSWORD}" | chpasswd && rm /x', "apt-get update && passwd -l root && rm /x"),
        (LINUX, 'echo "${NAME}:$(cat /run/secrets/x)" | chpasswd \\\n  && rm /x', "passwd -l ${NAME} \\\n  && rm /x"),
        (LINUX, f"printf 'app:{PASSWORD}' | \\\n  chpasswd -c SHA512", "passwd -l app"),
        (LINUX, f"echo {PASSWORD} | passwd --stdin app", "passwd -l app"),
        (LINUX, "passwd -d app", "passwd -l app"),
        (LINUX, "useradd -m -p '$6$salt$hash' app", "useradd -m app"),
        (LINUX, f'useradd --password "$(openssl passwd -1 {PASSWORD})" app', "useradd app"),
        (WINDOWS, f"net user /add dev {PASSWORD}", "net user /add dev /random"),
        (COMPOSE, f"echo root:{PASSWORD} | chpasswd", "passwd -l root"),
    ],
)
def test_the_account_is_locked(frame: str, before: str, after: str) -> None:
    path = "compose.yaml" if frame is COMPOSE else "Dockerfile"
    analysis, bench = analysed(path, frame.format(before), {})
    (finding,) = [one for one in analysis.findings if one.rule == "account-password-set"]
    assert finding.fix is not None
    assert finding.fix.safety is Safety.DISPLAY
    assert mended(analysis, finding, bench)[0] == frame.format(after)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("chpasswd < /tmp/passwords", "somewhere else"),
        ("cat /x | chpasswd", "somewhere else"),
        ("(echo a; echo a) | passwd app", "somewhere else"),
        (f"echo -e 'a:{PASSWORD}\\nb:{PASSWORD}' | chpasswd", "one account"),
        (f"echo a:{PASSWORD} b:{PASSWORD} | chpasswd", "one account"),
        (f"echo 'root:{PASSWORD}' | sudo chpasswd", "unusual"),
        (f"echo 'root:{PASSWORD}' | chpasswd 2> /dev/null", "unusual"),
        (f"echo ${{A}}x$B:{PASSWORD} | chpasswd", "put together"),
    ],
)
def test_what_cannot_be_written_says_why(script: str, reason: str) -> None:
    analysis, _ = analysed("Dockerfile", LINUX.format(script), {})
    (finding,) = [one for one in analysis.findings if one.rule == "account-password-set"]
    assert finding.fix is not None
    assert not finding.fix.edits
    assert reason in finding.fix.caveat


@pytest.mark.parametrize(
    ("path", "text", "sure"),
    [
        ("Dockerfile", LINUX.format(f"echo 'root:{PASSWORD}' | chpasswd"), True),
        ("Dockerfile", LINUX.format("echo 'root:Docker!' | chpasswd"), False),
        ("Dockerfile", LINUX.format('echo "dev:$(cat /run/secrets/password)" | chpasswd'), False),
        ("Dockerfile", WINDOWS.format(f"net user /add dev {PASSWORD}"), False),
        ("examples/Dockerfile", LINUX.format(f"echo 'root:{PASSWORD}' | chpasswd"), False),
        ("Dockerfile.dev", LINUX.format(f"echo 'root:{PASSWORD}' | chpasswd"), False),
    ],
)
def test_how_sure_a_password_is_a_mistake(path: str, text: str, sure: bool) -> None:
    analysis, _ = analysed(path, text, {})
    (finding,) = [one for one in analysis.findings if one.rule == "account-password-set"]
    assert (finding.confidence is not Confidence.LOW) is sure
